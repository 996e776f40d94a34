//! Which days of which tables changed, and in what, noted by every transaction that writes facts (see `noting`): so that
//! a figure that was kept is known to hold as long as nothing that it was counted from was touched.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Value;
use crate::schema::{fact_generation, touched};
use crate::sql::execute;
use diesel::prelude::*;
use pegel_kpi::data::kept::Touched;
use std::collections::HashSet;

const READING: &str = "reading what was touched";
const NOTING: &str = "noting what was touched";

/// How many transactions have written facts.
pub(crate) fn generation(conn: &mut Conn) -> Result<i64, StoreError> {
    fact_generation::table.select(fact_generation::number).first(conn).map_err(StoreError::while_(READING))
}

/// What those that came after a generation touched, in order.
pub(crate) fn since(conn: &mut Conn, generation: i64) -> Result<Vec<Touched>, StoreError> {
    let newer = touched::table.filter(touched::generation.gt(generation));
    let ordered = newer.order((touched::table_name, touched::by_date, touched::day, touched::what));
    let rows: Vec<(String, String, i64, String, i64)> = ordered.load(conn).map_err(StoreError::while_(READING))?;
    let touched = |(table, by, day, what, generation)| Touched { table, by, day, what, generation };
    Ok(rows.into_iter().map(touched).collect())
}

/// The tables of which those that came after a generation touched anything; `None` if it is not noted any more.
pub(crate) fn tables_since(conn: &mut Conn, generation: i64) -> Result<Option<HashSet<String>>, StoreError> {
    let failed = || StoreError::while_(READING);
    let noted_since: i64 = fact_generation::table.select(fact_generation::noted_since).first(conn).map_err(failed())?;
    if generation < noted_since {
        return Ok(None);
    }
    let newer = touched::table.filter(touched::generation.gt(generation)).select(touched::table_name).distinct();
    Ok(Some(newer.load::<String>(conn).map_err(failed())?.into_iter().collect()))
}

/// Forgets what was touched by transactions up to that one.
pub(crate) fn forget(conn: &mut Conn, generation: i64) -> QueryResult<()> {
    let forgotten = diesel::delete(touched::table.filter(touched::generation.le(generation))).execute(conn)?;
    if forgotten > 0 {
        let noted_since = fact_generation::noted_since;
        let behind = diesel::update(fact_generation::table.filter(noted_since.lt(generation)));
        behind.set(noted_since.eq(generation)).execute(conn)?;
    }
    Ok(())
}

/// Notes what a SELECT says: days, each once with each `what`. How many there are.
pub(crate) fn note(
    conn: &mut Conn,
    generation: i64,
    (table, by): (&str, &str),
    select: &str,
) -> Result<u64, StoreError> {
    // Without WHERE, SQLite would take ON for that of a join.
    let text = format!(
        "INSERT INTO touched (table_name, by_date, day, what, generation)
         SELECT '{table}', '{by}', noted.day, noted.what, {generation} FROM ({select}) AS noted WHERE 1 = 1
         ON CONFLICT (table_name, by_date, day, what) DO UPDATE SET generation = excluded.generation"
    );
    execute(conn, NOTING, &text, &Value::Missing)
}

/// Counts a transaction that wrote facts; what it touched is noted.
pub(crate) fn count(conn: &mut Conn, generation: i64) -> Result<(), StoreError> {
    let update = diesel::update(fact_generation::table).set(fact_generation::number.eq(generation));
    update.execute(conn).map(drop).map_err(StoreError::while_(NOTING))
}
