//! Imports on record: which of them wrote a table last.

use crate::StoreError;
use crate::reader::Reader;
use crate::schema::imports;
use diesel::prelude::*;
use pegel_kpi::data::model::Model;
use pegel_text::digest::sha256;

/// The newest import that wrote a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestImport {
    /// The table, such as `leads`.
    pub table: String,
    /// The number of the import.
    pub id: i64,
    /// UTC seconds.
    pub imported_at: i64,
    /// SHA-256 over all that is on record of the import, in hex.
    pub sha256: String,
}

/// A row of [`imports`]: number, file, mapping, instant, and how many rows were new, changed, unchanged and rejected.
type Row = (i64, String, String, i64, i64, i64, i64, i64);

impl Reader {
    /// By table, the newest import that wrote it, as this reader sees the data. Imports are not on record by table, so
    /// the newest of all may have written any of them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn newest_imports(&mut self, model: &Model) -> Result<Vec<NewestImport>, StoreError> {
        let newest = imports::table.order(imports::id.desc()).select(imports::all_columns).first::<Row>(self.conn());
        let newest = newest.optional().map_err(StoreError::while_("reading which import was the newest"))?;
        let Some(row) = newest else { return Ok(Vec::new()) };
        let sha256 = hash(&row);
        let of = |table: &str| NewestImport {
            table: table.to_owned(),
            id: row.0,
            imported_at: row.3,
            sha256: sha256.clone(),
        };
        Ok(model.names().map(of).collect())
    }
}

/// One line for each column, so that it can be made again with `sha256sum`.
fn hash((id, file, mapping, imported_at, new, changed, unchanged, rejected): &Row) -> String {
    sha256(format!("{id}\n{file}\n{mapping}\n{imported_at}\n{new}\n{changed}\n{unchanged}\n{rejected}\n"))
}
