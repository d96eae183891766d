//! Starts the binary, and speaks HTTP with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// A node that is not up by then never will be.
const UP_WITHIN: Duration = Duration::from_secs(60);

/// The binary with nothing of this test's surroundings that it would read.
pub(crate) fn yijianshi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yijianshi"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("YIJIANSHI_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG");
    command
}

/// The sample jurisdiction: small, so that nodes start at once.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample")
}

/// A command on a data folder with the sample definitions.
pub(crate) fn on(data: &Path, words: &[&str]) -> Command {
    let mut command = yijianshi();
    command.args(words).arg("--data").arg(data).arg("--definitions").arg(sample());
    command
}

/// How it ended, and what it said on both ways.
pub(crate) fn end(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code().unwrap_or(-1), said)
}

/// The same of a command that is told something on its standard input.
pub(crate) fn said_to(command: &mut Command, line: &str) -> (i32, String) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that does not want to hear it has ended already.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code().unwrap_or(-1), said)
}

/// A hub that serves.
pub(crate) struct Node {
    child: Child,
    pub(crate) address: String,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Node {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        let mut first = String::new();
        let began = Instant::now();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut first).unwrap();
        assert!(began.elapsed() < UP_WITHIN);
        let address = first.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        let mut node = Self { child, address, log: Some(log) };
        if first.is_empty() {
            panic!("it did not start:\n{}", node.ended().1);
        }
        node
    }

    /// Serves on any free port.
    pub(crate) fn serve(data: &Path) -> Self {
        Self::start(&mut on(data, &["serve", "--port", "0", "--plain-http"]))
    }

    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// How it ended, and its log.
    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.take().map(|log| log.join().unwrap()).unwrap_or_default())
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(&self.address, path, "").unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and the whole answer, head included.
pub(crate) fn get(address: &str, path: &str, more: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}\r\n")?;
    answer(&mut stream)
}

pub(crate) fn answer(stream: &mut TcpStream) -> std::io::Result<(u16, String)> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other("no answer"))?;
    Ok((status, text))
}
