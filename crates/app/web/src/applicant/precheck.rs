//! 预审: 可提交, or everything that still has to be mended, each with the place where; and the checklists by which
//! the application will be looked at. Starts no clock, refuses nothing, keeps nothing.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::Catalogue;
use engine::precheck::CheckedBy;
use engine::{PrecheckFault, PrecheckRemark};
use plan::Plan;
use vocabulary::{DraftId, Facts, Slot};

use crate::access::Action;
use crate::applicant::field_view::finding_text;
use crate::applicant::load;
use crate::checklist_view::{ChecklistView, Marks, checklists, line_text};
use crate::errors::WebError;
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::picture::planned_name;
use crate::plan_view::evidence_key_name;
use crate::state::App;
use crate::views::render;

/// One thing to be mended.
#[derive(Debug)]
struct FaultRow {
    kind: String,
    words: String,
    /// Where it is put right.
    link: String,
    /// Lines of checklists that look at it.
    lines: Vec<String>,
}

#[derive(Template, Debug)]
#[template(path = "applicant/precheck.html")]
struct PrecheckPage<'a> {
    p: &'a Page,
    draft: String,
    title: String,
    faults: Vec<FaultRow>,
    remarks: Vec<String>,
    lists: Vec<ChecklistView>,
}

/// GET /drafts/{draft}/precheck.
pub async fn precheck(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        if let Some(case) = draft.submitted_as {
            return Ok(Redirect::to(&format!("/cases/{case}")).into_response());
        }
        let login = load::login(&app, &page, &draft).await?;
        let draft = app.engine.fetch_sources(draft, &login).await?;
        let catalogue = load::catalogue(&app);
        let matter = load::matter(&catalogue, &draft)?;
        let plan = app.engine.plan_of(&draft).await?;
        let checked = app.engine.precheck(&draft).await?;
        let row = |fault: &PrecheckFault| FaultRow {
            kind: page.t(&format!("precheck-kind-{}", fault.kind())),
            words: fault_words(&catalogue, &page, &plan, &draft.facts, fault),
            link: mended_at(draft.id, fault),
            lines: lines(&catalogue, &page, fault),
        };
        render(&PrecheckPage {
            p: &page,
            draft: draft.id.to_string(),
            title: page.text(&matter.title).to_owned(),
            faults: checked.faults.iter().map(row).collect(),
            remarks: checked
                .remarks
                .iter()
                .map(|remark| remark_words(&catalogue, &page, &plan, remark))
                .collect(),
            lists: checklists(&catalogue, &page, &plan, |_| Marks::default()),
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What is to be mended, in words.
pub fn fault_words(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    facts: &Facts,
    fault: &PrecheckFault,
) -> String {
    match fault {
        PrecheckFault::Question { question, member } => {
            let matter = catalogue.matter(plan.matter.as_str());
            let asked = matter.and_then(|it| it.questions.iter().find(|it| it.id == *question));
            let ask =
                asked.map_or_else(|| question.to_string(), |it| page.text(&it.ask).to_owned());
            let who = member.as_ref().map(naming::member_number).unwrap_or_default();
            page.t1("precheck-question", "ask", format!("{ask}{who}"))
        }
        PrecheckFault::FieldMissing { slot, .. } => {
            page.t1("missing-field", "name", slot_words(catalogue, page, facts, slot))
        }
        PrecheckFault::FieldInvalid { slot, finding, .. } => page.t2(
            "precheck-invalid",
            "name",
            slot_words(catalogue, page, facts, slot),
            "why",
            finding_text(catalogue, page, finding),
        ),
        PrecheckFault::EvidenceMissing { key, .. } => {
            page.t1("missing-evidence", "name", evidence_key_name(catalogue, page, plan, key))
        }
        PrecheckFault::File { key, name, why, .. } => page.t2(
            &format!("precheck-file-{}", why.as_str()),
            "name",
            evidence_key_name(catalogue, page, plan, key),
            "file",
            name,
        ),
        PrecheckFault::SignatoryUnknown { slot, node } => page.t2(
            "precheck-signatory",
            "service",
            planned_name(catalogue, page, plan, node),
            "name",
            slot_words(catalogue, page, facts, slot),
        ),
        PrecheckFault::NeedsFirst(needs) => needs_first_words(catalogue, page, plan, needs),
        PrecheckFault::NothingToApplyFor => page.t("precheck-nothing"),
    }
}

/// That a service cannot do without another one's output.
pub fn needs_first_words(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    needs: &plan::NeedsFirst,
) -> String {
    let from: Vec<&str> = needs
        .from
        .iter()
        .filter_map(|id| catalogue.service(id).map(|service| page.text(&service.name)))
        .collect();
    page.tn(
        "precheck-needs-first",
        &[
            ("service", planned_name(catalogue, page, plan, &needs.node)),
            ("evidence", evidence_key_name(catalogue, page, plan, &needs.evidence)),
            ("from", from.join(&page.t("list-separator"))),
        ],
    )
}

/// Something to know, in words.
pub fn remark_words(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    remark: &PrecheckRemark,
) -> String {
    let PrecheckRemark::NotEligible { node, requirements } = remark;
    let service = catalogue.service(&node.service);
    let known = service.map(|it| it.requirements.as_slice()).unwrap_or_default();
    let texts: Vec<&str> = known
        .iter()
        .filter(|it| requirements.contains(&it.id))
        .map(|it| page.text(&it.text))
        .collect();
    page.t2(
        "precheck-not-eligible",
        "service",
        planned_name(catalogue, page, plan, node),
        "requirements",
        texts.join(&page.t("list-separator")),
    )
}

fn slot_words(catalogue: &Catalogue, page: &Page, facts: &Facts, slot: &Slot) -> String {
    let name = naming::slot_name(catalogue, page, slot);
    let group = catalogue.element(&slot.element).and_then(|element| element.group.as_ref());
    let count = group.and_then(|group| facts.members(group)).map_or(0, <[_]>::len);
    match &slot.member {
        Some(member) if count > 1 => {
            let label = naming::member_label(catalogue, page, &slot.element, member, count);
            format!("{label} · {name}")
        }
        _ => name,
    }
}

/// The place where it is put right.
fn mended_at(draft: DraftId, fault: &PrecheckFault) -> String {
    let field = |slot: &Slot| {
        format!("/drafts/{draft}/form#f-{}", slot.to_string().replace(['.', '~'], "-"))
    };
    let piece = |key: &plan::EvidenceKey| {
        format!("/drafts/{draft}/evidence#e-{}", key.to_string().replace('~', "-"))
    };
    match fault {
        PrecheckFault::Question { question, member } => {
            let member = member.as_ref().map(|member| format!("~{member}")).unwrap_or_default();
            let key = percent_encoded(&format!("{question}{member}"));
            format!("/drafts/{draft}/question?q={key}")
        }
        PrecheckFault::FieldMissing { slot, .. }
        | PrecheckFault::FieldInvalid { slot, .. }
        | PrecheckFault::SignatoryUnknown { slot, .. } => field(slot),
        PrecheckFault::EvidenceMissing { key, .. } | PrecheckFault::File { key, .. } => piece(key),
        PrecheckFault::NeedsFirst(_) | PrecheckFault::NothingToApplyFor => {
            format!("/drafts/{draft}/plan")
        }
    }
}

/// The lines of checklists that look at it, each once.
fn lines(catalogue: &Catalogue, page: &Page, fault: &PrecheckFault) -> Vec<String> {
    let checked: &[CheckedBy] = match fault {
        PrecheckFault::FieldMissing { lines, .. }
        | PrecheckFault::FieldInvalid { lines, .. }
        | PrecheckFault::EvidenceMissing { lines, .. } => lines,
        _ => &[],
    };
    let mut texts: Vec<String> = Vec::new();
    for by in checked {
        let text = line_text(page, catalogue.service(&by.node.service), &by.line);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
