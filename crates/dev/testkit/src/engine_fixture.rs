//! A whole engine in a throw-away folder: a clock that the test moves, sources that answer from a table, the
//! real store, the real file store.
//!
//! Sleeps never and reaches no network. It knows no matter: the catalogue comes from the test.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test's set-up that fails must say so at once"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use catalogue::{Catalogue, Severity, SourceFile};
use engine::{Engine, Parts, SourceAsk, SourceReply, Sources};
use object_store::local::LocalFileSystem;
use store_port::SharedStore;
use tempfile::TempDir;
use vocabulary::{Slot, SourceId, Value};

use crate::ManualClock;

/// Sources that answer from a table: what a person's key is not known to is absent, what is down is
/// unavailable. Remembers what it was asked.
#[derive(Default)]
pub struct TableSources {
    state: Mutex<Table>,
}

impl fmt::Debug for TableSources {
    /// Without what it knows of anyone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TableSources(Redacted)")
    }
}

#[derive(Default)]
struct Table {
    known: BTreeMap<(SourceId, String), BTreeMap<Slot, Value>>,
    down: BTreeSet<SourceId>,
    asked: Vec<(SourceId, Vec<Slot>)>,
}

impl TableSources {
    /// `source` knows this of the person with this key.
    pub fn knows(&self, source: &str, subject_key: &str, values: &[(&str, Value)]) {
        let values = values
            .iter()
            .filter_map(|(slot, value)| slot.parse().ok().map(|slot: Slot| (slot, value.clone())));
        self.table(|table| {
            let known = table.known.entry((source.into(), subject_key.to_owned())).or_default();
            known.extend(values);
        });
    }

    /// Whether `source` can be reached.
    pub fn set_down(&self, source: &str, down: bool) {
        self.table(|table| {
            if down {
                table.down.insert(source.into());
            } else {
                table.down.remove(source);
            }
        });
    }

    /// What was asked since the last call: source and slots.
    pub fn take_asked(&self) -> Vec<(String, Vec<String>)> {
        let asked = self.table(|table| std::mem::take(&mut table.asked));
        let text = |slots: Vec<Slot>| slots.iter().map(ToString::to_string).collect();
        asked.into_iter().map(|(source, slots)| (source.to_string(), text(slots))).collect()
    }

    fn table<T>(&self, work: impl FnOnce(&mut Table) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait::async_trait]
impl Sources for TableSources {
    async fn look_up(&self, source: &SourceId, ask: &SourceAsk) -> SourceReply {
        self.table(|table| {
            table.asked.push((source.clone(), ask.slots.clone()));
            if table.down.contains(source) {
                return SourceReply::Unavailable;
            }
            match table.known.get(&(source.clone(), ask.subject_key.clone())) {
                Some(values) => SourceReply::Values(values.clone()),
                None => SourceReply::Absent,
            }
        })
    }
}

/// An engine with everything around it.
#[derive(Debug)]
pub struct EngineFixture {
    pub engine: Engine,
    pub store: SharedStore,
    pub clock: Arc<ManualClock>,
    pub sources: Arc<TableSources>,
    pub bell: Arc<tokio::sync::Notify>,
    folder: TempDir,
}

impl EngineFixture {
    /// On a fresh database: an embedded one, or one of the private PostgreSQL where `YIJIANSHI_ON` is `postgres`.
    pub async fn fresh(catalogue: Arc<Catalogue>) -> Self {
        Self::fresh_with(catalogue, network::Network::default()).await
    }

    /// The same with outlets.
    pub async fn fresh_with(catalogue: Arc<Catalogue>, network: network::Network) -> Self {
        if std::env::var_os("YIJIANSHI_ON").is_none_or(|on| on != "postgres") {
            return Self::embedded(catalogue, network).await;
        }
        let url = crate::postgres::fresh_database().expect("a PostgreSQL");
        let store = store_sql::open(&url).await.expect("a fresh store");
        let folder = TempDir::new().expect("a temporary folder");
        Self::start(folder, store, catalogue, Arc::new(network))
    }

    /// On a fresh embedded database, whatever the others are on: for what is about its file or its one lane.
    pub async fn embedded(catalogue: Arc<Catalogue>, network: network::Network) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("hub.db").display());
        let store = store_sql::open(&url).await.expect("a fresh store");
        Self::start(folder, store, catalogue, Arc::new(network))
    }

    /// On the database at `url`, as one more node.
    pub async fn at(url: &str, catalogue: Arc<Catalogue>) -> Self {
        Self::on(store_sql::open(url).await.expect("a store"), catalogue)
    }

    /// On a store that is there already, as one more node.
    pub fn on(store: SharedStore, catalogue: Arc<Catalogue>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self::start(folder, store, catalogue, Arc::default())
    }

    fn start(
        folder: TempDir,
        store: SharedStore,
        catalogue: Arc<Catalogue>,
        network: Arc<network::Network>,
    ) -> Self {
        let files = folder.path().join("files");
        std::fs::create_dir_all(&files).expect("a folder for files");
        let files = LocalFileSystem::new_with_prefix(files).expect("a file store");
        let start = "2026-03-02T09:00:00+08:00".parse().expect("an instant");
        let clock = Arc::new(ManualClock::at(start));
        let sources = Arc::new(TableSources::default());
        let bell = Arc::new(tokio::sync::Notify::new());
        let engine = Engine::start(Parts {
            store: Arc::clone(&store),
            catalogue,
            network,
            clock: Arc::<ManualClock>::clone(&clock),
            sources: Arc::<TableSources>::clone(&sources),
            master_key: [7; 32],
            files: Arc::new(files),
            outbox_bell: Arc::clone(&bell),
            changed: tokio::sync::broadcast::channel(1024).0,
        });
        Self { engine, store, clock, sources, bell, folder }
    }

    /// Every file that the engine has written: database, its log, evidence.
    pub fn files_on_disk(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }
}

/// The store at `url`, brought up to date.
pub async fn open_store(url: &str) -> SharedStore {
    store_sql::open(url).await.expect("a store")
}

/// The catalogue of the definition files in a folder; their findings if they do not compile.
pub fn catalogue_of(folder: &Path) -> Arc<Catalogue> {
    catalogue_of_files(&files_of(folder))
}

/// The definition files of a folder, without those in folders below it but `tables`.
pub fn files_of(folder: &Path) -> Vec<SourceFile> {
    let in_folder = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let mut paths = in_folder(folder);
    paths.extend(in_folder(&folder.join("tables")));
    let extension = |path: &Path| path.extension().and_then(|it| it.to_str().map(str::to_owned));
    paths.retain(|path| {
        extension(path).is_some_and(|it| ["toml", "csv", "dmn"].contains(&it.as_str()))
    });
    paths.sort();
    let read = |path: &PathBuf| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).expect("a definition file"),
    };
    paths.iter().map(read).collect()
}

/// The catalogue of one definition text.
pub fn catalogue_from(text: &str) -> Arc<Catalogue> {
    catalogue_of_files(&[SourceFile { name: "inline".to_owned(), text: text.to_owned() }])
}

/// The catalogue of these files; their findings if they do not compile.
pub fn catalogue_of_files(files: &[SourceFile]) -> Arc<Catalogue> {
    let compiled = catalogue::compile(files);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| format!("{}:{} {} {}", found.file, found.line, found.code, found.message))
        .collect();
    match compiled.catalogue {
        Some(catalogue) => Arc::new(catalogue),
        None => panic!("the definitions do not compile:\n{}", errors.join("\n")),
    }
}
