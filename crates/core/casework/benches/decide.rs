//! How long one decision takes for a case of ten services, how long its events take to be folded in, and how
//! long a long case takes to be replayed: percentiles as JSON, in nanoseconds.
//!
//! `cargo bench -p yijianshi-casework` prints one line per command. No assertions: figures are compared side
//! by side, in one run, by whoever runs them.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to say")]

use std::hint::black_box;
use std::time::Instant as Stopwatch;

use uuid::Uuid;
use vocabulary::*;
use yijianshi_casework::*;

const ROUNDS: usize = 20_000;

/// Ten services: one first, eight that wait for it, one that waits for all eight.
fn application() -> Application {
    let node = |name: &str, waits: &[&str]| ServiceNode {
        key: NodeKey::single(name),
        revision: ServiceRevision::new("r1"),
        department: OrganisationId::new(format!("{name}-office")),
        waits_for: waits
            .iter()
            .map(|from| Wait {
                from: NodeKey::single(*from),
                output: format!("{from}-licence").into(),
            })
            .collect(),
        informed_by: Vec::new(),
        fields: (0..12).map(|n| Slot::single(format!("applicant.field_{n}").as_str())).collect(),
        evidence: vec![EvidenceSlot { ty: "identity-card".into(), member: None }],
        promised: Period::working_days(3),
        statutory: Some(Period::working_days(20)),
        correction_limit: Period::working_days(5),
        deemed_acceptance: true,
        extension: Some(Period::working_days(10)),
        procedures: vec![NodeProcedure {
            id: "hearing".into(),
            period: Period::working_days(20),
            afterwards: false,
            counted: false,
            visit: None,
        }],
        correction_lapses: false,
        lapse_means: Default::default(),
        clock: Default::default(),
        deemed_grant: None,
        revocations: Vec::new(),
        delivery: None,
        on_change: Vec::new(),
        checklist: Vec::new(),
        correction_answer: Period::working_days(10),
        outputs: vec![NodeOutput {
            id: format!("{name}-licence").into(),
            licence: true,
            slots: Vec::new(),
            fact: false,
        }],
    };
    let middle: Vec<String> = (1..9).map(|n| format!("middle-{n}")).collect();
    let names: Vec<&str> = middle.iter().map(String::as_str).collect();
    let mut nodes = vec![node("first", &[])];
    nodes.extend(names.iter().map(|name| node(name, &["first"])));
    nodes.push(node("last", &names));
    Application {
        case: CaseId(Uuid::from_u128(1)),
        draft: DraftId(Uuid::from_u128(2)),
        subject: SubjectId(Uuid::from_u128(3)),
        case_number: "T20240301-0001".into(),
        matter: "bench".into(),
        matter_revision: MatterRevision::new("m1"),
        plan_hash: "p1".into(),
        calendar_version: "none".into(),
        channel: "online".into(),
        nodes,
        values: SealedId(Uuid::from_u128(4)),
        evidence: Vec::new(),
        procedures_may_add: None,
        correction_margin: None,
        visits: Vec::new(),
        reception: yijianshi_casework::Reception::default(),
        unchecked: Vec::new(),
    }
}

fn take(case: CaseId, node: &str, seq: u64, at: Instant, reply: Reply) -> Command {
    let node = NodeKey::single(node);
    let dispatch = DispatchId::derive(case, &node, "referral", 0);
    Command::TakeReply { node, dispatch, department_seq: seq, decided_at: at, reply }
}

fn grant(node: &str) -> Reply {
    let output =
        GrantedOutput { id: format!("{node}-licence").into(), licence: None, values: None };
    Reply::Granted { outputs: vec![output], owed: Vec::new() }
}

fn main() {
    let now: Instant = "2024-03-01T02:00:00Z".parse().expect("an instant");
    let calendar = WorkCalendar { version: "none".into(), years: Default::default() };
    let time_zone = jiff::tz::TimeZone::UTC;
    let hub = Actor { role: ActorRole::Hub, account: None, department: None };
    let context = Context { now, actor: &hub, calendar: &calendar, time_zone: &time_zone };
    let application = application();
    let id = application.case;
    let mut events: Vec<CaseEvent> = Vec::new();
    let grow = |events: &mut Vec<CaseEvent>, command: &Command| {
        let case = Case::fold(events);
        for body in decide(case.as_ref(), command, context).expect("decided") {
            let seq = u64::try_from(events.len()).unwrap_or(u64::MAX) + 1;
            events.push(CaseEvent { seq, at: now, actor: hub.clone(), body });
        }
        Case::fold(events)
    };

    let submit = Command::Submit(Box::new(application));
    measure("submit", None, &submit, context);
    let case = grow(&mut events, &submit);
    measure(
        "first_grant_starts_eight",
        case.as_ref(),
        &take(id, "first", 1, now, grant("first")),
        context,
    );
    let mut case = grow(&mut events, &take(id, "first", 1, now, grant("first")));
    for n in 1..8 {
        let node = format!("middle-{n}");
        grow(&mut events, &take(id, &node, 1, now, Reply::Received));
        grow(&mut events, &take(id, &node, 2, now, Reply::Accepted));
        case = grow(&mut events, &take(id, &node, 3, now, grant(&node)));
    }
    let case = case.as_ref();
    measure("acceptance", case, &take(id, "middle-8", 1, now, Reply::Accepted), context);
    measure("grant_starts_last", case, &take(id, "middle-8", 3, now, grant("middle-8")), context);
    measure("repetition", case, &take(id, "middle-7", 3, now, grant("middle-7")), context);
    measure("tick", case, &Command::Tick, context);
    measure("withdraw_all", case, &Command::Withdraw { node: None }, context);

    let events = long_history(&hub, now, &calendar);
    replay(&events);
    // In the middle of the same case, with everything that has happened to it.
    let case = Case::fold(events.get(..110).unwrap_or_default());
    let case = case.as_ref();
    measure(
        "late_reply_in_a_long_case",
        case,
        &take(id, "first", 90, now, Reply::Received),
        context,
    );
    measure(
        "grant_in_a_long_case",
        case,
        &take(id, "middle-8", 90, now, grant("middle-8")),
        context,
    );
    measure("tick_in_a_long_case", case, &Command::Tick, context);
}

/// 200 events: every service with all that may happen to it.
fn long_history(hub: &Actor, now: Instant, calendar: &WorkCalendar) -> Vec<CaseEvent> {
    let time_zone = jiff::tz::TimeZone::UTC;
    let context = Context { now, actor: hub, calendar, time_zone: &time_zone };
    let application = application();
    let id = application.case;
    let names: Vec<NodeKey> = application.nodes.iter().map(|node| node.key.clone()).collect();
    let mut commands = vec![Command::Submit(Box::new(application))];
    for node in &names {
        let name = node.to_string();
        let text = Some(SealedId(Uuid::from_u128(7)));
        let procedure: std::sync::Arc<str> = "hearing".into();
        let began = Reply::ProcedureBegan { procedure: procedure.clone(), text };
        let ended = Reply::ProcedureEnded { procedure, text: None };
        let extended = Reply::Extended {
            reason: SealedId(Uuid::from_u128(8)),
            approved_by: SealedId(Uuid::from_u128(9)),
        };
        let say = |seq: u64, reply: Reply| take(id, &name, seq, now, reply);
        let deliver = |kind: &str, round: u32| Command::NoteDelivered {
            dispatch: DispatchId::derive(id, node, kind, round),
        };
        commands.extend([deliver("referral", 0), say(1, Reply::Received), say(2, Reply::Began)]);
        for round in 1..3 {
            let dispatch = match round {
                1 => DispatchId::derive(id, node, "referral", 0),
                _ => DispatchId::derive(id, node, "supplement", round - 1),
            };
            let lines = vec!["photo".into(), "form".into()];
            commands.push(Command::TakeReply {
                node: node.clone(),
                dispatch,
                department_seq: 3,
                decided_at: now,
                reply: Reply::CorrectionRequested { lines, text, reason: None },
            });
            let (node, answer, evidence) = (node.clone(), text, Vec::new());
            commands.push(Command::AnswerCorrection { node, answer, evidence });
            commands.push(deliver("supplement", round));
        }
        commands.extend([say(4, Reply::Accepted), say(5, began.clone()), say(6, ended.clone())]);
        commands.extend([say(7, extended), say(8, began), say(9, ended), say(10, grant(&name))]);
    }
    let mut events: Vec<CaseEvent> = Vec::new();
    let mut case: Option<Case> = None;
    for command in &commands {
        for body in decide(case.as_ref(), command, context).expect("decided") {
            let seq = u64::try_from(events.len()).unwrap_or(u64::MAX) + 1;
            let event = CaseEvent { seq, at: now, actor: hub.clone(), body };
            match &mut case {
                None => case = Case::begin(&event),
                Some(case) => case.apply(&event),
            }
            events.push(event);
        }
    }
    events.truncate(200);
    events
}

/// A case as its events made it.
fn replay(events: &[CaseEvent]) {
    let mut nanoseconds: Vec<u128> = (0..ROUNDS / 10)
        .map(|_| {
            let began = Stopwatch::now();
            let case = black_box(Case::fold(black_box(events)));
            let took = began.elapsed().as_nanos();
            drop(case);
            took
        })
        .collect();
    report(&format!("replay\",\"events\":{},\"command\":\"all", events.len()), &mut nanoseconds);
}

fn measure(name: &str, case: Option<&Case>, command: &Command, context: Context<'_>) {
    let mut nanoseconds: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let began = Stopwatch::now();
            let decided = black_box(decide(black_box(case), black_box(command), context));
            let took = began.elapsed().as_nanos();
            drop(decided);
            took
        })
        .collect();
    report(&format!("decide\",\"command\":\"{name}"), &mut nanoseconds);
    let Some(case) = case else { return };
    // Its events folded into the case that is in memory.
    let bodies = decide(Some(case), command, context).expect("decided");
    let made: Vec<CaseEvent> = bodies
        .into_iter()
        .map(|body| CaseEvent { seq: 0, at: context.now, actor: context.actor.clone(), body })
        .collect();
    let mut nanoseconds: Vec<u128> = (0..ROUNDS / 10)
        .map(|_| {
            let mut case = case.clone();
            let began = Stopwatch::now();
            for event in &made {
                case.apply(event);
            }
            let took = began.elapsed().as_nanos();
            drop(black_box(case));
            took
        })
        .collect();
    let what = format!("apply\",\"events\":{},\"command\":\"{name}", made.len());
    report(&what, &mut nanoseconds);
}

fn report(what: &str, nanoseconds: &mut [u128]) {
    nanoseconds.sort_unstable();
    let rounds = nanoseconds.len();
    let at = |percent: usize| nanoseconds.get(rounds * percent / 100).copied().unwrap_or_default();
    #[expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]
    {
        println!(
            "{{\"bench\":\"{what}\",\"services\":10,\"rounds\":{rounds},\
             \"p50_ns\":{},\"p90_ns\":{},\"p99_ns\":{}}}",
            at(50),
            at(90),
            at(99)
        );
    }
}
