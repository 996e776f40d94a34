//! What is told beside editions, as a reader sees it: the mail of an alert.

use crate::format::Format;
use crate::numbers::Numbers;
use crate::statements::Statement;
use crate::statements::brief::brief_of;
use crate::view::{StatementView, statement};
use pegel_text::translated::Translated;
use pegel_text::words::Words;
use serde::{Deserialize, Serialize};

/// A notice as a reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoticeView {
    /// The language of the texts, such as `de`.
    pub language: &'static str,
    /// What told it.
    pub title: String,
    /// What its readers see: `Region: North, South`; empty if that is everything.
    pub scope: String,
    /// `22–28 November 2026`; empty if it is about no period.
    pub period: String,
    pub subject: String,
    /// For the line that mail programs show beside the subject.
    pub preview: String,
    pub headline: String,
    /// What it says, the most important first.
    pub statements: Vec<StatementView>,
    /// The rows it is about, one by one.
    pub rows: Option<NoticeRows>,
    /// What else there is to know: since when, who looks after it.
    pub notes: Vec<String>,
    /// Up to when the data is complete; empty where nobody knows.
    pub data_up_to: String,
    /// `23 November 2026 at 07:00 (Europe/Berlin)`.
    pub computed: String,
    /// Where pages are, without a slash at the end; `None` where readers cannot reach them.
    pub base: Option<String>,
    /// Where more is shown.
    pub link: Option<String>,
    /// The words around it.
    #[serde(skip)]
    pub words: Words,
}

/// Rows that a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRows {
    pub lines: Vec<NoticeRow>,
    /// `12 more`; empty if there are none.
    pub more: String,
}

/// A row that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    pub key: String,
    /// Whose it is: partner and rep; may be empty.
    pub of: String,
    /// `65.9 days`
    pub waited: String,
    /// `since 28 August 2026`
    pub since: String,
}

impl NoticeView {
    /// What these statements say about figures.
    pub fn of_figures(title: &Translated, numbers: &Numbers, statements: &[Statement], format: &Format) -> NoticeView {
        let brief = brief_of(statements, numbers, format);
        NoticeView {
            scope: format.whole_scope(&numbers.scope, &numbers.members),
            period: format.period(&numbers.period),
            preview: brief.preview,
            headline: brief.headline,
            statements: brief.statements.into_iter().map(statement).collect(),
            data_up_to: brief.data_up_to,
            ..NoticeView::about(title, numbers.created_at, format)
        }
    }

    /// One that says nothing yet; made at that instant, in UTC seconds.
    pub fn about(title: &Translated, created_at: i64, format: &Format) -> NoticeView {
        NoticeView {
            language: format.words().language().code(),
            title: format.title(title),
            scope: String::new(),
            period: String::new(),
            subject: String::new(),
            preview: String::new(),
            headline: String::new(),
            statements: Vec::new(),
            rows: None,
            notes: Vec::new(),
            data_up_to: String::new(),
            computed: format.instant(created_at),
            base: None,
            link: None,
            words: format.words().clone(),
        }
    }
}
