//! Group commit: whatever has queued while the last batch was being committed forms the next one.
//!
//! Requests go to a lane by case, so that a case's commands are decided one after the other, in memory, each
//! seeing what the one before it did. A lane takes everything that waits, loads the cases in one call, decides,
//! appends all changes in one transaction, and answers after the commit. There are as many lanes as the store
//! takes appends at the same time. One conflict, refusal or fault of one change never fails the others.
//!
//! What comes before a request is queued (sealing, freezing a plan) is not done here; nor is any rule of law.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use casework::{
    Actor, ActorRole, Application, CaseEvent, CaseEventBody, Command, Context, Refusal, Reply,
    Standing, decide,
};
use catalogue::Catalogue;
use store_port::{AppendOutcome, CaseChange, CommandRow, Fault, SealedRow};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;
use vocabulary::{CaseId, CommandId, DraftId, EvidenceId, Instant};

use crate::answers::{SharedFault, StoredAnswer, actor_text, chain, stored_answer};
use crate::facts::Facts;
use crate::grant::Issued;
use crate::held::Cache;
use crate::projection::{self, Known};
use crate::{CarriedOut, EngineError, Parts};

/// At most so many commands share one transaction.
const BATCH_MAX: usize = 256;
/// So many requests may wait in one lane before the next is told to come back.
const QUEUE_MAX: usize = 4096;
/// A command that commutes is decided again so often when other nodes are faster.
const ATTEMPTS_MAX: u32 = 8;
/// When this many changes fail alone, one after the other, it is not about the changes.
const FAILURES_IN_A_ROW_MAX: u32 = 3;

/// A command ready to be decided.
pub(crate) struct Request {
    pub(crate) actor: Actor,
    pub(crate) action: &'static str,
    pub(crate) command_id: CommandId,
    pub(crate) digest: String,
    pub(crate) case: CaseId,
    pub(crate) expected_version: Option<u64>,
    pub(crate) command: Command,
    pub(crate) beside: Beside,
}

/// What is committed beside the events.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) sealed: Vec<SealedRow>,
    /// Kept only if the decision lets the grant take its place.
    pub(crate) licences: Vec<Issued>,
    pub(crate) draft: Option<DraftId>,
    pub(crate) evidence: Vec<EvidenceId>,
}

type Answer = Result<CarriedOut, EngineError>;

/// The way into the lanes. The lanes end when the last of these is dropped.
#[derive(Clone)]
pub(crate) struct Batching {
    lanes: Arc<[mpsc::Sender<Queued>]>,
    cache: Cache,
    in_force: InForce,
}

/// The definitions by which rows are made now; replaced as a whole when others are published.
type InForce = Arc<RwLock<(Arc<Catalogue>, Arc<network::Network>)>>;

impl Batching {
    /// Starts the lanes on the current runtime.
    pub(crate) fn start(parts: &Arc<Parts>) -> Self {
        let cache = Cache::new();
        let definitions = (Arc::clone(&parts.catalogue), Arc::clone(&parts.network));
        let in_force: InForce = Arc::new(RwLock::new(definitions));
        let lanes = (0..parts.store.writers().max(1)).map(|_| {
            let (sender, receiver) = mpsc::channel(QUEUE_MAX);
            let (parts, in_force) = (Arc::clone(parts), Arc::clone(&in_force));
            let lane = Lane { parts, cache: cache.clone(), in_force };
            tokio::spawn(lane.run(receiver));
            sender
        });
        Self { lanes: lanes.collect(), cache, in_force }
    }

    /// From the next command on these definitions count.
    pub(crate) fn take_over(&self, catalogue: &Arc<Catalogue>, network: &Arc<network::Network>) {
        let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        *in_force = (Arc::clone(catalogue), Arc::clone(network));
    }

    /// Queues a request and waits for its answer. Requests with the same `route` are decided in order.
    pub(crate) async fn carry_out(&self, route: Uuid, request: Request) -> Answer {
        let (action, began) = (request.action, std::time::Instant::now());
        let answer = self.queue_up(route, request).await;
        crate::figures::carried_out(action, began.elapsed(), &answer);
        answer
    }

    async fn queue_up(&self, route: Uuid, request: Request) -> Answer {
        let [.., last] = route.into_bytes();
        let lane = usize::from(last) % self.lanes.len().max(1);
        let lane = self.lanes.get(lane).ok_or(Fault::Closed)?;
        let (answer, answered) = oneshot::channel();
        let queued = Queued { request, answer, attempts: 0, reload: false };
        lane.try_send(queued).map_err(|full_or_closed| match full_or_closed {
            mpsc::error::TrySendError::Full(_) => EngineError::Busy { retry_after_s: 1 },
            mpsc::error::TrySendError::Closed(_) => EngineError::Fault(Fault::Closed),
        })?;
        answered.await.map_err(|_| Fault::Closed)?
    }

    /// The case as of its last commit here, if it is held.
    pub(crate) fn held(&self, case: CaseId) -> Option<Known> {
        self.cache.lock().cases.get(&case)
    }

    /// The application of a case that was worked on lately.
    pub(crate) fn application(&self, case: CaseId) -> Option<Arc<Application>> {
        self.cache.lock().applications.get(&case)
    }
}

struct Queued {
    request: Request,
    answer: oneshot::Sender<Answer>,
    attempts: u32,
    /// A decision on what is held in memory was no: look at the store before saying so.
    reload: bool,
}

impl Queued {
    /// What must not happen twice in one transaction.
    fn once(&self) -> (&Actor, &'static str, CommandId) {
        (&self.request.actor, self.request.action, self.request.command_id)
    }

    /// The hub's own commands commute and repeat themselves; their answers are not kept.
    fn keeps_answer(&self) -> bool {
        self.request.actor.role != ActorRole::Hub
    }

    fn reply(self, answer: Answer) {
        // Whoever asked may have gone; what is committed stays.
        let _ = self.answer.send(answer);
    }
}

/// A case as the commands of one batch see it.
struct Working {
    known: Option<Known>,
    /// Read from the store for this batch, not from memory.
    fresh: bool,
    changed: bool,
    /// Its events cannot be read; that is no other case's fault.
    broken: bool,
}

impl Working {
    fn held(known: Option<Known>, fresh: bool) -> Self {
        Self { known, fresh, changed: false, broken: false }
    }
}

/// What a request has come to before the commit.
enum Held {
    /// Change number `index` of the transaction.
    Change {
        queued: Queued,
        index: usize,
        version: u64,
        sends: bool,
    },
    /// Nothing changes: it was recorded before.
    Unchanged {
        queued: Queued,
        version: u64,
    },
    No {
        queued: Queued,
        why: EngineError,
    },
}

/// One batch on its way.
#[derive(Default)]
struct Round {
    cases: BTreeMap<CaseId, Working>,
    changes: Vec<CaseChange>,
    held: Vec<Held>,
    again: Vec<Queued>,
    commands: HashSet<(String, &'static str, CommandId)>,
    drafts: HashSet<DraftId>,
}

struct Lane {
    parts: Arc<Parts>,
    cache: Cache,
    in_force: InForce,
}

impl Lane {
    fn definitions(&self) -> (Arc<Catalogue>, Arc<network::Network>) {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(self, mut queue: mpsc::Receiver<Queued>) {
        let mut waiting: Vec<Queued> = Vec::new();
        loop {
            if waiting.is_empty() {
                match queue.recv().await {
                    Some(queued) => waiting.push(queued),
                    None => return,
                }
            }
            while waiting.len() < BATCH_MAX {
                match queue.try_recv() {
                    Ok(queued) => waiting.push(queued),
                    Err(_) => break,
                }
            }
            waiting = self.carry_out(waiting).await;
        }
    }

    /// Carries out one batch; gives back what has to be tried again.
    #[tracing::instrument(level = "debug", skip_all, fields(commands = batch.len()))]
    async fn carry_out(&self, batch: Vec<Queued>) -> Vec<Queued> {
        crate::figures::batch(batch.len());
        let mut round = Round::default();
        match self.load(&batch).await {
            Ok(cases) => round.cases = cases,
            Err(fault) => {
                let fault = SharedFault::new(fault);
                for queued in batch {
                    queued.reply(Err(fault.copy().into()));
                }
                return Vec::new();
            }
        }
        for queued in batch {
            self.decide(queued, &mut round);
        }
        let outcomes = self.append(&round.changes).await;
        self.settle(round, outcomes).await
    }

    /// The cases that the batch is about: from memory where that may do, else from the store, in one call.
    async fn load(&self, batch: &[Queued]) -> Result<BTreeMap<CaseId, Working>, Fault> {
        let reload: HashSet<CaseId> =
            batch.iter().filter(|queued| queued.reload).map(|queued| queued.request.case).collect();
        let mut cases = BTreeMap::new();
        let mut missing = Vec::new();
        {
            let mut cache = self.cache.lock();
            for queued in batch {
                let case = queued.request.case;
                if cases.contains_key(&case) {
                    continue;
                }
                // Taken out, so that applying events need not copy the case.
                let held = cache.cases.take(&case).filter(|_| !reload.contains(&case));
                let new = matches!(queued.request.command, Command::Submit(_));
                if held.is_none() && !new {
                    missing.push(case);
                }
                let fresh = held.is_none();
                cases.insert(case, Working::held(held, fresh));
            }
        }
        if !missing.is_empty() {
            for (case, rows) in self.parts.store.load_events(&missing).await? {
                let known = projection::read_events(&rows).and_then(|e| projection::fold(&e));
                let broken = known.is_err();
                let known = known.unwrap_or_default();
                cases.insert(case, Working { broken, ..Working::held(known, true) });
            }
        }
        Ok(cases)
    }

    /// Decides one command on the state that the commands before it have left.
    fn decide(&self, queued: Queued, round: &mut Round) {
        let (actor, action, command_id) = queued.once();
        let once = (actor_text(actor), action, command_id);
        let draft = queued.request.beside.draft;
        if round.commands.contains(&once)
            || draft.is_some_and(|draft| round.drafts.contains(&draft))
        {
            round.again.push(queued);
            return;
        }
        let request = &queued.request;
        let Some(working) = round.cases.get_mut(&request.case) else {
            queued.reply(Err(Fault::Corrupt { what: "batch" }.into()));
            return;
        };
        if working.broken {
            queued.reply(Err(Fault::Corrupt { what: "case events" }.into()));
            return;
        }
        let case = working.known.as_ref().map(|known| known.case.as_ref());
        let version = case.map_or(0, |case| case.version);
        let now = self.now();
        let (catalogue, _) = self.definitions();
        let context = Context {
            now,
            actor: &request.actor,
            calendar: &catalogue.calendar,
            time_zone: &catalogue.jurisdiction.time_zone,
        };
        let stale = request.expected_version.is_some_and(|expected| expected != version);
        let decided = if stale {
            Err(EngineError::Stale { current_version: version })
        } else {
            decide(case, &request.command, context).map_err(|refusal| match refusal {
                Refusal::UnknownCase(_) => EngineError::Refused(Refusal::UnknownCase(request.case)),
                refusal => EngineError::Refused(refusal),
            })
        };
        let decided = match decided {
            // What is held in memory may be old: no "no" rests on it.
            Err(_) if !working.fresh && !working.changed => {
                round.again.push(Queued { reload: true, ..queued });
                return;
            }
            Err(why) => {
                round.held.push(Held::No { queued, why });
                return;
            }
            Ok(bodies) if bodies.is_empty() => {
                round.held.push(Held::Unchanged { queued, version });
                return;
            }
            Ok(bodies) => bodies,
        };
        let events: Vec<CaseEvent> = (version + 1..)
            .zip(decided)
            .map(|(seq, body)| CaseEvent { seq, at: now, actor: request.actor.clone(), body })
            .collect();
        match self.change(&queued, &events, working) {
            Ok(change) => {
                round.commands.insert(once);
                round.drafts.extend(draft);
                round.held.push(Held::Change {
                    version: change.case.version,
                    sends: !change.outbox.is_empty(),
                    index: round.changes.len(),
                    queued,
                });
                round.changes.push(change);
            }
            Err(fault) => round.held.push(Held::No { queued, why: fault.into() }),
        }
    }

    /// The instant of a decision, as exact as columns keep it: what is folded in memory and what is read
    /// again are then equal.
    fn now(&self) -> Instant {
        let now = self.parts.clock.now();
        Instant::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Applies the events in memory and makes the rows to be committed.
    fn change(
        &self,
        queued: &Queued,
        events: &[CaseEvent],
        working: &mut Working,
    ) -> Result<CaseChange, Fault> {
        let (catalogue, network) = &self.definitions();
        let (expected_version, before) = match &mut working.known {
            Some(known) => {
                let case = Arc::make_mut(&mut known.case);
                let was = (case.version, projection::states(case));
                for event in events {
                    case.apply(event);
                }
                // Somebody may have taken the applicant's place.
                known.owner = case.taken_over_by().or(known.owner);
                was
            }
            None => {
                working.known = projection::fold(events)?;
                (0, Vec::new())
            }
        };
        working.changed = true;
        let Some(Known { case, owner }) = &working.known else {
            return Err(Fault::Corrupt { what: "case events" });
        };
        let request = &queued.request;
        let (outbox, outbox_done) = projection::sendings(case, events);
        let grants = events.iter().any(lets_a_grant_stand);
        let issued = if grants { request.beside.licences.as_slice() } else { &[] };
        let bodies = issued.iter().map(|issued| issued.body.clone());
        let services = projection::changed_services(case, &before, events, catalogue);
        let facts = Facts { catalogue, network };
        Ok(CaseChange {
            case_id: case.id,
            expected_version,
            events: events.iter().map(projection::write_event).collect::<Result<_, _>>()?,
            case: projection::case_row(case, *owner, catalogue),
            fact: Some(facts.case_row(case)?),
            service_facts: facts.service_rows(case, &services)?,
            services,
            outbox,
            outbox_done,
            timers: projection::timer_rows(case, events, catalogue),
            licences: issued.iter().map(|issued| issued.row.clone()).collect(),
            sealed: request.beside.sealed.iter().cloned().chain(bodies).collect(),
            command: queued.keeps_answer().then(|| CommandRow {
                actor: actor_text(&request.actor),
                action: request.action.to_owned(),
                command_id: request.command_id,
                digest: request.digest.clone(),
                answer: StoredAnswer { case: case.id, version: case.version }.to_json(),
            }),
            draft: request.beside.draft,
            evidence: request.beside.evidence.clone(),
            inconsistencies: events
                .iter()
                .flat_map(|event| projection::inconsistency_rows(case, event))
                .collect(),
            ratings: facts.rating_rows(case, events),
        })
    }

    /// Commits the changes. A fault of the whole is looked into change by change, so that one that the
    /// database will not take does not stand in the way of the others.
    async fn append(&self, changes: &[CaseChange]) -> Vec<Result<AppendOutcome, Fault>> {
        if changes.is_empty() {
            return Vec::new();
        }
        match self.parts.store.append(changes).await {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(fault @ Fault::Database { .. }) if changes.len() > 1 => {
                tracing::warn!(changes = changes.len(), fault = %chain(&fault), "batch failed");
                self.append_singly(changes).await
            }
            Err(fault) => {
                let fault = SharedFault::new(fault);
                changes.iter().map(|_| Err(fault.copy())).collect()
            }
        }
    }

    async fn append_singly(&self, changes: &[CaseChange]) -> Vec<Result<AppendOutcome, Fault>> {
        let mut outcomes = Vec::with_capacity(changes.len());
        let mut failures = 0;
        let mut last: Option<SharedFault> = None;
        // What is decided on a change that is lost is lost with it: the version alone does not tell.
        let mut lost: HashSet<CaseId> = HashSet::new();
        for change in changes {
            if lost.contains(&change.case_id) {
                outcomes.push(Ok(AppendOutcome::Conflict { current_version: 0 }));
                continue;
            }
            if let Some(fault) = last.as_ref().filter(|_| failures >= FAILURES_IN_A_ROW_MAX) {
                outcomes.push(Err(fault.copy()));
                continue;
            }
            match self.parts.store.append(std::slice::from_ref(change)).await {
                Ok(outcome) => {
                    failures = 0;
                    if outcome.first() != Some(&AppendOutcome::Committed) {
                        lost.insert(change.case_id);
                    }
                    outcomes.extend(outcome.into_iter().map(Ok));
                }
                Err(fault) => {
                    failures += 1;
                    lost.insert(change.case_id);
                    let fault = last.insert(SharedFault::new(fault));
                    outcomes.push(Err(fault.copy()));
                }
            }
        }
        outcomes
    }

    /// Answers everyone, in order. What was decided on a change that did not happen is decided again.
    async fn settle(
        &self,
        round: Round,
        outcomes: Vec<Result<AppendOutcome, Fault>>,
    ) -> Vec<Queued> {
        let Round { cases, held, mut again, .. } = round;
        let mut outcomes: Vec<_> = outcomes.into_iter().map(Some).collect();
        let mut spoiled: HashSet<CaseId> = HashSet::new();
        let mut answers: Vec<(Queued, Answer)> = Vec::new();
        let mut sends = false;
        for held in held {
            match held {
                Held::Change { queued, index, version, sends: has_sendings } => {
                    let case = queued.request.case;
                    let outcome = outcomes.get_mut(index).and_then(Option::take);
                    let follows_spoiled = spoiled.contains(&case);
                    match outcome {
                        Some(Ok(AppendOutcome::Committed)) => {
                            sends |= has_sendings;
                            // Nobody may be listening.
                            let _ = self.parts.changed.send((case, version));
                            answers
                                .push((queued, Ok(CarriedOut { case, version, repeated: false })));
                        }
                        not_committed => {
                            spoiled.insert(case);
                            let next = self.not_committed(queued, not_committed, follows_spoiled);
                            match next.await {
                                Next::Again(queued) => again.push(queued),
                                Next::Answer(queued, answer) => answers.push((queued, answer)),
                            }
                        }
                    }
                }
                Held::Unchanged { queued, version } => {
                    let case = queued.request.case;
                    if spoiled.contains(&case) {
                        again.push(Queued { reload: true, ..queued });
                    } else {
                        answers.push((queued, Ok(CarriedOut { case, version, repeated: true })));
                    }
                }
                Held::No { queued, why } => {
                    if spoiled.contains(&queued.request.case) {
                        again.push(Queued { reload: true, ..queued });
                    } else {
                        let answer = self.stored_or(&queued, why).await;
                        answers.push((queued, answer));
                    }
                }
            }
        }
        {
            let mut cache = self.cache.lock();
            for (case, working) in cases {
                if let Some(known) = working.known.filter(|_| !spoiled.contains(&case)) {
                    if working.fresh {
                        cache.applications.insert(case, Arc::clone(&known.case.application));
                    }
                    cache.cases.insert(case, known);
                }
            }
        }
        if sends {
            self.parts.outbox_bell.notify_one();
        }
        for (queued, answer) in answers {
            queued.reply(answer);
        }
        again
    }

    /// What to do with a request whose change did not happen.
    async fn not_committed(
        &self,
        queued: Queued,
        outcome: Option<Result<AppendOutcome, Fault>>,
        follows_spoiled: bool,
    ) -> Next {
        match outcome {
            Some(Ok(AppendOutcome::Repeated { digest, answer })) => {
                let answer = repeated(&queued, &digest, &answer);
                Next::Answer(queued, answer)
            }
            Some(Ok(AppendOutcome::DraftTaken { case_id })) => {
                let taken = EngineError::AlreadySubmitted { case: case_id };
                let answer = self.stored_or(&queued, taken).await;
                Next::Answer(queued, answer)
            }
            Some(Ok(AppendOutcome::Conflict { current_version })) => {
                if follows_spoiled {
                    return Next::Again(Queued { reload: true, ..queued });
                }
                let attempts = queued.attempts + 1;
                if queued.request.expected_version.is_some() {
                    let stale = EngineError::Stale { current_version };
                    let answer = self.stored_or(&queued, stale).await;
                    Next::Answer(queued, answer)
                } else if attempts < ATTEMPTS_MAX {
                    Next::Again(Queued { reload: true, attempts, ..queued })
                } else {
                    Next::Answer(queued, Err(EngineError::Busy { retry_after_s: 1 }))
                }
            }
            Some(Err(fault)) => Next::Answer(queued, Err(fault.into())),
            Some(Ok(AppendOutcome::Committed)) | None => {
                let missing = Fault::Corrupt { what: "outcome of a change" };
                Next::Answer(queued, Err(missing.into()))
            }
        }
    }

    /// The stored answer if this very command was carried out before, else `why` not now: repetition is
    /// looked at before the version and before the rules (semantics 15).
    async fn stored_or(&self, queued: &Queued, why: EngineError) -> Answer {
        if !queued.keeps_answer() {
            return Err(why);
        }
        let (actor, action, command_id) = queued.once();
        let stored = self.parts.store.find_command(&actor_text(actor), action, command_id).await;
        match stored? {
            Some(row) => repeated(queued, &row.digest, &row.answer),
            None => Err(why),
        }
    }
}

enum Next {
    Again(Queued),
    Answer(Queued, Answer),
}

/// Whether licences come into being with the event: a grant that counts, or an officer's resolution in favour
/// of one (only then are licences prepared).
fn lets_a_grant_stand(event: &CaseEvent) -> bool {
    match &event.body {
        CaseEventBody::ReplyRecorded { recorded, .. } => {
            recorded.standing == Standing::Counted
                && matches!(recorded.reply, Reply::Granted { .. })
        }
        CaseEventBody::ContestResolved { .. } => true,
        _ => false,
    }
}

fn repeated(queued: &Queued, stored_digest: &str, answer: &str) -> Answer {
    stored_answer(&queued.request.digest, stored_digest, answer)
}
