//! The messages of version 1. Serialised forms are promises to people we cannot see: within a version
//! fields are only added, with defaults; anything else is a new version.
//!
//! Requests are read tolerantly by departments, replies strictly by the hub: a misspelt field of a reply is
//! told at once instead of being lost. Types that hold what is personal show none of it in `Debug`.

use std::collections::BTreeMap;

use casework::{CheckOutcome, DispatchKind, RevocationAct, VisitResult, VisitSlot};
use serde::{Deserialize, Serialize};
use vocabulary::{
    ChecklistLineId, Date, Decimal, DispatchId, EvidenceId, EvidenceTypeId, Instant, MemberId,
    ServiceId, ServiceRevision, SourceId, Value,
};

/// The version that this crate speaks.
pub const VERSION: u32 = 1;

/// A body may have so many bytes. Files do not travel in bodies.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A service of a case, handed to its department (referral), completed after a correction (supplement), or
/// asked back (withdrawal).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentRequest {
    pub version: u32,
    /// Permanent: the same sending has the same id in every repetition. De-duplicate on it.
    pub dispatch_id: DispatchId,
    pub kind: DispatchKind,
    pub case_number: String,
    pub service: ServiceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    pub service_revision: ServiceRevision,
    /// Exactly the fields of the service that are known, by `element` or `element~member`.
    #[serde(default)]
    pub fields: BTreeMap<String, WireValue>,
    #[serde(default)]
    pub evidence: Vec<WireEvidence>,
    /// When the law counts it as received.
    pub received_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<Date>,
    /// Known once accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory_on: Option<Date>,
    /// What a supplement answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<WireCorrection>,
    /// The appointment that a sending of kind `visit` is about, as it stands when it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<WireVisit>,
    /// Fields that rest on the applicant's word alone, because their source was out of reach, or that the source
    /// contradicts: not to be granted on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<String>,
    /// What a notice is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<WireNotice>,
}

/// A visit on the spot, alone or together with other departments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireVisit {
    pub visit: String,
    /// Of the proposal that stands; an answer to another one means nothing.
    pub number: u32,
    pub state: WireVisitState,
    pub slots: Vec<VisitSlot>,
    /// Position of the time that was agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<u32>,
    /// The services that come together.
    pub services: Vec<ServiceId>,
}

/// How an appointment stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireVisitState {
    /// Say at which of the times you can come.
    Proposed,
    /// Come at the time that was agreed on.
    Agreed,
    /// Somebody was not there, or the time does not suit: wait for others.
    ToBeMoved,
    Over,
}

/// Something that the department has to know. It asks for a receipt only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireNotice {
    pub about: NoticeKind,
    /// The service whose grant was ended, with its member and the acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<WireAct>,
    /// What the holder said to an act that was announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What sources said, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checked: BTreeMap<String, CheckOutcome>,
}

/// What a notice can be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A grant on which this service rests was ended. Nothing of this service is undone by that.
    OutputRevoked,
    /// The holder has spoken on an act that was announced to her.
    HolderHeard,
    /// The applicant died or changed: it waits, and no clock runs.
    Suspended,
    /// It goes on.
    Resumed,
    /// It ends without a decision.
    Terminated,
    /// A source that was out of reach has answered, or an officer went by evidence instead.
    FieldsChecked,
}

/// An act that ended a grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WireAct {
    pub number: u32,
    pub act: RevocationAct,
    pub effective_on: Date,
}

/// A value with its type; numbers are exact decimals in text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value", deny_unknown_fields)]
pub enum WireValue {
    /// Known to be absent.
    Null,
    Bool(bool),
    #[serde(with = "rust_decimal_text")]
    Number(Decimal),
    Text(String),
    Date(Date),
}

impl From<&Value> for WireValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(value) => Self::Number(*value),
            Value::Text(value) => Self::Text(value.to_string()),
            Value::Date(value) => Self::Date(*value),
        }
    }
}

impl From<WireValue> for Value {
    fn from(value: WireValue) -> Self {
        match value {
            WireValue::Null => Self::Null,
            WireValue::Bool(value) => Self::Bool(value),
            WireValue::Number(value) => Self::Number(value),
            WireValue::Text(value) => Self::text(value),
            WireValue::Date(value) => Self::Date(value),
        }
    }
}

/// A file; its bytes are fetched from the hub.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireEvidence {
    pub evidence_id: EvidenceId,
    #[serde(rename = "type")]
    pub ty: EvidenceTypeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: u64,
    /// Of the bytes, lower-case hex.
    pub sha256: String,
}

/// The applicant's answer to one round of corrections.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireCorrection {
    pub round: u32,
    /// The checklist lines that were asked for.
    pub lines: Vec<ChecklistLineId>,
    /// The applicant's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Files handed in with this answer; they are also in the list of all.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

/// What a department says about a sending.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentReply {
    pub version: u32,
    pub dispatch_id: DispatchId,
    /// The department's own number of this statement about this sending; a new statement takes a higher one.
    pub department_seq: u64,
    /// The department's own time.
    pub decided_at: Instant,
    pub reply: WireReply,
}

/// The statements that a department can make.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum WireReply {
    /// The business receipt: only this, or any later statement, closes the sending.
    Received,
    Accepted,
    NotAccepted {
        ground: ChecklistLineId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    CorrectionRequested {
        lines: Vec<ChecklistLineId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Why something is asked for again, or was not named at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Granted {
        outputs: Vec<WireOutput>,
        /// Evidence of the service that the applicant still has to hand in.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owed: Vec<WireOwed>,
    },
    Refused {
        ground: ChecklistLineId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    WithdrawalConfirmed,
    TooLateToWithdraw,
    /// The department has begun to examine it.
    Began,
    /// One of the service's special procedures begins; the clocks stand still.
    ProcedureBegan {
        procedure: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    ProcedureEnded {
        procedure: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The period is extended, once, by what the service's procedure allows.
    Extended {
        reason: String,
        /// Who gave leave: name and office.
        approved_by: String,
    },
    /// What was asked for was made good at the department itself.
    CorrectionSettled,
    /// At which of the times that were proposed for a visit the department can come; none = it cannot.
    VisitJoined {
        visit: String,
        /// Of the proposal.
        number: u32,
        slots: Vec<u32>,
    },
    /// The department was there.
    VisitHeld {
        visit: String,
        result: VisitResult,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The grant is ended by a new act.
    Revoked {
        act: RevocationAct,
        reason: String,
        /// The legal ground in words.
        basis: String,
        effective_on: Date,
        /// The holder was told first, and heard.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        heard: bool,
    },
}

impl WireReply {
    /// The word on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::NotAccepted { .. } => "not_accepted",
            Self::CorrectionRequested { .. } => "correction_requested",
            Self::Granted { .. } => "granted",
            Self::Refused { .. } => "refused",
            Self::WithdrawalConfirmed => "withdrawal_confirmed",
            Self::TooLateToWithdraw => "too_late_to_withdraw",
            Self::Began => "began",
            Self::ProcedureBegan { .. } => "procedure_began",
            Self::ProcedureEnded { .. } => "procedure_ended",
            Self::Extended { .. } => "extended",
            Self::CorrectionSettled => "correction_settled",
            Self::VisitJoined { .. } => "visit_joined",
            Self::VisitHeld { .. } => "visit_held",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// Every kind of this version.
    pub const KINDS: [&str; 16] = [
        "received",
        "accepted",
        "not_accepted",
        "correction_requested",
        "granted",
        "refused",
        "withdrawal_confirmed",
        "too_late_to_withdraw",
        "began",
        "procedure_began",
        "procedure_ended",
        "extended",
        "correction_settled",
        "visit_joined",
        "visit_held",
        "revoked",
    ];
}

/// Evidence that is handed in after the grant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireOwed {
    #[serde(rename = "type")]
    pub ty: EvidenceTypeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// An output that came into being.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireOutput {
    /// The output's id in its service.
    pub id: String,
    /// The department's own number of the document, where it has one that is not among the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// By `element` or `element~member`: exactly the elements that the service promises with this output.
    #[serde(default)]
    pub values: BTreeMap<String, WireValue>,
}

/// The hub's answer to a reply.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplyReceipt {
    pub version: u32,
    pub dispatch_id: DispatchId,
    pub department_seq: u64,
    pub status: ReceiptStatus,
}

/// What became of a reply. All four mean: it is stored; do not send it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    Recorded,
    /// The same statement was here before.
    Repeated,
    /// After a legal effect: kept, changes nothing by itself.
    Late,
    /// Contradicts another decision: an officer resolves it.
    Contradicts,
}

/// A look-up in a shared data source.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRequest {
    pub version: u32,
    pub source: SourceId,
    /// The citizen id, or the name where the source knows no id.
    pub subject_key: String,
    /// What it is asked for: the matter, as the source's owner agreed to it.
    pub purpose: String,
    /// What is asked, by `element` or `element~member`; the answer holds nothing else.
    pub elements: Vec<String>,
}

/// A source's answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceAnswer {
    pub version: u32,
    #[serde(flatten)]
    pub outcome: SourceOutcome,
}

/// The three things that a source can say; they are never mixed up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum SourceOutcome {
    /// It knows the subject. What was asked and is not in here is absent.
    Value { values: BTreeMap<String, WireValue> },
    /// It does not know the subject.
    Absent,
    /// It cannot say now.
    Unavailable,
}

/// A body that is not as the contract wants it. What was sent is never repeated in the message.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireFault {
    /// `EXC0001`
    #[error("the body is not JSON")]
    NotJson,
    /// `EXC0002`
    #[error("the body has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// `EXC0003`
    #[error("version {0} is not spoken here")]
    UnknownVersion(u64),
    /// `EXC0004`
    #[error("the kind of the reply is unknown")]
    UnknownKind,
    /// `EXC0005`: `field` is where reading stopped, e.g. `reply.lines`.
    #[error("the body does not fit the contract at `{field}`")]
    Misfit { field: String },
}

impl WireFault {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "EXC0001",
            Self::TooLarge => "EXC0002",
            Self::UnknownVersion(_) => "EXC0003",
            Self::UnknownKind => "EXC0004",
            Self::Misfit { .. } => "EXC0005",
        }
    }
}

/// Reads a reply.
///
/// # Errors
/// The body is no reply of this version.
pub fn parse_reply(body: &[u8]) -> Result<DepartmentReply, WireFault> {
    let json = versioned(body)?;
    let kind = json.get("reply").and_then(|reply| reply.get("kind"));
    match kind.map(serde_json::Value::as_str) {
        None | Some(None) => return Err(misfit("reply.kind")),
        Some(Some(kind)) if !WireReply::KINDS.contains(&kind) => {
            return Err(WireFault::UnknownKind);
        }
        Some(Some(_)) => {}
    }
    read(&json, &["dispatch_id", "department_seq", "decided_at", "reply"])
}

/// Reads a request, as a department does.
///
/// # Errors
/// The body is no request of this version.
pub fn parse_request(body: &[u8]) -> Result<DepartmentRequest, WireFault> {
    let json = versioned(body)?;
    read(
        &json,
        &["dispatch_id", "kind", "case_number", "service", "fields", "evidence", "received_at"],
    )
}

/// Reads a look-up, as a source does.
///
/// # Errors
/// The body is no look-up of this version.
pub fn parse_source_request(body: &[u8]) -> Result<SourceRequest, WireFault> {
    let json = versioned(body)?;
    read(&json, &["source", "subject_key", "purpose", "elements"])
}

/// Reads a source's answer.
///
/// # Errors
/// The body is no answer of this version.
pub fn parse_source_answer(body: &[u8]) -> Result<SourceAnswer, WireFault> {
    let json = versioned(body)?;
    read(&json, &["status", "values"])
}

/// Reads a receipt, as a department does.
///
/// # Errors
/// The body is no receipt of this version.
pub fn parse_receipt(body: &[u8]) -> Result<ReplyReceipt, WireFault> {
    let json = versioned(body)?;
    read(&json, &["dispatch_id", "department_seq", "status"])
}

/// The body as JSON, once its version is one that is spoken here.
fn versioned(body: &[u8]) -> Result<serde_json::Value, WireFault> {
    if body.len() > BODY_BYTES_MAX {
        return Err(WireFault::TooLarge);
    }
    let json: serde_json::Value = serde_json::from_slice(body).map_err(|_| WireFault::NotJson)?;
    match json.get("version").map(serde_json::Value::as_u64) {
        Some(Some(version)) if version == u64::from(VERSION) => Ok(json),
        Some(Some(version)) => Err(WireFault::UnknownVersion(version)),
        None | Some(None) => Err(misfit("version")),
    }
}

fn misfit(field: &str) -> WireFault {
    WireFault::Misfit { field: field.to_owned() }
}

/// The whole message; if it does not fit, the first of `fields` that is missing or wrong by itself is named.
fn read<T: serde::de::DeserializeOwned>(
    json: &serde_json::Value,
    fields: &[&str],
) -> Result<T, WireFault> {
    serde_json::from_value(json.clone()).map_err(|error| {
        let told = error.to_string();
        // serde names missing and unknown fields; of anything else only the place is told, never the value.
        let named = ["missing field `", "unknown field `"]
            .iter()
            .find_map(|prefix| told.strip_prefix(prefix)?.split_once('`'))
            .map(|(field, _)| field.chars().take(64).collect::<String>());
        let absent = || fields.iter().find(|field| json.get(**field).is_none());
        let place = named.or_else(|| absent().map(|field| (*field).to_owned()));
        misfit(place.as_deref().unwrap_or("body"))
    })
}

mod rust_decimal_text {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use vocabulary::Decimal;

    pub(super) fn serialize<S: Serializer>(
        number: &Decimal,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map_err(|_| de::Error::custom("not a decimal number"))
    }
}
