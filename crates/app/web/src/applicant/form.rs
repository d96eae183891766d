//! The one form, by topic: fetched facts to confirm, the rest to fill in, each field once with its users.
//! What was typed is never lost: right values are saved, wrong ones come back with words beside them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::Catalogue;
use engine::{Draft, EngineError};
use plan::{FieldState, FormField, FormTopic, Plan};
use vocabulary::{Fact, MemberId, Origin, ServiceId, Value};

use crate::access::Action;
use crate::applicant::field_view::{FieldView, field, finding_text, nothing_given, typed};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::state::App;
use crate::views::render;

/// One line of a section.
#[derive(Debug)]
struct Line {
    field: FieldView,
    /// Known from a source: shown to be confirmed.
    fetched: bool,
    /// The source, and the day it was asked.
    source: String,
    shown: String,
    /// The source could not be reached.
    degraded: bool,
    /// Comes into being on the way: nothing to fill in.
    later: String,
    /// Asked again for one service, with the reason.
    again: String,
    correcting: bool,
}

#[derive(Debug)]
struct Section {
    id: String,
    name: String,
    /// Whom it is about, when there are several: 股东②.
    about: String,
    lines: Vec<Line>,
    fetched: usize,
}

#[derive(Template, Debug)]
#[template(path = "applicant/form.html")]
struct FormPage<'a> {
    p: &'a Page,
    draft: String,
    version: u64,
    title: String,
    sections: Vec<Section>,
    errors: Vec<ErrorLine>,
    missing: usize,
}

pub(crate) type Typed = BTreeMap<String, String>;

/// GET /drafts/{draft}/form.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        let login = load::login(&app, &page, &draft).await?;
        let draft = app.engine.fetch_sources(draft, &login).await?;
        let plan = app.engine.plan_of(&draft).await?;
        form_page(&app, &page, &draft, &plan, &Typed::new(), &BTreeMap::new(), None)
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST: saves what is right, shows what is wrong.
pub async fn save(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(given): Form<Typed>,
) -> Result<Response, Response> {
    take(&app, &page, &draft, &given).await.map_err(|error| error.into_page(&page))
}

async fn take(app: &App, page: &Page, id: &str, given: &Typed) -> Result<Response, WebError> {
    let mut draft = load::draft(app, page, id, Action::ChangeDraft).await?;
    let plan = app.engine.plan_of(&draft).await?;
    let seen: Option<u64> = given.get("version").and_then(|version| version.parse().ok());
    if seen != Some(draft.version) {
        let stale = page.t("error-stale-draft");
        return form_page(app, page, &draft, &plan, given, &BTreeMap::new(), Some(stale));
    }
    let catalogue = load::catalogue(app);
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for line in plan.form.iter().flat_map(|topic| &topic.fields) {
        accept(&catalogue, page, line, given, &mut draft, &mut wrong);
    }
    put_in_order(&catalogue, page, &plan, given, &mut draft, &mut wrong);
    let saved = match app.engine.save_draft(draft.clone()).await {
        Ok(saved) => saved,
        Err(EngineError::StaleDraft { .. }) => {
            let stale = page.t("error-stale-draft");
            return form_page(app, page, &draft, &plan, given, &wrong, Some(stale));
        }
        Err(error) => return Err(error.into()),
    };
    let later = given.contains_key("later");
    let plan = app.engine.plan_of(&saved).await?;
    if !later {
        for missing in plan.missing_fields() {
            wrong
                .entry(field_name(missing))
                .or_insert_with(|| nothing_given(&catalogue, page, &missing.slot));
        }
    }
    if wrong.is_empty() {
        let part = if later { "" } else { "/evidence" };
        return Ok(Redirect::to(&format!("/drafts/{}{part}", saved.id)).into_response());
    }
    form_page(app, page, &saved, &plan, given, &wrong, None)
}

/// The name of an input: the slot, and the service it is asked again for.
pub(crate) fn field_name(line: &FormField) -> String {
    match &line.only_for {
        None => line.slot.to_string(),
        Some(node) => format!("{}@{node}", line.slot),
    }
}

/// What was typed last gives way when two dates contradict each other: it comes back with words.
pub(crate) fn put_in_order(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    given: &Typed,
    draft: &mut Draft,
    wrong: &mut BTreeMap<String, String>,
) {
    let lines: Vec<&FormField> = plan.form.iter().flat_map(|topic| &topic.fields).collect();
    for line in &lines {
        let Some(finding) = interview::check_order(catalogue, &line.slot, &draft.facts) else {
            continue;
        };
        let words = finding_text(catalogue, page, &finding);
        let other = finding.args.iter().find(|(arg, _)| *arg == "other");
        let other = other.map(|(_, id)| id.as_str()).unwrap_or_default();
        let earlier = lines.iter().find(|it| {
            it.slot.element.as_str() == other
                && (it.slot.member.is_none() || it.slot.member == line.slot.member)
        });
        let blamed = [Some(line), earlier].into_iter().flatten().find(|it| {
            let name = field_name(it);
            given.contains_key(&name) && !wrong.contains_key(&name)
        });
        if let Some(blamed) = blamed {
            draft.facts.forget(&blamed.slot);
            wrong.insert(field_name(blamed), words);
        }
    }
}

/// Puts what was typed into one line into the facts.
pub(crate) fn accept(
    catalogue: &Catalogue,
    page: &Page,
    line: &FormField,
    given: &Typed,
    draft: &mut Draft,
    wrong: &mut BTreeMap<String, String>,
) {
    let name = field_name(line);
    let Some(element) = catalogue.element(&line.slot.element) else { return };
    if matches!(line.state, FieldState::Computed { .. }) || output_of(draft, line).is_some() {
        return;
    }
    if let FieldState::Fetched { value, source, at } = &line.state {
        // "Not right": a filled-in correction replaces what the source said; otherwise it is confirmed.
        let correction = given.get(&name).map(|text| text.trim()).filter(|text| !text.is_empty());
        if correction.is_none_or(|text| text == typed(value)) {
            let origin = Origin::Confirmed { source: source.clone(), at: *at };
            draft.facts.set(line.slot.clone(), Fact { value: value.clone(), origin });
            return;
        }
    }
    let Some(text) = given.get(&name) else { return };
    if text.trim().is_empty() {
        let from_source = matches!(
            line.state,
            FieldState::Fetched { .. }
                | FieldState::Confirmed { .. }
                | FieldState::FromOutput { .. }
        );
        if !from_source {
            draft.facts.forget(&line.slot);
            if line.optional {
                draft.facts.answer(line.slot.clone(), Value::Null);
            }
        }
        return;
    }
    match interview::accept_value(element, &line.slot, text, page.today) {
        Ok(value) if draft.facts.value(&line.slot) == Some(&value) => {}
        Ok(value) => draft.facts.answer(line.slot.clone(), value),
        Err(finding) => {
            wrong.insert(name, finding_text(catalogue, page, &finding));
        }
    }
}

fn form_page(
    app: &App,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    given: &Typed,
    wrong: &BTreeMap<String, String>,
    stale: Option<String>,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue(app);
    let matter = load::matter(&catalogue, draft)?;
    let sections: Vec<Section> = plan
        .form
        .iter()
        .map(|topic| section(&catalogue, page, draft, plan, topic, given, wrong))
        .collect();
    let mut errors: Vec<ErrorLine> =
        stale.into_iter().map(|words| ErrorLine { target: "main".to_owned(), words }).collect();
    for section in &sections {
        for field in section.lines.iter().map(|line| &line.field) {
            if !field.error.is_empty() {
                let words = match section.about.as_str() {
                    "" => field.error.clone(),
                    about => format!("{about} · {}", field.error),
                };
                errors.push(ErrorLine { target: field.id(), words });
            }
        }
    }
    render(&FormPage {
        p: page,
        draft: draft.id.to_string(),
        version: draft.version,
        title: page.text(&matter.title).to_owned(),
        missing: plan.missing_fields().count(),
        sections,
        errors,
    })
}

fn section(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    topic: &FormTopic,
    given: &Typed,
    wrong: &BTreeMap<String, String>,
) -> Section {
    let name = catalogue.topics.get(&topic.topic).map_or("", |topic| page.text(&topic.name));
    let about = match (&topic.member, topic.fields.first()) {
        (Some(member), Some(first)) => match members(catalogue, draft, first) {
            0 | 1 => String::new(),
            count => naming::member_label(catalogue, page, &first.slot.element, member, count),
        },
        _ => String::new(),
    };
    let name = if about.is_empty() { name.to_owned() } else { format!("{name} · {about}") };
    let lines: Vec<Line> = topic
        .fields
        .iter()
        .filter_map(|line| line_view(catalogue, page, draft, plan, line, given, wrong))
        .collect();
    let member = topic.member.as_ref().map(|member| format!("-{member}")).unwrap_or_default();
    Section {
        id: format!("s-{}{member}", topic.topic),
        name,
        about,
        fetched: lines.iter().filter(|line| line.fetched).count(),
        lines,
    }
}

fn members(catalogue: &Catalogue, draft: &Draft, line: &FormField) -> usize {
    catalogue
        .element(&line.slot.element)
        .and_then(|element| element.group.as_ref())
        .and_then(|group| draft.facts.members(group))
        .map_or(0, <[MemberId]>::len)
}

/// The service, done before, whose output the value is.
fn output_of<'d>(draft: &'d Draft, line: &FormField) -> Option<&'d ServiceId> {
    match &draft.facts.get(&line.slot)?.origin {
        Origin::Output { service } => Some(service),
        _ => None,
    }
}

fn service_name(catalogue: &Catalogue, page: &Page, id: &ServiceId) -> String {
    catalogue.service(id).map_or_else(|| id.to_string(), |it| page.text(&it.name).to_owned())
}

/// Whether a question of the matter asks for it.
fn is_asked(catalogue: &Catalogue, draft: &Draft, line: &FormField) -> bool {
    catalogue.matters.get(&draft.matter).is_some_and(|matter| {
        let binds = catalogue::Binds::Element(line.slot.element.clone());
        matter.questions.iter().any(|question| question.binds == binds)
    })
}

/// Three services by name; of more the first two, and how many in all.
fn also_used_for(page: &Page, users: &[String]) -> String {
    let comma = page.t("list-separator");
    match users {
        [first, second, _, _, ..] => {
            let two = format!("{first}{comma}{second}");
            page.t2("also-used-for-many", "services", two, "n", users.len())
        }
        few => page.t1("also-used-for", "services", few.join(&comma)),
    }
}

fn line_view(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    line: &FormField,
    given: &Typed,
    wrong: &BTreeMap<String, String>,
) -> Option<Line> {
    let element = catalogue.element(&line.slot.element)?;
    let name = field_name(line);
    let mut view = Line {
        field: field(page, element, &line.slot, ""),
        fetched: false,
        source: String::new(),
        shown: String::new(),
        degraded: false,
        later: String::new(),
        again: String::new(),
        correcting: false,
    };
    let mut text = String::new();
    let output = output_of(draft, line);
    match &line.state {
        FieldState::Given { value } if output.is_some() => {
            // An office decided it: shown, never asked.
            let made_by = output.map(|service| service_name(catalogue, page, service));
            let value = naming::value_text(catalogue, page, &line.slot.element, value);
            let by = made_by.unwrap_or_default();
            view.later = page.t2("made-before", "service", by, "value", value);
        }
        FieldState::Given { value } if is_asked(catalogue, draft, line) => {
            // Answered in the interview: shown, not asked again.
            view.fetched = true;
            view.source = page.t("you-answered");
            view.shown = naming::value_text(catalogue, page, &line.slot.element, value);
        }
        FieldState::Given { value } => text = typed(value),
        FieldState::Fetched { value, source, at } | FieldState::Confirmed { value, source, at } => {
            view.fetched = true;
            view.source = page.t2(
                "fetched-from",
                "source",
                naming::source_name(catalogue, page, source),
                "date",
                page.short_date(catalogue.civil_date(*at)),
            );
            view.shown = naming::value_text(catalogue, page, &line.slot.element, value);
        }
        FieldState::Missing => {}
        FieldState::Unavailable { source } => {
            // A source that has no record is no fault; one that cannot be reached is told.
            view.degraded = draft.unreachable.contains(source);
            view.source = naming::source_name(catalogue, page, source);
        }
        FieldState::Computed { value, table } => {
            let found = (value.as_ref(), table);
            view.later = naming::computed_text(catalogue, page, &line.slot.element, found);
        }
        FieldState::FromOutput { node, .. } => {
            view.later =
                page.t1("made-by", "service", picture::planned_name(catalogue, page, plan, node));
        }
    }
    if let Some(typed) = given.get(&name) {
        view.correcting = view.fetched && !typed.trim().is_empty();
        text.clone_from(typed);
    }
    view.field = field(page, element, &line.slot, &text);
    view.field.name = name.clone();
    view.field.optional = line.optional;
    view.field.error = wrong.get(&name).cloned().unwrap_or_default();
    view.correcting |= view.fetched && !view.field.error.is_empty();
    let users: Vec<String> =
        line.users.iter().map(|node| picture::planned_name(catalogue, page, plan, node)).collect();
    if users.len() > 1 {
        view.field.used_for = also_used_for(page, &users);
    }
    if let Some(node) = &line.only_for {
        let reason = catalogue
            .service(&node.service)
            .and_then(|service| {
                service.fields.iter().find(|need| need.element == line.slot.element)
            })
            .map_or("", |need| page.text(&need.ask_again));
        view.again = page.t2(
            "asked-again",
            "service",
            picture::planned_name(catalogue, page, plan, node),
            "reason",
            reason,
        );
    }
    Some(view)
}
