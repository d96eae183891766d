//! One question a page: why it is asked, how many are left at most, back to the one before. Facts that a
//! source tells are never asked.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::{Binds, Catalogue, Group, Matter, Question};
use engine::{Draft, EngineError};
use interview::Asking;
use serde::Deserialize;
use vocabulary::{GroupId, MemberId, ServiceId, Slot};

use crate::access::Action;
use crate::applicant::field_view::{FieldView, InputKind, field, finding_text, typed};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Above so many, the number of questions left at most says nothing about those that come.
const TELLING_BOUND: u32 = 20;

/// A line of the error summary.
#[derive(Clone, Debug)]
pub struct ErrorLine {
    pub target: String,
    pub words: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/question.html")]
struct QuestionPage<'a> {
    p: &'a Page,
    draft: String,
    version: u64,
    matter: String,
    key: String,
    ask: String,
    about: String,
    hint: String,
    why: String,
    matters_to: String,
    left: u32,
    /// The bound is for groups as large as they may be: nobody is helped by knowing it.
    many_left: bool,
    field: FieldView,
    may_decline: bool,
    back: String,
    errors: Vec<ErrorLine>,
}

#[derive(Deserialize, Debug)]
pub struct Wanted {
    #[serde(default)]
    q: Option<String>,
}

/// GET: the next question, or an earlier one to be changed (`?q=`).
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        let login = load::login(&app, &page, &draft).await?;
        let draft = app.engine.fetch_sources(draft, &login).await?;
        let catalogue = load::catalogue(&app);
        let open = open_questions(&app, &catalogue, &page, &draft).await?;
        let asked = Asked::find(open, &catalogue, &page, &draft, wanted.q.as_deref())?;
        match asked {
            Some(asked) => asked.page(&catalogue, &page, &draft, None, Vec::new()),
            None => Ok(to(&draft, "plan")),
        }
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// The open questions of a draft, the next one first: of its matter only what it still wants is looked at, and
/// what the proof of that knows to change nothing is not asked.
pub(crate) async fn open_questions<'c>(
    app: &App,
    catalogue: &'c Catalogue,
    page: &Page,
    draft: &Draft,
) -> Result<Vec<Asking<'c>>, WebError> {
    let matter = load::matter(catalogue, draft)?;
    let left = matter.under(catalogue, &draft.standing, &draft.facts);
    let proof = app.engine.proof(&left, page.today).await;
    let silent = draft.cannot_deliver();
    let reachable = |source: &vocabulary::SourceId| !silent.contains(source);
    let under = (&*left, &draft.standing);
    let (facts, proof) = (&draft.facts, proof.as_deref());
    let open = interview::open_under(proof, catalogue, under, facts, &reachable, page.today);
    // The questions are those of the whole matter, which lives as long as its catalogue.
    let own = |asking: Asking<'_>| {
        let question = matter.questions.iter().find(|it| it.id == asking.question.id)?;
        let Asking { member, left_at_most, matters_to, .. } = asking;
        Some(Asking { question, member, left_at_most, matters_to })
    };
    Ok(open.into_iter().filter_map(own).collect())
}

fn to(draft: &Draft, part: &str) -> Response {
    Redirect::to(&format!("/drafts/{}/{part}", draft.id)).into_response()
}

/// POST: one answer.
pub async fn answer(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(given): Form<BTreeMap<String, String>>,
) -> Result<Response, Response> {
    take(&app, &page, &draft, &given).await.map_err(|error| error.into_page(&page))
}

async fn take(
    app: &App,
    page: &Page,
    id: &str,
    given: &BTreeMap<String, String>,
) -> Result<Response, WebError> {
    let mut draft = load::draft(app, page, id, Action::ChangeDraft).await?;
    let catalogue = load::catalogue(app);
    let key = given.get("question").map(String::as_str);
    let open = open_questions(app, &catalogue, page, &draft).await?;
    let Some(asked) = Asked::find(open, &catalogue, page, &draft, key)? else {
        return Ok(to(&draft, "plan"));
    };
    let seen: Option<u64> = given.get("version").and_then(|version| version.parse().ok());
    let slot = asked.slot();
    let text = given.get(&slot.to_string()).cloned().unwrap_or_default();
    if seen != Some(draft.version) {
        let words = page.t("error-stale-draft");
        return asked.page(&catalogue, page, &draft, Some(text), vec![words]);
    }
    if given.contains_key("decline") && asked.question.may_decline {
        draft.facts.decline(slot);
    } else if let Err(words) = asked.accept(&catalogue, page, &mut draft, &text) {
        return asked.page(&catalogue, page, &draft, Some(text), vec![words]);
    }
    match app.engine.save_draft(draft.clone()).await {
        Ok(saved) => Ok(to(&saved, "question")),
        Err(EngineError::StaleDraft { .. }) => {
            let words = page.t("error-stale-draft");
            asked.page(&catalogue, page, &draft, Some(text), vec![words])
        }
        Err(error) => Err(error.into()),
    }
}

/// A question on its way to the screen.
pub(crate) struct Asked<'c> {
    pub(crate) matter: &'c Matter,
    pub(crate) question: &'c Question,
    pub(crate) member: Option<MemberId>,
    pub(crate) left: u32,
    pub(crate) matters_to: Vec<ServiceId>,
    /// The answered question before it.
    pub(crate) before: Option<String>,
}

impl<'c> Asked<'c> {
    /// The named question, or the next open one; `None` when enough is known.
    fn find(
        open: Vec<Asking<'c>>,
        catalogue: &'c Catalogue,
        page: &Page,
        draft: &Draft,
        wanted: Option<&str>,
    ) -> Result<Option<Self>, WebError> {
        let matter = load::matter(catalogue, draft)?;
        let done: Vec<_> = interview::answered(catalogue, matter, &draft.facts, page.today)
            .into_iter()
            .filter(|answered| answered.relevant)
            .collect();
        let (left, matters_to, next) = match open.into_iter().next() {
            Some(asking) => {
                (asking.left_at_most, asking.matters_to, Some((asking.question, asking.member)))
            }
            None => (1, Vec::new(), None),
        };
        let chosen = match wanted {
            None => next,
            Some(key) => {
                let (id, member) = match key.split_once('~') {
                    Some((id, member)) => (id, Some(MemberId::new(member))),
                    None => (key, None),
                };
                let question = matter.questions.iter().find(|question| question.id.as_str() == id);
                Some((question.ok_or(WebError::NotFound)?, member))
            }
        };
        let Some((question, member)) = chosen else { return Ok(None) };
        let place = done
            .iter()
            .position(|answered| answered.question.id == question.id && answered.member == member)
            .unwrap_or(done.len());
        let before = place
            .checked_sub(1)
            .and_then(|index| done.get(index))
            .map(|answered| question_key(answered.question, answered.member.as_ref()));
        Ok(Some(Self { matter, question, member, left, matters_to, before }))
    }

    pub(crate) fn slot(&self) -> Slot {
        match &self.question.binds {
            Binds::Element(element) => {
                Slot { element: element.clone(), member: self.member.clone() }
            }
            Binds::CountOf(group) => interview::size_slot(group),
        }
    }

    /// Puts a checked answer into the draft's facts, or says what is wrong.
    pub(crate) fn accept(
        &self,
        catalogue: &Catalogue,
        page: &Page,
        draft: &mut Draft,
        text: &str,
    ) -> Result<(), String> {
        match &self.question.binds {
            Binds::Element(id) => {
                let element = catalogue.element(id).ok_or_else(|| page.t("error-bad"))?;
                let slot = self.slot();
                match interview::accept_value(element, &slot, text, page.today) {
                    Ok(value) => {
                        let before = draft.facts.get(&slot).cloned();
                        draft.facts.answer(slot.clone(), value);
                        if let Some(finding) =
                            interview::check_order(catalogue, &slot, &draft.facts)
                        {
                            match before {
                                Some(fact) => draft.facts.set(slot, fact),
                                None => draft.facts.forget(&slot),
                            }
                            return Err(finding_text(catalogue, page, &finding));
                        }
                    }
                    Err(finding) => return Err(finding_text(catalogue, page, &finding)),
                }
            }
            Binds::CountOf(id) => {
                let group = catalogue.groups.get(id).ok_or_else(|| page.t("error-bad"))?;
                let count = interview::answer::plain(text).parse::<u32>().ok();
                let count = count.filter(|count| (group.min..=group.max).contains(count));
                let Some(count) = count else {
                    return Err(page.tn(
                        "answer-group-size",
                        &[
                            ("name", page.text(&group.name).to_owned()),
                            ("min", group.min.to_string()),
                            ("max", group.max.to_string()),
                        ],
                    ));
                };
                resize(draft, id, count);
            }
        }
        Ok(())
    }

    pub(crate) fn field(
        &self,
        catalogue: &Catalogue,
        page: &Page,
        draft: &Draft,
        text: Option<String>,
    ) -> FieldView {
        match &self.question.binds {
            Binds::Element(id) => {
                let slot = self.slot();
                let known = draft.facts.value(&slot).map(typed);
                let text = text.or(known).unwrap_or_default();
                match catalogue.element(id) {
                    Some(element) => field(page, element, &slot, &text),
                    None => count_field(page, &slot, None, &text),
                }
            }
            Binds::CountOf(id) => {
                let known = draft.facts.members(id).map(|members| members.len().to_string());
                let text = text.or(known).unwrap_or_default();
                count_field(page, &self.slot(), catalogue.groups.get(id), &text)
            }
        }
    }

    fn page(
        &self,
        catalogue: &Catalogue,
        page: &Page,
        draft: &Draft,
        text: Option<String>,
        wrong: Vec<String>,
    ) -> Result<Response, WebError> {
        let mut field = self.field(catalogue, page, draft, text);
        field.error = wrong.first().cloned().unwrap_or_default();
        let services: Vec<String> = self
            .matters_to
            .iter()
            .filter_map(|id| catalogue.service(id))
            .map(|service| page.text(&service.name).to_owned())
            .collect();
        let about = match (&self.question.binds, &self.member) {
            (Binds::Element(element), Some(member)) => {
                let count = element_members(catalogue, draft, element);
                if count > 1 {
                    naming::member_label(catalogue, page, element, member, count)
                } else {
                    String::new()
                }
            }
            _ => String::new(),
        };
        let base = format!("/drafts/{}", draft.id);
        render(&QuestionPage {
            p: page,
            draft: draft.id.to_string(),
            version: draft.version,
            matter: page.text(&self.matter.title).to_owned(),
            key: question_key(self.question, self.member.as_ref()),
            ask: page.text(&self.question.ask).to_owned(),
            about,
            hint: page.text(&self.question.hint).to_owned(),
            why: page.text(&self.question.why).to_owned(),
            matters_to: services.join(&page.t("list-separator")),
            left: self.left,
            many_left: self.left > TELLING_BOUND,
            errors: wrong
                .into_iter()
                .map(|words| ErrorLine { target: field.id(), words })
                .collect(),
            may_decline: self.question.may_decline,
            back: match &self.before {
                Some(key) => format!("{base}/question?q={key}"),
                None => format!("/matters/{}", self.matter.id),
            },
            field,
        })
    }
}

fn element_members(
    catalogue: &Catalogue,
    draft: &Draft,
    element: &vocabulary::DataElementId,
) -> usize {
    catalogue
        .element(element)
        .and_then(|element| element.group.as_ref())
        .and_then(|group| draft.facts.members(group))
        .map_or(0, <[MemberId]>::len)
}

/// A question's name in an address: its id, and the member's.
pub fn question_key(question: &Question, member: Option<&MemberId>) -> String {
    match member {
        None => question.id.to_string(),
        Some(member) => format!("{}~{member}", question.id),
    }
}

/// Keeps the members there are (their ids never change) and adds or takes away at the end.
fn resize(draft: &mut Draft, group: &GroupId, count: u32) {
    let mut members: Vec<MemberId> =
        draft.facts.members(group).map(<[MemberId]>::to_vec).unwrap_or_default();
    let count = usize::try_from(count).unwrap_or(0);
    members.truncate(count);
    let mut number = 0u32;
    while members.len() < count {
        number = number.saturating_add(1);
        let id = MemberId::new(format!("m{number}"));
        if !members.contains(&id) {
            members.push(id);
        }
    }
    draft.facts.set_members(group.clone(), members);
}

/// "How many?" as choices when they are few, else as a number.
fn count_field(page: &Page, slot: &Slot, group: Option<&Group>, text: &str) -> FieldView {
    use crate::applicant::field_view::OptionView;
    let (min, max) = group.map_or((1, 9), |group| (group.min, group.max));
    let name = group.map_or("", |group| page.text(&group.name));
    let few = max.saturating_sub(min) < 6;
    let options = (min..=max).filter(|_| few);
    FieldView {
        name: slot.to_string(),
        label: name.to_owned(),
        hint: String::new(),
        unit: String::new(),
        kind: if few { InputKind::Choice } else { InputKind::Number },
        options: options
            .map(|n| OptionView {
                value: n.to_string(),
                name: page.t1("count-option", "n", n),
                hint: String::new(),
                chosen: n.to_string() == text,
            })
            .collect(),
        value: text.to_owned(),
        optional: false,
        max_length: 4,
        error: String::new(),
        used_for: String::new(),
    }
}
