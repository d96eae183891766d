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
    let mut walk = Walk { rest: text, out, fields: Vec::new(), spare: String::new() };
    walk.value();
    walk.out
}

struct Walk<'t> {
    rest: &'t str,
    out: String,
    /// The fields so far of every object that is open, the innermost last: keys, and where in `out` they stand.
    fields: Vec<(&'t str, Range<usize>)>,
    /// Where the fields of one object are put in order.
    spare: String,
}

impl<'t> Walk<'t> {
    fn value(&mut self) {
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => drop(self.text()),
            Some(_) => {
                let end = self.rest.find([',', ']', '}']);
                self.copy(end.unwrap_or(self.rest.len()));
            }
            None => {}
        }
    }

    /// Copies so many bytes, which it gives.
    fn copy(&mut self, length: usize) -> &'t str {
        let (copied, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.out.push_str(copied);
        self.rest = rest;
        copied
    }

    /// A text with its quotation marks.
    fn text(&mut self) -> &'t str {
        let mut escaped = false;
        let inner = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        self.copy(inner.map_or(self.rest.len(), |inner| inner.saturating_add(2)))
    }

    fn array(&mut self) {
        self.copy(1);
        while !matches!(self.rest.as_bytes().first(), Some(b']') | None) {
            self.value();
            if self.rest.starts_with(',') {
                self.copy(1);
            }
        }
        self.copy(1);
    }

    fn object(&mut self) {
        self.copy(1);
        let (outer, begin) = (self.fields.len(), self.out.len());
        while !matches!(self.rest.as_bytes().first(), Some(b'}') | None) {
            let begins = self.out.len();
            let key = self.text();
            self.copy(1);
            self.value();
            self.fields.push((key, begins..self.out.len()));
            if self.rest.starts_with(',') {
                self.copy(1);
            }
        }
        self.sort(outer, begin);
        self.copy(1);
    }

    /// Puts the fields after the first `outer` in order; in `out` they begin at `begin`.
    fn sort(&mut self, outer: usize, begin: usize) {
        let fields = self.fields.get_mut(outer..).unwrap_or_default();
        if !fields.is_sorted_by_key(|(key, _)| *key) {
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
