//! Decision tables: policy as rows of a spreadsheet (CSV) or of a modeller's file (DMN), typed against data
//! elements, checked for gaps and overlaps, and decided from what is known.
//!
//! Text and names in, [`Rules`] or findings with places out; rules and values in, outputs or "not yet known"
//! out. Knows no file, no catalogue and no edition: which text belongs to which table at which date is the
//! catalogue's affair.
//!
//! The way of a file: `csv` or `dmn` read it into a `grid` of cells with their places; `compile` gives each
//! column its element and each cell its meaning (`cells`, through the condition language); `classes` divides
//! each input's values where the cells do; `check` looks at every combination of classes without listing them;
//! [`Rules::decide`] looks up classes and cuts sets of rows.
//!
//! ```
//! # extern crate yijianshi_tables as tables;
//! use conditions::{NamedElement, Names, Type};
//! use tables::{Wanted, read_csv};
//! use vocabulary::{GroupId, Value};
//!
//! struct Stall;
//! impl Names for Stall {
//!     fn element(&self, name: &str) -> Option<NamedElement> {
//!         let ty = if name.starts_with("stall.") { Type::Number } else { return None };
//!         Some(NamedElement { id: name.into(), ty, group: None })
//!     }
//!     fn group(&self, _: &str) -> Option<GroupId> {
//!         None
//!     }
//!     fn all(&self) -> Vec<String> {
//!         vec!["stall.hours".into(), "stall.fee".into()]
//!     }
//! }
//!
//! let read = read_csv("stall.hours,-> stall.fee\n< 20,50\n>= 20,80\n", &Stall, &Wanted::default());
//! let rules = read.rules.unwrap();
//! assert_eq!(rules.decide(&[Some(&Value::Number(20.into()))]), [Some(Value::Number(80.into()))]);
//! assert_eq!(rules.decide(&[None]), [None]);
//!
//! let read = read_csv("stall.hours,-> stall.fee\n< 20,50\n> 20,80\n", &Stall, &Wanted::default());
//! assert_eq!(read.findings[0].message, "no row holds when `stall.hours` is 20");
//! ```

mod cells;
mod check;
mod classes;
mod compile;
mod csv;
mod decide;
mod dmn;
pub mod findings;
mod grid;
mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use conditions::expression::Comparison;
use conditions::{Names, Type};
use vocabulary::{DataElementId, GroupId, Value};

pub use classes::Classes;
use findings::Findings;
pub use findings::{CODES, Finding};
use rows::RowSets;

/// Files larger than this are not read.
const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// What happens when several rows hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hit {
    /// U: there is exactly one, which is checked.
    Unique,
    /// A: they agree, which is checked.
    Any,
    /// F: the first counts.
    First,
    /// C: their outputs are put together.
    Collect(Aggregate),
}

/// How the outputs of several rows are put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    Sum,
    Min,
    Max,
    Count,
}

/// What it means when no row holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Gaps {
    /// A mistake.
    #[default]
    Refused,
    /// Where an input is absent the output is absent too; elsewhere a mistake.
    Absent,
    /// The output is absent.
    Allowed,
}

/// What the definition says about a table besides its file.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// `None` = as the file says; unique when it says nothing.
    pub hit: Option<Hit>,
    pub gaps: Gaps,
    /// The id or name of the decision in a DMN file; `None` = the only one.
    pub decision: Option<&'a str>,
    /// Whether an element may be known to be absent.
    pub may_be_absent: &'a dyn Fn(&DataElementId) -> bool,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { hit: None, gaps: Gaps::default(), decision: None, may_be_absent: &|_| false }
    }
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { hit, gaps, decision, may_be_absent: _ } = self;
        f.debug_struct("Wanted")
            .field("hit", hit)
            .field("gaps", gaps)
            .field("decision", decision)
            .finish_non_exhaustive()
    }
}

/// What reading a file gives.
#[derive(Debug)]
pub struct Read {
    /// Only when no finding is an error.
    pub rules: Option<Rules>,
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// The elements that the columns name, as far as they could be read.
    pub inputs: Vec<DataElementId>,
    pub outputs: Vec<DataElementId>,
}

/// A checked table. Immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct Rules {
    pub hit: Hit,
    pub gaps: Gaps,
    pub inputs: Arc<[Input]>,
    pub outputs: Arc<[Output]>,
    pub rows: Arc<[Row]>,
    /// The repeat group for whose members it is decided one by one.
    pub group: Option<GroupId>,
    sets: Arc<RowSets>,
}

/// An input column.
#[derive(Clone, Debug)]
pub struct Input {
    pub element: DataElementId,
    pub ty: Type,
    pub group: Option<GroupId>,
    /// What the cells divide its values into.
    pub classes: Classes,
    /// What it can be at all, if the file says so.
    pub domain: Option<Cell>,
    /// Whether it may be known to be absent.
    pub may_be_absent: bool,
}

/// An output column.
#[derive(Clone, Debug)]
pub struct Output {
    pub element: DataElementId,
    pub ty: Type,
    /// Every value that it can take, none twice; `None` = too many to list. A table with gaps may also give null.
    pub values: Option<Arc<[Value]>>,
}

/// One row: it holds when every input cell does.
#[derive(Clone, Debug)]
pub struct Row {
    /// Byte offset in the file.
    pub at: usize,
    /// The row's number in the file, for people.
    pub number: usize,
    /// One per input.
    pub tests: Box<[Cell]>,
    /// One per output.
    pub outputs: Box<[Value]>,
    pub note: Option<Arc<str>>,
}

/// What an input cell asks of its column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Anything, absent too.
    Any,
    /// One of these.
    OneOf(Box<[CellTest]>),
    /// None of these; so also when it is absent, unless that is one of them.
    NoneOf(Box<[CellTest]>),
}

/// One test of an input cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CellTest {
    /// Known to be absent.
    Null,
    Compare(Comparison, Value),
    Range {
        low: Value,
        low_included: bool,
        high: Value,
        high_included: bool,
    },
}

/// Reads a table from the text of a CSV file.
pub fn read_csv(text: &str, names: &dyn Names, wanted: &Wanted<'_>) -> Read {
    read(text, names, wanted, csv::grid)
}

/// Reads a table from the text of a DMN file.
pub fn read_dmn(text: &str, names: &dyn Names, wanted: &Wanted<'_>) -> Read {
    read(text, names, wanted, dmn::grid)
}

fn read(
    text: &str,
    names: &dyn Names,
    wanted: &Wanted<'_>,
    reader: fn(&str, &Wanted<'_>, &mut Findings) -> Option<grid::Grid>,
) -> Read {
    let mut findings = Findings::default();
    let mut columns = compile::Columns::default();
    let rules = if text.len() > FILE_BYTES_MAX {
        let message = format!("the file has {} bytes", text.len());
        let hint = format!("at most {FILE_BYTES_MAX} are read; divide the table");
        findings.error(findings::TOO_LARGE, 0, message, hint);
        None
    } else if let Some(at) = text.find('\u{fffd}') {
        let message = "the file is not UTF-8";
        let hint = "save it anew as “CSV UTF-8”; spreadsheets often save Chinese text as GBK";
        findings.error(findings::NOT_UTF8, at, message, hint.to_owned());
        None
    } else {
        reader(text, wanted, &mut findings).and_then(|grid| {
            columns = compile::columns(&grid, names, &mut findings);
            compile::rules(&grid, &columns, wanted, &mut findings)
        })
    };
    if let Some(rules) = &rules
        && !findings.has_errors()
    {
        check::check(rules, &mut findings);
    }
    let rules = rules.filter(|_| !findings.has_errors());
    let element = |it: &compile::Column| it.element.clone();
    Read {
        rules,
        findings: findings.into_sorted(),
        inputs: columns.inputs.iter().flatten().map(element).collect(),
        outputs: columns.outputs.iter().flatten().map(element).collect(),
    }
}
