//! The master key that wraps people's keys: from the environment, from a file that the settings name, or from a
//! file in the data folder that only its owner can read, made at the first start.
//!
//! A database remembers which key it was begun with: a probe, wrapped like a person's key. A node with another
//! key does not start, and none makes a fresh key for a database that has one already.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use engine::vault::Vault;
use rand::RngCore;
use store_port::{Fault, SharedStore};
use uuid::Uuid;
use vocabulary::SubjectId;

use crate::settings::Settings;
use crate::trouble::trouble;

/// Names the key in the environment: 64 hexadecimal digits.
pub(crate) const VARIABLE: &str = "YIJIANSHI_MASTER_KEY";
const FILE: &str = "master.key";
/// The master key is missing, unreadable, or another's.
pub(crate) const WRONG: &str = "SYS0018";
/// Whose key the probe is: nobody's.
const PROBE: SubjectId = SubjectId(Uuid::from_bytes(*b"yijianshi-probe."));

/// The master key of a data folder, made when there is none.
pub(crate) fn master_key(data: &Path) -> Result<[u8; 32]> {
    let path = data.join(FILE);
    match find(None, data)? {
        Some(key) => Ok(key),
        None => make(&path),
    }
}

/// The master key that the environment, the named file or the data folder has.
pub(crate) fn find(named: Option<&Path>, data: &Path) -> Result<Option<[u8; 32]>> {
    if let Ok(text) = std::env::var(VARIABLE) {
        let key = parse(&text).with_context(|| format!("reading the key in `{VARIABLE}`"));
        return key.map(Some);
    }
    let path = named.map_or_else(|| data.join(FILE), PathBuf::from);
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text).with_context(|| format!("reading `{}`", path.display())).map(Some),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(fault) => Err(fault).with_context(|| format!("reading `{}`", path.display())),
    }
}

/// The key of a node on this store: the right one, or a fresh one when the store is fresh as well.
pub(crate) async fn for_store(settings: &Settings, store: &SharedStore) -> Result<[u8; 32]> {
    let data = settings.data()?;
    let named = settings.store.master_key_file.as_deref();
    let found = find(named, data).map_err(|fault| {
        let hint = format!(
            "put the right 64 hexadecimal digits there, readable for this account, or set `{VARIABLE}`"
        );
        trouble(WRONG, format!("the master key cannot be read: {fault:#}"), hint)
    })?;
    match (found, state(store, found.as_ref()).await?) {
        (Some(key), KeyState::Right) => Ok(key),
        (Some(key), KeyState::Unused) => {
            Vault::new(store.clone(), &key).key_for(PROBE).await.context("keeping the probe")?;
            Ok(key)
        }
        (None, KeyState::Unused) => {
            let key = make(&data.join(FILE))?;
            Vault::new(store.clone(), &key).key_for(PROBE).await.context("keeping the probe")?;
            Ok(key)
        }
        (None, _) => {
            let hint = format!(
                "copy `{FILE}` from another node or from the backup, or set `{VARIABLE}`. No other key \
                 will ever open what people have entered"
            );
            let what = "the database was begun with a master key, and this node has none";
            Err(trouble(WRONG, what, hint))
        }
        (Some(_), KeyState::Wrong) => {
            let hint = format!(
                "use the key that the other nodes have, or that lay beside the database in the backup \
                 (`{FILE}`, `store.master_key_file` or `{VARIABLE}`)"
            );
            Err(trouble(WRONG, "the master key is not the one this database was begun with", hint))
        }
    }
}

/// How a key stands to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// It opens what is there.
    Right,
    /// It does not, or there is none though something is sealed.
    Wrong,
    /// Nothing is sealed yet.
    Unused,
}

/// Compares a key with the probe; in a database from before there were probes, with the keys of some cases.
pub(crate) async fn state(store: &SharedStore, key: Option<&[u8; 32]>) -> Result<KeyState> {
    let mut subjects = vec![PROBE];
    for case in store.list_case_ids(None, 20).await.context("looking for cases")? {
        subjects
            .extend(store.find_case(case).await.context("reading a case")?.map(|it| it.subject));
    }
    for subject in subjects {
        let kept = store.find_subject_key(subject).await.context("reading a wrapped key")?;
        if kept.is_none() {
            continue;
        }
        let Some(key) = key else { return Ok(KeyState::Wrong) };
        return match Vault::new(store.clone(), key).key_of(subject).await {
            Ok(_) => Ok(KeyState::Right),
            Err(Fault::Corrupt { .. }) => Ok(KeyState::Wrong),
            Err(fault) => Err(fault).context("trying the master key"),
        };
    }
    Ok(KeyState::Unused)
}

fn make(path: &Path) -> Result<[u8; 32]> {
    let mut key = [0u8; 32];
    rand::rng().fill_bytes(&mut key);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder `{}`", folder.display()))?;
    }
    let mut file = std::fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("making `{}`", path.display()))?;
    writeln!(file, "{}", hex::encode(key))
        .and_then(|()| file.sync_all())
        .with_context(|| format!("writing `{}`", path.display()))?;
    Ok(key)
}

fn parse(text: &str) -> Result<[u8; 32]> {
    let bytes = hex::decode(text.trim()).unwrap_or_default();
    let Ok(key) = <[u8; 32]>::try_from(bytes) else {
        bail!("a master key is 64 hexadecimal digits");
    };
    Ok(key)
}

/// A fresh secret for an exchange within this process.
pub(crate) fn fresh_secret() -> Vec<u8> {
    let mut secret = vec![0u8; 32];
    rand::rng().fill_bytes(&mut secret);
    secret
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = master_key(folder.path()).unwrap();
        assert_eq!(master_key(folder.path()).unwrap(), first);
        let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(folder.path().join(FILE), "short").unwrap();
        assert!(master_key(folder.path()).is_err());
    }
}
