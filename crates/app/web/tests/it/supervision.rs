//! Lights on pages and lists from one rule; a notice 督办 from the manager to the officer and back; definitions that
//! are published while somebody fills in.

use store_port::ServiceFilter;

use crate::exchange::{System, dispatch_of};
use crate::town::{MATTER, MEI, Person, Town};

async fn manager<'a>(town: &'a Town, area: Option<&str>) -> Person<'a> {
    let mut row = town.account("a-manager", "manager", None).await;
    row.area = area.map(str::to_owned);
    town.hub.store.upsert_account(&row).await.unwrap();
    town.signed_in(&row).await.in_english()
}

/// The same person, signed in anew: nobody stays signed in over a weekend.
async fn again<'a>(town: &'a Town, person: &Person<'_>) -> Person<'a> {
    let row = town.hub.store.find_account(person.account.unwrap()).await.unwrap().unwrap();
    town.signed_in(&row).await.in_english()
}

#[tokio::test]
async fn a_notice_goes_to_the_officer_and_comes_back() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let manager = manager(&town, None).await;
    let officer = town.officer("market-office").await.in_english();
    let other = town.officer("tea-clinic").await.in_english();
    let here = format!("/manager/supervision/{case}/stall-permit");
    let there = format!("/officer/supervision/{case}/stall-permit");

    // Nothing is red on the day of the application, and why is said.
    let list = manager.get("/manager/supervision").await.is(200);
    list.shows(&["There are none", "Supervision by the bench of elders"]);
    let all = manager.get("/manager/supervision?light=green").await.is(200);
    all.shows(&["Stall permit", &here]);
    let one = manager.get(&here).await.is(200);
    one.shows(&["Nobody confirmed receipt within a working day", "Stage: receipt"]);

    // Two days later it is red, in lists, on the case and at the officer's desk; each says by which rule.
    town.hub.clock.advance(jiff::SignedDuration::from_hours(72));
    let manager = again(&town, &manager).await;
    let officer = again(&town, &officer).await;
    let other = again(&town, &other).await;
    let mei = again(&town, &mei).await;
    let rule = "Nobody confirmed receipt within a working day";
    manager.get("/manager/supervision").await.is(200).shows(&[rule, &here]);
    manager.get(&here).await.is(200).shows(&[rule]);
    officer.get("/officer/supervision").await.is(200).shows(&[rule, &there]);
    officer.get("/officer").await.is(200).shows(&[rule, "1 red"]);
    other.get(&there).await.is(404);
    let json = manager.get("/manager/supervision/lights/lights.json?light=red").await.is(200);
    json.shows(&["\"rule\":\"receipt-over\"", "\"light\":\"red\""]);
    let csv = manager.get("/manager/supervision/lights/lights.csv?light=red").await.is(200);
    csv.shows(&["receipt-over,2026-"]);
    manager.get("/manager/supervision/lights/lights.exe").await.is(404);
    // The stage is over, the whole is not: the applicant's own page is green.
    mei.get(&format!("/cases/{case}")).await.is(200).hides(&["Nobody confirmed"]);

    let form = |command: String, words: &str| [("command", command), ("words", words.to_owned())];
    let command = manager.get(&here).await.input("command");
    let empty = manager.post(&format!("{here}/notice"), &form(command.clone(), " ")).await.is(200);
    empty.shows(&["Write what it is about first"]);
    let asked = form(command, "What is the matter?");
    let given = manager.post(&format!("{here}/notice"), &asked).await;
    assert_eq!(given.leads_to(), here);
    // Closing comes after the answer, and an officer gives no notices.
    let page = manager.get(&here).await.is(200);
    page.shows(&["What is the matter?", "To be answered by"]).hides(&["Close the notice"]);
    let page = officer.get(&there).await.is(200);
    let command = page.input("command");
    officer.post(&format!("{there}/notice"), &form(command.clone(), "me too")).await.is(404);
    let says = form(command, "The scales are broken.");
    let answered = officer.post(&format!("{there}/answer"), &says).await;
    assert_eq!(answered.leads_to(), there);
    let page = manager.get(&here).await.is(200);
    let command = page.input("command");
    page.shows(&["The scales are broken.", "Close the notice"]);
    let nothing = form(command, "");
    let closed = manager.post(&format!("{here}/close"), &nothing).await;
    assert_eq!(closed.leads_to(), here);
    manager.get("/manager/supervision?light=all").await.is(200).shows(&["100.0% (1 ÷ 1)"]);
}

/// Everyone whom the chain names has a list of his own, as long as the number beside its link; what is said to a post
/// that nobody holds comes to the manager.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told day by day")]
async fn whoever_the_chain_names_is_told_on_a_page_of_his_own() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let here = format!("/supervision/{case}/stall-permit");
    let staff = async |login: &str, role: &str, department: Option<&str>| {
        let known = town.hub.store.find_account_by_login(login).await.unwrap();
        let row = match known {
            Some(row) => row,
            None => town.account(login, role, department).await,
        };
        town.signed_in(&row).await.in_english()
    };
    let head = async || staff("head", "unit-head", Some("market-office")).await;
    let other = async || staff("other-head", "unit-head", Some("tea-clinic")).await;
    let leader = async || staff("leader", "department-leader", Some("market-office")).await;
    let inspector = async || staff("inspector", "inspector", None).await;
    let manager = async || staff("a-manager", "manager", None).await;
    // The number beside the link is the length of the list, and of the list for programs.
    let listed = async |person: &Person<'_>| {
        let page = person.get("/addressed").await.is(200);
        let rows = page.text().matches("class=\"num\" href=").count();
        let told = person.get("/api/v1/addressed").await.is(200);
        let told: serde_json::Value = serde_json::from_str(&told.text()).unwrap();
        assert_eq!(told["count"].as_u64(), u64::try_from(rows).ok(), "{told}");
        assert_eq!(told["addressed"].as_array().unwrap().len(), rows, "{told}");
        page.shows(&[&format!("Addressed to me <span class=\"num\">{rows}</span>")])
    };
    let managers = format!("/manager/supervision/{case}/stall-permit");
    let day = async |at: &str| {
        town.hub.clock.set(at.parse().unwrap());
        town.hub.engine.remind(case).await.unwrap();
    };

    for (login, role) in [("clinic-leader", "department-leader"), ("clinic-officer", "officer")] {
        town.account(login, role, Some("tea-clinic")).await;
    }
    town.officer("market-office").await;

    // The day of the application: nobody is told of anything, yet a head sees what his department has in hand.
    for nobody in [head().await, leader().await, inspector().await, manager().await] {
        listed(&nobody).await.shows(&["Nothing is waiting for you."]);
    }
    let page = head().await.get(&here).await.is(200);
    page.shows(&["Who is told next", "the head of the unit", "the leader of the department"])
        .hides(&[MEI]);

    // Red: the head of this unit is told, nobody else.
    day("2026-03-04T01:00:00Z").await;
    let page = listed(&head().await).await;
    page.shows(&["You were told on 4 Mar", "Nobody confirmed receipt within a working day", &here]);
    // The clinic's own service was due at once: that is its head's affair, and nobody else's.
    listed(&other().await).await.shows(&["Health card"]).hides(&[&here]);
    listed(&leader().await).await.hides(&[&here]);
    other().await.get(&here).await.is(404);
    // A working day later its leader; then the hall; the bench last. Each sees who was told before.
    day("2026-03-05T01:00:00Z").await;
    listed(&leader().await).await.shows(&["4 Mar: the head of the unit"]);
    listed(&manager().await).await.hides(&[&managers]);
    day("2026-03-06T01:00:00Z").await;
    listed(&manager().await).await.shows(&["You were told on 6 Mar", &managers]);
    listed(&inspector().await).await.hides(&[&here]);
    // The inspector's post falls vacant: what it is told comes to the manager, who sees whose it was.
    let mut gone = town.hub.store.find_account_by_login("inspector").await.unwrap().unwrap();
    gone.disabled = true;
    town.hub.store.upsert_account(&gone).await.unwrap();
    day("2026-03-12T01:00:00Z").await;
    let page = listed(&manager().await).await;
    page.shows(&["the supervision office was told, but nobody holds that post"]);
    gone.disabled = false;
    town.hub.store.upsert_account(&gone).await.unwrap();
    listed(&inspector().await).await.shows(&["You were told on", "Stall permit", &here]);
    let page = listed(&manager().await).await;
    page.hides(&["the supervision office was told, but"]);

    // The inspector asks, the head answers, the leader watches; none of them does another's part.
    let form = |command: String, words: &str| [("command", command), ("words", words.to_owned())];
    let command = inspector().await.get(&here).await.is(200).input("command");
    inspector().await.post(&format!("{here}/answer"), &form(command.clone(), "no")).await.is(404);
    let asked = form(command, "What is the matter?");
    let given = inspector().await.post(&format!("{here}/notice"), &asked).await;
    assert_eq!(given.leads_to(), here);
    let page = listed(&leader().await).await;
    page.shows(&["A notice waits for your department"]);
    let page = leader().await.get(&here).await.is(200);
    page.shows(&["What is the matter?"]).hides(&["Send the answer", "Close the notice"]);
    let own = form(yijianshi_web::applicant::load::fresh_command(), "me");
    for step in ["answer", "notice", "close"] {
        leader().await.post(&format!("{here}/{step}"), &own).await.is(404);
    }
    for step in ["notice", "close"] {
        head().await.post(&format!("{here}/{step}"), &own).await.is(404);
    }
    other().await.post(&format!("{here}/answer"), &own).await.is(404);
    listed(&head().await).await.shows(&["A notice is to be answered"]);
    let command = head().await.get(&here).await.is(200).input("command");
    let says = form(command, "The scales are broken.");
    let answered = head().await.post(&format!("{here}/answer"), &says).await;
    assert_eq!(answered.leads_to(), here);
    let page = listed(&inspector().await).await;
    page.shows(&["A notice was answered and is yours to close"]);
    let command = inspector().await.get(&here).await.is(200).input("command");
    let closed = inspector().await.post(&format!("{here}/close"), &form(command, "")).await;
    assert_eq!(closed.leads_to(), here);

    // The department decides: the light goes out, and nobody is told of it any longer.
    let office = System { town: &town, department: "market-office" };
    let dispatch = dispatch_of(&town, case, "stall-permit").await;
    let number = serde_json::json!({ "type": "text", "value": "RB-0009" });
    let granted = serde_json::json!({
        "kind": "granted",
        "outputs": [{ "id": "permit", "number": "M-7", "values": { "stall.permit_no": number } }],
    });
    office.says(dispatch, 1, granted).await.is(200);
    listed(&leader().await).await.hides(&[&here]);
    listed(&manager().await).await.hides(&[&managers]);
}

#[tokio::test]
async fn a_county_sees_its_own_lights_only() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let county = manager(&town, Some("110101")).await;
    county.get(&format!("/manager/supervision/{case}/stall-permit")).await.is(404);
    county.get("/manager/supervision?light=all").await.is(200).hides(&["Stall permit"]);
    let officer = town.officer("market-office").await;
    officer.get("/manager/supervision").await.is(404);
}

#[tokio::test]
async fn publishing_wants_the_list_confirmed_and_a_draft_is_told() {
    let town = Town::open().await;
    town.hub.engine.definitions_in_force().await.unwrap();
    let mei = town.mei().await.in_english();
    let (running, _) = town.submitted(&mei).await;
    let (draft, _) = town.complete_draft(&mei).await;
    let designer = town.designer().await.in_english();
    let files = &town.app.workshop.files;
    let file = files.iter().find(|file| file.text.contains("id = \"stall-permit\"")).unwrap();
    let longer = file.text.replace(
        "promised = { count = \"3\", unit = \"working_day\" }\n# Large",
        "promised = { count = \"7\", unit = \"working_day\" }\n# Large",
    );
    assert_ne!(longer, file.text);
    let change = [("file", file.name.clone()), ("text", longer.clone()), ("test", String::new())];
    let tried = designer.post("/designer/try", &change).await.is(200);
    // Tests that pin three days are red: nothing can be published, and the pages say so.
    let barred = tried.text().contains("it cannot be published");
    let digest = if barred { String::new() } else { tried.input("digest") };
    tried.shows(&["This concerns 1 drafts and 1 cases"]);
    let publish = |digest: &str, confirmed: bool| {
        let mut form = vec![
            ("file", file.name.clone()),
            ("text", longer.clone()),
            ("reason", "seven days are needed".to_owned()),
            ("digest", digest.to_owned()),
        ];
        if confirmed {
            form.push(("confirmed", "1".to_owned()));
        }
        form
    };
    let unread = designer.post("/designer/publish", &publish(&digest, false)).await.is(200);
    unread.shows(&[if barred { "ENG0019" } else { "ENG0017" }, "seven days are needed"]);
    assert_eq!(town.hub.store.list_publications(9).await.unwrap().len(), 1);

    // Without the tests that pin the old days it goes out.
    let mut town = town;
    let next = engine::revisions::check(
        &town
            .app
            .workshop
            .files
            .iter()
            .map(|known| catalogue::SourceFile {
                name: known.name.clone(),
                text: if known.text.contains("id = \"stall-permit\"") {
                    longer.clone()
                } else {
                    known.text.clone()
                },
            })
            .collect::<Vec<_>>(),
        &[],
    );
    let next = next.catalogue.unwrap();
    let engine = town.hub.engine.with_definitions(next, std::sync::Arc::default());
    town.app.engine = engine;
    let town = town.rewired();
    let mei = {
        let row = town.hub.store.find_account(draft.owner).await.unwrap().unwrap();
        town.signed_in(&row).await.in_english()
    };
    let to = format!("/drafts/{}/changes", draft.id);
    assert_eq!(mei.get(&format!("/drafts/{}/check", draft.id)).await.leads_to(), to);
    let page = mei.get(&to).await.is(200);
    let revision = page.input("revision");
    page.shows(&["What is needed has changed", "Promised in all", "Everything you typed is kept"]);
    let confirmed = mei.post(&to, &[("revision", revision)]).await;
    assert_eq!(confirmed.leads_to(), format!("/drafts/{}", draft.id));
    mei.get(&format!("/drafts/{}/check", draft.id)).await.is(200);
    // The running case is as it was.
    let case = town.app.engine.case(running).await.unwrap().unwrap();
    assert_ne!(
        Some(&case.application.matter_revision),
        town.app.engine.catalogue().matter(MATTER).map(|matter| &matter.revision)
    );
    let any = ServiceFilter { limit: 9, ..ServiceFilter::default() };
    assert!(!town.hub.store.list_services(&any).await.unwrap().is_empty());
}
