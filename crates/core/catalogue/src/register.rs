//! All names that the files define, by kind; duplicates, malformed ids and clashes are told here.
//!
//! Resolves nothing: [`crate::resolve`] asks here whether a name exists.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use conditions::{NamedElement, Names, Type};
use vocabulary::{DataElementId, GroupId, WorkCalendar};

use crate::codes;
use crate::read::{Placed, Written};
use crate::report::{Place, Report};
use crate::suggest::{hint, nearest};
use crate::written::{Spanned, Texts};

/// What a name can stand for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Organisation,
    Group,
    Topic,
    Element,
    EvidenceType,
    Source,
    Table,
    Regime,
    Supervision,
    Service,
    Matter,
    LifeCycleClass,
    MatterList,
    Guide,
}

impl Kind {
    /// For people.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Group => "group",
            Self::Topic => "topic",
            Self::Element => "data element",
            Self::EvidenceType => "evidence type",
            Self::Source => "source",
            Self::Table => "table",
            Self::Regime => "regime",
            Self::Supervision => "supervision",
            Self::Service => "service",
            Self::Matter => "matter",
            Self::LifeCycleClass => "life-cycle class",
            Self::MatterList => "matter list",
            Self::Guide => "guide",
        }
    }

    /// The noun with its article.
    fn one(self) -> String {
        let noun = self.noun();
        let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {noun}")
    }

    /// The section that defines such names.
    pub(crate) fn section(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Group => "group",
            Self::Topic => "topic",
            Self::Element => "element",
            Self::EvidenceType => "evidence_type",
            Self::Source => "source",
            Self::Table => "table",
            Self::Regime => "regime",
            Self::Supervision => "supervision",
            Self::Service => "service",
            Self::Matter => "matter",
            Self::LifeCycleClass => "life_cycle_class",
            Self::MatterList => "matter_list",
            Self::Guide => "guide",
        }
    }
}

/// Every defined name.
#[derive(Debug, Default)]
pub(crate) struct Register {
    names: BTreeMap<Kind, BTreeMap<String, Place>>,
    /// Kinds with items whose names could not be read: any name may be theirs.
    nameless: BTreeSet<Kind>,
    /// Whole items may be lost, so only what looks like a slip of the pen is told.
    damaged: bool,
}

impl Register {
    /// Registers all items and takes duplicates out of `written`: the first one stays.
    pub(crate) fn build(report: &mut Report<'_>, written: &mut Written) -> Self {
        let mut register = Self::default();
        register.add(report, Kind::Organisation, &mut written.organisations, |item| &item.id);
        register.add(report, Kind::Group, &mut written.groups, |item| &item.id);
        register.add(report, Kind::Topic, &mut written.topics, |item| &item.id);
        register.add(report, Kind::Element, &mut written.elements, |item| &item.id);
        register.add(report, Kind::EvidenceType, &mut written.evidence_types, |item| &item.id);
        register.add(report, Kind::Source, &mut written.sources, |item| &item.id);
        register.add(report, Kind::Table, &mut written.tables, |item| &item.id);
        register.add(report, Kind::Regime, &mut written.regimes, |item| &item.id);
        register.add(report, Kind::Supervision, &mut written.supervisions, |item| &item.id);
        register.add(report, Kind::Service, &mut written.services, |item| &item.id);
        register.add(report, Kind::Matter, &mut written.matters, |item| &item.id);
        register.add(report, Kind::LifeCycleClass, &mut written.life_cycle, |item| &item.id);
        register.add(report, Kind::MatterList, &mut written.lists, |item| &item.id);
        register.add(report, Kind::Guide, &mut written.guides, |item| &item.id);
        register.add_broken(written);
        register.check_guides(report);
        register
    }

    fn add<T>(
        &mut self,
        report: &mut Report<'_>,
        kind: Kind,
        items: &mut Vec<Placed<T>>,
        id: impl Fn(&T) -> &Spanned<String>,
    ) {
        let names = self.names.entry(kind).or_default();
        items.retain(|placed| {
            let written = id(&placed.item);
            let place = placed.place(written);
            check_id(report, kind, written.get_ref(), place);
            if let Some(first) = names.get(written.get_ref()) {
                let message = format!("{} `{written}` is defined twice", kind.noun());
                let hint = format!("first in {}", report.describe(*first));
                report.error(codes::DUPLICATE, place, message, hint);
                return false;
            }
            names.insert(written.get_ref().clone(), place);
            true
        });
    }

    /// Items that could not be read are known by name, so that no one who names them is blamed.
    fn add_broken(&mut self, written: &Written) {
        self.damaged = written.damaged;
        for (kind, names) in &mut self.names {
            if written.nameless.contains(kind.section()) {
                self.nameless.insert(*kind);
            }
            for id in written.broken.get(kind.section()).into_iter().flatten() {
                names.entry(id.clone()).or_default();
            }
        }
    }

    /// Matters and guides are named in the same places, so they share their names.
    fn check_guides(&self, report: &mut Report<'_>) {
        let matters = self.names.get(&Kind::Matter);
        for (id, place) in self.names.get(&Kind::Guide).into_iter().flatten() {
            if let Some(matter) = matters.and_then(|matters| matters.get(id)) {
                let message = format!("guide `{id}` is a matter already");
                let hint =
                    format!("the matter stands in {}; drop the guide", report.describe(*matter));
                report.error(codes::DUPLICATE, *place, message, hint);
            }
        }
    }

    pub(crate) fn has(&self, kind: Kind, name: &str) -> bool {
        self.nameless.contains(&kind)
            || self.names.get(&kind).is_some_and(|names| names.contains_key(name))
    }

    pub(crate) fn names(&self, kind: Kind) -> impl Iterator<Item = &str> + Clone {
        self.names.get(&kind).into_iter().flat_map(|names| names.keys().map(String::as_str))
    }

    /// Tells that `name` is none of these kinds, with the nearest that is, and where such things live.
    pub(crate) fn unknown(
        &self,
        report: &mut Report<'_>,
        kinds: &[Kind],
        name: &str,
        place: Place,
    ) {
        let meant = nearest(name, kinds.iter().flat_map(|kind| self.names(*kind)));
        if self.damaged && meant.is_none() {
            return;
        }
        let homes: Vec<_> = kinds.iter().map(|kind| self.home(report, *kind, meant)).collect();
        let nouns: Vec<_> = kinds.iter().map(|kind| kind.noun()).collect();
        let message = format!("{} `{name}` is not defined", nouns.join(" or "));
        let hint = hint(meant, Some(homes.join("; ")));
        report.error(codes::UNKNOWN_NAME, place, message, hint);
    }

    /// Where things of this kind live: the section, and a file that has it.
    fn home(&self, report: &Report<'_>, kind: Kind, meant: Option<&str>) -> String {
        let names = self.names.get(&kind);
        let place = names.and_then(|names| {
            meant.and_then(|meant| names.get(meant)).or_else(|| names.values().min())
        });
        let (one, section) = (kind.one(), kind.section());
        match place {
            Some(place) => {
                let file = report.file_name(place.file);
                format!("{one} is defined by `[[{section}]]`, as in `{file}`")
            }
            None => format!("{one} is defined by `[[{section}]]`; there is none yet"),
        }
    }
}

/// Ids stand in addresses, form fields and (elements and groups) in conditions.
fn check_id(report: &mut Report<'_>, kind: Kind, id: &str, place: Place) {
    let in_conditions = matches!(kind, Kind::Element | Kind::Group);
    let allowed = |c: char| {
        c.is_ascii_lowercase()
            || c.is_ascii_digit()
            || c == '_'
            || (c == '.' && kind == Kind::Element)
            || (c == '-' && !in_conditions)
    };
    let segments_ok = id.split('.').all(|segment| {
        let first = segment.chars().next();
        first.is_some_and(|c| c.is_ascii_lowercase() || (c.is_ascii_digit() && !in_conditions))
    });
    if segments_ok && id.chars().all(allowed) {
        return;
    }
    let rule = match kind {
        Kind::Element => {
            "small letters, digits and `_`, in parts joined by `.`, each beginning with a letter"
        }
        Kind::Group => "small letters, digits and `_`, beginning with a letter",
        _ => "small letters, digits, `-` and `_`, beginning with a letter or digit",
    };
    let message = format!("`{id}` cannot be the id of {}", kind.one());
    report.error(codes::BAD_ID, place, message, format!("an id is made of {rule}"));
}

/// The names that conditions may use.
#[derive(Debug, Default)]
pub(crate) struct ConditionNames {
    elements: BTreeMap<String, NamedElement>,
    groups: BTreeMap<String, GroupId>,
    /// Set as soon as the calendars are resolved, which is before any condition is.
    calendar: OnceCell<Option<Arc<WorkCalendar>>>,
}

impl ConditionNames {
    pub(crate) fn build(report: &mut Report<'_>, written: &Written, register: &Register) -> Self {
        let mut names = Self::default();
        for group in register.names(Kind::Group) {
            names.groups.insert(group.to_owned(), group.into());
        }
        for id in register.names(Kind::Element) {
            // A broken element fits every type; the real ones replace it below.
            let group = names.group_of(id);
            let element = NamedElement { id: id.into(), ty: Type::Null, group };
            names.elements.insert(id.to_owned(), element);
        }
        for placed in &written.elements {
            let element = &placed.item;
            let ty = crate::resolve::element_type(element).condition_type();
            if let Some(named) = names.elements.get_mut(element.id.get_ref()) {
                named.ty = ty;
            }
        }
        for placed in &written.elements {
            names.check_group_name(report, placed);
            names.add_aliases(report, placed);
        }
        names
    }

    fn check_group_name(
        &self,
        report: &mut Report<'_>,
        placed: &Placed<crate::written::DataElementAsWritten>,
    ) {
        let id = &placed.item.id;
        if self.groups.contains_key(id.get_ref()) {
            let message = format!("data element `{id}` has the name of a group");
            let hint = format!("write `{id}.<name>` for something about one member");
            report.error(codes::TWO_MEANINGS, placed.place(id), message, hint);
        }
    }

    fn add_aliases(
        &mut self,
        report: &mut Report<'_>,
        placed: &Placed<crate::written::DataElementAsWritten>,
    ) {
        let Some(named) = self.elements.get(placed.item.id.get_ref()).cloned() else {
            return;
        };
        for alias in &placed.item.aliases {
            let text = alias.get_ref();
            let other = self.elements.get(text).map(|other| other.id.as_str());
            let taken = other.or_else(|| self.groups.get(text).map(GroupId::as_str));
            match taken {
                Some(other) => {
                    let message = format!("alias `{text}` of `{}` is taken", named.id);
                    let hint = format!("in conditions it already means `{other}`");
                    report.error(codes::TWO_MEANINGS, placed.place(alias), message, hint);
                }
                None => {
                    self.elements.insert(text.clone(), named.clone());
                }
            }
        }
    }

    /// Gives conditions the working days; without a single year there are none to count.
    pub(crate) fn set_calendar(&self, calendar: &WorkCalendar) {
        self.calendar
            .get_or_init(|| (!calendar.years.is_empty()).then(|| Arc::new(calendar.clone())));
    }

    /// The group of an element: named by its id's first segment, if that is a group.
    pub(crate) fn group_of(&self, element: &str) -> Option<GroupId> {
        let (first, _) = element.split_once('.')?;
        self.groups.get(first).cloned()
    }
}

impl Names for ConditionNames {
    fn element(&self, name: &str) -> Option<NamedElement> {
        self.elements.get(name).cloned()
    }

    fn group(&self, name: &str) -> Option<GroupId> {
        self.groups.get(name).cloned()
    }

    fn all(&self) -> Vec<String> {
        self.elements.keys().chain(self.groups.keys()).cloned().collect()
    }

    fn calendar(&self) -> Option<Arc<WorkCalendar>> {
        self.calendar.get().cloned().flatten()
    }
}

/// The id of an element as written.
pub(crate) fn element_id(written: &Spanned<String>) -> DataElementId {
    written.get_ref().as_str().into()
}

/// Texts as written → localised text.
pub(crate) fn localised(texts: &Texts) -> vocabulary::Localised {
    vocabulary::Localised::new(
        texts
            .iter()
            .map(|(lang, text)| (vocabulary::Lang::new(lang.as_str()), text.as_str().into())),
    )
}
