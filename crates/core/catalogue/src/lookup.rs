//! What plan, interview and pages ask the catalogue again and again: who produces what within a matter,
//! and which services must wait for which.
//!
//! Answers come from the definitions alone; whether a service is in one applicant's plan is not known here.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use conditions::{Condition, Truth, Type};
use vocabulary::{
    ClockRules, DataElementId, Decimal, EvidenceTypeId, Localised, OfficeHours, OrganisationId,
    ServiceId,
};

use crate::{
    Catalogue, DataElement, ElementType, EvidenceNeed, Matter, PublicService, Regime, RegimeChange,
    Source, Way,
};

impl Catalogue {
    /// When an organisation is open: its own hours, or the jurisdiction's.
    pub fn office_hours(&self, organisation: &OrganisationId) -> OfficeHours {
        let jurisdiction = &self.jurisdiction;
        let own = self.organisations.get(organisation);
        let minute = |own: Option<u32>, otherwise: u32| {
            u16::try_from(own.unwrap_or(otherwise)).unwrap_or(u16::MAX)
        };
        let opens =
            minute(own.and_then(|it| it.office_open_minute), jurisdiction.office_open_minute);
        let closes =
            minute(own.and_then(|it| it.office_close_minute), jurisdiction.office_close_minute);
        let midday = minute(None, jurisdiction.office_midday_minute).clamp(opens, closes);
        OfficeHours { opens, midday, closes }
    }

    /// How the clocks of a procedure begin and end where `organisation` handles it.
    pub fn clock_rules(&self, regime: &Regime, organisation: &OrganisationId) -> ClockRules {
        let clock = &regime.clock;
        ClockRules {
            office: clock.office_hours.then(|| self.office_hours(organisation)),
            promised_from: clock.promised_from,
            statutory_from: clock.statutory_from,
            counts: clock.counts,
        }
    }

    /// The services that a matter joins, in its author's order.
    pub fn services_of<'a>(
        &'a self,
        matter: &'a Matter,
    ) -> impl Iterator<Item = &'a PublicService> + use<'a> {
        matter.services.iter().filter_map(|part| self.services.get(&part.service))
    }

    /// The authorities of a matter's services, each once, in order of first appearance.
    pub fn organisations_of(&self, matter: &Matter) -> Vec<OrganisationId> {
        let mut seen = BTreeSet::new();
        self.services_of(matter)
            .map(|service| service.authority.clone())
            .filter(|authority| seen.insert(authority.clone()))
            .collect()
    }

    /// The services of a matter whose output is evidence of this type.
    pub fn producers_of_evidence<'a>(
        &'a self,
        matter: &'a Matter,
        ty: &EvidenceTypeId,
    ) -> Vec<&'a PublicService> {
        self.services_of(matter).filter(|service| service.produces_evidence(ty)).collect()
    }

    /// The services of a matter with whose output this element comes into being.
    pub fn producers_of_element<'a>(
        &'a self,
        matter: &'a Matter,
        element: &DataElementId,
    ) -> Vec<&'a PublicService> {
        self.services_of(matter).filter(|service| service.produces_element(element)).collect()
    }

    /// The shared sources that can deliver evidence of this type.
    pub fn sources_of_evidence(&self, ty: &EvidenceTypeId) -> Vec<&Source> {
        self.sources.values().filter(|source| source.evidence.contains(ty)).collect()
    }

    /// Every pair (producer, consumer) of a matter's services in which the consumer may have to wait:
    /// it needs an element that the producer brings into being, or evidence whose ways reach `output`
    /// before any way that is open at once. Soft needs make no pair; nor does a service's need for what
    /// it produces itself (a renewal).
    pub fn hard_edges(&self, matter: &Matter) -> BTreeSet<(ServiceId, ServiceId)> {
        let mut edges = BTreeSet::new();
        for consumer in self.services_of(matter) {
            let fields = consumer.fields.iter().filter(|need| !need.soft);
            let by_element =
                fields.flat_map(|need| self.producers_of_element(matter, &need.element));
            let evidence = consumer.evidence.iter().filter(|need| need.may_wait_for_output());
            let by_evidence =
                evidence.flat_map(|need| self.producers_of_evidence(matter, &need.ty));
            for producer in by_element.chain(by_evidence) {
                if producer.id != consumer.id {
                    edges.insert((producer.id.clone(), consumer.id.clone()));
                }
            }
        }
        edges
    }
}

impl Source {
    /// Whether it delivers evidence of this type, as far as `truth` tells how each condition comes out.
    pub fn delivers(
        &self,
        ty: &EvidenceTypeId,
        mut truth: impl FnMut(&Condition) -> Truth,
    ) -> Truth {
        if !self.evidence.contains(ty) {
            return Truth::False;
        }
        let asked = truth(&self.when);
        match self.evidence_when.get(ty) {
            Some(when) if asked != Truth::False => asked.and(truth(when)),
            _ => asked,
        }
    }

    /// Whether it can tell an element of which it is the source.
    pub fn tells(
        &self,
        element: &DataElement,
        mut truth: impl FnMut(&Condition) -> Truth,
    ) -> Truth {
        match truth(&self.when) {
            Truth::False => Truth::False,
            asked => asked.and(truth(&element.source_when)),
        }
    }
}

impl DataElement {
    /// A number with its unit as people read it, in whole larger units and what is left if there are such; `said`
    /// words a unit.
    pub fn in_units(&self, number: Decimal, said: impl Fn(&Localised) -> String) -> String {
        let whole = u64::try_from(number).ok().filter(|_| number.fract().is_zero());
        if let (Some(larger), Some(whole)) = (&self.larger_unit, whole) {
            let count = NonZeroU64::from(larger.count);
            let (more, rest) = (whole / count, whole % count);
            let more = (more > 0).then(|| format!("{more} {}", said(&larger.unit)));
            let rest = (rest > 0 || more.is_none()).then(|| format!("{rest} {}", said(&self.unit)));
            return more.into_iter().chain(rest).collect::<Vec<_>>().join(" ");
        }
        match said(&self.unit) {
            unit if unit.is_empty() => number.to_string(),
            unit => format!("{number} {unit}"),
        }
    }
}

impl PublicService {
    /// What follows when the applicant dies or changes: what the service says itself, then what its regime says of
    /// other changes.
    pub fn changes_under<'a>(
        &'a self,
        regime: &'a Regime,
    ) -> impl Iterator<Item = &'a RegimeChange> {
        let own = |change| self.on_change.iter().any(|known| known.change == change);
        let general = regime.on_change.iter().filter(move |known| !own(known.change));
        self.on_change.iter().chain(general)
    }

    /// The conditions that stand neither with a field, nor with evidence, nor with a signatory: of
    /// eligibility, periods, procedures, visits and fees.
    pub fn other_conditions(&self) -> impl Iterator<Item = &Condition> {
        let requirements = self.requirements.iter().filter_map(|it| it.when.as_ref());
        let periods = self.statutory_when.iter().chain(&self.promised_when).map(|it| &it.when);
        let procedures = self.special_procedures.iter().map(|it| &it.when);
        let visits = self.visits_when.iter().map(|it| &it.when);
        let fees = self.fees.iter().map(|it| &it.when);
        requirements.chain(periods).chain(procedures).chain(visits).chain(fees)
    }

    /// Whether one of its outputs is evidence of this type.
    pub fn produces_evidence(&self, ty: &EvidenceTypeId) -> bool {
        self.outputs.iter().any(|output| output.evidence.as_ref() == Some(ty))
    }

    /// Whether the element comes into being with one of its outputs.
    pub fn produces_element(&self, element: &DataElementId) -> bool {
        self.outputs.iter().any(|output| output.elements.contains(element))
    }
}

impl Way {
    /// Whether the applicant or the hub can always go this way, without a source or another service.
    pub fn is_open_at_once(self) -> bool {
        match self {
            Self::Upload | Self::Licence | Self::Commitment | Self::Generated => true,
            Self::Source | Self::Output | Self::Deferral => false,
        }
    }
}

impl EvidenceNeed {
    /// Whether the need is hard and reaches `output` before any way that is open at once.
    pub fn may_wait_for_output(&self) -> bool {
        let mut before = self.ways.iter().take_while(|way| !way.is_open_at_once());
        !self.soft && before.any(|way| *way == Way::Output)
    }
}

impl ElementType {
    /// The type that conditions see.
    pub fn condition_type(&self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::Choice(options) => {
                Type::Choice(options.iter().map(|option| option.id.clone()).collect())
            }
            Self::Date => Type::Date,
            Self::Text
            | Self::LongText
            | Self::CitizenId
            | Self::Uscc
            | Self::Phone
            | Self::AreaCode => Type::Text,
        }
    }
}
