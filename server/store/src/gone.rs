//! Rows that a system no longer has. They stay, since others refer to them, but count in no figure.

use crate::StoreError;
use crate::facts::{Missing, Writer};
use crate::sql::{execute, numbers, quoted};
use crate::staging::Section;
use pegel_kpi::data::model::{ATTRIBUTES, GONE_AT, SYSTEM, Table};

const LOOKING: &str = "looking for rows that are gone";

/// The column by which a row is known that a look-up created.
pub(crate) const NAME: &str = "name";

impl Writer {
    /// The rows of a table that the system brought and that are not among those that are still there: neither staged
    /// nor not taken. Rows of which nothing is known but what a look-up that created them knew were not brought.
    ///
    /// # Errors
    /// If the database fails.
    pub fn missing(&mut self, table: &Table, sections: &[Section]) -> Result<Missing, StoreError> {
        let (brought, missing) = (brought(table), missing(table, sections));
        let system = self.system.clone();
        let text = format!(
            "SELECT count(*), coalesce(sum(CASE WHEN {missing} THEN 1 ELSE 0 END), 0) FROM {} t WHERE {brought}",
            quoted(&table.name)
        );
        let counts = numbers(self.conn(), LOOKING, &text, &system, 2)?;
        let [of, rows] = [0, 1].map(|at| counts.first().map_or(0, |counts| counts[at].unsigned_abs()));
        Ok(Missing { rows, of })
    }

    /// How many rows that the system brought to a table are not among those that are still there: neither staged nor not
    /// taken. All that is staged must be merged.
    ///
    /// # Errors
    /// If the database fails.
    pub fn not_held(&mut self, table: &Table, sections: &[Section]) -> Result<u64, StoreError> {
        let keys = |of: Vec<String>| {
            let keys: Vec<String> = of.iter().map(|of| format!("SELECT key FROM {of}")).collect();
            keys.join(" UNION ")
        };
        let staged = of_table(table, sections).map(Section::staged).collect();
        let (name, system) = (quoted(&table.name), self.system.clone());
        let mut count = |text: String| {
            let counts = numbers(self.conn(), LOOKING, &text, &system, 1)?;
            Ok::<u64, StoreError>(counts.first().map_or(0, |counts| counts[0].unsigned_abs()))
        };
        // Indexes answer these, and mostly that is all there is to ask: all that is staged is in the table.
        let own = count(format!("SELECT count(*) FROM {name} t WHERE t.{SYSTEM} = ?"))?;
        if own == count(format!("SELECT count(*) FROM ({}) s", keys(staged)))? {
            return Ok(0);
        }
        let there = keys(there(table, sections).collect());
        let brought = brought(table);
        let all = count(format!("SELECT count(*) FROM {name} t WHERE {brought}"))?;
        let held =
            count(format!("SELECT count(*) FROM ({there}) s CROSS JOIN {name} t WHERE t.key = s.key AND {brought}"))?;
        Ok(all - held)
    }

    /// Lets these rows go, at an instant in UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn let_go(&mut self, table: &Table, sections: &[Section], at: i64) -> Result<(), StoreError> {
        let (brought, missing) = (brought(table), missing(table, sections));
        let system = self.system.clone();
        let name = quoted(&table.name);
        self.keep(table, &format!("SELECT t.id FROM {name} t WHERE {brought} AND {missing}"))?;
        let text = format!("UPDATE {name} AS t SET {GONE_AT} = {at} WHERE {brought} AND {missing}");
        execute(self.conn(), LOOKING, &text, &system)?;
        Ok(())
    }
}

/// Whether a row is one that the system has brought, and is not gone.
fn brought(table: &Table) -> String {
    format!("t.{SYSTEM} = ? AND t.{GONE_AT} IS NULL AND {}", is_described(table))
}

/// Whether more is known of a row than of one that a look-up created: its key, and that for a name.
pub(crate) fn is_described(table: &Table) -> String {
    let known = table.columns.iter().filter(|column| !["id", "key"].contains(&&*column.name)).map(|column| {
        let name = quoted(&column.name);
        if *column.name == *NAME { format!(" OR t.{name} <> t.key") } else { format!(" OR t.{name} IS NOT NULL") }
    });
    let known: String = known.collect();
    format!("(t.{ATTRIBUTES} <> '{{}}'{known})")
}

/// What holds the keys that are still there.
fn there<'s>(table: &'s Table, sections: &'s [Section]) -> impl Iterator<Item = String> + 's {
    of_table(table, sections).flat_map(|section| [section.staged(), section.not_taken()])
}

fn of_table<'s>(table: &'s Table, sections: &'s [Section]) -> impl Iterator<Item = &'s Section> {
    sections.iter().filter(|section| section.layout().table == *table)
}

fn missing(table: &Table, sections: &[Section]) -> String {
    let missing =
        there(table, sections).map(|there| format!("NOT EXISTS (SELECT 1 FROM {there} s WHERE s.key = t.key)"));
    missing.collect::<Vec<_>>().join(" AND ")
}
