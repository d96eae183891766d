//! What pages are built of, as types: whatever can be said of a component is a field, its states are an enum,
//! and `templates/shared/components.html` has one macro for each. Fields of forms, evidence lists, letters and
//! bars of what is left have their types where they are made.

use std::fmt;

/// What a colour says; words or a shape always say it too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// What can be pressed, what is under way.
    Plain,
    /// Done, fetched, valid.
    Ok,
    /// Waiting, deferred, provisional.
    Warn,
    /// What you must do, errors, refusals.
    Seal,
    /// Not begun, over, not for you.
    Grey,
}

impl Tone {
    pub const ALL: [Self; 5] = [Self::Plain, Self::Ok, Self::Warn, Self::Seal, Self::Grey];
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Seal => "seal",
            Self::Grey => "grey",
        })
    }
}

/// A short word about a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    pub words: String,
    pub tone: Tone,
}

/// A part of the page that wants to be read now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    pub heading: String,
    pub words: String,
    pub tone: Tone,
}

/// How much pressing a button means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// The one thing to do on a page.
    First,
    Second,
    /// Cannot be taken back.
    Danger,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Danger => "danger",
        })
    }
}

/// A button of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    pub words: String,
    pub weight: Weight,
    pub disabled: bool,
}

/// How a due date stands; each light has a shape of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    Normal,
    Near,
    Overdue,
    Stopped,
    Done,
}

impl Clock {
    pub const ALL: [Self; 5] = [Self::Normal, Self::Near, Self::Overdue, Self::Stopped, Self::Done];

    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Normal => "light-normal",
            Self::Near => "light-near",
            Self::Overdue => "light-overdue",
            Self::Stopped => "light-stopped",
            Self::Done => "light-done",
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "",
            Self::Near => "amber",
            Self::Overdue => "red",
            Self::Stopped => "grey",
            Self::Done => "done",
        })
    }
}

/// A due date's light with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Light {
    pub words: String,
    pub clock: Clock,
}

/// A figure that a page begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure {
    pub name: String,
    pub value: String,
}
