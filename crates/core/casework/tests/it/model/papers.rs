//! Notices of supervision, and documents and how they are served.

use vocabulary::*;
use yijianshi_casework::*;

use super::*;

impl Model {
    /// Acts that are sent together are taken one after the other; none is taken when one of them may not be.
    pub(super) fn supervise(
        &mut self,
        actor: &Actor,
        node: &NodeKey,
        acts: &[SupervisionAct],
    ) -> Outcome {
        let index = self.find(node)?;
        let state = self.states()[index];
        let over = matches!(
            state,
            ServiceState::Granted
                | ServiceState::Refused
                | ServiceState::NotAccepted
                | ServiceState::Lapsed
                | ServiceState::Withdrawn
                | ServiceState::Stopped
                | ServiceState::Revoked
                | ServiceState::Terminated
        );
        let [act] = acts else { unreachable!("the histories send one") };
        let service = &mut self.services[index];
        let who = match act {
            SupervisionAct::Remind { .. } => actor.role == ActorRole::Hub,
            SupervisionAct::Answer { .. } => {
                [ActorRole::Officer, ActorRole::UnitHead].contains(&actor.role)
                    && actor.department == Some(service.node.department.clone())
            }
            _ => [ActorRole::Manager, ActorRole::Inspector].contains(&actor.role),
        };
        if !who {
            return Err("CASE0065");
        }
        let last = service.notices.last().copied().filter(|(_, closed)| !closed);
        match act {
            SupervisionAct::Remind { reminder } => {
                let key = (reminder.reminder.to_string(), reminder.mark.rule.to_string());
                let of_it = !over || reminder.mark.of == catalogue::Watched::Deliver;
                return Ok(of_it && service.told.insert(key));
            }
            SupervisionAct::Notice { .. } if last.is_some() => return Err("CASE0066"),
            SupervisionAct::Notice { .. }
                if matches!(state, ServiceState::Waiting | ServiceState::Stopped) =>
            {
                return Err("CASE0010");
            }
            SupervisionAct::Notice { .. } if over => return Err("CASE0007"),
            SupervisionAct::Notice { .. } => service.notices.push((false, false)),
            SupervisionAct::Answer { .. } => match last {
                None => return Err("CASE0067"),
                Some((true, _)) => return Err("CASE0068"),
                Some((false, _)) => service.notices.last_mut().unwrap().0 = true,
            },
            SupervisionAct::Close { .. } => match last {
                None => return Err("CASE0067"),
                Some((false, _)) if !over => return Err("CASE0069"),
                Some(_) => service.notices.last_mut().unwrap().1 = true,
            },
        }
        Ok(true)
    }

    pub(super) fn serve(
        &mut self,
        actor: &Actor,
        document: &DocumentRef,
        way: ServiceWay,
    ) -> Outcome {
        let DocumentRef { kind, node: Some(node), ordinal } = document else {
            let there = document.kind == DocumentKind::Receipt && document.ordinal == 1;
            return Err(if there { "CASE0073" } else { "CASE0070" });
        };
        let nth = usize::try_from(*ordinal).unwrap().wrapping_sub(1);
        let index = self.find(node).map_err(|_| "CASE0070")?;
        let department = &self.services[index].node.department;
        let other = actor.department.as_ref() != Some(department);
        let of_kind = |paper: &&mut Paper| paper.kind == *kind;
        let found = self.services[index].sent_out.iter_mut().filter(of_kind).nth(nth);
        let paper = found.ok_or("CASE0070")?;
        let who = match way {
            ServiceWay::Online => [ActorRole::Applicant, ActorRole::Agent],
            ServiceWay::Counter => [ActorRole::Clerk; 2],
            ServiceWay::Direct | ServiceWay::Post => [ActorRole::Officer; 2],
        };
        if *kind == DocumentKind::ProofOfService {
            Err("CASE0073")
        } else if !who.contains(&actor.role) {
            Err("CASE0072")
        } else if actor.role == ActorRole::Officer && other {
            Err("CASE0019")
        } else if let Some(before) = paper.served {
            if before == way { Ok(false) } else { Err("CASE0071") }
        } else {
            paper.served = Some(way);
            let proof = DocumentKind::ProofOfService;
            self.services[index].sent_out.push(Paper { kind: proof, about: None, served: None });
            Ok(true)
        }
    }
}
