//! What comes after a grant, beside a case and before a decision can be taken, as stories: acts that end a grant,
//! applicants who die or change, fields whose source was out of reach. March 2024: the 1st is a Friday.

use crate::telling::check;

#[test]
fn a_grant_is_ended_by_a_new_act_and_stays_in_the_history() {
    check(
        "
        services a:revokes=set-aside, b<a, c<a:never-deemed, d<b
        submit
        a grants #1
        b grants #1
        officer a-office says a revokes:set-aside #2 -> recorded a counted, dispatched b notice 1, dispatched c notice 1
        expect a revoked; b granted; c referred; d referred; case partly-done
        expect acts a 1:set-aside; history a 1 2
        officer a-office says a grants #3    -> CASE0007
    ",
    );
}

#[test]
fn what_waits_for_an_ended_grant_never_starts() {
    check(
        "
        services a:revokes=recalled, b, c<a+b
        submit
        a grants #1
        a revokes:recalled #2    -> recorded a counted, stopped c by a
        b grants #1
        expect a revoked; b granted; c stopped; case partly-refused
    ",
    );
}

#[test]
fn the_holder_is_told_and_heard_first_where_the_law_says_so() {
    check(
        "
        services a:revokes=set-aside/3&revokes=deregistered
        submit
        officer a-office announces a set-aside       -> CASE0050
        a grants #1
        officer a-office says a revokes:set-aside #2 -> CASE0052
        applicant speaks-on a                        -> CASE0053
        officer b-office announces a set-aside       -> CASE0019
        officer a-office announces a set-aside
        expect heard-until a 2024-03-06
        officer a-office announces a set-aside       -> CASE0054
        officer a-office says a revokes:set-aside #2 -> CASE0052
        applicant speaks-on a -> revocation_answered a, dispatched a notice 1
        applicant speaks-on a                        -> nothing
        officer a-office says a revokes:set-aside #2
        expect a revoked; heard-until a none
        officer a-office says a revokes:set-aside #3 -> CASE0050
        officer a-office says a revokes:deregistered #3
        expect acts a 1:set-aside 2:deregistered
        officer a-office says a revokes:deregistered #4 -> CASE0050
    ",
    );
}

#[test]
fn who_says_nothing_in_time_has_been_heard() {
    check(
        "
        services a:revokes=set-aside/3
        submit
        a grants #1
        officer a-office announces a set-aside
        day 2024-03-06
        officer a-office says a revokes:set-aside #2 -> CASE0052
        day 2024-03-07 00:00
        officer a-office says a revokes:set-aside #2
        expect a revoked
    ",
    );
}

#[test]
fn what_was_announced_may_be_let_drop() {
    check(
        "
        services a:revokes=set-aside/3
        submit
        a grants #1
        officer a-office announces a set-aside
        officer a-office drops a
        officer a-office drops a                     -> CASE0053
        expect a granted; heard-until a none
        officer a-office says a revokes:set-aside #2 -> CASE0052
    ",
    );
}

#[test]
fn a_department_says_that_it_has_heard_the_holder_and_only_what_its_procedure_knows() {
    check(
        "
        services a:revokes=set-aside/3
        submit
        a grants #1
        a revokes:forfeited #2 heard  -> CASE0051
        a revokes:set-aside #2        -> CASE0052
        a revokes:set-aside #2 heard from 2024-04-01
        a revokes:set-aside #2 heard from 2024-04-01 -> nothing
        a revokes:set-aside #2 heard from 2024-05-01 -> CASE0009
        a revokes:set-aside #3 heard  -> recorded a late
        expect acts a 1:set-aside
    ",
    );
}

#[test]
fn an_act_may_come_before_the_grant_that_it_ends() {
    check(
        "
        services a:revokes=recalled, b<a
        submit
        a revokes:recalled #5   -> recorded a counted
        expect a received
        a grants #4             -> recorded a counted, stopped b by a
        expect a revoked; acts a 1:recalled; b stopped
    ",
    );
}

#[test]
fn what_was_refused_cannot_be_revoked() {
    check(
        "
        services a:revokes=recalled
        submit
        a refuses #1
        a revokes:recalled #2                        -> recorded a late
        officer a-office says a revokes:recalled #3  -> CASE0050
        expect a refused
    ",
    );
}

#[test]
fn a_grant_may_leave_evidence_for_later() {
    check(
        "
        services a
        submit
        a grants-owing:2024-04-01 #1
        expect a granted; owed a identity-card@2024-04-01
    ",
    );
}

#[test]
fn an_applicant_dies_and_an_heir_goes_on() {
    check(
        "
        services a:statutory=20, b:on=died/ends, c:on=died/goes-on, d<b
        submit
        a accepts #1
        clerk names 7 heir       -> CASE0060
        clerk closes-change      -> CASE0060
        day 2024-03-05
        applicant reports died   -> CASE0063
        officer z-office says a accepts #9 -> CASE0019
        clerk reports died -> reported died suspended:a+d ended:b, dispatched a notice 1, dispatched b notice 1, stopped d by b
        clerk reports died       -> CASE0059
        expect a suspended; b terminated; c referred; d stopped; statutory a 2024-03-29 stopped
        applicant answers a      -> CASE0058
        applicant withdraws a    -> CASE0058
        applicant withdraws b    -> CASE0064
        officer a-office says a grants #2 -> CASE0058
        successor-7 consents     -> CASE0062
        clerk names 7 heir       -> successor_named
        clerk names 7 heir       -> nothing
        successor-8 consents     -> CASE0062
        expect owner first
        day 2024-03-12
        successor-7 consents     -> succession_consented, dispatched a notice 2
        expect owner 7; a accepted; b terminated; statutory a 2024-04-08
        successor-7 consents     -> CASE0060
        officer a-office says a grants #3
        officer b-office says b grants #1 -> CASE0064
        b grants #2              -> recorded b late
        c refuses #1
        expect a granted; b terminated; case partly-refused
        clerk reports died       -> CASE0061
    ",
    );
}

#[test]
fn no_limit_runs_while_it_waits_for_a_successor() {
    check(
        "
        services a:limit=5, b:answer=5&lapses
        submit
        b corrects:photo #1
        day 2024-03-05
        clerk reports lost-capacity
        expect timer a none; timer b none; a suspended; b suspended
        day 2024-03-20
        tick                     -> nothing
        clerk closes-change
        expect a referred; b correction-requested; timer a 2024-03-26; timer b 2024-03-26
    ",
    );
}

#[test]
fn nobody_comes_and_an_officer_ends_it() {
    check(
        "
        services a, b<a
        submit
        officer a-office terminates a -> CASE0060
        a-office reports died
        officer b-office terminates a -> CASE0019
        officer a-office terminates a -> terminated a, dispatched a notice 2, stopped b by a
        officer a-office terminates a -> CASE0064
        expect a terminated; b stopped; case refused
    ",
    );
}

#[test]
fn a_service_whose_need_comes_meanwhile_starts_when_it_goes_on() {
    check(
        "
        services a:on=represented/goes-on, b<a
        submit
        clerk reports represented -> reported represented suspended:b ended:
        a grants #1               -> recorded a counted
        expect b waiting
        clerk names 7 representative
        successor-7 consents      -> succession_consented, started b, dispatched b referral 0
        expect b referred
    ",
    );
}

#[test]
fn a_field_whose_source_was_out_of_reach_is_checked_before_a_grant() {
    check(
        "
        services a:field=applicant.income, b
        submit with applicant.income@tax/5
        expect unsettled a applicant.income; unsettled b
        a accepts #1
        b grants #1
        officer a-office says a grants #2       -> CASE0055
        a grants #2                             -> CASE0055
        officer a-office says a refuses #2      -> CASE0055
        a refuses #2                            -> CASE0055
        officer a-office takes a applicant.income -> CASE0056
        officer a-office takes a applicant.name -> CASE0057
        source tax says applicant.income agrees -> checked tax, dispatched a notice 1
        source tax says applicant.income agrees -> nothing
        expect unsettled a
        officer a-office says a grants #2
        expect a granted
    ",
    );
}

#[test]
fn where_the_source_says_otherwise_a_person_looks_at_evidence() {
    check(
        "
        services a:field=applicant.income, b:field=applicant.income
        submit with applicant.income@tax
        source tax says applicant.income contradicts -> checked tax, dispatched a notice 1, dispatched b notice 1
        officer a-office says a grants #1          -> CASE0055
        officer b-office takes a applicant.income  -> CASE0019
        officer a-office takes a applicant.income  -> taken_on_evidence a, dispatched a notice 2
        officer a-office takes a applicant.income  -> CASE0057
        officer a-office says a grants #1
        officer b-office says b grants #1          -> CASE0055
        officer b-office says b refuses #1
        expect a granted; b refused
    ",
    );
}

#[test]
fn evidence_stands_for_a_silent_source_after_its_time() {
    check(
        "
        services a:field=applicant.income&field=applicant.home
        submit with applicant.income@tax/2 applicant.home@roll
        day 2024-03-05
        officer a-office takes a applicant.income  -> CASE0056
        day 2024-03-06 00:00
        officer a-office takes a applicant.income
        officer a-office takes a applicant.home    -> CASE0056
        expect unsettled a applicant.home
        source roll says applicant.home absent
        officer a-office takes a applicant.home
        officer a-office says a grants #1
        source tax says applicant.income contradicts -> checked tax
        expect a granted
    ",
    );
}
