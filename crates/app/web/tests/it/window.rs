//! At the window: a person found or made by the card, one form, the tray, what is received and on whose authority,
//! and that nothing of the last person is there for the next.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::Method;
use store_port::{AccountRow, CapabilityRow, RevokedBy, fresh_id};
use vocabulary::{AccountId, CaseId, Value};
use yijianshi_web::window::{CardRead, DeviceTrouble, Devices, Scanned};

use crate::town::{Answer, MATTER, Person, Town};

pub(crate) const NUMBER: &str = "110101198506150027";
pub(crate) const NAME: &str = "Pearl Underhill";
pub(crate) const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0];

/// What the devices of these tests do next.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    card: Mutex<Option<Result<CardRead, DeviceTrouble>>>,
    page: Mutex<Option<Result<Scanned, DeviceTrouble>>>,
}

impl Desk {
    pub(crate) fn lies(&self, number: &str, name: &str) {
        let card = CardRead { number: number.to_owned(), name: name.to_owned() };
        *self.card.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ok(card));
    }

    fn reader_is(&self, trouble: DeviceTrouble) {
        *self.card.lock().unwrap_or_else(PoisonError::into_inner) = Some(Err(trouble));
    }

    pub(crate) fn scanner(&self, page: Result<&[u8], DeviceTrouble>) {
        let page =
            page.map(|bytes| Scanned { media_type: "image/png".to_owned(), bytes: bytes.to_vec() });
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }
}

#[async_trait::async_trait]
impl Devices for Desk {
    async fn read_card(&self, _: &str) -> Result<CardRead, DeviceTrouble> {
        let card = self.card.lock().unwrap_or_else(PoisonError::into_inner).clone();
        card.unwrap_or(Err(DeviceTrouble::Nothing))
    }

    async fn scan(&self, _: &str) -> Result<Scanned, DeviceTrouble> {
        let page = self.page.lock().unwrap_or_else(PoisonError::into_inner).clone();
        page.unwrap_or(Err(DeviceTrouble::Nothing))
    }
}

const SERVICES: [&str; 4] = ["stall-permit", "health-card", "opening-notice", "water-test"];

/// The hall of Upper Bend with somebody at window 01 who may receive everything there.
pub(crate) struct Counter {
    pub(crate) town: Town,
    pub(crate) desk: Arc<Desk>,
}

impl Counter {
    pub(crate) async fn open() -> Self {
        let mut town = Town::at_counter().await;
        let desk = Arc::new(Desk::default());
        town.app.devices = Arc::<Desk>::clone(&desk);
        let town = town.rewired();
        // The registers know her by her number: she has never signed in.
        town.hub.sources.knows(
            "resident-roll",
            NUMBER,
            &[("owner.name", Value::text(NAME)), ("owner.citizen_id", Value::text(NUMBER))],
        );
        town.hub.sources.knows("water-archive", NUMBER, &[("water.tested", Value::Bool(true))]);
        Self { town, desk }
    }

    pub(crate) async fn clerk(&self, login: &str) -> AccountRow {
        let row = self.town.account(login, "clerk", None).await;
        let row = AccountRow { area: Some("990101".to_owned()), ..row };
        self.town.hub.store.upsert_account(&row).await.unwrap();
        for service in SERVICES {
            self.record(&row, service).await;
        }
        row
    }

    pub(crate) async fn record(&self, clerk: &AccountRow, service: &str) {
        let row = CapabilityRow {
            capability_id: fresh_id(),
            clerk: clerk.account_id,
            service: service.to_owned(),
            valid_from: "2026-01-01".to_owned(),
            valid_until: None,
            basis: "training".to_owned(),
            granted_by: AccountId(fresh_id()),
            granted_at: self.town.app.now(),
            revoked: None,
        };
        self.town.hub.store.insert_capabilities(&[row]).await.unwrap();
    }

    /// A clerk who sits at a window.
    pub(crate) async fn seated(&self, login: &str, window: &str) -> Person<'_> {
        let row = self.clerk(login).await;
        let clerk = self.town.signed_in(&row).await.in_english();
        let sat = clerk.post("/window/sit", &[("window", window.to_owned())]).await;
        assert_eq!(sat.leads_to(), "/window");
        clerk
    }
}

pub(crate) async fn window(clerk: &Person<'_>) -> Answer {
    clerk.get("/window").await.is(200)
}

/// Posts one field of the form with the version that is shown.
async fn fills(clerk: &Person<'_>, name: &str, value: &str) -> Answer {
    let version = window(clerk).await.input("version");
    clerk.post("/window/form", &[("version", version), (name, value.to_owned())]).await
}

/// Begins the tea stall for the person in hand and answers everything.
pub(crate) async fn fills_everything(clerk: &Person<'_>) {
    let begun = clerk.post("/window/matter", &[("pick", format!("{MATTER}/"))]).await;
    assert_eq!(begun.leads_to(), "/window");
    for (name, value) in [
        ("owner.resident", "true"),
        ("stall.place", "market"),
        ("stall.tables", "4"),
        ("helper", "1"),
        ("helper.pours~m1", "false"),
        ("helper.born_on~m1", "1999-01-01"),
    ] {
        fills(clerk, name, value).await.leads_to();
    }
    for (name, value) in [
        ("owner.phone", "13800001234"),
        ("stall.area_code", "990101"),
        ("stall.opens_on", "2026-05-01"),
        ("helper.name~m1", "Tom Reed"),
        ("owner.phone@health-card~m1", "13800001234"),
    ] {
        fills(clerk, name, value).await.leads_to();
    }
}

#[tokio::test]
async fn from_the_card_to_the_receipt() {
    let counter = Counter::open().await;
    let clerk = counter.seated("ann", "upper-hall-01").await;
    window(&clerk).await.shows(&["The window is free", "Window 01", "general window"]);
    counter.desk.lies(NUMBER, NAME);
    assert_eq!(clerk.post("/window/card", &[]).await.leads_to(), "/window");
    let page = window(&clerk).await;
    page.shows(&[NAME, "1101**********0027", "Card was read"]).hides(&[NUMBER]);
    fills_everything(&clerk).await;
    let page = window(&clerk).await.shows(&["Roll of residents", "The place is free"]);
    // The sketch is missing: it cannot be received yet, and everything else is kept.
    let submit = |page: &Answer| [("command", page.input("command"))];
    let early = clerk.post("/window/submit", &submit(&page)).await.is(200);
    early.shows(&["1 things are still open", "13800001234"]);
    let notice = clerk.get("/window/notice").await.is(200);
    notice.shows(&["One-time notice", "Evidence still to be brought", NAME, "Hall of Upper Bend"]);

    counter.desk.scanner(Ok(PNG));
    let slot = [("slot", "stall-sketch".to_owned())];
    clerk.post("/window/scan", &slot).await.leads_to();
    clerk.post("/window/original", &slot).await.leads_to();
    window(&clerk).await.shows(&["✓ Original seen"]);
    clerk.post("/window/ticks", &[("all", "1".to_owned())]).await.leads_to();
    let page = window(&clerk).await;
    let received = clerk.post("/window/submit", &submit(&page)).await;
    assert_eq!(received.leads_to(), "/window/receipt", "{received:?}");
    // Pressed twice is one case.
    assert_eq!(clerk.post("/window/submit", &submit(&page)).await.leads_to(), "/window/receipt");
    let receipt = clerk.get("/window/receipt").await.is(200);
    receipt.shows(&[
        "Receipt",
        NAME,
        "the original was seen and given back",
        "<svg",
        "Stall permit",
    ]);

    let person = counter.town.hub.store.find_account_by_number(&hash_of(&counter).await).await;
    let person = person.unwrap().unwrap();
    let cases = counter.town.hub.store.list_cases_of(person.account_id, None, 9).await.unwrap();
    let [row] = cases.as_slice() else { panic!("{cases:?}") };
    let case = counter.town.hub.engine.case(row.case_id).await.unwrap().unwrap();
    assert_eq!(&*case.application.channel, "window");
    let intake = case.application.reception.intake.clone().unwrap();
    assert_eq!(&*intake.outlet, "upper-hall");
    assert_eq!(intake.window.as_deref(), Some("upper-hall-01"));
    assert_eq!(Some(intake.clerk), clerk.account);
    assert_eq!(intake.originals.len(), 1, "{intake:?}");
    assert!(intake.ticked.len() > 2, "{intake:?}");
    let delegation = |service: &str| {
        let authority = intake.authority.iter().find(|it| it.service.as_str() == service);
        authority.and_then(|it| it.delegation.clone())
    };
    assert_eq!(delegation("stall-permit").as_deref(), Some("permits-to-upper-hall"));
    assert_eq!(case.application.reception.applicant, Some(person.account_id));
}

#[tokio::test]
async fn what_is_not_looked_at_stops_the_receipt_once_and_is_recorded() {
    let counter = Counter::open().await;
    let clerk = counter.seated("ann", "upper-hall-01").await;
    counter.desk.lies(NUMBER, NAME);
    clerk.post("/window/card", &[]).await.leads_to();
    fills_everything(&clerk).await;
    counter.desk.scanner(Ok(PNG));
    clerk.post("/window/scan", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    // All but what needs the original is ticked.
    clerk.post("/window/ticks", &[("all", "1".to_owned())]).await.leads_to();
    let command = window(&clerk).await.input("command");
    let f9 = |more: Vec<(&'static str, String)>| {
        let mut form = vec![("command", command.clone())];
        form.extend(more);
        let clerk = &clerk;
        async move { clerk.post("/window/submit", &form).await }
    };
    let stop = f9(Vec::new()).await.is(200);
    let stop = stop.shows(&[
        "were not looked at before receiving",
        "Originals not seen",
        "sp-place",
        NAME,
    ]);
    let every = |page: &Answer, name: &str| -> Vec<String> {
        let text = page.text();
        let form = text.split_once("action=\"/window/submit\"").unwrap().1;
        let form = form.split_once("</form>").unwrap().0.to_owned();
        let start = format!("name=\"{name}\" value=\"");
        let values = form.split(&start).skip(1).map(|rest| rest.split_once('"').unwrap().0);
        values.map(ToOwned::to_owned).collect()
    };
    let (left, unseen) = (every(&stop, "left"), every(&stop, "unseen"));
    assert_eq!(unseen, ["stall-sketch"]);
    assert!(left.contains(&"stall-permit/sp-place".to_owned()), "{left:?}");
    // Knowing of half of it is not knowing of it.
    let half = vec![("unseen", unseen[0].clone())];
    f9(half).await.is(200).shows(&["were not looked at before receiving"]);

    // One is ticked on the list itself: the rest still stands there.
    let met = |line: &str| vec![("stop", "1".to_owned()), ("met", line.to_owned())];
    let ticked = clerk.post("/window/ticks", &met(&left[0])).await.is(200);
    let ticked = ticked.shows(&["Originals not seen"]);
    assert!(!every(&ticked, "left").contains(&left[0]));
    let known = |page: &Answer| {
        let left = every(page, "left").into_iter().map(|it| ("left", it));
        left.chain(every(page, "unseen").into_iter().map(|it| ("unseen", it))).collect::<Vec<_>>()
    };
    let accepted = known(&ticked);
    let open = accepted.iter().filter(|(name, _)| *name == "left").count();
    assert_eq!(f9(accepted).await.leads_to(), "/window/receipt");
    let account = counter.town.hub.store.find_account_by_number(&hash_of(&counter).await).await;
    let account = account.unwrap().unwrap().account_id;
    let cases = counter.town.hub.store.list_cases_of(account, None, 9).await.unwrap();
    let case = counter.town.hub.engine.case(cases[0].case_id).await.unwrap().unwrap();
    let intake = case.application.reception.intake.clone().unwrap();
    assert_eq!(intake.left_open.originals.len(), 1, "{intake:?}");
    assert_eq!(intake.left_open.lines.len(), open, "{intake:?}");
    assert!(open > 0 && intake.originals.is_empty());
    // Who decides sees it.
    let officer = counter.town.officer("market-office").await.in_english();
    let page = officer.get(&format!("/officer/cases/{}/stall-permit", cases[0].case_id)).await;
    page.is(200).shows(&["Not checked when received"]);
}

#[tokio::test]
async fn an_original_seen_on_the_list_is_the_last_thing() {
    let counter = Counter::open().await;
    let clerk = counter.seated("ann", "upper-hall-01").await;
    counter.desk.lies(NUMBER, NAME);
    clerk.post("/window/card", &[]).await.leads_to();
    fills_everything(&clerk).await;
    counter.desk.scanner(Ok(PNG));
    clerk.post("/window/scan", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    let stop = |name: &'static str, value: &str| {
        vec![("stop", "1".to_owned()), (name, value.to_owned()), ("all", "1".to_owned())]
    };
    clerk.post("/window/ticks", &stop("seen", "nothing-known")).await.is(200).shows(&["not seen"]);
    clerk.post("/window/ticks", &stop("seen", "stall-sketch")).await.is(200);
    // With the original seen every line is in order.
    let done = clerk.post("/window/ticks", &stop("seen", "nothing-known")).await.is(200);
    done.shows(&["Everything was looked at"]).hides(&["Originals not seen"]);
}

/// The hash under which the account of these tests is found.
async fn hash_of(counter: &Counter) -> String {
    use engine::window::PersonRead;
    let read = PersonRead { number: NUMBER.into(), name: NAME.into(), by_reader: true };
    let found = counter.town.hub.engine.receive_person(&read).await.unwrap().unwrap();
    assert!(!found.made, "the card has made her account already");
    counter.town.hub.engine.number_hash(NUMBER)
}

#[tokio::test]
async fn nothing_of_the_last_person_is_there_for_the_next() {
    let counter = Counter::open().await;
    let clerk = counter.seated("ann", "upper-hall-01").await;
    counter.desk.lies(NUMBER, NAME);
    clerk.post("/window/card", &[]).await.leads_to();
    fills_everything(&clerk).await;
    counter.desk.scanner(Ok(PNG));
    clerk.post("/window/scan", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    let page = window(&clerk).await.shows(&[NAME]);
    assert_eq!(page.headers["cache-control"], "no-store");
    let text = page.text();
    let picture = text.split_once("/window/evidence/").unwrap().1.split_once('"').unwrap().0;
    let picture = format!("/window/evidence/{picture}");
    clerk.get(&picture).await.is(200);
    let draft = {
        let hand = counter.town.hub.engine.in_hand(clerk.account.unwrap()).await.unwrap();
        hand.unwrap().draft.unwrap()
    };

    let wiped = clerk.post("/window/next", &[]).await;
    assert_eq!(wiped.leads_to(), "/window");
    assert_eq!(wiped.headers["clear-site-data"], "\"cache\"");
    let traces = [NAME, "Pearl", NUMBER, "0027", "13800001234", "Tom Reed", &draft.to_string()];
    window(&clerk).await.shows(&["The window is free"]).hides(&traces);
    for paper in ["/window/notice", "/window/receipt"] {
        assert_eq!(clerk.get(paper).await.leads_to(), "/window");
    }
    clerk.get(&picture).await.is(404);
    clerk.post(&format!("/window/drafts/{draft}"), &[]).await.is(404);
    // Forms of the last page, sent again: nobody is in hand, nothing is told and nothing changes.
    for step in ["form", "original", "ticks", "scan", "continue", "matter", "submit"] {
        let form = [
            ("version", "1".to_owned()),
            ("slot", "stall-sketch".to_owned()),
            ("command", fresh_id().to_string()),
            ("pick", format!("{MATTER}/")),
        ];
        let answer = clerk.post(&format!("/window/{step}"), &form).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{answer:?}");
        answer.hides(&traces);
    }
    let hand = counter.town.hub.engine.in_hand(clerk.account.unwrap()).await.unwrap().unwrap();
    assert_eq!((hand.applicant, hand.draft, hand.case, hand.ticket), (None, None, None, None));

    // The same person comes again: nothing was lost.
    clerk.post("/window/card", &[]).await.leads_to();
    window(&clerk).await.shows(&[NAME, "Not yet submitted (1)"]);
    clerk.post(&format!("/window/drafts/{draft}"), &[]).await.leads_to();
    window(&clerk).await.shows(&["Tom Reed"]);
}

#[tokio::test]
async fn what_is_typed_wrongly_stays_with_words() {
    let counter = Counter::open().await;
    let clerk = counter.seated("ann", "upper-hall-01").await;
    let person =
        |number: &str, name: &str| [("number", number.to_owned()), ("name", name.to_owned())];
    for (number, name, words) in [
        ("110101198506150028", NAME, "The number is wrong"),
        ("12", NAME, "The number is wrong"),
        (NUMBER, " ", "Enter the name"),
    ] {
        let answer = clerk.post("/window/person", &person(number, name)).await.is(200);
        answer.shows(&[words, &format!("value=\"{number}\"")]);
    }
    clerk.post("/window/person", &person(NUMBER, NAME)).await.leads_to();
    window(&clerk).await.shows(&["Typed: check the original"]);
    // Nobody else is read while she is in hand.
    counter.desk.lies("110101199003070003", "Somebody Else");
    let second = clerk.post("/window/card", &[]).await.is(200);
    second.shows(&["There is still a person in hand", NAME]).hides(&["Somebody Else"]);
    clerk.post("/window/next", &[]).await.leads_to();
    let other = clerk.post("/window/person", &person(NUMBER, "Nobody")).await.is(200);
    other.shows(&["recorded under another name", "value=\"Nobody\""]).hides(&[NAME]);

    clerk.post("/window/person", &person(NUMBER, NAME)).await.leads_to();
    clerk.post("/window/matter", &[("pick", format!("{MATTER}/"))]).await.leads_to();
    let wrong = fills(&clerk, "stall.tables", "many").await.is(200);
    wrong.shows(&["value=\"many\"", "aria-invalid"]);
    // A stale version changes nothing and keeps what was typed.
    let stale = [("version", "1".to_owned()), ("stall.tables", "7".to_owned())];
    let answer = clerk.post("/window/form", &stale).await.is(200);
    answer.shows(&["value=\"7\"", "changed in another window"]);

    // Devices that are away say so; typing and uploading go on.
    counter.desk.scanner(Err(DeviceTrouble::Away));
    let off = clerk.post("/window/scan", &[("slot", String::new())]).await.is(200);
    off.shows(&["The scanner does not answer"]);
    counter.desk.scanner(Ok(b"<html>"));
    let junk = clerk.post("/window/scan", &[("slot", String::new())]).await.is(200);
    junk.shows(&["cannot be read"]);
    let boundary =
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let body = [boundary.as_bytes(), PNG, b"\r\n--x--\r\n"].concat();
    let media_type = Some("multipart/form-data; boundary=x");
    let path = "/window/upload/unsorted";
    clerk.send(Method::POST, path, media_type, Body::from(body)).await.leads_to();
    window(&clerk).await.shows(&["Scanned pages to sort"]);
    clerk.post("/window/next", &[]).await.leads_to();
    for (trouble, words) in [
        (DeviceTrouble::Away, "The card reader does not answer"),
        (DeviceTrouble::Nothing, "There is no card"),
        (DeviceTrouble::NotConfigured, "No card reader"),
        (DeviceTrouble::Unreadable, "cannot be read"),
    ] {
        counter.desk.reader_is(trouble);
        clerk.post("/window/card", &[]).await.is(200).shows(&[words]);
    }
}

#[tokio::test]
async fn one_clerk_at_a_time_and_what_is_aside_is_taken_up_once() {
    let counter = Counter::open().await;
    let ann = counter.seated("ann", "upper-hall-01").await;
    let bob = counter.seated("bob", "upper-hall-02").await;
    counter.desk.lies(NUMBER, NAME);
    ann.post("/window/card", &[]).await.leads_to();
    ann.post("/window/matter", &[("pick", format!("{MATTER}/"))]).await.leads_to();
    fills(&ann, "owner.resident", "true").await.leads_to();
    bob.post("/window/card", &[]).await.leads_to();
    window(&bob).await.shows(&["at another window"]);
    let held = bob.post("/window/matter", &[("pick", format!("{MATTER}/"))]).await.is(200);
    held.shows(&["being worked on at another window"]);
    bob.post("/window/next", &[]).await.leads_to();

    ann.post("/window/hold", &[]).await.leads_to();
    window(&ann).await.hides(&[NAME]).shows(&["Put aside (1)", "P**************"]);
    let hand = window(&bob).await.text();
    let draft = hand.split_once("/window/drafts/").unwrap().1.split_once('"').unwrap().0.to_owned();
    let path = format!("/window/drafts/{draft}");
    bob.post(&path, &[]).await.leads_to();
    window(&bob).await.shows(&[NAME]);
    // Too late: it is in Bob's hand.
    ann.post(&path, &[]).await.is(404).hides(&[NAME]);
    window(&ann).await.shows(&["Nothing is put aside"]).hides(&[NAME]);
}

#[tokio::test]
async fn what_may_not_be_received_is_refused_with_words_and_nothing_is_lost() {
    let counter = Counter::open().await;
    let row = counter.clerk("ann").await;
    let clerk = counter.town.signed_in(&row).await.in_english();
    clerk.post("/window/sit", &[("window", "upper-hall-01".to_owned())]).await.leads_to();
    counter.desk.lies(NUMBER, NAME);
    clerk.post("/window/card", &[]).await.leads_to();
    fills_everything(&clerk).await;
    counter.desk.scanner(Ok(PNG));
    clerk.post("/window/scan", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    window(&clerk).await.hides(&["cannot be received at this window"]);
    // Mid-case the delegation is taken back.
    let revoked = RevokedBy {
        on: "2026-03-01".to_owned(),
        at: counter.town.app.now(),
        by: AccountId(fresh_id()),
        reason: "moved".to_owned(),
    };
    let row = store_port::RevocationRow { delegation: "permits-to-upper-hall".into(), revoked };
    assert!(counter.town.hub.store.insert_revocation(&row).await.unwrap());
    let page = window(&clerk).await.shows(&["cannot be received at this window", "NET0108"]);
    let form = [("command", page.input("command"))];
    let refused = clerk.post("/window/submit", &form).await.is(200);
    refused.shows(&["Not received; everything is still there", "was revoked", "Tom Reed"]);
}

#[tokio::test]
async fn windows_are_for_clerks_of_the_area() {
    let counter = Counter::open().await;
    let row = counter.town.account("zoe", "clerk", None).await;
    let row = AccountRow { area: Some("990201".to_owned()), ..row };
    counter.town.hub.store.upsert_account(&row).await.unwrap();
    let zoe = counter.town.signed_in(&row).await.in_english();
    zoe.get("/window").await.is(200).shows(&["No window is set up"]);
    zoe.post("/window/sit", &[("window", "upper-hall-01".to_owned())]).await.is(404);
    // Before sitting down nothing is done.
    for step in ["card", "next", "hold", "call", "form", "scan", "original", "ticks"] {
        let leads = zoe.post(&format!("/window/{step}"), &[("slot", "x".into())]).await;
        assert_eq!(leads.leads_to(), "/window", "{step}");
    }
    let case = CaseId(fresh_id());
    let form = [("case", case.to_string()), ("matter", MATTER.to_owned())];
    assert_eq!(zoe.post("/window/continue", &form).await.leads_to(), "/window");
}
