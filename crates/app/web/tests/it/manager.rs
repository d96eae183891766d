//! A manager's day: the page of figures, the cases behind a number, files that say the same; and whose figures
//! are nobody else's business.

use std::io::Read as _;

use store_port::{CaseFactRow, FactFilter, ServiceFactRow, fresh_id};
use vocabulary::{CaseId, Date, DraftId};

use crate::town::{Answer, Person, Town};

const MATTER: &str = "open-a-tea-stall";

async fn manager<'a>(town: &'a Town, login: &str, area: Option<&str>) -> Person<'a> {
    let mut row = town.account(login, "manager", None).await;
    row.area = area.map(str::to_owned);
    town.hub.store.upsert_account(&row).await.unwrap();
    town.signed_in(&row).await
}

fn today(town: &Town) -> Date {
    town.hub.engine.catalogue().civil_date(town.hub.engine.clock().now())
}

/// A case of two services, closed today in `used` half days of six.
fn case(number: &str, area: &str, today: Date, used: u32) -> CaseFactRow {
    let grade = if used > 6 { "4" } else { "1" };
    CaseFactRow {
        case_id: CaseId(fresh_id()),
        draft_id: DraftId(fresh_id()),
        matter: MATTER.to_owned(),
        area: area.to_owned(),
        channel: "online".to_owned(),
        outlet: String::new(),
        submitted_on: today.to_string(),
        ended_on: Some(today.to_string()),
        rated_on: Some(today.to_string()),
        accepted_at_once: true,
        all_granted: true,
        body: serde_json::json!({
            "number": number, "state": "done", "hour": 10, "degree": 2, "applicable": 2, "granted": 2,
            "visits": 1, "promised": 6, "used": used, "departments": 2, "grade": 1,
            "savings": [9, 4, 8, 2, 20, 6, 4, 1, 4, 3, 8],
            "ratings": [{ "grade": grade.parse::<u8>().unwrap(), "on": today.to_string(),
                "department": "market-office" }],
        })
        .to_string(),
    }
}

fn service(case: &CaseFactRow, node: &str, department: &str, used: u32) -> ServiceFactRow {
    ServiceFactRow {
        case_id: case.case_id,
        node: node.to_owned(),
        matter: case.matter.clone(),
        service: node.to_owned(),
        department: department.to_owned(),
        area: case.area.clone(),
        submitted_on: case.submitted_on.clone(),
        ended_on: case.ended_on.clone(),
        body: serde_json::json!({
            "number": "N", "state": "granted", "degree": 2, "started_on": case.submitted_on,
            "accepted_on": case.submitted_on, "decided_on": case.ended_on, "promised": 6, "used": used,
        })
        .to_string(),
    }
}

/// Three cases here and one in another county; one of ours was late.
async fn some_cases(town: &Town) {
    let today = today(town);
    let cases = [
        case("N-1", "990101", today, 4),
        case("N-2", "990101", today, 5),
        case("N-3", "990101", today, 9),
        case("N-4", "990102", today, 6),
    ];
    let services: Vec<ServiceFactRow> = cases
        .iter()
        .zip([4, 5, 9, 6])
        .map(|(case, used)| service(case, "stall-permit", "market-office", used))
        .collect();
    town.hub.store.put_facts(&cases, &services).await.unwrap();
}

/// The text of the cells of the table after `mark`, row by row.
fn table(html: &str, mark: &str) -> Vec<Vec<String>> {
    let after = &html[html.find(mark).unwrap_or_else(|| panic!("no {mark} in {html}"))..];
    let body = &after[after.find("<thead>").unwrap()..after.find("</table>").unwrap()];
    body.split("<tr")
        .skip(1)
        .map(|row| {
            row.split("<t")
                .filter(|cell| cell.starts_with("h") || cell.starts_with("d"))
                .filter(|cell| !cell.starts_with("head"))
                .map(|cell| {
                    // What stands in small letters below a number is no part of the cell.
                    let cell = cell.split("<span class=\"behind\"").next().unwrap_or_default();
                    let mut text = String::new();
                    let mut inside = false;
                    for letter in format!("<t{cell}").chars() {
                        match letter {
                            '<' => inside = true,
                            '>' => inside = false,
                            letter if !inside => text.push(letter),
                            _ => {}
                        }
                    }
                    let text =
                        text.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'");
                    text.replace("&#60;", "<").replace("&#62;", ">").trim().to_owned()
                })
                .collect()
        })
        .collect()
}

/// RFC 4180, read back.
fn csv(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap();
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted, "ends with a whole line");
    rows
}

/// A cell of a workbook: its text, or its number with the format that it is shown in.
#[derive(Debug, PartialEq)]
enum InBook {
    Text(String),
    Number(f64),
}

fn book(bytes: &[u8]) -> Vec<Vec<InBook>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(!xml.contains("<f>"), "no formula");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let rows = document.descendants().filter(|node| node.has_tag_name("row"));
    rows.map(|row| {
        row.children()
            .filter(|node| node.has_tag_name("c"))
            .map(|cell| {
                let text: String = cell
                    .descendants()
                    .filter_map(|node| node.text().filter(|_| node.is_text()))
                    .collect();
                match cell.attribute("t") {
                    Some("inlineStr") => InBook::Text(text),
                    None => InBook::Number(text.parse().unwrap()),
                    other => panic!("a cell of type {other:?}"),
                }
            })
            .collect()
    })
    .collect()
}

/// Whether the workbook's cell shows what the page shows.
fn agrees(cell: &InBook, shown: &str) -> bool {
    match cell {
        InBook::Text(text) => text == shown,
        InBook::Number(number) => match shown.strip_suffix('%') {
            Some(percent) => (number * 100.0 - percent.parse::<f64>().unwrap()).abs() < 1e-6,
            None => (number - shown.parse::<f64>().unwrap()).abs() < 1e-9,
        },
    }
}

#[track_caller]
fn same_as_the_page(page: &[Vec<String>], answer: &Answer, workbook: &Answer) {
    let rows = csv(&answer.text());
    assert_eq!(rows, page, "the file is the page");
    let cells = book(&workbook.bytes);
    assert_eq!(cells.len(), page.len());
    for (cells, shown) in cells.iter().zip(page) {
        assert_eq!(cells.len(), shown.len());
        for (cell, shown) in cells.iter().zip(shown) {
            assert!(agrees(cell, shown), "{cell:?} is not {shown}");
        }
    }
}

#[tokio::test]
async fn the_page_counts_what_there_is_and_every_number_leads_to_its_cases() {
    let town = Town::open().await;
    some_cases(&town).await;
    let chief = manager(&town, "chief", None).await;
    let page = chief.get("/manager").await.is(200);
    let page = page.shows(&["运行情况", "按时办结率", "75.0%", "3 ÷ 4", "中位数", "送往部门"]);
    let late = chief.get("/manager/figures/on-time").await.is(200);
    late.shows(&["75.0%", "N-1", "N-2", "N-3", "N-4", "办结并有承诺的一件事"]);
    let kept = chief.get("/manager/figures/on-time?side=above").await.is(200);
    kept.shows(&["N-1", "N-2", "N-4"]).hides(&["N-3"]);
    let heat = table(&page.text(), "class=\"heat\"");
    assert_eq!(heat.len(), 2, "{heat:?}");
    assert_eq!(heat[1][1], "2.5 / 4.5 超", "{heat:?}");
    let bad = chief.get("/manager/figures/bad").await.is(200);
    bad.shows(&["25.0%", "不满意"]);
    let english = chief.in_english().get("/manager/figures/on-time").await.is(200);
    english.shows(&["Closed on time", "cases closed within the promise"]);
}

#[tokio::test]
async fn files_say_what_the_page_says() {
    let town = Town::open().await;
    some_cases(&town).await;
    let chief = manager(&town, "chief", None).await;
    let page = chief.get("/manager").await.is(200).text();
    same_as_the_page(
        &table(&page, "class=\"figures-table\""),
        &chief.get("/manager/matters/by-matter.csv").await.is(200),
        &chief.get("/manager/matters/by-matter.xlsx").await.is(200),
    );
    for (figure, by) in
        [("on-time", "area"), ("service-time", "department"), ("saved-days", "matter")]
    {
        let address = format!("/manager/figures/{figure}");
        let page = chief.get(&format!("{address}?by={by}&side=below")).await.is(200).text();
        let file = |name: &str| format!("{address}/{name}?by={by}");
        same_as_the_page(
            &table(&page, "id=\"parts\""),
            &chief.get(&file("parts.csv")).await.is(200),
            &chief.get(&file("parts.xlsx")).await.is(200),
        );
        same_as_the_page(
            &table(&page, "id=\"list\""),
            &chief.get(&file("below.csv")).await.is(200),
            &chief.get(&file("below.xlsx")).await.is(200),
        );
    }
    for wrong in
        ["/manager/matters/x.csv", "/manager/figures/on-time/below.pdf", "/manager/figures/no"]
    {
        chief.get(wrong).await.is(404);
    }
}

#[tokio::test]
async fn a_county_sees_its_own_figures() {
    let town = Town::open().await;
    some_cases(&town).await;
    let county = manager(&town, "county", Some("990102")).await;
    county.get("/manager/figures/on-time").await.is(200).shows(&["N-4"]).hides(&["N-1", "N-3"]);
    for path in ["/manager", "/manager/figures", "/manager/figures/on-time/below.csv"] {
        county.get(&format!("{path}?area=990101")).await.is(404);
        county.get(&format!("{path}?area=990102")).await.is(200);
    }
    let file = county.get("/manager/figures/on-time/below.csv").await.is(200).text();
    assert_eq!(csv(&file).len(), 2, "the head and one case");
    let city = manager(&town, "city", Some("990100")).await;
    city.get("/manager?area=990102").await.is(200);
    city.get("/manager?area=880000").await.is(404);
    for person in [town.officer("market-office").await, town.mei().await] {
        person.get("/manager").await.is(404);
        person.get("/manager/figures/on-time/below.csv").await.is(404);
    }
}

#[tokio::test]
async fn a_real_case_is_counted_as_it_goes_on() {
    let town = Town::open().await;
    let mei = town.mei().await;
    town.submitted(&mei).await;
    let chief = manager(&town, "chief", None).await;
    chief.get("/manager/figures/in-progress").await.is(200).shows(&["开茶摊", "办理中"]);
    chief.get("/manager/figures/opened").await.is(200).shows(&["提交"]);
    chief.get("/manager/figures/sendings-waiting").await.is(200).shows(&["移送"]);
    let all = FactFilter { limit: 10, ..FactFilter::default() };
    let facts = town.hub.engine.case_facts(&all).await.unwrap();
    assert_eq!(facts.len(), 1);
    assert!(facts[0].is_open() && facts[0].savings.is_some() && facts[0].degree >= 2);
    // What an older program left without facts is made good, and comes out the same.
    let again = town.hub.engine.make_missing_facts().await.unwrap();
    assert_eq!(again, 0, "nothing is missing");
}

#[tokio::test]
async fn dates_of_choice() {
    let town = Town::open().await;
    some_cases(&town).await;
    let chief = manager(&town, "chief", None).await;
    let today = today(&town);
    let before = today.yesterday().unwrap();
    let span = |since: Date, until: Date| {
        format!("/manager/figures/on-time?period=custom&since={since}&until={until}")
    };
    chief.get(&span(today, today)).await.is(200).shows(&["N-1"]);
    chief.get(&span(before, before)).await.is(200).hides(&["N-1"]).shows(&["—", "清单是空的"]);
    chief.get(&span(today, before)).await.is(200).shows(&["日期不完整"]);
    chief.get("/manager/figures/on-time?period=custom&since=nonsense").await.is(200);
    chief.get("/manager?matter=no-such-matter").await.is(404);
    chief.get("/manager/figures/on-time?after=nonsense&by=nonsense").await.is(200).shows(&["N-1"]);
}

/// Ten thousand rows, with formulas, commas, quotation marks and lines in what people typed.
#[tokio::test]
async fn ten_thousand_rows_with_formulas_in_them() {
    const MANY: usize = 10_000;
    let town = Town::open().await;
    let today = today(&town);
    let nasty =
        ["=HYPERLINK(\"x\")", "+1,2", "-3", "@a", "two\r\nlines", "say \"no\"", "N，1", "\t=1"];
    let cases: Vec<CaseFactRow> = (0..MANY)
        .map(|n| case(&format!("{}{n}", nasty[n % nasty.len()]), "990101", today, 4))
        .collect();
    for part in cases.chunks(500) {
        town.hub.store.put_facts(part, &[]).await.unwrap();
    }
    let chief = manager(&town, "chief", None).await;
    let file = chief.get("/manager/figures/on-time/below.csv").await.is(200);
    let rows = csv(&file.text());
    assert_eq!(rows.len(), MANY + 1);
    let width = rows[0].len();
    for (row, case) in rows.iter().skip(1).zip(&cases) {
        assert_eq!(row.len(), width);
        let number: serde_json::Value = serde_json::from_str(&case.body).unwrap();
        let number = number["number"].as_str().unwrap();
        assert!(!row[0].starts_with(['=', '+', '-', '@', '\t']), "{:?}", row[0]);
        assert_eq!(row[0].strip_prefix('\'').unwrap_or(&row[0]), number, "nothing is lost");
    }
    let workbook = chief.get("/manager/figures/on-time/below.xlsx").await.is(200);
    let cells = book(&workbook.bytes);
    assert_eq!(cells.len(), MANY + 1);
    assert_eq!(cells[1][0], InBook::Text("=HYPERLINK(\"x\")0".to_owned()), "a text, no formula");
    // The page shows fifty, and pages lead through all of them without repeats.
    let first = chief.get("/manager/figures/on-time").await.is(200).text();
    let list = table(&first, "id=\"list\"");
    assert_eq!(list.len(), 51);
    let from = first.find("after=").unwrap();
    let until = first[from..].find("#list").unwrap();
    let next = format!("/manager/figures/on-time?{}", &first[from..from + until]);
    let second = table(&chief.get(&next).await.is(200).text(), "id=\"list\"");
    assert_eq!(second[1][0], "-350", "the fifty-first follows the fiftieth");
}
