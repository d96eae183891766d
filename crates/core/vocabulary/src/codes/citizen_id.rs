//! The citizen id number 公民身份号码, GB 11643: 18 characters — area (6), birth date (8), sequence (3,
//! odd for men), check. Residence permits of the same shape pass too.

use std::fmt;

use jiff::civil::Date;

use super::uscc::tidied;
use crate::AreaCode;

/// The weights of the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check characters by the weighted sum modulo 11.
const CHECKS: &str = "10X98765432";

/// What is wrong with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CitizenIdError {
    /// Not 18 characters, but so many.
    Length(usize),
    /// Something that is not a digit, at a place counted from one. X may stand at the end only.
    Character { at: usize, found: char },
    /// The first six digits are not an area code.
    Area,
    /// Digits seven to fourteen are not a date of the calendar.
    BirthDate,
    /// The last character does not check the others: one of them is wrong.
    Check,
}

impl fmt::Display for CitizenIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(f, "a citizen id number has 18 characters, not {length}")
            }
            Self::Character { at, found } => write!(f, "character {at} `{found}` is not a digit"),
            Self::Area => f.write_str("the first six digits are not an area code"),
            Self::BirthDate => f.write_str("digits 7 to 14 are not a date"),
            Self::Check => f.write_str("the check character does not fit: a digit is wrong"),
        }
    }
}

impl std::error::Error for CitizenIdError {}

/// As the number tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sex {
    Female,
    Male,
}

/// A number whose check character fits, with what it tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CitizenId {
    pub number: String,
    /// Where it was first given out, which need not be where its holder lives.
    pub area: AreaCode,
    pub birth_date: Date,
    pub sex: Sex,
}

/// The number and what it tells, if it is right. Spaces and a small x are forgiven.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(text: &str) -> Result<CitizenId, CitizenIdError> {
    let number = tidied(text);
    let length = number.chars().count();
    if length != 18 {
        return Err(CitizenIdError::Length(length));
    }
    let wrong =
        number.chars().zip(1..).find(|(c, at)| !(c.is_ascii_digit() || (*at == 18 && *c == 'X')));
    if let Some((found, at)) = wrong {
        return Err(CitizenIdError::Character { at, found });
    }
    let part = |from: usize, to: usize| number.get(from..to).unwrap_or_default();
    let area = super::area::parse(part(0, 6)).map_err(|_| CitizenIdError::Area)?;
    let birth_date = date(part(6, 10), part(10, 12), part(12, 14));
    let birth_date = birth_date.ok_or(CitizenIdError::BirthDate)?;
    if check_char(part(0, 17)).is_none_or(|check| !number.ends_with(check)) {
        return Err(CitizenIdError::Check);
    }
    let odd = matches!(part(16, 17), "1" | "3" | "5" | "7" | "9");
    let sex = if odd { Sex::Male } else { Sex::Female };
    Ok(CitizenId { area, birth_date, sex, number })
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The check character of the first 17 digits; `None` when they are not 17 digits.
pub fn check_char(first_17: &str) -> Option<char> {
    if first_17.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0u32;
    for (c, weight) in first_17.chars().zip(WEIGHTS) {
        sum = sum.saturating_add(c.to_digit(10)?.saturating_mul(weight));
    }
    CHECKS.chars().nth(usize::try_from(sum % 11).ok()?)
}
