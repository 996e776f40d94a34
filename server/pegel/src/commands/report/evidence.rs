//! `pegel report export`, and `pegel report verify` of what it wrote.

use super::written::write_file;
use crate::ending::{Done, Ending, answer, broke, usage};
use anyhow::Context;
use pegel_report::evidence::{Evidence, write};
use pegel_report::signature::PublicKey;
use pegel_report::verify::Findings;
use pegel_store::edition::Edition;
use std::path::Path;

/// Writes an edition as one file.
pub fn export(edition: &Edition, out: &Path) -> Ending {
    let bytes = write(edition).map_err(broke)?;
    write_file(out, &bytes).map_err(broke)?;
    answer(out.display());
    Ok(Done::InOrder)
}

/// Says what of such a file is not as it was published, and what that proves.
pub fn verify(file: &Path, key: Option<&PublicKey>) -> Ending {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read")).map_err(usage)?;
    let evidence = match Evidence::read(&bytes) {
        Ok(evidence) => evidence,
        Err(error) => {
            answer(format_args!("{shown} is no exported edition, or is damaged: {error}"));
            return Ok(Done::NotInOrder);
        }
    };
    let Findings { damages, erased } = evidence.verify(key);
    for line in damages.iter().map(ToString::to_string).chain(erased.iter().map(ToString::to_string)) {
        answer(format_args!("{shown}: {line}"));
    }
    if !damages.is_empty() {
        return Ok(Done::NotInOrder);
    }
    let head = &evidence.edition.head;
    let but = if erased.is_empty() { "" } else { ", but for what was erased" };
    answer(format_args!(
        "{shown}: {} {}, revision {}, is as it was published{but}: {}",
        head.report, head.period, head.revision, head.checksum
    ));
    answer(format_args!("{shown}: {}", proved(&evidence.edition, key)));
    Ok(Done::InOrder)
}

/// What an edition in order proves.
fn proved(edition: &Edition, key: Option<&PublicKey>) -> String {
    match (key, &edition.signature) {
        (Some(_), _) => "it was signed with the key given".to_owned(),
        (None, Some(signature)) => format!(
            "it was signed with the key {}, which it brings along: this proves only that whoever holds that key made it; \
             compare it with the key of the home, or give that with --key",
            signature.signed_by
        ),
        (None, None) => "it is not signed: this proves only that its parts belong together".to_owned(),
    }
}
