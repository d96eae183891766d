demo-title = Role board
demo-heading = Choose who to be, and live one matter
demo-lead = This is a demonstration: real matters, real rules, the real engine; people and department systems are simulated. One click is enough, no password.
tour-heading = Once through, in five steps
tour-1 = Enter as Wang Xiaomei and open “A child is born” on the home page.
tour-2 = Answer a few questions and see the list become your own; confirm what was fetched, and submit.
tour-3 = Watch the departments work side by side: what can be decided by itself is there within seconds.
tour-4 = Change to the police officer, open the case from the worklist (only what the police needs is there) and grant the registration.
tour-5 = Change back: insurance and card have followed by themselves, and all licences are under “My licences”.
demo-applicants = Applicants
demo-officers = Officers
demo-staff = Staff
demo-count = { $n ->
    [one] one person
   *[other] { $n } people
}
demo-find = Find by name, office or story
demo-find-go = Find
demo-found = { $n ->
    [one] One person found.
   *[other] { $n } people found.
}
demo-find-all = Show everybody
demo-departments-all = All { $n } systems
demo-unusual = { $name }: { $now }
demo-current = now
demo-enter = Enter
demo-enter-as = Enter as { $name }
demo-departments = How the departments' systems behave now
demo-departments-lead = Make a department slow, down, refusing, correcting, answering twice or out of order, and see whether a case loses its way.
demo-now = Now
demo-change = Change to
demo-set = Set
demo-behaviour-of = Behaviour of { $name }
demo-sources = Shared data sources
behaviour-prompt = Answers within seconds
behaviour-by-hand = Decided here by an officer
behaviour-slow = Very slow
behaviour-down = Down
behaviour-refusing = Refuses
behaviour-correcting = Asks for a correction first
behaviour-twice = Answers everything twice
behaviour-out-of-order = Answers out of order
demo-story-mother = Has just had a baby, is married, gave birth in a hospital of this city.
demo-story-single-mother = An unmarried mother; the child is registered with her.
demo-story-founder = Wants to start a software company with a partner.
# Signing in
error-prefix = Error:
error-summary = Please check
sign-in-wrong = User name or password is not right
sign-in-login = User name
sign-in-password = Password
# About
about-heading = About One Matter
about-what = To the state, having a child is five to ten procedures; to the family it is one matter. This system makes one form, one set of evidence and one plan of it, hands each department its part at the same time, and brings the results back together. It is open-source software.
about-data-heading = Your data
about-data = Each department receives only what its own service needs. Personal data is kept encrypted and never written to logs, addresses or error messages.
about-access-heading = Accessibility
about-access = Every page works with the keyboard, without script, and in large type. If something gets in your way, use a service window or call 12345.
about-version-heading = Versions
about-jurisdiction = Jurisdiction
about-revision = Catalogue revision
about-calendar = Working-day calendar
about-languages = Languages
# Examples
examples-title = Example cases
examples-board = For each matter the proof chooses cases that together show every outcome. Open one: its answers are filled in.
examples-lead = In these { $n } cases every service is in and out, and every way of every piece of evidence is taken.
examples-open = Open
examples-open-label = Open: { $name }
demo-story-rider = Delivers for a platform since her factory closed, and wants to carry on her insurance.
demo-story-elder = Retires this year, buys a flat nearer to the children, and sees to the affairs of a father who died.
# the demo's time
demo-time-now = Demo date: { $date }
demo-time-working-day = Go on one working day
demo-time-next-due = Go on to the next due date
demo-time-stuck = Time cannot go on just now: nothing is due, or the demo is busy.
era-past = demo history
era-simulated = simulated time
demo-clerks = Clerks at windows
demo-managers = Managers of halls and of the city
demo-unit-heads = Heads of units
demo-department-leaders = Leaders of departments
demo-inspectors = Inspectors
