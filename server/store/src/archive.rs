//! The archive: editions, immutable once published.

use crate::connection::{Conn, on_backend};
use crate::outbox::{DeliveryState, NewDelivery};
use crate::runs::{RunOrigin, RunState};
use crate::schema::{artefacts, deliveries, edition_sources, editions, runs};
use crate::{Store, StoreError};
use diesel::prelude::*;
use std::collections::HashSet;

/// The name of the part that holds the figures; all that is shown of an edition is made from it.
pub const NUMBERS: &str = "numbers.json";
/// The name of the part that holds the mail's HTML.
pub const HTML: &str = "mail.html";
/// The name of the part that holds the mail's plain text.
pub const TEXT: &str = "mail.txt";
/// The name of the part that holds the mail's subject.
pub const SUBJECT: &str = "subject.txt";
/// The name of the part that holds the hashes of the others, from which the edition's checksum is made.
pub const MANIFEST: &str = "manifest.json";

/// An edition as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEdition {
    pub report: String,
    pub title: String,
    pub period: String,
    pub revision: i32,
    /// The period's instants, UTC seconds, without the end.
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_at: i64,
    /// The worst state in it: `unjudged`, `ok`, `warning` or `critical`.
    pub status: String,
    pub parts: Vec<Part>,
    /// What it was made from: every script, template and configuration file with its hash.
    pub sources: Vec<SourceHash>,
    /// SHA-256 over all of the above, in hex.
    pub checksum: String,
}

/// One stored part: [`NUMBERS`], [`HTML`], [`TEXT`], [`SUBJECT`] or [`MANIFEST`].
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Part {
    pub name: String,
    pub media_type: String,
    pub content: String,
    /// SHA-256 of the content, in hex.
    pub sha256: String,
}

/// The hash of a file that an edition was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable)]
pub struct SourceHash {
    /// `kpi`, `template`, `report` or `thresholds`.
    pub kind: String,
    pub name: String,
    /// SHA-256, in hex.
    pub sha256: String,
}

/// An edition as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = editions)]
pub struct EditionHead {
    pub id: i64,
    pub report: String,
    pub title: String,
    pub period: String,
    pub revision: i32,
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_at: i64,
    pub status: String,
    pub checksum: String,
}

/// An edition with all that is stored of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    pub head: EditionHead,
    pub parts: Vec<Part>,
    pub sources: Vec<SourceHash>,
}

impl Store {
    /// Stores an edition with one outbox row per recipient and ends its run, in one transaction; the edition's id.
    ///
    /// # Errors
    /// [`StoreError::RunLost`] if the run is not claimed for this report, period and revision: a worker that took too
    /// long finds that another one has published. Otherwise if the database fails.
    pub fn publish(&self, run: i64, edition: &NewEdition, deliveries: &[NewDelivery]) -> Result<i64, StoreError> {
        self.transaction(|conn| {
            // First of all, since it locks the row: who else publishes this run waits here and finds it done.
            if end(conn, run, edition).map_err(StoreError::while_("ending a run"))? == 0 {
                return Err(StoreError::RunLost { run });
            }
            insert(conn, run, edition, deliveries).map_err(StoreError::while_("storing an edition"))
        })
    }

    /// Ends a due run with an edition that is there already, made by hand, and puts one outbox row per recipient who has
    /// none yet into the outbox, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::RunLost`] if the run is not claimed; otherwise if the database fails.
    pub fn adopt(&self, run: i64, edition: i64, now: i64, deliveries: &[NewDelivery]) -> Result<usize, StoreError> {
        self.transaction(|conn| {
            // The claim goes, and the run that made the edition becomes the due one.
            let claimed = runs::table.find(run).filter(runs::state.eq(RunState::Claimed.word()));
            if diesel::delete(claimed).execute(conn).map_err(StoreError::while_("ending a run"))? == 0 {
                return Err(StoreError::RunLost { run });
            }
            let made: i64 = editions::table
                .find(edition)
                .select(editions::run_id)
                .first(conn)
                .map_err(StoreError::while_("reading an edition"))?;
            diesel::update(runs::table.find(made))
                .set((runs::origin.eq(RunOrigin::Due.word()), runs::claimed_at.eq(now)))
                .execute(conn)
                .map_err(StoreError::while_("ending a run"))?;
            queue(conn, edition, now, deliveries).map_err(StoreError::while_("queueing mails"))
        })
    }

    /// Puts one outbox row per recipient of an edition into the outbox, except for those who have one; how many.
    ///
    /// # Errors
    /// If the database fails.
    pub fn queue(&self, edition: i64, now: i64, deliveries: &[NewDelivery]) -> Result<usize, StoreError> {
        self.transaction(|conn| queue(conn, edition, now, deliveries).map_err(StoreError::while_("queueing mails")))
    }

    /// The newest editions first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn editions(&self, limit: i64, offset: i64) -> Result<Vec<EditionHead>, StoreError> {
        self.read("reading editions", |conn| {
            editions::table
                .order((editions::created_at.desc(), editions::id.desc()))
                .limit(limit)
                .offset(offset)
                .select(EditionHead::as_select())
                .load(conn)
        })
    }

    /// The id of the edition of a report's period in a revision; `None` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn edition_id(&self, report: &str, period: &str, revision: i32) -> Result<Option<i64>, StoreError> {
        self.read("reading editions", |conn| {
            editions::table
                .filter(editions::report.eq(report))
                .filter(editions::period.eq(period))
                .filter(editions::revision.eq(revision))
                .select(editions::id)
                .first(conn)
                .optional()
        })
    }

    /// The id of the latest revision of a report's period; `None` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn latest_edition(&self, report: &str, period: &str) -> Result<Option<i64>, StoreError> {
        self.read("reading editions", |conn| {
            editions::table
                .filter(editions::report.eq(report))
                .filter(editions::period.eq(period))
                .order(editions::revision.desc())
                .select(editions::id)
                .first(conn)
                .optional()
        })
    }

    /// One edition; `None` if there is none of that id. Parts in the order in which they were stored, sources sorted.
    ///
    /// # Errors
    /// If the database fails.
    pub fn edition(&self, id: i64) -> Result<Option<Edition>, StoreError> {
        self.read("reading an edition", |conn| {
            let head =
                editions::table.find(id).select(EditionHead::as_select()).first::<EditionHead>(conn).optional()?;
            let Some(head) = head else { return Ok(None) };
            let parts = artefacts::table
                .filter(artefacts::edition_id.eq(id))
                .order(artefacts::id)
                .select((artefacts::name, artefacts::media_type, artefacts::content, artefacts::sha256))
                .load::<Part>(conn)?;
            let mut sources = edition_sources::table
                .filter(edition_sources::edition_id.eq(id))
                .select((edition_sources::kind, edition_sources::name, edition_sources::sha256))
                .load::<SourceHash>(conn)?;
            // Not by the database: the two sort texts differently.
            sources.sort();
            Ok(Some(Edition { head, parts, sources }))
        })
    }
}

/// Ends the run if it is claimed for this edition; how many rows that touched.
fn end(conn: &mut Conn, run: i64, edition: &NewEdition) -> QueryResult<usize> {
    diesel::update(
        runs::table
            .filter(runs::id.eq(run))
            .filter(runs::state.eq(RunState::Claimed.word()))
            .filter(runs::report.eq(&edition.report))
            .filter(runs::period.eq(&edition.period))
            .filter(runs::revision.eq(edition.revision)),
    )
    .set((runs::state.eq(RunState::Done.word()), runs::ended_at.eq(edition.created_at)))
    .execute(conn)
}

fn insert(conn: &mut Conn, run: i64, edition: &NewEdition, recipients: &[NewDelivery]) -> QueryResult<i64> {
    let id: i64 = diesel::insert_into(editions::table)
        .values((
            editions::run_id.eq(run),
            editions::report.eq(&edition.report),
            editions::title.eq(&edition.title),
            editions::period.eq(&edition.period),
            editions::revision.eq(edition.revision),
            editions::starts_at.eq(edition.starts_at),
            editions::ends_at.eq(edition.ends_at),
            editions::created_at.eq(edition.created_at),
            editions::status.eq(&edition.status),
            editions::checksum.eq(&edition.checksum),
        ))
        .returning(editions::id)
        .get_result(conn)?;
    let parts: Vec<_> = edition
        .parts
        .iter()
        .map(|part| {
            (
                artefacts::edition_id.eq(id),
                artefacts::name.eq(&part.name),
                artefacts::media_type.eq(&part.media_type),
                artefacts::content.eq(&part.content),
                artefacts::sha256.eq(&part.sha256),
            )
        })
        .collect();
    let sources: Vec<_> = edition
        .sources
        .iter()
        .map(|source| {
            (
                edition_sources::edition_id.eq(id),
                edition_sources::kind.eq(&source.kind),
                edition_sources::name.eq(&source.name),
                edition_sources::sha256.eq(&source.sha256),
            )
        })
        .collect();
    on_backend!(&mut *conn, conn => {
        diesel::insert_into(artefacts::table).values(&parts).execute(conn)?;
        diesel::insert_into(edition_sources::table).values(&sources).execute(conn)?;
    });
    queue(conn, id, edition.created_at, recipients)?;
    Ok(id)
}

/// One row per recipient who has none yet, told by the Message-ID, which is made of the bare address; how many.
fn queue(conn: &mut Conn, edition: i64, now: i64, recipients: &[NewDelivery]) -> QueryResult<usize> {
    let known: HashSet<String> = deliveries::table
        .filter(deliveries::edition_id.eq(edition))
        .select(deliveries::message_id)
        .load(conn)?
        .into_iter()
        .collect();
    let outbox: Vec<_> = recipients
        .iter()
        .filter(|delivery| !known.contains(&delivery.message_id))
        .map(|delivery| {
            (
                deliveries::edition_id.eq(edition),
                deliveries::recipient.eq(&delivery.recipient),
                deliveries::message_id.eq(&delivery.message_id),
                deliveries::state.eq(DeliveryState::Pending.word()),
                deliveries::due_at.eq(now),
                deliveries::queued_at.eq(now),
            )
        })
        .collect();
    // In parts, since a statement takes a limited number of binds and a report any number of recipients.
    for outbox in outbox.chunks(1000) {
        on_backend!(&mut *conn, conn => diesel::insert_into(deliveries::table).values(outbox).execute(conn)?);
    }
    Ok(outbox.len())
}
