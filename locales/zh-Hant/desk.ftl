# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。
# 大廳、取號、窗口授權。

error-not-received = 現在不能在這個窗口收件：有事項的收件授權已經變化。已錄入的內容都還在，沒有丟失。

desk-refused-place = 沒有這個網點、區域或窗口。請返回重新選擇。
desk-refused-ticket = 今天沒有這個號。號碼只在取號當天有效。
desk-refused-moved = 這個號已由別的窗口處理，或者狀態已經變了。什麼也沒有改動，請刷新隊列。
desk-refused-busy = 這個窗口手上還有一位。請先辦結、掛起或者轉走，再叫下一位。
desk-refused-record = 沒有這條收件資格記錄，或者它先前已被收回。
desk-refused-dates = 截止日期早於起始日期。請改正日期。
desk-refused-delegation = 沒有這項授權委託，或者它先前已被收回。

# 不能收件的原因（窗口和提交時都用這些話）
no-authority-NET0101 = 您沒有這個事項的收件資格記錄
no-authority-NET0102 = 您的收件資格從 { $date } 起才生效
no-authority-NET0103 = 您的收件資格已於 { $date } 到期
no-authority-NET0104 = 您的收件資格已於 { $date } 收回
no-authority-NET0105 = 本網點沒有受理該事項的授權或者委託
no-authority-NET0106 = 對本網點的委託從 { $date } 起才生效（{ $delegation }）
no-authority-NET0107 = 對本網點的委託已於 { $date } 到期（{ $delegation }）
no-authority-NET0108 = 對本網點的委託已於 { $date } 收回（{ $delegation }）
no-authority-NET0109 = 對本網點的委託只適用於另一類申請人（{ $delegation }）
no-authority-NET0110 = 本窗口不辦這個事項
no-authority-NET0111 = 按照「兩個集中」，這類申請人請到：{ $outlets }
no-authority-NET0112 = 沒有這個網點、窗口或者事項
no-authority-nowhere = 按照「兩個集中」，這類申請人不在本網點辦理，附近也沒有可以收件的網點

# 網點
outlet-kind-hall = 政務服務大廳
outlet-kind-street-centre = 街道（鄉鎮）便民服務中心
outlet-kind-community = 社區（村）便民服務站
outlet-kind-hospital = 醫院服務台
outlet-kind-bank = 銀行網點
outlet-kind-police-station = 派出所
outlet-kind-post-office = 郵政網點
outlet-kind-kiosk = 自助服務區
outlet-kind-other = 其他服務站
for-whom-person = 個人
for-whom-enterprise = 企業
outlets-title = 辦事網點
outlets-lead = 一個大廳，多處可辦：到最近的網點，一個窗口就能把一件事辦完。也可以全程網上辦，不必跑一趟。
outlets-by-area = 按區縣查看
outlets-everywhere = 全部
outlets-none = 這裡還沒有接入網點。所有的事都可以在網上辦。
outlet-open = 正在辦公
outlet-closed = 現在休息
outlet-address = 地址
outlet-phone = 電話
outlet-hours = 辦公時間
outlet-parent = 上級大廳
outlet-queue = 現在的隊伍
outlet-display = 大廳叫號屏
outlet-for-persons = 個人可以在這裡辦
outlet-for-enterprises = 企業可以在這裡辦
outlet-receives-nothing = 這個網點目前不收件。
outlet-to-matter = 查看這件事怎麼辦
desk-days = { $first }至{ $last }
desk-closed-day = 不辦公
desk-minutes = { $n } 分鐘
desk-own-place = 主管部門自己的窗口
desk-receives-all = 全部 { $n } 項都能收
desk-receives-some = { $all } 項中的 { $some } 項
service-accepted-at = 由{ $place }受理
service-decided-at = 由{ $place }審批
zone-windows = 窗口 { $windows }
waiting-n = { $n } 人在等
waiting-longest = 最久已等 { $time }
where-title = { $matter }：可以在哪裡辦
where-crumb = 可以在哪裡辦
where-lead = 能收齊全部事項的網點排在前面。只能收一部分的網點會把其餘事項轉到大廳接著辦，不用您自己再跑。
where-none = 這裡沒有能收這件事的窗口，請在網上辦理。
where-see = 查看最近的網點和窗口
where-link = 可以在哪裡辦

# 取號
number-take = 取號
number-zone = 取哪個區的號
number-zone-missing = 請選擇要去的區域
number-matter = 辦什麼事
number-matter-hint = 可以不選。選了以後，窗口叫到您時就已經準備好了。
number-matter-none = 到窗口再說
number-priority = 優先
number-priority-hint = 老年人、孕產婦、殘疾人、帶嬰幼兒的人和現役軍人優先叫號。
number-go = 取號
number-closed = 現在不在辦公時間。取到的號只在今天有效。
number-no-name = 取號不需要姓名和證件。
ticket-waiting = 請等候叫號
ticket-transferred = 已為您轉到這裡，請等候叫號，不用重新排隊
ticket-called = 正在叫您
ticket-serving = 正在辦理
ticket-held = 已為您保留，請準備好後回到剛才的窗口
ticket-done = 已辦完，謝謝
ticket-no-show = 叫號時您沒有到。請到取號處重新取號。
ticket-go-to = 請到 { $window } 號窗口
ticket-ahead = { $n ->
    [0] 下一位就是您
   *[other] 前面還有 { $n } 人
}
ticket-zone = 區域
ticket-taken = 取號時間
ticket-qr = 掃碼在手機上看叫到幾號
ticket-note = 號碼當天有效。掃碼可以在手機上看前面還有幾人。
ticket-again = 刷新
ticket-to-outlet = 網點信息
display-title = 叫號
display-number = 號碼
display-window = 請到窗口
display-nobody = 現在沒有在叫的號

# 窗口人員收件資格與授權委託（大廳負責人）
records-title = 收件資格
records-lead = 每一格是一名窗口人員對一個事項的資格。沒有有效資格記錄，系統不允許收件。
records-matter = 一件事
records-able = 能收的人數
records-no-clerks = 您負責的區域內還沒有窗口人員。
records-of = { $name }的資格記錄
records-none = 還沒有記錄。
records-all-services = 全部事項
record-none = 無
record-valid = 有效
record-later = 未生效
record-ended = 已到期
record-revoked = 已收回
record-term = { $from }至{ $until }
record-term-open = { $from }起，長期
record-term-label = 期限
record-basis = 依據
record-basis-hint = 例如：2026年春季綜窗培訓考核合格
record-basis-missing = 請寫明依據：培訓、考核或者派駐文件。
record-from = 生效日期
record-until = 截止日期
record-until-hint = 不填表示長期有效，直到收回。
record-grant = 登記資格
record-revoke = 收回
revoke-reason = 收回原因
delegations-title = 授權委託
delegations-lead = 哪個部門把哪些事項、哪些權限委託給哪個網點，依據和期限是什麼。收回之後，新的申請立刻不能在那裡收件；已經收下的繼續辦。
delegations-outlet = 網點
delegations-none = 這個網點沒有得到委託。
delegation-from = 委託部門
delegation-powers = 權限
delegation-scope = 範圍
delegation-basis = 依據
delegation-all-services = 該部門全部事項
delegation-valid = 有效
delegation-later = 未生效
delegation-ended = 已到期
delegation-revoked = { $date }收回
delegation-revoke = 收回這項委託
delegation-revoke-note = 立刻生效，不能撤銷。正在填寫的草稿都會保留，但不能再從這個網點提交這些事項。
delegation-reason-missing = 請寫明收回的原因。
power-receive = 收件
power-accept = 受理
power-decide = 審批
power-deliver = 出件
