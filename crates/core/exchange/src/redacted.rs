//! `Debug` without personal values: what reaches a log by mistake names ids and kinds only.

use std::fmt;

use crate::translate::{GrantedValues, Words};
use crate::wire::{
    DepartmentReply, DepartmentRequest, SourceRequest, WireCorrection, WireEvidence, WireNotice,
    WireOutput, WireOwed, WireReply, WireValue,
};

impl fmt::Debug for DepartmentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DepartmentRequest")
            .field("dispatch_id", &self.dispatch_id)
            .field("kind", &self.kind)
            .field("service", &self.service)
            .field("fields", &self.fields.keys())
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WireValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::Date(_) => "date",
        })
    }
}

impl fmt::Debug for WireEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireEvidence")
            .field("evidence_id", &self.evidence_id)
            .field("ty", &self.ty)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WireCorrection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireCorrection")
            .field("round", &self.round)
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WireNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireNotice")
            .field("about", &self.about)
            .field("service", &self.service)
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WireOwed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireOwed").field("ty", &self.ty).field("until", &self.until).finish()
    }
}

impl fmt::Debug for DepartmentReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DepartmentReply")
            .field("dispatch_id", &self.dispatch_id)
            .field("department_seq", &self.department_seq)
            .field("decided_at", &self.decided_at)
            .field("reply", &self.reply)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WireReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl fmt::Debug for WireOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireOutput")
            .field("id", &self.id)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SourceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceRequest")
            .field("source", &self.source)
            .field("purpose", &self.purpose)
            .field("elements", &self.elements)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for GrantedValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots: Vec<String> = self.values.iter().map(|(slot, _)| slot.to_string()).collect();
        f.debug_struct("GrantedValues").field("slots", &slots).finish_non_exhaustive()
    }
}
