//! One claimed sending: made, signed, posted, and put down as delivered or for another try.
//!
//! The bytes are made at the first sending and kept sealed, so that every repetition is the same byte for
//! byte, whatever has changed in the case meanwhile.

use std::sync::Arc;
use std::time::Duration;

use casework::{Command, DispatchKind, ServiceCase};
use engine::{CaseFile, EngineError, ToSeal};
use exchange::translate::{RequestParts, TranslateFault};
use exchange::{REQUESTS, WireEvidence, next_attempt};
use jiff::SignedDuration;
use store_port::{Claimed, Fault, chance};
use uuid::Uuid;
use vocabulary::{CommandId, DispatchId, Instant, SealedId};

use crate::client::ClientFault;
use crate::health::Turn;
use crate::{Chain, Inner, hub};

/// A department answers within this; well below the lease.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Why a sending did not arrive. Its text is kept as the row's last error: no personal data.
#[derive(Debug, thiserror::Error)]
enum NotDelivered {
    #[error("no route to the department")]
    NoRoute,
    #[error("no such case")]
    NoCase,
    #[error("{}", .0.code())]
    Engine(EngineError),
    #[error("{}", .0.code())]
    Translate(TranslateFault),
    #[error("the request cannot be written")]
    Unwritable,
    #[error(transparent)]
    Client(#[from] ClientFault),
}

impl From<EngineError> for NotDelivered {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<Fault> for NotDelivered {
    fn from(fault: Fault) -> Self {
        Self::Engine(fault.into())
    }
}

/// What was delivered, for the time of the next repetition.
struct Delivered {
    dispatched_at: Instant,
    /// The case knows already.
    noted: bool,
}

impl Inner {
    /// Sends one claimed row. Whatever happens, the row is left for somebody: this never gives up.
    pub(crate) async fn send(self: &Arc<Self>, claimed: Claimed) {
        let department = &claimed.row.department;
        let turn = tokio::select! {
            biased;
            () = self.hands.stopping() => return self.hand_back(&claimed).await,
            turn = self.health.turn(department) => turn,
        };
        let permit = match turn {
            Turn::Go(permit) => permit,
            Turn::Later(pause) => {
                let spread = chance::number() % 200;
                let pause = pause.saturating_add(Duration::from_millis(spread));
                self.put_back(&claimed, later(self.now(), pause), "the department rests").await;
                return;
            }
        };
        let outcome = self.deliver(&claimed).await;
        drop(permit);
        let told = if outcome.is_ok() { "delivered" } else { "not-delivered" };
        metrics::counter!(
            "yijianshi_sendings_total", "department" => department.clone(), "outcome" => told
        )
        .increment(1);
        match outcome {
            Ok(delivered) => {
                self.health.succeeded(department);
                if let Err(fault) = self.note_delivered(&claimed, &delivered).await {
                    tracing::error!(
                        error = %Chain(&fault), dispatch.id = %claimed.row.dispatch_id,
                        "noting a delivery"
                    );
                }
            }
            Err(why) => {
                match &why {
                    NotDelivered::Client(fault) if fault.is_about_the_department() => {
                        self.health.failed(department, tokio::time::Instant::now());
                    }
                    NotDelivered::Client(_) => self.health.succeeded(department),
                    _ => {}
                }
                let why = why.to_string();
                tracing::info!(
                    dispatch.id = %claimed.row.dispatch_id, %department, %why,
                    attempts = claimed.attempts, "not delivered"
                );
                let now = self.now();
                let next_at = next_attempt(claimed.attempts, now, chance::number());
                let latest = later(now, self.patience.longest_wait);
                self.put_back(&claimed, next_at.min(latest), &why).await;
            }
        }
    }

    async fn deliver(&self, claimed: &Claimed) -> Result<Delivered, NotDelivered> {
        let dispatch = claimed.row.dispatch_id;
        let route = self.routes.get(&claimed.row.department).ok_or(NotDelivered::NoRoute)?;
        let case = self.engine().case(claimed.row.case_id).await?.ok_or(NotDelivered::NoCase)?;
        let unknown = || NotDelivered::Translate(TranslateFault::UnknownDispatch(dispatch));
        let sending = case
            .service_of(dispatch)
            .and_then(|service| service.sending(dispatch))
            .ok_or_else(unknown)?;
        let delivered = Delivered {
            dispatched_at: sending.dispatched_at,
            noted: sending.delivered_at.is_some(),
        };
        let body = match self.sent_before(dispatch).await? {
            Some(body) => body,
            None => self.make(claimed).await?,
        };
        self.client.post(route, REQUESTS, body, ANSWER_WITHIN).await?;
        Ok(delivered)
    }

    /// The bytes of an earlier attempt.
    async fn sent_before(&self, dispatch: DispatchId) -> Result<Option<Vec<u8>>, Fault> {
        let kept = self.engine().vault().open_all(&[kept_as(dispatch)]).await?;
        Ok(kept.into_iter().next().map(|(_, bytes)| bytes))
    }

    /// Makes the bytes and keeps them.
    async fn make(&self, claimed: &Claimed) -> Result<Vec<u8>, NotDelivered> {
        let file = self.engine().case_file(claimed.row.case_id).await?;
        let file = file.ok_or(NotDelivered::NoCase)?;
        let engine = self.engine();
        let catalogue = engine.catalogue();
        let files: Vec<WireEvidence> = file.evidence.iter().map(wire_evidence).collect();
        let request = exchange::translate::request(RequestParts {
            case: &file.case,
            dispatch: claimed.row.dispatch_id,
            facts: &file.facts,
            files: &files,
            words: words_of(&file, claimed.row.dispatch_id),
            calendar: &catalogue.calendar,
            time_zone: &catalogue.jurisdiction.time_zone,
        })
        .map_err(NotDelivered::Translate)?;
        let body = serde_json::to_vec(&request).map_err(|_| NotDelivered::Unwritable)?;
        let subject = file.case.application.subject;
        // An erased subject has no key: then nothing of theirs is in the bytes, and nothing is kept.
        if let Some(key) = self.engine().vault().key_of(subject).await? {
            let id = kept_as(claimed.row.dispatch_id);
            let row = key.seal_row(&ToSeal { id, clear: body.clone() })?;
            self.engine().store().insert_sealed(&[row]).await?;
            // Another node may have been faster while this one slept over its lease: what it kept is what goes out.
            return Ok(self.sent_before(claimed.row.dispatch_id).await?.unwrap_or(body));
        }
        Ok(body)
    }

    async fn note_delivered(
        &self,
        claimed: &Claimed,
        delivered: &Delivered,
    ) -> Result<(), EngineError> {
        let dispatch = claimed.row.dispatch_id;
        let now = self.now();
        let age = Duration::try_from(now.duration_since(delivered.dispatched_at));
        let repeat =
            age.unwrap_or_default().clamp(self.patience.first_repeat, self.patience.longest_repeat);
        let again_at = later(now, repeat);
        let case = claimed.row.case_id;
        if !self.engine().store().delivered(case, dispatch, claimed.fence, again_at).await? {
            late(claimed);
        }
        if delivered.noted {
            return Ok(());
        }
        let command = CommandId(Uuid::new_v5(&dispatch.0, b"delivered"));
        let note = Command::NoteDelivered { dispatch };
        self.engine()
            .execute(hub(), "note-delivered", command, case, None, note, Vec::new())
            .await?;
        Ok(())
    }

    /// Another node may have it at once.
    pub(crate) async fn hand_back(&self, claimed: &Claimed) {
        self.put_back(claimed, self.now(), "the node stops").await;
    }

    async fn put_back(&self, claimed: &Claimed, next_at: Instant, why: &str) {
        let dispatch = claimed.row.dispatch_id;
        let case = claimed.row.case_id;
        let put = self.engine().store().retry(case, dispatch, claimed.fence, next_at, why).await;
        match put {
            Ok(true) => {}
            Ok(false) => late(claimed),
            // Its lease ends by itself.
            Err(fault) => {
                tracing::error!(error = %Chain(&fault), dispatch.id = %dispatch, "putting back");
            }
        }
    }
}

/// What this node had to say of a sending is not taken: it slept over its lease, or the receipt was faster.
fn late(claimed: &Claimed) {
    tracing::debug!(dispatch.id = %claimed.row.dispatch_id, fence = claimed.fence, "in other hands");
}

/// Where the sent bytes are kept.
fn kept_as(dispatch: DispatchId) -> SealedId {
    SealedId(Uuid::new_v5(&dispatch.0, b"sent"))
}

/// `pause` after `now`.
pub(crate) fn later(now: Instant, pause: Duration) -> Instant {
    SignedDuration::try_from(pause)
        .ok()
        .and_then(|pause| now.checked_add(pause).ok())
        .unwrap_or(Instant::MAX)
}

fn wire_evidence(file: &engine::EvidenceFile) -> WireEvidence {
    WireEvidence {
        evidence_id: file.id,
        ty: file.slot.ty.clone(),
        member: file.slot.member.clone(),
        file_name: file.file_name.clone(),
        media_type: file.media_type.clone(),
        size_bytes: file.size_bytes,
        sha256: file.sha256.clone(),
    }
}

/// The applicant's words with the answer that a supplement brings.
fn words_of(file: &CaseFile, dispatch: DispatchId) -> Option<&str> {
    let service: &ServiceCase = file.case.service_of(dispatch)?;
    let sending = service.sending(dispatch)?;
    if sending.about.as_deref() == Some(&casework::NoticeAbout::HolderHeard) {
        let spoken = service.announcements.iter().filter_map(|it| it.answered);
        let (_, said) = spoken.rev().find(|(at, _)| *at <= sending.dispatched_at)?;
        return file.words.get(&said).map(String::as_str);
    }
    if sending.kind != DispatchKind::Supplement {
        return None;
    }
    let round = sending.round;
    let mut answered = service.corrections.iter().filter(|correction| correction.round == round);
    let answer = answered.find_map(|correction| correction.answer)?;
    file.words.get(&answer).map(String::as_str).filter(|words| !words.is_empty())
}
