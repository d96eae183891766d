//! The identifier of an e-licence 电子证照标识, GB/T 36904:
//! `1.2.156.3005.2.<type 21>.<issuer 18>.<serial>.<version 3>.<check>`.
//!
//! The type is the defining organisation's code (18) and three characters of its own. The check character
//! is ISO 7064 MOD 37,36 over type, issuer, serial and version without dots. Whether the two organisation
//! codes check in themselves is not asked here.

use std::fmt;

use super::check::{mod_37_36, value_36};

/// The arc that all identifiers begin with.
const ROOT: &str = "1.2.156.3005.2.";

/// A serial has at most so many characters.
const LONGEST_SERIAL: usize = 40;

/// What is wrong with an identifier or one of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LicenceIdError {
    /// It does not begin with `1.2.156.3005.2.`, or has not five parts after it.
    Shape,
    /// The type has not 21 digits and capitals.
    Type,
    /// The issuer has not 18 digits and capitals.
    Issuer,
    /// The serial is empty, too long, or has other characters than digits and capitals.
    Serial,
    /// The version has not three digits.
    Version,
    /// The check character does not fit: a character is wrong.
    Check,
}

impl fmt::Display for LicenceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "a licence identifier is `1.2.156.3005.2.` and five parts with dots",
            Self::Type => "the licence type has 21 digits and capital letters",
            Self::Issuer => "the issuer's code has 18 digits and capital letters",
            Self::Serial => "the serial has 1 to 40 digits and capital letters",
            Self::Version => "the version has three digits",
            Self::Check => "the check character does not fit: a character is wrong",
        })
    }
}

impl std::error::Error for LicenceIdError {}

/// The parts of an identifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LicenceIdParts {
    /// Kind of licence, 21 characters.
    pub licence_type: String,
    /// The issuer's unified social credit code, 18 characters.
    pub issuer: String,
    pub serial: String,
    /// Three digits, from `001`.
    pub version: String,
}

impl LicenceIdParts {
    fn check(&self) -> Result<char, LicenceIdError> {
        let shaped = |part: &str, length: usize| {
            part.chars().count() == length && part.chars().all(|c| value_36(c).is_some())
        };
        if !shaped(&self.licence_type, 21) {
            return Err(LicenceIdError::Type);
        }
        if !shaped(&self.issuer, 18) {
            return Err(LicenceIdError::Issuer);
        }
        let length = self.serial.chars().count();
        if !(1..=LONGEST_SERIAL).contains(&length) || !shaped(&self.serial, length) {
            return Err(LicenceIdError::Serial);
        }
        if !shaped(&self.version, 3) || !self.version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(LicenceIdError::Version);
        }
        let text = [&self.licence_type, &self.issuer, &self.serial, &self.version];
        mod_37_36(text.into_iter().flat_map(|part| part.chars())).ok_or(LicenceIdError::Serial)
    }

    /// The whole identifier with its check character.
    ///
    /// # Errors
    /// The first part that is not as the standard wants it.
    pub fn build(&self) -> Result<String, LicenceIdError> {
        let check = self.check()?;
        let Self { licence_type, issuer, serial, version } = self;
        Ok(format!("{ROOT}{licence_type}.{issuer}.{serial}.{version}.{check}"))
    }
}

/// The parts of an identifier whose check character fits.
///
/// # Errors
/// The first thing that is wrong.
pub fn parse(text: &str) -> Result<LicenceIdParts, LicenceIdError> {
    let rest = text.strip_prefix(ROOT).ok_or(LicenceIdError::Shape)?;
    let mut parts = rest.split('.').map(str::to_owned);
    let mut part = || parts.next().ok_or(LicenceIdError::Shape);
    let found = LicenceIdParts {
        licence_type: part()?,
        issuer: part()?,
        serial: part()?,
        version: part()?,
    };
    let check = part()?;
    if parts.next().is_some() {
        return Err(LicenceIdError::Shape);
    }
    if check != found.check()?.to_string() {
        return Err(LicenceIdError::Check);
    }
    Ok(found)
}
