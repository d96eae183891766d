//! Letters to an applicant: what a department asks, refuses, does not accept or grants. The officer sees, before
//! sending, what the applicant will see: both pages show the same macro of `shared/letters.html` over the same
//! value.

use std::collections::BTreeMap;

use casework::{Case, ServiceCase, ServiceState};
use catalogue::{Catalogue, PublicService};
use vocabulary::{ChecklistLineId, SealedId};

use crate::applicant::case_view::{case_node_name, line_text};
use crate::naming;
use crate::page::Page;

/// A letter as it stands on the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// `bring` for something to do, `no`, or `fetch` for something that is there.
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
        ServiceState::Granted => {
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
        | ServiceState::WithdrawalPending
        | ServiceState::Withdrawn
        | ServiceState::Stopped
        | ServiceState::Contested => None,
    }
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

fn without_empty(said: Vec<String>) -> Vec<String> {
    said.into_iter().filter(|words| !words.is_empty()).collect()
}
