//! Scenario tests beside the definitions: a table of answers and what must follow. Designers write them.
//!
//! Takes text and a catalogue, gives outcomes; reads no file and prints nothing.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Catalogue;
use interview::answer::{self, sentence};
use serde::{Deserialize, Serialize};
use vocabulary::{Decimal, Lang, Localised, MatterId};

use crate::answers::{AnswerAsWritten, AnswersAsWritten, AnswersFinding, nearest};
use crate::{EvidenceGroup, OutKind, Plan};

/// A scenario file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioFile {
    pub scenario: Vec<ScenarioAsWritten>,
}

/// One scenario as it is written: answers, and what must follow from them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioAsWritten {
    pub id: String,
    pub matter: String,
    pub name: BTreeMap<String, String>,
    pub as_of: String,
    pub now: Option<String>,
    #[serde(default)]
    pub unavailable: Vec<String>,
    #[serde(default)]
    pub skip: Vec<String>,
    #[serde(default)]
    pub given: Vec<String>,
    #[serde(default)]
    pub declined: Vec<String>,
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub answers: BTreeMap<String, AnswerAsWritten>,
    pub expect: Expected,
}

/// What must follow; what is left out is not looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    /// The nodes that are in, `service` or `service~member`, in any order.
    pub services: Option<Vec<String>>,
    /// The nodes that are out because they were done before.
    pub done: Option<Vec<String>>,
    /// The nodes that are out because a requirement is not met.
    pub not_eligible: Option<Vec<String>>,
    /// The evidence that the applicant brings or gave.
    pub bring: Option<Vec<String>>,
    /// The evidence that is fetched from sources.
    pub fetched: Option<Vec<String>>,
    /// The evidence that the matter itself makes.
    pub produced: Option<Vec<String>>,
    /// The joint promise in working days, `"5"` or `"0.5"`.
    pub days: Option<String>,
    pub visits: Option<u32>,
    /// All fees together, `"30.50"`.
    pub fees: Option<String>,
}

/// What came of one scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub id: String,
    pub matter: MatterId,
    pub name: Localised,
    /// How many services are in, how much is brought, the joint promise; `None` without a plan.
    pub services: Option<usize>,
    pub bring: Option<usize>,
    pub days: Option<String>,
    /// Nothing here = passed.
    pub differences: Vec<Difference>,
}

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Difference {
    /// The answers themselves are wrong.
    Answers {
        code: String,
        place: String,
        message: String,
    },
    /// Expected, and not there.
    Missing {
        what: &'static str,
        item: String,
    },
    /// There, and not expected.
    Unexpected {
        what: &'static str,
        item: String,
    },
    Other {
        what: &'static str,
        expected: String,
        actual: String,
    },
}

impl Outcome {
    /// Whether everything came out as expected.
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answers { code, place, message } => write!(f, "{code} {place}: {message}"),
            Self::Missing { what, item } => write!(f, "{what}: `{item}` is missing"),
            Self::Unexpected { what, item } => write!(f, "{what}: `{item}` is not expected"),
            Self::Other { what, expected, actual } => {
                write!(f, "{what}: expected {expected}, got {actual}")
            }
        }
    }
}

/// Reads a scenario file.
///
/// # Errors
/// What keeps the text from being read, with line and column.
pub fn parse(text: &str) -> Result<Vec<ScenarioAsWritten>, String> {
    let file: ScenarioFile = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(file.scenario)
}

/// Makes the scenario's plan.
///
/// # Errors
/// All that is wrong with the answers.
pub fn plan(
    catalogue: &Catalogue,
    scenario: &ScenarioAsWritten,
) -> Result<Plan, Vec<AnswersFinding>> {
    let Some(matter) = catalogue.matter(&scenario.matter) else {
        let known = catalogue.matters.keys().map(MatterId::as_str);
        return Err(vec![AnswersFinding {
            code: answer::UNKNOWN_MATTER,
            place: "matter".to_owned(),
            message: sentence(answer::UNKNOWN_MATTER, &[("name", scenario.matter.clone())]),
            hint: nearest(&scenario.matter, known),
        }]);
    };
    let circumstances = scenario.answers().resolve(catalogue, matter, None)?;
    Ok(circumstances.plan(catalogue, matter))
}

/// Runs one scenario.
pub fn run(catalogue: &Catalogue, scenario: &ScenarioAsWritten) -> Outcome {
    let texts = scenario.name.iter();
    let mut outcome = Outcome {
        id: scenario.id.clone(),
        matter: MatterId::new(scenario.matter.as_str()),
        name: Localised::new(
            texts.map(|(lang, text)| (Lang::new(lang.as_str()), text.as_str().into())),
        ),
        services: None,
        bring: None,
        days: None,
        differences: Vec::new(),
    };
    match plan(catalogue, scenario) {
        Ok(plan) => {
            outcome.services = Some(plan.services.len());
            outcome.bring = Some(brought(&plan).len());
            outcome.days = Some(plan.joint.promised.to_string());
            outcome.differences = scenario.expect.compare(&plan);
        }
        Err(findings) => {
            outcome.differences = findings
                .into_iter()
                .map(|finding| Difference::Answers {
                    code: finding.code.to_owned(),
                    place: finding.place,
                    message: finding.message,
                })
                .collect();
        }
    }
    outcome
}

impl ScenarioAsWritten {
    /// The answers, without what is expected of them.
    pub fn answers(&self) -> AnswersAsWritten {
        AnswersAsWritten {
            matter: Some(self.matter.clone()),
            as_of: Some(self.as_of.clone()),
            now: self.now.clone(),
            unavailable: self.unavailable.clone(),
            skip: self.skip.clone(),
            given: self.given.clone(),
            declined: self.declined.clone(),
            groups: self.groups.clone(),
            answers: self.answers.clone(),
        }
    }
}

impl Expected {
    /// All differences between the plan and what is expected.
    pub fn compare(&self, plan: &Plan) -> Vec<Difference> {
        let mut differences = Vec::new();
        let services = plan.services.iter().map(|service| service.node.to_string()).collect();
        let out = |kind| {
            let out = plan.left_out.iter().filter(move |out| out.kind == kind);
            out.map(|out| out.node.to_string()).collect::<BTreeSet<_>>()
        };
        let in_group = |group| {
            let pieces = plan.evidence.iter().filter(move |piece| piece.group == group);
            pieces.map(|piece| piece.key.to_string()).collect::<BTreeSet<_>>()
        };
        let mut sets = |what, expected: &Option<Vec<String>>, actual: BTreeSet<String>| {
            let Some(expected) = expected else { return };
            let expected: BTreeSet<String> = expected.iter().cloned().collect();
            let missing = expected.difference(&actual);
            differences
                .extend(missing.map(|item| Difference::Missing { what, item: item.clone() }));
            let unexpected = actual.difference(&expected);
            differences
                .extend(unexpected.map(|item| Difference::Unexpected { what, item: item.clone() }));
        };
        sets("services", &self.services, services);
        sets("done", &self.done, out(OutKind::AlreadyDone));
        sets("not_eligible", &self.not_eligible, out(OutKind::NotEligible));
        sets("bring", &self.bring, brought(plan));
        sets("fetched", &self.fetched, in_group(EvidenceGroup::WeFetch));
        sets("produced", &self.produced, in_group(EvidenceGroup::Produced));
        let mut same = |what, expected: Option<String>, actual: String| {
            if let Some(expected) = expected.filter(|expected| *expected != actual) {
                differences.push(Difference::Other { what, expected, actual });
            }
        };
        same("days", self.days.clone(), plan.joint.promised.to_string());
        same("visits", self.visits.map(|visits| visits.to_string()), plan.visits.to_string());
        let mut fees = plan.fees.iter().map(|fee| fee.amount);
        let fees = fees.try_fold(Decimal::ZERO, Decimal::checked_add);
        let normal = |text: &String| {
            text.parse::<Decimal>().map_or_else(|_| text.clone(), |fee| fee.normalize().to_string())
        };
        let all = fees.map(|fees| fees.normalize().to_string()).unwrap_or_default();
        same("fees", self.fees.as_ref().map(normal), all);
        differences
    }
}

fn brought(plan: &Plan) -> BTreeSet<String> {
    let brought = |group| matches!(group, EvidenceGroup::YouBring | EvidenceGroup::YouGave);
    let pieces = plan.evidence.iter().filter(|piece| brought(piece.group));
    pieces.map(|piece| piece.key.to_string()).collect()
}
