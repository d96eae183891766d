//! What crosses the border to departments and data sources: the versioned wire contract, its signatures,
//! the translation from and to casework, and when to try again.
//!
//! Goes in: a case with unsealed facts, or the bytes of a reply. Comes out: a request with exactly the fields
//! of its department, or the pieces of a command. The contract for integrators stands in
//! `docs/protocol/exchange-v1.md`; its examples are tests.
//!
//! This crate deliberately sends nothing, keeps no nonce and no secret, and decides nothing: clock, nonce
//! and keys are arguments, and what a reply means is casework's.

mod again;
mod codes;
mod paths;
mod problem;
mod redacted;
pub mod signing;
pub mod translate;
pub mod wire;

pub use again::next_attempt;
pub use codes::ExchangeCode;
pub use paths::{LOOKUPS, REPLIES, REQUESTS, evidence};
pub use problem::{PROBLEM_MEDIA_TYPE, Problem};
pub use wire::{
    DepartmentReply, DepartmentRequest, NoticeKind, ReceiptStatus, ReplyReceipt, SourceAnswer,
    SourceOutcome, SourceRequest, VERSION, WireAct, WireCorrection, WireEvidence, WireFault,
    WireNotice, WireOutput, WireOwed, WireReply, WireValue, WireVisit, WireVisitState,
};

/// Every code of this crate; each has a page in `docs/codes/`.
pub const CODES: [&str; 15] = [
    "EXC0001", "EXC0002", "EXC0003", "EXC0004", "EXC0005", "EXC0006", "EXC0007", "EXC0008",
    "EXC0009", "EXC0010", "EXC0011", "EXC0012", "EXC0013", "EXC0014", "EXC0017",
];
