//! Revisions in flight (semantics 8): publishing definitions is an act with a reason and a confirmed list of whom it
//! concerns; a running case stays on what it began with; a draft that outlived its revision shows what has changed
//! before it is handed in, and waits until that is confirmed.
//!
//! What is in force is the publication with the highest number. Every node keeps it, as a whole, beside its own
//! files; it serves one catalogue to one request ([`Engine::with_definitions`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::CaseState;
use catalogue::stored::{self, ItemKind, Pinned, StoredSource};
use catalogue::{Catalogue, Compiled, Severity, SourceFile, diff};
use plan::compare::PlanDiff;
use plan::scenario::ScenarioAsWritten;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store_port::{Fault, PublicationRow};
use vocabulary::{AccountId, DraftId, Localised, MatterRevision};

use crate::{Draft, Engine, EngineError};

/// Cases in these states go on no more.
const ENDED: [CaseState; 4] =
    [CaseState::Done, CaseState::PartlyRefused, CaseState::Refused, CaseState::Withdrawn];

/// Why definitions were not published, or a draft was not handed in under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionRefusal {
    /// `ENG0015`: the definitions have changed since the applicant saw them; what changed is confirmed first.
    DraftOvertaken { draft: DraftId },
    /// `ENG0016`: somebody published meanwhile.
    PublishedMeanwhile,
    /// `ENG0017`: whom it concerns is not, or no longer, what was confirmed.
    ImpactNotConfirmed,
    /// `ENG0018`: no reason was given, or nothing is different.
    NothingToPublish,
    /// `ENG0019`: there are errors, or scenario tests fail: (errors, failing tests).
    NotInOrder { errors: usize, failing: usize },
}

impl RevisionRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DraftOvertaken { .. } => "ENG0015",
            Self::PublishedMeanwhile => "ENG0016",
            Self::ImpactNotConfirmed => "ENG0017",
            Self::NothingToPublish => "ENG0018",
            Self::NotInOrder { .. } => "ENG0019",
        }
    }
}

/// What is different for one draft.
#[derive(Debug, Clone)]
pub struct DraftChanges {
    /// What the applicant saw.
    pub before: Arc<Catalogue>,
    /// What is in force, and what is confirmed.
    pub revision: MatterRevision,
    /// `None` = the earlier definitions are not kept: that something changed is all that can be told.
    pub plan: Option<Box<PlanDiff>>,
    /// Questions of the matter that are new, and that are gone.
    pub questions: (Vec<Localised>, Vec<Localised>),
}

/// Whom new definitions concern. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Impact {
    /// The revision that is in force, and the one that would be.
    pub from: String,
    pub to: String,
    pub matters: Vec<MatterImpact>,
}

/// One matter that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterImpact {
    pub matter: String,
    /// Its services that change, and those that it has more or less.
    pub services: Vec<String>,
    /// It is no longer there.
    pub gone: bool,
    /// Drafts that will be shown what changes.
    pub drafts: u64,
    /// Cases that stay on what they began with.
    pub cases: u64,
}

impl Impact {
    /// What is confirmed: from which to which revision, in which matters and services. How many drafts and cases
    /// there are may change by the minute and is written down when it is published.
    pub fn digest(&self) -> String {
        let matters = self.matters.iter().map(|it| (&it.matter, &it.services, it.gone));
        let confirmed = (&self.from, &self.to, matters.collect::<Vec<_>>());
        let text = serde_json::to_string(&confirmed).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }

    /// Drafts and cases of all matters.
    pub fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&MatterImpact) -> u64| self.matters.iter().map(of).sum();
        (sum(|it| it.drafts), sum(|it| it.cases))
    }
}

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Publishing {
    /// Every definition file, changed or not.
    pub files: Vec<SourceFile>,
    pub tests: Vec<ScenarioAsWritten>,
    pub account: AccountId,
    pub reason: String,
    /// Digest of the list that was confirmed.
    pub confirmed: String,
}

/// Compiled definitions with what was found in them.
#[derive(Debug, Clone)]
pub struct Checked {
    pub catalogue: Option<Arc<Catalogue>>,
    pub errors: usize,
    pub failing: usize,
}

/// Compiles definitions and runs their scenario tests. Takes its time: not for threads that answer people.
pub fn check(files: &[SourceFile], tests: &[ScenarioAsWritten]) -> Checked {
    let Compiled { catalogue, diagnostics } = catalogue::compile(files);
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    let failing = catalogue.as_ref().map_or(0, |catalogue| {
        tests.iter().filter(|test| !plan::scenario::run(catalogue, test).passed()).count()
    });
    Checked { catalogue: catalogue.map(Arc::new), errors, failing }
}

impl Engine {
    /// The same engine with other definitions: the same queue of commands, which from now on counts by these, the same
    /// store. Requests under way end under what they began with.
    #[must_use]
    pub fn with_definitions(
        &self,
        catalogue: Arc<Catalogue>,
        network: Arc<network::Network>,
    ) -> Self {
        self.batching.take_over(&catalogue, &network);
        let mut next = self.clone();
        next.catalogues = Arc::new(self.catalogues.with_current(Arc::clone(&catalogue)));
        next.parts = Arc::new(crate::Parts {
            store: Arc::clone(&self.parts.store),
            catalogue,
            network,
            clock: Arc::clone(&self.parts.clock),
            sources: Arc::clone(&self.parts.sources),
            master_key: self.parts.master_key,
            files: Arc::clone(&self.parts.files),
            outbox_bell: Arc::clone(&self.parts.outbox_bell),
            changed: self.parts.changed.clone(),
        });
        next
    }

    /// Whom these definitions would concern, if they were published now.
    ///
    /// # Errors
    /// A fault.
    pub async fn impact_of(&self, next: &Catalogue) -> Result<Impact, EngineError> {
        let now = self.catalogue();
        let ended: Vec<String> = ENDED.iter().map(|it| it.as_str().to_owned()).collect();
        let cases: BTreeMap<String, u64> =
            self.store().count_cases_not_in(&ended).await?.into_iter().collect();
        let mut drafts: BTreeMap<String, u64> = BTreeMap::new();
        for (matter, _, count) in self.store().count_open_drafts().await? {
            let sum = drafts.entry(matter).or_default();
            *sum = sum.saturating_add(count);
        }
        let changed = |id: &str| {
            let revision = |catalogue: &Catalogue| {
                catalogue.services.get(id).map(|service| service.revision.clone())
            };
            revision(now) != revision(next)
        };
        let mut matters = Vec::new();
        for (id, matter) in &now.matters {
            let after = next.matters.get(id);
            if after.is_some_and(|after| after.revision == matter.revision) {
                continue;
            }
            let part = |matter: &catalogue::Matter| {
                matter.services.iter().map(|it| it.service.to_string()).collect::<Vec<_>>()
            };
            let (was, is) = (part(matter), after.map(part).unwrap_or_default());
            let mut services: Vec<String> = was
                .iter()
                .chain(&is)
                .filter(|id| changed(id.as_str()) || was.contains(id) != is.contains(id))
                .cloned()
                .collect();
            services.sort();
            services.dedup();
            matters.push(MatterImpact {
                matter: id.to_string(),
                services,
                gone: after.is_none(),
                drafts: drafts.get(id.as_str()).copied().unwrap_or(0),
                cases: cases.get(id.as_str()).copied().unwrap_or(0),
            });
        }
        Ok(Impact { from: now.revision.to_string(), to: next.revision.to_string(), matters })
    }

    /// Publishes definitions: they are kept whole, then named in force, with who, when, from what to what, why and
    /// whom it concerns. Nodes take them up from the store.
    ///
    /// # Errors
    /// They are not in order, nothing is different, the list was not confirmed, somebody published meanwhile; or a
    /// fault.
    pub async fn publish(&self, publishing: Publishing) -> Result<PublicationRow, EngineError> {
        let Publishing { files, tests, account, reason, confirmed } = publishing;
        let checked = tokio::task::spawn_blocking(move || check(&files, &tests));
        let checked = checked.await.map_err(|_| Fault::Closed)?;
        let (errors, failing) = (checked.errors, checked.failing);
        let next = match checked.catalogue {
            Some(catalogue) if errors == 0 && failing == 0 => catalogue,
            _ => return refused(RevisionRefusal::NotInOrder { errors, failing }),
        };
        let now = self.catalogue();
        if reason.trim().is_empty() || next.revision == now.revision {
            return refused(RevisionRefusal::NothingToPublish);
        }
        let impact = self.impact_of(&next).await?;
        if impact.digest() != confirmed {
            return refused(RevisionRefusal::ImpactNotConfirmed);
        }
        let last = self.store().latest_publication().await?;
        if last.as_ref().is_some_and(|last| last.to_catalogue != *now.revision) {
            return refused(RevisionRefusal::PublishedMeanwhile);
        }
        self.catalogues.keep(&next, self.clock().now()).await?;
        let row = PublicationRow {
            seq: last.as_ref().map_or(0, |last| last.seq).saturating_add(1),
            at: self.clock().now(),
            account: Some(account),
            reason: reason.trim().to_owned(),
            from_catalogue: now.revision.to_string(),
            to_catalogue: next.revision.to_string(),
            base_catalogue: last.map_or_else(|| now.revision.to_string(), |it| it.base_catalogue),
            impact: serde_json::to_string(&impact)
                .map_err(|_| Fault::Corrupt { what: "impact" })?,
        };
        if !self.store().insert_publication(&row).await? {
            return refused(RevisionRefusal::PublishedMeanwhile);
        }
        tracing::info!(seq = row.seq, from = %row.from_catalogue, to = %row.to_catalogue, "published");
        Ok(row)
    }

    /// What is in force by the store, when that is not what this engine has: what a node's own files say counts
    /// where they are new here, and is then published itself; else the last publication does.
    ///
    /// # Errors
    /// A fault; what is kept cannot be read.
    pub async fn definitions_in_force(&self) -> Result<Option<Arc<Catalogue>>, EngineError> {
        let own = &self.catalogue().revision;
        for _ in 0..8 {
            let last = self.store().latest_publication().await?;
            if last.as_ref().is_some_and(|last| last.to_catalogue == **own) {
                return Ok(None);
            }
            if self.store().was_published(own).await? {
                return self.catalogue_in_force(last.as_ref()).await;
            }
            self.catalogues.keep(self.catalogue(), self.clock().now()).await?;
            let row = PublicationRow {
                seq: last.as_ref().map_or(0, |last| last.seq).saturating_add(1),
                at: self.clock().now(),
                account: None,
                reason: String::new(),
                from_catalogue: last.map_or_else(String::new, |last| last.to_catalogue),
                to_catalogue: own.to_string(),
                base_catalogue: own.to_string(),
                impact: "{}".to_owned(),
            };
            if self.store().insert_publication(&row).await? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// What was published since, as a whole; `None` = this engine has it.
    ///
    /// # Errors
    /// A fault; what is kept cannot be read.
    pub async fn published_since(&self) -> Result<Option<Arc<Catalogue>>, EngineError> {
        let last = self.store().latest_publication().await?;
        self.catalogue_in_force(last.as_ref()).await
    }

    async fn catalogue_in_force(
        &self,
        last: Option<&PublicationRow>,
    ) -> Result<Option<Arc<Catalogue>>, EngineError> {
        let Some(last) = last.filter(|last| last.to_catalogue != *self.catalogue().revision) else {
            return Ok(None);
        };
        let row = self.store().find_definitions(&last.to_catalogue).await?;
        let row = row.ok_or(Fault::Corrupt { what: "published definitions" })?;
        let compiled = tokio::task::spawn_blocking(move || stored::compile(&row.source));
        let compiled = compiled.await.map_err(|_| Fault::Closed)?;
        let catalogue = compiled.map_err(|fault| {
            tracing::error!(code = fault.code(), "{fault}");
            Fault::Corrupt { what: "published definitions" }
        })?;
        Ok(Some(Arc::new(catalogue)))
    }

    /// What has changed for a draft since its applicant saw the matter; `None` = nothing for her.
    ///
    /// # Errors
    /// A fault, or the matter is no longer offered.
    pub async fn changes_for(&self, draft: &Draft) -> Result<Option<DraftChanges>, EngineError> {
        let now = self.catalogue();
        let matter = now.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        if matter.revision == draft.matter_revision {
            return Ok(None);
        }
        let revision = matter.revision.clone();
        let before = self
            .catalogues
            .of(Pinned {
                kind: ItemKind::Matter,
                id: draft.matter.as_str().into(),
                revision: draft.matter_revision.as_str().into(),
            })
            .await?;
        let was = before.matters.get(&draft.matter);
        let Some(was) = was.filter(|was| was.revision == draft.matter_revision) else {
            let questions = (Vec::new(), Vec::new());
            return Ok(Some(DraftChanges { before, revision, plan: None, questions }));
        };
        let given = self.given(draft).await?;
        let plan_under = |catalogue: &Catalogue, matter: &catalogue::Matter| {
            plan::make(&plan::PlanInput {
                catalogue,
                matter,
                facts: &draft.facts,
                skip: &draft.skip,
                given: &given,
                unreachable: &draft.cannot_deliver(),
                standing: &draft.standing,
                now: self.clock().now(),
            })
        };
        let (earlier, later) = (plan_under(&before, was), plan_under(now, matter));
        let plan = PlanDiff::of((&before, &earlier), (now, &later));
        let text = |of: &catalogue::Matter, other: &catalogue::Matter| {
            let new =
                of.questions.iter().filter(|it| !other.questions.iter().any(|o| o.id == it.id));
            new.map(|question| question.ask.clone()).collect::<Vec<_>>()
        };
        let questions = (text(matter, was), text(was, matter));
        if !plan.differs() && questions.0.is_empty() && questions.1.is_empty() {
            return Ok(None);
        }
        Ok(Some(DraftChanges { before, revision, plan: Some(Box::new(plan)), questions }))
    }

    /// The applicant has seen what changed: the draft goes on under this revision. What she typed stays.
    ///
    /// # Errors
    /// As [`Engine::save_draft`]; the definitions have changed once more.
    pub async fn confirm_changes(
        &self,
        mut draft: Draft,
        revision: &MatterRevision,
    ) -> Result<Draft, EngineError> {
        let matter = self.catalogue().matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        if matter.revision != *revision {
            return refused(RevisionRefusal::DraftOvertaken { draft: draft.id });
        }
        draft.matter_revision = revision.clone();
        self.save_draft(draft).await
    }
}

/// The files of a catalogue, under names within their own folder.
pub fn files_of(catalogue: &Catalogue) -> &StoredSource {
    &catalogue.source
}

/// What differs between two catalogues in the matters and services that a list names.
pub fn differences(before: &Catalogue, after: &Catalogue) -> diff::Diff {
    diff::diff(before, after)
}

pub(crate) fn refused<T>(why: RevisionRefusal) -> Result<T, EngineError> {
    Err(EngineError::Revision(why))
}
