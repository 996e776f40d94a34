//! The recipients, their mail server, and the count of mails.

use crate::common::TestHome;
use crate::smtp::{Answer, SmtpServer};
use jiff::{SignedDuration, Timestamp};
use pegel_store::Store;
use pegel_store::outbox::DeliveryState;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub const RECIPIENTS: usize = 12;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kills, or other troubles of the scenario.
    pub troubles: usize,
    pub weeks: usize,
    pub expected: usize,
    pub lost: usize,
    pub doubled_within: usize,
    pub doubled_outside: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { troubles, weeks, expected, lost, doubled_within, doubled_outside } = self;
        write!(
            f,
            "{troubles} times in {weeks} weeks, {expected} mails expected, {lost} lost, {doubled_within} doubled within \
             the documented window, {doubled_outside} outside"
        )
    }
}

/// A report with recipients, and their mail server, which pauses before each answer so that troubles can strike.
pub struct Post {
    pub server: SmtpServer,
    /// Milliseconds before each answer.
    pause: Arc<AtomicU64>,
    /// How often a mail may come again, by Message-ID: it was delivered but not recorded when the server was killed.
    in_the_window: HashMap<String, usize>,
}

/// A Monday at seven in Berlin, a little after the report is due.
pub fn monday(week: usize) -> String {
    let first: Timestamp = "2027-01-04T06:00:05Z".parse().unwrap();
    (first + SignedDuration::from_hours(7 * 24 * i64::try_from(week).unwrap())).to_string()
}

impl Post {
    pub fn open(home: &TestHome) -> Post {
        let weekly = include_str!("../../../../config/reports/weekly.toml");
        let recipients: Vec<String> = (0..RECIPIENTS).map(|at| format!("\"reader{at}@example.com\"")).collect();
        let recipients = format!("recipients = [{}]", recipients.join(", "));
        home.write("config/reports/weekly.toml", &weekly.replace("recipients = []", &recipients));
        let pause = Arc::new(AtomicU64::new(5));
        let waits = Arc::clone(&pause);
        let server = SmtpServer::start(move |line| {
            std::thread::sleep(Duration::from_millis(waits.load(Ordering::SeqCst)));
            // The data are not a command.
            (line == "NOOP").then_some(Answer::Say("250 Ok"))
        });
        Post { server, pause, in_the_window: HashMap::new() }
    }

    pub fn pause(&self, millis: u64) {
        self.pause.store(millis, Ordering::SeqCst);
    }

    /// How often each mail arrived, by Message-ID.
    pub fn arrived(&self) -> HashMap<String, usize> {
        let mut arrived = HashMap::new();
        for mail in self.server.mails() {
            let id = mail.data.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
            *arrived.entry(id).or_default() += 1;
        }
        arrived
    }

    /// After a kill: mails that were delivered but not recorded may come once more.
    pub fn look_at_the_window(&mut self, store: &Store) {
        // What was on its way to the mail server then still arrives: it was handed over, and is not recorded.
        std::thread::sleep(Duration::from_millis(200 + 4 * self.pause.load(Ordering::SeqCst)));
        let arrived = self.arrived();
        let unrecorded = store.deliveries(None).unwrap().into_iter();
        for row in unrecorded.filter(|row| row.state != DeliveryState::Delivered) {
            if let Some(times) = arrived.get(&row.message_id) {
                self.in_the_window.insert(row.message_id, *times);
            }
        }
    }

    /// The tally of the mails of this many weeks.
    pub fn count(&self, store: &Store, weeks: usize, troubles: usize) -> Tally {
        let mut tally = Tally { troubles, weeks, expected: weeks * RECIPIENTS, ..Tally::default() };
        let arrived = self.arrived();
        let rows = store.deliveries(None).unwrap();
        assert!(rows.len() <= tally.expected, "{} mails, of which {} were expected", rows.len(), tally.expected);
        tally.lost = tally.expected.saturating_sub(rows.len());
        for row in rows {
            let times = arrived.get(&row.message_id).copied().unwrap_or(0);
            let allowed = self.in_the_window.get(&row.message_id).copied().unwrap_or(0);
            tally.lost += usize::from(times == 0);
            tally.doubled_within += times.saturating_sub(1).min(allowed);
            tally.doubled_outside += times.saturating_sub(1 + allowed);
        }
        tally
    }
}

/// Waits until this many mails are recorded as delivered.
pub fn wait_for(store: &Store, mails: usize) {
    let until = Instant::now() + Duration::from_mins(3);
    let delivered = || {
        let rows = store.deliveries(None).unwrap_or_default().into_iter();
        rows.filter(|row| row.state == DeliveryState::Delivered).count()
    };
    while delivered() < mails {
        assert!(
            Instant::now() < until,
            "{} of {mails} mails are delivered; the others: {}",
            delivered(),
            others(store)
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What became of the mails that are not on record as delivered.
fn others(store: &Store) -> String {
    let rows = store.deliveries(None).unwrap_or_default().into_iter();
    let others = rows.filter(|row| row.state != DeliveryState::Delivered).map(|row| {
        format!("\n{} {:?}, {} attempts, {}", row.recipient, row.state, row.attempts, row.answer.unwrap_or_default())
    });
    others.collect()
}
