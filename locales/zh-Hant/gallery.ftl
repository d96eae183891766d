# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 構件樣本
gallery-title = 構件樣本
gallery-lead = 頁面由這些構件組成。每個構件的各種狀態都在這裡，用每種語言各排一遍，最後一遍是大字版。
gallery-elder = 大字版
gallery-tags = 標籤與燈號
gallery-figures = 數字
gallery-buttons = 按鈕
gallery-notices = 提示
gallery-fields = 表單
gallery-service = 戶口登記
gallery-evidence = 居民戶口簿
