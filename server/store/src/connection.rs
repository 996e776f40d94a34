//! Connections: one enum over both databases, a pool, and transactions that end by themselves.

use crate::StoreError;
use crate::error::is_busy;
use crate::parents;
use crate::url::DatabaseUrl;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};
use diesel::{Connection, ConnectionError, PgConnection, QueryResult, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long an `SQLite` connection waits for another one's lock: longer than it takes to merge some million rows.
const BUSY_TIMEOUT: Duration = Duration::from_mins(1);
/// Between two attempts to switch a file to WAL.
const WAL_PAUSE: Duration = Duration::from_millis(5);
/// How long a caller waits for a free connection.
const POOL_TIMEOUT: Duration = Duration::from_secs(10);
/// The lock of whoever writes facts into a `PostgreSQL` database: as on `SQLite`, one at a time, so that what was read
/// before the writing still holds. Whoever keeps what was computed of them has it as well.
pub(crate) const WRITING_FACTS: i64 = 7_363_502;
/// Enough for the workers and a page or two; further callers wait.
const POOL_SIZE: u32 = 10;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs one body on whichever database it is: for the statements that Diesel does not compile for [`Conn`] (batch
/// inserts, `on_conflict`, `for_update`) and for our own.
macro_rules! on_backend {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::connection::Conn::Sqlite($inner) => $body,
            $crate::connection::Conn::Postgres($inner) => $body,
        }
    };
}
pub(crate) use on_backend;

/// Whether an `SQLite` file may be made by opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    MayCreate,
    /// A database that is gone must not come back empty.
    MustExist,
}

/// Makes connections for the pool.
#[derive(Clone)]
pub(crate) struct Manager {
    url: DatabaseUrl,
    opening: Opening,
    /// Whether temporary tables are large, so that they are in a file.
    staging: bool,
}

impl Manager {
    fn establish(&self) -> Result<Conn, ConnectionError> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&sqlite_uri(path, self.opening))?;
                set_up(&mut conn, self.staging).map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                if self.staging {
                    // Enough to compare many rows with many without writing half of them to disk.
                    conn.batch_execute("SET work_mem = '64MB'").map_err(ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// A path as the URI that tells `SQLite` whether to make the file (<https://www.sqlite.org/uri.html>).
fn sqlite_uri(path: &Path, opening: Opening) -> String {
    let text = path.to_string_lossy();
    let text = match text.strip_prefix('/') {
        // Two slashes would begin the name of a host.
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => text.into_owned(),
    };
    let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let mode = match opening {
        Opening::MayCreate => "rwc",
        Opening::MustExist => "rw",
    };
    format!("file:{text}?mode={mode}")
}

fn set_up(conn: &mut SqliteConnection, staging: bool) -> QueryResult<()> {
    conn.batch_execute(&in_earnest())?;
    switch_to_wal(conn)?;
    // What sorts many rows takes as much again as the cache may before it writes to disk. Whoever only reads finds the
    // pages in the system's cache nearly as fast, and there are several connections.
    let (temporary, cache) = if staging { ("FILE", 16_000) } else { ("MEMORY", 2_000) };
    conn.batch_execute(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = {temporary}; PRAGMA cache_size = -{cache};",
    ))
}

/// What is written waits for others, and is on the disk when it is committed.
fn in_earnest() -> String {
    format!("PRAGMA busy_timeout = {}; PRAGMA synchronous = FULL", BUSY_TIMEOUT.as_millis())
}

/// Asks until it is done: `SQLite` first reads the file and only then asks for the exclusive lock, and a reader that
/// asks for more is refused at once, whatever the timeout, lest two readers wait for each other. Several that open a
/// new file at the same time meet there.
fn switch_to_wal(conn: &mut SqliteConnection) -> QueryResult<()> {
    let started = Instant::now();
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_busy(&error) && started.elapsed() < BUSY_TIMEOUT => std::thread::sleep(WAL_PAUSE),
            result => return result,
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Conn, ConnectionError> {
        self.establish()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectionError> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => conn.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        // Whoever takes it next must not find itself in someone else's transaction.
        on_backend!(conn, conn => AnsiTransactionManager::is_broken_transaction_manager(conn))
            || on_backend!(conn, conn => open_transactions(conn))
    }
}

fn open_transactions<C: Connection<TransactionManager = AnsiTransactionManager>>(conn: &mut C) -> bool {
    AnsiTransactionManager::transaction_manager_status_mut(conn).transaction_depth().is_ok_and(|depth| depth.is_some())
}

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<Manager>,
    manager: Manager,
    /// The URL for messages.
    shown: Arc<str>,
    /// The file of an `SQLite` database, as it was when it was opened.
    file: Option<Arc<OpenedFile>>,
    /// What readers over them have read of small tables.
    pub(crate) parents: Arc<parents::Shared>,
}

impl Connections {
    /// A pool that has been shown to work.
    pub(crate) fn open(url: DatabaseUrl, opening: Opening) -> Result<Connections, StoreError> {
        if let Some(folder) = url.missing_folder() {
            return Err(StoreError::MissingFolder { folder: folder.display().to_string() });
        }
        let shown: Arc<str> = url.shown().into();
        let path = url.sqlite_file().map(Path::to_owned);
        let manager = Manager { url, opening, staging: false };
        // Tried once by hand, for the pool would try again and again and then say no more than that it timed out.
        drop(manager.establish().map_err(|error| unreachable_because(&shown, &error))?);
        let file = path.map(|path| Arc::new(OpenedFile::of(path)));
        let pool = Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(0))
            .connection_timeout(POOL_TIMEOUT)
            // An error reaches whoever asked for the connection; it need not be in the log as well.
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(manager.clone());
        Ok(Connections { pool, manager, shown, file, parents: Arc::default() })
    }

    /// One connection of its own to the same database: whoever gets it next finds the temporary tables of whoever had
    /// it before. They end with it.
    pub(crate) fn apart(&self) -> Connections {
        let manager = Manager { opening: Opening::MustExist, staging: true, ..self.manager.clone() };
        let pool = Pool::builder()
            .max_size(1)
            .min_idle(Some(0))
            .max_lifetime(None)
            .idle_timeout(None)
            .connection_timeout(POOL_TIMEOUT)
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(manager.clone());
        Connections { pool, manager, ..self.clone() }
    }

    /// The file of an `SQLite` database.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// A connection outside any transaction.
    ///
    /// A file that was deleted goes on answering whoever has it open; what is written into it is lost. So that is an
    /// error.
    pub(crate) fn get(&self) -> Result<PooledConnection<Manager>, StoreError> {
        if let Some(file) = self.file.as_ref().filter(|file| !file.is_still_there()) {
            return Err(StoreError::Replaced { path: file.path.display().to_string() });
        }
        self.pool.get().map_err(|error| unreachable_because(&self.shown, &error))
    }

    /// The same, if one is free.
    fn at_hand(&self) -> Result<Option<PooledConnection<Manager>>, StoreError> {
        if self.pool.state().connections < self.pool.max_size() {
            self.get().map(Some)
        } else {
            Ok(self.pool.try_get())
        }
    }
}

/// A file by its path and by what tells it from another one that takes its place.
struct OpenedFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl OpenedFile {
    fn of(path: PathBuf) -> OpenedFile {
        OpenedFile { identity: identity(&path), path }
    }

    fn is_still_there(&self) -> bool {
        identity(&self.path) == self.identity
    }
}

/// Device and number of a file; `None` if there is none.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Where files have no numbers, whether there is one.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

fn unreachable_because(shown: &str, error: &dyn std::error::Error) -> StoreError {
    StoreError::Unreachable { url: shown.to_owned(), reason: error.to_string().trim().to_owned() }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reads that fit each other.
    Read,
    /// Writes into temporary tables; holds up nobody.
    Stage,
    /// Reads and writes.
    Write,
}

/// A connection inside a transaction; rolled back when dropped, also by a panic.
pub(crate) struct Transaction {
    conn: PooledConnection<Manager>,
    open: bool,
    /// Whether it writes what nobody misses: it waits neither for others nor for the disk.
    hasty: bool,
}

impl Transaction {
    pub(crate) fn begin(pool: &Connections, purpose: Purpose) -> Result<Transaction, StoreError> {
        Transaction::begin_on(pool.get()?, purpose)
    }

    /// The same, if a connection is free.
    pub(crate) fn begin_if_at_hand(pool: &Connections, purpose: Purpose) -> Result<Option<Transaction>, StoreError> {
        pool.at_hand()?.map(|conn| Transaction::begin_on(conn, purpose)).transpose()
    }

    fn begin_on(mut conn: PooledConnection<Manager>, purpose: Purpose) -> Result<Transaction, StoreError> {
        match &mut *conn {
            Conn::Sqlite(conn) => {
                let begin = match purpose {
                    Purpose::Read | Purpose::Stage => "BEGIN DEFERRED",
                    // A deferred one that turns to writing cannot wait its turn: it fails at once.
                    Purpose::Write => "BEGIN IMMEDIATE",
                };
                AnsiTransactionManager::begin_transaction_sql(conn, begin)
            }
            Conn::Postgres(conn) => {
                let begin = match purpose {
                    Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                    Purpose::Stage | Purpose::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                };
                AnsiTransactionManager::begin_transaction_sql(conn, begin)
            }
        }
        .map_err(StoreError::while_("beginning a transaction"))?;
        Ok(Transaction { conn, open: true, hasty: false })
    }

    /// One that writes what nobody misses: `None` where it would have to wait, and not on the disk for sure when it ends.
    pub(crate) fn begin_at_once(pool: &Connections) -> Result<Option<Transaction>, StoreError> {
        let Some(conn) = pool.at_hand()? else { return Ok(None) };
        let mut transaction = Transaction { conn, open: false, hasty: true };
        let begun = match &mut *transaction.conn {
            Conn::Sqlite(conn) => conn
                .batch_execute("PRAGMA busy_timeout = 0; PRAGMA synchronous = NORMAL")
                .and_then(|()| AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")),
            Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")
                .and_then(|()| conn.batch_execute("SET LOCAL synchronous_commit = off")),
        };
        match begun {
            Err(error) if is_busy(&error) => Ok(None),
            begun => {
                begun.map_err(StoreError::while_("beginning a transaction"))?;
                transaction.open = true;
                Ok(Some(transaction))
            }
        }
    }

    pub(crate) fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        on_backend!(&mut *self.conn, conn => AnsiTransactionManager::commit_transaction(conn))
            .map_err(StoreError::while_("committing"))?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open {
            // A connection that cannot even do this is thrown away by the pool.
            let _ = on_backend!(&mut *self.conn, conn => AnsiTransactionManager::rollback_transaction(conn));
        }
        if let (true, Conn::Sqlite(conn)) = (self.hasty, &mut *self.conn) {
            // The file is open already, so this cannot fail.
            let _ = conn.batch_execute(&in_earnest());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Value;
    use crate::sql::numbers;

    #[test]
    fn whoever_writes_what_nobody_misses_leaves_a_connection_that_writes_in_earnest() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("pegel.db"));
        let connections = Connections::open(url, Opening::MayCreate).unwrap();
        let how = |conn: &mut Conn| {
            let of = |conn: &mut Conn, pragma: &str| {
                let text = format!("SELECT * FROM pragma_{pragma}");
                numbers(conn, "reading how it writes", &text, &Value::Missing, 1).unwrap()[0][0]
            };
            (of(conn, "synchronous"), of(conn, "busy_timeout"))
        };
        let [normal, full] = [1, 2];
        let in_earnest = (full, i64::try_from(BUSY_TIMEOUT.as_millis()).unwrap());

        let mut hasty = Transaction::begin_at_once(&connections).unwrap().unwrap();
        assert_eq!(how(hasty.conn()), (normal, 0));
        assert!(Transaction::begin_at_once(&connections).unwrap().is_none(), "it would have to wait");
        hasty.commit().unwrap();
        drop(Transaction::begin_at_once(&connections).unwrap().unwrap());

        // All that the pool has.
        let mut pooled: Vec<_> = (0..2).map(|_| connections.get().unwrap()).collect();
        assert_eq!(connections.pool.state().connections, 2);
        for conn in &mut pooled {
            assert_eq!(how(conn), in_earnest);
        }
    }
}
