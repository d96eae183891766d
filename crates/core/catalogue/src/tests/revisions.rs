//! What makes a new revision and what does not.

use super::{GOOD, changed, compile_files};
use crate::Catalogue;

fn catalogue(files: &[(&str, &str)]) -> Catalogue {
    let compiled = compile_files(files);
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// Revisions of the catalogue, the matter and the services `residence` and `school`.
fn revisions(catalogue: &Catalogue) -> [String; 4] {
    [
        catalogue.revision.to_string(),
        catalogue.matters["moving"].revision.to_string(),
        catalogue.services["residence"].revision.to_string(),
        catalogue.services["school"].revision.to_string(),
    ]
}

#[test]
fn a_revision_names_content() {
    // change, and whether it makes a new revision of: catalogue, matter, residence, school
    let table: &[(&str, &str, [bool; 4])] = &[
        // texts
        ("zh = \"登记新住址\"", "zh = \"登记您的新住址\"", [true, false, false, false]),
        ("zh = \"几个孩子？\"", "zh = \"有几个孩子？\"", [true, false, false, false]),
        ("zh = \"证明住处\"", "zh = \"证明您的住处\"", [true, false, false, false]),
        // formatting
        ("order = 1\n\n[[element]]", "order = 0x1 # first\n[[element]]", [false; 4]),
        ("amount = \"20.00\"", "amount = \"20\"", [false; 4]),
        ("visits = 2", "visits = 2\n\n\n", [false; 4]),
        ("element = \"home.address\"", "element = 'home.address'\nsoft = false", [false; 4]),
        // a service's own
        ("ways = [\"upload\"]", "ways = [\"licence\", \"upload\"]", [true, true, true, false]),
        ("visits = 2", "visits = 3", [true, true, true, false]),
        ("ways = [\"deferral\", \"upload\"]", "ways = [\"upload\"]", [true, true, false, true]),
        // a matter's own
        ("inclusion = \"optional\"", "inclusion = \"required\"", [true, true, false, false]),
        ("id = \"children\"", "id = \"how-many\"", [true, true, false, false]),
        // what they refer to
        ("type = \"long_text\"", "type = \"text\"", [true, true, true, false]),
        ("sharing = \"unconditional\"", "sharing = \"conditional\"", [true, true, true, false]),
        ("max = 5", "max = 6", [true, true, false, true]),
        ("id = \"lease\"\n", "id = \"lease\"\nsize_mib_max = 3\n", [true, true, true, false]),
        ("count = \"20\"", "count = \"25\"", [true; 4]),
        ("evidence = [\"identity\"]", "evidence = [\"identity\", \"school-record\"]", [true; 4]),
        // what they do not refer to
        (
            "entries = [\"moving\", \"retiring\"]",
            "entries = [\"retiring\", \"moving\"]",
            [true, false, false, false],
        ),
        ("\"2025-09-28\", ", "", [true, false, false, false]),
    ];
    let before = revisions(&catalogue(&[("good.toml", GOOD)]));
    for (from, to, new) in table {
        let after = revisions(&catalogue(&[("good.toml", &changed(&[(from, to)]))]));
        let differs = std::array::from_fn(|at| before[at] != after[at]);
        assert_eq!(*new, differs, "`{from}` → `{to}`");
    }
}

/// Cut into one file per item, the files in any order and under any names.
#[test]
fn files_and_their_order_do_not_matter() {
    let mut items: Vec<String> = Vec::new();
    for line in GOOD.lines() {
        let begins_item = line.starts_with('[') && !line.contains('.');
        if begins_item {
            items.push(String::new());
        }
        let item = items.last_mut().unwrap();
        item.push_str(line);
        item.push('\n');
    }
    assert!(items.len() > 20, "{}", items.len());
    let whole = revisions(&catalogue(&[("good.toml", GOOD)]));
    for step in [1, 7, 11] {
        let names: Vec<_> = (0..items.len()).map(|at| format!("{}.toml", at * step % 29)).collect();
        let mut files: Vec<_> =
            names.iter().zip(&items).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files.rotate_left(step);
        assert_eq!(revisions(&catalogue(&files)), whole, "{step}");
        files.reverse();
        assert_eq!(revisions(&catalogue(&files)), whole, "{step}");
    }
}

#[test]
fn revisions_are_short_lower_case_hexadecimal() {
    let catalogue = catalogue(&[("good.toml", GOOD)]);
    for revision in revisions(&catalogue) {
        assert_eq!(revision.len(), 16);
        assert!(revision.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{revision}");
    }
    assert!(catalogue.calendar.version.starts_with("2025/"), "{}", catalogue.calendar.version);
}
