//! Where the messages go, below the base address of each side.

use vocabulary::{DispatchId, EvidenceId};

/// At a department: the hub posts requests here.
pub const REQUESTS: &str = "/exchange/v1/requests";

/// At the hub: departments post replies here.
pub const REPLIES: &str = "/exchange/v1/replies";

/// At a data source: the hub posts look-ups here.
pub const LOOKUPS: &str = "/exchange/v1/lookups";

/// At the hub: a department gets the bytes of a file that a request names.
pub fn evidence(dispatch: DispatchId, evidence: EvidenceId) -> String {
    format!("/exchange/v1/dispatches/{dispatch}/evidence/{evidence}")
}
