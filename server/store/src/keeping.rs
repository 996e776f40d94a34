//! States that are kept, so that rows are read only once (see [`pegel_kpi::data::kept`]).
//!
//! What was computed of the facts of one generation holds as long as no later one touched what it rests on
//! (see [`touched`]). So nothing needs to be done when facts are written: what no longer holds is found when it is asked
//! for, and goes when it is computed anew.

use crate::StoreError;
use crate::connection::{Conn, Connections, Transaction, WRITING_FACTS};
use crate::facts::Value;
use crate::schema::kept_states;
use crate::sql::numbers;
use crate::touched;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use pegel_kpi::data::kept::{Kept, Mark, Mattering, Wanted, Written};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub(crate) const READING: &str = "reading what is kept";
pub(crate) const KEEPING: &str = "keeping what was computed";

/// So many bytes of states are kept. Beyond, those go that were used least of late.
pub const BOUND: i64 = 128 << 20;

/// How far it goes down then, so that the next one has room.
const ROOM: i64 = BOUND / 10 * 9;

/// About what a row takes beside its states: the mark, and what is needed to find it.
const BESIDE: usize = 256;

/// To read what was touched takes longer, beyond so many days, than to write down once that states still hold.
const MANY: usize = 500;

/// So many rows are asked for or written by one statement.
const AT_ONCE: usize = 500;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HowMuch {
    /// Slices of time of measures, in breakdowns.
    pub slices: i64,
    pub bytes: i64,
}

/// What a reader has found, and what it has to tell when it keeps something.
#[derive(Default)]
pub(crate) struct Keeping {
    /// What was written since a generation, once that was read, and how much that is.
    written: Option<(i64, Written, usize)>,
    /// The ids of those that no longer hold.
    stale: Vec<i64>,
    /// Those that hold, though much was written since.
    holding: Vec<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kept_states)]
struct Row {
    id: i64,
    #[diesel(embed)]
    fields: Fields,
}

#[derive(Insertable)]
#[diesel(table_name = kept_states)]
struct NewRow {
    #[diesel(embed)]
    fields: Fields,
    size: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = kept_states)]
struct Fields {
    mark: String,
    slice_from: i64,
    slice_until: i64,
    seen_from: i64,
    seen_until: i64,
    /// The newest whose facts they are known to hold for.
    generation: i64,
    states: Vec<u8>,
}

impl Keeping {
    /// What of that is kept and holds. `generation`: how many transactions had written facts when the reader began.
    pub(crate) fn kept(
        &mut self,
        conn: &mut Conn,
        generation: i64,
        wanted: &[Wanted],
    ) -> Result<Vec<Kept>, StoreError> {
        let rows = rows(conn, wanted)?;
        let oldest = rows.iter().map(|row| row.fields.generation).min().unwrap_or(generation);
        let (written, days) = self.written_since(conn, oldest)?;
        let mattering: HashMap<Mark, (&Range<i64>, Mattering)> =
            wanted.iter().map(|wanted| (wanted.mark, (&wanted.within, written.mattering(&wanted.rests_on)))).collect();
        let (mut kept, mut stale, mut holding) = (Vec::new(), Vec::new(), Vec::new());
        for Row { id, fields: row } in rows {
            let (mark, slice) = (unwritten(&row.mark), row.slice_from..row.slice_until);
            let Some((within, mattering)) = mattering.get(&mark) else { continue };
            if slice.start < within.start || within.end < slice.end {
                continue;
            }
            if mattering.newest(&slice) > row.generation {
                stale.push(id);
                continue;
            }
            holding.extend((days > MANY && row.generation < generation).then_some(id));
            kept.push(Kept { mark, slice, seen: row.seen_from..row.seen_until, states: row.states });
        }
        self.stale.append(&mut stale);
        self.holding.append(&mut holding);
        Ok(kept)
    }

    fn written_since(&mut self, conn: &mut Conn, generation: i64) -> Result<(&Written, usize), StoreError> {
        let known = self.written.take().filter(|(since, ..)| *since <= generation);
        let known = if let Some(known) = known {
            known
        } else {
            let (touched, mut written) = (touched::since(conn, generation)?, Written::default());
            let days = touched.len();
            for touched in touched {
                written.add(touched);
            }
            (generation, written, days)
        };
        let (_, written, days) = self.written.insert(known);
        Ok((written, *days))
    }

    /// Keeps what was computed, unless that would have to wait, or facts were written since: nobody misses it.
    pub(crate) fn keep(
        &mut self,
        connections: &Connections,
        generation: i64,
        computed: Vec<Kept>,
    ) -> Result<(), StoreError> {
        if computed.is_empty() && self.stale.is_empty() && self.holding.is_empty() {
            return Ok(());
        }
        let Some(mut transaction) = Transaction::begin_at_once(connections)? else { return Ok(()) };
        match self.write(transaction.conn(), generation, computed) {
            Ok(true) => transaction.commit(),
            // Somebody else keeps the same.
            Ok(false) | Err(StoreError::Busy { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether it was written.
    fn write(&mut self, conn: &mut Conn, generation: i64, computed: Vec<Kept>) -> Result<bool, StoreError> {
        // One at a time, and not while facts are written: whoever comes later lets it be. SQLite has one writer anyway.
        if let Conn::Postgres(_) = conn {
            let alone =
                format!("SELECT CASE WHEN pg_try_advisory_xact_lock({WRITING_FACTS}) THEN 1::bigint ELSE 0 END");
            if numbers(conn, KEEPING, &alone, &Value::Missing, 1)?.first().is_none_or(|alone| alone[0] == 0) {
                return Ok(false);
            }
        }
        // What came in between may have touched it, and would be forgotten below.
        if touched::generation(conn)? != generation {
            return Ok(false);
        }
        let failed = || StoreError::while_(KEEPING);
        let Keeping { stale, holding, .. } = std::mem::take(self);
        for ids in stale.chunks(AT_ONCE) {
            diesel::delete(kept_states::table.filter(kept_states::id.eq_any(ids))).execute(conn).map_err(failed())?;
        }
        for ids in holding.chunks(AT_ONCE) {
            let rows = diesel::update(kept_states::table.filter(kept_states::id.eq_any(ids)));
            rows.set(kept_states::generation.eq(generation)).execute(conn).map_err(failed())?;
        }
        // Sights may meet: what is known now, and what is known when it is settled.
        let mut known = HashSet::new();
        let new = |kept: &Kept| known.insert((kept.mark, kept.slice.clone(), kept.seen.start));
        let rows: Vec<NewRow> = computed.into_iter().filter(new).map(|kept| NewRow::new(kept, generation)).collect();
        for rows in rows.chunks(AT_ONCE) {
            // Another reader may have computed the same meanwhile.
            let inserted = match &mut *conn {
                Conn::Sqlite(conn) => diesel::insert_or_ignore_into(kept_states::table).values(rows).execute(conn),
                Conn::Postgres(conn) => {
                    diesel::insert_into(kept_states::table).values(rows).on_conflict_do_nothing().execute(conn)
                }
            };
            inserted.map_err(failed())?;
        }
        make_room(conn).map_err(failed())?;
        let oldest = kept_states::table.select(diesel::dsl::min(kept_states::generation)).first(conn);
        let oldest: Option<i64> = oldest.map_err(failed())?;
        touched::forget(conn, oldest.unwrap_or(generation)).map_err(failed())?;
        Ok(true)
    }
}

impl NewRow {
    fn new(Kept { mark, slice, seen, states }: Kept, generation: i64) -> NewRow {
        let size = i64::try_from(states.len() + BESIDE).unwrap_or(i64::MAX);
        let fields = Fields {
            mark: written(mark),
            slice_from: slice.start,
            slice_until: slice.end,
            seen_from: seen.start,
            seen_until: seen.end,
            generation,
            states,
        };
        NewRow { fields, size }
    }
}

/// The rows of these marks, and of all slices that any of them wants.
fn rows(conn: &mut Conn, wanted: &[Wanted]) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for wanted in wanted.chunks(AT_ONCE) {
        let marks: Vec<String> = wanted.iter().map(|wanted| written(wanted.mark)).collect();
        let from = wanted.iter().map(|wanted| wanted.within.start).min().unwrap_or(i64::MAX);
        let until = wanted.iter().map(|wanted| wanted.within.end).max().unwrap_or(i64::MIN);
        let first = wanted.iter().map(|wanted| *wanted.seen_at.start()).min().unwrap_or(i64::MAX);
        let last = wanted.iter().map(|wanted| *wanted.seen_at.end()).max().unwrap_or(i64::MIN);
        let found = kept_states::table
            .filter(kept_states::mark.eq_any(marks))
            .filter(kept_states::slice_from.ge(from).and(kept_states::slice_until.le(until)))
            .filter(kept_states::seen_from.le(last).and(kept_states::seen_until.gt(first)))
            .select(Row::as_select());
        rows.append(&mut found.load(conn).map_err(StoreError::while_(READING))?);
    }
    Ok(rows)
}

/// Lets those go that were used least of late, where there are too many: what is used after much was written is of the
/// generation in which it was.
fn make_room(conn: &mut Conn) -> QueryResult<()> {
    let mut bytes = how_much(conn)?.bytes;
    if bytes <= BOUND {
        return Ok(());
    }
    let order = (kept_states::generation, kept_states::id);
    let all: Vec<(i64, i64)> =
        kept_states::table.select((kept_states::id, kept_states::size)).order(order).load(conn)?;
    let mut going = Vec::new();
    for (id, size) in all {
        if bytes <= ROOM {
            break;
        }
        bytes -= size;
        going.push(id);
    }
    for ids in going.chunks(AT_ONCE) {
        diesel::delete(kept_states::table.filter(kept_states::id.eq_any(ids))).execute(conn)?;
    }
    Ok(())
}

/// Forgets all that is kept.
pub(crate) fn forget(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(kept_states::table).execute(conn).map(drop).map_err(StoreError::while_(KEEPING))
}

pub(crate) fn how_much(conn: &mut Conn) -> QueryResult<HowMuch> {
    let bytes = sql::<BigInt>("CAST(coalesce(sum(size), 0) AS BIGINT)");
    let (slices, bytes) = kept_states::table.select((count_star(), bytes)).first(conn)?;
    Ok(HowMuch { slices, bytes })
}

/// A mark as it is stored.
fn written(mark: Mark) -> String {
    format!("{:032x}", mark.0)
}

fn unwritten(mark: &str) -> Mark {
    Mark(u128::from_str_radix(mark, 16).unwrap_or_default())
}
