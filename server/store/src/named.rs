//! Rows of which a look-up knew but the name, and a file that brings them with their keys.

use crate::StoreError;
use crate::gone::{NAME, is_described};
use crate::sql::{numbers, quoted};
use crate::staging::Section;
use crate::writer::Writer;
use pegel_kpi::data::model::{GONE_AT, SYSTEM};

impl Writer {
    /// Gives the system's rows their keys that look-ups created for a name, where one staged row has that name: else the
    /// two would be told apart for ever, and no look-up by name would know which is meant. How many they are.
    pub(crate) fn name_staged(&mut self, section: &Section) -> Result<u64, StoreError> {
        if !brings_names(section) {
            return Ok(0);
        }
        let layout = section.layout();
        let (name, staged, key) = (quoted(&layout.table.name), section.staged(), quoted(NAME));
        self.run(&format!(
            "CREATE TEMP TABLE named_ AS SELECT t.id AS id, min(s.key) AS key_ FROM {name} t JOIN {staged} s ON s.{key} = t.{key}
             WHERE t.{key} = t.key AND t.{GONE_AT} IS NULL AND t.{SYSTEM} = ? AND NOT {} GROUP BY t.id HAVING count(*) = 1",
            is_described(&layout.table)
        ))?;
        // Of whom another row is known by that key already is somebody else.
        self.run(&format!(
            "DELETE FROM named_ WHERE EXISTS (SELECT 1 FROM {name} own WHERE own.key = key_ AND own.{SYSTEM} = ?)"
        ))?;
        self.keep(&layout.table, "SELECT id FROM named_")?;
        let named = self.run(&format!("UPDATE {name} SET key = key_ FROM named_ WHERE named_.id = {name}.id"))?;
        self.run("DROP TABLE named_")?;
        Ok(named)
    }

    /// How many staged rows have a name for which a look-up of another system made a row: look-ups by name find both.
    pub(crate) fn namesakes_of_staged(&mut self, section: &Section) -> Result<u64, StoreError> {
        if !brings_names(section) {
            return Ok(0);
        }
        let (name, staged, key) = (quoted(&section.layout().table.name), section.staged(), quoted(NAME));
        let system = self.system.clone();
        let count = format!(
            "SELECT count(DISTINCT t.id) FROM {name} t JOIN {staged} s ON s.{key} = t.{key}
             WHERE t.{key} = t.key AND s.key <> t.key AND t.{GONE_AT} IS NULL AND t.{SYSTEM} <> ?"
        );
        let counted = numbers(self.conn(), "looking for names", &count, &system, 1)?;
        Ok(counted.first().map_or(0, |row| row[0].unsigned_abs()))
    }
}

fn brings_names(section: &Section) -> bool {
    section.layout().columns.iter().any(|staged| *staged.column.name == *NAME && staged.related.is_none())
}
