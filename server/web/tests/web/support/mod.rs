//! A real server on its own port, its data, and simple ways to read its answers.

pub mod numbers;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_catalog::Catalog;
use pegel_catalog::files::Files;
use pegel_catalog::live::Live;
use pegel_catalog::thresholds::Thresholds;
use pegel_home::{Entry, Origin};
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::reference::Reference;
use pegel_kpi::script::Language;
use pegel_kpi::time::calendar::Calendar;
use pegel_report::archive::artefact;
use pegel_report::definition::ReportDefinition;
use pegel_report::forms::Typesetter;
use pegel_report::labels::{Seed, labels};
use pegel_report::manifest::seal;
use pegel_report::numbers::Numbers;
use pegel_store::edition::{Audience, NewEdition, Rendition, SourceHash};
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::lease::Lease;
use pegel_store::outbox::{Channel, NewDelivery};
use pegel_store::runs::{Claim, RunKey, Which};
use pegel_store::{Store, StoreError};
use pegel_web::{Bound, State, Templates};
use serde_json::Map;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// A Monday; the week before is 2026-W46.
pub const NOW: &str = "2026-11-16T06:00:00Z";

/// A server that answers until it is dropped.
pub struct Site {
    pub address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Serves the KPIs of [`catalog`] from a store.
    pub fn on(store: Store) -> Site {
        Site::of(state(store, catalog()))
    }

    pub fn of(state: State) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = pegel_web::server(state, listener).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Site { address, handle: told.recv().unwrap(), thread: Some(thread) }
    }

    /// The answer to a browser without a language preference.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub fn get_in(&self, language: &str, path: &str) -> Answer {
        self.ask("GET", path, &[("Accept-Language", language)])
    }

    /// Any request; `Host` is this server's unless the headers say otherwise.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask_with(method, path, headers, "")
    }

    /// The same with a body.
    pub fn ask_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            write!(request, "Host: {}\r\n", self.address).unwrap();
        }
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::read(&bytes)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The future only passes the request on; what we wait for is the thread.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// What a server answered.
pub struct Answer {
    pub status: u16,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Answer { status, headers, body: bytes[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn html(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The text of the page between header and footer, a line for each piece.
    pub fn words(&self) -> String {
        let html = self.html();
        let main = html.split_once("<main").and_then(|(_, main)| main.split_once("</main>")).unwrap().0;
        let texts = main.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
        let lines: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        let text = lines.join("\n").replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    }
}

/// What the pages are made from, with a fixed clock in Berlin.
pub fn state(store: Store, catalog: Catalog) -> State {
    let now: Timestamp = NOW.parse().unwrap();
    State {
        store,
        live: Arc::new(Live::fixed(catalog, None)),
        clock: Arc::new(move || now),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        currency: "EUR".to_owned(),
        templates: Arc::new(Templates::load(Path::new("there is no such home")).unwrap()),
        typesetter: Arc::new(Typesetter::follow(Path::new("there is no such home")).unwrap()),
        bound: Bound::new(2, Duration::from_mins(1)),
        reports: Arc::new(Vec::new),
        other_problems: Arc::new(Vec::new),
        reference: Arc::new(Reference::of(&Language::new())),
    }
}

const FEEDBACK: &str = r#"// How many report back? 1 < 2 & "quotes".
kpi(#{
    id: "feedback", title: #{ en: "Feedback", de: "Rückmeldungen" },
    description: #{ en: "Accepted leads on which the partner reported back.",
                    de: "Angenommene Leads, zu denen der Partner eine Rückmeldung gab." },
    unit: "percent", better: "higher", threshold: #{ warning: 0.80, critical: 0.75 }, min_sample: 3,
});
fn measures(data) {
    let accepted = data.leads.dated(|l| l.accepted_at);
    #{ all: accepted.count(), answered: accepted.filter(|l| l.feedback_at.is_set()).count() }
}
fn value(m) { ratio(m.answered, m.all) }
"#;

const WON: &str = r#"
kpi(#{
    id: "won_amount", title: #{ en: "Won <b>amount</b>", de: "Gewonnene <b>Summe</b>" },
    description: #{ en: "Amount of the leads won.", de: "Summe der gewonnenen Leads." },
    unit: "money", better: "higher",
});
fn measures(data) { #{ amount: data.leads.dated(|l| l.accepted_at).sum(|l| l.amount) } }
fn value(m) { m.amount }
"#;

/// Two small KPIs, one of them with a title that is markup.
pub fn catalog() -> Catalog {
    catalog_of(&[("partner/feedback.rhai", FEEDBACK), ("won_amount.rhai", WON)])
}

/// The KPIs of these scripts.
pub fn catalog_of(files: &[(&str, &str)]) -> Catalog {
    let language = Arc::new(Language::new());
    Catalog {
        kpis: files.iter().flat_map(|(file, text)| language.load(file, text).unwrap()).collect(),
        thresholds: Thresholds::default(),
        files: Files::default(),
        model: Model::built_in(),
        calendar: Arc::new(Calendar::nine_to_five(TimeZone::UTC)),
    }
}

/// Leads accepted on a day (at noon, UTC), some of them with feedback, each worth 100.
pub fn add_leads(store: &Store, day: &str, count: usize, answered: usize) {
    let leads = Model::built_in().table("leads").unwrap();
    let columns = ["accepted_at", "feedback_at", "amount"].map(|name| leads.column(name).unwrap().clone());
    let noon = format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap().as_second();
    let rows = (0..count).map(|index| {
        let feedback = if index < answered { Value::Integer(noon + 3600) } else { Value::Missing };
        Fact {
            key: format!("{day} {index}"),
            values: vec![Value::Integer(noon), feedback, Value::Integer(10_000)],
            attributes: Map::new(),
            valid_from: None,
            changed_at: None,
        }
    });
    let facts = Facts { table: leads, columns: columns.into(), rows: rows.collect() };
    store.write(true, |writer| writer.upsert(&facts, noon).map(drop)).map_err(|error: StoreError| error).unwrap();
}

/// Leads accepted on a day, each with what is given of its source and its campaign, and whether it has feedback.
pub fn add_leads_of(store: &Store, day: &str, leads: &[(&str, &str, bool)]) {
    let table = Model::built_in().table("leads").unwrap();
    let names = ["accepted_at", "feedback_at", "source", "campaign"];
    let columns = names.map(|name| table.column(name).unwrap().clone());
    let noon = format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap().as_second();
    let text = |text: &str| if text.is_empty() { Value::Missing } else { Value::Text(text.to_owned()) };
    let row = |(nth, (source, campaign, answered)): (usize, &(&str, &str, bool))| Fact {
        key: format!("{day}/{nth}"),
        values: vec![
            Value::Integer(noon),
            if *answered { Value::Integer(noon + 3600) } else { Value::Missing },
            text(source),
            text(campaign),
        ],
        attributes: Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let rows = leads.iter().enumerate().map(row).collect();
    let facts = Facts { table, columns: columns.into(), rows };
    store.write(true, |writer| writer.upsert(&facts, noon).map(drop)).map_err(|error: StoreError| error).unwrap();
}

/// A report of these KPIs, in one section called “First”.
pub fn report_of(kpis: &[&str]) -> ReportDefinition {
    let kpis: Vec<String> = kpis.iter().map(|id| format!("[[sections.kpis]]\nid = \"{id}\"\n")).collect();
    let kpis = kpis.concat();
    let text = format!(
        r#"title = {{ en = "Weekly" }}
locale = "en-GB"
zone = "Europe/Berlin"
[[sections]]
title = {{ en = "First", de = "Zuerst" }}
{kpis}"#
    );
    let entry = Entry { name: "weekly.toml".to_owned(), text, origin: Origin::BuiltIn };
    ReportDefinition::parse(&entry).unwrap()
}

/// Publishes an edition of these numbers, with a mail and two recipients; returns its id.
pub fn publish(store: &Store, numbers: &Numbers) -> i64 {
    publish_with(store, numbers, numbers.to_json())
}

/// The same with another text stored as its numbers.
pub fn publish_with(store: &Store, numbers: &Numbers, json: String) -> i64 {
    publish_in(&Scope::everything(), store, numbers, json)
}

/// The same for those who may see that.
pub fn publish_in(scope: &Scope, store: &Store, numbers: &Numbers, json: String) -> i64 {
    let (report, period) = (numbers.report.clone(), numbers.period.name.clone());
    let key = RunKey { report, period, which: Which::ByHand { again: true } };
    let at = numbers.created_at;
    let lease = Lease { now: at, until: at + 60, holder: None };
    let Claim::Ours { run, .. } = store.claim_run(&key, &lease).unwrap() else { panic!("the run is taken") };
    let audience = Audience::new(scope, &numbers.locale, &numbers.zone);
    let edition = NewEdition {
        reason: numbers.reason.clone(),
        report: numbers.report.clone(),
        title: numbers.title.in_english().to_owned(),
        period: numbers.period.name.clone(),
        revision: numbers.revision,
        starts_at: at - 604_800,
        ends_at: at,
        created_at: at,
        status: serde_json::to_value(numbers.status).unwrap().as_str().unwrap().to_owned(),
        renditions: vec![Rendition {
            audience: audience.clone(),
            artefacts: vec![
                artefact("numbers.json", "application/json", json),
                artefact(
                    "mail.html",
                    "text/html; charset=utf-8",
                    "<h1 style=\"color: teal\">Für Sie</h1><script>alert(1)</script>",
                ),
                artefact("mail.txt", "text/plain; charset=utf-8", "Für Sie\n"),
                artefact("subject.txt", "text/plain; charset=utf-8", "Für Sie"),
            ],
        }],
        labels: labels(numbers, &Seed([5; 32])),
        sources: vec![SourceHash {
            kind: "kpi".to_owned(),
            name: "partner/feedback.rhai".to_owned(),
            sha256: "ab".repeat(32),
            version: None,
        }],
    };
    let delivery = |recipient: &str| NewDelivery {
        audience: audience.clone(),
        channel: Channel::Mail,
        recipient: recipient.to_owned(),
        message_id: format!("<{recipient}-{}-{}@pegel>", numbers.period.name, numbers.revision),
        reply_to: None,
        forms: Vec::new(),
    };
    let mails = vec![delivery("ada@example.com"), delivery("bob@example.com")];
    let id = store.publish(run, &edition, |previous| (seal(&edition, previous), mails)).unwrap();
    let lease = Lease { now: at + 60, until: at + 120, holder: None };
    let claimed = store.claim_delivery(&lease).unwrap().unwrap();
    store.record_delivered(claimed.id, at + 61, "250 2.0.0 Ok: queued").unwrap();
    id
}
