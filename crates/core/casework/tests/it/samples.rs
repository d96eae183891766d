//! Stored events are a promise: these lines were written once and must be read for ever. A line may never
//! be changed or removed; a new field comes with a default and a new line.

use std::collections::BTreeSet;

use yijianshi_casework::*;

const SAMPLES: &str = include_str!("samples/events.jsonl");

#[test]
fn every_stored_form_is_read_and_written_unchanged() {
    for line in SAMPLES.lines() {
        let event: CaseEvent = serde_json::from_str(line).expect(line);
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
}

#[test]
fn there_is_a_sample_of_everything() {
    let events: Vec<CaseEvent> =
        SAMPLES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.body.as_str()).collect();
    let expected = [
        "submitted",
        "started",
        "dispatched",
        "delivered",
        "reply_recorded",
        "correction_answered",
        "acceptance_deemed",
        "withdrawal_requested",
        "withdrawn",
        "stopped",
        "contest_resolved",
        "rated",
        "rating_contacted",
        "rating_rectified",
        "rating_appealed",
        "appeal_decided",
        "correction_lapsed",
        "supervised",
        "grant_deemed",
        "dates_moved",
        "correction_notified",
        "visit_proposed",
        "visit_confirmed",
        "visit_time_asked",
        "visit_missed",
        "revocation_announced",
        "revocation_answered",
        "revocation_dropped",
        "applicant_change_reported",
        "successor_named",
        "succession_consented",
        "applicant_change_closed",
        "terminated",
        "fields_checked",
        "taken_on_evidence",
        "served",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
    let replies: BTreeSet<&str> = events
        .iter()
        .filter_map(|event| match &event.body {
            CaseEventBody::ReplyRecorded { recorded, .. } => Some(match recorded.reply {
                Reply::Received => "received",
                Reply::Accepted => "accepted",
                Reply::NotAccepted { .. } => "not_accepted",
                Reply::CorrectionRequested { .. } => "correction_requested",
                Reply::Granted { .. } => "granted",
                Reply::Refused { .. } => "refused",
                Reply::WithdrawalConfirmed => "withdrawal_confirmed",
                Reply::TooLateToWithdraw => "too_late_to_withdraw",
                Reply::Began => "began",
                Reply::ProcedureBegan { .. } => "procedure_began",
                Reply::ProcedureEnded { .. } => "procedure_ended",
                Reply::Extended { .. } => "extended",
                Reply::CorrectionSettled => "correction_settled",
                Reply::VisitJoined { .. } => "visit_joined",
                Reply::VisitHeld { .. } => "visit_held",
                Reply::Revoked { .. } => "revoked",
            }),
            _ => None,
        })
        .collect();
    assert_eq!(replies.len(), 16, "{replies:?}");
    // The word in the file is the word of the code.
    for (event, line) in events.iter().zip(SAMPLES.lines()) {
        assert!(line.contains(&format!("\"event\":\"{}\"", event.body.as_str())), "{line}");
    }
}

#[test]
fn the_samples_are_a_case_that_folds() {
    let events: Vec<CaseEvent> =
        SAMPLES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.seq, u64::try_from(index).unwrap() + 1);
    }
    let case = Case::fold(&events).unwrap();
    assert_eq!(case.version, u64::try_from(events.len()).unwrap());
    let told: Vec<String> =
        case.services.iter().map(|s| format!("{} {}", s.node.key, s.state.as_str())).collect();
    assert_eq!(
        told,
        [
            "birth~c1 granted",
            "register~c1 contested",
            "card withdrawn",
            "vaccine lapsed",
            "insure withdrawn",
            "leave not-accepted",
            "visit terminated",
        ]
    );
}
