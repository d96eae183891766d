//! By which way somebody comes: alone, to a window with a number from the machine, or by an agent on an order.

use casework::TickedLine;
use engine::orders::{OrderWish, Power};
use engine::{Draft, EngineError};
use jiff::{SignedDuration, ToSpan as _};
use plan::Plan;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use store_port::{Called, Caller, TicketWanted, fresh_id};
use uuid::Uuid;
use vocabulary::{AccountId, CommandId, Instant};

use crate::demo_agents::AGENTS;
use crate::demo_desk::{Seat, seats};
use crate::demo_people::account_id;

use super::City;
use super::arrival::Arrival;

/// How somebody comes.
#[derive(Debug)]
pub(super) enum Way {
    Alone,
    /// Received by a clerk, after a number was called.
    Window {
        seat: Seat,
        ticket: Option<String>,
    },
    /// An agent does it for him.
    Agent {
        agent: AccountId,
        order: Uuid,
    },
}

impl City {
    /// Draws the way; a window that is open, if there is one.
    pub(super) async fn way(
        &self,
        arrival: &Arrival,
        account: AccountId,
        at: Instant,
        rng: &mut StdRng,
    ) -> Result<Way, EngineError> {
        if rng.random_ratio(9, 20) {
            let open = seats(&self.engine, arrival.matter(), arrival.county(), at);
            if let Some(seat) = open.choose(rng).cloned() {
                let ticket = self.number(&seat, arrival, at, rng).await?;
                return Ok(Way::Window { seat, ticket });
            }
        } else if rng.random_ratio(1, 9) {
            let agents = AGENTS.map(|(login, _)| account_id(login));
            let agent = agents.choose(rng).copied();
            // Some orders run out before anybody ends them.
            let days = if rng.random_ratio(1, 3) { 12 } else { 90 };
            let wish = OrderWish {
                agent,
                matter: arrival.matter().clone(),
                powers: Power::ALL.to_vec(),
                until: self.engine.today().saturating_add(days.days()),
                note: "请帮我准备材料并提交，需要我确认的时候打电话。".to_owned(),
            };
            let order = self.engine.grant_order(account, CommandId(fresh_id()), wish).await?;
            if let (Some(agent), Ok(order)) = (agent, order) {
                return Ok(Way::Agent { agent, order });
            }
        }
        Ok(Way::Alone)
    }

    /// A number: drawn some time before, called now, done some time later. Once the demo has begun the queue
    /// belongs to those who play: nobody of the city takes numbers any more.
    async fn number(
        &self,
        seat: &Seat,
        arrival: &Arrival,
        at: Instant,
        rng: &mut StdRng,
    ) -> Result<Option<String>, EngineError> {
        if at > self.began {
            return Ok(None);
        }
        let minutes = |minutes: i64| SignedDuration::from_mins(minutes);
        let (waited, served) = (rng.random_range(1..34), rng.random_range(7..26));
        let (_, zone, window) = self.engine.place(&seat.window)?;
        let day = self.engine.catalogue().civil_date(at).to_string();
        let store = self.engine.store();
        let wanted = TicketWanted {
            ticket_id: fresh_id(),
            outlet: seat.outlet.to_string(),
            day: day.clone(),
            zone: zone.id.to_string(),
            letter: zone.letter.to_string(),
            class: if rng.random_ratio(1, 14) { "priority" } else { "ordinary" }.to_owned(),
            matter: Some(arrival.matter().to_string()),
            subject: None,
            taken_at: at - minutes(waited),
        };
        let caller = Caller {
            outlet: seat.outlet.to_string(),
            day,
            zone: zone.id.to_string(),
            window: window.id.to_string(),
            clerk: seat.clerk,
            at,
        };
        // One after the other: whoever draws a number here is the one who is called.
        let _turn = self.counter.lock().await;
        store.draw_ticket(&wanted).await?;
        let Called::Ticket(mut row) = store.call_next(&caller).await? else { return Ok(None) };
        row.state = "done".to_owned();
        row.serving_at = Some(at + minutes(1));
        row.ended_at = Some(at + minutes(1 + served));
        row.version += 1;
        store.change_ticket(&row).await?;
        Ok(Some(row.code))
    }

    /// A careful clerk ticks what he has looked at; says whether he did.
    pub(super) fn tick(&self, draft: &mut Draft, plan: &Plan, rng: &mut StdRng) -> bool {
        let Some(intake) = &mut draft.reception.intake else { return false };
        if !rng.random_ratio(1, 4) {
            return false;
        }
        let catalogue = self.engine.catalogue();
        for planned in &plan.services {
            let lines = catalogue.service(&planned.node.service).map(|it| it.checklist.as_slice());
            intake.ticked.extend(
                lines
                    .unwrap_or_default()
                    .iter()
                    .map(|line| TickedLine { node: planned.node.clone(), line: line.id.clone() }),
            );
        }
        true
    }
}
