//! A grant: what it brings into being is sealed, licences are issued, and the reply is taken, in one
//! transaction.
//!
//! Ids of values and licences are derived from the reply and its content, so that the same grant said twice is
//! the same reply. Licences are kept only if the decision lets the grant take its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use casework::{
    Actor, Application, Case, Command, GrantedOutput, NodeOutput, OwedEvidence, Refusal, Reply,
    Revocation, ServiceNode,
};
use outputs::{Licence, LicenceStatus};
use sha2::{Digest, Sha256};
use store_port::{Fault, LicenceRow, SealedRow, fresh_id};
use vocabulary::codes::verification_code;
use vocabulary::{
    AccountId, CaseId, CommandId, DispatchId, Facts, Instant, LicenceId, NodeKey, SealedId,
};

use crate::batching::{Beside, Request};
use crate::case_file::{from_output, overlay};
use crate::execute::derived;
use crate::{CarriedOut, Engine, EngineError, ToSeal, digest, licence};

const ACTION: &str = "grant";

impl Engine {
    /// Grants as a department: seals the outputs' values, issues the licences, and takes the reply.
    /// `values` are the slots that come into being, by output id.
    ///
    /// # Errors
    /// An output or one of its values is missing (`CASE0008`); else as [`Self::execute`].
    #[expect(clippy::too_many_arguments, reason = "each is a distinct part of one grant")]
    pub async fn grant(
        &self,
        actor: Actor,
        command_id: CommandId,
        case: CaseId,
        expected_version: Option<u64>,
        node: &NodeKey,
        dispatch: DispatchId,
        department_seq: u64,
        decided_at: Instant,
        values: BTreeMap<String, Facts>,
    ) -> Result<CarriedOut, EngineError> {
        let said = (dispatch, department_seq, decided_at);
        self.grant_owing(actor, command_id, case, expected_version, node, said, values, Vec::new())
            .await
    }

    /// The same, with the reply as (sending, number, time). `owed` is evidence that is handed in afterwards.
    ///
    /// # Errors
    /// An output or one of its values is missing (`CASE0008`); else as [`Self::execute`].
    #[expect(clippy::too_many_arguments, reason = "each is a distinct part of one grant")]
    #[tracing::instrument(level = "debug", skip_all, fields(case.id = %case, node = %node))]
    pub async fn grant_owing(
        &self,
        actor: Actor,
        command_id: CommandId,
        case: CaseId,
        expected_version: Option<u64>,
        node: &NodeKey,
        (dispatch, department_seq, decided_at): (DispatchId, u64, Instant),
        values: BTreeMap<String, Facts>,
        owed: Vec<OwedEvidence>,
    ) -> Result<CarriedOut, EngineError> {
        let application = self.application(case).await?;
        let application = application.ok_or(EngineError::Refused(Refusal::UnknownCase(case)))?;
        let frozen = application.nodes.iter().find(|frozen| frozen.key == *node);
        let frozen = frozen.ok_or(EngineError::Refused(Refusal::UnknownService(node.clone())))?;
        let prepared = self
            .prepare(&application, frozen, (dispatch, department_seq), decided_at, &values)
            .await?;
        let (sealed, hashes) = self.seal_under(application.subject, &prepared.seal).await?;
        let command = Command::TakeReply {
            node: node.clone(),
            dispatch,
            department_seq,
            decided_at,
            reply: Reply::Granted { outputs: prepared.outputs, owed },
        };
        let request = Request {
            digest: digest::of_command(case, &command, &hashes),
            actor,
            action: ACTION,
            command_id,
            case,
            expected_version,
            command,
            beside: Beside { sealed, licences: prepared.licences, ..Beside::default() },
        };
        self.batching.carry_out(case.0, request).await
    }

    async fn prepare(
        &self,
        application: &Application,
        node: &ServiceNode,
        (dispatch, department_seq): (DispatchId, u64),
        decided_at: Instant,
        values: &BTreeMap<String, Facts>,
    ) -> Result<Prepared, EngineError> {
        let key = self.vault.key_for(application.subject).await?;
        let mut prepared = Prepared::default();
        let mut gained = Facts::new();
        for output in &node.outputs {
            let mut granted =
                GrantedOutput { id: Arc::clone(&output.id), licence: None, values: None };
            let mut hash = String::new();
            if !output.slots.is_empty() {
                let facts = values_of(node, output, values)?;
                let clear = serde_json::to_vec(&facts);
                let clear = clear.map_err(|_| Fault::Corrupt { what: "values" })?;
                hash = key.keyed_hash(&clear);
                let id = derived(dispatch, department_seq, &format!("values/{}", output.id), &hash);
                granted.values = Some(SealedId(id));
                prepared.seal.push(ToSeal { id: SealedId(id), clear });
                overlay(&mut gained, &facts);
            }
            if output.licence {
                let what = format!("licence/{}", output.id);
                let id = LicenceId(derived(dispatch, department_seq, &what, &hash));
                granted.licence = Some(id);
            }
            prepared.outputs.push(granted);
        }
        if prepared.outputs.iter().any(|output| output.licence.is_some()) {
            let case = self.case(application.case).await?;
            let case = case.ok_or(EngineError::Refused(Refusal::UnknownCase(application.case)))?;
            let mut facts = self.facts_of(&case).await?;
            overlay(&mut facts, &gained);
            prepared.licences =
                self.issue_all(&case, &node.key, &prepared.outputs, &facts, decided_at).await?;
        }
        Ok(prepared)
    }

    /// The licences of a grant that was recorded without taking its place, now that it does. Those issued
    /// before stand.
    pub(crate) async fn licences_of_recorded(
        &self,
        case: &Case,
        node: &NodeKey,
        granted: &[GrantedOutput],
    ) -> Result<Vec<Issued>, EngineError> {
        let issued = self.store().list_licences_of_case(case.id).await?;
        let issued: BTreeSet<LicenceId> = issued.iter().map(|row| row.licence_id).collect();
        let new = |output: &&GrantedOutput| output.licence.is_some_and(|id| !issued.contains(&id));
        let new: Vec<GrantedOutput> = granted.iter().filter(new).cloned().collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut facts = self.facts_of(case).await?;
        let ids: Vec<SealedId> = granted.iter().filter_map(|output| output.values).collect();
        for (_, clear) in self.vault.open_all(&ids).await? {
            let gained = serde_json::from_slice(&clear);
            overlay(&mut facts, &gained.map_err(|_| Fault::Corrupt { what: "values" })?);
        }
        self.issue_all(case, node, &new, &facts, self.clock().now()).await
    }

    /// Issues what `granted` says is a licence.
    async fn issue_all(
        &self,
        case: &Case,
        node: &NodeKey,
        granted: &[GrantedOutput],
        facts: &Facts,
        decided_at: Instant,
    ) -> Result<Vec<Issued>, EngineError> {
        let row = self.store().find_case(case.id).await?;
        let owner = row.and_then(|row| row.owner);
        let frozen = case.application.nodes.iter().find(|frozen| frozen.key == *node);
        let frozen = frozen.ok_or(EngineError::Refused(Refusal::UnknownService(node.clone())))?;
        // What the applicant was told to get is what the case rests on, whatever is in force now.
        let catalogue = self.catalogue_of_service(case, frozen).await?;
        let service = catalogue.service(&node.service);
        let mut issued = Vec::new();
        for granted in granted {
            let Some(id) = granted.licence else { continue };
            let output = service
                .and_then(|service| service.outputs.iter().find(|output| output.id == granted.id));
            let (Some(service), Some(output)) = (service, output) else {
                return Err(output_missing(node, &granted.id));
            };
            let issued_on = catalogue.civil_date(decided_at);
            let licence =
                licence::Issued { id, application: &case.application, node, service, output };
            let licence = licence::issue(&catalogue, licence, facts, issued_on)?;
            issued.push(self.seal_licence(case, owner, licence).await?);
        }
        Ok(issued)
    }

    async fn seal_licence(
        &self,
        case: &Case,
        owner: Option<AccountId>,
        licence: Licence,
    ) -> Result<Issued, EngineError> {
        let subject = case.application.subject;
        let clear = serde_json::to_vec(&licence).map_err(|_| Fault::Corrupt { what: "licence" })?;
        let body = ToSeal { id: SealedId(fresh_id()), clear };
        let row = LicenceRow {
            licence_id: licence.id,
            case_id: case.id,
            node: licence.node.to_string(),
            output: licence.output,
            code: licence.code,
            verification_hash: verification_hash(&licence.verification_code),
            issuer: licence.issuer.to_string(),
            subject,
            owner,
            issued_on: licence.issued_on.to_string(),
            valid_until: licence.valid_until.map(|date| date.to_string()),
            status: licence.status.as_str().to_owned(),
            body: body.id,
        };
        let key = self.vault.key_for(subject).await?;
        Ok(Issued { row, body: key.seal_row(&body)? })
    }

    /// The case's licences with their bodies; those of an erased subject are left out.
    pub(crate) async fn licences_of(
        &self,
        case: CaseId,
    ) -> Result<Vec<(LicenceId, Licence)>, EngineError> {
        let mut licences = Vec::new();
        for row in self.store().list_licences_of_case(case).await? {
            if let Some(licence) = self.licence(&row).await? {
                licences.push((row.licence_id, licence));
            }
        }
        Ok(licences)
    }

    /// A stored licence with its body; `None` when its subject was erased.
    ///
    /// # Errors
    /// A fault.
    pub async fn licence(&self, row: &LicenceRow) -> Result<Option<Licence>, EngineError> {
        let Some((_, body)) = self.vault.open_all(&[row.body]).await?.into_iter().next() else {
            return Ok(None);
        };
        let mut licence: Licence =
            serde_json::from_slice(&body).map_err(|_| Fault::Corrupt { what: "licence" })?;
        let today = self.catalogue().civil_date(self.clock().now());
        let ended = self.ended(row).await?.iter().any(|act| act.effective_on <= today);
        if ended || row.status != LicenceStatus::Valid.as_str() {
            licence.status = LicenceStatus::Revoked;
        }
        Ok(Some(licence))
    }

    /// The acts that ended, or are to end, the grant behind a licence. The licence and its grant stay in the history;
    /// what has become of them is always read from there.
    ///
    /// # Errors
    /// A fault.
    pub async fn ended(&self, row: &LicenceRow) -> Result<Vec<Revocation>, EngineError> {
        let Some(case) = self.case(row.case_id).await? else { return Ok(Vec::new()) };
        let of_row = |it: &&casework::ServiceCase| it.node.key.to_string() == row.node;
        let service = case.services.iter().find(of_row);
        Ok(service.map(|service| service.revocations.clone()).unwrap_or_default())
    }

    /// The licence with this identifier, if the verification code on it is the one given. Who guesses learns
    /// nothing: an unknown identifier and a wrong code are the same.
    ///
    /// # Errors
    /// A fault.
    pub async fn verify_licence(
        &self,
        code: &str,
        verification: &str,
    ) -> Result<Option<(LicenceRow, Option<Licence>)>, EngineError> {
        let given = verification_hash(verification);
        match self.store().find_licence_by_code(code.trim()).await? {
            Some(row) if row.verification_hash == given => {
                let licence = self.licence(&row).await?;
                Ok(Some((row, licence)))
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// A licence ready to be committed: its row and its sealed body.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) row: LicenceRow,
    pub(crate) body: SealedRow,
}

/// What a grant consists of before it is queued.
#[derive(Default)]
struct Prepared {
    outputs: Vec<GrantedOutput>,
    seal: Vec<ToSeal>,
    licences: Vec<Issued>,
}

/// Exactly the values that the output promised; every one must be there.
fn values_of(
    node: &ServiceNode,
    output: &NodeOutput,
    values: &BTreeMap<String, Facts>,
) -> Result<Facts, EngineError> {
    let given = values.get(output.id.as_ref());
    let mut promised = Facts::new();
    for slot in &output.slots {
        let fact = given.and_then(|facts| facts.get(slot));
        let fact = fact.ok_or_else(|| output_missing(&node.key, &output.id))?;
        promised.set(slot.clone(), fact.clone());
    }
    Ok(from_output(&promised, &node.key.service))
}

fn output_missing(node: &NodeKey, output: &str) -> EngineError {
    EngineError::Refused(Refusal::OutputMissing { node: node.clone(), output: output.to_owned() })
}

/// The hash under which a licence's verification code is kept: of the code that was meant by what was typed.
pub fn verification_hash(code: &str) -> String {
    let meant = verification_code::parse(code).unwrap_or_else(|| code.to_owned());
    hex::encode(Sha256::digest(meant))
}
