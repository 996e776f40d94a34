//! A folder of the home: its own files laid over those that are built in.

use crate::entry::{Entry, Origin};
use crate::read::{Unreadable, read, read_if_there, refused};
use include_dir::Dir;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// A folder with more entries, subfolders included, is a mistake: perhaps a link leads out of it.
const MOST: usize = 10_000;

/// A folder of which some files are built in; a file of the same name in the home replaces one.
#[derive(Debug, Clone, Copy)]
pub struct Folder {
    pub built_in: &'static Dir<'static>,
    /// Where a home keeps its own, such as `config/reports`.
    pub path: &'static str,
    pub holds: Holds,
}

/// Which files belong to a folder; others are ignored.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Those with one of these endings.
    Endings(&'static [&'static str]),
    /// The same, and in all folders below.
    EndingsBelow(&'static [&'static str]),
    /// Those of these names alone.
    Names(&'static [&'static str]),
}

/// What a folder holds; names are relative to it, with `/`.
#[derive(Debug, Default)]
pub struct Listing {
    /// By name.
    pub files: BTreeMap<String, Result<Entry, Unreadable>>,
    /// Folders that cannot be listed, with a `/` at the end; the folder itself has an empty name.
    pub folders: BTreeMap<String, Unreadable>,
}

impl Folder {
    /// The files that are built in, by name.
    pub fn built_in(&self) -> BTreeMap<String, Entry> {
        let mut found = BTreeMap::new();
        self.collect(self.built_in, &mut found);
        found
    }

    fn collect(&self, folder: &Dir<'static>, found: &mut BTreeMap<String, Entry>) {
        for file in folder.files() {
            if let (Some(name), Some(text)) = (slashed(file.path()), file.contents_utf8())
                && self.holds.takes(file.path())
            {
                found.insert(name.clone(), Entry { name, text: text.to_owned(), origin: Origin::BuiltIn });
            }
        }
        if matches!(self.holds, Holds::EndingsBelow(_)) {
            folder.dirs().for_each(|below| self.collect(below, found));
        }
    }

    /// The files of a home: its own, and the built-in ones that it does not replace.
    pub fn of_home(&self, home: &Path) -> Listing {
        let own = self.own(home);
        let mut files: BTreeMap<_, _> = self.built_in().into_iter().map(|(name, entry)| (name, Ok(entry))).collect();
        files.extend(own.files);
        Listing { files, folders: own.folders }
    }

    /// The home's own files; none if it has no such folder.
    pub fn own(&self, home: &Path) -> Listing {
        list(&home.join(self.path), self.holds)
    }

    /// The name of one of its files relative to the home.
    pub fn in_home(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }
}

impl Holds {
    /// What editors add to the name of a file (`x.rhai~`, `#x.rhai#`) makes another ending of it.
    fn takes(self, path: &Path) -> bool {
        match self {
            Holds::Endings(endings) | Holds::EndingsBelow(endings) => {
                path.extension().is_some_and(|found| endings.iter().any(|ending| found == *ending))
            }
            Holds::Names(names) => names.iter().any(|name| path.ends_with(name)),
        }
    }
}

/// The files in a folder anywhere, except those not meant to be read: hidden files and folders (locks and swap files of
/// editors, `.DS_Store`, `._x`), and broken links other than those of given names.
pub fn list(root: &Path, holds: Holds) -> Listing {
    match holds {
        Holds::Names(names) => Listing { files: named(root, names), ..Listing::default() },
        Holds::Endings(_) => list_of(root, holds, 1, MOST),
        Holds::EndingsBelow(_) => list_of(root, holds, usize::MAX, MOST),
    }
}

/// The files of these names that exist. Other files are not looked at.
fn named(root: &Path, names: &[&str]) -> BTreeMap<String, Result<Entry, Unreadable>> {
    let read = |name: &&str| {
        let (path, name) = (root.join(name), (*name).to_owned());
        let entry = |text| Entry { name: name.clone(), text, origin: Origin::Home(path.clone()) };
        let read = read_if_there(&path).transpose()?.map(entry);
        Some((name, read))
    };
    names.iter().filter_map(read).collect()
}

fn list_of(root: &Path, holds: Holds, depth: usize, most: usize) -> Listing {
    let unlisted = |why: String| {
        let unreadable = Unreadable { path: root.to_owned(), error: refused(why) };
        Listing { folders: BTreeMap::from([(String::new(), unreadable)]), ..Listing::default() }
    };
    let mut listing = Listing::default();
    if !root.is_dir() && std::fs::symlink_metadata(root).is_ok() {
        return unlisted("it is not a folder".to_owned());
    }
    let walk = WalkDir::new(root).min_depth(1).max_depth(depth).follow_links(true).sort_by_file_name();
    let walk = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path()));
    for (count, found) in walk.enumerate() {
        if count == most {
            return unlisted(format!("it holds more than {most} files and folders"));
        }
        match found {
            Ok(entry) if entry.file_type().is_dir() || !holds.takes(entry.path()) => {}
            Ok(entry) => add_file(entry, root, &mut listing),
            Err(error) => add_error(error, root, holds, &mut listing),
        }
    }
    listing
}

fn add_file(entry: DirEntry, root: &Path, listing: &mut Listing) {
    let path = entry.into_path();
    let name = path.strip_prefix(root).unwrap_or(&path);
    let (name, text) = match slashed(name) {
        Some(name) => (name, read(&path)),
        None => (name.to_string_lossy().into_owned(), Err(unfit_name(&path))),
    };
    // A file that is already gone was a temporary one of an editor.
    if text.as_ref().is_err_and(|unreadable| unreadable.error.kind() == ErrorKind::NotFound) {
        return;
    }
    let entry = |text| Entry { name: name.clone(), text, origin: Origin::Home(path) };
    let read = text.map(entry);
    listing.files.insert(name, read);
}

fn unfit_name(path: &Path) -> Unreadable {
    Unreadable { path: path.to_owned(), error: refused("its name is not UTF-8") }
}

fn add_error(error: walkdir::Error, root: &Path, holds: Holds, listing: &mut Listing) {
    let path = error.path().unwrap_or(root).to_owned();
    // A loop of folders leads to files that are found without it.
    let Some(error) = error.into_io_error() else { return };
    if error.kind() == ErrorKind::NotFound || (path != root && is_hidden(&path)) {
        return;
    }
    let mut name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    if path.is_dir() || path == root {
        name.push_str(if name.is_empty() { "" } else { "/" });
        listing.folders.insert(name, Unreadable { path, error });
    } else if holds.takes(&path) {
        listing.files.insert(name, Err(Unreadable { path, error }));
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn slashed(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: Holds = Holds::EndingsBelow(&["txt"]);

    #[test]
    fn a_folder_may_hold_just_so_many_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        for name in ["a.txt", "below/b.txt", ".hidden"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(list_of(folder.path(), TEXTS, usize::MAX, 3).files.len(), 2);
        let listing = list_of(folder.path(), TEXTS, usize::MAX, 2);
        assert!(listing.files.is_empty());
        assert!(listing.folders[""].to_string().ends_with("cannot be read: it holds more than 2 files and folders"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_told() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"M\xfcller.txt")), "").unwrap();
        let listing = list(folder.path(), TEXTS);
        let unreadable = listing.files["M\u{fffd}ller.txt"].as_ref().unwrap_err();
        assert_eq!(unreadable.error.to_string(), "its name is not UTF-8");
    }
}
