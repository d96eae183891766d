//! Services: needs, outputs, periods, fees.

use vocabulary::{ChecklistLineId, Decimal, GroupId};

use super::{Resolver, Scope};
use crate::codes;
use crate::register::{Kind, element_id, localised};
use crate::suggest::{hint, listed, nearest};
use crate::written::{
    BaselineAsWritten, ChecklistLineAsWritten, CodesAsWritten, EvidenceNeedAsWritten, FeeAsWritten,
    FieldNeedAsWritten, OutputAsWritten, PeriodAsWritten, PeriodWhenAsWritten,
    RequirementAsWritten, ServiceAsWritten, SignatoryAsWritten, Spanned, SpecialProcedureAsWritten,
    VisitWhenAsWritten,
};
use crate::{
    Baseline, Checked, ChecklistLine, Codes, DatedPeriod, EvidenceNeed, Fee, FieldNeed, Output,
    PeriodWhen, PublicService, Requirement, Signatory, SpecialProcedure, VisitWhen, Way,
};

const CHANNELS: [&str; 5] = ["online", "window", "mobile", "kiosk", "mail"];

impl Resolver<'_, '_> {
    pub(super) fn service(&mut self, written: &ServiceAsWritten) -> PublicService {
        self.check_repetitions(written);
        self.check_channels(&written.channels);
        let per = self.optional_name::<GroupId>(Kind::Group, written.per.as_ref());
        let scope = per.as_ref();
        PublicService {
            on_change: self.on_change(&written.on_change),
            id: written.id.get_ref().as_str().into(),
            revision: vocabulary::ServiceRevision::new(""),
            name: localised(&written.name),
            summary: localised(&written.summary),
            codes: self.codes(&written.codes),
            kind: self.kind(&written.kind),
            authority: self.name(Kind::Organisation, &written.authority),
            regime: self.name(Kind::Regime, &written.regime),
            applicants: written.applicants.clone(),
            accepted_at: self.level(written.levels.accept.as_ref()),
            decided_at: self.level(written.levels.decide.as_ref()),
            requirements: written
                .requirement
                .iter()
                .map(|it| self.requirement(it, scope))
                .collect(),
            statutory: self.statutory(written.statutory.as_ref(), &written.id),
            statutory_when: self.periods_when(
                &written.statutory_when,
                "statutory_when",
                &written.id,
                scope,
            ),
            promised: self.period(&written.promised, "promised", &written.id),
            promised_when: self.periods_when(
                &written.promised_when,
                "promised_when",
                &written.id,
                scope,
            ),
            special_procedures: written
                .special_procedure
                .iter()
                .map(|it| self.special_procedure(it, scope))
                .collect(),
            visits: written.visits,
            visits_when: written.visit_when.iter().map(|it| self.visit_when(it, scope)).collect(),
            fees: written.fee.iter().map(|fee| self.fee(fee, scope)).collect(),
            channels: written.channels.iter().map(|it| it.get_ref().clone()).collect(),
            fields: written.field.iter().map(|need| self.field(need, scope)).collect(),
            evidence: written.evidence.iter().map(|need| self.evidence(need, scope)).collect(),
            outputs: written.output.iter().map(|output| self.output(output)).collect(),
            checklist: self.lines(&written.checklist),
            signatories: written.signatory.iter().map(|it| self.signatory(it, scope)).collect(),
            refusal_grounds: self.lines(&written.refusal_ground),
            baseline: written.baseline.as_ref().map(|baseline| self.baseline(baseline)),
            basis: self.basis(&written.basis),
            per,
        }
    }

    fn check_repetitions(&mut self, written: &ServiceAsWritten) {
        self.unique("channel", &written.channels);
        self.unique("output", written.output.iter().map(|output| &output.id));
        self.unique("requirement", written.requirement.iter().map(|it| &it.id));
        self.unique("special procedure", written.special_procedure.iter().map(|it| &it.id));
        let lines = written.checklist.iter().chain(&written.refusal_ground);
        self.unique("line", lines.map(|line| &line.id));
        // With conditions the same thing may well be needed in two ways.
        let unconditional = written.field.iter().filter(|need| need.when.is_none());
        self.unique("field", unconditional.map(|need| &need.element));
        let unconditional = written.evidence.iter().filter(|need| need.when.is_none());
        self.unique("evidence", unconditional.map(|need| &need.ty));
    }

    fn check_channels(&mut self, channels: &[Spanned<String>]) {
        for channel in channels {
            if !CHANNELS.contains(&channel.get_ref().as_str()) {
                let advice = format!("possible are {}", listed(CHANNELS));
                let meant = nearest(channel.get_ref(), CHANNELS);
                let message = format!("there is no channel `{channel}`");
                self.error(codes::UNKNOWN_WORD, channel, message, hint(meant, Some(advice)));
            }
        }
    }

    fn kind(&mut self, written: &Spanned<String>) -> String {
        let text = written.get_ref();
        if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`{text}` is not an item type");
            let hint = "GB/T 39046 gives them two digits, e.g. `07`".to_owned();
            self.error(codes::BAD_CODE, written, message, hint);
        }
        text.clone()
    }

    fn codes(&mut self, written: &CodesAsWritten) -> Codes {
        Codes {
            basic: self.item_code(written.basic.as_ref(), "a basic item code", 12),
            implementation: self.item_code(
                written.implementation.as_ref(),
                "an implementation code",
                31,
            ),
            handling_item: self.item_code(
                written.handling_item.as_ref(),
                "a handling-item code",
                33,
            ),
            local: written.local.as_ref().map(|local| local.get_ref().clone()),
        }
    }

    /// Item codes may hold capital letters: an organisation's code is part of the longer ones.
    fn item_code(
        &mut self,
        written: Option<&Spanned<String>>,
        what: &str,
        length: usize,
    ) -> Option<String> {
        let written = written?;
        let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        if written.get_ref().len() != length || !written.get_ref().bytes().all(plain) {
            let message = format!("`{written}` is not {what}");
            let hint = format!("it has {length} digits or capital letters");
            self.error(codes::BAD_CODE, written, message, hint);
        }
        Some(written.get_ref().clone())
    }

    fn statutory(
        &mut self,
        written: Option<&PeriodAsWritten>,
        owner: &Spanned<String>,
    ) -> Option<DatedPeriod> {
        written.map(|period| self.period(period, "statutory", owner))
    }

    /// A level of GB/T 39046 A.2.
    fn level(&mut self, written: Option<&Spanned<String>>) -> Option<String> {
        let written = written?;
        if !matches!(written.get_ref().as_str(), "1" | "2" | "3" | "4" | "5" | "6" | "7") {
            let message = format!("`{written}` is not a level of administration");
            let hint = "GB/T 39046 A.2 gives them one digit, `1` to `7`".to_owned();
            self.error(codes::BAD_CODE, written, message, hint);
        }
        Some(written.get_ref().clone())
    }

    fn requirement(
        &mut self,
        written: &RequirementAsWritten,
        per: Option<&GroupId>,
    ) -> Requirement {
        let scope = Scope::Of(per.cloned());
        Requirement {
            id: written.id.get_ref().as_str().into(),
            text: localised(&written.text),
            when: written.when.as_ref().map(|when| self.condition(Some(when), &scope)),
            basis: self.basis(&written.basis),
        }
    }

    fn periods_when(
        &mut self,
        written: &[PeriodWhenAsWritten],
        name: &str,
        owner: &Spanned<String>,
        per: Option<&GroupId>,
    ) -> Vec<PeriodWhen> {
        let scope = Scope::Of(per.cloned());
        let mut periods = Vec::with_capacity(written.len());
        for written in written {
            periods.push(PeriodWhen {
                when: self.condition(Some(&written.when), &scope),
                period: self.period(&written.period, name, owner),
            });
        }
        periods
    }

    fn special_procedure(
        &mut self,
        written: &SpecialProcedureAsWritten,
        per: Option<&GroupId>,
    ) -> SpecialProcedure {
        SpecialProcedure {
            id: written.id.get_ref().as_str().into(),
            kind: written.kind,
            name: localised(&written.name),
            when: self.condition(written.when.as_ref(), &Scope::Of(per.cloned())),
            period: self.period(&written.period, "period", &written.id),
            afterwards: written.afterwards,
        }
    }

    fn visit_when(&mut self, written: &VisitWhenAsWritten, per: Option<&GroupId>) -> VisitWhen {
        VisitWhen {
            when: self.condition(Some(&written.when), &Scope::Of(per.cloned())),
            count: written.count,
            reason: localised(&written.reason),
        }
    }

    fn lines(&mut self, written: &[ChecklistLineAsWritten]) -> Vec<ChecklistLine> {
        let mut lines = Vec::with_capacity(written.len());
        for written in written {
            self.unique("checked item", &written.checks);
            lines.push(ChecklistLine {
                id: ChecklistLineId::new(written.id.get_ref().as_str()),
                text: localised(&written.text),
                checks: written.checks.iter().map(|it| self.checked(it)).collect(),
            });
        }
        lines
    }

    /// An evidence type of that name, or else a data element.
    fn checked(&mut self, written: &Spanned<String>) -> Checked {
        if self.register.has(Kind::EvidenceType, written.get_ref()) {
            Checked::Evidence(self.name(Kind::EvidenceType, written))
        } else {
            Checked::Element(self.name(Kind::Element, written))
        }
    }

    fn fee(&mut self, written: &FeeAsWritten, per: Option<&GroupId>) -> Fee {
        let currency = written.currency.get_ref();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let message = format!("`{currency}` is not a currency");
            let hint = "write its three capital letters of ISO 4217, e.g. `CNY`".to_owned();
            self.error(codes::BAD_CODE, &written.currency, message, hint);
        }
        Fee {
            name: localised(&written.name),
            amount: self.amount(&written.amount),
            currency: currency.clone(),
            when: self.condition(written.when.as_ref(), &Scope::Of(per.cloned())),
            basis: self.basis(&written.basis),
        }
    }

    fn field(&mut self, written: &FieldNeedAsWritten, per: Option<&GroupId>) -> FieldNeed {
        let scope = self.scope_of_element(per, &written.element);
        FieldNeed {
            element: self.name(Kind::Element, &written.element),
            when: self.condition(written.when.as_ref(), &scope),
            optional: written.optional,
            ask_again: Self::optional_texts(written.ask_again.as_ref()),
            soft: written.soft,
        }
    }

    fn evidence(&mut self, written: &EvidenceNeedAsWritten, per: Option<&GroupId>) -> EvidenceNeed {
        let own = self.evidence_groups.get(written.ty.get_ref().as_str()).cloned().flatten();
        if let (Some(per), Some(own)) = (per, own)
            && *per != own
        {
            let message = format!("evidence `{}` is repeated for `{own}`", written.ty);
            let hint = format!("the service is repeated for `{per}`; they must agree");
            self.error(codes::MIXED_GROUPS, &written.ty, message, hint);
        }
        let scope = self.scope_of_evidence(per, &written.ty);
        let only_output = written.ways.iter().all(|way| *way == Way::Output);
        if written.if_produced && (!only_output || written.soft) {
            let message = format!(
                "`{}` is needed only if it is produced, so no other way is ever taken",
                written.ty
            );
            let hint = "write `ways = [\"output\"]` and leave `soft` out".to_owned();
            self.error(codes::DEAD_WAY, &written.ty, message, hint);
        }
        EvidenceNeed {
            ty: self.name(Kind::EvidenceType, &written.ty),
            when: self.condition(written.when.as_ref(), &scope),
            ways: written.ways.clone(),
            reason: localised(&written.reason),
            soft: written.soft,
            if_produced: written.if_produced,
            copies_alone: written.copies_alone.unwrap_or(1),
            commitment_when: self.condition(written.commitment_when.as_ref(), &scope),
            deferral_when: self.condition(written.deferral_when.as_ref(), &scope),
            deferral_term: written
                .deferral_term
                .as_ref()
                .map(|term| self.period(term, "deferral_term", &written.ty)),
        }
    }

    fn output(&mut self, written: &OutputAsWritten) -> Output {
        self.unique("data element", &written.elements);
        let mut element = |written: &Spanned<String>| {
            self.name::<vocabulary::DataElementId>(Kind::Element, written)
        };
        let elements = written.elements.iter().map(&mut element).collect();
        let holder = written.holder.as_ref().map(&mut element);
        let prints = written.prints.iter().map(&mut element).collect();
        Output {
            id: written.id.get_ref().as_str().into(),
            kind: written.kind,
            name: localised(&written.name),
            evidence: self.optional_name(Kind::EvidenceType, written.evidence.as_ref()),
            elements,
            licence_type: written.licence_type.as_ref().map(|ty| ty.get_ref().clone()),
            holder,
            prints,
            valid_months: written.valid_months,
        }
    }

    fn signatory(&mut self, written: &SignatoryAsWritten, per: Option<&GroupId>) -> Signatory {
        let scope = self.scope_of_element(per, &written.element);
        self.name::<vocabulary::DataElementId>(Kind::Element, &written.element);
        Signatory {
            name: localised(&written.name),
            element: element_id(&written.element),
            when: self.condition(written.when.as_ref(), &scope),
        }
    }

    fn baseline(&mut self, written: &BaselineAsWritten) -> Baseline {
        Baseline {
            steps: written.steps.iter().map(localised).collect(),
            days: self.half_days(&written.days),
            visits: written.visits,
            fee: written.fee.as_ref().map(|fee| -> Decimal { self.amount(fee) }),
            basis: self.basis(&written.basis),
        }
    }
}
