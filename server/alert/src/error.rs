//! What can go wrong with alerts.

use pegel_home::Unreadable;
use pegel_report::ReportError;
use pegel_store::StoreError;

/// What can go wrong with alerts; a sentence, with a hint where one helps.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("no alert is called “{name}”: {hint}")]
    Unknown { name: String, hint: String },
    /// Of the definition, the figures, or the templates.
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
