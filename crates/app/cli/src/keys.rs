//! The master key that wraps people's keys: from the environment, or from a file in the data folder that only
//! its owner can read, made at the first start.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rand::RngCore;

/// Names the key in the environment: 64 hexadecimal digits.
pub(crate) const VARIABLE: &str = "YIJIANSHI_MASTER_KEY";
const FILE: &str = "master.key";

/// The master key of a data folder.
pub(crate) fn master_key(data: &Path) -> Result<[u8; 32]> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return parse(&text).with_context(|| format!("reading the key in `{VARIABLE}`"));
    }
    let path = data.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text).with_context(|| format!("reading `{}`", path.display())),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0u8; 32];
            rand::rng().fill_bytes(&mut key);
            std::fs::create_dir_all(data)
                .with_context(|| format!("making the folder `{}`", data.display()))?;
            let mut file = std::fs::File::options()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .with_context(|| format!("making `{}`", path.display()))?;
            writeln!(file, "{}", hex::encode(key))
                .and_then(|()| file.sync_all())
                .with_context(|| format!("writing `{}`", path.display()))?;
            Ok(key)
        }
        Err(fault) => Err(fault).with_context(|| format!("reading `{}`", path.display())),
    }
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
