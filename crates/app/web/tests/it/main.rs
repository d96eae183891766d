//! The web as people and machines meet it: requests through the real router, a real engine over SQLite, the
//! sample jurisdiction.

mod access;
mod api;
mod bad_input;
mod exchange;
mod officer;
mod pages;
mod person;
mod routes;
mod town;
mod verify;
