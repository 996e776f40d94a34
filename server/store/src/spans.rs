//! Former values of text columns, each with the time from which it held: the region of a partner who has moved. A value
//! for an instant replaces the one that was known for it, so the order in which files come does not matter.

use crate::connection::Conn;
use crate::facts::Value;
use crate::schema::spans;
use crate::sql::TEXTS;
use diesel::prelude::*;
use diesel::upsert::excluded;
use pegel_kpi::data::spans::Spans;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The first known value has held from ever.
const EVER: i64 = i64::MIN;

/// So many rows are written by one statement: no database takes more than 32,766 binds.
const MOST_ROWS: usize = 5_000;

/// By the instant (UTC seconds) from which each held. Empty where nothing else is known than what the row holds today.
pub(crate) type Known = BTreeMap<i64, Value>;

/// What is new about one column of one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    pub(crate) column: Arc<str>,
    /// UTC seconds.
    pub(crate) from: i64,
    pub(crate) value: Value,
}

/// What one column of a row holds after all that is said, and what is new in `held`. `today` is what it held so far;
/// missing for a new row. What is said without an instant holds from `now` (UTC seconds) on; so does what is said with
/// that instant, but then it is recorded even where nothing else is known.
///
/// In whatever order it is said, and however often, the same is known in the end.
pub(crate) fn lay<'v>(
    held: &Known,
    today: &'v Value,
    said: impl Iterator<Item = (Option<i64>, &'v Value)>,
    now: i64,
) -> (Known, Value) {
    let mut known = held.clone();
    let mut holds = today.clone();
    for (from, value) in said {
        let nothing_known = known.is_empty() && holds == Value::Missing;
        let nothing_new = holds == *value;
        let needs_no_record = match from {
            None => nothing_known || nothing_new,
            Some(from) => from == now && !known.is_empty() && nothing_new,
        };
        if needs_no_record {
            holds = value.clone();
            continue;
        }
        if known.is_empty() && !nothing_known {
            known.insert(EVER, holds);
        }
        known.insert(from.unwrap_or(now), value.clone());
        holds = known.last_key_value().map_or(Value::Missing, |(_, newest)| newest.clone());
    }
    known.retain(|from, value| held.get(from) != Some(value));
    (known, holds)
}

fn text(value: Option<String>) -> Value {
    value.map_or(Value::Missing, Value::Text)
}

/// What is known of rows of a table, by id and name of the column.
pub(crate) fn of_rows(conn: &mut Conn, table: &str, ids: &[i64]) -> QueryResult<HashMap<(i64, String), Known>> {
    let mut held: HashMap<(i64, String), Known> = HashMap::new();
    for ids in ids.chunks(TEXTS) {
        let rows: Vec<(i64, String, i64, Option<String>)> = spans::table
            .select((spans::row_id, spans::column_name, spans::held_from, spans::value))
            .filter(spans::table_name.eq(table).and(spans::row_id.eq_any(ids)))
            .load(conn)?;
        for (row, column, from, value) in rows {
            held.entry((row, column)).or_default().insert(from, text(value));
        }
    }
    Ok(held)
}

/// Records what is new, each with the id of the row.
pub(crate) fn record(conn: &mut Conn, table: &str, learned: &[(i64, Learned)]) -> QueryResult<()> {
    let rows: Vec<_> = learned
        .iter()
        .map(|(id, learned)| {
            (
                spans::table_name.eq(table),
                spans::column_name.eq(&*learned.column),
                spans::row_id.eq(*id),
                spans::held_from.eq(learned.from),
                spans::value.eq(learned.value.text()),
            )
        })
        .collect();
    let key = (spans::table_name, spans::column_name, spans::row_id, spans::held_from);
    match conn {
        // Diesel has no upsert of many rows for it; each costs no round trip.
        Conn::Sqlite(conn) => {
            for row in rows {
                let insert = diesel::insert_into(spans::table).values(row).on_conflict(key);
                insert.do_update().set(spans::value.eq(excluded(spans::value))).execute(conn)?;
            }
        }
        Conn::Postgres(conn) => {
            for rows in rows.chunks(MOST_ROWS) {
                let insert = diesel::insert_into(spans::table).values(rows).on_conflict(key);
                insert.do_update().set(spans::value.eq(excluded(spans::value))).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// What a column of a table held from when on; `None` if it always held the same.
pub(crate) fn of_column(conn: &mut Conn, table: &str, column: &str) -> QueryResult<Option<Spans>> {
    let rows: Vec<(i64, i64, Option<String>)> = spans::table
        .select((spans::row_id, spans::held_from, spans::value))
        .filter(spans::table_name.eq(table).and(spans::column_name.eq(column)))
        .order((spans::row_id, spans::held_from))
        .load(conn)?;
    let mut held = Spans::default();
    for (row, from, value) in rows {
        held.add(row, from, value.as_deref());
    }
    Ok((!held.is_empty()).then_some(held))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 100;

    fn value(text: &str) -> Value {
        if text.is_empty() { Value::Missing } else { Value::Text(text.to_owned()) }
    }

    fn shown(value: &Value) -> &str {
        value.text().unwrap_or("-")
    }

    /// Lays what is said over what is known (`"10 North, 20 South"`); what is known then, and what holds today.
    fn after(held: &str, today: &str, said: &[(Option<i64>, &str)]) -> String {
        let entry = |entry: &str| {
            let (from, text) = entry.split_once(' ').unwrap();
            (if from == "ever" { EVER } else { from.parse().unwrap() }, value(text))
        };
        let mut held: Known = held.split(", ").filter(|entry| !entry.is_empty()).map(entry).collect();
        let said: Vec<_> = said.iter().map(|(from, text)| (*from, value(text))).collect();
        let today = value(today);
        let (new, holds) = lay(&held, &today, said.iter().map(|(from, value)| (*from, value)), NOW);
        held.extend(new);
        let entries = held.iter().map(|(from, value)| {
            let from = if *from == EVER { "ever".to_owned() } else { from.to_string() };
            format!("{from} {}", shown(value))
        });
        format!("{} | {}", entries.collect::<Vec<_>>().join(", "), shown(&holds))
    }

    #[test]
    fn the_first_known_value_holds_from_ever() {
        assert_eq!(after("", "", &[(None, "North")]), " | North");
        // A look-up created the row, so nothing was known of it.
        assert_eq!(after("", "", &[(None, "")]), " | -");
        assert_eq!(after("", "North", &[(None, "North")]), " | North");
    }

    #[test]
    fn a_change_holds_from_now_on_or_from_when_it_is_said_to() {
        assert_eq!(after("", "North", &[(None, "South")]), "ever North, 100 South | South");
        assert_eq!(after("", "North", &[(Some(50), "South")]), "ever North, 50 South | South");
        assert_eq!(after("ever North, 50 South", "South", &[(None, "")]), "ever North, 50 South, 100 - | -");
    }

    #[test]
    fn what_is_said_of_one_instant_replaces_what_was() {
        assert_eq!(after("ever North, 50 South", "South", &[(Some(50), "East")]), "ever North, 50 East | East");
        assert_eq!(after("ever North, 50 South", "South", &[(Some(50), "South")]), "ever North, 50 South | South");
    }

    #[test]
    fn what_holds_from_now_on_is_recorded_once() {
        assert_eq!(after("", "", &[(Some(NOW), "North")]), "100 North | North");
        assert_eq!(after("", "North", &[(Some(NOW), "North")]), "ever North, 100 North | North");
        assert_eq!(after("90 North", "North", &[(Some(NOW), "North")]), "90 North | North");
        // What held before is known later.
        assert_eq!(after("90 North", "North", &[(Some(50), "South")]), "50 South, 90 North | North");
    }

    #[test]
    fn that_nothing_was_held_is_known_as_well() {
        assert_eq!(after("", "", &[(Some(50), "")]), "50 - | -");
        assert_eq!(after("50 -", "", &[(Some(20), "North")]), "20 North, 50 - | -");
        assert_eq!(after("20 North, 50 -", "", &[(Some(50), "")]), "20 North, 50 - | -");
    }

    #[test]
    fn the_order_does_not_matter() {
        let said = [(Some(10), "North"), (Some(30), "South"), (Some(20), "North")];
        let expected = "10 North, 20 North, 30 South | South";
        for turn in 0..said.len() {
            let mut turned = said;
            turned.rotate_left(turn);
            assert_eq!(after("", "", &turned), expected);
        }
        // Neither when they come one by one.
        assert_eq!(after("30 South", "South", &[(Some(10), "North")]), "10 North, 30 South | South");
    }
}
