//! A folder: a file for each message, for whatever picks files up.

use super::failed::Failed;
use super::message::Message;
use super::set_up::SetUp;
use crate::whole::write_whole;
use std::path::PathBuf;

/// A folder that gets a file of JSON for each message. A repeated one replaces its file.
#[derive(Debug, Clone)]
pub struct IntoFolder(pub PathBuf);

impl IntoFolder {
    pub(super) fn new(set_up: SetUp) -> Result<IntoFolder, String> {
        set_up.folder().map(IntoFolder)
    }

    /// Writes the file of a message; where it is.
    pub(super) fn hand_over(&self, message: &Message) -> Result<String, Failed> {
        let path = self.0.join(format!("{}.json", message.id));
        write_whole(&self.0, &path, message.to_json().as_bytes()).map_err(|error| {
            let said = format!("messages cannot be put into {}: {error}", self.0.display());
            Failed::unreachable(said, "create the folder, or let Pegel write to it")
        })?;
        Ok(path.display().to_string())
    }
}
