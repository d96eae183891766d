//! Ids, values and reasons of a plan in the words of the catalogue.

use ::plan::{
    EvidenceKey, FieldState, FormField, Known, LeftOut, OutKind, Plan, PlannedEvidence,
    PlannedProcedure, Reason,
};
use catalogue::{Catalogue, ElementType, Matter, PublicService, Way};
use vocabulary::{
    DataElementId, GroupId, Lang, Localised, MemberId, NodeKey, OrganisationId, ServiceId, Slot,
    SourceId, TableId, TopicId, Value,
};

use super::words::Tongue;

/// Names things in one language.
pub(crate) struct Naming<'a> {
    catalogue: &'a Catalogue,
    pub(crate) matter: &'a Matter,
    plan: &'a Plan,
    lang: &'a Lang,
    pub(crate) tongue: Tongue,
}

impl<'a> Naming<'a> {
    pub(crate) fn new(
        catalogue: &'a Catalogue,
        matter: &'a Matter,
        plan: &'a Plan,
        lang: &'a Lang,
    ) -> Self {
        Self { catalogue, matter, plan, lang, tongue: Tongue::of(lang) }
    }

    pub(crate) fn local(&self, text: &Localised) -> String {
        text.get(self.lang).to_owned()
    }

    /// The service's name, with its member if it is repeated.
    pub(crate) fn node(&self, node: &NodeKey) -> String {
        let name = self.service(node).map(|service| self.local(&service.name));
        let name = name.unwrap_or_else(|| node.service.to_string());
        let per = self.service(node).and_then(|service| service.per.as_ref());
        self.with_member(name, per, node.member.as_ref())
    }

    /// Several nodes in a row; the members of one service stand behind its name, unless it is all of them.
    pub(crate) fn nodes(&self, nodes: &[NodeKey]) -> String {
        let mut services: Vec<(&ServiceId, Vec<&MemberId>)> = Vec::new();
        for node in nodes {
            let members = match services.iter_mut().find(|(known, _)| **known == node.service) {
                Some((_, members)) => members,
                None => {
                    services.push((&node.service, Vec::new()));
                    match services.last_mut() {
                        Some((_, members)) => members,
                        None => continue,
                    }
                }
            };
            members.extend(&node.member);
        }
        self.list(services.into_iter().map(|(service, members)| {
            let planned = self.plan.services.iter().filter(|it| it.node.service == *service);
            let name = self.catalogue.service(service).map(|service| self.local(&service.name));
            let name = name.unwrap_or_else(|| service.to_string());
            if members.is_empty() || members.len() == planned.count() {
                return name;
            }
            let members = self.list(members.iter().map(ToString::to_string));
            self.tongue.say("{0}（{1}）", "{0} ({1})", &[&name, &members])
        }))
    }

    pub(crate) fn organisation(&self, id: &OrganisationId) -> String {
        let organisation = self.catalogue.organisations.get(id);
        organisation.map_or_else(|| id.to_string(), |organisation| self.local(&organisation.name))
    }

    pub(crate) fn source(&self, id: &SourceId) -> String {
        let source = self.catalogue.sources.get(id);
        source.map_or_else(|| id.to_string(), |source| self.local(&source.name))
    }

    fn table(&self, id: &TableId) -> String {
        let table = self.catalogue.tables.get(id);
        table.map_or_else(|| id.to_string(), |table| self.local(&table.name))
    }

    pub(crate) fn element(&self, id: &DataElementId) -> String {
        let element = self.catalogue.element(id);
        element.map_or_else(|| id.to_string(), |element| self.local(&element.name))
    }

    pub(crate) fn topic(&self, id: &TopicId, member: Option<&MemberId>) -> String {
        let topic = self.catalogue.topics.get(id);
        let name = topic.map_or_else(|| id.to_string(), |topic| self.local(&topic.name));
        match member {
            Some(member) => self.tongue.say("{0}（{1}）", "{0} ({1})", &[&name, member.as_str()]),
            None => name,
        }
    }

    pub(crate) fn evidence(&self, key: &EvidenceKey) -> String {
        let ty = self.catalogue.evidence_types.get(&key.ty);
        let name = ty.map_or_else(|| key.ty.to_string(), |ty| self.local(&ty.name));
        self.with_member(name, ty.and_then(|ty| ty.per.as_ref()), key.member.as_ref())
    }

    pub(crate) fn output(&self, node: &NodeKey, id: &str) -> String {
        let outputs = self.service(node).map(|service| &service.outputs);
        let output = outputs.into_iter().flatten().find(|output| &*output.id == id);
        output.map_or_else(|| id.to_owned(), |output| self.local(&output.name))
    }

    pub(crate) fn step(&self, node: &NodeKey, index: u32) -> String {
        let baseline = self.service(node).and_then(|service| service.baseline.as_ref());
        let step = baseline.and_then(|baseline| baseline.steps.get(place(index)));
        step.map(|step| self.local(step)).unwrap_or_default()
    }

    /// The conditions of eligibility that are not met.
    fn requirements(&self, out: &LeftOut) -> String {
        let all = self.service(&out.node).map(|service| &service.requirements);
        let missed = all.into_iter().flatten().filter(|it| out.requirements.contains(&it.id));
        let texts: Vec<String> = missed.map(|it| self.local(&it.text)).collect();
        texts.join(self.tongue.comma())
    }

    /// A special procedure, by its joint name where it is joined with others.
    pub(crate) fn procedure(&self, planned: &PlannedProcedure) -> String {
        let joint = planned
            .joint
            .as_ref()
            .and_then(|joint| self.matter.joint_procedures.iter().find(|other| other.id == *joint));
        let single = || {
            let part = planned.parts.first()?;
            self.service(&part.node)?.special_procedures.get(place(part.index))
        };
        let name = joint.map(|joint| &joint.name).or_else(|| single().map(|it| &it.name));
        name.map(|name| self.local(name)).unwrap_or_default()
    }

    /// Who leads a joint procedure.
    pub(crate) fn lead(&self, planned: &PlannedProcedure) -> Option<String> {
        let id = planned.joint.as_ref()?;
        let joint = self.matter.joint_procedures.iter().find(|other| other.id == *id)?;
        Some(self.organisation(&joint.lead))
    }

    /// How many further visits, and why.
    pub(crate) fn extra_visit(&self, node: &NodeKey, index: u32) -> Option<(u32, String)> {
        let visit = self.service(node)?.visits_when.get(place(index))?;
        Some((visit.count, self.local(&visit.reason)))
    }

    pub(crate) fn fee(&self, node: &NodeKey, index: u32) -> String {
        let fee = self.service(node).and_then(|service| service.fees.get(place(index)));
        fee.map(|fee| self.local(&fee.name)).unwrap_or_default()
    }

    pub(crate) fn signatory(&self, node: &NodeKey, index: u32) -> String {
        let signatory =
            self.service(node).and_then(|service| service.signatories.get(place(index)));
        signatory.map(|signatory| self.local(&signatory.name)).unwrap_or_default()
    }

    pub(crate) fn group_size(&self, id: &GroupId) -> String {
        let group = self.catalogue.groups.get(id);
        let name = group.map_or_else(|| id.to_string(), |group| self.local(&group.name));
        self.tongue.say("{0}的数目", "number of: {0}", &[&name])
    }

    /// Where a field's value comes from.
    pub(crate) fn state(&self, field: &FormField) -> String {
        let element = &field.slot.element;
        match &field.state {
            FieldState::Given { value } => {
                self.tongue.say("{0}（您填的）", "{0} (yours)", &[&self.value(element, value)])
            }
            FieldState::Fetched { value, source, .. } => self.tongue.say(
                "{0}（来自{1}，请确认）",
                "{0} (from {1}, please confirm)",
                &[&self.value(element, value), &self.source(source)],
            ),
            FieldState::Confirmed { value, source, .. } => self.tongue.say(
                "{0}（来自{1}，已确认）",
                "{0} (from {1}, confirmed)",
                &[&self.value(element, value), &self.source(source)],
            ),
            FieldState::Missing => self.tongue.say("待填", "to fill in", &[]),
            FieldState::Unavailable { source } => self.tongue.say(
                "待填（{0}暂时连不上）",
                "to fill in ({0} cannot be reached)",
                &[&self.source(source)],
            ),
            FieldState::Computed { value: Some(value), table } => self.tongue.say(
                "{0}（按《{1}》算得）",
                "{0} (found in “{1}”)",
                &[&self.value(element, value), &self.table(table)],
            ),
            FieldState::Computed { value: None, table } => self.tongue.say(
                "填好相关内容后按《{0}》算得",
                "follows from “{0}” once the rest is filled in",
                &[&self.table(table)],
            ),
            FieldState::FromOutput { node, output } => self.tongue.say(
                "由“{0}”的{1}带来",
                "comes with {1} of “{0}”",
                &[&self.node(node), &self.output(node, output)],
            ),
        }
    }

    /// Why a service is in, or a piece of evidence needed.
    pub(crate) fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::Always => self.tongue.say("每种情形都要", "in every case", &[]),
            Reason::Skipped => self.tongue.say("您选择不办", "left out by you", &[]),
            Reason::DoneBefore { .. } => self.tongue.say("以前已经办结", "done before", &[]),
            Reason::Later => self.tongue.say("以后可以接着办", "can follow later", &[]),
            Reason::Condition { because, clause, .. } => {
                let facts = self.known(because, clause);
                self.tongue.say("因为：{0}", "because: {0}", &[&facts])
            }
            Reason::Undecided { because, clause } => {
                let facts = self.known(because, clause);
                self.tongue.say(
                    "还不确定，先算在内：{0}",
                    "not certain yet, counted in: {0}",
                    &[&facts],
                )
            }
        }
    }

    /// Why a service is out: the author's own words before the facts.
    pub(crate) fn why_out(&self, out: &LeftOut) -> String {
        let part = self.matter.services.iter().find(|part| part.service == out.node.service);
        let written = part.and_then(|part| match out.kind {
            OutKind::NotApplicable => Some(self.local(&part.out_reason)),
            OutKind::AlreadyDone => Some(self.local(&part.done_reason)),
            OutKind::NotEligible => Some(self.requirements(out)),
            OutKind::Skipped | OutKind::Later => None,
        });
        let written = written.unwrap_or_default();
        match &out.reason {
            Reason::Skipped => written,
            reason if written.is_empty() => self.reason(reason),
            reason => self.tongue.say("{0}（{1}）", "{0} ({1})", &[&written, &self.reason(reason)]),
        }
    }

    /// Why a piece of evidence is needed: its author's words, then what decided it.
    pub(crate) fn why_needed(&self, piece: &PlannedEvidence) -> String {
        let needs = piece.users.iter().filter_map(|node| self.service(node));
        let need = needs.flat_map(|service| &service.evidence).find(|need| need.ty == piece.key.ty);
        let written = need.map(|need| self.local(&need.reason)).unwrap_or_default();
        match &piece.reason {
            Reason::Always => written,
            reason => self.tongue.say("{0}（{1}）", "{0} ({1})", &[&written, &self.reason(reason)]),
        }
    }

    pub(crate) fn ways(&self, ways: &[Way]) -> String {
        self.list(ways.iter().map(|way| {
            let (chinese, english) = match way {
                Way::Upload => ("上传", "upload"),
                Way::Source => ("由我们调取", "we fetch it"),
                Way::Licence => ("出示已有的证照", "show the licence you hold"),
                Way::Output => ("由别的事项产生", "another service makes it"),
                Way::Commitment => ("签承诺书", "sign a commitment"),
                Way::Deferral => ("以后补交", "hand it in later"),
                Way::Generated => ("按表生成", "made from the form"),
            };
            self.tongue.say(chinese, english, &[])
        }))
    }

    /// The facts that decided; the condition itself when it read none.
    fn known(&self, known: &[Known], clause: &str) -> String {
        if known.is_empty() {
            return clause.to_owned();
        }
        self.list(known.iter().map(|fact| {
            let name = self.slot(&fact.slot);
            match &fact.value {
                Some(value) => self.tongue.say(
                    "{0}是“{1}”",
                    "{0} is “{1}”",
                    &[&name, &self.value(&fact.slot.element, value)],
                ),
                None => self.tongue.say("{0}未知", "{0} is not known", &[&name]),
            }
        }))
    }

    fn slot(&self, slot: &Slot) -> String {
        let group = self.catalogue.element(&slot.element).and_then(|it| it.group.as_ref());
        self.with_member(self.element(&slot.element), group, slot.member.as_ref())
    }

    /// A value as people write it.
    fn value(&self, element: &DataElementId, value: &Value) -> String {
        match value {
            Value::Null => self.tongue.say("无", "none", &[]),
            Value::Bool(true) => self.tongue.say("是", "yes", &[]),
            Value::Bool(false) => self.tongue.say("否", "no", &[]),
            Value::Date(date) => self.tongue.date(*date),
            Value::Text(text) => match self.catalogue.element(element).map(|it| &it.ty) {
                Some(ElementType::Choice(options)) => {
                    let option = options.iter().find(|option| option.id == *text);
                    option.map_or_else(|| text.to_string(), |option| self.local(&option.name))
                }
                _ => text.to_string(),
            },
            Value::Number(number) => match self.catalogue.element(element) {
                Some(element) => element.in_units(*number, |unit| self.local(unit)),
                None => value.to_string(),
            },
        }
    }

    /// The member matters to readers only where there are several.
    fn with_member(
        &self,
        name: String,
        group: Option<&GroupId>,
        member: Option<&MemberId>,
    ) -> String {
        let (Some(group), Some(member)) = (group, member) else {
            return name;
        };
        let mut members: Vec<&MemberId> = Vec::new();
        let nodes = self.plan.services.iter().map(|service| &service.node);
        for node in nodes.chain(self.plan.left_out.iter().map(|out| &out.node)) {
            let per = self.service(node).and_then(|service| service.per.as_ref());
            if let (true, Some(member)) = (per == Some(group), &node.member)
                && !members.contains(&member)
            {
                members.push(member);
            }
        }
        if members == [member] {
            return name;
        }
        self.tongue.say("{0}（{1}）", "{0} ({1})", &[&name, member.as_str()])
    }

    fn list(&self, items: impl Iterator<Item = String>) -> String {
        items.collect::<Vec<_>>().join(self.tongue.comma())
    }

    fn service(&self, node: &NodeKey) -> Option<&'a PublicService> {
        self.catalogue.service(&node.service)
    }
}

fn place(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
