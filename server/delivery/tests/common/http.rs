//! An HTTP server on a real socket, whose answers the test writes, whole: also what no server would say.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    /// By name in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// The whole answer to a request; `None`: nothing, for ever.
type Script = Arc<dyn Fn(&Request) -> Option<String> + Send + Sync>;

pub struct HttpServer {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl HttpServer {
    pub fn start(script: impl Fn(&Request) -> Option<String> + Send + Sync + 'static) -> HttpServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = HttpServer { address: listener.local_addr().unwrap(), requests: Arc::default() };
        let (requests, script): (_, Script) = (Arc::clone(&server.requests), Arc::new(script));
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                requests.lock().unwrap().push(request.clone());
                match script(&request) {
                    // A client that hangs up is not an error of the server.
                    Some(answer) => drop(stream.write_all(answer.as_bytes())),
                    None => unanswered.push(stream),
                }
            }
        });
        server
    }

    /// One that answers every request alike.
    pub fn answering(status: &'static str, headers: &'static str, body: &'static str) -> HttpServer {
        HttpServer::start(move |_| Some(answer(status, headers, body)))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// An answer; each of the headers ends with a line break.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream);
    let mut next = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    };
    let path = next()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = next()?.split_once(':') {
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    lines.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: String::from_utf8(body).ok()? })
}
