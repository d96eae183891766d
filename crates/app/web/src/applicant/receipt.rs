//! That an application was received: its number, its date, and the receipt, which is the first of its numbered
//! documents.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use casework::{Case, ExplainedDate};
use catalogue::Catalogue;
use paper::Sheet;
use qrcode::QrCode;
use qrcode::render::svg;
use vocabulary::{Period, PeriodUnit};

use crate::access::Action;
use crate::applicant::load;
use crate::documents;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "applicant/receipt.html")]
struct ReceiptPage<'a> {
    p: &'a Page,
    case: String,
    number: String,
    joint: String,
    procedures_may_add: String,
    provisional: bool,
    /// The first document of the register, and its address.
    sheet: Sheet,
    document: String,
    pdf: bool,
    qr: String,
}

/// A QR code as SVG that fills its frame; drawn by attributes only, so that no style is inline.
///
/// # Errors
/// The text does not fit into a code.
pub fn qr(text: &str) -> Result<String, WebError> {
    let code = QrCode::new(text.as_bytes()).map_err(|_| WebError::Render)?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(116, 116)
        .dark_color(svg::Color("#1b2027"))
        .light_color(svg::Color("#ffffff"))
        .build()
        .trim_start_matches("<?xml version=\"1.0\" standalone=\"yes\"?>")
        .to_owned())
}

/// GET /cases/{case}/receipt.
pub async fn receipt(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &case).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let file = load::case(app, page, id, Action::SeeCase).await?;
    let case = &file.case;
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let zone = &catalogue.jurisdiction.time_zone;
    let joint = case.joint_promised(&catalogue.calendar, zone);
    let receipt = case.documents().first().ok_or(WebError::NotFound)?;
    let sheet = documents::sheet_of(app, page, &catalogue, &file, receipt).await?;
    render(&ReceiptPage {
        p: page,
        case: case.id.to_string(),
        number: case.application.case_number.to_string(),
        provisional: joint.as_ref().is_some_and(|explained| explained.due.provisional),
        procedures_may_add: more_time(&catalogue, page, case, joint.as_ref()),
        joint: joint.map_or_else(String::new, |explained| page.date(explained.due.on)),
        document: format!("/cases/{}/documents/{}", case.id, case.document_mark(&receipt.id)),
        pdf: !app.fonts.is_empty(),
        qr: sheet.verify.as_ref().map_or_else(|| Ok(String::new()), |it| qr(&it.address))?,
        sheet,
    })
}

/// What the special procedures of the plan may add to the date.
fn more_time(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    joint: Option<&ExplainedDate>,
) -> String {
    let (Some(halves), Some(joint)) = (case.application.procedures_may_add, joint) else {
        return String::new();
    };
    let period = Period { halves, unit: PeriodUnit::WorkingDay };
    crate::plan_view::more_time(page, halves, catalogue.calendar.due(joint.due.on, period).on)
}
