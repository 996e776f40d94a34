//! `pegel report diff`: what two stored editions say differently, and why.

use crate::ending::{Done, Ending, Failure, answer, answer_json, broke};
use pegel_report::archive::numbers;
use pegel_report::diff::{Changed, Compared, Diff, Said, Written, diff};
use pegel_report::format::Format;
use pegel_report::numbers::Numbers;
use pegel_store::edition::Edition;
use pegel_text::clean::one_line;

/// Prints a line for each number that is another one; exits with 1 if there are any.
pub fn run(old: &Edition, new: &Edition, json: bool, format: &Format) -> Ending {
    let (before, now) = (numbers_of(old)?, numbers_of(new)?);
    let old = Compared { numbers: &before, sources: &old.sources };
    let found = diff(old, Compared { numbers: &now, sources: &new.sources });
    let Diff { changes, same } = &found;
    if json {
        answer_json(&found);
    } else {
        for changed in changes {
            answer(line(changed, format));
        }
        answer(format_args!("{} of {} numbers differ", changes.len(), changes.len() + same));
    }
    Ok(if changes.is_empty() { Done::InOrder } else { Done::NotInOrder })
}

/// Those of the report itself.
fn numbers_of(edition: &Edition) -> Result<Numbers, Failure> {
    let rendition = edition.renditions.first().ok_or_else(|| broke(anyhow::anyhow!("the edition has no rendition")))?;
    numbers(rendition, &edition.labels).map_err(broke)
}

fn line(changed: &Changed, format: &Format) -> String {
    let with_status = |figure: String, said: &Option<Said>| match said {
        Some(said) => format!("{figure}, {}", format.status(said.status)),
        None => figure,
    };
    let Written { title, group, old, new, why } = changed.written(format);
    let (old, new) = (with_status(old, &changed.old), with_status(new, &changed.new));
    [title, group, old, new, why.join("; ")].map(|text| one_line(&text).into_owned()).join("\t")
}
