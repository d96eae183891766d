//! `yijianshi erase`: destroys the key of whom a case is about. Every value that was sealed under it is gone, in every
//! place at once; what happened stays as it was, because events never held a value.
//!
//! A backup that was made before still has the key, wrapped: who was erased is also written into a list beside the
//! database, and `after-restore` erases them again. The list holds ids only.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use engine::vault::Vault;
use store_port::SharedStore;
use store_sql::Tables;
use vocabulary::{Instant, SubjectId};

use crate::serve::{self, Node};
use crate::settings::SETTINGS_WRONG;
use crate::trouble::trouble;
use crate::{End, keys, opening, output};

/// Who was erased, one id a line, in the data folder.
const LIST: &str = "erased.txt";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: Node,
    /// The number of one of the person's cases.
    #[arg(long)]
    case: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let settings = arguments.node.settings()?;
    let data = settings.data()?;
    serve::runtime()?.block_on(async {
        let store = opening::store(&settings, Tables::Require).await?;
        let key = keys::for_store(&settings, &store).await?;
        let found = store.find_case_by_number(&arguments.case).await;
        let Some(case) = found.context("looking for the case")? else {
            let hint = "take the number as it stands on the receipt";
            return Err(trouble(SETTINGS_WRONG, "there is no case of that number", hint));
        };
        // The list first: what stands in it and was not done is done by the next restore.
        note(data, case.subject)?;
        let now = store.database_time().await.context("asking for the time")?;
        let erased = Vault::new(store.clone(), &key).erase(case.subject, now).await;
        output::write(if erased.context("destroying the key")? {
            "erased: nothing that this person entered can be read again; running nodes forget it within a minute. \
             Copies made before still hold the key: keep `erased.txt` apart from them\n"
        } else {
            "was erased before\n"
        })
    })?;
    Ok(End::Clean)
}

fn note(data: &Path, subject: SubjectId) -> Result<()> {
    let path = data.join(LIST);
    let written = std::fs::File::options().create(true).append(true).open(&path);
    let written = written.and_then(|mut file| {
        writeln!(file, "{}", subject.0)?;
        file.sync_all()
    });
    written.with_context(|| format!("writing `{}`", path.display()))
}

/// Erases everybody of the list again, after an older copy was put back; says how many there were to erase.
pub(crate) async fn again(data: &Path, store: &SharedStore, key: &[u8; 32]) -> Result<usize> {
    let path = data.join(LIST);
    let list = match std::fs::read_to_string(&path) {
        Ok(list) => list,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(fault) => return Err(fault).with_context(|| format!("reading `{}`", path.display())),
    };
    let vault = Vault::new(store.clone(), key);
    let mut erased = 0_usize;
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let subject = line.trim().parse().context("reading an id of `erased.txt`")?;
        if vault.erase(SubjectId(subject), Instant::now()).await.context("destroying a key")? {
            erased = erased.saturating_add(1);
        }
    }
    Ok(erased)
}
