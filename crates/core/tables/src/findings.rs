//! What can be wrong with a table's file, each with its stable code.
//!
//! A code is never reused or given another meaning; a check that falls away leaves a gap.

/// Something wrong in a table's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable code: `TAB0001` and up, or a cell's `CON0001` and up.
    pub code: &'static str,
    /// A warning otherwise.
    pub is_error: bool,
    /// Byte offset in the file.
    pub at: usize,
    pub message: String,
    pub hint: Option<String>,
}

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal;)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*

        /// Every code with its short title, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    NOT_UTF8 = "TAB0001" "a table's file is not UTF-8";
    TOO_LARGE = "TAB0002" "a table is too large";
    NO_HEADER = "TAB0003" "a table without a readable first line";
    UNKNOWN_COLUMN = "TAB0004" "a column that no data element has";
    SECOND_COLUMN = "TAB0005" "an element in two columns";
    NO_OUTPUT = "TAB0006" "a table without inputs, outputs or rows";
    WRONG_LENGTH = "TAB0007" "a row with too few or too many cells";
    QUOTE_NOT_CLOSED = "TAB0008" "a quoted cell that is not closed";
    BAD_OUTPUT = "TAB0009" "an output cell that is no plain value";
    BAD_INPUT = "TAB0010" "an input cell that tests more than its own column";
    THOUSANDS = "TAB0011" "a number with thousands separators";
    BARE_RANGE = "TAB0012" "a range without brackets";
    GAP = "TAB0013" "a case for which no row holds";
    GAP_WHERE_ABSENT = "TAB0014" "no row for an input that may be absent";
    OVERLAP = "TAB0015" "two rows that hold at once";
    DISAGREEMENT = "TAB0016" "two rows that hold at once and disagree";
    DEAD_ROW = "TAB0017" "a row that is never reached";
    MIXED_GROUPS = "TAB0018" "columns of different repeat groups";
    NOT_XML = "TAB0019" "a DMN file that is not well-formed XML";
    NOT_DMN = "TAB0020" "a file without a DMN decision table";
    WHICH_DECISION = "TAB0021" "a decision that is not in the file";
    UNSUPPORTED = "TAB0022" "a part of DMN that tables do not have";
    TWO_POLICIES = "TAB0023" "a hit policy said in two ways";
    BAD_AGGREGATE = "TAB0024" "an aggregate that does not fit";
    TANGLED = "TAB0025" "rows too entangled to be checked";
    NO_FILE = "TAB0026" "a table's file that is not there";
    UNUSED_FILE = "TAB0027" "a file that no table names";
    BAD_EDITION = "TAB0028" "editions that contradict each other";
    TWO_GIVERS = "TAB0029" "an output that something else gives too";
    CYCLE = "TAB0030" "tables that wait for each other";
}

/// Findings are collected up to this number; what follows would only repeat them.
const MOST: usize = 100;

/// Where the stages put what they find.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Finding { code, is_error: true, at, message: message.into(), hint: hint.into() });
    }

    pub(crate) fn warn(
        &mut self,
        code: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Finding { code, is_error: false, at, message: message.into(), hint: hint.into() });
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if self.0.len() < MOST && !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.is_error)
    }

    /// All of them in the order of the file.
    pub(crate) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.at);
        self.0
    }
}
