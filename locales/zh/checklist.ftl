# 一份要点，两头共用：申请人、窗口和审批部门看到的是同一版。
checklist-heading = 审查要点
checklist-applicant-lead = 受理窗口和审批部门都按这份要点审查，不另设标准。
checklist-version = 要点版本 { $version }
checklist-looks-at = 查看：
checklist-met = 窗口已核
checklist-left = 受理时未核对
checklist-outside = 清单以外的理由
checklist-outside-group = 其他
checklist-outside-hint = 请写明理由。此项会记入“标准不一致”，供完善要点。
checklist-outside-words = 选了清单以外的理由，请写明是什么理由
checklist-unknown-line = 清单以外的理由（部门编号：{ $line }）
checklist-lines = { $n } 条
