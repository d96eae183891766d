//! Random small matters as definition files: groups, thresholds, choices, sources, tables of conditions.

use std::fmt::Write as _;

use catalogue::{Catalogue, SourceFile};

/// A small deterministic generator (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// With a chance of one in `of`.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// The date of every plan.
pub(crate) const AS_OF: &str = "2026-03-02";

const PRELUDE: &str = r#"
[jurisdiction]
id = "nowhere"
name = { en = "Nowhere" }
languages = ["en"]
time_zone = "Asia/Shanghai"
office_close_minute = 1020
[[organisation]]
id = "office"
name = { en = "Office" }
short = { en = "Office" }
[[topic]]
id = "all"
name = { en = "All" }
order = 1
[[regime]]
id = "plain"
name = { en = "Plain" }
deemed_acceptance = false
remedies = { en = "Ask again." }
correction_limit = { count = "5", unit = "working_day" }
correction_answer = { count = "10", unit = "working_day" }
[[calendar]]
year = 2026
days_off = []
work_days = []
[[life_cycle_class]]
id = "living"
audience = "person"
name = { en = "Living" }
order = 1
[[element]]
id = "applicant.name"
name = { en = "Name" }
type = "text"
sensitivity = "public"
topic = "all"
"#;

const BASIS: &str = r#"{ unverified = { en = "Invented" } }"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Choice(usize),
    Number,
    Date,
}

#[derive(Debug, Clone)]
struct Element {
    id: String,
    kind: Kind,
    grouped: bool,
    declines: bool,
    sourced: bool,
}

/// A matter in the making.
struct Maker {
    dice: Dice,
    elements: Vec<Element>,
    /// Least and most members.
    group: Option<(u32, u32)>,
    /// Services that each member has.
    repeated: Vec<usize>,
}

/// Compiles the random matter `m` of that seed; `None` when what came out is refused.
pub(crate) fn matter(seed: u64) -> Option<Catalogue> {
    let text = text(seed);
    let compiled = catalogue::compile(&[SourceFile { name: "random.toml".to_owned(), text }]);
    compiled.catalogue
}

/// The definition file of that seed.
pub(crate) fn text(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let group = (!dice.once_in(3)).then(|| {
        let min = u32::try_from(dice.below(2)).unwrap();
        (min, min + u32::try_from(dice.below(4 - usize::try_from(min).unwrap())).unwrap())
    });
    let group = group.map(|(min, max)| (min, max.max(1)));
    let mut maker = Maker { dice, elements: Vec::new(), group, repeated: Vec::new() };
    maker.choose_elements();
    maker.write()
}

impl Maker {
    fn choose_elements(&mut self) {
        let count = 2 + self.dice.below(3);
        for at in 0..count {
            let kind = match self.dice.below(6) {
                0..=1 => Kind::Bool,
                2 => Kind::Choice(2 + self.dice.below(2)),
                3 => Kind::Choice(2),
                4 => Kind::Number,
                _ => Kind::Date,
            };
            let grouped = self.group.is_some() && self.dice.once_in(3);
            let declines = self.dice.once_in(5);
            let sourced = self.dice.once_in(5);
            let id = format!("{}.e{at}", if grouped { "member" } else { "one" });
            self.elements.push(Element { id, kind, grouped, declines, sourced });
        }
    }

    /// One comparison about an element, called `name` in the condition.
    fn clause(&mut self, element: &Element, name: &str) -> String {
        let dice = &mut self.dice;
        match element.kind {
            Kind::Bool => format!("{name} = {}", dice.once_in(2)),
            Kind::Choice(options) => {
                let operator = *dice.pick(&["=", "!="]);
                if dice.once_in(6) {
                    return format!("{name} in (\"o0\", \"o{}\")", options - 1);
                }
                format!("{name} {operator} \"o{}\"", dice.below(options))
            }
            Kind::Number => {
                let operator = *dice.pick(&["<", "<=", ">", ">=", "="]);
                let limit = 2 + dice.below(2);
                match dice.below(4) {
                    0 => format!("{name} * 2 + 1 {operator} {limit}"),
                    1 => format!("{name} in [1..{limit})"),
                    _ => format!("{name} {operator} {limit}"),
                }
            }
            Kind::Date => {
                let operator = *dice.pick(&["<", ">=", ">"]);
                match dice.below(3) {
                    0 => format!("today() - {name} {operator} duration(\"P30D\")"),
                    1 => format!("{name} + duration(\"P1M\") {operator} today()"),
                    _ => format!("{name} {operator} date(\"2026-01-15\")"),
                }
            }
        }
    }

    /// A random condition; `scoped` = the group's member is in scope.
    fn condition(&mut self, scoped: bool, depth: usize) -> String {
        if depth > 0 && !self.dice.once_in(3) {
            let (left, right) =
                (self.condition(scoped, depth - 1), self.condition(scoped, depth - 1));
            return match self.dice.below(5) {
                0 => format!("not({left})"),
                1 => format!("if {left} then {right} else {}", self.condition(scoped, 0)),
                2 | 3 => format!("({left}) and ({right})"),
                _ => format!("({left}) or ({right})"),
            };
        }
        let element = self.dice.pick(&self.elements).clone();
        if self.group.is_some() && self.dice.once_in(8) {
            return format!(
                "count(member) {} {}",
                self.dice.pick(&[">", "=", "<"]),
                self.dice.below(4)
            );
        }
        if !element.grouped || scoped && !self.dice.once_in(3) {
            let name = element.id.clone();
            return self.clause(&element, &name);
        }
        let local = element.id.clone();
        match self.dice.below(5) {
            0 => {
                let clause = self.clause(&element, &local);
                format!("count(member[{clause}]) {} 1", self.dice.pick(&[">=", "=", "<"]))
            }
            1 => {
                let inner =
                    self.clause(&element, "x.e").replace("x.e", &local.replace("member", "x"));
                format!("every x in member satisfies {inner}")
            }
            2 => {
                let other = self.condition(false, 0);
                let inner =
                    self.clause(&element, "x.e").replace("x.e", &local.replace("member", "x"));
                format!("some x in member satisfies ({inner} and {other})")
            }
            _ => {
                let inner =
                    self.clause(&element, "x.e").replace("x.e", &local.replace("member", "x"));
                format!("some x in member satisfies {inner}")
            }
        }
    }

    fn when(&mut self, key: &str, scoped: bool, chance: usize) -> String {
        if self.dice.once_in(chance) {
            format!("{key} = '{}'\n", self.condition(scoped, 1))
        } else {
            String::new()
        }
    }

    fn write(mut self) -> String {
        let mut text = PRELUDE.to_owned();
        if let Some((min, max)) = self.group {
            let _ = writeln!(
                text,
                "[[group]]\nid = \"member\"\nname = {{ en = \"Member\" }}\nmin = {min}\nmax = {max}"
            );
        }
        self.write_sources(&mut text);
        self.write_elements(&mut text);
        let services = 2 + self.dice.below(2);
        for at in 0..services {
            self.write_service(&mut text, at);
        }
        self.write_matter(&mut text, services);
        text
    }

    fn write_sources(&mut self, text: &mut String) {
        let plain: Vec<Element> =
            self.elements.iter().filter(|it| !it.grouped && !it.sourced).cloned().collect();
        let mut when = String::new();
        if let (false, false) = (plain.is_empty(), self.dice.once_in(3)) {
            let element = self.dice.pick(&plain).clone();
            let clause = self.clause(&element, &element.id);
            when = format!("when = '{clause}'\n");
        }
        let _ = write!(
            text,
            "[[source]]\nid = \"register\"\nname = {{ en = \"Register\" }}\nowner = \"office\"\n\
             sharing = \"unconditional\"\nevidence = [\"paper\"]\n{when}"
        );
        for (id, per) in [("paper", false), ("card", true), ("result", false)] {
            let per = if per && self.group.is_some() { "per = \"member\"\n" } else { "" };
            let _ = write!(
                text,
                "[[evidence_type]]\nid = \"{id}\"\nname = {{ en = \"{id}\" }}\n\
                 formats = [\"pdf\"]\nsize_mib_max = 1\n{per}"
            );
        }
    }

    fn write_elements(&mut self, text: &mut String) {
        for element in &self.elements {
            let _ = write!(
                text,
                "[[element]]\nid = \"{}\"\nname = {{ en = \"{}\" }}\nsensitivity = \"public\"\ntopic = \"all\"\n",
                element.id, element.id
            );
            if element.sourced {
                text.push_str("source = \"register\"\n");
            }
            match element.kind {
                Kind::Bool => text.push_str("type = \"bool\"\n"),
                Kind::Number => text.push_str("type = \"number\"\n"),
                Kind::Date => text.push_str("type = \"date\"\nnot_future = true\n"),
                Kind::Choice(options) => {
                    text.push_str("type = \"choice\"\noptions = [");
                    for option in 0..options {
                        let _ = write!(
                            text,
                            "{{ id = \"o{option}\", name = {{ en = \"{option}\" }} }}, "
                        );
                    }
                    text.push_str("]\n");
                }
            }
        }
    }

    fn write_service(&mut self, text: &mut String, at: usize) {
        let repeated = self.group.is_some() && self.dice.once_in(2);
        let _ = write!(
            text,
            "[[service]]\nid = \"s{at}\"\nname = {{ en = \"S{at}\" }}\nsummary = {{ en = \"S{at}\" }}\n\
             kind = \"01\"\nauthority = \"office\"\nregime = \"plain\"\nvisits = 0\nchannels = [\"online\", \"window\"]\n\
             promised = {{ count = \"3\", unit = \"working_day\", basis = {BASIS} }}\nbasis = {BASIS}\n\
             checklist = [{{ id = \"c{at}\", text = {{ en = \"All\" }} }}]\n"
        );
        if repeated {
            text.push_str("per = \"member\"\n");
            self.repeated.push(at);
        }
        let mut named = Vec::new();
        if at == 0 {
            // Somebody has to give the name.
            text.push_str("[[service.field]]\nelement = \"applicant.name\"\n");
            named.push("applicant.name".to_owned());
        }
        for _ in 0..self.dice.below(3) {
            let element = if self.dice.once_in(3) {
                "applicant.name".to_owned()
            } else {
                self.dice.pick(&self.elements).id.clone()
            };
            if named.contains(&element) {
                continue;
            }
            named.push(element.clone());
            let grouped = element.starts_with("member");
            let when = self.when("when", repeated || grouped, 2);
            let optional = self.dice.once_in(3);
            let soft = self.dice.once_in(3);
            let again = if self.dice.once_in(5) { "ask_again = { en = \"Law\" }\n" } else { "" };
            let _ = write!(
                text,
                "[[service.field]]\nelement = \"{element}\"\n{when}optional = {optional}\nsoft = {soft}\n{again}"
            );
        }
        for _ in 0..self.dice.below(3) {
            let kind = *self.dice.pick(&["paper", "card", "result"]);
            if named.iter().any(|it| it == kind) {
                continue;
            }
            named.push(kind.to_owned());
            let scoped = repeated || kind == "card" && self.group.is_some();
            let when = self.when("when", scoped, 2);
            let ways = *self.dice.pick(&[
                "\"upload\"",
                "\"source\", \"upload\"",
                "\"output\", \"upload\"",
                "\"output\", \"source\", \"licence\"",
                "\"commitment\", \"upload\"",
                "\"deferral\", \"licence\", \"upload\"",
                "\"generated\"",
            ]);
            let committed = self.when("commitment_when", scoped, 3);
            let soft = self.dice.once_in(3);
            let if_produced = self.dice.once_in(8);
            let ways = if if_produced { "\"output\"" } else { ways };
            let _ = write!(
                text,
                "[[service.evidence]]\ntype = \"{kind}\"\n{when}{committed}ways = [{ways}]\nsoft = {soft}\n\
                 if_produced = {if_produced}\nreason = {{ en = \"Because\" }}\n"
            );
        }
        if self.dice.once_in(2) {
            let kind = *self.dice.pick(&["paper", "card", "result"]);
            let _ = write!(
                text,
                "[[service.output]]\nid = \"o{at}\"\nkind = \"facts\"\nname = {{ en = \"O\" }}\nevidence = \"{kind}\"\n"
            );
            if self.dice.once_in(2) {
                text.push_str("elements = [\"applicant.name\"]\n");
            }
        }
        self.write_terms(text, at, repeated);
    }

    /// Eligibility, periods, visits, fees, procedures and signatories.
    fn write_terms(&mut self, text: &mut String, at: usize, repeated: bool) {
        if self.dice.once_in(4) {
            let when = self.when("when", repeated, 1);
            let _ = write!(
                text,
                "[[service.requirement]]\nid = \"r\"\ntext = {{ en = \"R\" }}\n{when}"
            );
        }
        for unit in ["5", "1"] {
            if self.dice.once_in(4) {
                let condition = self.condition(repeated, 0);
                let _ = write!(
                    text,
                    "[[service.promised_when]]\nwhen = '{condition}'\n\
                     period = {{ count = \"{unit}\", unit = \"working_day\", basis = {BASIS} }}\n"
                );
            }
        }
        if self.dice.once_in(4) {
            let condition = self.condition(repeated, 0);
            let _ = write!(
                text,
                "[[service.visit_when]]\nwhen = '{condition}'\ncount = 1\nreason = {{ en = \"V\" }}\n"
            );
        }
        if self.dice.once_in(4) {
            let when = self.when("when", repeated, 2);
            let _ = write!(
                text,
                "[[service.fee]]\nname = {{ en = \"F\" }}\namount = \"1\"\ncurrency = \"CNY\"\n{when}basis = {BASIS}\n"
            );
        }
        if self.dice.once_in(5) {
            let when = self.when("when", repeated, 2);
            let _ = write!(
                text,
                "[[service.special_procedure]]\nid = \"p\"\nkind = \"site_visit\"\nname = {{ en = \"P\" }}\n{when}\
                 period = {{ count = \"1\", unit = \"working_day\", basis = {BASIS} }}\n"
            );
        }
        if self.dice.once_in(3) {
            let when = self.when("when", repeated, 2);
            let _ = write!(
                text,
                "[[service.signatory]]\nname = {{ en = \"N\" }}\nelement = \"applicant.name\"\n{when}"
            );
        }
        if at % 3 != 2 {
            let _ = write!(
                text,
                "[service.baseline]\nsteps = [{{ en = \"A\" }}, {{ en = \"B\" }}]\ndays = \"{at}.5\"\nvisits = 1\nfee = \"{at}\"\n"
            );
        }
    }

    fn write_matter(&mut self, text: &mut String, services: usize) {
        let _ = write!(
            text,
            "[[matter]]\nid = \"m\"\nname = {{ en = \"M\" }}\ntitle = {{ en = \"M\" }}\nsummary = {{ en = \"M\" }}\n\
             audience = {{ en = \"All\" }}\nsearch_words = [\"m\"]\nlife_cycle = \"living\"\nlead = \"office\"\nanchor = \"s0\"\n\
             applicant_name = \"applicant.name\"\nbasis = {BASIS}\n"
        );
        for at in 0..services {
            let repeated = self.repeated.contains(&at);
            let when = self.when("when", repeated, 2);
            let done = self.when("already_done", repeated, 4);
            let out = if when.is_empty() { "" } else { "out_reason = { en = \"Out\" }\n" };
            let reason = if done.is_empty() { "" } else { "done_reason = { en = \"Done\" }\n" };
            let inclusion = if self.dice.once_in(4) { "optional" } else { "required" };
            let _ = write!(
                text,
                "[[matter.service]]\nservice = \"s{at}\"\ninclusion = \"{inclusion}\"\n{when}{out}{done}{reason}"
            );
        }
        let mut questions: Vec<String> = Vec::new();
        for (at, element) in self.elements.clone().iter().enumerate() {
            // What a source tells need not be asked.
            if element.sourced && self.dice.once_in(3) {
                continue;
            }
            let weights = if element.kind == Kind::Bool && self.dice.once_in(2) {
                format!("weights = {{ true = {}, false = {} }}\n", 1 + self.dice.below(9), 1)
            } else {
                String::new()
            };
            questions.push(format!(
                "[[matter.question]]\nid = \"q{at}\"\nelement = \"{}\"\nask = {{ en = \"?\" }}\nwhy = {{ en = \"!\" }}\n\
                 may_decline = {}\n{weights}",
                element.id, element.declines
            ));
        }
        if self.group.is_some() {
            let declines = self.dice.once_in(6);
            questions.push(format!(
                "[[matter.question]]\nid = \"size\"\ncount_of = \"member\"\nask = {{ en = \"?\" }}\nwhy = {{ en = \"!\" }}\n\
                 may_decline = {declines}\n"
            ));
        }
        while !questions.is_empty() {
            let at = self.dice.below(questions.len());
            text.push_str(&questions.remove(at));
        }
    }
}
