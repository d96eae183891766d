//! Matters: which services they join, and what they ask.

use super::service::{name_of, present};
use super::{About, Asks, Changes, How, ItemDiff, Kind, Shown, What, items, paired};
use crate::{Binds, Catalogue, Matter, Question};

pub(super) fn diff(before: &Catalogue, after: &Catalogue) -> Vec<ItemDiff> {
    let name = |matter: &Matter| matter.name.clone();
    items(Kind::Matter, &before.matters, &after.matters, name, |was, is| {
        let mut changes = Changes::default();
        services(&mut changes, (before, was), (after, is));
        questions(&mut changes, was, is);
        if was.lead != is.lead {
            let office = |catalogue: &Catalogue, matter: &Matter| {
                let known = catalogue.organisations.get(&matter.lead);
                Some(Shown::Words(known.map(|it| it.name.clone()).unwrap_or_default()))
            };
            let shown = (office(before, was), office(after, is));
            changes.add(About::the(What::Lead), How::Changed, shown, Asks::Same);
        }
        for pair in paired(&was.joint_procedures, &is.joint_procedures, |it| &it.id) {
            let Some(either) = pair.1.or(pair.0) else { continue };
            let about = About::one(What::JointProcedure, &either.id, either.name.clone());
            present(&mut changes, about, pair, Asks::Less);
        }
        for pair in paired(&was.announced, &is.announced, |it| &it.id) {
            let Some(either) = pair.1.or(pair.0) else { continue };
            let about = About::one(What::Announced, &either.id, either.name.clone());
            present(&mut changes, about, pair, Asks::Same);
        }
        changes.0
    })
}

fn services(
    changes: &mut Changes,
    (before, was): (&Catalogue, &Matter),
    (after, is): (&Catalogue, &Matter),
) {
    for pair in paired(&was.services, &is.services, |part| &part.service) {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let name = name_of(before, after, &either.service);
        let about = About::one(What::Service, either.service.as_str(), name);
        let (Some(old), Some(new)) = pair else {
            // More is done at once; what that asks is said by plans.
            present(changes, about, pair, Asks::Depends);
            continue;
        };
        let when = |condition: &conditions::Condition| Shown::Condition(condition.source().into());
        let about_when = about.but(What::ServiceWhen);
        changes.changed(about_when, when(&old.when), when(&new.when), Asks::Depends);
        let optional = about.but(What::ServiceOptional);
        changes.flag(optional, old.optional, new.optional, Asks::Less);
        let done = |part: &crate::MatterService| {
            let source = part.already_done.as_ref().map_or("false", |when| when.source());
            Shown::Condition(source.into())
        };
        changes.changed(about.but(What::AlreadyDone), done(old), done(new), Asks::Depends);
    }
}

fn questions(changes: &mut Changes, was: &Matter, is: &Matter) {
    let binds = |question: &Question| match &question.binds {
        Binds::Element(element) => element.to_string(),
        Binds::CountOf(group) => format!("count of {group}"),
    };
    // A question is the same as long as it asks for the same thing.
    for pair in paired(&was.questions, &is.questions, binds) {
        let Some(either) = pair.1.or(pair.0) else { continue };
        let about = About::one(What::Question, either.id.as_str(), either.ask.clone());
        match pair {
            (Some(old), Some(new)) => {
                let decline = about.but(What::MayDecline);
                changes.flag(decline, old.may_decline, new.may_decline, Asks::Less);
            }
            pair => present(changes, about, pair, Asks::More),
        }
    }
    let order = |these: &Matter, those: &Matter| -> Vec<String> {
        let known: Vec<String> = those.questions.iter().map(binds).collect();
        these.questions.iter().map(binds).filter(|it| known.contains(it)).collect()
    };
    let (old, new) = (order(was, is), order(is, was));
    if old != new {
        changes.add(About::the(What::QuestionOrder), How::Changed, (None, None), Asks::Same);
    }
}
