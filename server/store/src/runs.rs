//! Runs: one row for each (report, nominal period, revision). Of the runs of a period one is due, so that a week is
//! reported once; the others were asked for by a person.

use crate::connection::{Conn, on_backend};
use crate::lease::Lease;
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
    pub which: Which,
}

/// Which run of a report's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// The one that the schedule owes.
    Due,
    /// One that a person asks for: the latest edition if there is one, unless another one is wanted.
    ByHand { again: bool },
}

/// The answer to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Ours until the lease ends: a new run, or one whose worker died before it had stored an edition.
    Ours { run: i64, revision: i32 },
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

/// Why a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunOrigin {
    Due,
    Hand,
}

impl RunOrigin {
    /// The word for it in the database.
    pub(crate) fn word(self) -> &'static str {
        match self {
            RunOrigin::Due => "due",
            RunOrigin::Hand => "hand",
        }
    }
}

impl Which {
    fn origin(self) -> RunOrigin {
        match self {
            Which::Due => RunOrigin::Due,
            Which::ByHand { .. } => RunOrigin::Hand,
        }
    }
}

impl Store {
    /// Claims a run and commits: of several that try, one gets it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_run(&self, key: &RunKey, lease: &Lease) -> Result<Claim, StoreError> {
        self.transaction(|conn| claim(conn, key, lease).map_err(StoreError::while_("claiming a run")))
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

    /// The due runs that failed and were not made since: report, nominal period, and what went wrong.
    ///
    /// # Errors
    /// If the database fails.
    pub fn failed_runs(&self) -> Result<Vec<(String, String, String)>, StoreError> {
        self.read("reading runs", |conn| {
            let failed: Vec<(String, String, Option<String>)> = runs::table
                .filter(runs::origin.eq(RunOrigin::Due.word()))
                .filter(runs::state.eq(RunState::Failed.word()))
                .order(runs::id.desc())
                .select((runs::report, runs::period, runs::error))
                .load(conn)?;
            Ok(failed.into_iter().map(|(report, period, error)| (report, period, error.unwrap_or_default())).collect())
        })
    }

    /// The reports and nominal periods whose due run is done, as far as it was claimed at `since` (UTC seconds) or
    /// later.
    ///
    /// # Errors
    /// If the database fails.
    pub fn reported(&self, since: i64) -> Result<Vec<(String, String)>, StoreError> {
        self.read("reading runs", |conn| {
            runs::table
                .filter(runs::origin.eq(RunOrigin::Due.word()))
                .filter(runs::state.eq(RunState::Done.word()))
                .filter(runs::claimed_at.ge(since))
                .select((runs::report, runs::period))
                .load(conn)
        })
    }
}

fn claim(conn: &mut Conn, key: &RunKey, lease: &Lease) -> QueryResult<Claim> {
    let runs = runs_of(conn, key)?;
    let due = runs.iter().find(|run| run.is_due());
    let last = runs.last();
    // What a person began and nobody ended is taken up, also by the due run.
    let abandoned = last.filter(|run| !run.is_due() && run.is_free(lease.now));
    let wanted = match key.which {
        Which::Due => due.or(abandoned),
        Which::ByHand { again } => {
            let edition = runs.iter().rev().find(|run| run.edition.is_some()).filter(|_| !again);
            let busy = runs.iter().find(|run| run.is_busy(lease.now));
            edition.or(busy).or(abandoned)
        }
    };
    if let Some(run) = wanted {
        return claim_again(conn, key, run, lease);
    }
    let revision = last.map_or(0, |run| run.revision + 1);
    let begun = begin(conn, key, revision, lease)?;
    Ok(begun.map_or(Claim::Taken, |run| Claim::Ours { run, revision }))
}

/// A run as it stands.
#[derive(Queryable)]
struct Run {
    id: i64,
    revision: i32,
    origin: String,
    state: String,
    lease_until: i64,
    edition: Option<i64>,
}

impl Run {
    fn is_due(&self) -> bool {
        self.origin == RunOrigin::Due.word()
    }

    /// Somebody is at it.
    fn is_busy(&self, now: i64) -> bool {
        self.state == RunState::Claimed.word() && self.lease_until > now
    }

    /// It failed, or its worker has had its time.
    fn is_free(&self, now: i64) -> bool {
        self.state != RunState::Done.word() && !self.is_busy(now)
    }
}

/// The runs of a report's period, by revision.
fn runs_of(conn: &mut Conn, key: &RunKey) -> QueryResult<Vec<Run>> {
    runs::table
        .left_join(editions::table)
        .filter(runs::report.eq(&key.report))
        .filter(runs::period.eq(&key.period))
        .order(runs::revision)
        .select((runs::id, runs::revision, runs::origin, runs::state, runs::lease_until, editions::id.nullable()))
        .load(conn)
}

fn claim_again(conn: &mut Conn, key: &RunKey, run: &Run, lease: &Lease) -> QueryResult<Claim> {
    if run.is_free(lease.now) && take_over(conn, key, run.id, lease)? > 0 {
        return Ok(Claim::Ours { run: run.id, revision: run.revision });
    }
    Ok(run.edition.map_or(Claim::Taken, |edition| Claim::Done { edition }))
}

/// A new row, unless there is one. Waits for a process that is inserting the same one.
fn begin(conn: &mut Conn, key: &RunKey, revision: i32, lease: &Lease) -> QueryResult<Option<i64>> {
    let row = (
        runs::report.eq(&key.report),
        runs::period.eq(&key.period),
        runs::revision.eq(revision),
        runs::origin.eq(key.which.origin().word()),
        runs::state.eq(RunState::Claimed.word()),
        runs::attempts.eq(1),
        runs::claimed_at.eq(lease.now),
        runs::lease_until.eq(lease.until),
        runs::holder.eq(&lease.holder),
    );
    on_backend!(conn, conn => diesel::insert_into(runs::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(runs::id)
        .get_result(conn)
        .optional())
}

/// Takes the row if it failed or its worker has had its time; how many rows that touched. The condition is checked
/// again by the database once it holds the row, so that of two one gets it.
fn take_over(conn: &mut Conn, key: &RunKey, run: i64, lease: &Lease) -> QueryResult<usize> {
    let lost = runs::state.eq(RunState::Claimed.word()).and(runs::lease_until.le(lease.now));
    let free = runs::state.eq(RunState::Failed.word()).or(lost);
    diesel::update(runs::table.find(run).filter(free))
        .set((
            runs::origin.eq(key.which.origin().word()),
            runs::state.eq(RunState::Claimed.word()),
            runs::attempts.eq(runs::attempts + 1),
            runs::claimed_at.eq(lease.now),
            runs::lease_until.eq(lease.until),
            runs::holder.eq(&lease.holder),
            runs::ended_at.eq(None::<i64>),
            runs::error.eq(None::<String>),
        ))
        .execute(conn)
}
