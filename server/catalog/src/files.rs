//! All files that define the KPIs, as one value: the same files give the same KPIs. Beside scripts, thresholds and
//! calendar these are what a home adds to the data model: tables, attributes, dimensions.

use crate::error::CatalogError;
use crate::scripts::{self, ScriptFile, is_script};
use crate::{calendar, thresholds};
use include_dir::{Dir, DirEntry, File};
use pegel_home::{Entry, Folder, Holds, Origin, Problem};
use pegel_store::versions::{FileOrigin, NewVersion, Version};
use pegel_text::digest::sha256;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// The thresholds and the calendar: files to begin with, each replaced by the home's.
static CONFIGURED: Dir = Dir::new(
    "",
    &[
        DirEntry::File(File::new("calendar.toml", calendar::SHIPPED.as_bytes())),
        DirEntry::File(File::new("thresholds.toml", thresholds::SHIPPED.as_bytes())),
    ],
);
const CONFIGURATION: Folder = Folder {
    built_in: &CONFIGURED,
    path: "config",
    holds: Holds::Names(&["calendar.toml", "thresholds.toml", "dimensions.toml"]),
};

/// The dimensions that a home adds.
const DIMENSIONS: &str = "config/dimensions.toml";

/// What a home says about tables; those of Pegel belong to the program.
const TABLES: Folder = Folder { built_in: &Dir::new("", &[]), path: "config/tables", holds: Holds::Endings(&["toml"]) };

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
    /// The files that come with Pegel.
    pub fn built_in() -> Files {
        let scripts = scripts::FOLDER.built_in().into_iter();
        let others = CONFIGURATION.built_in().into_iter().map(|(name, entry)| (CONFIGURATION.in_home(&name), entry));
        Files(Arc::new(scripts.chain(others).map(|(name, entry)| (name, SourceFile::from(entry))).collect()))
    }

    /// The files of a home: its own, and the built-in ones that it does not replace.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn of_home(home: &Path) -> Result<Files, CatalogError> {
        let Found { files, unreadable } = Found::of_home(home);
        if unreadable.is_empty() { Ok(files) } else { Err(CatalogError::Files(unreadable)) }
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

    /// The names, sorted, and the SHA-256 of the texts, in hex.
    pub fn hashes(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(name, file)| (name.as_str(), sha256(&file.text)))
    }

    /// SHA-256 over all names and texts, in hex.
    pub fn digest(&self) -> String {
        let mut all = String::new();
        for (name, sha256) in self.hashes() {
            let _ = writeln!(all, "{sha256} {name}");
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

    /// What a home says about tables: the name of each, and the text.
    pub fn tables(&self) -> Vec<(&str, &str)> {
        let tables = self.0.iter().filter_map(|(name, file)| Some((table_in(name)?, file.text.as_str())));
        tables.collect()
    }

    /// What a home says about dimensions; empty if nothing.
    pub fn dimensions(&self) -> &str {
        self.text(DIMENSIONS).unwrap_or_default()
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

    /// The same files, but for these names as they are in `before`: of that version, or not there.
    #[must_use]
    pub fn with_those_of<'a>(&self, before: &Files, names: impl IntoIterator<Item = &'a String>) -> Files {
        let mut files = (*self.0).clone();
        for name in names {
            match before.0.get(name) {
                Some(file) => _ = files.insert(name.clone(), file.clone()),
                None => _ = files.remove(name),
            }
        }
        Files(Arc::new(files))
    }

    /// The changes from `before` to these files, by name.
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
    /// they share changed: helpers, the calendar or the data model.
    pub fn affected_since<'a>(&'a self, before: &'a Files) -> Vec<&'a str> {
        let changes = self.changes_since(before);
        let is_shared = |name: &str| is_helper(name) || name == calendar::FILE || is_of_the_model(name);
        let shared = changes.iter().any(|(name, _)| is_shared(name));
        if shared {
            return self.names().filter(|name| is_script(name)).collect();
        }
        let scripts = changes.into_iter().map(|(name, _)| name);
        scripts.filter(|name| is_script(name) && self.text(name).is_some()).collect()
    }
}

/// The name of a file relative to the home.
pub fn in_home(name: &str) -> String {
    let elsewhere = name == KPIS || [thresholds::FILE, calendar::FILE].contains(&name) || is_of_the_model(name);
    if elsewhere { name.to_owned() } else { scripts::FOLDER.in_home(name) }
}

/// What a file of that name is: `kpi`, `helper`, `calendar`, `thresholds` or `model`.
pub fn kind_of(name: &str) -> &'static str {
    match name {
        thresholds::FILE => "thresholds",
        calendar::FILE => "calendar",
        name if is_of_the_model(name) => "model",
        name if is_helper(name) => "helper",
        _ => "kpi",
    }
}

/// Whether a file of that name is shared by scripts.
pub(crate) fn is_helper(name: &str) -> bool {
    name.starts_with(scripts::LIBRARIES)
}

/// Whether a file of that name is part of the data model.
pub(crate) fn is_of_the_model(name: &str) -> bool {
    name == DIMENSIONS || table_in(name).is_some()
}

/// The table that a file of that name is about.
fn table_in(name: &str) -> Option<&str> {
    name.strip_prefix(TABLES.path)?.strip_prefix('/')?.strip_suffix(".toml")
}

impl From<Entry> for SourceFile {
    fn from(Entry { text, origin, .. }: Entry) -> SourceFile {
        let origin = match origin {
            Origin::BuiltIn => FileOrigin::BuiltIn,
            Origin::Home(_) => FileOrigin::Home,
        };
        SourceFile { text, origin }
    }
}

/// The files of a home as they were found: those that can be read, the built-in ones where the home has none, and why
/// the others cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub files: Files,
    /// By name; that of a folder that cannot be listed ends with `/`.
    pub unreadable: Vec<Problem>,
}

impl Found {
    /// Looks at a home's files.
    pub fn of_home(home: &Path) -> Found {
        let mut files = (*Files::built_in().0).clone();
        let (scripts, tables, others) = (scripts::FOLDER.own(home), TABLES.own(home), CONFIGURATION.own(home));
        let others = others.files.into_iter().map(|(name, read)| (CONFIGURATION.in_home(&name), read));
        let described = tables.files.into_iter().map(|(name, read)| (TABLES.in_home(&name), read));
        let mut unreadable = Vec::new();
        for (name, read) in scripts.files.into_iter().chain(others).chain(described) {
            match read {
                Ok(entry) => _ = files.insert(name, entry.into()),
                Err(error) => unreadable.push(Problem::new(name, &error)),
            }
        }
        let unlisted = scripts.folders.into_iter();
        unreadable
            .extend(unlisted.map(|(name, error)| Problem::new(if name.is_empty() { KPIS } else { &name }, &error)));
        let unlisted = tables.folders.into_iter();
        unreadable.extend(unlisted.map(|(name, error)| Problem::new(TABLES.in_home(&name), &error)));
        Found { files: Files(Arc::new(files)), unreadable }
    }

    /// What is wrong with files of the data model.
    pub(crate) fn unreadable_model(&self) -> Vec<Problem> {
        let of_the_model = |file: &str| is_of_the_model(file) || file.starts_with(TABLES.path);
        self.unreadable.iter().filter(|problem| of_the_model(&problem.file)).cloned().collect()
    }

    /// Whether nothing is known of a file: it cannot be read, or lies where nothing can be listed.
    pub(crate) fn hides(&self, name: &str) -> bool {
        let below =
            |folder: &str| (folder == KPIS && is_script(name)) || (folder.ends_with('/') && name.starts_with(folder));
        self.unreadable.iter().any(|Problem { file, .. }| file == name || below(file))
    }

    /// SHA-256 over all that was found, in hex; that of the files, if all can be read.
    pub fn digest(&self) -> String {
        let all = self.unreadable.iter().fold(self.files.digest(), |mut all, Problem { file, message }| {
            let _ = write!(all, "\n{file} {message}");
            all
        });
        if self.unreadable.is_empty() { all } else { sha256(&all) }
    }
}

/// How the folder of all scripts is called where it cannot be listed.
const KPIS: &str = "kpis/";
