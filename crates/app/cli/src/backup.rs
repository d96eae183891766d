//! `yijianshi backup` and `yijianshi after-restore`: a copy of what one embedded hub keeps, made beside it; and
//! what has to happen once between putting a copy back and serving again.
//!
//! The database first, the files after it: files are only ever added, so that whatever the copied database speaks
//! of is among the copied files. The master key is never copied beside what it opens.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use store_sql::{Kind, Tables};
use vocabulary::Instant;

use crate::serve::Node;
use crate::settings::SETTINGS_WRONG;
use crate::trouble::trouble;
use crate::{End, erase, keys, opening, output, serve};

/// Small files of the data folder that belong to a copy.
const BESIDE: [&str; 2] = ["exchange.toml", "windows.toml"];

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    node: Node,
    /// The folder in which the copy gets a folder of its own [default: `backup.folder`]
    #[arg(long)]
    to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AfterRestore {
    #[command(flatten)]
    node: Node,
}

pub(crate) fn run(arguments: &Backup) -> Result<End> {
    let settings = arguments.node.settings()?;
    let address = settings.database()?;
    if Kind::of(address.reveal()).is_ok_and(|kind| kind == Kind::Postgres) {
        let hint = "`pg_dump --format=custom`, or `pg_basebackup` with archived WAL; then copy the folder \
             of evidence files. `docs/guides/operate.md` has the order";
        let what = "a PostgreSQL database is backed up with its own tools";
        return Err(trouble(SETTINGS_WRONG, what, hint));
    }
    let Some(into) = arguments.to.as_ref().or(settings.backup.folder.as_ref()) else {
        let hint = "give `--to FOLDER`, or set `backup.folder`";
        return Err(trouble(SETTINGS_WRONG, "nobody has said where the copy goes", hint));
    };
    let name = Instant::now().strftime("yijianshi-%Y%m%dT%H%M%SZ").to_string();
    let (unfinished, whole) = (into.join(format!(".{name}")), into.join(&name));
    let files = settings.files()?;
    let copied = (|| -> Result<usize> {
        std::fs::create_dir_all(&unfinished)
            .with_context(|| format!("making `{}`", unfinished.display()))?;
        let database = unfinished.join("hub.db");
        let copy = store_sql::copy_embedded(address.reveal(), &database);
        serve::runtime()?.block_on(copy).map_err(|fault| opening::told(&fault))?;
        let count = copy_folder(&files, &unfinished.join("files"))?;
        for beside in BESIDE {
            let from = settings.data()?.join(beside);
            if from.exists() {
                std::fs::copy(&from, unfinished.join(beside))
                    .with_context(|| format!("copying `{}`", from.display()))?;
            }
        }
        std::fs::rename(&unfinished, &whole).context("giving the copy its name")?;
        Ok(count)
    })();
    let count = match copied {
        Ok(count) => count,
        Err(fault) => {
            // What is not whole is no backup; whether it can be removed or not, it has no name of one.
            let _ = std::fs::remove_dir_all(&unfinished);
            let hint = "make room there, or give the program's account the right to write";
            return Err(match fault.downcast::<crate::trouble::Trouble>() {
                Ok(told) => told.into(),
                Err(fault) => {
                    trouble(opening::FOLDER, format!("no copy was made: {fault:#}"), hint)
                }
            });
        }
    };
    output::write(&format!(
        "{}\n  database and {count} files; the master key is not in it: keep it elsewhere\n",
        whole.display()
    ))?;
    Ok(End::Clean)
}

/// Copies every file below a folder that is not there yet; says how many there are.
fn copy_folder(from: &Path, to: &Path) -> Result<usize> {
    std::fs::create_dir_all(to).with_context(|| format!("making `{}`", to.display()))?;
    let entries = match std::fs::read_dir(from) {
        Ok(entries) => entries,
        // Nothing has been uploaded yet.
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(fault) => return Err(fault).with_context(|| format!("reading `{}`", from.display())),
    };
    let mut count = 0_usize;
    for entry in entries {
        let entry = entry.with_context(|| format!("reading `{}`", from.display()))?;
        let (here, there) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().context("reading what kind of file it is")?.is_dir() {
            count = count.saturating_add(copy_folder(&here, &there)?);
        } else {
            std::fs::copy(&here, &there)
                .with_context(|| format!("copying `{}`", here.display()))?;
            count = count.saturating_add(1);
        }
    }
    Ok(count)
}

pub(crate) fn after_restore(arguments: &AfterRestore) -> Result<End> {
    let settings = arguments.node.settings()?;
    serve::runtime()?.block_on(async {
        let store = opening::store(&settings, Tables::Require).await?;
        let key = keys::for_store(&settings, &store).await?;
        let erased = erase::again(settings.data()?, &store, &key).await?;
        let sessions = store.end_sessions().await.context("ending sessions")?;
        let mut text = format!("{sessions} sessions are ended: everybody signs in again\n");
        if erased > 0 {
            text.push_str(&format!("{erased} people are erased again\n"));
        }
        for (department, waiting, delivered) in store.owed().await.context("counting what is owed")? {
            text.push_str(&format!(
                "`{department}`: {waiting} sendings will go out, {delivered} will be asked after, under \
                 the ids they always had\n"
            ));
        }
        output::write(&text)
    })?;
    Ok(End::Clean)
}
