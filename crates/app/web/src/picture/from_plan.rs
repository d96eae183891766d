//! A plan as a drawing: one lane per department, in order of first use.

use std::collections::BTreeSet;

use catalogue::Catalogue;
use plan::Plan;
use vocabulary::{NodeKey, OrganisationId};

use super::layout::{Bar, BarKind, Drawing, Link};
use crate::page::Page;

/// The drawing of a plan; days on the axis are counted from submission.
pub fn drawing(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Drawing {
    let mut lanes: Vec<&OrganisationId> = Vec::new();
    for service in &plan.services {
        if !lanes.contains(&&service.department) {
            lanes.push(&service.department);
        }
    }
    let critical: BTreeSet<&NodeKey> = plan.critical_path.iter().collect();
    let bars = plan
        .services
        .iter()
        .map(|service| {
            let label = planned_name(catalogue, page, plan, &service.node);
            let title = page.tn(
                "picture-bar-title",
                &[
                    ("service", label.clone()),
                    ("from", first_day(service.starts.0).to_string()),
                    ("to", last_day(service.ends.0, service.starts.0).to_string()),
                ],
            );
            Bar {
                id: service.node.to_string(),
                lane: lanes.iter().position(|lane| **lane == service.department).unwrap_or(0),
                from: service.starts.0,
                to: service.ends.0,
                label,
                title,
                kind: if critical.contains(&service.node) {
                    BarKind::Critical
                } else {
                    BarKind::Planned
                },
            }
        })
        .collect();
    let consecutive: BTreeSet<(&NodeKey, &NodeKey)> =
        plan.critical_path.iter().zip(plan.critical_path.iter().skip(1)).collect();
    // Several outputs between the same two services are one line; hard wins over soft.
    let mut links: Vec<Link> = Vec::new();
    for edge in &plan.edges {
        let (from, to) = (edge.from.to_string(), edge.to.to_string());
        match links.iter_mut().find(|link| link.from == from && link.to == to) {
            Some(link) => link.soft &= !edge.hard,
            None => links.push(Link {
                from,
                to,
                critical: consecutive.contains(&(&edge.from, &edge.to)),
                soft: !edge.hard,
            }),
        }
    }
    links = without_detours(links);
    let last = plan.services.iter().map(|service| service.ends.0).max().unwrap_or(0);
    let days = (1..=last.div_ceil(2).max(1)).map(|day| page.t1("picture-day", "n", day)).collect();
    let more = crate::plan_view::procedures_may_add(page, plan);
    Drawing {
        title: match page.t1("picture-title", "days", plan.joint.promised) {
            title if more.is_empty() => title,
            title => page.t2("picture-title-more", "title", title, "more", more),
        },
        lanes: lanes
            .iter()
            .map(|id| {
                catalogue.organisations.get(*id).map_or_else(String::new, |organisation| {
                    page.text(&organisation.short).to_owned()
                })
            })
            .collect(),
        bars,
        links,
        days,
    }
}

/// Leaves out a line whose ends are joined by others anyway: the picture shows order, the table every need.
pub fn without_detours(links: Vec<Link>) -> Vec<Link> {
    let detour = |from: &str, to: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = vec![from];
        while let Some(at) = open.pop() {
            for link in links.iter().filter(|link| link.from == at && !link.soft) {
                if at == from && link.to == to {
                    continue;
                }
                if link.to == to {
                    return true;
                }
                if seen.insert(&link.to) {
                    open.push(&link.to);
                }
            }
        }
        false
    };
    let kept: Vec<bool> = links.iter().map(|link| !detour(&link.from, &link.to)).collect();
    links.into_iter().zip(kept).filter_map(|(link, keep)| keep.then_some(link)).collect()
}

/// The 1-based working day on which something begins …
pub fn first_day(starts: u32) -> u32 {
    starts / 2 + 1
}

/// … and by whose end it is promised.
pub fn last_day(ends: u32, starts: u32) -> u32 {
    if ends <= starts { first_day(starts) } else { ends.div_ceil(2) }
}

/// A service's name, with its member's number when several members have it: 户口登记 ②.
pub fn node_name(catalogue: &Catalogue, page: &Page, node: &NodeKey, several: bool) -> String {
    let service = catalogue.service(&node.service);
    let name = service.map_or(node.service.as_str(), |service| page.text(&service.name));
    match &node.member {
        Some(member) if several => format!("{name} {}", crate::naming::member_number(member)),
        _ => name.to_owned(),
    }
}

/// The same, for a node of a plan.
pub fn planned_name(catalogue: &Catalogue, page: &Page, plan: &Plan, node: &NodeKey) -> String {
    let same = plan.services.iter().filter(|other| other.node.service == node.service).count();
    node_name(catalogue, page, node, same > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `from>to`, with `~` instead of `>` when soft.
    fn links(text: &str) -> Vec<Link> {
        let link = |pair: &str| {
            let soft = pair.contains('~');
            let (from, to) = pair.split_once(['>', '~']).unwrap();
            Link { from: from.into(), to: to.into(), critical: false, soft }
        };
        text.split_whitespace().map(link).collect()
    }

    fn check(given: &str, expected: &str) {
        let text =
            |link: Link| format!("{}{}{}", link.from, if link.soft { '~' } else { '>' }, link.to);
        let kept: Vec<String> = without_detours(links(given)).into_iter().map(text).collect();
        assert_eq!(kept.join(" "), expected, "{given}");
    }

    #[test]
    fn a_line_goes_when_others_join_its_ends() {
        check("a>b b>c a>c", "a>b b>c");
        check("a>b b>c c>d a>d b>d", "a>b b>c c>d");
        check("a>b a>c b>d c>d", "a>b a>c b>d c>d");
        // Soft lines join nothing, but are left out where hard ones do.
        check("a~b b>c a>c", "a~b b>c a>c");
        check("a>b b>c a~c", "a>b b>c");
    }
}
