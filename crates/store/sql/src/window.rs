//! The window workstation: numbers of persons as keyed hashes, who holds which draft, what is in hand and aside.

use async_trait::async_trait;
use store_port::{AccountRow, Accounts as _, AsideRow, Fault, InHandRow, Windows};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DraftId, EvidenceId, Instant};

use crate::columns::{fault, instant, maybe_instant, micros};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct InHandColumns {
    window_id: String,
    ticket: Option<String>,
    applicant: Option<Uuid>,
    draft_id: Option<Uuid>,
    case_id: Option<Uuid>,
    read_from_card: bool,
    by_agent: bool,
    lang: String,
    began_at: Option<i64>,
    seen_at: i64,
}

impl InHandColumns {
    fn row(self, clerk: AccountId) -> Result<InHandRow, Fault> {
        Ok(InHandRow {
            clerk,
            window: self.window_id,
            ticket: self.ticket,
            applicant: self.applicant.map(AccountId),
            draft: self.draft_id.map(DraftId),
            case: self.case_id.map(CaseId),
            read_from_card: self.read_from_card,
            by_agent: self.by_agent,
            lang: self.lang,
            began_at: maybe_instant(self.began_at, "begin of what is in hand")?,
            seen_at: instant(self.seen_at, "last step of a clerk")?,
        })
    }
}

macro_rules! implement_windows {
    ($store:ident) => {
        #[async_trait]
        impl Windows for $store {
            async fn find_account_by_number(
                &self,
                hash: &str,
            ) -> Result<Option<AccountRow>, Fault> {
                let found: Option<(Uuid,)> =
                    sqlx::query_as("SELECT account_id FROM accounts WHERE number_hash = $1")
                        .bind(hash)
                        .fetch_optional(self.reader())
                        .await
                        .map_err(fault("looking for a person by number"))?;
                match found {
                    Some((account,)) => self.find_account(AccountId(account)).await,
                    None => Ok(None),
                }
            }

            async fn set_account_number(
                &self,
                account: AccountId,
                hash: &str,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE accounts SET number_hash = $2 WHERE account_id = $1 \
                     AND (number_hash IS NULL OR number_hash = $2) \
                     AND NOT EXISTS (SELECT 1 FROM accounts other \
                     WHERE other.number_hash = $2 AND other.account_id <> $1)",
                )
                .bind(account.0)
                .bind(hash)
                .execute(&mut *connection)
                .await;
                match done {
                    Ok(done) => Ok(done.rows_affected() > 0),
                    // Another window was faster with the same card.
                    Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
                    Err(error) => Err(fault("keeping the hash of a number")(error)),
                }
            }

            async fn hold_draft(
                &self,
                draft: DraftId,
                clerk: AccountId,
                active_after: Instant,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE drafts SET held_by = $2 WHERE draft_id = $1 \
                     AND submitted_as IS NULL AND (held_by IS NULL OR held_by = $2 \
                     OR NOT EXISTS (SELECT 1 FROM in_hand WHERE in_hand.clerk = drafts.held_by \
                     AND in_hand.draft_id = drafts.draft_id AND in_hand.seen_at > $3))",
                )
                .bind(draft.0)
                .bind(clerk.0)
                .bind(micros(active_after))
                .execute(&mut *connection)
                .await
                .map_err(fault("holding a draft"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn release_draft(&self, draft: DraftId, clerk: AccountId) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query("UPDATE drafts SET held_by = NULL WHERE draft_id = $1 AND held_by = $2")
                    .bind(draft.0)
                    .bind(clerk.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("letting go of a draft"))?;
                Ok(())
            }

            async fn holder_of_draft(&self, draft: DraftId) -> Result<Option<AccountId>, Fault> {
                let row: Option<(Option<Uuid>,)> =
                    sqlx::query_as("SELECT held_by FROM drafts WHERE draft_id = $1")
                        .bind(draft.0)
                        .fetch_optional(self.reader())
                        .await
                        .map_err(fault("looking for who holds a draft"))?;
                Ok(row.and_then(|(holder,)| holder).map(AccountId))
            }

            async fn find_in_hand(&self, clerk: AccountId) -> Result<Option<InHandRow>, Fault> {
                let row: Option<InHandColumns> = sqlx::query_as(
                    "SELECT window_id, ticket, applicant, draft_id, case_id, read_from_card, \
                     by_agent, lang, began_at, seen_at FROM in_hand WHERE clerk = $1",
                )
                .bind(clerk.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for what a clerk has in hand"))?;
                row.map(|row| row.row(clerk)).transpose()
            }

            async fn put_in_hand(&self, row: &InHandRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO in_hand (clerk, window_id, ticket, applicant, draft_id, case_id, \
                     read_from_card, by_agent, lang, began_at, seen_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                     ON CONFLICT (clerk) DO UPDATE SET window_id = excluded.window_id, \
                     ticket = excluded.ticket, applicant = excluded.applicant, \
                     draft_id = excluded.draft_id, case_id = excluded.case_id, \
                     read_from_card = excluded.read_from_card, by_agent = excluded.by_agent, \
                     lang = excluded.lang, began_at = excluded.began_at, \
                     seen_at = excluded.seen_at",
                )
                .bind(row.clerk.0)
                .bind(row.window.as_str())
                .bind(row.ticket.as_deref())
                .bind(row.applicant.map(|id| id.0))
                .bind(row.draft.map(|id| id.0))
                .bind(row.case.map(|id| id.0))
                .bind(row.read_from_card)
                .bind(row.by_agent)
                .bind(row.lang.as_str())
                .bind(row.began_at.map(micros))
                .bind(micros(row.seen_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping what a clerk has in hand"))?;
                Ok(())
            }

            async fn put_aside(&self, row: &AsideRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO drafts_aside (draft_id, outlet, clerk, ticket, put_at) \
                     VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (draft_id) DO UPDATE SET outlet = excluded.outlet, \
                     clerk = excluded.clerk, ticket = excluded.ticket, put_at = excluded.put_at",
                )
                .bind(row.draft.0)
                .bind(row.outlet.as_str())
                .bind(row.clerk.0)
                .bind(row.ticket.as_deref())
                .bind(micros(row.put_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("putting a draft aside"))?;
                Ok(())
            }

            async fn list_aside(&self, outlet: &str) -> Result<Vec<AsideRow>, Fault> {
                let rows: Vec<(Uuid, Uuid, Option<String>, i64)> = sqlx::query_as(
                    "SELECT draft_id, clerk, ticket, put_at FROM drafts_aside \
                     WHERE outlet = $1 AND EXISTS (SELECT 1 FROM drafts \
                     WHERE drafts.draft_id = drafts_aside.draft_id \
                     AND drafts.submitted_as IS NULL) ORDER BY put_at, draft_id",
                )
                .bind(outlet)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing what is aside"))?;
                rows.into_iter()
                    .map(|(draft, clerk, ticket, put_at)| {
                        Ok(AsideRow {
                            draft: DraftId(draft),
                            outlet: outlet.to_owned(),
                            clerk: AccountId(clerk),
                            ticket,
                            put_at: instant(put_at, "instant of a draft aside")?,
                        })
                    })
                    .collect()
            }

            async fn take_up(&self, draft: DraftId) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query("DELETE FROM drafts_aside WHERE draft_id = $1")
                    .bind(draft.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("taking up a draft"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn move_evidence(&self, id: EvidenceId, slot: &str) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE evidence SET slot = $2 WHERE evidence_id = $1 AND case_id IS NULL",
                )
                .bind(id.0)
                .bind(slot)
                .execute(&mut *connection)
                .await
                .map_err(fault("moving evidence"))?;
                Ok(done.rows_affected() > 0)
            }
        }
    };
}

implement_windows!(SqliteStore);
implement_windows!(PostgresStore);
