//! Rows that have disappeared: a system brought them before, and a file that holds the whole of their table no longer
//! has them. Rows that were rejected or that no condition selects are still in the file.

use crate::check::Checked;
use crate::error::ImportError;
use crate::mapping::Mapping;
use pegel_store::facts::Writer;

/// Of so many rows one may go without being asked about.
const ONE_OF: usize = 10;

/// Marks as gone, at `now` (UTC seconds), the rows that the file lacks of the tables that it holds whole. Does nothing
/// if the file has rows that cannot be identified.
///
/// # Errors
/// If more than a tenth of a table would go and that is not allowed, or the database fails.
pub(crate) fn let_go(
    writer: &mut Writer,
    mapping: &Mapping,
    file: &str,
    checked: &mut Checked,
    allow_shrink: bool,
    now: i64,
) -> Result<(), ImportError> {
    if checked.keyless > 0 {
        return Ok(());
    }
    for table in mapping.complete_tables().into_values() {
        let missing = writer.missing(table, &|key| checked.has(mapping, table, key))?;
        let gone = missing.ids.len();
        if gone * ONE_OF > missing.of && !allow_shrink {
            let (table, system) = (table.name.to_string(), mapping.system.clone());
            return Err(ImportError::Shrinks { file: file.to_owned(), table, system, gone, of: missing.of });
        }
        if gone > 0 {
            writer.let_go(table, &missing, now)?;
            checked.tables.entry(table.name.clone()).or_default().gone = gone as u64;
        }
    }
    Ok(())
}
