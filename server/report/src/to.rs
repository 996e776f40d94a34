//! To whom something goes.

use crate::address::bare;
use serde::Serialize;

/// To whom something goes: somebody by mail, or a channel beside mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum To {
    /// `ada@example.com`, possibly with a name.
    #[serde(rename = "to")]
    Address(String),
    /// The name of a channel: that of its file, without the ending.
    #[serde(rename = "channel")]
    Channel(String),
}

impl To {
    /// The address or the name, as it was written.
    pub fn text(&self) -> &str {
        match self {
            To::Address(text) | To::Channel(text) => text,
        }
    }

    /// The address, if it is one.
    pub fn address(&self) -> Option<&str> {
        match self {
            To::Address(address) => Some(address),
            To::Channel(_) => None,
        }
    }

    /// The name of the channel, if it is one.
    pub fn channel(&self) -> Option<&str> {
        match self {
            To::Address(_) => None,
            To::Channel(name) => Some(name),
        }
    }

    /// The same however an address is written; that of a channel is the key of no address, which have no colon before
    /// their `@` outside of quotes.
    pub fn key(&self) -> String {
        match self {
            To::Address(address) => bare(address),
            To::Channel(name) => format!("channel:{name}"),
        }
    }
}

/// Whether a channel can have that name: it is a file's.
///
/// # Errors
/// What is wrong with it, with a hint.
pub fn channel_name(text: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !text.is_empty() && text.chars().all(fits) {
        return Ok(());
    }
    Err(format!(
        "“{}” is not the name of a channel: write that of its file in config/channels, without .toml, of letters, digits, - and _",
        pegel_text::clean::one_line(text)
    ))
}
