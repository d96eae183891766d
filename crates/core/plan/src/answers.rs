//! An answers file (TOML, or JSON of the same shape) → everything that a plan follows from, or all that is
//! wrong with it.
//!
//! Takes text, reads no file. A scenario's body has the same shape.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalogue::{Catalogue, DataElement, Matter};
use conditions::Truth;
use interview::answer::{self, sentence};
use jiff::civil::{DateTime, Time};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use vocabulary::{
    DataElementId, Date, Facts, GroupId, Instant, MemberId, Origin, ServiceId, Slot, SourceId,
    Value,
};

use crate::{EvidenceKey, Plan, PlanInput};

/// An answers file as it is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswersAsWritten {
    /// Said for readers; whoever runs the file names the matter.
    pub matter: Option<String>,
    /// The plan's civil date, `2026-11-23`; then it is nine in the morning.
    pub as_of: Option<String>,
    /// The plan's local instant, `2026-11-23T10:00`.
    pub now: Option<String>,
    /// Sources that cannot be reached.
    pub unavailable: Vec<String>,
    /// Optional services that the applicant leaves out.
    pub skip: Vec<String>,
    /// Evidence that is there already: `type` or `type~member`.
    pub given: Vec<String>,
    /// Elements that the person could not tell: `element` or `element~member`.
    pub declined: Vec<String>,
    /// Group → ids of its members.
    pub groups: BTreeMap<String, Vec<String>>,
    /// `element` or `element~member` → value.
    pub answers: BTreeMap<String, AnswerAsWritten>,
}

/// One value as written: a date or decimal is text, `"null:"` is known to be absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerAsWritten {
    Null,
    Text(String),
}

impl<'de> Deserialize<'de> for AnswerAsWritten {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = AnswerAsWritten;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a whole number, or text (dates and decimals as text)")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(AnswerAsWritten::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(AnswerAsWritten::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(AnswerAsWritten::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(match value {
            "null:" => AnswerAsWritten::Null,
            text => AnswerAsWritten::Text(text.to_owned()),
        })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(AnswerAsWritten::Null)
    }

    /// A date without quotes: TOML's reader hands it over as a map of one text.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, text)) if key.starts_with("$__toml_private") => {
                Ok(AnswerAsWritten::Text(text))
            }
            _ => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
    }
}

/// Something wrong in an answers file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersFinding {
    /// Stable code, `ANS0001` and up.
    pub code: &'static str,
    /// The key that is meant, e.g. `answers."child.name~c1"`.
    pub place: String,
    pub message: String,
    pub hint: Option<String>,
}

/// Everything that one person's plan follows from.
#[derive(Debug, Clone)]
pub struct Circumstances {
    pub facts: Facts,
    pub skip: BTreeSet<ServiceId>,
    pub given: BTreeSet<EvidenceKey>,
    pub unreachable: BTreeSet<SourceId>,
    pub now: Instant,
}

impl Circumstances {
    /// The plan that follows.
    pub fn plan(&self, catalogue: &Catalogue, matter: &Matter) -> Plan {
        crate::make(&PlanInput {
            catalogue,
            matter,
            facts: &self.facts,
            skip: &self.skip,
            given: &self.given,
            unreachable: &self.unreachable,
            standing: &crate::standing::NOTHING,
            now: self.now,
        })
    }
}

impl AnswersAsWritten {
    /// Reads TOML, or JSON when the text begins like it.
    ///
    /// # Errors
    /// The one finding that the text cannot be read, with line and column.
    pub fn parse(text: &str) -> Result<Self, AnswersFinding> {
        let parsed = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
        };
        parsed.map_err(|problem| AnswersFinding {
            code: answer::FILE,
            place: String::new(),
            message: sentence(answer::FILE, &[("problem", problem)]),
            hint: None,
        })
    }

    /// Checks every name and value. `clock` is the plan's instant when the file states none.
    ///
    /// # Errors
    /// All findings, never only the first.
    pub fn resolve(
        &self,
        catalogue: &Catalogue,
        matter: &Matter,
        clock: Option<Instant>,
    ) -> Result<Circumstances, Vec<AnswersFinding>> {
        let mut resolver = Resolver { catalogue, matter, findings: Vec::new() };
        let now = resolver.now(self, clock);
        let unreachable = resolver.sources(&self.unavailable);
        let facts = resolver.facts(self, &unreachable, now);
        let skip = resolver.skip(&self.skip);
        let given = resolver.given(&self.given, &facts);
        if resolver.findings.is_empty() {
            Ok(Circumstances { facts, skip, given, unreachable, now })
        } else {
            Err(resolver.findings)
        }
    }
}

/// The nearest known name, for "did you mean".
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let close = known.map(|known| (strsim::damerau_levenshtein(name, known), known));
    let (distance, found) = close.min()?;
    (distance <= name.chars().count().div_ceil(3)).then(|| format!("did you mean `{found}`?"))
}

struct Resolver<'a> {
    catalogue: &'a Catalogue,
    matter: &'a Matter,
    findings: Vec<AnswersFinding>,
}

impl Resolver<'_> {
    fn find(
        &mut self,
        code: &'static str,
        place: String,
        args: &[(&'static str, String)],
        hint: Option<String>,
    ) {
        self.findings.push(AnswersFinding { code, place, message: sentence(code, args), hint });
    }

    /// The plan's instant. What cannot be read falls back, so that the rest is checked all the same.
    fn now(&mut self, written: &AnswersAsWritten, clock: Option<Instant>) -> Instant {
        let zone = self.catalogue.jurisdiction.time_zone.clone();
        let day = written.as_of.as_ref().map(|text| (text, text.parse::<Date>()));
        let moment = written.now.as_ref().map(|text| (text, text.parse::<DateTime>()));
        let mut wrong = |name: &str, problem: String| {
            self.find(
                answer::TIME,
                name.to_owned(),
                &[("name", name.to_owned()), ("problem", problem)],
                Some("write `2026-11-23` or `2026-11-23T10:00`".to_owned()),
            );
        };
        let mut local = None;
        match (&day, &moment) {
            (Some((text, Err(_))), _) => wrong("as_of", format!("is not a date: `{text}`")),
            (_, Some((text, Err(_)))) => wrong("now", format!("is not a local instant: `{text}`")),
            (Some((_, Ok(day))), Some((_, Ok(now)))) if now.date() != *day => {
                wrong("now", format!("lies on {}, `as_of` on {day}", now.date()));
            }
            (_, Some((_, Ok(now)))) => local = Some(*now),
            (Some((_, Ok(day))), None) => {
                local = Some(day.to_datetime(Time::constant(9, 0, 0, 0)));
            }
            (None, None) if clock.is_none() => wrong("as_of", "is missing".to_owned()),
            (None, None) => {}
        }
        let stated = local.and_then(|local| local.to_zoned(zone).ok()).map(|at| at.timestamp());
        stated.or(clock).unwrap_or(Instant::UNIX_EPOCH)
    }

    fn sources(&mut self, names: &[String]) -> BTreeSet<SourceId> {
        let known = &self.catalogue.sources;
        let mut found = BTreeSet::new();
        for (position, name) in names.iter().enumerate() {
            if known.contains_key(name.as_str()) {
                found.insert(SourceId::new(name.as_str()));
            } else {
                let hint = nearest(name, known.keys().map(SourceId::as_str));
                let args = [("name", name.clone())];
                self.find(answer::UNKNOWN_SOURCE, format!("unavailable[{position}]"), &args, hint);
            }
        }
        found
    }

    fn skip(&mut self, names: &[String]) -> BTreeSet<ServiceId> {
        let mut found = BTreeSet::new();
        for (position, name) in names.iter().enumerate() {
            let part = self.matter.services.iter().find(|part| part.service.as_str() == name);
            let problem = match part {
                Some(part) if part.optional => {
                    found.insert(part.service.clone());
                    continue;
                }
                Some(_) => "cannot be left out: it is required",
                None => "is no part of this matter",
            };
            let ids = self.matter.services.iter().map(|part| part.service.as_str());
            let hint = part.is_none().then(|| nearest(name, ids)).flatten();
            let args = [("name", name.clone()), ("problem", problem.to_owned())];
            self.find(answer::SKIP, format!("skip[{position}]"), &args, hint);
        }
        found
    }

    fn given(&mut self, names: &[String], facts: &Facts) -> BTreeSet<EvidenceKey> {
        let known = &self.catalogue.evidence_types;
        let mut found = BTreeSet::new();
        for (position, name) in names.iter().enumerate() {
            let place = format!("given[{position}]");
            let (ty, member) = split(name);
            let Some(ty) = known.get(ty) else {
                let hint = nearest(ty, known.keys().map(vocabulary::EvidenceTypeId::as_str));
                self.find(answer::UNKNOWN_EVIDENCE, place, &[("name", ty.to_owned())], hint);
                continue;
            };
            if self.fits(name, ty.per.as_ref(), member.as_ref(), facts, place) {
                found.insert(EvidenceKey { ty: ty.id.clone(), member });
            }
        }
        found
    }

    fn facts(
        &mut self,
        written: &AnswersAsWritten,
        unreachable: &BTreeSet<SourceId>,
        now: Instant,
    ) -> Facts {
        let as_of = self.catalogue.civil_date(now);
        let mut facts = Facts::new();
        for (name, members) in &written.groups {
            self.group(name, members, &mut facts);
        }
        for (name, value) in &written.answers {
            let place = format!("answers.\"{name}\"");
            let Some((element, slot)) = self.slot(name, &facts, &place) else {
                continue;
            };
            let value = match value {
                AnswerAsWritten::Null => Value::Null,
                AnswerAsWritten::Text(text) => {
                    match interview::accept_value(element, &slot, text, as_of) {
                        Ok(value) => value,
                        Err(finding) => {
                            let message = finding.sentence();
                            let code = finding.code;
                            self.findings.push(AnswersFinding { code, place, message, hint: None });
                            continue;
                        }
                    }
                }
            };
            facts.answer(slot, value);
        }
        for name in &written.declined {
            let place = format!("declined: {name}");
            if let Some((_, slot)) = self.slot(name, &facts, &place) {
                facts.decline(slot);
            }
        }
        self.credit_sources(&mut facts, unreachable, now);
        facts
    }

    /// What a source of truth would have told counts as told by it.
    fn credit_sources(&self, facts: &mut Facts, unreachable: &BTreeSet<SourceId>, now: Instant) {
        let as_of = self.catalogue.civil_date(now);
        let derived = self.catalogue.derive(facts, as_of);
        let delivered: Vec<_> = facts
            .iter()
            .filter_map(|(slot, fact)| {
                let element = self.catalogue.element(&slot.element)?;
                let source = self.catalogue.sources.get(element.source.as_ref()?)?;
                let scope = element.group.as_ref().zip(slot.member.as_ref());
                let may_ask = source.tells(element, |when| when.evaluate(&derived, scope, as_of))
                    != Truth::False;
                (may_ask && !unreachable.contains(&source.id))
                    .then(|| (slot.clone(), fact.value.clone(), source.id.clone()))
            })
            .collect();
        for (slot, value, source) in delivered {
            let origin = Origin::Source { source, at: now };
            facts.set(slot, vocabulary::Fact { value, origin });
        }
    }

    fn group(&mut self, name: &str, members: &[String], facts: &mut Facts) {
        let place = format!("groups.{name}");
        let Some(group) = self.catalogue.groups.get(name) else {
            let hint = nearest(name, self.catalogue.groups.keys().map(GroupId::as_str));
            let args = [("name", name.to_owned()), ("problem", "is not defined".to_owned())];
            self.find(answer::GROUP, place, &args, hint);
            return;
        };
        let size = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let different: BTreeSet<&String> = members.iter().collect();
        let plain = |id: &String| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            !id.is_empty() && id.chars().all(fits)
        };
        let problem = if !(group.min..=group.max).contains(&size) {
            format!("has {size} members; it may have {} to {}", group.min, group.max)
        } else if different.len() != members.len() {
            "names a member twice".to_owned()
        } else if !members.iter().all(plain) {
            "has a member whose id is not made of letters, digits, `-` and `_`".to_owned()
        } else {
            let ids = members.iter().map(|id| MemberId::new(id.as_str())).collect();
            facts.set_members(group.id.clone(), ids);
            return;
        };
        let args = [("name", name.to_owned()), ("problem", problem)];
        self.find(answer::GROUP, place, &args, None);
    }

    fn slot(&mut self, name: &str, facts: &Facts, place: &str) -> Option<(&DataElement, Slot)> {
        let catalogue = self.catalogue;
        let (id, member) = split(name);
        let Some(element) = catalogue.elements.get(id) else {
            let hint = nearest(id, catalogue.elements.keys().map(DataElementId::as_str));
            let args = [("name", id.to_owned())];
            self.find(answer::UNKNOWN_ELEMENT, place.to_owned(), &args, hint);
            return None;
        };
        let group = element.group.as_ref();
        self.fits(name, group, member.as_ref(), facts, place.to_owned())
            .then(|| (element, Slot { element: element.id.clone(), member }))
    }

    /// Whether the member is one of the group's, and there is none without a group.
    fn fits(
        &mut self,
        name: &str,
        group: Option<&GroupId>,
        member: Option<&MemberId>,
        facts: &Facts,
        place: String,
    ) -> bool {
        let (problem, hint) = match (group, member) {
            (None, None) => return true,
            (None, Some(_)) => ("is not repeated: leave out `~…`".to_owned(), None),
            (Some(group), None) => {
                let first = facts.members(group).and_then(|members| members.first());
                let hint = first.map(|first| format!("e.g. `{name}~{first}`"));
                (format!("needs a member of `{group}`"), hint)
            }
            (Some(group), Some(member)) => match facts.members(group) {
                Some(members) if members.contains(member) => return true,
                Some(members) => {
                    let ids = members.iter().map(MemberId::as_str);
                    (format!("names no member of `{group}`"), nearest(member.as_str(), ids))
                }
                None => (
                    format!("belongs to `{group}`, whose members are not listed"),
                    Some(format!("add `{group} = [\"{member}\"]` under `[groups]`")),
                ),
            },
        };
        let args = [("name", name.to_owned()), ("problem", problem)];
        self.find(answer::MEMBER, place, &args, hint);
        false
    }
}

/// `name` or `name~member`.
fn split(text: &str) -> (&str, Option<MemberId>) {
    match text.split_once('~') {
        None => (text, None),
        Some((name, member)) => (name, Some(MemberId::new(member))),
    }
}
