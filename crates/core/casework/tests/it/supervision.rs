//! Supervision as tables: which light stands on which day, by which rule; who is told when; what a notice 督办 goes
//! through. The rules are compiled from a definition, like everybody's.

use catalogue::{SourceFile, Supervision};
use jiff::ToSpan;
use vocabulary::*;
use yijianshi_casework::supervision::{
    Light, coming, due_reminders, stage_of, timers, told as told_of, watch,
};
use yijianshi_casework::*;

use crate::support::*;

const RULES: &str = r#"
[jurisdiction]
id = "sample"
name = { en = "Sample" }
languages = ["en"]
time_zone = "Asia/Shanghai"

[[life_cycle_class]]
id = "birth"
audience = "person"
name = { en = "Birth" }
order = 1

[[guide]]
id = "newborn"
name = { en = "A child" }
life_cycle = "birth"
services = [{ en = "Certificate" }]

[[organisation]]
id = "watchers"
name = { en = "Watchers" }
short = { en = "Watchers" }
uscc = "11990000MB9900013U"

[[supervision]]
id = "old"
name = { en = "Old rules" }
from = "2000-01-01"
light = [{ id = "none-but-red", name = { en = "Over" }, of = "promised", colour = "red", over = 0 }]
answer = { count = "3", unit = "working_day" }

[[supervision]]
id = "rules"
name = { en = "Rules" }
from = "2024-01-01"
answer = { count = "3", unit = "working_day" }
[[supervision.stage]]
stage = "receive"
name = { en = "Receipt" }
within = { count = "1", unit = "working_day" }
[[supervision.stage]]
stage = "accept"
name = { en = "Acceptance" }
[[supervision.light]]
id = "used"
name = { en = "Nine tenths are used" }
of = "promised"
colour = "yellow"
used_percent = 90
[[supervision.light]]
id = "over"
name = { en = "The promise is over" }
of = "promised"
colour = "red"
over = 0
[[supervision.light]]
id = "law-near"
name = { en = "Two days left by law" }
of = "statutory"
colour = "yellow"
left = 2
[[supervision.light]]
id = "receipt-over"
name = { en = "Not received in a day" }
of = "receive"
colour = "red"
over = 0
[[supervision.stage]]
stage = "deliver"
name = { en = "Service" }
[[supervision.light]]
id = "service-near"
name = { en = "One day is left to serve it" }
of = "deliver"
colour = "yellow"
left = 1
[[supervision.light]]
id = "service-over"
name = { en = "Not served in time" }
of = "deliver"
colour = "red"
over = 0
[[supervision.light]]
id = "acceptance-over"
name = { en = "Not accepted in time" }
of = "accept"
colour = "red"
over = 1
[[supervision.reminder]]
id = "first"
light = "yellow"
to = "officer"
[[supervision.reminder]]
id = "head"
light = "red"
to = "unit_head"
[[supervision.reminder]]
id = "office"
light = "red"
after = 2
to = "supervision_office"
organisation = "watchers"
"#;

fn rules(on: &str) -> Supervision {
    let file = SourceFile { name: "rules.toml".to_owned(), text: RULES.to_owned() };
    let compiled = catalogue::compile(&[file]);
    let catalogue = compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    catalogue.supervision(on.parse().unwrap()).unwrap().clone()
}

/// `a` of these options, submitted on Monday 4 March 2024 at ten; then each `(when, reply)`.
fn story(options: &str, replies: &[(&str, Reply)]) -> Story {
    let mut story = Story::new(&format!("a:{options}"));
    story.now = instant("2024-03-04");
    let command = Command::Submit(Box::new(application(story.nodes.clone())));
    story.run(&applicant(), &command).unwrap();
    for (number, (when, reply)) in (1..).zip(replies) {
        story.now = instant(when);
        let command = Command::TakeReply {
            node: NodeKey::single("a"),
            dispatch: story.dispatch("a", "referral"),
            department_seq: number,
            decided_at: story.now,
            reply: reply.clone(),
        };
        story.run(&department("a"), &command).unwrap();
    }
    story
}

/// `2024-03-08 red receipt-over`.
fn light(story: &Story, day: &str) -> String {
    let rules = rules("2024-06-01");
    let service = &story.case().services[0];
    let watch = watch(story.case(), service, &rules, &story.calendar, &zone());
    let (light, mark) = watch.light(day.parse().unwrap());
    let rule = mark.map_or(String::new(), |mark| format!(" {}", mark.rule));
    format!("{}{rule}", light.as_str())
}

fn check(options: &str, replies: &[(&str, Reply)], days: &[(&str, &str)]) {
    let story = story(options, replies);
    for (day, expected) in days {
        assert_eq!(light(&story, day), *expected, "{options} {replies:?} on {day}");
    }
}

fn asks() -> Reply {
    Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None }
}

#[test]
fn the_light_of_a_day_is_the_worst_that_its_rules_give() {
    // Ten working days from the 4th: due on the 18th; nine of them are used on the 15th.
    let received = [("2024-03-04", Reply::Received), ("2024-03-05", Reply::Accepted)];
    check(
        "promised=10,statutory=none",
        &received,
        &[
            ("2024-03-14", "green"),
            ("2024-03-15", "yellow used"),
            ("2024-03-18", "yellow used"),
            ("2024-03-19", "red over"),
        ],
    );
    // By law until the 19th, ten working days after acceptance: two are left on the 15th.
    check(
        "promised=40,statutory=10",
        &received,
        &[
            ("2024-03-14", "green"),
            ("2024-03-15", "yellow law-near"),
            ("2024-03-20", "yellow law-near"),
        ],
    );
    // Half a day and one day: the time is used on the day itself.
    for promised in ["0.5", "1"] {
        let options = format!("promised={promised},statutory=none");
        let days =
            [("2024-03-04", "green"), ("2024-03-05", "yellow used"), ("2024-03-06", "red over")];
        check(&options, &received, &days);
    }
    // Calendar days count as such: nine of ten on the 13th.
    check(
        "promised=10d,statutory=none",
        &received,
        &[("2024-03-12", "green"), ("2024-03-13", "yellow used"), ("2024-03-15", "red over")],
    );
}

#[test]
fn a_stage_is_overdue_though_the_whole_is_not() {
    // Nobody received it by the close of the 5th.
    check(
        "promised=30,statutory=none,never-deemed",
        &[],
        &[("2024-03-05", "green"), ("2024-03-06", "red receipt-over")],
    );
    // Received, not accepted: five working days, and one more of grace.
    check(
        "promised=30,statutory=none,limit=5,never-deemed",
        &[("2024-03-04", Reply::Received)],
        &[("2024-03-12", "green"), ("2024-03-13", "red acceptance-over")],
    );
    // The stage is over; so is its light.
    check(
        "promised=30,statutory=none,limit=5,never-deemed",
        &[("2024-03-04", Reply::Received), ("2024-03-14", Reply::Accepted)],
        &[("2024-03-14", "green")],
    );
}

#[test]
fn a_clock_that_stands_still_has_no_light_and_that_is_said() {
    let asked = [("2024-03-04", Reply::Received), ("2024-03-05", asks())];
    check(
        "promised=3,statutory=none,never-deemed",
        &asked,
        &[("2024-03-06", "stopped"), ("2024-06-20", "stopped")],
    );
    // What was late before stays late.
    let late = [("2024-03-04", Reply::Received), ("2024-03-11", asks())];
    check("promised=3,statutory=none,never-deemed", &late, &[("2024-03-12", "red over")]);
    // A special procedure too.
    let heard = [
        ("2024-03-04", Reply::Accepted),
        ("2024-03-05", Reply::ProcedureBegan { procedure: "hearing".into(), text: None }),
    ];
    let options = "promised=3,statutory=none,procedure=hearing/20";
    check(options, &heard, &[("2024-03-20", "stopped")]);
    // Ended: no light at all; not begun: none either.
    check("promised=3", &[("2024-03-04", grant("a"))], &[("2024-06-20", "done")]);
    let mut waiting = Story::new("a b<a");
    waiting.now = instant("2024-03-04");
    let command = Command::Submit(Box::new(application(waiting.nodes.clone())));
    waiting.run(&applicant(), &command).unwrap();
    let (rules, case) = (rules("2024-06-01"), waiting.case());
    let watched = watch(case, &case.services[1], &rules, &waiting.calendar, &zone());
    assert_eq!(watched.light("2025-01-01".parse().unwrap()).0, Light::None);
    assert_eq!(stage_of(case, &case.services[1], &rules), None);
}

/// The decision is out, its document is not served: that has a time of its own where the law sets one, and ends with
/// the proof of service.
#[test]
fn a_decision_waits_to_be_served() {
    let decided = [("2024-03-04", Reply::Accepted), ("2024-03-05", grant("a"))];
    let days = [
        ("2024-03-18", "yellow service-near"),
        ("2024-03-19", "yellow service-near"),
        ("2024-03-20", "red service-over"),
    ];
    check("promised=3,delivery=10", &decided, &[("2024-03-15", "green")]);
    check("promised=3,delivery=10", &decided, &days);
    // A refusal is served as well; where the law sets no time nothing is watched.
    let refused = Reply::Refused { ground: "photo".into(), text: None };
    let no = [("2024-03-04", Reply::Accepted), ("2024-03-05", refused)];
    check("promised=3,delivery=10", &no, &days);
    check("promised=3", &decided, &[("2024-06-20", "done")]);

    let mut story = story("promised=3,delivery=10", &decided);
    let rules = rules("2024-06-01");
    let stage = |story: &Story| stage_of(story.case(), &story.case().services[0], &rules);
    assert_eq!(stage(&story), Some(catalogue::Stage::Deliver));
    // The chain tells of it, though the service is decided; for the applicant the whole has ended.
    let mut late = self::story("promised=3,delivery=10", &decided);
    late.now = instant("2024-03-05");
    assert_eq!(
        told(late, 30),
        [
            "2024-03-18 first service-near a-office",
            "2024-03-20 head service-over a-office",
            "2024-03-22 office service-over watchers",
        ]
    );
    let service = &story.case().services[0];
    let seen = watch(story.case(), service, &rules, &story.calendar, &zone());
    assert_eq!(seen.whole().light("2024-04-01".parse().unwrap()).0, Light::Done);

    story.now = instant("2024-03-06");
    let document =
        DocumentRef { kind: DocumentKind::Grant, node: Some(NodeKey::single("a")), ordinal: 1 };
    let command = Command::Serve { document, way: ServiceWay::Online };
    story.run(&applicant(), &command).unwrap();
    assert_eq!(light(&story, "2024-04-01"), "done");
    assert_eq!(stage(&story), None);
    let command = Command::Supervise {
        node: NodeKey::single("a"),
        acts: vec![SupervisionAct::Notice { text: sealed(1) }],
    };
    let inspector = Actor { role: ActorRole::Inspector, account: None, department: None };
    assert_eq!(story.run(&inspector, &command).unwrap_err().code(), "CASE0007");
}

/// Whom the chain told of what still stands, and who comes next.
#[test]
fn what_was_told_stands_as_long_as_its_light() {
    let rules = rules("2024-06-01");
    let mut story = story("promised=30,statutory=none,limit=5,never-deemed", &[]);
    let seen = |story: &Story| {
        let service = &story.case().services[0];
        let watch = watch(story.case(), service, &rules, &story.calendar, &zone());
        let told: Vec<&str> =
            told_of(service, &watch).iter().map(|step| step.to.as_str()).collect();
        let next = coming(service, &watch, &rules, &story.calendar);
        let next = next.first().map(|(on, it)| format!("{on} {} {}", it.to.as_str(), it.mark.rule));
        (told.join(" "), next.unwrap_or_default())
    };
    assert_eq!(seen(&story), (String::new(), "2024-03-06 unit_head receipt-over".to_owned()));
    story.now = instant("2024-03-06");
    let today = "2024-03-06".parse().unwrap();
    for (node, reminder) in due_reminders(story.case(), &rules, &story.calendar, &zone(), today) {
        let acts = vec![SupervisionAct::Remind { reminder }];
        story.run(&hub(), &Command::Supervise { node, acts }).unwrap();
    }
    let next = "2024-03-08 supervision_office receipt-over".to_owned();
    assert_eq!(seen(&story), ("unit_head".to_owned(), next));
    // It is received: that light is out, and nobody is told of it any longer; the events keep that he was.
    let command = Command::TakeReply {
        node: NodeKey::single("a"),
        dispatch: story.dispatch("a", "referral"),
        department_seq: 1,
        decided_at: story.now,
        reply: Reply::Received,
    };
    story.run(&department("a"), &command).unwrap();
    let (told, next) = seen(&story);
    assert_eq!(told, "");
    assert!(next.ends_with("unit_head acceptance-over"), "{next}");
    assert_eq!(story.case().services[0].supervised.reminders.len(), 1);
}

#[test]
fn an_extension_moves_the_light() {
    let extended = [
        ("2024-03-04", Reply::Accepted),
        ("2024-03-05", Reply::Extended { reason: sealed(1), approved_by: sealed(2) }),
    ];
    // Five and five: nine of ten are used on the 15th.
    check(
        "promised=5,statutory=none,extension=5",
        &extended,
        &[("2024-03-14", "green"), ("2024-03-15", "yellow used"), ("2024-03-19", "red over")],
    );
}

#[test]
fn the_rules_of_the_day_hold() {
    assert_eq!(&*rules("2023-12-31").id, "old");
    assert_eq!(&*rules("2024-01-01").id, "rules");
}

/// Day, reminder and addressee of everything that the hub tells when it looks every day.
fn told(mut story: Story, days: i32) -> Vec<String> {
    let rules = rules("2024-06-01");
    let mut told = Vec::new();
    let first: Date = story.now.to_zoned(zone()).date();
    for day in 0..days {
        let today = first.checked_add(day.days()).unwrap();
        story.now = today.at(9, 0, 0, 0).to_zoned(zone()).unwrap().timestamp();
        let due = due_reminders(story.case(), &rules, &story.calendar, &zone(), today);
        let next = timers(story.case(), &rules, &story.calendar, &zone());
        // The timer rings on the day, not before and not after.
        assert_eq!(next.iter().any(|timer| timer.due_at <= story.now), !due.is_empty(), "{today}");
        for (node, reminder) in due {
            let to = reminder.organisation.as_ref().map_or("-", |it| it.as_str());
            told.push(format!("{today} {} {} {to}", reminder.reminder, reminder.mark.rule));
            let acts = vec![SupervisionAct::Remind { reminder }];
            let command = Command::Supervise { node, acts: [acts.clone(), acts].concat() };
            assert_eq!(story.run(&hub(), &command).unwrap().len(), 1, "told once");
            assert!(story.run(&hub(), &command).unwrap().is_empty(), "and not again");
        }
    }
    told
}

#[test]
fn the_chain_tells_each_once_and_goes_on_after_days() {
    let received = [("2024-03-04", Reply::Received), ("2024-03-04", Reply::Accepted)];
    assert_eq!(
        told(story("promised=5,statutory=none", &received), 60),
        [
            // Five working days: the 11th; nine tenths are used at the midday of that day.
            "2024-03-11 first used a-office",
            "2024-03-12 head over a-office",
            "2024-03-14 office over watchers",
        ]
    );
    let asked = [("2024-03-04", Reply::Received), ("2024-03-05", asks())];
    let stopped = story("promised=5,statutory=none,never-deemed", &asked);
    assert_eq!(told(stopped, 60), [""; 0], "nobody is told of a clock that stands still");
}

#[test]
fn a_notice_is_given_answered_and_closed() {
    let mut story = story("promised=5", &[("2024-03-04", Reply::Received)]);
    let node = NodeKey::single("a");
    let manager = Actor { role: ActorRole::Manager, account: None, department: None };
    let others = officer("z-office");
    let own = officer("a-office");
    let notice = SupervisionAct::Notice { text: sealed(1) };
    let answer = SupervisionAct::Answer { text: sealed(2) };
    let close = SupervisionAct::Close { text: None };
    let mut act = |actor: &Actor, act: &SupervisionAct| {
        let command = Command::Supervise { node: node.clone(), acts: vec![act.clone()] };
        match story.run(actor, &command) {
            Ok(events) => events.len().to_string(),
            Err(refusal) => refusal.code().to_owned(),
        }
    };
    assert_eq!(act(&own, &notice), "CASE0065");
    assert_eq!(act(&manager, &close), "CASE0067");
    assert_eq!(act(&own, &answer), "CASE0067");
    assert_eq!(act(&manager, &notice), "1");
    assert_eq!(act(&manager, &notice), "CASE0066");
    assert_eq!(act(&manager, &close), "CASE0069");
    assert_eq!(act(&others, &answer), "CASE0065");
    assert_eq!(act(&own, &answer), "1");
    assert_eq!(act(&own, &answer), "CASE0068");
    assert_eq!(act(&applicant(), &close), "CASE0065");
    assert_eq!(act(&manager, &close), "1");
    // An inspector gives and closes like a manager, the head of the unit answers like an officer; and nothing else.
    let inspector = Actor { role: ActorRole::Inspector, account: None, department: None };
    let head = Actor { role: ActorRole::UnitHead, ..officer("a-office") };
    let other_head = Actor { role: ActorRole::UnitHead, ..officer("z-office") };
    assert_eq!(act(&head, &notice), "CASE0065");
    assert_eq!(act(&inspector, &notice), "1");
    for (actor, wrong) in [(&inspector, &answer), (&other_head, &answer), (&head, &close)] {
        assert_eq!(act(actor, wrong), "CASE0065");
    }
    assert_eq!(act(&head, &answer), "1");
    assert_eq!(act(&inspector, &close), "1");
    assert_eq!(act(&manager, &notice), "1");
    let supervised = &story.case().services[0].supervised;
    assert_eq!(supervised.notices.len(), 3);
    assert!(supervised.notices[0].closed_at.is_some() && supervised.open().is_some());
}
