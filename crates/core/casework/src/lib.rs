//! The law as a pure function: `decide(case, command, context) → events | refusal`, and a case is the fold
//! of its events. No I/O, no clock, no randomness; catalogue conditions are not evaluated here (semantics 9).

pub mod command;
pub mod event;
pub mod state;

pub use command::{Actor, ActorRole, Command, Context, Refusal, decide};
pub use event::*;
pub use state::*;
