//! Which services are in, for whom, and why the others are out.

use biodivine_lib_bdd::Bdd;
use catalogue::{MatterService, PublicService};

use super::{Node, Shape};
use crate::reads::Symbol;
use crate::{FeatureKey, Out, Place};

impl<'c> Shape<'c, '_> {
    pub(super) fn select(&mut self) {
        let (catalogue, matter) = (self.catalogue, self.matter);
        for part in &matter.services {
            let Some(service) = catalogue.service(&part.service) else {
                continue;
            };
            let Some(per) = &service.per else {
                let always = self.model.everywhere();
                self.node(part, service, None, &always, &always);
                continue;
            };
            let min = self.min(per);
            let empty = self.model.is_empty_group(per);
            let key = Self::key(service, None);
            self.feature(FeatureKey::Out(key, Out::NotApplicable), &empty);
            for symbol in self.model.symbols_of(per) {
                let planned = self.model.is_planned(&symbol, min);
                let certain = self.model.is_certain(&symbol, min);
                self.node(part, service, Some(symbol), &planned, &certain);
            }
        }
    }

    /// One node: every reason to leave it out in turn, what is left is in.
    fn node(
        &mut self,
        part: &'c MatterService,
        service: &'c PublicService,
        symbol: Option<Symbol>,
        planned: &Bdd,
        certain: &Bdd,
    ) {
        let scope = symbol.as_ref();
        let member = symbol.as_ref().map(|(_, position)| *position);
        let key = Self::key(service, member);
        let id = || service.id.clone();
        let mut rest = planned.clone();
        let mut certain = certain.clone();

        let applies = self.judge(Place::Applies(id()), &part.when, scope, &rest);
        self.feature(FeatureKey::Out(key.clone(), Out::NotApplicable), &rest.and(&applies.fails));
        rest = rest.and_not(&applies.fails);
        certain = certain.and(&applies.holds);

        if let Some(condition) = &part.already_done {
            let done = self.judge(Place::AlreadyDone(id()), condition, scope, &rest);
            self.feature(FeatureKey::Out(key.clone(), Out::AlreadyDone), &rest.and(&done.holds));
            rest = rest.and_not(&done.holds);
            certain = certain.and(&done.fails);
        }

        let mut unmet = self.model.nowhere();
        for (at, requirement) in service.requirements.iter().enumerate() {
            if let Some(condition) = &requirement.when {
                let met = self.judge(Place::Requirement(id(), at), condition, scope, &rest);
                unmet = unmet.or(&met.fails);
                certain = certain.and(&met.holds);
            }
        }
        self.feature(FeatureKey::Out(key.clone(), Out::NotEligible), &rest.and(&unmet));
        rest = rest.and_not(&unmet);

        if part.optional {
            let skipped = self.model.is_skipped(&service.id);
            self.feature(FeatureKey::Out(key.clone(), Out::Skipped), &rest.and(&skipped));
            rest = rest.and_not(&skipped);
        }

        self.feature(FeatureKey::In(key.clone()), &rest);
        self.feature(FeatureKey::Certain(key.clone()), &rest.and(&certain));
        self.nodes.push(Node { key, member, service, is_in: rest });
    }
}
