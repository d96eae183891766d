//! What people type, and what becomes of it.

use catalogue::{ChoiceOption, DataElement, ElementType, Sensitivity};
use interview::accept_value;
use interview::answer::{CODES, sentence};
use vocabulary::{Lang, Localised, Slot, Value};

use crate::support::today;

fn element(ty: ElementType) -> DataElement {
    DataElement {
        id: "e.x".into(),
        name: Localised::default(),
        hint: Localised::default(),
        ty,
        group: None,
        sensitivity: Sensitivity::Public,
        topic: "t".into(),
        source: None,
        source_when: conditions::Condition::always(),
        table: None,
        max_length: None,
        example: None,
        unit: Localised::default(),
        larger_unit: None,
        not_future: false,
        after: None,
        not_before: None,
    }
}

/// The funnel: what becomes of each text, as `kind value` or as a code with its arguments.
#[track_caller]
fn check(element: &DataElement, table: &[(&str, &str)]) {
    for (text, expected) in table {
        let found = match accept_value(element, &Slot::single("e.x"), text, today()) {
            Ok(Value::Bool(value)) => format!("bool {value}"),
            Ok(Value::Number(value)) => format!("number {value}"),
            Ok(Value::Text(value)) => format!("text {value}"),
            Ok(Value::Date(value)) => format!("date {value}"),
            Ok(Value::Null) => "null".to_owned(),
            Err(finding) => {
                let args = finding.args.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", finding.code, args.collect::<String>())
            }
        };
        assert_eq!(found, *expected, "{text:?}");
    }
}

#[test]
fn yes_and_no() {
    check(
        &element(ElementType::Bool),
        &[
            ("true", "bool true"),
            (" 是 ", "bool true"),
            ("ＮＯ", "bool false"),
            ("否", "bool false"),
            ("maybe", "ANS0003"),
            ("", "ANS0001"),
            ("\u{3000}", "ANS0001"),
        ],
    );
}

#[test]
fn numbers() {
    check(
        &element(ElementType::Number),
        &[
            ("3280", "number 3280"),
            ("-0.50", "number -0.50"),
            ("３２８０．５", "number 3280.5"),
            ("1,000,000", "number 1000000"),
            ("10,00", "ANS0004"),
            ("1000,000", "ANS0004"),
            ("1.", "ANS0004"),
            ("1e3", "ANS0004"),
            ("三千", "ANS0004"),
            ("99999999999999999999999999999999", "ANS0004"),
        ],
    );
}

#[test]
fn dates() {
    let written = [
        ("2026-11-20", "date 2026-11-20"),
        ("2026/11/20", "date 2026-11-20"),
        ("2026.1.2", "date 2026-01-02"),
        ("2026年11月20日", "date 2026-11-20"),
        ("2026 年 1 月 2 号", "date 2026-01-02"),
        ("２０２６－１１－２０", "date 2026-11-20"),
        ("20261120", "date 2026-11-20"),
        ("2026-02-29", "ANS0005 example=2026-11-20"),
        ("20.11.2026", "ANS0005 example=2026-11-20"),
        ("2026-11-20-1", "ANS0005 example=2026-11-20"),
        ("26-11-20", "ANS0005 example=2026-11-20"),
        ("昨天", "ANS0005 example=2026-11-20"),
    ];
    check(&element(ElementType::Date), &written);
    let past = DataElement { not_future: true, ..element(ElementType::Date) };
    check(&past, &[("2026-09-04", "date 2026-09-04"), ("2026-09-05", "ANS0006 today=2026-09-04")]);
}

#[test]
fn words() {
    let short = DataElement { max_length: Some(4), ..element(ElementType::Text) };
    check(
        &short,
        &[
            ("　林予安 ", "text 林予安"),
            ("欧阳予安", "text 欧阳予安"),
            ("欧阳予安安", "ANS0007 max=4 length=5"),
            ("林\n安", "ANS0008"),
            ("林\u{0}安", "ANS0008"),
            ("安\u{202e}林", "ANS0008"),
        ],
    );
    check(
        &element(ElementType::LongText),
        &[("两行\n都留", "text 两行\n都留"), ("\u{7}响", "ANS0008")],
    );
}

#[test]
fn choices() {
    let name = |zh: &str| Localised::new([(Lang::new("zh"), zh.into())]);
    let option = |id: &str, zh: &str| ChoiceOption {
        id: id.into(),
        name: name(zh),
        hint: Localised::default(),
    };
    let choice = ElementType::Choice(vec![option("mother", "随妈妈"), option("father", "随爸爸")]);
    check(
        &element(choice),
        &[
            ("mother", "text mother"),
            ("随爸爸", "text father"),
            ("Mother", "ANS0002 options=mother, father"),
        ],
    );
}

#[test]
fn numbers_of_people_firms_and_places() {
    check(
        &element(ElementType::CitizenId),
        &[
            ("110101198506150000", "text 110101198506150000"),
            ("１１０１０１１９８５０６１５００００", "text 110101198506150000"),
            ("110101198506150001", "ANS0010"),
            ("110101198513150000", "ANS0009"),
            ("1101011985", "ANS0009"),
        ],
    );
    check(
        &element(ElementType::Uscc),
        &[
            ("91990000MA99D0010W", "text 91990000MA99D0010W"),
            (" 91990000-ma99d0010w", "text 91990000MA99D0010W"),
            ("91990000MA99D00100", "ANS0012"),
            ("91990000OA99D0010W", "ANS0011"),
        ],
    );
    check(
        &element(ElementType::AreaCode),
        &[("990101", "text 990101"), ("９９０１０１", "text 990101"), ("9901", "ANS0014")],
    );
    check(
        &element(ElementType::Phone),
        &[
            ("138 0000 1234", "text 13800001234"),
            ("１３８００００１２３４", "text 13800001234"),
            ("+86 138-0000-1234", "text 13800001234"),
            ("(010) 8888-8888", "text 01088888888"),
            ("400-123-4567", "text 4001234567"),
            ("+852 2123 4567", "text +85221234567"),
            ("12800001234", "ANS0013"),
            ("82345", "ANS0013"),
            ("1380000123a", "ANS0013"),
        ],
    );
}

#[test]
fn every_code_has_its_page_and_its_sentence() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/codes");
    let mut before = "";
    for (code, words) in CODES {
        assert!(before < *code, "codes stand once each, in order: {code}");
        before = code;
        assert!(!words.is_empty());
        let page = std::fs::read_to_string(format!("{folder}/{code}.md")).unwrap_or_default();
        assert!(page.starts_with(&format!("# {code}: ")), "docs/codes/{code}.md");
    }
    let args = [("max", "4".to_owned()), ("length", "5".to_owned())];
    assert_eq!(sentence("ANS0007", &args), "longer than 4 characters: it has 5");
}
