//! The way of one command: seal its words, take its digest, queue it, wait for the commit.

use std::sync::Arc;

use casework::{Actor, Application, Case, Command, Reply};
use store_port::SealedRow;
use uuid::Uuid;
use vocabulary::{CaseId, CommandId, DispatchId, SealedId, SubjectId};

use crate::batching::{Beside, Request};
use crate::digest::{self, Hashes};
use crate::{CarriedOut, Engine, EngineError, ToSeal};

impl Engine {
    /// Carries out one command on a case. `expected_version` is what the person saw; `None` for replies and
    /// timers, which commute. A department's grant goes through [`Self::grant`], which issues the licences;
    /// a draft through [`Self::submit`]. An application that was frozen elsewhere may be submitted here.
    ///
    /// # Errors
    /// The domain refuses, the case has changed meanwhile, the command id was used for something else, the
    /// queue is full, or a fault.
    #[expect(clippy::too_many_arguments, reason = "each is a distinct part of one command")]
    #[tracing::instrument(level = "debug", skip_all, fields(case.id = %case, action))]
    pub async fn execute(
        &self,
        actor: Actor,
        action: &'static str,
        command_id: CommandId,
        case: CaseId,
        expected_version: Option<u64>,
        command: Command,
        seal: Vec<ToSeal>,
    ) -> Result<CarriedOut, EngineError> {
        let (sealed, hashes) = match &command {
            Command::Submit(application) => self.seal_under(application.subject, &seal).await?,
            _ => self.seal_for_case(case, &seal).await?,
        };
        let mut beside = Beside { sealed, ..Beside::default() };
        if let Command::AnswerCorrection { evidence, .. } = &command {
            beside.evidence = evidence.iter().map(|file| file.id).collect();
        }
        if let Command::ResolveContest { node, dispatch, department_seq } = &command
            && let Some(known) = self.case(case).await?
            && let Some(outputs) = granted_in(&known, node, (*dispatch, *department_seq))
        {
            beside.licences = self.licences_of_recorded(&known, node, &outputs).await?;
        }
        let request = Request {
            digest: digest::of_command(case, &command, &hashes),
            actor,
            action,
            command_id,
            case,
            expected_version,
            command,
            beside,
        };
        self.batching.carry_out(case.0, request).await
    }

    /// Words of a department's reply, with an id derived from what they say: a repetition of the reply is
    /// then equal to the first, and a changed one is not.
    ///
    /// # Errors
    /// A fault.
    pub async fn reply_words(
        &self,
        subject: SubjectId,
        dispatch: DispatchId,
        department_seq: u64,
        words: &str,
    ) -> Result<ToSeal, EngineError> {
        let key = self.vault.key_for(subject).await?;
        let hash = key.keyed_hash(words.as_bytes());
        let id = derived(dispatch, department_seq, "words", &hash);
        Ok(ToSeal { id: SealedId(id), clear: words.as_bytes().to_vec() })
    }

    /// Seals under the key of the case's subject.
    async fn seal_for_case(
        &self,
        case: CaseId,
        values: &[ToSeal],
    ) -> Result<(Vec<SealedRow>, Hashes), EngineError> {
        if values.is_empty() {
            return Ok((Vec::new(), Hashes::new()));
        }
        // Without a case there is no key; the command will be refused for that.
        match self.application(case).await? {
            Some(application) => self.seal_under(application.subject, values).await,
            None => Ok((Vec::new(), Hashes::new())),
        }
    }

    /// What was submitted; it never changes, so what is held of it is never old.
    pub(crate) async fn application(
        &self,
        case: CaseId,
    ) -> Result<Option<Arc<Application>>, EngineError> {
        match self.batching.application(case) {
            Some(application) => Ok(Some(application)),
            None => Ok(self.case(case).await?.map(|case| Arc::clone(&case.application))),
        }
    }

    pub(crate) async fn seal_under(
        &self,
        subject: SubjectId,
        values: &[ToSeal],
    ) -> Result<(Vec<SealedRow>, Hashes), EngineError> {
        let key = self.vault.key_for(subject).await?;
        let hashes = values.iter().map(|value| (value.id, key.keyed_hash(&value.clear)));
        let hashes = hashes.collect();
        let rows = values.iter().map(|value| key.seal_row(value)).collect::<Result<_, _>>()?;
        Ok((rows, hashes))
    }
}

/// An id that the same content of the same reply always gets.
pub(crate) fn derived(dispatch: DispatchId, department_seq: u64, what: &str, hash: &str) -> Uuid {
    Uuid::new_v5(&dispatch.0, format!("{department_seq}/{what}/{hash}").as_bytes())
}

/// The outputs of a recorded grant.
fn granted_in(
    case: &Case,
    node: &vocabulary::NodeKey,
    reply: (DispatchId, u64),
) -> Option<Vec<casework::GrantedOutput>> {
    match &case.service(node)?.replies.get(&reply)?.reply {
        Reply::Granted { outputs, .. } => Some(outputs.clone()),
        _ => None,
    }
}
