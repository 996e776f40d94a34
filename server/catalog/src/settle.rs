//! How many of the files found can be in force together.
//!
//! A broken file affects only itself: its version in force stays, or it is left out if there is none; the other changes
//! come into force, all at once. If the error shows in a file that did not change, the changed files that it depends on
//! wait instead. And as long as anything waits, no KPI is removed: a script that was renamed and broken in one go does
//! not take its KPI out of the reports.

use crate::files::{Change, Files, Found, is_helper, is_of_the_model};
use crate::load::{declared, model};
use crate::scripts::is_script;
use crate::{CatalogError, calendar, thresholds};
use pegel_home::Problem;
use pegel_kpi::data::model::Model;
use std::collections::BTreeSet;
use std::path::Path;

/// What is to be in force of the files found.
#[derive(Debug, Clone)]
pub struct Settled<T> {
    /// What was made of the files in order; `None` if what is in force stays as it is.
    pub made: Option<T>,
    /// What is wrong with the others, by file.
    pub problems: Vec<Problem>,
    /// The changed files without a problem of their own that have to wait, too.
    pub waiting: Vec<String>,
}

/// Finds the files that can be in force together with those that are; if nothing is yet, with those that come with
/// Pegel. `make` turns a set of files into what the caller wants, or says what is wrong with it.
///
/// # Errors
/// If not even the files that come with Pegel are in order.
pub fn settle<T>(
    found: &Found,
    in_force: Option<&Files>,
    make: impl Fn(Files) -> Result<T, CatalogError>,
) -> Result<Settled<T>, CatalogError> {
    let base = in_force.cloned().unwrap_or_else(Files::built_in);
    let hidden = found.files.names().chain(base.names()).filter(|name| found.hides(name));
    let mut back: BTreeSet<String> = hidden.map(str::to_owned).collect();
    let mut problems = found.unreadable.clone();
    loop {
        let files = found.files.with_those_of(&base, &back);
        if in_force == Some(&files) {
            return Ok(Settled { made: None, waiting: waiting(found, &files, &problems), problems });
        }
        let error = match make(files.clone()) {
            Ok(whole) => {
                let kept = if problems.is_empty() { Vec::new() } else { leaving(&files, &base) };
                if kept.is_empty() {
                    return Ok(Settled { made: Some(whole), waiting: waiting(found, &files, &problems), problems });
                }
                back.extend(kept);
                continue;
            }
            Err(error) => error,
        };
        let blamed = blamed(&error, &files.changes_since(&base));
        if blamed.is_empty() {
            return Err(error);
        }
        back.extend(blamed.iter().map(|problem| problem.file.clone()));
        problems.extend(blamed);
    }
}

/// The data model of a home, without what it adds in files that are not in order.
///
/// # Errors
/// If not even the tables that come with Pegel are in order.
pub fn model_in_order(home: &Path) -> Result<Model, CatalogError> {
    let settled = settle(&Found::of_home(home), None, |files| model(&files))?;
    settled.made.ok_or(CatalogError::Files(settled.problems))
}

/// Which of the changes are at fault for an error; none if nothing changed.
fn blamed(error: &CatalogError, changes: &[(&str, Change)]) -> Vec<Problem> {
    let mut own = error.problems();
    own.retain(|problem| changes.iter().any(|(name, _)| problem.file == *name));
    if !own.is_empty() {
        return own;
    }
    // The error shows in files that did not change: either what they share changed, or something they need is gone, or
    // else all changes are at fault.
    let suspicion = |(name, change): &(&str, Change)| match change {
        _ if is_helper(name) || is_of_the_model(name) || [calendar::FILE, thresholds::FILE].contains(name) => 0,
        Change::Removed => 1,
        Change::New | Change::Changed => 2,
    };
    let first = changes.iter().map(suspicion).min();
    let at_fault = changes.iter().filter(|change| Some(suspicion(change)) == first);
    at_fault.map(|(name, _)| Problem::new(*name, error)).collect()
}

/// The files of KPIs that are in `before` and not among these.
fn leaving(files: &Files, before: &Files) -> Vec<String> {
    let changes = files.changes_since(before);
    let removed = |file: &str| changes.contains(&(file, Change::Removed));
    if !changes.iter().any(|(name, change)| *change == Change::Removed && is_script(name)) {
        return Vec::new();
    }
    let now = declared(files);
    let mut gone = declared(before);
    gone.retain(|kpi| removed(&kpi.file) && now.iter().all(|other| other.id() != kpi.id()));
    gone.into_iter().map(|kpi| kpi.file).collect()
}

fn waiting(found: &Found, files: &Files, problems: &[Problem]) -> Vec<String> {
    let changes = found.files.changes_since(files).into_iter().map(|(name, _)| name);
    let waits = |name: &&str| !found.hides(name) && problems.iter().all(|problem| problem.file != **name);
    changes.filter(waits).map(str::to_owned).collect()
}
