//! Tables among the definitions: their files, editions and givers, and what they make of facts.

use std::borrow::Cow;

use vocabulary::{Date, Fact, Facts, MemberId, Origin, Slot, Value};

use super::{GOOD, check_files, compile_files};
use crate::Catalogue;

/// Elements that tables find, one of them for each child, and the tables.
const TABLES: &str = r#"
[[element]]
id = "home.class"
name = { zh = "房屋类别", en = "Class of the home" }
type = "choice"
options = [
    { id = "plain", name = { zh = "一般", en = "Plain" } },
    { id = "fine", name = { zh = "优质", en = "Fine" } },
]
topic = "home"

[[element]]
id = "home.points"
name = { zh = "房屋得分", en = "Points of the home" }
type = "number"
topic = "home"

[[element]]
id = "child.points"
name = { zh = "孩子得分", en = "Points of the child" }
type = "number"
topic = "home"

[[table]]
id = "class"
name = { zh = "类别表", en = "Classes" }
[[table.edition]]
from = "2025-01-01"
file = "tables/class.csv"
[[table.edition]]
from = "2026-01-01"
file = "tables/class.2026.csv"

[[table]]
id = "points"
name = { zh = "得分表", en = "Points" }
hit = "first"
[[table.edition]]
from = "2025-01-01"
file = "tables/points.csv"

[[table]]
id = "child-points"
name = { zh = "孩子得分表", en = "Points of children" }
gaps = "allowed"
[[table.edition]]
from = "2025-01-01"
file = "tables/child.csv"
"#;

const CLASS: &str = "房屋来源,-> home.class\nown,fine\nrent,plain\n";
const CLASS_2026: &str = "home.kind,-> home.class\n-,fine\n";
const POINTS: &str = "home.class,home.kind,-> home.points\nfine,-,10\n-,own,5\n-,-,1\n";
const CHILD: &str = "child.name,home.points,-> child.points\nnot(宝宝),10,7\n宝宝,-,3\n";

/// Reads what the tables find.
fn used() -> String {
    GOOD.replace(
        "service = \"school\"\ninclusion = \"optional\"\nwhen = 'child.name != null'",
        "service = \"school\"\ninclusion = \"optional\"\nwhen = 'child.points > 5 and home.points > 2'",
    )
}

#[track_caller]
fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let good = used();
    let mut files = [
        ("a.toml", good),
        ("b.toml", TABLES.to_owned()),
        ("tables/child.csv", CHILD.to_owned()),
        ("tables/class.2026.csv", CLASS_2026.to_owned()),
        ("tables/class.csv", CLASS.to_owned()),
        ("tables/points.csv", POINTS.to_owned()),
    ];
    for (from, to) in changes {
        let places: usize = files.iter().map(|(_, text)| text.matches(from).count()).sum();
        assert_eq!(places, 1, "`{from}` must stand once");
        for (_, text) in &mut files {
            *text = text.replace(from, to);
        }
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    check_files(&files, expected);
}

fn catalogue() -> Catalogue {
    let compiled = compile_files(&[
        ("a.toml", &used()),
        ("b.toml", TABLES),
        ("tables/child.csv", CHILD),
        ("tables/class.2026.csv", CLASS_2026),
        ("tables/class.csv", CLASS),
        ("tables/points.csv", POINTS),
    ]);
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

#[test]
fn good_tables_have_no_findings() {
    check(&[], &[]);
}

#[test]
fn every_mistake_is_told_where_it_is() {
    check(
        &[("file = \"tables/class.csv\"", "file = \"tables/clas.csv\"")],
        &[
            "b.toml:29:8 error TAB0026 there is no file `tables/clas.csv` | did you mean `tables/class.csv`? names are relative to the folder of the jurisdiction",
            "tables/class.csv:1:1 warning TAB0027 no table names the file `tables/class.csv` | add a `[[table.edition]]` for it, or remove the file",
        ],
    );
    check(
        &[("file = \"tables/points.csv\"", "file = \"tables/points.xlsx\"")],
        &[
            "b.toml:40:8 error TAB0026 `tables/points.xlsx` is neither CSV nor DMN | did you mean `tables/points.csv`? a table's file ends with `.csv` or `.dmn`",
            "tables/points.csv:1:1 warning TAB0027 no table names the file `tables/points.csv` | add a `[[table.edition]]` for it, or remove the file",
        ],
    );
    check(
        &[("from = \"2026-01-01\"", "from = \"2025-01-01\"")],
        &[
            "b.toml:31:8 error TAB0028 table `class` has two editions from 2025-01-01 | each edition begins on a day of its own",
        ],
    );
    check(
        &[("from = \"2026-01-01\"", "from = \"next year\"")],
        &["b.toml:31:8 error CAT0015 `next year` is not a date | write `YYYY-MM-DD`"],
    );
    check(
        &[("home.kind,-> home.class\n-,fine", "home.kind,-> home.points\n-,7")],
        &[
            "b.toml:32:8 error TAB0028 editions of table `class` have different outputs | `tables/class.csv` and `tables/class.2026.csv` give the same elements on every day",
            "b.toml:35:6 error TAB0029 table `points` gives `home.points`, and table `class` does too | what a table gives is computed: keep one giver",
        ],
    );
    check(
        &[(
            "\n[[table]]\nid = \"points\"",
            "\n[[table]]\nid = \"empty\"\nname = { zh = \"空\", en = \"Empty\" }\n\n[[table]]\nid = \"points\"",
        )],
        &[
            "b.toml:35:6 error TAB0028 table `empty` has no edition | add `[[table.edition]]` with `from` and `file`",
        ],
    );
    check(
        &[("hit = \"first\"", "hit = \"collect\"")],
        &[
            "b.toml:35:6 error TAB0024 the policy of table `points` is not whole | a `collect` table names its `aggregate`: `sum`, `min`, `max` or `count`",
        ],
    );
    check(
        &[("hit = \"first\"", "aggregate = \"sum\"")],
        &[
            "b.toml:35:6 error TAB0024 the policy of table `points` is not whole | only `hit = \"collect\"` has an `aggregate`",
            "tables/points.csv:3:1 error TAB0015 rows 2 and 3 both hold when `home.class` is `fine` and `home.kind` is `own` | narrow one of them; `hit = \"first\"` would let the first count",
            "tables/points.csv:4:1 error TAB0015 rows 2 and 4 both hold when `home.class` is `fine` and `home.kind` is `own` | narrow one of them; `hit = \"first\"` would let the first count",
            "tables/points.csv:4:1 error TAB0015 rows 3 and 4 both hold when `home.class` is `plain` and `home.kind` is `own` | narrow one of them; `hit = \"first\"` would let the first count",
        ],
    );
    // What a table gives nobody else gives.
    let given = "b.toml:25:6 error TAB0029 table `class` gives `home.class`, and";
    let advice = "does too | what a table gives is computed: keep one giver";
    check(
        &[(
            "    { id = \"fine\", name = { zh = \"优质\", en = \"Fine\" } },\n]\n",
            "    { id = \"fine\", name = { zh = \"优质\", en = \"Fine\" } },\n]\nsource = \"register\"\n",
        )],
        &[&format!("{} source `register` {advice}", given.replace(":25:", ":26:"))],
    );
    check(
        &[(
            "elements = [\"residence.number\"]",
            "elements = [\"residence.number\", \"home.class\"]",
        )],
        &[&format!("{given} service `residence` {advice}")],
    );
    check(
        &[("element = \"home.kind\"\nask", "element = \"home.class\"\nask")],
        &[
            "a.toml:89:8 error CAT0030 matter `moving` never gets to know `home.kind`, which this condition reads | add a question that binds it, or a source that knows it",
            "a.toml:123:8 error CAT0030 matter `moving` never gets to know `home.kind`, which this condition reads | add a question that binds it, or a source that knows it",
            "a.toml:215:8 error CAT0030 matter `moving` never gets to know `home.kind`, from which a table finds `child.points`, which this condition reads | add a question that binds it, or a source that knows it",
            "a.toml:215:8 error CAT0030 matter `moving` never gets to know `home.kind`, from which a table finds `home.points`, which this condition reads | add a question that binds it, or a source that knows it",
            &format!("{given} question `kind` {advice}"),
        ][..],
    );
    check(
        &[(
            "房屋来源,-> home.class\nown,fine\nrent,plain",
            "home.points,-> home.class\n< 5,fine\n>= 5,plain",
        )],
        &[
            "b.toml:25:6 error TAB0030 tables wait for each other: `class` → `points` → `class` | one of their inputs must come from a question, a source or a service",
        ],
    );
    // A file's own mistakes stand in the file.
    check(&[("rent,plain", "rnt,plain")], &["tables/class.csv:3:1 error CON0017"]);
    check(
        &[("rent,plain\n", "")],
        &[
            "tables/class.csv:1:1 error TAB0013 no row holds when `home.kind` is `rent` | add a row, or write `gaps = \"allowed\"` in the definition if there is no value then",
        ],
    );
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `element` or `element~member`, and its value.
fn shown(facts: &Facts) -> Vec<String> {
    let derived = facts.iter().filter(|(_, fact)| matches!(fact.origin, Origin::Table { .. }));
    derived.map(|(slot, fact)| format!("{slot} {:?}", fact.value.to_string())).collect()
}

fn facts(kind: Option<&str>, children: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::new();
    if let Some(kind) = kind {
        facts.answer(Slot::single("home.kind"), Value::text(kind));
    }
    let members = children.iter().map(|(member, _)| MemberId::from(*member)).collect();
    facts.set_members("child".into(), members);
    for (member, name) in children {
        if !name.is_empty() {
            facts.answer(Slot::of("child.name", MemberId::from(*member)), Value::text(*name));
        }
    }
    facts
}

#[test]
fn values_follow_for_every_member_through_every_table() {
    let catalogue = catalogue();
    assert_eq!(
        catalogue.table_order.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["class", "points", "child-points"]
    );
    /// The kind of home, the children, the day, and what follows.
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);
    let table: &[Case<'_>] = &[
        (None, &[], "2025-06-01", &[]),
        (Some("rent"), &[], "2025-06-01", &["home.class \"plain\"", "home.points \"1\""]),
        (
            Some("own"),
            &[("c1", "小明"), ("c2", "宝宝"), ("c3", "")],
            "2025-06-01",
            &[
                "child.points~c1 \"7\"",
                "child.points~c2 \"3\"",
                "home.class \"fine\"",
                "home.points \"10\"",
            ],
        ),
        // The new edition asks for nothing, and the child's points where they can be known.
        (
            None,
            &[("c1", "小明")],
            "2026-01-01",
            &["child.points~c1 \"7\"", "home.class \"fine\"", "home.points \"10\""],
        ),
        (
            Some("rent"),
            &[("c1", "小明")],
            "2025-12-31",
            &["child.points~c1 \"\"", "home.class \"plain\"", "home.points \"1\""],
        ),
        // Before the first edition nothing follows.
        (Some("own"), &[("c1", "宝宝")], "2024-12-31", &[]),
    ];
    for (kind, children, as_of, expected) in table {
        let facts = facts(*kind, children);
        let derived = catalogue.derive(&facts, day(as_of));
        assert_eq!(shown(&derived), *expected, "{kind:?} {children:?} {as_of}");
        let again = catalogue.derive(&derived, day(as_of));
        assert!(matches!(again, Cow::Borrowed(_)), "what is derived stays as it is");
        let stale = catalogue.derive(&derived, day("2024-12-31"));
        assert_eq!(shown(&stale), [""; 0], "what does not follow any more is gone");
    }
}

#[test]
fn what_somebody_says_does_not_replace_what_follows() {
    let mut facts = facts(Some("rent"), &[]);
    facts.answer(Slot::single("home.class"), Value::text("fine"));
    let derived = catalogue().derive(&facts, day("2025-06-01")).into_owned();
    let fact: &Fact = derived.get(&Slot::single("home.class")).unwrap();
    assert_eq!(fact.value, Value::text("plain"));
    let stored = serde_json::to_string(&derived).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&stored).unwrap(), derived);
}

#[test]
fn waits_for_what_can_still_change_it() {
    let catalogue = catalogue();
    let waits = |element: &str, member: Option<&str>, facts: &Facts| -> Vec<String> {
        let as_of = day("2025-06-01");
        let facts = catalogue.derive(facts, as_of);
        let member = member.map(MemberId::from);
        let element = &catalogue.elements[element];
        let waits = catalogue.waits_for(element, member.as_ref(), &facts, as_of);
        waits.iter().map(ToString::to_string).collect()
    };
    let nothing = facts(None, &[("c1", ""), ("c2", "宝宝")]);
    assert_eq!(waits("home.points", None, &nothing), ["home.kind"]);
    assert_eq!(waits("child.points", Some("c1"), &nothing), ["child.name", "home.kind"]);
    assert_eq!(waits("child.points", Some("c2"), &nothing), [""; 0]);
    assert_eq!(waits("child.points", None, &nothing), ["child.name", "home.kind"]);
    let owned = facts(Some("own"), &[("c1", "")]);
    assert_eq!(waits("child.points", Some("c1"), &owned), ["child.name"]);
    assert_eq!(waits("home.kind", None, &owned), ["home.kind"]);
}

#[test]
fn a_tables_content_makes_revisions() {
    let revisions = |class: &str, child: &str| {
        let files = [
            ("a.toml", used()),
            ("b.toml", TABLES.to_owned()),
            ("tables/child.csv", child.to_owned()),
            ("tables/class.2026.csv", CLASS_2026.to_owned()),
            ("tables/class.csv", class.to_owned()),
            ("tables/points.csv", POINTS.to_owned()),
        ];
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let compiled = compile_files(&files);
        let catalogue = compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
        let of = |id: &str| catalogue.services[id].revision.to_string();
        (catalogue.matters["moving"].revision.to_string(), of("residence"), of("school"))
    };
    let before = revisions(CLASS, CHILD);
    let same =
        "home.kind,-> home.class,# note\n# said otherwise\nrent,plain,first\n\"own\",fine,\n";
    assert_eq!(revisions(same, CHILD), before, "another order, notes and spelling");
    let after = revisions("home.kind,-> home.class\nown,plain\nrent,fine\n", CHILD);
    assert!(
        after.0 != before.0 && after.1 == before.1,
        "the matter reads it, the service does not"
    );
    assert_ne!(revisions(CLASS, &CHILD.replace("10,7", "10.0,8")).0, before.0);
    assert_eq!(revisions(CLASS, &CHILD.replace("10,7", "10.0,7.00")).0, before.0);
}
