//! Revisions in flight on pages: what changed for a draft, told before it is handed in; and publishing definitions
//! with the list of whom it concerns. What differs is said by `plan::compare`; here it is only worded.

pub mod draft;
pub mod publish;

use catalogue::Catalogue;
use plan::EvidenceKey;
use plan::compare::{Figures, PlanDiff};
use vocabulary::{HalfDays, Localised, NodeKey, Period, PeriodUnit, Slot};

use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;

/// What differs between two plans of one person, a line each.
pub fn lines(page: &Page, was: &Catalogue, is: &Catalogue, plan: &PlanDiff) -> Vec<String> {
    let mut lines = Vec::new();
    let mut each = |key: &str, names: Vec<String>| {
        lines.extend(names.into_iter().map(|name| page.t1(key, "name", name)));
    };
    let service = |of: &Catalogue, node: &NodeKey| {
        let known = of.service(&node.service);
        known.map_or_else(|| node.to_string(), |it| page.text(&it.name).to_owned())
    };
    let evidence = |of: &Catalogue, key: &EvidenceKey| naming::evidence_name(of, page, &key.ty);
    let field = |of: &Catalogue, slot: &Slot| naming::slot_name(of, page, slot);
    each("changed-service-more", plan.services.more.iter().map(|it| service(is, it)).collect());
    each("changed-service-less", plan.services.less.iter().map(|it| service(was, it)).collect());
    each("changed-evidence-more", plan.materials.more.iter().map(|it| evidence(is, it)).collect());
    each("changed-evidence-less", plan.materials.less.iter().map(|it| evidence(was, it)).collect());
    each("changed-field-more", plan.fields.more.iter().map(|it| field(is, it)).collect());
    each("changed-field-less", plan.fields.less.iter().map(|it| field(was, it)).collect());
    let days = |halves: HalfDays| {
        let unit =
            if halves == HalfDays::ZERO { PeriodUnit::Immediate } else { PeriodUnit::WorkingDay };
        period_text(page, Period { halves, unit })
    };
    let mut figure = |key: &str, before: String, after: String| {
        if before != after {
            lines.push(page.t2(key, "before", before, "after", after));
        }
    };
    figure("changed-days", days(plan.days.before), days(plan.days.after));
    let count = |it: &Figures<u32>| (it.before.to_string(), it.after.to_string());
    let (before, after) = count(&plan.visits);
    figure("changed-visits", before, after);
    let (before, after) = count(&plan.steps);
    figure("changed-steps", before, after);
    figure(
        "changed-signatories",
        plan.signatories.before.to_string(),
        plan.signatories.after.to_string(),
    );
    for (currency, fee) in &plan.fees {
        let money = |amount| naming::money(page, amount, currency);
        figure("changed-fee", money(&fee.before), money(&fee.after));
    }
    lines
}

/// Questions that are new, and that are gone.
pub fn question_lines(page: &Page, (more, less): &(Vec<Localised>, Vec<Localised>)) -> Vec<String> {
    let line = |key, ask: &Localised| page.t1(key, "name", page.text(ask));
    let more = more.iter().map(|ask| line("changed-question-more", ask));
    more.chain(less.iter().map(|ask| line("changed-question-less", ask))).collect()
}
