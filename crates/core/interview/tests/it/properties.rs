//! Whatever is answered, in whatever order.

use interview::{Turn, answered, next, open};
use proptest::prelude::*;
use proptest::sample::Index;
use vocabulary::Facts;

use crate::support::{SAMPLE, give, matter, name, today};

/// One possible answer to each question; `?` = does not know.
fn answer(question: &str, choice: usize) -> &'static str {
    let options: &[&str] = match question.split('~').next().unwrap_or_default() {
        "resident" | "pours" | "water" => &["yes", "no", "?"],
        "place" => &["market", "riverside", "?"],
        "tables" => &["1", "3", "?"],
        "helpers" => &["1", "2", "4", "?"],
        "helper-age" => &["1999-01-01", "2010-05-05", "?"],
        other => panic!("a new question `{other}`"),
    };
    options[choice % options.len()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ends_within_what_it_promised(
        picks in prop::collection::vec((any::<Index>(), 0usize..12), 16),
        down in any::<bool>(),
    ) {
        let reachable = |_: &vocabulary::SourceId| !down;
        let mut facts = Facts::new();
        let mut bound = u32::MAX;
        let mut asked = 0usize;
        let mut bounds = Vec::new();
        loop {
            let all = open(&SAMPLE, matter(), &facts, &reachable, today());
            let turn = next(&SAMPLE, matter(), &facts, &reachable, today());
            let Some(first) = all.first() else {
                prop_assert!(matches!(turn, Turn::Enough));
                break;
            };
            let Turn::Ask(asking) = &turn else { return Err(TestCaseError::fail("stopped early")) };
            prop_assert_eq!(
                name(asking.question, asking.member.as_ref()),
                name(first.question, first.member.as_ref())
            );
            prop_assert!(first.left_at_most < bound, "the bound falls with every answer");
            prop_assert!(first.left_at_most >= u32::try_from(all.len()).unwrap());
            bound = first.left_at_most;
            bounds.push(bound);
            let (which, choice) = &picks[asked % picks.len()];
            let asking = which.get(&all);
            let name = name(asking.question, asking.member.as_ref());
            give(&mut facts, asking, answer(&name, *choice));
            asked += 1;
        }
        for (place, bound) in bounds.iter().enumerate() {
            let came = u32::try_from(asked - place).unwrap();
            prop_assert!(came <= *bound, "{came} questions came, {bound} were promised");
        }
        let relevant = answered(&SAMPLE, matter(), &facts, today());
        prop_assert!(relevant.len() >= asked, "every answer given stands on the check page");
    }
}
