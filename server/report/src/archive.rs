//! What is stored of an edition, and how it is verified.
//!
//! Beside the numbers and the rendered mail, every edition has a part `manifest.json`: what is said of the edition (its
//! report, period, title, …), the SHA-256 of every other part, and the SHA-256 of every file that it was made from. The
//! edition's checksum is the SHA-256 of that manifest, and so covers all of it; whatever differs can be named, and be
//! checked with no program but `sha256sum`.
//!
//! A checksum tells damage and careless edits, not a forger who can write to the database; the mails that went out carry
//! the start of the numbers' hash.

use crate::numbers::Numbers;
use crate::render::Rendered;
use pegel_kpi::time::period::Period;
use pegel_store::archive::{Edition, NewEdition, Part, SourceHash};
use pegel_text::digest::sha256;
use pegel_text::locale::Locale;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The part with all figures as JSON: what the other parts are rendered from.
pub const NUMBERS: &str = "numbers.json";
/// The part with the mail as HTML.
pub const HTML: &str = "mail.html";
/// The part with the mail as plain text.
pub const TEXT: &str = "mail.txt";
/// The part with the mail's subject, one line.
pub const SUBJECT: &str = "subject.txt";
/// The part that says what the edition is, and the hashes of all that belongs to it.
pub const MANIFEST: &str = "manifest.json";

/// What is said of an edition, and the hashes of all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    edition: Head,
    /// By name.
    parts: BTreeMap<String, PartLine>,
    /// In the order of kind and name.
    sources: Vec<SourceLine>,
}

/// The fields of an edition that its checksum covers: all but its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    report: String,
    title: String,
    period: String,
    revision: i32,
    starts_at: i64,
    ends_at: i64,
    created_at: i64,
    status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartLine {
    media_type: String,
    /// In hex.
    sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceLine {
    kind: String,
    name: String,
    sha256: String,
}

/// Something stored that is not what was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("the part {name} is not what was stored")]
    Part { name: String },
    #[error("the hash kept with the part {name} is not its hash")]
    PartHash { name: String },
    #[error("the media type of the part {name} is not what was stored")]
    MediaType { name: String },
    #[error("the part {name} is missing")]
    PartMissing { name: String },
    #[error("the part {name} does not belong to it")]
    PartAdded { name: String },
    #[error("the field {name} says “{stored}” instead of “{expected}”")]
    Field { name: &'static str, stored: String, expected: String },
    #[error("the hash of the {kind} {name} is not what was stored")]
    Source { kind: String, name: String },
    #[error("the {kind} {name} is missing among what it was made from")]
    SourceMissing { kind: String, name: String },
    #[error("the {kind} {name} does not belong to what it was made from")]
    SourceAdded { kind: String, name: String },
    #[error("the checksum is not what was stored")]
    Checksum,
}

/// An edition as it is stored.
///
/// # Panics
/// Never: what is written as JSON here has texts for keys.
pub fn edition(numbers: &Numbers, period: &Period, rendered: &Rendered, sources: Vec<SourceHash>) -> NewEdition {
    let instants = period.instants();
    let head = Head {
        report: numbers.report.clone(),
        title: numbers.title.in_language(Locale::or_english(&numbers.locale).language()).to_owned(),
        period: numbers.period.name.clone(),
        revision: numbers.revision,
        starts_at: instants.start,
        ends_at: instants.end,
        created_at: numbers.created_at,
        status: numbers.status.name().to_owned(),
    };
    let mut parts = vec![
        part(NUMBERS, "application/json", numbers.to_json()),
        part(HTML, "text/html; charset=utf-8", rendered.html.clone()),
        part(TEXT, "text/plain; charset=utf-8", rendered.text.clone()),
        part(SUBJECT, "text/plain; charset=utf-8", rendered.subject.clone()),
    ];
    let mut lines: Vec<SourceLine> = sources.iter().map(SourceLine::from).collect();
    lines.sort();
    lines.dedup();
    let manifest = Manifest { edition: head.clone(), parts: lines_of(&parts), sources: lines };
    let manifest = serde_json::to_string_pretty(&manifest).expect("a manifest holds nothing that JSON cannot");
    let manifest = part(MANIFEST, "application/json", manifest);
    let checksum = manifest.sha256.clone();
    parts.push(manifest);
    let Head { report, title, period, revision, starts_at, ends_at, created_at, status } = head;
    NewEdition { report, title, period, revision, starts_at, ends_at, created_at, status, parts, sources, checksum }
}

/// Compares all that is stored of an edition with what was stored.
///
/// # Errors
/// Everything that differs, by name.
pub fn verify(edition: &Edition) -> Result<(), Vec<Damage>> {
    let stored = edition.parts.iter().find(|part| part.name == MANIFEST);
    let mut damages: Vec<Damage> = match stored {
        Some(part) => damage_of_manifest(part, &edition.head.checksum).into_iter().collect(),
        None => vec![Damage::PartMissing { name: MANIFEST.to_owned() }],
    };
    let manifest = stored.and_then(|part| serde_json::from_str::<Manifest>(&part.content).ok());
    if let Some(manifest) = manifest {
        damages.extend(damages_of_head(&manifest.edition, edition));
        damages.extend(damages_of_parts(&manifest.parts, &edition.parts));
        damages.extend(damages_of_sources(&manifest.sources, &edition.sources));
    } else {
        // There are still the hashes that the parts carry themselves.
        let others = edition.parts.iter().filter(|part| part.name != MANIFEST);
        damages.extend(others.filter(|part| sha256(&part.content) != part.sha256).map(damaged));
    }
    if damages.is_empty() { Ok(()) } else { Err(damages) }
}

fn part(name: &str, media_type: &str, content: String) -> Part {
    Part { name: name.to_owned(), media_type: media_type.to_owned(), sha256: sha256(&content), content }
}

fn lines_of(parts: &[Part]) -> BTreeMap<String, PartLine> {
    let line = |part: &Part| PartLine { media_type: part.media_type.clone(), sha256: part.sha256.clone() };
    parts.iter().map(|part| (part.name.clone(), line(part))).collect()
}

fn damaged(part: &Part) -> Damage {
    Damage::Part { name: part.name.clone() }
}

/// The manifest's hash is kept twice, with the part and as the checksum: two that agree outvote the third.
fn damage_of_manifest(part: &Part, checksum: &str) -> Option<Damage> {
    let expected = sha256(&part.content);
    match (part.sha256 == expected, checksum == expected) {
        (true, true) => None,
        (true, false) => Some(Damage::Checksum),
        (false, true) => Some(Damage::PartHash { name: part.name.clone() }),
        (false, false) => Some(damaged(part)),
    }
}

fn damages_of_head(expected: &Head, edition: &Edition) -> Vec<Damage> {
    let stored = &edition.head;
    let fields = [
        ("report", stored.report.clone(), expected.report.clone()),
        ("title", stored.title.clone(), expected.title.clone()),
        ("period", stored.period.clone(), expected.period.clone()),
        ("revision", stored.revision.to_string(), expected.revision.to_string()),
        ("starts_at", stored.starts_at.to_string(), expected.starts_at.to_string()),
        ("ends_at", stored.ends_at.to_string(), expected.ends_at.to_string()),
        ("created_at", stored.created_at.to_string(), expected.created_at.to_string()),
        ("status", stored.status.clone(), expected.status.clone()),
    ];
    let differs = |(_, stored, expected): &(_, String, String)| stored != expected;
    let damage = |(name, stored, expected)| Damage::Field { name, stored, expected };
    fields.into_iter().filter(differs).map(damage).collect()
}

fn damages_of_parts(expected: &BTreeMap<String, PartLine>, stored: &[Part]) -> Vec<Damage> {
    let mut damages = Vec::new();
    for part in stored.iter().filter(|part| part.name != MANIFEST) {
        let name = part.name.clone();
        match expected.get(&name) {
            None => damages.push(Damage::PartAdded { name }),
            Some(line) if sha256(&part.content) != line.sha256 => damages.push(Damage::Part { name }),
            Some(line) if part.sha256 != line.sha256 => damages.push(Damage::PartHash { name }),
            Some(line) if part.media_type != line.media_type => damages.push(Damage::MediaType { name }),
            Some(_) => {}
        }
    }
    let missing = expected.keys().filter(|name| !stored.iter().any(|part| part.name == **name));
    damages.extend(missing.map(|name| Damage::PartMissing { name: name.clone() }));
    damages
}

fn damages_of_sources(expected: &[SourceLine], stored: &[SourceHash]) -> Vec<Damage> {
    let same = |line: &SourceLine, source: &SourceHash| line.kind == source.kind && line.name == source.name;
    let mut damages = Vec::new();
    for source in stored {
        let (kind, name) = (source.kind.clone(), source.name.clone());
        match expected.iter().find(|line| same(line, source)) {
            None => damages.push(Damage::SourceAdded { kind, name }),
            Some(line) if line.sha256 != source.sha256 => damages.push(Damage::Source { kind, name }),
            Some(_) => {}
        }
    }
    let missing = expected.iter().filter(|line| !stored.iter().any(|source| same(line, source)));
    damages.extend(missing.map(|line| Damage::SourceMissing { kind: line.kind.clone(), name: line.name.clone() }));
    damages
}

impl From<&SourceHash> for SourceLine {
    fn from(source: &SourceHash) -> SourceLine {
        SourceLine { kind: source.kind.clone(), name: source.name.clone(), sha256: source.sha256.clone() }
    }
}

#[cfg(test)]
mod tests;
