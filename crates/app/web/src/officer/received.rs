//! What the department received: its own fields in the order of its data contract, each with its source, and
//! its own files. Nothing else of the form.

use std::collections::BTreeMap;

use casework::{EvidenceSlot, ServiceCase};
use catalogue::{Catalogue, Way};
use engine::{CaseFile, EvidenceFile};
use plan::EvidenceKey;
use vocabulary::{DataElementId, Facts, Origin, Slot};

use crate::applicant::case_view::time_text;
use crate::applicant::evidence::file_row;
use crate::exchange::was_handed_to;
use crate::naming;
use crate::page::Page;

/// A value with its source.
#[derive(Debug)]
pub struct FieldRow {
    /// The slot as text.
    pub slot: String,
    pub name: String,
    pub value: String,
    /// It is not known.
    pub unknown: bool,
    pub source: String,
}

/// The node's own fields.
pub fn fields(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
) -> Vec<FieldRow> {
    rows(catalogue, page, &file.facts, &service.node.fields)
}

/// What the own outputs have brought into being.
pub fn granted(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
) -> Vec<FieldRow> {
    let slots: Vec<Slot> = service
        .granted
        .iter()
        .filter_map(|granted| service.node.outputs.iter().find(|output| output.id == granted.id))
        .flat_map(|output| output.slots.iter().cloned())
        .collect();
    rows(catalogue, page, &file.facts, &slots)
}

fn rows(catalogue: &Catalogue, page: &Page, facts: &Facts, slots: &[Slot]) -> Vec<FieldRow> {
    let mut members: BTreeMap<&DataElementId, usize> = BTreeMap::new();
    for slot in slots {
        *members.entry(&slot.element).or_default() += 1;
    }
    slots
        .iter()
        .map(|slot| {
            let several = members.get(&slot.element).is_some_and(|count| *count > 1);
            let name = naming::slot_name(catalogue, page, slot);
            let name = match &slot.member {
                Some(member) if several => {
                    let count = members.get(&slot.element).copied().unwrap_or(1);
                    let of = naming::member_label(catalogue, page, &slot.element, member, count);
                    page.t2("officer-field-of", "member", of, "name", name)
                }
                _ => name,
            };
            match facts.get(slot) {
                Some(fact) => FieldRow {
                    slot: slot.to_string(),
                    name,
                    value: naming::value_text(catalogue, page, &slot.element, &fact.value),
                    unknown: false,
                    source: origin_text(catalogue, page, &fact.origin),
                },
                None => FieldRow {
                    slot: slot.to_string(),
                    name,
                    value: page.t("officer-unknown"),
                    unknown: true,
                    source: facts.unavailable(slot).map_or_else(String::new, |source| {
                        let source = naming::source_name(catalogue, page, source);
                        page.t1("officer-source-down", "source", source)
                    }),
                },
            }
        })
        .collect()
}

fn origin_text(catalogue: &Catalogue, page: &Page, origin: &Origin) -> String {
    let from = |key: &str, source, at: &vocabulary::Instant| {
        page.t2(
            key,
            "source",
            naming::source_name(catalogue, page, source),
            "date",
            page.short_date(catalogue.civil_date(*at)),
        )
    };
    match origin {
        Origin::Applicant => page.t("officer-from-applicant"),
        Origin::Source { source, at } => from("officer-from-source", source, at),
        Origin::Confirmed { source, at } => from("officer-from-confirmed", source, at),
        Origin::Table { table } => {
            page.t1("officer-from-table", "table", naming::table_name(catalogue, page, table))
        }
        Origin::Output { service } => {
            let name = catalogue
                .service(service)
                .map_or_else(|| service.to_string(), |found| page.text(&found.name).to_owned());
            page.t1("officer-from-output", "service", name)
        }
    }
}

/// One kind of evidence that the service takes, with its files.
#[derive(Debug)]
pub struct SlotView {
    /// `EvidenceKey` as text.
    pub key: String,
    pub name: String,
    pub reason: String,
    pub files: Vec<FileView>,
    /// Where it comes from when there is no file.
    pub without: String,
}

#[derive(Debug)]
pub struct FileView {
    pub id: String,
    pub name: String,
    pub size: String,
    pub uploaded: String,
    /// A picture, that turns and grows; else a document with pages.
    pub picture: bool,
    /// Came with an answer to a correction.
    pub supplement: bool,
}

pub fn evidence(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
) -> Vec<SlotView> {
    service
        .node
        .evidence
        .iter()
        .map(|slot| slot_view(catalogue, page, file, service, slot))
        .collect()
}

fn slot_view(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
    slot: &EvidenceSlot,
) -> SlotView {
    let key = EvidenceKey { ty: slot.ty.clone(), member: slot.member.clone() };
    let several = service.node.evidence.iter().filter(|other| other.ty == slot.ty).count() > 1;
    let name = naming::evidence_name(catalogue, page, &slot.ty);
    let name = match &slot.member {
        Some(member) if several => format!("{name} {}", naming::member_number(member)),
        _ => name,
    };
    let definition = catalogue.service(&service.node.key.service);
    let need = definition.and_then(|found| found.evidence.iter().find(|need| need.ty == slot.ty));
    let ways: Vec<String> = need
        .map(|need| need.ways.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|way| **way != Way::Upload)
        .map(|way| naming::way_text(page, *way))
        .collect();
    SlotView {
        key: key.to_string(),
        name,
        reason: need.map_or_else(String::new, |need| page.text(&need.reason).to_owned()),
        files: file
            .evidence
            .iter()
            .filter(|found| found.slot == key && was_handed_to(&file.case, service, found.id))
            .map(|found| file_view(catalogue, page, service, found))
            .collect(),
        without: page.t1("officer-no-file", "ways", ways.join(&page.t("list-separator"))),
    }
}

fn file_view(
    catalogue: &Catalogue,
    page: &Page,
    service: &ServiceCase,
    file: &EvidenceFile,
) -> FileView {
    let row = file_row(file);
    let mut answers = service.corrections.iter().flat_map(|correction| &correction.evidence);
    FileView {
        id: row.id,
        name: row.name,
        size: row.size,
        uploaded: time_text(catalogue, page, file.uploaded_at),
        picture: file.media_type.starts_with("image/"),
        supplement: answers.any(|answer| answer.id == file.id),
    }
}
