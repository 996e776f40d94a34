//! The archive: editions as they were published, immutable but for what is erased.

use crate::connection::Conn;
use crate::edition::{
    Artefact, Audience, Edition, EditionHead, Erasable, Label, Listed, ListedPeriod, Rendition, SUBJECT, Salted,
    Signature, SourceHash,
};
use crate::packed::Packed;
use crate::runs::RunState;
use crate::schema::{artefacts, edition_sources, editions, labels, renditions, runs};
use crate::{Store, StoreError};
use diesel::dsl::min;
use diesel::prelude::*;

impl Store {
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

    /// All editions by report and period, the latest period first; of each what the mail of the report itself says first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn listed_editions(&self) -> Result<Vec<ListedPeriod>, StoreError> {
        let rows: Vec<(EditionHead, Option<Vec<u8>>, Option<bool>)> = self.read("reading editions", |conn| {
            // The report's own rendition is stored before those of other audiences.
            let own = renditions::table
                .filter(renditions::edition_id.eq(editions::id))
                .select(min(renditions::id))
                .single_value();
            let subject = artefacts::rendition_id.nullable().eq(own).and(artefacts::name.eq(SUBJECT));
            editions::table
                .left_join(artefacts::table.on(subject))
                .order((editions::report, editions::period, editions::revision.desc()))
                .select((EditionHead::as_select(), artefacts::bytes.nullable(), artefacts::deflated.nullable()))
                .load(conn)
        })?;
        let mut listed: Vec<ListedPeriod> = Vec::new();
        for (head, bytes, is_deflated) in rows {
            let subject = bytes.zip(is_deflated).map(|(bytes, is_deflated)| Packed::stored(bytes, is_deflated));
            let subject = subject.and_then(|subject| String::from_utf8(subject.bytes().into_owned()).ok());
            let edition = Listed { head, subject };
            match listed.last_mut() {
                Some(period) if period.is_of(&edition.head) => period.earlier.push(edition),
                _ => listed.push(ListedPeriod { latest: edition, earlier: Vec::new() }),
            }
        }
        // Not by the database: the two sort texts differently.
        listed.sort_by(|a, b| {
            let (a, b) = (&a.latest.head, &b.latest.head);
            b.ends_at.cmp(&a.ends_at).then_with(|| (&a.report, &a.period).cmp(&(&b.report, &b.period)))
        });
        Ok(listed)
    }

    /// The editions of the same report about the period before and the period after, each in its latest revision.
    ///
    /// # Errors
    /// If the database fails.
    pub fn neighbours(&self, head: &EditionHead) -> Result<(Option<i64>, Option<i64>), StoreError> {
        self.read("reading editions", |conn| {
            let of_report = || editions::table.filter(editions::report.eq(&head.report)).select(editions::id);
            let before = of_report()
                .filter(editions::ends_at.lt(head.ends_at))
                .order((editions::ends_at.desc(), editions::revision.desc()))
                .first(conn)
                .optional()?;
            let after = of_report()
                .filter(editions::ends_at.gt(head.ends_at))
                .order((editions::ends_at, editions::revision.desc()))
                .first(conn)
                .optional()?;
            Ok((before, after))
        })
    }

    /// The ids of all editions in the order in which they were published.
    ///
    /// # Errors
    /// If the database fails.
    pub fn edition_ids(&self) -> Result<Vec<i64>, StoreError> {
        self.read("reading editions", |conn| editions::table.order(editions::id).select(editions::id).load(conn))
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

    /// The id of a report's edition that was published last; `None` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn newest_edition(&self, report: &str) -> Result<Option<i64>, StoreError> {
        self.read("reading editions", |conn| {
            editions::table
                .filter(editions::report.eq(report))
                .order(editions::id.desc())
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

    /// The edition of a report about the latest period, in its latest revision; `None` if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn last_edition(&self, report: &str) -> Result<Option<EditionHead>, StoreError> {
        self.read("reading editions", |conn| {
            editions::table
                .filter(editions::report.eq(report))
                .order((editions::ends_at.desc(), editions::revision.desc()))
                .select(EditionHead::as_select())
                .first(conn)
                .optional()
        })
    }

    /// The checksum of the edition of a report that was published last before the edition `id`; `None` if that was the
    /// first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn checksum_before(&self, report: &str, id: i64) -> Result<Option<String>, StoreError> {
        self.read("reading editions", |conn| last_checksum(conn, report, id))
    }

    /// The editions that were published and are not there any more: report, period and revision.
    ///
    /// # Errors
    /// If the database fails.
    pub fn lost_editions(&self) -> Result<Vec<(String, String, i32)>, StoreError> {
        self.read("reading runs", |conn| {
            runs::table
                .left_join(editions::table)
                .filter(runs::state.eq(RunState::Done.word()).and(editions::id.nullable().is_null()))
                .order(runs::id)
                .select((runs::report, runs::period, runs::revision))
                .load(conn)
        })
    }

    /// One edition; `None` if there is none of that id.
    ///
    /// # Errors
    /// If the database fails.
    pub fn edition(&self, id: i64) -> Result<Option<Edition>, StoreError> {
        let rows = self.read("reading an edition", |conn| rows_of(conn, id))?;
        rows.map(edition).transpose()
    }

    /// Whom an edition was made for, in the order in which renditions were stored.
    ///
    /// # Errors
    /// If the database fails.
    pub fn audiences(&self, id: i64) -> Result<Vec<Audience>, StoreError> {
        let rows: Vec<(String, String, String)> = self.read("reading an edition", |conn| {
            renditions::table
                .filter(renditions::edition_id.eq(id))
                .order(renditions::id)
                .select((renditions::scope, renditions::locale, renditions::zone))
                .load(conn)
        })?;
        Ok(rows.into_iter().map(|(scope, locale, zone)| Audience { scope, locale, zone }).collect())
    }

    /// What an audience of an edition gets, without what the others get; `None` if there is no such edition, or it was not
    /// made for them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn rendition(&self, id: i64, audience: &Audience) -> Result<Option<(EditionHead, Rendition)>, StoreError> {
        let rows: Option<(EditionHead, Vec<ArtefactRow>)> = self.read("reading an edition", |conn| {
            let Audience { scope, locale, zone } = audience;
            let head = editions::table.find(id).select(EditionHead::as_select()).first(conn).optional()?;
            let rendition: Option<i64> = renditions::table
                .filter(renditions::edition_id.eq(id))
                .filter(renditions::scope.eq(scope).and(renditions::locale.eq(locale)).and(renditions::zone.eq(zone)))
                .select(renditions::id)
                .first(conn)
                .optional()?;
            let Some((head, rendition)) = head.zip(rendition) else { return Ok(None) };
            Ok(Some((head, artefacts_of(conn, &[rendition])?)))
        })?;
        let Some((head, artefacts)) = rows else { return Ok(None) };
        let artefacts = artefacts.into_iter().map(artefact).collect::<Result<_, _>>()?;
        Ok(Some((head, Rendition { audience: audience.clone(), artefacts })))
    }
}

/// The checksum of the last edition of a report below an id.
pub(crate) fn last_checksum(conn: &mut Conn, report: &str, below: i64) -> QueryResult<Option<String>> {
    editions::table
        .filter(editions::report.eq(report).and(editions::id.lt(below)))
        .order(editions::id.desc())
        .select(editions::checksum)
        .first(conn)
        .optional()
}

/// An edition as it lies in the tables.
struct Rows {
    head: EditionHead,
    manifest: String,
    signature: Option<Signature>,
    renditions: Vec<(i64, String, String, String)>,
    artefacts: Vec<ArtefactRow>,
    labels: Vec<LabelRow>,
    sources: Vec<SourceHash>,
}

#[derive(Queryable)]
struct ArtefactRow {
    rendition: i64,
    name: String,
    media_type: String,
    sha256: String,
    bytes: Option<Vec<u8>>,
    is_deflated: bool,
    erased_at: Option<i64>,
}

#[derive(Queryable)]
struct LabelRow {
    kind: String,
    group: i64,
    sha256: String,
    salt: Option<String>,
    label: Option<String>,
    erased_at: Option<i64>,
}

fn rows_of(conn: &mut Conn, id: i64) -> QueryResult<Option<Rows>> {
    let columns = (EditionHead::as_select(), editions::manifest, editions::signature, editions::signed_by);
    let row: Option<(EditionHead, String, Option<String>, Option<String>)> =
        editions::table.find(id).select(columns).first(conn).optional()?;
    let Some((head, manifest, signature, signed_by)) = row else { return Ok(None) };
    let signature = signature.zip(signed_by).map(|(signature, signed_by)| Signature { signature, signed_by });
    let renditions: Vec<(i64, String, String, String)> = renditions::table
        .filter(renditions::edition_id.eq(id))
        .order(renditions::id)
        .select((renditions::id, renditions::scope, renditions::locale, renditions::zone))
        .load(conn)?;
    let ids: Vec<i64> = renditions.iter().map(|(id, ..)| *id).collect();
    let artefacts = artefacts_of(conn, &ids)?;
    let labels = labels::table
        .filter(labels::edition_id.eq(id))
        .select((labels::kind, labels::group_id, labels::sha256, labels::salt, labels::label, labels::erased_at))
        .load(conn)?;
    let sources = edition_sources::table
        .filter(edition_sources::edition_id.eq(id))
        .select((edition_sources::kind, edition_sources::name, edition_sources::sha256, edition_sources::version))
        .load(conn)?;
    Ok(Some(Rows { head, manifest, signature, renditions, artefacts, labels, sources }))
}

fn artefacts_of(conn: &mut Conn, renditions: &[i64]) -> QueryResult<Vec<ArtefactRow>> {
    artefacts::table
        .filter(artefacts::rendition_id.eq_any(renditions.to_vec()))
        .order(artefacts::id)
        .select((
            artefacts::rendition_id,
            artefacts::name,
            artefacts::media_type,
            artefacts::sha256,
            artefacts::bytes,
            artefacts::deflated,
            artefacts::erased_at,
        ))
        .load(conn)
}

fn artefact(row: ArtefactRow) -> Result<Artefact, StoreError> {
    let ArtefactRow { name, media_type, sha256, bytes, is_deflated, erased_at, .. } = row;
    let packed = bytes.map(|bytes| Packed::stored(bytes, is_deflated));
    Ok(Artefact { name, media_type, sha256, content: Erasable::stored(packed, erased_at)? })
}

fn edition(rows: Rows) -> Result<Edition, StoreError> {
    let Rows { head, manifest, signature, renditions, artefacts, labels, mut sources } = rows;
    let mut renditions: Vec<(i64, Rendition)> = renditions
        .into_iter()
        .map(|(id, scope, locale, zone)| {
            (id, Rendition { audience: Audience { scope, locale, zone }, artefacts: Vec::new() })
        })
        .collect();
    for row in artefacts {
        if let Some((_, rendition)) = renditions.iter_mut().find(|(id, _)| *id == row.rendition) {
            rendition.artefacts.push(artefact(row)?);
        }
    }
    let mut labels = labels.into_iter().map(label).collect::<Result<Vec<_>, _>>()?;
    // Not by the database: the two sort texts differently.
    labels.sort_by(|a, b| (&a.kind, a.group).cmp(&(&b.kind, b.group)));
    sources.sort();
    Ok(Edition {
        head,
        manifest,
        signature,
        renditions: renditions.into_iter().map(|(_, rendition)| rendition).collect(),
        labels,
        sources,
    })
}

fn label(row: LabelRow) -> Result<Label, StoreError> {
    let LabelRow { kind, group, sha256, salt, label, erased_at } = row;
    let salted = salt.zip(label).map(|(salt, label)| Salted { salt, label });
    Ok(Label { kind, group, sha256, text: Erasable::stored(salted, erased_at)? })
}
