//! CSV text → grid: comma-separated, quoted where needed, first line the columns.
//!
//! Byte-order marks, line ends of any kind, empty lines and cells left over by a spreadsheet are read without a
//! word; other separators and broken quotes are told.

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::findings::{self, Findings};
use crate::grid::{Grid, GridRow, Header, Text, is_space};
use crate::{Wanted, compile};

/// What stands before an output column's name.
const ARROWS: [&str; 5] = ["->", "→", "=>", "⇒", "－＞"];
/// What begins a comment.
const COMMENT: [char; 2] = ['#', '＃'];

/// What a column is for.
enum Use {
    Input,
    Output,
    Note,
}

/// A record: its cells, and where its line begins.
struct Record {
    at: usize,
    line: usize,
    cells: Vec<Text>,
}

/// Reads the whole text.
pub(crate) fn grid(text: &str, _: &Wanted<'_>, findings: &mut Findings) -> Option<Grid> {
    let mut records = records(text, findings)?.into_iter().filter(|record| {
        let blank = record.cells.iter().all(|cell| cell.text.is_empty());
        let comment = record.cells.first().is_some_and(|cell| cell.text.starts_with(COMMENT));
        // The first line may begin with a note's column.
        let head = || record.cells.iter().any(|cell| matches!(column(cell), Use::Output));
        !blank && (!comment || head())
    });
    let Some(head) = records.next() else {
        let hint = "the first line names the columns, e.g. `stall.hours,-> stall.fee`".to_owned();
        findings.error(findings::NO_HEADER, 0, "the table is empty", hint);
        return None;
    };
    if !separators_are_commas(&head, findings) {
        return None;
    }
    let mut grid = Grid::default();
    let mut uses = Vec::new();
    for cell in head.cells {
        let column = column(&cell);
        let header = |skip: usize| {
            let rest = cell.text.get(skip..).unwrap_or_default();
            let raw = Text::decoded(rest, rest, cell.place(skip), |_, c| c.len_utf8());
            Header { names: vec![raw], domain: None }
        };
        match column {
            Use::Input => grid.inputs.push(header(0)),
            Use::Output => {
                let arrow = ARROWS.iter().find(|arrow| cell.text.starts_with(**arrow));
                grid.outputs.push(header(arrow.map_or(0, |arrow| arrow.len())));
            }
            Use::Note => {}
        }
        uses.push(column);
    }
    // A spreadsheet leaves empty columns behind the last.
    while let Some(Use::Input) = uses.last()
        && grid.inputs.last().is_some_and(|it| it.names.iter().all(|name| name.text.is_empty()))
    {
        uses.pop();
        grid.inputs.pop();
    }
    for record in records {
        if let Some(row) = row(record, &uses, findings) {
            grid.rows.push(row);
        }
        if grid.rows.len() > compile::ROWS_MAX {
            break;
        }
    }
    Some(grid)
}

fn column(head: &Text) -> Use {
    if head.text.starts_with(COMMENT) {
        Use::Note
    } else if ARROWS.iter().any(|arrow| head.text.starts_with(arrow)) {
        Use::Output
    } else {
        Use::Input
    }
}

fn separators_are_commas(head: &Record, findings: &mut Findings) -> bool {
    let [only] = head.cells.as_slice() else {
        return true;
    };
    let other = ['\t', ';', '，', '；', '、', '|'].into_iter().find(|c| only.text.contains(*c));
    let Some(other) = other else {
        return true;
    };
    let at = only.place(only.text.find(other).unwrap_or(0));
    let message = format!("the columns are separated by `{}`", other.escape_debug());
    let hint = "separate them by commas `,`; a spreadsheet does so when it saves as “CSV UTF-8”";
    findings.error(findings::NO_HEADER, at, message, hint.to_owned());
    false
}

fn row(record: Record, uses: &[Use], findings: &mut Findings) -> Option<GridRow> {
    let Record { at, line, cells } = record;
    let needed = uses.iter().rposition(|it| !matches!(it, Use::Note)).map_or(0, |last| last + 1);
    let surplus = cells.iter().skip(uses.len()).find(|cell| !cell.text.is_empty());
    if cells.len() < needed || surplus.is_some() {
        let message =
            format!("the row has {} cells and the table {} columns", cells.len(), uses.len());
        let hint = "a cell with a comma in it stands in quotes: `\"a, b\"`".to_owned();
        let place = surplus.map_or(at, |cell| cell.at);
        findings.error(findings::WRONG_LENGTH, place, message, hint);
        return None;
    }
    let mut row = GridRow {
        at,
        number: line.saturating_add(1),
        inputs: Vec::new(),
        outputs: Vec::new(),
        note: None,
    };
    for (cell, column) in cells.into_iter().zip(uses) {
        match column {
            Use::Input => row.inputs.push(cell),
            Use::Output => row.outputs.push(cell),
            Use::Note => row.note = Some(cell.text).filter(|note| !note.is_empty()),
        }
    }
    Some(row)
}

/// All records with every cell's place.
fn records(text: &str, findings: &mut Findings) -> Option<Vec<Record>> {
    let start = text.len().saturating_sub(text.trim_start_matches('\u{feff}').len());
    let bytes = text.as_bytes();
    let mut reader = ReaderBuilder::new().build();
    let mut records = Vec::new();
    let mut cells: Vec<Text> = Vec::new();
    let mut field = vec![0u8; text.len().saturating_add(1)];
    let mut at = start;
    let mut line = Lines { at: 0, line: 0 };
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        // The whole rest is there and the field has room for it: one call reads one field.
        let (result, taken, written) = reader.read_field(rest, &mut field);
        let next = at.saturating_add(taken);
        let decoded = field.get(..written).and_then(|it| std::str::from_utf8(it).ok());
        let raw = text.get(at..next).unwrap_or_default();
        match result {
            ReadFieldResult::Field { record_end } => {
                cells.push(cell(decoded.unwrap_or_default(), raw, at, findings)?);
                if record_end {
                    let begin = cells.first().map_or(at, |cell| cell.at);
                    let number = line.of(bytes, begin);
                    let cells = std::mem::take(&mut cells);
                    records.push(Record { at: begin, line: number, cells });
                }
            }
            ReadFieldResult::End => return Some(records),
            // Asks for the end of the text, which is told by nothing more to read.
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull if taken == 0 => {
                return Some(records);
            }
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {
                let (_, _, more) =
                    reader.read_field(&[], field.get_mut(written..).unwrap_or_default());
                let whole = field.get(..written.saturating_add(more));
                let decoded = whole.and_then(|it| std::str::from_utf8(it).ok());
                cells.push(cell(decoded.unwrap_or_default(), raw, at, findings)?);
                let begin = cells.first().map_or(at, |cell| cell.at);
                let number = line.of(bytes, begin);
                records.push(Record { at: begin, line: number, cells });
                return Some(records);
            }
        }
        at = next;
    }
}

/// Counts line ends on the way forward.
struct Lines {
    at: usize,
    line: usize,
}

impl Lines {
    fn of(&mut self, bytes: &[u8], at: usize) -> usize {
        let between = bytes.get(self.at..at).unwrap_or_default();
        let ends = between.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(ends);
        self.at = at.max(self.at);
        self.line
    }
}

fn cell(decoded: &str, raw: &str, at: usize, findings: &mut Findings) -> Option<Text> {
    // The line's end before the cell is read with it; an empty cell at a line's end has that end only.
    let trimmed = raw.trim_start_matches(['\r', '\n']);
    let raw_start = if trimmed.is_empty() { 0 } else { raw.len().saturating_sub(trimmed.len()) };
    let at = at.saturating_add(raw_start);
    let raw = raw.get(raw_start..).unwrap_or_default();
    let Some(inside) = raw.strip_prefix('"') else {
        return Some(Text::decoded(decoded, raw, at, |_, c| c.len_utf8()));
    };
    let ended = inside.trim_end_matches(['\r', '\n']);
    let ended = ended.strip_suffix(',').unwrap_or(ended).trim_end_matches(is_space);
    let quotes = raw.matches('"').count();
    if !ended.ends_with('"') || !quotes.is_multiple_of(2) {
        let message = "the quoted cell is not closed";
        let hint = "it ends with `\"`; a quotation mark inside it is written twice: `\"\"`";
        findings.error(findings::QUOTE_NOT_CLOSED, at, message, hint.to_owned());
        return None;
    }
    let skip = |rest: &str, c: char| if rest.starts_with("\"\"") { 2 } else { c.len_utf8() };
    Some(Text::decoded(decoded, inside, at.saturating_add(1), skip))
}
