//! What comes beside the replies: acts that end a grant, changes of the applicant, answers of sources.

use vocabulary::*;
use yijianshi_casework::*;

use super::time::is_past;
use super::*;
use crate::reference::{Almanac, Clock};

impl Service {
    /// Acts that ended the grant: any first one, and then the one that strikes it off.
    pub(crate) fn acts(&self) -> Vec<RevocationAct> {
        let granted = self.granted.is_some()
            || matches!(self.verdict(), Verdict::Is(Said { reply: Reply::Granted { .. }, .. }));
        if !granted {
            return Vec::new();
        }
        let mut said: Vec<&Said> =
            self.heard().filter(|fact| matches!(fact.reply, Reply::Revoked { .. })).collect();
        said.sort_by_key(|fact| fact.place);
        let act = |fact: &&Said| match fact.reply {
            Reply::Revoked { act, .. } => act,
            _ => unreachable!(),
        };
        let all: Vec<RevocationAct> = said.iter().map(act).collect();
        let last = RevocationAct::Deregistered;
        match all.first() {
            None => Vec::new(),
            Some(first) if *first != last && all.contains(&last) => vec![*first, last],
            Some(first) => vec![*first],
        }
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.waits_for_somebody.iter().any(|(_, until)| until.is_none())
    }

    pub(super) fn announced(&self) -> Option<(RevocationAct, Instant, bool)> {
        self.announcement
            .filter(|(act, _, _, dropped)| !dropped && !self.acts().contains(act))
            .map(|(act, at, spoke, _)| (act, at, spoke))
    }

    pub(super) fn may_end(
        &self,
        state: ServiceState,
        act: RevocationAct,
    ) -> Result<(), &'static str> {
        if !self.node.revocations.iter().any(|known| known.act == act) {
            return Err("CASE0051");
        }
        let strikes_off = act == RevocationAct::Deregistered && !self.acts().contains(&act);
        match state {
            ServiceState::Granted => Ok(()),
            ServiceState::Revoked if strikes_off => Ok(()),
            _ => Err("CASE0050"),
        }
    }

    pub(super) fn officer_ends(
        &self,
        state: ServiceState,
        act: RevocationAct,
        now: Instant,
        almanac: &Almanac,
    ) -> Outcome {
        self.may_end(state, act)?;
        let known = self.node.revocations.iter().find(|known| known.act == act).unwrap();
        let Some(heard) = known.heard else { return Ok(true) };
        match self.announced() {
            Some((told, at, spoke))
                if told == act && (spoke || is_past(&Clock::plain(at, heard), now, almanac)) =>
            {
                Ok(true)
            }
            _ => Err("CASE0052"),
        }
    }
}

impl Model {
    /// Whose output was ended is told to those who were sent something that rests on it.
    pub(super) fn tell_of_acts(&mut self, before: &[usize]) {
        for (ended, before) in before.iter().enumerate() {
            if self.services[ended].acts().len() <= *before {
                continue;
            }
            for service in self.services.iter_mut().filter(|it| it.waits.contains(&ended)) {
                service.notify();
            }
        }
    }

    pub(super) fn has_a_part(&self, actor: &Actor) -> Result<(), &'static str> {
        let own = |it: &Service| Some(&it.node.department) == actor.department.as_ref();
        match actor.role {
            ActorRole::Clerk => Ok(()),
            ActorRole::Officer if self.services.iter().any(own) => Ok(()),
            _ => Err("CASE0063"),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one command after the other")]
    pub(super) fn beside(&mut self, actor: &Actor, command: &Command) -> Outcome {
        let is_officer = actor.role == ActorRole::Officer;
        let states = self.states();
        match command {
            Command::AnnounceRevocation { node, act, .. } => {
                let index = self.find(node)?;
                let now = self.now;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                service.may_end(states[index], *act)?;
                if service.announced().is_some() {
                    return Err("CASE0054");
                }
                service.announcement = Some((*act, now, false, false));
                Ok(true)
            }
            Command::AnswerRevocation { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                if !matches!(actor.role, ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent)
                {
                    return Err("CASE0019");
                }
                // Every answer of the tests says the same.
                if service.announced().ok_or("CASE0053")?.2 {
                    return Ok(false);
                }
                service.announcement.as_mut().unwrap().2 = true;
                service.notify();
                Ok(true)
            }
            Command::DropRevocation { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                service.announced().ok_or("CASE0053")?;
                service.announcement.as_mut().unwrap().3 = true;
                Ok(true)
            }
            Command::ReportApplicantChange { change, .. } => {
                self.has_a_part(actor)?;
                if self.change.is_some() {
                    return Err("CASE0059");
                }
                if states.iter().all(|state| state.is_final()) {
                    return Err("CASE0061");
                }
                self.change = Some(None);
                for (service, state) in self.services.iter_mut().zip(states) {
                    if state.is_final() {
                        continue;
                    }
                    let known = service.node.on_change.iter().find(|it| it.change == *change);
                    match known.map_or(ChangeEffect::Suspends, |it| it.effect) {
                        ChangeEffect::GoesOn => continue,
                        ChangeEffect::Suspends => service.waits_for_somebody.push((self.now, None)),
                        ChangeEffect::Ends => service.ended_for_good = true,
                    }
                    service.notify();
                }
                Ok(true)
            }
            Command::NameSuccessor { account, capacity, .. } => {
                self.has_a_part(actor)?;
                let named = self.change.as_mut().ok_or("CASE0060")?;
                let news = *named != Some((*account, *capacity));
                *named = Some((*account, *capacity));
                Ok(news)
            }
            Command::ConsentToSuccession => {
                let named = self.change.ok_or("CASE0060")?;
                let (account, _) = named.ok_or("CASE0062")?;
                if actor.role != ActorRole::Applicant || actor.account != Some(account) {
                    return Err("CASE0062");
                }
                self.owner = Some(account);
                self.go_on(&states);
                Ok(true)
            }
            Command::CloseApplicantChange { .. } => {
                self.has_a_part(actor)?;
                self.change.ok_or("CASE0060")?;
                self.go_on(&states);
                Ok(true)
            }
            Command::Terminate { node, .. } => {
                let index = self.find(node)?;
                let service = &mut self.services[index];
                service.speaks(actor)?;
                match states[index] {
                    _ if !is_officer => Err("CASE0019"),
                    ServiceState::Terminated => Err("CASE0064"),
                    ServiceState::Suspended => {
                        service.ended_for_good = true;
                        service.notify();
                        Ok(true)
                    }
                    _ => Err("CASE0060"),
                }
            }
            Command::NoteChecks { source, results } => self.note(actor, source, results, &states),
            Command::TakeOnEvidence { node, slot, .. } => {
                let index = self.find(node)?;
                let service = &self.services[index];
                service.speaks(actor)?;
                if !is_officer {
                    return Err("CASE0019");
                }
                let (now, almanac, handed_in) = (self.now, &self.almanac, self.handed_in);
                let found = self.open.iter_mut().find(|open| open.field.slot == *slot);
                let found = found.filter(|open| open.blocks(index, &service.node));
                let found = found.ok_or("CASE0057")?;
                let waited = |period| is_past(&Clock::plain(handed_in, period), now, almanac);
                if found.said.is_none() && !found.field.evidence_after.is_some_and(waited) {
                    return Err("CASE0056");
                }
                found.by_evidence.insert(index, now);
                if !states[index].is_final() {
                    self.services[index].notify();
                }
                Ok(true)
            }
            _ => unreachable!("ratings have their own tests"),
        }
    }

    pub(super) fn go_on(&mut self, states: &[ServiceState]) {
        self.change = None;
        for (service, state) in self.services.iter_mut().zip(states) {
            if *state == ServiceState::Suspended {
                service.notify();
            }
            for (_, until) in &mut service.waits_for_somebody {
                *until = until.or(Some(self.now));
            }
        }
    }

    pub(super) fn note(
        &mut self,
        actor: &Actor,
        source: &SourceId,
        results: &[CheckResult],
        states: &[ServiceState],
    ) -> Outcome {
        if actor.role != ActorRole::Hub {
            return Err("CASE0063");
        }
        let mut news: Vec<Slot> = Vec::new();
        for open in self.open.iter_mut().filter(|it| it.field.source == *source) {
            let said = results.iter().find(|result| result.slot == open.field.slot);
            if let (Some(said), None) = (said, open.said) {
                open.said = Some((said.outcome, self.now));
                news.push(said.slot.clone());
            }
        }
        for (service, state) in self.services.iter_mut().zip(states) {
            let concerned = news.iter().any(|slot| service.node.fields.contains(slot));
            if concerned && !state.is_final() {
                service.notify();
            }
        }
        Ok(!news.is_empty())
    }
}

impl Open {
    pub(crate) fn blocks(&self, index: usize, node: &ServiceNode) -> bool {
        node.fields.contains(&self.field.slot) && self.good_since(index).is_none()
    }

    /// When one service could first go by it.
    pub(super) fn good_since(&self, index: usize) -> Option<Instant> {
        let told = match self.said {
            Some((CheckOutcome::Agrees, at)) => Some(at),
            _ => None,
        };
        let looked_at = self.by_evidence.get(&index).copied();
        [told, looked_at].into_iter().flatten().min()
    }
}
