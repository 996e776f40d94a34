//! Editions in folders, and what is made of them in files.

use anyhow::Context;
use pegel_store::edition::Rendition;
use std::path::Path;

/// Writes an edition as files: its manifest, and the artefacts that were not erased.
///
/// # Errors
/// If the folder or a file cannot be written.
pub fn write_out(folder: &Path, renditions: &[Rendition], manifest: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let write = |name: &str, bytes: &[u8]| write_file(&folder.join(name), bytes);
    for (nth, rendition) in (1..).zip(renditions) {
        // What the report itself says lies on top, that of further audiences in folders of their own.
        let place = if nth > 1 { format!("audience-{nth}/") } else { String::new() };
        std::fs::create_dir_all(folder.join(&place)).with_context(|| format!("{place} cannot be made"))?;
        for artefact in &rendition.artefacts {
            artefact.bytes().map_or(Ok(()), |bytes| write(&format!("{place}{}", artefact.name), &bytes))?;
        }
    }
    write("manifest.json", manifest.as_bytes())
}

/// Writes a file.
///
/// # Errors
/// If it cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}
