//! Where mappings are: those of a home, and the built-in ones.

use super::Mapping;
use crate::error::ImportError;
use include_dir::{Dir, include_dir};
use pegel_kpi::diagnostic::nearest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../config/imports");

impl Mapping {
    /// The mapping of that name: the home's `config/imports/NAME.toml`, or else the built-in one.
    ///
    /// # Errors
    /// If there is none (with the names that there are), or it is wrong.
    pub fn find(home: &Path, name: &str) -> Result<Mapping, ImportError> {
        let unknown = || {
            let known = Mapping::names(home);
            let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            ImportError::UnknownMapping { name: name.to_owned(), nearest, known }
        };
        if name.is_empty() || name.contains(['/', '\\', '.']) {
            return Err(unknown());
        }
        let path = folder(home).join(format!("{name}.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => Mapping::parse(&text, name),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let built_in = BUILT_IN.get_file(format!("{name}.toml")).and_then(|file| file.contents_utf8());
                Mapping::parse(built_in.ok_or_else(unknown)?, name)
            }
            Err(error) => Err(ImportError::Read { file: path.display().to_string(), error }),
        }
    }

    /// The names of all mappings, sorted.
    pub fn names(home: &Path) -> Vec<String> {
        let own = std::fs::read_dir(folder(home)).into_iter().flatten().flatten().map(|entry| entry.path());
        let built_in = BUILT_IN.files().map(|file| file.path().to_path_buf());
        let is_mapping = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml");
        let names =
            own.chain(built_in).filter(is_mapping).filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("config").join("imports")
}
