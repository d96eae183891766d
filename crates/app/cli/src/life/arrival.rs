//! People who apply: which matter, in which situation, and what becomes of it until it is handed in.

use casework::{Actor, ActorRole, CaseState, Entry, EntryKind, Intake, Reception};
use engine::{Draft, EngineError};
use network::Doorplate;
use plan::scenario::ScenarioAsWritten;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng, SeedableRng as _};
use store_port::{AccountRow, fresh_id};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, CommandId, Date, Instant, MatterId, SubjectId};
use web::access::Role;

use super::people::Person;
use super::way::Way;
use super::{City, Deed, Followed, Moments, after};

/// How often which matter comes, of a thousand.
const OFTEN: [(&str, u32); 10] = [
    ("newborn", 260),
    ("retirement", 130),
    ("enterprise-start-up", 130),
    ("home-transfer", 110),
    ("hiring", 90),
    ("flexible-employment", 90),
    ("restaurant-opening", 70),
    ("after-death", 60),
    ("enterprise-deregistration", 40),
    ("credit-repair", 20),
];
/// The counties of the demo's city; the first one is the larger.
pub(crate) const COUNTIES: [&str; 2] = ["990101", "990102"];

/// One arrival, as far as it is drawn beforehand.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    seed: u64,
    number: usize,
    matter: MatterId,
    scenario: ScenarioAsWritten,
    county: &'static str,
    /// Leaves before the end, as some do.
    leaves: bool,
    /// Comes for one service only, and hears of the others afterwards.
    single: bool,
}

impl Arrival {
    /// Draws matter and situation; `None` when the definitions have none of the demo's matters.
    pub(crate) fn draw(city: &City, seed: u64, number: usize) -> Option<Self> {
        let mut rng = StdRng::seed_from_u64(seed);
        let matters: Vec<(&str, u32)> =
            OFTEN.into_iter().filter(|(matter, _)| city.scenarios.contains_key(*matter)).collect();
        let (matter, _) = matters.choose_weighted(&mut rng, |(_, often)| *often).ok()?;
        let scenario = city.scenarios.get(*matter)?.choose(&mut rng)?.clone();
        let county = if rng.random_ratio(3, 5) { COUNTIES[0] } else { COUNTIES[1] };
        let leaves = rng.random_ratio(1, 9);
        let single = rng.random_ratio(1, 9);
        let matter = MatterId::new(*matter);
        Some(Self { seed, number, matter, scenario, county, leaves, single })
    }

    /// Somebody in a named situation of a matter; `None` where the definitions have no such one.
    pub(super) fn chosen(city: &City, matter: &str, scenario: &str) -> Option<Self> {
        let scenarios = city.scenarios.get(matter)?;
        let found = scenarios.iter().find(|it| it.id == scenario)?.clone();
        Some(Self {
            seed: 1,
            number: 0,
            matter: MatterId::new(matter),
            scenario: found,
            county: COUNTIES[0],
            leaves: false,
            single: false,
        })
    }

    /// The same situation, and somebody of one's own in it.
    pub(super) fn of_person(self, number: usize) -> Self {
        Self { seed: number as u64, number, ..self }
    }

    pub(super) fn matter(&self) -> &MatterId {
        &self.matter
    }

    pub(super) fn county(&self) -> &'static str {
        self.county
    }

    pub(super) fn scenario(&self) -> &ScenarioAsWritten {
        &self.scenario
    }

    /// Who comes: the same person whenever he comes again.
    pub(super) fn person(&self, today: Date) -> Person {
        Person::invent(&mut StdRng::seed_from_u64(self.seed ^ 1), self.county, today)
    }

    pub(super) fn account(&self, city: u64) -> AccountId {
        let city = Uuid::from_u128(u128::from(city));
        AccountId(Uuid::new_v5(&city, format!("person/{}", self.number).as_bytes()))
    }
}

impl City {
    pub(super) async fn arrive(
        &self,
        at: Instant,
        arrival: Arrival,
    ) -> Result<Followed, EngineError> {
        let mut rng = StdRng::seed_from_u64(arrival.seed);
        let today = self.engine.catalogue().civil_date(at);
        let person = arrival.person(today);
        let account = self.account(&arrival, &person).await?;
        let way = self.way(&arrival, account, at, &mut rng).await?;
        let single = arrival.single && matches!(way, Way::Alone);
        let entry = self.entry(&arrival, today, &way, &mut rng);
        self.visit(&entry, today, &mut rng).await?;
        let reception = Reception {
            entry: Some(entry),
            area: Some(arrival.county.into()),
            ..Reception::default()
        };
        let mut draft = match &way {
            Way::Agent { agent, order } => {
                let opened = self.engine.open_draft_on_order(*agent, *order).await?;
                Draft { reception, ..opened }
            }
            Way::Alone if single => self.single(&arrival, account, reception).await?,
            Way::Alone | Way::Window { .. } => {
                self.engine.open_draft_received(account, &arrival.matter, reception).await?
            }
        };
        self.answer_questions(&mut draft, &arrival, today)?;
        if let Way::Window { seat, ticket } = &way {
            draft.reception.applicant = Some(account);
            draft.reception.intake = Some(Intake {
                outlet: seat.outlet.as_str().into(),
                window: Some(seat.window.as_str().into()),
                clerk: seat.clerk,
                ticket: ticket.as_deref().map(Into::into),
                authority: Vec::new(),
                originals: Vec::new(),
                ticked: Vec::new(),
                left_open: casework::LeftOpen::default(),
            });
        }
        if arrival.leaves && rng.random_ratio(1, 2) {
            self.engine.save_draft(draft).await?;
            return Ok(Followed::default());
        }
        let (mut draft, plan) = self.fill_in(draft, &person, at, &mut rng).await?;
        // On another day the scenario's answers may not be all: the question stays unanswered.
        if self.is_asked_on(&draft, today).await? {
            return Ok(Followed::default());
        }
        self.engine.note_plan_seen(draft.id).await?;
        // Some hear that nothing is due, or what has to come first; others think better of it.
        if arrival.leaves || plan.services.is_empty() || !plan.needs_first.is_empty() {
            return Ok(Followed::default());
        }
        if self.tick(&mut draft, &plan, &mut rng) {
            draft = self.engine.save_draft(draft).await?;
        }
        let case = self.hand_in(&way, account, draft, at, &mut rng).await?;
        let mut followed = self.begin(case, &[]).await?;
        if let Way::Agent { order, .. } = way
            && rng.random_ratio(1, 2)
        {
            let later = after(at, rng.random_range(200..700));
            followed.deeds.push((later, Deed::EndOrder { applicant: account, order }));
        }
        if single {
            let arrival = Box::new(arrival);
            followed.deeds.push((self.another_day(at), Deed::Continue { case, arrival, tries: 9 }));
        }
        if rng.random_ratio(1, 60) {
            followed.deeds.push((after(at, rng.random_range(3..80)), Deed::TakeBack { case }));
        }
        followed.deeds.push((after(at, 90), Deed::Collect { case, tries: 24 }));
        if rng.random_ratio(11, 20) {
            let grades = [(1u8, 68u32), (2, 20), (3, 6), (4, 5), (5, 3)];
            let grade = grades.choose_weighted(&mut rng, |(_, often)| *often).map_or(1, |it| it.0);
            followed.deeds.push((after(at, 72), Deed::Rate { case, grade, tries: 12 }));
        }
        Ok(followed)
    }

    /// Goes on from what somebody finished alone: the rest of the matter, counted from that day.
    pub(super) async fn go_on_from(
        &self,
        at: Instant,
        case: CaseId,
        arrival: Arrival,
        tries: u8,
    ) -> Result<Followed, EngineError> {
        let mut followed = Followed::default();
        let Some(state) = self.engine.case(case).await? else { return Ok(followed) };
        if !state.state().is_final() {
            if let Some(tries) = tries.checked_sub(1) {
                let arrival = Box::new(arrival);
                let deed = Deed::Continue { case, arrival, tries };
                followed.deeds.push((self.another_day(at), deed));
            }
            return Ok(followed);
        }
        if state.state() != CaseState::Done {
            return Ok(followed);
        }
        let mut rng = self.chance(state.application.subject.0, "continuation");
        let catalogue = self.engine.catalogue();
        let person = arrival.person(catalogue.civil_date(state.submitted_at));
        let today = catalogue.civil_date(at);
        let account = arrival.account(self.seed);
        let mut draft = self.engine.continue_from(account, case, &arrival.matter, None).await?;
        draft.reception.area = Some(arrival.county.into());
        self.answer_questions(&mut draft, &arrival, today)?;
        let (draft, plan) = self.fill_in(draft, &person, at, &mut rng).await?;
        let asked_on = self.is_asked_on(&draft, today).await?;
        if asked_on || plan.services.is_empty() || !plan.needs_first.is_empty() {
            return Ok(followed);
        }
        let case = self.hand_in(&Way::Alone, account, draft, at, &mut rng).await?;
        self.begin(case, &[]).await
    }

    async fn is_asked_on(&self, draft: &Draft, today: Date) -> Result<bool, EngineError> {
        let matters = &self.engine.catalogue().matters;
        let matter = matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        Ok(self.engine.asks_on(draft, matter, today).await)
    }

    /// Some moment of the next working day.
    fn another_day(&self, at: Instant) -> Instant {
        let catalogue = self.engine.catalogue();
        let moments = Moments { catalogue };
        let day = moments.next_day(catalogue.civil_date(at));
        moments.of_day(day, &mut StdRng::seed_from_u64(at.as_second().unsigned_abs()))
    }

    /// The one service that somebody came for, who does not know of the matter.
    async fn single(
        &self,
        arrival: &Arrival,
        account: AccountId,
        reception: Reception,
    ) -> Result<Draft, EngineError> {
        let matters = &self.engine.catalogue().matters;
        let matter = matters.get(&arrival.matter).ok_or(EngineError::NotOffered)?;
        let first = matter.services.iter().find(|part| !part.optional);
        let services = first.map(|part| part.service.clone()).into_iter().collect();
        let draft = self.engine.single_draft(account, &arrival.matter, services).await?;
        Ok(Draft { reception, ..draft })
    }

    /// Hands an application in by the way it came.
    async fn hand_in(
        &self,
        way: &Way,
        account: AccountId,
        draft: Draft,
        at: Instant,
        rng: &mut StdRng,
    ) -> Result<CaseId, EngineError> {
        let command = CommandId(fresh_id());
        let (role, by, channel) = match way {
            Way::Agent { agent, .. } => {
                return Ok(self.engine.submit_on_order(*agent, command, draft).await?.case);
            }
            Way::Window { seat, .. } => {
                self.engine.store().hold_draft(draft.id, seat.clerk, at).await?;
                (ActorRole::Clerk, seat.clerk, "window")
            }
            Way::Alone if rng.random_ratio(2, 5) => (ActorRole::Applicant, account, "mobile"),
            Way::Alone => (ActorRole::Applicant, account, "online"),
        };
        let actor = Actor { role, account: Some(by), department: None };
        Ok(self.engine.submit(actor, command, draft.id, channel).await?.case)
    }

    /// Whoever begins at a doorplate opened it; others look and go away.
    async fn visit(&self, entry: &Entry, today: Date, rng: &mut StdRng) -> Result<(), EngineError> {
        let Some(plate) = entry.place.as_deref() else { return Ok(()) };
        for _ in 0..rng.random_range(1..6) {
            self.engine.store().note_visit(plate, &today.to_string()).await?;
        }
        Ok(())
    }

    /// How somebody came: called to a window, by a doorplate near him, or directly.
    fn entry(&self, arrival: &Arrival, today: Date, way: &Way, rng: &mut StdRng) -> Entry {
        let direct = Entry { kind: EntryKind::Direct, place: None, from: None, service: None };
        match way {
            Way::Window { .. } => return Entry { kind: EntryKind::Window, ..direct },
            Way::Agent { .. } => return Entry { kind: EntryKind::Agent, ..direct },
            Way::Alone => {}
        }
        let network = self.engine.network();
        let hangs = |plate: &&Doorplate| {
            let outlet = plate.outlet.as_ref().and_then(|id| network.outlets.get(id));
            let area = outlet.map(|outlet| &outlet.area).or(plate.area.as_ref());
            plate.matter == arrival.matter
                // The whole city's hang where everybody passes.
                && area.is_some_and(|area| {
                    area.as_str() == arrival.county || area.as_str().ends_with("0000")
                })
                && plate.placed_on <= today
                && plate.removed_on.is_none_or(|removed| today < removed)
        };
        let near: Vec<&Doorplate> = network.doorplates.values().filter(hangs).collect();
        match near.choose(rng) {
            Some(plate) if rng.random_ratio(1, 3) => Entry {
                kind: EntryKind::Doorplate,
                place: Some(plate.id.as_str().into()),
                ..direct
            },
            _ => direct,
        }
    }

    /// A new account with a name, for one arrival.
    pub(super) async fn account(
        &self,
        arrival: &Arrival,
        person: &Person,
    ) -> Result<AccountId, EngineError> {
        let account_id = arrival.account(self.seed);
        let subject = Some(SubjectId(account_id.0));
        let display_name = self.engine.seal_account_name(account_id, subject, &person.name).await?;
        let account = AccountRow {
            account_id,
            login: format!("city-{}", arrival.number),
            role: Role::Applicant.as_str().to_owned(),
            department: None,
            area: Some(arrival.county.to_owned()),
            subject,
            password_hash: None,
            disabled: false,
            // Nobody plays them: the role board shows the people of the tour only.
            demo: false,
            display_name,
        };
        self.engine.store().upsert_account(&account).await?;
        Ok(account_id)
    }
}
