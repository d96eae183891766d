//! Breaks text into lines: where a line may end is UAX 14's word, how wide it is the font's.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::PaperFault;
use crate::fonts::{Face, Fonts};

/// One character with its glyph.
#[derive(Clone)]
pub(crate) struct Sign {
    pub(crate) range: Range<usize>,
    pub(crate) face: Arc<Face>,
    pub(crate) glyph: u32,
    /// In ems.
    pub(crate) advance: f32,
    /// It stands in a full square: the space of a line is spread between such.
    pub(crate) wide: bool,
    pub(crate) blank: bool,
}

/// One line of a paragraph.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) signs: Vec<Sign>,
    /// In ems.
    pub(crate) width: f32,
    /// The paragraph goes on.
    pub(crate) goes_on: bool,
}

/// Glyphs that were looked up for one sheet.
pub(crate) struct Setter<'a> {
    fonts: &'a Fonts,
    lang: &'a str,
    known: BTreeMap<char, Option<(Arc<Face>, u32, f32)>>,
    missing: usize,
}

impl<'a> Setter<'a> {
    pub(crate) fn new(fonts: &'a Fonts, lang: &'a str) -> Self {
        Self { fonts, lang, known: BTreeMap::new(), missing: 0 }
    }

    /// Every character that was asked for is in a font.
    pub(crate) fn complete(&self) -> Result<(), PaperFault> {
        match self.missing {
            0 => Ok(()),
            count => Err(PaperFault::NoGlyph { count }),
        }
    }

    /// The lines of a text in a column so many ems wide. `first` = ems by which the first line is shorter.
    pub(crate) fn lines(
        &mut self,
        text: &str,
        width: f32,
        first: f32,
    ) -> Result<Vec<Line>, PaperFault> {
        let signs = self.signs(text)?;
        let breaks: BTreeMap<usize, bool> = linebreaks(text)
            .map(|(at, kind)| (at, kind == BreakOpportunity::Mandatory && at < text.len()))
            .collect();
        let mut lines = Vec::new();
        let mut line: Vec<Sign> = Vec::new();
        let mut used = 0.0_f32;
        // How many signs of the line stand before its last opportunity.
        let mut fits: Option<usize> = None;
        let mut room = width - first;
        for sign in signs {
            if let Some(mandatory) = breaks.get(&sign.range.start).filter(|_| !line.is_empty()) {
                if *mandatory {
                    lines.push(ended(std::mem::take(&mut line), false));
                    (used, fits, room) = (0.0, None, width);
                } else {
                    fits = Some(line.len());
                }
            }
            if used + sign.advance > room && !sign.blank && !line.is_empty() {
                let rest = line.split_off(fits.unwrap_or(line.len()));
                lines.push(ended(std::mem::replace(&mut line, rest), true));
                used = line.iter().map(|it| it.advance).sum();
                (fits, room) = (None, width);
            }
            used += sign.advance;
            line.push(sign);
        }
        lines.push(ended(line, false));
        Ok(lines)
    }

    fn signs(&mut self, text: &str) -> Result<Vec<Sign>, PaperFault> {
        let mut signs = Vec::new();
        for (at, c) in text.char_indices() {
            // Line ends are breaks, not signs; what cannot be seen is left out.
            if c.is_control() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2028}' | '\u{2029}') {
                continue;
            }
            match self.find(c)? {
                Some((face, glyph, advance)) => signs.push(Sign {
                    range: at..at.saturating_add(c.len_utf8()),
                    face,
                    glyph,
                    advance,
                    wide: advance > 0.99,
                    blank: c.is_whitespace(),
                }),
                None => self.missing = self.missing.saturating_add(1),
            }
        }
        Ok(signs)
    }

    fn find(&mut self, c: char) -> Result<Option<(Arc<Face>, u32, f32)>, PaperFault> {
        if let Some(found) = self.known.get(&c) {
            return Ok(found.clone());
        }
        let mut found = None;
        for at in 0.. {
            let Some(face) = self.fonts.face(at, self.lang)? else {
                if at == 0 {
                    return Err(PaperFault::NoFont);
                }
                break;
            };
            if let Some((glyph, advance)) = face.glyph(c) {
                // Chinese fonts have quotation marks as wide as a character; between Latin words that is a hole.
                let narrow = (advance > 0.9 && !self.lang.starts_with("zh"))
                    .then(|| straight(c).and_then(|plain| face.glyph(plain)))
                    .flatten();
                let (glyph, advance) = narrow.unwrap_or((glyph, advance));
                found = Some((face, glyph, advance));
                break;
            }
        }
        self.known.insert(c, found.clone());
        Ok(found)
    }
}

/// The same quotation mark as typewriters have it.
const fn straight(c: char) -> Option<char> {
    match c {
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        _ => None,
    }
}

/// A line without blanks at its end.
fn ended(mut signs: Vec<Sign>, goes_on: bool) -> Line {
    while signs.last().is_some_and(|sign| sign.blank) {
        signs.pop();
    }
    let width = signs.iter().map(|sign| sign.advance).sum();
    Line { signs, width, goes_on }
}
