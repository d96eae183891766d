//! One scenario in an address: `?as_of=2026-11-23&n.child=2&child.sex~m1=female&skip=…`. Read into answers, and
//! written back, so that any case can be shared, printed and opened again.

use std::collections::BTreeMap;

use catalogue::{Binds, Catalogue, ElementType, Matter, Question};
use plan::answers::{AnswerAsWritten, AnswersAsWritten, AnswersFinding, Circumstances};
use vocabulary::{DataElementId, Date, Facts, Instant, MemberId, Slot, Value};

use crate::naming;
use crate::page::{Page, percent_encoded};

/// Marks that the person does not know.
pub(super) const DECLINED: &str = "?";
/// Marks what is known to be absent.
const ABSENT: &str = "null:";

/// A scenario as an address holds it.
#[derive(Debug, Clone, Default)]
pub(super) struct FilledIn {
    pub(super) as_of: Option<String>,
    /// Group → number of members.
    pub(super) sizes: BTreeMap<String, String>,
    pub(super) skip: Vec<String>,
    pub(super) unavailable: Vec<String>,
    /// `element` or `element~member` → text as typed.
    pub(super) answers: BTreeMap<String, String>,
}

impl FilledIn {
    pub(super) fn read(pairs: Vec<(String, String)>) -> Self {
        let mut filled_in = Self::default();
        for (key, value) in pairs {
            let value = value.trim().to_owned();
            if value.is_empty() {
                continue;
            }
            if key == "as_of" {
                filled_in.as_of = Some(value);
            } else if key == "skip" {
                filled_in.skip.push(value);
            } else if key == "down" {
                filled_in.unavailable.push(value);
            } else if let Some(group) = key.strip_prefix("n.") {
                filled_in.sizes.insert(group.to_owned(), value);
            } else if key.contains('.') {
                filled_in.answers.insert(key, value);
            }
        }
        filled_in
    }

    /// Whether nothing at all is said.
    pub(super) fn is_empty(&self) -> bool {
        let Self { as_of, sizes, skip, unavailable, answers } = self;
        as_of.is_none()
            && sizes.is_empty()
            && skip.is_empty()
            && unavailable.is_empty()
            && answers.is_empty()
    }

    /// The scenario that facts describe.
    pub(super) fn of(facts: &Facts, as_of: Date) -> Self {
        let mut filled_in = Self { as_of: Some(as_of.to_string()), ..Self::default() };
        let mut numbers: BTreeMap<&MemberId, String> = BTreeMap::new();
        for (group, members) in facts.groups() {
            filled_in.sizes.insert(group.to_string(), members.len().to_string());
            for (number, member) in (1u32..).zip(members) {
                numbers.insert(member, format!("m{number}"));
            }
        }
        let name = |slot: &Slot| match &slot.member {
            None => Some(slot.element.to_string()),
            Some(member) => Some(format!("{}~{}", slot.element, numbers.get(member)?)),
        };
        for (slot, fact) in facts.iter() {
            if let Some(name) = name(slot) {
                let text = match &fact.value {
                    Value::Null => ABSENT.to_owned(),
                    value => value.to_string(),
                };
                filled_in.answers.insert(name, text);
            }
        }
        for slot in facts.declined() {
            if let Some(name) = name(slot) {
                filled_in.answers.insert(name, DECLINED.to_owned());
            }
        }
        filled_in
    }

    /// The part of the address after `?`.
    pub(super) fn query(&self) -> String {
        let mut parts: Vec<(String, &str)> = Vec::new();
        parts.extend(self.as_of.as_deref().map(|day| ("as_of".to_owned(), day)));
        parts.extend(self.sizes.iter().map(|(group, n)| (format!("n.{group}"), n.as_str())));
        parts.extend(self.answers.iter().map(|(key, value)| (key.clone(), value.as_str())));
        parts.extend(self.skip.iter().map(|service| ("skip".to_owned(), service.as_str())));
        parts.extend(self.unavailable.iter().map(|source| ("down".to_owned(), source.as_str())));
        let encoded: Vec<String> = parts
            .iter()
            .map(|(k, v)| format!("{}={}", percent_encoded(k), percent_encoded(v)))
            .collect();
        encoded.join("&")
    }

    /// The members' ids of a group of that size.
    pub(super) fn members(&self, group: &str) -> Option<Vec<String>> {
        let count: u32 = self.sizes.get(group)?.parse().ok()?;
        Some((1..=count.min(99)).map(|n| format!("m{n}")).collect())
    }

    pub(super) fn resolve(
        &self,
        catalogue: &Catalogue,
        matter: &Matter,
        now: Instant,
    ) -> Result<Circumstances, Vec<AnswersFinding>> {
        let groups = self.sizes.keys().map(|group| {
            (group.clone(), self.members(group).unwrap_or_else(|| vec!["?".to_owned()]))
        });
        let declined = self.answers.iter().filter(|(_, text)| *text == DECLINED);
        let given = self.answers.iter().filter(|(_, text)| *text != DECLINED);
        let answers = AnswersAsWritten {
            as_of: self.as_of.clone(),
            unavailable: self.unavailable.clone(),
            skip: self.skip.clone(),
            declined: declined.map(|(key, _)| key.clone()).collect(),
            groups: groups.collect(),
            answers: given
                .map(|(key, text)| {
                    let value = if text == ABSENT {
                        AnswerAsWritten::Null
                    } else {
                        AnswerAsWritten::Text(text.clone())
                    };
                    (key.clone(), value)
                })
                .collect(),
            ..AnswersAsWritten::default()
        };
        answers.resolve(catalogue, matter, Some(now))
    }
}

/// Where a question of a filled-in interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Answered,
    Open,
    /// Nothing waits for the answer in this scenario.
    NotAsked,
}

/// One choice of a question.
#[derive(Debug, Clone)]
pub(super) struct AnswerChoice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// A question of a filled-in interview.
#[derive(Debug, Clone)]
pub(super) struct QuestionRow {
    /// The name of its input.
    pub(super) key: String,
    pub(super) ask: String,
    /// For whom: 孩子②.
    pub(super) about: String,
    pub(super) standing: Standing,
    /// Empty = typed.
    pub(super) options: Vec<AnswerChoice>,
    pub(super) date: bool,
    pub(super) value: String,
    /// In words, for print.
    pub(super) answer: String,
}

impl QuestionRow {
    pub(super) fn is_open(&self) -> bool {
        self.standing == Standing::Open
    }

    pub(super) fn is_answered(&self) -> bool {
        self.standing == Standing::Answered
    }

    pub(super) fn id(&self) -> String {
        format!("q-{}", self.key.replace(['.', '~'], "-"))
    }
}

/// The whole interview, each question with its answer in this scenario and whether it would be asked. Questions
/// come in the order in which they are asked, those that are not asked last.
pub(super) fn questions(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    circumstances: &Circumstances,
    as_of: Date,
    proof: Option<&proof::Proof>,
) -> Vec<QuestionRow> {
    let facts = &circumstances.facts;
    let reachable = |source: &vocabulary::SourceId| !circumstances.unreachable.contains(source);
    let mut rows = Vec::new();
    let mut seen: Vec<(String, Option<MemberId>)> = Vec::new();
    let mut add = |question: &Question, member: Option<MemberId>, standing: Standing| {
        let key = (question.id.to_string(), member.clone());
        if !seen.contains(&key) {
            seen.push(key);
            rows.push(row(catalogue, page, facts, question, member, standing));
        }
    };
    for answered in interview::answered(catalogue, matter, facts, as_of) {
        if answered.relevant {
            add(answered.question, answered.member, Standing::Answered);
        }
    }
    for asking in interview::open_with(proof, catalogue, matter, facts, &reachable, as_of) {
        add(asking.question, asking.member, Standing::Open);
    }
    for question in &matter.questions {
        for member in members_of(catalogue, question, facts) {
            add(question, member, Standing::NotAsked);
        }
    }
    rows
}

fn members_of(catalogue: &Catalogue, question: &Question, facts: &Facts) -> Vec<Option<MemberId>> {
    let Binds::Element(id) = &question.binds else { return vec![None] };
    match catalogue.element(id).and_then(|element| element.group.as_ref()) {
        None => vec![None],
        Some(group) => facts.members(group).into_iter().flatten().cloned().map(Some).collect(),
    }
}

fn row(
    catalogue: &Catalogue,
    page: &Page,
    facts: &Facts,
    question: &Question,
    member: Option<MemberId>,
    standing: Standing,
) -> QuestionRow {
    let mut row = QuestionRow {
        key: String::new(),
        ask: page.text(&question.ask).to_owned(),
        about: String::new(),
        standing,
        options: Vec::new(),
        date: false,
        value: String::new(),
        answer: String::new(),
    };
    match &question.binds {
        Binds::CountOf(group) => {
            row.key = format!("n.{group}");
            let count = facts.members(group).map(<[MemberId]>::len);
            row.value = count.map_or_else(String::new, |count| count.to_string());
            row.answer = count.map_or_else(String::new, |n| page.t1("count-option", "n", n));
            if let Some(group) = catalogue.groups.get(group) {
                let most = group.max.min(group.min.saturating_add(9));
                row.options = (group.min..=most)
                    .map(|n| AnswerChoice {
                        value: n.to_string(),
                        name: page.t1("count-option", "n", n),
                        chosen: row.value == n.to_string(),
                    })
                    .collect();
            }
        }
        Binds::Element(id) => element_row(catalogue, page, facts, id, member, question, &mut row),
    }
    row
}

fn element_row(
    catalogue: &Catalogue,
    page: &Page,
    facts: &Facts,
    id: &DataElementId,
    member: Option<MemberId>,
    question: &Question,
    row: &mut QuestionRow,
) {
    let slot = Slot { element: id.clone(), member };
    row.key = slot.to_string();
    let declined = facts.is_declined(&slot);
    let value = facts.value(&slot);
    row.value = match value {
        _ if declined => DECLINED.to_owned(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    row.answer = match value {
        _ if declined => page.t("decline"),
        Some(value) => naming::value_text(catalogue, page, id, value),
        None => String::new(),
    };
    let Some(element) = catalogue.element(id) else { return };
    if let (Some(member), Some(group)) = (&slot.member, &element.group) {
        let count = facts.members(group).map_or(0, <[MemberId]>::len);
        row.about = naming::member_label(catalogue, page, id, member, count);
    }
    let option =
        |value: String, name: String| AnswerChoice { chosen: row.value == value, value, name };
    let mut options: Vec<AnswerChoice> = match &element.ty {
        ElementType::Bool => vec![
            option("true".to_owned(), page.t("value-yes")),
            option("false".to_owned(), page.t("value-no")),
        ],
        ElementType::Choice(options) => options
            .iter()
            .map(|it| option(it.id.to_string(), page.text(&it.name).to_owned()))
            .collect(),
        ElementType::Date => {
            row.date = true;
            Vec::new()
        }
        _ => Vec::new(),
    };
    if question.may_decline && !options.is_empty() {
        options.push(option(DECLINED.to_owned(), page.t("decline")));
    }
    row.options = options;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_a_case_and_gives_it_back() {
        let pairs = [
            ("as_of", "2026-11-23"),
            ("n.child", "2"),
            ("child.sex~m2", "female"),
            ("birth.registered", "?"),
            ("skip", "medical-insurance"),
            ("down", "household-register"),
            ("empty.value", " "),
        ];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let filled_in = FilledIn::read(pairs);
        assert_eq!(filled_in.members("child").unwrap(), ["m1", "m2"]);
        assert_eq!(
            filled_in.query(),
            "as_of=2026-11-23&n.child=2&birth.registered=%3F&child.sex~m2=female\
             &skip=medical-insurance&down=household-register"
        );
    }
}
