//! Tokens in, a tree out: a Pratt parser that goes on after a mistake, so that one run finds several.
//!
//! Binds, from loosest: `or`, `and`, comparisons and `in` (which do not chain), `+ -`, `* /`, `**`, a sign
//! before a value, a property behind it. `if` and quantifiers reach as far to the right as they can.

use crate::Span;
use crate::expression::{Arithmetic, Comparison};
use crate::findings::{self, Findings};
use crate::functions::FUNCTIONS;
use crate::lexer::{Name, Sign, Token, WORDS, Word};
use crate::resolve::did_you_mean;
use crate::syntax::{DEEPEST, Filtered, Item, Kind, Node};

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
const POWER: u8 = 6;
const PREFIX: u8 = 7;

/// The tree of `tokens`. What could not be read is in it as [`Kind::Broken`].
pub(crate) fn parse(tokens: &[(Token, Span)], findings: &mut Findings) -> Node {
    let mut parser = Parser { tokens, at: 0, level: 0, reported_at: None, findings };
    let mut parts = vec![parser.expression(OR)];
    while *parser.peek() != Token::End {
        parser.unexpected("an operator such as `and`, or the end");
        let whole = parts.pop().map(|node| parser.cut(node));
        parts.extend(whole);
        parser.take();
        while !matches!(parser.peek(), Token::End | Token::Word(Word::And | Word::Or)) {
            parser.take();
        }
        if *parser.peek() != Token::End {
            parser.take();
            parts.push(parser.expression(OR));
        }
    }
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            let span = parts.first().map_or_else(Span::default, |node| node.span);
            parser.node(span, Kind::All(parts))
        }
    }
}

enum Infix {
    Or,
    And,
    Compare(Comparison),
    In,
    Between,
    Arithmetic(Arithmetic),
}

struct Parser<'t, 'f> {
    tokens: &'t [(Token, Span)],
    at: usize,
    level: usize,
    /// The token that a finding was made for, so that one mistake gives one finding.
    reported_at: Option<usize>,
    findings: &'f mut Findings,
}

impl<'t> Parser<'t, '_> {
    fn peek(&self) -> &'t Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or_else(Span::default, |(_, span)| *span)
    }

    fn last_end(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(0, |(_, span)| span.end)
    }

    fn take(&mut self) -> &'t Token {
        let token = self.peek();
        if *token != Token::End {
            self.at = self.at.saturating_add(1);
        }
        token
    }

    fn take_if(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == wanted;
        if found {
            self.take();
        }
        found
    }

    fn sign(&mut self, sign: Sign) -> bool {
        self.take_if(&Token::Sign(sign))
    }

    fn word(&mut self, word: Word) -> bool {
        self.take_if(&Token::Word(word))
    }

    /// A node up to the last token taken, unless it would be too deep.
    fn node(&mut self, start: Span, kind: Kind) -> Node {
        let span = Span { start: start.start, end: self.last_end().max(start.end) };
        let depth = kind.depth_below().saturating_add(1);
        if depth > DEEPEST {
            return self.too_deep(span);
        }
        Node { span, core: span, depth, kind }
    }

    fn broken(&mut self, start: Span) -> Node {
        self.node(start, Kind::Broken)
    }

    /// Reports the nesting once and gives up on the rest of the text.
    fn too_deep(&mut self, span: Span) -> Node {
        self.findings.add(
            findings::TOO_DEEP,
            span,
            "expressions are nested too deeply",
            format!("at most {DEEPEST} levels; join conditions with `and` and `or` in one row"),
        );
        self.at = self.tokens.len();
        self.reported_at = Some(self.at);
        unreadable(span)
    }

    fn unexpected(&mut self, wanted: &str) {
        let hint = match self.peek() {
            Token::Word(Word::Not) => Some("write `not(…)` around the whole condition".to_owned()),
            Token::Text(_) | Token::Number(_) | Token::Name(_) => {
                Some("join two conditions with `and` or `or`".to_owned())
            }
            _ => None,
        };
        self.expected(wanted, hint);
    }

    fn expected(&mut self, wanted: &str, hint: Option<String>) {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let beside_broken = *self.peek() == Token::Broken
            || before.is_some_and(|(token, _)| *token == Token::Broken);
        if self.reported_at == Some(self.at) || beside_broken {
            return;
        }
        self.reported_at = Some(self.at);
        let found = match self.peek() {
            Token::End => "the end of the condition".to_owned(),
            token => format!("`{}`", shown(token)),
        };
        let message = format!("expected {wanted}, found {found}");
        self.findings.add(findings::UNEXPECTED, self.span(), message, hint);
    }

    /// Skips to a token from which reading can go on; brackets are skipped as a whole.
    fn recover(&mut self) {
        let mut open = 0usize;
        loop {
            match self.peek() {
                Token::End => return,
                Token::Word(Word::And | Word::Or | Word::Then | Word::Else | Word::Satisfies)
                | Token::Sign(Sign::Comma)
                    if open == 0 =>
                {
                    return;
                }
                Token::Sign(Sign::Close | Sign::CloseSquare) if open == 0 => return,
                Token::Sign(Sign::Close | Sign::CloseSquare) => open = open.saturating_sub(1),
                Token::Sign(Sign::Open | Sign::OpenSquare) => open = open.saturating_add(1),
                _ => {}
            }
            self.take();
        }
    }

    /// `)`; false after a finding when it is not there.
    fn close(&mut self) -> bool {
        let closed = self.sign(Sign::Close);
        if !closed {
            self.unexpected("`)`");
            self.recover();
            self.sign(Sign::Close);
        }
        closed
    }

    fn cut(&mut self, node: Node) -> Node {
        self.node(node.span, Kind::Cut(Box::new(node)))
    }

    fn expression(&mut self, loosest: u8) -> Node {
        if self.level >= DEEPEST {
            let span = self.span();
            return self.too_deep(span);
        }
        self.level = self.level.saturating_add(1);
        let mut left = self.prefix();
        while self.sign(Sign::Dot) {
            left = self.property(left);
        }
        while let Some((infix, binding)) = self.infix() {
            if binding < loosest {
                break;
            }
            left = self.joined(left, infix);
        }
        self.level = self.level.saturating_sub(1);
        left
    }

    fn infix(&self) -> Option<(Infix, u8)> {
        Some(match self.peek() {
            Token::Word(Word::Or) => (Infix::Or, OR),
            Token::Word(Word::And) => (Infix::And, AND),
            Token::Word(Word::In) => (Infix::In, COMPARISON),
            Token::Word(Word::Between) => (Infix::Between, COMPARISON),
            Token::Sign(sign) => match (comparison(*sign), arithmetic(*sign)) {
                (Some(operator), _) => (Infix::Compare(operator), COMPARISON),
                (_, Some((operator, binding))) => (Infix::Arithmetic(operator), binding),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `left` with the infix operator that comes next and what stands to its right.
    fn joined(&mut self, left: Node, infix: Infix) -> Node {
        let start = left.span;
        match infix {
            Infix::Or => self.row(left, Word::Or, AND, Kind::Any),
            Infix::And => self.row(left, Word::And, COMPARISON, Kind::All),
            Infix::Arithmetic(operator) => {
                self.take();
                let tighter = match operator {
                    Arithmetic::Add | Arithmetic::Subtract => PRODUCT,
                    Arithmetic::Multiply | Arithmetic::Divide => POWER,
                    Arithmetic::Power => PREFIX,
                };
                let right = self.expression(tighter);
                self.node(start, Kind::Arithmetic { operator, sides: Box::new([left, right]) })
            }
            Infix::Compare(operator) => {
                self.take();
                let right = self.expression(SUM);
                let node =
                    self.node(start, Kind::Compare { operator, sides: Box::new([left, right]) });
                self.refuse_chain(node)
            }
            Infix::In => {
                self.take();
                let items = self.tests();
                let node = self.node(start, Kind::In { value: Box::new(left), items });
                self.refuse_chain(node)
            }
            Infix::Between => {
                self.take();
                let low = self.expression(SUM);
                if !self.word(Word::And) {
                    self.expected("`and` and the upper end of `between`", None);
                    if !self.word(Word::Or) {
                        self.recover();
                        return self.broken(start);
                    }
                }
                let high = self.expression(SUM);
                let items =
                    vec![Item::Range { low, low_included: true, high, high_included: true }];
                let node = self.node(start, Kind::In { value: Box::new(left), items });
                self.refuse_chain(node)
            }
        }
    }

    /// `a and b and c` as one row, so that long rows are not deep.
    fn row(&mut self, first: Node, word: Word, tighter: u8, kind: fn(Vec<Node>) -> Kind) -> Node {
        let start = first.span;
        let mut nodes = vec![first];
        while self.word(word) {
            nodes.push(self.expression(tighter));
        }
        self.node(start, kind(nodes))
    }

    /// Comparisons do not chain: `1 < x < 5` is reported, its rest read and dropped.
    fn refuse_chain(&mut self, node: Node) -> Node {
        let mut chained = false;
        while let Some((Infix::Compare(_) | Infix::In | Infix::Between, _)) = self.infix() {
            if !chained {
                self.findings.add(
                    findings::CHAINED,
                    self.span(),
                    "comparisons cannot be chained",
                    "write `x in [1..5]`, or join two comparisons with `and`".to_owned(),
                );
                chained = true;
            }
            self.take();
            self.expression(SUM);
        }
        node
    }

    fn prefix(&mut self) -> Node {
        let start = self.span();
        let kind = match self.peek() {
            Token::Number(number) => Kind::Number(*number),
            Token::Text(text) => Kind::Text(text.clone()),
            Token::Word(Word::True) => Kind::Bool(true),
            Token::Word(Word::False) => Kind::Bool(false),
            Token::Word(Word::Null) => Kind::Null,
            Token::Name(name) => {
                self.take();
                return self.name(start, name);
            }
            Token::Sign(Sign::Minus) => {
                self.take();
                let inner = self.expression(PREFIX);
                return self.node(start, Kind::Negative(Box::new(inner)));
            }
            Token::Sign(Sign::Open) => {
                self.take();
                let mut inner = self.expression(OR);
                if !self.close() {
                    inner = self.cut(inner);
                }
                inner.span = Span { start: start.start, end: self.last_end() };
                return inner;
            }
            Token::Sign(Sign::OpenSquare) => {
                self.take();
                return self.list_literal(start);
            }
            Token::Word(Word::Not) => return self.not(start),
            Token::Word(Word::If) => return self.choice(start),
            Token::Word(Word::Some) => return self.quantified(start, false),
            Token::Word(Word::Every) => return self.quantified(start, true),
            Token::Broken => Kind::Broken,
            _ => {
                self.expected("a name, a value or `(`", None);
                self.recover();
                return unreadable(start);
            }
        };
        self.take();
        self.node(start, kind)
    }

    fn name(&mut self, start: Span, name: &Name) -> Node {
        let called = self.function_of_words(name);
        if let Some(words) = &called {
            for _ in words.split(' ').skip(1) {
                self.take();
            }
        }
        let function_span = Span { start: start.start, end: self.last_end() };
        if self.filter_follows() {
            return self.filtered(start, name);
        }
        if !self.sign(Sign::Open) {
            return self.node(start, Kind::Name(name.clone()));
        }
        let mut arguments = Vec::new();
        if *self.peek() != Token::Sign(Sign::Close) {
            arguments.push(self.expression(OR));
            while self.sign(Sign::Comma) {
                arguments.push(self.expression(OR));
            }
        }
        self.close();
        let function =
            called.map_or_else(|| name.clone(), |words| Name { head: words, rest: None });
        self.node(start, Kind::Call { function, function_span, arguments })
    }

    /// The words from the one just taken up to a bracket when they call a function, rightly or nearly.
    fn function_of_words(&self, first: &Name) -> Option<String> {
        let most = FUNCTIONS.iter().map(|(name, _)| name.split(' ').count()).max().unwrap_or(1);
        let mut words = first.full();
        let mut count = 1usize;
        let mut keywords = false;
        for (token, _) in self.tokens.iter().skip(self.at).take(most) {
            let word = match token {
                Token::Sign(Sign::Open) => break,
                Token::Name(name) if name.rest.is_none() => name.head.as_str(),
                Token::Word(word) => {
                    keywords = true;
                    written(*word)
                }
                _ => return None,
            };
            words.push(' ');
            words.push_str(word);
            count = count.saturating_add(1);
        }
        let opened = self.tokens.get(self.at.saturating_add(count).saturating_sub(1));
        if count < 2 || !matches!(opened, Some((Token::Sign(Sign::Open), _))) {
            return None;
        }
        let long = || FUNCTIONS.iter().map(|(name, _)| *name).filter(|name| name.contains(' '));
        // What stands behind a keyword is a call of its own, unless all the words are one function.
        let meant = long().any(|name| name == words)
            || (!keywords && did_you_mean(&words, long()).is_some());
        meant.then_some(words)
    }

    /// Whether `[` and something to filter by come next; else a bracket closes an open range.
    fn filter_follows(&self) -> bool {
        let next = self.tokens.get(self.at.saturating_add(1)).map(|(token, _)| token);
        *self.peek() == Token::Sign(Sign::OpenSquare)
            && matches!(
                next,
                Some(
                    Token::Name(_)
                        | Token::Number(_)
                        | Token::Text(_)
                        | Token::Sign(Sign::Open | Sign::Minus)
                        | Token::Word(
                            Word::Not
                                | Word::If
                                | Word::Some
                                | Word::Every
                                | Word::True
                                | Word::False
                                | Word::Null
                        )
                )
            )
    }

    /// `child[condition]` and perhaps `.element` behind it.
    fn filtered(&mut self, start: Span, group: &Name) -> Node {
        let only = self.only();
        let mut path = None;
        if self.sign(Sign::Dot) {
            let span = self.span();
            if let Token::Name(name) = self.take() {
                path = Some((name.clone(), span));
            }
        }
        let (group, group_span) = (group.clone(), start);
        self.node(start, Kind::Filtered(Box::new(Filtered { group, group_span, only, path })))
    }

    /// `[condition]`
    fn only(&mut self) -> Node {
        self.sign(Sign::OpenSquare);
        let only = self.expression(OR);
        if self.sign(Sign::CloseSquare) {
            return only;
        }
        self.unexpected("`]`");
        self.recover();
        self.sign(Sign::CloseSquare);
        self.cut(only)
    }

    /// The rest of `[a, b]`.
    fn list_literal(&mut self, start: Span) -> Node {
        let mut nodes = Vec::new();
        if !self.sign(Sign::CloseSquare) {
            nodes.push(self.expression(OR));
            while self.sign(Sign::Comma) {
                nodes.push(self.expression(OR));
            }
            if !self.sign(Sign::CloseSquare) {
                let range = *self.peek() == Token::Sign(Sign::Range);
                let hint = range.then(|| "a range stands after `in`".to_owned());
                self.expected("`,` or `]`", hint);
                self.recover();
                self.sign(Sign::CloseSquare);
                return self.broken(start);
            }
        }
        self.node(start, Kind::List(nodes))
    }

    /// The name behind a dot.
    fn property(&mut self, of: Node) -> Node {
        let (start, property_span) = (of.span, self.span());
        match self.take() {
            Token::Name(property) => {
                let property = property.clone();
                self.node(start, Kind::Property { of: Box::new(of), property, property_span })
            }
            _ => self.broken(start),
        }
    }

    fn not(&mut self, start: Span) -> Node {
        self.take();
        if *self.peek() != Token::Sign(Sign::Open) {
            self.expected("`(` after `not`", Some("write `not(…)`".to_owned()));
        }
        let inner = self.expression(PREFIX);
        self.node(start, Kind::Not(Box::new(inner)))
    }

    fn choice(&mut self, start: Span) -> Node {
        self.take();
        let condition = self.before(Word::Then, "`then`");
        let then = self.before(Word::Else, "`else`: every `if` says what holds otherwise");
        let otherwise = self.expression(OR);
        self.node(start, Kind::If(Box::new([condition, then, otherwise])))
    }

    /// An expression and the keyword after it.
    fn before(&mut self, word: Word, wanted: &str) -> Node {
        let node = self.expression(OR);
        if self.word(word) {
            return node;
        }
        self.expected(wanted, None);
        self.recover();
        self.word(word);
        self.cut(node)
    }

    /// `some x in child, y in shareholder satisfies …`: each further iterator is a quantifier inside.
    fn quantified(&mut self, start: Span, every: bool) -> Node {
        self.take();
        let mut iterators = Vec::new();
        loop {
            let Token::Name(variable) = self.peek() else {
                self.expected("a name for the member, e.g. `x`", None);
                break;
            };
            self.take();
            if !self.word(Word::In) {
                self.expected("`in` and the name of a group", None);
                break;
            }
            let group_span = self.span();
            let Token::Name(group) = self.peek() else {
                self.expected("the name of a group", None);
                break;
            };
            self.take();
            let only = self.filter_follows().then(|| Box::new(self.only()));
            iterators.push((variable, group, group_span, only));
            if !self.sign(Sign::Comma) {
                break;
            }
        }
        if !self.word(Word::Satisfies) {
            self.expected("`satisfies`", None);
            self.recover();
            if !self.word(Word::Satisfies) {
                return self.broken(start);
            }
        }
        let mut body = self.expression(OR);
        for (variable, group, group_span, only) in iterators.into_iter().rev() {
            let kind = Kind::Quantified {
                every,
                variable: variable.clone(),
                group: group.clone(),
                group_span,
                only,
                body: Box::new(body),
            };
            body = self.node(start, kind);
        }
        body
    }

    /// What may stand after `in`.
    fn tests(&mut self) -> Vec<Item> {
        if self.sign(Sign::Open) {
            self.list(Sign::Close, false)
        } else if self.sign(Sign::OpenSquare) {
            self.list(Sign::CloseSquare, true)
        } else if let Some(item) = self.marked_test() {
            vec![item]
        } else {
            self.expected(
                "a range or a list after `in`",
                Some("write `in [a..b]`, `in (a, b)` or `in [\"x\", \"y\"]`".to_owned()),
            );
            self.recover();
            vec![Item::Equals(unreadable(self.span()))]
        }
    }

    /// A test that its first sign tells: `]a..b]`, or `< a`.
    fn marked_test(&mut self) -> Option<Item> {
        if self.sign(Sign::CloseSquare) {
            let low = self.expression(SUM);
            return Some(self.range(low, false));
        }
        let Token::Sign(sign) = self.peek() else {
            return None;
        };
        let operator = comparison(*sign)?;
        self.take();
        Some(Item::Compare(operator, self.expression(SUM)))
    }

    /// The rest of a list, or of a range whose opening bracket was taken.
    fn list(&mut self, closing: Sign, square: bool) -> Vec<Item> {
        let mut items = Vec::new();
        if self.sign(closing) {
            return items;
        }
        loop {
            let item = match self.marked_test() {
                Some(item) => item,
                None if self.sign(Sign::OpenSquare) => {
                    let low = self.expression(SUM);
                    self.range(low, true)
                }
                None => {
                    let first = self.expression(SUM);
                    if items.is_empty() && *self.peek() == Token::Sign(Sign::Range) {
                        return vec![self.range(first, square)];
                    }
                    Item::Equals(first)
                }
            };
            items.push(item);
            if !self.sign(Sign::Comma) {
                break;
            }
        }
        if !self.sign(closing) {
            self.unexpected(if square { "`,` or `]`" } else { "`,` or `)`" });
            self.recover();
            self.sign(closing);
        }
        items
    }

    /// `..`, the upper end and the closing bracket, which says whether the end is included.
    fn range(&mut self, low: Node, low_included: bool) -> Item {
        if !self.sign(Sign::Range) {
            self.expected("`..` and the upper end of the range", None);
            self.recover();
            if !self.sign(Sign::CloseSquare) {
                self.sign(Sign::Close);
            }
            return Item::Equals(unreadable(low.span));
        }
        let high = self.expression(SUM);
        let high_included = self.sign(Sign::CloseSquare);
        if !high_included && !self.sign(Sign::Close) && !self.sign(Sign::OpenSquare) {
            self.expected("`]` or `)` at the end of the range", None);
            self.recover();
            if !self.sign(Sign::CloseSquare) {
                self.sign(Sign::Close);
            }
        }
        Item::Range { low, low_included, high, high_included }
    }
}

fn unreadable(span: Span) -> Node {
    Node { span, core: span, depth: 1, kind: Kind::Broken }
}

fn comparison(sign: Sign) -> Option<Comparison> {
    Some(match sign {
        Sign::Equal => Comparison::Equal,
        Sign::NotEqual => Comparison::NotEqual,
        Sign::Less => Comparison::Less,
        Sign::LessEqual => Comparison::LessOrEqual,
        Sign::Greater => Comparison::Greater,
        Sign::GreaterEqual => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(sign: Sign) -> Option<(Arithmetic, u8)> {
    Some(match sign {
        Sign::Plus => (Arithmetic::Add, SUM),
        Sign::Minus => (Arithmetic::Subtract, SUM),
        Sign::Times => (Arithmetic::Multiply, PRODUCT),
        Sign::Over => (Arithmetic::Divide, PRODUCT),
        Sign::Power => (Arithmetic::Power, POWER),
        _ => return None,
    })
}

/// A keyword as it is written.
fn written(word: Word) -> &'static str {
    WORDS.iter().find(|(_, known)| *known == word).map_or("", |(text, _)| text)
}

/// A token for a message.
fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => number.to_string(),
        Token::Text(text) => format!("\"{text}\""),
        Token::Name(name) => name.full(),
        Token::Word(word) => written(*word).to_owned(),
        Token::Sign(sign) => match sign {
            Sign::Equal => "=",
            Sign::NotEqual => "!=",
            Sign::Less => "<",
            Sign::LessEqual => "<=",
            Sign::Greater => ">",
            Sign::GreaterEqual => ">=",
            Sign::Plus => "+",
            Sign::Minus => "-",
            Sign::Times => "*",
            Sign::Over => "/",
            Sign::Power => "**",
            Sign::Dot => ".",
            Sign::Open => "(",
            Sign::Close => ")",
            Sign::OpenSquare => "[",
            Sign::CloseSquare => "]",
            Sign::Comma => ",",
            Sign::Range => "..",
        }
        .to_owned(),
        Token::Broken | Token::End => String::new(),
    }
}
