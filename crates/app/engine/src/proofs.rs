//! Proofs of the matters in force: made when first asked for, on a thread of their own, and kept for the day.
//!
//! Interview, plan page and submission ask the same proof, so that nobody is told that enough is known and then
//! that it is not.

use std::sync::Arc;

use catalogue::Matter;
use proof::Proof;
use vocabulary::{Date, MatterRevision};

use crate::{Draft, Engine, PerDay};

/// The proofs that are there.
pub(crate) type Proofs = PerDay<MatterRevision, Proof>;

impl Engine {
    /// The proof of a matter of the catalogue in force at a date. `None` when it could not be made: then the
    /// conditions alone decide what is asked.
    pub async fn proof(&self, matter: &Matter, as_of: Date) -> Option<Arc<Proof>> {
        let proof = self.proofs.get(matter.revision.clone(), as_of, async {
            let (catalogue, matter) = (Arc::clone(self.catalogue()), matter.clone());
            let id = matter.id.clone();
            let made = tokio::task::spawn_blocking(move || Proof::of(&catalogue, &matter, as_of));
            let made = made.await.inspect_err(|fault| {
                tracing::error!(matter = %id, %fault, "the matter could not be proved");
            });
            made.map_err(drop)
        });
        proof.await.ok()
    }

    /// Whether a question is still open: exactly, where the conditions alone say that one is. Of the matter only
    /// what the draft still wants is looked at.
    pub async fn asks_on(&self, draft: &Draft, matter: &Matter, as_of: Date) -> bool {
        let silent = draft.cannot_deliver();
        let (standing, facts) = (&draft.standing, &draft.facts);
        !self.open_questions(matter, standing, facts, &silent, as_of).await.is_empty()
    }
}
