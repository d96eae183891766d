//! What services and matters stand on: jurisdiction, organisations, groups, topics, elements, evidence
//! types, sources and regimes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::{TimeZone, TimeZoneDatabase};
use vocabulary::{ClockStart, CountsFrom, EvidenceTypeId, GroupId, Lang, LapseMeans, SourceId};

use super::{Resolver, Scope, keyed};
use crate::codes;
use crate::read::Written;
use crate::register::{Kind, localised};
use crate::report::Place;
use crate::suggest::{hint, nearest};
use crate::written::{
    ClockStartAsWritten, CountsFromAsWritten, DataElementAsWritten, ElementTypeAsWritten,
    EvidenceTypeAsWritten, GroupAsWritten, JurisdictionAsWritten, LapseMeansAsWritten,
    OrganisationAsWritten, RegimeAsWritten, RegimeChangeAsWritten, SourceAsWritten, Spanned,
    TopicAsWritten,
};
use crate::{
    ChoiceOption, DataElement, ElementType, EvidenceType, Group, Jurisdiction, LargerUnit,
    Organisation, Regime, RegimeChange, RegimeClock, RegimeDeemedGrant, RegimeRevocation, Source,
    Topic,
};

const MINUTES_PER_DAY: u32 = 24 * 60;
/// 17:30, when a jurisdiction does not say.
const OFFICE_CLOSE_MINUTE: u32 = 17 * 60 + 30;
/// 9:00 and 12:00, likewise.
const OFFICE_OPEN_MINUTE: u32 = 9 * 60;
const OFFICE_MIDDAY_MINUTE: u32 = 12 * 60;
const FORMATS: [&str; 3] = ["pdf", "jpg", "png"];
const SIZE_MIB_MAX: u32 = 10;
const BYTES_PER_MIB: u64 = 1024 * 1024;

impl Resolver<'_, '_> {
    /// The one jurisdiction; a stand-in when there is none.
    pub(super) fn only_jurisdiction(&mut self, written: &Written) -> Jurisdiction {
        if let Some(second) = written.jurisdictions.get(1) {
            self.file = second.file;
            let id = &second.item.id;
            let message = format!("`{id}` is a second jurisdiction");
            let hint = "the files of one folder belong to one jurisdiction".to_owned();
            self.error(codes::SECOND_JURISDICTION, id, message, hint);
        }
        let Some(first) = written.jurisdictions.first() else {
            if !written.broken.contains_key("jurisdiction") {
                let message = "no file says which jurisdiction this is";
                let hint = "one file has a `[jurisdiction]` with id, name, languages and time zone";
                let hint = hint.to_owned();
                self.report.error(codes::NO_JURISDICTION, Place::default(), message, hint);
            }
            return Jurisdiction {
                id: "".into(),
                name: localised(&BTreeMap::new()),
                languages: Vec::new(),
                time_zone: TimeZone::UTC,
                area: None,
                office_open_minute: OFFICE_OPEN_MINUTE,
                office_midday_minute: OFFICE_MIDDAY_MINUTE,
                office_close_minute: OFFICE_CLOSE_MINUTE,
                correction_margin: None,
            };
        };
        self.file = first.file;
        self.jurisdiction(&first.item)
    }

    fn jurisdiction(&mut self, written: &JurisdictionAsWritten) -> Jurisdiction {
        let office_close_minute = written.office_close_minute.unwrap_or(OFFICE_CLOSE_MINUTE);
        if office_close_minute > MINUTES_PER_DAY {
            let message = format!("a day has no minute {office_close_minute}");
            let hint = "count minutes after midnight, e.g. `1050` for 17:30".to_owned();
            self.error(codes::BAD_BOUNDS, &written.id, message, hint);
        }
        let opens = written.office_open_minute.unwrap_or(OFFICE_OPEN_MINUTE);
        let midday = written.office_midday_minute.unwrap_or(OFFICE_MIDDAY_MINUTE);
        if !(opens < midday && midday < office_close_minute) {
            let message = "an office opens before midday and closes after it".to_owned();
            let hint = "count minutes after midnight: 540, 720 and 1050 are 9:00, 12:00 and 17:30";
            self.error(codes::BAD_BOUNDS, &written.id, message, hint.to_owned());
        }
        if written.languages.is_empty() {
            let message = format!("jurisdiction `{}` declares no language", written.id);
            let hint = "write e.g. `languages = [\"zh\", \"en\"]`, the default first".to_owned();
            self.error(codes::BAD_BOUNDS, &written.id, message, hint);
        }
        self.unique("language", &written.languages);
        Jurisdiction {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            languages: written
                .languages
                .iter()
                .map(|it| Lang::new(it.get_ref().as_str()))
                .collect(),
            time_zone: self.time_zone(&written.time_zone),
            area: self.area(written.area.as_ref()),
            office_open_minute: opens,
            office_midday_minute: midday,
            office_close_minute,
            correction_margin: written
                .correction_margin
                .as_ref()
                .map(|it| self.period(it, "correction_margin", &written.id)),
        }
    }

    fn time_zone(&mut self, written: &Spanned<String>) -> TimeZone {
        // The bundled data: the same answer on every machine, and nothing is read from disk.
        let zones = TimeZoneDatabase::bundled();
        zones.get(written.get_ref()).unwrap_or_else(|_| {
            let known: Vec<_> = zones.available().map(|zone| zone.to_string()).collect();
            let meant = nearest(written.get_ref(), known.iter().map(String::as_str));
            let advice = "write an IANA name, e.g. `Asia/Shanghai`".to_owned();
            let message = format!("there is no time zone `{written}`");
            self.error(codes::UNKNOWN_TIME_ZONE, written, message, hint(meant, Some(advice)));
            TimeZone::UTC
        })
    }

    pub(super) fn organisation(&mut self, written: &OrganisationAsWritten) -> Organisation {
        if let Some(uscc) = &written.uscc {
            let hint = match vocabulary::codes::uscc::validate(uscc.get_ref()) {
                Ok(tidied) if tidied == *uscc.get_ref() => None,
                Ok(tidied) => Some(format!("write it as `{tidied}`")),
                Err(mistake) => Some(mistake.to_string()),
            };
            if hint.is_some() {
                let message = format!("`{uscc}` is not a unified social credit code");
                self.error(codes::BAD_ORGANISATION_CODE, uscc, message, hint);
            }
        }
        let hours = (written.office_open_minute, written.office_close_minute);
        let in_order = match hours {
            (Some(opens), Some(closes)) => opens < closes,
            _ => true,
        };
        let beyond = |minute: Option<u32>| minute.is_some_and(|minute| minute > MINUTES_PER_DAY);
        if !in_order || beyond(hours.0) || beyond(hours.1) {
            let message = format!("organisation `{}` closes before it opens", written.id);
            let hint = "count minutes after midnight, e.g. `540` for 9:00".to_owned();
            self.error(codes::BAD_BOUNDS, &written.id, message, hint);
        }
        Organisation {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            short: localised(&written.short),
            uscc: written.uscc.as_ref().map(|uscc| uscc.get_ref().clone()),
            code_note: Self::optional_texts(written.code_note.as_ref()),
            area: self.area(written.area.as_ref()),
            phone: written.phone.clone(),
            office_open_minute: written.office_open_minute,
            office_close_minute: written.office_close_minute,
        }
    }

    pub(super) fn group(&mut self, written: &GroupAsWritten) -> Group {
        if written.min > written.max || written.max == 0 {
            let message = format!("group `{}` can have no members", written.id);
            let hint = format!("`min` is {} and `max` is {}", written.min, written.max);
            self.error(codes::BAD_BOUNDS, &written.id, message, hint);
        }
        Group {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            min: written.min,
            max: written.max,
        }
    }

    pub(super) fn topic(&mut self, written: &TopicAsWritten) -> Topic {
        Topic {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            order: written.order,
        }
    }

    pub(super) fn element(&mut self, written: &DataElementAsWritten) -> DataElement {
        self.check_options(written);
        let bound = written.after.as_ref().or(written.not_before.as_ref());
        if let Some(bound) = bound.filter(|_| !matches!(written.ty, ElementTypeAsWritten::Date)) {
            let message = format!("`{}` is no date and cannot lie after one", written.id);
            let hint = "write `type = \"date\"`, or drop the bound".to_owned();
            self.error(codes::BAD_BOUNDS, bound, message, hint);
        }
        let group = self.names.group_of(written.id.get_ref());
        DataElement {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            hint: Self::optional_texts(written.hint.as_ref()),
            ty: element_type(written),
            source_when: self.condition(written.source_when.as_ref(), &Scope::Of(group.clone())),
            group,
            sensitivity: written.sensitivity,
            topic: self.name(Kind::Topic, &written.topic),
            source: self.optional_name(Kind::Source, written.source.as_ref()),
            table: None,
            max_length: written.max_length,
            example: written.example.clone(),
            unit: Self::optional_texts(written.unit.as_ref()),
            larger_unit: written
                .larger_unit
                .as_ref()
                .map(|larger| LargerUnit { count: larger.count, unit: localised(&larger.unit) }),
            not_future: written.not_future,
            after: self.optional_name(Kind::Element, written.after.as_ref()),
            not_before: self.optional_name(Kind::Element, written.not_before.as_ref()),
        }
    }

    fn check_options(&mut self, written: &DataElementAsWritten) {
        let is_choice = matches!(written.ty, ElementTypeAsWritten::Choice);
        let id = &written.id;
        match written.options.first() {
            Some(option) if !is_choice => {
                let message = format!("`{id}` has options but is no choice");
                let hint = "write `type = \"choice\"`, or drop the options".to_owned();
                self.error(codes::CHOICE_OPTIONS, &option.id, message, hint);
            }
            None if is_choice => {
                let message = format!("choice `{id}` has nothing to choose from");
                let hint = "give at least two `options`".to_owned();
                self.error(codes::CHOICE_OPTIONS, id, message, hint);
            }
            _ => {}
        }
        self.unique("option", written.options.iter().map(|option| &option.id));
        for option in &written.options {
            if option.id.get_ref().is_empty() || option.id.get_ref().chars().any(char::is_control) {
                let message = format!("`{id}` has an option without a name");
                let hint = "an option's id is a short word".to_owned();
                self.error(codes::BAD_ID, &option.id, message, hint);
            }
        }
    }

    pub(super) fn evidence_type(&mut self, written: &EvidenceTypeAsWritten) -> EvidenceType {
        let size_mib_max = written.size_mib_max.unwrap_or(SIZE_MIB_MAX);
        if size_mib_max == 0 {
            let message = format!("no file is small enough for `{}`", written.id);
            let hint = "`size_mib_max` is at least 1".to_owned();
            self.error(codes::BAD_BOUNDS, &written.id, message, hint);
        }
        self.unique("format", &written.formats);
        for format in &written.formats {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            if format.get_ref().is_empty() || !format.get_ref().chars().all(plain) {
                let message = format!("`{format}` is not a file extension");
                let hint = "write it in small letters without the point, e.g. `pdf`".to_owned();
                self.error(codes::BAD_CODE, format, message, hint);
            }
        }
        let formats = if written.formats.is_empty() {
            FORMATS.map(str::to_owned).to_vec()
        } else {
            written.formats.iter().map(|format| format.get_ref().clone()).collect()
        };
        EvidenceType {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            hint: Self::optional_texts(written.hint.as_ref()),
            formats,
            size_bytes_max: u64::from(size_mib_max).saturating_mul(BYTES_PER_MIB),
            per: self.optional_name(Kind::Group, written.per.as_ref()),
        }
    }

    pub(super) fn sources(&mut self, written: &Written) -> BTreeMap<SourceId, Source> {
        let scopes = self.source_scopes(written);
        let sources = self.all(&written.sources, |resolver, source| {
            let scope = scopes.get(source.id.get_ref()).cloned().flatten();
            resolver.source(source, &Scope::Of(scope))
        });
        keyed(sources, |source| &source.id)
    }

    /// The group whose member a source is asked about: that of everything it delivers, when they agree.
    fn source_scopes(&self, written: &Written) -> BTreeMap<String, Option<GroupId>> {
        let mut groups: BTreeMap<String, BTreeSet<Option<GroupId>>> = BTreeMap::new();
        for placed in &written.elements {
            if let Some(source) = &placed.item.source {
                let group = self.names.group_of(placed.item.id.get_ref());
                groups.entry(source.get_ref().clone()).or_default().insert(group);
            }
        }
        for placed in &written.sources {
            let of_source = groups.entry(placed.item.id.get_ref().clone()).or_default();
            let delivered = placed.item.delivers.iter().map(|it| &it.evidence);
            for evidence in placed.item.evidence.iter().chain(delivered) {
                let group = self.evidence_groups.get(evidence.get_ref().as_str()).cloned();
                of_source.insert(group.flatten());
            }
        }
        let agreed = |groups: BTreeSet<Option<GroupId>>| match groups.len() {
            1 => groups.into_iter().next().flatten(),
            _ => None,
        };
        groups.into_iter().map(|(source, groups)| (source, agreed(groups))).collect()
    }

    fn source(&mut self, written: &SourceAsWritten, scope: &Scope) -> Source {
        let delivered = written.delivers.iter().map(|it| &it.evidence);
        self.unique("evidence type", written.evidence.iter().chain(delivered));
        let mut evidence: Vec<EvidenceTypeId> = self.names(Kind::EvidenceType, &written.evidence);
        let mut evidence_when = BTreeMap::new();
        for delivers in &written.delivers {
            let ty: EvidenceTypeId = self.name(Kind::EvidenceType, &delivers.evidence);
            let scope = self.scope_of_evidence(None, &delivers.evidence);
            let when = self.condition(delivers.when.as_ref(), &scope);
            evidence.push(ty.clone());
            evidence_when.insert(ty, when);
        }
        Source {
            id: written.id.get_ref().as_str().into(),
            name: localised(&written.name),
            owner: self.name(Kind::Organisation, &written.owner),
            sharing: written.sharing,
            evidence,
            evidence_when,
            when: self.condition(written.when.as_ref(), scope),
            evidence_after: written
                .evidence_after
                .as_ref()
                .map(|period| self.period(period, "evidence_after", &written.id)),
        }
    }

    /// What follows when the applicant dies or changes.
    pub(super) fn on_change(&mut self, written: &[RegimeChangeAsWritten]) -> Vec<RegimeChange> {
        let known = |known: &RegimeChangeAsWritten| RegimeChange {
            change: known.change,
            effect: known.effect,
            basis: self.basis(&known.basis),
        };
        written.iter().map(known).collect()
    }

    pub(super) fn regime(&mut self, written: &RegimeAsWritten) -> Regime {
        let id = &written.id;
        let statutory = written.statutory.as_ref();
        let extension = written.extension.as_ref();
        Regime {
            id: id.get_ref().as_str().into(),
            name: localised(&written.name),
            correction_limit: self.period(&written.correction_limit, "correction_limit", id),
            deemed_acceptance: written.deemed_acceptance,
            correction_answer: self.period(&written.correction_answer, "correction_answer", id),
            correction_lapses: written.correction_lapses,
            lapse_means: match written.lapse_means {
                None | Some(LapseMeansAsWritten::Returned) => LapseMeans::Returned,
                Some(LapseMeansAsWritten::Withdrawn) => LapseMeans::Withdrawn,
                Some(LapseMeansAsWritten::Abandoned) => LapseMeans::Abandoned,
            },
            clock: RegimeClock {
                promised_from: clock_start(written.clock.promised_from, ClockStart::Receipt),
                statutory_from: clock_start(written.clock.statutory_from, ClockStart::Acceptance),
                counts: match written.clock.counts_from {
                    None | Some(CountsFromAsWritten::NextDay) => CountsFrom::NextDay,
                    Some(CountsFromAsWritten::SameDay) => CountsFrom::SameDay,
                    Some(CountsFromAsWritten::NextHalf) => CountsFrom::NextHalf,
                },
                office_hours: written.clock.office_hours,
                basis: self.basis(&written.clock.basis),
            },
            deemed_grant: written.deemed_grant.as_ref().map(|written| RegimeDeemedGrant {
                period: self.period(&written.period, "deemed_grant.period", id),
                from: clock_start(written.from, ClockStart::Acceptance),
            }),
            statutory: statutory.map(|period| self.period(period, "statutory", id)),
            extension: extension.map(|period| self.period(period, "extension", id)),
            delivery: written.delivery.as_ref().map(|it| self.period(it, "delivery", id)),
            excluded: {
                let kinds: std::collections::BTreeSet<_> =
                    written.excluded.iter().copied().collect();
                kinds.into_iter().collect()
            },
            revocations: written
                .revocations
                .iter()
                .map(|known| RegimeRevocation {
                    act: known.act,
                    heard: known.heard.as_ref().map(|period| self.period(period, "heard", id)),
                    basis: self.basis(&known.basis),
                })
                .collect(),
            on_change: self.on_change(&written.on_change),
            remedies: localised(&written.remedies),
            basis: self.basis(&written.basis),
        }
    }
}

fn clock_start(written: Option<ClockStartAsWritten>, otherwise: ClockStart) -> ClockStart {
    match written {
        None => otherwise,
        Some(ClockStartAsWritten::Receipt) => ClockStart::Receipt,
        Some(ClockStartAsWritten::Acceptance) => ClockStart::Acceptance,
        Some(ClockStartAsWritten::Completion) => ClockStart::Completion,
    }
}

/// How an element's values look, with its options if it is a choice.
pub(crate) fn element_type(written: &DataElementAsWritten) -> ElementType {
    match written.ty {
        ElementTypeAsWritten::Bool => ElementType::Bool,
        ElementTypeAsWritten::Number => ElementType::Number,
        ElementTypeAsWritten::Text => ElementType::Text,
        ElementTypeAsWritten::LongText => ElementType::LongText,
        ElementTypeAsWritten::Choice => ElementType::Choice(
            written
                .options
                .iter()
                .map(|option| ChoiceOption {
                    id: option.id.get_ref().as_str().into(),
                    name: localised(&option.name),
                    hint: option.hint.as_ref().map(localised).unwrap_or_default(),
                })
                .collect(),
        ),
        ElementTypeAsWritten::Date => ElementType::Date,
        ElementTypeAsWritten::CitizenId => ElementType::CitizenId,
        ElementTypeAsWritten::Uscc => ElementType::Uscc,
        ElementTypeAsWritten::Phone => ElementType::Phone,
        ElementTypeAsWritten::AreaCode => ElementType::AreaCode,
    }
}
