//! Somebody in the demo's registers who works for herself: the factory that employed her closed, and she delivers
//! for a platform since.

use departments::RegisterTable;
use jiff::ToSpan as _;
use vocabulary::{Date, Value};

use crate::demo_people::{number, number_of, text};

/// Login of the one who works for herself.
pub const RIDER: &str = "rider";
/// Her name.
pub const NAME: &str = "纪晚晴";

/// Registers that only deliver papers.
const PAPERS: [&str; 4] =
    ["invoice-records", "platform-orders", "relief-records", "residence-permit-register"];

/// What the registers know of her.
pub(crate) fn register(table: &mut RegisterTable, today: Date) {
    let months_ago = |months: i32| Value::Date(today.checked_sub(months.months()).unwrap_or(today));
    table.knows(
        RIDER,
        "identity-verification",
        &[("person.name", text(NAME)), ("person.citizen_id", number_of(1981, 4, 9, 26))],
    );
    table.knows(
        RIDER,
        "employment-records",
        &[
            ("flexible.first_subsidy_on", Value::Null),
            ("flexible.hardship_certified", Value::Bool(false)),
            ("flexible.hardship_no", Value::Null),
            ("flexible.registered", Value::Bool(false)),
            ("flexible.registration_no", Value::Null),
            ("flexible.subsidy_months", number(0)),
            ("flexible.unemployed_since", months_ago(3)),
        ],
    );
    table.knows(RIDER, "graduate-records", &[("flexible.graduated_on", Value::Null)]);
    table.knows(
        RIDER,
        "pension-records",
        &[
            ("flexible.unemployment_benefit", Value::Bool(false)),
            ("flexible.unit_insured", Value::Bool(false)),
        ],
    );
    table.knows(RIDER, "medical-insurance-register", &[("flexible.gap_months", number(1))]);
    for register in PAPERS {
        table.knows(RIDER, register, &[]);
    }
}
