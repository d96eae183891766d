//! `migrate`, and what nodes do with tables of another version.

use std::path::Path;

use crate::node::{Node, end, on, yijianshi};

fn migrate(data: &Path, url: Option<&str>, more: &[&str]) -> (i32, String) {
    let mut command = yijianshi();
    command.arg("migrate").arg("--data").arg(data).args(more);
    if let Some(url) = url {
        command.arg("--database").arg(url);
    }
    end(&mut command)
}

#[test]
fn tables_are_brought_up_to_date_when_asked_and_only_then() {
    for url in [None, Some(testkit::postgres::fresh_database())] {
        let url = match url {
            None => None,
            Some(None) => continue,
            Some(Some(url)) => Some(url),
        };
        let url = url.as_deref();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (status, said) = migrate(&data, url, &["--check"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("20261122000000 create cases"), "{said}");
        assert!(!data.exists(), "a check makes nothing");

        let serve = |more: &[&str]| {
            let mut command = on(&data, &["serve", "--port", "0"]);
            command.args(more).env("YIJIANSHI_STORE_MIGRATE", "false");
            if let Some(url) = url {
                command.arg("--database").arg(url);
            }
            command
        };
        let (status, said) = end(&mut serve(&[]));
        assert_eq!(status, 2, "{said}");
        assert!(said.contains("SYS0014") && said.contains("yijianshi migrate --check"), "{said}");

        // Several at once: all end well, or are told that another has the file.
        let together: Vec<_> = (0..3)
            .map(|_| {
                let (data, url) = (data.clone(), url.map(str::to_owned));
                std::thread::spawn(move || migrate(&data, url.as_deref(), &[]))
            })
            .collect();
        let ended: Vec<_> = together.into_iter().map(|one| one.join().unwrap()).collect();
        for (status, said) in &ended {
            assert!(*status == 0 || (url.is_none() && said.contains("SYS0015")), "{said}");
        }
        assert!(ended.iter().any(|(status, _)| *status == 0), "{ended:?}");

        let (status, said) = migrate(&data, url, &["--check", "--format", "json"]);
        assert_eq!(status, 0, "{said}");
        let told: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(told["migrations"], serde_json::json!([]));
        assert!(told["made_before"].as_u64().unwrap() >= 13);
        assert_eq!(Node::start(&mut serve(&[])).get("/ready").0, 200);

        later_version(&data, url);
        for command in [&mut serve(&[]), &mut serve(&["--no-work"])] {
            let (status, said) = end(command);
            assert_eq!(status, 2, "{said}");
            assert!(said.contains("SYS0013") && said.contains("newer version"), "{said}");
        }
        for more in [&["--check"][..], &[]] {
            let (status, said) = migrate(&data, url, more);
            assert_eq!(status, 2, "{said}");
            assert!(said.contains("SYS0013"), "{said}");
        }
    }
}

/// A later version of the program has been at the database.
fn later_version(data: &Path, url: Option<&str>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let own = format!("sqlite://{}", data.join("hub.db").display());
    runtime.block_on(testkit::tables::later_version(url.unwrap_or(&own)));
}
