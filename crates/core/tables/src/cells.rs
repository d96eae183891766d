//! One cell → its meaning. A cell is rewritten as a condition over its own column and compiled by the condition
//! language, so that types, options, full-width signs and spelling are judged as everywhere else, with the place
//! in the file.
//!
//! What is rewritten without a word: bare options and texts get quotes, bare dates (`1965-01-01`, `1965/1/1`)
//! become dates, `TRUE` and `是` become `true`, `(a..b)` is understood as the range that it is.

use conditions::expression::{Comparison, Constant, Expression, InItem, Term, Test};
use conditions::{Condition, NamedElement, Names, Type};
use vocabulary::{DataElementId, GroupId, Value};

use crate::findings::{self, Finding, Findings};
use crate::grid::Text;
use crate::{Cell, CellTest};

/// The only element that a cell can read: its own column's.
struct OwnColumn<'a> {
    id: &'a DataElementId,
    ty: &'a Type,
}

impl Names for OwnColumn<'_> {
    fn element(&self, name: &str) -> Option<NamedElement> {
        let own = name == self.id.as_str();
        own.then(|| NamedElement { id: self.id.clone(), ty: self.ty.clone(), group: None })
    }

    fn group(&self, _: &str) -> Option<GroupId> {
        None
    }

    fn all(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The meaning of an input cell; `None` after a finding.
pub(crate) fn input(
    cell: &Text,
    id: &DataElementId,
    ty: &Type,
    findings: &mut Findings,
) -> Option<Cell> {
    let text = cell.text.as_str();
    if matches!(text, "" | "-" | "－" | "—" | "–") {
        return Some(Cell::Any);
    }
    if *ty == Type::Number && has_thousands(cell, findings) {
        return None;
    }
    let bare_range = text.contains("..")
        && !text.contains('"')
        && !text.contains(['[', '(', ']', ')', '［', '（']);
    if bare_range {
        let message = "a range stands in brackets";
        let hint = format!("write `[{text}]` with both ends, or `[{text})` without the last");
        findings.error(findings::BARE_RANGE, cell.at, message, hint);
        return None;
    }
    let inner = text.strip_prefix("not").map(str::trim_start);
    let inner = inner.and_then(|it| it.strip_prefix('(')?.strip_suffix(')'));
    let (start, tests) = match inner {
        Some(inner) => (text.len().saturating_sub(inner.len()).saturating_sub(1), inner),
        None => (0, text),
    };
    let opening = format!("{id} in (");
    let mut written = Rewritten::of(&opening, tests, start, ty);
    written.push(")");
    let condition = compile(&written, cell, id, ty, findings)?;
    let tests = tests_of(condition.expression());
    let Some(tests) = tests else {
        let message = format!("the cell tests more than `{id}` against plain values");
        let hint = "a cell holds values, comparisons and ranges, e.g. `< 50`, `[50..100)`, `\"a\", \"b\"`; what is computed becomes a data element of its own";
        findings.error(findings::BAD_INPUT, cell.at, message, hint.to_owned());
        return None;
    };
    Some(if inner.is_some() { Cell::NoneOf(tests) } else { Cell::OneOf(tests) })
}

/// The value of an output cell; `None` after a finding.
pub(crate) fn output(
    cell: &Text,
    id: &DataElementId,
    ty: &Type,
    quoted: bool,
    findings: &mut Findings,
) -> Option<Value> {
    let text = cell.text.as_str();
    if text.is_empty() || text == "-" {
        let message = format!("there is no value for `{id}`");
        let hint = "an output cell holds one value; `null` where there is none".to_owned();
        findings.error(findings::BAD_OUTPUT, cell.at, message, hint);
        return None;
    }
    if *ty == Type::Number && has_thousands(cell, findings) {
        return None;
    }
    if *ty == Type::Text && !quoted && text != "null" && !text.starts_with(['"', '“']) {
        return Some(Value::text(text));
    }
    let written = Rewritten::of(&format!("{id} = "), text, 0, ty);
    let condition = compile(&written, cell, id, ty, findings)?;
    let value = match condition.expression() {
        Expression::Clause(clause) => match &clause.test {
            Test::Compare { left: Term::Element(_), operator: Comparison::Equal, right } => {
                constant(right)
            }
            _ => None,
        },
        _ => None,
    };
    if value.is_none() {
        let message = format!("`{text}` is no plain value for `{id}`");
        let hint = "an output cell holds one value, e.g. `80`, `true`, `2026-01-31`".to_owned();
        findings.error(findings::BAD_OUTPUT, cell.at, message, hint);
    }
    value
}

fn compile(
    written: &Rewritten,
    cell: &Text,
    id: &DataElementId,
    ty: &Type,
    findings: &mut Findings,
) -> Option<Condition> {
    match Condition::compile(&written.text, &OwnColumn { id, ty }, None) {
        Ok(condition) => Some(condition),
        Err(found) => {
            for finding in found {
                let offset = written.source(finding.span.start);
                let at = cell.place(cell.text.floor_char_boundary(offset));
                let (message, hint) = (finding.message, finding.hint);
                findings.add(Finding { code: finding.code, is_error: true, at, message, hint });
            }
            None
        }
    }
}

fn tests_of(expression: &Expression) -> Option<Box<[CellTest]>> {
    let Expression::Clause(clause) = expression else {
        return None;
    };
    let Test::In { term: Term::Element(_), items } = &clause.test else {
        return None;
    };
    let test = |item: &InItem| match item {
        InItem::Equals(term) => equals(constant(term)?),
        InItem::Compare(operator, term) => match (operator, constant(term)?) {
            (Comparison::Equal, value) => equals(value),
            (_, Value::Null) => None,
            (operator, value) => Some(CellTest::Compare(*operator, value)),
        },
        InItem::Range { low, low_included, high, high_included } => Some(CellTest::Range {
            low: constant(low)?,
            low_included: *low_included,
            high: constant(high)?,
            high_included: *high_included,
        }),
    };
    items.iter().map(test).collect()
}

fn equals(value: Value) -> Option<CellTest> {
    Some(match value {
        Value::Null => CellTest::Null,
        value => CellTest::Compare(Comparison::Equal, value),
    })
}

fn constant(term: &Term) -> Option<Value> {
    let Term::Constant(constant) = term else {
        return None;
    };
    Some(match constant {
        Constant::Null => Value::Null,
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Number(value) => Value::Number(*value),
        Constant::Text(value) => Value::Text(value.clone()),
        Constant::Date(value) => Value::Date(*value),
        Constant::Days(_) | Constant::Months(_) => return None,
    })
}

/// `1,000`: as a list it would mean one and nothing.
fn has_thousands(cell: &Text, findings: &mut Findings) -> bool {
    let text = cell.text.as_str();
    for (at, _) in text.match_indices([',', '，']) {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at..).unwrap_or_default().trim_start_matches([',', '，']);
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let ends_in_digit = before.chars().next_back().is_some_and(|c| c.is_ascii_digit());
        if ends_in_digit && digits == 3 {
            let joined = text.replace([',', '，'], "");
            let message = "a comma inside a number".to_owned();
            let hint = format!("write `{joined}`; in a list a space follows the comma");
            findings.error(findings::THOUSANDS, cell.place(at), message, hint);
            return true;
        }
    }
    false
}

/// A condition's text and where its parts came from.
struct Rewritten {
    text: String,
    /// Offset in `text`, offset in the cell. Ascending.
    steps: Vec<(usize, usize)>,
}

impl Rewritten {
    fn of(opening: &str, cell: &str, start: usize, ty: &Type) -> Self {
        let mut it = Self { text: opening.to_owned(), steps: Vec::new() };
        let mut rest = cell;
        let mut at = start;
        while let Some(c) = rest.chars().next() {
            it.steps.push((it.text.len(), at));
            let taken = it.next(rest, c, ty);
            rest = rest.get(taken..).unwrap_or_default();
            at = at.saturating_add(taken);
        }
        it.steps.push((it.text.len(), at));
        it
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Takes in one piece of the cell; how many bytes it had.
    fn next(&mut self, rest: &str, c: char, ty: &Type) -> usize {
        if c == '"' {
            let piece = quoted(rest);
            self.push(piece);
            return piece.len();
        }
        if let '“' | '”' | '「' | '＂' = c {
            // The condition language tells these with their fix.
            let closing = rest.char_indices().skip(1).find(|(_, c)| "”」＂\"".contains(*c));
            let end = closing.map_or(rest.len(), |(at, c)| at.saturating_add(c.len_utf8()));
            self.push(rest.get(..end).unwrap_or_default());
            return end;
        }
        if *ty == Type::Date {
            let marked = rest.strip_prefix('@').and_then(|it| it.strip_prefix('"'));
            if let Some(end) = marked.and_then(|it| it.find('"')) {
                let day = marked.and_then(|it| it.get(..end)).unwrap_or_default();
                self.push(&format!("date(\"{day}\")"));
                return end.saturating_add(3);
            }
            if let Some(call) = rest.strip_prefix("date(").and_then(|it| it.find(')')) {
                let end = call.saturating_add("date()".len());
                self.push(rest.get(..end).unwrap_or_default());
                return end;
            }
            if c.is_ascii_digit() {
                let is_day = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/');
                let end = rest.find(|c| !is_day(c)).unwrap_or(rest.len());
                let day = rest.get(..end).unwrap_or_default();
                match bare_date(day) {
                    Some(day) => self.push(&format!("date(\"{day}\")")),
                    None => self.push(day),
                }
                return end;
            }
        }
        if matches!(ty, Type::Choice(_) | Type::Text | Type::Bool) && is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or_default();
            match (ty, word) {
                (_, "null" | "true" | "false") => self.push(word),
                (Type::Bool, "TRUE" | "True" | "是") => self.push("true"),
                (Type::Bool, "FALSE" | "False" | "否") => self.push("false"),
                (Type::Bool, _) => self.push(word),
                _ => self.push(&format!("\"{word}\"")),
            }
            return end;
        }
        if c == '(' {
            let end = rest.find([')', ']']).unwrap_or(rest.len());
            let is_range = rest.get(..end).is_some_and(|it| it.contains(".."));
            self.push(if is_range { "]" } else { "(" });
            return 1;
        }
        self.text.push(c);
        c.len_utf8()
    }

    /// Where in the cell the byte of the condition came from.
    fn source(&self, at: usize) -> usize {
        let next = self.steps.partition_point(|(from, _)| *from <= at);
        let step = next.checked_sub(1).and_then(|it| self.steps.get(it));
        let (from, place) = step.copied().unwrap_or((at, 0));
        let limit = self.steps.get(next).map_or(usize::MAX, |(_, place)| *place);
        place.saturating_add(at.saturating_sub(from)).min(limit)
    }
}

/// The text in quotes at the beginning, with them.
fn quoted(rest: &str) -> &str {
    let mut escaped = true;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return rest.get(..=at).unwrap_or(rest),
            _ => {}
        }
    }
    rest
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '\u{f0b}')
}

/// `1965-01-01`, also as a spreadsheet writes it: `1965/1/1`.
fn bare_date(text: &str) -> Option<String> {
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let short = |part: &str| (1..=2).contains(&part.len());
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = year.len() == 4 && short(month) && short(day);
    let sound = fits && parts.iter().all(|part| digits(part));
    sound.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}
