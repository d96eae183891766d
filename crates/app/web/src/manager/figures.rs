//! All indicators with their values, by group; and what is not measured here, with the reason.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use indicators::{FactKind, Group, INDICATORS, Indicator, Tally, Unit};

use crate::errors::WebError;
use crate::manager::home::{Chooser, chooser};
use crate::manager::names;
use crate::manager::read::Reading;
use crate::manager::wanted::{Chosen, Wanted};
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// What the field asks for and the hub cannot know yet.
const NOT_MEASURED: [&str; 8] = [
    "potential",
    "consultations",
    "typed-twice",
    "goods",
    "precheck",
    "deferral",
    "delivery",
    "inspections",
];

#[derive(Debug)]
struct Line {
    name: String,
    definition: String,
    shown: String,
    behind: String,
    href: String,
}

#[derive(Debug)]
struct Section {
    name: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Missing {
    name: String,
    why: String,
}

#[derive(Template, Debug)]
#[template(path = "manager/figures.html")]
struct FiguresPage<'a> {
    p: &'a Page,
    chooser: Chooser,
    sections: Vec<Section>,
    missing: Vec<Missing>,
}

/// GET /manager/figures.
pub async fn figures(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, &wanted).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, wanted: &Wanted) -> Result<Response, WebError> {
    let chosen = Chosen::of(app, page, wanted)?;
    let all = app.counted.all.get(format!("{:?}", chosen.scope), count_all(app, &chosen));
    let (tallies, ago) = all.await?;
    let query = chosen.query();
    let line = |tally: &Tally| {
        let (indicator, value) = (tally.indicator(), tally.value());
        Line {
            name: page.t(&format!("figure-{}", indicator.id)),
            definition: page.t(&format!("figure-{}-definition", indicator.id)),
            shown: shown(page, indicator, tally),
            behind: match indicator.unit {
                Unit::Count => String::new(),
                _ => names::behind(indicator, value),
            },
            href: format!("/manager/figures/{}{query}", indicator.id),
        }
    };
    let sections = Group::ALL
        .into_iter()
        .map(|group| Section {
            name: page.t(&format!("manager-group-{}", group.as_str())),
            lines: tallies
                .iter()
                .filter(|tally| tally.indicator().group == group)
                .map(line)
                .collect(),
        })
        .collect();
    render(&FiguresPage {
        p: page,
        chooser: chooser(app, page, &chosen, "/manager/figures", ago),
        sections,
        missing: NOT_MEASURED
            .iter()
            .map(|id| Missing {
                name: page.t(&format!("manager-missing-{id}")),
                why: page.t(&format!("manager-missing-{id}-why")),
            })
            .collect(),
    })
}

/// A value with its unit.
pub fn shown(page: &Page, indicator: &Indicator, tally: &Tally) -> String {
    let cell = names::value(indicator, tally.value());
    match indicator.unit {
        Unit::Days if cell.is_number() => page.t1("manager-days", "n", cell.shown()),
        _ => cell.shown(),
    }
}

/// Also over how many facts.
async fn count_all(app: &App, chosen: &Chosen) -> Result<(Arc<Vec<Tally>>, u64), WebError> {
    let mut read = 0;
    let mut tallies: Vec<Tally> =
        INDICATORS.iter().map(|indicator| Tally::new(indicator, None)).collect();
    let kinds =
        [FactKind::Case, FactKind::Service, FactKind::Rating, FactKind::Draft, FactKind::Sending];
    for kind in kinds {
        read += Reading::all(kind, &chosen.scope)
            .each(app, |fact| {
                for tally in &mut tallies {
                    tally.put(fact, &chosen.scope);
                }
            })
            .await?;
    }
    Ok((Arc::new(tallies), read))
}
