//! What settings are read from, and what is said when they are wrong.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read_with(text: &str, pairs: &[(&str, &str)]) -> Result<Settings> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    read(Some(&path), &environment(pairs))
}

fn told(text: &str, pairs: &[(&str, &str)]) -> String {
    format!("{:#}", read_with(text, pairs).unwrap_err())
}

/// `UPDATE=1 cargo test -p yijianshi settings` writes the file anew.
#[test]
fn the_schema_in_the_documents_is_current() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/schema/settings.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, json_schema()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written == json_schema(), "run the tests with UPDATE=1 to write the schema anew");
}

#[test]
fn every_section_and_setting_says_what_it_is() {
    let schema = schema();
    for section in check::names(&schema) {
        let within = check::member(&schema, section).unwrap();
        assert!(check::is_section(within), "{section}");
        for name in check::names(within) {
            let setting = check::member(within, name).unwrap();
            let meaning = setting["description"].as_str().unwrap_or_default();
            assert!(meaning.len() > 20, "{section}.{name} says what it is");
            assert!(setting.get("default").is_some(), "{section}.{name} has a default");
        }
    }
}

/// The example is what the guide tells people to begin with, and it names every setting there is.
#[test]
fn the_example_is_right_and_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/operate/settings.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    read(Some(&path), &BTreeMap::new()).unwrap();
    // What is commented out would be right as well.
    fn setting(line: &str) -> Option<&str> {
        let (name, _) = line.strip_prefix('#')?.split_once(" = ")?;
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| line.trim_start_matches('#'))
    }
    let whole: Vec<&str> = text.lines().map(|line| setting(line).unwrap_or(line)).collect();
    let whole: toml::Table = toml::from_str(&whole.join("\n")).unwrap();
    let settings: Settings = whole.clone().try_into().unwrap();
    assert!(settings.metrics.token.is_some());
    let schema = schema();
    for section in check::names(&schema) {
        for name in check::names(check::member(&schema, section).unwrap()) {
            let there = whole.get(section).and_then(|within| within.get(name));
            assert!(there.is_some(), "the example does not know `{section}.{name}`");
        }
    }
}

#[test]
fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
    let text = "[web]\nport = 9000\nhost = \"0.0.0.0\"\n[log]\nformat = \"json\"\n";
    let pairs = [
        ("YIJIANSHI_WEB_PORT", "9001"),
        ("YIJIANSHI_STORE_MIGRATE", "false"),
        ("YIJIANSHI_STORE_DATABASE", "postgres://hub:hunter2@db/hub"),
        ("YIJIANSHI_MASTER_KEY", "not a setting of a section"),
        ("YIJIANSHI_SEED", "7"),
        ("HOME", "/"),
    ];
    let settings = read_with(text, &pairs).unwrap();
    assert_eq!(settings.web.port, 9001);
    assert_eq!(settings.web.host.to_string(), "0.0.0.0");
    assert_eq!(settings.log.format, LogFormat::Json);
    assert!(!settings.store.migrate);
    assert!(settings.work.beside_pages);
    assert_eq!(settings.database().unwrap().reveal(), "postgres://hub:hunter2@db/hub");
    let shown = format!("{settings:?}{}", toml::to_string(&settings).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(settings.patience(), Patience::default());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_line_and_what_would_be_right() {
    let text = "[web]\nprot = 9000\nport = \"eighty\"\n\n[log]\nformat = \"xml\"\n[stroe]\n";
    let said = told(text, &[("YIJIANSHI_WORK_LEASE_S", "3"), ("YIJIANSHI_WEB_PROT", "1")]);
    for part in [
        "SYS0010",
        "line 2: there is no setting `web.prot`. Did you mean `port`?",
        "line 3: `web.port` is a whole number from 0 to 65535, and here is text.",
        "line 6: `log.format` is \"text\" or \"json\", and here is another word.",
        "line 7: there is no setting `stroe`. Did you mean `store`?",
        "environment: `YIJIANSHI_WORK_LEASE_S`: `work.lease_s` is a whole number from 15 to 3600",
        "environment: `YIJIANSHI_WEB_PROT` is no setting. Did you mean `YIJIANSHI_WEB_PORT`?",
        "nothing has been done",
    ] {
        assert!(said.contains(part), "{part}\n--\n{said}");
    }
    for (text, part) in [
        ("web = 3", "line 1: `web` is a section: write `[web]`"),
        ("[web]\nhost = \"localhost\"", "line 2: `web.host` is an IP address"),
        (
            "[web]\nplain_http = \"no\"",
            "line 2: `web.plain_http` is `true` or `false`, and here is text",
        ),
        ("[web]\nport = 70000", "here is a number outside of that"),
        ("[web\nport = 1", "line 1: this is not TOML"),
        ("[store]\ndata = \"\"", "line 2: `store.data` is text"),
        ("[metrics]\nport = 1\nhost = \"0.0.0.0\"", "figures would be open to everyone"),
        ("[metrics]\ntoken = \"short\"", "shorter than 16 characters"),
        (
            "[work]\nfirst_pause_s = 90",
            "`work.first_pause_s` is larger than `work.longest_pause_s`",
        ),
    ] {
        let said = told(text, &[]);
        assert!(said.contains(part), "{part}\n--\n{said}");
    }
}

#[test]
fn no_message_repeats_a_secret() {
    for text in [
        "[store]\ndatabase = 5\ndatabse = \"postgres://hub:hunter2@db/hub\"",
        "[metrics]\ntoken = \"hunter2\"",
        "[store]\ndatabase = \"postgres://hub:hunter2@db/hub",
    ] {
        let said = told(text, &[]);
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn the_database_is_named_once() {
    let both = "[store]\ndatabase = \"postgres://a/b\"\ndatabase_file = \"/f\"";
    let said = format!("{:?}", read_with(both, &[]).unwrap().database().unwrap_err());
    assert!(said.contains("named twice"), "{said}");
    let none = read_with("", &[]).unwrap();
    assert!(format!("{:?}", none.database().unwrap_err()).contains("--data FOLDER"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("address");
    std::fs::write(&file, "postgres://from/file\n").unwrap();
    let text = format!("[store]\ndatabase_file = \"{}\"", file.display());
    let settings = read_with(&text, &[]).unwrap();
    assert_eq!(settings.database().unwrap().reveal(), "postgres://from/file");
}
