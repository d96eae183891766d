//! The store suite on both databases, and what only concerns how they are opened.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::Connection as _;
use testkit::store_suite::{self, Place};
use yijianshi_store_sql::{self as store_sql, Obstacle, OpenFault, Tables};

#[path = "suite/keys.rs"]
mod keys;
#[path = "suite/plans.rs"]
mod plans;

macro_rules! on_both {
    ($($name:ident,)*) => {
        mod on_sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                store_suite::$name(&Place::sqlite()).await;
            })*
        }
        mod on_postgres {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                if let Some(place) = Place::postgres() {
                    store_suite::$name(&place).await;
                }
            })*
        }
    };
}

testkit::for_each_store_test!(on_both);

/// Table, column, may it be null.
type Columns = BTreeSet<(String, String, bool)>;

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = Place::postgres() else { return };
    drop(postgres.open().await);
    let mut connection = sqlx::PgConnection::connect(postgres.url()).await.unwrap();
    let on_postgres: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, is_nullable = 'YES' \
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();

    let sqlite = Place::sqlite();
    drop(sqlite.open().await);
    let mut connection = sqlx::SqliteConnection::connect(sqlite.url()).await.unwrap();
    let on_sqlite: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT m.name, c.name, c.\"notnull\" = 0 FROM sqlite_schema m \
         JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();

    // The migrator's own table is its own business.
    let ours = |columns: Vec<(String, String, bool)>| -> Columns {
        columns.into_iter().filter(|(table, ..)| table != "_sqlx_migrations").collect()
    };
    let (on_postgres, on_sqlite) = (ours(on_postgres), ours(on_sqlite));
    assert!(on_postgres.iter().any(|(table, ..)| table == "case_events"));
    assert_eq!(on_postgres, on_sqlite);
}

/// Every migration exists for both, is named as agreed, and begins with why.
#[test]
fn migrations_come_in_pairs_and_say_why() {
    let names = |backend: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
        std::fs::read_dir(folder)
            .unwrap()
            .map(|file| {
                let file = file.unwrap();
                let text = std::fs::read_to_string(file.path()).unwrap();
                assert!(text.starts_with("-- Why: "), "{:?} says why", file.path());
                file.file_name().into_string().unwrap()
            })
            .collect()
    };
    let postgres = names("postgres");
    assert_eq!(postgres, names("sqlite"));
    for name in postgres {
        let (stamp, words) = name.split_once('_').unwrap();
        assert!(stamp.len() == 14 && stamp.bytes().all(|b| b.is_ascii_digit()), "{name}");
        assert!(words.ends_with(".sql") && words.contains('_'), "{name}: verb and noun");
    }
}

#[tokio::test]
async fn an_embedded_store_is_opened_by_one_process_at_a_time() {
    let place = Place::sqlite();
    let store = place.open().await;
    let refused = store_sql::open(place.url()).await.unwrap_err();
    assert!(
        matches!(refused, OpenFault::InUse { pid: Some(pid), .. } if pid == std::process::id())
    );
    assert!(refused.to_string().contains("is in use by another process"), "{refused}");
    drop(store);
    drop(place.open().await);
}

#[tokio::test]
async fn whoever_only_looks_looks_beside_a_hub_and_writes_nothing() {
    let place = Place::sqlite();
    let nowhere = store_sql::open_as(place.url(), Tables::Look).await.unwrap_err();
    assert_eq!(nowhere.obstacle(), Obstacle::Older, "{nowhere}");
    let hub = place.open().await;
    let looking = store_sql::open_as(place.url(), Tables::Look).await.unwrap();
    assert!(looking.find_case_by_number("51010020260302ABCDEFGHJKM").await.unwrap().is_none());
    let at = "2026-03-02T02:00:00Z".parse().unwrap();
    assert!(hub.remember("key", "nonce", at, at).await.unwrap());
    assert!(looking.remember("key", "another", at, at).await.is_err());
}

#[tokio::test]
async fn addresses_that_name_no_store_are_refused() {
    for (url, told) in [
        ("mysql://localhost/hub", "must begin with `sqlite://` or `postgres://`"),
        ("sqlite::memory:", "needs a file"),
        ("sqlite://hub.db?mode=memory", "needs a file"),
        ("postgres://nobody@127.0.0.1:1/none", "connecting to the database"),
    ] {
        let refused = store_sql::open(url).await.unwrap_err();
        assert!(refused.to_string().contains(told), "{url}: {refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let url = format!("sqlite://{}/file/hub.db", folder.path().display());
    let refused = store_sql::open(&url).await.unwrap_err();
    assert!(matches!(refused, OpenFault::Folder { .. }), "{refused}");
}

#[tokio::test]
async fn tables_are_looked_at_migrated_when_asked_and_never_taken_for_known() {
    for place in [Some(Place::sqlite()), Place::postgres()].into_iter().flatten() {
        let url = place.url();
        let all = store_sql::schema_state(url).await.unwrap();
        assert!(all.made.is_empty() && all.pending.len() >= 13, "{all:?}");
        for tables in [Tables::Require, Tables::Look] {
            let refused = store_sql::open_as(url, tables).await.unwrap_err();
            assert_eq!(refused.obstacle(), Obstacle::Older, "{refused}");
        }
        assert_eq!(store_sql::schema_state(url).await.unwrap(), all, "looking changes nothing");

        // Two at once: one makes it, the other waits (or is told that the file is in use).
        let both = tokio::join!(store_sql::migrate(url), store_sql::migrate(url));
        for done in [both.0, both.1] {
            match done {
                Ok(before) => assert!(before.newer.is_empty()),
                Err(fault) => assert_eq!(fault.obstacle(), Obstacle::InUse, "{fault}"),
            }
        }
        let made = store_sql::schema_state(url).await.unwrap();
        assert!(made.pending.is_empty() && made.made == all.pending, "{made:?}");
        let open = store_sql::open_as(url, Tables::Require).await.unwrap();
        let beside = store_sql::open_as(url, Tables::Look).await.unwrap();
        assert_eq!(beside.owed().await.unwrap(), []);
        assert!(beside.try_writing().await.is_err(), "who only looks cannot write");
        open.try_writing().await.unwrap();
        drop((open, beside));

        testkit::tables::later_version(url).await;
        for tables in [Tables::Migrate, Tables::Require, Tables::Look] {
            let refused = store_sql::open_as(url, tables).await.unwrap_err();
            assert_eq!(refused.obstacle(), Obstacle::Newer, "{refused}");
        }
        assert_eq!(store_sql::schema_state(url).await.unwrap().newer, [testkit::tables::LATER]);
    }
}

#[tokio::test]
async fn what_keeps_a_store_from_being_opened_is_told_apart() {
    let mut cases = vec![
        ("mysql://localhost/hub".to_owned(), Obstacle::Address),
        ("postgres://nobody@127.0.0.1:1/none".to_owned(), Obstacle::Unreachable),
    ];
    if let Some(place) = Place::postgres() {
        let at = |tail: &str| place.url().rsplit_once('/').unwrap().0.to_owned() + tail;
        cases.push((at("/no_such_database"), Obstacle::NoDatabase));
        let unknown = at("/postgres").replace("postgres@", "stranger@");
        cases.push((unknown, Obstacle::SignIn));

        let mut connection = sqlx::PgConnection::connect(place.url()).await.unwrap();
        let account = "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN";
        sqlx::raw_sql(account).execute(&mut connection).await.unwrap();
        cases.push((place.url().replace("postgres@", "guest@"), Obstacle::Rights));
        for (url, obstacle) in cases {
            let refused = store_sql::open(&url).await.unwrap_err();
            assert_eq!(refused.obstacle(), obstacle, "{url}: {refused:?}");
        }
        let state = store_sql::schema_state(place.url()).await.unwrap();
        assert!(state.made.is_empty(), "nothing was begun");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.db");
    std::fs::write(&file, "this is a letter, not a database; it is long enough to be looked at")
        .unwrap();
    let refused = store_sql::open(&format!("sqlite://{}", file.display())).await.unwrap_err();
    assert_eq!(refused.obstacle(), Obstacle::Folder, "{refused:?}");
}
