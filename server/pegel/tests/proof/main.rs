//! The proof that mails are neither lost nor doubled, whatever happens to the server, its database or its disk: a real
//! server, a real conversation, real kills. A short form runs with all tests; `tests/proof crashes` runs it for as long
//! as you like, and prints the figures.
//!
//! The mails that reach the mail server are counted by Message-ID. A mail may come twice only if the server was killed
//! (or lost its database for good) after the mail server had accepted the mail and before that was recorded; the
//! database tells which mails were in this window at a kill.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "the tests of delivery use more of it")]
#[path = "../../../delivery/tests/common/smtp.rs"]
mod smtp;

mod disk;
mod kills;
mod link;
mod post;
mod troubles;

use post::Tally;
use std::time::{Duration, Instant};

/// How long a scenario may take; without `PEGEL_PROOF_MINUTES`, how many weeks it reports.
#[derive(Clone, Copy)]
pub struct Budget {
    until: Option<Instant>,
    weeks: usize,
}

impl Budget {
    /// This scenario's share, in per cent, of `PEGEL_PROOF_MINUTES`, which is for all of them.
    fn of(share: u32, weeks: usize) -> Budget {
        let minutes: Option<u32> = std::env::var("PEGEL_PROOF_MINUTES").ok().and_then(|minutes| minutes.parse().ok());
        let until = minutes.map(|minutes| Instant::now() + Duration::from_mins(1) * minutes * share / 100);
        Budget { until, weeks }
    }

    /// Whether to report another week after this many.
    pub fn goes_on(&self, weeks: usize) -> bool {
        self.until.map_or(weeks < self.weeks, |until| Instant::now() < until)
    }
}

/// Prints the counts, and fails if a mail was lost, or doubled outside of the window.
fn conclude(scenario: &str, tally: &Tally) {
    println!("{scenario}: {tally}");
    assert!(tally.weeks > 0 && tally.expected > 0, "{scenario} did nothing");
    assert_eq!((tally.lost, tally.doubled_outside), (0, 0), "{scenario}: {tally}");
}

#[test]
fn kills_lose_no_mail_on_sqlite() {
    conclude("killed, SQLite", &kills::run(&common::TestHome::new(), Budget::of(30, 2)));
}

#[test]
fn kills_lose_no_mail_on_postgres() {
    conclude("killed, PostgreSQL", &kills::run(&common::TestHome::on_postgres(), Budget::of(30, 2)));
}

#[test]
fn readers_who_take_all_connections_keep_no_mail_from_being_recorded() {
    conclude("pages reloaded by 25 readers", &troubles::readers(&common::TestHome::new(), Budget::of(10, 1)));
}

#[test]
fn a_database_that_is_away_doubles_no_mail() {
    conclude("database away for seconds", &troubles::database_away(Budget::of(20, 1)));
}

#[test]
fn a_full_disk_doubles_no_mail() {
    match disk::full(Budget::of(10, 1)) {
        Some(tally) => conclude("disk full", &tally),
        None => println!("disk full: left out, since this user may mount no small file system"),
    }
}
