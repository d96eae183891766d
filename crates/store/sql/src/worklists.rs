//! Lists of cases and of service cases. Counts and rows are filtered by the same words.
//!
//! No page reads more than its rows and the entries of one index before them, however many cases there are: each
//! list is a range of an index in the order of the list, the next page begins after the last key, and counts stop
//! at [`COUNTED_AT_MOST`]. Keys are found in the index alone; only a page's own rows are fetched.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::QueryBuilder;
use store_port::{
    Addressed, AssignedTo, COUNTED_AT_MOST, CaseRow, Fault, LightCount, LightWanted, ServiceFilter,
    ServiceRow, WatchedRow, Worklists,
};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, Instant, SealedId, SubjectId};

use crate::columns::{count, fault, instant, maybe_instant, micros};
use crate::gather::NO_PROMISE;
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct CaseColumns {
    case_id: Uuid,
    case_number: String,
    subject: Uuid,
    owner: Option<Uuid>,
    matter: String,
    state: String,
    submitted_at: i64,
    promised_on: Option<String>,
    version: i64,
}

impl TryFrom<CaseColumns> for CaseRow {
    type Error = Fault;

    fn try_from(row: CaseColumns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            case_number: row.case_number,
            subject: SubjectId(row.subject),
            owner: row.owner.map(AccountId),
            matter: row.matter,
            state: row.state,
            submitted_at: instant(row.submitted_at, "instant of a submission")?,
            promised_on: row.promised_on,
            version: count(row.version, "version of a case")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ServiceColumns {
    case_id: Uuid,
    case_number: String,
    node: String,
    service: String,
    matter: String,
    department: String,
    state: String,
    started_at: Option<i64>,
    promised_on: Option<String>,
    statutory_on: Option<String>,
    clock_stopped: bool,
    decided_at: Option<i64>,
    applicant: Option<Uuid>,
    area: Option<String>,
    stage: String,
    yellow_on: Option<String>,
    red_on: Option<String>,
    running: bool,
    marks: String,
    reminders: i64,
    notices: i64,
    answered: i64,
    notice: String,
    told: String,
}

impl TryFrom<ServiceColumns> for ServiceRow {
    type Error = Fault;

    fn try_from(row: ServiceColumns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            case_number: row.case_number,
            node: row.node,
            service: row.service,
            matter: row.matter,
            department: row.department,
            state: row.state,
            started_at: maybe_instant(row.started_at, "start of a service case")?,
            promised_on: row.promised_on,
            statutory_on: row.statutory_on,
            clock_stopped: row.clock_stopped,
            decided_at: maybe_instant(row.decided_at, "decision of a service case")?,
            applicant: row.applicant.map(SealedId),
            area: row.area,
            watched: WatchedRow {
                stage: row.stage,
                yellow_on: row.yellow_on,
                red_on: row.red_on,
                running: row.running,
                marks: row.marks,
                reminders: count(row.reminders, "number of reminders")?,
                notices: count(row.notices, "number of notices")?,
                answered: count(row.answered, "number of answers")?,
                notice: row.notice,
                told: row.told,
            },
        })
    }
}

const SERVICE_COLUMNS: &str = "case_id, case_number, node, service, matter, department, state, \
     started_at, promised_on, statutory_on, clock_stopped, decided_at, applicant, sort_on, \
     area, stage, yellow_on, red_on, running, marks, reminders, notices, answered, notice, told";

/// The order of worklists: most urgent first, without a promised date last.
const SERVICE_ORDER: &str = " ORDER BY sort_on, case_id, node LIMIT ";

/// So many last characters of a case number find it: what people read out.
const LAST: usize = 6;

/// A pattern for what contains `part`, whatever it contains itself.
fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

macro_rules! implement_worklists {
    ($store:ident, $database:ident, last: $last:literal, bytes: $bytes:literal) => {
        impl $store {
            /// What was told to somebody and still stands, or has a notice in such a state.
            fn push_addressed(query: &mut QueryBuilder<sqlx::$database>, addressed: &Addressed) {
                // The first condition is that of the index.
                query.push(" AND (told <> '[]' OR notice <> '') AND (false");
                for wanted in &addressed.told {
                    query.push(" OR (told LIKE ");
                    query.push_bind(containing(&format!("\"to\":\"{}\"", wanted.to)));
                    query.push(" ESCAPE '!'");
                    if let Some(departments) = &wanted.departments {
                        query.push(" AND department IN (''");
                        for department in departments {
                            query.push(", ").push_bind(department.clone());
                        }
                        query.push(")");
                    }
                    query.push(")");
                }
                for notice in &addressed.notices {
                    query.push(" OR notice = ").push_bind(notice.clone());
                }
                query.push(")");
            }

            /// The filter that lists and counts share.
            fn push_filter(query: &mut QueryBuilder<sqlx::$database>, filter: &ServiceFilter) {
                query.push(" WHERE true");
                if let Some(department) = &filter.department {
                    query.push(" AND department = ").push_bind(department.as_str());
                }
                if let Some(matter) = &filter.matter {
                    query.push(" AND matter = ").push_bind(matter.as_str());
                }
                if let Some(number) = &filter.case_number {
                    query
                        .push(" AND case_id IN (SELECT case_id FROM cases WHERE case_number = ")
                        .push_bind(number.as_str())
                        .push(")");
                }
                if let Some(part) = &filter.number_part {
                    Self::push_number(query, part);
                }
                if let Some(service) = &filter.service {
                    query.push(" AND service = ").push_bind(service.as_str());
                }
                if let Some(area) = &filter.area {
                    query.push(" AND area = ").push_bind(area.as_str());
                }
                if !filter.area_below.is_empty() {
                    query.push(" AND area >= ").push_bind(filter.area_below.clone());
                    query.push(" AND area < ").push_bind(format!("{}~", filter.area_below));
                }
                if let Some(stage) = &filter.stage {
                    // Said in words, so that the index of those is known to hold it.
                    query.push(" AND stage <> '' AND stage = ").push_bind(stage.as_str());
                }
                if let Some(notice) = &filter.notice {
                    query.push(" AND notice <> '' AND notice = ").push_bind(notice.as_str());
                }
                if let Some(addressed) = &filter.addressed {
                    Self::push_addressed(query, addressed);
                }
                if let Some((light, today)) = &filter.light {
                    query.push(" AND stage <> ''");
                    match light {
                        LightWanted::Any => {}
                        LightWanted::Red => {
                            query.push(" AND red_on <= ").push_bind(today.as_str());
                        }
                        LightWanted::Yellow => {
                            query.push(" AND yellow_on <= ").push_bind(today.as_str());
                            query.push(" AND (red_on IS NULL OR red_on > ");
                            query.push_bind(today.as_str()).push(")");
                        }
                        LightWanted::Green | LightWanted::Stopped => {
                            query.push(" AND (yellow_on IS NULL OR yellow_on > ");
                            query
                                .push_bind(today.as_str())
                                .push(") AND (red_on IS NULL OR red_on > ");
                            query.push_bind(today.as_str()).push(") AND ");
                            let green = *light == LightWanted::Green;
                            query.push(if green { "running" } else { "NOT running" });
                        }
                    }
                }
                if let Some(date) = &filter.due_before {
                    query.push(" AND promised_on < ").push_bind(date.as_str());
                }
                match filter.stopped {
                    Some(true) => drop(query.push(" AND clock_stopped")),
                    Some(false) => drop(query.push(" AND NOT clock_stopped")),
                    None => {}
                }
                for state in &filter.without_states {
                    query.push(" AND state <> ").push_bind(state.as_str());
                }
                match filter.assigned {
                    Some(AssignedTo::Officer(officer)) => {
                        query
                            .push(
                                " AND (case_id, node) IN (SELECT case_id, node \
                                 FROM assignments WHERE officer = ",
                            )
                            .push_bind(officer.0)
                            .push(")");
                    }
                    Some(AssignedTo::Nobody) => {
                        query.push(
                            " AND NOT EXISTS (SELECT 1 FROM assignments \
                             WHERE assignments.case_id = service_cases.case_id \
                             AND assignments.node = service_cases.node \
                             AND assignments.officer IS NOT NULL)",
                        );
                    }
                    None => {}
                }
            }

            /// Numbers that begin so, and those that end so if it is their last six characters. What a number
            /// contains anywhere else is no way to find it: no index of both databases answers that.
            fn push_number(query: &mut QueryBuilder<sqlx::$database>, part: &str) {
                query.push(concat!(
                    " AND case_id IN (SELECT case_id FROM cases WHERE case_number",
                    $bytes,
                    " >= "
                ));
                query.push_bind(part.to_owned()).push(concat!(" AND case_number", $bytes, " < "));
                // No character of a number comes after this one in either database's order.
                query.push_bind(format!("{part}~"));
                if part.chars().count() == LAST {
                    query.push(concat!(" UNION SELECT case_id FROM cases WHERE ", $last, " = "));
                    query.push_bind(part.to_owned());
                }
                query.push(")");
            }

            /// The whole list: the keys of its page first, then their rows.
            fn list_query(head: &str, filter: &ServiceFilter) -> QueryBuilder<sqlx::$database> {
                let mut states: Vec<&str> = filter.states.iter().map(String::as_str).collect();
                // Not even looked at: an index of those may be long.
                states.retain(|state| !filter.leaves_out(state));
                states.sort_unstable();
                states.dedup();
                let mut query = QueryBuilder::<sqlx::$database>::new(head);
                query
                    .push("SELECT ")
                    .push(SERVICE_COLUMNS)
                    .push(" FROM service_cases WHERE (case_id, node) IN ");
                if states.is_empty() {
                    query.push("(SELECT case_id, node FROM (");
                    Self::push_page(&mut query, filter, None);
                } else {
                    query.push("(SELECT case_id, node FROM (SELECT * FROM (");
                    for (at, state) in states.iter().enumerate() {
                        let union = if at == 0 { "" } else { " UNION ALL " };
                        query.push(union).push("SELECT * FROM (");
                        Self::push_page(&mut query, filter, Some(state));
                        query.push(") AS page").push(at);
                    }
                    query.push(") AS pages").push(SERVICE_ORDER).push(filter.limit);
                }
                // Limits stand in the text: a plan made for any limit reads and sorts the whole list.
                query.push(") AS keys)").push(SERVICE_ORDER).push(filter.limit);
                query
            }

            /// How many of each state, each up to the bound.
            fn count_query(
                head: &str,
                filter: &ServiceFilter,
                groups: &[Vec<&str>],
            ) -> QueryBuilder<sqlx::$database> {
                let mut query = QueryBuilder::<sqlx::$database>::new(head);
                for (at, group) in groups.iter().enumerate() {
                    query.push(if at == 0 { "SELECT " } else { " UNION ALL SELECT " });
                    query.push("CAST(").push(at).push(" AS BIGINT), COUNT(*) FROM (");
                    query.push("SELECT 1 AS one FROM service_cases");
                    Self::push_filter(&mut query, filter);
                    query.push(" AND state IN (''");
                    for state in group.iter().filter(|state| !filter.leaves_out(state)) {
                        query.push(", ").push_bind((*state).to_owned());
                    }
                    query.push(") LIMIT ").push(COUNTED_AT_MOST);
                    query.push(") AS counted").push(at);
                }
                query
            }

            /// One page of one state (or of all): so it is a range of the index, however many there are.
            fn push_page(
                query: &mut QueryBuilder<sqlx::$database>,
                filter: &ServiceFilter,
                state: Option<&str>,
            ) {
                query.push("SELECT sort_on, case_id, node FROM service_cases");
                Self::push_filter(query, filter);
                if let Some(state) = state {
                    query.push(" AND state = ").push_bind(state);
                }
                if let Some((date, case, node)) = &filter.after {
                    let date = if date.is_empty() { NO_PROMISE } else { date.as_str() };
                    query.push(" AND (sort_on, case_id, node) > (").push_bind(date);
                    query.push(", ").push_bind(case.0);
                    query.push(", ").push_bind(node.as_str()).push(")");
                }
                query.push(SERVICE_ORDER).push(filter.limit);
            }
        }

        #[async_trait]
        impl Worklists for $store {
            async fn list_services(
                &self,
                filter: &ServiceFilter,
            ) -> Result<Vec<ServiceRow>, Fault> {
                if !filter.states.is_empty() && filter.states.iter().all(|it| filter.leaves_out(it))
                {
                    return Ok(Vec::new());
                }
                let mut query = Self::list_query("", filter);
                let rows: Vec<ServiceColumns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing service cases"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn count_services(
                &self,
                filter: &ServiceFilter,
                groups: &[Vec<&str>],
            ) -> Result<Vec<u64>, Fault> {
                if groups.is_empty() {
                    return Ok(Vec::new());
                }
                let mut query = Self::count_query("", filter, groups);
                let mut rows: Vec<(i64, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting service cases"))?;
                rows.sort_unstable();
                rows.into_iter().map(|(_, rows)| count(rows, "count of service cases")).collect()
            }

            async fn count_rows(&self, filter: &ServiceFilter) -> Result<u64, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM service_cases",
                );
                Self::push_filter(&mut query, filter);
                query.push(" LIMIT ").push(COUNTED_AT_MOST);
                query.push(") AS counted");
                let (rows,): (i64,) = query
                    .build_query_as()
                    .fetch_one(self.reader())
                    .await
                    .map_err(fault("counting service cases"))?;
                count(rows, "count of service cases")
            }

            async fn count_lights(
                &self,
                filter: &ServiceFilter,
                today: &str,
            ) -> Result<Vec<LightCount>, Fault> {
                let asked = ServiceFilter { light: None, ..filter.clone() };
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT department, stage, COUNT(*), SUM(CASE WHEN yellow_on <= ",
                );
                query.push_bind(today.to_owned());
                query.push(" AND (red_on IS NULL OR red_on > ").push_bind(today.to_owned());
                query.push(") THEN 1 ELSE 0 END), SUM(CASE WHEN red_on <= ");
                query.push_bind(today.to_owned());
                query.push(
                    " THEN 1 ELSE 0 END), SUM(CASE WHEN NOT running \
                     AND (yellow_on IS NULL OR yellow_on > ",
                );
                query.push_bind(today.to_owned()).push(") AND (red_on IS NULL OR red_on > ");
                query.push_bind(today.to_owned());
                query.push(") THEN 1 ELSE 0 END) FROM service_cases");
                Self::push_filter(&mut query, &asked);
                // Only what has begun and not ended, which is an index of its own.
                query.push(" AND stage <> '' GROUP BY department, stage");
                let rows: Vec<(String, String, i64, i64, i64, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting lights"))?;
                let mut counts: BTreeMap<(String, String), LightCount> = BTreeMap::new();
                for (department, stage, open, yellow, red, stopped) in rows {
                    let of = LightCount {
                        open: count(open, "count of lights")?,
                        yellow: count(yellow, "count of lights")?,
                        red: count(red, "count of lights")?,
                        stopped: count(stopped, "count of lights")?,
                        ..LightCount::of(&department, &stage)
                    };
                    counts.insert((department, stage), of);
                }
                // Sums of big numbers are decimals on one database.
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT department, stage, CAST(SUM(notices) AS BIGINT), \
                     CAST(SUM(answered) AS BIGINT) FROM service_cases",
                );
                Self::push_filter(&mut query, &asked);
                query.push(" AND notices > 0 GROUP BY department, stage");
                let rows: Vec<(String, String, i64, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting notices"))?;
                for (department, stage, notices, answered) in rows {
                    let of = LightCount::of(&department, &stage);
                    let of = counts.entry((department, stage)).or_insert(of);
                    of.notices = count(notices, "count of notices")?;
                    of.answered = count(answered, "count of notices")?;
                }
                Ok(counts.into_values().collect())
            }

            async fn list_cases_of(
                &self,
                owner: AccountId,
                after: Option<(Instant, CaseId)>,
                limit: u32,
            ) -> Result<Vec<CaseRow>, Fault> {
                let (submitted_at, case) =
                    after.map_or((i64::MAX, Uuid::max()), |(at, case)| (micros(at), case.0));
                let rows: Vec<CaseColumns> = sqlx::query_as(
                    "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, \
                     promised_on, version FROM cases WHERE owner = $1 \
                     AND (submitted_at, case_id) < ($2, $3) \
                     ORDER BY submitted_at DESC, case_id DESC LIMIT $4",
                )
                .bind(owner.0)
                .bind(submitted_at)
                .bind(case)
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the cases of an account"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn find_case(&self, case: CaseId) -> Result<Option<CaseRow>, Fault> {
                let row: Option<CaseColumns> = sqlx::query_as(
                    "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, \
                     promised_on, version FROM cases WHERE case_id = $1",
                )
                .bind(case.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a case"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn find_case_by_number(&self, number: &str) -> Result<Option<CaseRow>, Fault> {
                let row: Option<CaseColumns> = sqlx::query_as(
                    "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, \
                     promised_on, version FROM cases WHERE case_number = $1 \
                     ORDER BY submitted_at, case_id LIMIT 1",
                )
                .bind(number)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a case by its number"))?;
                row.map(TryInto::try_into).transpose()
            }
        }
    };
}

implement_worklists!(SqliteStore, Sqlite, last: "substr(case_number, -6)", bytes: "");
implement_worklists!(
    PostgresStore,
    Postgres,
    last: "right(case_number, 6)",
    bytes: " COLLATE \"C\""
);

impl PostgresStore {
    /// How the server answers a list and its counts, for tests and for operators who wonder: every step with the
    /// rows that it read.
    ///
    /// # Errors
    /// The database failed.
    pub async fn explained(
        &self,
        filter: &ServiceFilter,
        groups: &[Vec<&str>],
    ) -> Result<[Vec<String>; 2], Fault> {
        const HEAD: &str = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ";
        let list = Self::list_query(HEAD, filter)
            .build_query_scalar()
            .fetch_all(self.reader())
            .await
            .map_err(fault("explaining a list"))?;
        let counts = Self::count_query(HEAD, filter, groups)
            .build_query_scalar()
            .fetch_all(self.reader())
            .await
            .map_err(fault("explaining counts"))?;
        Ok([list, counts])
    }
}

impl SqliteStore {
    /// The same here: which index serves each step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn explained(
        &self,
        filter: &ServiceFilter,
        groups: &[Vec<&str>],
    ) -> Result<[Vec<String>; 2], Fault> {
        const HEAD: &str = "EXPLAIN QUERY PLAN ";
        let list: Vec<(i64, i64, i64, String)> = Self::list_query(HEAD, filter)
            .build_query_as()
            .fetch_all(self.reader())
            .await
            .map_err(fault("explaining a list"))?;
        let counts: Vec<(i64, i64, i64, String)> = Self::count_query(HEAD, filter, groups)
            .build_query_as()
            .fetch_all(self.reader())
            .await
            .map_err(fault("explaining counts"))?;
        let steps =
            |rows: Vec<(i64, i64, i64, String)>| rows.into_iter().map(|row| row.3).collect();
        Ok([steps(list), steps(counts)])
    }
}
