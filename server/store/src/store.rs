//! The whole database: opening, migrating, and the ways in.

use crate::StoreError;
use crate::connection::{Conn, Connections, Opening, Purpose, Transaction, WRITING_FACTS};
use crate::currency;
use crate::facts::Writer;
use crate::keeping;
use crate::own_tables;
use crate::reader::Reader;
use crate::url::DatabaseUrl;
use crate::views;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
#[cfg(feature = "testing")]
use diesel::migration::Migration;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;
use std::path::Path;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held by whoever migrates a `PostgreSQL` database.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(7363501)";

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

    /// Brings the schema up to date, all or nothing, and with it the tables of a home's own and the readable views; the
    /// names of the migrations that ran, and of the tables and columns that were made.
    ///
    /// # Errors
    /// If a migration fails, or a column that is there is described no longer, or otherwise.
    pub fn migrate(&self, model: &Model) -> Result<Vec<String>, StoreError> {
        self.transaction(|conn| {
            if let Conn::Postgres(conn) = conn {
                conn.batch_execute(MIGRATING).map_err(StoreError::while_("migrating"))?;
            }
            let Migrations { pending: mut ran, .. } = Migrations::of(conn)?;
            if !ran.is_empty() {
                views::remove(conn, model)?;
                match conn {
                    Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
                    Conn::Postgres(conn) => conn.run_pending_migrations(POSTGRES).map(drop),
                }
                .map_err(migration_failed)?;
            }
            ran.extend(own_tables::make(conn, model)?);
            if !ran.is_empty() {
                views::remove(conn, model)?;
                views::make(conn, model)?;
                // What was touched is noted by the dates and references that the model had.
                keeping::forget(conn)?;
            }
            Ok(ran)
        })
    }

    /// Takes the whole schema down again, with everything in it. For tests.
    ///
    /// # Errors
    /// If a migration fails.
    #[cfg(feature = "testing")]
    pub fn revert_all_migrations(&self, model: &Model) -> Result<(), StoreError> {
        self.transaction(|conn| {
            views::remove(conn, model)?;
            match conn {
                Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop),
                Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop),
            }
            .map_err(migration_failed)
        })
    }

    /// Brings the schema up or down to where it was after that migration. For tests.
    ///
    /// # Errors
    /// If a migration fails.
    #[cfg(feature = "testing")]
    pub fn migrate_to(&self, last: &str, model: &Model) -> Result<(), StoreError> {
        self.transaction(|conn| {
            views::remove(conn, model)?;
            match conn {
                Conn::Sqlite(conn) => migrate_to(conn, || SQLITE, last),
                Conn::Postgres(conn) => migrate_to(conn, || POSTGRES, last),
            }
            .map_err(migration_failed)
        })
    }

    /// An error with the hint `pegel migrate` if a migration has not run, one has run that this program does not know,
    /// or a table of the model is not there as it is described.
    ///
    /// # Errors
    /// In those cases, or if the database cannot be read.
    pub fn check_schema(&self, model: &Model) -> Result<(), StoreError> {
        let mut conn = self.connections.get()?;
        let Migrations { pending, unknown } = Migrations::of(&mut conn)?;
        if !unknown.is_empty() {
            return Err(StoreError::SchemaAhead { unknown });
        }
        if !pending.is_empty() {
            return Err(StoreError::SchemaBehind { pending });
        }
        own_tables::check(&mut conn, model)
    }

    /// The same of the tables of a home's own alone.
    ///
    /// # Errors
    /// If one of them is not there as it is described, or the database cannot be read.
    pub fn check_tables(&self, model: &Model) -> Result<(), StoreError> {
        own_tables::check(&mut *self.connections.get()?, model)
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
            conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({WRITING_FACTS})"))
                .map_err(StoreError::while_("waiting for another import"))?;
        }
        let mut writer = Writer::new(transaction);
        let result = work(&mut writer)?;
        if keep {
            writer.note_touched()?;
            writer.into_transaction().commit()?;
        }
        Ok(result)
    }

    /// The same database over a connection of its own, for work on many rows: see [`Connections::apart`].
    pub(crate) fn apart(&self) -> Store {
        Store { connections: self.connections.apart() }
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The file of an `SQLite` database.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        self.connections.sqlite_file()
    }

    /// A short transaction that may write.
    /// The clock of the database's machine, in UTC seconds; `None` where that is this one.
    ///
    /// # Errors
    /// If the database fails.
    pub fn clock(&self) -> Result<Option<i64>, StoreError> {
        self.read("asking the database for the time", |conn| match conn {
            Conn::Sqlite(_) => Ok(None),
            Conn::Postgres(conn) => {
                let seconds = diesel::dsl::sql::<BigInt>("extract(epoch FROM clock_timestamp())::bigint");
                diesel::select(seconds).get_result(conn).map(Some)
            }
        })
    }

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

type MigrationError = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn migration_failed(error: MigrationError) -> StoreError {
    StoreError::Migration { reason: error.to_string() }
}

#[cfg(feature = "testing")]
fn migrate_to<DB: Backend, M: MigrationSource<DB>>(
    conn: &mut impl MigrationHarness<DB>,
    source: impl Fn() -> M,
    last: &str,
) -> Result<(), MigrationError> {
    let is_later = |migration: &dyn Migration<DB>| *migration.name().to_string() > *last;
    for migration in &conn.pending_migrations(source())? {
        if !is_later(migration) {
            conn.run_migration(migration)?;
        }
    }
    let known = source().migrations()?;
    let later = |version: &MigrationVersion| {
        known.iter().any(|migration| is_later(migration) && migration.name().version() == *version)
    };
    for _ in conn.applied_migrations()?.iter().filter(|version| later(version)) {
        conn.revert_last_migration(source())?;
    }
    Ok(())
}

/// What tells a database's schema from the one that this program knows.
struct Migrations {
    /// The full names of those that have not run, in order.
    pending: Vec<String>,
    /// The versions of those that have run and are none of this program's.
    unknown: Vec<String>,
}

impl Migrations {
    fn of(conn: &mut Conn) -> Result<Migrations, StoreError> {
        match conn {
            Conn::Sqlite(conn) => Migrations::told::<Sqlite>(conn, &SQLITE),
            Conn::Postgres(conn) => Migrations::told::<Pg>(conn, &POSTGRES),
        }
    }

    fn told<DB: Backend>(
        conn: &mut impl MigrationHarness<DB>,
        source: &impl MigrationSource<DB>,
    ) -> Result<Migrations, StoreError> {
        let applied = conn.applied_migrations().map_err(migration_failed)?;
        let mut known = source.migrations().map_err(migration_failed)?;
        known.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
        let is_known = |version: &&MigrationVersion| known.iter().any(|one| one.name().version() == **version);
        let pending = known.iter().filter(|one| !applied.contains(&one.name().version()));
        Ok(Migrations {
            pending: pending.map(|one| one.name().to_string()).collect(),
            unknown: applied.iter().filter(|version| !is_known(version)).map(MigrationVersion::to_string).collect(),
        })
    }
}
