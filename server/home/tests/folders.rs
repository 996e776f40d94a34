//! Folders as people, editors and systems leave them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use include_dir::{Dir, include_dir};
use pegel_home::{Entry, Folder, Holds, Kept, Listing, Origin, Problem, Unknown, Unreadable};
use std::collections::BTreeMap;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/tests/built_in");

const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "words", holds: Holds::EndingsBelow(&["txt"]) };

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
    let text = |read: Result<Entry, Unreadable>| match read {
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
        expected.extend([("pipe.txt", "it is not a regular file"), ("zero.txt", "it is not a regular file")]);
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

/// Only these two, whatever else lies in the folder.
const NAMED: Folder = Folder { holds: Holds::Names(&["hello.txt", "bye.txt"]), ..FOLDER };

#[test]
fn of_a_folder_with_stated_names_nothing_else_is_read() {
    let home = home(&[("bye.txt", b"mine"), ("other.txt", b"\xff"), (".bye.txt.swp", b"\xff")]);
    let listing = NAMED.of_home(home.path());
    assert_eq!(listing.files["bye.txt"].as_ref().unwrap().name, "bye.txt");
    assert_eq!(texts(listing), named(&[("hello.txt", "hello\n"), ("bye.txt", "mine")]));
    write(home.path(), "hello.txt", b"M\xfcller");
    assert_eq!(texts(NAMED.own(home.path()))["hello.txt"], "line 1 is not UTF-8: save it as UTF-8");
    // Whoever put a link there meant the file to be read.
    #[cfg(unix)]
    {
        std::fs::remove_file(home.path().join("words/bye.txt")).unwrap();
        std::os::unix::fs::symlink("nowhere", home.path().join("words/bye.txt")).unwrap();
        assert!(NAMED.of_home(home.path()).files["bye.txt"].is_err());
    }
}

#[test]
fn an_entry_is_told_from_another_version_by_its_hash() {
    let entry = |text: &str| Entry { name: "a.b.toml".to_owned(), text: text.to_owned(), origin: Origin::BuiltIn };
    assert_eq!(entry("abc").sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_ne!(entry("abc").sha256(), entry("abd").sha256());
    assert_eq!(entry("").stem(), "a.b");
}

/// A number, or what keeps a file from being one.
fn number(entry: &Entry) -> Result<i32, Wrong> {
    entry.text.trim().parse().map_err(|_| Wrong(format!("{} is not a number", entry.name)))
}

#[derive(Debug, PartialEq)]
struct Wrong(String);

impl From<Unreadable> for Wrong {
    fn from(unreadable: Unreadable) -> Wrong {
        Wrong(unreadable.error.to_string())
    }
}

impl From<Unknown> for Wrong {
    fn from(Unknown { name, known }: Unknown) -> Wrong {
        Wrong(format!("{name} is none of {}", known.join(", ")))
    }
}

const NUMBERS: Folder = Folder { holds: Holds::Endings(&["txt"]), ..FOLDER };

#[test]
fn each_file_alone_is_as_good_as_it_is_when_somebody_asks() {
    let home = home(&[("one.txt", b"1"), ("latin.txt", b"\xff")]);
    let all = NUMBERS.each(home.path(), number).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["hello", "latin", "one"]);
    assert_eq!((&all["one"], &all["hello"]), (&Ok(1), &Err(Wrong("hello.txt is not a number".to_owned()))));
    write(home.path(), "one.txt", b"one");
    assert!(NUMBERS.one(home.path(), "one", number).is_err());
    write(home.path(), "one.txt", b"11");
    assert_eq!(NUMBERS.one(home.path(), "one", number), Ok(11));
    let unknown = NUMBERS.one(home.path(), "two", number).unwrap_err();
    assert_eq!(unknown, Wrong("two is none of hello, latin, one".to_owned()));
}

#[test]
fn one_that_is_not_in_order_is_not_replaced_by_the_built_in_one() {
    let home = home(&[("hello.txt", b"\xff")]);
    let refused = NUMBERS.one(home.path(), "hello", number).unwrap_err();
    assert_eq!(refused, Wrong("line 1 is not UTF-8: save it as UTF-8".to_owned()));
    std::fs::remove_dir_all(home.path().join("words")).unwrap();
    std::fs::write(home.path().join("words"), "a file").unwrap();
    assert_eq!(NUMBERS.each(home.path(), number).unwrap_err(), Wrong("it is not a folder".to_owned()));
}
