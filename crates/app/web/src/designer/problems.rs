//! Everything that is wrong with the definitions: what the compiler says, and what the proof of each matter
//! found, each with the shortest case that shows it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use catalogue::{Diagnostic, Severity};

use super::{codes, proved};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// One finding.
#[derive(Debug)]
pub struct ProblemRow {
    pub(super) code: String,
    pub(super) severity: String,
    pub(super) class: &'static str,
    /// `file:line:column`, or what it is about in words.
    pub(super) place: String,
    /// The file, for changing it; empty = none.
    pub(super) file: String,
    /// The page that shows what it is about; empty = none.
    pub(super) href: String,
    pub(super) message: String,
    /// The message is English on a page that is not: what kind of fault it is, in the page's language.
    pub(super) plain: String,
    pub(super) hint: String,
    /// The shortest case in words.
    pub(super) case: String,
    pub(super) case_link: String,
}

/// A matter's findings.
#[derive(Debug)]
struct MatterProblems {
    id: String,
    title: String,
    proved: String,
    problems: Vec<ProblemRow>,
}

#[derive(Template, Debug)]
#[template(path = "designer/problems.html")]
struct ProblemsPage<'a> {
    p: &'a Page,
    files: usize,
    compiled: Vec<ProblemRow>,
    matters: Vec<MatterProblems>,
    /// Some matter is still being proved: the page looks again.
    proving: bool,
}

pub async fn problems(State(app): State<App>, page: Page) -> Result<Response, Response> {
    show(&app, &page).map_err(|error| error.into_page(&page))
}

fn show(app: &App, page: &Page) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    super::prove_all(app, page.today);
    let mut matters = Vec::new();
    let mut proving = false;
    for matter in catalogue.matters.values() {
        let Some(report) = proved::kept(app, matter, page.today) else {
            proving = true;
            continue;
        };
        matters.push(MatterProblems {
            id: matter.id.to_string(),
            title: page.text(&matter.title).to_owned(),
            proved: proved::counted(page, &report),
            problems: proved::problems(app, page, matter, &report),
        });
    }
    render(&ProblemsPage {
        p: page,
        files: app.workshop.files.len(),
        compiled: app.workshop.diagnostics.iter().map(|it| row_of(app, page, it)).collect(),
        matters,
        proving,
    })
}

/// A compiler's finding.
pub(super) fn row_of(app: &App, page: &Page, diagnostic: &Diagnostic) -> ProblemRow {
    let (key, class) = match diagnostic.severity {
        Severity::Error => ("severity-error", "seal"),
        Severity::Warning => ("severity-warning", "warn"),
    };
    ProblemRow {
        code: diagnostic.code.to_owned(),
        severity: page.t(key),
        class,
        place: format!("{}:{}:{}", diagnostic.file, diagnostic.line, diagnostic.column),
        file: diagnostic.file.clone(),
        href: String::new(),
        message: diagnostic.message.clone(),
        plain: if page.is_chinese() {
            codes::advice(app, page, diagnostic.code)
        } else {
            String::new()
        },
        hint: diagnostic.hint.clone().unwrap_or_default(),
        case: String::new(),
        case_link: String::new(),
    }
}
