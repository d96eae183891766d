//! Whether a page was overtaken: something happened since it was shown, to what its reader decides about.

use casework::{CaseEvent, CaseEventBody};
use engine::{CaseFile, EngineError};
use vocabulary::{CaseId, NodeKey};

use crate::applicant::case_view::happened_since;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// How often an act is tried again when other services of the case move at the same moment.
pub const TRIES: usize = 4;

/// The version whose whole content the reader of a page about one service has seen. What has happened since to
/// other services of the case is nothing that he decides about, and refuses nothing; nor does a delivery. Equal to
/// `seen` when something happened to this service.
pub fn version_seen(file: &CaseFile, node: &NodeKey, seen: u64) -> u64 {
    let concerns = |event: &CaseEvent| {
        let delivered = matches!(event.body, CaseEventBody::Delivered { .. });
        // Who was told that a light is on changes nothing of the service.
        let supervised = matches!(event.body, CaseEventBody::Supervised { .. });
        event.seq > seen && event.body.node() == Some(node) && !delivered && !supervised
    };
    if file.events.iter().any(concerns) { seen } else { file.case.version }
}

/// What an applicant is told whose command was on a version that is not the latest: what has happened since, in her
/// words. Other errors stay what they are. The case is hers: that was asked before.
pub async fn told(app: &App, page: &Page, case: CaseId, seen: u64, error: EngineError) -> WebError {
    if !matches!(error, EngineError::Stale { .. }) {
        return error.into();
    }
    let said = async {
        let file = app.engine.case_file(case).await?.ok_or(WebError::NotFound)?;
        let catalogue = load::catalogue_of(app, &file.case).await?;
        let since = happened_since(&catalogue, page, &file, seen);
        let since = since
            .into_iter()
            .map(|(seq, it)| (seq, page.t2("happened-at", "time", it.time, "words", it.words)));
        Ok(WebError::Overtaken { current_version: file.case.version, since: since.collect() })
    };
    said.await.unwrap_or_else(|fault: WebError| fault)
}
