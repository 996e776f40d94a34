//! An SMTP server on a real socket, whose answers the test writes. Existing server crates cannot hang up between the
//! data and the answer, which is the case that matters most here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What to answer to a command.
pub enum Answer {
    Say(&'static str),
    /// Close the connection without a word.
    HangUp,
}

/// A mail whose data arrived in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub recipients: Vec<String>,
    pub data: String,
}

pub struct SmtpServer {
    pub address: SocketAddr,
    pub received: Arc<Mutex<Vec<Received>>>,
}

/// A connection, in clear or not.
pub trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// Encrypts a connection from now on.
pub type Encrypt = Arc<dyn Fn(TcpStream) -> Box<dyn Wire> + Send + Sync>;

/// When connections are encrypted.
#[derive(Clone)]
pub enum Tls {
    Never,
    /// From STARTTLS on.
    OnDemand(Encrypt),
    FromTheStart(Encrypt),
}

/// Called with each command line, and with `.` for the end of the data; `None` stands for the usual answer.
type Script = Arc<dyn Fn(&str) -> Option<Answer> + Send + Sync>;

impl SmtpServer {
    pub fn start(script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> SmtpServer {
        SmtpServer::start_at("127.0.0.1:0".parse().unwrap(), script)
    }

    pub fn start_at(
        address: SocketAddr,
        script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static,
    ) -> SmtpServer {
        SmtpServer::serve(address, Tls::Never, script)
    }

    pub fn start_encrypted(tls: Tls, script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> SmtpServer {
        SmtpServer::serve("127.0.0.1:0".parse().unwrap(), tls, script)
    }

    fn serve(
        address: SocketAddr,
        tls: Tls,
        script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static,
    ) -> SmtpServer {
        let listener = TcpListener::bind(address).unwrap();
        let server = SmtpServer { address: listener.local_addr().unwrap(), received: Arc::default() };
        let (received, script): (_, Script) = (Arc::clone(&server.received), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (received, script, tls) = (Arc::clone(&received), Arc::clone(&script), tls.clone());
                // A client that hangs up halfway is not an error of the server.
                std::thread::spawn(move || converse(stream, &tls, &script, &received).unwrap_or_default());
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mails so far, in order of arrival.
    pub fn mails(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// An address on which nobody listens; a server may take it later.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn next_line(wire: &mut BufReader<Box<dyn Wire>>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let length = wire.read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok((length > 0).then_some(line))
}

fn say(wire: &mut BufReader<Box<dyn Wire>>, text: &str) -> std::io::Result<()> {
    wire.get_mut().write_all(format!("{text}\r\n").as_bytes())?;
    wire.get_mut().flush()
}

fn converse(stream: TcpStream, tls: &Tls, script: &Script, received: &Mutex<Vec<Received>>) -> std::io::Result<()> {
    let socket = stream.try_clone()?;
    let mut wire: BufReader<Box<dyn Wire>> = BufReader::new(match tls {
        Tls::FromTheStart(encrypt) => encrypt(stream),
        _ => Box::new(stream),
    });
    let mut is_in_clear = true;
    say(&mut wire, "220 test server")?;
    let mut recipients = Vec::new();
    while let Some(line) = next_line(&mut wire)? {
        let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match script(&line) {
            Some(Answer::HangUp) => return Ok(()),
            Some(Answer::Say(text)) => {
                say(&mut wire, text)?;
                continue;
            }
            None => {}
        }
        match (command.as_str(), tls) {
            ("EHLO", Tls::OnDemand(_)) if is_in_clear => say(&mut wire, "250-test server\r\n250 STARTTLS")?,
            ("EHLO", _) => say(&mut wire, "250-test server\r\n250 AUTH PLAIN")?,
            ("STARTTLS", Tls::OnDemand(encrypt)) => {
                say(&mut wire, "220 Go ahead")?;
                wire = BufReader::new(encrypt(socket.try_clone()?));
                is_in_clear = false;
            }
            ("MAIL", _) => {
                recipients.clear();
                say(&mut wire, "250 2.1.0 Ok")?;
            }
            ("RCPT", _) => {
                recipients.push(line.split(['<', '>']).nth(1).unwrap_or_default().to_owned());
                say(&mut wire, "250 2.1.5 Ok")?;
            }
            ("DATA", _) => {
                say(&mut wire, "354 End data with .")?;
                let mut data = String::new();
                loop {
                    // A mail without an end does not count: the client was killed.
                    let Some(line) = next_line(&mut wire)? else { return Ok(()) };
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let answer = script(".");
                let number = {
                    let mut received = received.lock().unwrap();
                    received.push(Received { recipients: recipients.clone(), data });
                    received.len()
                };
                match answer {
                    Some(Answer::HangUp) => return Ok(()),
                    Some(Answer::Say(text)) => say(&mut wire, text)?,
                    None => say(&mut wire, &format!("250 2.0.0 Ok: queued as {number}"))?,
                }
            }
            ("AUTH", _) => say(&mut wire, "235 2.7.0 Welcome")?,
            ("QUIT", _) => return say(&mut wire, "221 2.0.0 Bye"),
            _ => say(&mut wire, "502 5.5.2 Unknown command")?,
        }
    }
    Ok(())
}
