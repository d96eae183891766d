//! Whether a page was overtaken: something happened since it was shown, to what its reader decides about.

use casework::{CaseEvent, CaseEventBody};
use engine::CaseFile;
use vocabulary::NodeKey;

/// How often an act is tried again when other services of the case move at the same moment.
pub const TRIES: usize = 4;

/// The version whose whole content the reader of a page about one service has seen. What has happened since to
/// other services of the case is nothing that he decides about, and refuses nothing; nor does a delivery. Equal to
/// `seen` when something happened to this service.
pub fn version_seen(file: &CaseFile, node: &NodeKey, seen: u64) -> u64 {
    let concerns = |event: &CaseEvent| {
        let delivered = matches!(event.body, CaseEventBody::Delivered { .. });
        // Who was told that a light is on changes nothing of the service.
        let supervised = matches!(event.body, CaseEventBody::Supervised { .. });
        event.seq > seen && event.body.node() == Some(node) && !delivered && !supervised
    };
    if file.events.iter().any(concerns) { seen } else { file.case.version }
}
