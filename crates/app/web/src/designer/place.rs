//! Where something was found, in words: the titles that the definitions give in the reader's language, with the
//! page on which it can be seen. Ids stay for the command line, whose readers search the files.

use catalogue::{Catalogue, Figure, Matter, PublicService};
use proof::Place;
use proof::findings::FoundIn;
use vocabulary::ServiceId;

use crate::naming;
use crate::page::Page;

/// A place in words, and the address of its page; empty = the page of the matter shows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PlaceWords {
    pub(super) words: String,
    pub(super) href: String,
}

/// Names what a finding is about.
pub(super) fn place_words(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    item: &FoundIn,
) -> PlaceWords {
    let of_matter = |words: String| PlaceWords { words, href: String::new() };
    let evidence =
        |id| page.t1("place-evidence", "name", naming::evidence_name(catalogue, page, id));
    let field = |id| page.t1("place-field", "name", naming::element_name(catalogue, page, id));
    let within = |service: &ServiceId, what: String| of_service(catalogue, page, service, &what);
    match item {
        FoundIn::Matter => of_matter(page.t("place-matter")),
        FoundIn::Service(service) => within(service, String::new()),
        FoundIn::Evidence(service, ty) => within(service, evidence(ty)),
        FoundIn::EvidenceType(ty) => of_matter(evidence(ty)),
        FoundIn::Field(service, element) => within(service, field(element)),
        FoundIn::Question(id) => {
            let asked = matter.questions.iter().find(|it| it.id == *id);
            let ask = asked.map_or_else(|| id.to_string(), |it| page.text(&it.ask).to_owned());
            of_matter(page.t1("place-question", "name", ask))
        }
        FoundIn::Condition(place, _) => condition(catalogue, page, place),
        FoundIn::Figure(id, figure) => {
            let announced = matter.announced.iter().find(|it| *it.id == **id);
            let name = announced.map_or(id.as_str(), |it| page.text(&it.name));
            let key = match figure {
                Figure::Steps => "left-steps",
                Figure::Materials => "left-materials",
                Figure::Days => "left-days",
                Figure::Visits => "left-visits",
            };
            of_matter(page.t2("place-figure", "name", name, "figure", page.t(key)))
        }
    }
}

/// `what` of a service: nothing = the service itself.
fn of_service(catalogue: &Catalogue, page: &Page, id: &ServiceId, what: &str) -> PlaceWords {
    let known = catalogue.service(id);
    let name = known.map_or_else(|| id.to_string(), |it| page.text(&it.name).to_owned());
    PlaceWords {
        words: if what.is_empty() {
            page.t1("place-service", "name", name)
        } else {
            page.t2("place-of-service", "name", name, "what", what)
        },
        href: known.map_or_else(String::new, |it| format!("/designer/services/{}", it.id)),
    }
}

/// Where a condition stands.
fn condition(catalogue: &Catalogue, page: &Page, place: &Place) -> PlaceWords {
    let at = |service: &ServiceId, what: &dyn Fn(&PublicService) -> Option<String>| {
        let found = catalogue.service(service).and_then(what);
        of_service(catalogue, page, service, &found.unwrap_or_default())
    };
    let fixed = |service: &ServiceId, key: &str| of_service(catalogue, page, service, &page.t(key));
    // Lists without names are counted, as their writer counts them.
    let nth = |service: &ServiceId, key: &str, at: usize| {
        of_service(catalogue, page, service, &page.t1(key, "n", at.saturating_add(1)))
    };
    let named = |key: &str, name: &str| Some(page.t1(key, "name", name));
    let evidence = |key: &str, service: &PublicService, at: usize| {
        let need = service.evidence.get(at)?;
        named(key, &naming::evidence_name(catalogue, page, &need.ty))
    };
    let told = |source, what: String| PlaceWords {
        words: page.t2(
            "place-source",
            "name",
            naming::source_name(catalogue, page, source),
            "what",
            what,
        ),
        href: String::new(),
    };
    match place {
        Place::Applies(service) => fixed(service, "place-applies"),
        Place::AlreadyDone(service) => fixed(service, "place-already-done"),
        Place::Requirement(service, n) => {
            at(service, &|it| named("place-requirement", page.text(&it.requirements.get(*n)?.text)))
        }
        Place::Promised(service, n) => nth(service, "place-promised", *n),
        Place::Statutory(service, n) => nth(service, "place-statutory", *n),
        Place::Visits(service, n) => nth(service, "place-visits", *n),
        Place::Fee(service, n) => {
            at(service, &|it| named("place-fee", page.text(&it.fees.get(*n)?.name)))
        }
        Place::Procedure(service, n) => at(service, &|it| {
            named("place-procedure", page.text(&it.special_procedures.get(*n)?.name))
        }),
        Place::Field(service, n) => at(service, &|it| {
            let element = &it.fields.get(*n)?.element;
            named("place-field", &naming::element_name(catalogue, page, element))
        }),
        Place::Evidence(service, n) => at(service, &|it| evidence("place-evidence", it, *n)),
        Place::Commitment(service, n) => at(service, &|it| evidence("place-commitment", it, *n)),
        Place::Deferral(service, n) => at(service, &|it| evidence("place-deferral", it, *n)),
        Place::Signatory(service, n) => {
            at(service, &|it| named("place-signatory", page.text(&it.signatories.get(*n)?.name)))
        }
        Place::SourceOfEvidence(source, ty) => {
            told(source, naming::evidence_name(catalogue, page, ty))
        }
        Place::SourceOfElement(source, element) => {
            told(source, naming::element_name(catalogue, page, element))
        }
    }
}
