# Standards that were not the same at both ends.
nav-inconsistencies = Inconsistent standards
inconsistencies-title = Inconsistent standards
inconsistencies-lead = The window and the department are to check by the same list. Here stands what a department cited outside the checklist, and what it found unmet though the window had found it met. No personal data is here; the words of a ground stand in its case.
inconsistencies-none = Nothing is recorded.
inconsistencies-counts = By service and line: { $n ->
    [one] once
   *[other] { $n } times
  }
inconsistencies-each = Each time, the latest first
inconsistencies-of = Only: { $service }
inconsistencies-all = Show all
inconsistencies-department = Department
inconsistencies-line = Line or ground
inconsistencies-kind = In what way
inconsistencies-times = Times
inconsistencies-at = When
inconsistencies-case = Case
inconsistencies-place = Received at
inconsistencies-version = Checklist
inconsistencies-older = revised since
inconsistencies-online = online
inconsistency-all = All
inconsistency-outside = Outside the checklist
inconsistency-unmet = Met at the window, unmet at the department
inconsistency-place = { $outlet } · window { $window }
