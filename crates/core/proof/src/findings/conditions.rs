//! Conditions that nobody can decide.

use std::collections::BTreeSet;

use vocabulary::QuestionId;

use super::{FoundIn, Message, STAYS_UNDECIDED, Search, Severity};
use crate::{Cells, Class, Said};

impl Search<'_> {
    /// Undecided though everything that is asked is answered: a warning; because someone did not know: a note.
    pub(super) fn conditions(&mut self) {
        let declined = self.declined();
        let mut told: BTreeSet<(String, Severity)> = BTreeSet::new();
        let mut unknown: BTreeSet<BTreeSet<QuestionId>> = BTreeSet::new();
        let proof = self.proof;
        for judged in proof.conditions() {
            let open = judged.reached.minus(&judged.holds).minus(&judged.fails);
            let open = open.and(proof.space());
            let answered = open.minus(&declined);
            let (severity, cells) = if answered.is_empty() {
                (Severity::Note, open)
            } else {
                (Severity::Warning, answered)
            };
            if cells.is_empty() || !told.insert((judged.text.clone(), severity)) {
                continue;
            }
            // One note for each that is not known: whatever else hangs on it is undecided with it.
            if severity == Severity::Note && !unknown.insert(self.unknown_in(&cells)) {
                continue;
            }
            let item = FoundIn::Condition(judged.place.clone(), judged.text.clone());
            let args = |_: &crate::words::Words<'_>| vec![judged.text.clone()];
            let message = match severity {
                Severity::Note => Message {
                    zh: "有人不清楚时，“{0}”定不下来，方案按需要更多的算",
                    en: "`{0}` stays undecided when somebody does not know; the plan then counts in more",
                    args: &args,
                },
                Severity::Error | Severity::Warning => Message {
                    zh: "所有问题都回答了，“{0}”还是定不下来",
                    en: "`{0}` stays undecided even when every question is answered",
                    args: &args,
                },
            };
            self.find_in(STAYS_UNDECIDED, severity, item, &message, &cells);
        }
    }

    /// The questions that the shortest counterexample declines.
    fn unknown_in(&self, cells: &Cells) -> BTreeSet<QuestionId> {
        let example = self.proof.example(cells);
        let answers = example.into_iter().flat_map(|example| example.answers);
        let declined = answers.filter(|it| it.decisive && it.said == Said::Declined);
        declined.filter_map(|answer| answer.question).collect()
    }

    /// Where somebody does not know what is asked.
    fn declined(&self) -> Cells {
        let mut cells = self.nowhere();
        for (at, variable) in self.proof.variables().iter().enumerate() {
            for (class, what) in variable.classes.iter().enumerate() {
                if *what == Class::Unknown && variable.question.is_some() {
                    cells = cells.or(&self.proof.having(at, class));
                }
            }
        }
        cells
    }
}
