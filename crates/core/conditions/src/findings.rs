//! The codes of findings, each with a short meaning. A code is stable: it is never used again for
//! something else.

use crate::{Finding, Span};

macro_rules! codes {
    ($($name:ident = $code:literal: $meaning:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*

        /// Every code of a finding in a condition with its short meaning.
        pub const CODES: &[(&str, &str)] = &[$(($code, $meaning)),*];
    };
}

codes! {
    UNKNOWN_SIGN = "CON0001": "a sign that the condition language does not have";
    FULL_WIDTH = "CON0002": "a full-width operator, digit or quotation mark";
    NOT_CLOSED = "CON0003": "a text or a back-ticked name that is not closed, or a wrong escape";
    BAD_NUMBER = "CON0004": "a number that cannot be read exactly";
    TOO_DEEP = "CON0005": "expressions nested too deeply";
    TOO_LONG = "CON0006": "a condition that is too long";
    UNEXPECTED = "CON0007": "something else was expected here";
    EMPTY = "CON0008": "an empty condition";
    CHAINED = "CON0009": "several comparisons in one chain";
    UNKNOWN_NAME = "CON0010": "a name that no data element has";
    NO_MEMBER = "CON0011": "an element of a repeat group read without saying of which member";
    NOT_A_VALUE = "CON0012": "a group or a member used as if it were a value";
    UNKNOWN_FUNCTION = "CON0013": "a function that the condition language does not have";
    DIFFERENT_TYPES = "CON0014": "two things compared that can never be alike";
    WRONG_TYPE = "CON0015": "an operation on a type that does not have it";
    NOT_A_CONDITION = "CON0016": "a value where a condition is needed";
    NOT_AN_OPTION = "CON0017": "a text that is not an option of the choice it is compared with";
    BAD_DATE = "CON0018": "a date or a duration that cannot be read";
    EMPTY_RANGE = "CON0019": "a range or a list in which nothing can lie";
    CANNOT_COMPUTE = "CON0020": "a calculation that has no result";
    UNKNOWN_GROUP = "CON0021": "a name that no repeat group has";
    ORDER_OF_NULL = "CON0022": "null compared by order, which never holds";
    WRONG_ARGUMENTS = "CON0023": "a function given what it cannot take";
    NO_CALENDAR = "CON0024": "working days counted where no calendar is known";
    BAD_PATTERN = "CON0025": "a pattern that cannot be read";
    NOT_A_PROPERTY = "CON0026": "a part of a value that such a value does not have";
    MISPLACED_LIST = "CON0027": "a list, or the members of a group, where one value is needed";
    BAD_POWER = "CON0028": "an exponent that is no small whole number";
}

/// Findings are collected up to this number; what follows would only repeat them.
const MOST: usize = 100;

/// Where the stages put what they find.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        if self.0.len() < MOST {
            self.0.push(Finding { code, span, message: message.into(), hint: hint.into() });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in the order of the text.
    pub(crate) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| (finding.span.start, finding.span.end));
        self.0
    }
}
