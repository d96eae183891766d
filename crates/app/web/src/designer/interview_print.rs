//! The whole interview on paper, for lawyers, clerks and those who test it with the elderly: every question, why
//! it is asked, what each answer leads to and which rule reads it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::{Binds, Catalogue, ElementType, Matter, Question};
use conditions::{Condition, Read};

use super::rule_words::condition_words;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A rule that reads the answer.
#[derive(Debug)]
struct RuleRow {
    what: String,
    rule: String,
}

#[derive(Debug)]
struct QuestionSheet {
    number: usize,
    ask: String,
    about: String,
    hint: String,
    why: String,
    element: String,
    source: String,
    options: Vec<(String, String)>,
    rules: Vec<RuleRow>,
}

#[derive(Template, Debug)]
#[template(path = "designer/interview.html")]
struct InterviewPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    lead: String,
    questions: Vec<QuestionSheet>,
}

pub async fn interview(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let proof = app.engine.proof(matter, page.today).await.ok_or(WebError::Render)?;
    let mut questions: Vec<&Question> = Vec::new();
    for wanted in &proof.order().questions {
        questions.extend(matter.questions.iter().find(|question| question.id == *wanted));
    }
    for question in &matter.questions {
        if !questions.iter().any(|known| known.id == question.id) {
            questions.push(question);
        }
    }
    let most = proof.order().cost.worst;
    render(&InterviewPage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        lead: page.t2("interview-lead", "n", questions.len(), "most", most),
        questions: questions
            .into_iter()
            .enumerate()
            .map(|(place, question)| sheet(catalogue, page, matter, place, question))
            .collect(),
    })
}

fn sheet(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    place: usize,
    question: &Question,
) -> QuestionSheet {
    let mut sheet = QuestionSheet {
        number: place.saturating_add(1),
        ask: page.text(&question.ask).to_owned(),
        about: String::new(),
        hint: page.text(&question.hint).to_owned(),
        why: page.text(&question.why).to_owned(),
        element: String::new(),
        source: String::new(),
        options: Vec::new(),
        rules: Vec::new(),
    };
    let read = match &question.binds {
        Binds::CountOf(group) => {
            if let Some(group) = catalogue.groups.get(group) {
                sheet.element = page.text(&group.name).to_owned();
                sheet.options = vec![(
                    page.t2("group-size", "min", group.min, "max", group.max),
                    String::new(),
                )];
            }
            Read::Group(group.clone())
        }
        Binds::Element(id) => {
            if let Some(element) = catalogue.element(id) {
                sheet.element = page.text(&element.name).to_owned();
                let source = element.source.as_ref();
                sheet.source = source.map_or_else(String::new, |source| {
                    naming::source_name(catalogue, page, source)
                });
                let group = element.group.as_ref().and_then(|group| catalogue.groups.get(group));
                sheet.about = group.map_or_else(String::new, |group| {
                    page.t1("question-per", "member", page.text(&group.name))
                });
                sheet.options = options(page, &element.ty);
            }
            Read::Element(id.clone())
        }
    };
    if question.may_decline {
        sheet.options.push((page.t("decline"), page.t("decline-then")));
    }
    sheet.rules = rules(catalogue, page, matter, &read);
    sheet
}

fn options(page: &Page, ty: &ElementType) -> Vec<(String, String)> {
    match ty {
        ElementType::Choice(options) => options
            .iter()
            .map(|it| (page.text(&it.name).to_owned(), page.text(&it.hint).to_owned()))
            .collect(),
        ElementType::Bool => {
            [page.t("value-yes"), page.t("value-no")].map(|name| (name, String::new())).to_vec()
        }
        ElementType::Date => vec![(page.t("type-date"), String::new())],
        ElementType::Number => vec![(page.t("type-number"), String::new())],
        _ => Vec::new(),
    }
}

/// Every rule of the matter that reads it, each said once.
fn rules(catalogue: &Catalogue, page: &Page, matter: &Matter, read: &Read) -> Vec<RuleRow> {
    let mut rows: Vec<RuleRow> = Vec::new();
    let mut add = |what: String, condition: &Condition| {
        if condition.reads().contains(read) {
            let rule = condition_words(catalogue, page, condition);
            if !rows.iter().any(|row| row.what == what && row.rule == rule) {
                rows.push(RuleRow { what, rule });
            }
        }
    };
    for part in &matter.services {
        let Some(service) = catalogue.service(&part.service) else { continue };
        let name = page.text(&service.name);
        add(page.t1("rule-of-service", "service", name), &part.when);
        if let Some(done) = &part.already_done {
            add(page.t1("rule-of-done", "service", name), done);
        }
        for requirement in &service.requirements {
            if let Some(when) = &requirement.when {
                let words = page.text(&requirement.text);
                add(page.t2("rule-of-requirement", "service", name, "what", words), when);
            }
        }
        for need in &service.evidence {
            let evidence = naming::evidence_name(catalogue, page, &need.ty);
            add(page.t2("rule-of-evidence", "service", name, "what", evidence), &need.when);
        }
        for need in &service.fields {
            let field = naming::element_name(catalogue, page, &need.element);
            add(page.t2("rule-of-field", "service", name, "what", field), &need.when);
        }
        for signatory in &service.signatories {
            let who = page.text(&signatory.name);
            add(page.t2("rule-of-signature", "service", name, "what", who), &signatory.when);
        }
        for condition in service.other_conditions() {
            add(page.t1("rule-of-handling", "service", name), condition);
        }
    }
    rows
}
