//! The store suite on both databases, and what only concerns how they are opened.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::Connection as _;
use testkit::store_suite::{self, Place};
use yijianshi_store_sql::{self as store_sql, OpenFault};

#[path = "suite/keys.rs"]
mod keys;

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
    let nowhere = store_sql::open_to_look(place.url()).await.unwrap_err();
    assert!(matches!(nowhere, OpenFault::Connect(_)), "{nowhere}");
    let hub = place.open().await;
    let looking = store_sql::open_to_look(place.url()).await.unwrap();
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
