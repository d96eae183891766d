//! The register of documents: which event sends out which, under which number, and how each is served.

use std::collections::BTreeSet;

use vocabulary::*;
use yijianshi_casework::*;

use crate::support::*;
use crate::telling::check;

#[test]
fn the_documents_of_a_case_from_receipt_to_decision() {
    check(
        "
        services a:extension=5&procedure=hearing/3, b<a
        submit
        expect documents RC00-1
        a receives #1
        expect documents RC00-1
        a corrects:photo #2
        expect documents RC00-1 CR01-1
        applicant answers a
        a accepts #1 on supplement
        a begins:hearing #2 on supplement
        a ends:hearing #3 on supplement
        a extends #4 on supplement
        a grants #5 on supplement
        expect documents RC00-1 CR01-1 AC01-1 SP01-1 EX01-1 GR01-1
        b rejects #1
        expect documents RC00-1 CR01-1 AC01-1 SP01-1 EX01-1 GR01-1 NA02-1
    ",
    );
}

#[test]
fn silence_brings_a_notice_of_acceptance_at_the_hubs_own_time() {
    check(
        "
        services a:limit=5
        day 2024-03-01
        submit
        day 2024-03-09
        tick -> acceptance_deemed a
        expect documents RC00-1 AC01-1; dated AC01-1 2024-03-09; dated RC00-1 2024-03-01
        a accepts #1 -> recorded a late
        expect documents RC00-1 AC01-1
        a refuses #2
        expect documents RC00-1 AC01-1 RF01-1
    ",
    );
}

#[test]
fn what_is_late_or_said_again_sends_nothing_out() {
    check(
        "
        services a:extension=5&procedure=hearing/3&procedure=testing/3
        submit
        a accepts #1
        a accepts #2
        a begins:hearing #3
        a begins:hearing #4
        a begins:testing #5
        expect documents RC00-1 AC01-1 SP01-1 SP01-2
        a ends:hearing #6
        a begins:hearing #7
        expect documents RC00-1 AC01-1 SP01-1 SP01-2 SP01-3
        a extends #8
        a extends #9 -> recorded a late
        a grants #10
        a corrects:photo #11 -> recorded a late
        a grants #12 -> recorded a late
        expect documents RC00-1 AC01-1 SP01-1 SP01-2 SP01-3 EX01-1 GR01-1
    ",
    );
}

#[test]
fn every_request_is_a_notice_of_its_own() {
    check(
        "
        services a
        submit
        a corrects:photo #1
        a corrects:seal #2
        applicant answers a
        a corrects:photo #1 on supplement
        expect documents RC00-1 CR01-1 CR01-2 CR01-3
    ",
    );
}

#[test]
fn a_contradiction_sends_nothing_new_and_takes_nothing_back() {
    check(
        "
        services a
        submit
        a grants #1
        a refuses #2 -> recorded a contradicts
        expect documents RC00-1 GR01-1/contested
        officer a-office resolves a #2 -> contest_resolved a
        expect documents RC00-1 GR01-1/overtaken RF01-1
    ",
    );
    check(
        "
        services a
        submit
        a grants #1
        a refuses #2
        officer a-office resolves a #1
        expect documents RC00-1 GR01-1
    ",
    );
}

#[test]
fn a_request_that_a_decision_overtook_stays_in_the_register() {
    check(
        "
        services a
        submit
        a corrects:photo #7
        expect documents RC00-1 CR01-1
        a grants #3
        expect documents RC00-1 CR01-1/overtaken GR01-1
    ",
    );
}

#[test]
fn the_date_is_the_departments_own() {
    check(
        "
        services a
        day 2024-03-05
        submit
        day 2024-03-08
        a accepts #1 at 2024-03-07
        expect dated AC01-1 2024-03-07; dated T20240301-0001-AC01-1 2024-03-07
    ",
    );
}

#[test]
fn each_way_of_serving_has_those_who_can_know_of_it() {
    check(
        "
        services a, b
        submit
        a grants #1
        b refuses #1
        applicant serves counter grant a -> CASE0072
        clerk serves online grant a -> CASE0072
        a serves counter grant a -> CASE0072
        manager-1 serves direct grant a -> CASE0072
        b serves direct grant a -> CASE0019
        a serves post grant a -> served GR01-1 post
        applicant serves online refusal b -> served RF02-1 online
        expect documents RC00-1 GR01-1/post RF02-1/online PS01-1 PS02-1
    ",
    );
    check(
        "
        services a
        submit
        a grants #1
        agent-1 serves online grant a -> served GR01-1 online
    ",
    );
}

#[test]
fn a_document_is_served_once() {
    check(
        "
        services a
        submit
        a accepts #1
        clerk serves counter acceptance a -> served AC01-1 counter
        clerk serves counter acceptance a -> nothing
        applicant serves online acceptance a -> CASE0071
        expect documents RC00-1 AC01-1/counter PS01-1
    ",
    );
}

#[test]
fn what_is_not_there_or_needs_no_service_is_not_served() {
    check(
        "
        services a
        submit
        applicant serves online grant a -> CASE0070
        a accepts #1
        applicant serves online acceptance a 2 -> CASE0070
        applicant serves online acceptance b -> CASE0070
        applicant serves online receipt whole -> CASE0073
        clerk serves counter acceptance a
        clerk serves counter proof-of-service a -> CASE0073
    ",
    );
}

#[test]
fn what_silence_brings_is_told_in_writing() {
    check(
        "
        services a:grant=20&fact, b:lapses&answer=5
        submit
        a accepts #1
        b corrects:photo #1
        expect documents RC00-1 AC01-1 CR02-1
        day 2024-03-09
        tick
        expect b lapsed; documents RC00-1 AC01-1 CR02-1 LP02-1; dated LP02-1 2024-03-09
        day 2024-03-30
        tick
        expect a granted; documents RC00-1 AC01-1 CR02-1 LP02-1 DG01-1; dated DG01-1 2024-03-30
        applicant serves online deemed-grant a
        expect documents RC00-1 AC01-1 CR02-1 LP02-1 DG01-1/online PS01-1
    ",
    );
}

#[test]
fn an_act_is_announced_and_pronounced_and_overtakes_the_grant() {
    check(
        "
        services a:revokes=set-aside/3&revokes=deregistered
        submit
        a grants #1
        officer a-office announces a set-aside
        expect documents RC00-1 GR01-1 RN01-1
        officer a-office drops a
        expect documents RC00-1 GR01-1 RN01-1/overtaken
        officer a-office announces a set-aside
        applicant speaks-on a
        officer a-office says a revokes:set-aside #2
        expect documents RC00-1 GR01-1/overtaken RN01-1/overtaken RN01-2 RV01-1
        officer a-office says a revokes:deregistered #3
        expect documents RC00-1 GR01-1/overtaken RN01-1/overtaken RN01-2 RV01-1 RV01-2
        clerk serves counter revocation a
        expect documents RC00-1 GR01-1/overtaken RN01-1/overtaken RN01-2 RV01-1/counter RV01-2 PS01-1
    ",
    );
}

#[test]
fn an_act_that_comes_before_its_grant_is_told_after_it() {
    check(
        "
        services a:revokes=recalled
        submit
        a revokes:recalled #2
        expect documents RC00-1
        a grants #1
        expect a revoked; documents RC00-1 GR01-1/overtaken RV01-1
        a revokes:recalled #2 -> nothing
        expect documents RC00-1 GR01-1/overtaken RV01-1
    ",
    );
}

#[test]
fn who_ends_without_a_decision_is_told() {
    check(
        "
        services a, b
        submit
        clerk reports lost-capacity
        expect documents RC00-1
        officer a-office terminates a
        expect documents RC00-1 TM01-1
    ",
    );
    check(
        "
        services a:on=died/ends, b
        submit
        clerk reports died
        expect documents RC00-1 TM01-1
    ",
    );
}

#[test]
fn numbers_are_unique_and_the_same_at_every_length_of_the_log() {
    let mut story = Story::submitted("a:extension=5,procedure=hearing/3 b c<a");
    let replies: [(&str, Reply); 7] = [
        ("a", Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None }),
        ("b", Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None }),
        ("b", Reply::CorrectionRequested { lines: lines("seal"), text: None, reason: None }),
        ("a", Reply::Accepted),
        ("a", Reply::ProcedureBegan { procedure: "hearing".into(), text: None }),
        ("a", Reply::Extended { reason: sealed(3), approved_by: sealed(4) }),
        ("a", grant("a")),
    ];
    for (seq, (node, reply)) in (1..).zip(replies) {
        let command = Command::TakeReply {
            node: NodeKey::single(node),
            dispatch: story.dispatch(node, "referral"),
            department_seq: seq,
            decided_at: story.now,
            reply,
        };
        story.run(&department(node), &command).unwrap();
    }
    let grant = story.case().document_numbered("GR01-1").unwrap().id.clone();
    story.run(&applicant(), &Command::Serve { document: grant, way: ServiceWay::Online }).unwrap();
    let numbers = |case: &Case| -> Vec<String> {
        case.documents().iter().map(|it| case.document_number(&it.id)).collect()
    };
    let all = numbers(story.case());
    assert_eq!(all.len(), 9);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    assert!(all.iter().all(|number| number.starts_with("T20240301-0001-")));
    // What was numbered keeps its number, whatever comes later.
    for length in 1..=story.events.len() {
        let earlier = numbers(&Case::fold(&story.events[..length]).unwrap());
        assert_eq!(earlier, all[..earlier.len()], "after {length} events");
    }
    for number in &all {
        let found = story.case().document_numbered(number).unwrap();
        assert_eq!(story.case().document_number(&found.id), *number);
    }
    assert_eq!(story.case().document_numbered("T20240301-0002-GR01-1"), None);
}

#[test]
fn the_letters_of_numbers_tell_kinds_apart() {
    let letters: BTreeSet<&str> = DocumentKind::ALL.iter().map(|kind| kind.letters()).collect();
    assert_eq!(letters.len(), DocumentKind::ALL.len());
    assert!(letters.iter().all(|it| it.len() == 2));
}
