//! A DMN file's decision table → grid. Files of common modellers are read as they are: any of the standard's
//! namespaces from 1.1 on, vendors' attributes ignored, inputs that are not declared as requirements taken by
//! their names, Camunda's empty cells and labels understood.
//!
//! Only decision tables: other boxed expressions, other policies and other expression languages are told. A
//! document type is refused, so that no entity can expand.

use roxmltree::{Document, Node, ParsingOptions};

use crate::findings::{self, Findings};
use crate::grid::{Grid, GridRow, Header, Text};
use crate::{Aggregate, Hit, Wanted, compile};

/// Elements and texts in one file.
const NODES_MAX: u32 = 400_000;
/// Elements within elements; the standard's tables have about ten.
const DEPTH_MAX: usize = 64;
const NAMESPACE: &str = "www.omg.org/spec/DMN/";
const BOXED: [&str; 11] = [
    "literalExpression",
    "context",
    "invocation",
    "relation",
    "list",
    "functionDefinition",
    "conditional",
    "for",
    "every",
    "some",
    "filter",
];

/// Reads the wanted decision's table.
pub(crate) fn grid(text: &str, wanted: &Wanted<'_>, findings: &mut Findings) -> Option<Grid> {
    if let Some(at) = too_deep(text) {
        let message = "the elements are nested too deeply";
        let hint = format!("at most {DEPTH_MAX} within each other");
        findings.error(findings::TOO_LARGE, at, message, hint);
        return None;
    }
    let text = text.trim_start_matches('\u{feff}');
    let options = ParsingOptions { nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(error) => {
            let place = error.pos();
            let at = offset(text, place.row, place.col);
            let (message, hint) = match &error {
                roxmltree::Error::DtdDetected => (
                    "the file has a document type, which is refused".to_owned(),
                    "drop the `<!DOCTYPE …>`; a DMN file needs none",
                ),
                error => {
                    (format!("not well-formed XML: {error}"), "save it anew from the modeller")
                }
            };
            findings.error(findings::NOT_XML, at, message, hint.to_owned());
            return None;
        }
    };
    let root = document.root_element();
    let known = root.tag_name().namespace().is_some_and(|it| it.contains(NAMESPACE));
    if !is(root, "definitions") || !known {
        let message = format!("`{}` is not the root of a DMN file", root.tag_name().name());
        let hint =
            "a DMN file begins with `<definitions xmlns=\"https://www.omg.org/spec/DMN/…\">`";
        findings.error(findings::NOT_DMN, at(root), message, hint.to_owned());
        return None;
    }
    let decision = decision(root, wanted, findings)?;
    let table = table_of(decision, findings)?;
    Some(Reader { document: text, findings }.table(decision, table))
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|node| is(*node, name))
}

fn at(node: Node<'_, '_>) -> usize {
    node.range().start
}

/// Byte offset of a 1-based row and column.
fn offset(text: &str, row: u32, column: u32) -> usize {
    let row = usize::try_from(row).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(column).unwrap_or(1).saturating_sub(1);
    let mut start = 0usize;
    for line in text.split_inclusive('\n').take(row) {
        start = start.saturating_add(line.len());
    }
    let rest = text.get(start..).unwrap_or_default();
    let within = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    start.saturating_add(within)
}

/// Where the elements become nested too deeply, by their brackets alone: before any parser sees them.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    for (at, _) in text.match_indices('<') {
        match bytes.get(at.saturating_add(1)) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) => {
                let end = bytes.iter().skip(at).position(|byte| *byte == b'>');
                let end = end.map_or(bytes.len(), |end| end.saturating_add(at));
                let alone = end.checked_sub(1).and_then(|it| bytes.get(it)) == Some(&b'/');
                depth = depth.saturating_add(usize::from(!alone));
            }
        }
        if depth > DEPTH_MAX {
            return Some(at);
        }
    }
    None
}

fn decision<'a, 'i>(
    root: Node<'a, 'i>,
    wanted: &Wanted<'_>,
    findings: &mut Findings,
) -> Option<Node<'a, 'i>> {
    let decisions: Vec<Node<'a, 'i>> =
        root.children().filter(|node| is(*node, "decision")).collect();
    let called = |node: &Node<'_, '_>, name: &str| {
        node.attribute("id") == Some(name) || node.attribute("name") == Some(name)
    };
    let names: Vec<String> = decisions
        .iter()
        .filter_map(|node| node.attribute("id").or(node.attribute("name")))
        .map(|name| format!("`{name}`"))
        .collect();
    if let Some(name) = wanted.decision {
        let found = decisions.iter().find(|node| called(node, name)).copied();
        if found.is_none() {
            let message = format!("the file has no decision `{name}`");
            let hint = (!names.is_empty()).then(|| format!("it has {}", names.join(", ")));
            findings.error(findings::WHICH_DECISION, at(root), message, hint);
        }
        return found;
    }
    let mut tables = decisions.iter().filter(|node| child(**node, "decisionTable").is_some());
    match (tables.next(), tables.next()) {
        (Some(only), None) => Some(*only),
        (None, _) if decisions.len() == 1 => decisions.first().copied(),
        (None, _) => {
            let message = "the file has no decision table";
            let hint = "draw a decision and give it a decision table".to_owned();
            findings.error(findings::NOT_DMN, at(root), message, hint);
            None
        }
        (Some(_), Some(_)) => {
            let message = "the file has several decisions";
            let hint = format!("say which: `decision = \"…\"`; it has {}", names.join(", "));
            findings.error(findings::WHICH_DECISION, at(root), message, hint);
            None
        }
    }
}

fn table_of<'a, 'i>(decision: Node<'a, 'i>, findings: &mut Findings) -> Option<Node<'a, 'i>> {
    if let Some(table) = child(decision, "decisionTable") {
        return Some(table);
    }
    let boxed = decision.children().find(|node| BOXED.iter().any(|name| is(*node, name)));
    let name = decision.attribute("name").or(decision.attribute("id")).unwrap_or_default();
    match boxed {
        Some(boxed) => {
            let message =
                format!("decision `{name}` is a `{}`, not a table", boxed.tag_name().name());
            let hint = "only decision tables are read; what is computed is written as a condition";
            findings.error(findings::UNSUPPORTED, at(boxed), message, hint.to_owned());
        }
        None => {
            let message = format!("decision `{name}` has no table");
            let hint = "give it a decision table in the modeller".to_owned();
            findings.error(findings::NOT_DMN, at(decision), message, hint);
        }
    }
    None
}

struct Reader<'t, 'f> {
    document: &'t str,
    findings: &'f mut Findings,
}

impl Reader<'_, '_> {
    fn table(mut self, decision: Node<'_, '_>, table: Node<'_, '_>) -> Grid {
        let mut grid = Grid { quoted: true, hit: self.hit(table), ..Grid::default() };
        let outputs: Vec<_> = table.children().filter(|node| is(*node, "output")).collect();
        for input in table.children().filter(|node| is(*node, "input")) {
            let header = self.input(input);
            grid.inputs.push(header);
        }
        for output in &outputs {
            let alone = outputs.len() == 1;
            let header = self.output(decision, *output, alone);
            grid.outputs.push(header);
        }
        let rules = table.children().filter(|node| is(*node, "rule"));
        for (number, rule) in (1usize..).zip(rules) {
            if number > compile::ROWS_MAX.saturating_add(1) {
                break;
            }
            if let Some(row) = self.rule(rule, number, &grid) {
                grid.rows.push(row);
            }
        }
        grid
    }

    fn unsupported(&mut self, node: Node<'_, '_>, message: String, hint: &str) {
        self.findings.error(findings::UNSUPPORTED, at(node), message, hint.to_owned());
    }

    fn hit(&mut self, table: Node<'_, '_>) -> Option<(Hit, usize)> {
        let policy = table.attribute("hitPolicy").unwrap_or("UNIQUE");
        let aggregation = table.attribute("aggregation");
        let hit = match (policy, aggregation) {
            ("UNIQUE" | "U", _) => Hit::Unique,
            ("ANY" | "A", _) => Hit::Any,
            ("FIRST" | "F", _) => Hit::First,
            ("COLLECT" | "C", Some("SUM" | "+")) => Hit::Collect(Aggregate::Sum),
            ("COLLECT" | "C", Some("MIN" | "<")) => Hit::Collect(Aggregate::Min),
            ("COLLECT" | "C", Some("MAX" | ">")) => Hit::Collect(Aggregate::Max),
            ("COLLECT" | "C", Some("COUNT" | "#")) => Hit::Collect(Aggregate::Count),
            ("COLLECT" | "C", _) => {
                let message = "collecting into a list is not supported".to_owned();
                let hint = "choose the sum, least, greatest or count in the modeller";
                self.unsupported(table, message, hint);
                return None;
            }
            (other, _) => {
                let message = format!("hit policy `{other}` is not supported");
                let hint = "use unique, any, first, or collect with an aggregation";
                self.unsupported(table, message, hint);
                return None;
            }
        };
        Some((hit, at(table)))
    }

    fn input(&mut self, input: Node<'_, '_>) -> Header {
        let expression = child(input, "inputExpression");
        let text = expression.and_then(|it| child(it, "text"));
        let mut names: Vec<Text> = Vec::new();
        names.extend(text.map(|it| self.text(it)).filter(|it| !it.text.is_empty()));
        let label = input.attribute("label").or(input.attribute("name"));
        names.extend(label.map(|label| attribute_text(input, label)));
        if let Some(language) = expression.and_then(|it| it.attribute("expressionLanguage")) {
            self.feel_only(input, language);
        }
        if names.is_empty() {
            names.push(attribute_text(input, ""));
        }
        let values = child(input, "inputValues").and_then(|it| child(it, "text"));
        let domain = values.map(|it| self.text(it)).filter(|it| !it.text.is_empty());
        Header { names, domain }
    }

    fn output(&mut self, decision: Node<'_, '_>, output: Node<'_, '_>, alone: bool) -> Header {
        let mut names: Vec<Text> = Vec::new();
        let own = [output.attribute("name"), output.attribute("label")];
        names.extend(own.into_iter().flatten().map(|name| attribute_text(output, name)));
        if alone {
            let variable = child(decision, "variable").and_then(|it| it.attribute("name"));
            let of_decision = [variable, decision.attribute("name"), decision.attribute("id")];
            names.extend(of_decision.into_iter().flatten().map(|it| attribute_text(output, it)));
        }
        names.retain(|name| !name.text.is_empty());
        if names.is_empty() {
            names.push(attribute_text(output, ""));
        }
        if let Some(default) = child(output, "defaultOutputEntry") {
            let message = "a default output is not supported".to_owned();
            let hint = "add a last row that holds for everything else, with `hit = \"first\"`";
            self.unsupported(default, message, hint);
        }
        Header { names, domain: None }
    }

    fn feel_only(&mut self, node: Node<'_, '_>, language: &str) {
        if !language.to_ascii_lowercase().contains("feel") {
            let message = format!("the expression language `{language}` is not supported");
            self.unsupported(node, message, "write the cells in FEEL");
        }
    }

    fn rule(&mut self, rule: Node<'_, '_>, number: usize, grid: &Grid) -> Option<GridRow> {
        let mut row =
            GridRow { at: at(rule), number, inputs: Vec::new(), outputs: Vec::new(), note: None };
        for entry in rule.children().filter(Node::is_element) {
            let text = child(entry, "text");
            let cell = match text {
                Some(text) => self.text(text),
                None => attribute_text(entry, ""),
            };
            if let Some(language) = entry.attribute("expressionLanguage") {
                self.feel_only(entry, language);
            }
            match entry.tag_name().name() {
                "inputEntry" => row.inputs.push(cell),
                "outputEntry" => {
                    if let Some(boxed) =
                        entry.children().find(|node| BOXED.iter().any(|name| is(*node, name)))
                    {
                        let message = "an output cell that is not a plain value".to_owned();
                        self.unsupported(boxed, message, "write one value in the cell");
                    }
                    row.outputs.push(cell);
                }
                "annotationEntry" if !cell.text.is_empty() => row.note = Some(cell.text),
                "description" => {
                    let said = entry.text().unwrap_or_default().trim();
                    row.note = Some(said.to_owned()).filter(|said| !said.is_empty());
                }
                _ => {}
            }
        }
        let fits = row.inputs.len() == grid.inputs.len() && row.outputs.len() == grid.outputs.len();
        if !fits {
            let (inputs, outputs) = (row.inputs.len(), row.outputs.len());
            let message = format!(
                "rule {number} has {inputs} and {outputs} cells, the table {} inputs and {} outputs",
                grid.inputs.len(),
                grid.outputs.len()
            );
            let hint = "save it anew from the modeller".to_owned();
            self.findings.error(findings::WRONG_LENGTH, row.at, message, hint);
        }
        fits.then_some(row)
    }

    /// The text of an element, with the places of its characters.
    fn text(&self, node: Node<'_, '_>) -> Text {
        let mut parts = node.children().filter(Node::is_text);
        match (parts.next(), parts.next()) {
            (None, _) => attribute_text(node, ""),
            (Some(only), None) => {
                let range = only.range();
                let raw = self.document.get(range.clone()).unwrap_or_default();
                let inner = raw.strip_prefix("<![CDATA[").unwrap_or(raw);
                let start = range.start.saturating_add(raw.len().saturating_sub(inner.len()));
                let skip = |rest: &str, c: char| match rest.strip_prefix('&') {
                    Some(entity) => entity.find(';').map_or(1, |end| end.saturating_add(2)),
                    None if rest.starts_with("\r\n") => 2,
                    None => c.len_utf8(),
                };
                Text::decoded(only.text().unwrap_or_default(), inner, start, skip)
            }
            (Some(first), Some(_)) => {
                let all: String =
                    node.children().filter_map(|it| it.text().filter(|_| it.is_text())).collect();
                Text::decoded(&all, "", at(first), |_, _| 1)
            }
        }
    }
}

/// A text that has no place of its own but its element's.
fn attribute_text(node: Node<'_, '_>, text: &str) -> Text {
    Text::decoded(text, "", at(node), |_, _| 1)
}
