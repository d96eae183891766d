//! The web as people and machines meet it: requests through the real router, a real engine over SQLite, the
//! sample jurisdiction.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on must say so at once"
)]

mod access;
mod agents;
mod api;
mod bad_input;
mod cases;
mod colours;
mod components;
mod continuing;
mod designer;
mod desk;
mod document_kinds;
mod documents;
mod exchange;
mod manager;
mod office;
mod officer;
mod officer_course;
mod officer_desk;
mod officer_list;
mod pages;
mod person;
mod queue;
mod ratings;
mod routes;
mod supervision;
mod town;
mod verify;
mod window;
