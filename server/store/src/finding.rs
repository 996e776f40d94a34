//! Rows looked up by a text that they carry: what a row that is written refers to.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::{Found, Value};
use crate::sql::{Gives, SelectByText, TEXTS, Visit, field, send};
use crate::writer::{Writer, whose};
use pegel_kpi::data::model::{Column, GONE_AT, Kind, SYSTEM, Table};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl Writer {
    /// The ids of the rows of `table` whose `column` (a text column, such as `key` or `name`) is one of `texts`; texts
    /// that no row carries are absent. A key is looked for within the system, then among the rows of which nobody said
    /// whose they are; a name is the same in all systems. Rows that are gone are found where no other is.
    ///
    /// # Errors
    /// If the database fails.
    pub fn find(
        &mut self,
        table: &Table,
        column: &Column,
        texts: &[String],
    ) -> Result<HashMap<String, Found>, StoreError> {
        let system = self.system.clone();
        find(self.conn(), &system, table, column, texts)
    }
}

/// The same for rows that are yet to be written for a system.
pub(crate) fn find(
    conn: &mut Conn,
    system: &Value,
    table: &Table,
    column: &Column,
    texts: &[String],
) -> Result<HashMap<String, Found>, StoreError> {
    let mut wanted: Vec<Value> = texts.iter().cloned().map(Value::Text).collect();
    wanted.sort_unstable_by(|a, b| a.text().cmp(&b.text()));
    wanted.dedup();
    let own = (*column == **table.key()).then_some(system);
    let systems = own.map(whose);
    let mut finding = Finding { own, found: HashMap::with_capacity(wanted.len()) };
    for texts in wanted.chunks(TEXTS) {
        let columns = ["id", &column.name, SYSTEM, GONE_AT];
        let (by, systems) = (&*column.name, systems.as_deref());
        let select = SelectByText { table: &table.name, columns: &columns, by, texts, systems };
        send(conn, "looking up rows", &select, &mut finding)?;
    }
    Ok(finding.found.into_iter().map(|(text, (_, found))| (text, found)).collect())
}

/// Collects rows of `id, text, system, gone_at`; the best of those with one text, and how good it is: the less, the
/// better.
struct Finding<'a> {
    /// Whose rows are better than others, if it matters.
    own: Option<&'a Value>,
    found: HashMap<String, (u8, Found)>,
}

impl Visit for Finding<'_> {
    fn row<'a, DB: Gives, R: diesel::row::Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        let id = field::<DB, R>(row, 0, Kind::Integer)?.integer();
        let text = field::<DB, R>(row, 1, Kind::Text)?.into_text();
        let system = field::<DB, R>(row, 2, Kind::Text)?;
        let gone = field::<DB, R>(row, 3, Kind::Instant)? != Value::Missing;
        let one = if gone { Found::Gone(id) } else { Found::One(id) };
        let rank = 2 * u8::from(self.own.is_some_and(|own| *own != system)) + u8::from(gone);
        match self.found.entry(text) {
            Entry::Vacant(place) => _ = place.insert((rank, one)),
            Entry::Occupied(mut best) => match rank.cmp(&best.get().0) {
                Ordering::Less => _ = best.insert((rank, one)),
                Ordering::Equal => best.get_mut().1 = Found::Several,
                Ordering::Greater => {}
            },
        }
        Ok(())
    }
}
