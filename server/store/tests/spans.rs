//! What rows held before, on both databases.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::{NOW, facts_of, put, rows, scan_of, the};
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::spans::AtThatTime;
use pegel_store::Store;
use pegel_store::facts::Facts;
use pegel_store::facts::Written::{Changed, New, Unchanged};
use pegel_store::testing::on_both;

const DAY: i64 = 86_400;

/// Partners with their regions, each from a day on, counted from now, where that is said.
fn regions(partners: &[(&'static str, &str, Option<i64>)]) -> Facts {
    let row = |(key, region, _): &(&'static str, &str, _)| (*key, vec![common::IntoValue::value(*region)]);
    let mut facts = facts_of("partners", &["region"], partners.iter().map(row).collect());
    for (fact, (.., from)) in facts.rows.iter_mut().zip(partners) {
        fact.valid_from = from.map(|days| NOW + days * DAY);
    }
    facts
}

/// Leads of the first partner, and when they came, in days from now.
const LEADS: [(&str, i64); 4] = [("L1", -90), ("L2", -30), ("L3", -1), ("L4", 1)];

/// The region of the partner of each lead, when it came.
fn of_leads(store: &Store) -> Vec<String> {
    let mut reader = store.reader().unwrap();
    let table = the("partners");
    let spans = reader.spans(&table, table.column("region").unwrap()).unwrap();
    let today = rows(store, &scan_of("partners", &["region"])).remove(0);
    let at = |instant: i64| match spans.as_ref().map_or(AtThatTime::AsToday, |spans| spans.at(1, instant)) {
        AtThatTime::Text(text) => text.to_owned(),
        AtThatTime::Missing => "-".to_owned(),
        AtThatTime::AsToday => today.clone(),
    };
    LEADS.iter().map(|(key, days)| format!("{key} {}", at(NOW + days * DAY))).collect()
}

#[test]
fn a_change_leaves_behind_what_was_held() {
    on_both(|store| {
        assert_eq!(put(&store, &regions(&[("P1", "North", None)])), [New]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 North"]);
        assert_eq!(put(&store, &regions(&[("P1", "South", None)])), [Changed]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 South"]);
        assert_eq!(rows(&store, &scan_of("partners", &["region"])), ["South"]);
    });
}

#[test]
fn a_move_may_be_said_to_have_been_on_a_day() {
    on_both(|store| {
        put(&store, &regions(&[("P1", "North", None)]));
        let moved = regions(&[("P1", "South", Some(-60))]);
        assert_eq!(put(&store, &moved), [Changed]);
        assert_eq!(put(&store, &moved), [Unchanged]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 South", "L3 South", "L4 South"]);
        // What it was between two days becomes known later; today's region is still the newest.
        assert_eq!(
            put(&store, &regions(&[("P1", "East", Some(-70)), ("P1", "West", Some(-40))])),
            [Unchanged, Changed]
        );
        assert_eq!(of_leads(&store), ["L1 North", "L2 West", "L3 West", "L4 West"]);
        assert_eq!(put(&store, &regions(&[("P1", "South", Some(-20))])), [Changed]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 West", "L3 South", "L4 South"]);
    });
}

#[test]
fn the_order_in_which_moves_come_does_not_matter() {
    let all = [("P1", "South", Some(-60)), ("P1", "North", Some(-200)), ("P1", "West", Some(-20))];
    on_both(|store| {
        assert_eq!(put(&store, &regions(&all)), [New, Changed, Changed]);
        assert_eq!(put(&store, &regions(&all)), [Unchanged; 3]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 South", "L3 West", "L4 West"]);
    });
    on_both(|store| {
        for one in all {
            put(&store, &regions(&[one]));
        }
        for one in all {
            assert_eq!(put(&store, &regions(&[one])), [Unchanged], "{one:?}");
        }
        assert_eq!(of_leads(&store), ["L1 North", "L2 South", "L3 West", "L4 West"]);
        assert_eq!(rows(&store, &scan_of("partners", &["region"])), ["West"]);
    });
}

#[test]
fn a_row_that_only_a_look_up_knew_has_had_its_first_region_from_ever() {
    on_both(|store| {
        put(&store, &facts!("partners" [name] "P1": "P1"));
        put(&store, &regions(&[("P1", "North", None)]));
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 North"]);
    });
}

#[test]
fn a_dry_run_leaves_no_spans() {
    on_both(|store| {
        put(&store, &regions(&[("P1", "North", None)]));
        store.write(false, |writer| writer.upsert(&regions(&[("P1", "South", None)]), NOW)).unwrap();
        assert_eq!(store.texts("SELECT column_name AS value FROM spans").unwrap(), [""; 0]);
    });
}
