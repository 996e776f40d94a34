//! What can go wrong with an import as a whole; what is wrong with one row is a [`crate::summary::Fault`].

use crate::shown::shown;
use pegel_kpi::diagnostic::nearest;
use pegel_store::StoreError;
use pegel_text::clean::one_line;

/// Why a mapping could not be read or a file not be imported. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A mapping file is wrong; `place` is `NAME.toml:LINE`.
    #[error("{place}: {message}")]
    Mapping { place: String, message: String },
    #[error("there is no mapping “{}”{}; the mappings are {}", shown(name), hint(nearest.as_deref()), known.join(", "))]
    UnknownMapping { name: String, nearest: Option<String>, known: Vec<String> },
    #[error("{} could not be read: {error}", one_line(file))]
    Read { file: String, error: std::io::Error },
    /// It is a page, a database: `advice` says what to do.
    #[error("{} is {what}, which is not read: {advice}", one_line(file))]
    NoRows { file: String, what: &'static str, advice: &'static str },
    /// It is of a kind that is read, and cannot be.
    #[error("{} cannot be imported: {reason}", one_line(file))]
    Unusable { file: String, reason: String },
    #[error("{} has no sheet “{}”{}; its sheets are {}", one_line(file), shown(sheet), did_you_mean(sheet, sheets.iter().map(String::as_str)), listed(sheets))]
    UnknownSheet { file: String, sheet: String, sheets: Vec<String> },
    #[error("{} has the columns in several sheets: {}; name one in the mapping, such as sheet = \"{}\"", one_line(file), listed(sheets), sheets.first().map(|sheet| shown(sheet)).unwrap_or_default())]
    SeveralSheets { file: String, sheets: Vec<String> },
    #[error("{} is empty: its first line should name the columns", one_line(file))]
    Empty { file: String },
    /// The mapping names columns that the file lacks.
    #[error("{} has no column “{}”{}; its columns are {}{}", one_line(file), shown(column), hint(nearest.as_deref()), listed(columns), delimiter_hint(columns))]
    UnknownColumn { file: String, column: String, nearest: Option<String>, columns: Vec<String> },
    #[error("{} has the column “{}” more than once: rename one of them in line {line}", one_line(file), shown(column))]
    AmbiguousColumn { file: String, column: String, line: u64 },
    #[error("{}:{line}: the header cannot be read: {reason}", one_line(file))]
    Header { file: String, line: u64, reason: String },
    #[error(
        "{}:{line}: the header is not valid UTF-8: name the file's encoding in the mapping, such as encoding = \"windows-1252\"",
        one_line(file)
    )]
    Encoding { file: String, line: u64 },
    #[error(
        "{}:{line}: the header holds NUL characters: is the file UTF-16? name it in the mapping: encoding = \"{encoding}\"",
        one_line(file)
    )]
    Utf16 { file: String, line: u64, encoding: &'static str },
    /// The mapping asks when a file was last written that came through a pipe.
    #[error(
        "the mapping takes the file's own time, and {} has none: name a column or a constant, or import a file",
        one_line(file)
    )]
    Timeless { file: String },
    /// A file that is said to be complete lacks more than a slip of the source explains.
    #[error(
        "{} lacks {gone} of the {of} rows of {table} that {system} has, more than a tenth: is it the whole table? If they are to go, import it with --allow-shrink",
        one_line(file)
    )]
    Shrinks { file: String, table: String, system: String, gone: u64, of: u64 },
    /// The dates of a column have day and month the other way round.
    #[error(
        "{}: {unread} of {dates} values of “{}” are no dates as {format}; {} are as {exchanged}: write that in the mapping",
        one_line(file),
        shown(column),
        if fit == dates { "all".to_owned() } else { fit.to_string() }
    )]
    DayAndMonth { file: String, column: String, unread: u64, dates: u64, fit: u64, format: String, exchanged: String },
    /// Something is odd, and the import is strict.
    #[error("{} is not imported, since the import is strict: {what}", one_line(file))]
    Odd { file: String, what: String },
    /// Somebody wrote into it.
    #[error("{} changed while it was read: import it again when it is complete", one_line(file))]
    Changed { file: String },
    /// The database changed between the check of the file and its writing.
    #[error(
        "{}: “{}” was found in {table} before and is not any more: another import is at work; import again when it has ended",
        one_line(file),
        shown(text)
    )]
    Moved { file: String, table: String, text: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    pub(crate) fn unusable(file: &str, reason: impl Into<String>) -> ImportError {
        ImportError::Unusable { file: file.to_owned(), reason: reason.into() }
    }

    /// Whether the person can mend it, in the mapping or the file: not if the system could not read the file, or the
    /// database failed or changed meanwhile.
    pub fn is_usage(&self) -> bool {
        match self {
            // What the system did not refuse was read, and is damaged: a packed file that breaks off.
            ImportError::Read { error, .. } => error.raw_os_error().is_none(),
            ImportError::Store(StoreError::OtherCurrency { .. }) => true,
            ImportError::Moved { .. } | ImportError::Store(_) => false,
            _ => true,
        }
    }
}

/// ` (did you mean “close_date”?)`, or nothing.
fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" (did you mean “{}”?)", shown(name))).unwrap_or_default()
}

/// The names, each in quotes.
pub(crate) fn listed(columns: &[String]) -> String {
    /// Of more, nobody reads on.
    const LISTED: usize = 50;
    let mut names: Vec<String> = columns.iter().take(LISTED).map(|column| format!("“{}”", shown(column))).collect();
    if columns.len() > LISTED {
        names.push(format!("and {} more", columns.len() - LISTED));
    }
    names.join(", ")
}

/// A header that is one single cell was most likely cut with the wrong delimiter.
fn delimiter_hint(columns: &[String]) -> &'static str {
    let cut_wrongly = columns.len() == 1 && columns[0].contains([',', ';', '\t', '|']);
    if cut_wrongly { ": name the file's delimiter in the mapping" } else { "" }
}

/// ` (did you mean “leads”?)` for the name most like `name`, or nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    hint(nearest(name, known))
}
