//! Which columns anything is known of, on both databases.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::{NOW, put, the};
use pegel_kpi::data::scan::Source;
use pegel_store::Store;
use pegel_store::facts::Facts;
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_store::testing::on_both;

fn holds(store: &Store, column: &str) -> bool {
    store.reader().unwrap().holds(&the("leads"), column).unwrap()
}

/// Writes leads as an import that brings these columns.
fn import(store: &Store, facts: &Facts, columns: &[&str]) {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    let leads = TableRecord { table: "leads".into(), columns, ..TableRecord::default() };
    let record = ImportRecord { tables: vec![leads], ..ImportRecord::default() };
    let written: Result<(), pegel_store::StoreError> = store.write(true, |writer| {
        writer.begin_import()?;
        writer.upsert(facts, NOW)?;
        writer.record_import(&record)
    });
    written.unwrap();
}

#[test]
fn a_column_holds_something_once_a_row_or_an_import_has_brought_it() {
    on_both(|store| {
        import(&store, &facts!("leads" [region] "L1": "North"), &["region"]);
        assert!(holds(&store, "region"));
        assert!(!holds(&store, "quality"));
        import(&store, &facts!("leads" [region, quality] "L1": "North", ()), &["region", "quality"]);
        assert!(holds(&store, "quality"), "somebody delivers it, though it is empty so far");
        put(&store, &facts!("leads" [source] "L1": "fair"));
        assert!(holds(&store, "source"));
    });
}

#[test]
fn that_a_column_is_empty_is_found_once_and_holds_until_somebody_writes_into_it_or_a_row_is_new() {
    on_both(|store| {
        import(&store, &facts!("leads" [region] "L1": "North"; "L2": "South"), &["region"]);
        assert!(!holds(&store, "quality"));
        assert_eq!(store.how_much_is_kept().unwrap().slices, 1);
        // Behind the back of the store, so that it shows who looks.
        store.execute("UPDATE leads SET quality = 'good'").unwrap();
        assert!(!holds(&store, "quality"));
        import(&store, &facts!("leads" [region] "L1": "East"; "L2": "South"), &["region"]);
        assert!(!holds(&store, "quality"), "the import wrote into another column");
        import(&store, &facts!("leads" [region] "L3": "West"), &["region"]);
        assert!(holds(&store, "quality"), "a row is new, and may have something in it");
    });
}
