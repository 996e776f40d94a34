//! How much of its own work Pegel has done, and how it went: counts, for monitoring.

use crate::outbox::DeliveryState;
use crate::schema::{deliveries, delivery_attempts, runs};
use crate::{Store, StoreError};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

/// Counts of runs, deliveries and attempts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// By report and state.
    pub runs: Vec<(String, String, i64)>,
    /// By channel and state.
    pub deliveries: Vec<(String, String, i64)>,
    /// Attempts to hand something over, by outcome.
    pub attempts: Vec<(String, i64)>,
    /// Since when the delivery that has waited longest waits, UTC seconds; `None` if none does.
    pub waiting_since: Option<i64>,
}

impl Store {
    /// The counts as they are now.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tallies(&self) -> Result<Tallies, StoreError> {
        self.read("counting what was done", |conn| {
            let runs = runs::table
                .group_by((runs::report, runs::state))
                .order((runs::report, runs::state))
                .select((runs::report, runs::state, count_star()))
                .load(conn)?;
            let by_state = deliveries::table
                .group_by((deliveries::channel, deliveries::state))
                .order((deliveries::channel, deliveries::state))
                .select((deliveries::channel, deliveries::state, count_star()))
                .load(conn)?;
            let attempts = delivery_attempts::table
                .group_by(delivery_attempts::outcome)
                .order(delivery_attempts::outcome)
                .select((delivery_attempts::outcome, count_star()))
                .load(conn)?;
            let waiting = deliveries::state.eq_any([DeliveryState::Pending.word(), DeliveryState::Sending.word()]);
            let waiting_since = deliveries::table.filter(waiting).select(min(deliveries::queued_at)).first(conn)?;
            Ok(Tallies { runs, deliveries: by_state, attempts, waiting_since })
        })
    }
}
