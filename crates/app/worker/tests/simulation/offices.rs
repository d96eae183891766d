//! The departments of a run. Each keeps what it got by its permanent id, works on each sending once, and speaks in its
//! own order; what it says is lost, repeated and overtaken on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use casework::{DispatchKind, ServiceState};
use engine::{EngineError, NotTaken};
use exchange::{
    DepartmentReply, DepartmentRequest, VERSION, WireOutput, WireReply, WireValue, wire,
};
use vocabulary::{DispatchId, Instant};

use crate::faults::Fault;
use crate::hub::{Hub, KnownHub};
use crate::world::World;

/// Every department.
pub(crate) const OFFICES: [&str; 3] = ["office-a", "office-b", "office-c"];

/// What a service's department may see, as the town's definitions say it; written out once more.
const FIELDS: [(&str, &str, &[&str]); 4] = [
    ("permit", "office-a", &["owner.name", "shop.place"]),
    ("card", "office-b", &["shop.photo"]),
    ("test", "office-c", &["shop.sample"]),
    ("notice", "office-b", &["permit.number", "shop.day", "test.grade"]),
];

/// One sending as its department has it.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) office: String,
    pub(crate) request: DepartmentRequest,
    body: Vec<u8>,
    /// How often it came.
    pub(crate) times: u64,
    /// The department's last number for it.
    seq: u64,
    /// Nothing more is to be said for now.
    pub(crate) idle: bool,
}

#[derive(Default)]
struct Books {
    got: BTreeMap<DispatchId, Got>,
    /// What was worked on: twice is once too often.
    worked_on: BTreeSet<(String, String, &'static str, u32)>,
    down_until: BTreeMap<String, Instant>,
    /// Thoughts of departments, and statements on their way to the hub.
    under_way: u64,
}

/// All departments of a run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Offices {
    world: World,
    books: Arc<Mutex<Books>>,
    hub: Arc<OnceLock<KnownHub>>,
}

impl fmt::Debug for Offices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offices")
    }
}

impl Offices {
    pub(crate) fn new(world: World) -> Self {
        Self { world, books: Arc::default(), hub: Arc::default() }
    }

    pub(crate) fn belong_to(&self, hub: &Hub) {
        let _ = self.hub.set(hub.known());
    }

    fn books<T>(&self, work: impl FnOnce(&mut Books) -> T) -> T {
        work(&mut self.books.lock().unwrap())
    }

    pub(crate) fn is_down(&self, office: &str) -> bool {
        let now = self.world.now();
        if self.world.is_calm() {
            return false;
        }
        if self.world.strikes(Fault::Down, 40) {
            let days = self.world.seconds(600, 14 * 86_400);
            let until = now.saturating_add(jiff::SignedDuration::try_from(days).unwrap()).unwrap();
            self.world.note(format!("{office} is down until {until}"));
            self.books(|books| books.down_until.insert(office.to_owned(), until));
        }
        self.books(|books| books.down_until.get(office).is_some_and(|until| *until > now))
    }

    /// What a department got, by id.
    pub(crate) fn got(&self) -> BTreeMap<DispatchId, Got> {
        self.books(|books| books.got.clone())
    }

    pub(crate) fn under_way(&self) -> u64 {
        self.books(|books| books.under_way)
    }

    /// A message arrives.
    pub(crate) fn take(&self, office: &str, body: &[u8]) {
        let request = match wire::parse_request(body) {
            Ok(request) => request,
            Err(fault) => return self.world.wrong(format!("{office} cannot read: {fault}")),
        };
        self.look(office, &request);
        let dispatch = request.dispatch_id;
        let known = self.books(|books| {
            books.got.get_mut(&dispatch).map(|got| {
                got.times += 1;
                (got.body == body, got.office == office)
            })
        });
        match known {
            Some((true, true)) => return self.world.met("got again"),
            Some(_) => {
                return self.world.wrong(format!("{dispatch} came again with another content"));
            }
            None => {}
        }
        let referred = self.books(|books| {
            books.got.values().any(|got| {
                got.request.case_number == request.case_number
                    && node_of(&got.request) == node_of(&request)
                    && got.request.kind == DispatchKind::Referral
            })
        });
        if request.kind != DispatchKind::Referral && !referred {
            self.world.wrong(format!("{office} got a {:?} before the referral", request.kind));
        }
        let round = request.correction.as_ref().map_or(0, |correction| correction.round);
        let work = (request.case_number.clone(), node_of(&request), request.kind.as_str(), round);
        let what = format!("{} {} {}", work.0, work.1, work.2);
        self.world.note(format!("{office} got {what}"));
        let got = Got {
            office: office.to_owned(),
            request,
            body: body.to_vec(),
            times: 1,
            seq: 0,
            idle: false,
        };
        let new = self.books(|books| {
            books.got.insert(dispatch, got);
            books.worked_on.insert(work)
        });
        if !new {
            self.world.wrong(format!("{office} works twice on {what}"));
        }
        let offices = self.clone();
        // Whoever still thinks has something to say: the town is not at rest.
        self.books(|books| books.under_way += 1);
        tokio::spawn(async move {
            offices.work_on(dispatch).await;
            offices.books(|books| books.under_way -= 1);
        });
    }

    /// Exactly its own fields, and nothing of others anywhere.
    fn look(&self, office: &str, request: &DepartmentRequest) {
        let service = request.service.as_str();
        let Some((_, own, fields)) = FIELDS.iter().find(|(name, ..)| *name == service) else {
            return self.world.wrong(format!("{office} got {service}"));
        };
        if *own != office {
            self.world.wrong(format!("{office} got what is {own}'s: {service}"));
        }
        for field in request.fields.keys() {
            if !fields.contains(&field.as_str()) || !brings_fields(request.kind) {
                self.world.wrong(format!("{office} got `{field}` for {service}"));
            }
        }
        if brings_fields(request.kind) && request.fields.is_empty() {
            self.world.wrong(format!("{office} got nothing for {service}"));
        }
    }

    async fn think(&self, dispatch: DispatchId) {
        let wait = self.world.seconds(1, 4 * 86_400);
        self.world.pause(format!("a department thinks about {}", short(dispatch)), wait).await;
    }

    async fn work_on(&self, dispatch: DispatchId) {
        let got = self.books(|books| books.got[&dispatch].clone());
        let world = &self.world;
        if !world.once_in(5) {
            self.say(dispatch, WireReply::Received);
        }
        self.think(dispatch).await;
        match got.request.kind {
            DispatchKind::Withdrawal => {
                let both = [WireReply::WithdrawalConfirmed, WireReply::TooLateToWithdraw];
                let first = world.below(2);
                self.say(dispatch, both[first].clone());
                if world.strikes(Fault::Contradiction, 4) {
                    self.think(dispatch).await;
                    self.say(dispatch, both[1 - first].clone());
                }
            }
            DispatchKind::Referral => {
                if world.once_in(3) {
                    self.ask_for_correction(dispatch, &got).await;
                    if !world.once_in(6) {
                        // The answer comes as a supplement; if none does, the clerk looks later.
                        return self.rest(dispatch);
                    }
                }
                self.go_on(dispatch, &got).await;
            }
            // That the time is over is only told; this town knows no joint visits.
            DispatchKind::Lapse | DispatchKind::Visit | DispatchKind::Notice => {}
            DispatchKind::Supplement => {
                if world.once_in(8) {
                    self.ask_for_correction(dispatch, &got).await;
                    return self.rest(dispatch);
                }
                self.go_on(dispatch, &got).await;
            }
        }
        self.rest(dispatch);
    }

    fn rest(&self, dispatch: DispatchId) {
        self.books(|books| books.got.get_mut(&dispatch).unwrap().idle = true);
    }

    async fn ask_for_correction(&self, dispatch: DispatchId, got: &Got) {
        let lines = match got.request.service.as_str() {
            "permit" => ["pl-place", "pl-owner"].as_slice(),
            "card" => &["cd-photo", "cd-again"],
            "test" => &["ts-sample"],
            _ => &["nt-day"],
        };
        let first = self.world.below(lines.len());
        let text = Some(format!("please mend {}", lines[first]));
        let lines_asked = vec![lines[first].into()];
        self.say(
            dispatch,
            WireReply::CorrectionRequested { lines: lines_asked, text, reason: None },
        );
        if lines.len() > 1 && self.world.once_in(5) {
            self.think(dispatch).await;
            let lines = vec![lines[1 - first].into()];
            self.say(dispatch, WireReply::CorrectionRequested { lines, text: None, reason: None });
        }
        if self.world.once_in(8) {
            self.think(dispatch).await;
            self.say(dispatch, WireReply::CorrectionSettled);
        }
    }

    async fn go_on(&self, dispatch: DispatchId, got: &Got) {
        let world = &self.world;
        let permit = got.request.service.as_str() == "permit";
        if !world.once_in(4) {
            self.say(dispatch, WireReply::Accepted);
            self.think(dispatch).await;
        }
        if world.once_in(4) {
            self.say(dispatch, WireReply::Began);
        }
        if permit && world.once_in(3) {
            let procedure = "hearing".to_owned();
            let text = Some("the hall is booked".to_owned());
            self.say(dispatch, WireReply::ProcedureBegan { procedure: procedure.clone(), text });
            self.think(dispatch).await;
            if !world.once_in(4) {
                self.say(dispatch, WireReply::ProcedureEnded { procedure, text: None });
            }
        }
        if permit && world.once_in(3) {
            let (reason, approved_by) = ("many papers".to_owned(), "the head".to_owned());
            self.say(dispatch, WireReply::Extended { reason, approved_by });
            if world.once_in(3) {
                let (reason, approved_by) = ("still many".to_owned(), "the head".to_owned());
                self.say(dispatch, WireReply::Extended { reason, approved_by });
            }
            self.think(dispatch).await;
        }
        if world.once_in(12) {
            // Forgotten; in the end a clerk finds it.
            return;
        }
        self.decide(dispatch, got);
        if world.strikes(Fault::Contradiction, 6) {
            self.think(dispatch).await;
            self.decide(dispatch, got);
        }
        if permit && world.once_in(4) {
            let procedure = "look".to_owned();
            self.think(dispatch).await;
            self.say(
                dispatch,
                WireReply::ProcedureBegan { procedure: procedure.clone(), text: None },
            );
            self.say(dispatch, WireReply::ProcedureEnded { procedure, text: None });
        }
    }

    fn decide(&self, dispatch: DispatchId, got: &Got) {
        let service = got.request.service.as_str();
        let ground = match service {
            "permit" => "pl-full",
            "card" => "cd-ill",
            "test" => "ts-dry",
            _ => "nt-closed",
        };
        let reply = match self.world.below(10) {
            0 => {
                WireReply::Refused { ground: ground.into(), text: Some("it cannot be".to_owned()) }
            }
            1 => WireReply::NotAccepted { ground: ground.into(), text: None },
            _ => granted(service),
        };
        self.say(dispatch, reply);
    }

    /// Says one thing, in the order of the department's numbers; on its way everything may happen to it.
    fn say(&self, dispatch: DispatchId, reply: WireReply) {
        let decided_at = self.world.now();
        let (office, department_seq) = self.books(|books| {
            books.under_way += 1;
            let got = books.got.get_mut(&dispatch).unwrap();
            got.seq += 1;
            (got.office.clone(), got.seq)
        });
        let reply = DepartmentReply {
            version: VERSION,
            dispatch_id: dispatch,
            department_seq,
            decided_at,
            reply,
        };
        let offices = self.clone();
        tokio::spawn(async move {
            offices.bring(&office, &reply).await;
            offices.books(|books| books.under_way -= 1);
        });
    }

    async fn bring(&self, office: &str, reply: &DepartmentReply) {
        let world = &self.world;
        let what = format!(
            "{office}'s #{} `{}` on {}",
            reply.department_seq,
            reply.reply.kind(),
            short(reply.dispatch_id)
        );
        let Some(hub) = self.hub.get().and_then(KnownHub::hub) else { return };
        loop {
            let row = hub.auditor().store().find(reply.dispatch_id).await.unwrap();
            let Some(row) = row else {
                return world.wrong(format!("{what}: the hub does not know its own sending"));
            };
            let answer = hub
                .ask(&what, |node| {
                    let (office, reply) = (office.into(), reply.clone());
                    async move { node.engine.take_reply(Some(office), row.case_id, &reply).await }
                })
                .await;
            match answer {
                Some(Ok(receipt)) => {
                    world.note(format!("{what}: {:?}", receipt.status));
                    let case = hub.case(row.case_id).await;
                    let key = (reply.dispatch_id, reply.department_seq);
                    if !case.services.iter().any(|service| service.replies.contains_key(&key)) {
                        world.wrong(format!("{what} was acknowledged, but is not kept"));
                    }
                    return;
                }
                Some(Err(NotTaken::Engine(EngineError::Fault(
                    fault @ (store_port::Fault::Corrupt { .. } | store_port::Fault::Closed),
                )))) => {
                    return world.wrong(format!("{what}: {fault}"));
                }
                // Clocks differ: said again it is in the past.
                Some(Err(NotTaken::Engine(EngineError::Fault(_) | EngineError::Busy { .. })))
                | Some(Err(NotTaken::Translate(
                    exchange::translate::TranslateFault::InTheFuture,
                )))
                | None => {}
                Some(Err(why)) => return world.wrong(format!("{what} was not taken: {why}")),
            }
            let wait = world.seconds(1, 40_000);
            world.pause(format!("{what} is sent again"), wait).await;
        }
    }

    /// When all is calm: a clerk of each department looks for what lies about and ends it.
    pub(crate) async fn clear_up(&self, case: &casework::Case) {
        for service in &case.services {
            let waits = match service.state {
                ServiceState::Referred
                | ServiceState::Received
                | ServiceState::Accepted
                | ServiceState::SpecialProcedure => {
                    service.sendings.iter().rfind(|it| brings_fields(it.kind))
                }
                ServiceState::WithdrawalPending => {
                    service.sendings.iter().find(|it| it.kind == DispatchKind::Withdrawal)
                }
                _ => None,
            };
            let Some(sending) = waits else { continue };
            let got = self.books(|books| books.got.get(&sending.dispatch).cloned());
            let Some(got) = got.filter(|got| got.idle) else { continue };
            self.world.note(format!("a clerk finds {}", service.node.key));
            if sending.kind == DispatchKind::Withdrawal {
                self.say(sending.dispatch, WireReply::WithdrawalConfirmed);
            } else {
                self.say(sending.dispatch, granted(got.request.service.as_str()));
            }
        }
    }
}

fn granted(service: &str) -> WireReply {
    let (output, values): (&str, &[(&str, &str)]) = match service {
        "permit" => ("permit", &[("permit.number", "P-1")]),
        "card" => ("card", &[]),
        "test" => ("grade", &[("test.grade", "A")]),
        _ => ("notice", &[]),
    };
    let values = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), WireValue::Text((*value).to_owned())))
        .collect();
    let outputs = vec![WireOutput { id: output.to_owned(), number: None, values }];
    WireReply::Granted { outputs, owed: Vec::new() }
}

/// Only who has to examine something needs personal values.
const fn brings_fields(kind: DispatchKind) -> bool {
    matches!(kind, DispatchKind::Referral | DispatchKind::Supplement)
}

fn node_of(request: &DepartmentRequest) -> String {
    match &request.member {
        None => request.service.to_string(),
        Some(member) => format!("{}~{member}", request.service),
    }
}

pub(crate) fn short(dispatch: DispatchId) -> String {
    dispatch.to_string().chars().take(8).collect()
}
