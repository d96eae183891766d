//! A primary with a synchronous standby: the primary is destroyed, the standby takes its place, and nothing that was
//! acknowledged is missing. And what people are told when a commit was made and perhaps does not last.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use engine::EngineError;
use store_port::{Fault, fresh_id};
use testkit::servers::{Server, Servers};
use tower::ServiceExt as _;
use vocabulary::{AccountId, CommandId};

use crate::crowd::Crowd;
use crate::place::{Place, complete, free_port, somebody};
use crate::rounds;

const PEOPLE: u32 = 10;

/// Commits wait for a standby from now on.
fn waits_for(primary: &Server, standby: &str) {
    primary.set("synchronous_standby_names", standby);
    primary.wait_for("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1");
}

#[test]
fn the_primary_is_destroyed_and_nothing_acknowledged_is_missing_on_its_standby() {
    for round in 0..rounds(1, 6) {
        let Some(servers) = Servers::begin() else { return };
        let primary = servers.primary("first", "");
        let standby = servers.standby("second", &primary);
        waits_for(&primary, "second");
        let began = Instant::now();
        let place = Place::new(Some(primary.url_or(&standby)), &[]);
        let mut crowd = Crowd::new();
        crowd.node(&place, place.port, &[]);
        crowd.node(&place, free_port(), &[]);
        for wave in 0..3 {
            crowd.come(wave, PEOPLE);
        }
        // In the middle of it all.
        crowd.so_many_are_answered(PEOPLE as usize / 2 + round as usize, Duration::from_secs(60));
        let kept = crowd.acknowledged.len();
        primary.kill();
        primary.destroy();
        let lost = Instant::now();
        standby.promote();
        crowd.talk(Duration::from_secs(60), |crowd| crowd.acknowledged.len() > kept + 1);
        let back = lost.elapsed();
        crowd.all_are_answered(Duration::from_secs(60));
        assert!(crowd.nodes.iter_mut().all(|node| node.is_running()), "nodes follow by themselves");
        while !crowd.nodes.is_empty() {
            crowd.kill(0);
        }
        place.look(&crowd);
        println!(
            "primary destroyed with {kept} cases acknowledged, {} in the end; the first one after {:.1} s; told {:?}; \
             {:.1} s in all",
            crowd.acknowledged.len(),
            back.as_secs_f64(),
            crowd.told,
            began.elapsed().as_secs_f64(),
        );
    }
}

/// Cancels whatever waits for a standby, once somebody does, as an impatient operator would.
async fn cancel_a_wait(primary: &Arc<Server>) {
    let primary = Arc::clone(primary);
    tokio::task::spawn_blocking(move || cancel(&primary)).await.unwrap();
}

fn cancel(primary: &Server) {
    let waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    primary.wait_for(waits, "t");
    primary.ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
}

#[test]
fn a_commit_that_did_not_wait_for_its_standby_is_not_acknowledged_and_repeating_is_safe() {
    let Some(servers) = Servers::begin() else { return };
    let primary = Arc::new(servers.primary("first", ""));
    let place = Place::new(Some(primary.url()), &[]);
    place.runtime.block_on(async {
        let hub = place.hub().await;
        let account = somebody(&hub, "Person").await;
        let (draft, actor) = complete(&hub, account.account_id).await;
        let command = CommandId(fresh_id());
        let submit = || hub.engine.submit(actor.clone(), command, draft.id, "online");

        // Nobody of that name will ever come. What was only typed is no less dear.
        let store = hub.engine.store();
        let mut row = store.find_draft(draft.id).await.unwrap().unwrap();
        row.version += 1;
        primary.set("synchronous_standby_names", "nobody");
        let (doubtful, ()) = tokio::join!(store.update_draft(&row), cancel_a_wait(&primary));
        assert!(matches!(&doubtful, Err(Fault::OutcomeUnknown { .. })), "{doubtful:?}");
        assert_eq!(store.find_draft(draft.id).await.unwrap(), Some(row), "kept here");

        let (doubtful, ()) = tokio::join!(submit(), cancel_a_wait(&primary));
        assert!(
            matches!(&doubtful, Err(EngineError::Fault(Fault::OutcomeUnknown { .. }))),
            "the server said success, and warned: {doubtful:?}"
        );
        primary.set("synchronous_standby_names", "");
        let done = submit().await.unwrap();
        assert!(done.repeated, "it had been kept: this is the stored answer");
        let again = submit().await.unwrap();
        assert_eq!((again.case, again.version), (done.case, done.version));
        assert_eq!(hub.engine.store().list_case_ids(None, 9).await.unwrap(), [done.case]);

        // The same on the page of somebody who has just pressed the button.
        let session = web::session::open(&hub.app, &account).await.unwrap();
        let (draft, _) = complete(&hub, account.account_id).await;
        let form = format!("command={}&declared=on&note=a+%3Cb%3E", fresh_id());
        let press = || {
            let request = Request::post(format!("/drafts/{}/submit", draft.id))
                .header(header::COOKIE, format!("{}={}", session.name(), session.value()))
                .header(header::HOST, "hub")
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::CONTENT_LENGTH, form.len())
                .body(Body::from(form.clone()))
                .unwrap();
            hub.current.router().oneshot(request)
        };
        primary.set("synchronous_standby_names", "nobody");
        let (answer, ()) = tokio::join!(press(), cancel_a_wait(&primary));
        primary.set("synchronous_standby_names", "");
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key(header::RETRY_AFTER));
        let page = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let page = String::from_utf8_lossy(&page).into_owned();
        for part in
            ["SYS0004", "这次提交的结果还不能确认", "再提交一次", "a &#60;b&#62;", &form[8..44]]
        {
            assert!(page.contains(part), "`{part}` is not on the page:\n{page}");
        }
        let answer = press().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert!(to.ends_with("/receipt"), "the stored answer: {to}");
        assert_eq!(hub.engine.store().list_case_ids(None, 9).await.unwrap().len(), 2);
    });
}

#[test]
fn a_server_that_is_away_is_told_as_such_and_nothing_was_done() {
    let Some(servers) = Servers::begin() else { return };
    let server = servers.primary("only", "");
    let place = Place::new(Some(server.url()), &[]);
    place.runtime.block_on(async {
        let hub = place.hub().await;
        let (draft, actor) = complete(&hub, AccountId(fresh_id())).await;
        let command = CommandId(fresh_id());
        let submit = || hub.engine.submit(actor.clone(), command, draft.id, "online");
        tokio::task::block_in_place(|| server.kill());
        let refused = submit().await.unwrap_err();
        assert!(["SYS0041", "SYS0004"].contains(&refused.code()), "{refused:?}");
        tokio::task::block_in_place(|| server.start());
        let until = Instant::now() + Duration::from_secs(30);
        let done = loop {
            match submit().await {
                Ok(done) => break done,
                Err(error) => assert!(Instant::now() < until, "{error:?}"),
            }
        };
        assert_eq!(hub.engine.store().list_case_ids(None, 9).await.unwrap(), [done.case]);
    });
}
