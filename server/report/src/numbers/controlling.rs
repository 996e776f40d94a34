//! Whether reporting runs by itself: which reports there are, when they were made, what became of their mails.

use pegel_text::translated::Translated;
use serde::{Deserialize, Serialize};

/// A report, as it stood when the edition was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportState {
    /// Such as `weekly`.
    pub report: String,
    pub title: Translated,
    /// When it is due next, in UTC seconds; `None` if it is made on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
    /// The latest edition; `None` if there is none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastEdition>,
}

/// The latest edition of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastEdition {
    /// Such as `2026-W46`.
    pub period: String,
    /// UTC seconds.
    pub created_at: i64,
    /// How many mails were to go out with it.
    pub mails: usize,
    /// How many of them were handed over.
    pub delivered: usize,
}
