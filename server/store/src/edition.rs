//! What an edition is made of: renditions for audiences, their artefacts, the labels of groups, and what it was made
//! from.

use crate::StoreError;
use crate::packed::Packed;
use crate::schema::editions;
use diesel::prelude::*;
use pegel_kpi::data::scope::Scope;
use serde_json::Value;
use std::borrow::Cow;

/// The name of the artefact that holds the figures; all that is shown of a rendition is made from it.
pub const NUMBERS: &str = "numbers.json";
/// The name of the artefact that holds the mail's HTML.
pub const HTML: &str = "mail.html";
/// The name of the artefact that holds the mail's plain text.
pub const TEXT: &str = "mail.txt";
/// The name of the artefact that holds the mail's subject, one line.
pub const SUBJECT: &str = "subject.txt";
/// The name of the artefact that holds what is said, statement by statement; only where a channel beside mail gets it.
pub const STATEMENTS: &str = "statements.json";

/// An edition as it is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEdition {
    pub report: String,
    pub title: String,
    pub period: String,
    pub revision: i32,
    /// The period's instants, UTC seconds, without the end.
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_at: i64,
    /// The worst state in it: `unjudged`, `ok`, `warning` or `critical`.
    pub status: String,
    /// Why it was made again, in the words of who did so.
    pub reason: Option<String>,
    /// One for each audience; at least one.
    pub renditions: Vec<Rendition>,
    /// Of all groups that the figures know by id, once each.
    pub labels: Vec<Label>,
    /// What it was made from.
    pub sources: Vec<SourceHash>,
}

/// An edition as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = editions)]
pub struct EditionHead {
    pub id: i64,
    pub report: String,
    pub title: String,
    pub period: String,
    pub revision: i32,
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_at: i64,
    pub status: String,
    /// Why it was made again, in the words of who did so.
    pub reason: Option<String>,
    /// SHA-256 of the manifest, in hex.
    pub checksum: String,
}

/// An edition among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub head: EditionHead,
    /// What its mail says first; `None` if that was erased.
    pub subject: Option<String>,
}

/// What there is of a report about one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPeriod {
    /// The latest revision.
    pub latest: Listed,
    /// The revisions before it, the latest first.
    pub earlier: Vec<Listed>,
}

impl ListedPeriod {
    /// All its editions, the latest first.
    pub fn editions(&self) -> impl Iterator<Item = &Listed> {
        std::iter::once(&self.latest).chain(&self.earlier)
    }

    pub(crate) fn is_of(&self, head: &EditionHead) -> bool {
        let latest = &self.latest.head;
        (&latest.report, &latest.period) == (&head.report, &head.period)
    }
}

/// An edition with all that is stored of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    pub head: EditionHead,
    /// What the edition is, and the hashes of all that belongs to it, as JSON; empty if it is lost.
    pub manifest: String,
    /// Of the manifest; `None` if the home had no key when the edition was published.
    pub signature: Option<Signature>,
    /// In the order in which they were stored.
    pub renditions: Vec<Rendition>,
    /// Sorted by kind and group.
    pub labels: Vec<Label>,
    /// Sorted.
    pub sources: Vec<SourceHash>,
}

impl Edition {
    /// What an audience gets; `None` if the edition was not made for it.
    pub fn rendition(&self, audience: &Audience) -> Option<&Rendition> {
        self.renditions.iter().find(|rendition| rendition.audience == *audience)
    }

    /// The same, or else the one for readers who see as much in another language or zone.
    pub fn rendition_like(&self, audience: &Audience) -> Option<&Rendition> {
        let sees_as_much = |rendition: &&Rendition| rendition.audience.scope == audience.scope;
        self.rendition(audience).or_else(|| self.renditions.iter().find(sees_as_much))
    }
}

/// Who vouches for an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The Ed25519 signature of the manifest's bytes, in base64.
    pub signature: String,
    /// The public key to check it with, in base64.
    pub signed_by: String,
}

/// For whom an edition is rendered: those who may see the same, in one language and time zone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Audience {
    /// What they may see, as JSON: `{}` is everything. The same scope is the same text.
    pub scope: String,
    /// BCP 47; `und` where it is unknown.
    pub locale: String,
    /// IANA; `Etc/Unknown` where it is unknown.
    pub zone: String,
}

impl Audience {
    /// Those who may see `scope`, in that language (BCP 47) and zone (IANA).
    ///
    /// # Panics
    /// Never: a scope is lists of texts.
    pub fn new(scope: &Scope, locale: &str, zone: &str) -> Audience {
        let mut scope = serde_json::to_value(scope).expect("a scope holds nothing that JSON cannot");
        // In which order, or how often, somebody wrote a region makes no other scope.
        for list in scope.as_object_mut().into_iter().flat_map(|lists| lists.values_mut()) {
            if let Value::Array(texts) = list {
                texts.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                texts.dedup();
            }
        }
        Audience { scope: scope.to_string(), locale: locale.to_owned(), zone: zone.to_owned() }
    }
}

/// An edition as one audience gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    pub audience: Audience,
    /// In the order in which they were stored.
    pub artefacts: Vec<Artefact>,
}

impl Rendition {
    /// The artefact of that name: [`NUMBERS`], [`HTML`], …
    pub fn artefact(&self, name: &str) -> Option<&Artefact> {
        self.artefacts.iter().find(|artefact| artefact.name == name)
    }
}

/// What is kept until somebody erases it; its hash stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasable<T> {
    Kept(T),
    Erased {
        /// UTC seconds.
        at: i64,
    },
}

impl<T> Erasable<T> {
    /// What is kept; `None` if it was erased.
    pub fn kept(&self) -> Option<&T> {
        match self {
            Erasable::Kept(kept) => Some(kept),
            Erasable::Erased { .. } => None,
        }
    }

    /// What the database holds of it: something, or since when nothing.
    pub(crate) fn stored(kept: Option<T>, erased_at: Option<i64>) -> Result<Erasable<T>, StoreError> {
        match (kept, erased_at) {
            (Some(kept), None) => Ok(Erasable::Kept(kept)),
            (None, Some(at)) => Ok(Erasable::Erased { at }),
            _ => Err(StoreError::Unreadable {
                what: "the archive".to_owned(),
                reason: "something is neither kept nor erased".to_owned(),
            }),
        }
    }
}

/// One stored form of a rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    pub name: String,
    pub media_type: String,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    pub content: Erasable<Packed>,
}

impl Artefact {
    /// The text in it; `None` if it was erased or is none.
    pub fn text(&self) -> Option<String> {
        String::from_utf8(self.bytes()?.into_owned()).ok()
    }

    /// The bytes in it; `None` if they were erased.
    pub fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        self.content.kept().map(Packed::bytes)
    }
}

/// How a group is called that the figures know by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Whose groups these are: a dimension such as `partner`.
    pub kind: String,
    /// The id of the row.
    pub group: i64,
    /// SHA-256 of salt and label, one after the other, in hex.
    pub sha256: String,
    pub text: Erasable<Salted>,
}

/// A label with what keeps its hash from being guessed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted {
    /// In hex.
    pub salt: String,
    pub label: String,
}

/// The hash of what an edition was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable)]
pub struct SourceHash {
    /// `kpi`, `helper`, `template`, `import`, …
    pub kind: String,
    pub name: String,
    /// SHA-256, in hex.
    pub sha256: String,
    /// What it is called beside its hash: the number of an activation or an import, the version of the program.
    pub version: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_scope_is_the_same_audience_however_it_was_written() {
        let of = |regions: &[&str]| {
            let regions = Some(regions.iter().map(|&region| region.to_owned()).collect());
            Audience::new(&Scope { regions, ..Scope::everything() }, "de-DE", "Europe/Berlin")
        };
        assert_eq!(of(&["South", "North", "South"]), of(&["North", "South"]));
        assert_eq!(of(&["South", "North"]).scope, r#"{"regions":["North","South"]}"#);
        assert_eq!(Audience::new(&Scope::everything(), "en", "UTC").scope, "{}");
    }
}
