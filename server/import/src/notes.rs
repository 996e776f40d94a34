//! What is odd about rows that are imported nevertheless: by table, column and kind, with counts and the first of them.

use crate::at::At;
use crate::shown::shown;
use pegel_kpi::data::model::{Column, Table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// So many rows are named of each note.
const FIRST: usize = 3;
/// So many names are kept of each, and so many of these are shown.
const NAMED: usize = 1_000;
const SHOWN: usize = 10;

/// What is odd about a value. Columns by their names in the model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Odd {
    /// It comes before that date of its row.
    Early(Arc<str>),
    /// It comes before the day from which its row plans.
    Endless(Arc<str>),
    /// It refers to a row of that table that is gone.
    Gone(Arc<str>),
    /// It is in the future, though it says when something happened.
    Ahead,
    /// Its row lacks the date since when it is known; whether the mapping names that.
    Undated { date: Arc<str>, named: bool },
    /// Its row has no such text in that column, as it should for the value to mean anything.
    Idle(Arc<str>, Arc<str>),
    /// Its row lacks it, though it says when what the row tells of was.
    Dateless,
    /// Its row lacks that text, which is known since the value; whether the mapping names that.
    Unsaid { text: Arc<str>, named: bool },
}

/// Something odd about the row of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Oddity {
    pub column: Arc<str>,
    pub odd: Odd,
    /// As it stands in the file; empty where nothing does.
    pub value: String,
}

/// Something odd about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Of the model; empty where it is about a column of the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// Of the model, else of the file; empty where it is about rows.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// A word for programs, such as `early`.
    pub kind: &'static str,
    /// What is odd and what follows, in a sentence.
    pub message: String,
    /// In how many rows.
    pub rows: u64,
    /// If it is about names, how many they are; 0: it is about rows.
    #[serde(skip_serializing_if = "is_zero")]
    pub names: u64,
    /// The first of them.
    pub first: Vec<Example>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Note {
    /// About rows of a table that are known by these texts of a column.
    pub(crate) fn named(table: &Table, column: &Column, kind: &'static str, message: String, texts: &[String]) -> Note {
        Note {
            table: table.name.to_string(),
            column: column.name.to_string(),
            kind,
            message,
            rows: texts.len() as u64,
            names: texts.len() as u64,
            first: texts.iter().take(NAMED).map(|text| Example::new("", text)).collect(),
        }
    }

    /// About a column of the file.
    pub(crate) fn of_file(column: &str, kind: &'static str, message: String, Noted { rows, first }: Noted) -> Note {
        Note { table: String::new(), column: column.to_owned(), kind, message, rows, names: 0, first }
    }

    /// About texts of a column of the file, which so many rows have.
    pub(crate) fn of_texts(column: &str, kind: &'static str, message: String, texts: &[String], rows: u64) -> Note {
        Note {
            names: texts.len() as u64,
            first: texts.iter().map(|text| Example::new("", text)).collect(),
            ..Note::of_file(column, kind, message, Noted { rows, first: Vec::new() })
        }
    }

    /// Whether it tells of something odd, and not only of what was done as the mapping says.
    pub fn is_odd(&self) -> bool {
        !matches!(self.kind, "created" | "named" | "adopted" | "unresolved" | "unlisted" | "blanks" | "cleaned")
    }
}

/// A row of which something is noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Such as `line 7`; empty for what stands in no line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// What stands there, fit to be shown; empty where nothing does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
}

/// The notes on the rows of a file, as they come.
#[derive(Debug, Default)]
pub(crate) struct Notes(BTreeMap<(usize, Arc<str>, Odd), Noted>);

/// How many rows, and the first of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noted {
    pub rows: u64,
    pub first: Vec<Example>,
}

impl Noted {
    /// One more row.
    pub fn add(&mut self, at: &At, value: &str) {
        self.rows += 1;
        if self.first.len() < FIRST {
            self.first.push(Example::new(&at.to_string(), value));
        }
    }

    /// More rows, with what is shown of them.
    pub fn append(&mut self, more: &Noted) {
        self.rows += more.rows;
        self.first.extend(more.first.iter().take(FIRST - self.first.len()).cloned());
    }

    /// More rows, of which the first is shown, with that value.
    pub fn add_all(&mut self, rows: &Noted, value: &str) {
        self.rows += rows.rows;
        let first = rows.first.first().filter(|_| self.first.len() < FIRST);
        self.first.extend(first.map(|first| Example::new(&first.at, value)));
    }
}

impl Notes {
    /// `table`: its place in the mapping.
    pub fn add(&mut self, table: usize, oddity: Oddity, at: &At) {
        let Oddity { column, odd, value } = oddity;
        self.0.entry((table, column, odd)).or_default().add(at, &value);
    }

    /// `names`: those of the tables.
    pub fn told(&self, names: &[&str]) -> Vec<Note> {
        let note = |((table, column, odd), Noted { rows, first }): (&(usize, Arc<str>, Odd), &Noted)| Note {
            table: names[*table].to_owned(),
            kind: odd.kind(),
            message: odd.reason(column, *rows),
            column: column.to_string(),
            rows: *rows,
            names: 0,
            first: first.clone(),
        };
        self.0.iter().map(note).collect()
    }
}

impl Odd {
    fn kind(&self) -> &'static str {
        match self {
            Odd::Early(_) | Odd::Endless(_) => "early",
            Odd::Gone(_) => "gone",
            Odd::Ahead => "ahead",
            Odd::Undated { .. } => "undated",
            Odd::Idle(..) => "idle",
            Odd::Dateless => "dateless",
            Odd::Unsaid { .. } => "unsaid",
        }
    }

    /// What is odd about one value of that column.
    pub fn of_one(&self, column: &str) -> String {
        self.sentence(column, "the row", true)
    }

    /// What is odd about so many values of that column.
    fn reason(&self, column: &str, rows: u64) -> String {
        self.sentence(column, &counted(rows, "row"), rows == 1)
    }

    fn sentence(&self, column: &str, rows: &str, one: bool) -> String {
        let (have, them) = if one { ("has", "it") } else { ("have", "them") };
        let which = |named: bool| if named { "" } else { ", which the mapping does not name" };
        match self {
            Odd::Early(before) => {
                format!("{rows} {have} {column} before {before}: what lies between them counts in no mean duration")
            }
            Odd::Endless(begin) => {
                format!("{rows} {have} {column} before {begin}: a plan without a day counts nowhere")
            }
            Odd::Gone(table) => {
                let refer = if one { "refers" } else { "refer" };
                format!("{rows} {refer} by {column} to {table} that are gone, and count in no figure")
            }
            Odd::Ahead => {
                let counts = if one { "it counts" } else { "they count" };
                format!("{rows} {have} {column} in the future: {counts} from then on")
            }
            Odd::Undated { date, named } => {
                let which = which(*named);
                format!("{rows} {have} {column}, and no {date}{which}: what counts by that leaves {them} out")
            }
            Odd::Idle(other, is) => format!("{rows} {have} {column}, though {other} is not {is}"),
            Odd::Dateless => format!("{rows} {have} no {column}: what counts by it leaves {them} out"),
            Odd::Unsaid { text, named } => {
                let which = which(*named);
                format!("{rows} {have} {column}, and no {text}{which}: what asks for that leaves {them} out")
            }
        }
    }
}

impl Example {
    pub fn new(at: &str, value: &str) -> Example {
        Example { at: at.to_owned(), value: shown(value) }
    }
}

/// `1 row`, `2 rows`
pub(crate) fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// `leads: 2 rows have closed_at before created_at: …; first in line 4 (“2026-11-03”), line 9 (“2026-11-04”)`
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.table.is_empty() {
            write!(f, "{}: ", self.table)?;
        }
        f.write_str(&self.message)?;
        for (number, example) in self.first.iter().take(SHOWN).enumerate() {
            let before = match (number, example.at.is_empty()) {
                (0, false) => "; first in ",
                (0, true) => ": ",
                _ => ", ",
            };
            write!(f, "{before}{example}")?;
        }
        // Of names, all are meant.
        match self.names.saturating_sub(SHOWN as u64) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at.is_empty(), self.value.is_empty()) {
            (false, true) => f.write_str(&self.at),
            (false, false) => write!(f, "{} (“{}”)", self.at, self.value),
            (true, _) => write!(f, "“{}”", self.value),
        }
    }
}
