//! A comparison as a page of text.

use ::plan::EvidenceKey;
use ::plan::compare::{Compared, Figures, Outcome, PlanDiff};
use catalogue::Catalogue;
use catalogue::diff::{Asks, Change, Diff, How, ItemDiff, Shown};
use vocabulary::{Lang, Localised, NodeKey, Slot};

use super::words;
use crate::plan::words::Tongue;

/// Writes in one language.
pub(super) struct Page<'a> {
    before: &'a Catalogue,
    after: &'a Catalogue,
    lang: &'a Lang,
    tongue: Tongue,
}

impl<'a> Page<'a> {
    pub(super) fn new(before: &'a Catalogue, after: &'a Catalogue, lang: &'a Lang) -> Self {
        Self { before, after, lang, tongue: Tongue::of(lang) }
    }

    pub(super) fn text(&self, diff: &Diff, compared: &[Compared]) -> String {
        let differing = compared.iter().filter(|it| it.outcome != Outcome::Same).count();
        if diff.is_empty() && differing == 0 {
            return self.say("两者没有不同。\n", "Nothing differs.\n", &[]);
        }
        let mut text = String::new();
        let more = diff.items.iter().flat_map(|item| &item.changes);
        let more = more.filter(|change| change.asks == Asks::More).count();
        text.push_str(&self.say(
            "{0} → {1}：{2} 项定义不同，其中 {3} 处对群众要求更多（▲）；另有 {4} 处文字改动。\n",
            "{0} → {1}: definitions that differ: {2}; differences that ask more of people (▲): {3}; texts worded otherwise: {4}\n",
            &[
                &self.before.revision,
                &self.after.revision,
                &diff.items.len().to_string(),
                &more.to_string(),
                &diff.texts.to_string(),
            ],
        ));
        let legend = self.say(
            "▲ 要求更多　▽ 要求更少　◇ 因人而异　· 不影响群众\n",
            "▲ asks more   ▽ asks less   ◇ depends on the person   · asks nothing else\n",
            &[],
        );
        text.push_str(&legend);
        for item in &diff.items {
            self.item(&mut text, item);
        }
        if !compared.is_empty() {
            text.push_str(&self.say(
                "\n对谁有什么变化（{0} 个情形，{1} 个有变化）\n",
                "\nWhat changes for whom ({0} situations, {1} with a difference)\n",
                &[&compared.len().to_string(), &differing.to_string()],
            ));
            for one in compared.iter().filter(|it| it.outcome != Outcome::Same) {
                self.situation(&mut text, one);
            }
        }
        text
    }

    fn say(&self, chinese: &str, english: &str, args: &[&str]) -> String {
        self.tongue.say(chinese, english, args)
    }

    fn word(&self, (chinese, english): (&'static str, &'static str)) -> &'static str {
        if self.tongue == Tongue::Chinese { chinese } else { english }
    }

    fn local(&self, words: &Localised) -> String {
        words.get(self.lang).to_owned()
    }

    fn item(&self, text: &mut String, item: &ItemDiff) {
        let name = self.local(&item.name);
        let name = if name.is_empty() { item.id.to_string() } else { name };
        let kind = self.word(words::kind(item.kind));
        let id = &item.id;
        text.push_str(&match item.how {
            How::Changed => {
                self.say("\n{0}“{1}”（{2}）\n", "\n{0} “{1}” ({2})\n", &[kind, &name, id])
            }
            how => {
                let how = self.word(words::how(how));
                self.say(
                    "\n{0}“{1}”（{2}）：{3}\n",
                    "\n{0} “{1}” ({2}): {3}\n",
                    &[kind, &name, id, how],
                )
            }
        });
        for change in &item.changes {
            text.push_str(&format!("  {} {}\n", words::mark(change.asks), self.change(change)));
        }
        if item.how == How::Changed && item.texts > 0 {
            let count = item.texts.to_string();
            text.push_str(&self.say(
                "  · 文字改动 {0} 处\n",
                "  · texts worded otherwise: {0}\n",
                &[&count],
            ));
        }
    }

    fn change(&self, change: &Change) -> String {
        let mut about = self.word(words::what(change.what)).to_owned();
        let name = self.local(&change.name);
        let name = match (&change.id, name.is_empty()) {
            (_, false) => Some(name),
            (Some(id), true) => Some(id.to_string()),
            (None, true) => None,
        };
        if let Some(name) = name {
            about = self.say("{0}“{1}”", "{0} “{1}”", &[&about, &name]);
        }
        let shown = |value: &Option<Shown>| value.as_ref().map(|value| self.shown(value));
        match (change.how, shown(&change.before), shown(&change.after)) {
            (How::Changed, Some(before), Some(after)) => {
                self.say("{0}：{1} → {2}", "{0}: {1} → {2}", &[&about, &before, &after])
            }
            (how, None, None) => {
                let how = self.word(words::how(how));
                self.say("{0}：{1}", "{0}: {1}", &[&about, how])
            }
            (how, before, after) => {
                let how = self.word(words::how(how));
                let value = before.or(after).unwrap_or_default();
                self.say("{0}：{1}（{2}）", "{0}: {1} ({2})", &[&about, how, &value])
            }
        }
    }

    fn shown(&self, value: &Shown) -> String {
        match value {
            Shown::Condition(source) => match source.as_ref() {
                "true" => self.say("任何情形", "always", &[]),
                "false" => self.say("从不", "never", &[]),
                source => format!("`{source}`"),
            },
            Shown::Period(period) => self.tongue.period(*period),
            Shown::Count(number) => number.to_string(),
            Shown::Money { amount, currency } => format!("{amount} {currency}"),
            Shown::Ways(ways) => {
                self.listed(ways.iter().map(|way| self.word(words::way(*way)).to_owned()))
            }
            Shown::Codes(codes) if codes.is_empty() => self.say("无", "none", &[]),
            Shown::Codes(codes) => self.listed(codes.iter().cloned()),
            Shown::Words(words) => self.local(words),
            Shown::Flag(true) => self.say("是", "yes", &[]),
            Shown::Flag(false) => self.say("否", "no", &[]),
        }
    }

    fn listed(&self, words: impl Iterator<Item = String>) -> String {
        words.collect::<Vec<_>>().join(self.tongue.comma())
    }

    fn situation(&self, text: &mut String, one: &Compared) {
        let name = self.local(&one.name);
        let name = if name.is_empty() { one.id.clone() } else { name };
        let told = match &one.outcome {
            Outcome::Same => return,
            Outcome::Differs(diff) => self.differs(diff),
            Outcome::OnlyAfter { why } => {
                self.say("以前不能办（{0}）", "only under the later side ({0})", &[why])
            }
            Outcome::OnlyBefore { why } => {
                self.say("现在不能办（{0}）", "only under the earlier side ({0})", &[why])
            }
            Outcome::Neither { why } => {
                self.say("两边都不能办（{0}）", "under neither side ({0})", &[why])
            }
        };
        let mark = match &one.outcome {
            Outcome::Differs(diff) if diff.asks_more() => words::mark(Asks::More),
            Outcome::Differs(_) => words::mark(Asks::Less),
            _ => words::mark(Asks::Depends),
        };
        text.push_str(&self.say("  {0} {1}：{2}\n", "  {0} {1}: {2}\n", &[mark, &name, &told]));
    }

    /// 材料 0 → 1（＋结婚证），工作日 5 → 4，跑动 0 → 0
    fn differs(&self, diff: &PlanDiff) -> String {
        let mut parts = vec![self.set(
            ("材料", "materials"),
            (diff.materials.before, diff.materials.after),
            diff.materials.more.iter().map(|key| self.evidence(key)),
            diff.materials.less.iter().map(|key| self.evidence(key)),
        )];
        parts.push(self.figures(("工作日", "working days"), &diff.days));
        parts.push(self.figures(("跑动", "visits"), &diff.visits));
        if diff.steps.before != diff.steps.after {
            parts.push(self.figures(("环节", "steps"), &diff.steps));
        }
        if diff.signatories.before != diff.signatories.after {
            parts.push(self.figures(("签名人", "signatories"), &diff.signatories));
        }
        if !diff.fields.more.is_empty() || !diff.fields.less.is_empty() {
            parts.push(self.set(
                ("填写", "fields"),
                (diff.fields.before, diff.fields.after),
                diff.fields.more.iter().map(|slot| self.slot(slot)),
                diff.fields.less.iter().map(|slot| self.slot(slot)),
            ));
        }
        if !diff.services.more.is_empty() || !diff.services.less.is_empty() {
            parts.push(self.set(
                ("事项", "services"),
                (diff.services.before, diff.services.after),
                diff.services.more.iter().map(|node| self.node(node)),
                diff.services.less.iter().map(|node| self.node(node)),
            ));
        }
        for (currency, figures) in &diff.fees {
            let fees = self.figures(("费用", "fees"), figures);
            parts.push(format!("{fees} {currency}"));
        }
        let between = if self.tongue == Tongue::Chinese { "，" } else { ", " };
        parts.join(between)
    }

    fn figures<T: std::fmt::Display>(
        &self,
        what: (&'static str, &'static str),
        figures: &Figures<T>,
    ) -> String {
        format!("{} {} → {}", self.word(what), figures.before, figures.after)
    }

    fn set(
        &self,
        what: (&'static str, &'static str),
        (before, after): (usize, usize),
        more: impl Iterator<Item = String>,
        less: impl Iterator<Item = String>,
    ) -> String {
        let figures = self.figures(what, &Figures { before, after });
        let which = more.map(|it| format!("＋{it}")).chain(less.map(|it| format!("－{it}")));
        let which = self.listed(which);
        if which.is_empty() {
            return figures;
        }
        self.say("{0}（{1}）", "{0} ({1})", &[&figures, &which])
    }

    fn evidence(&self, key: &EvidenceKey) -> String {
        let known = |catalogue: &'a Catalogue| catalogue.evidence_types.get(&key.ty);
        let known = known(self.after).or_else(|| known(self.before));
        let name = known.map_or_else(|| key.ty.to_string(), |ty| self.local(&ty.name));
        with_member(name, key.member.as_ref().map(ToString::to_string))
    }

    fn slot(&self, slot: &Slot) -> String {
        let known =
            self.after.element(&slot.element).or_else(|| self.before.element(&slot.element));
        let name = known.map_or_else(|| slot.element.to_string(), |it| self.local(&it.name));
        with_member(name, slot.member.as_ref().map(ToString::to_string))
    }

    fn node(&self, node: &NodeKey) -> String {
        let known =
            self.after.service(&node.service).or_else(|| self.before.service(&node.service));
        let name = known.map_or_else(|| node.service.to_string(), |it| self.local(&it.name));
        with_member(name, node.member.as_ref().map(ToString::to_string))
    }
}

fn with_member(name: String, member: Option<String>) -> String {
    match member {
        Some(member) => format!("{name} {member}"),
        None => name,
    }
}
