//! Text in, tokens with spans out. Never stops: what cannot be read becomes a finding and a
//! [`Token::Broken`], and full-width signs are read as what their author meant.
//!
//! Deliberately knows no grammar and no data element.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use vocabulary::Decimal;

use crate::Span;
use crate::findings::{self, Findings};

/// One word or sign of a condition.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Token {
    Number(Decimal),
    Text(Arc<str>),
    Name(Name),
    Word(Word),
    Sign(Sign),
    /// Something unreadable that has its finding already.
    Broken,
    End,
}

/// A dotted name in NFC. The head may be a variable of a quantifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Name {
    pub(crate) head: String,
    pub(crate) rest: Option<String>,
}

impl Name {
    pub(crate) fn full(&self) -> String {
        match &self.rest {
            None => self.head.clone(),
            Some(rest) => format!("{}.{rest}", self.head),
        }
    }
}

/// A keyword.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Word {
    And,
    Or,
    Not,
    In,
    Between,
    If,
    Then,
    Else,
    Some,
    Every,
    Satisfies,
    True,
    False,
    Null,
}

/// The keywords as written.
pub(crate) const WORDS: &[(&str, Word)] = &[
    ("and", Word::And),
    ("or", Word::Or),
    ("not", Word::Not),
    ("in", Word::In),
    ("between", Word::Between),
    ("if", Word::If),
    ("then", Word::Then),
    ("else", Word::Else),
    ("some", Word::Some),
    ("every", Word::Every),
    ("satisfies", Word::Satisfies),
    ("true", Word::True),
    ("false", Word::False),
    ("null", Word::Null),
];

/// An operator or a bracket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Open,
    Close,
    OpenSquare,
    CloseSquare,
    Comma,
    Range,
    /// Between a closing bracket and a name.
    Dot,
}

/// The tokens of `source`, closed by [`Token::End`].
pub(crate) fn tokens(source: &str, findings: &mut Findings) -> Vec<(Token, Span)> {
    let mut lexer = Lexer { source, at: 0, findings, tokens: Vec::new() };
    while lexer.next() {}
    let end = Span { start: source.len(), end: source.len() };
    lexer.tokens.push((Token::End, end));
    lexer.tokens
}

/// The ASCII sign that an author with a Chinese keyboard meant; else the character itself.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c)
        }
        '\u{3000}' => ' ',
        '、' => ',',
        '。' => '.',
        '×' => '*',
        '÷' => '/',
        '−' | '–' | '—' => '-',
        '“' | '”' | '„' | '「' | '」' => '"',
        '‘' | '’' => '\'',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        _ => c,
    }
}

/// How a stretch of text would be written with ASCII signs.
fn narrowed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '≤' => out.push_str("<="),
            '≥' => out.push_str(">="),
            '≠' => out.push_str("!="),
            '…' => out.push_str(".."),
            _ => out.push(narrow(c)),
        }
    }
    out
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    // The Tibetan tsheg stands between the syllables of one word.
    c.is_alphanumeric() || c == '_' || c == '\u{f0b}' || is_combining_mark(c)
}

fn is_quote(c: char) -> bool {
    matches!(narrow(c), '"' | '\'')
}

struct Lexer<'s, 'f> {
    source: &'s str,
    at: usize,
    findings: &'f mut Findings,
    tokens: Vec<(Token, Span)>,
}

impl Lexer<'_, '_> {
    fn raw(&self) -> Option<char> {
        self.source.get(self.at..)?.chars().next()
    }

    /// The next character as its author meant it.
    fn peek(&self) -> Option<char> {
        self.raw().map(narrow)
    }

    /// The one after the next.
    fn peek_second(&self) -> Option<char> {
        self.source.get(self.at..)?.chars().nth(1).map(narrow)
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(self.raw().map_or(0, char::len_utf8));
    }

    fn span_from(&self, start: usize) -> Span {
        Span { start, end: self.at }
    }

    fn since(&self, start: usize) -> &str {
        self.source.get(start..self.at).unwrap_or_default()
    }

    fn push(&mut self, token: Token, start: usize) {
        let span = self.span_from(start);
        self.tokens.push((token, span));
    }

    /// Reports full-width signs in what was just read; they were understood all the same.
    fn note_width(&mut self, start: usize) {
        let written = self.since(start).to_owned();
        let fixed = narrowed(&written);
        if fixed != written {
            let hint = format!("write `{fixed}`");
            self.findings.add(
                findings::FULL_WIDTH,
                self.span_from(start),
                format!("`{written}` is full-width"),
                hint,
            );
        }
    }

    /// Reads one token or one space; false at the end.
    fn next(&mut self) -> bool {
        let Some(raw) = self.raw() else { return false };
        let start = self.at;
        let c = narrow(raw);
        if c.is_whitespace() {
            self.advance();
        } else if is_quote(raw) {
            self.text(raw);
        } else if c.is_ascii_digit()
            || (c == '.' && self.peek_second().is_some_and(|next| next.is_ascii_digit()))
        {
            self.number();
        } else if starts_name(c) || c == '`' {
            self.name();
        } else if let Some(token) = self.operator(raw) {
            self.push(token, start);
            self.note_width(start);
        } else {
            self.unknown();
        }
        true
    }

    /// An operator or a bracket; spellings of other languages are understood and reported.
    fn operator(&mut self, raw: char) -> Option<Token> {
        let start = self.at;
        let second = self.peek_second();
        let (token, length, fix) = match (narrow(raw), second) {
            ('=', Some('=')) => (Token::Sign(Sign::Equal), 2, Some("=")),
            ('=', Some('<')) => (Token::Sign(Sign::LessEqual), 2, Some("<=")),
            ('=', Some('>')) => (Token::Sign(Sign::GreaterEqual), 2, Some(">=")),
            ('=', _) => (Token::Sign(Sign::Equal), 1, None),
            ('!', Some('=')) | ('≠', _) => {
                (Token::Sign(Sign::NotEqual), if raw == '≠' { 1 } else { 2 }, None)
            }
            ('<', Some('>')) => (Token::Sign(Sign::NotEqual), 2, Some("!=")),
            ('<', Some('=')) => (Token::Sign(Sign::LessEqual), 2, None),
            ('>', Some('=')) => (Token::Sign(Sign::GreaterEqual), 2, None),
            ('≤', _) => (Token::Sign(Sign::LessEqual), 1, None),
            ('≥', _) => (Token::Sign(Sign::GreaterEqual), 1, None),
            ('<', _) => (Token::Sign(Sign::Less), 1, None),
            ('>', _) => (Token::Sign(Sign::Greater), 1, None),
            ('&', Some('&')) => (Token::Word(Word::And), 2, Some("and")),
            ('&', _) => (Token::Word(Word::And), 1, Some("and")),
            ('|', Some('|')) => (Token::Word(Word::Or), 2, Some("or")),
            ('|', _) => (Token::Word(Word::Or), 1, Some("or")),
            ('!', _) => (Token::Word(Word::Not), 1, Some("not(…)")),
            ('+', _) => (Token::Sign(Sign::Plus), 1, None),
            ('-', _) => (Token::Sign(Sign::Minus), 1, None),
            ('*', Some('*')) => (Token::Sign(Sign::Power), 2, None),
            ('*', _) => (Token::Sign(Sign::Times), 1, None),
            ('/', _) => (Token::Sign(Sign::Over), 1, None),
            ('(', _) => (Token::Sign(Sign::Open), 1, None),
            (')', _) => (Token::Sign(Sign::Close), 1, None),
            ('[', _) => (Token::Sign(Sign::OpenSquare), 1, None),
            (']', _) => (Token::Sign(Sign::CloseSquare), 1, None),
            (',', _) => (Token::Sign(Sign::Comma), 1, None),
            ('.', Some('.')) => (Token::Sign(Sign::Range), 2, None),
            ('…', _) => (Token::Sign(Sign::Range), 1, None),
            ('.', Some(c)) if (starts_name(c) || c == '`') && self.behind_bracket() => {
                (Token::Sign(Sign::Dot), 1, None)
            }
            _ => return None,
        };
        for _ in 0..length {
            self.advance();
        }
        if let Some(fix) = fix {
            let message = format!("`{}` is not an operator here", self.since(start));
            let hint = format!("write `{fix}`");
            self.findings.add(findings::UNKNOWN_SIGN, self.span_from(start), message, hint);
        }
        Some(token)
    }

    /// Whether a closing bracket stands directly before.
    fn behind_bracket(&self) -> bool {
        matches!(
            self.tokens.last(),
            Some((Token::Sign(Sign::Close | Sign::CloseSquare), span)) if span.end == self.at
        )
    }

    /// A stretch of signs that mean nothing here: one finding.
    fn unknown(&mut self) {
        let start = self.at;
        while let Some(c) = self.peek() {
            let readable = c.is_whitespace()
                || c.is_ascii_digit()
                || starts_name(c)
                || is_quote(c)
                || "`=!<>&|+-*/()[],≤≥≠…".contains(c);
            if readable && self.at > start {
                break;
            }
            self.advance();
        }
        let written = self.since(start).to_owned();
        let hint = match written.as_str() {
            "." => "a dot stands between the parts of a name, without spaces",
            "@" => "write `date(\"2026-01-31\")` or `duration(\"P30D\")`",
            "%" => "write a share as a number, e.g. `0.25`",
            _ => {
                "a condition has names, numbers, texts in double quotes and the operators `= != < <= > >= + - * /`"
            }
        };
        self.findings.add(
            findings::UNKNOWN_SIGN,
            self.span_from(start),
            format!("`{}` means nothing in a condition", written.escape_debug()),
            hint.to_owned(),
        );
        self.push(Token::Broken, start);
    }

    fn number(&mut self) {
        let start = self.at;
        self.digits();
        if self.peek() == Some('.') && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            self.advance();
            self.digits();
        }
        let end = self.at;
        while self.peek().is_some_and(continues_name) {
            self.advance();
        }
        let glued = self.at > end;
        let written = narrowed(self.since(start));
        if glued {
            let number = narrowed(self.source.get(start..end).unwrap_or_default());
            self.findings.add(
                findings::BAD_NUMBER,
                self.span_from(start),
                format!("`{written}` is neither a number nor a name"),
                format!("write `{number}` alone: units and exponents are not written"),
            );
            self.push(Token::Broken, start);
        } else if let Ok(number) = Decimal::from_str_exact(&written) {
            self.push(Token::Number(number), start);
            self.note_width(start);
        } else {
            self.findings.add(
                findings::BAD_NUMBER,
                self.span_from(start),
                "the number has more digits than can be kept exactly",
                "numbers have at most 28 digits".to_owned(),
            );
            self.push(Token::Broken, start);
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.advance();
        }
    }

    /// A name with its dots, or a keyword.
    fn name(&mut self) {
        let start = self.at;
        let mut parts = Vec::new();
        let mut quoted = false;
        loop {
            if self.peek() == Some('`') {
                quoted = true;
                parts.push(self.back_ticked());
            } else {
                let from = self.at;
                while self.peek().is_some_and(continues_name) {
                    self.advance();
                }
                parts.push(narrowed(self.since(from)).nfc().collect::<String>());
            }
            let dotted = self.peek() == Some('.')
                && self.peek_second().is_some_and(|c| starts_name(c) || c == '`');
            if !dotted {
                break;
            }
            self.advance();
        }
        let mut parts = parts.into_iter();
        let head = parts.next().unwrap_or_default();
        let rest: Vec<String> = parts.collect();
        let word = WORDS.iter().find(|(text, _)| *text == head).map(|(_, word)| *word);
        let token = match word {
            Some(word) if rest.is_empty() && !quoted => Token::Word(word),
            _ if head.is_empty() => Token::Broken,
            _ => Token::Name(Name {
                head,
                rest: if rest.is_empty() { None } else { Some(rest.join(".")) },
            }),
        };
        self.push(token, start);
        if !quoted {
            self.note_width(start);
        }
    }

    fn back_ticked(&mut self) -> String {
        let start = self.at;
        self.advance();
        let from = self.at;
        while self.raw().is_some_and(|c| narrow(c) != '`') {
            self.advance();
        }
        let name: String = self.since(from).nfc().collect();
        if self.raw().is_none() {
            self.findings.add(
                findings::NOT_CLOSED,
                self.span_from(start),
                "the back-ticked name is not closed",
                "add a back-tick at its end".to_owned(),
            );
        } else if name.is_empty() {
            self.advance();
            self.findings.add(
                findings::UNEXPECTED,
                self.span_from(start),
                "there is no name between the back-ticks",
                None,
            );
        } else {
            self.advance();
        }
        name
    }

    /// A text in double quotes. Other quotation marks are understood and reported.
    fn text(&mut self, opening: char) {
        let start = self.at;
        let straight = opening == '"';
        self.advance();
        let mut content = String::new();
        let mut readable = true;
        let closed = loop {
            let Some(c) = self.raw() else { break false };
            let closes = if straight { c == '"' } else { narrow(c) == narrow(opening) };
            if closes {
                break true;
            }
            if c == '\\' {
                readable &= self.escape(&mut content);
            } else {
                content.push(c);
                self.advance();
            }
        };
        let closing = self.raw();
        self.advance();
        if !closed {
            self.findings.add(
                findings::NOT_CLOSED,
                self.span_from(start),
                "the text is not closed",
                "add `\"` at its end".to_owned(),
            );
        } else if !straight || closing != Some('"') {
            self.findings.add(
                findings::FULL_WIDTH,
                self.span_from(start),
                "texts stand in straight double quotes",
                format!("write `\"{content}\"`"),
            );
        }
        self.push(if readable { Token::Text(content.into()) } else { Token::Broken }, start);
    }

    /// `\"`, `\\`, `\n`, `\t` or `\uXXXX`; false after a finding for any other.
    fn escape(&mut self, content: &mut String) -> bool {
        let start = self.at;
        self.advance();
        let Some(kind) = self.raw() else { return true };
        self.advance();
        let meant = match kind {
            '"' | '\\' | '\'' => Some(kind),
            'n' => Some('\n'),
            't' => Some('\t'),
            'u' => {
                let code = self.source.get(self.at..self.at.saturating_add(4));
                let c = code
                    .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                    .and_then(char::from_u32);
                if c.is_some() {
                    self.at = self.at.saturating_add(4);
                }
                c
            }
            _ => None,
        };
        match meant {
            Some(c) => content.push(c),
            None => self.findings.add(
                findings::NOT_CLOSED,
                self.span_from(start),
                format!("`{}` is not an escape", self.since(start)),
                r#"write `\\` for a backslash and `\"` for a quotation mark"#.to_owned(),
            ),
        }
        meant.is_some()
    }
}
