//! When something happened in a table, by the instants of its rows.

use crate::connection::Conn;
use crate::sql::quoted;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use pegel_kpi::data::model::{Kind, Table};

#[derive(QueryableByName)]
struct Instant {
    #[diesel(sql_type = BigInt)]
    at: i64,
}

/// The newest instant of each day in UTC until `until`, oldest first; UTC seconds. Gone rows are left out.
pub(crate) fn milestones(conn: &mut Conn, table: &Table, until: i64) -> QueryResult<Vec<i64>> {
    let name = quoted(&table.name);
    let of_each: Vec<String> = instants(table)
        .map(|at| format!("SELECT {at} AS at FROM {name} WHERE gone_at IS NULL AND {at} <= {until}"))
        .collect();
    if of_each.is_empty() {
        return Ok(Vec::new());
    }
    let all = of_each.join(" UNION ALL ");
    let newest = format!("SELECT max(at) AS at FROM ({all}) AS instants GROUP BY at / 86400 ORDER BY 1");
    Ok(diesel::sql_query(newest).load::<Instant>(conn)?.into_iter().map(|newest| newest.at).collect())
}

/// The first instant in a table, in UTC seconds; `i64::MIN` where no row has one, `i64::MAX` where there are no rows. Gone
/// ones are left out.
pub(crate) fn begins_at(conn: &mut Conn, table: &Table) -> QueryResult<i64> {
    /// What stands for rows without any instant: they have always existed.
    const ALWAYS: i64 = i64::MAX - 1;
    let name = quoted(&table.name);
    // Each of them begins an index.
    let first = |at: String| {
        format!(
            "SELECT at FROM (SELECT {at} AS at FROM {name} WHERE gone_at IS NULL AND {at} IS NOT NULL ORDER BY {at} LIMIT 1) AS first"
        )
    };
    let any = format!("SELECT at FROM (SELECT {ALWAYS} AS at FROM {name} WHERE gone_at IS NULL LIMIT 1) AS there");
    let firsts: Vec<String> = instants(table).map(first).chain([any]).collect();
    let found = diesel::sql_query(firsts.join(" UNION ALL ")).load::<Instant>(conn)?;
    Ok(match found.into_iter().map(|first| first.at).min() {
        None => i64::MAX,
        Some(ALWAYS) => i64::MIN,
        Some(at) => at,
    })
}

/// The columns that say when something happened to a row.
fn instants(table: &Table) -> impl Iterator<Item = String> {
    table.columns.iter().filter(|column| column.kind == Kind::Instant).map(|column| quoted(&column.name))
}
