//! The manifest of an edition: what it is, the hash of all that belongs to it, and the checksum of the report's
//! previous edition. The edition's own checksum is the SHA-256 of the manifest, and so covers all that was published
//! before, too; whatever differs can be named, and be checked with no program but `sha256sum`.

use pegel_store::edition::{Artefact, Audience, Label, NewEdition, Rendition, SourceHash};
use pegel_store::publish::Seal;
use pegel_text::digest::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of the manifests that are written.
const VERSION: u32 = 2;

/// What is said of an edition, and the hashes of all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// Its form.
    pub version: u32,
    pub edition: Head,
    /// The checksum of the edition of the same report that was published before; `None` of the first.
    pub previous: Option<String>,
    pub renditions: Vec<RenditionLine>,
    pub labels: Vec<LabelLine>,
    /// In the order of kind and name.
    pub sources: Vec<SourceLine>,
}

/// The fields of an edition that its checksum covers: all but its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub report: String,
    pub title: String,
    pub period: String,
    pub revision: i32,
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_at: i64,
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenditionLine {
    /// `None` in old manifests, which did not say.
    pub audience: Option<AudienceLine>,
    /// By name.
    pub artefacts: BTreeMap<String, ArtefactLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AudienceLine {
    pub scope: String,
    pub locale: String,
    pub zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArtefactLine {
    pub media_type: String,
    /// In hex.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelLine {
    pub kind: String,
    pub group: i64,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceLine {
    pub kind: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub sha256: String,
}

/// A manifest as it was before there were renditions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldManifest {
    edition: Head,
    parts: BTreeMap<String, ArtefactLine>,
    sources: Vec<SourceLine>,
}

/// Closes an edition that is published after the one with that checksum; nobody has signed it yet.
///
/// # Panics
/// Never: what is written as JSON here has texts for keys.
pub fn seal(edition: &NewEdition, previous: Option<&str>) -> Seal {
    let NewEdition { report, title, period, revision, starts_at, ends_at, created_at, status, reason, .. } =
        edition.clone();
    let manifest = Manifest {
        version: VERSION,
        edition: Head { report, title, period, revision, starts_at, ends_at, created_at, status, reason },
        previous: previous.map(str::to_owned),
        renditions: edition.renditions.iter().map(RenditionLine::from).collect(),
        labels: edition.labels.iter().map(LabelLine::from).collect(),
        sources: edition.sources.iter().map(SourceLine::from).collect(),
    };
    let manifest = serde_json::to_string_pretty(&manifest).expect("a manifest holds nothing that JSON cannot");
    Seal { checksum: sha256(&manifest), manifest, signature: None }
}

impl Manifest {
    /// Reads a manifest of any version; `None` if it is invalid.
    pub(crate) fn read(text: &str) -> Option<Manifest> {
        let old = |_| {
            let OldManifest { edition, parts, sources } = serde_json::from_str(text).ok()?;
            let renditions = vec![RenditionLine { audience: None, artefacts: parts }];
            Some(Manifest { version: 1, edition, previous: None, renditions, labels: Vec::new(), sources })
        };
        serde_json::from_str(text).map_or_else(old, Some)
    }

    /// Whether it says which edition was published before.
    pub(crate) fn is_chained(&self) -> bool {
        self.version >= VERSION
    }
}

impl From<&Rendition> for RenditionLine {
    fn from(rendition: &Rendition) -> RenditionLine {
        let Audience { scope, locale, zone } = rendition.audience.clone();
        let line = |artefact: &Artefact| {
            let (media_type, sha256) = (artefact.media_type.clone(), artefact.sha256.clone());
            (artefact.name.clone(), ArtefactLine { media_type, sha256 })
        };
        RenditionLine {
            audience: Some(AudienceLine { scope, locale, zone }),
            artefacts: rendition.artefacts.iter().map(line).collect(),
        }
    }
}

impl From<&Label> for LabelLine {
    fn from(label: &Label) -> LabelLine {
        LabelLine { kind: label.kind.clone(), group: label.group, sha256: label.sha256.clone() }
    }
}

impl From<&SourceHash> for SourceLine {
    fn from(source: &SourceHash) -> SourceLine {
        let SourceHash { kind, name, sha256, version } = source.clone();
        SourceLine { kind, name, version, sha256 }
    }
}
