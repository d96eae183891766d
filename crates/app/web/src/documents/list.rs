//! Lists of documents, wherever a case is shown.

use casework::{Document, DocumentKind, Effect};
use catalogue::Catalogue;
use engine::CaseFile;
use paper::Block;

use crate::page::Page;

/// One line of a list.
#[derive(Debug)]
pub struct DocumentRow {
    /// `service` or `service~member`; empty = of the whole.
    pub node: String,
    pub title: String,
    pub number: String,
    pub date: String,
    /// How and when it was served; empty = not yet, or it needs no service.
    pub served: String,
    /// Empty while it stands.
    pub effect: String,
    pub href: String,
    /// Empty = the machine cannot make files.
    pub pdf: String,
}

/// The documents that `wanted` lets through, in the order in which they went out. `base` = the address below which
/// each has its mark.
pub fn rows(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    base: &str,
    files: bool,
    wanted: impl Fn(&Document) -> bool,
) -> Vec<DocumentRow> {
    let case = &file.case;
    let row = |document: &Document| {
        let mark = case.document_mark(&document.id);
        // At a window nobody has opened the case: the whole number finds it.
        let whole = base.starts_with("/window");
        let number = case.document_number(&document.id);
        let href = format!("{base}/{}", if whole { &number } else { &mark });
        DocumentRow {
            node: document.id.node.as_ref().map_or_else(String::new, ToString::to_string),
            title: super::title(page, case, document),
            number,
            date: page.date(catalogue.civil_date(document.issued_at)),
            served: served(catalogue, page, document),
            effect: effect(page, case.document_effect(document)),
            pdf: if files { format!("{href}/pdf") } else { String::new() },
            href,
        }
    };
    case.documents().iter().filter(|document| wanted(document)).map(row).collect()
}

/// What a document says, inside the page of its case.
#[derive(Debug)]
pub struct Brief {
    pub node: String,
    pub title: String,
    pub lang: String,
    pub blocks: Vec<Block>,
    /// It says no or asks for something: shown at once.
    pub open: bool,
}

/// What was told of services and still says what holds: decisions, and what is under way.
pub fn briefs(catalogue: &Catalogue, page: &Page, file: &CaseFile) -> Vec<Brief> {
    use DocumentKind::{
        Acceptance, Correction, DeemedGrant, Extension, Grant, Lapse, NotAccepted, ProofOfService,
        Receipt, Refusal, Revocation, RevocationNotice, SpecialProcedure, Termination,
    };
    let case = &file.case;
    let written = super::of_submission(page, case);
    let brief = |document: &Document| {
        let node = document.id.node.as_ref()?;
        let ended = case.service(node).is_none_or(|service| service.state.is_final());
        let (shown, open) = match document.id.kind {
            NotAccepted | Refusal | Lapse | Revocation | Termination => (true, true),
            Grant | DeemedGrant => (true, false),
            Extension | SpecialProcedure => (!ended, false),
            Receipt | Acceptance | Correction | RevocationNotice | ProofOfService => (false, false),
        };
        if !shown || case.document_effect(document) == Effect::Overtaken {
            return None;
        }
        Some(Brief {
            node: node.to_string(),
            title: super::title(page, case, document),
            lang: written.html_lang(),
            blocks: super::sheet::said(catalogue, &written, file, document)?,
            open,
        })
    };
    case.documents().iter().filter_map(brief).collect()
}

/// How and when a document was served.
pub(super) fn served(catalogue: &Catalogue, page: &Page, document: &Document) -> String {
    document.served.as_ref().map_or_else(String::new, |served| {
        let way = page.t(&format!("served-{}", served.way.as_str()));
        let date = page.short_date(catalogue.civil_date(served.at));
        page.t2("document-served", "way", way, "date", date)
    })
}

/// That a document no longer says what holds.
pub(super) fn effect(page: &Page, effect: Effect) -> String {
    match effect {
        Effect::Stands => String::new(),
        Effect::Contested => page.t("document-contested"),
        Effect::Overtaken => page.t("document-overtaken"),
    }
}
