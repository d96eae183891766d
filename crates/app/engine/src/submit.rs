//! Submission: a complete draft becomes a case, exactly once.
//!
//! The plan is made anew from what is stored, so that nobody submits what he did not see stored; it is frozen,
//! the values are sealed, and the case opens together with its first referrals. That a draft can be used up
//! only once is the database's word, not ours.

use std::collections::BTreeSet;
use std::sync::Arc;

use casework::{Actor, ActorRole, Application, Command, EvidenceRef, Particulars, freeze};
use catalogue::{Catalogue, Matter};
use plan::{EvidenceKey, Plan};
use store_port::{Fault, chance, fresh_id};
use vocabulary::codes::case_number;
use vocabulary::{AreaCode, CaseId, CommandId, DraftId, Facts, SealedId, Slot};

use crate::answers::{actor_text, stored_answer};
use crate::batching::{Beside, Request};
use crate::evidence::evidence_ref;
use crate::projection::applicant_name_id;
use crate::revisions::{RevisionRefusal, refused};
use crate::{CarriedOut, Draft, Engine, EngineError, Missing, ToSeal, digest, sources};

const ACTION: &str = "submit";
/// Stands for "no area stated" where a case number wants one.
const NO_AREA: &str = "999999";

impl Engine {
    /// Submits a draft: freezes its plan, opens the case, enqueues the first referrals. Exactly one case
    /// per draft, whatever is pressed how often.
    ///
    /// # Errors
    /// There is no such draft, it is not complete, was submitted already, or its matter is not offered; or
    /// as [`Self::execute`].
    #[tracing::instrument(level = "debug", skip_all, fields(draft.id = %draft))]
    pub async fn submit(
        &self,
        actor: Actor,
        command: CommandId,
        draft: DraftId,
        channel: &str,
    ) -> Result<CarriedOut, EngineError> {
        self.submit_in(actor, command, draft, channel, None).await
    }

    /// The same, handed in in a language: in it everything about the case is written back.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn submit_in(
        &self,
        actor: Actor,
        command: CommandId,
        draft: DraftId,
        channel: &str,
        lang: Option<&str>,
    ) -> Result<CarriedOut, EngineError> {
        let digest = digest::of_submission(draft, channel);
        let stored = self.store().find_command(&actor_text(&actor), ACTION, command).await?;
        if let Some(stored) = stored {
            return stored_answer(&digest, &stored.digest, &stored.answer);
        }
        let mut draft = self.submittable(&actor, draft).await?;
        if let Some(lang) = lang {
            draft.reception.lang = Some(lang.into());
        }
        let evidence = self.store().list_evidence_of_draft(draft.id).await?;
        let given: BTreeSet<EvidenceKey> =
            evidence.iter().map(|row| crate::drafts::evidence_key(&row.slot)).collect();
        let plan = self.plan_with(&draft, &given)?;
        let catalogue = self.catalogue();
        let matter = catalogue.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        if self.changes_for(&draft).await?.is_some() {
            return refused(RevisionRefusal::DraftOvertaken { draft: draft.id });
        }
        self.check_complete(&draft, matter, &plan).await?;
        if actor.role == ActorRole::Applicant {
            // Begun at a window, handed in by himself: nobody received it.
            draft.reception.intake = None;
        }
        if let Some(intake) = &mut draft.reception.intake {
            // At this very moment: what was revoked since the person sat down counts.
            let services = plan.services.iter().map(|it| it.node.service.clone()).collect();
            intake.authority = self.receiving_authority(intake, &matter.id, services).await?;
        }

        let wanted: BTreeSet<String> =
            plan.evidence.iter().map(|evidence| evidence.key.to_string()).collect();
        let evidence = evidence.iter().filter(|row| wanted.contains(&row.slot));
        let evidence: Vec<EvidenceRef> = evidence.map(evidence_ref).collect();
        let files = evidence.iter().map(|file| file.id).collect();
        let (application, seal) = self.freeze(&draft, matter, &plan, channel, evidence)?;
        let (sealed, _) = self.seal_under(draft.subject, &seal).await?;
        // Before the case is: every revision that it names can be read again.
        self.keep_definitions().await?;
        let request = Request {
            actor,
            action: ACTION,
            command_id: command,
            digest,
            case: application.case,
            expected_version: None,
            command: Command::Submit(Box::new(application)),
            beside: Beside { sealed, draft: Some(draft.id), evidence: files, ..Beside::default() },
        };
        // By draft: two submissions of one draft meet in one lane.
        self.batching.carry_out(draft.id.0, request).await
    }

    /// The draft, if this actor may submit it and nobody has.
    async fn submittable(&self, actor: &Actor, draft: DraftId) -> Result<Draft, EngineError> {
        let row = self.store().find_draft(draft).await?.ok_or(EngineError::NoDraft)?;
        if actor.role == ActorRole::Applicant && actor.account != Some(row.owner) {
            return Err(EngineError::NoDraft);
        }
        if let Some(case) = row.submitted_as {
            return Err(EngineError::AlreadySubmitted { case });
        }
        if actor.role == ActorRole::Agent && !self.may_submit_on_order(actor.account, &row).await? {
            return Err(EngineError::NoMandate);
        }
        if actor.role == ActorRole::Clerk && !self.holds(actor.account, draft).await? {
            return Err(EngineError::DraftHeld);
        }
        self.read_draft(&row).await
    }

    async fn check_complete(
        &self,
        draft: &Draft,
        matter: &Matter,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        let catalogue = self.catalogue();
        let as_of = catalogue.civil_date(self.clock().now());
        let fields = plan.form.iter().flat_map(|topic| &topic.fields).map(|field| &field.slot);
        let contradicts =
            |slot: &&Slot| interview::check_order(catalogue, slot, &draft.facts).is_some();
        let missing = Missing {
            questions: self.asks_on(draft, matter, as_of).await,
            fields: plan
                .missing_fields()
                .map(|field| &field.slot)
                .chain(fields.filter(contradicts))
                .cloned()
                .collect(),
            evidence: plan.missing_evidence().map(|evidence| evidence.key.clone()).collect(),
            first: plan.needs_first.clone(),
        };
        if missing.questions
            || !missing.fields.is_empty()
            || !missing.evidence.is_empty()
            || !missing.first.is_empty()
        {
            return Err(EngineError::Incomplete(Box::new(missing)));
        }
        Ok(())
    }

    fn freeze(
        &self,
        draft: &Draft,
        matter: &Matter,
        plan: &Plan,
        channel: &str,
        evidence: Vec<EvidenceRef>,
    ) -> Result<(Application, Vec<ToSeal>), EngineError> {
        let catalogue = self.catalogue();
        let facts = catalogue.derive(&draft.facts, plan.as_of);
        let values = concerned(catalogue, matter, plan, &facts);
        let values = serde_json::to_vec(&values).map_err(|_| Fault::Corrupt { what: "values" })?;
        let case = CaseId(fresh_id());
        let unchecked = crate::checks::unchecked(catalogue, plan, draft);
        let particulars = Particulars {
            unchecked,
            case,
            draft: draft.id,
            subject: draft.subject,
            case_number: self.case_number(matter)?,
            channel: channel.into(),
            values: SealedId(fresh_id()),
            evidence,
            reception: draft.reception.clone(),
        };
        let mut seal = vec![ToSeal { id: particulars.values, clear: values }];
        let name = facts.value(&Slot::single(matter.applicant_name.clone()));
        if let Some(name) = name {
            let clear = name.to_string().into_bytes();
            seal.push(ToSeal { id: applicant_name_id(case), clear });
        }
        // The plan was made from this very catalogue a moment ago.
        let application =
            freeze(plan, catalogue, particulars).map_err(|_| EngineError::NotOffered)?;
        Ok((application, seal))
    }

    fn case_number(&self, matter: &Matter) -> Result<Arc<str>, EngineError> {
        let catalogue = self.catalogue();
        let lead = catalogue.organisations.get(&matter.lead).and_then(|lead| lead.area.as_deref());
        let area = lead.or(catalogue.jurisdiction.area.as_deref()).unwrap_or(NO_AREA);
        let today = catalogue.civil_date(self.clock().now());
        let number = case_number::make(&AreaCode::new(area), today, chance::number());
        Ok(number.ok_or(Fault::Corrupt { what: "area of a case number" })?.into())
    }
}

/// The facts that the case is about: what the form asks, what conditions read and what licences print. Other
/// answers of the draft stay behind.
fn concerned(catalogue: &Catalogue, matter: &Matter, plan: &Plan, facts: &Facts) -> Facts {
    let mut elements = sources::elements_read(catalogue, matter);
    elements.insert(matter.applicant_name.clone());
    for service in plan.services.iter().filter_map(|s| catalogue.service(&s.node.service)) {
        for output in &service.outputs {
            elements.extend(output.holder.iter().chain(&output.prints).cloned());
        }
        elements.extend(service.signatories.iter().map(|signatory| signatory.element.clone()));
    }
    let mut slots: BTreeSet<Slot> = sources::slots_of(catalogue, &elements, facts);
    slots.extend(plan.form.iter().flat_map(|topic| &topic.fields).map(|field| field.slot.clone()));
    let mut concerned = Facts::new();
    for (group, members) in facts.groups() {
        concerned.set_members(group.clone(), members.to_vec());
    }
    for slot in facts.declined().filter(|slot| slots.contains(*slot)) {
        concerned.decline(slot.clone());
    }
    for (slot, fact) in facts.iter().filter(|(slot, _)| slots.contains(*slot)) {
        concerned.set(slot.clone(), fact.clone());
    }
    for slot in &slots {
        if let Some(source) = facts.unavailable(slot) {
            concerned.mark_unavailable(slot.clone(), source.clone());
        }
    }
    concerned
}
