//! Which elements and groups the conditions that can still matter are waiting for, and which they may
//! come to wait for.
//!
//! A condition can matter while its service is not certainly out. Known facts only ever decide more, so
//! what is neither waited for nor read by an undecided condition never becomes relevant later. Knows
//! nothing of the order of questions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, DataElement, Matter, PublicService, Way};
use conditions::{Condition, InScope, Read, Truth};
use vocabulary::{DataElementId, Date, Facts, GroupId, MemberId, ServiceId, Slot, SourceId};

/// Stands for any member of a group whose size is not known yet; no real member is called so.
const SOMEONE: &str = "?";

/// An element (for one member, or for whomever a quantifier reaches) or the size of a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Wanted {
    read: Read,
    member: Option<MemberId>,
}

/// Whether the source of an element can tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Delivery {
    Can,
    /// Whether it may be asked at all is not known yet.
    Perhaps,
    Cannot,
}

/// What is waited for, and for whose sake.
pub(crate) struct Relevance<'a> {
    catalogue: &'a Catalogue,
    facts: &'a Facts,
    reachable: &'a dyn Fn(&SourceId) -> bool,
    as_of: Date,
    /// Which undecided conditions count; all of them without it.
    counts: Option<Counts<'a>>,
    waiting: BTreeMap<Wanted, BTreeSet<ServiceId>>,
    possible: BTreeSet<Wanted>,
}

/// Whether an undecided condition counts.
type Counts<'a> = &'a dyn Fn(&Condition, InScope<'_>) -> bool;

/// What is known, and what is looked for.
pub(crate) struct Look<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) reachable: &'a dyn Fn(&SourceId) -> bool,
    /// Which undecided conditions count; all of them without it.
    pub(crate) counts: Option<Counts<'a>>,
}

impl<'a> Relevance<'a> {
    /// Evaluates every condition of the matter that can still matter, once.
    pub(crate) fn of(
        catalogue: &'a Catalogue,
        matter: &Matter,
        facts: &'a Facts,
        reachable: &'a dyn Fn(&SourceId) -> bool,
        as_of: Date,
    ) -> Self {
        Self::counting(catalogue, matter, &Look { facts, reachable, counts: None }, as_of)
    }

    /// The same, of those undecided conditions only that count.
    pub(crate) fn counting(
        catalogue: &'a Catalogue,
        matter: &Matter,
        look: &Look<'a>,
        as_of: Date,
    ) -> Self {
        let Look { facts, reachable, counts } = *look;
        let mut relevance = Self {
            counts,
            catalogue,
            facts,
            reachable,
            as_of,
            waiting: BTreeMap::new(),
            possible: BTreeSet::new(),
        };
        for part in &matter.services {
            let Some(service) = catalogue.service(&part.service) else {
                continue;
            };
            for member in relevance.each(service.per.as_ref()).iter() {
                let scope = service.per.as_ref().zip(member.as_ref());
                if relevance.visit(&part.when, scope, &service.id) == Truth::False {
                    continue;
                }
                if let Some(per) = &service.per {
                    relevance.want_size(per, &service.id);
                }
                let done = match &part.already_done {
                    None => Truth::False,
                    Some(condition) => relevance.visit(condition, scope, &service.id),
                };
                // Who is certainly not eligible is not asked what the service would need.
                if done != Truth::True && relevance.visit_requirements(service, scope) {
                    relevance.visit_needs(service, scope);
                }
            }
        }
        relevance.visit_sources_of_elements();
        relevance
    }

    /// The services that wait for the element of `member` now.
    pub(crate) fn waiting_for_element(
        &self,
        element: &DataElementId,
        member: Option<&MemberId>,
    ) -> BTreeSet<ServiceId> {
        let read = Read::Element(element.clone());
        let mut services = self.services(read.clone(), None);
        if member.is_some() {
            services.extend(self.services(read, member.cloned()));
        }
        services
    }

    /// The services that wait for the size of the group now.
    pub(crate) fn waiting_for_size(&self, group: &GroupId) -> BTreeSet<ServiceId> {
        self.services(Read::Group(group.clone()), None)
    }

    /// Whether the element of `member` (`None` with a group: of anyone) may become relevant.
    pub(crate) fn may_want_element(
        &self,
        element: &DataElement,
        member: Option<&MemberId>,
    ) -> bool {
        let read = Read::Element(element.id.clone());
        let member = match (&element.group, member) {
            (None, _) => None,
            (Some(_), Some(member)) => Some(member.clone()),
            (Some(_), None) => Some(MemberId::new(SOMEONE)),
        };
        self.possible.contains(&Wanted { read: read.clone(), member: None })
            || self.possible.contains(&Wanted { read, member })
    }

    /// Whether the size of the group may become relevant.
    pub(crate) fn may_want_size(&self, group: &GroupId) -> bool {
        self.possible.contains(&Wanted { read: Read::Group(group.clone()), member: None })
    }

    /// Whether the element's source of truth can tell it, so that nobody need be asked.
    pub(crate) fn delivery(&self, element: &DataElement, slot: &Slot) -> Delivery {
        let Some(source) = element.source.as_ref().and_then(|id| self.catalogue.sources.get(id))
        else {
            return Delivery::Cannot;
        };
        if !(self.reachable)(&source.id) || self.facts.unavailable(slot).is_some() {
            return Delivery::Cannot;
        }
        let scope = element.group.as_ref().zip(slot.member.as_ref());
        match source.tells(element, |when| when.evaluate(self.facts, scope, self.as_of)) {
            Truth::True => Delivery::Can,
            Truth::Unknown => Delivery::Perhaps,
            Truth::False => Delivery::Cannot,
        }
    }

    /// What keeps it undecided whether the element's source can tell it.
    pub(crate) fn source_waits_for(&self, element: &DataElement, slot: &Slot) -> BTreeSet<Read> {
        let source = element.source.as_ref().and_then(|id| self.catalogue.sources.get(id));
        let scope = element.group.as_ref().zip(slot.member.as_ref());
        let mut waits = BTreeSet::new();
        for condition in source.into_iter().flat_map(|source| [&source.when, &element.source_when])
        {
            for read in condition.undecided_on(self.facts, scope, self.as_of) {
                waits.extend(self.behind_table(read, scope));
            }
        }
        waits
    }

    fn services(&self, read: Read, member: Option<MemberId>) -> BTreeSet<ServiceId> {
        self.waiting.get(&Wanted { read, member }).cloned().unwrap_or_default()
    }

    /// The members of the group; `SOMEONE` while their number is unknown; one `None` without a group.
    fn each(&self, group: Option<&GroupId>) -> Cow<'static, [Option<MemberId>]> {
        match group {
            None => Cow::Borrowed(&[None]),
            Some(group) => Cow::Owned(match self.facts.members(group) {
                Some(members) => members.iter().cloned().map(Some).collect(),
                None => vec![Some(MemberId::new(SOMEONE))],
            }),
        }
    }

    /// Whether somebody may be eligible.
    fn visit_requirements(&mut self, service: &PublicService, scope: InScope<'_>) -> bool {
        let conditions = || service.requirements.iter().filter_map(|it| it.when.as_ref());
        let fails = |when: &Condition| when.evaluate(self.facts, scope, self.as_of) == Truth::False;
        if conditions().any(fails) {
            return false;
        }
        for condition in conditions() {
            self.visit(condition, scope, &service.id);
        }
        true
    }

    /// Periods up to the first that certainly holds; procedures, visits and fees.
    fn visit_terms(&mut self, service: &PublicService, scope: InScope<'_>) {
        for periods in [&service.promised_when, &service.statutory_when] {
            for period in periods {
                if self.visit(&period.when, scope, &service.id) == Truth::True {
                    break;
                }
            }
        }
        let procedures = service.special_procedures.iter().map(|it| &it.when);
        let visits = service.visits_when.iter().map(|it| &it.when);
        let fees = service.fees.iter().map(|it| &it.when);
        for condition in procedures.chain(visits).chain(fees) {
            self.visit(condition, scope, &service.id);
        }
    }

    fn visit_needs(&mut self, service: &PublicService, scope: InScope<'_>) {
        let catalogue = self.catalogue;
        self.visit_terms(service, scope);
        for need in &service.fields {
            let group = catalogue.element(&need.element).and_then(|element| element.group.as_ref());
            self.visit_for_each(&need.when, group, scope, &service.id);
        }
        for need in &service.evidence {
            let ty = catalogue.evidence_types.get(&need.ty);
            let group = ty.and_then(|ty| ty.per.as_ref());
            let needed = self.visit_for_each(&need.when, group, scope, &service.id);
            let other_ways =
                [(Way::Commitment, &need.commitment_when), (Way::Deferral, &need.deferral_when)];
            for (way, when) in other_ways {
                if needed && need.ways.contains(&way) {
                    self.visit_for_each(when, group, scope, &service.id);
                }
            }
            if needed && need.ways.contains(&Way::Source) {
                for source in catalogue.sources.values() {
                    if source.evidence.contains(&need.ty) && (self.reachable)(&source.id) {
                        let asked = self.visit_for_each(&source.when, group, scope, &service.id);
                        if let (true, Some(when)) = (asked, source.evidence_when.get(&need.ty)) {
                            self.visit_for_each(when, group, scope, &service.id);
                        }
                    }
                }
            }
        }
        for signatory in &service.signatories {
            let element = catalogue.element(&signatory.element);
            let group = element.and_then(|element| element.group.as_ref());
            self.visit_for_each(&signatory.when, group, scope, &service.id);
        }
    }

    /// Visits a need's condition for every member that it concerns; whether any may hold.
    fn visit_for_each(
        &mut self,
        condition: &Condition,
        group: Option<&GroupId>,
        scope: InScope<'_>,
        service: &ServiceId,
    ) -> bool {
        // The service's own member is in scope; a need repeated over a group brings its own otherwise.
        let Some(group) = group.filter(|_| scope.is_none()) else {
            let other_group = group.filter(|group| scope.is_some_and(|(own, _)| own != *group));
            let needed = self.visit(condition, scope, service) != Truth::False;
            if let (true, Some(group)) = (needed, other_group) {
                self.want_size(group, service);
            }
            return needed;
        };
        let mut any = false;
        for member in self.each(Some(group)).iter() {
            let scope = member.as_ref().map(|member| (group, member));
            any |= self.visit(condition, scope, service) != Truth::False;
        }
        if any {
            self.want_size(group, service);
        }
        any
    }

    fn visit(&mut self, condition: &Condition, scope: InScope<'_>, service: &ServiceId) -> Truth {
        if condition.is_always() {
            return Truth::True;
        }
        let truth = condition.evaluate(self.facts, scope, self.as_of);
        let counts = self.counts.is_none_or(|counts| counts(condition, scope));
        if truth == Truth::Unknown && counts {
            for read in condition.undecided_on(self.facts, scope, self.as_of) {
                for read in self.behind_table(read, scope) {
                    let wanted = self.wanted(read, scope);
                    self.possible.insert(wanted.clone());
                    self.waiting.entry(wanted).or_default().insert(service.clone());
                }
            }
            for read in condition.reads() {
                for read in self.anything_behind(read) {
                    let wanted = self.wanted(read, scope);
                    self.possible.insert(wanted);
                }
            }
        }
        truth
    }

    /// What an undecided read waits for: itself, or what the element's table still has to know.
    fn behind_table(&self, read: Read, scope: InScope<'_>) -> Vec<Read> {
        let element = match &read {
            Read::Element(id) => self.catalogue.element(id).filter(|it| it.table.is_some()),
            Read::Group(_) => None,
        };
        let Some(element) = element else {
            return vec![read];
        };
        let own = scope.filter(|(group, member)| {
            let slot = Slot { element: element.id.clone(), member: Some((*member).clone()) };
            element.group.as_ref() == Some(*group) && self.facts.get(&slot).is_none()
        });
        let member = own.map(|(_, member)| member);
        let waits = self.catalogue.waits_for(element, member, self.facts, self.as_of);
        waits.into_iter().map(Read::Element).collect()
    }

    /// The read itself, or all that the element's table may come to want.
    fn anything_behind(&self, read: &Read) -> Vec<Read> {
        match read {
            Read::Element(id) if self.catalogue.table_of(id).is_some() => {
                self.catalogue.found_from(id).into_iter().map(Read::Element).collect()
            }
            other => vec![other.clone()],
        }
    }

    fn wanted(&self, read: Read, scope: InScope<'_>) -> Wanted {
        let member = match (&read, scope) {
            (Read::Element(id), Some((group, member))) => {
                let grouped =
                    self.catalogue.element(id).is_some_and(|e| e.group.as_ref() == Some(group));
                // Known for the member in scope: then a quantifier waits for the others.
                let slot = Slot { element: id.clone(), member: Some(member.clone()) };
                (grouped && self.facts.get(&slot).is_none()).then(|| member.clone())
            }
            _ => None,
        };
        Wanted { read, member }
    }

    fn want_size(&mut self, group: &GroupId, service: &ServiceId) {
        if self.facts.members(group).is_none() && self.counts.is_none() {
            let wanted = Wanted { read: Read::Group(group.clone()), member: None };
            self.possible.insert(wanted.clone());
            self.waiting.entry(wanted).or_default().insert(service.clone());
        }
    }

    /// Whether a wanted element's source may be asked can itself hang on an answer: then that answer
    /// matters too. Each round looks at what the last one added.
    fn visit_sources_of_elements(&mut self) {
        let catalogue = self.catalogue;
        let mut seen = BTreeSet::new();
        loop {
            let fresh: Vec<Wanted> =
                self.possible.iter().filter(|wanted| !seen.contains(*wanted)).cloned().collect();
            if fresh.is_empty() {
                return;
            }
            for wanted in fresh {
                if let Read::Element(id) = &wanted.read
                    && let Some(element) = catalogue.element(id)
                    && let Some(source) =
                        element.source.as_ref().and_then(|id| catalogue.sources.get(id))
                    && (self.reachable)(&source.id)
                {
                    let slot = Slot { element: id.clone(), member: wanted.member.clone() };
                    let scope = element.group.as_ref().zip(wanted.member.as_ref());
                    let known = self.facts.get(&slot).is_some() || self.facts.is_declined(&slot);
                    if let (false, Some(services)) = (known, self.waiting.get(&wanted).cloned()) {
                        for service in &services {
                            source.tells(element, |when| self.visit(when, scope, service));
                        }
                    } else if !known {
                        let reads = source.when.reads().iter().chain(element.source_when.reads());
                        let reads = reads.flat_map(|read| self.anything_behind(read));
                        let wanted: Vec<_> = reads.map(|read| self.wanted(read, scope)).collect();
                        self.possible.extend(wanted);
                    }
                }
                seen.insert(wanted);
            }
        }
    }
}
