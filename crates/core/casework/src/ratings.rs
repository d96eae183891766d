//! Ratings 好差评: the whole once and each service once, by the applicant alone; what becomes of a bad one —
//! contact, putting right, an appeal against a mistake — is an event like anything else.
//!
//! By when a bad one has to be answered is no business of the fold: the terms are data, and due dates are derived
//! from them and the instant of the rating. Nothing here supposes a grade: who does not rate has not rated.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{AccountId, Instant, NodeKey, SealedId};

use crate::command::{ActorRole, Command, Context, Refusal};
use crate::event::{CaseEvent, CaseEventBody};
use crate::state::Case;

/// By which way somebody rated (GB/T 39046, table 9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RatingChannel {
    Pc,
    Mobile,
    Qr,
    Tablet,
    Kiosk,
    Phone,
    Sms,
}

impl RatingChannel {
    pub const ALL: [Self; 7] =
        [Self::Pc, Self::Mobile, Self::Qr, Self::Tablet, Self::Kiosk, Self::Phone, Self::Sms];

    /// Stable word for columns and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pc => "pc",
            Self::Mobile => "mobile",
            Self::Qr => "qr",
            Self::Tablet => "tablet",
            Self::Kiosk => "kiosk",
            Self::Phone => "phone",
            Self::Sms => "sms",
        }
    }
}

/// How a bad rating was settled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rectification {
    /// What was wrong was put right.
    Corrected,
    /// There was no legal ground for what was wished; that was explained.
    Explained,
}

impl Rectification {
    pub const ALL: [Self; 2] = [Self::Corrected, Self::Explained];

    /// Stable word for forms and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::Explained => "explained",
        }
    }
}

/// Why a rating should not count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppealGround {
    /// The rater pressed the wrong grade or meant something else.
    Mistake,
    /// The rating is malicious.
    Malicious,
}

impl AppealGround {
    pub const ALL: [Self; 2] = [Self::Mistake, Self::Malicious];

    /// Stable word for forms and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mistake => "mistake",
            Self::Malicious => "malicious",
        }
    }
}

/// The rater was called back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    pub at: Instant,
    /// It takes the longer term.
    pub complex: bool,
    pub note: Option<SealedId>,
}

/// It was settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rectified {
    pub at: Instant,
    pub how: Rectification,
    /// What the rater is told.
    pub note: Option<SealedId>,
}

/// Somebody said that it should not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appeal {
    pub at: Instant,
    pub by: Option<AccountId>,
    pub ground: AppealGround,
    pub note: Option<SealedId>,
    /// When it was decided, whether it was upheld, and what was said.
    pub decided: Option<(Instant, bool, Option<SealedId>)>,
}

/// One rating with what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rating {
    /// The service; `None` = the matter as a whole.
    pub node: Option<NodeKey>,
    pub grade: u8,
    pub words: Option<SealedId>,
    pub channel: Option<RatingChannel>,
    pub tags: Vec<Arc<str>>,
    pub at: Instant,
    pub contact: Option<Contact>,
    pub rectified: Option<Rectified>,
    pub appeal: Option<Appeal>,
}

/// Where a rating stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RatingState {
    /// Not a bad one: nothing is owed.
    Thanked,
    /// Bad, and nobody has called back yet.
    Open,
    Contacted,
    Rectified,
    /// An appeal upheld takes it out of the figures.
    Excluded,
}

impl RatingState {
    pub const ALL: [Self; 5] =
        [Self::Thanked, Self::Open, Self::Contacted, Self::Rectified, Self::Excluded];

    /// Stable word for columns, filters and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Thanked => "thanked",
            Self::Open => "open",
            Self::Contacted => "contacted",
            Self::Rectified => "rectified",
            Self::Excluded => "excluded",
        }
    }
}

impl Rating {
    /// Dissatisfied or very dissatisfied.
    pub const fn is_bad(&self) -> bool {
        self.grade >= 4
    }

    /// An appeal was upheld.
    pub fn is_excluded(&self) -> bool {
        self.appeal.as_ref().and_then(|it| it.decided).is_some_and(|(_, upheld, _)| upheld)
    }

    /// An appeal waits for its decision.
    pub fn open_appeal(&self) -> Option<&Appeal> {
        self.appeal.as_ref().filter(|it| it.decided.is_none())
    }

    pub fn state(&self) -> RatingState {
        if self.is_excluded() {
            RatingState::Excluded
        } else if !self.is_bad() {
            RatingState::Thanked
        } else if self.rectified.is_some() {
            RatingState::Rectified
        } else if self.contact.is_some() {
            RatingState::Contacted
        } else {
            RatingState::Open
        }
    }
}

impl Case {
    /// The rating of the whole (`None`) or of a service.
    pub fn rating_of(&self, node: Option<&NodeKey>) -> Option<&Rating> {
        self.ratings.iter().find(|rating| rating.node.as_ref() == node)
    }

    /// The rating of the whole.
    pub fn rating(&self) -> Option<&Rating> {
        self.rating_of(None)
    }

    /// Whether the whole (`None`) or the service may be rated now: decided, and not rated yet.
    pub fn may_rate(&self, node: Option<&NodeKey>) -> bool {
        self.rating_of(node).is_none() && self.is_ratable(node)
    }

    fn is_ratable(&self, node: Option<&NodeKey>) -> bool {
        match node {
            Some(node) => self.service(node).is_some_and(|service| service.state.is_decided()),
            None => self.services.iter().any(|service| service.state.is_decided()),
        }
    }

    /// What the event says of a rating.
    pub(crate) fn take_rating(&mut self, event: &CaseEvent) {
        let at = event.at;
        if let CaseEventBody::Rated { node, grade, words, channel, tags } = &event.body {
            self.ratings.push(Rating {
                node: node.clone(),
                grade: *grade,
                words: *words,
                channel: *channel,
                tags: tags.clone(),
                at,
                contact: None,
                rectified: None,
                appeal: None,
            });
            return;
        }
        let Some(node) = event.body.rated_node() else { return };
        let found = self.ratings.iter_mut().find(|rating| rating.node.as_ref() == node);
        let Some(rating) = found else { return };
        match &event.body {
            CaseEventBody::RatingContacted { complex, note, .. } => {
                rating.contact = Some(Contact { at, complex: *complex, note: *note });
            }
            CaseEventBody::RatingRectified { how, note, .. } => {
                rating.rectified = Some(Rectified { at, how: *how, note: *note });
            }
            CaseEventBody::RatingAppealed { ground, note, .. } => {
                let by = event.actor.account;
                rating.appeal =
                    Some(Appeal { at, by, ground: *ground, note: *note, decided: None });
            }
            CaseEventBody::AppealDecided { upheld, note, .. } => {
                if let Some(appeal) = &mut rating.appeal {
                    appeal.decided = Some((at, *upheld, *note));
                }
            }
            _ => {}
        }
    }
}

impl CaseEventBody {
    /// The rating that it is about: the whole (`Some(None)`) or a service; `None` for everything else.
    pub const fn rated_node(&self) -> Option<Option<&NodeKey>> {
        match self {
            Self::Rated { node, .. }
            | Self::RatingContacted { node, .. }
            | Self::RatingRectified { node, .. }
            | Self::RatingAppealed { node, .. }
            | Self::AppealDecided { node, .. } => Some(node.as_ref()),
            _ => None,
        }
    }
}

/// Decides the commands about ratings; any other is none of its business.
pub(crate) fn decide(
    case: &Case,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let decided = match command {
        Command::Rate { node, grade, words, channel, tags } => {
            rate(case, node.as_ref(), *grade, context).map(|()| CaseEventBody::Rated {
                node: node.clone(),
                grade: *grade,
                words: *words,
                channel: *channel,
                tags: tags.clone(),
            })
        }
        Command::ContactRater { node, complex, note } => answerable(case, node.as_ref(), context)
            .and_then(|rating| {
                if rating.contact.is_some() || rating.rectified.is_some() {
                    return Err(Refusal::RatingAnswered(node.clone()));
                }
                Ok(CaseEventBody::RatingContacted {
                    node: node.clone(),
                    complex: *complex,
                    note: *note,
                })
            }),
        Command::RectifyRating { node, how, note } => answerable(case, node.as_ref(), context)
            .and_then(|rating| {
                if rating.rectified.is_some() {
                    return Err(Refusal::RatingAnswered(node.clone()));
                }
                if rating.contact.is_none() {
                    return Err(Refusal::NotYetContacted(node.clone()));
                }
                Ok(CaseEventBody::RatingRectified { node: node.clone(), how: *how, note: *note })
            }),
        Command::AppealRating { node, ground, note } => answerable(case, node.as_ref(), context)
            .and_then(|rating| {
                if rating.appeal.is_some() {
                    return Err(Refusal::RatingAnswered(node.clone()));
                }
                let (node, ground, note) = (node.clone(), *ground, *note);
                Ok(CaseEventBody::RatingAppealed { node, ground, note })
            }),
        Command::DecideAppeal { node, upheld, note } => {
            appealed(case, node.as_ref(), context).map(|()| CaseEventBody::AppealDecided {
                node: node.clone(),
                upheld: *upheld,
                note: *note,
            })
        }
        _ => return Ok(Vec::new()),
    };
    decided.map(|event| vec![event])
}

fn rate(
    case: &Case,
    node: Option<&NodeKey>,
    grade: u8,
    context: Context<'_>,
) -> Result<(), Refusal> {
    if !(1..=5).contains(&grade) {
        return Err(Refusal::GradeOutOfRange(grade));
    }
    // Nobody who handles a case rates it, not even on an order.
    if context.actor.role != ActorRole::Applicant {
        return Err(Refusal::NotYourRating(node.cloned()));
    }
    if let Some(node) = node.filter(|node| case.service(node).is_none()) {
        return Err(Refusal::UnknownService(node.clone()));
    }
    if case.rating_of(node).is_some() {
        return Err(Refusal::AlreadyRated);
    }
    if !case.is_ratable(node) {
        return Err(Refusal::NotYetRatable);
    }
    Ok(())
}

/// The bad rating, if it is this actor's to answer: a service's is its department's, the whole the manager's.
fn answerable<'a>(
    case: &'a Case,
    node: Option<&NodeKey>,
    context: Context<'_>,
) -> Result<&'a Rating, Refusal> {
    let actor = context.actor;
    let own = match node {
        None => actor.role == ActorRole::Manager,
        Some(node) => {
            let service =
                case.service(node).ok_or_else(|| Refusal::UnknownService(node.clone()))?;
            actor.role == ActorRole::Officer
                && actor.department.as_ref() == Some(&service.node.department)
        }
    };
    if !own {
        return Err(Refusal::NotYourRating(node.cloned()));
    }
    let rating = case.rating_of(node).filter(|rating| rating.is_bad() && !rating.is_excluded());
    rating.ok_or_else(|| Refusal::NoBadRating(node.cloned()))
}

/// An open appeal that this manager may decide: not his own.
fn appealed(case: &Case, node: Option<&NodeKey>, context: Context<'_>) -> Result<(), Refusal> {
    if context.actor.role != ActorRole::Manager {
        return Err(Refusal::NotYourRating(node.cloned()));
    }
    let appeal = case.rating_of(node).and_then(Rating::open_appeal);
    let appeal = appeal.ok_or_else(|| Refusal::NoAppealOpen(node.cloned()))?;
    if appeal.by.is_some() && appeal.by == context.actor.account {
        return Err(Refusal::OwnAppeal(node.cloned()));
    }
    Ok(())
}
