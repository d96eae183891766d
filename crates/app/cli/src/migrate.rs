//! `yijianshi migrate`: brings the tables up to date, forward only. Nodes of the version before go on working
//! meanwhile and afterwards; of several that migrate at once, one does and the others wait.

use anyhow::Result;
use serde::Serialize;
use store_sql::SchemaState;

use crate::output::Format;
use crate::serve::Node;
use crate::{End, opening, output, serve};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: Node,
    /// Only say what would be made. Ends with 1 when something would.
    #[arg(long)]
    check: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is told in JSON.
#[derive(Serialize)]
struct Told {
    made_before: usize,
    /// Made now, or (with `--check`) to be made.
    migrations: Vec<String>,
    done: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let settings = arguments.node.settings()?;
    let address = settings.database()?;
    serve::runtime()?.block_on(async {
        let address = address.reveal();
        let before = if arguments.check {
            store_sql::schema_state(address).await
        } else {
            if settings.store.database.is_none() && settings.store.database_file.is_none() {
                opening::folder(settings.data()?)?;
            }
            store_sql::migrate(address).await
        };
        let before = before.map_err(|fault| opening::told(&fault))?;
        before.whole().map_err(|fault| opening::told(&fault))?;
        tell(&before, arguments)?;
        let open = arguments.check && !before.pending.is_empty();
        Ok(if open { End::Findings } else { End::Clean })
    })
}

fn tell(before: &SchemaState, arguments: &Arguments) -> Result<()> {
    let name =
        |migration: &store_sql::Migration| format!("{} {}", migration.version, migration.name);
    let migrations: Vec<String> = before.pending.iter().map(name).collect();
    if arguments.format == Format::Json {
        let told = Told { made_before: before.made.len(), migrations, done: !arguments.check };
        return output::write_json(&told);
    }
    let known = before.made.len();
    let mut text = match (migrations.len(), arguments.check) {
        (0, _) => format!("the tables are up to date ({known} migrations)\n"),
        (_, true) => format!("{known} migrations are made; these would be made:\n"),
        (_, false) => format!("{known} migrations were made before; these have been made:\n"),
    };
    for migration in migrations {
        text.push_str(&format!("  {migration}\n"));
    }
    output::write(&text)
}
