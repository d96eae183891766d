//! `yijianshi settings`: what can be set, whether a file is right, and what is in force.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::json_schema;
use crate::serve::Node;
use crate::{End, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print the JSON Schema of the settings file: every setting with its meaning and default.
    Schema,
    /// Say whether a settings file, with the environment over it, is right. Starts nothing.
    Check(Which),
    /// Print the settings in force, as TOML, without secrets.
    Show(Which),
}

#[derive(Debug, clap::Args)]
struct Which {
    #[command(flatten)]
    node: Node,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    match &arguments.what {
        What::Schema => output::write(&json_schema())?,
        What::Check(which) => {
            let settings = which.node.settings()?;
            let file: Option<PathBuf> = which.node.settings_file();
            let told = file.map_or_else(
                || "no file: every setting is the default or from the environment".to_owned(),
                |file| format!("`{}` is right", file.display()),
            );
            // Whatever needs a second look at another file.
            settings.database().or_else(|fault| match settings.store.data {
                None if settings.store.database.is_none()
                    && settings.store.database_file.is_none() =>
                {
                    Ok(super::Secret::new(String::new()))
                }
                _ => Err(fault),
            })?;
            output::write(&format!("{told}\n"))?;
        }
        What::Show(which) => {
            let settings = which.node.settings()?;
            output::write(&toml::to_string(&settings).context("writing the settings")?)?;
        }
    }
    Ok(End::Clean)
}
