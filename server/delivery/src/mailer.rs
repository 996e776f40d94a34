//! Where mails go: an SMTP server, a folder of `.eml` files, or memory.

use crate::DeliveryError;
use crate::mail::Mail;
use crate::refusal::{Refusal, RefusalKind};
use crate::settings::Settings;
use crate::smtp::{Connection, Smtp};
use crate::whole::write_whole;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where mails go.
#[derive(Debug, Clone)]
pub enum Mailer {
    Smtp(Box<Smtp>),
    /// Into a folder, one file per Message-ID: a repeated mail replaces its file.
    Folder(PathBuf),
    /// Kept, in the order in which they came.
    Memory(Arc<Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// `smtp://[USER:PASSWORD@]HOST[:PORT]`, by STARTTLS, or in clear to this machine, unless `?tls=required`,
    /// `?tls=opportunistic` or `?tls=none` says otherwise; `smtps://…` for TLS from the start; `folder:PATH`, relative to
    /// `home`. A path after the host is the name to say in EHLO. The settings are for servers.
    ///
    /// # Errors
    /// If it is none of these, or the settings do not do for it.
    pub fn from_url(url: &str, home: &Path, settings: &Settings) -> Result<Mailer, DeliveryError> {
        // The text itself is never quoted: it may hold a password.
        let scheme = url.split(':').next().unwrap_or_default();
        match (scheme, url.strip_prefix("folder:")) {
            (_, Some("")) => Err(DeliveryError::MailerUrl { problem: "folder: names no folder".to_owned() }),
            (_, Some(path)) => Ok(Mailer::Folder(home.join(path))),
            ("smtp" | "smtps", None) => Ok(Mailer::Smtp(Box::new(Smtp::new(url, settings)?))),
            _ if url.contains(':') => Err(DeliveryError::MailerScheme { scheme: format!("{scheme}:") }),
            _ => Err(DeliveryError::MailerUrl {
                problem: "it has no scheme; write smtp://HOST or folder:PATH".to_owned(),
            }),
        }
    }

    /// Begins to hand over mails.
    pub fn session(&self) -> Session<'_> {
        Session { mailer: self, connection: None }
    }
}

/// Hands over mails, one after the other; ends when it is dropped.
pub struct Session<'a> {
    mailer: &'a Mailer,
    /// To the mail server, once there is one.
    connection: Option<Connection>,
}

impl Session<'_> {
    /// Hands a mail over; returns the answer of the server, or where the folder keeps it.
    ///
    /// # Errors
    /// If it was not taken.
    pub fn hand_over(&mut self, mail: &Mail) -> Result<String, Refusal> {
        match self.mailer {
            Mailer::Smtp(smtp) => smtp.hand_over(mail, &mut self.connection),
            Mailer::Folder(folder) => {
                let bytes = formatted(mail)?;
                let path = folder.join(file_name(&mail.message_id));
                write_whole(folder, &path, &bytes).map_err(|error| {
                    let problem = DeliveryError::Folder { folder: folder.clone(), problem: error.to_string() };
                    Refusal::new(RefusalKind::Unreachable, problem)
                })?;
                Ok(path.display().to_string())
            }
            Mailer::Memory(mails) => {
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                Ok("kept in memory".to_owned())
            }
        }
    }
}

fn formatted(mail: &Mail) -> Result<Vec<u8>, Refusal> {
    Ok(mail.message().map_err(Refusal::permanent)?.formatted())
}

/// The file of a mail, named after the part before the `@` of its Message-ID.
fn file_name(message_id: &str) -> String {
    let local = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let name: String =
        local.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    // No name begins with a dot: it would be hidden, or be a folder.
    format!("{}.eml", name.trim_start_matches('.'))
}
