//! The designers' pages: what the definitions say, what is wrong with them, every scenario with its plan, and
//! what a change would do. No applicant's data is here; scenarios travel in addresses and are invented.

pub mod cards;
pub mod case;
pub mod change;
pub mod codes;
pub mod elements;
mod filled_in;
pub mod gallery;
pub mod guide_print;
pub mod health;
pub mod home;
pub mod interview_print;
pub mod matter;
pub mod notice_print;
mod place;
pub mod problems;
pub mod proved;
pub mod rule_words;
pub mod rules_print;
pub mod scenarios;
pub mod service;
mod workshop;

pub use workshop::{Workshop, prove_all};
