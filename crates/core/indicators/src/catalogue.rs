//! Every indicator: its name, what it counts, and the two functions that say of a fact whether and with how much
//! it stands in the numerator and in the denominator.
//!
//! The words of an indicator (name, definition, formula) are message keys: `figure-<id>`,
//! `figure-<id>-definition`, `figure-<id>-above`, `figure-<id>-below`. Unless its [`Basis`] says otherwise a fact
//! counts in the period in which its case was closed or its service decided.

use casework::EntryKind;

use crate::facts::{CaseFact, DraftFact, Fact, FactKind, RatingFact, SendingFact, ServiceFact};
use crate::scope::Scope;

/// How a fact stands in an indicator: it is in the denominator, and perhaps in the numerator, with these amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// `None` = it stands in the denominator only.
    pub numerator: Option<u64>,
    pub denominator: u64,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A share of facts, in per cent.
    Share,
    /// How many; the numerator alone.
    Count,
    /// So many times, two decimals.
    Times,
    /// Mean working days; the numerator is in halves of a day.
    Days,
    /// What was saved: one less the ratio, in per cent.
    Saved,
}

/// What is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    More,
    Less,
    /// It describes; neither is better. Close to one, say, or a share of channels.
    Neutral,
}

/// The date by which a fact falls into the period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// The case was closed.
    Closed,
    /// The service was decided.
    Decided,
    /// The rating was given.
    Rated,
    /// The interview was opened.
    Opened,
    /// What stands now, whatever the period.
    Now,
}

impl Basis {
    /// Stable word for message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Decided => "decided",
            Self::Rated => "rated",
            Self::Opened => "opened",
            Self::Now => "now",
        }
    }
}

/// Where it stands among the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    Now,
    Funnel,
    Joining,
    FirstTime,
    Materials,
    Time,
    Savings,
    Channels,
    Ratings,
}

impl Group {
    pub const ALL: [Self; 9] = [
        Self::Now,
        Self::Funnel,
        Self::Joining,
        Self::FirstTime,
        Self::Materials,
        Self::Time,
        Self::Savings,
        Self::Channels,
        Self::Ratings,
    ];

    /// Stable word for message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Funnel => "funnel",
            Self::Joining => "joining",
            Self::FirstTime => "first-time",
            Self::Materials => "materials",
            Self::Time => "time",
            Self::Savings => "savings",
            Self::Channels => "channels",
            Self::Ratings => "ratings",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Measure {
    Case(fn(&CaseFact, &Scope) -> Option<Counted>),
    Service(fn(&ServiceFact, &Scope) -> Option<Counted>),
    Rating(fn(&RatingFact, &Scope) -> Option<Counted>),
    Draft(fn(&DraftFact, &Scope) -> Option<Counted>),
    Sending(fn(&SendingFact, &Scope) -> Option<Counted>),
}

/// One indicator.
#[derive(Clone, Copy, Debug)]
pub struct Indicator {
    /// Stable word for addresses and message keys.
    pub id: &'static str,
    pub group: Group,
    pub unit: Unit,
    pub direction: Direction,
    pub basis: Basis,
    /// It measures a matter by its anchor service in all matters, so facts of other matters count too.
    pub across_matters: bool,
    measure: Measure,
}

impl Indicator {
    /// The kind of facts that it counts.
    pub const fn kind(&self) -> FactKind {
        match self.measure {
            Measure::Case(_) => FactKind::Case,
            Measure::Service(_) => FactKind::Service,
            Measure::Rating(_) => FactKind::Rating,
            Measure::Draft(_) => FactKind::Draft,
            Measure::Sending(_) => FactKind::Sending,
        }
    }

    /// Whether and how a fact counts; `None` = not at all.
    pub fn count(&self, fact: Fact<'_>, scope: &Scope) -> Option<Counted> {
        if !scope.covers(&fact) || !(self.across_matters || scope.is_of_matter(&fact)) {
            return None;
        }
        match (self.measure, fact) {
            (Measure::Case(measure), Fact::Case(fact)) => measure(fact, scope),
            (Measure::Service(measure), Fact::Service(fact)) => measure(fact, scope),
            (Measure::Rating(measure), Fact::Rating(fact)) => measure(fact, scope),
            (Measure::Draft(measure), Fact::Draft(fact)) => measure(fact, scope),
            (Measure::Sending(measure), Fact::Sending(fact)) => measure(fact, scope),
            (
                Measure::Case(_)
                | Measure::Service(_)
                | Measure::Rating(_)
                | Measure::Draft(_)
                | Measure::Sending(_),
                _,
            ) => None,
        }
    }
}

/// The indicator of this id.
pub fn find(id: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.id == id)
}

// -- the two shapes of counting ------------------------------------------------------------------------

/// One of those that are looked at; in the numerator if `is`.
fn share(of: bool, is: bool) -> Option<Counted> {
    of.then_some(Counted { numerator: is.then_some(1), denominator: 1 })
}

/// Amounts on both sides.
fn sums(of: bool, above: u32, below: u32) -> Option<Counted> {
    of.then_some(Counted { numerator: Some(u64::from(above)), denominator: u64::from(below) })
}

/// Those that are: a plain number, with the list of them on both sides.
fn those(are: bool) -> Option<Counted> {
    share(are, true)
}

// -- which facts are looked at -------------------------------------------------------------------------

fn closed(case: &CaseFact, scope: &Scope) -> bool {
    scope.holds(case.closed())
}

fn joined(case: &CaseFact, scope: &Scope) -> bool {
    closed(case, scope) && case.is_joined()
}

/// Decided by the department: granted, refused or not accepted.
fn decided(service: &ServiceFact, scope: &Scope) -> bool {
    service.state.is_decided() && scope.holds(service.decided_on)
}

fn rated(rating: &RatingFact, scope: &Scope) -> bool {
    !rating.excluded && scope.holds(Some(rating.rated_on))
}

fn opened(draft: &DraftFact, scope: &Scope) -> bool {
    scope.holds(Some(draft.opened_on))
}

/// Its clock runs and its promise lies before today.
fn overdue(service: &ServiceFact, scope: &Scope) -> bool {
    service.is_running()
        && !service.is_stopped()
        && service.promised_on.is_some_and(|due| due < scope.today)
}

fn due_soon(service: &ServiceFact, scope: &Scope) -> bool {
    service.is_running()
        && !service.is_stopped()
        && service.promised_on.is_some_and(|due| scope.today <= due && due <= scope.soon)
}

/// Sent back: not accepted, or given up on because a correction was never answered.
const fn returned(case: &CaseFact) -> bool {
    case.not_accepted > 0 || case.lapsed > 0
}

macro_rules! indicators {
    ($($id:literal $group:ident $basis:ident $unit:ident $direction:ident
        $kind:ident $measure:expr;)*) => {
        /// All indicators, in the order in which they are shown.
        pub static INDICATORS: &[Indicator] = &[$(Indicator {
            id: $id,
            group: Group::$group,
            unit: Unit::$unit,
            direction: Direction::$direction,
            basis: Basis::$basis,
            across_matters: matches!($id.as_bytes(), b"relative-volume"),
            measure: Measure::$kind($measure),
        }),*];
    };
}

indicators! {
    // -- what stands now ---------------------------------------------------------------------------
    "in-progress" Now Now Count Neutral Case |it, _| those(it.is_open());
    "due-soon" Now Now Count Less Service |it, scope| those(due_soon(it, scope));
    "overdue" Now Now Count Less Service |it, scope| those(overdue(it, scope));
    "stopped" Now Now Count Neutral Service |it, _| those(it.is_stopped());
    "overdue-share" Now Now Share Less Service |it, scope| share(it.is_running(), overdue(it, scope));
    "sendings-failed" Now Now Count Less Sending |it, _| those(it.failed);
    "sendings-waiting" Now Now Count Less Sending |_, _| those(true);
    // -- the funnel: of the interviews opened in the period ------------------------------------------
    "opened" Funnel Opened Count More Draft |it, scope| those(opened(it, scope));
    "plan-seen" Funnel Opened Share More Draft
        |it, scope| share(opened(it, scope), it.plan_seen_on.is_some() || it.case.is_some());
    "submitted" Funnel Opened Share More Draft
        |it, scope| share(opened(it, scope), it.case.is_some());
    "accepted-at-once" Funnel Opened Share More Draft |it, scope| share(
        opened(it, scope), it.case.is_some() && it.stages.accepted_at_once);
    "all-granted" Funnel Opened Share More Draft |it, scope| share(
        opened(it, scope), it.case.is_some() && it.stages.all_granted);
    "doorplate-submitted" Funnel Opened Share More Draft |it, scope| share(
        opened(it, scope) && !it.place.is_empty(), it.case.is_some());
    // -- joining ------------------------------------------------------------------------------------
    "relative-volume" Joining Decided Share More Service |it, scope| share(
        decided(it, scope) && scope.is_anchor(&it.service),
        it.degree >= 2
            && scope.anchors.get(&it.matter) == Some(&it.service)
            && scope.matter.as_ref().is_none_or(|matter| *matter == it.matter));
    "services-decided" Joining Decided Count Neutral Service |it, scope| those(decided(it, scope));
    "joined-cases" Joining Closed Count More Case |it, scope| those(joined(it, scope));
    "mean-degree" Joining Closed Times More Case |it, scope| sums(joined(it, scope), it.degree, 1);
    "full-set" Joining Closed Share More Case
        |it, scope| share(joined(it, scope), it.degree >= it.applicable);
    "continuation-share" Joining Closed Share More Case
        |it, scope| share(joined(it, scope), it.entry == Some(EntryKind::Continuation));
    "doorplate-share" Joining Closed Share More Case
        |it, scope| share(joined(it, scope), it.entry == Some(EntryKind::Doorplate));
    "departments-crossed" Joining Closed Times Neutral Case
        |it, scope| sums(joined(it, scope) && it.departments > 0, it.departments, 1);
    "levels-crossed" Joining Closed Times Neutral Case
        |it, scope| sums(joined(it, scope) && it.levels > 0, it.levels, 1);
    "areas-crossed" Joining Closed Times Neutral Case
        |it, scope| sums(joined(it, scope) && it.areas > 0, it.areas, 1);
    // -- right the first time -----------------------------------------------------------------------
    "complete-first" FirstTime Closed Share More Case
        |it, scope| share(closed(it, scope), it.corrections == 0);
    "returned" FirstTime Closed Share Less Case |it, scope| share(closed(it, scope), returned(it));
    "asked-again" FirstTime Decided Share Less Service
        |it, scope| share(decided(it, scope) && it.corrections > 0, it.asked_again > 0);
    "not-accepted" FirstTime Closed Share Less Case
        |it, scope| share(closed(it, scope), it.not_accepted > 0);
    "done-once" FirstTime Closed Share More Case |it, scope| share(
        closed(it, scope) && it.visits.is_some(),
        it.corrections == 0 && it.visits.is_some_and(|visits| visits <= 1));
    "no-visit" FirstTime Closed Share More Case
        |it, scope| share(closed(it, scope) && it.visits.is_some(), it.visits == Some(0));
    "achieved" FirstTime Closed Share More Case |it, scope| share(
        closed(it, scope), it.granted > 0 && it.granted.saturating_add(it.withdrawn) >= it.degree);
    // -- materials ----------------------------------------------------------------------------------
    "materials-delivered" Materials Decided Share More Service |it, scope| sums(
        decided(it, scope) && it.copies > 0, it.copies_delivered, it.copies);
    "materials-reused" Materials Closed Times More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.evidence > 0, savings.copies, savings.evidence)
    };
    "materials-exempt" Materials Closed Share More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.evidence > 0, savings.evidence_shared, savings.evidence)
    };
    // -- time ---------------------------------------------------------------------------------------
    "on-time" Time Closed Share More Case |it, scope| share(
        closed(it, scope) && it.promised.is_some() && it.used.is_some(), it.used <= it.promised);
    "services-on-time" Time Decided Share More Service |it, scope| share(
        decided(it, scope) && it.used.is_some(),
        it.used.is_some_and(|used| used <= it.promised));
    "services-within-law" Time Decided Share More Service |it, scope| share(
        decided(it, scope) && it.statutory.is_some() && it.used_since_acceptance.is_some(),
        it.used_since_acceptance <= it.statutory);
    "case-time" Time Closed Days Less Case |it, scope| sums(
        closed(it, scope) && it.used.is_some(), it.used.map_or(0, |used| used.0), 1);
    "service-time" Time Decided Days Less Service |it, scope| sums(
        decided(it, scope) && it.used.is_some(), it.used.map_or(0, |used| used.0), 1);
    "late-by" Time Decided Days Less Service |it, scope| {
        let late = it.used.map_or(0, |used| used.0.saturating_sub(it.promised.0));
        sums(decided(it, scope) && late > 0, late, 1)
    };
    "earlier" Time Decided Saved More Service |it, scope| sums(
        decided(it, scope) && it.used.is_some() && it.promised.0 > 0,
        it.used.map_or(0, |used| used.0), it.promised.0);
    "promise-against-law" Time Decided Saved More Service |it, scope| sums(
        decided(it, scope) && it.statutory.is_some_and(|statutory| statutory.0 > 0),
        it.promised.0, it.statutory.map_or(0, |statutory| statutory.0));
    // -- what joining saves -------------------------------------------------------------------------
    "saved-steps" Savings Closed Saved More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.steps_before > 0,
            savings.steps_after, savings.steps_before)
    };
    "saved-materials" Savings Closed Saved More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.materials_before > 0,
            savings.materials_after, savings.materials_before)
    };
    "saved-days" Savings Closed Saved More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.halves_before > 0,
            savings.halves_after, savings.halves_before)
    };
    "saved-visits" Savings Closed Saved More Case |it, scope| {
        let savings = it.savings.unwrap_or_default();
        sums(closed(it, scope) && savings.visits_before > 0,
            savings.visits_after, savings.visits_before)
    };
    // -- channels -----------------------------------------------------------------------------------
    "online" Channels Closed Share Neutral Case
        |it, scope| share(closed(it, scope), it.outlet.is_empty() && &*it.channel != "window");
    "wholly-online" Channels Closed Share Neutral Case |it, scope| share(
        closed(it, scope) && it.visits.is_some(),
        it.outlet.is_empty() && &*it.channel != "window" && it.visits == Some(0));
    "by-phone" Channels Closed Share Neutral Case
        |it, scope| share(closed(it, scope), &*it.channel == "mobile");
    "by-agent" Channels Closed Share Neutral Case
        |it, scope| share(closed(it, scope), it.entry == Some(EntryKind::Agent));
    "general-windows" Channels Decided Share More Service |it, scope| share(
        decided(it, scope) && !it.window_kind.is_empty(), &*it.window_kind == "general");
    "connected" Channels Decided Share More Service |it, scope| share(
        decided(it, scope), it.receipt);
    // -- ratings ------------------------------------------------------------------------------------
    "rated" Ratings Closed Share Neutral Case
        |it, scope| share(closed(it, scope), it.grade.is_some());
    "ratings" Ratings Rated Count Neutral Rating |it, scope| those(rated(it, scope));
    "good" Ratings Rated Share More Rating |it, scope| share(rated(it, scope), it.grade <= 3);
    "satisfied" Ratings Rated Share More Rating |it, scope| share(rated(it, scope), it.grade <= 2);
    "bad" Ratings Rated Share Less Rating |it, scope| share(rated(it, scope), it.is_bad());
    "rectified" Ratings Rated Share More Rating
        |it, scope| share(rated(it, scope) && it.is_bad(), it.rectified_on.is_some());
    "rectified-in-time" Ratings Rated Share More Rating |it, scope| share(
        rated(it, scope)
            && it.is_bad()
            && (it.rectified_on.is_some() || it.due_on.is_some_and(|due| due < scope.today)),
        it.rectified_on.is_some_and(|on| it.due_on.is_none_or(|due| on <= due)));
}
