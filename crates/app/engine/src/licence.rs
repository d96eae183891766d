//! What a licence says: from the definition of an output and the facts of a case.
//!
//! Numbers and dates are made by `outputs`; only the verification code is chance, made here at the rim.

use casework::Application;
use catalogue::{Catalogue, Output, PublicService, Sensitivity};
use outputs::{Issuer, Issuing, Licence};
use store_port::{Fault, chance};
use vocabulary::codes::verification_code;
use vocabulary::{DataElementId, Date, Facts, LicenceId, NodeKey, Slot, Value};

/// Which licence, and of what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issued<'a> {
    pub(crate) id: LicenceId,
    pub(crate) application: &'a Application,
    pub(crate) node: &'a NodeKey,
    pub(crate) service: &'a PublicService,
    pub(crate) output: &'a Output,
}

/// Writes the licence.
///
/// # Errors
/// The definition says that it is a licence, but not of which type or by whom.
pub(crate) fn issue(
    catalogue: &Catalogue,
    issued: Issued<'_>,
    facts: &Facts,
    issued_on: Date,
) -> Result<Licence, Fault> {
    let undefined = || Fault::Corrupt { what: "definition of a licence" };
    let Issued { id, application, node, service, output } = issued;
    let issuer = catalogue.organisations.get(&service.authority).ok_or_else(undefined)?;
    let slot = |element: &DataElementId| slot_of(catalogue, element, node);
    let holder = output.holder.as_ref().and_then(|element| facts.value(&slot(element)));
    let sensitivity = output.holder.as_ref().and_then(|element| catalogue.element(element));
    let prints = output.prints.iter().map(|element| {
        let slot = slot(element);
        let value = facts.value(&slot).cloned().unwrap_or(Value::Null);
        (slot, value)
    });
    outputs::issue(Issuing {
        id,
        application,
        node,
        output: &output.id,
        version: 1,
        name: &output.name,
        licence_type: output.licence_type.as_deref(),
        defined_by: None,
        issuer: Issuer { id: &issuer.id, uscc: issuer.uscc.as_deref(), name: &issuer.name },
        holder: holder.map(ToString::to_string).unwrap_or_default(),
        holder_public: sensitivity.is_some_and(|e| e.sensitivity == Sensitivity::Public),
        prints: prints.collect(),
        issued_on,
        valid_months: output.valid_months,
        verification_code: verification_code::make(chance::wide_number()),
    })
    .map_err(|_| undefined())
}

/// The element's slot as a node sees it: its own member's, if the element belongs to the node's group.
fn slot_of(catalogue: &Catalogue, element: &DataElementId, node: &NodeKey) -> Slot {
    let grouped = catalogue.element(element).is_some_and(|element| element.group.is_some());
    let member = node.member.clone().filter(|_| grouped);
    Slot { element: element.clone(), member }
}
