//! The unified social credit code 统一社会信用代码, GB 32100: 18 characters — registering department, kind,
//! area (6), body (9), check.

use std::fmt;

/// The characters and their values: no I, O, S, V, Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What is wrong with a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UsccError {
    /// Not 18 characters, but so many.
    Length(usize),
    /// A character that the standard does not use, at a place counted from one.
    Character { at: usize, found: char },
    /// Places three to eight are not an area code.
    Area,
    /// The last character does not check the others: one of them is wrong.
    Check,
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(f, "a unified social credit code has 18 characters, not {length}")
            }
            Self::Character { at, found } => {
                write!(f, "character {at} `{found}` is not used in unified social credit codes")
            }
            Self::Area => f.write_str("characters 3 to 8 are not an area code"),
            Self::Check => f.write_str("the check character does not fit: a character is wrong"),
        }
    }
}

impl std::error::Error for UsccError {}

/// What a person typed without spaces and hyphens, in capitals and half-width.
pub fn tidied(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => {
                u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c)
            }
            _ => c,
        })
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The tidied code if it is right.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(text: &str) -> Result<String, UsccError> {
    let code = tidied(text);
    let length = code.chars().count();
    if length != 18 {
        return Err(UsccError::Length(length));
    }
    let wrong = code.chars().zip(1..).find(|(c, _)| !ALPHABET.contains(*c));
    if let Some((found, at)) = wrong {
        return Err(UsccError::Character { at, found });
    }
    if code.get(2..8).is_none_or(|area| super::area::parse(area).is_err()) {
        return Err(UsccError::Area);
    }
    let check = code.get(..17).and_then(check_char);
    if check.is_none_or(|check| !code.ends_with(check)) {
        return Err(UsccError::Check);
    }
    Ok(code)
}

/// The check character of the first 17; `None` when they are not 17 or hold another character.
pub fn check_char(first_17: &str) -> Option<char> {
    if first_17.chars().count() != 17 {
        return None;
    }
    let (mut sum, mut weight) = (0usize, 1usize);
    for c in first_17.chars() {
        let value = ALPHABET.chars().position(|known| known == c)?;
        sum = sum.saturating_add(value.saturating_mul(weight));
        weight = weight.saturating_mul(3) % 31;
    }
    let rest = sum % 31;
    ALPHABET.chars().nth(31usize.saturating_sub(rest) % 31)
}
