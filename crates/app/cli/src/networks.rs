//! Finds networks of outlets: the demonstration city that comes with the program, or the files of a folder.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use catalogue::{Catalogue, Severity, SourceFile};
use network::{Compiled, Network};

use crate::definitions::{self, finding_as_text};
use crate::{embedded, output};

/// The network of a folder, or the demonstration city. `None` = it has errors, which have been shown.
pub(crate) fn load(folder: Option<&Path>, catalogue: &Catalogue) -> Result<Option<Arc<Network>>> {
    let files = match folder {
        None => embedded::demo_city(),
        Some(folder) => definitions::toml_files(folder)?,
    };
    let Compiled { network, diagnostics } = network::compile(&files, catalogue);
    if network.is_none() {
        let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let texts: Vec<String> = errors.map(finding_as_text).collect();
        output::write(&texts.concat())?;
    }
    Ok(network.map(Arc::new))
}

/// The networks at or below a folder: folders whose files say `[network]`, each with all its files.
pub(crate) fn find(folder: &Path) -> Result<Vec<Vec<SourceFile>>> {
    let files = definitions::toml_files(folder)?;
    let folder_of = |file: &SourceFile| Path::new(&file.name).parent().map(Path::to_owned);
    let declares =
        |file: &&SourceFile| file.text.lines().any(|line| line.trim_end() == "[network]");
    let mut roots: Vec<_> = files.iter().filter(declares).filter_map(folder_of).collect();
    roots.sort();
    roots.dedup();
    let below = |root: &Path| -> Vec<SourceFile> {
        files.iter().filter(|file| Path::new(&file.name).starts_with(root)).cloned().collect()
    };
    Ok(roots.iter().map(|root| below(root)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_city_fits_the_national_definitions() {
        let catalogue = definitions::catalogue_of(&embedded::national()).unwrap();
        let compiled = network::compile(&embedded::demo_city(), &catalogue);
        assert_eq!(compiled.diagnostics, []);
        let network = compiled.network.unwrap();
        // Whatever can be applied for is received at a window of each county.
        for area in ["990101", "990102"] {
            for matter in catalogue.matters.values() {
                let for_whom = network::ForWhom::of(&catalogue, &matter.id).unwrap();
                for part in &matter.services {
                    let on = vocabulary::Date::constant(2026, 11, 23);
                    let places = network.places_of(
                        &catalogue,
                        &part.service,
                        for_whom,
                        Some(&area.into()),
                        on,
                        &network::Revoked::new(),
                    );
                    let elsewhere = [
                        "customs-deregistration",
                        "serious-list-removal",
                        "tobacco-retail-licence",
                        "environment-registration",
                    ];
                    let expected = !elsewhere.contains(&part.service.as_str());
                    assert!(!expected || !places.receive.is_empty(), "{area} {}", part.service);
                }
            }
        }
    }
}
