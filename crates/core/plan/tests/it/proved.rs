//! What the proof finds in broken definitions, what it counts in good ones, and that people of the covering set
//! get what their tests say.

use std::collections::BTreeSet;
use std::path::Path;

use catalogue::{Catalogue, Matter};
use plan::answers::Circumstances;
use plan::{proved, scenario};
use proof::Proof;
use proof::findings::{CODES, Finding, Severity};
use proof::reductions::Extreme;
use vocabulary::{Date, Lang};

use crate::support::{NATIONAL, SAMPLE, compile};

fn as_of() -> Date {
    Date::constant(2026, 9, 4)
}

fn found(catalogue: &Catalogue, matter: &Matter) -> Vec<Finding> {
    let proof = Proof::of(catalogue, matter, as_of());
    let spreads = proof.reductions(catalogue, matter);
    proof.findings(catalogue, matter, &spreads)
}

fn lines(findings: &[Finding]) -> Vec<String> {
    let en = Lang::new("en");
    let line = |finding: &Finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let case = finding.words.get(&en);
        let case = if case.is_empty() { String::new() } else { format!(" | {case}") };
        let possible = if finding.possible { " (possible)" } else { "" };
        let message = finding.message.get(&en);
        format!("{} {severity} {}: {message}{possible}{case}", finding.code, finding.place())
    };
    findings.iter().map(line).collect()
}

/// A matter without findings: a permit that a shop needs, and a check of its kitchen.
const GOOD: &str = include_str!("proved.toml");

/// What is changed, and everything that is then found.
type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const CASES: &[Case] = &[
    (&[], &[]),
    (
        &[(
            "when = 'shop.kitchen = true'",
            "when = 'shop.kitchen = true and shop.kitchen = false'",
        )],
        &[
            "PRF0001 warning service kitchen-check: no scenario brings in “Kitchen check”",
            "PRF0004 warning question kitchen: whatever is answered to “Is there a kitchen?”, the plan is the same",
        ],
    ),
    (
        &[("when = 'shop.area > 50'", "when = 'shop.area > 50 and shop.area < 40'")],
        &[
            "PRF0002 warning service permit, evidence lease: no scenario asks for Lease for “Permit”",
            "PRF0004 warning question area: whatever is answered to “How large is it?”, the plan is the same",
        ],
    ),
    (
        &[
            (
                "name = { en = \"Kitchen\", zh = \"厨房\" }\n",
                "name = { en = \"Kitchen\", zh = \"厨房\" }\nsource = \"register\"\n",
            ),
            (
                "[[regime]]",
                "[[source]]\nid = \"register\"\nname = { en = \"Register\", zh = \"登记簿\" }\nowner = \"office\"\nsharing = \"unconditional\"\n\n[[regime]]",
            ),
        ],
        &[
            "PRF0003 note question kitchen: “Is there a kitchen?” is never asked: a source always tells the answer; it is asked only when the source is down",
        ],
    ),
    (
        &[(
            "  { id = \"area\", element",
            "  { id = \"kind\", element = \"shop.kind\", ask = { en = \"Which kind?\", zh = \"哪一类？\" }, why = { en = \"On the form\", zh = \"写在表上\" } },\n  { id = \"area\", element",
        )],
        &[
            "PRF0004 warning question kind: whatever is answered to “Which kind?”, the plan is the same",
        ],
    ),
    (
        &[
            (
                "name = { en = \"Kitchen\", zh = \"厨房\" }\n",
                "name = { en = \"Kitchen\", zh = \"厨房\" }\nsource = \"register\"\nsource_when = 'shop.area > 50'\n",
            ),
            (
                "[[regime]]",
                "[[source]]\nid = \"register\"\nname = { en = \"Register\", zh = \"登记簿\" }\nowner = \"office\"\nsharing = \"unconditional\"\n\n[[regime]]",
            ),
            (
                "  { id = \"kitchen\", element = \"shop.kitchen\", ask = { en = \"Is there a kitchen?\", zh = \"有厨房吗？\" }, why = { en = \"It is looked at\", zh = \"要检查\" } },\n",
                "",
            ),
        ],
        &[
            "PRF0005 warning service kitchen-check, when: `shop.kitchen = true` stays undecided even when every question is answered | How large is it: 1",
        ],
    ),
    (
        &[(
            "id = \"kitchen\", element = \"shop.kitchen\",",
            "id = \"kitchen\", element = \"shop.kitchen\", may_decline = true,",
        )],
        &[
            "PRF0005 note service kitchen-check, when: `shop.kitchen = true` stays undecided when somebody does not know; the plan then counts in more | Is there a kitchen: not known",
        ],
    ),
    (
        &[(
            "{ service = \"permit\", inclusion = \"required\" }",
            "{ service = \"permit\", inclusion = \"optional\" }",
        )],
        &[
            "PRF0006 error evidence permit: in this scenario nobody can provide Permit (Kitchen check): no way that is allowed is open | Is there a kitchen: yes; “Permit” is left out",
        ],
    ),
    (
        &[
            (
                "evidence = [{ type = \"lease\"",
                "evidence = [{ type = \"report\", ways = [\"commitment\", \"output\", \"upload\"], commitment_when = 'shop.area <= 100', reason = { en = \"Clean\", zh = \"干净\" } }, { type = \"lease\"",
            ),
            ("\"shop.kind\", \"lease\"]", "\"shop.kind\", \"lease\", \"report\"]"),
        ],
        &[
            "PRF0007 error service kitchen-check: in this scenario services wait for each other: Kitchen check → Permit → Kitchen check | Is there a kitchen: yes; How large is it: 101",
        ],
    ),
    (
        &[(
            "promised = { count = \"5\", unit = \"working_day\" }",
            "statutory_when = [{ when = 'shop.area > 100', period = { count = \"3\", unit = \"working_day\" } }]\npromised = { count = \"5\", unit = \"working_day\" }",
        )],
        &[
            "PRF0008 error service permit: in this scenario “Permit” promises 5 working days, but the law allows 3 working days | How large is it: 101",
        ],
    ),
    (
        &[("\"shop.area\", \"shop.kind\", \"lease\"]", "\"shop.area\"]")],
        &[
            "PRF0009 warning service permit, evidence lease: “Permit” receives Lease, but no line of its checklist looks at it | How large is it: 51",
            "PRF0009 warning service permit, field shop.kind: “Permit” receives Kind, but no line looks at it and no output prints it | in every scenario",
        ],
    ),
    (
        &[(
            "{ element = \"shop.kind\" }]",
            "{ element = \"shop.kind\", when = 'shop.area > 50 and shop.area < 40' }]",
        )],
        &["PRF0010 warning service permit, field shop.kind: no scenario needs Kind for “Permit”"],
    ),
    (
        &[(
            "promised = { count = \"2\", unit = \"working_day\" }\n",
            "promised = { count = \"2\", unit = \"working_day\" }\nvisits = 5\n",
        )],
        &[
            "PRF0011 error matter: in this scenario joining is worse: steps go from 3 to 6 | Is there a kitchen: yes",
            "PRF0011 error matter: in this scenario joining is worse: visits go from 3 to 5 | Is there a kitchen: yes",
        ],
    ),
    (
        &[(
            "promised = { count = \"2\", unit = \"working_day\" }\nchannels = [\"online\", \"window\"]",
            "promised = { count = \"2\", unit = \"working_day\" }\nchannels = [\"online\"]",
        )],
        &[
            "PRF0012 warning matter: in this scenario no offline channel (window, mail, phone) is common to all services | Is there a kitchen: yes",
        ],
    ),
    (
        &[(
            "{ service = \"permit\", inclusion = \"required\" }",
            "{ service = \"permit\", inclusion = \"required\", when = 'shop.kitchen = true' }",
        )],
        &[
            "PRF0013 warning matter: nothing is left to do in this scenario, and nobody says why | Is there a kitchen: no",
        ],
    ),
    (
        &[(
            "question = [",
            "announced = [{ id = \"town\", name = { en = \"The town\", zh = \"镇上\" }, figure = [{ figure = \"materials\", before = \"9\", after = \"1\" }, { figure = \"days\", before = \"13\", difference = { en = \"x\", zh = \"x\" } }] }]\nquestion = [",
        )],
        &[
            "PRF0014 warning announced town, materials: The town announced for materials 9 → 1; here it is 0–2 → 0–1, and nobody says why",
        ],
    ),
];

#[test]
fn every_mistake_is_found_with_somebody_who_meets_it() {
    for (changes, expected) in CASES {
        let mut text = GOOD.to_owned();
        for (from, to) in *changes {
            assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once");
            text = text.replace(from, to);
        }
        let file = catalogue::SourceFile { name: "a.toml".to_owned(), text };
        let catalogue = compile(&[file]);
        let matter = catalogue.matter("shop").unwrap();
        let found = lines(&found(&catalogue, matter));
        assert_eq!(found, *expected, "\nfound:\n{}\n", found.join("\n"));
    }
}

/// Every code has a case here and a page in `docs/codes/`; every page about a proof has a code.
#[test]
fn every_code_has_a_page_and_a_case() {
    let shown: BTreeSet<&str> = CASES
        .iter()
        .flat_map(|(_, expected)| *expected)
        .filter_map(|line| line.split(' ').next())
        .collect();
    let codes: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(shown, codes);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    for (code, title) in CODES {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
        assert!(page.starts_with(&format!("# {code}: {title}\n")), "docs/codes/{code}.md");
        for part in ["## Cause", "## Example", "## Cure"] {
            assert!(page.contains(part), "docs/codes/{code}.md has no `{part}`");
        }
    }
    let pages = std::fs::read_dir(folder).unwrap();
    for page in pages.map(|page| page.unwrap().file_name().into_string().unwrap()) {
        if let Some(code) = page.strip_suffix(".md").filter(|code| code.starts_with("PRF")) {
            assert!(codes.contains(code), "docs/codes/{page} is about no code");
        }
    }
}

/// The figures of the plan of the best and of the worst case are those that were proved of it.
fn the_extremes_are_plans(catalogue: &Catalogue, matter: &Matter, proof: &Proof) {
    let spreads = proof.reductions(catalogue, matter);
    let plan_of = |extreme: &Extreme| {
        Circumstances::of_example(&extreme.example, proof.at()).plan(catalogue, matter).reductions
    };
    let check =
        |extreme: &Extreme, name: &str, figure: &dyn Fn(&plan::Reductions) -> (u32, u32)| {
            if extreme.example.possible {
                return;
            }
            let (before, after) = figure(&plan_of(extreme));
            let (before, after) = (i64::from(before), i64::from(after));
            let of = format!("{} {name}", matter.id);
            assert_eq!(
                (before, after),
                (extreme.before, extreme.after),
                "{of}: {:#?}",
                extreme.example
            );
        };
    let spreads = [
        ("steps", spreads.steps, 0),
        ("materials", spreads.materials, 1),
        ("days", spreads.days, 2),
        ("visits", spreads.visits, 3),
    ];
    for (name, spread, which) in spreads {
        let Some(spread) = spread else { continue };
        let figure = |it: &plan::Reductions| {
            let reduction = [&it.steps, &it.materials, &it.days, &it.visits][which];
            (reduction.before, reduction.after)
        };
        check(&spread.best, name, &figure);
        check(&spread.worst, name, &figure);
        assert!(spread.mean_after <= spread.after.1 * 1_000_000);
        assert!(spread.mean_after >= spread.after.0 * 1_000_000);
        let saving = |it: &Extreme| it.before - it.after;
        assert!(saving(&spread.best) >= saving(&spread.worst));
    }
}

/// Everybody of the covering set gets what the scenario test made of him says, and together they meet every
/// outcome that is proved to be met by somebody.
fn the_covering_set_passes(catalogue: &Catalogue, matter: &Matter, proof: &Proof) -> usize {
    let covered = proved::covering(catalogue, matter, proof);
    for lang in &catalogue.jurisdiction.languages {
        let names: BTreeSet<&str> = covered.iter().map(|it| it.name.get(lang)).collect();
        assert_eq!(names.len(), covered.len(), "{}: two have one name", matter.id);
        for name in names {
            assert!(name.split('·').count() <= 4, "{}: {name} is long", matter.id);
        }
    }
    let text = proved::scenario_file(&covered);
    let scenarios = scenario::parse(&text).unwrap();
    assert_eq!(scenarios.len(), covered.len());
    for written in &scenarios {
        let outcome = scenario::run(catalogue, written);
        assert!(outcome.passed(), "{}: {:#?}", written.id, outcome.differences);
    }
    let met: BTreeSet<usize> = proof.cover().into_iter().flat_map(|it| it.meets).collect();
    assert_eq!(met.len(), proof.outcomes().len());
    covered.len()
}

#[test]
fn what_is_proved_is_what_is_planned() {
    for catalogue in [&*SAMPLE, &*NATIONAL] {
        for matter in catalogue.matters.values() {
            let proof = Proof::of(catalogue, matter, as_of());
            the_extremes_are_plans(catalogue, matter, &proof);
            let people = the_covering_set_passes(catalogue, matter, &proof);
            assert!((1..=120).contains(&people), "{}: {people}", matter.id);
        }
    }
}

#[test]
fn nobody_is_stuck_in_our_own_definitions() {
    for catalogue in [&*SAMPLE, &*NATIONAL] {
        for matter in catalogue.matters.values() {
            let found = found(catalogue, matter);
            let bad: Vec<_> =
                found.into_iter().filter(|it| it.severity != Severity::Note).collect();
            assert!(bad.is_empty(), "{}:\n{}", matter.id, lines(&bad).join("\n"));
        }
    }
}

/// A name says what sets a person apart, in every language, and nothing that all have in common.
#[test]
fn people_are_named_by_what_sets_them_apart() {
    let matter = SAMPLE.matter("open-a-tea-stall").unwrap();
    let covered = proved::covering(&SAMPLE, matter, &Proof::of(&SAMPLE, matter, as_of()));
    let name = |lang: &str| -> Vec<String> {
        covered.iter().map(|it| it.name.get(&Lang::new(lang)).to_owned()).collect()
    };
    let chinese =
        ["住在河湾：否", "帮手数：2", "摆摊位置：室内市场·帮手数：1", "住在河湾·摆摊位置：河边"];
    assert_eq!(name("zh"), chinese);
    let english = [
        "Lives in Riverbend: no",
        "Helper × 2",
        "In the covered market · Helper × 1",
        "Lives in Riverbend · On the riverside",
    ];
    assert_eq!(name("en"), english);
}
