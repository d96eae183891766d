//! The law's days one rule each: ends on days off, weekend days that are worked, last moments, and what counts when it
//! comes too late. April and May 2024: 4 to 6 April and 1 to 5 May are off; Sunday 7 April, Sunday 28 April and
//! Saturday 11 May are worked.

use crate::telling::check;

#[test]
fn a_period_of_days_that_ends_on_a_holiday_ends_on_the_first_working_day_after_it() {
    // 30 days from 5 March are 4 April, a holiday; the first working day after it is Sunday the 7th, which is worked.
    check(
        "
        services a:promised=30d, b:promised=31d, c:promised=32d, d:promised=33d
        day 2024-03-05
        submit
        expect promised a 2024-04-07; promised b 2024-04-07; promised c 2024-04-07; promised d 2024-04-07
    ",
    );
    // Without the holiday a Saturday moves to Monday.
    check(
        "
        services a:promised=30d
        day 2024-02-22
        submit
        expect promised a 2024-03-25
    ",
    );
}

#[test]
fn a_saturday_that_is_worked_is_an_end_like_any_other() {
    check(
        "
        services a:promised=30d, b:promised=1m, c:promised=5
        day 2024-04-11
        submit
        expect promised a 2024-05-11; promised b 2024-05-11; promised c 2024-04-18
    ",
    );
    // The working Saturday counts as the third of three days.
    check(
        "
        services a:promised=3
        day 2024-05-08
        submit
        expect promised a 2024-05-11
    ",
    );
}

#[test]
fn working_days_leap_over_the_holiday_and_take_the_worked_sunday_with_them() {
    // Friday 26 April: Sunday 28, Monday 29, Tuesday 30, then nothing until Monday 6 May.
    check(
        "
        services a:promised=1, b:promised=3, c:promised=4, d:promised=5
        day 2024-04-26
        submit
        expect promised a 2024-04-28; promised b 2024-04-30; promised c 2024-05-06; promised d 2024-05-07
    ",
    );
}

#[test]
fn a_month_ends_on_its_last_day_where_the_month_is_shorter() {
    check(
        "
        services a:promised=1m, b:promised=2m
        day 2024-01-31
        submit
        expect promised a 2024-02-29; promised b 2024-04-01
    ",
    );
}

#[test]
fn the_limit_before_acceptance_is_reckoned_in_working_days_too() {
    // Five working days from Monday 1 April: 2, 3, 7 (a Sunday), 8, 9.
    check(
        "
        services a
        day 2024-04-01
        submit
        expect timer a 2024-04-10
        day 2024-04-09 23:59
        tick                     -> nothing
        day 2024-04-10 00:00
        tick                     -> acceptance_deemed a
        expect a accepted
    ",
    );
}

#[test]
fn what_is_asked_for_after_silence_became_acceptance_is_late_whenever_it_was_written() {
    // 逾期不告知的，自收到材料之日起即为受理: a notice dated inside the limit that arrives after it changes nothing.
    check(
        "
        services a:promised=10
        submit
        day 2024-03-09
        tick                     -> acceptance_deemed a
        a corrects:photo #1 at 2024-03-05 -> recorded a late
        a rejects #2 at 2024-03-06        -> recorded a late
        a accepts #3             -> recorded a late
        expect a accepted; awaiting; promised a 2024-03-15
        applicant answers a      -> CASE0005
        a refuses #4             -> recorded a counted
        expect a refused
    ",
    );
    // The same notice before the silence was noted counts, though its limit is over.
    check(
        "
        services a
        submit
        day 2024-03-12
        a corrects:photo #1      -> recorded a counted
        tick                     -> nothing
        expect a correction-requested; in-time a Some(false)
    ",
    );
}

#[test]
fn the_last_day_is_extended_and_the_day_after_is_not() {
    check(
        "
        services a:statutory=20&extension=10, b:statutory=20&extension=10
        submit
        a accepts #1
        b accepts #1
        expect statutory a 2024-03-29; statutory b 2024-03-29
        day 2024-03-29 23:59
        officer a-office says a extends #2   -> recorded a counted
        day 2024-03-30 00:00
        officer b-office says b extends #2   -> CASE0029
        expect statutory a 2024-04-15; statutory b 2024-03-29
    ",
    );
}

#[test]
fn an_extension_of_an_extension_is_none_in_whatever_order_they_arrive() {
    check(
        "
        services a:statutory=20&extension=10
        submit
        a accepts #1
        day 2024-03-20
        a extends #4             -> recorded a counted
        a extends #3             -> recorded a counted
        expect statutory a 2024-04-15; standing a #3 counted; standing a #4 late
    ",
    );
}

#[test]
fn three_stops_that_overlap_lie_inside_and_follow_each_other_are_one_sum() {
    // 5 to 12 March (hearing) holds testing of the 6th to the 7th; review from the 12th to the 14th touches it.
    check(
        "
        services a:statutory=20&procedure=hearing/20&procedure=testing/10&procedure=review/10
        submit
        a accepts #1
        a begins:hearing #2 at 2024-03-05
        a begins:testing #3 at 2024-03-06
        a ends:testing #4 at 2024-03-07
        a ends:hearing #5 at 2024-03-12
        a begins:review #6 at 2024-03-12
        a ends:review #7 at 2024-03-14
        expect statutory a 2024-04-10
    ",
    );
}

#[test]
fn a_stop_over_a_holiday_takes_only_the_working_days_of_it() {
    // 3 April and Sunday the 7th are the working days from the 3rd to the 8th; the 8th counts again.
    check(
        "
        services a:statutory=10&procedure=testing/10
        day 2024-03-29
        submit
        a accepts #1
        expect statutory a 2024-04-15
        a begins:testing #2 at 2024-04-03
        a ends:testing #3 at 2024-04-08
        expect statutory a 2024-04-17
    ",
    );
}

#[test]
fn a_correction_inside_a_hearing_stops_nothing_twice() {
    check(
        "
        services a:statutory=20&procedure=hearing/20
        submit
        a accepts #1
        a begins:hearing #2 at 2024-03-04
        day 2024-03-05
        a corrects:photo #3
        day 2024-03-07
        applicant answers a
        a ends:hearing #4 on supplement at 2024-03-11
        expect a accepted; statutory a 2024-04-08
    ",
    );
}

#[test]
fn an_answer_of_the_last_minute_is_in_time_and_the_next_minute_has_lapsed() {
    check(
        "
        services a:lapses&answer=5, b:lapses&answer=5
        submit
        a corrects:photo #1
        b corrects:photo #1
        day 2024-03-08 23:59
        applicant answers a      -> answered a 1, dispatched a supplement 1
        day 2024-03-09 00:00
        tick                     -> correction_lapsed b, dispatched b lapse 1
        applicant answers b      -> CASE0034
        expect a received; b lapsed
    ",
    );
}

#[test]
fn time_to_answer_in_days_ends_after_the_holiday() {
    // Thirty days from 5 March are a holiday: the applicant has until Sunday the 7th, which is worked.
    check(
        "
        services a:lapses&answer=30d
        day 2024-03-05
        submit
        a corrects:photo #1
        expect answer-by a 2024-04-07
        day 2024-04-07 23:59
        tick                     -> nothing
        day 2024-04-08 00:00
        tick                     -> correction_lapsed a, dispatched a lapse 1
    ",
    );
}

#[test]
fn who_is_granted_late_is_granted_and_its_promise_stays_what_it_was() {
    check(
        "
        services a:promised=3&statutory=20, b<a:promised=2
        submit
        a accepts #1
        day 2024-03-20
        a grants #2              -> recorded a counted, started b, dispatched b referral 0
        expect a granted; b referred; promised b 2024-03-22
    ",
    );
}

#[test]
fn a_wish_to_withdraw_stops_no_clock_and_a_refusal_of_it_goes_on_as_before() {
    check(
        "
        services a:promised=5&procedure=hearing/20
        submit
        a accepts #1
        expect promised a 2024-03-08
        day 2024-03-05
        applicant withdraws a
        expect a withdrawal-pending; promised a 2024-03-08
        applicant withdraws a    -> CASE0018
        a begins:hearing #2 at 2024-03-06
        day 2024-03-07
        a too-late #1 on withdrawal
        expect a special-procedure; promised a 2024-03-08 stopped
    ",
    );
}

#[test]
fn halves_that_meet_a_holiday_go_on_after_it() {
    // Wednesday 3 April: half a day ends at midday of Sunday the 7th, a day and a half at midday of the 8th.
    check(
        "
        services a:promised=0.5, b:promised=1.5, c<b:promised=0.5
        day 2024-04-03
        submit
        expect promised a 2024-04-07 midday; promised b 2024-04-08 midday; joint 2024-04-08
    ",
    );
}
