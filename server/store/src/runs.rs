//! Runs: one row for each (report, nominal period, revision), so that a week is reported once.

use crate::connection::{Conn, on_backend};
use crate::schema::{editions, runs};
use crate::{Store, StoreError};
use diesel::prelude::*;

/// What a run is for. Unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// The report's name, such as `weekly`.
    pub report: String,
    /// The nominal period, such as `2026-W46`.
    pub period: String,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
}

/// The answer to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Ours until the lease ends: a new run, or one whose worker died before it had stored an edition.
    Ours { run: i64 },
    /// Another worker is at it.
    Taken,
    /// Done before: this is its edition.
    Done { edition: i64 },
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// A worker is at it, or died at it.
    Claimed,
    /// To be tried again.
    Failed,
    Done,
}

impl RunState {
    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            RunState::Claimed => "claimed",
            RunState::Failed => "failed",
            RunState::Done => "done",
        }
    }
}

impl Store {
    /// Claims a run and commits: of several that try, one gets it. Instants in UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_run(&self, key: &RunKey, now: i64, lease_until: i64) -> Result<Claim, StoreError> {
        self.transaction(|conn| claim(conn, key, now, lease_until).map_err(StoreError::while_("claiming a run")))
    }

    /// Gives a claimed run back after a failure, with what went wrong, so that a later tick tries again. Does nothing
    /// to a run that is done.
    ///
    /// # Errors
    /// If the database fails.
    pub fn fail_run(&self, run: i64, now: i64, error: &str) -> Result<(), StoreError> {
        self.transaction(|conn| {
            diesel::update(runs::table.filter(runs::id.eq(run)).filter(runs::state.eq(RunState::Claimed.word())))
                .set((runs::state.eq(RunState::Failed.word()), runs::ended_at.eq(now), runs::error.eq(error)))
                .execute(conn)
                .map_err(StoreError::while_("giving back a run"))
        })
        .map(drop)
    }

    /// The highest revision of a report's period; `None` if it was never run.
    ///
    /// # Errors
    /// If the database fails.
    pub fn last_revision(&self, report: &str, period: &str) -> Result<Option<i32>, StoreError> {
        self.read("reading runs", |conn| {
            runs::table
                .filter(runs::report.eq(report))
                .filter(runs::period.eq(period))
                .select(diesel::dsl::max(runs::revision))
                .first(conn)
        })
    }
}

fn claim(conn: &mut Conn, key: &RunKey, now: i64, lease_until: i64) -> QueryResult<Claim> {
    if let Some(run) = begin(conn, key, now, lease_until)? {
        return Ok(Claim::Ours { run });
    }
    if let Some(run) = take_over(conn, key, now, lease_until)? {
        return Ok(Claim::Ours { run });
    }
    Ok(edition_of(conn, key)?.map_or(Claim::Taken, |edition| Claim::Done { edition }))
}

/// A new row, unless there is one. Waits for a process that is inserting the same one.
fn begin(conn: &mut Conn, key: &RunKey, now: i64, lease_until: i64) -> QueryResult<Option<i64>> {
    let row = (
        runs::report.eq(&key.report),
        runs::period.eq(&key.period),
        runs::revision.eq(key.revision),
        runs::state.eq(RunState::Claimed.word()),
        runs::attempts.eq(1),
        runs::claimed_at.eq(now),
        runs::lease_until.eq(lease_until),
    );
    on_backend!(conn, conn => diesel::insert_into(runs::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(runs::id)
        .get_result(conn)
        .optional())
}

/// The row that is there, if it failed or its worker has had its time. The condition is checked again by the database
/// once it holds the row, so that of two one gets it.
fn take_over(conn: &mut Conn, key: &RunKey, now: i64, lease_until: i64) -> QueryResult<Option<i64>> {
    let lost = runs::state.eq(RunState::Claimed.word()).and(runs::lease_until.le(now));
    diesel::update(
        runs::table
            .filter(runs::report.eq(&key.report))
            .filter(runs::period.eq(&key.period))
            .filter(runs::revision.eq(key.revision))
            .filter(runs::state.eq(RunState::Failed.word()).or(lost)),
    )
    .set((
        runs::state.eq(RunState::Claimed.word()),
        runs::attempts.eq(runs::attempts + 1),
        runs::claimed_at.eq(now),
        runs::lease_until.eq(lease_until),
        runs::ended_at.eq(None::<i64>),
        runs::error.eq(None::<String>),
    ))
    .returning(runs::id)
    .get_result(conn)
    .optional()
}

fn edition_of(conn: &mut Conn, key: &RunKey) -> QueryResult<Option<i64>> {
    editions::table
        .filter(editions::report.eq(&key.report))
        .filter(editions::period.eq(&key.period))
        .filter(editions::revision.eq(key.revision))
        .select(editions::id)
        .first(conn)
        .optional()
}
