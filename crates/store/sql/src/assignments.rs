//! Who works on a service case, saved filters, marks, opinions and likenesses.
//!
//! A change of hands is one row per version: two officers who saw the same version cannot both write the next.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{
    AccountRow, AlikeRow, AlikeWanted, AssignmentRow, Assignments, Fault, GivenOpinion,
    LikenessRow, LineMarkRow, OpinionRow, SavedFilterRow,
};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, SealedId};

use crate::accounts::AccountColumns;
use crate::columns::{commit_fault, count, fault, instant, maybe_instant, micros, stored};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct AssignmentColumns {
    case_id: Uuid,
    node: String,
    department: String,
    officer: Option<Uuid>,
    by_officer: Uuid,
    at: i64,
    version: i64,
}

impl TryFrom<AssignmentColumns> for AssignmentRow {
    type Error = Fault;

    fn try_from(row: AssignmentColumns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            node: row.node,
            department: row.department,
            officer: row.officer.map(AccountId),
            by: AccountId(row.by_officer),
            at: instant(row.at, "instant of an assignment")?,
            version: count(row.version, "version of an assignment")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct FilterColumns {
    filter_id: Uuid,
    officer: Uuid,
    department: String,
    name: String,
    query: String,
    created_at: i64,
}

impl TryFrom<FilterColumns> for SavedFilterRow {
    type Error = Fault;

    fn try_from(row: FilterColumns) -> Result<Self, Fault> {
        Ok(Self {
            filter_id: row.filter_id,
            officer: AccountId(row.officer),
            department: row.department,
            name: row.name,
            query: row.query,
            created_at: instant(row.created_at, "instant of a saved filter")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct OpinionColumns {
    case_id: Uuid,
    opinion_id: Uuid,
    from_node: String,
    from_department: String,
    to_node: String,
    to_department: String,
    question: Uuid,
    asked_by: Uuid,
    asked_at: i64,
    view: Option<String>,
    answer: Option<Uuid>,
    given_by: Option<Uuid>,
    given_at: Option<i64>,
}

impl TryFrom<OpinionColumns> for OpinionRow {
    type Error = Fault;

    fn try_from(row: OpinionColumns) -> Result<Self, Fault> {
        let given = match (row.view, row.answer, row.given_by, row.given_at) {
            (Some(view), Some(words), Some(by), Some(at)) => Some(GivenOpinion {
                view,
                words: SealedId(words),
                by: AccountId(by),
                at: instant(at, "instant of an opinion")?,
            }),
            _ => None,
        };
        Ok(Self {
            case_id: CaseId(row.case_id),
            opinion_id: row.opinion_id,
            from_node: row.from_node,
            from_department: row.from_department,
            to_node: row.to_node,
            to_department: row.to_department,
            question: SealedId(row.question),
            asked_by: AccountId(row.asked_by),
            asked_at: instant(row.asked_at, "instant of a question")?,
            given,
        })
    }
}

macro_rules! implement_assignments {
    ($store:ident, among: $among:literal) => {
        #[async_trait]
        impl Assignments for $store {
            async fn assign(&self, row: &AssignmentRow) -> Result<bool, Fault> {
                let version = stored(row.version, "version of an assignment")?;
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to assign"))?;
                let put = sqlx::query(
                    "INSERT INTO assignments (case_id, node, department, officer, by_officer, at, \
                     version) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE $7 = 1 OR EXISTS \
                     (SELECT 1 FROM assignments WHERE case_id = $1 AND node = $2) \
                     ON CONFLICT (case_id, node) DO UPDATE SET officer = excluded.officer, \
                     by_officer = excluded.by_officer, at = excluded.at, \
                     version = excluded.version \
                     WHERE assignments.version = excluded.version - 1",
                )
                .bind(row.case_id.0)
                .bind(row.node.as_str())
                .bind(row.department.as_str())
                .bind(row.officer.map(|id| id.0))
                .bind(row.by.0)
                .bind(micros(row.at))
                .bind(version)
                .execute(&mut *tx)
                .await
                .map_err(fault("assigning"))?;
                if put.rows_affected() == 0 {
                    return Ok(false);
                }
                sqlx::query(
                    "INSERT INTO assignment_changes (case_id, node, version, department, officer, \
                     by_officer, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(row.case_id.0)
                .bind(row.node.as_str())
                .bind(version)
                .bind(row.department.as_str())
                .bind(row.officer.map(|id| id.0))
                .bind(row.by.0)
                .bind(micros(row.at))
                .execute(&mut *tx)
                .await
                .map_err(fault("recording an assignment"))?;
                tx.commit().await.map_err(commit_fault("assigning"))?;
                Ok(true)
            }

            async fn list_assignments(
                &self,
                cases: &[CaseId],
            ) -> Result<Vec<AssignmentRow>, Fault> {
                if cases.is_empty() {
                    return Ok(Vec::new());
                }
                let rows: Vec<AssignmentColumns> = sqlx::query_as(concat!(
                    "SELECT case_id, node, department, officer, by_officer, at, version \
                     FROM assignments WHERE case_id ",
                    $among,
                    " ORDER BY case_id, node"
                ))
                .bind(Self::ids(cases.iter().map(|id| id.0)))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing assignments"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn list_assignment_changes(
                &self,
                case: CaseId,
                node: &str,
            ) -> Result<Vec<AssignmentRow>, Fault> {
                let rows: Vec<AssignmentColumns> = sqlx::query_as(
                    "SELECT case_id, node, department, officer, by_officer, at, version \
                     FROM assignment_changes WHERE case_id = $1 AND node = $2 ORDER BY version",
                )
                .bind(case.0)
                .bind(node)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing changes of hands"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn list_officers(&self, department: &str) -> Result<Vec<AccountRow>, Fault> {
                let rows: Vec<AccountColumns> = sqlx::query_as(
                    "SELECT account_id, login, role, department, area, subject, password_hash, \
                     disabled, demo, display_name FROM accounts WHERE department = $1 \
                     AND role = 'officer' AND NOT disabled ORDER BY login",
                )
                .bind(department)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the officers of a department"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn insert_filter(&self, row: &SavedFilterRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO saved_filters (filter_id, officer, department, name, query, \
                     created_at) VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (filter_id) DO NOTHING",
                )
                .bind(row.filter_id)
                .bind(row.officer.0)
                .bind(row.department.as_str())
                .bind(row.name.as_str())
                .bind(row.query.as_str())
                .bind(micros(row.created_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("saving a filter"))?;
                Ok(())
            }

            async fn list_filters(
                &self,
                officer: AccountId,
            ) -> Result<Vec<SavedFilterRow>, Fault> {
                let rows: Vec<FilterColumns> = sqlx::query_as(
                    "SELECT filter_id, officer, department, name, query, created_at \
                     FROM saved_filters WHERE officer = $1 ORDER BY created_at, filter_id",
                )
                .bind(officer.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing saved filters"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn find_filter(&self, filter: Uuid) -> Result<Option<SavedFilterRow>, Fault> {
                let row: Option<FilterColumns> = sqlx::query_as(
                    "SELECT filter_id, officer, department, name, query, created_at \
                     FROM saved_filters WHERE filter_id = $1",
                )
                .bind(filter)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a saved filter"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn delete_filter(
                &self,
                filter: Uuid,
                officer: AccountId,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done =
                    sqlx::query("DELETE FROM saved_filters WHERE filter_id = $1 AND officer = $2")
                        .bind(filter)
                        .bind(officer.0)
                        .execute(&mut *connection)
                        .await
                        .map_err(fault("deleting a saved filter"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn put_marks(
                &self,
                case: CaseId,
                node: &str,
                marks: &[LineMarkRow],
            ) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to mark lines"))?;
                sqlx::query("DELETE FROM line_marks WHERE case_id = $1 AND node = $2")
                    .bind(case.0)
                    .bind(node)
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("wiping marks"))?;
                for mark in marks {
                    sqlx::query(
                        "INSERT INTO line_marks (case_id, node, line, mark, officer, at) \
                         VALUES ($1, $2, $3, $4, $5, $6) \
                         ON CONFLICT (case_id, node, line) DO UPDATE SET mark = excluded.mark, \
                         officer = excluded.officer, at = excluded.at",
                    )
                    .bind(case.0)
                    .bind(node)
                    .bind(mark.line.as_str())
                    .bind(mark.mark.as_str())
                    .bind(mark.officer.0)
                    .bind(micros(mark.at))
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("marking a line"))?;
                }
                tx.commit().await.map_err(commit_fault("marking lines"))
            }

            async fn list_marks(
                &self,
                case: CaseId,
                node: &str,
            ) -> Result<Vec<LineMarkRow>, Fault> {
                let rows: Vec<(String, String, Uuid, i64)> = sqlx::query_as(
                    "SELECT line, mark, officer, at FROM line_marks \
                     WHERE case_id = $1 AND node = $2 ORDER BY line",
                )
                .bind(case.0)
                .bind(node)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing marks"))?;
                rows.into_iter()
                    .map(|(line, mark, officer, at)| {
                        Ok(LineMarkRow {
                            case_id: case,
                            node: node.to_owned(),
                            line,
                            mark,
                            officer: AccountId(officer),
                            at: instant(at, "instant of a mark")?,
                        })
                    })
                    .collect()
            }

            async fn ask_opinion(&self, row: &OpinionRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "INSERT INTO opinions (case_id, opinion_id, from_node, from_department, \
                     to_node, to_department, question, asked_by, asked_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                     ON CONFLICT (case_id, opinion_id) DO NOTHING",
                )
                .bind(row.case_id.0)
                .bind(row.opinion_id)
                .bind(row.from_node.as_str())
                .bind(row.from_department.as_str())
                .bind(row.to_node.as_str())
                .bind(row.to_department.as_str())
                .bind(row.question.0)
                .bind(row.asked_by.0)
                .bind(micros(row.asked_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("asking for an opinion"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn give_opinion(
                &self,
                case: CaseId,
                opinion: Uuid,
                given: &GivenOpinion,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "UPDATE opinions SET view = $3, answer = $4, given_by = $5, given_at = $6 \
                     WHERE case_id = $1 AND opinion_id = $2 AND given_at IS NULL",
                )
                .bind(case.0)
                .bind(opinion)
                .bind(given.view.as_str())
                .bind(given.words.0)
                .bind(given.by.0)
                .bind(micros(given.at))
                .execute(&mut *connection)
                .await
                .map_err(fault("giving an opinion"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn list_opinions(&self, cases: &[CaseId]) -> Result<Vec<OpinionRow>, Fault> {
                if cases.is_empty() {
                    return Ok(Vec::new());
                }
                let rows: Vec<OpinionColumns> = sqlx::query_as(concat!(
                    "SELECT case_id, opinion_id, from_node, from_department, to_node, \
                     to_department, question, asked_by, asked_at, view, answer, given_by, \
                     given_at FROM opinions WHERE case_id ",
                    $among,
                    " ORDER BY asked_at, opinion_id"
                ))
                .bind(Self::ids(cases.iter().map(|id| id.0)))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing opinions"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn list_open_opinions(
                &self,
                department: &str,
                limit: u32,
            ) -> Result<Vec<OpinionRow>, Fault> {
                let rows: Vec<OpinionColumns> = sqlx::query_as(
                    "SELECT case_id, opinion_id, from_node, from_department, to_node, \
                     to_department, question, asked_by, asked_at, view, answer, given_by, \
                     given_at FROM opinions WHERE to_department = $1 AND given_at IS NULL \
                     ORDER BY asked_at, opinion_id LIMIT $2",
                )
                .bind(department)
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing opinions that are owed"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn keep_keys(
                &self,
                case: CaseId,
                node: &str,
                department: &str,
                hash: &str,
            ) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO service_keys (case_id, node, department, hash) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (case_id, node) DO NOTHING",
                )
                .bind(case.0)
                .bind(node)
                .bind(department)
                .bind(hash)
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping the hash of key fields"))?;
                Ok(())
            }

            async fn list_alike(&self, wanted: &AlikeWanted) -> Result<Vec<AlikeRow>, Fault> {
                let rows: Vec<(Uuid, String, String, String, Option<i64>)> = sqlx::query_as(
                    "SELECT case_id, node, case_number, state, started_at FROM service_cases \
                     WHERE case_id <> $1 AND department = $2 AND service = $3 \
                     AND started_at IS NOT NULL AND case_id IN (SELECT case_id FROM cases \
                     WHERE subject = $4 AND submitted_at >= $5 AND submitted_at <= $6) \
                     UNION SELECT case_id, node, case_number, state, started_at \
                     FROM service_cases WHERE case_id <> $1 AND department = $2 \
                     AND service = $3 AND started_at IS NOT NULL AND (case_id, node) IN \
                     (SELECT case_id, node FROM service_keys WHERE department = $2 \
                     AND hash = $7) ORDER BY started_at DESC, case_id, node LIMIT 20",
                )
                .bind(wanted.case_id.0)
                .bind(wanted.department.as_str())
                .bind(wanted.service.as_str())
                .bind(wanted.subject.0)
                .bind(micros(wanted.since))
                .bind(micros(wanted.until))
                .bind(wanted.keys.as_deref())
                .fetch_all(self.reader())
                .await
                .map_err(fault("looking for service cases that look alike"))?;
                rows.into_iter()
                    .map(|(case_id, node, case_number, state, started_at)| {
                        Ok(AlikeRow {
                            case_id: CaseId(case_id),
                            node,
                            case_number,
                            state,
                            started_at: maybe_instant(started_at, "start of a service case")?,
                        })
                    })
                    .collect()
            }

            async fn put_likeness(&self, row: &LikenessRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO likenesses (case_id, node, other_case, other_node, same, \
                     officer, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (case_id, node, other_case, other_node) DO UPDATE \
                     SET same = excluded.same, officer = excluded.officer, at = excluded.at",
                )
                .bind(row.case_id.0)
                .bind(row.node.as_str())
                .bind(row.other_case.0)
                .bind(row.other_node.as_str())
                .bind(row.same)
                .bind(row.officer.0)
                .bind(micros(row.at))
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping what was found about two cases"))?;
                Ok(())
            }

            async fn list_likenesses(
                &self,
                case: CaseId,
                node: &str,
            ) -> Result<Vec<LikenessRow>, Fault> {
                let rows: Vec<(Uuid, String, bool, Uuid, i64)> = sqlx::query_as(
                    "SELECT other_case, other_node, same, officer, at FROM likenesses \
                     WHERE case_id = $1 AND node = $2 ORDER BY other_case, other_node",
                )
                .bind(case.0)
                .bind(node)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing what was found about cases"))?;
                rows.into_iter()
                    .map(|(other_case, other_node, same, officer, at)| {
                        Ok(LikenessRow {
                            case_id: case,
                            node: node.to_owned(),
                            other_case: CaseId(other_case),
                            other_node,
                            same,
                            officer: AccountId(officer),
                            at: instant(at, "instant of a finding")?,
                        })
                    })
                    .collect()
            }
        }
    };
}

implement_assignments!(SqliteStore, among: "IN (SELECT unhex(value) FROM json_each($1))");
implement_assignments!(PostgresStore, among: "= ANY($1)");
