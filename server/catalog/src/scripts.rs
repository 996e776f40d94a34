//! The texts of KPI scripts: built in, and a home's own.

use crate::CatalogError;
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../kpis");

/// One script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFile {
    /// Relative to `kpis/`, with `/`: `partner/feedback_rate.rhai`.
    pub name: String,
    pub text: String,
}

/// The scripts that come with Pegel, by name.
pub fn built_in() -> Vec<ScriptFile> {
    let mut found = Vec::new();
    collect_built_in(&BUILT_IN, &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn collect_built_in(folder: &Dir, found: &mut Vec<ScriptFile>) {
    folder.dirs().for_each(|below| collect_built_in(below, found));
    for file in folder.files().filter(|file| is_script(file.path())) {
        let text = file.contents_utf8().expect("built-in scripts are UTF-8").to_owned();
        found.push(ScriptFile { name: slashed(file.path()), text });
    }
}

/// The folder of helpers that scripts share; they are no KPIs.
pub(crate) const LIBRARIES: &str = "lib/";

impl ScriptFile {
    /// Of a shared helper, the name under which scripts import it.
    pub fn library(&self) -> Option<&str> {
        self.name.strip_prefix(LIBRARIES)?.strip_suffix(".rhai")
    }
}

/// The scripts in force for a home: the built-in ones, and those below `home/kpis`, which replace a built-in of the
/// same name. Sorted by name.
///
/// # Errors
/// If a folder or file cannot be read.
pub fn of_home(home: &Path) -> Result<Vec<ScriptFile>, CatalogError> {
    let mut scripts: BTreeMap<String, String> =
        built_in().into_iter().map(|script| (script.name, script.text)).collect();
    scripts.extend(own(home)?.into_iter().map(|script| (script.name, script.text)));
    Ok(scripts.into_iter().map(|(name, text)| ScriptFile { name, text }).collect())
}

/// The scripts below `home/kpis`, sorted by name.
///
/// # Errors
/// If a folder or file cannot be read.
pub fn own(home: &Path) -> Result<Vec<ScriptFile>, CatalogError> {
    let folder = home.join("kpis");
    if folder.is_dir() { below(&folder) } else { Ok(Vec::new()) }
}

/// The script at a path, or all scripts below a folder.
///
/// # Errors
/// If a folder or file cannot be read.
pub fn at(path: &Path) -> Result<Vec<ScriptFile>, CatalogError> {
    if path.is_dir() {
        return below(path);
    }
    Ok(vec![ScriptFile { name: slashed(path), text: read(path)? }])
}

fn below(root: &Path) -> Result<Vec<ScriptFile>, CatalogError> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error| CatalogError::Unreadable { path: folder.clone(), error };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if is_script(&path) {
                let name = slashed(path.strip_prefix(root).unwrap_or(&path));
                found.push(ScriptFile { name, text: read(&path)? });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The text of a file; `None` if there is no such file.
///
/// # Errors
/// If it is there and cannot be read.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, CatalogError> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(CatalogError::Unreadable { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<String, CatalogError> {
    std::fs::read_to_string(path).map_err(|error| CatalogError::Unreadable { path: path.to_owned(), error })
}

/// Editors leave hidden and half-written files about; those are no scripts.
fn is_script(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|extension| extension == "rhai")
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
