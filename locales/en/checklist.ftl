# One checklist at both ends: applicant, window and department see the same version.
checklist-heading = Checklist
checklist-applicant-lead = The window and the department check by this list and by no other.
checklist-version = Checklist version { $version }
checklist-looks-at = Looks at: { "" }
checklist-met = Checked at the window
checklist-left = Not checked when received
checklist-outside = A reason outside the checklist
checklist-outside-group = Other
checklist-outside-hint = Say what it is. It is recorded as an inconsistent standard, so that the checklist can be improved.
checklist-outside-words = You chose a reason outside the checklist: say what it is
checklist-unknown-line = A reason outside the checklist (the department's id: { $line })
checklist-lines = { $n ->
    [one] one line
   *[other] { $n } lines
  }
