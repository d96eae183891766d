//! Licences that could not be issued.

use super::Check;
use crate::OutputKind;
use crate::codes;

impl Check<'_, '_, '_> {
    /// A licence has a type, a holder and an issuer with a code; its identifier is made of them.
    pub(super) fn licences(&mut self) {
        for (placed, service) in self.services.values().copied().collect::<Vec<_>>() {
            for (written, output) in placed.item.output.iter().zip(&service.outputs) {
                let place = placed.place(&written.id);
                if output.valid_months == Some(0) {
                    let message = format!("output `{}` is valid for no time", output.id);
                    let hint = "leave `valid_months` out for a validity without end".to_owned();
                    self.report.error(codes::BAD_BOUNDS, place, message, hint);
                }
                if let (Some(written), Some(ty)) = (&written.licence_type, &output.licence_type)
                    && !(ty.len() == 3 && ty.bytes().all(|byte| byte.is_ascii_digit()))
                {
                    let message = format!("`{ty}` is not a licence type");
                    let hint = "it has three digits, given by the issuer".to_owned();
                    self.report.error(codes::BAD_CODE, placed.place(written), message, hint);
                }
                if output.kind != OutputKind::Licence {
                    continue;
                }
                let mut lacks = Vec::new();
                if output.licence_type.is_none() {
                    lacks.push("a `licence_type`".to_owned());
                }
                if output.holder.is_none() {
                    lacks.push("a `holder`".to_owned());
                }
                if let Some(authority) = self.catalogue.organisations.get(&service.authority)
                    && authority.uscc.is_none()
                {
                    lacks.push(format!("a `uscc` of its issuer `{}`", authority.id));
                }
                if !lacks.is_empty() {
                    let message = format!("licence `{}` lacks {}", output.id, lacks.join(" and "));
                    let hint =
                        "its identifier is made of the issuer's code and its type".to_owned();
                    self.report.error(codes::INCOMPLETE_LICENCE, place, message, hint);
                }
            }
        }
    }
}
