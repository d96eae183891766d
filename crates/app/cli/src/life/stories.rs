//! Cases that show what is rare: a joint visit that is agreed on, a round of corrections that is being gathered, a
//! source that is out of reach, a grant that was taken back after its holder was heard, an applicant in whose place
//! somebody else stands. Each is told through the real engine, on the days on which it would have happened.

use std::collections::BTreeMap;

use casework::{
    Actor, ActorRole, ApplicantChange, Capacity, Case, CheckOutcome, CheckResult, Command, Entry,
    EntryKind, Reception, Reply, RevocationAct, ServiceCase,
};
use engine::{EngineError, ToSeal};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use store_port::fresh_id;
use vocabulary::{CaseId, CommandId, Fact, Instant, NodeKey, Origin, SealedId, Slot, SourceId};

use super::arrival::Arrival;
use super::fate::{Step, next_seq, office};
use super::{City, Deed, Followed, Moments, together};
use crate::demo_desk::GENERAL_CLERK;
use crate::demo_elder::ELDER;
use crate::demo_people::account_id;

/// What can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    Agreed,
    Gathering,
    Unchecked,
    TakenBack,
    Succeeded,
}

impl Story {
    pub(super) const ALL: [Self; 5] =
        [Self::Agreed, Self::Gathering, Self::Unchecked, Self::TakenBack, Self::Succeeded];

    /// So many working days before the last one it begins.
    pub(super) const fn working_days_ago(self) -> usize {
        match self {
            Self::Gathering => 0,
            Self::Agreed | Self::Unchecked => 2,
            Self::Succeeded => 4,
            Self::TakenBack => 24,
        }
    }

    /// The minute of the day at which it begins.
    pub(super) const fn minute(self) -> i64 {
        match self {
            Self::Agreed => 9 * 60 + 20,
            Self::Gathering => 10 * 60 + 5,
            Self::Unchecked => 14 * 60 + 40,
            Self::TakenBack => 11 * 60 + 10,
            Self::Succeeded => 15 * 60 + 30,
        }
    }

    /// The situation, and the number of the person in it.
    const fn scenario(self) -> (&'static str, &'static str, usize) {
        match self {
            Self::Agreed => (together::MATTER, together::SCENARIO, 900_001),
            Self::Gathering => (together::MATTER, together::SCENARIO, 900_002),
            Self::TakenBack => (together::MATTER, together::SCENARIO, 900_003),
            Self::Succeeded => ("newborn", "married-mother", 900_004),
            Self::Unchecked => ("home-transfer", "sale-with-loan-and-released-mortgage", 900_005),
        }
    }
}

/// The grant that is taken back.
const TAKEN_BACK: &str = "signboard-permit";
/// Sources that were out of reach at the submission: one has answered since, the other keeps silent.
const ANSWERED: &str = "gas-billing";
const SILENT: &str = "water-billing";

const REASON: &str = "现场复核发现招牌超出批准的尺寸和位置。";
const BASIS: &str = "本机关招牌设置管理规定";
const VIEW: &str = "招牌是制作单位做大的，我愿意改小，希望保留许可。";
const DIED: &str = "居民死亡医学证明（推断）书";
const GUARDIAN: &str = "亲属关系证明、监护人指定材料";

fn words(text: &str) -> ToSeal {
    ToSeal { id: SealedId(fresh_id()), clear: text.as_bytes().to_vec() }
}

impl City {
    /// Tells the next of a story.
    pub(super) async fn tell(
        &self,
        at: Instant,
        story: Story,
        case: Option<CaseId>,
        stage: u8,
    ) -> Result<Followed, EngineError> {
        let case = match case {
            Some(case) => case,
            None => match self.tell_beginning(at, story).await? {
                Some(case) => case,
                None => return Ok(Followed::default()),
            },
        };
        let Some(state) = self.engine.case(case).await? else { return Ok(Followed::default()) };
        let days = match (story, stage) {
            (Story::Agreed, _) => self.agree(at, &state).await?,
            (Story::Gathering, _) => self.gather(&state).await?,
            (Story::Unchecked, _) => self.answer_one_source(&state, stage).await?,
            (Story::TakenBack, _) => self.take_back_grant(at, &state, stage).await?,
            (Story::Succeeded, _) => self.succeed(&state, stage).await?,
        };
        let mut followed = Followed::default();
        if let Some(days) = days {
            let next = Deed::Tell { story, case: Some(case), stage: stage.saturating_add(1) };
            followed.deeds.push((self.working_days_later(at, days, story.minute()), next));
        }
        Ok(followed)
    }

    fn working_days_later(&self, at: Instant, days: u8, minute: i64) -> Instant {
        let catalogue = self.engine.catalogue();
        let moments = Moments { catalogue };
        let today = catalogue.civil_date(at);
        let day = (0..days).fold(today, |day, _| moments.next_day(day));
        moments.at(day, minute)
    }

    /// The application itself.
    async fn tell_beginning(
        &self,
        at: Instant,
        story: Story,
    ) -> Result<Option<CaseId>, EngineError> {
        let (matter, scenario, number) = story.scenario();
        let Some(arrival) = Arrival::chosen(self, matter, scenario) else { return Ok(None) };
        let arrival = arrival.of_person(number);
        let today = self.engine.catalogue().civil_date(at);
        if story == Story::Unchecked {
            return self.apply_with_silent_sources(at, &arrival).await;
        }
        let account = self.account(&arrival, &arrival.person(today)).await?;
        let case = self.apply(at, account, &arrival).await?;
        if let Some(case) = case {
            self.grant_awaited(case).await?;
        }
        Ok(case)
    }

    /// All have accepted and can come; the applicant has taken the second of the times.
    async fn agree(&self, at: Instant, state: &Case) -> Result<Option<u8>, EngineError> {
        let Some(visit) = state.visits.first() else { return Ok(None) };
        self.accept_all(state.id).await?;
        let id = &visit.planned.id;
        let slots = self.times(at);
        let offered: Vec<u32> = (0_u32..).zip(&slots).map(|(index, _)| index).collect();
        let department = Some(visit.planned.lead.clone());
        let lead = Actor { role: ActorRole::Officer, account: None, department };
        let command = Command::ProposeVisit { visit: id.clone(), slots, note: None };
        self.order(lead, "visit", state.id, command, Vec::new()).await?;
        for node in &visit.planned.nodes {
            let now = self.engine.case(state.id).await?;
            let Some((now, service)) = now.as_ref().and_then(|it| Some((it, it.service(node)?)))
            else {
                continue;
            };
            if service.node.department != visit.planned.lead {
                let slots = offered.to_vec();
                let reply = Reply::VisitJoined { visit: id.clone(), number: 1, slots };
                self.say(now, service, reply, "").await?;
            }
        }
        let applicant = self.applicant(state.id).await?;
        let command = Command::ConfirmVisit { visit: id.clone(), number: 1, slot: 1 };
        self.order(applicant, "visit", state.id, command, Vec::new()).await?;
        Ok(None)
    }

    /// One department asks; the others have not answered, and the one notice waits for them.
    async fn gather(&self, state: &Case) -> Result<Option<u8>, EngineError> {
        let nodes = state.visits.first().map(|visit| visit.planned.nodes.as_slice());
        let asking =
            nodes.unwrap_or_default().iter().filter_map(|node| state.service(node)).next_back();
        if let Some(service) = asking {
            self.take_step(state, service, Step::AskForCorrection).await?;
        }
        Ok(None)
    }

    /// He types himself what two sources should have told.
    async fn apply_with_silent_sources(
        &self,
        at: Instant,
        arrival: &Arrival,
    ) -> Result<Option<CaseId>, EngineError> {
        let catalogue = self.engine.catalogue();
        let account = account_id(ELDER);
        let today = catalogue.civil_date(at);
        let entry = Entry { kind: EntryKind::Direct, place: None, from: None, service: None };
        let area = Some(arrival.county().into());
        let reception = Reception { entry: Some(entry), area, ..Reception::default() };
        let mut draft =
            self.engine.open_draft_received(account, arrival.matter(), reception).await?;
        self.answer_questions(&mut draft, arrival, today)?;
        let mut rng = StdRng::seed_from_u64(self.seed);
        let (mut draft, plan) = self.fill_in(draft, &arrival.person(today), at, &mut rng).await?;
        if plan.services.is_empty() || !plan.needs_first.is_empty() {
            return Ok(None);
        }
        let fields = plan.form.iter().flat_map(|topic| &topic.fields).map(|field| &field.slot);
        let of_silent: Vec<(Slot, SourceId)> = fields
            .filter_map(|slot| {
                let source = catalogue.element(&slot.element)?.source.clone()?;
                [ANSWERED, SILENT].contains(&source.as_str()).then(|| (slot.clone(), source))
            })
            .collect();
        for (slot, source) in of_silent {
            if let Some(value) = draft.facts.value(&slot).cloned() {
                draft.facts.set(slot.clone(), Fact { value, origin: Origin::Applicant });
                draft.unanswered.insert(slot, source);
            }
        }
        self.engine.keep_key(&draft, ELDER).await?;
        let draft = self.engine.save_draft(draft).await?;
        self.hand_in_of(account, draft).await.map(Some)
    }

    /// On the next day one of the two sources is back, and says the same.
    async fn answer_one_source(&self, state: &Case, stage: u8) -> Result<Option<u8>, EngineError> {
        if stage == 0 {
            return Ok(Some(1));
        }
        let mut told: BTreeMap<SourceId, Vec<CheckResult>> = BTreeMap::new();
        for check in state.unanswered_checks() {
            let (slot, outcome) = (check.field.slot.clone(), CheckOutcome::Agrees);
            let result = CheckResult { slot, outcome, value: None };
            told.entry(check.field.source.clone()).or_default().push(result);
        }
        if let Some(results) = told.remove(ANSWERED) {
            let hub = Actor { role: ActorRole::Hub, account: None, department: None };
            let command = Command::NoteChecks { source: ANSWERED.into(), results };
            self.order(hub, "note-checks", state.id, command, Vec::new()).await?;
        }
        Ok(None)
    }

    /// Accepted, granted, announced, heard, taken back.
    async fn take_back_grant(
        &self,
        at: Instant,
        state: &Case,
        stage: u8,
    ) -> Result<Option<u8>, EngineError> {
        let Some(service) = state.service(&NodeKey::single(TAKEN_BACK)) else { return Ok(None) };
        let node = service.node.key.clone();
        match stage {
            0 => {
                self.accept_all(state.id).await?;
                return Ok(Some(3));
            }
            1 => {
                for service in state.services.iter().filter(|it| it.started_at.is_some()) {
                    if !service.state.is_final() {
                        self.take_step(state, service, Step::Grant).await?;
                    }
                }
                self.grant_rest(state.id).await?;
                return Ok(Some(9));
            }
            2 => {
                let (reason, basis) = (words(REASON), words(BASIS));
                let act = RevocationAct::SetAside;
                let command =
                    Command::AnnounceRevocation { node, act, reason: reason.id, basis: basis.id };
                let officer = Actor { role: ActorRole::Officer, ..office(service) };
                self.order(officer, "act", state.id, command, vec![reason, basis]).await?;
                return Ok(Some(1));
            }
            3 => {
                let answer = words(VIEW);
                let command = Command::AnswerRevocation { node, answer: answer.id };
                let holder = self.applicant(state.id).await?;
                self.order(holder, "speak", state.id, command, vec![answer]).await?;
                return Ok(Some(2));
            }
            _ => self.set_aside(at, state, service).await?,
        }
        Ok(None)
    }

    async fn set_aside(
        &self,
        at: Instant,
        state: &Case,
        service: &ServiceCase,
    ) -> Result<(), EngineError> {
        let Some(sending) = service.latest_sending() else { return Ok(()) };
        let (dispatch, seq) = (sending.dispatch, next_seq(service));
        let subject = state.application.subject;
        let reason = self.engine.reply_words(subject, dispatch, seq, REASON).await?;
        let basis = self.engine.reply_words(subject, dispatch, seq, BASIS).await?;
        let command = Command::TakeReply {
            node: service.node.key.clone(),
            dispatch,
            department_seq: seq,
            decided_at: self.engine.clock().now(),
            reply: Reply::Revoked {
                act: RevocationAct::SetAside,
                reason: reason.id,
                basis: basis.id,
                effective_on: self.engine.catalogue().civil_date(at),
                heard: false,
            },
        };
        let officer = Actor { role: ActorRole::Officer, ..office(service) };
        self.order(officer, "act", state.id, command, vec![reason, basis]).await
    }

    /// The mother dies; a clerk records it and who takes her place, and he consents the day after.
    async fn succeed(&self, state: &Case, stage: u8) -> Result<Option<u8>, EngineError> {
        let successor = account_id(ELDER);
        match stage {
            0 => Ok(Some(1)),
            1 => {
                let account = Some(account_id(GENERAL_CLERK));
                let clerk = Actor { role: ActorRole::Clerk, account, department: None };
                let note = words(DIED);
                let report = Command::ReportApplicantChange {
                    change: ApplicantChange::Died,
                    note: note.id,
                    evidence: Vec::new(),
                };
                self.order(clerk.clone(), "change", state.id, report, vec![note]).await?;
                let note = words(GUARDIAN);
                let name = Command::NameSuccessor {
                    account: successor,
                    capacity: Capacity::Guardian,
                    note: note.id,
                    evidence: Vec::new(),
                };
                self.order(clerk, "change", state.id, name, vec![note]).await?;
                Ok(Some(1))
            }
            _ => {
                let (role, account) = (ActorRole::Applicant, Some(successor));
                let himself = Actor { role, account, department: None };
                let consent = Command::ConsentToSuccession;
                self.order(himself, "take-over", state.id, consent, Vec::new()).await?;
                Ok(None)
            }
        }
    }

    async fn accept_all(&self, case: CaseId) -> Result<(), EngineError> {
        let Some(state) = self.engine.case(case).await? else { return Ok(()) };
        for service in &state.services {
            if service.started_at.is_some() && !service.state.is_final() {
                self.take_step(&state, service, Step::Accept).await?;
            }
        }
        Ok(())
    }

    /// What began because others were granted is granted as well.
    async fn grant_rest(&self, case: CaseId) -> Result<(), EngineError> {
        self.receive(case).await?;
        let Some(state) = self.engine.case(case).await? else { return Ok(()) };
        for service in &state.services {
            if service.started_at.is_some() && !service.state.is_final() {
                self.take_step(&state, service, Step::Grant).await?;
            }
        }
        Ok(())
    }

    async fn order(
        &self,
        actor: Actor,
        action: &'static str,
        case: CaseId,
        command: Command,
        seal: Vec<ToSeal>,
    ) -> Result<(), EngineError> {
        let id = CommandId(fresh_id());
        self.engine.execute(actor, action, id, case, None, command, seal).await?;
        Ok(())
    }
}
