//! Definitions that were kept: every format that ever was, damaged ones, and ones of later versions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{GOOD, changed};
use crate::revision::FORM;
use crate::stored::{
    FORMAT, ItemKind, Pinned, StoredFault, StoredSource, compile, items, pack, restore, unpack,
};
use crate::{Catalogue, SourceFile};

fn source(files: &[(&str, &str)]) -> StoredSource {
    let file = |(name, text): &(&str, &str)| SourceFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    };
    StoredSource::of(&files.iter().map(file).collect::<Vec<_>>())
}

fn good() -> Catalogue {
    let files = [SourceFile { name: "/far/away/good.toml".to_owned(), text: GOOD.to_owned() }];
    crate::compile(&files).catalogue.unwrap()
}

#[test]
fn what_is_kept_comes_back() {
    let catalogue = good();
    let bytes = pack(&catalogue.source);
    assert!(bytes.starts_with(format!("yijianshi-definitions {FORMAT}\n").as_bytes()));
    assert!(bytes.len() < GOOD.len(), "pressed together");
    assert_eq!(unpack(&bytes), Ok(catalogue.source.as_ref().clone()));
    let again = compile(&bytes).unwrap();
    assert_eq!(again.revision, catalogue.revision);
    assert_eq!(items(&again), items(&catalogue));
    let empty = source(&[]);
    assert_eq!(unpack(&pack(&empty)), Ok(empty));
}

#[test]
fn names_are_those_inside_the_shared_folder() {
    for (names, expected) in [
        (["/a/b/x.toml", "/a/b/c/y.csv"], ["c/y.csv", "x.toml"]),
        (["/a/bc/x.toml", "/a/bd/y.toml"], ["bc/x.toml", "bd/y.toml"]),
        (["x.toml", "b/y.toml"], ["b/y.toml", "x.toml"]),
        ([r"C:\d\x.toml", r"C:\d\t\y.csv"], ["t/y.csv", "x.toml"]),
    ] {
        let kept = source(&names.map(|name| (name, "")));
        let names: Vec<&str> = kept.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, expected);
    }
    assert_eq!(source(&[("/a/b/x.toml", "")]).files[0].name, "x.toml");
}

/// A check that came later does not judge what was kept: here a promise that the law does not bear.
#[test]
fn what_was_right_when_it_was_kept_is_not_judged_again() {
    let text = changed(&[("{ count = \"3\", unit", "{ count = \"300\", unit")]);
    let files = [("a.toml", text.as_str())];
    let judged = super::compile_files(&files);
    assert!(judged.catalogue.is_none(), "{:?}", judged.diagnostics);
    assert!(compile(&pack(&source(&files))).is_ok());
    let unknown = changed(&[("authority = \"schools\"", "authority = \"school\"")]);
    let fault = compile(&pack(&source(&[("a.toml", &unknown)]))).unwrap_err();
    assert_eq!(fault.code(), "CAT0091");
    assert!(
        fault.to_string().contains("a.toml:") && fault.to_string().contains("CAT0011"),
        "{fault}"
    );
}

#[test]
fn a_name_that_was_given_stays() {
    let bytes = pack(&good().source);
    let item = |kind, id: &str| Pinned { kind, id: id.into(), revision: "once".into() };
    let names = [item(ItemKind::Matter, "moving"), item(ItemKind::Service, "school")];
    let restored = restore(&bytes, "then", &names).unwrap();
    assert_eq!(restored.revision.as_ref(), "then");
    assert_eq!(restored.matters["moving"].revision.as_str(), "once");
    assert_eq!(restored.services["school"].revision.as_str(), "once");
    assert_ne!(restored.services["residence"].revision.as_str(), "once");
    let lost = restore(&bytes, "then", &[item(ItemKind::Service, "moving")]).unwrap_err();
    assert_eq!(lost, StoredFault::Lost { kind: ItemKind::Service, id: "moving".into() });
}

#[test]
fn what_is_newer_or_damaged_is_refused_with_its_code() {
    let bytes = pack(&good().source);
    let body =
        |bytes: &[u8]| bytes[bytes.iter().position(|it| *it == b'\n').unwrap() + 1..].to_vec();
    let with = |header: &str| [header.as_bytes(), &body(&bytes)].concat();
    let newer = unpack(&with(&format!("yijianshi-definitions {}\n", FORMAT + 1))).unwrap_err();
    assert_eq!(newer, StoredFault::Newer { format: FORMAT + 1 });
    assert_eq!(newer.code(), "CAT0090");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes/CAT0090.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(&newer.to_string()), "{newer}");
    for damaged in [
        Vec::new(),
        with("yijianshi-definitions 0\n"),
        with("yijianshi-definitions -1\n"),
        with("yijianshi-definitions one\n"),
        with("yijianshi-definitions 1"),
        with("definitions 1\n"),
        with(&format!("yijianshi-definitions {}1\n", "0".repeat(80))),
        bytes[..bytes.len() - 9].to_vec(),
        [b"yijianshi-definitions 1\n".as_slice(), &[0xff; 40]].concat(),
        pack(&StoredSource {
            format: 1,
            files: vec![SourceFile { name: "same".into(), text: String::new() }; 2],
        }),
    ] {
        let fault = unpack(&damaged).unwrap_err();
        assert_eq!(fault.code(), "CAT0091", "{fault}");
    }
}

/// What pressed together is small may be huge: it is refused before it fills the memory.
#[test]
fn a_bomb_is_refused() {
    let text = "#".repeat(17 * 1024 * 1024);
    let bomb = pack(&source(&[("a.toml", &text)]));
    drop(text);
    assert!(bomb.len() < 2 * 1024 * 1024);
    assert_eq!(unpack(&bomb).unwrap_err().code(), "CAT0091");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200), header in any::<bool>()) {
        let header = if header { format!("yijianshi-definitions {FORMAT}\n") } else { String::new() };
        let bytes = [header.as_bytes(), &bytes].concat();
        if let Ok(source) = unpack(&bytes) {
            prop_assert_eq!(unpack(&pack(&source)), Ok(source));
        }
    }

    #[test]
    fn any_files_come_back(files in proptest::collection::btree_map("[a-z/]{1,12}", any::<String>(), 0..6)) {
        let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let kept = source(&files);
        prop_assert_eq!(unpack(&pack(&kept)), Ok(kept));
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// `key value` lines of a fixture's list of names.
fn listed(text: &str) -> (BTreeMap<&str, &str>, Vec<Pinned>) {
    let mut known = BTreeMap::new();
    let mut items = Vec::new();
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            [kind, id, revision] => items.push(Pinned {
                kind: ItemKind::parse(kind).unwrap(),
                id: (*id).into(),
                revision: (*revision).into(),
            }),
            [key, value] => drop(known.insert(*key, *value)),
            _ => panic!("cannot read `{line}`"),
        }
    }
    (known, items)
}

/// At least one folder per format, written by the version that introduced it and never written anew.
#[test]
fn every_format_that_ever_was_is_read() {
    let folders = std::fs::read_dir(fixtures()).unwrap();
    let folders: Vec<PathBuf> = folders.map(|folder| folder.unwrap().path()).collect();
    for format in 1..=FORMAT {
        let name = format!("format-{format}");
        assert!(folders.iter().any(|folder| folder.ends_with(&name)), "no fixture `{name}`");
    }
    for folder in folders {
        let place = folder.display();
        let bytes = std::fs::read(folder.join("sample.definitions")).unwrap();
        let names = std::fs::read_to_string(folder.join("revisions.txt")).unwrap();
        let (known, listed) = listed(&names);
        let restored = restore(&bytes, known["catalogue"], &listed).unwrap();
        assert_eq!(restored.revision.as_ref(), known["catalogue"]);
        assert_eq!(items(&restored), listed, "{place}: nothing lost, nothing more");
        let fields: usize = restored.services.values().map(|service| service.fields.len()).sum();
        assert_eq!(fields.to_string(), known["fields"], "{place}");
        // The hashes are the same as then as long as the hashed form is.
        if known["form"] == FORM {
            let today = compile(&bytes).unwrap();
            let moved =
                "the hashed form has changed: raise `FORM`, so that no two contents share a name";
            assert_eq!(items(&today), listed, "{place}: {moved}");
            assert_eq!(today.revision.as_ref(), known["catalogue"], "{place}: {moved}");
        }
    }
}

/// Writes the fixture of today's format, once per format: `cargo test -p yijianshi-catalogue -- --ignored`.
#[test]
#[ignore = "writes the fixture of a new format"]
fn write_the_fixture_of_a_new_format() {
    let folder = fixtures().join(format!("format-{FORMAT}"));
    assert!(!folder.exists(), "`{}` is never written anew", folder.display());
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let files = super::definitions::files_below(&definitions);
    let catalogue = crate::compile(&files).catalogue.unwrap();
    let fields = catalogue.services.values().map(|service| service.fields.len()).sum::<usize>();
    let mut names = format!("form {FORM}\ncatalogue {}\nfields {fields}\n", catalogue.revision);
    for item in items(&catalogue) {
        names.push_str(&format!("{} {} {}\n", item.kind.as_str(), item.id, item.revision));
    }
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sample.definitions"), pack(&catalogue.source)).unwrap();
    std::fs::write(folder.join("revisions.txt"), names).unwrap();
}
