//! The canonical form of each type. Every field is taken apart by name, so that a new field cannot be
//! forgotten here.

use conditions::Condition;
use tables::{Cell, CellTest, Hit, Rules};
use vocabulary::{Period, Value};

use super::{Canon, Canonical};
use crate::{
    Announced, AnnouncedFigure, Baseline, Basis, Binds, Catalogue, Checked, ChecklistLine,
    ChoiceOption, Codes, DataElement, DatedPeriod, ElementType, EvidenceNeed, EvidenceType, Fee,
    FieldNeed, Group, Guide, JointProcedure, Jurisdiction, LifeCycleClass, LightRule, Matter,
    MatterBaseline, MatterList, MatterService, Organisation, Output, PeriodWhen, PublicService,
    Question, Regime, RegimeChange, RegimeClock, RegimeDeemedGrant, RegimeRevocation, ReminderRule,
    Requirement, Signatory, Source, SpecialProcedure, StageRule, Supervision, Table, TableEdition,
    Topic, VisitWhen,
};

/// `Type { field: how }`, where *how* is a method of [`Canon`].
macro_rules! canonical {
    ($($ty:ident { $($field:ident: $how:ident),* $(,)? })*) => {$(
        impl Canonical for $ty {
            fn write(&self, canon: &mut Canon) {
                let Self { $($field),* } = self;
                $(canon.$how($field);)*
            }
        }
    )*};
}

canonical! {
    Jurisdiction {
        id: shown,
        name: words,
        languages: list,
        time_zone: time_zone,
        area: maybe,
        office_open_minute: number,
        office_midday_minute: number,
        office_close_minute: number,
        correction_margin: optional,
    }
    Basis { act: words, source: maybe, from: maybe, unverified: words }
    Organisation {
        id: shown,
        name: words,
        short: words,
        uscc: maybe,
        code_note: words,
        area: maybe,
        phone: maybe,
        office_open_minute: maybe,
        office_close_minute: maybe,
    }
    Group { id: shown, name: words, min: number, max: number }
    Topic { id: shown, name: words, order: number }
    ChoiceOption { id: shown, name: words, hint: words }
    DataElement {
        id: shown,
        name: words,
        hint: words,
        ty: item,
        group: maybe,
        sensitivity: named,
        topic: shown,
        source: maybe,
        source_when: item,
        table: maybe,
        max_length: maybe,
        example: maybe,
        unit: words,
        not_future: flag,
        after: maybe,
        not_before: maybe,
        larger_unit: larger_unit,
    }
    EvidenceType {
        id: shown,
        name: words,
        hint: words,
        formats: list,
        size_bytes_max: number,
        per: maybe,
    }
    Source {
        id: shown,
        name: words,
        owner: shown,
        sharing: named,
        evidence: set,
        evidence_when: conditions,
        when: item,
        evidence_after: optional,
    }
    Table {
        id: shown,
        name: words,
        editions: items,
        inputs: list,
        outputs: list,
        group: maybe,
    }
    TableEdition { from: shown, file: left_out, basis: item, rules: item }
    Period { halves: shown, unit: named }
    DatedPeriod { period: item, basis: item }
    RegimeClock {
        promised_from: named,
        statutory_from: named,
        counts: named,
        office_hours: flag,
        basis: item,
    }
    RegimeDeemedGrant { period: item, from: named }
    Regime {
        id: shown,
        name: words,
        correction_limit: item,
        deemed_acceptance: flag,
        correction_answer: item,
        correction_lapses: flag,
        lapse_means: named,
        clock: item,
        deemed_grant: optional,
        statutory: optional,
        extension: optional,
        delivery: optional,
        excluded: names,
        revocations: items,
        on_change: items,
        remedies: words,
        basis: item,
    }
    Supervision {
        id: shown,
        name: words,
        from: shown,
        stages: by_stage,
        lights: items,
        reminders: items,
        soon: number,
        answer: item,
        basis: item,
    }
    StageRule { name: words, within: optional }
    LightRule { id: shown, name: words, of: named, colour: named, when: named, basis: item }
    ReminderRule { id: shown, light: named, after: number, to: named, organisation: maybe }
    RegimeRevocation { act: named, heard: optional, basis: item }
    RegimeChange { change: named, effect: named, basis: item }
    FieldNeed { element: shown, when: item, optional: flag, ask_again: reason, soft: flag }
    EvidenceNeed {
        ty: shown,
        when: item,
        ways: names,
        reason: words,
        soft: flag,
        if_produced: flag,
        copies_alone: number,
        commitment_when: item,
        deferral_when: item,
        deferral_term: optional,
    }
    Output {
        id: shown,
        kind: named,
        name: words,
        evidence: maybe,
        elements: list,
        licence_type: maybe,
        holder: maybe,
        prints: list,
        valid_months: maybe,
    }
    Fee { name: words, amount: decimal, currency: shown, when: item, basis: item }
    PeriodWhen { when: item, period: item }
    VisitWhen { when: item, count: number, reason: words }
    Requirement { id: shown, text: words, when: optional, basis: item }
    SpecialProcedure {
        id: shown,
        kind: named,
        name: words,
        when: item,
        period: item,
        afterwards: flag,
    }
    Baseline { steps: counted_words, days: shown, visits: number, fee: maybe_decimal, basis: item }
    ChecklistLine { id: shown, text: words, checks: items }
    Signatory { name: words, element: shown, when: item }
    Codes { basic: maybe, implementation: maybe, handling_item: maybe, local: maybe }
    PublicService {
        id: shown,
        revision: left_out,
        name: words,
        summary: words,
        codes: item,
        kind: shown,
        authority: shown,
        regime: shown,
        per: maybe,
        applicants: names,
        accepted_at: maybe,
        decided_at: maybe,
        requirements: items,
        statutory: optional,
        statutory_when: items,
        promised: item,
        promised_when: items,
        special_procedures: items,
        visits: number,
        visits_when: items,
        fees: items,
        channels: list,
        fields: items,
        evidence: items,
        outputs: items,
        checklist: items,
        signatories: items,
        refusal_grounds: items,
        baseline: optional,
        on_change: items,
        basis: item,
    }
    MatterService {
        service: shown,
        optional: flag,
        when: item,
        already_done: optional,
        out_reason: words,
        done_reason: words,
    }
    Question {
        id: shown,
        binds: item,
        ask: words,
        hint: words,
        why: words,
        may_decline: flag,
        weights: shares,
    }
    Announced { id: shown, name: words, figures: items, basis: item }
    AnnouncedFigure {
        figure: named,
        before: maybe_decimal,
        after: maybe_decimal,
        before_as_said: words,
        after_as_said: words,
        difference: words,
    }
    JointProcedure { id: shown, kind: named, name: words, services: list, lead: shown }
    MatterBaseline {
        name: words,
        steps: maybe,
        materials: maybe,
        days: maybe,
        visits: maybe,
        basis: item,
    }
    Matter {
        id: shown,
        revision: left_out,
        name: words,
        title: words,
        summary: words,
        audience: words,
        search_words: plain_words,
        life_cycle: shown,
        lead: shown,
        lists: list,
        services: items,
        questions: items,
        anchor: maybe,
        applicant_name: shown,
        baselines: items,
        announced: items,
        joint_procedures: items,
        variant_of: maybe,
        scope: words,
        basis: item,
    }
    LifeCycleClass { id: shown, audience: named, name: words, order: number }
    MatterList { id: shown, name: words, basis: item, entries: list }
    Guide {
        id: shown,
        name: words,
        life_cycle: shown,
        services: counted_words,
        lead: words,
        search_words: plain_words,
        basis: item,
    }
}

impl Canonical for Catalogue {
    fn write(&self, canon: &mut Canon) {
        let Self {
            jurisdiction,
            organisations,
            groups,
            topics,
            elements,
            evidence_types,
            sources,
            tables,
            table_order: _,
            regimes,
            supervisions,
            calendar,
            services,
            matters,
            life_cycle,
            lists,
            guides,
            revision: _,
            source: _,
        } = self;
        canon.item(jurisdiction);
        canon.items(organisations.values());
        canon.items(groups.values());
        canon.items(topics.values());
        canon.items(elements.values());
        canon.items(evidence_types.values());
        canon.items(sources.values());
        canon.items(tables.values());
        canon.items(regimes.values());
        if !supervisions.is_empty() {
            canon.items(supervisions);
        }
        canon.text(&calendar.version);
        canon.items(services.values());
        canon.items(matters.values());
        canon.items(life_cycle);
        canon.items(lists);
        canon.items(guides.values());
    }
}

impl Canonical for ElementType {
    fn write(&self, canon: &mut Canon) {
        match self {
            Self::Choice(options) => {
                canon.text("Choice");
                canon.items(options);
            }
            Self::Bool
            | Self::Number
            | Self::Text
            | Self::LongText
            | Self::Date
            | Self::CitizenId
            | Self::Uscc
            | Self::Phone
            | Self::AreaCode => canon.named(self),
        }
    }
}

impl Canonical for Checked {
    fn write(&self, canon: &mut Canon) {
        match self {
            Self::Element(element) => canon.list(["element", element.as_str()]),
            Self::Evidence(ty) => canon.list(["evidence", ty.as_str()]),
        }
    }
}

impl Canonical for Binds {
    fn write(&self, canon: &mut Canon) {
        match self {
            Self::Element(element) => canon.list(["element", element.as_str()]),
            Self::CountOf(group) => canon.list(["count_of", group.as_str()]),
        }
    }
}

/// Rows in any order, where their order says nothing; notes are texts for people.
impl Canonical for Rules {
    fn write(&self, canon: &mut Canon) {
        let Self { hit, gaps, inputs, outputs, rows, group, .. } = self;
        canon.named(hit);
        canon.named(gaps);
        canon.maybe(group);
        canon.list(inputs.iter().map(|input| &input.element));
        canon.list(outputs.iter().map(|output| &output.element));
        canon.list(inputs.iter().flat_map(|input| &input.domain).map(cell));
        let mut rows: Vec<String> = rows
            .iter()
            .map(|row| {
                let tests = row.tests.iter().map(cell);
                let outputs = row.outputs.iter().map(value);
                tests.chain(outputs).map(|it| format!("{it:?}")).collect()
            })
            .collect();
        if *hit != Hit::First {
            rows.sort();
        }
        canon.list(rows);
    }
}

fn cell(cell: &Cell) -> String {
    let (kind, tests) = match cell {
        Cell::Any => return "any".to_owned(),
        Cell::OneOf(tests) => ("one of", tests),
        Cell::NoneOf(tests) => ("none of", tests),
    };
    let tests = tests.iter().map(|test| match test {
        CellTest::Null => "null".to_owned(),
        CellTest::Compare(operator, it) => format!("{operator:?} {}", value(it)),
        CellTest::Range { low, low_included, high, high_included } => {
            format!("{low_included} {} {high_included} {}", value(low), value(high))
        }
    });
    format!("{kind} {:?}", tests.collect::<Vec<_>>())
}

/// Equal numbers are written alike.
fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("number {}", number.normalize()),
        other => format!("{other:?}"),
    }
}

impl Canonical for Condition {
    fn write(&self, canon: &mut Canon) {
        canon.text(self.source());
    }
}
