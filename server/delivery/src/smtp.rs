//! The conversation with an SMTP server. It goes step by step, since the meaning of a refusal depends on when it comes:
//! before the first recipient is named it concerns us, after that only this mail.

use crate::DeliveryError;
use crate::mail::Mail;
use crate::refusal::{Refusal, RefusalKind};
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use lettre::transport::smtp::{Error as SmtpError, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use pegel_text::clean::one_line;
use percent_encoding::percent_decode_str;
use std::error::Error as _;
use std::fmt::Display;
use std::time::Duration;
use url::Url;

/// How long one step of the conversation may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An SMTP server, and how to talk to it.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    /// What to say in EHLO.
    name: ClientId,
    /// Without user and password, for messages.
    server: String,
}

/// When the conversation is encrypted.
#[derive(Clone)]
enum Security {
    /// Never.
    Clear,
    /// From STARTTLS on, if the server offers it.
    Opportunistic(TlsParameters),
    /// From STARTTLS on, or not at all.
    Required(TlsParameters),
    /// From the start.
    Wrapper(TlsParameters),
}

impl Smtp {
    /// Reads `smtp://` and `smtps://` URLs as [`crate::Mailer::from_url`] describes them.
    ///
    /// # Errors
    /// If it cannot be used; the message never holds the URL, which may hold a password.
    pub(crate) fn from_url(text: &str) -> Result<Smtp, DeliveryError> {
        let problem = |problem: String| DeliveryError::MailerUrl { problem };
        // Such a URL would be split in the wrong place, and a part of the password be taken for the host.
        if text.contains('#') || text.matches('@').count() > 1 {
            return Err(problem("write the characters @ : / ? # of a password as %40 %3A %2F %3F %23".to_owned()));
        }
        let url = Url::parse(text).map_err(|error| problem(error.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| problem("it names no host".to_owned()))?.to_owned();
        let credentials = credentials(&url).map_err(|what| problem(format!("{what} for {host}")))?;
        let tls = || TlsParameters::new(host.clone()).map_err(|error| problem(error.to_string()));
        let (security, usual_port) = match (url.scheme(), tls_option(&url).map_err(problem)?.as_deref()) {
            ("smtps", _) => (Security::Wrapper(tls()?), SUBMISSIONS_PORT),
            (_, Some("required")) => (Security::Required(tls()?), SUBMISSION_PORT),
            (_, Some(_)) => (Security::Opportunistic(tls()?), SUBMISSION_PORT),
            (_, None) => (Security::Clear, SMTP_PORT),
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let server = format!("{}://{host}{port}", url.scheme());
        if credentials.is_some() && matches!(security, Security::Clear) {
            tracing::warn!(
                server,
                "the password goes to the mail server unencrypted; add ?tls=required or write smtps://"
            );
        }
        let name = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Smtp { port: url.port().unwrap_or(usual_port), host, security, credentials, name, server })
    }

    /// Hands a mail over; the server's answer. Where the mail before was taken, its connection is still there: to log in
    /// for each takes longer than the mail itself.
    ///
    /// # Errors
    /// If it was not taken.
    pub(crate) fn hand_over(&self, mail: &Mail, kept: &mut Option<Connection>) -> Result<String, Refusal> {
        let message = mail.message().map_err(Refusal::permanent)?;
        let content = String::from_utf8(message.formatted()).map_err(|error| Refusal::permanent(error.to_string()))?;
        let mut connection = self.begun(kept.take(), message.envelope())?;
        let response = self.send(&mut connection.0, message.envelope().to(), &Content(&content))?;
        *kept = Some(connection);
        Ok(written(&response))
    }

    /// A connection on which the sender was named: the one that is there, or another if the server is done with that. It
    /// may have closed it, or take only so many mails over one.
    fn begun(&self, kept: Option<Connection>, envelope: &Envelope) -> Result<Connection, Refusal> {
        if let Some(mut kept) = kept
            && self.begin(&mut kept.0, envelope).is_ok()
        {
            return Ok(kept);
        }
        let connected = self.connect().map_err(|error| self.refusal(RefusalKind::Unreachable, &error))?;
        let mut connection = Connection(connected);
        self.begin(&mut connection.0, envelope)?;
        Ok(connection)
    }

    fn connect(&self) -> Result<SmtpConnection, SmtpError> {
        let wrapper = match &self.security {
            Security::Wrapper(tls) => Some(tls),
            _ => None,
        };
        // A literal IPv6 address stands in brackets in a URL, and without them in an address.
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let mut connection = SmtpConnection::connect((host, self.port), Some(TIMEOUT), &self.name, wrapper, None)?;
        match &self.security {
            Security::Required(tls) => connection.starttls(tls, &self.name)?,
            Security::Opportunistic(tls) if connection.can_starttls() => connection.starttls(tls, &self.name)?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials)?;
        }
        Ok(connection)
    }

    /// Names the sender. A server that does not want it wants none of our mails.
    fn begin(&self, connection: &mut SmtpConnection, envelope: &Envelope) -> Result<(), Refusal> {
        let mut options = Vec::new();
        if !envelope.from().into_iter().chain(envelope.to()).all(|address| address.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let lacks = "takes no address with letters beyond a to z before the @ (it does not offer SMTPUTF8)";
                // Another server may.
                return Err(Refusal { kind: RefusalKind::Transient, answer: format!("{} {lacks}", self.server) });
            }
            // Then the headers hold such letters as well.
            options = vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)];
        }
        let named = connection.command(MailFrom::new(envelope.from().cloned(), options));
        named.map(drop).map_err(|error| self.refusal(RefusalKind::Unreachable, &error))
    }

    fn send(&self, connection: &mut SmtpConnection, to: &[Address], content: &Content) -> Result<Response, Refusal> {
        let refused = |error: SmtpError| self.refusal(kind_of(&error), &error);
        for recipient in to {
            connection.command(Rcpt::new(recipient.clone(), Vec::new())).map_err(refused)?;
        }
        connection.command(Data).map_err(refused)?;
        let response = connection.command(content).map_err(refused)?;
        // The library takes a 3xx for success; here it asks for more, and there is no more.
        if response.code().severity != Severity::PositiveCompletion {
            let answer = format!("{}: odd answer to a whole mail: {}", self.server, written(&response));
            return Err(Refusal { kind: RefusalKind::Transient, answer });
        }
        Ok(response)
    }

    fn refusal(&self, kind: RefusalKind, error: &SmtpError) -> Refusal {
        Refusal { kind, answer: one_line(&format!("{}: {error}", self.server)).into_owned() }
    }
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
pub(crate) struct Connection(SmtpConnection);

impl Drop for Connection {
    fn drop(&mut self) {
        // What the server says to QUIT changes nothing.
        self.0.abort();
    }
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

/// User and password of a URL; what is wrong with them.
fn credentials(url: &Url) -> Result<Option<Credentials>, &'static str> {
    let decoded =
        |text| percent_decode_str(text).decode_utf8().map_err(|_| "it names a user or password that is not UTF-8");
    match url.password() {
        Some(password) => {
            Ok(Some(Credentials::new(decoded(url.username())?.into_owned(), decoded(password)?.into_owned())))
        }
        None if url.username().is_empty() => Ok(None),
        None => Err("it names a user but no password"),
    }
}

/// `required` or `opportunistic`.
fn tls_option(url: &Url) -> Result<Option<String>, String> {
    let mut tls = None;
    for (option, value) in url.query_pairs() {
        let known = option == "tls" && matches!(&*value, "required" | "opportunistic") && url.scheme() == "smtp";
        if !known {
            let hint = "the only options are smtp://…?tls=required and ?tls=opportunistic";
            // Its value may be a password.
            return Err(format!("the option “{option}” is unknown or has an unknown value; {hint}"));
        }
        tls = Some(value.into_owned());
    }
    Ok(tls)
}

/// A response as the server wrote it, on one line: `250 2.0.0 Ok: queued as 4F1`.
fn written(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(format!("{} {}", response.code(), lines.join(" ")).trim_end()).into_owned()
}

/// What an error means that comes after the sender was accepted. A 5xx concerns the mail, with exceptions that concern
/// us: 500 to 504 (commands), 530 to 538 (login, RFC 4954), and 5.7.x (who may send here, RFC 3463), since many servers
/// wait for the first recipient before they say so. 421 means that the server is closing.
fn kind_of(error: &SmtpError) -> RefusalKind {
    let forbids = error.source().is_some_and(|text| text.to_string().starts_with("5.7."));
    match error.status().map(u16::from) {
        Some(421 | 500..=504 | 530..=538) | None => RefusalKind::Unreachable,
        Some(550..=554) if forbids => RefusalKind::Unreachable,
        Some(_) if error.is_permanent() => RefusalKind::Permanent,
        Some(_) => RefusalKind::Transient,
    }
}
