//! Folders as people, editors and systems leave them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use include_dir::{Dir, include_dir};
use pegel_home::{Folder, Kept, Listing, Origin, Problem};
use std::collections::BTreeMap;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/tests/built_in");

const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "words", endings: &["txt"], deep: true };

/// A home with these files in its folder.
fn home(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("words")).unwrap();
    for (name, bytes) in files {
        write(home.path(), name, bytes);
    }
    home
}

fn write(home: &Path, name: &str, bytes: &[u8]) {
    let path = home.join("words").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The texts by name; in place of a text, why there is none.
fn texts(listing: Listing) -> BTreeMap<String, String> {
    let text = |read: Result<pegel_home::Entry, pegel_home::Unreadable>| match read {
        Ok(entry) => entry.text,
        Err(unreadable) => unreadable.error.to_string(),
    };
    listing.files.into_iter().map(|(name, read)| (name, text(read))).collect()
}

fn named(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_homes_file_replaces_the_built_in_one_of_the_same_name() {
    let home = home(&[("deep/other.txt", b"mine"), ("new.txt", b"\xef\xbb\xbfnew"), ("notes.md", b"none")]);
    let listing = FOLDER.of_home(home.path());
    assert_eq!(listing.files["hello.txt"].as_ref().unwrap().origin, Origin::BuiltIn);
    let own = home.path().join("words/deep/other.txt");
    assert_eq!(listing.files["deep/other.txt"].as_ref().unwrap().origin, Origin::Home(own));
    assert_eq!(texts(listing), named(&[("hello.txt", "hello\n"), ("deep/other.txt", "mine"), ("new.txt", "new")]));
    assert_eq!(texts(FOLDER.of_home(Path::new("/nonexistent"))).len(), 2);
}

#[test]
fn what_editors_and_systems_leave_about_is_skipped() {
    let left = [".DS_Store", "._a.txt", ".a.txt.swp", ".a.txt", "a.txt~", "#a.txt#", ".git/a.txt", "a.txt.bak", "4913"];
    let files: Vec<(&str, &[u8])> = left.iter().map(|name| (*name, b"\xff".as_slice())).collect();
    let home = home(&files);
    std::fs::create_dir(home.path().join("words/folder.txt")).unwrap();
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, home.path().join("words").join(name)).unwrap();
        link("ada@host.4711:1700000000", ".#a.txt");
        link("nowhere", "dangling.txt");
        link("..", "loop");
    }
    let listing = FOLDER.own(home.path());
    assert!(listing.folders.is_empty(), "{listing:?}");
    assert_eq!(texts(listing), BTreeMap::new());
}

#[test]
fn a_file_that_cannot_be_read_takes_down_itself_alone() {
    let home = home(&[("bad.txt", b"M\xfcller"), ("good.txt", b"good")]);
    std::fs::write(home.path().join("words/large.txt"), vec![b'x'; 2 << 20]).unwrap();
    let mut expected = vec![
        ("bad.txt", "line 1 is not UTF-8: save it as UTF-8"),
        ("good.txt", "good"),
        ("large.txt", "it is larger than 1 MiB"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", home.path().join("words/zero.txt")).unwrap();
        assert!(
            std::process::Command::new("mkfifo").arg(home.path().join("words/pipe.txt")).status().unwrap().success()
        );
        expected.extend([("pipe.txt", "it is no regular file"), ("zero.txt", "it is no regular file")]);
    }
    assert_eq!(texts(FOLDER.own(home.path())), named(&expected));
}

#[test]
fn a_folder_that_cannot_be_listed_is_told_from_one_that_is_not_there() {
    let home = tempfile::tempdir().unwrap();
    assert!(FOLDER.own(home.path()).folders.is_empty());
    std::fs::write(home.path().join("words"), "a file").unwrap();
    let listing = FOLDER.own(home.path());
    assert_eq!(listing.folders.keys().collect::<Vec<_>>(), [""], "{listing:?}");
}

/// All texts in one line; the word “bad” is not in order, and “needs X” is not without the file X.
fn join(entries: &pegel_home::kept::Entries) -> Result<String, Problem> {
    for (name, entry) in entries {
        let problem = |message: &str| Problem { file: name.clone(), message: message.to_owned() };
        if entry.text.contains("bad") {
            return Err(problem("a bad word"));
        }
        if entry.text.strip_prefix("needs ").is_some_and(|other| !entries.contains_key(other)) {
            return Err(problem("something is missing"));
        }
    }
    Ok(entries.values().map(|entry| entry.text.trim()).collect::<Vec<_>>().join(" "))
}

fn kept(home: &Path) -> Kept<String> {
    Kept::new(FOLDER, home, join).unwrap()
}

fn broken(kept: &Kept<String>) -> Vec<String> {
    kept.current().problems().into_iter().map(|problem| problem.file).collect()
}

#[test]
fn a_file_that_is_not_in_order_at_first_leaves_the_built_in_one_in_force() {
    let home = home(&[("hello.txt", b"bad"), ("deep/other.txt", b"good"), ("new.txt", b"\xff")]);
    let kept = kept(home.path());
    assert_eq!(kept.current().value, "good hello");
    assert_eq!(broken(&kept), ["words/new.txt", "words/hello.txt"]);
}

#[test]
fn a_file_that_is_broken_later_keeps_its_last_good_version_until_it_is_mended() {
    let home = home(&[("hello.txt", b"mine")]);
    let kept = kept(home.path());
    write(home.path(), "hello.txt", b"bad");
    write(home.path(), "deep/other.txt", b"also mine");
    assert_eq!(kept.current().value, "also mine mine");
    assert_eq!(broken(&kept), ["words/hello.txt"]);
    write(home.path(), "hello.txt", b"mended");
    assert_eq!(kept.current().value, "also mine mended");
    assert!(broken(&kept).is_empty());
    std::fs::remove_file(home.path().join("words/hello.txt")).unwrap();
    assert_eq!(kept.current().value, "also mine hello");
}

#[test]
fn a_file_that_fails_in_use_is_noted_until_a_file_changes() {
    let home = home(&[("hello.txt", b"mine")]);
    let kept = kept(home.path());
    for message in ["first", "second"] {
        kept.current().note(Problem { file: "words/hello.txt".to_owned(), message: message.to_owned() });
    }
    assert_eq!(kept.current().problems()[0].message, "first");
    assert_eq!(broken(&kept), ["words/hello.txt"]);
    write(home.path(), "hello.txt", b"mended");
    assert!(broken(&kept).is_empty());
}

#[test]
fn a_file_that_needs_a_broken_one_waits_with_it() {
    let home = home(&[("hello.txt", b"needs part.txt"), ("part.txt", b"bad"), ("more.txt", b"more")]);
    let kept = kept(home.path());
    assert_eq!(kept.current().value, "the other hello more");
    assert_eq!(broken(&kept), ["words/part.txt", "words/hello.txt"]);
}
