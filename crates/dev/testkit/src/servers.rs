//! PostgreSQL servers that a test may kill, destroy, fill up and promote: each with a folder and a socket of its own,
//! all gone when the test is, however it ends.
//!
//! `fsync` is off: what a killed process has written the operating system still has, and no test here cuts the power.

#![expect(clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::postgres::{as_unprivileged, find_programs};

/// `$0` programs, `$1` folder; ends when its input does, and takes everything along.
const HOLD: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
for data in "$1"/*/data; do "$0/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1; done
cd /
rm -rf "$1"
"#;

/// A folder with servers.
#[derive(Debug)]
pub struct Servers {
    programs: PathBuf,
    folder: PathBuf,
    holder: Child,
}

/// One of them.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    /// Its socket lies here; its data in `data` below.
    folder: PathBuf,
    settings: String,
}

impl Servers {
    /// An empty folder for servers; `None` where PostgreSQL is not installed and that is allowed.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn begin() -> Option<Self> {
        let Some(programs) = find_programs() else {
            assert!(
                std::env::var_os(crate::postgres::SKIP).is_some(),
                "PostgreSQL's server programs are not installed"
            );
            return None;
        };
        let folder = tempfile::Builder::new().prefix("yijianshi-pg-").tempdir();
        let folder = folder.expect("a temporary folder can be made").keep();
        let mut command = as_unprivileged(&folder);
        let holder = command.args(["sh", "-c", HOLD]).arg(&programs).arg(&folder);
        let holder = holder.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        Some(Self { programs, folder, holder: holder.expect("a shell can be started") })
    }

    /// A fresh server, with more settings.
    ///
    /// # Panics
    /// When it does not start.
    pub fn primary(&self, name: &str, settings: &str) -> Server {
        let server = self.server(name, settings);
        let mut command = server.program("initdb");
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        done(command.arg("-D").arg(server.data()));
        server.start();
        server
    }

    /// A server whose data lies in a folder that is there already, such as a small disk.
    ///
    /// # Panics
    /// When it does not start.
    pub fn primary_in(&self, name: &str, data: &Path, settings: &str) -> Server {
        let server = self.server(name, settings);
        done(as_unprivileged(data).arg("true"));
        done(server.command("ln").arg("-s").arg(data).arg(server.data()));
        let mut command = server.program("initdb");
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        // A log that cannot be written stops a server for good; what is full here is where tables lie.
        done(command.arg("-X").arg(server.folder.join("wal")).arg("-D").arg(data));
        server.start();
        server
    }

    /// A standby that follows `primary` under its own name.
    ///
    /// # Panics
    /// When it does not start.
    pub fn standby(&self, name: &str, primary: &Server) -> Server {
        let server = self.server(name, "");
        let from =
            format!("host={} user=postgres application_name={name}", primary.folder.display());
        let mut command = server.program("pg_basebackup");
        command.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-d"]).arg(from);
        done(command.arg("-D").arg(server.data()));
        server.start();
        server
    }

    fn server(&self, name: &str, settings: &str) -> Server {
        let folder = self.folder.join(name);
        std::fs::create_dir(&folder).expect("a folder can be made");
        done(as_unprivileged(&folder).arg("true"));
        Server { programs: self.programs.clone(), folder, settings: settings.to_owned() }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // There is nobody to tell if that fails.
        let _ = self.holder.wait();
    }
}

impl Server {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = as_unprivileged(&self.folder);
        command.arg(program).current_dir(&self.folder);
        command
    }

    fn program(&self, name: &str) -> Command {
        self.command(&self.programs.join(name).to_string_lossy())
    }

    /// Where its data lies.
    pub fn data_folder(&self) -> PathBuf {
        self.data()
    }

    /// Starts it, also after it was killed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&self) {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=200 -c fsync=off \
             -c shared_buffers=16MB {}",
            self.folder.display(),
            self.settings
        );
        let mut command = self.program("pg_ctl");
        command.args(["-w", "-t", "120", "-l"]).arg(self.folder.join("log")).arg("-o").arg(options);
        done(command.arg("-D").arg(self.data()).arg("start"));
    }

    /// The host as an address names it.
    pub fn host(&self) -> String {
        self.folder.to_string_lossy().replace('/', "%2F")
    }

    /// The address of its own database.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The address of a database on it.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.host())
    }

    /// The address of a new, empty database.
    pub fn fresh_database(&self, name: &str) -> String {
        self.ask(&format!("CREATE DATABASE {name}"));
        self.url_of(name)
    }

    /// An address that names this server first and another as well.
    pub fn url_or(&self, other: &Self) -> String {
        format!("postgres://postgres@{},{}/postgres", self.host(), other.host())
    }

    /// Kills it and everything that belongs to it: no handler, no flush, no goodbye.
    ///
    /// # Panics
    /// When it was not running.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid"));
        let file = file.expect("the server is running");
        let pid = file.lines().next().unwrap_or_default().trim().to_owned();
        let mut all = vec![pid.clone()];
        all.extend(children(&pid));
        // Some may have ended meanwhile.
        let _ = Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(20);
        while all.iter().any(|pid| is_running(pid)) {
            assert!(Instant::now() < until, "the server does not die");
            std::thread::sleep(Duration::from_millis(5));
        }
        // Where nobody asks after the dead they still have a number, and the next server would take them for living.
        let _ = std::fs::remove_file(self.data().join("postmaster.pid"));
        for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] {
            let _ = std::fs::remove_file(self.folder.join(name));
        }
    }

    /// Its disk is gone.
    ///
    /// # Panics
    /// When it cannot be removed.
    pub fn destroy(&self) {
        std::fs::remove_dir_all(self.data()).expect("the data can be removed");
    }

    /// The standby becomes the primary.
    ///
    /// # Panics
    /// When it does not.
    pub fn promote(&self) {
        done(self.program("pg_ctl").args(["-w", "-t", "60", "promote", "-D"]).arg(self.data()));
    }

    /// What the server answers to a question.
    ///
    /// # Panics
    /// When it refuses.
    pub fn ask(&self, sql: &str) -> String {
        self.ask_in("postgres", sql)
    }

    /// The same in another of its databases.
    ///
    /// # Panics
    /// When it refuses.
    pub fn ask_in(&self, database: &str, sql: &str) -> String {
        done(self.psql(database).arg("-c").arg(sql)).trim().to_owned()
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = self.program("psql");
        command.args(["-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h"]);
        command.arg(&self.folder).args(["-d", database]);
        command
    }

    /// Somebody who says this and then keeps his connection, with all locks, until he is dropped.
    ///
    /// # Panics
    /// When he cannot connect.
    pub fn somebody_says(&self, sql: &str) -> Somebody {
        let mut command = self.psql("postgres");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut child = child.expect("psql can be started");
        let mut stdin = child.stdin.take().expect("its input is ours");
        writeln!(stdin, "{sql};").and_then(|()| stdin.flush()).expect("it listens");
        Somebody { child, stdin: Some(stdin) }
    }

    /// Asks until the answer is this one.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_for(&self, sql: &str, answer: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let said = self.ask(sql);
            if said == answer {
                return;
            }
            assert!(Instant::now() < until, "`{sql}` stays `{said}`");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Changes a setting of the running server.
    ///
    /// # Panics
    /// When it refuses.
    pub fn set(&self, name: &str, value: &str) {
        self.ask(&format!("ALTER SYSTEM SET {name} = '{value}'"));
        self.ask("SELECT pg_reload_conf()");
        self.wait_for(&format!("SHOW {name}"), value);
    }
}

/// A connection that somebody holds.
#[derive(Debug)]
pub struct Somebody {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Drop for Somebody {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // There is nobody to tell if that fails.
        let _ = self.child.wait();
    }
}

fn done(command: &mut Command) -> String {
    // What a server that goes on running says must not keep us waiting: it has a log.
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let said = if command_starts(output) {
        let status = output.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("it can be started").success(), "{command:?} failed");
        return String::new();
    } else {
        output.output().expect("it can be started")
    };
    if !said.status.success() {
        panic!("{command:?}: {}", String::from_utf8_lossy(&said.stderr));
    }
    String::from_utf8_lossy(&said.stdout).into_owned()
}

fn command_starts(command: &Command) -> bool {
    command.get_args().any(|word| word == "start")
}

fn children(parent: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = all.filter_map(|entry| {
        let pid = entry.file_name().into_string().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, rest) = stat.rsplit_once(')')?;
        (rest.split_whitespace().nth(1)? == parent).then_some(pid)
    });
    ours.collect()
}

fn is_running(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    // One that has ended and that nobody has asked after yet does no harm.
    stat.is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.starts_with(" Z")))
}
