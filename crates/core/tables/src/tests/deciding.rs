//! What tables come to, also while inputs are unknown.

use super::{decide, rules};
use crate::{Aggregate, Gaps, Hit, Rules};

#[track_caller]
fn check(rules: &Rules, cases: &[(&[&str], &str)]) {
    for (inputs, expected) in cases {
        assert_eq!(decide(rules, inputs), *expected, "{inputs:?}");
    }
}

const FEES: &str = "\
stall.hours,stall.kind,stall.covered,-> stall.fee,# note
< 20,-,-,50,short
# a comment
[20..40),\"snacks, tea\",-,80,
[20..40),hot-food,true,80,
[20..40),hot-food,false,90,
>= 40,-,-,120,\"long, \"\"very\"\" long\"
";

#[test]
fn the_row_that_holds_gives_the_output() {
    let fees = rules(FEES, Hit::Unique, Gaps::Refused);
    check(
        &fees,
        &[
            (&["19.99", "tea", "true"], "50"),
            (&["20", "tea", "true"], "80"),
            (&["39", "hot-food", "false"], "90"),
            (&["40", "hot-food", "false"], "120"),
        ],
    );
    assert_eq!(fees.rows[4].note.as_deref(), Some("long, \"very\" long"));
    assert_eq!(fees.rows[4].number, 7);
}

#[test]
fn the_unknown_matters_only_where_it_can_change_something() {
    let fees = rules(FEES, Hit::Unique, Gaps::Refused);
    check(
        &fees,
        &[
            (&["?", "?", "?"], "?"),
            (&["5", "?", "?"], "50"),
            (&["20", "?", "?"], "?"),
            (&["20", "?", "true"], "80"),
            (&["20", "tea", "?"], "80"),
            (&["20", "hot-food", "?"], "?"),
            // Stored wrongly is as good as unknown.
            (&["20", "hot-food", "7"], "?"),
            (&["20", "coffee", "true"], "80"),
        ],
    );
    let open = |inputs: &[&str]| {
        let values: Vec<_> = inputs.iter().map(|text| super::value(text)).collect();
        let values: Vec<_> = values.iter().map(Option::as_ref).collect();
        fees.open_inputs(&values)
    };
    assert_eq!(open(&["?", "?", "?"]), [0, 1, 2]);
    assert_eq!(open(&["20", "?", "?"]), [1, 2]);
    assert_eq!(open(&["20", "hot-food", "?"]), [2]);
    assert_eq!(open(&["20", "tea", "?"]), [0usize; 0]);
    assert_eq!(open(&["50", "?", "?"]), [0usize; 0]);
}

#[test]
fn absent_inputs_make_absent_outputs_where_no_row_says_otherwise() {
    let text =
        "record.birth_date,stall.covered,-> stall.fee\n< 2000-01-01,-,50\n>= 2000-01-01,-,80\n";
    let fees = rules(text, Hit::Unique, Gaps::Absent);
    check(
        &fees,
        &[
            (&["1999-12-31", "?"], "50"),
            (&["2000-01-01", "null"], "80"),
            (&["null", "true"], "null"),
            (&["null", "?"], "null"),
            (&["?", "true"], "?"),
        ],
    );
    let told = format!("{text}null,true,7\nnull,false,8\n");
    let fees = rules(&told, Hit::Unique, Gaps::Refused);
    check(&fees, &[(&["null", "true"], "7"), (&["null", "?"], "?"), (&["null", "null"], "null")]);
}

#[test]
fn gaps_give_nothing_and_count_while_something_is_unknown() {
    let fees = rules("stall.hours,-> stall.fee\n< 20,50\n> 20,50\n", Hit::Unique, Gaps::Allowed);
    check(&fees, &[(&["20"], "null"), (&["21"], "50"), (&["?"], "?")]);
    let text = "stall.hours,stall.kind,-> stall.fee\n< 20,-,50\n-,tea,60\n";
    let fees = rules(text, Hit::First, Gaps::Allowed);
    check(
        &fees,
        &[
            (&["5", "?"], "50"),
            (&["20", "tea"], "60"),
            (&["20", "snacks"], "null"),
            (&["20", "?"], "?"),
            (&["?", "tea"], "?"),
        ],
    );
}

#[test]
fn the_first_counts() {
    let text = "stall.hours,stall.kind,-> stall.class\n> 40,-,long\n-,tea,tea stall\n-,-,other\n";
    let class = rules(text, Hit::First, Gaps::Refused);
    check(
        &class,
        &[
            (&["41", "tea"], "long"),
            (&["41", "?"], "long"),
            (&["40", "tea"], "tea stall"),
            (&["40", "snacks"], "other"),
            (&["?", "snacks"], "?"),
        ],
    );
}

#[test]
fn any_row_will_do_when_they_agree() {
    let text = "stall.hours,stall.covered,-> stall.free\n< 20,-,是\n-,true,true\n>= 20,FALSE,否\n";
    let free = rules(text, Hit::Any, Gaps::Refused);
    check(
        &free,
        &[
            (&["5", "true"], "true"),
            (&["?", "true"], "true"),
            (&["20", "false"], "false"),
            (&["?", "false"], "?"),
        ],
    );
}

#[test]
fn outputs_are_put_together() {
    let text = "stall.hours,stall.kind,-> stall.fee\n> 20,-,30\n-,hot-food,12.5\n> 40,-,20\n";
    let table = [
        (Aggregate::Sum, ["null", "12.5", "62.5", "?"]),
        (Aggregate::Min, ["null", "12.5", "12.5", "?"]),
        (Aggregate::Max, ["null", "12.5", "30", "30"]),
        (Aggregate::Count, ["0", "1", "3", "?"]),
    ];
    for (aggregate, expected) in table {
        let fees = rules(text, Hit::Collect(aggregate), Gaps::Refused);
        let inputs: [[&str; 2]; 4] =
            [["10", "tea"], ["10", "hot-food"], ["41", "hot-food"], ["30", "?"]];
        for (inputs, expected) in inputs.iter().zip(expected) {
            assert_eq!(decide(&fees, inputs), expected, "{aggregate:?} {inputs:?}");
        }
    }
}

#[test]
fn every_type_has_its_cells() {
    /// The input, a cell, and for which values it holds.
    type CellCase<'a> = (&'a str, &'a str, &'a [(&'a str, bool)]);
    let table: &[CellCase<'_>] = &[
        ("stall.hours", "-", &[("3", true), ("null", true)]),
        ("stall.hours", "", &[("3", true)]),
        ("stall.hours", "\"3, 5, > 7.5\"", &[("3", true), ("4", false), ("8", true)]),
        ("stall.hours", "(3..5]", &[("3", false), ("3.1", true), ("5", true), ("5.1", false)]),
        ("stall.hours", "]3..5[", &[("3", false), ("4", true), ("5", false)]),
        ("stall.hours", "-3", &[("-3", true), ("3", false)]),
        ("stall.hours", "!= 3", &[("3", false), ("4", true), ("null", true)]),
        ("stall.hours", "\"not(< 3, > 5)\"", &[("2", false), ("3", true), ("null", true)]),
        ("stall.hours", "null", &[("2", false), ("null", true)]),
        ("stall.kind", "tea", &[("tea", true), ("snacks", false)]),
        ("stall.kind", "\"\"\"tea\"\", hot-food\"", &[("tea", true), ("hot-food", true)]),
        ("stall.kind", "not( tea )", &[("tea", false), ("snacks", true)]),
        ("stall.covered", "TRUE", &[("true", true), ("false", false)]),
        ("stall.street", "\"南街, 北街\"", &[("南街", true), ("东街", false)]),
        ("stall.street", "not(南街)", &[("南街", false), ("东街", true)]),
        (
            "owner.birth_date",
            "[1965-01-01..1965-05-01)",
            &[("1964-12-31", false), ("1965-01-01", true), ("1965-05-01", false)],
        ),
        ("owner.birth_date", "<= 1965/1/9", &[("1965-01-09", true), ("1965-01-10", false)]),
        ("owner.birth_date", "date(\"\"1965-01-09\"\")", &[("1965-01-09", true)]),
        ("owner.birth_date", "[1965-01-01..9999-12-31]", &[("9999-12-31", true)]),
        ("owner.birth_date", "> 9999-12-30", &[("9999-12-30", false), ("9999-12-31", true)]),
    ];
    for (element, cell, cases) in table {
        // The row wants 1 of what holds, and what does not hold gets nothing.
        let cell = if cell.contains("\"\"") && !cell.starts_with('"') {
            format!("\"{cell}\"")
        } else {
            (*cell).to_owned()
        };
        let text = format!("{element},-> stall.fee\n{cell},1\n");
        let rules = rules(&text, Hit::Unique, Gaps::Allowed);
        for (value, holds) in *cases {
            let expected = if *holds { "1" } else { "null" };
            assert_eq!(decide(&rules, &[value]), expected, "{element} {cell} {value}");
        }
    }
}

#[test]
fn possible_outputs_are_listed() {
    let fees = rules(FEES, Hit::Unique, Gaps::Refused);
    let values: Vec<_> =
        fees.outputs[0].values.iter().flat_map(|it| it.iter()).map(ToString::to_string).collect();
    assert_eq!(values, ["50", "80", "90", "120"]);
}
