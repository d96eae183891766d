//! Stories of cases, one after the other through one funnel (`telling`).

use vocabulary::NodeKey;
use yijianshi_casework::{Command, Refusal};

use crate::support::{Story, applicant, application, department, grant};
use crate::telling::check;

#[test]
fn a_newborn_from_submission_to_the_last_licence() {
    check("
        services birth, vaccine<birth, register<birth, insure<register, card<register+birth
        submit                   -> submitted, started birth, dispatched birth referral 0
        expect birth referred; vaccine waiting; case in-progress
        delivered birth referral -> delivered birth
        expect birth referred
        birth receives #1        -> recorded birth counted
        expect birth received
        birth accepts #2         -> recorded birth counted
        expect birth accepted
        birth grants #3          -> recorded birth counted, started vaccine, dispatched vaccine referral 0, started register, dispatched register referral 0
        expect birth granted; vaccine referred; register referred; insure waiting; case partly-done
        vaccine grants #1
        register grants #1       -> recorded register counted, started insure, dispatched insure referral 0, started card, dispatched card referral 0
        insure grants #1
        card grants #1           -> recorded card counted
        expect case done; joint none
        applicant rates 1        -> rated 1
    ");
}

#[test]
fn independent_services_begin_together() {
    check("
        services a, b, c<a, d<a+b, e~a
        submit -> submitted, started a, dispatched a referral 0, started b, dispatched b referral 0, started e, dispatched e referral 0
        a grants #1 -> recorded a counted, started c, dispatched c referral 0
        b grants #1 -> recorded b counted, started d, dispatched d referral 0
    ");
}

#[test]
fn an_application_without_services_is_refused() {
    let mut story = Story::new("a");
    story.nodes.clear();
    let command = Command::Submit(Box::new(application(Vec::new())));
    assert_eq!(story.run(&applicant(), &command), Err(Refusal::EmptyApplication));
    assert_eq!(Refusal::EmptyApplication.code(), "CASE0014");
}

#[test]
fn services_that_wait_for_each_other_are_refused() {
    check(
        "
        services a, b<c, c<d, d<b
        submit -> CASE0015
    ",
    );
    check(
        "
        services a<a
        submit -> CASE0015
    ",
    );
}

#[test]
fn waiting_for_what_nobody_makes_is_refused() {
    check(
        "
        services a, b<elsewhere
        submit -> CASE0003
    ",
    );
    let mut story = Story::new("a b<a");
    story.nodes[1].waits_for[0].output = "another-output".into();
    let command = Command::Submit(Box::new(application(story.nodes.clone())));
    assert_eq!(
        story.run(&applicant(), &command),
        Err(Refusal::OutputMissing { node: NodeKey::single("a"), output: "another-output".into() })
    );
}

#[test]
fn one_case_is_submitted_once_and_nothing_happens_before() {
    check(
        "
        services a
        a receives #1 -> CASE0001
        tick -> CASE0001
        submit
        submit -> CASE0002
    ",
    );
}

#[test]
fn what_does_not_belong_to_the_case_is_refused() {
    check(
        "
        services a, b
        submit
        c grants #1 -> CASE0003
        applicant withdraws c -> CASE0003
        a grants #1 on supplement -> CASE0004
        delivered a supplement -> CASE0004
        a confirms #1 -> CASE0004
        a too-late #1 -> CASE0004
    ",
    );
}

#[test]
fn a_department_speaks_for_itself_only() {
    check(
        "
        services a, b<a
        submit
        officer b-office says a accepts #1 -> CASE0019
        officer a-office says a accepts #1 -> recorded a counted
        officer b-office resolves a #1 -> CASE0019
        b receives #1 -> CASE0010
    ",
    );
    let mut story = Story::submitted("a");
    let command = Command::TakeReply {
        node: NodeKey::single("a"),
        dispatch: story.dispatch("a", "referral"),
        department_seq: 1,
        decided_at: story.now,
        reply: grant("a"),
    };
    let own = Err(Refusal::NotYourService(NodeKey::single("a")));
    assert_eq!(story.run(&applicant(), &command), own);
    assert_eq!(story.run(&department("b"), &command), own);
    assert!(story.run(&department("a"), &command).is_ok());
}

#[test]
fn refusal_stops_those_who_wait_and_only_those() {
    check("
        services birth, register<birth, card<register, vaccine
        submit
        birth refuses #1 -> recorded birth counted, stopped register by birth, stopped card by register
        expect birth refused; register stopped; card stopped; vaccine referred; case in-progress
        expect refused-for birth too-late
        vaccine grants #1
        expect case partly-refused
    ");
}

#[test]
fn partial_success_rolls_nothing_back() {
    check(
        "
        services a, b<a, c<a
        submit
        a grants #1
        b refuses #1 -> recorded b counted
        expect a granted; b refused; c referred; case partly-done
        c grants #1
        expect a granted; b refused; c granted; case partly-refused
    ",
    );
}

#[test]
fn nothing_granted_is_refused() {
    check(
        "
        services a, b<a
        submit
        a rejects #1 -> recorded a counted, stopped b by a
        expect a not-accepted; b stopped; case refused; refused-for a not-ours
        applicant withdraws b -> CASE0006
    ",
    );
}

#[test]
fn a_repetition_changes_nothing() {
    check(
        "
        services a, b<a
        submit
        a receives #1
        a receives #1 -> nothing
        a grants #2
        a grants #2   -> nothing
        a receives #1 -> nothing
        delivered a referral -> delivered a
        delivered a referral -> nothing
        expect a granted; b referred
    ",
    );
}

#[test]
fn the_same_number_with_other_content_is_refused() {
    check(
        "
        services a
        submit
        a accepts #2
        a refuses #2 -> CASE0009
        a accepts #2 at 2024-02-28 -> CASE0009
        expect a accepted
    ",
    );
}

#[test]
fn a_grant_counts_before_its_acceptance_is_told() {
    check(
        "
        services a, b<a
        submit
        a grants #3   -> recorded a counted, started b, dispatched b referral 0
        expect a granted; statutory a none
        a accepts #2 at 2024-02-29  -> recorded a counted
        a receives #1 at 2024-02-28 -> recorded a counted
        expect a granted; history a 1 2 3; statutory a 2024-03-28
    ",
    );
}

#[test]
fn what_comes_after_a_decision_is_late() {
    check(
        "
        services a
        submit
        a grants #2
        a accepts #3 -> recorded a late
        a corrects:photo #4 -> recorded a late
        a grants #5 -> recorded a late
        a too-late #6 -> CASE0004
        expect a granted; case done; standing a #2 counted
    ",
    );
}

#[test]
fn an_earlier_correction_told_after_the_grant_is_history() {
    check(
        "
        services a
        submit
        a grants #3
        a corrects:photo #2 -> recorded a counted
        expect a granted; awaiting
    ",
    );
}

#[test]
fn contradictions_are_contested_in_either_order() {
    check(
        "
        services a, b<a, c<a+b
        submit
        a grants #1
        expect b referred
        a refuses #2 -> recorded a contradicts
        expect a contested; b referred; c waiting; case contested
        expect standing a #1 contradicts; standing a #2 contradicts
        b grants #1 -> recorded b counted
        expect c waiting
    ",
    );
    check(
        "
        services a, b<a, c<a+b
        submit
        a refuses #2 -> recorded a counted, stopped b by a, stopped c by a
        a grants #1  -> recorded a contradicts
        expect a contested; b waiting; c waiting; case contested
        expect standing a #1 contradicts; standing a #2 contradicts
    ",
    );
    check(
        "
        services a
        submit
        a grants #1
        a grants-otherwise #2 -> recorded a contradicts
        expect a contested
    ",
    );
    check(
        "
        services a
        submit
        a rejects #1
        a refuses #2 -> recorded a contradicts
        expect a contested
    ",
    );
}

#[test]
fn an_officer_resolves_a_contest() {
    check("
        services a, b<a
        submit
        a refuses #2
        a grants #1
        officer a-office resolves a #7 -> CASE0004
        officer a-office resolves a #1 -> contest_resolved a, started b, dispatched b referral 0
        expect a granted; b referred; case partly-done; standing a #1 counted; standing a #2 contradicts
        officer a-office resolves a #1 -> CASE0016
        a refuses #3 -> recorded a late
        expect a granted
    ");
    check(
        "
        services a, b<a
        submit
        a refuses #2
        a grants #1
        officer a-office resolves a #2 -> contest_resolved a, stopped b by a
        expect a refused; b stopped; case refused
    ",
    );
    check(
        "
        services a, b<a, c<b
        submit
        a grants #1
        a rejects #2
        officer a-office resolves a #2 -> contest_resolved a
        expect a not-accepted; b referred
        b grants #1 -> recorded b counted, started c, dispatched c referral 0
    ",
    );
}

#[test]
fn an_officer_in_the_hub_cannot_contradict_what_he_sees() {
    check(
        "
        services a
        submit
        officer a-office says a corrects:photo #1
        officer a-office says a corrects:form #2 -> CASE0020
        officer a-office says a accepts #2
        officer a-office says a accepts #3 -> nothing
        officer a-office says a receives #3 -> nothing
        officer a-office says a grants #3
        officer a-office says a refuses #4 -> CASE0007
        officer a-office says a corrects:photo #5 -> CASE0007
    ",
    );
}

#[test]
fn a_correction_names_a_line_and_is_answered_once() {
    check("
        services a
        submit
        applicant answers a -> CASE0005
        a corrects:none #1  -> CASE0017
        a corrects:photo+form+photo #1 -> recorded a counted
        expect a correction-requested; case awaiting-applicant; awaiting a; asked a photo+form; answer-by a 2024-03-15
        applicant answers a -> answered a 1, dispatched a supplement 1
        expect a received; awaiting; case in-progress
        applicant answers a -> CASE0005
        a accepts #1 on supplement
        a grants #2 on supplement
        expect a granted; case done
    ");
}

#[test]
fn a_second_request_of_a_system_joins_the_open_round() {
    check(
        "
        services a
        submit
        a corrects:photo #1
        a corrects:form+photo #2 -> recorded a counted
        expect asked a photo+form
        applicant answers a -> answered a 1, dispatched a supplement 1
        a corrects:stamp #1 on supplement
        expect asked a stamp
        applicant answers a -> answered a 2, dispatched a supplement 2
        a grants #1 on supplement-2
        expect a granted
    ",
    );
}

#[test]
fn a_department_may_go_on_without_an_answer() {
    check(
        "
        services a
        submit
        a corrects:photo #1
        a accepts #2
        expect a accepted; awaiting
        applicant answers a -> CASE0005
        a corrects:stamp #3
        expect a correction-requested; asked a stamp
        a grants #4
        expect a granted
        applicant answers a -> CASE0007
    ",
    );
}

#[test]
fn withdrawing_before_anything_was_sent_takes_effect_at_once() {
    check(
        "
        services a, b<a, c<b, d
        submit
        expect dependants a b c; dependants b c; dependants d
        applicant withdraws b -> withdrawn b, stopped c by b
        expect b withdrawn; c stopped; a referred
        applicant withdraws b -> CASE0018
        applicant answers b -> CASE0018
        b grants #1 -> CASE0018
        a grants #1 -> recorded a counted
        d grants #1
        expect case partly-refused
    ",
    );
}

#[test]
fn withdrawing_after_sending_waits_for_the_department() {
    check(
        "
        services a, b<a
        submit
        a accepts #1
        applicant withdraws a -> withdrawal_requested a, dispatched a withdrawal 0
        expect a withdrawal-pending; b waiting; case in-progress
        applicant withdraws a -> CASE0018
        applicant answers a -> CASE0018
        a confirms #1 on withdrawal -> recorded a counted, stopped b by a
        expect a withdrawn; b stopped; case withdrawn
        applicant withdraws all -> CASE0006
        applicant rates 3 -> CASE0013
    ",
    );
}

#[test]
fn too_late_to_withdraw_goes_on() {
    check(
        "
        services a
        submit
        a accepts #1
        applicant withdraws a
        a too-late #1 on withdrawal
        expect a accepted
        applicant withdraws a -> CASE0006
        a grants #2
        expect a granted; standing a #1 on withdrawal counted
        applicant withdraws a -> CASE0007
    ",
    );
}

#[test]
fn a_decision_stands_while_a_withdrawal_is_pending() {
    check(
        "
        services a, b<a
        submit
        applicant withdraws a
        a grants #1 -> recorded a counted, started b, dispatched b referral 0
        expect a granted; b referred
    ",
    );
}

#[test]
fn confirmed_and_decided_is_contested() {
    check(
        "
        services a
        submit
        applicant withdraws a
        a confirms #1 on withdrawal
        a grants #1 -> recorded a contradicts
        expect a contested
        officer a-office resolves a #1 on withdrawal -> contest_resolved a
        expect a withdrawn; case withdrawn
    ",
    );
    check(
        "
        services a
        submit
        applicant withdraws a
        a too-late #1 on withdrawal
        a confirms #2 on withdrawal -> recorded a contradicts
        expect a contested
        officer a-office resolves a #1 on withdrawal
        expect a received; standing a #2 on withdrawal contradicts
        a confirms #3 on withdrawal -> recorded a late
        a grants #1
        expect a granted
    ",
    );
}

#[test]
fn withdrawing_all_applies_to_each_open_one() {
    check("
        services a, b, c<a+b, d
        submit
        d grants #1
        b corrects:photo #1
        applicant withdraws all -> withdrawal_requested a, dispatched a withdrawal 0, withdrawal_requested b, dispatched b withdrawal 0, withdrawn c
        expect a withdrawal-pending; b withdrawal-pending; c withdrawn; d granted; case partly-done
        a confirms #1 on withdrawal
        b confirms #1 on withdrawal
        expect case done
    ");
}

#[test]
fn silence_until_the_limit_is_acceptance() {
    check(
        "
        services a:limit=5, b:never-deemed, c, d
        day 2024-03-01 16:30
        submit
        c accepts #1
        d corrects:photo #1
        expect timer a 2024-03-09; timer b none; timer c none; timer d none
        day 2024-03-08 23:59
        tick -> nothing
        day 2024-03-09 00:00
        tick -> acceptance_deemed a
        tick -> nothing
        expect a accepted; timer a none; b referred; statutory a 2024-03-29
        a corrects:photo #1 -> recorded a late
        a rejects #2 -> recorded a late
        a accepts #3 -> recorded a late
        expect a accepted; statutory a 2024-03-29
        a refuses #4 -> recorded a counted
        expect a refused
    ",
    );
}

#[test]
fn a_limit_beyond_the_loaded_calendar_deems_nothing() {
    check(
        "
        services a
        day 2024-12-30
        submit
        expect promised a 2025-01-02 provisional; timer a none
        day 2025-02-01
        tick -> nothing
    ",
    );
}

#[test]
fn a_rating_is_given_once_and_only_for_something() {
    check(
        "
        services a, b
        submit
        applicant rates 1 -> CASE0013
        a refuses #1
        applicant rates 0 -> CASE0012
        applicant rates 6 -> CASE0012
        applicant rates 5 -> rated 5
        applicant rates 4 -> CASE0011
    ",
    );
}

#[test]
fn the_whole_and_each_decided_service_are_rated_once() {
    check(
        "
        services a, b
        submit
        applicant rates 2 a -> CASE0013
        applicant rates 2 nothing -> CASE0003
        a grants #1
        a-office rates 1 a -> CASE0026
        agent-7 rates 1 -> CASE0026
        applicant rates 2 a -> rated a 2
        applicant rates 3 a -> CASE0011
        applicant rates 4 b -> CASE0013
        b refuses #1
        applicant rates 4 b -> rated b 4
        applicant rates 5 -> rated 5
        expect rating a thanked; rating b open; rating whole open
    ",
    );
}

#[test]
fn a_bad_rating_is_answered_by_whom_it_concerns() {
    check(
        "
        services a, b
        submit
        a grants #1
        b grants #1
        manager-1 calls whole -> CASE0021
        applicant rates 4
        applicant rates 5 b
        applicant rates 1 a
        b settles b -> CASE0023
        manager-1 settles whole -> CASE0023
        b calls whole -> CASE0026
        manager-1 calls b -> CASE0026
        a calls b -> CASE0026
        applicant calls b -> CASE0026
        a calls a -> CASE0021
        b calls b -> rating_contacted
        b calls b -> CASE0022
        expect rating b contacted; rating whole open
        b settles b -> rating_rectified
        b settles b -> CASE0022
        manager-1 calls whole -> rating_contacted
        manager-1 settles whole -> rating_rectified
        expect rating b rectified; rating whole rectified
        applicant rates 1 b -> CASE0011
    ",
    );
}

#[test]
fn an_appeal_is_decided_by_somebody_else_and_takes_the_rating_out() {
    check(
        "
        services a, b
        submit
        a grants #1
        b grants #1
        applicant rates 5
        applicant rates 4 b
        manager-1 upholds b -> CASE0024
        b appeals b -> rating_appealed
        b appeals b -> CASE0022
        b upholds b -> CASE0026
        expect rating b open
        manager-1 dismisses b -> appeal_decided
        manager-1 upholds b -> CASE0024
        expect rating b open
        manager-1 appeals whole -> rating_appealed
        manager-1 upholds whole -> CASE0025
        manager-2 upholds whole -> appeal_decided
        expect rating whole excluded
        manager-1 calls whole -> CASE0021
        b calls b -> rating_contacted
    ",
    );
}

#[test]
fn a_grant_brings_every_output_that_it_promised() {
    check(
        "
        services a, b<a
        submit
        a grants-nothing #1 -> CASE0008
        expect a referred; b waiting
        a grants #1
        expect b referred
    ",
    );
}

#[test]
fn a_service_that_waits_starts_its_clock_when_its_need_exists() {
    check(
        "
        services a:promised=1, b<a:promised=2, c<b:promised=0.5
        day 2024-04-02 09:00
        submit
        expect promised a 2024-04-03; promised b none; joint 2024-04-09 midday
        day 2024-04-03
        a grants #1
        expect promised b 2024-04-08; joint 2024-04-09 midday
        day 2024-04-07
        b grants #1
        expect promised c 2024-04-08 midday; joint 2024-04-08 midday
    ",
    );
}
