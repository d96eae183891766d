//! Examples and findings in the words of the catalogue, in the two languages that pages speak. Every other
//! language gets the English sentence with its own names.

use std::sync::Arc;

use catalogue::{Catalogue, ElementType, Matter};
use vocabulary::{
    DataElementId, EvidenceTypeId, Lang, Localised, MemberId, NodeKey, OrganisationId, QuestionId,
    ServiceId, Value,
};

use crate::{About, Answer, Example, Said};

/// Chinese, or English for everybody else.
fn is_chinese(lang: &Lang) -> bool {
    lang.as_str() == "zh" || lang.as_str().starts_with("zh-")
}

/// Names things in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    pub catalogue: &'a Catalogue,
    pub matter: &'a Matter,
    pub lang: &'a Lang,
}

impl Words<'_> {
    /// One of two texts; `{0}`, `{1}` … in it stand for the arguments.
    pub fn say(&self, chinese: &str, english: &str, args: &[&str]) -> String {
        let mut text = if is_chinese(self.lang) { chinese } else { english }.to_owned();
        for (position, arg) in args.iter().enumerate() {
            text = text.replace(&format!("{{{position}}}"), arg);
        }
        text
    }

    fn list(&self, items: &[String]) -> String {
        items.join(if is_chinese(self.lang) { "；" } else { "; " })
    }

    fn named(&self, name: Option<&Localised>, id: &str) -> String {
        name.map_or_else(|| id.to_owned(), |name| name.get(self.lang).to_owned())
    }

    /// A service's name.
    pub fn service(&self, id: &ServiceId) -> String {
        self.named(self.catalogue.service(id).map(|it| &it.name), id.as_str())
    }

    /// A service's name, told apart by member.
    pub fn node(&self, node: &NodeKey) -> String {
        format!("{}{}", self.service(&node.service), self.member(node.member.as_ref()))
    }

    /// The name of a type of evidence.
    pub fn evidence(&self, id: &EvidenceTypeId) -> String {
        self.named(self.catalogue.evidence_types.get(id).map(|it| &it.name), id.as_str())
    }

    /// A data element's name.
    pub fn element(&self, id: &DataElementId) -> String {
        self.named(self.catalogue.element(id).map(|it| &it.name), id.as_str())
    }

    /// An organisation's name.
    pub fn organisation(&self, id: &OrganisationId) -> String {
        self.named(self.catalogue.organisations.get(id).map(|it| &it.name), id.as_str())
    }

    /// A question as it is asked.
    pub fn question(&self, id: &QuestionId) -> String {
        let question = self.matter.questions.iter().find(|question| question.id == *id);
        self.named(question.map(|it| &it.ask), id.as_str())
    }

    fn member(&self, member: Option<&MemberId>) -> String {
        member.map(|member| format!(" {member}")).unwrap_or_default()
    }

    /// A value of an element.
    pub fn value(&self, element: &DataElementId, value: &Value) -> String {
        let ty = self.catalogue.element(element);
        match (ty.map(|element| &element.ty), value) {
            (_, Value::Null) => self.say("没有", "none", &[]),
            (_, Value::Bool(true)) => self.say("是", "yes", &[]),
            (_, Value::Bool(false)) => self.say("否", "no", &[]),
            (Some(ElementType::Choice(options)), Value::Text(id)) => {
                let option = options.iter().find(|option| option.id == *id);
                self.named(option.map(|option| &option.name), id)
            }
            (_, value) => {
                let unit = ty.map_or("", |element| element.unit.get(self.lang));
                let gap = if unit.is_empty() { "" } else { " " };
                format!("{value}{gap}{unit}")
            }
        }
    }

    /// One answer: the question as asked, or the element's name, and what is said.
    pub fn answer(&self, answer: &Answer) -> String {
        let (what, member) = match (&answer.question, &answer.about) {
            (Some(question), About::Slot(slot)) => (self.question(question), slot.member.as_ref()),
            (Some(question), About::Group(_)) => (self.question(question), None),
            (None, About::Slot(slot)) => (self.element(&slot.element), slot.member.as_ref()),
            (None, About::Group(group)) => {
                let group_name = self.catalogue.groups.get(group).map(|it| &it.name);
                (self.named(group_name, group.as_str()), None)
            }
        };
        let said = match (&answer.said, &answer.about) {
            (Said::Members(count), _) => count.to_string(),
            (Said::Declined, _) => self.say("不清楚", "not known", &[]),
            (Said::Value(value), About::Slot(slot)) => self.value(&slot.element, value),
            (Said::Value(value), About::Group(_)) => value.to_string(),
        };
        let what = format!("{}{}", what.trim_end_matches(['？', '?']), self.member(member));
        self.say("{0}：{1}", "{0}: {1}", &[&what, &said])
    }

    /// The decided answers of an example, and what is skipped: who this is about.
    pub fn example(&self, example: &Example) -> String {
        let decisive = example.answers.iter().filter(|answer| answer.decisive);
        let mut parts: Vec<String> = decisive.map(|answer| self.answer(answer)).collect();
        parts.extend(
            example.skip.iter().map(|service| {
                self.say("不办“{0}”", "“{0}” is left out", &[&self.service(service)])
            }),
        );
        if parts.is_empty() {
            return self.say("任何情形", "in every scenario", &[]);
        }
        self.list(&parts)
    }
}

/// The same in every language that the jurisdiction declares.
pub fn in_every_language(
    catalogue: &Catalogue,
    matter: &Matter,
    say: impl Fn(&Words<'_>) -> String,
) -> Localised {
    Localised::new(catalogue.jurisdiction.languages.iter().map(|lang| {
        let text = say(&Words { catalogue, matter, lang });
        (lang.clone(), Arc::from(text.as_str()))
    }))
}
