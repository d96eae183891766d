//! Visits on the spot as the officers of the departments concerned see them: one appointment for all of them. Who
//! leads offers times, the others say when they can come, each records its own result.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Case, Command, Proposal, Reply, Visit, VisitResult, VisitSlot, VisitState};
use catalogue::Catalogue;
use engine::{CaseFile, EngineError, ToSeal};
use jiff::civil::{Date, Time};
use vocabulary::{Instant, NodeKey, SealedId};

use super::case::{Again, case_page};
use super::desk::{self, Deed, Desk, Typed};
use crate::access::Action;
use crate::applicant::case_view::{case_node_name, time_text};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;

/// Times that the form offers room for.
const ROWS: usize = 3;
const WORDS_CHARS_MAX: usize = 2000;

/// A department of the appointment.
#[derive(Debug)]
pub struct Party {
    pub node: String,
    pub department: String,
    pub service: String,
    /// What it said to the times, or what it found.
    pub words: String,
    pub class: &'static str,
}

/// A time that is offered.
#[derive(Debug)]
pub struct SlotView {
    pub index: u32,
    pub words: String,
    pub agreed: bool,
    pub chosen: bool,
}

/// A row of the form for times, as it was typed or as the hub proposes it.
#[derive(Debug)]
pub struct SlotInput {
    pub at: usize,
    pub day: String,
    pub from: String,
    pub to: String,
}

/// One appointment on a page.
#[derive(Debug)]
pub struct VisitView {
    pub id: String,
    pub name: String,
    pub joint: bool,
    pub lead: String,
    pub state: String,
    pub class: &'static str,
    pub number: u32,
    pub slots: Vec<SlotView>,
    pub agreed: String,
    pub parties: Vec<Party>,
    pub note: String,
    /// What the applicant said when asking for another time.
    pub asked: String,
    pub can_propose: bool,
    /// Times are offered, and this department has not been heard.
    pub can_join: bool,
    /// The time that was agreed on has come.
    pub can_record: bool,
    pub rows: Vec<SlotInput>,
    pub typed: TypedVisit,
}

/// What was typed about an appointment and not taken; empty = nothing.
#[derive(Debug, Default)]
pub struct TypedVisit {
    /// Which of the forms it was.
    act: String,
    words: String,
    result: String,
}

impl TypedVisit {
    /// Whether it was this form.
    pub fn is(&self, act: &str) -> bool {
        self.act == act
    }

    /// The words of this form.
    pub fn words(&self, act: &str) -> &str {
        if self.is(act) { &self.words } else { "" }
    }

    /// The result that was chosen.
    pub fn result(&self) -> &str {
        &self.result
    }
}

/// `11月23日 09:00—11:00`.
pub fn slot_text(catalogue: &Catalogue, page: &Page, slot: VisitSlot) -> String {
    let to = slot.to.to_zoned(catalogue.jurisdiction.time_zone.clone());
    let to = format!("{:02}:{:02}", to.hour(), to.minute());
    page.t2("visit-slot", "from", time_text(catalogue, page, slot.from), "to", to)
}

/// The name of an appointment: of the joint procedure, or of the service's own.
pub fn visit_name(catalogue: &Catalogue, page: &Page, case: &Case, visit: &Visit) -> String {
    let matter = catalogue.matters.get(&case.application.matter);
    let joint = matter.and_then(|matter| {
        let id = visit.planned.joint.as_ref()?;
        matter.joint_procedures.iter().find(|joint| joint.id == *id)
    });
    let own = || {
        let node = visit.planned.nodes.first()?;
        let procedure = case.service(node)?.node.visited(&visit.planned.id)?;
        Some(crate::applicant::case_view::procedure_name(
            catalogue,
            page,
            &node.service,
            &procedure.id,
        ))
    };
    match joint {
        Some(joint) => page.text(&joint.name).to_owned(),
        None => own().unwrap_or_else(|| page.t("visit")),
    }
}

/// The word of a state and its tag.
pub fn state_words(page: &Page, state: VisitState) -> (String, &'static str) {
    let (key, class) = match state {
        VisitState::Planned => ("visit-planned", "warn"),
        VisitState::Proposed => ("visit-proposed", "seal"),
        VisitState::OtherTimeAsked => ("visit-other-time", "warn"),
        VisitState::Agreed => ("visit-agreed", "ok"),
        VisitState::Unsuited => ("visit-unsuited", "warn"),
        VisitState::Missed => ("visit-missed", "seal"),
        VisitState::Over => ("visit-over", "grey"),
    };
    (page.t(key), class)
}

/// The word of a result.
pub const fn result_key(result: VisitResult) -> &'static str {
    match result {
        VisitResult::Passed => "visit-passed",
        VisitResult::ToMend => "visit-to-mend",
        VisitResult::Failed => "visit-failed",
    }
}

fn party(catalogue: &Catalogue, page: &Page, case: &Case, visit: &Visit, node: &NodeKey) -> Party {
    let service = case.service(node);
    let id = &visit.planned.id;
    let current = visit.current();
    let finding = service.and_then(|it| it.visit_finding(id));
    let answer = service
        .zip(current)
        .and_then(|(service, current)| service.visit_answer(id, current.number));
    let proposer = current.is_some_and(|current| {
        current.department.as_ref() == service.map(|service| &service.node.department)
    });
    let (words, class) = match (finding, answer) {
        (Some(finding), _) => {
            let class = if finding.result == VisitResult::Passed { "ok" } else { "seal" };
            (page.t(result_key(finding.result)), class)
        }
        (None, Some(answer)) if answer.slots.is_empty() => (page.t("visit-cannot"), "warn"),
        (None, Some(answer)) if current.is_some_and(|it| it.slots.len() == answer.slots.len()) => {
            (page.t("visit-comes-any"), "ok")
        }
        (None, Some(answer)) => {
            let times: Vec<String> = answer
                .slots
                .iter()
                .filter_map(|slot| current?.slot(*slot))
                .map(|slot| slot_text(catalogue, page, slot))
                .collect();
            (page.t1("visit-comes", "times", times.join(&page.t("list-separator"))), "")
        }
        (None, None) if proposer => (page.t("visit-proposer"), "ok"),
        (None, None) if current.is_some() => (page.t("visit-unanswered"), "grey"),
        (None, None) => (String::new(), "grey"),
    };
    Party {
        node: node.to_string(),
        department: service.map_or_else(String::new, |service| {
            naming::organisation_name(catalogue, page, &service.node.department)
        }),
        service: case_node_name(catalogue, page, case, node),
        words,
        class,
    }
}

/// An appointment as it stands; `None` = no service needs it yet.
pub fn view(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    visit: &Visit,
    node: Option<&NodeKey>,
    now: Instant,
) -> Option<VisitView> {
    let case = &file.case;
    let state = case.visit_state(visit)?;
    let (words, class) = state_words(page, state);
    let current = visit.current();
    let choices = case.visit_choices(visit, now);
    let agreed = current.and_then(Proposal::agreed);
    let slots = current.map(|current| {
        let taken = current.confirmed.map(|(slot, _)| slot);
        let offered = (0_u32..).zip(&current.slots);
        let offered = offered.filter(|(index, _)| choices.contains(index) || taken == Some(*index));
        offered
            .map(|(index, slot)| SlotView {
                index,
                words: slot_text(catalogue, page, *slot),
                agreed: taken == Some(index),
                chosen: taken == Some(index),
            })
            .collect()
    });
    let open = case.visit_open_for(visit);
    let mine = node.is_some_and(|node| open.contains(node));
    let nodes = current.map_or(&visit.planned.nodes, |current| &current.nodes);
    let text = |id: Option<SealedId>| id.and_then(|id| file.words.get(&id)).cloned();
    Some(VisitView {
        id: visit.planned.id.to_string(),
        name: visit_name(catalogue, page, case, visit),
        joint: visit.planned.nodes.len() > 1,
        lead: naming::organisation_name(catalogue, page, &visit.planned.lead),
        state: words,
        class,
        number: current.map_or(0, |current| current.number),
        slots: slots.unwrap_or_default(),
        agreed: agreed.map_or_else(String::new, |slot| slot_text(catalogue, page, slot)),
        parties: nodes.iter().map(|node| party(catalogue, page, case, visit, node)).collect(),
        note: text(current.and_then(|current| current.note)).unwrap_or_default(),
        asked: current
            .and_then(|current| current.asked)
            .and_then(|(_, words)| text(words))
            .unwrap_or_default(),
        can_propose: mine && state != VisitState::Over,
        can_join: mine
            && current.is_some()
            && !state.needs_proposal()
            && agreed.is_none_or(|slot| slot.from > now),
        can_record: mine
            && node.zip(current).is_some_and(|(node, current)| current.attended(node, now)),
        rows: proposed_rows(catalogue, page),
        typed: TypedVisit::default(),
    })
}

/// What the hub would offer: the mornings and the afternoon of the next working days.
fn proposed_rows(catalogue: &Catalogue, page: &Page) -> Vec<SlotInput> {
    let times = [("09:00", "11:00"), ("14:00", "16:00"), ("09:00", "11:00")];
    (2_u32..)
        .zip(times)
        .take(ROWS)
        .zip(0..)
        .map(|((days, (from, to)), at)| {
            let period = vocabulary::Period::working_days(days);
            let day = catalogue.calendar.due(page.today, period).on;
            SlotInput { at, day: day.to_string(), from: from.to_owned(), to: to.to_owned() }
        })
        .collect()
}

/// What was typed into the form of this appointment that was not taken stands in it again.
fn keep_typed(view: &mut VisitView, typed: &Typed) {
    if typed.get("visit") != view.id {
        return;
    }
    view.typed = TypedVisit {
        act: typed.get("act").to_owned(),
        words: typed.get("words").to_owned(),
        result: typed.get("result").to_owned(),
    };
    if view.typed.is("propose") {
        for row in &mut view.rows {
            let value = |name: &str| typed.get(&format!("{name}-{}", row.at)).to_owned();
            (row.day, row.from, row.to) = (value("day"), value("from"), value("to"));
        }
    }
}

/// The appointments of a service on its officer's page.
pub fn views(
    page: &Page,
    desk: &Desk,
    typed: &Typed,
    now: Instant,
) -> Result<Vec<VisitView>, WebError> {
    let node = &desk.service()?.node.key;
    let own = desk.case().visits.iter().filter(|visit| visit.planned.nodes.contains(node));
    Ok(own
        .filter_map(|visit| view(&desk.catalogue, page, &desk.file, visit, Some(node), now))
        .map(|mut view| {
            keep_typed(&mut view, typed);
            view
        })
        .collect())
}

/// What the form asks to be done.
enum Order {
    Do(Command, Option<ToSeal>),
    Say(Reply, String),
}

/// POST /officer/cases/{case}/{node}/visits/{visit}.
pub async fn act(
    State(app): State<App>,
    page: Page,
    Path((case, node, visit)): Path<(String, String, String)>,
    Form(mut sent): Form<Vec<(String, String)>>,
) -> Result<Response, Response> {
    sent.insert(0, ("visit".to_owned(), visit.clone()));
    let typed = Typed::new(sent);
    let done = carry_out(&app, &page, &case, &node, &visit, typed).await;
    done.map_err(|error| error.into_page(&page))
}

async fn carry_out(
    app: &App,
    page: &Page,
    case: &str,
    node: &str,
    visit: &str,
    typed: Typed,
) -> Result<Response, WebError> {
    let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
    let command = load::command(typed.get("command"))?;
    let order = match read(&desk, visit, &typed) {
        Ok(order) => order,
        Err(key) => return again(app, page, &desk, typed, page.t(key), StatusCode::OK).await,
    };
    let (id, version) = (desk.case().id, desk.case().version);
    let actor = desk::actor(page);
    let done = match order {
        Order::Do(order, seal) => {
            let seal = seal.into_iter().collect();
            app.engine.execute(actor, "visit", command, id, Some(version), order, seal).await
        }
        Order::Say(reply, words) => {
            let service = desk.service()?;
            let dispatch = desk::sending_for(service, Deed::EndProcedure);
            let dispatch = dispatch.ok_or(WebError::NotFound)?;
            let seq = desk::next_seq(service, dispatch);
            let subject = desk.case().application.subject;
            let (reply, seal) = match (reply, words.is_empty()) {
                (Reply::VisitHeld { visit, result, .. }, false) => {
                    let words = app.engine.reply_words(subject, dispatch, seq, &words).await?;
                    let text = Some(words.id);
                    (Reply::VisitHeld { visit, result, text }, vec![words])
                }
                (reply, _) => (reply, Vec::new()),
            };
            let say = Command::TakeReply {
                node: service.node.key.clone(),
                dispatch,
                department_seq: seq,
                decided_at: app.now(),
                reply,
            };
            app.engine.execute(actor, "visit", command, id, Some(version), say, seal).await
        }
    };
    match done {
        Ok(_) => {
            Ok(Redirect::to(&format!("{}?done=visit#visits", desk.address()?)).into_response())
        }
        Err(error @ (EngineError::Stale { .. } | EngineError::Refused(_))) => {
            let told = WebError::Engine(error).told();
            let words = page.t2("officer-error-code", "words", page.t(told.key), "code", told.code);
            let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
            again(app, page, &desk, typed, words, told.status).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(
    app: &App,
    page: &Page,
    desk: &Desk,
    typed: Typed,
    words: String,
    status: StatusCode,
) -> Result<Response, WebError> {
    let errors = vec![ErrorLine { target: "visits".to_owned(), words }];
    let from = typed.get("from").to_owned();
    let again = Again { errors, typed, from, ..Again::default() };
    let mut response = case_page(app, page, desk, again, "").await?;
    *response.status_mut() = status;
    Ok(response)
}

/// What was sent, or the key of what is missing.
fn read(desk: &Desk, visit: &str, typed: &Typed) -> Result<Order, &'static str> {
    let number: u32 = typed.get("number").parse().unwrap_or_default();
    let words = typed.get("words").trim().to_owned();
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err("officer-words-too-long");
    }
    let seal = |words: String| {
        (!words.is_empty())
            .then(|| ToSeal { id: SealedId(store_port::fresh_id()), clear: words.into_bytes() })
    };
    let visit = visit.into();
    match typed.get("act") {
        "propose" => {
            let zone = &desk.catalogue.jurisdiction.time_zone;
            let slots = read_slots(typed, zone)?;
            let note = seal(words);
            let id = note.as_ref().map(|note| note.id);
            Ok(Order::Do(Command::ProposeVisit { visit, slots, note: id }, note))
        }
        "join" => {
            let slots = typed.all("slot").filter_map(|slot| slot.parse().ok()).collect();
            Ok(Order::Say(Reply::VisitJoined { visit, number, slots }, String::new()))
        }
        "found" => {
            let result = typed.get("result");
            let result = VisitResult::ALL.into_iter().find(|it| it.as_str() == result);
            let result = result.ok_or("visit-choose-result")?;
            if result != VisitResult::Passed && words.is_empty() {
                return Err("visit-say-what");
            }
            Ok(Order::Say(Reply::VisitHeld { visit, result, text: None }, words))
        }
        "missed" => {
            let absent = match typed.get("absent") {
                "applicant" => None,
                node => Some(node.parse().map_err(|_| "visit-choose-absent")?),
            };
            let note = seal(words);
            let id = note.as_ref().map(|note| note.id);
            Ok(Order::Do(Command::MissVisit { visit, number, absent, note: id }, note))
        }
        _ => Err("error-bad"),
    }
}

fn read_slots(typed: &Typed, zone: &jiff::tz::TimeZone) -> Result<Vec<VisitSlot>, &'static str> {
    let mut slots = Vec::new();
    for row in 0..ROWS {
        let value = |name: &str| typed.get(&format!("{name}-{row}")).trim().to_owned();
        let (day, from, to) = (value("day"), value("from"), value("to"));
        if day.is_empty() {
            continue;
        }
        let instant = |time: &str| -> Option<Instant> {
            let (day, time): (Date, Time) = (day.parse().ok()?, time.parse().ok()?);
            Some(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp())
        };
        let slot = instant(&from).zip(instant(&to)).ok_or("visit-slot-wrong")?;
        slots.push(VisitSlot { from: slot.0, to: slot.1 });
    }
    if slots.is_empty() { Err("visit-no-slot") } else { Ok(slots) }
}
