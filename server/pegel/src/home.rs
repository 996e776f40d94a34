//! A home: the folder that holds configuration, KPIs, templates and, with SQLite, the database.

use crate::config::Config;
use crate::ending::{Failure, broke, note, usage};
use anyhow::anyhow;
use pegel_catalog::Catalog;
use pegel_catalog::activation::{ActivationError, Follow, catalog_for};
use pegel_catalog::files::in_home;
use pegel_catalog::live::Live;
use pegel_catalog::settle::model_in_order;
use pegel_delivery::Clock;
use pegel_home::Problem;
use pegel_kpi::data::model::Model;
use pegel_report::format::Format;
use pegel_store::{Store, StoreError};
use pegel_text::locale::Locale;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A home, its configuration read.
pub struct Home {
    pub path: PathBuf,
    pub config: Config,
    /// The tables of the data model: those of Pegel, and what the home adds in files that are in order.
    pub model: Model,
    /// From the command line or the environment, else from the configuration.
    database_url: String,
    /// From the command line or the environment; overrides the configured one.
    mail_url: Option<String>,
    /// From the environment; goes before the configured file.
    pub mail_password: Option<String>,
}

impl Home {
    /// Reads the configuration and the tables of the home at `path`.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn open(path: &Path, database_url: Option<&str>, mail_url: Option<&str>) -> Result<Home, Failure> {
        let config = Config::of_home(path).map_err(usage)?;
        let database_url = database_url.unwrap_or(&config.database_url).to_owned();
        let model = model_in_order(path).map_err(usage)?;
        let (path, mail_url) = (path.to_owned(), mail_url.map(str::to_owned));
        Ok(Home { path, config, model, database_url, mail_url, mail_password: None })
    }

    /// Logs in to the mail server by this password.
    #[must_use]
    pub fn with_mail_password(self, mail_password: Option<String>) -> Home {
        Home { mail_password, ..self }
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

    /// Writes figures for command lines: in English, in the home's currency and zone.
    pub fn format(&self) -> Format {
        let zone = self.config.zone();
        Format::new(&Locale::english(), &self.config.currency.code, zone.iana_name().unwrap_or("UTC"))
            .calling(&self.model.titles())
    }

    /// The database, which must be there and up to date.
    ///
    /// # Errors
    /// If it is not.
    pub fn store(&self) -> Result<Store, Failure> {
        let store = Store::open_existing(&self.database_url()).map_err(database_failure)?;
        store.check_schema(&self.model).map_err(broke)?;
        store.check_currency(&self.config.currency).map_err(database_failure)?;
        Ok(store)
    }

    fn follow(&self) -> Follow {
        if self.config.kpis.follow_files { Follow::Files } else { Follow::Commands }
    }

    /// The KPIs to list and show. Needs no database; if there is one, it knows the versions in force of files that are
    /// not in order.
    ///
    /// # Errors
    /// If the database is there and fails.
    pub fn catalog(&self) -> Result<Catalog, Failure> {
        let store = Store::open_existing(&self.database_url())
            .and_then(|store| store.check_schema(&self.model).map(|()| store));
        match store {
            Ok(store) => self.catalog_beside(Some(&store)),
            Err(StoreError::MissingFile { .. } | StoreError::SchemaBehind { .. } | StoreError::TablesBehind { .. }) => {
                self.catalog_beside(None)
            }
            Err(error) => {
                note(format_args!("{error}\nWhat follows is what the files say, whether it is in force or not."));
                self.catalog_beside(None)
            }
        }
    }

    /// The KPIs to compute with where nothing is stored: those of the home's files as far as they are in order, unless
    /// they came into force by command only, or somebody went back to earlier ones.
    ///
    /// # Errors
    /// If the database fails.
    pub fn catalog_in_force(&self, store: &Store) -> Result<Catalog, Failure> {
        self.catalog_beside(Some(store))
    }

    /// The KPIs that can be in force; says which files cannot.
    fn catalog_beside(&self, store: Option<&Store>) -> Result<Catalog, Failure> {
        let (catalog, problems) = catalog_for(&self.path, store, self.follow()).map_err(activation_failure)?;
        say_problems(&problems);
        Ok(catalog)
    }

    /// The KPIs in force, for callers that store what they compute, or that keep running while files change.
    ///
    /// # Errors
    /// If the database fails.
    pub fn live(&self, store: &Store, clock: Clock) -> Result<Arc<Live>, Failure> {
        let now = Arc::new(move || clock.now().as_second());
        Live::start(&self.path, store.clone(), now, self.follow()).map(Arc::new).map_err(activation_failure)
    }
}

/// Says on standard error which KPI files wait, and why; the answer does without them.
pub fn say_problems(problems: &[Problem]) {
    for Problem { file, message } in problems {
        say_problem(&in_home(file), message);
    }
}

/// The same of one file, by its name relative to the home.
pub fn say_problem(file: &str, message: &str) {
    note(format_args!("{file} is not in order and waits:\n{message}\n"));
}

/// Checks that the folder exists, for all commands that do not create it.
///
/// # Errors
/// If there is no such folder, with a hint.
pub fn check_folder(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Ok(());
    }
    let path = path.display();
    Err(usage(anyhow!("there is no folder {path}: check --home, or make a home there with `pegel init {path}`")))
}

/// Files that are not in order are wrong usage; a database that does not answer broke.
pub fn activation_failure(error: ActivationError) -> Failure {
    match error {
        ActivationError::Catalog(error) => usage(error),
        error => broke(error),
    }
}

/// A URL that leads to no database is wrong usage; a database that does not answer broke.
pub fn database_failure(error: StoreError) -> Failure {
    match error {
        StoreError::UnknownScheme { .. }
        | StoreError::MalformedUrl { .. }
        | StoreError::MissingFolder { .. }
        | StoreError::MissingFile { .. }
        | StoreError::OtherCurrency { .. } => usage(error),
        _ => broke(error),
    }
}
