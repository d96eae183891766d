//! The language of the stories: steps and expectations as lines of text.

use vocabulary::*;
use yijianshi_casework::*;

use crate::support::*;

/// Runs a story: the first line names the services, every other line is a step or an expectation.
pub(crate) fn check(text: &str) {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let services = lines.next().unwrap().strip_prefix("services ").unwrap();
    let mut story = Story::new(&services.replace(',', " "));
    for line in lines {
        let (step, expected) = match line.split_once("->") {
            Some((step, expected)) => (step.trim(), Some(expected.trim())),
            None => (line, None),
        };
        if let Some(expectations) = step.strip_prefix("expect ") {
            expectations.split(';').for_each(|one| expect(&story, one.trim(), line));
        } else if let Some(margin) = step.strip_prefix("margin ") {
            story.margin = Some(period(margin));
        } else if let Some(day) = step.strip_prefix("day ") {
            story.now = instant(day);
        } else {
            let (actor, command) = command(&story, step);
            let outcome = story.run(&actor, &command);
            let told = tell(story.case.as_ref(), outcome);
            match expected {
                Some(expected) => assert_eq!(told, expected, "{line}\n{text}"),
                None => assert!(
                    !told.starts_with("CASE") && told != "nothing",
                    "{line}: {told}\n{text}"
                ),
            }
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a table of what may be told")]
fn command(story: &Story, step: &str) -> (Actor, Command) {
    let words: Vec<&str> = step.split_whitespace().collect();
    match words.as_slice() {
        ["submit"] => {
            let application = story.application();
            (applicant(), Command::Submit(Box::new(application)))
        }
        ["submit", "with", fields @ ..] => {
            let mut application = application(story.nodes.clone());
            application.unchecked = fields.iter().map(|field| unchecked(field)).collect();
            (applicant(), Command::Submit(Box::new(application)))
        }
        ["officer", office, "announces", node, act] => (
            officer(office),
            Command::AnnounceRevocation {
                node: NodeKey::single(*node),
                act: RevocationAct::parse(act).unwrap(),
                reason: sealed(40),
                basis: sealed(41),
            },
        ),
        [who, "speaks-on", node] => (
            person(who),
            Command::AnswerRevocation { node: NodeKey::single(*node), answer: sealed(42) },
        ),
        ["officer", office, "drops", node] => (
            officer(office),
            Command::DropRevocation { node: NodeKey::single(*node), reason: sealed(43) },
        ),
        [who, "reports", change] => (
            person(who),
            Command::ReportApplicantChange {
                change: ApplicantChange::parse(change).unwrap(),
                note: sealed(44),
                evidence: Vec::new(),
            },
        ),
        [who, "names", account, capacity] => (
            person(who),
            Command::NameSuccessor {
                account: AccountId(uuid::Uuid::from_u128(account.parse().unwrap())),
                capacity: Capacity::parse(capacity).unwrap(),
                note: sealed(45),
                evidence: Vec::new(),
            },
        ),
        [who, "consents"] => (person(who), Command::ConsentToSuccession),
        [who, "closes-change"] => {
            (person(who), Command::CloseApplicantChange { reason: sealed(46) })
        }
        ["officer", office, "terminates", node] => (
            officer(office),
            Command::Terminate { node: NodeKey::single(*node), reason: sealed(47) },
        ),
        // `source tax says applicant.income agrees`
        ["source", source, "says", element, outcome] => (
            hub(),
            Command::NoteChecks {
                source: (*source).into(),
                results: vec![check_result(element, outcome)],
            },
        ),
        ["officer", office, "takes", node, element] => (
            officer(office),
            Command::TakeOnEvidence {
                node: NodeKey::single(*node),
                slot: Slot::single(*element),
                reason: sealed(48),
            },
        ),
        ["tick"] => (hub(), Command::Tick),
        ["applicant", "ticks"] => (applicant(), Command::Tick),
        ["officer", office, "answers", node] => {
            let node = NodeKey::single(*node);
            (
                officer(office),
                Command::AnswerCorrection { node, answer: None, evidence: Vec::new() },
            )
        }
        ["officer", office, "withdraws", "all"] => {
            (officer(office), Command::Withdraw { node: None })
        }
        ["department", name, "withdraws", node] => {
            (department(name), Command::Withdraw { node: Some(NodeKey::single(*node)) })
        }
        ["delivered", node, sending] => {
            (hub(), Command::NoteDelivered { dispatch: story.dispatch(node, sending) })
        }
        ["applicant", "answers-all", nodes @ ..] => {
            let answer = |node: &&str| ServiceAnswer {
                node: NodeKey::single(*node),
                answer: Some(sealed(20)),
                evidence: Vec::new(),
            };
            (
                applicant(),
                Command::AnswerCorrections { answers: nodes.iter().map(answer).collect() },
            )
        }
        [who, "proposes", slots @ ..] => {
            let slot = |text: &&str| {
                let from = instant(&text.replace('T', " "));
                VisitSlot { from, to: from.checked_add(jiff::Span::new().hours(2)).unwrap() }
            };
            let slots = slots.iter().map(slot).collect();
            (person(who), Command::ProposeVisit { visit: "the-visit".into(), slots, note: None })
        }
        [who, "proposes-elsewhere"] => {
            let visit = "no-visit".into();
            (person(who), Command::ProposeVisit { visit, slots: Vec::new(), note: None })
        }
        [who, "takes", choice] => {
            let (number, slot) = choice.split_once('/').unwrap();
            let (number, slot) = (number.parse().unwrap(), slot.parse().unwrap());
            (person(who), Command::ConfirmVisit { visit: "the-visit".into(), number, slot })
        }
        [who, "asks-other", number] => {
            let number = number.parse().unwrap();
            let visit = "the-visit".into();
            (person(who), Command::AskOtherTime { visit, number, words: Some(sealed(17)) })
        }
        [who, "missed", number, absent @ ..] => {
            let absent = absent.first().map(|node| NodeKey::single(*node));
            let number = number.parse().unwrap();
            let visit = "the-visit".into();
            (person(who), Command::MissVisit { visit, number, absent, note: None })
        }
        ["applicant", "answers", node] => (
            applicant(),
            Command::AnswerCorrection {
                node: NodeKey::single(*node),
                answer: Some(sealed(20)),
                evidence: Vec::new(),
            },
        ),
        ["applicant", "withdraws", "all"] => (applicant(), Command::Withdraw { node: None }),
        ["applicant", "withdraws", node] => {
            (applicant(), Command::Withdraw { node: Some(NodeKey::single(*node)) })
        }
        [who, "rates", grade, rest @ ..] => (
            person(who),
            Command::Rate {
                node: rest.first().map(|node| NodeKey::single(*node)),
                grade: grade.parse().unwrap(),
                words: None,
                channel: Some(RatingChannel::Mobile),
                tags: vec!["slow".into()],
            },
        ),
        [who, "calls", whom @ ..] => {
            (person(who), Command::ContactRater { node: rated(whom), complex: true, note: None })
        }
        [who, "settles", whom @ ..] if whom.first().is_none_or(|it| !it.starts_with('#')) => (
            person(who),
            Command::RectifyRating {
                node: rated(whom),
                how: Rectification::Corrected,
                note: Some(sealed(30)),
            },
        ),
        [who, "appeals", whom @ ..] => (
            person(who),
            Command::AppealRating { node: rated(whom), ground: AppealGround::Mistake, note: None },
        ),
        [who, verdict @ ("upholds" | "dismisses"), whom @ ..] => (
            person(who),
            Command::DecideAppeal { node: rated(whom), upheld: *verdict == "upholds", note: None },
        ),
        // `applicant serves online grant a [2]`
        [who, "serves", way, kind, node, rest @ ..] => {
            let ordinal = rest.first().map_or(1, |ordinal| ordinal.parse().unwrap());
            let document = document(kind, node, ordinal);
            (person(who), Command::Serve { document, way: ServiceWay::parse(way).unwrap() })
        }
        ["officer", office, "resolves", node, seq, rest @ ..] => (
            officer(office),
            Command::ResolveContest {
                node: NodeKey::single(*node),
                dispatch: story.dispatch(node, sending_of(rest)),
                department_seq: seq.strip_prefix('#').unwrap().parse().unwrap(),
            },
        ),
        ["officer", office, "says", node, says @ ..] => (officer(office), reply(story, node, says)),
        [node, says @ ..] => (department(node), reply(story, node, says)),
        [] => panic!("empty step"),
    }
}

/// `applicant`, `manager-1`, `agent-1`, or the service or office of an officer.
fn person(word: &str) -> Actor {
    let account = |n: &str| Some(AccountId(uuid::Uuid::from_u128(n.parse().unwrap())));
    match word.split_once('-') {
        Some(("manager", n)) => {
            Actor { role: ActorRole::Manager, account: account(n), department: None }
        }
        Some(("successor", n)) => {
            Actor { role: ActorRole::Applicant, account: account(n), department: None }
        }
        Some(("agent", n)) => {
            Actor { role: ActorRole::Agent, account: account(n), department: None }
        }
        _ if word == "clerk" => Actor { role: ActorRole::Clerk, account: None, department: None },
        _ if word == "applicant" => applicant(),
        _ if word.ends_with("-office") => officer(word),
        _ => officer(&format!("{word}-office")),
    }
}

pub(crate) fn check_result(element: &str, outcome: &str) -> CheckResult {
    let outcome = match outcome {
        "agrees" => CheckOutcome::Agrees,
        "contradicts" => CheckOutcome::Contradicts,
        "absent" => CheckOutcome::Absent,
        other => panic!("unknown outcome {other}"),
    };
    let value = (outcome == CheckOutcome::Contradicts).then(|| sealed(49));
    CheckResult { slot: Slot::single(element), outcome, value }
}

/// `grant a 1`; of `whole` the whole application.
fn document(kind: &str, node: &str, ordinal: u32) -> DocumentRef {
    let kind = DocumentKind::ALL.into_iter().find(|it| it.as_str() == kind).expect("a kind");
    DocumentRef { kind, node: rated(&[node]), ordinal }
}

/// `whole`, or a service.
fn rated(words: &[&str]) -> Option<NodeKey> {
    words.first().filter(|word| **word != "whole").map(|node| NodeKey::single(*node))
}

/// `on supplement`, `on withdrawal`; else the referral.
fn sending_of<'a>(words: &[&'a str]) -> &'a str {
    let on = words.iter().position(|word| *word == "on");
    on.and_then(|on| words.get(on + 1)).copied().unwrap_or("referral")
}

/// `grants #3 [on supplement] [at 2024-03-04]`.
fn reply(story: &Story, node: &str, says: &[&str]) -> Command {
    let seq = says.iter().find_map(|word| word.strip_prefix('#')).expect("a number");
    let at = says.iter().position(|word| *word == "at").map(|at| instant(says[at + 1]));
    let reply = match says[0] {
        "receives" => Reply::Received,
        "accepts" => Reply::Accepted,
        "grants" => grant(node),
        "grants-otherwise" => {
            let mut reply = grant(node);
            if let Reply::Granted { outputs, .. } = &mut reply {
                outputs[0].values = Some(sealed(99));
            }
            reply
        }
        owing if owing.starts_with("grants-owing:") => {
            let mut reply = grant(node);
            if let Reply::Granted { owed, .. } = &mut reply {
                owed.push(OwedEvidence {
                    slot: EvidenceSlot { ty: "identity-card".into(), member: None },
                    until: Some(owing.trim_start_matches("grants-owing:").parse().unwrap()),
                });
            }
            reply
        }
        "grants-nothing" => Reply::Granted { outputs: Vec::new(), owed: Vec::new() },
        "refuses" => Reply::Refused { ground: "too-late".into(), text: Some(sealed(11)) },
        "rejects" => Reply::NotAccepted { ground: "not-ours".into(), text: None },
        "confirms" => Reply::WithdrawalConfirmed,
        "too-late" => Reply::TooLateToWithdraw,
        "begins" => Reply::Began,
        "settles" => Reply::CorrectionSettled,
        act if act.starts_with("revokes:") => {
            let from = says.iter().position(|word| *word == "from").map(|at| says[at + 1]);
            Reply::Revoked {
                act: RevocationAct::parse(act.trim_start_matches("revokes:")).unwrap(),
                reason: sealed(50),
                basis: sealed(51),
                effective_on: from.unwrap_or("2024-03-01").parse().unwrap(),
                heard: says.contains(&"heard"),
            }
        }
        "extends" => Reply::Extended { reason: sealed(14), approved_by: sealed(15) },
        begins if begins.starts_with("begins:") => Reply::ProcedureBegan {
            procedure: begins.trim_start_matches("begins:").into(),
            text: Some(sealed(13)),
        },
        ends if ends.starts_with("ends:") => {
            let procedure = ends.trim_start_matches("ends:").into();
            Reply::ProcedureEnded { procedure, text: None }
        }
        joins if joins.starts_with("joins:") => {
            let (number, slots) = joins.trim_start_matches("joins:").split_once('/').unwrap();
            let slots = slots.split('+').filter_map(|slot| slot.parse().ok()).collect();
            let visit = "the-visit".into();
            Reply::VisitJoined { visit, number: number.parse().unwrap(), slots }
        }
        held if held.starts_with("found:") => {
            let word = held.trim_start_matches("found:");
            let result = VisitResult::ALL.into_iter().find(|it| it.as_str() == word).unwrap();
            Reply::VisitHeld { visit: "the-visit".into(), result, text: None }
        }
        corrects => Reply::CorrectionRequested {
            lines: lines(corrects.strip_prefix("corrects:").expect("a reply")),
            text: Some(sealed(12)),
            reason: says.contains(&"because").then(|| sealed(16)),
        },
    };
    Command::TakeReply {
        node: NodeKey::single(node),
        dispatch: story.dispatch(node, sending_of(says)),
        department_seq: seq.parse().unwrap(),
        decided_at: at.unwrap_or(story.now),
        reply,
    }
}

/// Events in a few words, or the code of the refusal.
fn tell(case: Option<&Case>, outcome: Result<Vec<CaseEventBody>, Refusal>) -> String {
    let events = match outcome {
        Err(refusal) => return refusal.code().to_owned(),
        Ok(events) if events.is_empty() => return "nothing".to_owned(),
        Ok(events) => events,
    };
    let case = case.expect("a case");
    let told: Vec<String> = events
        .iter()
        .map(|event| match event {
            CaseEventBody::Submitted { .. } => "submitted".to_owned(),
            CaseEventBody::Rated { node, grade, .. } => {
                node.as_ref().map_or(format!("rated {grade}"), |it| format!("rated {it} {grade}"))
            }
            CaseEventBody::Served { document, way } => {
                format!("served {} {}", case.document_mark(document), way.as_str())
            }
            about if about.rated_node().is_some() => about.as_str().to_owned(),
            CaseEventBody::Dispatched { node, kind, round, .. } => {
                format!("dispatched {node} {} {round}", kind.as_str())
            }
            CaseEventBody::ReplyRecorded { node, recorded } => {
                format!("recorded {node} {}", standing(recorded.standing))
            }
            CaseEventBody::Stopped { node, because_of } => {
                format!("stopped {node} by {because_of}")
            }
            CaseEventBody::ApplicantChangeReported { change, suspended, ended, .. } => {
                let all = |nodes: &[NodeKey]| {
                    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
                };
                let (suspended, ended) = (all(suspended), all(ended));
                format!("reported {} suspended:{suspended} ended:{ended}", change.as_str())
            }
            CaseEventBody::FieldsChecked { source, .. } => format!("checked {source}"),
            CaseEventBody::VisitProposed { number, nodes, .. } => {
                let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
                format!("proposed {number} {}", names.join("+"))
            }
            about if about.node().is_none() => about.as_str().to_owned(),
            CaseEventBody::CorrectionAnswered { node, round, .. } => {
                format!("answered {node} {round}")
            }
            CaseEventBody::CorrectionNotified { node, round, by_margin } => {
                let how = if *by_margin { " by margin" } else { "" };
                format!("notified {node} {round}{how}")
            }
            other => other.node().map_or_else(
                || other.as_str().to_owned(),
                |node| format!("{} {node}", other.as_str()),
            ),
        })
        .collect();
    told.join(", ")
}

/// Lines of the last correction that stand out.
fn named(service: &ServiceCase, which: fn(&Correction) -> &Vec<ChecklistLineId>) -> String {
    let last = service.corrections.last().expect("a correction");
    let names: Vec<&str> = which(last).iter().map(ChecklistLineId::as_str).collect();
    names.join("+")
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Counted => "counted",
        Standing::Late => "late",
        Standing::Contradicts => "contradicts",
    }
}

/// `birth granted`, `case partly-done`, `promised birth 2024-03-06`, `statutory birth none`,
/// `joint 2024-03-08`, `timer birth 2024-03-09`, `asked birth a+b`, `standing birth #2 late`,
/// `refused-for birth too-late`, `stopped-clock birth`, `awaiting birth`, `history birth 1 2 3`.
#[expect(clippy::too_many_lines, reason = "a table of what may be expected")]
fn expect(story: &Story, expectation: &str, line: &str) {
    let case = story.case();
    let zone = zone();
    let date = |date: Option<ExplainedDate>| {
        date.map_or("none".to_owned(), |date| {
            let midday = if date.due.midday { " midday" } else { "" };
            let provisional = if date.due.provisional { " provisional" } else { "" };
            let stopped = if date.stopped { " stopped" } else { "" };
            format!("{}{midday}{provisional}{stopped}", date.due.on)
        })
    };
    let words: Vec<&str> = expectation.split_whitespace().collect();
    let of = |node: &str| case.service(&NodeKey::single(node)).expect("a service");
    let (actual, expected) = match words.as_slice() {
        ["rating", whom, state] => {
            let node = rated(&[*whom]);
            let rating = case.rating_of(node.as_ref()).expect("a rating");
            (rating.state().as_str().to_owned(), (*state).to_owned())
        }
        ["owner", account] => {
            let told =
                case.taken_over_by().map_or("first".to_owned(), |it| it.0.as_u128().to_string());
            (told, (*account).to_owned())
        }
        ["heard-until", node, rest @ ..] => (
            date(case.heard_until(&NodeKey::single(*node), &story.calendar, &zone)),
            rest.join(" "),
        ),
        ["acts", node, rest @ ..] => {
            let act = |it: &Revocation| format!("{}:{}", it.number, it.act.as_str());
            let told: Vec<String> = of(node).revocations.iter().map(act).collect();
            (told.join(" "), rest.join(" "))
        }
        ["unsettled", node, rest @ ..] => {
            let service = of(node);
            let told: Vec<String> =
                case.unsettled_fields(service).map(|it| it.field.slot.to_string()).collect();
            (told.join(" "), rest.join(" "))
        }
        ["owed", node, rest @ ..] => {
            let told: Vec<String> = of(node)
                .owed
                .iter()
                .map(|it| format!("{}@{}", it.slot.ty, it.until.unwrap()))
                .collect();
            (told.join(" "), rest.join(" "))
        }
        ["case", state] => (case.state().as_str().to_owned(), (*state).to_owned()),
        ["promised", node, rest @ ..] => {
            (date(case.promised(&NodeKey::single(*node), &story.calendar, &zone)), rest.join(" "))
        }
        ["statutory", node, rest @ ..] => {
            (date(case.statutory(&NodeKey::single(*node), &story.calendar, &zone)), rest.join(" "))
        }
        ["answer-by", node, rest @ ..] => (
            date(case.correction_due(&NodeKey::single(*node), &story.calendar, &zone)),
            rest.join(" "),
        ),
        ["joint", rest @ ..] => (date(case.joint_promised(&story.calendar, &zone)), rest.join(" ")),
        ["grant-by", node, rest @ ..] => {
            let node = NodeKey::single(*node);
            let is_it = |it: &CaseDate| {
                it.node.as_ref() == Some(&node) && it.clock == ClockKind::DeemedGrant
            };
            let dates = case.dates(&story.calendar, &zone);
            (date(dates.into_iter().find(is_it).map(|it| it.date)), rest.join(" "))
        }
        ["owes", node, owes] => (of(node).owes_paper().to_string(), (*owes).to_owned()),
        ["decided", node, on] => {
            let at = of(node).decided_at.expect("a decision").to_zoned(zone.clone());
            (at.strftime("%F-%H:%M").to_string(), (*on).to_owned())
        }
        ["timer", node, at] if at.contains(':') => {
            let timers = case.timers(&story.calendar, &zone);
            let timer = timers.iter().find(|it| is_a_clock_of(it, node));
            let told = timer.map_or("none".to_owned(), |timer| {
                timer.due_at.to_zoned(zone.clone()).strftime("%F-%H:%M").to_string()
            });
            (told, (*at).to_owned())
        }
        ["timer", node, at] => {
            let timers = case.timers(&story.calendar, &zone);
            let timer = timers.iter().find(|it| is_a_clock_of(it, node));
            let told = timer.map_or("none".to_owned(), |timer| {
                timer.due_at.to_zoned(zone.clone()).date().to_string()
            });
            (told, (*at).to_owned())
        }
        ["told", node, rest @ ..] => {
            let told = of(node).corrections.last().and_then(|correction| correction.told_at);
            let told = told.map_or("none".to_owned(), |at| {
                at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
            });
            (told, rest.join(" "))
        }
        ["rounds", rest @ ..] => {
            let told: Vec<String> = case
                .rounds()
                .iter()
                .map(|round| {
                    let join = |nodes: Vec<String>| nodes.join("+");
                    let asked =
                        join(round.asked.iter().map(|(node, _)| node.to_string()).collect());
                    let awaited = join(round.awaited.iter().map(ToString::to_string).collect());
                    let state = if round.told_at.is_some() { "told" } else { "gathers" };
                    format!("{} {state} {asked}/{awaited}", round.number)
                })
                .collect();
            (told.join(" "), rest.join(" "))
        }
        ["meanwhile", rest @ ..] => {
            let (on, waits) = case.meanwhile();
            let join = |nodes: Vec<NodeKey>| {
                let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
                names.join("+")
            };
            (format!("{}/{}", join(on), join(waits)), rest.join(" "))
        }
        ["in-time", node, expected] => {
            let node = NodeKey::single(*node);
            let round = of(&node.to_string()).corrections.last().unwrap().round;
            let told = case.asked_in_time(&node, round, &story.calendar, &zone);
            (format!("{told:?}"), (*expected).to_owned())
        }
        ["visit", rest @ ..] => {
            let visit = case.visit("the-visit").unwrap();
            let state = case.visit_state(visit).map_or("none", VisitState::as_str);
            (state.to_owned(), rest.join(" "))
        }
        ["choices", rest @ ..] => {
            let visit = case.visit("the-visit").unwrap();
            let told: Vec<String> =
                case.visit_choices(visit, story.now).iter().map(ToString::to_string).collect();
            (told.join("+"), rest.join(" "))
        }
        ["asked", node, expected] => {
            let open = of(node).open_correction().expect("an open correction");
            let told: Vec<&str> = open.lines.iter().map(ChecklistLineId::as_str).collect();
            (told.join("+"), (*expected).to_owned())
        }
        ["standing", node, seq, rest @ ..] => {
            let key = (
                story.dispatch(node, sending_of(rest)),
                seq.strip_prefix('#').unwrap().parse().unwrap(),
            );
            (standing(of(node).replies[&key].standing).to_owned(), rest.last().unwrap().to_string())
        }
        ["again", node, rest @ ..] => (named(of(node), |it| &it.again), rest.join(" ")),
        ["not-at-once", node, rest @ ..] => (named(of(node), |it| &it.not_at_once), rest.join(" ")),
        ["procedure-by", node, id, rest @ ..] => {
            let node = NodeKey::single(*node);
            (date(case.procedure_due(&node, id, &story.calendar, &zone)), rest.join(" "))
        }
        ["refused-for", node, ground] => {
            let (told, _) = of(node).refused_for.clone().expect("a ground");
            (told.to_string(), (*ground).to_owned())
        }
        ["history", node, rest @ ..] => {
            let told: Vec<String> =
                of(node).history().iter().map(|r| r.department_seq.to_string()).collect();
            (told.join(" "), rest.join(" "))
        }
        ["awaiting", rest @ ..] => {
            let told: Vec<String> =
                case.awaiting_applicant().iter().map(ToString::to_string).collect();
            (told.join(" "), rest.join(" "))
        }
        ["dependants", node, rest @ ..] => {
            let told: Vec<String> =
                case.dependants(&NodeKey::single(*node)).iter().map(ToString::to_string).collect();
            (told.join(" "), rest.join(" "))
        }
        ["documents", rest @ ..] => {
            let told = case.documents().iter().map(|document| {
                let mark = case.document_mark(&document.id);
                let served = document.served.as_ref().map(|served| served.way.as_str());
                let overtaken = match case.document_effect(document) {
                    Effect::Stands => None,
                    effect => Some(effect.as_str()),
                };
                [Some(mark.as_str()), served, overtaken]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("/")
            });
            (told.collect::<Vec<_>>().join(" "), rest.join(" "))
        }
        ["dated", mark, day] => {
            let document = case.document_numbered(mark).expect("a document");
            (document.issued_at.to_zoned(zone.clone()).date().to_string(), (*day).to_owned())
        }
        [node, state] => (of(node).state.as_str().to_owned(), (*state).to_owned()),
        _ => panic!("unknown expectation {expectation}"),
    };
    assert_eq!(actual, expected, "{expectation}\n{line}");
}

/// A source is asked again as long as it is silent: that is no clock of a service.
fn is_a_clock_of(timer: &yijianshi_casework::Timer, node: &str) -> bool {
    timer.node == NodeKey::single(node) && timer.kind != yijianshi_casework::TimerKind::SourceCheck
}
