//! What people and machines send wrongly: each is told with a code in their language, and nothing sent or
//! typed before is lost.

use axum::body::Body;
use axum::http::Method;

use crate::town::{Answer, Person, Town};

const BOUNDARY: &str = "multipart/form-data; boundary=XX";

fn part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n");
    body
}

async fn upload(mei: &Person<'_>, draft: &str, media_type: &str, body: Vec<u8>) -> Answer {
    let path = format!("/drafts/{draft}/evidence/stall-sketch");
    mei.send(Method::POST, &path, Some(media_type), Body::from(body)).await
}

#[tokio::test]
async fn wrong_files_are_refused_in_words_and_good_ones_kept() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (draft, _) = town.complete_draft(&mei).await;
    let id = draft.id.to_string();
    let end = b"--XX--\r\n".to_vec();
    let files = || async { town.hub.engine.evidence_of(&draft).await.unwrap().len() };
    assert_eq!(files().await, 1);

    // One good, one of another kind, one whose name lies, one too large, one empty.
    let large = [b"%PDF-".to_vec(), vec![0; 5 * 1024 * 1024]].concat();
    let mixed = [
        part("good.pdf", b"%PDF-1.7 fine"),
        part("page.html", b"<html>"),
        part("photo.png", b"%PDF-1.7 no photo"),
        part("large.pdf", &large),
        part("empty.pdf", b""),
        end.clone(),
    ]
    .concat();
    upload(&mei, &id, BOUNDARY, mixed).await.is(200).shows(&[
        "“page.html”不是可接受的文件",
        "“photo.png”不是可接受的文件",
        "“large.pdf”超过 5 MB",
        "“empty.pdf”是空文件",
        "good.pdf",
    ]);
    assert_eq!(files().await, 2, "the good one is there");
    upload(&mei, &id, BOUNDARY, end.clone()).await.is(200).shows(&["没有选择文件"]);

    // More than the server takes at all; a form that breaks off; no form.
    let huge = [part("huge.pdf", &vec![0; 25 * 1024 * 1024]), end.clone()].concat();
    upload(&mei, &id, BOUNDARY, huge).await.is(413).shows(&["WEB0004", "24 MB"]);
    let broken = part("broken.pdf", b"%PDF-1.7");
    upload(&mei, &id, BOUNDARY, broken).await.is(400).shows(&["WEB0005", "上传中断"]);
    upload(&mei, &id, "text/plain", b"hello".to_vec()).await.is(400).shows(&["WEB0002"]);
    upload(&mei, &id, "multipart/form-data", b"hello".to_vec()).await.is(400).shows(&["WEB0002"]);
    let english = mei.in_english();
    upload(&english, &id, "text/plain", b"hello".to_vec())
        .await
        .is(400)
        .shows(&["This request could not be handled"]);
    assert_eq!(files().await, 2, "and nothing was lost");
}

#[tokio::test]
async fn forms_that_cannot_be_read_are_answered_in_words() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    // Fields missing, fields of a wrong kind, no form at all, not even text.
    for (path, form) in [
        (format!("/cases/{case}/withdraw"), vec![]),
        (format!("/cases/{case}/rate"), vec![("grade", "very".to_owned())]),
    ] {
        mei.post(&path, &form).await.is(400).shows(&["WEB0002", "编号"]);
        for body in [&b"\xff\xfe=%zz"[..], b"", b"{\"node\":1}"] {
            let body = Body::from(body.to_vec());
            let sent = mei.send(Method::POST, &path, Some("application/json"), body).await;
            sent.is(400).shows(&["WEB0002"]);
        }
    }
    let officer = town.officer("market-office").await;
    let accept = format!("/officer/cases/{case}/stall-permit/accept");
    officer.post(&accept, &[]).await.is(400).shows(&["WEB0002"]);
    let form = [("command", "x".to_owned()), ("version", "1".to_owned())];
    officer.post(&accept, &form).await.is(400).shows(&["WEB0002"]);
    officer.in_english().post(&accept, &[]).await.is(400).shows(&["WEB0002", "lang=\"en\""]);
    assert_eq!(town.state(case, "stall-permit").await, "referred");
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let town = Town::open().await;
    let mei = town.mei().await;
    for path in [
        "/nowhere",
        "/cases/nonsense",
        "/cases/00000000-0000-7000-8000-000000000000",
        "/drafts/nonsense/form",
        "/licences/nonsense",
        "/evidence/nonsense",
        "/matters/no-such-matter",
        "/cases/%ff",
        "/officer",
    ] {
        let answer = mei.get(path).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{answer:?}");
        answer.shows(&["编号：WEB000"]);
    }
    let officer = town.officer("market-office").await;
    officer.get("/officer/cases/nonsense/stall-permit").await.is(404);
    let query = mei.get("/matters?q=%ff%fe").await;
    assert!(query.status.as_u16() < 500, "{query:?}");
}

#[tokio::test]
async fn old_pages_change_nothing() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let page = mei.get(&format!("/cases/{case}/withdraw")).await;
    let form = |node: &str| {
        [
            ("node", node.to_owned()),
            ("version", page.input("version")),
            ("command", store_port::fresh_id().to_string()),
        ]
    };
    let path = format!("/cases/{case}/withdraw");
    mei.post(&path, &form("opening-notice")).await.leads_to();
    mei.post(&path, &form("water-test")).await.is(409).shows(&["ENG0001", "不是最新内容"]);
    assert_eq!(town.state(case, "water-test").await, "referred");
    // The same command twice is once; with another body it is refused.
    let fresh = mei.get(&path).await;
    let mut form = [
        ("node", "water-test".to_owned()),
        ("version", fresh.input("version")),
        ("command", fresh.input("command")),
    ];
    mei.post(&path, &form).await.leads_to();
    mei.post(&path, &form).await.leads_to();
    form[0].1 = String::new();
    mei.post(&path, &form).await.is(409).shows(&["ENG0002"]);
}

/// A draft submitted twice at once, from two windows: one case, both are led to it.
#[tokio::test]
async fn submitting_twice_is_one_case() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (draft, _) = town.complete_draft(&mei).await;
    let check = format!("/drafts/{}/check", draft.id);
    let submit = format!("/drafts/{}/submit", draft.id);
    let (one, two) = (mei.get(&check).await, mei.get(&check).await);
    let form = |page: &Answer| [("command", page.input("command")), ("declared", "1".into())];
    let (one, two) = (form(&one), form(&two));
    let (first, second) = tokio::join!(mei.post(&submit, &one), mei.post(&submit, &two));
    let case = |answer: &Answer| answer.leads_to().replace("/receipt", "");
    assert_eq!(case(&first), case(&second));
    assert_eq!(case(&mei.post(&submit, &one).await), case(&first));
    assert_eq!(town.hub.store.list_case_ids(None, 10).await.unwrap().len(), 1);
}
