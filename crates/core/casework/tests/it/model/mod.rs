//! The state machine of a case once more, written differently: a list of facts as they came in, and rules that
//! read the whole list each time. Nothing is derived step by step and nothing is kept but the facts. Dates are
//! those of the day-by-day reference. `histories` compares it with `decide` and the fold, the simulation of the worker
//! with what is stored.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::*;
use yijianshi_casework::*;

use crate::reference::Almanac;

mod acts;
mod hearing;
mod papers;
mod time;
mod visits;
mod words;

/// (Answers before it, position of its sending, the department's number).
pub(crate) type Place = (usize, usize, u64);

/// One reply as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) place: Place,
    pub(crate) at: Instant,
    pub(crate) reply: Reply,
    /// A timer or an officer had settled before what it says.
    pub(crate) too_late: bool,
    /// By the hub's clock.
    pub(crate) arrived: Instant,
}

/// A correction as the applicant and the department know it.
pub(crate) struct Asked {
    pub(crate) round: usize,
    pub(crate) at: Instant,
    pub(crate) told: Option<Instant>,
    pub(crate) until: Option<Instant>,
    how: Answered,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    case: CaseId,
    pub(crate) node: ServiceNode,
    pub(crate) waits: Vec<usize>,
    pub(crate) started: Option<Instant>,
    pub(crate) sendings: Vec<DispatchId>,
    pub(crate) facts: Vec<Said>,
    pub(crate) answers: Vec<Instant>,
    pub(crate) deemed: bool,
    /// Of the silence that was acceptance and of the wish to have it back.
    pub(crate) other_answers: Vec<Instant>,
    /// `None` = every request is told by itself.
    pub(crate) margin: Option<Period>,
    pub(crate) told_by_margin: Option<Instant>,
    /// When the last of those received together had answered.
    pub(crate) all_spoke: Option<Instant>,
    pub(crate) lapsed: Option<Instant>,
    /// Silence became a grant.
    pub(crate) granted: Option<Instant>,
    pub(crate) taken_back_unsent: bool,
    pub(crate) asked_back: bool,
    pub(crate) chosen: Option<Place>,
    /// (Rule of the chain, rule of the light) of what was told.
    pub(crate) told: BTreeSet<(String, String)>,
    /// For each notice: whether it was answered, whether it was closed.
    pub(crate) notices: Vec<(bool, bool)>,
    /// When it waited for somebody in the applicant's place.
    pub(crate) waits_for_somebody: Vec<Span>,
    pub(crate) ended_for_good: bool,
    /// The act that was told to the holder, when, whether she spoke, whether it was let drop.
    pub(crate) announcement: Option<(RevocationAct, Instant, bool, bool)>,
    informed: u32,
    /// To which visits it was called first when.
    calls: Vec<(std::sync::Arc<str>, Instant)>,
    told_of_visits: u32,
    /// What went out, in order: kind and, of procedures, which.
    pub(crate) sent_out: Vec<Paper>,
}

/// A field that its source has to confirm, what the source said, and which services went by evidence.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) field: UncheckedField,
    pub(crate) said: Option<(CheckOutcome, Instant)>,
    pub(crate) by_evidence: BTreeMap<usize, Instant>,
}

/// A document that went out.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Paper {
    pub(crate) kind: DocumentKind,
    pub(crate) about: Option<String>,
    pub(crate) served: Option<ServiceWay>,
}

/// What the department's words about the end come to.
pub(crate) enum Verdict<'a> {
    None,
    Is(&'a Said),
    Contested(BTreeSet<Place>),
}

/// How a correction was answered, if it was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    ByTheApplicant,
    AtTheDepartment,
    No,
}

/// Since when, until when.
pub(crate) type Span = (Instant, Option<Instant>);

const fn ends(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Granted { .. }
            | Reply::Refused { .. }
            | Reply::NotAccepted { .. }
            | Reply::WithdrawalConfirmed
    )
}

impl Service {
    pub(crate) fn new(case: CaseId, node: &ServiceNode, all: &[ServiceNode]) -> Self {
        let position = |key: &NodeKey| all.iter().position(|node| node.key == *key).unwrap();
        Self {
            case,
            node: node.clone(),
            waits: node.waits_for.iter().map(|wait| position(&wait.from)).collect(),
            started: None,
            sendings: Vec::new(),
            facts: Vec::new(),
            answers: Vec::new(),
            deemed: false,
            other_answers: Vec::new(),
            margin: None,
            told_by_margin: None,
            all_spoke: None,
            lapsed: None,
            granted: None,
            taken_back_unsent: false,
            asked_back: false,
            chosen: None,
            told: BTreeSet::new(),
            notices: Vec::new(),
            waits_for_somebody: Vec::new(),
            ended_for_good: false,
            announcement: None,
            informed: 0,
            calls: Vec::new(),
            told_of_visits: 0,
            sent_out: Vec::new(),
        }
    }
}

/// The whole case.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) services: Vec<Service>,
    pub(crate) almanac: Almanac,
    pub(crate) now: Instant,
    handed_in: Instant,
    pub(crate) open: Vec<Open>,
    /// A change of the applicant that nobody has settled, and who was named.
    pub(crate) change: Option<Option<(AccountId, Capacity)>>,
    pub(crate) owner: Option<AccountId>,
    pub(crate) visits: Vec<visits::Appointment>,
}

/// The code of a refusal, or whether anything happened.
pub(crate) type Outcome = Result<bool, &'static str>;

impl Model {
    pub(crate) fn submitted(
        case: CaseId,
        nodes: &[ServiceNode],
        unchecked: &[UncheckedField],
        margin: Option<Period>,
        almanac: Almanac,
        now: Instant,
    ) -> Self {
        let service = |node| Service { margin, ..Service::new(case, node, nodes) };
        let services = nodes.iter().map(service).collect();
        let open = unchecked.iter().map(|field| Open {
            field: field.clone(),
            said: None,
            by_evidence: BTreeMap::new(),
        });
        let open = open.collect();
        let mut model = Self {
            services,
            almanac,
            now,
            handed_in: now,
            open,
            change: None,
            owner: None,
            visits: Vec::new(),
        };
        model.start_what_can();
        model
    }

    /// Services stand in an order in which each follows those that it waits for.
    pub(crate) fn states(&self) -> Vec<ServiceState> {
        let mut states: Vec<ServiceState> = Vec::new();
        for service in &self.services {
            let lost = |at: &usize| {
                use ServiceState::{
                    Lapsed, NotAccepted, Refused, Revoked, Stopped, Terminated, Withdrawn,
                };
                matches!(
                    states[*at],
                    Refused | NotAccepted | Lapsed | Withdrawn | Stopped | Revoked | Terminated
                )
            };
            states.push(match service.alone() {
                ServiceState::Waiting if service.waits.iter().any(lost) => ServiceState::Stopped,
                state => state,
            });
        }
        states
    }

    pub(crate) fn state(&self) -> CaseState {
        use ServiceState as S;
        let states: BTreeSet<ServiceState> = self.states().into_iter().collect();
        let has = |some: &[ServiceState]| some.iter().any(|state| states.contains(state));
        let lost = [S::Refused, S::NotAccepted, S::Lapsed, S::Terminated];
        let over = [
            S::Granted,
            S::Revoked,
            S::Refused,
            S::NotAccepted,
            S::Lapsed,
            S::Terminated,
            S::Withdrawn,
            S::Stopped,
        ];
        let all_over = states.iter().all(|state| over.contains(state));
        match (all_over, has(&[S::Granted, S::Revoked])) {
            _ if has(&[S::Contested]) => CaseState::Contested,
            (false, _) if has(&[S::CorrectionRequested]) => CaseState::AwaitingApplicant,
            (false, true) => CaseState::PartlyDone,
            (false, false) => CaseState::InProgress,
            (true, true) if has(&lost) || has(&[S::Stopped]) => CaseState::PartlyRefused,
            (true, true) => CaseState::Done,
            (true, false) if has(&lost) => CaseState::Refused,
            (true, false) => CaseState::Withdrawn,
        }
    }

    fn start_what_can(&mut self) {
        let states = self.states();
        // Of what silence granted only a bare fact is there before the paper.
        let there = |wait: &Wait, at: usize| {
            let producer = &self.services[at];
            let bare = |it: &NodeOutput| it.id == wait.output && it.fact;
            let has = producer.granted.is_none()
                || matches!(producer.verdict(), Verdict::Is(_))
                || producer.node.outputs.iter().any(bare);
            states[at] == ServiceState::Granted && has
        };
        let ready: Vec<bool> = self
            .services
            .iter()
            .map(|it| it.node.waits_for.iter().zip(&it.waits).all(|(wait, at)| there(wait, *at)))
            .collect();
        for (service, ready) in self.services.iter_mut().zip(ready) {
            let free =
                !service.taken_back_unsent && !service.ended_for_good && !service.is_suspended();
            if service.started.is_none() && free && ready {
                service.started = Some(self.now);
                service.send("referral", 0);
            }
        }
    }

    pub(crate) fn take(&mut self, actor: &Actor, command: &Command) -> Outcome {
        let before: Vec<usize> = self.services.iter().map(|it| it.acts().len()).collect();
        let outcome = self.act(actor, command);
        if outcome == Ok(true) {
            self.start_what_can();
            self.see_who_spoke();
            self.tell_of_acts(&before);
        }
        outcome
    }

    /// Received together are those that came with the application, and those that began at one instant.
    fn see_who_spoke(&mut self) {
        let with = |it: &Service| (it.started, it.waits.is_empty());
        let all: Vec<_> = self.services.iter().map(|it| (with(it), it.spoke())).collect();
        for service in &mut self.services {
            let same = || all.iter().filter(|(other, _)| *other == with(service));
            let last = same().map(|(_, spoke)| *spoke).max().flatten();
            service.all_spoke = last.filter(|_| same().all(|(_, spoke)| spoke.is_some()));
        }
    }

    fn act(&mut self, actor: &Actor, command: &Command) -> Outcome {
        match command {
            Command::Submit(_) => Err("CASE0002"),
            Command::NoteDelivered { dispatch } => {
                let known = |service: &&Service| service.sendings.contains(dispatch);
                let service = self.services.iter().find(known).ok_or("CASE0004")?;
                service.speaks(actor)?;
                // Whether it was noted before is not about states.
                Ok(true)
            }
            Command::TakeReply { node, dispatch, department_seq, decided_at, reply } => {
                self.hear(actor, node, (*dispatch, *department_seq), *decided_at, reply)
            }
            Command::AnswerCorrection { node, .. } => {
                self.may_answer(actor, node)?;
                self.answer(node)
            }
            Command::AnswerCorrections { answers } => {
                let named: BTreeSet<&NodeKey> = answers.iter().map(|one| &one.node).collect();
                if named.is_empty() || named.len() < answers.len() {
                    return Err("CASE0040");
                }
                answers.iter().try_for_each(|one| self.may_answer(actor, &one.node))?;
                for node in named {
                    self.answer(node)?;
                }
                Ok(true)
            }
            Command::Withdraw { node } => {
                on_the_applicants_side(actor)?;
                self.take_back(node.as_ref())
            }
            Command::Tick if actor.role == ActorRole::Hub => Ok(self.let_time_pass()),
            Command::Tick | Command::TakeCalendar { .. } => Err("CASE0036"),
            Command::ResolveContest { node, dispatch, department_seq } => {
                self.resolve(actor, node, (*dispatch, *department_seq))
            }
            Command::Supervise { node, acts } => self.supervise(actor, node, acts),
            Command::Serve { document, way } => self.serve(actor, document, *way),
            Command::ProposeVisit { .. }
            | Command::ConfirmVisit { .. }
            | Command::AskOtherTime { .. }
            | Command::MissVisit { .. } => self.visit(actor, command),
            _ => self.beside(actor, command),
        }
    }

    fn find(&self, node: &NodeKey) -> Result<usize, &'static str> {
        self.services.iter().position(|service| service.node.key == *node).ok_or("CASE0003")
    }

    fn hear(
        &mut self,
        actor: &Actor,
        node: &NodeKey,
        (dispatch, number): (DispatchId, u64),
        at: Instant,
        reply: &Reply,
    ) -> Outcome {
        let index = self.find(node)?;
        let state = self.states()[index];
        let service = &mut self.services[index];
        service.speaks(actor)?;
        if !matches!(actor.role, ActorRole::Officer | ActorRole::Department | ActorRole::Hub) {
            return Err("CASE0019");
        }
        if service.started.is_none() {
            return Err(if state == ServiceState::Withdrawn { "CASE0018" } else { "CASE0010" });
        }
        let sending = service.sendings.iter().position(|it| *it == dispatch).ok_or("CASE0004")?;
        let same_number = |it: &&Said| (it.place.1, it.place.2) == (sending, number);
        if let Some(known) = service.facts.iter().find(same_number) {
            let same = known.reply == *reply && known.at == at;
            return if same { Ok(false) } else { Err("CASE0009") };
        }
        service.whole(reply)?;
        if let Reply::Revoked { act, heard, .. } = reply {
            let known = service.node.revocations.iter().find(|known| known.act == *act);
            let known = known.ok_or("CASE0051")?;
            if known.heard.is_some() && !heard && actor.role == ActorRole::Department {
                return Err("CASE0052");
            }
        }
        let undecided = !state.is_decided() && state != ServiceState::Contested;
        let mut open = self.open.iter().filter(|open| open.blocks(index, &service.node));
        let held_up = match reply {
            Reply::Granted { .. } => open.next().is_some(),
            Reply::Refused { .. } => open.any(|open| open.said.is_none()),
            _ => false,
        };
        if undecided && held_up {
            return Err("CASE0055");
        }
        if actor.role == ActorRole::Officer {
            let news = match reply {
                Reply::VisitJoined { .. } | Reply::VisitHeld { .. } => {
                    self.officer_visits(index, reply)?
                }
                _ => self.services[index].officer_says(state, reply, self.now, &self.almanac)?,
            };
            if !news {
                return Ok(false);
            }
        }
        let service = &mut self.services[index];
        let too_late = service.is_settled_before(reply);
        let place = (service.answers.len(), sending, number);
        let arrived = self.now;
        let fact = Said { place, at, reply: reply.clone(), too_late, arrived };
        service.facts.push(fact.clone());
        if service.counts(&fact) {
            service.send_out(reply);
        }
        Ok(true)
    }

    fn may_answer(&self, actor: &Actor, node: &NodeKey) -> Result<(), &'static str> {
        let index = self.find(node)?;
        on_the_applicants_side(actor)?;
        match self.states()[index] {
            ServiceState::CorrectionRequested => Ok(()),
            ServiceState::Waiting | ServiceState::Stopped => Err("CASE0010"),
            ServiceState::WithdrawalPending => Err("CASE0018"),
            state => Err(over(state).unwrap_or("CASE0005")),
        }
    }

    fn answer(&mut self, node: &NodeKey) -> Outcome {
        let index = self.find(node)?;
        let service = &mut self.services[index];
        service.answers.push(self.now);
        service.send("supplement", u32::try_from(service.answers.len()).unwrap());
        Ok(true)
    }

    fn take_back(&mut self, node: Option<&NodeKey>) -> Outcome {
        let states = self.states();
        let mut only = None;
        if let Some(node) = node {
            let index = self.find(node)?;
            match states[index] {
                ServiceState::WithdrawalPending => return Err("CASE0018"),
                state => over(state).map_or(Ok(()), Err)?,
            }
            only = Some(index);
        }
        let mut any = false;
        for (index, service) in self.services.iter_mut().enumerate() {
            if only.is_some_and(|only| only != index) || over(states[index]).is_some() {
                continue;
            }
            if states[index] == ServiceState::Waiting {
                service.taken_back_unsent = true;
                any = true;
            } else if states[index] != ServiceState::Stopped && !service.asked_back {
                service.asked_back = true;
                service.other_answers.push(self.now);
                service.send("withdrawal", 0);
                any = true;
            }
        }
        if any { Ok(true) } else { Err("CASE0006") }
    }

    fn let_time_pass(&mut self) -> bool {
        let states = self.states();
        let mut any = false;
        let due: Vec<_> = self
            .services
            .iter()
            .filter(|service| service.is_to_be_told(self.now, &self.almanac))
            .map(|service| (service.started, service.waits.is_empty()))
            .collect();
        for service in &mut self.services {
            if service.gathers() && due.contains(&(service.started, service.waits.is_empty())) {
                service.told_by_margin = service.told_by_margin.or(Some(self.now));
                any = true;
            }
        }
        for (index, (service, state)) in self.services.iter_mut().zip(states).enumerate() {
            let held_up = self.open.iter().any(|open| open.blocks(index, &service.node));
            let needed =
                self.open.iter().filter(|open| service.node.fields.contains(&open.field.slot));
            let good = needed.filter_map(|open| open.good_since(index)).max();
            let granted = service
                .silence_is_a_grant(state, self.now, &self.almanac)
                .filter(|_| !held_up)
                .map(|end| good.map_or(end, |good| end.max(good)));
            if service.silence_is_acceptance(state, self.now, &self.almanac) {
                service.deemed = true;
                service.other_answers.push(self.now);
                service.send_out(&Reply::Accepted);
                any = true;
            }
            if granted.is_some() {
                service.granted = granted;
                any = true;
            } else if service.silence_is_the_end(state, self.now, &self.almanac) {
                let round = service.answers.len() + 1;
                service.lapsed = Some(self.now);
                service.send("lapse", u32::try_from(round).unwrap());
                any = true;
            }
        }
        any
    }

    fn resolve(&mut self, actor: &Actor, node: &NodeKey, key: (DispatchId, u64)) -> Outcome {
        let index = self.find(node)?;
        let service = &mut self.services[index];
        service.speaks(actor)?;
        if actor.role != ActorRole::Officer {
            return Err("CASE0019");
        }
        let Verdict::Contested(sides) = service.verdict() else {
            return Err("CASE0016");
        };
        let sending = service.sendings.iter().position(|it| *it == key.0);
        let side = sides.into_iter().find(|place| (Some(place.1), place.2) == (sending, key.1));
        let chosen = side.ok_or("CASE0004")?;
        service.chosen = Some(chosen);
        let said = service.facts.iter().find(|fact| fact.place == chosen).unwrap().reply.clone();
        service.send_out(&said);
        Ok(true)
    }
}

fn on_the_applicants_side(actor: &Actor) -> Result<(), &'static str> {
    match actor.role {
        ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent | ActorRole::Hub => Ok(()),
        _ => Err("CASE0035"),
    }
}

/// Why nothing more may be done about it.
const fn over(state: ServiceState) -> Option<&'static str> {
    match state {
        ServiceState::Granted
        | ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Contested
        | ServiceState::Revoked => Some("CASE0007"),
        ServiceState::Withdrawn => Some("CASE0018"),
        ServiceState::Lapsed => Some("CASE0034"),
        ServiceState::Suspended => Some("CASE0058"),
        ServiceState::Terminated => Some("CASE0064"),
        _ => None,
    }
}
