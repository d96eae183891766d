//! One checklist at both ends: what stands outside it, and what the window had found met, is told.

use vocabulary::*;
use yijianshi_casework::checklist::{InconsistencyKind, OUTSIDE, inconsistencies};
use yijianshi_casework::*;

use crate::support::*;

/// The funnel: a reply about a service with the lines `photo` and `stamp`, of which the window ticked `photo`; what
/// is told of it.
#[track_caller]
fn check(reply: Reply, expected: &[(InconsistencyKind, &str)]) {
    let mut service = node("register");
    service.checklist = vec!["photo".into(), "stamp".into()];
    let mut story = Story::new("register");
    let mut given = application(vec![service]);
    given.reception.intake = Some(Intake {
        outlet: "hall".into(),
        window: None,
        clerk: AccountId(uuid::Uuid::from_u128(5)),
        ticket: None,
        authority: Vec::new(),
        originals: Vec::new(),
        ticked: vec![TickedLine { node: NodeKey::single("register"), line: "photo".into() }],
        left_open: LeftOpen::default(),
    });
    story.run(&applicant(), &Command::Submit(Box::new(given))).unwrap();
    let dispatch = story.dispatch("register", "referral");
    let event = CaseEvent {
        seq: 9,
        at: story.now,
        actor: hub(),
        body: CaseEventBody::ReplyRecorded {
            node: NodeKey::single("register"),
            recorded: RecordedReply {
                dispatch,
                department_seq: 1,
                decided_at: story.now,
                reply,
                standing: Standing::Counted,
            },
        },
    };
    let case = story.case();
    let told: Vec<_> = inconsistencies(case, &event)
        .into_iter()
        .map(|it| (it.kind, it.line.to_string()))
        .collect();
    let told: Vec<(InconsistencyKind, &str)> =
        told.iter().map(|(kind, line)| (*kind, line.as_str())).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_line_that_the_window_had_found_met_is_told() {
    let cited = |lines: &[&str]| Reply::CorrectionRequested {
        lines: lines.iter().map(|line| (*line).into()).collect(),
        text: None,
        reason: None,
    };
    check(cited(&["stamp"]), &[]);
    check(cited(&["photo", "stamp"]), &[(InconsistencyKind::Unmet, "photo")]);
    check(
        cited(&["new", "photo", "new", OUTSIDE]),
        &[
            (InconsistencyKind::Outside, "new"),
            (InconsistencyKind::Unmet, "photo"),
            (InconsistencyKind::Outside, OUTSIDE),
        ],
    );
}

#[test]
fn a_ground_outside_the_checklist_is_told_however_it_is_said() {
    let outside = [(InconsistencyKind::Outside, "whim")];
    check(Reply::Refused { ground: "whim".into(), text: None }, &outside);
    check(Reply::NotAccepted { ground: "whim".into(), text: None }, &outside);
    check(Reply::Refused { ground: "stamp".into(), text: None }, &[]);
    check(Reply::Accepted, &[]);
}
