//! Figures of the whole program that no unit benchmark sees: start to first page, resident memory under load,
//! what pages weigh, and how long they take when many ask.
//!
//! Starts a release build of the demo in a throw-away folder, asks for the home page until it comes, then
//! keeps a number of connections asking for pages and plans for some seconds while it watches the process's
//! resident memory. Prints JSON. Asserts nothing: a figure is for people to read.

mod http;
mod times;
mod weights;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use self::http::{Request, get, once, post};
use self::times::{Bare, Timed};
use self::weights::Weight;
use crate::repository::Repository;

/// What every connection asks for, in turn.
const PAGES: [&str; 5] =
    ["/", "/matters", "/matters/newborn", "/matters/enterprise-start-up", "/demo"];
/// A plan over the API, with a full set of answers' worth of work for the server.
const PLAN_PATH: &str = "/api/v1/matters/newborn/plan";
const PLAN_BODY: &str = r#"{"groups":{"child":["c1","c2"]},"answers":{"birth.place":"city_hospital","mother.id_type":"resident_id","household.follow":"mother"}}"#;

/// Measures and prints.
pub(crate) fn run(repository: &Repository, connections: u32, seconds: u64) -> Result<bool> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "yijianshi"])
        .current_dir(&repository.root)
        .status()
        .context("building the release binary")?;
    if !status.success() {
        bail!("the release build failed");
    }
    let bare = Bare::start(repository)?;
    let binary = crate::suite::binary(repository, "release")?;
    let port = free_port()?;
    let folder = std::env::temp_dir().join(format!("yijianshi-measure-{}", std::process::id()));
    let mut server = Server::start(&binary, port, &folder)?;
    let first_page_ms = server.first_page_ms;
    let idle_kib = server.resident_kib();
    let change_ms = change(&repository.root, port).context("changing a definition on the page")?;
    let load = load(&mut server, port, connections, Duration::from_secs(seconds));
    let weights = weights::weigh(port).context("weighing pages")?;
    let long = Duration::from_secs(seconds.div_ceil(2));
    let matter = PAGES[2];
    let plan = times::plan_page(port).context("opening a plan")?;
    let timed = [
        times::time("bare", bare.port, &get("/"), long),
        times::time("home", port, &get("/"), long),
        times::time("home, compressed", port, &Request { gzip: true, ..get("/") }, long),
        times::time("matter", port, &get(matter), long),
        times::time("matter, compressed", port, &Request { gzip: true, ..get(matter) }, long),
        times::time("plan", port, &plan, long),
    ];
    let mut json = String::new();
    let _ = write!(
        json,
        r#"{{"first_page_ms":{first_page_ms},"rss_idle_mib":{:.1},"rss_load_max_mib":{:.1},"connections":{connections},"seconds":{seconds},"requests":{},"failed":{},"requests_per_s":{:.0},"change_to_picture_ms":{change_ms},"weights":{},"times":{}}}"#,
        mib(idle_kib),
        mib(load.resident_kib_max),
        load.answered,
        load.failed,
        whole(load.answered) / whole(seconds),
        list(weights.iter().map(weight_json)),
        list(timed.iter().map(|it| timed_json(it, long))),
    );
    println!("{json}");
    drop(server);
    // Best effort: a left-over folder in the temporary directory harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(true)
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[\n  {}\n]", items.collect::<Vec<_>>().join(",\n  "))
}

/// All that is loaded, and the page alone.
fn weight_json(weight: &Weight) -> String {
    let (html, assets) = (weight.html, weight.assets);
    format!(
        r#"{{"page":"{}","bytes":{},"bytes_compressed":{},"html":{},"html_compressed":{}}}"#,
        weight.path,
        html.plain + assets.plain,
        html.compressed + assets.compressed,
        html.plain,
        html.compressed,
    )
}

fn timed_json(timed: &Timed, long: Duration) -> String {
    format!(
        r#"{{"page":"{}","connections":{},"requests_per_s":{:.0},"failed":{},"p50_ms":{:.2},"p99_ms":{:.2}}}"#,
        timed.name,
        times::CONNECTIONS,
        whole(u64::try_from(timed.requests).unwrap_or(u64::MAX)) / long.as_secs_f64(),
        timed.failed,
        timed.p50.as_secs_f64() * 1000.0,
        timed.p99.as_secs_f64() * 1000.0,
    )
}

fn mib(kib: u64) -> f64 {
    whole(kib) / 1024.0
}

fn whole(n: u64) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("finding a free port")?;
    Ok(listener.local_addr()?.port())
}

/// The running demo; killed when dropped.
struct Server {
    child: Child,
    first_page_ms: u128,
}

impl Server {
    fn start(binary: &Path, port: u16, folder: &Path) -> Result<Self> {
        let begun = Instant::now();
        let child = Command::new(binary)
            .args(["demo", "--port", &port.to_string(), "--data"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the demo")?;
        let mut server = Self { child, first_page_ms: 0 };
        while begun.elapsed() < Duration::from_secs(60) {
            if once(port, &get("/")).is_ok_and(|answer| answer.status == 200) {
                server.first_page_ms = begun.elapsed().as_millis();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the demo did not answer within a minute")
    }

    /// Resident memory now, in KiB; 0 where the system does not say.
    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
            .unwrap_or(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Load {
    answered: u64,
    failed: u64,
    resident_kib_max: u64,
}

fn load(server: &mut Server, port: u16, connections: u32, time: Duration) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let failed = Arc::new(AtomicU64::new(0));
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let (stop, answered, failed) = (stop.clone(), answered.clone(), failed.clone());
            std::thread::spawn(move || ask_on(port, &stop, &answered, &failed))
        })
        .collect();
    let begun = Instant::now();
    let mut resident_kib_max = 0;
    while begun.elapsed() < time {
        resident_kib_max = resident_kib_max.max(server.resident_kib());
        std::thread::sleep(Duration::from_millis(50));
    }
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        // A thread that failed has counted its failures.
        let _ = thread.join();
    }
    Load {
        answered: answered.load(Ordering::Relaxed),
        failed: failed.load(Ordering::Relaxed),
        resident_kib_max,
    }
}

fn ask_on(port: u16, stop: &AtomicBool, answered: &AtomicU64, failed: &AtomicU64) {
    let body = Some(("application/json", PLAN_BODY.to_owned()));
    let plan = Request { post: true, body, ..get(PLAN_PATH) };
    let asks: Vec<Request> = PAGES.iter().map(|path| get(path)).chain([plan]).collect();
    while !stop.load(Ordering::Relaxed) {
        for ask in &asks {
            let good = once(port, ask).is_ok_and(|answer| answer.status == 200);
            let counter = if good { answered } else { failed };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The file whose promise a designer shortens, and the scenario looked at.
const CHANGED_FILE: &str = "definitions/cn/national/services/household-registration.toml";
const CHANGES: u32 = 9;

/// The median time in milliseconds from sending a changed definition to the page with the new picture and every
/// scenario test run again.
fn change(root: &Path, port: u16) -> Result<u128> {
    let board = once(port, &get("/demo"))?.text();
    // Designers stand last on the board.
    let enter = board.rsplit("action=\"").find(|part| part.starts_with("/demo/enter/"));
    let enter =
        enter.and_then(|part| part.split('"').next()).context("nobody on the role board")?;
    let entered = once(port, &post(enter, "to="))?;
    let cookie = entered.header("set-cookie").and_then(|line| line.split(';').next());
    let cookie = cookie.context("no session")?;
    let text = std::fs::read_to_string(root.join(CHANGED_FILE)).context("reading a definition")?;
    let text = text.replacen("count = \"3\"", "count = \"2\"", 1);
    let form = format!("file={CHANGED_FILE}&test=&text={}", encoded(&text));
    let try_out = post("/designer/try", &form).with_cookie(cookie);
    let mut times = Vec::new();
    for _ in 0..CHANGES {
        let begun = Instant::now();
        let page = once(port, &try_out)?.text();
        times.push(begun.elapsed().as_millis());
        if !page.contains("<svg") {
            bail!("the changed definition gave no picture");
        }
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("nothing was timed")
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
