//! Every attempt to hand a mail over, as it ended.

use crate::connection::{Conn, on_backend};
use crate::schema::{deliveries, delivery_attempts};
use crate::{Store, StoreError};
use diesel::prelude::*;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// Not accepted, to be tried again.
    Postponed,
    /// Not accepted, and not tried again.
    GivenUp,
}

impl Outcome {
    const ALL: [Outcome; 3] = [Outcome::Delivered, Outcome::Postponed, Outcome::GivenUp];

    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Delivered => "delivered",
            Outcome::Postponed => "postponed",
            Outcome::GivenUp => "given_up",
        }
    }

    fn named(word: &str) -> Result<Outcome, StoreError> {
        let known = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word);
        known.ok_or_else(|| StoreError::Unreadable {
            what: "the outcome of an attempt".to_owned(),
            reason: format!("“{word}” is none"),
        })
    }
}

/// An attempt to hand a mail over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1; a mail that is sent again begins anew.
    pub number: i64,
    /// When it ended, UTC seconds.
    pub at: i64,
    pub outcome: Outcome,
    /// What the server (or the folder) answered, or what went wrong.
    pub answer: String,
}

impl Store {
    /// The attempts to hand a mail over, the first one first. One that a kill ended left nothing here.
    ///
    /// # Errors
    /// If the database fails.
    pub fn attempts(&self, delivery: i64) -> Result<Vec<Attempt>, StoreError> {
        let rows: Vec<(i64, i64, String, String)> = self.read("reading attempts to deliver", |conn| {
            delivery_attempts::table
                .filter(delivery_attempts::delivery_id.eq(delivery))
                .order((delivery_attempts::at.asc(), delivery_attempts::attempt.asc()))
                .select((
                    delivery_attempts::attempt,
                    delivery_attempts::at,
                    delivery_attempts::outcome,
                    delivery_attempts::answer,
                ))
                .load(conn)
        })?;
        let attempt = |(number, at, outcome, answer): (i64, i64, String, String)| {
            Ok(Attempt { number, at, outcome: Outcome::named(&outcome)?, answer })
        };
        rows.into_iter().map(attempt).collect()
    }
}

/// Records the attempt that a delivery is at, inside the transaction that records what became of it. Once: whoever gets no
/// answer from the database records it again.
pub(crate) fn record(conn: &mut Conn, delivery: i64, at: i64, outcome: Outcome, answer: &str) -> QueryResult<()> {
    let attempt: i32 = deliveries::table.find(delivery).select(deliveries::attempts).first(conn)?;
    let row = (
        delivery_attempts::delivery_id.eq(delivery),
        delivery_attempts::at.eq(at),
        delivery_attempts::attempt.eq(i64::from(attempt)),
        delivery_attempts::outcome.eq(outcome.word()),
        delivery_attempts::answer.eq(answer),
    );
    on_backend!(conn, conn => diesel::insert_into(delivery_attempts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))
    .map(drop)
}
