//! Where mappings are: those of a home, and the built-in ones.

use super::Mapping;
use crate::error::ImportError;
use include_dir::{Dir, include_dir};
use pegel_home::{Entry, Folder, Unreadable};
use pegel_kpi::diagnostic::nearest;
use std::collections::BTreeMap;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/imports");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "config/imports", endings: &["toml"], deep: false };

/// The files of mappings by their names.
type Files = BTreeMap<String, Result<Entry, Unreadable>>;

impl Mapping {
    /// The mapping of that name: the home's `config/imports/NAME.toml`, or else the built-in one. One of the home that is
    /// not in order is not replaced by the built-in one: that would read the file in another way.
    ///
    /// # Errors
    /// If there is none (with the names that there are), or it is wrong.
    pub fn find(home: &Path, name: &str) -> Result<Mapping, ImportError> {
        let mut files = files(home)?;
        if let Some(file) = files.remove(name) {
            return read(name, file);
        }
        let known: Vec<String> = files.into_keys().collect();
        let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        Err(ImportError::UnknownMapping { name: name.to_owned(), nearest, known })
    }

    /// All mappings by name: each as it is, or what is wrong with it.
    ///
    /// # Errors
    /// If the home's folder cannot be listed.
    pub fn all(home: &Path) -> Result<BTreeMap<String, Result<Mapping, ImportError>>, ImportError> {
        let mapping = |(name, file): (String, _)| {
            let mapping = read(&name, file);
            (name, mapping)
        };
        Ok(files(home)?.into_iter().map(mapping).collect())
    }

    /// The name of the file of a mapping, relative to the home.
    pub fn file_of(name: &str) -> String {
        FOLDER.in_home(&format!("{name}.toml"))
    }
}

fn read(name: &str, file: Result<Entry, Unreadable>) -> Result<Mapping, ImportError> {
    Mapping::parse(&file.map_err(refused)?.text, name)
}

fn files(home: &Path) -> Result<Files, ImportError> {
    let listing = FOLDER.of_home(home);
    if let Some(unlisted) = listing.folders.into_values().next() {
        return Err(refused(unlisted));
    }
    let mapping = |(file, read): (String, _)| (file.strip_suffix(".toml").unwrap_or(&file).to_owned(), read);
    Ok(listing.files.into_iter().map(mapping).collect())
}

fn refused(Unreadable { path, error }: Unreadable) -> ImportError {
    ImportError::Read { file: path.display().to_string(), error }
}
