//! Identifier standards: published examples, what is wrong with near misses, and which slips of the pen
//! are always noticed.

#![expect(clippy::unwrap_used, reason = "a test's own data is right or the test fails")]

use proptest::prelude::*;
use vocabulary::codes::area::{AreaError, AreaLevel};
use vocabulary::codes::citizen_id::{CitizenIdError, Sex};
use vocabulary::codes::licence_id::{LicenceIdError, LicenceIdParts};
use vocabulary::codes::uscc::UsccError;
use vocabulary::codes::{area, case_number, citizen_id, licence_id, uscc, verification_code};
use vocabulary::{AreaCode, Date};
use yijianshi_vocabulary as vocabulary;

const USCC_LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CAPITALS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PLAIN_LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[test]
fn social_credit_codes() {
    for code in [
        "11370800MB28559184",
        "11430000006122244L",
        "11330105002500287C",
        "11420503087246977F",
        "12110000400777687U",
        "11100000000013338W",
        "1137018100420588XX",
    ] {
        assert_eq!(uscc::validate(code).as_deref(), Ok(code));
    }
    let tidied = Ok("11430000006122244L".to_owned());
    assert_eq!(uscc::validate(" 11430000-0061 22244l "), tidied);
    assert_eq!(uscc::validate("１１４３００００００６１２２２４４Ｌ"), tidied);

    let wrong = |code: &str| uscc::validate(code).unwrap_err();
    assert_eq!(wrong(""), UsccError::Length(0));
    assert_eq!(wrong("11430000006122244"), UsccError::Length(17));
    assert_eq!(wrong("1143000000612224中L"), UsccError::Character { at: 17, found: '中' });
    assert_eq!(wrong("1143000000612224SL"), UsccError::Character { at: 17, found: 'S' });
    assert_eq!(wrong("11A30000006122244L"), UsccError::Area);
    assert_eq!(wrong("11430000006122244M"), UsccError::Check);
    assert_eq!(wrong("11430000006122424L"), UsccError::Check);
}

#[test]
fn citizen_ids() {
    let found = citizen_id::validate("11010519491231002x").unwrap();
    assert_eq!(found.number, "11010519491231002X");
    assert_eq!(found.area, AreaCode::new("110105"));
    assert_eq!(found.birth_date, Date::constant(1949, 12, 31));
    assert_eq!(found.sex, Sex::Female);
    let made = |first: &str| format!("{first}{}", citizen_id::check_char(first).unwrap());
    assert_eq!(citizen_id::validate(&made("51010020240229001")).unwrap().sex, Sex::Male);

    let wrong = |number: &str| citizen_id::validate(number).unwrap_err();
    assert_eq!(wrong("110105491231002"), CitizenIdError::Length(15));
    assert_eq!(wrong("1101051949123100XX"), CitizenIdError::Character { at: 17, found: 'X' });
    assert_eq!(wrong("11010519491231002Y"), CitizenIdError::Character { at: 18, found: 'Y' });
    assert_eq!(wrong(&made("01010519491231002")), CitizenIdError::Area);
    assert_eq!(wrong(&made("11010520230229002")), CitizenIdError::BirthDate);
    assert_eq!(wrong(&made("11010519491331002")), CitizenIdError::BirthDate);
    assert_eq!(wrong("110105194912310021"), CitizenIdError::Check);
    assert_eq!(citizen_id::check_char("1101051949123100"), None);
}

#[test]
fn area_codes() {
    let parsed = |text: &str| area::parse(text).unwrap();
    assert_eq!(area::level(&parsed("510000")), AreaLevel::Province);
    assert_eq!(area::level(&parsed("510100")), AreaLevel::City);
    assert_eq!(area::level(&parsed("510104")), AreaLevel::County);
    assert!(area::contains(&parsed("510000"), &parsed("510104")));
    assert!(area::contains(&parsed("510100"), &parsed("510100")));
    assert!(!area::contains(&parsed("510100"), &parsed("510000")));
    assert!(!area::contains(&parsed("510104"), &parsed("510105")));
    for text in ["", "51010", "5101000", "51010a", "五一〇一〇〇"] {
        assert_eq!(area::parse(text), Err(AreaError::Shape), "{text}");
    }
    assert_eq!(area::parse("010100"), Err(AreaError::NoProvince));
}

#[test]
fn licence_identifiers_met_in_real_use() {
    for (issuer, serial, version, check) in [
        ("011.11430000006122244L", "20230000403", "001", "U"),
        ("009.11330105002500287C", "2025052201", "002", "0"),
    ] {
        let text = format!("1.2.156.3005.2.11100000000013338W{issuer}.{serial}.{version}.{check}");
        let parts = licence_id::parse(&text).unwrap();
        assert_eq!((&*parts.serial, &*parts.version), (serial, version));
        assert_eq!(parts.licence_type.len(), 21);
        assert_eq!(parts.build().unwrap(), text);
    }
}

#[test]
fn licence_identifiers_that_are_wrong() {
    let good = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    let wrong = |from: &str, to: &str| licence_id::parse(&good.replace(from, to)).unwrap_err();
    assert_eq!(wrong("1.2.156", "1.2.157"), LicenceIdError::Shape);
    assert_eq!(wrong(".U", ""), LicenceIdError::Shape);
    assert_eq!(wrong(".U", ".U.U"), LicenceIdError::Shape);
    assert_eq!(wrong("W011.", "W01."), LicenceIdError::Type);
    assert_eq!(wrong("W011.", "w011."), LicenceIdError::Type);
    assert_eq!(wrong("44L", "44"), LicenceIdError::Issuer);
    assert_eq!(wrong("20230000403", ""), LicenceIdError::Serial);
    assert_eq!(wrong("20230000403", "2023-0403"), LicenceIdError::Serial);
    assert_eq!(wrong("20230000403", &"1".repeat(41)), LicenceIdError::Serial);
    assert_eq!(wrong(".001.", ".01A."), LicenceIdError::Version);
    assert_eq!(wrong(".U", ".V"), LicenceIdError::Check);
    assert_eq!(wrong(".U", ".UU"), LicenceIdError::Check);
}

#[test]
fn case_numbers_for_people() {
    let make =
        |area: &str, random| case_number::make(&area.into(), Date::constant(2026, 3, 2), random);
    let number = make("510100", 0x0003_2f1d_8c5a_97e4).unwrap();
    assert_eq!(number, "51010020260302SF3P65N5Z4G");
    assert_eq!(number.len(), 25);
    assert_eq!(case_number::grouped(&number), "510100 20260302 SF3P6 5N5Z4 G");
    // What is typed after a phone call.
    assert_eq!(case_number::parse("5l0100-2026O302 sf3p6 5n5z4 g").as_ref(), Some(&number));
    assert_eq!(make("510100", u64::MAX).map(|number| number.len()), Some(25));
    assert_eq!(make("chengdu", 1), None);
    assert_eq!(case_number::make(&"510100".into(), Date::constant(-1, 1, 1), 1), None);
    for text in ["", "5", "中文", "51010020260302SF3P65N5Z4", "51010020260302SF3P65N5Z4S"] {
        assert_eq!(case_number::parse(text), None, "{text}");
    }
}

#[test]
fn verification_codes() {
    let code = verification_code::make(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    assert_eq!(code.len(), 19);
    assert_eq!(
        verification_code::parse(&code.to_lowercase().replace('-', " ")),
        Some(code.clone())
    );
    assert_ne!(verification_code::make(1), verification_code::make(2));
    assert_eq!(verification_code::parse("0000-0000-0000-0001"), None);
    assert_eq!(verification_code::parse(""), None);
    assert_eq!(verification_code::make(0), "0000-0000-0000-0000");
}

/// `text` with the character at `at` replaced.
fn replaced(text: &str, at: usize, with: char) -> String {
    text.chars().enumerate().map(|(here, c)| if here == at { with } else { c }).collect()
}

/// `text` with two characters swapped.
fn swapped(text: &str, one: usize, other: usize) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.swap(one, other);
    chars.into_iter().collect()
}

/// Every text that differs from `text` in one character of `alphabet`.
fn substitutions<'t>(text: &'t str, alphabet: &'t str) -> impl Iterator<Item = String> + 't {
    text.chars().enumerate().flat_map(move |(at, old)| {
        alphabet.chars().filter(move |c| *c != old).map(move |c| replaced(text, at, c))
    })
}

/// Every text in which two different neighbours have changed places.
fn neighbours(text: &str) -> impl Iterator<Item = String> + '_ {
    (1..text.chars().count())
        .map(|at| swapped(text, at - 1, at))
        .filter(move |changed| changed != text)
}

prop_compose! {
    fn social_credit_code()(kind in "[0-9A-H]{2}", area in "[1-9][1-9][0-9]{4}", body in "[0-9ABCDEFGHJKLMNPQRTUWXY]{9}") -> String {
        let first = format!("{kind}{area}{body}");
        format!("{first}{}", uscc::check_char(&first).unwrap())
    }
}

prop_compose! {
    fn citizen_id_number()(area in "[1-9][1-9][0-9]{4}", year in 1900i16..2100, month in 1i8..13, day in 1i8..29, sequence in "[0-9]{3}") -> String {
        let first = format!("{area}{year}{month:02}{day:02}{sequence}");
        format!("{first}{}", citizen_id::check_char(&first).unwrap())
    }
}

prop_compose! {
    fn licence_parts()(licence_type in "[0-9A-Z]{21}", issuer in "[0-9A-Z]{18}", serial in "[0-9A-Z]{1,20}", version in "[0-9]{3}") -> LicenceIdParts {
        LicenceIdParts { licence_type, issuer, serial, version }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn social_credit_code_notices_slips(code in social_credit_code()) {
        prop_assert_eq!(uscc::validate(&code), Ok(code.clone()));
        for slip in substitutions(&code, USCC_LETTERS).chain(neighbours(&code)) {
            prop_assert!(uscc::validate(&slip).is_err(), "{} for {}", slip, code);
        }
    }

    #[test]
    fn citizen_id_notices_slips(number in citizen_id_number()) {
        prop_assert!(citizen_id::validate(&number).is_ok());
        for slip in substitutions(&number, "0123456789X").chain(neighbours(&number)) {
            prop_assert!(citizen_id::validate(&slip).is_err(), "{} for {}", slip, number);
        }
    }

    /// ISO 7064 MOD 37,36 notices every substitution; the unit test of the check counts the swaps.
    #[test]
    fn licence_identifier_notices_substitutions(parts in licence_parts()) {
        let whole = parts.build().unwrap();
        prop_assert_eq!(licence_id::parse(&whole), Ok(parts));
        for slip in substitutions(&whole, CAPITALS) {
            prop_assert!(licence_id::parse(&slip).is_err(), "{} for {}", slip, whole);
        }
    }

    #[test]
    fn case_number_notices_slips_and_swaps(random in any::<u64>(), other in any::<u64>(), day in 0i32..20_000) {
        let on = Date::constant(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
        let make = |random| case_number::make(&"510100".into(), on, random).unwrap();
        let number = make(random);
        prop_assert_eq!(case_number::parse(&case_number::grouped(&number)), Some(number.clone()));
        prop_assert_eq!(make(other) == number, other & ((1 << 50) - 1) == random & ((1 << 50) - 1));
        for slip in substitutions(&number, PLAIN_LETTERS) {
            prop_assert_eq!(case_number::parse(&slip), None, "{} for {}", slip, number);
        }
        for one in 0..25 {
            for other in 0..one {
                let slip = swapped(&number, one, other);
                prop_assert!(slip == number || case_number::parse(&slip).is_none(), "{} for {}", slip, number);
            }
        }
    }

    #[test]
    fn verification_code_notices_slips(random in any::<u128>()) {
        let code = verification_code::make(random);
        prop_assert_eq!(verification_code::parse(&code), Some(code.clone()));
        let plain = code.replace('-', "");
        for slip in substitutions(&plain, PLAIN_LETTERS).chain(neighbours(&plain)) {
            prop_assert_eq!(verification_code::parse(&slip), None, "{} for {}", slip, code);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,30}", digits in "[0-9A-Z.\\-]{0,80}") {
        for text in [text, format!("1.2.156.3005.2.{digits}"), digits] {
            let _ = (uscc::validate(&text), citizen_id::validate(&text), area::parse(&text));
            let _ = (licence_id::parse(&text), case_number::parse(&text), verification_code::parse(&text));
        }
    }
}
