//! One typed-in value → a checked [`Value`], or a finding that the person can act on.

use catalogue::DataElement;
use vocabulary::{Date, Slot, Value};

/// Something wrong in what a person typed. The web turns the code into words: `answer-<code>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFinding {
    /// Stable code, `ANS0001` and up.
    pub code: &'static str,
    pub slot: Slot,
    /// Named values for the message, e.g. `("max", "20")`.
    pub args: Vec<(&'static str, String)>,
}

/// Checks `text` (as typed; surrounding blanks and full-width digits are forgiven) against the element's
/// type, length, options, check digits and `not_future`.
///
/// # Errors
/// The finding that says what would be accepted.
pub fn accept_value(
    element: &DataElement,
    slot: &Slot,
    text: &str,
    as_of: Date,
) -> Result<Value, AnswerFinding> {
    let _ = (element, slot, text, as_of);
    unimplemented!()
}
