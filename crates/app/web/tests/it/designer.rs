//! A designer at work: every page of a matter, a case that is changed, a definition that is broken.

use crate::town::{MATTER, Town};

fn at(page: &str) -> String {
    format!("/designer/matters/{MATTER}{page}")
}

#[tokio::test]
async fn every_page_of_a_matter_is_there() {
    let town = Town::open().await;
    let designer = town.designer().await.in_english();
    for (page, shows) in [
        ("/designer".to_owned(), "Reachable scenarios"),
        ("/designer/problems".to_owned(), "Compiling"),
        ("/designer/codes".to_owned(), "CAT0011"),
        ("/designer/codes/CAT0011".to_owned(), "Take the suggested name."),
        ("/designer/elements?q=owner".to_owned(), "owner.name"),
        ("/designer/services/stall-permit".to_owned(), "What the department receives"),
        ("/designer/try".to_owned(), "Nothing is kept"),
        (at(""), "The ten ones"),
        (at("/scenarios"), "pinned tests"),
        (at("/case"), "Compute"),
        (at("/interview"), "Rules that read this answer"),
        (at("/cards"), "Card 1"),
        (at("/guide"), "The list of evidence"),
        (at("/notice"), "To bring"),
        (at("/rules"), "it follows from what each service needs and gives"),
    ] {
        let answer = designer.get(&page).await.is(200);
        let text = answer.text();
        assert!(
            text.to_lowercase().contains(&shows.to_lowercase()),
            "{page} lacks {shows}\n{text}"
        );
        assert!(!text.contains("[designer-"), "{page} has words missing");
        let bracketed =
            text.split(">[").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        assert!(!bracketed, "{page} has words missing");
    }
    designer.get("/designer").await.shows(&["href=\"/designer/gallery\""]);
    // What is found is named as its reader knows it, in his own language.
    let matter = designer.get(&at("")).await.is(200);
    matter.shows(&["Question “Was the water tested before?”"]).hides(&[">question water<"]);
    designer.get("/designer/matters/no-such-matter").await.is(404);
    designer.get("/designer/codes/CAT9999").await.is(404);
    let mut in_chinese = designer;
    in_chinese.cookies.insert("yijianshi_lang".to_owned(), "zh".to_owned());
    let matter = in_chinese.get(&at("")).await.is(200);
    matter.shows(&["问题“"]).hides(&["Was the water tested"]);
}

#[tokio::test]
async fn a_case_follows_its_answers() {
    let town = Town::open().await;
    let designer = town.designer().await.in_english();
    let answers = "?as_of=2026-09-04&n.helper=1&owner.resident=true&helper.pours~m1=true\
                   &helper.born_on~m1=2012-01-01&stall.place=market&stall.tables=4&water.tested=true";
    let case = designer.get(&at(&format!("/case{answers}"))).await.is(200);
    case.shows(&["guardian-consent~m1", "id = &#34;my-case&#34;"]);
    // An adult needs nobody's consent.
    let adult = answers.replace("2012-01-01", "1990-01-01");
    let case = designer.get(&at(&format!("/case{adult}"))).await.is(200);
    case.hides(&["guardian-consent~m1"]);
    // What cannot be read is told, and the rest of the answers stays where it was typed.
    let wrong = answers.replace("2012-01-01", "yesterday");
    let case = designer.get(&at(&format!("/case{wrong}"))).await.is(200);
    case.shows(&["ANS0005", "helper.born_on~m1"]);
}

#[tokio::test]
async fn a_broken_definition_is_told_where_and_how_to_mend_it() {
    let town = Town::open().await;
    let designer = town.designer().await.in_english();
    let files = &town.app.workshop.files;
    let file = files.iter().find(|file| file.text.contains("[[service]]")).unwrap();
    let send = async |text: String| {
        let form = [("file", file.name.clone()), ("test", String::new()), ("text", text)];
        designer.post("/designer/try", &form).await.is(200)
    };
    let whole = send(file.text.clone()).await;
    whole.shows(&["0 errors", "<svg", "0 changed"]);
    let broken = send(file.text.replacen("helper.born_on", "helper.bron_on", 1)).await;
    broken.shows(&["helper.bron_on", "helper.born_on", "CAT0011", "Cure"]);
    let garbage = send("\u{0}[[[ 一二三 = \u{feff}".repeat(200)).await;
    garbage.shows(&["CAT00"]);
    let form = [("file", "/etc/passwd".to_owned()), ("text", "x = 1".to_owned())];
    designer.post("/designer/try", &form).await.is(404);
}

#[tokio::test]
async fn designers_see_no_cases_and_others_no_definitions() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let designer = town.designer().await;
    designer.get(&format!("/cases/{case}")).await.is(404);
    designer.get("/officer").await.is(404);
    mei.get("/designer").await.is(404);
    town.officer("market-office").await.get("/designer/problems").await.is(404);
    town.visitor().get("/designer").await.leads_to();
}
