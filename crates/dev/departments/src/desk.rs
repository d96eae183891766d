//! The desk decides what to answer and when, from a request and the department's behaviour alone. It sends
//! nothing: what it says goes into the journal, and the teller carries it to the hub.

use std::collections::BTreeMap;
use std::time::Duration;

use casework::DispatchKind;
use exchange::{
    DepartmentReply, DepartmentRequest, NoticeKind, VERSION, WireOutput, WireReply, WireValue,
    WireVisitState,
};
use jiff::tz::TimeZone;
use vocabulary::{ChecklistLineId, DispatchId, Instant, Slot, Value};

use crate::behaviour::{Behaviour, Timing};
use crate::spec::{DepartmentSpec, ServiceSpec};
use crate::values::{self, Occasion};

/// What surrounds an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) spec: &'a DepartmentSpec,
    pub(crate) behaviour: Behaviour,
    pub(crate) timing: &'a Timing,
    pub(crate) time_zone: &'a TimeZone,
    pub(crate) now: Instant,
}

/// Replies in the order in which they will be said, each with its time.
pub(crate) type Answers = Vec<(Instant, DepartmentReply)>;

impl Desk<'_> {
    /// What follows from a request. `decided`: the department has already said yes or no to this service.
    pub(crate) fn answer(&self, request: &DepartmentRequest, decided: bool) -> Answers {
        let mut answers = match request.kind {
            DispatchKind::Withdrawal => self.withdrawal(request, decided),
            DispatchKind::Referral | DispatchKind::Supplement => self.case(request),
            DispatchKind::Lapse => self.said(request, [(Duration::ZERO, WireReply::Received)]),
            DispatchKind::Visit => self.visit(request),
            DispatchKind::Notice => self.notice(request, decided),
        };
        if self.behaviour == Behaviour::OutOfOrder {
            let last = answers.iter().map(|(due_at, _)| *due_at).max().unwrap_or(self.now);
            answers.reverse();
            for (due_at, _) in &mut answers {
                *due_at = last;
            }
        }
        answers
    }

    fn withdrawal(&self, request: &DepartmentRequest, decided: bool) -> Answers {
        let answer =
            if decided { WireReply::TooLateToWithdraw } else { WireReply::WithdrawalConfirmed };
        self.said(request, [(Duration::ZERO, answer)])
    }

    /// Comes at any of the times; once one is agreed on it only takes note. What it finds, people say.
    fn visit(&self, request: &DepartmentRequest) -> Answers {
        let received = (Duration::ZERO, WireReply::Received);
        match &request.visit {
            Some(visit) if visit.state == WireVisitState::Proposed => {
                let slots = (0_u32..).zip(&visit.slots).map(|(index, _)| index).collect();
                let (visit, number) = (visit.visit.clone(), visit.number);
                let joined = WireReply::VisitJoined { visit, number, slots };
                self.said(request, [received, (self.timing.accept_after, joined)])
            }
            _ => self.said(request, [received]),
        }
    }

    /// A notice wants its receipt. What waited for a source is decided when it has answered.
    fn notice(&self, request: &DepartmentRequest, decided: bool) -> Answers {
        let received = (Duration::ZERO, WireReply::Received);
        let about = request.notice.as_ref().map(|notice| notice.about);
        let service = self.spec.service(request.service.as_str());
        match (about, service, self.behaviour) {
            (_, _, Behaviour::ByHand) => self.said(request, [received]),
            _ if decided || !request.unchecked.is_empty() => self.said(request, [received]),
            (Some(NoticeKind::FieldsChecked), Some(service), Behaviour::Refusing) => {
                let refused = self.refused(service);
                self.said(request, [received, (self.timing.decide_after, refused)])
            }
            (Some(NoticeKind::FieldsChecked), Some(service), _) => {
                let granted = self.granted(request, service);
                self.said(request, [received, (self.timing.decide_after, granted)])
            }
            _ => self.said(request, [received]),
        }
    }

    fn case(&self, request: &DepartmentRequest) -> Answers {
        let (accept, decide) = match self.behaviour {
            Behaviour::Slow => (self.timing.slow_step, self.timing.slow_step),
            _ => (self.timing.accept_after, self.timing.decide_after),
        };
        let received = (Duration::ZERO, WireReply::Received);
        let accepted = (accept, WireReply::Accepted);
        let Some(service) = self.spec.service(request.service.as_str()) else {
            // Not ours: a person has to look.
            return self.said(request, [received]);
        };
        match self.behaviour {
            Behaviour::ByHand => self.said(request, [received]),
            Behaviour::Correcting if request.kind == DispatchKind::Referral => {
                let wanted = self.correction(service);
                self.said(request, [received, (accept, wanted)])
            }
            Behaviour::Prompt
            | Behaviour::Slow
            | Behaviour::Down
            | Behaviour::Correcting
            | Behaviour::Twice
            | Behaviour::OutOfOrder
            | Behaviour::Refusing
                if !request.unchecked.is_empty() =>
            {
                self.said(request, [received, accepted])
            }
            Behaviour::Prompt
            | Behaviour::Slow
            | Behaviour::Down
            | Behaviour::Correcting
            | Behaviour::Twice
            | Behaviour::OutOfOrder => {
                let granted = self.granted(request, service);
                self.said(request, [received, accepted, (decide, granted)])
            }
            Behaviour::Refusing => {
                let refused = self.refused(service);
                self.said(request, [received, accepted, (decide, refused)])
            }
        }
    }

    fn refused(&self, service: &ServiceSpec) -> WireReply {
        let ground = &service.refusal_ground;
        WireReply::Refused {
            ground: ChecklistLineId::new(ground.id.as_str()),
            text: Some(ground.text.clone()),
        }
    }

    fn correction(&self, service: &ServiceSpec) -> WireReply {
        let line = &service.first_line;
        WireReply::CorrectionRequested {
            lines: vec![ChecklistLineId::new(line.id.as_str())],
            text: Some(format!("请核对后补正：{}。", line.text)),
            reason: None,
        }
    }

    fn granted(&self, request: &DepartmentRequest, service: &ServiceSpec) -> WireReply {
        let fields: BTreeMap<Slot, Value> = fields_of(request);
        let occasion = Occasion {
            dispatch: request.dispatch_id,
            member: request.member.as_ref(),
            fields: &fields,
            area: &self.spec.area,
            today: self.now.to_zoned(self.time_zone.clone()).date(),
        };
        let outputs = service.outputs.iter().map(|output| {
            let values = values::of_output(output, occasion);
            let values = values.iter().map(|(slot, value)| (slot.to_string(), value.into()));
            WireOutput { id: output.id.clone(), number: None, values: values.collect() }
        });
        WireReply::Granted { outputs: outputs.collect(), owed: Vec::new() }
    }

    /// Replies one after the other: each `after` counts from the one before it.
    fn said<const N: usize>(
        &self,
        request: &DepartmentRequest,
        replies: [(Duration, WireReply); N],
    ) -> Answers {
        let mut at = self.now;
        let mut answers = Answers::with_capacity(N);
        for ((after, body), seq) in replies.into_iter().zip(1..) {
            at = at.checked_add(after).unwrap_or(at);
            answers.push((at, reply(request.dispatch_id, seq, at, body)));
        }
        answers
    }
}

fn reply(dispatch: DispatchId, seq: u64, at: Instant, body: WireReply) -> DepartmentReply {
    DepartmentReply {
        version: VERSION,
        dispatch_id: dispatch,
        department_seq: seq,
        decided_at: at,
        reply: body,
    }
}

fn fields_of(request: &DepartmentRequest) -> BTreeMap<Slot, Value> {
    let slot = |(name, value): (&String, &WireValue)| {
        Some((name.parse().ok()?, Value::from(value.clone())))
    };
    request.fields.iter().filter_map(slot).collect()
}
