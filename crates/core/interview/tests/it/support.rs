//! The invented jurisdiction, and what both kinds of tests need.

use std::sync::LazyLock;

use catalogue::{Binds, Catalogue, Matter, Question, SourceFile};
use interview::{Asking, size_slot};
use vocabulary::{Date, Facts, MemberId, Slot};

/// Its decision table, in both editions.
const CLASS_2020: &str =
    include_str!("../../../../../definitions/sample/tables/stall-class.2020.csv");
const CLASS_2026: &str =
    include_str!("../../../../../definitions/sample/tables/stall-class.2026.dmn");

pub(crate) static SAMPLE: LazyLock<Catalogue> = LazyLock::new(|| {
    sample_with_services(include_str!("../../../../../definitions/sample/services.toml"))
});

/// The sample with a piece of its services, which stands there once, replaced.
pub(crate) fn changed_sample(from: &str, to: &str) -> Catalogue {
    let services = include_str!("../../../../../definitions/sample/services.toml");
    assert_eq!(services.matches(from).count(), 1, "`{from}` must stand once");
    sample_with_services(&services.replace(from, to))
}

fn sample_with_services(services: &str) -> Catalogue {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let files = [
        file("base.toml", include_str!("../../../../../definitions/sample/base.toml")),
        file("matters.toml", include_str!("../../../../../definitions/sample/matters.toml")),
        file("services.toml", services),
        file("tables/stall-class.2020.csv", CLASS_2020),
        file("tables/stall-class.2026.dmn", CLASS_2026),
    ];
    let compiled = catalogue::compile(&files);
    compiled.catalogue.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

pub(crate) fn matter() -> &'static Matter {
    SAMPLE.matter("open-a-tea-stall").unwrap()
}

pub(crate) fn today() -> Date {
    "2026-09-04".parse().unwrap()
}

/// `question` or `question~member`.
pub(crate) fn name(question: &Question, member: Option<&MemberId>) -> String {
    match member {
        None => question.id.to_string(),
        Some(member) => format!("{}~{member}", question.id),
    }
}

/// Answers as a person would: a number of members, `?` for "I do not know", or a value.
pub(crate) fn give(facts: &mut Facts, asking: &Asking<'_>, text: &str) {
    match &asking.question.binds {
        Binds::CountOf(group) if text == "?" => facts.decline(size_slot(group)),
        Binds::CountOf(group) => {
            let count: u32 = text.parse().unwrap();
            let members = (1..=count).map(|n| MemberId::new(format!("h{n}"))).collect();
            facts.set_members(group.clone(), members);
        }
        Binds::Element(id) => {
            let slot = Slot { element: id.clone(), member: asking.member.clone() };
            if text == "?" {
                facts.decline(slot);
            } else {
                let element = SAMPLE.element(id).unwrap();
                let value = interview::accept_value(element, &slot, text, today()).unwrap();
                facts.answer(slot, value);
            }
        }
    }
}
