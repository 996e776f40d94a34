//! What is kept of an import: for each table, up to when it is complete.

use crate::common::{import_text, options};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;

const LEADS: &str = r#"
[[tables]]
table = "leads"
key = "id"
[tables.columns]
partner_id = { from = "partner", lookup = "name", policy = "create" }
amount = "amount"
"#;

/// The tables that are complete, each with how long before the import.
fn complete(store: &Store) -> Vec<(String, i64)> {
    let newest = store.reader().unwrap().newest_imports().unwrap().clone().into_iter();
    newest.map(|(table, newest)| (table, options().now - newest.complete_until)).collect()
}

#[test]
fn an_import_freshens_the_tables_that_it_had_rows_for() {
    on_both(|store| {
        import_text(&store, LEADS, "id,partner,amount\n").unwrap();
        import_text(&store, LEADS, "id,partner,amount\nL1,Ada,much\n").unwrap();
        assert!(complete(&store).is_empty(), "an empty file and one that is wholly rejected say nothing");
        // The partner that a look-up created says nothing about partners.
        import_text(&store, LEADS, "id,partner,amount\nL1,Ada,5\n").unwrap();
        assert_eq!(complete(&store), [("leads".to_owned(), 0)]);
        let kept = "SELECT table_name || ' ' || new_rows AS value FROM import_tables ORDER BY 1";
        assert_eq!(
            store.texts(&kept.replace("new_rows", "import_tables.new_rows")).unwrap(),
            ["leads 1", "partners 1"]
        );
    });
}

#[test]
fn a_mapping_may_say_when_the_file_was_exported() {
    on_both(|store| {
        let exported = format!("exported_at = \"2026-11-22T09:00:00Z\"\n{LEADS}");
        import_text(&store, &exported, "id,partner,amount\nL1,,5\n").unwrap();
        assert_eq!(complete(&store), [("leads".to_owned(), 3600)]);
    });
    let wrong = format!("exported_at = \"yesterday\"\n{LEADS}");
    let error = Mapping::parse(&wrong, "leads", &Model::built_in()).unwrap_err().to_string();
    assert!(error.starts_with("leads.toml:1: “yesterday” is not an instant"), "{error}");
}
