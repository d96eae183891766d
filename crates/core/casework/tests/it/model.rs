//! The state machine of a case once more, written differently: a list of facts as they came in, and rules that
//! read the whole list each time. Nothing is derived step by step and nothing is kept but the facts. Dates are
//! those of the day-by-day reference. `histories` compares it with `decide` and the fold.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::*;
use yijianshi_casework::*;

use crate::reference::{Almanac, Clock, at, day_of, number, opened, walk};

/// (Answers before it, position of its sending, the department's number).
pub(crate) type Place = (usize, usize, u64);

/// One reply as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
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
    pub(crate) facts: Vec<Fact>,
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
    Is(&'a Fact),
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
            sent_out: Vec::new(),
        }
    }

    fn heard(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| !fact.too_late)
    }

    fn is_said(&self, reply: &Reply) -> bool {
        self.heard().any(|fact| fact.reply == *reply)
    }

    fn is_afterwards(&self, reply: &Reply) -> bool {
        let (Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. }) =
            reply
        else {
            return false;
        };
        self.node.procedures.iter().any(|known| known.id == *procedure && known.afterwards)
    }

    pub(crate) fn verdict(&self) -> Verdict<'_> {
        let fact_at = |place: Place| self.facts.iter().find(|fact| fact.place == place).unwrap();
        let goes_on = match self.chosen.map(fact_at) {
            Some(Fact { reply: Reply::TooLateToWithdraw, .. }) => true,
            Some(chosen) => return Verdict::Is(chosen),
            None => false,
        };
        let all: Vec<&Fact> = self.heard().filter(|fact| ends(&fact.reply)).collect();
        let valid = |fact: &&&Fact| !(goes_on && fact.reply == Reply::WithdrawalConfirmed);
        let Some(first) = all.iter().filter(valid).min_by_key(|fact| fact.place) else {
            return Verdict::None;
        };
        let at_odds = all.iter().filter(valid).any(|other| other.reply != first.reply);
        let not_withdrawn =
            first.reply == Reply::WithdrawalConfirmed && self.is_said(&Reply::TooLateToWithdraw);
        if at_odds {
            Verdict::Contested(all.iter().map(|fact| fact.place).collect())
        } else if not_withdrawn {
            let side = |fact: &&Fact| ends(&fact.reply) || fact.reply == Reply::TooLateToWithdraw;
            Verdict::Contested(self.heard().filter(side).map(|fact| fact.place).collect())
        } else {
            Verdict::Is(first)
        }
    }

    /// What was said before the end, if there is one.
    fn before_the_end(&self) -> impl Iterator<Item = &Fact> {
        let end = match self.verdict() {
            // A paper that follows on a silent grant is the end of nothing.
            Verdict::Is(fact) if self.granted.is_none() => Some((fact.place, fact.at)),
            _ => None,
        };
        self.heard().filter(move |fact| end.is_none_or(|(place, _)| fact.place < place))
    }

    pub(crate) fn ended_at(&self) -> Option<Instant> {
        if self.granted.is_some() {
            return self.granted;
        }
        match self.verdict() {
            Verdict::Is(fact) => Some(fact.at),
            _ => None,
        }
    }

    /// Requests that the same word ends, or none, are one correction. It is told when all have spoken or by the
    /// margin, unless the department itself had closed it by then.
    pub(crate) fn corrections(&self) -> Vec<Asked> {
        let goes_on = |reply: &Reply| matches!(reply, Reply::Accepted | Reply::CorrectionSettled);
        let mut found: BTreeMap<(usize, Place), (Vec<&Fact>, Option<&Fact>)> = BTreeMap::new();
        for asked in self.before_the_end() {
            if !matches!(asked.reply, Reply::CorrectionRequested { .. }) {
                continue;
            }
            let round = asked.place.0;
            let closing = self
                .before_the_end()
                .filter(|it| it.place.0 == round && it.place > asked.place && goes_on(&it.reply))
                .min_by_key(|it| it.place);
            let key = (round, closing.map_or((usize::MAX, 0, 0), |closing| closing.place));
            found.entry(key).or_insert((Vec::new(), closing)).0.push(asked);
        }
        let mut corrections = Vec::new();
        for ((round, _), (requests, closing)) in found {
            let at = requests.iter().map(|fact| fact.at).min().unwrap();
            let heard = requests.iter().map(|fact| fact.arrived).min().unwrap();
            let answered = self.answers.get(round).copied();
            // When it was over, and since when the hub knows it.
            let over = match (self.granted, self.verdict()) {
                (Some(granted), _) => Some((granted, granted)),
                (None, Verdict::Is(fact)) => Some((fact.at, fact.arrived)),
                _ => None,
            };
            let closed =
                closing.map(|fact| (fact.at, fact.arrived)).or(over.filter(|_| answered.is_none()));
            let until = closed.map(|(at, _)| at).or(answered).or(self.lapsed);
            let how = match closing.map(|closing| &closing.reply) {
                Some(Reply::CorrectionSettled) => Answered::AtTheDepartment,
                None if answered.is_some() => Answered::ByTheApplicant,
                _ => Answered::No,
            };
            let told = match self.margin {
                None => Some(at),
                Some(_) => {
                    let opened = [self.all_spoke, self.told_by_margin].into_iter().flatten().min();
                    let told = opened.map(|opened| opened.max(heard));
                    told.filter(|told| closed.is_none_or(|(_, arrived)| *told < arrived))
                }
            };
            corrections.push(Asked { round, at, told, until, how });
        }
        corrections
    }

    fn is_asked(&self) -> bool {
        self.corrections().iter().any(|asked| asked.until.is_none())
    }

    /// Since when the applicant owes an answer.
    fn owed(&self) -> Option<Instant> {
        self.corrections().iter().find(|it| it.until.is_none() && it.told.is_some())?.told
    }

    fn gathers(&self) -> bool {
        self.corrections().iter().any(|it| it.until.is_none() && it.told.is_none())
    }

    /// When the department, or something in its place, first answered.
    fn spoke(&self) -> Option<Instant> {
        let answers = self.facts.iter().filter(|fact| {
            ends(&fact.reply)
                || matches!(fact.reply, Reply::Accepted | Reply::CorrectionRequested { .. })
        });
        let answered = answers.map(|fact| fact.arrived).chain(self.other_answers.iter().copied());
        answered.chain(self.granted).min()
    }

    /// The margin has come.
    fn is_to_be_told(&self, now: Instant, almanac: &Almanac) -> bool {
        let (Some(margin), true) = (self.margin, self.gathers()) else {
            return false;
        };
        let limit = self.node.correction_limit;
        if limit.unit != margin.unit || limit.halves <= margin.halves {
            return true;
        }
        let halves = HalfDays(limit.halves.0 - margin.halves.0);
        let until = Period { halves, unit: limit.unit };
        let Some(clock) = self.clock(ClockStart::Receipt, until, almanac) else {
            return false;
        };
        let clock = Clock { stops: Vec::new(), extension: None, ..clock };
        walk(&clock, almanac).provisional || self.is_over(&clock, now, almanac).is_some()
    }

    /// Runs of one procedure: a beginning that follows on no other beginning, to the next end.
    fn runs(&self, id: &str) -> Vec<Span> {
        let afterwards = self.node.procedures.iter().any(|it| *it.id == *id && it.afterwards);
        let mut about: Vec<&Fact> =
            if afterwards { self.heard().collect() } else { self.before_the_end().collect() };
        about.retain(|fact| match &fact.reply {
            Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. } => {
                **procedure == *id
            }
            _ => false,
        });
        about.sort_by_key(|fact| fact.place);
        let begins = |fact: &Fact| matches!(fact.reply, Reply::ProcedureBegan { .. });
        let is_first = |index: usize| index == 0 || !begins(about[index - 1]);
        (0..about.len())
            .filter(|index| begins(about[*index]) && is_first(*index))
            .map(|index| {
                let end = about[index..].iter().find(|fact| !begins(fact)).map(|fact| fact.at);
                let end = end.or(self.ended_at().filter(|_| !afterwards));
                (about[index].at, end.map(|end| end.max(about[index].at)))
            })
            .collect()
    }

    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.runs(id).iter().any(|(_, until)| until.is_none())
    }

    fn stops(&self, almanac: &Almanac) -> Vec<Span> {
        let corrections = self.corrections().into_iter().filter_map(|asked| {
            let by_applicant = asked.how == Answered::ByTheApplicant;
            let office = self.node.clock.office.filter(|_| by_applicant);
            Some((asked.told?, asked.until.map(|until| opened(until, office, almanac).0)))
        });
        let excluded = |it: &&NodeProcedure| !it.afterwards && !it.counted;
        let procedures = self.node.procedures.iter().filter(excluded);
        let stops = corrections.chain(procedures.flat_map(|it| self.runs(&it.id)));
        let stops = stops.chain(self.waits_for_somebody.iter().copied());
        stops.map(|(from, until)| (from, until.map(|until| until.max(from)))).collect()
    }

    pub(crate) fn accepted(&self) -> Option<Instant> {
        if self.deemed {
            return self.started;
        }
        let said = self.before_the_end().filter(|fact| fact.reply == Reply::Accepted);
        said.min_by_key(|fact| fact.place).map(|fact| fact.at)
    }

    pub(crate) fn extended(&self) -> Option<Instant> {
        let said = self.before_the_end().filter(|it| matches!(it.reply, Reply::Extended { .. }));
        said.min_by_key(|fact| fact.place).map(|fact| fact.at)
    }

    /// Acts that ended the grant: any first one, and then the one that strikes it off.
    pub(crate) fn acts(&self) -> Vec<RevocationAct> {
        let granted = self.granted.is_some()
            || matches!(self.verdict(), Verdict::Is(Fact { reply: Reply::Granted { .. }, .. }));
        if !granted {
            return Vec::new();
        }
        let mut said: Vec<&Fact> =
            self.heard().filter(|fact| matches!(fact.reply, Reply::Revoked { .. })).collect();
        said.sort_by_key(|fact| fact.place);
        let act = |fact: &&Fact| match fact.reply {
            Reply::Revoked { act, .. } => act,
            _ => unreachable!(),
        };
        let all: Vec<RevocationAct> = said.iter().map(act).collect();
        let last = RevocationAct::Deregistered;
        match all.first() {
            None => Vec::new(),
            Some(first) if *first != last && all.contains(&last) => vec![*first, last],
            Some(first) => vec![*first],
        }
    }

    fn is_suspended(&self) -> bool {
        self.waits_for_somebody.iter().any(|(_, until)| until.is_none())
    }

    fn announced(&self) -> Option<(RevocationAct, Instant, bool)> {
        self.announcement
            .filter(|(act, _, _, dropped)| !dropped && !self.acts().contains(act))
            .map(|(act, at, spoke, _)| (act, at, spoke))
    }

    fn may_end(&self, state: ServiceState, act: RevocationAct) -> Result<(), &'static str> {
        if !self.node.revocations.iter().any(|known| known.act == act) {
            return Err("CASE0051");
        }
        let strikes_off = act == RevocationAct::Deregistered && !self.acts().contains(&act);
        match state {
            ServiceState::Granted => Ok(()),
            ServiceState::Revoked if strikes_off => Ok(()),
            _ => Err("CASE0050"),
        }
    }

    /// Whether the department's last word takes its place at once: nothing has overtaken or contradicted it.
    fn counts(&self, fact: &Fact) -> bool {
        let same = |other: &Fact| other.place == fact.place;
        match (self.verdict(), &fact.reply) {
            _ if fact.too_late => false,
            (Verdict::Is(end), _) if same(end) => true,
            (Verdict::Contested(_), reply) if ends(reply) => false,
            (_, Reply::Extended { .. }) => self
                .before_the_end()
                .filter(|it| matches!(it.reply, Reply::Extended { .. }))
                .min_by_key(|it| it.place)
                .is_some_and(same),
            (Verdict::None, reply) => !ends(reply),
            (_, reply) if self.is_afterwards(reply) => true,
            _ => self.before_the_end().any(same),
        }
    }

    /// The paper that a word sends out, if it does.
    fn send_out(&mut self, reply: &Reply) {
        let (kind, about) = match reply {
            Reply::Accepted => (DocumentKind::Acceptance, None),
            Reply::Granted { .. } => (DocumentKind::Grant, None),
            Reply::Refused { .. } => (DocumentKind::Refusal, None),
            Reply::NotAccepted { .. } => (DocumentKind::NotAccepted, None),
            Reply::Extended { .. } => (DocumentKind::Extension, None),
            Reply::ProcedureBegan { procedure, .. } => {
                (DocumentKind::SpecialProcedure, Some(procedure.to_string()))
            }
            _ => return,
        };
        let same = |paper: &&Paper| paper.kind == kind && paper.about == about;
        let before = self.sent_out.iter().filter(same).count();
        // A procedure may begin anew after it ended; all else goes out once. When corrections are told is the
        // business of the stories.
        let allowed = match &about {
            Some(id) => 1 + self.facts.iter().filter(|fact| {
                matches!(&fact.reply, Reply::ProcedureEnded { procedure, .. } if **procedure == **id)
            }).count(),
            None => 1,
        };
        if before < allowed {
            self.sent_out.push(Paper { kind, about, served: None });
        }
    }

    /// As far as it stands alone: what can never start counts as waiting here.
    fn alone(&self) -> ServiceState {
        if self.taken_back_unsent {
            return ServiceState::Withdrawn;
        }
        match (self.started, self.ended_for_good) {
            (None, true) => return ServiceState::Terminated,
            (None, false) => return ServiceState::Waiting,
            _ => {}
        }
        match self.verdict() {
            Verdict::Contested(_) => return ServiceState::Contested,
            Verdict::Is(fact) => {
                return match fact.reply {
                    Reply::Granted { .. } if !self.acts().is_empty() => ServiceState::Revoked,
                    Reply::Granted { .. } => ServiceState::Granted,
                    Reply::Refused { .. } => ServiceState::Refused,
                    Reply::NotAccepted { .. } => ServiceState::NotAccepted,
                    _ => ServiceState::Withdrawn,
                };
            }
            Verdict::None if self.granted.is_some() && !self.acts().is_empty() => {
                return ServiceState::Revoked;
            }
            Verdict::None if self.granted.is_some() => return ServiceState::Granted,
            Verdict::None => {}
        }
        let pending = self.asked_back && !self.is_said(&Reply::TooLateToWithdraw);
        let inquired = |it: &&NodeProcedure| !it.afterwards && self.is_open(&it.id);
        // The first that holds.
        let rules = [
            (self.lapsed.is_some(), ServiceState::Lapsed),
            (self.ended_for_good, ServiceState::Terminated),
            (self.is_suspended(), ServiceState::Suspended),
            (pending, ServiceState::WithdrawalPending),
            (self.owed().is_some(), ServiceState::CorrectionRequested),
            (self.node.procedures.iter().find(inquired).is_some(), ServiceState::SpecialProcedure),
            (self.accepted().is_some(), ServiceState::Accepted),
            (!self.facts.is_empty(), ServiceState::Received),
        ];
        rules.into_iter().find(|(holds, _)| *holds).map_or(ServiceState::Referred, |rule| rule.1)
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
        let mut model =
            Self { services, almanac, now, handed_in: now, open, change: None, owner: None };
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
            _ => self.beside(actor, command),
        }
    }

    /// Acts that are sent together are taken one after the other; none is taken when one of them may not be.
    fn supervise(&mut self, actor: &Actor, node: &NodeKey, acts: &[SupervisionAct]) -> Outcome {
        let index = self.find(node)?;
        let state = self.states()[index];
        let over = matches!(
            state,
            ServiceState::Granted
                | ServiceState::Refused
                | ServiceState::NotAccepted
                | ServiceState::Lapsed
                | ServiceState::Withdrawn
                | ServiceState::Stopped
                | ServiceState::Revoked
                | ServiceState::Terminated
        );
        let [act] = acts else { unreachable!("the histories send one") };
        let service = &mut self.services[index];
        let who = match act {
            SupervisionAct::Remind { .. } => actor.role == ActorRole::Hub,
            SupervisionAct::Answer { .. } => {
                actor.role == ActorRole::Officer
                    && actor.department == Some(service.node.department.clone())
            }
            _ => actor.role == ActorRole::Manager,
        };
        if !who {
            return Err("CASE0065");
        }
        let last = service.notices.last().copied().filter(|(_, closed)| !closed);
        match act {
            SupervisionAct::Remind { reminder } => {
                let key = (reminder.reminder.to_string(), reminder.mark.rule.to_string());
                return Ok(!over && service.told.insert(key));
            }
            SupervisionAct::Notice { .. } if last.is_some() => return Err("CASE0066"),
            SupervisionAct::Notice { .. }
                if matches!(state, ServiceState::Waiting | ServiceState::Stopped) =>
            {
                return Err("CASE0010");
            }
            SupervisionAct::Notice { .. } if over => return Err("CASE0007"),
            SupervisionAct::Notice { .. } => service.notices.push((false, false)),
            SupervisionAct::Answer { .. } => match last {
                None => return Err("CASE0067"),
                Some((true, _)) => return Err("CASE0068"),
                Some((false, _)) => service.notices.last_mut().unwrap().0 = true,
            },
            SupervisionAct::Close { .. } => match last {
                None => return Err("CASE0067"),
                Some((false, _)) if !over => return Err("CASE0069"),
                Some(_) => service.notices.last_mut().unwrap().1 = true,
            },
        }
        Ok(true)
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
        let same_number = |it: &&Fact| (it.place.1, it.place.2) == (sending, number);
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
        if actor.role == ActorRole::Officer
            && !service.officer_says(state, reply, self.now, &self.almanac)?
        {
            return Ok(false);
        }
        let too_late = service.is_settled_before(reply);
        let place = (service.answers.len(), sending, number);
        let arrived = self.now;
        let fact = Fact { place, at, reply: reply.clone(), too_late, arrived };
        service.facts.push(fact.clone());
        if service.counts(&fact) {
            service.send_out(reply);
        }
        Ok(true)
    }

    /// Whose output was ended is told to those who were sent something that rests on it.
    fn tell_of_acts(&mut self, before: &[usize]) {
        for ended in 0..self.services.len() {
            if self.services[ended].acts().len() <= before[ended] {
                continue;
            }
            for service in self.services.iter_mut().filter(|it| it.waits.contains(&ended)) {
                service.notify();
            }
        }
    }

    fn has_a_part(&self, actor: &Actor) -> Result<(), &'static str> {
        let own = |it: &Service| Some(&it.node.department) == actor.department.as_ref();
        match actor.role {
            ActorRole::Clerk => Ok(()),
            ActorRole::Officer if self.services.iter().any(own) => Ok(()),
            _ => Err("CASE0063"),
        }
    }

    fn beside(&mut self, actor: &Actor, command: &Command) -> Outcome {
        let is_officer = actor.role == ActorRole::Officer;
        let states = self.states();
        match command {
            Command::AnnounceRevocation { node, act, .. } => {
                let index = self.find(node)?;
                let now = self.now;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                service.may_end(states[index], *act)?;
                if service.announced().is_some() {
                    return Err("CASE0054");
                }
                service.announcement = Some((*act, now, false, false));
                Ok(true)
            }
            Command::AnswerRevocation { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                if !matches!(actor.role, ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent)
                {
                    return Err("CASE0019");
                }
                // Every answer of the tests says the same.
                if service.announced().ok_or("CASE0053")?.2 {
                    return Ok(false);
                }
                service.announcement.as_mut().unwrap().2 = true;
                service.notify();
                Ok(true)
            }
            Command::DropRevocation { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                service.announced().ok_or("CASE0053")?;
                service.announcement.as_mut().unwrap().3 = true;
                Ok(true)
            }
            Command::ReportApplicantChange { change, .. } => {
                self.has_a_part(actor)?;
                if self.change.is_some() {
                    return Err("CASE0059");
                }
                if states.iter().all(|state| state.is_final()) {
                    return Err("CASE0061");
                }
                self.change = Some(None);
                for (service, state) in self.services.iter_mut().zip(states) {
                    if state.is_final() {
                        continue;
                    }
                    let known = service.node.on_change.iter().find(|it| it.change == *change);
                    match known.map_or(ChangeEffect::Suspends, |it| it.effect) {
                        ChangeEffect::GoesOn => continue,
                        ChangeEffect::Suspends => service.waits_for_somebody.push((self.now, None)),
                        ChangeEffect::Ends => service.ended_for_good = true,
                    }
                    service.notify();
                }
                Ok(true)
            }
            Command::NameSuccessor { account, capacity, .. } => {
                self.has_a_part(actor)?;
                let named = self.change.as_mut().ok_or("CASE0060")?;
                let news = *named != Some((*account, *capacity));
                *named = Some((*account, *capacity));
                Ok(news)
            }
            Command::ConsentToSuccession => {
                let named = self.change.ok_or("CASE0060")?;
                let (account, _) = named.ok_or("CASE0062")?;
                if actor.role != ActorRole::Applicant || actor.account != Some(account) {
                    return Err("CASE0062");
                }
                self.owner = Some(account);
                self.go_on(&states);
                Ok(true)
            }
            Command::CloseApplicantChange { .. } => {
                self.has_a_part(actor)?;
                self.change.ok_or("CASE0060")?;
                self.go_on(&states);
                Ok(true)
            }
            Command::Terminate { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                match states[index] {
                    _ if !is_officer => Err("CASE0019"),
                    ServiceState::Terminated => Err("CASE0064"),
                    ServiceState::Suspended => {
                        service.ended_for_good = true;
                        service.notify();
                        Ok(true)
                    }
                    _ => Err("CASE0060"),
                }
            }
            Command::NoteChecks { source, results } => self.note(actor, source, results, &states),
            Command::TakeOnEvidence { node, slot, .. } => {
                let index = self.find(node)?;
                let service = &self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                let (now, almanac, handed_in) = (self.now, &self.almanac, self.handed_in);
                let found = self.open.iter_mut().find(|open| open.field.slot == *slot);
                let found = found.filter(|open| open.blocks(index, &service.node));
                let found = found.ok_or("CASE0057")?;
                let waited = |period| is_past(&Clock::plain(handed_in, period), now, almanac);
                if found.said.is_none() && !found.field.evidence_after.is_some_and(waited) {
                    return Err("CASE0056");
                }
                found.by_evidence.insert(index, now);
                if !states[index].is_final() {
                    self.services[index].notify();
                }
                Ok(true)
            }
            _ => unreachable!("ratings have their own tests"),
        }
    }

    fn go_on(&mut self, states: &[ServiceState]) {
        self.change = None;
        for (service, state) in self.services.iter_mut().zip(states) {
            if *state == ServiceState::Suspended {
                service.notify();
            }
            for (_, until) in &mut service.waits_for_somebody {
                *until = until.or(Some(self.now));
            }
        }
    }

    fn note(
        &mut self,
        actor: &Actor,
        source: &SourceId,
        results: &[CheckResult],
        states: &[ServiceState],
    ) -> Outcome {
        if actor.role != ActorRole::Hub {
            return Err("CASE0063");
        }
        let mut news: Vec<Slot> = Vec::new();
        for open in self.open.iter_mut().filter(|it| it.field.source == *source) {
            let said = results.iter().find(|result| result.slot == open.field.slot);
            if let (Some(said), None) = (said, open.said) {
                open.said = Some((said.outcome, self.now));
                news.push(said.slot.clone());
            }
        }
        for (service, state) in self.services.iter_mut().zip(states) {
            let concerned = news.iter().any(|slot| service.node.fields.contains(slot));
            if concerned && !state.is_final() {
                service.notify();
            }
        }
        Ok(!news.is_empty())
    }

    fn serve(&mut self, actor: &Actor, document: &DocumentRef, way: ServiceWay) -> Outcome {
        let DocumentRef { kind, node: Some(node), ordinal } = document else {
            let there = document.kind == DocumentKind::Receipt && document.ordinal == 1;
            return Err(if there { "CASE0073" } else { "CASE0070" });
        };
        let nth = usize::try_from(*ordinal).unwrap().wrapping_sub(1);
        let index = self.find(node).map_err(|_| "CASE0070")?;
        let department = &self.services[index].node.department;
        let other = actor.department.as_ref() != Some(department);
        let of_kind = |paper: &&mut Paper| paper.kind == *kind;
        let found = self.services[index].sent_out.iter_mut().filter(of_kind).nth(nth);
        let paper = found.ok_or("CASE0070")?;
        let who = match way {
            ServiceWay::Online => [ActorRole::Applicant, ActorRole::Agent],
            ServiceWay::Counter => [ActorRole::Clerk; 2],
            ServiceWay::Direct | ServiceWay::Post => [ActorRole::Officer; 2],
        };
        if *kind == DocumentKind::ProofOfService {
            Err("CASE0073")
        } else if !who.contains(&actor.role) {
            Err("CASE0072")
        } else if actor.role == ActorRole::Officer && other {
            Err("CASE0019")
        } else if let Some(before) = paper.served {
            if before == way { Ok(false) } else { Err("CASE0071") }
        } else {
            paper.served = Some(way);
            let proof = DocumentKind::ProofOfService;
            self.services[index].sent_out.push(Paper { kind: proof, about: None, served: None });
            Ok(true)
        }
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
        ActorRole::Officer | ActorRole::Department | ActorRole::Manager => Err("CASE0035"),
        _ => Ok(()),
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

impl Open {
    pub(crate) fn blocks(&self, index: usize, node: &ServiceNode) -> bool {
        node.fields.contains(&self.field.slot) && self.good_since(index).is_none()
    }

    /// When one service could first go by it.
    fn good_since(&self, index: usize) -> Option<Instant> {
        let told = match self.said {
            Some((CheckOutcome::Agrees, at)) => Some(at),
            _ => None,
        };
        let looked_at = self.by_evidence.get(&index).copied();
        [told, looked_at].into_iter().flatten().min()
    }
}

impl Service {
    /// Only who was sent something is told anything.
    fn notify(&mut self) {
        if self.started.is_some() {
            self.informed += 1;
            let number = self.informed;
            self.send("notice", number);
        }
    }

    fn officer_ends(
        &self,
        state: ServiceState,
        act: RevocationAct,
        now: Instant,
        almanac: &Almanac,
    ) -> Outcome {
        self.may_end(state, act)?;
        let known = self.node.revocations.iter().find(|known| known.act == act).unwrap();
        let Some(heard) = known.heard else { return Ok(true) };
        match self.announced() {
            Some((told, at, spoke))
                if told == act && (spoke || is_past(&Clock::plain(at, heard), now, almanac)) =>
            {
                Ok(true)
            }
            _ => Err("CASE0052"),
        }
    }

    fn send(&mut self, kind: &str, round: u32) {
        let case = self.case;
        self.sendings.push(DispatchId::derive(case, &self.node.key, kind, round));
    }

    /// Who speaks for a department speaks for his own.
    fn speaks(&self, actor: &Actor) -> Result<(), &'static str> {
        let other = actor.department.as_ref() != Some(&self.node.department);
        match actor.role {
            ActorRole::Manager => Err("CASE0019"),
            ActorRole::Officer | ActorRole::Department if other => Err("CASE0019"),
            _ => Ok(()),
        }
    }

    /// Says all that it has to say.
    fn whole(&self, reply: &Reply) -> Result<(), &'static str> {
        let known = |id: &str| self.node.procedures.iter().any(|it| *it.id == *id);
        match reply {
            Reply::CorrectionRequested { lines, .. } if lines.is_empty() => Err("CASE0017"),
            Reply::Granted { outputs, .. }
                if self.node.outputs.iter().any(|it| outputs.iter().all(|o| o.id != it.id)) =>
            {
                Err("CASE0008")
            }
            Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. }
                if !known(procedure) =>
            {
                Err("CASE0030")
            }
            Reply::Extended { .. } if self.node.extension.is_none() => Err("CASE0027"),
            Reply::WithdrawalConfirmed | Reply::TooLateToWithdraw if !self.asked_back => {
                Err("CASE0004")
            }
            _ => Ok(()),
        }
    }

    /// Whether a timer or a resolution came first.
    fn is_settled_before(&self, reply: &Reply) -> bool {
        let chosen = |place| self.facts.iter().find(|fact| Some(fact.place) == place);
        let by_officer = match chosen(self.chosen).map(|fact| &fact.reply) {
            None => false,
            Some(Reply::TooLateToWithdraw) => {
                [Reply::TooLateToWithdraw, Reply::WithdrawalConfirmed].contains(reply)
            }
            Some(_) => !self.is_afterwards(reply) && !matches!(reply, Reply::Revoked { .. }),
        };
        let about_acceptance = matches!(
            reply,
            Reply::Accepted | Reply::NotAccepted { .. } | Reply::CorrectionRequested { .. }
        );
        let paper_owed = self.granted.is_some()
            && !matches!(reply, Reply::Granted { .. } | Reply::Revoked { .. })
            && !self.is_afterwards(reply);
        self.lapsed.is_some()
            || self.ended_for_good
            || paper_owed
            || by_officer
            || (self.deemed && about_acceptance)
    }

    /// An officer sees how it stands and is told so; false = it is so already.
    fn officer_says(
        &self,
        state: ServiceState,
        reply: &Reply,
        now: Instant,
        almanac: &Almanac,
    ) -> Outcome {
        if let Reply::Revoked { act, .. } = reply {
            return self.officer_ends(state, *act, now, almanac);
        }
        let follows_up = state == ServiceState::Granted && self.is_afterwards(reply);
        let bare = self.node.outputs.iter().all(|output| output.fact);
        if state == ServiceState::Granted
            && self.granted.is_some()
            && matches!(self.verdict(), Verdict::None)
            && !bare
            && !follows_up
        {
            let paper = matches!(reply, Reply::Granted { .. });
            return if paper { Ok(true) } else { Err("CASE0037") };
        }
        if let (Some(code), false) = (over(state), follows_up) {
            return Err(code);
        }
        let accepted = self.accepted().is_some() || follows_up;
        match reply {
            Reply::CorrectionRequested { .. } if self.is_asked() => Err("CASE0020"),
            Reply::CorrectionRequested { reason: None, .. }
                if self.corrections().iter().any(|asked| asked.told.is_some()) =>
            {
                Err("CASE0041")
            }
            Reply::Received => Ok(self.facts.is_empty()),
            Reply::Accepted => Ok(!accepted),
            Reply::CorrectionSettled if !self.is_asked() => Err("CASE0005"),
            Reply::ProcedureBegan { .. } | Reply::Extended { .. } if !accepted => Err("CASE0033"),
            Reply::ProcedureBegan { procedure, .. } if self.is_open(procedure) => Err("CASE0031"),
            Reply::ProcedureEnded { procedure, .. } if !self.is_open(procedure) => Err("CASE0032"),
            Reply::Extended { .. } if self.extended().is_some() => Err("CASE0028"),
            Reply::Extended { .. } => {
                let Some(period) = self.node.statutory else { return Ok(true) };
                let from = self.node.clock.statutory_from;
                let Some(clock) = self.clock(from, period, almanac) else { return Ok(true) };
                let last = number(walk(&clock, almanac).on);
                if day_of(now) > last { Err("CASE0029") } else { Ok(true) }
            }
            _ => Ok(true),
        }
    }

    fn silence_is_acceptance(&self, state: ServiceState, now: Instant, almanac: &Almanac) -> bool {
        let silent = matches!(state, ServiceState::Referred | ServiceState::Received)
            && self.corrections().is_empty();
        if !silent || !self.node.deemed_acceptance {
            return false;
        }
        let clock = self.clock(ClockStart::Receipt, self.node.correction_limit, almanac);
        let stops = self.waits_for_somebody.clone();
        let little_stops = |clock| Clock { stops, extension: None, ..clock };
        clock.map(little_stops).is_some_and(|clock| self.is_over(&clock, now, almanac).is_some())
    }

    fn silence_is_a_grant(
        &self,
        state: ServiceState,
        now: Instant,
        almanac: &Almanac,
    ) -> Option<Instant> {
        use ServiceState::{Accepted, CorrectionRequested, Received, Referred, SpecialProcedure};
        let rule = self.node.deemed_grant?;
        let silent = [Referred, Received, Accepted, SpecialProcedure, CorrectionRequested];
        let clock = self.clock(rule.from, rule.period, almanac)?;
        let stopped = walk(&clock, almanac).stopped;
        self.is_over(&clock, now, almanac).filter(|_| silent.contains(&state) && !stopped)
    }

    /// A clock of the department, from what its rule says; `None` before that has happened.
    pub(crate) fn clock(
        &self,
        from: ClockStart,
        period: Period,
        almanac: &Almanac,
    ) -> Option<Clock> {
        let rules = &self.node.clock;
        let receipt = (self.started?, true);
        let (began, handed_in) = match from {
            ClockStart::Receipt => receipt,
            ClockStart::Acceptance if self.deemed => receipt,
            ClockStart::Acceptance => (self.accepted()?, false),
            ClockStart::Completion => self
                .corrections()
                .into_iter()
                .filter(|asked| asked.how != Answered::No)
                .map(|asked| (asked.until.unwrap(), asked.how == Answered::ByTheApplicant))
                .max_by_key(|(at, by_applicant)| {
                    opened(*at, rules.office.filter(|_| *by_applicant), almanac).0
                })
                .unwrap_or(receipt),
        };
        Some(Clock {
            stops: self.stops(almanac),
            extension: self.extended().zip(self.node.extension),
            office: rules.office,
            handed_in,
            counts: rules.counts,
            ..Clock::plain(began, period)
        })
    }

    fn silence_is_the_end(&self, state: ServiceState, now: Instant, almanac: &Almanac) -> bool {
        let asked = self
            .owed()
            .filter(|_| state == ServiceState::CorrectionRequested && self.node.correction_lapses);
        let inquired = |it: &NodeProcedure| !it.afterwards && self.is_open(&it.id);
        asked.is_some_and(|asked| {
            let stops = self.waits_for_somebody.clone();
            let clock = Clock { stops, ..Clock::plain(asked, self.node.correction_answer) };
            !self.node.procedures.iter().any(inquired)
                && self.is_over(&clock, now, almanac).is_some()
        })
    }

    /// When the clock was over, if it is. Nobody's rights change on a guessed date.
    fn is_over(&self, clock: &Clock, now: Instant, almanac: &Almanac) -> Option<Instant> {
        let found = walk(clock, almanac);
        let office = self.node.clock.office;
        let minute = match (found.midday, office) {
            (true, _) => office.map_or(720, |office| office.midday),
            (false, Some(office)) => office.closes,
            (false, None) => 1440,
        };
        let end = at(number(found.on), i64::from(minute) * 60);
        (!found.provisional && end <= now).then_some(end)
    }
}

/// The time of an ordinary clock, that of no department's hours, is over. Nobody's rights change on a guessed date.
fn is_past(clock: &Clock, now: Instant, almanac: &Almanac) -> bool {
    let found = walk(clock, almanac);
    let minute: i64 = if found.midday { 720 } else { 1440 };
    !found.provisional && at(number(found.on), minute * 60) <= now
}
