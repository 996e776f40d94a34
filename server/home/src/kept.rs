//! What is made of the files of a folder, and stays good while they change.

use crate::{Entry, Folder, Listing, Problem};
use pegel_text::clean::one_line;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The texts of a folder by name.
pub type Entries = BTreeMap<String, Entry>;

/// Makes one value of all files; if it cannot, names the file at fault, relative to the folder, if known.
pub type Make<T> = fn(&Entries) -> Result<T, Problem>;

/// Follows the files of a folder. Each time it is asked, it looks; what has changed is made anew. A file that is not in
/// order keeps its last good version, at first the one built in, and the others count.
pub struct Kept<T> {
    folder: Folder,
    home: PathBuf,
    make: Make<T>,
    made: Mutex<Arc<Made<T>>>,
}

/// What was made of a folder's files.
#[derive(Debug)]
pub struct Made<T> {
    pub value: T,
    /// The files that are not in order, by their names relative to the home.
    problems: Mutex<Vec<Problem>>,
    /// What the value is made of.
    good: Entries,
    /// What was found.
    seen: Seen,
}

/// Files as they were found: texts, or why there is none.
type Seen = BTreeMap<String, Result<Entry, String>>;

impl<T> Kept<T> {
    /// Makes the value for the first time.
    ///
    /// # Errors
    /// If even the built-in files are not in order.
    pub fn new(folder: Folder, home: &Path, make: Make<T>) -> Result<Kept<T>, Problem> {
        let first = settle(&folder, seen(folder.of_home(home)), &folder.built_in(), make)?;
        first.problems().iter().for_each(tell);
        Ok(Kept { folder, home: home.to_owned(), make, made: Mutex::new(Arc::new(first)) })
    }

    /// The value for the files as they are now.
    pub fn current(&self) -> Arc<Made<T>> {
        let seen = seen(self.folder.of_home(&self.home));
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        // What was good before is good now: this cannot fail, and if it did, what is there would stay.
        if made.seen != seen
            && let Ok(next) = settle(&self.folder, seen, &made.good, self.make)
        {
            next.problems().iter().for_each(tell);
            *made = Arc::new(next);
        }
        Arc::clone(&made)
    }
}

impl<T> Made<T> {
    /// The files that are not in order, by their names relative to the home.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what shows only when the value is used: one of the files fails. It is forgotten when a file changes.
    pub fn note(&self, problem: Problem) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.iter().all(|known| known.file != problem.file) {
            tell(&problem);
            problems.push(problem);
        }
    }
}

fn tell(Problem { file, message }: &Problem) {
    tracing::error!("{} is not in order; what was in force before stays:\n{message}", one_line(file));
}

fn seen(listing: Listing) -> Seen {
    let files = listing.files.into_iter();
    let mut seen: Seen = files.map(|(name, read)| (name, read.map_err(|error| error.to_string()))).collect();
    seen.extend(listing.folders.into_iter().map(|(name, error)| (name, Err(error.to_string()))));
    seen
}

/// Makes the value of as many of the files as are in order, and of the good version of the others.
fn settle<T>(folder: &Folder, seen: Seen, good: &Entries, make: Make<T>) -> Result<Made<T>, Problem> {
    let mut problems = Vec::new();
    let mut entries = Entries::new();
    for (name, found) in &seen {
        match found {
            Ok(entry) => _ = entries.insert(name.clone(), entry.clone()),
            Err(message) => {
                problems.push(Problem::new(folder.in_home(name), message));
                go_back(&mut entries, name, good);
            }
        }
    }
    loop {
        let Problem { file, message } = match make(&entries) {
            Ok(value) => return Ok(Made { value, problems: Mutex::new(problems), good: entries, seen }),
            Err(problem) => problem,
        };
        let changed: BTreeSet<String> =
            entries.keys().chain(good.keys()).filter(|name| entries.get(*name) != good.get(*name)).cloned().collect();
        // Where a file that did not change is at fault, it is because of those that did.
        let back = if changed.contains(&file) { BTreeSet::from([file.clone()]) } else { changed };
        if back.is_empty() {
            return Err(Problem { file, message });
        }
        for name in back {
            problems.push(Problem::new(folder.in_home(&name), &message));
            go_back(&mut entries, &name, good);
        }
    }
}

fn go_back(entries: &mut Entries, name: &str, good: &Entries) {
    match good.get(name) {
        Some(entry) => _ = entries.insert(name.to_owned(), entry.clone()),
        None => _ = entries.remove(name),
    }
}
