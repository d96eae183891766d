//! 帮代办: applicants entrust agents with a matter; agents see what a mandate covers, and nothing else. Whether one
//! covers a step is looked at anew each time (`engine::orders`).

pub mod home;
pub mod mandate;
pub mod orders;
