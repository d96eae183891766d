//! The database: reachable, of the right version, writable; its clock, the master key, what is owed and late.

use anyhow::{Context as _, Result};
use engine::supervising::{role_of, vacant_posts};
use store_port::SharedStore;
use store_sql::{Obstacle, Tables};
use vocabulary::{CaseId, DispatchId, Instant};

use super::Report;
use crate::keys::{self, KeyState};
use crate::opening;
use crate::settings::Settings;
use crate::wiring::Definitions;

/// Clocks this far apart are to be looked after, …
const CLOCK_WARN_S: i64 = 2;
/// … and this far apart no node works on timers.
const CLOCK_FAIL_S: i64 = 30;
/// A receipt that a department has owed for so many hours is to be looked after.
const OWED_HOURS: i64 = 24;
/// A timer so many seconds late has nobody who works.
const TIMER_LATE_S: i64 = 60;
/// Of each department so many of its oldest cases are looked at.
const OLDEST_OF: u32 = 16;

pub(super) async fn look(
    report: &mut Report,
    settings: &Settings,
    definitions: Option<&Definitions>,
) {
    let address = match settings.database() {
        Ok(address) => address,
        Err(fault) => return report.fault("database", &fault),
    };
    let embedded = address.reveal().starts_with("sqlite:");
    let kind = if embedded { "the embedded database" } else { "PostgreSQL" };
    let state = match store_sql::schema_state(address.reveal()).await {
        Ok(state) => state,
        Err(fault) => return report.fault("database", &opening::told(&fault)),
    };
    report.ok("database", format!("{kind} answers"));
    if let Err(fault) = state.whole() {
        return report.fault("tables", &opening::told(&fault));
    }
    if !state.pending.is_empty() {
        let what = format!(
            "{} of {} migrations are still to be made",
            state.pending.len(),
            state.pending.len() + state.made.len()
        );
        let cure = if settings.store.migrate {
            "the next start makes them; or run `yijianshi migrate` now"
        } else {
            "run `yijianshi migrate`: no node starts before"
        };
        return report.warn("tables", what, cure);
    }
    report.ok("tables", format!("are this version's ({} migrations)", state.made.len()));
    // What holds the lock of an embedded database writes; nobody else can try.
    if embedded {
        match store_sql::open_as(address.reveal(), Tables::Require).await {
            Ok(store) => writing(report, &store).await,
            Err(fault) if fault.obstacle() == Obstacle::InUse => {
                report.ok("lock", format!("{fault}: a hub is running"));
            }
            Err(fault) => report.fault("lock", &opening::told(&fault)),
        }
    } else {
        match store_sql::open_as(address.reveal(), Tables::Require).await {
            Ok(store) => writing(report, &store).await,
            Err(fault) => report.fault("rights", &opening::told(&fault)),
        }
    }
    let store = match store_sql::open_as(address.reveal(), Tables::Look).await {
        Ok(store) => store,
        Err(fault) => return report.fault("database", &opening::told(&fault)),
    };
    if let Err(fault) = contents(report, settings, &store, embedded).await {
        report.fault("database", &fault);
    }
    if let Some(definitions) = definitions
        && let Err(fault) = posts(report, &store, definitions).await
    {
        report.fault("database", &fault);
    }
}

/// Whom supervision tells: a post that nobody holds hears nothing.
async fn posts(report: &mut Report, store: &SharedStore, definitions: &Definitions) -> Result<()> {
    let catalogue = &definitions.catalogue;
    let today = catalogue.civil_date(Instant::now());
    let vacant = vacant_posts(store, catalogue, today).await.context("looking for posts")?;
    if vacant.is_empty() {
        report.ok("supervision", "every post that its chain names is held");
    }
    for post in vacant {
        let role = role_of(post.to);
        let whose = match &post.departments {
            Some(departments) => {
                let first: Vec<&str> = departments.iter().take(3).map(|id| id.as_str()).collect();
                let more = if departments.len() > first.len() { " and others" } else { "" };
                format!(" in {} departments ({}{more})", departments.len(), first.join(", "))
            }
            None => String::new(),
        };
        let what = format!(
            "nobody holds `{}`{whose}: what it is told comes to the managers",
            post.to.as_str()
        );
        let whom = if post.to.is_of_department() { " --department ID" } else { "" };
        let cure = format!("run `yijianshi account add --role {role}{whom} …`");
        report.warn("supervision", what, cure);
    }
    Ok(())
}

async fn writing(report: &mut Report, store: &SharedStore) {
    match store.try_writing().await {
        Ok(()) => report.ok("rights", "rows can be written"),
        Err(fault) => {
            let why = std::error::Error::source(&fault).map(ToString::to_string);
            let what = format!("{fault}: {}", why.unwrap_or_default());
            let cure = "give the program's account the right to read and write all tables; \
                        a server that only reads is a standby";
            report.fail("rights", what, cure);
        }
    }
}

async fn contents(
    report: &mut Report,
    settings: &Settings,
    store: &SharedStore,
    embedded: bool,
) -> Result<()> {
    if !embedded {
        clocks(report, store).await?;
        replication(report, store).await?;
    }
    master_key(report, settings, store).await?;
    outbox(report, store).await?;
    timers(report, store).await
}

async fn clocks(report: &mut Report, store: &SharedStore) -> Result<()> {
    let before = Instant::now();
    let told = store.database_time().await.context("asking for the time")?;
    // The answer was on its way for a while: only what is more than that counts.
    let way = Instant::now().duration_since(before).as_secs();
    let off = told.duration_since(before).as_secs();
    let apart = off.abs().saturating_sub(way.abs());
    let what = format!("this machine and the database are {apart} s apart");
    let cure = "let both machines keep their time (`chronyc tracking`, `timedatectl`)";
    if apart > CLOCK_FAIL_S {
        report.fail("clock", what, cure);
    } else if apart > CLOCK_WARN_S {
        report.warn("clock", what, cure);
    } else {
        report.ok("clock", what);
    }
    Ok(())
}

/// Whether what is acknowledged survives the loss of the server.
async fn replication(report: &mut Report, store: &SharedStore) -> Result<()> {
    let state = store.replication().await.context("asking for the server's settings")?;
    let Some(state) = state else { return Ok(()) };
    let commit = state.synchronous_commit.as_str();
    let names = state.synchronous_standby_names.as_str();
    if !state.syncs {
        let cure = "set `fsync = on`: a power cut may destroy the whole database";
        report.fail("durability", "`fsync` is off", cure);
    }
    if commit == "off" {
        let what = "`synchronous_commit` is off: a crash of the server loses what was acknowledged";
        report.fail(
            "durability",
            what,
            "set `synchronous_commit = on`, for this database at least",
        );
    } else {
        report.ok("durability", format!("`synchronous_commit` is {commit}"));
    }
    if state.is_standby {
        let cure = "promote it (`pg_ctl promote`), or name the primary in `store.database`; several servers are \
                    written `postgres://USER@FIRST,SECOND/NAME`";
        report.fail("replication", "the server is a standby: it only reads", cure);
    } else if names.is_empty() {
        let what = format!(
            "commits wait for no standby (`synchronous_standby_names` is empty, {} connected): with the server's \
             disk goes what was acknowledged since the last archived WAL",
            state.connected
        );
        let cure =
            "run a synchronous standby; `docs/guides/operate.md`, “Loss of the database's machine”";
        report.warn("replication", what, cure);
    } else if state.synchronous == Some(0) || state.connected == 0 {
        let what = format!(
            "`synchronous_standby_names` is `{names}` and none of them is connected: every commit waits, and people \
             are told that the outcome is unknown"
        );
        let cure = "bring a standby back. Emptying `synchronous_standby_names` lets commits through at the risk of \
                    losing them with this server";
        report.fail("replication", what, cure);
    } else if commit == "local" {
        let what =
            format!("`synchronous_standby_names` is `{names}`, but commits do not wait for it");
        report.warn("replication", what, "set `synchronous_commit = on`");
    } else {
        let synchronous = state.synchronous.unwrap_or(state.connected);
        report.ok("replication", format!("commits wait for {synchronous} of `{names}`"));
    }
    Ok(())
}

async fn master_key(report: &mut Report, settings: &Settings, store: &SharedStore) -> Result<()> {
    let named = settings.store.master_key_file.as_deref();
    let key = match keys::find(named, settings.data()?) {
        Ok(key) => key,
        Err(fault) => {
            let cure = "put the right key there; `yijianshi explain SYS0018` says more";
            report.fail("master key", format!("{fault:#}"), cure);
            return Ok(());
        }
    };
    let state = keys::state(store, key.as_ref()).await?;
    let cure = "copy it from another node or from the backup: no other key opens what was entered";
    match (key.is_some(), state) {
        (true, KeyState::Right) => report.ok("master key", "is there and opens the probe"),
        (true, KeyState::Unused) => report.ok("master key", "is there; nothing is sealed yet"),
        (false, KeyState::Unused) => report.ok("master key", "the first start makes it"),
        (true, KeyState::Wrong) => {
            report.fail("master key", "is not the one this database was begun with", cure);
        }
        (false, _) => report.fail("master key", "is missing, and the database has one", cure),
    }
    Ok(())
}

async fn outbox(report: &mut Report, store: &SharedStore) -> Result<()> {
    let owed = store.owed().await.context("counting what is owed")?;
    if owed.is_empty() {
        report.ok("outbox", "no department owes a receipt");
        return Ok(());
    }
    let oldest = store.oldest_owed(OLDEST_OF).await.context("looking for the oldest sendings")?;
    let now = Instant::now();
    for (department, waiting, delivered) in owed {
        let mut since: Option<Instant> = None;
        for sending in oldest.iter().filter(|sending| sending.department == department) {
            let at = sent_at(store, sending.case_id, sending.dispatch_id).await?;
            since = since.into_iter().chain(at).min();
        }
        let hours = since.map_or(0, |since| now.duration_since(since).as_hours());
        let what = format!(
            "`{department}`: {waiting} not delivered, {delivered} without a receipt, the oldest for \
             {hours} hours"
        );
        if hours >= OWED_HOURS {
            let cure =
                "ask the department; the hub goes on sending under the same ids, nothing is lost";
            report.warn("outbox", what, cure);
        } else {
            report.ok("outbox", what);
        }
    }
    Ok(())
}

async fn sent_at(
    store: &SharedStore,
    case: CaseId,
    dispatch: DispatchId,
) -> Result<Option<Instant>> {
    let mut loaded = store.load_events(&[case]).await.context("reading a case's events")?;
    let rows = loaded.pop().map(|(_, rows)| rows).unwrap_or_default();
    // Whatever cannot be read here is told where it is worked on.
    let Ok(events) = engine::projection::read_events(&rows) else { return Ok(None) };
    let Some(case) = casework::Case::fold(&events) else { return Ok(None) };
    Ok(case.service_of(dispatch).and_then(|it| it.sending(dispatch)).map(|it| it.dispatched_at))
}

async fn timers(report: &mut Report, store: &SharedStore) -> Result<()> {
    let now = Instant::now();
    let (due, first) = store.timers_due_before(now).await.context("counting timers")?;
    let late = first.map_or(0, |first| now.duration_since(first).as_secs());
    if late > TIMER_LATE_S {
        let what = format!("{due} are due, the first for {late} s");
        let cure =
            "no node works: start one (`yijianshi work`, or `serve` with `work.beside_pages`)";
        report.warn("timers", what, cure);
    } else {
        report.ok("timers", format!("{due} are due now"));
    }
    Ok(())
}
