//! Numbered documents 文书 on pages, as files and for machines: applicant, officer and clerk see the same sheet, in the
//! language in which the application was handed in.
//!
//! What a document says follows from the case as it stood when it went out (`sheet`); nothing of it is stored.

mod afterwards;
mod api;
mod applicant;
mod list;
mod officer;
mod sheet;
mod verified;
mod view;
mod window;
mod words;

pub use api::{
    list as api_list, list_for_officer as api_list_for_officer, one as api_one,
    one_for_officer as api_one_for_officer,
};
pub use applicant::{pdf as applicant_pdf, serve as applicant_serve, show as applicant_show};
pub use list::{Brief, DocumentRow, briefs, rows};
pub use officer::{pdf as officer_pdf, serve as officer_serve, show as officer_show};
pub use verified::verified;
pub use view::before_sending;
pub(crate) use view::sheet_of;
pub use window::{pdf as window_pdf, serve as window_serve, show as window_show};
pub use words::{asked_lines, lines_text};

use casework::{Case, Document, DocumentKind};
use engine::CaseFile;
use vocabulary::{Lang, LapseMeans, NodeKey};

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

/// What a document is called: acts that end a grant are called by the act, the end of a correction by what it means.
pub fn title(page: &Page, case: &Case, document: &Document) -> String {
    if let Some(act) = case.document_act(document) {
        let act = page.t(&format!("act-{}", act.as_str()));
        let announced = document.id.kind == DocumentKind::RevocationNotice;
        let key = if announced { "document-act-notice" } else { "document-act" };
        return page.t1(key, "act", act);
    }
    let means = document.id.node.as_ref().and_then(|node| case.service(node));
    let means = means.map(|service| service.node.lapse_means);
    page.t(match document.id.kind {
        DocumentKind::Receipt => "document-receipt",
        DocumentKind::Acceptance => "document-acceptance",
        DocumentKind::NotAccepted => "document-not-accepted",
        DocumentKind::Correction => "document-correction",
        DocumentKind::Extension => "document-extension",
        DocumentKind::SpecialProcedure => "document-special-procedure",
        DocumentKind::Grant => "document-grant",
        DocumentKind::Refusal => "document-refusal",
        DocumentKind::DeemedGrant => "document-deemed-grant",
        DocumentKind::Lapse => match means {
            Some(LapseMeans::Withdrawn) => "document-lapse-withdrawn",
            Some(LapseMeans::Abandoned) => "document-lapse-abandoned",
            Some(LapseMeans::Returned) | None => "document-lapse",
        },
        DocumentKind::RevocationNotice => "document-revocation-notice",
        DocumentKind::Revocation => "document-revocation",
        DocumentKind::Termination => "document-termination",
        DocumentKind::ProofOfService => "document-proof-of-service",
    })
}

/// Whether a department sees a document: those of its own service, and what the applicant got for the whole.
pub fn is_of(document: &Document, node: &NodeKey) -> bool {
    document.id.node.as_ref().is_none_or(|own| own == node)
}
