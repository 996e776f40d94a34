//! Dimensions as they were: what a row held at the date of another.

mod common;

use common::{NOW, facts_of, path_of, put, rows, scan_of};
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::Scan;
use pegel_kpi::data::scope::Scope;
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

/// Leads of the first partner: 90, 30 and 1 day ago, and of tomorrow.
fn leads(store: &Store) {
    let ago = |days: i64| NOW - days * DAY;
    put(
        store,
        &facts!("leads" [partner_id, created_at]
            "L1": 1, ago(90); "L2": 1, ago(30); "L3": 1, ago(1); "L4": 1, ago(-1)),
    );
}

/// The same scan, asking what each row held at a date.
fn held_at(scan: Scan, date: &str) -> Scan {
    let date = path_of(&scan.table, date);
    let held = |projection: &Projection| Projection(projection.0.iter().map(|path| path.held_at(&date)).collect());
    Scan { columns: scan.columns.iter().map(held).collect(), ..scan }
}

/// The region of the partner of each lead, when it came.
fn of_leads(store: &Store) -> Vec<String> {
    rows(store, &held_at(scan_of("leads", &["key", "region|partner.region"]), "created_at"))
}

#[test]
fn a_lead_stays_where_its_partner_was_when_it_came() {
    on_both(|store| {
        assert_eq!(put(&store, &regions(&[("P1", "North", None)])), [New]);
        leads(&store);
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 North"]);
        assert_eq!(put(&store, &regions(&[("P1", "South", None)])), [Changed]);
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 South"]);
        let today = scan_of("leads", &["key", "partner.region"]);
        assert_eq!(rows(&store, &today), ["L1 South", "L2 South", "L3 South", "L4 South"]);
    });
}

#[test]
fn who_may_see_it_follows_from_where_the_partner_is_today() {
    on_both(|store| {
        put(&store, &regions(&[("P1", "North", None)]));
        leads(&store);
        put(&store, &regions(&[("P1", "South", None)]));
        let seen_by = |region: &str| {
            let scope = Scope { regions: Some(vec![region.to_owned()]), ..Scope::everything() };
            let scan = held_at(scan_of("leads", &["key", "region|partner.region"]), "created_at");
            rows(&store, &Scan { scope, ..scan })
        };
        assert_eq!(seen_by("South"), ["L1 North", "L2 North", "L3 North", "L4 South"]);
        assert_eq!(seen_by("North"), [""; 0]);
    });
}

#[test]
fn a_move_may_be_said_to_have_been_on_a_day() {
    on_both(|store| {
        put(&store, &regions(&[("P1", "North", None)]));
        leads(&store);
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
        leads(&store);
        assert_eq!(of_leads(&store), ["L1 North", "L2 South", "L3 West", "L4 West"]);
    });
    on_both(|store| {
        for one in all {
            put(&store, &regions(&[one]));
        }
        for one in all {
            assert_eq!(put(&store, &regions(&[one])), [Unchanged], "{one:?}");
        }
        leads(&store);
        assert_eq!(of_leads(&store), ["L1 North", "L2 South", "L3 West", "L4 West"]);
        assert_eq!(rows(&store, &scan_of("partners", &["region"])), ["West"]);
    });
}

#[test]
fn what_was_missing_then_is_looked_for_further_on() {
    on_both(|store| {
        put(&store, &regions(&[("P1", "North", None)]));
        put(&store, &facts!("reps" [name, region] "R1": "Eve", "East"));
        leads(&store);
        put(&store, &facts!("leads" [rep_id] "L1": 1; "L4": 1));
        put(&store, &facts!("partners" [region] "P1": ()));
        let scan = held_at(scan_of("leads", &["key", "partner.region|rep.region"]), "created_at");
        assert_eq!(rows(&store, &scan), ["L1 North", "L2 North", "L3 North", "L4 East"]);
    });
}

#[test]
fn a_row_that_only_a_look_up_knew_has_had_its_first_region_from_ever() {
    on_both(|store| {
        put(&store, &facts!("partners" [name] "P1": "P1"));
        leads(&store);
        put(&store, &regions(&[("P1", "North", None)]));
        assert_eq!(of_leads(&store), ["L1 North", "L2 North", "L3 North", "L4 North"]);
    });
}

#[test]
fn a_row_is_also_asked_about_itself_and_by_days() {
    on_both(|store| {
        put(&store, &facts!("customers" [segment, acquired_at] "C1": "private", NOW - DAY));
        put(&store, &facts!("customers" [segment] "C1": "business"));
        let itself = held_at(scan_of("customers", &["key", "segment"]), "acquired_at");
        assert_eq!(rows(&store, &itself), ["C1 private"]);

        put(&store, &regions(&[("P1", "North", None)]));
        put(&store, &regions(&[("P1", "South", None)]));
        let today = NOW / DAY;
        put(&store, &facts!("targets" [partner_id, starts_on] "T1": 1, today - 1; "T2": 1, today + 1));
        let by_days = held_at(scan_of("targets", &["key", "partner.region"]), "starts_on");
        assert_eq!(rows(&store, &by_days), ["T1 North", "T2 South"]);
    });
}

#[test]
fn a_large_table_is_asked_as_well() {
    on_both(|store| {
        put(&store, &facts!("customers" [segment] "C1": "private"));
        store
            .execute(
                "INSERT INTO customers (key, attributes)
                 WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20002)
                 SELECT 'C' || n, '{}' FROM numbers",
            )
            .unwrap();
        put(&store, &facts!("orders" [customer_id, ordered_at] "O1": 1, NOW - DAY; "O2": 1, NOW + DAY; "O3": 2, NOW));
        put(&store, &facts!("customers" [segment] "C1": "business"));
        let scan = held_at(scan_of("orders", &["key", "customer.segment"]), "ordered_at");
        assert_eq!(rows(&store, &scan), ["O1 private", "O2 business", "O3 -"]);
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
