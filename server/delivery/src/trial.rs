//! The conversation with a mail server, told step by step: what the server says, and for what fails, what is wrong and
//! what to change. It goes the way that mails go.

use crate::login::offered_by;
use crate::mail::Mail;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::server::{Security, Server};
use crate::settings::Auth;
use crate::smtp::{Connection, Letter, Smtp, TIMEOUT, hand_in, name_recipient, name_sender};
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::extension::Extension;
use pegel_text::clean::one_line;
use rustls::CertificateError;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

/// No greeting is longer, in bytes (RFC 5321, 4.5.3.1.5).
const LONGEST_LINE: u64 = 512;

/// A step of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Resolve,
    Connect,
    Encrypt,
    /// Each says who they are (EHLO).
    Greet,
    LogIn,
    Sender,
    Recipient,
    /// The mail itself.
    Data,
}

impl Stage {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Resolve => "resolve",
            Stage::Connect => "connect",
            Stage::Encrypt => "TLS",
            Stage::Greet => "EHLO",
            Stage::LogIn => "AUTH",
            Stage::Sender => "MAIL FROM",
            Stage::Recipient => "RCPT TO",
            Stage::Data => "DATA",
        }
    }
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the server said, or what went wrong on the way to it.
    pub said: String,
    /// What it means, and what to change.
    pub advice: String,
}

/// What became of a step: what the server said to it.
pub type Outcome = Result<String, Failure>;

/// Talks to a server until something fails, and tells each step as it ends. With `dry`, it ends before the mail is handed
/// in. Whether all went well.
///
/// # Errors
/// If there is no mail that could be sent.
pub fn walk(smtp: &Smtp, mail: &Mail, dry: bool, tell: &mut dyn FnMut(Stage, &Outcome)) -> Result<bool, Refusal> {
    let letter = smtp.letter(mail).map_err(Refusal::permanent)?;
    let mut trial = Trial { smtp, tell };
    Ok(trial.talk(&letter, dry).is_some())
}

/// What is not wrong, but mails may come to grief by it.
pub fn remarks(smtp: &Smtp, mail: &Mail) -> Vec<String> {
    let mut remarks = Vec::new();
    let from = mail.from.email.domain();
    let Server { security, is_here, greeting, host, .. } = &smtp.server;
    if *security == Security::Clear && !is_here {
        remarks.push(format!(
            "mails go to {host} in clear, since the URL says tls=none: everybody on the way can read them"
        ));
    }
    if from == "localhost" {
        remarks.push(format!(
            "the sender is {}, which is nobody outside this machine, and many servers refuse it: set from in [mail]",
            mail.from.email
        ));
    }
    match &smtp.dkim {
        None => remarks.push(
            "no DKIM is configured: unless the mail server signs mails itself, many servers take them for spam; see \
             [mail.dkim] in config/pegel.toml"
                .to_owned(),
        ),
        Some(dkim) if !is_within(from, &dkim.domain) => remarks.push(format!(
            "DKIM signs for {}, but the sender is of {from}: for DMARC, it should sign for {from} or a domain above it",
            dkim.domain
        )),
        Some(_) => {}
    }
    let envelope = smtp.letter(mail).ok().and_then(|letter| letter.from);
    if let Some(envelope) = envelope.filter(|envelope| !envelope.domain().eq_ignore_ascii_case(from)) {
        remarks.push(format!(
            "the sender is of {from}, the envelope sender of {}: SPF then speaks for the latter alone, and for DMARC, mails \
             must be signed by DKIM for {from}",
            envelope.domain()
        ));
    }
    let greeting = greeting.to_string();
    if !is_here && !greeting.contains('.') && !greeting.starts_with('[') {
        remarks.push(format!(
            "we say EHLO {greeting}, which is no full name, and some servers refuse it: write one behind the host of the URL, \
             as smtp://{host}/pegel.example.com"
        ));
    }
    remarks
}

/// Whether a domain is another or below it.
fn is_within(domain: &str, other: &str) -> bool {
    let (domain, other) = (domain.to_ascii_lowercase(), other.to_ascii_lowercase());
    domain == other || domain.ends_with(&format!(".{other}"))
}

struct Trial<'a> {
    smtp: &'a Smtp,
    tell: &'a mut dyn FnMut(Stage, &Outcome),
}

impl Trial<'_> {
    /// `None` as soon as a step fails.
    fn talk(&mut self, letter: &Letter, dry: bool) -> Option<()> {
        let smtp = self.smtp;
        let addresses = self.step(Stage::Resolve, resolved(&smtp.server))?;
        self.say(Stage::Resolve, &listed(&addresses));
        let greeted = self.step(Stage::Connect, reached(&smtp.server, &addresses))?;
        self.say(Stage::Connect, &greeted);
        let mut connection = self.opened()?;
        if smtp.server.security != Security::Wrapper {
            let encrypted = smtp.encrypt(&mut connection.0);
            self.step(Stage::Encrypt, encrypted)?;
            self.say(Stage::Encrypt, &encryption(&connection.0, &smtp.server));
        }
        let logged_in = smtp.log_in(&mut connection.0);
        let said = self.step(Stage::LogIn, logged_in)?;
        self.say(Stage::LogIn, said.as_deref().unwrap_or("nobody logs in, since no user is configured"));
        let said = self.step(Stage::Sender, name_sender(&mut connection.0, letter))?;
        let from = letter.from.as_ref().map(ToString::to_string).unwrap_or_default();
        self.say(Stage::Sender, &format!("{from}: {said}"));
        for recipient in &letter.to {
            let said = self.step(Stage::Recipient, name_recipient(&mut connection.0, recipient))?;
            self.say(Stage::Recipient, &format!("{recipient}: {said}"));
        }
        if !dry {
            let said = self.step(Stage::Data, hand_in(&mut connection.0, letter))?;
            self.say(Stage::Data, &said);
        }
        Some(())
    }

    /// A connection on which each said who they are.
    fn opened(&mut self) -> Option<Connection> {
        let Server { security, greeting, .. } = &self.smtp.server;
        let opened = self.smtp.open();
        // Whoever wants TLS from the start says nothing before.
        let in_tls = *security == Security::Wrapper && opened.as_ref().is_err_and(|problem| problem.status().is_none());
        let connection = self.step(if in_tls { Stage::Encrypt } else { Stage::Greet }, opened)?;
        if *security == Security::Wrapper {
            self.say(Stage::Encrypt, &encryption(&connection.0, &self.smtp.server));
        }
        self.say(Stage::Greet, &format!("we are {greeting}; {}", offer(&connection.0)));
        Some(connection)
    }

    fn say(&mut self, stage: Stage, said: &str) {
        (self.tell)(stage, &Ok(one_line(said).into_owned()));
    }

    /// What a step gave; tells why, if that is nothing.
    fn step<T>(&mut self, stage: Stage, outcome: Result<T, Problem>) -> Option<T> {
        match outcome {
            Ok(given) => Some(given),
            Err(problem) => {
                let said = one_line(&problem.to_string()).into_owned();
                (self.tell)(stage, &Err(Failure { said, advice: advice(stage, &problem, self.smtp) }));
                None
            }
        }
    }
}

fn resolved(server: &Server) -> Result<Vec<SocketAddr>, Problem> {
    let addresses: Vec<_> = (server.host.as_str(), server.port).to_socket_addrs().map_err(Problem::Network)?.collect();
    if addresses.is_empty() { Err(Problem::Network(io::ErrorKind::NotFound.into())) } else { Ok(addresses) }
}

fn listed(addresses: &[SocketAddr]) -> String {
    let mut addresses: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    addresses.dedup();
    addresses.join(", ")
}

/// Connects once only to see who is there, since the library tells neither that nor the greeting. Who wants TLS from the
/// start greets nobody before.
fn reached(server: &Server, addresses: &[SocketAddr]) -> Result<String, Problem> {
    let mut failed = io::ErrorKind::NotFound.into();
    for address in addresses {
        match TcpStream::connect_timeout(address, TIMEOUT) {
            Ok(_) if server.security == Security::Wrapper => return Ok(address.to_string()),
            Ok(stream) => return Ok(format!("{address}: {}", greeting(&stream)?)),
            Err(error) => failed = error,
        }
    }
    Err(Problem::Network(failed))
}

fn greeting(mut stream: &TcpStream) -> Result<String, Problem> {
    stream.set_read_timeout(Some(TIMEOUT)).map_err(Problem::Network)?;
    let mut line = Vec::new();
    let read = BufReader::new(stream.take(LONGEST_LINE)).read_until(b'\n', &mut line);
    let line = String::from_utf8_lossy(&line);
    let line = one_line(line.trim_end());
    match read {
        Ok(_) if line.starts_with("220") => {
            // Whether it hears this changes nothing.
            let _ = stream.write_all(b"QUIT\r\n");
            Ok(line.into_owned())
        }
        Ok(_) if line.is_empty() => Err(Problem::Greeting("it says nothing and hangs up".to_owned())),
        Ok(_) => Err(Problem::Greeting(line.into_owned())),
        Err(error) => Err(Problem::Greeting(error.to_string())),
    }
}

fn encryption(connection: &SmtpConnection, server: &Server) -> String {
    if connection.is_encrypted() {
        return format!("encrypted; the certificate is trusted, and made out for {}", server.host);
    }
    match server.security {
        Security::Clear if server.is_here => "none: the server is on this machine".to_owned(),
        Security::Clear => "none, since the URL says tls=none".to_owned(),
        _ => "none: the server offers no STARTTLS".to_owned(),
    }
}

/// Who a server says it is, and what it offers of what matters here.
fn offer(connection: &SmtpConnection) -> String {
    let info = connection.server_info();
    let known = [Extension::StartTls, Extension::EightBitMime, Extension::SmtpUtfEight];
    let offered = known.into_iter().filter(|extension| info.supports_feature(*extension));
    let logins = offered_by(connection).into_iter().map(Extension::Authentication);
    let offered: Vec<String> = offered.chain(logins).map(|extension| extension.to_string()).collect();
    let offered = if offered.is_empty() { "nothing that matters here".to_owned() } else { offered.join(", ") };
    format!("the server is {} and offers {offered}", info.name())
}

/// What a failure means, and what to change.
fn advice(stage: Stage, problem: &Problem, smtp: &Smtp) -> String {
    let Server { host, port, greeting, .. } = &smtp.server;
    match (stage, problem) {
        (Stage::Resolve, _) => format!(
            "no address is known for {host}: check the host in the mail URL, and whether this machine can ask a name server"
        ),
        (Stage::Connect, Problem::Network(error)) => unreachable(error, *port),
        (Stage::Connect, _) => format!(
            "something else than a mail server listens on port {port}, or one that wants TLS from the start: then write \
             smtps://{host}"
        ),
        (_, Problem::NoStartTls) => format!(
            "the server encrypts nothing on port {port}: ask for another one, such as 587, or write smtps://{host}; in a \
             network that you trust, ?tls=none sends in clear, but no password"
        ),
        (_, Problem::NoSecretInClear) => format!(
            "the server encrypts nothing on port {port}, or somebody in between takes that away: write \
             smtps://{host}, or leave user and password out"
        ),
        (Stage::Encrypt | Stage::Greet, problem) if problem.tls().is_some() => {
            problem.tls().map_or(String::new(), |error| tls_advice(error, host, *port))
        }
        (Stage::Encrypt, _) => {
            format!("the server breaks off: check whether port {port} is the one for this way to encrypt")
        }
        (Stage::Greet, _) => format!(
            "the server does not take us for {greeting}: write the full name of this machine behind the host of the mail \
             URL, as smtp://{host}/pegel.example.com, or ask who runs the server to let us in"
        ),
        (Stage::LogIn, problem) => login_advice(problem, smtp),
        (_, Problem::NoSmtpUtf8) => {
            "write the address in the letters a to z, or send by a server that takes others".to_owned()
        }
        (Stage::Sender | Stage::Recipient, problem) if wants_login(problem, smtp) => {
            format!("the server at {host} wants us to log in: set user, and PEGEL_MAIL_PASSWORD or password_file")
        }
        (Stage::Sender, _) => {
            "the server does not let us send in this name: set from, or envelope_from, to an address that \
                               belongs to the user who logs in, or have it allowed there"
                .to_owned()
        }
        (Stage::Recipient, problem) => recipient_advice(problem),
        (Stage::Data, _) => {
            "the server does not want this mail: what it says is all that can be known; often it takes it \
                             for spam, or wants it signed (DKIM)"
                .to_owned()
        }
    }
}

fn unreachable(error: &io::Error, port: u16) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!(
            "nobody listens on port {port}: check host and port in the mail URL (587 with STARTTLS, 465 with smtps://, 25 \
             in clear), and whether the server runs"
        ),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => format!(
            "nobody answers on port {port}: mostly a firewall; many networks close port 25, and leave 587 and 465 open"
        ),
        _ => "the network does not lead there: check this machine's connection, and host and port in the mail URL"
            .to_owned(),
    }
}

fn tls_advice(error: &rustls::Error, host: &str, port: u16) -> String {
    use CertificateError as Certificate;
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return match error {
            rustls::Error::InvalidMessage(_) => format!(
                "port {port} does not speak TLS from the start: write smtp://{host} for STARTTLS, or the port for smtps://, \
                 mostly 465"
            ),
            _ => "server and we find no way to encrypt that both know: it may be too old for TLS 1.2".to_owned(),
        };
    };
    match certificate {
        Certificate::UnknownIssuer => {
            "nobody whom this machine trusts has signed the server's certificate: if it is of a CA of your own, name that \
             CA's certificate (PEM) as ca_file in [mail]"
                .to_owned()
        }
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => format!(
            "the certificate is made out for another name than {host}: write the name that it is made out for as the host \
             of the mail URL, or have one made for {host}"
        ),
        Certificate::Expired | Certificate::ExpiredContext { .. } => {
            "the certificate has run out: who runs the server must renew it; or this machine's clock is wrong".to_owned()
        }
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
            "the certificate is not valid yet: this machine's clock is wrong, or the server's was when it was made".to_owned()
        }
        _ => "the certificate does not do: who runs the server should have another one made by a CA, of which ca_file in \
              [mail] names the certificate where it is one of your own"
            .to_owned(),
    }
}

fn login_advice(problem: &Problem, smtp: &Smtp) -> String {
    let by_token = smtp.login.as_ref().is_some_and(|login| login.auth == Some(Auth::Xoauth2));
    match problem {
        Problem::NoMechanism { .. } => {
            "set auth to one that the server offers (plain, login or xoauth2), or leave user and password out where it wants \
             none"
                .to_owned()
        }
        Problem::Secret(_) => "write it there, readable for Pegel alone, or name another file in config/pegel.toml".to_owned(),
        Problem::Login(_) if by_token => "the server does not take the token: it has expired, or is for another user or \
                                          purpose; have whatever writes token_file write a fresh one"
            .to_owned(),
        _ => "the server does not take user and password: check user, and the password in PEGEL_MAIL_PASSWORD, \
              password_file or the mail URL (where the last goes before the others); some providers want a password made for \
              programs"
            .to_owned(),
    }
}

/// Whether the server waits for us to log in, and we do not.
fn wants_login(problem: &Problem, smtp: &Smtp) -> bool {
    let says_so = problem.to_string().to_lowercase().contains("authenti");
    smtp.login.is_none() && (problem.status() == Some(530) || says_so)
}

fn recipient_advice(problem: &Problem) -> String {
    match problem.status() {
        Some(400..500) => {
            "the server says later, as many do to who is new to them: mails are tried again by themselves; try this once more \
             in some minutes"
                .to_owned()
        }
        _ if problem.forbids() => {
            "the server takes no mails from us to others: log in (user and password), or have it relay for this machine"
                .to_owned()
        }
        _ => "the server does not take mails to this recipient: check the address".to_owned(),
    }
}
