//! What an edition says differently from another one, on both databases.

use crate::support::numbers::{translated, weekly};
use crate::support::{Site, publish};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_report::numbers::{BreakdownRow, CrossTable, Group, Numbers};
use pegel_store::Store;
use pegel_store::testing::on_both;
use pegel_store::versions::{FileOrigin, NewActivation, NewVersion, Reason};

/// The edition of [`weekly`], made again with another feedback rate by another script.
fn corrected() -> Numbers {
    let mut numbers = Numbers { revision: 1, ..weekly() };
    let rate = &mut numbers.sections[0].kpis[0];
    rate.version = "ef".repeat(32);
    (rate.cell.outcome, rate.status) = (Outcome::Value { value: 0.7 }, Status::Critical);
    numbers
}

/// Keeps two versions of the script of the feedback rate.
fn keep_scripts(store: &Store) {
    let version = |sha256: &str, text: &str| NewVersion {
        file: "partner/feedback.rhai".to_owned(),
        sha256: sha256.repeat(32),
        text: text.to_owned(),
        origin: FileOrigin::Home,
    };
    for version in
        [version("ab", "// Rate\nfn value(m) { m.a < 1 }\n"), version("ef", "// Rate\nfn value(m) { m.b }\n")]
    {
        let activation = NewActivation {
            activated_at: 1_794_300_000,
            author: None,
            reason: Reason::Command,
            forced_past: 0,
            files_sha256: version.sha256.clone(),
            note: None,
            versions: vec![version],
        };
        store.activate(&activation).unwrap();
    }
}

#[test]
fn an_edition_tells_what_changed_why_and_how_the_script_did() {
    on_both(|store| {
        publish(&store, &weekly());
        publish(&store, &corrected());
        keep_scripts(&store);
        let site = Site::on(store);
        insta::assert_snapshot!("diff_en", site.get("/editions/2/since/1").words());
        insta::assert_snapshot!("diff_de", site.get_in("de", "/editions/2/since/1").words());
        insta::assert_snapshot!("diff_fr", site.get_in("fr", "/editions/2/since/1").words());
        let page = site.get("/editions/2/since/1");
        assert!(page.html().contains("<del>-fn value(m) { m.a &lt; 1 }</del>\n<ins>+fn value(m) { m.b }</ins>\n"));
        let same = site.get("/editions/1/since/1");
        assert!(same.words().contains("numbers are the same.") && !same.html().contains("<table"), "{}", same.words());
    });
}

#[test]
fn a_script_whose_text_is_not_kept_is_not_shown() {
    on_both(|store| {
        publish(&store, &weekly());
        publish(&store, &corrected());
        let page = Site::on(store).get("/editions/2/since/1");
        assert!(page.words().contains("the script changed") && !page.html().contains("<pre"), "{}", page.words());
    });
}

#[test]
fn a_cell_of_a_crossed_table_is_named_by_both_groups() {
    on_both(|store| {
        let crossed = |value: f64, revision: i32| {
            let mut numbers = Numbers { revision, ..weekly() };
            let groups = ["North", "Solar & Co"].map(|label| Group::Text { label: label.to_owned() });
            let table = CrossTable::of("region", "product", [(groups, Cell::of(Outcome::Value { value }))]);
            numbers.sections[0].kpis[0].crossed = vec![table];
            numbers
        };
        publish(&store, &crossed(0.5, 0));
        publish(&store, &crossed(0.6, 1));
        let page = Site::on(store).get("/editions/2/since/1").words();
        assert!(page.contains("\nNorth · Solar & Co\n50.0%\n60.0%\nthe data was corrected"), "{page}");
    });
}

#[test]
fn a_long_list_is_cut_and_says_what_lists_all() {
    on_both(|store| {
        let with_groups = |value: f64, revision: i32| {
            let mut numbers = Numbers { revision, ..weekly() };
            let table = &mut numbers.sections[0].kpis[0].breakdowns[0];
            let mut row = table.rows[0].clone();
            row.cell.outcome = Outcome::Value { value };
            let named = |nth: usize| Group::Text { label: format!("Region {nth}") };
            table.rows = (0..300).map(|nth| BreakdownRow { group: named(nth), ..row.clone() }).collect();
            numbers
        };
        publish(&store, &with_groups(0.5, 0));
        publish(&store, &with_groups(0.6, 1));
        let page = Site::on(store).get("/editions/2/since/1");
        assert_eq!(page.html().matches("<tr role=\"row\">").count(), 1 + 250);
        assert!(page.words().contains("50 more: pegel report diff 1 2 lists all of them."), "{}", page.words());
    });
}

#[test]
fn editions_of_other_reports_are_compared_with_a_notice() {
    on_both(|store| {
        publish(&store, &weekly());
        let other = Numbers { report: "monthly".to_owned(), title: translated("Months", "Monate"), ..weekly() };
        publish(&store, &other);
        let page = Site::on(store).get("/editions/2/since/1").words();
        assert!(page.contains("These are editions of different reports: Partner sales and Months."), "{page}");
        assert!(page.contains("numbers are the same."), "{page}");
    });
}

#[test]
fn an_edition_that_does_not_exist_is_compared_with_none() {
    on_both(|store| {
        publish(&store, &weekly());
        let site = Site::on(store);
        for path in ["/editions/1/since/9", "/editions/9/since/1", "/editions/1/since/first"] {
            let page = site.get(path);
            assert_eq!(page.status, 404, "{path}");
            assert!(page.words().contains("No edition has this number. All there are stand in the list."), "{path}");
        }
    });
}
