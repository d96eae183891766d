//! The code by which anyone who holds a licence verifies it: 75 random bits and a check letter, in four
//! groups of four, e.g. `K3M9-QZTX-0A1B-2C3D`.

use super::letters::{check_letter, checked, letters};

const RANDOM_LETTERS: u32 = 15;
const LENGTH: usize = 16;

/// A code from the lowest 75 bits of `random`.
pub fn make(random: u128) -> String {
    let body = letters(random, RANDOM_LETTERS);
    let check = check_letter(&body).unwrap_or('0');
    grouped(&format!("{body}{check}"))
}

/// The code that was meant by what a person typed, as [`make`] writes it; `None` when it cannot be one.
pub fn parse(text: &str) -> Option<String> {
    checked(text, LENGTH).map(|code| grouped(&code))
}

fn grouped(code: &str) -> String {
    let mut out = String::new();
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            out.push('-');
        }
        out.push(c);
    }
    out
}
