//! The law as a pure function: `decide(case, command, context) → events | refusal`, and a case is the fold
//! of its events. No I/O, no clock, no randomness; catalogue conditions are not evaluated here (semantics 9).
//!
//! Goes in: a plan, frozen once into an [`Application`]; then commands with the instant and the actor.
//! Comes out: events, or a [`Refusal`] with a stable code. Two layers: what is known of a service is
//! derived from the *set* of replies and from commands and timers; the state of the case is derived from
//! its services. Neither is ever set.
//!
//! This crate deliberately knows no law: every limit and deemed effect comes with the application.

pub mod application;
pub mod checklist;
pub mod checks;
mod clocks;
pub mod command;
pub mod dates;
mod deciding;
pub mod documents;
pub mod event;
mod fold;
pub mod intake;
pub mod ratings;
pub mod revoking;
pub mod rounds;
mod settle;
pub mod silence;
mod starts;
pub mod state;
pub mod succession;
pub mod supervision;
pub mod visits;

pub use application::{Particulars, StalePlan, freeze};
pub use checks::{CheckOutcome, CheckResult, FieldCheck, TakenOnEvidence, UncheckedField};
pub use command::{Actor, ActorRole, Command, Context, Refusal};
pub use dates::{CaseDate, ClockKind, DatesMoved, MovedDate, StoodOn, Tally};
pub use deciding::decide;
pub use documents::{
    Document, DocumentKind, DocumentRef, Effect, ServiceWay, Serving, Source as DocumentSource,
};
pub use event::*;
pub use intake::{
    DoneBefore, Entry, EntryKind, Intake, LeftOpen, Measures, ReceivingAuthority, Reception,
    TickedLine,
};
pub use ratings::{
    Appeal, AppealGround, Contact, Rating, RatingChannel, RatingState, Rectification, Rectified,
};
pub use revoking::{Announcement, NodeRevocation, Revocation, RevocationAct};
pub use rounds::{CorrectionRound, ServiceAnswer};
pub use silence::DeemedGrant;
pub use state::*;
pub use succession::{ApplicantChange, Capacity, ChangeEffect, NodeChange, Succession, Successor};
pub use supervision::SupervisionAct;
pub use visits::{PlannedVisit, Proposal, Visit, VisitResult, VisitSlot, VisitState};
