//! Numbers, dates, periods, bases and public codes as text → values.

use vocabulary::{Date, Decimal, HalfDays, Localised, Period, PeriodUnit};

use super::Resolver;
use crate::codes;
use crate::register::localised;
use crate::written::{BasisAsWritten, PeriodAsWritten, PeriodUnitAsWritten, Spanned, Texts};
use crate::{Basis, DatedPeriod};

/// Longer periods are taken for mistakes.
const PERIOD_COUNT_MAX: i64 = 10_000;

impl Resolver<'_, '_> {
    pub(super) fn optional_texts(texts: Option<&Texts>) -> Localised {
        texts.map(localised).unwrap_or_default()
    }

    pub(super) fn basis(&mut self, written: &BasisAsWritten) -> Basis {
        Basis {
            act: Self::optional_texts(written.act.as_ref()),
            source: written.source.clone(),
            from: written.from.as_ref().and_then(|from| self.date(from)),
            unverified: Self::optional_texts(written.unverified.as_ref()),
        }
    }

    pub(super) fn date(&mut self, written: &Spanned<String>) -> Option<Date> {
        let date = parse_date(written.get_ref());
        if date.is_none() {
            let message = format!("`{written}` is not a date");
            self.error(codes::BAD_DATE, written, message, "write `YYYY-MM-DD`".to_owned());
        }
        date
    }

    /// A decimal number that is not negative.
    pub(super) fn amount(&mut self, written: &Spanned<String>) -> Decimal {
        match parse_amount(written.get_ref()) {
            Some(amount) => amount,
            None => {
                let message = format!("`{written}` is not an amount");
                let hint = "write digits with a point, e.g. `12.50`".to_owned();
                self.error(codes::BAD_NUMBER, written, message, hint);
                Decimal::ZERO
            }
        }
    }

    /// A number of days in steps of a half.
    pub(super) fn half_days(&mut self, written: &Spanned<String>) -> HalfDays {
        match parse_halves(written.get_ref()) {
            Some(halves) => halves,
            None => {
                let message = format!("`{written}` is not a number of days");
                let hint = "write whole or half days, e.g. `3` or `0.5`".to_owned();
                self.error(codes::BAD_NUMBER, written, message, hint);
                HalfDays::ZERO
            }
        }
    }

    /// `owner` is where to point when the period has no place of its own.
    pub(super) fn period(
        &mut self,
        written: &PeriodAsWritten,
        name: &str,
        owner: &Spanned<String>,
    ) -> DatedPeriod {
        let unit = unit(written.unit);
        let halves = match &written.count {
            Some(count) => self.count(count, unit),
            None => {
                if unit != PeriodUnit::Immediate {
                    let message = format!("period `{name}` of `{owner}` has no count");
                    let hint = "add `count = \"…\"`, or say `unit = \"immediate\"`".to_owned();
                    self.error(codes::BAD_PERIOD, owner, message, hint);
                }
                HalfDays::ZERO
            }
        };
        DatedPeriod { period: Period { halves, unit }, basis: self.basis(&written.basis) }
    }

    fn count(&mut self, written: &Spanned<String>, unit: PeriodUnit) -> HalfDays {
        let halves = self.half_days(written);
        let mistake = match unit {
            PeriodUnit::Immediate => Some("an immediate period has no count"),
            _ if parse_halves(written.get_ref()) == Some(HalfDays::ZERO) => {
                Some("a period of nothing is written `unit = \"immediate\"`")
            }
            PeriodUnit::WorkingDay => None,
            _ if !halves.0.is_multiple_of(2) => Some("only working days can be halved"),
            _ => None,
        };
        if let Some(mistake) = mistake {
            let message = format!("the count `{written}` does not fit its unit");
            self.error(codes::BAD_PERIOD, written, message, mistake.to_owned());
        }
        halves
    }

    /// A GB/T 2260 code. Whether the area exists is not asked.
    pub(super) fn area(&mut self, written: Option<&Spanned<String>>) -> Option<String> {
        let written = written?;
        let text = written.get_ref();
        let hint = match vocabulary::codes::area::parse(text) {
            Ok(area) if area.as_str() == text => None,
            Ok(area) => Some(format!("write it as `{area}`")),
            Err(mistake) => Some(mistake.to_string()),
        };
        if hint.is_some() {
            self.error(codes::BAD_CODE, written, format!("`{text}` is not an area code"), hint);
        }
        Some(text.clone())
    }
}

pub(super) fn parse_date(text: &str) -> Option<Date> {
    // jiff would also take a date with a time.
    if text.len() == "YYYY-MM-DD".len() { text.parse().ok() } else { None }
}

fn parse_amount(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

fn parse_halves(text: &str) -> Option<HalfDays> {
    let count = parse_amount(text)?;
    if count > Decimal::from(PERIOD_COUNT_MAX) {
        return None;
    }
    let halves = count.checked_mul(Decimal::TWO)?.normalize();
    if halves.scale() > 0 {
        return None;
    }
    u32::try_from(halves).ok().map(HalfDays)
}

fn unit(written: PeriodUnitAsWritten) -> PeriodUnit {
    match written {
        PeriodUnitAsWritten::WorkingDay => PeriodUnit::WorkingDay,
        PeriodUnitAsWritten::CalendarDay => PeriodUnit::CalendarDay,
        PeriodUnitAsWritten::Month => PeriodUnit::Month,
        PeriodUnitAsWritten::Hour => PeriodUnit::Hour,
        PeriodUnitAsWritten::Immediate => PeriodUnit::Immediate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_in_halves() {
        let table = [
            ("0", Some(0)),
            ("0.5", Some(1)),
            ("3", Some(6)),
            ("3.0", Some(6)),
            ("10000", Some(20_000)),
            ("10001", None),
            ("0.25", None),
            ("-1", None),
            ("3 days", None),
            ("", None),
            (".", None),
            ("1e3", None),
            ("79228162514264337593543950335", None),
        ];
        for (text, halves) in table {
            assert_eq!(parse_halves(text), halves.map(HalfDays), "{text}");
        }
    }

    #[test]
    fn dates_have_ten_characters() {
        for (text, is_date) in [
            ("2025-02-28", true),
            ("2025-02-29", false),
            ("2025-2-28", false),
            ("2025-02-28T10:00", false),
            ("20250228", false),
            ("", false),
        ] {
            assert_eq!(parse_date(text).is_some(), is_date, "{text}");
        }
    }
}
