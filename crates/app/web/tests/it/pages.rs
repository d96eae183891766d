//! Every kind of page: the security headers, nothing inline, no word missing, in both languages.

use std::sync::Arc;

use axum::http::header;
use yijianshi_web::public::parts::Part;

use crate::town::{Answer, MEI, MEI_KEY, Town};

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
    // What has a tag holds nothing personal and may be kept as long as it is asked after.
    let kept = if headers.contains_key(header::ETAG) { "private, no-cache" } else { "no-store" };
    assert_eq!(headers[header::CACHE_CONTROL], kept, "{answer:?}");
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

/// The values of an attribute on a page.
fn values<'a>(text: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    let start = format!("{attribute}=\"");
    text.match_indices(&start)
        .map(|(at, start)| text[at + start.len()..].split('"').next().unwrap())
        .collect::<Vec<_>>()
        .into_iter()
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept_for_ever() {
    let town = Town::open().await;
    let visitor = town.visitor();
    let text = visitor.get("/about").await.text();
    let all = values(&text, "href").chain(values(&text, "src"));
    let assets: Vec<&str> = all.filter(|address| address.starts_with("/assets/")).collect();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for address in assets {
        let answer = visitor.get(address).await.is(200);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let tag = answer.headers[header::ETAG].to_str().unwrap().to_owned();
        let again = town.visitor().with_header("if-none-match", tag.leak());
        let again = again.get(address).await.is(304);
        assert!(again.bytes.is_empty());
        // The plain name, and the address that another version gave it, show what there is now.
        let (stem, rest) = address.split_once('.').unwrap();
        let ending = rest.split_once('.').unwrap().1;
        for other in [format!("{stem}.{ending}"), format!("{stem}.0000000000000000.{ending}")] {
            let other = visitor.get(&other).await.is(200);
            assert_eq!(other.headers[header::CACHE_CONTROL], "public, no-cache");
            assert_eq!(other.bytes, answer.bytes);
        }
    }
    for nothing in ["/assets/none.css", "/assets/a.b.c", "/assets/..css", "/assets/style"] {
        visitor.get(nothing).await.is(404);
    }
}

#[tokio::test]
async fn a_visitors_page_is_sent_again_only_when_it_has_changed() {
    let town = Town::demo().await;
    let mei = town.mei().await;
    for path in ["/", "/matters", "/matters?q=tea", "/matters/open-a-tea-stall"] {
        let first = town.visitor().get(path).await.is(200);
        let tag: &'static str = first.headers[header::ETAG].to_str().unwrap().to_owned().leak();
        let again = || town.visitor().with_header("if-none-match", tag);
        let same = again().get(path).await.is(304);
        assert!(same.bytes.is_empty());
        assert_eq!(same.headers[header::ETAG], tag);
        again().in_english().get(path).await.is(200).shows(&["lang=\"en\""]);
        // A page with somebody's name on it is kept nowhere.
        let own = mei.get(path).await.is(200).shows(&[MEI]);
        assert!(!own.headers.contains_key(header::ETAG));
        assert_eq!(own.headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn what_is_drawn_once_shows_nobody_and_follows_the_day() {
    let town = Town::demo().await;
    let mei = town.mei().await;
    let visitor = town.visitor();
    for path in ["/", "/matters", "/matters/open-a-tea-stall"] {
        // She asks first; what was drawn for her is shown to the next.
        mei.get(path).await.is(200).shows(&[MEI]);
        visitor.get(path).await.is(200).hides(&[MEI]);
    }
    visitor.get("/matters/open-a-tea-stall?scenario=nothing").await.is(404);
    let day = visitor.get("/matters/open-a-tea-stall").await.text();
    let parts = &town.app.parts;
    let key = (vocabulary::Lang::new("zh"), Part::Home);
    let today = || town.hub.engine.catalogue().civil_date(town.app.now());
    let yesterday = today();
    let first = parts.find(&key, yesterday).unwrap();
    visitor.get("/").await.is(200);
    assert!(Arc::ptr_eq(&first, &parts.find(&key, yesterday).unwrap()), "drawn once");
    town.hub.clock.advance(jiff::SignedDuration::from_hours(24));
    visitor.get("/").await.is(200);
    assert!(!Arc::ptr_eq(&first, &parts.find(&key, today()).unwrap()), "the day's own");
    assert_eq!(visitor.get("/matters/open-a-tea-stall").await.text(), day);
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
