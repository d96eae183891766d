//! The batched append. A batch in which nothing speaks against anything is written as if all of it held, and
//! committed only if it did: one round trip on PostgreSQL. Otherwise: claim, lock, judge, write, commit; a
//! handful of round trips, still for the whole batch.
//!
//! What must be unique is claimed first by inserting it (`ON CONFLICT DO NOTHING`): whoever loses learns it
//! without an error, so that one conflict never fails the batch. What a losing change claimed is taken back
//! in the same transaction; nobody else ever saw it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use async_trait::async_trait;
use sqlx::{Connection as _, FromRow as _};
use store_port::{AppendOutcome, CaseChange, CaseLog, CommandRow, EventRow, Fault};
use uuid::Uuid;
use vocabulary::{CaseId, CommandId, DraftId};

use crate::bulk::RunBulk as _;
use crate::columns::{commit_fault, count, fault, instant};
use crate::gather::{Claimed, Claims, Smooth, Undo, gather};
use crate::judge::{CommandKey, Known, judge};
use crate::{PostgresStore, SqliteStore};

/// How often a batch is tried again when the database gave it up for the sake of another.
const TRIES: u32 = 4;

/// The database undid the transaction and says that trying again helps.
fn try_again(fault: &Fault) -> bool {
    let Fault::Database { source, .. } = fault else { return false };
    let code = source
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

/// Something that must be unique was there before.
fn is_double(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// The server committed and warned: whether it lasts is not certain.
pub(crate) const fn in_doubt() -> Fault {
    Fault::OutcomeUnknown { doing: "waiting for the standby" }
}

macro_rules! implement_case_log {
    ($store:ident, $database:ident, $connection:ty, among: $among:literal, lock: $lock:literal,
        writers: $writers:literal) => {
        #[async_trait]
        impl CaseLog for $store {
            fn writers(&self) -> usize {
                $writers
            }

            async fn append(&self, changes: &[CaseChange]) -> Result<Vec<AppendOutcome>, Fault> {
                if changes.is_empty() {
                    return Ok(Vec::new());
                }
                let mut tries = 1;
                loop {
                    match Self::in_time(self.append_once(changes)).await {
                        Err(fault) if tries < TRIES && try_again(&fault) => tries += 1,
                        result => return result,
                    }
                }
            }

            async fn load_events(
                &self,
                cases: &[CaseId],
            ) -> Result<Vec<(CaseId, Vec<EventRow>)>, Fault> {
                let rows: Vec<(Uuid, i64, i64, String)> = sqlx::query_as(concat!(
                    "SELECT case_id, seq, at, body FROM case_events WHERE case_id ",
                    $among,
                    " ORDER BY case_id, seq"
                ))
                .bind(Self::ids(cases.iter().map(|case| case.0)))
                .fetch_all(self.reader())
                .await
                .map_err(fault("loading events"))?;
                let mut events: BTreeMap<Uuid, Vec<EventRow>> = BTreeMap::new();
                for (case, seq, at, body) in rows {
                    let at = instant(at, "instant of an event")?;
                    let seq = count(seq, "number of an event")?;
                    events.entry(case).or_default().push(EventRow { seq, at, body });
                }
                Ok(cases
                    .iter()
                    .map(|case| (*case, events.get(&case.0).cloned().unwrap_or_default()))
                    .collect())
            }

            async fn find_command(
                &self,
                actor: &str,
                action: &str,
                command: CommandId,
            ) -> Result<Option<CommandRow>, Fault> {
                let row: Option<(String, String)> = sqlx::query_as(
                    "SELECT digest, answer FROM commands \
                     WHERE actor = $1 AND action = $2 AND command_id = $3",
                )
                .bind(actor)
                .bind(action)
                .bind(command.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a command"))?;
                Ok(row.map(|(digest, answer)| CommandRow {
                    actor: actor.to_owned(),
                    action: action.to_owned(),
                    command_id: command,
                    digest,
                    answer,
                }))
            }

            async fn list_case_ids(
                &self,
                after: Option<CaseId>,
                limit: u32,
            ) -> Result<Vec<CaseId>, Fault> {
                let ids: Vec<Uuid> = sqlx::query_scalar(
                    "SELECT case_id FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT $2",
                )
                .bind(after.map_or(Uuid::nil(), |case| case.0))
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing cases"))?;
                Ok(ids.into_iter().map(CaseId).collect())
            }
        }

        impl $store {
            async fn append_once(
                &self,
                changes: &[CaseChange],
            ) -> Result<Vec<AppendOutcome>, Fault> {
                let claims = Claims::of(changes);
                let mut connection = self.durable().await?;
                if let Some(smooth) = Smooth::of(changes, &claims) {
                    // Prepared for one list of statements each.
                    static WHOLE: OnceLock<String> = OnceLock::new();
                    static USUAL: OnceLock<String> = OnceLock::new();
                    let written = sqlx::$database::run_checked(
                        &mut connection,
                        &smooth.list,
                        smooth.checked(),
                        smooth.expected,
                        if smooth.whole { &WHOLE } else { &USUAL },
                    );
                    let (written, warned) = Self::heard(written).await;
                    match written {
                        Ok(_) if warned => return Err(in_doubt()),
                        Ok(true) => {
                            let outcomes = vec![AppendOutcome::Committed; changes.len()];
                            self.record(changes, &outcomes);
                            return Ok(outcomes);
                        }
                        // Somebody was faster: find out who loses, change by change.
                        Ok(false) => {}
                        Err(error) if is_double(&error) => {}
                        Err(error) => return Err(commit_fault("committing an append")(error)),
                    }
                }
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning an append"))?;
                let (claimed, known) = Self::claim(&mut tx, changes, &claims).await?;
                let outcomes = judge(changes, known);
                let writes = gather(changes, &outcomes, &claims, &claimed);
                Self::undo(&mut tx, &writes.undo).await?;
                if !writes.any {
                    // Nothing of the batch is carried out, so what it claimed goes with the transaction.
                    tx.rollback().await.map_err(fault("giving up an append"))?;
                    return Ok(outcomes);
                }
                // Prepared for this one list of statements.
                static TEXT: OnceLock<String> = OnceLock::new();
                sqlx::$database::run_all(&mut tx, &writes.list, &TEXT)
                    .await
                    .map_err(fault("writing an append"))?;
                let (committed, warned) = Self::heard(tx.commit()).await;
                committed.map_err(commit_fault("committing an append"))?;
                if warned {
                    return Err(in_doubt());
                }
                self.record(changes, &outcomes);
                Ok(outcomes)
            }

            /// Inserts what must be unique, locks the cases, and tells what was there before.
            async fn claim<'a>(
                connection: &mut $connection,
                changes: &'a [CaseChange],
                claims: &Claims<'a>,
            ) -> Result<(Claimed<'a>, Known<'a>), Fault> {
                let mut claimed = Claimed::default();
                let mut known = Known::default();

                let rows = sqlx::$database::run(connection, &claims.command_rows(changes))
                    .await
                    .map_err(fault("claiming commands"))?;
                let mut own: BTreeSet<(String, String, Uuid)> = BTreeSet::new();
                for row in &rows {
                    own.insert(<_>::from_row(row).map_err(fault("claiming commands"))?);
                }
                for key in claims.commands.keys() {
                    let (actor, action, id) = *key;
                    if own.contains(&(actor.to_owned(), action.to_owned(), id)) {
                        claimed.commands.insert(*key);
                    } else {
                        known.commands.insert(*key, Self::stored_answer(connection, *key).await?);
                    }
                }

                let rows = sqlx::$database::run(connection, &claims.draft_rows(changes))
                    .await
                    .map_err(fault("claiming drafts"))?;
                for row in &rows {
                    let (draft,) = <(Uuid,)>::from_row(row).map_err(fault("claiming drafts"))?;
                    claimed.drafts.insert(DraftId(draft));
                }
                for draft in claims.drafts.keys().filter(|draft| !claimed.drafts.contains(draft)) {
                    let case: Uuid =
                        sqlx::query_scalar("SELECT case_id FROM submissions WHERE draft_id = $1")
                            .bind(draft.0)
                            .fetch_one(&mut *connection)
                            .await
                            .map_err(fault("looking for the case of a draft"))?;
                    known.drafts.insert(*draft, CaseId(case));
                }

                let rows = sqlx::$database::run(connection, &claims.case_rows(changes))
                    .await
                    .map_err(fault("claiming cases"))?;
                for row in &rows {
                    let (case,) = <(Uuid,)>::from_row(row).map_err(fault("claiming cases"))?;
                    claimed.cases.insert(CaseId(case));
                }
                if claimed.cases.len() < claims.cases.len() {
                    let there = claims.cases.difference(&claimed.cases).map(|case| case.0);
                    let rows: Vec<(Uuid, i64)> = sqlx::query_as(concat!(
                        "SELECT case_id, version FROM cases WHERE case_id ",
                        $among,
                        " ORDER BY case_id",
                        $lock
                    ))
                    .bind(Self::ids(there))
                    .fetch_all(&mut *connection)
                    .await
                    .map_err(fault("locking cases"))?;
                    for (case, version) in rows {
                        known.versions.insert(CaseId(case), count(version, "version of a case")?);
                    }
                }
                Ok((claimed, known))
            }

            async fn stored_answer(
                connection: &mut $connection,
                (actor, action, id): CommandKey<'_>,
            ) -> Result<(String, String), Fault> {
                sqlx::query_as(
                    "SELECT digest, answer FROM commands \
                     WHERE actor = $1 AND action = $2 AND command_id = $3",
                )
                .bind(actor)
                .bind(action)
                .bind(id)
                .fetch_one(connection)
                .await
                .map_err(fault("looking for the answer of a command"))
            }

            async fn undo(connection: &mut $connection, undo: &Undo<'_>) -> Result<(), Fault> {
                for (actor, action, id) in &undo.commands {
                    sqlx::query(
                        "DELETE FROM commands \
                         WHERE actor = $1 AND action = $2 AND command_id = $3",
                    )
                    .bind(*actor)
                    .bind(*action)
                    .bind(*id)
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("taking back a command"))?;
                }
                for draft in &undo.drafts {
                    sqlx::query("DELETE FROM submissions WHERE draft_id = $1")
                        .bind(draft.0)
                        .execute(&mut *connection)
                        .await
                        .map_err(fault("taking back a submission"))?;
                }
                for case in &undo.cases {
                    sqlx::query("DELETE FROM cases WHERE case_id = $1")
                        .bind(case.0)
                        .execute(&mut *connection)
                        .await
                        .map_err(fault("taking back a case"))?;
                }
                for rows in &undo.again {
                    sqlx::$database::run(connection, rows)
                        .await
                        .map_err(fault("giving a claim to another change"))?;
                }
                Ok(())
            }
        }
    };
}

implement_case_log!(
    SqliteStore,
    Sqlite,
    sqlx::SqliteConnection,
    among: "IN (SELECT unhex(value) FROM json_each($1))",
    lock: "",
    writers: 1
);
implement_case_log!(
    PostgresStore,
    Postgres,
    sqlx::PgConnection,
    among: "= ANY($1)",
    lock: " FOR UPDATE",
    writers: 2
);
