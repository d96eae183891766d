//! Dates and durations as texts.

use vocabulary::Date;

use crate::expression::Constant;

/// `2026-01-31` and nothing else.
pub(crate) fn date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
        });
    if !shaped {
        return None;
    }
    text.parse().ok()
}

/// `P30D` and `P2W` in days, `P1Y6M` in months, each perhaps with a sign. The two are never mixed.
pub(crate) fn duration(text: &str) -> Option<Constant> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut rest = rest.strip_prefix('P')?;
    let (mut days, mut months): (Option<i64>, Option<i64>) = (None, None);
    let mut units = "YMWD";
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (digits, tail) = rest.split_at_checked(end)?;
        let count: i64 = digits.parse().ok()?;
        let unit = tail.chars().next()?;
        let (_, later) = units.split_once(unit)?;
        units = later;
        rest = tail.strip_prefix(unit)?;
        let (sum, length) = match unit {
            'Y' => (&mut months, 12),
            'M' => (&mut months, 1),
            'W' => (&mut days, 7),
            _ => (&mut days, 1),
        };
        *sum = Some(count.checked_mul(length)?.checked_add(sum.unwrap_or(0))?);
    }
    let signed = |count: i64| {
        if negative { count.checked_neg() } else { Some(count) }
    };
    match (days, months) {
        (Some(days), None) => signed(days).map(Constant::Days),
        (None, Some(months)) => signed(months).map(Constant::Months),
        _ => None,
    }
}
