//! Journeys in a real browser over the real binary: people live their matter from the home page to their
//! licences. Each story is one test below [`browser`]; what a person can do is said once, in [`visitor`],
//! [`applicant`] and [`staff`].
//!
//! Needs chromium and chromedriver; `YIJIANSHI_SKIP_BROWSER=1` leaves the journeys out. Pictures of the pages
//! are put below `pages` in the target's folder for temporary files.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a journey that cannot go on fails, and says what it saw"
)]

mod applicant;
mod browser;
mod chromium;
mod clerk;
mod course;
mod demo;
mod gallery;
mod keys;
mod living;
mod staff;
mod town;
mod visitor;
mod watch;
mod webdriver;
