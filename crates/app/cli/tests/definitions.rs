//! The subcommands for designers, run as they are typed: check, plan, scenarios, explain.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in the repository's root.
fn yijianshi(args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_yijianshi"))
        .args(args)
        .current_dir(repository())
        .output()
        .expect("the program runs");
    Ran {
        code: output.status.code().expect("the program ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// A copy of the sample in which `from`, which stands in `file` exactly once, is replaced.
fn changed_sample(file: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    std::fs::create_dir(folder.path().join("tables")).unwrap();
    for name in [
        "base.toml",
        "matters.toml",
        "services.toml",
        "scenarios/tea-stall.toml",
        "tables/stall-class.2020.csv",
        "tables/stall-class.2026.dmn",
    ] {
        let mut text =
            std::fs::read_to_string(repository().join("definitions/sample").join(name)).unwrap();
        if name == file {
            assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once");
            text = text.replace(from, to);
        }
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

#[test]
fn check_finds_nothing_in_good_definitions() {
    let ran = yijianshi(&["check", "definitions"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.ends_with(" scenario tests; 0 errors, 0 warnings\n"), "{}", ran.out);
}

#[test]
fn check_shows_place_message_and_hint() {
    let folder =
        changed_sample("matters.toml", "service = \"water-test\"", "service = \"water-tset\"");
    let ran = yijianshi(&["check", path(&folder)]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    let place = format!("{}/matters.toml:", path(&folder));
    let first = lines.iter().position(|line| line.contains(&place)).unwrap();
    assert!(lines[first].starts_with("CAT0"), "{}", ran.out);
    assert!(lines[first].contains(" error    "), "{}", ran.out);
    assert!(lines[first + 1].contains("`water-tset`"), "{}", ran.out);
    assert!(lines[first + 2].contains("hint: did you mean `water-test`?"), "{}", ran.out);
    let json = yijianshi(&["check", path(&folder), "--format", "json"]);
    assert_eq!(json.code, 1);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let errors = json["findings"].as_array().unwrap().iter().filter(|it| it["severity"] == "error");
    assert_eq!(json["errors"], errors.count());
}

#[test]
fn check_reads_networks_of_outlets() {
    let ran = yijianshi(&["check", "definitions/demo-city"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains(" outlets\n"), "{}", ran.out);

    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(repository().join("definitions/demo-city")).unwrap() {
        let entry = entry.unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let text = text.replace("matter = \"restaurant-opening\"", "matter = \"restaurant\"");
        std::fs::write(folder.path().join(entry.file_name()), text).unwrap();
    }
    let ran = yijianshi(&["check", path(&folder)]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let place = format!("NET0006 error    {}/doorplates.toml:", path(&folder));
    assert!(ran.out.starts_with(&place), "{}", ran.out);
    // Of other definitions it is all wrong.
    let ran = yijianshi(&[
        "check",
        "definitions/demo-city",
        "--definitions",
        "definitions/sample",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &json["networks"]), (1, &serde_json::json!(1)));
    assert!(json["errors"].as_u64().unwrap() > 100);
}

#[test]
fn a_folder_that_is_not_there_is_a_fault() {
    for command in ["check", "scenarios"] {
        let ran = yijianshi(&[command, "no-such-folder"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert_eq!(ran.err, "fault: SYS0006: no folder `no-such-folder`\n");
    }
}

#[test]
fn scenarios_pass() {
    let ran = yijianshi(&["scenarios", "definitions"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with(" passed, 0 failed\n"), "{}", ran.out);
    let only = yijianshi(&["scenarios", "definitions/sample/scenarios"]);
    assert_eq!(only.code, 0, "a folder inside a jurisdiction: {}{}", only.out, only.err);
    assert!(
        only.out.ends_with(" passed, 0 failed\n") && only.out.lines().count() > 4,
        "{}",
        only.out
    );
}

#[test]
fn a_scenario_that_fails_says_how() {
    let folder = changed_sample(
        "services.toml",
        "visits = 1\nchannels = [\"window\"]",
        "visits = 2\nchannels = [\"window\"]",
    );
    let scenarios = folder.path().join("scenarios/tea-stall.toml");
    let text = std::fs::read_to_string(&scenarios).unwrap();
    let text = text.replacen("[scenario.expect]", "[scenario.expect]\nvisits = 1", 1);
    std::fs::write(&scenarios, text).unwrap();
    let ran = yijianshi(&["scenarios", path(&folder)]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[1].starts_with("resident-in-the-market") && lines[1].ends_with("FAILED"));
    assert_eq!(lines[2], "    visits: expected 1, got 2");
    assert!(lines.last().unwrap().ends_with(" passed, 1 failed"), "{}", ran.out);
}

const SAMPLE_PLAN: [&str; 6] = [
    "plan",
    "open-a-tea-stall",
    "--answers",
    "crates/app/cli/tests/samples/tea-stall.toml",
    "--definitions",
    "definitions/sample",
];

#[test]
fn a_plan_as_a_page() {
    for lang in ["en", "zh"] {
        let ran = yijianshi(&[SAMPLE_PLAN.as_slice(), &["--lang", lang]].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let file = repository().join(format!("crates/app/cli/tests/samples/tea-stall.{lang}.txt"));
        let expected = std::fs::read_to_string(&file).unwrap();
        // The last line names the plan by its hash, which the revisions of the definitions are part of.
        let (page, hash) = ran.out.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(page.trim_end(), expected.trim_end(), "{}", file.display());
        assert_eq!(hash.split(' ').next_back().unwrap().len(), 64);
    }
}

/// All scenarios of the sample in words; the covering set that it writes passes as scenario tests.
#[test]
fn prove_counts_saves_and_covers() {
    let folder = changed_sample("none", "", "");
    let tests = folder.path().join("scenarios/covering.toml");
    let args =
        ["prove", "open-a-tea-stall", "--definitions", path(&folder), "--as-of", "2026-09-04"];
    let write = ["--write-scenarios", tests.to_str().unwrap()];
    let ran = yijianshi(&[args.as_slice(), &write].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[1].starts_with("576 scenarios, 162 different plans, proved in "), "{}", ran.out);
    assert!(ran.out.contains("PRF0003 note     question water"), "{}", ran.out);
    assert_eq!(lines.last(), Some(&"0 errors, 0 warnings, 1 notes"), "{}", ran.out);
    let ran = yijianshi(&["scenarios", path(&folder)]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("open-a-tea-stall-covering-01"), "{}", ran.out);
}

#[test]
fn prove_ends_with_one_when_somebody_is_stuck() {
    let folder = changed_sample(
        "services.toml",
        r#"{ type = "water-report", ways = ["output", "upload"], soft = true, when = 'water.tested = false',"#,
        r#"{ type = "water-report", ways = ["output"],"#,
    );
    let args =
        ["prove", "open-a-tea-stall", "--definitions", path(&folder), "--as-of", "2026-09-04"];
    let ran = yijianshi(&[args.as_slice(), &["--format", "json"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.out);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let finding = &found["matters"][0]["findings"][0];
    assert_eq!((&finding["code"], &finding["severity"]), (&"PRF0006".into(), &"error".into()));
    assert_eq!(finding["case"], "Water tested before: yes", "{finding}");
}

#[test]
fn a_plan_as_json_is_the_same_bytes_every_time() {
    let args = [SAMPLE_PLAN.as_slice(), &["--format", "json"]].concat();
    let (first, second) = (yijianshi(&args), yijianshi(&args));
    assert_eq!(first.code, 0);
    assert_eq!(first.out, second.out);
    let plan: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(plan["as_of"], "2026-09-04");
    let later = yijianshi(&[args.as_slice(), &["--now", "2026-09-11T08:00"]].concat());
    let plan: serde_json::Value = serde_json::from_str(&later.out).unwrap();
    assert_eq!(plan["as_of"], "2026-09-11", "--now goes before the file's own");
}

#[test]
fn the_program_brings_the_real_matters() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.json");
    std::fs::write(&file, r#"{ "as_of": "2026-11-23", "groups": { "child": ["c1"] } }"#).unwrap();
    let ran = yijianshi(&["plan", "newborn", "--answers", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.starts_with("孩子出生了 · 新生儿出生“一件事”\n"), "{}", ran.out);
    let ran = yijianshi(&["plan", "newbor", "--answers", file.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("fault: no matter `newbor`; there are "), "{}", ran.err);
}

#[test]
fn malformed_answers_are_told_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.toml");
    let text = "as_of = \"2026-11-23\"\n[groups]\nchild = [\"c1\"]\n[answers]\n\"mother.citizen_id\" = \"110101199405060001\"\n\"child.birth_date~c1\" = \"2026-13-01\"\n\"mother.nmae\" = \"x\"\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let ran = yijianshi(&["plan", "newborn", "--answers", file]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for code in ["ANS0005", "ANS0010", "ANS0021"] {
        assert!(ran.out.contains(&format!("{code} error  answers.")), "{}", ran.out);
    }
    assert!(ran.out.contains("hint: did you mean `mother.name`?"), "{}", ran.out);
    assert!(ran.out.ends_with("3 findings; `yijianshi explain CODE` says more\n"), "{}", ran.out);
    let json = yijianshi(&["plan", "newborn", "--answers", file, "--format", "json"]);
    assert_eq!(json.code, 1);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 3);
    let ran = yijianshi(&["plan", "newborn", "--answers", "no-such-file"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("fault: reading the answers `no-such-file`"), "{}", ran.err);
}

#[test]
fn every_page_on_a_code_can_be_read() {
    let pages = std::fs::read_dir(repository().join("docs/codes")).unwrap();
    let mut read = 0;
    for page in pages {
        let name = page.unwrap().file_name().into_string().unwrap();
        let Some(code) = name.strip_suffix(".md").filter(|code| *code != "README") else {
            continue;
        };
        let ran = yijianshi(&["explain", &code.to_lowercase()]);
        assert_eq!(ran.code, 0, "{code}: {}", ran.err);
        assert!(ran.out.starts_with(&format!("# {code}")), "{}", ran.out);
        read += 1;
    }
    assert!(read > 20, "{read} pages");
    let ran = yijianshi(&["explain", "ANS9999"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("no code `ANS9999`; known are ANS0001, "), "{}", ran.out);
}

/// A longer promise, a register that is not asked any more, and a text.
fn stricter_sample() -> tempfile::TempDir {
    let folder = changed_sample(
        "services.toml",
        r#"ways = ["source", "upload"], reason = { en = "To know who you are""#,
        r#"ways = ["upload"], reason = { en = "To know who we serve""#,
    );
    let file = folder.path().join("services.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let promise = r#"promised = { count = "3", unit = "working_day" }"#;
    assert_eq!(text.matches(promise).count(), 1);
    std::fs::write(&file, text.replace(promise, &promise.replace('3', "5"))).unwrap();
    folder
}

#[test]
fn a_difference_is_told_in_words_and_for_whom() {
    let after = stricter_sample();
    let sides = ["diff", "definitions/sample", path(&after)];
    let ran = yijianshi(&[sides.as_slice(), &["--lang", "zh"]].concat());
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for line in [
        "\n事项“摊位许可”（stall-permit）\n",
        "\n  ▲ 材料的提供方式“摊主身份证”：数据共享、上传 → 上传\n",
        "\n  ▲ 承诺时限：3 个工作日 → 5 个工作日\n",
        "\n  · 文字改动 1 处\n",
        "  ▲ 本地居民，一位帮手，室内市场：材料 0 → 1（＋摊主身份证），工作日 3 → 5，跑动 1 → 1",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let back = yijianshi(&["diff", path(&after), "definitions/sample", "--lang", "en"]);
    assert_eq!(back.code, 1);
    assert!(
        back.out.contains("\n  ▽ promised period: 5 working days → 3 working days\n"),
        "{}",
        back.out
    );
    let json = yijianshi(&[sides.as_slice(), &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["differs"], &json["asks_more"]), (&true.into(), &true.into()));
    assert_eq!(json["definitions"]["items"][0]["changes"][0]["what"], "ways");
    assert_eq!(json["people"][0]["materials"]["more"].as_array().unwrap().len(), 1);

    let same = yijianshi(&["diff", "definitions/sample", "definitions/sample", "--lang", "en"]);
    assert_eq!((same.code, same.out.as_str()), (0, "Nothing differs.\n"));
    let neither = yijianshi(&["diff", "definitions/sample", "no-such-folder"]);
    assert_eq!(neither.code, 2);
    assert!(
        neither.err.starts_with("fault: `no-such-folder` is neither a folder nor"),
        "{}",
        neither.err
    );
}

/// What a hub has kept can be compared with a folder, by its revision.
#[test]
fn a_kept_revision_is_a_side_too() {
    let sample = repository().join("definitions/sample");
    let kept = yijianshi::wiring::Definitions::load(Some(&sample)).unwrap().unwrap().catalogue;
    let data = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", data.path().join("hub.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = store_sql::open(&url).await.unwrap();
        let row = store_port::DefinitionsRow {
            catalogue: kept.revision.to_string(),
            format: kept.source.format,
            first_used_at: vocabulary::Instant::from_second(1_772_413_200).unwrap(),
            source: catalogue::stored::pack(&kept.source),
            items: Vec::new(),
        };
        assert!(store.put_definitions(&row).await.unwrap());
    });
    let (after, data) = (stricter_sample(), data.path().to_str().unwrap());
    let ran = yijianshi(&["diff", &kept.revision, path(&after), "--data", data, "--lang", "zh"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("▲ 承诺时限：3 个工作日 → 5 个工作日"), "{}", ran.out);
    assert!(
        ran.out.contains("材料 0 → 1（＋摊主身份证）"),
        "the other side's scenarios: {}",
        ran.out
    );
    let unknown = yijianshi(&["diff", "0123456789abcdef", path(&after), "--data", data]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains(&format!("are kept; there are {} (", kept.revision)),
        "{}",
        unknown.err
    );
}

#[test]
fn a_code_is_explained_in_chinese_and_a_slip_is_understood() {
    let ran = yijianshi(&["explain", "cat0023", "--lang", "zh"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("# CAT0023\n\n承诺时限比法定时限长。"), "{}", ran.out);
    assert!(ran.out.contains("\n## 示例\n\n```diff\n"), "{}", ran.out);
    assert!(!ran.out.contains("## Cause"), "{}", ran.out);
    let ran = yijianshi(&["explain", "CAT023"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("no code `CAT023`; "), "{}", ran.out);
    let ran = yijianshi(&["explain", "CAX0023"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "no code `CAX0023`; did you mean CAT0023?\n"));
}

/// A link that leads back up is not followed; what cannot be read is a fault with its code; what is no text is
/// a finding.
#[cfg(unix)]
#[test]
fn links_unreadable_files_and_other_encodings_are_told() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = changed_sample("base.toml", "[jurisdiction]", "[jurisdiction]");
    symlink(folder.path(), folder.path().join("again")).unwrap();
    let ran = yijianshi(&["check", path(&folder)]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);

    let file = folder.path().join("other.toml");
    std::fs::write(&file, b"# \xd2\xd2\n").unwrap();
    let ran = yijianshi(&["check", path(&folder)]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with("CAT0044 error ") && ran.out.contains("other.toml:1:3\n"),
        "{}",
        ran.out
    );

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything reads this too.
    if std::fs::read(&file).is_err() {
        let ran = yijianshi(&["check", path(&folder)]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with("fault: SYS0006: reading `"), "{}", ran.err);
    }
}
