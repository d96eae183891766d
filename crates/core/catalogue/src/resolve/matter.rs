//! Matters, guides, life-cycle classes and lists.

use vocabulary::MatterRevision;

use super::Resolver;
use crate::codes;
use crate::register::{Kind, localised};
use crate::written::{
    AnnouncedAsWritten, GuideAsWritten, InclusionAsWritten, JointProcedureAsWritten,
    LifeCycleClassAsWritten, MatterAsWritten, MatterBaselineAsWritten, MatterListAsWritten,
    MatterServiceAsWritten, QuestionAsWritten,
};
use crate::{
    Announced, AnnouncedFigure, Binds, Guide, JointProcedure, LifeCycleClass, Matter,
    MatterBaseline, MatterList, MatterService, Question,
};

impl Resolver<'_, '_> {
    pub(super) fn matter(&mut self, written: &MatterAsWritten) -> Matter {
        self.unique("service", written.service.iter().map(|part| &part.service));
        self.unique("question", written.question.iter().map(|question| &question.id));
        let bound = written
            .question
            .iter()
            .filter_map(|question| question.element.as_ref().or(question.count_of.as_ref()));
        self.unique("question about", bound);
        self.unique("list", &written.lists);
        self.unique("announcement", written.announced.iter().map(|it| &it.id));
        self.unique("joint procedure", written.joint_procedure.iter().map(|it| &it.id));
        Matter {
            id: written.id.get_ref().as_str().into(),
            revision: MatterRevision::new(""),
            name: localised(&written.name),
            title: localised(&written.title),
            summary: localised(&written.summary),
            audience: localised(&written.audience),
            search_words: written.search_words.clone(),
            life_cycle: self.name(Kind::LifeCycleClass, &written.life_cycle),
            lead: self.name(Kind::Organisation, &written.lead),
            lists: self.names(Kind::MatterList, &written.lists),
            services: written.service.iter().map(|part| self.matter_service(part)).collect(),
            questions: written.question.iter().map(|it| self.question(it)).collect(),
            anchor: self.optional_name(Kind::Service, written.anchor.as_ref()),
            applicant_name: self.name(Kind::Element, &written.applicant_name),
            baselines: written.baseline.iter().map(|it| self.matter_baseline(it)).collect(),
            announced: written.announced.iter().map(|it| self.announced(it)).collect(),
            joint_procedures: written
                .joint_procedure
                .iter()
                .map(|it| self.joint_procedure(it))
                .collect(),
            variant_of: self.optional_name(Kind::Matter, written.variant_of.as_ref()),
            scope: Self::optional_texts(written.scope.as_ref()),
            basis: self.basis(&written.basis),
        }
    }

    fn announced(&mut self, written: &AnnouncedAsWritten) -> Announced {
        let mut figures = Vec::with_capacity(written.figure.len());
        for figure in &written.figure {
            figures.push(AnnouncedFigure {
                figure: figure.figure,
                before: figure.before.as_ref().map(|amount| self.amount(amount)),
                after: figure.after.as_ref().map(|amount| self.amount(amount)),
                before_as_said: Self::optional_texts(figure.before_as_said.as_ref()),
                after_as_said: Self::optional_texts(figure.after_as_said.as_ref()),
                difference: Self::optional_texts(figure.difference.as_ref()),
            });
        }
        Announced {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            figures,
            basis: self.basis(&written.basis),
        }
    }

    fn joint_procedure(&mut self, written: &JointProcedureAsWritten) -> JointProcedure {
        self.unique("service", &written.services);
        JointProcedure {
            id: written.id.get_ref().as_str().into(),
            kind: written.kind,
            name: localised(&written.name),
            services: self.names(Kind::Service, &written.services),
            lead: self.name(Kind::Organisation, &written.lead),
        }
    }

    fn matter_service(&mut self, written: &MatterServiceAsWritten) -> MatterService {
        let scope = self.scope_of_service(&written.service);
        MatterService {
            service: self.name(Kind::Service, &written.service),
            optional: written.inclusion == InclusionAsWritten::Optional,
            when: self.condition(written.when.as_ref(), &scope),
            already_done: written
                .already_done
                .as_ref()
                .map(|done| self.condition(Some(done), &scope)),
            out_reason: Self::optional_texts(written.out_reason.as_ref()),
            done_reason: Self::optional_texts(written.done_reason.as_ref()),
        }
    }

    fn question(&mut self, written: &QuestionAsWritten) -> Question {
        let element = self.optional_name(Kind::Element, written.element.as_ref());
        let group = self.optional_name(Kind::Group, written.count_of.as_ref());
        let mistake = match (&element, &group) {
            (Some(_), Some(_)) => Some("binds an element and counts a group at once"),
            (None, None) => Some("binds nothing"),
            _ => None,
        };
        if let Some(mistake) = mistake {
            let message = format!("question `{}` {mistake}", written.id);
            let hint = "it has either `element` or `count_of`".to_owned();
            self.error(codes::UNBOUND_QUESTION, &written.id, message, hint);
        }
        Question {
            id: written.id.get_ref().as_str().into(),
            binds: match group {
                Some(group) if element.is_none() => Binds::CountOf(group),
                _ => Binds::Element(element.unwrap_or_else(|| "".into())),
            },
            ask: localised(&written.ask),
            hint: Self::optional_texts(written.hint.as_ref()),
            why: localised(&written.why),
            may_decline: written.may_decline,
            weights: written
                .weights
                .iter()
                .map(|(answer, share)| (answer.as_str().into(), *share))
                .collect(),
        }
    }

    fn matter_baseline(&mut self, written: &MatterBaselineAsWritten) -> MatterBaseline {
        MatterBaseline {
            name: localised(&written.name),
            steps: written.steps,
            materials: written.materials,
            days: written.days.as_ref().map(|days| self.half_days(days)),
            visits: written.visits,
            basis: self.basis(&written.basis),
        }
    }

    pub(super) fn life_cycle_class(&mut self, written: &LifeCycleClassAsWritten) -> LifeCycleClass {
        LifeCycleClass {
            id: written.id.get_ref().as_str().into(),
            audience: written.audience,
            name: localised(&written.name),
            order: written.order,
        }
    }

    pub(super) fn matter_list(&mut self, written: &MatterListAsWritten) -> MatterList {
        self.unique("entry", &written.entries);
        MatterList {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            basis: self.basis(&written.basis),
            entries: written.entries.iter().map(|entry| self.matter_name(entry)).collect(),
        }
    }

    pub(super) fn guide(&mut self, written: &GuideAsWritten) -> Guide {
        Guide {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            life_cycle: self.name(Kind::LifeCycleClass, &written.life_cycle),
            services: written.services.iter().map(localised).collect(),
            lead: Self::optional_texts(written.lead.as_ref()),
            search_words: written.search_words.clone(),
            basis: self.basis(&written.basis),
        }
    }
}
