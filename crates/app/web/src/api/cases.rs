//! One case for machines, as its pages show it: states, acts after a grant, changes of the applicant, fields that
//! are checked, visits, corrections in rounds, replies that came late or contradict each other, lights. For the
//! applicant's programs with her session, and for officers' programs with theirs, their own service only. The
//! contract stands in `docs/protocol/cases-v1.md`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::{ServiceCase, Standing, Succession, Visit};
use catalogue::Catalogue;
use engine::CaseFile;
use serde_json::{Value, json};
use vocabulary::{Instant, NodeKey, SealedId};

use crate::access::Action;
use crate::afterwards;
use crate::applicant::case_view::{case_node_name, case_state_name, line_text, state_name};
use crate::applicant::load;
use crate::dates;
use crate::errors::WebError;
use crate::naming;
use crate::officer::desk;
use crate::officer::visits::visit_name;
use crate::page::Page;
use crate::state::App;
use crate::supervision;

/// GET /api/v1/cases/{case}.
pub async fn for_applicant(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Response {
    let told = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let catalogue = load::catalogue_of(&app, &file.case).await?;
        let case = &file.case;
        let services = case.services.iter();
        let services: Vec<Value> =
            services.map(|it| service(&app, &catalogue, &page, &file, it, false)).collect();
        let mut body = whole(&catalogue, &page, &file, &format!("/api/v1/cases/{}", case.id));
        if let Some(body) = body.as_object_mut() {
            body.insert("services".to_owned(), json!(services));
            let visits = case.visits.iter().filter(|it| it.current().is_some());
            let visits: Vec<Value> = visits.map(|it| visit(&catalogue, &page, &file, it)).collect();
            body.insert("visits".to_owned(), json!(visits));
            let changes: Vec<Value> =
                case.successions.iter().map(|it| change(&page, &file, it)).collect();
            body.insert("applicant_changes".to_owned(), json!(changes));
        }
        Ok(Json(body).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /api/v1/officer/cases/{case}/{node}: the officer's own service, with what the office alone sees.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Response {
    let told = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let (file, own) = (&desk.file, desk.service()?);
        let mut body = whole(&desk.catalogue, &page, file, "");
        if let Some(body) = body.as_object_mut() {
            // The whole of a case is not an officer's: its state only.
            let own = service(&app, &desk.catalogue, &page, file, own, true);
            body.insert("service".to_owned(), own);
        }
        Ok(Json(body).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /api/v1/officer/cases/{case}/{node}/dates.
pub async fn dates_for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Response {
    let told = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let key = desk.service()?.node.key.clone();
        let body = dates::as_json_of(&desk.catalogue, &page, desk.case(), Some(&key));
        Ok(Json(body).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// What is said of the case as such; `base` = where its parts are found, empty = nowhere for whoever asks.
fn whole(catalogue: &Catalogue, page: &Page, file: &CaseFile, base: &str) -> Value {
    let case = &file.case;
    let (state_words, _) = case_state_name(page, case.state());
    let matter = catalogue.matters.get(&case.application.matter);
    let mut body = json!({
        "case": case.id.to_string(),
        "number": case.application.case_number,
        "version": case.version,
        "matter": case.application.matter.to_string(),
        "title": matter.map(|matter| page.text(&matter.title)),
        "submitted_at": case.submitted_at.to_string(),
        "state": case.state().as_str(),
        "state_words": state_words,
    });
    if let (Some(body), false) = (body.as_object_mut(), base.is_empty()) {
        body.insert("dates".to_owned(), json!(format!("{base}/dates")));
        body.insert("documents".to_owned(), json!(format!("{base}/documents")));
        body.insert("commands".to_owned(), json!(format!("{base}/commands")));
    }
    body
}

fn words(file: &CaseFile, id: SealedId) -> Option<&String> {
    file.words.get(&id)
}

fn time(at: Instant) -> String {
    at.to_string()
}

fn names(keys: &[NodeKey]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn service(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    it: &ServiceCase,
    office: bool,
) -> Value {
    let (case, key) = (&file.case, &it.node.key);
    let zone = &catalogue.jurisdiction.time_zone;
    let due = |date: Option<casework::ExplainedDate>| {
        date.map(|date| {
            json!({
                "on": date.due.on.to_string(),
                "provisional": date.due.provisional,
                "stopped": date.stopped,
            })
        })
    };
    let checks = afterwards::checks(catalogue, page, file, it, app.now());
    let (lamp, rule) = if office {
        let watch = supervision::watch(page, catalogue, case, it);
        let (lamp, mark) = watch.light(page.today);
        (lamp, mark.map(|mark| mark.rule.to_string()))
    } else {
        (supervision::of_whole(page, catalogue, case, it), None)
    };
    let mut body = json!({
        "node": key.to_string(),
        "name": case_node_name(catalogue, page, case, key),
        "department": it.node.department.to_string(),
        "department_name": naming::organisation_name(catalogue, page, &it.node.department),
        "state": it.state.as_str(),
        "state_words": state_name(page, it.state),
        "light": lamp.as_str(),
        "promised": due(case.promised(key, &catalogue.calendar, zone)),
        "statutory": due(case.statutory(key, &catalogue.calendar, zone)),
        "waits_for": it.node.waits_for.iter().map(|wait| wait.from.to_string()).collect::<Vec<_>>(),
        "rests_on_ended": afterwards::rests_on_ended(catalogue, page, case, it),
        "accepted_at": it.accepted_at.map(time),
        "acceptance_deemed": it.acceptance_deemed,
        "grant_deemed_at": it.grant_deemed_at.map(time),
        "extension": it.extension.map(|extended| json!({ "at": time(extended.at) })),
        "rounds": rounds(catalogue, page, file, it, office),
        "procedures": it.procedures.iter().map(|run| json!({
            "procedure": run.id,
            "began_at": time(run.began_at),
            "ended_at": run.ended_at.map(time),
            "counted": run.counted,
        })).collect::<Vec<_>>(),
        "announced": it.open_announcement().map(|announced| json!({
            "act": announced.act.as_str(),
            "at": time(announced.at),
            "reason": words(file, announced.reason),
            "basis": words(file, announced.basis),
            "heard_until": case.heard_until(key, &catalogue.calendar, zone).map(|it| it.due.on.to_string()),
            "answered_at": announced.answered.map(|(at, _)| time(at)),
        })),
        "revocations": it.revocations.iter().map(|act| json!({
            "number": act.number,
            "act": act.act.as_str(),
            "at": time(act.at),
            "effective_on": act.effective_on.to_string(),
            "reason": words(file, act.reason),
            "basis": words(file, act.basis),
        })).collect::<Vec<_>>(),
        "suspended": it.is_suspended(),
        "terminated_at": it.terminated_at.map(time),
        "field_checks": checks.iter().map(|check| json!({
            "field": check.slot,
            "name": check.field,
            "source": check.source,
            "words": check.words,
            "evidence_from": Some(&check.from).filter(|from| !from.is_empty()),
        })).collect::<Vec<_>>(),
        "owed": it.owed.iter().map(|owed| json!({
            "evidence": owed.slot.ty.to_string(),
            "until": owed.until.map(|date| date.to_string()),
        })).collect::<Vec<_>>(),
        "replies_beside": beside(it),
    });
    if let (Some(body), true) = (body.as_object_mut(), office) {
        let told = &it.supervised;
        body.insert("light_rule".to_owned(), json!(rule));
        body.insert("reminders".to_owned(), json!(told.reminders.len()));
        body.insert("users".to_owned(), json!(names(&case.users_of(key))));
    }
    body
}

/// Corrections, round by round; the applicant is told of a round when its notice has gone out.
fn rounds(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    it: &ServiceCase,
    office: bool,
) -> Vec<Value> {
    let node = &it.node.key;
    let zone = &catalogue.jurisdiction.time_zone;
    let told = it.corrections.iter().filter(|round| office || round.told_at.is_some());
    told.map(|round| {
        let line = |line: &vocabulary::ChecklistLineId| {
            json!({
                "line": line.to_string(),
                "words": line_text(catalogue, page, node, line),
                "again": round.again.contains(line),
                "not_at_once": round.not_at_once.contains(line),
            })
        };
        let open = round.answered_at.is_none() && round.lapsed_at.is_none();
        let due = file.case.correction_due(node, &catalogue.calendar, zone).filter(|_| open);
        json!({
            "round": round.round,
            "told_at": round.told_at.map(time),
            "lines": round.lines.iter().map(line).collect::<Vec<_>>(),
            "said": round.text.and_then(|id| words(file, id)),
            "reason": round.reason.and_then(|id| words(file, id)),
            "answer_by": due.map(|due| due.due.on.to_string()),
            "answered_at": round.answered_at.map(time),
            "settled": round.settled,
            "lapsed_at": round.lapsed_at.map(time),
        })
    })
    .collect()
}

/// Replies that were recorded and change nothing by themselves: late ones, and those that contradict a decision.
fn beside(it: &ServiceCase) -> Vec<Value> {
    let beside = it.replies.values().filter(|reply| reply.standing != Standing::Counted);
    beside
        .map(|reply| {
            json!({
                "dispatch": reply.dispatch.to_string(),
                "department_seq": reply.department_seq,
                "kind": serde_json::to_value(&reply.reply).ok().and_then(|it| it.get("kind").cloned()),
                "decided_at": time(reply.decided_at),
                "standing": match reply.standing {
                    Standing::Late => "late",
                    Standing::Contradicts => "contradicts",
                    Standing::Counted => "counted",
                },
            })
        })
        .collect()
}

fn change(page: &Page, file: &CaseFile, it: &Succession) -> Value {
    json!({
        "change": it.change.as_str(),
        "words": page.t(&format!("change-{}", it.change.as_str())),
        "reported_at": time(it.reported_at),
        "open": it.is_open(),
        "successor": it.successor.as_ref().map(|named| json!({
            "capacity": named.capacity.as_str(),
            "named_at": time(named.named_at),
        })),
        "consented_at": it.consented_at.map(time),
        "closed_at": it.closed.map(|(at, _)| time(at)),
        "closed_for": it.closed.and_then(|(_, reason)| words(file, reason)),
    })
}

fn visit(catalogue: &Catalogue, page: &Page, file: &CaseFile, it: &Visit) -> Value {
    let times = |slot: casework::VisitSlot| json!({ "from": time(slot.from), "to": time(slot.to) });
    let proposal = it.current();
    let visit_state = file.case.visit_state(it).map(casework::VisitState::as_str);
    let slots = proposal.map_or(&[][..], |proposal| &proposal.slots);
    json!({
        "visit": it.planned.id,
        "name": visit_name(catalogue, page, &file.case, it),
        "state": visit_state,
        "services": names(&it.planned.nodes),
        "number": proposal.map(|proposal| proposal.number),
        "times": slots.iter().copied().map(times).collect::<Vec<_>>(),
        "agreed": proposal.and_then(casework::Proposal::agreed).map(times),
        "note": proposal.and_then(|proposal| proposal.note).and_then(|id| words(file, id)),
    })
}
