//! What is refused, where, and what is advised.

use std::collections::BTreeSet;

use vocabulary::GroupId;

use super::refused;
use super::world::World;
use crate::{CODES, Condition, NamedElement, Names};

/// Rows of `condition`, and per finding its code, the text it points at and a part of its hint.
type Row = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

const ROWS: &[Row] = &[
    // Signs.
    ("mother.age # 3", &[("CON0001", "#", "operators")]),
    ("mother.age == 3", &[("CON0001", "==", "`=`")]),
    ("mother.age <> 3", &[("CON0001", "<>", "`!=`")]),
    ("mother.age => 3", &[("CON0001", "=>", "`>=`")]),
    ("mother.married && mother.insured", &[("CON0001", "&&", "`and`")]),
    ("mother.married || mother.insured", &[("CON0001", "||", "`or`")]),
    ("!(mother.married)", &[("CON0001", "!", "`not(…)`")]),
    ("mother.wedding_date = @\"2026-01-01\"", &[("CON0001", "@", "date(")]),
    ("mother.age ＝ 3", &[("CON0002", "＝", "write `=`")]),
    ("mother.age≥18", &[("CON0002", "≥", "write `>=`")]),
    ("年龄＞１８", &[("CON0002", "＞", "`>`"), ("CON0002", "１８", "`18`")]),
    ("（已婚）", &[("CON0002", "（", "`(`"), ("CON0002", "）", "`)`")]),
    ("户籍地 = “local”", &[("CON0002", "“local”", "write `\"local\"`")]),
    ("户籍地 = 'local'", &[("CON0002", "'local'", "write `\"local\"`")]),
    ("mother.age in （1，2)", &[("CON0002", "（", "`(`"), ("CON0002", "，", "`,`")]),
    ("户籍地 = \"local", &[("CON0003", "\"local", "at its end")]),
    ("户籍地 = \"lo\\cal\"", &[("CON0003", "\\c", "backslash")]),
    (
        "`家庭 收入 = 1",
        &[("CON0003", "`家庭 收入 = 1", "back-tick"), ("CON0010", "`家庭 收入 = 1", "")],
    ),
    ("mother.age > 18岁", &[("CON0004", "18岁", "`18`")]),
    ("mother.age > 1e5", &[("CON0004", "1e5", "`1`")]),
    (
        "mother.age > 0.12345678901234567890123456789012",
        &[("CON0004", "0.12345678901234567890123456789012", "28")],
    ),
    // Grammar.
    ("", &[("CON0008", "", "`true`")]),
    ("  ", &[("CON0008", "  ", "`true`")]),
    ("mother.married and", &[("CON0007", "", "")]),
    ("mother.married mother.insured", &[("CON0007", "mother.insured", "`and`")]),
    ("(mother.married", &[("CON0007", "", "")]),
    ("mother.married)", &[("CON0007", ")", "")]),
    ("not mother.married", &[("CON0007", "mother.married", "`not(…)`")]),
    ("mother.age not in (1, 2)", &[("CON0007", "not", "not(…)")]),
    ("if mother.married then mother.insured", &[("CON0007", "", "")]),
    ("some child satisfies true", &[("CON0007", "satisfies", "")]),
    ("some x in child x.alive", &[("CON0007", "x.alive", "")]),
    (
        "some x.y in child satisfies true",
        &[("CON0007", "some x.y in child satisfies true", "without a dot")],
    ),
    ("mother.age in 5", &[("CON0007", "5", "[a..b]")]),
    ("mother.age between 1 or 5", &[("CON0007", "or", "")]),
    ("`` = 1", &[("CON0007", "``", "")]),
    ("1 < mother.age < 5", &[("CON0009", "<", "in [1..5]")]),
    (
        "mother.age = = 1 and mother.agee = 2",
        &[("CON0007", "=", ""), ("CON0010", "mother.agee", "mother.age")],
    ),
    // Names.
    ("mother.maried", &[("CON0010", "mother.maried", "`mother.married`")]),
    ("married", &[("CON0010", "married", "`mother.married`")]),
    ("户籍 = \"local\"", &[("CON0010", "户籍", "`户籍地`")]),
    ("已婚and 参保", &[("CON0010", "已婚and", "`已婚 and`"), ("CON0007", "参保", "`and`")]),
    ("today = date(\"2026-01-01\")", &[("CON0010", "today", "`today()`")]),
    ("zebra", &[("CON0010", "zebra", "")]),
    ("some x in child satisfies x.sexx = \"male\"", &[("CON0010", "x.sexx", "`x.sex`")]),
    ("some x in child satisfies x.share = 1", &[("CON0010", "x.share", "")]),
    ("child.alive", &[("CON0011", "child.alive", "some x in child satisfies x.alive")]),
    ("some x in child satisfies child.alive", &[("CON0011", "child.alive", "`x.alive`")]),
    (
        "some x in child satisfies shareholder.local",
        &[("CON0011", "shareholder.local", "x in shareholder")],
    ),
    ("child = 2", &[("CON0012", "child", "`count(child)`")]),
    ("some x in child satisfies x", &[("CON0012", "x", "x.")]),
    ("some x in chlid satisfies x.alive", &[("CON0021", "chlid", "`child`")]),
    ("count(mother.age) = 1", &[("CON0021", "mother.age", "")]),
    ("cuont(child) = 1", &[("CON0013", "cuont", "`count`")]),
    ("zebra(mother.age) = 1", &[("CON0013", "zebra", "`today`")]),
    ("round(mother.age, 2) = 1", &[("CON0013", "round", "`round half up(x, 2)`")]),
    ("string lenght(mother.name) = 1", &[("CON0013", "string lenght", "`string length`")]),
    ("count(1) = 1", &[("CON0023", "count(1)", "")]),
    ("today(1) = today()", &[("CON0023", "today(1)", "")]),
    ("date(2026, 1) = today()", &[("CON0023", "date(2026, 1)", "`date(year, month, day)`")]),
    ("date(2026, 2, 30) = today()", &[("CON0020", "date(2026, 2, 30)", "")]),
    ("abs(mother.name) = 1", &[("CON0023", "mother.name", "`abs(n)`")]),
    ("abs() = 1", &[("CON0023", "abs()", "`abs(n)`")]),
    ("round half up(mother.age) = 1", &[("CON0023", "round half up(mother.age)", "places")]),
    (
        "sum(mother.age, mother.wedding_date) = 1",
        &[("CON0023", "sum(mother.age, mother.wedding_date)", "sum(a, b)")],
    ),
    ("sum(child.birth_date) = 1", &[("CON0023", "sum(child.birth_date)", "")]),
    ("list contains(1, mother.age)", &[("CON0023", "list contains(1, mother.age)", "")]),
    ("list contains([], mother.age)", &[("CON0019", "list contains([], mother.age)", "")]),
    (
        "list contains(child.sex, mother.age)",
        &[("CON0014", "list contains(child.sex, mother.age)", "")],
    ),
    ("list contains(child.sex, \"boy\")", &[("CON0017", "\"boy\"", "male")]),
    ("list contains([\"red\", \"green\"], mother.colour)", &[("CON0017", "\"green\"", "red")]),
    ("matches(mother.name, mother.kin)", &[("CON0025", "mother.kin", "[0-9]")]),
    ("matches(mother.name, \"(\")", &[("CON0025", "\"(\"", "brackets")]),
    (
        "matches(mother.name, \"(a{1000}){1000}\")",
        &[("CON0025", "\"(a{1000}){1000}\"", "thousands")],
    ),
    ("matches(mother.name, \"(?<=a)b\")", &[("CON0025", "\"(?<=a)b\"", "ahead")]),
    ("mother.wedding_date.yeer = 1", &[("CON0026", "yeer", "`.year`, `.month`")]),
    ("mother.age.year = 1", &[("CON0026", "year", "")]),
    ("(today() - mother.wedding_date).months = 1", &[("CON0026", "months", "`.days`")]),
    ("mother.age = [1, 2]", &[("CON0027", "[1, 2]", "in [a, b]")]),
    ("child[alive] = 1", &[("CON0027", "child[alive]", "count(…)")]),
    ("child[alive].sex = \"male\"", &[("CON0027", "child[alive].sex", "count(…)")]),
    ("sum(child[alive]) = 1", &[("CON0027", "child[alive]", "child[alive].age")]),
    ("mother.age ** 0.5 = 1", &[("CON0028", "mother.age ** 0.5", "100")]),
    ("2 ** mother.age = 1", &[("CON0028", "2 ** mother.age", "whole")]),
    ("count(child[aliv]) = 1", &[("CON0010", "aliv", "child.alive")]),
    ("count(child[alive) = 1", &[("CON0007", ")", "")]),
    ("[1..3] = mother.age", &[("CON0007", "..", "after `in`")]),
    ("mother.age + \"a\" = 1", &[("CON0015", "mother.age + \"a\"", "")]),
    ("duration(\"P1D\") / 2 = duration(\"P1D\")", &[("CON0020", "duration(\"P1D\") / 2", "")]),
    // Types.
    ("mother.age = \"30\"", &[("CON0014", "mother.age = \"30\"", "write `30`")]),
    ("mother.married = \"true\"", &[("CON0014", "mother.married = \"true\"", "write `true`")]),
    (
        "mother.wedding_date > \"2026-01-01\"",
        &[("CON0014", "mother.wedding_date > \"2026-01-01\"", "`date(\"2026-01-01\")`")],
    ),
    (
        "duration(\"P1M\") < duration(\"P30D\")",
        &[("CON0014", "duration(\"P1M\") < duration(\"P30D\")", "fixed number")],
    ),
    ("mother.colour = mother.residence", &[("CON0014", "mother.colour = mother.residence", "")]),
    (
        "mother.age = (if mother.married then 1 else \"a\")",
        &[("CON0014", "1 else \"a\"", "same type")],
    ),
    ("mother.residence < \"local\"", &[("CON0015", "mother.residence < \"local\"", "in (…)")]),
    ("mother.residence in [\"a\"..\"b\"]", &[("CON0015", "\"a\"", ""), ("CON0015", "\"b\"", "")]),
    ("mother.married > true", &[("CON0015", "mother.married > true", "order")]),
    ("mother.age + mother.name = 1", &[("CON0015", "mother.age + mother.name", "")]),
    ("mother.wedding_date + 30 > today()", &[("CON0015", "mother.wedding_date + 30", "P30D")]),
    ("-mother.name = 1", &[("CON0015", "-mother.name", "")]),
    ("mother.age * null = 1", &[("CON0015", "mother.age * null", "")]),
    ("mother.list = null", &[("CON0015", "mother.list", "")]),
    ("mother.age", &[("CON0016", "mother.age", "mother.age = …")]),
    ("mother.married and null", &[("CON0016", "null", "")]),
    ("not(mother.name) or 3", &[("CON0016", "(mother.name)", ""), ("CON0016", "3", "")]),
    ("mother.residence = \"locla\"", &[("CON0017", "\"locla\"", "did you mean `\"local\"`?")]),
    ("\"x\" = mother.residence", &[("CON0017", "\"x\"", "\"elsewhere\"")]),
    ("mother.residence in (\"local\", \"mars\")", &[("CON0017", "\"mars\"", "options")]),
    (
        "mother.residence = (if mother.married then \"local\" else \"mars\")",
        &[("CON0017", "(if mother.married then \"local\" else \"mars\")", "")],
    ),
    (
        "mother.wedding_date = date(\"2026-02-30\")",
        &[("CON0018", "date(\"2026-02-30\")", "2026-01-31")],
    ),
    ("mother.wedding_date = date(\"1 May\")", &[("CON0018", "date(\"1 May\")", "2026-01-31")]),
    ("today() - duration(\"P1M2D\") < today()", &[("CON0018", "duration(\"P1M2D\")", "not both")]),
    ("today() - duration(\"PT5H\") < today()", &[("CON0018", "duration(\"PT5H\")", "P30D")]),
    ("mother.age in [5..1]", &[("CON0019", "5..1", "lower end")]),
    ("mother.age in (5..5)", &[("CON0019", "5..5", "lower end")]),
    ("mother.age in []", &[("CON0019", "mother.age in []", "in (\"a\"")]),
    ("mother.age / 0 > 1", &[("CON0020", "mother.age / 0", "")]),
    (
        "79228162514264337593543950335 * 2 > 1",
        &[("CON0020", "79228162514264337593543950335 * 2", "")],
    ),
    (
        "date(\"9999-12-31\") + duration(\"P1D\") > today()",
        &[("CON0020", "date(\"9999-12-31\") + duration(\"P1D\")", "")],
    ),
    ("mother.age < null", &[("CON0022", "null", "`= null`")]),
    // Several in one text.
    (
        "mother.agee > 1 and child.alive or mother.residence = \"mars\" and (mother.age + ) > 3",
        &[
            ("CON0010", "mother.agee", "mother.age"),
            ("CON0011", "child.alive", "some x"),
            ("CON0017", "\"mars\"", ""),
            ("CON0007", ")", ""),
        ],
    ),
    ("mother.age 5 and zebra", &[("CON0007", "5", "`and`"), ("CON0010", "zebra", "")]),
];

#[test]
fn findings_point_and_advise() {
    let mut wrong = Vec::new();
    for (source, expected) in ROWS {
        let found = refused(source);
        let shown: Vec<_> = found
            .iter()
            .map(|finding| {
                (finding.code, source.get(finding.span.start..finding.span.end).unwrap())
            })
            .collect();
        let wanted: Vec<_> = expected.iter().map(|(code, at, _)| (*code, *at)).collect();
        let advised = found.iter().zip(*expected).all(|(finding, (_, _, advice))| {
            finding.hint.as_deref().unwrap_or_default().contains(advice)
        });
        if shown != wanted || !advised {
            wrong.push(format!("{source}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nesting_and_length_are_limited() {
    let deep = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(3000), close.repeat(3000))
    };
    for source in [
        deep("(", "mother.married", ")"),
        deep("not(", "mother.married", ""),
        deep("-", "1", ""),
        deep("1+", "1", ""),
        deep("if ", "true", ""),
        deep("f(", "", ""),
        format!("{}true", "some x in child satisfies ".repeat(500)),
        format!("mother.age in {}", "(".repeat(3000)),
        format!("{}true", "some x in child satisfies ".repeat(4)),
        format!("{}alive{}", "child[".repeat(1000), "]".repeat(1000)),
        deep("[", "1", "]"),
        "count(child[count(child[count(child[count(child[alive]) > 0]) > 0]) > 0]) > 0".to_owned(),
        format!("{}1{}", "2 ** (".repeat(900), ")".repeat(900)),
    ] {
        let found = refused(&source);
        assert!(found.iter().any(|finding| finding.code == "CON0005"), "{source:.99}: {found:?}");
    }
    let long = format!("true{}", " ".repeat(20_000));
    assert_eq!(refused(&long).first().map(|finding| finding.code), Some("CON0006"));
    for whole in [" ".repeat(10_000_000), "(".repeat(10_000_000), "且".repeat(3_000_000)] {
        assert_eq!(refused(&whole).len(), 1);
    }
    // A long row is not deep.
    let row = format!("mother.married{}", " and mother.insured".repeat(800));
    assert_eq!(refused(&row), []);
}

#[test]
fn scope_admits_its_own_group_only() {
    let child = GroupId::new("child");
    let compile = |source| Condition::compile(source, &World, Some(&child));
    assert!(compile("child.alive and 出生日期 < today()").is_ok());
    let found = compile("shareholder.local").unwrap_err();
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["CON0011"]);
}

/// Names without a calendar.
struct Timeless;

impl Names for Timeless {
    fn element(&self, name: &str) -> Option<NamedElement> {
        World.element(name)
    }

    fn group(&self, name: &str) -> Option<GroupId> {
        World.group(name)
    }

    fn all(&self) -> Vec<String> {
        World.all()
    }
}

#[test]
fn working_days_need_a_calendar() {
    let source = "add working days(today(), 1) > today()";
    let found = Condition::compile(source, &Timeless, None).unwrap_err();
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["CON0024"]);
    assert!(found[0].hint.as_deref().unwrap_or_default().contains("[[calendar]]"));
    assert!(Condition::compile(source, &World, None).is_ok());
}

/// The pages of the codes in the handbook: what each shows as wrong is wrong so, and its cure is right.
#[test]
fn pages_show_what_they_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/codes");
    let mut wrong = Vec::new();
    for (code, _) in CODES {
        let page = std::fs::read_to_string(format!("{folder}/{code}.md")).unwrap();
        let blocks: Vec<&str> = page
            .split("```text\n")
            .skip(1)
            .map(|rest| rest.split("\n```").next().unwrap_or_default())
            .map(|block| {
                block.strip_prefix("when = '").map_or(block, |it| it.trim_end_matches('\''))
            })
            .collect();
        let [example, cure] = blocks[..] else {
            wrong.push(format!("{code}: {} blocks instead of two", blocks.len()));
            continue;
        };
        // What is too deep or too long is shortened on its page.
        let shortened = example.contains('…');
        let names: &dyn Names = if *code == "CON0024" { &Timeless } else { &World };
        let found = Condition::compile(example, names, None).err().unwrap_or_default();
        if !shortened && !found.iter().any(|finding| finding.code == *code) {
            wrong.push(format!("{code}: the example gives {found:?}"));
        }
        if let Err(found) = Condition::compile(cure, &Timeless, None) {
            wrong.push(format!("{code}: the cure gives {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the page of the language shows can be written so.
#[test]
fn the_page_of_the_language_is_right() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/language.md");
    let page = std::fs::read_to_string(path).unwrap();
    let section = |title: &str| {
        let rest = page.split_once(&format!("\n## {title}\n")).unwrap().1;
        rest.split("\n## ").next().unwrap()
    };
    let mut shown: Vec<&str> = Vec::new();
    for block in page.split("```text\n").skip(1) {
        shown.extend(block.split("\n```").next().unwrap().lines());
    }
    for title in ["Comparing and joining", "Several of them: groups"] {
        let rows = section(title).lines().filter(|line| line.starts_with("| "));
        // The first piece of code of each cell but the first.
        let cells = rows.flat_map(|row| row.trim_matches('|').split(" | ").skip(1));
        shown.extend(cells.filter_map(|cell| cell.split('`').nth(1)));
    }
    assert!(shown.len() > 35, "{shown:?}");
    let wrong: Vec<_> = shown
        .iter()
        .map(|source| (source, refused(source)))
        .filter(|it| !it.1.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (name, _) in crate::functions::FUNCTIONS {
        assert!(page.contains(name), "`{name}` is not explained");
    }
}

#[test]
fn every_code_is_met_by_a_row() {
    let mut met: BTreeSet<&str> =
        ROWS.iter().flat_map(|(_, expected)| expected.iter().map(|(code, ..)| *code)).collect();
    // Met by `nesting_and_length_are_limited`.
    met.extend(["CON0005", "CON0006"]);
    // Met by `working_days_need_a_calendar`.
    met.insert("CON0024");
    let declared: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(met, declared);
    assert_eq!(declared.len(), CODES.len());
}
