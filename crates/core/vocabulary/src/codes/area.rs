//! Administrative areas: the shape of GB/T 2260, six digits. Which areas exist is data.

use std::fmt;

use crate::AreaCode;

/// What is wrong with an area code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AreaError {
    /// Not six digits.
    Shape,
    /// It begins with zero.
    NoProvince,
}

impl fmt::Display for AreaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "an area code has six digits",
            Self::NoProvince => "an area code does not begin with zero",
        })
    }
}

impl std::error::Error for AreaError {}

/// How high an area stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AreaLevel {
    Province,
    City,
    County,
}

/// An area code if `text` has its shape.
///
/// # Errors
/// What is wrong with the shape.
pub fn parse(text: &str) -> Result<AreaCode, AreaError> {
    let text = super::uscc::tidied(text);
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AreaError::Shape);
    }
    if text.starts_with('0') {
        return Err(AreaError::NoProvince);
    }
    Ok(AreaCode::new(text))
}

/// The level that the code's own zeros say.
pub fn level(code: &AreaCode) -> AreaLevel {
    if code.as_str().ends_with("0000") {
        AreaLevel::Province
    } else if code.as_str().ends_with("00") {
        AreaLevel::City
    } else {
        AreaLevel::County
    }
}

/// Whether `inner` is `outer` or lies in it.
pub fn contains(outer: &AreaCode, inner: &AreaCode) -> bool {
    let significant = match level(outer) {
        AreaLevel::Province => 2,
        AreaLevel::City => 4,
        AreaLevel::County => 6,
    };
    outer.as_str().get(..significant) == inner.as_str().get(..significant)
}
