//! All files that decide what the KPIs are, as one value: whoever has the same files has the same KPIs.

use crate::scripts::{self, ScriptFile};
use crate::{CatalogError, calendar, thresholds};
use pegel_kpi::digest::sha256;
use pegel_store::versions::{FileOrigin, NewVersion, Version};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub text: String,
    pub origin: FileOrigin,
}

/// The scripts, the thresholds and the calendar, by name: scripts relative to `kpis/`, the others to the home. Cheap to
/// clone.
#[derive(Debug, Clone, Default)]
pub struct Files(Arc<BTreeMap<String, SourceFile>>);

/// Files are the same if their names and texts are; where the texts come from makes no other KPIs.
impl PartialEq for Files {
    fn eq(&self, other: &Files) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(other.0.iter()).all(|(a, b)| a.0 == b.0 && a.1.text == b.1.text)
    }
}

impl Eq for Files {}

/// How one file differs between two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    New,
    Changed,
    Removed,
}

impl Change {
    /// A word for people.
    pub fn word(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Changed => "changed",
            Change::Removed => "removed",
        }
    }
}

impl Files {
    /// The files of a home: its own, and the built-in ones that it does not replace.
    ///
    /// # Errors
    /// If a folder or file cannot be read.
    pub fn of_home(home: &Path) -> Result<Files, CatalogError> {
        let script = |origin| move |script: ScriptFile| (script.name, SourceFile { text: script.text, origin });
        let mut files: BTreeMap<String, SourceFile> =
            scripts::built_in().into_iter().map(script(FileOrigin::BuiltIn)).collect();
        for (name, text) in [(thresholds::FILE, thresholds::SHIPPED), (calendar::FILE, calendar::SHIPPED)] {
            files.insert(name.to_owned(), SourceFile { text: text.to_owned(), origin: FileOrigin::BuiltIn });
        }
        files.extend(scripts::own(home)?.into_iter().map(script(FileOrigin::Home)));
        for name in [thresholds::FILE, calendar::FILE] {
            if let Some(text) = scripts::read_if_there(&home.join(name))? {
                files.insert(name.to_owned(), SourceFile { text, origin: FileOrigin::Home });
            }
        }
        Ok(Files(Arc::new(files)))
    }

    /// The files of an activation.
    pub fn of_versions(versions: Vec<Version>) -> Files {
        let file = |version: Version| (version.file, SourceFile { text: version.text, origin: version.origin });
        Files(Arc::new(versions.into_iter().map(file).collect()))
    }

    /// The same as they are to be stored.
    pub fn versions(&self) -> Vec<NewVersion> {
        let version = |(name, file): (&String, &SourceFile)| NewVersion {
            file: name.clone(),
            sha256: sha256(&file.text),
            text: file.text.clone(),
            origin: file.origin,
        };
        self.0.iter().map(version).collect()
    }

    /// SHA-256 over all names and texts, in hex.
    pub fn digest(&self) -> String {
        let mut all = String::new();
        for (name, file) in self.0.iter() {
            let _ = writeln!(all, "{} {name}", sha256(&file.text));
        }
        sha256(&all)
    }

    /// The text of a file; `None` if there is none of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|file| file.text.as_str())
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The scripts that declare KPIs, by name.
    pub fn scripts(&self) -> Vec<ScriptFile> {
        self.all_scripts().filter(|script| script.library().is_none()).collect()
    }

    /// The helpers that scripts share: the name under which each is imported, and its text.
    pub fn libraries(&self) -> Vec<(String, String)> {
        self.all_scripts().filter_map(|script| Some((script.library()?.to_owned(), script.text))).collect()
    }

    fn all_scripts(&self) -> impl Iterator<Item = ScriptFile> {
        let scripts = self.0.iter().filter(|(name, _)| is_script(name));
        scripts.map(|(name, file)| ScriptFile { name: name.clone(), text: file.text.clone() })
    }

    /// The same files, with these scripts in place of those of the same name.
    #[must_use]
    pub fn with_scripts(&self, scripts: &[ScriptFile]) -> Files {
        let file = |script: &ScriptFile| SourceFile { text: script.text.clone(), origin: FileOrigin::Home };
        let mut files = (*self.0).clone();
        files.extend(scripts.iter().map(|script| (script.name.clone(), file(script))));
        Files(Arc::new(files))
    }

    /// What became of which file on the way from `before` to these, by name.
    pub fn changes_since<'a>(&'a self, before: &'a Files) -> Vec<(&'a str, Change)> {
        let mut changes: Vec<(&str, Change)> = self
            .names()
            .filter_map(|name| match before.text(name) {
                None => Some((name, Change::New)),
                Some(text) if Some(text) != self.text(name) => Some((name, Change::Changed)),
                Some(_) => None,
            })
            .collect();
        changes.extend(before.names().filter(|name| self.text(name).is_none()).map(|name| (name, Change::Removed)));
        changes.sort_unstable_by_key(|(name, _)| *name);
        changes
    }

    /// The names of the scripts that may compute something else than in `before`: those that changed, or all, if what
    /// they share changed: helpers or the calendar.
    pub fn affected_since<'a>(&'a self, before: &'a Files) -> Vec<&'a str> {
        let changes = self.changes_since(before);
        let shared = changes.iter().any(|(name, _)| name.starts_with(scripts::LIBRARIES) || *name == calendar::FILE);
        if shared {
            return self.names().filter(|name| is_script(name)).collect();
        }
        let scripts = changes.into_iter().map(|(name, _)| name);
        scripts.filter(|name| is_script(name) && self.text(name).is_some()).collect()
    }
}

fn is_script(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rhai")
}
