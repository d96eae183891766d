//! The page behind a doorplate: where you are, what this matter is, what is needed, one button.
//!
//! The plate's name goes along in a cookie of the session until the draft is opened, and then stays with the draft as
//! its entry point. It names a plate and nobody.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use casework::{Entry, EntryKind};
use network::Doorplate;

use crate::doorplates::{hangs, where_it_hangs};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::plan_view::{EvidenceSections, evidence_sections};
use crate::public::matter::example_plan;
use crate::state::App;
use crate::views::render;

/// The cookie that carries the plate's name.
const COOKIE: &str = "yijianshi_plate";

#[derive(Template, Debug)]
#[template(path = "doorplates/landing.html")]
struct LandingPage<'a> {
    p: &'a Page,
    place: String,
    matter: String,
    title: String,
    summary: String,
    lead: String,
    departments: usize,
    days: String,
    visits: u32,
    example: String,
    evidence: EvidenceSections,
    outlet: Option<(String, String)>,
    /// It was taken down: the matter is there all the same.
    removed: bool,
}

/// GET /d/{doorplate}.
pub async fn landing(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, jar, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, jar: CookieJar, id: &str) -> Result<Response, WebError> {
    let plate = app.engine.network().doorplates.get(id).ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matters.get(&plate.matter).ok_or(WebError::NotFound)?;
    let (example, plan) = example_plan(app, matter, None).ok_or(WebError::NotFound)?;
    let there = hangs(plate, page.today);
    // Looking at the page again is the same visit.
    let again = jar.get(COOKIE).is_some_and(|it| it.value() == plate.id.as_str());
    if there && !again {
        app.engine.store().note_visit(plate.id.as_str(), &page.today.to_string()).await?;
    }
    let outlet = plate.outlet.as_ref().and_then(|id| app.engine.network().outlets.get(id));
    let shown = render(&LandingPage {
        p: page,
        place: where_it_hangs(app, page, plate),
        matter: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        summary: page.text(&matter.summary).to_owned(),
        lead: naming::organisation_full_name(catalogue, page, &matter.lead),
        departments: plan.departments.len(),
        days: plan.joint.promised.to_string(),
        visits: plan.visits,
        example: page.text(&example.name).to_owned(),
        evidence: evidence_sections(catalogue, page, &plan),
        outlet: outlet.map(|it| (it.id.to_string(), page.text(&it.name).to_owned())),
        removed: !there,
    })?;
    Ok(if there { (jar.add(cookie(app, plate)), shown).into_response() } else { shown })
}

fn cookie(app: &App, plate: &Doorplate) -> Cookie<'static> {
    Cookie::build((COOKIE, plate.id.to_string()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.secure_cookies)
        .build()
}

/// How somebody who opens a matter came to it, and the cookies without what is used up.
pub fn entry(app: &App, page: &Page, jar: CookieJar, matter: &str) -> (CookieJar, Option<Entry>) {
    let named = jar.get(COOKIE).map(|it| it.value().to_owned());
    let plates = &app.engine.network().doorplates;
    let plate = named.and_then(|id| plates.get(id.as_str()));
    match plate.filter(|it| it.matter.as_str() == matter && hangs(it, page.today)) {
        Some(plate) => {
            let place = Some(plate.id.as_str().into());
            let entry = Entry { kind: EntryKind::Doorplate, place, from: None, service: None };
            (jar.remove(Cookie::build((COOKIE, "")).path("/").build()), Some(entry))
        }
        None => (jar, None),
    }
}
