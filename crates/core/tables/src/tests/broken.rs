//! One small mistake each, and exactly what is said about it.

use std::collections::BTreeSet;

use super::{check_csv, wanted};
use crate::{Aggregate, Gaps, Hit};

const UNIQUE: Hit = Hit::Unique;

/// The file, its policy, and the findings that follow.
type Case = (&'static str, Hit, &'static [&'static str]);

const CASES: &[Case] = &[
    ("stall.hours,-> stall.fee\n< 20,50\n>= 20,80\n", UNIQUE, &[]),
    ("\u{feff}营业时长,-> 费用\r\n< 20,50\r\n\r\n>= 20,80\r\n,,\r\n", UNIQUE, &[]),
    (
        "stall.hours,-> stall.fee\n<\u{fffd}20,50\n",
        UNIQUE,
        &[
            "2:2 TAB0001 the file is not UTF-8 | save it anew as “CSV UTF-8”; spreadsheets often save Chinese text as GBK",
        ],
    ),
    (
        "",
        UNIQUE,
        &[
            "1:1 TAB0003 the table is empty | the first line names the columns, e.g. `stall.hours,-> stall.fee`",
        ],
    ),
    (
        "stall.hours;-> stall.fee\n< 20;50\n",
        UNIQUE,
        &[
            "1:12 TAB0003 the columns are separated by `;` | separate them by commas `,`; a spreadsheet does so when it saves as “CSV UTF-8”",
        ],
    ),
    (
        "营业时长，-> 费用\n< 20，50\n",
        UNIQUE,
        &[
            "1:5 TAB0003 the columns are separated by `，` | separate them by commas `,`; a spreadsheet does so when it saves as “CSV UTF-8”",
        ],
    ),
    (
        "stall.hour,-> stall.fee\n-,50\n",
        UNIQUE,
        &["1:1 TAB0004 no data element is called `stall.hour` | did you mean `stall.hours`?"],
    ),
    (
        "stall.hours * 2,-> stall.fee\n-,50\n",
        UNIQUE,
        &["1:1 TAB0004 no data element is called `stall.hours * 2` | did you mean `stall.hours`?"],
    ),
    (
        "stall.hours,营业时长,-> stall.fee\n-,-,50\n",
        UNIQUE,
        &[
            "1:13 TAB0005 `stall.hours` has two columns | an element is one input or one output of a table",
        ],
    ),
    (
        "stall.hours,stall.fee\n-,50\n",
        UNIQUE,
        &["1:1 TAB0006 the table has no output | an output column's name begins with `-> `"],
    ),
    (
        "-> stall.fee\n50\n",
        UNIQUE,
        &["1:1 TAB0006 the table has no input | a fixed value needs no table"],
    ),
    (
        "stall.hours,-> stall.fee\n# nothing yet\n",
        UNIQUE,
        &["1:1 TAB0006 the table has no rows | write one line for each rule"],
    ),
    (
        "stall.kind,-> stall.fee\nsnacks, tea,50\nhot-food,80\n",
        UNIQUE,
        &[
            "2:13 TAB0007 the row has 3 cells and the table 2 columns | a cell with a comma in it stands in quotes: `\"a, b\"`",
        ],
    ),
    (
        "stall.kind,-> stall.fee\nsnacks\n",
        UNIQUE,
        &[
            "2:1 TAB0007 the row has 1 cells and the table 2 columns | a cell with a comma in it stands in quotes: `\"a, b\"`",
        ],
    ),
    (
        "stall.kind,-> stall.fee\n\"snacks, tea,50\nhot-food,80\n",
        UNIQUE,
        &[
            "2:1 TAB0008 the quoted cell is not closed | it ends with `\"`; a quotation mark inside it is written twice: `\"\"`",
        ],
    ),
    (
        "stall.hours,-> stall.fee\n-,\n",
        UNIQUE,
        &[
            "2:3 TAB0009 there is no value for `stall.fee` | an output cell holds one value; `null` where there is none",
        ],
    ),
    (
        "stall.hours,-> stall.closes\n-,today()\n",
        UNIQUE,
        &[
            "2:3 TAB0009 `today()` is no plain value for `stall.closes` | an output cell holds one value, e.g. `80`, `true`, `2026-01-31`",
        ],
    ),
    (
        "owner.birth_date,-> stall.fee\n< today(),50\n",
        UNIQUE,
        &[
            "2:1 TAB0010 the cell tests more than `owner.birth_date` against plain values | a cell holds values, comparisons and ranges, e.g. `< 50`, `[50..100)`, `\"a\", \"b\"`; what is computed becomes a data element of its own",
        ],
    ),
    (
        "stall.hours,-> stall.fee\n-,\"1,500\"\n",
        UNIQUE,
        &[
            "2:5 TAB0011 a comma inside a number | write `1500`; in a list a space follows the comma",
        ],
    ),
    (
        "stall.hours,-> stall.fee\n1..20,50\n",
        UNIQUE,
        &[
            "2:1 TAB0012 a range stands in brackets | write `[1..20]` with both ends, or `[1..20)` without the last",
        ],
    ),
    (
        "stall.hours,-> stall.fee\n< 20,50\n> 20,80\n",
        UNIQUE,
        &[
            "1:1 TAB0013 no row holds when `stall.hours` is 20 | add a row, or write `gaps = \"allowed\"` in the definition if there is no value then",
        ],
    ),
    (
        "stall.kind,stall.covered,-> stall.fee\nsnacks,-,50\ntea,true,80\n",
        UNIQUE,
        &[
            "1:1 TAB0013 no row holds when `stall.kind` is `tea` and `stall.covered` is false, and in 2 other cases | add a row, or write `gaps = \"allowed\"` in the definition if there is no value then",
        ],
    ),
    (
        "record.birth_date,-> stall.fee\n< 2000-01-01,50\n>= 2000-01-01,80\n",
        UNIQUE,
        &[
            "1:1 TAB0014 `record.birth_date` may be known to be absent, and no row holds when `record.birth_date` is absent | write `gaps = \"absent\"` in the definition: where an input is absent the outputs are too; or add a row with `null`",
        ],
    ),
    (
        "stall.hours,stall.kind,-> stall.fee\n<= 20,-,50\n>= 20,tea,80\n> 20,not(tea),90\n",
        UNIQUE,
        &[
            "3:1 TAB0015 rows 2 and 3 both hold when `stall.hours` is 20 and `stall.kind` is `tea` | narrow one of them; `hit = \"first\"` would let the first count",
        ],
    ),
    (
        "stall.hours,stall.kind,-> stall.fee\n< 20,-,50\n-,tea,50\n>= 20,not(tea),80\n-,snacks,80\n",
        Hit::Any,
        &[
            "5:1 TAB0016 rows 2 and 5 both hold and disagree when `stall.hours` is below 20 and `stall.kind` is `snacks` | narrow one of them, or give both the same outputs",
        ],
    ),
    (
        "stall.hours,-> stall.fee\n< 20,50\n>= 10,80\n> 30,90\n",
        Hit::First,
        &[
            "4:1 warning TAB0017 row 4 is never reached: the rows before it hold | move it up, narrow those before it, or drop it",
        ],
    ),
    (
        "stall.kind,-> stall.fee\n\"not(tea, snacks, hot-food)\",50\n",
        Hit::Collect(Aggregate::Sum),
        &[
            "2:2 warning TAB0017 row 2 holds for nothing that can be | one of its cells leaves no value; correct it or drop the row",
        ],
    ),
    (
        "helper.hours,guest.hours,-> helper.fee\n-,-,50\n",
        UNIQUE,
        &[
            "1:14 TAB0018 `guest.hours` does not belong to group `helper` | a table for each member has inputs of one group, besides plain ones, and outputs of that group only",
        ],
    ),
    (
        "helper.hours,-> stall.fee\n-,50\n",
        UNIQUE,
        &[
            "1:17 TAB0018 `stall.fee` does not belong to group `helper` | a table for each member has inputs of one group, besides plain ones, and outputs of that group only",
        ],
    ),
    (
        "stall.hours,-> stall.class\n-,small\n",
        Hit::Collect(Aggregate::Max),
        &[
            "1:16 TAB0024 `collect` with the greatest needs numbers for `stall.class` | sum and count give numbers; the least and greatest are numbers or dates",
        ],
    ),
    // Cells are judged by the condition language, where they stand.
    ("stall.kind,-> stall.fee\n\"snacks, teas\",50\n", UNIQUE, &["2:10 CON0017"]),
    ("stall.hours,-> stall.fee\n-,８０\n", UNIQUE, &["2:3 CON0002"]),
    ("stall.hours,-> stall.fee\n-,80元\n", UNIQUE, &["2:3 CON0004"]),
    ("stall.hours,-> stall.fee\ntwenty,50\n", UNIQUE, &["2:1 CON0010"]),
    ("owner.birth_date,-> stall.fee\n[2020-01-01..2019-01-01),50\n", UNIQUE, &["2:2 CON0019"]),
    ("owner.birth_date,-> stall.fee\n< 2021-02-29,50\n", UNIQUE, &["2:3 CON0018"]),
];

#[test]
fn every_mistake_is_told_where_it_is() {
    for (text, hit, expected) in CASES {
        check_csv(text, &wanted(*hit, Gaps::Refused), expected);
    }
}

#[test]
fn gaps_are_allowed_where_the_definition_says_so() {
    let text = "stall.hours,-> stall.fee\n< 20,50\n> 20,80\n";
    check_csv(text, &wanted(UNIQUE, Gaps::Allowed), &[]);
    let text = "record.birth_date,-> stall.fee\n< 2000-01-01,50\n>= 2000-01-01,80\n";
    check_csv(text, &wanted(UNIQUE, Gaps::Absent), &[]);
    let text = "record.birth_date,-> stall.fee\n< 2000-01-01,50\n> 2000-01-01,80\n";
    let expected = "1:1 TAB0013 no row holds when `record.birth_date` is 2000-01-01 | add a row, or write `gaps = \"allowed\"` in the definition if there is no value then";
    check_csv(text, &wanted(UNIQUE, Gaps::Absent), &[expected]);
}

/// Those of the catalogue are tested there, those of DMN files beside.
#[test]
fn every_code_has_its_example() {
    let told: BTreeSet<String> = CASES
        .iter()
        .flat_map(|(_, _, lines)| lines.iter())
        .flat_map(|line| line.split(' ').filter(|word| word.starts_with("TAB")))
        .map(str::to_owned)
        .collect();
    let elsewhere = [
        "TAB0002", "TAB0019", "TAB0020", "TAB0021", "TAB0022", "TAB0023", "TAB0025", "TAB0026",
        "TAB0027", "TAB0028", "TAB0029", "TAB0030",
    ];
    for (code, _) in crate::CODES {
        assert!(told.contains(*code) != elsewhere.contains(code), "{code}");
    }
}

#[test]
fn large_tables_are_refused_and_entangled_ones_left() {
    let rows = "1,1\n".repeat(2001);
    check_csv(
        &format!("stall.hours,-> stall.fee\n{rows}"),
        &wanted(UNIQUE, Gaps::Refused),
        &[
            "1:1 TAB0002 the table has 2001 rows or more, 2 columns | at most 2000 rows and 32 columns; divide it",
        ],
    );
    let text = "x".repeat(10 * 1024 * 1024 + 1);
    let line =
        "1:1 TAB0002 the file has 10485761 bytes | at most 10485760 are read; divide the table";
    check_csv(&text, &wanted(UNIQUE, Gaps::Refused), &[line]);
}
