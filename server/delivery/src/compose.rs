//! What this crate asks of the one that makes reports: which there are, and an edition of one of them.

use crate::run::RunReport;
use crate::schedule::Schedule;
use jiff::Timestamp;
use pegel_store::archive::NewEdition;
use std::error::Error;

/// Knows the reports. Handed in, so that delivery needs to know neither KPIs nor templates.
pub trait Compose: Send + Sync {
    /// The schedules in force; asked at every tick, so that a changed report counts without a restart.
    ///
    /// # Errors
    /// If a report's configuration cannot be read.
    fn schedules(&self) -> Result<Vec<Schedule>, Box<dyn Error + Send + Sync>>;

    /// The edition of a run, not stored yet, and who is to get it.
    ///
    /// # Errors
    /// If it cannot be made; the message is kept with the run.
    fn compose(&self, run: &RunReport, now: Timestamp) -> Result<Composed, Box<dyn Error + Send + Sync>>;
}

/// An edition on its way into the archive. Its parts `subject.txt`, `mail.txt` and `mail.html` make the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    pub edition: NewEdition,
    /// Addresses, possibly with a name: `Ada <ada@example.com>`. One that comes twice gets one mail.
    pub recipients: Vec<String>,
}
