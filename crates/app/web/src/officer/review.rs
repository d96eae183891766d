//! Looking through a service by its checklist: each line with the fields and the evidence that it looks at, found
//! met or to be asked; and one message to the applicant made of all that is ticked.

use std::collections::BTreeSet;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::ServiceCase;
use catalogue::{Catalogue, Checked};
use engine::CaseFile;
use store_port::LineMarkRow;

use super::assign::{self, Held};
use super::case::{Again, case_page};
use super::decide::locked;
use super::desk::{self, Deed, Typed};
use super::received::{self, FieldRow, SlotView};
use crate::access::Action;
use crate::checklist_view::ChecklistView;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

type Sent = Form<Vec<(String, String)>>;

/// A field with whether it is to be corrected.
#[derive(Debug)]
pub struct Field {
    pub row: FieldRow,
    pub ticked: bool,
}

/// A piece of evidence with whether it is to be handed in again.
#[derive(Debug)]
pub struct Piece {
    pub slot: SlotView,
    pub ticked: bool,
}

/// One line with what it looks at.
#[derive(Debug)]
pub struct ReviewLine {
    pub id: String,
    pub text: String,
    /// `met`, `query`, or nothing yet.
    pub mark: String,
    /// The clerk found it met.
    pub met_at_window: bool,
    /// It was asked about before.
    pub asked: bool,
    pub fields: Vec<Field>,
    pub evidence: Vec<Piece>,
    /// What it looks at besides, shown at an earlier line.
    pub also: Vec<String>,
}

/// All lines, and what no line looks at.
#[derive(Debug, Default)]
pub struct Review {
    pub version: String,
    pub lines: Vec<ReviewLine>,
    pub fields: Vec<Field>,
    pub evidence: Vec<Piece>,
    pub met: usize,
    pub queries: usize,
}

impl Review {
    /// In the order of the checklist; each field and piece of evidence once.
    pub fn of(
        catalogue: &Catalogue,
        page: &Page,
        file: &CaseFile,
        service: &ServiceCase,
        list: &ChecklistView,
        marks: &[LineMarkRow],
    ) -> Self {
        let mark =
            |line: &str| marks.iter().find(|it| it.line == line).map_or("", |it| it.mark.as_str());
        let mut fields: Vec<_> = received::fields(catalogue, page, file, service)
            .into_iter()
            .zip(&service.node.fields)
            .map(|(row, slot)| {
                let ticked = mark(&field_line(&row.slot)) == "query";
                (slot.element.clone(), Some(Field { row, ticked }))
            })
            .collect();
        let mut evidence: Vec<_> = received::evidence(catalogue, page, file, service)
            .into_iter()
            .zip(&service.node.evidence)
            .map(|(slot, of)| {
                let ticked = mark(&evidence_line(&slot.key)) == "query";
                (of.ty.clone(), Some(Piece { slot, ticked }))
            })
            .collect();
        let definition = catalogue.service(&service.node.key.service);
        let lines = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
        let lines: Vec<ReviewLine> = lines
            .iter()
            .zip(&list.lines)
            .map(|(line, view)| {
                let mut shown = ReviewLine {
                    id: view.id.clone(),
                    text: view.text.clone(),
                    mark: mark(&view.id).to_owned(),
                    met_at_window: view.met,
                    asked: view.asked,
                    fields: Vec::new(),
                    evidence: Vec::new(),
                    also: Vec::new(),
                };
                for (checked, name) in line.checks.iter().zip(&view.checks) {
                    let before = shown.fields.len() + shown.evidence.len();
                    match checked {
                        Checked::Element(id) => {
                            let own = fields.iter_mut().filter(|(element, _)| element == id);
                            shown.fields.extend(own.filter_map(|(_, field)| field.take()));
                        }
                        Checked::Evidence(id) => {
                            let own = evidence.iter_mut().filter(|(ty, _)| ty == id);
                            shown.evidence.extend(own.filter_map(|(_, piece)| piece.take()));
                        }
                    }
                    if shown.fields.len() + shown.evidence.len() == before {
                        shown.also.push(name.clone());
                    }
                }
                shown
            })
            .collect();
        let count = |wanted: &str| lines.iter().filter(|line| line.mark == wanted).count();
        Self {
            version: list.version.clone(),
            met: count("met"),
            queries: count("query"),
            fields: fields.into_iter().filter_map(|(_, field)| field).collect(),
            evidence: evidence.into_iter().filter_map(|(_, piece)| piece).collect(),
            lines,
        }
    }
}

/// Under which name a mark on a field is kept.
fn field_line(slot: &str) -> String {
    format!("field/{slot}")
}

fn evidence_line(key: &str) -> String {
    format!("evidence/{key}")
}

/// POST …/review: keeps the marks; `compose` goes on to the message.
pub async fn review(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = carry_out(&app, &page, &case, &node, typed).await;
    done.map_err(|error| error.into_page(&page))
}

async fn carry_out(
    app: &App,
    page: &Page,
    case: &str,
    node: &str,
    typed: Typed,
) -> Result<Response, WebError> {
    let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
    let service = desk.service()?;
    if let Held::ByAnother(row) = assign::hold(app, page, &desk, &typed).await? {
        let again = Again { from: typed.get("from").to_owned(), ..Again::default() };
        return locked(app, page, (case, node), again, u64::MAX, &row).await;
    }
    let officer = page.who.account.ok_or(WebError::NotFound)?;
    let catalogue = &*desk.catalogue;
    let definition = catalogue.service(&service.node.key.service);
    let checklist = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
    let now = app.now();
    let row = |line: String, mark: &str| LineMarkRow {
        case_id: desk.case().id,
        node: service.node.key.to_string(),
        line,
        mark: mark.to_owned(),
        officer,
        at: now,
    };
    let mut marks: Vec<LineMarkRow> = Vec::new();
    for line in checklist {
        let mark = typed.get(&format!("line.{}", line.id)).to_owned();
        if matches!(mark.as_str(), "met" | "query") {
            marks.push(row(line.id.to_string(), &mark));
        }
    }
    let fields = received::fields(catalogue, page, &desk.file, service);
    let ticked: BTreeSet<&str> = typed.all("field").collect();
    let fields: Vec<FieldRow> =
        fields.into_iter().filter(|field| ticked.contains(field.slot.as_str())).collect();
    let ticked: BTreeSet<&str> = typed.all("evidence").collect();
    let pieces = received::evidence(catalogue, page, &desk.file, service);
    let pieces: Vec<SlotView> =
        pieces.into_iter().filter(|piece| ticked.contains(piece.key.as_str())).collect();
    marks.extend(fields.iter().map(|field| row(field_line(&field.slot), "query")));
    marks.extend(pieces.iter().map(|piece| row(evidence_line(&piece.key), "query")));
    let key = service.node.key.to_string();
    app.engine.store().put_marks(desk.case().id, &key, &marks).await?;
    if typed.get("do") != "compose" || !Deed::open_for(service).contains(&Deed::Correct) {
        let to = format!("{}#review", assign::with_from(&desk, "reviewed", &typed)?);
        return Ok(Redirect::to(&to).into_response());
    }
    let elements: BTreeSet<String> = fields.iter().filter_map(|it| element_of(&it.slot)).collect();
    let types: BTreeSet<String> = pieces.iter().filter_map(|it| element_of(&it.key)).collect();
    let concerned = |checked: &Checked| match checked {
        Checked::Element(id) => elements.contains(id.as_str()),
        Checked::Evidence(id) => types.contains(id.as_str()),
    };
    let mut message: Vec<(String, String)> = checklist
        .iter()
        .filter(|line| {
            let asked = marks.iter().any(|it| it.mark == "query" && it.line == line.id.as_str());
            asked || line.checks.iter().any(concerned)
        })
        .map(|line| ("line".to_owned(), line.id.to_string()))
        .collect();
    message.push(("words".to_owned(), words(page, &fields, &pieces)));
    message.push(("from".to_owned(), typed.get("from").to_owned()));
    let again = Again { preview: true, ..Again::of(Deed::Correct, Typed::new(message)) };
    case_page(app, page, &desk, again, "").await
}

/// The element or type in front of the member.
fn element_of(slot: &str) -> Option<String> {
    slot.split('~').next().map(str::to_owned)
}

/// One sentence for each thing that is ticked.
fn words(page: &Page, fields: &[FieldRow], pieces: &[SlotView]) -> String {
    let fields = fields.iter().map(|field| {
        if field.unknown {
            page.t1("compose-field-empty", "name", &field.name)
        } else {
            page.t2("compose-field", "name", &field.name, "value", &field.value)
        }
    });
    let pieces = pieces.iter().map(|piece| page.t1("compose-evidence", "name", &piece.name));
    fields.chain(pieces).collect::<Vec<_>>().join("\n")
}
