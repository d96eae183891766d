//! What a manager sees: figures with the lists behind them, made from facts by `indicators`. Nothing is counted
//! here; a page asks what to show, reads facts page by page, and writes down what the indicators say.

pub mod charts;
pub mod columns;
pub mod export;
pub mod figure;
pub mod figures;
pub mod heat;
pub mod home;
pub mod names;
pub mod read;
pub mod sheet;
pub mod wanted;
