//! Claims on runs and deliveries: they end with their time, or with the process that made them.

use crate::connection::Conn;
use crate::lease::Lease;
use crate::outbox::DeliveryState;
use crate::runs::{RunOrigin, RunState};
use crate::schema::{deliveries, editions, renditions, runs};
use crate::{Store, StoreError};
use diesel::prelude::*;

/// What was put right after the clock was put back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutRight {
    /// Claims that would have held for longer than any claim does.
    pub leases: usize,
    /// Due runs that were made before they were due.
    pub early_runs: usize,
    /// Mails that would have waited for an instant that the clock went back from.
    pub mails: usize,
    /// Mails about a period that is not over; they are given up.
    pub early_mails: usize,
}

impl PutRight {
    /// Whether there was anything to put right.
    pub fn is_nothing(&self) -> bool {
        *self == PutRight::default()
    }
}

/// What becomes of a mail about a period that is not over.
const TOO_EARLY: &str =
    "made while the clock was ahead, before its period was over; the edition that is due goes out instead";

impl Store {
    /// The processes that hold claims.
    ///
    /// # Errors
    /// If the database fails.
    pub fn lease_holders(&self) -> Result<Vec<String>, StoreError> {
        let (of_runs, of_deliveries) = self.read("reading who holds claims", |conn| {
            let of_runs: Vec<Option<String>> = runs::table
                .filter(runs::state.eq(RunState::Claimed.word()))
                .select(runs::holder)
                .distinct()
                .load(conn)?;
            let of_deliveries: Vec<Option<String>> = deliveries::table
                .filter(deliveries::state.eq(DeliveryState::Sending.word()))
                .select(deliveries::holder)
                .distinct()
                .load(conn)?;
            Ok((of_runs, of_deliveries))
        })?;
        let mut holders: Vec<String> = of_runs.into_iter().chain(of_deliveries).flatten().collect();
        holders.sort();
        holders.dedup();
        Ok(holders)
    }

    /// Ends all claims of a process that is gone; how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub fn end_leases_of(&self, holder: &str, now: i64) -> Result<usize, StoreError> {
        self.transaction(|conn| {
            let claimed = runs::state.eq(RunState::Claimed.word()).and(runs::holder.eq(holder));
            let ended_runs = diesel::update(runs::table.filter(claimed)).set(runs::lease_until.eq(now)).execute(conn);
            let sending = deliveries::state.eq(DeliveryState::Sending.word()).and(deliveries::holder.eq(holder));
            let ended_mails =
                diesel::update(deliveries::table.filter(sending)).set(deliveries::lease_until.eq(now)).execute(conn);
            let sum = ended_runs.and_then(|runs| Ok(runs + ended_mails?));
            sum.map_err(StoreError::while_("ending the claims of a process that is gone"))
        })
    }

    /// Puts right what was written while the clock was ahead, and would otherwise wait until it gets there again. No
    /// claim is shortened below a whole one from now, so one that a server with a faster clock holds is left its time.
    ///
    /// - A claim ends at `lease.until` at the latest.
    /// - A due run from the future counts as made by hand: when its instant comes, the due edition is made.
    /// - A mail from the future may go out now; one about a period that is not over is given up.
    ///
    /// Something is from the future if it is later than `lease.until`: clocks of several servers never agree quite.
    ///
    /// # Errors
    /// If the database fails.
    pub fn put_right(&self, lease: &Lease) -> Result<PutRight, StoreError> {
        self.transaction(|conn| {
            put_right(conn, lease.now, lease.until)
                .map_err(StoreError::while_("putting right what was written while the clock was ahead"))
        })
    }
}

fn put_right(conn: &mut Conn, now: i64, latest: i64) -> QueryResult<PutRight> {
    let done = runs::state.eq(RunState::Done.word()).and(runs::origin.eq(RunOrigin::Due.word()));
    let early_runs = diesel::update(runs::table.filter(done.and(runs::claimed_at.gt(latest))))
        .set(runs::origin.eq(RunOrigin::Hand.word()))
        .execute(conn)?;
    // First of all mails, so that none of these is let go.
    let early_mails = give_up_early_mails(conn, now, latest)?;
    let leases = shorten_leases(conn, latest)?;
    let mails = release_mails(conn, now, latest)?;
    Ok(PutRight { leases, early_runs, mails, early_mails })
}

fn give_up_early_mails(conn: &mut Conn, now: i64, latest: i64) -> QueryResult<usize> {
    let early = renditions::table
        .inner_join(editions::table)
        .filter(editions::ends_at.gt(latest))
        .select(renditions::id.nullable());
    let waiting = deliveries::state.eq_any([DeliveryState::Pending.word(), DeliveryState::Sending.word()]);
    diesel::update(deliveries::table.filter(waiting.and(deliveries::rendition_id.eq_any(early))))
        .set((
            deliveries::state.eq(DeliveryState::Failed.word()),
            deliveries::attempted_at.eq(now),
            deliveries::answer.eq(TOO_EARLY),
        ))
        .execute(conn)
}

fn shorten_leases(conn: &mut Conn, latest: i64) -> QueryResult<usize> {
    let claimed = runs::state.eq(RunState::Claimed.word()).and(runs::lease_until.gt(latest));
    let of_runs = diesel::update(runs::table.filter(claimed)).set(runs::lease_until.eq(latest)).execute(conn)?;
    let sending = deliveries::state.eq(DeliveryState::Sending.word());
    let sending = sending.and(deliveries::lease_until.assume_not_null().gt(latest));
    let of_mails =
        diesel::update(deliveries::table.filter(sending)).set(deliveries::lease_until.eq(latest)).execute(conn)?;
    Ok(of_runs + of_mails)
}

/// Lets the mails from the future go out now; how many.
fn release_mails(conn: &mut Conn, now: i64, latest: i64) -> QueryResult<usize> {
    let unsent = deliveries::attempts.eq(0).and(deliveries::due_at.gt(latest));
    let refused = deliveries::attempted_at.assume_not_null().gt(latest);
    let waiting = deliveries::state.eq(DeliveryState::Pending.word());
    diesel::update(deliveries::table.filter(waiting.and(unsent.or(refused))))
        .set((deliveries::due_at.eq(now), deliveries::queued_at.eq(now), deliveries::attempted_at.eq(None::<i64>)))
        .execute(conn)
}
