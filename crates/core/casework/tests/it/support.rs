//! The funnel: a story in a few lines of text runs against `decide` and the fold.
//!
//! ```text
//! services birth, register<birth, vaccine<birth~       who waits for whom (~ = only informed)
//! day 2024-03-01 10:00                                  the hub's clock, in the zone of the test
//! submit                          -> submitted, started birth, dispatched birth referral 0
//! birth receives #1                                     the department speaks, with its own number
//! birth grants #3 twice           -> nothing            `twice`: said once more, word for word
//! expect birth granted; register referred; case partly-done
//! ```
//!
//! After every step the fold of all events must equal the case, and every event must survive JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use uuid::Uuid;
use vocabulary::*;
use yijianshi_casework::*;

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// The spring of 2024 with its Saturdays and Sundays that are worked.
pub(crate) fn calendar() -> WorkCalendar {
    let dates = |texts: &[&str]| -> BTreeSet<Date> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    };
    let year = CalendarYear {
        days_off: dates(&[
            "2024-01-01",
            "2024-04-04",
            "2024-04-05",
            "2024-04-06",
            "2024-05-01",
            "2024-05-02",
            "2024-05-03",
            "2024-05-04",
            "2024-05-05",
            "2024-06-10",
        ]),
        work_days: dates(&["2024-04-07", "2024-04-28", "2024-05-11"]),
    };
    WorkCalendar { version: "test-2024".into(), years: BTreeMap::from([(2024, year)]) }
}

pub(crate) fn case_id() -> CaseId {
    CaseId(Uuid::from_u128(0xca5e))
}

pub(crate) fn sealed(number: u128) -> SealedId {
    SealedId(Uuid::from_u128(0x5ea1_0000 + number))
}

pub(crate) fn instant(text: &str) -> Instant {
    let text = if text.contains(' ') { text.replace(' ', "T") } else { format!("{text}T10:00") };
    text.parse::<DateTime>().unwrap().to_zoned(zone()).unwrap().timestamp()
}

/// `birth`, `register<birth`, `card<register+birth`, `vaccine~birth`; options behind `:`, e.g.
/// `register<birth:promised=3,statutory=20,limit=5,never-deemed`; `&` stands for the comma where commas part services.
#[expect(clippy::too_many_lines, reason = "a table of what may be written")]
pub(crate) fn node(text: &str) -> ServiceNode {
    let (head, options) = text.split_once(':').unwrap_or((text, ""));
    let name_end = head.find(['<', '~']).unwrap_or(head.len());
    let (name, waits) = head.split_at(name_end);
    let mut node = ServiceNode {
        key: NodeKey::single(name),
        revision: ServiceRevision::new(format!("rev-{name}")),
        department: OrganisationId::new(format!("{name}-office")),
        waits_for: Vec::new(),
        informed_by: Vec::new(),
        fields: vec![Slot::single("applicant.name")],
        evidence: vec![EvidenceSlot { ty: "identity-card".into(), member: None }],
        promised: Period::working_days(3),
        statutory: Some(Period::working_days(20)),
        correction_limit: Period::working_days(5),
        deemed_acceptance: true,
        checklist: Vec::new(),
        extension: None,
        procedures: Vec::new(),
        correction_lapses: false,
        lapse_means: Default::default(),
        clock: Default::default(),
        deemed_grant: None,
        revocations: Vec::new(),
        delivery: None,
        on_change: Vec::new(),
        correction_answer: Period::working_days(10),
        outputs: vec![NodeOutput {
            id: format!("{name}-licence").into(),
            licence: true,
            slots: vec![Slot::single(format!("{name}.number").as_str())],
            fact: false,
        }],
    };
    for (kind, from) in waits_of(waits) {
        if kind == '~' {
            node.informed_by.push(NodeKey::single(from.as_str()));
        } else {
            let output = format!("{from}-licence").into();
            node.waits_for.push(Wait { from: NodeKey::single(from.as_str()), output });
        }
    }
    for option in options.split([',', '&']).filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("promised", period)) => node.promised = self::period(period),
            Some(("statutory", "none")) => node.statutory = None,
            Some(("statutory", period)) => node.statutory = Some(self::period(period)),
            Some(("limit", period)) => node.correction_limit = self::period(period),
            Some(("delivery", period)) => node.delivery = Some(self::period(period)),
            Some(("extension", period)) => node.extension = Some(self::period(period)),
            Some(("answer", period)) => node.correction_answer = self::period(period),
            // `procedure=hearing/20`; `procedure=inspection/20/afterwards`
            Some(("procedure", text)) => {
                let mut parts = text.split('/');
                let (id, period) = (parts.next().unwrap(), parts.next().unwrap());
                let more: Vec<&str> = parts.collect();
                node.procedures.push(NodeProcedure {
                    id: id.into(),
                    period: self::period(period),
                    afterwards: more.contains(&"afterwards"),
                    counted: more.contains(&"counted"),
                    visit: more.contains(&"visit").then(|| "the-visit".into()),
                });
            }
            // `grant=20`, `grant=20/receipt`
            Some(("grant", text)) => {
                let (period, from) = text.split_once('/').unwrap_or((text, "acceptance"));
                node.deemed_grant =
                    Some(DeemedGrant { period: self::period(period), from: clock_start(from) });
            }
            Some(("promised-from", from)) => node.clock.promised_from = clock_start(from),
            Some(("statutory-from", from)) => node.clock.statutory_from = clock_start(from),
            Some(("counts", "same-day")) => node.clock.counts = CountsFrom::SameDay,
            Some(("counts", "next-half")) => node.clock.counts = CountsFrom::NextHalf,
            _ if option == "office" => {
                node.clock.office = Some(OfficeHours { opens: 540, midday: 720, closes: 1050 });
            }
            // Its output is the bare fact.
            _ if option == "fact" => {
                node.outputs[0].fact = true;
                node.outputs[0].licence = false;
                node.outputs[0].slots.clear();
            }
            // `revokes=set-aside`, `revokes=set-aside/5`: the holder is heard for five days
            Some(("revokes", text)) => {
                let (act, heard) =
                    text.split_once('/').map_or((text, None), |it| (it.0, Some(it.1)));
                let act = RevocationAct::parse(act).unwrap();
                node.revocations.push(NodeRevocation { act, heard: heard.map(self::period) });
            }
            // `on=died/ends`
            Some(("on", text)) => {
                let (change, effect) = text.split_once('/').unwrap();
                let change = ApplicantChange::parse(change).unwrap();
                let effect = match effect {
                    "goes-on" => ChangeEffect::GoesOn,
                    "suspends" => ChangeEffect::Suspends,
                    "ends" => ChangeEffect::Ends,
                    other => panic!("unknown effect {other}"),
                };
                node.on_change.push(NodeChange { change, effect });
            }
            Some(("field", element)) => node.fields.push(Slot::single(element)),
            _ if option == "never-deemed" => node.deemed_acceptance = false,
            _ if option == "lapses" => node.correction_lapses = true,
            _ => panic!("unknown option {option}"),
        }
    }
    node
}

pub(crate) fn clock_start(word: &str) -> ClockStart {
    let all = [ClockStart::Receipt, ClockStart::Acceptance, ClockStart::Completion];
    all.into_iter().find(|start| start.as_str() == word).expect("a start")
}

/// `<a+b~c`: what stands before each name, and the name.
fn waits_of(text: &str) -> Vec<(char, String)> {
    let mut waits: Vec<(char, String)> = Vec::new();
    for c in text.chars() {
        match (c, waits.last_mut()) {
            ('<' | '+' | '~', _) => waits.push((c, String::new())),
            (c, Some((_, name))) => name.push(c),
            (c, None) => panic!("`{c}` stands before any wait"),
        }
    }
    waits
}

/// `3` working days, `0.5`, `30d` calendar days, `2m` months, `48h`, `now`.
pub(crate) fn period(text: &str) -> Period {
    if text == "now" {
        return Period::IMMEDIATE;
    }
    let units = [('d', PeriodUnit::CalendarDay), ('m', PeriodUnit::Month), ('h', PeriodUnit::Hour)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(letter, unit)| Some((text.strip_suffix(letter)?, unit)))
        .unwrap_or((text, PeriodUnit::WorkingDay));
    let (whole, half) = number.split_once('.').unwrap_or((number, "0"));
    let halves = whole.parse::<u32>().unwrap() * 2 + u32::from(half == "5");
    Period { halves: HalfDays(halves), unit }
}

/// The one visit of all services that have a part in it.
fn visits(nodes: &[ServiceNode]) -> Vec<PlannedVisit> {
    let called: Vec<&ServiceNode> =
        nodes.iter().filter(|node| node.visited("the-visit").is_some()).collect();
    let Some(first) = called.first() else {
        return Vec::new();
    };
    vec![PlannedVisit {
        id: "the-visit".into(),
        joint: (called.len() > 1).then(|| "together".into()),
        afterwards: first.visited("the-visit").unwrap().afterwards,
        nodes: called.iter().map(|node| node.key.clone()).collect(),
        lead: first.department.clone(),
    }]
}

pub(crate) fn application(nodes: Vec<ServiceNode>) -> Application {
    Application {
        case: case_id(),
        draft: DraftId(Uuid::from_u128(0xd4af)),
        subject: SubjectId(Uuid::from_u128(0x5b7e)),
        case_number: "T20240301-0001".into(),
        matter: "newborn".into(),
        matter_revision: MatterRevision::new("m1"),
        plan_hash: "p1".into(),
        calendar_version: "test-2024".into(),
        channel: "online".into(),
        visits: visits(&nodes),
        nodes,
        values: sealed(1),
        evidence: Vec::new(),
        procedures_may_add: None,
        correction_margin: None,
        reception: Reception::default(),
        unchecked: Vec::new(),
    }
}

pub(crate) fn grant(node: &str) -> Reply {
    grant_with(node, &format!("{node}-licence"))
}

pub(crate) fn grant_with(node: &str, output: &str) -> Reply {
    let licence = Uuid::new_v5(&case_id().0, format!("{node}/{output}").as_bytes());
    Reply::Granted {
        outputs: vec![GrantedOutput {
            id: output.into(),
            licence: Some(LicenceId(licence)),
            values: Some(sealed(7)),
        }],
        owed: Vec::new(),
    }
}

pub(crate) fn lines(text: &str) -> Vec<ChecklistLineId> {
    text.split('+').filter(|line| *line != "none").map(ChecklistLineId::from).collect()
}

/// One case under test, with the hub's clock.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) nodes: Vec<ServiceNode>,
    pub(crate) case: Option<Case>,
    pub(crate) events: Vec<CaseEvent>,
    pub(crate) now: Instant,
    pub(crate) calendar: WorkCalendar,
    /// `margin 1`: corrections are gathered.
    pub(crate) margin: Option<Period>,
}

/// `applicant.income@tax`, `applicant.income@tax/5`: its source was out of reach; evidence after five days.
pub(crate) fn unchecked(text: &str) -> UncheckedField {
    let (slot, source) = text.split_once('@').unwrap();
    let (source, after) = source.split_once('/').map_or((source, None), |it| (it.0, Some(it.1)));
    UncheckedField {
        slot: Slot::single(slot),
        source: source.into(),
        evidence_after: after.map(period),
    }
}

impl Story {
    pub(crate) fn new(services: &str) -> Self {
        Self {
            nodes: services.split_whitespace().map(node).collect(),
            case: None,
            events: Vec::new(),
            now: instant("2024-03-01"),
            calendar: calendar(),
            margin: None,
        }
    }

    pub(crate) fn application(&self) -> Application {
        Application { correction_margin: self.margin, ..application(self.nodes.clone()) }
    }

    pub(crate) fn submitted(services: &str) -> Self {
        Self::new(services).submit()
    }

    pub(crate) fn gathering(services: &str) -> Self {
        Self { margin: Some(Period::working_days(1)), ..Self::new(services) }.submit()
    }

    fn submit(self) -> Self {
        let mut story = self;
        let command = Command::Submit(Box::new(story.application()));
        story.run(&applicant(), &command).unwrap();
        story
    }

    pub(crate) fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }

    /// Decides and folds; the fold of everything must be the same case.
    pub(crate) fn run(
        &mut self,
        actor: &Actor,
        command: &Command,
    ) -> Result<Vec<CaseEventBody>, Refusal> {
        let zone = zone();
        let context = Context { now: self.now, actor, calendar: &self.calendar, time_zone: &zone };
        let bodies = decide(self.case.as_ref(), command, context)?;
        for body in &bodies {
            let seq = u64::try_from(self.events.len()).unwrap() + 1;
            let event = CaseEvent { seq, at: self.now, actor: actor.clone(), body: body.clone() };
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<CaseEvent>(&text).unwrap(), event, "{text}");
            match &mut self.case {
                None => self.case = Case::begin(&event),
                Some(case) => case.apply(&event),
            }
            self.events.push(event);
        }
        assert_eq!(Case::fold(&self.events), self.case, "fold and apply differ");
        if let Some(case) = &self.case {
            sound(case);
        }
        Ok(bodies)
    }

    pub(crate) fn dispatch(&self, node: &str, sending: &str) -> DispatchId {
        let (kind, round) = match sending.split_once('-') {
            Some((kind, round)) => (kind, round.parse().unwrap()),
            None => (sending, u32::from(sending == "supplement")),
        };
        DispatchId::derive(case_id(), &NodeKey::single(node), kind, round)
    }
}

pub(crate) fn applicant() -> Actor {
    Actor { role: ActorRole::Applicant, account: None, department: None }
}

pub(crate) fn hub() -> Actor {
    Actor { role: ActorRole::Hub, account: None, department: None }
}

pub(crate) fn department(node: &str) -> Actor {
    let department = Some(OrganisationId::new(format!("{node}-office")));
    Actor { role: ActorRole::Department, account: None, department }
}

pub(crate) fn officer(department: &str) -> Actor {
    let department = Some(OrganisationId::new(department));
    Actor { role: ActorRole::Officer, account: None, department }
}

/// What must hold of every case at any time: its state never contradicts its parts.
pub(crate) fn sound(case: &Case) {
    let states: Vec<ServiceState> = case.services.iter().map(|s| s.state).collect();
    let has = |state| states.contains(&state);
    let all = |states: &[ServiceState], of: &[ServiceState]| states.iter().all(|s| of.contains(s));
    let granted_or_withdrawn =
        [ServiceState::Granted, ServiceState::Withdrawn, ServiceState::Revoked];
    assert_eq!(
        case.state() == CaseState::Done,
        (has(ServiceState::Granted) || has(ServiceState::Revoked))
            && all(&states, &granted_or_withdrawn),
        "done: {states:?}"
    );
    assert_eq!(case.state() == CaseState::Contested, has(ServiceState::Contested));
    assert_eq!(
        case.state().is_final(),
        states.iter().all(|state| state.is_final()),
        "final: {states:?}"
    );
    if case.state() == CaseState::AwaitingApplicant {
        assert!(!case.awaiting_applicant().is_empty());
    }
    if case.state() == CaseState::Refused {
        assert!(!has(ServiceState::Granted) && !has(ServiceState::Revoked));
    }
    if case.state() == CaseState::PartlyRefused {
        assert!(has(ServiceState::Granted) || has(ServiceState::Revoked));
    }

    let mut dispatches = BTreeSet::new();
    for service in &case.services {
        for sending in &service.sendings {
            assert!(
                dispatches.insert(sending.dispatch),
                "{}: dispatch id used twice",
                service.node.key
            );
        }
        sound_service(case, service);
    }
}

fn sound_service(case: &Case, service: &ServiceCase) {
    let key = &service.node.key;
    for sending in &service.sendings {
        assert_eq!(
            sending.dispatch,
            DispatchId::derive(case.id, key, sending.kind.as_str(), sending.round)
        );
    }
    assert_eq!(service.started_at.is_some(), !service.sendings.is_empty(), "{key}");
    assert_eq!(
        service.state == ServiceState::Stopped,
        service.stopped_by.is_some(),
        "{key}: stopped without reason"
    );
    assert_eq!(
        service.state == ServiceState::CorrectionRequested,
        service.owed_correction().is_some()
            && !matches!(
                service.state,
                ServiceState::WithdrawalPending
                    | ServiceState::Contested
                    | ServiceState::Suspended
                    | ServiceState::Terminated
            ),
        "{key}: {:?}",
        service.corrections
    );
    if service.state == ServiceState::SpecialProcedure {
        assert!(service.open_procedure().is_some(), "{key}");
    }
    if service.state.is_decided() {
        assert!(
            service.open_procedure().is_none(),
            "{key}: decided while {:?}",
            service.procedures
        );
    }
    for run in &service.procedures {
        assert!(run.ended_at.is_none_or(|ended| ended >= run.began_at), "{key}: {run:?}");
    }
    assert_eq!(service.state.is_decided(), service.decided_at.is_some(), "{key}");
    assert_eq!(service.state == ServiceState::Withdrawn, service.withdrawn_at.is_some());
    assert_eq!(
        matches!(service.state, ServiceState::Refused | ServiceState::NotAccepted),
        service.refused_for.is_some()
    );
    assert_eq!(service.state == ServiceState::Revoked, !service.revocations.is_empty(), "{key}");
    if service.state == ServiceState::Suspended {
        assert!(service.is_suspended(), "{key}");
    }
    if service.state == ServiceState::Terminated {
        assert!(service.terminated_at.is_some(), "{key}");
    }
    if !matches!(service.state, ServiceState::Granted | ServiceState::Revoked) {
        assert!(service.granted.is_empty());
    } else if service.grant_deemed_at.is_none() {
        assert!(service.granted.len() >= service.node.outputs.len(), "{key}: an output is missing");
    }
    if let (Some(since), ServiceState::Granted) = (service.grant_deemed_at, service.state) {
        assert_eq!(service.decided_at, Some(since), "{key}: a paper moves no date");
    }
    if service.started_at.is_none() {
        assert!(
            matches!(
                service.state,
                ServiceState::Waiting
                    | ServiceState::Stopped
                    | ServiceState::Withdrawn
                    | ServiceState::Terminated
            ),
            "{key}: {:?}",
            service.state
        );
    }
    assert_eq!(
        service.state == ServiceState::Contested,
        service.contested().count() > 1,
        "{key}: contested without two sides"
    );
    let history = service.history();
    assert_eq!(history.len(), service.replies.len());
    assert!(history.windows(2).all(|pair| pair[0].decided_at <= pair[1].decided_at));
}
