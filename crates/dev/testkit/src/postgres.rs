//! A private PostgreSQL for tests: a cluster of its own in a temporary folder, reached by a socket in it.
//!
//! One cluster serves all tests of a process, each with a fresh database. A small shell script holds it: it
//! starts the server, waits until the test process is gone (however it ended), stops the server and deletes
//! the folder. So nothing is left behind, not even after a crash.

#![expect(clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// When set, tests on PostgreSQL are left out where it is not installed. Not for CI.
pub const SKIP: &str = "YIJIANSHI_SKIP_POSTGRES";

/// Who runs the server when the tests are run by root, which PostgreSQL refuses to be.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// `$0` programs, `$1` folder; ends when its input does.
const HOLD: &str = r#"
trap '' INT TERM HUP
programs="$0"; folder="$1"
cd "$folder"
"$programs/initdb" -D data -U postgres -A trust -E UTF8 --no-locale --no-sync >log 2>&1 &&
"$programs/pg_ctl" -D data -l log -w -t 120 start >/dev/null 2>&1 \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=400" ||
{ cat log; echo failed; exit 1; }
echo ready
cat >/dev/null
"$programs/pg_ctl" -D data -m immediate stop >/dev/null 2>&1
cd /
rm -rf "$folder"
"#;

/// A running cluster. It stops when this is dropped, or when the process ends.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    holder: Child,
    databases: AtomicU32,
}

impl Cluster {
    /// Starts one; `None` when PostgreSQL's server programs are not installed.
    ///
    /// # Panics
    /// When they are installed but the server does not start.
    pub fn start() -> Option<Self> {
        let programs = find_programs()?;
        let folder = tempfile::Builder::new()
            .prefix("yijianshi-pg-")
            .tempdir()
            .expect("a temporary folder can be made")
            // The holder deletes it.
            .keep();
        let mut command = as_unprivileged(&folder);
        let mut holder = command
            .args(["sh", "-c", HOLD])
            .arg(&programs)
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell can be started");
        let said = BufReader::new(holder.stdout.take().expect("its output is ours"));
        let mut log = String::new();
        for line in said.lines() {
            let line = line.expect("the holder of the server speaks");
            if line == "ready" {
                return Some(Self { programs, folder, holder, databases: AtomicU32::new(0) });
            }
            log.push_str(&line);
            log.push('\n');
        }
        let ended = holder.wait();
        panic!("PostgreSQL did not start ({ended:?}):\n{log}");
    }

    /// The address of a new, empty database.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn fresh_database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(self.programs.join("createdb"))
            .args(["-U", "postgres", "-h"])
            .arg(&self.folder)
            .arg(&name)
            .output()
            .expect("createdb can be started");
        assert!(
            made.status.success(),
            "making a database: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let host = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@{host}/{name}")
    }
}

/// Writes what a database holds into a file, as an operator does.
///
/// # Panics
/// When that fails.
pub fn dump(url: &str, file: &Path) {
    let programs = find_programs().expect("PostgreSQL is installed");
    let mut command = Command::new(programs.join("pg_dump"));
    let done = command.args(["--format=custom", "--dbname", url, "--file"]).arg(file).output();
    let done = done.expect("pg_dump can be started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// The same as statements that anybody can read.
///
/// # Panics
/// When that fails.
pub fn dump_as_text(url: &str, file: &Path) {
    let programs = find_programs().expect("PostgreSQL is installed");
    let mut command = Command::new(programs.join("pg_dump"));
    let done = command.args(["--inserts", "--dbname", url, "--file"]).arg(file).output();
    let done = done.expect("pg_dump can be started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A fresh database with what such a file holds.
///
/// # Panics
/// When that fails.
pub fn restore(file: &Path) -> String {
    let programs = find_programs().expect("PostgreSQL is installed");
    let url = fresh_database().expect("PostgreSQL is installed");
    let mut command = Command::new(programs.join("pg_restore"));
    let done = command.args(["--exit-on-error", "--dbname", &url]).arg(file).output();
    let done = done.expect("pg_restore can be started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    url
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // Waits for the server to be gone; there is nobody to tell if that fails.
        let _ = self.holder.wait();
    }
}

/// The address of a fresh database in the cluster of this process. `None` only where PostgreSQL is not
/// installed and `YIJIANSHI_SKIP_POSTGRES` is set; so a machine that should test it cannot forget to.
///
/// # Panics
/// When PostgreSQL is not installed and that is not allowed, or when it does not start.
pub fn fresh_database() -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(Cluster::start);
    if cluster.is_none() && std::env::var_os(SKIP).is_none() {
        panic!(
            "PostgreSQL's server programs are not installed (Debian: `apt-get install postgresql`); \
             set {SKIP}=1 to leave these tests out"
        );
    }
    cluster.as_ref().map(Cluster::fresh_database)
}

/// The folder of `initdb` and `pg_ctl`: what `pg_config` says, then where Debian puts them, then the path.
pub(crate) fn find_programs() -> Option<PathBuf> {
    let told = Command::new("pg_config")
        .arg("--bindir")
        .output()
        .ok()
        .map(|said| PathBuf::from(String::from_utf8_lossy(&said.stdout).trim()));
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    installed.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    told.into_iter().chain(installed.into_iter().rev()).chain(std::env::split_paths(&path)).find(
        |folder| {
            ["initdb", "pg_ctl", "postgres", "createdb"]
                .iter()
                .all(|program| folder.join(program).is_file())
        },
    )
}

/// Runs what follows as somebody else when we are root, and gives that one the folder.
pub(crate) fn as_unprivileged(folder: &Path) -> Command {
    let number = |flag: &str, user: &str| -> Option<u32> {
        let said = Command::new("id").arg(flag).arg(user).output().ok()?;
        String::from_utf8_lossy(&said.stdout).trim().parse().ok()
    };
    if number("-u", "--") != Some(0) {
        return Command::new("env");
    }
    let (user, group) = UNPRIVILEGED
        .iter()
        .find_map(|user| Some((number("-u", user)?, number("-g", user)?)))
        .expect("there is a user without privileges");
    chown(folder, Some(user), Some(group)).expect("root may give a folder away");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
        .expect("the folder's mode can be set");
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
    command.args(["--clear-groups", "--"]);
    command
}
