//! What an officer sets off on the way to a decision: a special procedure that stops the clock, the one extension,
//! a correction made good in person. The applicant sees the same notices that were previewed.

use crate::office::{decide, desk, said};
use crate::town::Town;

#[tokio::test]
async fn a_special_procedure_is_told_stops_the_clock_and_ends() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await.hides(&["启动特别程序"]);
    decide(&market, &page, &format!("{at}/accept"), &[]).await.leads_to();
    let page = market.get(&at).await.shows(&["启动特别程序", "丈量位置", "期间停钟"]);

    // Nothing chosen, nothing said: both are named, and nothing has begun.
    let begin = format!("{at}/procedure");
    let bare = decide(&market, &page, &begin, &[]).await.is(200);
    let bare = bare.shows(&["请选择一个程序", "请写明时间、地点", "href=\"#procedure-words\""]);
    let unknown =
        decide(&market, &bare, &begin, &[("procedure", "auction"), ("words", "周三")]).await;
    unknown.is(200).shows(&["请选择一个程序", "周三"]);
    assert_eq!(town.state(case, "stall-permit").await, "accepted");

    let words = "周三上午九点，在第三排当面丈量，请到场。";
    let form = [("procedure", "measure"), ("words", words), ("preview", "1")];
    let shown = decide(&market, &bare, &begin, &form).await.is(200);
    let preview = said(&shown);
    assert!(preview.contains(words) && preview.contains("不计入办理期限"), "{preview}");
    assert_eq!(town.state(case, "stall-permit").await, "accepted", "only shown");
    decide(&market, &shown, &begin, &form[..2]).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "special-procedure");

    let citizen = mei.get(&format!("/cases/{case}")).await.is(200);
    assert_eq!(said(&citizen), preview);
    citizen.shows(&["特别程序中", "正在进行丈量位置", "起进行丈量位置，停钟中"]);
    let page = market.get(&at).await.shows(&["特别程序结束", "已停钟"]).hides(&["确认准予"]);
    market.get("/officer?tab=running").await.shows(&["特别程序中"]);

    let end = [("procedure", "measure"), ("words", "位置合适。")];
    decide(&market, &page, &format!("{at}/procedure-end"), &end).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "accepted");
    market.get(&at).await.shows(&["特别程序结束", "位置合适。", "准予"]);
    mei.get(&format!("/cases/{case}")).await.shows(&["的特别程序结束"]);
}

#[tokio::test]
async fn a_period_is_extended_once_with_its_reason_and_leave() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await;
    decide(&market, &page, &format!("{at}/accept"), &[]).await.leads_to();
    let page = market.get(&at).await.shows(&["延长期限（"]);
    let extend = format!("{at}/extend");
    let half = decide(&market, &page, &extend, &[("words", "邻摊还在搬。"), ("leave", " ")]).await;
    let half = half.is(200).shows(&["请填写批准人的姓名和职务", "邻摊还在搬。"]);
    let whole = [("words", "邻摊还在搬。"), ("leave", "钟伯安 主任")];
    decide(&market, &half, &extend, &whole).await.leads_to();

    market.get(&at).await.shows(&["经批准延长", "钟伯安 主任"]).hides(&["确认延长"]);
    let citizen = mei.get(&format!("/cases/{case}")).await;
    citizen.shows(&["延期告知书", "邻摊还在搬。", "钟伯安 主任", "只能延长一次"]);
    // Tried again on a page that was made by hand: refused by name.
    let version = town.hub.engine.case(case).await.unwrap().unwrap().version.to_string();
    let command = store_port::fresh_id().to_string();
    let form = [
        ("command", command),
        ("version", version),
        ("words", "再来一次".to_owned()),
        ("leave", "钟伯安".to_owned()),
    ];
    market.post(&extend, &form).await.is(409).shows(&["CASE0028"]);
}

#[tokio::test]
async fn what_is_missing_can_be_made_good_in_person() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = desk(case, "stall-permit");
    let page = market.get(&at).await;
    let asked = [("line", "sp-place"), ("words", "请补位置图。")];
    decide(&market, &page, &format!("{at}/correct"), &asked).await.leads_to();
    let page = market.get(&at).await.shows(&["申请人已当面补正"]);
    decide(&market, &page, &format!("{at}/settle"), &[]).await.leads_to();
    assert_eq!(town.state(case, "stall-permit").await, "received");
    mei.get(&format!("/cases/{case}")).await.shows(&["补正“摊位许可”"]);
}
