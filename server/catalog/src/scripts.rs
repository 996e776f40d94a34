//! The texts of KPI scripts: built in, and a home's own.

use crate::error::CatalogError;
use include_dir::{Dir, include_dir};
use pegel_home::folder::list;
use pegel_home::{Folder, Holds, read};
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../kpis");

const ENDING: &str = "rhai";

const SCRIPTS: Holds = Holds::EndingsBelow(&[ENDING]);

/// Where scripts lie.
pub(crate) const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "kpis", holds: SCRIPTS };

/// The folder of helpers that scripts share; they are no KPIs.
pub(crate) const LIBRARIES: &str = "lib/";

/// One script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFile {
    /// Relative to `kpis/`, with `/`: `partner/feedback_rate.rhai`.
    pub name: String,
    pub text: String,
}

impl ScriptFile {
    /// Of a shared helper, the name under which scripts import it.
    pub fn library(&self) -> Option<&str> {
        self.name.strip_prefix(LIBRARIES)?.strip_suffix(".rhai")
    }
}

/// Whether a file of that name is a script, and neither thresholds nor calendar.
pub(crate) fn is_script(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == ENDING)
}

/// The script at a path, or all scripts below a folder: those that can be read, and why the others cannot.
pub fn at(path: &Path) -> (Vec<ScriptFile>, Vec<CatalogError>) {
    let found: Vec<_> = if path.is_dir() {
        let listing = list(path, SCRIPTS);
        let unlisted = listing.folders.into_iter().map(|(name, error)| (name, Err(error)));
        listing.files.into_iter().map(|(name, read)| (name, read.map(|entry| entry.text))).chain(unlisted).collect()
    } else {
        vec![(path.to_string_lossy().replace('\\', "/"), read(path))]
    };
    let (mut scripts, mut wrong) = (Vec::new(), Vec::new());
    for (name, text) in found {
        match text {
            Ok(text) => scripts.push(ScriptFile { name, text }),
            Err(unreadable) => wrong.push(unreadable.into()),
        }
    }
    (scripts, wrong)
}
