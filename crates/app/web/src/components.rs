//! What pages are built of, as types: whatever can be said of a component is a field, its states are an enum, and
//! each has one template. Templates write small ones as values, `{{ crate::ui::ok(p.t("ready")) }}`, and those that
//! hold something as macros of `shared/components.html`: `{% call ui::notice("warn") %}…{% endcall %}`. A test reads
//! every template: none writes a component's markup by hand.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

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
    /// Nothing there.
    Hollow,
}

impl Tone {
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Ok, Self::Warn, Self::Seal, Self::Grey, Self::Hollow];

    /// As views name it; what no tone is called is plain.
    pub fn named(name: &str) -> Self {
        match name {
            "ok" => Self::Ok,
            "warn" => Self::Warn,
            "seal" => Self::Seal,
            "grey" => Self::Grey,
            "none" => Self::Hollow,
            _ => Self::Plain,
        }
    }

    /// What a tag is unless it is something else: it needs no class of its own.
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain)
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Seal => "seal",
            Self::Grey => "grey",
            Self::Hollow => "grey hollow",
        })
    }
}

/// A short word about a state.
#[derive(Template, Clone, PartialEq, Eq, Debug)]
#[template(path = "components/tag.html")]
pub struct Tag {
    pub words: String,
    pub tone: Tone,
    /// More words, where a pointer rests; they stand elsewhere too.
    pub title: String,
}

impl HtmlSafe for Tag {}

/// A tag whose tone a view names.
pub fn tag(tone: impl AsRef<str>, words: impl fmt::Display) -> Tag {
    toned(Tone::named(tone.as_ref()), words)
}

/// A tag with more words where a pointer rests.
pub fn titled(tone: impl AsRef<str>, words: impl fmt::Display, title: impl fmt::Display) -> Tag {
    Tag { title: title.to_string(), ..tag(tone, words) }
}

/// What is under way.
pub fn plain(words: impl fmt::Display) -> Tag {
    toned(Tone::Plain, words)
}

/// What is done, fetched or valid.
pub fn ok(words: impl fmt::Display) -> Tag {
    toned(Tone::Ok, words)
}

/// What waits, is deferred or provisional.
pub fn warn(words: impl fmt::Display) -> Tag {
    toned(Tone::Warn, words)
}

/// What somebody must do, or what is wrong.
pub fn seal(words: impl fmt::Display) -> Tag {
    toned(Tone::Seal, words)
}

/// What has not begun or is over.
pub fn grey(words: impl fmt::Display) -> Tag {
    toned(Tone::Grey, words)
}

fn toned(tone: Tone, words: impl fmt::Display) -> Tag {
    Tag { words: words.to_string(), tone, title: String::new() }
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
#[derive(Template, Clone, PartialEq, Eq, Debug)]
#[template(path = "components/button.html")]
pub struct Button {
    pub words: String,
    pub weight: Weight,
    pub disabled: bool,
}

impl HtmlSafe for Button {}

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

    /// As views name it.
    pub fn named(name: &str) -> Self {
        match name {
            "amber" => Self::Near,
            "red" => Self::Overdue,
            "grey" => Self::Stopped,
            "done" => Self::Done,
            _ => Self::Normal,
        }
    }

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
#[derive(Template, Clone, PartialEq, Eq, Debug)]
#[template(path = "components/light.html")]
pub struct Light {
    pub words: String,
    pub clock: Clock,
}

impl HtmlSafe for Light {}

/// A light that a view names.
pub fn light(clock: impl AsRef<str>, words: impl fmt::Display) -> Light {
    Light { words: words.to_string(), clock: Clock::named(clock.as_ref()) }
}

/// What stands where a list would stand if there were anything on it.
#[derive(Template, Clone, PartialEq, Eq, Debug)]
#[template(path = "components/nothing.html")]
pub struct Nothing {
    pub words: String,
}

impl HtmlSafe for Nothing {}

/// An empty list, in words.
pub fn nothing(words: impl fmt::Display) -> Nothing {
    Nothing { words: words.to_string() }
}

/// A figure that a page begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure {
    pub name: String,
    pub value: String,
}
