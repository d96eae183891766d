//! Proofs of the matters in force: made when first asked for, on a thread of their own, and kept for the day.
//!
//! Interview, plan page and submission ask the same proof, so that nobody is told that enough is known and then
//! that it is not.

use std::sync::Arc;

use catalogue::Matter;
use interview::Turn;
use proof::Proof;
use vocabulary::{Date, MatterRevision, SourceId};

use crate::{Draft, Engine, PerDay};

/// The proofs that are there.
pub(crate) type Proofs = PerDay<MatterRevision, Proof>;

impl Engine {
    /// The proof of a matter of the catalogue in force at a date. `None` when it could not be made: then the
    /// conditions alone decide what is asked.
    pub async fn proof(&self, matter: &Matter, as_of: Date) -> Option<Arc<Proof>> {
        let proof = self.proofs.get(matter.revision.clone(), as_of, async {
            let (catalogue, id) = (Arc::clone(self.catalogue()), matter.id.clone());
            let made = tokio::task::spawn_blocking(move || {
                let matter = catalogue.matter(id.as_str())?;
                Some(Proof::of(&catalogue, matter, as_of))
            });
            let made = made.await.inspect_err(|fault| {
                tracing::error!(matter = %matter.id, %fault, "the matter could not be proved");
            });
            made.ok().flatten().ok_or(())
        });
        proof.await.ok()
    }

    /// Whether a question is still open: exactly, where the conditions alone say that one is.
    pub async fn asks_on(&self, draft: &Draft, matter: &Matter, as_of: Date) -> bool {
        let catalogue = self.catalogue();
        let silent = draft.cannot_deliver();
        let reachable = |source: &SourceId| !silent.contains(source);
        let turn = interview::next(catalogue, matter, &draft.facts, &reachable, as_of);
        if matches!(turn, Turn::Enough) {
            return false;
        }
        let proof = self.proof(matter, as_of).await;
        let facts = &draft.facts;
        let turn =
            interview::next_with(proof.as_deref(), catalogue, matter, facts, &reachable, as_of);
        matches!(turn, Turn::Ask(_))
    }
}
