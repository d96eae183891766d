//! Letters to an applicant: what a department asks, refuses, does not accept or grants. The officer sees, before
//! sending, what the applicant will see: both pages show the same macro of `shared/letters.html` over the same
//! value.

use std::collections::BTreeMap;

use casework::{Case, ServiceCase, ServiceState};
use catalogue::{Catalogue, PublicService};
use vocabulary::{ChecklistLineId, SealedId};

use crate::applicant::case_view::{case_node_name, line_text, procedure_name};
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;

/// A letter as it stands on the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// `bring` for something to do, `no`, `fetch` for something that is there, or `note` for what is only told.
    pub class: &'static str,
    pub heading: String,
    pub lead: String,
    /// Lines of the checklist, the ground, or what is granted.
    pub lines: Vec<String>,
    /// The department's own words.
    pub said: Vec<String>,
    /// What can be done about it.
    pub foot: String,
}

impl Letter {
    /// Whether it says no.
    pub fn is_no(&self) -> bool {
        self.class == "no"
    }
}

/// 补正通知: what is asked for, once and completely.
pub fn correction(page: &Page, department: &str, lines: Vec<String>, said: Vec<String>) -> Letter {
    Letter {
        class: "bring",
        heading: page.t1("correct-asked", "department", department),
        lead: String::new(),
        lines,
        said: without_empty(said),
        foot: String::new(),
    }
}

/// 不予受理通知 or 不予准予决定: its ground, its reason, what can be done about it.
pub fn no(
    page: &Page,
    accepted: bool,
    service: &str,
    department: &str,
    ground: String,
    said: Vec<String>,
    remedies: &str,
) -> Letter {
    let (heading, lead) = if accepted {
        ("letter-refused", "letter-refused-lead")
    } else {
        ("letter-not-accepted", "letter-not-accepted-lead")
    };
    Letter {
        class: "no",
        heading: page.t1(heading, "service", service),
        lead: page.t1(lead, "department", department),
        lines: vec![ground],
        said: without_empty(said),
        foot: if remedies.is_empty() {
            String::new()
        } else {
            page.t1("letter-remedies", "remedies", remedies)
        },
    }
}

/// 准予通知: what has come into being.
pub fn grant(page: &Page, service: &str, department: &str, outputs: Vec<String>) -> Letter {
    Letter {
        class: "fetch",
        heading: page.t1("letter-granted", "service", service),
        lead: page.t1("letter-granted-lead", "department", department),
        foot: if outputs.is_empty() { String::new() } else { page.t("letter-granted-foot") },
        lines: outputs,
        said: Vec::new(),
    }
}

/// The letter that a decided service has; `None` while nothing is decided.
pub fn of_decided(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    service: &ServiceCase,
    words: &BTreeMap<SealedId, String>,
) -> Option<Letter> {
    let key = &service.node.key;
    let name = case_node_name(catalogue, page, case, key);
    let department = naming::organisation_name(catalogue, page, &service.node.department);
    let definition = catalogue.service(&key.service);
    match service.state {
        // What was ended afterwards was granted all the same; the act has its own letter.
        ServiceState::Granted | ServiceState::Revoked => {
            let names = output_names(page, definition, service);
            Some(grant(page, &name, &department, names))
        }
        ServiceState::Refused | ServiceState::NotAccepted => {
            let (ground, text) = service.refused_for.as_ref()?;
            let said = text.and_then(|id| words.get(&id)).cloned().into_iter().collect();
            Some(no(
                page,
                service.state == ServiceState::Refused,
                &name,
                &department,
                line_text(catalogue, page, key, ground),
                said,
                &remedies(catalogue, page, definition),
            ))
        }
        ServiceState::Waiting
        | ServiceState::Referred
        | ServiceState::Received
        | ServiceState::CorrectionRequested
        | ServiceState::Accepted
        | ServiceState::SpecialProcedure
        | ServiceState::Lapsed
        | ServiceState::WithdrawalPending
        | ServiceState::Withdrawn
        | ServiceState::Stopped
        | ServiceState::Suspended
        | ServiceState::Terminated
        | ServiceState::Contested => None,
    }
}

/// 特别程序告知书: what is held, how long it may take, and whether the time is counted.
pub fn procedure(
    page: &Page,
    department: &str,
    procedure: &str,
    period: &str,
    until: &str,
    counted: bool,
    said: Vec<String>,
) -> Letter {
    let told = [("department", department), ("procedure", procedure), ("period", period)];
    Letter {
        class: "note",
        heading: page.t1("letter-procedure", "procedure", procedure),
        lead: page.tn("letter-procedure-lead", &told.map(|(name, it)| (name, it.to_owned()))),
        lines: vec![page.t1("letter-procedure-until", "date", until)],
        said: without_empty(said),
        foot: page.t(if counted { "letter-procedure-counted" } else { "letter-procedure-foot" }),
    }
}

/// 延期告知书: by how much, until when, why, and who gave leave.
pub fn extension(
    page: &Page,
    service: &str,
    department: &str,
    period: &str,
    until: Option<String>,
    leave: &str,
    said: Vec<String>,
) -> Letter {
    let until = until.map(|date| page.t1("letter-extended-until", "date", date));
    let leave = (!leave.is_empty()).then(|| page.t1("extend-by", "name", leave));
    Letter {
        class: "note",
        heading: page.t1("letter-extended", "service", service),
        lead: page.t2("letter-extended-lead", "department", department, "period", period),
        lines: until.into_iter().chain(leave).collect(),
        said: without_empty(said),
        foot: page.t("letter-extended-foot"),
    }
}

/// What the department told on the way: special procedures under way and the extension.
pub fn on_the_way(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    service: &ServiceCase,
    words: &BTreeMap<SealedId, String>,
) -> Vec<Letter> {
    let key = &service.node.key;
    let (calendar, zone) = (&catalogue.calendar, &catalogue.jurisdiction.time_zone);
    let department = naming::organisation_name(catalogue, page, &service.node.department);
    let mut letters = Vec::new();
    for run in service.procedures.iter().filter(|run| run.ended_at.is_none()) {
        let known = service.node.procedure(&run.id);
        let due = case.procedure_due(key, &run.id, calendar, zone);
        let (Some(known), Some(due)) = (known, due) else { continue };
        letters.push(procedure(
            page,
            &department,
            &procedure_name(catalogue, page, &key.service, &run.id),
            &period_text(page, known.period),
            &page.date(due.due.on),
            known.counted || known.afterwards,
            run.text.and_then(|id| words.get(&id)).cloned().into_iter().collect(),
        ));
    }
    if let Some(extended) = service.extension.filter(|_| !service.state.is_final()) {
        let due = case.promised(key, calendar, zone).map(|explained| page.date(explained.due.on));
        letters.push(extension(
            page,
            &case_node_name(catalogue, page, case, key),
            &department,
            &period_text(page, extended.by),
            due,
            words.get(&extended.approved_by).map_or("", String::as_str),
            words.get(&extended.reason).cloned().into_iter().collect(),
        ));
    }
    letters
}

/// The licences that a grant brings, by name.
pub fn output_names(
    page: &Page,
    definition: Option<&PublicService>,
    service: &ServiceCase,
) -> Vec<String> {
    let outputs = definition.map(|found| found.outputs.as_slice()).unwrap_or_default();
    service
        .node
        .outputs
        .iter()
        .filter(|output| output.licence)
        .filter_map(|output| outputs.iter().find(|found| found.id == output.id))
        .map(|output| page.text(&output.name).to_owned())
        .collect()
}

/// What an applicant can do about a no, by the regime of the service.
pub fn remedies(catalogue: &Catalogue, page: &Page, definition: Option<&PublicService>) -> String {
    definition
        .and_then(|found| catalogue.regimes.get(&found.regime))
        .map_or_else(String::new, |regime| page.text(&regime.remedies).to_owned())
}

/// Lines of a checklist in words.
pub fn lines_text(
    catalogue: &Catalogue,
    page: &Page,
    node: &vocabulary::NodeKey,
    lines: &[ChecklistLineId],
) -> Vec<String> {
    lines.iter().map(|line| line_text(catalogue, page, node, line)).collect()
}

/// The lines of a correction, with a word at those that were asked for before or that the first notice left out.
pub fn asked_lines(
    catalogue: &Catalogue,
    page: &Page,
    node: &vocabulary::NodeKey,
    correction: &casework::Correction,
) -> Vec<String> {
    let marked = |line: &ChecklistLineId| {
        let text = line_text(catalogue, page, node, line);
        if correction.again.contains(line) {
            page.t1("line-again", "line", text)
        } else if correction.not_at_once.contains(line) {
            page.t1("line-not-at-once", "line", text)
        } else {
            text
        }
    };
    correction.lines.iter().map(marked).collect()
}

fn without_empty(said: Vec<String>) -> Vec<String> {
    said.into_iter().filter(|words| !words.is_empty()).collect()
}
