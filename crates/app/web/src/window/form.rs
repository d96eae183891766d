//! The merged form of the draft in hand: open questions and every field of every service in one scroll. What is
//! known stands there with its source and is folded; what is not is open. Any part of it may be sent.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, ElementType, Matter};
use engine::Draft;
use plan::{FieldState, FormField, FormTopic, Plan};
use vocabulary::MemberId;

use crate::applicant::field_view::{FieldView, OptionView, field, typed};
use crate::applicant::form::{self, Typed, field_name};
use crate::applicant::interview::{Asked, open_questions};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::state::App;

/// What stands for "does not know".
const DECLINED: &str = "?";

/// One line of the form.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) field: FieldView,
    /// Why it is asked.
    pub(crate) why: String,
    /// Known: folded, with value and source.
    pub(crate) known: bool,
    pub(crate) shown: String,
    pub(crate) source: String,
    /// `ok` fetched, `grey` given or found, `warn` a source that is away.
    pub(crate) class: &'static str,
    /// Which services use it.
    pub(crate) users: String,
    /// Comes into being on the way: nobody gives it.
    pub(crate) later: bool,
    /// Folded, but shown open because what was typed is wrong.
    pub(crate) open: bool,
}

impl Row {
    pub(crate) fn is_unresolved(&self) -> bool {
        !self.later && (!self.known && !self.field.optional || !self.field.error.is_empty())
    }
}

#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) done: usize,
    pub(crate) all: usize,
    /// Nothing is left to do in it.
    pub(crate) folded: bool,
}

impl Section {
    fn of(id: String, name: String, rows: Vec<Row>) -> Self {
        let counted = rows.iter().filter(|row| !row.later && !row.field.optional).count();
        let open = rows.iter().filter(|row| row.is_unresolved()).count();
        Self { id, name, done: counted.saturating_sub(open), all: counted, folded: open == 0, rows }
    }
}

#[derive(Debug)]
pub(crate) struct FormView {
    pub(crate) title: String,
    pub(crate) version: u64,
    pub(crate) sections: Vec<Section>,
    /// Questions are open: the rest of the form is not certain yet.
    pub(crate) asking: bool,
    pub(crate) unresolved: usize,
}

/// The questions of a draft: answered ones in their order, then the open ones.
pub(crate) struct Questions<'c> {
    pub(crate) asked: Vec<(Asked<'c>, bool)>,
    pub(crate) asking: bool,
}

pub(crate) async fn questions<'c>(
    app: &App,
    catalogue: &'c Catalogue,
    page: &Page,
    draft: &Draft,
) -> Result<Questions<'c>, WebError> {
    let matter = load::matter(catalogue, draft)?;
    let asked = |question, member| Asked {
        matter,
        question,
        member,
        left: 0,
        matters_to: Vec::new(),
        before: None,
    };
    let mut all: Vec<(Asked<'c>, bool)> =
        interview::answered(catalogue, matter, &draft.facts, page.today)
            .into_iter()
            .filter(|answered| answered.relevant)
            .map(|answered| (asked(answered.question, answered.member), true))
            .collect();
    let open = open_questions(app, catalogue, page, draft).await?;
    let asking = !open.is_empty();
    all.extend(open.into_iter().map(|it| (asked(it.question, it.member), false)));
    Ok(Questions { asked: all, asking })
}

/// Puts what was sent into the draft; what is wrong comes back in words, by name of the input.
pub(crate) fn take(
    catalogue: &Catalogue,
    page: &Page,
    questions: &Questions<'_>,
    plan: &Plan,
    given: &Typed,
    draft: &mut Draft,
) -> BTreeMap<String, String> {
    let mut wrong = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (asked, answered) in &questions.asked {
        let slot = asked.slot();
        let name = slot.to_string();
        names.insert(name.clone());
        let Some(text) = given.get(&name).filter(|text| *answered || !text.trim().is_empty())
        else {
            continue;
        };
        let as_it_was = asked.field(catalogue, page, draft, None).value;
        if *answered && *text == as_it_was {
            continue;
        }
        if text == DECLINED && asked.question.may_decline {
            draft.facts.decline(slot);
        } else if let Err(words) = asked.accept(catalogue, page, draft, text) {
            wrong.insert(name, words);
        }
    }
    if !questions.asking {
        for line in plan.form.iter().flat_map(|topic| &topic.fields) {
            let name = field_name(line);
            let untouched = names.contains(&name) || !given.contains_key(&name);
            // An empty correction says nothing about a value that is known.
            let nothing_new = given.get(&name).is_some_and(|text| text.trim().is_empty())
                && !matches!(line.state, FieldState::Given { .. });
            if !untouched && !nothing_new {
                form::accept(catalogue, page, line, given, draft, &mut wrong);
            }
        }
        form::put_in_order(catalogue, page, plan, given, draft, &mut wrong);
    }
    wrong
}

/// The form as it is shown, with what was typed and is wrong.
pub(crate) fn view(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    (questions, plan): (&Questions<'_>, &Plan),
    (given, wrong): (&Typed, &BTreeMap<String, String>),
) -> Result<FormView, WebError> {
    let matter = load::matter(catalogue, draft)?;
    let mut sections = Vec::new();
    let rows: Vec<Row> = questions
        .asked
        .iter()
        .map(|(asked, answered)| {
            question_row(catalogue, page, draft, asked, *answered, given, wrong)
        })
        .collect();
    let names: BTreeSet<String> = rows.iter().map(|row| row.field.name.clone()).collect();
    if !rows.is_empty() {
        sections.push(Section::of("s-questions".to_owned(), page.t("window-questions"), rows));
    }
    if !questions.asking {
        sections.extend(plan.form.iter().filter_map(|topic| {
            section(catalogue, page, draft, plan, topic, &names, (given, wrong))
        }));
    }
    Ok(FormView {
        title: page.text(&matter.title).to_owned(),
        version: draft.version,
        asking: questions.asking,
        unresolved: sections
            .iter()
            .flat_map(|section| &section.rows)
            .filter(|row| row.is_unresolved())
            .count(),
        sections,
    })
}

fn question_row(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    asked: &Asked<'_>,
    answered: bool,
    given: &Typed,
    wrong: &BTreeMap<String, String>,
) -> Row {
    let slot = asked.slot();
    let name = slot.to_string();
    let error = wrong.get(&name).cloned().unwrap_or_default();
    let kept = given.get(&name).filter(|_| !error.is_empty() || !answered).cloned();
    let mut field = asked.field(catalogue, page, draft, kept);
    let declined = draft.facts.is_declined(&slot);
    if asked.question.may_decline {
        field.options.push(OptionView {
            value: DECLINED.to_owned(),
            name: page.t("window-declined"),
            hint: String::new(),
            chosen: declined,
        });
    }
    let chosen = field.options.iter().find(|option| option.chosen);
    let shown = match (chosen, draft.facts.value(&slot)) {
        (Some(option), _) => option.name.clone(),
        (None, Some(value)) => naming::value_text(catalogue, page, &slot.element, value),
        (None, None) => field.value.clone(),
    };
    field.label = page.text(&asked.question.ask).to_owned();
    if let Some(member) = &asked.member {
        let group = catalogue.element(&slot.element).and_then(|element| element.group.as_ref());
        let count = group.and_then(|group| draft.facts.members(group)).map_or(0, <[_]>::len);
        let number = naming::member_number(member);
        if count > 1 && !number.is_empty() {
            field.label = format!("{number} {}", field.label);
        }
    }
    field.hint = page.text(&asked.question.hint).to_owned();
    field.error.clone_from(&error);
    Row {
        field,
        why: page.text(&asked.question.why).to_owned(),
        known: answered,
        shown,
        source: if answered { page.t("window-said") } else { String::new() },
        class: "grey",
        users: String::new(),
        later: false,
        open: !error.is_empty(),
    }
}

fn section(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    topic: &FormTopic,
    names: &BTreeSet<String>,
    typed_and_wrong: (&Typed, &BTreeMap<String, String>),
) -> Option<Section> {
    let rows: Vec<Row> = topic
        .fields
        .iter()
        .filter(|line| line.only_for.is_some() || !names.contains(&line.slot.to_string()))
        .filter_map(|line| row(catalogue, page, plan, line, typed_and_wrong))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let name = catalogue.topics.get(&topic.topic).map_or("", |topic| page.text(&topic.name));
    let about = match (&topic.member, topic.fields.first()) {
        (Some(member), Some(first)) => match members(catalogue, draft, first) {
            0 | 1 => String::new(),
            count => naming::member_label(catalogue, page, &first.slot.element, member, count),
        },
        _ => String::new(),
    };
    let name = if about.is_empty() { name.to_owned() } else { format!("{name} · {about}") };
    let member = topic.member.as_ref().map(|member| format!("-{member}")).unwrap_or_default();
    Some(Section::of(format!("s-{}{member}", topic.topic), name, rows))
}

fn members(catalogue: &Catalogue, draft: &Draft, line: &FormField) -> usize {
    catalogue
        .element(&line.slot.element)
        .and_then(|element| element.group.as_ref())
        .and_then(|group| draft.facts.members(group))
        .map_or(0, <[MemberId]>::len)
}

fn row(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    line: &FormField,
    (given, wrong): (&Typed, &BTreeMap<String, String>),
) -> Option<Row> {
    let element = catalogue.element(&line.slot.element)?;
    let name = field_name(line);
    let error = wrong.get(&name).cloned().unwrap_or_default();
    let users: Vec<String> =
        line.users.iter().map(|node| picture::planned_name(catalogue, page, plan, node)).collect();
    let mut row = Row {
        field: field(page, element, &line.slot, ""),
        why: String::new(),
        known: false,
        shown: String::new(),
        source: String::new(),
        class: "grey",
        users: used_for(page, &users),
        later: false,
        open: !error.is_empty(),
    };
    let mut text = String::new();
    let value_text = |value| naming::value_text(catalogue, page, &line.slot.element, value);
    match &line.state {
        FieldState::Given { value } => {
            row.known = true;
            row.shown = value_text(value);
            row.source = page.t("window-said");
            text = typed(value);
        }
        FieldState::Fetched { value, source, at } | FieldState::Confirmed { value, source, at } => {
            row.known = true;
            row.shown = value_text(value);
            let on = catalogue.civil_date(*at);
            row.source = naming::source_name(catalogue, page, source);
            row.users = if on == page.today {
                page.t("window-fetched-today")
            } else {
                page.t1("window-fetched-on", "date", page.short_date(on))
            };
            row.class = "ok";
        }
        FieldState::Missing => {}
        FieldState::Unavailable { source } => {
            row.class = "warn";
            let source = naming::source_name(catalogue, page, source);
            row.source = page.t1("window-source-away", "source", source);
        }
        FieldState::Computed { value, table } => {
            row.later = true;
            row.shown = match value {
                Some(value) => value_text(value),
                None => page.t("window-later"),
            };
            row.source = naming::table_name(catalogue, page, table);
        }
        FieldState::FromOutput { node, .. } => {
            row.later = true;
            row.shown = page.t("window-later");
            let service = picture::planned_name(catalogue, page, plan, node);
            row.source = page.t1("made-by", "service", service);
        }
    }
    if let Some(kept) = given.get(&name).filter(|_| !row.known || !error.is_empty()) {
        text.clone_from(kept);
    }
    row.field = field(page, element, &line.slot, &text);
    row.field.name = name;
    row.field.optional = line.optional;
    row.field.error = error;
    if let Some(node) = &line.only_for {
        let service = picture::planned_name(catalogue, page, plan, node);
        row.field.hint = page.t1("window-asked-again", "service", service);
    }
    Some(row)
}

/// The services that use a field: by name as long as they are few.
fn used_for(page: &Page, users: &[String]) -> String {
    let comma = page.t("list-separator");
    match users {
        [first, second, _, ..] => {
            let two = format!("{first}{comma}{second}");
            page.t2("window-used-for-many", "services", two, "n", users.len())
        }
        few => page.t1("window-used-for", "services", few.join(&comma)),
    }
}

/// The first phone number that the draft knows, with its middle hidden.
pub(crate) fn phone(catalogue: &Catalogue, draft: &Draft) -> Option<String> {
    let found = draft.facts.iter().find_map(|(slot, fact)| {
        let element = catalogue.element(&slot.element)?;
        (element.ty == ElementType::Phone).then(|| fact.value.to_string())
    })?;
    let count = found.chars().count();
    let hidden = |place: usize| place >= 3 && place + 4 < count;
    Some(found.chars().enumerate().map(|(at, c)| if hidden(at) { '*' } else { c }).collect())
}

/// The title of a matter, or its id when it is gone.
pub(crate) fn matter_title(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    let title = |matter: &Matter| page.text(&matter.title).to_owned();
    catalogue.matters.get(id).map_or_else(|| id.to_owned(), title)
}
