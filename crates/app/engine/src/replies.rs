//! What a department says about a sending, as it comes over the exchange: translated, looked at, taken.
//!
//! Who may say it (the signature, the department of the sending) was found out before.

use casework::{Actor, ActorRole, Case, Command, Refusal};
use catalogue::Catalogue;
use exchange::translate::{self, ReplyContent, TranslateFault, TranslatedReply};
use exchange::{DepartmentReply, ReceiptStatus, ReplyReceipt, VERSION};
use interview::AnswerFinding;
use uuid::Uuid;
use vocabulary::{CaseId, CommandId, Instant, OrganisationId, Slot, Value};

use crate::{CarriedOut, Engine, EngineError, ToSeal};

/// Why a reply was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error(transparent)]
    Translate(#[from] TranslateFault),
    /// A value is not what its element may hold.
    #[error("the value at `{}` is not what its element may hold", .0.slot)]
    Implausible(AnswerFinding),
    /// `EXC0005`: a value is meant, but written in another way than its element's.
    #[error("the value at `{0}` is written in another way")]
    Misfit(Slot),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Engine {
    /// Takes a department's reply about one of the case's sendings: the receipt says what became of it.
    ///
    /// # Errors
    /// It is about no sending of this case, brings what was not promised or cannot be, or is refused; a fault.
    pub async fn take_reply(
        &self,
        department: Option<OrganisationId>,
        case: CaseId,
        reply: &DepartmentReply,
    ) -> Result<ReplyReceipt, NotTaken> {
        let dispatch = reply.dispatch_id;
        let unknown = || TranslateFault::UnknownDispatch(dispatch);
        let known = self.case(case).await?.ok_or_else(unknown)?;
        let key = self.vault.key_for(known.application.subject).await.map_err(EngineError::from)?;
        let secret = key.keyed_hash(b"words of replies");
        let now = self.clock().now();
        let translated = translate::reply(&known, reply, secret.as_bytes(), now)?;
        let service = known.service(&translated.node).map(|service| &service.node);
        let service = service.ok_or_else(unknown)?;
        let catalogue = self.catalogue_of_service(&known, service).await?;
        plausible(&catalogue, now, &translated)?;
        let before = known
            .service_of(dispatch)
            .is_some_and(|it| it.replies.contains_key(&(dispatch, reply.department_seq)));
        let done = self.take_translated(department, &known, translated).await?;
        let known = self.case(case).await?.ok_or_else(unknown)?;
        let repeated = done.repeated || before;
        let receipt = translate::receipt(&known, dispatch, reply.department_seq, repeated);
        Ok(receipt.unwrap_or(ReplyReceipt {
            version: VERSION,
            dispatch_id: dispatch,
            department_seq: reply.department_seq,
            status: ReceiptStatus::Recorded,
        }))
    }

    async fn take_translated(
        &self,
        department: Option<OrganisationId>,
        case: &Case,
        translated: TranslatedReply,
    ) -> Result<CarriedOut, EngineError> {
        let TranslatedReply { node, dispatch, department_seq, decided_at, content } = translated;
        let actor = Actor { role: ActorRole::Department, account: None, department };
        // The same statement has the same command id: saying it again is the same command.
        let seq = format!("reply/{department_seq}");
        let id = CommandId(Uuid::new_v5(&dispatch.0, seq.as_bytes()));
        let done = match content {
            ReplyContent::Granted { ref owed, .. } => {
                let (values, owed) = (content.values(), owed.clone());
                let statement = (dispatch, department_seq, decided_at);
                self.grant_owing(actor, id, case.id, None, &node, statement, values, owed).await
            }
            ReplyContent::Plain { reply, seal } => {
                let seal = seal
                    .into_iter()
                    .map(|words| ToSeal { id: words.id, clear: words.text.into_bytes() })
                    .collect();
                let command =
                    Command::TakeReply { node, dispatch, department_seq, decided_at, reply };
                self.execute(actor, "reply", id, case.id, None, command, seal).await
            }
        };
        // The number names the statement: used for another one, it is the reply that has changed.
        done.map_err(|error| match error {
            EngineError::CommandReused => {
                EngineError::Refused(Refusal::ReplyChanged { dispatch, department_seq })
            }
            other => other,
        })
    }
}

/// Values have to be what their elements may hold, check characters included: they go on to others.
fn plausible(
    catalogue: &Catalogue,
    now: Instant,
    translated: &TranslatedReply,
) -> Result<(), NotTaken> {
    let today = catalogue.civil_date(now);
    for facts in translated.content.values().values() {
        for (slot, fact) in facts.iter().filter(|(_, fact)| fact.value != Value::Null) {
            let Some(element) = catalogue.element(&slot.element) else { continue };
            let text = fact.value.to_string();
            match interview::accept_value(element, slot, &text, today) {
                Ok(value) if value == fact.value => {}
                Ok(_) => return Err(NotTaken::Misfit(slot.clone())),
                Err(finding) => return Err(NotTaken::Implausible(finding)),
            }
        }
    }
    Ok(())
}
