//! The public API: JSON for machines, errors as `application/problem+json`.

pub mod cases;
pub mod commands;
pub mod matters;
pub mod precheck;
