//! What an edition stores, and how its numbers are read back.

use crate::ReportError;
use crate::labels::{Names, join};
use crate::numbers::{Members, Numbers};
use crate::render::Rendered;
use pegel_kpi::time::period::Period;
use pegel_store::edition::{
    Artefact, Audience, Erasable, HTML, Label, NUMBERS, NewEdition, Rendition, SUBJECT, SourceHash, TEXT,
};
use pegel_store::packed::Packed;
use pegel_text::digest::sha256;
use pegel_text::locale::Locale;
use serde::Deserialize;

/// An edition, ready to be published; `numbers` are those of the report itself.
pub fn edition(
    numbers: &Numbers,
    period: &Period,
    renditions: Vec<Rendition>,
    labels: Vec<Label>,
    sources: Vec<SourceHash>,
) -> NewEdition {
    let instants = period.instants();
    NewEdition {
        report: numbers.report.clone(),
        title: numbers.title.in_language(Locale::or_english(&numbers.locale).language()).to_owned(),
        period: numbers.period.name.clone(),
        revision: numbers.revision,
        starts_at: instants.start,
        ends_at: instants.end,
        created_at: numbers.created_at,
        status: numbers.status.name().to_owned(),
        reason: numbers.reason.clone(),
        renditions,
        labels,
        sources,
    }
}

/// What an audience gets: what the archive shows, and, if they are mailed, the mail.
pub fn rendition(audience: Audience, numbers: &Numbers, rendered: &Rendered, is_mailed: bool) -> Rendition {
    let mut artefacts = vec![
        artefact(NUMBERS, "application/json", numbers.to_json()),
        artefact(SUBJECT, "text/plain; charset=utf-8", rendered.subject.clone()),
    ];
    if is_mailed {
        artefacts.push(artefact(HTML, "text/html; charset=utf-8", rendered.html.clone()));
        artefacts.push(artefact(TEXT, "text/plain; charset=utf-8", rendered.text.clone()));
    }
    Rendition { audience, artefacts }
}

/// An artefact with its hash.
pub fn artefact(name: &str, media_type: &str, content: impl Into<Vec<u8>>) -> Artefact {
    let bytes = content.into();
    Artefact {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: sha256(&bytes),
        content: Erasable::Kept(Packed::of(bytes)),
    }
}

/// The numbers of a stored rendition, their groups called by the labels of the edition.
///
/// # Errors
/// If they are missing, or are not the JSON of [`Numbers`].
pub fn numbers(rendition: &Rendition, labels: &[Label]) -> Result<Numbers, ReportError> {
    let stored = rendition.artefact(NUMBERS).and_then(Artefact::text);
    let mut numbers = Numbers::from_json(&stored.ok_or(ReportError::NoNumbers)?)?;
    join(&mut numbers, labels);
    Ok(numbers)
}

/// What those are called whose keys stand in the scope of a stored rendition, as far as that is known: of its numbers
/// nothing else is read.
pub fn members(rendition: &Rendition, names: &Names) -> Members {
    #[derive(Default, Deserialize)]
    struct Named {
        #[serde(default)]
        members: Members,
    }
    let stored = rendition.artefact(NUMBERS).and_then(Artefact::text);
    let Named { mut members } = stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    names.put_on(members.groups_mut());
    members
}
