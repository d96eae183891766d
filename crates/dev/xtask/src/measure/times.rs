//! How long pages take while many ask at the same time, beside the barest page that the same server library
//! can give, in the same run: the difference is ours, the rest is the machine's.

use std::process::{Child, Command, Stdio};
use std::sync::{Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http::{self, Connection, Request};
use crate::repository::Repository;

/// Connections that ask, each without a pause.
pub(crate) const CONNECTIONS: usize = 64;
/// Before times are taken.
const WARMING: Duration = Duration::from_millis(500);

/// One page's times.
#[derive(Debug)]
pub(crate) struct Timed {
    pub(crate) name: &'static str,
    pub(crate) requests: usize,
    pub(crate) failed: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// The bare page's server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Bare {
    child: Child,
    pub(crate) port: u16,
}

impl Bare {
    /// Builds and starts it.
    pub(crate) fn start(repository: &Repository) -> Result<Self> {
        let status = Command::new(env!("CARGO"))
            // Both packages, so that nothing is built twice with other features.
            .args(["build", "--release", "--package", "yijianshi", "--package", "yijianshi-web"])
            .args(["--example", "bare_page"])
            .current_dir(&repository.root)
            .status()
            .context("building the bare page")?;
        if !status.success() {
            bail!("the bare page does not build");
        }
        let binary = crate::suite::binary(repository, "release")?;
        let binary = binary.with_file_name("examples").join("bare_page");
        let port = super::free_port()?;
        let child = Command::new(binary)
            .arg(port.to_string())
            .stdout(Stdio::null())
            .spawn()
            .context("starting the bare page")?;
        let bare = Self { child, port };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if http::once(port, &http::get("/")).is_ok_and(|answer| answer.status == 200) {
                return Ok(bare);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the bare page does not answer")
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for one page from every connection for so long.
pub(crate) fn time(name: &'static str, port: u16, page: &Request, long: Duration) -> Timed {
    let taken = Mutex::new((Vec::new(), 0));
    let begin = Barrier::new(CONNECTIONS);
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                begin.wait();
                let (mut times, failed) = ask(port, page, long);
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.0.append(&mut times);
                taken.1 += failed;
            });
        }
    });
    let (mut times, failed) = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
    times.sort_unstable();
    let at = |percent: usize| {
        let place = times.len().saturating_mul(percent) / 100;
        times.get(place).copied().unwrap_or_default()
    };
    Timed { name, requests: times.len(), failed, p50: at(50), p99: at(99) }
}

fn ask(port: u16, page: &Request, long: Duration) -> (Vec<Duration>, usize) {
    let (mut times, mut failed) = (Vec::new(), 0);
    let begun = Instant::now();
    let mut connection = None;
    while begun.elapsed() < WARMING + long {
        let Some(open) = connection.as_mut() else {
            connection = Connection::open(port).ok();
            failed += usize::from(connection.is_none());
            continue;
        };
        let sent = Instant::now();
        if open.ask(page).is_ok_and(|answer| answer.status == 200) {
            if begun.elapsed() > WARMING {
                times.push(sent.elapsed());
            }
        } else {
            failed += 1;
            connection = None;
        }
    }
    (times, failed)
}

/// The plan of an applicant's draft with the answers of a scenario, as the demo opens it.
pub(crate) fn plan_page(port: u16) -> Result<Request> {
    let opened = http::once(port, &http::post("/demo/examples/newborn/1", ""))?;
    let cookie = opened.header("set-cookie").and_then(|line| line.split(';').next());
    let path = opened.header("location").context("no draft was opened")?;
    Ok(http::get(path).with_cookie(cookie.context("no session")?))
}
