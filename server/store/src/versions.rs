//! Versions of the files that say what the KPIs are, and activations: which versions came into force together. Both are
//! immutable; the latest activation is in force.

use crate::connection::{Conn, on_backend};
use crate::schema::{activation_versions, activations, kpi_versions};
use crate::{Store, StoreError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// Held by whoever activates on `PostgreSQL`: as on `SQLite`, one at a time, so that the latest stays the latest.
const ACTIVATING: &str = "SELECT pg_advisory_xact_lock(7363503)";

/// Where the text of a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOrigin {
    /// It comes with Pegel.
    BuiltIn,
    /// It lies in the home.
    Home,
}

impl FileOrigin {
    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            FileOrigin::BuiltIn => "built_in",
            FileOrigin::Home => "home",
        }
    }

    fn named(word: &str) -> Result<FileOrigin, StoreError> {
        let known = [FileOrigin::BuiltIn, FileOrigin::Home].into_iter().find(|origin| origin.word() == word);
        known.ok_or_else(|| unreadable("the origin of a version", word))
    }
}

/// Why a set of versions came into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A running server saw that files had changed.
    Files,
    /// Somebody said so.
    Command,
    /// Somebody went back to an earlier set.
    Rollback,
}

impl Reason {
    /// The word for it in the database.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Files => "files",
            Reason::Command => "command",
            Reason::Rollback => "rollback",
        }
    }

    fn named(word: &str) -> Result<Reason, StoreError> {
        let known = [Reason::Files, Reason::Command, Reason::Rollback].into_iter().find(|reason| reason.word() == word);
        known.ok_or_else(|| unreadable("the origin of an activation", word))
    }
}

fn unreadable(what: &str, word: &str) -> StoreError {
    StoreError::Unreadable { what: what.to_owned(), reason: format!("“{word}” is none") }
}

/// One file as it is to be activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Relative to `kpis/`, with `/`; of files elsewhere, relative to the home.
    pub file: String,
    /// SHA-256 of the text, in hex.
    pub sha256: String,
    pub text: String,
    pub origin: FileOrigin,
}

/// A whole set of files on its way into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActivation {
    /// UTC seconds.
    pub activated_at: i64,
    /// Who did it; `None` where nobody is known.
    pub author: Option<String>,
    pub reason: Reason,
    /// How many failed tests somebody overrode.
    pub forced_past: i32,
    /// SHA-256 over all files that were found, in hex; after a rollback they are not those activated.
    pub files_sha256: String,
    pub note: Option<String>,
    pub versions: Vec<NewVersion>,
}

/// What became of an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is in force, under this id.
    New(i64),
    /// Another process had decided about these files already; this activation is in force.
    There(i64),
}

/// An activation, without its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub id: i64,
    /// UTC seconds.
    pub activated_at: i64,
    pub author: Option<String>,
    pub reason: Reason,
    /// How many failed tests somebody overrode.
    pub forced_past: i32,
    /// SHA-256 over all files that were found, in hex.
    pub files_sha256: String,
    pub note: Option<String>,
}

/// A version of a file, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub id: i64,
    pub file: String,
    /// SHA-256 of the text, in hex.
    pub sha256: String,
    pub text: String,
    pub origin: FileOrigin,
    /// Who activated it first.
    pub author: Option<String>,
    /// When it was activated first, UTC seconds.
    pub created_at: i64,
}

/// An activation with all its versions, sorted by file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSet {
    pub activation: Activation,
    pub versions: Vec<Version>,
}

/// Which version of a file an activation holds.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Held {
    pub activation: i64,
    pub file: String,
    pub sha256: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = activations)]
struct ActivationRow {
    id: i64,
    activated_at: i64,
    author: Option<String>,
    origin: String,
    forced_past: i32,
    files_sha256: String,
    note: Option<String>,
}

fn activation(row: ActivationRow) -> Result<Activation, StoreError> {
    let ActivationRow { id, activated_at, author, origin, forced_past, files_sha256, note } = row;
    Ok(Activation { id, activated_at, author, reason: Reason::named(&origin)?, forced_past, files_sha256, note })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kpi_versions)]
struct VersionRow {
    id: i64,
    file: String,
    sha256: String,
    text: String,
    origin: String,
    author: Option<String>,
    created_at: i64,
}

fn version(row: VersionRow) -> Result<Version, StoreError> {
    let VersionRow { id, file, sha256, text, origin, author, created_at } = row;
    Ok(Version { id, file, sha256, text, origin: FileOrigin::named(&origin)?, author, created_at })
}

impl Store {
    /// Records a set of files and that it is in force from now on, in one transaction. A text that was there before is
    /// not stored again. Where a server saw changed files ([`Reason::Files`]) and the latest activation is already a
    /// decision about the very same files, that one stands: of two servers that see a change, one records it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn activate(&self, new: &NewActivation) -> Result<Recorded, StoreError> {
        self.transaction(|conn| activate(conn, new).map_err(StoreError::while_("recording an activation")))
    }

    /// The id of the activation in force; `None` if nothing was ever activated. Cheap enough to be asked all the time.
    ///
    /// # Errors
    /// If the database fails.
    pub fn latest_activation(&self) -> Result<Option<i64>, StoreError> {
        self.read("reading activations", |conn| {
            activations::table.select(diesel::dsl::max(activations::id)).first(conn)
        })
    }

    /// The set in force; `None` if nothing was ever activated.
    ///
    /// # Errors
    /// If the database fails.
    pub fn active_set(&self) -> Result<Option<ActiveSet>, StoreError> {
        // Two statements may see two activations, but never half of one: what is activated does not change.
        match self.latest_activation()? {
            Some(id) => self.activated_set(id),
            None => Ok(None),
        }
    }

    /// The set of one activation; `None` if there is none of that id.
    ///
    /// # Errors
    /// If the database fails.
    pub fn activated_set(&self, id: i64) -> Result<Option<ActiveSet>, StoreError> {
        let found = self.read("reading an activation", |conn| {
            let head = activations::table.find(id).select(ActivationRow::as_select()).first::<ActivationRow>(conn);
            let Some(head) = head.optional()? else { return Ok(None) };
            let versions = activation_versions::table
                .inner_join(kpi_versions::table)
                .filter(activation_versions::activation_id.eq(id))
                .select(VersionRow::as_select())
                .load::<VersionRow>(conn)?;
            Ok(Some((head, versions)))
        })?;
        let Some((head, rows)) = found else { return Ok(None) };
        let mut versions = rows.into_iter().map(version).collect::<Result<Vec<_>, _>>()?;
        // Not by the database: the two sort texts differently.
        versions.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(Some(ActiveSet { activation: activation(head)?, versions }))
    }

    /// All activations, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn activations(&self) -> Result<Vec<Activation>, StoreError> {
        let rows = self.read("reading activations", |conn| {
            activations::table
                .order(activations::id.desc())
                .select(ActivationRow::as_select())
                .load::<ActivationRow>(conn)
        })?;
        rows.into_iter().map(activation).collect()
    }

    /// The text of a file of which a version is kept, whatever it is called, by its SHA-256 in hex.
    ///
    /// # Errors
    /// If the database fails.
    pub fn version_text(&self, sha256: &str) -> Result<Option<String>, StoreError> {
        self.read("reading a version", |conn| {
            let of_hash = kpi_versions::table.filter(kpi_versions::sha256.eq(sha256));
            of_hash.select(kpi_versions::text).first(conn).optional()
        })
    }

    /// Which versions the activations hold, without their texts: of one file, or of all. Oldest activation first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn held_versions(&self, file: Option<&str>) -> Result<Vec<Held>, StoreError> {
        self.read("reading versions", |conn| {
            let mut query = activation_versions::table
                .inner_join(kpi_versions::table)
                .order((activation_versions::activation_id, activation_versions::version_id))
                .select((activation_versions::activation_id, kpi_versions::file, kpi_versions::sha256))
                .into_boxed();
            if let Some(file) = file {
                query = query.filter(kpi_versions::file.eq(file));
            }
            query.load::<Held>(conn)
        })
    }
}

fn activate(conn: &mut Conn, new: &NewActivation) -> QueryResult<Recorded> {
    if let Conn::Postgres(conn) = conn {
        conn.batch_execute(ACTIVATING)?;
    }
    if let Some(decided) = decided(conn, new)? {
        return Ok(Recorded::There(decided));
    }
    let id: i64 = diesel::insert_into(activations::table)
        .values((
            activations::activated_at.eq(new.activated_at),
            activations::author.eq(&new.author),
            activations::origin.eq(new.reason.word()),
            activations::forced_past.eq(new.forced_past),
            activations::files_sha256.eq(&new.files_sha256),
            activations::note.eq(&new.note),
        ))
        .returning(activations::id)
        .get_result(conn)?;
    let mut held = Vec::with_capacity(new.versions.len());
    for version in &new.versions {
        let version = stored(conn, version, new)?;
        held.push((activation_versions::activation_id.eq(id), activation_versions::version_id.eq(version)));
    }
    on_backend!(conn, conn => {
        for held in held.chunks(1000) {
            diesel::insert_into(activation_versions::table).values(held).execute(conn)?;
        }
    });
    Ok(Recorded::New(id))
}

/// The latest activation, if it decided about the files that a server wants to activate.
fn decided(conn: &mut Conn, new: &NewActivation) -> QueryResult<Option<i64>> {
    if new.reason != Reason::Files {
        return Ok(None);
    }
    let latest: Option<(i64, String)> = activations::table
        .order(activations::id.desc())
        .select((activations::id, activations::files_sha256))
        .first(conn)
        .optional()?;
    Ok(latest.filter(|(_, files)| *files == new.files_sha256).map(|(id, _)| id))
}

/// The id of a version, stored unless it was there. Nobody else activates meanwhile.
fn stored(conn: &mut Conn, version: &NewVersion, new: &NewActivation) -> QueryResult<i64> {
    let found = kpi_versions::table
        .filter(kpi_versions::file.eq(&version.file))
        .filter(kpi_versions::sha256.eq(&version.sha256))
        .select(kpi_versions::id)
        .first(conn)
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    diesel::insert_into(kpi_versions::table)
        .values((
            kpi_versions::file.eq(&version.file),
            kpi_versions::sha256.eq(&version.sha256),
            kpi_versions::text.eq(&version.text),
            kpi_versions::origin.eq(version.origin.word()),
            kpi_versions::author.eq(&new.author),
            kpi_versions::created_at.eq(new.activated_at),
        ))
        .returning(kpi_versions::id)
        .get_result(conn)
}
