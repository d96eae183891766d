//! Office hours, first days and halves, as stories: one rule each. The office is open from 9:00 to 17:30, the afternoon
//! begins at 12:00. March 2024: the 1st is a Friday, no holiday before 4 April.

use std::sync::Arc;

use jiff::civil::Date;
use vocabulary::*;
use yijianshi_casework::*;

use crate::support::*;
use crate::telling::check;

#[test]
fn what_comes_after_hours_is_received_when_the_office_opens_next() {
    // Friday evening: received on Monday, and Monday does not count.
    check(
        "
        services a:promised=3&office&limit=5, b:promised=3&limit=5
        day 2024-03-01 17:30
        submit
        expect promised a 2024-03-07; promised b 2024-03-06; timer a 2024-03-11-17:30; timer b 2024-03-09-00:00
    ",
    );
    check(
        "
        services a:promised=3&office
        day 2024-03-01 17:29
        submit
        expect promised a 2024-03-06
    ",
    );
    // Before it opens: the same day.
    check(
        "
        services a:promised=3&office
        day 2024-03-01 06:00
        submit
        expect promised a 2024-03-06
    ",
    );
}

#[test]
fn a_sunday_that_is_worked_is_a_working_day() {
    // 4 to 6 April are off, Sunday 7 is worked: handed in on the 5th, received on the 7th.
    check(
        "
        services a:promised=1&office, b:promised=1&office
        day 2024-04-05 11:00
        submit
        expect promised a 2024-04-08
    ",
    );
}

#[test]
fn what_the_department_does_counts_when_it_does_it() {
    check(
        "
        services a:statutory=5&office&never-deemed
        submit
        a accepts #1 at 2024-03-02 
        expect statutory a 2024-03-08
    ",
    );
}

#[test]
fn an_answer_after_hours_is_given_when_the_office_opens() {
    // Answered on Friday evening: the clock stands still to Monday, Monday counts again.
    check(
        "
        services a:promised=3&office, b:promised=3
        submit
        a corrects:photo #1 at 2024-03-05
        b corrects:photo #1 at 2024-03-05
        day 2024-03-08 18:00
        applicant answers a
        applicant answers b
        expect promised a 2024-03-12; promised b 2024-03-11
    ",
    );
}

#[test]
fn a_last_day_ends_when_the_office_closes() {
    check(
        "
        services a:office&lapses&answer=5&never-deemed
        submit
        a corrects:photo #1
        expect answer-by a 2024-03-08; timer a 2024-03-08-17:30
        day 2024-03-08 17:29
        tick                     -> nothing
        day 2024-03-08 17:30
        tick                     -> correction_lapsed a, dispatched a lapse 1
    ",
    );
}

#[test]
fn the_statutory_period_counts_from_what_the_regime_names() {
    check(
        "
        services a:statutory=5&never-deemed, b:statutory=5&statutory-from=receipt&never-deemed, c:statutory=5&statutory-from=completion&never-deemed
        submit
        expect statutory a none; statutory b 2024-03-08; statutory c 2024-03-08
        c corrects:photo #1 at 2024-03-04
        expect statutory c 2024-03-08 stopped
        day 2024-03-06
        a accepts #1
        applicant answers c
        expect statutory a 2024-03-13; statutory b 2024-03-08; statutory c 2024-03-13
    ",
    );
}

#[test]
fn a_promise_from_acceptance_is_shown_as_if_accepted_at_once() {
    check(
        "
        services a:promised=3&promised-from=acceptance&never-deemed
        submit
        expect promised a 2024-03-06
        a accepts #1 at 2024-03-05
        expect promised a 2024-03-08
    ",
    );
}

#[test]
fn the_day_itself_counts_where_the_rule_says_so() {
    check(
        "
        services a:promised=3&counts=same-day, b:promised=30d&counts=same-day, c:promised=1m&counts=same-day, d:promised=3
        submit
        expect promised a 2024-03-05; promised b 2024-04-01; promised c 2024-04-01; promised d 2024-03-06
    ",
    );
    // On a day off nothing of it can count.
    check(
        "
        services a:promised=1&counts=same-day
        day 2024-03-02
        submit
        expect promised a 2024-03-04
    ",
    );
}

#[test]
fn halves_count_from_the_next_half() {
    // In the morning: the afternoon is the first half. In the afternoon: the next morning is.
    check(
        "
        services a:promised=0.5&counts=next-half, b:promised=1&counts=next-half, c:promised=1.5&counts=next-half, d:promised=0.5
        day 2024-03-04 11:59
        submit
        expect promised a 2024-03-04; promised b 2024-03-05 midday; promised c 2024-03-05; promised d 2024-03-05 midday
    ",
    );
    check(
        "
        services a:promised=0.5&counts=next-half, b:promised=1&counts=next-half
        day 2024-03-04 12:00
        submit
        expect promised a 2024-03-05 midday; promised b 2024-03-05
    ",
    );
    // After hours is the next morning: its afternoon is the first half.
    check(
        "
        services a:promised=0.5&counts=next-half&office
        day 2024-03-04 18:00
        submit
        expect promised a 2024-03-05
    ",
    );
}

#[test]
fn thirty_days_and_ten_more_are_forty_days() {
    // Thirty days from 22 February end on Saturday 23 March, so on Monday 25. Extended they end on 2 April, not on
    // the 4th, which ten days after the Monday would be.
    check(
        "
        services a:statutory=30d&extension=10d
        day 2024-02-22
        submit
        a accepts #1
        expect statutory a 2024-03-25
        a extends #2
        expect statutory a 2024-04-02
    ",
    );
    // Of another kind: from where it ends.
    check(
        "
        services a:statutory=30d&extension=2
        day 2024-02-22
        submit
        a accepts #1
        a extends #2
        expect statutory a 2024-03-27
    ",
    );
}

#[test]
fn nobody_does_anything_on_the_spot_on_a_day_off() {
    // Saturday: done on Monday, and what follows has its day after that.
    check(
        "
        services a:promised=now, b<a:promised=1
        day 2024-03-09
        submit
        expect promised a 2024-03-11; joint 2024-03-12
    ",
    );
    check(
        "
        services a:promised=now, b<a:promised=1
        day 2024-03-08
        submit
        expect promised a 2024-03-08; joint 2024-03-11
    ",
    );
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The calendar of the tests with the year after it.
fn with_2025() -> WorkCalendar {
    let mut calendar = calendar();
    let days_off = ["2025-01-01", "2025-01-28", "2025-01-29"].map(day);
    let year = CalendarYear { days_off: days_off.into(), ..CalendarYear::default() };
    calendar.years.insert(2025, year);
    calendar.version = "test-2025".into();
    calendar
}

#[test]
fn a_new_calendar_moves_dates_once_and_makes_guesses_certain() {
    let mut story = Story::new("a:promised=3,limit=3 b:promised=1,limit=1,never-deemed");
    story.now = instant("2024-12-30");
    let submit = Command::Submit(Box::new(application(story.nodes.clone())));
    story.run(&applicant(), &submit).unwrap();
    let a = NodeKey::single("a");
    let zone = zone();
    assert!(story.case().timers(&story.calendar, &zone).is_empty(), "nobody's rights on a guess");
    let before = Arc::new(std::mem::replace(&mut story.calendar, with_2025()));
    let command = Command::TakeCalendar { load: 1, before };
    assert_eq!(story.run(&applicant(), &command), Err(Refusal::HubOnly));
    let events = story.run(&hub(), &command).unwrap();
    let [CaseEventBody::DatesMoved(moved)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((moved.load, &*moved.calendar), (1, "test-2025"));
    let told: Vec<String> = moved
        .moved
        .iter()
        .map(|it| {
            let node = it.node.as_ref().map_or("whole".to_owned(), ToString::to_string);
            let stood = |on: StoodOn| {
                format!("{}{}", on.on, if on.provisional { " provisional" } else { "" })
            };
            format!("{node} {}: {} -> {}", it.clock.as_str(), stood(it.was), stood(it.is))
        })
        .collect();
    assert_eq!(
        told,
        [
            "whole joint: 2025-01-02 provisional -> 2025-01-03",
            "a promised: 2025-01-02 provisional -> 2025-01-03",
            "a correction-limit: 2025-01-02 provisional -> 2025-01-03",
        ]
    );
    assert_eq!(story.case().dates_moved, std::slice::from_ref(moved));
    let timers = story.case().timers(&story.calendar, &zone);
    assert_eq!(timers.iter().map(|it| &it.node).collect::<Vec<_>>(), [&a]);
    // Once more, or an older loading: nothing.
    assert_eq!(story.run(&hub(), &command), Ok(Vec::new()));
    let older = Command::TakeCalendar { load: 0, before: Arc::new(calendar()) };
    assert_eq!(story.run(&hub(), &older), Ok(Vec::new()));
}

#[test]
fn what_is_over_moves_no_more() {
    let mut story = Story::submitted("a:fact");
    let reply = Command::TakeReply {
        node: NodeKey::single("a"),
        dispatch: story.dispatch("a", "referral"),
        department_seq: 1,
        decided_at: story.now,
        reply: grant("a"),
    };
    story.run(&department("a"), &reply).unwrap();
    assert!(story.case().dates(&story.calendar, &zone()).is_empty());
    let before = Arc::new(with_2025());
    assert_eq!(story.run(&hub(), &Command::TakeCalendar { load: 1, before }), Ok(Vec::new()));
}

#[test]
fn a_date_under_every_rule_says_so_line_by_line() {
    let mut story =
        Story::new("a:promised=3,office,procedure=visit/5/counted,extension=2,never-deemed");
    story.now = instant("2024-03-01 20:00");
    let submit = Command::Submit(Box::new(application(story.nodes.clone())));
    story.run(&applicant(), &submit).unwrap();
    let say = |story: &mut Story, seq, at: &str, reply| {
        let node = NodeKey::single("a");
        let dispatch = story.dispatch("a", "referral");
        let decided_at = instant(at);
        let command = Command::TakeReply { node, dispatch, department_seq: seq, decided_at, reply };
        story.run(&department("a"), &command).unwrap();
    };
    say(&mut story, 1, "2024-03-04", Reply::Accepted);
    say(
        &mut story,
        2,
        "2024-03-05",
        Reply::ProcedureBegan { procedure: "visit".into(), text: None },
    );
    let reason = Reply::Extended { reason: sealed(1), approved_by: sealed(2) };
    say(&mut story, 3, "2024-03-06", reason);
    let dates = story.case().dates(&story.calendar, &zone());
    let promised = dates.iter().find(|it| it.clock == ClockKind::Promised).unwrap();
    let (by, from) = (Period::working_days(2), ClockStart::Receipt);
    assert_eq!(
        promised.date.lines,
        [
            DateLine::Began { at: instant("2024-03-01 20:00"), on: day("2024-03-04") },
            DateLine::Received {
                at: instant("2024-03-01 20:00"),
                opening: instant("2024-03-04 09:00")
            },
            DateLine::Rule { from, counts: CountsFrom::NextDay },
            DateLine::Allowed { period: Period::working_days(3) },
            DateLine::Counted { from: instant("2024-03-05"), to: None, procedure: "visit".into() },
            DateLine::Extended { at: instant("2024-03-06"), by, in_time: true },
            DateLine::Closes { minute: 1050 },
            DateLine::Skipped { weekends: 2, holidays: 0, holiday_days: Vec::new() },
        ]
    );
    let tally = promised.tally.as_ref().unwrap();
    assert_eq!((tally.first, tally.last), (day("2024-03-05"), day("2024-03-11")));
    assert_eq!((tally.off.len(), tally.stopped.len(), tally.ran), (2, 0, 5));
}
