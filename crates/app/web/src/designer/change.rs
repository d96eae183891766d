//! 试改: a definition file changed on the page, compiled beside the others, with what is wrong and the new
//! picture at once. Nothing is kept: publishing stays with the files.

use std::time::Instant;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use catalogue::{Catalogue, Compiled, Diagnostic, Severity, SourceFile};
use serde::Deserialize;

use super::case::{PlanSheet, sheet};
use super::problems::{ProblemRow, row_of};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// The longest text that is tried.
const LONGEST: usize = 1024 * 1024;

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
struct Outcome {
    problems: Vec<ProblemRow>,
    errors: usize,
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
    outcome: Option<Outcome>,
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
        page_of(&app, &page, &chosen.name, &chosen.text, &wanted.test, None)
    };
    shown().map_err(|error: WebError| error.into_page(&page))
}

/// POST: the changed file, tried.
pub async fn try_out(
    State(app): State<App>,
    page: Page,
    Form(change): Form<Change>,
) -> Result<Response, Response> {
    let tried = async {
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
        let outcome = outcome.await.map_err(|_| WebError::Render)?;
        page_of(&app, &page, &file, &text, &test, Some(outcome))
    };
    tried.await.map_err(|error: WebError| error.into_page(&page))
}

fn page_of(
    app: &App,
    page: &Page,
    file: &str,
    text: &str,
    test: &str,
    outcome: Option<Outcome>,
) -> Result<Response, WebError> {
    let name = |test: &plan::scenario::ScenarioAsWritten| {
        let words = test.name.get(page.lang.as_str()).or_else(|| test.name.values().next());
        words.cloned().unwrap_or_else(|| test.id.clone())
    };
    let key = |test: &plan::scenario::ScenarioAsWritten| format!("{}/{}", test.matter, test.id);
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
            .map(|it| TestChoice { id: key(it), name: name(it), chosen: key(it) == test })
            .collect(),
        outcome,
    })
}

fn outcome(app: &App, page: &Page, file: &str, text: &str, test: &str) -> Outcome {
    let began = Instant::now();
    let replaced = |known: &SourceFile| {
        let text = if known.name == file { text } else { &known.text };
        SourceFile { name: known.name.clone(), text: text.to_owned() }
    };
    let files: Vec<SourceFile> = app.workshop.files.iter().map(replaced).collect();
    let Compiled { catalogue, diagnostics } = catalogue::compile(&files);
    let scenario = app
        .workshop
        .tests
        .iter()
        .find(|it| format!("{}/{}", it.matter, it.id) == test)
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
    let (mut failed, mut passed) = (Vec::new(), 0usize);
    if let Some(catalogue) = &catalogue {
        for test in &app.workshop.tests {
            let run = plan::scenario::run(catalogue, test);
            if run.passed() {
                passed = passed.saturating_add(1);
            } else {
                let differences: Vec<String> =
                    run.differences.iter().map(ToString::to_string).collect();
                failed.push(format!("{}：{}", page.text(&run.name), differences.join("；")));
            }
        }
    }
    let is_error = |it: &&Diagnostic| it.severity == Severity::Error;
    Outcome {
        errors: diagnostics.iter().filter(is_error).count(),
        problems: diagnostics.iter().map(|it| row_of(page, it)).collect(),
        sheet: made,
        before,
        failed,
        passed,
        milliseconds,
    }
}

/// A test of a matter that the file's name tells of, or that joins a service it tells of.
fn concerned<'a>(app: &'a App, file: &str) -> Option<&'a plan::scenario::ScenarioAsWritten> {
    let stem = file.rsplit('/').next()?.strip_suffix(".toml")?;
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matters.values().find(|matter| {
        matter.id.as_str() == stem || matter.services.iter().any(|it| it.service.as_str() == stem)
    })?;
    app.workshop.tests_of(matter).next()
}
