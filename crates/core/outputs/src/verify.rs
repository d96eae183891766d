//! What anyone sees who verifies a licence: as little as tells a real one from a forged one.

use vocabulary::{Date, Localised};

use crate::{Licence, LicenceStatus};

/// The answer to "is this licence good?".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Valid,
    /// Its validity has ended.
    Expired,
    /// Taken back by its issuer.
    Revoked,
    /// No such licence, or the verification code is another's: whoever guesses cannot tell.
    Unknown,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Valid, Self::Expired, Self::Revoked, Self::Unknown];

    /// Stable word for pages, words and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// A verdict with what may be shown of the licence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    pub verdict: Verdict,
    /// `None` when unknown.
    pub shown: Option<Shown>,
}

/// The public face of a licence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    pub name: Localised,
    /// GB/T 36904 identifier.
    pub code: String,
    pub issuer_name: Localised,
    pub issuer_uscc: String,
    /// Masked unless it is public.
    pub holder: String,
    pub issued_on: Date,
    pub valid_until: Option<Date>,
}

/// Verifies the licence that was found under a code (`None` = none was found) as of `today`.
pub fn verify(licence: Option<&Licence>, today: Date) -> Verification {
    let Some(licence) = licence else {
        return Verification { verdict: Verdict::Unknown, shown: None };
    };
    let verdict = match licence.status {
        LicenceStatus::Revoked => Verdict::Revoked,
        LicenceStatus::Valid if licence.valid_until.is_some_and(|last| last < today) => {
            Verdict::Expired
        }
        LicenceStatus::Valid => Verdict::Valid,
    };
    let holder =
        if licence.holder_public { licence.holder.clone() } else { masked(&licence.holder) };
    Verification {
        verdict,
        shown: Some(Shown {
            name: licence.name.clone(),
            code: licence.code.clone(),
            issuer_name: licence.issuer_name.clone(),
            issuer_uscc: licence.issuer_uscc.clone(),
            holder,
            issued_on: licence.issued_on,
            valid_until: licence.valid_until,
        }),
    }
}

/// A person's name that those who know the person recognise, and nobody else: `王*梅`, `王*`, `A*i L*i`.
/// Each part between spaces or middle dots is masked by itself.
pub fn masked(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut part: Vec<char> = Vec::new();
    for c in name.chars() {
        if c.is_whitespace() || matches!(c, '·' | '•' | '・' | '-' | '\'') {
            mask_part(&part, &mut out);
            part.clear();
            out.push(c);
        } else {
            part.push(c);
        }
    }
    mask_part(&part, &mut out);
    out
}

fn mask_part(part: &[char], out: &mut String) {
    match part {
        [] => {}
        [_] => out.push('*'),
        [first, _] => {
            out.push(*first);
            out.push('*');
        }
        [first, middle @ .., last] => {
            out.push(*first);
            out.extend(middle.iter().map(|_| '*'));
            out.push(*last);
        }
    }
}
