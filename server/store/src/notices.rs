//! Notices: what is told beside editions, as one audience gets it.

use crate::connection::Conn;
use crate::edition::Audience;
use crate::outbox::{DeliveryState, NewDelivery};
use crate::schema::{deliveries, notices};
use crate::{Store, StoreError};
use diesel::prelude::*;

/// A notice: what is told of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What told it: the name of a rule.
    pub rule: String,
    /// UTC seconds.
    pub created_at: i64,
    pub audience: Audience,
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
    /// What it says, statement by statement, as JSON; only where it goes to a channel beside mail.
    pub statements: Option<String>,
}

/// A notice, and to whom it goes: each of that audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    pub notice: Notice,
    pub deliveries: Vec<NewDelivery>,
}

impl Store {
    /// The notice of that number.
    ///
    /// # Errors
    /// If the database fails.
    pub fn notice(&self, id: i64) -> Result<Option<Notice>, StoreError> {
        type Row = (String, i64, String, String, String, String, String, String, Option<String>);
        let row: Option<Row> = self.read("reading a notice", |conn| {
            notices::table
                .find(id)
                .select((
                    notices::rule,
                    notices::created_at,
                    notices::scope,
                    notices::locale,
                    notices::zone,
                    notices::subject,
                    notices::text,
                    notices::html,
                    notices::statements,
                ))
                .first(conn)
                .optional()
        })?;
        Ok(row.map(|(rule, created_at, scope, locale, zone, subject, text, html, statements)| Notice {
            rule,
            created_at,
            audience: Audience { scope, locale, zone },
            subject,
            text,
            html,
            statements,
        }))
    }
}

/// Stores a notice with one outbox row per recipient.
pub(crate) fn insert(conn: &mut Conn, NewNotice { notice, deliveries: wanted }: &NewNotice) -> QueryResult<()> {
    let Audience { scope, locale, zone } = &notice.audience;
    let id: i64 = diesel::insert_into(notices::table)
        .values((
            notices::rule.eq(&notice.rule),
            notices::created_at.eq(notice.created_at),
            notices::scope.eq(scope),
            notices::locale.eq(locale),
            notices::zone.eq(zone),
            notices::subject.eq(&notice.subject),
            notices::text.eq(&notice.text),
            notices::html.eq(&notice.html),
            notices::statements.eq(&notice.statements),
        ))
        .returning(notices::id)
        .get_result(conn)?;
    for delivery in wanted {
        diesel::insert_into(deliveries::table)
            .values((
                deliveries::notice_id.eq(id),
                deliveries::recipient.eq(&delivery.recipient),
                deliveries::channel.eq(delivery.channel.word()),
                deliveries::message_id.eq(&delivery.message_id),
                deliveries::state.eq(DeliveryState::Pending.word()),
                deliveries::due_at.eq(notice.created_at),
                deliveries::queued_at.eq(notice.created_at),
                deliveries::reply_to.eq(delivery.reply_to.as_ref()),
                deliveries::forms.eq(""),
            ))
            .execute(conn)?;
    }
    Ok(())
}
