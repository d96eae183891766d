//! The one evidence list: which pieces are needed, by whom, and how each comes by.

use std::collections::BTreeMap;

use biodivine_lib_bdd::Bdd;
use catalogue::{EvidenceNeed, Source, Way};
use vocabulary::{EvidenceTypeId, GroupId};

use super::form::add_user;
use super::{Maker, Shape, User};
use crate::model::Pair;
use crate::reads::{Symbol, symbol_id};
use crate::{FeatureKey, Piece, Place, Taken};

/// One need of one node for a piece: where it is there at all, and where certainly.
struct Need<'c> {
    need: &'c EvidenceNeed,
    at: usize,
    there: Bdd,
    certain: Bdd,
}

/// A piece with all who may need it.
#[derive(Default)]
struct Wanted<'c> {
    /// By node, in their order.
    needs: BTreeMap<usize, Vec<Need<'c>>>,
    users: Vec<User>,
}

/// The ways that the users so far allow, where exactly these users are there.
struct State {
    /// Of all of them, in the order in which they name them.
    all: Vec<Way>,
    /// Those that every one of them names; `None` = nobody is there yet.
    agreed: Option<Vec<Way>>,
    here: Bdd,
}

impl<'c> Shape<'c, '_> {
    pub(super) fn evidence(&mut self) {
        let mut pieces: BTreeMap<(EvidenceTypeId, Option<usize>), Wanted<'c>> = BTreeMap::new();
        for position in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(position) else {
                continue;
            };
            let (service, key, is_in) = (node.service, node.key.clone(), node.is_in.clone());
            for (at, need) in service.evidence.iter().enumerate() {
                let group = self.group_of_type(&need.ty);
                let Some(node) = self.nodes.get(position) else {
                    continue;
                };
                let members: Vec<_> = self
                    .each(group, node)
                    .into_iter()
                    .map(|(member, here)| (member, here, node.scope_of(group, member)))
                    .collect();
                for (member, here, scope) in members {
                    let reached = is_in.and(&here);
                    let place = Place::Evidence(service.id.clone(), at);
                    let pair = self.judge(place, &need.when, scope.as_ref(), &reached);
                    let there = reached.and_not(&pair.fails);
                    if there.is_false() {
                        continue;
                    }
                    let piece = Piece { ty: need.ty.clone(), member: member.map(symbol_id) };
                    self.feature(FeatureKey::Uses(key.clone(), piece), &there);
                    let hard = if need.soft { self.model.nowhere() } else { there.clone() };
                    let wanted = pieces.entry((need.ty.clone(), member)).or_default();
                    add_user(&mut wanted.users, position, &there, &hard);
                    let certain = there.and(&pair.holds);
                    wanted.needs.entry(position).or_default().push(Need { need, at, there, certain });
                }
            }
        }
        for ((ty, member), wanted) in pieces {
            self.piece(&ty, member, &wanted);
        }
    }

    fn group_of_type(&self, ty: &EvidenceTypeId) -> Option<&'c GroupId> {
        self.catalogue.evidence_types.get(ty).and_then(|ty| ty.per.as_ref())
    }

    fn piece(&mut self, ty: &EvidenceTypeId, member: Option<usize>, wanted: &Wanted<'c>) {
        let group = self.group_of_type(ty);
        let scope = group.cloned().zip(member);
        let makers = self.makers_of_type(ty, group, member, &wanted.users);
        let reached = wanted.users.iter().fold(self.model.nowhere(), |sum, it| sum.or(&it.needs));
        let sources: Vec<(&'c Source, Pair)> = if self.may_be_fetched(wanted) {
            let delivering = self.catalogue.sources.values();
            let delivering = delivering.filter(|source| source.evidence.contains(ty));
            delivering
                .map(|source| (source, self.delivers(source, ty, scope.as_ref(), &reached)))
                .collect()
        } else {
            Vec::new()
        };
        let mut through_output = self.model.nowhere();
        for state in self.states(wanted, scope.as_ref()) {
            let Some(agreed) = state.agreed else {
                continue;
            };
            let in_order: Vec<Way> =
                state.all.iter().copied().filter(|way| agreed.contains(way)).collect();
            let allowed = if in_order.is_empty() { state.all } else { in_order };
            let taken = self.ways(&allowed, &state.here, &sources, &makers);
            for (way, wherever) in taken {
                if matches!(way, Taken::Output(..)) {
                    through_output = through_output.or(&wherever);
                }
                let piece = Piece { ty: ty.clone(), member: member.map(symbol_id) };
                self.feature(FeatureKey::Way(piece, way), &wherever);
            }
        }
        self.join(&wanted.users, &makers, &through_output);
    }

    fn may_be_fetched(&self, wanted: &Wanted<'_>) -> bool {
        wanted.needs.values().flatten().any(|need| need.need.ways.contains(&Way::Source))
    }

    /// Who makes the type: for its member, and none of its users.
    fn makers_of_type(
        &self,
        ty: &EvidenceTypeId,
        group: Option<&GroupId>,
        member: Option<usize>,
        users: &[User],
    ) -> Vec<(Maker, Bdd)> {
        let mut makers = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            let same_group = node.service.per.is_some() && node.service.per.as_ref() == group;
            if same_group && node.member != member {
                continue;
            }
            let mut makes = node.is_in.clone();
            for user in users.iter().filter(|user| user.position == position) {
                makes = makes.and_not(&user.needs);
            }
            let outputs = node.service.outputs.iter();
            for output in outputs.filter(|output| output.evidence.as_ref() == Some(ty)) {
                makers.push(((position, output.id.clone()), makes.clone()));
            }
        }
        makers
    }

    /// Goes through the users in order and divides the cells by which ways they allow together.
    fn states(&mut self, wanted: &Wanted<'c>, _scope: Option<&Symbol>) -> Vec<State> {
        let everywhere = self.model.everywhere();
        let mut states = vec![State { all: Vec::new(), agreed: None, here: everywhere }];
        for needs in wanted.needs.values() {
            let mut next: Vec<State> = Vec::new();
            let (chosen, absent) = chosen(needs, &self.model.everywhere());
            for state in states {
                let stays = state.here.and(&absent);
                for (need, wherever) in &chosen {
                    let here = state.here.and(wherever);
                    if here.is_false() {
                        continue;
                    }
                    let mut all = state.all.clone();
                    all.extend(need.ways.iter().filter(|way| !state.all.contains(way)));
                    let agreed = match &state.agreed {
                        None => need.ways.clone(),
                        Some(before) => {
                            before.iter().copied().filter(|way| need.ways.contains(way)).collect()
                        }
                    };
                    merge(&mut next, State { all, agreed: Some(agreed), here });
                }
                merge(&mut next, State { here: stays, ..state });
            }
            states = next;
        }
        states
    }

    /// The first possible way of `allowed`, within `here`.
    fn ways(
        &self,
        allowed: &[Way],
        here: &Bdd,
        sources: &[(&Source, Pair)],
        makers: &[(Maker, Bdd)],
    ) -> Vec<(Taken, Bdd)> {
        let mut rest = here.clone();
        let mut taken = Vec::new();
        for way in allowed {
            let sure = match way {
                Way::Upload => Taken::Upload,
                Way::Licence if allowed.contains(&Way::Upload) => Taken::Upload,
                Way::Licence => Taken::Licence,
                Way::Commitment => Taken::Commitment,
                Way::Deferral => Taken::Deferral,
                Way::Generated => Taken::Generated,
                Way::Source => {
                    // One that may be asked comes before one of which that is not known.
                    for (source, delivers) in sources {
                        let here = rest.and(&delivers.holds);
                        rest = rest.and_not(&here);
                        taken.push((Taken::Source(source.id.clone()), here));
                    }
                    for (source, delivers) in sources {
                        let here = rest.and(&delivers.undecided());
                        rest = rest.and_not(&here);
                        taken.push((Taken::Source(source.id.clone()), here));
                    }
                    continue;
                }
                Way::Output => {
                    for ((position, output), makes) in makers {
                        let Some(node) = self.nodes.get(*position) else {
                            continue;
                        };
                        let here = rest.and(makes);
                        rest = rest.and_not(&here);
                        taken.push((Taken::Output(node.service.id.clone(), output.clone()), here));
                    }
                    continue;
                }
            };
            taken.push((sure, rest.clone()));
            rest = self.model.nowhere();
        }
        taken.push((Taken::Upload, rest));
        taken.retain(|(_, wherever)| !wherever.is_false());
        taken
    }
}

/// Which of a node's needs speaks for it, and where it has none: the first certain one, else the first.
fn chosen<'n, 'c>(needs: &'n [Need<'c>], everywhere: &Bdd) -> (Vec<(&'n EvidenceNeed, Bdd)>, Bdd) {
    let mut chosen = Vec::new();
    let mut certain = everywhere.not();
    for need in needs {
        chosen.push((need.need, need.certain.and_not(&certain)));
        certain = certain.or(&need.certain);
    }
    let mut there = certain;
    for need in needs {
        chosen.push((need.need, need.there.and_not(&there)));
        there = there.or(&need.there);
    }
    (chosen, there.not())
}

fn merge(states: &mut Vec<State>, state: State) {
    if state.here.is_false() {
        return;
    }
    let same = |known: &&mut State| known.all == state.all && known.agreed == state.agreed;
    match states.iter_mut().find(same) {
        Some(known) => known.here = known.here.or(&state.here),
        None => states.push(state),
    }
}
