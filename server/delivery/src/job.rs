//! A run that is wanted, as a value.

use crate::schedule::Due;
use pegel_kpi::time::period::Period;
use pegel_store::runs::{RunKey, Which};

/// One run of a report. Its fields are its whole input, so that it can be made again from the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunReport {
    /// The report's name, such as `weekly`.
    pub report: String,
    /// The nominal period.
    pub period: Period,
    pub occasion: Occasion,
    /// Why another edition is wanted, in the words of who asked.
    pub reason: Option<String>,
}

/// Why a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// It is due by schedule. All recipients get a mail.
    Due,
    /// A person asked for it.
    ByHand {
        /// Another edition is wanted, even if there is one.
        again: bool,
        /// The recipients get a mail, unless they have got this edition's.
        send: bool,
    },
}

impl From<Due> for RunReport {
    fn from(due: Due) -> RunReport {
        RunReport { report: due.report, period: due.period, occasion: Occasion::Due, reason: None }
    }
}

impl RunReport {
    /// What makes it unique.
    pub fn key(&self) -> RunKey {
        let which = match self.occasion {
            Occasion::Due => Which::Due,
            Occasion::ByHand { again, .. } => Which::ByHand { again },
        };
        RunKey { report: self.report.clone(), period: self.period.to_string(), which }
    }
}
