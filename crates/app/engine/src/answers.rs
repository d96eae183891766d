//! Answers of commands: kept for repetitions, and faults that many share.

use std::sync::Arc;

use casework::Actor;
use serde::{Deserialize, Serialize};
use store_port::Fault;
use vocabulary::CaseId;

use crate::{CarriedOut, EngineError};

/// Who sent a command, as command ids are told apart by.
pub(crate) fn actor_text(actor: &Actor) -> String {
    match (&actor.account, &actor.department) {
        (Some(account), _) => format!("account:{account}"),
        (None, Some(department)) => format!("department:{department}"),
        (None, None) => "hub".to_owned(),
    }
}

/// The answer that is kept for repetitions.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    pub(crate) case: CaseId,
    pub(crate) version: u64,
}

impl StoredAnswer {
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// The stored answer, if the body was the same.
pub(crate) fn stored_answer(
    digest: &str,
    stored_digest: &str,
    answer: &str,
) -> Result<CarriedOut, EngineError> {
    if digest != stored_digest {
        return Err(EngineError::CommandReused);
    }
    let StoredAnswer { case, version } =
        serde_json::from_str(answer).map_err(|_| Fault::Corrupt { what: "answer of a command" })?;
    Ok(CarriedOut { case, version, repeated: true })
}

/// One fault told to many.
pub(crate) struct SharedFault(Arc<Fault>);

impl SharedFault {
    pub(crate) fn new(fault: Fault) -> Self {
        Self(Arc::new(fault))
    }

    pub(crate) fn copy(&self) -> Fault {
        match self.0.as_ref() {
            Fault::Database { doing, .. } => {
                Fault::Database { doing, source: Box::new(Arc::clone(&self.0)) }
            }
            Fault::Corrupt { what } => Fault::Corrupt { what },
            Fault::Closed => Fault::Closed,
            Fault::OutcomeUnknown { doing } => Fault::OutcomeUnknown { doing },
            Fault::Full { doing, .. } => {
                Fault::Full { doing, source: Box::new(Arc::clone(&self.0)) }
            }
            Fault::Away { doing, .. } => {
                Fault::Away { doing, source: Box::new(Arc::clone(&self.0)) }
            }
        }
    }
}

/// A fault with its causes, for the log.
pub(crate) fn chain(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut next = std::error::Error::source(fault);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
