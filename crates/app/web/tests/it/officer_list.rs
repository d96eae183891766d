//! The worklist as a list: counts equal rows under every filter, cases change hands one by one and together,
//! filters are kept and shared, "next case" keeps the filter.

use std::collections::BTreeSet;

use casework::{Actor, ActorRole, Command, Reply};
use store_port::{AssignmentRow, CaseChange, CaseRow, ServiceRow, fresh_id};
use vocabulary::{CaseId, CommandId, SubjectId};

use crate::office::desk;
use crate::town::{Answer, Person, Town};

/// A sequence that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }
}

const STATES: [&str; 10] = [
    "waiting",
    "referred",
    "received",
    "correction_requested",
    "accepted",
    "granted",
    "refused",
    "withdrawal_pending",
    "contested",
    "stopped",
];

fn row(dice: &mut Dice, states: &[String]) -> CaseChange {
    let case_id = CaseId(fresh_id());
    let state = states[usize::try_from(dice.roll(states.len() as u64)).unwrap()].clone();
    let number = format!("RB{:06}", dice.roll(1_000_000));
    let day = 1 + dice.roll(27);
    let started = state != "waiting" && state != "stopped";
    let at = "2026-03-02T01:00:00Z".parse().unwrap();
    let case = CaseRow {
        case_id,
        case_number: number.clone(),
        subject: SubjectId(fresh_id()),
        owner: None,
        matter: "open-a-tea-stall".to_owned(),
        state: "in_progress".to_owned(),
        submitted_at: at,
        promised_on: None,
        version: 1,
    };
    let service = ServiceRow {
        case_id,
        case_number: number,
        node: "stall-permit".to_owned(),
        service: dice.pick(&["stall-permit", "opening-notice"]).to_owned(),
        matter: "open-a-tea-stall".to_owned(),
        department: dice.pick(&["market-office", "market-office", "tea-clinic"]).to_owned(),
        state,
        started_at: started.then_some(at),
        promised_on: (dice.roll(6) > 0).then(|| format!("2026-03-{day:02}")),
        statutory_on: None,
        clock_stopped: dice.roll(5) == 0,
        decided_at: None,
        applicant: None,
        area: (dice.roll(3) > 0).then(|| dice.pick(&["990101", "990102"]).to_owned()),
        watched: store_port::WatchedRow::default(),
    };
    CaseChange {
        events: vec![store_port::EventRow { seq: 1, at, body: "{}".to_owned() }],
        services: vec![service],
        ..CaseChange::of(case, 0)
    }
}

/// The numbers on the tabs, in their order.
fn counts(page: &Answer) -> Vec<usize> {
    page.text()
        .split("<span class=\"count\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().parse().unwrap())
        .collect()
}

/// Every row of a list, page by page.
async fn all_rows(officer: &Person<'_>, path: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let text = officer.get(&path).await.is(200).text();
        rows.extend(
            text.split("<tr data-row>")
                .skip(1)
                .map(|rest| rest.split("</tr>").next().unwrap().to_owned()),
        );
        next = text
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
            .find(|href| href.contains("&after="));
    }
    rows
}

#[tokio::test]
async fn counts_equal_rows_under_every_filter_whatever_the_cases() {
    let town = Town::open().await;
    let market = town.officer("market-office").await;
    let states: Vec<String> =
        casework::ServiceState::ALL.iter().map(|state| state.as_str().to_owned()).collect();
    assert!(STATES.iter().any(|state| states.iter().any(|known| known == state)));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let batch: Vec<CaseChange> = (0..140).map(|_| row(&mut dice, &states)).collect();
    for part in batch.chunks(50) {
        town.hub.store.append(part).await.unwrap();
    }
    for change in &batch {
        if dice.roll(3) == 0 {
            let hands = AssignmentRow {
                case_id: change.case_id,
                node: "stall-permit".to_owned(),
                department: "market-office".to_owned(),
                officer: market.account,
                by: market.account.unwrap(),
                at: "2026-03-02T01:00:00Z".parse().unwrap(),
                version: 1,
            };
            assert!(town.hub.store.assign(&hands).await.unwrap());
        }
    }
    let tabs = ["todo", "running", "awaiting-applicant", "finished", "all"];
    let mut seen = 0;
    for filter in [
        "",
        "&who=me",
        "&who=nobody",
        "&term=overdue",
        "&term=stopped",
        "&area=990101",
        "&service=opening-notice&who=nobody",
        "&matter=open-a-tea-stall&area=990102",
        "&matter=another",
        "&number=1",
        "&number=%25",
        "&term=stopped&who=me&number=rb0",
    ] {
        let told = counts(&market.get(&format!("/officer?tab=todo{filter}")).await);
        assert_eq!(told.len(), tabs.len(), "{filter}");
        for (tab, told) in tabs.iter().zip(&told) {
            let rows = all_rows(&market, &format!("/officer?tab={tab}{filter}")).await;
            let once: BTreeSet<&String> = rows.iter().collect();
            assert_eq!((rows.len(), once.len()), (*told, *told), "{tab}{filter}");
            seen += rows.len();
        }
        assert_eq!(told[4], told[..4].iter().sum::<usize>(), "{filter}");
    }
    assert!(seen > 200, "the filters find something: {seen}");
}

async fn several(town: &Town, many: usize) -> Vec<CaseId> {
    let mut cases = Vec::new();
    for n in 0..many {
        let mut row = town.account(&format!("mei-{n}"), "applicant", None).await;
        row.login = format!("mei-{n}-{}", row.account_id);
        let mei = town.signed_in(&row).await;
        cases.push(town.submitted(&mei).await.0);
    }
    cases
}

fn ticked(page: &Answer) -> Vec<String> {
    page.text()
        .split("name=\"case\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn cases_are_taken_given_and_let_go_together() {
    let town = Town::open().await;
    let cases = several(&town, 3).await;
    let market = town.officer("market-office").await;
    let colleague = town.officer("market-office").await;
    let list = market.get("/officer").await.is(200).shows(&["无人", "转交"]);
    let mut form: Vec<(&str, String)> = vec![("to", "me".into()), ("from", "tab=todo".into())];
    form.extend(ticked(&list).into_iter().map(|value| ("case", value)));
    let done = market.post("/officer/assign", &form).await.leads_to();
    assert_eq!(done, "/officer?tab=todo&moved=3&left=0");
    market.get(&done).await.shows(&["3 件已经照办"]);
    market.get("/officer?who=me").await.shows(&["共 3 件"]);
    market.get("/officer?who=nobody").await.shows(&["共 0 件"]);
    // The same page sent again changes nothing; a colleague who saw them free takes none.
    assert_eq!(market.post("/officer/assign", &form).await.leads_to(), done);
    let late = colleague.post("/officer/assign", &form).await.leads_to();
    assert_eq!(late, "/officer?tab=todo&moved=0&left=3");
    colleague.get(&late).await.shows(&["刚被别人接走"]);
    colleague.get("/officer?who=me").await.shows(&["共 0 件"]);

    let list = market.get("/officer?who=me").await;
    let mut give: Vec<(&str, String)> = vec![
        ("to", "colleague".into()),
        ("colleague", colleague.account.unwrap().to_string()),
        ("from", "tab=todo&who=me".into()),
    ];
    give.extend(ticked(&list).into_iter().take(2).map(|value| ("case", value)));
    let given = market.post("/officer/assign", &give).await.leads_to();
    market.get(&given).await.shows(&["2 件已经照办", "共 1 件"]);
    colleague.get("/officer?who=me").await.shows(&["共 2 件"]);
    let history = colleague.get(&desk(cases[0], "stall-permit")).await.is(200);
    history.shows(&["接手", "经手记录"]);

    // Nobody of another office can be given it, and an officer of another office moves nothing.
    let clinic = town.officer("tea-clinic").await;
    let mut wrong = give.clone();
    wrong[1].1 = clinic.account.unwrap().to_string();
    market.post("/officer/assign", &wrong).await.is(400);
    clinic.post("/officer/assign", &form).await.is(404);
    clinic.get("/officer").await.hides(&["摊位许可"]);
}

#[tokio::test]
async fn two_officers_take_one_case_and_one_has_it() {
    let town = Town::open().await;
    let case = several(&town, 1).await[0];
    let officers = [town.officer("market-office").await, town.officer("market-office").await];
    let at = desk(case, "stall-permit");
    let form = [("to", "me".to_owned()), ("seen", "0".to_owned())];
    let path = format!("{at}/assign");
    let (one, two) = tokio::join!(officers[0].post(&path, &form), officers[1].post(&path, &form));
    let words: BTreeSet<String> = [one.leads_to(), two.leads_to()].into_iter().collect();
    assert_eq!(words, [format!("{at}?done=faster"), format!("{at}?done=taken")].into());
    let (winner, loser) = if one.leads_to().ends_with("taken") { (0, 1) } else { (1, 0) };
    officers[winner].get(&at).await.shows(&["由您经办", "确认准予"]);
    officers[loser].get(&at).await.shows(&["正在办理", "请先在上方接手"]).hides(&["确认准予"]);
    // He takes it over on purpose, and it stands on record.
    let over = [("to", "me".to_owned()), ("seen", "1".to_owned())];
    officers[loser].post(&path, &over).await.leads_to();
    officers[loser].get(&at).await.shows(&["由您经办", "确认准予"]);
    officers[winner].get(&at).await.shows(&["正在办理"]).hides(&["确认准予"]);
    assert_eq!(
        town.hub.store.list_assignment_changes(case, "stall-permit").await.unwrap().len(),
        2
    );
    let clinic = town.officer("tea-clinic").await;
    clinic.post(&path, &form).await.is(404);
}

#[tokio::test]
async fn a_filter_is_kept_under_a_name_and_shared_by_its_link() {
    let town = Town::open().await;
    several(&town, 1).await;
    let market = town.officer("market-office").await;
    let colleague = town.officer("market-office").await;
    let page = market.get("/officer?tab=all&who=me&term=overdue").await.is(200);
    let command = CommandId(fresh_id()).to_string();
    let from = page.input("from").replace("&#38;", "&");
    let form = [("command", command), ("from", from), ("name", "我的超期件 <3".to_owned())];
    let to = market.post("/officer/filters", &form).await.leads_to();
    assert_eq!(to, "/officer?tab=all&who=me&term=overdue&kept=yes");
    assert_eq!(market.post("/officer/filters", &form).await.leads_to(), to, "pressed twice");
    // What cannot be kept is said, and the list stays as it was.
    for (name, told) in [(" ", "请给这个筛选起个名称"), (&*"长".repeat(41), "名称最多 40 个字")]
    {
        let command = CommandId(fresh_id()).to_string();
        let form = [("command", command), ("from", form[1].1.clone()), ("name", name.to_owned())];
        let to = market.post("/officer/filters", &form).await.leads_to();
        market.get(&to).await.is(200).shows(&[told]);
    }
    let shown = market.get(&to).await.shows(&["我的超期件 &#60;3", "aria-current=\"true\""]);
    assert_eq!(shown.text().matches("我的超期件").count(), 2, "its link and how to delete it");
    let id = shown.text().split("/officer/filters/").nth(1).unwrap()[..36].to_owned();
    let link = format!("/officer/filters/{id}");
    let to = to.trim_end_matches("&kept=yes").to_owned();
    assert_eq!(colleague.get(&link).await.leads_to(), to);
    colleague.get("/officer").await.hides(&["我的超期件"]);
    town.officer("tea-clinic").await.get(&link).await.is(404);
    // Only its owner takes it away.
    let delete = format!("{link}/delete");
    colleague.post(&delete, &[("from", String::new())]).await.leads_to();
    assert_eq!(colleague.get(&link).await.leads_to(), to);
    market.post(&delete, &[("from", String::new())]).await.leads_to();
    colleague.get(&link).await.is(404);
}

#[tokio::test]
async fn columns_are_each_officers_own_choice() {
    let town = Town::open().await;
    several(&town, 1).await;
    let market = town.officer("market-office").await;
    let all = market.get("/officer?tab=all&who=nobody").await.is(200);
    all.shows(&[
        "<th scope=\"col\">申请人</th>",
        "<th scope=\"col\">收件时间</th>",
        "Mei Bankside",
    ]);
    let pick = "/officer?columns=picked&from=tab%3Dall%26who%3Dnobody&col=received&col=dates";
    let picked = market.get(pick).await;
    assert_eq!(picked.leads_to(), "/officer?tab=all&who=nobody", "the filter stays");
    let cookie = picked.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("worklist-without=applicant.blocked.officer;"), "{cookie}");
    let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    let mut own = town.officer("market-office").await;
    own.cookies.insert(name.to_owned(), value.to_owned());
    let few = own.get("/officer?tab=all&who=nobody").await.is(200);
    few.shows(&["<th scope=\"col\">收件时间</th>", "办件编号", "共 1 件"]).hides(&[
        "<th scope=\"col\">申请人</th>",
        "<th scope=\"col\">经办人</th>",
        "Mei Bankside",
    ]);
}

#[tokio::test]
async fn next_case_keeps_the_filter_and_leaves_what_is_others() {
    let town = Town::open().await;
    let cases = several(&town, 4).await;
    let market = town.officer("market-office").await;
    let colleague = town.officer("market-office").await;
    let taken = format!("{}/assign", desk(cases[2], "stall-permit"));
    let form = [("to", "me".to_owned()), ("seen", "0".to_owned())];
    colleague.post(&taken, &form).await.leads_to();

    let mut at = market.get("/officer/next?tab=todo&matter=open-a-tea-stall").await.leads_to();
    let mut been = Vec::new();
    for _ in 0..3 {
        let page = market.get(&at).await.is(200);
        let case: CaseId = at["/officer/cases/".len()..][..36].parse().unwrap();
        been.push(case);
        let path = at.split('?').next().unwrap().to_owned();
        let form = [
            ("command", page.input("command")),
            ("version", page.input("version")),
            ("from", page.input("from").replace("&#38;", "&")),
        ];
        let done = market.post(&format!("{path}/accept"), &form).await.leads_to();
        assert!(done.contains("from=tab%3Dtodo%26matter%3Dopen-a-tea-stall"), "{done}");
        let page = market.get(&done).await.is(200).shows(&["已受理", "下一件"]);
        let text = page.text();
        let next = text.split("href=\"/officer/next?").nth(1).unwrap().split('"').next().unwrap();
        let next = next.replace("&amp;", "&").replace("&#38;", "&");
        at = market.get(&format!("/officer/next?{next}")).await.leads_to();
    }
    been.sort();
    let mut mine = vec![cases[0], cases[1], cases[3]];
    mine.sort();
    assert_eq!(been, mine, "the one that a colleague has is left to him");
    assert_eq!(at, "/officer?tab=todo&matter=open-a-tea-stall&end=1");
    market.get(&at).await.shows(&["没有下一件了"]);
}

/// The department's own system answers whoever has the case in the hub.
#[tokio::test]
async fn hands_bind_people_and_not_the_departments_system() {
    let town = Town::open().await;
    let case = several(&town, 1).await[0];
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let form = [("to", "me".to_owned()), ("seen", "0".to_owned())];
    market.post(&format!("{at}/assign"), &form).await.leads_to();
    let found = town.hub.engine.case(case).await.unwrap().unwrap();
    let service = found.service(&"stall-permit".parse().unwrap()).unwrap();
    let reply = Command::TakeReply {
        node: service.node.key.clone(),
        dispatch: service.sendings[0].dispatch,
        department_seq: 1,
        decided_at: engine::Clock::now(&*town.hub.clock),
        reply: Reply::Accepted,
    };
    let actor = Actor {
        role: ActorRole::Department,
        account: None,
        department: Some("market-office".into()),
    };
    town.hub
        .engine
        .execute(actor, "reply", CommandId(fresh_id()), case, None, reply, Vec::new())
        .await
        .unwrap();
    assert_eq!(town.state(case, "stall-permit").await, "accepted");
}
