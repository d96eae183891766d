//! The needs for evidence, merged: each piece once, with the way it comes by.
//!
//! The first possible way is taken in the order that the definition prefers. A source is possible when it
//! delivers the type, may be asked, and can be reached; an output when the service that makes it is in the
//! plan for that member; a commitment or a deferral when its condition certainly holds. What no way leads to
//! still has to be brought, unless it would only have been used if it were there (`soft`). What is needed only
//! where it is produced (`if_produced`) is no need at all without its producer.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{EvidenceNeed, Output, Source, Way};
use conditions::{Condition, InScope, Truth};
use vocabulary::{EvidenceTypeId, GroupId, MemberId, Period};

use crate::graph::Arrows;
use crate::judge::Judge;
use crate::select::Node;
use crate::{EvidenceGroup, EvidenceKey, PlanInput, PlannedEvidence, Reason, TakenWay, standing};

/// One piece of evidence and who needs it.
struct Piece<'a> {
    key: EvidenceKey,
    per: Option<&'a GroupId>,
    /// Positions of nodes, ascending, each once.
    users: Vec<User<'a>>,
}

struct User<'a> {
    position: usize,
    need: &'a EvidenceNeed,
    needed: Truth,
    soft: bool,
}

/// A need of one node for one piece, for counting what handling alone would cost.
pub(crate) struct AloneNeed {
    pub(crate) node: usize,
    pub(crate) piece: usize,
    pub(crate) copies: u32,
}

/// Every piece that the plan's services need.
pub(crate) struct EvidenceList {
    /// In the order in which the services name them.
    pub(crate) pieces: Vec<PlannedEvidence>,
    pub(crate) alone: Vec<AloneNeed>,
    /// For each node the pieces that it needs.
    pub(crate) of_node: Vec<Vec<EvidenceKey>>,
}

type Producers<'a> = BTreeMap<&'a EvidenceTypeId, Vec<(usize, &'a Output)>>;
type Sources<'a> = BTreeMap<&'a EvidenceTypeId, Vec<&'a Source>>;

/// Collects, chooses the ways, and draws the arrows from outputs to those who need them.
pub(crate) fn list(
    input: &PlanInput<'_>,
    judge: &Judge<'_>,
    nodes: &[Node<'_>],
    arrows: &mut Arrows,
) -> EvidenceList {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut list = EvidenceList { pieces: Vec::new(), alone: Vec::new(), of_node: Vec::new() };
    let producers = producers(nodes);
    collect(input, judge, nodes, &producers, &mut pieces, &mut list);
    let mut sources: Sources<'_> = BTreeMap::new();
    for source in input.catalogue.sources.values() {
        for ty in &source.evidence {
            sources.entry(ty).or_default().push(source);
        }
    }
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    for (place, piece) in pieces.iter().enumerate() {
        let makers = makers(nodes, &producers, piece);
        let choice = Choice { input, judge, nodes, piece, makers: &makers, sources: &sources };
        let allowed = allowed_ways(piece);
        let Some((way, group)) = choice.take(&allowed) else {
            gone.insert(place);
            continue;
        };
        if matches!(way, TakenWay::Output { .. }) {
            for user in &piece.users {
                arrows.join(nodes, &makers, user.position, user.soft);
            }
        }
        let keys = piece.users.iter().filter_map(|user| nodes.get(user.position));
        list.pieces.push(PlannedEvidence {
            key: piece.key.clone(),
            group,
            users: keys.map(|node| node.key.clone()).collect(),
            other_ways: choice.other_ways(allowed, &way),
            deferral_term: choice.deferral_term(&way),
            way,
            reason: choice.reason(),
        });
    }
    list.drop_pieces(&pieces, &gone);
    list
}

impl EvidenceList {
    /// Forgets what nobody is asked for after all.
    fn drop_pieces(&mut self, pieces: &[Piece<'_>], gone: &BTreeSet<usize>) {
        if gone.is_empty() {
            return;
        }
        self.alone.retain(|need| !gone.contains(&need.piece));
        for need in &mut self.alone {
            need.piece = need.piece.saturating_sub(gone.range(..need.piece).count());
        }
        let keys: BTreeSet<&EvidenceKey> =
            gone.iter().filter_map(|place| Some(&pieces.get(*place)?.key)).collect();
        for of_node in &mut self.of_node {
            of_node.retain(|key| !keys.contains(key));
        }
    }
}

fn collect<'a>(
    input: &PlanInput<'a>,
    judge: &Judge<'_>,
    nodes: &[Node<'a>],
    producers: &Producers<'a>,
    pieces: &mut Vec<Piece<'a>>,
    list: &mut EvidenceList,
) {
    // For each type the piece of each member, in their order, or the one.
    let mut places: BTreeMap<&EvidenceTypeId, Vec<Option<usize>>> = BTreeMap::new();
    for (position, node) in nodes.iter().enumerate() {
        let mut keys = Vec::with_capacity(node.service.evidence.len());
        for need in &node.service.evidence {
            let ty = input.catalogue.evidence_types.get(&need.ty);
            let per = ty.and_then(|ty| ty.per.as_ref());
            let of_type = places.entry(&need.ty).or_default();
            for (at, member) in judge.each(per, node.own()) {
                let needed = judge.truth(&need.when, node.scope_of(per, member));
                let unmade = || {
                    !is_made(nodes, producers, position, need, per, member)
                        && standing::maker(input, &need.ty, per, member).is_none()
                };
                if needed == Truth::False || (need.if_produced && unmade()) {
                    continue;
                }
                if of_type.len() <= at {
                    of_type.resize(at.saturating_add(1), None);
                }
                let Some(known) = of_type.get_mut(at) else {
                    continue;
                };
                let place = *known.get_or_insert_with(|| {
                    let key = EvidenceKey { ty: need.ty.clone(), member: member.clone() };
                    pieces.push(Piece { key, per, users: Vec::new() });
                    pieces.len().saturating_sub(1)
                });
                let Some(piece) = pieces.get_mut(place) else {
                    continue;
                };
                if piece.users.last().is_none_or(|last| last.position != position) {
                    keys.push(piece.key.clone());
                }
                piece.add(User { position, need, needed, soft: need.soft });
                list.alone.push(AloneNeed {
                    node: position,
                    piece: place,
                    copies: need.copies_alone,
                });
            }
        }
        list.of_node.push(keys);
    }
}

/// Whether another node makes the piece for that member.
fn is_made(
    nodes: &[Node<'_>],
    producers: &Producers<'_>,
    user: usize,
    need: &EvidenceNeed,
    per: Option<&GroupId>,
    member: &Option<MemberId>,
) -> bool {
    let found = producers.get(&need.ty).into_iter().flatten();
    let mut others = found.filter(|(position, _)| *position != user);
    others.any(|(position, _)| {
        nodes.get(*position).is_some_and(|node| {
            let same_group = node.service.per.is_some() && node.service.per.as_ref() == per;
            !same_group || node.key.member == *member
        })
    })
}

impl<'a> Piece<'a> {
    fn add(&mut self, user: User<'a>) {
        match self.users.last_mut() {
            // Named twice by one service, under two conditions: the stronger need counts.
            Some(last) if last.position == user.position => {
                last.soft &= user.soft;
                if user.needed == Truth::True && last.needed != Truth::True {
                    last.need = user.need;
                    last.needed = user.needed;
                }
            }
            _ => self.users.push(user),
        }
    }

    fn scope(&self) -> InScope<'_> {
        self.per.zip(self.key.member.as_ref())
    }
}

fn producers<'a>(nodes: &[Node<'a>]) -> Producers<'a> {
    let mut producers: Producers<'a> = BTreeMap::new();
    for (position, node) in nodes.iter().enumerate() {
        for output in &node.service.outputs {
            if let Some(ty) = &output.evidence {
                producers.entry(ty).or_default().push((position, output));
            }
        }
    }
    producers
}

/// Who makes the piece: for its member, and not those who need it themselves (a renewal).
fn makers<'a>(
    nodes: &[Node<'a>],
    producers: &Producers<'a>,
    piece: &Piece<'_>,
) -> Vec<(usize, &'a Output)> {
    let found = producers.get(&piece.key.ty).map(Vec::as_slice).unwrap_or_default();
    let made_for = |position: usize| {
        let Some(node) = nodes.get(position) else {
            return false;
        };
        let same_group = node.service.per.is_some() && node.service.per.as_ref() == piece.per;
        let users = &piece.users;
        let needs_it_itself = || users.binary_search_by_key(&position, |it| it.position).is_ok();
        (!same_group || node.key.member == piece.key.member) && !needs_it_itself()
    };
    found.iter().filter(|(position, _)| made_for(*position)).copied().collect()
}

/// The ways that every user accepts; all ways of all users when they agree on none.
fn allowed_ways(piece: &Piece<'_>) -> Vec<Way> {
    let mut all: Vec<Way> = Vec::new();
    for way in piece.users.iter().flat_map(|user| &user.need.ways) {
        if !all.contains(way) {
            all.push(*way);
        }
    }
    let by_everyone = |way: &Way| piece.users.iter().all(|user| user.need.ways.contains(way));
    let agreed: Vec<Way> = all.iter().copied().filter(by_everyone).collect();
    if agreed.is_empty() { all } else { agreed }
}

fn kind(way: &TakenWay) -> Way {
    match way {
        TakenWay::Upload => Way::Upload,
        TakenWay::Source { .. } => Way::Source,
        TakenWay::Licence => Way::Licence,
        TakenWay::Output { .. } => Way::Output,
        TakenWay::Commitment => Way::Commitment,
        TakenWay::Deferral => Way::Deferral,
        TakenWay::Generated => Way::Generated,
    }
}

/// The choice of a way for one piece.
struct Choice<'c, 'a> {
    input: &'c PlanInput<'a>,
    judge: &'c Judge<'a>,
    nodes: &'c [Node<'a>],
    piece: &'c Piece<'a>,
    makers: &'c [(usize, &'a Output)],
    sources: &'c Sources<'a>,
}

impl Choice<'_, '_> {
    /// `None`: no way leads to it, and nobody insists.
    fn take(&self, allowed: &[Way]) -> Option<(TakenWay, EvidenceGroup)> {
        let brought = |way: &Way| matches!(way, Way::Upload | Way::Licence);
        let given = self.input.given.contains(&self.piece.key);
        let first = allowed.iter().find_map(|way| self.possible(*way));
        let way = match first {
            Some(way @ (TakenWay::Source { .. } | TakenWay::Output { .. })) => way,
            // What is there already spares a commitment or a form; before that, an upload is easier
            // than a licence that may not be at hand.
            _ if given && allowed.iter().any(brought) => {
                if allowed.iter().find(|way| brought(way)) == Some(&Way::Licence) {
                    TakenWay::Licence
                } else {
                    TakenWay::Upload
                }
            }
            Some(TakenWay::Licence) if allowed.contains(&Way::Upload) => TakenWay::Upload,
            Some(way) => way,
            None if self.piece.users.iter().all(|user| user.soft) => return None,
            None => TakenWay::Upload,
        };
        let group = match &way {
            TakenWay::Source { .. } => EvidenceGroup::WeFetch,
            TakenWay::Upload | TakenWay::Licence if given => EvidenceGroup::YouGave,
            TakenWay::Upload | TakenWay::Licence => EvidenceGroup::YouBring,
            TakenWay::Output { .. }
            | TakenWay::Commitment
            | TakenWay::Deferral
            | TakenWay::Generated => EvidenceGroup::Produced,
        };
        Some((way, group))
    }

    /// The ways that could be taken instead.
    fn other_ways(&self, allowed: Vec<Way>, taken: &TakenWay) -> Vec<Way> {
        let open = |way: &Way| match way {
            Way::Commitment | Way::Deferral => self.possible(*way).is_some(),
            Way::Upload | Way::Source | Way::Licence | Way::Output | Way::Generated => true,
        };
        allowed.into_iter().filter(|other| *other != kind(taken) && open(other)).collect()
    }

    fn deferral_term(&self, taken: &TakenWay) -> Option<Period> {
        if *taken != TakenWay::Deferral {
            return None;
        }
        let terms = self.piece.users.iter().filter_map(|user| user.need.deferral_term.as_ref());
        let terms: Vec<Period> = terms.map(|term| term.period).collect();
        crate::terms::shortest(&terms, &self.input.catalogue.calendar, self.judge.as_of())
    }

    /// For every user: what is undecided closes the way, so that the wider evidence is asked for.
    fn is_open(&self, when: impl Fn(&EvidenceNeed) -> &Condition) -> bool {
        self.piece.users.iter().all(|user| {
            let node = self.nodes.get(user.position);
            let scope = node.and_then(|node| node.scope_of(self.piece.per, &self.piece.key.member));
            self.judge.truth(when(user.need), scope) == Truth::True
        })
    }

    fn possible(&self, way: Way) -> Option<TakenWay> {
        match way {
            Way::Upload => Some(TakenWay::Upload),
            Way::Licence => Some(TakenWay::Licence),
            Way::Commitment => {
                self.is_open(|need| &need.commitment_when).then_some(TakenWay::Commitment)
            }
            Way::Generated => Some(TakenWay::Generated),
            Way::Deferral => self.is_open(|need| &need.deferral_when).then_some(TakenWay::Deferral),
            Way::Source => self.source(),
            Way::Output => {
                let made = self.makers.first().and_then(|(position, output)| {
                    Some((self.nodes.get(*position)?.key.clone(), *output))
                });
                let key = &self.piece.key;
                let had = || standing::maker(self.input, &key.ty, self.piece.per, &key.member);
                let (node, output) = made.or_else(had)?;
                Some(TakenWay::Output { node, output: output.id.clone() })
            }
        }
    }

    /// A source that may be asked, rather than one of which that is not known yet.
    fn source(&self) -> Option<TakenWay> {
        let sources = self.sources.get(&self.piece.key.ty)?;
        let reachable =
            sources.iter().filter(|source| !self.input.unreachable.contains(&source.id));
        let mut perhaps = None;
        for source in reachable {
            let delivers = source
                .delivers(&self.piece.key.ty, |when| self.judge.truth(when, self.piece.scope()));
            match delivers {
                Truth::True => {
                    return Some(TakenWay::Source { source: source.id.clone() });
                }
                Truth::Unknown => perhaps = perhaps.or(Some(source)),
                Truth::False => {}
            }
        }
        perhaps.map(|source| TakenWay::Source { source: source.id.clone() })
    }

    /// Why the piece is needed: the strongest of its users' reasons.
    fn reason(&self) -> Reason {
        let strongest = self
            .piece
            .users
            .iter()
            .min_by_key(|user| (user.needed != Truth::True, !user.need.when.is_always()));
        let Some((user, node)) =
            strongest.and_then(|user| Some((user, self.nodes.get(user.position)?)))
        else {
            return Reason::Always;
        };
        let scope = node.scope_of(self.piece.per, &self.piece.key.member);
        self.judge.reason(&user.need.when, scope, user.needed)
    }
}
