//! `pegel kpi history`: which KPIs came into force, and when.

use super::files::file_named;
use crate::cli::Global;
use crate::ending::{Done, Ending, Failure, answer, broke, note};
use jiff::tz::TimeZone;
use pegel_catalog::files::{Files, Found};
use pegel_store::Store;
use pegel_store::versions::Activation;
use pegel_text::stamps::stamp;
use pegel_text::words::Words;
use std::collections::{BTreeMap, BTreeSet};

/// How many hex digits of a hash tell versions apart.
const SHORT: usize = 12;

/// The versions that one activation holds, by file.
type Set = BTreeMap<String, String>;

/// Lists all activations with the files that they changed; or those that changed one file, with its version.
pub fn run(of: Option<&str>, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let store = home.store()?;
    let file = of.map(|name| file(name, &home.path, &store)).transpose()?;
    let mut sets: BTreeMap<i64, Set> = BTreeMap::new();
    for held in store.held_versions(file.as_deref()).map_err(broke)? {
        sets.entry(held.activation).or_default().insert(held.file, held.sha256);
    }
    let activations = store.activations().map_err(broke)?;
    if activations.is_empty() {
        note("nothing was activated yet");
    }
    let (nothing, words) = (Set::new(), Words::english());
    for (index, activation) in activations.iter().enumerate() {
        let set = sets.get(&activation.id).unwrap_or(&nothing);
        let before = activations.get(index + 1).map(|before| sets.get(&before.id).unwrap_or(&nothing));
        let what = match &file {
            Some(file) => match version(file, set, before.unwrap_or(&nothing)) {
                Some(version) => version,
                None => continue,
            },
            None => before.map_or_else(
                || words.say("counted_files", [("count", set.len().into())]),
                |before| changes(set, before),
            ),
        };
        answer(format_args!("{}\t{what}", head(activation, &home.config.zone(), &words)));
    }
    Ok(Done::InOrder)
}

/// Finds the file. One that is neither in the home nor in force any more may still have a history.
fn file(name: &str, home: &std::path::Path, store: &Store) -> Result<String, Failure> {
    let versions = store.active_set().map_err(broke)?.map(|set| set.versions).unwrap_or_default();
    let in_force = Files::of_versions(versions);
    let found = Found::of_home(home).files;
    match file_named(name, &[&in_force, &found]) {
        Ok(file) => Ok(file),
        Err(unknown) => {
            let file = name.strip_prefix("kpis/").unwrap_or(name);
            let held = store.held_versions(Some(file)).map_err(broke)?;
            if held.is_empty() { Err(unknown) } else { Ok(file.to_owned()) }
        }
    }
}

/// Number, instant, reason, who, and note, separated by tabs.
fn head(activation: &Activation, zone: &TimeZone, words: &Words) -> String {
    let at = stamp(activation.activated_at, zone);
    let author = activation.author.as_deref().unwrap_or("–");
    let forced =
        (activation.forced_past > 0).then(|| words.say("forced_past", [("count", activation.forced_past.into())]));
    let notes: Vec<String> = activation.note.clone().into_iter().chain(forced).collect();
    let notes = if notes.is_empty() { "–".to_owned() } else { notes.join(", ") };
    format!("{}\t{at}\t{}\t{author}\t{notes}", activation.id, activation.reason.word())
}

/// The version of the file, if it has changed.
fn version(file: &str, set: &Set, before: &Set) -> Option<String> {
    match (set.get(file), before.get(file)) {
        (now, before) if now == before => None,
        (Some(sha256), _) => Some(sha256.chars().take(SHORT).collect()),
        (None, _) => Some("removed".to_owned()),
    }
}

/// `+` new, `~` changed, `-` removed.
fn changes(set: &Set, before: &Set) -> String {
    let files: BTreeSet<&String> = set.keys().chain(before.keys()).collect();
    let marks = files.into_iter().filter_map(|file| match (set.get(file), before.get(file)) {
        (now, before) if now == before => None,
        (Some(_), None) => Some(format!("+{file}")),
        (None, Some(_)) => Some(format!("-{file}")),
        _ => Some(format!("~{file}")),
    });
    let marks: Vec<String> = marks.collect();
    if marks.is_empty() { "no change".to_owned() } else { marks.join(" ") }
}
