//! Where mappings are: those of a home, and the built-in ones.

use super::Mapping;
use crate::error::ImportError;
use include_dir::{Dir, include_dir};
use pegel_home::Folder;
use pegel_kpi::diagnostic::nearest;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/imports");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "config/imports", endings: &[ENDING], deep: false };
const ENDING: &str = "toml";

impl Mapping {
    /// The mapping of that name: the home's `config/imports/NAME.toml`, or else the built-in one. One of the home that is
    /// not in order is not replaced by the built-in one: that would read the file in another way.
    ///
    /// # Errors
    /// If there is none (with the names that there are), or it is wrong.
    pub fn find(home: &Path, name: &str) -> Result<Mapping, ImportError> {
        let mut listing = FOLDER.of_home(home);
        if let Some(unlisted) = listing.folders.into_values().next() {
            return Err(ImportError::Read { file: unlisted.path.display().to_string(), error: unlisted.error });
        }
        let file = listing.files.remove(&format!("{name}.{ENDING}")).ok_or_else(|| {
            let known = Mapping::names(home);
            let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            ImportError::UnknownMapping { name: name.to_owned(), nearest, known }
        })?;
        let entry = file
            .map_err(|refused| ImportError::Read { file: refused.path.display().to_string(), error: refused.error })?;
        Mapping::parse(&entry.text, name)
    }

    /// The names of all mappings, sorted.
    pub fn names(home: &Path) -> Vec<String> {
        let files = FOLDER.of_home(home).files.into_keys();
        files.filter_map(|file| Some(file.strip_suffix(ENDING)?.strip_suffix('.')?.to_owned())).collect()
    }

    /// The name of the file of a mapping, relative to the home.
    pub fn file_of(name: &str) -> String {
        FOLDER.in_home(&format!("{name}.{ENDING}"))
    }
}
