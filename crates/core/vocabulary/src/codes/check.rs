//! The check characters that the standards use.

/// The value of a digit or capital letter, 0 to 35.
pub(super) fn value_36(c: char) -> Option<u32> {
    if c.is_ascii_lowercase() { None } else { c.to_digit(36) }
}

/// The ISO 7064 MOD 37,36 (GB/T 17710) check character of `text`; `None` when it holds anything but
/// digits and capital letters.
pub(super) fn mod_37_36(text: impl Iterator<Item = char>) -> Option<char> {
    let mut product = 36u32;
    for c in text {
        product = next_product(product, value_36(c)?);
    }
    // The check value c makes (product + c) mod 36 = 1.
    let check = 37u32.saturating_sub(product) % 36;
    char::from_digit(check, 36).map(|c| c.to_ascii_uppercase())
}

fn next_product(product: u32, value: u32) -> u32 {
    let sum = match product.saturating_add(value) % 36 {
        0 => 36,
        sum => sum,
    };
    sum.saturating_mul(2) % 37
}

#[cfg(test)]
mod tests {
    use super::{mod_37_36, next_product};

    #[test]
    fn example_of_the_standard() {
        assert_eq!(mod_37_36("A12425GABC1234002".chars()), Some('M'));
        assert_eq!(mod_37_36("a".chars()), None);
        assert_eq!(mod_37_36("A-1".chars()), None);
    }

    /// The standard promises to notice every substitution: two values never lead to one product. It does
    /// not promise every swap of neighbours: after each product exactly one of 630 pairs escapes.
    #[test]
    fn substitutions_never_meet_and_few_swaps_do() {
        for product in 1..37 {
            let mut escaped = 0;
            for first in 0..36 {
                for second in 0..first {
                    assert_ne!(next_product(product, first), next_product(product, second));
                    let there = next_product(next_product(product, first), second);
                    let back = next_product(next_product(product, second), first);
                    escaped += u32::from(there == back);
                }
            }
            assert_eq!(escaped, 1, "product {product}");
        }
    }
}
