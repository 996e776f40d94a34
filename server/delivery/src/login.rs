//! How a user logs in to a mail server.

use crate::problem::{Problem, written};
use crate::secret::Secret;
use crate::settings::Auth;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::Auth as AuthCommand;
use lettre::transport::smtp::response::Response;
use pegel_text::clean::one_line;

/// What a server answers that wants to hear more (RFC 4954).
const GO_ON: u16 = 334;

/// Who logs in, by what, and how.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub user: String,
    pub secret: Secret,
    /// `None`: by a password, as the server likes.
    pub auth: Option<Auth>,
}

impl Login {
    /// Logs in; what the server says to it.
    pub(crate) fn log_in(&self, connection: &mut SmtpConnection) -> Result<String, Problem> {
        let mechanism = self.mechanism(connection)?;
        let secret = self.secret.read().map_err(Problem::Secret)?;
        let credentials = Credentials::new(self.user.clone(), secret.clone());
        let answer = match mechanism {
            Mechanism::Xoauth2 => xoauth2(connection, credentials),
            mechanism => connection.auth(&[mechanism], &credentials),
        };
        // Some servers repeat what they do not understand.
        let hide = |text: &str| hidden(&one_line(text), &self.user, &secret);
        match answer {
            Ok(response) => Ok(hide(&written(&response))),
            Err(error) => Err(Problem::Login(hide(&error.to_string()))),
        }
    }

    /// The first way that both we and the server know.
    fn mechanism(&self, connection: &SmtpConnection) -> Result<Mechanism, Problem> {
        let wanted: &[Mechanism] = match self.auth {
            None => DEFAULT_MECHANISMS,
            Some(Auth::Plain) => &[Mechanism::Plain],
            Some(Auth::Login) => &[Mechanism::Login],
            Some(Auth::Xoauth2) => &[Mechanism::Xoauth2],
        };
        let offered = connection.server_info();
        offered.get_auth_mechanism(wanted).ok_or_else(|| Problem::NoMechanism {
            wanted: listed(wanted, " or "),
            offered: listed(&offered_by(connection), ", "),
        })
    }
}

/// The ways to log in that a server offers, of those that we know.
pub(crate) fn offered_by(connection: &SmtpConnection) -> Vec<Mechanism> {
    let known = [Mechanism::Plain, Mechanism::Login, Mechanism::Xoauth2];
    known.into_iter().filter(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism)).collect()
}

fn listed(mechanisms: &[Mechanism], between: &str) -> String {
    let names: Vec<String> = mechanisms.iter().map(Mechanism::to_string).collect();
    if names.is_empty() { "none that is known here".to_owned() } else { names.join(between) }
}

/// The library takes a refused token for a question that it cannot answer. It is one: the server says no only after an
/// empty answer.
fn xoauth2(connection: &mut SmtpConnection, credentials: Credentials) -> Result<Response, SmtpError> {
    let response = connection.command(AuthCommand::new(Mechanism::Xoauth2, credentials, None)?)?;
    if response.has_code(GO_ON) { connection.command("\r\n") } else { Ok(response) }
}

/// A text of the server without the secret, in whatever form it was sent.
fn hidden(text: &str, user: &str, secret: &str) -> String {
    let sent = [
        BASE64_STANDARD.encode(format!("\0{user}\0{secret}")),
        BASE64_STANDARD.encode(format!("user={user}\x01auth=Bearer {secret}\x01\x01")),
        BASE64_STANDARD.encode(secret),
        secret.to_owned(),
    ];
    sent.iter().filter(|sent| !sent.is_empty()).fold(text.to_owned(), |text, sent| text.replace(sent.as_str(), "…"))
}
