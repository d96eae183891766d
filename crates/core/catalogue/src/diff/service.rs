//! Services: what they need, promise, cost and give.

use vocabulary::{Localised, ServiceId};

use super::{
    About, Asks, Changes, How, ItemDiff, Kind, Pair, Shown, What, count, days, items, longer,
    paired,
};
use crate::{
    Catalogue, ChecklistLine, EvidenceNeed, FieldNeed, PeriodWhen, PublicService, Requirement,
    Signatory, Way,
};

/// Two catalogues, the earlier first.
struct Sides<'c> {
    before: &'c Catalogue,
    after: &'c Catalogue,
}

pub(super) fn diff(before: &Catalogue, after: &Catalogue) -> Vec<ItemDiff> {
    let sides = Sides { before, after };
    let name = |service: &PublicService| service.name.clone();
    items(Kind::Service, &before.services, &after.services, name, |was, is| {
        let mut changes = Changes::default();
        sides.evidence(&mut changes, was, is);
        sides.fields(&mut changes, was, is);
        periods(&mut changes, was, is);
        visits_and_fees(&mut changes, was, is);
        signatories(&mut changes, was, is);
        requirements(&mut changes, was, is);
        procedures(&mut changes, was, is);
        changes.codes(About::the(What::Channel), &was.channels, &is.channels);
        outputs(&mut changes, was, is);
        lines(&mut changes, What::Checklist, &was.checklist, &is.checklist);
        lines(&mut changes, What::RefusalGround, &was.refusal_grounds, &is.refusal_grounds);
        sides.offices(&mut changes, was, is);
        changes.0
    })
}

impl Sides<'_> {
    fn evidence(&self, changes: &mut Changes, was: &PublicService, is: &PublicService) {
        for (before, after) in paired(&was.evidence, &is.evidence, |need| &need.ty) {
            let Some(ty) = after.or(before).map(|need| &need.ty) else { continue };
            let known =
                self.after.evidence_types.get(ty).or_else(|| self.before.evidence_types.get(ty));
            let name = known.map(|ty| ty.name.clone()).unwrap_or_default();
            let about = About::one(What::Evidence, ty.as_str(), name);
            let ways = |need: &EvidenceNeed| Some(Shown::Ways(need.ways.clone()));
            match (before, after) {
                (None, Some(need)) => changes.added(about, ways(need), asks_for(&need.ways)),
                (Some(need), None) => changes.removed(about, ways(need), asks_for(&need.ways)),
                (Some(before), Some(after)) => need(changes, &about, before, after),
                (None, None) => {}
            }
        }
    }

    fn fields(&self, changes: &mut Changes, was: &PublicService, is: &PublicService) {
        for (before, after) in paired(&was.fields, &is.fields, |need| &need.element) {
            let Some(id) = after.or(before).map(|need| &need.element) else { continue };
            let (new, old) = (self.after.element(id), self.before.element(id));
            let name = new.or(old).map(|element| element.name.clone()).unwrap_or_default();
            let about = About::one(What::Field, id.as_str(), name);
            let told = |catalogue: &Catalogue| {
                let element = catalogue.element(id);
                let fetched = element.is_some_and(|element| element.source.is_some());
                fetched || catalogue.services.values().any(|it| it.produces_element(id))
            };
            let asks =
                |catalogue: &Catalogue, need: &FieldNeed| match told(catalogue) || need.optional {
                    true => Asks::Same,
                    false => Asks::More,
                };
            match (before, after) {
                (None, Some(need)) => changes.added(about, None, asks(self.after, need)),
                (Some(need), None) => changes.removed(about, None, asks(self.before, need)),
                (Some(before), Some(after)) => {
                    changes.condition(about.but(What::FieldWhen), &before.when, &after.when);
                    let optional = about.but(What::FieldOptional);
                    changes.flag(optional, before.optional, after.optional, Asks::Less);
                    let again = |need: &FieldNeed| !need.ask_again.is_empty();
                    let about = about.but(What::AskAgain);
                    changes.flag(about, again(before), again(after), Asks::More);
                }
                (None, None) => {}
            }
        }
    }

    fn offices(&self, changes: &mut Changes, was: &PublicService, is: &PublicService) {
        let office = |catalogue: &Catalogue, service: &PublicService| {
            let known = catalogue.organisations.get(&service.authority);
            Shown::Words(known.map(|office| office.name.clone()).unwrap_or_default())
        };
        if was.authority != is.authority {
            let (before, after) = (office(self.before, was), office(self.after, is));
            let shown = (Some(before), Some(after));
            changes.add(About::the(What::Authority), How::Changed, shown, Asks::Same);
        }
        if was.regime != is.regime {
            let regime = |catalogue: &Catalogue, service: &PublicService| {
                let known = catalogue.regimes.get(&service.regime);
                Shown::Words(known.map(|regime| regime.name.clone()).unwrap_or_default())
            };
            let shown = (Some(regime(self.before, was)), Some(regime(self.after, is)));
            changes.add(About::the(What::Regime), How::Changed, shown, Asks::Depends);
        }
        let kinds = |service: &PublicService| -> Vec<String> {
            service.applicants.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect()
        };
        changes.codes(About::the(What::Applicants), &kinds(was), &kinds(is));
    }
}

/// Ways that cost people nothing.
fn is_automatic(way: Way) -> bool {
    match way {
        Way::Source | Way::Licence | Way::Output | Way::Generated => true,
        Way::Upload | Way::Commitment | Way::Deferral => false,
    }
}

/// What evidence with these ways asks if it is needed: nothing where it is fetched or made first.
fn asks_for(ways: &[Way]) -> Asks {
    match ways.first() {
        Some(way) if is_automatic(*way) => Asks::Same,
        Some(_) | None => Asks::More,
    }
}

fn need(changes: &mut Changes, about: &About, before: &EvidenceNeed, after: &EvidenceNeed) {
    changes.condition(about.but(What::EvidenceWhen), &before.when, &after.when);
    let lost = before.ways.iter().any(|way| *way != Way::Upload && !after.ways.contains(way));
    let won = after.ways.iter().any(|way| *way != Way::Upload && !before.ways.contains(way));
    let asks = match (lost, won) {
        (true, false) => Asks::More,
        (false, true) => Asks::Less,
        (true, true) => Asks::Depends,
        // A paper that need not be fetched any more can still be brought, and the other way round.
        (false, false) => Asks::Same,
    };
    let ways = |need: &EvidenceNeed| Shown::Ways(need.ways.clone());
    changes.changed(about.but(What::Ways), ways(before), ways(after), asks);
    for (what, before, after) in [
        (What::CommitmentWhen, &before.commitment_when, &after.commitment_when),
        (What::DeferralWhen, &before.deferral_when, &after.deferral_when),
    ] {
        let asks = match (before.is_always(), after.is_always()) {
            (true, false) => Asks::More,
            (false, true) => Asks::Less,
            _ => Asks::Depends,
        };
        let shown = |when: &conditions::Condition| Shown::Condition(when.source().into());
        changes.changed(about.but(what), shown(before), shown(after), asks);
    }
    let term = |need: &EvidenceNeed| need.deferral_term.as_ref().map(|term| term.period);
    let about = about.but(What::DeferralTerm);
    match (term(before), term(after)) {
        // A longer term to follow up is a relief.
        (Some(before), Some(after)) => {
            let asks = longer(before, after).reversed();
            changes.changed(about, Shown::Period(before), Shown::Period(after), asks);
        }
        (before, after) => changes.maybe_period(about, before, after),
    }
}

fn periods(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    changes.period(About::the(What::Promised), was.promised.period, is.promised.period);
    let own = |service: &PublicService| service.statutory.as_ref().map(|it| it.period);
    // What the law allows is no promise: a longer one asks nothing by itself.
    match (own(was), own(is)) {
        (Some(before), Some(after)) => changes.changed(
            About::the(What::Statutory),
            Shown::Period(before),
            Shown::Period(after),
            Asks::Same,
        ),
        (before, after) => changes.maybe_period(About::the(What::Statutory), before, after),
    }
    conditional(changes, What::PromisedWhen, &was.promised_when, &is.promised_when);
    conditional(changes, What::StatutoryWhen, &was.statutory_when, &is.statutory_when);
}

fn conditional(changes: &mut Changes, what: What, was: &[PeriodWhen], is: &[PeriodWhen]) {
    for (before, after) in paired(was, is, |it| it.when.source()) {
        let Some(either) = after.or(before) else { continue };
        let about = About::one(what, either.when.source(), Localised::default());
        let shown = |it: &PeriodWhen| Some(Shown::Period(it.period.period));
        match (before, after) {
            (Some(before), Some(after)) => {
                changes.period(about, before.period.period, after.period.period);
            }
            (None, Some(after)) => changes.added(about, shown(after), Asks::Depends),
            (Some(before), None) => changes.removed(about, shown(before), Asks::Depends),
            (None, None) => {}
        }
    }
}

fn visits_and_fees(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    let asks = Asks::of(&was.visits, &is.visits);
    changes.changed(About::the(What::Visits), count(was.visits), count(is.visits), asks);
    for (before, after) in paired(&was.visits_when, &is.visits_when, |it| it.when.source()) {
        let Some(either) = after.or(before) else { continue };
        let about = About::one(What::VisitWhen, either.when.source(), either.reason.clone());
        match (before, after) {
            (Some(before), Some(after)) => {
                let asks = Asks::of(&before.count, &after.count);
                changes.changed(about, count(before.count), count(after.count), asks);
            }
            (None, Some(after)) => changes.added(about, Some(count(after.count)), Asks::More),
            (Some(before), None) => changes.removed(about, Some(count(before.count)), Asks::More),
            (None, None) => {}
        }
    }
    // A fee has no id: by its place among those of the service.
    let (mut old, mut new) = (was.fees.iter(), is.fees.iter());
    loop {
        let (before, after) = (old.next(), new.next());
        let Some(either) = after.or(before) else { break };
        let about = About { what: What::Fee, id: None, name: either.name.clone() };
        let money = |fee: &crate::Fee| Shown::Money {
            amount: fee.amount.normalize(),
            currency: fee.currency.clone(),
        };
        match (before, after) {
            (Some(before), Some(after)) => {
                let asks = match before.currency == after.currency {
                    true => Asks::of(&before.amount, &after.amount),
                    false => Asks::Depends,
                };
                changes.changed(about.clone(), money(before), money(after), asks);
                changes.condition(about, &before.when, &after.when);
            }
            (None, Some(after)) => changes.added(about, Some(money(after)), Asks::More),
            (Some(before), None) => changes.removed(about, Some(money(before)), Asks::More),
            (None, None) => {}
        }
    }
    let baseline = |service: &PublicService| service.baseline.as_ref().map(|it| days(it.days));
    match (baseline(was), baseline(is)) {
        (Some(before), Some(after)) => {
            changes.changed(About::the(What::Baseline), before, after, Asks::Same);
        }
        (None, after @ Some(_)) => changes.added(About::the(What::Baseline), after, Asks::Same),
        (before @ Some(_), None) => changes.removed(About::the(What::Baseline), before, Asks::Same),
        (None, None) => {}
    }
}

fn signatories(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    for pair in paired(&was.signatories, &is.signatories, |it: &Signatory| &it.element) {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let about = About::one(What::Signatory, either.element.as_str(), either.name.clone());
        match pair {
            (Some(before), Some(after)) => {
                changes.condition(about.but(What::SignatoryWhen), &before.when, &after.when);
            }
            (before, after) => present(changes, about, (before, after), Asks::More),
        }
    }
}

fn requirements(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    for pair in paired(&was.requirements, &is.requirements, |it: &Requirement| &it.id) {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let about = About::one(What::Requirement, &either.id, either.text.clone());
        let asks = if either.when.is_some() { Asks::More } else { Asks::Same };
        match pair {
            (Some(before), Some(after)) => {
                let shown = |it: &Requirement| {
                    let source = it.when.as_ref().map_or("true", |when| when.source());
                    Shown::Condition(source.into())
                };
                let asks = match (&before.when, &after.when) {
                    (None, Some(_)) => Asks::More,
                    (Some(_), None) => Asks::Less,
                    _ => Asks::Depends,
                };
                let about = about.but(What::RequirementWhen);
                changes.changed(about, shown(before), shown(after), asks);
            }
            (before, after) => present(changes, about, (before, after), asks),
        }
    }
}

fn procedures(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    let pairs = paired(&was.special_procedures, &is.special_procedures, |it| &it.id);
    for pair in pairs {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let about = About::one(What::Procedure, &either.id, either.name.clone());
        match pair {
            (Some(before), Some(after)) => {
                changes.period(about.clone(), before.period.period, after.period.period);
                changes.condition(about, &before.when, &after.when);
            }
            (before, after) => present(changes, about, (before, after), Asks::More),
        }
    }
}

fn outputs(changes: &mut Changes, was: &PublicService, is: &PublicService) {
    for (before, after) in paired(&was.outputs, &is.outputs, |it| &it.id) {
        let Some(either) = after.or(before) else { continue };
        let about = About::one(What::Output, &either.id, either.name.clone());
        match (before, after) {
            (Some(before), Some(after)) => {
                let (old, new) =
                    (super::shape_and_texts(before).0, super::shape_and_texts(after).0);
                if old != new {
                    let months = |it: &crate::Output| it.valid_months.map(count);
                    let shown = (months(before), months(after));
                    let shown = if shown.0 == shown.1 { (None, None) } else { shown };
                    changes.add(about, How::Changed, shown, Asks::Same);
                }
            }
            (before, after) => present(changes, about, (before, after), Asks::Same),
        }
    }
}

fn lines(changes: &mut Changes, what: What, was: &[ChecklistLine], is: &[ChecklistLine]) {
    for pair in paired(was, is, |it| &it.id) {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let about = About::one(what, either.id.as_str(), either.text.clone());
        match pair {
            (Some(before), Some(after)) if before.checks != after.checks => {
                changes.add(about, How::Changed, (None, None), Asks::Same);
            }
            (Some(_), Some(_)) => {}
            (before, after) => present(changes, about, (before, after), Asks::Same),
        }
    }
}

/// What is new or gone; `asks` is what it asks when it is new.
pub(super) fn present<T>(changes: &mut Changes, about: About, pair: Pair<'_, T>, asks: Asks) {
    match pair {
        (None, Some(_)) => changes.added(about, None, asks),
        (Some(_), None) => changes.removed(about, None, asks),
        _ => {}
    }
}

/// The names of services, of the later catalogue first.
pub(super) fn name_of(before: &Catalogue, after: &Catalogue, id: &ServiceId) -> Localised {
    let known = after.service(id).or_else(|| before.service(id));
    known.map(|service| service.name.clone()).unwrap_or_default()
}
