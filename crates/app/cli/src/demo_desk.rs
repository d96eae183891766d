//! Who stands behind the counters of the demonstration city: clerks with their records, and managers. All of them
//! are invented.

use anyhow::Result;
use engine::Engine;
use jiff::{SignedDuration, ToSpan};
use network::{Asked, ForWhom, Revoked, Window};
use store_port::{AccountRow, Caller, CapabilityRow, RevokedBy, TicketWanted};
use uuid::Uuid;
use vocabulary::{AccountId, Date, Instant, MatterId, OutletId, WindowId};
use web::access::Role;

use crate::demo_people::account_id;

/// Somebody of the counter: login, name, role, outlet, area.
struct Person {
    login: &'static str,
    name: &'static str,
    role: Role,
    outlet: &'static str,
    area: &'static str,
    /// Matters whose services he may receive.
    matters: &'static [&'static str],
}

/// The general clerk of the district hall: every matter of persons.
pub const GENERAL_CLERK: &str = "clerk-qinghe";
/// A clerk whose records have gaps: none, ended, revoked and not yet valid.
pub const NEW_CLERK: &str = "clerk-qinghe-new";
/// The manager of the city hall.
pub const CITY_MANAGER: &str = "manager-city";
/// The manager of the district hall.
pub const DISTRICT_MANAGER: &str = "manager-qinghe";

const FOR_PERSONS: &[&str] = &[
    "newborn",
    "newborn-ten-items",
    "after-death",
    "retirement",
    "flexible-employment",
    "home-transfer",
];
const FOR_FIRMS: &[&str] = &[
    "enterprise-start-up",
    "restaurant-opening",
    "hiring",
    "enterprise-deregistration",
    "credit-repair",
];
const EVERYTHING: &[&str] = &[
    "newborn",
    "newborn-ten-items",
    "after-death",
    "retirement",
    "flexible-employment",
    "home-transfer",
    "enterprise-start-up",
    "restaurant-opening",
    "hiring",
    "enterprise-deregistration",
    "credit-repair",
];
const NEWBORN: &[&str] = &["newborn", "newborn-ten-items"];

const PEOPLE: [Person; 11] = [
    clerk(GENERAL_CLERK, "李敏", "qinghe-hall", "990101", FOR_PERSONS),
    clerk("clerk-qinghe-firms", "陈卓", "qinghe-hall", "990101", FOR_FIRMS),
    clerk(NEW_CLERK, "苏晴", "qinghe-hall", "990101", NEWBORN),
    clerk("clerk-wangzhou", "张远", "wangzhou-hall", "990102", EVERYTHING),
    clerk("clerk-hospital", "何小满", "maternity-hospital", "990101", NEWBORN),
    clerk("clerk-police", "陆一舟", "wutong-police", "990101", NEWBORN),
    clerk("clerk-wutong", "吴桂芳", "wutong-street", "990101", FOR_PERSONS),
    clerk("clerk-shiqiao", "柳青禾", "shiqiao-town", "990102", FOR_PERSONS),
    manager(DISTRICT_MANAGER, "顾怀瑾", "qinghe-hall", "990101"),
    manager("manager-wangzhou", "岑雪", "wangzhou-hall", "990102"),
    manager(CITY_MANAGER, "方致和", "city-hall", "990000"),
];

const fn clerk(
    login: &'static str,
    name: &'static str,
    outlet: &'static str,
    area: &'static str,
    matters: &'static [&'static str],
) -> Person {
    Person { login, name, role: Role::Clerk, outlet, area, matters }
}

const fn manager(
    login: &'static str,
    name: &'static str,
    outlet: &'static str,
    area: &'static str,
) -> Person {
    Person { login, name, role: Role::Manager, outlet, area, matters: &[] }
}

/// Makes (or finds again) clerks, their records and managers, for outlets that the network has.
///
/// # Errors
/// The store failed.
pub async fn ensure_counter(engine: &Engine) -> Result<()> {
    let network = engine.network();
    let today = engine.catalogue().civil_date(engine.clock().now());
    let there = |person: &&Person| network.outlets.contains_key(person.outlet);
    for person in PEOPLE.iter().filter(there) {
        let account = ensure(engine, person).await?;
        // Records are made once; what managers changed since stays.
        if person.role == Role::Clerk && engine.store().list_capabilities(account).await?.is_empty()
        {
            let records = records(engine, person, account, today);
            engine.store().insert_capabilities(&records).await?;
        }
    }
    Ok(())
}

/// A clerk at a window where a whole matter may be received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub clerk: AccountId,
    pub outlet: OutletId,
    pub window: WindowId,
}

/// The windows of an area with a demo clerk who may receive all of a matter there, where it is open at that time.
pub fn seats(engine: &Engine, matter: &MatterId, area: &str, at: Instant) -> Vec<Seat> {
    let (catalogue, network) = (engine.catalogue(), engine.network());
    let Some(of) = catalogue.matters.get(matter) else { return Vec::new() };
    let Some(for_whom) = ForWhom::of(catalogue, matter) else { return Vec::new() };
    let local = at.to_zoned(catalogue.jurisdiction.time_zone.clone());
    let weekday = u8::try_from(local.weekday().to_monday_one_offset()).unwrap_or(1);
    let minute = u32::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute()));
    let minute = minute.unwrap_or_default();
    let able = PEOPLE.iter().filter(|it| {
        it.area == area && it.login != NEW_CLERK && it.matters.contains(&matter.as_str())
    });
    let mut seats = Vec::new();
    for person in able {
        let Some(outlet) = network.outlets.get(person.outlet) else { continue };
        if !outlet.is_open(weekday, minute) {
            continue;
        }
        let all_at = |window: &Window| {
            of.services.iter().all(|part| {
                let asked = Asked {
                    outlet: &outlet.id,
                    window: Some(&window.id),
                    service: &part.service,
                    for_whom,
                    on: local.date(),
                };
                network.entitled(catalogue, &asked, &Revoked::new()).is_ok()
            })
        };
        let windows = outlet.windows().map(|(_, window)| window).filter(|window| all_at(window));
        seats.extend(windows.map(|window| Seat {
            clerk: account_id(person.login),
            outlet: outlet.id.clone(),
            window: window.id.clone(),
        }));
    }
    seats
}

/// People who wait in the district hall today, and two who are served, so that the display is not empty.
///
/// # Errors
/// The store failed.
pub async fn ensure_queue(engine: &Engine) -> Result<()> {
    const HALL: &str = "qinghe-hall";
    /// Zone, its letter, minutes since the number was taken, priority, matter.
    const WAITING: [(&str, &str, i64, bool, Option<&str>); 9] = [
        ("persons", "A", 41, false, Some("retirement")),
        ("persons", "A", 38, false, None),
        ("enterprises", "B", 33, false, Some("enterprise-start-up")),
        ("persons", "A", 27, false, Some("newborn")),
        ("matters", "D", 22, false, Some("newborn")),
        ("persons", "A", 15, true, Some("newborn")),
        ("enterprises", "B", 12, false, None),
        ("persons", "A", 8, false, Some("flexible-employment")),
        ("persons", "A", 3, false, None),
    ];
    let day = engine.catalogue().civil_date(engine.clock().now()).to_string();
    let store = engine.store();
    let id = |number: usize| {
        Uuid::new_v5(&account_id(GENERAL_CLERK).0, format!("ticket/{day}/{number}").as_bytes())
    };
    let there = engine.network().outlets.contains_key(HALL);
    if !there || store.find_ticket(id(0)).await?.is_some() {
        return Ok(());
    }
    let now = engine.clock().now();
    let ago = |minutes: i64| now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now);
    for (number, (zone, letter, minutes, priority, matter)) in WAITING.iter().enumerate() {
        store
            .draw_ticket(&TicketWanted {
                ticket_id: id(number),
                outlet: HALL.to_owned(),
                day: day.clone(),
                zone: (*zone).to_owned(),
                letter: (*letter).to_owned(),
                class: if *priority { "priority" } else { "ordinary" }.to_owned(),
                matter: matter.map(str::to_owned),
                subject: None,
                taken_at: ago(*minutes),
            })
            .await?;
    }
    for (window, zone, clerk) in
        [("02", "persons", NEW_CLERK), ("07", "enterprises", "clerk-qinghe-firms")]
    {
        store
            .call_next(&Caller {
                outlet: HALL.to_owned(),
                day: day.clone(),
                zone: zone.to_owned(),
                window: format!("{HALL}-{window}"),
                clerk: account_id(clerk),
                at: ago(2),
            })
            .await?;
    }
    Ok(())
}

async fn ensure(engine: &Engine, person: &Person) -> Result<AccountId> {
    let account_id = account_id(person.login);
    let display_name = engine.seal_account_name(account_id, None, person.name).await?;
    let account = AccountRow {
        account_id,
        login: person.login.to_owned(),
        role: person.role.as_str().to_owned(),
        department: Some(person.outlet.to_owned()),
        area: Some(person.area.to_owned()),
        subject: None,
        password_hash: None,
        disabled: false,
        demo: true,
        display_name,
    };
    engine.store().upsert_account(&account).await?;
    Ok(account_id)
}

/// Records of a clerk, from well before the demo's history until nobody says otherwise.
fn records(engine: &Engine, person: &Person, clerk: AccountId, today: Date) -> Vec<CapabilityRow> {
    let catalogue = engine.catalogue();
    let matters = person.matters.iter().filter_map(|id| catalogue.matters.get(*id));
    let mut services: Vec<_> =
        matters.flat_map(|matter| matter.services.iter().map(|part| &part.service)).collect();
    services.sort();
    services.dedup();
    let before = |days: i64| today.checked_sub(days.days()).unwrap_or(today);
    let manager = account_id(DISTRICT_MANAGER);
    let mut records: Vec<CapabilityRow> = services
        .into_iter()
        .map(|service| CapabilityRow {
            capability_id: Uuid::new_v5(&clerk.0, service.as_str().as_bytes()),
            clerk,
            service: service.to_string(),
            valid_from: before(400).to_string(),
            valid_until: None,
            basis: "综合窗口全科培训考核合格（第一期）".to_owned(),
            granted_by: manager,
            granted_at: engine.clock().now(),
            revoked: None,
        })
        .collect();
    if person.login == NEW_CLERK {
        still_learning(engine, &mut records, today);
    }
    records
}

/// The new clerk's records: one each that is missing, ended, not yet valid, revoked.
fn still_learning(engine: &Engine, records: &mut Vec<CapabilityRow>, today: Date) {
    let day = |days: i64| today.checked_add(days.days()).unwrap_or(today).to_string();
    records.retain(|record| record.service != "household-registration");
    for record in records {
        record.valid_from = day(-100);
        match record.service.as_str() {
            "social-security-card" => record.valid_until = Some(day(-10)),
            "maternity-allowance" => record.valid_from = day(20),
            "medical-insurance" => {
                record.revoked = Some(RevokedBy {
                    on: day(-5),
                    at: engine.clock().now(),
                    by: record.granted_by,
                    reason: "复训未通过".to_owned(),
                });
            }
            _ => {}
        }
    }
}
