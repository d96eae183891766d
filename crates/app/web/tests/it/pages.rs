//! Every kind of page: the security headers, nothing inline, no word missing, in both languages.

use axum::http::header;

use crate::town::{Answer, MEI_KEY, Town};

/// What a page may not contain, whoever it is shown to.
#[track_caller]
fn is_sound(answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{answer:?}");
    let headers = &answer.headers;
    let csp = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let html = |value: &axum::http::HeaderValue| value.as_bytes().starts_with(b"text/html");
    if !headers.get(header::CONTENT_TYPE).is_some_and(html) {
        return;
    }
    assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{answer:?}");
    let text = answer.text();
    for tag in tags(&text) {
        let name = tag.split([' ', '\n', '>', '/']).next().unwrap_or_default();
        assert_ne!(name, "style", "an inline style sheet: {answer:?}");
        if name == "script" {
            assert!(tag.contains(" src=\"/assets/"), "an inline script: {tag}");
        }
        for attribute in attributes(tag) {
            assert_ne!(attribute, "style", "an inline style: <{tag}>");
            assert!(!attribute.starts_with("on"), "an inline handler: <{tag}>");
        }
    }
    // A key without words shows itself in brackets.
    for (at, _) in text.match_indices('[') {
        let inside: String = text[at + 1..].chars().take_while(|c| *c != ']').collect();
        let key =
            inside.contains('-') && inside.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(!key, "no words for [{inside}]: {answer:?}");
    }
    assert!(!text.contains("{ $"), "a value is missing in words: {answer:?}");
}

/// The insides of opening tags.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!'])).map(|tag| {
        let mut quoted = false;
        let end = tag.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        &tag[..end.unwrap_or(tag.len())]
    })
}

/// The names of a tag's attributes.
fn attributes(tag: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut quoted = false;
    let mut begin = None;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            ' ' | '\n' => begin = Some(at + 1),
            '=' => {
                if let Some(begin) = begin.take() {
                    names.push(&tag[begin..at]);
                }
            }
            _ => {}
        }
    }
    names
}

#[test]
fn reads_tags() {
    let html = "<p class=\"a > b\" onclick=\"x = 1\"><br style=\"y\">";
    let read: Vec<Vec<&str>> = tags(html).map(attributes).collect();
    assert_eq!(read, [vec!["class", "onclick"], vec!["style"]]);
}

#[tokio::test]
async fn all_pages_are_sound() {
    let town = Town::demo().await;
    let row = town.account(MEI_KEY, "applicant", None).await;
    let account = town.account("officer", "officer", Some("market-office")).await;
    let (draft, case, sketch) = {
        let mei = town.signed_in(&row).await;
        let (case, sketch) = town.submitted(&mei).await;
        let (draft, _) = town.complete_draft(&mei).await;
        (draft.id, case, sketch)
    };
    let public = [
        "/",
        "/matters",
        "/matters?q=tea",
        "/matters/open-a-tea-stall",
        "/matters/move-a-boat",
        "/about",
        "/verify",
        "/verify?code=x&check=y",
        "/demo",
        "/nowhere",
        "/assets/style.css",
        "/health",
        "/ready",
        "/api/v1/matters",
    ]
    .map(str::to_owned);
    let own = ["", "/question", "/plan", "/form", "/evidence", "/check"]
        .map(|page| format!("/drafts/{draft}{page}"))
        .into_iter()
        .chain(
            ["", "/receipt", "/withdraw", "/withdraw?node=stall-permit"]
                .map(|page| format!("/cases/{case}{page}")),
        )
        .chain(["/mine".into(), "/wallet".into(), format!("/evidence/{sketch}")]);
    let own: Vec<String> = own.collect();
    let office = [
        "/officer".into(),
        "/officer?tab=all".into(),
        format!("/officer/cases/{case}/stall-permit"),
        format!("/officer/cases/{case}/stall-permit/evidence/{sketch}"),
    ];
    for english in [false, true] {
        let (mut mei, mut officer, mut visitor) =
            (town.signed_in(&row).await, town.signed_in(&account).await, town.visitor());
        if english {
            (mei, officer, visitor) =
                (mei.in_english(), officer.in_english(), visitor.in_english());
        }
        for path in &public {
            is_sound(&visitor.get(path).await);
        }
        for path in &own {
            let answer = mei.get(path).await;
            assert!(!answer.status.is_client_error(), "{answer:?}");
            is_sound(&answer);
        }
        for path in &office {
            is_sound(&officer.get(path).await.is(200));
        }
    }
    let mei = town.signed_in(&row).await;
    let licence = crate::verify::granted_permit(&town, &mei, case).await;
    is_sound(&mei.get(&format!("/licences/{}", licence.id)).await.is(200));
    is_sound(&mei.get("/wallet").await.is(200));
    is_sound(&mei.get(&format!("/cases/{case}")).await.is(200));
    let earnest = Town::open().await;
    is_sound(&earnest.visitor().get("/sign-in").await.is(200));
}
