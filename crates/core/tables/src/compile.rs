//! Grid → rules: columns get their elements, cells their meaning, rows their sets.
//!
//! Looks at each column and cell by itself; what shows only when rows are compared is in `check`.

use std::collections::BTreeSet;

use conditions::{Names, Type};
use vocabulary::{DataElementId, Decimal, GroupId, Value};

use crate::classes::Classes;
use crate::findings::{self, Findings};
use crate::grid::{Grid, GridRow, Header, Text};
use crate::rows::RowSets;
use crate::{Aggregate, Cell, Hit, Input, Output, Row, Rules, Wanted, cells};

/// Longer tables are not policy but data.
pub(crate) const ROWS_MAX: usize = 2000;
const COLUMNS_MAX: usize = 32;
/// Sums that are listed as an output's possible values.
const SUMS_MAX: usize = 4096;

/// What the columns stand for; `None` after a finding.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) inputs: Vec<Option<Column>>,
    pub(crate) outputs: Vec<Option<Column>>,
}

/// A column that has its element.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) element: DataElementId,
    pub(crate) ty: Type,
    pub(crate) group: Option<GroupId>,
    at: usize,
}

/// Looks up every column's element.
pub(crate) fn columns(grid: &Grid, names: &dyn Names, findings: &mut Findings) -> Columns {
    let mut seen = BTreeSet::new();
    let mut of = |headers: &[Header], findings: &mut Findings| -> Vec<Option<Column>> {
        let mut columns = Vec::with_capacity(headers.len());
        for header in headers {
            let column = column(header, names, findings);
            if let Some(column) = &column
                && !seen.insert(column.element.clone())
            {
                let message = format!("`{}` has two columns", column.element);
                let hint = "an element is one input or one output of a table".to_owned();
                findings.error(findings::SECOND_COLUMN, column.at, message, hint);
            }
            columns.push(column);
        }
        columns
    };
    Columns { inputs: of(&grid.inputs, findings), outputs: of(&grid.outputs, findings) }
}

fn column(header: &Header, names: &dyn Names, findings: &mut Findings) -> Option<Column> {
    for name in &header.names {
        let plain = name.text.trim_matches('`');
        if let Some(named) = names.element(plain) {
            if named.ty == Type::Null {
                // The element could not be read: its own mistake is told where it stands.
                return None;
            }
            let at = name.at;
            return Some(Column { element: named.id, ty: named.ty, group: named.group, at });
        }
    }
    let name = header.names.first().cloned().unwrap_or_default();
    let message = match name.text.is_empty() {
        true => "a column has no name".to_owned(),
        false => format!("no data element is called `{}`", name.text),
    };
    let near = nearest(&name.text, names);
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if name.text.chars().any(|c| "+*/(<>=".contains(c)) => {
            "a column is one data element; what is computed becomes one of its own".to_owned()
        }
        None => "a column is named by a data element's id or alias, an output with `-> ` before it"
            .to_owned(),
    };
    findings.error(findings::UNKNOWN_COLUMN, name.at, message, hint);
    None
}

/// The known name that differs least, if by little: the shortest with the same letters, or one slip away.
fn nearest(name: &str, names: &dyn Names) -> Option<String> {
    if name.is_empty() || name.len() > 100 {
        return None;
    }
    let allowed = (name.chars().count() / 3).max(1);
    let all = names.all().into_iter().filter(|other| other.len() <= 100);
    let measured = all.map(|other| (distance(name, &other), other));
    measured.filter(|(distance, _)| *distance <= allowed).min().map(|(_, other)| other)
}

/// Letters to change, add or drop.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in (1usize..).zip(a.chars()) {
        let mut diagonal = i.saturating_sub(1);
        let mut left = i;
        let mut next = vec![i];
        for (above, y) in row.iter().skip(1).zip(&b) {
            let changed = diagonal.saturating_add(usize::from(x != *y));
            let cost = changed.min(above.saturating_add(1)).min(left.saturating_add(1));
            diagonal = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// The whole table; `None` after a finding that leaves nothing to check.
pub(crate) fn rules(
    grid: &Grid,
    columns: &Columns,
    wanted: &Wanted<'_>,
    findings: &mut Findings,
) -> Option<Rules> {
    if !is_whole(grid, findings) {
        return None;
    }
    let hit = hit(grid, wanted, findings);
    let group = group(columns, findings);
    aggregate_fits(hit, columns, findings);
    let rows: Vec<Option<Row>> =
        grid.rows.iter().map(|row| self::row(grid, row, columns, findings)).collect();
    let domains: Vec<Option<Cell>> = grid
        .inputs
        .iter()
        .zip(&columns.inputs)
        .map(|(header, column)| domain(header, column.as_ref()?, findings))
        .collect();
    if findings.has_errors() {
        return None;
    }
    let rows: Vec<Row> = rows.into_iter().collect::<Option<_>>()?;
    let mut inputs = Vec::with_capacity(columns.inputs.len());
    for (index, (column, domain)) in columns.inputs.iter().zip(domains).enumerate() {
        let column = column.as_ref()?;
        let cells = rows.iter().filter_map(|row| row.tests.get(index)).chain(&domain);
        inputs.push(Input {
            element: column.element.clone(),
            ty: column.ty.clone(),
            group: column.group.clone(),
            classes: Classes::of(&column.ty, cells),
            may_be_absent: (wanted.may_be_absent)(&column.element),
            domain,
        });
    }
    let mut outputs = Vec::with_capacity(columns.outputs.len());
    for (index, column) in columns.outputs.iter().enumerate() {
        let column = column.as_ref()?;
        let values = rows.iter().filter_map(|row| row.outputs.get(index));
        outputs.push(Output {
            element: column.element.clone(),
            ty: column.ty.clone(),
            values: possible(hit, values).map(Into::into),
        });
    }
    let sets = RowSets::of(&inputs, &rows).into();
    let (inputs, outputs, rows) = (inputs.into(), outputs.into(), rows.into());
    Some(Rules { hit, gaps: wanted.gaps, inputs, outputs, rows, group, sets })
}

fn is_whole(grid: &Grid, findings: &mut Findings) -> bool {
    let missing = if grid.outputs.is_empty() {
        Some(("the table has no output", "an output column's name begins with `-> `"))
    } else if grid.inputs.is_empty() {
        Some(("the table has no input", "a fixed value needs no table"))
    } else if grid.rows.is_empty() && !findings.has_errors() {
        Some(("the table has no rows", "write one line for each rule"))
    } else {
        None
    };
    if let Some((message, hint)) = missing {
        findings.error(findings::NO_OUTPUT, 0, message, hint.to_owned());
    }
    let columns = grid.inputs.len().saturating_add(grid.outputs.len());
    if grid.rows.len() > ROWS_MAX || columns > COLUMNS_MAX {
        let message = format!("the table has {} rows or more, {columns} columns", grid.rows.len());
        let hint = format!("at most {ROWS_MAX} rows and {COLUMNS_MAX} columns; divide it");
        findings.error(findings::TOO_LARGE, 0, message, hint);
        return false;
    }
    missing.is_none()
}

fn hit(grid: &Grid, wanted: &Wanted<'_>, findings: &mut Findings) -> Hit {
    match (wanted.hit, grid.hit) {
        (Some(said), Some((other, at))) if said != other => {
            let message = format!(
                "the file says {}, its definition says {}",
                hit_name(other),
                hit_name(said)
            );
            let hint = "drop `hit` from the definition, or change the file".to_owned();
            findings.error(findings::TWO_POLICIES, at, message, hint);
            said
        }
        (Some(said), _) | (None, Some((said, _))) => said,
        (None, None) => Hit::Unique,
    }
}

fn hit_name(hit: Hit) -> &'static str {
    match hit {
        Hit::Unique => "`unique`",
        Hit::Any => "`any`",
        Hit::First => "`first`",
        Hit::Collect(Aggregate::Sum) => "`collect` with the sum",
        Hit::Collect(Aggregate::Min) => "`collect` with the least",
        Hit::Collect(Aggregate::Max) => "`collect` with the greatest",
        Hit::Collect(Aggregate::Count) => "`collect` with the count",
    }
}

fn group(columns: &Columns, findings: &mut Findings) -> Option<GroupId> {
    let all = columns.inputs.iter().chain(&columns.outputs).flatten();
    let group = all.clone().find_map(|column| column.group.clone())?;
    let repeated = columns.inputs.iter().flatten().any(|column| column.group.is_some());
    let outputs = columns.outputs.iter().flatten();
    let plain = outputs.filter(|column| repeated && column.group.is_none());
    let foreign = all.filter(|it| it.group.as_ref().is_some_and(|other| *other != group));
    if let Some(column) = foreign.chain(plain).next() {
        let message = format!("`{}` does not belong to group `{group}`", column.element);
        let hint = "a table for each member has inputs of one group, besides plain ones, and outputs of that group only";
        findings.error(findings::MIXED_GROUPS, column.at, message, hint.to_owned());
    }
    Some(group)
}

fn aggregate_fits(hit: Hit, columns: &Columns, findings: &mut Findings) {
    let Hit::Collect(aggregate) = hit else {
        return;
    };
    for column in columns.outputs.iter().flatten() {
        let fits = match aggregate {
            Aggregate::Sum | Aggregate::Count => column.ty == Type::Number,
            Aggregate::Min | Aggregate::Max => matches!(column.ty, Type::Number | Type::Date),
        };
        if !fits {
            let message = format!("{} needs numbers for `{}`", hit_name(hit), column.element);
            let hint = "sum and count give numbers; the least and greatest are numbers or dates";
            findings.error(findings::BAD_AGGREGATE, column.at, message, hint.to_owned());
        }
    }
}

fn row(grid: &Grid, row: &GridRow, columns: &Columns, findings: &mut Findings) -> Option<Row> {
    let mut tests = Vec::with_capacity(row.inputs.len());
    let mut outputs = Vec::with_capacity(row.outputs.len());
    for (cell, column) in row.inputs.iter().zip(&columns.inputs) {
        let Some(column) = column else { continue };
        tests.push(cells::input(cell, &column.element, &column.ty, findings));
    }
    for (cell, column) in row.outputs.iter().zip(&columns.outputs) {
        let Some(column) = column else { continue };
        let (id, ty) = (&column.element, &column.ty);
        outputs.push(cells::output(cell, id, ty, grid.quoted, findings));
    }
    Some(Row {
        at: row.at,
        number: row.number,
        tests: tests.into_iter().collect::<Option<_>>()?,
        outputs: outputs.into_iter().collect::<Option<_>>()?,
        note: row.note.as_deref().map(Into::into),
    })
}

fn domain(header: &Header, column: &Column, findings: &mut Findings) -> Option<Cell> {
    let text: &Text = header.domain.as_ref()?;
    cells::input(text, &column.element, &column.ty, findings)
}

/// Every value that an output can take, in order; `None` when they are too many to list.
fn possible<'v>(hit: Hit, values: impl Iterator<Item = &'v Value>) -> Option<Vec<Value>> {
    let listed: Vec<&Value> = values.collect();
    let possible: BTreeSet<Value> = match hit {
        Hit::Collect(Aggregate::Count) => {
            (0..=listed.len()).map(|count| Value::Number(Decimal::from(count))).collect()
        }
        Hit::Collect(Aggregate::Sum) => {
            let mut sums = BTreeSet::from([Decimal::ZERO]);
            for value in listed {
                let Value::Number(value) = value else { continue };
                let more: Vec<_> = sums.iter().filter_map(|it| it.checked_add(*value)).collect();
                sums.extend(more);
                if sums.len() > SUMS_MAX {
                    return None;
                }
            }
            let sums = sums.into_iter().map(Value::Number);
            sums.chain(std::iter::once(Value::Null)).collect()
        }
        Hit::Collect(_) => listed.into_iter().cloned().chain([Value::Null]).collect(),
        Hit::Unique | Hit::Any | Hit::First => listed.into_iter().cloned().collect(),
    };
    Some(possible.into_iter().collect())
}
