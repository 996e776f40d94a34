//! What is told, as mails and to channels beside them: one for each address, however many figures or rows it is about.

use crate::AlertError;
use crate::definition::AlertDefinition;
use crate::escalate::Turn;
use crate::life::Telling;
use crate::surroundings::Surroundings;
use crate::waiting::{Person, Row};
use jiff::Timestamp;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::Judged;
use pegel_report::To;
use pegel_report::audience::Addressee;
use pegel_report::bulletin::Bulletin;
use pegel_report::format::Format;
use pegel_report::link;
use pegel_report::notice::{NoticeRow, NoticeRows, NoticeView};
use pegel_report::numbers::Numbers;
use pegel_report::statements::Statement;
use pegel_report::statements::statement::{Finding, Kind};
use pegel_store::alerts::{Alert, AlertState};
use pegel_store::edition::Audience;
use pegel_store::notices::{NewNotice, Notice};
use pegel_store::outbox::{Channel, NewDelivery};
use pegel_text::locale::Locale;

/// So many rows are listed in a mail; the others are counted.
const MOST_ROWS: usize = 25;

/// Something to be told of a figure.
#[derive(Debug, Clone)]
pub struct Told {
    pub telling: Telling,
    /// As it was before, and as it is from now on.
    pub before: Alert,
    pub alert: Alert,
    pub finding: Finding,
}

/// The mail about figures, for addressees who see the same in one language and zone.
///
/// # Errors
/// If a template is not in order.
pub fn of_figures(
    told: &[Told],
    (definition, surroundings): (&AlertDefinition, &Surroundings),
    numbers: &Numbers,
    addressees: &[&Addressee],
) -> Result<Option<NewNotice>, AlertError> {
    let Some(readers) = addressees.first().map(|addressee| &addressee.readers) else { return Ok(None) };
    let locale = Locale::or_english(&readers.locale);
    let format = Format::new(&locale, &numbers.currency, &readers.zone).calling(&numbers.titles);
    let statements = statements(told);
    let view = NoticeView::of_figures(&definition.title, numbers, &statements, &format);
    let tone = tone(told.iter().map(|told| told.telling));
    let words = format.words();
    let subject = [("tone", tone.into()), ("statements", view.headline.trim_end_matches('.').into())];
    let view =
        NoticeView { subject: words.say("alert_subject", subject), notes: notes(told, definition, &format), ..view };
    let audience = readers.audience();
    let to: Vec<&To> = addressees.iter().map(|addressee| &addressee.to).collect();
    notice(view, &audience, &to, (definition, surroundings), numbers.created_at).map(Some)
}

/// What figures have in common stands in one statement; what begins comes first, the worse before.
fn statements(told: &[Told]) -> Vec<Statement> {
    let mut told: Vec<&Told> = told.iter().collect();
    told.sort_by_key(|told| (told.telling, std::cmp::Reverse(told.alert.state), told.finding.group.is_some()));
    let mut topics: Vec<(&Told, Vec<Finding>)> = Vec::new();
    let topic = |told: &Told| {
        let by =
            told.finding.assessment.as_ref().and_then(|known| known.judged.by.as_ref()).map(std::mem::discriminant);
        let Finding { kpi, group, .. } = &told.finding;
        (kpi.clone(), told.telling, told.alert.state, by, group.as_ref().map(|head| head.dimension.clone()))
    };
    for told in told {
        let finding = as_told(told);
        match topics.last_mut().filter(|(first, _)| first.finding.group.is_some() && topic(first) == topic(told)) {
            Some((_, alike)) => alike.push(finding),
            None => topics.push((told, vec![finding])),
        }
    }
    let statement = |(first, about): (&Told, Vec<Finding>)| Statement { kind: kind(first.telling), about };
    topics.into_iter().map(statement).collect()
}

fn kind(telling: Telling) -> Kind {
    match telling {
        Telling::Begun => Kind::NewBreach,
        Telling::Reminder => Kind::Breach,
        Telling::Absent => Kind::NotJudged,
        Telling::Over => Kind::Mended,
    }
}

/// A figure whose mark was broken before in the sense of the alert, whatever the period before was.
fn as_told(told: &Told) -> Finding {
    let mut finding = told.finding.clone();
    if let (Telling::Over, Some(assessment)) = (told.telling, finding.assessment.as_mut()) {
        let was = told.before.told.unwrap_or(told.before.state);
        let status = if was == AlertState::Critical { Status::Critical } else { Status::Warning };
        assessment.before = Some(Judged { status, sure: Some(true), chance: false, by: None, reason: None });
    }
    finding
}

/// By which the subject says what kind of news it is: the most important.
fn tone(tellings: impl Iterator<Item = Telling>) -> &'static str {
    match tellings.min() {
        Some(Telling::Begun) | None => "begun",
        Some(Telling::Reminder) => "reminder",
        Some(Telling::Absent) => "absent",
        Some(Telling::Over) => "over",
    }
}

/// Since when what is told again has stood, and who looks after it.
fn notes(told: &[Told], definition: &AlertDefinition, format: &Format) -> Vec<String> {
    let reminded = told.iter().filter(|told| told.telling == Telling::Reminder).map(|told| told.alert.since).min();
    let since = reminded.map(|since| format.words().say("alert_since", [("instant", format.instant(since).into())]));
    since.into_iter().chain(owner(definition, format)).collect()
}

fn owner(definition: &AlertDefinition, format: &Format) -> Option<String> {
    let owner = definition.owner.as_deref()?;
    Some(format.words().say("alert_owner", [("owner", owner.into())]))
}

/// Somebody who is told of rows, and how they read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub to: To,
    /// BCP 47.
    pub locale: String,
}

impl Reader {
    /// Somebody who belongs to a row: in their language, else in that of the rule.
    pub fn of(person: &Person, definition: &AlertDefinition) -> Reader {
        let spoken = person.language.as_deref().and_then(Locale::parse).map(|locale| locale.with_region().tag());
        Reader { to: To::Address(person.to.clone()), locale: spoken.unwrap_or_else(|| definition.locale.clone()) }
    }
}

/// The mail about rows to one who is told of them.
///
/// # Errors
/// If a template is not in order.
pub fn of_rows(
    reader: &Reader,
    rows: &[(&Row, Turn)],
    (definition, surroundings): (&AlertDefinition, &Surroundings),
    now: Timestamp,
) -> Result<NewNotice, AlertError> {
    let locale = Locale::or_english(&reader.locale);
    let format = Format::new(&locale, surroundings.currency, &definition.zone);
    let words = format.words();
    let created_at = now.as_second();
    let line = |(row, _): &(&Row, Turn)| {
        #[expect(clippy::cast_precision_loss, reason = "seconds since then")]
        let waited = (created_at - row.waiting.since) as f64;
        let of: Vec<&str> = [&row.partner, &row.rep].into_iter().flatten().map(String::as_str).collect();
        NoticeRow {
            key: row.waiting.key.clone(),
            of: of.join(" · "),
            waited: format.value(waited, Unit::Duration),
            since: words.say("alert_waits_since", [("day", format.day(row.waiting.since).into())]),
        }
    };
    let more = rows.len().saturating_sub(MOST_ROWS);
    let listed = NoticeRows {
        lines: rows.iter().take(MOST_ROWS).map(line).collect(),
        more: if more > 0 { format.more(more) } else { String::new() },
    };
    let of = [("title", format.title(&definition.title).into()), ("count", rows.len().into())];
    let headline = words.say("alert_rows", of);
    let about = NoticeView::about(&definition.title, created_at, &format);
    let view = NoticeView {
        subject: words.say("alert_subject", [("tone", "begun".into()), ("statements", headline.as_str().into())]),
        preview: headline.clone(),
        headline,
        rows: Some(listed),
        notes: owner(definition, &format).into_iter().collect(),
        ..about
    };
    // Each gets a mail of their own; no rows of others are in it.
    let audience = Audience::new(&definition.scope, &reader.locale, &definition.zone);
    notice(view, &audience, &[&reader.to], (definition, surroundings), created_at)
}

fn notice(
    view: NoticeView,
    audience: &Audience,
    to: &[&To],
    (definition, surroundings): (&AlertDefinition, &Surroundings),
    created_at: i64,
) -> Result<NewNotice, AlertError> {
    let base = surroundings.base_url.map(|base| base.trim_end_matches('/').to_owned());
    let kpi = definition.rows.as_ref().and_then(|rows| rows.kpi.as_ref());
    let page = kpi.map_or_else(|| "/operations".to_owned(), |kpi| link::kpi(kpi, &link::KpiOf::default()));
    let view = NoticeView { link: base.as_ref().map(|base| format!("{base}{page}")), base, ..view };
    let rendered = surroundings.templates.notice(&view)?;
    let delivery = |to: &&To| NewDelivery {
        audience: audience.clone(),
        channel: to.channel().map_or(Channel::Mail, surroundings.kind_of),
        recipient: to.text().trim().to_owned(),
        message_id: (surroundings.message_id)(&definition.name, created_at, &rendered.text, &to.key()),
        reply_to: None,
        forms: Vec::new(),
    };
    let deliveries = to.iter().map(delivery).collect();
    let has_channel = to.iter().any(|to| to.channel().is_some());
    let said = Bulletin::of_notice(&NoticeView { subject: rendered.subject.clone(), ..view });
    let notice = Notice {
        rule: definition.name.clone(),
        created_at,
        audience: audience.clone(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        statements: has_channel.then(|| said.to_json()),
    };
    Ok(NewNotice { notice, deliveries })
}
