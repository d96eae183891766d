//! Issued licences; they are written by the append only.

use async_trait::async_trait;
use store_port::{Fault, LicenceRow, Licences};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, LicenceId, SealedId, SubjectId};

use crate::columns::fault;
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct LicenceColumns {
    licence_id: Uuid,
    case_id: Uuid,
    node: String,
    output: String,
    code: String,
    verification_hash: String,
    issuer: String,
    subject: Uuid,
    owner: Option<Uuid>,
    issued_on: String,
    valid_until: Option<String>,
    status: String,
    body: Uuid,
}

impl From<LicenceColumns> for LicenceRow {
    fn from(row: LicenceColumns) -> Self {
        Self {
            licence_id: LicenceId(row.licence_id),
            case_id: CaseId(row.case_id),
            node: row.node,
            output: row.output,
            code: row.code,
            verification_hash: row.verification_hash,
            issuer: row.issuer,
            subject: SubjectId(row.subject),
            owner: row.owner.map(AccountId),
            issued_on: row.issued_on,
            valid_until: row.valid_until,
            status: row.status,
            body: SealedId(row.body),
        }
    }
}

macro_rules! implement_licences {
    ($store:ident) => {
        #[async_trait]
        impl Licences for $store {
            async fn list_licences_of_case(&self, case: CaseId) -> Result<Vec<LicenceRow>, Fault> {
                let rows: Vec<LicenceColumns> = sqlx::query_as(
                    "SELECT licence_id, case_id, node, output, code, verification_hash, issuer, \
                     subject, owner, issued_on, valid_until, status, body FROM licences \
                     WHERE case_id = $1 ORDER BY issued_on, licence_id",
                )
                .bind(case.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the licences of a case"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn list_licences_of(&self, owner: AccountId) -> Result<Vec<LicenceRow>, Fault> {
                let rows: Vec<LicenceColumns> = sqlx::query_as(
                    "SELECT licence_id, case_id, node, output, code, verification_hash, issuer, \
                     subject, owner, issued_on, valid_until, status, body FROM licences \
                     WHERE owner = $1 ORDER BY issued_on DESC, licence_id DESC",
                )
                .bind(owner.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing the licences of an account"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn find_licence(&self, id: LicenceId) -> Result<Option<LicenceRow>, Fault> {
                let row: Option<LicenceColumns> = sqlx::query_as(
                    "SELECT licence_id, case_id, node, output, code, verification_hash, issuer, \
                     subject, owner, issued_on, valid_until, status, body FROM licences \
                     WHERE licence_id = $1",
                )
                .bind(id.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a licence"))?;
                Ok(row.map(Into::into))
            }

            async fn find_licence_by_code(&self, code: &str) -> Result<Option<LicenceRow>, Fault> {
                let row: Option<LicenceColumns> = sqlx::query_as(
                    "SELECT licence_id, case_id, node, output, code, verification_hash, issuer, \
                     subject, owner, issued_on, valid_until, status, body FROM licences \
                     WHERE code = $1 ORDER BY issued_on DESC, licence_id DESC LIMIT 1",
                )
                .bind(code)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a licence by its code"))?;
                Ok(row.map(Into::into))
            }
        }
    };
}

implement_licences!(SqliteStore);
implement_licences!(PostgresStore);
