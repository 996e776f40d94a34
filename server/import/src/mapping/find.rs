//! Where mappings are: those of a home, and the built-in ones.

use super::Mapping;
use crate::error::ImportError;
use include_dir::{Dir, include_dir};
use pegel_home::{Each, Entry, Folder, Holds, Unknown, Unreadable};
use pegel_kpi::data::model::Model;
use pegel_kpi::diagnostic::nearest;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/imports");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "config/imports", holds: Holds::Endings(&["toml"]) };

impl Mapping {
    /// The mapping of that name: the home's `config/imports/NAME.toml`, or else the built-in one.
    ///
    /// # Errors
    /// If there is none (with the names that there are), or it is wrong.
    pub fn find(home: &Path, name: &str, model: &Model) -> Result<Mapping, ImportError> {
        FOLDER.one(home, name, |entry| Mapping::of(entry, model))
    }

    /// All mappings by name: each as it is, or what is wrong with it.
    ///
    /// # Errors
    /// If the home's folder cannot be listed.
    pub fn all(home: &Path, model: &Model) -> Result<Each<Mapping, ImportError>, ImportError> {
        FOLDER.each(home, |entry| Mapping::of(entry, model))
    }

    /// The name of the file of a mapping, relative to the home.
    pub fn file_of(name: &str) -> String {
        FOLDER.in_home(&format!("{name}.toml"))
    }

    fn of(entry: &Entry, model: &Model) -> Result<Mapping, ImportError> {
        Mapping::parse(&entry.text, entry.stem(), model)
    }
}

impl From<Unknown> for ImportError {
    fn from(Unknown { name, known }: Unknown) -> ImportError {
        let nearest = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
        ImportError::UnknownMapping { name, nearest, known }
    }
}

impl From<Unreadable> for ImportError {
    fn from(Unreadable { path, error }: Unreadable) -> ImportError {
        ImportError::Read { file: path.display().to_string(), error }
    }
}
