//! The plan picture: lanes per department, bars on a working-day axis, connectors routed in the gutters
//! between lanes, the critical path in the accent. Drawn here as SVG; a table stands behind it on the page.
//!
//! Goes in: a neutral [`Drawing`], made from a plan or a running case. Comes out: SVG text.

mod from_plan;
mod layout;
mod svg;
#[cfg(test)]
mod tests;

pub use from_plan::{drawing, first_day, last_day, node_name, planned_name, without_detours};
pub use layout::{Bar, BarKind, Drawing, Link};
pub use svg::draw;
