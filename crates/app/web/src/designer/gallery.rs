//! Every component with all its states, in every language that is offered and in elder mode: where a designer
//! sees what pages are built of, and where a change of a style shows what it does.

use askama::Template;
use axum::response::Response;

use crate::applicant::field_view::{FieldView, InputKind, OptionView};
use crate::applicant::interview::ErrorLine;
use crate::components::{Button, Clock, Figure, Light, Notice, Tag, Tone, Weight};
use crate::page::Page;
use crate::plan_view::{EvidenceRow, LeftBar, ReductionView};
use crate::views::render;

/// The components in one language.
#[derive(Debug)]
struct Specimens {
    p: Page,
    /// In elder mode.
    large: bool,
    name: String,
    html_lang: String,
    tags: Vec<Tag>,
    notices: Vec<Notice>,
    buttons: Vec<Button>,
    lights: Vec<Light>,
    figures: Vec<Figure>,
    fields: Vec<FieldView>,
    errors: Vec<ErrorLine>,
    evidence: Vec<EvidenceRow>,
    /// The same list when it is empty.
    reductions: ReductionView,
}

#[derive(Template, Debug)]
#[template(path = "designer/gallery.html")]
struct GalleryPage<'a> {
    p: &'a Page,
    specimens: Vec<Specimens>,
}

pub async fn gallery(page: Page) -> Result<Response, Response> {
    let own = page.languages();
    let mut specimens: Vec<Specimens> = own
        .iter()
        .map(|one| {
            let mut p = page.clone();
            p.lang = vocabulary::Lang::new(one.tag.as_str());
            specimens(p, &one.tag, one.name.clone(), one.html_lang.clone(), false)
        })
        .collect();
    let elder = page.t("gallery-elder");
    specimens.push(self::specimens(page.clone(), "large", elder, page.html_lang(), true));
    render(&GalleryPage { p: &page, specimens }).map_err(|error| error.into_page(&page))
}

fn specimens(p: Page, prefix: &str, name: String, html_lang: String, large: bool) -> Specimens {
    let fields = fields(&p, prefix);
    let wrong = fields.iter().filter(|field| !field.error.is_empty());
    let errors = wrong.map(|field| ErrorLine { target: field.id(), words: field.error.clone() });
    let states = [
        "state-accepted",
        "state-granted",
        "state-correction-requested",
        "state-refused",
        "state-waiting",
        "state-withdrawn",
    ];
    let notices = [
        (Tone::Plain, "receipt-next", "receipt-next-words"),
        (Tone::Ok, "evidence-heading", "evidence-complete"),
        (Tone::Warn, "provisional", "date-provisional"),
        (Tone::Seal, "error-conflict-title", "error-stale"),
    ];
    let bar = |key: &str, before: u32, after: u32| LeftBar {
        name: p.t(key),
        before: before.to_string(),
        after: after.to_string(),
        before_n: before,
        after_n: after,
        vanished: Vec::new(),
    };
    let birth = p.t("gallery-service");
    Specimens {
        tags: Tone::ALL
            .into_iter()
            .zip(states)
            .map(|(tone, key)| Tag { words: p.t(key), tone, title: String::new() })
            .collect(),
        notices: notices
            .into_iter()
            .map(|(tone, heading, words)| Notice { heading: p.t(heading), words: p.t(words), tone })
            .collect(),
        buttons: [
            (Weight::First, "matter-start", false),
            (Weight::Second, "save-for-later", false),
            (Weight::Danger, "withdraw-confirm", false),
            (Weight::First, "continue", true),
        ]
        .into_iter()
        .map(|(weight, key, disabled)| Button { words: p.t(key), weight, disabled })
        .collect(),
        lights: Clock::ALL
            .into_iter()
            .map(|clock| Light { words: p.t(clock.key()), clock })
            .collect(),
        figures: [
            ("figure-departments", "5"),
            ("figure-days", "5"),
            ("figure-bring", "2"),
            ("figure-visits", "0"),
        ]
        .into_iter()
        .map(|(key, value)| Figure { name: p.t(key), value: value.to_owned() })
        .collect(),
        errors: errors.collect(),
        evidence: vec![
            EvidenceRow {
                key: String::new(),
                name: p.t("gallery-evidence"),
                origin: p.t("way-source"),
                used_by: birth.clone(),
                hint: String::new(),
                reason: String::new(),
                other_ways: String::new(),
            },
            EvidenceRow {
                key: String::new(),
                name: p.t("evidence-title"),
                origin: p.t("way-upload"),
                used_by: birth.clone(),
                hint: String::new(),
                reason: p.t("group-bring"),
                other_ways: String::new(),
            },
        ],
        reductions: ReductionView {
            bars: vec![
                bar("left-steps", 14, 4),
                bar("left-materials", 13, 2),
                bar("left-days", 21, 5),
                bar("left-visits", 5, 0),
            ],
            without: String::new(),
        },
        fields,
        p,
        large,
        name,
        html_lang,
    }
}

/// A field of every kind: empty, filled in, wrong, optional.
fn fields(p: &Page, prefix: &str) -> Vec<FieldView> {
    let field = |name: &str, kind, label: &str, value: &str| FieldView {
        name: format!("{prefix}-{name}"),
        label: p.t(label),
        hint: String::new(),
        unit: String::new(),
        kind,
        options: Vec::new(),
        value: value.to_owned(),
        optional: false,
        max_length: 200,
        error: String::new(),
        used_for: String::new(),
    };
    let option = |value: &str, key: &str, chosen| OptionView {
        value: value.to_owned(),
        name: p.t(key),
        hint: String::new(),
        chosen,
    };
    let holder = p.t("licence-holder");
    vec![
        FieldView {
            hint: p.t("verify-check-hint"),
            ..field("text", InputKind::Text, "licence-holder", "")
        },
        FieldView {
            error: p.t1("answer-citizen-id-check", "name", &holder),
            ..field("code", InputKind::Code, "licence-holder", "110101199003070010")
        },
        FieldView {
            options: vec![option("1", "value-yes", true), option("0", "value-no", false)],
            ..field("choice", InputKind::Choice, "rate-heading", "1")
        },
        field("date", InputKind::Date, "licence-issued", "2026-11-22"),
        field("phone", InputKind::Phone, "window-phone", "13800001234"),
        FieldView { optional: true, ..field("long", InputKind::LongText, "correct-words", "") },
    ]
}
