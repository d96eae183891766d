//! Tiny worlds for every formula, and what holds of all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::{CaseState, EntryKind, ServiceState};
use proptest::prelude::*;
use vocabulary::{CaseId, Date, DraftId, HalfDays, MatterId};

use crate::{
    CaseFact, Dimension, Distribution, DraftFact, Fact, FactKind, INDICATORS, IndicatorValue,
    RatingFact, Savings, Scope, SendingFact, ServiceFact, Stages, Tally, find,
};

fn day(n: i8) -> Date {
    jiff::civil::date(2026, 3, n)
}

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn scope() -> Scope {
    Scope {
        since: day(1),
        until: day(31),
        today: day(20),
        soon: day(25),
        area: None,
        matter: None,
        anchors: Arc::new(BTreeMap::from([
            ("birth".into(), "roll".into()),
            ("stall".into(), "permit".into()),
        ])),
    }
}

/// A case of two services that went well: closed on the tenth, one half day before its promise.
fn case(n: u128) -> CaseFact {
    CaseFact {
        case: CaseId(id(n)),
        number: format!("N{n}").into(),
        draft: DraftId(id(1000 + n)),
        matter: "birth".into(),
        area: "990101".into(),
        lead: Some("health".into()),
        outlet: "".into(),
        window_kind: "".into(),
        channel: "online".into(),
        entry: Some(EntryKind::Direct),
        place: "".into(),
        state: CaseState::Done,
        submitted_on: day(3),
        submitted_hour: 9,
        closed_on: Some(day(10)),
        degree: 2,
        applicable: 2,
        granted: 2,
        refused: 0,
        not_accepted: 0,
        withdrawn: 0,
        corrections: 0,
        lapsed: 0,
        accepted_at_once: true,
        visits: Some(1),
        savings: Some(Savings {
            steps_before: 10,
            steps_after: 4,
            materials_before: 8,
            materials_after: 2,
            halves_before: 40,
            halves_after: 10,
            visits_before: 4,
            visits_after: 1,
            evidence: 4,
            evidence_shared: 3,
            copies: 10,
        }),
        promised: Some(HalfDays(10)),
        used: Some(HalfDays(9)),
        departments: 2,
        levels: 1,
        areas: 1,
        grade: None,
        ratings: Vec::new(),
    }
}

/// A service that was granted on the ninth, in four of its six half days.
fn service(n: u128) -> ServiceFact {
    ServiceFact {
        case: CaseId(id(n)),
        node: "roll".into(),
        number: format!("N{n}").into(),
        matter: "birth".into(),
        service: "roll".into(),
        department: "police".into(),
        level: "county".into(),
        area: "990101".into(),
        outlet: "".into(),
        window_kind: "".into(),
        channel: "online".into(),
        entry: Some(EntryKind::Direct),
        degree: 2,
        state: ServiceState::Granted,
        submitted_on: day(3),
        started_on: Some(day(3)),
        accepted_on: Some(day(4)),
        decided_on: Some(day(9)),
        promised_on: Some(day(12)),
        stopped_for: "".into(),
        promised: HalfDays(6),
        used: Some(HalfDays(4)),
        statutory: Some(HalfDays(40)),
        used_since_acceptance: Some(HalfDays(3)),
        corrections: 0,
        lines: Vec::new(),
        copies: 3,
        asked_again: 0,
        copies_delivered: 3,
        receipt: true,
    }
}

fn running(n: u128, promised_on: i8) -> ServiceFact {
    ServiceFact {
        state: ServiceState::Accepted,
        decided_on: None,
        used: None,
        used_since_acceptance: None,
        promised_on: Some(day(promised_on)),
        ..service(n)
    }
}

fn rating(n: u128, grade: u8) -> RatingFact {
    RatingFact {
        case: CaseId(id(n)),
        node: "".into(),
        number: format!("N{n}").into(),
        matter: "birth".into(),
        area: "990101".into(),
        outlet: "".into(),
        channel: "online".into(),
        department: "health".into(),
        grade,
        rated_on: day(11),
        excluded: false,
        due_on: (grade >= 4).then(|| day(18)),
        rectified_on: None,
    }
}

fn draft(n: u128) -> DraftFact {
    DraftFact {
        draft: DraftId(id(n)),
        matter: "birth".into(),
        area: "990101".into(),
        entry: Some(EntryKind::Direct),
        place: "".into(),
        opened_on: day(2),
        plan_seen_on: None,
        case: None,
        stages: Stages::default(),
    }
}

fn sending(n: u128, failed: bool) -> SendingFact {
    SendingFact {
        case: CaseId(id(n)),
        matter: "birth".into(),
        area: "990101".into(),
        node: "roll".into(),
        department: "police".into(),
        kind: "referral".into(),
        attempts: 2,
        delivered: !failed,
        failed,
        since: day(3),
    }
}

/// A little of everything.
#[derive(Default, Clone, Debug)]
struct World {
    cases: Vec<CaseFact>,
    services: Vec<ServiceFact>,
    ratings: Vec<RatingFact>,
    drafts: Vec<DraftFact>,
    sendings: Vec<SendingFact>,
}

impl World {
    fn facts(&self) -> Vec<Fact<'_>> {
        self.cases
            .iter()
            .map(Fact::Case)
            .chain(self.services.iter().map(Fact::Service))
            .chain(self.ratings.iter().map(Fact::Rating))
            .chain(self.drafts.iter().map(Fact::Draft))
            .chain(self.sendings.iter().map(Fact::Sending))
            .collect()
    }

    fn tally(&self, indicator: &str, by: Option<Dimension>, scope: &Scope) -> Tally {
        let mut tally = Tally::new(find(indicator).unwrap(), by);
        for fact in self.facts() {
            tally.put(fact, scope);
        }
        tally
    }
}

fn cases(list: Vec<CaseFact>) -> World {
    World { cases: list, ..World::default() }
}

fn services(list: Vec<ServiceFact>) -> World {
    World { services: list, ..World::default() }
}

fn ratings(list: Vec<RatingFact>) -> World {
    World { ratings: list, ..World::default() }
}

#[track_caller]
fn check(indicator: &str, world: &World, numerator: u64, denominator: u64) {
    let value = world.tally(indicator, None, &scope()).value();
    assert_eq!(value, IndicatorValue { numerator, denominator }, "{indicator}");
}

#[test]
fn what_is_open_due_stopped_and_overdue() {
    let open = CaseFact { state: CaseState::InProgress, closed_on: None, ..case(1) };
    check("in-progress", &cases(vec![open, case(2)]), 1, 1);
    let stopped = ServiceFact { stopped_for: "correction".into(), ..running(4, 10) };
    let waiting = ServiceFact { state: ServiceState::Waiting, started_on: None, ..running(5, 10) };
    let world = services(vec![
        running(1, 19),
        running(2, 20),
        running(3, 26),
        stopped,
        waiting,
        service(6),
    ]);
    check("overdue", &world, 1, 1);
    check("overdue-share", &world, 1, 4);
    check("due-soon", &world, 1, 1);
    check("stopped", &world, 1, 1);
    let world = World { sendings: vec![sending(1, true), sending(2, false)], ..World::default() };
    check("sendings-failed", &world, 1, 1);
    check("sendings-waiting", &world, 2, 2);
}

#[test]
fn how_far_interviews_came() {
    let stages = |accepted_at_once, all_granted| Stages { accepted_at_once, all_granted };
    let became = |n, stages| DraftFact { case: Some(CaseId(id(n))), stages, ..draft(n) };
    let world = World {
        drafts: vec![
            draft(1),
            DraftFact { plan_seen_on: Some(day(2)), ..draft(2) },
            became(3, stages(false, false)),
            became(4, stages(true, false)),
            DraftFact { place: "ward".into(), ..became(5, stages(true, true)) },
            DraftFact { place: "ward".into(), ..draft(6) },
            DraftFact { opened_on: jiff::civil::date(2026, 2, 28), ..draft(7) },
        ],
        ..World::default()
    };
    check("opened", &world, 6, 6);
    check("plan-seen", &world, 4, 6);
    check("submitted", &world, 3, 6);
    check("accepted-at-once", &world, 2, 6);
    check("all-granted", &world, 1, 6);
    check("doorplate-submitted", &world, 1, 2);
}

#[test]
fn joining() {
    let single = CaseFact { degree: 1, applicable: 1, ..case(1) };
    let partly = CaseFact { degree: 3, applicable: 5, ..case(2) };
    let continued = CaseFact { entry: Some(EntryKind::Continuation), ..case(3) };
    let plate = CaseFact { entry: Some(EntryKind::Doorplate), departments: 4, ..case(4) };
    let world = cases(vec![single, partly, continued, plate]);
    check("joined-cases", &world, 3, 3);
    check("mean-degree", &world, 7, 3);
    check("full-set", &world, 2, 3);
    check("continuation-share", &world, 1, 3);
    check("doorplate-share", &world, 1, 3);
    check("departments-crossed", &world, 8, 3);
    check("levels-crossed", &world, 3, 3);
    check("areas-crossed", &world, 3, 3);
    let by = world.tally("joined-cases", Some(Dimension::Degree), &scope());
    let parts: Vec<(String, u64)> =
        by.parts().map(|(key, value, _)| (key.to_string(), value.numerator)).collect();
    assert_eq!(parts, [("02".to_owned(), 2), ("03".to_owned(), 1)]);
}

#[test]
fn relative_volume_is_measured_by_the_anchor_in_all_matters() {
    let world = services(vec![
        service(1),
        // alone, though in the matter
        ServiceFact { degree: 1, ..service(2) },
        // the same service in another matter
        ServiceFact { matter: "move".into(), degree: 5, ..service(3) },
        // no anchor
        ServiceFact { service: "card".into(), node: "card".into(), ..service(1) },
        // the anchor of another matter
        ServiceFact { matter: "stall".into(), service: "permit".into(), ..service(4) },
    ]);
    check("relative-volume", &world, 2, 4);
    let birth = Scope { matter: Some("birth".into()), ..scope() };
    let value = world.tally("relative-volume", None, &birth).value();
    assert_eq!(value, IndicatorValue { numerator: 1, denominator: 3 });
    let value = world.tally("services-on-time", None, &birth).value();
    assert_eq!(value.denominator, 3, "others count the matter's own services only");
}

#[test]
fn right_the_first_time() {
    let corrected = CaseFact { corrections: 1, ..case(2) };
    let not_accepted = CaseFact {
        not_accepted: 1,
        granted: 1,
        state: CaseState::PartlyRefused,
        visits: Some(0),
        ..case(3)
    };
    let lapsed = CaseFact {
        corrections: 1,
        lapsed: 1,
        granted: 0,
        refused: 2,
        state: CaseState::Refused,
        visits: Some(2),
        ..case(4)
    };
    let withdrawn = CaseFact { state: CaseState::Withdrawn, withdrawn: 2, granted: 0, ..case(5) };
    let partly_withdrawn = CaseFact { withdrawn: 1, granted: 1, visits: None, ..case(6) };
    let open = CaseFact { state: CaseState::InProgress, closed_on: None, ..case(7) };
    let world =
        cases(vec![case(1), corrected, not_accepted, lapsed, withdrawn, partly_withdrawn, open]);
    check("complete-first", &world, 3, 5);
    check("returned", &world, 2, 5);
    check("not-accepted", &world, 1, 5);
    check("done-once", &world, 2, 4);
    check("no-visit", &world, 1, 4);
    check("achieved", &world, 3, 5);
}

#[test]
fn asked_again() {
    // Of those that asked for a correction; an open one and one without any do not count.
    let once = ServiceFact { corrections: 1, ..service(2) };
    let twice = ServiceFact { corrections: 2, asked_again: 1, ..service(3) };
    let open = ServiceFact { decided_on: None, state: ServiceState::Received, ..twice.clone() };
    check("asked-again", &services(vec![service(1), once, twice, open]), 1, 2);
}

#[test]
fn materials() {
    let by_hand = ServiceFact { copies: 5, copies_delivered: 0, ..service(2) };
    let none = ServiceFact { copies: 0, copies_delivered: 0, ..service(3) };
    check("materials-delivered", &services(vec![service(1), by_hand, none]), 3, 8);
    let world = cases(vec![case(1), case(2), CaseFact { savings: None, ..case(3) }]);
    check("materials-reused", &world, 20, 8);
    check("materials-exempt", &world, 6, 8);
}

#[test]
fn time() {
    let exactly = CaseFact { used: Some(HalfDays(10)), ..case(2) };
    let late = CaseFact { used: Some(HalfDays(11)), ..case(3) };
    let unpromised = CaseFact { promised: None, ..case(4) };
    let world = cases(vec![case(1), exactly, late, unpromised]);
    check("on-time", &world, 2, 3);
    check("case-time", &world, 39, 4);
    let late = ServiceFact { used: Some(HalfDays(7)), ..service(2) };
    let unlawful = ServiceFact { used_since_acceptance: Some(HalfDays(41)), ..service(3) };
    let no_law = ServiceFact { statutory: None, ..service(4) };
    let open = running(5, 30);
    let withdrawn =
        ServiceFact { state: ServiceState::Withdrawn, decided_on: None, used: None, ..service(6) };
    let world = services(vec![service(1), late, unlawful, no_law, open, withdrawn]);
    check("services-on-time", &world, 3, 4);
    check("services-within-law", &world, 2, 3);
    check("services-decided", &world, 4, 4);
    check("service-time", &world, 19, 4);
    // One half of a day over its six; the others are no reason to be proud here.
    check("late-by", &world, 1, 1);
    check("earlier", &world, 19, 24);
    check("promise-against-law", &world, 18, 120);
    let tally = world.tally("service-time", None, &scope());
    assert_eq!(tally.distribution().percentile(50), Some(4));
    assert_eq!(tally.distribution().percentile(90), Some(7));
}

#[test]
fn savings() {
    let world = cases(vec![case(1), CaseFact { savings: None, ..case(2) }]);
    check("saved-steps", &world, 4, 10);
    check("saved-materials", &world, 2, 8);
    check("saved-days", &world, 10, 40);
    check("saved-visits", &world, 1, 4);
    let value = world.tally("saved-days", None, &scope()).value();
    assert_eq!(value.saved_permille(), Some(750));
}

#[test]
fn channels() {
    let window = CaseFact { channel: "window".into(), outlet: "hall".into(), ..case(2) };
    let agent = CaseFact { entry: Some(EntryKind::Agent), visits: Some(0), ..case(3) };
    let world = cases(vec![case(1), window, agent]);
    check("online", &world, 2, 3);
    check("wholly-online", &world, 1, 3);
    check("by-agent", &world, 1, 3);
    let phone = CaseFact { channel: "mobile".into(), ..case(2) };
    check("by-phone", &cases(vec![case(1), phone]), 1, 2);
    let at = |n, kind: &str| ServiceFact { window_kind: kind.into(), ..service(n) };
    let unseen = ServiceFact { receipt: false, ..service(4) };
    let world = services(vec![service(1), at(2, "general"), at(3, "classified"), unseen]);
    check("general-windows", &world, 1, 2);
    check("connected", &world, 3, 4);
}

#[test]
fn what_people_say() {
    let mut list: Vec<RatingFact> = (1..=5).map(|grade| rating(u128::from(grade), grade)).collect();
    list.push(RatingFact { excluded: true, ..rating(6, 5) });
    list[3].rectified_on = Some(day(18));
    let world = ratings(list.clone());
    check("ratings", &world, 5, 5);
    check("good", &world, 3, 5);
    check("satisfied", &world, 2, 5);
    check("bad", &world, 2, 5);
    check("rectified", &world, 1, 2);
    check("rectified-in-time", &world, 1, 2);
    list[3].rectified_on = Some(day(19));
    check("rectified-in-time", &ratings(list), 0, 2);
    let rated = CaseFact { grade: Some(1), ..case(1) };
    check("rated", &cases(vec![rated, case(2)]), 1, 2);
}

#[test]
fn nothing_to_divide_by_is_no_value() {
    let empty = World::default();
    for indicator in INDICATORS {
        let value = empty.tally(indicator.id, None, &scope()).value();
        assert_eq!((value.permille(), value.hundredths()), (None, None), "{}", indicator.id);
        assert_eq!(value.saved_permille(), None);
    }
    let grown = IndicatorValue { numerator: 3, denominator: 2 };
    assert_eq!(grown.saved_permille(), Some(-500));
    let thirds = IndicatorValue { numerator: 2, denominator: 3 };
    assert_eq!((thirds.permille(), thirds.hundredths()), (Some(667), Some(67)));
}

#[test]
fn an_area_covers_what_lies_below_it() {
    let facts = [("990101", true), ("990102", false), ("", false)];
    for (area, counts) in facts {
        let world = cases(vec![CaseFact { area: area.into(), ..case(1) }]);
        for (wanted, counts) in [("990101", counts), ("990000", !area.is_empty())] {
            let scope = Scope { area: Some(wanted.into()), ..scope() };
            let value = world.tally("complete-first", None, &scope).value();
            assert_eq!(value.denominator, u64::from(counts), "`{area}` in {wanted}");
        }
    }
}

#[test]
fn percentiles_by_nearest_rank() {
    let mut distribution = Distribution::default();
    assert_eq!(distribution.percentile(50), None);
    for value in [7, 1, 3, 5, 9] {
        distribution.put(value);
    }
    let found: Vec<Option<u64>> =
        [0, 20, 50, 90, 100].map(|percent| distribution.percentile(percent)).to_vec();
    assert_eq!(found, [Some(1), Some(1), Some(5), Some(9), Some(9)]);
}

#[test]
fn ids_are_words_and_stand_once() {
    let mut seen = std::collections::BTreeSet::new();
    for indicator in INDICATORS {
        assert!(seen.insert(indicator.id), "{} stands twice", indicator.id);
        assert!(indicator.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    }
}

// -- of any world ------------------------------------------------------------------------------------------

fn any_case() -> impl Strategy<Value = CaseFact> {
    let states = prop::sample::select(vec![
        CaseState::InProgress,
        CaseState::Done,
        CaseState::PartlyRefused,
        CaseState::Refused,
        CaseState::Withdrawn,
    ]);
    let area = prop::sample::select(vec!["990101", "990102", "880101", ""]);
    let matter = prop::sample::select(vec!["birth", "stall", "move"]);
    let entry = prop::option::of(prop::sample::select(EntryKind::ALL.to_vec()));
    let counts = (0u32..4, 0u32..3, 0u32..2, 1u32..5, prop::option::of(0u32..3));
    let dates = (1i8..31, prop::option::of(1i8..31));
    (any::<u64>(), states, area, matter, entry, counts, dates).prop_map(
        |(n, state, area, matter, entry, counts, (submitted, closed))| {
            let (granted, corrections, lapsed, degree, visits) = counts;
            CaseFact {
                matter: matter.into(),
                area: area.into(),
                entry,
                state,
                closed_on: closed.map(day),
                submitted_on: day(submitted),
                granted,
                corrections,
                lapsed,
                degree,
                visits,
                ..case(u128::from(n))
            }
        },
    )
}

fn any_service() -> impl Strategy<Value = ServiceFact> {
    let states = prop::sample::select(ServiceState::ALL.to_vec());
    let department = prop::sample::select(vec!["police", "health", "market"]);
    let service_id = prop::sample::select(vec!["roll", "permit", "card"]);
    let matter = prop::sample::select(vec!["birth", "stall", "move"]);
    let times = (0u32..9, 0u32..9, prop::option::of(0u32..9), 1i8..31, 1u32..4);
    (any::<u64>(), states, department, service_id, matter, times).prop_map(
        |(n, state, department, of, matter, (promised, used, statutory, on, degree))| ServiceFact {
            service: of.into(),
            matter: matter.into(),
            department: department.into(),
            state,
            promised: HalfDays(promised),
            used: Some(HalfDays(used)),
            statutory: statutory.map(HalfDays),
            decided_on: Some(day(on)),
            promised_on: Some(day(on)),
            degree,
            ..service(u128::from(n))
        },
    )
}

fn any_world() -> impl Strategy<Value = World> {
    (
        prop::collection::vec(any_case(), 0..12),
        prop::collection::vec(any_service(), 0..12),
        prop::collection::vec((1u8..6, any::<bool>()), 0..8),
        prop::collection::vec(any::<bool>(), 0..8),
    )
        .prop_map(|(cases, services, grades, seen)| World {
            cases,
            services,
            ratings: (1..)
                .zip(grades)
                .map(|(n, (grade, excluded))| RatingFact { excluded, ..rating(n, grade) })
                .collect(),
            drafts: (1..)
                .zip(seen)
                .map(|(n, seen)| DraftFact { plan_seen_on: seen.then(|| day(3)), ..draft(n) })
                .collect(),
            sendings: vec![sending(1, true), sending(2, false)],
        })
}

fn any_scope() -> impl Strategy<Value = Scope> {
    let matter = prop::option::of(prop::sample::select(vec!["birth", "stall"]));
    let area = prop::option::of(prop::sample::select(vec!["990101", "990000"]));
    (1i8..16, 16i8..31, matter, area).prop_map(|(since, until, matter, area)| Scope {
        since: day(since),
        until: day(until),
        matter: matter.map(MatterId::new),
        area: area.map(Arc::from),
        ..scope()
    })
}

proptest! {
    /// The list behind a numerator lies within the list behind its denominator, and they are what was counted.
    #[test]
    fn lists_make_the_numbers(world in any_world(), scope in any_scope()) {
        for indicator in INDICATORS {
            let (mut above, mut below) = (0u64, 0u64);
            let mut sums = IndicatorValue::default();
            for fact in world.facts() {
                let Some(counted) = indicator.count(fact, &scope) else { continue };
                prop_assert_eq!(fact.kind(), indicator.kind());
                below += 1;
                above += u64::from(counted.numerator.is_some());
                sums.add(IndicatorValue {
                    numerator: counted.numerator.unwrap_or(0),
                    denominator: counted.denominator,
                });
            }
            prop_assert!(above <= below, "{}", indicator.id);
            let tally = world.tally(indicator.id, None, &scope);
            prop_assert_eq!(tally.value(), sums);
            prop_assert_eq!((tally.above(), tally.below()), (above, below));
            prop_assert_eq!(tally.distribution().len(), above);
        }
    }

    /// A share is never above one.
    #[test]
    fn shares_are_shares(world in any_world(), scope in any_scope()) {
        for indicator in INDICATORS.iter().filter(|it| it.unit == crate::Unit::Share) {
            let value = world.tally(indicator.id, None, &scope).value();
            prop_assert!(value.numerator <= value.denominator, "{}", indicator.id);
        }
    }

    /// Parts by any dimension add up to the whole.
    #[test]
    fn parts_add_up(world in any_world(), scope in any_scope()) {
        for indicator in INDICATORS {
            for dimension in Dimension::ALL {
                let tally = world.tally(indicator.id, Some(dimension), &scope);
                let mut sum = IndicatorValue::default();
                let mut values = 0;
                for (_, part, distribution) in tally.parts() {
                    sum.add(part);
                    values += distribution.len();
                }
                for fact in world.facts() {
                    let divided = dimension.divides(fact.kind());
                    prop_assert_eq!(dimension.key(fact).is_some(), divided);
                }
                if dimension.divides(indicator.kind()) {
                    prop_assert_eq!(sum, tally.value(), "{} by {}", indicator.id, dimension.as_str());
                    prop_assert_eq!(values, tally.distribution().len());
                }
            }
        }
    }

    /// Facts come in any order.
    #[test]
    fn order_changes_nothing(world in any_world(), scope in any_scope()) {
        let mut turned = world.clone();
        turned.cases.reverse();
        turned.services.reverse();
        turned.ratings.reverse();
        for indicator in INDICATORS {
            let one = world.tally(indicator.id, Some(Dimension::Matter), &scope);
            let other = turned.tally(indicator.id, Some(Dimension::Matter), &scope);
            prop_assert_eq!(one.value(), other.value());
            prop_assert_eq!(one.distribution(), other.distribution());
            prop_assert!(one.parts().eq(other.parts()));
        }
    }

    /// Without a filter every fact of the right kind that counts somewhere counts in the whole: filters only
    /// take away.
    #[test]
    fn filters_only_take_away(world in any_world(), scope in any_scope()) {
        let wide = Scope { matter: None, area: None, ..scope.clone() };
        for indicator in INDICATORS.iter().filter(|it| !it.across_matters) {
            let narrow = world.tally(indicator.id, None, &scope);
            let whole = world.tally(indicator.id, None, &wide);
            prop_assert!(narrow.below() <= whole.below());
        }
    }
}

#[test]
fn every_kind_of_fact_is_counted_by_something() {
    for kind in
        [FactKind::Case, FactKind::Service, FactKind::Rating, FactKind::Draft, FactKind::Sending]
    {
        assert!(INDICATORS.iter().any(|indicator| indicator.kind() == kind), "{kind:?}");
    }
}
