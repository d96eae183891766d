//! The manager's page: what stands now, how far people come, what each matter's figures are, where time goes.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use indicators::{Dimension, Fact, FactKind, Scope, Tally, find};

use crate::counted::as_of;
use crate::errors::WebError;
use crate::manager::charts::{self, Bar};
use crate::manager::heat::{Heat, HeatTable, HourRow, Hours};
use crate::manager::read::Reading;
use crate::manager::sheet::{Cell, Sheet};
use crate::manager::wanted::{Chosen, Span, Wanted};
use crate::manager::{columns, names};
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// The indicators of the table by matter, in its order.
const BY_MATTER: [&str; 14] = [
    "relative-volume",
    "joined-cases",
    "mean-degree",
    "full-set",
    "continuation-share",
    "complete-first",
    "returned",
    "done-once",
    "achieved",
    "on-time",
    "case-time",
    "saved-days",
    "saved-visits",
    "materials-exempt",
];

const FUNNEL: [&str; 5] = ["opened", "plan-seen", "submitted", "accepted-at-once", "all-granted"];

const NOW: [&str; 6] =
    ["in-progress", "due-soon", "overdue", "stopped", "sendings-failed", "sendings-waiting"];

/// A choice in a list.
#[derive(Debug)]
pub struct Choice {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

/// The form on top of every page of figures.
#[derive(Debug)]
pub struct Chooser {
    pub action: String,
    pub spans: Vec<Choice>,
    pub areas: Vec<Choice>,
    pub matters: Vec<Choice>,
    pub since: String,
    pub until: String,
    pub dates_wrong: bool,
    /// The choice in words.
    pub words: String,
}

#[derive(Debug)]
struct Tile {
    name: String,
    value: String,
    note: String,
    href: String,
    /// `red`, `amber` or empty; a word stands beside the colour.
    class: &'static str,
}

#[derive(Debug)]
struct Stage {
    name: String,
    count: u64,
    share: String,
    href: String,
}

#[derive(Debug)]
struct Linked {
    shown: String,
    href: String,
    /// Numerator and denominator.
    behind: String,
}

#[derive(Debug)]
struct MatterRow {
    name: String,
    cells: Vec<Linked>,
}

#[derive(Debug)]
struct GradeRow {
    name: String,
    count: u64,
}

#[derive(Debug)]
struct OwedRow {
    department: String,
    failed: u64,
    waiting: u64,
}

#[derive(Template, Debug)]
#[template(path = "manager/home.html")]
struct HomePage<'a> {
    p: &'a Page,
    chooser: Chooser,
    tiles: Vec<Tile>,
    stages: Vec<Stage>,
    funnel: String,
    columns: Vec<String>,
    matters: Vec<MatterRow>,
    export: String,
    heat: HeatTable,
    hours: Vec<u8>,
    loads: Vec<HourRow>,
    grades: Vec<GradeRow>,
    grade_chart: String,
    ratings_href: String,
    good: String,
    bad: String,
    owed: Vec<OwedRow>,
    owed_href: String,
}

/// Everything counted for the page, in one reading of each kind of facts.
#[derive(Debug)]
pub struct Counts {
    tallies: Vec<Tally>,
    /// Relative volume, matter by matter: it counts facts of other matters too.
    relative: Vec<(String, Tally)>,
    heat: Heat,
    hours: Hours,
    stops: std::collections::BTreeMap<String, u64>,
    grades: [u64; 5],
}

impl Counts {
    /// What was read a moment ago, if reading it takes long; and how long ago.
    async fn lately(app: &App, scope: &Scope) -> Result<(Arc<Self>, Duration), WebError> {
        let count = async { Self::read(app, scope).await.map(|(it, read)| (Arc::new(it), read)) };
        app.counted.home.get(format!("{scope:?}"), count).await
    }

    /// Also over how many facts.
    async fn read(app: &App, scope: &Scope) -> Result<(Self, u64), WebError> {
        let ids = NOW.iter().chain(&FUNNEL).chain(&BY_MATTER).chain(&["good", "bad"]);
        let mut tallies: Vec<Tally> = ids
            .filter_map(|id| find(id))
            .map(|indicator| {
                let by = match indicator.kind() {
                    FactKind::Sending => Dimension::Department,
                    _ => Dimension::Matter,
                };
                Tally::new(indicator, Some(by))
            })
            .collect();
        let volume = find("relative-volume").ok_or(WebError::NotFound)?;
        let mut relative: Vec<(Scope, Tally)> = scope
            .anchors
            .keys()
            .map(|matter| Scope { matter: Some(matter.clone()), ..scope.clone() })
            .map(|scope| (scope, Tally::new(volume, None)))
            .collect();
        let mut heat = Heat::default();
        let mut hours = Hours::default();
        let mut stops = std::collections::BTreeMap::new();
        let mut grades = [0_u64; 5];
        let mut read = 0;
        for kind in [FactKind::Case, FactKind::Service, FactKind::Draft, FactKind::Sending] {
            read += Reading::all(kind, scope)
                .each(app, |fact| {
                    for tally in &mut tallies {
                        tally.put(fact, scope);
                    }
                    if !scope.covers(&fact) {
                        return;
                    }
                    if let Fact::Service(_) = fact {
                        for (scope, tally) in &mut relative {
                            tally.put(fact, scope);
                        }
                    }
                    if !scope.is_of_matter(&fact) {
                        return;
                    }
                    match fact {
                        Fact::Case(case) => {
                            hours.put(case, scope);
                            for rating in &case.ratings {
                                for tally in &mut tallies {
                                    tally.put(Fact::Rating(rating), scope);
                                }
                                let place = usize::from(rating.grade).checked_sub(1);
                                let grade = place.and_then(|at| grades.get_mut(at));
                                if let Some(grade) = grade
                                    && !rating.excluded
                                    && scope.holds(Some(rating.rated_on))
                                {
                                    *grade += 1;
                                }
                            }
                        }
                        Fact::Service(service) => {
                            heat.put(service, scope);
                            if service.is_stopped() {
                                *stops.entry(service.stopped_for.to_string()).or_insert(0) += 1;
                            }
                        }
                        Fact::Rating(_) | Fact::Draft(_) | Fact::Sending(_) => {}
                    }
                })
                .await?;
        }
        let relative = relative
            .into_iter()
            .filter_map(|(scope, tally)| Some((scope.matter?.to_string(), tally)))
            .collect();
        Ok((Self { tallies, relative, heat, hours, stops, grades }, read))
    }

    fn of(&self, id: &str) -> Option<&Tally> {
        self.tallies.iter().find(|tally| tally.indicator().id == id)
    }

    fn count(&self, id: &str) -> u64 {
        self.of(id).map_or(0, |tally| tally.value().numerator)
    }

    fn shown(&self, id: &str) -> Cell {
        self.of(id).map_or(Cell::None, |tally| names::value(tally.indicator(), tally.value()))
    }

    /// Matters with anything to show, by name.
    fn matters(&self, app: &App, page: &Page) -> Vec<(String, String)> {
        let mut ids: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
        for tally in self
            .tallies
            .iter()
            .filter(|tally| matches!(tally.indicator().kind(), FactKind::Case | FactKind::Service))
        {
            ids.extend(tally.parts().map(|(key, _, _)| key.to_string()));
        }
        let mut named: Vec<(String, String)> = ids
            .into_iter()
            .map(|id| (names::matter(app.engine.catalogue(), page, &id), id))
            .collect();
        named.sort();
        named.into_iter().map(|(name, id)| (id, name)).collect()
    }

    /// The value of one matter (empty = all) in one column, with what it is made of.
    fn value(&self, id: &str, matter: &str) -> (Cell, String) {
        let Some(tally) = self.of(id) else { return (Cell::None, String::new()) };
        let relative = self.relative.iter().find(|(of, _)| of == matter);
        let value = match relative {
            _ if matter.is_empty() => tally.value(),
            Some((_, tally)) if id == "relative-volume" => tally.value(),
            _ => tally.part(matter).unwrap_or_default(),
        };
        let behind = names::behind(tally.indicator(), value);
        (names::value(tally.indicator(), value), behind)
    }
}

/// The table by matter: the same for the page and for files.
fn matter_sheet(page: &Page, counts: &Counts, matters: &[(String, String)]) -> Sheet {
    let mut columns = vec![page.t("manager-col-matter")];
    columns.extend(BY_MATTER.iter().map(|id| page.t(&format!("figure-{id}"))));
    let line = |id: &str, name: String| {
        let mut cells = vec![Cell::text(name)];
        cells.extend(BY_MATTER.iter().map(|column| counts.value(column, id).0));
        cells
    };
    let mut rows: Vec<Vec<Cell>> =
        matters.iter().map(|(id, name)| line(id, name.clone())).collect();
    rows.push(line("", page.t("manager-all-matters")));
    Sheet { name: page.t("manager-by-matter-heading"), columns, rows }
}

/// The table by matter, for a file.
///
/// # Errors
/// The area is not this manager's, or a fault.
pub async fn matters_of(app: &App, page: &Page, wanted: &Wanted) -> Result<Sheet, WebError> {
    let chosen = Chosen::of(app, page, wanted)?;
    let (counts, _) = Counts::lately(app, &chosen.scope).await?;
    let matters = counts.matters(app, page);
    Ok(matter_sheet(page, &counts, &matters))
}

/// GET /manager.
pub async fn home(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, &wanted).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, wanted: &Wanted) -> Result<Response, WebError> {
    let chosen = Chosen::of(app, page, wanted)?;
    let (counts, ago) = Counts::lately(app, &chosen.scope).await?;
    let query = chosen.query();
    let matters = counts.matters(app, page);
    let sheet = matter_sheet(page, &counts, &matters);
    let (hours, loads) = counts.hours.table(app, page);
    let grades: Vec<GradeRow> = (1_u8..)
        .zip(counts.grades)
        .map(|(grade, count)| GradeRow { name: columns::grade(page, grade), count })
        .collect();
    let bar = |row: &GradeRow| Bar {
        label: row.name.clone(),
        value: row.count,
        shown: row.count.to_string(),
        strong: false,
    };
    let grade_bars: Vec<Bar> = grades.iter().map(bar).collect();
    let stages = stages(page, &counts, &query);
    let funnel: Vec<Bar> = stages
        .iter()
        .map(|stage| Bar {
            label: stage.name.clone(),
            value: stage.count,
            shown: format!("{} · {}", stage.count, stage.share),
            strong: true,
        })
        .collect();
    let tiles = tiles(app, page, &counts, &chosen).await?;
    let heat = counts.heat.table(app, page, |matter| chosen.query_with(matter));
    render(&HomePage {
        p: page,
        chooser: chooser(app, page, &chosen, "/manager", ago),
        tiles,
        funnel: charts::bars(&page.t("manager-funnel"), &funnel),
        stages,
        matters: linked(&sheet, &counts, &matters, &chosen),
        columns: sheet.columns,
        export: format!("/manager/matters/{{}}{query}"),
        heat,
        hours,
        loads,
        grade_chart: charts::bars(&page.t("manager-grades"), &grade_bars),
        grades,
        ratings_href: format!("/manager/figures/ratings{query}"),
        good: counts.shown("good").shown(),
        bad: counts.shown("bad").shown(),
        owed: owed(app, page, &counts),
        owed_href: format!("/manager/figures/sendings-waiting{query}"),
    })
}

impl HomePage<'_> {
    /// The address of an export.
    fn file(&self, ending: &str) -> String {
        self.export.replace("{}", &format!("by-matter.{ending}"))
    }
}

fn linked(
    sheet: &Sheet,
    counts: &Counts,
    matters: &[(String, String)],
    chosen: &Chosen,
) -> Vec<MatterRow> {
    let ids = matters.iter().map(|(id, _)| id.as_str()).chain([""]);
    let own = chosen.scope.matter.as_ref().map(|matter| matter.as_str()).unwrap_or_default();
    sheet
        .rows
        .iter()
        .zip(ids)
        .map(|(row, id)| MatterRow {
            name: row.first().map(Cell::shown).unwrap_or_default(),
            cells: row
                .iter()
                .skip(1)
                .zip(BY_MATTER)
                .map(|(cell, column)| Linked {
                    shown: cell.shown(),
                    href: format!(
                        "/manager/figures/{column}{}",
                        chosen.query_with(if id.is_empty() { own } else { id })
                    ),
                    behind: counts.value(column, id).1,
                })
                .collect(),
        })
        .collect()
}

fn stages(page: &Page, counts: &Counts, query: &str) -> Vec<Stage> {
    FUNNEL
        .iter()
        .map(|id| Stage {
            name: page.t(&format!("figure-{id}")),
            count: counts.count(id),
            share: match counts.of(id).map(Tally::value) {
                Some(value) => value
                    .permille()
                    .map_or(Cell::None, |it| Cell::Percent(i64::try_from(it).unwrap_or(i64::MAX))),
                None => Cell::None,
            }
            .shown(),
            href: format!("/manager/figures/{id}{query}"),
        })
        .collect()
}

async fn tiles(
    app: &App,
    page: &Page,
    counts: &Counts,
    chosen: &Chosen,
) -> Result<Vec<Tile>, WebError> {
    let query = chosen.query();
    let link = |id: &str| format!("/manager/figures/{id}{query}");
    let tile = |id: &str, note: String, class: &'static str| Tile {
        name: page.t(&format!("figure-{id}")),
        value: counts.count(id).to_string(),
        note,
        href: link(id),
        class: if counts.count(id) > 0 { class } else { "" },
    };
    let causes: Vec<String> = counts
        .stops
        .iter()
        .map(|(cause, count)| {
            page.t2("manager-stop-count", "cause", columns::stop_cause(page, cause), "n", *count)
        })
        .collect();
    let causes = if causes.is_empty() {
        page.t("manager-none-stopped")
    } else {
        causes.join(&page.t("manager-comma"))
    };
    let week = Chosen::of(
        app,
        page,
        &Wanted {
            period: Span::Week.as_str().to_owned(),
            area: chosen.scope.area.as_deref().unwrap_or_default().to_owned(),
            matter: chosen.scope.matter.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Wanted::default()
        },
    )?;
    let (ratings, good) = ratings_of(app, &week.scope).await?;
    let overdue_share = counts.of("overdue").map(Tally::value).unwrap_or_default();
    Ok(vec![
        tile("in-progress", page.t("manager-note-in-progress"), ""),
        tile(
            "due-soon",
            page.t1("manager-note-due-soon", "date", page.short_date(chosen.scope.soon)),
            "amber",
        ),
        tile(
            "overdue",
            if overdue_share.numerator == 0 {
                page.t("manager-note-none-overdue")
            } else {
                page.t("manager-note-overdue")
            },
            "red",
        ),
        tile("stopped", causes, ""),
        Tile {
            name: page.t("manager-ratings-week"),
            value: ratings.to_string(),
            note: page.t1("manager-note-good", "share", good.shown()),
            href: format!("/manager/figures/ratings{}", week.query()),
            class: "",
        },
        Tile {
            name: page.t("figure-sendings-failed"),
            value: counts.count("sendings-failed").to_string(),
            note: page.t1("manager-note-waiting", "n", counts.count("sendings-waiting")),
            href: link("sendings-failed"),
            class: if counts.count("sendings-failed") > 0 { "red" } else { "" },
        },
    ])
}

/// Ratings of a week, and the good ones among them.
async fn ratings_of(app: &App, scope: &Scope) -> Result<(u64, Cell), WebError> {
    let good = find("good").ok_or(WebError::NotFound)?;
    let mut tally = Tally::new(good, None);
    Reading::of(good, scope).each(app, |fact| tally.put(fact, scope)).await?;
    Ok((tally.below(), names::value(good, tally.value())))
}

fn owed(app: &App, page: &Page, counts: &Counts) -> Vec<OwedRow> {
    let (Some(waiting), Some(failed)) =
        (counts.of("sendings-waiting"), counts.of("sendings-failed"))
    else {
        return Vec::new();
    };
    waiting
        .parts()
        .map(|(key, value, _)| OwedRow {
            department: names::department(app.engine.catalogue(), page, key),
            waiting: value.numerator,
            failed: failed.part(key).unwrap_or_default().numerator,
        })
        .collect()
}

/// The form on top of a page.
pub fn chooser(app: &App, page: &Page, chosen: &Chosen, action: &str, ago: Duration) -> Chooser {
    let scope = &chosen.scope;
    let area = scope.area.as_deref().unwrap_or_default();
    let own = page.who.area.clone().unwrap_or_default();
    let mut areas: Vec<Choice> = Vec::new();
    if own.is_empty() {
        areas.push(Choice {
            id: String::new(),
            name: page.t("manager-all-areas"),
            chosen: area.is_empty(),
        });
    }
    for code in app.engine.network().areas.keys() {
        if own.is_empty() || code.as_str().starts_with(own.trim_end_matches("00")) {
            areas.push(Choice {
                id: code.to_string(),
                name: names::area(app, page, code.as_str()),
                chosen: code.as_str() == area,
            });
        }
    }
    let catalogue = app.engine.catalogue();
    let mut matters: Vec<Choice> = catalogue
        .matters
        .values()
        .map(|matter| Choice {
            id: matter.id.to_string(),
            name: page.text(&matter.name).to_owned(),
            chosen: scope.matter.as_ref() == Some(&matter.id),
        })
        .collect();
    matters.sort_by(|one, other| one.name.cmp(&other.name));
    let span_key = |span: Span| match span {
        Span::Week => "manager-span-week",
        Span::Month => "manager-span-month",
        Span::Quarter => "manager-span-three-months",
        Span::Custom => "manager-span-custom",
    };
    let mut words = page.tn(
        "manager-scope",
        &[
            ("since", page.date(scope.since)),
            ("until", page.date(scope.until)),
            (
                "area",
                if area.is_empty() {
                    page.t("manager-all-areas")
                } else {
                    names::area(app, page, area)
                },
            ),
            (
                "matter",
                scope.matter.as_ref().map_or_else(
                    || page.t("manager-all-matters"),
                    |matter| names::matter(catalogue, page, matter.as_str()),
                ),
            ),
        ],
    );
    words.push_str(&as_of(app, page, ago).unwrap_or_default());
    Chooser {
        action: action.to_owned(),
        spans: Span::ALL
            .into_iter()
            .map(|span| Choice {
                id: span.as_str().to_owned(),
                name: page.t(span_key(span)),
                chosen: span == chosen.span,
            })
            .collect(),
        areas,
        matters,
        since: scope.since.to_string(),
        until: scope.until.to_string(),
        dates_wrong: chosen.dates_wrong,
        words,
    }
}
