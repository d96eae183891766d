//! Names and values of the catalogue as people read them.

use catalogue::{Catalogue, ElementType, Way};
use vocabulary::{
    DataElementId, EvidenceTypeId, MemberId, OrganisationId, Slot, SourceId, TableId, Value,
};

use crate::page::Page;

/// Members are called by the number in their id (`c2` → ②); empty when the id has none up to 20. Whoever knows
/// that there is only one leaves the number out, as [`member_label`] does.
pub fn member_number(member: &MemberId) -> String {
    let digits: String = member.as_str().chars().filter(char::is_ascii_digit).collect();
    match digits.parse::<u32>() {
        Ok(n @ 1..=20) => {
            char::from_u32(0x2460 + n - 1).map_or_else(String::new, |c| c.to_string())
        }
        _ => String::new(),
    }
}

/// 孩子①, or 孩子 when there is only one.
pub fn member_label(
    catalogue: &Catalogue,
    page: &Page,
    element: &DataElementId,
    member: &MemberId,
    count: usize,
) -> String {
    let group = catalogue
        .element(element)
        .and_then(|element| element.group.as_ref())
        .and_then(|group| catalogue.groups.get(group));
    let name = group.map_or("", |group| page.text(&group.name));
    if count > 1 { format!("{name}{}", member_number(member)) } else { name.to_owned() }
}

pub fn element_name(catalogue: &Catalogue, page: &Page, id: &DataElementId) -> String {
    catalogue.element(id).map_or_else(|| id.to_string(), |e| page.text(&e.name).to_owned())
}

pub fn slot_name(catalogue: &Catalogue, page: &Page, slot: &Slot) -> String {
    element_name(catalogue, page, &slot.element)
}

/// An amount in a currency, as people write it.
pub fn money(page: &Page, amount: &vocabulary::Decimal, currency: &str) -> String {
    match currency {
        "CNY" => page.t1("amount-cny", "amount", amount),
        other => format!("{amount} {other}"),
    }
}

pub fn evidence_name(catalogue: &Catalogue, page: &Page, id: &EvidenceTypeId) -> String {
    catalogue
        .evidence_types
        .get(id)
        .map_or_else(|| id.to_string(), |t| page.text(&t.name).to_owned())
}

pub fn source_name(catalogue: &Catalogue, page: &Page, id: &SourceId) -> String {
    catalogue.sources.get(id).map_or_else(|| id.to_string(), |s| page.text(&s.name).to_owned())
}

pub fn table_name(catalogue: &Catalogue, page: &Page, id: &TableId) -> String {
    catalogue.tables.get(id).map_or_else(|| id.to_string(), |it| page.text(&it.name).to_owned())
}

/// A value that a table found, or that it will find.
pub fn computed_text(
    catalogue: &Catalogue,
    page: &Page,
    element: &DataElementId,
    (value, table): (Option<&Value>, &TableId),
) -> String {
    let table = table_name(catalogue, page, table);
    match value {
        Some(value) => {
            let value = value_text(catalogue, page, element, value);
            page.t2("computed-by", "table", table, "value", value)
        }
        None => page.t1("computed-later", "table", table),
    }
}

pub fn organisation_name(catalogue: &Catalogue, page: &Page, id: &OrganisationId) -> String {
    catalogue
        .organisations
        .get(id)
        .map_or_else(|| id.to_string(), |o| page.text(&o.short).to_owned())
}

pub fn organisation_full_name(catalogue: &Catalogue, page: &Page, id: &OrganisationId) -> String {
    catalogue
        .organisations
        .get(id)
        .map_or_else(|| id.to_string(), |o| page.text(&o.name).to_owned())
}

/// A value as people read it: 是／否, the option's name, a date in words.
pub fn value_text(
    catalogue: &Catalogue,
    page: &Page,
    element: &DataElementId,
    value: &Value,
) -> String {
    match value {
        Value::Null => page.t("value-none"),
        Value::Bool(true) => page.t("value-yes"),
        Value::Bool(false) => page.t("value-no"),
        Value::Date(date) => page.date(*date),
        Value::Number(number) => match catalogue.element(element) {
            Some(element) => element.in_units(*number, |unit| page.text(unit).to_owned()),
            None => number.to_string(),
        },
        Value::Text(text) => match catalogue.element(element).map(|element| &element.ty) {
            Some(ElementType::Choice(options)) => options
                .iter()
                .find(|option| option.id == *text)
                .map_or_else(|| text.to_string(), |option| page.text(&option.name).to_owned()),
            _ => text.to_string(),
        },
    }
}

/// A way to satisfy evidence, in words.
pub fn way_text(page: &Page, way: Way) -> String {
    page.t(match way {
        Way::Upload => "way-upload",
        Way::Source => "way-source",
        Way::Licence => "way-licence",
        Way::Output => "way-output",
        Way::Commitment => "way-commitment",
        Way::Deferral => "way-deferral",
        Way::Generated => "way-generated",
    })
}
