//! The stories. Their names hold `browser`, so that `--skip browser` leaves them out.

mod away_and_back;
mod bad_input;
mod correction;
mod designer;
mod english;
mod everyone_at_work;
mod gallery;
mod keyboard;
mod married_mother;
mod mother_afterwards;
mod officer;
mod officer_keys;
mod other_matters;
mod phone;
mod refusal;
mod restaurant;
mod staff_keys;
mod start_up;
mod unmarried_mother;
mod window;
mod without_script;
