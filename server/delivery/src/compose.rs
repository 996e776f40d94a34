//! What this crate needs from whatever makes reports: which there are, who gets them, and an edition of one of them.

use crate::job::RunReport;
use crate::schedule::Scheduled;
use jiff::Timestamp;
use pegel_report::To;
use pegel_report::forms::Form;
use pegel_store::edition::{Audience, Edition, NewEdition};
use std::error::Error;

/// What went wrong in a report, in words.
pub type ComposeError = Box<dyn Error + Send + Sync>;

/// One who gets a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub to: To,
    /// Which rendition of an edition is theirs.
    pub audience: Audience,
    /// Where their answers go, as an address; `None`: where those to other mails go.
    pub reply_to: Option<String>,
    /// What they wish to have with the mail.
    pub forms: Vec<Form>,
}

/// Watches figures and rows. Handed in, so that delivery needs to know neither.
pub trait Watch: Send + Sync {
    /// Evaluates the rules that are due at `now`, and puts what is to be told into the outbox. What fails is logged; how
    /// many did.
    fn look(&self, now: Timestamp) -> usize;
}

/// Knows the reports. Handed in, so that delivery needs to know neither KPIs nor templates.
pub trait Compose: Send + Sync {
    /// The schedules in force; asked at every tick, so that a changed report counts without a restart.
    ///
    /// # Errors
    /// If no report's configuration can be read.
    fn schedules(&self) -> Result<Vec<Scheduled>, ComposeError>;

    /// Who gets a report. Of those with one address, the first gets a mail; so with channels.
    ///
    /// # Errors
    /// If the report's configuration or the data cannot be read.
    fn recipients(&self, report: &str) -> Result<Vec<Recipient>, ComposeError>;

    /// The edition of a run, not stored yet. The artefacts `subject.txt`, `mail.txt` and
    /// `mail.html` of a rendition make its mail.
    ///
    /// # Errors
    /// If it cannot be made; the message is kept with the run.
    fn compose(&self, run: &RunReport, revision: i32, now: Timestamp) -> Result<NewEdition, ComposeError>;

    /// Whether an edition of the archive holds the same figures, by the same definitions.
    fn says_the_same(&self, stored: &Edition, made: &NewEdition) -> bool;
}
