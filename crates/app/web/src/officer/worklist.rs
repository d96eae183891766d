//! The worklist of the officer's own department: tabs by state, most urgent first, lights and both dates, who has
//! what, and what holds it up. Counts and rows come from the same filter and agree.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use casework::ServiceState;
use catalogue::Catalogue;
use store_port::{AssignmentRow, COUNTED_AT_MOST, OpinionRow, SavedFilterRow, ServiceRow};
use vocabulary::{AccountId, CaseId, Date, NodeKey, SealedId};

use super::columns::{Column, Columns};
use super::desk::Typed;
use super::filter::{Filter, Hands, ROWS, Tab, Term, Wanted, keyset};
use crate::access::{Action, Resource, may};
use crate::applicant::case_view::{Light, state_class, state_name, time_text};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::{Page, counted, percent_encoded};
use crate::picture::node_name;
use crate::state::App;
use crate::supervision::{self, list::DeskLights};
use crate::views::render;

#[derive(Debug)]
struct TabView {
    name: String,
    count: String,
    href: String,
    current: bool,
}

/// An entry of one of the filter's selects.
#[derive(Debug)]
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

#[derive(Debug)]
struct SavedView {
    id: String,
    name: String,
    current: bool,
}

/// A department that waits for our opinion.
#[derive(Debug)]
struct OwedOpinion {
    href: String,
    words: String,
}

/// One service case in the list.
#[derive(Debug)]
struct Row {
    /// Empty when it ended before it was handed over.
    href: String,
    /// `case|node|version of its assignment`.
    value: String,
    number: String,
    service: String,
    matter: String,
    area: String,
    applicant: String,
    received: String,
    /// Whether the demo's history or its simulated time.
    era: String,
    light: Light,
    remaining: String,
    promised: String,
    statutory: String,
    blocked: Vec<String>,
    officer: String,
    mine: bool,
    state: String,
    class: &'static str,
}

#[derive(Template, Debug)]
#[template(path = "officer/worklist.html")]
struct WorklistPage<'a> {
    p: &'a Page,
    department: String,
    command: String,
    tab: &'static str,
    query: String,
    tabs: Vec<TabView>,
    matters: Vec<Choice>,
    services: Vec<Choice>,
    areas: Vec<Choice>,
    hands: Vec<Choice>,
    terms: Vec<Choice>,
    colleagues: Vec<Choice>,
    number: String,
    /// Every column that can be left out: word, name, whether it is shown.
    picker: Vec<(&'static str, String, bool)>,
    narrow: bool,
    clear: String,
    saved: Vec<SavedView>,
    owed: Vec<OwedOpinion>,
    lights: DeskLights,
    rows: Vec<Row>,
    total: String,
    moved: String,
    left: String,
    /// What became of keeping a filter.
    kept: String,
    kept_well: bool,
    end: bool,
    /// Address of the next page; empty = this is the last.
    next: String,
    /// Address of the first page; empty = this is it.
    first: String,
    /// Where the first case that can be taken is; empty = there is nothing.
    begin: String,
}

/// GET /officer.
pub async fn worklist(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
    Query(sent): Query<Vec<(String, String)>>,
    jar: CookieJar,
) -> Result<Response, Response> {
    let sent = Typed::new(sent);
    if sent.get("columns") == "picked" {
        let jar = Columns::picked(&sent).keep(jar);
        let to = Redirect::to(&Filter::parse(sent.get("from")).href());
        return Ok((jar, to).into_response());
    }
    let columns = Columns::kept(&jar);
    show(&app, &page, wanted, columns).await.map_err(|error| error.into_page(&page))
}

impl WorklistPage<'_> {
    fn has(&self, column: &str) -> bool {
        self.picker.iter().any(|(word, _, shown)| *word == column && *shown)
    }
}

/// The officer's department, if there is a worklist for him.
///
/// # Errors
/// There is none.
pub fn own_department(app: &App, page: &Page) -> Result<String, WebError> {
    let catalogue = app.engine.catalogue();
    let department = page.who.department.clone().ok_or(WebError::NotFound)?;
    let organisation = catalogue.organisations.get(department.as_str());
    let resource = Resource::Department {
        department: &department,
        area: organisation.and_then(|organisation| organisation.area.as_deref()),
    };
    if may(&page.who, Action::SeeWorklist, resource, page.demo) {
        Ok(department)
    } else {
        Err(WebError::NotFound)
    }
}

async fn show(
    app: &App,
    page: &Page,
    wanted: Wanted,
    columns: Columns,
) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let department = own_department(app, page)?;
    let me = page.who.account.ok_or(WebError::NotFound)?;
    let filter = Filter::of(&wanted);
    let mut asked = filter.of_store(&department, Some(me), page.today);
    asked.after = keyset(&wanted.after);
    let store = app.engine.store();
    let counts = store.count_services(&asked, &Tab::counted()).await?;
    let mut found = store.list_services(&asked).await?;
    let whole = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = found.len() > whole;
    found.truncate(whole);
    let officers = app.engine.officers_of(&department).await?;
    let cases: Vec<CaseId> = found.iter().map(|row| row.case_id).collect();
    let beside = Beside {
        query: filter.query(),
        me,
        officers: &officers,
        hands: store.list_assignments(&cases).await?,
        opinions: store.list_opinions(&cases).await?,
    };
    let rows = rows(app, page, &found, &beside).await?;
    let next = found.last().filter(|_| more).map(|last| filter.page_after(last));
    let saved = store.list_filters(me).await?;
    let total = match filter.tab.count(&counts) {
        many if many >= COUNTED_AT_MOST => page.t1("worklist-total", "n", counted(many)),
        total => page.t1("worklist-total", "n", total),
    };
    render(&WorklistPage {
        p: page,
        department: naming::organisation_full_name(catalogue, page, &department.as_str().into()),
        command: load::fresh_command(),
        tab: filter.tab.as_str(),
        tabs: Tab::ALL.into_iter().map(|tab| tab_view(page, &filter, tab, &counts)).collect(),
        matters: matters_of(catalogue, page, &department, &filter.matter),
        services: services_of(catalogue, page, &department, &filter.service),
        areas: areas(app, page, &filter.area),
        hands: hands(page, me, &officers, filter.who),
        terms: terms(page, filter.term),
        colleagues: others(me, &officers, filter.who),
        picker: Column::ALL
            .into_iter()
            .map(|it| (it.as_str(), page.t(it.key()), columns.shows(it)))
            .collect(),
        narrow: filter.is_narrow(),
        clear: filter.cleared().href(),
        saved: saved.iter().map(|row| saved_view(row, &beside.query)).collect(),
        owed: owed(app, page, &department).await?,
        lights: supervision::list::of_desk(app, page).await?,
        moved: wanted.moved.map_or_else(String::new, |n| page.t1("batch-moved", "n", n)),
        left: match wanted.left {
            Some(n) if n > 0 => page.t1("batch-left", "n", n),
            _ => String::new(),
        },
        kept: kept_key(&wanted.kept).map_or_else(String::new, |key| page.t(key)),
        kept_well: wanted.kept == "yes",
        end: wanted.end.is_some(),
        next: next.unwrap_or_default(),
        first: if asked.after.is_some() { filter.href() } else { String::new() },
        begin: if rows.iter().any(|row| !row.href.is_empty()) && filter.tab != Tab::Finished {
            format!("/officer/next?{}", beside.query)
        } else {
            String::new()
        },
        query: beside.query,
        rows,
        total,
        number: filter.number,
    })
}

/// What is told after a filter was to be kept.
fn kept_key(word: &str) -> Option<&'static str> {
    match word {
        "yes" => Some("filter-kept"),
        "full" => Some("filter-full"),
        "nameless" => Some("filter-nameless"),
        "long" => Some("filter-long"),
        _ => None,
    }
}

fn tab_view(page: &Page, filter: &Filter, tab: Tab, counts: &[u64]) -> TabView {
    TabView {
        name: page.t(tab.key()),
        count: counted(tab.count(counts)),
        href: filter.on(tab).href(),
        current: tab == filter.tab,
    }
}

fn saved_view(row: &SavedFilterRow, query: &str) -> SavedView {
    SavedView { id: row.filter_id.to_string(), name: row.name.clone(), current: row.query == query }
}

/// The matters that the department has a part in.
fn matters_of(catalogue: &Catalogue, page: &Page, department: &str, chosen: &str) -> Vec<Choice> {
    let ours = |matter: &&catalogue::Matter| {
        let mut services =
            matter.services.iter().filter_map(|part| catalogue.service(&part.service));
        services.any(|service| service.authority.as_str() == department)
    };
    catalogue
        .matters
        .values()
        .filter(ours)
        .map(|matter| Choice {
            value: matter.id.to_string(),
            name: page.text(&matter.name).to_owned(),
            chosen: matter.id.as_str() == chosen,
        })
        .collect()
}

fn services_of(catalogue: &Catalogue, page: &Page, department: &str, chosen: &str) -> Vec<Choice> {
    catalogue
        .services
        .values()
        .filter(|service| service.authority.as_str() == department)
        .map(|service| Choice {
            value: service.id.to_string(),
            name: page.text(&service.name).to_owned(),
            chosen: service.id.as_str() == chosen,
        })
        .collect()
}

/// The areas of the network of outlets.
fn areas(app: &App, page: &Page, chosen: &str) -> Vec<Choice> {
    app.engine
        .network()
        .areas
        .iter()
        .map(|(code, name)| Choice {
            value: code.to_string(),
            name: page.text(name).to_owned(),
            chosen: code.as_str() == chosen,
        })
        .collect()
}

fn hands(
    page: &Page,
    me: AccountId,
    officers: &BTreeMap<AccountId, String>,
    chosen: Hands,
) -> Vec<Choice> {
    let fixed =
        [(Hands::Anyone, "hands-anyone"), (Hands::Me, "hands-me"), (Hands::Nobody, "hands-nobody")];
    let fixed = fixed.into_iter().map(|(hands, key)| Choice {
        value: hands.word(),
        name: page.t(key),
        chosen: hands == chosen,
    });
    fixed.chain(others(me, officers, chosen)).collect()
}

/// The colleagues of the department.
fn others(me: AccountId, officers: &BTreeMap<AccountId, String>, chosen: Hands) -> Vec<Choice> {
    officers
        .iter()
        .filter(|(account, _)| **account != me)
        .map(|(account, name)| Choice {
            value: account.to_string(),
            name: name.clone(),
            chosen: chosen == Hands::Colleague(*account),
        })
        .collect()
}

fn terms(page: &Page, chosen: Term) -> Vec<Choice> {
    let all =
        [(Term::Any, "term-any"), (Term::Overdue, "term-overdue"), (Term::Stopped, "term-stopped")];
    all.into_iter()
        .map(|(term, key)| Choice {
            value: term.as_str().to_owned(),
            name: page.t(key),
            chosen: term == chosen,
        })
        .collect()
}

/// Opinions that other departments wait for.
async fn owed(app: &App, page: &Page, department: &str) -> Result<Vec<OwedOpinion>, WebError> {
    let catalogue = app.engine.catalogue();
    let open = app.engine.store().list_open_opinions(department, 5).await?;
    Ok(open
        .into_iter()
        .map(|row| OwedOpinion {
            href: format!("/officer/cases/{}/{}#opinions", row.case_id, row.to_node),
            words: page.t1(
                "opinion-owed",
                "department",
                naming::organisation_name(catalogue, page, &row.from_department.as_str().into()),
            ),
        })
        .collect())
}

/// What is known beside the rows.
struct Beside<'a> {
    query: String,
    me: AccountId,
    officers: &'a BTreeMap<AccountId, String>,
    hands: Vec<AssignmentRow>,
    opinions: Vec<OpinionRow>,
}

impl Beside<'_> {
    fn hands_of(&self, row: &ServiceRow) -> Option<&AssignmentRow> {
        self.hands.iter().find(|it| it.case_id == row.case_id && it.node == row.node)
    }
}

async fn rows(
    app: &App,
    page: &Page,
    found: &[ServiceRow],
    beside: &Beside<'_>,
) -> Result<Vec<Row>, WebError> {
    let handed_over = |row: &&ServiceRow| row.started_at.is_some();
    let names: Vec<SealedId> =
        found.iter().filter(handed_over).filter_map(|row| row.applicant).collect();
    let names = app.engine.unseal_words(&names).await?;
    let mut rows = Vec::with_capacity(found.len());
    for found_row in found {
        let catalogue = load::catalogue_naming(
            app,
            found_row.case_id,
            &found_row.matter,
            Some(&found_row.service),
        );
        let several = found
            .iter()
            .filter(|it| it.case_id == found_row.case_id && it.service == found_row.service)
            .count()
            > 1;
        let mut row =
            row(&*catalogue.await?, app.engine.catalogue(), page, found_row, several, beside);
        row.applicant =
            found_row.applicant.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
        row.area = area_name(app, page, found_row.area.as_deref());
        rows.push(row);
    }
    Ok(rows)
}

/// An area's name; its code when the network does not know it, nothing when it is the whole jurisdiction.
pub fn area_name(app: &App, page: &Page, area: Option<&str>) -> String {
    let Some(area) = area else { return String::new() };
    let known = app.engine.network().areas.iter().find(|(code, _)| code.as_str() == area);
    known.map_or_else(|| area.to_owned(), |(_, name)| page.text(name).to_owned())
}

fn row(
    catalogue: &Catalogue,
    in_force: &Catalogue,
    page: &Page,
    row: &ServiceRow,
    several: bool,
    beside: &Beside<'_>,
) -> Row {
    let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == row.state);
    let state = state.unwrap_or(ServiceState::Referred);
    let due = row.promised_on.as_deref().and_then(|date| date.parse::<Date>().ok());
    let done = state.is_final();
    let node: NodeKey = row.node.parse().unwrap_or_else(|never| match never {});
    let short = |date: &Option<String>| {
        date.as_deref()
            .and_then(|date| date.parse::<Date>().ok())
            .map_or_else(|| page.t("no-date"), |date| page.short_date(date))
    };
    let hands = beside.hands_of(row);
    let officer = hands.and_then(|it| it.officer);
    let from = percent_encoded(&beside.query);
    Row {
        href: row.started_at.map_or_else(String::new, |_| {
            format!("/officer/cases/{}/{}?from={from}", row.case_id, row.node)
        }),
        value: format!("{}|{}|{}", row.case_id, row.node, hands.map_or(0, |it| it.version)),
        number: row.case_number.clone(),
        service: node_name(catalogue, page, &node, several),
        matter: catalogue
            .matter(&row.matter)
            .map_or_else(|| row.matter.clone(), |matter| page.text(&matter.name).to_owned()),
        area: String::new(),
        applicant: String::new(),
        received: row.started_at.map_or_else(String::new, |at| time_text(catalogue, page, at)),
        era: row
            .started_at
            .map_or_else(String::new, |at| page.era(at).trim_start_matches([' ', '·']).to_owned()),
        light: supervision::of_row(page, in_force, row),
        remaining: if done || row.clock_stopped {
            String::new()
        } else {
            due.map_or_else(String::new, |due| remaining(catalogue, page, due))
        },
        promised: short(&row.promised_on),
        statutory: short(&row.statutory_on),
        blocked: blocked(catalogue, page, row, state, &beside.opinions),
        officer: match officer {
            Some(account) => beside.officers.get(&account).cloned().unwrap_or_default(),
            None => String::new(),
        },
        mine: officer == Some(beside.me),
        state: state_name(page, state),
        class: state_class(state),
    }
}

/// Whom or what a service case waits for.
fn blocked(
    catalogue: &Catalogue,
    page: &Page,
    row: &ServiceRow,
    state: ServiceState,
    opinions: &[OpinionRow],
) -> Vec<String> {
    let mut words = Vec::new();
    if state == ServiceState::CorrectionRequested {
        words.push(page.t("blocked-applicant"));
    }
    if state == ServiceState::Contested {
        words.push(page.t("blocked-contested"));
    }
    if state == ServiceState::WithdrawalPending {
        words.push(page.t("blocked-withdrawal"));
    }
    let open = |it: &&OpinionRow| it.case_id == row.case_id && it.given.is_none();
    for opinion in opinions.iter().filter(open) {
        let name = |id: &str| naming::organisation_name(catalogue, page, &id.into());
        if opinion.from_node == row.node {
            let department = name(&opinion.to_department);
            words.push(page.t1("blocked-opinion", "department", department));
        } else if opinion.to_node == row.node {
            let department = name(&opinion.from_department);
            words.push(page.t1("opinion-owed", "department", department));
        }
    }
    words
}

/// How many working days are left, or over.
pub fn remaining(catalogue: &Catalogue, page: &Page, due: Date) -> String {
    let calendar = &catalogue.calendar;
    if due < page.today {
        return page.t1("days-over", "n", calendar.working_days_between(due, page.today));
    }
    match calendar.working_days_between(page.today, due) {
        0 => page.t("days-today"),
        days => page.t1("days-left", "n", days),
    }
}
