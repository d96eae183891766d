//! Where departments and shared sources are reached, and the keys that both ends sign with.

use std::collections::BTreeMap;
use std::fmt;

/// A department's (or the register's) address and the key shared with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Route {
    /// Without a slash at the end.
    pub base_url: String,
    pub key_id: String,
    pub secret: Vec<u8>,
}

impl fmt::Debug for Route {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("base_url", &self.base_url)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Route {
    pub fn new(base_url: &str, key_id: &str, secret: Vec<u8>) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            key_id: key_id.to_owned(),
            secret,
        }
    }
}

/// Routes by department id.
pub type Routes = BTreeMap<String, Route>;
