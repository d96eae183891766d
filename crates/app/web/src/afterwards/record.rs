//! What officer and clerk record alike of a change of the applicant, from a form to a command.

use casework::{ApplicantChange, Capacity, Command};
use engine::window::{NotFound, PersonRead};
use engine::{Engine, ToSeal};
use store_port::fresh_id;
use vocabulary::SealedId;

use crate::errors::WebError;
use crate::officer::desk::Typed;
use crate::page::Page;

/// What was typed into a form that was not taken, so that it is shown again and nothing of it is lost.
#[derive(Debug, Default)]
pub(super) struct Kept {
    step: String,
    typed: Typed,
}

impl Kept {
    pub(super) fn of(step: &str, typed: Typed) -> Self {
        Self { step: step.to_owned(), typed }
    }

    /// Whether it was this form.
    pub(super) fn tried(&self, step: &str) -> bool {
        self.step == step
    }

    /// What an input of this form held.
    pub(super) fn get(&self, step: &str, name: &str) -> &str {
        if self.tried(step) { self.typed.get(name) } else { "" }
    }

    /// The same of the form for acts, which is sent to two places.
    pub(super) fn act(&self, name: &str) -> &str {
        if self.tried("revoke") || self.tried("announce") { self.typed.get(name) } else { "" }
    }

    /// The reason that was given for this field of those that could not be checked.
    pub(super) fn taking(&self, slot: &str) -> &str {
        if self.get("evidence", "slot") == slot { self.get("evidence", "note") } else { "" }
    }
}

/// Words of a record may be so long.
const WORDS_CHARS_MAX: usize = 2000;

/// The words of a form, sealed under a fresh id.
///
/// # Errors
/// The key of what is wrong: nothing was written, or too much.
pub(super) fn words(typed: &Typed, name: &str) -> Result<ToSeal, &'static str> {
    let words = typed.get(name).trim();
    match words.chars().count() {
        0 => Err("record-words-missing"),
        count if count > WORDS_CHARS_MAX => Err("officer-words-too-long"),
        _ => Ok(ToSeal { id: SealedId(fresh_id()), clear: words.as_bytes().to_vec() }),
    }
}

/// The command of a step about the applicant; `Ok(None)` = no such step.
///
/// # Errors
/// A fault; the inner error is the key of what is wrong with the form.
pub(super) async fn step(
    engine: &Engine,
    step: &str,
    typed: &Typed,
) -> Result<Result<Option<(Command, Vec<ToSeal>)>, &'static str>, WebError> {
    let made = match step {
        "report" => words(typed, "note").and_then(|note| {
            let change =
                ApplicantChange::parse(typed.get("change")).ok_or("record-choose-change")?;
            let command =
                Command::ReportApplicantChange { change, note: note.id, evidence: Vec::new() };
            Ok(Some((command, vec![note])))
        }),
        "close" => words(typed, "note").map(|reason| {
            let command = Command::CloseApplicantChange { reason: reason.id };
            Some((command, vec![reason]))
        }),
        "name" => {
            let note = match words(typed, "note") {
                Ok(note) => note,
                Err(key) => return Ok(Err(key)),
            };
            let Some(capacity) = Capacity::parse(typed.get("capacity")) else {
                return Ok(Err("record-choose-capacity"));
            };
            let read = PersonRead {
                number: typed.get("number").to_owned(),
                name: typed.get("name").to_owned(),
                by_reader: false,
            };
            match engine.receive_person(&read).await? {
                Ok(found) => {
                    let command = Command::NameSuccessor {
                        account: found.account.account_id,
                        capacity,
                        note: note.id,
                        evidence: Vec::new(),
                    };
                    Ok(Some((command, vec![note])))
                }
                Err(NotFound::NumberWrong) => Err("record-number-wrong"),
                Err(NotFound::NameEmpty) => Err("record-name-empty"),
                Err(NotFound::NameDiffers) => Err("record-name-differs"),
            }
        }
        _ => Ok(None),
    };
    Ok(made)
}

/// What may be chosen: word and name.
pub(super) fn changes(page: &Page) -> Vec<(String, String)> {
    let all = ApplicantChange::ALL.into_iter();
    all.map(|it| (it.as_str().to_owned(), super::view::change_name(page, it))).collect()
}

/// What may be chosen: word and name.
pub(super) fn capacities(page: &Page) -> Vec<(String, String)> {
    let name = |it: Capacity| page.t(&format!("capacity-{}", it.as_str()));
    Capacity::ALL.into_iter().map(|it| (it.as_str().to_owned(), name(it))).collect()
}
