//! Visits on the spot: offers of times, one after the other, and what each department said of them.

use vocabulary::*;
use yijianshi_casework::*;

use super::*;

/// An appointment that the plan expects, and the times that were offered for it.
#[derive(Debug)]
pub(crate) struct Appointment {
    planned: PlannedVisit,
    offers: Vec<Offer>,
}

/// Times that were offered, and the last that happened to them.
#[derive(Debug)]
struct Offer {
    /// Who was called.
    called: Vec<usize>,
    slots: Vec<VisitSlot>,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Open,
    Taken(u32),
    Declined,
    /// One of the departments, or the applicant.
    SomebodyWasMissing(Option<usize>),
}

/// What a department's word about a visit is.
enum Word {
    CanCome(u32, Vec<u32>),
    Found,
}

impl Service {
    /// The special procedure that its part of the visit is.
    fn part_of(&self, visit: &str) -> Option<&NodeProcedure> {
        self.node.procedures.iter().find(|it| it.visit.as_deref() == Some(visit))
    }

    /// Whether it is about a visit to this place that comes after the decision.
    pub(super) fn is_of_a_later_visit(&self, reply: &Reply) -> bool {
        match reply {
            Reply::VisitJoined { visit, .. } | Reply::VisitHeld { visit, .. } => {
                self.part_of(visit).is_some_and(|it| it.afterwards)
            }
            _ => false,
        }
    }

    /// Its words about a visit, the last first.
    fn words_of(&self, visit: &str) -> Vec<Word> {
        let later = self.part_of(visit).is_some_and(|it| it.afterwards);
        let mut facts: Vec<&Said> =
            if later { self.heard().collect() } else { self.before_the_end().collect() };
        facts.sort_by_key(|fact| std::cmp::Reverse(fact.place));
        let word = |fact: &&Said| match &fact.reply {
            Reply::VisitJoined { visit: of, number, slots } if **of == *visit => {
                Some(Word::CanCome(*number, slots.clone()))
            }
            Reply::VisitHeld { visit: of, .. } if **of == *visit => Some(Word::Found),
            _ => None,
        };
        facts.iter().filter_map(word).collect()
    }

    /// When it can come, if it has said so of this offer.
    fn can_come(&self, visit: &str, number: u32) -> Option<Vec<u32>> {
        self.words_of(visit).into_iter().find_map(|word| match word {
            Word::CanCome(of, slots) if of == number => Some(slots),
            _ => None,
        })
    }

    fn has_found(&self, visit: &str) -> bool {
        self.words_of(visit).iter().any(|word| matches!(word, Word::Found))
    }

    /// The run that a call to a visit is, where the department told of none itself: from the call or the acceptance,
    /// or from the decision, until its result, the end that it told, or the decision.
    pub(super) fn called_run(&self, procedure: &NodeProcedure, about: &[&Said]) -> Option<Span> {
        let visit = procedure.visit.as_deref()?;
        let (_, called) = self.calls.iter().find(|(of, _)| **of == *visit)?;
        let decided = self.ended_at();
        let from = if procedure.afterwards { decided? } else { self.accepted()? };
        let from = from.max(*called);
        let told = about.iter().filter(|it| !matches!(it.reply, Reply::ProcedureBegan { .. }));
        let ends = told.map(|it| it.at).chain(decided.filter(|_| !procedure.afterwards));
        Some((from, ends.min().map(|end| end.max(from))))
    }
}

impl Model {
    /// What the plan expects.
    pub(crate) fn expecting(self, visits: &[PlannedVisit]) -> Self {
        let appointment =
            |it: &PlannedVisit| Appointment { planned: it.clone(), offers: Vec::new() };
        Self { visits: visits.iter().map(appointment).collect(), ..self }
    }

    /// Positions of the services that still need it.
    fn still_needed_by(&self, visit: &Appointment) -> Vec<usize> {
        let states = self.states();
        let needs = |at: &usize| {
            let service = &self.services[*at];
            let state = states[*at];
            let under_way = service.started.is_some() && !state.is_final();
            let needs = match visit.planned.afterwards {
                true => state == ServiceState::Granted,
                false => under_way && state != ServiceState::Contested,
            };
            needs && !service.has_found(&visit.planned.id)
        };
        visit.planned.nodes.iter().map(|key| self.find(key).unwrap()).filter(needs).collect()
    }

    /// For each visit: the number of its last offer, how it stands, who still needs it, the times that may be taken.
    #[expect(clippy::type_complexity, reason = "compared once")]
    pub(crate) fn visits(&self) -> Vec<(u32, Option<VisitState>, Vec<NodeKey>, Vec<u32>)> {
        let key = |at: &usize| self.services[*at].node.key.clone();
        let told = |visit: &Appointment| {
            let needed = self.still_needed_by(visit);
            let stands = self.stands(visit, &needed);
            let number = u32::try_from(visit.offers.len()).unwrap();
            (number, stands, needed.iter().map(key).collect(), self.choices(visit, &needed))
        };
        self.visits.iter().map(told).collect()
    }

    fn stands(&self, visit: &Appointment, needed: &[usize]) -> Option<VisitState> {
        let Some(offer) = visit.offers.last() else {
            return needed.first().map(|_| VisitState::Planned);
        };
        if needed.is_empty() {
            return Some(VisitState::Over);
        }
        Some(match offer.fate {
            Fate::SomebodyWasMissing(_) => VisitState::Missed,
            Fate::Open => VisitState::Proposed,
            Fate::Declined => VisitState::OtherTimeAsked,
            Fate::Taken(slot) if self.suits(visit, needed, slot) => VisitState::Agreed,
            Fate::Taken(_) => VisitState::Unsuited,
        })
    }

    /// Nobody who was called and still comes has said that it cannot.
    fn suits(&self, visit: &Appointment, needed: &[usize], slot: u32) -> bool {
        let number = u32::try_from(visit.offers.len()).unwrap();
        let called = visit.offers.last().map(|offer| offer.called.as_slice()).unwrap_or_default();
        called.iter().filter(|at| needed.contains(at)).all(|at| {
            let said = self.services[*at].can_come(&visit.planned.id, number);
            said.is_none_or(|slots| slots.contains(&slot))
        })
    }

    fn choices(&self, visit: &Appointment, needed: &[usize]) -> Vec<u32> {
        let Some(offer) = visit.offers.last() else { return Vec::new() };
        let all = (0..).zip(&offer.slots).filter(|(_, slot)| slot.from > self.now);
        all.map(|(index, _)| index).filter(|index| self.suits(visit, needed, *index)).collect()
    }

    fn appointment(&self, id: &str) -> Result<usize, &'static str> {
        self.visits.iter().position(|it| *it.planned.id == *id).ok_or("CASE0042")
    }

    fn may_call(&self, actor: &Actor, visit: &Appointment) -> Result<(), &'static str> {
        let called = visit.planned.nodes.iter().map(|key| self.find(key).unwrap());
        let mut offices: Vec<_> = called.map(|at| &self.services[at].node.department).collect();
        offices.push(&visit.planned.lead);
        let own = actor.department.as_ref().is_some_and(|own| offices.contains(&own));
        if own && actor.role == ActorRole::Officer { Ok(()) } else { Err("CASE0019") }
    }

    /// What an officer says of a visit fits how it stands; false = it is so already.
    pub(super) fn officer_visits(&self, index: usize, reply: &Reply) -> Outcome {
        let (Reply::VisitJoined { visit: id, .. } | Reply::VisitHeld { visit: id, .. }) = reply
        else {
            unreachable!("other words have their own rules");
        };
        let visit = &self.visits[self.appointment(id)?];
        if !self.still_needed_by(visit).contains(&index) {
            return Err("CASE0047");
        }
        let offer = visit.offers.last();
        if let Reply::VisitJoined { number, slots, .. } = reply {
            let stands = offer.filter(|_| Ok(visit.offers.len()) == usize::try_from(*number));
            let offered = stands.ok_or("CASE0044")?.slots.len();
            if slots.iter().any(|slot| usize::try_from(*slot).unwrap() >= offered) {
                return Err("CASE0045");
            }
            return Ok(self.services[index].can_come(id, *number).as_ref() != Some(slots));
        }
        // Where another department was missing, those that came have something to tell.
        let others = |offer: &Offer| match offer.fate {
            Fate::SomebodyWasMissing(who) => who.is_some_and(|who| who != index),
            _ => offer.taken().is_some_and(|slot| slot.from <= self.now),
        };
        if offer.is_some_and(others) { Ok(true) } else { Err("CASE0046") }
    }

    fn call(&mut self, at: usize, all: &[usize]) {
        let id = self.visits[at].planned.id.clone();
        for index in all {
            let service = &mut self.services[*index];
            if !service.calls.iter().any(|(of, _)| *of == id) {
                service.calls.push((id.clone(), self.now));
            }
        }
    }

    /// Whoever still needs it hears of it.
    fn tell_of_visit(&mut self, all: &[usize]) {
        for index in all {
            let service = &mut self.services[*index];
            service.told_of_visits += 1;
            let number = service.told_of_visits;
            service.send("visit", number);
        }
    }

    pub(super) fn visit(&mut self, actor: &Actor, command: &Command) -> Outcome {
        let (Command::ProposeVisit { visit: id, .. }
        | Command::ConfirmVisit { visit: id, .. }
        | Command::AskOtherTime { visit: id, .. }
        | Command::MissVisit { visit: id, .. }) = command
        else {
            unreachable!("other commands have their own rules");
        };
        let at = self.appointment(id)?;
        let visit = &self.visits[at];
        match command {
            Command::ConfirmVisit { .. } | Command::AskOtherTime { .. }
                if !matches!(
                    actor.role,
                    ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent
                ) =>
            {
                return Err("CASE0019");
            }
            Command::ProposeVisit { .. } | Command::MissVisit { .. } => {
                self.may_call(actor, visit)?;
            }
            _ => {}
        }
        let needed = self.still_needed_by(visit);
        if let Command::ProposeVisit { slots, .. } = command {
            let mut sorted = slots.clone();
            sorted.sort();
            sorted.dedup();
            let sound = (1..=6).contains(&slots.len())
                && sorted.len() == slots.len()
                && slots.iter().all(|slot| self.now < slot.from && slot.from < slot.to);
            match (needed.is_empty(), sound) {
                (true, _) => return Err("CASE0047"),
                (_, false) => return Err("CASE0043"),
                _ => {}
            }
            self.call(at, &needed);
            let offer = Offer { called: needed.clone(), slots: slots.clone(), fate: Fate::Open };
            self.visits[at].offers.push(offer);
        } else {
            match self.becomes(visit, &needed, command)? {
                None => return Ok(false),
                Some(fate) => self.visits[at].offers.last_mut().unwrap().fate = fate,
            }
        }
        self.tell_of_visit(&needed);
        Ok(true)
    }

    /// What becomes of the offer that stands; `None` = it is so already.
    fn becomes(
        &self,
        visit: &Appointment,
        needed: &[usize],
        command: &Command,
    ) -> Result<Option<Fate>, &'static str> {
        let (Command::ConfirmVisit { number, .. }
        | Command::AskOtherTime { number, .. }
        | Command::MissVisit { number, .. }) = command
        else {
            unreachable!("times are offered elsewhere");
        };
        let stands = Ok(visit.offers.len()) == usize::try_from(*number);
        let offer = visit.offers.last().filter(|_| stands).ok_or("CASE0044")?;
        let missing = matches!(offer.fate, Fate::SomebodyWasMissing(_));
        let past = offer.taken().is_some_and(|slot| slot.from <= self.now);
        match command {
            Command::MissVisit { absent: Some(absent), .. }
                if !self.find(absent).is_ok_and(|at| offer.called.contains(&at)) =>
            {
                Err("CASE0003")
            }
            Command::MissVisit { .. } if missing => Ok(None),
            Command::MissVisit { .. } if !past => Err("CASE0046"),
            _ if needed.is_empty() => Err("CASE0047"),
            Command::MissVisit { absent, .. } => {
                let who = absent.as_ref().map(|absent| self.find(absent).unwrap());
                Ok(Some(Fate::SomebodyWasMissing(who)))
            }
            _ if missing => Err("CASE0044"),
            Command::ConfirmVisit { slot, .. } if offer.fate == Fate::Taken(*slot) => Ok(None),
            Command::ConfirmVisit { slot, .. } if self.choices(visit, needed).contains(slot) => {
                Ok(Some(Fate::Taken(*slot)))
            }
            Command::ConfirmVisit { .. } => Err("CASE0045"),
            _ if past => Err("CASE0045"),
            _ => Ok(Some(Fate::Declined)),
        }
    }
}

impl Offer {
    fn taken(&self) -> Option<VisitSlot> {
        match self.fate {
            Fate::Taken(slot) => self.slots.get(usize::try_from(slot).unwrap()).copied(),
            _ => None,
        }
    }
}
