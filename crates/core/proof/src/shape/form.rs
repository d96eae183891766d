//! The one form: which slots are needed, by whom, and which come into being with an output.

use std::collections::BTreeMap;

use biodivine_lib_bdd::Bdd;
use vocabulary::{DataElementId, GroupId, Slot};

use super::{Maker, Shape, User};
use crate::model::Model;
use crate::{FeatureKey, Place};

impl Shape<'_, '_> {
    pub(super) fn form(&mut self) {
        let mut entries: BTreeMap<Slot, Vec<User>> = BTreeMap::new();
        let mut again: BTreeMap<(Slot, usize), (Bdd, Bdd)> = BTreeMap::new();
        for position in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(position) else {
                continue;
            };
            let (service, key, is_in) = (node.service, node.key.clone(), node.is_in.clone());
            for (at, need) in service.fields.iter().enumerate() {
                let Some(element) = self.catalogue.element(&need.element) else {
                    continue;
                };
                let group = element.group.as_ref();
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
                    let place = Place::Field(service.id.clone(), at);
                    let pair = self.judge(place, &need.when, scope.as_ref(), &reached);
                    let needed = reached.and_not(&pair.fails);
                    let slot = Model::slot(&element.id, member);
                    self.feature(FeatureKey::Field(key.clone(), slot.clone()), &needed);
                    let nowhere = self.model.nowhere();
                    if need.ask_again.is_empty() {
                        self.feature(FeatureKey::Asked(slot.clone()), &needed);
                        let required = if need.optional { nowhere.clone() } else { needed.clone() };
                        self.feature(FeatureKey::Required(slot.clone()), &required);
                        let hard = if need.soft { nowhere } else { needed.clone() };
                        add_user(entries.entry(slot).or_default(), position, &needed, &hard);
                    } else {
                        // Named twice: what is said last counts.
                        let entry = again.entry((slot, position));
                        let (asked, required) =
                            entry.or_insert_with(|| (nowhere.clone(), nowhere.clone()));
                        *asked = asked.or(&needed);
                        *required = if need.optional {
                            required.and_not(&needed)
                        } else {
                            required.or(&needed)
                        };
                    }
                }
            }
        }
        for (slot, users) in &entries {
            let makers = self.makers_of_slot(slot, users);
            let comes = makers.iter().fold(self.model.nowhere(), |sum, (_, makes)| sum.or(makes));
            let asked = self.features.get(&FeatureKey::Asked(slot.clone()));
            let comes = asked.map_or_else(|| self.model.nowhere(), |asked| asked.and(&comes));
            self.feature(FeatureKey::FromOutput(slot.clone()), &comes);
            let always = self.model.everywhere();
            self.join(users, &makers, &always);
        }
        for ((slot, position), (asked, required)) in again {
            let Some(key) = self.nodes.get(position).map(|node| node.key.clone()) else {
                continue;
            };
            self.feature(FeatureKey::AskedAgain(key.clone(), slot.clone()), &asked);
            self.feature(FeatureKey::RequiredAgain(key, slot.clone()), &required);
            let user = User { position, needs: asked.clone(), hard: asked.clone() };
            let users = std::slice::from_ref(&user);
            let makers = self.makers_of_slot(&slot, users);
            self.join(users, &makers, &asked);
        }
    }

    /// Who brings the slot into being: for its member, and none of its users.
    fn makers_of_slot(&self, slot: &Slot, users: &[User]) -> Vec<(Maker, Bdd)> {
        let group = self.group_of(&slot.element);
        let mut makers = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            let same_group = node.service.per.is_some() && node.service.per.as_ref() == group;
            if same_group && node.key.member != slot.member {
                continue;
            }
            let mut makes = node.is_in.clone();
            for user in users.iter().filter(|user| user.position == position) {
                makes = makes.and_not(&user.needs);
            }
            for output in &node.service.outputs {
                for _ in output.elements.iter().filter(|element| **element == slot.element) {
                    makers.push(((position, output.id.clone()), makes.clone()));
                }
            }
        }
        makers
    }

    fn group_of(&self, element: &DataElementId) -> Option<&GroupId> {
        self.catalogue.element(element).and_then(|element| element.group.as_ref())
    }
}

/// A node that needs something in several ways is one user, hard where one of its needs is.
pub(super) fn add_user(users: &mut Vec<User>, position: usize, needs: &Bdd, hard: &Bdd) {
    match users.iter_mut().find(|user| user.position == position) {
        Some(user) => {
            user.needs = user.needs.or(needs);
            user.hard = user.hard.or(hard);
        }
        None => users.push(User { position, needs: needs.clone(), hard: hard.clone() }),
    }
}
