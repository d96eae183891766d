//! One case at an officer's desk: looking through it by its checklist, files in the viewer, letters before they are
//! sent, opinions of other departments, and the same thing asked for twice.

use crate::office::{decide, desk, said};
use crate::town::Town;

#[tokio::test]
async fn lines_are_marked_and_become_one_message_that_the_applicant_sees_as_previewed() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let review = format!("{at}/review");
    let page =
        market.get(&at).await.is(200).shows(&["符合 0 条，存疑 0 条", "name=\"line.sp-place\""]);
    let text = page.text();
    let slot = text.split("name=\"field\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let saved = [("line.sp-place", "query".to_owned()), ("do", "save".to_owned())];
    let done = market.post(&review, &saved).await.leads_to();
    assert!(done.contains("done=reviewed"), "{done}");
    market.get(&at).await.shows(&["符合 0 条，存疑 1 条", "由您经办"]);

    let compose = [
        ("line.sp-place", "query".to_owned()),
        ("field", slot.to_owned()),
        ("evidence", "stall-sketch".to_owned()),
        ("do", "compose".to_owned()),
    ];
    let shown = market.post(&review, &compose).await.is(200).shows(&[
        "申请人将看到",
        "位置空闲",
        "请核对更正",
        "请重新提交",
        "时钟停到补正之日",
    ]);
    assert_eq!(town.state(case, "stall-permit").await, "referred", "only shown");
    let text = shown.text();
    let words = text.split("<textarea id=\"correct-words\"").nth(1).unwrap();
    let words = words.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
    let words = words.replace("&#38;", "&");
    let preview = said(&shown);
    let sent = decide(
        &market,
        &shown,
        &format!("{at}/correct"),
        &[("line", "sp-place"), ("words", words.leak())],
    )
    .await;
    sent.leads_to();
    let citizen = mei.get(&format!("/cases/{case}/correct/stall-permit")).await.is(200);
    citizen.shows(&["位置空闲", "一次性补正告知书"]);
    let known = town.hub.engine.case(case).await.unwrap().unwrap();
    let notice = known.documents().last().unwrap();
    let notice = format!("/cases/{case}/documents/{}", known.document_mark(&notice.id));
    let seen = said(&mei.get(&notice).await.is(200));
    assert_eq!(seen, preview);
    assert!(seen.contains("位置空闲"), "{seen}");
}

#[tokio::test]
async fn a_refusal_and_a_grant_are_seen_as_previewed() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await;
    decide(&market, &page, &format!("{at}/accept"), &[]).await.leads_to();
    let page = market.get(&at).await;
    let no = [("ground", "sp-full"), ("words", "第三排已经没有空位。"), ("preview", "1")];
    let shown = decide(&market, &page, &format!("{at}/refuse"), &no).await.is(200);
    let preview = said(&shown);
    assert_eq!(town.state(case, "stall-permit").await, "accepted", "only shown");
    decide(&market, &shown, &format!("{at}/refuse"), &no[..2]).await.leads_to();
    let citizen = mei.get(&format!("/cases/{case}")).await.is(200);
    assert_eq!(said(&citizen), preview);
    assert!(preview.contains("市场已满") && preview.contains("向长老会申诉"), "{preview}");

    let clinic = town.officer("tea-clinic").await;
    let card = desk(case, "health-card~h1");
    let page = clinic.get(&card).await;
    let shown = decide(&clinic, &page, &format!("{card}/grant"), &[("preview", "1")]).await.is(200);
    let preview = said(&shown);
    decide(&clinic, &shown, &format!("{card}/grant"), &[]).await.leads_to();
    let citizen = mei.get(&format!("/cases/{case}")).await.is(200);
    let told = preview.split("</p>").next().unwrap();
    assert!(told.contains("决定准予办理"), "{preview}");
    citizen.shows(&[told, "准予决定书"]);
}

#[tokio::test]
async fn files_are_turned_by_plain_links_inside_their_frame() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, sketch) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await.shows(&["<iframe name=\"viewer\""]);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("frame-src 'self'"));
    let viewer = market.get(&format!("{at}/files")).await.is(200);
    let viewer = viewer.shows(&["four tables.pdf", "1/1", "第 1 页", "下一页", "#page=1"]);
    let policy = viewer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    let second = format!("{at}/files?file={sketch}&page=2&zoom=150");
    market.get(&second).await.shows(&["第 2 页", "上一页", "#page=2", "150%"]);
    // Nonsense is the first page of the first file.
    let odd = format!("{at}/files?file=nothing&page=0&zoom=7&turn=1000");
    market.get(&odd).await.is(200).shows(&["第 1 页", "four tables.pdf"]);
    let clinic = town.officer("tea-clinic").await;
    clinic.get(&format!("{at}/files")).await.is(404);
    let own = desk(case, "health-card~h1");
    clinic.get(&format!("{own}/files")).await.is(200).hides(&["four tables.pdf"]);
}

#[tokio::test]
async fn an_opinion_is_asked_of_a_department_of_the_case_and_seen_by_both() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let clinic = town.officer("tea-clinic").await;
    let (at, card) = (desk(case, "stall-permit"), desk(case, "health-card~h1"));
    let page = market.get(&at).await.shows(&["征求哪个部门的意见"]);
    let ask = format!("{at}/opinions");
    let empty = decide(&market, &page, &ask, &[("to-node", "health-card~h1"), ("question", " ")]);
    empty.await.is(200).shows(&["请写明要问什么"]);
    let unknown = [("to-node", "opening-notice"), ("question", "可以吗？")];
    decide(&market, &page, &ask, &unknown).await.is(200).shows(&["请选择要征求意见的部门"]);
    let good = [("to-node", "health-card~h1"), ("question", "帮工可以倒茶吗？")];
    decide(&market, &page, &ask, &good).await.leads_to();
    // Pressed twice is asked once.
    decide(&market, &page, &ask, &good).await.leads_to();
    let shown = market.get(&at).await.shows(&["帮工可以倒茶吗？", "等待答复"]);
    assert_eq!(shown.text().matches("帮工可以倒茶吗？").count(), 1);
    market.get("/officer").await.shows(&["等", "意见"]);
    clinic.get("/officer").await.shows(&["征求您部门的意见", "#opinions"]);

    let seen = clinic.get(&card).await.shows(&["帮工可以倒茶吗？", "本部门的意见"]);
    let seen = seen.hides(&["110101198506150000", "four tables.pdf"]);
    let text = seen.text();
    let id = text.split(&format!("{card}/opinions/")).nth(1).unwrap()[..36].to_owned();
    let give = format!("{card}/opinions/{id}");
    clinic.post(&give, &[("view", "maybe".to_owned())]).await.is(200).shows(&["请选择同意"]);
    let bare = [("view", "object".to_owned()), ("answer", String::new())];
    clinic.post(&give, &bare).await.is(200).shows(&["请写明理由"]);
    // Whoever is not asked cannot answer, also not who asked.
    let answer = [("view", "object".to_owned()), ("answer", "证还没办好。".to_owned())];
    market.post(&format!("{at}/opinions/{id}"), &answer).await.is(404);
    let water = town.officer("water-house").await;
    water.post(&format!("{}/opinions/{id}", desk(case, "water-test")), &answer).await.is(404);
    water.get(&desk(case, "water-test")).await.is(200).hides(&["帮工可以倒茶吗？"]);
    assert!(clinic.post(&give, &answer).await.leads_to().contains("done=answered#"));
    let again = [("view", "agree".to_owned()), ("answer", String::new())];
    assert!(clinic.post(&give, &again).await.leads_to().contains("done=answered-before"));
    market.get(&at).await.shows(&["不同意", "证还没办好。"]).hides(&["等待答复"]);
    clinic.get("/officer").await.hides(&["征求您部门的意见"]);
    mei.get(&format!("/cases/{case}")).await.hides(&["帮工可以倒茶吗？", "证还没办好。"]);
}

#[tokio::test]
async fn the_same_asked_for_twice_is_noticed_compared_and_judged() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (first, _) = town.submitted(&mei).await;
    let (second, _) = town.submitted(&mei).await;
    let stranger = town.stranger().await;
    let (other, _) = town.submitted(&stranger).await;
    let market = town.officer("market-office").await;
    let at = desk(second, "stall-permit");
    let page = market.get(&at).await.shows(&["可能与这一件重复", "待比对"]);
    let compare = format!("{at}/alike/{first}/stall-permit");
    assert!(page.text().contains(&compare), "{page:?}");
    market.get(&compare).await.is(200).shows(&["疑似重复比对", "Mei Bankside", "0 处不同"]);
    market.post(&compare, &[("found", "perhaps".to_owned())]).await.is(400);
    market.post(&compare, &[("found", "not-same".to_owned())]).await.leads_to();
    market.get(&at).await.shows(&["不是同一件"]).hides(&["待比对"]);
    market.get(&desk(first, "stall-permit")).await.shows(&["不是同一件"]);
    // One that is not alike can be laid beside it, of another office or another service nothing can.
    let strange = market.get(&format!("{at}/alike/{other}/stall-permit")).await.is(200);
    strange.shows(&["不同</span>"]);
    market.get(&format!("{at}/alike/{second}/stall-permit")).await.is(404);
    market.get(&format!("{at}/alike/{first}/health-card~h1")).await.is(404);
    let clinic = town.officer("tea-clinic").await;
    clinic.get(&compare).await.is(404);
    clinic.post(&compare, &[("found", "same".to_owned())]).await.is(404);
}

#[tokio::test]
async fn the_same_numbers_are_noticed_whoever_applied() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (first, _) = town.submitted(&mei).await;
    // Somebody else hands in the same: another subject, the same number from the register.
    let twin = town.stranger().await;
    let (second, _) = town.submitted(&twin).await;
    let market = town.officer("market-office").await;
    let (one, two) = (desk(first, "stall-permit"), desk(second, "stall-permit"));
    market.get(&two).await.hides(&["可能与这一件重复"]);
    let page = market.get(&one).await;
    decide(&market, &page, &format!("{one}/accept"), &[]).await.leads_to();
    market.get(&two).await.shows(&["可能与这一件重复"]);
}
