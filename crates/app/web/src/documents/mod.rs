//! Numbered documents 文书 on pages, as files and for machines: applicant, officer and clerk see the same sheet, in the
//! language in which the application was handed in.
//!
//! What a document says follows from the case as it stood when it went out (`sheet`); nothing of it is stored.

mod api;
mod applicant;
mod list;
mod officer;
mod sheet;
mod verified;
mod view;
mod window;

pub use api::{list as api_list, one as api_one};
pub use applicant::{pdf as applicant_pdf, serve as applicant_serve, show as applicant_show};
pub use list::{DocumentRow, rows};
pub use officer::{pdf as officer_pdf, serve as officer_serve, show as officer_show};
pub use verified::verified;
pub use window::{pdf as window_pdf, serve as window_serve, show as window_show};

use casework::{Case, Document, DocumentKind};
use engine::CaseFile;
use vocabulary::{Lang, NodeKey};

use crate::errors::WebError;
use crate::page::Page;

/// The document of a case with this mark (`AC02-1`).
fn find<'a>(file: &'a CaseFile, mark: &str) -> Result<&'a Document, WebError> {
    file.case.document_numbered(mark).ok_or(WebError::NotFound)
}

/// The page in the language in which the application was handed in; the first language where nobody noted it.
pub fn of_submission(page: &Page, case: &Case) -> Page {
    let mut page = page.clone();
    let wanted = case.application.reception.lang.as_deref().unwrap_or(crate::words::FIRST);
    if page.languages().iter().any(|one| one.tag == wanted) {
        page.lang = Lang::new(wanted);
    }
    page
}

/// What a kind is called.
pub fn title(page: &Page, kind: DocumentKind) -> String {
    page.t(match kind {
        DocumentKind::Receipt => "document-receipt",
        DocumentKind::Acceptance => "document-acceptance",
        DocumentKind::NotAccepted => "document-not-accepted",
        DocumentKind::Correction => "document-correction",
        DocumentKind::Extension => "document-extension",
        DocumentKind::SpecialProcedure => "document-special-procedure",
        DocumentKind::Grant => "document-grant",
        DocumentKind::Refusal => "document-refusal",
        DocumentKind::ProofOfService => "document-proof-of-service",
    })
}

/// Whether a department sees a document: those of its own service, and what the applicant got for the whole.
pub fn is_of(document: &Document, node: &NodeKey) -> bool {
    document.id.node.as_ref().is_none_or(|own| own == node)
}
