//! Random histories of commands: `decide` and the fold must agree with the model after every step — the state of
//! every service and of the case, who has to act, what was asked and when, and which refusal.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::*;
use yijianshi_casework::supervision::{Mark, Reminder};
use yijianshi_casework::*;

use crate::chance::{Chance, each_seed};
use crate::model::{Model, Outcome, Verdict};
use crate::reference::Almanac;
use crate::support::*;

/// One to five services, each of which may wait for any before it.
fn random_services(chance: &mut Chance) -> Vec<ServiceNode> {
    let mut nodes: Vec<ServiceNode> = Vec::new();
    let look = chance.one_of(&[
        "",
        ",procedure=look/5/visit",
        ",procedure=look/5/visit",
        ",procedure=look/5/visit/counted",
        ",procedure=look/20/visit/afterwards",
    ]);
    for name in ["a", "b", "c", "d", "e"].iter().take(1 + chance.below(5)) {
        let limit = chance.one_of(&["1", "2", "0.5", "2d", "3"]);
        let rare = ",extension=5,procedure=hearing/3,procedure=testing/1/counted";
        let mut text = format!("{name}:answer={},limit={limit}", chance.one_of(&["1", "3", "5d"]));
        text += chance.one_of(&["", ",never-deemed"]);
        text += chance.one_of(&["", ",lapses"]);
        text += chance.one_of(&["", ",statutory=none", ",statutory=2", ",statutory=5"]);
        text += chance.one_of(&["", rare, rare, ",procedure=hearing/3"]);
        text += chance.one_of(&["", ",procedure=check/5/afterwards"]);
        text += chance.one_of(&["", look, look]);
        text += chance.one_of(&[
            "",
            "",
            "",
            "",
            ",grant=3",
            ",grant=2/receipt",
            ",grant=4d/completion",
        ]);
        text += chance.one_of(&["", ",office", ",office,counts=next-half", ",counts=same-day"]);
        text += chance.one_of(&["", ",statutory-from=receipt", ",statutory-from=completion"]);
        text += chance.one_of(&["", "", ",fact"]);
        text += chance.one_of(&["", ",revokes=set-aside/2,revokes=recalled,revokes=deregistered"]);
        text += chance.one_of(&["", ",on=died/ends,on=represented/goes-on"]);
        text += chance.one_of(&["", "", ",field=applicant.income"]);
        let mut node = node(&text);
        for before in &nodes {
            if chance.once_in(3) {
                let output = before.outputs[0].id.clone();
                node.waits_for.push(Wait { from: before.key.clone(), output });
            }
        }
        nodes.push(node);
    }
    nodes
}

fn random_reply(chance: &mut Chance, node: &NodeKey) -> Reply {
    let name = node.to_string();
    let procedure = chance.one_of(&[
        "hearing", "hearing", "hearing", "testing", "testing", "check", "auction", "look",
    ]);
    match chance.within(0..50) {
        0..=2 => Reply::Received,
        3..=9 => Reply::Accepted,
        10..=15 => Reply::CorrectionRequested {
            lines: lines(chance.one_of(&["photo", "form+photo", "seal", "none"])),
            text: None,
            reason: chance.once_in(3).then(|| sealed(16)),
        },
        16 | 17 => grant(&name),
        18 => Reply::Granted { outputs: Vec::new(), owed: Vec::new() },
        19 => Reply::Refused { ground: "g".into(), text: None },
        20 if chance.once_in(2) => Reply::NotAccepted { ground: "g".into(), text: None },
        20..=22 => Reply::WithdrawalConfirmed,
        23 | 24 => Reply::TooLateToWithdraw,
        25 if chance.once_in(2) => Reply::Revoked {
            act: chance.one_of(&RevocationAct::ALL),
            reason: sealed(5),
            basis: sealed(6),
            effective_on: "2024-03-01".parse().unwrap(),
            heard: chance.once_in(2),
        },
        25 => Reply::Began,
        26..=28 => Reply::CorrectionSettled,
        29..=37 => Reply::ProcedureBegan { procedure: procedure.into(), text: None },
        38..=41 => Reply::ProcedureEnded { procedure: procedure.into(), text: None },
        _ => Reply::Extended { reason: sealed(3), approved_by: sealed(4) },
    }
}

/// What is said and done about the visit on the spot of a case.
fn random_visit(chance: &mut Chance, model: &Model, step: u64) -> (Actor, Command) {
    let visit: std::sync::Arc<str> =
        if chance.once_in(40) { "no-visit".into() } else { "the-visit".into() };
    let stands = model.visits().into_iter().next();
    let (offered, state, needed, choices) = stands.unwrap_or((0, None, Vec::new(), Vec::new()));
    let node = match needed.len() {
        many if many > 0 && !chance.once_in(8) => needed[chance.below(many)].clone(),
        _ => model.services[chance.below(model.services.len())].node.key.clone(),
    };
    let name = node.to_string();
    let own = officer(&format!("{name}-office"));
    let clerk = Actor { role: ActorRole::Clerk, account: None, department: None };
    let number = if chance.once_in(10) { chance.one_of(&[0, 1, 2, 3]) } else { offered };
    let slot = match choices.len() {
        many if many > 0 && !chance.once_in(6) => choices[chance.below(many)],
        _ => chance.one_of(&[0, 1, 2, 9]),
    };
    let person = chance.one_of(&[&applicant(), &applicant(), &applicant(), &clerk, &own]).clone();
    let office = if chance.once_in(12) { department(&name) } else { own.clone() };
    // What would be next, more often than not.
    let likely: &[u32] = match state {
        None | Some(VisitState::Over) => &[0, 1, 5],
        Some(state) if state.needs_proposal() => &[0, 0, 0, 0, 1, 3],
        Some(VisitState::Proposed) => &[1, 1, 1, 2, 3, 3, 0],
        Some(_) => &[3, 3, 3, 4, 4, 5, 5, 5, 2, 1],
    };
    let act =
        if chance.once_in(5) { chance.one_of(&[0, 1, 2, 3, 4, 5]) } else { chance.one_of(likely) };
    let reply = match act {
        0 => {
            let slot = |chance: &mut Chance| {
                let hours = |hours: i64| jiff::Span::new().hours(hours);
                let from = chance.one_of(&[1, 3, 20, 26, 70, 70, 5, -1]);
                let from = model.now.checked_add(hours(from)).unwrap();
                let to = if chance.once_in(30) { 0 } else { 2 };
                VisitSlot { from, to: from.checked_add(hours(to)).unwrap() }
            };
            let many = chance.one_of(&[1, 1, 2, 2, 3, 0, 7]);
            let slots = (0..many).map(|_| slot(chance)).collect();
            return (office, Command::ProposeVisit { visit, slots, note: None });
        }
        1 => return (person, Command::ConfirmVisit { visit, number, slot }),
        2 => return (person, Command::AskOtherTime { visit, number, words: None }),
        4 => {
            let absent = chance.one_of(&[None, Some(&node)]).cloned();
            return (office, Command::MissVisit { visit, number, absent, note: None });
        }
        3 => {
            let slots = chance.one_of(&[&[][..], &[], &[0], &[0, 1], &[1], &[0, 1, 2]]).to_vec();
            Reply::VisitJoined { visit, number, slots }
        }
        _ => Reply::VisitHeld { visit, result: chance.one_of(&VisitResult::ALL), text: None },
    };
    let service = model.services.iter().find(|it| it.node.key == node).unwrap();
    let dispatch = match service.sendings.len() {
        0 => DispatchId::derive(case_id(), &node, "visit", 99),
        many => service.sendings[chance.below(many)],
    };
    let hours = jiff::Span::new().hours(chance.one_of(&[0, 0, 0, -2, -30, 5]));
    let decided_at = model.now.checked_add(hours).unwrap();
    let department_seq = chance.one_of(&[200 + step, 200 + step, 40, 90]);
    let actor = if chance.once_in(2) { own } else { department(&name) };
    (actor, Command::TakeReply { node, dispatch, department_seq, decided_at, reply })
}

/// What comes beside the replies: acts after a grant, changes of the applicant, answers of sources.
fn random_aside(chance: &mut Chance, model: &Model) -> (Actor, Command) {
    let service = &model.services[chance.below(model.services.len())];
    let node = service.node.key.clone();
    let own = officer(&format!("{node}-office"));
    let (note, reason) = (sealed(8), sealed(8));
    let account = AccountId(uuid::Uuid::from_u128(chance.one_of(&[7, 7, 7, 8])));
    let slot =
        Slot::single(chance.one_of(&["applicant.income", "applicant.income", "applicant.name"]));
    let clerk = Actor { role: ActorRole::Clerk, account: None, department: None };
    let who = chance.one_of(&[&own, &own, &own, &clerk, &clerk, &applicant(), &hub()]).clone();
    let granted = model.services.iter().find(|it| {
        let acts = it.node.revocations.len();
        acts > 0 && matches!(it.verdict(), Verdict::Is(fact) if matches!(fact.reply, Reply::Granted { .. }))
    });
    let (ended, ender) = match granted {
        Some(it) if !chance.once_in(4) => {
            (it.node.key.clone(), officer(&format!("{}-office", it.node.key)))
        }
        _ => (node.clone(), who.clone()),
    };
    let act = chance.one_of(&[
        RevocationAct::SetAside,
        RevocationAct::SetAside,
        RevocationAct::Recalled,
        RevocationAct::Deregistered,
    ]);
    match chance.within(0..20) {
        0..=3 => {
            (ender, Command::AnnounceRevocation { node: ended, act, reason, basis: sealed(9) })
        }
        4 => {
            let who = chance.one_of(&[&applicant(), &applicant(), &clerk, &own]).clone();
            (who, Command::AnswerRevocation { node: ended, answer: sealed(10) })
        }
        5 => (ender, Command::DropRevocation { node: ended, reason }),
        6..=8 => {
            let reply = Reply::Revoked {
                act,
                reason,
                basis: sealed(9),
                effective_on: "2024-03-01".parse().unwrap(),
                heard: chance.once_in(3),
            };
            let service = model.services.iter().find(|it| it.node.key == ended).unwrap();
            let dispatch = service.sendings.first().copied();
            let dispatch = dispatch.unwrap_or(DispatchId::derive(case_id(), &ended, "notice", 99));
            let department_seq = 500 + chance.next() % 500;
            let command = Command::TakeReply {
                node: ended,
                dispatch,
                department_seq,
                decided_at: model.now,
                reply,
            };
            (ender, command)
        }
        9 => {
            let change = chance.one_of(&ApplicantChange::ALL);
            (who, Command::ReportApplicantChange { change, note, evidence: Vec::new() })
        }
        10..=12 => {
            let capacity = chance.one_of(&[Capacity::Heir, Capacity::Heir, Capacity::Guardian]);
            (who, Command::NameSuccessor { account, capacity, note, evidence: Vec::new() })
        }
        13 | 14 => {
            let who = Actor { account: Some(account), ..applicant() };
            (who, Command::ConsentToSuccession)
        }
        15 => (who, Command::CloseApplicantChange { reason }),
        16 => (who, Command::Terminate { node, reason }),
        17 => {
            let outcomes = [CheckOutcome::Agrees, CheckOutcome::Contradicts, CheckOutcome::Absent];
            let result = CheckResult { slot, outcome: chance.one_of(&outcomes), value: None };
            let actor = if chance.once_in(5) { who } else { hub() };
            let source = chance.one_of(&["tax", "tax", "roll"]).into();
            (actor, Command::NoteChecks { source, results: vec![result] })
        }
        _ => (who, Command::TakeOnEvidence { node, slot, reason }),
    }
}

/// A command that somebody might send, sensible or not.
#[expect(clippy::too_many_lines, reason = "a table of what people may do")]
fn random_command(
    chance: &mut Chance,
    model: &Model,
    sent: &[(Actor, Command)],
    step: u64,
) -> (Actor, Command) {
    if chance.once_in(5) {
        return random_aside(chance, model);
    }
    let offered = model.visits().first().is_some_and(|(number, ..)| *number > 0);
    if (offered && chance.once_in(4)) || chance.once_in(12) {
        return random_visit(chance, model, step);
    }
    let service = &model.services[chance.below(model.services.len())];
    let node = service.node.key.clone();
    let name = node.to_string();
    let elsewhere = DispatchId::derive(case_id(), &node, "supplement", 9);
    let dispatch = match service.sendings.len() {
        0 => elsewhere,
        _ if chance.once_in(40) => elsewhere,
        many => service.sendings[chance.below(many)],
    };
    let hours = jiff::Span::new().hours(chance.one_of(&[0, 0, 0, -2, -30, -80, 5]));
    let take = |chance: &mut Chance, department_seq| Command::TakeReply {
        node: node.clone(),
        dispatch,
        department_seq,
        decided_at: model.now.checked_add(hours).unwrap(),
        reply: random_reply(chance, &node),
    };
    match chance.within(0..48) {
        0..=11 => {
            let seq = chance.one_of(&[step, step, 1, 2, 3]);
            (department(&name), take(chance, seq))
        }
        12..=20 => (officer(&format!("{name}-office")), take(chance, 100 + step)),
        21 => {
            (chance.one_of(&[&department("z"), &applicant(), &hub()]).clone(), take(chance, step))
        }
        22 | 23 if !sent.is_empty() => sent[chance.below(sent.len())].clone(),
        24..=27 => {
            let actor =
                if chance.once_in(20) { officer(&format!("{name}-office")) } else { applicant() };
            (actor, Command::AnswerCorrection { node, answer: None, evidence: Vec::new() })
        }
        29 => {
            let mut answers: Vec<ServiceAnswer> = Vec::new();
            for service in &model.services {
                let owes =
                    service.corrections().iter().any(|it| it.until.is_none() && it.told.is_some());
                if (owes && !chance.once_in(9)) || chance.once_in(12) {
                    let node = service.node.key.clone();
                    answers.push(ServiceAnswer { node, answer: None, evidence: Vec::new() });
                }
            }
            if chance.once_in(20) {
                answers.extend(answers.first().cloned());
            }
            (applicant(), Command::AnswerCorrections { answers })
        }
        28 => (applicant(), Command::Withdraw { node: Some(node) }),
        30 if chance.once_in(4) => (applicant(), Command::Withdraw { node: None }),
        31..=34 => (if chance.once_in(30) { applicant() } else { hub() }, Command::Tick),
        35..=37 => {
            // One of the sides of a contest, where there is one.
            let contested = model.services.iter().find_map(|service| match service.verdict() {
                Verdict::Contested(sides) => Some((service, sides)),
                _ => None,
            });
            let (node, dispatch, department_seq) = match contested {
                Some((service, sides)) if !chance.once_in(10) => {
                    let sides: Vec<_> = sides.into_iter().collect();
                    let (_, sending, seq) = sides[chance.below(sides.len())];
                    (service.node.key.clone(), service.sendings[sending], seq)
                }
                Some((service, _)) => (service.node.key.clone(), dispatch, 77),
                None => (node, dispatch, step),
            };
            let name = node.to_string();
            let actor = if chance.once_in(10) {
                department(&name)
            } else {
                officer(&format!("{name}-office"))
            };
            (actor, Command::ResolveContest { node, dispatch, department_seq })
        }
        38 => (hub(), Command::NoteDelivered { dispatch }),
        40..=43 => {
            let mark = Mark {
                rule: chance.one_of(&["used", "over"]).into(),
                of: catalogue::Watched::Promised,
                colour: catalogue::LightColour::Red,
                on: "2024-03-08".parse().unwrap(),
                due: "2024-03-07".parse().unwrap(),
            };
            let to = catalogue::Addressee::HallManager;
            let reminder = Reminder { reminder: "hall".into(), mark, to, organisation: None };
            let role = chance.one_of(&[ActorRole::Manager, ActorRole::Inspector]);
            let manager = Actor { role, account: None, department: None };
            let mut answers = officer(&format!("{name}-office"));
            answers.role = chance.one_of(&[ActorRole::Officer, ActorRole::UnitHead]);
            let (actor, act) = match chance.below(4) {
                0 => (hub(), SupervisionAct::Remind { reminder }),
                1 => (manager, SupervisionAct::Notice { text: sealed(7) }),
                2 => (answers, SupervisionAct::Answer { text: sealed(8) }),
                _ => (manager, SupervisionAct::Close { text: None }),
            };
            let actor = if chance.once_in(8) { department(&name) } else { actor };
            (actor, Command::Supervise { node, acts: vec![act] })
        }
        44..=47 => {
            let kind = chance.one_of(&DocumentKind::ALL);
            let kind = if is_told_in_stories(kind) { DocumentKind::Acceptance } else { kind };
            // One that went out, more often than not.
            let kind = match service.sent_out.len() {
                many if many > 0 && !chance.once_in(5) => service.sent_out[chance.below(many)].kind,
                _ => kind,
            };
            let whole = kind == DocumentKind::Receipt;
            let ordinal = chance.one_of(&[1, 1, 1, 2]);
            let document = DocumentRef { kind, node: (!whole).then_some(node), ordinal };
            let clerk = Actor { role: ActorRole::Clerk, account: None, department: None };
            let (actor, way) = match chance.below(8) {
                0..=2 => (applicant(), ServiceWay::Online),
                3 => (clerk, ServiceWay::Counter),
                4 => (officer(&format!("{name}-office")), ServiceWay::Direct),
                5 => (officer("z-office"), ServiceWay::Post),
                _ => (clerk, chance.one_of(&ServiceWay::ALL)),
            };
            (actor, Command::Serve { document, way })
        }
        39 if chance.once_in(3) => {
            let nodes = model.services.iter().map(|service| service.node.clone()).collect();
            (applicant(), Command::Submit(Box::new(application(nodes))))
        }
        _ if chance.once_in(10) => {
            (applicant(), Command::Withdraw { node: Some(NodeKey::single("q")) })
        }
        _ => (department(&name), take(chance, step)),
    }
}

/// The same things told of the case and of the model.
fn compare(case: &Case, model: &Model, told: &dyn Fn() -> String) {
    let states: Vec<ServiceState> = case.services.iter().map(|service| service.state).collect();
    assert_eq!(states, model.states(), "states of services\n{}", told());
    assert_eq!(case.state(), model.state(), "state of the case\n{}", told());
    let awaiting: BTreeSet<NodeKey> = model
        .services
        .iter()
        .zip(model.states())
        .filter(|(_, state)| *state == ServiceState::CorrectionRequested)
        .map(|(service, _)| service.node.key.clone())
        .collect();
    assert_eq!(case.awaiting_applicant(), awaiting, "{}", told());
    assert_eq!(case.taken_over_by(), model.owner, "{}", told());
    assert_eq!(case.open_change().is_some(), model.change.is_some(), "{}", told());
    for (index, service) in case.services.iter().enumerate() {
        let held = case.unsettled_fields(service).count();
        let expected = model.open.iter().filter(|it| it.blocks(index, &service.node)).count();
        assert_eq!(held, expected, "{}\n{}", service.node.key, told());
    }
    let visits: Vec<_> = case
        .visits
        .iter()
        .map(|it| {
            let number = it.current().map_or(0, |offer| offer.number);
            let choices = case.visit_choices(it, model.now);
            (number, case.visit_state(it), case.visit_open_for(it), choices)
        })
        .collect();
    assert_eq!(visits, model.visits(), "visits\n{}", told());
    for (one, other) in case.services.iter().zip(&model.services) {
        let key = &one.node.key;
        assert_eq!(one.started_at, other.started, "{key}\n{}", told());
        let sent: Vec<DispatchId> = one.sendings.iter().map(|sending| sending.dispatch).collect();
        assert_eq!(sent, other.sendings, "{key}\n{}", told());
        let asked: Vec<_> = one
            .corrections
            .iter()
            .map(|it| {
                let round = usize::try_from(it.round).unwrap() - 1;
                (round, it.requested_at, it.told_at, it.answered_at.or(it.lapsed_at))
            })
            .collect();
        let known: Vec<_> =
            other.corrections().iter().map(|it| (it.round, it.at, it.told, it.until)).collect();
        assert_eq!(asked, known, "corrections of {key}\n{}", told());
        assert_eq!(one.accepted_at, other.accepted(), "{key}\n{}", told());
        assert_eq!(one.grant_deemed_at, other.granted, "silence of {key}\n{}", told());
        if one.state.is_decided() {
            assert_eq!(one.decided_at, other.ended_at(), "end of {key}\n{}", told());
        }
        let acts: Vec<RevocationAct> = one.revocations.iter().map(|it| it.act).collect();
        assert_eq!(acts, other.acts(), "{key}\n{}", told());
        assert_eq!(one.extension.map(|it| it.at), other.extended(), "{key}\n{}", told());
        for procedure in &one.node.procedures {
            let runs = one.procedures.iter().filter(|it| it.id == procedure.id);
            let runs: Vec<_> = runs.map(|it| (it.began_at, it.ended_at)).collect();
            assert_eq!(runs, other.runs(&procedure.id), "{key} {}\n{}", procedure.id, told());
        }
        let papers: Vec<(DocumentKind, Option<ServiceWay>)> = case
            .documents()
            .iter()
            .filter(|it| it.id.node.as_ref() == Some(key))
            .filter(|it| !is_told_in_stories(it.id.kind))
            .map(|it| (it.id.kind, it.served.as_ref().map(|served| served.way)))
            .collect();
        let sent: Vec<_> = other.sent_out.iter().map(|it| (it.kind, it.served)).collect();
        assert_eq!(papers, sent, "documents of {key}\n{}", told());
        let sides = match other.verdict() {
            Verdict::Contested(sides) => sides.len(),
            _ => 0,
        };
        assert_eq!(one.supervised.reminders.len(), other.told.len(), "{key}\n{}", told());
        let notices: Vec<(bool, bool)> = one
            .supervised
            .notices
            .iter()
            .map(|notice| (notice.answered.is_some(), notice.closed_at.is_some()))
            .collect();
        assert_eq!(notices, other.notices, "notices of {key}\n{}", told());
        assert_eq!(one.contested().count(), sides, "sides of {key}\n{}", told());
    }
}

#[test]
fn random_histories_agree_with_the_model() {
    let (zone, calendar) = (zone(), calendar());
    let mut met: BTreeMap<&'static str, u64> = BTreeMap::new();
    let count = each_seed(2_000, 100_000, |chance| {
        let nodes = random_services(chance);
        // Before holidays, and where the loaded calendar ends.
        let starts = ["2024-03-01", "2024-04-02 17:00", "2024-04-27 00:00", "2024-12-27"];
        let start = chance.one_of(&starts);
        let margin = chance.one_of(&[
            None,
            Some(Period::working_days(1)),
            Some(period("0.5")),
            Some(period("1d")),
        ]);
        let (almanac, start) = (Almanac::of(&calendar), instant(start));
        let after = chance.one_of(&["applicant.income@tax", "applicant.income@tax/2"]);
        let unchecked: Vec<UncheckedField> =
            if chance.once_in(2) { vec![unchecked(after)] } else { Vec::new() };
        let model = Model::submitted(case_id(), &nodes, &unchecked, margin, almanac, start);
        let mut model = model.expecting(&application(nodes.clone()).visits);
        let mut events: Vec<CaseEvent> = Vec::new();
        let mut case: Option<Case> = None;
        let mut sent: Vec<(Actor, Command)> = Vec::new();
        let mut log: Vec<String> = Vec::new();
        let steps = 5 + chance.next() % 56;
        for step in 0..=steps {
            if step > 0 {
                let hours = chance.one_of(&[0, 0, 0, 1, 3, 20, 26, 70]);
                model.now = model.now.checked_add(jiff::Span::new().hours(hours)).unwrap();
            }
            let (actor, command) = if step == 0 {
                let correction_margin = margin;
                let unchecked = unchecked.clone();
                let application =
                    Application { correction_margin, unchecked, ..application(nodes.clone()) };
                (applicant(), Command::Submit(Box::new(application)))
            } else {
                random_command(chance, &model, &sent, step)
            };
            log.push(format!("{} {:?} {command:?}", model.now, actor.role));
            let told = || format!("{nodes:?}\n{}", log.join("\n"));
            let expected: Outcome = if step == 0 { Ok(true) } else { model.take(&actor, &command) };
            let context =
                Context { now: model.now, actor: &actor, calendar: &calendar, time_zone: &zone };
            let decided = decide(case.as_ref(), &command, context);
            let outcome: Outcome = match &decided {
                Ok(bodies) => Ok(!bodies.is_empty()),
                Err(refusal) => Err(refusal.code()),
            };
            if !matches!((&command, &outcome), (Command::NoteDelivered { .. }, Ok(_))) {
                assert_eq!(outcome, expected, "{}", told());
            }
            *met.entry(outcome.err().unwrap_or("done")).or_default() += 1;
            for body in decided.unwrap_or_default() {
                let seq = u64::try_from(events.len()).unwrap() + 1;
                let event = CaseEvent { seq, at: model.now, actor: actor.clone(), body };
                match &mut case {
                    None => case = Case::begin(&event),
                    Some(case) => case.apply(&event),
                }
                events.push(event);
            }
            let case = case.as_ref().unwrap();
            sound(case);
            compare(case, &model, &told);
            for state in model.states() {
                *met.entry(state.as_str()).or_default() += 1;
            }
            *met.entry(model.state().as_str()).or_default() += 1;
            for (_, state, ..) in model.visits() {
                *met.entry(state.map_or("no visit", VisitState::as_str)).or_default() += 1;
            }
            sent.push((actor, command));
        }
        assert_eq!(Case::fold(&events), case, "{nodes:?}\n{}", log.join("\n"));
    });
    if count > 1_000 {
        let states = ServiceState::ALL.iter().map(|state| state.as_str());
        // The others are about ratings and about applications that cannot be.
        let numbers = "02 03 04 05 06 07 08 09 10 16 17 18 19 20 27 28 29 30 31 32 33 34 35 36 37 40 \
             41 42 43 44 45 46 47 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73";
        let known = |code: &&str| numbers.split(' ').any(|number| code.ends_with(number));
        let codes = Refusal::CODES.into_iter().filter(known);
        let visits =
            ["planned", "proposed", "other-time-asked", "agreed", "unsuited", "missed", "over"];
        for what in states.chain(codes).chain(visits) {
            let times = met.get(what).copied().unwrap_or_default();
            assert!(times > 5, "{what} was met {times} times: {met:?}");
        }
    }
}

/// Kinds of documents that the model does not follow: when they go out is the business of the stories.
const fn is_told_in_stories(kind: DocumentKind) -> bool {
    matches!(
        kind,
        DocumentKind::Correction
            | DocumentKind::DeemedGrant
            | DocumentKind::Lapse
            | DocumentKind::RevocationNotice
            | DocumentKind::Revocation
            | DocumentKind::Termination
    )
}
