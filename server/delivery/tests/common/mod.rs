//! What the tests share: a report that needs no KPIs, a clock set by hand, and death at a chosen place.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod dkim;
pub mod http;
pub mod smtp;
pub mod tls;

use jiff::{SignedDuration, Timestamp};
use pegel_delivery::mail::Mail;
use pegel_delivery::{
    Clock, Compose, ComposeError, Letterhead, Mailer, Occasion, Recipient, RunReport, Scheduled, Step, Worker,
};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::calendar::Calendar;
use pegel_kpi::time::period::{Period, Span, zone};
use pegel_report::To;
use pegel_report::archive::artefact;
use pegel_report::bulletin::Bulletin;
use pegel_report::definition::Missed;
use pegel_schedule::{OnHolidays, Rule, Timetable};
use pegel_store::Store;
use pegel_store::edition::{Audience, Edition, NewEdition, Rendition, STATEMENTS};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub const SENDER: &str = "Pegel <reports@example.com>";
/// Five seconds after a Monday's seven o'clock in Berlin.
pub const MONDAY: &str = "2026-11-16T06:00:05Z";

/// A clock that is set by hand.
#[derive(Clone)]
pub struct Watch(Arc<AtomicI64>);

impl Watch {
    pub fn at(text: &str) -> Watch {
        let watch = Watch(Arc::default());
        watch.set(text);
        watch
    }

    pub fn set(&self, text: &str) {
        let at: Timestamp = text.parse().unwrap();
        self.0.store(at.as_second(), Ordering::SeqCst);
    }

    pub fn forward(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    pub fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    pub fn clock(&self) -> Clock {
        let watch = self.clone();
        Clock::new(move || Timestamp::from_second(watch.seconds()).unwrap())
    }
}

/// A report every Monday at seven in Berlin, with made-up contents.
pub struct Weekly {
    pub missed: Missed,
    pub recipients: Vec<String>,
    /// The channels that get it, too.
    pub channels: Vec<String>,
    /// What it says to those; `None`: nothing is made for them.
    pub bulletin: Option<Bulletin>,
    /// Where their answers go.
    pub reply_to: Option<String>,
    /// Below its figure.
    pub footer: String,
    /// Composing fails as long as this is set.
    pub broken: AtomicBool,
    pub composed: AtomicUsize,
    /// What it reports.
    pub figure: AtomicUsize,
    /// Called while composing.
    pub meanwhile: Box<dyn Fn() + Send + Sync>,
}

impl Weekly {
    pub fn to(recipients: &[&str]) -> Weekly {
        Weekly {
            missed: Missed::Once,
            recipients: recipients.iter().map(|&recipient| recipient.to_owned()).collect(),
            channels: Vec::new(),
            bulletin: None,
            reply_to: None,
            footer: String::new(),
            broken: AtomicBool::new(false),
            composed: AtomicUsize::new(0),
            figure: AtomicUsize::new(71),
            meanwhile: Box::new(|| ()),
        }
    }
}

fn audience() -> Audience {
    Audience::new(&Scope::everything(), "de-DE", "Europe/Berlin")
}

impl Compose for Weekly {
    fn schedules(&self) -> Result<Vec<Scheduled>, ComposeError> {
        let zone = zone("Europe/Berlin")?;
        let timetable = Timetable {
            rule: Rule::parse("every monday at 07:00")?,
            zone: zone.clone(),
            from: None,
            until: None,
            on_holidays: OnHolidays::AsAlways,
            calendar: Arc::new(Calendar::nine_to_five(zone.clone())),
        };
        let (report, missed) = ("weekly".to_owned(), self.missed);
        Ok(vec![Scheduled { report, zone, span: Span::Week, timetable, missed, at_most: 13 }])
    }

    fn recipients(&self, _report: &str) -> Result<Vec<Recipient>, ComposeError> {
        let addresses = self.recipients.iter().cloned().map(To::Address);
        let channels = self.channels.iter().cloned().map(To::Channel);
        let recipient = |to| Recipient { to, audience: audience(), reply_to: self.reply_to.clone(), forms: Vec::new() };
        Ok(addresses.chain(channels).map(recipient).collect())
    }

    fn compose(&self, run: &RunReport, revision: i32, now: Timestamp) -> Result<NewEdition, ComposeError> {
        (self.meanwhile)();
        if self.broken.load(Ordering::SeqCst) {
            return Err("the template weekly.html names an unknown variable".into());
        }
        self.composed.fetch_add(1, Ordering::SeqCst);
        let RunReport { report, period, .. } = run.clone();
        let said = self.bulletin.as_ref().map(|said| artefact(STATEMENTS, "application/json", said.to_json()));
        let text = format!("{period}: Rückmeldungen {} %\n{}", self.figure.load(Ordering::SeqCst), self.footer);
        Ok(NewEdition {
            title: "Weekly report".to_owned(),
            starts_at: period.instants().start,
            ends_at: period.instants().end,
            created_at: now.as_second(),
            status: "critical".to_owned(),
            reason: None,
            renditions: vec![Rendition {
                audience: audience(),
                artefacts: [
                    artefact("subject.txt", "text/plain", format!("Feedback rate below 75 % · {period}\n")),
                    artefact("mail.html", "text/html", format!("<p>{text}</p>")),
                    artefact("mail.txt", "text/plain", text),
                ]
                .into_iter()
                .chain(said)
                .collect(),
            }],
            labels: Vec::new(),
            sources: Vec::new(),
            report,
            period: period.to_string(),
            revision,
        })
    }

    fn says_the_same(&self, stored: &Edition, made: &NewEdition) -> bool {
        stored.renditions == made.renditions
    }
}

/// A run by hand.
pub fn by_hand(period: &str, again: bool, send: bool) -> RunReport {
    let now = MONDAY.parse().unwrap();
    let period = Period::parse(period, now, &zone("Europe/Berlin").unwrap()).unwrap();
    RunReport { report: "weekly".to_owned(), period, occasion: Occasion::ByHand { again, send }, reason: None }
}

pub fn worker(store: Store, weekly: &Arc<Weekly>, mailer: &Mailer, watch: &Watch) -> Worker {
    let compose: Arc<dyn Compose> = weekly.clone();
    Worker::new(store, compose, mailer.clone(), Letterhead::new(SENDER).unwrap(), watch.clock())
}

pub fn memory() -> (Mailer, Arc<Mutex<Vec<Mail>>>) {
    let mails = Arc::default();
    (Mailer::Memory(Arc::clone(&mails)), mails)
}

/// The payload of the panic that stands for a kill.
struct Killed;

/// Runs `work` on a process that dies when it first reaches a step: nothing runs after that.
pub fn killed_at(step: Step, worker: Worker, work: impl FnOnce(&Worker)) {
    let worker = worker.with_probe(move |reached| {
        if reached == step {
            resume_unwind(Box::new(Killed));
        }
    });
    let death = catch_unwind(AssertUnwindSafe(|| work(&worker))).expect_err("it never got there");
    assert!(death.is::<Killed>(), "it died of something else");
}

/// The outbox, in order: recipient, state, attempts, answer.
pub fn outbox(store: &Store) -> Vec<String> {
    let mut rows = store.deliveries(None).unwrap();
    rows.sort_by_key(|row| row.id);
    let written = rows.iter().map(|row| {
        let answer = row.answer.as_deref().unwrap_or("-");
        format!("{} {:?} {} {answer}", row.recipient, row.state, row.attempts)
    });
    written.collect()
}

pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}
