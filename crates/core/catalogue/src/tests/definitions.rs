//! The repository's own definitions have no findings, not even warnings.

use std::path::{Path, PathBuf};

use crate::{SourceFile, compile};

/// The definition files below a folder; scenario tests beside them are another format.
pub(super) fn files_below(folder: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap();
        let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        for path in paths {
            if path.is_dir() && !path.ends_with("scenarios") {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|it| ["toml", "csv", "dmn"].iter().any(|known| it == *known))
            {
                let name = path.display().to_string();
                files.push(SourceFile { name, text: std::fs::read_to_string(path).unwrap() });
            }
        }
    }
    files
}

#[test]
fn our_own_definitions_have_no_findings() {
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions");
    for (folder, matter) in [("sample", None), ("cn/national", Some("newborn"))] {
        let files = files_below(&definitions.join(folder));
        let compiled = compile(&files);
        assert_eq!(compiled.diagnostics, [], "{folder}");
        let catalogue = compiled.catalogue.expect("no error, so a catalogue");
        assert!(!catalogue.matters.is_empty(), "{folder}");
        assert!(matter.is_none_or(|matter| catalogue.matter(matter).is_some()), "{folder}");
    }
}

/// Whose death ends what: only what insures or pays the applicant alone. A mother applies for her child, an heir for
/// the deceased, a firm for its people: none of that ends because the one who applied dies.
#[test]
fn a_death_ends_only_what_is_the_applicants_own() {
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions");
    let files = files_below(&definitions.join("cn/national"));
    let catalogue = compile(&files).catalogue.expect("no error, so a catalogue");
    let ends = |service: &crate::PublicService| {
        let regime = &catalogue.regimes[&service.regime];
        let mut changes = service.changes_under(regime);
        let died = changes.find(|known| known.change == crate::ApplicantChange::Died);
        died.is_some_and(|known| known.effect == crate::ChangeEffect::Ends)
    };
    let ending: Vec<&str> =
        catalogue.services.values().filter(|it| ends(it)).map(|it| it.id.as_str()).collect();
    assert_eq!(
        ending,
        [
            "contribution-extension",
            "disability-allowance",
            "early-retirement-approval",
            "flexible-medical",
            "flexible-pension",
            "pension-payment",
            "retiree-medical-insurance",
            "retirement-approval",
        ]
    );
    // All that is asked for a newborn goes on waiting for the other parent.
    let newborn = catalogue.matter("newborn").unwrap();
    for service in &newborn.services {
        assert!(!ends(&catalogue.services[&service.service]), "{}", service.service);
    }
}
