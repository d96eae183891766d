//! Words that documents and the pages about their tasks have in common.

use casework::{Correction, ServiceCase};
use catalogue::{Catalogue, PublicService};
use vocabulary::{ChecklistLineId, NodeKey};

use crate::applicant::case_view::line_text;
use crate::page::Page;

/// The licences that a grant brings, by name.
pub(super) fn output_names(
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

/// Lines of a checklist in words.
pub fn lines_text(
    catalogue: &Catalogue,
    page: &Page,
    node: &NodeKey,
    lines: &[ChecklistLineId],
) -> Vec<String> {
    lines.iter().map(|line| line_text(catalogue, page, node, line)).collect()
}

/// The lines of a correction, with a word at those that were asked for before or that the first notice left out.
pub fn asked_lines(
    catalogue: &Catalogue,
    page: &Page,
    node: &NodeKey,
    correction: &Correction,
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
