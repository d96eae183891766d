//! Whatever stands in a file, there are findings and never a panic; and the checks agree with trying every case.

use proptest::prelude::*;
use vocabulary::Value;

use super::{Elements, may_be_absent, wanted};
use crate::{Gaps, Hit, Wanted, read_csv, read_dmn};

/// A cell for `stall.hours`, as text and as a test over `0..6`.
fn cells() -> impl Strategy<Value = (String, [bool; 7])> {
    let holds = |f: &dyn Fn(i32) -> bool| std::array::from_fn(|at| f(i32::try_from(at).unwrap()));
    (0i32..6, 0i32..6, 0u8..6).prop_map(move |(a, b, kind)| {
        let (low, high) = (a.min(b), a.max(b));
        match kind {
            0 => ("-".to_owned(), [true; 7]),
            1 => (format!("< {a}"), holds(&|it| it < a)),
            2 => (format!(">= {a}"), holds(&|it| it >= a)),
            3 => (format!("\"{low}, {high}\""), holds(&|it| it == low || it == high)),
            4 => (format!("[{low}..{high}]"), holds(&|it| low <= it && it <= high)),
            _ => (format!("not({a})"), holds(&|it| it != a)),
        }
    })
}

fn kinds() -> impl Strategy<Value = (String, [bool; 3])> {
    prop::sample::select(vec![
        ("-", [true; 3]),
        ("snacks", [true, false, false]),
        ("\"snacks, tea\"", [true, true, false]),
        ("not(tea)", [true, false, true]),
        ("hot-food", [false, false, true]),
    ])
    .prop_map(|(text, holds)| (text.to_owned(), holds))
}

type Row = ((String, [bool; 7]), (String, [bool; 3]), u8);

const KINDS: [&str; 3] = ["snacks", "tea", "hot-food"];

fn holding(rows: &[Row], hours: usize, kind: usize) -> Vec<u8> {
    rows.iter().filter(|row| row.0.1[hours] && row.1.1[kind]).map(|row| row.2).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        prop_assert!(read_csv(&text, &Elements, &Wanted::default()).rules.is_none());
        prop_assert!(read_dmn(&text, &Elements, &Wanted::default()).rules.is_none());
    }

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        for text in [text.to_string(), format!("stall.hours,-> stall.fee\n{text}"), format!("<definitions>{text}")] {
            for read in [read_csv(&text, &Elements, &Wanted::default()), read_dmn(&text, &Elements, &Wanted::default())] {
                for finding in &read.findings {
                    prop_assert!(text.is_char_boundary(finding.at), "{:?}", finding);
                }
            }
        }
    }

    #[test]
    fn any_cells_are_judged(cells in prop::collection::vec("[-<>=0-9a-z\\[\\]().,\"'“，：居 ]{0,12}", 1..8), column in 0usize..5) {
        let element = ["stall.hours", "stall.kind", "stall.covered", "stall.street", "record.birth_date"][column];
        let text = format!("{element},-> stall.fee\n{}\n", cells.iter().map(|it| format!("{it},1")).collect::<Vec<_>>().join("\n"));
        let wanted = Wanted { may_be_absent: &may_be_absent, ..Wanted::default() };
        let read = read_csv(&text, &Elements, &wanted);
        let errors = read.findings.iter().any(|it| it.is_error);
        prop_assert_eq!(read.rules.is_none(), errors);
        for finding in &read.findings {
            prop_assert!(text.is_char_boundary(finding.at), "{:?}", finding);
        }
    }

    /// Against trying every case: thresholds are whole numbers, so whole numbers and the halves between them are
    /// all there is to try.
    #[test]
    fn the_checks_agree_with_trying(rows in prop::collection::vec((cells(), kinds(), 0u8..3), 1..6)) {
        let mut text = "stall.hours,stall.kind,-> stall.fee\n".to_owned();
        for ((hours, _), (kind, _), fee) in &rows {
            text.push_str(&format!("{hours},{kind},{fee}\n"));
        }
        let told = |hit: Hit, code: &str| {
            let read = read_csv(&text, &Elements, &wanted(hit, Gaps::Refused));
            read.findings.iter().any(|it| it.code == code)
        };
        // Points alone cannot see a gap between them: one direction each.
        let tried: Vec<Vec<u8>> = (0..7).flat_map(|hours| (0..3).map(move |kind| (hours, kind)))
            .map(|(hours, kind)| holding(&rows, hours, kind)).collect();
        if tried.iter().any(|it| it.len() > 1) {
            prop_assert!(told(Hit::Unique, "TAB0015"));
        }
        if tried.iter().any(Vec::is_empty) {
            prop_assert!(told(Hit::Unique, "TAB0013"));
        }
        if tried.iter().any(|it| it.iter().any(|fee| *fee != it[0])) {
            prop_assert!(told(Hit::Any, "TAB0016"));
        }
        // And whatever is decided is what the rows say.
        if let Some(rules) = read_csv(&text, &Elements, &wanted(Hit::First, Gaps::Allowed)).rules {
            for hours in 0..7usize {
                for (kind, name) in KINDS.iter().enumerate() {
                    let held = holding(&rows, hours, kind);
                    let hours = Value::Number(i64::try_from(hours).unwrap().into());
                    let kind = Value::text(*name);
                    let expected = held.first().map_or(Value::Null, |fee| Value::Number((*fee).into()));
                    prop_assert_eq!(rules.decide(&[Some(&hours), Some(&kind)]), [Some(expected.clone())]);
                    // What is told early stays so.
                    for inputs in [[Some(&hours), None], [None, Some(&kind)], [None, None]] {
                        if let Some(early) = &rules.decide(&inputs)[0] {
                            prop_assert_eq!(early, &expected);
                        }
                    }
                }
            }
        }
    }
}
