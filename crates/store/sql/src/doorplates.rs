//! Visits of doorplates.

use async_trait::async_trait;
use store_port::{DoorplateVisits, Fault, VisitsRow};

use crate::columns::{count, fault};
use crate::{PostgresStore, SqliteStore};

macro_rules! implement_doorplates {
    ($store:ident) => {
        #[async_trait]
        impl DoorplateVisits for $store {
            async fn note_visit(&self, doorplate: &str, day: &str) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO doorplate_visits (doorplate, day, visits) VALUES ($1, $2, 1) \
                     ON CONFLICT (doorplate, day) DO UPDATE \
                     SET visits = doorplate_visits.visits + 1",
                )
                .bind(doorplate)
                .bind(day)
                .execute(&mut *connection)
                .await
                .map_err(fault("counting a visit"))?;
                Ok(())
            }

            async fn list_visits(&self, since: &str, until: &str) -> Result<Vec<VisitsRow>, Fault> {
                let rows: Vec<(String, String, i64)> = sqlx::query_as(
                    "SELECT doorplate, day, visits FROM doorplate_visits \
                     WHERE day >= $1 AND day <= $2 ORDER BY doorplate, day",
                )
                .bind(since)
                .bind(until)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing visits"))?;
                rows.into_iter()
                    .map(|(doorplate, day, visits)| {
                        Ok(VisitsRow { doorplate, day, visits: count(visits, "number of visits")? })
                    })
                    .collect()
            }
        }
    };
}

implement_doorplates!(SqliteStore);
implement_doorplates!(PostgresStore);
