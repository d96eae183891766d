//! The catalogue for people: by life cycle, by list, and by search. Each entry is honestly 可办 or 仅指南.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use catalogue::Audience;
use serde::Deserialize;

use crate::errors::WebError;
use crate::page::Page;
use crate::public::parts::{self, Drawn, Part};
use crate::state::App;

/// One matter or guide in a list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub name: String,
    /// Can be started; otherwise there is only a guide.
    pub ready: bool,
    class: String,
    /// Everything that search looks at, lower case, in all languages.
    haystack: Vec<(u32, String)>,
}

#[derive(Debug)]
pub struct ClassView {
    pub name: String,
    pub entries: Vec<Entry>,
}

#[derive(Debug)]
pub struct ListView {
    pub name: String,
    pub entries: Vec<Entry>,
    /// How many of them can be done.
    pub ready: usize,
    /// Why the list is not certain; empty = it is.
    pub unverified: String,
    pub source: String,
}

/// Every matter and guide.
pub fn entries(app: &App, page: &Page) -> Vec<Entry> {
    let catalogue = app.engine.catalogue();
    let mut all = Vec::new();
    for matter in catalogue.matters.values() {
        let mut haystack = texts(&matter.title, 8);
        haystack.extend(texts(&matter.name, 8));
        haystack.extend(matter.search_words.iter().map(|word| (6, word.to_lowercase())));
        haystack.extend(texts(&matter.summary, 2));
        for inside in &matter.services {
            if let Some(service) = catalogue.service(&inside.service) {
                haystack.extend(texts(&service.name, 4));
            }
        }
        all.push(Entry {
            id: matter.id.to_string(),
            title: page.text(&matter.title).to_owned(),
            name: page.text(&matter.name).to_owned(),
            ready: true,
            class: matter.life_cycle.to_string(),
            haystack,
        });
    }
    for guide in catalogue.guides.values() {
        let mut haystack = texts(&guide.name, 8);
        haystack.extend(guide.search_words.iter().map(|word| (6, word.to_lowercase())));
        for service in &guide.services {
            haystack.extend(texts(service, 4));
        }
        all.push(Entry {
            id: guide.id.to_string(),
            title: page.text(&guide.name).to_owned(),
            name: page.text(&guide.name).to_owned(),
            ready: false,
            class: guide.life_cycle.to_string(),
            haystack,
        });
    }
    all
}

fn texts(text: &vocabulary::Localised, weight: u32) -> Vec<(u32, String)> {
    text.iter().map(|(_, text)| (weight, text.to_lowercase())).collect()
}

/// Classes of one audience in order, with what stands in them.
pub fn classes(app: &App, page: &Page, all: &[Entry], audience: Audience) -> Vec<ClassView> {
    let mut found: Vec<_> = app
        .engine
        .catalogue()
        .life_cycle
        .iter()
        .filter(|class| class.audience == audience)
        .collect();
    found.sort_by_key(|class| class.order);
    found
        .into_iter()
        .map(|class| {
            let mut entries: Vec<Entry> =
                all.iter().filter(|entry| entry.class == class.id.as_str()).cloned().collect();
            entries.sort_by_key(|entry| !entry.ready);
            ClassView { name: page.text(&class.name).to_owned(), entries }
        })
        .collect()
}

/// The published lists in their own order.
pub fn lists(app: &App, page: &Page, all: &[Entry]) -> Vec<ListView> {
    app.engine
        .catalogue()
        .lists
        .iter()
        .map(|list| {
            let entries: Vec<Entry> = list
                .entries
                .iter()
                .filter_map(|id| all.iter().find(|entry| entry.id == id.as_str()).cloned())
                .collect();
            ListView {
                name: page.text(&list.name).to_owned(),
                ready: entries.iter().filter(|entry| entry.ready).count(),
                entries,
                unverified: page.text(&list.basis.unverified).to_owned(),
                source: list.basis.source.clone().unwrap_or_default(),
            }
        })
        .collect()
}

/// Entries that match what someone typed, best first. Words are separated by blanks; a Chinese query
/// without blanks also matches by its two-character pieces, so that 宝宝上户口 finds 户口.
pub fn search(all: &[Entry], typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let mut scored: Vec<(u32, &Entry)> = all
        .iter()
        .map(|entry| (score(entry, &typed), entry))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, entry)| (std::cmp::Reverse(*score), !entry.ready));
    scored.into_iter().map(|(_, entry)| entry.clone()).collect()
}

fn score(entry: &Entry, typed: &str) -> u32 {
    let mut total = 0u32;
    for word in typed.split_whitespace() {
        let pieces = pieces(word);
        for (weight, text) in &entry.haystack {
            if text.contains(word) {
                total = total.saturating_add(weight.saturating_mul(20));
            } else if word.contains(text.as_str()) && text.chars().count() > 1 {
                total = total.saturating_add(weight.saturating_mul(10));
            } else {
                let hits = pieces.iter().filter(|piece| text.contains(piece.as_str())).count();
                let hits = u32::try_from(hits).unwrap_or(u32::MAX);
                total = total.saturating_add(weight.saturating_mul(hits));
            }
        }
    }
    total
}

/// Two-character pieces of a word of Chinese characters; none of a Latin word.
fn pieces(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    if chars.iter().any(char::is_ascii) {
        return Vec::new();
    }
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

#[derive(Deserialize, Debug)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template, Debug)]
#[template(path = "public/matters.html")]
struct MattersPage<'a> {
    p: &'a Page,
    q: String,
    found: Vec<Entry>,
    groups: Vec<(String, Vec<ClassView>)>,
    lists: Vec<ListView>,
}

pub async fn matters(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    show(&app, &page, &asked, &headers).await.map_err(|error| error.into_page(&page))
}

async fn show(
    app: &App,
    page: &Page,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Response, WebError> {
    if asked.q.is_empty() {
        return parts::show(app, page, Part::Matters, headers).await;
    }
    parts::around(page, &draw(app, page, &asked.q)?, headers)
}

/// The inside of the page, with what was found for `typed`.
///
/// # Errors
/// The template failed.
pub(super) fn draw(app: &App, page: &Page, typed: &str) -> Result<Drawn, WebError> {
    let all = entries(app, page);
    let q: String = typed.chars().take(80).collect();
    let found = if q.trim().is_empty() { Vec::new() } else { search(&all, &q) };
    let group = |key: &str, audience| (page.t(key), classes(app, page, &all, audience));
    let main = MattersPage {
        p: page,
        q,
        found,
        groups: vec![
            group("audience-person", Audience::Person),
            group("audience-enterprise", Audience::Enterprise),
            group("audience-project", Audience::Project),
        ],
        lists: lists(app, page, &all),
    };
    Drawn::of(page.t("matters-title"), &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, words: &[(u32, &str)]) -> Entry {
        Entry {
            id: id.into(),
            title: id.into(),
            name: id.into(),
            ready: true,
            class: "x".into(),
            haystack: words.iter().map(|(weight, text)| (*weight, (*text).to_owned())).collect(),
        }
    }

    #[test]
    fn people_find_matters_in_their_own_words() {
        let all = [
            entry("newborn", &[(8, "孩子出生了"), (6, "上户口"), (6, "baby"), (4, "户口登记")]),
            entry("company", &[(8, "我要开公司"), (6, "营业执照"), (6, "company")]),
        ];
        for (typed, expected) in [
            ("宝宝上户口", "newborn"),
            ("孩子 户口", "newborn"),
            ("开公司", "company"),
            ("办营业执照", "company"),
            ("BABY", "newborn"),
        ] {
            let found = search(&all, typed);
            assert_eq!(found.first().map(|entry| entry.id.as_str()), Some(expected), "{typed}");
        }
        assert!(search(&all, "zzz").is_empty());
    }
}
