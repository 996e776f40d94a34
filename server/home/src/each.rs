//! Folders in which each file describes one thing and has its name: reports, mappings. They are read at every use, so a
//! change counts from the next one on. Nothing takes the place of a file that is not in order, not even the built-in
//! one of its name: that would be another thing.

use crate::entry::{Entry, stem};
use crate::folder::Folder;
use crate::read::Unreadable;
use std::collections::BTreeMap;
use std::path::Path;

/// There is no file of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    pub name: String,
    /// The names there are.
    pub known: Vec<String>,
}

/// By name, which is that of the file without its ending: each as it is, or what is wrong with it.
pub type Each<T, E> = BTreeMap<String, Result<T, E>>;

impl Folder {
    /// What all files of a home are, its own and those built in.
    ///
    /// # Errors
    /// If the home's folder cannot be listed.
    pub fn each<T, E: From<Unreadable>>(
        &self,
        home: &Path,
        parse: impl Fn(&Entry) -> Result<T, E>,
    ) -> Result<Each<T, E>, E> {
        let parsed = |read: Result<Entry, Unreadable>| parse(&read?);
        Ok(self.by_stem(home)?.into_iter().map(|(name, read)| (name, parsed(read))).collect())
    }

    /// What the file of that name is.
    ///
    /// # Errors
    /// If there is none, or it is not in order.
    pub fn one<T, E: From<Unreadable> + From<Unknown>>(
        &self,
        home: &Path,
        name: &str,
        parse: impl Fn(&Entry) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut files = self.by_stem(home)?;
        match files.remove(name) {
            Some(read) => parse(&read?),
            None => Err(Unknown { name: name.to_owned(), known: files.into_keys().collect() }.into()),
        }
    }

    fn by_stem(&self, home: &Path) -> Result<Each<Entry, Unreadable>, Unreadable> {
        let listing = self.of_home(home);
        match listing.folders.into_values().next() {
            Some(unlisted) => Err(unlisted),
            None => Ok(listing.files.into_iter().map(|(file, read)| (stem(&file).to_owned(), read)).collect()),
        }
    }
}
