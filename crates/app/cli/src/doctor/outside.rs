//! Partners: the file that names them, whether every department of the definitions has a route, and whether it
//! answers.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Report;
use crate::partners;
use crate::settings::Settings;
use crate::wiring::{Definitions, Partners};

/// A partner that has not answered by then does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Reads the file of partners and compares it with the definitions.
pub(super) fn partners(
    report: &mut Report,
    settings: &Settings,
    definitions: Option<&Definitions>,
) -> Option<Partners> {
    let data = settings.data().ok()?;
    let partners = match partners::load(data) {
        Ok(partners) => partners,
        Err(fault) => {
            report.fault("partners", &fault);
            return None;
        }
    };
    let count = partners.departments.len();
    let sources = if partners.sources.is_some() { "shared sources" } else { "no shared source" };
    report.ok("partners", format!("{count} departments with a route, {sources}"));
    let definitions = definitions?;
    let needed: BTreeSet<&str> =
        definitions.catalogue.services.values().map(|it| it.authority.as_str()).collect();
    let missing: Vec<&str> =
        needed.iter().filter(|id| !partners.departments.contains_key(**id)).copied().collect();
    if !missing.is_empty() {
        let what = format!("no route to {}", missing.join(", "));
        let cure = "add them to `exchange.toml`; until then their sendings wait, and officers decide \
                    in the hub";
        report.warn("partners", what, cure);
    }
    let strangers: Vec<&str> = partners
        .departments
        .keys()
        .filter(|id| !definitions.catalogue.organisations.contains_key(id.as_str()))
        .map(String::as_str)
        .collect();
    if !strangers.is_empty() {
        let what = format!("the definitions know no {}", strangers.join(", "));
        report.warn("partners", what, "mend the ids in `exchange.toml`");
    }
    Some(partners)
}

/// Asks each of them whether it is there; sends nothing.
pub(super) async fn reach(report: &mut Report, partners: &Partners) {
    let client = reqwest::Client::builder().timeout(ANSWERS_WITHIN).build();
    let client = match client {
        Ok(client) => client,
        Err(fault) => {
            return report.fail(
                "route",
                format!("making an HTTP client: {fault}"),
                "see the message",
            );
        }
    };
    let departments = partners.departments.iter().map(|(id, route)| (id.as_str(), route));
    let all = departments.chain(partners.sources.iter().map(|route| ("sources", route)));
    for (id, route) in all {
        // Any answer is an answer: nothing is sent that somebody would have to understand.
        match client.get(&route.base_url).send().await {
            Ok(_) => report.ok("route", format!("`{id}` answers")),
            Err(fault) => {
                let why = if fault.is_timeout() {
                    "does not answer in time"
                } else {
                    "cannot be reached"
                };
                let cure =
                    "look at `base_url` in `exchange.toml`, the network between, and their system";
                report.warn("route", format!("`{id}` {why}"), cure);
            }
        }
    }
}
