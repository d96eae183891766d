//! Ratings as managers and officers see them: tabs with counts equal to rows, what is owed first on top.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use casework::RatingState;
use serde::Deserialize;
use store_port::{RatingFilter, RatingRow};
use vocabulary::NodeKey;

use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::ratings::{WHOLE, grade_class, grade_words, state_class, state_words};
use crate::state::App;
use crate::views::render;

/// Rows of a page.
const ROWS: u32 = 100;

#[derive(Deserialize, Debug, Default)]
pub struct Asked {
    #[serde(default)]
    tab: String,
}

/// Who looks, and from where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Manager,
    Officer,
}

impl Side {
    pub const fn base(self) -> &'static str {
        match self {
            Self::Manager => "/manager/ratings",
            Self::Officer => "/officer/ratings",
        }
    }
}

#[derive(Debug)]
struct Tab {
    words: String,
    link: String,
    count: u64,
    chosen: bool,
}

#[derive(Debug)]
struct Row {
    link: String,
    number: String,
    name: String,
    matter: String,
    department: String,
    grade: String,
    class: &'static str,
    rated: String,
    via: String,
    state: String,
    state_class: &'static str,
    appealed: bool,
    due: String,
    overdue: bool,
}

#[derive(Template, Debug)]
#[template(path = "ratings/list.html")]
struct ListPage<'a> {
    p: &'a Page,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// By when what has to be done, in words, and on what that rests.
    terms: String,
    basis: String,
    unverified: String,
    more: bool,
    officer: bool,
}

/// GET /manager/ratings.
pub async fn for_manager(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    show(&app, &page, Side::Manager, &asked.tab).await.map_err(|error| error.into_page(&page))
}

/// GET /officer/ratings.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    show(&app, &page, Side::Officer, &asked.tab).await.map_err(|error| error.into_page(&page))
}

/// What this person may see at all.
pub fn scope(page: &Page, side: Side) -> RatingFilter {
    let area = page.who.area.as_deref().unwrap_or_default().trim_end_matches("00").to_owned();
    let filter = RatingFilter { area, limit: ROWS, ..RatingFilter::default() };
    match side {
        Side::Manager => filter,
        Side::Officer => RatingFilter {
            services: true,
            // Without a department nothing is his.
            department: Some(page.who.department.clone().unwrap_or_default()),
            ..filter
        },
    }
}

/// The tabs: name, states, whether only those with an appeal.
const TABS: [(&str, &[RatingState], bool); 6] = [
    ("open", &[RatingState::Open], false),
    ("contacted", &[RatingState::Contacted], false),
    ("rectified", &[RatingState::Rectified], false),
    ("appealed", &[], true),
    ("excluded", &[RatingState::Excluded], false),
    ("all", &[], false),
];

async fn show(app: &App, page: &Page, side: Side, asked: &str) -> Result<Response, WebError> {
    let scope = scope(page, side);
    let counts = app.engine.store().count_ratings(&scope).await?;
    let chosen = TABS.iter().find(|(name, ..)| *name == asked).unwrap_or(&TABS[0]);
    let tabs = TABS.iter().map(|(name, states, appealed)| {
        let of_tab = counts.iter().filter(|(state, open, _)| {
            (!*appealed || *open)
                && (states.is_empty() || states.iter().any(|it| it.as_str() == state))
        });
        Tab {
            words: page.t(tab_key(name)),
            link: format!("{}?tab={name}", side.base()),
            count: of_tab.map(|(_, _, count)| count).sum(),
            chosen: name == &chosen.0,
        }
    });
    let tabs: Vec<Tab> = tabs.collect();
    let filter = RatingFilter {
        states: chosen.1.iter().map(|state| state.as_str().to_owned()).collect(),
        appealed: chosen.2,
        urgent_first: true,
        ..scope
    };
    let mut rows = Vec::new();
    for found in app.engine.store().list_ratings(&filter).await? {
        rows.push(row(app, page, side, found).await?);
    }
    let rule = app.engine.network().rating.as_ref();
    let total = tabs.iter().find(|tab| tab.chosen).map_or(0, |tab| tab.count);
    render(&ListPage {
        p: page,
        more: total > u64::from(ROWS),
        terms: rule.map_or_else(String::new, |rule| {
            page.tn(
                "ratings-terms",
                &[
                    ("contact", rule.contact_days.to_string()),
                    ("simple", rule.simple_days.to_string()),
                    ("complex", rule.complex_days.to_string()),
                ],
            )
        }),
        basis: rule.map_or_else(String::new, |rule| page.text(&rule.basis).to_owned()),
        unverified: rule
            .and_then(|rule| rule.unverified.as_ref())
            .map_or_else(String::new, |why| page.text(why).to_owned()),
        tabs,
        rows,
        officer: side == Side::Officer,
    })
}

fn tab_key(name: &str) -> &'static str {
    match name {
        "open" => "rating-open",
        "contacted" => "rating-contacted",
        "rectified" => "rating-rectified",
        "appealed" => "rating-appealed",
        "excluded" => "rating-excluded",
        _ => "ratings-all",
    }
}

async fn row(app: &App, page: &Page, side: Side, row: RatingRow) -> Result<Row, WebError> {
    let node: Option<NodeKey> = crate::ratings::give::node_of(&row.node);
    let service = node.as_ref().map(|node| node.service.as_str());
    let catalogue = load::catalogue_naming(app, row.case_id, &row.matter, service).await?;
    let state = RatingState::ALL.into_iter().find(|it| it.as_str() == row.state);
    let state = state.unwrap_or(RatingState::Thanked);
    let due = engine::ratings::rating_due(&row, page.today);
    let named = service.and_then(|service| catalogue.services.get(service));
    let matter = catalogue.matters.get(row.matter.as_str());
    Ok(Row {
        link: format!(
            "{}/{}/{}",
            side.base(),
            row.case_id,
            if row.node.is_empty() { WHOLE } else { &row.node }
        ),
        name: match (&node, named) {
            (None, _) => page.t("rating-whole"),
            (Some(_), Some(service)) => page.text(&service.name).to_owned(),
            (Some(node), None) => node.service.to_string(),
        },
        matter: matter.map_or_else(|| row.matter.clone(), |it| page.text(&it.title).to_owned()),
        department: if row.department.is_empty() {
            String::new()
        } else {
            naming::organisation_name(&catalogue, page, &row.department.as_str().into())
        },
        number: row.case_number,
        grade: grade_words(page, row.grade),
        class: grade_class(row.grade),
        rated: page.iso_date(&row.rated_on),
        via: via_words(page, &row.via),
        state: state_words(page, state),
        state_class: state_class(state),
        appealed: row.appealed,
        overdue: due.is_some_and(|due| due.overdue),
        due: due.map_or_else(String::new, |due| page.short_date(due.on)),
    })
}

/// By which way it was rated.
pub fn via_words(page: &Page, via: &str) -> String {
    let key = match via {
        "pc" => "via-pc",
        "mobile" => "via-mobile",
        "qr" => "via-qr",
        "tablet" => "via-tablet",
        "kiosk" => "via-kiosk",
        "phone" => "via-phone",
        "sms" => "via-sms",
        _ => return String::new(),
    };
    page.t(key)
}
