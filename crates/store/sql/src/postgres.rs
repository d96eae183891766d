//! The store on PostgreSQL: any number of nodes share it.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, Postgres};
use store_port::{AppendOutcome, CaseChange, Fault};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::columns::fault;
use crate::{OpenFault, Tables};

/// Connections of one node.
pub(crate) const CONNECTIONS: u32 = 16;

/// A connection that has been idle for longer is asked whether it is still there before it is used.
const IDLE: Duration = Duration::from_secs(1);

/// A server that has not answered a question as small as "are you there" by then is taken for gone.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Who waits for a connection waits no longer than this: then the database is away.
const CONNECTS_WITHIN: Duration = Duration::from_secs(10);

/// A commit that waits for longer, such as for a standby that is away, is left to itself and its outcome is unknown. It
/// is never cancelled: the server would report success for what only it has.
const COMMITS_WITHIN: Duration = Duration::from_secs(20);

/// Of several servers, how often one looks which of them is the primary.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Every statement here goes by a key or an index. The planner must not fall back to reading whole tables
/// from a plan it made when they were empty and keeps for the life of a connection.
const SETTINGS: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// The store on PostgreSQL.
pub struct PostgresStore {
    pool: PgPool,
    /// Follows the primary, where there are several servers. Ends with the store.
    follower: Option<AbortHandle>,
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(follower) = &self.follower {
            follower.abort();
        }
    }
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
        let mut servers = Self::servers(url)?;
        if tables == Tables::Look {
            for server in &mut servers {
                *server = server.clone().options([("default_transaction_read_only", "on")]);
            }
        }
        // The pool would go on trying for long; who gave a wrong address wants to know at once.
        let (at, mut first) = first_of(&servers).await.map_err(OpenFault::Connect)?;
        let Some(options) = servers.get(at).cloned() else {
            return Err(OpenFault::UnknownKind);
        };
        if Self::schema_state(&mut first).await?.may_migrate(tables)? {
            Self::MIGRATIONS.run(&mut first).await.map_err(OpenFault::Migrate)?;
        }
        first.close().await.map_err(OpenFault::Connect)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECTS_WITHIN)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    // Asking each time costs a round trip; one that has lain idle may have been hung up.
                    if about.idle_for <= IDLE {
                        return Ok(true);
                    }
                    // A machine that is gone does not even hang up.
                    let answered = tokio::time::timeout(ANSWERS_WITHIN, connection.ping()).await;
                    Ok(matches!(answered, Ok(Ok(()))))
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(SETTINGS).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        let follower = (servers.len() > 1)
            .then(|| tokio::spawn(follow(pool.clone(), servers, at)).abort_handle());
        Ok(Self { pool, follower })
    }

    /// How the server is reached; of several, the primary.
    pub(crate) async fn connect(url: &str) -> Result<PgConnection, OpenFault> {
        let (_, connection) = first_of(&Self::servers(url)?).await.map_err(OpenFault::Connect)?;
        Ok(connection)
    }

    /// How each server is reached that `url` names: `postgres://user@first:5432,second:5432/name`.
    fn servers(url: &str) -> Result<Vec<PgConnectOptions>, OpenFault> {
        each_host(url)
            .iter()
            .map(|url| {
                let options = PgConnectOptions::from_str(url).map_err(OpenFault::Address)?;
                Ok(options.application_name("yijianshi"))
            })
            .collect()
    }

    /// What `future` comes to, and whether the server warned of something meanwhile.
    pub(crate) async fn heard<F: Future>(future: F) -> (F::Output, bool) {
        crate::notices::heard(future).await
    }

    /// Gives a commit only so long; then its outcome is unknown.
    pub(crate) async fn in_time<T>(
        future: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(COMMITS_WITHIN, future).await {
            Ok(done) => done,
            Err(_) => Err(Fault::OutcomeUnknown { doing: "waiting for a commit" }),
        }
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

/// One address for each host of an address with several.
fn each_host(url: &str) -> Vec<String> {
    let alone = || vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return alone() };
    let (authority, tail) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (account, hosts) = match authority.rsplit_once('@') {
        Some((account, hosts)) => (format!("{account}@"), hosts),
        None => (String::new(), authority),
    };
    hosts.split(',').map(|host| format!("{scheme}://{account}{host}{tail}")).collect()
}

/// Connects to the primary; where none of several is one, to the first that answers.
async fn first_of(servers: &[PgConnectOptions]) -> Result<(usize, PgConnection), sqlx::Error> {
    if let [only] = servers {
        return Ok((0, only.connect().await?));
    }
    let mut other = None;
    let mut refused = sqlx::Error::PoolTimedOut;
    for (at, server) in servers.iter().enumerate() {
        match tokio::time::timeout(CONNECTS_WITHIN, server.connect()).await {
            Ok(Ok(mut connection)) => {
                if is_primary(&mut connection).await {
                    return Ok((at, connection));
                }
                other = other.or(Some((at, connection)));
            }
            Ok(Err(error)) => refused = error,
            Err(_) => {}
        }
    }
    other.ok_or(refused)
}

async fn is_primary(connection: &mut PgConnection) -> bool {
    let asked = sqlx::query_scalar("SELECT NOT pg_is_in_recovery()").fetch_one(connection);
    matches!(tokio::time::timeout(ANSWERS_WITHIN, asked).await, Ok(Ok(true)))
}

/// Sees that new connections go to whichever server is the primary. Those to a server that was destroyed or became a
/// standby have been hung up.
async fn follow(pool: PgPool, servers: Vec<PgConnectOptions>, mut at: usize) {
    let mut watched: Option<PgConnection> = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Some(connection) = &mut watched
            && is_primary(connection).await
        {
            continue;
        }
        watched = None;
        // Where it was is the likeliest.
        let nearest = (0..servers.len())
            .map(|step| at.saturating_add(step).checked_rem(servers.len()).unwrap_or(0));
        for place in nearest {
            let Some(server) = servers.get(place) else { continue };
            let connected = tokio::time::timeout(ANSWERS_WITHIN, server.connect()).await;
            let Ok(Ok(mut connection)) = connected else { continue };
            if !is_primary(&mut connection).await {
                continue;
            }
            if place != at {
                tracing::warn!(server = place + 1, "another server is the primary now: following");
                pool.set_connect_options(server.clone());
                at = place;
            }
            watched = Some(connection);
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::each_host;

    #[test]
    fn an_address_with_several_hosts_is_several_addresses() {
        let split = |url: &str| each_host(url).join(" ");
        assert_eq!(split("postgres://u@h/n"), "postgres://u@h/n");
        assert_eq!(
            split("postgres://u:p%40,@a:1,b:2/n?sslmode=require"),
            "postgres://u:p%40,@a:1/n?sslmode=require postgres://u:p%40,@b:2/n?sslmode=require"
        );
        assert_eq!(split("postgres://a,b?x=1,2"), "postgres://a?x=1,2 postgres://b?x=1,2");
        assert_eq!(
            split("postgres://u@%2Ft%2Fa,%2Ft%2Fb/n"),
            "postgres://u@%2Ft%2Fa/n postgres://u@%2Ft%2Fb/n"
        );
    }
}
