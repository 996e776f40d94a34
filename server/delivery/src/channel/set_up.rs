//! What a home says of a channel: one file `config/channels/NAME.toml`. No message quotes its values, which may be secret.

use super::post::Endpoint;
use crate::secret::Secret;
use include_dir::{Dir, include_dir};
use pegel_home::{Entry, Folder, Holds, Unknown, Unreadable};
use pegel_kpi::diagnostic::nearest;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/channels");
pub(super) const FOLDER: Folder =
    Folder { built_in: &BUILT_IN, path: "config/channels", holds: Holds::Endings(&["toml"]) };

/// Why there is no channel to hand over to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    #[error("there is no channel “{name}”: {hint}")]
    Unknown { name: String, hint: String },
    #[error("{file}, line {line}: {problem}")]
    Wrong { file: String, line: usize, problem: String },
    #[error("{0}")]
    Unreadable(String),
}

impl ChannelError {
    pub(super) fn unknown(name: &str, known: &[String]) -> ChannelError {
        let hint = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("describe it in {} (`pegel docs channels`)", file_of(name)),
        };
        ChannelError::Unknown { name: name.to_owned(), hint }
    }

    pub(super) fn wrong(name: &str, line: usize, problem: String) -> ChannelError {
        ChannelError::Wrong { file: file_of(name), line, problem }
    }
}

impl From<Unknown> for ChannelError {
    fn from(Unknown { name, known }: Unknown) -> ChannelError {
        ChannelError::unknown(&name, &known)
    }
}

impl From<Unreadable> for ChannelError {
    fn from(error: Unreadable) -> ChannelError {
        ChannelError::Unreadable(error.to_string())
    }
}

/// The name of the file that describes a channel, relative to the home.
pub fn file_of(name: &str) -> String {
    FOLDER.in_home(&format!("{name}.toml"))
}

/// The kinds of channels, as files name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Webhook,
    Slack,
    Teams,
    Folder,
}

impl Kind {
    fn named(word: &str) -> Option<Kind> {
        match word {
            "webhook" => Some(Kind::Webhook),
            "slack" => Some(Kind::Slack),
            "teams" => Some(Kind::Teams),
            "folder" => Some(Kind::Folder),
            _ => None,
        }
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: String,
    url: Option<String>,
    /// This and what follows relative to the home.
    url_file: Option<PathBuf>,
    secret_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    path: Option<PathBuf>,
}

/// What is said of a channel.
pub struct SetUp {
    pub kind: Kind,
    url: Option<Secret>,
    /// What the other side knows messages by that are ours.
    secret: Option<Secret>,
    ca_file: Option<PathBuf>,
    path: Option<PathBuf>,
    patience: Duration,
}

impl SetUp {
    /// Reads a file; what the environment says goes before it.
    pub(super) fn read(
        entry: &Entry,
        home: &Path,
        environment: &BTreeMap<String, String>,
        patience: Duration,
    ) -> Result<SetUp, ChannelError> {
        let name = entry.stem();
        let written: Written = toml::from_str(&entry.text).map_err(|error| {
            let line = error.span().map_or(1, |span| entry.text[..span.start].matches('\n').count() + 1);
            // Whoever forgets the key has written a URL where the name of a key is told.
            let quotes = error.message().contains("//");
            let problem = if quotes { "it cannot be understood: write key = \"value\"" } else { error.message() };
            ChannelError::wrong(name, line, problem.to_owned())
        })?;
        let kind = Kind::named(&written.kind).ok_or_else(|| {
            let line = entry.text.lines().position(|line| line.trim_start().starts_with("kind")).unwrap_or_default();
            let problem = "there is no such kind: write kind = \"webhook\", \"slack\", \"teams\" or \"folder\"";
            ChannelError::wrong(name, line + 1, problem.to_owned())
        })?;
        let in_home = |path: PathBuf| home.join(path);
        let said = |what: &str| environment.get(&variable(name, what)).cloned().map(Secret::Said);
        if written.url.is_some() && written.url_file.is_some() {
            return Err(ChannelError::wrong(name, 1, "it has url and url_file: write one of them".to_owned()));
        }
        let of_file = written.url.map(Secret::Said).or(written.url_file.map(in_home).map(Secret::File));
        Ok(SetUp {
            kind,
            url: said("URL").or(of_file),
            secret: said("SECRET").or(written.secret_file.map(in_home).map(Secret::File)),
            ca_file: written.ca_file.map(in_home),
            path: written.path.map(in_home),
            patience,
        })
    }

    /// Where it is posted to, of channels that need nothing else.
    pub(super) fn endpoint(self) -> Result<Endpoint, String> {
        if self.secret.is_some() {
            return Err("secret_file is for webhooks: leave it out; what is secret here is the URL".to_owned());
        }
        self.any_endpoint()
    }

    /// Where it is posted to, and by what it is signed.
    pub(super) fn signed_endpoint(mut self) -> Result<(Endpoint, Secret), String> {
        let secret = self.secret.take().ok_or(
            "a webhook is signed: name the file that holds its secret (whsec_…) as secret_file, relative to the home",
        )?;
        Ok((self.any_endpoint()?, secret))
    }

    fn any_endpoint(self) -> Result<Endpoint, String> {
        if self.path.is_some() {
            return Err("path is for kind = \"folder\": leave it out".to_owned());
        }
        let url =
            self.url.ok_or("it leads nowhere: write url = \"https://…\", or url_file = the file that holds it")?;
        Endpoint::new(url, self.ca_file, self.patience)
    }

    /// Into which folder it goes.
    pub(super) fn folder(self) -> Result<PathBuf, String> {
        if self.url.is_some() || self.secret.is_some() || self.ca_file.is_some() {
            return Err("a folder has a path, and no url, secret_file or ca_file: leave them out".to_owned());
        }
        self.path.ok_or_else(|| "it names no folder: write path = \"outbox/NAME\", relative to the home".to_owned())
    }
}

/// `PEGEL_CHANNEL_OPS_URL` for `ops`.
fn variable(name: &str, what: &str) -> String {
    format!("PEGEL_CHANNEL_{}_{what}", name.to_ascii_uppercase().replace('-', "_"))
}
