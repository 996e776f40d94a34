//! One mail to one recipient, as a message: plain text first, HTML second, the same bytes whenever it is made.

use crate::Letterhead;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, MultiPartKind, SinglePart};
use pegel_report::forms::Form;
use pegel_report::{address, unsubscribe};
use pegel_store::edition::{Artefact, EditionHead, HTML, Rendition, SUBJECT, TEXT};
use pegel_store::notices::Notice;
use pegel_store::outbox::Delivery;
use pegel_text::digest::sha256;
use std::fmt::Write as _;
use std::time::SystemTime;

/// A mail as it is handed to a mailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// With angle brackets; the same at every attempt.
    pub message_id: String,
    pub from: Mailbox,
    pub to: Mailbox,
    pub subject: String,
    /// When it was written, not when it was sent: the same at every attempt.
    pub date: Timestamp,
    pub text: String,
    pub html: String,
    /// Lets readers sort a report's mails: `<weekly.example.com>`.
    pub list_id: Option<String>,
    /// Where answers go; `None`: to the sender.
    pub reply_to: Option<Mailbox>,
    /// The page on which its recipient gets no more of them, at the first request of their mail program.
    pub unsubscribe: Option<String>,
    pub attachments: Vec<Attached>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Where one recipient gets no more mails of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe<'a> {
    /// Where pages are, without a slash at the end.
    pub base: &'a str,
    /// The page, as a path.
    pub page: String,
}

/// Why an edition cannot be mailed to a recipient. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("“{address}” is not a mail address: {problem}")]
    Address { address: String, problem: String },
    #[error("the edition has no {artefact}, or it was erased, so there is nothing to send")]
    Artefact { artefact: &'static str },
    #[error("the {form} of the edition, which its recipient wishes to have, was erased")]
    Attachment { form: &'static str },
    #[error("it cannot be written as a message: {problem}")]
    Message { problem: String },
}

impl Mail {
    /// The mail of an edition by a row of the outbox, to one recipient, who gets that rendition.
    ///
    /// # Errors
    /// If the recipient is not an address, or the rendition lacks an artefact.
    pub fn new(
        head: &EditionHead,
        rendition: &Rendition,
        letterhead: &Letterhead,
        row: &Delivery,
        unsubscribe: Option<Unsubscribe>,
    ) -> Result<Mail, MailError> {
        let locale = &rendition.audience.locale;
        let stored = |artefact: &'static str| {
            rendition.artefact(artefact).and_then(Artefact::text).ok_or(MailError::Artefact { artefact })
        };
        let own = |text: String| match &unsubscribe {
            Some(Unsubscribe { page, .. }) => unsubscribe::addressed(&text, &head.report, locale, page),
            None => text,
        };
        let reply_to = row.reply_to.as_deref().map(mailbox).transpose()?;
        Ok(Mail {
            message_id: row.message_id.clone(),
            from: letterhead.from(locale),
            to: mailbox(&row.recipient)?,
            // A template ends with a line break; a subject is one line.
            subject: stored(SUBJECT)?.split_whitespace().collect::<Vec<_>>().join(" "),
            date: Timestamp::from_second(head.created_at).unwrap_or(Timestamp::UNIX_EPOCH),
            text: own(stored(TEXT)?),
            html: own(stored(HTML)?),
            list_id: Some(format!("<{}.{}>", dot_free(&head.report), domain(letterhead.sender()))),
            reply_to: reply_to.or_else(|| letterhead.reply_to().cloned()),
            unsubscribe: unsubscribe.map(|Unsubscribe { base, page }| format!("{base}{page}")),
            attachments: attachments(head, rendition, &row.forms)?,
        })
    }

    /// The mail of a notice by a row of the outbox.
    ///
    /// # Errors
    /// If the recipient is not an address.
    pub fn of_notice(notice: Notice, letterhead: &Letterhead, row: &Delivery) -> Result<Mail, MailError> {
        let Notice { rule, created_at, audience, subject, text, html, .. } = notice;
        let reply_to = row.reply_to.as_deref().map(mailbox).transpose()?;
        Ok(Mail {
            message_id: row.message_id.clone(),
            from: letterhead.from(&audience.locale),
            to: mailbox(&row.recipient)?,
            subject,
            date: Timestamp::from_second(created_at).unwrap_or(Timestamp::UNIX_EPOCH),
            text,
            html,
            list_id: Some(format!("<alert-{}.{}>", dot_free(&rule), domain(letterhead.sender()))),
            reply_to: reply_to.or_else(|| letterhead.reply_to().cloned()),
            unsubscribe: None,
            attachments: Vec::new(),
        })
    }

    /// A small mail that shows whether mails arrive; no two are the same.
    ///
    /// # Errors
    /// If the recipient is not an address.
    pub fn to_test(letterhead: &Letterhead, to: &str, now: Timestamp) -> Result<Mail, MailError> {
        let text = "This mail shows that mails of Pegel arrive. Somebody asked for it with `pegel mail test`.";
        let number: u64 = rand::random();
        Ok(Mail {
            message_id: format!("<test.{number:016x}@{}>", domain(letterhead.sender())),
            from: letterhead.from("en"),
            to: mailbox(to)?,
            subject: "Test mail of Pegel".to_owned(),
            date: now,
            text: format!("{text}\n"),
            html: format!("<p>{}</p>\n", text.replace('`', "")),
            list_id: None,
            reply_to: letterhead.reply_to().cloned(),
            unsubscribe: None,
            attachments: Vec::new(),
        })
    }

    /// The message with all its headers.
    ///
    /// # Errors
    /// If a header cannot be written.
    pub fn message(&self) -> Result<Message, MailError> {
        let raw = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(self.subject.clone())
            .date(SystemTime::from(self.date))
            .message_id(Some(self.message_id.clone()))
            // RFC 3834: keeps out-of-office replies and the like away.
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if let Some(list_id) = &self.list_id {
            builder = builder.raw_header(raw("List-ID", list_id));
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        // RFC 8058: the mail program asks for the page by itself, when its user says so.
        if let Some(page) = &self.unsubscribe {
            builder = builder
                .raw_header(raw("List-Unsubscribe", &format!("<{page}>")))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let unwritable = |problem: String| MailError::Message { problem };
        let said = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(self.boundary(""))
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        let parts = if self.attachments.is_empty() {
            said
        } else {
            let mut parts =
                MultiPart::builder().kind(MultiPartKind::Mixed).boundary(self.boundary("attachments")).multipart(said);
            for Attached { name, media_type, bytes } in &self.attachments {
                let kind = ContentType::parse(media_type).map_err(|error| unwritable(error.to_string()))?;
                parts = parts.singlepart(Attachment::new(name.clone()).body(bytes.clone(), kind));
            }
            parts
        };
        builder.multipart(parts).map_err(|error| unwritable(error.to_string()))
    }

    /// Derived from the content, so that it is always the same and does not occur in it.
    fn boundary(&self, of: &str) -> String {
        short_hash(&[&self.message_id, &self.text, &self.html, of])
    }
}

/// The forms of a rendition that its reader wishes. One that it was not made in, or that is too large, is not attached.
fn attachments(head: &EditionHead, rendition: &Rendition, forms: &[String]) -> Result<Vec<Attached>, MailError> {
    let wished = forms.iter().filter_map(|name| Form::named(name));
    let stored = wished.filter_map(|form| Some((form, rendition.artefact(&form.artefact_name())?)));
    let attached = |(form, artefact): (Form, &Artefact)| {
        let erased = MailError::Attachment { form: form.name() };
        Ok(Attached {
            name: form.file_of(&head.report, &head.period, head.revision),
            media_type: artefact.media_type.clone(),
            bytes: artefact.bytes().ok_or(erased)?.into_owned(),
        })
    };
    stored.map(attached).collect()
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    address::parse(text).map_err(|problem| MailError::Address { address: text.to_owned(), problem })
}

/// The Message-ID of an edition's mail to a recipient: readable, and unique by the edition's checksum, which differs
/// even between two servers that report the same week under one sender.
pub fn message_id(
    report: &str,
    period: &str,
    revision: i32,
    checksum: &str,
    recipient: &str,
    from: &Mailbox,
) -> String {
    let report = dot_free(report);
    let period = period.replace("..", "_");
    let unique = short_hash(&[checksum, recipient]);
    format!("<{report}.{period}.{revision}.{unique}@{}>", domain(from))
}

/// The Message-ID of a notice to a recipient, who is told nothing twice in a second.
pub fn message_id_of_notice(rule: &str, at: i64, text: &str, recipient: &str, letterhead: &Letterhead) -> String {
    let unique = short_hash(&[text, &address::bare(recipient)]);
    format!("<alert-{}.{at}.{unique}@{}>", dot_free(rule), domain(letterhead.sender()))
}

/// A name as one label of a Message-ID or List-ID.
fn dot_free(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
}

/// The sender's domain.
fn domain(from: &Mailbox) -> &str {
    from.email.domain()
}

/// Enough of the SHA-256 to be unique. Each text is hashed with its length, so that no two lists of texts look the
/// same.
fn short_hash(texts: &[&str]) -> String {
    let mut joined = String::new();
    for text in texts {
        let _ = write!(joined, "{}:{text}", text.len());
    }
    let mut hash = sha256(&joined);
    hash.truncate(32);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MimeHeaders;

    fn sender(text: &str) -> Mailbox {
        address::parse(text).unwrap()
    }

    fn mail() -> Mail {
        Mail {
            message_id: "<weekly.2026-W46.0.abc@example.com>".to_owned(),
            from: sender("Pegel <reports@example.com>"),
            to: "Jörg Müller <joerg@example.com>".parse().unwrap(),
            subject: "Feedbackquote unter 75 % · KW 46".to_owned(),
            date: "2026-11-16T06:00:00Z".parse().unwrap(),
            text: "Rückmeldungen: 71 %\n".to_owned(),
            html: "<p>Rückmeldungen: <b>71 %</b></p>\n".to_owned(),
            list_id: None,
            reply_to: None,
            unsubscribe: None,
            attachments: Vec::new(),
        }
    }

    #[test]
    fn a_message_has_the_same_bytes_every_time() {
        assert_eq!(mail().message().unwrap().formatted(), mail().message().unwrap().formatted());
        let other = Mail { text: "Rückmeldungen: 72 %\n".to_owned(), ..mail() };
        assert_ne!(mail().message().unwrap().formatted(), other.message().unwrap().formatted());
    }

    #[test]
    fn a_message_is_read_as_it_was_meant() {
        let bytes = mail().message().unwrap().formatted();
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject(), Some("Feedbackquote unter 75 % · KW 46"));
        assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some("Jörg Müller"));
        assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-16T06:00:00Z");
        assert_eq!(parsed.message_id(), Some("weekly.2026-W46.0.abc@example.com"));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        // `trim_end`: line ends become CRLF on the way.
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Rückmeldungen: 71 %");
        assert_eq!(parsed.body_html(0).unwrap().trim_end(), "<p>Rückmeldungen: <b>71 %</b></p>");
        assert_eq!(parsed.parts.len(), 3, "multipart, text, html");
    }

    #[test]
    fn answers_go_elsewhere_and_nobody_gets_mails_they_do_not_want() {
        let page =
            format!("https://pegel.example.com/unsubscribe/weekly/joerg%40example.com/{}?lang=de-DE", "a1".repeat(16));
        let offered = Mail {
            reply_to: Some(sender("\"Sales, North\" <sales@example.com>")),
            unsubscribe: Some(page.clone()),
            ..mail()
        };
        let bytes = offered.message().unwrap().formatted();
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("sales@example.com"));
        let header = |name| parsed.header_raw(name).map(str::trim);
        assert_eq!(header("List-Unsubscribe"), Some(format!("<{page}>").as_str()));
        assert_eq!(header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        let plain = mail().message().unwrap().formatted();
        let parsed = mail_parser::MessageParser::default().parse(&plain).unwrap();
        assert!(parsed.reply_to().is_none() && parsed.header_raw("List-Unsubscribe").is_none());
    }

    #[test]
    fn what_is_attached_stands_behind_what_is_said_and_arrives_byte_for_byte() {
        let attached = Attached {
            name: "weekly-2026-W46.xlsx".to_owned(),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
            bytes: (0..=255).cycle().take(1000).collect(),
        };
        let mail = Mail { attachments: vec![attached.clone()], ..mail() };
        let bytes = mail.message().unwrap().formatted();
        assert_eq!(bytes, mail.message().unwrap().formatted());
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Rückmeldungen: 71 %");
        let part = parsed.attachment(0).unwrap();
        assert_eq!(
            (part.attachment_name(), part.contents()),
            (Some(attached.name.as_str()), attached.bytes.as_slice())
        );
        assert_eq!(parsed.attachment_count(), 1);
    }

    #[test]
    fn header_lines_are_folded() {
        let name = "Ada ".repeat(49);
        let long = Mail {
            subject: "Rückmeldequote unter der Schwelle von 75 % in Küste, Alpen, Heide und Börde ".repeat(5),
            to: sender(&format!("{name} <ada@example.com>")),
            list_id: Some(format!("<{}.example.com>", "w".repeat(200))),
            ..mail()
        };
        let bytes = long.message().unwrap().formatted();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let longest =
            head.lines().filter(|line| !line.contains("List-ID") && !line.starts_with(" <")).map(str::len).max();
        assert!(longest.unwrap() <= 78, "{head}");
        assert!(head.lines().all(|line| line.len() <= 998), "{head}");
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject(), Some(long.subject.trim_end()));
        assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some(name.trim()));
        assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("ada@example.com"));
    }

    #[test]
    fn message_ids_tell_editions_recipients_and_senders_apart() {
        let id = |checksum: &str, recipient: &str, from: &str| {
            message_id("weekly", "2026-W46", 0, checksum, recipient, &sender(from))
        };
        let one = id("c1", "ada@example.com", "reports@example.com");
        assert!(one.starts_with("<weekly.2026-W46.0.") && one.ends_with("@example.com>"), "{one}");
        assert_eq!(one, id("c1", "ada@example.com", "reports@example.com"));
        assert_ne!(one, id("c2", "ada@example.com", "reports@example.com"));
        assert_ne!(one, id("c1", "bob@example.com", "reports@example.com"));
        assert!(id("c1", "ada@example.com", "reports@münchen.example").ends_with("@xn--mnchen-3ya.example>"));
    }

    #[test]
    fn a_message_id_holds_nothing_that_breaks_a_header() {
        let id = message_id(
            "weekly report\r\nBcc: x",
            "2026-11-02..2026-11-08",
            1,
            "c",
            "a@b.example",
            &sender("a@b.example"),
        );
        assert!(id.starts_with("<weekly_report__Bcc__x.2026-11-02_2026-11-08.1."), "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_graphic()), "{id}");
    }
}
