# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 數字政務門牌
doorplate-here = 您在這裡
doorplate-where = { $at }，{ $place }
doorplate-start = 就在這裡開始辦
doorplate-more = 這件事的詳細說明
doorplate-outlet = { $name }還能辦什麼
doorplate-example = 以「{ $name }」為例；回答幾個問題後，清單按您的情況列出。
doorplate-lead = 牽頭部門：{ $name }
doorplate-removed = 這塊門牌已經撤下，事情照樣可以在這裡辦。
doorplates-title = 政務門牌
doorplates-lead = 門牌掛在哪裡、帶來多少辦理。只計次數，不記是誰。
doorplates-none = 沒有您管理的門牌。
doorplates-place = 位置
doorplates-matter = 一件事
doorplates-since = 掛牌日期
doorplates-removed = { $date }撤下
doorplates-visits = 掃碼
doorplates-drafts = 開始辦理
doorplates-submissions = 提交
doorplates-conversion = 轉化率
doorplates-print = 打印
doorplates-print-hint = 第一頁為 A4 門牌，第二頁為卡片。
doorplates-a4 = A4 門牌
doorplates-card = 卡片
doorplates-scan = 掃碼開始辦，一次辦成
