//! E-licences: issue, number, verify. Pure: numbers and codes come in ready-made or are derived.

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
    /// What is printed, in order.
    pub prints: Vec<(Slot, Value)>,
    pub issued_on: Date,
    /// `None` = without end.
    pub valid_until: Option<Date>,
    pub status: LicenceStatus,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    Valid,
    Revoked,
}
