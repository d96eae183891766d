//! One figure: what it means, what it is made of, and the cases behind it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use indicators::{Dimension, Direction, Distribution, Fact, Indicator, Tally, Unit, find};

use crate::errors::WebError;
use crate::manager::home::{Choice, Chooser, chooser};
use crate::manager::read::Reading;
use crate::manager::sheet::{Cell, Sheet};
use crate::manager::wanted::{Chosen, Wanted};
use crate::manager::{charts, columns, figures, names};
use crate::page::{Page, percent_encoded};
use crate::state::App;
use crate::views::render;

/// Rows of one page of a list.
const ROWS: usize = 50;
/// Lines of the list of what is lacking most often.
const LACKING: usize = 12;

#[derive(Debug)]
struct PartRow {
    name: String,
    cells: Vec<String>,
    href: String,
}

#[derive(Debug)]
struct LackingRow {
    line: String,
    service: String,
    times: u64,
}

#[derive(Template, Debug)]
#[template(path = "manager/figure.html")]
struct FigurePage<'a> {
    p: &'a Page,
    chooser: Chooser,
    name: String,
    definition: String,
    basis: String,
    direction: String,
    unit: &'static str,
    shown: String,
    above_words: String,
    below_words: String,
    above_value: String,
    below_value: String,
    middle: String,
    late: String,
    chart: String,
    by: Vec<Choice>,
    by_word: &'static str,
    part_columns: Vec<String>,
    parts: Vec<PartRow>,
    lacking: Vec<LackingRow>,
    above: u64,
    below: u64,
    is_above: bool,
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
    base: String,
    query: String,
    next: String,
    first: String,
    all_href: String,
}

impl FigurePage<'_> {
    /// The address of the list of one side.
    fn side(&self, side: &str) -> String {
        format!("{}{}&by={}&side={side}#list", self.base, self.query, self.by_word)
    }

    /// The address of a file of the list that is shown.
    fn list_file(&self, ending: &str) -> String {
        let side = if self.is_above { "above" } else { "below" };
        format!("{}/{side}.{ending}{}", self.base, self.query)
    }

    /// The address of a file of the parts.
    fn parts_file(&self, ending: &str) -> String {
        format!("{}/parts.{ending}{}&by={}", self.base, self.query, self.by_word)
    }

    fn is_days(&self) -> bool {
        self.unit == "days"
    }

    fn is_count(&self) -> bool {
        self.unit == "count"
    }

    fn is_saved(&self) -> bool {
        self.unit == "saved"
    }
}

/// The division asked for, else the first that says something.
fn division(indicator: &Indicator, chosen: &Chosen, word: &str) -> Dimension {
    let fits = |by: &Dimension| by.divides(indicator.kind());
    let asked = Dimension::ALL.into_iter().find(|by| by.as_str() == word).filter(fits);
    let degree =
        matches!(indicator.id, "joined-cases" | "mean-degree").then_some(Dimension::Degree);
    let other = if chosen.scope.matter.is_some() { Dimension::Area } else { Dimension::Matter };
    asked.or(degree).unwrap_or(other)
}

/// What was counted a moment ago, if counting it takes long; and how long ago.
async fn lately(
    app: &App,
    chosen: &Chosen,
    indicator: &'static Indicator,
    by: Dimension,
) -> Result<(Arc<Tally>, Duration), WebError> {
    let of = format!("{} by {} {:?}", indicator.id, by.as_str(), chosen.scope);
    app.counted.divided.get(of, count(app, chosen, indicator, by)).await
}

/// Counts one indicator, divided; also over how many facts.
async fn count(
    app: &App,
    chosen: &Chosen,
    indicator: &'static Indicator,
    by: Dimension,
) -> Result<(Arc<Tally>, u64), WebError> {
    let mut tally = Tally::new(indicator, Some(by));
    let reading = Reading::of(indicator, &chosen.scope);
    let read = reading.each(app, |fact| tally.put(fact, &chosen.scope)).await?;
    Ok((Arc::new(tally), read))
}

/// The parts as a table: the same for the page and for files.
fn parts_sheet(app: &App, page: &Page, tally: &Tally, by: Dimension) -> Sheet {
    let indicator = tally.indicator();
    let days = indicator.unit == Unit::Days;
    let mut columns = vec![page.t(&format!("manager-by-{}", by.as_str()))];
    columns.push(page.t(&format!("figure-{}", indicator.id)));
    if days {
        columns.push(page.t("manager-median"));
        columns.push(page.t("manager-p90"));
    }
    columns.push(page.t("manager-numerator"));
    columns.push(page.t("manager-denominator"));
    let row = |name: String, value, distribution: &Distribution| {
        let mut cells = vec![Cell::text(name), names::value(indicator, value)];
        if days {
            let (middle, late) = names::middle_and_late(distribution);
            cells.extend([middle, late, names::days(Some(value.numerator))]);
        } else {
            cells.push(Cell::Count(value.numerator));
        }
        cells.push(Cell::Count(value.denominator));
        cells
    };
    let mut rows: Vec<Vec<Cell>> = tally
        .parts()
        .map(|(key, value, distribution)| row(names::part(app, page, by, key), value, distribution))
        .collect();
    rows.push(row(page.t("manager-whole"), tally.value(), tally.distribution()));
    Sheet { name: page.t(&format!("figure-{}", indicator.id)), columns, rows }
}

/// The parts of an indicator, for a file.
///
/// # Errors
/// No such indicator, the area is not this manager's, or a fault.
pub async fn parts_of(
    app: &App,
    page: &Page,
    id: &str,
    wanted: &Wanted,
) -> Result<Sheet, WebError> {
    let indicator = find(id).ok_or(WebError::NotFound)?;
    let chosen = Chosen::of(app, page, wanted)?;
    let by = division(indicator, &chosen, &wanted.by);
    let (tally, _) = lately(app, &chosen, indicator, by).await?;
    Ok(parts_sheet(app, page, &tally, by))
}

/// GET /manager/figures/{indicator}.
pub async fn figure(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, &id, &wanted).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str, wanted: &Wanted) -> Result<Response, WebError> {
    let indicator = find(id).ok_or(WebError::NotFound)?;
    let chosen = Chosen::of(app, page, wanted)?;
    let by = division(indicator, &chosen, &wanted.by);
    let (tally, ago) = lately(app, &chosen, indicator, by).await?;
    let is_above = wanted.side == "above" && indicator.unit != Unit::Count;
    let (rows, next) = list(app, page, indicator, &chosen, is_above, &wanted.after).await?;
    let query = chosen.query();
    let base = format!("/manager/figures/{id}");
    let side = if is_above { "above" } else { "below" };
    let here = format!("{base}{query}&by={}&side={side}", by.as_str());
    let value = tally.value();
    let amount = |amount: u64| match indicator.unit {
        Unit::Days => names::days(Some(amount)).shown(),
        Unit::Share | Unit::Count | Unit::Times | Unit::Saved => amount.to_string(),
    };
    let sheet = parts_sheet(app, page, &tally, by);
    let (middle, late) = names::middle_and_late(tally.distribution());
    render(&FigurePage {
        p: page,
        chooser: chooser(app, page, &chosen, &base, ago),
        name: page.t(&format!("figure-{id}")),
        definition: page.t(&format!("figure-{id}-definition")),
        basis: page.t(&format!("manager-basis-{}", indicator.basis.as_str())),
        direction: page.t(match indicator.direction {
            Direction::More => "manager-direction-more",
            Direction::Less => "manager-direction-less",
            Direction::Neutral => "manager-direction-neutral",
        }),
        unit: match indicator.unit {
            Unit::Share => "share",
            Unit::Count => "count",
            Unit::Times => "times",
            Unit::Days => "days",
            Unit::Saved => "saved",
        },
        shown: figures::shown(page, indicator, &tally),
        above_words: page.t(&format!("figure-{id}-above")),
        below_words: page.t(&format!("figure-{id}-below")),
        above_value: amount(value.numerator),
        below_value: value.denominator.to_string(),
        middle: middle.shown(),
        late: late.shown(),
        chart: chart(page, &tally, by),
        by: Dimension::ALL
            .into_iter()
            .filter(|by| by.divides(indicator.kind()))
            .map(|other| Choice {
                id: format!("{base}{query}&by={}&side={side}", other.as_str()),
                name: page.t(&format!("manager-by-{}", other.as_str())),
                chosen: other == by,
            })
            .collect(),
        by_word: by.as_str(),
        parts: part_rows(&sheet, &tally, by, &chosen, &base),
        part_columns: sheet.columns,
        lacking: lacking(app, page, indicator, &chosen).await?,
        above: tally.above(),
        below: tally.below(),
        is_above,
        headings: columns::headings(page, indicator),
        rows,
        next: next
            .map_or_else(String::new, |key| format!("{here}&after={}#list", percent_encoded(&key))),
        first: if wanted.after.is_empty() { String::new() } else { format!("{here}#list") },
        all_href: format!("/manager/figures{query}"),
        base,
        query,
    })
}

fn part_rows(
    sheet: &Sheet,
    tally: &Tally,
    by: Dimension,
    chosen: &Chosen,
    base: &str,
) -> Vec<PartRow> {
    let keys = tally.parts().map(|(key, _, _)| Some(key.to_string())).chain([None]);
    sheet
        .rows
        .iter()
        .zip(keys)
        .map(|(row, key)| {
            let query = match (by, key.as_deref().filter(|key| !key.is_empty())) {
                (Dimension::Matter, Some(key)) => chosen.query_with(key),
                (Dimension::Area, Some(key)) => chosen.query_for(key),
                _ => String::new(),
            };
            PartRow {
                name: row.first().map(Cell::shown).unwrap_or_default(),
                cells: row.iter().skip(1).map(Cell::shown).collect(),
                href: if query.is_empty() { query } else { format!("{base}{query}") },
            }
        })
        .collect()
}

/// A picture where one says something: how long things took, how many services were joined.
fn chart(page: &Page, tally: &Tally, by: Dimension) -> String {
    let title = page.t(&format!("figure-{}", tally.indicator().id));
    match tally.indicator().unit {
        Unit::Days if !tally.distribution().is_empty() => {
            let mut days: BTreeMap<u64, u64> = BTreeMap::new();
            for (halves, count) in tally.distribution().iter() {
                // Begun days, and everything from the thirtieth on together.
                *days.entry(halves.div_ceil(2).min(30)).or_default() += count;
            }
            let last = days.last_key_value().map_or(0, |(day, _)| *day);
            let label = |day: u64| if day == 30 { "30+".to_owned() } else { day.to_string() };
            let list: Vec<(String, u64)> =
                (0..=last).map(|day| (label(day), days.get(&day).copied().unwrap_or(0))).collect();
            charts::columns(&title, &list)
        }
        _ if by == Dimension::Degree && tally.below() > 0 => {
            let list: Vec<(String, u64)> = tally
                .parts()
                .map(|(key, value, _)| (key.trim_start_matches('0').to_owned(), value.denominator))
                .collect();
            charts::columns(&title, &list)
        }
        _ => String::new(),
    }
}

/// One page of the list, and the key after which the next begins.
async fn list(
    app: &App,
    page: &Page,
    indicator: &'static Indicator,
    chosen: &Chosen,
    above: bool,
    after: &str,
) -> Result<(Vec<Vec<Cell>>, Option<String>), WebError> {
    let mut reading = Reading::of(indicator, &chosen.scope).after(after);
    let mut rows = Vec::new();
    let mut last = None;
    loop {
        let facts = reading.next(app).await?;
        if facts.is_empty() {
            return Ok((rows, None));
        }
        for owned in &facts {
            let fact = owned.fact();
            let Some(counted) = columns::stands(indicator, fact, &chosen.scope, above) else {
                continue;
            };
            // Ratings of one case stay together: the case is their key.
            let key = Some(owned.key());
            if rows.len() >= ROWS && last != key {
                return Ok((rows, last));
            }
            rows.push(columns::row(app, page, indicator, fact, counted));
            last = key;
        }
    }
}

/// What corrections asked for most often; only where that is the question.
async fn lacking(
    app: &App,
    page: &Page,
    indicator: &Indicator,
    chosen: &Chosen,
) -> Result<Vec<LackingRow>, WebError> {
    if indicator.id != "complete-first" {
        return Ok(Vec::new());
    }
    let decided = find("services-on-time").ok_or(WebError::NotFound)?;
    let mut times: BTreeMap<(String, String), u64> = BTreeMap::new();
    Reading::of(decided, &chosen.scope)
        .each(app, |fact| {
            if let Fact::Service(service) = fact
                && chosen.scope.covers(&fact)
                && chosen.scope.is_of_matter(&fact)
                && chosen.scope.holds(service.decided_on)
            {
                for line in &service.lines {
                    *times.entry((service.service.to_string(), line.to_string())).or_default() += 1;
                }
            }
        })
        .await?;
    let mut rows: Vec<((String, String), u64)> = times.into_iter().collect();
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    rows.truncate(LACKING);
    let catalogue = app.engine.catalogue();
    Ok(rows
        .into_iter()
        .map(|((service, line), times)| {
            let service = catalogue.services.get(service.as_str());
            let known = service.and_then(|service| {
                let lines = service.checklist.iter().chain(&service.refusal_grounds);
                lines.into_iter().find(|known| known.id.as_str() == line)
            });
            LackingRow {
                line: known.map_or(line, |known| page.text(&known.text).to_owned()),
                service: service.map_or_else(String::new, |it| page.text(&it.name).to_owned()),
                times,
            }
        })
        .collect())
}
