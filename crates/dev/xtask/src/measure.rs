//! Figures of the whole program that no unit benchmark sees: start to first page, resident memory under load.
//!
//! Starts a release build of the demo in a throw-away folder, asks for the home page until it comes, then
//! keeps a number of connections asking for pages and plans for some seconds while it watches the process's
//! resident memory. Prints JSON. Asserts nothing: a figure is for people to read.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

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
    let binary = crate::suite::binary(repository, "release")?;
    let port = free_port()?;
    let folder = std::env::temp_dir().join(format!("yijianshi-measure-{}", std::process::id()));
    let mut server = Server::start(&binary, port, &folder)?;
    let first_page_ms = server.first_page_ms;
    let idle_kib = server.resident_kib();
    let change_ms = change(&repository.root, port).context("changing a definition on the page")?;
    let load = load(&mut server, port, connections, Duration::from_secs(seconds));
    let mut json = String::new();
    let _ = write!(
        json,
        r#"{{"first_page_ms":{first_page_ms},"rss_idle_mib":{:.1},"rss_load_max_mib":{:.1},"connections":{connections},"seconds":{seconds},"requests":{},"failed":{},"requests_per_s":{:.0},"change_to_picture_ms":{change_ms}}}"#,
        mib(idle_kib),
        mib(load.resident_kib_max),
        load.answered,
        load.failed,
        whole(load.answered) / whole(seconds),
    );
    println!("{json}");
    drop(server);
    // Best effort: a left-over folder in the temporary directory harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(true)
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
            if get(port, "/").is_ok_and(|status| status == 200) {
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
    while !stop.load(Ordering::Relaxed) {
        let asks = PAGES.iter().map(|path| get(port, path)).chain([post(port, PLAN_PATH)]);
        for ask in asks {
            let counter = if ask.is_ok_and(|status| status == 200) { answered } else { failed };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn get(port: u16, path: &str) -> Result<u16> {
    exchange(
        port,
        &format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"),
    )
}

fn post(port: u16, path: &str) -> Result<u16> {
    exchange(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{PLAN_BODY}",
            PLAN_BODY.len()
        ),
    )
}

/// The file whose promise a designer shortens, and the scenario looked at.
const CHANGED_FILE: &str = "definitions/cn/national/services/household-registration.toml";
const CHANGES: u32 = 9;

/// The median time in milliseconds from sending a changed definition to the page with the new picture and every
/// scenario test run again.
fn change(root: &Path, port: u16) -> Result<u128> {
    let board = answer(port, &request("GET", "/demo", port, "", ""))?;
    // Designers stand last on the board.
    let enter = board.rsplit("action=\"").find(|part| part.starts_with("/demo/enter/"));
    let enter =
        enter.and_then(|part| part.split('"').next()).context("nobody on the role board")?;
    let entered = answer(port, &request("POST", enter, port, "", "to="))?;
    let cookie = entered
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .and_then(|line| line.split(';').next())
        .context("no session")?;
    let text = std::fs::read_to_string(root.join(CHANGED_FILE)).context("reading a definition")?;
    let text = text.replacen("count = \"3\"", "count = \"2\"", 1);
    let body = format!("file={CHANGED_FILE}&test=&text={}", encoded(&text));
    let mut times = Vec::new();
    for _ in 0..CHANGES {
        let begun = Instant::now();
        let page = answer(port, &request("POST", "/designer/try", port, cookie, &body))?;
        times.push(begun.elapsed().as_millis());
        if !page.contains("<svg") {
            bail!("the changed definition gave no picture");
        }
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("nothing was timed")
}

fn request(method: &str, path: &str, port: u16, cookie: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
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

/// The whole answer, headers and body.
fn answer(port: u16, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One request on a connection of its own; the status of its answer, which is read to the end.
fn exchange(port: u16, request: &str) -> Result<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest)?;
    first.split_whitespace().nth(1).and_then(|code| code.parse().ok()).context("no status line")
}
