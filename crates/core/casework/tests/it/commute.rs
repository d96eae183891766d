//! Properties: order and number of replies never matter, and no sequence of commands makes a case
//! contradict itself (`support::sound` runs after every step of every story).

use proptest::prelude::*;
use vocabulary::*;
use yijianshi_casework::*;

use crate::support::*;

/// Every service knows an extension, two special procedures, and a correction that lapses.
fn services() -> String {
    let options = "extension=5,procedure=hearing/10,procedure=check/10/afterwards,lapses,answer=5";
    ["a", "b<a", "x", "c<a+x", "d<c"].map(|it| format!("{it}:{options}")).join(" ")
}

/// What happened before the replies under test.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    WithdrawalRequested,
    CorrectionAnswered,
    CorrectionAnsweredAndWithdrawalRequested,
    AcceptanceDeemed,
    CorrectionLapsed,
    ContestResolved,
}

/// Something that a department says, on which sending, under which number.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Said {
    node: &'static str,
    sending: &'static str,
    seq: u64,
    minutes: i64,
    what: u8,
}

impl Said {
    fn reply(&self) -> Reply {
        match self.what {
            0 => Reply::Received,
            1 => Reply::Accepted,
            2 => Reply::CorrectionRequested {
                lines: lines("photo"),
                text: Some(sealed(1)),
                reason: None,
            },
            3 => {
                Reply::CorrectionRequested { lines: lines("form+photo"), text: None, reason: None }
            }
            4 | 5 => grant(self.node),
            6 => Reply::Refused { ground: "g".into(), text: None },
            7 => Reply::NotAccepted { ground: "g".into(), text: None },
            8 => Reply::WithdrawalConfirmed,
            9 => Reply::TooLateToWithdraw,
            10 => Reply::Began,
            11 => Reply::CorrectionSettled,
            12 => Reply::ProcedureBegan { procedure: "hearing".into(), text: None },
            13 => Reply::ProcedureEnded { procedure: "hearing".into(), text: None },
            14 => Reply::ProcedureBegan { procedure: "check".into(), text: None },
            15 => Reply::ProcedureEnded { procedure: "check".into(), text: None },
            _ => Reply::Extended { reason: sealed(u128::from(self.what)), approved_by: sealed(2) },
        }
    }

    fn command(&self, story: &Story) -> Command {
        let minutes = jiff::Span::new().minutes(self.minutes);
        Command::TakeReply {
            node: NodeKey::single(self.node),
            dispatch: story.dispatch(self.node, self.sending),
            department_seq: self.seq,
            decided_at: instant("2024-03-01").checked_add(minutes).unwrap(),
            reply: self.reply(),
        }
    }
}

fn begin(before: Before) -> Story {
    let mut story = Story::gathering(&services());
    let say = |story: &mut Story, seq, reply| {
        let dispatch = story.dispatch("a", "referral");
        let command = Command::TakeReply {
            node: NodeKey::single("a"),
            dispatch,
            department_seq: seq,
            decided_at: story.now,
            reply,
        };
        story.run(&department("a"), &command).unwrap();
    };
    let correct = |story: &mut Story| {
        let asked = Reply::CorrectionRequested { lines: lines("stamp"), text: None, reason: None };
        say(story, 90, asked);
        // The other service that was received with it has not answered: the margin sends the notice.
        story.now = instant("2024-03-08 09:00");
        assert!(!story.run(&hub(), &Command::Tick).unwrap().is_empty());
        let node = NodeKey::single("a");
        let command = Command::AnswerCorrection { node, answer: None, evidence: Vec::new() };
        story.run(&applicant(), &command).unwrap();
    };
    let withdraw = |story: &mut Story| {
        let command = Command::Withdraw { node: Some(NodeKey::single("a")) };
        story.run(&applicant(), &command).unwrap();
    };
    match before {
        Before::Nothing => {}
        Before::WithdrawalRequested => withdraw(&mut story),
        Before::CorrectionAnswered => correct(&mut story),
        Before::CorrectionAnsweredAndWithdrawalRequested => {
            correct(&mut story);
            withdraw(&mut story);
        }
        Before::AcceptanceDeemed => {
            story.now = instant("2024-03-20");
            assert!(!story.run(&hub(), &Command::Tick).unwrap().is_empty());
        }
        Before::CorrectionLapsed => {
            let lines = lines("stamp");
            say(&mut story, 90, Reply::CorrectionRequested { lines, text: None, reason: None });
            story.now = instant("2024-03-08");
            assert!(!story.run(&hub(), &Command::Tick).unwrap().is_empty());
            story.now = instant("2024-03-20");
            assert!(!story.run(&hub(), &Command::Tick).unwrap().is_empty());
        }
        Before::ContestResolved => {
            say(&mut story, 91, grant("a"));
            say(&mut story, 92, Reply::Refused { ground: "g".into(), text: None });
            let command = Command::ResolveContest {
                node: NodeKey::single("a"),
                dispatch: story.dispatch("a", "referral"),
                department_seq: 92,
            };
            story.run(&officer("a-office"), &command).unwrap();
        }
    }
    story
}

/// Says everything in this order. What has not begun yet is said again later, as departments do.
fn say_all(mut story: Story, said: &[&Said]) -> Story {
    let mut pending: Vec<&Said> = said.to_vec();
    loop {
        let count = pending.len();
        pending.retain(|said| {
            let command = said.command(&story);
            match story.run(&department(said.node), &command) {
                Ok(_) => false,
                Err(Refusal::NotStarted(_) | Refusal::UnknownDispatch(_)) => true,
                Err(refusal) => panic!("{said:?}: {refusal:?}"),
            }
        });
        if pending.len() == count {
            return story;
        }
    }
}

/// All but what tells of the order itself: the version, and the register of documents.
fn without_order(case: &Case) -> Case {
    let mut case = case.clone();
    case.version = 0;
    case.without_register()
}

fn befores() -> impl Strategy<Value = Before> {
    prop_oneof![
        Just(Before::Nothing),
        Just(Before::WithdrawalRequested),
        Just(Before::CorrectionAnswered),
        Just(Before::CorrectionAnsweredAndWithdrawalRequested),
        Just(Before::AcceptanceDeemed),
        Just(Before::CorrectionLapsed),
        Just(Before::ContestResolved),
    ]
}

/// Replies with different keys.
fn replies() -> impl Strategy<Value = Vec<Said>> {
    let one = (
        prop_oneof![3 => Just("a"), 1 => Just("b"), 1 => Just("x"), 1 => Just("c")],
        prop_oneof![
            4 => Just("referral"), 2 => Just("supplement-1"), 1 => Just("withdrawal-0"),
        ],
        0_u64..6,
        0_i64..120,
        0_u8..18,
    )
        .prop_map(|(node, sending, seq, minutes, what)| Said {
            node,
            sending,
            seq,
            minutes,
            what,
        });
    prop::collection::vec(one, 1..9).prop_map(|all| {
        let mut distinct: Vec<Said> = Vec::new();
        for said in all {
            let key = |said: &Said| (said.node, said.sending, said.seq);
            if !distinct.iter().any(|other| key(other) == key(&said)) {
                distinct.push(said);
            }
        }
        distinct
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn replies_commute_and_repeat(
        before in befores(),
        (said, shuffled, again) in replies().prop_flat_map(|said| {
            let order: Vec<usize> = (0..said.len()).collect();
            let again = prop::collection::vec(prop::sample::select(order.clone()), 0..5);
            (Just(said), Just(order).prop_shuffle(), again)
        }),
    ) {
        let in_order: Vec<&Said> = said.iter().collect();
        let mixed: Vec<&Said> =
            shuffled.iter().chain(&again).map(|index| &said[*index]).collect();
        let one = say_all(begin(before), &in_order);
        let other = say_all(begin(before), &mixed);
        let contested = |story: &Story| {
            story.case().services.iter().any(|s| s.state == ServiceState::Contested)
        };
        prop_assert_eq!(contested(&one), contested(&other));
        if contested(&one) {
            // What was sent stands: which dependants had begun before the contradiction is the one thing that
            // order decides. The contested services themselves are equal, and so is the state of the case.
            for service in &one.case().services {
                if service.state == ServiceState::Contested && service.node.waits_for.is_empty() {
                    prop_assert_eq!(Some(service), other.case().service(&service.node.key));
                }
            }
            prop_assert_eq!(one.case().state(), other.case().state());
        } else {
            prop_assert_eq!(without_order(one.case()), without_order(other.case()));
        }
    }

    #[test]
    fn one_services_replies_commute_completely(
        before in befores(),
        (said, shuffled) in replies().prop_flat_map(|said| {
            let said: Vec<Said> = said.into_iter().filter(|said| said.node == "a").collect();
            (Just(said.clone()), Just(said).prop_shuffle())
        }),
    ) {
        let one = say_all(begin(before), &said.iter().collect::<Vec<_>>());
        let other = say_all(begin(before), &shuffled.iter().collect::<Vec<_>>());
        let a = NodeKey::single("a");
        prop_assert_eq!(one.case().service(&a), other.case().service(&a));
        let visible = |story: &Story| -> Vec<RecordedReply> {
            story.case().service(&a).unwrap().history().into_iter().cloned().collect()
        };
        prop_assert_eq!(visible(&one), visible(&other));
    }

    #[test]
    fn no_sequence_of_commands_breaks_a_case(
        steps in prop::collection::vec((0_u8..12, 0_usize..5, 0_u64..5, 0_u8..18, 0_i64..50), 1..40),
    ) {
        let nodes = ["a", "b", "x", "c", "d"];
        let mut story = Story::gathering(&services());
        let mut said: Vec<(Actor, Command)> = Vec::new();
        for (kind, node, number, what, hours) in steps {
            let name = nodes[node];
            let key = NodeKey::single(name);
            story.now = story.now.checked_add(jiff::Span::new().hours(hours)).unwrap();
            let service = story.case().service(&key).unwrap();
            let dispatch = service.sendings.get(usize::try_from(number).unwrap() % 3)
                .map_or_else(|| story.dispatch(name, "referral"), |sending| sending.dispatch);
            let reply = Said { node: name, sending: "", seq: 0, minutes: 0, what }.reply();
            let take = Command::TakeReply {
                node: key.clone(), dispatch, department_seq: number, decided_at: story.now, reply,
            };
            let (actor, command) = match kind {
                0..=4 => (department(name), take),
                5 | 6 => (officer(&format!("{name}-office")), take),
                7 => (applicant(), Command::AnswerCorrection {
                    node: key, answer: None, evidence: Vec::new(),
                }),
                8 => (applicant(), Command::Withdraw { node: (number > 0).then_some(key) }),
                9 => (hub(), Command::Tick),
                10 => (officer(&format!("{name}-office")), Command::ResolveContest {
                    node: key, dispatch, department_seq: number,
                }),
                _ => (hub(), Command::NoteDelivered { dispatch }),
            };
            let version = story.case().version;
            match story.run(&actor, &command) {
                Ok(events) => {
                    prop_assert_eq!(
                        story.case().version,
                        version + u64::try_from(events.len()).unwrap()
                    );
                    if matches!(command, Command::TakeReply { .. }) && !events.is_empty() {
                        said.push((actor, command));
                    }
                }
                Err(refusal) => {
                    prop_assert!(Refusal::CODES.contains(&refusal.code()));
                    prop_assert_eq!(story.case().version, version);
                }
            }
            // Whatever was recorded may be said again at any time.
            for (actor, command) in &said {
                prop_assert_eq!(story.run(actor, command), Ok(Vec::new()));
            }
        }
    }
}
