//! `pegel report diff`: what two stored editions say differently, and why.

use super::render::rendition;
use crate::ending::{Done, Ending, answer, answer_json, broke, note, usage};
use anyhow::anyhow;
use pegel_report::archive::numbers;
use pegel_report::diff::{ChangedFile, Compared, Diff, Written, diff};
use pegel_report::format::Format;
use pegel_report::numbers::{Changed, PeriodHead};
use pegel_store::Store;
use pegel_store::edition::Edition;
use pegel_text::clean::one_line;

/// Prints a line for each number that is another one, and the lines of the files that explain it; exits with 1 if there
/// are any.
pub fn run([old, new]: [&Edition; 2], audience: usize, json: bool, store: &Store, format: &Format) -> Ending {
    let current = rendition(new, audience)?;
    // What the reports themselves say is compared, whatever their readers see.
    let own = || old.renditions.first().filter(|_| audience == 1);
    let former = old.rendition_like(&current.audience).or_else(own);
    let former =
        former.ok_or_else(|| usage(anyhow!("edition {} was made for nobody who sees the same part", old.head.id)))?;
    let before = numbers(former, &old.labels).map_err(broke)?;
    let now = numbers(current, &new.labels).map_err(broke)?;
    if before.report != now.report {
        note(format_args!("these are editions of different reports: {} and {}", before.report, now.report));
    }
    let compared = Compared { numbers: &before, sources: &old.sources };
    let found = diff(compared, Compared { numbers: &now, sources: &new.sources });
    let found = found.with_lines(|sha256| store.version_text(sha256)).map_err(broke)?;
    let Diff { changes, same, lists, files } = &found;
    if json {
        answer_json(&found);
    } else {
        for changed in changes {
            answer(line(changed, &now.period, format));
        }
        answer(format_args!("{} of {} numbers differ", changes.len(), changes.len() + same));
        if *lists {
            answer(format.words().say("corrected_lists", []));
        }
        for ChangedFile { name, lines, .. } in files.iter().filter(|file| !file.lines.is_empty()) {
            let [old, new] = [old, new].map(|edition| edition.head.id);
            let lines = lines.trim_end_matches('\n');
            answer(format_args!("\n--- {name}\tedition {old}\n+++ {name}\tedition {new}\n{lines}"));
        }
    }
    Ok(if changes.is_empty() && !lists { Done::InOrder } else { Done::NotInOrder })
}

fn line(changed: &Changed, like: &PeriodHead, format: &Format) -> String {
    let Written { title, group, old, new, why } = changed.told(like, format);
    [title, group, old, new, why.join("; ")].map(|text| one_line(&text).into_owned()).join("\t")
}
