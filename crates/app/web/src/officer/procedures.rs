//! What happens on the way to a decision, as the officer sees and sets it off: special procedures and the one
//! extension. Which there are stands in the application, frozen from the definition.

use std::sync::Arc;

use casework::{NodeProcedure, Reply, ServiceCase, ServiceState};
use vocabulary::Instant;

use super::decide::{input_id, wrong};
use super::desk::{Deed, Desk, Typed};
use super::outputs::Wrong;
use crate::applicant::case_view::{procedure_name, time_text};
use crate::errors::WebError;
use crate::page::Page;
use crate::plan_view::period_text;

/// A special procedure that can begin.
#[derive(Debug)]
pub struct Startable {
    pub id: String,
    pub name: String,
    pub period: String,
    /// Its time is not counted.
    pub stops: bool,
    pub chosen: bool,
}

/// One that is under way.
#[derive(Debug)]
pub struct Running {
    pub id: String,
    pub name: String,
    pub since: String,
    pub until: String,
    pub overdue: bool,
}

/// What the page shows of all that.
#[derive(Debug)]
pub struct Course {
    pub startable: Vec<Startable>,
    pub running: Vec<Running>,
    /// How much an extension would be; empty = none is known.
    pub extension: String,
    /// Who gave leave, as it was typed.
    pub leave: String,
}

impl Course {
    /// # Errors
    /// Never for a desk that was loaded.
    pub fn of(page: &Page, desk: &Desk, typed: &Typed) -> Result<Self, WebError> {
        let service = desk.service()?;
        let (catalogue, key) = (&*desk.catalogue, &service.node.key);
        let name = |id: &str| procedure_name(catalogue, page, &key.service, id);
        let startable = startable(service).into_iter().map(|it| Startable {
            id: it.id.to_string(),
            name: name(&it.id),
            period: period_text(page, it.period),
            stops: !it.counted && !it.afterwards,
            chosen: *it.id == *typed.get("procedure"),
        });
        let due = |id: &str| {
            let zone = &catalogue.jurisdiction.time_zone;
            desk.case().procedure_due(key, id, &catalogue.calendar, zone).map(|date| date.due.on)
        };
        let running = open_runs(service).map(|(id, began_at)| Running {
            id: id.to_string(),
            name: name(id),
            since: time_text(catalogue, page, began_at),
            until: due(id).map_or_else(String::new, |date| page.date(date)),
            overdue: due(id).is_some_and(|date| date < page.today),
        });
        Ok(Self {
            startable: startable.collect(),
            running: running.collect(),
            extension: service
                .node
                .extension
                .map_or_else(String::new, |period| period_text(page, period)),
            leave: typed.get("leave").to_owned(),
        })
    }
}

fn open_runs(service: &ServiceCase) -> impl Iterator<Item = (&Arc<str>, Instant)> {
    let open = service.procedures.iter().filter(|run| run.ended_at.is_none());
    open.map(|run| (&run.id, run.began_at))
}

/// Special procedures that may begin now: those before the decision while there is none, the others after it;
/// none beside itself.
pub fn startable(service: &ServiceCase) -> Vec<&NodeProcedure> {
    let granted = service.state == ServiceState::Granted;
    let procedures = service.node.procedures.iter().filter(|it| it.afterwards == granted);
    procedures.filter(|it| !open_runs(service).any(|(id, _)| *id == it.id)).collect()
}

/// The reply that a form asks for.
///
/// # Errors
/// What is missing. That one begins is told in words: when, where, what the applicant has to do.
pub fn read(
    page: &Page,
    service: &ServiceCase,
    deed: Deed,
    typed: &Typed,
    silent: bool,
) -> Result<Reply, Wrong> {
    let asked = typed.get("procedure");
    let ends = deed == Deed::EndProcedure;
    let known = if ends {
        open_runs(service).map(|(id, _)| id.clone()).find(|id| **id == *asked)
    } else {
        startable(service).into_iter().map(|it| it.id.clone()).find(|id| **id == *asked)
    };
    let mut missing = Wrong::default();
    if known.is_none() {
        missing.lines.extend(wrong(page, &input_id(deed, "which"), "procedure-choose").lines);
    }
    if silent && !ends {
        missing.lines.extend(wrong(page, &input_id(deed, "words"), "procedure-say").lines);
    }
    match known {
        Some(procedure) if missing.lines.is_empty() => Ok(if ends {
            Reply::ProcedureEnded { procedure, text: None }
        } else {
            Reply::ProcedureBegan { procedure, text: None }
        }),
        _ => Err(missing),
    }
}
