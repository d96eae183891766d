//! What supervision keeps beside a service case, so that lists can be filtered and counted by light. Rebuilt from
//! events.

/// Lights and acts of supervision of one service case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedRow {
    /// `receive`, `accept`, `review`, `decide`; empty = not begun, or over.
    pub stage: String,
    /// From this day the light is yellow, if it is not red.
    pub yellow_on: Option<String>,
    /// From this day it is red.
    pub red_on: Option<String>,
    /// Some clock runs.
    pub running: bool,
    /// The lights to come, with their rules, as JSON.
    pub marks: String,
    /// How often somebody was told.
    pub reminders: u32,
    /// Supervision notices given, and answered.
    pub notices: u32,
    pub answered: u32,
    /// `open` or `answered`; empty = no notice is open.
    pub notice: String,
    /// Who was told of what still stands, and since when, as JSON.
    pub told: String,
}

impl Default for WatchedRow {
    fn default() -> Self {
        Self {
            stage: String::new(),
            yellow_on: None,
            red_on: None,
            running: false,
            marks: "[]".to_owned(),
            reminders: 0,
            notices: 0,
            answered: 0,
            notice: String::new(),
            told: "[]".to_owned(),
        }
    }
}

/// What is addressed to somebody: steps of the chain that still stand, and supervision notices in a state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addressed {
    /// Any of these.
    pub told: Vec<ToldTo>,
    /// `open`, `answered`: those with such a notice as well.
    pub notices: Vec<String>,
}

/// Somebody who was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldTo {
    /// `Addressee::as_str`.
    pub to: String,
    /// Of these departments only; `None` = of all.
    pub departments: Option<Vec<String>>,
}

/// The light that a list is about, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightWanted {
    /// Whatever it is: all that have begun and not ended.
    Any,
    Green,
    Yellow,
    Red,
    /// The clock stands still.
    Stopped,
}

/// How many service cases of one department and stage stand how. Not capped: shares are made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LightCount {
    pub department: String,
    pub stage: String,
    /// All that have begun and not ended.
    pub open: u64,
    pub yellow: u64,
    pub red: u64,
    pub stopped: u64,
    /// Notices given and answered, also of what has ended.
    pub notices: u64,
    pub answered: u64,
}

impl LightCount {
    /// Nothing counted yet.
    pub fn of(department: &str, stage: &str) -> Self {
        Self {
            department: department.to_owned(),
            stage: stage.to_owned(),
            open: 0,
            yellow: 0,
            red: 0,
            stopped: 0,
            notices: 0,
            answered: 0,
        }
    }
}
