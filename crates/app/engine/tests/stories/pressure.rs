//! More than the engine can take at once: some are told to come back, nobody is forgotten.

use casework::{Actor, ActorRole, Command, Refusal};
use engine::EngineError;
use futures::future::join_all;
use store_port::fresh_id;
use vocabulary::{CaseId, DispatchId};

use crate::desk::{Desk, command};

/// As many as may wait in the one lane of an embedded store.
const QUEUE: usize = 4096;
const TOO_MANY: usize = 700;

#[tokio::test]
async fn a_full_queue_says_come_back_and_answers_everyone_else() {
    let desk = Desk::embedded().await;
    let hub = Actor { role: ActorRole::Hub, account: None, department: None };
    let ask = || {
        let note = Command::NoteDelivered { dispatch: DispatchId(fresh_id()) };
        let nobody = CaseId(fresh_id());
        desk.hub.engine.execute(hub.clone(), "note", command(), nobody, None, note, vec![])
    };
    // All of them are queued before the lane has its first turn on this one thread.
    let all = join_all((0..QUEUE + TOO_MANY).map(|_| ask()));
    let answers = tokio::task::unconstrained(all).await;
    let busy = answers.iter().filter(|a| matches!(a, Err(EngineError::Busy { retry_after_s: 1 })));
    assert_eq!(busy.count(), TOO_MANY);
    let decided =
        answers.iter().filter(|a| matches!(a, Err(EngineError::Refused(Refusal::UnknownCase(_)))));
    assert_eq!(decided.count(), QUEUE);

    // And whoever comes back is served.
    assert!(matches!(ask().await, Err(EngineError::Refused(Refusal::UnknownCase(_)))));
}
