//! What the tests of the binary share: a home, and commands that run in it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(dead_code, reason = "not every test file uses all of it")]

pub mod browser;
pub mod server;
use pegel_store::testing::TestDatabase;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A Wednesday.
pub const NOW: &str = "2026-11-18T09:00:00Z";

/// A home in a temporary folder, with its database.
pub struct TestHome {
    folder: tempfile::TempDir,
    database: TestDatabase,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl TestHome {
    /// An empty folder, and no database yet.
    pub fn empty() -> TestHome {
        TestHome::with(TestDatabase::sqlite())
    }

    /// A home made by `pegel init`, on SQLite.
    pub fn new() -> TestHome {
        let home = TestHome::empty();
        home.run(&["init"]).succeeded();
        home
    }

    /// The same with the database on some file system.
    pub fn with_database_in(place: &Path) -> TestHome {
        let home = TestHome::with(TestDatabase::sqlite_in(place));
        home.run(&["init"]).succeeded();
        home
    }

    /// A home made by `pegel init`, on PostgreSQL.
    pub fn empty_on_postgres() -> TestHome {
        TestHome::with(TestDatabase::postgres())
    }

    pub fn on_postgres() -> TestHome {
        let home = TestHome::empty_on_postgres();
        home.run(&["init"]).succeeded();
        home
    }

    /// An empty folder, on that database.
    pub fn with(database: TestDatabase) -> TestHome {
        TestHome { folder: tempfile::tempdir().unwrap(), database }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn store(&self) -> pegel_store::Store {
        self.database.store()
    }

    /// Takes an edition out of a database that allows tampering, as somebody could who may write to it.
    pub fn lose_edition(&self, id: i64) {
        let store = self.store();
        for table in [
            "artefacts WHERE rendition_id",
            "renditions WHERE id",
            "labels WHERE edition_id",
            "edition_sources WHERE edition_id",
            "editions WHERE id",
        ] {
            store.execute(&format!("DELETE FROM {table} = {id}")).unwrap();
        }
    }

    /// Writes a file of the home.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The command, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(NOW, arguments)
    }

    /// The same at another time.
    pub fn command_at(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = self.command_by_the_clock(arguments);
        command.args(["--now", now]);
        command
    }

    /// The same, by the machine's clock.
    pub fn command_by_the_clock(&self, arguments: &[&str]) -> Command {
        self.bare(&[&["--database-url", self.database.url()], arguments].concat())
    }

    /// The same on another database.
    pub fn command_on(&self, database_url: &str, now: &str, arguments: &[&str]) -> Command {
        self.bare(&[&["--database-url", database_url, "--now", now], arguments].concat())
    }

    fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pegel"));
        command.env_clear().env("TZ", "UTC");
        command.arg("--home").arg(self.path()).args(arguments);
        command
    }

    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Runs the command to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    /// Runs a command at that instant.
    pub fn at(&self, now: &str, arguments: &[&str]) -> Said {
        Said::of(&self.command_at(now, arguments).output().unwrap())
    }

    /// The cells that `pegel kpi value … --json` prints.
    pub fn cells(&self, arguments: &[&str]) -> Vec<Json> {
        let said = self.run(&[&["kpi", "value"], arguments, &["--json"]].concat()).succeeded();
        let json: Json = serde_json::from_str(&said.out).unwrap();
        json["cells"].as_array().unwrap().clone()
    }

    /// The finished files below a folder of the home, by name: one that is still being written is hidden.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path().join(folder)).into_iter().flatten().flatten();
        let finished = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with(".unfinished-"));
        let mut files: Vec<PathBuf> = finished.map(|entry| entry.path()).collect();
        files.sort();
        files
    }
}

impl Said {
    pub fn of(output: &Output) -> Said {
        Said {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// The number of the edition that `report run` printed.
    pub fn edition(&self) -> i64 {
        let number = self.out.strip_prefix("edition ").and_then(|rest| rest.split(' ').next());
        number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no edition in {}", self.out))
    }

    #[track_caller]
    pub fn succeeded(self) -> Said {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self
    }

    /// Asserts that it ended with this status and wrote all of this to standard error.
    #[track_caller]
    pub fn failed(self, status: i32, saying: &[&str]) -> Said {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        for text in saying {
            assert!(self.err.contains(text), "“{text}” is not in:\n{}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

/// Waits until something holds, for at most a minute and a half.
pub fn wait_for(what: &str, done: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(90);
    while !done() {
        assert!(Instant::now() < until, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(100));
    }
}
