//! 预审 for machines: facts in, 可提交 or everything that still has to be mended out. Nothing is kept, no clock
//! starts, nothing is refused. The contract stands in `docs/protocol/precheck-v1.md`.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::Catalogue;
use engine::precheck::{CheckedBy, look_through};
use engine::{Precheck, PrecheckFault, PrecheckRemark};
use plan::Plan;
use plan::answers::AnswersAsWritten;
use serde_json::{Value, json};
use vocabulary::Facts;

use super::matters::{not_right, told, unreadable};
use crate::applicant::precheck::{fault_words, remark_words};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// POST /api/v1/matters/{matter}/precheck.
pub async fn precheck(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let catalogue = app.engine.catalogue();
    let Some(matter) = catalogue.matter(&id) else {
        return WebError::NotFound.into_problem(&page);
    };
    let written: AnswersAsWritten = match serde_json::from_slice(&body) {
        Ok(written) => written,
        Err(error) => return unreadable(&page, &error),
    };
    let circumstances = match written.resolve(catalogue, matter, Some(app.now())) {
        Ok(circumstances) => circumstances,
        Err(findings) => return not_right(catalogue, &page, &written, &findings),
    };
    let plan = circumstances.plan(catalogue, matter);
    let (facts, silent) = (&circumstances.facts, &circumstances.unreachable);
    let nothing = &plan::standing::NOTHING;
    let open = app.engine.open_questions(matter, nothing, facts, silent, plan.as_of).await;
    // Files stay with who asks: what is said to be there is there.
    let checked = look_through(catalogue, &plan, facts, open, &[]);
    told(&page, answer(catalogue, &page, &plan, facts, &checked))
}

fn answer(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    facts: &Facts,
    checked: &Precheck,
) -> Value {
    let fault = |fault: &PrecheckFault| {
        let mut row = about(fault);
        if let Some(row) = row.as_object_mut() {
            row.insert("kind".to_owned(), json!(fault.kind()));
            let words = fault_words(catalogue, page, plan, facts, fault);
            row.insert("message".to_owned(), json!(words));
        }
        row
    };
    let remark = |remark: &PrecheckRemark| {
        let PrecheckRemark::NotEligible { node, requirements } = remark;
        json!({
            "kind": "not-eligible",
            "service": node.to_string(),
            "requirements": requirements,
            "message": remark_words(catalogue, page, plan, remark),
        })
    };
    json!({
        "matter": plan.matter,
        "matter_revision": plan.matter_revision,
        "as_of": plan.as_of,
        "ready": checked.is_ready(),
        "faults": checked.faults.iter().map(fault).collect::<Vec<_>>(),
        "remarks": checked.remarks.iter().map(remark).collect::<Vec<_>>(),
    })
}

/// What a fault is about, by ids.
fn about(fault: &PrecheckFault) -> Value {
    let lines = |lines: &[CheckedBy]| -> Vec<Value> {
        let line = |by: &CheckedBy| json!({ "service": by.node.to_string(), "line": by.line });
        lines.iter().map(line).collect()
    };
    match fault {
        PrecheckFault::Question { question, member } => {
            json!({ "question": question, "member": member })
        }
        PrecheckFault::FieldMissing { slot, lines: by } => {
            json!({ "field": slot.to_string(), "checked_by": lines(by) })
        }
        PrecheckFault::FieldInvalid { slot, finding, lines: by } => {
            json!({ "field": slot.to_string(), "code": finding.code, "checked_by": lines(by) })
        }
        PrecheckFault::EvidenceMissing { key, lines: by } => {
            json!({ "evidence": key.to_string(), "checked_by": lines(by) })
        }
        PrecheckFault::File { key, why, .. } => {
            json!({ "evidence": key.to_string(), "why": why.as_str() })
        }
        PrecheckFault::SignatoryUnknown { slot, node } => {
            json!({ "field": slot.to_string(), "service": node.to_string() })
        }
        PrecheckFault::NeedsFirst(needs) => json!({
            "service": needs.node.to_string(),
            "evidence": needs.evidence.to_string(),
            "from": needs.from,
        }),
        PrecheckFault::NothingToApplyFor => json!({}),
    }
}
