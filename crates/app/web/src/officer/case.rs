//! One service of a case as its department has it: files, fields, checklist, clocks, decisions, history.
//! Other departments' parts appear as states only.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use casework::{Case, ServiceCase};
use catalogue::Catalogue;
use paper::Sheet;
use serde::Deserialize;
use store_port::AssignmentRow;
use vocabulary::{AccountId, ChecklistLineId, EvidenceId, NodeKey};

use super::alike::{self, AlikeView};
use super::desk::{self, Deed, Desk, Typed};
use super::filter::{self, Filter};
use super::history::{self, Line};
use super::opinions::{self, Askable, OpinionView};
use super::outputs::{self, OutputView};
use super::preview;
use super::procedures::Course;
use super::received::{self, FieldRow};
use super::review::Review;
use super::visits::{self, VisitView};
use super::worklist::remaining;
use crate::access::Action;
use crate::applicant::case_view::{
    DateView, Light, case_node_name, date_view, state_class, state_name, time_text,
};
use crate::applicant::evidence::file_answer;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::checklist_view::{ChecklistView, Marks, OUTSIDE, checklist};
use crate::documents::{self, DocumentRow};
use crate::errors::WebError;
use crate::exchange::was_handed_to;
use crate::middleware::Framed;
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::plan_view::period_text;
use crate::state::App;
use crate::supervision;
use crate::views::render;

/// Another service of the same case: its state and nothing else.
#[derive(Debug)]
struct Other {
    name: String,
    department: String,
    state: String,
    class: &'static str,
}

/// One of several replies that contradict each other.
#[derive(Debug)]
struct Choice {
    value: String,
    words: String,
    time: String,
    details: Vec<String>,
    chosen: bool,
}

/// In whose hands the service case is.
#[derive(Debug)]
struct HandsView {
    /// Of its assignment, as it was seen.
    version: u64,
    /// Empty = nobody's.
    name: String,
    mine: bool,
    since: String,
    /// Who it could be given to.
    colleagues: Vec<(String, String)>,
}

impl HandsView {
    /// Somebody else has it: a visible lock.
    fn locked(&self) -> bool {
        !self.mine && !self.name.is_empty()
    }
}

/// What every form of the page carries.
#[derive(Debug)]
struct Carried {
    command: String,
    version: u64,
    /// The list that the officer works through.
    from: String,
    /// The assignment that is taken over with it; 0 = nothing to take over.
    over: u64,
}

/// What the applicant answered, while it is news.
#[derive(Debug)]
struct Answered {
    time: String,
    words: String,
    files: usize,
}

/// How the page is shown again when something was not right.
#[derive(Debug, Default)]
pub struct Again {
    pub deed: Option<Deed>,
    pub typed: Typed,
    pub errors: Vec<ErrorLine>,
    /// By the name of the input.
    pub wrong: BTreeMap<String, String>,
    pub preview: bool,
    /// What happened since the form was shown.
    pub news: Vec<Line>,
    /// The list that the officer works through.
    pub from: String,
}

impl Again {
    /// With a form open as it was typed.
    pub fn of(deed: Deed, typed: Typed) -> Self {
        let from = typed.get("from").to_owned();
        Self { deed: Some(deed), typed, from, ..Self::default() }
    }
}

#[derive(Template, Debug)]
#[template(path = "officer/case.html")]
struct CasePage<'a> {
    p: &'a Page,
    address: String,
    carried: Carried,
    from: String,
    /// The worklist that the officer came from.
    list: String,
    next: String,
    hands: HandsView,
    /// Nothing is left to take in hand or to mark.
    ended: bool,
    /// Who had it when, the latest first.
    changes: Vec<String>,
    /// What is to be known beside the state: unchecked fields, ended needs, a change of the applicant.
    marks: Vec<(String, &'static str)>,
    service: String,
    matter: String,
    number: String,
    applicant: String,
    received: String,
    state: String,
    class: &'static str,
    light: Light,
    /// Where it is said why.
    why: String,
    remaining: String,
    promised: Option<DateView>,
    statutory: Option<DateView>,
    /// The statutory period begins with the acceptance, which is still to come.
    statutory_later: bool,
    correction_due: Option<DateView>,
    answered: Option<Answered>,
    fields: Vec<FieldRow>,
    documents: Vec<DocumentRow>,
    granted: Vec<FieldRow>,
    review: Review,
    /// The viewer's address; empty = there are no files.
    viewer: String,
    opinions: Vec<OpinionView>,
    askable: Vec<Askable>,
    question: String,
    to_node: String,
    answer: String,
    alike: Vec<AlikeView>,
    checklist: ChecklistView,
    /// A ground outside the checklist was ticked.
    outside: bool,
    others: Vec<Other>,
    history: Vec<Line>,
    /// Words of deeds that are open now.
    deeds: Vec<&'static str>,
    /// The form to be shown open; empty = none.
    open: &'static str,
    outputs: Vec<OutputView>,
    choices: Vec<Choice>,
    remedies: String,
    regime: String,
    effect: String,
    course: Course,
    visits: Vec<VisitView>,
    /// What is asked for and waits for the one notice of its round; empty = nothing does.
    gathered: String,
    /// Lines that the applicant was asked for before; a further request says why.
    asked_before: Vec<String>,
    again_reason: String,
    words: String,
    ground: String,
    preview: Option<Sheet>,
    news: Vec<Line>,
    errors: Vec<ErrorLine>,
    done: String,
}

impl CasePage<'_> {
    fn can(&self, deed: &str) -> bool {
        self.deeds.contains(&deed)
    }

    fn is_open(&self, deed: &str) -> bool {
        self.open == deed
    }

    /// What the department can do now is shown: not what somebody else has in hand, unless it was tried.
    fn may_act(&self) -> bool {
        !self.deeds.is_empty() && (!self.hands.locked() || self.carried.over > 0)
    }

    /// What is wrong with an input; empty = nothing.
    fn error_of(&self, target: &str) -> &str {
        let found = self.errors.iter().find(|error| error.target == target);
        found.map_or("", |error| error.words.as_str())
    }
}

#[derive(Deserialize, Debug)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    from: String,
}

/// GET /officer/cases/{case}/{node}.
pub async fn case(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Response> {
    let shown = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let again = Again { from: done.from, ..Again::default() };
        case_page(&app, &page, &desk, again, &done.done).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /officer/cases/{case}/{node}/evidence/{evidence}: a file that was handed to this service.
pub async fn file(
    State(app): State<App>,
    page: Page,
    Path((case, node, evidence)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let found = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeEvidence).await?;
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        if !was_handed_to(desk.case(), desk.service()?, id) {
            return Err(WebError::NotFound);
        }
        let (file, bytes) = app.engine.evidence_bytes(id).await?.ok_or(WebError::NotFound)?;
        let mut response = file_answer(&file, bytes);
        response.extensions_mut().insert(Framed);
        Ok(response)
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// The page, for the first time or again with what was typed. `done` names what was just done.
///
/// # Errors
/// A fault.
#[expect(clippy::too_many_lines, reason = "one part of the page after the other")]
pub async fn case_page(
    app: &App,
    page: &Page,
    desk: &Desk,
    again: Again,
    done: &str,
) -> Result<Response, WebError> {
    let catalogue = &*desk.catalogue;
    let (file, case, service) = (&desk.file, desk.case(), desk.service()?);
    let key = &service.node.key;
    let zone = &catalogue.jurisdiction.time_zone;
    let promised = case.promised(key, &catalogue.calendar, zone);
    let due = promised.as_ref().map(|explained| explained.due.on);
    let stopped = promised.as_ref().is_some_and(|explained| explained.stopped);
    let ended = service.state.is_final();
    let view = |explained| date_view(catalogue, page, Some(&key.service), &explained);
    let regime = catalogue.service(&key.service).and_then(|it| catalogue.regimes.get(&it.regime));
    let names = history::names(app, file, key).await?;
    let typed = &again.typed;
    let deeds = Deed::open_for(service);
    let applicant = engine::applicant_name_id(case.id);
    let beside = beside(app, page, desk, &again).await?;
    let list = check_lines(catalogue, page, case, key, typed);
    let node = key.to_string();
    let marks = app.engine.store().list_marks(case.id, &node).await?;
    let review = Review::of(catalogue, page, file, service, &list, &marks);
    let files = received::evidence(catalogue, page, file, service);
    let address = desk.address()?;
    let within = period_text(page, service.node.correction_answer);
    let open = again.deed.filter(|deed| deeds.contains(deed));
    let letter = match open.filter(|_| again.preview) {
        Some(deed) => preview::sheet(app, page, desk, deed, typed).await?,
        None => None,
    };
    // What was composed without a line of the checklist cannot be sent.
    let mut again = again;
    if again.preview && open == Some(Deed::Correct) && letter.is_none() {
        let words = page.t("officer-choose-lines");
        again.errors.push(ErrorLine { target: "lines".to_owned(), words });
    }
    let typed = &again.typed;
    let tried = beside.hands.locked() && again.deed.is_some();
    render(&CasePage {
        p: page,
        ended,
        carried: Carried {
            command: load::fresh_command(),
            version: case.version,
            from: beside.from.clone(),
            over: if tried { beside.hands.version } else { 0 },
        },
        list: format!("/officer?{}", beside.from),
        from: beside.from,
        next: beside.next,
        changes: beside.changes,
        marks: beside_the_state(catalogue, page, case, service),
        service: case_node_name(catalogue, page, case, key),
        matter: catalogue
            .matter(case.application.matter.as_str())
            .map_or_else(String::new, |matter| page.text(&matter.name).to_owned()),
        number: case.application.case_number.to_string(),
        applicant: file.words.get(&applicant).cloned().unwrap_or_default(),
        received: service.started_at.map_or_else(String::new, |at| time_text(catalogue, page, at)),
        state: state_name(page, service.state),
        class: state_class(service.state),
        light: supervision::of_service(page, catalogue, case, service),
        why: format!("/officer/supervision/{}/{key}", case.id),
        remaining: match due {
            Some(due) if !ended && !stopped => remaining(catalogue, page, due),
            _ => String::new(),
        },
        promised: promised.map(view),
        statutory: case.statutory(key, &catalogue.calendar, zone).map(view),
        statutory_later: service.node.statutory.is_some() && service.accepted_at.is_none(),
        correction_due: case.correction_due(key, &catalogue.calendar, zone).map(view),
        answered: answered(catalogue, page, desk, service),
        fields: received::fields(catalogue, page, file, service),
        granted: received::granted(catalogue, page, file, service),
        documents: documents::rows(
            catalogue,
            page,
            file,
            &format!("{address}/documents"),
            !app.fonts.is_empty(),
            |document| documents::is_of(document, key),
        ),
        viewer: if files.iter().any(|slot| !slot.files.is_empty()) {
            format!("{address}/files")
        } else {
            String::new()
        },
        review,
        opinions: opinions::views(app, page, desk).await?,
        askable: opinions::askable(page, desk)?,
        question: typed.get("question").to_owned(),
        to_node: typed.get("to-node").to_owned(),
        answer: typed.get("answer").to_owned(),
        alike: alike::views(app, page, desk).await?,
        checklist: list,
        outside: typed.all("line").any(|ticked| ticked == OUTSIDE),
        others: others(catalogue, page, desk, service),
        history: history::lines(catalogue, page, file, key, &names),
        deeds: deeds.iter().map(|deed| deed.as_str()).collect(),
        open: open.map_or("", Deed::as_str),
        outputs: outputs::inputs(catalogue, page, file, service, typed, &again.wrong),
        choices: choices(catalogue, page, desk, service, typed),
        remedies: regime.map_or_else(String::new, |regime| page.text(&regime.remedies).to_owned()),
        regime: regime.map_or_else(String::new, |regime| page.text(&regime.name).to_owned()),
        course: Course::of(page, desk, typed)?,
        visits: visits::views(page, desk, typed, app.now())?,
        gathered: gathered(catalogue, page, case, service),
        asked_before: asked_before(catalogue, page, service),
        again_reason: typed.get("reason").to_owned(),
        effect: preview::clock_effect(page, Deed::Correct, service, &within),
        preview: letter,
        words: typed.get("words").to_owned(),
        ground: typed.get("ground").to_owned(),
        news: again.news,
        errors: again.errors,
        done: done_key(done).map_or_else(String::new, |key| page.t(key)),
        hands: beside.hands,
        address,
    })
}

/// 已提出，待合并告知: who has not answered yet, and when the notice goes out at the latest.
fn gathered(catalogue: &Catalogue, page: &Page, case: &Case, service: &ServiceCase) -> String {
    let key = &service.node.key;
    let round = case
        .rounds()
        .into_iter()
        .find(|round| round.told_at.is_none() && round.asked.iter().any(|(node, _)| node == key));
    let zone = &catalogue.jurisdiction.time_zone;
    let Some((round, due)) = round.zip(case.notice_due(key, &catalogue.calendar, zone)) else {
        return String::new();
    };
    let names: Vec<String> = round
        .awaited
        .iter()
        .filter_map(|node| case.service(node))
        .map(|it| naming::organisation_name(catalogue, page, &it.node.department))
        .collect();
    let due = time_text(catalogue, page, due);
    let names = names.join(&page.t("list-separator"));
    page.t2("officer-gathered", "departments", names, "time", due)
}

/// What the applicant was told of before, each once.
fn asked_before(catalogue: &Catalogue, page: &Page, service: &ServiceCase) -> Vec<String> {
    let told = service.corrections.iter().filter(|it| it.told_at.is_some());
    let mut lines: Vec<ChecklistLineId> = Vec::new();
    for line in told.flat_map(|correction| &correction.lines) {
        if !lines.contains(line) {
            lines.push(line.clone());
        }
    }
    documents::lines_text(catalogue, page, &service.node.key, &lines)
}

/// What the page shows beside the case itself.
struct Beside {
    hands: HandsView,
    changes: Vec<String>,
    from: String,
    next: String,
}

async fn beside(app: &App, page: &Page, desk: &Desk, again: &Again) -> Result<Beside, WebError> {
    let (case, service) = (desk.case(), desk.service()?);
    let catalogue = &*desk.catalogue;
    let officers = app.engine.officers_of(service.node.department.as_str()).await?;
    let name = |account: AccountId| {
        officers.get(&account).cloned().unwrap_or_else(|| page.t("by-officer"))
    };
    let row = app.engine.hands_of(case.id, &service.node.key).await?;
    let officer = row.as_ref().and_then(|row| row.officer);
    let me = page.who.account;
    let node = service.node.key.to_string();
    let mut changes = app.engine.store().list_assignment_changes(case.id, &node).await?;
    changes.reverse();
    let filter = Filter::parse(&again.from);
    let from = filter.query();
    let place = engine::projection::service_row(case, service, catalogue, page.today);
    let place = percent_encoded(&filter::after(&place));
    Ok(Beside {
        hands: HandsView {
            version: row.as_ref().map_or(0, |row| row.version),
            name: officer.map_or_else(String::new, name),
            mine: officer.is_some() && officer == me,
            since: row.map_or_else(String::new, |row| time_text(catalogue, page, row.at)),
            colleagues: officers
                .iter()
                .filter(|(account, _)| Some(**account) != me && Some(**account) != officer)
                .map(|(account, name)| (account.to_string(), name.clone()))
                .collect(),
        },
        changes: changes.iter().map(|row| change_text(catalogue, page, row, &name)).collect(),
        next: format!("/officer/next?{from}&seen={place}&case={}&node={node}", case.id),
        from,
    })
}

/// Who had it from when on, by whose word.
fn change_text(
    catalogue: &Catalogue,
    page: &Page,
    row: &AssignmentRow,
    name: &impl Fn(AccountId) -> String,
) -> String {
    let time = time_text(catalogue, page, row.at);
    match row.officer {
        None => page.t2("hands-was-released", "time", time, "by", name(row.by)),
        Some(officer) if officer == row.by => {
            page.t2("hands-was-taken", "time", time, "name", name(officer))
        }
        Some(officer) => page.tn(
            "hands-was-given",
            &[("time", time), ("by", name(row.by)), ("name", name(officer))],
        ),
    }
}

fn done_key(done: &str) -> Option<&'static str> {
    if done == "visit" {
        return Some("deed-done-visit");
    }
    Some(match Deed::parse(done) {
        Some(Deed::Accept) => "deed-done-accept",
        Some(Deed::BeginProcedure) => "deed-done-procedure",
        Some(Deed::EndProcedure) => "deed-done-procedure-end",
        Some(Deed::Extend) => "deed-done-extend",
        Some(Deed::Settle) => "deed-done-settle",
        Some(Deed::Correct) => "deed-done-correct",
        Some(Deed::Grant) => "deed-done-grant",
        Some(Deed::Refuse) => "deed-done-refuse",
        Some(Deed::NotAccept) => "deed-done-not-accept",
        Some(Deed::Withdrawal) => "deed-done-withdrawal",
        Some(Deed::Resolve) => "deed-done-resolve",
        None => match done {
            "taken" => "hands-done-taken",
            "given" => "hands-done-given",
            "released" => "hands-done-released",
            "faster" => "hands-done-faster",
            "reviewed" => "review-done",
            "asked" => "opinion-done-asked",
            "answered" => "opinion-done-answered",
            "answered-before" => "opinion-done-before",
            "judged" => "alike-done",
            _ => return None,
        },
    })
}

/// The checklist that the window had, with what was ticked there and what was asked for since.
fn check_lines(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    node: &NodeKey,
    typed: &Typed,
) -> ChecklistView {
    let mut marks = Marks::of_case(case, node);
    marks.ticked = typed.all("line").map(ChecklistLineId::new).collect();
    checklist(catalogue, page, node, &marks).unwrap_or_else(|| ChecklistView::empty(node))
}

fn others(catalogue: &Catalogue, page: &Page, desk: &Desk, own: &ServiceCase) -> Vec<Other> {
    let case = desk.case();
    case.services
        .iter()
        .filter(|service| service.node.key != own.node.key)
        .map(|service| Other {
            name: case_node_name(catalogue, page, case, &service.node.key),
            department: naming::organisation_name(catalogue, page, &service.node.department),
            state: state_name(page, service.state),
            class: state_class(service.state),
        })
        .collect()
}

/// The last answer to a correction, while the department has said nothing on it.
fn answered(
    catalogue: &Catalogue,
    page: &Page,
    desk: &Desk,
    service: &ServiceCase,
) -> Option<Answered> {
    if service.state.is_final() {
        return None;
    }
    let correction = service.corrections.iter().rev().find(|one| one.answered_at.is_some())?;
    let words = correction.answer.and_then(|id| desk.file.words.get(&id)).cloned();
    Some(Answered {
        time: time_text(catalogue, page, correction.answered_at?),
        words: words.unwrap_or_default(),
        files: correction.evidence.len(),
    })
}

fn choices(
    catalogue: &Catalogue,
    page: &Page,
    desk: &Desk,
    service: &ServiceCase,
    typed: &Typed,
) -> Vec<Choice> {
    service
        .contested()
        .map(|reply| {
            let value = format!("{}/{}", reply.dispatch, reply.department_seq);
            Choice {
                chosen: typed.get("choice") == value,
                value,
                words: page.t(desk::reply_key(&reply.reply)),
                time: time_text(catalogue, page, reply.decided_at),
                details: history::said(catalogue, page, &desk.file, &service.node.key, reply),
            }
        })
        .collect()
}

/// What is to be known beside the state.
fn beside_the_state(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    service: &ServiceCase,
) -> Vec<(String, &'static str)> {
    let mut marks = Vec::new();
    let open = case.unsettled_fields(service).count();
    if open > 0 && !service.state.is_final() {
        marks.push((page.t1("check-open", "n", open), "warn"));
    }
    if !crate::afterwards::rests_on_ended(catalogue, page, case, service).is_empty() {
        marks.push((page.t("acts-rests-on"), "seal"));
    }
    if case.open_change().is_some() {
        marks.push((page.t("change-heading"), "warn"));
    }
    if let Some(open) = service.open_announcement() {
        let name = page.t(&format!("act-{}", open.act.as_str()));
        marks.push((page.t1("hearing-open", "act", name), "warn"));
    }
    marks
}
