# Worklist
worklist-tabs = By state
worklist-filter = Filter
tab-todo = To do
tab-running = In progress
tab-awaiting-applicant = Waiting for the applicant
tab-finished = Finished
tab-all = All
worklist-matter = Matter
worklist-all-matters = All matters
worklist-show = Show
worklist-clear = Clear the filter
worklist-total = { $n ->
    [one] 1 service case
   *[other] { $n } service cases, most urgent first
  }
worklist-empty = Nothing here now.
worklist-service = Service
worklist-applicant = Applicant
worklist-received = Received
worklist-remaining = Time left
worklist-promised = Promised
worklist-statutory = Statutory
worklist-state = State
worklist-first = Back to the start
worklist-next = Next page
no-date = —
days-left = { $n ->
    [one] 1 working day left
   *[other] { $n } working days left
  }
days-today = due today
days-over = { $n ->
    [one] 1 working day over
   *[other] { $n } working days over
  }
# Service case
officer-applicant = Applicant: { $name }
officer-news = While you were at it, this happened
officer-stale = This page had been overtaken, so nothing was done. Look at what happened below and decide again; what you typed has been kept.
officer-error-code = { $words } ({ $code })
officer-evidence = Evidence
officer-no-evidence = This service takes no evidence.
officer-no-file = No file was uploaded. It comes from: { $ways }
officer-supplement = Supplement
officer-new-files = { $n ->
    [one] 1 file was added
   *[other] { $n } files were added
  }
officer-answered = The applicant has answered ({ $time })
officer-fields = What we received
officer-own-only = Only what this service needs is here; what other departments need is not.
officer-unknown = unknown
officer-field-of = { $member }: { $name }
officer-from-applicant = stated by the applicant
officer-from-source = { $source }, fetched on { $date }
officer-from-confirmed = { $source }, fetched on { $date }, confirmed by the applicant
officer-from-table = found in “{ $table }”
officer-from-output = result of “{ $service }”
officer-source-down = { $source } could not be reached
officer-granted = What was granted
officer-checklist = Checklist
officer-checklist-note = The same checklist serves acceptance and decision; every correction and refusal cites a line of it.
officer-line-asked = was asked to be corrected
officer-deeds = Act
officer-no-deeds = There is nothing for your department to do now.
officer-clock = Clocks
officer-received = Received: { $time }
officer-promised = Promised date
officer-statutory = Statutory date
officer-statutory-later = The statutory period runs from acceptance.
officer-correction-due = The applicant has to answer by
officer-others = Other departments
officer-history = History
officer-demo = Demo
officer-invented = Made up for the demo: the check character is valid, the area does not exist.
officer-example = e.g. { $example }
officer-licence = the licence is issued with the grant
officer-nothing-to-fill = Nothing to fill in.
officer-words-too-long = At most 2000 characters, please.
officer-choose-lines = Tick at least one line of the checklist
officer-choose-ground = Choose a ground
officer-give-reason = State the reason
officer-choose-answer = Choose: withdrawn, or too late
officer-choose-reply = Choose which reply stands
# Deeds
deed-accept = Accept
deed-accept-hint = The statutory period begins
deed-grant = Grant
deed-grant-hint = With the grant licences are issued to the applicant’s wallet, and services that waited for it begin.
deed-grant-confirm = Grant it
deed-correct = Ask for a correction
deed-refuse = Refuse
deed-refuse-confirm = Refuse it
deed-not-accept = Do not accept
deed-not-accept-confirm = Do not accept it
deed-done-accept = Accepted.
deed-done-correct = The applicant has been asked; the clock stands still.
deed-done-grant = Granted.
deed-done-refuse = Refused.
deed-done-not-accept = Not accepted.
deed-done-withdrawal = The withdrawal has been answered.
deed-done-resolve = It is settled which reply stands.
correct-lines = What has to be corrected (all of it, once)
correct-words-label = Words for the applicant (optional)
correct-words-note = Say how to put it right; the ticked lines are shown as well.
correct-preview = What the applicant will see
correct-clock = The clock of this service stops when you send it; the applicant has { $period } to answer, and it runs again from that day. Other departments go on.
correct-confirm = Send it
correct-show = Preview
no-ground = Ground
no-ground-hint = Cite a line of the checklist or of the grounds
no-ground-choose = Choose
no-grounds = Grounds for saying no
no-words = Reason
no-words-hint = The applicant reads it as it stands
no-remedies = The applicant is told about remedies as well: { $remedies }
withdrawal-asked = The applicant wants to withdraw this service.
withdrawal-confirm = Confirm the withdrawal
withdrawal-too-late = Too late, go on
resolve-legend = The replies contradict each other. Which one stands?
resolve-confirm = Settle it
# History
said-received = Received
said-accepted = Accepted
said-not-accepted = Not accepted
said-correction = Correction requested
said-granted = Granted
said-refused = Refused
said-withdrawal-confirmed = Withdrawal confirmed
said-too-late = Answered: too late to withdraw
done-started = The clock began
done-referred = Referred to us
done-delivered = Delivered to our system
done-corrected = The applicant answered the correction
done-deemed = Deemed accepted: the time to ask for corrections passed
done-withdrawal-requested = The applicant asked to withdraw
done-withdrawn = Withdrawn
done-stopped = Stopped
done-resolved = It was settled which reply stands
by-officer = an officer
by-system = the department’s system
by-applicant = the applicant
by-clerk = the window
by-agent = Agent
by-manager = Manager
by-hub = the hub
standing-late = After a legal effect: recorded only
standing-contradicts = Contradicts another reply
quoted = “{ $words }”
