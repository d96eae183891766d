//! Short names for the people of a covering set: the few answers that set each apart from all others.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use catalogue::{Binds, Catalogue, ElementType, Matter};
use proof::words::{Words, in_every_language};
use proof::{About, Answer, Example, Said};
use vocabulary::{DataElementId, Localised, ServiceId, Slot, Value};

/// Answers in a name, at most.
const MOST_PARTS: usize = 4;

/// So many answers stay in a name even where fewer would do: they say what it is about.
const ENOUGH_PARTS: usize = 2;

/// An option says enough without what it is an option of when its name has more bytes than this.
const LONG_ENOUGH: usize = 12;

/// A name for each, all different.
pub(crate) fn names(catalogue: &Catalogue, matter: &Matter, people: &[&Example]) -> Vec<Localised> {
    let mut names: Vec<Localised> = Vec::with_capacity(people.len());
    for (number, person) in (1usize..).zip(people) {
        let marks = marks(person, people);
        let name = in_every_language(catalogue, matter, |words| name(words, person, &marks));
        let taken = names.contains(&name);
        names.push(if taken {
            in_every_language(catalogue, matter, |words| {
                let plain = self::name(words, person, &marks);
                words.say("{0}（{1}）", "{0} ({1})", &[&plain, &number.to_string()])
            })
        } else {
            name
        });
    }
    names
}

/// Something that may set a person apart.
#[derive(Clone, Copy)]
enum Mark<'e> {
    Says(&'e Answer),
    LeavesOut(&'e BTreeSet<ServiceId>),
}

impl<'e> Mark<'e> {
    /// In the order of the questions.
    fn all(person: &'e Example) -> Vec<Self> {
        let answers = person.answers.iter().map(Self::Says);
        answers.chain([Self::LeavesOut(&person.skip)]).collect()
    }

    fn fits(self, other: &Example) -> bool {
        match self {
            Self::Says(answer) => {
                other.answers.iter().any(|it| it.about == answer.about && it.said == answer.said)
            }
            Self::LeavesOut(services) => other.skip == *services,
        }
    }

    /// How much it tells: what somebody chose more than what is not or is measured, and that more than what
    /// nobody is asked.
    fn weight(self) -> usize {
        match self {
            Self::Says(Answer { question: None, .. }) => 1,
            Self::Says(Answer { said, .. }) => match said {
                Said::Members(_) | Said::Value(Value::Bool(true) | Value::Text(_)) => 3,
                Said::Declined
                | Said::Value(Value::Bool(_) | Value::Number(_) | Value::Date(_)) => 2,
                Said::Value(Value::Null) => 1,
            },
            Self::LeavesOut(services) if services.is_empty() => 1,
            Self::LeavesOut(_) => 2,
        }
    }
}

/// Few marks that together fit nobody else, as far as they go: each the one that sets the person apart from most of
/// those who are left, times what it tells; of several the first.
fn marks<'e>(person: &'e Example, people: &[&Example]) -> Vec<Mark<'e>> {
    let all = Mark::all(person);
    let others: Vec<&Example> =
        people.iter().copied().filter(|other| !std::ptr::eq(*other, person)).collect();
    let mut left = others.clone();
    let mut chosen: Vec<usize> = Vec::new();
    while !left.is_empty() && chosen.len() < MOST_PARTS {
        let apart = |mark: Mark<'_>| left.iter().filter(|other| !mark.fits(other)).count();
        let score = |mark: Mark<'_>| apart(mark).saturating_mul(mark.weight());
        let places = all.iter().enumerate();
        let best = places.max_by_key(|(place, mark)| (score(**mark), Reverse(*place)));
        let Some((place, mark)) = best.filter(|(_, mark)| score(**mark) > 0) else {
            break;
        };
        left.retain(|other| mark.fits(other));
        chosen.push(place);
    }
    chosen.sort_unstable();
    let mut chosen: Vec<Mark<'_>> =
        chosen.into_iter().filter_map(|place| all.get(place).copied()).collect();
    // What was chosen later may make needless what was chosen first.
    while chosen.len() > ENOUGH_PARTS {
        let alike = |gone: &usize| {
            let fits = |other: &&&Example| {
                let mut kept = chosen.iter().enumerate().filter(|(place, _)| place != gone);
                kept.all(|(_, mark)| mark.fits(other))
            };
            others.iter().filter(fits).count()
        };
        let needless = (0..chosen.len()).filter(|gone| alike(gone) == left.len());
        let weight = |place: &usize| chosen.get(*place).map(|mark| mark.weight());
        let Some(needless) = needless.min_by_key(weight) else {
            break;
        };
        chosen.remove(needless);
    }
    chosen
}

fn name(words: &Words<'_>, person: &Example, marks: &[Mark<'_>]) -> String {
    if marks.is_empty() {
        return words.say("一般情形", "The ordinary case", &[]);
    }
    let labels = marks.iter().map(|mark| match mark {
        Mark::Says(answer) => said(words, person, answer),
        Mark::LeavesOut(services) => left_out(words, services),
    });
    labels.collect::<Vec<_>>().join(&words.say("·", " · ", &[]))
}

fn left_out(words: &Words<'_>, services: &BTreeSet<ServiceId>) -> String {
    let mut some = services.iter();
    match (some.next(), some.next()) {
        (None, _) => words.say("可选事项都办", "With every optional service", &[]),
        (Some(only), None) => words.say("不办“{0}”", "Without “{0}”", &[&words.service(only)]),
        _ => {
            let count = services.len().to_string();
            words.say("不办 {0} 项可选事项", "Without {0} optional services", &[&count])
        }
    }
}

/// An answer in few words; whose it is where there are several.
fn said(words: &Words<'_>, person: &Example, answer: &Answer) -> String {
    let slot = match &answer.about {
        About::Slot(slot) => slot,
        About::Group(group) => {
            let name = words.catalogue.groups.get(group).map(|it| it.name.get(words.lang));
            let count = match &answer.said {
                Said::Members(count) => count.to_string(),
                Said::Value(value) => value.to_string(),
                Said::Declined => words.say("不清楚", "not known", &[]),
            };
            return words.say("{0}数：{1}", "{0} × {1}", &[name.unwrap_or(group.as_str()), &count]);
        }
    };
    let element = words.element(&slot.element);
    let label = match &answer.said {
        Said::Value(Value::Bool(true)) => element,
        Said::Value(value) => {
            let value = words.value(&slot.element, value);
            if stands_alone(words, &slot.element, &value) {
                value
            } else {
                words.say("{0}：{1}", "{0}: {1}", &[&element, &value])
            }
        }
        Said::Declined => words.say("{0}：不清楚", "{0}: not known", &[&element]),
        Said::Members(count) => words.say("{0}：{1}", "{0}: {1}", &[&element, &count.to_string()]),
    };
    match whose(words, person, slot) {
        Some(whose) => words.say("{0}{1}", "{0} {1}", &[&whose, &label]),
        None => label,
    }
}

/// Which of several members, in brackets.
fn whose(words: &Words<'_>, person: &Example, slot: &Slot) -> Option<String> {
    let member = slot.member.as_ref()?;
    let group = words.catalogue.element(&slot.element)?.group.as_ref()?;
    let members = person.facts.members(group)?;
    let place = members.iter().position(|known| known == member)?.saturating_add(1).to_string();
    (members.len() > 1).then(|| words.say("（{0}）", "({0})", &[&place]))
}

/// Whether the name of an option is long enough to be understood by itself, and nothing else that is asked in
/// this matter can be answered with it.
fn stands_alone(words: &Words<'_>, element: &DataElementId, option: &str) -> bool {
    let options = |id: &DataElementId| match words.catalogue.element(id).map(|it| &it.ty) {
        Some(ElementType::Choice(options)) => options.as_slice(),
        _ => &[],
    };
    let is_option =
        |id: &DataElementId| options(id).iter().any(|other| other.name.get(words.lang) == option);
    let mut asked = words.matter.questions.iter().filter_map(|question| match &question.binds {
        Binds::Element(id) if id != element => Some(id),
        Binds::Element(_) | Binds::CountOf(_) => None,
    });
    option.len() > LONG_ENOUGH && is_option(element) && !asked.any(is_option)
}
