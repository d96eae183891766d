//! Faults of the machine and of what it was told, as their operator reads them: a stable code with a page, what
//! is the matter, and what to do.

use std::fmt;

/// A fault with its code and advice.
#[derive(Debug)]
pub(crate) struct Trouble {
    code: &'static str,
    what: String,
    hint: String,
}

impl Trouble {
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, what, hint } = self;
        write!(f, "{code}: {what}\n  what to do: {hint}\n  more: yijianshi explain {code}")
    }
}

impl std::error::Error for Trouble {}

/// Says what is the matter and what to do about it.
pub(crate) fn trouble(
    code: &'static str,
    what: impl Into<String>,
    hint: impl Into<String>,
) -> anyhow::Error {
    Trouble { code, what: what.into(), hint: hint.into() }.into()
}
