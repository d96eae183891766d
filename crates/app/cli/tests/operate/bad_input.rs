//! What can be wrong before a node starts.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::node::{Node, end, on, sample, yijianshi};

/// It ends with 2, says this code, what to do, and nothing of a secret.
fn refused(command: &mut Command, code: &str, parts: &[&str]) -> String {
    let (status, said) = end(command);
    assert_eq!(status, 2, "{said}");
    for part in [code, "what to do: "].iter().chain(parts) {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    said
}

#[test]
fn an_unknown_setting_or_a_wrong_value_stops_every_command_before_it_does_anything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "[store]\ndata = \"data\"\n[web]\nprot = 1\nport = \"x\"\n").unwrap();
    for words in [&["serve"][..], &["work"], &["doctor"], &["migrate"], &["settings", "check"]] {
        let mut command = yijianshi();
        command.args(words).arg("--settings").arg(&file).current_dir(folder.path());
        let parts =
            ["line 4: there is no setting `web.prot`", "line 5: `web.port` is a whole number"];
        refused(&mut command, "SYS0010", &parts);
    }
    assert!(!folder.path().join("data").exists(), "nothing was made");

    let mut command = yijianshi();
    refused(command.args(["serve", "--settings", "/nowhere/settings.toml"]), "SYS0010", &[]);
    let mut command = yijianshi();
    refused(
        command.arg("serve").env("YIJIANSHI_WEB_PORT", "many"),
        "SYS0010",
        &["YIJIANSHI_WEB_PORT"],
    );
    let mut command = yijianshi();
    refused(command.arg("serve"), "SYS0010", &["--data FOLDER"]);
}

#[test]
fn a_database_that_cannot_be_used_is_told_apart_by_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = vec![
        ("mysql://a:hunter2@b/c".to_owned(), "SYS0011", "postgres://USER@HOST/NAME"),
        ("postgres://a:hunter2@127.0.0.1:1/c".to_owned(), "SYS0011", "pg_isready"),
    ];
    let fresh = testkit::postgres::fresh_database();
    if let Some(url) = &fresh {
        let at = |tail: &str| url.rsplit_once('/').unwrap().0.to_owned() + tail;
        wrong.push((at("/none_such"), "SYS0011", "createdb"));
        let stranger = url.replace("postgres@", "stranger:hunter2@");
        wrong.push((stranger, "SYS0011", "does not let this account in"));
    }
    for (url, code, part) in &wrong {
        for words in [&["serve", "--port", "0"][..], &["work"], &["migrate"]] {
            refused(on_database(folder.path(), words, url).as_mut(), code, &[part]);
        }
        let (status, said) = end(&mut on_database(folder.path(), &["doctor"], url));
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(code) && said.contains(part), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    assert!(!folder.path().join("master.key").exists(), "no key was made for it");
}

#[test]
fn an_account_without_rights_and_a_server_that_only_reads_are_told_and_left_as_they_are() {
    let Some(servers) = testkit::servers::Servers::begin() else { return };
    let server = servers.primary("only", "");
    let folder = tempfile::tempdir().unwrap();
    server.ask("CREATE ROLE guest LOGIN PASSWORD 'hunter2'");
    let as_guest = |url: &str| url.replace("postgres@", "guest:hunter2@");
    let commands = [&["serve", "--port", "0"][..], &["work"], &["migrate"]];
    // It may not make tables …
    let empty = server.fresh_database("empty");
    for words in commands {
        let mut command = on_database(folder.path(), words, &as_guest(&empty));
        refused(&mut command, "SYS0012", &["OWNER TO"]);
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.ask_in("empty", tables), "0", "nothing was half done");
    // … nor read those that are there …
    let made = server.fresh_database("made");
    assert_eq!(end(&mut on_database(folder.path(), &["migrate"], &made)).0, 0);
    for words in commands {
        let mut command = on_database(folder.path(), words, &as_guest(&made));
        refused(&mut command, "SYS0012", &["OWNER TO"]);
    }
    // … and a server that only reads takes nobody's.
    server.ask("ALTER DATABASE empty SET default_transaction_read_only = on");
    refused(&mut on_database(folder.path(), &["migrate"], &empty), "SYS0012", &[]);
    assert_eq!(server.ask_in("empty", tables), "0");
    assert!(!folder.path().join("master.key").exists(), "no key was made for it");
}

#[test]
fn of_several_servers_the_primary_is_found_and_none_at_all_is_told() {
    let Some(servers) = testkit::servers::Servers::begin() else { return };
    let primary = servers.primary("first", "");
    let standby = servers.standby("second", &primary);
    let folder = tempfile::tempdir().unwrap();
    // The standby is named first.
    let url = standby.url_or(&primary);
    assert_eq!(end(&mut on_database(folder.path(), &["migrate"], &url)).0, 0);
    let (_, said) = end(&mut on_database(folder.path(), &["doctor"], &standby.url()));
    assert!(said.contains("the server is a standby: it only reads"), "{said}");
    primary.set("synchronous_standby_names", "second");
    let (_, said) = end(&mut on_database(folder.path(), &["doctor"], &url));
    assert!(said.contains("commits wait for 1 of `second`"), "{said}");
    standby.kill();
    primary.wait_for("SELECT count(*) FROM pg_stat_replication", "0");
    let (status, said) = end(&mut on_database(folder.path(), &["doctor"], &primary.url()));
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("none of them is connected: every commit waits"), "{said}");
    primary.kill();
    for words in [&["serve", "--port", "0"][..], &["work"], &["migrate"]] {
        refused(&mut on_database(folder.path(), words, &url), "SYS0011", &["pg_isready"]);
    }
}

fn on_database(data: &Path, words: &[&str], url: &str) -> Box<Command> {
    let mut command = if words.first() == Some(&"migrate") {
        let mut command = yijianshi();
        command.args(words).arg("--data").arg(data);
        command
    } else {
        on(data, words)
    };
    command.arg("--database").arg(url);
    Box::new(command)
}

#[test]
fn a_second_server_on_one_folder_and_one_port_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::serve(folder.path());
    let said =
        refused(&mut on(folder.path(), &["serve", "--port", "0"]), "SYS0015", &["PostgreSQL"]);
    assert!(said.contains("in use by another process (number "), "{said}");
    refused(&mut on(folder.path(), &["work"]), "SYS0015", &[]);

    let port = node.address.rsplit_once(':').unwrap().1.to_owned();
    let other = tempfile::tempdir().unwrap();
    let mut second = on(other.path(), &["serve", "--port", &port]);
    refused(&mut second, "SYS0019", &["ss -ltnp"]);
    assert!(!other.path().join("hub.db").exists(), "nothing was made");
    assert_eq!(node.get("/health").0, 200, "the first one goes on");
}

#[test]
fn another_key_or_none_is_refused_and_no_fresh_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("master.key");
    drop(Node::serve(folder.path()));
    let right = std::fs::read_to_string(&key).unwrap();

    std::fs::write(&key, "ab".repeat(32)).unwrap();
    let serve = || on(folder.path(), &["serve", "--port", "0"]);
    refused(&mut serve(), "SYS0018", &["not the one this database was begun with"]);
    std::fs::remove_file(&key).unwrap();
    refused(&mut serve(), "SYS0018", &["this node has none"]);
    assert!(!key.exists(), "none was made");
    std::fs::write(&key, "short").unwrap();
    refused(&mut serve(), "SYS0018", &["64 hexadecimal digits"]);
    let said = refused(serve().env("YIJIANSHI_MASTER_KEY", "hunter2"), "SYS0018", &[]);
    assert!(said.contains("YIJIANSHI_MASTER_KEY"), "{said}");

    std::fs::write(&key, right).unwrap();
    assert_eq!(Node::serve(folder.path()).get("/ready").0, 200);
}

#[test]
fn partners_that_cannot_be_read_are_told_without_their_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[[department]]\nid = \"tax\"\nbase_url = \"http://t\"\nkey_id = \"t\"\nsecret = \"hunter2\"\n";
    std::fs::write(folder.path().join("exchange.toml"), text).unwrap();
    refused(&mut on(folder.path(), &["serve", "--port", "0"]), "SYS0020", &["key `t`"]);
    assert!(!folder.path().join("hub.db").exists(), "nothing was made");
}

#[test]
fn a_folder_that_cannot_be_written_and_a_full_disk_are_told_and_leave_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    refused(&mut on(&file.join("data"), &["serve", "--port", "0"]), "SYS0017", &["df -h"]);

    // Files end at 64 KiB: the first tables fit, not all of them.
    for limit in ["4", "64", "200"] {
        let data = folder.path().join(format!("full-{limit}"));
        let mut full = Command::new("bash");
        full.args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\"", limit]);
        full.arg(env!("CARGO_BIN_EXE_yijianshi")).args(["serve", "--port", "0", "--data"]);
        full.arg(&data).arg("--definitions").arg(sample());
        refused(&mut full, "SYS0017", &["room"]);
        let node = Node::serve(&data);
        assert_eq!(node.get("/ready").0, 200, "with room it goes on");
    }
}

#[test]
fn secrets_are_made_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    drop(Node::serve(folder.path()));
    let mode = std::fs::metadata(folder.path().join("master.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
