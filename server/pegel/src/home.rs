//! A home: the folder that holds configuration, KPIs, templates and, with SQLite, the database.

use crate::config::Config;
use crate::outcome::{Failure, broke, usage};
use pegel_catalog::Catalog;
use pegel_store::{Store, StoreError};
use std::path::{Path, PathBuf};

/// A home, its configuration read.
pub struct Home {
    pub path: PathBuf,
    pub config: Config,
    /// What the command line or the environment says, else the configuration.
    database_url: String,
    /// What the command line or the environment says, instead of the configured one.
    mail_url: Option<String>,
}

impl Home {
    /// Reads the configuration of the home at `path`.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn open(path: &Path, database_url: Option<&str>, mail_url: Option<&str>) -> Result<Home, Failure> {
        let config = Config::of_home(path).map_err(usage)?;
        let database_url = database_url.unwrap_or(&config.database_url).to_owned();
        Ok(Home { path: path.to_owned(), config, database_url, mail_url: mail_url.map(str::to_owned) })
    }

    /// The URL of the home's database; a relative SQLite path is relative to the home.
    pub fn database_url(&self) -> String {
        match self.database_url.strip_prefix("sqlite:") {
            Some(path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                format!("sqlite:{}", self.path.join(path).display())
            }
            None => self.database_url.clone(),
        }
    }

    /// Where mails go.
    pub fn mail_url(&self) -> &str {
        self.mail_url.as_deref().unwrap_or(&self.config.mail.url)
    }

    /// The database, which must be there and up to date.
    ///
    /// # Errors
    /// If it is not.
    pub fn store(&self) -> Result<Store, Failure> {
        let store = Store::open_existing(&self.database_url()).map_err(database_failure)?;
        store.check_schema().map_err(broke)?;
        Ok(store)
    }

    /// The KPIs in force.
    ///
    /// # Errors
    /// If a script or a threshold is wrong.
    pub fn catalog(&self) -> Result<Catalog, Failure> {
        Catalog::load(&self.path).map_err(usage)
    }
}

/// A URL that leads to no database is wrong usage; a database that does not answer broke.
pub fn database_failure(error: StoreError) -> Failure {
    match error {
        StoreError::UnknownScheme { .. }
        | StoreError::MalformedUrl { .. }
        | StoreError::MissingFolder { .. }
        | StoreError::MissingFile { .. } => usage(error),
        _ => broke(error),
    }
}
