//! Microsoft Teams: an Adaptive Card, by the URL of a workflow or of an incoming webhook. Texts are runs of text, of which
//! Teams makes no Markdown.

use super::cut::{text_up_to, within};
use super::failed::Failed;
use super::message::{Message, mark, more, row};
use super::post::Endpoint;
use jiff::Timestamp;
use pegel_report::bulletin::{Bulletin, Ground, Place, Said};
use serde_json::{Value, json};

/// The largest message that Teams takes, in bytes.
const LARGEST: usize = 28_000;
/// The longest text, in UTF-16 units: one alone does not fill the card.
const TEXT: usize = 3000;
/// What webhooks answer whose message was not taken, though they answer 200.
const NOT_TAKEN: &str = "returned HTTP error ";

/// A workflow or an incoming webhook of Teams.
#[derive(Debug, Clone)]
pub struct Teams(pub(super) Endpoint);

impl Teams {
    pub(super) fn hand_over(&self, message: &Message, now: Timestamp) -> Result<String, Failed> {
        let answer = self.0.post(&body(&message.bulletin), &[], &[], now)?;
        match not_taken(&answer) {
            Some(status) => Err(Failed::answered(status, answer, None)),
            None => Ok(answer),
        }
    }
}

/// The status that such an answer tells.
fn not_taken(answer: &str) -> Option<u16> {
    answer.split_once(NOT_TAKEN)?.1.get(..3)?.parse().ok()
}

fn body(bulletin: &Bulletin) -> String {
    within(bulletin, LARGEST, |shortened, left_out| card(shortened, left_out).to_string())
}

fn card(bulletin: &Bulletin, left_out: usize) -> Value {
    let Bulletin { title, period, scope, subject, statements, notes, data_up_to, link, .. } = bulletin;
    let head = [title, period, scope].into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
    let rows = bulletin.rows.as_ref();
    let lines = rows.into_iter().flat_map(|rows| rows.lines.iter().map(row).chain(Some(rows.more.clone())));
    let parts: Vec<Option<Value>> =
        std::iter::once(text(&[run(subject, &json!({ "size": "large", "weight": "bolder" }))]))
            .chain(Some(small(&head.join(" · "))))
            .chain(statements.iter().map(statement))
            .chain(Some(small(&more(bulletin, left_out))))
            .chain(lines.map(|line| text(&[run(&line, &json!({}))])))
            .chain(notes.iter().map(|note| small(note)))
            .chain(Some(small(data_up_to)))
            .collect();
    let open = |Place { text, url }: &Place| json!({ "type": "Action.OpenUrl", "title": text, "url": url });
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": parts.into_iter().flatten().collect::<Vec<_>>(),
        "actions": link.iter().map(open).collect::<Vec<_>>(),
    });
    let attachment =
        json!({ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card });
    json!({ "type": "message", "summary": text_up_to(subject, TEXT), "attachments": [attachment] })
}

/// A sentence, and below it what it rests on.
fn statement(Said { class, sentence, evidence, .. }: &Said) -> Option<Value> {
    let sentence = run(&format!("{} {sentence}", mark(class)), &json!({ "weight": "bolder" }));
    let grounds = evidence.iter().flat_map(ground);
    text(&std::iter::once(sentence).chain(grounds).collect::<Vec<_>>())
}

/// What one figure rests on, on a line of its own.
fn ground(Ground { facts, rows }: &Ground) -> impl Iterator<Item = Option<Value>> {
    let between = if facts.is_empty() || rows.is_none() { "" } else { " · " };
    let facts = run(&format!("\n{facts}{between}"), &json!({ "isSubtle": true }));
    let open = |Place { text, url }: &Place| {
        run(text, &json!({ "color": "accent", "selectAction": { "type": "Action.OpenUrl", "url": url } }))
    };
    std::iter::once(facts).chain(rows.as_ref().map(open))
}

fn small(words: &str) -> Option<Value> {
    text(&[run(words, &json!({ "isSubtle": true, "size": "small" }))])
}

/// A text of these runs; `None` if they say nothing.
fn text(runs: &[Option<Value>]) -> Option<Value> {
    let runs: Vec<&Value> = runs.iter().flatten().collect();
    (!runs.is_empty()).then(|| json!({ "type": "RichTextBlock", "inlines": runs }))
}

/// A run of text that looks like that; `None` if it says nothing.
fn run(words: &str, looks: &Value) -> Option<Value> {
    if words.is_empty() {
        return None;
    }
    let mut run = json!({ "type": "TextRun", "text": text_up_to(words, TEXT) });
    if let (Some(run), Some(looks)) = (run.as_object_mut(), looks.as_object()) {
        run.extend(looks.clone());
    }
    Some(run)
}
