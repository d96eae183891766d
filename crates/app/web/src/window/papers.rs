//! What is printed at the window, in the applicant's language: the one-time notice 一次性告知 and the receipt
//! 收件凭证. Both are of whom the clerk has in hand, and of nobody else.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use paper::Sheet;
use plan::EvidenceGroup;
use vocabulary::Lang;

use crate::applicant::case_view::time_text;
use crate::applicant::load;
use crate::applicant::receipt::qr;
use crate::documents;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::plan_view::{evidence_key_name, evidence_sections};
use crate::state::App;
use crate::views::render;
use crate::window::seat::{self, Seat};
use crate::window::{form, home, tray};

/// Where a paper was printed and for whom.
#[derive(Debug)]
struct Head {
    outlet: String,
    address: String,
    phone: String,
    window: String,
    clerk: String,
    ticket: String,
    name: String,
    number: String,
    at: String,
}

#[derive(Debug)]
struct NoticePiece {
    name: String,
    hint: String,
    used_by: String,
    ways: String,
}

#[derive(Template, Debug)]
#[template(path = "window/notice.html")]
struct NoticePage<'a> {
    p: &'a Page,
    head: Head,
    title: String,
    questions: Vec<String>,
    fields: Vec<String>,
    pieces: Vec<NoticePiece>,
    have: Vec<String>,
    later: Vec<String>,
    complete: bool,
}

#[derive(Template, Debug)]
#[template(path = "window/receipt.html")]
struct ReceiptPage<'a> {
    p: &'a Page,
    head: Head,
    sheet: Sheet,
    qr: String,
    promises: Vec<String>,
    agent: bool,
}

/// The page in the applicant's language.
fn in_his_language(page: &Page, seat: &Seat<'_>) -> Page {
    let mut page = page.clone();
    if page.languages().iter().any(|one| one.tag == seat.hand.lang) {
        page.lang = Lang::new(seat.hand.lang.as_str());
    }
    page
}

async fn head(app: &App, page: &Page, seat: &Seat<'_>) -> Result<Head, WebError> {
    let person = seat.person(app).await?.ok_or(WebError::NotFound)?;
    let number = app.engine.number_of(&person).await?.unwrap_or_default();
    Ok(Head {
        outlet: page.text(&seat.outlet.name).to_owned(),
        address: page.text(&seat.outlet.address).to_owned(),
        phone: seat.outlet.phone.as_deref().unwrap_or_default().to_owned(),
        window: seat.window.number.to_string(),
        clerk: page.who.name.clone(),
        ticket: seat.hand.ticket.clone().unwrap_or_default(),
        name: app.engine.account_name(&person).await?,
        number: engine::window::masked(&number),
        at: time_text(app.engine.catalogue(), page, app.now()),
    })
}

/// GET /window/notice (F8): everything that is still missing, at once.
pub async fn notice(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let shown = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        notice_page(&app, &page, &seat).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn notice_page(app: &App, page: &Page, seat: &Seat<'_>) -> Result<Response, WebError> {
    let page = &in_his_language(page, seat);
    let Some(draft) = seat.draft(app, page).await? else { return Ok(home()) };
    let catalogue = load::catalogue(app);
    let plan = app.engine.plan_of(&draft).await?;
    let questions = form::questions(app, &catalogue, page, &draft).await?;
    let open = questions.asked.iter().filter(|(_, answered)| !answered);
    let sections = evidence_sections(&catalogue, page, &plan);
    let given = plan.evidence.iter().filter(|it| it.group == EvidenceGroup::YouGave);
    let have = given.map(|it| evidence_key_name(&catalogue, page, &plan, &it.key));
    let fetched = sections.fetched.iter().map(|row| format!("{}（{}）", row.name, row.origin));
    let later = plan.evidence.iter().filter(|it| tray::is_promised(it)).map(|it| {
        let name = evidence_key_name(&catalogue, page, &plan, &it.key);
        format!("{name}：{}", tray::deferral_words(page, it))
    });
    let pieces: Vec<NoticePiece> = sections
        .bring
        .into_iter()
        .map(|row| NoticePiece {
            name: row.name,
            hint: row.hint,
            used_by: row.used_by,
            ways: row.other_ways,
        })
        .collect();
    let missing = plan.missing_fields().filter(|_| !questions.asking);
    let fields: Vec<String> =
        missing.map(|field| naming::slot_name(&catalogue, page, &field.slot)).collect();
    let questions: Vec<String> =
        open.map(|(asked, _)| page.text(&asked.question.ask).to_owned()).collect();
    render(&NoticePage {
        p: page,
        head: head(app, page, seat).await?,
        title: form::matter_title(&catalogue, page, draft.matter.as_str()),
        complete: questions.is_empty() && fields.is_empty() && pieces.is_empty(),
        have: have.chain(fetched).collect(),
        later: later.collect(),
        questions,
        fields,
        pieces,
    })
}

/// GET /window/receipt: of the case that the clerk has just received.
pub async fn receipt(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let shown = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        receipt_page(&app, &page, &seat).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn receipt_page(app: &App, page: &Page, seat: &Seat<'_>) -> Result<Response, WebError> {
    let page = &in_his_language(page, seat);
    let Some(id) = seat.hand.case else { return Ok(home()) };
    let file = app.engine.case_file(id).await?.ok_or(WebError::NotFound)?;
    let case = &file.case;
    let catalogue = load::catalogue_of(app, case).await?;
    // The receipt is the first document of the register; at the window it is printed with what he signs.
    let receipt = case.documents().first().ok_or(WebError::NotFound)?;
    let sheet = documents::sheet_of(app, page, &catalogue, &file, receipt).await?;
    render(&ReceiptPage {
        p: page,
        head: head(app, page, seat).await?,
        qr: sheet.verify.as_ref().map_or_else(|| Ok(String::new()), |it| qr(&it.address))?,
        sheet,
        promises: promises(app, page, case).await?,
        agent: seat.hand.by_agent,
    })
}

/// Pieces that were left to follow, or for which a promise stands, as the plan had it when it was received.
async fn promises(app: &App, page: &Page, case: &casework::Case) -> Result<Vec<String>, WebError> {
    let store = app.engine.store();
    let Some(row) = store.find_draft(case.application.draft).await? else { return Ok(Vec::new()) };
    let Some(draft) = app.engine.find_draft(row.owner, row.draft_id).await? else {
        return Ok(Vec::new());
    };
    let catalogue = load::catalogue(app);
    let plan = app.engine.plan_of(&draft).await?;
    let promised = plan.evidence.iter().filter(|it| tray::is_promised(it)).map(|it| {
        let name = evidence_key_name(&catalogue, page, &plan, &it.key);
        let words = match it.way {
            plan::TakenWay::Commitment => page.t("window-commitment-taken"),
            _ => tray::deferral_words(page, it),
        };
        format!("{name}：{words}")
    });
    Ok(promised.collect())
}
