//! Who signs in, and from which browser.

use async_trait::async_trait;
use store_port::{AccountRow, Accounts, Fault, SessionRow};
use uuid::Uuid;
use vocabulary::{AccountId, Instant, SubjectId};

use crate::columns::{fault, instant, micros};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
pub(crate) struct AccountColumns {
    account_id: Uuid,
    login: String,
    role: String,
    department: Option<String>,
    area: Option<String>,
    subject: Option<Uuid>,
    password_hash: Option<String>,
    disabled: bool,
    demo: bool,
    display_name: Vec<u8>,
}

impl From<AccountColumns> for AccountRow {
    fn from(row: AccountColumns) -> Self {
        Self {
            account_id: AccountId(row.account_id),
            login: row.login,
            role: row.role,
            department: row.department,
            area: row.area,
            subject: row.subject.map(SubjectId),
            password_hash: row.password_hash,
            disabled: row.disabled,
            demo: row.demo,
            display_name: row.display_name,
        }
    }
}

macro_rules! implement_accounts {
    ($store:ident) => {
        #[async_trait]
        impl Accounts for $store {
            async fn upsert_account(&self, account: &AccountRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO accounts (account_id, login, role, department, area, subject, \
                     password_hash, disabled, demo, display_name) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                     ON CONFLICT (account_id) DO UPDATE SET login = excluded.login, \
                     role = excluded.role, department = excluded.department, \
                     area = excluded.area, subject = excluded.subject, \
                     password_hash = excluded.password_hash, disabled = excluded.disabled, \
                     demo = excluded.demo, display_name = excluded.display_name",
                )
                .bind(account.account_id.0)
                .bind(account.login.as_str())
                .bind(account.role.as_str())
                .bind(account.department.as_deref())
                .bind(account.area.as_deref())
                .bind(account.subject.map(|subject| subject.0))
                .bind(account.password_hash.as_deref())
                .bind(account.disabled)
                .bind(account.demo)
                .bind(account.display_name.as_slice())
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping an account"))?;
                Ok(())
            }

            async fn find_account(&self, id: AccountId) -> Result<Option<AccountRow>, Fault> {
                let row: Option<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts WHERE account_id = $1",
                )
                .bind(id.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for an account"))?;
                Ok(row.map(Into::into))
            }

            async fn find_account_by_login(
                &self,
                login: &str,
            ) -> Result<Option<AccountRow>, Fault> {
                let row: Option<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts WHERE login = $1",
                )
                .bind(login)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for an account by its login"))?;
                Ok(row.map(Into::into))
            }

            async fn list_demo_accounts(&self) -> Result<Vec<AccountRow>, Fault> {
                let rows: Vec<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts WHERE demo = $1 \
                     ORDER BY account_id",
                )
                .bind(true)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing demo accounts"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            /// Sessions that have ended go when a new one begins.
            async fn insert_session(&self, session: &SessionRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
                    .bind(micros(session.created_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("forgetting ended sessions"))?;
                sqlx::query(
                    "INSERT INTO sessions (token_hash, account_id, created_at, seen_at, \
                     expires_at) VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(session.token_hash.as_str())
                .bind(session.account_id.0)
                .bind(micros(session.created_at))
                .bind(micros(session.seen_at))
                .bind(micros(session.expires_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping a session"))?;
                Ok(())
            }

            async fn find_session(&self, token_hash: &str) -> Result<Option<SessionRow>, Fault> {
                let row: Option<(Uuid, i64, i64, i64)> = sqlx::query_as(
                    "SELECT account_id, created_at, seen_at, expires_at FROM sessions \
                     WHERE token_hash = $1",
                )
                .bind(token_hash)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a session"))?;
                let Some((account_id, created_at, seen_at, expires_at)) = row else {
                    return Ok(None);
                };
                Ok(Some(SessionRow {
                    token_hash: token_hash.to_owned(),
                    account_id: AccountId(account_id),
                    created_at: instant(created_at, "begin of a session")?,
                    seen_at: instant(seen_at, "last sight of a session")?,
                    expires_at: instant(expires_at, "end of a session")?,
                }))
            }

            async fn touch_session(&self, token_hash: &str, seen_at: Instant) -> Result<(), Fault> {
                let mut connection = self.light().await?;
                sqlx::query("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1")
                    .bind(token_hash)
                    .bind(micros(seen_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("touching a session"))?;
                Ok(())
            }

            async fn delete_session(&self, token_hash: &str) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
                    .bind(token_hash)
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("ending a session"))?;
                Ok(())
            }
        }
    };
}

implement_accounts!(SqliteStore);
implement_accounts!(PostgresStore);
