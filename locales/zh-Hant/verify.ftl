# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 證照核驗
verify-title = 核驗證照
verify-lead = 輸入證照或者文書上印的兩個編號，就能知道它現在是否有效。不需要登錄，也不會留下您的信息。
verify-code = 證照標識或者文書編號
verify-code-hint = 證照標識印在證照下方，以 1.2.156 開頭；文書編號印在文書下方
verify-check = 驗證碼
verify-check-hint = 四組，每組四個字母或數字，例如 K3M9-QZTX-0A1B-2C3D；大小寫都可以
verify-go = 核驗
verify-another = 再核驗一份
verify-code-missing = 請填寫證照標識
verify-check-missing = 請填寫驗證碼
verify-issuer = 頒發機構
verify-at = 核驗時間：{ $time }
verify-masked = 為保護持證人，這裡只顯示姓名的一部分。
verdict-valid = 有效
verdict-valid-words = 這份證照由下列機構頒發，現在有效。請核對持證人與您手中的證照是否一致。
verdict-expired = 已過期
verdict-expired-words = 這份證照確由下列機構頒發，但有效期已過。
verdict-revoked = 已撤銷
verdict-revoked-words = 這份證照曾由下列機構頒發，現已撤銷，不再有效。
verdict-unknown = 無法確認
verdict-unknown-words = 沒有與這兩個編號同時相符的證照或者文書。請核對是否抄錯；仍有疑問，請向頒發機構詢問。
