//! A folder of the home: its own files laid over those that are built in.

use crate::read::{Unreadable, read, refused};
use include_dir::Dir;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A folder that holds more, with all below it, is not meant: perhaps a link leads out of it.
const MOST: usize = 10_000;

/// A folder of which some files are built in; a file of the same name in the home replaces one.
#[derive(Debug, Clone, Copy)]
pub struct Folder {
    pub built_in: &'static Dir<'static>,
    /// Where a home keeps its own, such as `config/reports`.
    pub path: &'static str,
    /// Files with other endings are none of ours.
    pub endings: &'static [&'static str],
    /// Whether files in folders below belong to it.
    pub deep: bool,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It comes with Pegel.
    BuiltIn,
    /// It lies here, in a home.
    Home(PathBuf),
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub text: String,
    pub origin: Origin,
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
                && has_ending(file.path(), self.endings)
            {
                found.insert(name, Entry { text: text.to_owned(), origin: Origin::BuiltIn });
            }
        }
        if self.deep {
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
        list(&home.join(self.path), self.endings, self.deep)
    }

    /// The name of one of its files relative to the home.
    pub fn in_home(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }
}

/// The files with these endings in a folder that lies anywhere, and in those below it if `deep`. Left out is what nobody
/// wrote to be read here: hidden files and folders (locks and swap files of editors, `.DS_Store`, `._x`), and links
/// that lead nowhere.
pub fn list(root: &Path, endings: &[&str], deep: bool) -> Listing {
    list_of(root, endings, deep, MOST)
}

fn list_of(root: &Path, endings: &[&str], deep: bool, most: usize) -> Listing {
    let unlisted = |why: String| {
        let unreadable = Unreadable { path: root.to_owned(), error: refused(why) };
        Listing { folders: BTreeMap::from([(String::new(), unreadable)]), ..Listing::default() }
    };
    let mut listing = Listing::default();
    if !root.is_dir() && std::fs::symlink_metadata(root).is_ok() {
        return unlisted("it is no folder".to_owned());
    }
    let depth = if deep { usize::MAX } else { 1 };
    let walk = WalkDir::new(root).min_depth(1).max_depth(depth).follow_links(true).sort_by_file_name();
    let walk = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path()));
    for (count, found) in walk.enumerate() {
        if count == most {
            return unlisted(format!("it holds more than {most} files and folders"));
        }
        match found {
            Ok(entry) if entry.file_type().is_dir() || !has_ending(entry.path(), endings) => {}
            Ok(entry) => add_file(entry, root, &mut listing),
            Err(error) => add_error(error, root, endings, &mut listing),
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
    // Of what is gone again by now, an editor was the owner.
    if text.as_ref().is_err_and(|unreadable| unreadable.error.kind() == ErrorKind::NotFound) {
        return;
    }
    listing.files.insert(name, text.map(|text| Entry { text, origin: Origin::Home(path) }));
}

fn unfit_name(path: &Path) -> Unreadable {
    Unreadable { path: path.to_owned(), error: refused("its name is not UTF-8") }
}

fn add_error(error: walkdir::Error, root: &Path, endings: &[&str], listing: &mut Listing) {
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
    } else if has_ending(&path, endings) {
        listing.files.insert(name, Err(Unreadable { path, error }));
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// What editors add to the name of a file (`x.rhai~`, `#x.rhai#`) makes another ending of it.
fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|found| endings.iter().any(|ending| found == *ending))
}

fn slashed(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_hold_just_so_many_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        for name in ["a.txt", "below/b.txt", ".hidden"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(list_of(folder.path(), &["txt"], true, 3).files.len(), 2);
        let listing = list_of(folder.path(), &["txt"], true, 2);
        assert!(listing.files.is_empty());
        assert!(listing.folders[""].to_string().ends_with("cannot be read: it holds more than 2 files and folders"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_told() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"M\xfcller.txt")), "").unwrap();
        let listing = list(folder.path(), &["txt"], false);
        let unreadable = listing.files["M\u{fffd}ller.txt"].as_ref().unwrap_err();
        assert_eq!(unreadable.error.to_string(), "its name is not UTF-8");
    }
}
