//! `doctor`: what it says when all is well, when something is to be looked after, and when something is broken.

use std::path::Path;

use crate::node::{Node, end, on, said_to};

fn doctor(data: &Path, more: &[&str]) -> (i32, serde_json::Value, String) {
    let mut command = on(data, &["doctor", "--format", "json"]);
    let (status, said) = end(command.args(more));
    let lines = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    (status, lines, said)
}

/// The lines about one thing, as level and words.
fn about<'a>(lines: &'a serde_json::Value, about: &str) -> Vec<(&'a str, &'a str)> {
    let lines = lines.as_array().unwrap().iter().filter(|line| line["about"] == about);
    lines.map(|line| (line["level"].as_str().unwrap(), line["what"].as_str().unwrap())).collect()
}

#[test]
fn it_looks_at_everything_beside_a_running_hub_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    // Before anything is there: nothing is broken, and nothing is made.
    let empty = data.join("new");
    let (status, lines, said) = doctor(&empty, &[]);
    assert_eq!(status, 1, "{said}");
    assert_eq!(about(&lines, "data")[0].0, "warn");
    assert!(about(&lines, "tables")[0].1.contains("still to be made"), "{said}");
    assert!(!empty.exists(), "it makes nothing");

    let backups = data.join("backups");
    std::fs::create_dir_all(&backups).unwrap();
    std::fs::write(backups.join("today.dump"), "x").unwrap();
    let backup = ("YIJIANSHI_BACKUP_FOLDER", backups.to_str().unwrap().to_owned());
    let node = Node::serve(data);
    let mut command = on(data, &["doctor", "--format", "json"]);
    let (_, said) = end(command.env(backup.0, &backup.1));
    let lines: serde_json::Value = serde_json::from_str(&said).unwrap();
    for well in [
        "settings",
        "definitions",
        "data",
        "files",
        "database",
        "tables",
        "lock",
        "master key",
        "outbox",
        "timers",
        "backup",
    ] {
        let found = about(&lines, well);
        // How much room there is on this disk is not this test's business.
        let is_well = |(level, what): &(&str, &str)| *level == "ok" || what.contains("MiB free");
        assert!(!found.is_empty() && found.iter().all(is_well), "{well}:\n{said}");
    }
    assert!(about(&lines, "lock")[0].1.contains("a hub is running"));
    assert!(about(&lines, "calendar")[0].1.contains("calendars are loaded until"));
    assert!(
        about(&lines, "partners")
            .iter()
            .any(|(level, what)| { *level == "warn" && what.contains("no route to ") })
    );
    for line in lines.as_array().unwrap() {
        assert_eq!(line["level"] == "ok", line.get("cure").is_none(), "{line}");
    }
    assert_eq!(node.get("/ready").0, 200, "the hub did not notice");
    drop(node);

    // Whom supervision tells, as long as nobody holds the post; somebody does, and it is not named any longer.
    let vacant = |word: &str| {
        let (_, lines, _) = doctor(data, &[]);
        let found = about(&lines, "supervision").into_iter().map(|(_, what)| what.to_owned());
        found.filter(|what| what.contains(word)).count()
    };
    assert_eq!((vacant("`unit_head` in"), vacant("`supervision_office`")), (1, 1));
    let add = |words: &[&str]| {
        let mut command = on(data, &["account", "add"]);
        said_to(command.args(words), "a long enough password")
    };
    assert_eq!(add(&["--login", "i", "--role", "inspector"]).0, 0);
    assert_eq!((vacant("`unit_head` in"), vacant("`supervision_office`")), (1, 0));
    let (status, said) = add(&["--login", "h", "--role", "unit-head"]);
    assert!(status != 0 && said.contains("--department ID"), "{said}");
    let (status, said) = add(&["--login", "j", "--role", "inspector", "--area", "99"]);
    assert!(status != 0 && said.contains("six digits"), "{said}");

    let (_, lines, _) = doctor(data, &[]);
    assert_eq!(about(&lines, "rights")[0].0, "ok", "nobody has the lock: it tries to write");
    assert_eq!(about(&lines, "backup")[0].0, "warn", "nobody said where they are");
}

#[test]
fn what_is_broken_ends_with_2_and_no_secret_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    drop(Node::serve(data));
    let key = data.join("master.key");
    let secret = "00112233445566778899aabbccddeeff";
    let partners = format!(
        "[[department]]\nid = \"nobody\"\nbase_url = \"http://127.0.0.1:1\"\nkey_id = \"n\"\nsecret = \"{secret}\"\n"
    );
    std::fs::write(data.join("exchange.toml"), partners).unwrap();
    let other = "ab".repeat(32);
    std::fs::write(&key, &other).unwrap();
    let (status, lines, said) = doctor(data, &[]);
    assert_eq!(status, 2, "{said}");
    assert_eq!(about(&lines, "master key")[0].0, "fail");
    assert_eq!(about(&lines, "route"), [("warn", "`nobody` cannot be reached")]);
    assert!(
        about(&lines, "partners")
            .iter()
            .any(|(_, what)| what.contains("the definitions know no nobody"))
    );
    assert!(about(&lines, "secrets")[0].1.contains("others on this machine can read"), "{said}");
    assert!(!said.contains(secret) && !said.contains(&other), "{said}");

    let (status, text) = end(&mut on(data, &["doctor"]));
    assert_eq!(status, 2);
    assert!(
        text.contains("FAIL  master key") && text.contains("→ copy it from another node"),
        "{text}"
    );
}

#[test]
fn postgres_is_looked_at_with_its_clock_and_rights() {
    let Some(url) = testkit::postgres::fresh_database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    drop(Node::start(&mut on(data, &["serve", "--port", "0", "--database", &url])));
    let (status, lines, said) = doctor(data, &["--database", &url]);
    assert_eq!(status, 1, "{said}");
    for well in ["database", "tables", "rights", "clock", "master key", "outbox", "timers"] {
        assert_eq!(about(&lines, well)[0].0, "ok", "{said}");
    }
    assert!(about(&lines, "durability")[0].1.contains("`synchronous_commit` is on"), "{said}");
    let (level, what) = about(&lines, "replication")[0];
    assert!(level == "warn" && what.contains("commits wait for no standby"), "{said}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(testkit::tables::only_reading(&url));
    let (status, lines, said) = doctor(data, &["--database", &url]);
    assert_eq!(status, 2, "{said}");
    assert_eq!(about(&lines, "rights")[0].0, "fail", "{said}");
}
