//! Where mails go: an SMTP server, a folder of `.eml` files, or memory.

use crate::DeliveryError;
use crate::mail::Mail;
use lettre::transport::smtp::response::Response;
use lettre::{SmtpTransport, Transport};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// How long one step of the conversation with a mail server may take.
const SMTP_TIMEOUT: Duration = Duration::from_secs(30);

/// Where mails go.
#[derive(Debug, Clone)]
pub enum Mailer {
    Smtp(Smtp),
    /// Into a folder, one file per Message-ID: a repeated mail replaces its file.
    Folder(PathBuf),
    /// Kept, in the order in which they came.
    Memory(Arc<Mutex<Vec<Mail>>>),
}

/// An SMTP server.
#[derive(Clone)]
pub struct Smtp {
    transport: SmtpTransport,
    /// Without user and password, for messages.
    server: String,
}

/// Why a mail was not taken, with the words of the server or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    pub answer: String,
}

/// What a refusal means for this mail and for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// This mail will never be taken.
    Permanent,
    /// This mail may be taken later.
    Transient,
    /// Nobody to talk to, or nobody who lets us in: other mails would fare no better now.
    Unreachable,
}

impl Mailer {
    /// `smtp://[USER:PASSWORD@]HOST[:PORT]`, with `?tls=required` or `?tls=opportunistic` for STARTTLS; `smtps://…` for
    /// TLS from the start; `folder:PATH`, relative to `home`. A path behind the host is the name to say in EHLO.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn from_url(url: &str, home: &Path) -> Result<Mailer, DeliveryError> {
        // The text itself is never quoted: it may hold a password.
        let scheme = url.split(':').next().unwrap_or_default();
        match (scheme, url.strip_prefix("folder:")) {
            (_, Some("")) => Err(DeliveryError::MailerUrl { problem: "folder: names no folder".to_owned() }),
            (_, Some(path)) => Ok(Mailer::Folder(home.join(path))),
            ("smtp" | "smtps", None) => Ok(Mailer::Smtp(Smtp::from_url(url)?)),
            _ if url.contains(':') => Err(DeliveryError::MailerScheme { scheme: format!("{scheme}:") }),
            _ => Err(DeliveryError::MailerUrl {
                problem: "it has no scheme; write smtp://HOST or folder:PATH".to_owned(),
            }),
        }
    }

    /// Hands a mail over; the answer of the server, or where the folder keeps it.
    ///
    /// # Errors
    /// If it was not taken.
    pub fn hand_over(&self, mail: &Mail) -> Result<String, Refusal> {
        match self {
            Mailer::Smtp(smtp) => smtp.hand_over(mail),
            Mailer::Folder(folder) => {
                let bytes = formatted(mail)?;
                let path = folder.join(file_name(&mail.message_id));
                write_whole(folder, &path, &bytes).map_err(|error| {
                    let problem = DeliveryError::Folder { folder: folder.clone(), problem: error.to_string() };
                    Refusal { kind: RefusalKind::Unreachable, answer: problem.to_string() }
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

impl Smtp {
    fn from_url(text: &str) -> Result<Smtp, DeliveryError> {
        let problem = |problem: String| DeliveryError::MailerUrl { problem };
        // Such a URL would be taken apart in the wrong place, and a piece of the password be taken for the host.
        if text.contains('#') || text.matches('@').count() > 1 {
            return Err(problem("write the characters @ : / ? # of a password as %40 %3A %2F %3F %23".to_owned()));
        }
        let url = Url::parse(text).map_err(|error| problem(error.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| problem("it names no host".to_owned()))?;
        if !url.username().is_empty() && url.password().is_none() {
            return Err(problem(format!("it names a user for {host} but no password")));
        }
        for (option, value) in url.query_pairs() {
            let known = option == "tls" && (value == "required" || value == "opportunistic") && url.scheme() == "smtp";
            if !known {
                let hint = "the only options are smtp://…?tls=required and ?tls=opportunistic";
                // Its value may be a password.
                return Err(problem(format!("the option “{option}” is unknown or has an unknown value; {hint}")));
            }
        }
        let builder = SmtpTransport::from_url(text).map_err(|error| problem(error.to_string()))?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let server = format!("{}://{host}{port}", url.scheme());
        if url.password().is_some() && url.scheme() == "smtp" && url.query().is_none() {
            tracing::warn!(
                server,
                "the password goes to the mail server in clear; add ?tls=required or write smtps://"
            );
        }
        Ok(Smtp { transport: builder.timeout(Some(SMTP_TIMEOUT)).build(), server })
    }

    fn hand_over(&self, mail: &Mail) -> Result<String, Refusal> {
        let message = mail.message().map_err(permanent)?;
        match self.transport.send(&message) {
            Ok(response) => Ok(written(&response)),
            Err(error) => Err(Refusal { kind: kind_of(&error), answer: format!("{}: {error}", self.server) }),
        }
    }
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

/// A response as the server wrote it, on one line: `250 2.0.0 Ok: queued as 4F1`.
fn written(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" ")).trim_end().to_owned()
}

/// What an SMTP error means. A 5xx is about the mail, save 530 to 538 (RFC 4954), which are about our login: an admin
/// mends that, so the mail is worth another try. 421 means that the server is closing.
fn kind_of(error: &lettre::transport::smtp::Error) -> RefusalKind {
    let code = error.status().map(u16::from);
    match code {
        Some(421 | 530..=538) => RefusalKind::Unreachable,
        Some(_) if error.is_permanent() => RefusalKind::Permanent,
        Some(_) => RefusalKind::Transient,
        // The client itself refused, for instance an address that this server cannot take.
        None if error.is_client() => RefusalKind::Transient,
        None => RefusalKind::Unreachable,
    }
}

fn permanent(error: impl std::fmt::Display) -> Refusal {
    Refusal { kind: RefusalKind::Permanent, answer: error.to_string() }
}

fn formatted(mail: &Mail) -> Result<Vec<u8>, Refusal> {
    Ok(mail.message().map_err(permanent)?.formatted())
}

/// The file of a mail: what stands before the `@` of its Message-ID.
fn file_name(message_id: &str) -> String {
    let local = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let name: String =
        local.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    // No name begins with a dot: it would be hidden, or be a folder.
    format!("{}.eml", name.trim_start_matches('.'))
}

/// Writes a file so that it is there as a whole or not at all.
fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
