//! What may be said to a service, and by whom.

use vocabulary::*;
use yijianshi_casework::*;

use super::*;
use crate::reference::{Almanac, day_of, number, walk};

impl Service {
    /// Only who was sent something is told anything.
    pub(super) fn notify(&mut self) {
        if self.started.is_some() {
            self.informed += 1;
            let number = self.informed;
            self.send("notice", number);
        }
    }

    pub(super) fn send(&mut self, kind: &str, round: u32) {
        let case = self.case;
        self.sendings.push(DispatchId::derive(case, &self.node.key, kind, round));
    }

    /// Who speaks for a department speaks for his own.
    pub(super) fn speaks(&self, actor: &Actor) -> Result<(), &'static str> {
        let other = actor.department.as_ref() != Some(&self.node.department);
        match actor.role {
            ActorRole::Manager | ActorRole::UnitHead | ActorRole::Inspector => Err("CASE0019"),
            ActorRole::Officer | ActorRole::Department if other => Err("CASE0019"),
            _ => Ok(()),
        }
    }

    /// Says all that it has to say.
    pub(super) fn whole(&self, reply: &Reply) -> Result<(), &'static str> {
        let known = |id: &str| self.node.procedures.iter().any(|it| *it.id == *id);
        match reply {
            Reply::CorrectionRequested { lines, .. } if lines.is_empty() => Err("CASE0017"),
            Reply::Granted { outputs, .. }
                if self.node.outputs.iter().any(|it| outputs.iter().all(|o| o.id != it.id)) =>
            {
                Err("CASE0008")
            }
            Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. }
                if !known(procedure) =>
            {
                Err("CASE0030")
            }
            Reply::Extended { .. } if self.node.extension.is_none() => Err("CASE0027"),
            Reply::VisitJoined { visit, .. } | Reply::VisitHeld { visit, .. }
                if self.node.procedures.iter().all(|it| it.visit.as_ref() != Some(visit)) =>
            {
                Err("CASE0042")
            }
            Reply::WithdrawalConfirmed | Reply::TooLateToWithdraw if !self.asked_back => {
                Err("CASE0004")
            }
            _ => Ok(()),
        }
    }

    /// Whether a timer or a resolution came first.
    pub(super) fn is_settled_before(&self, reply: &Reply) -> bool {
        let chosen = |place| self.facts.iter().find(|fact| Some(fact.place) == place);
        let by_officer = match chosen(self.chosen).map(|fact| &fact.reply) {
            None => false,
            Some(Reply::TooLateToWithdraw) => {
                [Reply::TooLateToWithdraw, Reply::WithdrawalConfirmed].contains(reply)
            }
            Some(_) => !self.is_afterwards(reply) && !matches!(reply, Reply::Revoked { .. }),
        };
        let about_acceptance = matches!(
            reply,
            Reply::Accepted | Reply::NotAccepted { .. } | Reply::CorrectionRequested { .. }
        );
        let paper_owed = self.granted.is_some()
            && !matches!(reply, Reply::Granted { .. } | Reply::Revoked { .. })
            && !self.is_afterwards(reply);
        self.lapsed.is_some()
            || self.ended_for_good
            || paper_owed
            || by_officer
            || (self.deemed && about_acceptance)
    }

    /// An officer sees how it stands and is told so; false = it is so already.
    pub(super) fn officer_says(
        &self,
        state: ServiceState,
        reply: &Reply,
        now: Instant,
        almanac: &Almanac,
    ) -> Outcome {
        if let Reply::Revoked { act, .. } = reply {
            return self.officer_ends(state, *act, now, almanac);
        }
        let follows_up = state == ServiceState::Granted && self.is_afterwards(reply);
        let bare = self.node.outputs.iter().all(|output| output.fact);
        if state == ServiceState::Granted
            && self.granted.is_some()
            && matches!(self.verdict(), Verdict::None)
            && !bare
            && !follows_up
        {
            let paper = matches!(reply, Reply::Granted { .. });
            return if paper { Ok(true) } else { Err("CASE0037") };
        }
        if let (Some(code), false) = (over(state), follows_up) {
            return Err(code);
        }
        let accepted = self.accepted().is_some() || follows_up;
        match reply {
            Reply::CorrectionRequested { .. } if self.is_asked() => Err("CASE0020"),
            Reply::CorrectionRequested { reason: None, .. }
                if self.corrections().iter().any(|asked| asked.told.is_some()) =>
            {
                Err("CASE0041")
            }
            Reply::Received => Ok(self.facts.is_empty()),
            Reply::Accepted => Ok(!accepted),
            Reply::CorrectionSettled if !self.is_asked() => Err("CASE0005"),
            Reply::ProcedureBegan { .. } | Reply::Extended { .. } if !accepted => Err("CASE0033"),
            Reply::ProcedureBegan { procedure, .. } if self.is_open(procedure) => Err("CASE0031"),
            Reply::ProcedureEnded { procedure, .. } if !self.is_open(procedure) => Err("CASE0032"),
            Reply::Extended { .. } if self.extended().is_some() => Err("CASE0028"),
            Reply::Extended { .. } => {
                let Some(period) = self.node.statutory else { return Ok(true) };
                let from = self.node.clock.statutory_from;
                let Some(clock) = self.clock(from, period, almanac) else { return Ok(true) };
                let last = number(walk(&clock, almanac).on);
                if day_of(now) > last { Err("CASE0029") } else { Ok(true) }
            }
            _ => Ok(true),
        }
    }
}
