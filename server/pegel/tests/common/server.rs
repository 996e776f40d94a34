//! A running server.

use super::TestHome;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A server that is killed when the test ends.
pub struct Served {
    child: Child,
    /// Host and port.
    pub address: String,
    /// What it logged before it listened.
    begun: String,
    log: Arc<Mutex<String>>,
}

impl Served {
    pub fn start(home: &TestHome) -> Served {
        Served::start_with(home, &[])
    }

    /// With more arguments.
    pub fn start_with(home: &TestHome, arguments: &[&str]) -> Served {
        Served::spawn(home.command(&[&["serve", "--address", "127.0.0.1:0"], arguments].concat()))
    }

    /// The server that a command starts.
    pub fn spawn(mut command: Command) -> Served {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut begun = String::new();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            let Some((_, rest)) = line.split_once("http://") else {
                begun.extend([line.as_str(), "\n"]);
                return None;
            };
            Some(rest.split('/').next().unwrap().to_owned())
        });
        let address = address.expect("the server says where it listens");
        let log = Arc::<Mutex<String>>::default();
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lock().unwrap().extend([line.as_str(), "\n"]);
            }
        });
        Served { child, address, begun, log }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The log since it listens.
    pub fn logged(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The log since it started: watched folders are looked at before anybody is answered.
    pub fn logged_in_all(&self) -> String {
        format!("{}{}", self.begun, self.logged())
    }

    /// The whole answer, headers and all.
    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The bytes of an answer without its headers.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        answer.split_off(end + 4)
    }

    /// The answer without its headers.
    pub fn body(&self, path: &str) -> String {
        self.get(path).split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// Where the pages' style sheet is.
    pub fn style_sheet(&self) -> String {
        let page = self.body("/editions");
        let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Tells it to stop, and waits for its exit status.
    pub fn stop(mut self) -> Option<i32> {
        let told = Command::new("kill").args(["-TERM", &self.process().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap().code()
    }

    /// As `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
