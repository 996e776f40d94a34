//! Rows that have disappeared: a system brought them before, and a file that holds the whole of their table no longer
//! has them. Rows that were rejected or that no condition selects are still in the file.

use crate::error::ImportError;
use crate::mapping::{Mapping, TableMapping};
use pegel_store::facts::{Missing, Section, Writer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of so many rows one may go without being asked about.
const ONE_OF: u64 = 10;

/// Marks as gone, at `now` (UTC seconds), the rows that the file lacks of the tables that it holds whole; how many, by
/// table.
///
/// # Errors
/// If more than a tenth of a table would go and that is not allowed, or the database fails.
pub(crate) fn let_go(
    writer: &mut Writer,
    mapping: &Mapping,
    sections: &[Section],
    file: &str,
    allow_shrink: bool,
    now: i64,
) -> Result<BTreeMap<Arc<str>, u64>, ImportError> {
    let mut gone = BTreeMap::new();
    for table in mapping.complete_tables().into_values() {
        let Missing { rows, of } = writer.missing(table, sections)?;
        if rows * ONE_OF > of && !allow_shrink {
            let (table, system) = (table.name.to_string(), mapping.system.clone());
            return Err(ImportError::Shrinks { file: file.to_owned(), table, system, gone: rows, of });
        }
        if rows > 0 {
            writer.let_go(table, sections, now)?;
            gone.insert(table.name.clone(), rows);
        }
    }
    Ok(gone)
}

/// How many rows that the system brought before the files do not hold, by table: of tables of which they need not be the
/// whole, and to which they `brought` something, if they brought anything. After the merge.
///
/// # Errors
/// If the database fails.
pub(crate) fn not_held(
    writer: &mut Writer,
    mapping: &Mapping,
    sections: &[Section],
    brought: &[bool],
) -> Result<BTreeMap<Arc<str>, u64>, ImportError> {
    let partial = |table: &TableMapping| table.is_compared() && !table.complete;
    let mut not_held = BTreeMap::new();
    // An empty file holds nothing of any of them.
    let brought_nothing = !brought.contains(&true);
    let counts = |(table, brought): &(&TableMapping, &bool)| (**brought || brought_nothing) && partial(table);
    for (table, _) in mapping.tables.iter().zip(brought).filter(counts) {
        let rows = writer.not_held(&table.table, sections)?;
        if rows > 0 {
            not_held.insert(table.table.name.clone(), rows);
        }
    }
    Ok(not_held)
}
