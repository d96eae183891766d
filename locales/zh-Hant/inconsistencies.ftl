# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 標準不一致：受理端和審批端看法不同的要點。
nav-inconsistencies = 標準不一致
inconsistencies-title = 標準不一致
inconsistencies-lead = 受理和審批應當用同一份要點。部門以清單以外的理由要求補正或不予辦理，或者認為窗口已核的要點不符合的，都記在這裡。這裡沒有個人信息；具體理由見辦件。
inconsistencies-none = 沒有標準不一致的記錄。
inconsistencies-counts = 按服務和要點統計，共 { $n } 次
inconsistencies-each = 逐次記錄（最近的在前）
inconsistencies-of = 只看：{ $service }
inconsistencies-all = 看全部
inconsistencies-department = 提出的部門
inconsistencies-line = 要點或理由
inconsistencies-kind = 情形
inconsistencies-times = 次數
inconsistencies-at = 時間
inconsistencies-case = 辦件
inconsistencies-place = 受理地點
inconsistencies-version = 要點版本
inconsistencies-older = 已修訂
inconsistencies-online = 網上
inconsistency-all = 全部
inconsistency-outside = 清單以外的理由
inconsistency-unmet = 窗口已核，部門認為不符合
inconsistency-place = { $outlet } · { $window } 窗口
