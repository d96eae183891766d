//! This machine: settings, definitions with their calendars, folders, room, backups.

use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use vocabulary::Instant;

use super::Report;
use crate::opening;
use crate::serve::{self, Node};
use crate::settings::Settings;
use crate::wiring::Definitions;

const GIB: u64 = 1024 * 1024 * 1024;
/// Less than this is to be looked after, …
const ROOM_LITTLE: u64 = 2 * GIB;
/// … and with less than this nothing goes on for long.
const ROOM_NONE: u64 = GIB / 8;
/// Calendars are needed so many days ahead: the longest periods reach there.
const CALENDAR_DAYS_AHEAD: i64 = 90;
/// Files with secrets in the data folder.
const SECRET_FILES: [&str; 2] = ["master.key", "exchange.toml"];

/// Which settings are in force, and who can read them.
pub(super) fn settings(report: &mut Report, node: &Node, settings: &Settings) {
    match node.settings_file() {
        None => report.ok("settings", "no settings file: defaults, environment and flags"),
        Some(file) => {
            let secret = settings.store.database.is_some() || settings.metrics.token.is_some();
            if secret && others_read(&file) {
                report.warn(
                    "settings",
                    format!("`{}` holds secrets and others on this machine can read it", file.display()),
                    format!("chmod 640 {0} and give it to the program's group, or use `store.database_file`", file.display()),
                );
            } else {
                report.ok("settings", format!("`{}` is right", file.display()));
            }
        }
    }
}

/// Whether the definitions compile, and until when there are calendars.
pub(super) fn definitions(report: &mut Report, settings: &Settings) -> Option<Definitions> {
    let definitions = match serve::definitions(settings) {
        Ok(Some(definitions)) => definitions,
        Ok(None) => {
            let cure = "mend what is shown above; `yijianshi check FOLDER` shows it again";
            report.fail("definitions", "the definitions have errors: no node starts on them", cure);
            return None;
        }
        Err(fault) => {
            report.fault("definitions", &fault);
            return None;
        }
    };
    let catalogue = &definitions.catalogue;
    report.ok(
        "definitions",
        format!(
            "{} matters and {} services compile, revision {}",
            catalogue.matters.len(),
            catalogue.services.len(),
            catalogue.revision.to_string().chars().take(12).collect::<String>()
        ),
    );
    let today = catalogue.civil_date(Instant::now());
    let last = catalogue.calendar.years.keys().next_back().copied();
    let ahead = last.map_or(-1, |year| {
        let end = jiff::civil::Date::new(year, 12, 31).unwrap_or(jiff::civil::Date::ZERO);
        today.until(end).map_or(-1, |span| i64::from(span.get_days()))
    });
    let told = last.map_or_else(
        || "no calendar is loaded".to_owned(),
        |year| format!("calendars are loaded until the end of {year}"),
    );
    let cure = "add the next year's calendar to the definitions when the holidays are announced; \
                dates beyond are shown as provisional";
    if ahead < 0 {
        report.fail("calendar", format!("{told}: today is not covered"), cure);
    } else if ahead < CALENDAR_DAYS_AHEAD {
        report.warn("calendar", format!("{told}: {ahead} days ahead"), cure);
    } else {
        report.ok("calendar", format!("{told}: {ahead} days ahead"));
    }
    Some(definitions)
}

/// Data folder and file store: there, writable, with room; secrets readable for nobody else.
pub(super) fn folders(report: &mut Report, settings: &Settings) {
    let (data, files) = match (settings.data(), settings.files()) {
        (Ok(data), Ok(files)) => (data, files),
        (Err(fault), _) | (_, Err(fault)) => {
            report.fault("data", &fault);
            return;
        }
    };
    for (about, folder) in [("data", data), ("files", files.as_path())] {
        folder_is_well(report, about, folder);
    }
    for name in SECRET_FILES {
        let path = data.join(name);
        if path.exists() && others_read(&path) {
            let what = format!("others on this machine can read `{}`", path.display());
            report.warn("secrets", what, format!("chmod 600 {}", path.display()));
        }
    }
}

fn folder_is_well(report: &mut Report, about: &'static str, folder: &Path) {
    match std::fs::metadata(folder) {
        Err(fault) if fault.kind() == ErrorKind::NotFound => {
            let what = format!("`{}` is not there yet: the first start makes it", folder.display());
            report.warn(about, what, "nothing, if this node is new; else mend `store.data`");
            return;
        }
        Err(fault) => {
            let what = format!("`{}` cannot be looked at: {fault}", folder.display());
            report.fail(about, what, "give the program's account the right to enter it");
            return;
        }
        Ok(meta) if !meta.is_dir() => {
            let what = format!("`{}` is no folder", folder.display());
            report.fail(about, what, "name a folder in the settings");
            return;
        }
        Ok(meta) => {
            let own = rustix::process::geteuid().as_raw();
            if own != 0 && meta.uid() != own {
                let what = format!("`{}` belongs to another account", folder.display());
                report.warn(
                    about,
                    what,
                    format!("chown it to the account that runs the program ({own})"),
                );
            }
        }
    }
    if let Err(fault) = opening::try_writing(folder) {
        let cure = "give the program's account the right to write there, or make room";
        report.fail(about, format!("{fault:#}"), cure);
        return;
    }
    let room = match rustix::fs::statvfs(folder) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(fault) => {
            let what = format!("the room in `{}` cannot be asked for: {fault}", folder.display());
            report.warn(about, what, "look at it with `df`");
            return;
        }
    };
    let told = format!("`{}` can be written, {} MiB free", folder.display(), room / (1024 * 1024));
    let cure = "make room, or move the folder to a larger disk";
    if room < ROOM_NONE {
        report.fail(about, told, cure);
    } else if room < ROOM_LITTLE {
        report.warn(about, told, cure);
    } else {
        report.ok(about, told);
    }
}

/// How old the newest backup is, as far as the settings say where they arrive.
pub(super) fn backups(report: &mut Report, settings: &Settings) {
    let cure = "see `docs/guides/operate.md`, “Backup and restore”";
    let Some(folder) = &settings.backup.folder else {
        let what = "nobody has said where backups arrive (`backup.folder`)";
        report.warn("backup", what, cure);
        return;
    };
    let newest = std::fs::read_dir(folder).map(|entries| {
        entries.flatten().filter_map(|entry| entry.metadata().ok()?.modified().ok()).max()
    });
    match newest {
        Err(fault) => {
            report.fail("backup", format!("`{}` cannot be read: {fault}", folder.display()), cure);
        }
        Ok(None) => report.fail("backup", format!("there is none in `{}`", folder.display()), cure),
        Ok(Some(newest)) => {
            let age = SystemTime::now().duration_since(newest).unwrap_or_default();
            let hours = age.as_secs() / 3_600;
            let told = format!("the newest in `{}` is {hours} hours old", folder.display());
            let oldest = Duration::from_secs(u64::from(settings.backup.oldest_h) * 3_600);
            if age > oldest {
                report.fail("backup", told, cure);
            } else {
                report.ok("backup", told);
            }
        }
    }
}

/// Whether everybody on this machine may read a file.
fn others_read(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o004 != 0)
}
