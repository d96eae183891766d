//! Lists of cases and of service cases. Counts and rows are filtered by the same words.

use async_trait::async_trait;
use sqlx::QueryBuilder;
use store_port::{
    AssignedTo, CaseRow, Fault, LightCount, LightWanted, ServiceFilter, ServiceRow, WatchedRow,
    Worklists,
};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, SealedId, SubjectId};

use crate::columns::{count, fault, instant, maybe_instant};
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
            },
        })
    }
}

const SERVICE_COLUMNS: &str = "case_id, case_number, node, service, matter, department, state, \
     started_at, promised_on, statutory_on, clock_stopped, decided_at, applicant, sort_on, \
     area, stage, yellow_on, red_on, running, marks, reminders, notices, answered, notice";

/// The order of worklists: most urgent first, without a promised date last.
const SERVICE_ORDER: &str = " ORDER BY sort_on, case_id, node LIMIT ";

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
    ($store:ident, $database:ident) => {
        impl $store {
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
                    query.push(" AND case_number LIKE ").push_bind(containing(part));
                    query.push(" ESCAPE '!'");
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
                    query.push(" AND stage = ").push_bind(stage.as_str());
                }
                if let Some(notice) = &filter.notice {
                    query.push(" AND notice = ").push_bind(notice.as_str());
                }
                if let Some((light, today)) = &filter.light {
                    query.push(" AND stage <> ''");
                    match light {
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

            /// One page of one state (or of all): so it is a range of the index, however many there are.
            fn push_page(
                query: &mut QueryBuilder<sqlx::$database>,
                filter: &ServiceFilter,
                state: Option<&str>,
            ) {
                query.push("SELECT ").push(SERVICE_COLUMNS).push(" FROM service_cases");
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
                query.push(SERVICE_ORDER).push_bind(i64::from(filter.limit));
            }
        }

        #[async_trait]
        impl Worklists for $store {
            async fn list_services(
                &self,
                filter: &ServiceFilter,
            ) -> Result<Vec<ServiceRow>, Fault> {
                let mut states: Vec<&str> = filter.states.iter().map(String::as_str).collect();
                states.sort_unstable();
                states.dedup();
                let mut query = QueryBuilder::<sqlx::$database>::new("");
                if states.is_empty() {
                    Self::push_page(&mut query, filter, None);
                } else {
                    query.push("SELECT * FROM (");
                    for (at, state) in states.iter().enumerate() {
                        let union = if at == 0 { "" } else { " UNION ALL " };
                        query.push(union).push("SELECT * FROM (");
                        Self::push_page(&mut query, filter, Some(state));
                        query.push(") AS page").push(at);
                    }
                    query.push(") AS pages").push(SERVICE_ORDER);
                    query.push_bind(i64::from(filter.limit));
                }
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
            ) -> Result<Vec<(String, u64)>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT state, COUNT(*) FROM service_cases",
                );
                Self::push_filter(&mut query, filter);
                query.push(" GROUP BY state ORDER BY state");
                let rows: Vec<(String, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting service cases"))?;
                rows.into_iter()
                    .map(|(state, rows)| Ok((state, count(rows, "count of service cases")?)))
                    .collect()
            }

            async fn count_lights(
                &self,
                filter: &ServiceFilter,
                today: &str,
            ) -> Result<Vec<LightCount>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT department, stage, SUM(CASE WHEN stage <> '' THEN 1 ELSE 0 END), \
                     SUM(CASE WHEN stage <> '' AND yellow_on <= ",
                );
                query.push_bind(today.to_owned());
                query.push(" AND (red_on IS NULL OR red_on > ").push_bind(today.to_owned());
                query.push(") THEN 1 ELSE 0 END), SUM(CASE WHEN stage <> '' AND red_on <= ");
                query.push_bind(today.to_owned());
                query.push(
                    " THEN 1 ELSE 0 END), SUM(CASE WHEN stage <> '' AND NOT running \
                     AND (yellow_on IS NULL OR yellow_on > ",
                );
                query.push_bind(today.to_owned()).push(") AND (red_on IS NULL OR red_on > ");
                query.push_bind(today.to_owned()).push(") THEN 1 ELSE 0 END), ");
                // Sums of big numbers are decimals on one database.
                query.push(
                    "CAST(SUM(notices) AS BIGINT), CAST(SUM(answered) AS BIGINT) \
                     FROM service_cases",
                );
                let asked = ServiceFilter { light: None, ..filter.clone() };
                Self::push_filter(&mut query, &asked);
                query.push(" GROUP BY department, stage ORDER BY department, stage");
                type Columns = (String, String, i64, i64, i64, i64, i64, i64);
                let rows: Vec<Columns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting lights"))?;
                rows.into_iter()
                    .map(|(department, stage, open, yellow, red, stopped, notices, answered)| {
                        Ok(LightCount {
                            department,
                            stage,
                            open: count(open, "count of lights")?,
                            yellow: count(yellow, "count of lights")?,
                            red: count(red, "count of lights")?,
                            stopped: count(stopped, "count of lights")?,
                            notices: count(notices, "count of notices")?,
                            answered: count(answered, "count of notices")?,
                        })
                    })
                    .collect()
            }

            async fn list_cases_of(
                &self,
                owner: AccountId,
                limit: u32,
            ) -> Result<Vec<CaseRow>, Fault> {
                let rows: Vec<CaseColumns> = sqlx::query_as(
                    "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, \
                     promised_on, version FROM cases WHERE owner = $1 \
                     ORDER BY submitted_at DESC, case_id DESC LIMIT $2",
                )
                .bind(owner.0)
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

implement_worklists!(SqliteStore, Sqlite);
implement_worklists!(PostgresStore, Postgres);
