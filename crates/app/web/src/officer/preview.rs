//! Letters before they are sent: exactly what the applicant will see, made of what is typed.

use casework::{ServiceCase, ServiceState};
use catalogue::Catalogue;

use super::desk::{Deed, Desk, Typed};
use super::procedures;
use crate::applicant::case_view::{case_node_name, line_text};
use crate::checklist_view::OUTSIDE;
use crate::errors::WebError;
use crate::letters::{self, Letter};
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;

/// The letter that this form would send; `None` when the deed sends none.
///
/// # Errors
/// Never for a desk that was loaded.
pub fn letter(
    page: &Page,
    desk: &Desk,
    deed: Deed,
    typed: &Typed,
) -> Result<Option<Letter>, WebError> {
    let service = desk.service()?;
    let catalogue = &*desk.catalogue;
    let key = &service.node.key;
    let definition = catalogue.service(&key.service);
    let name = case_node_name(catalogue, page, desk.case(), key);
    let said = vec![typed.get("words").trim().to_owned()];
    let department = naming::organisation_name(catalogue, page, &service.node.department);
    Ok(match deed {
        Deed::Correct => {
            let full = naming::organisation_full_name(catalogue, page, &service.node.department);
            Some(letters::correction(page, &full, ticked(catalogue, page, service, typed), said))
        }
        Deed::Refuse | Deed::NotAccept => {
            let ground = line_text(catalogue, page, key, &typed.get("ground").into());
            let remedies = letters::remedies(catalogue, page, definition);
            let refuses = deed == Deed::Refuse;
            Some(letters::no(page, refuses, &name, &department, ground, said, &remedies))
        }
        Deed::Grant => {
            let names = letters::output_names(page, definition, service);
            Some(letters::grant(page, &name, &department, names))
        }
        Deed::BeginProcedure => procedures::letter(page, desk, typed, &department, said)?,
        Deed::Extend => {
            let by = service.node.extension.map(|period| period_text(page, period));
            let leave = typed.get("leave").trim();
            let by = by.unwrap_or_default();
            Some(letters::extension(page, &name, &department, &by, None, leave, said))
        }
        Deed::Accept | Deed::EndProcedure | Deed::Settle | Deed::Withdrawal | Deed::Resolve => None,
    })
}

/// The ticked lines in the order of the checklist.
fn ticked(catalogue: &Catalogue, page: &Page, service: &ServiceCase, typed: &Typed) -> Vec<String> {
    let definition = catalogue.service(&service.node.key.service);
    let checklist = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
    let is_ticked = |id: &str| typed.all("line").any(|ticked| ticked == id);
    let lines = checklist.iter().filter(|line| is_ticked(line.id.as_str()));
    lines
        .map(|line| page.text(&line.text).to_owned())
        .chain(is_ticked(OUTSIDE).then(|| page.t("checklist-outside")))
        .collect()
}

/// What the deed does to the clocks.
pub fn clock_effect(page: &Page, deed: Deed, service: &ServiceCase, within: &str) -> String {
    match deed {
        Deed::Correct => page.t1("correct-clock", "period", within),
        Deed::Accept if service.node.statutory.is_some() => page.t("deed-accept-hint"),
        Deed::Grant | Deed::Refuse | Deed::NotAccept
            if service.state != ServiceState::Contested =>
        {
            page.t("clock-ends")
        }
        _ => String::new(),
    }
}
