//! The outbox: one row per edition and recipient, handed over once.

use crate::connection::Conn;
use crate::schema::deliveries;
use crate::{Store, StoreError};
use diesel::prelude::*;

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// An address, possibly with a name: `Ada <ada@example.com>`.
    pub recipient: String,
    /// The same at every attempt.
    pub message_id: String,
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
}

impl DeliveryState {
    const ALL: [DeliveryState; 4] =
        [DeliveryState::Pending, DeliveryState::Sending, DeliveryState::Delivered, DeliveryState::Failed];

    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Sending => "sending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
        }
    }

    fn named(word: &str) -> Result<DeliveryState, StoreError> {
        DeliveryState::ALL.into_iter().find(|state| state.word() == word).ok_or_else(|| StoreError::Unreadable {
            what: "the state of a delivery".to_owned(),
            reason: format!("“{word}” is none"),
        })
    }
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: i64,
    pub edition: i64,
    pub recipient: String,
    pub message_id: String,
    pub state: DeliveryState,
    /// Attempts so far, the one under way included.
    pub attempts: i32,
    /// Not before this instant, UTC seconds.
    pub due_at: i64,
    pub delivered_at: Option<i64>,
    /// What the server (or the folder) answered last, or what went wrong.
    pub answer: Option<String>,
}

/// A row as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
struct Row {
    id: i64,
    edition_id: i64,
    recipient: String,
    message_id: String,
    state: String,
    attempts: i32,
    due_at: i64,
    delivered_at: Option<i64>,
    answer: Option<String>,
}

fn delivery(row: Row) -> Result<Delivery, StoreError> {
    let Row { id, edition_id: edition, recipient, message_id, state, attempts, due_at, delivered_at, answer } = row;
    let state = DeliveryState::named(&state)?;
    Ok(Delivery { id, edition, recipient, message_id, state, attempts, due_at, delivered_at, answer })
}

impl Store {
    /// Claims the delivery that has waited longest and commits: pending and due, or claimed by a worker whose lease has
    /// ended. `None` if there is nothing to do. Instants in UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_delivery(&self, now: i64, lease_until: i64) -> Result<Option<Delivery>, StoreError> {
        self.transaction(|conn| claim(conn, now, lease_until).map_err(StoreError::while_("claiming a delivery")))?
            .map(delivery)
            .transpose()
    }

    /// Records that a delivery was handed over, with the server's answer. It was, whoever holds the claim by now.
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
                ))
                .execute(conn)
                .map_err(StoreError::while_("recording a delivery"))?;
            if touched == 0 { Err(StoreError::UnknownDelivery { id }) } else { Ok(()) }
        })
    }

    /// Records a failed attempt; `retry_at` is `None` when it is given up. Does nothing to a delivery that was handed
    /// over by another worker meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_failed(&self, id: i64, now: i64, error: &str, retry_at: Option<i64>) -> Result<(), StoreError> {
        let state = if retry_at.is_some() { DeliveryState::Pending } else { DeliveryState::Failed };
        self.transaction(|conn| {
            diesel::update(deliveries::table.find(id).filter(deliveries::state.eq(DeliveryState::Sending.word())))
                .set((
                    deliveries::state.eq(state.word()),
                    deliveries::lease_until.eq(None::<i64>),
                    deliveries::attempted_at.eq(now),
                    deliveries::due_at.eq(retry_at.unwrap_or(now)),
                    deliveries::answer.eq(error),
                ))
                .execute(conn)
                .map_err(StoreError::while_("recording a failed delivery"))
        })
        .map(drop)
    }

    /// The deliveries of an edition, or of all, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn deliveries(&self, edition: Option<i64>) -> Result<Vec<Delivery>, StoreError> {
        let rows = self.read("reading deliveries", |conn| {
            let mut query = deliveries::table.order(deliveries::id.desc()).select(Row::as_select()).into_boxed();
            if let Some(edition) = edition {
                query = query.filter(deliveries::edition_id.eq(edition));
            }
            query.load::<Row>(conn)
        })?;
        rows.into_iter().map(delivery).collect()
    }
}

/// The ids of what is waiting, longest first.
#[diesel::dsl::auto_type(no_type_alias)]
fn waiting(now: i64) -> _ {
    let due = deliveries::state.eq("pending").and(deliveries::due_at.le(now));
    let lost = deliveries::state.eq("sending").and(deliveries::lease_until.assume_not_null().le(now));
    deliveries::table
        .filter(due.or(lost))
        .order((deliveries::due_at.asc(), deliveries::id.asc()))
        .select(deliveries::id)
}

fn claim(conn: &mut Conn, now: i64, lease_until: i64) -> QueryResult<Option<Row>> {
    let id: Option<i64> = match conn {
        // The transaction holds the only write lock.
        Conn::Sqlite(conn) => waiting(now).first(conn).optional()?,
        // Rows that another worker is claiming at this moment are passed over.
        Conn::Postgres(conn) => waiting(now).for_update().skip_locked().first(conn).optional()?,
    };
    let Some(id) = id else { return Ok(None) };
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::state.eq(DeliveryState::Sending.word()),
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::lease_until.eq(lease_until),
        ))
        .execute(conn)?;
    // Read again, since Diesel returns a struct of columns from an update only where it knows the database.
    deliveries::table.find(id).select(Row::as_select()).first(conn).optional()
}
