//! A table as its file has it: cells as text, each with its place. CSV and DMN meet here.
//!
//! Knows no type and no name.

use crate::Hit;

/// A table as written.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    pub(crate) inputs: Vec<Header>,
    pub(crate) outputs: Vec<Header>,
    pub(crate) rows: Vec<GridRow>,
    /// As the file says, with its place.
    pub(crate) hit: Option<(Hit, usize)>,
    /// Whether texts stand in quotes always (DMN) or may stand bare (CSV).
    pub(crate) quoted: bool,
}

/// The head of a column.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// The names by which its element may be meant, the best first.
    pub(crate) names: Vec<Text>,
    /// What its values can be at all.
    pub(crate) domain: Option<Text>,
}

/// One row.
#[derive(Debug)]
pub(crate) struct GridRow {
    pub(crate) at: usize,
    pub(crate) number: usize,
    pub(crate) inputs: Vec<Text>,
    pub(crate) outputs: Vec<Text>,
    pub(crate) note: Option<String>,
}

/// A text and where it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    /// Without white space around it.
    pub(crate) text: String,
    /// Byte offset in the file.
    pub(crate) at: usize,
    /// Where a byte of `text` stands that is further from `at` than in the text: offset in the text, offset in the
    /// file. Ascending.
    shifts: Vec<(usize, usize)>,
}

impl Text {
    /// `text` as decoded from `raw`, which begins at `at`. `skip` says how many bytes of the rest of `raw` the next
    /// character of the text takes there (an escaped quotation mark takes two, an entity more).
    pub(crate) fn decoded(
        text: &str,
        raw: &str,
        at: usize,
        skip: impl Fn(&str, char) -> usize,
    ) -> Self {
        let mut shifts = Vec::new();
        let mut place = 0usize;
        for (offset, c) in text.char_indices() {
            let rest = raw.get(place..).unwrap_or_default();
            let taken = skip(rest, c).max(1);
            if taken != c.len_utf8() {
                let behind = at.saturating_add(place).saturating_add(taken);
                shifts.push((offset.saturating_add(c.len_utf8()), behind));
            }
            place = place.saturating_add(taken);
        }
        let whole = Self { text: text.to_owned(), at, shifts };
        whole.trimmed()
    }

    fn trimmed(mut self) -> Self {
        let trimmed = self.text.trim_matches(is_space);
        let start = self.text.find(trimmed).unwrap_or(0);
        let at = self.place(start);
        let shifts = std::mem::take(&mut self.shifts);
        self.shifts = shifts
            .into_iter()
            .filter_map(|(offset, place)| Some((offset.checked_sub(start)?, place)))
            .collect();
        self.text = trimmed.to_owned();
        self.at = at;
        self
    }

    /// The place in the file of the `offset`th byte.
    pub(crate) fn place(&self, offset: usize) -> usize {
        let before = self.shifts.iter().rev().find(|(from, _)| *from <= offset);
        let (from, place) = before.copied().unwrap_or((0, self.at));
        place.saturating_add(offset.saturating_sub(from))
    }
}

/// White space, that of full width and the byte-order mark too.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}'
}
