//! How the computation of each KPI went last.

use crate::connection::on_backend;
use crate::schema::kpi_health;
use crate::{Store, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

/// How the latest computation of a KPI went, and its latest error.
#[derive(Debug, Clone, PartialEq, Eq, Default, Queryable, Selectable)]
#[diesel(table_name = kpi_health)]
pub struct Health {
    /// The KPI's id.
    pub kpi: String,
    /// UTC seconds.
    pub evaluated_at: i64,
    /// Microseconds that the latest measured computation took; `None` if none was measured.
    pub micros: Option<i64>,
    /// Rows that it read.
    pub rows_read: Option<i64>,
    /// The latest error of the script, which may be mended by now: see when it was.
    pub error: Option<String>,
    /// UTC seconds.
    pub error_at: Option<i64>,
    /// Slices of time of its measures, in all breakdowns, that were computed of these rows.
    pub slices_computed: Option<i64>,
    /// And those that had been kept.
    pub slices_kept: Option<i64>,
}

/// `COALESCE(excluded.column, kpi_health.column)`: what is not known now stays as it was.
macro_rules! kept {
    ($column:ident, $kind:ty) => {
        diesel::dsl::sql::<Nullable<$kind>>(concat!(
            "COALESCE(excluded.",
            stringify!($column),
            ", kpi_health.",
            stringify!($column),
            ")"
        ))
    };
}

impl Store {
    /// Records how computations went, each over what was known of its KPI: measurements and errors that are missing
    /// leave the earlier ones in place.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_health(&self, all: &[Health]) -> Result<(), StoreError> {
        self.transaction(|conn| {
            for health in all {
                let row = (
                    kpi_health::kpi.eq(&health.kpi),
                    kpi_health::evaluated_at.eq(health.evaluated_at),
                    kpi_health::micros.eq(health.micros),
                    kpi_health::rows_read.eq(health.rows_read),
                    kpi_health::error.eq(&health.error),
                    kpi_health::error_at.eq(health.error_at),
                    kpi_health::slices_computed.eq(health.slices_computed),
                    kpi_health::slices_kept.eq(health.slices_kept),
                );
                let set = (
                    kpi_health::evaluated_at.eq(health.evaluated_at),
                    kpi_health::micros.eq(kept!(micros, BigInt)),
                    kpi_health::rows_read.eq(kept!(rows_read, BigInt)),
                    kpi_health::error.eq(kept!(error, diesel::sql_types::Text)),
                    kpi_health::error_at.eq(kept!(error_at, BigInt)),
                    kpi_health::slices_computed.eq(kept!(slices_computed, BigInt)),
                    kpi_health::slices_kept.eq(kept!(slices_kept, BigInt)),
                );
                on_backend!(conn, conn => diesel::insert_into(kpi_health::table)
                    .values(row)
                    .on_conflict(kpi_health::kpi)
                    .do_update()
                    .set(set)
                    .execute(conn))
                .map_err(StoreError::while_("recording the health of KPIs"))?;
            }
            Ok(())
        })
    }

    /// How a KPI's latest computation went; `None` if it was never recorded.
    ///
    /// # Errors
    /// If the database fails.
    pub fn health(&self, kpi: &str) -> Result<Option<Health>, StoreError> {
        self.read("reading the health of a KPI", |conn| {
            kpi_health::table.find(kpi).select(Health::as_select()).first(conn).optional()
        })
    }
}
