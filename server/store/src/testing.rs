//! Fresh databases of both kinds, for the tests of this and other crates.

use crate::connection::Conn;
use crate::runs::{RunOrigin, RunState};
use crate::schema::{editions, runs};
use crate::{Store, StoreError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use pegel_kpi::data::model::Model;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable that names a `PostgreSQL` server on which tests may create databases.
const SERVER: &str = "PEGEL_TEST_POSTGRES";

/// A database that is gone when this is dropped, also by a panic.
pub struct TestDatabase {
    url: String,
    kind: Kind,
}

enum Kind {
    /// Held for its end, which removes it.
    Sqlite {
        _folder: tempfile::TempDir,
    },
    Postgres {
        server: Store,
        name: String,
    },
}

impl TestDatabase {
    /// The URL of a file that does not exist yet.
    ///
    /// # Panics
    /// If there is no place for temporary files.
    pub fn sqlite() -> TestDatabase {
        TestDatabase::sqlite_in(&std::env::temp_dir())
    }

    /// The same in a folder of some file system.
    ///
    /// # Panics
    /// If there is no place in it.
    pub fn sqlite_in(place: &Path) -> TestDatabase {
        let folder = tempfile::tempdir_in(place).expect("a temporary folder can be made");
        let url = format!("sqlite:{}", folder.path().join("pegel.db").display());
        TestDatabase { url, kind: Kind::Sqlite { _folder: folder } }
    }

    /// An empty database on the test server.
    ///
    /// # Panics
    /// If the variable that names the server is not set, or the server refuses.
    pub fn postgres() -> TestDatabase {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server_url = std::env::var(SERVER)
            .unwrap_or_else(|_| panic!("{SERVER} names no PostgreSQL server for this test: run tests/run"));
        let name = format!("pegel_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = Store::open(&server_url).expect("the test server answers");
        // One left behind by a killed process of the same id.
        server
            .execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .expect("an old database can be dropped");
        server.execute(&format!("CREATE DATABASE {name}")).expect("a database can be created");
        let url = with_database(&server_url, &name);
        TestDatabase { url, kind: Kind::Postgres { server, name } }
    }

    /// Where it is, as [`Store::open`] takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it and brings its schema up to date.
    ///
    /// # Panics
    /// If that fails.
    pub fn store(&self) -> Store {
        let store = Store::open(&self.url).expect("a test database can be opened");
        store.migrate(&Model::built_in()).expect("the migrations run");
        store
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Kind::Postgres { server, name } = &self.kind {
            let dropped = server.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            if let (Err(error), false) = (dropped, std::thread::panicking()) {
                panic!("the test database cannot be dropped: {error}");
            }
        }
    }
}

/// The URL with another database in it.
fn with_database(url: &str, name: &str) -> String {
    let (place, parameters) = url.split_once('?').map_or((url, None), |(place, parameters)| (place, Some(parameters)));
    let authority = place.find("://").map_or(0, |at| at + 3);
    let end = place[authority..].find('/').map_or(place.len(), |at| authority + at);
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    format!("{}/{name}{parameters}", &place[..end])
}

/// Runs a test on an empty database of each kind. The name of the one in use goes to standard error.
pub fn on_both_databases(test: impl Fn(&TestDatabase)) {
    for (name, make) in
        [("SQLite", TestDatabase::sqlite as fn() -> TestDatabase), ("PostgreSQL", TestDatabase::postgres)]
    {
        eprintln!("on {name}");
        test(&make());
    }
}

/// Runs a test on a store of each kind, with the schema up to date.
pub fn on_both(test: impl Fn(Store)) {
    on_both_databases(|database| test(database.store()));
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A run with what became of it. Instants in UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// As [`Store::claim_run`] gave it.
    pub id: i64,
    pub report: String,
    pub period: String,
    pub revision: i32,
    /// Whether it is the due one.
    pub due: bool,
    pub state: RunState,
    /// Claims so far.
    pub attempts: i32,
    pub claimed_at: i64,
    pub lease_until: i64,
    pub ended_at: Option<i64>,
    /// What went wrong last.
    pub error: Option<String>,
    /// What it made, if it is done.
    pub edition: Option<i64>,
}

type RunHead = (i64, String, String, i32, String, String, i32);
type RunTimes = (i64, i64, Option<i64>, Option<String>);

fn run((head, times, edition): (RunHead, RunTimes, Option<i64>)) -> Result<Run, StoreError> {
    let (id, report, period, revision, origin, word, attempts) = head;
    let (claimed_at, lease_until, ended_at, error) = times;
    let due = origin == RunOrigin::Due.word();
    let known = [RunState::Claimed, RunState::Failed, RunState::Done].into_iter().find(|state| state.word() == word);
    let state = known.ok_or_else(|| StoreError::Unreadable {
        what: "the state of a run".to_owned(),
        reason: format!("“{word}” is none"),
    })?;
    Ok(Run { id, report, period, revision, due, state, attempts, claimed_at, lease_until, ended_at, error, edition })
}

/// What no program does, but a test must: look at runs and at the schema, tamper with what is stored.
impl Store {
    /// Sends raw SQL.
    ///
    /// # Errors
    /// If the database refuses it.
    pub fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.read("sending SQL", |conn| conn.batch_execute(sql))
    }

    /// The texts of the column `value` of a raw SELECT.
    ///
    /// # Errors
    /// If the database refuses it.
    pub fn texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let lines = self.read("sending SQL", |conn| diesel::sql_query(sql).load::<Line>(conn))?;
        Ok(lines.into_iter().map(|line| line.value).collect())
    }

    /// The newest runs first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn runs(&self, limit: i64) -> Result<Vec<Run>, StoreError> {
        let rows = self.read("reading runs", |conn| {
            runs::table
                .left_join(editions::table)
                .order(runs::id.desc())
                .limit(limit)
                .select((
                    (runs::id, runs::report, runs::period, runs::revision, runs::origin, runs::state, runs::attempts),
                    (runs::claimed_at, runs::lease_until, runs::ended_at, runs::error),
                    editions::id.nullable(),
                ))
                .load(conn)
        })?;
        rows.into_iter().map(run).collect()
    }

    /// Whether it is an `SQLite` database.
    ///
    /// # Errors
    /// If it cannot be reached.
    pub fn is_sqlite(&self) -> Result<bool, StoreError> {
        self.read("looking at the database", |conn| Ok(matches!(conn, Conn::Sqlite(_))))
    }

    /// Lets editions and versions be changed and deleted, so that a test can tamper with what is stored.
    ///
    /// # Errors
    /// If the database refuses it.
    pub fn allow_tampering(&self) -> Result<(), StoreError> {
        for table in ["editions", "renditions", "artefacts", "labels", "edition_sources", "kpi_versions"] {
            self.execute(&if self.is_sqlite()? {
                format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete")
            } else {
                format!("ALTER TABLE {table} DISABLE TRIGGER USER")
            })?;
        }
        Ok(())
    }

    /// The columns of a table in their order: `id BIGINT NOT NULL`.
    ///
    /// # Errors
    /// If the database refuses to tell.
    pub fn columns(&self, table: &str) -> Result<Vec<String>, StoreError> {
        self.texts(&if self.is_sqlite()? {
            // Only INTEGER PRIMARY KEY is SQLite's row id.
            format!(
                "SELECT name || ' ' || CASE WHEN pk > 0 AND type = 'INTEGER' THEN 'BIGINT' ELSE type END
                    || CASE WHEN \"notnull\" = 1 THEN ' NOT NULL' ELSE '' END AS value
                 FROM pragma_table_info('{table}') ORDER BY cid"
            )
        } else {
            format!(
                "SELECT column_name || ' ' || replace(upper(data_type), 'BYTEA', 'BLOB')
                    || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END AS value
                 FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
            )
        })
    }

    /// The foreign keys of a table, sorted: `partner_id partners`.
    ///
    /// # Errors
    /// If the database refuses to tell.
    pub fn references(&self, table: &str) -> Result<Vec<String>, StoreError> {
        let mut references = self.texts(&if self.is_sqlite()? {
            format!("SELECT \"from\" || ' ' || \"table\" AS value FROM pragma_foreign_key_list('{table}')")
        } else {
            format!(
                "SELECT a.attname || ' ' || c.confrelid::regclass AS value FROM pg_constraint c
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.conrelid = '{table}'::regclass"
            )
        })?;
        references.sort();
        Ok(references)
    }

    /// Everything in the schema beside what belongs to a constraint: `table leads`, `index leads_created_at`, ….
    ///
    /// # Errors
    /// If the database refuses to tell.
    pub fn objects(&self) -> Result<Vec<String>, StoreError> {
        let mut objects = self.texts(if self.is_sqlite()? {
            "SELECT type || ' ' || name AS value FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT 'table ' || tablename AS value FROM pg_tables WHERE schemaname = 'public'
             UNION ALL SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'public'
             UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 'index ' || indexname FROM pg_indexes
                WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        })?;
        objects.sort();
        Ok(objects)
    }
}
