//! Reads the file and the environment. All that is wrong is told at once, and nothing is used then.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use toml::Value;

use super::check::{self, Finding, Given, Kind, is_section, member, names};
use super::{SETTINGS_WRONG, Settings, schema};
use crate::trouble::trouble;

/// Names the settings file in the environment.
pub(crate) const FILE: &str = "YIJIANSHI_SETTINGS";
const PREFIX: &str = "YIJIANSHI_";

/// The settings of a file (or of none) with those of the environment over them.
pub(crate) fn read(
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
) -> Result<Settings> {
    let schema = schema();
    let named = environment.get(FILE).map(Path::new);
    let path = file.or(named);
    let text = path.map(read_text).transpose()?;
    let mut findings = text.as_deref().map(|text| check::file(text, &schema)).unwrap_or_default();
    let told = |finding: &Finding| match (finding.line, path) {
        (Some(line), Some(path)) => format!("`{}` line {line}: {}", path.display(), finding.what),
        _ => finding.what.clone(),
    };
    let mut over = Vec::new();
    findings.extend(from_environment(environment, &schema, &mut over));
    if !findings.is_empty() {
        let lines: Vec<String> = findings.iter().map(told).collect();
        let hint = "mend that and start again; nothing has been done. `yijianshi settings schema` \
             prints every setting, `yijianshi settings check --settings FILE` tries a file";
        return Err(trouble(SETTINGS_WRONG, lines.join("\n  "), hint));
    }
    let mut table: toml::Table = match &text {
        Some(text) => toml::from_str(text).context("reading the settings again")?,
        None => toml::Table::new(),
    };
    for (section, name, value) in over {
        let section = table.entry(section).or_insert_with(|| Value::Table(toml::Table::new()));
        if let Value::Table(section) = section {
            section.insert(name, value);
        }
    }
    let settings: Settings = table.try_into().map_err(|fault: toml::de::Error| {
        let hint = "compare it with `yijianshi settings schema`";
        trouble(SETTINGS_WRONG, format!("the settings: {}", fault.message()), hint)
    })?;
    agree(&settings)?;
    Ok(settings)
}

/// What single values cannot say.
fn agree(settings: &Settings) -> Result<()> {
    if let Some(token) = &settings.metrics.token {
        if token.reveal().chars().count() < 16 {
            let hint = "make one with `openssl rand -hex 16`";
            return Err(trouble(
                SETTINGS_WRONG,
                "`metrics.token` is shorter than 16 characters",
                hint,
            ));
        }
    } else if settings.metrics.port.is_some() && !settings.metrics.host.is_loopback() {
        let hint = "set `metrics.token`, or listen on 127.0.0.1";
        let what = "figures would be open to everyone: `metrics.host` is not this machine's own";
        return Err(trouble(SETTINGS_WRONG, what, hint));
    }
    let work = &settings.work;
    let orders = [
        ("work.first_pause_s", work.first_pause_s, "work.longest_pause_s", work.longest_pause_s),
        (
            "work.first_repeat_s",
            work.first_repeat_s,
            "work.longest_repeat_s",
            work.longest_repeat_s,
        ),
    ];
    for (first_name, first, longest_name, longest) in orders {
        if first > longest {
            let what = format!("`{first_name}` is larger than `{longest_name}`");
            return Err(trouble(SETTINGS_WRONG, what, "make the second the larger one"));
        }
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|fault| {
        let what = format!("the settings file `{}` cannot be read: {fault}", path.display());
        trouble(SETTINGS_WRONG, what, "name a file that is there and that this account can read")
    })
}

/// `web.port` is `YIJIANSHI_WEB_PORT`.
pub(crate) fn variable(section: &str, name: &str) -> String {
    format!("{PREFIX}{}_{}", section.to_uppercase(), name.to_uppercase())
}

/// The variables that are settings; whatever begins like one and is none is told.
fn from_environment(
    environment: &BTreeMap<String, String>,
    schema: &serde_json::Value,
    over: &mut Vec<(String, String, Value)>,
) -> Vec<Finding> {
    let mut known = BTreeMap::new();
    for section in names(schema) {
        let Some(within) = member(schema, section).filter(|it| is_section(it)) else { continue };
        for name in names(within) {
            known.insert(variable(section, name), (section, name, within));
        }
    }
    let begins =
        |given: &str| names(schema).any(|section| given.starts_with(&variable(section, "")));
    let mut findings = Vec::new();
    let finding = |what: String| Finding { line: None, what: format!("environment: {what}") };
    for (given, text) in environment.iter().filter(|(given, _)| begins(given)) {
        let Some((section, name, within)) = known.get(given) else {
            let near = check::nearest(given, known.keys().map(String::as_str));
            let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
            findings.push(finding(format!("`{given}` is no setting.{near}")));
            continue;
        };
        let Some(wanted) = member(within, name) else { continue };
        let (given_as, value) = as_value(text, wanted);
        match check::wrong(&format!("{section}.{name}"), &given_as, wanted) {
            Some(what) => findings.push(finding(format!("`{given}`: {what}"))),
            None => over.push(((*section).to_owned(), (*name).to_owned(), value)),
        }
    }
    findings
}

/// A variable's text as the kind of value that is wanted, or as text when it is none.
fn as_value(text: &str, wanted: &serde_json::Value) -> (Given, Value) {
    match check::kind(wanted) {
        Kind::Integer { .. } => {
            if let Ok(number) = text.trim().parse::<i64>() {
                return (Given::Integer(number), Value::Integer(number));
            }
        }
        Kind::Bool => {
            if let Ok(truth) = text.trim().parse::<bool>() {
                return (Given::Bool, Value::Boolean(truth));
            }
        }
        Kind::Text | Kind::Word(_) => {}
    }
    (Given::Text(text.to_owned()), Value::String(text.to_owned()))
}
