//! What the simulated departments have to know of their services, taken from the catalogue.

use std::collections::BTreeMap;

use ::departments::{DepartmentSpec, ElementSpec, Line, OutputSpec, Piece, ServiceSpec, ValueKind};
use catalogue::{Catalogue, ChecklistLine, DataElement, ElementType, Output, PublicService};
use vocabulary::Lang;

/// One department for each authority of the catalogue's services.
pub fn specs(catalogue: &Catalogue) -> Vec<DepartmentSpec> {
    let mut departments: BTreeMap<&str, DepartmentSpec> = BTreeMap::new();
    for service in catalogue.services.values() {
        let id = service.authority.as_str();
        let department = departments.entry(id).or_insert_with(|| DepartmentSpec {
            id: id.to_owned(),
            area: area(catalogue, service),
            services: Vec::new(),
        });
        department.services.push(service_spec(catalogue, service));
    }
    departments.into_values().collect()
}

/// The area that identifiers given out begin with: the authority's, else that in its own code.
fn area(catalogue: &Catalogue, service: &PublicService) -> String {
    let authority = catalogue.organisations.get(&service.authority);
    let own = authority.and_then(|authority| {
        let coded = authority.uscc.as_deref().and_then(|code| code.get(2..8));
        authority.area.as_deref().or(coded)
    });
    own.or(catalogue.jurisdiction.area.as_deref()).unwrap_or("990000").to_owned()
}

fn service_spec(catalogue: &Catalogue, service: &PublicService) -> ServiceSpec {
    let lang = catalogue.jurisdiction.languages.first().cloned();
    let lang = lang.unwrap_or_else(|| Lang::new("zh"));
    let line = |lines: &[ChecklistLine]| {
        lines
            .first()
            .map(|line| Line { id: line.id.to_string(), text: line.text.get(&lang).to_owned() })
    };
    let none = || Line { id: "other".to_owned(), text: String::new() };
    let first_line = line(&service.checklist);
    ServiceSpec {
        service: service.id.to_string(),
        outputs: service
            .outputs
            .iter()
            .map(|output| output_spec(catalogue, service, output))
            .collect(),
        refusal_ground: line(&service.refusal_grounds)
            .or_else(|| first_line.clone())
            .unwrap_or_else(none),
        first_line: first_line.unwrap_or_else(none),
    }
}

fn output_spec(catalogue: &Catalogue, service: &PublicService, output: &Output) -> OutputSpec {
    let elements = output.elements.iter().filter_map(|id| {
        let element = catalogue.element(id)?;
        Some(ElementSpec {
            element: id.to_string(),
            grouped: element.group.is_some(),
            kind: kind(catalogue, service, element),
        })
    });
    OutputSpec { id: output.id.to_string(), elements: elements.collect() }
}

fn kind(catalogue: &Catalogue, service: &PublicService, element: &DataElement) -> ValueKind {
    match &element.ty {
        ElementType::CitizenId => {
            let of_the_same = || {
                let fields =
                    service.fields.iter().filter_map(|need| catalogue.element(&need.element));
                fields.filter(|field| field.group == element.group)
            };
            let born = of_the_same().find(|field| field.ty == ElementType::Date);
            let sex = of_the_same().find(|field| tells_the_sex(&field.ty));
            ValueKind::CitizenId {
                birth_date: born.map(|field| field.id.to_string()),
                sex: sex.map(|field| field.id.to_string()),
            }
        }
        ElementType::Uscc => ValueKind::Uscc,
        ElementType::Number => ValueKind::Number,
        ElementType::Date => ValueKind::Date,
        ElementType::Bool => ValueKind::Bool,
        ElementType::AreaCode => ValueKind::AreaCode,
        ElementType::Phone => ValueKind::Phone,
        ElementType::Choice(options) => ValueKind::Choice(
            options.first().map(|option| option.id.to_string()).unwrap_or_default(),
        ),
        ElementType::Text | ElementType::LongText => {
            let examples = service.fields.iter().filter_map(|need| {
                let field = catalogue.element(&need.element)?;
                let words = field.ty == ElementType::Text && field.id != element.id;
                Some((field.id.to_string(), field.example.clone().filter(|_| words)?))
            });
            ValueKind::Text(pattern(element.example.as_deref().unwrap_or("ZL0000000000"), examples))
        }
    }
}

fn tells_the_sex(ty: &ElementType) -> bool {
    matches!(ty, ElementType::Choice(options) if options.iter().any(|option| option.id.as_ref() == "male"))
}

/// The pattern of a text after its example: where the example repeats that of another field, the field's value
/// stands; the last digits of a longer number are different for each case; the rest is as it is.
fn pattern(example: &str, fields: impl Iterator<Item = (String, String)>) -> Vec<Piece> {
    let mut fields: Vec<(String, String)> =
        fields.filter(|(_, words)| words.chars().count() >= 2).collect();
    fields.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
    let mut pieces = vec![Piece::Words(example.to_owned())];
    for (field, words) in fields {
        pieces = pieces.into_iter().flat_map(|piece| replaced(piece, &field, &words)).collect();
    }
    pieces.into_iter().flat_map(with_digits).collect()
}

fn replaced(piece: Piece, field: &str, words: &str) -> Vec<Piece> {
    match &piece {
        Piece::Words(text) => match text.split_once(words) {
            Some((before, after)) => [
                Piece::Words(before.to_owned()),
                Piece::Field(field.to_owned()),
                Piece::Words(after.to_owned()),
            ]
            .into_iter()
            .filter(|piece| *piece != Piece::Words(String::new()))
            .collect(),
            None => vec![piece],
        },
        Piece::Digits(_) | Piece::Field(_) => vec![piece],
    }
}

/// A number at the end keeps its beginning; at most its last six digits change.
fn with_digits(piece: Piece) -> Vec<Piece> {
    let Piece::Words(text) = &piece else { return vec![piece] };
    let count = text.bytes().rev().take_while(u8::is_ascii_digit).count().min(6);
    let Some(kept) = text.len().checked_sub(count).and_then(|end| text.get(..end)) else {
        return vec![piece];
    };
    if count < 3 {
        return vec![piece];
    }
    [Piece::Words(kept.to_owned()), Piece::Digits(count)]
        .into_iter()
        .filter(|piece| *piece != Piece::Words(String::new()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_follow_examples() {
        let fields = || {
            [("company.trade_name", "听雨"), ("company.industry", "文化创意")]
                .map(|(field, words)| (field.to_owned(), words.to_owned()))
                .into_iter()
        };
        let field = |name: &str| Piece::Field(name.to_owned());
        let words = |text: &str| Piece::Words(text.to_owned());
        for (example, expected) in [
            (
                "听雨文化创意有限公司",
                vec![field("company.trade_name"), field("company.industry"), words("有限公司")],
            ),
            ("Z990000123", vec![words("Z990"), Piece::Digits(6)]),
            ("SY2026000123", vec![words("SY2026"), Piece::Digits(6)]),
            ("II", vec![words("II")]),
            ("123456", vec![Piece::Digits(6)]),
        ] {
            assert_eq!(pattern(example, fields()), expected, "{example}");
        }
    }

    #[test]
    fn every_authority_is_there_and_a_child_gets_its_number_from_what_the_request_says() {
        let catalogue = catalogue::compile(&crate::embedded::national()).catalogue.unwrap();
        let specs = specs(&catalogue);
        let police = specs.iter().find(|spec| spec.id == "public-security").unwrap();
        assert_eq!(police.area, "990000");
        let page = &police.service("household-registration").unwrap().outputs[0];
        let expected = ValueKind::CitizenId {
            birth_date: Some("child.birth_date".to_owned()),
            sex: Some("child.sex".to_owned()),
        };
        assert_eq!((page.elements[0].grouped, &page.elements[0].kind), (true, &expected));
        for service in catalogue.services.values() {
            let spec = specs.iter().find_map(|spec| spec.service(service.id.as_str())).unwrap();
            assert!(!spec.refusal_ground.id.is_empty() && !spec.first_line.text.is_empty());
            assert_eq!(spec.outputs.len(), service.outputs.len());
        }
    }
}
