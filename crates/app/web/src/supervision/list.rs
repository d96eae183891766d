//! Service cases by light, stage and department, with figures over the same rows: for managers and for officers of
//! a department. Counts and rows come from the same filter.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use catalogue::Addressee;
use indicators::IndicatorValue;
use serde::Deserialize;
use store_port::{LightCount, LightWanted, ServiceFilter, ServiceRow};
use vocabulary::NodeKey;

use super::{STAGES, of_row, stage_name};
use crate::access::{Action, Resource, Role, may};
use crate::applicant::case_view::Light;
use crate::applicant::load;
use crate::counted::as_of;
use crate::errors::WebError;
use crate::naming;
use crate::officer::filter::{after, keyset};
use crate::page::{Page, counted, percent_encoded};
use crate::picture::node_name;
use crate::state::App;
use crate::views::render;

/// Rows of a page.
pub(super) const ROWS: u32 = 100;

/// Who looks, and from where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Manager,
    Officer,
    Head,
    Leader,
    Inspector,
}

impl Side {
    /// Where whoever has this role looks from; `None` = supervision addresses nothing to him.
    pub const fn of(role: Role) -> Option<Self> {
        match role {
            Role::Manager => Some(Self::Manager),
            Role::Officer => Some(Self::Officer),
            Role::UnitHead => Some(Self::Head),
            Role::DepartmentLeader => Some(Self::Leader),
            Role::Inspector => Some(Self::Inspector),
            Role::Visitor
            | Role::Applicant
            | Role::Clerk
            | Role::Agent
            | Role::Designer
            | Role::Operator
            | Role::DepartmentSystem => None,
        }
    }

    pub const fn base(self) -> &'static str {
        match self {
            Self::Manager => "/manager/supervision",
            Self::Officer => "/officer/supervision",
            Self::Head | Self::Leader | Self::Inspector => "/supervision",
        }
    }

    /// The step of the chain that he is.
    pub const fn post(self) -> Addressee {
        match self {
            Self::Manager => Addressee::HallManager,
            Self::Officer => Addressee::Officer,
            Self::Head => Addressee::UnitHead,
            Self::Leader => Addressee::DepartmentLeader,
            Self::Inspector => Addressee::SupervisionOffice,
        }
    }

    /// Whether he sees one department only.
    pub const fn is_of_department(self) -> bool {
        self.post().is_of_department()
    }
}

/// What is asked for, as it stands in the address.
#[derive(Deserialize, Debug, Clone, Default)]
#[serde(default)]
pub struct Asked {
    pub light: String,
    pub stage: String,
    pub department: String,
    pub notice: String,
    /// Promised date, case and node of the last row before this page, with `|` between.
    pub after: String,
}

impl Asked {
    fn query(&self) -> String {
        let parts = [
            ("light", &self.light),
            ("stage", &self.stage),
            ("department", &self.department),
            ("notice", &self.notice),
        ];
        let parts = parts.iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<String> =
            parts.map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        parts.join("&")
    }
}

#[derive(Debug)]
struct Tab {
    words: String,
    link: String,
    count: String,
    chosen: bool,
}

#[derive(Debug)]
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) link: String,
    pub(super) number: String,
    pub(super) service: String,
    pub(super) matter: String,
    pub(super) department: String,
    pub(super) stage: String,
    pub(super) light: Light,
    pub(super) promised: String,
    told: u32,
    pub(super) notice: String,
    pub(super) notice_tone: &'static str,
}

/// A line of figures: a department, or all.
#[derive(Debug)]
struct Line {
    name: String,
    link: String,
    open: u64,
    yellow: u64,
    red: u64,
    stopped: u64,
    /// Red of those that are open, with its denominator.
    share: String,
    notices: String,
}

#[derive(Template, Debug)]
#[template(path = "supervision/list.html")]
struct ListPage<'a> {
    p: &'a Page,
    base: &'static str,
    officer: bool,
    of_department: bool,
    tabs: Vec<Tab>,
    asked: Asked,
    stages: Vec<Choice>,
    departments: Vec<Choice>,
    lines: Vec<Line>,
    /// As of when they were counted; empty = now.
    as_of: String,
    rows: Vec<Row>,
    /// Address of the next page; empty = this is the last.
    next: String,
    /// Address of the first page; empty = this is it.
    first: String,
    rules: String,
    unverified: String,
    query: String,
}

/// GET /manager/supervision.
pub async fn for_manager(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    show(&app, &page, Side::Manager, asked).await.map_err(|error| error.into_page(&page))
}

/// GET /officer/supervision.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    show(&app, &page, Side::Officer, asked).await.map_err(|error| error.into_page(&page))
}

/// What this person may see at all.
pub fn scope(app: &App, page: &Page, side: Side) -> ServiceFilter {
    let own = page.who.area.as_deref().unwrap_or_default().trim_end_matches("00");
    // Whoever has all that the network serves has what names no area as well.
    let whole = app.engine.network().common_area().is_some_and(|it| it.as_str().starts_with(own));
    let area = if whole { String::new() } else { own.to_owned() };
    let filter = ServiceFilter { limit: ROWS + 1, ..ServiceFilter::default() };
    if side.is_of_department() {
        // Without a department nothing is his.
        let department = Some(page.who.department.clone().unwrap_or_default());
        return ServiceFilter { department, ..filter };
    }
    ServiceFilter { area_below: area, ..filter }
}

/// Whether this person may see this service case. What was handed in from home, with no area named, belongs to all
/// that the network serves: so figures count it, too.
pub fn sees(app: &App, page: &Page, side: Side, row: &ServiceRow) -> bool {
    let area = row.area.as_deref();
    let common = app.engine.network().common_area();
    let action = match side {
        Side::Manager => Action::SeeFigures,
        Side::Officer => Action::SeeServiceCase,
        Side::Head | Side::Leader | Side::Inspector => Action::Supervise,
    };
    let resource = if side.is_of_department() {
        Resource::Department { department: &row.department, area }
    } else {
        let area = area.or(common.as_ref().map(|it| it.as_str())).unwrap_or_default();
        Resource::Area { area }
    };
    may(&page.who, action, resource, page.demo)
}

/// GET /supervision.
pub async fn for_supervisor(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let shown = async {
        let side = Side::of(page.who.role).ok_or(WebError::NotFound)?;
        show(&app, &page, side, asked).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What is asked for, within what this person may see.
pub fn filter_of(app: &App, page: &Page, side: Side, asked: &Asked) -> ServiceFilter {
    let scope = scope(app, page, side);
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    ServiceFilter {
        light: wanted(&asked.light).map(|light| (light, page.today.to_string())),
        stage: some(&asked.stage),
        notice: some(&asked.notice),
        department: scope.department.or_else(|| some(&asked.department)),
        ..scope
    }
}

fn wanted(word: &str) -> Option<LightWanted> {
    match word {
        "red" => Some(LightWanted::Red),
        "yellow" => Some(LightWanted::Yellow),
        "green" => Some(LightWanted::Green),
        "all" => Some(LightWanted::Any),
        "stopped" => Some(LightWanted::Stopped),
        _ => None,
    }
}

async fn show(app: &App, page: &Page, side: Side, asked: Asked) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let store = app.engine.store();
    let today = page.today.to_string();
    let light =
        if asked.light.is_empty() && asked.notice.is_empty() { "red" } else { &asked.light };
    let asked = Asked { light: light.to_owned(), ..asked };
    let filter = filter_of(app, page, side, &asked);
    // Of all that whoever looks may see, counted once; what he has chosen is a part of it.
    let (everywhere, ago) = app.counted.lights(store, &scope(app, page, side), &today).await?;
    let is_wanted = |count: &&LightCount| {
        let wanted =
            |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|it| it == is);
        wanted(&filter.department, &count.department) && wanted(&filter.stage, &count.stage)
    };
    let counts: Vec<LightCount> = everywhere.iter().filter(is_wanted).cloned().collect();
    let filter = ServiceFilter { after: keyset(&asked.after), ..filter };
    let mut found = store.list_services(&filter).await?;
    let whole = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = found.len() > whole;
    found.truncate(whole);
    let href = format!("{}?{}", side.base(), asked.query());
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| format!("{href}&after={}", percent_encoded(&after(last))));
    let first = if filter.after.is_some() { href } else { String::new() };
    let rules = catalogue.supervision(page.today);
    let departments: BTreeSet<&str> =
        everywhere.iter().map(|count| count.department.as_str()).collect();
    let name = |id: &str| naming::organisation_name(catalogue, page, &id.into());
    let mut rows = Vec::with_capacity(found.len());
    for row in found.iter().filter(|row| sees(app, page, side, row)) {
        let of = load::catalogue_naming(app, row.case_id, &row.matter, Some(&row.service)).await?;
        rows.push(row_view(&of, catalogue, page, side, row));
    }
    let open_notices =
        ServiceFilter { light: None, notice: Some("open".to_owned()), ..filter.clone() };
    let open_notices = app.counted.rows(store, &open_notices).await?;
    render(&ListPage {
        p: page,
        base: side.base(),
        officer: side == Side::Officer,
        of_department: side.is_of_department(),
        tabs: tabs(page, side, &asked, &counts, open_notices),
        stages: STAGES
            .into_iter()
            .map(|stage| Choice {
                value: engine::projection::stage_word(stage).to_owned(),
                name: stage_name(page, catalogue, stage),
                chosen: asked.stage == engine::projection::stage_word(stage),
            })
            .collect(),
        departments: if side.is_of_department() {
            Vec::new()
        } else {
            let choice = |id: &&str| Choice {
                value: (*id).to_owned(),
                name: name(id),
                chosen: asked.department == **id,
            };
            departments.iter().map(choice).collect()
        },
        lines: lines(page, side, &everywhere, &name),
        as_of: as_of(app, page, ago).unwrap_or_default(),
        rows,
        next: next.unwrap_or_default(),
        first,
        rules: rules.map_or_else(String::new, |rules| page.text(&rules.name).to_owned()),
        unverified: rules
            .map_or_else(String::new, |rules| page.text(&rules.basis.unverified).to_owned()),
        query: asked.query(),
        asked,
    })
}

fn sum(counts: &[LightCount], of: fn(&LightCount) -> u64) -> u64 {
    counts.iter().map(of).sum()
}

fn tabs(page: &Page, side: Side, asked: &Asked, counts: &[LightCount], notices: u64) -> Vec<Tab> {
    let (open, yellow, red, stopped) = (
        sum(counts, |it| it.open),
        sum(counts, |it| it.yellow),
        sum(counts, |it| it.red),
        sum(counts, |it| it.stopped),
    );
    let green = open.saturating_sub(yellow).saturating_sub(red).saturating_sub(stopped);
    let lights =
        [("red", red), ("yellow", yellow), ("stopped", stopped), ("green", green), ("all", open)];
    let mut tabs: Vec<Tab> = lights
        .into_iter()
        .map(|(light, count)| {
            let to = Asked { light: light.to_owned(), notice: String::new(), ..asked.clone() };
            Tab {
                words: page.t(match light {
                    "red" => "lights-red",
                    "yellow" => "lights-yellow",
                    "stopped" => "lights-stopped",
                    "green" => "lights-green",
                    _ => "lights-all",
                }),
                link: format!("{}?{}", side.base(), to.query()),
                count: count.to_string(),
                chosen: asked.light == light,
            }
        })
        .collect();
    let to = Asked { light: String::new(), notice: "open".to_owned(), ..asked.clone() };
    tabs.push(Tab {
        words: page.t("lights-notices"),
        link: format!("{}?{}", side.base(), to.query()),
        count: counted(notices),
        chosen: !asked.notice.is_empty(),
    });
    tabs
}

fn lines(
    page: &Page,
    side: Side,
    counts: &[LightCount],
    name: &dyn Fn(&str) -> String,
) -> Vec<Line> {
    let line = |title: String, link: String, of: &[LightCount]| {
        let (open, red) = (sum(of, |it| it.open), sum(of, |it| it.red));
        let (given, answered) = (sum(of, |it| it.notices), sum(of, |it| it.answered));
        let part =
            |numerator: u64, denominator: u64| match (IndicatorValue { numerator, denominator })
                .permille()
            {
                None => page.t("lights-no-share"),
                Some(tenths) => {
                    let (above, below) = (numerator, denominator);
                    let share = format!("{}.{}%", tenths / 10, tenths % 10);
                    page.tn(
                        "lights-share",
                        &[
                            ("share", share),
                            ("above", above.to_string()),
                            ("below", below.to_string()),
                        ],
                    )
                }
            };
        Line {
            name: title,
            link,
            open,
            yellow: sum(of, |it| it.yellow),
            red,
            stopped: sum(of, |it| it.stopped),
            share: part(red, open),
            notices: part(answered, given),
        }
    };
    let mut departments: Vec<&str> = counts.iter().map(|it| it.department.as_str()).collect();
    departments.dedup();
    let mut lines: Vec<Line> = departments
        .into_iter()
        .map(|id| {
            let of: Vec<LightCount> =
                counts.iter().filter(|it| it.department == id).cloned().collect();
            let link = if side.is_of_department() {
                String::new()
            } else {
                format!("{}?light=all&department={}", side.base(), percent_encoded(id))
            };
            line(name(id), link, &of)
        })
        .collect();
    lines.sort_by(|a, b| (b.red, b.yellow, &a.name).cmp(&(a.red, a.yellow, &b.name)));
    if lines.len() > 1 {
        lines.insert(0, line(page.t("lights-everywhere"), String::new(), counts));
    }
    lines
}

pub(super) fn row_view(
    of: &catalogue::Catalogue,
    in_force: &catalogue::Catalogue,
    page: &Page,
    side: Side,
    row: &ServiceRow,
) -> Row {
    let node: NodeKey = row.node.parse().unwrap_or_else(|never| match never {});
    let stage = STAGES
        .into_iter()
        .find(|stage| engine::projection::stage_word(*stage) == row.watched.stage);
    let (notice, notice_tone) = match row.watched.notice.as_str() {
        "open" => (page.t("notice-open"), "seal"),
        "answered" => (page.t("notice-answered"), "warn"),
        _ => (String::new(), ""),
    };
    Row {
        link: format!("{}/{}/{}", side.base(), row.case_id, row.node),
        number: row.case_number.clone(),
        service: node_name(of, page, &node, node.member.is_some()),
        matter: of
            .matter(&row.matter)
            .map_or_else(|| row.matter.clone(), |matter| page.text(&matter.name).to_owned()),
        department: naming::organisation_name(of, page, &row.department.as_str().into()),
        stage: stage.map_or_else(String::new, |stage| stage_name(page, in_force, stage)),
        light: of_row(page, in_force, row),
        promised: row
            .promised_on
            .as_deref()
            .map_or_else(|| page.t("no-date"), |date| page.iso_date(date)),
        told: row.watched.reminders,
        notice,
        notice_tone,
    }
}

/// What an officer's desk begins with: red, yellow, notices to be answered.
#[derive(Debug, Default)]
pub struct DeskLights {
    pub red: u64,
    pub yellow: u64,
    pub notices: u64,
}

impl DeskLights {
    /// Whether there is anything to say.
    pub const fn any(&self) -> bool {
        self.red > 0 || self.yellow > 0 || self.notices > 0
    }
}

/// The same figures as on the page of supervision.
///
/// # Errors
/// A fault.
pub async fn of_desk(app: &App, page: &Page) -> Result<DeskLights, WebError> {
    let scope = scope(app, page, Side::Officer);
    let store = app.engine.store();
    let (counts, _) = app.counted.lights(store, &scope, &page.today.to_string()).await?;
    let asked = ServiceFilter { notice: Some("open".to_owned()), ..scope };
    let notices = app.counted.rows(store, &asked).await?;
    Ok(DeskLights { red: sum(&counts, |it| it.red), yellow: sum(&counts, |it| it.yellow), notices })
}
