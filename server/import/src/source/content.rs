//! A file as it is given, and as it can be read row by row.

use crate::error::ImportError;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::time::SystemTime;

/// What can be read more than once.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// A file to be imported.
pub struct SourceFile<'a> {
    pub(super) name: String,
    /// When it was last written, in UTC seconds; `None` if that is not known.
    pub(super) written_at: Option<i64>,
    pub(super) raw: Box<dyn ReadSeek + 'a>,
    pub(super) opened: Option<Opened>,
}

/// A file as it was when it was opened.
pub(super) struct Opened {
    file: File,
    was: State,
}

/// What tells that somebody writes into a file.
#[derive(PartialEq)]
struct State {
    length: u64,
    written: Option<SystemTime>,
}

impl Opened {
    fn is_changed(&self) -> bool {
        self.file.metadata().is_ok_and(|is| State::of(&is) != self.was)
    }
}

impl State {
    fn of(file: &Metadata) -> State {
        State { length: file.len(), written: file.modified().ok() }
    }
}

impl<'a> SourceFile<'a> {
    /// `name` is for messages. What the file is shows in its contents.
    pub fn new(name: impl Into<String>, raw: impl Read + Seek + 'a) -> SourceFile<'a> {
        SourceFile { name: name.into(), written_at: None, raw: Box::new(raw), opened: None }
    }

    /// A file that others may write into: what they do while it is imported is an error.
    ///
    /// # Errors
    /// If the system says nothing about it.
    pub fn opened(name: impl Into<String>, file: File) -> io::Result<SourceFile<'a>> {
        let opened = Opened { was: State::of(&file.metadata()?), file: file.try_clone()? };
        Ok(SourceFile { opened: Some(opened), ..SourceFile::new(name, file) })
    }

    /// The same, with when it was last written, in UTC seconds, if that is known.
    #[must_use]
    pub fn written_at(self, at: Option<i64>) -> SourceFile<'a> {
        SourceFile { written_at: at, ..self }
    }
}

/// A file that can be read row by row, as often as needed.
pub(crate) struct Prepared<'a> {
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When it was last written, in UTC seconds; `None` if that is not known.
    pub written_at: Option<i64>,
    pub(super) content: Content<'a>,
    pub(super) opened: Option<Opened>,
}

impl Prepared<'_> {
    /// # Errors
    /// If somebody has written into it since it was opened.
    pub fn refuse_changed(&self) -> Result<(), ImportError> {
        match &self.opened {
            Some(opened) if opened.is_changed() => Err(ImportError::Changed { file: self.name.clone() }),
            _ => Ok(()),
        }
    }

    /// Whether its cells are texts, and not values that a program keeps with their type.
    pub fn is_text(&self) -> bool {
        matches!(self.content, Content::Text(_))
    }

    /// The columns that the mapping names and none of the file's objects has.
    pub fn absent(&self) -> &[String] {
        match &self.content {
            Content::Objects { absent, .. } => absent,
            Content::Text(_) | Content::Sheet(_) => &[],
        }
    }
}

pub(super) enum Content<'a> {
    /// Text, which may be packed with gzip.
    Text(Box<dyn ReadSeek + 'a>),
    /// The rows of a sheet.
    Sheet(File),
    /// Objects, and the names of their members.
    Objects { spool: File, names: Vec<String>, absent: Vec<String> },
}
