//! The tables of a home's own in the database: made, extended, never changed, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;

/// Words that SQL has a use for are names like others.
const INVOICES: &str = r#"
row = "A bill."
columns = [
    { name = "customer_id", refers_to = "customers" },
    { name = "sent_at", kind = "instant" },
    { name = "due_on", kind = "date" },
    { name = "amount", kind = "money" },
    { name = "share", kind = "number" },
    { name = "order", kind = "text" },
    { name = "paid", kind = "boolean" },
]
"#;

fn model(invoices: &str) -> Model {
    Model::with(&[("invoices", invoices)], "").unwrap()
}

/// What migrating answers: what was made, or the error.
fn migrated(store: &Store, invoices: &str) -> String {
    store.migrate(&model(invoices)).map_or_else(|error| error.to_string(), |ran| ran.join(", "))
}

#[test]
fn migrating_makes_a_table_of_ones_own_as_the_built_in_ones_are() {
    on_both(|store| {
        assert_eq!(migrated(&store, INVOICES), "table invoices");
        assert_eq!(migrated(&store, INVOICES), "");
        let columns = [
            "id BIGINT NOT NULL",
            "key TEXT NOT NULL",
            "customer_id BIGINT",
            "sent_at BIGINT",
            "due_on INTEGER",
            "amount BIGINT",
            "share DOUBLE PRECISION",
            "order TEXT",
            "paid BOOLEAN",
            "attributes TEXT NOT NULL",
            "system TEXT NOT NULL",
            "gone_at BIGINT",
        ];
        assert_eq!(store.columns("invoices").unwrap(), columns);
        assert_eq!(store.references("invoices").unwrap(), ["customer_id customers"]);
        let objects = store.objects().unwrap();
        for of in ["key", "customer_id", "sent_at", "due_on"] {
            assert!(objects.contains(&format!("index invoices_{of}")), "{of}");
        }
        assert!(!objects.contains(&"index invoices_amount".to_owned()));
        store.check_schema(&model(INVOICES)).unwrap();
    });
}

#[test]
fn migrating_adds_a_new_column_to_it_and_to_its_readable_view() {
    on_both(|store| {
        migrated(&store, INVOICES);
        store.execute("INSERT INTO invoices (key, amount) VALUES ('I1', 500)").unwrap();
        let more = INVOICES.replace(
            "columns = [",
            "columns = [{ name = \"paid_on\", kind = \"date\" }, { name = \"rep_id\", refers_to = \"reps\" },",
        );
        let behind = store.check_schema(&model(&more)).unwrap_err().to_string();
        assert_eq!(
            behind,
            "the database lacks what config/tables describes (column invoices.paid_on, column invoices.rep_id): \
             run `pegel migrate`"
        );
        assert_eq!(migrated(&store, &more), "column invoices.paid_on, column invoices.rep_id");
        store.check_schema(&model(&more)).unwrap();
        store.execute("UPDATE invoices SET paid_on = 20454").unwrap();
        let shown = "SELECT key || ' ' || CAST(amount AS TEXT) || ' ' || CAST(paid_on AS TEXT) AS value
            FROM invoices_readable";
        assert_eq!(store.texts(shown).unwrap(), ["I1 500 2026-01-01"]);
        assert_eq!(store.references("invoices").unwrap(), ["customer_id customers", "rep_id reps"]);
        assert!(store.objects().unwrap().contains(&"index invoices_paid_on".to_owned()));
    });
}

#[test]
fn a_column_is_never_dropped_or_changed_and_that_is_said() {
    on_both(|store| {
        migrated(&store, INVOICES);
        let without = INVOICES.replace("    { name = \"amount\", kind = \"money\" },\n", "");
        let otherwise = INVOICES.replace("kind = \"money\"", "kind = \"instant\"");
        let elsewhere = INVOICES.replace("\"customers\"", "\"leads\"");
        let said = [without, otherwise, elsewhere].map(|invoices| migrated(&store, &invoices));
        assert_eq!(
            said,
            [
                "the database has the column invoices.amount, which config/tables/invoices.toml no longer names: columns \
                 are never dropped; name it as before",
                "in the database invoices.amount holds money, in config/tables/invoices.toml instant: columns are never \
                 changed; describe it as before, and what is new in another column",
                "in the database invoices.customer_id holds a row of customers, in config/tables/invoices.toml a row of \
                 leads: columns are never changed; describe it as before, and what is new in another column",
            ]
        );
        assert_eq!(store.columns("invoices").unwrap().len(), 12);
    });
}

#[test]
fn a_table_that_nobody_describes_any_more_stays_with_its_rows() {
    on_both(|store| {
        migrated(&store, INVOICES);
        store.execute("INSERT INTO invoices (key) VALUES ('I1')").unwrap();
        assert!(store.migrate(&Model::built_in()).unwrap().is_empty());
        store.check_schema(&Model::built_in()).unwrap();
        assert_eq!(store.texts("SELECT key AS value FROM invoices").unwrap(), ["I1"]);
        // Described again, it is the one that was there.
        assert_eq!(migrated(&store, INVOICES), "");
    });
}

#[test]
fn a_name_that_the_database_has_already_is_refused_and_nothing_is_made() {
    on_both(|store| {
        store.execute("CREATE TABLE tickets (number TEXT)").unwrap();
        let tables = [("invoices", INVOICES), ("tickets", "row = \"A ticket.\"\ncolumns = []")];
        let refused = store.migrate(&Model::with(&tables, "").unwrap()).unwrap_err().to_string();
        assert!(refused.starts_with("the schema could not be migrated: table tickets cannot be made:"), "{refused}");
        assert!(!store.objects().unwrap().contains(&"table invoices".to_owned()));
    });
}
