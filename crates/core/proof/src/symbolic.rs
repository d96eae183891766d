//! A matter as sets of cells: its model, its shape, which cells can be, and when sources tell.

use std::collections::BTreeMap;

use biodivine_lib_bdd::Bdd;
use vocabulary::SourceId;

use crate::model::{Conditions, Judging, Model, Pair};
use crate::reads::Symbol;
use crate::setting::{Members, Setting};
use crate::shape::{Met, Shape};
use crate::{Class, FeatureKey, Place, Subject};

/// When a source can tell the value of a variable.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) source: SourceId,
    pub(crate) pair: Pair,
}

/// A matter for one way of telling members apart.
#[derive(Debug)]
pub(crate) struct Symbolic {
    pub(crate) model: Model,
    pub(crate) conditions: Conditions,
    pub(crate) features: BTreeMap<FeatureKey, Bdd>,
    pub(crate) met: Vec<Met>,
    /// By variable.
    pub(crate) told: BTreeMap<usize, Told>,
    /// Where every class can be that is there; says nothing about members who are not.
    pub(crate) possible: Bdd,
}

impl Symbolic {
    pub(crate) fn of(setting: &Setting<'_>, members: Members, skips: bool) -> Self {
        let mut model = setting.model(members, skips);
        let shape = Shape::of(setting.catalogue, setting.matter, &mut model);
        let (features, mut met) = (shape.features, shape.met);
        let told = told(setting, &mut model, &mut met);
        let possible = possible(setting, &model, &told);
        let (model, conditions) = model.into_parts();
        Self { model, conditions, features, met, told, possible }
    }

    /// The possible cells, each once: what means nothing is blank.
    pub(crate) fn space(&self) -> Bdd {
        let model = &self.model;
        let mut space = self.possible.and(&model.unused_bits());
        for variable in 0..model.variables.len() {
            space = space.and(&model.proper_codes(variable));
            let there = self.is_there(variable);
            if !there.is_true() {
                space = space.and(&there.or(&model.is_blank(variable)));
            }
        }
        space
    }

    /// Where something is skipped.
    pub(crate) fn skipped(&self) -> Bdd {
        let variables = self.model.variables.iter().enumerate();
        let skips = variables.filter(|(_, it)| matches!(it.subject, Subject::Skip(_)));
        skips.fold(self.model.nowhere(), |sum, (skip, _)| sum.or(&self.model.is(skip, 1)))
    }

    /// The variables that mean something only for members beside the generic one.
    pub(crate) fn beside(&self) -> Vec<usize> {
        let coded = self.model.coded.iter().enumerate();
        let beside = coded.filter(|(_, coded)| coded.members.iter().any(|(_, at)| *at > 0));
        beside.map(|(variable, _)| variable).collect()
    }

    /// Where the variable means something.
    pub(crate) fn is_there(&self, variable: usize) -> Bdd {
        let members = self.model.coded.get(variable).map_or(&[][..], |coded| &coded.members);
        let there = |sum: Bdd, member: &Symbol| sum.and(&self.model.is_member(member));
        members.iter().fold(self.model.everywhere(), there)
    }
}

fn told(
    setting: &Setting<'_>,
    model: &mut Judging<'_>,
    met: &mut Vec<Met>,
) -> BTreeMap<usize, Told> {
    let mut told = BTreeMap::new();
    for variable in 0..model.variables.len() {
        let Some(Subject::Element(slot)) =
            model.variables.get(variable).map(|it| it.subject.clone())
        else {
            continue;
        };
        let Some(element) = setting.catalogue.element(&slot.element) else {
            continue;
        };
        let sources = &setting.catalogue.sources;
        let Some(source) = element.source.as_ref().and_then(|id| sources.get(id)) else {
            continue;
        };
        let scope = model.coded.get(variable).and_then(|coded| coded.members.first().cloned());
        let mut pair = Pair::clone(&model.always());
        for condition in [&source.when, &element.source_when] {
            let one = model.judge(condition, scope.as_ref());
            pair = pair.and(&one);
            if !condition.is_always() {
                met.push(Met {
                    place: Place::SourceOfElement(source.id.clone(), element.id.clone()),
                    member: scope.clone(),
                    text: condition.source().to_owned(),
                    reached: model.everywhere(),
                    pair: Pair::clone(&one),
                });
            }
        }
        told.insert(variable, Told { source: source.id.clone(), pair });
    }
    told
}

/// Absent is what a source says; unknown is what nobody tells; a value comes from an answer, a source or the
/// form.
fn possible(setting: &Setting<'_>, model: &Model, told: &BTreeMap<usize, Told>) -> Bdd {
    let mut possible = model.everywhere();
    for (variable, it) in model.variables.iter().enumerate() {
        let Subject::Element(slot) = &it.subject else {
            continue;
        };
        let tells = told.get(&variable).map_or_else(|| model.nowhere(), |it| it.pair.holds.clone());
        let given = it.question.is_some() || setting.is_field(&slot.element);
        let mut fits = model.everywhere();
        for (class, what) in it.classes.iter().enumerate() {
            let allowed = match what {
                Class::Null => tells.clone(),
                Class::Unknown => tells.not(),
                _ if given => continue,
                _ => tells.clone(),
            };
            fits = fits.and(&model.is(variable, class).not().or(&allowed));
        }
        if fits.is_true() {
            continue;
        }
        let members = model.coded.get(variable).map_or(&[][..], |coded| &coded.members);
        for member in members {
            fits = fits.or(&model.is_member(member).not());
        }
        possible = possible.and(&fits);
    }
    possible
}
