//! An SMTP server on a real socket, whose answers the test writes. Existing server crates cannot hang up between the
//! data and the answer, which is the case that matters most here.

use std::io::{BufRead, BufReader, Write};
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
        let listener = TcpListener::bind(address).unwrap();
        let server = SmtpServer { address: listener.local_addr().unwrap(), received: Arc::default() };
        let (received, script): (_, Script) = (Arc::clone(&server.received), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (received, script) = (Arc::clone(&received), Arc::clone(&script));
                // A client that hangs up halfway is not an error of the server.
                std::thread::spawn(move || converse(&stream, &script, &received).unwrap_or_default());
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

fn converse(stream: &TcpStream, script: &Script, received: &Mutex<Vec<Received>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let say = |text: &str| -> std::io::Result<()> { (&mut &*stream).write_all(format!("{text}\r\n").as_bytes()) };
    say("220 test server")?;
    let mut recipients = Vec::new();
    while let Some(line) = lines.next().transpose()? {
        let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match script(&line) {
            Some(Answer::HangUp) => return Ok(()),
            Some(Answer::Say(text)) => {
                say(text)?;
                continue;
            }
            None => {}
        }
        match command.as_str() {
            "EHLO" => say("250-test server\r\n250 AUTH PLAIN")?,
            "MAIL" => {
                recipients.clear();
                say("250 2.1.0 Ok")?;
            }
            "RCPT" => {
                recipients.push(line.split(['<', '>']).nth(1).unwrap_or_default().to_owned());
                say("250 2.1.5 Ok")?;
            }
            "DATA" => {
                say("354 End data with .")?;
                let mut data = String::new();
                loop {
                    // A mail without an end does not count: the client was killed.
                    let Some(line) = lines.next().transpose()? else { return Ok(()) };
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
                    Some(Answer::Say(text)) => say(text)?,
                    None => say(&format!("250 2.0.0 Ok: queued as {number}"))?,
                }
            }
            "AUTH" => say("235 2.7.0 Welcome")?,
            "QUIT" => return say("221 2.0.0 Bye"),
            _ => say("502 5.5.2 Unknown command")?,
        }
    }
    Ok(())
}
