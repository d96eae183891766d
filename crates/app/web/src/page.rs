//! What every page shares: language, words, who is here, where they are.

use std::fmt::Display;
use std::sync::Arc;

use fluent_bundle::FluentValue;
use store_port::COUNTED_AT_MOST;
use vocabulary::{Date, Lang, Localised};

use crate::access::{Role, Who};
use crate::state::{DemoTime, Era};
use crate::words::{Offered, Words};

/// Shared page data; one field `p` of every page context.
#[derive(Clone, Debug)]
pub struct Page {
    pub lang: Lang,
    words: Arc<Words>,
    pub who: Who,
    /// Path and query of this page, to come back to after changing language.
    pub here: String,
    /// The demo's role bar is shown.
    pub demo: bool,
    /// Large-type mode.
    pub large: bool,
    /// Civil date of now.
    pub today: Date,
    /// Where the demo's time stands, if it has one of its own.
    pub time: Option<DemoTime>,
    /// How many service cases supervision addresses to whoever looks.
    pub addressed: u64,
}

impl Page {
    /// How many are addressed to whoever looks, as it is shown.
    pub fn addressed_count(&self) -> String {
        counted(self.addressed)
    }

    pub fn new(
        lang: Lang,
        words: Arc<Words>,
        who: Who,
        here: String,
        demo: bool,
        large: bool,
        today: Date,
    ) -> Self {
        Self { lang, words, who, here, demo, large, today, time: None, addressed: 0 }
    }

    /// The same page at the demo's time.
    #[must_use]
    pub fn at(self, time: Option<DemoTime>) -> Self {
        Self { time, ..self }
    }

    /// ` · demo history` or ` · simulated time` behind something that happened then; nothing for what happened while
    /// somebody was there, and outside the demo.
    pub fn era(&self, at: vocabulary::Instant) -> String {
        match self.time.map(|time| time.era(at)) {
            None | Some(Era::Present) => String::new(),
            Some(era) => format!(" · {}", self.t(&format!("era-{}", era.as_str()))),
        }
    }

    /// Today, in words.
    pub fn today_text(&self) -> String {
        self.date(self.today)
    }

    /// Whether the demo's time is ahead of the real one.
    pub fn is_simulated(&self) -> bool {
        self.time.is_some_and(|time| time.era(time.now) == Era::Simulated)
    }

    /// Words without values.
    pub fn t(&self, key: &str) -> String {
        self.words.say(&self.lang, key, &[])
    }

    /// Words with one named value.
    pub fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        self.words.say(&self.lang, key, &[(name, fluent(value))])
    }

    /// Words with two named values.
    pub fn t2(
        &self,
        key: &str,
        first: &str,
        first_value: impl Display,
        second: &str,
        second_value: impl Display,
    ) -> String {
        let args = [(first, fluent(first_value)), (second, fluent(second_value))];
        self.words.say(&self.lang, key, &args)
    }

    /// Words with any named values.
    pub fn tn(&self, key: &str, args: &[(&str, String)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, fluent(value))).collect();
        self.words.say(&self.lang, key, &args)
    }

    /// A definition's text in this page's language.
    pub fn text<'a>(&self, text: &'a Localised) -> &'a str {
        text.get(&self.lang)
    }

    /// `2026年11月23日（周一）` or `Mon 23 Nov 2026`.
    pub fn date(&self, date: Date) -> String {
        let weekday = self.t(WEEKDAY_KEYS
            .get(usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default())
            .copied()
            .unwrap_or("weekday-1"));
        let month = self.t(MONTH_KEYS
            .get(usize::try_from(date.month().saturating_sub(1)).unwrap_or_default())
            .copied()
            .unwrap_or("month-1"));
        self.tn(
            "date-long",
            &[
                ("year", date.year().to_string()),
                ("month", month),
                ("day", date.day().to_string()),
                ("weekday", weekday),
            ],
        )
    }

    /// `11月23日` or `23 Nov`.
    pub fn short_date(&self, date: Date) -> String {
        let month = self.t(MONTH_KEYS
            .get(usize::try_from(date.month().saturating_sub(1)).unwrap_or_default())
            .copied()
            .unwrap_or("month-1"));
        self.tn("date-short", &[("month", month), ("day", date.day().to_string())])
    }

    /// With the year and without the day of the week, as formal papers write it.
    pub fn formal_date(&self, date: Date) -> String {
        let parts = [("year", date.year().to_string()), ("date", self.short_date(date))];
        self.tn("date-formal", &parts)
    }

    /// A date stored as ISO text.
    pub fn iso_date(&self, text: &str) -> String {
        text.parse::<Date>().map_or_else(|_| text.to_owned(), |date| self.date(date))
    }

    /// Where an asset is found.
    pub fn asset(&self, name: &str) -> String {
        crate::public::assets::address(name)
    }

    /// The same day and language, of nobody in particular: for what is shown to everyone.
    pub fn of_everyone(&self) -> Self {
        let (lang, words) = (self.lang.clone(), Arc::clone(&self.words));
        Self::new(lang, words, Who::visitor(), String::new(), self.demo, false, self.today)
    }

    /// Whether the page is in Chinese, for typography.
    pub fn is_chinese(&self) -> bool {
        self.lang.is_kind_of(crate::words::FIRST)
    }

    /// Staff pages are denser and have their own links.
    pub fn is_staff(&self) -> bool {
        matches!(self.who.role, Role::Officer | Role::Designer | Role::Operator)
    }

    /// Whether whoever looks designs definitions.
    pub fn is_designer(&self) -> bool {
        self.who.role == Role::Designer
    }

    /// Whether whoever looks answers for a hall or a city.
    pub fn is_manager(&self) -> bool {
        self.who.role == Role::Manager
    }

    /// Whether whoever looks supervises and does nothing else here.
    pub fn is_supervisor(&self) -> bool {
        self.who.role.is_supervisor()
    }

    /// Whether whoever looks handles other people's matters on orders.
    pub fn is_agent(&self) -> bool {
        self.who.role == Role::Agent
    }

    /// Whether whoever looks is at work here: pages that citizens see too get the frame of the office.
    pub fn is_at_work(&self) -> bool {
        matches!(
            self.who.role,
            Role::Officer | Role::Clerk | Role::Manager | Role::Designer | Role::Operator
        ) || self.is_supervisor()
    }

    /// Whether this page lies at or below `path`.
    pub fn is_below(&self, path: &str) -> bool {
        let here = self.here.split('?').next().unwrap_or_default();
        here.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this page lies at `path`.
    pub fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// This page's address as a query value.
    pub fn here_encoded(&self) -> String {
        percent_encoded(&self.here)
    }

    /// The page's language as HTML says it.
    pub fn html_lang(&self) -> String {
        html_lang(&self.lang)
    }

    /// The other languages that are offered.
    pub fn other_languages(&self) -> Vec<OfferedLanguage> {
        self.languages().into_iter().filter(|one| one.tag != self.lang.as_str()).collect()
    }

    /// All languages that are offered.
    pub fn languages(&self) -> Vec<OfferedLanguage> {
        let named = |one: &Offered| OfferedLanguage {
            tag: one.lang.to_string(),
            html_lang: html_lang(&one.lang),
            name: one.own_name.clone(),
        };
        self.words.offered().iter().map(named).collect()
    }
}

/// A language in the list of languages, named in itself.
#[derive(Clone, Debug)]
pub struct OfferedLanguage {
    pub tag: String,
    pub html_lang: String,
    pub name: String,
}

/// `zh` alone says nothing about its characters, which fonts must know.
fn html_lang(lang: &Lang) -> String {
    if lang.as_str() == crate::words::FIRST { "zh-Hans".to_owned() } else { lang.to_string() }
}

/// A count as a list shows it: lists are counted up to a bound only.
pub fn counted(count: u64) -> String {
    match count {
        _ if count >= COUNTED_AT_MOST => format!("{}+", COUNTED_AT_MOST.saturating_sub(1)),
        _ => count.to_string(),
    }
}

/// Percent-encodes everything but unreserved characters and `/`.
pub fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn fluent(value: impl Display) -> FluentValue<'static> {
    let text = value.to_string();
    match text.parse::<u32>() {
        // Small whole numbers choose plural forms; everything else is text as it stands.
        // `01` is the name of a window, not a number.
        Ok(number) if number < 10_000 && number.to_string() == text => FluentValue::from(number),
        _ => FluentValue::from(text),
    }
}

const WEEKDAY_KEYS: [&str; 7] =
    ["weekday-1", "weekday-2", "weekday-3", "weekday-4", "weekday-5", "weekday-6", "weekday-7"];

const MONTH_KEYS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
    "month-9", "month-10", "month-11", "month-12",
];
