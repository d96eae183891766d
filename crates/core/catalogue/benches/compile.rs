//! How long the national definitions take to compile, to be pressed together and to be read again.
//!
//! `cargo bench -p yijianshi-catalogue` prints one line of JSON per figure. No assertions: figures are compared side
//! by side, on one machine.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use yijianshi_catalogue::{SourceFile, compile, diff, stored};

const ROUNDS: u32 = 20;

fn files_below(folder: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.ends_with("scenarios") {
            files.extend(files_below(&path));
        } else if path
            .extension()
            .is_some_and(|it| ["toml", "csv", "dmn"].iter().any(|known| it == *known))
        {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push(SourceFile { name: path.display().to_string(), text });
        }
    }
    files
}

/// The median of some rounds, in microseconds.
fn measure<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(work());
            begun.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{{\"bench\":\"{what}\",\"median_us\":{median}}}");
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/cn/national");
    let files = files_below(&folder);
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    println!("{{\"files\":{},\"bytes\":{bytes}}}", files.len());
    measure("compile", || compile(&files));
    let compiled = compile(&files);
    let Some(catalogue) = compiled.catalogue else {
        println!("{{\"errors\":{}}}", compiled.diagnostics.len());
        return;
    };
    let (matters, services) = (catalogue.matters.len(), catalogue.services.len());
    println!("{{\"matters\":{matters},\"services\":{services}}}");
    measure("pack", || stored::pack(&catalogue.source));
    let packed = stored::pack(&catalogue.source);
    println!("{{\"packed_bytes\":{}}}", packed.len());
    measure("restore", || stored::compile(&packed).is_ok());
    measure("diff", || diff::diff(&catalogue, &catalogue));
}
