# Common
back = Back
continue = Continue
change = Change
remove = Remove
upload = Upload
print = Print
decline = I do not know
full-stop = .
semicolon = {"; "}
time = { $date }, { $clock }
count-option = { $n }
# Task list
tasks-saved = Saved by itself, last changed on { $date }.
task-questions = Answer the questions
task-plan = See your plan
task-form = Fill in the one form
task-evidence = Prepare evidence
task-check = Check and submit
task-done = Done
task-open = In progress
task-not-yet = Cannot start yet
# Interview
questions-left-open = How many follow depends on your answers; nothing is asked in vain
questions-left = { $n ->
    [one] At most 1 question left
   *[other] At most { $n } questions left
  }
why-asked = Why do we ask?
why-services = It matters to: { $services }
answer-empty = Enter “{ $name }”
answer-unchosen = Choose “{ $name }”
answer-not-an-option = Choose one of the options of “{ $name }”
answer-not-yes-or-no = Choose yes or no for “{ $name }”
answer-not-a-number = “{ $name }” must be a number, for example 3200
answer-not-a-date = “{ $name }” must be a date, for example 2026-11-20
answer-in-the-future = “{ $name }” cannot lie after today
answer-not-after = “{ $name }” must lie after “{ $other }” ({ $date })
answer-before = “{ $name }” cannot lie before “{ $other }” ({ $date })
answer-too-long = “{ $name }” may have at most { $max } characters; it has { $length }
answer-unreadable = “{ $name }” contains characters that cannot be shown; please enter it again
answer-citizen-id-shape = “{ $name }” must be an 18-digit citizen id number; the last may be X
answer-citizen-id-check = The check digit of “{ $name }” does not fit; one digit may be wrong
answer-uscc-shape = “{ $name }” must be an 18-character unified social credit code
answer-uscc-check = The check character of “{ $name }” does not fit; one character may be wrong
answer-not-a-phone = “{ $name }” must be a telephone number, for example 13800000000
answer-not-an-area-code = “{ $name }” must be a six-digit area code
answer-group-size = The number of “{ $name }” must be from { $min } to { $max }
answer-wrong = “{ $name }” is not right; please check it
# Plan
plan-title = Your plan
plan-heading = Your one-matter plan
plan-nothing = Nothing to apply for
plan-nothing-words = In your situation none of what you chose has to be done; the reasons stand below. If an answer has changed, change it and it is computed again.
plan-look-again = See my answers
plan-joint = Everything is promised by { $date }
provisional = provisional
plan-undecided = Not clear yet, so the plan prepares for the wider case: { $names }.
plan-go-on = Fill in the form for this plan
plan-services = Done together
optional-service = optional
plan-left-out = { $n ->
    [one] 1 service you do not need, and why
   *[other] { $n } services you do not need, and why
  }
out-done = done before
out-not-needed = does not apply
out-not-eligible = the conditions are not met
plan-optional = These can be done now or later
plan-recompute = Compute again with my choice
by-date = by { $date }
plan-signatories = Who has to sign
plan-procedures = Appointments and other special procedures
procedure-joined = { $name } ({ $services }): joined into one appointment, led by { $lead }; { $period }
procedure-single = { $name } ({ $services }): { $period }
procedure-afterwards = { $line }, after the decision
procedures-may-add = Site visits and other special procedures are not counted here; they may add { $n ->
    [one] 1 working day
   *[other] { $n } working days
  } at most (until { $date }).
procedure-note = These days do not count towards the promised time.
extra-visit = { $n ->
    [one] One more visit
   *[other] { $n } more visits
  }: { $reason }
deferral-until = { $way }, within { $period }
signatory = { $name } ({ $role })
plan-fees = Fees
plan-no-fees = All free of charge
fee-line = { $name } { $amount }
plan-answers = Your answers ({ $n })
# The one form
form-title = The one form
form-heading = One form for all departments
form-lead = Please check what is known already; { $n } entries are still yours to fill in.
form-fetched = { $n } filled in for you
fetched-from = from { $source }, fetched on { $date }
you-answered = as you answered
not-right = Not right? Correct it
correct-field = Correct “{ $name }”
optional-field = (optional)
also-used-for = Also used for: { $services }
also-used-for-many = Also used for { $services } and others, { $n } in all
asked-again = Only for “{ $service }”: { $reason }
computed-by = { $value } (found in “{ $table }”; nothing to fill in)
computed-later = Follows from “{ $table }” once the rest is filled in; nothing to fill in
made-by = Comes from “{ $service }”; nothing to fill in
source-unavailable = { $source } cannot be reached just now. Please fill it in; it will be checked later.
save-and-go-on = Save and go on
save-for-later = Save and finish later
# Evidence
evidence-title = Evidence
evidence-heading = Prepare evidence
evidence-nothing = You need not prepare anything: we can fetch all of it.
evidence-complete = All you had to prepare is here.
evidence-missing = { $n ->
    [one] One piece is still yours to prepare. A photo is enough; one piece may have several files.
   *[other] { $n } pieces are still yours to prepare. Photos are enough; one piece may have several files.
  }
evidence-open = to be uploaded
evidence-files = { $n ->
    [one] 1 file
   *[other] { $n } files
  }
choose-files = Choose files
choose-more-files = Add a file
file-from-case = Handed in before, in { $number }; still good
file-limits = { $formats }, at most { $size } MB each
file-none = No file was chosen. Choose one, then press “Upload”.
file-empty = “{ $name }” is empty. Choose another file.
file-too-large = “{ $name }” is larger than { $size } MB. Compress it or take the picture again.
file-too-large-short = Too large:
file-wrong-kind = “{ $name }” cannot be taken. Upload { $formats }; the ending must fit the content.
error-upload-broken = The upload broke off. Send this file again; all other files are still here.
evidence-rest = Where the rest comes from
evidence-go-on = Check and submit
# Check and submit
check-title = Check and submit
check-heading = Check before you submit
not-given = Not given
evidence-we-fetch = We fetch it
evidence-you-gave = You gave it
evidence-made = Made on the way
missing-field = “{ $name }” is not filled in
missing-evidence = “{ $name }” is not uploaded
check-submit-heading = Submit
check-to = Goes at the same time to:{" "}
declaration = I confirm that all this is true and complete, and agree that the departments check what they need for this matter.
declare-first = Please tick the confirmation first
submit-to = { $n ->
    [one] Submit to 1 department
   *[other] Submit to { $n } departments at once
  }
check-not-ready = Something is still missing; see above.
# Receipt
receipt-title = Receipt
receipt-heading = Submitted; all departments begin now
receipt-link = Receipt
case-number-label = Case number
case-number = Case number { $number }
receipt-joint = Everything done by
receipt-after-earlier = { $period } after the earlier result
receipt-next = What happens next
receipt-next-words = You need not do anything. Results, and anything you have to add, appear under “My cases”.
receipt-stops = If a department asks for a correction, the time until you answer is not counted; the other departments go on.
to-tracking = See the progress
# Tracking
state-waiting = waits
state-referred = sent
state-received = received
state-correction-requested = waits for you
state-correction-by-applicant = waits for the applicant
state-accepted = accepted
state-special-procedure = special procedure
state-lapsed = returned: not corrected in time
special-procedure = special procedure
state-granted = done
state-refused = refused
state-not-accepted = not accepted
state-withdrawal-pending = being withdrawn
state-withdrawn = withdrawn
state-stopped = cannot start
state-contested = being checked
case-in-progress = in progress
case-awaiting-applicant = waits for you
case-partly-done = partly done
case-done = all done
case-partly-refused = partly done, ended
case-refused = refused
case-withdrawn = withdrawn
case-contested = being checked
case-ended = This matter has come to its end.
light-done = done
light-stopped = clock stopped
light-none = not started
light-normal = on time
light-near = due soon
light-overdue = overdue
light-yours = your turn
todo-correct = Please correct: { $service }
todo-correct-lead = { $department } needs something more from you. Until then this service's clock stands still; the others go on.
todo-correct-go = Correct it now
track-lanes = Progress by department
promised-by = Promised by { $date }; why?
statutory-by = Statutory limit: { $date }
note-waits = Waits for: { $services }
note-stopped = “{ $service }” did not succeed, so this one cannot start.
note-contested = The department's answers contradict each other; staff are checking.
note-lapsed = No correction came in time, so this one was returned. You can apply again; what you typed is still there.
note-procedure = { $procedure } is under way; the time it takes is not counted.
note-procedure-counted = { $procedure } is under way; the promised date stays.
note-withdrawal-pending = Withdrawal was sent to the department; waiting for its answer.
picture-running = Progress of the case
picture-running-title = { $service }: { $state }
timeline-heading = What happened
happened-submitted = You submitted the application
happened-started = “{ $service }” began and was sent to { $department }
happened-received = { $department } received “{ $service }”
happened-accepted = { $department } accepted “{ $service }”
happened-began = { $department } began to examine “{ $service }”
happened-procedure-began = { $department } began a special procedure for “{ $service }”
happened-procedure-ended = The special procedure for “{ $service }” has ended
happened-extended = { $department } extended the period for “{ $service }”
happened-settled = You corrected “{ $service }” at { $department }
happened-lapsed = “{ $service }” was not corrected in time and has been returned
happened-not-accepted = { $department } did not accept “{ $service }”
happened-correction-requested = { $department } asked for a correction of “{ $service }”
happened-granted = { $department } granted “{ $service }”
happened-refused = { $department } refused “{ $service }”
happened-corrected = You corrected “{ $service }”
happened-deemed = “{ $service }” counts as accepted: the time to ask for corrections is over
happened-withdrawal-requested = You asked to withdraw “{ $service }”
happened-withdrawal-confirmed = { $department } confirmed the withdrawal of “{ $service }”
happened-too-late = { $department }: too late to withdraw “{ $service }”
happened-withdrawn = “{ $service }” was withdrawn
happened-stopped = “{ $service }” cannot start
happened-resolved = Staff settled the answers on “{ $service }”
happened-rated = You rated this matter
# Withdrawal
withdraw-one = Withdraw this one
withdraw-all = Withdraw everything still open
withdraw-title = Withdraw
withdraw-heading = Do you want to withdraw?
withdraw-also = These need its result and will stop too
withdraw-sent = What is with a department already needs its confirmation; what is decided stays decided.
withdraw-granted-stay = Services and licences already granted stay as they are.
withdraw-confirm = Withdraw
withdraw-keep = Keep
# Correction
correct-asked = What { $department } asks for, once and completely
correct-words = Your explanation
correct-words-hint = Words, files, or both.
correct-kept = kept
correct-files = Further evidence
correct-send = Send the correction
correct-empty = Write a sentence or upload at least one file
correct-overtaken = While you were typing the department asked for something more: read its notice above, then send again. What you wrote is still here.
# Rating
rate-heading = Are you satisfied?
rate-legend = Rate this matter (voluntary, once)
grade-1 = Very satisfied
grade-2 = Satisfied
grade-3 = Fairly satisfied
grade-4 = Dissatisfied
grade-5 = Very dissatisfied
rate-words = Anything to say? (optional)
rate-send = Send
# My cases and licences
mine-none = No cases yet.
mine-submitted = submitted { $time }
mine-drafts = Drafts not yet submitted
mine-no-drafts = No drafts.
mine-changed = changed { $time }
licences-heading = Licences issued so far
licence-open = Open
wallet-none = No licences yet. They come here by themselves.
licence-holder = Holder
licence-issued = Issued
licence-until = Valid until
licence-no-end = no end date
licence-demo = Demonstration, without effect
licence-code = Identifier: { $code }
licence-check = Verification code: { $code }
licence-qr = QR code for verification
licence-verify = Verify this licence
amount-cny = CNY { $amount }

# Continuing
continue-link = Have you done one of these already? Continue with the rest
continue-title = Have you done one of these already?
continue-page-lead = What is done counts: what it produced is used as it is, what you told us comes along, and the rest is planned from today.
continue-heading = You can continue with
continue-lead = { $n ->
    [one] What is done counts; one more service can follow.
   *[other] What is done counts; { $n } more services can follow together.
  }
continue-done = Done
continue-done-tag = done
continue-left = To follow
continue-at-hand = Used as it is, nothing to hand in:{ " " }
continue-under-way = On its way, not applied for again: { $services }
continue-figures = What is certain takes { $days } working days from a submission today; materials still to bring, at most: { $n }
continue-bring = :{ " " }
continue-perhaps = depends
case-ended-part = What you applied for is done; the rest can follow.
continue-go = Continue with the rest
continue-none = Nothing of this matter is done yet. Apply for the whole, or for single services first; the others can follow at any time.
single-heading = Only some of it
single-lead = Do what is urgent first. The others can follow at any time; nothing has to be filled in again.
single-go = Apply for what is chosen
single-none = Choose at least one service
plan-done-before = Done before; counts this time
plan-done-in = See case { $number }
plan-later = Not this time, can follow later
plan-later-n = ({ $n })
plan-later-hint = What you choose is applied for along with the rest.
plan-along = Apply for these as well
out-later = can follow later
needs-first-heading = One thing can only come from another service
made-before = { $value } (from “{ $service }”, which is done; nothing to fill in)
error-nothing-to-continue = Nothing in this case counts as done, so there is nothing to continue.

# The check before submission
precheck-title = Check before submission
precheck-lead = Either it says that you can submit, or it lists everything that still has to be mended, all at once. It is no submission: no clock starts and nothing is refused.
precheck-ready = Ready to submit
precheck-ready-words = Everything is answered, filled in and handed in.
precheck-go = Look through and submit
precheck-faults = { $n ->
    [one] One thing is to be mended
   *[other] { $n } things are to be mended
  }
precheck-line = On the checklist: { $line }
precheck-remarks = Please note
precheck-link = Check what is still missing first
precheck-button = Check before submission
precheck-hint = Shows at any time what is missing; changes nothing
precheck-question = Not answered yet: { $ask }
precheck-invalid = “{ $name }” is not right: { $why }
precheck-signatory = “{ $service }” has to be signed by “{ $name }”, whose name is not known
precheck-needs-first = “{ $service }” needs “{ $evidence }”, which only “{ $from }” can produce. Do that first, or along with it.
precheck-nothing = There is no service to apply for
precheck-not-eligible = “{ $service }” is not part of this application, because a requirement is not met: { $requirements }
precheck-file-wrong-type = “{ $name }”: the file “{ $file }” is of the wrong kind
precheck-file-empty = “{ $name }”: the file “{ $file }” is empty
precheck-file-too-large = “{ $name }”: the file “{ $file }” is too large
precheck-file-duplicate = “{ $name }”: the file “{ $file }” is the same as another one
precheck-kind-question = question
precheck-kind-field-missing = not filled in
precheck-kind-field-invalid = not right
precheck-kind-evidence-missing = not uploaded
precheck-kind-file = file
precheck-kind-signatory = signature
precheck-kind-needs-first = first, or along
precheck-kind-nothing = nothing
