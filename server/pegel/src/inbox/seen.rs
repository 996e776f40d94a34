//! Which files of watched folders are complete: those that have been left alone for a while. Touches nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// What tells a file from itself at another time, and from one that has taken its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub size: u64,
    pub written: SystemTime,
    /// Device and number, where files have them.
    pub identity: (u64, u64),
}

impl State {
    /// UTC seconds.
    pub fn written_at(&self) -> Option<i64> {
        crate::commands::import::files::seconds(self.written)
    }
}

/// A file as it is, and how long it must rest.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    pub state: State,
    pub unchanged_for: Duration,
}

/// What was seen at former looks.
#[derive(Default)]
pub struct Seen {
    /// Since when each file is as it is.
    since: BTreeMap<PathBuf, (State, Instant)>,
    /// Until when a file is not tried again.
    put_off: BTreeMap<PathBuf, Instant>,
    /// Files that are left alone as long as they are like this.
    left: BTreeMap<PathBuf, State>,
}

impl Seen {
    /// The files that are complete, the earliest written first, of all that are there at an instant.
    pub fn look(&mut self, files: BTreeMap<PathBuf, Rest>, now: Instant) -> Vec<PathBuf> {
        self.since.retain(|path, _| files.contains_key(path));
        self.put_off.retain(|path, until| files.contains_key(path) && *until > now);
        self.left.retain(|path, state| files.get(path).is_some_and(|rest| rest.state == *state));
        let mut complete = Vec::new();
        for (path, Rest { state, unchanged_for }) in files {
            let (was, since) = *self.since.entry(path.clone()).or_insert((state, now));
            if was != state {
                self.since.insert(path, (state, now));
            } else if now.duration_since(since) >= unchanged_for && !self.waits(&path) {
                complete.push((state.written, path));
            }
        }
        complete.sort();
        complete.into_iter().map(|(_, path)| path).collect()
    }

    fn waits(&self, path: &Path) -> bool {
        self.is_put_off(path) || self.left.contains_key(path)
    }

    /// Does not try a file again until an instant.
    pub fn put_off(&mut self, path: &Path, until: Instant) {
        self.put_off.insert(path.to_owned(), until);
    }

    /// Whether a file waits for its next try.
    pub fn is_put_off(&self, path: &Path) -> bool {
        self.put_off.contains_key(path)
    }

    /// Leaves a file alone until it changes.
    pub fn leave(&mut self, path: &Path, state: State) {
        self.left.insert(path.to_owned(), state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(10);

    fn state(size: u64) -> State {
        State { size, written: SystemTime::UNIX_EPOCH + Duration::from_secs(size), identity: (0, 0) }
    }

    fn files(files: &[(&str, u64)]) -> BTreeMap<PathBuf, Rest> {
        let file =
            |(path, size): &(&str, u64)| (PathBuf::from(path), Rest { state: state(*size), unchanged_for: REST });
        files.iter().map(file).collect()
    }

    #[test]
    fn a_file_is_complete_when_it_was_left_alone_for_a_while() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(seen.look(files(&[("a", 5)]), start).is_empty());
        assert!(seen.look(files(&[("a", 6)]), after(9)).is_empty(), "it is being written");
        assert!(seen.look(files(&[("a", 6)]), after(18)).is_empty());
        assert_eq!(seen.look(files(&[("a", 6)]), after(19)), [PathBuf::from("a")]);
        // Another one under the same name.
        assert!(seen.look(files(&[]), after(20)).is_empty());
        assert!(seen.look(files(&[("a", 6)]), after(21)).is_empty());
    }

    #[test]
    fn what_was_written_first_comes_first() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let all = || files(&[("a", 30), ("b", 10), ("c", 20)]);
        seen.look(all(), start);
        assert_eq!(seen.look(all(), start + REST), ["b", "c", "a"].map(PathBuf::from));
    }

    #[test]
    fn a_file_is_put_off_or_left_alone() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let (path, at) = (Path::new("a"), start + REST);
        seen.look(files(&[("a", 1)]), start);
        seen.put_off(path, at + REST);
        assert!(seen.look(files(&[("a", 1)]), at).is_empty());
        assert_eq!(seen.look(files(&[("a", 1)]), at + REST), [path]);
        seen.leave(path, state(1));
        assert!(seen.look(files(&[("a", 1)]), at + REST).is_empty());
        assert!(seen.look(files(&[("a", 2)]), at + REST).is_empty());
        assert_eq!(seen.look(files(&[("a", 2)]), at + REST + REST), [path]);
    }
}
