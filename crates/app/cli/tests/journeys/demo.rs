//! The demo as a newcomer starts it: the built binary, on a free port, with a fresh data folder.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running `yijianshi demo`. Ended when dropped.
#[derive(Debug)]
pub(crate) struct Demo {
    child: Child,
    log: PathBuf,
    /// Where it is reached: `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// From the start of the process until it says where it is.
    pub(crate) ready_after: Duration,
}

impl Demo {
    /// Starts the demo in a folder; `behaviours` are departments and how they behave from the
    /// beginning, `history` how many people have applied before: nobody.
    pub(crate) fn start(folder: &Path, behaviours: &[(&str, &str)], history: Option<u32>) -> Self {
        let log = folder.join("demo.log");
        let file = std::fs::File::create(&log).expect("a log file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_yijianshi"));
        command.args(["demo", "--port", "0"]).arg("--data").arg(folder.join("data"));
        command.args(["--history", &history.unwrap_or_default().to_string()]);
        for (department, behaviour) in behaviours {
            command.arg("--behaviour").arg(format!("{department}={behaviour}"));
        }
        let began = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log file"))
            .stderr(file)
            .spawn()
            .expect("the built binary");
        let mut demo = Self { child, log, address: String::new(), ready_after: Duration::ZERO };
        while demo.address.is_empty() {
            demo.address = demo.said().lines().find_map(address).unwrap_or_default();
            if let Ok(Some(status)) = demo.child.try_wait() {
                panic!("the demo ended with {status}:\n{}", demo.said());
            }
            let late = began.elapsed() > Duration::from_secs(400);
            assert!(!late, "the demo does not get ready:\n{}", demo.said());
            std::thread::sleep(Duration::from_millis(10));
        }
        demo.ready_after = began.elapsed();
        demo
    }

    /// What it has printed and logged so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// The address that a line tells people to open, without the page.
fn address(line: &str) -> Option<String> {
    let address = line.trim().strip_suffix("/demo")?;
    address.starts_with("http://").then(|| address.to_owned())
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
