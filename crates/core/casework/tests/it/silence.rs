//! What silence means beside acceptance, as stories: one rule each, read like the law. Periods and rules stand in the
//! first line, as a regime would give them. March 2024: the 1st is a Friday, no holiday before 4 April.

use crate::telling::check;

#[test]
fn silence_to_the_end_of_the_period_is_a_grant_where_the_law_says_so() {
    // 逾期未作决定的，视为准予.
    check(
        "
        services a:grant=20&fact
        submit
        expect grant-by a 2024-03-29; timer a 2024-03-09
        a accepts #1
        expect grant-by a 2024-03-29; timer a 2024-03-30
        day 2024-03-29 23:00
        tick                     -> nothing
        day 2024-03-30 00:00
        tick                     -> grant_deemed a
        expect a granted; case done; owes a false; decided a 2024-03-30-00:00; grant-by a none; timer a none
        tick                     -> nothing
    ",
    );
}

#[test]
fn elsewhere_silence_grants_nothing() {
    check(
        "
        services a:statutory=20
        submit
        a accepts #1
        day 2024-06-01
        tick                     -> nothing
        expect a accepted; grant-by a none
    ",
    );
}

#[test]
fn what_it_counts_from_must_have_happened() {
    check(
        "
        services a:grant=5&never-deemed, b:grant=5/receipt&never-deemed
        submit
        expect timer a none; timer b 2024-03-09
        day 2024-03-11
        tick                     -> grant_deemed b
        expect a referred; b granted
    ",
    );
}

#[test]
fn the_clock_of_silence_stops_and_is_extended_like_the_period_itself() {
    check(
        "
        services a:grant=10&extension=5&procedure=hearing/20
        submit
        a accepts #1
        a begins:hearing #2 at 2024-03-05
        expect grant-by a 2024-03-15 stopped; timer a none
        a ends:hearing #3 at 2024-03-07
        expect grant-by a 2024-03-19; timer a 2024-03-20
        a extends #4 at 2024-03-18
        expect grant-by a 2024-03-26; timer a 2024-03-27
        a corrects:photo #5 at 2024-03-26
        day 2024-04-10
        tick                     -> nothing
        expect a correction-requested; grant-by a 2024-03-26 stopped
    ",
    );
}

#[test]
fn a_silent_grant_invents_no_value_and_no_paper() {
    // c waits only for the fact of b, which is there at once; d needs the number that a's paper bears.
    check(
        "
        services a:grant=5, b:grant=5&fact, c<b, d<a, e<a+b
        submit
        a accepts #1
        b accepts #1
        day 2024-03-09
        tick                     -> grant_deemed a, grant_deemed b, started c, dispatched c referral 0
        expect a granted; owes a true; b granted; owes b false; c referred; d waiting; e waiting; case partly-done
        day 2024-03-12
        a grants #2              -> recorded a counted, started d, dispatched d referral 0, started e, dispatched e referral 0
        expect a granted; owes a false; decided a 2024-03-09-00:00
        a grants #3              -> recorded a late
    ",
    );
}

#[test]
fn a_refusal_that_comes_after_the_silence_is_late() {
    check(
        "
        services a:grant=5, d<a
        submit
        a accepts #1
        day 2024-03-09
        tick                     -> grant_deemed a
        a refuses #2             -> recorded a late
        a corrects:photo #3      -> recorded a late
        a receives #4            -> recorded a late
        expect a granted; d waiting; owes a true
        officer a-office says a refuses #5   -> CASE0037
        officer a-office says a grants #6    -> recorded a counted, started d, dispatched d referral 0
        officer a-office says a refuses #7   -> CASE0007
        applicant withdraws a    -> CASE0007
        expect a granted; standing a #2 late
    ",
    );
}

#[test]
fn papers_that_differ_are_contested() {
    check(
        "
        services a:grant=5
        submit
        a accepts #1
        day 2024-03-09
        tick                     -> grant_deemed a
        a grants #2              -> recorded a counted
        a grants-otherwise #3    -> recorded a contradicts
        expect a contested
        officer a-office resolves a #3
        expect a granted; decided a 2024-03-09-00:00
    ",
    );
}

#[test]
fn a_decision_in_time_leaves_silence_nothing() {
    check(
        "
        services a:grant=5, b:grant=5
        submit
        a accepts #1
        b accepts #1
        a refuses #2
        applicant withdraws b
        day 2024-03-20
        tick                     -> nothing
        expect a refused; b withdrawal-pending
        b too-late #2 on withdrawal at 2024-03-05
        tick                     -> grant_deemed b
        expect b granted; case partly-refused
    ",
    );
}

#[test]
fn a_silent_grant_ends_what_runs_inside_the_period() {
    check(
        "
        services a:grant=5&fact&procedure=visit/5/counted&procedure=inspection/20/afterwards
        submit
        a accepts #1
        a begins:visit #2 at 2024-03-05
        day 2024-03-09
        tick                     -> grant_deemed a
        expect a granted; procedure-by a visit none
        a ends:visit #3          -> recorded a late
        a begins:inspection #4   -> recorded a counted
        expect a granted; procedure-by a inspection 2024-04-08
    ",
    );
}

#[test]
fn what_was_granted_by_silence_is_not_returned_for_a_request_that_came_after() {
    check(
        "
        services a:grant=5&lapses&answer=1&fact
        submit
        a accepts #1
        day 2024-03-20
        a corrects:photo #2 at 2024-03-12
        expect grant-by a 2024-03-08
        tick                     -> grant_deemed a
        expect a granted; case done; awaiting
    ",
    );
}

#[test]
fn silence_of_the_applicant_ends_nothing_while_a_special_procedure_is_under_way() {
    // The department that holds a hearing goes on; the answer stays owed, and its time is over when the hearing is.
    check(
        "
        services a:lapses&answer=5&procedure=hearing/20
        submit
        a accepts #1
        a corrects:photo #2
        a begins:hearing #3 at 2024-03-05
        expect a correction-requested; answer-by a 2024-03-08; timer a none
        day 2024-03-12
        tick                     -> nothing
        a ends:hearing #4
        expect timer a 2024-03-09
        tick                     -> correction_lapsed a, dispatched a lapse 1
        expect a lapsed
    ",
    );
}

#[test]
fn only_the_applicants_side_answers_and_withdraws_and_only_the_hub_lets_time_pass() {
    check(
        "
        services a, b
        submit
        a corrects:photo #1
        officer a-office answers a       -> CASE0035
        officer a-office withdraws all   -> CASE0035
        department b withdraws b         -> CASE0035
        applicant ticks                  -> CASE0036
        applicant answers a              -> answered a 1, dispatched a supplement 1
    ",
    );
}

#[test]
fn on_an_unchecked_field_silence_decides_nothing() {
    check(
        "
        services a:grant=5&fact&field=applicant.income, b:grant=5&fact
        submit with applicant.income@tax
        a accepts #1
        b accepts #1
        day 2024-03-09
        tick                     -> grant_deemed b
        expect a accepted; timer a none; b granted
        source tax says applicant.income contradicts -> checked tax, dispatched a notice 1
        tick                     -> nothing
        day 2024-03-12 10:00
        officer a-office takes a applicant.income
        tick                     -> grant_deemed a
        expect a granted; decided a 2024-03-12-10:00
    ",
    );
}

#[test]
fn a_field_checked_in_time_changes_nothing_about_silence() {
    check(
        "
        services a:grant=5&fact&field=applicant.income
        submit with applicant.income@tax
        a accepts #1
        expect timer a none
        day 2024-03-05
        source tax says applicant.income agrees -> checked tax, dispatched a notice 1
        expect timer a 2024-03-09
        day 2024-03-09
        tick                     -> grant_deemed a
        expect decided a 2024-03-09-00:00
    ",
    );
}
