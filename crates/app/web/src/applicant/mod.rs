//! What an applicant does: from the first question to the licences.

pub mod case_view;
pub mod check;
pub mod correct;
pub mod evidence;
pub mod field_view;
pub mod form;
pub mod interview;
pub mod load;
pub mod mine;
pub mod plan;
pub mod precheck;
pub mod receipt;
pub mod round;
pub mod standing;
pub mod start;
pub mod track;
pub mod visit;
pub mod wallet;
pub mod withdraw;
