//! What is kept of an import: for each table, up to when it is complete.

use crate::common::{import_text, options, told};
use jiff::Timestamp;
use pegel_import::{ImportError, Mapping, Options, SourceFile, Summary, import, import_together};
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
}

/// Imports files, each with the time at which it was last written, by a mapping with this line at its top.
fn import_written(store: &Store, line: &str, files: &[(&str, Option<&str>)]) -> Result<Summary, ImportError> {
    let mapping = Mapping::parse(&format!("{line}\n{LEADS}"), "leads", &Model::built_in()).unwrap();
    let written = |at: &str| at.parse::<Timestamp>().unwrap().as_second();
    let file = |(text, at): &(&str, Option<&str>)| {
        SourceFile::new("data.csv", Cursor::new((*text).to_owned())).written_at(at.map(written))
    };
    import_together(files.iter().map(file).collect(), &mapping, store, &options(), &mut |_| {})
}

#[test]
fn the_file_may_say_itself_when_it_was_exported() {
    let [hour_ago, day_ago] = ["2026-11-22T09:00:00Z", "2026-11-21T10:00:00Z"];
    on_both(|store| {
        let one = ("id,partner,amount\nL1,,5\n", Some(day_ago));
        let other = ("id,partner,amount\nL2,,5\n", Some(hour_ago));
        import_written(&store, "exported_at = \"file\"", &[other]).unwrap();
        assert_eq!(complete(&store), [("leads".to_owned(), 3_600)]);
        // Of several files, all is there up to when the first of them was written.
        import_written(&store, "exported_at = \"file\"", &[other, one]).unwrap();
        assert_eq!(complete(&store), [("leads".to_owned(), 86_400)]);
        let piped = import_written(&store, "exported_at = \"file\"", &[(one.0, None)]).unwrap_err();
        assert_eq!(
            piped.to_string(),
            "the mapping takes the file's own time, and data.csv has none: name a column or a constant, or import a file"
        );
        let column = "id,partner,amount,exported\nL1,,5,2026-11-22T09:30:00Z\nL2,,5,\n";
        import_written(&store, "exported_at = \"exported\"", &[(column, None)]).unwrap();
        assert_eq!(complete(&store), [("leads".to_owned(), 1_800)]);
        let wrong = column.replace("09:30", "half past nine");
        let wrong = import_written(&store, "exported_at = \"exported\"", &[(&wrong, None)]).unwrap();
        assert_eq!(wrong.rejected[0].faults[0].column, "exported");
    });
}

#[test]
fn an_export_that_is_still_to_come_is_noted() {
    on_both(|store| {
        let leads = ("id,partner,amount\nL1,,5\n", Some("2026-11-22T10:01:00Z"));
        let summary = import_written(&store, "exported_at = \"file\"", &[leads]).unwrap();
        assert_eq!(
            told(&summary),
            ["exported_at is 2026-11-22T10:01:00Z, which is still to come: the file is taken to be complete until now"]
        );
        assert_eq!(complete(&store), [("leads".to_owned(), 0)]);
    });
}

const DEALS: &str = r#"
[[tables]]
table = "opportunities"
key = "id"
changed_at = "modified"
[tables.columns]
stage = "stage"
"#;

#[test]
fn a_change_is_dated_as_the_file_says() {
    on_both(|store| {
        let import = |stage: &str, at: &str| {
            import_text(&store, DEALS, &format!("id,stage,modified\nD1,{stage},{at}\n")).unwrap()
        };
        import("offer", "2026-11-01T08:00:00Z");
        import("talks", "2026-11-10T08:00:00Z");
        import("won", "");
        let kept = "SELECT key || ' ' || stage || ' ' || changed_at AS value FROM opportunity_changes ORDER BY id";
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let (tenth, now) = (at("2026-11-10T08:00:00Z"), options().now);
        assert_eq!(store.texts(kept).unwrap(), [format!("D1@{tenth} offer {tenth}"), format!("D1@{now} talks {now}")]);
        let older = import("offer", "2026-11-05T08:00:00Z");
        let note = "opportunities: 1 row of opportunities changed before something that is known of it already, and was taken \
                    all the same: import exports in their order";
        assert_eq!(told(&older), [note]);
        let ahead = import("lost", "2026-12-01T08:00:00Z");
        assert_eq!(ahead.rejected[0].faults[0].reason, "it is in the future: import the row when it holds");
    });
    let wrong = LEADS.replace("key = \"id\"", "key = \"id\"\nchanged_at = \"file\"");
    let error = Mapping::parse(&wrong, "leads", &Model::built_in()).unwrap_err().to_string();
    assert_eq!(error, "leads.toml:5: of leads it is not kept what rows were: leave out `changed_at`");
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
