//! What comes after a grant or beside the work on a case: acts that end a grant, applicants who die or change, fields
//! whose source was out of reach. The same parts for officer, clerk and applicant; each sees what concerns him.

pub mod counter;
pub mod holder;
pub mod officer;
mod record;
mod view;

pub use view::{
    ActView, ChangeView, CheckView, HearingView, acts, change, checks, hearing, rests_on_ended,
};
