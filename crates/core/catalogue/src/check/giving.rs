//! Elements that nobody gives, conditions that can never be decided, questions that change nothing.

use conditions::Read;
use vocabulary::{DataElementId, GroupId};

use super::Check;
use super::view::View;
use crate::codes;
use crate::read::Placed;
use crate::written::MatterAsWritten;
use crate::{Binds, Matter};

impl<'c> Check<'c, '_, '_> {
    /// With `uncertain`, some name or condition is not known, so no question is called idle.
    pub(super) fn giving(
        &mut self,
        placed: &'c Placed<MatterAsWritten>,
        matter: &'c Matter,
        uncertain: bool,
    ) {
        let view = self.view(placed, matter);
        let questions = placed.item.question.iter().zip(&matter.questions);
        let all_bound = questions.into_iter().all(|(written, question)| match &question.binds {
            Binds::Element(element) => {
                self.catalogue.elements.contains_key(element) && written.count_of.is_none()
            }
            Binds::CountOf(group) => self.catalogue.groups.contains_key(group),
        });
        // A question whose binding is wrong may be the one that is missed.
        // A table that could not be read may be the one that gives it.
        let tables = &self.written.tables;
        let all_read = self.has_all("table") && tables.len() == self.catalogue.tables.len();
        if all_bound && all_read {
            self.undecidable(&view, matter);
            self.not_given(&view, matter);
            self.uncounted(&view, matter);
        }
        if !self.written.incomplete && !uncertain {
            self.idle_questions(&view, placed, matter);
        }
    }

    /// Known without the form: asked, looked up or produced. What could not be read is not blamed.
    fn is_decided(&self, view: &View<'_>, element: &DataElementId) -> bool {
        let Some(resolved) = self.catalogue.elements.get(element) else {
            return true;
        };
        resolved.source.is_some() || view.asked.contains(element) || view.produced.contains(element)
    }

    /// A group of fixed size needs no question.
    fn is_counted(&self, view: &View<'_>, group: &GroupId) -> bool {
        let Some(resolved) = self.catalogue.groups.get(group) else {
            return true;
        };
        resolved.min == resolved.max || view.counted.contains(group)
    }

    /// What must be given so that an element is known: itself, or what its table finds it from.
    fn given_for(&self, element: &DataElementId) -> std::collections::BTreeSet<DataElementId> {
        match self.catalogue.table_of(element) {
            Some(_) => self.catalogue.found_from(element),
            None => [element.clone()].into(),
        }
    }

    fn undecidable(&mut self, view: &View<'_>, matter: &Matter) {
        for (place, condition) in &view.conditions {
            for read in condition.reads() {
                match read {
                    Read::Element(element) => {
                        for missing in self.given_for(element) {
                            if self.is_decided(view, &missing) {
                                continue;
                            }
                            let through = match missing == *element {
                                true => "which this condition reads".to_owned(),
                                false => format!(
                                    "from which a table finds `{element}`, which this condition reads"
                                ),
                            };
                            let message = format!(
                                "matter `{}` never gets to know `{missing}`, {through}",
                                matter.id
                            );
                            let hint = "add a question that binds it, or a source that knows it";
                            self.report.error(codes::DEAD_END, *place, message, hint.to_owned());
                        }
                    }
                    Read::Group(group) if !self.is_counted(view, group) => {
                        let message = format!(
                            "matter `{}` never gets to know the members of `{group}`, which this \
                             condition reads",
                            matter.id
                        );
                        let hint = format!("add a question with `count_of = \"{group}\"`");
                        self.report.error(codes::DEAD_END, *place, message, hint);
                    }
                    Read::Group(_) => {}
                }
            }
        }
    }

    fn not_given(&mut self, view: &View<'_>, matter: &Matter) {
        for (place, element, what) in &view.must_have {
            for missing in self.given_for(element) {
                if self.is_decided(view, &missing) || view.fields.contains(&missing) {
                    continue;
                }
                let message =
                    format!("nobody in matter `{}` gives `{missing}` for {what}", matter.id);
                let hint = "make it a field of a service or let an output bring it into being";
                self.report.error(codes::ELEMENT_NOT_GIVEN, *place, message, hint.to_owned());
            }
        }
    }

    fn uncounted(&mut self, view: &View<'_>, matter: &Matter) {
        let mut told = std::collections::BTreeSet::new();
        for (place, group, what) in &view.repeated {
            if !self.is_counted(view, group) && told.insert(group) {
                let message = format!(
                    "matter `{}` never asks how many `{group}` there are, but {what} is repeated \
                     for each",
                    matter.id
                );
                let hint = format!("add a question with `count_of = \"{group}\"`");
                self.report.error(codes::ELEMENT_NOT_GIVEN, *place, message, hint);
            }
        }
    }

    fn idle_questions(
        &mut self,
        view: &View<'_>,
        placed: &Placed<MatterAsWritten>,
        matter: &Matter,
    ) {
        for (written, question) in placed.item.question.iter().zip(&matter.questions) {
            let used = match &question.binds {
                // A question that binds nothing is told elsewhere.
                Binds::Element(element) => {
                    element.as_str().is_empty() || self.element_used(view, element)
                }
                Binds::CountOf(group) => self.group_used(view, group),
            };
            if !used {
                let message = format!("question `{}` changes nothing", question.id);
                let hint = format!(
                    "no condition of matter `{}` reads what it binds and no service needs it",
                    matter.id
                );
                self.report.warn(codes::IDLE_QUESTION, placed.place(&written.id), message, hint);
            }
        }
    }

    fn element_used(&self, view: &View<'_>, element: &DataElementId) -> bool {
        view.fields.contains(element)
            || view.behind_tables.contains(element)
            || view.must_have.iter().any(|(_, needed, _)| *needed == element)
            || view.reads(&Read::Element(element.clone()))
    }

    fn group_used(&self, view: &View<'_>, group: &GroupId) -> bool {
        let of_group = |element: &DataElementId| self.group_of(element) == Some(group);
        view.reads(&Read::Group(group.clone()))
            || view.repeated.iter().any(|(_, repeated, _)| repeated == group)
            || view.must_have.iter().any(|(_, needed, _)| of_group(needed))
            || view.asked.iter().any(|asked| of_group(asked))
            || view.behind_tables.iter().any(of_group)
    }
}
