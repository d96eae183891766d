//! Publishing: the last step of a change, after its problems, its scenario tests and its proof. Whom it concerns is
//! listed first, and confirming that list with a reason publishes it. Cases go on as they began.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::{Catalogue, SourceFile};
use engine::EngineError;
use engine::revisions::{Impact, Publishing};
use plan::compare::{Outcome, Person, compare_all};
use serde::Deserialize;

use super::lines;
use crate::applicant::case_view::time_text;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A reason is at most so long.
const REASON_MAX: usize = 500;
/// Publications on the page.
const SHOWN: u32 = 50;
/// Examples of a matter whose plan changes.
const EXAMPLES: usize = 5;

/// One matter that changes.
#[derive(Debug)]
pub struct MatterLine {
    pub name: String,
    pub services: String,
    pub gone: bool,
    pub drafts: u64,
    pub cases: u64,
    /// Scenarios whose plan changes: name, and what.
    pub examples: Vec<(String, Vec<String>)>,
    pub unchanged: usize,
}

/// What can be published, and whom it concerns.
#[derive(Debug)]
pub struct Offer {
    pub matters: Vec<MatterLine>,
    pub drafts: u64,
    pub cases: u64,
    pub digest: String,
    /// Nothing is different.
    pub same: bool,
    /// Errors or failing tests keep it from being published.
    pub barred: bool,
}

/// Whom this catalogue would concern.
///
/// # Errors
/// A fault.
pub async fn offer(
    app: &App,
    page: &Page,
    next: &Catalogue,
    barred: bool,
) -> Result<Offer, WebError> {
    let impact = app.engine.impact_of(next).await?;
    let (drafts, cases) = impact.totals();
    Ok(Offer {
        matters: matter_lines(app, page, next, &impact),
        drafts,
        cases,
        digest: impact.digest(),
        same: *app.engine.catalogue().revision == *next.revision,
        barred,
    })
}

fn matter_lines(app: &App, page: &Page, next: &Catalogue, impact: &Impact) -> Vec<MatterLine> {
    let now = app.engine.catalogue();
    let line = |it: &engine::revisions::MatterImpact| {
        let people: Vec<Person> = app
            .workshop
            .tests
            .iter()
            .filter(|test| test.matter == it.matter)
            .map(Person::from)
            .collect();
        let compared = compare_all(now, next, &people);
        let unchanged = compared.iter().filter(|it| it.outcome == Outcome::Same).count();
        let examples = compared.iter().filter_map(|it| match &it.outcome {
            Outcome::Differs(plan) => {
                Some((page.text(&it.name).to_owned(), lines(page, now, next, plan)))
            }
            _ => None,
        });
        let name = |id: &String| {
            let known = next.services.get(id.as_str()).or_else(|| now.services.get(id.as_str()));
            known.map_or_else(|| id.clone(), |service| page.text(&service.name).to_owned())
        };
        let services: Vec<String> = it.services.iter().map(name).collect();
        let matter = now.matter(&it.matter).or_else(|| next.matter(&it.matter));
        MatterLine {
            name: matter.map_or_else(|| it.matter.clone(), |it| page.text(&it.title).to_owned()),
            services: services.join(&page.t("list-comma")),
            gone: it.gone,
            drafts: it.drafts,
            cases: it.cases,
            examples: examples.take(EXAMPLES).collect(),
            unchanged,
        }
    };
    impact.matters.iter().map(line).collect()
}

#[derive(Deserialize, Debug)]
pub struct Wanted {
    file: String,
    text: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirmed: Option<String>,
    digest: String,
}

/// POST /designer/publish.
pub async fn publish(
    State(app): State<App>,
    page: Page,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Response> {
    done(&app, &page, wanted).await.map_err(|error| error.into_page(&page))
}

async fn done(app: &App, page: &Page, wanted: Wanted) -> Result<Response, WebError> {
    let text = wanted.text.replace("\r\n", "\n");
    if text.len() > crate::designer::change::LONGEST {
        return Err(WebError::TooLarge { limit_mib: 1 });
    }
    let account = page.who.account.ok_or(WebError::NotFound)?;
    if !app.workshop.files.iter().any(|known| known.name == wanted.file) {
        return Err(WebError::NotFound);
    }
    let replaced = |known: &SourceFile| {
        let text = if known.name == wanted.file { &text } else { &known.text };
        SourceFile { name: known.name.clone(), text: text.clone() }
    };
    let publishing = Publishing {
        files: app.workshop.files.iter().map(replaced).collect(),
        tests: app.workshop.tests.clone(),
        account,
        reason: wanted.reason.chars().take(REASON_MAX).collect(),
        // Unticked = not confirmed, whatever the form carried.
        confirmed: wanted.confirmed.map(|_| wanted.digest).unwrap_or_default(),
    };
    match app.engine.publish(publishing).await {
        Ok(_) => {
            if let Some(live) = &app.live {
                live.take_up().await;
            }
            Ok(Redirect::to("/designer/publications").into_response())
        }
        Err(EngineError::Revision(refusal)) => {
            let key = crate::errors::revision_key(&refusal);
            let words = page.t2("officer-error-code", "words", page.t(key), "code", refusal.code());
            let change = crate::designer::change::Change::of(wanted.file, text);
            crate::designer::change::tried(app, page, change, words, wanted.reason).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug)]
struct Row {
    seq: u64,
    at: String,
    who: String,
    reason: String,
    from: String,
    to: String,
    matters: Vec<String>,
    in_force: bool,
}

#[derive(Template, Debug)]
#[template(path = "revising/publications.html")]
struct PublicationsPage<'a> {
    p: &'a Page,
    rows: Vec<Row>,
}

/// GET /designer/publications.
pub async fn publications(State(app): State<App>, page: Page) -> Result<Response, Response> {
    listed(&app, &page).await.map_err(|error| error.into_page(&page))
}

async fn listed(app: &App, page: &Page) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let mut rows = Vec::new();
    for (at, it) in app.engine.store().list_publications(SHOWN).await?.into_iter().enumerate() {
        let who = match it.account {
            None => page.t("publication-by-files"),
            Some(account) => match app.engine.store().find_account(account).await? {
                Some(row) => app.engine.account_name(&row).await?,
                None => page.t("publication-by-files"),
            },
        };
        let impact: Impact = serde_json::from_str(&it.impact).unwrap_or_default();
        let matter = |it: &engine::revisions::MatterImpact| {
            let known = catalogue.matter(&it.matter);
            let name =
                known.map_or_else(|| it.matter.clone(), |it| page.text(&it.title).to_owned());
            page.tn(
                "publication-concerned",
                &[
                    ("name", name),
                    ("drafts", it.drafts.to_string()),
                    ("cases", it.cases.to_string()),
                ],
            )
        };
        rows.push(Row {
            seq: it.seq,
            at: time_text(catalogue, page, it.at),
            who,
            reason: it.reason,
            from: it.from_catalogue,
            to: it.to_catalogue,
            matters: impact.matters.iter().map(matter).collect(),
            in_force: at == 0,
        });
    }
    render(&PublicationsPage { p: page, rows })
}
