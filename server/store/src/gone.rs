//! Rows that a system no longer has. They stay, since others refer to them, but count in no figure.

use crate::StoreError;
use crate::facts::{Missing, Value};
use crate::sql::{Brought, Gives, Visit, field, send};
use crate::writer::Writer;
use pegel_kpi::data::model::{GONE_AT, Kind, Table};

impl Writer {
    /// The rows of a table that the system brought and that are not among those that are still there, by their keys.
    /// Rows of which nothing is known but what a look-up that created them knew were not brought.
    ///
    /// # Errors
    /// If the database fails.
    pub fn missing(&mut self, table: &Table, is_there: &dyn Fn(&str) -> bool) -> Result<Missing, StoreError> {
        let system = self.system.clone();
        let mut comparing = Comparing { is_there, missing: Missing { ids: Vec::new(), of: 0 } };
        send(self.conn(), "looking for rows that are gone", &Brought { table, system: &system }, &mut comparing)?;
        Ok(comparing.missing)
    }

    /// Lets rows go, at an instant in UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn let_go(&mut self, table: &Table, missing: &Missing, at: i64) -> Result<(), StoreError> {
        let ids: Vec<Value> = missing.ids.iter().copied().map(Value::Integer).collect();
        self.set(table, GONE_AT, Kind::Instant, &Value::Integer(at), &ids)
    }
}

/// Reads rows of `key, id`.
struct Comparing<'a> {
    is_there: &'a dyn Fn(&str) -> bool,
    missing: Missing,
}

impl Visit for Comparing<'_> {
    fn row<'a, DB: Gives, R: diesel::row::Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        self.missing.of += 1;
        if !(self.is_there)(&field::<DB, R>(row, 0, Kind::Text)?.into_text()) {
            self.missing.ids.push(field::<DB, R>(row, 1, Kind::Integer)?.integer());
        }
        Ok(())
    }
}
