//! What is noted of imports: which days of which tables they touched.

use crate::common::options;
use pegel_import::{Mapping, Options, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

const LEADS: &str = r#"
system = "crm"
[source]
zone = "UTC"
[[tables]]
table = "leads"
key = "id"
complete = true
[tables.columns]
partner_id = { from = "partner", lookup = "name", policy = "create" }
created_at = "created"
amount = "amount"
[tables.attributes]
note = "note"
"#;

const HEADER: &str = "id,partner,created,amount,note";

/// Imports lines below the header.
fn import_lines(store: &Store, mapping: &str, lines: &[&str]) -> Vec<String> {
    let mapping = Mapping::parse(mapping, "test", &Model::built_in()).unwrap();
    let options = Options { allow_shrink: true, ..options() };
    let before = generation(store);
    let file = [&[HEADER], lines].concat().join("\n");
    import(Cursor::new(file.as_bytes()), "data.csv", &mapping, store, &options, &mut |_| {}).unwrap();
    touched(store, before)
}

fn undo(store: &Store) -> Vec<String> {
    let before = generation(store);
    store.undo_import(None, &Model::built_in(), options().now).unwrap();
    touched(store, before)
}

fn generation(store: &Store) -> i64 {
    store.reader().unwrap().generation().unwrap()
}

/// What was touched after a generation: `leads created_at 2026-01-01: amount`, `leads: amount` for all rows.
fn touched(store: &Store, before: i64) -> Vec<String> {
    let touched = store.reader().unwrap().touched_since(before).unwrap();
    assert_eq!(generation(store), before + i64::from(!touched.is_empty()));
    let lines = touched.iter().map(|one| {
        let what = if one.what.is_empty() { "rows" } else { &one.what };
        let day = jiff::Timestamp::from_second(one.day * 86_400).unwrap().strftime("%Y-%m-%d");
        if one.by.is_empty() {
            format!("{}: {what}", one.table)
        } else {
            format!("{} {} {day}: {what}", one.table, one.by)
        }
    });
    lines.collect()
}

const ADA: &str = "L1,Ada,2026-01-01 12:00:00,10,x";
const BO: &str = "L2,Bo,2026-01-02 12:00:00,20,";

#[test]
fn new_rows_and_those_that_look_ups_create_are_noted() {
    on_both(|store| {
        assert_eq!(
            import_lines(&store, LEADS, &[ADA, BO]),
            ["leads: rows", "leads created_at 2026-01-01: rows", "leads created_at 2026-01-02: rows", "partners: rows"]
        );
        assert_eq!(import_lines(&store, LEADS, &[ADA, BO]), [""; 0], "nothing changes");
        assert_eq!(
            import_lines(&store, LEADS, &[ADA, BO, "L3,Bo,2026-01-02 13:00:00,5,"]),
            ["leads: rows", "leads created_at 2026-01-02: rows"]
        );
    });
}

#[test]
fn what_changed_is_noted_by_the_day_before_and_after() {
    on_both(|store| {
        import_lines(&store, LEADS, &[ADA, BO]);
        let expected = [
            "leads: amount",
            "leads: created_at",
            "leads created_at 2026-01-02: amount",
            "leads created_at 2026-01-02: created_at",
            "leads created_at 2026-01-03: amount",
            "leads created_at 2026-01-03: created_at",
        ];
        assert_eq!(import_lines(&store, LEADS, &[ADA, "L2,Bo,2026-01-03 12:00:00,,"]), expected);
        assert_eq!(undo(&store), expected);
        // Attributes that differ are laid over those that are there, row by row.
        assert_eq!(
            import_lines(&store, LEADS, &[&ADA.replace(",x", ",y"), BO]),
            ["leads: attributes", "leads created_at 2026-01-01: attributes"]
        );
        assert_eq!(
            import_lines(&store, LEADS, &[&ADA.replace(",x", ",y").replace("Ada", "Bo"), BO]),
            ["leads: partner_id", "leads created_at 2026-01-01: partner_id"]
        );
    });
}

#[test]
fn rows_that_go_and_come_back_are_noted() {
    on_both(|store| {
        import_lines(&store, LEADS, &[ADA, BO]);
        let rows = ["leads: rows", "leads created_at 2026-01-02: rows"];
        assert_eq!(import_lines(&store, LEADS, &[ADA]), rows);
        assert_eq!(undo(&store), rows);
        import_lines(&store, LEADS, &[ADA]);
        assert_eq!(import_lines(&store, LEADS, &[ADA, BO]), rows);
        import_lines(&store, LEADS, &[ADA]);
        // Rows that refer to one that is back see what else has changed of it.
        let back = import_lines(&store, LEADS, &[ADA, "L2,Bo,2026-01-05 12:00:00,30,"]);
        for what in ["rows", "amount", "created_at"] {
            for of in ["leads", "leads created_at 2026-01-02", "leads created_at 2026-01-05"] {
                assert!(back.contains(&format!("{of}: {what}")), "{of}: {what} is not in {back:?}");
            }
        }
        assert_eq!(back.len(), 9);
    });
}

#[test]
fn a_row_that_a_system_makes_its_own_or_that_gets_its_key_is_noted() {
    on_both(|store| {
        let nobodys = LEADS.replace("system = \"crm\"\n", "").replace("complete = true\n", "");
        import_lines(&store, &nobodys, &[ADA]);
        assert_eq!(import_lines(&store, LEADS, &[ADA])[..2], ["leads: system", "leads created_at 2026-01-01: system"]);
        let partners =
            "system = \"crm\"\n[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"partner\"\n";
        let named = import_lines(&store, partners, &["P7,Cy,,,"]);
        assert_eq!(named, ["partners: rows"]);
        import_lines(&store, LEADS, &[ADA, "L2,Dee,2026-01-02 12:00:00,20,"]);
        assert_eq!(import_lines(&store, partners, &["P8,Dee,,,"]), ["partners: key"]);
    });
}

#[test]
fn a_dry_run_notes_nothing() {
    on_both(|store| {
        let mapping = Mapping::parse(LEADS, "test", &Model::built_in()).unwrap();
        let file = format!("{HEADER}\n{ADA}\n");
        let options = Options { dry_run: true, ..options() };
        import(Cursor::new(file.as_bytes()), "data.csv", &mapping, &store, &options, &mut |_| {}).unwrap();
        assert_eq!(touched(&store, 0), [""; 0]);
    });
}
