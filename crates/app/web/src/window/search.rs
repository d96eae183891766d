//! Matters and services to begin with, found by words or by the first letters of their pinyin.

use catalogue::Catalogue;
use pinyin::ToPinyin as _;
use vocabulary::Localised;

use crate::page::Page;

/// A line of the list of what can be begun.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    pub(crate) matter: String,
    /// One service of it, applied for alone; empty = the whole matter.
    pub(crate) service: String,
    pub(crate) title: String,
    pub(crate) under: String,
    /// What a search looks at: words, and first letters of pinyin.
    pub(crate) find: String,
}

/// Everything that can be begun, whole matters first.
pub(crate) fn beginnings(catalogue: &Catalogue, page: &Page) -> Vec<Beginning> {
    let mut whole = Vec::new();
    let mut single = Vec::new();
    for matter in catalogue.matters.values() {
        let mut find = vec![searched(&matter.title), searched(&matter.name)];
        find.extend(matter.search_words.iter().map(|word| with_initials(word)));
        whole.push(Beginning {
            matter: matter.id.to_string(),
            service: String::new(),
            title: page.text(&matter.title).to_owned(),
            under: page.text(&matter.name).to_owned(),
            find: find.join(" "),
        });
        for inside in &matter.services {
            let Some(service) = catalogue.service(&inside.service) else { continue };
            single.push(Beginning {
                matter: matter.id.to_string(),
                service: service.id.to_string(),
                title: page.text(&service.name).to_owned(),
                under: page.t1("window-single-of", "matter", page.text(&matter.title)),
                find: searched(&service.name),
            });
        }
    }
    whole.extend(single);
    whole
}

/// Those that fit what was typed; the same rule as in `window.js`.
pub(crate) fn fitting(all: Vec<Beginning>, typed: &str) -> Vec<Beginning> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return all;
    }
    all.into_iter().filter(|it| it.find.contains(&typed)).collect()
}

fn searched(text: &Localised) -> String {
    let texts: Vec<String> = ["zh", "en"]
        .iter()
        .map(|tag| with_initials(text.get(&vocabulary::Lang::new(*tag))))
        .collect();
    texts.join(" ")
}

/// `孩子出生了 hzcsl`.
fn with_initials(text: &str) -> String {
    let initials: String = text
        .chars()
        .filter_map(|c| match c.to_pinyin() {
            Some(pinyin) => pinyin.plain().chars().next(),
            None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
        })
        .collect();
    format!("{} {initials}", text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_of_pinyin_find_it() {
        assert_eq!(with_initials("孩子出生了"), "孩子出生了 hzcsl");
        assert_eq!(with_initials("A证"), "a证 az");
        let one = |find: &str| Beginning {
            matter: String::new(),
            service: String::new(),
            title: find.to_owned(),
            under: String::new(),
            find: with_initials(find),
        };
        let all = vec![one("孩子出生了"), one("户口登记")];
        let found = |typed: &str| -> Vec<String> {
            fitting(all.clone(), typed).into_iter().map(|it| it.title).collect()
        };
        assert_eq!(found("HZ"), ["孩子出生了"]);
        assert_eq!(found("户口"), ["户口登记"]);
        assert_eq!(found(" ").len(), 2);
        assert!(found("xyz").is_empty());
    }
}
