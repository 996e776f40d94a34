//! What can go wrong on the way from a schedule to a mail.

use pegel_store::StoreError;
use std::path::PathBuf;

/// What can go wrong on the way from a schedule to a mail; a sentence, with a hint where one helps. Never holds a
/// password.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("report “{report}” could not be composed for {period}: {error}")]
    Compose { report: String, period: String, error: Box<dyn std::error::Error + Send + Sync> },
    #[error("the schedules could not be read: {0}")]
    Schedules(Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "“{scheme}” is not a way to send mail: write smtp://HOST:PORT, smtps://USER:PASSWORD@HOST, or folder:PATH for a folder of .eml files"
    )]
    MailerScheme { scheme: String },
    #[error("the mail URL cannot be used: {problem}")]
    MailerUrl { problem: String },
    #[error("mails cannot be sent as they are configured: {problem}")]
    MailSettings { problem: String },
    #[error("“{address}” is not a sender such as Pegel <reports@example.com>: {problem}")]
    Sender { address: String, problem: String },
    #[error("the sender's name in “{language}” is empty or holds a line break: write one on one line")]
    SenderName { language: &'static str },
    #[error("“{address}” is not an address that answers can go to: {problem}")]
    ReplyTo { address: String, problem: String },
    #[error("mails cannot be put into {}: {problem}; create the folder, or let Pegel write to it", folder.display())]
    Folder { folder: PathBuf, problem: String },
    #[error("the ticker could not be started: {0}")]
    Ticker(tokio_cron_scheduler::JobSchedulerError),
}

impl From<tokio_cron_scheduler::JobSchedulerError> for DeliveryError {
    fn from(error: tokio_cron_scheduler::JobSchedulerError) -> Self {
        DeliveryError::Ticker(error)
    }
}
