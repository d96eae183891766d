//! A town for one journey: the demo with its departments, a browser, and what was noticed on the way.
//! [`journey`] is the funnel of all stories.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use tempfile::TempDir;

use crate::chromium::Chromedriver;
use crate::demo::Demo;
use crate::visitor::Visitor;
use crate::watch::{Notes, Watch, forget_pictures};

/// Journeys that may run at the same time.
const AT_ONCE: usize = 2;

/// Departments that answer by themselves; which ones an officer decides for is the demo's choice otherwise.
pub(crate) const ALL_PROMPT: &[(&str, &str)] = &[("public-security", "prompt")];

/// Where a journey takes place.
#[derive(Debug)]
pub(crate) struct Town {
    story: &'static str,
    demo: Demo,
    driver: Arc<Chromedriver>,
    notes: Arc<Notes>,
    folder: TempDir,
}

/// Lives one story in a town of its own, and fails if anything was noticed that should not be: a serious
/// accessibility fault, a page too wide for its screen, something that the content security policy stopped.
pub(crate) fn journey(story: &'static str, behaviours: &[(&str, &str)], live: impl FnOnce(&Town)) {
    journey_after(None, story, behaviours, live);
}

/// The same in a town in which so many people have applied before.
pub(crate) fn journey_after(
    history: Option<u32>,
    story: &'static str,
    behaviours: &[(&str, &str)],
    live: impl FnOnce(&Town),
) {
    if std::env::var_os("YIJIANSHI_SKIP_BROWSER").is_some_and(|value| !value.is_empty()) {
        println!("{story}: left out (YIJIANSHI_SKIP_BROWSER)");
        return;
    }
    let _turn = Turn::wait();
    forget_pictures(story);
    let driver = Chromedriver::shared();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let demo = Demo::start(folder.path(), behaviours, history);
    println!("{story}: the demo was ready after {} ms", demo.ready_after.as_millis());
    let notes = Arc::new(Notes::default());
    let began = Instant::now();
    let town = Town { story, demo, driver, notes, folder };
    live(&town);
    println!("{story}: lived in {} s", began.elapsed().as_secs());
    let noticed = town.notes.all();
    assert!(noticed.is_empty(), "{story}: noticed on the way:\n{}", noticed.join("\n"));
}

impl Town {
    /// Somebody opens a browser of his own; `watch` says what is looked at on every page.
    pub(crate) fn visitor(&self, watch: Watch) -> Visitor {
        let profile = tempfile::Builder::new().prefix("profile").tempdir_in(self.folder.path());
        let session = self.driver.open(profile.expect("a folder").keep().as_path());
        Visitor::new(self.story, session, &self.demo.address, watch, Arc::clone(&self.notes))
    }

    /// A file to be uploaded.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

/// A turn among the journeys of this process.
struct Turn;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

impl Turn {
    fn wait() -> Self {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= AT_ONCE {
            running = ENDED.wait(running).unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
