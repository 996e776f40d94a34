//! How alerts are evaluated for a home: at every tick of a server, and by commands.

use crate::ending::{Failure, broke, usage};
use crate::home::Home;
use crate::post::channels;
use jiff::Timestamp;
use pegel_alert::definition::{self, AlertDefinition};
use pegel_alert::evaluate::{evaluate, failed, is_due};
use pegel_alert::{AlertError, Surroundings};
use pegel_catalog::Catalog;
use pegel_catalog::live::Live;
use pegel_delivery::mail::message_id_of_notice;
use pegel_delivery::{Channels, Letterhead, Watch};
use pegel_home::Kept;
use pegel_report::render::Templates;
use pegel_store::alerts::{Check, Evaluated};
use pegel_store::{Store, StoreError};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Evaluates the rules of one home.
pub struct Watcher {
    home: PathBuf,
    store: Store,
    live: Arc<Live>,
    templates: Arc<Kept<Templates>>,
    letterhead: Letterhead,
    channels: Channels,
    currency: String,
    base_url: Option<String>,
    /// What was wrong at the latest look, by rule, so that each is logged once.
    problems: Mutex<HashMap<String, String>>,
}

impl Watcher {
    /// For the rules of a home, with its mails' templates and what stands on them.
    pub fn new(
        home: &Home,
        store: Store,
        live: Arc<Live>,
        templates: Arc<Kept<Templates>>,
        letterhead: Letterhead,
    ) -> Watcher {
        Watcher {
            home: home.path.clone(),
            store,
            live,
            templates,
            letterhead,
            channels: channels(home),
            currency: home.config.currency.code.clone(),
            base_url: home.config.web.base_url.clone(),
            problems: Mutex::default(),
        }
    }

    /// The same with the KPIs that are in force now, for a command that ends when it has looked.
    ///
    /// # Errors
    /// If templates or KPIs are not in order, or the database fails.
    pub fn for_once(home: &Home, store: Store, letterhead: Letterhead) -> Result<Watcher, Failure> {
        let live = Live::fixed(home.catalog_in_force(&store)?, None);
        let templates = Arc::new(Templates::follow(&home.path).map_err(broke)?);
        Ok(Watcher::new(home, store, Arc::new(live), templates, letterhead))
    }

    /// What an evaluation of a rule comes to now; nothing is stored.
    ///
    /// # Errors
    /// If the rule asks for what there is not, or the data cannot be read.
    pub fn evaluate(&self, rule: &AlertDefinition, now: Timestamp) -> Result<Evaluated, AlertError> {
        let before = self.store.alert_check(&rule.name)?;
        self.evaluate_after(rule, before, self.store.newest_import()?, now)
    }

    fn evaluate_after(
        &self,
        rule: &AlertDefinition,
        before: Option<Check>,
        newest: Option<i64>,
        now: Timestamp,
    ) -> Result<Evaluated, AlertError> {
        self.surrounded(&self.live.current(), |surroundings| evaluate(rule, surroundings, (before, newest), now))
    }

    /// Calls a function with what evaluations need, KPIs as in that catalogue.
    pub fn surrounded<T>(&self, catalog: &Catalog, call: impl FnOnce(&Surroundings) -> T) -> T {
        let templates = self.templates.current();
        let message_id = |rule: &str, at: i64, text: &str, recipient: &str| {
            message_id_of_notice(rule, at, text, recipient, &self.letterhead)
        };
        call(&Surroundings {
            store: &self.store,
            catalog,
            templates: &templates.value,
            currency: &self.currency,
            base_url: self.base_url.as_deref(),
            kind_of: &|name| self.channels.kind_of(name),
            message_id: &message_id,
        })
    }

    /// Stores an evaluation; whether nobody came first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record(&self, evaluated: &Evaluated) -> Result<bool, StoreError> {
        match self.store.record_evaluation(evaluated) {
            Ok(()) => Ok(true),
            // Another server was faster, or somebody changed an alert meanwhile: the next look sees what that led to.
            Err(StoreError::Overtaken { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Evaluates a rule if that is due, and stores what comes of it.
    fn look_at(&self, rule: &AlertDefinition, newest: Option<i64>, now: Timestamp) -> Result<(), AlertError> {
        let before = self.store.alert_check(&rule.name)?;
        if !is_due(rule, &self.live.current(), before.as_ref(), newest, now) {
            return Ok(());
        }
        match self.evaluate_after(rule, before.clone(), newest, now) {
            Ok(evaluated) => {
                if self.record(&evaluated)? {
                    let (rule, notices) = (&rule.name, evaluated.notices.len());
                    if notices > 0 {
                        tracing::info!(rule, notices, "alerts are told; their mails are queued");
                    }
                }
                Ok(())
            }
            // Not at every tick again: at the next instant of its timetable.
            Err(error @ AlertError::Report(_)) => {
                self.record(&failed(rule, before, &error, now))?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Logs what is wrong with a rule, once; whether anything is.
    fn is_wrong(&self, rule: &str, looked: Result<(), AlertError>) -> bool {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let Err(error) = looked else {
            problems.remove(rule);
            return false;
        };
        let problem = error.to_string();
        if problems.get(rule) != Some(&problem) {
            tracing::error!(rule, error = problem, "an alert could not be evaluated");
            problems.insert(rule.to_owned(), problem);
        }
        true
    }
}

impl Watch for Watcher {
    fn look(&self, now: Timestamp) -> usize {
        let all = definition::all(&self.home).and_then(|all| Ok((all, self.store.newest_import()?)));
        let (all, newest) = match all {
            Ok(found) => found,
            Err(error) => return usize::from(self.is_wrong("", Err(error))),
        };
        let looked = |(name, rule): (String, Result<AlertDefinition, AlertError>)| {
            let looked = rule.and_then(|rule| self.look_at(&rule, newest, now));
            self.is_wrong(&name, looked)
        };
        all.into_iter().map(looked).filter(|is_wrong| *is_wrong).count()
    }
}

/// A rule that is wrong, or that there is not, is wrong usage.
pub fn failure(error: AlertError) -> Failure {
    match error {
        AlertError::Report(error) if !error.is_usage() => broke(error),
        AlertError::Store(error) => broke(error),
        error => usage(error),
    }
}
