//! The definitions that the tests live on, and the funnel of the stories.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use catalogue::{Catalogue, SourceFile};
use plan::answers::AnswersAsWritten;
use plan::{EvidenceGroup, FieldState, OutKind, Plan, TakenWay};

/// Its decision table, in both editions.
const CLASS_2020: &str =
    include_str!("../../../../../definitions/sample/tables/stall-class.2020.csv");
const CLASS_2026: &str =
    include_str!("../../../../../definitions/sample/tables/stall-class.2026.dmn");

/// The invented jurisdiction.
pub(crate) static SAMPLE: LazyLock<Catalogue> = LazyLock::new(|| {
    compile(&[
        file("base.toml", include_str!("../../../../../definitions/sample/base.toml")),
        file("matters.toml", include_str!("../../../../../definitions/sample/matters.toml")),
        file("services.toml", include_str!("../../../../../definitions/sample/services.toml")),
        file("tables/stall-class.2020.csv", CLASS_2020),
        file("tables/stall-class.2026.dmn", CLASS_2026),
    ])
});

/// The real one.
pub(crate) static NATIONAL: LazyLock<Catalogue> = LazyLock::new(|| {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national");
    let mut paths = Vec::new();
    list(Path::new(root), &mut paths);
    paths.sort();
    let read =
        |path: &PathBuf| file(&path.display().to_string(), &std::fs::read_to_string(path).unwrap());
    compile(&paths.iter().map(read).collect::<Vec<_>>())
});

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("scenarios") {
            list(&path, paths);
        } else if path
            .extension()
            .is_some_and(|it| ["toml", "csv", "dmn"].iter().any(|known| it == *known))
        {
            paths.push(path);
        }
    }
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

pub(crate) fn compile(files: &[SourceFile]) -> Catalogue {
    let compiled = catalogue::compile(files);
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// The sample with some of its text replaced, each `from` standing in it exactly once.
pub(crate) fn changed_sample(changes: &[(&str, &str)]) -> Catalogue {
    let mut services = include_str!("../../../../../definitions/sample/services.toml").to_owned();
    for (from, to) in changes {
        assert_eq!(services.matches(from).count(), 1, "`{from}` must stand once");
        services = services.replace(from, to);
    }
    compile(&[
        file("base.toml", include_str!("../../../../../definitions/sample/base.toml")),
        file("matters.toml", include_str!("../../../../../definitions/sample/matters.toml")),
        file("services.toml", &services),
        file("tables/stall-class.2020.csv", CLASS_2020),
        file("tables/stall-class.2026.dmn", CLASS_2026),
    ])
}

/// The plan that follows from an answers file.
#[track_caller]
pub(crate) fn plan_of(catalogue: &Catalogue, matter: &str, answers: &str) -> Plan {
    let matter = catalogue.matter(matter).unwrap();
    let written = AnswersAsWritten::parse(answers).unwrap();
    let circumstances = written.resolve(catalogue, matter, None).unwrap();
    circumstances.plan(catalogue, matter)
}

/// The funnel: an answers file for the tea stall, and the plan in a few lines.
#[track_caller]
pub(crate) fn check(answers: &str, expected: &str) {
    let text = brief(&plan_of(&SAMPLE, "open-a-tea-stall", answers));
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found, expected, "\nfound:\n{text}");
}

fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// What a story looks at, a line each; what is empty is left out.
fn brief(plan: &Plan) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    services(plan, &mut lines);
    evidence(plan, &mut lines);
    form(plan, &mut lines);
    order(plan, &mut lines);
    procedures(plan, &mut lines);
    savings(plan, &mut lines);
    lines.push(("open", joined(&plan.undecided)));
    lines.push(("open groups", joined(&plan.undecided_groups)));
    lines.retain(|(_, items)| !items.is_empty());
    lines.into_iter().map(|(name, items)| format!("{name}: {items}\n")).collect()
}

fn services(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    let critical = |critical| if critical { "*" } else { "" };
    lines.push((
        "in",
        joined(plan.services.iter().map(|it| {
            let mark = critical(it.critical);
            format!("{} {}–{}{mark}", it.node, it.starts, it.ends)
        })),
    ));
    lines.push((
        "out",
        joined(plan.left_out.iter().map(|out| {
            let kind = match out.kind {
                OutKind::NotApplicable => "not applicable",
                OutKind::AlreadyDone => "done",
                OutKind::NotEligible => "not eligible",
                OutKind::Skipped => "skipped",
                OutKind::Later => "later",
            };
            format!("{} {kind}", out.node)
        })),
    ));
}

fn evidence(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    for (name, group) in [
        ("fetched", EvidenceGroup::WeFetch),
        ("given", EvidenceGroup::YouGave),
        ("bring", EvidenceGroup::YouBring),
        ("produced", EvidenceGroup::Produced),
    ] {
        let pieces = plan.evidence.iter().filter(|piece| piece.group == group);
        let pieces = pieces.map(|piece| {
            let way = match &piece.way {
                TakenWay::Source { source } => source.to_string(),
                TakenWay::Output { node, output } => format!("{node}/{output}"),
                other => format!("{other:?}").to_lowercase(),
            };
            format!("{} {way}", piece.key)
        });
        lines.push((name, joined(pieces)));
    }
}

fn form(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    let fields = |wanted: fn(&FieldState) -> bool| {
        let fields = plan.form.iter().flat_map(|topic| &topic.fields);
        let fields = fields.filter(|field| wanted(&field.state));
        joined(fields.map(|field| match &field.only_for {
            None => field.slot.to_string(),
            Some(node) => format!("{} again for {node}", field.slot),
        }))
    };
    lines.push(("fill in", fields(|it| matches!(it, FieldState::Missing))));
    lines.push(("unavailable", fields(|it| matches!(it, FieldState::Unavailable { .. }))));
    lines.push(("confirm", fields(|it| matches!(it, FieldState::Fetched { .. }))));
    lines.push(("from outputs", fields(|it| matches!(it, FieldState::FromOutput { .. }))));
}

fn order(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    let edges = plan.edges.iter().map(|edge| {
        let arrow = if edge.hard { "->" } else { "~>" };
        format!("{} -{}{arrow} {}", edge.from, edge.output, edge.to)
    });
    lines.push(("edges", joined(edges)));
    let joint = &plan.joint;
    lines.push(("joint", format!("{} on {}", joint.promised, joint.promised_on)));
    let more = joint.procedures_may_add.iter();
    lines
        .push(("procedures may add", joined(more.map(|it| format!("{} on {}", it.halves, it.on)))));
    lines.push(("may add", joined(&joint.may_add)));
    let signatories = plan.signatories.iter();
    let signed = signatories.map(|it| format!("{} for {}", it.slot, it.node));
    lines.push(("signed by", joined(signed)));
}

fn procedures(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    let procedures = plan.procedures.iter().map(|it| {
        let parts = joined(it.parts.iter().map(|part| &part.node)).replace(", ", " + ");
        let joint = it.joint.as_deref().unwrap_or("single");
        let afterwards = if it.afterwards { " afterwards" } else { "" };
        format!("{joint} {parts} {}{afterwards}", it.period.halves)
    });
    lines.push(("procedures", joined(procedures)));
}

fn savings(plan: &Plan, lines: &mut Vec<(&str, String)>) {
    let saved = &plan.reductions;
    for (name, it) in [
        ("steps", &saved.steps),
        ("materials", &saved.materials),
        ("halves", &saved.days),
        ("visits", &saved.visits),
    ] {
        lines.push((name, format!("{}→{}", it.before, it.after)));
    }
    if let Some(fees) = &saved.fees {
        lines.push(("fees", format!("{}→{} {}", fees.before, fees.after, fees.currency)));
    }
}
