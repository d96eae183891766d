//! Things that are probably one thing defined twice: elements, evidence types, organisations and sources whose
//! names in the default language are the same or differ by a slip of the pen, and whose types agree.
//!
//! Warnings only. Names that differ by who or which (father and mother, first and second) are different things.

use std::collections::BTreeMap;

use vocabulary::Localised;

use super::Check;
use crate::codes;
use crate::report::Place;

/// Shorter names that differ in one character are mostly different things.
const SLIP_LENGTH_MIN: usize = 7;
/// Characters that tell one thing from another: persons, numbers, directions, opposites.
const TELLING: &str = "父母夫妻男女子孙儿兄弟姐妹甲乙丙丁买卖购售出入进转迁前后上下左右内外新旧原现首末起止始终大小多少高低长短\
    正副主次公私收付借贷缴领东西南北中一二三四五六七八九十百千零年月日时分有无是否可不双单本他人事财法税水电气热省市区县";

/// Something with a name.
struct Named {
    id: String,
    name: String,
    place: Place,
}

impl Check<'_, '_, '_> {
    pub(super) fn alike(&mut self) {
        let catalogue = self.catalogue;
        let mut buckets: BTreeMap<String, Vec<Named>> = BTreeMap::new();
        let mut add = |kind: String, id: &crate::written::Spanned<String>, name, place| {
            let name = self.plain(name);
            let named = Named { id: id.get_ref().clone(), name, place };
            buckets.entry(kind).or_default().push(named);
        };
        for placed in &self.written.elements {
            let id = &placed.item.id;
            if let Some(element) = catalogue.elements.get(id.get_ref().as_str()) {
                let ty = (&element.ty, &element.group);
                add(format!("data element {ty:?}"), id, &element.name, placed.place(id));
            }
        }
        for placed in &self.written.evidence_types {
            let id = &placed.item.id;
            if let Some(ty) = catalogue.evidence_types.get(id.get_ref().as_str()) {
                add(format!("evidence type {:?}", ty.per), id, &ty.name, placed.place(id));
            }
        }
        for placed in &self.written.organisations {
            let id = &placed.item.id;
            if let Some(organisation) = catalogue.organisations.get(id.get_ref().as_str()) {
                add("organisation".to_owned(), id, &organisation.name, placed.place(id));
            }
        }
        for placed in &self.written.sources {
            let id = &placed.item.id;
            if let Some(source) = catalogue.sources.get(id.get_ref().as_str()) {
                add("source".to_owned(), id, &source.name, placed.place(id));
            }
        }
        for (kind, things) in &buckets {
            let noun = ["data element", "evidence type", "organisation", "source"]
                .into_iter()
                .find(|noun| kind.starts_with(noun))
                .unwrap_or_default();
            for (at, second) in things.iter().enumerate() {
                let earlier = things.iter().take(at);
                let Some(first) = earlier.into_iter().find(|it| alike(&it.name, &second.name))
                else {
                    continue;
                };
                let how = if first.name == second.name {
                    "has the same name as"
                } else {
                    "is named almost like"
                };
                let message = format!("{noun} `{}` {how} `{}`", second.id, first.id);
                let place = self.report.describe(first.place);
                let hint = format!(
                    "if they are one thing, keep the one in {place}; else say in the name what tells them apart"
                );
                self.report.warn(codes::ALIKE, second.place, message, hint);
            }
        }
    }

    /// The name in the default language, without what is not said aloud.
    fn plain(&self, name: &Localised) -> String {
        let default = self.catalogue.jurisdiction.languages.first();
        let text = default.and_then(|lang| name.iter().find(|(it, _)| *it == lang));
        let text = text.map(|(_, text)| text).unwrap_or_default();
        let said = text.chars().filter(|c| c.is_alphanumeric() && *c != '的');
        said.flat_map(char::to_lowercase).collect()
    }
}

fn alike(first: &str, second: &str) -> bool {
    if first == second {
        return !first.is_empty();
    }
    let length = first.chars().count();
    if length < SLIP_LENGTH_MIN || length != second.chars().count() {
        return false;
    }
    let mut different = first.chars().zip(second.chars()).filter(|(a, b)| a != b);
    let telling = |c: char| TELLING.contains(c) || c.is_ascii_digit();
    match (different.next(), different.next()) {
        (Some((a, b)), None) => !telling(a) && !telling(b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn a_slip_is_told_from_another_thing() {
        for (first, second, expected) in [
            ("联系电话", "联系电话", true),
            ("父亲身份证号码", "母亲身份证号码", false),
            ("生育津贴支付账号", "生育津贴支付账户", true),
            ("合同编号", "合同编码", false),
            ("第1次缴费日期时间", "第2次缴费日期时间", false),
            ("购房合同备案编号", "售房合同备案编号", false),
            ("不动产权证书号", "不动产权证书编号", false),
        ] {
            assert_eq!(alike(first, second), expected, "{first} {second}");
        }
    }
}
