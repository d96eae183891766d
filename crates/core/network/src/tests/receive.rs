//! May this clerk, at this window, receive this service now? As a table.

use vocabulary::{Date, DelegationId, ServiceId};

use super::{GOOD, changed, network, sample};
use crate::{Asked, Authority, Capability, ForWhom, NoAuthority, Revoked};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `service from..until`, revoked on a day after `!`: `health-card 2026-01-01..2026-06-30 !2026-03-01`.
fn record(id: usize, text: &str) -> Capability {
    let mut parts = text.split_whitespace();
    let service = ServiceId::new(parts.next().unwrap());
    let (from, until) = parts.next().unwrap().split_once("..").unwrap();
    Capability {
        id: format!("record-{id}").into(),
        service,
        valid_from: day(from),
        valid_until: (!until.is_empty()).then(|| day(until)),
        revoked_on: parts.next().map(|it| day(it.strip_prefix('!').unwrap())),
    }
}

struct Question<'a> {
    text: &'a str,
    outlet: &'a str,
    window: Option<&'a str>,
    service: &'a str,
    for_whom: ForWhom,
    on: &'a str,
    records: &'a [&'a str],
    revoked: &'a [(&'a str, &'a str)],
}

const MAY: Question<'_> = Question {
    text: GOOD,
    outlet: "upper-hall",
    window: Some("upper-hall-01"),
    service: "stall-permit",
    for_whom: ForWhom::Enterprise,
    on: "2026-06-15",
    records: &["stall-permit 2026-01-01..", "health-card 2026-02-01..2026-06-30"],
    revoked: &[],
};

#[track_caller]
fn answer(question: &Question<'_>) -> Result<Authority, NoAuthority> {
    let records: Vec<Capability> =
        question.records.iter().enumerate().map(|(id, text)| record(id, text)).collect();
    let revoked: Revoked =
        question.revoked.iter().map(|(id, on)| (DelegationId::new(*id), day(on))).collect();
    let (outlet, service) = (question.outlet.into(), question.service.into());
    let window = question.window.map(Into::into);
    let asked = Asked {
        outlet: &outlet,
        window: window.as_ref(),
        service: &service,
        for_whom: question.for_whom,
        on: day(question.on),
    };
    network(question.text).may_receive(&sample(), &asked, &records, &revoked)
}

#[track_caller]
fn refused(question: &Question<'_>, code: &str, words: &str) {
    let why = answer(question).unwrap_err();
    assert_eq!((why.code(), why.to_string().as_str()), (code, words));
}

#[test]
fn record_and_delegation_together_give_authority() {
    let delegated = answer(&MAY).unwrap();
    assert_eq!(&*delegated.capability, "record-0");
    assert_eq!(delegated.delegation.unwrap().as_str(), "permits-to-upper-hall");
    // At the authority's own place no delegation is needed, and no concentration sends it elsewhere.
    let own = Question { outlet: "clinic", window: None, service: "health-card", ..MAY };
    assert_eq!(answer(&own).unwrap().delegation, None);
    // First and last days count.
    for on in ["2026-02-01", "2026-06-30"] {
        assert!(answer(&Question { on, ..own }).is_ok(), "{on}");
    }
}

#[test]
fn without_a_valid_record_nothing_is_received() {
    let none = "the clerk has no record for the service";
    refused(&Question { records: &["health-card 2026-01-01.."], ..MAY }, "NET0101", none);
    let with = |records| Question { records, ..MAY };
    let later = &["stall-permit 2026-07-01.."];
    refused(&with(later), "NET0102", "the record holds from 2026-07-01 on");
    let before = &["stall-permit 2026-01-01..2026-06-14"];
    refused(&with(before), "NET0103", "the record held until 2026-06-14");
    let revoked = &["stall-permit 2026-01-01.. !2026-06-15"];
    refused(&with(revoked), "NET0104", "the record was revoked on 2026-06-15");
    // Revoked tomorrow still holds today; and a new record heals an old one.
    assert!(answer(&with(&["stall-permit 2026-01-01.. !2026-06-16"])).is_ok());
    let healed = &["stall-permit 2026-06-01..", "stall-permit 2026-01-01.. !2026-03-01"];
    assert_eq!(&*answer(&with(healed)).unwrap().capability, "record-0");
}

#[test]
fn without_a_valid_delegation_nothing_is_received() {
    let at_clinic = Question { outlet: "clinic", window: None, for_whom: ForWhom::Person, ..MAY };
    refused(&at_clinic, "NET0105", "the outlet is not entrusted with the service");
    let id = "delegation permits-to-upper-hall";
    let early = Question { on: "2025-12-31", ..MAY };
    refused(&early, "NET0106", &format!("{id} holds from 2026-01-01 on"));
    let late = Question { on: "2027-01-01", ..MAY };
    refused(&late, "NET0107", &format!("{id} held until 2026-12-31"));
    let revoked = Question { revoked: &[("permits-to-upper-hall", "2026-06-15")], ..MAY };
    refused(&revoked, "NET0108", &format!("{id} was revoked on 2026-06-15"));
    // From tomorrow on, or somebody else's: today it holds.
    for revoked in [("permits-to-upper-hall", "2026-06-16"), ("cards-to-upper-hall", "2026-01-01")]
    {
        assert!(answer(&Question { revoked: &[revoked], ..MAY }).is_ok());
    }
    let persons = Question { service: "health-card", for_whom: ForWhom::Person, ..MAY };
    refused(&persons, "NET0109", "delegation cards-to-upper-hall covers other applicants");
}

#[test]
fn another_delegation_that_holds_is_enough() {
    let second = "[[delegation]]\nid = \"permits-again\"\nfrom = \"market-office\"\n\
         to = \"upper-hall\"\npowers = [\"receive\"]\nservices = [\"stall-permit\"]\n\
         basis = { en = \"Notice 5\", zh = \"第5号通知\" }\nvalid_from = \"2026-03-01\"\n";
    let text = format!("{GOOD}\n{second}");
    let revoked = &[("permits-to-upper-hall", "2026-06-01")];
    let question = Question { text: &text, revoked, ..MAY };
    assert_eq!(answer(&question).unwrap().delegation.unwrap().as_str(), "permits-again");
}

#[test]
fn a_window_is_for_what_it_says() {
    let at = |window| Question { window: Some(window), ..MAY };
    assert!(answer(&at("upper-hall-02")).is_ok(), "a service of its matter");
    refused(&at("upper-hall-03"), "NET0110", "the window is for other matters");
    let card = Question { service: "health-card", ..at("upper-hall-03") };
    assert!(answer(&card).is_ok());
    let nowhere = "there is no such outlet, window or service";
    refused(&at("upper-hall-09"), "NET0112", nowhere);
    refused(&Question { outlet: "lower-hall", ..MAY }, "NET0112", nowhere);
    // A window of another outlet is not this outlet's.
    refused(&Question { outlet: "clinic", ..MAY }, "NET0112", nowhere);
}

#[test]
fn concentration_says_where_else() {
    let street = Question { outlet: "willow-street", window: None, ..MAY };
    let NoAuthority::ReceivedElsewhere { outlets } = answer(&street).unwrap_err() else {
        panic!("firms go to halls");
    };
    assert_eq!(outlets, ["upper-hall".into()]);
    // Persons are not concentrated here: the street centre receives them.
    assert!(answer(&Question { for_whom: ForWhom::Person, ..street }).is_ok());
    let both = changed("kinds = [\"hall\"]", "kinds = [\"hall\", \"street-centre\"]");
    assert!(answer(&Question { text: &both, ..street }).is_ok());
}
