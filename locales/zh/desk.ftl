# 大厅、取号、窗口授权。

error-not-received = 现在不能在这个窗口收件：有事项的收件授权已经变化。已录入的内容都还在，没有丢失。

desk-refused-place = 没有这个网点、区域或窗口。请返回重新选择。
desk-refused-ticket = 今天没有这个号。号码只在取号当天有效。
desk-refused-moved = 这个号已由别的窗口处理，或者状态已经变了。什么也没有改动，请刷新队列。
desk-refused-busy = 这个窗口手上还有一位。请先办结、挂起或者转走，再叫下一位。
desk-refused-record = 没有这条收件资格记录，或者它先前已被收回。
desk-refused-dates = 截止日期早于起始日期。请改正日期。
desk-refused-delegation = 没有这项授权委托，或者它先前已被收回。

# 不能收件的原因（窗口和提交时都用这些话）
no-authority-NET0101 = 您没有这个事项的收件资格记录
no-authority-NET0102 = 您的收件资格从 { $date } 起才生效
no-authority-NET0103 = 您的收件资格已于 { $date } 到期
no-authority-NET0104 = 您的收件资格已于 { $date } 收回
no-authority-NET0105 = 本网点没有受理该事项的授权或者委托
no-authority-NET0106 = 对本网点的委托从 { $date } 起才生效（{ $delegation }）
no-authority-NET0107 = 对本网点的委托已于 { $date } 到期（{ $delegation }）
no-authority-NET0108 = 对本网点的委托已于 { $date } 收回（{ $delegation }）
no-authority-NET0109 = 对本网点的委托只适用于另一类申请人（{ $delegation }）
no-authority-NET0110 = 本窗口不办这个事项
no-authority-NET0111 = 按照“两个集中”，这类申请人请到：{ $outlets }
no-authority-NET0112 = 没有这个网点、窗口或者事项
