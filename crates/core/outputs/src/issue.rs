//! Issues a licence.

use casework::Application;
use jiff::ToSpan;
use vocabulary::codes::licence_id::{LicenceIdError, LicenceIdParts};
use vocabulary::{Date, LicenceId, Localised, NodeKey, OrganisationId, Slot, Value};

use crate::{Licence, LicenceStatus};

/// The organisation that issues.
#[derive(Clone, Debug)]
pub struct Issuer<'a> {
    pub id: &'a OrganisationId,
    /// Unified social credit code, 18 characters; without one nothing can be issued.
    pub uscc: Option<&'a str>,
    pub name: &'a Localised,
}

/// All that a licence is made from.
#[derive(Clone, Debug)]
pub struct Issuing<'a> {
    /// Ready-made.
    pub id: LicenceId,
    pub application: &'a Application,
    pub node: &'a NodeKey,
    /// The output's id in its service.
    pub output: &'a str,
    /// 1 for the first; one more when the same output is issued anew (the old one is then revoked).
    pub version: u16,
    pub name: &'a Localised,
    /// The three digits that the definitions give this kind of licence.
    pub licence_type: Option<&'a str>,
    /// The code of the organisation that defined the kind; `None` = the issuer itself.
    pub defined_by: Option<&'a str>,
    pub issuer: Issuer<'a>,
    pub holder: String,
    pub holder_public: bool,
    pub prints: Vec<(Slot, Value)>,
    pub issued_on: Date,
    /// `None` = without end.
    pub valid_months: Option<u32>,
    /// Ready-made (`vocabulary::codes::verification_code`).
    pub verification_code: String,
}

/// Why a licence cannot be numbered. Faults of the definitions or of the caller, never of the applicant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IssueFault {
    #[error("organisation `{0}` has no unified social credit code")]
    IssuerWithoutCode(OrganisationId),
    #[error("output `{0}` has no licence type")]
    NoLicenceType(String),
    #[error("the case has no service `{0}` with output `{1}`")]
    NoSuchOutput(NodeKey, String),
    #[error("numbering the licence")]
    Number(#[source] LicenceIdError),
}

/// Issues a licence.
///
/// # Errors
/// The licence cannot be numbered.
pub fn issue(issuing: Issuing<'_>) -> Result<Licence, IssueFault> {
    let uscc = issuing
        .issuer
        .uscc
        .ok_or_else(|| IssueFault::IssuerWithoutCode(issuing.issuer.id.clone()))?;
    let licence_type =
        issuing.licence_type.ok_or_else(|| IssueFault::NoLicenceType(issuing.output.to_owned()))?;
    let serial = serial(issuing.application, issuing.node, issuing.output)
        .ok_or_else(|| IssueFault::NoSuchOutput(issuing.node.clone(), issuing.output.to_owned()))?;
    let definer = issuing.defined_by.unwrap_or(uscc);
    let code = identifier(definer, licence_type, uscc, &serial, issuing.version)
        .map_err(IssueFault::Number)?;
    let valid_until = issuing.valid_months.map(|months| last_day(issuing.issued_on, months));
    Ok(Licence {
        id: issuing.id,
        case: issuing.application.case,
        node: issuing.node.clone(),
        output: issuing.output.to_owned(),
        name: issuing.name.clone(),
        code,
        verification_code: issuing.verification_code,
        issuer: issuing.issuer.id.clone(),
        issuer_uscc: uscc.to_owned(),
        issuer_name: issuing.issuer.name.clone(),
        holder: issuing.holder,
        holder_public: issuing.holder_public,
        prints: issuing.prints,
        issued_on: issuing.issued_on,
        valid_until,
        status: LicenceStatus::Valid,
    })
}

/// The GB/T 36904 identifier: the kind is its definer's code with three digits.
///
/// # Errors
/// A part is not as the standard wants it.
pub fn identifier(
    definer: &str,
    licence_type: &str,
    issuer: &str,
    serial: &str,
    version: u16,
) -> Result<String, LicenceIdError> {
    LicenceIdParts {
        licence_type: format!("{definer}{licence_type}"),
        issuer: issuer.to_owned(),
        serial: serial.to_owned(),
        version: format!("{version:03}"),
    }
    .build()
}

/// The serial: the case number, then where the licence stands in the case. Case numbers are unique, and a
/// service issues each output once, so no register of numbers is needed.
fn serial(application: &Application, node: &NodeKey, output: &str) -> Option<String> {
    let position = application.nodes.iter().position(|other| other.key == *node)?;
    let frozen = application.nodes.get(position)?;
    let output = frozen.outputs.iter().position(|other| *other.id == *output)?;
    let number: String = application
        .case_number
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    // Two digits each keep the parts apart.
    (position < 99 && output < 99).then(|| {
        format!("{number}{:02}{:02}", position.saturating_add(1), output.saturating_add(1))
    })
}

/// The last day of a validity: the same day of the month, or the month's last.
fn last_day(issued_on: Date, months: u32) -> Date {
    issued_on.saturating_add(i64::from(months).months())
}
