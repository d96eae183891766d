//! Anyone verifies a licence with the two codes printed on it. As little is shown as tells a real one from a
//! forged one; an unknown identifier and a wrong code look the same, and what is not certain is never valid.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use outputs::{Shown, Verdict, Verification};
use serde::Deserialize;
use vocabulary::codes::uscc;

use crate::applicant::case_view::time_text;
use crate::applicant::interview::ErrorLine;
use crate::applicant::wallet::ended_words;
use crate::documents;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Longer than any code on a licence.
const CODE_CHARS_MAX: usize = 160;

#[derive(Deserialize, Debug)]
pub struct Codes {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    check: Option<String>,
}

/// The answer to "is this licence good?", in words.
#[derive(Debug)]
pub struct Answer {
    pub class: &'static str,
    pub verdict: String,
    pub words: String,
    pub at: String,
    /// Acts that ended it.
    pub ended: Vec<String>,
    pub face: Option<Face>,
    /// What is shown of a document: name and value.
    pub document: Vec<(String, String)>,
}

/// What is shown of a licence that was found.
#[derive(Debug)]
pub struct Face {
    name: String,
    holder: String,
    issuer: String,
    issuer_code: String,
    code: String,
    issued: String,
    until: String,
}

#[derive(Template, Debug)]
#[template(path = "public/verify.html")]
struct VerifyPage<'a> {
    p: &'a Page,
    code: String,
    check: String,
    answer: Option<Answer>,
    errors: Vec<ErrorLine>,
}

/// GET /verify: two fields; with both filled in, the answer above them.
pub async fn verify(
    State(app): State<App>,
    page: Page,
    Query(codes): Query<Codes>,
) -> Result<Response, Response> {
    let asked = codes.code.is_some() || codes.check.is_some();
    show(&app, &page, codes, asked).await.map_err(|error| error.into_page(&page))
}

/// GET /verify/{code}: where the picture on a licence leads; it carries the verification code as well.
pub async fn verify_code(
    State(app): State<App>,
    page: Page,
    Path(code): Path<String>,
    Query(codes): Query<Codes>,
) -> Result<Response, Response> {
    let asked = codes.check.is_some();
    let codes = Codes { code: Some(code), ..codes };
    show(&app, &page, codes, asked).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, codes: Codes, asked: bool) -> Result<Response, WebError> {
    let typed = |text: Option<String>| -> String {
        text.unwrap_or_default().trim().chars().take(CODE_CHARS_MAX).collect()
    };
    let (code, check) = (typed(codes.code), typed(codes.check));
    let mut errors = Vec::new();
    if asked {
        for (target, value, key) in
            [("code", &code, "verify-code-missing"), ("check", &check, "verify-check-missing")]
        {
            if value.is_empty() {
                errors.push(ErrorLine { target: target.to_owned(), words: page.t(key) });
            }
        }
    }
    let answer = if asked && errors.is_empty() {
        // A document's number holds a hyphen where a licence's identifier holds points.
        let number: String = code.to_uppercase().split_whitespace().collect();
        if let Some((case, document)) = app.engine.verify_document(&number, &check).await? {
            let answer = documents::verified(app, page, &case, &document).await?;
            return render(&VerifyPage { p: page, code, check, answer: Some(answer), errors });
        }
        let found = app.engine.verify_licence(&uscc::tidied(&code), &check).await?;
        let mut ended = Vec::new();
        if let Some((row, _)) = &found {
            let acts = app.engine.ended(row).await?;
            ended = acts.iter().map(|act| ended_words(page, act)).collect();
        }
        let licence = found.and_then(|(_, licence)| licence);
        let verification = outputs::verify(licence.as_ref(), page.today);
        Some(Answer { ended, ..answer(app, page, &verification) })
    } else {
        None
    };
    render(&VerifyPage { p: page, code, check, answer, errors })
}

fn answer(app: &App, page: &Page, verification: &Verification) -> Answer {
    let (class, verdict, words) = match verification.verdict {
        Verdict::Valid => ("ok", "verdict-valid", "verdict-valid-words"),
        Verdict::Expired => ("warn", "verdict-expired", "verdict-expired-words"),
        Verdict::Revoked => ("seal", "verdict-revoked", "verdict-revoked-words"),
        Verdict::Unknown => ("warn", "verdict-unknown", "verdict-unknown-words"),
    };
    Answer {
        class,
        verdict: page.t(verdict),
        words: page.t(words),
        at: time_text(app.engine.catalogue(), page, app.now()),
        ended: Vec::new(),
        document: Vec::new(),
        face: verification.shown.as_ref().map(|shown| face(page, shown)),
    }
}

fn face(page: &Page, shown: &Shown) -> Face {
    Face {
        name: page.text(&shown.name).to_owned(),
        holder: shown.holder.clone(),
        issuer: page.text(&shown.issuer_name).to_owned(),
        issuer_code: shown.issuer_uscc.clone(),
        code: shown.code.clone(),
        issued: page.date(shown.issued_on),
        until: shown.valid_until.map_or_else(|| page.t("licence-no-end"), |date| page.date(date)),
    }
}
