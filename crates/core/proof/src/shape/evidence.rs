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
    /// For whom the need's conditions are judged.
    scope: Option<Symbol>,
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

/// What is open for a piece, and where.
struct Open<'o> {
    sources: Vec<(&'o Source, Pair)>,
    makers: &'o [(Maker, Bdd)],
    commitment: Bdd,
    deferral: Bdd,
    /// Somebody needs it, come what may.
    insisted: Bdd,
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
            let (service, is_in) = (node.service, node.is_in.clone());
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
                    let mut there = reached.and_not(&pair.fails);
                    if need.if_produced {
                        there = there.and(&self.is_made(&need.ty, group, member, position));
                    }
                    if there.is_false() {
                        continue;
                    }
                    let hard = if need.soft { self.model.nowhere() } else { there.clone() };
                    let wanted = pieces.entry((need.ty.clone(), member)).or_default();
                    add_user(&mut wanted.users, position, &there, &hard);
                    let certain = there.and(&pair.holds);
                    let needs = wanted.needs.entry(position).or_default();
                    needs.push(Need { need, scope, at, there, certain });
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
        let commitment = self.is_open(wanted, Way::Commitment);
        let deferral = self.is_open(wanted, Way::Deferral);
        let insisted = wanted.users.iter().fold(self.model.nowhere(), |sum, it| sum.or(&it.hard));
        let open = Open { sources, makers: &makers, commitment, deferral, insisted };
        let mut through_output = self.model.nowhere();
        let mut obtained = self.model.nowhere();
        for state in self.states(wanted) {
            let Some(agreed) = state.agreed else {
                continue;
            };
            let in_order: Vec<Way> =
                state.all.iter().copied().filter(|way| agreed.contains(way)).collect();
            let allowed = if in_order.is_empty() { state.all } else { in_order };
            let taken = self.ways(&allowed, &state.here, &open);
            for (way, wherever) in taken {
                obtained = obtained.or(&wherever);
                if matches!(way, Taken::Output(..)) {
                    through_output = through_output.or(&wherever);
                }
                let piece = Piece { ty: ty.clone(), member: member.map(symbol_id) };
                self.feature(FeatureKey::Way(piece, way), &wherever);
            }
        }
        for user in &wanted.users {
            let Some(key) = self.nodes.get(user.position).map(|node| node.key.clone()) else {
                continue;
            };
            let piece = Piece { ty: ty.clone(), member: member.map(symbol_id) };
            self.feature(FeatureKey::Uses(key, piece), &user.needs.and(&obtained));
        }
        self.join(&wanted.users, &makers, &through_output);
    }

    /// Where every user's condition for the way certainly holds.
    fn is_open(&mut self, wanted: &Wanted<'c>, way: Way) -> Bdd {
        let mut open = self.model.everywhere();
        for (position, needs) in &wanted.needs {
            let Some(service) = self.nodes.get(*position).map(|node| node.service) else {
                continue;
            };
            let (chosen, absent) = chosen(needs, &self.model.everywhere());
            let mut fine = absent;
            for ((_, wherever), need) in chosen.iter().zip(needs.iter().chain(needs)) {
                let (place, when) = match way {
                    Way::Commitment => {
                        (Place::Commitment(service.id.clone(), need.at), &need.need.commitment_when)
                    }
                    _ => (Place::Deferral(service.id.clone(), need.at), &need.need.deferral_when),
                };
                if need.need.ways.contains(&way) {
                    let pair = self.judge(place, when, need.scope.as_ref(), wherever);
                    fine = fine.or(&wherever.and(&pair.holds));
                } else {
                    let pair = self.model.judge(when, need.scope.as_ref());
                    fine = fine.or(&wherever.and(&pair.holds));
                }
            }
            open = open.and(&fine);
        }
        open
    }

    /// Where another node makes the type for that member.
    fn is_made(
        &self,
        ty: &EvidenceTypeId,
        group: Option<&GroupId>,
        member: Option<usize>,
        user: usize,
    ) -> Bdd {
        let makers = self.makers_of_type(ty, group, member, &[]).into_iter();
        let others = makers.filter(|((position, _), _)| *position != user);
        others.fold(self.model.nowhere(), |sum, (_, makes)| sum.or(&makes))
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
    fn states(&self, wanted: &Wanted<'c>) -> Vec<State> {
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
    fn ways(&self, allowed: &[Way], here: &Bdd, open: &Open<'_>) -> Vec<(Taken, Bdd)> {
        let mut rest = here.clone();
        let mut taken = Vec::new();
        for way in allowed {
            let sure = match way {
                Way::Upload => Taken::Upload,
                Way::Licence if allowed.contains(&Way::Upload) => Taken::Upload,
                Way::Licence => Taken::Licence,
                Way::Commitment => {
                    taken.push((Taken::Commitment, rest.and(&open.commitment)));
                    rest = rest.and_not(&open.commitment);
                    continue;
                }
                Way::Deferral => {
                    taken.push((Taken::Deferral, rest.and(&open.deferral)));
                    rest = rest.and_not(&open.deferral);
                    continue;
                }
                Way::Generated => Taken::Generated,
                Way::Source => {
                    // One that may be asked comes before one of which that is not known.
                    for (source, delivers) in &open.sources {
                        let here = rest.and(&delivers.holds);
                        rest = rest.and_not(&here);
                        taken.push((Taken::Source(source.id.clone()), here));
                    }
                    for (source, delivers) in &open.sources {
                        let here = rest.and(&delivers.undecided());
                        rest = rest.and_not(&here);
                        taken.push((Taken::Source(source.id.clone()), here));
                    }
                    continue;
                }
                Way::Output => {
                    for ((position, output), makes) in open.makers {
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
        // Where nobody insists, nobody is asked.
        taken.push((Taken::Upload, rest.and(&open.insisted)));
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
