//! Catalogues by revision: the one in force, and those that older cases rest on (semantics 8).
//!
//! The source of the catalogue in force is kept before the first case is submitted under it. A case of an
//! older revision is worked on under that revision: its catalogue is compiled from what was kept, once, and
//! held while there is room. Only the calendar is always today's: a holiday that was announced after the
//! submission is a holiday for every case.
//!
//! Drafts have no revision of their own here: they follow the catalogue in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use casework::{Case, ServiceNode};
use catalogue::Catalogue;
use catalogue::stored::{self, ItemKind, Pinned, StoredFault};
use store_port::{DefinitionItem, DefinitionsRow, Fault, SharedStore};
use tokio::sync::OnceCell;
use vocabulary::Instant;

use crate::{Engine, EngineError};

/// Older catalogues held at once; the one that was not needed for longest makes room.
const HELD_MAX: usize = 16;

/// The catalogues of one engine.
#[derive(Debug)]
pub(crate) struct Catalogues {
    current: Arc<Catalogue>,
    store: SharedStore,
    kept: OnceCell<()>,
    held: Mutex<Held>,
    /// One older catalogue is compiled at a time: two pages that want the same one wait for one compilation.
    compiling: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    /// By the revision of the catalogue, with when it was last needed.
    catalogues: BTreeMap<String, (u64, Arc<Catalogue>)>,
    /// Which catalogue an item's revision leads to.
    of_item: BTreeMap<Pinned, String>,
    needed: u64,
    /// Revisions that nothing is kept of and that the log has been told about.
    told: BTreeSet<Pinned>,
}

impl Catalogues {
    pub(crate) fn new(current: Arc<Catalogue>, store: SharedStore) -> Self {
        Self {
            current,
            store,
            kept: OnceCell::new(),
            held: Mutex::default(),
            compiling: tokio::sync::Mutex::default(),
        }
    }

    /// The same with another catalogue in force. What was held goes with the calendar of the former one and is
    /// compiled again when it is needed.
    pub(crate) fn with_current(&self, current: Arc<Catalogue>) -> Self {
        Self::new(current, Arc::clone(&self.store))
    }

    /// Keeps definitions, in force or about to be.
    pub(crate) async fn keep(&self, catalogue: &Catalogue, now: Instant) -> Result<(), Fault> {
        let row = DefinitionsRow {
            catalogue: catalogue.revision.to_string(),
            format: catalogue.source.format,
            first_used_at: now,
            source: stored::pack(&catalogue.source),
            items: stored::items(catalogue).iter().map(item_row).collect(),
        };
        let new = self.store.put_definitions(&row).await?;
        tracing::info!(catalogue = %row.catalogue, new, "definitions are kept");
        Ok(())
    }

    /// Makes sure that the definitions in force are kept; asks the store once.
    pub(crate) async fn keep_current(&self, now: Instant) -> Result<(), Fault> {
        let keep = || self.keep(&self.current, now);
        self.kept.get_or_try_init(keep).await.copied()
    }

    /// The catalogue that has this item in this revision; the one in force when nothing is kept of it.
    pub(crate) async fn of(&self, item: Pinned) -> Result<Arc<Catalogue>, Fault> {
        if self.is_current(&item) {
            return Ok(Arc::clone(&self.current));
        }
        if let Some(held) = self.held(&item) {
            return Ok(held);
        }
        let _turn = self.compiling.lock().await;
        if let Some(held) = self.held(&item) {
            return Ok(held);
        }
        let Some(name) = self.store.find_catalogue_with(&item_row(&item)).await? else {
            return Ok(self.without(item));
        };
        let catalogue = match self.with_held(|held| held.catalogue(&name)) {
            Some(catalogue) => catalogue,
            None => match self.store.find_definitions(&name).await? {
                Some(row) => self.restore(row).await?,
                None => return Ok(self.without(item)),
            },
        };
        self.with_held(|held| held.keep(item, name, &catalogue));
        Ok(catalogue)
    }

    fn is_current(&self, item: &Pinned) -> bool {
        let revision = match item.kind {
            ItemKind::Matter => {
                self.current.matters.get(item.id.as_ref()).map(|it| it.revision.as_str())
            }
            ItemKind::Service => {
                self.current.services.get(item.id.as_ref()).map(|it| it.revision.as_str())
            }
        };
        revision == Some(item.revision.as_ref())
    }

    fn held(&self, item: &Pinned) -> Option<Arc<Catalogue>> {
        self.with_held(|held| {
            let name = held.of_item.get(item)?.clone();
            held.catalogue(&name)
        })
    }

    fn with_held<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        work(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Compiles what was kept, off the threads that answer people.
    async fn restore(&self, row: DefinitionsRow) -> Result<Arc<Catalogue>, Fault> {
        let name = row.catalogue.clone();
        let restored = tokio::task::spawn_blocking(move || {
            let items: Vec<Pinned> = row.items.iter().filter_map(read_item).collect();
            stored::restore(&row.source, &row.catalogue, &items)
        });
        let restored = restored.await.map_err(|_| Fault::Closed)?;
        let mut catalogue = restored.map_err(|fault: StoredFault| {
            tracing::error!(catalogue = %name, code = fault.code(), "{fault}");
            Fault::Corrupt { what: "definitions" }
        })?;
        catalogue.calendar = self.current.calendar.clone();
        // Lights change nobody's rights: those of today count.
        catalogue.supervisions.clone_from(&self.current.supervisions);
        tracing::info!(catalogue = %name, "an older catalogue is at hand");
        Ok(Arc::new(catalogue))
    }

    /// The catalogue in force stands in; the log is told once.
    fn without(&self, item: Pinned) -> Arc<Catalogue> {
        if self.with_held(|held| held.told.insert(item.clone())) {
            tracing::warn!(
                kind = item.kind.as_str(),
                id = %item.id,
                revision = %item.revision,
                "no definitions are kept of this revision; those in force stand in"
            );
        }
        Arc::clone(&self.current)
    }
}

impl Held {
    fn catalogue(&mut self, name: &str) -> Option<Arc<Catalogue>> {
        self.needed = self.needed.saturating_add(1);
        let (needed, catalogue) = self.catalogues.get_mut(name)?;
        *needed = self.needed;
        Some(Arc::clone(catalogue))
    }

    fn keep(&mut self, item: Pinned, name: String, catalogue: &Arc<Catalogue>) {
        self.needed = self.needed.saturating_add(1);
        self.catalogues.insert(name.clone(), (self.needed, Arc::clone(catalogue)));
        self.of_item.insert(item, name);
        while self.catalogues.len() > HELD_MAX {
            let oldest = self.catalogues.iter().min_by_key(|(_, (needed, _))| *needed);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { return };
            self.catalogues.remove(&oldest);
            self.of_item.retain(|_, name| *name != oldest);
        }
    }
}

fn item_row(item: &Pinned) -> DefinitionItem {
    DefinitionItem {
        kind: item.kind.as_str().to_owned(),
        id: item.id.to_string(),
        revision: item.revision.to_string(),
    }
}

fn read_item(row: &DefinitionItem) -> Option<Pinned> {
    Some(Pinned {
        kind: ItemKind::parse(&row.kind)?,
        id: row.id.as_str().into(),
        revision: row.revision.as_str().into(),
    })
}

impl Engine {
    /// Makes sure that the definitions in force are kept. Whoever runs a hub asks for it at the start, to hear
    /// of a fault then; every submission asks for it too.
    ///
    /// # Errors
    /// A fault.
    pub async fn keep_definitions(&self) -> Result<(), EngineError> {
        Ok(self.catalogues().keep_current(self.clock().now()).await?)
    }

    /// The catalogue that a case rests on: that of its matter's revision.
    ///
    /// # Errors
    /// A fault; what is kept cannot be read.
    pub async fn catalogue_of(&self, case: &Case) -> Result<Arc<Catalogue>, EngineError> {
        let application = &case.application;
        let item = Pinned {
            kind: ItemKind::Matter,
            id: application.matter.as_str().into(),
            revision: application.matter_revision.as_str().into(),
        };
        Ok(self.catalogues().of(item).await?)
    }

    /// The catalogue that one service of a case rests on: the case's own, but a service that was added later
    /// rests on what was in force then.
    ///
    /// # Errors
    /// As [`Self::catalogue_of`].
    pub async fn catalogue_of_service(
        &self,
        case: &Case,
        node: &ServiceNode,
    ) -> Result<Arc<Catalogue>, EngineError> {
        let of_case = self.catalogue_of(case).await?;
        let revision = of_case.service(&node.key.service).map(|service| &service.revision);
        if revision == Some(&node.revision) {
            return Ok(of_case);
        }
        let item = Pinned {
            kind: ItemKind::Service,
            id: node.key.service.as_str().into(),
            revision: node.revision.as_str().into(),
        };
        Ok(self.catalogues().of(item).await?)
    }
}
