# Halls, numbers, records of clerks.

error-not-received = This cannot be received at this window now: the authority over one of its services has changed. Everything that was entered is still here.

desk-refused-place = There is no such outlet, zone or window. Go back and choose again.
desk-refused-ticket = There is no such number today. A number is good on the day when it was taken.
desk-refused-moved = The number is with another window by now, or in another state. Nothing was changed; reload the queue.
desk-refused-busy = This window still has somebody in hand. Finish, hold or transfer first, then call the next.
desk-refused-record = There is no such record, or it was revoked before.
desk-refused-dates = The last day lies before the first. Correct the dates.
desk-refused-delegation = There is no such delegation, or it was revoked before.

# Why something may not be received (at the window and when it is submitted)
no-authority-NET0101 = You have no record for this service
no-authority-NET0102 = Your record holds from { $date } on
no-authority-NET0103 = Your record ended on { $date }
no-authority-NET0104 = Your record was revoked on { $date }
no-authority-NET0105 = This outlet is not entrusted with the service
no-authority-NET0106 = The delegation to this outlet holds from { $date } on ({ $delegation })
no-authority-NET0107 = The delegation to this outlet ended on { $date } ({ $delegation })
no-authority-NET0108 = The delegation to this outlet was revoked on { $date } ({ $delegation })
no-authority-NET0109 = The delegation to this outlet covers other applicants only ({ $delegation })
no-authority-NET0110 = This window is not for the service
no-authority-NET0111 = Such applicants are received elsewhere: { $outlets }
no-authority-NET0112 = There is no such outlet, window or service
no-authority-nowhere = Such applicants are not received here, and no outlet nearby may receive this

# Outlets
outlet-kind-hall = Service halls
outlet-kind-street-centre = Street and town centres
outlet-kind-community = Communities and villages
outlet-kind-hospital = Hospital desks
outlet-kind-bank = Banks
outlet-kind-police-station = Police stations
outlet-kind-post-office = Post offices
outlet-kind-kiosk = Self-service
outlet-kind-other = Other stations
for-whom-person = Persons
for-whom-enterprise = Enterprises
outlets-title = Outlets
outlets-lead = One hall, many doors: go to the nearest outlet, and one window does the whole matter. Or do all of it online, without a single visit.
outlets-by-area = By area
outlets-everywhere = Everywhere
outlets-none = No outlet is connected here. Everything can be done online.
outlet-open = Open now
outlet-closed = Closed now
outlet-address = Address
outlet-phone = Telephone
outlet-hours = Hours
outlet-parent = Belongs to
outlet-queue = The queue now
outlet-display = The hall's display
outlet-for-persons = What persons can do here
outlet-for-enterprises = What enterprises can do here
outlet-receives-nothing = This outlet receives nothing at present.
outlet-to-matter = How this matter is done
desk-days = { $first } to { $last }
desk-closed-day = Closed
desk-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
desk-own-place = The authority's own window
desk-receives-all = All { $n } services
desk-receives-some = { $some } of { $all } services
service-accepted-at = accepted at { $place }
service-decided-at = decided at { $place }
zone-windows = Windows { $windows }
waiting-n = { $n } waiting
waiting-longest = longest wait { $time }
where-title = { $matter }: where to go
where-crumb = Where to go
where-lead = Outlets that receive all of it come first. Those that receive a part hand the rest over to the hall; you need not go there yourself.
where-none = No window here receives this matter; please do it online.
where-see = See the nearest outlets and windows
where-link = Where to go

# Numbers
number-take = Take a number
number-zone = Which zone
number-zone-missing = Choose the zone that you want to go to
number-matter = What for
number-matter-hint = You need not say. If you do, the window is ready when you are called.
number-matter-none = I will say it at the window
number-priority = Priority
number-priority-hint = Elderly, expectant and disabled people, people with infants, and soldiers are called first.
number-go = Take a number
number-closed = It is closed now. A number is good today only.
number-no-name = No name and no papers are needed for a number.
ticket-waiting = Please wait until you are called
ticket-transferred = You were sent on to here and keep your place; please wait until you are called
ticket-called = You are being called
ticket-serving = Being served
ticket-held = Kept for you; come back to the same window when you are ready
ticket-done = Done, thank you
ticket-no-show = You were not there when called. Please take a new number.
ticket-go-to = Please go to window { $window }
ticket-ahead = { $n ->
    [0] You are next
    [one] 1 person before you
   *[other] { $n } people before you
}
ticket-zone = Zone
ticket-taken = Taken
ticket-qr = Scan to follow the queue on your phone
ticket-note = Good on this day. Scan it to see on your phone how many are before you.
ticket-again = Reload
ticket-to-outlet = About this outlet
display-title = Numbers called
display-number = Number
display-window = Window
display-nobody = Nobody is being called

# Records of clerks and delegations (managers)
records-title = Records of clerks
records-lead = Each cell is one clerk's standing for one service. Without a valid record nothing is received.
records-matter = Matter
records-able = Able
records-no-clerks = There are no clerks in your area yet.
records-of = Records of { $name }
records-none = No records yet.
records-all-services = All services
record-none = None
record-valid = Valid
record-later = Not yet
record-ended = Ended
record-revoked = Revoked
record-term = { $from } to { $until }
record-term-open = From { $from }, open-ended
record-term-label = Term
record-basis = Basis
record-basis-hint = For example: passed the training of spring 2026
record-basis-missing = Say on what it rests: training, examination, secondment.
record-from = First day
record-until = Last day
record-until-hint = Empty = until it is revoked.
record-grant = Grant a record
record-revoke = Revoke
revoke-reason = Why
delegations-title = Delegations
delegations-lead = Which authority entrusted which outlet with what, on what basis, until when. Once revoked, nothing new is received there; what was received goes on.
delegations-outlet = Outlet
delegations-none = Nothing was delegated to this outlet.
delegation-from = From
delegation-powers = Powers
delegation-scope = Scope
delegation-basis = Basis
delegation-all-services = All services of the authority
delegation-valid = Valid
delegation-later = Not yet
delegation-ended = Ended
delegation-revoked = Revoked on { $date }
delegation-revoke = Revoke this delegation
delegation-revoke-note = At once and for good. Drafts under way are kept, but cannot be submitted from this outlet any more.
delegation-reason-missing = Say why it is revoked.
power-receive = receive
power-accept = accept
power-decide = decide
power-deliver = deliver
record-from-unreadable = Give the date from which it is valid, such as 2026-03-01
record-until-unreadable = The end date cannot be read; leave it empty for no end
record-words-too-long = At most 200 characters
