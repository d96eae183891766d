//! `cargo xtask planted`: would the tests notice? Plants one bug after the other in a copy of the repository and
//! expects the tests to fail each time: those of casework for what is planted there, the simulation for what is planted
//! in engine, worker, exchange and store. A bug that none of them catches is a finding; so is one that
//! does not compile or whose place is no longer there, for then nothing was tested.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;

use crate::repository::Repository;
use crate::shell;

/// One mistake that somebody might make.
struct Bug {
    name: &'static str,
    /// Below the sources of its layer.
    file: &'static str,
    layer: Layer,
    /// Stands there exactly once.
    from: &'static str,
    to: &'static str,
}

/// Where a bug is planted, and who has to notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layer {
    Casework,
    /// Below `crates`: engine, worker, exchange, store; under the simulation.
    Around,
}

impl Layer {
    const fn sources(self) -> &'static str {
        match self {
            Self::Casework => "crates/core/casework/src",
            Self::Around => "crates",
        }
    }

    /// What cargo is told to test.
    const fn tests(self) -> &'static [&'static str] {
        match self {
            // Properties of order compare the code with itself, and take the most time.
            Self::Casework => {
                &["test", "-p", "yijianshi-casework", "--test", "it", "--", "--skip", "commute"]
            }
            Self::Around => {
                &["test", "-p", "yijianshi-worker", "--test", "simulation", "--", "whatever"]
            }
        }
    }
}

const fn bug(name: &'static str, file: &'static str, from: &'static str, to: &'static str) -> Bug {
    Bug { name, file, layer: Layer::Casework, from, to }
}

const fn around(
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
) -> Bug {
    Bug { name, file, layer: Layer::Around, from, to }
}

const BUGS: [Bug; 38] = [
    bug(
        "the day of the answer does not count again",
        "clocks.rs",
        "working_days_between(before, to.saturating_sub(1.day()))",
        "working_days_between(before, *to)",
    ),
    bug(
        "stops that overlap count twice",
        "clocks.rs",
        "Some((_, end)) if end.is_none_or(|end| from <= end) => {",
        "Some((_, end)) if end.is_none() => {",
    ),
    bug(
        "what is over is extended all the same",
        "clocks.rs",
        "civil(extension.at, time_zone) <= due ||",
        "extension.at >= began ||",
    ),
    bug(
        "a stop after the end stops the clock",
        "clocks.rs",
        "path.stopped = stops.open.is_some_and(|from| from <= path.due.on);",
        "path.stopped = stops.open.is_some();",
    ),
    bug(
        "a procedure that the law counts stops the clock",
        "clocks.rs",
        "!run.afterwards && !run.counted",
        "!run.afterwards",
    ),
    bug(
        "half days are lost along the path",
        "clocks.rs",
        "path.halves = path.halves.saturating_add(period.halves);",
        "path.rebase();\n                path.halves = period.halves;",
    ),
    bug(
        "acceptance is deemed although a correction was asked for",
        "clocks.rs",
        "\n        && service.corrections.is_empty();",
        ";",
    ),
    bug(
        "a guessed date changes rights",
        "clocks.rs",
        "let limit = answer_due(service, calendar, time_zone)?;\n    (!limit.is_provisional())",
        "let limit = answer_due(service, calendar, time_zone)?;\n    true",
    ),
    bug(
        "calendar days end on a holiday",
        "clocks.rs",
        "self.due = calendar.due(last, Period::IMMEDIATE);",
        "self.due.on = last;",
    ),
    bug(
        "a month is thirty days",
        "clocks.rs",
        "start.after_months(day, Span::new().try_months(count))",
        "start.after_months(day, Span::new().try_days(count.saturating_mul(30)))",
    ),
    bug("midday is midnight", "clocks.rs", "if due.midday {", "if due.midday && due.provisional {"),
    bug(
        "the first decision wins over one that contradicts it",
        "settle.rs",
        "if decisions.any(|(_, other)| other.reply.reply != first.reply.reply) {",
        "if decisions.any(|(_, other)| other.reply.reply != first.reply.reply) && too_late_to_withdraw {",
    ),
    bug(
        "what comes after a deemed acceptance counts",
        "settle.rs",
        "by_deeming || by_resolution",
        "(by_deeming && by_resolution) || by_resolution",
    ),
    bug(
        "what is asked for after it was made good is lost",
        "settle.rs",
        "it.correction.round == round && it.correction.is_open()",
        "it.correction.round == round && it.correction.lapsed_at.is_none()",
    ),
    bug(
        "the time for an answer runs from the last request",
        "settle.rs",
        "correction.requested_at.min(heard.reply.decided_at)",
        "correction.requested_at.max(heard.reply.decided_at)",
    ),
    bug(
        "the last extension counts",
        "settle.rs",
        ".find_map(|heard| match heard.reply.reply {",
        ".rev()\n        .find_map(|heard| match heard.reply.reply {",
    ),
    bug(
        "a deemed acceptance has no day",
        "settle.rs",
        "self.accepted_at = if self.track.deemed { self.started_at } else { accepted_at };",
        "self.accepted_at = accepted_at;",
    ),
    bug(
        "a service starts with the first of its needs",
        "deciding.rs",
        "&& waits.iter().all(granted) {",
        "&& (waits.is_empty() || waits.iter().any(granted)) {",
    ),
    bug(
        "a holder who says nothing is never heard",
        "revoking.rs",
        "if announced.answered.is_some() || over.is_some_and(|over| over <= context.now) {",
        "if announced.answered.is_some() {",
    ),
    bug(
        "an act that is told again ends a grant again",
        "settle.rs",
        "if struck_off || (!acts.is_empty() && *act != RevocationAct::Deregistered) {",
        "if struck_off {",
    ),
    bug(
        "clocks run on while nobody acts for the applicant",
        "succession.rs",
        "service.suspensions.push((at, None));",
        "service.suspensions.push((at, Some(at)));",
    ),
    bug(
        "whatever a source says, it agrees",
        "checks.rs",
        "self.outcome() == Some(CheckOutcome::Agrees)",
        "self.outcome().is_some()",
    ),
    bug(
        "one department speaks for another",
        "deciding.rs",
        "context.actor.department.as_ref() == Some(&service.node.department)",
        "context.actor.department.is_some()",
    ),
    bug(
        "a known number with another time is taken for a repetition",
        "deciding.rs",
        "known.reply == recorded.reply && known.decided_at == recorded.decided_at",
        "known.reply == recorded.reply",
    ),
    bug(
        "the notice goes out with the first answer",
        "rounds.rs",
        ".try_fold(None, |last, at| Some(last.max(Some(at?))))",
        ".try_fold(None, |last, at| Some(last.max(Some(at.unwrap_or(Instant::MIN)))))",
    ),
    bug(
        "the notice waits until the limit itself",
        "rounds.rs",
        "limit.halves.0.saturating_sub(margin.halves.0)",
        "limit.halves.0",
    ),
    bug(
        "the clock stops with the request instead of the notice",
        "clocks.rs",
        "Some(((it.told_at?, until), StopCause::Correction))",
        "Some(((it.requested_at, until), StopCause::Correction))",
    ),
    bug(
        "what the department overtook is told all the same",
        "rounds.rs",
        ".filter(|told| overtaken.is_none_or(|overtaken| overtaken > *told));",
        ";",
    ),
    bug(
        "who waits for a service that lapsed waits for ever",
        "state.rs",
        "self.is_final() && !matches!(self, Self::Granted)",
        "self.is_final() && !matches!(self, Self::Granted | Self::Lapsed)",
    ),
    bug(
        "what is granted hides that the applicant has to act",
        "state.rs",
        "if any(|state| state == ServiceState::CorrectionRequested) {",
        "if !granted && any(|state| state == ServiceState::CorrectionRequested) {",
    ),
    bug(
        "a clock that stands still has a light",
        "supervision.rs",
        "if !date.stopped {\n            // What has no length",
        "{\n            // What has no length",
    ),
    bug(
        "somebody is told of the same light again and again",
        "supervision.rs",
        "if !service.supervised.knows(&rule.id, &mark.rule) {",
        "if !rule.id.is_empty() {",
    ),
    bug(
        "the light goes on a day early",
        "supervision.rs",
        "calendar.due(due, Period::working_days(days)).on.saturating_add(1.day())",
        "calendar.due(due, Period::working_days(days)).on",
    ),
    bug(
        "who cannot come at the time that was taken is not asked again",
        "visits.rs",
        "(_, Some((slot, _)), _) if unsuited(slot) => VisitState::Unsuited,",
        "(_, Some((slot, _)), None) if unsuited(slot) && current.number > 9 => VisitState::Unsuited,",
    ),
    bug(
        "a visit is over with the first result",
        "visits.rs",
        "if open.is_empty() {\n            return Some(VisitState::Over);",
        "if open.len() < visit.planned.nodes.len() {\n            return Some(VisitState::Over);",
    ),
    bug(
        "an answer to earlier times is taken for one to those that stand",
        "visits.rs",
        "if **visit == *id && *number == proposal =>",
        "if **visit == *id && *number <= proposal =>",
    ),
    bug(
        "what contradicts sends a document out",
        "documents.rs",
        "if recorded.standing == Standing::Counted =>",
        "if recorded.standing != Standing::Late =>",
    ),
    bug(
        "a document is served once more in another way",
        "documents.rs",
        "Some(served) => Err(Refusal::AlreadyServed(id.clone(), served.at)),",
        "Some(_) => Ok(vec![CaseEventBody::Served { document: id.clone(), way }]),",
    ),
];

/// What goes wrong around the decisions: at the commit, in the outbox, on the way, after a restart.
const AROUND: [Bug; 15] = [
    around(
        "the answer goes out before the commit",
        "app/engine/src/batching.rs",
        "let outcomes = self.append(&round.changes).await;",
        "let outcomes = round.changes.iter().map(|_| Ok(AppendOutcome::Committed)).collect();\n        let \
         (parts, changes) = (Arc::clone(&self.parts), round.changes.clone());\n        \
         tokio::spawn(async move { drop(parts.store.append(&changes).await) });",
    ),
    around(
        "the answer of a command is not kept",
        "app/engine/src/batching.rs",
        "command: queued.keeps_answer().then(|| CommandRow {",
        "command: (queued.keeps_answer() && queued.attempts > 9).then(|| CommandRow {",
    ),
    around(
        "what is held in memory may say no",
        "app/engine/src/batching.rs",
        "Err(_) if !working.fresh && !working.changed => {",
        "Err(_) if !working.fresh && !working.changed && queued.attempts > 9 => {",
    ),
    around(
        "timers are forgotten",
        "app/engine/src/batching.rs",
        "timers: projection::timer_rows(case, events, catalogue),",
        "timers: projection::timer_rows(case, events, catalogue).into_iter().skip(9).collect(),",
    ),
    around(
        "a grant brings no licence",
        "app/engine/src/batching.rs",
        "licences: issued.iter().map(|issued| issued.row.clone()).collect(),",
        "licences: issued.iter().skip(9).map(|issued| issued.row.clone()).collect(),",
    ),
    around(
        "one draft may become two cases",
        "app/engine/src/submit.rs",
        "beside: Beside { sealed, draft: Some(draft.id), evidence: files, ..Beside::default() },",
        "beside: Beside { sealed, draft: None, evidence: files, ..Beside::default() },",
    ),
    around(
        "lists are told only what events name",
        "app/engine/src/projection.rs",
        "before.get(*at) != Some(&service.state)\n",
        "before.is_empty() && before.get(*at) != Some(&service.state)\n",
    ),
    around(
        "memory is taken for the database",
        "app/engine/src/case_file.rs",
        "if row.is_some_and(|row| row.version == known.case.version) {",
        "if row.is_some() {",
    ),
    around(
        "a sending goes out under another id",
        "app/worker/src/sending.rs",
        "let body = serde_json::to_vec(&request).map_err(|_| NotDelivered::Unwritable)?;",
        "let request = exchange::DepartmentRequest {\n            dispatch_id: \
         DispatchId(store_port::fresh_id()),\n            ..request\n        };\n        let body = \
         serde_json::to_vec(&request).map_err(|_| NotDelivered::Unwritable)?;",
    ),
    around(
        "what was sent before is made anew",
        "app/worker/src/sending.rs",
        "Ok(kept.into_iter().next().map(|(_, bytes)| bytes))",
        "Ok(kept.into_iter().nth(1).map(|(_, bytes)| bytes))",
    ),
    around(
        "tried is delivered",
        "app/worker/src/sending.rs",
        "self.client.post(route, REQUESTS, body, ANSWER_WITHIN).await?;",
        "drop(self.client.post(route, REQUESTS, body, ANSWER_WITHIN).await);",
    ),
    around(
        "a department gets the whole form",
        "core/exchange/src/translate.rs",
        "node.fields\n        .iter()\n        .filter_map(|slot| Some((slot.to_string(), WireValue::from(facts.value(slot)?))))",
        "facts\n        .iter()\n        .filter(|_| !node.fields.is_empty())\n        \
         .map(|(slot, fact)| (slot.to_string(), WireValue::from(&fact.value)))",
    ),
    around(
        "an expired lease still writes",
        "store/sql/src/outbox.rs",
        "lease_until = NULL, attempts = 0, last_error = NULL \\\n                     WHERE case_id = $1 AND dispatch_id = $2 AND fence = $3 \\",
        "lease_until = NULL, attempts = 0, last_error = NULL \\\n                     WHERE case_id = $1 AND dispatch_id = $2 AND fence >= $3 \\",
    ),
    around(
        "a later sending overtakes an earlier one",
        "store/sql/src/outbox.rs",
        "AND e.position < o.position LIMIT",
        "AND e.position < 0 LIMIT",
    ),
    around(
        "what is decided on a lost change is kept",
        "store/sql/src/judge.rs",
        "if outcome == AppendOutcome::Committed && lost.contains(&change.case_id) {",
        "if outcome != AppendOutcome::Committed && lost.contains(&change.case_id) {",
    ),
];

/// All of them.
fn bugs() -> impl Iterator<Item = &'static Bug> {
    BUGS.iter().chain(&AROUND)
}

impl Bug {
    /// The file with the bug in it; `None` when its place is not there, or not once.
    fn planted_in(&self, text: &str) -> Option<String> {
        (text.matches(self.from).count() == 1).then(|| text.replacen(self.from, self.to, 1))
    }
}

/// A copy of the working tree with a target folder of its own.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

/// How the tests of the copy ended.
enum Trial {
    Passed,
    /// The tests that failed.
    Failed(Vec<String>),
    NotBuilt(String),
}

impl Copy {
    fn make(repository: &Repository) -> Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(repository.root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("asking cargo where it builds")?;
        let folder = metadata.target_directory.join("planted").into_std_path_buf();
        let copy = Self { root: folder.join("tree"), target: folder.join("target") };
        if copy.root.exists() {
            std::fs::remove_dir_all(&copy.root).context("removing the last copy")?;
        }
        for path in repository.paths()? {
            let to = copy.root.join(&path);
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent).context("making a folder of the copy")?;
            }
            std::fs::copy(repository.root.join(&path), &to)
                .with_context(|| format!("copying `{path}`"))?;
        }
        Ok(copy)
    }

    fn source(&self, bug: &Bug) -> PathBuf {
        self.root.join(bug.layer.sources()).join(bug.file)
    }

    fn test(&self, layer: Layer) -> Result<Trial> {
        let output = cargo(&self.root, &self.target)
            .args(layer.tests())
            .stdin(Stdio::null())
            .output()
            .context("starting cargo")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if output.status.success() {
            return Ok(Trial::Passed);
        }
        let failed = |line: &str| {
            let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
            Some(name.to_owned())
        };
        let failed: Vec<String> = text.lines().filter_map(failed).collect();
        if failed.is_empty() {
            return Ok(Trial::NotBuilt(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(Trial::Failed(failed))
    }
}

fn cargo(root: &Path, target: &Path) -> Command {
    let mut command = shell::cargo(root);
    // The volumes find more, but what runs at every change has to find these.
    command.env("CARGO_TARGET_DIR", target).env_remove("YIJIANSHI_LONG");
    command
}

/// Plants every bug; false when one was not caught.
pub(crate) fn run(repository: &Repository, only: Option<&str>) -> Result<bool> {
    let meant =
        |bug: &&Bug| only.is_none_or(|part| bug.name.contains(part) || bug.file.contains(part));
    let bugs: Vec<&Bug> = bugs().filter(meant).collect();
    if bugs.is_empty() {
        bail!("no bug has that in its name or file");
    }
    let copy = Copy::make(repository)?;
    let mut caught = 0;
    for layer in [Layer::Casework, Layer::Around] {
        let mut of_layer = bugs.iter().filter(|bug| bug.layer == layer).peekable();
        if of_layer.peek().is_none() {
            continue;
        }
        match copy.test(layer)? {
            Trial::Passed => {}
            Trial::Failed(tests) => bail!("without any bug there fail: {}", tests.join(", ")),
            Trial::NotBuilt(why) => bail!("the copy does not build:\n{why}"),
        }
        for bug in of_layer {
            caught += usize::from(plant(&copy, bug)?);
        }
    }
    let all = bugs.len();
    println!("\n{caught} of {all} planted bugs caught");
    Ok(caught == all)
}

/// Was it noticed?
fn plant(copy: &Copy, bug: &Bug) -> Result<bool> {
    let path = copy.source(bug);
    let sound =
        std::fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
    let Some(planted) = bug.planted_in(&sound) else {
        println!("NO PLACE    {} ({})", bug.name, bug.file);
        return Ok(false);
    };
    std::fs::write(&path, planted).context("planting a bug")?;
    let trial = copy.test(bug.layer);
    std::fs::write(&path, sound).context("taking a bug out")?;
    match trial? {
        Trial::Passed => println!("NOT CAUGHT  {}", bug.name),
        Trial::NotBuilt(why) => println!("NOT BUILT   {}\n{why}", bug.name),
        Trial::Failed(tests) => {
            println!("caught      {}: {}", bug.name, tests.join(", "));
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bug_still_has_its_place() {
        let repository = Repository::find().unwrap();
        for bug in bugs() {
            let path = repository.root.join(bug.layer.sources()).join(bug.file);
            let text = std::fs::read_to_string(path).unwrap();
            let planted = bug.planted_in(&text);
            assert!(planted.is_some_and(|planted| planted != text), "{}: {}", bug.file, bug.name);
        }
    }
}
