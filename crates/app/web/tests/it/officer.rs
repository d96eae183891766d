//! An officer's day: the worklist, one service with exactly what was handed over, decisions, second thoughts.

use casework::{Actor, ActorRole, Command, Reply};
use vocabulary::CommandId;

use crate::office::{decide, desk};
use crate::town::{SKETCH, Town};

fn count(html: &str, what: &str) -> usize {
    html.matches(what).count()
}

#[tokio::test]
async fn the_worklist_holds_what_was_handed_to_the_own_department() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let list = market.get("/officer").await.is(200).shows(&[
        "河湾市场事务所",
        "摊位许可",
        "Mei Bankside",
        "还有 3 个工作日",
        "已送达部门",
        "正常",
        "待办 <span class=\"count\">1</span>",
        "全部 <span class=\"count\">1</span>",
        "已办结 <span class=\"count\">0</span>",
    ]);
    assert_eq!(count(&list.text(), "/officer/cases/"), 1, "{list:?}");
    let rows = list.text().split("<tbody>").nth(1).unwrap().to_owned();
    assert!(!rows.contains("开张告知"), "what is still waiting was not handed over");
    let clinic = town.officer("tea-clinic").await;
    clinic.get("/officer").await.is(200).shows(&["健康证"]).hides(&["摊位许可"]);
    // Of an office of another town there is nothing, and nobody else has a worklist.
    town.officer("elsewhere").await.get("/officer").await.is(200).shows(&["这里现在没有办件"]);

    // Filters; counts follow them.
    let number = {
        let case = town.hub.engine.case(case).await.unwrap().unwrap();
        case.application.case_number.to_string()
    };
    let lower = number.to_lowercase();
    market.get(&format!("/officer?number={lower}")).await.shows(&["共 1 件", &number]);
    market.get("/officer?number=XX").await.shows(&["共 0 件", "value=\"XX\""]);
    market.get("/officer?matter=open-a-tea-stall").await.shows(&["共 1 件", "selected"]);
    market.get("/officer?matter=no-such").await.shows(&["共 0 件"]);
    market.get("/officer?tab=finished&after=nonsense").await.is(200).shows(&["共 0 件"]);

    let page = market.get(&desk(case, "stall-permit")).await;
    decide(&market, &page, &format!("{}/accept", desk(case, "stall-permit")), &[]).await.leads_to();
    market.get("/officer").await.shows(&["待办 <span class=\"count\">0</span>", "共 0 件"]);
    let running = market.get("/officer?tab=running").await;
    running.shows(&["办理中 <span class=\"count\">1</span>", "已受理"]);
}

#[tokio::test]
async fn a_long_worklist_is_turned_page_by_page() {
    let town = Town::open().await;
    for _ in 0..53 {
        let row = town.account("mei-again", "applicant", None).await;
        let mut row = row;
        row.login = format!("mei-{}", row.account_id);
        town.hub.store.upsert_account(&row).await.unwrap();
        let mei = town.signed_in(&row).await;
        town.submitted(&mei).await;
    }
    let market = town.officer("market-office").await;
    let first = market.get("/officer").await.is(200).shows(&["共 53 件"]);
    assert_eq!(count(&first.text(), "href=\"/officer/cases/"), 50);
    let text = first.text();
    let next = text.split("href=\"").map(|rest| rest.split('"').next().unwrap());
    let next =
        next.into_iter().find(|href| href.contains("&amp;after=") || href.contains("&#38;after="));
    let next = next.expect("a next page").replace("&amp;", "&").replace("&#38;", "&");
    let second = market.get(&next).await.is(200).shows(&["共 53 件", "回到开头"]);
    assert_eq!(count(&second.text(), "href=\"/officer/cases/"), 3);
    let cases = |text: &str| -> std::collections::BTreeSet<String> {
        text.split("href=\"/officer/cases/").skip(1).map(|rest| rest[..36].to_owned()).collect()
    };
    assert_eq!(cases(&first.text()).union(&cases(&second.text())).count(), 53, "each once");
}

#[tokio::test]
async fn an_officer_sees_the_own_part_and_of_others_the_state_only() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, sketch) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let clinic = town.officer("tea-clinic").await;
    market
        .get(&desk(case, "stall-permit"))
        .await
        .is(200)
        .shows(&[
            "Mei Bankside",
            "110101198506150000",
            "居民名册",
            "申请人填写",
            "four tables.pdf",
            "位置空闲",
            "法定期限从受理起算",
            "健康证",
            "等前一项",
        ])
        .hides(&["Bo Reed", "1999"]);
    clinic
        .get(&desk(case, "health-card~h1"))
        .await
        .is(200)
        .shows(&["Bo Reed", "1999年1月1日", "13800000000"])
        .hides(&["110101198506150000", "four tables.pdf", &sketch.to_string()]);

    // What is another office's, and what has not been handed over yet, does not exist.
    for (officer, node) in [
        (&clinic, "stall-permit"),
        (&market, "health-card~h1"),
        (&market, "opening-notice"),
        (&market, "no-such-service"),
    ] {
        officer.get(&desk(case, node)).await.is(404).shows(&["WEB0001"]);
        for deed in ["accept", "not-accept", "correct", "grant", "refuse", "withdrawal", "resolve"]
        {
            let form = [("command", store_port::fresh_id().to_string()), ("version", "1".into())];
            officer.post(&format!("{}/{deed}", desk(case, node)), &form).await.is(404);
        }
    }
    let file = |node: &str| format!("{}/evidence/{sketch}", desk(case, node));
    let shown = market.get(&file("stall-permit")).await.is(200);
    assert_eq!(shown.bytes, SKETCH);
    assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    clinic.get(&file("stall-permit")).await.is(404);
    clinic.get(&file("health-card~h1")).await.is(404);
    market.get(&format!("/evidence/{sketch}")).await.is(404);
}

#[tokio::test]
async fn a_grant_needs_its_values_and_brings_the_licence() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page =
        market.get(&at).await.is(200).shows(&["摊位许可证", "准予后自动制证", "例如 RB-0001"]);
    let grant = format!("{at}/grant");
    let empty = decide(&market, &page, &grant, &[("output.permit.stall.permit_no", " ")]).await;
    let empty = empty.is(200).shows(&[
        "请填写“摊位许可编号”",
        "#f-output-permit-stall-permit_no",
        "错误：",
    ]);
    assert_eq!(town.state(case, "stall-permit").await, "referred");
    let longer = [("output.permit.stall.permit_no", "RB-0000000000000000000000")];
    let long = decide(&market, &empty, &grant, &longer).await;
    let long = long.is(200).shows(&["最多 20 个字", "value=\"RB-0000000000000000000000\""]);
    let done =
        decide(&market, &long, &grant, &[("output.permit.stall.permit_no", "RB-0021")]).await;
    assert_eq!(done.leads_to(), format!("{at}?done=grant"));
    market
        .get(&format!("{at}?done=grant"))
        .await
        .shows(&["已准予。", "RB-0021", "已办好", "现在没有需要本部门办理的"])
        .hides(&["确认准予"]);
    mei.get("/wallet").await.shows(&["摊位许可证"]);

    // The clinic's output has no values: one click. Then the market hears of the number it needs.
    let clinic = town.officer("tea-clinic").await;
    let card = desk(case, "health-card~h1");
    let page = clinic.get(&card).await.shows(&["不需要填写"]);
    decide(&clinic, &page, &format!("{card}/grant"), &[]).await.leads_to();
    market
        .get(&desk(case, "opening-notice"))
        .await
        .is(200)
        .shows(&["RB-0021", "“摊位许可”的办理结果"])
        .hides(&["1999", "110101198506150000"])
        // Which officer of which other office set it off is nobody's business here.
        .hides(&["officer-of-tea-clinic"]);
}

#[tokio::test]
async fn pressing_twice_is_once_also_when_time_has_passed() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await;
    let grant = format!("{at}/grant");
    let number = [("output.permit.stall.permit_no", "RB-0021")];
    let (one, two) = tokio::join!(
        decide(&market, &page, &grant, &number),
        decide(&market, &page, &grant, &number),
    );
    assert_eq!(one.leads_to(), two.leads_to());
    town.hub.clock.advance(jiff::SignedDuration::from_mins(5));
    decide(&market, &page, &grant, &number).await.leads_to();
    assert_eq!(town.hub.store.list_licences_of_case(case).await.unwrap().len(), 1);
    // The same form with something else in it is not the same.
    let other = [("output.permit.stall.permit_no", "RB-0022")];
    let other = decide(&market, &page, &grant, &other).await;
    assert_eq!(other.status.as_u16(), 409, "{other:?}");
}

#[tokio::test]
async fn a_correction_is_previewed_asked_answered_and_heard() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let correct = format!("{at}/correct");
    let page = market.get(&at).await;
    let none = decide(&market, &page, &correct, &[("words", "请写清楚")]).await;
    let none = none.is(200).shows(&["请至少勾选一条", "请写清楚", "href=\"#lines\""]);
    let ask = [("line", "sp-place"), ("words", "在哪一排？"), ("preview", "1")];
    let shown = decide(&market, &none, &correct, &ask).await;
    let shown = shown.is(200).shows(&[
        "申请人将看到",
        "请补正：摊位许可",
        "位置空闲",
        "在哪一排？",
        "10 个工作日",
        "checked",
    ]);
    assert_eq!(town.state(case, "stall-permit").await, "referred", "only shown");
    let sent = [("line", "sp-place"), ("words", "在哪一排？")];
    let sent = decide(&market, &shown, &correct, &sent).await;
    assert_eq!(sent.leads_to(), format!("{at}?done=correct"));
    market
        .get(&at)
        .await
        .shows(&["等申请人补正", "要求补正", "已停钟", "“在哪一排？”", "申请人补正期限"])
        .hides(&["发出补正通知"]);
    market.get("/officer?tab=awaiting-applicant").await.shows(&["共 1 件", "已停钟"]);

    let asked = mei.get(&format!("/cases/{case}/correct/stall-permit")).await;
    let asked = asked.is(200).shows(&["位置空闲", "在哪一排？"]);
    // Another department goes on meanwhile: that refuses her nothing.
    let water = town.officer("water-house").await;
    let other = desk(case, "water-test");
    let page = water.get(&other).await;
    decide(&water, &page, &format!("{other}/accept"), &[]).await.leads_to();
    let boundary = "XX";
    let mut body = String::new();
    for (name, value) in [
        ("command", asked.input("command")),
        ("version", asked.input("version")),
        ("words", "靠柳树的那一排".to_owned()),
    ] {
        body.push_str(&format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!("--{boundary}--\r\n"));
    let correct = format!("/cases/{case}/correct/stall-permit");
    let answered = mei.send(
        axum::http::Method::POST,
        &correct,
        Some("multipart/form-data; boundary=XX"),
        body.into(),
    );
    answered.await.leads_to();
    let heard = market.get(&at).await.is(200);
    let heard = heard.shows(&["申请人已补正", "靠柳树的那一排", "要求过补正"]);
    // The answer went out as a sending of its own; the officer goes on from there.
    decide(&market, &heard, &format!("{at}/accept"), &[]).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "accepted");
    market.get(&at).await.shows(&["不予准予"]).hides(&["发出补正通知", "不予受理的决定"]);
}

#[tokio::test]
async fn a_no_has_its_ground_its_reason_and_its_remedies() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await;
    decide(&market, &page, &format!("{at}/accept"), &[]).await.leads_to();
    let page = market.get(&at).await.shows(&["可以在三十日内向长老会申诉", "市场已满"]);
    let refuse = format!("{at}/refuse");
    let bare = decide(&market, &page, &refuse, &[("ground", "made-up"), ("words", "")]).await;
    let bare = bare.is(200).shows(&["请选择理由依据", "请写明具体理由", "href=\"#refuse-ground\""]);
    // What could not be sent is not shown as a letter either; what was chosen and typed is there.
    let early = [("words", "没有空位"), ("preview", "1")];
    let early = decide(&market, &bare, &refuse, &early).await.is(200);
    early.shows(&["请选择理由依据", "没有空位</textarea>"]).hides(&["申请人将看到"]);
    let long = "长".repeat(2001);
    let wordy = [("ground", "sp-full"), ("words", long.as_str())];
    let wordy = decide(&market, &bare, &refuse, &wordy).await.is(200);
    wordy.shows(&["说明最多 2000 个字", &long]);
    let half = decide(&market, &bare, &refuse, &[("ground", "sp-full"), ("words", " ")]).await;
    let half = half
        .is(200)
        .shows(&["请写明具体理由", "selected"])
        .hides(&["<li><a href=\"#refuse-ground\""]);
    let whole = [("ground", "sp-full"), ("words", "第三排已经没有空位。")];
    decide(&market, &half, &refuse, &whole).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "refused");
    mei.get(&format!("/cases/{case}")).await.shows(&["市场已满", "第三排已经没有空位。"]);
    market.get("/officer?tab=finished").await.shows(&["共 1 件", "不予准予"]);
}

#[tokio::test]
async fn a_page_that_was_overtaken_says_by_what_and_keeps_what_was_typed() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let seen = market.get(&at).await;
    let colleague = town.officer("market-office").await;
    let page = colleague.get(&at).await;
    decide(&colleague, &page, &format!("{at}/accept"), &[]).await.leads_to();

    let number = [("output.permit.stall.permit_no", "RB-0021")];
    let stale = decide(&market, &seen, &format!("{at}/grant"), &number).await;
    let stale = stale.is(409).shows(&[
        "WEB0020",
        "这里刚刚有了新进展",
        "受理",
        "officer-of-market-office",
        "value=\"RB-0021\"",
    ]);
    assert_eq!(town.state(case, "stall-permit").await, "accepted", "nothing was granted");
    // On the page as it is now the same goes through, once he says that he takes it over.
    let stale = stale.shows(&["接手", "正在办理"]);
    decide(&market, &stale, &format!("{at}/grant"), &number).await.is(409).shows(&["WEB0020"]);
    assert_eq!(town.state(case, "stall-permit").await, "accepted", "still nothing was granted");
    let over = [number[0], ("over", stale.input("over").leak() as &str)];
    decide(&market, &stale, &format!("{at}/grant"), &over).await.leads_to();
    // What the state no longer allows is refused, in words.
    let version = town.hub.engine.case(case).await.unwrap().unwrap().version.to_string();
    let form = [("command", store_port::fresh_id().to_string()), ("version", version)];
    let late = market.post(&format!("{at}/accept"), &form).await;
    late.is(409).shows(&["CASE0007", "已经作出决定"]);
}

/// Many departments work on a case at once: what one of them does is no news for another.
#[tokio::test]
async fn what_other_departments_do_meanwhile_refuses_nothing() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let seen = market.get(&at).await;
    let clinic = town.officer("tea-clinic").await;
    let card = desk(case, "health-card~h1");
    let page = clinic.get(&card).await;
    decide(&clinic, &page, &format!("{card}/grant"), &[]).await.leads_to();
    let water = town.officer("water-house").await;
    let test = desk(case, "water-test");
    let page = water.get(&test).await;
    let (tested, accepted) = (format!("{test}/accept"), format!("{at}/accept"));
    let (one, two) =
        tokio::join!(decide(&water, &page, &tested, &[]), decide(&market, &seen, &accepted, &[]),);
    one.leads_to();
    assert_eq!(two.leads_to(), format!("{at}?done=accept"));
    // Pressed again it is still once, and what is really old is still told.
    decide(&market, &seen, &accepted, &[]).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "accepted");
    let mut old = vec![("command", store_port::fresh_id().to_string())];
    old.push(("version", seen.input("version")));
    market.post(&accepted, &old).await.is(409);
}

#[tokio::test]
async fn a_withdrawal_is_answered_and_a_contradiction_resolved() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let water = town.officer("water-house").await;
    let at = desk(case, "water-test");
    let page = mei.get(&format!("/cases/{case}/withdraw?node=water-test")).await.is(200);
    let form = [
        ("node", "water-test".to_owned()),
        ("version", page.input("version")),
        ("command", page.input("command")),
    ];
    mei.post(&format!("/cases/{case}/withdraw"), &form).await.leads_to();
    let page = water.get(&at).await.is(200).shows(&["申请人要求撤回这一项"]).hides(&["确认准予"]);
    let none = decide(&water, &page, &format!("{at}/withdrawal"), &[]).await;
    let none = none.is(200).shows(&["请选择同意撤回或无法撤回"]);
    decide(&water, &none, &format!("{at}/withdrawal"), &[("answer", "confirm")]).await.leads_to();
    assert_eq!(town.state(case, "water-test").await, "withdrawn");

    // The market's system contradicts itself.
    let engine = &town.hub.engine;
    let known = engine.case(case).await.unwrap().unwrap();
    let node = "stall-permit".parse().unwrap();
    let dispatch = known.service(&node).unwrap().sendings[0].dispatch;
    for (seq, ground) in [(1, "sp-full"), (2, "sp-place")] {
        let actor = Actor {
            role: ActorRole::Department,
            account: None,
            department: Some("market-office".into()),
        };
        let reply = Reply::Refused { ground: ground.into(), text: None };
        let decided_at = engine.clock().now();
        let node = node.clone();
        let say = Command::TakeReply { node, dispatch, department_seq: seq, decided_at, reply };
        let id = CommandId(store_port::fresh_id());
        engine.execute(actor, "reply", id, case, None, say, vec![]).await.unwrap();
    }
    let market = town.officer("market-office").await;
    market.get("/officer").await.shows(&["共 1 件", "待核实"]);
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await.is(200).shows(&["答复互相矛盾", "市场已满", "位置空闲"]);
    let resolve = format!("{at}/resolve");
    let none = decide(&market, &page, &resolve, &[]).await;
    let none = none.is(200).shows(&["请选择以哪一个答复为准"]);
    let choice = format!("{dispatch}/2");
    decide(&market, &none, &resolve, &[("choice", &choice)]).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "refused");
    market.get(&at).await.shows(&["确定以哪个答复为准"]);
}
