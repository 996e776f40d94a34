//! When something happened in a table, by the dates of its rows.

use crate::connection::Conn;
use crate::sql::quoted;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use pegel_kpi::data::model::{Kind, Table};
use pegel_kpi::data::scan::Begins;
use pegel_kpi::time::zone::UTC_DAY;
use std::collections::BTreeMap;

/// In UTC seconds, or of a day in days since 1970.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    at: i64,
}

/// The newest instant of each day in UTC from `since` until `until`, oldest first, after one that is older, if there is
/// any; UTC seconds. Gone rows are left out.
pub(crate) fn milestones(conn: &mut Conn, table: &Table, since: i64, until: i64) -> QueryResult<Vec<i64>> {
    let name = quoted(&table.name);
    // From the newest of a day straight to the newest before that day: of all other rows none is looked at.
    let of_column = |(number, at): (usize, String)| {
        let newest = |before: &str| {
            format!("(SELECT {at} FROM {name} WHERE gone_at IS NULL AND {at} {before} ORDER BY {at} DESC LIMIT 1)")
        };
        let first = newest(&format!("<= {until}"));
        let next = newest(&format!("< day.at - (day.at % {UTC_DAY} + {UTC_DAY}) % {UTC_DAY}"));
        format!(
            "days_{number} (at) AS (SELECT {first} UNION ALL SELECT {next} FROM days_{number} AS day WHERE day.at >= {since})"
        )
    };
    let of_columns: Vec<String> = instants(table).enumerate().map(of_column).collect();
    if of_columns.is_empty() {
        return Ok(Vec::new());
    }
    let days = |number| format!("SELECT at FROM days_{number} WHERE at IS NOT NULL");
    let all = (0..of_columns.len()).map(days).collect::<Vec<_>>().join(" UNION ALL ");
    let found = diesel::sql_query(format!("WITH RECURSIVE {} {all}", of_columns.join(", "))).load::<Found>(conn)?;
    Ok(newest_of_days(found.into_iter().map(|found| found.at), since))
}

fn newest_of_days(instants: impl Iterator<Item = i64>, since: i64) -> Vec<i64> {
    let mut newest = BTreeMap::new();
    for at in instants {
        // All that is older counts as one day.
        let day = if at < since { i64::MIN } else { at.div_euclid(UTC_DAY) };
        newest.entry(day).and_modify(|known: &mut i64| *known = at.max(*known)).or_insert(at);
    }
    newest.into_values().collect()
}

/// The first date in a table. Gone rows are left out.
pub(crate) fn begins(conn: &mut Conn, table: &Table) -> QueryResult<Begins> {
    /// What stands for rows without any date: they have always existed.
    const ALWAYS: i64 = i64::MAX;
    let name = quoted(&table.name);
    // Each of them begins an index.
    let first = |at: String| {
        format!(
            "SELECT at FROM (SELECT {at} AS at FROM {name} WHERE gone_at IS NULL AND {at} IS NOT NULL ORDER BY {at} LIMIT 1) AS first"
        )
    };
    let any = format!("SELECT at FROM (SELECT {ALWAYS} AS at FROM {name} WHERE gone_at IS NULL LIMIT 1) AS there");
    let (kind, dates) = table.begins_by();
    let firsts: Vec<String> = dates.map(|date| first(quoted(&date.name))).chain([any]).collect();
    let found = diesel::sql_query(firsts.join(" UNION ALL ")).load::<Found>(conn)?;
    Ok(match found.into_iter().map(|first| first.at).min() {
        None => Begins::Never,
        Some(ALWAYS) => Begins::Always,
        Some(day) if kind == Kind::Date => Begins::On(day),
        Some(instant) => Begins::At(instant),
    })
}

/// The columns that say when something happened to a row.
fn instants(table: &Table) -> impl Iterator<Item = String> {
    table.columns.iter().filter(|column| column.kind == Kind::Instant).map(|column| quoted(&column.name))
}
