//! One case that shows how departments work together: a restaurant whose departments' corrections come in one
//! notice, and whose visit on the spot is one appointment. It belongs to a person of the tour, who meets it there.

use casework::{Actor, ActorRole, Case, Command, Entry, EntryKind, Reception, Reply, VisitSlot};
use engine::{Draft, EngineError};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use store_port::fresh_id;
use vocabulary::{AccountId, CaseId, CommandId, Instant, Period};

use super::arrival::Arrival;
use super::fate::Step;
use super::{City, Followed};
use crate::demo_people::{self, FOUNDER};

pub(super) const MATTER: &str = "restaurant-opening";
pub(super) const SCENARIO: &str = "hot-pot-inspection-first";
/// So many departments ask for something.
const ASKING: usize = 2;

impl City {
    /// Makes the case at `at`: received, two corrections in one notice, times for the visit offered.
    pub(super) async fn together(&self, at: Instant) -> Result<Followed, EngineError> {
        let nothing = Followed::default();
        let Some(arrival) = Arrival::chosen(self, MATTER, SCENARIO) else { return Ok(nothing) };
        let account = demo_people::account_id(FOUNDER);
        let Some(case) = self.apply(at, account, &arrival).await? else { return Ok(nothing) };
        self.grant_awaited(case).await?;
        let Some(state) = self.engine.case(case).await? else { return Ok(nothing) };
        let Some(visit) = state.visits.first() else { return Ok(nothing) };
        let mut asking = 0;
        for node in &visit.planned.nodes {
            let now = self.engine.case(case).await?;
            let Some((now, service)) = now.as_ref().and_then(|it| Some((it, it.service(node)?)))
            else {
                continue;
            };
            asking += 1;
            let step = if asking <= ASKING { Step::AskForCorrection } else { Step::Accept };
            self.take_step(now, service, step).await?;
        }
        for service in &state.services {
            if service.started_at.is_some()
                && !service.state.is_final()
                && !visit.planned.nodes.contains(&service.node.key)
            {
                self.take_step(&state, service, Step::Accept).await?;
            }
        }
        let command = Command::ProposeVisit {
            visit: visit.planned.id.clone(),
            slots: self.times(at),
            note: None,
        };
        let department = Some(visit.planned.lead.clone());
        let officer = Actor { role: ActorRole::Officer, account: None, department };
        let id = CommandId(fresh_id());
        self.engine.execute(officer, "visit", id, case, None, command, Vec::new()).await?;
        Ok(nothing)
    }

    /// Hands in what somebody in this situation applies for; every service that begins is received.
    pub(super) async fn apply(
        &self,
        at: Instant,
        account: AccountId,
        arrival: &Arrival,
    ) -> Result<Option<CaseId>, EngineError> {
        let today = self.engine.catalogue().civil_date(at);
        let entry = Entry { kind: EntryKind::Direct, place: None, from: None, service: None };
        let reception = Reception {
            entry: Some(entry),
            area: Some(arrival.county().into()),
            ..Reception::default()
        };
        let mut draft =
            self.engine.open_draft_received(account, arrival.matter(), reception).await?;
        self.answer_questions(&mut draft, arrival, today)?;
        let mut rng = StdRng::seed_from_u64(self.seed);
        let (draft, plan) = self.fill_in(draft, &arrival.person(today), at, &mut rng).await?;
        if plan.services.is_empty() || !plan.needs_first.is_empty() {
            return Ok(None);
        }
        self.hand_in_of(account, draft).await.map(Some)
    }

    /// Hands in a draft of somebody's own, and every service that begins is received.
    pub(super) async fn hand_in_of(
        &self,
        account: AccountId,
        draft: Draft,
    ) -> Result<CaseId, EngineError> {
        let actor = Actor { role: ActorRole::Applicant, account: Some(account), department: None };
        let command = CommandId(fresh_id());
        let case = self.engine.submit(actor, command, draft.id, "online").await?.case;
        self.receive(case).await?;
        Ok(case)
    }

    /// What the others wait for is there at once, and they are received.
    pub(super) async fn grant_awaited(&self, case: CaseId) -> Result<(), EngineError> {
        if let Some(state) = self.engine.case(case).await? {
            let awaited = |node| {
                let waits = state.services.iter().flat_map(|it| &it.node.waits_for);
                waits.into_iter().any(|wait| wait.from == node)
            };
            for service in &state.services {
                if service.started_at.is_some() && awaited(service.node.key.clone()) {
                    self.take_step(&state, service, Step::Grant).await?;
                }
            }
        }
        self.receive(case).await
    }

    /// Every service that has begun is in its department's books.
    pub(super) async fn receive(&self, case: CaseId) -> Result<(), EngineError> {
        let state: Option<_> = self.engine.case(case).await?;
        let Some(state) = state else { return Ok(()) };
        let state: &Case = &state;
        for service in &state.services {
            if service.started_at.is_some() && service.replies.is_empty() {
                self.say(state, service, Reply::Received, "").await?;
            }
        }
        Ok(())
    }

    /// A morning and an afternoon some working days on.
    pub(super) fn times(&self, at: Instant) -> Vec<VisitSlot> {
        let catalogue = self.engine.catalogue();
        let today = catalogue.civil_date(at);
        let slot = |(days, hour): (u32, i8)| {
            let day = catalogue.calendar.due(today, Period::working_days(days)).on;
            let instant = |hour: i8| {
                let zone = catalogue.jurisdiction.time_zone.clone();
                Some(day.at(hour, 0, 0, 0).to_zoned(zone).ok()?.timestamp())
            };
            Some(VisitSlot { from: instant(hour)?, to: instant(hour.saturating_add(2))? })
        };
        [(5, 9), (6, 14), (7, 9)].into_iter().filter_map(slot).collect()
    }
}
