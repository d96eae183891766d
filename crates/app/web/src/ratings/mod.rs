//! 好差评: the applicant rates the whole and each service, sees what became of it; managers and officers see what
//! is owed and answer it. Who has not rated is nowhere counted as satisfied.

pub mod answer;
pub mod give;
pub mod list;

use casework::{Case, Rating, RatingState};
use catalogue::Catalogue;
use engine::CaseFile;
use vocabulary::{NodeKey, SealedId};

use crate::applicant::case_view::{case_node_name, time_text};
use crate::page::Page;
use crate::state::App;

/// Stands for the matter as a whole in addresses and forms.
pub const WHOLE: &str = "whole";

/// The name of what was rated, for an address.
pub fn node_text(node: Option<&NodeKey>) -> String {
    node.map_or_else(|| WHOLE.to_owned(), ToString::to_string)
}

/// The word of a grade; empty for what is none.
pub fn grade_words(page: &Page, grade: u8) -> String {
    match grade {
        1 => page.t("grade-1"),
        2 => page.t("grade-2"),
        3 => page.t("grade-3"),
        4 => page.t("grade-4"),
        5 => page.t("grade-5"),
        _ => String::new(),
    }
}

/// The class of a grade's mark.
pub const fn grade_class(grade: u8) -> &'static str {
    match grade {
        1 | 2 => "ok",
        3 => "",
        _ => "seal",
    }
}

/// The words of a state.
pub fn state_words(page: &Page, state: RatingState) -> String {
    page.t(match state {
        RatingState::Thanked => "rating-thanked",
        RatingState::Open => "rating-open",
        RatingState::Contacted => "rating-contacted",
        RatingState::Rectified => "rating-rectified",
        RatingState::Excluded => "rating-excluded",
    })
}

/// The class of a state's mark.
pub const fn state_class(state: RatingState) -> &'static str {
    match state {
        RatingState::Thanked | RatingState::Rectified => "ok",
        RatingState::Open => "seal",
        RatingState::Contacted => "warn",
        RatingState::Excluded => "grey",
    }
}

/// A word that can be chosen with a grade.
#[derive(Debug)]
pub struct TagChoice {
    pub id: String,
    pub words: String,
    /// Shown when a good grade is chosen, and when a bad one is.
    pub good: bool,
    pub bad: bool,
}

/// Something that can be rated now.
#[derive(Debug)]
pub struct Ratable {
    pub node: String,
    pub name: String,
    pub command: String,
}

/// What one can be told of a rating that was given.
#[derive(Debug)]
pub struct RatedView {
    pub name: String,
    pub grade: String,
    pub class: &'static str,
    pub tags: Vec<String>,
    pub words: String,
    pub at: String,
    pub state: String,
    pub state_class: &'static str,
    /// What became of it: when, what, and what was said.
    pub became: Vec<(String, String, String)>,
}

/// The rating's part of a case's page.
#[derive(Debug)]
pub struct RatingPart {
    /// The whole, when it may be rated.
    pub whole: Option<Ratable>,
    pub services: Vec<Ratable>,
    pub given: Vec<RatedView>,
    pub tags: Vec<TagChoice>,
}

/// What can be rated, and what became of what was.
pub fn part(app: &App, catalogue: &Catalogue, page: &Page, file: &CaseFile) -> RatingPart {
    let case = &file.case;
    let ratable = |node: Option<&NodeKey>| {
        // The whole is asked for when it has come to its end, a service once it is decided.
        let ended = node.is_some() || case.state().is_final();
        (!page.is_agent() && ended && case.may_rate(node)).then(|| Ratable {
            node: node_text(node),
            name: rated_name(catalogue, page, case, node),
            command: crate::applicant::load::fresh_command(),
        })
    };
    let services = case.services.iter().map(|service| &service.node.key);
    RatingPart {
        whole: ratable(None),
        services: services.filter_map(|node| ratable(Some(node))).collect(),
        given: case.ratings.iter().map(|it| rated_view(app, catalogue, page, file, it)).collect(),
        tags: tags(app, page),
    }
}

/// The words that go with grades.
fn tags(app: &App, page: &Page) -> Vec<TagChoice> {
    let Some(rule) = &app.engine.network().rating else { return Vec::new() };
    let choice = |tag: &network::RatingTag| TagChoice {
        id: tag.id.to_string(),
        words: page.text(&tag.text).to_owned(),
        good: tag.grades.iter().any(|grade| *grade <= 3),
        bad: tag.grades.iter().any(|grade| *grade >= 4),
    };
    rule.tags.iter().map(choice).collect()
}

/// What was rated: the service, or the whole.
pub fn rated_name(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    node: Option<&NodeKey>,
) -> String {
    match node {
        Some(node) => case_node_name(catalogue, page, case, node),
        None => page.t("rating-whole"),
    }
}

/// A rating as it is told to those whom it concerns.
pub fn rated_view(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    rating: &Rating,
) -> RatedView {
    let words = |id: Option<SealedId>| {
        id.and_then(|id| file.words.get(&id)).map_or_else(String::new, Clone::clone)
    };
    let time = |at| time_text(catalogue, page, at);
    let rule = app.engine.network().rating.as_ref();
    let tag = |id: &std::sync::Arc<str>| {
        let found = rule.and_then(|rule| rule.tags.iter().find(|tag| tag.id == *id));
        found.map_or_else(|| id.to_string(), |tag| page.text(&tag.text).to_owned())
    };
    let mut became = Vec::new();
    if let Some(contact) = &rating.contact {
        let key = if contact.complex { "became-contacted-complex" } else { "became-contacted" };
        became.push((contact.at, page.t(key), words(contact.note)));
    }
    if let Some(done) = &rating.rectified {
        let key = match done.how {
            casework::Rectification::Corrected => "became-corrected",
            casework::Rectification::Explained => "became-explained",
        };
        became.push((done.at, page.t(key), words(done.note)));
    }
    if let Some(appeal) = &rating.appeal {
        let key = match appeal.ground {
            casework::AppealGround::Mistake => "became-appealed-mistake",
            casework::AppealGround::Malicious => "became-appealed-malicious",
        };
        became.push((appeal.at, page.t(key), words(appeal.note)));
        if let Some((at, upheld, note)) = appeal.decided {
            let key = if upheld { "became-upheld" } else { "became-dismissed" };
            became.push((at, page.t(key), words(note)));
        }
    }
    became.sort_by_key(|(at, _, _)| *at);
    RatedView {
        name: rated_name(catalogue, page, &file.case, rating.node.as_ref()),
        grade: grade_words(page, rating.grade),
        class: grade_class(rating.grade),
        tags: rating.tags.iter().map(tag).collect(),
        words: words(rating.words),
        at: time(rating.at),
        state: state_words(page, rating.state()),
        state_class: state_class(rating.state()),
        became: became.into_iter().map(|(at, what, note)| (time(at), what, note)).collect(),
    }
}
