//! What a licence says: from the definition of an output and the facts of a case.
//!
//! The numbers are made by `vocabulary`; only the verification code is chance, made here at the rim.

use catalogue::{Catalogue, Output, PublicService};
use jiff::ToSpan;
use outputs::{Licence, LicenceStatus};
use store_port::Fault;
use vocabulary::codes::licence_id::LicenceIdParts;
use vocabulary::codes::verification_code;
use vocabulary::{CaseId, DataElementId, Date, Facts, LicenceId, NodeKey, Slot, Value};

/// Every licence that is issued is the first of its serial.
const FIRST_VERSION: &str = "001";

/// Which licence, and of what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids<'a> {
    pub(crate) licence: LicenceId,
    pub(crate) case: CaseId,
    pub(crate) node: &'a NodeKey,
}

/// Writes the licence.
///
/// # Errors
/// The definition says that it is a licence, but not of which type or by whom.
pub(crate) fn issue(
    catalogue: &Catalogue,
    ids: Ids<'_>,
    (service, output): (&PublicService, &Output),
    facts: &Facts,
    issued_on: Date,
) -> Result<Licence, Fault> {
    let undefined = || Fault::Corrupt { what: "definition of a licence" };
    let issuer = catalogue.organisations.get(&service.authority).ok_or_else(undefined)?;
    let uscc = issuer.uscc.clone().ok_or_else(undefined)?;
    let kind = output.licence_type.as_deref().ok_or_else(undefined)?;
    let code = LicenceIdParts {
        licence_type: format!("{uscc}{kind}"),
        issuer: uscc.clone(),
        serial: ids.licence.0.as_simple().to_string().to_uppercase(),
        version: FIRST_VERSION.to_owned(),
    };
    let slot = |element: &DataElementId| slot_of(catalogue, element, ids.node);
    let holder = output.holder.as_ref().and_then(|element| facts.value(&slot(element)));
    let prints = output.prints.iter().map(|element| {
        let slot = slot(element);
        let value = facts.value(&slot).cloned().unwrap_or(Value::Null);
        (slot, value)
    });
    Ok(Licence {
        id: ids.licence,
        case: ids.case,
        node: ids.node.clone(),
        output: output.id.to_string(),
        name: output.name.clone(),
        code: code.build().map_err(|_| undefined())?,
        verification_code: verification_code::make(rand::random()),
        issuer: issuer.id.clone(),
        issuer_uscc: uscc,
        issuer_name: issuer.name.clone(),
        holder: holder.map(ToString::to_string).unwrap_or_default(),
        prints: prints.collect(),
        issued_on,
        valid_until: output
            .valid_months
            .map(|months| issued_on.saturating_add(i64::from(months).months())),
        status: LicenceStatus::Valid,
    })
}

/// The element's slot as a node sees it: its own member's, if the element belongs to the node's group.
fn slot_of(catalogue: &Catalogue, element: &DataElementId, node: &NodeKey) -> Slot {
    let grouped = catalogue.element(element).is_some_and(|element| element.group.is_some());
    let member = node.member.clone().filter(|_| grouped);
    Slot { element: element.clone(), member }
}
