//! An edition as one file, for those who have neither its home nor its database and want to verify it all the same: a zip
//! archive of what its manifest names, as far as it is kept.
//!
//! - `manifest.json`: the bytes that the checksum covers and the signature signs
//! - `edition.json`: checksum, signature, labels with their salts, and what was erased ([`FORM`])
//! - `audience-1/mail.html` and so on: the artefacts, by the renditions of the manifest
//!
//! That something was erased is the word of whoever exported it; all else is covered by hashes.

use crate::ReportError;
use crate::manifest::{AudienceLine, Head, Manifest, SourceLine};
use crate::pack::pack;
use crate::signature::PublicKey;
use crate::verify::{Damage, Findings, Item, verify, verify_signer};
use pegel_store::edition::{
    Artefact, Audience, Edition, EditionHead, Erasable, Label, Rendition, Salted, Signature, SourceHash,
};
use pegel_store::packed::Packed;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The name of the shape of `edition.json`.
pub const FORM: &str = "pegel.evidence.1";

const MANIFEST: &str = "manifest.json";
const RECORD: &str = "edition.json";

/// As much as such a file may unpack to, in bytes: whoever verifies it need not trust who made it.
const LARGEST: u64 = 1 << 30;

/// An edition that was read from such a file.
#[derive(Debug)]
pub struct Evidence {
    pub edition: Edition,
    /// The checksum of the edition before, as the manifest says: the file alone cannot tell whether that is still there.
    previous: Option<String>,
    /// Files that nothing names.
    extra: Vec<String>,
}

/// Why a file cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum NotEvidence {
    #[error("it is no zip archive, or a damaged one: {0}")]
    Archive(String),
    #[error("it does not list each of its files once")]
    Listed,
    #[error("it unpacks to more than {} MiB", LARGEST >> 20)]
    TooLarge,
    #[error("{0} is missing in it")]
    Missing(&'static str),
    #[error("{0} in it cannot be read")]
    Unreadable(&'static str),
    #[error("it is of the form {0}, which this version of Pegel does not know")]
    Form(String),
    #[error("it calls a group by two names")]
    TwoNames,
}

/// What is said of an edition beside its manifest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    form: String,
    checksum: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureLine>,
    labels: Vec<LabelLine>,
    erased: Vec<ErasedLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureLine {
    signature: String,
    signed_by: String,
}

#[derive(Serialize, Deserialize)]
struct LabelLine {
    kind: String,
    group: i64,
    #[serde(flatten)]
    text: LabelText,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum LabelText {
    Kept { salt: String, label: String },
    Erased { erased_at: i64 },
}

/// An artefact that was erased.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErasedLine {
    file: String,
    erased_at: i64,
}

/// Writes an edition as one file: of the same edition the same bytes.
///
/// # Errors
/// If it is more than an archive can hold.
pub fn write(edition: &Edition) -> Result<Vec<u8>, ReportError> {
    let failed = |message: String| ReportError::Form { form: "evidence", message };
    let record = serde_json::to_vec_pretty(&record(edition)).map_err(|error| failed(error.to_string()))?;
    let mut files: Vec<(String, Cow<[u8]>)> =
        vec![(MANIFEST.to_owned(), edition.manifest.as_bytes().into()), (RECORD.to_owned(), record.into())];
    for (file, artefact) in placed(edition) {
        files.extend(artefact.bytes().map(|bytes| (file, bytes)));
    }
    pack(&files, edition.head.created_at).map_err(|error| failed(error.to_string()))
}

/// The artefacts of an edition, each with the file in which it lies.
fn placed(edition: &Edition) -> impl Iterator<Item = (String, &Artefact)> {
    (1..).zip(&edition.renditions).flat_map(|(nth, rendition)| {
        rendition.artefacts.iter().map(move |artefact| (place(nth, &artefact.name), artefact))
    })
}

/// The file of an artefact of the rendition with that number, counted from 1.
fn place(nth: usize, name: &str) -> String {
    format!("audience-{nth}/{name}")
}

fn record(edition: &Edition) -> Record {
    let signature = edition.signature.clone();
    let label = |label: &Label| {
        let text = match &label.text {
            Erasable::Kept(Salted { salt, label }) => LabelText::Kept { salt: salt.clone(), label: label.clone() },
            Erasable::Erased { at } => LabelText::Erased { erased_at: *at },
        };
        LabelLine { kind: label.kind.clone(), group: label.group, text }
    };
    let erased = |(file, artefact): (String, &Artefact)| match &artefact.content {
        Erasable::Erased { at } => Some(ErasedLine { file, erased_at: *at }),
        Erasable::Kept(_) => None,
    };
    Record {
        form: FORM.to_owned(),
        checksum: edition.head.checksum.clone(),
        signature: signature.map(|Signature { signature, signed_by }| SignatureLine { signature, signed_by }),
        labels: edition.labels.iter().map(label).collect(),
        erased: placed(edition).filter_map(erased).collect(),
    }
}

impl Evidence {
    /// Reads such a file. That it can be read does not mean that it is in order.
    ///
    /// # Errors
    /// If it is none, or too damaged to tell what of it is.
    pub fn read(bytes: &[u8]) -> Result<Evidence, NotEvidence> {
        let mut files = unpack(bytes)?;
        let manifest_text = files.remove(MANIFEST).ok_or(NotEvidence::Missing(MANIFEST))?;
        let manifest_text = String::from_utf8(manifest_text).map_err(|_| NotEvidence::Unreadable(MANIFEST))?;
        let manifest = Manifest::read(&manifest_text).ok_or(NotEvidence::Unreadable(MANIFEST))?;
        let record = files.remove(RECORD).ok_or(NotEvidence::Missing(RECORD))?;
        let record: Record = serde_json::from_slice(&record).map_err(|_| NotEvidence::Unreadable(RECORD))?;
        if record.form != FORM {
            return Err(NotEvidence::Form(record.form));
        }
        let groups: BTreeSet<_> = record.labels.iter().map(|line| (&line.kind, line.group)).collect();
        if groups.len() < record.labels.len() {
            return Err(NotEvidence::TwoNames);
        }
        let erased: BTreeMap<&str, i64> =
            record.erased.iter().map(|line| (line.file.as_str(), line.erased_at)).collect();
        let renditions = renditions(&manifest, &mut files, &erased);
        let labels = record.labels.into_iter().map(|line| label(line, &manifest)).collect();
        let signature = record.signature;
        let edition = Edition {
            head: head(&manifest, record.checksum),
            signature: signature.map(|SignatureLine { signature, signed_by }| Signature { signature, signed_by }),
            renditions,
            labels,
            sources: sources(&manifest),
            manifest: manifest_text,
        };
        Ok(Evidence { edition, previous: manifest.previous, extra: files.into_keys().collect() })
    }

    /// What differs from what was published; with a key, also whether its owner published it.
    pub fn verify(&self, key: Option<&PublicKey>) -> Findings {
        let mut findings = verify(&self.edition, self.previous.as_deref());
        let extra = self.extra.iter().map(|file| Damage::Added(Item::File(file.clone())));
        findings.damages.extend(extra);
        findings.damages.extend(key.and_then(|key| verify_signer(&self.edition, key)));
        findings
    }
}

/// The files of an archive, by name.
fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, NotEvidence> {
    let failed = |error: zip::result::ZipError| NotEvidence::Archive(error.to_string());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(failed)?;
    if zip.offset() != 0 || !lists(bytes, zip.len()) {
        return Err(NotEvidence::Listed);
    }
    let (mut files, mut room) = (BTreeMap::new(), LARGEST);
    for nth in 0..zip.len() {
        let file = zip.by_index(nth).map_err(failed)?;
        let name = file.name().map_err(failed)?.into_owned();
        let mut content = Vec::new();
        // What cannot be read to its end is damaged, and its hash says so.
        let _ = file.take(room).read_to_end(&mut content);
        room = room.saturating_sub(content.len() as u64);
        if room == 0 {
            return Err(NotEvidence::TooLarge);
        }
        files.insert(name, content);
    }
    Ok(files)
}

/// Whether an archive ends by listing that many files. If it lists more, there are two of one name, of which programs
/// differ in which they show.
fn lists(bytes: &[u8], count: usize) -> bool {
    const END: usize = 22;
    let end = bytes.len().checked_sub(END).map(|at| &bytes[at..]);
    end.is_some_and(|end| {
        end.starts_with(b"PK\x05\x06") && usize::from(u16::from_le_bytes([end[10], end[11]])) == count
    })
}

fn head(manifest: &Manifest, checksum: String) -> EditionHead {
    let Head { report, title, period, revision, starts_at, ends_at, created_at, status, reason } =
        manifest.edition.clone();
    EditionHead { id: 0, report, title, period, revision, starts_at, ends_at, created_at, status, reason, checksum }
}

/// The renditions of a manifest with what there is of their artefacts, which is taken out of `files`.
fn renditions(
    manifest: &Manifest,
    files: &mut BTreeMap<String, Vec<u8>>,
    erased: &BTreeMap<&str, i64>,
) -> Vec<Rendition> {
    let mut renditions = Vec::new();
    for (nth, line) in (1..).zip(&manifest.renditions) {
        let mut artefacts = Vec::new();
        for (name, line) in &line.artefacts {
            let file = place(nth, name);
            let kept = files.remove(&file).map(|bytes| Erasable::Kept(Packed::of(bytes)));
            let content = kept.or_else(|| erased.get(file.as_str()).map(|at| Erasable::Erased { at: *at }));
            let Some(content) = content else { continue };
            let (media_type, sha256) = (line.media_type.clone(), line.sha256.clone());
            artefacts.push(Artefact { name: name.clone(), media_type, sha256, content });
        }
        renditions.push(Rendition { audience: audience(line.audience.as_ref()), artefacts });
    }
    renditions
}

/// Old manifests do not name it.
fn audience(line: Option<&AudienceLine>) -> Audience {
    line.map_or_else(
        || Audience { scope: "{}".to_owned(), locale: "und".to_owned(), zone: "Etc/Unknown".to_owned() },
        |AudienceLine { scope, locale, zone }| Audience {
            scope: scope.clone(),
            locale: locale.clone(),
            zone: zone.clone(),
        },
    )
}

fn label(line: LabelLine, manifest: &Manifest) -> Label {
    let LabelLine { kind, group, text } = line;
    let text = match text {
        LabelText::Kept { salt, label } => Erasable::Kept(Salted { salt, label }),
        LabelText::Erased { erased_at } => Erasable::Erased { at: erased_at },
    };
    let named = manifest.labels.iter().find(|line| (&line.kind, line.group) == (&kind, group));
    // One that the manifest does not name is found by its name, whatever its hash.
    let sha256 = named.map(|line| line.sha256.clone()).unwrap_or_default();
    Label { kind, group, sha256, text }
}

/// Nothing but their hashes is on record, so the manifest says all.
fn sources(manifest: &Manifest) -> Vec<SourceHash> {
    let source = |line: &SourceLine| SourceHash {
        kind: line.kind.clone(),
        name: line.name.clone(),
        sha256: line.sha256.clone(),
        version: line.version.clone(),
    };
    manifest.sources.iter().map(source).collect()
}
