//! Publishing: an edition, its place in the chain of its report, and one outbox row per recipient, in one transaction.

use crate::archive::last_checksum;
use crate::connection::{Conn, on_backend};
use crate::edition::{Audience, Label, NewEdition, Rendition, Signature, SourceHash};
use crate::outbox::{DeliveryState, NewDelivery};
use crate::packed::Packed;
use crate::runs::{RunOrigin, RunState};
use crate::schema::{artefacts, deliveries, edition_sources, editions, labels, renditions, runs};
use crate::{Store, StoreError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::collections::HashSet;

/// Held by whoever publishes on `PostgreSQL`: as on `SQLite`, one at a time, so that ids tell the order.
const PUBLISHING: &str = "SELECT pg_advisory_xact_lock(7363504)";

/// What closes an edition when its place in the chain is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What the edition is, the hashes of all that belongs to it, and the checksum of the one before.
    pub manifest: String,
    /// SHA-256 of the manifest, in hex.
    pub checksum: String,
    /// Of the manifest, where the home has a key.
    pub signature: Option<Signature>,
}

impl Store {
    /// Stores an edition with one outbox row per recipient and ends its run, in one transaction; the edition's id.
    ///
    /// `seal` gets the checksum of the report's previous edition, if there is one, and says by what the edition is
    /// closed and to whom it goes. It must be quick: others wait meanwhile.
    ///
    /// # Errors
    /// [`StoreError::RunLost`] if the run is not claimed for this report, period and revision: a worker that took too
    /// long finds that another one has published. Otherwise if the database fails.
    pub fn publish(
        &self,
        run: i64,
        edition: &NewEdition,
        seal: impl FnOnce(Option<&str>) -> (Seal, Vec<NewDelivery>),
    ) -> Result<i64, StoreError> {
        self.transaction(|conn| {
            // First of all, since it locks the row: who else publishes this run waits here and finds it done.
            if end(conn, run, edition).map_err(StoreError::while_("ending a run"))? == 0 {
                return Err(StoreError::RunLost { run });
            }
            if let Conn::Postgres(conn) = conn {
                conn.batch_execute(PUBLISHING).map_err(StoreError::while_("waiting for another edition"))?;
            }
            let previous = last_checksum(conn, &edition.report, i64::MAX);
            let previous = previous.map_err(StoreError::while_("reading editions"))?;
            let (seal, deliveries) = seal(previous.as_deref());
            let id = insert(conn, run, edition, &seal).map_err(StoreError::while_("storing an edition"))?;
            queue(conn, id, edition.created_at, &deliveries)?;
            Ok(id)
        })
    }

    /// Ends a due run with an edition that is there already, made by hand, and puts one outbox row per recipient who
    /// has none yet into the outbox, in one transaction.
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
            queue(conn, edition, now, deliveries)
        })
    }

    /// Puts one outbox row per recipient of an edition into the outbox, except for those who have one; how many.
    ///
    /// # Errors
    /// If the edition was not made for one of the audiences, or the database fails.
    pub fn queue(&self, edition: i64, now: i64, deliveries: &[NewDelivery]) -> Result<usize, StoreError> {
        self.transaction(|conn| queue(conn, edition, now, deliveries))
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

fn insert(conn: &mut Conn, run: i64, edition: &NewEdition, seal: &Seal) -> QueryResult<i64> {
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
            editions::reason.eq(edition.reason.as_ref()),
            editions::checksum.eq(&seal.checksum),
            editions::manifest.eq(&seal.manifest),
            editions::signature.eq(seal.signature.as_ref().map(|signature| &signature.signature)),
            editions::signed_by.eq(seal.signature.as_ref().map(|signature| &signature.signed_by)),
        ))
        .returning(editions::id)
        .get_result(conn)?;
    for rendition in &edition.renditions {
        insert_rendition(conn, id, rendition)?;
    }
    insert_labels(conn, id, &edition.labels)?;
    insert_sources(conn, id, &edition.sources)?;
    Ok(id)
}

fn insert_rendition(conn: &mut Conn, edition: i64, rendition: &Rendition) -> QueryResult<()> {
    let Audience { scope, locale, zone } = &rendition.audience;
    let id: i64 = diesel::insert_into(renditions::table)
        .values((
            renditions::edition_id.eq(edition),
            renditions::scope.eq(scope),
            renditions::locale.eq(locale),
            renditions::zone.eq(zone),
        ))
        .returning(renditions::id)
        .get_result(conn)?;
    for artefact in &rendition.artefacts {
        diesel::insert_into(artefacts::table)
            .values((
                artefacts::rendition_id.eq(id),
                artefacts::name.eq(&artefact.name),
                artefacts::media_type.eq(&artefact.media_type),
                artefacts::sha256.eq(&artefact.sha256),
                artefacts::bytes.eq(artefact.content.kept().map(Packed::held)),
                artefacts::deflated.eq(artefact.content.kept().is_some_and(Packed::is_deflated)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn insert_labels(conn: &mut Conn, edition: i64, all: &[Label]) -> QueryResult<()> {
    let row = |label: &Label| {
        let salted = label.text.kept().cloned();
        (
            labels::edition_id.eq(edition),
            labels::kind.eq(label.kind.clone()),
            labels::group_id.eq(label.group),
            labels::sha256.eq(label.sha256.clone()),
            labels::salt.eq(salted.as_ref().map(|salted| salted.salt.clone())),
            labels::label.eq(salted.map(|salted| salted.label)),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    in_parts(
        &rows,
        |rows| on_backend!(&mut *conn, conn => diesel::insert_into(labels::table).values(rows).execute(conn)),
    )
}

fn insert_sources(conn: &mut Conn, edition: i64, all: &[SourceHash]) -> QueryResult<()> {
    let row = |source: &SourceHash| {
        (
            edition_sources::edition_id.eq(edition),
            edition_sources::kind.eq(source.kind.clone()),
            edition_sources::name.eq(source.name.clone()),
            edition_sources::sha256.eq(source.sha256.clone()),
            edition_sources::version.eq(source.version.clone()),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    in_parts(
        &rows,
        |rows| on_backend!(&mut *conn, conn => diesel::insert_into(edition_sources::table).values(rows).execute(conn)),
    )
}

/// Rows a thousand at a time, since a statement takes a limited number of binds.
fn in_parts<T>(rows: &[T], mut insert: impl FnMut(&[T]) -> QueryResult<usize>) -> QueryResult<()> {
    rows.chunks(1000).try_for_each(|rows| insert(rows).map(drop))
}

/// One row per recipient who has none yet; how many.
fn queue(conn: &mut Conn, edition: i64, now: i64, wanted: &[NewDelivery]) -> Result<usize, StoreError> {
    let failed = StoreError::while_("queueing mails");
    let known: Vec<(i64, Audience)> = audiences(conn, edition).map_err(&failed)?;
    let messages: HashSet<String> = messages(conn, edition).map_err(&failed)?;
    let rendition = |audience: &Audience| known.iter().find(|(_, known)| known == audience).map(|(id, _)| *id);
    let mut outbox = Vec::new();
    // Who has one is told by the Message-ID, which is made of the bare address.
    for delivery in wanted.iter().filter(|delivery| !messages.contains(&delivery.message_id)) {
        let rendition = rendition(&delivery.audience).ok_or(StoreError::NoRendition { edition })?;
        outbox.push((
            deliveries::rendition_id.eq(rendition),
            deliveries::recipient.eq(&delivery.recipient),
            deliveries::channel.eq(delivery.channel.word()),
            deliveries::message_id.eq(&delivery.message_id),
            deliveries::state.eq(DeliveryState::Pending.word()),
            deliveries::due_at.eq(now),
            deliveries::queued_at.eq(now),
            deliveries::reply_to.eq(delivery.reply_to.as_ref()),
            deliveries::forms.eq(delivery.forms.join(" ")),
        ));
    }
    in_parts(
        &outbox,
        |rows| on_backend!(&mut *conn, conn => diesel::insert_into(deliveries::table).values(rows).execute(conn)),
    )
    .map_err(failed)?;
    Ok(outbox.len())
}

fn audiences(conn: &mut Conn, edition: i64) -> QueryResult<Vec<(i64, Audience)>> {
    let rows: Vec<(i64, String, String, String)> = renditions::table
        .filter(renditions::edition_id.eq(edition))
        .select((renditions::id, renditions::scope, renditions::locale, renditions::zone))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, scope, locale, zone)| (id, Audience { scope, locale, zone })).collect())
}

fn messages(conn: &mut Conn, edition: i64) -> QueryResult<HashSet<String>> {
    let messages = deliveries::table.inner_join(renditions::table).filter(renditions::edition_id.eq(edition));
    Ok(messages.select(deliveries::message_id).load::<String>(conn)?.into_iter().collect())
}
