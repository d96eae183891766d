//! E-licences: issue, number, verify. Pure: ids and verification codes come in ready-made.
//!
//! Goes in: what a grant brought into being, with the organisation that issues it. Comes out: a
//! [`Licence`] with its GB/T 36904 identifier, and the view that anyone sees who verifies it. This crate
//! deliberately knows no kind of licence: types, validity and what is printed come from the definitions.

mod issue;
mod verify;

pub use issue::{IssueFault, Issuer, Issuing, identifier, issue};
pub use verify::{Shown, Verdict, Verification, masked, verify};

use vocabulary::{CaseId, Date, LicenceId, Localised, NodeKey, OrganisationId, Slot, Value};

/// An output that anyone can verify.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Licence {
    pub id: LicenceId,
    pub case: CaseId,
    pub node: NodeKey,
    /// The output's id in its service.
    pub output: String,
    pub name: Localised,
    /// GB/T 36904 identifier, with its check character.
    pub code: String,
    /// Typed in (or scanned) to verify; known only to who holds the licence.
    pub verification_code: String,
    pub issuer: OrganisationId,
    pub issuer_uscc: String,
    pub issuer_name: Localised,
    pub holder: String,
    /// The holder's name is public (a firm's); else whoever verifies sees it masked.
    #[serde(default)]
    pub holder_public: bool,
    /// What is printed, in order.
    pub prints: Vec<(Slot, Value)>,
    pub issued_on: Date,
    /// `None` = without end.
    pub valid_until: Option<Date>,
    pub status: LicenceStatus,
}

/// What became of a licence after it was issued.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    Valid,
    Revoked,
}

impl LicenceStatus {
    /// Stable word for columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
        }
    }
}
