//! The law's clocks as stories: one rule each. Periods stand in the first line, as a definition would give them;
//! nothing here is a figure of the code. March 2024: the 1st is a Friday, no holiday before 4 April.

use crate::telling::check;

#[test]
fn what_the_law_does_not_count_stops_the_clock_until_it_ends() {
    // Hearing, inspection, testing, expert review are not counted in the period.
    check(
        "
        services a:statutory=20&procedure=hearing/20
        submit
        a accepts #1
        expect statutory a 2024-03-29
        day 2024-03-05
        a begins:hearing #2      -> recorded a counted
        expect a special-procedure; statutory a 2024-03-29 stopped; procedure-by a hearing 2024-04-02
        day 2024-03-12
        a ends:hearing #3        -> recorded a counted
        expect a accepted; statutory a 2024-04-08; procedure-by a hearing none
    ",
    );
}

#[test]
fn a_public_notice_runs_in_calendar_days() {
    check(
        "
        services a:statutory=20&procedure=notice/30d
        submit
        a accepts #1
        day 2024-03-05
        a begins:notice #2
        expect procedure-by a notice 2024-04-07
        a ends:notice #3 at 2024-04-05
        expect statutory a 2024-04-30
    ",
    );
}

#[test]
fn what_the_regime_counts_runs_inside_the_period() {
    // A visit to the place is not among what the law takes out.
    check(
        "
        services a:statutory=20&promised=5&procedure=visit/5/counted
        submit
        a accepts #1
        a begins:visit #2 at 2024-03-04
        expect a special-procedure; statutory a 2024-03-29; promised a 2024-03-08; procedure-by a visit 2024-03-11
        a ends:visit #3 at 2024-03-06
        expect a accepted; statutory a 2024-03-29
    ",
    );
}

#[test]
fn stops_that_overlap_are_one() {
    check(
        "
        services a:statutory=20&procedure=hearing/20&procedure=testing/10
        submit
        a accepts #1
        a begins:hearing #2 at 2024-03-05
        a begins:testing #3 at 2024-03-07
        a ends:hearing #4 at 2024-03-11
        expect a special-procedure
        a ends:testing #5 at 2024-03-13
        expect a accepted; statutory a 2024-04-09
    ",
    );
}

#[test]
fn a_check_after_the_decision_stops_nothing() {
    check(
        "
        services a:statutory=20&procedure=inspection/20/afterwards
        submit
        a accepts #1
        a grants #2
        a begins:inspection #3   -> recorded a counted
        expect a granted; case done; procedure-by a inspection 2024-03-29
        officer a-office says a ends:inspection #4
        expect a granted; procedure-by a inspection none
    ",
    );
}

#[test]
fn a_decision_ends_what_precedes_decisions() {
    check(
        "
        services a:procedure=hearing/20
        submit
        a accepts #1
        a begins:hearing #2
        a grants #3
        expect a granted; procedure-by a hearing none
        a ends:hearing #4        -> recorded a late
    ",
    );
}

#[test]
fn a_special_procedure_is_one_of_those_that_the_law_knows() {
    check(
        "
        services a:procedure=hearing/20
        submit
        officer a-office says a begins:hearing #1  -> CASE0033
        a accepts #2
        officer a-office says a begins:auction #3  -> CASE0030
        officer a-office says a ends:hearing #4    -> CASE0032
        officer a-office says a begins:hearing #5
        officer a-office says a begins:hearing #6  -> CASE0031
        expect a special-procedure
    ",
    );
}

#[test]
fn a_run_that_is_told_twice_is_one() {
    check(
        "
        services a:statutory=20&procedure=hearing/20
        submit
        a accepts #1
        a begins:hearing #2 at 2024-03-05
        a begins:hearing #3 at 2024-03-06   -> recorded a counted
        a ends:hearing #4 at 2024-03-12
        a ends:hearing #5 at 2024-03-13     -> recorded a counted
        expect a accepted; statutory a 2024-04-08
    ",
    );
}

#[test]
fn a_period_is_extended_once_with_leave_while_it_runs() {
    // Twenty days, ten more with the leave of the head of the organ and a reason.
    check(
        "
        services a:statutory=20&promised=10&extension=10
        submit
        officer a-office says a extends #1  -> CASE0033
        a accepts #2
        expect statutory a 2024-03-29; promised a 2024-03-15
        day 2024-03-14
        officer a-office says a extends #3
        expect statutory a 2024-04-15; promised a 2024-03-29
        officer a-office says a extends #4  -> CASE0028
        a extends #5                        -> recorded a late
        expect statutory a 2024-04-15; standing a #3 counted
    ",
    );
}

#[test]
fn what_is_over_is_not_extended() {
    check(
        "
        services a:statutory=20&promised=10&extension=10
        submit
        a accepts #1
        day 2024-04-01
        officer a-office says a extends #2  -> CASE0029
        a extends #3                        -> recorded a counted
        expect statutory a 2024-03-29; promised a 2024-03-15
    ",
    );
}

#[test]
fn where_the_law_knows_no_extension_there_is_none() {
    check(
        "
        services a:statutory=20
        submit
        a accepts #1
        a extends #2                        -> CASE0027
        officer a-office says a extends #3  -> CASE0027
    ",
    );
}

#[test]
fn an_extension_outlives_the_stop_that_came_before_and_the_one_after() {
    check(
        "
        services a:statutory=10&extension=5&procedure=testing/10
        submit
        a accepts #1
        a begins:testing #2 at 2024-03-05
        a extends #3 at 2024-03-06
        a ends:testing #4 at 2024-03-07
        expect statutory a 2024-03-26
        a begins:testing #5 at 2024-03-25
        a ends:testing #6 at 2024-03-26
        expect statutory a 2024-03-27
    ",
    );
}

#[test]
fn silence_of_the_applicant_ends_the_service_where_its_procedure_says_so() {
    check(
        "
        services a:lapses&answer=5, b<a, c:never-deemed
        submit
        a corrects:photo #1
        expect answer-by a 2024-03-08; timer a 2024-03-09
        day 2024-03-08 17:00
        tick                     -> nothing
        day 2024-03-09
        tick                     -> correction_lapsed a, dispatched a lapse 1, stopped b by a
        expect a lapsed; b stopped; c referred; case in-progress; awaiting
        tick                     -> nothing
        applicant answers a      -> CASE0034
        applicant withdraws a    -> CASE0034
        officer a-office says a grants #2  -> CASE0034
        a grants #3              -> recorded a late
        expect a lapsed
        c refuses #1
        expect case refused
    ",
    );
}

#[test]
fn elsewhere_a_late_answer_is_an_answer() {
    check(
        "
        services a:answer=5
        submit
        a corrects:photo #1
        day 2024-03-20
        tick                     -> nothing
        expect a correction-requested; timer a none
        applicant answers a      -> answered a 1, dispatched a supplement 1
    ",
    );
}

#[test]
fn all_faults_are_named_at_once_and_what_comes_later_is_marked() {
    // 一次性告知.
    check(
        "
        services a
        submit
        a corrects:photo+form #1
        expect again a; not-at-once a
        a corrects:stamp+photo #2
        expect again a; not-at-once a stamp
        applicant answers a
        a corrects:photo+seal #1 on supplement
        expect again a photo; not-at-once a seal
    ",
    );
}

#[test]
fn what_is_made_good_at_the_department_is_answered() {
    check(
        "
        services a:promised=3
        submit
        a corrects:photo #1 at 2024-03-01
        day 2024-03-05
        a settles #2             -> recorded a counted
        expect a received; awaiting; promised a 2024-03-07
        applicant answers a      -> CASE0005
        officer a-office says a settles #3  -> CASE0005
        a begins #4
        a grants #5
        expect a granted
    ",
    );
}

#[test]
fn what_is_asked_for_after_it_was_made_good_is_asked_anew() {
    check(
        "
        services a:promised=3
        submit
        a corrects:photo #1
        day 2024-03-04
        officer a-office says a settles #2
        expect a received
        day 2024-03-05
        officer a-office says a corrects:seal+photo #3 because -> recorded a counted
        expect a correction-requested; asked a seal+photo; again a photo; not-at-once a seal
        day 2024-03-06
        applicant answers a      -> answered a 1, dispatched a supplement 1
        expect a received; promised a 2024-03-07
    ",
    );
}

#[test]
fn a_stop_never_brings_an_end_nearer() {
    check(
        "
        services a:promised=240h&procedure=testing/10, b:promised=now&extension=10&procedure=testing/10
        submit
        a accepts #1
        b accepts #1
        expect promised a 2024-03-11; promised b 2024-03-01
        a begins:testing #2 at 2024-03-04
        a ends:testing #3 at 2024-03-06
        expect promised a 2024-03-13
        b extends #2
        expect promised b 2024-03-15
        b begins:testing #3 at 2024-03-04
        b ends:testing #4 at 2024-03-06
        expect promised b 2024-03-19
    ",
    );
}

#[test]
fn only_the_end_itself_is_moved_from_a_day_off() {
    // Thirty days end on Saturday 23 March. A week not counted: Saturday 30 March, so Monday 1 April, not one week
    // after the Monday to which the first end would have moved.
    check(
        "
        services a:promised=30d&procedure=notice/7d
        day 2024-02-22
        submit
        a accepts #1
        expect promised a 2024-03-25
        a begins:notice #2 at 2024-03-04
        a ends:notice #3 at 2024-03-12
        expect promised a 2024-04-01
    ",
    );
}

#[test]
fn what_begins_after_the_end_neither_stops_nor_lets_extend() {
    check(
        "
        services a:statutory=5&promised=5&extension=10&procedure=hearing/20
        submit
        a accepts #1
        expect statutory a 2024-03-08
        day 2024-03-12
        a begins:hearing #2
        expect statutory a 2024-03-08
        a extends #3             -> recorded a counted
        expect statutory a 2024-03-08; promised a 2024-03-08
    ",
    );
}

#[test]
fn a_grant_on_the_spot_is_followed_up_as_any_other() {
    check(
        "
        services a:procedure=inspection/20/afterwards
        submit
        a grants #1
        officer a-office says a begins:inspection #2    -> recorded a counted
        expect a granted; procedure-by a inspection 2024-03-29
        officer a-office says a begins:inspection #3    -> CASE0031
        officer a-office says a ends:inspection #4      -> recorded a counted
        expect procedure-by a inspection none
    ",
    );
}

#[test]
fn what_an_officer_settled_is_followed_up_as_any_other() {
    check(
        "
        services a:procedure=inspection/20/afterwards&procedure=hearing/20
        submit
        a grants #1
        a refuses #2             -> recorded a contradicts
        officer a-office resolves a #1
        a begins:inspection #3   -> recorded a counted
        a begins:hearing #4      -> recorded a late
        expect a granted; procedure-by a inspection 2024-03-29; procedure-by a hearing none
    ",
    );
}

#[test]
fn what_several_ask_for_is_told_in_one_notice_when_all_have_answered() {
    // 一次性告知, over all services that were received together; b has not begun and forms its own round.
    check(
        "
        services a:promised=5, x:promised=5, y, b<a
        margin 1
        submit
        a receives #1
        a corrects:photo #2         -> recorded a counted
        expect a received; told a none; rounds 1 gathers a/x+y; case in-progress; awaiting
        expect promised a 2024-03-08; timer a 2024-03-08
        applicant answers a         -> CASE0005
        day 2024-03-04 09:00
        x corrects:form #1          -> recorded x counted
        y receives #1
        expect rounds 1 gathers a+x/y
        day 2024-03-05 15:00
        y accepts #2                -> recorded y counted, notified a 1, notified x 1
        expect a correction-requested; x correction-requested; y accepted; told a 2024-03-05 15:00
        expect rounds 1 told a+x/; awaiting a x; meanwhile y/b
        expect promised a 2024-03-08 stopped; answer-by a 2024-03-19; answer-by x 2024-03-19
        day 2024-03-07
        applicant answers-all a x   -> answered a 1, dispatched a supplement 1, answered x 1, dispatched x supplement 1
        expect a received; x received; promised a 2024-03-12; promised x 2024-03-12
        applicant answers-all a     -> CASE0005
        applicant answers-all       -> CASE0040
        applicant answers-all a a   -> CASE0040
    ",
    );
}

#[test]
fn the_notice_does_not_wait_beyond_the_margin_before_the_earliest_limit() {
    // x may take longer; what it asks for after the notice is a round of its own.
    check(
        "
        services a:limit=3, x:limit=5, y:limit=5
        margin 1
        submit
        a corrects:photo #1
        expect timer a 2024-03-06
        day 2024-03-05 23:00
        tick                        -> nothing
        day 2024-03-06
        tick                        -> notified a 1 by margin
        expect a correction-requested; told a 2024-03-06 10:00; in-time a Some(true)
        x corrects:form #1          -> recorded x counted
        expect rounds 1 told a/ 2 gathers x/y
        y accepts #1                -> recorded y counted, notified x 1
        expect rounds 1 told a+x/
    ",
    );
}

#[test]
fn who_is_alone_is_told_at_once_and_so_is_what_comes_after_all_answered() {
    check(
        "
        services a, x:never-deemed
        margin 1
        submit
        x accepts #1
        a corrects:photo #1         -> recorded a counted, notified a 1
        day 2024-03-04
        applicant answers a
        day 2024-03-05
        a corrects:photo+seal #1 on supplement -> recorded a counted, notified a 2
        expect again a photo; not-at-once a seal; told a 2024-03-05 10:00
    ",
    );
}

#[test]
fn what_is_added_before_the_notice_is_named_at_once() {
    check(
        "
        services a, x
        margin 1
        submit
        a corrects:photo #1
        a corrects:form #2
        expect asked a photo+form; again a; not-at-once a
        x accepts #1
        expect again a; not-at-once a
        day 2024-03-04
        a corrects:seal #3
        expect again a; not-at-once a seal
    ",
    );
}

#[test]
fn a_request_in_time_prevents_deemed_acceptance_also_before_its_notice() {
    // The margin's timer did not run for a week: the department spoke in time all the same.
    check(
        "
        services a, x
        margin 1
        submit
        a corrects:photo #1
        day 2024-03-12
        tick                        -> acceptance_deemed x, notified a 1 by margin
        expect a correction-requested; x accepted; in-time a Some(true); told a 2024-03-12 10:00
    ",
    );
}

#[test]
fn silence_that_becomes_acceptance_lets_the_notice_go() {
    check(
        "
        services a:limit=5d, x
        margin 4d
        submit
        a corrects:photo #1
        day 2024-03-04 23:00
        tick                        -> nothing
        day 2024-03-05
        tick                        -> notified a 1 by margin
    ",
    );
    check(
        "
        services a:limit=10, x:limit=1
        margin 1
        submit
        a corrects:photo #1
        day 2024-03-05
        tick                        -> acceptance_deemed x, notified a 1
        expect a correction-requested
    ",
    );
}

#[test]
fn what_the_department_overtakes_is_never_told() {
    check(
        "
        services a, x, y, z
        margin 1
        submit
        a corrects:photo #1
        x corrects:photo #1
        y corrects:photo #1
        a accepts #2
        x grants #2
        y refuses #2
        expect a accepted; x granted; y refused; told a none; told x none; told y none
        expect rounds
        z accepts #1                -> recorded z counted
    ",
    );
}

#[test]
fn a_wish_to_withdraw_holds_nobody_up() {
    check(
        "
        services a, x
        margin 1
        submit
        a corrects:photo #1
        applicant withdraws x       -> withdrawal_requested x, dispatched x withdrawal 0, notified a 1
    ",
    );
}

#[test]
fn an_officer_says_why_it_is_asked_for_again() {
    check(
        "
        services a
        submit
        a corrects:photo #1
        applicant answers a
        officer a-office says a corrects:photo #1 on supplement -> CASE0041
        officer a-office says a corrects:photo #1 because on supplement -> recorded a counted
        expect again a photo
    ",
    );
}

#[test]
fn several_departments_come_on_one_day() {
    // 联合踏勘: testing is not counted, the visit of x is; each run ends with its own department's result.
    check(
        "
        services a:statutory=20&procedure=look/5/visit, x:statutory=20&procedure=look/5/visit/counted, y
        submit
        a accepts #1
        x accepts #1
        y accepts #1
        expect visit planned
        officer y-office says y found:passed #1000 -> CASE0042
        y-office proposes 2024-03-05T09:00 -> CASE0019
        a-office proposes-elsewhere -> CASE0042
        a-office proposes           -> CASE0043
        a-office proposes 2024-02-05T09:00 -> CASE0043
        a-office proposes 2024-03-05T09:00 2024-03-06T09:00 -> proposed 1 a+x, dispatched a visit 1, dispatched x visit 1
        expect visit proposed; a special-procedure; x special-procedure; choices 0+1
        expect statutory a 2024-03-29 stopped; statutory x 2024-03-29
        x joins:1/1 #2 on visit-1   -> recorded x counted
        expect choices 1
        applicant takes 1/0         -> CASE0045
        applicant takes 2/1         -> CASE0044
        applicant takes 1/1         -> visit_confirmed, dispatched a visit 2, dispatched x visit 2
        applicant takes 1/1         -> nothing
        officer a-office says a found:passed #1000 -> CASE0046
        expect visit agreed
        day 2024-03-06 10:00
        a-office missed 1 x         -> visit_missed, dispatched a visit 3, dispatched x visit 3
        expect visit missed
        officer x-office says x found:passed #1001 -> CASE0046
        a-office proposes 2024-03-07T09:00 -> proposed 2 a+x, dispatched a visit 4, dispatched x visit 4
        applicant asks-other 2      -> visit_time_asked, dispatched a visit 5, dispatched x visit 5
        expect visit other-time-asked
        x-office proposes 2024-03-08T14:00 -> proposed 3 a+x, dispatched a visit 6, dispatched x visit 6
        applicant takes 3/0
        x joins:3/ #3 on visit-6
        expect visit unsuited
        x joins:3/0 #4 on visit-6
        expect visit agreed
        day 2024-03-08 16:00
        officer a-office says a found:passed #1000 -> recorded a counted
        officer a-office says a found:passed #1001 -> CASE0047
        expect a accepted; x special-procedure; visit agreed; statutory a 2024-04-07
        x found:to-mend #5 on visit-6
        expect x accepted; visit over; statutory x 2024-03-29
        a-office proposes 2024-03-11T09:00 -> CASE0047
    ",
    );
}

#[test]
fn who_was_not_there_has_found_nothing() {
    check(
        "
        services a:statutory=20&procedure=look/5/visit, x:statutory=20&procedure=look/5/visit
        submit
        a accepts #1
        x accepts #1
        a-office proposes 2024-03-05T09:00
        applicant takes 1/0
        day 2024-03-05 10:00
        a-office missed 1 x
        officer x-office says x found:passed #1000 -> CASE0046
        officer a-office says a found:passed #1000 -> recorded a counted
        a-office proposes 2024-03-06T09:00
        applicant takes 2/0
        day 2024-03-06 10:00
        a-office missed 2
        officer x-office says x found:passed #1000 -> CASE0046
    ",
    );
}

#[test]
fn a_department_that_asked_in_time_was_not_silent_though_the_notice_be_late() {
    // The hub's clock speaks only after the time for the decision: the notice was due before, and goes first.
    check(
        "
        services a:limit=2&answer=10&grant=4/receipt&office, y:limit=2
        margin 1
        submit
        day 2024-03-04
        a corrects:form #1
        day 2024-03-07 20:00
        tick
        expect a correction-requested
    ",
    );
}

#[test]
fn a_place_is_seen_once_more_after_the_first_result() {
    // The department tells of both runs itself; the call to the visit adds none, and ends none.
    check(
        "
        services a:statutory=20&procedure=look/5/visit
        submit
        a accepts #1
        a begins:look #2 at 2024-03-04
        a ends:look #3 at 2024-03-05
        day 2024-03-05
        a-office proposes 2024-03-06T09:00
        a begins:look #4 at 2024-03-06
        expect a special-procedure; statutory a 2024-04-01 stopped
        day 2024-03-08
        a found:passed #5 on referral
        expect a accepted; visit over; statutory a 2024-04-03
    ",
    );
}

#[test]
fn what_was_found_after_a_decision_moves_nothing() {
    // Granted on the 5th; on the 6th the department's system still tells of a result of the 4th.
    check(
        "
        services a:statutory=20&procedure=look/5/visit, x:procedure=look/5/visit
        submit
        a accepts #1
        x accepts #1
        a-office proposes 2024-03-04T09:00
        day 2024-03-05
        a grants #2
        day 2024-03-06
        a found:passed #3 at 2024-03-04 -> recorded a late
        expect a granted; x special-procedure; visit proposed
    ",
    );
}

#[test]
fn who_does_not_come_any_more_declines_no_time() {
    check(
        "
        services a:procedure=look/5/visit, x:procedure=look/5/visit
        submit
        a accepts #1
        x accepts #1
        a-office proposes 2024-03-05T09:00 2024-03-06T09:00
        x joins:1/ #2 on visit-1
        expect choices
        x refuses #3
        expect choices 0+1
    ",
    );
}

#[test]
fn a_visit_after_the_decision_stops_nothing() {
    check(
        "
        services a:procedure=look/20/visit/afterwards, x:procedure=look/20/visit/afterwards
        submit
        expect visit none
        a-office proposes 2024-03-05T09:00 -> CASE0047
        a grants #1
        expect visit planned
        a-office proposes 2024-03-05T09:00 -> proposed 1 a, dispatched a visit 1
        expect a granted
        applicant takes 1/0
        day 2024-03-05 11:00
        officer a-office says a found:passed #1000 -> recorded a counted
        expect a granted; visit over
    ",
    );
}
