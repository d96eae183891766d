//! What went wrong, as `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};

/// The media type of a [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A problem document. It never repeats what was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// A URI that names the kind; `urn:yijianshi:code:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// This occurrence's reference for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The stable code with a page in `docs/codes/`.
    pub code: String,
}

impl Problem {
    pub fn new(code: &str, status: u16, title: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:yijianshi:code:{code}"),
            title: title.into(),
            status,
            detail: None,
            instance: None,
            code: code.to_owned(),
        }
    }

    /// The same with a sentence about this occurrence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
