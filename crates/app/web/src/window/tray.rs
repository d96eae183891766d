//! The evidence tray: what is to be brought and what has come, scanned pages and where they belong, originals
//! looked at, and the checklist of every service.

use std::collections::BTreeSet;

use casework::{EvidenceSlot, LeftOpen, TickedLine};
use catalogue::{Catalogue, Checked, Way};
use engine::window::UNSORTED;
use engine::{Draft, EvidenceFile};
use plan::{EvidenceGroup, EvidenceKey, Plan, PlannedEvidence, TakenWay};
use vocabulary::NodeKey;

use crate::checklist_view::{ChecklistView, Marks, checklists};
use crate::page::Page;
use crate::plan_view::{evidence_key_name, evidence_sections, period_text};

/// A file in the tray.
#[derive(Debug)]
pub(crate) struct FileView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Can be shown as a small picture.
    pub(crate) picture: bool,
    /// The number of the earlier case from which it was carried over.
    pub(crate) from_case: Option<String>,
}

/// A piece of evidence and what there is of it.
#[derive(Debug)]
pub(crate) struct SlotView {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) used_by: String,
    pub(crate) files: Vec<FileView>,
    /// Still to be brought.
    pub(crate) missing: bool,
    /// The clerk has seen the original.
    pub(crate) original: bool,
    /// It may follow, or a promise stands for it: said in words, where the definitions allow.
    pub(crate) ways: Vec<(&'static str, String)>,
    /// Deferred or promised now.
    pub(crate) promised: bool,
}

impl SlotView {
    /// There, and the clerk has not seen its original.
    pub(crate) fn is_unseen(&self) -> bool {
        !self.missing && !self.promised && !self.original
    }
}

/// A line of the evidence list that nobody has to bring.
#[derive(Debug)]
pub(crate) struct FetchedView {
    pub(crate) name: String,
    pub(crate) origin: String,
}

#[derive(Debug)]
pub(crate) struct TrayView {
    pub(crate) slots: Vec<SlotView>,
    pub(crate) unsorted: Vec<FileView>,
    pub(crate) fetched: Vec<FetchedView>,
    pub(crate) missing: usize,
    pub(crate) promised: usize,
    pub(crate) lists: Vec<ChecklistView>,
    pub(crate) ticked: usize,
    pub(crate) lines: usize,
}

impl TrayView {
    pub(crate) fn unseen(&self) -> usize {
        self.slots.iter().filter(|slot| slot.is_unseen()).count()
    }

    /// Everything that the clerk has still to look at.
    pub(crate) fn open_points(&self) -> usize {
        self.unseen() + self.lines.saturating_sub(self.ticked)
    }
}

/// The tray of a draft.
pub(crate) fn view(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    files: &[EvidenceFile],
) -> TrayView {
    let originals = originals(draft);
    let wanted = |it: &&PlannedEvidence| {
        matches!(it.group, EvidenceGroup::YouBring | EvidenceGroup::YouGave) || is_promised(it)
    };
    // In the plan's order, whatever comes in: no card moves under the clerk's hands.
    let slots: Vec<SlotView> = plan
        .evidence
        .iter()
        .filter(wanted)
        .map(|planned| slot(catalogue, page, plan, planned, files, &originals))
        .collect();
    let sections = evidence_sections(catalogue, page, plan);
    let promised: BTreeSet<String> =
        plan.evidence.iter().filter(|it| is_promised(it)).map(|it| it.key.to_string()).collect();
    let fetched = sections.fetched.into_iter().chain(sections.produced);
    let lists = checklists(catalogue, page, plan, |node| marks(draft, node));
    TrayView {
        unsorted: files.iter().filter(|it| it.slot.ty.as_str() == UNSORTED).map(file).collect(),
        fetched: fetched
            .filter(|row| !promised.contains(&row.key))
            .map(|row| FetchedView { name: row.name, origin: row.origin })
            .collect(),
        missing: slots.iter().filter(|slot| slot.missing).count(),
        promised: slots.iter().filter(|slot| slot.promised).count(),
        ticked: lists.iter().flat_map(|list| &list.lines).filter(|line| line.met).count(),
        lines: lists.iter().map(|list| list.lines.len()).sum(),
        slots,
        lists,
    }
}

/// It may follow later, or a promise stands for it.
pub(crate) fn is_promised(planned: &PlannedEvidence) -> bool {
    planned.group == EvidenceGroup::Produced
        && matches!(planned.way, TakenWay::Deferral | TakenWay::Commitment)
}

fn slot(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    planned: &PlannedEvidence,
    files: &[EvidenceFile],
    originals: &BTreeSet<EvidenceSlot>,
) -> SlotView {
    let key = planned.key.to_string();
    let names: Vec<String> = planned
        .users
        .iter()
        .map(|node| crate::picture::planned_name(catalogue, page, plan, node))
        .collect();
    SlotView {
        id: format!("e-{}", key.replace('~', "-")),
        name: evidence_key_name(catalogue, page, plan, &planned.key),
        used_by: names.join(&page.t("list-separator")),
        files: files.iter().filter(|it| it.slot == planned.key).map(file).collect(),
        missing: planned.group == EvidenceGroup::YouBring,
        original: originals.contains(&slot_of(&planned.key)),
        ways: ways(page, planned),
        promised: is_promised(planned),
        key,
    }
}

/// Deferral and commitment in words: taken now, or open as another way.
fn ways(page: &Page, planned: &PlannedEvidence) -> Vec<(&'static str, String)> {
    let mut ways = Vec::new();
    match planned.way {
        TakenWay::Deferral => ways.push(("warn", deferral_words(page, planned))),
        TakenWay::Commitment => ways.push(("warn", page.t("window-commitment-taken"))),
        TakenWay::Upload
        | TakenWay::Source { .. }
        | TakenWay::Licence
        | TakenWay::Output { .. }
        | TakenWay::Generated => {}
    }
    for way in &planned.other_ways {
        match way {
            Way::Deferral => ways.push(("grey", page.t("window-deferral-open"))),
            Way::Commitment => ways.push(("grey", page.t("window-commitment-open"))),
            Way::Upload | Way::Source | Way::Licence | Way::Output | Way::Generated => {}
        }
    }
    ways
}

/// "May follow within ten working days".
pub(crate) fn deferral_words(page: &Page, planned: &PlannedEvidence) -> String {
    match planned.deferral_term {
        Some(term) => page.t1("window-deferral-within", "period", period_text(page, term)),
        None => page.t("window-deferral-taken"),
    }
}

fn file(file: &EvidenceFile) -> FileView {
    FileView {
        id: file.id.to_string(),
        name: file.file_name.clone(),
        picture: file.media_type.starts_with("image/"),
        from_case: file.from_case.clone(),
    }
}

pub(crate) fn slot_of(key: &EvidenceKey) -> EvidenceSlot {
    EvidenceSlot { ty: key.ty.clone(), member: key.member.clone() }
}

pub(crate) fn key_of(slot: &EvidenceSlot) -> EvidenceKey {
    EvidenceKey { ty: slot.ty.clone(), member: slot.member.clone() }
}

/// What the clerk has not looked at: lines without a tick, and pieces whose original he has not seen.
pub(crate) fn open_points(catalogue: &Catalogue, draft: &Draft, plan: &Plan) -> LeftOpen {
    let seen = originals(draft);
    let given = plan.evidence.iter().filter(|it| it.group == EvidenceGroup::YouGave);
    let originals = given.map(|it| slot_of(&it.key)).filter(|slot| !seen.contains(slot)).collect();
    let mut lines = Vec::new();
    for planned in &plan.services {
        let met = marks(draft, &planned.node).met;
        let service = catalogue.service(&planned.node.service);
        for line in service.map(|it| it.checklist.as_slice()).unwrap_or_default() {
            if !met.contains(&line.id) {
                lines.push(TickedLine { node: planned.node.clone(), line: line.id.clone() });
            }
        }
    }
    LeftOpen { lines, originals }
}

/// Originals that were seen so far.
pub(crate) fn originals(draft: &Draft) -> BTreeSet<EvidenceSlot> {
    let intake = draft.reception.intake.as_ref();
    intake.map(|intake| intake.originals.iter().cloned().collect()).unwrap_or_default()
}

/// Lines that were ticked so far, of this node.
fn marks(draft: &Draft, node: &NodeKey) -> Marks {
    let ticked = draft.reception.intake.as_ref().map(|it| it.ticked.as_slice());
    let own = ticked.unwrap_or_default().iter().filter(|tick| tick.node == *node);
    Marks { met: own.map(|tick| tick.line.clone()).collect(), ..Marks::default() }
}

/// Every line for which everything that it looks at is there; an uploaded piece only once its original was seen.
pub(crate) fn lines_in_order(catalogue: &Catalogue, draft: &Draft, plan: &Plan) -> Vec<TickedLine> {
    let originals = originals(draft);
    let mut lines = Vec::new();
    for planned in &plan.services {
        let node = &planned.node;
        let Some(service) = catalogue.service(&node.service) else { continue };
        for line in &service.checklist {
            let there = line.checks.iter().all(|checked| match checked {
                Checked::Element(id) => !plan
                    .missing_fields()
                    .any(|field| field.slot.element == *id && field.users.contains(node)),
                Checked::Evidence(ty) => plan
                    .evidence
                    .iter()
                    .filter(|it| it.key.ty == *ty && it.users.contains(node))
                    .all(|it| match it.group {
                        EvidenceGroup::YouBring => false,
                        EvidenceGroup::YouGave => originals.contains(&slot_of(&it.key)),
                        EvidenceGroup::WeFetch | EvidenceGroup::Produced => true,
                    }),
            });
            if there {
                lines.push(TickedLine { node: node.clone(), line: line.id.clone() });
            }
        }
    }
    lines
}

/// What a scanned page is, by its first bytes: media type and ending.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(("image/jpeg", "jpg")),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(("image/png", "png")),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(("application/pdf", "pdf")),
        _ => None,
    }
}
