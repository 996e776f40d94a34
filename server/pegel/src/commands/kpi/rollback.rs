//! `pegel kpi rollback`: back to KPIs that were in force before.

use super::files::answer_changes;
use crate::author::author;
use crate::cli::Global;
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use anyhow::anyhow;
use pegel_catalog::Catalog;
use pegel_catalog::files::{Files, Found};
use pegel_store::Store;
use pegel_store::versions::{ActiveSet, NewActivation, Reason, Recorded};
use std::collections::BTreeMap;

/// Activates an earlier set once more; the files of the home stay as they are.
pub fn run(activation: Option<i64>, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let store = home.store()?;
    let in_force = store.active_set().map_err(broke)?;
    let in_force =
        in_force.ok_or_else(|| usage(anyhow!("nothing was activated yet: `pegel kpi activate` does that")))?;
    let target = target(activation, &in_force, &store)?;
    let head = target.activation;
    let files = Files::of_versions(target.versions);
    if let Err(error) = Catalog::of(&files) {
        note(format_args!("activation {} does not load any more:\n{error}", head.id));
        return Ok(Done::NotInOrder);
    }
    answer_changes(&files, &Files::of_versions(in_force.versions));
    let new = NewActivation {
        activated_at: global.clock().now().as_second(),
        author: author(),
        reason: Reason::Rollback,
        forced_past: head.forced_past,
        // This marks the files of the home as decided about: they do not come back until one of them changes.
        files_sha256: Found::of_home(&home.path).digest(),
        note: Some(format!("to activation {}", head.id)),
        versions: files.versions(),
    };
    let (Recorded::New(id) | Recorded::There(id)) = store.activate(&new).map_err(broke)?;
    answer(format_args!("activation {id}"));
    note("the files stay as they are; when one of them changes next, they are activated");
    Ok(Done::InOrder)
}

/// The activation asked for, or else the latest with a set other than the one in force.
fn target(asked: Option<i64>, in_force: &ActiveSet, store: &Store) -> Result<ActiveSet, Failure> {
    let latest = in_force.activation.id;
    if asked == Some(latest) {
        return Err(usage(anyhow!("activation {latest} is in force")));
    }
    let id = match asked {
        Some(id) => id,
        None => before(latest, store)?
            .ok_or_else(|| usage(anyhow!("nothing else was ever in force; `pegel kpi history` lists what was")))?,
    };
    let found = store.activated_set(id).map_err(broke)?;
    found.ok_or_else(|| usage(anyhow!("there is no activation {id}; `pegel kpi history` lists them")))
}

fn before(latest: i64, store: &Store) -> Result<Option<i64>, Failure> {
    let mut sets: BTreeMap<i64, BTreeMap<String, String>> = BTreeMap::new();
    for held in store.held_versions(None).map_err(broke)? {
        sets.entry(held.activation).or_default().insert(held.file, held.sha256);
    }
    let in_force = sets.remove(&latest).unwrap_or_default();
    Ok(sets.into_iter().rev().find(|(_, set)| *set != in_force).map(|(id, _)| id))
}
