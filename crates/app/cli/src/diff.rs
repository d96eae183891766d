//! `yijianshi diff A B`: what is different, in words, and for whom. Like `diff`, it ends with 0 when nothing
//! differs and with 1 when something does.

mod page;
mod words;

use std::path::{Path, PathBuf};

use ::plan::compare::{self, Compared};
use ::plan::scenario::ScenarioAsWritten;
use anyhow::{Context, Result, bail};
use catalogue::Catalogue;
use catalogue::diff::Diff;
use catalogue::stored;
use serde::Serialize;
use vocabulary::Lang;

use crate::output::{self, Format};
use crate::wiring::read_scenarios;
use crate::{End, definitions, serve};

/// Compare two sets of definitions.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder with one jurisdiction's definitions, or the revision of a catalogue kept in a database.
    before: String,
    /// The same, for the later side.
    after: String,
    /// The data folder of the hub whose database keeps the revisions.
    #[arg(long)]
    data: Option<PathBuf>,
    /// `postgres://…` instead of the database in the data folder.
    #[arg(long)]
    database: Option<String>,
    /// The language of the text, e.g. zh or en; without it, the first of the later side.
    #[arg(long)]
    lang: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One of the two that are compared.
struct Side {
    catalogue: Catalogue,
    scenarios: Vec<ScenarioAsWritten>,
}

#[derive(Debug, Serialize)]
struct Told<'a> {
    before: &'a str,
    after: &'a str,
    differs: bool,
    /// Some difference certainly asks more of somebody, or somebody's plan does.
    asks_more: bool,
    definitions: &'a Diff,
    people: &'a [Compared],
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let (before, after) = (load(arguments, &arguments.before)?, load(arguments, &arguments.after)?);
    let diff = catalogue::diff::diff(&before.catalogue, &after.catalogue);
    let people = compare::people(&before.scenarios, &after.scenarios);
    let compared = compare::compare_all(&before.catalogue, &after.catalogue, &people);
    let people_differ = compared.iter().any(|it| it.outcome != compare::Outcome::Same);
    let told = Told {
        before: &before.catalogue.revision,
        after: &after.catalogue.revision,
        differs: !diff.is_empty() || people_differ,
        asks_more: diff.asks_more() || compared.iter().any(|it| it.outcome.asks_more()),
        definitions: &diff,
        people: &compared,
    };
    match arguments.format {
        Format::Json => output::write_json(&told)?,
        Format::Text => {
            let first = || after.catalogue.jurisdiction.languages.first().cloned();
            let lang = arguments.lang.as_deref().map(Lang::new).or_else(first);
            let lang = lang.unwrap_or_else(|| Lang::new("en"));
            let page = page::Page::new(&before.catalogue, &after.catalogue, &lang);
            output::write(&page.text(&diff, &compared))?;
        }
    }
    Ok(if told.differs { End::Findings } else { End::Clean })
}

fn load(arguments: &Arguments, named: &str) -> Result<Side> {
    let folder = Path::new(named);
    if folder.is_dir() {
        return from_folder(folder);
    }
    let is_revision = named.len() == 16 && named.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_revision {
        bail!(
            "`{named}` is neither a folder nor the revision of a catalogue (16 hexadecimal digits)"
        );
    }
    serve::runtime()?.block_on(from_store(arguments, &named.to_ascii_lowercase()))
}

fn from_folder(folder: &Path) -> Result<Side> {
    let found = definitions::find(folder)?;
    let [only] = found.as_slice() else {
        let folders: Vec<String> =
            found.iter().map(|it| format!("`{}`", it.folder.display())).collect();
        bail!(
            "`{}` holds several jurisdictions: name one of {}",
            folder.display(),
            folders.join(", ")
        )
    };
    let catalogue = definitions::catalogue_of(&only.files)
        .with_context(|| format!("compiling `{}`", folder.display()))?;
    Ok(Side { catalogue, scenarios: read_scenarios(&only.scenarios)? })
}

async fn from_store(arguments: &Arguments, revision: &str) -> Result<Side> {
    let own =
        arguments.data.as_ref().map(|data| format!("sqlite://{}", data.join("hub.db").display()));
    let url = arguments.database.as_ref().or(own.as_ref());
    let url = url.with_context(|| {
        format!("`{revision}` is no folder; a revision needs --data or --database to be found in")
    })?;
    let store = store_sql::open(url).await.context("opening the store")?;
    let Some(row) = store.find_definitions(revision).await.context("looking for definitions")?
    else {
        let kept = store.list_definitions().await.context("listing definitions")?;
        let kept: Vec<String> =
            kept.iter().map(|it| format!("{} ({})", it.catalogue, it.first_used_at)).collect();
        bail!("no definitions `{revision}` are kept; there are {}", kept.join(", "))
    };
    let catalogue = stored::compile(&row.source);
    let catalogue = catalogue.map_err(|fault| anyhow::anyhow!("{}: {fault}", fault.code()));
    let catalogue = catalogue.with_context(|| format!("reading the definitions `{revision}`"))?;
    // Scenario tests are no definitions and are not kept: those of the other side serve.
    Ok(Side { catalogue, scenarios: Vec::new() })
}
