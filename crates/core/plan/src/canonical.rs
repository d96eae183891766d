//! One way to write a plan as bytes: JSON without blanks, keys sorted.
//!
//! `serde_json` writes the text; one walk over it puts the fields of every object in the order of their keys.
//! A plan is hashed at every submission, so nothing is built in between.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::Plan;

pub(crate) fn json(plan: &Plan) -> String {
    // A plan holds no map with keys other than strings, so it always has a JSON form.
    sorted(&serde_json::to_string(plan).unwrap_or_default())
}

pub(crate) fn hash(plan: &Plan) -> String {
    hex::encode(Sha256::digest(json(plan).as_bytes()))
}

/// The same JSON text, which holds no blanks, with sorted keys.
fn sorted(text: &str) -> String {
    let out = String::with_capacity(text.len());
    let mut walk = Walk { text, at: 0, copied: 0, out, fields: Vec::new(), spare: String::new() };
    walk.value();
    walk.copy();
    walk.out
}

struct Walk<'t> {
    text: &'t str,
    at: usize,
    /// Up to here the text stands in `out`: only where an object has to be put in order it is copied up to there.
    copied: usize,
    out: String,
    /// The fields so far of every object that is open, the innermost last: keys, and where in `out` they stand.
    fields: Vec<(&'t str, Range<usize>)>,
    /// Where the fields of one object are put in order.
    spare: String,
}

impl<'t> Walk<'t> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Where in `out` the next byte will stand.
    fn place(&self) -> usize {
        self.out.len().saturating_add(self.at.saturating_sub(self.copied))
    }

    fn copy(&mut self) {
        self.out.push_str(self.text.get(self.copied..self.at).unwrap_or_default());
        self.copied = self.at;
    }

    fn value(&mut self) {
        match self.next() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.quoted(),
            _ => {
                while !matches!(self.next(), Some(b',' | b']' | b'}') | None) {
                    self.skip(1);
                }
            }
        }
    }

    /// Passes a text with its quotation marks.
    fn quoted(&mut self) {
        self.skip(1);
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut escaped = false;
        let length = rest.iter().position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        self.skip(length.unwrap_or(rest.len()).saturating_add(1));
    }

    fn array(&mut self) {
        self.skip(1);
        while !matches!(self.next(), Some(b']') | None) {
            self.value();
            if self.next() == Some(b',') {
                self.skip(1);
            }
        }
        self.skip(1);
    }

    fn object(&mut self) {
        self.skip(1);
        let (outer, begin) = (self.fields.len(), self.place());
        while !matches!(self.next(), Some(b'}') | None) {
            let (from, begins) = (self.at, self.place());
            self.quoted();
            let key = self.text.get(from..self.at).unwrap_or_default();
            self.skip(1);
            self.value();
            self.fields.push((key, begins..self.place()));
            if self.next() == Some(b',') {
                self.skip(1);
            }
        }
        self.sort(outer, begin);
        self.skip(1);
    }

    /// Puts the fields after the first `outer` in order; in `out` they begin at `begin`. They take as much room as
    /// before, so that the places of all other fields stay.
    fn sort(&mut self, outer: usize, begin: usize) {
        let is_sorted = |fields: &[(&str, Range<usize>)]| fields.is_sorted_by_key(|(key, _)| *key);
        if self.fields.get(outer..).is_some_and(|fields| !is_sorted(fields)) {
            self.copy();
            let fields = self.fields.get_mut(outer..).unwrap_or_default();
            fields.sort_unstable_by_key(|(key, _)| *key);
            self.spare.clear();
            for (position, (_, range)) in fields.iter().enumerate() {
                if position > 0 {
                    self.spare.push(',');
                }
                self.spare.push_str(self.out.get(range.clone()).unwrap_or_default());
            }
            self.out.truncate(begin);
            self.out.push_str(&self.spare);
        }
        self.fields.truncate(outer);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// The funnel: the text as it should be, and that it still says the same.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let sorted = super::sorted(text);
        assert_eq!(sorted, expected);
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(value(&sorted), value(text));
    }

    #[test]
    fn fields_stand_in_the_order_of_their_keys() {
        check(
            r#"{"b":1,"a":{"d":[],"c":null},"ab":{}}"#,
            r#"{"a":{"c":null,"d":[]},"ab":{},"b":1}"#,
        );
        check(
            r#"[{"b":[{"z":1,"y":-2.5},3],"a":true}]"#,
            r#"[{"a":true,"b":[{"y":-2.5,"z":1},3]}]"#,
        );
        check("17", "17");
    }

    #[test]
    fn what_stands_in_texts_is_no_structure() {
        check(r#"{"b":"}],\"{\\","a":"“生”\\\\"}"#, r#"{"a":"“生”\\\\","b":"}],\"{\\"}"#);
    }
}
