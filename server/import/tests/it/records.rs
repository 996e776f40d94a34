//! What is kept of an import: for each table, up to when it is complete.

use crate::common::{import_text, options};
use pegel_import::{Mapping, Options, import};
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scan::Source;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

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

/// Up to when leads are complete: how long before the import.
fn behind(store: &Store) -> Option<i64> {
    let leads = Model::built_in().table("leads").unwrap();
    Some(options().now - store.reader().unwrap().refreshed_at(&leads).unwrap()?)
}

#[test]
fn a_table_is_as_old_as_the_system_that_is_furthest_behind() {
    let of = |system: &str, exported: &str| format!("system = \"{system}\"\nexported_at = \"{exported}\"\n{LEADS}");
    let [now, hour_ago, day_ago] = ["2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z", "2026-11-21T10:00:00Z"];
    let file = "id,partner,amount\nL1,,5\n";
    on_both(|store| {
        assert_eq!(behind(&store), None);
        import_text(&store, LEADS, "id,partner,amount\nL0,,5\n").unwrap();
        for (system, exported, expected) in [
            ("crm", now, 0),
            // An old file after a new one makes nothing older.
            ("crm", day_ago, 0),
            ("shop", day_ago, 86_400),
            ("crm", now, 86_400),
            ("shop", hour_ago, 3_600),
        ] {
            import_text(&store, &of(system, exported), file).unwrap();
            assert_eq!(behind(&store), Some(expected), "{system} of {exported}");
        }
        // A system whose rows are gone is no longer waited for.
        let all = of("shop", hour_ago).replace("key = \"id\"", "key = \"id\"\ncomplete = true");
        let mapping = Mapping::parse(&all, "shop", &Model::built_in()).unwrap();
        let allowed = Options { allow_shrink: true, ..options() };
        import(Cursor::new("id,partner,amount\n"), "shop.csv", &mapping, &store, &allowed, &mut |_| {}).unwrap();
        assert_eq!(behind(&store), Some(0));
    });
}
