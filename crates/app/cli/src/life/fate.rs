//! What becomes of a service once it has begun: received at once, then accepted, corrected, decided, late, or left
//! lying. Departments act on their officers' behalf through the engine, as replies over the exchange do.

use std::collections::BTreeMap;

use ::departments::{Grant, ServiceSpec, values_of_grant};
use casework::checklist::OUTSIDE;
use casework::{Actor, ActorRole, Case, Command, Reply, ServiceCase, ServiceState};
use engine::{CorrectionAnswer, EngineError};
use jiff::SignedDuration;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use store_port::fresh_id;
use vocabulary::Fact;
use vocabulary::{CaseId, ChecklistLineId, CommandId, Facts, Instant, NodeKey, Origin, SealedId};

use super::moments::Moments;
use super::{City, Deed, Followed};

/// One thing that is done about a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Accept,
    AskForCorrection,
    /// The applicant answers.
    AnswerCorrection,
    /// The margin has come: the hub sends the one notice of what is gathered.
    Notice,
    Grant,
    Refuse,
    NotAccept,
}

/// What is asked for that no checklist knows.
const OUTSIDE_WORDS: [&str; 3] =
    ["请再提供社区开具的居住情况说明。", "请补一份本人手写的承诺书。", "复印件需加盖单位公章。"];
/// One department in so many is slow.
const SLOW_ONE_IN: u64 = 6;

impl City {
    /// Receives every service that has begun and is not `known`, and draws its fate.
    pub(super) async fn begin(
        &self,
        case: CaseId,
        known: &[NodeKey],
    ) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        for service in &state.services {
            let node = &service.node.key;
            if service.started_at.is_none()
                || !matches!(service.state, ServiceState::Referred)
                || known.contains(node)
                || self.is_silent(service)
            {
                continue;
            }
            self.say(&state, service, Reply::Received, "").await?;
            followed.begun.push((case, node.clone()));
            let steps = self.fate(&state, service);
            if let Some((at, _)) = steps.first() {
                let deed = Deed::Handle { case, node: node.clone(), steps: steps.clone() };
                followed.deeds.push((*at, deed));
            }
        }
        Ok(followed)
    }

    /// Its department's system is down: what was sent waits until it is up again.
    fn is_silent(&self, service: &ServiceCase) -> bool {
        self.silent.as_ref().is_some_and(|(department, since)| {
            service.node.department.as_str() == *department
                && service.started_at.is_some_and(|at| at >= *since)
        })
    }

    /// Of the last days before the demo, and with the department whose officer is played.
    fn is_by_hand(&self, service: &ServiceCase) -> bool {
        let lately = self.began - SignedDuration::from_hours(11 * 24);
        service.node.department.as_str() == self.by_hand
            && service.started_at.is_some_and(|at| (lately..self.began).contains(&at))
    }

    /// What will become of a service, with the moments.
    fn fate(&self, case: &Case, service: &ServiceCase) -> Vec<(Instant, Step)> {
        let catalogue = self.engine.catalogue();
        let moments = Moments { catalogue };
        let mut rng = self.chance(case.application.subject.0, &service.node.key.to_string());
        let Some(start) = service.started_at else { return Vec::new() };
        let zone = &catalogue.jurisdiction.time_zone;
        let due = case.promised(&service.node.key, &catalogue.calendar, zone);
        let due_on = due.map(|date| date.due.on);
        let end = due_on.map_or(start, |on| moments.close_of(on)).max(start);
        let span = end.duration_since(start).as_secs().max(3 * 3600);
        let slow = self.is_slow(service.node.department.as_str());
        let at = |share: f64, rng: &mut StdRng| {
            #[expect(clippy::cast_possible_truncation, reason = "seconds of some weeks")]
            #[expect(clippy::cast_precision_loss, reason = "seconds of some weeks")]
            let seconds = (span as f64 * share) as i64;
            let moment = start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(start);
            moments.in_office(moment, rng)
        };
        let share = if slow { rng.random_range(0.55..1.25) } else { rng.random_range(0.15..0.85) };
        let share =
            if rng.random_ratio(1, 40) { share + rng.random_range(0.3..0.9) } else { share };
        // What is done on the spot is done by a machine or while one waits, also after hours; seldom later.
        let same_day = due_on == Some(catalogue.civil_date(start));
        let on_the_spot = same_day && !rng.random_ratio(1, 30);
        let (accept, decide) = if on_the_spot {
            let accept = start + SignedDuration::from_mins(rng.random_range(1..5));
            (accept, accept + SignedDuration::from_mins(rng.random_range(2..35)))
        } else {
            let accept = at(share * 0.3, &mut rng);
            (accept, at(share, &mut rng).max(accept + SignedDuration::from_mins(3)))
        };
        let after = |moment: Instant, hours: i64, rng: &mut StdRng| {
            let moment = moment.checked_add(SignedDuration::from_hours(hours)).unwrap_or(moment);
            moments.in_office(moment, rng)
        };
        if self.is_by_hand(service) {
            // What its officer finds on the desk: everything that can be found there.
            return match rng.random_range(0..10) {
                0..4 => vec![(accept, Step::Accept), (decide, Step::Grant)],
                4..6 => vec![(accept, Step::AskForCorrection)],
                6..8 => vec![(accept, Step::Accept)],
                _ => Vec::new(),
            };
        }
        // There is little to correct or to forget in what needs no more than a look.
        let luck = rng.random_range(0..if same_day { 2200 } else { 1000 });
        match luck {
            0..860 | 1000.. => vec![(accept, Step::Accept), (decide, Step::Grant)],
            860..945 => {
                let hours = rng.random_range(4..110);
                let answer = after(accept, hours, &mut rng);
                let hours = rng.random_range(4..30);
                let taken = after(answer, hours, &mut rng);
                let decide = after(decide.max(taken), 20, &mut rng);
                vec![
                    (accept, Step::AskForCorrection),
                    (answer, Step::AnswerCorrection),
                    (taken, Step::Accept),
                    (decide, Step::Grant),
                ]
            }
            // The applicant never answers.
            945..955 => vec![(accept, Step::AskForCorrection)],
            955..976 => vec![(accept, Step::Accept), (decide, Step::Refuse)],
            976..991 => vec![(accept, Step::NotAccept)],
            // Left lying.
            _ => vec![(accept, Step::Accept)],
        }
    }

    /// Which departments are slow is the city's fate, not chance of the day.
    fn is_slow(&self, department: &str) -> bool {
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, department.as_bytes());
        id.as_u64_pair().1.wrapping_add(self.seed).is_multiple_of(SLOW_ONE_IN)
    }

    /// The rest of the fate of every open service of a case that this city made.
    pub(super) async fn go_on(&self, case: CaseId, now: Instant) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        let row = self.engine.store().find_case(case).await?;
        let owner = match row.and_then(|row| row.owner) {
            Some(owner) => self.engine.store().find_account(owner).await?,
            None => None,
        };
        // The people of the tour live their own lives.
        if owner.is_none_or(|account| account.demo) {
            return Ok(followed);
        }
        for service in state.services.iter().filter(|service| !self.is_silent(service)) {
            let mut steps = self.fate(&state, service);
            steps.retain(|(at, _)| *at > now);
            if let Some((at, _)) = steps.first() {
                let (at, node) = (*at, service.node.key.clone());
                followed.begun.push((case, node.clone()));
                followed.deeds.push((at, Deed::Handle { case, node, steps }));
            }
        }
        Ok(followed)
    }

    /// Does the first of `steps` if it can still be done, and leaves the others for later.
    pub(super) async fn handle(
        &self,
        case: CaseId,
        node: NodeKey,
        steps: Vec<(Instant, Step)>,
    ) -> Result<Followed, EngineError> {
        let Some(state) = self.engine.case(case).await? else { return Ok(Followed::default()) };
        let Some(service) = state.service(&node) else { return Ok(Followed::default()) };
        let Some(((_, step), rest)) = steps.split_first().map(|(first, rest)| (*first, rest))
        else {
            return Ok(Followed::default());
        };
        let open = matches!(
            service.state,
            ServiceState::Referred
                | ServiceState::Received
                | ServiceState::Accepted
                | ServiceState::CorrectionRequested
        );
        if !open {
            return Ok(Followed::default());
        }
        let begun: Vec<NodeKey> = state
            .services
            .iter()
            .filter(|service| service.started_at.is_some())
            .map(|service| service.node.key.clone())
            .collect();
        if step == Step::AnswerCorrection && service.gathered_correction().is_some() {
            // Others have not answered yet, and nobody has been told: a day later.
            self.fire(case).await?;
            let told = self.engine.case(case).await?;
            let told = told.as_ref().and_then(|case| case.service(&node));
            if told.is_none_or(|service| service.owed_correction().is_none()) {
                let later = |(at, step): &(Instant, Step)| {
                    (at.checked_add(SignedDuration::from_hours(24)).unwrap_or(*at), *step)
                };
                let steps: Vec<(Instant, Step)> = steps.iter().map(later).collect();
                let mut followed = Followed::default();
                if let Some((at, _)) = steps.first() {
                    followed.deeds.push((*at, Deed::Handle { case, node, steps }));
                }
                return Ok(followed);
            }
        }
        self.take_step(&state, service, step).await?;
        // Only what a grant brings into being lets others begin.
        let mut followed = match step {
            Step::Grant => self.begin(case, &begun).await?,
            Step::AskForCorrection => self.notice_later(case, &node).await?,
            _ => Followed::default(),
        };
        if let Some((at, _)) = rest.first() {
            followed.deeds.push((*at, Deed::Handle { case, node, steps: rest.to_vec() }));
        }
        Ok(followed)
    }

    /// What is gathered goes out by the margin at the latest.
    async fn notice_later(&self, case: CaseId, node: &NodeKey) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let catalogue = self.engine.catalogue();
        let zone = &catalogue.jurisdiction.time_zone;
        let state = self.engine.case(case).await?;
        let due = state.and_then(|state| state.notice_due(node, &catalogue.calendar, zone));
        if let Some(due) = due {
            let at = due.max(self.engine.clock().now());
            let (node, steps) = (node.clone(), vec![(at, Step::Notice)]);
            followed.deeds.push((at, Deed::Handle { case, node, steps }));
        }
        Ok(followed)
    }

    /// The hub's timers of one case.
    async fn fire(&self, case: CaseId) -> Result<(), EngineError> {
        let hub = Actor { role: ActorRole::Hub, account: None, department: None };
        let id = CommandId(fresh_id());
        self.engine.execute(hub, "tick", id, case, None, Command::Tick, Vec::new()).await?;
        Ok(())
    }

    pub(super) async fn take_step(
        &self,
        case: &Case,
        service: &ServiceCase,
        step: Step,
    ) -> Result<(), EngineError> {
        let spec = self.departments.iter().find_map(|department| {
            (department.id == service.node.department.as_str())
                .then(|| department.service(service.node.key.service.as_str()))?
        });
        let line = spec.map_or_else(
            || ("other".to_owned(), String::new()),
            |spec| (spec.first_line.id.clone(), spec.first_line.text.clone()),
        );
        let ground = spec.map_or_else(
            || line.clone(),
            |spec| (spec.refusal_ground.id.clone(), spec.refusal_ground.text.clone()),
        );
        match step {
            Step::Accept => self.say(case, service, Reply::Accepted, "").await,
            Step::AskForCorrection => {
                // Now and then somebody asks for what stands on no checklist.
                let what = format!("ground/{}", service.node.key);
                let mut rng = self.chance(case.application.subject.0, &what);
                let (line, words) = match OUTSIDE_WORDS.choose(&mut rng) {
                    Some(words) if rng.random_ratio(1, 12) => (OUTSIDE.to_owned(), *words),
                    _ => (line.0, line.1.as_str()),
                };
                let lines = vec![ChecklistLineId::new(line)];
                let reply = Reply::CorrectionRequested { lines, text: None, reason: None };
                self.say(case, service, reply, words).await
            }
            Step::Refuse => {
                let reply = Reply::Refused { ground: ChecklistLineId::new(ground.0), text: None };
                self.say(case, service, reply, &ground.1).await
            }
            Step::NotAccept => {
                let reply =
                    Reply::NotAccepted { ground: ChecklistLineId::new(ground.0), text: None };
                self.say(case, service, reply, &ground.1).await
            }
            Step::AnswerCorrection => self.answer(case, service).await,
            Step::Notice => self.fire(case.id).await,
            Step::Grant => self.grant(case, service, spec).await,
        }
    }

    /// A department's reply on its latest sending.
    pub(super) async fn say(
        &self,
        case: &Case,
        service: &ServiceCase,
        mut reply: Reply,
        words: &str,
    ) -> Result<(), EngineError> {
        let Some(sending) = service.latest_sending() else { return Ok(()) };
        let (dispatch, seq) = (sending.dispatch, next_seq(service));
        let mut seal = Vec::new();
        if !words.is_empty() {
            let sealed =
                self.engine.reply_words(case.application.subject, dispatch, seq, words).await?;
            match &mut reply {
                Reply::CorrectionRequested { text, .. }
                | Reply::Refused { text, .. }
                | Reply::NotAccepted { text, .. } => *text = Some(sealed.id),
                _ => {}
            }
            seal.push(sealed);
        }
        let command = Command::TakeReply {
            node: service.node.key.clone(),
            dispatch,
            department_seq: seq,
            decided_at: self.engine.clock().now(),
            reply,
        };
        let id = CommandId(fresh_id());
        self.engine.execute(office(service), "reply", id, case.id, None, command, seal).await?;
        Ok(())
    }

    async fn grant(
        &self,
        case: &Case,
        service: &ServiceCase,
        spec: Option<&ServiceSpec>,
    ) -> Result<(), EngineError> {
        let Some(sending) = service.latest_sending() else { return Ok(()) };
        let now = self.engine.clock().now();
        let mut values: BTreeMap<String, Facts> = BTreeMap::new();
        let says_something = service.node.outputs.iter().any(|output| !output.slots.is_empty());
        if let Some(spec) = spec.filter(|_| says_something) {
            let facts = self.engine.facts_of(case).await?;
            let fields: BTreeMap<_, _> =
                facts.iter().map(|(slot, fact)| (slot.clone(), fact.value.clone())).collect();
            let area = case.application.reception.area.as_deref().unwrap_or("990000");
            let grant = Grant {
                dispatch: sending.dispatch,
                member: service.node.key.member.as_ref(),
                fields: &fields,
                area,
                today: self.engine.catalogue().civil_date(now),
            };
            for output in service.node.outputs.iter().filter(|output| !output.slots.is_empty()) {
                let made = values_of_grant(spec, &output.id, &grant);
                let mut facts = Facts::new();
                for slot in &output.slots {
                    if let Some(value) = made.get(slot) {
                        let origin = Origin::Output { service: service.node.key.service.clone() };
                        facts.set(slot.clone(), Fact { value: value.clone(), origin });
                    }
                }
                values.insert(output.id.to_string(), facts);
            }
        }
        let id = CommandId(fresh_id());
        let (dispatch, seq) = (sending.dispatch, next_seq(service));
        let actor = office(service);
        let node = &service.node.key;
        self.engine.grant(actor, id, case.id, None, node, dispatch, seq, now, values).await?;
        Ok(())
    }

    async fn answer(&self, case: &Case, service: &ServiceCase) -> Result<(), EngineError> {
        let words =
            CorrectionAnswer { values: Facts::new(), words: "已按要求补正。".to_owned() };
        let sealed = engine::ToSeal { id: SealedId(fresh_id()), clear: words.to_bytes()? };
        let node = service.node.key.clone();
        let command = Command::AnswerCorrection {
            node: node.clone(),
            answer: Some(sealed.id),
            evidence: vec![],
        };
        let id = CommandId(fresh_id());
        let actor = self.applicant(case.id).await?;
        self.engine.execute(actor, "correct", id, case.id, None, command, vec![sealed]).await?;
        // The supplement is taken in as the referral was.
        if let Some(case) = self.engine.case(case.id).await?
            && let Some(service) = case.service(&node)
        {
            self.say(&case, service, Reply::Received, "").await?;
        }
        Ok(())
    }

    pub(super) async fn take_back(&self, case: CaseId) -> Result<Followed, EngineError> {
        let Some(state) = self.engine.case(case).await? else { return Ok(Followed::default()) };
        if state.state().is_final() {
            return Ok(Followed::default());
        }
        let actor = self.applicant(case).await?;
        let (id, command) = (CommandId(fresh_id()), Command::Withdraw { node: None });
        self.engine.execute(actor, "withdraw", id, case, None, command, Vec::new()).await?;
        // Departments let go at once: what they were asked to take back is theirs no more.
        if let Some(state) = self.engine.case(case).await? {
            for service in &state.services {
                if service.state == ServiceState::WithdrawalPending {
                    self.say(&state, service, Reply::WithdrawalConfirmed, "").await?;
                }
            }
        }
        Ok(Followed::default())
    }

    pub(super) async fn applicant(&self, case: CaseId) -> Result<Actor, EngineError> {
        let row = self.engine.store().find_case(case).await?;
        let account = row.and_then(|row| row.owner);
        Ok(Actor { role: ActorRole::Applicant, account, department: None })
    }
}

/// The department's system.
pub(super) fn office(service: &ServiceCase) -> Actor {
    let department = Some(service.node.department.clone());
    Actor { role: ActorRole::Department, account: None, department }
}

/// The department's next number on its latest sending.
pub(super) fn next_seq(service: &ServiceCase) -> u64 {
    let Some(sending) = service.latest_sending() else { return 1 };
    let said = service.replies.range((sending.dispatch, 0)..=(sending.dispatch, u64::MAX));
    said.last().map_or(1, |((_, seq), _)| seq + 1)
}
