//! Dates and their explanations: stops, joint path, units.

use vocabulary::*;
use yijianshi_casework::*;

use crate::support::*;

/// One service with `promised`, submitted on `start`; corrections `from..to` (to `-` = still open).
/// Returns the promised date.
fn promised(promised: &str, start: &str, stops: &[(&str, &str)]) -> String {
    let mut story = Story::new(&format!("a:promised={promised},never-deemed"));
    story.now = instant(start);
    let command = Command::Submit(Box::new(application(story.nodes.clone())));
    story.run(&applicant(), &command).unwrap();
    let mut sending = "referral".to_owned();
    for (round, (from, to)) in stops.iter().enumerate() {
        story.now = instant(from);
        let command = Command::TakeReply {
            node: NodeKey::single("a"),
            dispatch: story.dispatch("a", &sending),
            department_seq: 1,
            decided_at: story.now,
            reply: Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None },
        };
        story.run(&department("a"), &command).unwrap();
        if *to == "-" {
            continue;
        }
        story.now = instant(to);
        let command = Command::AnswerCorrection {
            node: NodeKey::single("a"),
            answer: None,
            evidence: Vec::new(),
        };
        story.run(&applicant(), &command).unwrap();
        sending = format!("supplement-{}", round + 1);
    }
    let date = story.case().promised(&NodeKey::single("a"), &story.calendar, &zone()).unwrap();
    let stopped = if date.stopped { " stopped" } else { "" };
    let midday = if date.due.midday { " midday" } else { "" };
    format!("{}{midday}{stopped}", date.due.on)
}

#[test]
fn stops_move_the_promise_by_the_days_they_took() {
    let check = |period: &str, start: &str, stops: &[(&str, &str)], expected: &str| {
        assert_eq!(promised(period, start, stops), expected, "{period} {start} {stops:?}");
    };
    // Monday 4 March 2024; no holidays near.
    check("3", "2024-03-04", &[], "2024-03-07");
    check("3", "2024-03-04", &[("2024-03-05", "2024-03-05 17:00")], "2024-03-07");
    check("3", "2024-03-04", &[("2024-03-05", "2024-03-06")], "2024-03-08");
    // From Tuesday to next Monday: Tuesday to Friday do not count, Monday does.
    check("3", "2024-03-04", &[("2024-03-05", "2024-03-11")], "2024-03-13");
    check(
        "3",
        "2024-03-04",
        &[("2024-03-05", "2024-03-06"), ("2024-03-07", "2024-03-11")],
        "2024-03-12",
    );
    check("3", "2024-03-04", &[("2024-03-05", "-")], "2024-03-07 stopped");
    // On the day of the start no day is used up.
    check("1", "2024-03-04", &[("2024-03-04 11:00", "2024-03-06")], "2024-03-06");
    // Over the weekend only: nothing that counted was lost.
    check("3", "2024-03-04", &[("2024-03-09", "2024-03-10")], "2024-03-07");
    // Asked when it was late already: it stays late.
    check("3", "2024-03-04", &[("2024-03-11", "2024-03-20")], "2024-03-07");
    // On the due day itself it is still in time.
    check("3", "2024-03-04", &[("2024-03-07", "2024-03-11")], "2024-03-11");
    // Across a holiday with a worked Sunday: 3 April is Wednesday, 4–6 off, Sunday 7 worked.
    check("2", "2024-04-02", &[("2024-04-03", "2024-04-07")], "2024-04-08");
    check("0.5", "2024-03-04", &[], "2024-03-05 midday");
    check("0.5", "2024-03-04", &[("2024-03-05", "2024-03-06")], "2024-03-06 midday");
    check("now", "2024-03-04", &[], "2024-03-04");
    check("now", "2024-03-04", &[("2024-03-04", "2024-03-06")], "2024-03-06");
    check("now", "2024-03-09", &[], "2024-03-11");
    check("30d", "2024-03-04", &[], "2024-04-03");
    check("30d", "2024-03-04", &[("2024-03-10", "2024-03-12")], "2024-04-07");
    check("1m", "2024-03-04", &[], "2024-04-07");
    check("48h", "2024-03-04", &[], "2024-03-06");
}

#[test]
fn a_date_says_why_line_by_line() {
    let mut story = Story::submitted("a:promised=30");
    story.now = instant("2024-03-05");
    let command = Command::TakeReply {
        node: NodeKey::single("a"),
        dispatch: story.dispatch("a", "referral"),
        department_seq: 1,
        decided_at: story.now,
        reply: Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None },
    };
    story.run(&department("a"), &command).unwrap();
    let zone = zone();
    let date = story.case().promised(&NodeKey::single("a"), &story.calendar, &zone).unwrap();
    let day = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(date.due.on, day("2024-04-15"));
    assert!(date.stopped);
    assert_eq!(
        date.lines,
        [
            DateLine::Began { at: instant("2024-03-01"), on: day("2024-03-01") },
            DateLine::Rule { from: ClockStart::Receipt, counts: CountsFrom::NextDay },
            DateLine::Allowed { period: Period::working_days(30) },
            DateLine::Stopped {
                from: instant("2024-03-05"),
                to: None,
                cause: StopCause::Correction
            },
            DateLine::Skipped {
                weekends: 12,
                holidays: 3,
                holiday_days: vec![day("2024-04-04"), day("2024-04-05"), day("2024-04-06")],
            },
        ]
    );
}

#[test]
fn every_date_adds_up() {
    // Start + allowed + stopped + skipped = due, in days.
    for (start, from, to) in [
        ("2024-03-01", "2024-03-06", "2024-03-18"),
        ("2024-03-29", "2024-04-02", "2024-04-09"),
        ("2024-04-26", "2024-04-28", "2024-05-06"),
    ] {
        let mut story = Story::new("a:promised=10,never-deemed");
        story.now = instant(start);
        let command = Command::Submit(Box::new(application(story.nodes.clone())));
        story.run(&applicant(), &command).unwrap();
        story.now = instant(from);
        let command = Command::TakeReply {
            node: NodeKey::single("a"),
            dispatch: story.dispatch("a", "referral"),
            department_seq: 1,
            decided_at: story.now,
            reply: Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None },
        };
        story.run(&department("a"), &command).unwrap();
        story.now = instant(to);
        let command = Command::AnswerCorrection {
            node: NodeKey::single("a"),
            answer: None,
            evidence: Vec::new(),
        };
        story.run(&applicant(), &command).unwrap();
        let date = story.case().promised(&NodeKey::single("a"), &story.calendar, &zone()).unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let before = |text: &str| day(text).yesterday().unwrap();
        let stopped = story.calendar.working_days_between(before(from), before(to));
        let skipped = u32::try_from(date.due.skipped.len()).unwrap();
        let elapsed = day(start).until(date.due.on).unwrap().get_days();
        assert_eq!(u32::try_from(elapsed).unwrap(), 10 + stopped + skipped, "{start} {from} {to}");
    }
}

#[test]
fn the_joint_date_is_the_longest_path_of_what_is_still_to_come() {
    let story = Story::submitted("a:promised=1 b<a:promised=0.5 c<a:promised=2 d<b+c:promised=0.5");
    let zone = zone();
    let joint = story.case().joint_promised(&story.calendar, &zone).unwrap();
    // Friday 1 March + 3.5 working days.
    assert_eq!(joint.due.on.to_string(), "2024-03-07");
    assert!(joint.due.midday);
    assert_eq!(
        joint.lines.iter().filter(|line| matches!(line, DateLine::Allowed { .. })).count(),
        3,
        "{:?}",
        joint.lines
    );
    let all = Story::submitted("a:promised=now b<a:promised=1 c<b:promised=30d d<c:promised=1");
    let joint = all.case().joint_promised(&all.calendar, &zone).unwrap();
    // Monday 4 March, 30 days to Wednesday 3 April, one working day over the holiday to Sunday 7 April.
    assert_eq!(joint.due.on.to_string(), "2024-04-07");
}
