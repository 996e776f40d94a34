//! Channels beside mail: where the statements of editions and alerts go. A kind of channel is a file here, and a place in
//! [`Way`]; a channel is a file of the home, `config/channels/NAME.toml`.
//!
//! - [`message`]: what is handed over, and as which bytes
//! - [`webhook`], [`slack`], [`teams`], [`folder`]: a kind of channel each
//! - [`set_up`]: what a home's file says
//! - [`post`]: the conversation by HTTP; [`failed`]: why nothing was taken, and what to change
//! - `cut`: texts and lists no longer than the other side takes

mod cut;
pub mod failed;
pub mod folder;
pub mod message;
pub mod post;
pub mod set_up;
pub mod slack;
pub mod teams;
pub mod webhook;

use failed::Failed;
use folder::IntoFolder;
use jiff::Timestamp;
use message::Message;
use pegel_home::Each;
use pegel_store::outbox::Channel;
use set_up::{ChannelError, Kind, SetUp};
use slack::Slack;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use teams::Teams;
use webhook::Webhook;

/// The way to the other side: by which kind of channel, and where.
#[derive(Debug, Clone)]
pub enum Way {
    Webhook(Webhook),
    Slack(Slack),
    Teams(Teams),
    Folder(IntoFolder),
}

impl Way {
    /// The way that a file describes.
    fn of(set_up: SetUp) -> Result<Way, String> {
        Ok(match set_up.kind {
            Kind::Webhook => Way::Webhook(Webhook::new(set_up)?),
            Kind::Slack => Way::Slack(Slack(set_up.endpoint()?)),
            Kind::Teams => Way::Teams(Teams(set_up.endpoint()?)),
            Kind::Folder => Way::Folder(IntoFolder::new(set_up)?),
        })
    }

    /// How the outbox calls it.
    pub fn kind(&self) -> Channel {
        match self {
            Way::Webhook(_) => Channel::Webhook,
            Way::Slack(_) => Channel::Slack,
            Way::Teams(_) => Channel::Teams,
            Way::Folder(_) => Channel::Folder,
        }
    }

    /// Where it leads, without anything that is secret: a host, or a folder.
    ///
    /// # Errors
    /// If that lies in a file that cannot be read, or is no URL.
    pub fn leads_to(&self) -> Result<String, Failed> {
        match self {
            Way::Webhook(webhook) => webhook.endpoint.host(),
            Way::Slack(Slack(endpoint)) | Way::Teams(Teams(endpoint)) => endpoint.host(),
            Way::Folder(folder) => Ok(folder.0.display().to_string()),
        }
    }

    /// Hands a message over; what the other side answered, or where it lies.
    ///
    /// # Errors
    /// If it was not taken.
    pub fn hand_over(&self, message: &Message, now: Timestamp) -> Result<String, Failed> {
        match self {
            Way::Webhook(webhook) => webhook.hand_over(message, now),
            Way::Slack(slack) => slack.hand_over(message, now),
            Way::Teams(teams) => teams.hand_over(message, now),
            Way::Folder(folder) => folder.hand_over(message),
        }
    }
}

/// The channels of a home. Their files are read whenever one is needed, so that a changed one counts without a restart.
#[derive(Clone)]
pub struct Channels {
    /// `None`: there are none.
    home: Option<PathBuf>,
    environment: BTreeMap<String, String>,
    patience: Duration,
}

impl Channels {
    /// Where there is no home.
    pub fn none() -> Channels {
        Channels { home: None, environment: BTreeMap::new(), patience: post::PATIENCE }
    }

    /// Those of a home. The environment's `PEGEL_CHANNEL_NAME_URL` and `PEGEL_CHANNEL_NAME_SECRET` go before its files.
    pub fn of_home(home: &Path, environment: BTreeMap<String, String>) -> Channels {
        Channels { home: Some(home.to_owned()), environment, ..Channels::none() }
    }

    /// Waits for no answer for longer than that, for tests that cannot wait.
    #[must_use]
    pub fn waiting_for(self, patience: Duration) -> Channels {
        Channels { patience, ..self }
    }

    /// The channel of that name.
    ///
    /// # Errors
    /// If there is none, or its file is not in order.
    pub fn find(&self, name: &str) -> Result<Way, ChannelError> {
        let none = || ChannelError::unknown(name, &[]);
        let home = self.home.as_ref().ok_or_else(none)?;
        set_up::FOLDER.one(home, name, |entry| self.way(home, entry))
    }

    /// All by name, each with what is wrong with it.
    ///
    /// # Errors
    /// If the home's folder cannot be listed.
    pub fn all(&self) -> Result<Each<Way, ChannelError>, ChannelError> {
        let Some(home) = &self.home else { return Ok(BTreeMap::new()) };
        set_up::FOLDER.each(home, |entry| self.way(home, entry))
    }

    /// What kind of channel has that name, if it is in order.
    pub fn kind_of(&self, name: &str) -> Channel {
        self.find(name).map_or(Channel::Unknown, |way| way.kind())
    }

    /// Hands a message over to the channel of that name.
    ///
    /// # Errors
    /// If there is none, it is not in order, or the message was not taken.
    pub fn hand_over(&self, name: &str, message: &Message, now: Timestamp) -> Result<String, Failed> {
        self.find(name).map_err(Failed::not_set_up)?.hand_over(message, now)
    }

    fn way(&self, home: &Path, entry: &pegel_home::Entry) -> Result<Way, ChannelError> {
        let set_up = SetUp::read(entry, home, &self.environment, self.patience)?;
        Way::of(set_up).map_err(|problem| ChannelError::wrong(entry.stem(), 1, problem))
    }
}
