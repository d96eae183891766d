//! The digest of a command's body, kept with its answer so that a command id used for something else is
//! noticed (semantics 15).
//!
//! Ids made afresh for every attempt (of sealed words, of uploaded files) say nothing about the body; the
//! keyed hashes of their contents stand in for them. The order of the parts is a promise: a digest lives
//! longer than a release.

use std::collections::BTreeMap;

use casework::{Command, EvidenceRef, Reply, SupervisionAct};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vocabulary::{CaseId, DraftId, NodeKey, SealedId};

/// Keyed hashes of what is sealed beside the command.
pub(crate) type Hashes = BTreeMap<SealedId, String>;

/// The digest of a submission: the draft is the body, and can be submitted once only.
pub(crate) fn of_submission(draft: DraftId, channel: &str) -> String {
    hash(&json!(["submit", draft, channel]))
}

/// The digest of a command on a case.
pub(crate) fn of_command(case: CaseId, command: &Command, sealed: &Hashes) -> String {
    hash(&json!([case, body(command, sealed)]))
}

fn hash(body: &Value) -> String {
    hex::encode(Sha256::digest(body.to_string()))
}

#[expect(clippy::too_many_lines, reason = "a table of commands")]
fn body(command: &Command, sealed: &Hashes) -> Value {
    match command {
        Command::Submit(application) => json!(["submit", application.draft, application.channel]),
        Command::NoteDelivered { dispatch } => json!(["note-delivered", dispatch]),
        Command::TakeReply { node, dispatch, department_seq, decided_at, reply } => json!([
            "take-reply",
            node.to_string(),
            dispatch,
            department_seq,
            decided_at.to_string(),
            reply_body(reply, sealed)
        ]),
        Command::AnswerCorrection { node, answer, evidence } => json!([
            "answer-correction",
            node.to_string(),
            content(*answer, sealed),
            evidence.iter().map(file).collect::<Vec<_>>()
        ]),
        Command::AnswerCorrections { answers } => {
            let answers = answers.iter().map(|one| {
                json!([
                    one.node.to_string(),
                    content(one.answer, sealed),
                    one.evidence.iter().map(file).collect::<Vec<_>>()
                ])
            });
            json!(["answer-corrections", answers.collect::<Vec<_>>()])
        }
        Command::ProposeVisit { visit, slots, note } => {
            json!(["propose-visit", visit, slots, content(*note, sealed)])
        }
        Command::ConfirmVisit { visit, number, slot } => {
            json!(["confirm-visit", visit, number, slot])
        }
        Command::AskOtherTime { visit, number, words } => {
            json!(["ask-other-time", visit, number, content(*words, sealed)])
        }
        Command::MissVisit { visit, number, absent, note } => {
            json!(["miss-visit", visit, number, rated(absent.as_ref()), content(*note, sealed)])
        }
        Command::Withdraw { node } => {
            json!(["withdraw", node.as_ref().map(ToString::to_string)])
        }
        Command::TakeCalendar { load, before } => {
            json!(["take-calendar", load, before.version])
        }
        Command::Tick => json!(["tick"]),
        Command::ResolveContest { node, dispatch, department_seq } => {
            json!(["resolve-contest", node.to_string(), dispatch, department_seq])
        }
        Command::Supervise { node, acts } => {
            let acts = acts.iter().map(|act| match act {
                SupervisionAct::Remind { reminder } => json!(["remind", reminder]),
                SupervisionAct::Notice { text } | SupervisionAct::Answer { text } => {
                    json!([act.as_str(), content(Some(*text), sealed)])
                }
                SupervisionAct::Close { text } => json!(["close", content(*text, sealed)]),
            });
            json!(["supervise", node, acts.collect::<Vec<_>>()])
        }
        Command::Serve { document, way } => json!([
            "serve",
            rated(document.node.as_ref()),
            document.kind.as_str(),
            document.ordinal,
            way.as_str()
        ]),
        Command::Rate { node, grade, words, channel: _, tags } => {
            let mut parts = vec![json!("rate"), json!(grade), content(*words, sealed)];
            // As it was before services could be rated, where nothing new is said.
            if node.is_some() || !tags.is_empty() {
                parts.push(rated(node.as_ref()));
                parts.push(json!(tags));
            }
            Value::Array(parts)
        }
        Command::ContactRater { node, complex, note } => {
            json!(["contact-rater", rated(node.as_ref()), complex, content(*note, sealed)])
        }
        Command::RectifyRating { node, how, note } => {
            json!(["rectify-rating", rated(node.as_ref()), how.as_str(), content(*note, sealed)])
        }
        Command::AppealRating { node, ground, note } => {
            json!(["appeal-rating", rated(node.as_ref()), ground.as_str(), content(*note, sealed)])
        }
        Command::DecideAppeal { node, upheld, note } => {
            json!(["decide-appeal", rated(node.as_ref()), upheld, content(*note, sealed)])
        }
        Command::AnnounceRevocation { node, act, reason, basis } => json!([
            "announce-revocation",
            node.to_string(),
            act,
            content(Some(*reason), sealed),
            content(Some(*basis), sealed)
        ]),
        Command::AnswerRevocation { node, answer } => {
            json!(["answer-revocation", node.to_string(), content(Some(*answer), sealed)])
        }
        Command::DropRevocation { node, reason } => {
            json!(["drop-revocation", node.to_string(), content(Some(*reason), sealed)])
        }
        Command::ReportApplicantChange { change, note, evidence } => json!([
            "report-applicant-change",
            change,
            content(Some(*note), sealed),
            evidence.iter().map(file).collect::<Vec<_>>()
        ]),
        Command::NameSuccessor { account, capacity, note, evidence } => json!([
            "name-successor",
            account,
            capacity,
            content(Some(*note), sealed),
            evidence.iter().map(file).collect::<Vec<_>>()
        ]),
        Command::ConsentToSuccession => json!(["consent-to-succession"]),
        Command::CloseApplicantChange { reason } => {
            json!(["close-applicant-change", content(Some(*reason), sealed)])
        }
        Command::Terminate { node, reason } => {
            json!(["terminate", node.to_string(), content(Some(*reason), sealed)])
        }
        Command::NoteChecks { source, results } => {
            let result = |it: &casework::CheckResult| {
                json!([it.slot.to_string(), it.outcome, content(it.value, sealed)])
            };
            json!(["note-checks", source, results.iter().map(result).collect::<Vec<_>>()])
        }
        Command::TakeOnEvidence { node, slot, reason } => json!([
            "take-on-evidence",
            node.to_string(),
            slot.to_string(),
            content(Some(*reason), sealed)
        ]),
    }
}

fn rated(node: Option<&NodeKey>) -> Value {
    json!(node.map(ToString::to_string))
}

fn reply_body(reply: &Reply, sealed: &Hashes) -> Value {
    match reply {
        Reply::Received => json!(["received"]),
        Reply::Accepted => json!(["accepted"]),
        Reply::NotAccepted { ground, text } => {
            json!(["not-accepted", ground, content(*text, sealed)])
        }
        Reply::CorrectionRequested { lines, text, reason: None } => {
            json!(["correction-requested", lines, content(*text, sealed)])
        }
        Reply::CorrectionRequested { lines, text, reason } => {
            let (text, reason) = (content(*text, sealed), content(*reason, sealed));
            json!(["correction-requested", lines, text, reason])
        }
        Reply::VisitJoined { visit, number, slots } => {
            json!(["visit-joined", visit, number, slots])
        }
        Reply::VisitHeld { visit, result, text } => {
            json!(["visit-held", visit, result.as_str(), content(*text, sealed)])
        }
        Reply::Granted { outputs, owed } => {
            let outputs = outputs
                .iter()
                .map(|output| json!([output.id, output.licence, content(output.values, sealed)]));
            // As it was before evidence could be owed, where none is.
            match owed.is_empty() {
                true => json!(["granted", outputs.collect::<Vec<_>>()]),
                false => json!(["granted", outputs.collect::<Vec<_>>(), owed]),
            }
        }
        Reply::Began => json!(["began"]),
        Reply::ProcedureBegan { procedure, text } => {
            json!(["procedure-began", procedure, content(*text, sealed)])
        }
        Reply::ProcedureEnded { procedure, text } => {
            json!(["procedure-ended", procedure, content(*text, sealed)])
        }
        Reply::Extended { reason, approved_by } => {
            let (reason, leave) =
                (content(Some(*reason), sealed), content(Some(*approved_by), sealed));
            json!(["extended", reason, leave])
        }
        Reply::CorrectionSettled => json!(["correction-settled"]),
        Reply::Refused { ground, text } => json!(["refused", ground, content(*text, sealed)]),
        Reply::WithdrawalConfirmed => json!(["withdrawal-confirmed"]),
        Reply::TooLateToWithdraw => json!(["too-late-to-withdraw"]),
        Reply::Revoked { act, reason, basis, effective_on, heard } => json!([
            "revoked",
            act,
            content(Some(*reason), sealed),
            content(Some(*basis), sealed),
            effective_on.to_string(),
            heard
        ]),
    }
}

fn content(id: Option<SealedId>, sealed: &Hashes) -> Value {
    match id {
        None => Value::Null,
        Some(id) => sealed.get(&id).map_or_else(|| json!(id), |hash| json!(hash)),
    }
}

fn file(evidence: &EvidenceRef) -> Value {
    json!([evidence.slot.ty, evidence.slot.member, evidence.keyed_hash])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn rating(grade: u8, words: Option<u128>) -> Command {
        Command::Rate {
            node: None,
            grade,
            words: words.map(|id| SealedId(Uuid::from_u128(id))),
            channel: None,
            tags: Vec::new(),
        }
    }

    fn hashes(entries: &[(u128, &str)]) -> Hashes {
        entries
            .iter()
            .map(|(id, hash)| (SealedId(Uuid::from_u128(*id)), (*hash).to_owned()))
            .collect()
    }

    #[test]
    fn tells_bodies_apart_by_content_and_not_by_fresh_ids() {
        let case = CaseId(Uuid::from_u128(9));
        let first = of_command(case, &rating(1, Some(1)), &hashes(&[(1, "same")]));
        let again = of_command(case, &rating(1, Some(2)), &hashes(&[(2, "same")]));
        let other_words = of_command(case, &rating(1, Some(3)), &hashes(&[(3, "other")]));
        let other_grade = of_command(case, &rating(2, Some(1)), &hashes(&[(1, "same")]));
        let other_case = CaseId(Uuid::from_u128(8));
        let elsewhere = of_command(other_case, &rating(1, Some(1)), &hashes(&[(1, "same")]));
        assert_eq!(first, again);
        assert_eq!(first.len(), 64);
        for different in [other_words, other_grade, elsewhere] {
            assert_ne!(first, different);
        }
    }
}
