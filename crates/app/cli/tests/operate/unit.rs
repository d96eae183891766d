//! The systemd unit: its options exist, what it starts is what this binary understands, and it stops the program
//! no sooner than the program needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node::{end, yijianshi};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/operate")
}

fn text() -> String {
    std::fs::read_to_string(folder().join("yijianshi.service")).unwrap()
}

/// Options of systemd 252 that a unit like this may have, by section; what is misspelt here would be ignored
/// there, with a line in a log that nobody reads.
const KNOWN: [(&str, &str); 3] = [
    (
        "Unit",
        "Description Documentation Wants Requires After Before ConditionPathExists StartLimitIntervalSec StartLimitBurst",
    ),
    (
        "Service",
        "Type ExecStartPre ExecStart ExecReload DynamicUser User Group StateDirectory StateDirectoryMode \
         RuntimeDirectory ConfigurationDirectory UMask LoadCredential Environment EnvironmentFile \
         WorkingDirectory KillSignal TimeoutStartSec TimeoutStopSec Restart RestartSec \
         RestartPreventExitStatus NoNewPrivileges CapabilityBoundingSet AmbientCapabilities \
         ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateUsers PrivateNetwork ProtectClock \
         ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules \
         ProtectKernelTunables ProtectProc ProcSubset RestrictAddressFamilies RestrictNamespaces \
         RestrictRealtime RestrictSUIDSGID RemoveIPC LockPersonality MemoryDenyWriteExecute \
         SystemCallArchitectures SystemCallFilter SystemCallErrorNumber LimitNOFILE MemoryMax \
         ReadWritePaths ReadOnlyPaths InaccessiblePaths IPAddressDeny IPAddressAllow",
    ),
    ("Install", "WantedBy RequiredBy Alias"),
];

#[test]
fn its_options_exist() {
    let known: BTreeMap<&str, BTreeSet<&str>> = KNOWN
        .iter()
        .map(|(section, options)| (*section, options.split_whitespace().collect()))
        .collect();
    let mut section = String::new();
    let mut seen = 0;
    for line in text().lines().map(str::trim) {
        // What is commented out would be right as well.
        let line = match line.strip_prefix('#') {
            Some(commented) if commented.starts_with(|c: char| c.is_ascii_uppercase()) => commented,
            Some(_) => continue,
            None => line,
        };
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((option, _)) = line.split_once('=') {
            assert!(known[section.as_str()].contains(option), "[{section}] {option}");
            seen += 1;
        }
    }
    assert!(seen > 30);
}

/// Where systemd is installed, it has the last word.
#[test]
fn systemd_understands_it_where_it_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("yijianshi.service");
    let here = text().replace("/usr/local/bin/yijianshi", env!("CARGO_BIN_EXE_yijianshi"));
    std::fs::write(&unit, here).unwrap();
    let Ok(said) = Command::new("systemd-analyze").arg("verify").arg(&unit).output() else {
        return;
    };
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let about: Vec<&str> = said.lines().filter(|line| line.contains("yijianshi.service")).collect();
    assert!(about.is_empty(), "{about:#?}");
}

#[test]
fn what_it_starts_is_understood_and_has_time_to_stop() {
    let text = text();
    let settings = folder().join("settings.toml");
    let starts: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("/usr/local/bin/yijianshi "))
        .map(|it| it.1)
        .collect();
    assert_eq!(starts.len(), 2);
    let words = |line: &str| {
        let here = line.replace("/etc/yijianshi/settings.toml", settings.to_str().unwrap());
        here.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let (status, said) = end(yijianshi().args(words(starts[0])));
    assert_eq!(status, 0, "{said}");
    // The second one would start: its help knows every flag of it.
    let (status, help) = end(yijianshi().args(["serve", "--help"]));
    assert_eq!(status, 0);
    for flag in starts[1].split(' ').filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "{flag}");
    }
    let seconds = |text: &str, key: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap();
        line.rsplit(['=', ' ']).next().unwrap().parse().unwrap()
    };
    let needs = seconds(&std::fs::read_to_string(&settings).unwrap(), "stop_within_s");
    // Pages and sendings each have that long, one after the other at the worst.
    assert!(seconds(&text, "TimeoutStopSec=") >= 2 * needs);
}
