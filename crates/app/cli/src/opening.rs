//! Opens what a node stands on, in the order in which it can still be refused without anything having been done:
//! the data folder, the database with its tables, the master key. What goes wrong is told as its operator can
//! mend it.

use std::path::Path;

use anyhow::{Context, Result};
use store_port::SharedStore;
use store_sql::{Obstacle, OpenFault, Tables};

use crate::settings::Settings;
use crate::trouble::trouble;

/// The database cannot be reached or used.
pub(crate) const DATABASE: &str = "SYS0011";
/// The account may not do what is needed.
pub(crate) const RIGHTS: &str = "SYS0012";
/// The tables are of a newer version.
pub(crate) const NEWER: &str = "SYS0013";
/// The tables are of an older version.
pub(crate) const OLDER: &str = "SYS0014";
/// Another process has the data folder.
pub(crate) const IN_USE: &str = "SYS0015";
/// The tables are in a state that no version left.
pub(crate) const TABLES: &str = "SYS0016";
/// There is no room, or a folder cannot be used.
pub(crate) const FOLDER: &str = "SYS0017";

/// The store that the settings name, with its tables as they should be.
///
/// # Errors
/// With a code and advice; nothing has been changed then.
pub(crate) async fn store(settings: &Settings, tables: Tables) -> Result<SharedStore> {
    let address = settings.database()?;
    store_sql::open_as(address.reveal(), tables).await.map_err(|fault| told(&fault))
}

/// How a node treats the tables at its start.
pub(crate) fn tables(settings: &Settings) -> Tables {
    if settings.store.migrate { Tables::Migrate } else { Tables::Require }
}

/// Makes the data folder if it is missing, and tries to write in it.
///
/// # Errors
/// With a code and advice.
pub(crate) fn folder(path: &Path) -> Result<()> {
    let tried = std::fs::create_dir_all(path)
        .with_context(|| format!("making the folder `{}`", path.display()))
        .and_then(|()| try_writing(path));
    tried.map_err(|fault| {
        let hint = format!(
            "the account that runs the program needs the right to write there, and room: \
             `ls -ld {0}; df -h {0}`",
            path.display()
        );
        trouble(FOLDER, format!("the data folder cannot be used: {fault:#}"), hint)
    })
}

/// Writes a small file and takes it away again.
pub(crate) fn try_writing(folder: &Path) -> Result<()> {
    let attempt = folder.join(format!(".try-{}", std::process::id()));
    let written = std::fs::write(&attempt, [b'.'; 4096])
        .with_context(|| format!("writing in `{}`", folder.display()));
    let removed = std::fs::remove_file(&attempt);
    written.and_then(|()| removed.context("removing what was written to try"))
}

/// A fault of opening as its operator can mend it. Addresses are not repeated: they may hold a password.
pub(crate) fn told(fault: &OpenFault) -> anyhow::Error {
    let (code, hint) = match fault.obstacle() {
        Obstacle::Address => (
            DATABASE,
            "write `postgres://USER@HOST/NAME` in `store.database`, or leave it out for the embedded \
             database; characters such as `/` and `@` in a password are written as `%2F` and `%40`",
        ),
        Obstacle::Unreachable => (
            DATABASE,
            "see that the server runs and that this machine reaches it: \
             `pg_isready -h HOST -p PORT`; look at host and port in `store.database`",
        ),
        Obstacle::SignIn => (
            DATABASE,
            "the server does not let this account in: look at user and password in \
             `store.database`, and at `pg_hba.conf` of the server",
        ),
        Obstacle::NoDatabase => {
            (DATABASE, "the server has no such database: make it with `createdb -O USER NAME`")
        }
        Obstacle::Rights => (
            RIGHTS,
            "let the program's account own the database or its schema: \
             `ALTER DATABASE NAME OWNER TO USER`, and the data folder if the database is embedded. \
             Where it may not change tables: `yijianshi migrate` as their owner, \
             and `store.migrate = false` here",
        ),
        Obstacle::Full => {
            (FOLDER, "make room where the database lies, then start again; nothing was half done")
        }
        Obstacle::InUse => (
            IN_USE,
            "an embedded database has one process: stop the other one, or use PostgreSQL for \
             several nodes",
        ),
        Obstacle::Folder => (
            FOLDER,
            "see that `store.data` names the right folder, on a local disk, and that this account \
             may write in it",
        ),
        Obstacle::Newer => (
            NEWER,
            "start the newer version of the program. To go back for good, restore the backup that \
             was made before it; tables are only ever brought forward",
        ),
        Obstacle::Older => (
            OLDER,
            "run `yijianshi migrate --check` to see what would be made, then `yijianshi migrate`; \
             or set `store.migrate = true`",
        ),
        Obstacle::Tables => (
            TABLES,
            "a program that is no release of ours, or a cut-off hand, has been at the tables: \
             restore the newest backup, or compare `_sqlx_migrations` with this version's migrations",
        ),
        Obstacle::Other => {
            (DATABASE, "read what the database says, in this message and in its own log")
        }
    };
    let mut what = fault.to_string();
    let mut source = std::error::Error::source(fault);
    while let Some(cause) = source {
        what.push_str(": ");
        what.push_str(&cause.to_string());
        source = cause.source();
    }
    trouble(code, what, hint)
}

/// A fault between opening and serving, such as a disk that got full meanwhile, with a code and advice.
pub(crate) fn at_the_start(fault: anyhow::Error) -> anyhow::Error {
    if fault.is::<crate::trouble::Trouble>() {
        return fault;
    }
    let what = format!("{fault:#}");
    let full =
        ["disk is full", "disk I/O error", "No space left", "File too large", "os error 122"];
    if full.iter().any(|words| what.contains(words)) {
        return trouble(FOLDER, what, "make room, then start again; nothing was half done");
    }
    trouble(DATABASE, what, "`yijianshi doctor` looks at everything that a node needs")
}
