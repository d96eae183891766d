//! What holds for every plan, whoever asks and in whatever order.

use std::collections::BTreeSet;

use catalogue::{Binds, Catalogue, ElementType, Matter};
use plan::{FieldState, Plan, PlanInput, Reduction, Vanished, make};
use proptest::prelude::*;
use proptest::sample::Index;
use vocabulary::{Facts, MemberId, Slot, SourceId, Value};

use crate::support::{NATIONAL, SAMPLE};

/// Someone's answers: a number for each question, from which an answer is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) choices: Vec<usize>,
    /// In which order he answers.
    pub(crate) order: Vec<Index>,
    down: Vec<bool>,
}

pub(crate) fn person() -> impl Strategy<Value = Person> {
    let choices = prop::collection::vec(0usize..24, 40);
    let order = prop::collection::vec(any::<Index>(), 80);
    let down = prop::collection::vec(any::<bool>(), 16);
    (choices, order, down).prop_map(|(choices, order, down)| Person { choices, order, down })
}

/// Every real matter, and the sample's.
fn all_scenes() -> Vec<(&'static Catalogue, &'static Matter)> {
    let of =
        |catalogue: &'static Catalogue| catalogue.matters.values().map(move |it| (catalogue, it));
    of(&SAMPLE).chain(of(&NATIONAL)).collect()
}

pub(crate) fn scenes() -> [(&'static Catalogue, &'static Matter); 3] {
    let of = |catalogue: &'static Catalogue, id: &str| (catalogue, catalogue.matter(id).unwrap());
    [
        of(&SAMPLE, "open-a-tea-stall"),
        of(&NATIONAL, "newborn"),
        of(&NATIONAL, "enterprise-start-up"),
    ]
}

impl Person {
    pub(crate) fn unreachable(&self, catalogue: &Catalogue) -> BTreeSet<SourceId> {
        let down = self.down.iter().cycle();
        let sources = catalogue.sources.keys().zip(down);
        sources.filter(|(_, down)| **down).map(|(id, _)| id.clone()).collect()
    }

    /// His answer to a question (for one member); `None` = he does not know.
    fn value(&self, ty: &ElementType, question: usize, member: usize) -> Option<Value> {
        let choice = self.choices[(question + member * 17) % self.choices.len()];
        let dates = ["1960-01-01", "2009-09-09", "2026-01-05", "2026-08-20"];
        match ty {
            _ if choice % 8 == 7 => None,
            ElementType::Bool => Some(Value::Bool(choice.is_multiple_of(2))),
            ElementType::Choice(options) => {
                Some(Value::Text(options[choice % options.len()].id.clone()))
            }
            ElementType::Number => Some(Value::Number(choice.into())),
            ElementType::Date => Some(Value::Date(dates[choice % dates.len()].parse().unwrap())),
            _ => Some(Value::text("x")),
        }
    }

    pub(crate) fn answer(
        &self,
        catalogue: &Catalogue,
        matter: &Matter,
        asked: &interview::Asking<'_>,
        facts: &mut Facts,
    ) {
        let question = matter.questions.iter().position(|it| it.id == asked.question.id).unwrap();
        match &asked.question.binds {
            Binds::CountOf(group) => {
                let (min, max) = (catalogue.groups[group].min, catalogue.groups[group].max);
                let spread = usize::try_from(max.min(3) - min + 1).unwrap();
                let extra = u32::try_from(self.choices[question] % spread).unwrap();
                let members = (1..=min + extra).map(|n| MemberId::new(format!("m{n}")));
                facts.set_members(group.clone(), members.collect());
            }
            Binds::Element(id) => {
                let members = asked.member.as_ref().map_or(0, |member| {
                    member.as_str().trim_start_matches('m').parse::<usize>().unwrap()
                });
                let slot = Slot { element: id.clone(), member: asked.member.clone() };
                match self.value(&catalogue.element(id).unwrap().ty, question, members) {
                    Some(value) => facts.answer(slot, value),
                    None => facts.decline(slot),
                }
            }
        }
    }

    /// Answers until enough is known, each time the question that `pick` chooses from those open.
    pub(crate) fn interviewed(
        &self,
        catalogue: &Catalogue,
        matter: &Matter,
        pick: impl Fn(usize, usize) -> usize,
    ) -> Facts {
        let down = self.unreachable(catalogue);
        let mut facts = Facts::new();
        for turn in 0.. {
            let open =
                interview::open(catalogue, matter, &facts, &|id| !down.contains(id), as_of());
            let Some(last) = open.len().checked_sub(1) else {
                break;
            };
            self.answer(catalogue, matter, &open[pick(turn, last)], &mut facts);
        }
        facts
    }

    fn plan(&self, catalogue: &Catalogue, matter: &Matter, facts: &Facts) -> Plan {
        make(&PlanInput {
            catalogue,
            matter,
            facts,
            skip: &BTreeSet::new(),
            given: &BTreeSet::new(),
            unreachable: &self.unreachable(catalogue),
            standing: &plan::standing::NOTHING,
            now: "2026-09-04T02:00:00Z".parse().unwrap(),
        })
    }
}

pub(crate) fn as_of() -> vocabulary::Date {
    "2026-09-04".parse().unwrap()
}

/// What an answer can change. What was not asked may stand as missing in one form and as given in the other:
/// the form's states are no part of it.
fn decisions(plan: &Plan) -> String {
    let mut text = String::new();
    for it in &plan.services {
        let line = (&it.node, it.starts, it.ends, it.wave, it.critical, &it.fields, &it.evidence);
        text.push_str(&format!("{line:?}\n"));
    }
    for out in &plan.left_out {
        text.push_str(&format!("{} {:?}\n", out.node, out.kind));
    }
    for it in &plan.evidence {
        text.push_str(&format!("{} {:?} {:?} {:?}\n", it.key, it.group, it.users, it.way));
    }
    for signatory in &plan.signatories {
        text.push_str(&format!("{} {}\n", signatory.slot, signatory.node));
    }
    let dates = (&plan.edges, &plan.waves, &plan.critical_path, &plan.joint, &plan.undecided);
    text.push_str(&format!("{dates:?}\n{:?}", plan.reductions));
    text
}

fn total(reduction: &Reduction) -> u32 {
    let count = |vanished: &Vanished| match vanished {
        Vanished::Parallel { halves, .. } | Vanished::Shorter { halves, .. } => halves.0,
        Vanished::Visit { count, .. } => *count,
        _ => 1,
    };
    reduction.vanished.iter().map(count).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_answers_changes_nothing(person in person()) {
        for (catalogue, matter) in scenes() {
            let in_order = person.interviewed(catalogue, matter, |_, _| 0);
            let shuffled = person.interviewed(catalogue, matter, |turn, last| {
                person.order[turn % person.order.len()].index(last + 1)
            });
            let first = person.plan(catalogue, matter, &in_order);
            let second = person.plan(catalogue, matter, &shuffled);
            prop_assert_eq!(decisions(&first), decisions(&second), "{}", matter.id);

            // The same answers given in another order are the same facts: the same bytes.
            let mut again = Facts::new();
            for (group, members) in in_order.groups() {
                again.set_members(group.clone(), members.to_vec());
            }
            let facts: Vec<_> = in_order.iter().collect();
            for (slot, fact) in facts.iter().rev() {
                again.set((*slot).clone(), (*fact).clone());
            }
            for slot in in_order.declined() {
                again.decline(slot.clone());
            }
            prop_assert_eq!(first.to_json(), person.plan(catalogue, matter, &again).to_json());
        }
    }

    #[test]
    fn every_plan_is_consistent(person in person(), asked in 0usize..20, which in any::<Index>()) {
        let (every, any) = (scenes(), all_scenes());
        for (catalogue, matter) in every.into_iter().take(1).chain([any[which.index(any.len())]]) {
            let mut facts = person.interviewed(catalogue, matter, |_, _| 0);
            // Also half-way through the interview.
            let forgotten: Vec<Slot> = facts.iter().skip(asked).map(|(slot, _)| slot.clone()).collect();
            for slot in forgotten {
                facts.forget(&slot);
            }
            let plan = person.plan(catalogue, matter, &facts);
            form_is_one(&plan)?;
            order_holds(&plan)?;
            adds_up(catalogue, &plan)?;
        }
    }
}

/// What vanished is before minus after; where the joint way takes one service longer than it took alone, nothing
/// vanished there, and so much more is left.
fn adds_up(catalogue: &Catalogue, plan: &Plan) -> Result<(), TestCaseError> {
    let saved = &plan.reductions;
    for reduction in [&saved.steps, &saved.materials, &saved.visits] {
        prop_assert_eq!(total(reduction) + reduction.after, reduction.before);
    }
    let longer = |it: &plan::PlannedService| {
        let alone = catalogue.service(&it.node.service)?.baseline.as_ref()?.days.0;
        Some((it.ends.0 - it.starts.0).saturating_sub(alone))
    };
    let longer: u32 = plan.services.iter().filter_map(longer).sum();
    let days = total(&saved.days) + saved.days.after;
    let range = saved.days.before..=saved.days.before + longer;
    prop_assert!(range.contains(&days), "{days} in {range:?} of {}", plan.matter);
    Ok(())
}

fn form_is_one(plan: &Plan) -> Result<(), TestCaseError> {
    let fields: Vec<_> = plan.form.iter().flat_map(|topic| &topic.fields).collect();
    let unique: BTreeSet<_> = fields.iter().map(|field| (&field.slot, &field.only_for)).collect();
    prop_assert_eq!(unique.len(), fields.len(), "a field is asked once");
    let keys: BTreeSet<_> = plan.evidence.iter().map(|piece| &piece.key).collect();
    prop_assert_eq!(keys.len(), plan.evidence.len(), "a piece stands once");
    for service in &plan.services {
        for slot in &service.fields {
            let entry =
                fields.iter().find(|it| it.slot == *slot && it.users.contains(&service.node));
            prop_assert!(entry.is_some(), "{} of {} is on no form", slot, service.node);
        }
        for key in &service.evidence {
            let piece = plan.evidence.iter().find(|it| it.key == *key).unwrap();
            prop_assert!(piece.users.contains(&service.node));
        }
    }
    for field in &fields {
        prop_assert!(!field.users.is_empty());
        for user in &field.users {
            prop_assert!(plan.service(user).unwrap().fields.contains(&field.slot));
        }
        if let FieldState::FromOutput { node, .. } = &field.state {
            prop_assert!(plan.service(node).is_some(), "made by a service that is in");
        }
    }
    Ok(())
}

fn order_holds(plan: &Plan) -> Result<(), TestCaseError> {
    for edge in plan.edges.iter().filter(|edge| edge.hard) {
        let (from, to) = (plan.service(&edge.from).unwrap(), plan.service(&edge.to).unwrap());
        prop_assert!(from.wave < to.wave);
        // Whoever is certain begins without waiting for the undecided; then the joint date says so.
        let said = plan.joint.may_add.contains(&from.node);
        let waits = !to.certain || from.certain || !said;
        prop_assert!(!waits || from.ends <= to.starts, "{:?} {:?}", edge, plan.joint);
    }
    let any_certain = plan.services.iter().any(|it| it.certain);
    for service in &plan.services {
        let said = plan.joint.may_add.contains(&service.node);
        prop_assert!(!said || (!service.certain && any_certain));
        prop_assert!(said || service.ends <= plan.joint.promised, "{} ends late", service.node);
    }
    let more = plan.joint.procedures_may_add;
    let before_decision = plan.procedures.iter().any(|it| !it.afterwards);
    prop_assert!(more.is_none() || before_decision);
    prop_assert!(more.is_none_or(|it| it.on >= plan.joint.promised_on));
    let waves: Vec<_> = plan.waves.iter().flatten().collect();
    let services: Vec<_> = plan.services.iter().map(|service| &service.node).collect();
    prop_assert_eq!(waves, services);
    for department in &plan.departments {
        let last = department.nodes.iter().map(|node| plan.service(node).unwrap().promised_on);
        prop_assert_eq!(last.max(), Some(department.promised_on));
    }
    let end = plan.critical_path.last().map(|node| plan.service(node).unwrap().ends);
    prop_assert_eq!(end.unwrap_or_default(), plan.joint.promised);
    Ok(())
}
