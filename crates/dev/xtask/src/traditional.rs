//! `cargo xtask traditional`: the interface's words in traditional characters, made from those in simplified
//! ones by OpenCC (`opencc -c s2tw.json`, nothing is fetched). Names of documents and things stay those of the
//! mainland's offices, so phrases are not exchanged; what the converter cannot tell is mended here.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::repository::Repository;

/// Where the words are taken from and put.
const FROM: &str = "locales/zh/";
const TO: &str = "locales/zh-Hant/";

/// What stands above each file that was made.
const HEAD: &str =
    "# 由 locales/zh 轉換而成（cargo xtask traditional）。請改簡體原文，不要改這裡。\n";

/// What the converter gets wrong, after it has run, in this order.
const MENDED: &[(&str, &str)] = &[
    // Its phrases see 并 as 併 where two words only meet, and the other way round.
    ("併", "並"),
    ("一並", "一併"),
    ("合並", "合併"),
    ("並入", "併入"),
    // Clocks.
    ("停鍾", "停鐘"),
    ("停表", "停錶"),
    // One character, one word.
    ("采納", "採納"),
    ("角色臺", "角色台"),
    ("工作臺", "工作台"),
    ("服務檯", "服務台"),
    ("制證", "製證"),
    ("公佈", "公布"),
    ("計劃", "計畫"),
    // Its own name.
    ("簡體中文", "繁體中文"),
    // Quotation marks of traditional typesetting.
    ("“", "「"),
    ("”", "」"),
    ("‘", "『"),
    ("’", "』"),
];

/// Writes every file again; `false` = OpenCC is not here.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let texts = repository.texts()?;
    for file in texts.iter().filter(|file| file.path.starts_with(FROM) && file.is("ftl")) {
        let Some(converted) = converted(&file.text)? else {
            println!("traditional: `opencc` is not here; `{TO}` stays as it is");
            return Ok(false);
        };
        let path = file.path.replacen(FROM, TO, 1);
        let text = format!("{HEAD}{}", mended(&converted));
        ensure!(
            keys(&text) == keys(&file.text),
            "`{path}` would not hold the keys of `{}`",
            file.path
        );
        if texts.iter().any(|old| old.path == path && old.text == text) {
            continue;
        }
        let place = repository.root.join(&path);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("making `{TO}`"))?;
        }
        std::fs::write(&place, text).with_context(|| format!("writing `{path}`"))?;
        println!("traditional: {path}");
    }
    for file in texts.iter().filter(|file| file.path.starts_with(TO) && file.is("ftl")) {
        let from = file.path.replacen(TO, FROM, 1);
        if !texts.iter().any(|one| one.path == from) {
            std::fs::remove_file(repository.root.join(&file.path))
                .with_context(|| format!("removing `{}`", file.path))?;
            println!("traditional: {} is gone", file.path);
        }
    }
    Ok(true)
}

/// What OpenCC makes of a text; `None` when it is not installed.
fn converted(text: &str) -> Result<Option<String>> {
    let started = Command::new("opencc")
        .args(["-c", "s2tw.json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("starting `opencc`"),
    };
    let mut input = child.stdin.take().context("the input of `opencc`")?;
    let text = text.to_owned();
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().context("reading from `opencc`")?;
    ensure!(matches!(writing.join(), Ok(Ok(()))) && output.status.success(), "`opencc` failed");
    Ok(Some(String::from_utf8(output.stdout).context("reading from `opencc`")?))
}

fn mended(text: &str) -> String {
    MENDED.iter().fold(text.to_owned(), |text, (wrong, right)| text.replace(wrong, right))
}

/// Keys and placeables, in their order: what a translation must not touch.
fn keys(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        found.extend(line.split_once(" =").map(|(key, _)| key));
        found.extend(line.split('{').skip(1).filter_map(|piece| piece.split('}').next()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_converter_gets_wrong_is_mended() {
        for (converted, right) in [
            (
                "提交併同時申報，一併辦理，補正合並，併入",
                "提交並同時申報，一併辦理，補正合併，併入",
            ),
            ("這一項停鍾", "這一項停鐘"),
            ("“我的辦件”裡", "「我的辦件」裡"),
            ("own-name = 簡體中文", "own-name = 繁體中文"),
        ] {
            assert_eq!(mended(converted), right);
        }
    }

    #[test]
    fn keys_and_placeables_are_what_must_stay() {
        let (before, after) = ("# 甲\na-b = { $n } 个{ x }\n", "a-b = { $n } 個{ x }\n");
        assert_eq!(keys(before), ["a-b", " $n ", " x "]);
        assert_eq!(keys(before), keys(after));
        assert_ne!(keys(before), keys("a-b = { $m } 個{ x }\n"));
    }
}
