//! The definitions as their designers see them: files, findings, scenario tests, and what is proved of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use catalogue::{Diagnostic, Matter, SourceFile};
use engine::PerDay;
use plan::scenario::ScenarioAsWritten;
use vocabulary::{Date, MatterRevision, OrganisationId};

use super::proved::Report;
use crate::errors::WebError;
use crate::state::App;

/// What the running catalogue was made of.
#[derive(Debug, Default)]
pub struct Workshop {
    /// The definition files, without scenario tests.
    pub files: Vec<SourceFile>,
    /// What compiling them said.
    pub diagnostics: Vec<Diagnostic>,
    /// The scenario tests beside them.
    pub tests: Vec<ScenarioAsWritten>,
    /// The departments that a sending can reach.
    pub reached: BTreeSet<OrganisationId>,
    /// Pages on finding codes: code and text.
    pub code_pages: Vec<(String, String)>,
    reports: PerDay<MatterRevision, Report>,
    /// Somebody is proving every matter for this date.
    proving: Mutex<Option<Date>>,
}

impl Workshop {
    /// The proofs of the running catalogue are made when they are first asked for and kept.
    pub fn new(
        files: Vec<SourceFile>,
        diagnostics: Vec<Diagnostic>,
        tests: Vec<ScenarioAsWritten>,
        reached: BTreeSet<OrganisationId>,
        code_pages: Vec<(String, String)>,
    ) -> Self {
        Self {
            files,
            diagnostics,
            tests,
            reached,
            code_pages,
            reports: PerDay::default(),
            proving: Mutex::default(),
        }
    }

    /// The scenario tests of one matter, in their files' order.
    pub fn tests_of<'a>(
        &'a self,
        matter: &'a Matter,
    ) -> impl Iterator<Item = &'a ScenarioAsWritten> {
        self.tests.iter().filter(|test| test.matter == matter.id.as_str())
    }
}

/// Proves every matter in turn, in the background, once for each date.
pub fn prove_all(app: &App, as_of: Date) {
    {
        let proving = app.workshop.proving.lock();
        let mut proving = proving.unwrap_or_else(std::sync::PoisonError::into_inner);
        if proving.replace(as_of) == Some(as_of) {
            return;
        }
    }
    let app = app.clone();
    tokio::spawn(async move {
        let catalogue = Arc::clone(app.engine.catalogue());
        for matter in catalogue.matters.values() {
            // Whoever asks for it later is told what went wrong.
            let _ = report_of(&app, matter, as_of).await;
        }
    });
}

/// The report on a matter if it is there already.
pub(super) fn kept_report(app: &App, matter: &Matter, as_of: Date) -> Option<Arc<Report>> {
    app.workshop.reports.find(&matter.revision, as_of)
}

/// The report on a matter, made when it is new.
pub(super) async fn report_of(
    app: &App,
    matter: &Matter,
    as_of: Date,
) -> Result<Arc<Report>, WebError> {
    let make = async {
        let proof = app.engine.proof(matter, as_of).await.ok_or(WebError::Render)?;
        let (catalogue, id) = (Arc::clone(app.engine.catalogue()), matter.id.clone());
        let made = tokio::task::spawn_blocking(move || {
            let matter = catalogue.matter(id.as_str())?;
            Some(Report::of(&catalogue, matter, proof))
        });
        made.await.ok().flatten().ok_or(WebError::Render)
    };
    app.workshop.reports.get(matter.revision.clone(), as_of, make).await
}
