//! Rows into a table of a `PostgreSQL` database by COPY, in its text format.

use crate::StoreError;
use crate::facts::Value;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::pg::{CopyTarget, Pg};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::BigInt;
use std::io::Write;

diesel::table! {
    /// What a table is called while rows are copied into it: Diesel knows the target of a COPY by its type alone.
    incoming (row_) {
        row_ -> BigInt,
    }
}

/// All columns of [`incoming`], whichever it has.
struct Incoming;

impl CopyTarget for Incoming {
    type Table = incoming::table;
    type SqlType = BigInt;

    fn walk_target(mut out: AstPass<'_, '_, Pg>) -> QueryResult<()> {
        out.push_identifier("incoming")
    }
}

/// Adds rows to a table, each with a value for every column.
pub(crate) fn copy(conn: &mut PgConnection, table: &str, rows: &[Vec<Value>]) -> Result<(), StoreError> {
    let failed = StoreError::while_("staging rows");
    let text = text(rows);
    conn.batch_execute(&format!("ALTER TABLE {table} RENAME TO incoming")).map_err(&failed)?;
    let write = |out: &mut dyn Write| {
        out.write_all(&text).map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))
    };
    diesel::copy_from(incoming::table).from_raw_data(Incoming, write).execute(conn).map_err(&failed)?;
    conn.batch_execute(&format!("ALTER TABLE incoming RENAME TO {table}")).map_err(&failed)
}

/// Rows as COPY reads them (<https://www.postgresql.org/docs/current/sql-copy.html>).
fn text(rows: &[Vec<Value>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 128);
    for row in rows {
        for (number, value) in row.iter().enumerate() {
            if number > 0 {
                out.push(b'\t');
            }
            push(&mut out, value);
        }
        out.push(b'\n');
    }
    out
}

fn push(out: &mut Vec<u8>, value: &Value) {
    let text = match value {
        Value::Missing => "\\N",
        Value::Boolean(true) => "t",
        Value::Boolean(false) => "f",
        Value::Integer(number) => return out.extend_from_slice(number.to_string().as_bytes()),
        Value::Number(number) => return out.extend_from_slice(number.to_string().as_bytes()),
        Value::Text(text) => return push_escaped(out, text),
    };
    out.extend_from_slice(text.as_bytes());
}

fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            byte => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_escaped() {
        let row = vec![
            Value::Integer(-5),
            Value::Missing,
            Value::Text("a\tb\nc\\N\rü".to_owned()),
            Value::Boolean(true),
            Value::Number(0.5),
        ];
        assert_eq!(String::from_utf8(text(&[row])).unwrap(), "-5\t\\N\ta\\tb\\nc\\\\N\\rü\tt\t0.5\n");
    }
}
