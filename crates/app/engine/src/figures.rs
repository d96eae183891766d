//! Figures of the engine's own work, for whoever runs it: counted here, collected by the program. Labels are
//! words of the program and stable codes; nothing of a case or a person.

use std::time::Duration;

use crate::{CarriedOut, EngineError};

/// One command was answered.
pub(crate) fn carried_out(
    action: &'static str,
    took: Duration,
    answer: &Result<CarriedOut, EngineError>,
) {
    let outcome = match answer {
        Ok(done) if done.repeated => "repeated",
        Ok(_) => "done",
        Err(EngineError::Refused(_)) => "refused",
        Err(EngineError::Stale { .. }) => "stale",
        Err(EngineError::Busy { .. }) => "busy",
        Err(EngineError::Fault(store_port::Fault::OutcomeUnknown { .. })) => "unknown",
        Err(EngineError::Fault(_)) => "fault",
        Err(_) => "no",
    };
    metrics::counter!("yijianshi_commands_total", "action" => action, "outcome" => outcome)
        .increment(1);
    metrics::histogram!("yijianshi_command_seconds").record(took.as_secs_f64());
}

/// So many commands are carried out together.
pub(crate) fn batch(commands: usize) {
    let commands = u32::try_from(commands).unwrap_or(u32::MAX);
    metrics::histogram!("yijianshi_batch_commands").record(f64::from(commands));
}

/// Something sealed did not open: another key, or bytes that were changed.
pub(crate) fn not_opened(what: &'static str) {
    metrics::counter!("yijianshi_sealed_errors_total", "what" => what).increment(1);
}
