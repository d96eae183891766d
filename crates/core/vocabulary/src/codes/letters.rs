//! Numbers in letters that nobody confuses: base 32 without I, L, O and U, with a check letter of the
//! same alphabet.
//!
//! The check is a polynomial over GF(32): in up to 31 letters every single wrong letter and every swap of
//! two letters, adjacent or not, is noticed.

/// Crockford's alphabet.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn letter(value: u8) -> char {
    ALPHABET.chars().nth(usize::from(value & 31)).unwrap_or('0')
}

/// The value of a letter; `None` when it is not in the alphabet.
fn value(letter: char) -> Option<u8> {
    ALPHABET.chars().position(|c| c == letter).and_then(|at| u8::try_from(at).ok())
}

/// The lowest `5 × length` bits of `number` as letters.
pub(super) fn letters(number: u128, length: u32) -> String {
    (0..length)
        .rev()
        .map(|at| {
            let bits = number.checked_shr(at.saturating_mul(5)).unwrap_or(0) & 31;
            letter(u8::try_from(bits).unwrap_or(0))
        })
        .collect()
}

/// Times the root of x⁵ + x² + 1, which generates the field.
fn times_root(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

/// The check letter of `text`; `None` when it holds anything outside the alphabet.
pub(super) fn check_letter(text: &str) -> Option<char> {
    let mut sum = 0;
    for c in text.chars() {
        sum = times_root(sum) ^ value(c)?;
    }
    Some(letter(times_root(sum)))
}

/// What was meant by what a person typed: capitals, no spaces or hyphens, and the letters that look like
/// digits read as digits.
pub(super) fn tidied(text: &str) -> String {
    super::uscc::tidied(text)
        .chars()
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            _ => c,
        })
        .collect()
}

/// The tidied text if its last letter checks the others and it is `length` letters long.
pub(super) fn checked(text: &str, length: usize) -> Option<String> {
    let tidy = tidied(text);
    let (body, check) = tidy.split_at_checked(tidy.len().checked_sub(1)?)?;
    let sound = tidy.chars().count() == length
        && check_letter(body).is_some_and(|letter| check.starts_with(letter));
    sound.then_some(tidy)
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, times_root};

    /// The root's powers are all 31 values: so positions up to 31 apart weigh differently.
    #[test]
    fn root_generates_the_field() {
        let mut powers = std::collections::BTreeSet::new();
        let mut power = 1;
        for _ in 0..31 {
            powers.insert(power);
            power = times_root(power);
        }
        assert_eq!(power, 1);
        assert_eq!(powers, (1..32).collect());
        assert_eq!(ALPHABET.len(), 32);
    }
}
