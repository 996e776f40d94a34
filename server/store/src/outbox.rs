//! The outbox: one row per rendition or notice, recipient and channel, handed over once.

use crate::attempts::{Outcome, record};
use crate::connection::Conn;
use crate::edition::Audience;
use crate::lease::Lease;
use crate::schema::{deliveries, renditions};
use crate::{Store, StoreError};
use diesel::prelude::*;
use std::fmt;

/// No channel has this word.
const NO_CHANNEL: &str = "";

/// By what a delivery reaches its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Mail,
    Webhook,
    Slack,
    Teams,
    Folder,
    /// One that was named but not set up, or not in order, when the delivery was queued.
    Unknown,
}

impl Channel {
    const ALL: [Channel; 6] =
        [Channel::Mail, Channel::Webhook, Channel::Slack, Channel::Teams, Channel::Folder, Channel::Unknown];

    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Webhook => "webhook",
            Channel::Slack => "slack",
            Channel::Teams => "teams",
            Channel::Folder => "folder",
            Channel::Unknown => "unknown",
        }
    }

    fn named(word: &str) -> Result<Channel, StoreError> {
        let known = Channel::ALL.into_iter().find(|channel| channel.word() == word);
        known.ok_or_else(|| unreadable("the channel of a delivery", word))
    }
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Of this edition, the rendition of this audience.
    Rendition { edition: i64, audience: Audience },
    /// The notice of that number.
    Notice(i64),
}

impl Content {
    /// The edition, if it is of one.
    pub fn edition(&self) -> Option<i64> {
        match self {
            Content::Rendition { edition, .. } => Some(*edition),
            Content::Notice(_) => None,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Rendition { edition, .. } => write!(f, "edition {edition}"),
            Content::Notice(notice) => write!(f, "notice {notice}"),
        }
    }
}

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Whose rendition of the edition, or whose notice, the recipient gets.
    pub audience: Audience,
    pub channel: Channel,
    /// An address, possibly with a name: `Ada <ada@example.com>`; or the name of a channel beside mail.
    pub recipient: String,
    /// The same at every attempt.
    pub message_id: String,
    /// Where answers go, as an address; `None`: to the sender.
    pub reply_to: Option<String>,
    /// The names of the forms of the edition that are attached, as far as it has them; none has a blank in it.
    pub forms: Vec<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Pending,
    /// A worker is handing it over.
    Sending,
    Delivered,
    /// Given up.
    Failed,
    /// The recipient wants no more mails of the report, so none was sent.
    Unsubscribed,
}

impl DeliveryState {
    const ALL: [DeliveryState; 5] = [
        DeliveryState::Pending,
        DeliveryState::Sending,
        DeliveryState::Delivered,
        DeliveryState::Failed,
        DeliveryState::Unsubscribed,
    ];

    /// The word for it in the database, and behind `delivery_` in the languages.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Sending => "sending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Unsubscribed => "unsubscribed",
        }
    }

    fn named(word: &str) -> Result<DeliveryState, StoreError> {
        let known = DeliveryState::ALL.into_iter().find(|state| state.word() == word);
        known.ok_or_else(|| unreadable("the state of a delivery", word))
    }
}

fn unreadable(what: &str, word: &str) -> StoreError {
    StoreError::Unreadable { what: what.to_owned(), reason: format!("“{word}” is none") }
}

/// Whose fault a failed attempt met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Ours: no server to talk to, or none that lets us in. Every mail fares alike.
    Operator,
    /// The recipient's or this mail's.
    Recipient,
}

impl Fault {
    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Operator => "operator",
            Fault::Recipient => "recipient",
        }
    }
}

/// A failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused<'a> {
    pub fault: Fault,
    /// What the server (or the folder) answered, or what went wrong.
    pub answer: &'a str,
    /// When to try again, UTC seconds; `None`: given up.
    pub retry_at: Option<i64>,
}

/// Which deliveries are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this edition.
    pub edition: Option<i64>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// One of these; empty: any.
    pub ids: Vec<i64>,
}

/// Mails that wait because nobody can be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub mails: i64,
    /// Since when the first of them waits, UTC seconds.
    pub since: i64,
    /// The latest answer.
    pub answer: String,
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: i64,
    pub content: Content,
    pub channel: Channel,
    /// An address, or the name of a channel beside mail.
    pub recipient: String,
    pub message_id: String,
    /// Where answers go, as an address; `None`: to the sender.
    pub reply_to: Option<String>,
    /// The names of the forms of the edition that are attached, as far as it has them.
    pub forms: Vec<String>,
    pub state: DeliveryState,
    /// Attempts so far, the one under way included.
    pub attempts: i32,
    /// Since when it waits, UTC seconds.
    pub queued_at: i64,
    /// Not before this instant, UTC seconds.
    pub due_at: i64,
    pub attempted_at: Option<i64>,
    pub delivered_at: Option<i64>,
    /// What the server (or the folder) answered last, or what went wrong.
    pub answer: Option<String>,
}

/// A row as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
struct Row {
    id: i64,
    recipient: String,
    channel: String,
    message_id: String,
    state: String,
    attempts: i32,
    queued_at: i64,
    due_at: i64,
    attempted_at: Option<i64>,
    delivered_at: Option<i64>,
    answer: Option<String>,
    reply_to: Option<String>,
    forms: String,
    notice_id: Option<i64>,
}

/// Where the rendition of a delivery belongs: the edition, and the audience's scope, locale and zone.
#[derive(Queryable, Selectable)]
#[diesel(table_name = renditions)]
struct Place {
    edition_id: i64,
    scope: String,
    locale: String,
    zone: String,
}

fn delivery((row, place): (Row, Option<Place>)) -> Result<Delivery, StoreError> {
    let of_rendition = |Place { edition_id, scope, locale, zone }| Content::Rendition {
        edition: edition_id,
        audience: Audience { scope, locale, zone },
    };
    let content = place.map(of_rendition).or(row.notice_id.map(Content::Notice));
    Ok(Delivery {
        id: row.id,
        content: content.ok_or_else(|| unreadable("what a delivery sends", "nothing"))?,
        channel: Channel::named(&row.channel)?,
        recipient: row.recipient,
        message_id: row.message_id,
        reply_to: row.reply_to,
        forms: row.forms.split_whitespace().map(str::to_owned).collect(),
        state: DeliveryState::named(&row.state)?,
        attempts: row.attempts,
        queued_at: row.queued_at,
        due_at: row.due_at,
        attempted_at: row.attempted_at,
        delivered_at: row.delivered_at,
        answer: row.answer,
    })
}

impl Store {
    /// Claims the delivery that has waited longest and commits: pending and due, or claimed by a worker whose lease has
    /// ended. `None` if there is nothing to do.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_delivery(&self, lease: &Lease) -> Result<Option<Delivery>, StoreError> {
        self.claim(lease, NO_CHANNEL)
    }

    /// The same of those that go elsewhere than by mail.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_beside_mail(&self, lease: &Lease) -> Result<Option<Delivery>, StoreError> {
        self.claim(lease, Channel::Mail.word())
    }

    fn claim(&self, lease: &Lease, except: &'static str) -> Result<Option<Delivery>, StoreError> {
        self.transaction(|conn| claim(conn, lease, except).map_err(StoreError::while_("claiming a delivery")))?
            .map(delivery)
            .transpose()
    }

    /// Whether a claim at that instant (UTC seconds) would find anything.
    ///
    /// # Errors
    /// If the database fails.
    pub fn is_delivery_due(&self, now: i64) -> Result<bool, StoreError> {
        self.read("reading deliveries", |conn| waiting(now, NO_CHANNEL).first::<i64>(conn).optional())
            .map(|id| id.is_some())
    }

    /// Records that a delivery was handed over, with the server's answer, and the attempt. It was, whoever holds the claim by now.
    ///
    /// # Errors
    /// If there is no such delivery, or the database fails.
    pub fn record_delivered(&self, id: i64, now: i64, answer: &str) -> Result<(), StoreError> {
        self.transaction(|conn| {
            let touched = diesel::update(deliveries::table.find(id))
                .set((
                    deliveries::state.eq(DeliveryState::Delivered.word()),
                    deliveries::lease_until.eq(None::<i64>),
                    deliveries::attempted_at.eq(now),
                    deliveries::delivered_at.eq(now),
                    deliveries::answer.eq(answer),
                    deliveries::fault.eq(None::<String>),
                ))
                .execute(conn)
                .map_err(StoreError::while_("recording a delivery"))?;
            if touched == 0 {
                return Err(StoreError::UnknownDelivery { id });
            }
            record(conn, id, now, Outcome::Delivered, answer).map_err(StoreError::while_("recording a delivery"))
        })
    }

    /// Records a failed attempt, and what becomes of the delivery. Does nothing to a delivery that was handed over by another worker meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_failed(&self, id: i64, now: i64, refused: &Refused) -> Result<(), StoreError> {
        let (state, outcome) = match refused.retry_at {
            Some(_) => (DeliveryState::Pending, Outcome::Postponed),
            None => (DeliveryState::Failed, Outcome::GivenUp),
        };
        self.transaction(|conn| {
            let touched =
                diesel::update(deliveries::table.find(id).filter(deliveries::state.eq(DeliveryState::Sending.word())))
                    .set((
                        deliveries::state.eq(state.word()),
                        deliveries::lease_until.eq(None::<i64>),
                        deliveries::attempted_at.eq(now),
                        deliveries::due_at.eq(refused.retry_at.unwrap_or(now)),
                        deliveries::answer.eq(refused.answer),
                        deliveries::fault.eq(refused.fault.word()),
                    ))
                    .execute(conn)
                    .map_err(StoreError::while_("recording a failed delivery"))?;
            if touched == 0 {
                return Ok(());
            }
            record(conn, id, now, outcome, refused.answer).map_err(StoreError::while_("recording a failed delivery"))
        })
    }

    /// Gives a claim back that led to nothing: it was no attempt.
    ///
    /// # Errors
    /// If the database fails.
    pub fn give_delivery_back(&self, id: i64) -> Result<(), StoreError> {
        self.transaction(|conn| {
            untried(conn, id, DeliveryState::Pending).map_err(StoreError::while_("giving back a delivery"))
        })
    }

    /// Gives back what was claimed in these words, though nobody was told so: the database failed before it could answer.
    /// Of several that were claimed in the same second by the same process, all that are still claimed; nothing where the
    /// process cannot be told from others.
    ///
    /// # Errors
    /// If the database fails.
    pub fn give_claims_back(&self, lease: &Lease) -> Result<(), StoreError> {
        let claimed = deliveries::table
            .filter(deliveries::state.eq(DeliveryState::Sending.word()))
            .filter(deliveries::lease_until.eq(lease.until))
            .filter(deliveries::holder.eq(&lease.holder))
            .select(deliveries::id);
        self.transaction(|conn| {
            let ids: Vec<i64> = claimed.load(conn).map_err(StoreError::while_("giving back deliveries"))?;
            let give_back = |id| untried(conn, id, DeliveryState::Pending);
            ids.into_iter().try_for_each(give_back).map_err(StoreError::while_("giving back deliveries"))
        })
    }

    /// Records that nothing was sent, since the recipient wants no more mails of the report.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_unsubscribed(&self, id: i64) -> Result<(), StoreError> {
        self.transaction(|conn| {
            untried(conn, id, DeliveryState::Unsubscribed).map_err(StoreError::while_("recording a delivery"))
        })
    }

    /// Lets deliveries go out once more, as if they were new; those that a worker is at are left alone. How many.
    ///
    /// # Errors
    /// If the database fails.
    pub fn resend(&self, wanted: &Wanted, now: i64) -> Result<usize, StoreError> {
        let again: Vec<i64> = self.deliveries_like(wanted)?.into_iter().map(|delivery| delivery.id).collect();
        self.transaction(|conn| {
            let mut count = 0;
            for id in again {
                count += diesel::update(deliveries::table.find(id))
                    .filter(deliveries::state.ne(DeliveryState::Sending.word()))
                    .set((
                        deliveries::state.eq(DeliveryState::Pending.word()),
                        deliveries::attempts.eq(0),
                        deliveries::due_at.eq(now),
                        deliveries::queued_at.eq(now),
                        deliveries::attempted_at.eq(None::<i64>),
                        deliveries::delivered_at.eq(None::<i64>),
                        deliveries::fault.eq(None::<String>),
                    ))
                    .execute(conn)
                    .map_err(StoreError::while_("queueing mails again"))?;
            }
            Ok(count)
        })
    }

    /// The deliveries of an edition, or of all, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn deliveries(&self, edition: Option<i64>) -> Result<Vec<Delivery>, StoreError> {
        self.deliveries_like(&Wanted { edition, ..Wanted::default() })
    }

    /// The deliveries that are meant, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn deliveries_like(&self, wanted: &Wanted) -> Result<Vec<Delivery>, StoreError> {
        let rows = self.read("reading deliveries", |conn| {
            let mut query = deliveries::table
                .left_join(renditions::table)
                .order(deliveries::id.desc())
                .select((Row::as_select(), Option::<Place>::as_select()))
                .into_boxed();
            if let Some(edition) = wanted.edition {
                query = query.filter(renditions::edition_id.eq(edition));
            }
            if let Some(state) = wanted.state {
                query = query.filter(deliveries::state.eq(state.word()));
            }
            if !wanted.ids.is_empty() {
                query = query.filter(deliveries::id.eq_any(&wanted.ids));
            }
            query.load::<(Row, Option<Place>)>(conn)
        })?;
        rows.into_iter().map(delivery).collect()
    }

    /// The mails that wait because of an operator's fault; `None` if there are none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn held_mails(&self) -> Result<Option<Held>, StoreError> {
        self.read("reading deliveries", |conn| {
            let held =
                deliveries::state.eq(DeliveryState::Pending.word()).and(deliveries::fault.eq(Fault::Operator.word()));
            let (mails, since): (i64, Option<i64>) = deliveries::table
                .filter(held)
                .select((diesel::dsl::count_star(), diesel::dsl::min(deliveries::queued_at)))
                .first(conn)?;
            let Some(since) = since else { return Ok(None) };
            let answer: Option<Option<String>> = deliveries::table
                .filter(held)
                .order(deliveries::attempted_at.desc())
                .select(deliveries::answer)
                .first(conn)
                .optional()?;
            Ok(Some(Held { mails, since, answer: answer.flatten().unwrap_or_default() }))
        })
    }

    /// How many mails were given up, and not sent since.
    ///
    /// # Errors
    /// If the database fails.
    pub fn given_up_mails(&self) -> Result<i64, StoreError> {
        self.read("reading deliveries", |conn| {
            deliveries::table.filter(deliveries::state.eq(DeliveryState::Failed.word())).count().get_result(conn)
        })
    }
}

/// Ends a claim without an attempt. Does nothing to a delivery that was handed over by another worker meanwhile.
fn untried(conn: &mut Conn, id: i64, state: DeliveryState) -> QueryResult<()> {
    diesel::update(deliveries::table.find(id).filter(deliveries::state.eq(DeliveryState::Sending.word())))
        .set((
            deliveries::state.eq(state.word()),
            deliveries::lease_until.eq(None::<i64>),
            deliveries::attempts.eq(deliveries::attempts - 1),
        ))
        .execute(conn)
        .map(drop)
}

/// The ids of what is waiting, but for that of one channel, longest first.
#[diesel::dsl::auto_type(no_type_alias)]
fn waiting(now: i64, except: &'static str) -> _ {
    let due = deliveries::state.eq("pending").and(deliveries::due_at.le(now));
    let lost = deliveries::state.eq("sending").and(deliveries::lease_until.assume_not_null().le(now));
    deliveries::table
        .filter(due.or(lost))
        .filter(deliveries::channel.ne(except))
        .order((deliveries::due_at.asc(), deliveries::id.asc()))
        .select(deliveries::id)
}

fn claim(conn: &mut Conn, lease: &Lease, except: &'static str) -> QueryResult<Option<(Row, Option<Place>)>> {
    let id: Option<i64> = match conn {
        // The transaction holds the only write lock.
        Conn::Sqlite(conn) => waiting(lease.now, except).first(conn).optional()?,
        // Rows that another worker is claiming at this moment are passed over.
        Conn::Postgres(conn) => waiting(lease.now, except).for_update().skip_locked().first(conn).optional()?,
    };
    let Some(id) = id else { return Ok(None) };
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::state.eq(DeliveryState::Sending.word()),
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::lease_until.eq(lease.until),
            deliveries::holder.eq(&lease.holder),
        ))
        .execute(conn)?;
    // Read again, since Diesel returns a struct of columns from an update only where it knows the database.
    deliveries::table
        .left_join(renditions::table)
        .filter(deliveries::id.eq(id))
        .select((Row::as_select(), Option::<Place>::as_select()))
        .first(conn)
        .optional()
}
