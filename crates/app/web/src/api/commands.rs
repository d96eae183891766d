//! What an applicant's program may do to a case, as her pages do it: each command with an id of its own, on the version
//! that was seen. The contract stands in `docs/protocol/cases-v1.md`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::{Command, ServiceWay};
use engine::ToSeal;
use serde::Deserialize;
use serde_json::json;
use store_port::fresh_id;
use vocabulary::SealedId;

use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::overtaken;
use crate::page::Page;
use crate::state::App;

/// Words may be so long.
const WORDS_CHARS_MAX: usize = 2000;

/// What is sent.
#[derive(Deserialize, Debug)]
struct Sent {
    command_id: String,
    /// The version of the case that was seen.
    version: u64,
    #[serde(flatten)]
    what: What,
}

/// The commands.
#[derive(Deserialize, Debug)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum What {
    /// One service, or all that are open.
    Withdraw {
        service: Option<String>,
    },
    /// On an act that was announced 陈述申辩.
    Speak {
        service: String,
        words: String,
    },
    ConfirmVisit {
        visit: String,
        number: u32,
        time: u32,
    },
    AskOtherTime {
        visit: String,
        number: u32,
        words: String,
    },
    /// That a document has reached her.
    ConfirmDocument {
        document: String,
    },
}

impl What {
    /// Their words, for whoever sent another one.
    const ALL: [&'static str; 5] =
        ["withdraw", "speak", "confirm-visit", "ask-other-time", "confirm-document"];

    /// Kept apart from the pages' only by the command's id.
    const fn action(&self) -> &'static str {
        match self {
            Self::Withdraw { .. } => "withdraw",
            Self::Speak { .. } => "speak",
            Self::ConfirmVisit { .. } | Self::AskOtherTime { .. } => "visit",
            Self::ConfirmDocument { .. } => "serve",
        }
    }
}

/// POST /api/v1/cases/{case}/commands.
pub async fn command(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    body: Bytes,
) -> Response {
    let bad = || WebError::Bad { code: "WEB0002", key: "error-bad" };
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let sent: Sent = serde_json::from_slice(&body).map_err(|_| bad())?;
        let id = load::command(&sent.command_id)?;
        let action = sent.what.action();
        let node = |text: &str| text.parse().map_err(|_| bad());
        let mut seal = Vec::new();
        let mut words = |text: &str| {
            let text = text.trim();
            let length = text.chars().count();
            if length == 0 || length > WORDS_CHARS_MAX {
                return Err(bad());
            }
            let id = SealedId(fresh_id());
            seal.push(ToSeal { id, clear: text.as_bytes().to_vec() });
            Ok(id)
        };
        let command = match &sent.what {
            What::Withdraw { service } => {
                Command::Withdraw { node: service.as_deref().map(node).transpose()? }
            }
            What::Speak { service, words: said } => {
                Command::AnswerRevocation { node: node(service)?, answer: words(said)? }
            }
            What::ConfirmVisit { visit, number, time } => {
                Command::ConfirmVisit { visit: visit.as_str().into(), number: *number, slot: *time }
            }
            What::AskOtherTime { visit, number, words: said } => Command::AskOtherTime {
                visit: visit.as_str().into(),
                number: *number,
                words: Some(words(said)?),
            },
            What::ConfirmDocument { document } => {
                let found = file.case.document_numbered(document).ok_or(WebError::NotFound)?;
                Command::Serve { document: found.id.clone(), way: ServiceWay::Online }
            }
        };
        let actor = load::actor(&page);
        let version = Some(sent.version);
        match app.engine.execute(actor, action, id, file.case.id, version, command, seal).await {
            Ok(done) => Ok(Json(json!({
                "case": done.case.to_string(),
                "version": done.version,
                "repeated": done.repeated,
            }))
            .into_response()),
            Err(error) => {
                Err(overtaken::told(&app, &page, file.case.id, sent.version, error).await)
            }
        }
    };
    match done.await {
        Ok(response) => response,
        // What would be accepted goes along.
        Err(error @ WebError::Bad { .. }) => {
            error.into_problem_with(&page, Some(("accepted", json!({ "do": What::ALL }))))
        }
        Err(error) => error.into_problem(&page),
    }
}
