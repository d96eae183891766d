//! 预审: what would still have to be mended before an application can be handed in, all of it at once.
//!
//! Starts no clock, refuses nothing, keeps nothing. Goes in: a plan, the questions that are still open, and the
//! files that are there. What comes out says where each thing is put right; whether it may be handed in all the
//! same is decided at submission.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, Checked, Matter};
use interview::AnswerFinding;
use plan::{EvidenceGroup, EvidenceKey, FieldState, NeedsFirst, OutKind, Plan, Standing};
use vocabulary::{
    ChecklistLineId, Date, EvidenceId, Facts, MemberId, NodeKey, QuestionId, Slot, SourceId,
};

use crate::{Draft, Engine, EngineError, EvidenceFile};

/// The answer of a check before submission.
#[derive(Debug, Default)]
pub struct Precheck {
    /// What stands in the way; empty = 可提交.
    pub faults: Vec<PrecheckFault>,
    /// What the applicant should know, though it stands in nobody's way.
    pub remarks: Vec<PrecheckRemark>,
}

impl Precheck {
    /// Whether it can be handed in as it is.
    pub fn is_ready(&self) -> bool {
        self.faults.is_empty()
    }
}

/// One thing to be mended, with the lines of the checklists that look at it.
#[derive(Debug, Clone, PartialEq)]
pub enum PrecheckFault {
    /// A question is still open.
    Question { question: QuestionId, member: Option<MemberId> },
    /// A field of the form is empty.
    FieldMissing { slot: Slot, lines: Vec<CheckedBy> },
    /// What was filled in breaks a rule of its element.
    FieldInvalid { slot: Slot, finding: AnswerFinding, lines: Vec<CheckedBy> },
    /// A piece of evidence is still to be brought.
    EvidenceMissing { key: EvidenceKey, lines: Vec<CheckedBy> },
    /// A file cannot stay as it is.
    File { key: EvidenceKey, file: EvidenceId, name: String, why: FileFault },
    /// Somebody has to sign whose name is not known.
    SignatoryUnknown { slot: Slot, node: NodeKey },
    /// Another service of the matter has to come first, or along.
    NeedsFirst(NeedsFirst),
    /// No service is left to apply for.
    NothingToApplyFor,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFault {
    WrongType,
    Empty,
    TooLarge,
    /// The same bytes are there already, for this piece of evidence or another one.
    Duplicate,
}

impl FileFault {
    /// Stable word for answers and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongType => "wrong-type",
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::Duplicate => "duplicate",
        }
    }
}

impl PrecheckFault {
    /// Stable word for answers and message keys.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Question { .. } => "question",
            Self::FieldMissing { .. } => "field-missing",
            Self::FieldInvalid { .. } => "field-invalid",
            Self::EvidenceMissing { .. } => "evidence-missing",
            Self::File { .. } => "file",
            Self::SignatoryUnknown { .. } => "signatory",
            Self::NeedsFirst(_) => "needs-first",
            Self::NothingToApplyFor => "nothing",
        }
    }
}

/// Something to know that stands in nobody's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrecheckRemark {
    /// A service is left out, because requirements are not met.
    NotEligible { node: NodeKey, requirements: Vec<std::sync::Arc<str>> },
}

/// A line of a service's checklist that looks at something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckedBy {
    pub node: NodeKey,
    pub line: ChecklistLineId,
}

/// Questions that are open, each for its member.
pub type OpenQuestions = Vec<(QuestionId, Option<MemberId>)>;

/// Looks through everything that can be looked through now.
pub fn look_through(
    catalogue: &Catalogue,
    plan: &Plan,
    facts: &Facts,
    questions: OpenQuestions,
    files: &[EvidenceFile],
) -> Precheck {
    let mut faults: Vec<PrecheckFault> = Vec::new();
    let asked = |(question, member)| PrecheckFault::Question { question, member };
    faults.extend(questions.into_iter().map(asked));
    let missing: BTreeSet<&Slot> = plan.missing_fields().map(|field| &field.slot).collect();
    let mut seen: BTreeSet<&Slot> = BTreeSet::new();
    for field in plan.form.iter().flat_map(|topic| &topic.fields) {
        let slot = &field.slot;
        if !seen.insert(slot) {
            continue;
        }
        let element = Checked::Element(slot.element.clone());
        let lines = || checked_by(catalogue, plan, &element, &field.users);
        if missing.contains(slot) {
            faults.push(PrecheckFault::FieldMissing { slot: slot.clone(), lines: lines() });
        } else if let FieldState::Given { value } = &field.state
            && *value != vocabulary::Value::Null
            && let Some(element) = catalogue.element(&slot.element)
            && let Some(finding) =
                interview::accept_value(element, slot, &value.to_string(), plan.as_of)
                    .err()
                    .or_else(|| interview::check_order(catalogue, slot, facts))
        {
            let (slot, lines) = (slot.clone(), lines());
            faults.push(PrecheckFault::FieldInvalid { slot, finding, lines });
        }
    }
    for piece in plan.missing_evidence() {
        if plan.needs_first.iter().any(|need| need.evidence == piece.key) {
            continue;
        }
        let evidence = Checked::Evidence(piece.key.ty.clone());
        let lines = checked_by(catalogue, plan, &evidence, &piece.users);
        faults.push(PrecheckFault::EvidenceMissing { key: piece.key.clone(), lines });
    }
    faults.extend(plan.needs_first.iter().cloned().map(PrecheckFault::NeedsFirst));
    faults.extend(file_faults(catalogue, plan, files));
    for signatory in plan.signatories.iter().filter(|it| it.name.is_none()) {
        let slot = &signatory.slot;
        let told = faults.iter().any(|fault| match fault {
            PrecheckFault::FieldMissing { slot: missing, .. }
            | PrecheckFault::SignatoryUnknown { slot: missing, .. } => missing == slot,
            _ => false,
        });
        // A name that comes with an output, or that nobody asks for, is no fault of the applicant's.
        let is_field = seen.contains(slot) && facts.get(slot).is_none();
        let later = plan.form.iter().flat_map(|topic| &topic.fields).any(|field| {
            field.slot == *slot
                && (field.optional || matches!(field.state, FieldState::FromOutput { .. }))
        });
        if !told && is_field && !later {
            let (slot, node) = (slot.clone(), signatory.node.clone());
            faults.push(PrecheckFault::SignatoryUnknown { slot, node });
        }
    }
    if plan.services.is_empty() {
        faults.push(PrecheckFault::NothingToApplyFor);
    }
    let not_eligible = plan.left_out.iter().filter(|out| out.kind == OutKind::NotEligible);
    let remarks = not_eligible.map(|out| {
        let (node, requirements) = (out.node.clone(), out.requirements.clone());
        PrecheckRemark::NotEligible { node, requirements }
    });
    Precheck { faults, remarks: remarks.collect() }
}

/// The lines of those services' checklists that look at it.
fn checked_by(
    catalogue: &Catalogue,
    plan: &Plan,
    checked: &Checked,
    users: &[NodeKey],
) -> Vec<CheckedBy> {
    let mut lines = Vec::new();
    for planned in plan.services.iter().filter(|planned| users.contains(&planned.node)) {
        let service = catalogue.service(&planned.node.service);
        for line in service.map(|it| it.checklist.as_slice()).unwrap_or_default() {
            if line.checks.contains(checked) {
                lines.push(CheckedBy { node: planned.node.clone(), line: line.id.clone() });
            }
        }
    }
    lines
}

/// Files of the plan's evidence that cannot stay, each told once.
fn file_faults(catalogue: &Catalogue, plan: &Plan, files: &[EvidenceFile]) -> Vec<PrecheckFault> {
    let wanted: BTreeSet<&EvidenceKey> = plan
        .evidence
        .iter()
        .filter(|it| matches!(it.group, EvidenceGroup::YouGave | EvidenceGroup::YouBring))
        .map(|it| &it.key)
        .collect();
    let mut first: BTreeMap<&str, &EvidenceFile> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| wanted.contains(&file.slot)) {
        let ty = catalogue.evidence_types.get(&file.slot.ty);
        let formats = ty.map(|ty| ty.formats.as_slice()).unwrap_or_default();
        let why = if file.size_bytes == 0 {
            Some(FileFault::Empty)
        } else if ty.is_some_and(|ty| file.size_bytes > ty.size_bytes_max) {
            Some(FileFault::TooLarge)
        } else if !formats.iter().any(|format| media_type(format) == file.media_type) {
            Some(FileFault::WrongType)
        } else if first.insert(file.sha256.as_str(), file).is_some() {
            Some(FileFault::Duplicate)
        } else {
            None
        };
        faults.extend(why.map(|why| PrecheckFault::File {
            key: file.slot.clone(),
            file: file.id,
            name: file.file_name.clone(),
            why,
        }));
    }
    faults
}

/// The media type of a format that definitions may name.
fn media_type(format: &str) -> &'static str {
    match format {
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        _ => "",
    }
}

impl Engine {
    /// Checks a draft before its submission. Nothing changes.
    ///
    /// # Errors
    /// The matter is not offered, or a fault.
    pub async fn precheck(&self, draft: &Draft) -> Result<Precheck, EngineError> {
        let catalogue = self.catalogue();
        let matter = catalogue.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        let plan = self.plan_of(draft).await?;
        let files = self.evidence_of(draft).await?;
        let silent = draft.cannot_deliver();
        let (standing, facts) = (&draft.standing, &draft.facts);
        let open = self.open_questions(matter, standing, facts, &silent, plan.as_of).await;
        Ok(look_through(catalogue, &plan, facts, open, &files))
    }

    /// The questions that still have to be answered: exactly, where the conditions alone say that one is.
    pub async fn open_questions(
        &self,
        matter: &Matter,
        standing: &Standing,
        facts: &Facts,
        silent: &BTreeSet<SourceId>,
        as_of: Date,
    ) -> OpenQuestions {
        let catalogue = self.catalogue();
        let matter = &*matter.under(catalogue, standing, facts);
        let reachable = |source: &SourceId| !silent.contains(source);
        let under = (matter, standing);
        if interview::open_under(None, catalogue, under, facts, &reachable, as_of).is_empty() {
            return OpenQuestions::new();
        }
        let proof = self.proof(matter, as_of).await;
        let proof = proof.as_deref();
        let open = interview::open_under(proof, catalogue, under, facts, &reachable, as_of);
        open.into_iter().map(|asking| (asking.question.id.clone(), asking.member)).collect()
    }
}
