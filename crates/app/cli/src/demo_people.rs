//! The people of the demo: applicants with what the shared registers know of them, and an officer for each
//! authority, two where there is most to do. All of them are invented; their numbers are valid by the standards but begin with an area
//! that does not exist.

use std::collections::BTreeSet;

use ::departments::{DemoCard, RegisterTable};
use anyhow::Result;
use engine::Engine;
use jiff::ToSpan;
use store_port::AccountRow;
use uuid::Uuid;
use vocabulary::codes::citizen_id;
use vocabulary::{AccountId, Date, Decimal, SubjectId, Value};
use web::access::Role;

use crate::demo_elder::{self, ELDER};
use crate::demo_rider::{self, RIDER};

/// Ids of demo accounts are derived from their logins, so that a kept data folder finds them again.
const NAMESPACE: Uuid = Uuid::from_u128(0x7969_6a69_616e_7368_6900_6465_6d6f_0001);

/// Logins of the applicants; the words of their stories are found by them.
pub const MOTHER: &str = "mother";
pub const SINGLE_MOTHER: &str = "single-mother";
pub const FOUNDER: &str = "founder";

const APPLICANTS: [(&str, &str); 5] = [
    (MOTHER, "王小梅"),
    (SINGLE_MOTHER, "李静"),
    (FOUNDER, "赵一鸣"),
    (ELDER, "周砚秋"),
    (RIDER, demo_rider::NAME),
];

/// Names of officers, one after the other; there are never fewer than authorities in the demo's catalogue
/// without somebody being met twice.
const OFFICERS: [&str; 40] = [
    "周敏",
    "叶知秋",
    "卢嘉树",
    "丁岚亭",
    "薛怀远",
    "汪以宁",
    "崔明澈",
    "范舒雅",
    "江临川",
    "夏景行",
    "秦若谷",
    "邹文彬",
    "潘玉洁",
    "龚永昌",
    "侯晓晨",
    "邵一凡",
    "孟春山",
    "龙在田",
    "万佩兰",
    "段立本",
    "雷思远",
    "钱慧中",
    "汤小满",
    "尹向阳",
    "黎书航",
    "郑海涛",
    "吴倩",
    "孙立伟",
    "何静怡",
    "林国栋",
    "徐佳",
    "马骁",
    "高岚",
    "梁文博",
    "罗雪",
    "宋致远",
    "唐颖",
    "许建国",
    "韩露",
    "冯启明",
];

/// Authorities with a second officer, so that a case can be given to a colleague.
const COLLEAGUES: [(&str, &str); 4] = [
    ("public-security", "穆青岚"),
    ("human-resources", "关行之"),
    ("market-regulation", "裴若水"),
    ("healthcare-security", "施云帆"),
];

/// Who supervises where there is most to do: authority, head of the unit 科室负责人, department's leader 分管领导.
const SUPERIORS: [(&str, &str, &str); 4] = [
    ("public-security", "陆明川", "程立诚"),
    ("human-resources", "苏文澜", "俞景和"),
    ("market-regulation", "聂远山", "费仲文"),
    ("healthcare-security", "白书翰", "毕云舒"),
];

/// Supervises all departments 效能监察.
const INSPECTOR: &str = "inspector";
const INSPECTOR_NAME: &str = "严敬之";

/// Writes the definitions of the lead department.
const DESIGNER: &str = "designer";
const DESIGNER_NAME: &str = "沈若溪";

/// The account of a demo person.
pub fn account_id(login: &str) -> AccountId {
    AccountId(Uuid::new_v5(&NAMESPACE, login.as_bytes()))
}

/// Makes (or finds again) the accounts of all demo people.
///
/// # Errors
/// The store failed.
pub async fn ensure_accounts(engine: &Engine) -> Result<()> {
    for (login, name) in APPLICANTS {
        let subject =
            Some(SubjectId(Uuid::new_v5(&NAMESPACE, format!("subject/{login}").as_bytes())));
        ensure(engine, login, name, Role::Applicant, None, subject).await?;
        // A window finds them by their cards.
        let account = engine.store().find_account(account_id(login)).await?;
        let card = CARDS.iter().find(|card| card.name == name);
        if let (Some(account), Some(card)) = (account, card) {
            engine.keep_number(&account, &card.number()).await?;
        }
    }
    ensure(engine, DESIGNER, DESIGNER_NAME, Role::Designer, None, None).await?;
    ensure(engine, INSPECTOR, INSPECTOR_NAME, Role::Inspector, None, None).await?;
    let authorities: BTreeSet<&str> =
        engine.catalogue().services.values().map(|service| service.authority.as_str()).collect();
    for (authority, name) in
        COLLEAGUES.iter().filter(|(authority, _)| authorities.contains(authority))
    {
        let (login, department) = (format!("{authority}-2"), Some((*authority).to_owned()));
        ensure(engine, &login, name, Role::Officer, department, None).await?;
    }
    for (authority, head, leader) in
        SUPERIORS.iter().filter(|(authority, ..)| authorities.contains(authority))
    {
        for (name, role) in [(head, Role::UnitHead), (leader, Role::DepartmentLeader)] {
            let (login, department) =
                (format!("{authority}-{}", role.as_str()), Some((*authority).to_owned()));
            ensure(engine, &login, name, role, department, None).await?;
        }
    }
    for (authority, name) in authorities.into_iter().zip(OFFICERS.into_iter().cycle()) {
        ensure(engine, authority, name, Role::Officer, Some(authority.to_owned()), None).await?;
    }
    Ok(())
}

/// The identity card of somebody in the demo.
struct Card {
    name: &'static str,
    born: (u16, u8, u8),
    /// Odd = a man's.
    sequence: u16,
    address: &'static str,
}

/// Cards that can be laid on a reader: those of the applicants, and of one who has never been here.
const CARDS: [Card; 6] = [
    Card {
        name: "王小梅",
        born: (1996, 3, 18),
        sequence: 42,
        address: "清河区梧桐街道听雨巷 12 号",
    },
    Card {
        name: NEWCOMER,
        born: (1997, 7, 5),
        sequence: 28,
        address: "清河区临溪街道采桑路 27 号",
    },
    Card {
        name: "李静", born: (1998, 11, 2), sequence: 36, address: "清河区柳荫街道望江路 5 号"
    },
    Card {
        name: "赵一鸣",
        born: (1991, 6, 24),
        sequence: 17,
        address: "清河区云栖街道望舒路 8 号",
    },
    Card {
        name: "周砚秋",
        born: (1963, 5, 20),
        sequence: 17,
        address: "清河区梧桐街道松月里 3 号",
    },
    Card {
        name: demo_rider::NAME,
        born: (1981, 4, 9),
        sequence: 26,
        address: "清河区云栖街道槐安路 16 号",
    },
];

/// She has no account: the window makes one when it reads her card.
const NEWCOMER: &str = "林晓雨";

impl Card {
    fn number(&self) -> String {
        let (year, month, day) = self.born;
        number_of(year, month, day, self.sequence).to_string()
    }
}

/// The cards for the simulated readers.
pub fn cards() -> Vec<DemoCard> {
    let card = |card: &Card| {
        let (year, month, day) = card.born;
        DemoCard {
            number: card.number(),
            name: card.name.to_owned(),
            sex: if card.sequence % 2 == 1 { "男" } else { "女" }.to_owned(),
            ethnicity: "汉".to_owned(),
            born_on: format!("{year:04}-{month:02}-{day:02}"),
            address: card.address.to_owned(),
        }
    };
    CARDS.iter().map(card).collect()
}

async fn ensure(
    engine: &Engine,
    login: &str,
    name: &str,
    role: Role,
    department: Option<String>,
    subject: Option<SubjectId>,
) -> Result<()> {
    let account_id = account_id(login);
    let display_name = engine.seal_account_name(account_id, subject, name).await?;
    let account = AccountRow {
        account_id,
        login: login.to_owned(),
        role: role.as_str().to_owned(),
        department,
        area: None,
        subject,
        password_hash: None,
        disabled: false,
        demo: true,
        display_name,
    };
    Ok(engine.store().upsert_account(&account).await?)
}

/// What the shared registers know of the demo's applicants; births lie a few days before `today`.
pub fn register(today: Date) -> RegisterTable {
    let mut register = RegisterTable::default();
    let born = today.checked_sub(4.days()).unwrap_or(today);
    mother(&mut register, born);
    single_mother(&mut register, today.checked_sub(3.days()).unwrap_or(today));
    newcomer(&mut register, today.checked_sub(6.days()).unwrap_or(today));
    founder(&mut register, today);
    demo_elder::register(&mut register, today);
    demo_rider::register(&mut register, today);
    // While the water company's system is down, so are its accounts.
    register.is_kept_by("water-billing", "water-company");
    register
}

fn mother(register: &mut RegisterTable, born: Date) {
    let address = "清河区梧桐街道听雨巷 12 号 3 栋 602";
    register.knows(
        MOTHER,
        "population-register",
        &[
            ("mother.name", text("王小梅")),
            ("mother.citizen_id", number_of(1996, 3, 18, 42)),
            ("mother.ethnicity", text("汉族")),
            ("mother.nationality", text("中国")),
            ("mother.address", text(address)),
        ],
    );
    register.knows(
        MOTHER,
        "population-register",
        &[
            ("father.name", text("陈知行")),
            ("father.citizen_id", number_of(1994, 9, 7, 51)),
            ("father.ethnicity", text("汉族")),
            ("father.nationality", text("中国")),
        ],
    );
    register.knows(
        MOTHER,
        "household-register",
        &[("household.head_name", text("陈知行")), ("household.address", text(address))],
    );
    register.knows(MOTHER, "marriage-register", &[("parents.married", Value::Bool(true))]);
    register.knows(
        MOTHER,
        "birth-registration-records",
        &[("birth.registered", Value::Bool(true)), ("birth.registration_no", text("SY2026000187"))],
    );
    register.knows(MOTHER, "medical-insurance-register", &[("mother.insurance", text("employee"))]);
    register.knows(
        MOTHER,
        "hospital-delivery-records",
        &[("maternity.delivery_mode", text("natural"))],
    );
    delivery(register, MOTHER, born, "female", "08:26", 3280, 50, 39);
}

/// The registers know her by her number: she has never signed in here.
fn newcomer(register: &mut RegisterTable, born: Date) {
    let address = "清河区临溪街道采桑路 27 号 2 栋 301";
    let own = number_of(1997, 7, 5, 28);
    let key = own.to_string();
    register.knows(
        &key,
        "population-register",
        &[
            ("mother.name", text(NEWCOMER)),
            ("mother.citizen_id", own),
            ("mother.ethnicity", text("汉族")),
            ("mother.nationality", text("中国")),
            ("mother.address", text(address)),
            ("father.name", text("沈知遥")),
            ("father.citizen_id", number_of(1995, 4, 11, 53)),
            ("father.ethnicity", text("汉族")),
            ("father.nationality", text("中国")),
        ],
    );
    register.knows(
        &key,
        "household-register",
        &[("household.head_name", text("沈知遥")), ("household.address", text(address))],
    );
    register.knows(&key, "marriage-register", &[("parents.married", Value::Bool(true))]);
    register.knows(
        &key,
        "birth-registration-records",
        &[("birth.registered", Value::Bool(true)), ("birth.registration_no", text("SY2026000319"))],
    );
    register.knows(&key, "medical-insurance-register", &[("mother.insurance", text("employee"))]);
    register.knows(
        &key,
        "hospital-delivery-records",
        &[("maternity.delivery_mode", text("natural"))],
    );
    delivery(register, &key, born, "male", "05:12", 3410, 51, 40);
}

fn single_mother(register: &mut RegisterTable, born: Date) {
    let address = "清河区柳荫街道望江路 5 号 1 栋 904";
    register.knows(
        SINGLE_MOTHER,
        "population-register",
        &[
            ("mother.name", text("李静")),
            ("mother.citizen_id", number_of(1998, 11, 2, 36)),
            ("mother.ethnicity", text("汉族")),
            ("mother.nationality", text("中国")),
            ("mother.address", text(address)),
        ],
    );
    register.knows(
        SINGLE_MOTHER,
        "household-register",
        &[("household.head_name", text("李静")), ("household.address", text(address))],
    );
    register.knows(SINGLE_MOTHER, "marriage-register", &[("parents.married", Value::Bool(false))]);
    register.knows(
        SINGLE_MOTHER,
        "birth-registration-records",
        &[("birth.registered", Value::Bool(true)), ("birth.registration_no", text("SY2026000264"))],
    );
    delivery(register, SINGLE_MOTHER, born, "male", "21:47", 3050, 49, 38);
}

#[expect(clippy::too_many_arguments, reason = "each is one line of a delivery record")]
fn delivery(
    register: &mut RegisterTable,
    login: &str,
    born: Date,
    sex: &str,
    time: &str,
    weight_g: u32,
    length_cm: u32,
    weeks: u32,
) {
    register.knows(
        login,
        "hospital-delivery-records",
        &[
            ("birth.location", text("清河区妇幼保健院")),
            ("birth.gestation_weeks", number(weeks)),
            ("child.sex", text(sex)),
            ("child.birth_date", Value::Date(born)),
            ("child.birth_time", text(time)),
            ("child.weight_g", number(weight_g)),
            ("child.length_cm", number(length_cm)),
        ],
    );
}

fn founder(register: &mut RegisterTable, today: Date) {
    register.knows(
        FOUNDER,
        "identity-verification",
        &[("legal.name", text("赵一鸣")), ("legal.citizen_id", number_of(1991, 6, 24, 17))],
    );
    register.knows(FOUNDER, "name-library", &[("company.name", text("云栖望舒软件有限公司"))]);
    register.knows(
        FOUNDER,
        "enterprise-licences",
        &[("company.uscc", text("91990000MA99D0010W")), ("company.status", text("active"))],
    );
    let (decided, published) = (today.checked_sub(14.months()), today.checked_sub(13.months()));
    register.knows(
        FOUNDER,
        "credit-records",
        &[
            ("company.discredited", Value::Bool(false)),
            ("record.amount", number(5000)),
            ("record.authority", text("清河区市场监督管理局")),
            ("record.class", text("minor")),
            ("record.decided_on", Value::Date(decided.unwrap_or(today))),
            ("record.document_no", text("清市监罚〔2026〕15号")),
            ("record.list_kind", Value::Null),
            ("record.listing_cause", text("annual_report")),
            ("record.published_on", Value::Date(published.unwrap_or(today))),
        ],
    );
    register.knows(
        FOUNDER,
        "pension-records",
        &[("employee.insured_elsewhere", Value::Bool(false))],
    );
    register.knows(FOUNDER, "property-register", &[]);
}

pub(crate) fn text(text: &str) -> Value {
    Value::text(text)
}

pub(crate) fn number(number: u32) -> Value {
    Value::Number(Decimal::from(number))
}

/// A citizen id number; an odd sequence is a man's.
pub(crate) fn number_of(year: u16, month: u8, day: u8, sequence: u16) -> Value {
    let first = format!("990000{year:04}{month:02}{day:02}{sequence:03}");
    let check = citizen_id::check_char(&first).unwrap_or('X');
    Value::text(format!("{first}{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_valid_and_tell_the_right_sex() {
        let checked = |value: Value| citizen_id::validate(&value.to_string()).unwrap();
        assert_eq!(checked(number_of(1996, 3, 18, 42)).sex, citizen_id::Sex::Female);
        assert_eq!(checked(number_of(1994, 9, 7, 51)).sex, citizen_id::Sex::Male);
    }

    /// Every element that has a source is known of somebody, so that the demo shows it being fetched.
    #[test]
    fn the_registers_know_something_for_every_element_with_a_source() {
        let catalogue = catalogue::compile(&crate::embedded::national()).catalogue.unwrap();
        let register = register(jiff::civil::date(2026, 3, 2));
        for element in catalogue.elements.values() {
            let Some(source) = &element.source else { continue };
            let known = APPLICANTS.iter().any(|(login, _)| {
                register.find(source.as_str(), login, element.id.as_str()).is_some()
            });
            assert!(known, "nobody has `{}` in `{source}`", element.id);
        }
        for source in catalogue.sources.values() {
            let known = APPLICANTS.iter().any(|(login, _)| register.has(source.id.as_str(), login));
            assert!(known, "nobody is in `{}`", source.id);
        }
    }
}
