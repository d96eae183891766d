//! A small city's three months, made through the engine: everything is taken, nothing a page lives on is missing,
//! and the same seed gives the same life.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use engine::orders::{OrderState, order_state};
use indicators::{CaseFact, ServiceFact};
use store_port::{FactFilter, InconsistencyFilter, OpenedFilter};
use worker::Patience;

use super::*;
use crate::demo_agents::{self, AGENTS};
use crate::wiring::{Definitions, Hub, HubPlan, Partners};
use crate::{demo_desk, demo_people, offices};

/// Late in the morning of a working day.
const NOW: &str = "2026-11-20T02:40:00Z";
/// A tenth of the demo's.
const CASES: usize = 60;

struct Made {
    hub: Hub,
    happened: Happened,
    cases: Vec<CaseFact>,
    services: Vec<ServiceFact>,
}

async fn made(folder: &Path) -> Made {
    let definitions = Definitions::load(None).unwrap().unwrap();
    let definitions = definitions.with_network(None).unwrap().unwrap();
    let now: Instant = NOW.parse().unwrap();
    let clock = Arc::new(DemoClock::ahead_by(SignedDuration::ZERO));
    clock.stand(now);
    let database = format!("sqlite://{}?throw-away", folder.join("hub.db").display());
    let hub = Hub::open(HubPlan {
        definitions: &definitions,
        data: folder,
        database: Some(database.as_str()),
        master_key: [7; 32],
        partners: Partners::default(),
        demo: None,
        clock: Arc::clone(&clock) as Arc<dyn engine::Clock>,
        patience: Patience::short(),
        secure_cookies: false,
    })
    .await
    .unwrap();
    demo_people::ensure_accounts(&hub.engine).await.unwrap();
    demo_desk::ensure_counter(&hub.engine).await.unwrap();
    demo_agents::ensure_agents(&hub.engine).await.unwrap();
    let city = City {
        engine: hub.engine.clone(),
        clock,
        scenarios: everyday(&definitions),
        departments: offices::specs(&definitions.catalogue),
        seed: 11,
        began: now,
        by_hand: "public-security",
        silent: None,
        counter: tokio::sync::Mutex::default(),
    };
    let today = definitions.catalogue.civil_date(now);
    let happened = Life::plan(city, today, CASES).run_until(now).await.unwrap();
    let all = || FactFilter { limit: 10_000, ..FactFilter::default() };
    let cases = hub.engine.case_facts(&all()).await.unwrap();
    let services = hub.engine.service_facts(&all()).await.unwrap();
    Made { hub, happened, cases, services }
}

/// What the same life has the same of, whatever ids and numbers were drawn.
fn told(made: &Made) -> BTreeSet<String> {
    let of = |it: &ServiceFact| {
        format!("{} {} {} {:?} {:?}", it.matter, it.node, it.submitted_on, it.state, it.decided_on)
    };
    made.services.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_months_are_lived_and_no_page_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let made = made(folder.path()).await;
    let (engine, cases, services) = (&made.hub.engine, &made.cases, &made.services);
    assert_eq!(made.happened.failed, 0, "every step was taken");
    assert!(made.happened.deeds > CASES * 5, "{} steps", made.happened.deeds);
    assert!(cases.len() > CASES / 2, "{} of {CASES} handed something in", cases.len());

    let entries: BTreeSet<_> =
        cases.iter().filter_map(|it| it.entry.map(|it| it.as_str())).collect();
    for entry in ["agent", "continuation", "direct", "doorplate", "window"] {
        assert!(entries.contains(entry), "nobody came by `{entry}`: {entries:?}");
    }
    let states: BTreeSet<_> = services.iter().map(|it| it.state.as_str()).collect();
    assert!(states.contains("granted") && states.contains("received"), "{states:?}");
    assert!(cases.iter().any(CaseFact::is_open) && cases.iter().any(|it| it.closed().is_some()));
    assert!(cases.iter().any(|it| it.accepted_at_once), "the funnel has a fourth stage");
    assert!(services.iter().any(|it| it.corrections > 0) && services.iter().any(|it| it.receipt));
    assert!(cases.iter().any(|it| !it.ratings.is_empty()));
    assert!(cases.iter().all(|it| matches!(&*it.area, "990101" | "990102")));

    let opened = OpenedFilter { limit: 10_000, ..OpenedFilter::default() };
    let drafts = engine.draft_facts(&opened).await.unwrap();
    let left = drafts.iter().filter(|it| it.case.is_none()).count();
    assert!(left > 0 && left < drafts.len() / 2, "{left} of {} went away", drafts.len());
    assert!(drafts.iter().any(|it| it.case.is_none() && it.plan_seen_on.is_some()));

    // Who was received at a window had a number, and was called before he was served.
    let at_window = cases.iter().find(|it| !it.outlet.is_empty()).unwrap();
    let case = engine.case(at_window.case).await.unwrap().unwrap();
    let intake = case.application.reception.intake.as_ref().unwrap();
    assert!(intake.ticket.is_some() && !intake.authority.is_empty());
    let day = at_window.submitted_on.to_string();
    let tickets = engine.store().list_tickets(&at_window.outlet, &day, &["done"]).await.unwrap();
    let own = tickets.iter().find(|it| intake.ticket.as_deref() == Some(&*it.code)).unwrap();
    assert!(own.taken_at < own.called_at.unwrap());
    assert!(own.called_at < own.serving_at && own.serving_at < own.ended_at);

    let today = engine.today();
    let mut orders = BTreeSet::new();
    for (login, _) in AGENTS {
        let agent = demo_people::account_id(login);
        let rows = engine.store().list_orders_for(agent).await.unwrap();
        orders.extend(rows.iter().map(|row| order_state(row, today).as_str()));
    }
    assert!(orders.contains(OrderState::InForce.as_str()), "{orders:?}");
    assert!(orders.len() > 1, "some are over: {orders:?}");
    let differing = InconsistencyFilter { limit: 10, ..InconsistencyFilter::default() };
    let differing = engine.store().list_inconsistencies(&differing).await.unwrap();
    assert!(!differing.is_empty(), "standards differ somewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_life() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (made(one.path()).await, made(other.path()).await);
    assert_eq!(told(&one), told(&other));
    assert_eq!(one.happened, other.happened);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rare_is_told_and_reminders_are_given_when_they_fall_due() {
    let folder = tempfile::tempdir().unwrap();
    let made = made(folder.path()).await;
    assert_eq!(made.happened.failed, 0, "every step was taken");
    let engine = &made.hub.engine;
    let catalogue = engine.catalogue();
    let ids = engine.store().list_case_ids(None, 10_000).await.unwrap();
    let mut cases = Vec::new();
    for id in ids {
        cases.push(engine.case(id).await.unwrap().unwrap());
    }
    let services = || cases.iter().flat_map(|case| &case.services);

    // A grant taken back, after its holder was heard; what was done on it stays done.
    let revoked: Vec<_> =
        services().filter(|it| it.state == casework::ServiceState::Revoked).collect();
    assert_eq!(revoked.len(), 1);
    assert!(!revoked[0].revocations.is_empty());
    // Somebody stands in the applicant's place.
    assert_eq!(cases.iter().filter(|case| case.taken_over_by().is_some()).count(), 1);
    // One field of a case still waits for its source, another was confirmed.
    let waiting: Vec<_> =
        cases.iter().filter(|case| case.unanswered_checks().next().is_some()).collect();
    assert_eq!(waiting.len(), 1);
    let checks = &waiting[0].checks;
    assert!(checks.iter().any(|check| check.answered.is_some()), "{checks:?}");
    // A joint visit is agreed on, another waits for the applicant's choice.
    let visits = || cases.iter().flat_map(|case| &case.visits);
    let agreed = visits().filter(|it| it.current().and_then(casework::Proposal::agreed).is_some());
    assert!(agreed.count() == 1 && visits().filter(|it| it.current().is_some()).count() == 2);
    // A round is being gathered.
    assert!(services().any(|it| it.gathered_correction().is_some()));

    // Reminders carry the days on which they fell due, not the day on which the demo began.
    let reminded: BTreeSet<Date> = services()
        .flat_map(|it| &it.supervised.reminders)
        .map(|(at, _)| catalogue.civil_date(*at))
        .collect();
    assert!(reminded.len() > 5, "{reminded:?}");
    for (at, reminder) in services().flat_map(|it| &it.supervised.reminders) {
        let on = catalogue.civil_date(*at);
        assert!(on >= reminder.mark.on, "{on} {reminder:?}");
        assert!(catalogue.calendar.is_working_day(on).0, "{on}");
    }
}
