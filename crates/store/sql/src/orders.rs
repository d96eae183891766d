//! Orders of agents and what was done on them.

use async_trait::async_trait;
use store_port::{AccountRow, Fault, OrderActRow, OrderRow, Orders};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DraftId, Instant, SubjectId};

use crate::accounts::AccountColumns;
use crate::columns::{fault, instant, maybe_instant, micros};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct OrderColumns {
    order_id: Uuid,
    applicant: Uuid,
    subject: Uuid,
    agent: Option<Uuid>,
    matter: String,
    powers: String,
    evidence: String,
    granted_at: i64,
    valid_from: String,
    valid_until: String,
    ended_at: Option<i64>,
    note: Option<Vec<u8>>,
}

impl TryFrom<OrderColumns> for OrderRow {
    type Error = Fault;

    fn try_from(row: OrderColumns) -> Result<Self, Fault> {
        Ok(Self {
            order_id: row.order_id,
            applicant: AccountId(row.applicant),
            subject: SubjectId(row.subject),
            agent: row.agent.map(AccountId),
            matter: row.matter,
            powers: row.powers,
            evidence: row.evidence,
            granted_at: instant(row.granted_at, "instant of an order")?,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            ended_at: maybe_instant(row.ended_at, "end of an order")?,
            note: row.note,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ActColumns {
    order_id: Uuid,
    act_id: Uuid,
    agent: Uuid,
    what: String,
    draft_id: Option<Uuid>,
    case_id: Option<Uuid>,
    at: i64,
}

impl TryFrom<ActColumns> for OrderActRow {
    type Error = Fault;

    fn try_from(row: ActColumns) -> Result<Self, Fault> {
        Ok(Self {
            order_id: row.order_id,
            act_id: row.act_id,
            agent: AccountId(row.agent),
            what: row.what,
            draft: row.draft_id.map(DraftId),
            case: row.case_id.map(CaseId),
            at: instant(row.at, "instant of an act")?,
        })
    }
}

macro_rules! implement_orders {
    ($store:ident) => {
        #[async_trait]
        impl Orders for $store {
            async fn insert_order(&self, row: &OrderRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "INSERT INTO agent_orders (order_id, applicant, subject, agent, matter, powers, \
                     evidence, granted_at, valid_from, valid_until, ended_at, note) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                     ON CONFLICT (order_id) DO NOTHING",
                )
                .bind(row.order_id)
                .bind(row.applicant.0)
                .bind(row.subject.0)
                .bind(row.agent.map(|agent| agent.0))
                .bind(row.matter.as_str())
                .bind(row.powers.as_str())
                .bind(row.evidence.as_str())
                .bind(micros(row.granted_at))
                .bind(row.valid_from.as_str())
                .bind(row.valid_until.as_str())
                .bind(row.ended_at.map(micros))
                .bind(row.note.as_deref())
                .execute(&mut *connection)
                .await
                .map_err(fault("writing an order"))?;
                Ok(done.rows_affected() == 1)
            }

            async fn find_order(&self, order: Uuid) -> Result<Option<OrderRow>, Fault> {
                let row: Option<OrderColumns> =
                    sqlx::query_as("SELECT * FROM agent_orders WHERE order_id = $1")
                        .bind(order)
                        .fetch_optional(self.reader())
                        .await
                        .map_err(fault("looking for an order"))?;
                row.map(OrderRow::try_from).transpose()
            }

            async fn list_orders_of(&self, applicant: AccountId) -> Result<Vec<OrderRow>, Fault> {
                let rows: Vec<OrderColumns> = sqlx::query_as(
                    "SELECT * FROM agent_orders WHERE applicant = $1 \
                     ORDER BY granted_at DESC, order_id",
                )
                .bind(applicant.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the orders of an applicant"))?;
                rows.into_iter().map(OrderRow::try_from).collect()
            }

            async fn list_orders_for(&self, agent: AccountId) -> Result<Vec<OrderRow>, Fault> {
                let rows: Vec<OrderColumns> = sqlx::query_as(
                    "SELECT * FROM agent_orders WHERE agent = $1 \
                     OR (agent IS NULL AND ended_at IS NULL) ORDER BY granted_at DESC, order_id",
                )
                .bind(agent.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the orders of an agent"))?;
                rows.into_iter().map(OrderRow::try_from).collect()
            }

            async fn end_order(&self, order: Uuid, at: Instant) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE agent_orders SET ended_at = $2 \
                     WHERE order_id = $1 AND ended_at IS NULL",
                )
                .bind(order)
                .bind(micros(at))
                .execute(&mut *connection)
                .await
                .map_err(fault("ending an order"))?;
                Ok(done.rows_affected() == 1)
            }

            async fn take_order(&self, order: Uuid, agent: AccountId) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE agent_orders SET agent = $2 \
                     WHERE order_id = $1 AND agent IS NULL AND ended_at IS NULL",
                )
                .bind(order)
                .bind(agent.0)
                .execute(&mut *connection)
                .await
                .map_err(fault("taking an order"))?;
                Ok(done.rows_affected() == 1)
            }

            async fn insert_act(&self, row: &OrderActRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO agent_acts (order_id, act_id, agent, what, draft_id, case_id, at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(row.order_id)
                .bind(row.act_id)
                .bind(row.agent.0)
                .bind(row.what.as_str())
                .bind(row.draft.map(|draft| draft.0))
                .bind(row.case.map(|case| case.0))
                .bind(micros(row.at))
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping an act"))?;
                Ok(())
            }

            async fn list_acts(&self, order: Uuid) -> Result<Vec<OrderActRow>, Fault> {
                let rows: Vec<ActColumns> =
                    sqlx::query_as("SELECT * FROM agent_acts WHERE order_id = $1 ORDER BY at, act_id")
                        .bind(order)
                        .fetch_all(self.reader())
                        .await
                        .map_err(fault("listing acts"))?;
                rows.into_iter().map(OrderActRow::try_from).collect()
            }

            async fn list_agents(&self) -> Result<Vec<AccountRow>, Fault> {
                let rows: Vec<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts \
                     WHERE role = 'agent' AND NOT disabled ORDER BY login",
                )
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing agents"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    };
}

implement_orders!(SqliteStore);
implement_orders!(PostgresStore);
