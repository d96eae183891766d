//! Every dependency stands once, in the root manifest, with a reason.

use super::Finding;
use crate::repository::SourceText;

const RULE: &str = "dependency";

/// The dependency lines of the section headed by one of `sections`: number, name, rest of the line.
fn dependencies<'a>(
    text: &'a str,
    sections: &'a [&'a str],
) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        if line.starts_with('[') {
            inside = sections.contains(&line.trim());
            return None;
        }
        let (name, rest) = line.split_once('=')?;
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
        (inside && starts).then_some((number + 1, name.trim(), rest))
    })
}

/// Every dependency of the root manifest that is not ours says on its line why it is there.
pub(crate) fn reasons(text: &str) -> Vec<Finding> {
    dependencies(text, &["[workspace.dependencies]"])
        .filter(|(_, _, rest)| !rest.contains("path ="))
        .filter(|(_, _, rest)| {
            rest.rsplit_once('#').is_none_or(|(_, reason)| reason.trim().is_empty())
        })
        .map(|(line, name, _)| {
            let message = format!("`{name}` needs a reason: `# …` at the end of its line");
            Finding::new(format!("Cargo.toml:{line}"), RULE, message)
        })
        .collect()
}

/// Crates inherit their dependencies from the workspace.
pub(crate) fn inherited(file: &SourceText) -> Vec<Finding> {
    const SECTIONS: [&str; 3] = ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"];
    if !(file.path.starts_with("crates/") && file.path.ends_with("/Cargo.toml")) {
        return Vec::new();
    }
    dependencies(&file.text, &SECTIONS)
        .filter(|(_, name, rest)| {
            !name.ends_with(".workspace") && !rest.contains("workspace = true")
        })
        .map(|(line, name, _)| {
            let message = format!("`{name}` must be inherited: `{name}.workspace = true`");
            Finding::at(file, line, RULE, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_reason_is_refused() {
        let text = "[workspace.dependencies]\n\
            ours = { path = \"crates/a\" }\n\
            good = \"1\" # because\n\
            bad = { version = \"1\", features = [\"x\"] }\n\
            [profile.dev]\ndebug = false\n";
        let found = reasons(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "Cargo.toml:4");
    }

    #[test]
    fn a_version_outside_the_root_is_refused() {
        let text = "[dependencies]\nserde.workspace = true\nrand = \"0.9\"\n\
            [dev-dependencies]\ninsta = { workspace = true, features = [\"yaml\"] }\n";
        let found = inherited(&SourceText::new("crates/app/web/Cargo.toml", text));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "crates/app/web/Cargo.toml:3");
    }
}
