//! What no scenario reaches: services, evidence, fields, questions; and scenarios with nothing to do.

use std::collections::BTreeSet;

use catalogue::Binds;

use super::{
    EVIDENCE_NEVER_ASKED, FOR_NOBODY, FoundIn, Message, NOTHING_TO_DO, ONLINE_ONLY,
    QUESTION_CHANGES_NOTHING, QUESTION_NEVER_ASKED, SERVICE_NEVER_IN, Search, Severity,
};
use crate::{Cells, FeatureKey, Out, Place, Subject};

/// Channels that need no network of the applicant's own.
const OFFLINE: [&str; 3] = ["window", "mail", "phone"];

impl Search<'_> {
    pub(super) fn services(&mut self) {
        for part in &self.matter.services {
            if !self.is_ever_in(&part.service) {
                let message = Message {
                    zh: "没有哪种情形会办到“{0}”",
                    en: "no scenario brings in “{0}”",
                    args: &|words| vec![words.service(&part.service)],
                };
                let item = FoundIn::Service(part.service.clone());
                self.find(SERVICE_NEVER_IN, Severity::Warning, item, &message);
            }
        }
    }

    fn is_ever_in(&self, service: &vocabulary::ServiceId) -> bool {
        let mut features = self.proof.features().keys();
        features.any(|key| matches!(key, FeatureKey::In(node) if node.service == *service))
    }

    pub(super) fn evidence(&mut self) {
        for service in self.catalogue.services_of(self.matter) {
            if !self.is_ever_in(&service.id) {
                continue;
            }
            let mut told = BTreeSet::new();
            for need in &service.evidence {
                let uses = |key: &FeatureKey| {
                    matches!(key, FeatureKey::Uses(node, piece)
                        if node.service == service.id && piece.ty == need.ty)
                };
                // What is only needed if it is produced may well be produced in other matters only.
                if need.if_produced
                    || self.proof.features().keys().any(uses)
                    || !told.insert(&need.ty)
                {
                    continue;
                }
                let message = Message {
                    zh: "没有哪种情形会为“{1}”要“{0}”",
                    en: "no scenario asks for {0} for “{1}”",
                    args: &|words| vec![words.evidence(&need.ty), words.service(&service.id)],
                };
                let item = FoundIn::Evidence(service.id.clone(), need.ty.clone());
                self.find(EVIDENCE_NEVER_ASKED, Severity::Warning, item, &message);
            }
        }
    }

    pub(super) fn never_received(&mut self) {
        for service in self.catalogue.services_of(self.matter) {
            if !self.is_ever_in(&service.id) {
                continue;
            }
            for need in &service.fields {
                let receives = |key: &FeatureKey| {
                    matches!(key, FeatureKey::Field(node, slot)
                        if node.service == service.id && slot.element == need.element)
                };
                if self.proof.features().keys().any(receives) {
                    continue;
                }
                let message = Message {
                    zh: "没有哪种情形需要为“{1}”填“{0}”",
                    en: "no scenario needs {0} for “{1}”",
                    args: &|words| vec![words.element(&need.element), words.service(&service.id)],
                };
                let item = FoundIn::Field(service.id.clone(), need.element.clone());
                self.find(FOR_NOBODY, Severity::Warning, item, &message);
            }
        }
    }

    /// A question is of use when its answer alone changes something somewhere, or tells whether a source can
    /// be asked.
    pub(super) fn questions(&mut self) {
        // Small sets first: nearly every question is of use, and one set that shows it is enough.
        let told = self.proof.conditions().iter().filter_map(|judged| match judged.place {
            Place::SourceOfElement(..) => Some(&judged.holds),
            _ => None,
        });
        let mut sets: Vec<&Cells> = self.proof.features().values().chain(told).collect();
        sets.sort_by_key(|cells| cells.0.size());
        for question in &self.matter.questions {
            let variables = self.proof.variables().iter().enumerate();
            let of = variables.filter(|(_, it)| it.question.as_ref() == Some(&question.id));
            let of: Vec<usize> = of.map(|(at, _)| at).collect();
            let is_size = matches!(question.binds, Binds::CountOf(_));
            let used = of.iter().any(|at| {
                sets.iter().any(|cells| self.proof.decides(*at, cells)) || self.proof.is_read(*at)
            });
            let item = FoundIn::Question(question.id.clone());
            let args = |words: &crate::words::Words<'_>| vec![words.question(&question.id)];
            let counts = is_size && of.iter().any(|at| self.is_size_of_somebody(*at));
            if !(used || counts) {
                let message = Message {
                    zh: "“{0}”怎么回答都不改变方案",
                    en: "whatever is answered to “{0}”, the plan is the same",
                    args: &args,
                };
                self.find(QUESTION_CHANGES_NOTHING, Severity::Warning, item, &message);
                continue;
            }
            let asked = of.iter().map(|at| self.proof.asked_where(*at));
            if asked.fold(self.nowhere(), |sum, one| sum.or(&one)).is_empty() {
                let message = Message {
                    zh: "“{0}”从来问不到：数据来源总能告诉答案；只有来源连不上时才问",
                    en: "“{0}” is never asked: a source always tells the answer; it is asked only when the source is down",
                    args: &args,
                };
                self.find(QUESTION_NEVER_ASKED, Severity::Note, item, &message);
            }
        }
    }

    /// Whether something is repeated for the members that the variable counts.
    fn is_size_of_somebody(&self, variable: usize) -> bool {
        let Some(Subject::Size(group)) = self.proof.variables().get(variable).map(|it| &it.subject)
        else {
            return false;
        };
        let of_element = |id| {
            self.catalogue.element(id).is_some_and(|element| element.group.as_ref() == Some(group))
        };
        let of_type = |id| {
            let ty = self.catalogue.evidence_types.get(id);
            ty.is_some_and(|ty| ty.per.as_ref() == Some(group))
        };
        self.catalogue.services_of(self.matter).any(|service| {
            service.per.as_ref() == Some(group)
                || service.fields.iter().any(|need| of_element(&need.element))
                || service.evidence.iter().any(|need| of_type(&need.ty))
        })
    }

    pub(super) fn nothing(&mut self) {
        let features = self.proof.features().iter();
        let done = features.filter(|(key, _)| {
            matches!(
                key,
                FeatureKey::In(_) | FeatureKey::Out(_, Out::AlreadyDone | Out::NotEligible)
            )
        });
        let cells = self.proof.space().minus(&self.any(done.map(|(_, cells)| cells)));
        if !cells.is_empty() {
            let message = Message {
                zh: "这种情形下一件事也没有可办的，也没有说为什么",
                en: "nothing is left to do in this scenario, and nobody says why",
                args: &|_| Vec::new(),
            };
            self.find_in(NOTHING_TO_DO, Severity::Warning, FoundIn::Matter, &message, &cells);
        }
    }

    /// In every scenario one channel that works offline is common to all services that are in.
    pub(super) fn channels(&mut self) {
        let is_in = |wanted: &dyn Fn(&str) -> bool| -> Cells {
            let features = self.proof.features().iter();
            let cells = features.filter_map(|(key, cells)| match key {
                FeatureKey::In(node) if wanted(node.service.as_str()) => Some(cells),
                _ => None,
            });
            self.any(cells)
        };
        let somebody = is_in(&|_| true);
        let mut covered = self.nowhere();
        for channel in OFFLINE {
            let lacks = |id: &str| {
                let service = self.catalogue.services.get(id);
                service.is_some_and(|service| service.channels.iter().all(|it| it != channel))
            };
            covered = covered.or(&somebody.minus(&is_in(&lacks)));
        }
        let cells = somebody.minus(&covered).and(self.proof.space());
        if !cells.is_empty() {
            let message = Message {
                zh: "这种情形下没有哪个线下渠道（窗口、邮寄、电话）能一次办完所有事项",
                en: "in this scenario no offline channel (window, mail, phone) is common to all services",
                args: &|_| Vec::new(),
            };
            self.find_in(ONLINE_ONLY, Severity::Warning, FoundIn::Matter, &message, &cells);
        }
    }
}
