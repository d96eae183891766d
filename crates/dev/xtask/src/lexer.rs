//! Just enough of Rust's lexical rules to tell code from comments, strings and tests.
//!
//! Text in, text of the same shape out: what is left out is replaced by spaces, line breaks stay, so that
//! line numbers remain true. It does not parse.

use std::collections::BTreeSet;

/// The code alone: comments, the contents of string and character literals, and items under
/// `#[cfg(test)]` are blank.
pub(crate) fn code_only(text: &str) -> String {
    without_tests(&without_literals(text))
}

/// The lines (from 1) that stand under `#[cfg(test)]`.
pub(crate) fn test_lines(text: &str) -> BTreeSet<usize> {
    let all = without_literals(text);
    let tested = without_tests(&all);
    let pairs = all.lines().zip(tested.lines()).enumerate();
    pairs.filter(|(_, (before, after))| before != after).map(|(number, _)| number + 1).collect()
}

/// The code and its strings: comments and items under `#[cfg(test)]` are blank.
pub(crate) fn without_comments(text: &str) -> String {
    scan(text, false)
}

fn without_literals(text: &str) -> String {
    scan(text, true)
}

/// What the scanner is inside of.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Code,
    LineComment,
    BlockComment(u32),
    Text,
    /// With the number of `#` that close it.
    RawText(usize),
}

fn scan(text: &str, blank_strings: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut inside = Inside::Code;
    let mut i = 0;
    while i < chars.len() {
        let (c, next) = (at(i), at(i + 1));
        let mut width = 1;
        let mut keep = true;
        match inside {
            Inside::Code => match c {
                '/' if next == '/' => (inside, keep) = (Inside::LineComment, false),
                '/' if next == '*' => (inside, keep, width) = (Inside::BlockComment(1), false, 2),
                '"' => inside = Inside::Text,
                'r' if !is_word(at(i.wrapping_sub(1))) || at(i.wrapping_sub(1)) == 'b' => {
                    let hashes = chars.iter().skip(i + 1).take_while(|c| **c == '#').count();
                    if at(i + 1 + hashes) == '"' {
                        (inside, width) = (Inside::RawText(hashes), hashes + 2);
                    }
                }
                // A character literal, unless it is a lifetime.
                '\'' if next == '\\' => {
                    let more = chars.iter().skip(i + 3).take_while(|c| **c != '\'').count();
                    (keep, width) = (!blank_strings, more + 4);
                }
                '\'' if at(i + 2) == '\'' => (keep, width) = (!blank_strings, 3),
                _ => {}
            },
            Inside::LineComment => {
                keep = false;
                if c == '\n' {
                    inside = Inside::Code;
                }
            }
            Inside::BlockComment(depth) => {
                keep = false;
                if c == '/' && next == '*' {
                    (inside, width) = (Inside::BlockComment(depth + 1), 2);
                } else if c == '*' && next == '/' {
                    width = 2;
                    inside = if depth > 1 { Inside::BlockComment(depth - 1) } else { Inside::Code };
                }
            }
            Inside::Text => match c {
                '\\' => (keep, width) = (!blank_strings, 2),
                '"' => inside = Inside::Code,
                _ => keep = !blank_strings,
            },
            Inside::RawText(hashes) => {
                if c == '"' && (0..hashes).all(|h| at(i + 1 + h) == '#') {
                    (inside, width) = (Inside::Code, hashes + 1);
                } else {
                    keep = !blank_strings;
                }
            }
        }
        for c in chars.iter().skip(i).take(width) {
            out.push(if keep || *c == '\n' { *c } else { ' ' });
        }
        i += width;
    }
    out
}

/// Blanks every item that stands under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        let mut depth = 0_u32;
        let mut end = after.len();
        for (position, c) in after.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => {
                    end = position + 1;
                    break;
                }
                '}' => depth -= 1,
                ';' if depth == 0 => {
                    end = position + 1;
                    break;
                }
                _ => {}
            }
        }
        let (item, remainder) = after.split_at_checked(end).unwrap_or((after, ""));
        out.extend(MARK.chars().chain(item.chars()).map(|c| if c == '\n' { c } else { ' ' }));
        rest = remainder;
    }
    out.push_str(rest);
    out
}

/// Whether `c` may stand in an identifier.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The lines (from 1) on which `needle` stands, not as part of a longer word.
pub(crate) fn lines_with(text: &str, needle: &str) -> Vec<usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| has_word(line, needle))
        .map(|(number, _)| number + 1)
        .collect()
}

/// Whether `needle` stands in `line`, not as part of a longer word.
pub(crate) fn has_word(line: &str, needle: &str) -> bool {
    let first_is_word = needle.chars().next().is_some_and(is_ascii_word);
    let last_is_word = needle.chars().next_back().is_some_and(is_ascii_word);
    let mut before = None;
    let mut rest = line;
    while let Some((left, right)) = rest.split_once(needle) {
        let previous = left.chars().next_back().or(before);
        let next = right.chars().next();
        let longer = first_is_word && previous.is_some_and(is_ascii_word)
            || last_is_word && next.is_some_and(is_ascii_word);
        if !longer {
            return true;
        }
        before = needle.chars().next_back();
        rest = right;
    }
    false
}

/// Chinese has no spaces between words, so only ASCII letters make a word longer.
fn is_ascii_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(code_only(text).split_whitespace().collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn comments_literals_and_tests_are_left_out() {
        check("a(); // b\n/* c /* d */ e */ f();", "a(); f();");
        check(r#"x("std::fs // no", 'a', '\'', &'a str);"#, r#"x(" ", , , &'a str);"#.trim());
        check("y(r#\"f64 \" f32\"#, z)", "y(r#\" \"#, z)");
        check(
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c() } }\nfn d() {}",
            "fn a() {} fn d() {}",
        );
        check("#[cfg(test)]\nmod tests;\nfn e() {}", "fn e() {}");
    }

    #[test]
    fn line_numbers_stay() {
        let text = "one\n/* two\nthree */\nfour \"five\nsix\" seven";
        assert_eq!(code_only(text).lines().count(), text.lines().count());
    }

    #[test]
    fn strings_may_be_kept() {
        assert_eq!(without_comments("t(\"a\") // t(\"b\")").trim(), "t(\"a\")");
    }

    #[test]
    fn a_word_is_not_found_inside_a_longer_one() {
        assert_eq!(lines_with("buf64\nf64\nas f64;", "f64"), [2, 3]);
        assert_eq!(lines_with("现在某某省", "某某"), [1]);
    }
}
