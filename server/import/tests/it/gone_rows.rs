//! Rows that a complete file no longer has: they count in no figure, and come back when they come back.

use crate::common::{import_bytes, import_text, lines, options, told};
use pegel_import::{ImportError, Mapping, Options, Summary, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

const DEALS: &str = r#"
system = "crm"
[[tables]]
table = "opportunities"
key = "id"
complete = true
[tables.columns]
stage = "stage"
amount = "value"
outcome = { from = "stage", values = { Won = "won" }, otherwise = "missing" }
"#;

const BOTH: &str = "id,stage,value\nD1,Won,10\nD2,Won,20\n";
const FIRST: &str = "id,stage,value\nD1,Won,10\n";

fn import_shrinking(store: &Store, mapping: &str, file: &str) -> Summary {
    let mapping = Mapping::parse(mapping, "test", &Model::built_in()).unwrap();
    let options = Options { allow_shrink: true, ..options() };
    import(Cursor::new(file.as_bytes()), "data.csv", &mapping, store, &options, &mut |_| {}).unwrap()
}

fn deals(store: &Store) -> Vec<String> {
    lines(store, "opportunities", &["key", "amount"])
}

#[test]
fn a_gone_row_is_read_by_no_scan_and_comes_back_with_its_file() {
    on_both(|store| {
        import_text(&store, DEALS, BOTH).unwrap();
        let gone = import_shrinking(&store, DEALS, FIRST);
        assert_eq!(
            (gone.to_string(), told(&gone)),
            ("0 new, 0 changed, 1 unchanged, 0 rejected".to_owned(), vec!["opportunities: 1 gone".to_owned()])
        );
        assert_eq!(deals(&store), ["D1 | 1000"]);
        // Once more: it is gone already.
        assert!(told(&import_text(&store, DEALS, FIRST).unwrap()).is_empty());
        let back = import_text(&store, DEALS, BOTH).unwrap();
        assert_eq!(
            (back.to_string(), told(&back)),
            ("0 new, 1 changed, 1 unchanged, 0 rejected".to_owned(), vec!["opportunities: 1 back".to_owned()])
        );
        assert_eq!(deals(&store), ["D1 | 1000", "D2 | 2000"]);
        assert_eq!(import_text(&store, DEALS, BOTH).unwrap().to_string(), "0 new, 0 changed, 2 unchanged, 0 rejected");
    });
}

#[test]
fn rows_that_a_file_need_not_hold_are_counted() {
    let partial = DEALS.replace("complete = true\n", "");
    on_both(|store| {
        assert!(told(&import_text(&store, &partial, BOTH).unwrap()).is_empty());
        assert!(told(&import_text(&store, &partial, BOTH).unwrap()).is_empty());
        let note = ["1 row of crm's opportunities is not in this file"];
        assert_eq!(told(&import_text(&store, &partial, FIRST).unwrap()), note);
        let more = import_text(&store, &partial, "id,stage,value\nD3,Won,10\n").unwrap();
        assert_eq!(told(&more), ["2 rows of crm's opportunities are not in this file"]);
        // A rejected row is in the file, and so is one that no condition wants.
        let rejected = import_text(&store, &partial, "id,stage,value\nD1,Won,10\nD2,Won,much\n").unwrap();
        assert_eq!(told(&rejected), note);
        let wanted = partial.replace("key = \"id\"", "key = \"id\"\nwhen = { column = \"stage\", in = [\"Won\"] }");
        let left_out = import_text(&store, &wanted, "id,stage,value\nD1,Won,10\nD2,Lost,1\nD3,Lost,1\n").unwrap();
        assert_eq!(told(&left_out), ["2 rows were left out by the mapping's conditions"]);
        // An empty file holds none of them.
        let empty = ["3 rows of crm's opportunities are not in this file"];
        assert_eq!(told(&import_text(&store, &partial, "id,stage,value\n").unwrap()), empty);
        assert_eq!(told(&import_text(&store, &partial, "id,stage,value\nD9,Won,much\n").unwrap()), empty);
        // What only updates says nothing about what there is, and rows of other systems are theirs.
        let updates = partial.replace("key = \"id\"", "key = \"id\"\nupdate_only = true");
        assert!(told(&import_text(&store, &updates, FIRST).unwrap()).is_empty());
        let other = partial.replace("crm", "shop");
        assert!(told(&import_text(&store, &other, FIRST).unwrap()).is_empty());
    });
}

#[test]
fn more_than_a_tenth_goes_only_if_that_is_allowed() {
    let file =
        |rows: usize| (0..rows).fold("id,stage,value\n".to_owned(), |file, row| file + &*format!("D{row},Won,1\n"));
    on_both(|store| {
        import_text(&store, DEALS, &file(20)).unwrap();
        assert_eq!(told(&import_text(&store, DEALS, &file(18)).unwrap()), ["opportunities: 2 gone"]);
        let refused = import_text(&store, DEALS, &file(16)).unwrap_err();
        assert!(refused.is_usage() && matches!(refused, ImportError::Shrinks { gone: 2, of: 18, .. }));
        let said = "data.csv lacks 2 of the 18 rows of opportunities that crm has, more than a tenth: is it the whole \
            table? If they are to go, import it with --allow-shrink";
        assert_eq!(refused.to_string(), said);
        assert_eq!(deals(&store).len(), 18);
        // A file that breaks off above its first row takes nothing away.
        assert!(import_text(&store, DEALS, &file(0)).is_err());
    });
}

#[test]
fn a_dry_run_shows_what_would_go_and_lets_nothing_go() {
    on_both(|store| {
        import_text(&store, DEALS, BOTH).unwrap();
        let mapping = Mapping::parse(DEALS, "test", &Model::built_in()).unwrap();
        let options = Options { dry_run: true, allow_shrink: true, ..options() };
        let dry = import(Cursor::new(FIRST), "data.csv", &mapping, &store, &options, &mut |_| {}).unwrap();
        assert_eq!(told(&dry)[0], "opportunities: 1 gone");
        assert_eq!(deals(&store).len(), 2);
    });
}

#[test]
fn a_key_that_a_spreadsheet_cut_short_or_that_is_too_long_lets_nothing_go() {
    let wanted = DEALS.replace("complete = true\n", "complete = true\nwhen = { column = \"stage\", in = [\"Won\"] }\n");
    let composed = wanted
        .replace("crm", "shop")
        .replace("key = \"id\"", "key = { from = [\"id\", \"stage\"], occurrence = true }");
    let long = "9".repeat(1001);
    let note = "1 row has no key that could be read: so none is taken for gone";
    on_both(|store| {
        let file = |key: &str, stage: &str| format!("id,stage,value\nD1,Won,10\n{key},{stage},20\n");
        for (mapping, key, rows) in [(&wanted, "123456789012", 2), (&composed, "123456789013", 4)] {
            import_text(&store, mapping, &file(key, "Won")).unwrap();
            for (key, stage) in [("1.23457E+11", "Won"), ("1.23457E+11", "Lost"), (&long, "Won")] {
                let summary = import_text(&store, mapping, &file(key, stage)).unwrap();
                assert!(summary.notes().iter().any(|said| said == note), "{key} {stage}: {:?}", summary.notes());
                assert_eq!(deals(&store).len(), rows, "{key} {stage}");
            }
        }
    });
}

#[test]
fn a_row_that_is_rejected_or_that_no_condition_wants_is_not_gone() {
    let wanted = DEALS.replace("complete = true\n", "complete = true\nwhen = { column = \"stage\", in = [\"Won\"] }\n");
    on_both(|store| {
        import_text(&store, &wanted, BOTH).unwrap();
        let file = "id,stage,value\nD1,Lost,10\nD2,Won,much\n";
        let summary = import_text(&store, &wanted, file).unwrap();
        assert_eq!((summary.rejected.len(), summary.left_out), (1, 1));
        assert_eq!(deals(&store), ["D1 | 1000", "D2 | 2000"]);
    });
}

#[test]
fn rejected_rows_of_a_complete_file_can_be_corrected_and_imported() {
    on_both(|store| {
        let all: Vec<String> =
            (1..=20).map(|row| format!("D{row},Won,{}\n", if row == 7 { "7x" } else { "7" })).collect();
        let summary = import_text(&store, DEALS, &format!("id,stage,value\n{}", all.concat())).unwrap();
        let mut rejected = Vec::new();
        summary.write_rejected(&mut rejected).unwrap();
        let corrected = String::from_utf8(rejected).unwrap().replacen("7x", "7", 1);
        for counts in ["1 new, 0 changed, 0 unchanged, 0 rejected", "0 new, 0 changed, 1 unchanged, 0 rejected"] {
            let summary = import_text(&store, DEALS, &corrected).unwrap();
            assert_eq!(summary.to_string(), counts);
            let note = "these are rejected rows of another file, not all that there is: so none is taken for gone";
            assert!(told(&summary).iter().any(|said| said == note), "{:?}", told(&summary));
            assert_eq!(deals(&store).len(), 20);
        }
    });
}

#[test]
fn a_file_with_rows_that_nobody_can_tell_apart_lets_nothing_go() {
    on_both(|store| {
        import_text(&store, DEALS, BOTH).unwrap();
        let summary = import_text(&store, DEALS, "id,stage,value\nD1,Won,10\nD2;Won;20\n").unwrap();
        assert_eq!(told(&summary), ["1 row has no key that could be read: so none is taken for gone"]);
        assert_eq!(deals(&store).len(), 2);
    });
}

#[test]
fn rows_of_other_systems_and_what_a_look_up_created_stay() {
    let partners = "system = \"crm\"\n[[tables]]\ntable = \"partners\"\nkey = \"id\"\ncomplete = true\n\
        [tables.columns]\nname = \"name\"\nregion = \"region\"\n";
    let leads = "system = \"crm\"\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
        partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    on_both(|store| {
        import_text(&store, partners, "id,name,region\n1,Ada,North\n2,Bo,South\n").unwrap();
        import_text(&store, &partners.replace("crm", "shop"), "id,name,region\n1,Chi,West\n").unwrap();
        import_text(&store, leads, "id,partner\nA,Dan\nB,Bo\n").unwrap();
        assert_eq!(told(&import_shrinking(&store, partners, "id,name,region\n1,Ada,North\n")), ["partners: 1 gone"]);
        assert_eq!(lines(&store, "partners", &["name"]), ["Ada", "Chi", "Dan"]);
        // What refers to a row that is gone keeps its name and its region.
        let columns = ["key", "partner.name", "partner.region"];
        assert_eq!(lines(&store, "leads", &columns), ["A | Dan | –", "B | Bo | South"]);
    });
}

#[test]
fn what_a_row_was_goes_with_the_row() {
    on_both(|store| {
        import_text(&store, DEALS, "id,stage,value\nD1,Won,10\nD2,Offer,20\n").unwrap();
        import_text(&store, DEALS, BOTH).unwrap();
        assert_eq!(lines(&store, "opportunity_changes", &["stage"]), ["Offer"]);
        import_shrinking(&store, DEALS, FIRST);
        assert!(lines(&store, "opportunity_changes", &["stage"]).is_empty());
    });
}

#[test]
fn of_the_lines_of_a_packed_order_only_those_that_are_lacking_are_gone() {
    let orders = "system = \"shop\"\n[[tables]]\ntable = \"orders\"\nkey = { from = \"order\", occurrence = true }\n\
        complete = true\n[tables.columns]\namount = \"amount\"\n";
    on_both(|store| {
        let mapping = Mapping::parse(orders, "test", &Model::built_in()).unwrap();
        import_bytes(&store, &mapping, b"order,amount\n1,5\n1,6\n1,7\n").unwrap();
        // The second line is rejected, and counted.
        import_shrinking(&store, orders, "order,amount\n1,5\n1,six\n");
        assert_eq!(lines(&store, "orders", &["key", "amount"]), ["1|1 | 500", "1|2 | 600"]);
    });
}

#[test]
fn a_complete_table_is_somebodys() {
    let nobodys = DEALS.replace("system = \"crm\"\n", "");
    let error = Mapping::parse(&nobodys, "deals", &Model::built_in()).unwrap_err().to_string();
    assert!(error.starts_with("deals.toml:5: nothing says whose table is complete"), "{error}");
}

#[test]
fn nothing_goes_where_two_lines_may_have_become_one_row() {
    on_both(|store| {
        import_text(&store, DEALS, "id,stage,value,note\nD1,Won,10,a\nD2,Won,20,b\nD3,Won,30,c\n").unwrap();
        let swallowed =
            import_shrinking(&store, DEALS, "id,stage,value,note\nD1,Won,10,\"a\nD2,Won,20,b\"\nD3,Won,30,c\n");
        let notes = told(&swallowed);
        assert!(
            notes[0].contains("each of which could be a row") && notes[0].contains("Nothing is taken for gone"),
            "{notes:?}"
        );
        assert_eq!(deals(&store), ["D1 | 1000", "D2 | 2000", "D3 | 3000"]);
    });
}

#[test]
fn what_refers_to_a_row_that_is_gone_is_noted() {
    let customers = "system = \"crm\"\n[[tables]]\ntable = \"customers\"\nkey = \"id\"\ncomplete = true\n[tables.columns]\nname = \"name\"\n";
    let orders = "system = \"shop\"\n[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nordered_at = \"on\"\n\
                  customer_id = { from = \"customer\", lookup = \"name\" }\n";
    on_both(|store| {
        import_text(&store, customers, "id,name\nC1,Neu AG\nC2,Alt AG\n").unwrap();
        import_shrinking(&store, customers, "id,name\nC2,Alt AG\n");
        let file = "id,on,customer\n1,2026-11-02,Neu AG\n2,2026-11-02,Alt AG\n";
        assert_eq!(
            told(&import_text(&store, orders, file).unwrap()),
            [
                "orders: 1 row refers by customer_id to customers that are gone, and count in no figure; first in line 2 \
                 (“Neu AG”)"
            ]
        );
        import_text(&store, customers, "id,name\nC1,Neu AG\nC2,Alt AG\n").unwrap();
        assert!(told(&import_text(&store, orders, file).unwrap()).is_empty());
    });
}
