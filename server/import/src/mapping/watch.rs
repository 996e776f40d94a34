//! `[watch]`: a folder whose files a running server imports by the mapping.

use super::Pattern;
use super::file::WatchSection;
use super::text::Text;
use crate::error::ImportError;
use jiff::SignedDuration;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;

/// How long a file must have been left alone, unless the mapping says otherwise.
const UNCHANGED_FOR: Duration = Duration::from_secs(10);

/// A folder that is watched for files.
#[derive(Debug)]
pub struct Watch {
    /// As the mapping names it: relative to the home, or absolute.
    pub folder: PathBuf,
    /// The names of the files that are meant; `None`: all.
    pattern: Option<Pattern>,
    /// How long a file must have been left alone before it counts as complete.
    pub unchanged_for: Duration,
}

impl Watch {
    /// Whether a file of that name is meant.
    pub fn fits(&self, name: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.fits(name))
    }
}

pub(super) fn watch(place: &Text, section: WatchSection) -> Result<Watch, ImportError> {
    let WatchSection { folder, pattern, unchanged_for } = section;
    if folder.as_ref().trim().is_empty() {
        return Err(place.error(folder.span(), "[watch] names no folder: write one such as folder = \"in/crm\""));
    }
    let unchanged_for = unchanged_for.map_or(Ok(UNCHANGED_FOR), |text| duration(place, &text))?;
    Ok(Watch { folder: PathBuf::from(folder.into_inner()), pattern, unchanged_for })
}

fn duration(place: &Text, text: &Spanned<String>) -> Result<Duration, ImportError> {
    let duration = text.as_ref().parse::<SignedDuration>().ok();
    let duration = duration.filter(SignedDuration::is_positive).and_then(|duration| duration.try_into().ok());
    let message = || format!("“{text}” is not a length of time: write 10s, 5m or 1h");
    duration.ok_or_else(|| place.error(text.span(), message()))
}
