//! `yijianshi doctor`: looks at everything that a node needs, changes nothing, and says of each thing whether it
//! is well and what to do. It runs beside a hub that is running. No line holds a secret or a person's data.

mod database;
mod machine;
mod outside;

use anyhow::Result;
use serde::Serialize;

use crate::output::Format;
use crate::serve::Node;
use crate::trouble::Trouble;
use crate::{End, output, serve};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: Node,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Line {
    level: Level,
    /// Stable word for programs that read this.
    about: &'static str,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// All that was looked at.
#[derive(Debug, Default)]
struct Report(Vec<Line>);

impl Report {
    fn ok(&mut self, about: &'static str, what: impl Into<String>) {
        self.put(Level::Ok, about, what.into(), None);
    }

    fn warn(&mut self, about: &'static str, what: impl Into<String>, cure: impl Into<String>) {
        self.put(Level::Warn, about, what.into(), Some(cure.into()));
    }

    fn fail(&mut self, about: &'static str, what: impl Into<String>, cure: impl Into<String>) {
        self.put(Level::Fail, about, what.into(), Some(cure.into()));
    }

    fn put(&mut self, level: Level, about: &'static str, what: String, cure: Option<String>) {
        self.0.push(Line { level, about, what, code: None, cure });
    }

    /// A fault as it would keep a node from starting.
    fn fault(&mut self, about: &'static str, fault: &anyhow::Error) {
        let line = match fault.downcast_ref::<Trouble>() {
            Some(trouble) => Line {
                level: Level::Fail,
                about,
                what: trouble.what().to_owned(),
                code: Some(trouble.code()),
                cure: Some(trouble.hint().to_owned()),
            },
            None => Line {
                level: Level::Fail,
                about,
                what: format!("{fault:#}"),
                code: None,
                cure: Some("mend what the message names".to_owned()),
            },
        };
        self.0.push(line);
    }

    fn worst(&self) -> Level {
        self.0.iter().map(|line| line.level).max().unwrap_or(Level::Ok)
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        for line in &self.0 {
            let level = match line.level {
                Level::Ok => "ok  ",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            let code = line.code.map(|code| format!("{code}: ")).unwrap_or_default();
            text.push_str(&format!("{level}  {:<12} {code}{}\n", line.about, line.what));
            if let Some(cure) = &line.cure {
                text.push_str(&format!("      {:<12} → {cure}\n", ""));
            }
        }
        let count = |level| self.0.iter().filter(|line| line.level == level).count();
        let counts = (count(Level::Ok), count(Level::Warn), count(Level::Fail));
        text.push_str(&format!(
            "{} ok, {} to look after, {} broken\n",
            counts.0, counts.1, counts.2
        ));
        text
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let settings = arguments.node.settings()?;
    let mut report = Report::default();
    machine::settings(&mut report, &arguments.node, &settings);
    let definitions = machine::definitions(&mut report, &settings);
    machine::folders(&mut report, &settings);
    let partners = outside::partners(&mut report, &settings, definitions.as_ref());
    serve::runtime()?.block_on(async {
        database::look(&mut report, &settings, definitions.as_ref()).await;
        if let Some(partners) = partners {
            outside::reach(&mut report, &partners).await;
        }
    });
    machine::backups(&mut report, &settings);
    match arguments.format {
        Format::Text => output::write(&report.to_text())?,
        Format::Json => output::write_json(&report.0)?,
    }
    Ok(match report.worst() {
        Level::Ok => End::Clean,
        Level::Warn => End::Findings,
        Level::Fail => End::Broken,
    })
}
