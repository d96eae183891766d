//! Brute force over every assignment of classes, with real plans.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Binds, Catalogue, Matter};
use conditions::Truth;
use plan::{Plan, PlanInput};
use vocabulary::{
    DataElementId, Date, Fact, Facts, GroupId, Instant, MemberId, Origin, QuestionId, Slot, Value,
};
use yijianshi_proof::{Class, FeatureKey, Proof, Range, Subject, Variable};

use crate::generator::AS_OF;
use crate::shape::shape;

/// One value of one thing in an assignment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Said {
    Members(u32),
    Value(Value),
    Unknown,
}

/// A person: what is so, by topic. Things of members who are not there are left out.
pub(crate) type Person = BTreeMap<Subject, Said>;

/// Everything about a small matter by enumeration.
pub(crate) struct Brute<'c> {
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) matter: &'c Matter,
    /// The classes of the proof's variables: exactness of classes is tested apart.
    variables: Vec<Variable>,
    symbols: u32,
}

pub(crate) fn as_of() -> Date {
    AS_OF.parse().unwrap()
}

fn now() -> Instant {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn id(member: u32) -> MemberId {
    MemberId::new(member.to_string())
}

impl<'c> Brute<'c> {
    /// With so many members told apart; the others are like the last of them.
    pub(crate) fn new(
        catalogue: &'c Catalogue,
        matter: &'c Matter,
        proof: &Proof,
        symbols: u32,
    ) -> Self {
        let variables = proof.variables().to_vec();
        Self { catalogue, matter, variables, symbols }
    }

    fn question(&self, id: &QuestionId) -> &'c catalogue::Question {
        self.matter.questions.iter().find(|question| question.id == *id).unwrap()
    }

    fn said(class: &Class) -> Said {
        match class {
            Class::Values { example, .. } => Said::Value(example.clone()),
            Class::Null => Said::Value(Value::Null),
            Class::Members { example, .. } => Said::Members(*example),
            Class::Unknown | Class::Flag(_) => Said::Unknown,
        }
    }

    /// Every conceivable person. `each_size` = every number of members by itself.
    pub(crate) fn people(&self, each_size: bool) -> Vec<Person> {
        let mut people: Vec<Person> = vec![Person::new()];
        let sizes = self.variables.iter().filter(|it| matches!(it.subject, Subject::Size(_)));
        for variable in sizes {
            let mut options: BTreeSet<Said> = BTreeSet::new();
            for class in &variable.classes {
                match class {
                    Class::Members { from, to, .. } if each_size => {
                        options.extend((*from..=*to).map(Said::Members));
                    }
                    other => drop(options.insert(Self::said(other))),
                }
            }
            people = spread(&people, |_| vec![(variable.subject.clone(), options.clone())]);
        }
        let generic = Some(MemberId::new("1"));
        for variable in &self.variables {
            let Subject::Element(slot) = &variable.subject else { continue };
            if slot.member.is_some() && slot.member != generic {
                continue;
            }
            let options: BTreeSet<Said> = variable.classes.iter().map(Self::said).collect();
            let group = self.catalogue.element(&slot.element).unwrap().group.clone();
            people = spread(&people, |person| match &group {
                None => vec![(variable.subject.clone(), options.clone())],
                Some(group) => {
                    let there = match person.get(&Subject::Size(group.clone())) {
                        Some(Said::Members(count)) => (*count).min(self.symbols),
                        _ => 0,
                    };
                    let slot =
                        |member| Slot { element: slot.element.clone(), member: Some(id(member)) };
                    (1..=there).map(|at| (Subject::Element(slot(at)), options.clone())).collect()
                }
            });
        }
        people
    }

    /// People of the same cell: everything at the lower, and at the upper end of its class.
    pub(crate) fn likes(&self, person: &Person) -> [Person; 2] {
        let moved = |upper: bool| {
            let mut person = person.clone();
            for (subject, said) in &mut person {
                let Said::Value(value) = said else { continue };
                let of = |it: &&Variable| match (&it.subject, subject) {
                    (Subject::Element(a), Subject::Element(b)) => a.element == b.element,
                    _ => false,
                };
                let variable = self.variables.iter().find(of).unwrap();
                let class = variable.classes.iter().find(|class| class.contains(value)).unwrap();
                if let Class::Values { range: Range::Between { from, to }, .. } = class {
                    let end = if upper { to } else { from };
                    *value = end.clone().unwrap_or(value.clone());
                }
            }
            person
        };
        [moved(false), moved(true)]
    }

    /// The facts, as an interview and the sources would have left them.
    pub(crate) fn facts(&self, person: &Person) -> Facts {
        let mut facts = Facts::new();
        for (subject, said) in person {
            if let Subject::Size(group) = subject {
                match said {
                    Said::Members(count) => {
                        facts.set_members(group.clone(), (1..=*count).map(id).collect());
                    }
                    _ => facts.decline(Slot::single(DataElementId::new(group.as_str()))),
                }
            }
        }
        for (subject, said) in person {
            let Subject::Element(slot) = subject else { continue };
            for slot in self.likewise(slot, &facts) {
                match said {
                    Said::Value(value) => facts.answer(slot, value.clone()),
                    _ if self.asks(&slot.element) => facts.decline(slot),
                    _ => {}
                }
            }
        }
        let told: Vec<(Slot, Fact)> = facts
            .iter()
            .filter_map(|(slot, fact)| {
                let element = self.catalogue.element(&slot.element)?;
                let source = element.source.clone()?;
                (self.tells(slot, &facts) == Truth::True).then(|| {
                    let origin = Origin::Source { source, at: now() };
                    (slot.clone(), Fact { value: fact.value.clone(), origin })
                })
            })
            .collect();
        for (slot, fact) in told {
            facts.set(slot, fact);
        }
        facts
    }

    fn likewise(&self, slot: &Slot, facts: &Facts) -> Vec<Slot> {
        let group = self.catalogue.element(&slot.element).and_then(|it| it.group.as_ref());
        let (Some(group), Some(member)) = (group, &slot.member) else {
            return vec![slot.clone()];
        };
        let members = facts.members(group).unwrap_or_default();
        let own = members.iter().position(|other| other == member).unwrap();
        let last = usize::try_from(self.symbols).unwrap() - 1;
        let range = if own == last { own..members.len() } else { own..own + 1 };
        let slot =
            |at: usize| Slot { element: slot.element.clone(), member: Some(members[at].clone()) };
        range.map(slot).collect()
    }

    fn asks(&self, element: &DataElementId) -> bool {
        self.matter.questions.iter().any(|it| it.binds == Binds::Element(element.clone()))
    }

    pub(crate) fn tells(&self, slot: &Slot, facts: &Facts) -> Truth {
        let element = self.catalogue.element(&slot.element).unwrap();
        let Some(source) = element.source.as_ref().and_then(|id| self.catalogue.sources.get(id))
        else {
            return Truth::False;
        };
        let scope = element.group.as_ref().zip(slot.member.as_ref());
        source.tells(element, |when| when.evaluate(facts, scope, as_of()))
    }

    /// Absent only when a source says so; unknown only when none can; a value only from someone who has it.
    pub(crate) fn is_reachable(&self, person: &Person) -> bool {
        let facts = self.facts(person);
        let fields: BTreeSet<&DataElementId> = self
            .matter
            .services
            .iter()
            .flat_map(|part| &self.catalogue.service(&part.service).unwrap().fields)
            .map(|need| &need.element)
            .collect();
        person.iter().all(|(subject, said)| {
            let Subject::Element(slot) = subject else { return true };
            let tells = self.tells(slot, &facts) == Truth::True;
            match said {
                Said::Value(Value::Null) => tells,
                Said::Unknown => !tells,
                _ => tells || self.asks(&slot.element) || fields.contains(&slot.element),
            }
        })
    }

    pub(crate) fn plan(&self, facts: &Facts) -> Plan {
        plan::make(&PlanInput {
            catalogue: self.catalogue,
            matter: self.matter,
            facts,
            skip: &BTreeSet::new(),
            given: &BTreeSet::new(),
            unreachable: &BTreeSet::new(),
            standing: &plan::standing::NOTHING,
            now: now(),
        })
    }

    pub(crate) fn shape(&self, person: &Person, all: bool) -> BTreeSet<FeatureKey> {
        shape(&self.plan(&self.facts(person)), all, self.catalogue)
    }

    /// The whole shape, or what is seen of it from the generic member.
    pub(crate) fn seen_shape(&self, person: &Person, generic: bool) -> BTreeSet<FeatureKey> {
        let mut shape = self.shape(person, true);
        if generic {
            // Of members beyond the second, who are all like him, nothing more is to be seen.
            let beyond = |member: &MemberId| member.as_str().parse::<u32>().unwrap() > self.symbols;
            shape.retain(|key| !members_of(key).iter().any(beyond));
        }
        shape
    }

    /// The person as cells count: without members beside the generic one.
    pub(crate) fn cell(person: &Person) -> Person {
        let seen = |subject: &Subject| match subject {
            Subject::Element(slot) => {
                slot.member.as_ref().is_none_or(|member| member.as_str() == "1")
            }
            _ => true,
        };
        person
            .iter()
            .filter(|(subject, _)| seen(subject))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect()
    }

    pub(crate) fn question_of(&self, subject: &Subject) -> Option<QuestionId> {
        let found = self.matter.questions.iter().find(|it| match (&it.binds, subject) {
            (Binds::CountOf(group), Subject::Size(size)) => group == size,
            (Binds::Element(id), Subject::Element(slot)) => *id == slot.element,
            _ => false,
        });
        found.map(|question| question.id.clone())
    }

    /// How much a person weighs, answers weighted independently of each other. Whoever is not there might have
    /// been anyone.
    pub(crate) fn weight_of(&self, person: &Person) -> u64 {
        let weights = self.variables.iter().map(|variable| {
            let weights = variable.classes.iter().map(|class| self.weight(variable, class));
            match person.get(&variable.subject) {
                _ if matches!(variable.subject, Subject::Skip(_)) => 1,
                None => weights.sum(),
                Some(said) => {
                    let class = variable.classes.iter().position(|it| Self::said(it) == *said);
                    weights.collect::<Vec<_>>()[class.unwrap()]
                }
            }
        });
        weights.product()
    }

    fn weight(&self, variable: &Variable, class: &Class) -> u64 {
        let Some(question) = &variable.question else { return 1 };
        let shares = &self.question(question).weights;
        if shares.is_empty() {
            return 1;
        }
        let of = |name: &str| shares.get(name).copied().map_or(0, u64::from);
        match class {
            Class::Values { example, .. } => of(&example.to_string()),
            Class::Unknown => of("declined"),
            _ => 0,
        }
    }

    pub(crate) fn group(&self) -> Option<GroupId> {
        self.catalogue.groups.keys().next().cloned()
    }
}

/// Every person with every choice of the next things.
fn spread(
    people: &[Person],
    next: impl Fn(&Person) -> Vec<(Subject, BTreeSet<Said>)>,
) -> Vec<Person> {
    let mut spread = Vec::new();
    for person in people {
        let mut grown = vec![person.clone()];
        for (subject, options) in next(person) {
            grown = grown
                .iter()
                .flat_map(|person| {
                    options.iter().map(|said| {
                        let mut person = person.clone();
                        person.insert(subject.clone(), said.clone());
                        person
                    })
                })
                .collect();
        }
        spread.extend(grown);
    }
    spread
}

/// Every member whom a feature is about.
fn members_of(key: &FeatureKey) -> Vec<MemberId> {
    let node = |node: &vocabulary::NodeKey| node.member.clone();
    let mut members = vec![key.node().and_then(node)];
    members.push(match key {
        FeatureKey::Asked(slot)
        | FeatureKey::Required(slot)
        | FeatureKey::FromOutput(slot)
        | FeatureKey::Field(_, slot)
        | FeatureKey::AskedAgain(_, slot)
        | FeatureKey::RequiredAgain(_, slot)
        | FeatureKey::Signs(_, _, slot) => slot.member.clone(),
        FeatureKey::Uses(_, piece) | FeatureKey::Way(piece, _) => piece.member.clone(),
        FeatureKey::Edge { from, .. } | FeatureKey::HardEdge { from, .. } => from.member.clone(),
        _ => None,
    });
    members.into_iter().flatten().collect()
}
