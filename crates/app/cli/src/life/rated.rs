//! How people of the demo's city rate, and how the bad ratings are answered: most in time, some late, some not yet.

use casework::{
    Actor, ActorRole, AppealGround, Command, RatingChannel, Rectification, ServiceState, ServiceWay,
};
use engine::{EngineError, ToSeal};
use jiff::SignedDuration;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use store_port::fresh_id;
use vocabulary::{AccountId, CaseId, CommandId, Instant, NodeKey, SealedId};

use super::{City, Deed, Followed};

/// What a manager or an officer does about a bad rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Contact,
    Rectify,
    Appeal,
    Decide,
}

/// What people write with a bad grade.
const BAD_WORDS: [&str; 5] = [
    "同样的材料，网上交过一次，后来又打电话让我再发一遍。",
    "等了很久没有消息，问了才说要补正。",
    "页面上写的时间到了，还没有办好。",
    "打电话问进度，接电话的人说不清楚。",
    "要上传的照片总是提示太大，没有说怎么办。",
];
/// What they are told when it is put right.
const DONE_WORDS: [&str; 3] = [
    "已经查明原因并向您道歉，材料不再重复收取，经办人员已经重新培训。",
    "已经督促承办部门当天办结，并把补正通知改为短信同时送达。",
    "页面提示已经修改，感谢您指出。",
];

impl City {
    pub(super) async fn rate(
        &self,
        at: Instant,
        case: CaseId,
        grade: u8,
        tries: u8,
    ) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        if !state.state().is_final() {
            if let Some(tries) = tries.checked_sub(1) {
                let later = at.checked_add(SignedDuration::from_hours(60)).unwrap_or(at);
                followed.deeds.push((later, Deed::Rate { case, grade, tries }));
            }
            return Ok(followed);
        }
        let mut rng = self.chance(state.application.subject.0, "rating");
        let mut wanted = Vec::new();
        if state.may_rate(None) {
            wanted.push((None, grade));
        }
        // Some say of a service what they think of it, too; who is dissatisfied says it more often.
        let often = if grade >= 4 { (3, 4) } else { (1, 5) };
        let decided = state
            .services
            .iter()
            .filter(|it| matches!(it.state, ServiceState::Granted | ServiceState::Refused));
        let nodes: Vec<&NodeKey> = decided.map(|it| &it.node.key).collect();
        if rng.random_ratio(often.0, often.1)
            && let Some(node) = nodes.choose(&mut rng)
            && state.may_rate(Some(node))
        {
            wanted.push((Some((*node).clone()), grade));
        }
        for (node, grade) in wanted {
            let words = (grade >= 4 && rng.random_ratio(3, 4))
                .then(|| BAD_WORDS.choose(&mut rng).copied())
                .flatten()
                .map(seal);
            let channels = [RatingChannel::Mobile, RatingChannel::Pc, RatingChannel::Qr];
            let command = Command::Rate {
                node: node.clone(),
                grade,
                words: words.as_ref().map(|words| words.id),
                channel: channels.choose(&mut rng).copied(),
                tags: self.tags(grade, &mut rng),
            };
            let actor = self.applicant(case).await?;
            self.act(actor, "rate", case, command, words).await?;
            if grade >= 4 && rng.random_ratio(4, 5) {
                let later = at.checked_add(SignedDuration::from_hours(rng.random_range(3..40)));
                let step = if rng.random_ratio(1, 3) { Answer::Appeal } else { Answer::Contact };
                let deed = Deed::AnswerRating { case, node, step };
                followed.deeds.push((later.unwrap_or(at), deed));
            }
        }
        Ok(followed)
    }

    /// One or two words that go with the grade.
    fn tags(&self, grade: u8, rng: &mut rand::rngs::StdRng) -> Vec<std::sync::Arc<str>> {
        let Some(rule) = &self.engine.network().rating else { return Vec::new() };
        let fitting = rule.tags.iter().filter(|tag| tag.grades.contains(&grade));
        let fitting: Vec<&network::RatingTag> = fitting.collect();
        fitting.choose(rng).map(|tag| std::sync::Arc::clone(&tag.id)).into_iter().collect()
    }

    pub(super) async fn answer_rating(
        &self,
        at: Instant,
        case: CaseId,
        node: Option<NodeKey>,
        step: Answer,
    ) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        let Some(rating) = state.rating_of(node.as_ref()) else { return Ok(followed) };
        let what = format!("answer/{step:?}/{}", rating.at);
        let mut rng = self.chance(state.application.subject.0, &what);
        let manager = |login: &str| Actor {
            role: ActorRole::Manager,
            account: Some(crate::demo_people::account_id(login)),
            department: None,
        };
        // Whoever visited already did it by hand.
        let done = match step {
            Answer::Contact => rating.contact.is_some(),
            Answer::Rectify => rating.rectified.is_some(),
            Answer::Appeal => rating.appeal.is_some(),
            Answer::Decide => rating.open_appeal().is_none(),
        };
        if done || rating.is_excluded() {
            return Ok(followed);
        }
        let actor = match (&node, step) {
            (_, Answer::Decide) => manager("manager-city"),
            (None, _) => manager(crate::demo_desk::DISTRICT_MANAGER),
            (Some(node), _) => {
                let Some(service) = state.service(node) else { return Ok(followed) };
                let department = Some(service.node.department.clone());
                Actor { role: ActorRole::Officer, account: None::<AccountId>, department }
            }
        };
        let of = node.clone();
        let (action, command, words, next) = match step {
            Answer::Contact => {
                let words = seal("已电话联系，了解了具体情况。");
                let complex = rng.random_ratio(1, 4);
                let command = Command::ContactRater { node: of, complex, note: Some(words.id) };
                let next = rng.random_ratio(3, 4).then_some((Answer::Rectify, 20..150));
                ("contact-rater", command, words, next)
            }
            Answer::Rectify => {
                let words = seal(DONE_WORDS.choose(&mut rng).copied().unwrap_or(DONE_WORDS[0]));
                let how = if rng.random_ratio(1, 5) {
                    Rectification::Explained
                } else {
                    Rectification::Corrected
                };
                let command = Command::RectifyRating { node: of, how, note: Some(words.id) };
                ("rectify-rating", command, words, None)
            }
            Answer::Appeal => {
                let words = seal("评价人来电说明选错了，本意是满意。");
                let ground = AppealGround::Mistake;
                let command = Command::AppealRating { node: of, ground, note: Some(words.id) };
                // A few wait longer than they should.
                let next = rng.random_ratio(2, 3).then_some((Answer::Decide, 24..72));
                ("appeal-rating", command, words, next)
            }
            Answer::Decide => {
                let upheld = rng.random_ratio(3, 5);
                let words = seal(if upheld {
                    "经与评价人核实，确属误评。"
                } else {
                    "没有证据表明是误评，评价继续有效。"
                });
                let command = Command::DecideAppeal { node: of, upheld, note: Some(words.id) };
                let next = (!upheld).then_some((Answer::Contact, 2..20));
                ("decide-appeal", command, words, next)
            }
        };
        self.act(actor, action, case, command, Some(words)).await?;
        if let Some((step, hours)) = next {
            let later = at.checked_add(SignedDuration::from_hours(rng.random_range(hours)));
            let deed = Deed::AnswerRating { case, node, step };
            followed.deeds.push((later.unwrap_or(at), deed));
        }
        Ok(followed)
    }

    /// The applicant opens the decisions that are to be served and confirms that they came; some never do.
    pub(super) async fn collect(
        &self,
        at: Instant,
        case: CaseId,
        tries: u8,
    ) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        if !state.state().is_final()
            && let Some(tries) = tries.checked_sub(1)
        {
            let later = at.checked_add(SignedDuration::from_hours(60)).unwrap_or(at);
            followed.deeds.push((later, Deed::Collect { case, tries }));
        }
        let mut rng = self.chance(state.application.subject.0, "collecting");
        if rng.random_ratio(1, 12) {
            return Ok(followed);
        }
        for document in state.documents().iter().filter(|it| it.served.is_none()) {
            let service = document.id.node.as_ref().and_then(|node| state.service(node));
            let timed = service.is_some_and(|service| service.node.delivery.is_some());
            if timed && document.id.kind.decides() {
                let (document, way) = (document.id.clone(), ServiceWay::Online);
                let command = Command::Serve { document, way };
                self.act(self.applicant(case).await?, "serve", case, command, None).await?;
            }
        }
        Ok(followed)
    }

    async fn act(
        &self,
        actor: Actor,
        action: &'static str,
        case: CaseId,
        command: Command,
        words: Option<ToSeal>,
    ) -> Result<(), EngineError> {
        let id = CommandId(fresh_id());
        let seal = words.into_iter().collect();
        self.engine.execute(actor, action, id, case, None, command, seal).await?;
        Ok(())
    }
}

fn seal(words: &str) -> ToSeal {
    ToSeal { id: SealedId(fresh_id()), clear: words.as_bytes().to_vec() }
}
