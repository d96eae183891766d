//! `yijianshi explain CODE`: cause, example and cure of a finding or refusal.

use anyhow::Result;

use crate::output::Format;
use crate::{End, embedded, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The code, e.g. CAT0012, CON0003, ANS0010, CASE0007.
    code: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let code = arguments.code.to_uppercase();
    let page = embedded::code_page(&code);
    if arguments.format == Format::Json {
        output::write_json(&serde_json::json!({ "code": code, "page": page }))?;
    } else if let Some(page) = &page {
        output::write(&format!("{}\n", page.trim_end()))?;
    } else {
        let alike =
            |known: &String| known.starts_with(code.trim_end_matches(|c: char| c.is_ascii_digit()));
        let mut known: Vec<String> = embedded::codes();
        if known.iter().any(alike) {
            known.retain(alike);
        }
        output::write(&format!("no code `{code}`; known are {}\n", known.join(", ")))?;
    }
    Ok(if page.is_some() { End::Clean } else { End::Findings })
}
