//! As-written items → the resolved network: every name becomes an id that exists, every date and hour a value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::report::{Place, Report};
use catalogue::{Catalogue, Diagnostic, SourceFile};
use sha2::{Digest, Sha256};
use vocabulary::codes::area;
use vocabulary::{
    AreaCode, Date, DelegationId, DoorplateId, Lang, Localised, MatterId, OrganisationId, OutletId,
    ServiceId, WindowId,
};

use crate::codes;
use crate::read::{Placed, Written, read};
use crate::written::*;
use crate::{
    Concentration, Delegation, Doorplate, ForWhom, Hours, Network, Outlet, OutletKind, Power,
    RatingRule, RatingTag, Window, WindowKind, Zone,
};

/// What compiling gives.
#[derive(Debug)]
pub struct Compiled {
    /// `None` when a diagnostic is an error.
    pub network: Option<Network>,
    /// Ordered by file, line, column.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles all files of one network against a catalogue. The order of `files` does not matter.
pub fn compile(files: &[SourceFile], catalogue: &Catalogue) -> Compiled {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
    let revision = revision(&sorted);
    let mut report = Report::new(&sorted);
    let written = read(&mut report);
    let mut resolver = Resolver::new(&mut report, catalogue, &written);
    let mut network = resolver.network(&written);
    resolver.check_parents(&written, &network);
    resolver.check_windows(&written, &network);
    network.revision = revision;
    let network = (!report.has_errors()).then_some(network);
    Compiled { network, diagnostics: report.finish() }
}

fn revision(files: &[&SourceFile]) -> Arc<str> {
    let mut hash = Sha256::new();
    for file in files {
        let length = u64::try_from(file.text.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(file.text.as_bytes());
    }
    hex::encode(hash.finalize()).into()
}

struct Resolver<'r, 'a, 'c> {
    report: &'r mut Report<'a>,
    catalogue: &'c Catalogue,
    /// Ids of this network, broken ones too.
    areas: BTreeSet<String>,
    outlets: BTreeSet<String>,
    /// Names may stand in what could not be read.
    lenient: bool,
}

impl<'r, 'a, 'c> Resolver<'r, 'a, 'c> {
    fn new(report: &'r mut Report<'a>, catalogue: &'c Catalogue, written: &Written) -> Self {
        let broken = || written.broken.iter().cloned();
        let areas = written.areas.iter().map(|it| it.item.code.get_ref().clone());
        let outlets = written.outlets.iter().map(|it| it.item.id.get_ref().clone());
        Self {
            report,
            catalogue,
            areas: areas.chain(broken()).collect(),
            outlets: outlets.chain(broken()).collect(),
            lenient: written.damaged,
        }
    }

    fn network(&mut self, written: &Written) -> Network {
        let mut network = Network::default();
        match written.networks.as_slice() {
            [one] => network.name = self.texts(one, &one.item.name),
            [] => {
                if !written.damaged {
                    let hint = "write `[network]` with a `name` in one of the files".to_owned();
                    let message = "no file says what the network is called";
                    self.report.error(codes::NO_NETWORK, Place::default(), message, hint);
                }
            }
            [_, others @ ..] => {
                for other in others {
                    let message = "the network is named a second time";
                    self.report.error(codes::NO_NETWORK, other.own(), message, None);
                }
            }
        }
        match written.ratings.as_slice() {
            [] => {}
            [one, others @ ..] => {
                network.rating = Some(self.rating(one));
                for other in others {
                    let message = "how ratings are answered is said a second time";
                    self.report.error(codes::DUPLICATE, other.own(), message, None);
                }
            }
        }
        for placed in &written.areas {
            let AreaAsWritten { code, name } = &placed.item;
            if area::parse(code.get_ref()).is_err() {
                let message = format!("`{code}` is not an area code");
                let hint = "six digits as in GB/T 2260".to_owned();
                self.report.error(codes::BAD_ID, placed.place(code), message, hint);
            }
            let name = self.texts(placed, name);
            let id = AreaCode::new(code.get_ref().as_str());
            if network.areas.insert(id, name).is_some() {
                self.twice(placed, code, "area");
            }
        }
        self.outlets(written, &mut network);
        for placed in &written.delegations {
            let delegation = self.delegation(placed);
            if network.delegations.insert(delegation.id.clone(), delegation).is_some() {
                self.twice(placed, &placed.item.id, "delegation");
            }
        }
        for placed in &written.concentrations {
            if let Some(concentration) = self.concentration(placed) {
                if network.concentrations.iter().any(|it| it.for_whom == concentration.for_whom) {
                    self.twice(placed, &placed.item.for_whom, "concentration");
                }
                network.concentrations.push(concentration);
            }
        }
        for placed in &written.doorplates {
            let doorplate = self.doorplate(placed);
            if network.doorplates.insert(doorplate.id.clone(), doorplate).is_some() {
                self.twice(placed, &placed.item.id, "doorplate");
            }
        }
        network
    }

    // ---- outlets -------------------------------------------------------------------------------------

    fn outlets(&mut self, written: &Written, network: &mut Network) {
        let mut windows: BTreeSet<WindowId> = BTreeSet::new();
        for placed in &written.outlets {
            let item = &placed.item;
            self.id(placed, &item.id);
            let kinds = || OutletKind::ALL.iter().map(|kind| (kind.as_str(), *kind));
            let outlet = Outlet {
                id: OutletId::new(item.id.get_ref().as_str()),
                name: self.texts(placed, &item.name),
                kind: self.word(placed, &item.kind, kinds).unwrap_or(OutletKind::Other),
                parent: item.parent.as_ref().map(|parent| self.outlet(placed, parent)),
                area: self.area(placed, &item.area),
                address: self.texts(placed, &item.address),
                phone: item.phone.as_deref().map(Arc::from),
                authorities: item
                    .authorities
                    .iter()
                    .map(|it| self.organisation(placed, it))
                    .collect(),
                hours: self.hours(placed),
                zones: self.zones(placed, &mut windows),
            };
            if network.outlets.insert(outlet.id.clone(), outlet).is_some() {
                self.twice(placed, &item.id, "outlet");
            }
        }
    }

    fn hours(&mut self, placed: &Placed<OutletAsWritten>) -> Vec<Hours> {
        let mut all: Vec<Hours> = Vec::new();
        for written in &placed.item.hours {
            let HoursAsWritten { days, open, close } = written;
            let weekdays = weekdays(days.get_ref());
            let minutes = minute(open.get_ref()).zip(minute(close.get_ref()));
            let (Some(weekdays), Some((from, to))) = (weekdays, minutes) else {
                let message = format!("`{days}`, `{open}` to `{close}` are no opening hours");
                let hint =
                    "days are `1` (Monday) to `7` or a range `1-5`, times `09:00`".to_owned();
                self.report.error(codes::BAD_HOURS, placed.place(days), message, hint);
                continue;
            };
            if from >= to {
                let message = format!("it closes at `{close}`, before it opens at `{open}`");
                self.report.error(codes::BAD_HOURS, placed.place(close), message, None);
            }
            for weekday in weekdays {
                let overlaps = all.iter().any(|it| {
                    it.weekday == weekday && it.open_minute < to && from < it.close_minute
                });
                if overlaps {
                    let message = format!("on day {weekday} it is open twice at the same time");
                    self.report.error(codes::BAD_HOURS, placed.place(days), message, None);
                }
                all.push(Hours { weekday, open_minute: from, close_minute: to });
            }
        }
        all.sort_by_key(|it| (it.weekday, it.open_minute));
        all
    }

    fn zones(
        &mut self,
        placed: &Placed<OutletAsWritten>,
        windows: &mut BTreeSet<WindowId>,
    ) -> Vec<Zone> {
        let (mut ids, mut letters, mut numbers) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut zones = Vec::new();
        for zone in &placed.item.zone {
            self.id(placed, &zone.id);
            let letter = zone.letter.get_ref().as_str();
            if letter.is_empty()
                || letter.len() > 2
                || !letter.bytes().all(|it| it.is_ascii_uppercase())
            {
                let message = format!("`{letter}` cannot begin a ticket's number");
                let hint = "one or two capital letters".to_owned();
                self.report.error(codes::BAD_ID, placed.place(&zone.letter), message, hint);
            }
            if !ids.insert(zone.id.get_ref().as_str()) {
                self.twice(placed, &zone.id, "zone");
            }
            if !letters.insert(letter) {
                self.twice(placed, &zone.letter, "letter");
            }
            let mut own = Vec::new();
            for window in &zone.window {
                let resolved = self.window(placed, window);
                if !numbers.insert(window.number.get_ref().as_str()) {
                    self.twice(placed, &window.number, "window number");
                }
                if !windows.insert(resolved.id.clone()) {
                    self.twice(placed, &window.id, "window");
                }
                own.push(resolved);
            }
            zones.push(Zone {
                id: zone.id.get_ref().as_str().into(),
                name: self.texts(placed, &zone.name),
                letter: letter.into(),
                windows: own,
            });
        }
        zones
    }

    fn window(&mut self, placed: &Placed<OutletAsWritten>, window: &WindowAsWritten) -> Window {
        self.id(placed, &window.id);
        let kinds = || WindowKind::ALL.iter().map(|kind| (kind.as_str(), *kind));
        let kind = self.word(placed, &window.kind, kinds);
        let matters: Vec<MatterId> =
            window.matters.iter().map(|it| self.matter(placed, it)).collect();
        let services: Vec<ServiceId> =
            window.services.iter().map(|it| self.service(placed, it)).collect();
        let says_nothing = matters.is_empty() && services.is_empty();
        if says_nothing && kind.is_some_and(|kind| kind != WindowKind::General) {
            let message = format!("window `{}` does not say what it is for", window.id);
            let hint = "name `matters` or `services`, or make it `general`".to_owned();
            self.report.error(codes::SAYS_NOTHING, placed.place(&window.kind), message, hint);
        }
        Window {
            id: WindowId::new(window.id.get_ref().as_str()),
            number: window.number.get_ref().as_str().into(),
            kind: kind.unwrap_or(WindowKind::General),
            matters,
            services,
        }
    }

    // ---- delegations, concentrations, doorplates -----------------------------------------------------

    fn delegation(&mut self, placed: &Placed<DelegationAsWritten>) -> Delegation {
        let item = &placed.item;
        self.id(placed, &item.id);
        let from = self.organisation(placed, &item.from);
        let mut services = Vec::new();
        for written in &item.services {
            let service = self.service(placed, written);
            let authority = self.catalogue.service(&service).map(|it| &it.authority);
            if authority.is_some_and(|authority| *authority != from) {
                let message = format!("`{service}` is not a service of `{from}`");
                let owner = authority.map(|it| format!("it is a service of `{it}`"));
                self.report.error(codes::FOREIGN_SERVICE, placed.place(written), message, owner);
            }
            services.push(service);
        }
        let powers = || Power::ALL.iter().map(|power| (power.as_str(), *power));
        let powers: Vec<Power> =
            item.powers.iter().filter_map(|it| self.word(placed, it, powers)).collect();
        if item.powers.is_empty() {
            let message = format!("delegation `{}` gives no power", item.id);
            let hint = "name at least one of `receive`, `accept`, `decide`, `deliver`".to_owned();
            self.report.error(codes::SAYS_NOTHING, placed.place(&item.id), message, hint);
        }
        let (valid_from, valid_until) =
            self.dates(placed, &item.valid_from, item.valid_until.as_ref());
        Delegation {
            id: DelegationId::new(item.id.get_ref().as_str()),
            from,
            to: self.outlet(placed, &item.to),
            powers,
            services,
            for_whom: item.for_whom.as_ref().and_then(|it| self.for_whom(placed, it)),
            basis: self.texts(placed, &item.basis),
            valid_from,
            valid_until,
        }
    }

    fn concentration(&mut self, placed: &Placed<ConcentrationAsWritten>) -> Option<Concentration> {
        let item = &placed.item;
        if item.kinds.is_empty() {
            let message = "the concentration names no kind of outlet";
            let hint = "without it such applicants could go nowhere".to_owned();
            self.report.error(codes::SAYS_NOTHING, placed.place(&item.for_whom), message, hint);
        }
        let kinds = || OutletKind::ALL.iter().map(|kind| (kind.as_str(), *kind));
        let kinds = item.kinds.iter().filter_map(|it| self.word(placed, it, kinds)).collect();
        let basis = self.texts(placed, &item.basis);
        Some(Concentration { for_whom: self.for_whom(placed, &item.for_whom)?, kinds, basis })
    }

    fn rating(&mut self, placed: &Placed<RatingAsWritten>) -> RatingRule {
        let item = &placed.item;
        let mut tags: Vec<RatingTag> = Vec::new();
        for tag in &item.tag {
            self.id(placed, &tag.id);
            let id = tag.id.get_ref().as_str();
            if tags.iter().any(|other| *other.id == *id) {
                self.twice(placed, &tag.id, "rating tag");
            }
            for grade in tag.grades.iter().filter(|grade| !(1..=5).contains(grade.get_ref())) {
                let message = format!("`{}` is no grade", grade.get_ref());
                let hint = "1 very satisfied … 5 very dissatisfied".to_owned();
                self.report.error(codes::UNKNOWN_NAME, placed.place(grade), message, hint);
            }
            if tag.grades.is_empty() {
                let message = format!("rating tag `{id}` goes with no grade");
                self.report.error(codes::SAYS_NOTHING, placed.place(&tag.id), message, None);
            }
            let grades = tag.grades.iter().map(|grade| *grade.get_ref()).collect();
            tags.push(RatingTag { id: id.into(), grades, text: self.texts(placed, &tag.text) });
        }
        let (contact, simple, complex) =
            (&item.contact_days, &item.simple_days, &item.complex_days);
        for (shorter, longer) in [(contact, simple), (simple, complex)] {
            if shorter.get_ref() > longer.get_ref() {
                let message = "a term is longer than the one after it";
                let hint = "contact, then simple, then complex".to_owned();
                self.report.error(codes::BAD_DATE, placed.place(longer), message, hint);
            }
        }
        RatingRule {
            contact_days: *contact.get_ref(),
            simple_days: *simple.get_ref(),
            complex_days: *complex.get_ref(),
            basis: self.texts(placed, &item.basis),
            unverified: item.unverified.as_ref().map(|it| self.texts(placed, it)),
            tags,
        }
    }

    fn doorplate(&mut self, placed: &Placed<DoorplateAsWritten>) -> Doorplate {
        let item = &placed.item;
        self.id(placed, &item.id);
        if item.outlet.is_none() && item.area.is_none() {
            let message = format!("doorplate `{}` hangs at no outlet and in no area", item.id);
            let hint = "say `outlet = \"…\"` or `area = \"…\"`".to_owned();
            self.report.error(codes::NOWHERE, placed.place(&item.id), message, hint);
        }
        let (placed_on, removed_on) = self.dates(placed, &item.placed_on, item.removed_on.as_ref());
        Doorplate {
            id: DoorplateId::new(item.id.get_ref().as_str()),
            matter: self.matter(placed, &item.matter),
            outlet: item.outlet.as_ref().map(|it| self.outlet(placed, it)),
            area: item.area.as_ref().map(|it| self.area(placed, it)),
            place: self.texts(placed, &item.place),
            placed_on,
            removed_on,
        }
    }

    // ---- what is joined ------------------------------------------------------------------------------

    fn check_parents(&mut self, written: &Written, network: &Network) {
        for placed in &written.outlets {
            let Some(parent) = &placed.item.parent else { continue };
            let mut seen = BTreeSet::new();
            let mut above = Some(placed.item.id.get_ref().as_str());
            while let Some(id) = above.filter(|id| seen.insert(*id)) {
                let outlet = network.outlets.get(id);
                above = outlet.and_then(|it| it.parent.as_ref()).map(OutletId::as_str);
            }
            if above == Some(placed.item.id.get_ref().as_str()) {
                let message = format!("outlet `{}` is above itself", placed.item.id);
                self.report.error(codes::PARENT_CYCLE, placed.place(parent), message, None);
            }
        }
    }

    /// Windows for services that no delegation and no own authority brings to their outlet.
    fn check_windows(&mut self, written: &Written, network: &Network) {
        // Whatever is wrong elsewhere may be what entrusts it.
        if written.damaged || self.report.has_errors() {
            return;
        }
        for placed in &written.outlets {
            let Some(outlet) = network.outlets.get(placed.item.id.get_ref().as_str()) else {
                continue;
            };
            let named = placed.item.zone.iter().flat_map(|zone| &zone.window);
            for written in named.flat_map(|window| &window.services) {
                let Some(service) = self.catalogue.services.get(written.get_ref().as_str()) else {
                    continue;
                };
                let entrusted = network
                    .delegations
                    .values()
                    .any(|it| it.to == outlet.id && it.covers(service) && it.gives(Power::Receive));
                if !entrusted && !outlet.authorities.contains(&service.authority) {
                    let message = format!("nobody entrusted `{}` with `{written}`", outlet.id);
                    let hint = format!("add a delegation from `{}`", service.authority);
                    self.report.warn(codes::NEVER_RECEIVED, placed.place(written), message, hint);
                }
            }
        }
    }

    // ---- names and values ----------------------------------------------------------------------------

    fn texts<T>(&mut self, placed: &Placed<T>, written: &Texts) -> Localised {
        let languages = &self.catalogue.jurisdiction.languages;
        let texts: &BTreeMap<String, String> = written.get_ref();
        let place = placed.place(written);
        for lang in languages {
            if texts.get(lang.as_str()).is_none_or(|text| text.trim().is_empty()) {
                let message = format!("the text is missing in `{lang}`");
                self.report.error(codes::TEXT, place, message, None);
            }
        }
        for tag in texts.keys() {
            if !languages.iter().any(|lang| lang.as_str() == tag) {
                let message = format!("the jurisdiction does not declare the language `{tag}`");
                self.report.error(codes::TEXT, place, message, None);
            }
        }
        Localised::new(
            texts.iter().map(|(tag, text)| (Lang::new(tag.as_str()), Arc::from(text.as_str()))),
        )
    }

    fn id<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) {
        let id = written.get_ref();
        let first = id.bytes().next();
        let good = first.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
            && id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if !good {
            let message = format!("`{id}` cannot be an id");
            let hint = "small letters, digits and `-`, beginning with a letter or digit".to_owned();
            self.report.error(codes::BAD_ID, placed.place(written), message, hint);
        }
    }

    fn twice<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>, what: &str) {
        let message = format!("{what} `{written}` is defined a second time");
        self.report.error(codes::DUPLICATE, placed.place(written), message, None);
    }

    fn unknown<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>, what: &str) {
        let message = format!("{what} `{written}` is not defined");
        self.report.error(codes::UNKNOWN_NAME, placed.place(written), message, None);
    }

    fn outlet<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> OutletId {
        if !self.lenient && !self.outlets.contains(written.get_ref()) {
            self.unknown(placed, written, "outlet");
        }
        OutletId::new(written.get_ref().as_str())
    }

    fn area<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> AreaCode {
        if !self.lenient && !self.areas.contains(written.get_ref()) {
            self.unknown(placed, written, "area");
        }
        AreaCode::new(written.get_ref().as_str())
    }

    fn organisation<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> OrganisationId {
        if !self.catalogue.organisations.contains_key(written.get_ref().as_str()) {
            self.unknown(placed, written, "organisation");
        }
        OrganisationId::new(written.get_ref().as_str())
    }

    fn service<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> ServiceId {
        if !self.catalogue.services.contains_key(written.get_ref().as_str()) {
            self.unknown(placed, written, "service");
        }
        ServiceId::new(written.get_ref().as_str())
    }

    fn matter<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> MatterId {
        if !self.catalogue.matters.contains_key(written.get_ref().as_str()) {
            self.unknown(placed, written, "matter");
        }
        MatterId::new(written.get_ref().as_str())
    }

    fn for_whom<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> Option<ForWhom> {
        self.word(placed, written, || ForWhom::ALL.iter().map(|it| (it.as_str(), *it)))
    }

    /// One of the allowed words.
    fn word<T, W, I: Iterator<Item = (&'static str, W)>>(
        &mut self,
        placed: &Placed<T>,
        written: &Spanned<String>,
        words: impl Fn() -> I,
    ) -> Option<W> {
        let found = words().find(|(word, _)| word == written.get_ref());
        if found.is_none() {
            let allowed: Vec<String> = words().map(|(word, _)| format!("`{word}`")).collect();
            let message = format!("`{written}` is not one of the words here");
            let hint = format!("it is one of {}", allowed.join(", "));
            self.report.error(codes::UNKNOWN_NAME, placed.place(written), message, hint);
        }
        found.map(|(_, meant)| meant)
    }

    fn dates<T>(
        &mut self,
        placed: &Placed<T>,
        from: &Spanned<String>,
        until: Option<&Spanned<String>>,
    ) -> (Date, Option<Date>) {
        let first = self.date(placed, from);
        let last = until.and_then(|until| self.date(placed, until));
        if let (Some(first), Some(last), Some(until)) = (first, last, until)
            && last < first
        {
            let message = format!("`{until}` lies before `{from}`");
            self.report.error(codes::BAD_DATE, placed.place(until), message, None);
        }
        (first.unwrap_or(Date::MIN), last)
    }

    fn date<T>(&mut self, placed: &Placed<T>, written: &Spanned<String>) -> Option<Date> {
        let date = written.get_ref().parse().ok();
        if date.is_none() {
            let message = format!("`{written}` is not a date");
            let hint = "write `YYYY-MM-DD`".to_owned();
            self.report.error(codes::BAD_DATE, placed.place(written), message, hint);
        }
        date
    }
}

/// `3` or `1-5` as weekdays, 1 Monday … 7 Sunday.
fn weekdays(text: &str) -> Option<std::ops::RangeInclusive<u8>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let day = |text: &str| text.trim().parse().ok().filter(|day| (1..=7).contains(day));
    let (first, last): (u8, u8) = (day(first)?, day(last)?);
    (first <= last).then_some(first..=last)
}

/// `09:30` as minutes after midnight; `24:00` is the end of a day.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let all = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && all <= 24 * 60).then_some(all)
}
