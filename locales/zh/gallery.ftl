# 构件样本
gallery-title = 构件样本
gallery-lead = 页面由这些构件组成。每个构件的各种状态都在这里，用每种语言各排一遍，最后一遍是大字版。
gallery-elder = 大字版
gallery-tags = 标签与灯号
gallery-figures = 数字
gallery-buttons = 按钮
gallery-notices = 提示
gallery-fields = 表单
gallery-service = 户口登记
gallery-evidence = 居民户口簿
