//! What a node is told: one file in TOML, over it the environment, over that the flags of the command.
//!
//! The types here are the format: the JSON Schema in `docs/schema/settings.schema.json`, the checks of what
//! somebody wrote, the names in the environment and the words of every message are made from them. What a
//! setting does is written once, as its comment. Nothing is opened or tried out here.

mod check;
mod command;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use worker::Patience;

use crate::trouble::trouble;

pub(crate) use command::{Arguments, run};
pub(crate) use read::read;

/// Everything that can be set. Every section and every setting may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// What is kept, and where.
    pub(crate) store: Store,
    /// Which public services are offered.
    pub(crate) definitions: Definitions,
    /// Pages and API.
    pub(crate) web: Web,
    /// Sendings to departments, and timers.
    pub(crate) work: Work,
    /// The process itself.
    pub(crate) node: Process,
    /// What is written about the work, to standard error.
    pub(crate) log: Log,
    /// Figures for a Prometheus server, on a port of their own.
    pub(crate) metrics: Metrics,
    /// Copies that somebody makes, as far as `doctor` looks at them.
    pub(crate) backup: Backup,
}

/// What is kept, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// The data folder: the embedded database, evidence files, `master.key`, `exchange.toml`, `windows.toml`.
    pub(crate) data: Option<PathBuf>,
    /// Address of a PostgreSQL database, `postgres://user@host/name`; left out, the embedded database in the data
    /// folder is used. It may hold a password: then only the program's account may read the settings file.
    pub(crate) database: Option<Secret>,
    /// A file that holds the address of the database, such as a credential that systemd hands over. Instead of
    /// `database`.
    pub(crate) database_file: Option<PathBuf>,
    /// Whether a node brings the tables up to date when it starts. With `false` it refuses to start until
    /// `yijianshi migrate` has been run.
    pub(crate) migrate: bool,
    /// A file that holds the master key, 64 hexadecimal digits. Left out, it is `master.key` in the data folder,
    /// made at the first start. The variable `YIJIANSHI_MASTER_KEY` goes before both.
    pub(crate) master_key_file: Option<PathBuf>,
    /// Where evidence files lie, sealed; several nodes share this folder. Left out, it is `files` in the data
    /// folder.
    pub(crate) files: Option<PathBuf>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            data: None,
            database: None,
            database_file: None,
            migrate: true,
            master_key_file: None,
            files: None,
        }
    }
}

/// Which public services are offered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Definitions {
    /// A jurisdiction's definitions, instead of those that come with the program.
    pub(crate) folder: Option<PathBuf>,
    /// The network of outlets with their windows; without it nothing is received at windows.
    pub(crate) network: Option<PathBuf>,
}

/// Pages and API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Web {
    /// The address to listen on. In front of it stands what speaks TLS with the world.
    #[schemars(with = "String")]
    pub(crate) host: IpAddr,
    /// The port to listen on; 0 takes any that is free.
    pub(crate) port: u16,
    /// Cookies also over plain HTTP: for trying out on one machine, never behind a public address.
    pub(crate) plain_http: bool,
}

impl Default for Web {
    fn default() -> Self {
        Self { host: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 8080, plain_http: false }
    }
}

/// Sendings to departments, and timers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Work {
    /// Whether `serve` works on sendings and timers too; `false` leaves that to nodes that run `work`.
    pub(crate) beside_pages: bool,
    /// Seconds for which a node may keep a sending that it has taken; then another node may take it.
    #[schemars(range(min = 15, max = 3600))]
    pub(crate) lease_s: u32,
    /// Seconds for which a department that failed is left alone; twice as long after each further failure.
    #[schemars(range(min = 1, max = 3600))]
    pub(crate) first_pause_s: u32,
    /// Seconds beyond which that does not grow.
    #[schemars(range(min = 1, max = 86400))]
    pub(crate) longest_pause_s: u32,
    /// Seconds after which a sending that failed is tried again at the latest.
    #[schemars(range(min = 1, max = 86400))]
    pub(crate) longest_wait_s: u32,
    /// Seconds after which a delivered sending without a receipt is sent again at the earliest.
    #[schemars(range(min = 1, max = 86400))]
    pub(crate) first_repeat_s: u32,
    /// Seconds after which it is sent again at the latest.
    #[schemars(range(min = 1, max = 604800))]
    pub(crate) longest_repeat_s: u32,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            beside_pages: true,
            lease_s: 30,
            first_pause_s: 1,
            longest_pause_s: 60,
            longest_wait_s: 900,
            first_repeat_s: 60,
            longest_repeat_s: 3_600,
        }
    }
}

/// The process itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Process {
    /// Seconds that requests and sendings under way have to finish when the program is told to stop.
    #[schemars(range(min = 1, max = 300))]
    pub(crate) stop_within_s: u32,
}

impl Default for Process {
    fn default() -> Self {
        Self { stop_within_s: 10 }
    }
}

/// What is written about the work, to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `text` for people, `json` for programs: one object per line.
    pub(crate) format: LogFormat,
    /// How much, as in `RUST_LOG` (which goes before it).
    pub(crate) filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,sqlx=warn".to_owned() }
    }
}

// No comments on the variants: the schema then lists them as words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Figures for a Prometheus server, on a port of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metrics {
    /// The port on which `/metrics` answers; left out, there are no figures for anybody.
    pub(crate) port: Option<u16>,
    /// The address of that port. Any other than this machine's own needs a `token`.
    #[schemars(with = "String")]
    pub(crate) host: IpAddr,
    /// What a caller has to send as `Authorization: Bearer …`, at least 16 characters.
    pub(crate) token: Option<Secret>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { port: None, host: IpAddr::V4(Ipv4Addr::LOCALHOST), token: None }
    }
}

/// Copies that somebody makes, as far as `doctor` looks at them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Backup {
    /// The folder in which backups arrive; `doctor` says how old the newest one is.
    pub(crate) folder: Option<PathBuf>,
    /// Hours after which a newest backup is too old.
    #[schemars(range(min = 1, max = 8760))]
    pub(crate) oldest_h: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self { folder: None, oldest_h: 26 }
    }
}

/// Text that is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(secret)")
    }
}

impl Settings {
    /// The data folder, which somebody has to name.
    pub(crate) fn data(&self) -> Result<&Path> {
        self.store.data.as_deref().ok_or_else(|| {
            trouble(
                SETTINGS_WRONG,
                "no data folder is named",
                "give `--data FOLDER`, set `YIJIANSHI_STORE_DATA`, or write `data` in `[store]`",
            )
        })
    }

    /// The folder of evidence files.
    pub(crate) fn files(&self) -> Result<PathBuf> {
        match &self.store.files {
            Some(folder) => Ok(folder.clone()),
            None => Ok(self.data()?.join("files")),
        }
    }

    /// The address of the database in use.
    pub(crate) fn database(&self) -> Result<Secret> {
        match (&self.store.database, &self.store.database_file) {
            (Some(_), Some(_)) => Err(trouble(
                SETTINGS_WRONG,
                "the database is named twice: `store.database` and `store.database_file`",
                "leave one of them out",
            )),
            (Some(address), None) => Ok(address.clone()),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("reading the file `{}`", file.display()));
                let text = text.map_err(|fault| {
                    let hint = "`store.database_file` names a file that this account can read";
                    trouble(SETTINGS_WRONG, format!("{fault:#}"), hint)
                })?;
                Ok(Secret::new(text.trim().to_owned()))
            }
            (None, None) => {
                let file = self.data()?.join("hub.db");
                Ok(Secret::new(format!("sqlite://{}", file.display())))
            }
        }
    }

    /// How patient the worker is.
    pub(crate) fn patience(&self) -> Patience {
        let seconds = |count: u32| Duration::from_secs(u64::from(count));
        Patience {
            lease: seconds(self.work.lease_s),
            first_pause: seconds(self.work.first_pause_s),
            longest_pause: seconds(self.work.longest_pause_s),
            longest_wait: seconds(self.work.longest_wait_s),
            first_repeat: seconds(self.work.first_repeat_s),
            longest_repeat: seconds(self.work.longest_repeat_s),
        }
    }

    /// How long what is under way may take when the program is told to stop.
    pub(crate) fn stop_within(&self) -> Duration {
        Duration::from_secs(u64::from(self.node.stop_within_s))
    }
}

/// The code of everything that is wrong with settings.
pub(crate) const SETTINGS_WRONG: &str = "SYS0010";

/// The JSON Schema of the settings file, as it is kept in the documents.
pub(crate) fn json_schema() -> String {
    format!("{:#}\n", schema())
}

fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Settings>();
    schema.insert("title".to_owned(), "yijianshi settings file".into());
    schema.to_value()
}
