//! `exchange.toml` in the data folder: where departments and shared sources are reached, and the secrets
//! agreed with them.
//!
//! ```toml
//! [sources]
//! base_url = "http://10.0.0.9:9000"
//! key_id = "sources-2026"
//! secret = "64 hexadecimal digits"
//!
//! [[department]]
//! id = "public-security"
//! base_url = "http://10.0.0.12:9000"
//! key_id = "public-security-2026"
//! secret = "64 hexadecimal digits"
//! ```

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use worker::Route;

use crate::trouble::trouble;
use crate::wiring::Partners;

const FILE: &str = "exchange.toml";
/// The partners cannot be read.
pub(crate) const WRONG: &str = "SYS0020";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sources: Option<Address>,
    #[serde(default)]
    department: Vec<Department>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    base_url: String,
    key_id: String,
    secret: String,
}

#[derive(Deserialize)]
struct Department {
    id: String,
    #[serde(flatten)]
    address: Address,
}

impl Address {
    fn route(&self) -> Result<Route> {
        let secret = hex::decode(&self.secret).unwrap_or_default();
        if secret.len() < exchange::signing::SECRET_BYTES_MIN {
            bail!("the secret of key `{}` is not hexadecimal, or too short", self.key_id);
        }
        Ok(Route::new(&self.base_url, &self.key_id, secret))
    }
}

/// The partners of a data folder; nobody when there is no such file.
pub(crate) fn load(data: &Path) -> Result<Partners> {
    let path = data.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Partners::default());
        }
        Err(fault) => {
            return Err(fault).with_context(|| format!("reading `{}`", path.display()));
        }
    };
    parse(&text).map_err(|fault| {
        let hint = "compare it with `docs/guides/operate.md`; no secret is repeated here";
        trouble(WRONG, format!("reading `{}`: {fault:#}", path.display()), hint)
    })
}

fn parse(text: &str) -> Result<Partners> {
    let written: Written = toml::from_str(text).map_err(|fault| {
        // The library would quote the line, and with it a secret.
        let line = fault.span().map(|span| text.get(..span.start).unwrap_or("").lines().count());
        anyhow::anyhow!("{} (line {})", fault.message(), line.unwrap_or(1).max(1))
    })?;
    let mut partners = Partners {
        sources: written.sources.as_ref().map(Address::route).transpose()?,
        ..Partners::default()
    };
    for department in written.department {
        let route = department.address.route()?;
        let again = |known: &Route| known.key_id == route.key_id;
        if partners.departments.values().any(again) {
            bail!("two departments sign with key `{}`", route.key_id);
        }
        if partners.departments.insert(department.id.clone(), route).is_some() {
            bail!("department `{}` is there twice", department.id);
        }
    }
    Ok(partners)
}

#[cfg(test)]
mod tests {
    use super::parse;

    const GOOD: &str = r#"
[sources]
base_url = "http://127.0.0.1:9000/"
key_id = "s1"
secret = "000102030405060708090a0b0c0d0e0f"

[[department]]
id = "tax"
base_url = "http://127.0.0.1:9001"
key_id = "t1"
secret = "100102030405060708090a0b0c0d0e0f"
"#;

    #[test]
    fn partners_are_read_and_mistakes_told_without_secrets() {
        let partners = parse(GOOD).unwrap();
        assert_eq!(partners.departments["tax"].base_url, "http://127.0.0.1:9001");
        assert_eq!(partners.sources.unwrap().key_id, "s1");
        for (find, replace) in [
            ("secret = \"1001", "secret = \"zz01"),
            ("key_id = \"t1\"", "key_ids = \"t1\""),
            ("secret = \"100102030405060708090a0b0c0d0e0f\"", "secret = \"1001\""),
        ] {
            let fault = format!("{:#}", parse(&GOOD.replace(find, replace)).unwrap_err());
            assert!(!fault.contains("1001"), "{fault}");
        }
        let twice = format!(
            "{GOOD}{}",
            GOOD.split_once("[[").map(|(_, rest)| format!("[[{rest}")).unwrap()
        );
        assert!(parse(&twice).is_err());
    }
}
