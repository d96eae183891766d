//! What is yours and what is not; sessions, signing in, forms from elsewhere.

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::SignedDuration;

use crate::town::{MEI_KEY, PASSWORD, Town};

#[tokio::test]
async fn what_is_not_yours_does_not_exist() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (draft, file) = town.complete_draft(&mei).await;
    let drafts: Vec<String> = ["", "/question", "/plan", "/form", "/evidence", "/check"]
        .iter()
        .map(|page| format!("/drafts/{}{page}", draft.id))
        .collect();
    let evidence = format!("/evidence/{file}");
    let stranger = town.stranger().await;
    let officer = town.officer("market-office").await;
    for page in drafts.iter().chain([&evidence]) {
        let mine = mei.get(page).await;
        assert!(mine.status.is_success() || mine.status.is_redirection(), "{mine:?}");
        stranger.get(page).await.is(404).shows(&["WEB0001"]);
        officer.get(page).await.is(404);
        town.visitor().get(page).await.leads_to();
    }
    for deed in ["question", "services", "form", "evidence/stall-sketch", "submit"] {
        let path = format!("/drafts/{}/{deed}", draft.id);
        let form = [("command", store_port::fresh_id().to_string()), ("version", "1".into())];
        let answer = stranger.post(&path, &form).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{answer:?}");
    }
    let remove = format!("/drafts/{}/evidence/{file}/remove", draft.id);
    stranger.post(&remove, &[]).await.is(404);
    mei.get(&evidence).await.is(200);

    let (case, sketch) = town.submitted(&mei).await;
    for page in ["", "/receipt", "/version", "/withdraw"] {
        let page = format!("/cases/{case}{page}");
        mei.get(&page).await.is(200);
        stranger.get(&page).await.is(404).shows(&["WEB0001"]);
        officer.get(&page).await.is(404);
    }
    for deed in ["withdraw", "rate", "correct/stall-permit"] {
        let path = format!("/cases/{case}/{deed}");
        let form = [
            ("command", store_port::fresh_id().to_string()),
            ("version", "1".into()),
            ("grade", "1".into()),
        ];
        let answer = stranger.post(&path, &form).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{answer:?}");
    }
    assert_eq!(town.state(case, "stall-permit").await, "referred", "nothing has happened to it");
    stranger.get(&format!("/evidence/{sketch}")).await.is(404);
    stranger.get("/mine").await.is(200).hides(&[&case.to_string()]);
    mei.get("/mine").await.is(200).shows(&[&case.to_string()]);

    // A licence as well.
    let licence = crate::verify::granted_permit(&town, &mei, case).await;
    let page = format!("/licences/{}", licence.id);
    mei.get(&page).await.is(200).shows(&["RB-0007"]);
    stranger.get(&page).await.is(404);
    officer.get(&page).await.is(404);
    stranger.get("/wallet").await.is(200).hides(&[&licence.id.to_string()]);
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_half_a_day_in_any_case() {
    let town = Town::open().await;
    let row = town.account(MEI_KEY, "applicant", None).await;
    let idle = town.signed_in(&row).await;
    let busy = town.signed_in(&row).await;
    town.hub.clock.advance(SignedDuration::from_mins(119));
    busy.get("/mine").await.is(200);
    town.hub.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(idle.get("/mine").await.leads_to(), "/sign-in?to=/mine");
    for _ in 0..9 {
        busy.get("/mine").await.is(200);
        town.hub.clock.advance(SignedDuration::from_mins(65));
    }
    // Half a day since the beginning, though there was a request an hour ago.
    town.hub.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(busy.get("/mine?x=1").await.leads_to(), "/sign-in?to=/mine%3Fx%3D1");
}

#[tokio::test]
async fn an_account_that_was_disabled_is_out_at_once() {
    let town = Town::open().await;
    let mut row = town.account(MEI_KEY, "applicant", None).await;
    let mei = town.signed_in(&row).await;
    mei.get("/mine").await.is(200);
    row.disabled = true;
    town.hub.store.upsert_account(&row).await.unwrap();
    mei.get("/mine").await.leads_to();
}

#[tokio::test]
async fn signing_in_and_out() {
    let town = Town::open().await;
    let mut row = town.account(MEI_KEY, "applicant", None).await;
    // Cheap parameters: they stand in the hash, and are taken from there.
    let cheap =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    let salt = SaltString::from_b64("c29tZXNhbHRzb21lc2FsdA").unwrap();
    let hash = cheap.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
    row.password_hash = Some(hash);
    town.hub.store.upsert_account(&row).await.unwrap();
    let form = |login: &str, password: &str| {
        [("login", login.to_owned()), ("password", password.to_owned()), ("to", "/mine".to_owned())]
    };
    let mut mei = town.visitor();
    let wrong = "用户名或密码不正确";
    mei.post("/sign-in", &form(MEI_KEY, "guess")).await.is(200).shows(&[wrong, "value=\"mother\""]);
    mei.post("/sign-in", &form("nobody", PASSWORD)).await.is(200).shows(&[wrong]);
    let entered = mei.post("/sign-in", &form(MEI_KEY, PASSWORD)).await;
    assert_eq!(entered.leads_to(), "/mine");
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let (name, value) = cookie.split_once(';').unwrap().0.split_once('=').unwrap();
    mei.cookies.insert(name.to_owned(), value.to_owned());
    mei.get("/mine").await.is(200);
    mei.post("/sign-out", &[]).await.leads_to();
    mei.get("/mine").await.leads_to();

    // Only addresses of this site are gone back to.
    for elsewhere in ["https://example.org", "//example.org", "/\\example.org"] {
        let mut form = form(MEI_KEY, PASSWORD);
        form[2].1 = elsewhere.to_owned();
        assert_eq!(town.visitor().post("/sign-in", &form).await.leads_to(), "/");
    }
}

#[tokio::test]
async fn forms_from_other_sites_change_nothing() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let withdraw = format!("/cases/{case}/withdraw");
    let page = mei.get(&withdraw).await;
    let form = [
        ("node", String::new()),
        ("version", page.input("version")),
        ("command", page.input("command")),
    ];
    let cross_site = mei.with_header("sec-fetch-site", "cross-site");
    cross_site.post(&withdraw, &form).await.is(400).shows(&["WEB0007", "从别的网站发来"]);
    assert_eq!(town.state(case, "stall-permit").await, "referred");
    // Looking is harmless.
    cross_site.get(&format!("/cases/{case}")).await.is(200);
    let machine = town.visitor().with_header("origin", "https://example.org");
    machine.post("/api/v1/matters/open-a-tea-stall/plan", &[]).await.is_problem(400, "WEB0007");
}
