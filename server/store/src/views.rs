//! Readable views: the facts with dates and timestamps that people and BI tools read, in UTC. Pegel itself does not use
//! them. They are made from the model, each database writing dates its own way. Rows that are gone are among them.

use crate::StoreError;
use crate::connection::Conn;
use crate::sql::quoted;
use diesel::connection::SimpleConnection;
use pegel_kpi::data::model::{ATTRIBUTES, GONE_AT, Kind, Model, SYSTEM, Table};

/// Takes them away, so that their tables can be changed.
pub(crate) fn remove(conn: &mut Conn, model: &Model) -> Result<(), StoreError> {
    each(conn, model, |_, table| format!("DROP VIEW IF EXISTS {}", name(table)))
}

/// Makes them.
pub(crate) fn make(conn: &mut Conn, model: &Model) -> Result<(), StoreError> {
    each(conn, model, |conn, table| {
        let gone_at = readable(conn, GONE_AT, Kind::Instant);
        let columns = table.columns.iter().map(|column| readable(conn, &column.name, column.kind));
        let columns: Vec<String> = columns.chain([SYSTEM.to_owned(), gone_at, ATTRIBUTES.to_owned()]).collect();
        format!("CREATE VIEW {} AS SELECT {} FROM {}", name(table), columns.join(", "), quoted(&table.name))
    })
}

fn each(conn: &mut Conn, model: &Model, statement: impl Fn(&Conn, &Table) -> String) -> Result<(), StoreError> {
    for table in model.tables() {
        let statement = statement(conn, &table);
        conn.batch_execute(&statement).map_err(StoreError::while_("making the readable views"))?;
    }
    Ok(())
}

fn name(table: &Table) -> String {
    quoted(&format!("{}_readable", table.name))
}

fn readable(conn: &Conn, name: &str, kind: Kind) -> String {
    let name = quoted(name);
    match (kind, conn) {
        (Kind::Date, Conn::Sqlite(_)) => format!("date({name} * 86400, 'unixepoch') AS {name}"),
        (Kind::Date, Conn::Postgres(_)) => format!("DATE '1970-01-01' + {name} AS {name}"),
        (Kind::Instant, Conn::Sqlite(_)) => format!("datetime({name}, 'unixepoch') AS {name}"),
        (Kind::Instant, Conn::Postgres(_)) => format!("to_timestamp({name}) AT TIME ZONE 'UTC' AS {name}"),
        _ => name,
    }
}
