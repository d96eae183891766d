//! Numbered documents: the code that verifies each, and who asks with it.
//!
//! A document is not stored, and neither is its code: it follows from the number and the subject's key. With the
//! key it goes, and the document can no longer be verified.

use std::sync::Arc;

use casework::{Case, Document};
use vocabulary::codes::verification_code;

use crate::{Engine, EngineError};

/// What of a keyed hash goes into a code, in hexadecimal digits.
const HASH_DIGITS: usize = 32;

impl Engine {
    /// The code with which anyone verifies the document of this number; `None` after an erasure.
    ///
    /// # Errors
    /// A fault.
    pub async fn document_check(
        &self,
        case: &Case,
        number: &str,
    ) -> Result<Option<String>, EngineError> {
        let Some(key) = self.vault.key_of(case.application.subject).await? else {
            return Ok(None);
        };
        let hash = key.keyed_hash(format!("document/{number}").as_bytes());
        let digits = hash.get(..HASH_DIGITS).unwrap_or_default();
        Ok(u128::from_str_radix(digits, 16).ok().map(verification_code::make))
    }

    /// The document of this number, if the code goes with it. An unknown number and a wrong code look the same.
    ///
    /// # Errors
    /// A fault.
    pub async fn verify_document(
        &self,
        number: &str,
        check: &str,
    ) -> Result<Option<(Arc<Case>, Document)>, EngineError> {
        let Some((case_number, _)) = number.split_once('-') else { return Ok(None) };
        let Some(row) = self.store().find_case_by_number(case_number).await? else {
            return Ok(None);
        };
        let Some(case) = self.case(row.case_id).await? else { return Ok(None) };
        let right = self.document_check(&case, number).await?;
        if right.is_none() || right != verification_code::parse(check) {
            return Ok(None);
        }
        let found = case.document_numbered(number).cloned();
        Ok(found.map(|document| (case, document)))
    }
}
