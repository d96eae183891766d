//! At the counter: numbers, the hall's display, outlets; records of clerks and delegations within a manager's area.

use store_port::{AccountRow, fresh_id};

use crate::town::Town;

const NUMBER: &str = "/outlets/upper-hall/number";

impl Town {
    /// Somebody of the counter, for an area.
    async fn staff(&self, login: &str, role: &str, area: &str) -> AccountRow {
        let row = self.account(login, role, Some("upper-hall")).await;
        let row = AccountRow { area: Some(area.to_owned()), ..row };
        self.hub.store.upsert_account(&row).await.unwrap();
        row
    }
}

#[tokio::test]
async fn a_visitor_takes_a_number_and_sees_when_it_is_called() {
    let town = Town::at_counter().await;
    let visitor = town.visitor().in_english();
    let page = visitor.get(NUMBER).await.is(200);
    let command = page.input("command");
    let nothing = visitor.post(NUMBER, &[("command", command.clone())]).await.is(200);
    nothing.shows(&["Choose the zone"]);
    let form = [("command", command), ("zone", "general".to_owned())];
    let slip = visitor.post(NUMBER, &form).await.leads_to();
    assert_eq!(visitor.post(NUMBER, &form).await.leads_to(), slip, "pressed twice: one number");
    visitor.get(&slip).await.is(200).shows(&["A001", "You are next", "General windows"]);

    let clerk = town.staff("ann", "clerk", "990101").await;
    let at = engine::desk::AtWindow { clerk: clerk.account_id, window: "upper-hall-02".into() };
    town.hub.engine.call_next(&at).await.unwrap().unwrap();
    visitor.get(&slip).await.is(200).shows(&["Please go to window 02"]).hides(&["You are next"]);
    // Numbers and windows only: no names.
    let display = visitor.get("/outlets/upper-hall/display").await.is(200);
    display.shows(&["A001", "<b>02</b>"]).hides(&["ann"]);
    for nowhere in ["/outlets/lower-hall", "/outlets/lower-hall/display", "/tickets/1"] {
        visitor.get(nowhere).await.is(404);
    }
    visitor.get(&format!("/tickets/{}", fresh_id())).await.is(404);
    // No windows, no numbers.
    visitor.get("/outlets/clinic/number").await.is(404);
}

#[tokio::test]
async fn outlets_say_what_they_receive_and_for_whom() {
    let town = Town::at_counter().await;
    let visitor = town.visitor().in_english();
    visitor.get("/outlets").await.is(200).shows(&["Hall of Upper Bend", "Willow Street Centre"]);
    let lower = visitor.get("/outlets?area=990100").await.is(200);
    lower.shows(&["Tea Clinic"]);
    let hall = visitor.get("/outlets/upper-hall").await.is(200);
    hall.shows(&["What enterprises can do here", "Notice 1 of 2026", "09:00–12:00"]);
    // A tea stall is a firm's matter: the street centre does not receive it.
    let street = visitor.get("/outlets/willow-street").await.is(200);
    street.shows(&["receives nothing"]);
    let places = visitor.get("/matters/open-a-tea-stall/where").await.is(200);
    places.shows(&["Hall of Upper Bend", "3 of 4 services"]).hides(&["Willow Street Centre"]);
    visitor.get("/matters/no-such-matter/where").await.is(404);
}

#[tokio::test]
async fn a_manager_keeps_the_records_of_his_own_area() {
    let town = Town::at_counter().await;
    let ann = town.staff("ann", "clerk", "990101").await;
    let zoe = town.staff("zoe", "clerk", "990201").await;
    let bob = town.staff("bob", "manager", "990101").await;
    let bob = town.signed_in(&bob).await.in_english();
    let page = bob.get(&format!("/desk/records?clerk={}", ann.account_id)).await.is(200);
    let page = page.shows(&["ann", "Records of ann"]).hides(&["zoe"]);
    let grant = |clerk: &AccountRow, basis: &str| {
        [
            ("command", page.input("command")),
            ("clerk", clerk.account_id.to_string()),
            ("service", "stall-permit".to_owned()),
            ("valid_from", "2026-03-01".to_owned()),
            ("valid_until", String::new()),
            ("basis", basis.to_owned()),
            ("matter", "open-a-tea-stall".to_owned()),
        ]
    };
    bob.post("/desk/records", &grant(&zoe, "training")).await.is(404);
    bob.post("/desk/records", &grant(&ann, " ")).await.is(400).shows(&["Say on what it rests"]);
    // What is wrong is said beside what was typed, all of it at once.
    let mut odd = grant(&ann, "training of spring");
    (odd[2].1, odd[3].1) = ("water-test".to_owned(), "the first of March".to_owned());
    let again = bob.post("/desk/records", &odd).await.is(400);
    again.shows(&[
        "Give the date from which it is valid",
        "value=\"training of spring\"",
        "<option value=\"water-test\" selected>",
    ]);
    let mut early = grant(&ann, &"长".repeat(201));
    early[4].1 = "2026-02-01".to_owned();
    bob.post("/desk/records", &early).await.is(400).shows(&["At most 200 characters"]);
    early[5].1 = "training of spring".to_owned();
    let early = bob.post("/desk/records", &early).await.is(400);
    early.shows(&["ENG0035", "value=\"2026-02-01\"", "value=\"training of spring\""]);
    assert!(town.hub.store.list_capabilities(ann.account_id).await.unwrap().is_empty());
    for _ in 0..2 {
        let back = bob.post("/desk/records", &grant(&ann, "training of spring")).await.leads_to();
        bob.get(&back).await.is(200).shows(&["training of spring", "class=\"tag ok\""]);
    }
    let records = town.hub.store.list_capabilities(ann.account_id).await.unwrap();
    assert_eq!(records.len(), 1);

    let revoke = format!("/desk/records/{}/revoke", records[0].capability_id);
    let eve = town.staff("eve", "manager", "990201").await;
    let eve = town.signed_in(&eve).await.in_english();
    eve.post(&revoke, &[]).await.is(404);
    let back = bob.post(&revoke, &[("reason", "moved".to_owned())]).await.leads_to();
    bob.get(&back).await.is(200).shows(&["Revoked"]);
    bob.post(&revoke, &[]).await.is(409).shows(&["ENG0034"]);
    // Clerks do not grant themselves anything.
    let ann = town.signed_in(&ann).await;
    ann.get("/desk/records").await.is(404);
}

#[tokio::test]
async fn a_manager_revokes_delegations_of_his_own_area() {
    let town = Town::at_counter().await;
    let eve = town.staff("eve", "manager", "990201").await;
    let eve = town.signed_in(&eve).await.in_english();
    let revoke = "/desk/delegations/permits-to-upper-hall/revoke";
    let reason = [("reason", "moved to the city".to_owned())];
    eve.get("/desk/delegations").await.is(200).hides(&["Hall of Upper Bend"]);
    eve.post(revoke, &reason).await.is(404);
    let bob = town.staff("bob", "manager", "990101").await;
    let bob = town.signed_in(&bob).await.in_english();
    bob.get("/desk/delegations").await.is(200).shows(&["Notice 1 of 2026", "accept"]);
    bob.post(revoke, &[]).await.is(400).shows(&["Say why", "<details class=\"revoke\" open>"]);
    let long = "长".repeat(201);
    let wordy = bob.post(revoke, &[("reason", long.clone())]).await.is(400);
    wordy.shows(&["At most 200 characters", &long]);
    let back = bob.post(revoke, &reason).await.leads_to();
    bob.get(&back).await.is(200).shows(&["Revoked on Mon 2 Mar 2026"]);
    bob.post(revoke, &reason).await.is(409).shows(&["ENG0036"]);
    // What the hall no longer receives is no longer promised.
    let places = town.visitor().in_english().get("/matters/open-a-tea-stall/where").await;
    places.shows(&["1 of 4 services"]);
}
