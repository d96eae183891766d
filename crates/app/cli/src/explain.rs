//! `yijianshi explain CODE`: cause, example and cure of a finding or refusal. `yijianshi explain NUMBER --data DIR`:
//! every date of a case line by line, for an operator; nothing personal is read or printed, and nothing is written.

use anyhow::{Context as _, Result};
use vocabulary::Lang;

use crate::output::Format;
use crate::plan::words::Tongue;
use crate::{End, embedded, output};

/// The heading of the part of a page that is Chinese.
const CHINESE: &str = "\n## 中文\n";
/// Most codes named as alike.
const ALIKE_MAX: usize = 3;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The code, e.g. CAT0012, CON0003, ANS0010, CASE0007; with `--data` also the number of a case.
    code: String,
    /// `zh` = in a few Chinese sentences, with the example; else the whole page.
    #[arg(long)]
    lang: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The data folder in which the case lies.
    #[arg(long)]
    data: Option<std::path::PathBuf>,
    /// `postgres://…` instead of the database in the data folder.
    #[arg(long, requires = "data")]
    database: Option<String>,
    /// A jurisdiction's definitions instead of those that come with the program.
    #[arg(long, requires = "data")]
    definitions: Option<std::path::PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let code = arguments.code.trim().to_uppercase();
    let page = embedded::code_page(&code);
    if let (None, Some(data)) = (&page, &arguments.data) {
        return of_case(arguments, &code, data);
    }
    let tongue = arguments.lang.as_deref().map(|lang| Tongue::of(&Lang::new(lang)));
    if arguments.format == Format::Json {
        let chinese = page.as_deref().and_then(chinese);
        output::write_json(&serde_json::json!({ "code": code, "page": page, "zh": chinese }))?;
    } else if let Some(page) = &page {
        let chinese = (tongue == Some(Tongue::Chinese)).then(|| in_chinese(&code, page)).flatten();
        output::write(&format!("{}\n", chinese.as_deref().unwrap_or(page).trim_end()))?;
    } else {
        output::write(&unknown(&code, tongue.unwrap_or(Tongue::English)))?;
    }
    Ok(if page.is_some() { End::Clean } else { End::Findings })
}

/// Every date of the case with this number.
fn of_case(arguments: &Arguments, number: &str, data: &std::path::Path) -> Result<End> {
    let definitions = crate::wiring::Definitions::load(arguments.definitions.as_deref())?;
    let Some(definitions) = definitions else { return Ok(End::Findings) };
    crate::serve::runtime()?.block_on(async {
        let database = arguments.database.as_deref();
        let engine = crate::wiring::Hub::look(&definitions, data, database).await?;
        let Some(row) = engine.store().find_case_by_number(number).await? else {
            output::write(&format!("no case {number}\n"))?;
            return Ok(End::Findings);
        };
        let Some(case) = engine.case(row.case_id).await? else { return Ok(End::Findings) };
        let catalogue = engine.catalogue_of(&case).await?;
        let words = web::words::Words::load().context("loading the words of the pages")?;
        let lang = Lang::new(arguments.lang.as_deref().unwrap_or("en"));
        let zone = catalogue.jurisdiction.time_zone.clone();
        let today = engine.clock().now().to_zoned(zone).date();
        let who = web::access::Who::visitor();
        let page = web::page::Page::new(lang, words, who, String::new(), false, false, today);
        if arguments.format == Format::Json {
            output::write_json(&web::dates::as_json(&catalogue, &page, &case))?;
        } else {
            output::write(&web::dates::as_text(&catalogue, &page, &case))?;
        }
        Ok(End::Clean)
    })
}

/// What the page says in Chinese.
fn chinese(page: &str) -> Option<&str> {
    page.split_once(CHINESE).map(|(_, text)| text.trim())
}

/// The Chinese sentences, and the example, which needs no translation.
fn in_chinese(code: &str, page: &str) -> Option<String> {
    let said = chinese(page)?;
    let example = page.split_once("\n## Example\n").map(|(_, rest)| rest);
    let example = example.and_then(|rest| rest.split("\n## ").next()).map(str::trim);
    let example = example.map(|text| format!("\n\n## 示例\n\n{text}")).unwrap_or_default();
    Some(format!("# {code}\n\n{said}{example}"))
}

/// Says which codes may be meant: those that differ in least characters, else all of the same kind.
fn unknown(code: &str, tongue: Tongue) -> String {
    let known = embedded::codes();
    let distance = |one: &str| {
        let differing = one.chars().zip(code.chars()).filter(|(a, b)| a != b).count();
        differing.saturating_add(one.chars().count().abs_diff(code.chars().count()))
    };
    let nearest = known.iter().map(|one| distance(one)).min().unwrap_or_default();
    let alike: Vec<&str> = known
        .iter()
        .filter(|one| distance(one) == nearest)
        .map(String::as_str)
        .take(ALIKE_MAX.saturating_add(1))
        .collect();
    if nearest <= 2 && alike.len() <= ALIKE_MAX {
        let alike = alike.join(tongue.comma());
        return tongue.say(
            "没有代码 `{0}`；是不是指 {1}？\n",
            "no code `{0}`; did you mean {1}?\n",
            &[code, &alike],
        );
    }
    let kind = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let mut kin: Vec<&str> = known.iter().map(String::as_str).collect();
    if kin.iter().any(|one| one.starts_with(kind)) {
        kin.retain(|one| one.starts_with(kind));
    }
    let kin = kin.join(tongue.comma());
    tongue.say("没有代码 `{0}`；已有 {1}\n", "no code `{0}`; known are {1}\n", &[code, &kin])
}
