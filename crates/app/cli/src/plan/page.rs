//! A plan as a page of text: services in and out, the one form, the one evidence list, order, dates,
//! signatories, and what it saves. Names and reasons come from [`super::naming`].

use ::plan::{
    EvidenceGroup, FormField, OutKind, Plan, PlannedEvidence, PlannedService, Reduction, TakenWay,
    Vanished,
};
use catalogue::{Catalogue, Matter};
use vocabulary::{HalfDays, Lang, NodeKey};

use super::naming::Naming;
use crate::output::{columns, pad};

/// Writes one plan in one language.
pub(crate) struct Page<'a> {
    name: Naming<'a>,
    plan: &'a Plan,
    text: String,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        catalogue: &'a Catalogue,
        matter: &'a Matter,
        plan: &'a Plan,
        lang: &'a Lang,
    ) -> Self {
        Self { name: Naming::new(catalogue, matter, plan, lang), plan, text: String::new() }
    }

    /// The whole page.
    pub(crate) fn text(mut self) -> String {
        let title = self.name.local(&self.name.matter.title);
        let official = self.name.local(&self.name.matter.name);
        self.line(0, &format!("{title} · {official}"));
        let as_of = self.name.tongue.date(self.plan.as_of);
        let as_of = self.say("按{0}的情况推算", "As of {0}", &[&as_of]);
        self.line(0, &as_of);
        self.services();
        self.left_out();
        self.form();
        self.evidence();
        self.order();
        self.dates();
        self.procedures();
        self.signatories();
        self.reductions();
        self.undecided();
        let hash = self.plan.hash();
        let hash = self.say("方案编号 {0}", "Plan {0}", &[&hash]);
        self.line(0, "");
        self.line(0, &hash);
        self.text
    }

    fn services(&mut self) {
        let count = self.plan.services.len().to_string();
        self.heading("要办的事项（{0} 项）", "Services ({0})", &[&count]);
        for (number, service) in (1u32..).zip(&self.plan.services) {
            let name = self.name.node(&service.node);
            let name = if service.optional {
                self.say("{0}（可以不办）", "{0} (optional)", &[&name])
            } else {
                name
            };
            self.line(1, &format!("{number}. {name}"));
            let promise = self.promise(service);
            self.line(2, &promise);
            let reason = self.name.reason(&service.reason);
            self.line(2, &reason);
            for index in &service.extra_visits {
                if let Some((count, why)) = self.name.extra_visit(&service.node, *index) {
                    let more = self.say(
                        "另需到场 {0} 次：{1}",
                        "visits besides: {0} ({1})",
                        &[&count.to_string(), &why],
                    );
                    self.line(2, &more);
                }
            }
        }
    }

    fn promise(&self, service: &PlannedService) -> String {
        let department = self.name.organisation(&service.department);
        let promised = self.name.tongue.period(service.promised);
        let on = self.name.tongue.date(service.promised_on);
        match service.statutory {
            Some(statutory) => self.say(
                "{0}：承诺 {1}（法定 {2}），{3}前办结",
                "{0}: promise {1} (the law allows {2}), by {3}",
                &[&department, &promised, &self.name.tongue.period(statutory), &on],
            ),
            None => self.say(
                "{0}：承诺 {1}，{2}前办结",
                "{0}: promise {1}, by {2}",
                &[&department, &promised, &on],
            ),
        }
    }

    fn left_out(&mut self) {
        if self.plan.left_out.is_empty() {
            return;
        }
        let count = self.plan.left_out.len().to_string();
        self.heading("不用办的事项（{0} 项）", "Not needed ({0})", &[&count]);
        for out in &self.plan.left_out {
            let kind = match out.kind {
                OutKind::NotApplicable => self.say("不适用", "does not apply", &[]),
                OutKind::AlreadyDone => self.say("已经办过", "done before", &[]),
                OutKind::NotEligible => {
                    self.say("不符合申请条件", "the conditions are not met", &[])
                }
                OutKind::Skipped => self.say("您选择不办", "left out by you", &[]),
                OutKind::Later => self.say("以后接着办", "can follow later", &[]),
            };
            let node = self.name.node(&out.node);
            let line = self.say("- {0}：{1}", "- {0}: {1}", &[&node, &kind]);
            self.line(1, &line);
            let why = self.name.why_out(out);
            if !why.is_empty() {
                self.line(2, &why);
            }
        }
    }

    fn form(&mut self) {
        let count =
            self.plan.form.iter().map(|topic| topic.fields.len()).sum::<usize>().to_string();
        let missing = self.plan.missing_fields().count().to_string();
        self.heading(
            "一张表（{0} 栏，还要填 {1} 栏）",
            "One form ({0} fields, {1} left to fill in)",
            &[&count, &missing],
        );
        for topic in &self.plan.form {
            let title = self.name.topic(&topic.topic, topic.member.as_ref());
            self.line(1, &title);
            let widths = topic.fields.iter().map(|field| columns(&self.label(field)));
            let width = widths.max().unwrap_or_default();
            for field in &topic.fields {
                let label = pad(&self.label(field), width);
                let state = self.name.state(field);
                let users = self.name.nodes(&field.users);
                let used = self.say("用于：{0}", "used by: {0}", &[&users]);
                self.line(2, &format!("{label}  {state}"));
                self.line(4, &used);
            }
        }
    }

    fn label(&self, field: &FormField) -> String {
        let name = self.name.element(&field.slot.element);
        match (&field.only_for, field.optional) {
            (Some(node), _) => {
                let node = self.name.node(node);
                self.say("{0}（只给{1}再填一次）", "{0} (again, for {1} only)", &[&name, &node])
            }
            (None, true) => self.say("{0}（选填）", "{0} (optional)", &[&name]),
            (None, false) => name,
        }
    }

    fn evidence(&mut self) {
        let plan = self.plan;
        let count = plan.evidence.len().to_string();
        self.heading("一套材料（{0} 件）", "One evidence list ({0})", &[&count]);
        for (group, chinese, english) in [
            (EvidenceGroup::WeFetch, "我们去调取", "We fetch it"),
            (EvidenceGroup::YouGave, "您已经交过", "You gave it already"),
            (EvidenceGroup::YouBring, "请您带来", "You bring it"),
            (
                EvidenceGroup::Produced,
                "办理中产生，不用您交",
                "Made along the way, nothing to bring",
            ),
        ] {
            let pieces: Vec<_> = plan.evidence.iter().filter(|it| it.group == group).collect();
            let title = self.say(chinese, english, &[]);
            let count = pieces.len().to_string();
            let title = self.say("{0}（{1}）", "{0} ({1})", &[&title, &count]);
            self.line(1, &title);
            for piece in pieces {
                self.piece(piece);
            }
        }
    }

    fn piece(&mut self, piece: &PlannedEvidence) {
        let name = self.name.evidence(&piece.key);
        let way = match &piece.way {
            TakenWay::Upload => self.say("上传", "upload", &[]),
            TakenWay::Source { source } => {
                self.say("来自{0}", "from {0}", &[&self.name.source(source)])
            }
            TakenWay::Licence => self.say("出示已有的证照", "show the licence you hold", &[]),
            TakenWay::Output { node, .. } => {
                self.say("由“{0}”产生", "made by “{0}”", &[&self.name.node(node)])
            }
            TakenWay::Commitment => self.say("签承诺书代替", "a signed commitment instead", &[]),
            TakenWay::Deferral => match piece.deferral_term {
                Some(term) => {
                    let term = self.name.tongue.period(term);
                    self.say("{0}内补交", "may follow within {0}", &[&term])
                }
                None => self.say("可以以后补交", "may follow later", &[]),
            },
            TakenWay::Generated => self.say("按您填的表生成", "made from your form", &[]),
        };
        let line = self.say("- {0}：{1}", "- {0}: {1}", &[&name, &way]);
        self.line(2, &line);
        let users = self.name.nodes(&piece.users);
        let why = self.name.why_needed(piece);
        let used = self.say("用于：{0}。{1}", "used by: {0}. {1}", &[&users, &why]);
        self.line(4, &used);
        if !piece.other_ways.is_empty() {
            let ways = self.name.ways(&piece.other_ways);
            let other = self.say("也可以：{0}", "or: {0}", &[&ways]);
            self.line(4, &other);
        }
    }

    fn order(&mut self) {
        let plan = self.plan;
        self.heading("先后", "Order", &[]);
        for (number, wave) in (1u32..).zip(&plan.waves) {
            let nodes = self.name.nodes(wave);
            let line = self.say("第 {0} 批：{1}", "{0}. {1}", &[&number.to_string(), &nodes]);
            self.line(1, &line);
        }
        for edge in &plan.edges {
            let (from, to) = (self.name.node(&edge.from), self.name.node(&edge.to));
            let output = self.name.output(&edge.from, &edge.output);
            let (chinese, english) = if edge.hard {
                ("“{1}”要等“{0}”的{2}", "“{1}” waits for {2} of “{0}”")
            } else {
                ("“{1}”用到“{0}”的{2}，但不必等", "“{1}” uses {2} of “{0}” without waiting")
            };
            let line = self.say(chinese, english, &[&from, &to, &output]);
            self.line(2, &format!("- {line}"));
        }
        let path: Vec<String> =
            plan.critical_path.iter().map(|node| self.name.node(node)).collect();
        let path = self.say("关键路径：{0}", "Critical path: {0}", &[&path.join(" → ")]);
        self.line(1, &path);
    }

    fn dates(&mut self) {
        let plan = self.plan;
        self.heading("日期", "Dates", &[]);
        for department in &plan.departments {
            let name = self.name.organisation(&department.department);
            let on = self.name.tongue.date(department.promised_on);
            let nodes = self.name.nodes(&department.nodes);
            let line = self.say("{0}：{1}（{2}）", "{0}: {1} ({2})", &[&name, &on, &nodes]);
            self.line(1, &line);
        }
        let days = self.name.tongue.working_days(plan.joint.promised);
        let on = self.name.tongue.date(plan.joint.promised_on);
        let joint = self.say("全部办结：{0}，{1}", "All done: {0}, {1}", &[&days, &on]);
        self.line(1, &joint);
        if plan.joint.provisional {
            let note = self.say(
                "日期超出已公布的放假安排，可能调整",
                "the date lies beyond the published holidays and may move",
                &[],
            );
            self.line(2, &note);
        }
        if let Some(more) = plan.joint.procedures_may_add {
            let days = self.name.tongue.working_days(more.halves);
            let on = self.name.tongue.date(more.on);
            let note = self.say(
                "以上不含现场核查等特别程序，最长可能再加{0}（至{1}）",
                "site visits and other special procedures are not counted; they may add {0} at most (until {1})",
                &[&days, &on],
            );
            self.line(2, &note);
        }
        if !plan.joint.may_add.is_empty() {
            let nodes = self.name.nodes(&plan.joint.may_add);
            let note =
                self.say("如果要办 {0}，会更晚", "later if {0} turns out to be needed", &[&nodes]);
            self.line(2, &note);
        }
        let visits = self.say("要跑 {0} 次", "Visits: {0}", &[&plan.visits.to_string()]);
        self.line(1, &visits);
        for fee in &plan.fees {
            let node = self.name.node(&fee.node);
            let name = self.name.fee(&fee.node, fee.index);
            let amount = format!("{} {}", fee.amount, fee.currency);
            let line = self.say("{0}：{1} {2}", "{0}: {1} {2}", &[&node, &name, &amount]);
            self.line(1, &line);
        }
    }

    fn procedures(&mut self) {
        let plan = self.plan;
        if plan.procedures.is_empty() {
            return;
        }
        self.heading(
            "现场踏勘等特别程序（时间不计入承诺时限）",
            "Special procedures (their time does not count)",
            &[],
        );
        for planned in &plan.procedures {
            let name = self.name.procedure(planned);
            let nodes: Vec<NodeKey> = planned.parts.iter().map(|it| it.node.clone()).collect();
            let nodes = self.name.nodes(&nodes);
            let period = self.name.tongue.period(planned.period);
            let line = self.say("- {0}（{1}）：{2}", "- {0} ({1}): {2}", &[&name, &nodes, &period]);
            self.line(1, &line);
            if let Some(lead) = self.name.lead(planned) {
                let count = planned.parts.len().to_string();
                let line = self.say(
                    "{0} 次合为 1 次，由{1}牵头",
                    "{0} joined into one, led by {1}",
                    &[&count, &lead],
                );
                self.line(2, &line);
            }
            if planned.afterwards {
                let line = self.say("在作出决定之后", "after the decision", &[]);
                self.line(2, &line);
            }
        }
    }

    fn signatories(&mut self) {
        if self.plan.signatories.is_empty() {
            return;
        }
        self.heading("谁来签名", "Who signs", &[]);
        // Who signs several papers in one capacity stands here once.
        let mut who: Vec<(String, Vec<NodeKey>)> = Vec::new();
        for signatory in &self.plan.signatories {
            let role = self.name.signatory(&signatory.node, signatory.index);
            let role = match &signatory.name {
                Some(name) => self.say("{0}（{1}）", "{0} ({1})", &[&role, &name.to_string()]),
                None => role,
            };
            match who.iter_mut().find(|(known, _)| *known == role) {
                Some((_, nodes)) => nodes.push(signatory.node.clone()),
                None => who.push((role, vec![signatory.node.clone()])),
            }
        }
        for (role, nodes) in who {
            let nodes = self.name.nodes(&nodes);
            let line = self.say("- {0}：{1}", "- {0}: {1}", &[&role, &nodes]);
            self.line(1, &line);
        }
    }

    fn reductions(&mut self) {
        let plan = self.plan;
        let figures = &plan.reductions;
        self.heading("省了多少", "What it saves", &[]);
        let whole = |figure: u32| figure.to_string();
        let days = |figure: u32| HalfDays(figure).to_string();
        self.reduction("环节", "Steps", &figures.steps, whole);
        self.reduction("材料", "Materials", &figures.materials, whole);
        self.reduction("时间（工作日）", "Working days", &figures.days, days);
        self.reduction("跑动", "Visits", &figures.visits, whole);
        if let Some(fees) = &figures.fees {
            let (before, after) = (fees.before.to_string(), fees.after.to_string());
            let line = self.say(
                "费用：{0} → {1} {2}",
                "Fees: {0} → {1} {2}",
                &[&before, &after, &fees.currency],
            );
            self.line(1, &line);
        }
        if !figures.without_baseline.is_empty() {
            let nodes = self.name.nodes(&figures.without_baseline);
            let line =
                self.say("未计入（没有基准）：{0}", "Not counted (no baseline): {0}", &[&nodes]);
            self.line(1, &line);
        }
    }

    fn reduction(
        &mut self,
        chinese: &str,
        english: &str,
        reduction: &Reduction,
        figure: impl Fn(u32) -> String,
    ) {
        let what = self.say(chinese, english, &[]);
        let (before, after) = (figure(reduction.before), figure(reduction.after));
        let line = self.say("{0}：{1} → {2}", "{0}: {1} → {2}", &[&what, &before, &after]);
        self.line(1, &line);
        for item in &reduction.vanished {
            let line = self.vanished(item);
            self.line(2, &format!("- {line}"));
        }
    }

    fn vanished(&self, item: &Vanished) -> String {
        let name = &self.name;
        match item {
            Vanished::Step { node, index } => {
                self.say("{0}：{1}", "{0}: {1}", &[&name.node(node), &name.step(node, *index)])
            }
            Vanished::Fetched { node, evidence, source } => self.say(
                "{0}：{1}，由{2}提供",
                "{0}: {1}, from {2}",
                &[&name.node(node), &name.evidence(evidence), &name.source(source)],
            ),
            Vanished::ProducedBy { node, evidence, by } => self.say(
                "{0}：{1}，由“{2}”产生",
                "{0}: {1}, made by “{2}”",
                &[&name.node(node), &name.evidence(evidence), &name.node(by)],
            ),
            Vanished::NotBrought { node, evidence } => self.say(
                "{0}：{1}，不用带",
                "{0}: {1}, need not be brought",
                &[&name.node(node), &name.evidence(evidence)],
            ),
            Vanished::SharedWith { node, evidence, first } if first == node => self.say(
                "{0}：{1}，一份就够",
                "{0}: {1}, one copy is enough",
                &[&name.node(node), &name.evidence(evidence)],
            ),
            Vanished::SharedWith { node, evidence, first } => self.say(
                "{0}：{1}，与“{2}”共用",
                "{0}: {1}, shared with “{2}”",
                &[&name.node(node), &name.evidence(evidence), &name.node(first)],
            ),
            Vanished::Parallel { node, halves } => self.say(
                "{0}：与别的事项同时办，{1}",
                "{0}: runs beside others, {1}",
                &[&name.node(node), &name.tongue.working_days(*halves)],
            ),
            Vanished::Shorter { node, halves } => self.say(
                "{0}：承诺更短，{1}",
                "{0}: promised sooner, {1}",
                &[&name.node(node), &name.tongue.working_days(*halves)],
            ),
            Vanished::Visit { node, count } => self.say(
                "{0}：少跑 {1} 次",
                "{0}: {1} fewer",
                &[&name.node(node), &count.to_string()],
            ),
        }
    }

    fn undecided(&mut self) {
        let plan = self.plan;
        if plan.undecided.is_empty() && plan.undecided_groups.is_empty() {
            return;
        }
        self.heading("还不确定，可能改变这份方案的", "Still open, could change this plan", &[]);
        let groups = plan.undecided_groups.iter().map(|group| self.name.group_size(group));
        let elements = plan.undecided.iter().map(|element| self.name.element(element));
        let lines: Vec<String> = groups.chain(elements).collect();
        for line in lines {
            self.line(1, &format!("- {line}"));
        }
    }

    fn heading(&mut self, chinese: &str, english: &str, args: &[&str]) {
        let text = self.say(chinese, english, args);
        self.line(0, "");
        self.line(0, &format!("== {text}"));
    }

    fn line(&mut self, depth: usize, text: &str) {
        if !text.is_empty() {
            self.text.push_str(&"  ".repeat(depth));
            self.text.push_str(text);
        }
        self.text.push('\n');
    }

    fn say(&self, chinese: &str, english: &str, args: &[&str]) -> String {
        self.name.tongue.say(chinese, english, args)
    }
}
