//! Which columns of the worklist an officer looks at: his own choice, kept in a cookie of his browser and no part
//! of a filter, so that a filter that is shared shows each colleague the list as he has set it up.

use std::collections::BTreeSet;

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::desk::Typed;

/// Holds the columns that are left out, with `.` between.
const COOKIE: &str = "worklist-without";

/// A column that can be left out; number, service, remaining time and state are always there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Column {
    Applicant,
    Received,
    Dates,
    Blocked,
    Officer,
}

impl Column {
    pub const ALL: [Self; 5] =
        [Self::Applicant, Self::Received, Self::Dates, Self::Blocked, Self::Officer];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Received => "received",
            Self::Dates => "dates",
            Self::Blocked => "blocked",
            Self::Officer => "officer",
        }
    }

    /// The key of its heading.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Applicant => "worklist-applicant",
            Self::Received => "worklist-received",
            Self::Dates => "worklist-dates",
            Self::Blocked => "worklist-blocked",
            Self::Officer => "worklist-officer",
        }
    }
}

/// What is left out.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Columns(BTreeSet<Column>);

impl Columns {
    /// As the browser keeps it; what is not known leaves nothing out.
    pub fn kept(jar: &CookieJar) -> Self {
        let text = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        let left_out = |column: &Column| text.split('.').any(|word| word == column.as_str());
        Self(Column::ALL.into_iter().filter(left_out).collect())
    }

    /// As the picker sends it: what is not ticked is left out.
    pub fn picked(typed: &Typed) -> Self {
        let left_out = |column: &Column| !typed.all("col").any(|word| word == column.as_str());
        Self(Column::ALL.into_iter().filter(left_out).collect())
    }

    pub fn shows(&self, column: Column) -> bool {
        !self.0.contains(&column)
    }

    /// Keeps it in the browser.
    pub fn keep(&self, jar: CookieJar) -> CookieJar {
        let words: Vec<&str> = self.0.iter().map(|column| column.as_str()).collect();
        let cookie = Cookie::build((COOKIE, words.join(".")))
            .path("/officer")
            .same_site(SameSite::Lax)
            .http_only(true)
            .permanent();
        jar.add(cookie.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(columns: &[&str]) -> Typed {
        Typed::new(columns.iter().map(|it| ("col".to_owned(), (*it).to_owned())).collect())
    }

    #[test]
    fn what_is_picked_is_kept_and_nonsense_hides_nothing() {
        for ticked in [&[][..], &["dates"], &["applicant", "officer"], &["officer", "nonsense"]] {
            let picked = Columns::picked(&sent(ticked));
            assert_eq!(Columns::kept(&picked.keep(CookieJar::new())), picked);
            for column in Column::ALL {
                assert_eq!(picked.shows(column), ticked.contains(&column.as_str()), "{ticked:?}");
            }
        }
        let odd = CookieJar::new().add(Cookie::new(COOKIE, "number.state..%"));
        assert_eq!(Columns::kept(&odd), Columns::default());
        assert!(Column::ALL.into_iter().all(|column| Columns::default().shows(column)));
    }
}
