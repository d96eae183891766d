//! Records of clerks, revoked delegations, and the queue of tickets.
//!
//! A ticket is called by one statement that picks and marks it, so that two clerks never get the same; that a
//! window has at most one in hand is the database's word (a unique index), not ours.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{
    AccountRow, Called, Caller, CapabilityRow, Desk, Fault, RevocationRow, RevokedBy, TicketRow,
    TicketWanted, Waiting,
};
use uuid::Uuid;
use vocabulary::{AccountId, SubjectId};

use crate::accounts::AccountColumns;
use crate::columns::{commit_fault, count, fault, instant, maybe_instant, micros, stored};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct CapabilityColumns {
    capability_id: Uuid,
    clerk: Uuid,
    service: String,
    valid_from: String,
    valid_until: Option<String>,
    basis: String,
    granted_by: Uuid,
    granted_at: i64,
    revoked_on: Option<String>,
    revoked_at: Option<i64>,
    revoked_by: Option<Uuid>,
    revoked_why: Option<String>,
}

impl TryFrom<CapabilityColumns> for CapabilityRow {
    type Error = Fault;

    fn try_from(row: CapabilityColumns) -> Result<Self, Fault> {
        let revoked = match (row.revoked_on, row.revoked_at, row.revoked_by) {
            (Some(on), Some(at), Some(by)) => Some(RevokedBy {
                on,
                at: instant(at, "revocation of a record")?,
                by: AccountId(by),
                reason: row.revoked_why.unwrap_or_default(),
            }),
            _ => None,
        };
        Ok(Self {
            capability_id: row.capability_id,
            clerk: AccountId(row.clerk),
            service: row.service,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            basis: row.basis,
            granted_by: AccountId(row.granted_by),
            granted_at: instant(row.granted_at, "granting of a record")?,
            revoked,
        })
    }
}

#[derive(sqlx::FromRow)]
struct TicketColumns {
    ticket_id: Uuid,
    outlet: String,
    day: String,
    zone: String,
    code: String,
    class: String,
    matter: Option<String>,
    subject: Option<Uuid>,
    state: String,
    for_window: Option<String>,
    window_id: Option<String>,
    clerk: Option<Uuid>,
    taken_at: i64,
    queued_at: i64,
    called_at: Option<i64>,
    calls: i64,
    serving_at: Option<i64>,
    ended_at: Option<i64>,
    version: i64,
}

impl TryFrom<TicketColumns> for TicketRow {
    type Error = Fault;

    fn try_from(row: TicketColumns) -> Result<Self, Fault> {
        Ok(Self {
            ticket_id: row.ticket_id,
            outlet: row.outlet,
            day: row.day,
            zone: row.zone,
            code: row.code,
            class: row.class,
            matter: row.matter,
            subject: row.subject.map(SubjectId),
            state: row.state,
            for_window: row.for_window,
            window: row.window_id,
            clerk: row.clerk.map(AccountId),
            taken_at: instant(row.taken_at, "drawing of a ticket")?,
            queued_at: instant(row.queued_at, "place of a ticket")?,
            called_at: maybe_instant(row.called_at, "call of a ticket")?,
            calls: count(row.calls, "calls of a ticket")?,
            serving_at: maybe_instant(row.serving_at, "begin of serving a ticket")?,
            ended_at: maybe_instant(row.ended_at, "end of a ticket")?,
            version: count(row.version, "version of a ticket")?,
        })
    }
}

/// What a person sees on his slip: the zone's letter and three digits, more when the day is long.
fn code(letter: &str, number: i64) -> String {
    format!("{letter}{number:03}")
}

/// Who is called first: 0 before 1.
fn rank(class: &str) -> i64 {
    i64::from(class != "priority")
}

fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

macro_rules! capabilities {
    ($rest:literal) => {
        concat!(
            "SELECT capability_id, clerk, service, valid_from, valid_until, basis, granted_by, \
             granted_at, revoked_on, revoked_at, revoked_by, revoked_why FROM capabilities ",
            $rest
        )
    };
}

macro_rules! tickets {
    ($rest:literal) => {
        concat!(
            "SELECT ticket_id, outlet, day, zone, code, class, matter, subject, state, \
             for_window, window_id, clerk, taken_at, queued_at, called_at, calls, serving_at, \
             ended_at, version FROM tickets ",
            $rest
        )
    };
}

macro_rules! implement_desk {
    ($store:ident, skip_locked: $skip_locked:literal) => {
        #[async_trait]
        impl Desk for $store {
            async fn list_accounts_in(&self, role: &str) -> Result<Vec<AccountRow>, Fault> {
                let rows: Vec<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts WHERE role = $1 ORDER BY login",
                )
                .bind(role)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the accounts of a role"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn insert_capabilities(&self, rows: &[CapabilityRow]) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to keep records of clerks"))?;
                for row in rows {
                    let revoked = row.revoked.as_ref();
                    sqlx::query(
                        "INSERT INTO capabilities (capability_id, clerk, service, valid_from, \
                         valid_until, basis, granted_by, granted_at, revoked_on, revoked_at, \
                         revoked_by, revoked_why) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                         ON CONFLICT (capability_id) DO NOTHING",
                    )
                    .bind(row.capability_id)
                    .bind(row.clerk.0)
                    .bind(row.service.as_str())
                    .bind(row.valid_from.as_str())
                    .bind(row.valid_until.as_deref())
                    .bind(row.basis.as_str())
                    .bind(row.granted_by.0)
                    .bind(micros(row.granted_at))
                    .bind(revoked.map(|revoked| revoked.on.as_str()))
                    .bind(revoked.map(|revoked| micros(revoked.at)))
                    .bind(revoked.map(|revoked| revoked.by.0))
                    .bind(revoked.map(|revoked| revoked.reason.as_str()))
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("keeping a clerk's record"))?;
                }
                tx.commit().await.map_err(commit_fault("keeping records of clerks"))?;
                Ok(())
            }

            async fn revoke_capability(
                &self,
                id: Uuid,
                revoked: &RevokedBy,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE capabilities SET revoked_on = $2, revoked_at = $3, revoked_by = $4, \
                     revoked_why = $5 WHERE capability_id = $1 AND revoked_on IS NULL",
                )
                .bind(id)
                .bind(revoked.on.as_str())
                .bind(micros(revoked.at))
                .bind(revoked.by.0)
                .bind(revoked.reason.as_str())
                .execute(&mut *connection)
                .await
                .map_err(fault("revoking a clerk's record"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn find_capability(&self, id: Uuid) -> Result<Option<CapabilityRow>, Fault> {
                let row: Option<CapabilityColumns> =
                    sqlx::query_as(capabilities!("WHERE capability_id = $1"))
                    .bind(id)
                    .fetch_optional(self.reader())
                    .await
                    .map_err(fault("looking for a clerk's record"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn list_capabilities(
                &self,
                clerk: AccountId,
            ) -> Result<Vec<CapabilityRow>, Fault> {
                let rows: Vec<CapabilityColumns> =
                    sqlx::query_as(capabilities!("WHERE clerk = $1 \
                         ORDER BY valid_from DESC, granted_at DESC, capability_id"))
                    .bind(clerk.0)
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing a clerk's records"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn insert_revocation(&self, row: &RevocationRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "INSERT INTO delegation_revocations (delegation, revoked_on, revoked_at, \
                     revoked_by, reason) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (delegation) DO NOTHING",
                )
                .bind(row.delegation.as_str())
                .bind(row.revoked.on.as_str())
                .bind(micros(row.revoked.at))
                .bind(row.revoked.by.0)
                .bind(row.revoked.reason.as_str())
                .execute(&mut *connection)
                .await
                .map_err(fault("revoking a delegation"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn list_revocations(&self) -> Result<Vec<RevocationRow>, Fault> {
                let rows: Vec<(String, String, i64, Uuid, String)> = sqlx::query_as(
                    "SELECT delegation, revoked_on, revoked_at, revoked_by, reason \
                     FROM delegation_revocations ORDER BY delegation",
                )
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing revoked delegations"))?;
                rows.into_iter()
                    .map(|(delegation, on, at, by, reason)| {
                        let at = instant(at, "revocation of a delegation")?;
                        let revoked = RevokedBy { on, at, by: AccountId(by), reason };
                        Ok(RevocationRow { delegation, revoked })
                    })
                    .collect()
            }

            async fn draw_ticket(&self, wanted: &TicketWanted) -> Result<TicketRow, Fault> {
                if let Some(drawn) = self.find_ticket(wanted.ticket_id).await? {
                    return Ok(drawn);
                }
                let mut connection = self.durable().await?;
                let number: i64 = sqlx::query_scalar(
                    "INSERT INTO ticket_numbers (outlet, day, letter, last) VALUES ($1, $2, $3, 1) \
                     ON CONFLICT (outlet, day, letter) \
                     DO UPDATE SET last = ticket_numbers.last + 1 RETURNING last",
                )
                .bind(wanted.outlet.as_str())
                .bind(wanted.day.as_str())
                .bind(wanted.letter.as_str())
                .fetch_one(&mut *connection)
                .await
                .map_err(fault("drawing a number"))?;
                // A number whose ticket is not written (two commands with one id, a power cut) is a gap.
                sqlx::query(
                    "INSERT INTO tickets (ticket_id, outlet, day, zone, code, class, rank, matter, \
                     subject, state, taken_at, queued_at, calls, version) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $10, 0, 1) \
                     ON CONFLICT (ticket_id) DO NOTHING",
                )
                .bind(wanted.ticket_id)
                .bind(wanted.outlet.as_str())
                .bind(wanted.day.as_str())
                .bind(wanted.zone.as_str())
                .bind(code(&wanted.letter, number))
                .bind(wanted.class.as_str())
                .bind(rank(&wanted.class))
                .bind(wanted.matter.as_deref())
                .bind(wanted.subject.map(|subject| subject.0))
                .bind(micros(wanted.taken_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping a ticket"))?;
                drop(connection);
                self.find_ticket(wanted.ticket_id).await?.ok_or(Fault::Corrupt { what: "ticket" })
            }

            async fn call_next(&self, caller: &Caller) -> Result<Called, Fault> {
                let mut connection = self.durable().await?;
                let busy: Option<(Uuid,)> = sqlx::query_as(
                    "SELECT ticket_id FROM tickets WHERE outlet = $1 AND day = $2 \
                     AND window_id = $3 AND state IN ('called', 'serving')",
                )
                .bind(caller.outlet.as_str())
                .bind(caller.day.as_str())
                .bind(caller.window.as_str())
                .fetch_optional(&mut *connection)
                .await
                .map_err(fault("looking at what a window has in hand"))?;
                if busy.is_some() {
                    return Ok(Called::WindowBusy);
                }
                let called: Result<Option<TicketColumns>, sqlx::Error> = sqlx::query_as(concat!(
                    "WITH next AS MATERIALIZED ( \
                     SELECT t.ticket_id FROM tickets t WHERE t.outlet = $1 AND t.day = $2 \
                     AND t.state IN ('waiting', 'transferred') \
                     AND (t.for_window = $4 OR (t.for_window IS NULL AND t.zone = $3)) \
                     ORDER BY t.rank, t.queued_at, t.code LIMIT 1",
                    $skip_locked,
                    ") UPDATE tickets SET state = 'called', window_id = $4, clerk = $5, \
                     called_at = $6, calls = tickets.calls + 1, for_window = NULL, \
                     version = tickets.version + 1 FROM next \
                     WHERE tickets.ticket_id = next.ticket_id \
                     AND tickets.state IN ('waiting', 'transferred') \
                     RETURNING tickets.ticket_id, tickets.outlet, tickets.day, tickets.zone, \
                     tickets.code, tickets.class, tickets.matter, tickets.subject, \
                     tickets.state, tickets.for_window, tickets.window_id, tickets.clerk, \
                     tickets.taken_at, tickets.queued_at, tickets.called_at, tickets.calls, \
                     tickets.serving_at, tickets.ended_at, tickets.version"
                ))
                .bind(caller.outlet.as_str())
                .bind(caller.day.as_str())
                .bind(caller.zone.as_str())
                .bind(caller.window.as_str())
                .bind(caller.clerk.0)
                .bind(micros(caller.at))
                .fetch_optional(&mut *connection)
                .await;
                match called {
                    Ok(Some(ticket)) => Ok(Called::Ticket(Box::new(ticket.try_into()?))),
                    Ok(None) => Ok(Called::NobodyWaits),
                    // The same window called twice at once.
                    Err(error) if is_taken(&error) => Ok(Called::WindowBusy),
                    Err(error) => Err(fault("calling the next ticket")(error)),
                }
            }

            async fn change_ticket(&self, row: &TicketRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE tickets SET zone = $3, class = $4, rank = $5, matter = $6, \
                     subject = $7, state = $8, for_window = $9, window_id = $10, clerk = $11, \
                     queued_at = $12, called_at = $13, calls = $14, serving_at = $15, \
                     ended_at = $16, version = $17 WHERE ticket_id = $1 AND version = $2",
                )
                .bind(row.ticket_id)
                .bind(stored(row.version.saturating_sub(1), "version of a ticket")?)
                .bind(row.zone.as_str())
                .bind(row.class.as_str())
                .bind(rank(&row.class))
                .bind(row.matter.as_deref())
                .bind(row.subject.map(|subject| subject.0))
                .bind(row.state.as_str())
                .bind(row.for_window.as_deref())
                .bind(row.window.as_deref())
                .bind(row.clerk.map(|clerk| clerk.0))
                .bind(micros(row.queued_at))
                .bind(row.called_at.map(micros))
                .bind(i64::from(row.calls))
                .bind(row.serving_at.map(micros))
                .bind(row.ended_at.map(micros))
                .bind(stored(row.version, "version of a ticket")?)
                .execute(&mut *connection)
                .await;
                match done {
                    Ok(done) => Ok(done.rows_affected() > 0),
                    Err(error) if is_taken(&error) => Ok(false),
                    Err(error) => Err(fault("changing a ticket")(error)),
                }
            }

            async fn find_ticket(&self, id: Uuid) -> Result<Option<TicketRow>, Fault> {
                let row: Option<TicketColumns> =
                    sqlx::query_as(tickets!("WHERE ticket_id = $1"))
                        .bind(id)
                        .fetch_optional(self.reader())
                        .await
                        .map_err(fault("looking for a ticket"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn list_tickets(
                &self,
                outlet: &str,
                day: &str,
                states: &[&str],
            ) -> Result<Vec<TicketRow>, Fault> {
                let rows: Vec<TicketColumns> = sqlx::query_as(tickets!("WHERE outlet = $1 AND day = $2 \
                     ORDER BY COALESCE(called_at, 0) DESC, rank, queued_at, code"))
                .bind(outlet)
                .bind(day)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing tickets"))?;
                // A day's tickets of one outlet are few.
                rows.into_iter()
                    .filter(|row| states.is_empty() || states.contains(&row.state.as_str()))
                    .map(TryInto::try_into)
                    .collect()
            }

            async fn waiting(&self, outlet: &str, day: &str) -> Result<Vec<Waiting>, Fault> {
                let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
                    "SELECT zone, class, COUNT(*), MIN(queued_at) FROM tickets \
                     WHERE outlet = $1 AND day = $2 AND state IN ('waiting', 'transferred') \
                     GROUP BY zone, class ORDER BY zone, class",
                )
                .bind(outlet)
                .bind(day)
                .fetch_all(self.reader())
                .await
                .map_err(fault("counting who waits"))?;
                rows.into_iter()
                    .map(|(zone, class, waiting, since)| {
                        Ok(Waiting {
                            zone,
                            class,
                            count: count(waiting, "number of people waiting")?,
                            longest_since: instant(since, "place of a ticket")?,
                        })
                    })
                    .collect()
            }
        }
    };
}

implement_desk!(SqliteStore, skip_locked: "");
implement_desk!(PostgresStore, skip_locked: " FOR UPDATE OF t SKIP LOCKED");
