//! Imports that are taken back.

use crate::common::{import_text, options};
use pegel_import::{Mapping, Options, Summary, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use pegel_store::undo::{UndoError, Undone};
use std::io::Cursor;

const PARTNERS: &str = r#"
system = "crm"
[[tables]]
table = "partners"
key = "id"
[tables.columns]
name = "name"
region = "region"
certified_on = "certified"
active = "active"
[tables.attributes]
note = "note"
"#;

const DEALS: &str = r#"
system = "crm"
[[tables]]
table = "opportunities"
key = "id"
complete = true
[tables.columns]
partner_id = { from = "partner", lookup = "name", policy = "create" }
stage = "stage"
amount = "amount"
probability = "probability"
"#;

const FIRST: &str = "id,partner,stage,amount,probability\nD1,Ada,offer,10,0.1\nD2,Bo,offer,20,\n";

/// Imports with what a test about undoing wants: the instant, and that rows may go.
fn import_at(store: &Store, mapping: &str, file: &str, now: i64) -> Summary {
    let mapping = Mapping::parse(mapping, "test", &Model::built_in()).unwrap();
    let options = Options { allow_shrink: true, now: options().now + now, ..options() };
    import(Cursor::new(file.as_bytes()), "data.csv", &mapping, store, &options, &mut |_| {}).unwrap()
}

fn undo(store: &Store, import: Option<i64>) -> Result<Undone, UndoError> {
    store.undo_import(import, &Model::built_in(), options().now)
}

/// Takes back an import and says what became of the rows.
fn undone(store: &Store, import: Option<i64>) -> Vec<String> {
    let tables = undo(store, import).unwrap().tables.into_iter();
    tables.map(|(table, rows)| format!("{table}: {} removed, {} restored", rows.removed, rows.restored)).collect()
}

fn refused(store: &Store, import: i64) -> String {
    undo(store, Some(import)).unwrap_err().to_string()
}

/// All there is in the tables that these imports write, with ids and what is kept of the past.
fn everything(store: &Store) -> Vec<String> {
    let of = |table: &str, columns: &[&str]| {
        let columns = columns.iter().map(|column| format!("coalesce(CAST({column} AS TEXT), '-')"));
        let columns = columns.collect::<Vec<_>>().join(" || ' ' || ");
        store.texts(&format!("SELECT '{table} ' || {columns} AS value FROM {table} ORDER BY 1")).unwrap()
    };
    let beside = ["id", "key", "system", "gone_at", "attributes"];
    let partners = ["name", "region", "tier", "certified_on", "active"];
    // With all their digits, of which a text may show fewer.
    let deals = ["partner_id", "stage", "amount", "probability * 1000000000000000000"];
    let changes = ["opportunity_id", "changed_at", "stage", "amount", "probability"];
    [
        of("partners", &[&beside[..], &partners].concat()),
        of("opportunities", &[&beside[..], &deals].concat()),
        of("opportunity_changes", &[&["key"][..], &changes].concat()),
        of("spans", &["table_name", "column_name", "row_id", "held_from", "value"]),
    ]
    .concat()
}

/// How many rows are on record, of which imports.
fn recorded(store: &Store) -> Vec<String> {
    let count = "SELECT import_id || ': ' || count(*) AS value FROM import_undo GROUP BY import_id ORDER BY import_id";
    store.texts(count).unwrap()
}

#[test]
fn a_first_import_leaves_nothing_when_it_is_taken_back() {
    on_both(|store| {
        let before = everything(&store);
        import_text(&store, DEALS, FIRST).unwrap();
        // Many rows that are new are one on record.
        assert_eq!(recorded(&store), ["1: 2"]);
        assert_eq!(undone(&store, None), ["opportunities: 2 removed, 0 restored", "partners: 2 removed, 0 restored"]);
        assert_eq!(everything(&store), before);
        assert!(recorded(&store).is_empty());
        let newest = store.reader().unwrap().newest_imports().unwrap().len();
        assert_eq!(newest, 0, "what was taken back makes nothing fresh");
        assert_eq!(undo(&store, None).unwrap_err().to_string(), "there is no import that can be taken back");
        assert_eq!(refused(&store, 1), "import 1 was taken back already");
        assert_eq!(refused(&store, 2), "there is no import 2");
        // It stays on the list, and the file can be imported again.
        assert_eq!(import_text(&store, DEALS, FIRST).unwrap().new, 2);
        let listed: Vec<_> =
            store.imports().unwrap().into_iter().map(|one| (one.id, one.undone_at, one.undoable)).collect();
        assert_eq!(listed, [(2, None, true), (1, Some(options().now), false)]);
    });
}

#[test]
fn what_an_import_changed_is_what_it_was_with_its_past() {
    on_both(|store| {
        import_at(
            &store,
            PARTNERS,
            "id,name,region,certified,active,note\nP1,Ada,North,2026-01-01,yes,\"ü \"\"q\"\"\"\nP2,Bo,,,,\n",
            0,
        );
        import_at(&store, PARTNERS, "id,name,region,certified,active,note\nP1,Ada,South,2026-01-01,yes,x\n", 10);
        import_at(&store, DEALS, "id,partner,stage,amount,probability\nD1,Ada,offer,10,0.30000000000000004\n", 20);
        let before = everything(&store);
        let moved = "id,name,region,certified,active,note\nP1,Adele,West,,no,\nP2,Bo,East,,,\nP3,Cy,East,,,\n";
        import_at(&store, PARTNERS, moved, 30);
        assert_ne!(everything(&store), before);
        assert_eq!(undone(&store, None), ["partners: 1 removed, 2 restored"]);
        assert_eq!(everything(&store), before);
        // A change of a deal leaves what it was before, which goes with the change.
        import_at(&store, DEALS, "id,partner,stage,amount,probability\nD1,Dee,won,,0.2\n", 40);
        let changes = |store: &Store| everything(store).iter().filter(|line| line.contains("_changes")).count();
        assert_eq!(changes(&store), 1);
        assert_eq!(undone(&store, None), ["opportunities: 0 removed, 1 restored", "partners: 1 removed, 0 restored"]);
        assert_eq!(everything(&store), before);
    });
}

#[test]
fn rows_that_a_complete_file_let_go_come_back_and_those_that_came_back_go() {
    on_both(|store| {
        import_at(&store, DEALS, FIRST, 0);
        let all = everything(&store);
        import_at(&store, DEALS, "id,partner,stage,amount,probability\nD1,Ada,offer,10,0.1\n", 10);
        let one_gone = everything(&store);
        assert_ne!(one_gone, all);
        import_at(&store, DEALS, FIRST, 20);
        assert_eq!(undone(&store, None), ["opportunities: 0 removed, 1 restored"]);
        assert_eq!(everything(&store), one_gone);
        assert_eq!(undone(&store, None), ["opportunities: 0 removed, 1 restored"]);
        assert_eq!(everything(&store), all);
    });
}

#[test]
fn an_import_whose_rows_a_later_one_wrote_stays() {
    on_both(|store| {
        import_at(&store, DEALS, FIRST, 0);
        import_at(&store, DEALS, &FIRST.replace("offer", "won"), 10);
        let before = everything(&store);
        assert_eq!(refused(&store, 1), "import 1 cannot be taken back: import 2 wrote 2 of its rows");
        assert_eq!(everything(&store), before);
        undone(&store, Some(2));
        // Rows that did not change were not written.
        import_at(&store, DEALS, FIRST, 20);
        assert_eq!(recorded(&store), ["1: 2"]);
        undone(&store, Some(1));
    });
}

#[test]
fn rows_to_which_later_ones_refer_stay() {
    on_both(|store| {
        import_at(&store, PARTNERS, "id,name,region,certified,active,note\nP1,Ada,North,,,\nP2,Bo,,,,\n", 0);
        // Of another system, which finds it by name.
        import_at(&store, &DEALS.replace("crm", "shop"), "id,partner,stage,amount,probability\nD1,Ada,offer,10,\n", 10);
        assert_eq!(
            refused(&store, 1),
            "import 1 cannot be taken back: import 2 wrote 1 row of opportunities, referring to rows that import 1 made"
        );
        undone(&store, Some(2));
        assert_eq!(undone(&store, Some(1)), ["partners: 2 removed, 0 restored"]);
    });
}

#[test]
fn the_last_three_imports_of_each_system_can_be_taken_back() {
    on_both(|store| {
        let shop = DEALS.replace("crm", "shop");
        let file = |stage: &str| FIRST.replace("offer", stage);
        let mut states = Vec::new();
        for (number, stage) in (0..).zip(["offer", "talks", "won", "lost"]) {
            import_at(&store, DEALS, &file(stage), number);
            states.push(everything(&store));
        }
        import_at(&store, &shop, "id,partner,stage,amount,probability\nD1,Eve,offer,10,\n", 5);
        // What the other system did is not taken back with it, and its partner came last.
        let with_shop: Vec<String> = everything(&store);
        assert_eq!(undone(&store, None), ["opportunities: 1 removed, 0 restored", "partners: 1 removed, 0 restored"]);
        assert_ne!(everything(&store), with_shop);
        let not_kept =
            "import 1 cannot be taken back: what the rows were is kept for the last three imports of a system";
        assert_eq!(refused(&store, 1), not_kept);
        for state in states.iter().rev().skip(1) {
            assert_eq!(everything(&store).len(), state.len() + 2);
            assert_eq!(undone(&store, None), ["opportunities: 0 removed, 2 restored"]);
            assert_eq!(everything(&store), *state);
        }
        assert_eq!(refused(&store, 1), not_kept);
    });
}

#[test]
fn two_systems_do_not_touch_each_other() {
    on_both(|store| {
        let shop = DEALS.replace("crm", "shop");
        import_at(&store, DEALS, "id,partner,stage,amount,probability\nD1,,offer,10,\n", 0);
        import_at(&store, &shop, "id,partner,stage,amount,probability\nD1,,offer,20,\n", 10);
        let both = everything(&store);
        import_at(&store, DEALS, "id,partner,stage,amount,probability\nD1,,won,10,\nD2,,won,5,\n", 20);
        import_at(&store, &shop, "id,partner,stage,amount,probability\nD1,,lost,20,\n", 30);
        undone(&store, Some(3));
        let of = |store: &Store, system: &str| {
            let lines = everything(store).into_iter().filter(|line| line.contains(&format!(" {system} ")));
            lines.collect::<Vec<_>>()
        };
        assert!(of(&store, "shop")[0].contains("lost"));
        undone(&store, Some(4));
        assert_eq!(everything(&store), both);
    });
}

#[test]
fn rows_that_a_system_adopted_are_nobodys_again() {
    on_both(|store| {
        let nobody = DEALS.replace("system = \"crm\"\n", "").replace("complete = true\n", "");
        import_at(&store, &nobody, FIRST, 0);
        let before = everything(&store);
        import_at(&store, DEALS, FIRST, 10);
        assert_eq!(refused(&store, 1), "import 1 cannot be taken back: import 2 wrote 2 of its rows");
        assert_eq!(undone(&store, Some(2)), ["opportunities: 0 removed, 2 restored"]);
        assert_eq!(everything(&store), before);
        undone(&store, Some(1));
    });
}

#[test]
fn rows_whose_keys_others_have_meanwhile_do_not_become_nobodys_again() {
    on_both(|store| {
        let nobody = DEALS.replace("system = \"crm\"\n", "").replace("complete = true\n", "");
        import_at(&store, &nobody, FIRST, 0);
        import_at(&store, DEALS, FIRST, 10);
        import_at(&store, &nobody, FIRST, 20);
        let before = everything(&store);
        let reason = "import 3 brought 2 rows of opportunities with the keys that rows would have again";
        assert_eq!(refused(&store, 2), format!("import 2 cannot be taken back: {reason}"));
        assert_eq!(everything(&store), before);
        undone(&store, Some(3));
        undone(&store, Some(2));
        undone(&store, Some(1));
    });
}

#[test]
fn what_was_not_kept_is_not_taken_back() {
    on_both(|store| {
        import_at(&store, DEALS, FIRST, 0);
        let mapping = Mapping::parse(DEALS, "test", &Model::built_in()).unwrap();
        let dry = Options { dry_run: true, ..options() };
        let file = Cursor::new(FIRST.replace("offer", "won"));
        import(file, "data.csv", &mapping, &store, &dry, &mut |_| {}).unwrap();
        assert_eq!((recorded(&store), store.imports().unwrap().len()), (vec!["1: 2".to_owned()], 1));
    });
}
