//! The life of the demo's city: people apply, departments decide, some are late, some ask again, some people rate.
//!
//! Everything goes through the real engine, at the moments at which it would have happened: the demo's clock
//! stands at each of them. It begins three months ago; what is due later stays in the queue and happens when
//! the demo's time gets there. The same seed gives the same life.

mod arrival;
mod fate;
mod filled;
mod moments;
mod people;
mod rated;
mod stories;
mod together;
mod way;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use ::departments::DepartmentSpec;
use anyhow::Result;
use engine::{Engine, EngineError};
use jiff::{SignedDuration, ToSpan as _};
use plan::scenario::ScenarioAsWritten;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng as _};
use vocabulary::{AccountId, CaseId, Date, Instant, NodeKey};

use crate::demo_clock::DemoClock;
use crate::wiring::Definitions;
pub(crate) use moments::Moments;

/// So many working days of arrivals lie before the beginning, and so many more are planned ahead.
const MONTHS_BACK: i32 = 3;
const DAYS_AHEAD: usize = 40;
/// More timers than fall due on one morning.
const TIMERS: u32 = 20_000;
/// What happens within this long happens at the same moment of the demo's clock: it is committed together.
const TOGETHER: SignedDuration = SignedDuration::from_mins(45);

/// Something that will happen.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Somebody applies, or begins to and leaves it.
    Arrive(Box<arrival::Arrival>),
    /// A department, the applicant or nobody does the next thing about a service.
    Handle { case: CaseId, node: NodeKey, steps: Vec<(Instant, fate::Step)> },
    /// The applicant takes everything back that is still open.
    TakeBack { case: CaseId },
    /// The applicant rates, if there is something to rate by then.
    Rate { case: CaseId, grade: u8, tries: u8 },
    /// The applicant opens what was decided and confirms that it came.
    Collect { case: CaseId, tries: u8 },
    /// Somebody who came for one service goes on with the rest of the matter.
    Continue { case: CaseId, arrival: Box<arrival::Arrival>, tries: u8 },
    /// The applicant takes his order back from the agent.
    EndOrder { applicant: AccountId, order: uuid::Uuid },
    /// The case that shows departments working together.
    Together,
    /// The next thing in a story of its own.
    Tell { story: stories::Story, case: Option<CaseId>, stage: u8 },
    /// Whoever answers for a bad rating does the next thing about it.
    AnswerRating { case: CaseId, node: Option<NodeKey>, step: rated::Answer },
}

/// What the city is made of.
pub(crate) struct City {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<DemoClock>,
    pub(crate) scenarios: BTreeMap<String, Vec<ScenarioAsWritten>>,
    pub(crate) departments: Vec<DepartmentSpec>,
    pub(crate) seed: u64,
    /// Up to here it is history; later nobody of the city stands in the queues of those who play.
    pub(crate) began: Instant,
    /// The department whose officer is played.
    pub(crate) by_hand: &'static str,
    /// A department whose system is down, and since when.
    pub(crate) silent: Option<(&'static str, Instant)>,
    /// One number at a time is drawn and called.
    pub(crate) counter: tokio::sync::Mutex<()>,
}

/// The city with what is still to come.
pub(crate) struct Life {
    city: Arc<City>,
    queue: BinaryHeap<Reverse<(Instant, u64)>>,
    deeds: BTreeMap<u64, Deed>,
    next: u64,
    /// Services whose fate is in the queue or behind them.
    known: BTreeMap<CaseId, BTreeSet<NodeKey>>,
    /// The last day on which supervision has looked.
    watched: Date,
}

impl std::fmt::Debug for Life {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Life").field("to_come", &self.deeds.len()).finish_non_exhaustive()
    }
}

/// What came of a deed.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    pub(crate) deeds: Vec<(Instant, Deed)>,
    /// Services that have begun.
    pub(crate) begun: Vec<(CaseId, NodeKey)>,
}

/// How much happened.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) deeds: usize,
    pub(crate) failed: usize,
}

impl Life {
    /// The life of a city as of `today`: `cases` arrivals before it, and some for the weeks after it.
    pub(crate) fn plan(city: City, today: Date, cases: usize) -> Self {
        let mut life = Self {
            city: Arc::new(city),
            queue: BinaryHeap::new(),
            deeds: BTreeMap::new(),
            next: 0,
            known: BTreeMap::new(),
            watched: today,
        };
        let mut rng = StdRng::seed_from_u64(life.city.seed);
        let city = Arc::clone(&life.city);
        let moments = Moments { catalogue: city.engine.catalogue() };
        let mut day = today.checked_sub(MONTHS_BACK.months()).unwrap_or(today);
        life.watched = day;
        let mut days = Vec::new();
        while moments.next_day(day) < today {
            day = moments.next_day(day);
            days.push(day);
        }
        let past = days.len().max(1);
        // The day before yesterday, in the morning.
        if let Some(day) = days.iter().rev().nth(1).filter(|_| cases > 0) {
            let moment = moments.of_day(*day, &mut StdRng::seed_from_u64(life.city.seed));
            life.put(moment, Deed::Together);
            for story in stories::Story::ALL {
                let begins = days.iter().rev().nth(story.working_days_ago());
                let Some(day) = begins else { continue };
                let tell = Deed::Tell { story, case: None, stage: 0 };
                life.put(moments.at(*day, story.minute()), tell);
            }
        }
        for _ in 0..DAYS_AHEAD {
            day = moments.next_day(day);
            days.push(day);
        }
        // Arrivals grow slowly over the months: the matters get known.
        let weight = |at: usize| 2 * past + at;
        let sum: usize = (0..past).map(weight).sum();
        let mut made = 0usize;
        let mut due = 0usize;
        for (at, day) in days.into_iter().enumerate() {
            due += weight(at.min(past)) * cases;
            while made * sum < due {
                made += 1;
                let moment = moments.of_day(day, &mut rng);
                let own_seed: u64 = rng.random();
                if let Some(arrival) = arrival::Arrival::draw(&city, own_seed, made) {
                    life.put(moment, Deed::Arrive(Box::new(arrival)));
                }
            }
        }
        life
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    fn put(&mut self, at: Instant, deed: Deed) {
        let id = self.next;
        self.next += 1;
        self.queue.push(Reverse((at, id)));
        self.deeds.insert(id, deed);
    }

    /// Lets everything happen that is due until `until`; the clock stands at each moment on the way and is left
    /// standing at the last one.
    pub(crate) async fn run_until(&mut self, until: Instant) -> Result<Happened> {
        let mut happened = Happened::default();
        while let Some(first) = self.next_at().filter(|at| *at <= until) {
            let end = first.checked_add(TOGETHER).unwrap_or(until).min(until);
            self.watch_until(first).await?;
            let mut now = Vec::new();
            let mut later = Vec::new();
            let mut busy = BTreeSet::new();
            while let Some(Reverse((at, id))) =
                self.queue.peek().copied().filter(|top| top.0.0 <= end)
            {
                self.queue.pop();
                let Some(deed) = self.deeds.remove(&id) else { continue };
                // One case does one thing at a time.
                match deed.case() {
                    Some(case) if !busy.insert(case) => later.push((at, deed)),
                    _ => now.push((at, deed)),
                }
            }
            self.city.clock.stand(end);
            let doings = now.into_iter().map(|(at, deed)| {
                let city = Arc::clone(&self.city);
                tokio::spawn(async move { city.carry_out(at, deed).await })
            });
            for done in futures::future::join_all(doings).await {
                happened.deeds += 1;
                match done? {
                    Ok(followed) => self.follow(followed),
                    Err(error) => {
                        happened.failed += 1;
                        tracing::debug!(?error, "a deed of the demo's city failed");
                    }
                }
            }
            for (at, deed) in later {
                // Behind what it waited for.
                let after = end.checked_add(SignedDuration::from_secs(1)).unwrap_or(end);
                self.put(at.max(after), deed);
            }
        }
        self.watch_until(until).await?;
        Ok(happened)
    }

    /// Supervision looks as each working day begins: whoever is to be reminded is reminded on the day on which it
    /// falls due.
    async fn watch_until(&mut self, until: Instant) -> Result<()> {
        let city = Arc::clone(&self.city);
        let moments = Moments { catalogue: city.engine.catalogue() };
        let kind = casework::TimerKind::Supervision.as_str();
        loop {
            let day = moments.next_day(self.watched);
            let morning = moments.at(day, 0);
            if day <= self.watched || morning > until {
                return Ok(());
            }
            self.watched = day;
            city.clock.stand(morning);
            let due = city.engine.store().due_timers(morning, TIMERS).await?;
            let due = due.into_iter().filter(|timer| timer.kind == kind);
            let cases: BTreeSet<CaseId> = due.map(|timer| timer.case_id).collect();
            let reminded = cases.into_iter().map(|case| {
                let city = Arc::clone(&city);
                tokio::spawn(async move { city.engine.remind(case).await })
            });
            for done in futures::future::join_all(reminded).await {
                done??;
            }
        }
    }

    fn follow(&mut self, followed: Followed) {
        for (case, node) in followed.begun {
            self.known.entry(case).or_default().insert(node);
        }
        for (at, deed) in followed.deeds {
            self.put(at, deed);
        }
    }
}

impl Deed {
    fn case(&self) -> Option<CaseId> {
        match self {
            Self::Arrive(_) | Self::EndOrder { .. } | Self::Together => None,
            Self::Tell { case, .. } => *case,
            Self::Handle { case, .. }
            | Self::Continue { case, .. }
            | Self::TakeBack { case }
            | Self::Rate { case, .. }
            | Self::Collect { case, .. }
            | Self::AnswerRating { case, .. } => Some(*case),
        }
    }
}

/// The situations of people of a city, by matter: one in which a source is down, or somebody does not know, is no
/// everyday one.
pub(crate) fn everyday(definitions: &Definitions) -> BTreeMap<String, Vec<ScenarioAsWritten>> {
    let mut scenarios: BTreeMap<String, Vec<ScenarioAsWritten>> = BTreeMap::new();
    for scenario in &definitions.scenarios {
        if scenario.unavailable.is_empty() && scenario.declined.is_empty() {
            scenarios.entry(scenario.matter.clone()).or_default().push(scenario.clone());
        }
    }
    scenarios
}

/// So many hours later.
fn after(at: Instant, hours: i64) -> Instant {
    at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(at)
}

impl City {
    async fn carry_out(&self, at: Instant, deed: Deed) -> Result<Followed, EngineError> {
        match deed {
            Deed::Arrive(arrival) => self.arrive(at, *arrival).await,
            Deed::Handle { case, node, steps } => self.handle(case, node, steps).await,
            Deed::TakeBack { case } => self.take_back(case).await,
            Deed::Rate { case, grade, tries } => self.rate(at, case, grade, tries).await,
            Deed::Collect { case, tries } => self.collect(at, case, tries).await,
            Deed::Continue { case, arrival, tries } => {
                self.go_on_from(at, case, *arrival, tries).await
            }
            Deed::Together => self.together(at).await,
            Deed::Tell { story, case, stage } => self.tell(at, story, case, stage).await,
            Deed::EndOrder { applicant, order } => {
                self.engine.end_order(applicant, order).await?;
                Ok(Followed::default())
            }
            Deed::AnswerRating { case, node, step } => {
                self.answer_rating(at, case, node, step).await
            }
        }
    }

    /// Chance that belongs to one thing only: what else happens changes nothing in it.
    pub(crate) fn chance(&self, of: uuid::Uuid, what: &str) -> StdRng {
        let id = uuid::Uuid::new_v5(&of, format!("{}/{what}", self.seed).as_bytes());
        StdRng::seed_from_u64(id.as_u64_pair().0)
    }
}

impl Life {
    /// Goes on with a life that was interrupted: what should have happened by `now` is not made up for, what is
    /// still open goes its way.
    pub(crate) async fn resume(&mut self, now: Instant) -> Result<()> {
        let past: Vec<u64> =
            self.queue.iter().filter(|it| it.0.0 <= now).map(|it| it.0.1).collect();
        for id in &past {
            self.deeds.remove(id);
        }
        self.queue.retain(|it| it.0.0 > now);
        self.watched = self.city.engine.catalogue().civil_date(now);
        let store = Arc::clone(self.city.engine.store());
        let mut after = None;
        loop {
            let cases = store.list_case_ids(after, 200).await?;
            let Some(last) = cases.last() else { return Ok(()) };
            after = Some(*last);
            for case in cases {
                let followed = self.city.go_on(case, now).await?;
                self.follow(followed);
            }
        }
    }
}

#[cfg(test)]
mod tests;
