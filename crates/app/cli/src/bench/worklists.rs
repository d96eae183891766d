//! `yijianshi bench worklists`: how long people wait for their lists, in a hub with few cases and in one with very
//! many, side by side.
//!
//! Pages are the real ones, answered by the real router in this process: session, authorisation, counts, rows,
//! names unsealed, HTML. Each user asks for the next page when he has the last one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Tick};

use anyhow::{Context, Result, bail};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use serde::Serialize;
use store_port::{AccountRow, ServiceFilter};
use tower::ServiceExt as _;
use vocabulary::AccountId;

use super::fill::{self, Templates, own_database};
use super::percentile_ms;
use crate::output::{self, Format};
use crate::wiring::{Definitions, Hub};
use crate::{End, demo_desk, serve};

/// Pages that each user asks for before time is taken.
const WARMING: usize = 5;
/// What p95 should be at most, and how much longer with the many than with the few.
const AIM_MS: f64 = 50.0;
const AIM_RATIO: f64 = 1.5;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Keys and, unless databases are named, the two databases lie below this folder.
    #[arg(long)]
    data: PathBuf,
    /// An empty database (`postgres://…`), or one that was filled by an earlier run, for the few.
    #[arg(long, requires = "large_database")]
    small_database: Option<String>,
    /// The same for the many.
    #[arg(long, requires = "small_database")]
    large_database: Option<String>,
    #[arg(long, default_value_t = 10_000)]
    small: usize,
    #[arg(long, default_value_t = 1_000_000)]
    large: usize,
    #[arg(long, default_value_t = 16)]
    users: usize,
    /// Pages that each user asks for, of each kind.
    #[arg(long, default_value_t = 50)]
    pages: usize,
    /// How long a user looks at a page before he asks for the next.
    #[arg(long, default_value_t = 0)]
    pause_ms: u64,
    /// How many people of the small city apply whose cases are copied.
    #[arg(long, default_value_t = 400)]
    arrivals: usize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One kind of page, in both hubs.
#[derive(Debug, Clone, Serialize)]
struct Compared {
    page: &'static str,
    small_p50_ms: f64,
    small_p95_ms: f64,
    large_p50_ms: f64,
    large_p95_ms: f64,
    /// Of p95, many by few.
    ratio: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Report {
    small_cases: usize,
    large_cases: usize,
    users: usize,
    pause_ms: u64,
    pages: Vec<Compared>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    if arguments.users == 0 || arguments.pages == 0 || arguments.small == 0 || arguments.large == 0
    {
        bail!("at least one user, one page and one case");
    }
    let definitions = fill::definitions()?;
    let report = serve::runtime()?.block_on(compare(&definitions, arguments))?;
    match arguments.format {
        Format::Json => output::write_json(&report)?,
        Format::Text => output::write(&table(&report))?,
    }
    Ok(End::Clean)
}

fn table(report: &Report) -> String {
    let mut text = format!(
        "{} users; milliseconds with {} and with {} cases\n{:22}{:>10}{:>10}{:>10}{:>10}{:>8}\n",
        report.users,
        report.small_cases,
        report.large_cases,
        "",
        "p50",
        "p95",
        "p50",
        "p95",
        "ratio"
    );
    for page in &report.pages {
        let well = page.large_p95_ms < AIM_MS && page.ratio <= AIM_RATIO;
        text.push_str(&format!(
            "{:22}{:>10.1}{:>10.1}{:>10.1}{:>10.1}{:>8.2}{}\n",
            page.page,
            page.small_p50_ms,
            page.small_p95_ms,
            page.large_p50_ms,
            page.large_p95_ms,
            page.ratio,
            if well { "" } else { "  missed" }
        ));
    }
    text.push_str(&format!("aim: p95 below {AIM_MS:.0} ms, ratio of p95 at most {AIM_RATIO}\n"));
    text
}

async fn compare(definitions: &Definitions, arguments: &Arguments) -> Result<Report> {
    let mut templates = None;
    let folders = [arguments.data.join("small"), arguments.data.join("large")];
    let urls = [&arguments.small_database, &arguments.large_database];
    let sizes = [arguments.small, arguments.large];
    let mut took: Vec<Vec<(&'static str, Vec<Duration>)>> = Vec::new();
    for ((folder, url), cases) in folders.iter().zip(urls).zip(sizes) {
        let url = url.clone().unwrap_or_else(|| own_database(folder));
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder `{}`", folder.display()))?;
        if templates.is_none() {
            templates = Some(Templates::live(definitions, arguments.arrivals).await?);
        }
        let templates = templates.as_ref().context("making templates")?;
        let hub = filled(definitions, templates, folder, &url, cases).await?;
        took.push(measure(&hub, arguments).await?);
        hub.current.let_go();
    }
    let [small, large] = took.as_slice() else { bail!("two hubs are measured") };
    let mut report = Report {
        small_cases: arguments.small,
        large_cases: arguments.large,
        users: arguments.users,
        pause_ms: arguments.pause_ms,
        pages: Vec::new(),
    };
    for ((page, few), (_, many)) in small.iter().zip(large) {
        let (small_p95_ms, large_p95_ms) = (percentile_ms(few, 95), percentile_ms(many, 95));
        report.pages.push(Compared {
            page,
            small_p50_ms: percentile_ms(few, 50),
            small_p95_ms,
            large_p50_ms: percentile_ms(many, 50),
            large_p95_ms,
            ratio: large_p95_ms / small_p95_ms,
        });
    }
    Ok(report)
}

/// A hub with so many cases; what an earlier run has filled stays.
async fn filled(
    definitions: &Definitions,
    templates: &Templates,
    folder: &Path,
    url: &str,
    cases: usize,
) -> Result<Hub> {
    let (hub, filler) = fill::open(definitions, folder, url).await?;
    if hub.engine.store().list_case_ids(None, 1).await?.is_empty() {
        templates.write(&hub, &filler, url, cases, true).await?;
    }
    Ok(hub)
}

/// A user with his session's cookie.
struct User {
    account: AccountRow,
    cookie: String,
}

/// Somebody with the same post who may sign in: people of the demonstration may only there.
async fn like(hub: &Hub, account: AccountRow) -> Result<User> {
    let account_id = AccountId(store_port::fresh_id());
    let account = AccountRow {
        account_id,
        login: format!("bench-{account_id}"),
        demo: false,
        subject: None,
        display_name: hub.engine.seal_account_name(account_id, None, "Mei Bankside").await?,
        ..account
    };
    hub.engine.store().upsert_account(&account).await?;
    user(hub, account).await
}

async fn user(hub: &Hub, account: AccountRow) -> Result<User> {
    let cookie = web::session::open(&hub.app, &account).await;
    let cookie = cookie.map_err(|fault| anyhow::anyhow!("opening a session: {fault:?}"))?;
    Ok(User { cookie: format!("{}={}", cookie.name(), cookie.value()), account })
}

/// The officers with the longest lists.
async fn officers(hub: &Hub, users: usize) -> Result<Vec<User>> {
    let store = hub.engine.store();
    let mut busy = Vec::new();
    let services = hub.engine.catalogue().services.values();
    let departments: BTreeSet<String> = services.map(|it| it.authority.to_string()).collect();
    for department in departments {
        let filter = ServiceFilter { department: Some(department.clone()), ..Default::default() };
        let open = store.count_lights(&filter, "9999-12-31").await?;
        busy.push((open.iter().map(|it| it.open).sum::<u64>(), department));
    }
    busy.sort_unstable();
    let mut officers = Vec::new();
    for (_, department) in busy.into_iter().rev() {
        if let Some(account) = store.find_account_by_login(&department).await?
            && officers.len() < users
        {
            officers.push(like(hub, account).await?);
        }
    }
    Ok(officers)
}

/// Applicants with many cases; they sign in from now on.
async fn applicants(hub: &Hub, users: usize) -> Result<Vec<User>> {
    let store = hub.engine.store();
    let mut owners: BTreeSet<AccountId> = BTreeSet::new();
    for case in store.list_case_ids(None, 1000).await? {
        if owners.len() < users
            && let Some(row) = store.find_case(case).await?
            && let Some(owner) = row.owner
            && owners.insert(owner)
        {
            let account = AccountRow {
                account_id: owner,
                login: format!("bench-{owner}"),
                role: "applicant".to_owned(),
                department: None,
                area: None,
                subject: Some(row.subject),
                password_hash: None,
                disabled: false,
                demo: false,
                display_name: hub
                    .engine
                    .seal_account_name(owner, Some(row.subject), "Mei Bankside")
                    .await?,
            };
            store.upsert_account(&account).await?;
        }
    }
    let mut applicants = Vec::new();
    for owner in owners {
        let account = store.find_account(owner).await?.context("finding an applicant")?;
        applicants.push(user(hub, account).await?);
    }
    Ok(applicants)
}

/// Each kind of page, asked for by all users at the same time; the times in order.
async fn measure(hub: &Hub, arguments: &Arguments) -> Result<Vec<(&'static str, Vec<Duration>)>> {
    let officers = officers(hub, arguments.users).await?;
    let applicants = applicants(hub, arguments.users).await?;
    let manager = hub.engine.store().find_account_by_login(demo_desk::CITY_MANAGER).await?;
    let manager = [like(hub, manager.context("finding the manager")?).await?];
    let number = {
        let store = hub.engine.store();
        let case = store.list_case_ids(None, 1).await?;
        let row = store.find_case(*case.first().context("finding a case")?).await?;
        row.context("finding a case")?.case_number
    };
    let end: String = number.chars().skip(number.len().saturating_sub(6)).collect();
    let kinds: [(&'static str, &[User], String); 6] = [
        ("officer", &officers, "/officer".to_owned()),
        ("officer, all", &officers, "/officer?tab=all".to_owned()),
        ("officer, following", &officers, String::new()),
        ("officer, by number", &officers, format!("/officer?tab=all&number={end}")),
        ("applicant", &applicants, "/mine".to_owned()),
        ("manager, supervision", &manager, "/manager/supervision".to_owned()),
    ];
    let mut all = Vec::new();
    for (kind, users, path) in kinds {
        if users.is_empty() {
            bail!("nobody can ask for the page `{kind}`");
        }
        let mut running = tokio::task::JoinSet::new();
        for number in 0..arguments.users {
            let user = users.get(number % users.len()).context("choosing a user")?;
            let path = if path.is_empty() { following(hub, user).await? } else { path.clone() };
            let (router, cookie) = (hub.current.router(), user.cookie.clone());
            let (pages, pause) = (arguments.pages, Duration::from_millis(arguments.pause_ms));
            running.spawn(async move {
                let mut took = Vec::with_capacity(pages);
                for page in 0..WARMING + pages {
                    let request =
                        Request::get(&path).header(header::COOKIE, &cookie).body(Body::empty())?;
                    let began = Tick::now();
                    let response = router.clone().oneshot(request).await?;
                    let status = response.status();
                    axum::body::to_bytes(response.into_body(), usize::MAX).await?;
                    if status != StatusCode::OK {
                        bail!("`{path}` answers {status}");
                    }
                    if page >= WARMING {
                        took.push(began.elapsed());
                    }
                    tokio::time::sleep(pause).await;
                }
                Ok(took)
            });
        }
        let mut took: Vec<Duration> = Vec::new();
        while let Some(of_user) = running.join_next().await {
            took.extend(of_user.context("a user's task ended")??);
        }
        took.sort_unstable();
        all.push((kind, took));
    }
    Ok(all)
}

/// The address of the page after the first of an officer's whole list.
async fn following(hub: &Hub, user: &User) -> Result<String> {
    let filter = ServiceFilter {
        department: user.account.department.clone(),
        states: web::officer::filter::Tab::counted()
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
        limit: 50,
        ..ServiceFilter::default()
    };
    let rows = hub.engine.store().list_services(&filter).await?;
    Ok(match rows.last() {
        Some(last) => {
            let after = web::officer::filter::after(last);
            format!("/officer?tab=all&after={}", web::page::percent_encoded(&after))
        }
        None => "/officer?tab=all".to_owned(),
    })
}
