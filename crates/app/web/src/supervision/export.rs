//! The list of supervision for programs: the rows that the page shows under the same filter, as CSV or JSON. No
//! personal data.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use casework::supervision::Mark;
use serde::Serialize;

use super::list::{Asked, Side, filter_of, sees};
use super::of_columns;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// At most so many rows.
const ROWS_MAX: u32 = 10_000;

#[derive(Serialize)]
struct Line {
    case_number: String,
    node: String,
    matter: String,
    department: String,
    stage: String,
    light: &'static str,
    rule: String,
    since: String,
    due: String,
    promised_on: String,
    statutory_on: String,
    reminders: u32,
    notices: u32,
    answered: u32,
    notice: String,
}

/// GET /manager/supervision/lights/{file}, /supervision/lights/{file}: `lights.csv` or `lights.json`.
pub async fn lights(
    State(app): State<App>,
    page: Page,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    made(&app, &page, &file, &asked).await.map_err(|error| error.into_page(&page))
}

async fn made(app: &App, page: &Page, file: &str, asked: &Asked) -> Result<Response, WebError> {
    let side = Side::of(page.who.role).ok_or(WebError::NotFound)?;
    let mut filter = filter_of(app, page, side, asked);
    filter.limit = ROWS_MAX;
    let rows = app.engine.store().list_services(&filter).await?;
    let lines: Vec<Line> = rows
        .iter()
        .filter(|row| sees(app, page, side, row))
        .map(|row| {
            let marks: Vec<Mark> = serde_json::from_str(&row.watched.marks).unwrap_or_default();
            let (lamp, mark) = of_columns(row, &marks, page.today);
            Line {
                case_number: row.case_number.clone(),
                node: row.node.clone(),
                matter: row.matter.clone(),
                department: row.department.clone(),
                stage: row.watched.stage.clone(),
                light: lamp.as_str(),
                rule: mark.map_or_else(String::new, |mark| mark.rule.to_string()),
                since: mark.map_or_else(String::new, |mark| mark.on.to_string()),
                due: mark.map_or_else(String::new, |mark| mark.due.to_string()),
                promised_on: row.promised_on.clone().unwrap_or_default(),
                statutory_on: row.statutory_on.clone().unwrap_or_default(),
                reminders: row.watched.reminders,
                notices: row.watched.notices,
                answered: row.watched.answered,
                notice: row.watched.notice.clone(),
            }
        })
        .collect();
    match file {
        "lights.json" => Ok(Json(lines).into_response()),
        "lights.csv" => {
            let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
            Ok((kind, csv(&lines)).into_response())
        }
        _ => Err(WebError::NotFound),
    }
}

fn csv(lines: &[Line]) -> String {
    // Spreadsheets know UTF-8 by its mark. No value holds a comma or a quote: ids, dates, numbers and words of code.
    let mut text = String::from(
        "\u{feff}case_number,node,matter,department,stage,light,rule,since,due,promised_on,\
         statutory_on,reminders,notices,answered,notice\r\n",
    );
    for it in lines {
        let (reminders, notices, answered) =
            (it.reminders.to_string(), it.notices.to_string(), it.answered.to_string());
        let cells = [
            it.case_number.as_str(),
            &it.node,
            &it.matter,
            &it.department,
            &it.stage,
            it.light,
            &it.rule,
            &it.since,
            &it.due,
            &it.promised_on,
            &it.statutory_on,
            &reminders,
            &notices,
            &answered,
            &it.notice,
        ];
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}
