//! `yijianshi prove MATTER`: every scenario of a matter at once, and what is wrong in some of them.

use std::path::PathBuf;

use ::plan::proved;
use anyhow::{Context, Result};
use catalogue::{Catalogue, Matter};
use jiff::Timestamp;
use proof::findings::{Finding, Severity};
use proof::reductions::{Spread, Spreads};
use proof::words::Words;
use proof::{Count, OrderCost, Proof};
use serde_json::{Value, json};
use vocabulary::{Date, Lang};

use crate::output::{self, Format};
use crate::{End, plan};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The matter, e.g. newborn; `all` for every one of the jurisdiction.
    matter: String,
    /// The folder with the definitions; without it, those that come with the program.
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// The language of the text, e.g. zh or en; without it, the jurisdiction's first.
    #[arg(long)]
    lang: Option<String>,
    /// The date of every plan, `2026-11-23`; without it, today.
    #[arg(long)]
    as_of: Option<Date>,
    /// Writes a covering set of scenario tests to this file.
    #[arg(long)]
    write_scenarios: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A matter with all that was proved of it.
struct Proved<'c> {
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    proof: Proof,
    spreads: Spreads,
    findings: Vec<Finding>,
    milliseconds: u128,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let catalogue = plan::load(arguments.definitions.as_deref())?;
    let matters: Vec<&Matter> = match arguments.matter.as_str() {
        "all" => catalogue.matters.values().collect(),
        id => vec![plan::find_matter(&catalogue, id)?],
    };
    let as_of = arguments.as_of.unwrap_or_else(|| catalogue.civil_date(Timestamp::now()));
    let proved: Vec<Proved<'_>> =
        matters.into_iter().map(|matter| Proved::of(&catalogue, matter, as_of)).collect();
    if let Some(file) = &arguments.write_scenarios {
        let texts = proved
            .iter()
            .map(|it| proved::scenario_file(&proved::covering(it.catalogue, it.matter, &it.proof)));
        let text = texts.collect::<Vec<_>>().join("\n");
        std::fs::write(file, text).with_context(|| format!("writing `{}`", file.display()))?;
    }
    let lang = plan::language(arguments.lang.as_deref(), &catalogue);
    match arguments.format {
        Format::Json => {
            let matters: Vec<Value> = proved.iter().map(|it| it.as_json(&lang)).collect();
            output::write_json(&json!({ "as_of": as_of, "matters": matters }))?;
        }
        Format::Text => {
            let texts: Vec<String> = proved.iter().map(|it| it.text(&lang)).collect();
            output::write(&texts.join("\n"))?;
        }
    }
    let wrong = |finding: &Finding| finding.severity == Severity::Error;
    let clean = !proved.iter().flat_map(|it| &it.findings).any(wrong);
    Ok(if clean { End::Clean } else { End::Findings })
}

impl<'c> Proved<'c> {
    fn of(catalogue: &'c Catalogue, matter: &'c Matter, as_of: Date) -> Self {
        let begun = std::time::Instant::now();
        let proof = Proof::of(catalogue, matter, as_of);
        let spreads = proof.reductions(catalogue, matter);
        let findings = proof.findings(catalogue, matter, &spreads);
        let milliseconds = begun.elapsed().as_millis();
        Self { catalogue, matter, proof, spreads, findings, milliseconds }
    }

    fn words<'w>(&'w self, lang: &'w Lang) -> Words<'w> {
        Words { catalogue: self.catalogue, matter: self.matter, lang }
    }

    fn text(&self, lang: &Lang) -> String {
        let words = self.words(lang);
        let mut lines = vec![format!("{} · {}", self.matter.id, self.matter.title.get(lang))];
        let cells = self.proof.cells().to_string();
        let plans = plans(&self.proof.distinct_plans());
        lines.push(words.say(
            "{0} 种情形，{1} 份不同的方案，用时 {2} 毫秒",
            "{0} scenarios, {1} different plans, proved in {2} ms",
            &[&cells, &plans, &self.milliseconds.to_string()],
        ));
        let order = self.proof.order();
        let questions = order.questions.iter().map(|id| id.to_string());
        lines.push(words.say(
            "提问顺序：{0}",
            "questions: {0}",
            &[&questions.collect::<Vec<_>>().join(" → ")],
        ));
        lines.push(words.say(
            "平均 {0} 问，最多 {1} 问（原顺序平均 {2} 问，最多 {3} 问）",
            "{0} asked on average, {1} at most (in the author's order {2}, {3} at most)",
            &[
                &average(&order.cost),
                &order.cost.worst.to_string(),
                &average(&order.authors),
                &order.authors.worst.to_string(),
            ],
        ));
        for (chinese, english, spread, unit) in self.figures() {
            let Some(spread) = spread else { continue };
            let figure = |value: i64| unit.text(value);
            lines.push(words.say(
                "{0}：平均 {1} → {2}；最好 {3} → {4}（{5}）；最差 {6} → {7}（{8}）",
                "{0}: {1} → {2} on average; best {3} → {4} ({5}); worst {6} → {7} ({8})",
                &[
                    &words.say(chinese, english, &[]),
                    &unit.mean(spread.mean_before),
                    &unit.mean(spread.mean_after),
                    &figure(spread.best.before),
                    &figure(spread.best.after),
                    &words.example(&spread.best.example),
                    &figure(spread.worst.before),
                    &figure(spread.worst.after),
                    &words.example(&spread.worst.example),
                ],
            ));
        }
        for finding in &self.findings {
            let severity = severity(finding.severity);
            lines.push(format!("{} {severity:<7}  {}", finding.code, finding.place()));
            let mut message = finding.message.get(lang).to_owned();
            if finding.possible {
                message.push_str(&words.say("（可能）", " (possibly)", &[]));
            }
            lines.push(format!("         {message}"));
            let case = finding.words.get(lang);
            if !case.is_empty() {
                lines.push(words.say("         情形：{0}", "         case: {0}", &[case]));
            }
        }
        let count = |wanted: Severity| {
            self.findings.iter().filter(|it| it.severity == wanted).count().to_string()
        };
        lines.push(words.say(
            "{0} 个错误，{1} 个警告，{2} 个提示",
            "{0} errors, {1} warnings, {2} notes",
            &[&count(Severity::Error), &count(Severity::Warning), &count(Severity::Note)],
        ));
        lines.join("\n") + "\n"
    }

    fn figures(&self) -> [(&'static str, &'static str, Option<&Spread>, Unit); 5] {
        [
            ("环节", "steps", self.spreads.steps.as_ref(), Unit::Whole),
            ("材料", "materials", self.spreads.materials.as_ref(), Unit::Whole),
            ("工作日", "working days", self.spreads.days.as_ref(), Unit::Halves),
            ("跑动", "visits", self.spreads.visits.as_ref(), Unit::Whole),
            ("费用", "fees", self.spreads.fees.as_ref(), Unit::Money),
        ]
    }

    fn as_json(&self, lang: &Lang) -> Value {
        let words = self.words(lang);
        let order = self.proof.order();
        let reductions: serde_json::Map<String, Value> = self
            .figures()
            .into_iter()
            .filter_map(|(_, name, spread, unit)| {
                let spread = spread?;
                let extreme = |it: &proof::reductions::Extreme| {
                    json!({
                        "before": unit.text(it.before),
                        "after": unit.text(it.after),
                        "case": words.example(&it.example),
                    })
                };
                let value = json!({
                    "before": [unit.text(spread.before.0), unit.text(spread.before.1)],
                    "after": [unit.text(spread.after.0), unit.text(spread.after.1)],
                    "average": { "before": unit.mean(spread.mean_before), "after": unit.mean(spread.mean_after) },
                    "best": extreme(&spread.best),
                    "worst": extreme(&spread.worst),
                });
                Some((name.replace(' ', "_"), value))
            })
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "code": finding.code,
                    "severity": severity(finding.severity),
                    "place": finding.place(),
                    "message": finding.message.get(lang),
                    "case": finding.words.get(lang),
                    "possible": finding.possible,
                })
            })
            .collect();
        json!({
            "matter": self.matter.id,
            "cells": self.proof.cells().to_string(),
            "plans": plans(&self.proof.distinct_plans()),
            "milliseconds": u64::try_from(self.milliseconds).unwrap_or(u64::MAX),
            "questions": {
                "order": order.questions,
                "optimal": order.optimal,
                "average": average(&order.cost),
                "at_most": order.cost.worst,
                "author_average": average(&order.authors),
                "author_at_most": order.authors.worst,
            },
            "reductions": reductions,
            "findings": findings,
        })
    }
}

/// What a figure counts.
#[derive(Clone, Copy)]
enum Unit {
    Whole,
    Halves,
    /// Ten-thousandths.
    Money,
}

impl Unit {
    fn per(self) -> i64 {
        match self {
            Self::Whole => 1,
            Self::Halves => 2,
            Self::Money => 10_000,
        }
    }

    fn text(self, value: i64) -> String {
        decimal(value.saturating_mul(1_000_000) / self.per())
    }

    fn mean(self, millionths: i64) -> String {
        decimal(millionths / self.per())
    }
}

/// Millionths as decimal text with two places at most.
fn decimal(millionths: i64) -> String {
    let hundredths = (millionths.saturating_add(5_000 * millionths.signum())) / 10_000;
    let (whole, part) = (hundredths / 100, (hundredths % 100).abs());
    match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        part => format!("{whole}.{part:02}"),
    }
}

fn average(cost: &OrderCost) -> String {
    decimal(i64::try_from(cost.expected_millionths).unwrap_or(i64::MAX))
}

fn plans(count: &Count) -> String {
    match count {
        Count::Exactly(count) => count.to_string(),
        Count::AtLeast(count) => format!("≥ {count}"),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
