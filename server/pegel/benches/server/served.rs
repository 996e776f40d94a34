//! A home, the commands that run in it, and a server over it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const MAPPING: &str = r#"
[source]
zone = "UTC"
[[tables]]
table = "leads"
key = "key"
[tables.columns]
created_at = "created_at"
"#;

/// How long the server may take to notice an edit.
const PATIENCE: Duration = Duration::from_secs(20);

/// A home whose database is filled already.
pub struct Home {
    folder: tempfile::TempDir,
    url: String,
    now: jiff::Timestamp,
}

impl Home {
    /// `now`: what the clock says there, in UTC seconds.
    pub fn new(url: &str, now: i64) -> Home {
        let now = jiff::Timestamp::from_second(now).expect("an instant of this century");
        let home = Home { folder: tempfile::tempdir().expect("there is room"), url: url.to_owned(), now };
        home.run(&["init"]);
        home.write("config/imports/one.toml", MAPPING);
        home
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pegel"));
        command.env_clear().env("TZ", "UTC").arg("--home").arg(self.folder.path());
        command.args(["--database-url", &self.url, "--now", &self.now.to_string()]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().expect("the program runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("the folder is ours");
        std::fs::write(path, text).expect("the folder is ours");
    }

    /// Imports a lead that is three days old.
    pub fn import(&self, key: &str) {
        let created = self.now - Duration::from_hours(72);
        self.write("one.csv", &format!("key,created_at\n{key},{created}\n"));
        let file = self.folder.path().join("one.csv");
        self.run(&["import", &file.to_string_lossy(), "--map", "one"]);
    }

    pub fn forget_kept(&self) {
        self.run(&["kpi", "kept", "--forget"]);
    }

    /// Changes what the script of the feedback rate counts.
    pub fn edit_feedback_rate(&self) {
        let shipped = include_str!("../../../../kpis/partner/feedback_rate.rhai");
        let accepted = "data.leads.dated(|l| l.accepted_at)";
        let edited = shipped.replace(accepted, &format!("{accepted}.filter(|l| l.accepted_at.is_set())"));
        assert_ne!(edited, shipped);
        self.write("kpis/partner/feedback_rate.rhai", &edited);
    }
}

/// A server that ends with this.
pub struct Served {
    child: Child,
    address: String,
    logged: Receiver<String>,
}

impl Served {
    /// Starts it, and waits until it listens.
    pub fn start(home: &Home) -> Served {
        let mut command = home.command(&["serve", "--address", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split('/').next().unwrap_or_default().to_owned())
        });
        let (said, logged) = channel();
        // To the end, since whoever writes to a pipe that nobody reads waits.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| _ = said.send(line)));
        Served { child, address: address.expect("it says where it listens"), logged }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// A page; it must be there.
    pub fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)
            .expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        answer
    }

    /// Waits until it logs something of which it has not said anything yet.
    pub fn wait_until_it_logs(&self, what: &str) {
        let began = Instant::now();
        let has_logged = || self.logged.try_iter().any(|line| line.contains(what));
        while !has_logged() {
            assert!(began.elapsed() < PATIENCE, "it does not log “{what}”");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
