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
    blocks: Vec<Block>,
}

#[derive(Template, Debug)]
#[template(path = "designer/codes.html")]
struct CodesPage<'a> {
    p: &'a Page,
    codes: Vec<(String, String)>,
}

pub async fn all(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let pages = app.workshop.code_pages.iter();
    let codes = pages.map(|(code, text)| (code.clone(), title(text))).collect();
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
        let (title, blocks) = (title(text), blocks(text));
        render(&CodePage { p: &page, code: code.clone(), title, blocks })
    };
    shown().map_err(|error: WebError| error.into_page(&page))
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
    }
}
