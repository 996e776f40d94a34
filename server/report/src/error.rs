//! What can go wrong between a definition and an edition.

use pegel_home::Unreadable;
use pegel_kpi::time::period::PeriodError;
use std::path::PathBuf;

/// What can go wrong between a definition and an edition; a sentence, with a hint where one helps. The sentence
/// contains its cause, so there is no `source`.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The definition in a file is invalid.
    #[error("{file}:{line}: {message}{}", hinted(hint))]
    Definition { file: String, line: usize, message: String, hint: String },
    #[error("no report is called “{name}”{}", hinted(hint))]
    Unknown { name: String, hint: String },
    #[error("{} cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: std::io::Error },
    /// A template cannot be parsed or rendered; the message shows file, line and a caret.
    #[error("the template {name} ({origin}) is not in order\n{message}")]
    Template { name: String, origin: String, message: String },
    /// The subject that a report has of its own cannot be parsed or rendered.
    #[error("{file}: the template “subject.{language}” is not in order\n{message}")]
    Subject { file: String, language: String, message: String },
    #[error("there is no template {name}: add it as templates/{name} to the home, or name another one")]
    NoTemplate { name: String },
    /// A template rendered to something that is not MJML.
    #[error("the template {name} ({origin}) does not give valid MJML: {message}")]
    Mjml { name: String, origin: String, message: String },
    /// A form that cannot hold an edition.
    #[error("the edition cannot be written as {form}: {message}")]
    Form { form: &'static str, message: String },
    #[error("this build of Pegel makes no PDF: build it with the feature `pdf`, which is there by default")]
    NoPdf,
    /// No mail server would accept it.
    #[error(
        "the mail has {} KiB, more than {} KiB: some name in it is very long, or the report has too many KPIs: split it into two",
        bytes >> 10, most >> 10
    )]
    TooLarge { bytes: usize, most: usize },
    #[error("the report “{report}” covers a {expected}, not {period}: write a period such as {example}")]
    WrongPeriod { report: String, expected: &'static str, period: String, example: &'static str },
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// The data could not be read.
    #[error("the figures of the report could not be computed: {0}")]
    Source(Box<dyn std::error::Error + Send + Sync>),
    /// A stored edition's numbers cannot be read back.
    #[error("the numbers of the edition cannot be read: {0}")]
    Numbers(serde_json::Error),
    #[error("the edition has no numbers: the artefact numbers.json is missing, erased or not text")]
    NoNumbers,
}

impl ReportError {
    /// The template that is not in order, such as `mail/weekly.txt`, if it is one.
    pub fn template(&self) -> Option<&str> {
        match self {
            ReportError::Template { name, .. } | ReportError::Mjml { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether users can mend it by changing a file or the request: not if the system failed to read a file, the data
    /// or a stored edition.
    pub fn is_usage(&self) -> bool {
        match self {
            // Without an error of the system, the file was read and is not text.
            ReportError::Read { error, .. } => error.raw_os_error().is_none(),
            ReportError::Source(_) | ReportError::Numbers(_) | ReportError::NoNumbers => false,
            _ => true,
        }
    }
}

impl From<Unreadable> for ReportError {
    fn from(Unreadable { path, error }: Unreadable) -> ReportError {
        ReportError::Read { path, error }
    }
}

impl From<serde_json::Error> for ReportError {
    fn from(error: serde_json::Error) -> ReportError {
        ReportError::Numbers(error)
    }
}

/// A hint as the end of a sentence; nothing where there is none.
fn hinted(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!(": {hint}") }
}

#[cfg(test)]
mod tests;
