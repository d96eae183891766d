//! Where an applicant stands already with a matter: services that are done, and those that are wanted now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{CaseId, NodeKey, ServiceId};

/// What was done before, and what is applied for now. The empty one changes nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Services that are done, each with its case if it was done in this hub.
    #[serde(with = "as_pairs")]
    pub done: BTreeMap<NodeKey, Option<CaseId>>,
    /// Only these services; the others can follow later.
    pub only: Option<BTreeSet<ServiceId>>,
}

/// Nothing done before, everything wanted.
pub static NOTHING: Standing = Standing { done: BTreeMap::new(), only: None };

impl Standing {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.only.is_none()
    }

    /// Whether the service is applied for now.
    pub fn wants(&self, service: &ServiceId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(service))
    }
}

/// A map whose keys are no text, as a list of pairs.
mod as_pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::{CaseId, NodeKey};

    type Done = BTreeMap<NodeKey, Option<CaseId>>;

    pub(super) fn serialize<S: Serializer>(done: &Done, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(done)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Done, D::Error> {
        let pairs: Vec<(NodeKey, Option<CaseId>)> = Vec::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}
