//! As-written items → resolved ones. One checked crossing: every name becomes an id that exists, every
//! text of a number, date, period or condition becomes a value; what cannot is told, and a stand-in
//! keeps the rest going. Stand-ins never leave this crate: with an error there is no catalogue.
//!
//! Checks items one by one; what only shows when they are joined is in [`crate::check`].

mod calendar;
mod foundations;
mod matter;
mod service;
mod supervision;
mod table;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use conditions::{Condition, Names};
use vocabulary::{GroupId, MatterId};

use crate::codes;
use crate::read::{Placed, Written};
use crate::register::{ConditionNames, Kind, Register};
use crate::report::{Place, Report};
use crate::written::Spanned;
use crate::{Catalogue, Jurisdiction};

pub(crate) use foundations::element_type;

/// What resolving gives: a catalogue without revisions, perhaps with stand-ins.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) catalogue: Catalogue,
    /// Some name or condition could not be resolved, so nobody can say what is unused.
    pub(crate) uncertain: bool,
}

/// The group whose member is in scope where a condition stands.
enum Scope {
    Of(Option<GroupId>),
    /// It hangs on something that could not be read or found.
    Unknown,
}

/// Carries what every crossing needs. `file` is the file of the item being resolved.
pub(crate) struct Resolver<'r, 'a> {
    report: &'r mut Report<'a>,
    register: &'r Register,
    names: &'r ConditionNames,
    /// Evidence type → the group it is repeated for.
    evidence_groups: BTreeMap<&'r str, Option<GroupId>>,
    /// Service → the group it is repeated for.
    service_groups: BTreeMap<&'r str, Option<GroupId>>,
    written: &'r Written,
    uncertain: bool,
    file: usize,
}

/// Resolves everything that was read.
pub(crate) fn resolve<'r>(
    report: &'r mut Report<'_>,
    register: &'r Register,
    names: &'r ConditionNames,
    written: &'r Written,
) -> Resolved {
    let types = written.evidence_types.iter().map(|placed| &placed.item);
    let services = written.services.iter().map(|placed| &placed.item);
    let group = |per: &Option<Spanned<String>>| {
        per.as_ref().map(|per| GroupId::from(per.get_ref().as_str()))
    };
    let mut resolver = Resolver {
        report,
        register,
        names,
        evidence_groups: types.map(|ty| (ty.id.get_ref().as_str(), group(&ty.per))).collect(),
        service_groups: services.map(|it| (it.id.get_ref().as_str(), group(&it.per))).collect(),
        written,
        uncertain: false,
        file: 0,
    };
    let jurisdiction = resolver.only_jurisdiction(written);
    let catalogue = resolver.catalogue(written, jurisdiction);
    Resolved { catalogue, uncertain: resolver.uncertain }
}

impl Resolver<'_, '_> {
    fn catalogue(&mut self, written: &Written, jurisdiction: Jurisdiction) -> Catalogue {
        let calendar = self.calendar(written);
        self.names.set_calendar(&calendar);
        let mut life_cycle = self.all(&written.life_cycle, Self::life_cycle_class);
        life_cycle.sort_by(|a, b| {
            (a.audience as u8, a.order, &a.id).cmp(&(b.audience as u8, b.order, &b.id))
        });
        let mut lists = self.all(&written.lists, Self::matter_list);
        lists.sort_by(|a, b| a.id.cmp(&b.id));
        let regimes = keyed(self.all(&written.regimes, Self::regime), |it| &it.id);
        let mut supervisions = self.all(&written.supervisions, Self::supervision);
        supervisions.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        let mut services = keyed(self.all(&written.services, Self::service), |it| &it.id);
        for service in services.values_mut().filter(|service| service.statutory.is_none()) {
            service.statutory = regimes.get(&service.regime).and_then(|it| it.statutory.clone());
        }
        let mut catalogue = Catalogue {
            jurisdiction,
            organisations: keyed(self.all(&written.organisations, Self::organisation), |it| &it.id),
            groups: keyed(self.all(&written.groups, Self::group), |it| &it.id),
            topics: keyed(self.all(&written.topics, Self::topic), |it| &it.id),
            elements: keyed(self.all(&written.elements, Self::element), |it| &it.id),
            evidence_types: keyed(self.all(&written.evidence_types, Self::evidence_type), |it| {
                &it.id
            }),
            sources: self.sources(written),
            tables: BTreeMap::new(),
            table_order: Vec::new(),
            regimes,
            supervisions,
            calendar,
            services,
            matters: keyed(self.all(&written.matters, Self::matter), |it| &it.id),
            life_cycle,
            lists,
            guides: keyed(self.all(&written.guides, Self::guide), |it| &it.id),
            revision: Arc::from(""),
            source: Arc::default(),
        };
        self.tables(written, &mut catalogue);
        catalogue
    }

    fn all<W, R>(&mut self, written: &[Placed<W>], resolve: impl Fn(&mut Self, &W) -> R) -> Vec<R> {
        let mut resolved = Vec::with_capacity(written.len());
        for placed in written {
            self.file = placed.file;
            resolved.push(resolve(self, &placed.item));
        }
        resolved
    }

    fn place(&self, written: &Spanned<String>) -> Place {
        Place { file: self.file, at: written.span().start }
    }

    fn error(
        &mut self,
        code: &'static str,
        written: &Spanned<String>,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        let place = self.place(written);
        self.report.error(code, place, message, hint);
    }

    /// The id for a name, which is told when nothing defines it.
    fn name<I: for<'t> From<&'t str>>(&mut self, kind: Kind, written: &Spanned<String>) -> I {
        let place = self.place(written);
        if !self.register.has(kind, written.get_ref()) {
            self.uncertain = true;
            self.register.unknown(self.report, &[kind], written.get_ref(), place);
        }
        I::from(written.get_ref())
    }

    fn optional_name<I: for<'t> From<&'t str>>(
        &mut self,
        kind: Kind,
        written: Option<&Spanned<String>>,
    ) -> Option<I> {
        written.map(|written| self.name(kind, written))
    }

    fn names<I: for<'t> From<&'t str>>(
        &mut self,
        kind: Kind,
        written: &[Spanned<String>],
    ) -> Vec<I> {
        written.iter().map(|written| self.name(kind, written)).collect()
    }

    /// A matter or a guide.
    fn matter_name(&mut self, written: &Spanned<String>) -> MatterId {
        let kinds = [Kind::Matter, Kind::Guide];
        let place = self.place(written);
        if !kinds.iter().any(|kind| self.register.has(*kind, written.get_ref())) {
            self.uncertain = true;
            self.register.unknown(self.report, &kinds, written.get_ref(), place);
        }
        written.get_ref().as_str().into()
    }

    /// Tells every id that stands twice in one list.
    fn unique<'w>(&mut self, noun: &str, ids: impl IntoIterator<Item = &'w Spanned<String>>) {
        let mut seen = std::collections::BTreeSet::new();
        for id in ids {
            if !seen.insert(id.get_ref()) {
                self.error(codes::DUPLICATE, id, format!("{noun} `{id}` stands here twice"), None);
            }
        }
    }

    /// A condition; absent = always.
    fn condition(&mut self, written: Option<&Spanned<String>>, scope: &Scope) -> Condition {
        let Some(written) = written else {
            return Condition::always();
        };
        let Scope::Of(group) = scope else {
            self.uncertain = true;
            return Condition::always();
        };
        match Condition::compile(written.get_ref(), self.names, group.as_ref()) {
            Ok(condition) => condition,
            Err(findings) => {
                self.uncertain = true;
                for finding in findings {
                    if self.follows_from_broken(written.get_ref(), &finding) {
                        continue;
                    }
                    let at = self.offset_within(written, finding.span.start);
                    let place = Place { file: self.file, at };
                    self.report.error(finding.code, place, finding.message, finding.hint);
                }
                Condition::always()
            }
        }
    }

    /// Whether a finding may only be there because an element or a group could not be read: the
    /// condition names it, or names something that may be one of its aliases.
    fn follows_from_broken(&self, condition: &str, finding: &conditions::Finding) -> bool {
        let broken = || ["element", "group"].iter().filter_map(|it| self.written.broken.get(it));
        if broken().next().is_none() && !self.written.damaged {
            return false;
        }
        let pointed_at = condition.get(finding.span.start..finding.span.end).unwrap_or_default();
        let is_name = pointed_at.chars().all(|c| c.is_alphanumeric() || "._`".contains(c));
        let name = pointed_at.trim_matches('`');
        let is_unknown = self.names.element(name).is_none() && self.names.group(name).is_none();
        (is_name && is_unknown) || broken().flatten().any(|id| condition.contains(id.as_str()))
    }

    /// The scope of a need for an element: the service's group, or else the element's own.
    fn scope_of_element(&self, per: Option<&GroupId>, element: &Spanned<String>) -> Scope {
        match per {
            Some(per) => Scope::Of(Some(per.clone())),
            None if self.register.has(Kind::Element, element.get_ref()) => {
                Scope::Of(self.names.group_of(element.get_ref()))
            }
            None => Scope::Unknown,
        }
    }

    /// The scope of a need for evidence: the service's group, or else the evidence type's own.
    fn scope_of_evidence(&self, per: Option<&GroupId>, ty: &Spanned<String>) -> Scope {
        match per {
            Some(per) => Scope::Of(Some(per.clone())),
            None => match self.evidence_groups.get(ty.get_ref().as_str()) {
                Some(own) => Scope::Of(own.clone()),
                None => Scope::Unknown,
            },
        }
    }

    /// The scope of a service within a matter.
    fn scope_of_service(&self, service: &Spanned<String>) -> Scope {
        match self.service_groups.get(service.get_ref().as_str()) {
            Some(per) => Scope::Of(per.clone()),
            None => Scope::Unknown,
        }
    }

    /// Where the `offset`th byte of a text's value stands in the file. Exact while the text has no
    /// escapes; with escapes, the beginning of the text.
    fn offset_within(&self, written: &Spanned<String>, offset: usize) -> usize {
        const OPENINGS: [&str; 8] =
            ["'''\r\n", "'''\n", "'''", "\"\"\"\r\n", "\"\"\"\n", "\"\"\"", "'", "\""];
        let span = written.span();
        let raw = self.report.text(self.file).get(span.clone()).unwrap_or_default();
        let opening = OPENINGS.iter().find(|opening| {
            raw.strip_prefix(**opening)
                .and_then(|rest| rest.strip_prefix(written.get_ref().as_str()))
                .is_some_and(|rest| matches!(rest, "'''" | "\"\"\"" | "'" | "\""))
        });
        opening.map_or(span.start, |opening| {
            span.start.saturating_add(opening.len()).saturating_add(offset)
        })
    }
}

fn keyed<K: Ord + Clone, T>(items: Vec<T>, id: impl Fn(&T) -> &K) -> BTreeMap<K, T> {
    items.into_iter().map(|item| (id(&item).clone(), item)).collect()
}
