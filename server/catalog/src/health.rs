//! How the latest computation of a KPI went: when, how long it took, how many rows it read, what went wrong.
//!
//! It is noted in memory and written to the database later ([`HealthBook::write`]), so that no page waits for the lock
//! of an import.

use pegel_kpi::data::cell::Outcome;
use pegel_kpi::engine::figures::Figures;
use pegel_kpi::script::kpi::Kpi;
use pegel_store::health::Health;
use pegel_store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the health of a KPI is written at most.
const WRITE_EVERY: Duration = Duration::from_mins(1);

/// How computing one KPI went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The KPI's id.
    pub kpi: String,
    /// The time its scans and cells took. KPIs may share scans, so their times do not add up.
    pub micros: i64,
    /// In its scans.
    pub rows_read: i64,
    /// Slices of time of its measures, in all breakdowns, that were computed of these rows.
    pub slices_computed: i64,
    /// And those that had been kept.
    pub slices_kept: i64,
    /// The first error of its script.
    pub error: Option<String>,
}

impl Evaluation {
    /// How computing the figures of a KPI went.
    pub fn of(kpi: &Kpi, figures: &Figures) -> Evaluation {
        Evaluation {
            kpi: kpi.id().to_owned(),
            micros: i64::try_from(figures.cost.time.as_micros()).unwrap_or(i64::MAX),
            rows_read: whole(figures.cost.rows),
            slices_computed: whole(figures.cost.computed),
            slices_kept: whole(figures.cost.kept),
            error: first_error(figures),
        }
    }

    /// The same where it went wrong for either of two scopes, whose rows were read together.
    #[must_use]
    pub fn or(self, other: Evaluation) -> Evaluation {
        Evaluation { error: self.error.or(other.error), ..self }
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn first_error(figures: &Figures) -> Option<String> {
    let rows = figures.breakdowns.iter().flat_map(|broken| &broken.rows);
    rows.flat_map(|row| &row.cells).find_map(|cell| match &cell.outcome {
        Outcome::ScriptError { message } => Some(message.clone()),
        _ => None,
    })
}

/// What is known of the health of KPIs.
pub struct HealthBook {
    /// `None`: nothing is kept beyond this process.
    store: Option<Store>,
    entries: Mutex<HashMap<String, Entry>>,
}

/// What this process knows of one KPI.
struct Entry {
    latest: Health,
    unwritten: bool,
    written: Option<Instant>,
}

impl HealthBook {
    /// An empty one, on top of what the store knows.
    pub fn new(store: Option<Store>) -> HealthBook {
        HealthBook { store, entries: Mutex::default() }
    }

    /// Notes how computations went that ended `now` (UTC seconds). Never waits.
    pub fn note(&self, evaluations: &[Evaluation], now: i64) {
        let mut entries = self.entries();
        for evaluation in evaluations {
            let latest = Health {
                kpi: evaluation.kpi.clone(),
                evaluated_at: now,
                micros: Some(evaluation.micros),
                rows_read: Some(evaluation.rows_read),
                slices_computed: Some(evaluation.slices_computed),
                slices_kept: Some(evaluation.slices_kept),
                error: evaluation.error.clone(),
                error_at: evaluation.error.is_some().then_some(now),
            };
            let (before, written) =
                entries.remove(&evaluation.kpi).map_or((None, None), |entry| (Some(entry.latest), entry.written));
            let latest = before.map_or(latest.clone(), |before| over(before, latest));
            entries.insert(evaluation.kpi.clone(), Entry { latest, unwritten: true, written });
        }
    }

    /// How a KPI's latest computation went, in this process or another one; `None` if unknown.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of(&self, kpi: &str) -> Result<Option<Health>, StoreError> {
        let stored = self.store.as_ref().map(|store| store.health(kpi)).transpose()?.flatten();
        let noted = self.entries().get(kpi).map(|entry| entry.latest.clone());
        Ok(match (stored, noted) {
            (Some(stored), Some(noted)) if stored.evaluated_at <= noted.evaluated_at => Some(over(stored, noted)),
            (Some(stored), Some(noted)) => Some(over(noted, stored)),
            (stored, noted) => noted.or(stored),
        })
    }

    /// Writes what was noted: of each KPI once a minute, or all of it now, before the process ends.
    ///
    /// # Errors
    /// If the database fails; what was not written is written next time.
    pub fn write(&self, all: bool) -> Result<(), StoreError> {
        let Some(store) = &self.store else { return Ok(()) };
        let is_due = |entry: &Entry| all || entry.written.is_none_or(|written| written.elapsed() >= WRITE_EVERY);
        let due: Vec<Health> = {
            let entries = self.entries();
            let due = entries.values().filter(|entry| entry.unwritten && is_due(entry));
            due.map(|entry| entry.latest.clone()).collect()
        };
        if due.is_empty() {
            return Ok(());
        }
        store.record_health(&due)?;
        let mut entries = self.entries();
        for health in due {
            if let Some(entry) = entries.get_mut(&health.kpi) {
                entry.unwritten = entry.latest != health;
                entry.written = Some(Instant::now());
            }
        }
        Ok(())
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lays the later over the earlier: what was not measured now stays as it was.
fn over(earlier: Health, later: Health) -> Health {
    Health {
        kpi: later.kpi,
        evaluated_at: later.evaluated_at,
        micros: later.micros.or(earlier.micros),
        rows_read: later.rows_read.or(earlier.rows_read),
        slices_computed: later.slices_computed.or(earlier.slices_computed),
        slices_kept: later.slices_kept.or(earlier.slices_kept),
        error_at: later.error_at.or(earlier.error_at),
        error: later.error.or(earlier.error),
    }
}
