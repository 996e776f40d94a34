//! What is handed over to channels, and the JSON that says all of it.

use jiff::Timestamp;
use pegel_report::bulletin::{Bulletin, Place, Said};
use pegel_report::notice::NoticeRow;
use pegel_text::digest::sha256;
use pegel_text::locale::Locale;
use pegel_text::words::Words;
use serde::Serialize;

/// The most that is sent at once, in bytes.
pub const LARGEST: usize = 256_000;

/// So much of a SHA-256, in hex, is unique.
const UNIQUE: usize = 32;

/// What is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same at every attempt: of letters, digits and `_`.
    pub id: String,
    pub about: About,
    /// When it was made, not when it is sent.
    pub at: Timestamp,
    pub bulletin: Bulletin,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "of", rename_all = "lowercase")]
pub enum About {
    Edition {
        edition: i64,
        report: String,
        /// As commands take it: `2026-W46`.
        period: String,
        revision: i32,
    },
    Alert {
        rule: String,
    },
    /// Somebody tries whether messages arrive.
    Test,
}

/// The JSON of a message.
#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    #[serde(flatten)]
    about: &'a About,
    timestamp: Timestamp,
    data: &'a Bulletin,
    /// How many statements were left out, so that it is not too large.
    left_out: usize,
}

impl Message {
    /// A message by the Message-ID of its row in the outbox.
    pub fn new(message_id: &str, about: About, created_at: i64, bulletin: Bulletin) -> Message {
        let mut hash = sha256(message_id);
        hash.truncate(UNIQUE);
        let at = Timestamp::from_second(created_at).unwrap_or(Timestamp::UNIX_EPOCH);
        // Signatures tell it from what follows by a full stop, so it has none.
        Message { id: format!("msg_{hash}"), about, at, bulletin }
    }

    /// A small one that shows whether messages arrive; no two are the same. Pages are at `base`.
    pub fn to_test(now: Timestamp, base: Option<&str>) -> Message {
        let sentence = "This message shows that messages of Pegel arrive.".to_owned();
        let number: u64 = rand::random();
        let bulletin = Bulletin {
            language: "en".to_owned(),
            title: "Pegel".to_owned(),
            period: String::new(),
            scope: String::new(),
            subject: "Test message of Pegel".to_owned(),
            headline: sentence.clone(),
            statements: vec![Said { kpi: String::new(), class: "plain".to_owned(), sentence, evidence: Vec::new() }],
            rows: None,
            notes: vec!["Somebody asked for it with `pegel channel test`.".to_owned()],
            data_up_to: String::new(),
            link: base.map(|base| Place { text: "Open Pegel".to_owned(), url: base.to_owned() }),
        };
        Message::new(&format!("test {number:016x}"), About::Test, now.as_second(), bulletin)
    }

    /// All of it as JSON, without the statements at the end that would make it too large.
    ///
    /// # Panics
    /// Never: all its keys are texts.
    pub(super) fn to_json(&self) -> String {
        super::cut::within(&self.bulletin, LARGEST, |data, left_out| {
            let Message { id, about, at, .. } = self;
            let written = Written { id, about, timestamp: *at, data, left_out };
            serde_json::to_string(&written).expect("a message has texts for keys")
        })
    }
}

/// By which one sees at once how bad it is.
pub(super) fn mark(class: &str) -> &'static str {
    match class {
        "critical" => "🔴",
        "warning" => "🟠",
        "better" => "🟢",
        _ => "•",
    }
}

/// `12 more`, in the language of the bulletin; empty if there are none.
pub(super) fn more(bulletin: &Bulletin, count: usize) -> String {
    if count == 0 {
        return String::new();
    }
    Words::of(&Locale::or_english(&bulletin.language)).say("more", [("count", count.into())])
}

/// A row that waits, on one line.
pub(super) fn row(NoticeRow { key, of, waited, since }: &NoticeRow) -> String {
    [key, of, waited, since].into_iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
}
