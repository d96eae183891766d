//! Before and after over all scenarios: the best, the worst and the usual saving of each figure.
//!
//! The figures are those of a plan's reductions; what a plan adds up for one person is added up here for every
//! cell at once. A class of sizes stands for its example; the other member counts once for everybody beside
//! the generic one.

use std::collections::{BTreeMap, BTreeSet};

use biodivine_lib_bdd::Bdd;
use catalogue::{Baseline, Catalogue, Figure, Matter, PublicService};
use num_bigint::BigUint;
use vocabulary::{
    Decimal, DueDate, GroupId, HalfDays, MemberId, NodeKey, Period, PeriodUnit, Slot,
};

use crate::sums::{ByValue, add, greater, in_order, sums};
use crate::weights::Weights;
use crate::{Cells, Class, Example, FeatureKey, Proof, Subject, Taken, other_member};

/// Fees are counted in ten-thousandths.
const FEE_UNITS: i64 = 10_000;
const MILLION: u32 = 1_000_000;

/// One figure in one scenario.
#[derive(Clone, Debug)]
pub struct Extreme {
    pub before: i64,
    pub after: i64,
    /// All scenarios that have these two.
    pub cells: Cells,
    pub example: Example,
}

/// One figure over all scenarios. Days come in halves of a working day, fees in ten-thousandths.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The least and the most of each side.
    pub before: (i64, i64),
    pub after: (i64, i64),
    /// The greatest saving, and the least (perhaps below nought).
    pub best: Extreme,
    pub worst: Extreme,
    /// On average, answers weighted as the matter says; in millionths.
    pub mean_before: i64,
    pub mean_after: i64,
}

/// Every figure over all scenarios.
#[derive(Clone, Debug)]
pub struct Spreads {
    pub steps: Option<Spread>,
    pub materials: Option<Spread>,
    /// `None` also where services wait for each other.
    pub days: Option<Spread>,
    pub visits: Option<Spread>,
    /// `None` where nothing costs anything, or amounts in several currencies cannot be added.
    pub fees: Option<Spread>,
}

impl Spreads {
    /// The figure that is announced and compared.
    pub fn of(&self, figure: Figure) -> Option<&Spread> {
        match figure {
            Figure::Steps => self.steps.as_ref(),
            Figure::Materials => self.materials.as_ref(),
            Figure::Days => self.days.as_ref(),
            Figure::Visits => self.visits.as_ref(),
        }
    }
}

impl Proof {
    /// The reductions over all scenarios in which nothing is skipped.
    pub fn reductions(&self, catalogue: &Catalogue, matter: &Matter) -> Spreads {
        let figures = Figures::of(self, catalogue, matter);
        let weights = Weights::of(&self.symbolic.model, &matter.questions);
        let measure =
            |before: Weighted, after: Option<ByValue>| figures.spread(&weights, &before, &after?);
        let add_up = |after: &[(Bdd, i64)]| Some(sums(figures.start(), after));
        Spreads {
            steps: measure(figures.steps_before(), add_up(&figures.steps_after())),
            materials: measure(figures.materials_before(), add_up(&figures.materials_after())),
            days: measure(figures.days_before(), figures.days_after()),
            visits: measure(figures.visits_before(), add_up(&figures.visits_after())),
            fees: figures.fees().and_then(|(before, after)| measure(before, add_up(&after))),
        }
    }
}

/// What adds to a figure wherever it is so, and how much.
type Weighted = Vec<(Bdd, i64)>;

/// What figures follow from.
struct Figures<'p> {
    proof: &'p Proof,
    catalogue: &'p Catalogue,
    matter: &'p Matter,
    /// Possible cells without skips; what means nothing is free.
    space: Bdd,
    /// Every node with its service, in the matter's order.
    nodes: Vec<(NodeKey, &'p PublicService)>,
}

impl<'p> Figures<'p> {
    fn of(proof: &'p Proof, catalogue: &'p Catalogue, matter: &'p Matter) -> Self {
        let symbolic = &proof.symbolic;
        let space = symbolic.possible.and_not(&symbolic.skipped());
        let place = |node: &NodeKey| {
            let place = matter.services.iter().position(|part| part.service == node.service);
            (place, node.member.clone())
        };
        let keys = symbolic.features.keys().filter_map(|key| match key {
            FeatureKey::In(node) => Some(node.clone()),
            _ => None,
        });
        let mut nodes: Vec<(NodeKey, &PublicService)> =
            keys.filter_map(|key| Some((key.clone(), catalogue.service(&key.service)?))).collect();
        nodes.sort_by_key(|(node, _)| place(node));
        Self { proof, catalogue, matter, space, nodes }
    }

    fn start(&self) -> ByValue {
        ByValue::from([(0, self.space.clone())])
    }

    fn nowhere(&self) -> Bdd {
        self.proof.symbolic.model.nowhere()
    }

    fn feature(&self, key: &FeatureKey) -> Bdd {
        self.proof.symbolic.features.get(key).cloned().unwrap_or_else(|| self.nowhere())
    }

    fn is_in(&self, node: &NodeKey) -> Bdd {
        self.feature(&FeatureKey::In(node.clone()))
    }

    /// Nodes whose service has a baseline: only they are measured.
    fn counted(&self) -> impl Iterator<Item = &(NodeKey, &'p PublicService)> {
        self.nodes.iter().filter(|(_, service)| service.baseline.is_some())
    }

    /// What weighs so much for each member, for as many as there are: the other member stands for all beside
    /// the generic one.
    fn each(
        &self,
        members: &[(Option<&GroupId>, Option<&MemberId>)],
        wherever: &Bdd,
        weight: i64,
    ) -> Weighted {
        let mut weighted = vec![(wherever.clone(), weight)];
        let mut seen: BTreeSet<&GroupId> = BTreeSet::new();
        for (group, member) in members {
            let (Some(group), Some(member)) = (group, member) else {
                continue;
            };
            if **member != other_member() || !seen.insert(group) {
                continue;
            }
            let mut by_size = Vec::new();
            for (is, others) in self.others(group) {
                for (cells, weight) in &weighted {
                    by_size.push((cells.and(&is), weight.saturating_mul(others)));
                }
            }
            weighted = by_size;
        }
        weighted
    }

    /// Sizes of a group that have another member, and how many it stands for.
    fn others(&self, group: &GroupId) -> Weighted {
        let model = &self.proof.symbolic.model;
        let Some(variable) = model.variable(&Subject::Size(group.clone())) else {
            return Vec::new();
        };
        let min = self.catalogue.groups.get(group).map_or(0, |group| group.min);
        let classes = model.variables.get(variable).map_or(&[][..], |it| &it.classes);
        let sizes = classes.iter().enumerate().map(|(at, class)| {
            let size = match class {
                Class::Members { example, .. } => *example,
                _ => min.max(1),
            };
            (model.is(variable, at), i64::from(size.saturating_sub(1)))
        });
        sizes.filter(|(_, others)| *others > 0).collect()
    }

    fn of_node(
        &self,
        node: &NodeKey,
        service: &PublicService,
        wherever: &Bdd,
        weight: i64,
    ) -> Weighted {
        self.each(&[(service.per.as_ref(), node.member.as_ref())], wherever, weight)
    }

    fn any(&self, cells: impl Iterator<Item = Bdd>) -> Bdd {
        cells.fold(self.nowhere(), |sum, one| sum.or(&one))
    }

    fn of_counted(&self, weight: impl Fn(&PublicService) -> i64) -> Weighted {
        let mut weighted = Vec::new();
        for (node, service) in self.counted() {
            weighted.extend(self.of_node(node, service, &self.is_in(node), weight(service)));
        }
        weighted
    }

    fn steps_before(&self) -> Weighted {
        self.of_counted(|service| {
            let steps = service.baseline.as_ref().map_or(0, |baseline| baseline.steps.len());
            i64::try_from(steps).unwrap_or(i64::MAX)
        })
    }

    /// One submission, one act for each visit, one signing if anyone besides the applicant signs.
    fn steps_after(&self) -> Weighted {
        let mut acts = self.visits_after();
        acts.push((self.any(self.counted().map(|(node, _)| self.is_in(node))), 1));
        let counted: BTreeSet<&NodeKey> = self.counted().map(|(node, _)| node).collect();
        let signs = self.proof.symbolic.features.iter().filter(|(key, _)| match key {
            FeatureKey::Signs(node, _, Slot { element, .. }) => {
                counted.contains(node) && *element != self.matter.applicant_name
            }
            _ => false,
        });
        acts.push((self.any(signs.map(|(_, cells)| cells.clone())), 1));
        acts
    }

    /// Trips, before and after: all members of a service go together.
    fn visits_before(&self) -> Weighted {
        self.once_per_service(|baseline| i64::from(baseline.visits))
    }

    fn visits_after(&self) -> Weighted {
        let mut weighted = Vec::new();
        for members in self.services() {
            let Some((_, service)) = members.first() else { continue };
            let here = self.any(members.iter().map(|(node, _)| self.is_in(node)));
            weighted.push((here, i64::from(service.visits)));
            for (at, visit) in service.visits_when.iter().enumerate() {
                let due = |node: &NodeKey| self.feature(&FeatureKey::Visits(node.clone(), at));
                let anyone = self.any(members.iter().map(|(node, _)| due(node)));
                weighted.push((anyone, i64::from(visit.count)));
            }
        }
        weighted
    }

    /// The services with a baseline, each with all its nodes.
    fn services(&self) -> impl Iterator<Item = &[(NodeKey, &'p PublicService)]> {
        let same = |(one, _): &(NodeKey, &PublicService), (next, _): &(NodeKey, &PublicService)| {
            one.service == next.service
        };
        let measured = |members: &&[(NodeKey, &PublicService)]| {
            members.first().is_some_and(|(_, service)| service.baseline.is_some())
        };
        self.nodes.chunk_by(same).filter(measured)
    }

    /// A figure of every baseline, once however many members have the service.
    fn once_per_service(&self, figure: impl Fn(&Baseline) -> i64) -> Weighted {
        let services = self.services().filter_map(|members| {
            let baseline = members.first()?.1.baseline.as_ref()?;
            let here = self.any(members.iter().map(|(node, _)| self.is_in(node)));
            Some((here, figure(baseline)))
        });
        services.collect()
    }

    /// Every copy that a service asks for when it is handled alone.
    fn materials_before(&self) -> Weighted {
        let mut weighted = Vec::new();
        for (key, cells) in &self.proof.symbolic.features {
            let FeatureKey::Uses(node, piece) = key else { continue };
            let Some((_, service)) = self.counted().find(|(counted, _)| counted == node) else {
                continue;
            };
            let of = self.catalogue.evidence_types.get(&piece.ty).and_then(|ty| ty.per.as_ref());
            let members =
                [(service.per.as_ref(), node.member.as_ref()), (of, piece.member.as_ref())];
            let needs: Vec<_> =
                service.evidence.iter().enumerate().filter(|(_, it)| it.ty == piece.ty).collect();
            for (at, need) in &needs {
                let here = match needs.len() {
                    1 => cells.clone(),
                    _ => cells.and(&self.needed(node, piece.member.as_ref(), *at)),
                };
                weighted.extend(self.each(&members, &here, i64::from(need.copies_alone)));
            }
        }
        weighted
    }

    /// Where one of several needs for the same piece does not fail.
    fn needed(&self, node: &NodeKey, member: Option<&MemberId>, at: usize) -> Bdd {
        let place = crate::Place::Evidence(node.service.clone(), at);
        let member = node.member.as_ref().or(member);
        let symbol = |position: usize| crate::reads::symbol_id(position);
        let met = self.proof.symbolic.met.iter().find(|met| {
            met.place == place && met.member.as_ref().map(|(_, at)| symbol(*at)).as_ref() == member
        });
        match met {
            Some(met) => met.pair.fails.not(),
            None => self.proof.symbolic.model.everywhere(),
        }
    }

    /// Pieces that the applicant brings for a measured service, each once.
    fn materials_after(&self) -> Weighted {
        let features = &self.proof.symbolic.features;
        let mut brought: BTreeMap<&crate::Piece, Bdd> = BTreeMap::new();
        for (key, cells) in features {
            if let FeatureKey::Way(piece, Taken::Upload | Taken::Licence) = key {
                let known = brought.entry(piece).or_insert_with(|| self.nowhere());
                *known = known.or(cells);
            }
        }
        let counted: BTreeSet<&NodeKey> = self.counted().map(|(node, _)| node).collect();
        let mut weighted = Vec::new();
        for (piece, cells) in brought {
            let users = features.iter().filter_map(|(key, cells)| match key {
                FeatureKey::Uses(node, used) if used == piece && counted.contains(node) => {
                    Some(cells.clone())
                }
                _ => None,
            });
            let of = self.catalogue.evidence_types.get(&piece.ty).and_then(|ty| ty.per.as_ref());
            let here = cells.and(&self.any(users));
            weighted.extend(self.each(&[(of, piece.member.as_ref())], &here, 1));
        }
        weighted
    }

    /// Each service once, however many members have it.
    fn days_before(&self) -> Weighted {
        self.once_per_service(|baseline| i64::from(baseline.days.0))
    }

    /// The longest path over hard edges; services without a baseline last no time.
    fn days_after(&self) -> Option<ByValue> {
        let place = |node: &NodeKey| self.nodes.iter().position(|(known, _)| known == node);
        let mut edges: BTreeMap<(usize, usize), Bdd> = BTreeMap::new();
        for (key, cells) in &self.proof.symbolic.features {
            if let FeatureKey::HardEdge { from, to, .. } = key
                && let (Some(from), Some(to)) = (place(from), place(to))
            {
                let known = edges.entry((from, to)).or_insert_with(|| self.nowhere());
                *known = known.or(cells);
            }
        }
        let arrows: Vec<(usize, usize)> = edges.keys().copied().collect();
        let mut ends: BTreeMap<usize, ByValue> = BTreeMap::new();
        let mut last = self.start();
        for at in in_order(self.nodes.len(), &arrows)? {
            let (node, service) = self.nodes.get(at)?;
            let mut starts = self.start();
            for ((from, to), cells) in &edges {
                if let (true, Some(before)) = (*to == at, ends.get(from)) {
                    let mut waits = ByValue::new();
                    for (end, here) in before {
                        add(&mut waits, *end, here.and(cells));
                        add(&mut waits, 0, here.and_not(cells));
                    }
                    starts = greater(&starts, &waits);
                }
            }
            let is_in = self.is_in(node);
            let mut end = ByValue::new();
            let mut out = ByValue::new();
            for (start, here) in &starts {
                add(&mut out, 0, here.and_not(&is_in));
                for (period, counts) in self.periods(node, service) {
                    let length = match service.baseline {
                        Some(_) => self.length(period, *start),
                        None => 0,
                    };
                    add(&mut end, start.saturating_add(length), here.and(&counts));
                }
            }
            for (value, cells) in out {
                add(&mut end, value, cells);
            }
            last = greater(&last, &end);
            ends.insert(at, end);
        }
        Some(last)
    }

    /// The promised periods of a node with the cells in which each counts.
    fn periods(&self, node: &NodeKey, service: &PublicService) -> Vec<(Period, Bdd)> {
        let mut own = self.is_in(node);
        let mut periods = Vec::new();
        for (at, variant) in service.promised_when.iter().enumerate() {
            let cells = self.feature(&FeatureKey::Promised(node.clone(), at));
            own = own.and_not(&cells);
            periods.push((variant.period.period, cells));
        }
        periods.push((service.promised.period, own));
        periods
    }

    /// As a plan measures it: in halves of a working day, begun so long after the submission.
    fn length(&self, period: Period, start: i64) -> i64 {
        let calendar = &self.catalogue.calendar;
        let halves = match period.unit {
            PeriodUnit::WorkingDay => period.halves,
            PeriodUnit::Immediate | PeriodUnit::Hour => HalfDays::ZERO,
            PeriodUnit::CalendarDay | PeriodUnit::Month => {
                let halves = HalfDays(u32::try_from(start).unwrap_or(u32::MAX));
                let waited = Period { halves, unit: PeriodUnit::WorkingDay };
                let DueDate { on: begins, .. } = calendar.due(self.proof.as_of, waited);
                let due = calendar.due(begins, period).on;
                HalfDays::days(calendar.working_days_between(begins, due))
            }
        };
        i64::from(halves.0)
    }

    fn fees(&self) -> Option<(Weighted, Weighted)> {
        let units = |amount: Decimal| -> Option<i64> {
            let scaled = amount.checked_mul(Decimal::from(FEE_UNITS))?;
            i64::try_from(scaled.trunc().mantissa()).ok().filter(|_| scaled.fract().is_zero())
        };
        let mut currencies: BTreeSet<&str> = BTreeSet::new();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (node, service) in self.counted() {
            let alone = service.baseline.as_ref().and_then(|baseline| baseline.fee);
            let alone = units(alone.unwrap_or_default().trunc_with_scale(4).normalize())?;
            before.extend(self.of_node(node, service, &self.is_in(node), alone));
            for (at, fee) in service.fees.iter().enumerate() {
                let due = self.feature(&FeatureKey::Fee(node.clone(), at));
                let amount = units(fee.amount.trunc_with_scale(4).normalize())?;
                after.extend(self.of_node(node, service, &due, amount));
                currencies.insert(&fee.currency);
            }
        }
        let costs = before.iter().chain(&after).any(|(_, amount)| *amount != 0);
        (currencies.len() < 2 && costs).then_some((before, after))
    }

    fn spread(&self, weights: &Weights, before: &[(Bdd, i64)], after: &ByValue) -> Option<Spread> {
        let befores = sums(self.start(), before);
        let (least, most) = (saved(&befores, after, false)?, saved(&befores, after, true)?);
        let extreme = |saving: &i64, cells: &Bdd| {
            let least = after.iter().map(|(after, here)| (*after, cells.and(here)));
            let (after, cells) = least.into_iter().find(|(_, cells)| !cells.is_false())?;
            let cells = Cells(cells.and(&self.proof.space.0));
            let example = self.proof.example(&cells)?;
            Some(Extreme { before: saving.saturating_add(after), after, cells, example })
        };
        let span = |values: &ByValue| Some((*values.keys().next()?, *values.keys().next_back()?));
        Some(Spread {
            before: span(&befores)?,
            after: span(after)?,
            best: extreme(&most.0, &most.1)?,
            worst: extreme(&least.0, &least.1)?,
            mean_before: self.mean(weights, &befores),
            mean_after: self.mean(weights, after),
        })
    }

    /// In millionths.
    fn mean(&self, weights: &Weights, values: &ByValue) -> i64 {
        let (mut sum, mut whole) = (BigUint::from(0u32), BigUint::from(0u32));
        for (value, cells) in values {
            let weight = weights.weigh(cells);
            whole += &weight;
            sum += weight * BigUint::from(u64::try_from(*value).unwrap_or_default());
        }
        if whole == BigUint::from(0u32) {
            return 0;
        }
        let mean = sum * BigUint::from(MILLION) / whole;
        i64::try_from(mean).unwrap_or(i64::MAX)
    }
}

/// The greatest saving or the least, with the cells that have it.
fn saved(before: &ByValue, after: &ByValue, greatest: bool) -> Option<(i64, Bdd)> {
    let mut pairs: BTreeMap<i64, Vec<(&Bdd, &Bdd)>> = BTreeMap::new();
    for (value, cells) in before {
        for (less, others) in after {
            pairs.entry(value.saturating_sub(*less)).or_default().push((cells, others));
        }
    }
    loop {
        let (saving, pairs) = if greatest { pairs.pop_last()? } else { pairs.pop_first()? };
        let both = pairs.into_iter().map(|(cells, others)| cells.and(others));
        if let Some(cells) = both.reduce(|sum, one| sum.or(&one)).filter(|it| !it.is_false()) {
            return Some((saving, cells));
        }
    }
}
