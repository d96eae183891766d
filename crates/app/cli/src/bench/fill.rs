//! `yijianshi bench fill`: a hub with as many cases as wanted. A small city lives three months through the real
//! engine; its cases are then written again and again with ids, numbers and dates of their own, by bulk load.
//!
//! Short cases come more often than long ones, so that a case has about ten events. What has ended lies anywhere in
//! the year before, what is open began within the last months; departments, states, corrections and overdue ones
//! are those of the city. Licences are left out: their numbers are not made twice.

use std::collections::hash_map::{Entry, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Tick;

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;
use store_port::{SharedStore, fresh_id};
use store_sql::fill::Filler;
use vocabulary::{AccountId, AreaCode, Instant, SubjectId};
use worker::Patience;

use super::templates::{Person, Template, Variant};
use crate::demo_clock::DemoClock;
use crate::life::{City, Life, everyday};
use crate::output::{self, Format};
use crate::wiring::{Definitions, Hub, HubPlan, Partners, SystemClock};
use crate::{End, demo_agents, demo_desk, demo_people, keys, offices, serve};

/// The same templates and the same choice every time.
const SEED: u64 = 20_261_122;
/// Cases of one transaction.
const AT_ONCE: usize = 500;
/// Longer cases are not copied.
const EVENTS_MAX: usize = 30;
/// What has ended is put so many times four weeks back, at most.
const MONTHS: i64 = 12;
/// What is open is put so many weeks back, at most.
const WEEKS: i64 = 2;
/// Cases of one person.
const CASES_EACH: usize = 50;
const PEOPLE_MAX: usize = 20_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Keys and, unless `--database` names another, the database lie in this folder.
    #[arg(long)]
    data: PathBuf,
    /// `postgres://…` or `sqlite:///folder/hub.db`; cases come to those that are there.
    #[arg(long)]
    database: Option<String>,
    #[arg(long, default_value_t = 1_000_000)]
    cases: usize,
    /// How many people of the small city apply whose cases are copied.
    #[arg(long, default_value_t = 400)]
    arrivals: usize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Filled {
    pub(crate) templates: usize,
    pub(crate) cases: usize,
    pub(crate) events: usize,
    pub(crate) services: usize,
    pub(crate) wall_s: f64,
    pub(crate) cases_per_s: f64,
    pub(crate) database_bytes: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    if arguments.cases == 0 || arguments.arrivals == 0 {
        bail!("at least one case, and at least one arrival");
    }
    let definitions = definitions()?;
    let url = arguments.database.clone().unwrap_or_else(|| own_database(&arguments.data));
    let filled = serve::runtime()?.block_on(async {
        std::fs::create_dir_all(&arguments.data).context("making the data folder")?;
        let templates = Templates::live(&definitions, arguments.arrivals).await?;
        let (hub, filler) = open(&definitions, &arguments.data, &url).await?;
        templates.write(&hub, &filler, &url, arguments.cases, true).await
    })?;
    match arguments.format {
        Format::Json => output::write_json(&filled)?,
        Format::Text => output::write(&format!(
            "{} cases with {} events and {} services from {} templates in {:.0} s: {:.0} cases \
             per second; the database has {} MB\n",
            filled.cases,
            filled.events,
            filled.services,
            filled.templates,
            filled.wall_s,
            filled.cases_per_s,
            filled.database_bytes / 1_000_000
        ))?,
    }
    Ok(End::Clean)
}

/// The embedded database of a folder.
pub(super) fn own_database(data: &Path) -> String {
    format!("sqlite://{}", data.join("hub.db").display())
}

/// The definitions that come with the program, with the demonstration city.
pub(super) fn definitions() -> Result<Definitions> {
    let definitions = Definitions::load(None)?.context("compiling the definitions")?;
    definitions.with_network(None)?.context("compiling the network")
}

/// A hub with the demonstration's people, and a way to fill its store.
pub(super) async fn open(
    definitions: &Definitions,
    data: &Path,
    url: &str,
) -> Result<(Hub, Filler)> {
    let (store, filler) = Filler::open(url).await.context("opening the database")?;
    let clock: Arc<dyn engine::Clock> = Arc::new(SystemClock);
    let hub = hub(definitions, data, store, keys::master_key(data)?, clock).await?;
    demo_people::ensure_accounts(&hub.engine).await?;
    demo_desk::ensure_counter(&hub.engine).await?;
    Ok((hub, filler))
}

async fn hub(
    definitions: &Definitions,
    data: &Path,
    store: SharedStore,
    master_key: [u8; 32],
    clock: Arc<dyn engine::Clock>,
) -> Result<Hub> {
    let plan = HubPlan {
        definitions,
        data,
        database: None,
        master_key,
        partners: Partners::default(),
        demo: None,
        clock,
        patience: Patience::short(),
        secure_cookies: false,
    };
    Hub::open_on(plan, store, Arc::new(object_store::memory::InMemory::new())).await
}

/// What is copied.
pub(super) struct Templates(Vec<Template>);

impl Templates {
    /// Lets a small city live, and keeps what its cases committed.
    pub(super) async fn live(definitions: &Definitions, arrivals: usize) -> Result<Self> {
        let folder = tempfile::tempdir().context("making a folder")?;
        let url = format!("{}?throw-away", own_database(folder.path()));
        let (store, recording) = store_sql::open_recorded(&url).await?;
        let now = Instant::now();
        let clock = Arc::new(DemoClock::ahead_by(jiff::SignedDuration::ZERO));
        clock.stand(now);
        let time = Arc::clone(&clock) as Arc<dyn engine::Clock>;
        let hub = hub(definitions, folder.path(), store, rand::random(), time).await?;
        demo_people::ensure_accounts(&hub.engine).await?;
        demo_desk::ensure_counter(&hub.engine).await?;
        demo_agents::ensure_agents(&hub.engine).await?;
        let city = City {
            engine: hub.engine.clone(),
            clock,
            scenarios: everyday(definitions),
            departments: offices::specs(&definitions.catalogue),
            seed: SEED,
            began: now,
            by_hand: "public-security",
            silent: None,
            counter: tokio::sync::Mutex::default(),
        };
        let today = definitions.catalogue.civil_date(now);
        Life::plan(city, today, arrivals).run_until(now).await?;
        let mut templates = Template::all(&hub.engine, &recording).await?;
        templates.retain(|template| template.events() <= EVENTS_MAX);
        if templates.is_empty() {
            bail!("the small city has no case that could be copied: more arrivals are needed");
        }
        hub.current.let_go();
        Ok(Self(templates))
    }

    /// Writes so many cases.
    pub(super) async fn write(
        &self,
        hub: &Hub,
        filler: &Filler,
        url: &str,
        cases: usize,
        tells: bool,
    ) -> Result<Filled> {
        let began = Tick::now();
        let people = people(hub, cases).await?;
        let engine = &hub.engine;
        let area = engine.catalogue().jurisdiction.area.as_deref().unwrap_or("100000");
        let area = AreaCode::new(area);
        let mut rng = StdRng::seed_from_u64(SEED);
        // Short ones come more often.
        let weights: Vec<f64> =
            self.0.iter().map(|template| 1.0 / (template.events() as f64).powi(2)).collect();
        let sum: f64 = weights.iter().sum();
        let mut variants: HashMap<(usize, i64), Variant> = HashMap::new();
        let mut filled = Filled {
            templates: self.0.len(),
            cases: 0,
            events: 0,
            services: 0,
            wall_s: 0.0,
            cases_per_s: 0.0,
            database_bytes: 0,
        };
        let mut writing: Option<tokio::task::JoinHandle<Result<(), store_port::Fault>>> = None;
        while filled.cases < cases {
            let mut batch = Vec::with_capacity(AT_ONCE);
            while batch.len() < AT_ONCE && filled.cases + batch.len() < cases {
                let mut drawn = rng.random::<f64>() * sum;
                let at = weights.iter().position(|weight| {
                    drawn -= weight;
                    drawn <= 0.0
                });
                let at = at.unwrap_or(0);
                let template = self.0.get(at).context("choosing a template")?;
                let weeks = if template.ended {
                    4 * rng.random_range(0..=MONTHS)
                } else {
                    rng.random_range(0..=WEEKS)
                };
                let variant = match variants.entry((at, weeks)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(template.earlier(engine, weeks)?),
                };
                let person = people.get(rng.random_range(0..people.len()));
                batch.push(variant.copy(person.context("choosing a person")?, &area)?);
            }
            filled.cases += batch.len();
            filled.events += batch.iter().map(|it| it.events.len()).sum::<usize>();
            filled.services += batch.iter().map(|it| it.services.len()).sum::<usize>();
            // The next batch is made while this one is written.
            if let Some(before) = writing.take() {
                before.await.context("filling")??;
            }
            let filler = filler.clone();
            writing = Some(tokio::spawn(async move { filler.write(&batch).await }));
            if tells && filled.cases.is_multiple_of(AT_ONCE * 40) {
                let rate = filled.cases as f64 / began.elapsed().as_secs_f64();
                eprintln!("{} of {cases} cases, {rate:.0} per second", filled.cases);
            }
        }
        if let Some(last) = writing.take() {
            last.await.context("filling")??;
        }
        filler.settle().await?;
        filled.wall_s = began.elapsed().as_secs_f64();
        filled.cases_per_s = filled.cases as f64 / filled.wall_s;
        filled.database_bytes = store_sql::size_bytes(url).await?;
        Ok(filled)
    }
}

/// Those whose cases they are, each with a key.
async fn people(hub: &Hub, cases: usize) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for _ in 0..(cases / CASES_EACH).clamp(4, PEOPLE_MAX) {
        let subject = SubjectId(fresh_id());
        let key = hub.engine.vault().key_for(subject).await?;
        // In the small city, too, a person's account and the person have one id.
        people.push(Person { account: AccountId(subject.0), subject, key });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use store_port::{CaseChange, FactFilter, RatingFilter, ServiceFilter};
    use testkit::store_suite::Place;
    use vocabulary::CaseId;

    use super::*;

    const CASES: usize = 120;

    /// All that is kept of these cases but what only events say.
    async fn kept(store: &SharedStore, cases: &[CaseId]) -> String {
        let all = ServiceFilter { limit: 100_000, ..ServiceFilter::default() };
        let facts = FactFilter { limit: 100_000, ..FactFilter::default() };
        let ratings = RatingFilter { limit: 100_000, ..RatingFilter::default() };
        let mut rows = Vec::new();
        for case in cases {
            rows.push(store.find_case(*case).await.unwrap());
        }
        format!(
            "{rows:#?}{:#?}{:#?}{:#?}{:#?}",
            store.list_services(&all).await.unwrap(),
            store.list_case_facts(&facts).await.unwrap(),
            store.list_service_facts(&facts).await.unwrap(),
            store.list_ratings(&ratings).await.unwrap(),
        )
    }

    async fn filled_and_rebuilt(definitions: &Definitions, templates: &Templates, place: &Place) {
        let folder = tempfile::tempdir().unwrap();
        let (hub, filler) = open(definitions, folder.path(), place.url()).await.unwrap();
        let filled = templates.write(&hub, &filler, place.url(), CASES, false).await.unwrap();
        assert_eq!(filled.cases, CASES);
        assert!(filled.events >= 4 * CASES && filled.services >= CASES, "{filled:?}");
        let (engine, store) = (&hub.engine, hub.engine.store());
        let cases = store.list_cases_with_events(None, 1000).await.unwrap();
        assert_eq!(cases.len(), CASES);
        let before = kept(store, &cases).await;

        // What was copied in is what its events say, to the last row.
        let rebuilt = crate::rebuild::rebuild(engine, None, 3, false).await.unwrap();
        assert_eq!(rebuilt.mended, 0, "the copies are what the engine makes of their events");
        assert_eq!(rebuilt.cases, CASES as u64);
        assert_eq!(rebuilt.events, filled.events as u64);
        // And a case can be opened: its values by its own person's key.
        let file = engine.case_file(cases[CASES / 2]).await.unwrap().unwrap();
        assert_eq!(file.case.services.len(), file.case.application.nodes.len());
        assert!(file.words.values().any(|words| !words.is_empty()), "the applicant has a name");

        // Every row of every third case is damaged or gone; they are made again as they were.
        let mut wrong: Vec<CaseChange> = Vec::new();
        for (_, rows) in store.load_events(&cases).await.unwrap().into_iter().step_by(3) {
            let events = engine::projection::read_events(&rows).unwrap();
            let mut change = engine.projected(&events).unwrap().unwrap();
            change.case.state = "nowhere".to_owned();
            change.case.promised_on = None;
            change.services.pop();
            for row in &mut change.services {
                row.department = "nobody".to_owned();
                row.promised_on = None;
                row.watched.red_on = None;
            }
            change.service_facts.truncate(0);
            if let Some(fact) = &mut change.fact {
                fact.ended_on = Some("1999-01-01".to_owned());
                fact.body = "{}".to_owned();
            }
            change.ratings.clear();
            change.timers.clear();
            wrong.push(change);
        }
        let damaged = store.put_projections(&wrong).await.unwrap().mended;
        assert!(damaged > CASES as u64, "{damaged} rows are damaged");
        assert_ne!(kept(store, &cases).await, before);
        let rebuilt = crate::rebuild::rebuild(engine, None, 2, false).await.unwrap();
        assert!(rebuilt.mended > CASES as u64, "{rebuilt:?}");
        assert_eq!(kept(store, &cases).await, before, "all is as it was");
        let again = crate::rebuild::rebuild(engine, Some(cases[9]), 2, false).await.unwrap();
        assert_eq!((again.mended, again.cases), (0, CASES as u64 - 10), "from there on");
        hub.current.let_go();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn copied_cases_are_what_their_events_say_and_are_made_again_when_damaged() {
        let definitions = definitions().unwrap();
        let templates = Templates::live(&definitions, 30).await.unwrap();
        assert!(templates.0.len() > 3, "{} templates", templates.0.len());
        assert!(templates.0.iter().any(|it| it.ended), "some have ended");
        filled_and_rebuilt(&definitions, &templates, &Place::sqlite()).await;
        if let Some(place) = Place::postgres() {
            filled_and_rebuilt(&definitions, &templates, &place).await;
        }
    }
}
