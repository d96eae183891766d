# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 一份要點，兩頭共用：申請人、窗口和審批部門看到的是同一版。
checklist-heading = 審查要點
checklist-applicant-lead = 受理窗口和審批部門都按這份要點審查，不另設標準。
checklist-version = 要點版本 { $version }
checklist-looks-at = 查看：
checklist-met = 窗口已核
checklist-left = 受理時未核對
checklist-outside = 清單以外的理由
checklist-outside-group = 其他
checklist-outside-hint = 請寫明理由。此項會記入「標準不一致」，供完善要點。
checklist-outside-words = 選了清單以外的理由，請寫明是什麼理由
checklist-unknown-line = 清單以外的理由（部門編號：{ $line }）
checklist-lines = { $n } 條
