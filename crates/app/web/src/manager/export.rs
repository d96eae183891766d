//! Files: exactly what a page shows, as CSV or as a workbook. Lists go out as they are read, so that their length
//! does not matter.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use indicators::{Indicator, Unit, find};

use crate::errors::WebError;
use crate::manager::read::Reading;
use crate::manager::sheet::{Cell, Sheet, UTF8_MARK, WorkbookFault, WorkbookWriter, csv_row};
use crate::manager::wanted::{Chosen, Wanted};
use crate::manager::{columns, figure, home};
use crate::page::{Page, percent_encoded};
use crate::state::App;

impl From<WorkbookFault> for WebError {
    fn from(fault: WorkbookFault) -> Self {
        Self::from(store_port::Fault::Database {
            doing: "writing a workbook",
            source: Box::new(fault),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Csv,
    Xlsx,
}

impl Ending {
    /// The name of a file and what its ending says.
    fn of(file: &str) -> Option<(&str, Self)> {
        let (name, ending) = file.rsplit_once('.')?;
        match ending {
            "csv" => Some((name, Self::Csv)),
            "xlsx" => Some((name, Self::Xlsx)),
            _ => None,
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// GET /manager/matters/{file}.
pub async fn matters(
    State(app): State<App>,
    page: Page,
    Path(file): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let made = async {
        let (_, ending) =
            Ending::of(&file).filter(|(name, _)| *name == "by-matter").ok_or(WebError::NotFound)?;
        whole(&home::matters_of(&app, &page, &wanted).await?, ending)
    };
    made.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /manager/figures/{indicator}/{file}.
pub async fn figure(
    State(app): State<App>,
    page: Page,
    Path((id, file)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let made = async {
        let (name, ending) = Ending::of(&file).ok_or(WebError::NotFound)?;
        match name {
            "parts" => whole(&figure::parts_of(&app, &page, &id, &wanted).await?, ending),
            "above" | "below" => list(&app, &page, &id, name == "above", ending, &wanted).await,
            _ => Err(WebError::NotFound),
        }
    };
    made.await.map_err(|error: WebError| error.into_page(&page))
}

fn answer(name: &str, ending: Ending, body: Body) -> Response {
    let ending_word = ending.as_str();
    let named = percent_encoded(&format!("{name}.{ending_word}"));
    let disposition =
        format!("attachment; filename=\"figures.{ending_word}\"; filename*=UTF-8''{named}");
    (
        [
            (header::CONTENT_TYPE, ending.media_type().to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        body,
    )
        .into_response()
}

/// A table that is there as a whole.
fn whole(sheet: &Sheet, ending: Ending) -> Result<Response, WebError> {
    let body = match ending {
        Ending::Csv => {
            let heading: Vec<Cell> = sheet.columns.iter().map(Cell::text).collect();
            let rows = sheet.rows.iter().map(|row| csv_row(row));
            let text: String =
                [UTF8_MARK.to_owned(), csv_row(&heading)].into_iter().chain(rows).collect();
            Body::from(text)
        }
        Ending::Xlsx => {
            let mut book = WorkbookWriter::new(&sheet.columns)?;
            for row in &sheet.rows {
                book.write(row)?;
            }
            Body::from(book.finish()?)
        }
    };
    Ok(answer(&sheet.name, ending, body))
}

/// A list as it is being read.
struct Flow {
    app: App,
    page: Page,
    indicator: &'static Indicator,
    chosen: Chosen,
    above: bool,
    reading: Reading,
    begun: bool,
}

impl Flow {
    /// The next rows; `None` = that was all.
    async fn next(&mut self) -> Result<Option<Vec<Vec<Cell>>>, WebError> {
        let facts = self.reading.next(&self.app).await?;
        if facts.is_empty() {
            return Ok(None);
        }
        let row = |fact| {
            let counted = columns::stands(self.indicator, fact, &self.chosen.scope, self.above)?;
            Some(columns::row(&self.app, &self.page, self.indicator, fact, counted))
        };
        Ok(Some(facts.iter().filter_map(|owned| row(owned.fact())).collect()))
    }
}

async fn list(
    app: &App,
    page: &Page,
    id: &str,
    above: bool,
    ending: Ending,
    wanted: &Wanted,
) -> Result<Response, WebError> {
    let indicator = find(id).ok_or(WebError::NotFound)?;
    let chosen = Chosen::of(app, page, wanted)?;
    let headings = columns::headings(page, indicator);
    let name = match indicator.unit {
        Unit::Count => page.t(&format!("figure-{id}")),
        _ => format!(
            "{}-{}",
            page.t(&format!("figure-{id}")),
            page.t(if above { "manager-numerator" } else { "manager-denominator" })
        ),
    };
    let mut flow = Flow {
        app: app.clone(),
        page: page.clone(),
        indicator,
        reading: Reading::of(indicator, &chosen.scope),
        chosen,
        above,
        begun: false,
    };
    match ending {
        Ending::Xlsx => {
            let mut book = WorkbookWriter::new(&headings)?;
            while let Some(rows) = flow.next().await? {
                for row in &rows {
                    book.write(row)?;
                }
            }
            Ok(answer(&name, ending, Body::from(book.finish()?)))
        }
        Ending::Csv => {
            let heading: Vec<Cell> = headings.into_iter().map(Cell::Text).collect();
            let heading = format!("{UTF8_MARK}{}", csv_row(&heading));
            let stream =
                futures::stream::try_unfold((flow, heading), |(mut flow, heading)| async {
                    if !flow.begun {
                        flow.begun = true;
                        return Ok(Some((Bytes::from(heading), (flow, String::new()))));
                    }
                    // A file that breaks off is seen to be broken: the connection ends with an error.
                    let rows =
                        flow.next().await.map_err(|_| std::io::Error::other("reading facts"))?;
                    Ok::<_, std::io::Error>(rows.map(|rows| {
                        let text: String = rows.iter().map(|row| csv_row(row)).collect();
                        (Bytes::from(text), (flow, heading))
                    }))
                });
            Ok(answer(&name, ending, Body::from_stream(stream)))
        }
    }
}
