//! The page of every finding: what it means, an example, how to mend it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A run of a page's text.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    Heading(String),
    Words(String),
    Item(String),
    Code(String),
}

impl Block {
    fn kind(&self) -> &'static str {
        match self {
            Self::Heading(_) => "heading",
            Self::Words(_) => "words",
            Self::Item(_) => "item",
            Self::Code(_) => "code",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Heading(text) | Self::Words(text) | Self::Item(text) | Self::Code(text) => text,
        }
    }
}

#[derive(Template, Debug)]
#[template(path = "designer/code.html")]
struct CodePage<'a> {
    p: &'a Page,
    code: String,
    title: String,
    /// What it says to those who do not read English; empty for those who do.
    advice: String,
    blocks: Vec<Block>,
}

#[derive(Template, Debug)]
#[template(path = "designer/codes.html")]
struct CodesPage<'a> {
    p: &'a Page,
    codes: Vec<CodeLine>,
}

/// One code of the list.
#[derive(Debug)]
struct CodeLine {
    code: String,
    title: String,
    advice: String,
}

pub async fn all(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let pages = app.workshop.code_pages.iter();
    let line = |(code, text): &(String, String)| CodeLine {
        code: code.clone(),
        title: title(text),
        advice: if page.is_chinese() { in_chinese(text) } else { String::new() },
    };
    let codes = pages.map(line).collect();
    render(&CodesPage { p: &page, codes }).map_err(|error| error.into_page(&page))
}

pub async fn one(
    State(app): State<App>,
    page: Page,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let shown = || {
        let mut pages = app.workshop.code_pages.iter();
        let (_, text) = pages.find(|(known, _)| *known == code).ok_or(WebError::NotFound)?;
        let (title, mut blocks) = (title(text), blocks(text));
        let advice = if page.is_chinese() { in_chinese(text) } else { String::new() };
        if !advice.is_empty() {
            blocks.truncate(blocks.iter().position(is_chinese_part).unwrap_or(blocks.len()));
        }
        render(&CodePage { p: &page, code: code.clone(), title, advice, blocks })
    };
    shown().map_err(|error: WebError| error.into_page(&page))
}

/// The heading of what a page says in Chinese.
const CHINESE: &str = "中文";
/// The heading of how to mend it.
const CURE: &str = "Cure";

fn is_chinese_part(block: &Block) -> bool {
    matches!(block, Block::Heading(heading) if heading == CHINESE)
}

/// The words below a heading, as one paragraph.
fn below(text: &str, heading: &str) -> String {
    let at = |block: &Block| matches!(block, Block::Heading(own) if own == heading);
    let part = blocks(text).into_iter().skip_while(|block| !at(block)).skip(1);
    let words =
        part.take_while(|block| block.kind() != "heading").filter_map(|block| match block {
            Block::Words(words) | Block::Item(words) => Some(words),
            Block::Heading(_) | Block::Code(_) => None,
        });
    words.collect::<Vec<_>>().join(" ")
}

fn in_chinese(text: &str) -> String {
    below(text, CHINESE)
}

/// What the page on a code says of cause and cure to readers of this page, in a sentence or two.
pub(super) fn advice(app: &App, page: &Page, code: &str) -> String {
    let found = app.workshop.code_pages.iter().find(|(known, _)| known == code);
    let heading = if page.is_chinese() { CHINESE } else { CURE };
    found.map_or_else(String::new, |(_, text)| below(text, heading))
}

/// The first heading without its mark and code.
fn title(text: &str) -> String {
    let first = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    let bare = first.split_once([':', '：', '—']).map_or(first, |(_, rest)| rest);
    bare.trim().to_owned()
}

/// The small part of Markdown that these pages use: headings, paragraphs, items, fenced examples.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut words = String::new();
    let mut code: Option<String> = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            end_words(&mut blocks, &mut words);
            match code.take() {
                Some(done) => blocks.push(Block::Code(done)),
                None => code = Some(String::new()),
            }
        } else if let Some(code) = &mut code {
            code.push_str(line);
            code.push('\n');
        } else if let Some(heading) = line.strip_prefix("## ") {
            end_words(&mut blocks, &mut words);
            blocks.push(Block::Heading(heading.to_owned()));
        } else if line.starts_with("# ") || line.trim().is_empty() {
            end_words(&mut blocks, &mut words);
        } else if let Some(item) = line.strip_prefix("- ") {
            end_words(&mut blocks, &mut words);
            blocks.push(Block::Item(plain(item)));
        } else {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(line.trim());
        }
    }
    end_words(&mut blocks, &mut words);
    blocks
}

fn end_words(blocks: &mut Vec<Block>, words: &mut String) {
    if !words.is_empty() {
        blocks.push(Block::Words(plain(words)));
        words.clear();
    }
}

fn plain(text: &str) -> String {
    text.replace("**", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let text = "# CAT0011: a name that nothing defines\n\nA name\nis **unknown**.\n\n\
                    ## Cure\n\n- write `x`\n\n```toml\na = 1\n```\n";
        assert_eq!(title(text), "a name that nothing defines");
        assert_eq!(
            blocks(text),
            [
                Block::Words("A name is unknown.".to_owned()),
                Block::Heading("Cure".to_owned()),
                Block::Item("write x".to_owned()),
                Block::Code("a = 1\n".to_owned()),
            ]
        );
        let text =
            "# A: b\n\n## Cure\n\nWrite\n`x`.\n\n```toml\na = 1\n```\n\n## 中文\n\n请写 `x`。\n";
        assert_eq!(below(text, CURE), "Write x.");
        assert_eq!(in_chinese(text), "请写 x。");
    }
}
