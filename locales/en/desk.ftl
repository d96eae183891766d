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
