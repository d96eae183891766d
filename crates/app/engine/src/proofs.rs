//! Proofs of the matters in force: made when first asked for, on a thread of their own, and kept for the day.
//!
//! Interview, plan page and submission ask the same proof, so that nobody is told that enough is known and then
//! that it is not.

use std::sync::{Arc, Mutex, PoisonError};

use catalogue::Matter;
use interview::Turn;
use proof::Proof;
use vocabulary::{Date, MatterRevision, SourceId};

use crate::{Draft, Engine};

/// Proofs that are kept: those of all matters, on the day before and today.
const KEPT: usize = 128;

type Key = (MatterRevision, Date);

/// The proofs that are there.
#[derive(Debug, Default)]
pub(crate) struct Proofs(Mutex<Vec<(Key, Arc<Proof>)>>);

impl Proofs {
    fn find(&self, key: &Key) -> Option<Arc<Proof>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, proof)| Arc::clone(proof))
    }

    fn keep(&self, key: Key, proof: &Arc<Proof>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        if !kept.iter().any(|(known, _)| *known == key) {
            kept.push((key, Arc::clone(proof)));
        }
    }
}

impl Engine {
    /// The proof of a matter of the catalogue in force at a date. `None` when it could not be made: then the
    /// conditions alone decide what is asked.
    pub async fn proof(&self, matter: &Matter, as_of: Date) -> Option<Arc<Proof>> {
        let key = (matter.revision.clone(), as_of);
        if let Some(proof) = self.proofs.find(&key) {
            return Some(proof);
        }
        let (catalogue, id) = (Arc::clone(self.catalogue()), matter.id.clone());
        let made = tokio::task::spawn_blocking(move || {
            let matter = catalogue.matter(id.as_str())?;
            Some(Arc::new(Proof::of(&catalogue, matter, as_of)))
        });
        let proof = match made.await {
            Ok(proof) => proof?,
            Err(fault) => {
                tracing::error!(matter = %matter.id, %fault, "the matter could not be proved");
                return None;
            }
        };
        self.proofs.keep(key, &proof);
        Some(proof)
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
