//! The conversation with an SMTP server. It goes step by step, since the meaning of a refusal depends on when it comes:
//! before the first recipient is named it concerns us, after that only this mail.

use crate::DeliveryError;
use crate::dkim::Dkim;
use crate::login::Login;
use crate::mail::{Mail, MailError};
use crate::problem::{Problem, written};
use crate::refusal::{Refusal, RefusalKind};
use crate::secret::Secret;
use crate::server::{Security, Server};
use crate::settings::Settings;
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Severity;
use pegel_report::address;
use pegel_text::clean::one_line;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

/// How long one step of the conversation may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// An SMTP server, and how to talk to it.
#[derive(Clone)]
pub struct Smtp {
    pub(crate) server: Server,
    /// By what the conversation is encrypted, where it may be.
    tls: Option<TlsParameters>,
    pub(crate) login: Option<Login>,
    envelope_from: Option<Address>,
    pub(crate) dkim: Option<Dkim>,
}

/// A mail as it goes over the wire, and between whom.
pub(crate) struct Letter {
    pub from: Option<Address>,
    pub to: Vec<Address>,
    content: String,
}

impl Smtp {
    /// A server by its URL, as [`crate::Mailer::from_url`] describes it, and by what the configuration says beside it.
    ///
    /// # Errors
    /// If it cannot be used so; the message never holds the URL, which may hold a password, nor a secret.
    pub(crate) fn new(url: &str, settings: &Settings) -> Result<Smtp, DeliveryError> {
        let unfit = |problem| DeliveryError::MailSettings { problem };
        let server = Server::from_url(url).map_err(|problem| DeliveryError::MailerUrl { problem })?;
        let login = login(&server, settings).map_err(unfit)?;
        if server.security == Security::Clear && !server.is_here {
            in_clear(&server, login.as_ref()).map_err(unfit)?;
        }
        let tls = match server.security {
            Security::Clear => None,
            _ => Some(tls(&server.host, settings.ca_file.as_deref()).map_err(unfit)?),
        };
        let envelope_from = settings.envelope_from.as_deref().map(envelope_sender).transpose().map_err(unfit)?;
        let dkim = settings.dkim.as_ref().map(Dkim::new).transpose().map_err(unfit)?;
        Ok(Smtp { server, tls, login, envelope_from, dkim })
    }

    /// Hands a mail over; the server's answer. Where the mail before was taken, its connection is still there: to log in
    /// for each takes longer than the mail itself.
    ///
    /// # Errors
    /// If it was not taken.
    pub(crate) fn hand_over(&self, mail: &Mail, kept: &mut Option<Connection>) -> Result<String, Refusal> {
        let letter = self.letter(mail).map_err(Refusal::permanent)?;
        let mut connection = self.begun(kept.take(), &letter)?;
        let refused = |problem| self.refusal(kind_of(&problem), &problem);
        for recipient in &letter.to {
            name_recipient(&mut connection.0, recipient).map_err(refused)?;
        }
        let answer = hand_in(&mut connection.0, &letter).map_err(refused)?;
        *kept = Some(connection);
        Ok(answer)
    }

    /// A mail as it goes over the wire: signed, if it is to be. The same bytes whenever it is made.
    pub(crate) fn letter(&self, mail: &Mail) -> Result<Letter, MailError> {
        let message = mail.message()?;
        let unwritable = |problem: String| MailError::Message { problem };
        let text = String::from_utf8(message.formatted()).map_err(|error| unwritable(error.to_string()))?;
        let content = match &self.dkim {
            Some(dkim) => format!("{}{text}", dkim.header(&text, mail.date).map_err(unwritable)?),
            None => text,
        };
        let envelope: &Envelope = message.envelope();
        let from = self.envelope_from.as_ref().or(envelope.from()).cloned();
        Ok(Letter { from, to: envelope.to().to_vec(), content })
    }

    /// A connection on which the sender was named: the one that is there, or another if the server is done with that. It
    /// may have closed it, or take only so many mails over one.
    fn begun(&self, kept: Option<Connection>, letter: &Letter) -> Result<Connection, Refusal> {
        if let Some(mut kept) = kept
            && name_sender(&mut kept.0, letter).is_ok()
        {
            return Ok(kept);
        }
        let mut connection = self.connect().map_err(|problem| self.refusal(RefusalKind::Unreachable, &problem))?;
        name_sender(&mut connection.0, letter).map_err(|problem| {
            // Another server may take such addresses; one that does not want the sender wants none of our mails.
            let only_this = matches!(problem, Problem::NoSmtpUtf8);
            let kind = if only_this { RefusalKind::Transient } else { RefusalKind::Unreachable };
            self.refusal(kind, &problem)
        })?;
        Ok(connection)
    }

    fn connect(&self) -> Result<Connection, Problem> {
        let mut connection = self.open()?;
        self.encrypt(&mut connection.0)?;
        self.log_in(&mut connection.0)?;
        Ok(connection)
    }

    /// Connects, encrypted from the start where that is wanted, and says who we are.
    pub(crate) fn open(&self) -> Result<Connection, Problem> {
        let Server { host, port, security, greeting, .. } = &self.server;
        let wrapper = self.tls.as_ref().filter(|_| *security == Security::Wrapper);
        let connected = SmtpConnection::connect((host.as_str(), *port), Some(TIMEOUT), greeting, wrapper, None)?;
        Ok(Connection(connected))
    }

    /// Has the rest of the conversation encrypted, where that is wanted and it is not yet.
    pub(crate) fn encrypt(&self, connection: &mut SmtpConnection) -> Result<(), Problem> {
        let Some(tls) = self.tls.as_ref().filter(|_| !connection.is_encrypted()) else { return Ok(()) };
        match (connection.can_starttls(), self.server.security) {
            (true, _) => Ok(connection.starttls(tls, &self.server.greeting)?),
            (false, Security::Required) => Err(Problem::NoStartTls),
            (false, _) => Ok(()),
        }
    }

    /// Logs in, if anybody is to; what the server says to it.
    pub(crate) fn log_in(&self, connection: &mut SmtpConnection) -> Result<Option<String>, Problem> {
        let Some(login) = &self.login else { return Ok(None) };
        // Whoever stands in between can take STARTTLS away.
        if !connection.is_encrypted() && !self.server.is_here {
            return Err(Problem::NoSecretInClear);
        }
        login.log_in(connection).map(Some)
    }

    fn refusal(&self, kind: RefusalKind, problem: &Problem) -> Refusal {
        let between = if matches!(problem, Problem::NoSmtpUtf8) { "" } else { ":" };
        let answer = format!("{}{between} {problem}", self.server.shown);
        Refusal::new(kind, one_line(&answer))
    }
}

/// Names the sender; what the server says to it.
pub(crate) fn name_sender(connection: &mut SmtpConnection, letter: &Letter) -> Result<String, Problem> {
    let mut options = Vec::new();
    if !letter.from.iter().chain(&letter.to).all(|address| address.to_string().is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Problem::NoSmtpUtf8);
        }
        // Then the headers hold such letters as well.
        options = vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)];
    }
    Ok(written(&connection.command(MailFrom::new(letter.from.clone(), options))?))
}

/// Names a recipient; what the server says to it.
pub(crate) fn name_recipient(connection: &mut SmtpConnection, recipient: &Address) -> Result<String, Problem> {
    Ok(written(&connection.command(Rcpt::new(recipient.clone(), Vec::new()))?))
}

/// Hands the mail itself in; what the server says to it.
pub(crate) fn hand_in(connection: &mut SmtpConnection, letter: &Letter) -> Result<String, Problem> {
    connection.command(Data)?;
    let response = connection.command(Content(&letter.content))?;
    // The library takes a 3xx for success; here it asks for more, and there is no more.
    if response.code().severity != Severity::PositiveCompletion {
        return Err(Problem::Odd(written(&response)));
    }
    Ok(written(&response))
}

/// A mail as the server takes it, with its end in one piece with the rest. The library sends the end apart: on a connection
/// that was used before, it would wait until the server has acknowledged the rest, which takes 40 ms (RFC 896 and RFC
/// 1122, 4.2.3).
struct Content<'a>(&'a str);

impl Display for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A line of one dot is the end, so every dot that begins a line is doubled (RFC 5321, 4.5.2).
        let first = if self.0.starts_with('.') { "." } else { "" };
        write!(f, "{first}{}\r\n.\r\n", self.0.replace("\r\n.", "\r\n.."))
    }
}

/// A connection to a mail server, which is told when it is done with.
pub(crate) struct Connection(pub(crate) SmtpConnection);

impl Drop for Connection {
    fn drop(&mut self) {
        // What the server says to QUIT changes nothing.
        self.0.abort();
    }
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server.shown).finish_non_exhaustive()
    }
}

/// Who logs in, if anybody does. What the URL says goes before what stands beside it: it may be the URL of another server.
fn login(server: &Server, settings: &Settings) -> Result<Option<Login>, String> {
    let Settings { user, secret, auth, .. } = settings;
    let user = server.user.as_ref().or(user.as_ref());
    let secret = server.password.clone().map(Secret::Said).or(secret.clone());
    match (user, secret) {
        (Some(user), Some(secret)) => Ok(Some(Login { user: user.clone(), secret, auth: *auth })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(format!(
            "there is a user for {} but no password: set PEGEL_MAIL_PASSWORD or password_file, or token_file with auth = \
             \"xoauth2\"",
            server.host
        )),
        (None, Some(_)) => Err(format!("there is a password for {} but no user: set user", server.host)),
    }
}

/// What is said to another machine in clear can be read on the way: mails with a warning, passwords not at all.
fn in_clear(server: &Server, login: Option<&Login>) -> Result<(), String> {
    if login.is_some() {
        return Err(format!(
            "with ?tls=none the password would go to {} in clear: leave that out, or write smtps://",
            server.host
        ));
    }
    tracing::warn!(server = server.shown, "mails go to the mail server unencrypted, since the URL says tls=none");
    Ok(())
}

/// How the certificate of a host is checked: by what the system trusts, and the file.
fn tls(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let pem = pegel_home::read(path).map_err(|error| format!("ca_file: {error}"))?;
        let none = || format!("ca_file: {} holds no certificate as PEM (-----BEGIN CERTIFICATE-----)", path.display());
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(none());
        }
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(|_| none())?);
    }
    builder.build().map_err(|error| format!("no TLS with {host}: {error}"))
}

fn envelope_sender(text: &str) -> Result<Address, String> {
    let unfit = |problem| format!("envelope_from: “{text}” is not an address that bounces can go to: {problem}");
    let parsed = address::parse(text).map_err(unfit)?.email;
    if parsed.to_string().is_ascii() {
        Ok(parsed)
    } else {
        Err(unfit("not every mail server takes letters beyond a to z before the @".to_owned()))
    }
}

/// What a problem means that comes after the sender was accepted. A 5xx concerns the mail, with exceptions that concern
/// us: 500 to 504 (commands), 530 to 538 (login, RFC 4954), and 5.7.x (who may send here, RFC 3463), since many servers
/// wait for the first recipient before they say so. 421 means that the server is closing.
fn kind_of(problem: &Problem) -> RefusalKind {
    match (problem, problem.status()) {
        (Problem::Odd(_), _) => RefusalKind::Transient,
        (_, Some(421 | 500..=504 | 530..=538) | None) => RefusalKind::Unreachable,
        (_, Some(550..=554)) if problem.forbids() => RefusalKind::Unreachable,
        (_, Some(500..)) => RefusalKind::Permanent,
        (_, Some(_)) => RefusalKind::Transient,
    }
}
