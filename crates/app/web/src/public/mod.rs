//! Pages for everyone, signed in or not.

pub mod about;
pub mod assets;
pub mod health;
pub mod home;
pub mod matter;
pub mod matters;
pub mod missing;
pub mod parts;
pub mod set;
pub mod sign_in;
pub mod verify;
