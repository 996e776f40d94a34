//! Checks against its manifest whether an edition is still as it was published.
//!
//! A checksum reveals damage and careless edits, but not a forger who can write to the database. Still, each checksum
//! covers the previous edition, the mails that went out carry the start of the numbers' hash, and a signature cannot be
//! made without the home's key.

use crate::labels::hash;
use crate::manifest::{ArtefactLine, AudienceLine, Head, Manifest, RenditionLine};
use crate::signature::{PublicKey, fits};
use jiff::tz::TimeZone;
use pegel_store::edition::{Artefact, Audience, Edition, Erasable, Rendition};
use pegel_text::digest::sha256;
use pegel_text::stamps::day;
use std::collections::BTreeMap;

/// What checking an edition found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What differs from what was published; empty if nothing does.
    pub damages: Vec<Damage>,
    /// What was erased, which is allowed.
    pub erased: Vec<Erasure>,
}

/// One difference from what was published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("{0} has been altered")]
    Altered(Item),
    /// Of a file of which versions are kept.
    #[error("the text that is kept of {0} has been altered")]
    Text(Item),
    #[error("the stored hash of {0} has been altered")]
    Hash(Item),
    #[error("the {1} of {0} has been altered")]
    Said(Item, &'static str),
    #[error("{0} is missing")]
    Missing(Item),
    #[error("{0} is not in the manifest")]
    Added(Item),
    #[error("the field {name} says “{stored}” instead of “{expected}”")]
    Field { name: &'static str, stored: String, expected: String },
    #[error("the manifest is missing")]
    NoManifest,
    #[error("the manifest does not match its checksum")]
    Checksum,
    #[error("the signature does not fit the manifest")]
    Signature,
    #[error("it is not signed")]
    Unsigned,
    #[error("it was signed with another key, {0}")]
    OtherKey(String),
    #[error("the previous edition, with the checksum {0}, is missing or has been altered")]
    Gap(String),
    #[error("it was published as the first edition of its report, but now another one precedes it")]
    NotFirst,
}

/// Something that was erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{item} was erased on {}", day(*.at, &TimeZone::UTC))]
pub struct Erasure {
    pub item: Item,
    /// UTC seconds.
    pub at: i64,
}

/// Something that belongs to an edition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Item {
    #[error("the rendition for {}", audience(.0))]
    Rendition(Audience),
    #[error("the artefact {name}{}", whose(.of.as_ref()))]
    Artefact {
        name: String,
        /// Where there are several renditions.
        of: Option<Audience>,
    },
    #[error("the label of the {kind} {group}")]
    Label { kind: String, group: i64 },
    #[error("the {kind} {name} that it was made from")]
    Source { kind: String, name: String },
    /// Of an edition that was exported.
    #[error("the file {0}")]
    File(String),
}

fn audience(Audience { scope, locale, zone }: &Audience) -> String {
    format!("{locale}, {zone}, {scope}")
}

fn whose(rendition: Option<&Audience>) -> String {
    rendition.map_or_else(String::new, |of| format!(" for {}", audience(of)))
}

/// An item as the manifest or the archive records it.
struct Line<'a> {
    sha256: &'a str,
    /// Another value that must match, and its name.
    more: Option<(&'static str, &'a str)>,
}

/// An item as it is stored.
struct Stored<'a> {
    line: Line<'a>,
    /// The hash of what is there; `None` where nothing but the hash is stored.
    content: Option<Erasable<String>>,
}

type Lines<'a> = BTreeMap<Item, Line<'a>>;
type Things<'a> = BTreeMap<Item, Stored<'a>>;

/// Compares a stored edition with its manifest. `before` is the checksum of the edition of the same
/// report that was published before, if there is one.
pub fn verify(edition: &Edition, before: Option<&str>) -> Findings {
    let mut findings = Findings::default();
    let damages = &mut findings.damages;
    if edition.manifest.is_empty() {
        damages.push(Damage::NoManifest);
    } else if sha256(&edition.manifest) != edition.head.checksum {
        damages.push(Damage::Checksum);
    }
    damages.extend(damage_of_signature(edition));
    let manifest = Manifest::read(&edition.manifest);
    let renditions = manifest.as_ref().map_or(0, |manifest| manifest.renditions.len());
    let several = renditions.max(edition.renditions.len()) > 1;
    let things = things(edition, several);
    if let Some(manifest) = manifest {
        damages.extend(damages_of_head(&manifest.edition, edition));
        damages.extend(damage_of_chain(&manifest, before));
        let lines = lines(&manifest, edition, several);
        damages.extend(things.iter().filter_map(|(item, stored)| damage(item, stored, lines.get(item))));
        let missing = lines.into_keys().filter(|item| !things.contains_key(item));
        damages.extend(missing.map(Damage::Missing));
    } else {
        // The hashes stored with the items are still there.
        let itself = |(item, stored): (&Item, &Stored)| damage(item, stored, Some(&stored.line));
        damages.extend(things.iter().filter_map(itself));
    }
    let erased = things.into_iter().filter_map(|(item, stored)| match stored.content {
        Some(Erasable::Erased { at }) => Some(Erasure { item, at }),
        _ => None,
    });
    findings.erased.extend(erased);
    findings
}

/// What speaks against an edition's having been published by whoever has that key.
pub fn verify_signer(edition: &Edition, key: &PublicKey) -> Option<Damage> {
    match &edition.signature {
        None => Some(Damage::Unsigned),
        Some(signature) if signature.signed_by.parse::<PublicKey>() == Ok(*key) => None,
        Some(signature) => Some(Damage::OtherKey(signature.signed_by.clone())),
    }
}

fn damage_of_signature(edition: &Edition) -> Option<Damage> {
    let signature = edition.signature.as_ref()?;
    (!fits(signature, &edition.manifest)).then_some(Damage::Signature)
}

fn damage(item: &Item, stored: &Stored, expected: Option<&Line>) -> Option<Damage> {
    let item = || item.clone();
    let Some(expected) = expected else { return Some(Damage::Added(item())) };
    if let Some(Erasable::Kept(hash)) = &stored.content
        && hash != expected.sha256
    {
        return Some(Damage::Altered(item()));
    }
    if stored.line.sha256 != expected.sha256 {
        return Some(if stored.content.is_some() { Damage::Hash(item()) } else { Damage::Said(item(), "hash") });
    }
    let said = |line: &Line| line.more.map(|(_, said)| said.to_owned());
    let what = stored.line.more.or(expected.more).map_or("note", |(what, _)| what);
    (said(&stored.line) != said(expected)).then(|| Damage::Said(item(), what))
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
        ("reason", stored.reason.clone().unwrap_or_default(), expected.reason.clone().unwrap_or_default()),
    ];
    let differs = |(_, stored, expected): &(_, String, String)| stored != expected;
    let damage = |(name, stored, expected)| Damage::Field { name, stored, expected };
    fields.into_iter().filter(differs).map(damage).collect()
}

fn damage_of_chain(manifest: &Manifest, before: Option<&str>) -> Option<Damage> {
    match (manifest.previous.as_deref(), before) {
        _ if !manifest.is_chained() => None,
        (previous, before) if previous == before => None,
        (Some(previous), _) => Some(Damage::Gap(previous.to_owned())),
        (None, _) => Some(Damage::NotFirst),
    }
}

/// All that is stored of an edition.
fn things(edition: &Edition, several: bool) -> Things<'_> {
    let mut things = BTreeMap::new();
    for Rendition { audience, artefacts } in &edition.renditions {
        things.insert(Item::Rendition(audience.clone()), Stored { line: unhashed(), content: None });
        things.extend(artefacts.iter().map(|artefact| (named(&artefact.name, audience, several), stored(artefact))));
    }
    for label in &edition.labels {
        let content = match &label.text {
            Erasable::Kept(text) => Erasable::Kept(hash(text)),
            Erasable::Erased { at } => Erasable::Erased { at: *at },
        };
        let line = Line { sha256: &label.sha256, more: None };
        let item = Item::Label { kind: label.kind.clone(), group: label.group };
        things.insert(item, Stored { line, content: Some(content) });
    }
    for source in &edition.sources {
        let item = Item::Source { kind: source.kind.clone(), name: source.name.clone() };
        let line = Line { sha256: &source.sha256, more: source.version.as_deref().map(|version| ("version", version)) };
        things.insert(item, Stored { line, content: None });
    }
    things
}

fn stored(artefact: &Artefact) -> Stored<'_> {
    let content = match &artefact.content {
        Erasable::Kept(packed) => Erasable::Kept(sha256(packed.bytes())),
        Erasable::Erased { at } => Erasable::Erased { at: *at },
    };
    let line = Line { sha256: &artefact.sha256, more: Some(("media type", &artefact.media_type)) };
    Stored { line, content: Some(content) }
}

/// All that belongs to an edition, by its manifest.
fn lines<'a>(manifest: &'a Manifest, edition: &Edition, several: bool) -> Lines<'a> {
    let mut lines = BTreeMap::new();
    for RenditionLine { audience, artefacts } in &manifest.renditions {
        let said = audience.as_ref().map(|AudienceLine { scope, locale, zone }| Audience {
            scope: scope.clone(),
            locale: locale.clone(),
            zone: zone.clone(),
        });
        // An old manifest does not name the audience; that is not damage.
        let first = || edition.renditions.first().map(|rendition| rendition.audience.clone());
        let Some(audience) = said.or_else(first) else { continue };
        let line = |(name, line): (&String, &'a ArtefactLine)| {
            let more = Some(("media type", line.media_type.as_str()));
            (named(name, &audience, several), Line { sha256: &line.sha256, more })
        };
        lines.extend(artefacts.iter().map(line));
        lines.insert(Item::Rendition(audience), unhashed());
    }
    for line in &manifest.labels {
        let item = Item::Label { kind: line.kind.clone(), group: line.group };
        lines.insert(item, Line { sha256: &line.sha256, more: None });
    }
    for line in &manifest.sources {
        let item = Item::Source { kind: line.kind.clone(), name: line.name.clone() };
        let more = line.version.as_deref().map(|version| ("version", version));
        lines.insert(item, Line { sha256: &line.sha256, more });
    }
    lines
}

/// The line of an item that can only be there or missing.
fn unhashed() -> Line<'static> {
    Line { sha256: "", more: None }
}

fn named(name: &str, audience: &Audience, several: bool) -> Item {
    Item::Artefact { name: name.to_owned(), of: several.then(|| audience.clone()) }
}

#[cfg(test)]
mod tests;
