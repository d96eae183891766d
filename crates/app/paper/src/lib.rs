//! Documents as PDF: plain sheets of paper as an authority sends them, A4, one column.
//!
//! Goes in: a [`Sheet`], all of it text in one language, and the [`Fonts`] of the machine. Comes out: the bytes of a
//! PDF whose text can be searched and copied. Text is always data: there is no markup that a name could carry.
//!
//! A character that no font has is a fault ([`PaperFault::NoGlyph`]), never a box: a name on a document must not lose
//! a character. Fonts are read when the first sheet needs them and then kept. This crate knows no document and no
//! word of any language.

mod draw;
mod fonts;
mod lines;

use std::sync::Arc;

pub use draw::pdf;
pub use fonts::Fonts;

/// One document, ready to be set.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sheet {
    /// Of its language as HTML says it: `zh-Hans`, `zh-Hant`, `en`.
    pub lang: String,
    /// What the file is called by readers.
    pub name: String,
    /// Who issues it; stands at the head.
    pub issuer: String,
    pub title: String,
    /// 文号.
    pub number: String,
    /// Whom it is for.
    pub addressee: String,
    pub blocks: Vec<Block>,
    /// Who signs, and the date, beside the place of the seal.
    pub signed: Vec<String>,
    /// What stands where the seal goes.
    pub seal: String,
    /// Where it can be verified, and what is said of that.
    pub verify: Option<Verify>,
    /// Lines for signatures by hand, each with its label.
    pub by_hand: Vec<String>,
}

/// Part of a sheet's body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// One paragraph.
    Text(String),
    /// A heading before what follows.
    Heading(String),
    /// Numbered points.
    Points(Vec<String>),
    /// Names with their values.
    Pairs(Vec<(String, String)>),
    /// Words in small type.
    Small(String),
}

/// How anyone verifies a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verify {
    /// What the square code holds.
    pub address: String,
    pub lines: Vec<String>,
}

/// Why there is no PDF.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PaperFault {
    /// None of the folders holds a font that knows Chinese.
    #[error("no font found")]
    NoFont,
    /// Nothing of the text is told, only how many characters it is.
    #[error("{count} characters are in no font")]
    NoGlyph { count: usize },
    /// A font that was there is gone or broken.
    #[error("a font cannot be read")]
    BrokenFont,
    #[error("the square code does not hold its text")]
    Code,
    #[error("the file cannot be written")]
    Writing,
}

/// Fonts that are shared by all who set sheets.
pub type SharedFonts = Arc<Fonts>;
