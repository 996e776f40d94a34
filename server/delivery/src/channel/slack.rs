//! Slack: blocks, by an incoming webhook. Whatever names somebody stands in plain text, of which Slack makes no markup.

use super::cut::text_up_to;
use super::failed::Failed;
use super::message::{Message, mark, more, row};
use super::post::Endpoint;
use jiff::Timestamp;
use pegel_report::bulletin::{Bulletin, Ground, Place, Said};
use serde_json::{Value, json};

/// The most blocks of a message, and elements of a line of small print.
const BLOCKS: usize = 50;
const ELEMENTS: usize = 10;
/// The longest texts, in UTF-16 units.
const HEADER: usize = 150;
const TEXT: usize = 3000;

/// An incoming webhook of Slack.
#[derive(Debug, Clone)]
pub struct Slack(pub(super) Endpoint);

impl Slack {
    pub(super) fn hand_over(&self, message: &Message, now: Timestamp) -> Result<String, Failed> {
        self.0.post(&body(&message.bulletin).to_string(), &[], &[], now)
    }
}

fn body(bulletin: &Bulletin) -> Value {
    let head = vec![json!({ "type": "header", "text": plain(&bulletin.subject, HEADER) })];
    let head = head.into_iter().chain(small(&about(bulletin)));
    let foot: Vec<Value> = rows(bulletin)
        .into_iter()
        .chain(bulletin.notes.iter().filter_map(|note| small(&[note])))
        .chain(small(&[&bulletin.data_up_to]))
        .chain(bulletin.link.as_ref().map(|link| json!({ "type": "section", "text": linked(link) })))
        .collect();
    let mut blocks: Vec<Value> = head.collect();
    // One is left for how many are left out.
    let room = BLOCKS.saturating_sub(blocks.len() + foot.len() + 1);
    let mut told = 0;
    let mut said = Vec::new();
    for blocks in bulletin.statements.iter().map(statement) {
        if said.len() + blocks.len() > room {
            break;
        }
        said.extend(blocks);
        told += 1;
    }
    blocks.extend(said);
    blocks.extend(small(&[more(bulletin, bulletin.statements.len() - told)]));
    blocks.extend(foot);
    blocks.truncate(BLOCKS);
    // The text is what notifications show.
    json!({ "text": escaped(&bulletin.subject, TEXT), "mrkdwn": false, "unfurl_links": false, "blocks": blocks })
}

/// What the message is about, in small print.
fn about(Bulletin { title, period, scope, .. }: &Bulletin) -> [&str; 3] {
    [title, period, scope]
}

/// A sentence, and below it what it rests on.
fn statement(Said { class, sentence, evidence, .. }: &Said) -> Vec<Value> {
    let sentence = format!("{} {sentence}", mark(class));
    let elements: Vec<Value> = evidence.iter().flat_map(ground).take(ELEMENTS).collect();
    let section = json!({ "type": "section", "text": plain(&sentence, TEXT) });
    let context = (!elements.is_empty()).then(|| json!({ "type": "context", "elements": elements }));
    std::iter::once(section).chain(context).collect()
}

fn ground(Ground { facts, rows }: &Ground) -> impl Iterator<Item = Value> {
    let facts = (!facts.is_empty()).then(|| plain(facts, TEXT));
    facts.into_iter().chain(rows.as_ref().map(linked))
}

fn rows(bulletin: &Bulletin) -> Option<Value> {
    let rows = bulletin.rows.as_ref()?;
    let lines = rows.lines.iter().map(row).chain(Some(rows.more.clone()));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| json!({ "type": "section", "text": plain(&text, TEXT) }))
}

/// Texts in small print beside each other, without those that are empty.
fn small(texts: &[impl AsRef<str>]) -> Option<Value> {
    let texts = texts.iter().map(AsRef::as_ref).filter(|text| !text.is_empty());
    let elements: Vec<Value> = texts.map(|text| plain(text, TEXT)).collect();
    (!elements.is_empty()).then(|| json!({ "type": "context", "elements": elements }))
}

fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": escaped(text, most), "emoji": false })
}

/// The only markup there is. What a link leads to has no character of it, as all that is in a URL.
fn linked(Place { text, url }: &Place) -> Value {
    let url = url.replace('|', "%7C").replace('<', "%3C").replace('>', "%3E").replace('&', "&amp;");
    let text = escaped(&text.replace('|', "/"), HEADER);
    json!({ "type": "mrkdwn", "text": format!("<{url}|{text}>"), "verbatim": true })
}

/// A text in which Slack finds no control characters, at most so long as it is sent.
fn escaped(text: &str, most: usize) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let whole = escape(text);
    let length = whole.encode_utf16().count();
    if length <= most {
        return whole;
    }
    // What stands for one character is never cut in two: the text is cut before.
    let added = length - text.encode_utf16().count();
    escape(&text_up_to(text, most.saturating_sub(added).max(most / 5)))
}
