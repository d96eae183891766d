//! What a matter says about its own services, questions and figures: joint procedures that join something,
//! shares of answers that exist, a variant of another matter, figures that can be.

use std::collections::BTreeSet;

use vocabulary::{Decimal, MatterId};

use super::Check;
use crate::codes;
use crate::read::Placed;
use crate::suggest::{hint, listed, nearest};
use crate::written::MatterAsWritten;
use crate::{Binds, ElementType, Figure, Matter, Question};

/// The share of those who do not know.
const DECLINED: &str = "declined";

impl Check<'_, '_, '_> {
    /// Every service of a joint procedure is the matter's, and has one of that kind to join.
    pub(super) fn joint_procedures(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        let joints = placed.item.joint_procedure.iter().zip(&matter.joint_procedures);
        for (written, joint) in joints {
            for (name, id) in written.services.iter().zip(&joint.services) {
                let Some(service) = self.catalogue.services.get(id) else {
                    continue;
                };
                let is_part = matter.services.iter().any(|part| part.service == *id);
                let mut procedures = service.special_procedures.iter();
                let (problem, hint) = if !is_part {
                    ("is not a service of the matter", "add it to the matter, or leave it out here")
                } else if !procedures.any(|procedure| procedure.kind == joint.kind) {
                    ("has no procedure of that kind", "give it a `[[service.special_procedure]]`")
                } else {
                    continue;
                };
                let message = format!("joint procedure `{}`: `{id}` {problem}", joint.id);
                let place = placed.place(name);
                self.report.error(codes::FOREIGN_JOINT, place, message, hint.to_owned());
            }
            if joint.services.len() < 2 {
                let message = format!("joint procedure `{}` joins fewer than two", joint.id);
                let hint = "name at least two services, or drop it".to_owned();
                let place = placed.place(&written.id);
                self.report.error(codes::FOREIGN_JOINT, place, message, hint);
            }
        }
    }

    /// The shares of a question's answers are those of answers that can be given.
    pub(super) fn shares(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        for (written, question) in placed.item.question.iter().zip(&matter.questions) {
            if question.weights.is_empty() {
                continue;
            }
            let place = placed.place(&written.id);
            let Some(answers) = self.answers_of(question) else {
                continue;
            };
            for answer in question.weights.keys() {
                if !answers.contains(&**answer) {
                    let message = format!(
                        "question `{}` gives a share to `{answer}`, which nobody can answer",
                        question.id
                    );
                    let names = || answers.iter().map(String::as_str);
                    let advice = format!("possible are {}", listed(names()));
                    let hint = hint(nearest(answer, names()), Some(advice));
                    self.report.error(codes::FOREIGN_ANSWER, place, message, hint);
                }
            }
            if question.weights.values().all(|share| *share == 0) {
                let message = format!("question `{}` gives no answer any share", question.id);
                let hint = "leave `weights` out when all answers are alike".to_owned();
                self.report.error(codes::FOREIGN_ANSWER, place, message, hint);
            }
        }
    }

    /// What can be answered; `None` when what the question binds could not be read.
    fn answers_of(&self, question: &Question) -> Option<BTreeSet<String>> {
        let mut answers: BTreeSet<String> = match &question.binds {
            Binds::CountOf(group) => {
                let group = self.catalogue.groups.get(group)?;
                (group.min..=group.max).map(|count| count.to_string()).collect()
            }
            Binds::Element(element) => match &self.catalogue.elements.get(element)?.ty {
                ElementType::Bool => ["true", "false"].map(str::to_owned).into(),
                ElementType::Choice(options) => {
                    options.iter().map(|option| option.id.to_string()).collect()
                }
                ElementType::Number
                | ElementType::Text
                | ElementType::LongText
                | ElementType::Date
                | ElementType::CitizenId
                | ElementType::Uscc
                | ElementType::Phone
                | ElementType::AreaCode => BTreeSet::new(),
            },
        };
        if question.may_decline {
            answers.insert(DECLINED.to_owned());
        }
        Some(answers)
    }

    /// Whatever a matter is a variant of, it is not itself, also not by way of others.
    pub(super) fn variant(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        let mut seen: BTreeSet<&MatterId> = BTreeSet::new();
        let mut of = matter.variant_of.as_ref();
        while let Some(other) = of.filter(|other| seen.insert(other)) {
            if *other == matter.id
                && let Some(written) = &placed.item.variant_of
            {
                let message = format!("matter `{}` is a variant of itself", matter.id);
                let hint = "name the matter of which this is one place's form".to_owned();
                self.report.error(codes::OWN_VARIANT, placed.place(written), message, hint);
                return;
            }
            of = self.catalogue.matters.get(other).and_then(|other| other.variant_of.as_ref());
        }
    }

    /// An announced figure says something, and counts what it counts.
    pub(super) fn figures(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        for (written, announced) in placed.item.announced.iter().zip(&matter.announced) {
            let mut seen = BTreeSet::new();
            for (figure_written, figure) in written.figure.iter().zip(&announced.figures) {
                let numbers = [&figure_written.before, &figure_written.after];
                let at = numbers.into_iter().flatten().next().unwrap_or(&written.id);
                let before = figure.before.is_some() || !figure.before_as_said.is_empty();
                let after = figure.after.is_some() || !figure.after_as_said.is_empty();
                let values = [figure.before, figure.after];
                let (problem, hint) = if !before && !after {
                    ("says nothing", "give `before` or `after`, or the words that were used")
                } else if !values.into_iter().flatten().all(|it| counts(figure.figure, it)) {
                    ("is no such count", "days come in halves, everything else in whole numbers")
                } else if !seen.insert(figure.figure) {
                    ("stands here twice", "keep one of them")
                } else {
                    continue;
                };
                let name = format!("{:?}", figure.figure).to_lowercase();
                let message = format!("figure `{name}` of `{}` {problem}", announced.id);
                self.report.error(codes::EMPTY_FIGURE, placed.place(at), message, hint.to_owned());
            }
        }
    }
}

fn counts(figure: Figure, value: Decimal) -> bool {
    let unit = match figure {
        Figure::Steps | Figure::Materials | Figure::Visits => Some(value),
        Figure::Days => value.checked_mul(Decimal::TWO),
    };
    unit.is_some_and(|value| value.fract().is_zero() && !value.is_sign_negative())
}
