//! The model is a value: a table that is made up here is written, read and shown as the built-in ones are, on both
//! databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{NOW, put, rows};
use pegel_kpi::data::dimension::{Dimension, Located};
use pegel_kpi::data::model::{Model, Table};
use pegel_kpi::data::path::{Path, Projection};
use pegel_kpi::data::scan::{Scan, Window};
use pegel_kpi::data::scope::Scope;
use pegel_store::Store;
use pegel_store::facts::{Fact, Facts, Value, Written};
use pegel_store::testing::on_both_databases;
use serde_json::Map;

const INVOICES: &str = r#"
row = "A bill."
columns = [
    { name = "customer_id", refers_to = "customers" },
    { name = "sent_on", kind = "date" },
    { name = "amount", kind = "money" },
]
"#;

const CHANGES: &str = r#"
row = "What an invoice came to before it was changed."
history = { of = "invoice", until = "changed_at" }
columns = [
    { name = "invoice_id", refers_to = "invoices" },
    { name = "changed_at", kind = "instant" },
    { name = "amount", kind = "money" },
]
"#;

fn model() -> Model {
    Model::with(&[("invoices", INVOICES), ("invoice_changes", CHANGES)], "").unwrap()
}

/// A store with the tables.
fn store(url: &str) -> Store {
    let store = Store::open(url).unwrap();
    store.migrate(&model()).unwrap();
    store
}

fn facts(table: &Table, columns: &[&str], rows: &[(&str, Vec<Value>)]) -> Facts {
    let columns = columns.iter().map(|name| table.column(name).unwrap().clone()).collect();
    let fact = |(key, values): &(&str, Vec<Value>)| Fact {
        key: (*key).to_owned(),
        values: values.clone(),
        attributes: Map::new(),
        valid_from: None,
        changed_at: None,
    };
    Facts { table: table.clone(), columns, rows: rows.iter().map(fact).collect() }
}

fn invoices(amount: i64) -> Facts {
    let row =
        |key, customer, sent_on| (key, vec![Value::Integer(customer), Value::Integer(sent_on), Value::Integer(amount)]);
    let rows = [row("I1", 1, 20_000), row("I2", 2, 20_001), row("I3", 2, 20_400)];
    facts(&model().table("invoices").unwrap(), &["customer_id", "sent_on", "amount"], &rows)
}

fn filled(store: &Store) {
    let text = |text: &str| Value::Text(text.to_owned());
    let customers = model().table("customers").unwrap();
    put(store, &facts(&customers, &["region"], &[("C1", vec![text("North")]), ("C2", vec![text("South")])]));
    put(store, &invoices(500));
}

#[test]
fn a_scan_of_a_table_of_ones_own_is_compiled_and_answered() {
    on_both_databases(|database| {
        let store = store(database.url());
        filled(&store);
        let table = model().table("invoices").unwrap();
        // Its region is that of its customer, by the same rule as for all tables.
        let Some(Located::Text(region)) = table.located(&Dimension::REGION).cloned() else { panic!() };
        let columns = vec![Projection::of(Path::own(table.key())), Projection(region)];
        let date = Path::own(table.column("sent_on").unwrap());
        let autumn = 20_000..20_100;
        let window = Some(Window { path: date, ranges: vec![autumn], lasting: None });
        let scan = Scan { table, columns, window, scope: Scope::everything() };
        assert_eq!(rows(&store, &scan), ["I1 North", "I2 South"]);
        let scope = Scope { regions: Some(vec!["South".to_owned()]), ..Scope::everything() };
        assert_eq!(rows(&store, &Scan { scope, ..scan }), ["I2 South"]);
    });
}

#[test]
fn a_change_leaves_what_was_before_where_a_table_keeps_it() {
    on_both_databases(|database| {
        let store = store(database.url());
        filled(&store);
        assert_eq!(put(&store, &invoices(500)), [Written::Unchanged; 3]);
        let fewer = Facts { rows: invoices(400).rows[..1].to_vec(), ..invoices(400) };
        assert_eq!(put(&store, &fewer), [Written::Changed]);
        let kept =
            store.texts("SELECT key || ' ' || amount || ' ' || changed_at AS value FROM invoice_changes").unwrap();
        assert_eq!(kept, [format!("I1@{NOW} 500 {NOW}")]);
    });
}

#[test]
fn it_has_a_readable_view() {
    on_both_databases(|database| {
        let store = store(database.url());
        filled(&store);
        let shown = "SELECT key || ' ' || CAST(sent_on AS TEXT) AS value FROM invoices_readable ORDER BY key";
        assert_eq!(store.texts(shown).unwrap(), ["I1 2024-10-04", "I2 2024-10-05", "I3 2025-11-08"]);
    });
}
