//! Supervision 电子监察: which light stands on a service case, why, and who is to be told.
//!
//! Goes in: a case, the rules of supervision that are in force (data), a calendar, a day. Comes out: the moments at
//! which lights go on, each with its rule and the date that it looks at; the light of a day; the reminders that are
//! due. This is the only place that says so: lists, counts, pages and exports keep or ask what comes out here.
//!
//! **A clock that stands still has no light**, and that is said: it is blue, not green. Which clocks stand still, and
//! which are late all the same, is what the clocks themselves say.
//!
//! Lights change nobody's rights, so they follow the rules of today, not those of the submission. Reminders and
//! notices 督办 are events: each is given once.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalogue::{
    Addressee, LightColour, LightRule, LightWhen, ReminderRule, Stage, Supervision, Watched,
};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use vocabulary::{
    Date, HalfDays, Instant, NodeKey, OrganisationId, Period, SealedId, WorkCalendar,
};

use crate::clocks;
use crate::command::{ActorRole, Context, Refusal};
use crate::documents::{Document, Effect};
use crate::event::{CaseEventBody, Reply};
use crate::starts;
use crate::state::{Case, ExplainedDate, ServiceCase, ServiceState, Timer, TimerKind};

/// The light of a service case on a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Light {
    /// Not begun, or nothing is watched.
    None,
    /// It has ended.
    Done,
    /// 蓝: the clock stands still.
    Stopped,
    Green,
    Yellow,
    Red,
}

impl Light {
    pub const ALL: [Self; 6] =
        [Self::None, Self::Done, Self::Stopped, Self::Green, Self::Yellow, Self::Red];

    /// Stable word for filters, classes and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// The light of such a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|light| light.as_str() == word)
    }
}

/// A light that goes on on a day unless something happens before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// Id of the [`LightRule`].
    pub rule: Arc<str>,
    pub of: Watched,
    pub colour: LightColour,
    /// From this day on.
    pub on: Date,
    /// The date that the rule looks at.
    pub due: Date,
}

/// A clock that supervision looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WatchedClock {
    pub of: Watched,
    pub date: ExplainedDate,
}

/// All that supervision sees of one service case. It does not depend on the day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watch {
    /// Clocks that have begun and not ended, standing still or not.
    pub clocks: Vec<WatchedClock>,
    /// In the order of their days.
    pub marks: Vec<Mark>,
    pub ended: bool,
}

impl Watch {
    /// What is seen of the whole, without its stages: it ends with the decision.
    #[must_use]
    pub fn whole(self) -> Self {
        let whole = |of: Watched| of.stage().is_none();
        let decided = self.clocks.iter().any(|clock| clock.of == Watched::Deliver);
        Self {
            clocks: self.clocks.into_iter().filter(|clock| whole(clock.of)).collect(),
            marks: self.marks.into_iter().filter(|mark| whole(mark.of)).collect(),
            ended: self.ended || decided,
        }
    }

    /// The light on a day, with the mark that it rests on: the worst, of those the first.
    pub fn light(&self, today: Date) -> (Light, Option<&Mark>) {
        let running = self.clocks.iter().any(|clock| !clock.date.stopped);
        light_of(&self.marks, running, !self.clocks.is_empty(), self.ended, today)
    }
}

/// The light on a day of what a list keeps: the marks, whether a clock runs, whether one has begun, whether it ended.
pub fn light_of(
    marks: &[Mark],
    running: bool,
    begun: bool,
    ended: bool,
    today: Date,
) -> (Light, Option<&Mark>) {
    if ended {
        return (Light::Done, None);
    }
    let on = |colour| marks.iter().find(|mark| mark.colour == colour && mark.on <= today);
    match (on(LightColour::Red), on(LightColour::Yellow)) {
        (Some(mark), _) => (Light::Red, Some(mark)),
        (None, Some(mark)) => (Light::Yellow, Some(mark)),
        (None, None) if running => (Light::Green, None),
        (None, None) if begun => (Light::Stopped, None),
        (None, None) => (Light::None, None),
    }
}

/// The stage that a service case is in by these rules; `None` before it begins and after it ended.
pub fn stage_of(case: &Case, service: &ServiceCase, rules: &Supervision) -> Option<Stage> {
    if course(case, service, rules, Watched::Deliver).is_some() {
        return Some(Stage::Deliver);
    }
    if service.started_at.is_none() || service.state.is_final() {
        return None;
    }
    Some(if service.accepted_at.is_some() {
        if began(service) { Stage::Decide } else { Stage::Review }
    } else if service.replies.is_empty() {
        Stage::Receive
    } else {
        Stage::Accept
    })
}

/// Since when the document of its decision waits to be served; `None` = there is none, or it was served.
fn unserved(case: &Case, service: &ServiceCase) -> Option<Instant> {
    if !service.state.is_final() {
        return None;
    }
    let of_it =
        |it: &&Document| it.id.kind.decides() && it.id.node.as_ref() == Some(&service.node.key);
    let decision = case.documents.iter().rev().find(of_it)?;
    let stands = case.document_effect(decision) == Effect::Stands;
    (stands && decision.served.is_none()).then_some(decision.issued_at)
}

/// The department has begun to examine it.
fn began(service: &ServiceCase) -> bool {
    service.replies.values().any(|reply| reply.reply == Reply::Began)
}

/// What supervision sees of a service case.
pub fn watch(
    case: &Case,
    service: &ServiceCase,
    rules: &Supervision,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Watch {
    let delivered = course(case, service, rules, Watched::Deliver).is_none();
    let ended = service.state.is_final() && delivered;
    let mut watch = Watch { ended, ..Watch::default() };
    if watch.ended {
        return watch;
    }
    let node = &service.node.key;
    for of in [
        Watched::Promised,
        Watched::Statutory,
        Watched::Receive,
        Watched::Accept,
        Watched::Review,
        Watched::Decide,
        Watched::Deliver,
    ] {
        let Some((from, period)) = course(case, service, rules, of) else { continue };
        let date = match of {
            Watched::Promised => case.promised(node, calendar, time_zone),
            Watched::Statutory => case.statutory(node, calendar, time_zone),
            _ => Some(clocks::watched(service, from, period, calendar, time_zone)),
        };
        let Some(date) = date else { continue };
        if !date.stopped {
            // What has no length can be over, but not nearly used.
            let nothing = period.halves == HalfDays::ZERO;
            let lights = rules.lights.iter().filter(|light| {
                light.of == of && (!nothing || matches!(light.when, LightWhen::Over(_)))
            });
            watch.marks.extend(lights.map(|light| {
                let used =
                    |percent| clocks::used(service, from, period, percent, calendar, time_zone);
                Mark {
                    rule: Arc::clone(&light.id),
                    of,
                    colour: light.colour,
                    on: goes_on(light, &date, used, calendar),
                    due: date.due.on,
                }
            }));
        }
        watch.clocks.push(WatchedClock { of, date });
    }
    watch.marks.sort_by_key(|mark| mark.on);
    watch
}

/// Since when a clock runs and how long it may; `None` = it has not begun, or is over.
fn course(
    case: &Case,
    service: &ServiceCase,
    rules: &Supervision,
    of: Watched,
) -> Option<(Instant, Period)> {
    let stage = of.stage().map(|stage| rules.stages.get(&stage).map(|rule| (stage, rule)));
    let stated = match stage {
        // A stage that the rules do not name is not watched.
        Some(None) => return None,
        Some(Some((_, rule))) => rule.within.as_ref().map(|within| within.period),
        None => None,
    };
    let node = &service.node;
    let accepted = service.accepted_at.is_some();
    let decided = service.decided_at.is_some();
    match of {
        Watched::Promised if !decided => {
            Some((starts::event(service, node.clock.promised_from)?, node.promised))
        }
        Watched::Statutory if !decided => {
            Some((starts::event(service, node.clock.statutory_from)?, node.statutory?))
        }
        Watched::Receive if service.state == ServiceState::Referred => {
            Some((service.started_at?, stated?))
        }
        Watched::Accept if !accepted && !decided => {
            Some((service.started_at?, stated.unwrap_or(node.correction_limit)))
        }
        Watched::Review if !decided && !began(service) => Some((service.accepted_at?, stated?)),
        Watched::Decide if !decided => Some((service.accepted_at?, stated.or(node.statutory)?)),
        Watched::Deliver => Some((unserved(case, service)?, stated.or(node.delivery)?)),
        _ => None,
    }
}

/// The first day of a light.
fn goes_on(
    light: &LightRule,
    date: &ExplainedDate,
    used: impl Fn(u8) -> Date,
    calendar: &WorkCalendar,
) -> Date {
    let due = date.due.on;
    match light.when {
        LightWhen::UsedPercent(percent) => used(percent),
        LightWhen::Left(days) => working_days_before(due, days, calendar),
        LightWhen::Over(days) => {
            calendar.due(due, Period::working_days(days)).on.saturating_add(1.day())
        }
    }
}

fn working_days_before(day: Date, days: u32, calendar: &WorkCalendar) -> Date {
    let mut day = day;
    let mut left = days;
    while left > 0 && day > Date::MIN {
        day = day.saturating_sub(1.day());
        if calendar.is_working_day(day).0 {
            left = left.saturating_sub(1);
        }
    }
    day
}

/// Somebody was told that a light is on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reminder {
    /// Id of the [`ReminderRule`].
    pub reminder: Arc<str>,
    /// Why: the light with its rule and dates, as they were then.
    pub mark: Mark,
    pub to: Addressee,
    /// Whose: the department of the service, or the supervision office that the rules name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

/// A step of the chain that was taken and still stands: the light that it was about is on, or its clock runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Told {
    pub to: Addressee,
    /// Since when.
    pub at: Instant,
}

/// Who was told of what still stands, each once, since he was told first. What has got into order since, or stands
/// still, is nobody's concern now; the events keep that he was told.
pub fn told(service: &ServiceCase, watch: &Watch) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let standing = |reminder: &Reminder| watch.marks.iter().any(|m| m.rule == reminder.mark.rule);
    for (at, reminder) in &service.supervised.reminders {
        if standing(reminder) && !told.iter().any(|known| known.to == reminder.to) {
            told.push(Told { to: reminder.to, at: *at });
        }
    }
    told.sort_by_key(|step| (step.at, step.to));
    told
}

/// The steps of the chain that are still to come, with their days, unless something happens before.
pub fn coming(
    service: &ServiceCase,
    watch: &Watch,
    rules: &Supervision,
    calendar: &WorkCalendar,
) -> Vec<(Date, Reminder)> {
    let mut coming = steps(service, watch, rules, calendar);
    coming.sort_by_key(|(on, reminder)| (*on, reminder.to));
    coming
}

/// A supervision notice 督办 of one service case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    pub at: Instant,
    pub text: SealedId,
    pub answered: Option<(Instant, SealedId)>,
    pub closed_at: Option<Instant>,
    pub closing: Option<SealedId>,
}

/// What supervision did about one service case.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Supervised {
    /// With when they were given.
    pub reminders: Vec<(Instant, Reminder)>,
    pub notices: Vec<Notice>,
}

impl Supervised {
    /// The notice that is not closed.
    pub fn open(&self) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.closed_at.is_none())
    }

    fn knows(&self, reminder: &str, rule: &str) -> bool {
        self.reminders
            .iter()
            .any(|(_, given)| *given.reminder == *reminder && *given.mark.rule == *rule)
    }

    pub(crate) fn take(&mut self, act: &SupervisionAct, at: Instant) {
        match act {
            SupervisionAct::Remind { reminder } => self.reminders.push((at, reminder.clone())),
            SupervisionAct::Notice { text } => self.notices.push(Notice {
                at,
                text: *text,
                answered: None,
                closed_at: None,
                closing: None,
            }),
            SupervisionAct::Answer { text } => {
                if let Some(notice) = self.notices.last_mut() {
                    notice.answered = Some((at, *text));
                }
            }
            SupervisionAct::Close { text } => {
                if let Some(notice) = self.notices.last_mut() {
                    notice.closed_at = Some(at);
                    notice.closing = *text;
                }
            }
        }
    }
}

/// What is done in supervision, as commands ask for it and events keep it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum SupervisionAct {
    /// The hub tells somebody, once for each rule of the chain and each light.
    Remind { reminder: Reminder },
    /// A manager asks in writing what holds it up.
    Notice { text: SealedId },
    /// The department says why.
    Answer { text: SealedId },
    /// The manager is content, or it is decided.
    Close {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<SealedId>,
    },
}

impl SupervisionAct {
    /// Stable word for lists and message keys.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Remind { .. } => "remind",
            Self::Notice { .. } => "notice",
            Self::Answer { .. } => "answer",
            Self::Close { .. } => "close",
        }
    }
}

/// Reminders that are due on a day and were not given, over all services: (service, reminder).
pub fn due_reminders(
    case: &Case,
    rules: &Supervision,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
    today: Date,
) -> Vec<(NodeKey, Reminder)> {
    case.services
        .iter()
        .flat_map(|service| {
            let watch = watch(case, service, rules, calendar, time_zone);
            steps(service, &watch, rules, calendar)
                .into_iter()
                .filter(|(on, _)| *on <= today)
                .map(|(_, reminder)| (service.node.key.clone(), reminder))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Reminders not yet given, with their days.
fn steps(
    service: &ServiceCase,
    watch: &Watch,
    rules: &Supervision,
    calendar: &WorkCalendar,
) -> Vec<(Date, Reminder)> {
    let mut steps = Vec::new();
    for mark in &watch.marks {
        let chain = rules.reminders.iter().filter(|it| it.light == mark.colour);
        for rule in chain {
            if !service.supervised.knows(&rule.id, &mark.rule) {
                let on = calendar.due(mark.on, Period::working_days(rule.after)).on;
                steps.push((on, reminder(service, mark, rule)));
            }
        }
    }
    steps
}

fn reminder(service: &ServiceCase, mark: &Mark, rule: &ReminderRule) -> Reminder {
    let department = rule.to.is_of_department().then(|| service.node.department.clone());
    Reminder {
        reminder: Arc::clone(&rule.id),
        mark: mark.clone(),
        to: rule.to,
        organisation: rule.organisation.clone().or(department),
    }
}

/// When somebody has to be told next, by service.
pub fn timers(
    case: &Case,
    rules: &Supervision,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Vec<Timer> {
    let next = |service: &ServiceCase| {
        let watch = watch(case, service, rules, calendar, time_zone);
        let on = steps(service, &watch, rules, calendar).into_iter().map(|(on, _)| on).min()?;
        let due_at = on.to_zoned(time_zone.clone()).ok()?.timestamp();
        let node = service.node.key.clone();
        Some(Timer { due_at, node, kind: TimerKind::Supervision })
    };
    case.services.iter().filter_map(next).collect()
}

/// Decides an act of supervision.
pub(crate) fn decide(
    case: &Case,
    node: &NodeKey,
    acts: &[SupervisionAct],
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let service = case.service(node).ok_or_else(|| Refusal::UnknownService(node.clone()))?;
    let mut given: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut events = Vec::new();
    for act in acts {
        may(service, act, context)?;
        let told_before = match act {
            SupervisionAct::Remind { reminder } => {
                let key = (&*reminder.reminder, &*reminder.mark.rule);
                // What was told, or has ended meanwhile, is not told again: repetition is no mistake.
                !given.insert(key)
                    || service.supervised.knows(key.0, key.1)
                    || service.state.is_final() && reminder.mark.of != Watched::Deliver
            }
            _ => false,
        };
        if !told_before {
            events.push(CaseEventBody::Supervised { node: node.clone(), act: act.clone() });
        }
    }
    Ok(events)
}

fn may(service: &ServiceCase, act: &SupervisionAct, context: Context<'_>) -> Result<(), Refusal> {
    let node = || service.node.key.clone();
    let role = context.actor.role;
    let wanted = match act {
        SupervisionAct::Remind { .. } => role == ActorRole::Hub,
        SupervisionAct::Notice { .. } | SupervisionAct::Close { .. } => {
            matches!(role, ActorRole::Manager | ActorRole::Inspector)
        }
        SupervisionAct::Answer { .. } => {
            matches!(role, ActorRole::Officer | ActorRole::UnitHead)
                && context.actor.department.as_ref() == Some(&service.node.department)
        }
    };
    if !wanted {
        return Err(Refusal::NotYoursToSupervise(node()));
    }
    match (act, service.supervised.open()) {
        (SupervisionAct::Remind { .. }, _) => Ok(()),
        (SupervisionAct::Notice { .. }, Some(_)) => Err(Refusal::SupervisionOpen(node())),
        (SupervisionAct::Notice { .. }, None) => match service.state {
            ServiceState::Waiting | ServiceState::Stopped => Err(Refusal::NotStarted(node())),
            state if state.is_final() => Err(Refusal::AlreadyDecided(node())),
            _ => Ok(()),
        },
        (_, None) => Err(Refusal::NoSupervisionOpen(node())),
        (SupervisionAct::Answer { .. }, Some(notice)) if notice.answered.is_some() => {
            Err(Refusal::SupervisionAnswered(node()))
        }
        (SupervisionAct::Close { .. }, Some(notice))
            if notice.answered.is_none() && !service.state.is_final() =>
        {
            Err(Refusal::SupervisionUnanswered(node()))
        }
        _ => Ok(()),
    }
}
