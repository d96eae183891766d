//! `explain NUMBER`: every date of a case, line by line, for an operator, beside a hub that is running. It says what
//! the pages say, changes nothing, and tells nothing of a person.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use casework::{Actor, ActorRole};
use departments::Timing;
use store_port::fresh_id;
use vocabulary::{AccountId, CommandId, Lang, Value};
use worker::Patience;
use yijianshi::applying::complete_draft;
use yijianshi::demo::{Beginning, Town};
use yijianshi::wiring::{Definitions, Hub, HubPlan, SystemClock};

use crate::node::{end, on, sample};

/// What lies in the database's files.
fn bytes(data: &Path) -> Vec<Vec<u8>> {
    let files = ["hub.db", "hub.db-wal"].iter();
    files.map(|name| std::fs::read(data.join(name)).unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_date_of_a_case_is_told_line_by_line_beside_a_running_hub() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let definitions = Definitions::load(Some(&sample())).unwrap().unwrap();
    let town = Town::start(Beginning {
        definitions: &definitions,
        hub_url: &format!("http://{}", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        behaviours: &[],
        timing: Timing::quick(),
        journals: None,
    })
    .await
    .unwrap();
    let hub = Hub::open(HubPlan {
        definitions: &definitions,
        data,
        database: None,
        master_key: [9; 32],
        partners: town.partners.clone(),
        demo: None,
        clock: Arc::new(SystemClock),
        patience: Patience::short(),
        secure_cookies: false,
    })
    .await
    .unwrap();
    let example = hub.app.examples.first().unwrap();
    let owner = AccountId(fresh_id());
    let draft =
        complete_draft(&hub.engine, owner, "somebody", &example.matter, &example.facts).await;
    let applicant = Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
    let command = CommandId(fresh_id());
    let done = hub.engine.submit(applicant, command, draft.unwrap().id, "online").await.unwrap();
    let file = hub.engine.case_file(done.case).await.unwrap().unwrap();
    let number = file.case.application.case_number.to_string();

    // The hub holds the store; whoever explains only reads.
    let before = bytes(data);
    let explain = |more: &[&str]| {
        let mut command = on(data, &["explain", &number]);
        end(command.args(more))
    };
    let (status, told) = explain(&[]);
    assert_eq!(status, 0, "{told}");
    let catalogue = hub.engine.catalogue_of(&file.case).await.unwrap();
    let shown = |lang: &str| {
        let zone = catalogue.jurisdiction.time_zone.clone();
        let today = vocabulary::Instant::now().to_zoned(zone).date();
        let (words, who) = (web::words::Words::load().unwrap(), web::access::Who::visitor());
        let lang = Lang::new(lang);
        let page = web::page::Page::new(lang, words, who, String::new(), false, false, today);
        web::dates::as_text(&catalogue, &page, &file.case)
    };
    assert_eq!(told, shown("en"), "what the pages say");
    let (_, chinese) = explain(&["--lang", "zh"]);
    assert_eq!(chinese, shown("zh"));
    assert_ne!(chinese, told);
    // Every service that has begun has its dates, and every date its lines.
    assert!(told.starts_with(&number), "{told}");
    let (mut dates, mut lines) = (0, 0);
    for line in told.lines().skip(1).filter(|line| !line.is_empty()) {
        match line.trim_start() {
            explained if explained.starts_with("- ") => lines += 1,
            date if line.starts_with("  ") => {
                assert!(dates == 0 || lines > 0, "a date without a line before `{date}`:\n{told}");
                (dates, lines) = (dates + 1, 0);
            }
            _ => {}
        }
    }
    let begun = file.case.services.iter().filter(|it| it.started_at.is_some()).count();
    assert!(dates >= begun && begun > 0 && lines > 0, "{dates} dates of {begun}:\n{told}");
    let (status, json) = explain(&["--format", "json"]);
    assert_eq!(status, 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.is_object() || json.is_array(), "{json}");

    // Nothing of a person, nothing written, and the hub goes on.
    for (slot, fact) in file.facts.iter() {
        if let Value::Text(text) = &fact.value
            && text.chars().count() > 5
        {
            assert!(!told.contains(&**text) || text.contains('-'), "{slot}: {told}");
        }
    }
    assert_eq!(bytes(data), before, "it only looked");
    assert!(hub.engine.case(done.case).await.unwrap().is_some());
    let (status, none) = end(&mut on(data, &["explain", "NO-SUCH-CASE"]));
    assert_eq!((status, none.as_str()), (1, "no case NO-SUCH-CASE\n"));
}
