//! A matter as it is left for somebody who stands somewhere with it already.

use std::borrow::Cow;

use vocabulary::standing::Standing;
use vocabulary::{Facts, MatterRevision, MemberId, NodeKey};

use crate::{Catalogue, Matter, MatterService};

impl Matter {
    /// The matter with the services that are still wanted; as it is when all are. It has a revision of its own, so
    /// that nothing that is known of the whole matter is taken for what is known of this part. A service that is
    /// repeated goes when it is done for every member.
    pub fn under(
        &self,
        catalogue: &Catalogue,
        standing: &Standing,
        facts: &Facts,
    ) -> Cow<'_, Matter> {
        let goes = |part: &&MatterService| {
            !standing.wants(&part.service) || is_done(catalogue, standing, facts, part)
        };
        let gone: Vec<&str> =
            self.services.iter().filter(goes).map(|part| part.service.as_str()).collect();
        if gone.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut left = self.clone();
        left.services.retain(|part| !gone.contains(&part.service.as_str()));
        left.revision =
            MatterRevision::new(format!("{}-without-{}", self.revision, gone.join("+")));
        Cow::Owned(left)
    }
}

fn is_done(
    catalogue: &Catalogue,
    standing: &Standing,
    facts: &Facts,
    part: &MatterService,
) -> bool {
    let done = |member: Option<MemberId>| {
        standing.done.contains_key(&NodeKey { service: part.service.clone(), member })
    };
    match catalogue.service(&part.service).and_then(|service| service.per.as_ref()) {
        None => done(None),
        Some(group) => facts.members(group).is_some_and(|members| {
            !members.is_empty() && members.iter().all(|member| done(Some(member.clone())))
        }),
    }
}
