//! One checklist at both ends (semantics 17): what is looked at when a service is received is what is looked at
//! when it is decided. Applicant, clerk and officer see the same lines, of the definitions that the case rests on.
//!
//! Pages show it with the macros of `shared/checklist_pieces.html`.

use std::collections::BTreeSet;

use catalogue::{Catalogue, Checked, ChecklistLine, PublicService};
use plan::Plan;
use vocabulary::{ChecklistLineId, NodeKey};

use crate::naming;
use crate::page::Page;

/// The name of every tick box of a checklist; its value is `node/line`.
pub const TICK: &str = "met";
/// The value that an officer chooses for a ground that stands on no checklist.
pub const OUTSIDE: &str = casework::checklist::OUTSIDE;

/// A service's checklist, in one version, for one node of a plan or case.
#[derive(Debug, Clone)]
pub struct ChecklistView {
    /// `service` or `service~member`.
    pub node: String,
    pub service: String,
    /// The first characters of the service's revision: two people who see the same see the same list.
    pub version: String,
    pub lines: Vec<LineView>,
    pub grounds: Vec<LineView>,
}

impl ChecklistView {
    /// How many lines were found met.
    pub fn met_count(&self) -> usize {
        self.lines.iter().filter(|line| line.met).count()
    }
}

/// A line of a checklist, or a ground for saying no.
#[derive(Debug, Clone)]
pub struct LineView {
    pub id: String,
    /// `node/line`: the value of its tick box.
    pub value: String,
    pub text: String,
    /// The fields and pieces of evidence that it looks at.
    pub checks: Vec<String>,
    /// The clerk found it met when the application came in.
    pub met: bool,
    /// The clerk received the application knowing that he had not looked at it.
    pub left: bool,
    /// The applicant was asked to correct it.
    pub asked: bool,
    /// Chosen in a form that is shown again.
    pub ticked: bool,
}

impl ChecklistView {
    /// Of a service that no definitions are kept of.
    pub fn empty(node: &NodeKey) -> Self {
        Self {
            node: node.to_string(),
            service: node.service.to_string(),
            version: String::new(),
            lines: Vec::new(),
            grounds: Vec::new(),
        }
    }
}

/// What is marked on a checklist.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    pub met: BTreeSet<ChecklistLineId>,
    pub left: BTreeSet<ChecklistLineId>,
    pub asked: BTreeSet<ChecklistLineId>,
    pub ticked: BTreeSet<ChecklistLineId>,
}

impl Marks {
    /// What a case keeps: the clerk's ticks and the corrections asked for.
    pub fn of_case(case: &casework::Case, node: &NodeKey) -> Self {
        let intake = case.application.reception.intake.as_ref();
        let ticked = intake.map(|intake| intake.ticked.as_slice()).unwrap_or_default();
        let left = intake.map(|intake| intake.left_open.lines.as_slice()).unwrap_or_default();
        let own = |lines: &[casework::TickedLine]| {
            let own = lines.iter().filter(|it| it.node == *node);
            own.map(|it| it.line.clone()).collect()
        };
        let corrections = case.service(node).map(|service| service.corrections.as_slice());
        let corrections = corrections.unwrap_or_default();
        Self {
            met: own(ticked),
            left: own(left),
            asked: corrections.iter().flat_map(|it| &it.lines).cloned().collect(),
            ticked: BTreeSet::new(),
        }
    }
}

/// The checklist of one node. `catalogue` is the one that the case or draft rests on.
pub fn checklist(
    catalogue: &Catalogue,
    page: &Page,
    node: &NodeKey,
    marks: &Marks,
) -> Option<ChecklistView> {
    let service = catalogue.service(&node.service)?;
    let view = |line: &ChecklistLine| line_view(catalogue, page, node, line, marks);
    Some(ChecklistView {
        node: node.to_string(),
        service: page.text(&service.name).to_owned(),
        version: version(service.revision.as_str()),
        lines: service.checklist.iter().map(view).collect(),
        grounds: service.refusal_grounds.iter().map(view).collect(),
    })
}

/// The checklists of every service of a plan, in its order.
pub fn checklists(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    marks: impl Fn(&NodeKey) -> Marks,
) -> Vec<ChecklistView> {
    let nodes = plan.services.iter().map(|planned| &planned.node);
    nodes.filter_map(|node| checklist(catalogue, page, node, &marks(node))).collect()
}

/// The ticks of a form, as an application keeps them: only lines that stand on the checklist of a service of
/// the plan.
pub fn ticked<'t>(
    catalogue: &Catalogue,
    plan: &Plan,
    values: impl IntoIterator<Item = &'t str>,
) -> Vec<casework::TickedLine> {
    let sent: BTreeSet<&str> = values.into_iter().collect();
    let mut ticked = Vec::new();
    for planned in &plan.services {
        let lines = catalogue.service(&planned.node.service).map(|it| it.checklist.as_slice());
        for line in lines.unwrap_or_default() {
            if sent.contains(tick_value(&planned.node, &line.id).as_str()) {
                let (node, line) = (planned.node.clone(), line.id.clone());
                ticked.push(casework::TickedLine { node, line });
            }
        }
    }
    ticked
}

/// A line or ground in words; a ground that stands on no list is named as that.
pub fn line_text(page: &Page, service: Option<&PublicService>, line: &ChecklistLineId) -> String {
    let known = service.and_then(|service| {
        service.checklist.iter().chain(&service.refusal_grounds).find(|it| it.id == *line)
    });
    match known {
        Some(known) => page.text(&known.text).to_owned(),
        None if line.as_str() == OUTSIDE => page.t("checklist-outside"),
        None => page.t1("checklist-unknown-line", "line", line.as_str()),
    }
}

/// The name under which people compare versions.
pub fn version(revision: &str) -> String {
    revision.chars().take(8).collect()
}

fn line_view(
    catalogue: &Catalogue,
    page: &Page,
    node: &NodeKey,
    line: &ChecklistLine,
    marks: &Marks,
) -> LineView {
    let looked_at = |checked: &Checked| match checked {
        Checked::Element(id) => naming::element_name(catalogue, page, id),
        Checked::Evidence(id) => naming::evidence_name(catalogue, page, id),
    };
    LineView {
        id: line.id.to_string(),
        value: tick_value(node, &line.id),
        text: page.text(&line.text).to_owned(),
        checks: line.checks.iter().map(looked_at).collect(),
        met: marks.met.contains(&line.id),
        left: marks.left.contains(&line.id),
        asked: marks.asked.contains(&line.id),
        ticked: marks.ticked.contains(&line.id),
    }
}

/// The value of a line's tick box.
pub fn tick_value(node: &NodeKey, line: &ChecklistLineId) -> String {
    format!("{node}/{line}")
}
