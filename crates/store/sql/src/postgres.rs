//! The store on PostgreSQL: any number of nodes share it.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Postgres};
use store_port::{AppendOutcome, CaseChange, Fault};
use uuid::Uuid;

use crate::columns::fault;
use crate::{OpenFault, Tables};

/// Connections of one node.
pub(crate) const CONNECTIONS: u32 = 16;

/// A connection that has been idle for longer is asked whether it is still there before it is used.
const IDLE: Duration = Duration::from_secs(1);

/// Every statement here goes by a key or an index. The planner must not fall back to reading whole tables
/// from a plan it made when they were empty and keeps for the life of a connection.
const SETTINGS: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// The store on PostgreSQL.
pub struct PostgresStore {
    pool: PgPool,
}

impl fmt::Debug for PostgresStore {
    /// Says nothing of the address: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    pub(crate) const BEGIN: &'static str = "BEGIN";

    /// Connects to the database that `url` names, and migrates it. Of several nodes that start together,
    /// one migrates and the others wait.
    ///
    /// # Errors
    /// See [`open`](crate::open).
    pub async fn open(url: &str) -> Result<Self, OpenFault> {
        Self::open_as(url, Tables::Migrate).await
    }

    /// The same, with a say in what becomes of its tables.
    ///
    /// # Errors
    /// See [`open_as`](crate::open_as).
    pub async fn open_as(url: &str, tables: Tables) -> Result<Self, OpenFault> {
        let options = Self::options(url)?;
        let options = match tables {
            Tables::Look => options.options([("default_transaction_read_only", "on")]),
            Tables::Migrate | Tables::Require => options,
        };
        // The pool would go on trying for long; who gave a wrong address wants to know at once.
        let mut first = options.connect().await.map_err(OpenFault::Connect)?;
        if Self::schema_state(&mut first).await?.may_migrate(tables)? {
            Self::MIGRATIONS.run(&mut first).await.map_err(OpenFault::Migrate)?;
        }
        first.close().await.map_err(OpenFault::Connect)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    // Asking each time costs a round trip; one that has lain idle may have been hung up.
                    if about.idle_for > IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(SETTINGS).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    /// How a server is reached.
    pub(crate) fn options(url: &str) -> Result<PgConnectOptions, OpenFault> {
        let options = PgConnectOptions::from_str(url).map_err(OpenFault::Address)?;
        Ok(options.application_name("yijianshi"))
    }

    pub(crate) const fn reader(&self) -> &PgPool {
        &self.pool
    }

    /// For what must be on the disk when the call returns.
    pub(crate) async fn durable(&self) -> Result<PoolConnection<Postgres>, Fault> {
        self.pool.acquire().await.map_err(fault("waiting for a connection"))
    }

    /// The same as [`durable`](Self::durable): several nodes must agree on leases.
    pub(crate) async fn light(&self) -> Result<PoolConnection<Postgres>, Fault> {
        self.durable().await
    }

    /// Only an embedded store is ever recorded.
    pub(crate) const fn record(&self, _: &[CaseChange], _: &[AppendOutcome]) {}

    /// A list of ids as one parameter, matched by `= ANY($1)`.
    pub(crate) fn ids(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
        ids.collect()
    }
}
