//! What matters and services refer to: elements, evidence types, sources, groups, regimes and the rest.

use vocabulary::Localised;

use super::service::present;
use super::{
    About, Asks, Change, Changes, How, ItemDiff, Kind, Shown, What, count, differing, items,
    longer, paired,
};
use crate::{
    Catalogue, DataElement, DatedPeriod, ElementType, EvidenceType, Group, Regime, Source,
};

pub(super) fn diff(before: &Catalogue, after: &Catalogue) -> Vec<ItemDiff> {
    let (was, is) = (before, after);
    let mut all = Vec::new();
    let plain = |_: &_, _: &_| Vec::new();
    all.extend(items(Kind::Element, &was.elements, &is.elements, |it| it.name.clone(), element));
    all.extend(items(
        Kind::EvidenceType,
        &was.evidence_types,
        &is.evidence_types,
        |it| it.name.clone(),
        evidence_type,
    ));
    all.extend(items(Kind::Source, &was.sources, &is.sources, |it| it.name.clone(), source));
    all.extend(items(Kind::Group, &was.groups, &is.groups, |it| it.name.clone(), group));
    all.extend(items(
        Kind::Table,
        &was.tables,
        &is.tables,
        |it| it.name.clone(),
        |_, _| Vec::new(),
    ));
    all.extend(items(Kind::Regime, &was.regimes, &is.regimes, |it| it.name.clone(), regime));
    all.extend(items(
        Kind::Organisation,
        &was.organisations,
        &is.organisations,
        |it| it.name.clone(),
        plain,
    ));
    all.extend(items(
        Kind::Topic,
        &was.topics,
        &is.topics,
        |it| it.name.clone(),
        |_, _| Vec::new(),
    ));
    all.extend(items(
        Kind::Guide,
        &was.guides,
        &is.guides,
        |it| it.name.clone(),
        |_, _| Vec::new(),
    ));
    all.extend(listed(Kind::List, &was.lists, &is.lists, |it| {
        (it.id.to_string(), it.name.clone())
    }));
    all.extend(listed(Kind::LifeCycleClass, &was.life_cycle, &is.life_cycle, |it| {
        (it.id.to_string(), it.name.clone())
    }));
    all.extend(listed(Kind::Supervision, &was.supervisions, &is.supervisions, |it| {
        (it.id.to_string(), it.name.clone())
    }));
    all.extend(calendar(was, is));
    let (name, id) = (is.jurisdiction.name.clone(), is.jurisdiction.id.to_string());
    let jurisdictions = (&was.jurisdiction, &is.jurisdiction);
    all.extend(differing(
        Kind::Jurisdiction,
        &id,
        name,
        jurisdictions.0,
        jurisdictions.1,
        |_, _| Vec::new(),
    ));
    all
}

/// Items that stand in a list, by id.
fn listed<T: crate::revision::Canonical>(
    kind: Kind,
    before: &[T],
    after: &[T],
    known_as: impl Fn(&T) -> (String, Localised),
) -> Vec<ItemDiff> {
    let mut diffs = Vec::new();
    for pair in paired(before, after, |it| known_as(it).0) {
        let Some((id, name)) = pair.1.or(pair.0).map(&known_as) else { continue };
        let how = match pair {
            (Some(was), Some(is)) => {
                diffs.extend(differing(kind, &id, name, was, is, |_, _| Vec::new()));
                continue;
            }
            (None, _) => How::Added,
            (_, None) => How::Removed,
        };
        let (id, changes) = (id.into(), Vec::new());
        diffs.push(ItemDiff { kind, id, name, how, changes, texts: 0 });
    }
    diffs
}

fn element(was: &DataElement, is: &DataElement) -> Vec<Change> {
    let mut changes = Changes::default();
    if let (ElementType::Choice(old), ElementType::Choice(new)) = (&was.ty, &is.ty) {
        for pair in paired(old, new, |option| &option.id) {
            let Some(either) = pair.1.or(pair.0) else { continue };
            let about = About::one(What::Option, &either.id, either.name.clone());
            present(&mut changes, about, pair, Asks::Same);
        }
    } else if was.ty != is.ty {
        let ty = |element: &DataElement| {
            let name = match &element.ty {
                ElementType::Choice(_) => "Choice".to_owned(),
                other => format!("{other:?}"),
            };
            Shown::Codes(vec![name])
        };
        changes.changed(About::the(What::Type), ty(was), ty(is), Asks::Depends);
    }
    let source = |element: &DataElement| {
        element.source.as_ref().map(|source| Shown::Codes(vec![source.to_string()]))
    };
    let about = About::the(What::SourceOf);
    match (source(was), source(is)) {
        (None, new @ Some(_)) => changes.added(about, new, Asks::Less),
        (old @ Some(_), None) => changes.removed(about, old, Asks::Less),
        (Some(old), Some(new)) => changes.changed(about, old, new, Asks::Depends),
        (None, None) => {}
    }
    match (was.max_length, is.max_length) {
        (Some(old), Some(new)) => {
            let asks = Asks::of(&new, &old);
            changes.changed(About::the(What::MaxLength), count(old), count(new), asks);
        }
        (None, Some(new)) => {
            changes.added(About::the(What::MaxLength), Some(count(new)), Asks::Depends);
        }
        (Some(old), None) => {
            changes.removed(About::the(What::MaxLength), Some(count(old)), Asks::Depends);
        }
        (None, None) => {}
    }
    changes.0
}

fn evidence_type(was: &EvidenceType, is: &EvidenceType) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.codes(About::the(What::Formats), &was.formats, &is.formats);
    let asks = Asks::of(&is.size_bytes_max, &was.size_bytes_max);
    let size = |ty: &EvidenceType| Shown::Count(ty.size_bytes_max);
    changes.changed(About::the(What::Size), size(was), size(is), asks);
    changes.0
}

fn source(was: &Source, is: &Source) -> Vec<Change> {
    let mut changes = Changes::default();
    let delivers = |source: &Source| -> Vec<String> {
        source.evidence.iter().map(ToString::to_string).collect()
    };
    changes.codes(About::the(What::Delivers), &delivers(was), &delivers(is));
    let asks = match (was.when.is_always(), is.when.is_always()) {
        (true, false) => Asks::More,
        (false, true) => Asks::Less,
        _ => Asks::Depends,
    };
    let when = |source: &Source| Shown::Condition(source.when.source().into());
    changes.changed(About::the(What::DeliversWhen), when(was), when(is), asks);
    changes.0
}

fn group(was: &Group, is: &Group) -> Vec<Change> {
    let mut changes = Changes::default();
    let bounds = |group: &Group| Shown::Codes(vec![group.min.to_string(), group.max.to_string()]);
    changes.changed(About::the(What::Members), bounds(was), bounds(is), Asks::Depends);
    changes.0
}

fn regime(was: &Regime, is: &Regime) -> Vec<Change> {
    let mut changes = Changes::default();
    let period = |dated: &DatedPeriod| dated.period;
    let (old, new) = (period(&was.correction_limit), period(&is.correction_limit));
    changes.period(About::the(What::CorrectionLimit), old, new);
    let (old, new) = (period(&was.correction_answer), period(&is.correction_answer));
    // Less time to answer asks more.
    let asks = longer(old, new).reversed();
    let about = About::the(What::CorrectionAnswer);
    changes.changed(about, Shown::Period(old), Shown::Period(new), asks);
    let deemed = About::the(What::DeemedAcceptance);
    changes.flag(deemed, was.deemed_acceptance, is.deemed_acceptance, Asks::Less);
    let lapses = About::the(What::CorrectionLapses);
    changes.flag(lapses, was.correction_lapses, is.correction_lapses, Asks::More);
    let means = |regime: &Regime| Shown::Codes(vec![regime.lapse_means.as_str().to_owned()]);
    changes.changed(About::the(What::LapseMeans), means(was), means(is), Asks::Depends);
    changes.changed(About::the(What::ClockRules), clock(was), clock(is), Asks::Depends);
    let silence = |regime: &Regime| regime.deemed_grant.as_ref().map(|it| it.period.period);
    changes.maybe_period(About::the(What::DeemedGrant), silence(was), silence(is));
    for (what, old, new) in [
        (What::Statutory, &was.statutory, &is.statutory),
        (What::Extension, &was.extension, &is.extension),
        (What::Delivery, &was.delivery, &is.delivery),
    ] {
        let (old, new) = (old.as_ref().map(period), new.as_ref().map(period));
        changes.maybe_period(About::the(what), old, new);
    }
    changes.0
}

/// How the clocks begin and end, as the words that stand in the file.
fn clock(regime: &Regime) -> Shown {
    let clock = &regime.clock;
    let hours = if clock.office_hours { "office_hours" } else { "midnight" };
    let (promised, statutory) = (clock.promised_from.as_str(), clock.statutory_from.as_str());
    let words = [promised, statutory, clock.counts.as_str(), hours];
    let silence = regime.deemed_grant.as_ref().map(|it| it.from.as_str());
    Shown::Codes(words.into_iter().chain(silence).map(str::to_owned).collect())
}

fn calendar(was: &Catalogue, is: &Catalogue) -> Option<ItemDiff> {
    let (old, new) = (&was.calendar.version, &is.calendar.version);
    (old != new).then(|| {
        let mut changes = Changes::default();
        let version = |version: &str| Shown::Codes(vec![version.to_owned()]);
        changes.changed(About::the(What::Other), version(old), version(new), Asks::Depends);
        ItemDiff {
            kind: Kind::Calendar,
            id: "calendar".into(),
            name: Localised::default(),
            how: How::Changed,
            changes: changes.0,
            texts: 0,
        }
    })
}
