//! ARCHITECTURE.md is a map: it names every crate, no crate that is gone, and fits on a few screens.

use super::Finding;

const RULE: &str = "map";
const FILE: &str = "ARCHITECTURE.md";
const LINES_MAX: usize = 200;

/// `places` are the crates' folders below `crates/`.
pub(crate) fn check(text: &str, places: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let named: Vec<String> = text
        .split("`crates/")
        .skip(1)
        .filter_map(|rest| rest.split_once('`'))
        .map(|(name, _)| name.trim_end_matches('/').to_owned())
        .collect();
    for place in places {
        if !named.iter().any(|name| name == place) {
            let message = format!("crate `crates/{place}` is missing");
            findings.push(Finding::new(FILE, RULE, message));
        }
    }
    for name in named.iter().filter(|name| name.split('/').count() == 2) {
        if !places.contains(&name.as_str()) {
            let message = format!("`crates/{name}` is not a crate of the workspace");
            findings.push(Finding::new(FILE, RULE, message));
        }
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(Finding::new(FILE, RULE, format!("{lines} lines, at most {LINES_MAX}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_and_a_vanished_crate_are_refused() {
        let text = "`crates/core` holds `crates/core/plan` and `crates/app/web/`.";
        assert_eq!(check(text, &["core/plan", "app/web"]), []);
        let found = check(text, &["core/plan", "core/casework"]);
        assert_eq!(found[0].message, "crate `crates/core/casework` is missing");
        assert_eq!(found[1].message, "`crates/app/web` is not a crate of the workspace");
    }

    #[test]
    fn a_long_map_is_refused() {
        assert_eq!(check(&"line\n".repeat(LINES_MAX + 1), &[]).len(), 1);
    }
}
