//! The definitions that the tests live on, and the funnel of the stories.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use catalogue::{Catalogue, SourceFile};
use plan::answers::AnswersAsWritten;
use plan::{EvidenceGroup, FieldState, OutKind, Plan, TakenWay};

/// The invented jurisdiction.
pub(crate) static SAMPLE: LazyLock<Catalogue> = LazyLock::new(|| {
    compile(&[
        file("base.toml", include_str!("../../../../../definitions/sample/base.toml")),
        file("matters.toml", include_str!("../../../../../definitions/sample/matters.toml")),
        file("services.toml", include_str!("../../../../../definitions/sample/services.toml")),
    ])
});

/// The real one.
pub(crate) static NATIONAL: LazyLock<Catalogue> = LazyLock::new(|| {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national");
    let mut paths = Vec::new();
    list(Path::new(root), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        file(&path.display().to_string(), &std::fs::read_to_string(path).unwrap())
    };
    compile(&paths.iter().map(read).collect::<Vec<_>>())
});

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("scenarios") {
            list(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
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
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found, expected, "\nfound:\n{text}");
}

fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// What a story looks at, a line each; what is empty is left out.
fn brief(plan: &Plan) -> String {
    let mut text = String::new();
    let mut line = |name: &str, items: String| {
        if !items.is_empty() {
            text.push_str(&format!("{name}: {items}\n"));
        }
    };
    line("in", joined(plan.services.iter().map(|it| {
        format!("{} {}–{}{}", it.node, it.starts, it.ends, if it.critical { "*" } else { "" })
    })));
    line("out", joined(plan.left_out.iter().map(|out| {
        let kind = match out.kind {
            OutKind::NotApplicable => "not applicable",
            OutKind::AlreadyDone => "done",
            OutKind::Skipped => "skipped",
        };
        format!("{} {kind}", out.node)
    })));
    for (name, group) in [
        ("fetched", EvidenceGroup::WeFetch),
        ("given", EvidenceGroup::YouGave),
        ("bring", EvidenceGroup::YouBring),
        ("produced", EvidenceGroup::Produced),
    ] {
        let pieces = plan.evidence.iter().filter(|piece| piece.group == group);
        line(name, joined(pieces.map(|piece| {
            let way = match &piece.way {
                TakenWay::Source { source } => source.to_string(),
                TakenWay::Output { node, output } => format!("{node}/{output}"),
                other => format!("{other:?}").to_lowercase(),
            };
            format!("{} {way}", piece.key)
        })));
    }
    let fields = |wanted: fn(&FieldState) -> bool| {
        let fields = plan.form.iter().flat_map(|topic| &topic.fields);
        joined(fields.filter(|field| wanted(&field.state)).map(|field| match &field.only_for {
            None => field.slot.to_string(),
            Some(node) => format!("{} again for {node}", field.slot),
        }))
    };
    line("fill in", fields(|state| matches!(state, FieldState::Missing)));
    line("unavailable", fields(|state| matches!(state, FieldState::Unavailable { .. })));
    line("confirm", fields(|state| matches!(state, FieldState::Fetched { .. })));
    line("from outputs", fields(|state| matches!(state, FieldState::FromOutput { .. })));
    line("edges", joined(plan.edges.iter().map(|edge| {
        format!("{} -{}{} {}", edge.from, edge.output, if edge.hard { "->" } else { "~>" }, edge.to)
    })));
    line("joint", format!("{} on {}", plan.joint.promised, plan.joint.promised_on));
    line("may add", joined(&plan.joint.may_add));
    line("signed by", joined(plan.signatories.iter().map(|it| format!("{} for {}", it.slot, it.node))));
    let saved = &plan.reductions;
    line("steps", format!("{}→{}", saved.steps.before, saved.steps.after));
    line("materials", format!("{}→{}", saved.materials.before, saved.materials.after));
    line("halves", format!("{}→{}", saved.days.before, saved.days.after));
    line("visits", format!("{}→{}", saved.visits.before, saved.visits.after));
    line("fees", saved.fees.as_ref().map_or_else(String::new, |fees| {
        format!("{}→{} {}", fees.before, fees.after, fees.currency)
    }));
    line("open", joined(&plan.undecided));
    line("open groups", joined(&plan.undecided_groups));
    text
}
