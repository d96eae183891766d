//! What is wrong in some scenario, each with the shortest counterexample.

mod conditions;
mod fields;
mod figures;
mod paths;
mod reach;

use catalogue::{Catalogue, Figure, Matter};
use vocabulary::{DataElementId, EvidenceTypeId, Localised, QuestionId, ServiceId};

use crate::reductions::Spreads;
use crate::words::{Words, in_every_language};
use crate::{Cells, Example, Place, Proof};

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*

        /// Every code of the proof with its short title, in order. Each has a page in `docs/codes/` and a
        /// test.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    SERVICE_NEVER_IN = "PRF0001" "a service that no scenario brings in";
    EVIDENCE_NEVER_ASKED = "PRF0002" "evidence that no scenario asks for";
    QUESTION_NEVER_ASKED = "PRF0003" "a question that no scenario reaches";
    QUESTION_CHANGES_NOTHING = "PRF0004" "a question that changes nothing";
    STAYS_UNDECIDED = "PRF0005" "a condition that stays undecided";
    UNSATISFIABLE = "PRF0006" "evidence that nobody can satisfy";
    CYCLE = "PRF0007" "services that wait for each other in some scenario";
    PROMISE_BEYOND_LAW = "PRF0008" "a promise beyond the legal period in some scenario";
    RECEIVED_WITHOUT_NEED = "PRF0009" "a department receives what it does not need";
    FOR_NOBODY = "PRF0010" "a field that no scenario needs";
    JOINING_WORSE = "PRF0011" "joining is worse than handling alone";
    ONLINE_ONLY = "PRF0012" "a scenario without a common channel that works offline";
    NOTHING_TO_DO = "PRF0013" "a scenario in which there is nothing to do";
    ANNOUNCED_OTHERWISE = "PRF0014" "an announced figure that nobody explains";
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Somebody is stuck, or promised what cannot be.
    Error,
    /// Somebody is asked in vain, or worse off.
    Warning,
    /// Worth knowing.
    Note,
}

/// The item that a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FoundIn {
    Matter,
    Service(ServiceId),
    /// Of a service.
    Evidence(ServiceId, EvidenceTypeId),
    /// Whoever needs it.
    EvidenceType(EvidenceTypeId),
    /// Of a service.
    Field(ServiceId, DataElementId),
    Question(QuestionId),
    /// Where it stands, and its text.
    Condition(Place, String),
    /// Of an announcement.
    Figure(String, Figure),
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    pub code: &'static str,
    pub severity: Severity,
    pub item: FoundIn,
    pub message: Localised,
    /// The shortest counterexample, in words; empty where every scenario is one.
    pub words: Localised,
    /// The same as a filled-in interview.
    pub example: Option<Example>,
    /// It rests on a clause that calculates with several unknowns: it may be so.
    pub possible: bool,
}

impl Finding {
    /// The ids of the item, for those who look for it in the files.
    pub fn place(&self) -> String {
        match &self.item {
            FoundIn::Matter => "matter".to_owned(),
            FoundIn::Service(service) => format!("service {service}"),
            FoundIn::Evidence(service, ty) => format!("service {service}, evidence {ty}"),
            FoundIn::EvidenceType(ty) => format!("evidence {ty}"),
            FoundIn::Field(service, element) => format!("service {service}, field {element}"),
            FoundIn::Question(question) => format!("question {question}"),
            FoundIn::Condition(place, _) => place_text(place),
            FoundIn::Figure(id, figure) => {
                format!("announced {id}, {}", format!("{figure:?}").to_lowercase())
            }
        }
    }
}

fn place_text(place: &Place) -> String {
    let (owner, what) = match place {
        Place::Applies(service) => (service, "when".to_owned()),
        Place::AlreadyDone(service) => (service, "already_done".to_owned()),
        Place::Requirement(service, at) => (service, format!("requirement {at}")),
        Place::Promised(service, at) => (service, format!("promised_when {at}")),
        Place::Statutory(service, at) => (service, format!("statutory_when {at}")),
        Place::Visits(service, at) => (service, format!("visit_when {at}")),
        Place::Fee(service, at) => (service, format!("fee {at}")),
        Place::Procedure(service, at) => (service, format!("special_procedure {at}")),
        Place::Field(service, at) => (service, format!("field {at}")),
        Place::Evidence(service, at) => (service, format!("evidence {at}")),
        Place::Commitment(service, at) => (service, format!("evidence {at}, commitment_when")),
        Place::Deferral(service, at) => (service, format!("evidence {at}, deferral_when")),
        Place::Signatory(service, at) => (service, format!("signatory {at}")),
        Place::SourceOfEvidence(source, ty) => return format!("source {source}, evidence {ty}"),
        Place::SourceOfElement(source, element) => {
            return format!("source {source}, element {element}");
        }
    };
    format!("service {owner}, {what}")
}

/// A message in Chinese and in English; what stands in its places is named in the reader's language.
pub(crate) struct Message<'m> {
    pub(crate) zh: &'m str,
    pub(crate) en: &'m str,
    pub(crate) args: &'m dyn Fn(&Words<'_>) -> Vec<String>,
}

/// Carries what every search needs.
pub(crate) struct Search<'p> {
    pub(crate) proof: &'p Proof,
    pub(crate) catalogue: &'p Catalogue,
    pub(crate) matter: &'p Matter,
    findings: Vec<Finding>,
}

impl Proof {
    /// All findings: by severity, code and item.
    pub fn findings(
        &self,
        catalogue: &Catalogue,
        matter: &Matter,
        spreads: &Spreads,
    ) -> Vec<Finding> {
        let mut search = Search { proof: self, catalogue, matter, findings: Vec::new() };
        search.services();
        search.evidence();
        search.questions();
        search.conditions();
        search.unsatisfied();
        search.cycles();
        search.promises();
        search.received();
        search.never_received();
        search.worse(spreads);
        search.channels();
        search.nothing();
        search.announced(spreads);
        let mut findings = search.findings;
        findings.sort_by(|a, b| (a.severity, a.code, &a.item).cmp(&(b.severity, b.code, &b.item)));
        findings
    }
}

impl Search<'_> {
    /// A finding that holds in these cells, with somebody from them.
    fn find_in(
        &mut self,
        code: &'static str,
        severity: Severity,
        item: FoundIn,
        message: &Message<'_>,
        cells: &Cells,
    ) {
        // Nobody skips anything for the sake of an example that needs no skipping.
        let plain = cells.and(self.proof.space());
        let example = self.proof.example(if plain.is_empty() { cells } else { &plain });
        let possible = example.as_ref().is_some_and(|example| example.possible);
        let words = |words: &Words<'_>| {
            example.as_ref().map_or_else(String::new, |example| words.example(example))
        };
        let words = in_every_language(self.catalogue, self.matter, words);
        let message = self.words(message);
        self.findings.push(Finding { code, severity, item, message, words, example, possible });
    }

    /// A finding that no person shows: something that never happens.
    fn find(
        &mut self,
        code: &'static str,
        severity: Severity,
        item: FoundIn,
        message: &Message<'_>,
    ) {
        let message = self.words(message);
        let words = Localised::default();
        let (example, possible) = (None, false);
        self.findings.push(Finding { code, severity, item, message, words, example, possible });
    }

    fn words(&self, message: &Message<'_>) -> Localised {
        in_every_language(self.catalogue, self.matter, |words| {
            let args = (message.args)(words);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            words.say(message.zh, message.en, &args)
        })
    }

    fn nowhere(&self) -> Cells {
        self.proof.space().minus(self.proof.space())
    }

    fn any<'c>(&self, cells: impl IntoIterator<Item = &'c Cells>) -> Cells {
        cells.into_iter().fold(self.nowhere(), |sum, one| sum.or(one))
    }
}
