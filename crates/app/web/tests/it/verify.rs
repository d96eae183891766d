//! Anyone verifies a licence; whoever guesses learns nothing.

use casework::{Actor, ActorRole};
use jiff::SignedDuration;
use outputs::Licence;
use std::collections::BTreeMap;
use vocabulary::{CaseId, CommandId, Facts, NodeKey, Value};

use crate::town::{Person, Town};

/// The stall permit of a case, granted by the market office's system.
pub(crate) async fn granted_permit(town: &Town, mei: &Person<'_>, case: CaseId) -> Licence {
    let engine = &town.hub.engine;
    let node: NodeKey = "stall-permit".parse().unwrap();
    let known = engine.case(case).await.unwrap().unwrap();
    let dispatch = known.service(&node).unwrap().sendings[0].dispatch;
    let mut values = Facts::new();
    values.answer("stall.permit_no".parse().unwrap(), Value::text("RB-0007"));
    let actor = Actor {
        role: ActorRole::Department,
        account: None,
        department: Some("market-office".into()),
    };
    let now = engine.clock().now();
    let values = BTreeMap::from([("permit".to_owned(), values)]);
    let command = CommandId(store_port::fresh_id());
    engine.grant(actor, command, case, None, &node, dispatch, 1, now, values).await.unwrap();
    let rows = town.hub.store.list_licences_of(mei.account.unwrap()).await.unwrap();
    engine.licence(&rows[0]).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_licence_is_verified_by_both_its_codes() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let licence = granted_permit(&town, &mei, case).await;
    let anyone = town.visitor();
    anyone.get("/verify").await.is(200).shows(&["核验证照"]).hides(&["role=\"status\""]);

    let (code, check) = (&licence.code, &licence.verification_code);
    let by_picture = format!("/verify/{code}?check={check}");
    let by_hand = format!("/verify?code=+{code}&check={}", check.to_lowercase().replace('-', "+"));
    for path in [by_picture.as_str(), by_hand.as_str()] {
        anyone
            .get(path)
            .await
            .is(200)
            .shows(&["有效", "摊位许可证", "河湾市场事务所", "M*i B******e", code])
            .hides(&["Mei Bankside", "RB-0007", "110101198506150000"]);
    }
    let english = town.visitor().in_english();
    english.get(&by_picture).await.is(200).shows(&["Valid", "Stall permit", "Issued by"]);

    // Only one of them: what is missing is said.
    anyone.get(&format!("/verify?code={code}&check=")).await.is(200).shows(&["请填写验证码"]);
    anyone.get("/verify?code=&check=").await.shows(&["请填写证照标识", "请填写验证码"]);

    // A wrong code, an unknown identifier and nonsense look the same, but for what was typed.
    let same = |answer: crate::town::Answer, typed: &[&str]| {
        let mut text = answer.is(200).shows(&["无法确认"]).hides(&["摊位许可证"]).text();
        for typed in typed {
            text = text.replace(typed, "typed");
        }
        text.replace(">有效", "")
    };
    let others = "0000-0000-0000-0000";
    let wrong = anyone.get(&format!("/verify?code={code}&check={others}")).await;
    let unknown = anyone.get(&format!("/verify?code=1.2.156.3005.2.X&check={others}")).await;
    let here = |text: String| text.split("<main").nth(1).unwrap().to_owned();
    assert_eq!(
        here(same(wrong, &[code, others])),
        here(same(unknown, &["1.2.156.3005.2.X", others]))
    );

    // A year later it has ended.
    town.hub.clock.advance(SignedDuration::from_hours(24 * 366));
    anyone.get(&by_picture).await.is(200).shows(&["已过期", "有效期已过"]);
}
