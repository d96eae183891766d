//! What is said about two catalogues.

use super::{GOOD, changed, compile_files};
use crate::Catalogue;
use crate::diff::{Asks, Diff, How, diff};

fn catalogue(text: &str) -> Catalogue {
    let compiled = compile_files(&[("good.toml", text)]);
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// One line per difference: item, what, which, and what it asks of people.
fn lines(diff: &Diff) -> Vec<String> {
    let mut lines = Vec::new();
    for item in &diff.items {
        let of = format!("{:?} {}", item.kind, item.id);
        if item.how != How::Changed {
            lines.push(format!("{of}: {:?}", item.how));
            continue;
        }
        for change in &item.changes {
            let id = change.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
            let asks = change.asks;
            lines.push(format!("{of}: {:?} {:?}{id}: {asks:?}", change.how, change.what));
        }
        if item.texts > 0 {
            lines.push(format!("{of}: {} texts", item.texts));
        }
    }
    lines
}

#[expect(clippy::too_many_lines, reason = "a table is read from top to bottom")]
#[test]
fn each_difference_has_its_line_and_its_opposite() {
    // change, and what is said about it
    let table: &[(&str, &str, &[&str])] = &[
        ("zh = \"登记新住址\"", "zh = \"登记您的新住址\"", &["Service residence: 1 texts"]),
        (
            "ways = [\"source\", \"upload\"]",
            "ways = [\"upload\"]",
            &["Service residence: Changed Ways identity: More"],
        ),
        (
            "ways = [\"deferral\", \"upload\"]",
            "ways = [\"upload\"]",
            &["Service school: Changed Ways school-record: More"],
        ),
        (
            "when = '房屋来源 = \"rent\"'\n",
            "",
            &["Service residence: Changed EvidenceWhen lease: More"],
        ),
        (
            "when = '房屋来源 = \"rent\"'\n",
            "when = '房屋来源 = \"own\"'\n",
            &["Service residence: Changed EvidenceWhen lease: Depends"],
        ),
        (
            "[[service.field]]\nelement = \"child.name\"",
            "[[service.field]]\nelement = \"child.name\"\n[[service.field]]\nelement = \"home.address\"",
            &["Service school: Added Field home.address: More"],
        ),
        (
            "element = \"home.address\"",
            "element = \"home.address\"\noptional = true",
            &["Service residence: Changed FieldOptional home.address: Less"],
        ),
        (
            "promised = { count = \"3\"",
            "promised = { count = \"4\"",
            &["Service residence: Changed Promised: More"],
        ),
        (
            "promised = { unit = \"immediate\" }",
            "promised = { count = \"1\", unit = \"calendar_day\" }",
            &["Service school: Changed Promised: More"],
        ),
        (
            "channels = [\"online\", \"window\"]",
            "channels = [\"online\", \"window\"]\nvisits = 1",
            &["Service residence: Changed Visits: More"],
        ),
        ("amount = \"20.00\"", "amount = \"21\"", &["Service residence: Changed Fee: More"]),
        ("amount = \"20.00\"", "amount = \"20\"", &[]),
        (
            "channels = [\"online\", \"window\"]",
            "channels = [\"online\"]",
            &["Service residence: Changed Channel: More"],
        ),
        (
            "[service.baseline]",
            "[[service.signatory]]\nname = { zh = \"本人\", en = \"You\" }\nelement = \"applicant.name\"\n\n[service.baseline]",
            &[
                "Service residence: Added Signatory applicant.name: More",
                "Service residence: 2 texts",
            ],
        ),
        (
            "[service.baseline]",
            "[[service.requirement]]\nid = \"lives\"\ntext = { zh = \"住在这里\", en = \"Lives here\" }\nwhen = 'home.kind = \"own\"'\n\n[service.baseline]",
            &["Service residence: Added Requirement lives: More", "Service residence: 2 texts"],
        ),
        (
            "inclusion = \"optional\"",
            "inclusion = \"required\"",
            &["Matter moving: Changed ServiceOptional school: More"],
        ),
        (
            "when = 'child.name != null'\n",
            "",
            &["Matter moving: Changed ServiceWhen school: Depends"],
        ),
        (
            "id = \"permit\"\nkind = \"licence\"",
            "id = \"card\"\nkind = \"licence\"",
            &[
                "Service residence: Added Output card: Same",
                "Service residence: Removed Output permit: Same",
            ],
        ),
        ("source = \"register\"\n", "", &["Element applicant.name: Removed SourceOf: More"]),
        (
            "id = \"lease\"\n",
            "id = \"lease\"\nsize_mib_max = 3\n",
            &["EvidenceType lease: Changed Size: More"],
        ),
        ("max = 5", "max = 6", &["Group child: Changed Members: Depends"]),
        (
            "correction_answer = { count = \"30\"",
            "correction_answer = { count = \"20\"",
            &["Regime ordinary: Changed CorrectionAnswer: More"],
        ),
        ("\"2025-09-28\", ", "", &["Calendar calendar: Changed Other: Depends"]),
        (
            "order = 1\n\n[[element]]",
            "order = 2\n\n[[element]]",
            &["Topic home: Changed Other: Depends"],
        ),
        (
            "[[guide]]\nid = \"retiring\"",
            "[[guide]]\nid = \"burying\"\nname = { zh = \"身后\", en = \"After death\" }\nlife_cycle = \"housing\"\nservices = []\n[[guide]]\nid = \"retiring\"",
            &["Guide burying: Added"],
        ),
    ];
    let before = catalogue(GOOD);
    for (from, to, expected) in table {
        let after = catalogue(&changed(&[(from, to)]));
        let there = diff(&before, &after);
        assert_eq!(lines(&there), *expected, "`{from}` → `{to}`");
        assert_eq!(there.is_empty(), expected.is_empty());
        let back = diff(&after, &before);
        assert_eq!(back.items.len(), there.items.len(), "`{to}` → `{from}`");
        let asks = |diff: &Diff| -> Vec<Asks> {
            diff.items.iter().flat_map(|item| &item.changes).map(|it| it.asks).collect()
        };
        let mut reversed: Vec<Asks> = asks(&there).into_iter().map(Asks::reversed).collect();
        let mut found = asks(&back);
        reversed.sort_by_key(|asks| format!("{asks:?}"));
        found.sort_by_key(|asks| format!("{asks:?}"));
        assert_eq!(found, reversed, "`{to}` → `{from}`");
    }
}

#[test]
fn what_asks_more_of_somebody_is_flagged() {
    let before = catalogue(GOOD);
    let after =
        catalogue(&changed(&[("promised = { count = \"3\"", "promised = { count = \"4\"")]));
    assert!(diff(&before, &after).asks_more());
    assert!(!diff(&after, &before).asks_more());
    let same = diff(&before, &before);
    assert!(same.is_empty() && !same.asks_more());
}

#[test]
fn new_and_gone_matters_and_services_are_told() {
    let without = GOOD.split("[[matter.service]]\nservice = \"school\"").next().unwrap();
    let text = format!(
        "{without}\n[[matter.question]]{}",
        GOOD.split("[[matter.question]]").nth(1).unwrap()
    );
    let after = catalogue(&text);
    let told = lines(&diff(&catalogue(GOOD), &after));
    assert!(
        told.contains(&"Matter moving: Removed Service school: Depends".to_owned()),
        "{told:#?}"
    );
    assert!(
        told.contains(&"Matter moving: Removed Question children: Less".to_owned()),
        "{told:#?}"
    );
}
