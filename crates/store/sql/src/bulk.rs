//! Many rows in one statement, from one SQL text.
//!
//! A [`Bulk`] is a statement that reads its rows from `n`, written once. Only the head differs: PostgreSQL
//! gets `n` as one array per column, SQLite as `VALUES` in a few fixed sizes, so that every text is prepared
//! once. This module deliberately knows no table; `tables` does.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::OnceLock;

use sqlx::postgres::{PgArguments, PgBindIterExt as _, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Postgres, Sqlite};
use uuid::Uuid;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Bigint,
    Text,
    Bytes,
    Bool,
}

impl Kind {
    const fn array(self) -> &'static str {
        match self {
            Self::Uuid => "uuid[]",
            Self::Bigint => "bigint[]",
            Self::Text => "text[]",
            Self::Bytes => "bytea[]",
            Self::Bool => "boolean[]",
        }
    }
}

/// One value of one row, borrowed from the change it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Uuid(Uuid),
    Bigint(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Bool(bool),
    Null,
}

impl<'a> Cell<'a> {
    fn uuid(self) -> Option<Uuid> {
        if let Self::Uuid(value) = self { Some(value) } else { None }
    }

    fn bigint(self) -> Option<i64> {
        if let Self::Bigint(value) = self { Some(value) } else { None }
    }

    fn text(self) -> Option<&'a str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }

    fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(value) = self { Some(value) } else { None }
    }

    fn bool(self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(value) } else { None }
    }
}

impl From<Uuid> for Cell<'_> {
    fn from(value: Uuid) -> Self {
        Self::Uuid(value)
    }
}

impl From<i64> for Cell<'_> {
    fn from(value: i64) -> Self {
        Self::Bigint(value)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Cell<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl From<bool> for Cell<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// How many rows one SQLite statement takes; a batch is cut greedily.
const SQLITE_SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// A statement over many rows.
#[derive(Debug)]
pub(crate) struct Bulk {
    columns: &'static [(&'static str, Kind)],
    tail: Cow<'static, str>,
    postgres: OnceLock<String>,
    sqlite: [OnceLock<String>; SQLITE_SIZES.len()],
}

impl Bulk {
    /// `tail` reads the rows from `n`, whose columns are `columns`.
    pub(crate) const fn new(columns: &'static [(&'static str, Kind)], tail: &'static str) -> Self {
        Self {
            columns,
            tail: Cow::Borrowed(tail),
            postgres: OnceLock::new(),
            sqlite: [const { OnceLock::new() }; SQLITE_SIZES.len()],
        }
    }

    /// The same, returning a row for each that it touches.
    pub(crate) fn returning(&self) -> Self {
        Self {
            tail: Cow::Owned(format!("{} RETURNING 1", self.tail)),
            ..Self::new(self.columns, "")
        }
    }

    /// The same upsert for those rows only of which `table` does not hold just such a one, under a key of this many
    /// first columns; it returns a row for each.
    pub(crate) fn only_unlike(&self, table: &str, keys: usize) -> Self {
        let same: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, (column, _))| {
                let is = if at < keys { "=" } else { "IS NOT DISTINCT FROM" };
                format!("o.{column} {is} n.{column}")
            })
            .collect();
        let unlike = format!("NOT EXISTS (SELECT 1 FROM {table} o WHERE {})", same.join(" AND "));
        // Every column, also those that never change once they are right.
        let (head, _) = self.tail.split_once("WHERE true").unwrap_or((&self.tail, ""));
        let names =
            |of: &[(&str, Kind)]| of.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
        let key = names(self.columns.get(..keys).unwrap_or_default()).join(", ");
        let sets: Vec<String> = names(self.columns.get(keys..).unwrap_or_default())
            .into_iter()
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let tail = format!(
            "{head}WHERE {unlike} ON CONFLICT ({key}) DO UPDATE SET {} RETURNING 1",
            sets.join(", ")
        );
        Self { tail: Cow::Owned(tail), ..Self::new(self.columns, "") }
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The text with its arrays bound from `$first` on.
    fn postgres_text(&self, first: usize) -> String {
        let arrays: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| format!("${}::{}", first.saturating_add(at), kind.array()))
            .collect();
        format!(
            "WITH n({}) AS (SELECT * FROM UNNEST({})) {}",
            self.names(),
            arrays.join(", "),
            self.tail
        )
    }

    fn sqlite_text(&self, rows: usize) -> String {
        let marks = vec!["?"; self.columns.len()].join(", ");
        let values = vec![format!("({marks})"); rows].join(", ");
        format!("WITH n({}) AS (VALUES {values}) {}", self.names(), self.tail)
    }
}

/// Rows for one statement.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    bulk: &'static Bulk,
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    pub(crate) const fn new(bulk: &'static Bulk) -> Self {
        Self { bulk, cells: Vec::new() }
    }

    /// Adds one row; `N` is the number of the statement's columns.
    pub(crate) fn push<const N: usize>(&mut self, row: [Cell<'a>; N]) {
        debug_assert_eq!(N, self.bulk.columns.len(), "a row has a cell for each column");
        self.cells.extend(row);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len().checked_div(self.bulk.columns.len()).unwrap_or(0)
    }

    /// The same rows for another statement over the same columns.
    pub(crate) fn of(self, bulk: &'static Bulk) -> Self {
        debug_assert_eq!(bulk.columns, self.bulk.columns, "statements over the same columns");
        Self { bulk, cells: self.cells }
    }

    /// The names of the columns, with commas between.
    pub(crate) fn names(&self) -> String {
        self.bulk.names()
    }

    /// Row by row.
    pub(crate) fn each(&self) -> impl Iterator<Item = &[Cell<'a>]> {
        self.cells.chunks(self.bulk.columns.len().max(1))
    }

    fn column(&self, at: usize) -> impl Iterator<Item = Cell<'a>> {
        self.cells.iter().skip(at).step_by(self.bulk.columns.len()).copied()
    }
}

type PostgresQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_arrays<'q>(mut query: PostgresQuery<'q>, rows: &Rows<'_>) -> PostgresQuery<'q> {
    for (at, (_, kind)) in rows.bulk.columns.iter().enumerate() {
        let column = rows.column(at);
        query = match kind {
            Kind::Uuid => query.bind(column.map(Cell::uuid).bind_iter()),
            Kind::Bigint => query.bind(column.map(Cell::bigint).bind_iter()),
            Kind::Text => query.bind(column.map(Cell::text).bind_iter()),
            Kind::Bytes => query.bind(column.map(Cell::bytes).bind_iter()),
            Kind::Bool => query.bind(column.map(Cell::bool).bind_iter()),
        };
    }
    query
}

/// Statements as data-modifying parts of one, and the number of the next parameter.
fn together(list: &[Rows<'_>]) -> (String, usize) {
    let mut text = String::new();
    let mut first = 1usize;
    for (at, rows) in list.iter().enumerate() {
        let comma = if at == 0 { "WITH" } else { "," };
        let part = rows.bulk.postgres_text(first);
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma} w{at} AS ({part})");
        first = first.saturating_add(rows.bulk.columns.len());
    }
    (text, first)
}

/// The cast at the end of a checked statement failed.
fn not_as_expected(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("22P02")
}

/// What both databases can do with bulk statements.
pub(crate) trait RunBulk: sqlx::Database {
    /// Runs one statement; returns what it returns.
    async fn run(
        connection: &mut Self::Connection,
        rows: &Rows<'_>,
    ) -> Result<Vec<Self::Row>, sqlx::Error>;

    /// Runs a fixed list of statements of which the `checked` ones, in order, return each row they touch, and
    /// commits them together; false, and nothing done, unless they return `expected` rows. `text` keeps what is prepared.
    async fn run_checked(
        connection: &mut Self::Connection,
        list: &[Rows<'_>],
        checked: &[usize],
        expected: usize,
        text: &'static OnceLock<String>,
    ) -> Result<bool, sqlx::Error>;

    /// Runs a fixed list of statements that do not depend on each other and return nothing. `text` keeps
    /// what is prepared for this list.
    async fn run_all(
        connection: &mut Self::Connection,
        list: &[Rows<'_>],
        text: &'static OnceLock<String>,
    ) -> Result<(), sqlx::Error>;
}

impl RunBulk for Postgres {
    async fn run(
        connection: &mut PgConnection,
        rows: &Rows<'_>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let text = rows.bulk.postgres.get_or_init(|| rows.bulk.postgres_text(1));
        bind_arrays(sqlx::query(text.as_str()), rows).fetch_all(connection).await
    }

    /// One round trip, the commit included: the statement fails by itself when something is not as expected.
    async fn run_checked(
        connection: &mut PgConnection,
        list: &[Rows<'_>],
        checked: &[usize],
        expected: usize,
        text: &'static OnceLock<String>,
    ) -> Result<bool, sqlx::Error> {
        let text = text.get_or_init(|| {
            let (mut text, next) = together(list);
            let counts: Vec<String> =
                checked.iter().map(|at| format!("(SELECT count(*) FROM w{at})")).collect();
            let sum = counts.join(" + ");
            // Writing to a String cannot fail. The cast of words to a number fails, and says why in the
            // server's log.
            let _ = write!(
                text,
                " SELECT CASE WHEN {sum} = ${next} THEN 1 \
                 ELSE CAST('changed by somebody else: ' || ({sum}) AS integer) END"
            );
            text
        });
        let mut query = sqlx::query(text.as_str());
        for rows in list {
            query = bind_arrays(query, rows);
        }
        let expected = i64::try_from(expected).unwrap_or(i64::MAX);
        match query.bind(expected).execute(connection).await {
            Ok(_) => Ok(true),
            Err(error) if not_as_expected(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All in one round trip: each statement is a data-modifying part of one.
    async fn run_all(
        connection: &mut PgConnection,
        list: &[Rows<'_>],
        text: &'static OnceLock<String>,
    ) -> Result<(), sqlx::Error> {
        let text = text.get_or_init(|| {
            let (mut text, _) = together(list);
            text.push_str(" SELECT 1");
            text
        });
        let mut query = sqlx::query(text.as_str());
        for rows in list {
            query = bind_arrays(query, rows);
        }
        query.execute(connection).await?;
        Ok(())
    }
}

impl RunBulk for Sqlite {
    async fn run(
        connection: &mut SqliteConnection,
        rows: &Rows<'_>,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let mut returned = Vec::new();
        let mut left = rows.len();
        let mut cells = rows.cells.iter();
        for (slot, &size) in rows.bulk.sqlite.iter().zip(&SQLITE_SIZES) {
            let text = slot.get_or_init(|| rows.bulk.sqlite_text(size));
            while left >= size {
                let mut query = sqlx::query(text.as_str());
                for cell in cells.by_ref().take(size.saturating_mul(rows.bulk.columns.len())) {
                    query = match *cell {
                        Cell::Uuid(value) => query.bind(value),
                        Cell::Bigint(value) => query.bind(value),
                        Cell::Text(value) => query.bind(value),
                        Cell::Bytes(value) => query.bind(value),
                        Cell::Bool(value) => query.bind(value),
                        Cell::Null => query.bind(None::<i64>),
                    };
                }
                returned.extend(query.fetch_all(&mut *connection).await?);
                left = left.saturating_sub(size);
            }
        }
        Ok(returned)
    }

    async fn run_checked(
        connection: &mut SqliteConnection,
        list: &[Rows<'_>],
        checked: &[usize],
        expected: usize,
        _text: &'static OnceLock<String>,
    ) -> Result<bool, sqlx::Error> {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut returned = 0usize;
        for (at, rows) in list.iter().enumerate() {
            let touched = Self::run(&mut tx, rows).await?.len();
            if checked.contains(&at) {
                returned = returned.saturating_add(touched);
            }
            // Known before the rest is written for nothing.
            if Some(&at) == checked.last() && returned != expected {
                tx.rollback().await?;
                return Ok(false);
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn run_all(
        connection: &mut SqliteConnection,
        list: &[Rows<'_>],
        _text: &'static OnceLock<String>,
    ) -> Result<(), sqlx::Error> {
        for rows in list {
            Self::run(connection, rows).await?;
        }
        Ok(())
    }
}
