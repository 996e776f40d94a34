//! Scans: what comes out of both databases.

mod common;

use common::{facts_of, put, rows, scan_of, the, try_rows, windowed};
use pegel_kpi::data::batch::{Batch, Values};
use pegel_kpi::data::dimension::Located;
use pegel_kpi::data::model::{Kind, Model};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::{Lasting, Scan, Source, Window};
use pegel_kpi::data::scope::Scope;
use pegel_store::facts::{Value, attribute};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};

/// Two partners, one without a region; leads with and without partner and region of their own; opportunities of them.
fn fill(store: &Store) {
    put(
        store,
        &facts!("partners" [name, region, active, certified_on]
        "P1": "Ada", "North", true, 20_000; "P2": "Bob", (), false, ()),
    );
    put(store, &facts!("reps" [name, region, team] "R1": "Eve", "East", "Blue"));
    put(
        store,
        &facts!("leads" [partner_id, rep_id, region, created_at, amount]
        "L1": 1, (), "South", 100, 5; "L2": 1, (), (), 200, 6; "L3": 2, 1, (), 300, (); "L4": (), (), (), (), 8),
    );
    put(
        store,
        &facts!("opportunities" [lead_id, amount, probability]
        "A": 1, 10, 0.5; "B": 2, 20, (); "C": 4, 30, 0.0; "D": (), 40, 1.0),
    );
}

/// A window of one range.
fn one(range: &std::ops::Range<i64>) -> &[std::ops::Range<i64>] {
    std::slice::from_ref(range)
}

fn scoped(scan: Scan, regions: Option<&[&str]>, teams: Option<&[&str]>, partners: Option<&[&str]>) -> Scan {
    let texts = |texts: Option<&[&str]>| texts.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect());
    Scan {
        scope: Scope { regions: texts(regions), teams: texts(teams), partners: texts(partners), ..Scope::everything() },
        ..scan
    }
}

#[test]
fn every_kind_is_read_and_missing_stays_missing() {
    on_both(|store| {
        fill(&store);
        let partners = scan_of("partners", &["id", "key", "name", "region", "active", "certified_on"]);
        assert_eq!(rows(&store, &partners), ["1 P1 Ada North 1 20000", "2 P2 Bob - 0 -"]);
        let opportunities = scan_of("opportunities", &["key", "probability", "amount"]);
        assert_eq!(rows(&store, &opportunities), ["A 0.5 10", "B - 20", "C 0 30", "D 1 40"]);
    });
}

#[test]
fn related_rows_are_read_through_their_keys() {
    on_both(|store| {
        fill(&store);
        let scan =
            scan_of("opportunities", &["key", "lead.key", "lead.partner.name", "lead.partner.region|lead.region"]);
        assert_eq!(rows(&store, &scan), ["A L1 Ada North", "B L2 Ada North", "C L4 - -", "D - - -"]);
        let scan = scan_of("leads", &["key", "region|partner.region|rep.region|customer.region"]);
        assert_eq!(rows(&store, &scan), ["L1 South", "L2 North", "L3 East", "L4 -"]);
    });
}

#[test]
fn tables_are_joined_alike_whether_small_or_not() {
    on_both(|store| {
        fill(&store);
        let columns = ["key", "partner.name", "partner.active", "region|partner.region|rep.region|customer.region"];
        let answer = ["L1 Ada 1 South", "L2 Ada 1 North", "L3 Bob 0 East", "L4 - - -"];
        assert_eq!(rows(&store, &scan_of("leads", &columns)), answer);
        // An id that is no position.
        store.execute("INSERT INTO partners (id, key) VALUES (4000000, 'P3')").unwrap();
        assert_eq!(rows(&store, &scan_of("leads", &columns)), answer);
    });
}

#[test]
fn a_window_is_half_open_and_leaves_out_what_has_no_date() {
    on_both(|store| {
        fill(&store);
        let leads =
            |ranges: &[std::ops::Range<i64>]| rows(&store, &windowed(scan_of("leads", &["key"]), "created_at", ranges));
        assert_eq!(leads(one(&(0..1000))), ["L1", "L2", "L3"]);
        assert_eq!(leads(one(&(100..200))), ["L1"]);
        assert_eq!(leads(&[0..100, 101..200, 300..301]), ["L3"]);
        assert_eq!(leads(&[100..101, 200..201]), ["L1", "L2"]);
        assert!(leads(&[]).is_empty());
        let days = windowed(scan_of("partners", &["key"]), "certified_on", &[19_999..20_001, 30_000..30_001]);
        assert_eq!(rows(&store, &days), ["P1"]);
        let related = windowed(scan_of("opportunities", &["key"]), "lead.created_at", one(&(200..400)));
        assert_eq!(rows(&store, &related), ["B"]);
    });
}

#[test]
fn a_window_may_have_a_thousand_ranges_and_more() {
    on_both(|store| {
        fill(&store);
        let ranges: Vec<_> = (0..1200).map(|number| number * 20..number * 20 + 1).collect();
        assert_eq!(rows(&store, &windowed(scan_of("leads", &["key"]), "created_at", &ranges)), ["L1", "L2", "L3"]);
    });
}

#[test]
fn a_scope_cuts_rows_that_lack_what_it_lists() {
    on_both(|store| {
        fill(&store);
        let leads = || scan_of("leads", &["key"]);
        assert_eq!(rows(&store, &scoped(leads(), Some(&["North", "East"]), None, None)), ["L2", "L3"]);
        assert_eq!(rows(&store, &scoped(leads(), None, Some(&["Blue"]), None)), ["L3"]);
        assert_eq!(rows(&store, &scoped(leads(), None, None, Some(&["P1"]))), ["L1", "L2"]);
        assert_eq!(rows(&store, &scoped(leads(), Some(&["South"]), None, Some(&["P1", "P2"]))), ["L1"]);
        // A partner is known by its key, not by its name.
        assert!(rows(&store, &scoped(leads(), None, None, Some(&["Ada"]))).is_empty());
        assert!(rows(&store, &scoped(leads(), Some(&["' OR 1 = 1 --"]), None, None)).is_empty());
        assert!(rows(&store, &scoped(leads(), Some(&[]), None, None)).is_empty());
        let partners = scoped(scan_of("partners", &["name"]), None, None, Some(&["P2"]));
        assert_eq!(rows(&store, &partners), ["Bob"]);
    });
}

#[test]
fn a_scope_by_a_dimension_that_the_table_lacks_lets_nothing_through() {
    on_both(|store| {
        put(&store, &facts!("costs" [region, amount] "C1": "North", 5));
        let costs = || scan_of("costs", &["key"]);
        assert_eq!(rows(&store, &scoped(costs(), Some(&["North"]), None, None)), ["C1"]);
        assert!(rows(&store, &scoped(costs(), Some(&["North"]), None, Some(&["P1"]))).is_empty());
        // The region of an opportunity's lead is not the opportunity's own: it has none here.
        fill(&store);
        assert!(rows(&store, &scoped(scan_of("opportunities", &["key"]), Some(&["South"]), None, None)).is_empty());
    });
}

#[test]
fn both_databases_answer_for_every_dimension_of_every_table() {
    on_both(|store| {
        for table in Model::built_in().tables() {
            let located: Vec<Located> =
                table.dimensions().filter_map(|dimension| table.located(dimension).cloned()).collect();
            let columns = located.into_iter().flat_map(|located| match located {
                Located::Row { key, label } => vec![Projection::of(key), Projection::of(label)],
                Located::Text(paths) => vec![Projection(paths)],
                Located::Dated => Vec::new(),
            });
            let columns: Vec<_> = columns.chain([Projection::of(common::path_of(&table, "id"))]).collect();
            let scan = Scan { table, columns, window: None, scope: Scope::everything() };
            assert!(rows(&store, &scan).is_empty());
        }
    });
}

#[test]
fn many_rows_come_in_batches_with_one_dictionary() {
    on_both(|store| {
        let count = 2 * Batch::ROWS + 1;
        let keys: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let region = |number: usize| Value::Text(["North", "South"][number % 2].to_owned());
        let leads = keys.iter().enumerate().map(|(number, key)| (key.as_str(), vec![region(number)])).collect();
        put(&store, &facts_of("leads", &["region"], leads));
        let (mut sizes, mut north) = (Vec::new(), 0);
        let mut reader = store.reader().unwrap();
        let scan = scan_of("leads", &["id", "region"]);
        reader
            .scan(&scan, &mut |batch| {
                sizes.push(batch.len());
                let Values::Texts(codes, dictionary) = &batch.columns[1] else { panic!() };
                north += codes.iter().filter(|code| Some(**code) == dictionary.code("North")).count();
            })
            .unwrap();
        assert_eq!(sizes, [Batch::ROWS, Batch::ROWS, 1]);
        assert_eq!(north, Batch::ROWS + 1);
        assert_eq!(reader.statements(), 1);
    });
}

#[test]
fn the_scans_of_a_reader_see_one_state() {
    on_both(|store| {
        fill(&store);
        let scan = scan_of("leads", &["key"]);
        let mut reader = store.reader().unwrap();
        let mut count = || {
            let mut rows = 0;
            reader.scan(&scan, &mut |batch| rows += batch.len()).unwrap();
            rows
        };
        assert_eq!(count(), 4);
        put(&store, &facts!("leads" [region] "L5": "North"));
        assert_eq!(count(), 4);
        assert_eq!(rows(&store, &scan).len(), 5);
    });
}

#[test]
fn a_figure_that_a_double_cannot_hold_is_an_error() {
    on_both(|store| {
        store.execute("INSERT INTO leads (key, amount) VALUES ('L1', 9007199254740992)").unwrap();
        assert_eq!(rows(&store, &scan_of("leads", &["amount"])), ["9007199254740992"]);
        store.execute("UPDATE leads SET amount = 9007199254740993").unwrap();
        let refused = try_rows(&store, &scan_of("leads", &["key", "amount"]));
        assert!(matches!(&refused, Err(StoreError::TooLarge { place, .. }) if place == "leads.amount"), "{refused:?}");
        // The connection goes back clean.
        assert_eq!(rows(&store, &scan_of("leads", &["key"])), ["L1"]);
    });
}

#[test]
fn rows_that_ended_before_are_left_out_and_those_without_an_end_are_not() {
    on_both(|store| {
        put(
            &store,
            &facts!("leads" [offered_at, accepted_at, closed_at]
            "open": 100, (), (); "accepted early": 100, 150, (); "accepted late": 100, 900, (); "closed early": 100, (), 150;
            "not yet": 500, (), ()),
        );
        let path = |name: &str| common::path_of(&the("leads"), name);
        let lasting = Lasting { until: vec![path("accepted_at"), path("closed_at")], at: 200 };
        let window =
            Window { path: path("offered_at"), ranges: one(&(i64::MIN..300)).to_vec(), lasting: Some(lasting) };
        let scan = Scan { window: Some(window), ..scan_of("leads", &["key"]) };
        assert_eq!(rows(&store, &scan), ["accepted late", "open"]);
    });
}

#[test]
fn attributes_are_texts_whatever_they_hold() {
    on_both(|store| {
        let attributes = |json: serde_json::Value| json.as_object().unwrap().clone();
        let mut facts = facts!("leads" [created_at] "A": 1; "B": 2; "C": 3);
        facts.rows[0].attributes = attributes(serde_json::json!({ "code": "x y", "it's": true }));
        facts.rows[1].attributes = attributes(serde_json::json!({ "code": 7, "it's": null }));
        put(&store, &facts);
        let attribute = |name: &str| Projection::of(Path::own(&the("leads").attribute(name)));
        let mut scan = scan_of("leads", &["key"]);
        scan.columns.extend([attribute("code"), attribute("it's"), attribute("none")]);
        assert_eq!(rows(&store, &scan), ["A x y true -", "B 7 - -", "C - - -"]);
    });
}

#[test]
fn an_attribute_that_is_declared_is_read_as_what_it_is_and_is_missing_where_it_is_something_else() {
    let kinds = ["number", "integer", "money", "date", "instant", "boolean", "text"];
    let declared = kinds.map(|kind| format!("[[attributes]]\nname = \"{kind}\"\nkind = \"{kind}\"\n"));
    let leads = Model::with(&[("leads", &declared.join(""))], "").unwrap().table("leads").unwrap();
    on_both(|store| {
        let of_all = |json: serde_json::Value| kinds.iter().map(|kind| ((*kind).to_owned(), json.clone())).collect();
        let mut facts = facts!("leads" [created_at] "A": 1; "B": 2; "C": 3; "D": 4; "E": 5; "F": 6; "G": 7; "H": 8);
        let values = [
            serde_json::json!(20_454),
            serde_json::json!(1.5),
            serde_json::json!("2026-01-02"),
            serde_json::json!(true),
            serde_json::json!(-3),
            attribute(Kind::Money, Value::Integer(-550)),
            attribute(Kind::Date, Value::Integer(20_454)),
            attribute(Kind::Instant, Value::Integer(20_000)),
        ];
        facts.rows.iter_mut().zip(values).for_each(|(row, value)| row.attributes = of_all(value));
        put(&store, &facts);
        let mut scan = scan_of("leads", &["key"]);
        scan.columns.extend(kinds.map(|kind| Projection::of(Path::own(&leads.attribute(kind)))));
        let read = [
            "A 20454 20454 - - - - 20454",
            "B 1.5 - - - - - 1.5",
            "C - - - - - - 2026-01-02",
            "D - - - - - 1 true",
            "E -3 -3 - - - - -3",
            "F - - -550 - - - -",
            "G - - - 20454 - - -",
            "H - - - - 20000 - -",
        ];
        assert_eq!(rows(&store, &scan), read);
        // By one of them rows are found as well.
        let path = Path::own(&leads.attribute("instant"));
        let ranges = std::iter::once(0..30_000).collect();
        let within = Scan { window: Some(Window { path, ranges, lasting: None }), ..scan };
        assert_eq!(rows(&store, &within), read[7..]);
    });
}
