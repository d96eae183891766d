//! 试改: a definition file changed on the page, compiled beside the others, with what is wrong, the new picture and
//! whom it would concern at once. Nothing is kept until it is published (`revising::publish`).

use std::time::Instant;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use catalogue::{Catalogue, Compiled, Diagnostic, Severity, SourceFile};
use plan::scenario::{Outcome, ScenarioAsWritten};
use serde::Deserialize;

use super::case::{PlanSheet, sheet};
use super::problems::{ProblemRow, row_of};
use super::proved;
use super::scenarios::difference_words;
use crate::errors::WebError;
use crate::page::Page;
use crate::revising::publish::{self, Offer};
use crate::state::App;
use crate::views::render;

/// The longest text that is tried.
pub const LONGEST: usize = 1024 * 1024;

#[derive(Debug)]
struct FileChoice {
    name: String,
    chosen: bool,
}

#[derive(Debug)]
struct TestChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// What came of a change.
#[derive(Debug)]
struct Tried {
    problems: Vec<ProblemRow>,
    errors: usize,
    /// What the proof finds in the shown matter and did not find before; `None` when nothing can be proved.
    proved: Option<Vec<ProblemRow>>,
    /// Whose plan is shown.
    case: String,
    sheet: Option<PlanSheet>,
    before: Option<(String, usize, u32)>,
    failed: Vec<String>,
    passed: usize,
    milliseconds: u128,
}

#[derive(Template, Debug)]
#[template(path = "designer/try.html")]
struct TryPage<'a> {
    p: &'a Page,
    files: Vec<FileChoice>,
    file: String,
    text: String,
    tests: Vec<TestChoice>,
    outcome: Option<Tried>,
    offer: Option<Offer>,
    /// Why it was not published, and the reason that was typed.
    refused: String,
    reason: String,
}

#[derive(Deserialize, Debug)]
pub struct Wanted {
    #[serde(default)]
    file: String,
    #[serde(default)]
    test: String,
}

#[derive(Deserialize, Debug)]
pub struct Change {
    file: String,
    #[serde(default)]
    test: String,
    text: String,
}

impl Change {
    /// A file with a text.
    pub const fn of(file: String, text: String) -> Self {
        Self { file, test: String::new(), text }
    }
}

/// GET: a file to be changed.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let shown = || {
        let files = &app.workshop.files;
        let chosen = files.iter().find(|file| file.name == wanted.file);
        let default = || files.iter().find(|file| file.name.contains("/matters/"));
        let chosen = chosen.or_else(default).or(files.first()).ok_or(WebError::NotFound)?;
        page_of(
            &app,
            &page,
            &chosen.name,
            &chosen.text,
            &wanted.test,
            None,
            String::new(),
            String::new(),
        )
    };
    shown().map_err(|error: WebError| error.into_page(&page))
}

/// POST: the changed file, tried.
pub async fn try_out(
    State(app): State<App>,
    page: Page,
    Form(change): Form<Change>,
) -> Result<Response, Response> {
    let shown = tried(&app, &page, change, String::new(), String::new()).await;
    shown.map_err(|error| error.into_page(&page))
}

/// The page with what came of a change, and whom it would concern. `refused` = why it was not published.
///
/// # Errors
/// The file is not known, its text is too long, or a fault.
pub async fn tried(
    app: &App,
    page: &Page,
    change: Change,
    refused: String,
    reason: String,
) -> Result<Response, WebError> {
    if change.text.len() > LONGEST {
        return Err(WebError::TooLarge { limit_mib: 1 });
    }
    let Change { file, test, text } = change;
    // Browsers send line ends as CRLF; places are counted in the file as it was.
    let text = text.replace("\r\n", "\n");
    if !app.workshop.files.iter().any(|known| known.name == file) {
        return Err(WebError::NotFound);
    }
    let (worker, words, name, body, chosen) =
        (app.clone(), page.clone(), file.clone(), text.clone(), test.clone());
    let outcome =
        tokio::task::spawn_blocking(move || outcome(&worker, &words, &name, &body, &chosen));
    let (outcome, catalogue) = outcome.await.map_err(|_| WebError::Render)?;
    let offer = match &catalogue {
        Some(next) => {
            let barred = outcome.errors > 0 || !outcome.failed.is_empty();
            Some(publish::offer(app, page, next, barred).await?)
        }
        None => None,
    };
    page_of(app, page, &file, &text, &test, Some((outcome, offer)), refused, reason)
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the page")]
fn page_of(
    app: &App,
    page: &Page,
    file: &str,
    text: &str,
    test: &str,
    outcome: Option<(Tried, Option<Offer>)>,
    refused: String,
    reason: String,
) -> Result<Response, WebError> {
    let (outcome, offer) = outcome.map_or((None, None), |(tried, offer)| (Some(tried), offer));
    let key = |test: &ScenarioAsWritten| format!("{}/{}", test.matter, test.id);
    render(&TryPage {
        p: page,
        files: app
            .workshop
            .files
            .iter()
            .map(|it| FileChoice { name: it.name.clone(), chosen: it.name == file })
            .collect(),
        file: file.to_owned(),
        text: text.to_owned(),
        tests: app
            .workshop
            .tests
            .iter()
            .map(|it| TestChoice { id: key(it), name: name_of(page, it), chosen: key(it) == test })
            .collect(),
        outcome,
        offer,
        refused,
        reason,
    })
}

fn name_of(page: &Page, test: &ScenarioAsWritten) -> String {
    let words = test.name.get(page.lang.as_str()).or_else(|| test.name.values().next());
    words.cloned().unwrap_or_else(|| test.id.clone())
}

fn outcome(
    app: &App,
    page: &Page,
    file: &str,
    text: &str,
    test: &str,
) -> (Tried, Option<Catalogue>) {
    let began = Instant::now();
    let replaced = |known: &SourceFile| {
        let text = if known.name == file { text } else { &known.text };
        SourceFile { name: known.name.clone(), text: text.to_owned() }
    };
    let files: Vec<SourceFile> = app.workshop.files.iter().map(replaced).collect();
    let Compiled { catalogue, diagnostics } = catalogue::compile(&files);
    let (failed, passed) = match &catalogue {
        Some(catalogue) => run_all(app, catalogue),
        None => (Vec::new(), 0),
    };
    let scenario = app
        .workshop
        .tests
        .iter()
        .find(|it| format!("{}/{}", it.matter, it.id) == test)
        // Somebody for whom something changes.
        .or_else(|| failed.first().map(|(test, _)| *test))
        .or_else(|| concerned(app, file))
        .or_else(|| app.workshop.tests.first());
    let plan_in = |catalogue: &Catalogue| {
        let scenario = scenario?;
        let plan = plan::scenario::plan(catalogue, scenario).ok()?;
        Some((scenario.matter.clone(), plan))
    };
    let made = catalogue.as_ref().and_then(|catalogue| {
        let (matter, plan) = plan_in(catalogue)?;
        Some(sheet(catalogue, page, catalogue.matter(&matter)?, &plan))
    });
    let before = plan_in(app.engine.catalogue()).map(|(_, plan)| {
        (plan.joint.promised.to_string(), plan.missing_evidence().count(), plan.visits)
    });
    let milliseconds = began.elapsed().as_millis();
    let proved = catalogue.as_ref().and_then(|catalogue| {
        let matter = catalogue.matter(&scenario?.matter)?;
        Some(proved::new_problems(app, page, catalogue, matter, page.today))
    });
    let is_error = |it: &&Diagnostic| it.severity == Severity::Error;
    let tried = Tried {
        errors: diagnostics.iter().filter(is_error).count(),
        problems: diagnostics.iter().map(|it| row_of(app, page, it)).collect(),
        proved,
        case: scenario.map_or_else(String::new, |it| name_of(page, it)),
        sheet: made,
        before,
        failed: failed
            .iter()
            .map(|(_, run)| {
                let shown = catalogue.as_ref().unwrap_or(app.engine.catalogue());
                let words = run.differences.iter().map(|it| difference_words(shown, page, it));
                let words: Vec<String> = words.collect();
                format!("{}：{}", page.text(&run.name), words.join("；"))
            })
            .collect(),
        passed,
        milliseconds,
    };
    (tried, catalogue)
}

/// The tests that come out otherwise than they should, those that designers wrote first, and how many others.
fn run_all<'a>(
    app: &'a App,
    catalogue: &Catalogue,
) -> (Vec<(&'a ScenarioAsWritten, Outcome)>, usize) {
    let runs = app.workshop.tests.iter().map(|test| (test, plan::scenario::run(catalogue, test)));
    let (passed, mut failed): (Vec<_>, Vec<_>) = runs.partition(|(_, run)| run.passed());
    failed.sort_by_key(|(test, _)| plan::proved::is_generated(&test.id));
    (failed, passed.len())
}

/// A test of a matter that the file's name tells of, or that joins a service it tells of.
fn concerned<'a>(app: &'a App, file: &str) -> Option<&'a ScenarioAsWritten> {
    let stem = file.rsplit('/').next()?.strip_suffix(".toml")?;
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matters.values().find(|matter| {
        matter.id.as_str() == stem || matter.services.iter().any(|it| it.service.as_str() == stem)
    })?;
    let written = app.workshop.tests_of(matter).find(|it| !plan::proved::is_generated(&it.id));
    written.or_else(|| app.workshop.tests_of(matter).next())
}
