//! Makes the values that a grant brings into being: plausible, valid by the identifier standards, and always
//! the same for the same sending.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use vocabulary::codes::{citizen_id, uscc};
use vocabulary::{Date, Decimal, DispatchId, MemberId, Slot, Value};

use crate::spec::{ElementSpec, OutputSpec, Piece, ServiceSpec, ValueKind};

/// What the values are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) dispatch: DispatchId,
    /// The member that the service case is for.
    pub(crate) member: Option<&'a MemberId>,
    pub(crate) fields: &'a BTreeMap<Slot, Value>,
    pub(crate) area: &'a str,
    /// The day of the decision.
    pub(crate) today: Date,
}

/// What a grant of somebody else's is made from; as a department's own.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    pub dispatch: DispatchId,
    /// The member that the service case is for.
    pub member: Option<&'a MemberId>,
    pub fields: &'a BTreeMap<Slot, Value>,
    /// Identifiers given out begin with it.
    pub area: &'a str,
    /// The day of the decision.
    pub today: Date,
}

/// The values that granting `output` of a service brings into being.
pub fn values_of_grant(
    service: &ServiceSpec,
    output: &str,
    grant: &Grant<'_>,
) -> BTreeMap<Slot, Value> {
    let occasion = Occasion {
        dispatch: grant.dispatch,
        member: grant.member,
        fields: grant.fields,
        area: grant.area,
        today: grant.today,
    };
    let output = service.outputs.iter().find(|known| known.id == output);
    output.map(|output| of_output(output, occasion)).unwrap_or_default()
}

/// The values of one output.
pub(crate) fn of_output(output: &OutputSpec, occasion: Occasion<'_>) -> BTreeMap<Slot, Value> {
    let mut values = BTreeMap::new();
    for element in &output.elements {
        for slot in slots(element, occasion) {
            let value = of_slot(element, &slot, occasion);
            values.insert(slot, value);
        }
    }
    values
}

/// One slot, or one for each member that the request speaks of.
fn slots(element: &ElementSpec, occasion: Occasion<'_>) -> Vec<Slot> {
    let slot = |member| Slot { element: element.element.as_str().into(), member };
    if !element.grouped {
        return vec![slot(None)];
    }
    if let Some(member) = occasion.member {
        return vec![slot(Some(member.clone()))];
    }
    let group = group_of(&element.element);
    let members: BTreeSet<&MemberId> = occasion
        .fields
        .keys()
        .filter(|field| group_of(field.element.as_str()) == group)
        .filter_map(|field| field.member.as_ref())
        .collect();
    members.into_iter().map(|member| slot(Some(member.clone()))).collect()
}

fn group_of(element: &str) -> &str {
    element.split('.').next().unwrap_or(element)
}

fn of_slot(element: &ElementSpec, slot: &Slot, occasion: Occasion<'_>) -> Value {
    let seed = Uuid::new_v5(&occasion.dispatch.0, slot.to_string().as_bytes()).as_u128();
    let field = |element: &str| find(occasion.fields, element, slot.member.as_ref());
    match &element.kind {
        ValueKind::CitizenId { birth_date, sex } => {
            let born = birth_date.as_deref().and_then(field);
            let born = match born {
                Some(Value::Date(date)) => *date,
                _ => occasion.today,
            };
            let sex = sex.as_deref().and_then(field);
            let male = sex.is_some_and(|sex| *sex == Value::text("male"));
            Value::text(citizen_number(occasion.area, born, male, seed))
        }
        ValueKind::Uscc => Value::text(credit_code(occasion.area, seed)),
        ValueKind::Text(pieces) => {
            let mut text = String::new();
            let mut seed = seed;
            for piece in pieces {
                match piece {
                    Piece::Words(words) => text.push_str(words),
                    Piece::Digits(count) => text.push_str(&digits(&mut seed, *count)),
                    Piece::Field(element) => {
                        let value = field(element).map(ToString::to_string);
                        text.push_str(&value.unwrap_or_default());
                    }
                }
            }
            Value::text(text)
        }
        ValueKind::Number => Value::Number(Decimal::from(u64::try_from(seed % 100).unwrap_or(1))),
        ValueKind::Date => Value::Date(occasion.today),
        ValueKind::Bool => Value::Bool(true),
        ValueKind::Choice(option) => Value::text(option.as_str()),
        ValueKind::AreaCode => Value::text(occasion.area),
        ValueKind::Phone => Value::text(format!("139{}", digits(&mut { seed }, 8))),
    }
}

/// What the request says of an element: of this member if it is repeated, else of the whole.
fn find<'f>(
    fields: &'f BTreeMap<Slot, Value>,
    element: &str,
    member: Option<&MemberId>,
) -> Option<&'f Value> {
    let own = Slot { element: element.into(), member: member.cloned() };
    fields.get(&own).or_else(|| fields.get(&Slot { element: element.into(), member: None }))
}

/// So many digits of the seed, which moves on.
fn digits(seed: &mut u128, count: usize) -> String {
    let mut text = String::with_capacity(count);
    for _ in 0..count {
        text.push(char::from_digit(u32::try_from(*seed % 10).unwrap_or(0), 10).unwrap_or('0'));
        *seed /= 10;
    }
    text
}

/// Area, birth date, sequence (odd for men), check character.
fn citizen_number(area: &str, born: Date, male: bool, seed: u128) -> String {
    let sequence = (seed % 500) * 2 + u128::from(male);
    let first =
        format!("{area}{:04}{:02}{:02}{sequence:03}", born.year(), born.month(), born.day());
    let check = citizen_id::check_char(&first).unwrap_or('X');
    format!("{first}{check}")
}

/// A company's code: its body is an organisation code with its own check character (GB 11714).
fn credit_code(area: &str, seed: u128) -> String {
    let body = format!("MA9{}", digits(&mut { seed }, 5));
    let weights = [3u32, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(c, weight)| c.to_digit(36).unwrap_or(0).saturating_mul(weight))
        .sum();
    let body_check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let first = format!("91{area}{body}{body_check}");
    let check = uscc::check_char(&first).unwrap_or('0');
    format!("{first}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion(fields: &BTreeMap<Slot, Value>) -> Occasion<'_> {
        Occasion {
            dispatch: DispatchId(Uuid::from_u128(7)),
            member: None,
            fields,
            area: "990000",
            today: jiff::civil::date(2026, 3, 2),
        }
    }

    fn output(element: &str, grouped: bool, kind: ValueKind) -> OutputSpec {
        let element = ElementSpec { element: element.to_owned(), grouped, kind };
        OutputSpec { id: "o".to_owned(), elements: vec![element] }
    }

    #[test]
    fn a_child_gets_a_valid_number_that_tells_birth_date_and_sex() {
        let kind = ValueKind::CitizenId {
            birth_date: Some("child.birth_date".to_owned()),
            sex: Some("child.sex".to_owned()),
        };
        let output = output("child.citizen_id", true, kind);
        let born = jiff::civil::date(2026, 2, 27);
        for (sex, expected) in
            [("male", citizen_id::Sex::Male), ("female", citizen_id::Sex::Female)]
        {
            let fields = BTreeMap::from([
                (Slot::of("child.birth_date", "c1"), Value::Date(born)),
                (Slot::of("child.sex", "c1"), Value::text(sex)),
            ]);
            let values = of_output(&output, occasion(&fields));
            let number = values.get(&Slot::of("child.citizen_id", "c1")).unwrap().to_string();
            let number = citizen_id::validate(&number).unwrap();
            assert_eq!((number.birth_date, number.sex), (born, expected));
            assert_eq!(values, of_output(&output, occasion(&fields)), "the same again");
        }
    }

    #[test]
    fn codes_are_valid_and_differ_by_sending() {
        let output = output("company.uscc", false, ValueKind::Uscc);
        let fields = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for number in 0..200 {
            let dispatch = DispatchId(Uuid::from_u128(number));
            let values = of_output(&output, Occasion { dispatch, ..occasion(&fields) });
            let code = values.get(&Slot::single("company.uscc")).unwrap().to_string();
            assert_eq!(uscc::validate(&code), Ok(code.clone()));
            seen.insert(code);
        }
        assert!(seen.len() > 190);
    }

    #[test]
    fn text_follows_its_pattern() {
        let pieces = vec![
            Piece::Field("company.trade_name".to_owned()),
            Piece::Words("有限公司第".to_owned()),
            Piece::Digits(3),
        ];
        let output = output("company.name", false, ValueKind::Text(pieces));
        let fields = BTreeMap::from([(Slot::single("company.trade_name"), Value::text("听雨"))]);
        let values = of_output(&output, occasion(&fields));
        let name = values.get(&Slot::single("company.name")).unwrap().to_string();
        let number = name.strip_prefix("听雨有限公司第").unwrap();
        assert!(number.len() == 3 && number.chars().all(|c| c.is_ascii_digit()), "{name}");
    }
}
