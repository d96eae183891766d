//! What a service is, read from what its department said.

use std::collections::BTreeMap;

use vocabulary::*;
use yijianshi_casework::*;

use super::*;
use crate::reference::{Almanac, Clock, opened, walk};

impl Service {
    pub(super) fn heard(&self) -> impl Iterator<Item = &Said> {
        self.facts.iter().filter(|fact| !fact.too_late)
    }

    pub(super) fn is_said(&self, reply: &Reply) -> bool {
        self.heard().any(|fact| fact.reply == *reply)
    }

    pub(super) fn is_afterwards(&self, reply: &Reply) -> bool {
        let (Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. }) =
            reply
        else {
            return self.is_of_a_later_visit(reply);
        };
        self.node.procedures.iter().any(|known| known.id == *procedure && known.afterwards)
    }

    pub(crate) fn verdict(&self) -> Verdict<'_> {
        let fact_at = |place: Place| self.facts.iter().find(|fact| fact.place == place).unwrap();
        let goes_on = match self.chosen.map(fact_at) {
            Some(Said { reply: Reply::TooLateToWithdraw, .. }) => true,
            Some(chosen) => return Verdict::Is(chosen),
            None => false,
        };
        let all: Vec<&Said> = self.heard().filter(|fact| ends(&fact.reply)).collect();
        let valid = |fact: &&&Said| !(goes_on && fact.reply == Reply::WithdrawalConfirmed);
        let Some(first) = all.iter().filter(valid).min_by_key(|fact| fact.place) else {
            return Verdict::None;
        };
        let at_odds = all.iter().filter(valid).any(|other| other.reply != first.reply);
        let not_withdrawn =
            first.reply == Reply::WithdrawalConfirmed && self.is_said(&Reply::TooLateToWithdraw);
        if at_odds {
            Verdict::Contested(all.iter().map(|fact| fact.place).collect())
        } else if not_withdrawn {
            let side = |fact: &&Said| ends(&fact.reply) || fact.reply == Reply::TooLateToWithdraw;
            Verdict::Contested(self.heard().filter(side).map(|fact| fact.place).collect())
        } else {
            Verdict::Is(first)
        }
    }

    /// What was said before the end, if there is one.
    pub(super) fn before_the_end(&self) -> impl Iterator<Item = &Said> {
        let end = match self.verdict() {
            // A paper that follows on a silent grant is the end of nothing.
            Verdict::Is(fact) if self.granted.is_none() => Some((fact.place, fact.at)),
            _ => None,
        };
        self.heard().filter(move |fact| end.is_none_or(|(place, _)| fact.place < place))
    }

    pub(crate) fn ended_at(&self) -> Option<Instant> {
        if self.granted.is_some() {
            return self.granted;
        }
        match self.verdict() {
            Verdict::Is(fact) => Some(fact.at),
            _ => None,
        }
    }

    /// Requests that the same word ends, or none, are one correction. It is told when all have spoken or by the
    /// margin, unless the department itself had closed it by then.
    pub(crate) fn corrections(&self) -> Vec<Asked> {
        let goes_on = |reply: &Reply| matches!(reply, Reply::Accepted | Reply::CorrectionSettled);
        #[expect(clippy::type_complexity, reason = "named by what it holds")]
        let mut found: BTreeMap<(usize, Place), (Vec<&Said>, Option<&Said>)> = BTreeMap::new();
        for asked in self.before_the_end() {
            if !matches!(asked.reply, Reply::CorrectionRequested { .. }) {
                continue;
            }
            let round = asked.place.0;
            let closing = self
                .before_the_end()
                .filter(|it| it.place.0 == round && it.place > asked.place && goes_on(&it.reply))
                .min_by_key(|it| it.place);
            let key = (round, closing.map_or((usize::MAX, 0, 0), |closing| closing.place));
            found.entry(key).or_insert((Vec::new(), closing)).0.push(asked);
        }
        let mut corrections = Vec::new();
        for ((round, _), (requests, closing)) in found {
            let at = requests.iter().map(|fact| fact.at).min().unwrap();
            let heard = requests.iter().map(|fact| fact.arrived).min().unwrap();
            let answered = self.answers.get(round).copied();
            // When it was over, and since when the hub knows it.
            let over = match (self.granted, self.verdict()) {
                (Some(granted), _) => Some((granted, granted)),
                (None, Verdict::Is(fact)) => Some((fact.at, fact.arrived)),
                _ => None,
            };
            let closed =
                closing.map(|fact| (fact.at, fact.arrived)).or(over.filter(|_| answered.is_none()));
            let until = closed.map(|(at, _)| at).or(answered).or(self.lapsed);
            let how = match closing.map(|closing| &closing.reply) {
                Some(Reply::CorrectionSettled) => Answered::AtTheDepartment,
                None if answered.is_some() => Answered::ByTheApplicant,
                _ => Answered::No,
            };
            let told = match self.margin {
                None => Some(at),
                Some(_) => {
                    let opened = [self.all_spoke, self.told_by_margin].into_iter().flatten().min();
                    let told = opened.map(|opened| opened.max(heard));
                    told.filter(|told| closed.is_none_or(|(_, arrived)| *told < arrived))
                }
            };
            corrections.push(Asked { round, at, told, until, how });
        }
        corrections
    }

    pub(super) fn is_asked(&self) -> bool {
        self.corrections().iter().any(|asked| asked.until.is_none())
    }

    /// Since when the applicant owes an answer.
    pub(super) fn owed(&self) -> Option<Instant> {
        self.corrections().iter().find(|it| it.until.is_none() && it.told.is_some())?.told
    }

    pub(super) fn gathers(&self) -> bool {
        self.corrections().iter().any(|it| it.until.is_none() && it.told.is_none())
    }

    /// When the department, or something in its place, first answered.
    pub(super) fn spoke(&self) -> Option<Instant> {
        let answers = self.facts.iter().filter(|fact| {
            ends(&fact.reply)
                || matches!(fact.reply, Reply::Accepted | Reply::CorrectionRequested { .. })
        });
        let answered = answers.map(|fact| fact.arrived).chain(self.other_answers.iter().copied());
        answered.chain(self.granted).min()
    }

    /// The margin has come.
    pub(super) fn is_to_be_told(&self, now: Instant, almanac: &Almanac) -> bool {
        let (Some(margin), true) = (self.margin, self.gathers()) else {
            return false;
        };
        let limit = self.node.correction_limit;
        if limit.unit != margin.unit || limit.halves <= margin.halves {
            return true;
        }
        let halves = HalfDays(limit.halves.0 - margin.halves.0);
        let until = Period { halves, unit: limit.unit };
        let Some(clock) = self.clock(ClockStart::Receipt, until, almanac) else {
            return false;
        };
        let clock = Clock { stops: Vec::new(), extension: None, ..clock };
        walk(&clock, almanac).provisional || self.is_over(&clock, now, almanac).is_some()
    }

    /// Runs of one procedure: a beginning that follows on no other beginning, to the next end. What is found at a visit
    /// is the end of the procedure that the visit is; without a beginning it runs from the call.
    pub(crate) fn runs(&self, id: &str) -> Vec<Span> {
        let Some(known) = self.node.procedures.iter().find(|it| *it.id == *id) else {
            return Vec::new();
        };
        let afterwards = known.afterwards;
        let mut about: Vec<&Said> =
            if afterwards { self.heard().collect() } else { self.before_the_end().collect() };
        about.retain(|fact| match &fact.reply {
            Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. } => {
                **procedure == *id
            }
            Reply::VisitHeld { visit, .. } => known.visit.as_ref() == Some(visit),
            _ => false,
        });
        about.sort_by_key(|fact| fact.place);
        let begins = |fact: &Said| matches!(fact.reply, Reply::ProcedureBegan { .. });
        if !about.iter().any(|fact| begins(fact)) {
            return self.called_run(known, &about).into_iter().collect();
        }
        let is_first = |index: usize| index == 0 || !begins(about[index - 1]);
        (0..about.len())
            .filter(|index| begins(about[*index]) && is_first(*index))
            .map(|index| {
                let end = about[index..].iter().find(|fact| !begins(fact)).map(|fact| fact.at);
                let end = end.or(self.ended_at().filter(|_| !afterwards));
                (about[index].at, end.map(|end| end.max(about[index].at)))
            })
            .collect()
    }

    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.runs(id).iter().any(|(_, until)| until.is_none())
    }

    pub(super) fn stops(&self, almanac: &Almanac) -> Vec<Span> {
        let corrections = self.corrections().into_iter().filter_map(|asked| {
            let by_applicant = asked.how == Answered::ByTheApplicant;
            let office = self.node.clock.office.filter(|_| by_applicant);
            Some((asked.told?, asked.until.map(|until| opened(until, office, almanac).0)))
        });
        let excluded = |it: &&NodeProcedure| !it.afterwards && !it.counted;
        let procedures = self.node.procedures.iter().filter(excluded);
        let stops = corrections.chain(procedures.flat_map(|it| self.runs(&it.id)));
        let stops = stops.chain(self.waits_for_somebody.iter().copied());
        stops.map(|(from, until)| (from, until.map(|until| until.max(from)))).collect()
    }

    pub(crate) fn accepted(&self) -> Option<Instant> {
        if self.deemed {
            return self.started;
        }
        let said = self.before_the_end().filter(|fact| fact.reply == Reply::Accepted);
        said.min_by_key(|fact| fact.place).map(|fact| fact.at)
    }

    pub(crate) fn extended(&self) -> Option<Instant> {
        let said = self.before_the_end().filter(|it| matches!(it.reply, Reply::Extended { .. }));
        said.min_by_key(|fact| fact.place).map(|fact| fact.at)
    }

    /// Whether the department's last word takes its place at once: nothing has overtaken or contradicted it.
    pub(super) fn counts(&self, fact: &Said) -> bool {
        let same = |other: &Said| other.place == fact.place;
        match (self.verdict(), &fact.reply) {
            _ if fact.too_late => false,
            (Verdict::Is(end), _) if same(end) => true,
            (Verdict::Contested(_), reply) if ends(reply) => false,
            (_, Reply::Extended { .. }) => self
                .before_the_end()
                .filter(|it| matches!(it.reply, Reply::Extended { .. }))
                .min_by_key(|it| it.place)
                .is_some_and(same),
            (Verdict::None, reply) => !ends(reply),
            (_, reply) if self.is_afterwards(reply) => true,
            _ => self.before_the_end().any(same),
        }
    }

    /// The paper that a word sends out, if it does.
    pub(super) fn send_out(&mut self, reply: &Reply) {
        let (kind, about) = match reply {
            Reply::Accepted => (DocumentKind::Acceptance, None),
            Reply::Granted { .. } => (DocumentKind::Grant, None),
            Reply::Refused { .. } => (DocumentKind::Refusal, None),
            Reply::NotAccepted { .. } => (DocumentKind::NotAccepted, None),
            Reply::Extended { .. } => (DocumentKind::Extension, None),
            Reply::ProcedureBegan { procedure, .. } => {
                (DocumentKind::SpecialProcedure, Some(procedure.to_string()))
            }
            _ => return,
        };
        let same = |paper: &&Paper| paper.kind == kind && paper.about == about;
        let before = self.sent_out.iter().filter(same).count();
        // A procedure may begin anew after it ended; all else goes out once. When corrections are told is the
        // business of the stories.
        let allowed = match &about {
            Some(id) => 1 + self.facts.iter().filter(|fact| {
                matches!(&fact.reply, Reply::ProcedureEnded { procedure, .. } if **procedure == **id)
            }).count(),
            None => 1,
        };
        if before < allowed {
            self.sent_out.push(Paper { kind, about, served: None });
        }
    }

    /// As far as it stands alone: what can never start counts as waiting here.
    pub(super) fn alone(&self) -> ServiceState {
        if self.taken_back_unsent {
            return ServiceState::Withdrawn;
        }
        match (self.started, self.ended_for_good) {
            (None, true) => return ServiceState::Terminated,
            (None, false) => return ServiceState::Waiting,
            _ => {}
        }
        match self.verdict() {
            Verdict::Contested(_) => return ServiceState::Contested,
            Verdict::Is(fact) => {
                return match fact.reply {
                    Reply::Granted { .. } if !self.acts().is_empty() => ServiceState::Revoked,
                    Reply::Granted { .. } => ServiceState::Granted,
                    Reply::Refused { .. } => ServiceState::Refused,
                    Reply::NotAccepted { .. } => ServiceState::NotAccepted,
                    _ => ServiceState::Withdrawn,
                };
            }
            Verdict::None if self.granted.is_some() && !self.acts().is_empty() => {
                return ServiceState::Revoked;
            }
            Verdict::None if self.granted.is_some() => return ServiceState::Granted,
            Verdict::None => {}
        }
        let pending = self.asked_back && !self.is_said(&Reply::TooLateToWithdraw);
        let inquired = |it: &&NodeProcedure| !it.afterwards && self.is_open(&it.id);
        // The first that holds.
        let rules = [
            (self.lapsed.is_some(), ServiceState::Lapsed),
            (self.ended_for_good, ServiceState::Terminated),
            (self.is_suspended(), ServiceState::Suspended),
            (pending, ServiceState::WithdrawalPending),
            (self.owed().is_some(), ServiceState::CorrectionRequested),
            (self.node.procedures.iter().find(inquired).is_some(), ServiceState::SpecialProcedure),
            (self.accepted().is_some(), ServiceState::Accepted),
            (!self.facts.is_empty(), ServiceState::Received),
        ];
        rules.into_iter().find(|(holds, _)| *holds).map_or(ServiceState::Referred, |rule| rule.1)
    }
}
