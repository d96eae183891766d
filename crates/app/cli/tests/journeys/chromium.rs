//! Chromium and its driver: found on this machine, started on a free port, ended with the last journey.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::webdriver::Session;

/// What to do when there is no browser.
const MISSING: &str = "chromedriver is not on the PATH. Install chromium and its driver \
    (Debian: `apt-get install chromium chromium-driver fonts-noto-cjk`, or `cargo xtask setup`), \
    or set YIJIANSHI_SKIP_BROWSER=1 to leave the journeys out";

/// A running chromedriver.
#[derive(Debug)]
pub(crate) struct Chromedriver {
    child: Child,
    address: String,
}

/// Journeys that run at the same time share one.
static SHARED: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());

impl Chromedriver {
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return running;
        }
        let started = Arc::new(Self::start());
        *shared = Arc::downgrade(&started);
        started
    }

    fn start() -> Self {
        let port = free_port();
        let child = Command::new("chromedriver")
            .args([format!("--port={port}"), "--log-level=SEVERE".to_owned()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("{MISSING}"),
            Err(error) => panic!("starting chromedriver: {error}"),
        };
        let mut driver = Self { child, address: format!("http://127.0.0.1:{port}") };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = driver.child.try_wait() {
                panic!("chromedriver ended with {status} before it was ready");
            }
            assert!(Instant::now() < until, "chromedriver does not get ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        driver
    }

    /// Opens a browser with a fresh profile in a folder; it asks for pages in Chinese.
    pub(crate) fn open(&self, profile: &Path) -> Session {
        let options = json!({
            "args": [
                "--headless=new",
                // Tests often run as root in a container, where the sandbox cannot be set up.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--hide-scrollbars",
                // Nobody can click on what is still scrolling by.
                "--force-prefers-reduced-motion",
                "--lang=zh-CN",
                "--window-size=1280,900",
                format!("--user-data-dir={}", profile.display()),
            ],
            "prefs": { "intl.accept_languages": "zh-CN,zh" },
        });
        Session::open(&self.address, options)
            .unwrap_or_else(|error| panic!("chromium does not open: {error}"))
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
