//! Cases to be copied: lived through the real engine once, then written again and again with ids, numbers and dates
//! of their own.
//!
//! A template is everything that one case of a demo city committed. On another day it is a [`Variant`]: its events
//! moved by whole weeks and projected anew by the engine, so that dates are those of the calendar there. A copy of
//! a variant puts fresh ids in the place of the old ones, in every row, and seals the values for another person.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use casework::CaseEvent;
use engine::vault::SubjectKey;
use engine::{Engine, ToSeal, applicant_name_id};
use jiff::{SignedDuration, ToSpan as _};
use serde_json::Value;
use store_port::{CaseChange, EventRow, OutboxRow, fresh_id};
use store_sql::Recording;
use vocabulary::codes::case_number;
use vocabulary::{
    AccountId, AreaCode, CaseId, Date, DispatchId, DraftId, Instant, NodeKey, SealedId, SubjectId,
};

/// What one case of the city committed.
pub(super) struct Template {
    events: Vec<Value>,
    case: CaseId,
    number: String,
    subject: SubjectId,
    owner: Option<AccountId>,
    draft: Option<DraftId>,
    outbox: Vec<OutboxRow>,
    done: BTreeSet<DispatchId>,
    /// Clear, to be sealed for each copy's own person.
    values: Vec<(SealedId, Vec<u8>)>,
    pub(super) ended: bool,
}

impl Template {
    /// All cases that were recorded, with what was sealed for them opened.
    pub(super) async fn all(engine: &Engine, recording: &Recording) -> Result<Vec<Self>> {
        let mut of: BTreeMap<CaseId, Vec<CaseChange>> = BTreeMap::new();
        for change in recording.changes() {
            of.entry(change.case_id).or_default().push(change);
        }
        let mut templates = Vec::new();
        for (case, changes) in of {
            let Some(last) = changes.last() else { continue };
            let sealed: Vec<SealedId> =
                changes.iter().flat_map(|it| &it.sealed).map(|row| row.sealed_id).collect();
            let bodies: BTreeSet<SealedId> =
                changes.iter().flat_map(|it| &it.licences).map(|row| row.body).collect();
            let opened = engine.vault().open_all(&sealed).await?;
            let events = changes.iter().flat_map(|it| &it.events);
            let events = events.map(|event| serde_json::from_str(&event.body));
            templates.push(Self {
                events: events.collect::<Result<_, _>>().context("reading recorded events")?,
                case,
                number: last.case.case_number.clone(),
                subject: last.case.subject,
                owner: last.case.owner,
                draft: changes.iter().find_map(|it| it.draft),
                outbox: changes.iter().flat_map(|it| it.outbox.clone()).collect(),
                done: changes.iter().flat_map(|it| it.outbox_done.clone()).collect(),
                // A licence has a number of its own, which is not made twice.
                values: opened.into_iter().filter(|(id, _)| !bodies.contains(id)).collect(),
                ended: last.fact.as_ref().is_some_and(|fact| fact.ended_on.is_some()),
            });
        }
        Ok(templates)
    }

    /// How many events a copy has.
    pub(super) fn events(&self) -> usize {
        self.events.len()
    }

    /// The same case so many weeks earlier.
    pub(super) fn earlier(&self, engine: &Engine, weeks: i64) -> Result<Variant> {
        let mut bodies = self.events.clone();
        for body in &mut bodies {
            move_by(body, weeks);
        }
        let read = |body: &Value| serde_json::from_value::<CaseEvent>(body.clone());
        let events: Vec<CaseEvent> =
            bodies.iter().map(read).collect::<Result<_, _>>().context("reading moved events")?;
        let change = engine.projected(&events)?.context("the events make no case")?;
        let moved =
            |row: &OutboxRow| OutboxRow { due_at: earlier(row.due_at, weeks), ..row.clone() };
        let names = Names::of(self);
        let text = |body: &str| names.cut(body);
        let first = events.first().context("no event")?;
        Ok(Variant {
            day: engine.catalogue().civil_date(first.at),
            bodies: events
                .iter()
                .zip(&bodies)
                .map(|(event, body)| (event.seq, event.at, text(&body.to_string())))
                .collect(),
            fact: change.fact.as_ref().map(|fact| text(&fact.body)),
            service_facts: change.service_facts.iter().map(|fact| text(&fact.body)).collect(),
            outbox: self.outbox.iter().map(moved).collect(),
            done: self.done.clone(),
            values: self.values.clone(),
            old_case: self.case,
            with_owner: self.owner.is_some(),
            with_draft: self.draft.is_some(),
            names,
            change,
        })
    }
}

fn earlier(at: Instant, weeks: i64) -> Instant {
    at.checked_sub(SignedDuration::from_hours(weeks * 7 * 24)).unwrap_or(at)
}

/// Moves every instant and every date in a value.
fn move_by(value: &mut Value, weeks: i64) {
    match value {
        Value::String(text) => {
            if text.len() == 10 {
                if let Ok(date) = text.parse::<Date>() {
                    *text = date.checked_sub(weeks.weeks()).unwrap_or(date).to_string();
                }
            } else if text.ends_with('Z')
                && let Ok(at) = text.parse::<Instant>()
            {
                *text = earlier(at, weeks).to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_by(item, weeks)),
        Value::Object(fields) => fields.values_mut().for_each(|field| move_by(field, weeks)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where in a list of a copy's names each stands.
const CASE: usize = 0;
const NUMBER: usize = 1;
const SUBJECT: usize = 2;
const OWNER: usize = 3;
const DRAFT: usize = 4;
const SENDINGS: usize = 5;

/// A text cut at the names that each copy has of its own.
#[derive(Debug)]
struct Cut(Vec<(String, Option<usize>)>);

impl Cut {
    fn with(&self, names: &[String]) -> String {
        let mut text = String::new();
        for (part, name) in &self.0 {
            text.push_str(part);
            if let Some(name) = name.and_then(|at| names.get(at)) {
                text.push_str(name);
            }
        }
        text
    }
}

/// The names of a template, and where each stands.
#[derive(Debug)]
struct Names(HashMap<String, usize>);

impl Names {
    fn of(template: &Template) -> Self {
        let mut names = HashMap::from([
            (template.case.to_string(), CASE),
            (template.number.clone(), NUMBER),
            (template.subject.to_string(), SUBJECT),
        ]);
        names.extend(template.owner.map(|owner| (owner.to_string(), OWNER)));
        names.extend(template.draft.map(|draft| (draft.to_string(), DRAFT)));
        let sendings = template.outbox.iter().map(|row| row.dispatch_id.to_string());
        let values = template.values.iter().map(|(id, _)| id.to_string());
        names.extend(sendings.chain(values).zip(SENDINGS..));
        Self(names)
    }

    fn cut(&self, text: &str) -> Cut {
        let mut parts = Vec::new();
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            let here = [36, case_number::LENGTH].into_iter().find_map(|length| {
                let name = text.get(at..at + length)?;
                Some((length, *self.0.get(name)?))
            });
            match here {
                Some((length, name)) => {
                    parts.push((text.get(from..at).unwrap_or_default().to_owned(), Some(name)));
                    at += length;
                    from = at;
                }
                None => at += 1,
            }
        }
        parts.push((text.get(from..).unwrap_or_default().to_owned(), None));
        Cut(parts)
    }
}

/// A template on another day, ready to be copied.
pub(super) struct Variant {
    change: CaseChange,
    day: Date,
    bodies: Vec<(u64, Instant, Cut)>,
    fact: Option<Cut>,
    service_facts: Vec<Cut>,
    outbox: Vec<OutboxRow>,
    done: BTreeSet<DispatchId>,
    values: Vec<(SealedId, Vec<u8>)>,
    old_case: CaseId,
    with_owner: bool,
    with_draft: bool,
    names: Names,
}

/// Whose a copy is.
pub(super) struct Person {
    pub(super) account: AccountId,
    pub(super) subject: SubjectId,
    pub(super) key: Arc<SubjectKey>,
}

impl Variant {
    /// A case of this person, with everything that so many commands would have left.
    pub(super) fn copy(&self, person: &Person, area: &AreaCode) -> Result<CaseChange> {
        let case = CaseId(fresh_id());
        let number = case_number::make(area, self.day, rand::random());
        let number = number.context("making a case number")?;
        let draft = DraftId(fresh_id());
        let mut names = vec![
            case.to_string(),
            number.clone(),
            person.subject.to_string(),
            person.account.to_string(),
            draft.to_string(),
        ];
        let mut change = self.change.clone();
        for row in &self.outbox {
            let node: NodeKey = row.node.parse().unwrap_or_else(|never| match never {});
            let dispatch = DispatchId::derive(case, &node, &row.kind, row.round);
            names.push(dispatch.to_string());
            if self.done.contains(&row.dispatch_id) {
                change.outbox_done.push(dispatch);
            }
            change.outbox.push(OutboxRow { case_id: case, dispatch_id: dispatch, ..row.clone() });
        }
        for (old, clear) in &self.values {
            let id = if *old == applicant_name_id(self.old_case) {
                applicant_name_id(case)
            } else {
                SealedId(fresh_id())
            };
            names.push(id.to_string());
            change.sealed.push(person.key.seal_row(&ToSeal { id, clear: clear.clone() })?);
        }
        debug_assert!(self.names.0.values().all(|at| *at < names.len()), "a name is missing");
        change.case_id = case;
        change.case.case_id = case;
        change.case.case_number.clone_from(&number);
        change.case.subject = person.subject;
        change.case.owner = self.with_owner.then_some(person.account);
        change.draft = self.with_draft.then_some(draft);
        change.events = self
            .bodies
            .iter()
            .map(|(seq, at, body)| EventRow { seq: *seq, at: *at, body: body.with(&names) })
            .collect();
        for row in &mut change.services {
            row.case_id = case;
            row.case_number.clone_from(&number);
            row.applicant = row.applicant.map(|_| applicant_name_id(case));
        }
        for row in &mut change.timers {
            row.case_id = case;
        }
        if let (Some(fact), Some(body)) = (&mut change.fact, &self.fact) {
            fact.case_id = case;
            fact.draft_id = if self.with_draft { draft } else { fact.draft_id };
            fact.body = body.with(&names);
        }
        for (row, body) in change.service_facts.iter_mut().zip(&self.service_facts) {
            row.case_id = case;
            row.body = body.with(&names);
        }
        for row in &mut change.inconsistencies {
            row.case_id = case;
            row.case_number.clone_from(&number);
        }
        for row in &mut change.ratings {
            row.case_id = case;
            row.case_number.clone_from(&number);
        }
        Ok(change)
    }
}
