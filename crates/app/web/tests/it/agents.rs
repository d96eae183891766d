//! Orders of agents: what a mandate covers, and that nothing else is there; doorplates and what is kept of them.

use vocabulary::AccountId;

use crate::town::{MATTER, Person, Town};

async fn agent<'t>(town: &'t Town, login: &str) -> Person<'t> {
    let row = town.account(login, "agent", None).await;
    town.signed_in(&row).await.in_english()
}

fn order(
    agent: Option<AccountId>,
    powers: &[&'static str],
    until: &str,
) -> Vec<(&'static str, String)> {
    let mut form = vec![
        ("command", store_port::fresh_id().to_string()),
        ("matter", MATTER.to_owned()),
        ("agent", agent.map_or_else(|| "pool".to_owned(), |it| it.to_string())),
        ("until", until.to_owned()),
        ("note", "call me first".to_owned()),
    ];
    form.extend(powers.iter().map(|power| ("power", (*power).to_owned())));
    form
}

async fn order_of(town: &Town, mei: &Person<'_>) -> String {
    let orders = town.hub.store.list_orders_of(mei.account.unwrap()).await.unwrap();
    orders[0].order_id.to_string()
}

fn in_days(town: &Town, days: i32) -> String {
    let engine = &town.hub.engine;
    let today = engine.catalogue().civil_date(engine.clock().now());
    today.saturating_add(jiff::Span::new().days(days)).to_string()
}

#[tokio::test]
async fn an_agent_handles_the_matter_of_his_order_and_nothing_else() {
    let town = Town::open().await;
    let mei = town.mei().await.in_english();
    let ann = agent(&town, "ann").await;
    let bob = agent(&town, "bob").await;
    let (draft, sketch) = town.complete_draft(&mei).await;
    let paths = ["", "/question", "/plan", "/form", "/evidence", "/check"]
        .map(|it| format!("/drafts/{}{it}", draft.id));
    for path in &paths {
        ann.get(path).await.is(404);
    }
    let wish = order(ann.account, &["prepare", "submit", "follow"], &in_days(&town, 20));
    mei.post("/orders", &wish).await.is(303);
    mei.post("/orders", &wish).await.is(303);
    let id = order_of(&town, &mei).await;
    assert_eq!(town.hub.store.list_orders_of(mei.account.unwrap()).await.unwrap().len(), 1, "once");
    ann.get("/agent").await.is(200).shows(&["Mei Bankside", "call me first"]);
    bob.get("/agent").await.is(200).hides(&["Mei Bankside", "call me first"]);
    bob.post(&format!("/agent/orders/{id}/start"), &[]).await.is(404);
    for path in &paths[2..] {
        ann.get(path).await.is(200);
        bob.get(path).await.is(404);
    }
    ann.get(&format!("/evidence/{sketch}")).await.is(200);
    bob.get(&format!("/evidence/{sketch}")).await.is(404);
    ann.get("/mine").await.is(404);
    ann.get("/wallet").await.is(404);
    assert_eq!(ann.post(&format!("/agent/orders/{id}/start"), &[]).await.leads_to(), paths[0]);

    let check = ann.get(&paths[5]).await;
    let form = [("command", check.input("command")), ("declared", "1".to_owned())];
    let receipt = ann.post(&format!("/drafts/{}/submit", draft.id), &form).await.leads_to();
    ann.get(&receipt).await.is(200);
    let case = receipt.strip_suffix("/receipt").unwrap().to_owned();
    ann.get(&case).await.is(200).hides(&["id=\"rate\""]);
    ann.get(&format!("{case}/withdraw")).await.is(404);
    ann.post(&format!("{case}/rate"), &[("grade", "1".to_owned())]).await.is(404);
    bob.get(&case).await.is(404);
    // The case is the applicant's; what was done stands with it.
    mei.get(&case).await.is(200);
    mei.get("/orders").await.is(200).shows(&["Opened the draft", "Submitted the application"]);
    let number = case.strip_prefix("/cases/").unwrap().parse().unwrap();
    let known = town.hub.engine.case(number).await.unwrap().unwrap();
    assert_eq!(known.application.reception.order.as_deref(), Some(id.as_str()));
    assert_eq!(&*known.application.channel, "agent");

    mei.post(&format!("/orders/{id}/end"), &[]).await.is(303);
    ann.get(&case).await.is(404);
    ann.get(&receipt).await.is(404);
    ann.get("/agent").await.is(200).hides(&["Mei Bankside"]);
}

#[tokio::test]
async fn an_order_that_ends_takes_the_agent_out_and_leaves_the_draft() {
    let town = Town::open().await;
    let mei = town.mei().await.in_english();
    let ann = agent(&town, "ann").await;
    let (draft, _) = town.complete_draft(&mei).await;
    mei.post("/orders", &order(ann.account, &["prepare", "submit"], &in_days(&town, 20)))
        .await
        .is(303);
    let id = order_of(&town, &mei).await;
    let check = ann.get(&format!("/drafts/{}/check", draft.id)).await.is(200);
    let form = [("command", check.input("command")), ("declared", "1".to_owned())];
    // Ended while the agent has the page open.
    mei.post(&format!("/orders/{id}/end"), &[]).await.is(303);
    let submit = format!("/drafts/{}/submit", draft.id);
    ann.post(&submit, &form).await.is(409).shows(&["ENG0050", "nothing is lost"]);
    ann.get(&format!("/drafts/{}/form", draft.id)).await.is(404);
    ann.post(&format!("/agent/orders/{id}/start"), &[]).await.is(409).shows(&["ENG0050"]);
    mei.get(&format!("/drafts/{}/check", draft.id)).await.is(200);
    assert!(mei.post(&submit, &form).await.leads_to().ends_with("/receipt"));
}

#[tokio::test]
async fn an_agent_goes_no_further_than_his_powers_and_his_last_day() {
    let town = Town::open().await;
    let mei = town.mei().await.in_english();
    let ann = agent(&town, "ann").await;
    let (draft, _) = town.complete_draft(&mei).await;
    mei.post("/orders", &order(ann.account, &["prepare"], &in_days(&town, 3))).await.is(303);
    let check = ann.get(&format!("/drafts/{}/check", draft.id)).await.is(200);
    let form = [("command", check.input("command")), ("declared", "1".to_owned())];
    let submit = format!("/drafts/{}/submit", draft.id);
    ann.post(&submit, &form).await.is(409).shows(&["ENG0050"]);
    // Somebody else's draft of the same matter is not covered.
    let stranger = town.stranger().await;
    let theirs =
        town.hub.engine.open_draft(stranger.account.unwrap(), &MATTER.into()).await.unwrap();
    ann.get(&format!("/drafts/{}", theirs.id)).await.is(404);
    let actor = casework::Actor {
        role: casework::ActorRole::Agent,
        account: ann.account,
        department: None,
    };
    // Nor past the pages, at the engine itself.
    let command = vocabulary::CommandId(store_port::fresh_id());
    let refused = town.hub.engine.submit(actor, command, theirs.id, "agent").await;
    assert!(matches!(refused, Err(engine::EngineError::NoMandate)));
    for (until, words) in
        [(in_days(&town, -1), "today to a year"), ("soon".to_owned(), "today to a year")]
    {
        let again = mei.post("/orders", &order(ann.account, &["submit"], &until)).await.is(200);
        again.shows(&[words, "call me first"]);
    }
    mei.post("/orders", &order(mei.account, &["submit"], &in_days(&town, 2)))
        .await
        .is(200)
        .shows(&["Choose who"]);
    mei.post("/orders", &order(ann.account, &[], &in_days(&town, 2)))
        .await
        .is(200)
        .shows(&["at least one thing"]);
    town.hub.clock.advance(jiff::SignedDuration::from_hours(24 * 4));
    let mei_again = town
        .signed_in(&town.hub.store.find_account(mei.account.unwrap()).await.unwrap().unwrap())
        .await;
    let ann = town
        .signed_in(&town.hub.store.find_account(ann.account.unwrap()).await.unwrap().unwrap())
        .await;
    ann.get(&format!("/drafts/{}", draft.id)).await.is(404);
    mei_again.get(&format!("/drafts/{}", draft.id)).await.is(200);
}

#[tokio::test]
async fn one_agent_takes_an_order_of_the_pool() {
    let town = Town::open().await;
    let mei = town.mei().await.in_english();
    let (ann, bob) = (agent(&town, "ann").await, agent(&town, "bob").await);
    mei.post("/orders", &order(None, &["prepare"], &in_days(&town, 3))).await.is(303);
    let id = order_of(&town, &mei).await;
    // Before it is his, an agent does not see who asks.
    ann.get("/agent").await.is(200).shows(&["Take it"]).hides(&["Mei Bankside"]);
    ann.post(&format!("/agent/orders/{id}/start"), &[]).await.is(404);
    ann.post(&format!("/agent/orders/{id}/take"), &[]).await.is(303);
    ann.post(&format!("/agent/orders/{id}/take"), &[]).await.is(303);
    bob.post(&format!("/agent/orders/{id}/take"), &[]).await.is(409).shows(&["ENG0050"]);
    ann.get("/agent").await.is(200).shows(&["Mei Bankside"]);
    let stranger = town.stranger().await;
    stranger.post(&format!("/orders/{id}/end"), &[]).await.is(404);
}

#[tokio::test]
async fn a_doorplate_is_where_a_draft_came_from() {
    let town = Town::at_counter().await;
    let mut mei = town.mei().await.in_english();
    let plate = mei.get("/d/stall-at-market").await.is(200);
    let plate = plate.shows(&["At the market", "Begin here"]);
    let cookie = plate.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("yijianshi_plate=stall-at-market;"), "{cookie}");
    mei.cookies.insert("yijianshi_plate".to_owned(), "stall-at-market".to_owned());
    mei.get("/d/stall-at-market").await.is(200);
    mei.get("/d/nowhere").await.is(404);
    let start = mei.post(&format!("/matters/{MATTER}/start"), &[]).await;
    let to = start.leads_to();
    let id = to.split('/').nth(2).unwrap().parse().unwrap();
    let draft = town.hub.engine.find_draft(mei.account.unwrap(), id).await.unwrap().unwrap();
    let entry = draft.reception.entry.unwrap();
    assert_eq!(entry.kind, casework::EntryKind::Doorplate);
    assert_eq!(entry.place.as_deref(), Some("stall-at-market"));
    let visits = town.hub.store.list_visits("", "9999").await.unwrap();
    assert_eq!(
        visits.iter().map(|it| it.visits).sum::<u64>(),
        1,
        "looking again is the same visit"
    );

    let boss = town.account("boss", "manager", None).await;
    let boss = town.signed_in(&boss).await.in_english();
    let list = boss.get("/desk/doorplates").await.is(200);
    list.shows(&["At the market", ">1</td>", "0.0%"]);
    let print = boss.get("/desk/doorplates/stall-at-market/print").await.is(200);
    print.shows(&["/d/stall-at-market", "<svg"]);
    let other = town.account("far-boss", "manager", None).await;
    let other = store_port::AccountRow { area: Some("990200".to_owned()), ..other };
    town.hub.store.upsert_account(&other).await.unwrap();
    let other = town.signed_in(&other).await;
    other.get("/desk/doorplates").await.is(200).hides(&["/d/stall-at-market"]);
    other.get("/desk/doorplates/stall-at-market/print").await.is(404);
}
