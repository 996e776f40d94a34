//! The whole database: opening, migrating, and the ways in.

use crate::StoreError;
use crate::connection::{Conn, Connections, Opening, Purpose, Transaction};
use crate::currency;
use crate::facts::Writer;
use crate::reader::Reader;
use crate::url::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use pegel_kpi::data::currency::Currency;
use std::path::Path;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held by whoever migrates a `PostgreSQL` database.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(7363501)";
/// Held by whoever writes facts into a `PostgreSQL` database: as on `SQLite`, one at a time, so that what was read
/// before the writing still holds.
const WRITING: &str = "SELECT pg_advisory_xact_lock(7363502)";

/// A database. Cheap to clone; all methods block.
#[derive(Clone)]
pub struct Store {
    connections: Connections,
}

impl Store {
    /// Opens `sqlite:PATH` (creating the file) or `postgres://…` (the database must exist). Does not migrate.
    ///
    /// # Errors
    /// If the URL has another scheme, or the database cannot be reached.
    pub fn open(url: &str) -> Result<Store, StoreError> {
        Ok(Store { connections: Connections::open(DatabaseUrl::parse(url)?, Opening::MayCreate)? })
    }

    /// The same for a database that must be there.
    ///
    /// # Errors
    /// If the URL has another scheme, the file of an `SQLite` database is missing, or the database cannot be reached.
    pub fn open_existing(url: &str) -> Result<Store, StoreError> {
        match DatabaseUrl::parse(url)? {
            DatabaseUrl::Sqlite(path) if !path.exists() => {
                Err(StoreError::MissingFile { path: path.display().to_string() })
            }
            url => Ok(Store { connections: Connections::open(url, Opening::MustExist)? }),
        }
    }

    /// Brings the schema up to date, all or nothing; the names of the migrations that ran.
    ///
    /// # Errors
    /// If a migration fails.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.transaction(|conn| match conn {
            Conn::Sqlite(conn) => {
                let before = applied(conn)?;
                conn.run_pending_migrations(SQLITE).map_err(migration_failed)?;
                names::<Sqlite>(&SQLITE, |version| !before.contains(version))
            }
            Conn::Postgres(conn) => {
                conn.batch_execute(MIGRATING).map_err(StoreError::while_("migrating"))?;
                let before = applied(conn)?;
                conn.run_pending_migrations(POSTGRES).map_err(migration_failed)?;
                names::<Pg>(&POSTGRES, |version| !before.contains(version))
            }
        })
    }

    /// Takes the whole schema down again, with everything in it. For tests.
    ///
    /// # Errors
    /// If a migration fails.
    #[cfg(feature = "testing")]
    pub fn revert_all_migrations(&self) -> Result<(), StoreError> {
        self.transaction(|conn| {
            match conn {
                Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop),
                Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop),
            }
            .map_err(migration_failed)
        })
    }

    /// An error with the hint `pegel migrate` if a migration has not run, or one has run that this program does not know.
    ///
    /// # Errors
    /// In those two cases, or if the database cannot be read.
    pub fn check_schema(&self) -> Result<(), StoreError> {
        let mut conn = self.connections.get()?;
        let (applied, pending, known) = match &mut *conn {
            Conn::Sqlite(conn) => {
                let applied = applied(conn)?;
                let pending = names::<Sqlite>(&SQLITE, |version| !applied.contains(version))?;
                (applied, pending, versions::<Sqlite>(&SQLITE)?)
            }
            Conn::Postgres(conn) => {
                let applied = applied(conn)?;
                let pending = names::<Pg>(&POSTGRES, |version| !applied.contains(version))?;
                (applied, pending, versions::<Pg>(&POSTGRES)?)
            }
        };
        let unknown: Vec<String> = applied.into_iter().filter(|version| !known.contains(version)).collect();
        if !unknown.is_empty() {
            return Err(StoreError::SchemaAhead { unknown });
        }
        if !pending.is_empty() {
            return Err(StoreError::SchemaBehind { pending });
        }
        Ok(())
    }

    /// Whether amounts of this currency can be read and written; where no amount was ever written, those of any can.
    ///
    /// # Errors
    /// If the amounts that are there have other digits, or the database fails.
    pub fn check_currency(&self, currency: &Currency) -> Result<(), StoreError> {
        currency::check(&mut *self.connections.get()?, currency)
    }

    /// Answers scans, all in one read transaction, so that the figures of a report fit each other.
    ///
    /// # Errors
    /// If no connection can be had.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::new(&self.connections)
    }

    /// Writes facts in one transaction: committed if `work` returns `Ok` and `keep`, rolled back otherwise (a dry run).
    ///
    /// # Errors
    /// Those of `work`, and those of the transaction.
    pub fn write<T, E: From<StoreError>>(
        &self,
        keep: bool,
        work: impl FnOnce(&mut Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut transaction = Transaction::begin(&self.connections, Purpose::Write)?;
        if let Conn::Postgres(conn) = transaction.conn() {
            conn.batch_execute(WRITING).map_err(StoreError::while_("waiting for another import"))?;
        }
        let mut writer = Writer::new(transaction);
        let result = work(&mut writer)?;
        if keep {
            writer.into_transaction().commit()?;
        }
        Ok(result)
    }

    /// The file of an `SQLite` database.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        self.connections.sqlite_file()
    }

    /// A short transaction that may write.
    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut transaction = Transaction::begin(&self.connections, Purpose::Write)?;
        let result = work(transaction.conn())?;
        transaction.commit()?;
        Ok(result)
    }

    /// A connection for a single statement that reads.
    pub(crate) fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Conn) -> diesel::QueryResult<T>,
    ) -> Result<T, StoreError> {
        work(&mut *self.connections.get()?).map_err(StoreError::while_(doing))
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn migration_failed(error: Failure) -> StoreError {
    StoreError::Migration { reason: error.to_string() }
}

fn applied<DB: diesel::backend::Backend>(conn: &mut impl MigrationHarness<DB>) -> Result<Vec<String>, StoreError> {
    let versions = conn.applied_migrations().map_err(migration_failed)?;
    Ok(versions.iter().map(MigrationVersion::to_string).collect())
}

fn versions<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = MigrationSource::<DB>::migrations(source).map_err(migration_failed)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The full names of the migrations whose version is asked for, in order.
fn names<DB: diesel::backend::Backend>(
    source: &EmbeddedMigrations,
    wanted: impl Fn(&String) -> bool,
) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let mut migrations: Vec<Box<dyn Migration<DB>>> =
        MigrationSource::<DB>::migrations(source).map_err(migration_failed)?;
    migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    let wanted = migrations.iter().filter(|migration| wanted(&migration.name().version().to_string()));
    Ok(wanted.map(|migration| migration.name().to_string()).collect())
}
