//! Serves the definitions in force. What was published is taken up from the store as a whole: a new engine, a new
//! application and a new router are made and then put in the place of the old ones, so that one request is answered by
//! one catalogue. What is under way ends as it began.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use catalogue::{Compiled, Severity};
use tower::ServiceExt as _;
use web::App;
use worker::Worker;

use crate::wiring::Definitions;

/// How often a node looks whether another one has published.
const LOOK: Duration = Duration::from_secs(1);

/// Makes what follows from other definitions.
pub(crate) type Remake = dyn Fn(&Definitions, &App) -> App + Send + Sync;

/// What answers now, and what makes its successor.
#[derive(Clone)]
pub struct Current(Arc<Inner>);

struct Inner {
    now: RwLock<(App, Router)>,
    definitions: RwLock<Definitions>,
    worker: Worker,
    remake: Box<Remake>,
    taking: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").finish_non_exhaustive()
    }
}

impl Current {
    pub(crate) fn new(
        app: App,
        definitions: Definitions,
        worker: Worker,
        remake: Box<Remake>,
    ) -> Self {
        let inner = |app: App| Inner {
            now: RwLock::new((app.clone(), web::router(app))),
            definitions: RwLock::new(definitions),
            worker,
            remake,
            taking: tokio::sync::Mutex::default(),
        };
        Self(Arc::new(inner(app)))
    }

    /// The application that answers now.
    pub fn app(&self) -> App {
        self.0.now.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Puts the handle into the pages, so that a publication is in force when its answer comes.
    pub(crate) fn show_itself(&self) {
        let mut now = self.0.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut app = now.0.clone();
        app.live = Some(Arc::new(self.clone()));
        *now = (app.clone(), web::router(app));
    }

    /// Nobody asks any more: it holds itself no longer, so that the store can be let go.
    pub(crate) fn let_go(&self) {
        let mut now = self.0.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut app = now.0.clone();
        app.live = None;
        *now = (app, Router::new());
    }

    /// Answers every request with what is in force when it comes.
    pub fn router(&self) -> Router {
        let current = self.clone();
        Router::new().fallback(move |request: Request| {
            let router = {
                let now = current.0.now.read().unwrap_or_else(PoisonError::into_inner);
                now.1.clone()
            };
            async move { router.oneshot(request).await }
        })
    }

    /// Looks again and again, for ever.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            web::Live::take_up(self).await;
        }
    }

    async fn taken_up(&self) -> Result<bool, engine::EngineError> {
        let _one = self.0.taking.lock().await;
        let app = self.app();
        let Some(next) = app.engine.published_since().await? else { return Ok(false) };
        self.replace(next);
        // Dates that rest on another calendar move as one act.
        self.app().engine.take_calendar(None).await?;
        Ok(true)
    }

    /// These definitions are in force from now on.
    pub(crate) fn replace(&self, next: Arc<catalogue::Catalogue>) {
        let app = self.app();
        let mut definitions = {
            let now = self.0.definitions.read().unwrap_or_else(PoisonError::into_inner);
            now.clone()
        };
        definitions.take(next);
        let network = Arc::clone(&definitions.network);
        let engine = app.engine.with_definitions(Arc::clone(&definitions.catalogue), network);
        self.0.worker.take_over(engine.clone());
        let app = App { engine, ..app };
        let app = (self.0.remake)(&definitions, &app);
        let router = web::router(app.clone());
        tracing::info!(catalogue = %definitions.catalogue.revision, "in force");
        *self.0.definitions.write().unwrap_or_else(PoisonError::into_inner) = definitions;
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = (app, router);
    }
}

#[async_trait]
impl web::Live for Current {
    async fn take_up(&self) {
        if let Err(error) = self.taken_up().await {
            // What is in force here goes on; it is looked for again.
            tracing::error!(code = error.code(), %error, "taking up what was published");
        }
    }
}

impl Definitions {
    /// The same with other definitions; their files under the names that they are kept under. The network
    /// goes on as it is: outlets and windows are not part of them.
    pub(crate) fn take(&mut self, next: Arc<catalogue::Catalogue>) {
        let names = catalogue::stored::StoredSource::of(&self.files).files;
        // Names for people stay those that this node knows: folder and all.
        let shown = |kept: &catalogue::SourceFile| {
            let known = self.files.iter().find(|file| {
                names.iter().any(|name| name.name == kept.name && file.name.ends_with(&name.name))
            });
            known.map_or_else(|| kept.name.clone(), |file| file.name.clone())
        };
        let files = next
            .source
            .files
            .iter()
            .map(|kept| catalogue::SourceFile { name: shown(kept), text: kept.text.clone() });
        let files: Vec<_> = files.collect();
        let Compiled { diagnostics, .. } = catalogue::compile(&files);
        debug_assert!(diagnostics.iter().all(|it| it.severity != Severity::Error));
        self.files = files;
        self.diagnostics = diagnostics;
        self.catalogue = next;
    }
}
