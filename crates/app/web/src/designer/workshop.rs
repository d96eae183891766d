//! The definitions as their designers see them: files, findings, scenario tests, and what is proved of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use catalogue::{Diagnostic, Matter, SourceFile};
use plan::scenario::ScenarioAsWritten;
use vocabulary::{Date, MatterRevision, OrganisationId};

use crate::state::App;

/// Proofs that are kept; a proof belongs to one revision of a matter at one date.
const PROOFS_KEPT: usize = 64;

type Key = (MatterRevision, Date);
type Kept = Vec<(Key, Arc<proof::Proof>)>;

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
    proofs: Mutex<Kept>,
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
        Self { files, diagnostics, tests, reached, code_pages, proofs: Mutex::default(), proving: Mutex::default() }
    }

    /// The scenario tests of one matter, in their files' order.
    pub fn tests_of<'a>(
        &'a self,
        matter: &'a Matter,
    ) -> impl Iterator<Item = &'a ScenarioAsWritten> {
        self.tests.iter().filter(|test| test.matter == matter.id.as_str())
    }

    fn kept(&self, key: &Key) -> Option<Arc<proof::Proof>> {
        let proofs = self.proofs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        proofs.iter().find(|(known, _)| known == key).map(|(_, proof)| Arc::clone(proof))
    }

    fn keep(&self, key: Key, proof: &Arc<proof::Proof>) {
        let mut proofs = self.proofs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if proofs.len() >= PROOFS_KEPT {
            proofs.remove(0);
        }
        proofs.push((key, Arc::clone(proof)));
    }
}

/// The proof of a matter if it is there already.
pub fn kept_proof(app: &App, matter: &Matter, as_of: Date) -> Option<Arc<proof::Proof>> {
    app.workshop.kept(&(matter.revision.clone(), as_of))
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
            let _ = proof_of(&app, matter, as_of).await;
        }
    });
}

/// The proof of a matter of the running catalogue at a date, made on a thread of its own when it is new.
pub async fn proof_of(app: &App, matter: &Matter, as_of: Date) -> Option<Arc<proof::Proof>> {
    let key = (matter.revision.clone(), as_of);
    if let Some(proof) = app.workshop.kept(&key) {
        return Some(proof);
    }
    let (catalogue, id) = (Arc::clone(app.engine.catalogue()), matter.id.clone());
    let made = tokio::task::spawn_blocking(move || {
        let matter = catalogue.matter(id.as_str())?;
        Some(Arc::new(proof::Proof::of(&catalogue, matter, as_of)))
    });
    let proof = made.await.ok().flatten()?;
    app.workshop.keep(key, &proof);
    Some(proof)
}
