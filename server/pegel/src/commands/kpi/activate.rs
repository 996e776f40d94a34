//! `pegel kpi activate`: shows what the KPIs of the home's files change, and puts them in force.

use super::files::answer_changes;
use super::shadow;
use crate::author::author;
use crate::cli::{self, Global, Span};
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use crate::home::{Home, say_problems};
use pegel_catalog::activation::of_files;
use pegel_catalog::candidate::Candidate;
use pegel_catalog::files::{Files, Found};
use pegel_catalog::settle::settle;
use pegel_kpi::time::period::Period;
use pegel_store::Store;
use pegel_store::versions::{Activation, NewActivation, Reason, Recorded};
use pegel_text::words::Words;

/// Loads, tests, compares, activates.
pub fn run(command: &cli::Activate, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let store = home.store()?;
    let found = Found::of_home(&home.path);
    let before = store.active_set().map_err(broke)?.map(|set| (set.activation, Files::of_versions(set.versions)));
    if let Some((activation, in_force)) = &before
        && is_in_force(activation, in_force, &found)
    {
        note(format_args!("nothing to activate: the files are in force since activation {}", activation.id));
        return Ok(Done::InOrder);
    }
    let in_force = before.as_ref().map(|(_, files)| files);
    let settled = settle(&found, in_force, |files| Candidate::new(files, in_force)).map_err(usage)?;
    say_problems(&settled.problems);
    let in_order = if settled.problems.is_empty() { Done::InOrder } else { Done::NotInOrder };
    let Some(candidate) = settled.made else {
        note("nothing was activated");
        return Ok(in_order);
    };
    show(&candidate, in_force, command, &home, &store, global)?;
    if candidate.failed_tests > 0 && !is_forced(&candidate, command.force) {
        return Ok(Done::NotInOrder);
    }
    if command.dry_run {
        note("a dry run: nothing was activated");
        return Ok(in_order);
    }
    let new = NewActivation {
        author: author(),
        forced_past: i32::try_from(candidate.failed_tests).unwrap_or(i32::MAX),
        ..of_files(&candidate.files, Reason::Command, global.clock().now().as_second())
    };
    let (Recorded::New(id) | Recorded::There(id)) = store.activate(&new).map_err(broke)?;
    answer(format_args!("activation {id}"));
    Ok(in_order)
}

/// Whether the latest decision was to put these very files in force.
fn is_in_force(activation: &Activation, in_force: &Files, found: &Found) -> bool {
    *in_force == found.files && activation.files_sha256 == found.digest()
}

/// Says which files change, and how figures change with them.
fn show(
    candidate: &Candidate,
    in_force: Option<&Files>,
    command: &cli::Activate,
    home: &Home,
    store: &Store,
    global: &Global,
) -> Result<(), Failure> {
    let words = Words::english();
    let Some(in_force) = in_force else {
        note("nothing was in force before");
        answer(words.say("counted_kpis", [("count", candidate.catalog.kpis.len().into())]));
        return Ok(());
    };
    answer_changes(&candidate.files, in_force);
    let last = format!("last-{}", command.span.word());
    let last = Period::parse(&last, global.clock().now(), &home.config.zone()).map_err(broke)?;
    let periods = last.trail(usize::from(command.periods)).map_err(usage)?;
    let counted = match command.span {
        Span::Week => "weeks",
        Span::Month => "months",
        Span::Quarter => "quarters",
        Span::Year => "years",
    };
    let counted = words.say(counted, [("count", periods.len().into())]);
    shadow::run(candidate, in_force, &periods, &counted, &home.format(), store)
}

/// Says which tests fail, and whether that is overridden.
fn is_forced(candidate: &Candidate, force: bool) -> bool {
    for problem in &candidate.problems {
        note(&problem.message);
    }
    let failed = Words::english().say("tests_fail", [("count", candidate.failed_tests.into())]);
    if force {
        note(format_args!("{failed}; --force is recorded"));
    } else {
        note(format_args!("{failed}: nothing was activated"));
    }
    force
}
