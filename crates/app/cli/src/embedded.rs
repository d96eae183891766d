//! The definitions and the pages on codes that travel inside the binary.

use catalogue::SourceFile;
use rust_embed::RustEmbed;

use crate::definitions::EXTENSIONS;

#[derive(RustEmbed)]
#[folder = "../../../definitions"]
struct Definitions;

#[derive(RustEmbed)]
#[folder = "../../../docs/codes"]
struct CodePages;

/// The definition files of the jurisdiction that the binary comes with, without its scenario tests.
pub(crate) fn national() -> Vec<SourceFile> {
    files(false)
}

/// Its scenario tests.
pub(crate) fn national_scenarios() -> Vec<SourceFile> {
    files(true)
}

fn files(scenarios: bool) -> Vec<SourceFile> {
    let of_the_nation = |name: &str| {
        name.starts_with("cn/national/")
            && EXTENSIONS.iter().any(|it| name.rsplit_once('.').is_some_and(|(_, own)| own == *it))
            && name.split('/').any(|part| part == "scenarios") == scenarios
            && (!scenarios || name.ends_with(".toml"))
    };
    let mut names: Vec<_> = Definitions::iter().filter(|name| of_the_nation(name)).collect();
    names.sort();
    let read = |name: &str| {
        let file = Definitions::get(name)?;
        Some(SourceFile {
            name: format!("definitions/{name}"),
            text: String::from_utf8_lossy(&file.data).into_owned(),
        })
    };
    names.iter().filter_map(|name| read(name)).collect()
}

/// The network of the demonstration city.
pub(crate) fn demo_city() -> Vec<SourceFile> {
    let mut names: Vec<_> = Definitions::iter()
        .filter(|name| name.starts_with("demo-city/") && name.ends_with(".toml"))
        .collect();
    names.sort();
    let read = |name: &str| {
        let file = Definitions::get(name)?;
        Some(SourceFile {
            name: format!("definitions/{name}"),
            text: String::from_utf8_lossy(&file.data).into_owned(),
        })
    };
    names.iter().filter_map(|name| read(name)).collect()
}

/// The page on a code.
pub(crate) fn code_page(code: &str) -> Option<String> {
    let page = CodePages::get(&format!("{code}.md"))?;
    Some(String::from_utf8_lossy(&page.data).into_owned())
}

/// All codes that have a page, in order.
pub(crate) fn codes() -> Vec<String> {
    let mut codes: Vec<String> =
        CodePages::iter().filter_map(|name| Some(name.strip_suffix(".md")?.to_owned())).collect();
    codes.sort();
    codes
}
