//! A condition in words: names instead of ids, options by what they are called, 且／或／非 instead of
//! operators. What has no short form in words stays as its author wrote it, with names put in.

use std::fmt::Write as _;

use catalogue::{Catalogue, ElementType};
use conditions::Condition;
use conditions::expression::{
    Arithmetic, Clause, Comparison, Constant, Expression, InItem, Term, Test,
};
use vocabulary::{DataElementId, Value};

use crate::naming;
use crate::page::Page;

/// The condition in words; empty when it always holds.
pub fn condition_words(catalogue: &Catalogue, page: &Page, condition: &Condition) -> String {
    if condition.is_always() {
        return String::new();
    }
    let mut words = String::new();
    Speaker { catalogue, page }.say(condition.expression(), 0, &mut words);
    words
}

struct Speaker<'a> {
    catalogue: &'a Catalogue,
    page: &'a Page,
}

impl Speaker<'_> {
    /// `tight` is how strongly the words around bind: 0 nothing, 1 or, 2 and, 3 not.
    fn say(&self, expression: &Expression, tight: u8, out: &mut String) {
        match expression {
            Expression::Constant(value) => {
                out.push_str(&self.page.t(if *value { "rule-always" } else { "rule-never" }));
            }
            Expression::Not(inner) => {
                out.push_str(&self.page.t("rule-not"));
                self.say(inner, 3, out);
            }
            Expression::All(parts) => self.join(parts, "rule-and", 2, tight, out),
            Expression::Any(parts) => self.join(parts, "rule-or", 1, tight, out),
            Expression::If { condition, then, otherwise } => {
                let part = |inner: &Expression| {
                    let mut words = String::new();
                    self.say(inner, 1, &mut words);
                    words
                };
                let words = [
                    ("condition", part(condition)),
                    ("then", part(then)),
                    ("otherwise", part(otherwise)),
                ];
                out.push_str(&self.page.tn("rule-if", &words));
            }
            Expression::Quantified(quantified) => {
                let group = self.catalogue.groups.get(&quantified.group);
                let name = group.map_or("", |group| self.page.text(&group.name));
                let key = if quantified.every { "rule-every" } else { "rule-some" };
                let mut body = String::new();
                self.say(&quantified.body, 0, &mut body);
                out.push_str(&self.page.t2(key, "member", name, "rule", body));
            }
            Expression::Clause(clause) => out.push_str(&self.clause(clause)),
        }
    }

    fn join(&self, parts: &[Expression], key: &str, own: u8, tight: u8, out: &mut String) {
        let brackets = tight > own;
        if brackets {
            out.push_str(&self.page.t("rule-open"));
        }
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                out.push_str(&self.page.t(key));
            }
            self.say(part, own, out);
        }
        if brackets {
            out.push_str(&self.page.t("rule-close"));
        }
    }

    fn clause(&self, clause: &Clause) -> String {
        let words = match &clause.test {
            Test::Holds(Term::Element(read)) => {
                let name = self.name(read.element());
                Some(self.page.t2("rule-is", "name", name, "value", self.page.t("value-yes")))
            }
            Test::Compare { left: Term::Element(read), operator, right: Term::Constant(value) } => {
                self.comparison(read.element(), *operator, value)
            }
            Test::Compare { left, operator, right } => self.elapsed(left, *operator, right),
            Test::In { term: Term::Element(read), items } => self.one_of(read.element(), items),
            _ => None,
        };
        words.unwrap_or_else(|| self.with_names(clause))
    }

    fn comparison(
        &self,
        element: &DataElementId,
        operator: Comparison,
        value: &Constant,
    ) -> Option<String> {
        let key = match operator {
            Comparison::Equal => "rule-is",
            Comparison::NotEqual => "rule-is-not",
            Comparison::Less => "rule-less",
            Comparison::LessOrEqual => "rule-at-most",
            Comparison::Greater => "rule-more",
            Comparison::GreaterOrEqual => "rule-at-least",
        };
        let value = self.value(element, value)?;
        Some(self.page.t2(key, "name", self.name(element), "value", value))
    }

    /// How long ago a date lies: `today() - x > duration(…)` and `today() >= x + duration(…)`.
    fn elapsed(&self, left: &Term, operator: Comparison, right: &Term) -> Option<String> {
        let (element, duration, operator) = match (left, right) {
            (
                Term::Arithmetic { operator: Arithmetic::Subtract, left: now, right: date },
                Term::Constant(duration),
            ) if **now == Term::Today => (&**date, duration, operator),
            (Term::Today, Term::Arithmetic { operator: Arithmetic::Add, left, right }) => {
                let Term::Constant(duration) = &**right else { return None };
                (&**left, duration, operator)
            }
            (Term::Arithmetic { operator: Arithmetic::Add, left, right }, Term::Today) => {
                let Term::Constant(duration) = &**right else { return None };
                (&**left, duration, turned(operator))
            }
            _ => return None,
        };
        let Term::Element(read) = element else { return None };
        let key = match operator {
            Comparison::Greater => "rule-since-more",
            Comparison::GreaterOrEqual => "rule-since-full",
            Comparison::Less => "rule-since-less",
            Comparison::LessOrEqual => "rule-since-at-most",
            Comparison::Equal | Comparison::NotEqual => return None,
        };
        let time = match duration {
            Constant::Days(days) => self.page.t1("period-calendar-days", "n", days),
            Constant::Months(months) if months % 12 == 0 => {
                self.page.t1("period-years", "n", months / 12)
            }
            Constant::Months(months) => self.page.t1("period-months", "n", months),
            _ => return None,
        };
        Some(self.page.t2(key, "name", self.name(read.element()), "time", time))
    }

    fn one_of(&self, element: &DataElementId, items: &[InItem]) -> Option<String> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match item {
                InItem::Equals(Term::Constant(value)) => values.push(self.value(element, value)?),
                _ => return None,
            }
        }
        let values = values.join(&self.page.t("rule-or-short"));
        Some(self.page.t2("rule-is", "name", self.name(element), "value", values))
    }

    fn name(&self, element: &DataElementId) -> String {
        naming::element_name(self.catalogue, self.page, element)
    }

    fn value(&self, element: &DataElementId, value: &Constant) -> Option<String> {
        let value = match value {
            Constant::Null => Value::Null,
            Constant::Bool(value) => Value::Bool(*value),
            Constant::Number(value) => Value::Number(*value),
            Constant::Text(text) => Value::Text(text.clone()),
            Constant::Date(date) => Value::Date(*date),
            _ => return None,
        };
        Some(naming::value_text(self.catalogue, self.page, element, &value))
    }

    /// The clause as written, with ids replaced by names and option ids by what they are called.
    fn with_names(&self, clause: &Clause) -> String {
        let mut words = String::new();
        let mut rest: &str = &clause.text;
        while let Some(first) = rest.chars().next() {
            let length: usize = rest.chars().take_while(|c| is_name(*c)).map(char::len_utf8).sum();
            if length == 0 {
                words.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
                continue;
            }
            let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            match self.catalogue.elements.get(word) {
                Some(element) => {
                    let _ = write!(words, "“{}”", self.page.text(&element.name));
                }
                None => words.push_str(self.option_name(clause, word).unwrap_or(word)),
            }
            rest = after;
        }
        words
    }

    fn option_name(&self, clause: &Clause, word: &str) -> Option<&str> {
        self.catalogue
            .elements
            .values()
            .filter(|element| clause.text.contains(element.id.as_str()))
            .find_map(|element| match &element.ty {
                ElementType::Choice(options) => options
                    .iter()
                    .find(|option| option.id.as_ref() == word)
                    .map(|option| self.page.text(&option.name)),
                _ => None,
            })
    }
}

/// The comparison with its sides exchanged.
fn turned(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        other => other,
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-')
}
