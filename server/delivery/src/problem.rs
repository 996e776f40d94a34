//! Why a step of the conversation with a mail server failed.

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Response;
use pegel_text::clean::one_line;
use std::error::Error;
use std::io;

/// Why a step of the conversation with a mail server failed. No text holds a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The server said no, or the connection broke.
    #[error("{0}")]
    Conversation(#[from] SmtpError),
    #[error("{0}")]
    Network(io::Error),
    /// What came instead of a greeting.
    #[error("it does not greet as a mail server does: {0}")]
    Greeting(String),
    #[error("it does not offer STARTTLS, and without it nothing is sent there")]
    NoStartTls,
    #[error("it does not offer STARTTLS, and no password is sent in clear")]
    NoSecretInClear,
    #[error("it offers no {wanted} to log in, but {offered}")]
    NoMechanism { wanted: String, offered: String },
    /// The password or token cannot be read.
    #[error("{0}")]
    Secret(String),
    /// The server lets us not in; without what it repeats of the password.
    #[error("{0}")]
    Login(String),
    #[error("takes no address with letters beyond a to z before the @ (it does not offer SMTPUTF8)")]
    NoSmtpUtf8,
    #[error("odd answer to a whole mail: {0}")]
    Odd(String),
}

impl Problem {
    /// What TLS finds wrong, if that is it.
    pub(crate) fn tls(&self) -> Option<&rustls::Error> {
        let Problem::Conversation(error) = self else { return None };
        let network = error.source()?.downcast_ref::<io::Error>()?;
        network.get_ref()?.downcast_ref()
    }

    /// The status code of the server's answer, if it answered.
    pub(crate) fn status(&self) -> Option<u16> {
        let Problem::Conversation(error) = self else { return None };
        error.status().map(u16::from)
    }

    /// Whether the server speaks of what it allows (5.7.x, RFC 3463).
    pub(crate) fn forbids(&self) -> bool {
        let Problem::Conversation(error) = self else { return false };
        error.source().is_some_and(|text| text.to_string().starts_with("5.7."))
    }
}

/// A response as the server wrote it, on one line: `250 2.0.0 Ok: queued as 4F1`.
pub(crate) fn written(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(format!("{} {}", response.code(), lines.join(" ")).trim_end()).into_owned()
}
