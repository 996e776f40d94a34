//! Templates of documents.

use crate::PdfError;
use crate::press;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

/// What templates read the values by: `json("/content.json")`.
const CONTENT: &str = "content.json";

/// Templates that can import each other by their names. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    sources: Arc<HashMap<FileId, Source>>,
}

/// When a document was made, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made<'a> {
    /// UTC seconds.
    pub at: i64,
    /// The program, with its version.
    pub by: &'a str,
}

impl Templates {
    /// Parses templates, by their names.
    ///
    /// # Errors
    /// With file, line and cause, if one of them is not in order.
    pub fn parse<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Templates, PdfError> {
        let mut sources = HashMap::new();
        for (name, text) in texts {
            let id = file(name).ok_or_else(|| PdfError::NoTemplate { name: name.to_owned() })?;
            sources.insert(id, Source::new(id, text.to_owned()));
        }
        let templates = Templates { sources: Arc::new(sources) };
        let wrong = templates.sources.values().filter_map(|source| PdfError::of_syntax(source, &templates));
        // The same one whenever it is asked.
        match wrong.min_by(|one, other| one.template().cmp(&other.template())) {
            Some(error) => Err(error),
            None => Ok(templates),
        }
    }

    /// Sets the template of that name as a tagged PDF for archives (PDF/A-2a) that everybody can read (PDF/UA-1): the
    /// same bytes whenever it is made. Templates read the values as `json("/content.json")`; letters that the built-in
    /// fonts lack are replaced in them.
    ///
    /// It takes as long as the template says, which may be without end, and as much memory.
    ///
    /// # Errors
    /// With file, line and cause, if the template is not there or not in order, or what it gives keeps not to these
    /// standards.
    pub fn set(&self, name: &str, content: &impl Serialize, made: Made) -> Result<Vec<u8>, PdfError> {
        let no_template = || PdfError::NoTemplate { name: name.to_owned() };
        let main = file(name).filter(|id| self.sources.contains_key(id)).ok_or_else(no_template)?;
        let content = (file(CONTENT).ok_or_else(no_template)?, serde_json::to_value(content)?);
        press::pdf(self, main, content, made)
    }

    pub(crate) fn source(&self, id: FileId) -> Option<&Source> {
        self.sources.get(&id)
    }
}

/// `None` if it is no name of a file.
fn file(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}
