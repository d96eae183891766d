//! My licences, and one licence as a certificate with its verification code.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use vocabulary::LicenceId;

use crate::access::{Action, Resource, may};
use crate::applicant::receipt::qr;
use crate::errors::WebError;
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::state::App;
use crate::views::render;

#[derive(Debug)]
struct Row {
    id: String,
    name: String,
    holder: String,
    issuer: String,
    issued: String,
    /// What ended it; empty = nothing did.
    ended: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/wallet.html")]
struct WalletPage<'a> {
    p: &'a Page,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Print {
    name: String,
    value: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/licence.html")]
struct LicencePage<'a> {
    p: &'a Page,
    name: String,
    holder: String,
    prints: Vec<Print>,
    issuer: String,
    issued: String,
    until: String,
    code: String,
    check: String,
    verify: String,
    case: String,
    qr: String,
    ended: Vec<String>,
}

/// GET /wallet.
pub async fn wallet(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let shown = async {
        let owner = page.who.account.ok_or(WebError::NotFound)?;
        let mut rows = Vec::new();
        for row in app.engine.store().list_licences_of(owner).await? {
            let Some(licence) = app.engine.licence(&row).await? else { continue };
            let ended = app.engine.ended(&row).await?;
            rows.push(Row {
                ended: ended.last().map_or_else(String::new, |act| ended_words(&page, act)),
                id: row.licence_id.to_string(),
                name: page.text(&licence.name).to_owned(),
                holder: licence.holder,
                issuer: page.text(&licence.issuer_name).to_owned(),
                issued: page.date(licence.issued_on),
            });
        }
        render(&WalletPage { p: &page, rows })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What ended a licence, and from when.
pub fn ended_words(page: &Page, act: &casework::Revocation) -> String {
    let name = page.t(&format!("act-{}", act.act.as_str()));
    page.t2("licence-ended", "act", name, "date", page.date(act.effective_on))
}

/// GET /licences/{licence}.
pub async fn licence(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let id: LicenceId = id.parse().map_err(|_| WebError::NotFound)?;
    let row = app.engine.store().find_licence(id).await?.ok_or(WebError::NotFound)?;
    if !may(&page.who, Action::SeeLicence, Resource::Owned { owner: row.owner }, page.demo) {
        return Err(WebError::NotFound);
    }
    let licence = app.engine.licence(&row).await?.ok_or(WebError::NotFound)?;
    let case = app.engine.case(row.case_id).await?.ok_or(WebError::NotFound)?;
    let catalogue = &*app.engine.catalogue_of(&case).await?;
    let verify = format!(
        "/verify/{}?check={}",
        percent_encoded(&licence.code),
        percent_encoded(&licence.verification_code)
    );
    render(&LicencePage {
        p: page,
        name: page.text(&licence.name).to_owned(),
        holder: licence.holder.clone(),
        prints: licence
            .prints
            .iter()
            .map(|(slot, value)| Print {
                name: naming::slot_name(catalogue, page, slot),
                value: naming::value_text(catalogue, page, &slot.element, value),
            })
            .collect(),
        issuer: page.text(&licence.issuer_name).to_owned(),
        issued: page.date(licence.issued_on),
        until: licence.valid_until.map_or_else(|| page.t("licence-no-end"), |date| page.date(date)),
        qr: qr(&verify)?,
        code: licence.code,
        check: licence.verification_code,
        verify,
        case: licence.case.to_string(),
        ended: app.engine.ended(&row).await?.iter().map(|act| ended_words(page, act)).collect(),
    })
}
