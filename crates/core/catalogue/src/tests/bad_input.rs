//! Real definitions, damaged as tired people and broken disks damage them; and sizes and depths that nobody
//! writes by hand. There are diagnostics or a catalogue, never a panic, and soon.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;

use super::definitions::files_below;
use crate::{Severity, SourceFile, compile};

/// Far above what it takes, far below what a person waits: without optimisation, beside other tests.
const SOON: Duration = Duration::from_secs(60);

fn sample() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    files_below(&folder)
}

/// One thing that happens to a file.
#[derive(Debug, Clone)]
enum Mishap {
    DropLine(Index),
    RepeatLine(Index),
    SwapLines(Index, Index),
    DropWord(Index),
    RepeatWord(Index),
    SwapWords(Index, Index),
    Cut(Index),
    Put(Index, String),
}

fn mishaps() -> impl Strategy<Value = Vec<(Index, Mishap)>> {
    let at = any::<Index>;
    let mishap = prop_oneof![
        at().prop_map(Mishap::DropLine),
        at().prop_map(Mishap::RepeatLine),
        (at(), at()).prop_map(|(a, b)| Mishap::SwapLines(a, b)),
        at().prop_map(Mishap::DropWord),
        at().prop_map(Mishap::RepeatWord),
        (at(), at()).prop_map(|(a, b)| Mishap::SwapWords(a, b)),
        at().prop_map(Mishap::Cut),
        (at(), any::<String>()).prop_map(|(a, put)| Mishap::Put(a, put)),
    ];
    proptest::collection::vec((at(), mishap), 1..6)
}

fn happen(text: &mut String, mishap: &Mishap) {
    let by_line = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let by_word =
        |text: &str| text.split_inclusive([' ', '"', '=', '.']).map(str::to_owned).collect();
    let mut parts: Vec<String> = match mishap {
        Mishap::DropLine(_) | Mishap::RepeatLine(_) | Mishap::SwapLines(..) => by_line(text),
        _ => by_word(text),
    };
    if parts.is_empty() {
        return;
    }
    match mishap {
        Mishap::DropLine(at) | Mishap::DropWord(at) => drop(parts.remove(at.index(parts.len()))),
        Mishap::RepeatLine(at) | Mishap::RepeatWord(at) => {
            let at = at.index(parts.len());
            parts.insert(at, parts[at].clone());
        }
        Mishap::SwapLines(a, b) | Mishap::SwapWords(a, b) => {
            let (a, b) = (a.index(parts.len()), b.index(parts.len()));
            parts.swap(a, b);
        }
        Mishap::Cut(at) => parts.truncate(at.index(parts.len())),
        Mishap::Put(at, put) => parts.insert(at.index(parts.len()), put.clone()),
    }
    *text = parts.concat();
}

fn judged(files: &[SourceFile]) -> Result<(), TestCaseError> {
    let begun = Instant::now();
    let compiled = compile(files);
    let errors = compiled.diagnostics.iter().any(|it| it.severity == Severity::Error);
    prop_assert_eq!(compiled.catalogue.is_none(), errors);
    prop_assert!(begun.elapsed() < SOON);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_definitions_are_judged(mishaps in mishaps()) {
        let mut files = sample();
        for (file, mishap) in &mishaps {
            let file = file.index(files.len());
            happen(&mut files[file].text, mishap);
        }
        judged(&files)?;
    }

    /// Bytes that are no text reach the compiler with a mark in their place, and it says so.
    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in any::<Index>()) {
        let mut files = sample();
        let at = at.index(files.len());
        let mut whole = files[at].text.clone().into_bytes();
        whole.splice(0..0, bytes);
        files[at].text = String::from_utf8_lossy(&whole).into_owned();
        judged(&files)?;
    }
}

#[test]
fn what_is_not_utf_8_is_pointed_at() {
    let (bytes, _) = ("name = \"甲", ());
    let mut gbk = bytes.as_bytes().to_vec();
    gbk.extend([0xd2, 0xd2, b'"', b'\n']);
    let text = String::from_utf8_lossy(&gbk).into_owned();
    let mut files = vec![SourceFile { name: "gbk.toml".to_owned(), text }];
    files.extend(sample());
    let compiled = compile(&files);
    let found = compiled.diagnostics.iter().find(|found| found.code == "CAT0044").unwrap();
    assert_eq!((found.file.as_str(), found.line, found.column), ("gbk.toml", 1, 10));
    assert!(compiled.catalogue.is_none());
}

fn soon(name: &str, files: &[SourceFile]) {
    let begun = Instant::now();
    let compiled = compile(files);
    assert!(!compiled.diagnostics.is_empty(), "{name}");
    assert!(begun.elapsed() < SOON, "{name}: {:?}", begun.elapsed());
}

#[test]
fn sizes_and_depths_that_nobody_writes_are_judged_soon() {
    let mib = 1024 * 1024;
    let one = |name: &str, text: String| {
        soon(name, &[SourceFile { name: format!("{name}.toml"), text }]);
    };
    one("brackets", "x = ".to_owned() + &"[".repeat(100_000));
    one("tables", "x = ".to_owned() + &"{ a = ".repeat(50_000));
    one("keys", "a.".repeat(50_000) + "a = 1");
    one("sections", format!("[{}x]", "a.".repeat(50_000)));
    let condition = format!("{}true{}", "(".repeat(20_000), ")".repeat(20_000));
    one("condition", super::changed(&[("'child.name != null'", &format!("'{condition}'"))]));
    one("noughts", "\0".repeat(mib));
    one("quotes", "\"".repeat(mib));
    one("comments", "#\n".repeat(5 * mib - 1));
    one("long name", format!("[[service]]\nid = \"{}\"\n", "a".repeat(9 * mib)));
    one("many items", "[[service]]\nid = \"a\"\n".repeat(20_000));
    one("unknown names", {
        let field = "[[service.field]]\nelement = \"home.adress\"\n";
        super::changed(&[("[[service.field]]\nelement = \"home.address\"\n", &field.repeat(3_000))])
    });
    let many: Vec<SourceFile> = (0..5_000)
        .map(|n| SourceFile {
            name: format!("{n}.toml"),
            text: format!("[[topic]]\nid = \"t{n}\"\n"),
        })
        .collect();
    soon("many files", &many);
}
