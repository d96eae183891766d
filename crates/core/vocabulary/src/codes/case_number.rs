//! The case number that people read out on the phone: area (6), day (8), ten letters of chance, check.
//!
//! 50 random bits keep anyone from walking through the numbers. 25 characters, well below the 50 that
//! GB/T 39046 allows; no I, L, O or U.

use jiff::civil::Date;

use super::letters::{check_letter, checked, letters};
use crate::AreaCode;

const RANDOM_LETTERS: u32 = 10;
/// How many characters a number has.
pub const LENGTH: usize = 25;

/// The number of a case received in `area` on `day`; the lowest 50 bits of `random` are used. `None`
/// when the area is not six digits or the year not four.
pub fn make(area: &AreaCode, day: Date, random: u64) -> Option<String> {
    let area = super::area::parse(area.as_str()).ok()?;
    let chance = letters(u128::from(random), RANDOM_LETTERS);
    let (year, month, day) = (day.year(), day.month(), day.day());
    let body = format!("{area}{year:04}{month:02}{day:02}{chance}");
    let check = check_letter(&body)?;
    let number = format!("{body}{check}");
    (number.len() == LENGTH).then_some(number)
}

/// The number that was meant by what a person typed; `None` when it cannot be one. Spaces, hyphens, small
/// letters and look-alikes are forgiven; every single wrong letter and every swap is noticed.
pub fn parse(text: &str) -> Option<String> {
    let number = checked(text, LENGTH)?;
    let (dated, _) = number.split_at_checked(14)?;
    dated.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}

/// The number in groups for reading: `510100 20260302 ABCDE FGHJK M`.
pub fn grouped(number: &str) -> String {
    let mut out = String::new();
    for (at, c) in number.chars().enumerate() {
        if matches!(at, 6 | 14 | 19 | 24) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}
