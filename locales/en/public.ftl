# Home and catalogue
home-title = Home
home-heading = One matter, done once
home-lead = Say what has happened. We work out which services it takes, what to bring and how many days it needs, and hand one form to all departments.
search-label = Search for your matter
search-placeholder = For example: newborn, start a company
search-go = Search
search-none = Nothing found for “{ $q }”. Try other words, or look through the stages of life below.
search-found = { $n ->
    [one] One matter for “{ $q }”:
   *[other] { $n } matters for “{ $q }”:
  }
home-ready = Can be done now
home-life-person = Every stage of a person's life
home-life-enterprise = Every stage of a company's life
home-life-project = Construction projects
home-lists = National lists
home-lists-lead = What can be applied for online says so; the rest is honestly marked as guide only.
audience-person = For people
audience-enterprise = For companies
audience-project = For projects
class-empty = Nothing here yet.
ready = Can be done
guide-only = Guide only
list-ready = { $ready } of { $all } can be done
list-source = Reference: { $source }
matters-title = All matters
figure-departments = departments
figure-days = working days
figure-bring = items to bring
figure-visits = visits
# The one notice
crumbs = You are here
n-departments = { $n ->
    [one] 1 department
   *[other] { $n } departments
  }
n-working-days = { $n ->
    [one] 1 working day
   *[other] { $n } working days
  }
n-materials = { $n ->
    [one] 1 item
   *[other] { $n } items
  }
n-visits = { $n ->
    [one] 1 visit
   *[other] { $n } visits
  }
n-items = { $n ->
    [one] 1 item
   *[other] { $n } items
  }
matter-departments-note = Handed in once, handled together
matter-days-note = promised
matter-bring-note = to bring; we fetch the rest
matter-visits-note = in person
matter-start = Start
matter-start-note = In this scenario, { $n } questions make the list your own.
matter-saves = Less than one by one
left-steps = Steps
left-materials = Materials
left-days = Working days
left-visits = Visits
left-label = { $name }: { $before } one by one, { $after } as one matter
left-note = “Before” adds up the services handled alone; “after” is computed for the scenario of this page.
left-without = Not compared, on either side, for lack of figures: { $services }.
left-what = What vanished, and why
example-heading = This page is computed for
example-others = Other scenarios ({ $n }, each of them tested)
plan-order = What comes first, what next
plan-order-note = The result of one service becomes evidence for the next; the dark path decides the total time. Days are working days; holidays and swapped workdays are taken into account.
picture-title = Plan: { $days } working days in all
picture-title-more = { $title }. { $more }
picture-region = Picture of the plan; scrolls sideways
picture-day = Day { $n }
picture-bar-title = { $service }: begins on day { $from }, done by the end of day { $to }
picture-as-table = As a table
row-day = Day { $n }
row-days = Days { $from }–{ $to }
col-service = Service
col-department = Department
col-when = When
col-promise = Promise
col-after = Waits for
col-gives = You get
col-basis = Basis
col-certain = Certainty
critical = Decides the total time
at-once = Nothing
needs-heading = What is needed
needs-note = What we can fetch you need not hand in; what one service produces you need not carry to the next.
group-fetched = We fetch
group-produced = Made on the way
group-bring = Please prepare
group-given = You gave already
group-none = Nothing.
group-bring-none = In this scenario you need not prepare anything.
used-for = Used for: { $services }
origin-output = Comes from “{ $service }”
way-upload = Photo or upload
way-source = Shared data
way-licence = E-licence
way-output = Result of another service
way-commitment = Written commitment
way-deferral = May follow later
way-generated = Made from the form
who-heading = Who
who-for = For
who-leads = Lead department
basis-heading = Legal basis and certainty
basis-note = Every period and requirement names its source; what is not verified says so. What your place has published decides.
verified = Verified
unverified = Not verified
baselines-heading = On record from before the reform
baseline-steps = { $n } steps
baseline-materials = { $n } materials
baseline-days = { $n } days
baseline-visits = { $n } visits
list-separator = {", "}
period-immediate = on the spot
period-working-days = { $n ->
    [one] 1 working day
   *[other] { $n } working days
  }
period-calendar-days = { $n } days
period-months = { $n } months
period-hours = { $n } hours
reason-skipped = You chose to leave it out
reason-undecided = Not certain yet: { $facts }
reason-because = Because: { $facts }
fact-known = { $name } is “{ $value }”
fact-unknown = { $name } is not known yet
value-none = none
value-yes = Yes
value-no = No
vanished-step = { $service }: no separate “{ $step }”
vanished-fetched = { $service }: we fetch “{ $evidence }” from { $source }
vanished-produced = { $service }: “{ $evidence }” comes straight from “{ $by }”
vanished-not-brought = { $service }: no need to hand in “{ $evidence }”
vanished-shared = { $service }: shares “{ $evidence }” with “{ $first }”
vanished-parallel = { $service }: runs while others run, saves { $days } working days
vanished-shorter = { $service }: promised { $days } working days sooner
vanished-visit = { $service }: { $n } fewer visits
# Guide only
guide-only-note = So far there is only a guide: form, checks and the departments' routes are not all in place, so it cannot be applied for here. Please follow the guide at your local government service hall.
guide-services = Its services
guide-lead = Lead department: { $name }
to-matters = Look at other matters

reason-done-before = Done before
reason-later = Not this time; it can follow later
origin-done = From “{ $service }”, which is done; used as it is
