//! Network files as their authors write them. Names are strings here and ids in the resolved [`Network`]; what
//! another place may want to point at carries its span.
//!
//! [`Network`]: crate::Network

use std::collections::BTreeMap;

use serde::Deserialize;

/// A value with its place in the file.
pub type Spanned<T> = toml::Spanned<T>;
/// Language tag → text.
pub type Texts = Spanned<BTreeMap<String, String>>;

/// The network itself; exactly one file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkAsWritten {
    pub name: Texts,
}

/// By when bad ratings are answered, and what one can say with a grade; at most one file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingAsWritten {
    /// Working days in which the rater is called back.
    pub contact_days: Spanned<u32>,
    /// Working days in which a simple matter is settled.
    pub simple_days: Spanned<u32>,
    /// Working days for what takes more.
    pub complex_days: Spanned<u32>,
    pub basis: Texts,
    /// Why nobody has checked the terms against their source yet.
    pub unverified: Option<Texts>,
    #[serde(default)]
    pub tag: Vec<RatingTagAsWritten>,
}

/// A word that goes with grades.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingTagAsWritten {
    pub id: Spanned<String>,
    /// 1 very satisfied … 5 very dissatisfied.
    pub grades: Vec<Spanned<u8>>,
    pub text: Texts,
}

/// An administrative area with its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaAsWritten {
    /// GB/T 2260, six digits.
    pub code: Spanned<String>,
    pub name: Texts,
}

/// A place where people apply.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutletAsWritten {
    pub id: Spanned<String>,
    pub name: Texts,
    /// `hall`, `street-centre`, `community`, `hospital`, `bank`, `police-station`, `post-office`, `kiosk`, `other`.
    pub kind: Spanned<String>,
    pub parent: Option<Spanned<String>>,
    pub area: Spanned<String>,
    pub address: Texts,
    pub phone: Option<String>,
    /// Authorities whose own place it is.
    #[serde(default)]
    pub authorities: Vec<Spanned<String>>,
    #[serde(default)]
    pub hours: Vec<HoursAsWritten>,
    #[serde(default)]
    pub zone: Vec<ZoneAsWritten>,
}

/// Opening hours of one or several weekdays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursAsWritten {
    /// `1` Monday … `7` Sunday, or a range: `1-5`.
    pub days: Spanned<String>,
    /// `09:00`.
    pub open: Spanned<String>,
    pub close: Spanned<String>,
}

/// A zone of an outlet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneAsWritten {
    pub id: Spanned<String>,
    pub name: Texts,
    /// Its tickets begin with it: one or two capital letters.
    pub letter: Spanned<String>,
    #[serde(default)]
    pub window: Vec<WindowAsWritten>,
}

/// A window of a zone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowAsWritten {
    pub id: Spanned<String>,
    /// As painted above it.
    pub number: Spanned<String>,
    /// `general`, `classified`, `dedicated`.
    pub kind: Spanned<String>,
    #[serde(default)]
    pub matters: Vec<Spanned<String>>,
    #[serde(default)]
    pub services: Vec<Spanned<String>>,
}

/// A record by which an outlet acts for an authority.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationAsWritten {
    pub id: Spanned<String>,
    pub from: Spanned<String>,
    pub to: Spanned<String>,
    /// `receive`, `accept`, `decide`, `deliver`.
    pub powers: Vec<Spanned<String>>,
    /// Empty = every service of `from`.
    #[serde(default)]
    pub services: Vec<Spanned<String>>,
    /// `person` or `enterprise`; absent = both.
    pub for_whom: Option<Spanned<String>>,
    /// On what it rests, as people may read it.
    pub basis: Texts,
    /// `YYYY-MM-DD`; both days count.
    pub valid_from: Spanned<String>,
    pub valid_until: Option<Spanned<String>>,
}

/// Where a kind of applicant goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentrationAsWritten {
    pub for_whom: Spanned<String>,
    pub kinds: Vec<Spanned<String>>,
    pub basis: Texts,
}

/// A code on the spot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorplateAsWritten {
    pub id: Spanned<String>,
    pub matter: Spanned<String>,
    pub outlet: Option<Spanned<String>>,
    pub area: Option<Spanned<String>>,
    pub place: Texts,
    pub placed_on: Spanned<String>,
    pub removed_on: Option<Spanned<String>>,
}
