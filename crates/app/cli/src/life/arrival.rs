//! People who apply: which matter, in which situation, by which way; and what they fill in.

use casework::{Actor, ActorRole, Entry, EntryKind, Intake, Reception};
use catalogue::{DataElement, ElementType, Matter};
use engine::{Draft, EngineError};
use jiff::ToSpan as _;
use network::Doorplate;
use plan::scenario::ScenarioAsWritten;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng, SeedableRng as _};
use store_port::{AccountRow, fresh_id};
use uuid::Uuid;
use vocabulary::{
    AccountId, CommandId, Date, Fact, Instant, MatterId, Origin, Slot, SubjectId, Value,
};
use web::access::Role;

use crate::demo_desk::{Seat, seats};

use super::people::Person;
use super::{City, Deed, Followed};

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
/// More rounds than any form needs.
const ROUNDS: usize = 8;
/// A page with nothing personal on it: handed in wherever a file is wanted.
const FILE: &[u8] = b"%PDF-1.7\n% a page of the demo\n%%EOF\n";
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
        Some(Self { seed, number, matter: MatterId::new(*matter), scenario, county, leaves })
    }
}

impl City {
    pub(super) async fn arrive(
        &self,
        at: Instant,
        arrival: Arrival,
    ) -> Result<Followed, EngineError> {
        let mut rng = StdRng::seed_from_u64(arrival.seed);
        let catalogue = self.engine.catalogue();
        let today = catalogue.civil_date(at);
        let matter = catalogue.matters.get(&arrival.matter).ok_or(EngineError::NotOffered)?;
        let person = Person::invent(&mut rng, arrival.county, today);
        let account = self.account(&arrival, &person).await?;
        let seat = self.seat(&arrival, at, &mut rng);
        let entry = self.entry(&arrival, today, seat.is_some(), &mut rng);
        self.visit(&entry, today, &mut rng).await?;
        let reception = Reception {
            entry: Some(entry),
            area: Some(arrival.county.into()),
            ..Reception::default()
        };
        let opened = self.engine.open_draft_received(account, &arrival.matter, reception);
        let mut draft = opened.await?;
        let Ok(situation) = arrival.scenario.answers().resolve(catalogue, matter, None) else {
            return Err(EngineError::NotOffered);
        };
        let shift = today.since(catalogue.civil_date(situation.now)).unwrap_or_default();
        draft.facts = situation.facts.clone();
        for (slot, fact) in situation.facts.iter() {
            if let Value::Date(date) = fact.value {
                let moved = date.checked_add(shift).unwrap_or(date);
                let fact = Fact { value: Value::Date(moved), origin: fact.origin.clone() };
                draft.facts.set(slot.clone(), fact);
            }
        }
        draft.skip = situation.skip;
        if let Some(Seat { clerk, outlet, window }) = &seat {
            draft.reception.applicant = Some(account);
            draft.reception.intake = Some(Intake {
                outlet: outlet.as_str().into(),
                window: Some(window.as_str().into()),
                clerk: *clerk,
                ticket: None,
                authority: Vec::new(),
                originals: Vec::new(),
                ticked: Vec::new(),
            });
        }
        if arrival.leaves && rng.random_ratio(1, 2) {
            self.engine.save_draft(draft).await?;
            return Ok(Followed::default());
        }
        draft = self.fill_in(draft, matter, &person, today, at, &mut rng).await?;
        if arrival.leaves {
            return Ok(Followed::default());
        }
        let (role, by, channel) = match &seat {
            Some(seat) => (ActorRole::Clerk, seat.clerk, "window"),
            None if rng.random_ratio(2, 5) => (ActorRole::Applicant, account, "mobile"),
            None => (ActorRole::Applicant, account, "online"),
        };
        let actor = Actor { role, account: Some(by), department: None };
        if seat.is_some() {
            self.engine.store().hold_draft(draft.id, by, at).await?;
        }
        let command = CommandId(fresh_id());
        let case = self.engine.submit(actor, command, draft.id, channel).await?.case;
        let mut followed = self.begin(case, &[]).await?;
        if rng.random_ratio(1, 60) {
            let later = at.checked_add(jiff::SignedDuration::from_hours(rng.random_range(3..80)));
            followed.deeds.push((later.unwrap_or(at), Deed::TakeBack { case }));
        }
        if rng.random_ratio(11, 20) {
            let grades = [(1u8, 68u32), (2, 20), (3, 6), (4, 4), (5, 2)];
            let grade = grades.choose_weighted(&mut rng, |(_, often)| *often).map_or(1, |it| it.0);
            let later = at.checked_add(jiff::SignedDuration::from_hours(72)).unwrap_or(at);
            followed.deeds.push((later, Deed::Rate { case, grade, tries: 12 }));
        }
        Ok(followed)
    }

    /// Whoever begins at a doorplate opened it; others look and go away.
    async fn visit(&self, entry: &Entry, today: Date, rng: &mut StdRng) -> Result<(), EngineError> {
        let Some(plate) = entry.place.as_deref() else { return Ok(()) };
        for _ in 0..rng.random_range(1..6) {
            self.engine.store().note_visit(plate, &today.to_string()).await?;
        }
        Ok(())
    }

    /// The window where somebody is received who does not apply online: one that is open, if there is one.
    fn seat(&self, arrival: &Arrival, at: Instant, rng: &mut StdRng) -> Option<Seat> {
        if !rng.random_ratio(9, 20) {
            return None;
        }
        seats(&self.engine, &arrival.matter, arrival.county, at).choose(rng).cloned()
    }

    /// How somebody came: called to a window, by a doorplate near him, or directly.
    fn entry(&self, arrival: &Arrival, today: Date, at_window: bool, rng: &mut StdRng) -> Entry {
        let direct = Entry { kind: EntryKind::Direct, place: None, from: None, service: None };
        if at_window {
            return Entry { kind: EntryKind::Window, ..direct };
        }
        let network = self.engine.network();
        let hangs = |plate: &&Doorplate| {
            let outlet = plate.outlet.as_ref().and_then(|id| network.outlets.get(id));
            let area = outlet.map(|outlet| &outlet.area).or(plate.area.as_ref());
            plate.matter == arrival.matter
                && area.is_some_and(|area| area.as_str() == arrival.county)
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
    async fn account(&self, arrival: &Arrival, person: &Person) -> Result<AccountId, EngineError> {
        let id = Uuid::new_v5(
            &Uuid::from_u128(u128::from(self.seed)),
            format!("person/{}", arrival.number).as_bytes(),
        );
        let (account_id, subject) = (AccountId(id), Some(SubjectId(id)));
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

    async fn fill_in(
        &self,
        mut draft: Draft,
        matter: &Matter,
        person: &Person,
        today: Date,
        at: Instant,
        rng: &mut StdRng,
    ) -> Result<Draft, EngineError> {
        for _ in 0..ROUNDS {
            draft = self.engine.save_draft(draft).await?;
            let plan = self.engine.plan_of(&draft).await?;
            let fields: Vec<Slot> = plan.missing_fields().map(|field| field.slot.clone()).collect();
            let evidence: Vec<_> = plan.missing_evidence().map(|it| it.key.clone()).collect();
            if fields.is_empty() && evidence.is_empty() {
                break;
            }
            for slot in fields {
                self.fill(&mut draft, matter, slot, person, today, at, rng);
            }
            for key in &evidence {
                let name = format!("{key}.pdf");
                let file = FILE.to_vec();
                self.engine.add_evidence(&draft, key, &name, "application/pdf", file).await?;
            }
        }
        Ok(draft)
    }

    /// One field: the person's own, or the definitions' example.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that a field may be filled from"
    )]
    fn fill(
        &self,
        draft: &mut Draft,
        matter: &Matter,
        slot: Slot,
        person: &Person,
        today: Date,
        at: Instant,
        rng: &mut StdRng,
    ) {
        let Some(element) = self.engine.catalogue().element(&slot.element) else { return };
        let Some(value) = value(element, matter, &slot, person, today) else { return };
        let origin = match &element.source {
            Some(source) if rng.random_ratio(17, 20) => {
                Origin::Confirmed { source: source.clone(), at }
            }
            _ => Origin::Applicant,
        };
        draft.facts.set(slot, Fact { value, origin });
    }
}

fn value(
    element: &DataElement,
    matter: &Matter,
    slot: &Slot,
    person: &Person,
    today: Date,
) -> Option<Value> {
    let whose = |id: &str| id.split('.').next().unwrap_or(id).to_owned();
    let own = whose(slot.element.as_str()) == whose(matter.applicant_name.as_str());
    let text = match &element.ty {
        _ if slot.element == matter.applicant_name => {
            return Some(Value::text(person.name.clone()));
        }
        ElementType::CitizenId if own => return Some(person.citizen_id.clone()),
        ElementType::Phone => return Some(person.phone.clone()),
        ElementType::Bool => "false".to_owned(),
        ElementType::Choice(options) => options.first()?.id.to_string(),
        ElementType::Number
        | ElementType::Text
        | ElementType::LongText
        | ElementType::Date
        | ElementType::CitizenId
        | ElementType::Uscc
        | ElementType::AreaCode => element.example.clone()?,
    };
    match interview::accept_value(element, slot, &text, today) {
        Ok(value) => Some(value),
        // The example's day has not come yet where the history is.
        Err(_) if element.ty == ElementType::Date => {
            Some(Value::Date(today.checked_sub(9.days()).unwrap_or(today)))
        }
        Err(_) => None,
    }
}
