//! When something happened in a table, by the instants of its rows.

use crate::connection::Conn;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use pegel_kpi::data::model::{GONE_AT, Kind, Table};

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    at: i64,
}

/// The newest instant of each day in UTC until `until`, oldest first; UTC seconds. Gone rows are left out.
pub(crate) fn milestones(conn: &mut Conn, table: &Table, until: i64) -> QueryResult<Vec<i64>> {
    let is_gone_at = |name: &str| name == GONE_AT;
    let there = if table.columns.iter().any(|column| is_gone_at(&column.name)) { "gone_at IS NULL AND " } else { "" };
    let instants = table.columns.iter().filter(|column| column.kind == Kind::Instant && !is_gone_at(&column.name));
    let (name, instants) = (&table.name, instants.map(|column| &column.name));
    let of_each: Vec<String> =
        instants.map(|at| format!("SELECT {at} AS at FROM {name} WHERE {there}{at} <= {until}")).collect();
    if of_each.is_empty() {
        return Ok(Vec::new());
    }
    let all = of_each.join(" UNION ALL ");
    let newest = format!("SELECT max(at) AS at FROM ({all}) AS instants GROUP BY at / 86400 ORDER BY 1");
    Ok(diesel::sql_query(newest).load::<Newest>(conn)?.into_iter().map(|newest| newest.at).collect())
}
