//! The proof against brute force and against real definitions.

mod brute;
mod figures;
mod generator;
mod random;
mod real;
mod shape;
