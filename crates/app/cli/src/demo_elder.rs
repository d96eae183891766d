//! Somebody in the demo's registers with a whole life behind him: a pension, a home, a father who died.

use departments::RegisterTable;
use jiff::ToSpan as _;
use vocabulary::{Date, Value};

use crate::demo_people::{number, number_of, text};

/// Login of the one who retires, buys a flat and sees to his father's affairs.
pub const ELDER: &str = "elder";

const PAPERS: [&str; 9] = [
    "appraisal-records",
    "bank-loan-records",
    "death-records",
    "employer-account",
    "enterprise-publicity",
    "family-planning-records",
    "hospital-records",
    "marriage-register",
    "police-records",
];

/// What the registers know of him.
pub(crate) fn register(table: &mut RegisterTable, today: Date) {
    person(table);
    father(table);
    home(table, today);
    pension(table);
    // Registers that only deliver papers.
    for register in PAPERS {
        table.knows(ELDER, register, &[]);
    }
}

fn person(table: &mut RegisterTable) {
    let (name, id) = (text("周砚秋"), number_of(1963, 5, 20, 17));
    table.knows(
        ELDER,
        "identity-verification",
        &[
            ("person.name", name.clone()),
            ("person.citizen_id", id.clone()),
            ("buyer.name", name),
            ("buyer.document_no", id),
            ("seller.name", text("林晓芸")),
            ("seller.document_no", number_of(1992, 9, 12, 2)),
        ],
    );
}

fn father(table: &mut RegisterTable) {
    table.knows(
        ELDER,
        "population-register",
        &[
            ("deceased.address", text("清河区梧桐街道听雨巷 8 号 2 栋 301")),
            ("deceased.ethnicity", text("汉族")),
            ("deceased.sex", text("male")),
        ],
    );
    table.knows(
        ELDER,
        "driving-licence-records",
        &[
            ("deceased.driving_licence", Value::Bool(true)),
            ("deceased.licence_no", text("990100012345")),
        ],
    );
}

fn home(table: &mut RegisterTable, today: Date) {
    let bought = today.checked_sub(7.years()).unwrap_or(today);
    table.knows(
        ELDER,
        "property-register",
        &[
            ("home.acquired_on", Value::Date(bought)),
            ("home.address", text("清河区柳荫街道望江路 20 号 2 栋 1102")),
            ("home.area", number(89)),
            ("home.certificate_no", text("某（2019）清河区不动产权第0012345号")),
            ("home.mortgaged", text("none")),
            ("home.old_lender", Value::Null),
            ("home.unit_no", text("990101001001GB00001F00010001")),
        ],
    );
    table.knows(ELDER, "family-homes", &[("home.buyer_homes", text("first"))]);
    table.knows(
        ELDER,
        "contract-filing-records",
        &[("home.contract_no", text("990101-2026-000123"))],
    );
    let paid = Value::Bool(false);
    table.knows(
        ELDER,
        "water-billing",
        &[("water.account_no", text("S0012345")), ("water.arrears", paid.clone())],
    );
    table.knows(
        ELDER,
        "power-billing",
        &[("power.account_no", text("9900012345678")), ("power.arrears", paid.clone())],
    );
    table.knows(
        ELDER,
        "gas-billing",
        &[
            ("home.has_gas", Value::Bool(true)),
            ("gas.account_no", text("Q0098765")),
            ("gas.arrears", paid.clone()),
        ],
    );
    table.knows(ELDER, "heating-billing", &[("heating.arrears", paid)]);
}

fn pension(table: &mut RegisterTable) {
    table.knows(
        ELDER,
        "pension-records",
        &[
            ("deceased.pension", text("retired")),
            ("retirement.employer_name", text("清河机械有限公司")),
            ("retirement.multi_place", Value::Bool(false)),
            ("retirement.paid_months", number(396)),
        ],
    );
    table.knows(
        ELDER,
        "medical-insurance-register",
        &[
            ("deceased.medical", text("employee")),
            ("retirement.medical_place", text("990100")),
            ("retirement.medical_short", Value::Bool(false)),
        ],
    );
    table.knows(
        ELDER,
        "housing-fund-records",
        &[
            ("deceased.housing_fund", Value::Bool(false)),
            ("retirement.has_fund", Value::Bool(true)),
            ("retirement.fund_account", text("990100123456")),
            ("retirement.fund_loan", Value::Bool(false)),
        ],
    );
    table.knows(
        ELDER,
        "archive-records",
        &[
            ("retirement.archive_reviewed", Value::Bool(true)),
            ("retirement.file_place", text("清河区人才服务中心")),
            ("retirement.special_approved", Value::Bool(false)),
        ],
    );
}
