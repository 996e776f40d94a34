//! Writing facts: what is new, changed and unchanged, on both databases.

mod common;

use common::{NOW, all_columns, example, facts_of, put, rows, scan_of, the, try_put};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scan::{Begins, Source};
use pegel_store::StoreError;
use pegel_store::facts::{Found, Value, Written};
use pegel_store::imports::{ImportRecord, NewestImport, TableRecord};
use pegel_store::testing::{on_both, on_both_databases};
use serde_json::json;
use std::collections::BTreeMap;

use Written::{Changed, New, Unchanged};

#[test]
fn rows_are_new_then_unchanged_then_changed() {
    on_both(|store| {
        let leads = facts!("leads" [region, amount, created_at]
            "L1": "North", 500, 1000;
            "L2": (), (), ());
        assert_eq!(put(&store, &leads), [New, New]);
        assert_eq!(put(&store, &leads), [Unchanged, Unchanged]);
        let leads = facts!("leads" [region, amount, created_at]
            "L1": "North", 501, 1000;
            "L2": (), (), ();
            "L3": "South", 7, 2000);
        assert_eq!(put(&store, &leads), [Changed, Unchanged, New]);
        assert_eq!(
            rows(&store, &scan_of("leads", &["key", "region", "amount", "created_at"])),
            ["L1 North 501 1000", "L2 - - -", "L3 South 7 2000"]
        );
    });
}

#[test]
fn only_the_named_columns_are_written() {
    on_both(|store| {
        put(&store, &facts!("leads" [region, amount] "L1": "North", 500));
        assert_eq!(put(&store, &facts!("leads" [outcome] "L1": "won"; "L2": "lost")), [Changed, New]);
        assert_eq!(put(&store, &facts!("leads" [region, amount] "L1": "North", 500)), [Unchanged]);
        assert_eq!(put(&store, &facts!("leads" [] "L1": ; "L3": )), [Unchanged, New]);
        assert_eq!(put(&store, &facts!("leads" [amount] "L1": ())), [Changed]);
        assert_eq!(
            rows(&store, &scan_of("leads", &["key", "region", "amount", "outcome"])),
            ["L1 North - won", "L2 - - lost", "L3 - - -"]
        );
    });
}

#[test]
fn every_column_of_every_table_keeps_what_it_is_given() {
    on_both(|store| {
        for table in Model::built_in().tables() {
            let columns: Vec<&str> = all_columns(&table).into_iter().filter(|name| *name != "key").collect();
            // References are set in a second step, to the one row that there is of each table.
            let values = columns.iter().map(|name| {
                let refers = table.reference_in(table.column(name).unwrap()).is_some();
                if refers { Value::Integer(1) } else { example(table.column(name).unwrap().kind) }
            });
            let values: Vec<Value> = values.collect();
            let refers_to_itself = table.references.iter().any(|reference| reference.table == table.name);
            if refers_to_itself {
                put(&store, &facts_of(&table.name, &[], vec![("1", vec![])]));
            }
            let facts = facts_of(&table.name, &columns, vec![("1", values)]);
            put(&store, &facts);
            assert_eq!(put(&store, &facts), [Unchanged], "{}", table.name);
        }
    });
}

#[test]
fn of_a_key_that_comes_twice_the_later_row_wins() {
    on_both(|store| {
        let orders = facts!("orders" [amount, region]
            "O1": 1, "North"; "O2": 5, (); "O1": 2, "North"; "O1": 2, "North");
        assert_eq!(put(&store, &orders), [New, New, Changed, Unchanged]);
        assert_eq!(rows(&store, &scan_of("orders", &["key", "amount"])), ["O1 2", "O2 5"]);
        // Again: the last row is what is there, so nothing changes.
        assert_eq!(put(&store, &orders), [Unchanged; 4]);
        let orders = facts!("orders" [amount, region] "O1": 8, "North"; "O1": 9, "North");
        assert_eq!(put(&store, &orders), [Unchanged, Changed]);
        assert_eq!(rows(&store, &scan_of("orders", &["key", "amount"])), ["O1 9", "O2 5"]);
    });
}

#[test]
fn attributes_are_laid_over_those_that_are_there() {
    on_both(|store| {
        let with = |attributes: serde_json::Value| {
            let mut facts = facts!("leads" [region] "L1": "North"; "L2": "South");
            facts.rows[0].attributes = attributes.as_object().unwrap().clone();
            facts
        };
        assert_eq!(put(&store, &with(json!({"b": 1, "a": {"y": 1, "x": 2}}))), [New, New]);
        assert_eq!(put(&store, &with(json!({"a": {"x": 2, "y": 1}}))), [Unchanged, Unchanged]);
        assert_eq!(put(&store, &with(json!({}))), [Unchanged, Unchanged]);
        assert_eq!(put(&store, &with(json!({"c": "n", "b": null}))), [Changed, Unchanged]);
        assert_eq!(put(&store, &with(json!({"b": null}))), [Unchanged, Unchanged]);
        let stored = store.texts("SELECT attributes AS value FROM leads ORDER BY key").unwrap();
        assert_eq!(stored, [r#"{"a":{"x":2,"y":1},"c":"n"}"#, "{}"]);
    });
}

#[test]
fn a_dry_run_and_a_failed_one_leave_nothing() {
    on_both(|store| {
        let leads = facts!("leads" [region] "L1": "North");
        let dry: Result<_, StoreError> = store.write(false, |writer| writer.upsert(&leads, NOW));
        assert_eq!(dry.unwrap(), [New]);
        let failed: Result<(), StoreError> = store.write(true, |writer| {
            writer.upsert(&leads, NOW)?;
            Err(StoreError::UnknownDelivery { id: 1 })
        });
        assert!(failed.is_err());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(true, |writer| -> Result<(), StoreError> {
                writer.upsert(&leads, NOW)?;
                panic!("in the middle")
            })
        }));
        assert!(panicked.is_err());
        assert!(rows(&store, &scan_of("leads", &["key"])).is_empty());
        // And the next one is not held up.
        assert_eq!(put(&store, &leads), [New]);
    });
}

#[test]
fn what_the_databases_would_store_differently_is_refused() {
    on_both(|store| {
        let unfit = [
            facts!("orders" [quantity] "O1": f64::NAN),
            facts!("orders" [quantity] "O1": f64::INFINITY),
            facts!("orders" [quantity] "O1": 1),
            facts!("orders" [amount] "O1": 1.0),
            facts!("orders" [amount] "O1": (1 << 53) + 1),
            facts!("orders" [region] "O1": ""),
            facts!("orders" [region] "O1": "a\0b"),
            facts!("orders" [region] "": "North"),
            facts!("partners" [certified_on] "P1": 1 << 40),
            facts_of("orders", &["region"], vec![("O1", vec![])]),
        ];
        for facts in unfit {
            assert!(matches!(try_put(&store, &facts), Err(StoreError::UnfitValue { .. })), "{facts:?}");
        }
    });
}

#[test]
fn a_reference_to_nothing_is_refused() {
    on_both(|store| {
        let refused = try_put(&store, &facts!("leads" [partner_id] "L1": 4711));
        assert!(matches!(refused, Err(StoreError::MissingReference { .. })), "{refused:?}");
        put(&store, &facts!("partners" [name] "P1": "Ada"));
        put(&store, &facts!("leads" [partner_id] "L1": 1));
        assert!(store.execute("DELETE FROM partners").is_err());
    });
}

#[test]
fn a_changed_opportunity_leaves_what_it_was() {
    on_both(|store| {
        let write = |facts: &pegel_store::facts::Facts, now| {
            store.write(true, |writer| writer.upsert(facts, now)).unwrap();
        };
        write(&facts!("opportunities" [stage, amount, probability, region] "A": "offer", 100, 0.5, "North"), 10);
        // Not of what is kept.
        write(&facts!("opportunities" [region] "A": "South"), 20);
        // One of the four: all four are kept.
        write(&facts!("opportunities" [amount] "A": 200), 30);
        write(&facts!("opportunities" [amount] "A": 200), 40);
        write(&facts!("opportunities" [stage, expected_close_on] "A": "won", 20_000), 50);
        // A second change at the same instant: the first holds what was before both.
        write(&facts!("opportunities" [stage] "A": "lost"), 50);
        let changes = scan_of(
            "opportunity_changes",
            &["changed_at", "opportunity.key", "stage", "amount", "probability", "expected_close_on"],
        );
        assert_eq!(rows(&store, &changes), ["30 A offer 100 0.5 -", "50 A offer 200 0.5 -"]);
    });
}

#[test]
fn rows_are_found_by_a_text() {
    on_both(|store| {
        put(&store, &facts!("products" [name] "P1": "GTX Pro"; "P2": "MG Special"; "P3": "MG Special"; "P4": ()));
        let products = the("products");
        let texts: Vec<String> = ["GTX Pro", "MG Special", "nothing", "GTX Pro"].map(str::to_owned).to_vec();
        let found: Result<_, StoreError> =
            store.write(false, |writer| writer.find(&products, products.column("name").unwrap(), &texts));
        let found = found.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found["GTX Pro"], Found::One(1));
        assert_eq!(found["MG Special"], Found::Several);
        let none: Result<_, StoreError> = store.write(false, |writer| writer.find(&products, products.key(), &[]));
        assert!(none.unwrap().is_empty());
    });
}

#[test]
fn an_import_is_recorded_with_its_facts_for_each_table() {
    let brought = |table: &str, complete_until| TableRecord {
        table: table.to_owned(),
        new_rows: 3,
        changed_rows: 2,
        unchanged_rows: 1,
        back_rows: 0,
        gone_rows: 4,
        complete_until,
        columns: vec!["created_at".to_owned()],
    };
    let record = |imported_at, tables| ImportRecord {
        file: "leads.csv".to_owned(),
        mapping: "olist_leads".to_owned(),
        system: "olist".to_owned(),
        imported_at,
        new_rows: 3,
        changed_rows: 2,
        unchanged_rows: 1,
        rejected_rows: 0,
        tables,
    };
    on_both(|store| {
        let keep = |record: ImportRecord| {
            let kept: Result<(), StoreError> = store.write(true, |writer| writer.record_import(&record));
            kept.unwrap();
        };
        keep(record(NOW, vec![brought("leads", Some(NOW - 60)), brought("partners", None)]));
        keep(record(NOW + 1, vec![brought("orders", Some(NOW + 1))]));
        // It had no row for any table.
        keep(record(NOW + 2, Vec::new()));
        let stored = "SELECT file || ' ' || mapping || ' ' || table_name || ' ' || t.system || ' ' || t.new_rows
            || t.changed_rows || t.unchanged_rows || back_rows || gone_rows AS value
            FROM imports JOIN import_tables t ON import_id = id ORDER BY 1";
        let expected = [
            "leads.csv olist_leads leads olist 32104",
            "leads.csv olist_leads orders olist 32104",
            "leads.csv olist_leads partners olist 32104",
        ];
        assert_eq!(store.texts(stored).unwrap(), expected);

        let newest = store.reader().unwrap().newest_imports().unwrap().clone();
        let expected = [
            ("leads".to_owned(), NewestImport { id: 1, imported_at: NOW, complete_until: NOW - 60 }),
            ("orders".to_owned(), NewestImport { id: 2, imported_at: NOW + 1, complete_until: NOW + 1 }),
        ];
        assert_eq!(newest, BTreeMap::from(expected));
        let mut reader = store.reader().unwrap();
        assert_eq!(reader.refreshed_at(&the("leads")).unwrap(), Some(NOW - 60));
        assert_eq!(reader.refreshed_at(&the("partners")).unwrap(), None);
    });
}

#[test]
fn of_each_day_the_newest_milestone_counts_and_of_earlier_days_one() {
    const DAY: i64 = 86_400;
    on_both(|store| {
        let since = 20_000 * DAY + 3_600;
        let milestones = |table: &str| store.reader().unwrap().milestones(&the(table), since, since + 9 * DAY).unwrap();
        assert!(milestones("leads").is_empty() && milestones("targets").is_empty());
        put(
            &store,
            &facts!("leads" [created_at, closed_at]
                "long ago": -3 * DAY - 5, ();
                "before": since - 7 * DAY, since - 2 * DAY;
                "one day": since, since + 60;
                "the same": since + 30, since + 5 * DAY;
                "later": since + 2 * DAY, since + 2 * DAY + 1;
                "too late": since + 9 * DAY, since + 9 * DAY + 1
            ),
        );
        let days = [since - 2 * DAY, since + 60, since + 2 * DAY + 1, since + 5 * DAY, since + 9 * DAY];
        assert_eq!(milestones("leads"), days);
        store.execute("UPDATE leads SET gone_at = 1 WHERE key IN ('before', 'later', 'the same')").unwrap();
        assert_eq!(milestones("leads"), [-3 * DAY - 5, since + 60, since + 9 * DAY]);
    });
}

#[test]
fn a_table_begins_with_the_first_date_in_it() {
    on_both(|store| {
        let begins = |table: &str| store.reader().unwrap().begins(&the(table)).unwrap();
        assert_eq!((begins("leads"), begins("targets")), (Begins::Never, Begins::Always));
        put(&store, &facts!("leads" [region] "L1": "North"));
        assert_eq!(begins("leads"), Begins::Always);
        put(&store, &facts!("leads" [created_at, closed_at] "L2": 2000, 3000; "L3": (), 1000));
        assert_eq!((begins("leads"), begins("orders")), (Begins::At(1000), Begins::Never));
        store.execute("UPDATE leads SET gone_at = 5000 WHERE key = 'L3'").unwrap();
        assert_eq!(begins("leads"), Begins::At(2000));
    });
}

#[test]
fn a_table_whose_rows_are_dated_by_days_begins_on_the_first_of_them() {
    on_both(|store| {
        let begins = |table: &str| store.reader().unwrap().begins(&the(table)).unwrap();
        put(&store, &facts!("costs" [region] "C1": "North"));
        assert_eq!((begins("costs"), begins("observations")), (Begins::Always, Begins::Never));
        put(&store, &facts!("costs" [incurred_on] "C2": 20_001; "C3": 20_000));
        put(&store, &facts!("observations" [observed_on] "O1": 20_002));
        assert_eq!((begins("costs"), begins("observations")), (Begins::On(20_000), Begins::On(20_002)));
        store.execute("UPDATE costs SET gone_at = 5000 WHERE key = 'C3'").unwrap();
        assert_eq!(begins("costs"), Begins::On(20_001));
        // A deal exists since an instant: when it is expected to close says nothing of when deals began.
        put(&store, &facts!("opportunities" [created_at, expected_close_on] "D1": 90_000, 0));
        // A plan may be of years in which nothing had begun yet.
        put(&store, &facts!("targets" [starts_on, ends_on] "T1": 20_000, 20_006));
        assert_eq!((begins("opportunities"), begins("targets")), (Begins::At(90_000), Begins::Always));
    });
}

#[test]
fn the_newest_import_from_before_tables_were_recorded_stands_for_all_of_them() {
    on_both_databases(|database| {
        let store = database.store();
        store.execute("DROP TABLE import_tables").unwrap();
        store.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261127000009'").unwrap();
        for imported_at in [10, 20] {
            store
                .execute(&format!(
                    "INSERT INTO imports (file, mapping, imported_at, new_rows, changed_rows, unchanged_rows, rejected_rows)
                     VALUES ('a', 'b', {imported_at}, 1, 0, 0, 0)"
                ))
                .unwrap();
        }
        store.migrate(&Model::built_in()).unwrap();
        let newest = store.reader().unwrap().newest_imports().unwrap().clone();
        assert_eq!(newest["costs"], NewestImport { id: 2, imported_at: 20, complete_until: 20 });
        assert_eq!(newest.len(), 14);
    });
}

#[test]
fn forty_thousand_leads_are_written_compared_and_read() {
    on_both(|store| {
        put(&store, &facts!("partners" [name] "P1": "Ada"));
        let columns = [
            "source",
            "region",
            "partner_id",
            "created_at",
            "offered_at",
            "accepted_at",
            "contacted_at",
            "first_meeting_at",
            "quoted_at",
            "feedback_at",
            "closed_at",
            "outcome",
            "amount",
        ];
        let keys: Vec<String> = (0..40_000).map(|number| format!("lead-{number}")).collect();
        let leads = keys.iter().zip(0..).map(|(key, number)| {
            let at = |step: i64| {
                if (number + step) % 5 == 0 {
                    Value::Missing
                } else {
                    Value::Integer(1_700_000_000 + number * 97 + step * 86_400)
                }
            };
            let text = |text: &str| Value::Text(text.to_owned());
            let values = vec![
                text("web"),
                text("North"),
                Value::Integer(1),
                at(1),
                at(2),
                at(3),
                at(4),
                at(5),
                at(6),
                at(7),
                at(8),
                text("won"),
                at(9),
            ];
            (key.as_str(), values)
        });
        let leads = facts_of("leads", &columns, leads.collect());
        for expected in [New, Unchanged] {
            assert!(put(&store, &leads).iter().all(|written| *written == expected));
        }
        let scan = scan_of("leads", &["id", "source", "region|partner.region", "created_at", "accepted_at", "amount"]);
        let mut count = 0;
        store.reader().unwrap().scan(&scan, &mut |batch| count += batch.len()).unwrap();
        assert_eq!(count, 40_000);
    });
}

#[test]
fn amounts_of_other_digits_are_refused_and_never_read_as_if_they_were_the_same() {
    let currency = |code| Currency::find(code).unwrap();
    on_both(|store| {
        // Where no amount was ever written, any currency will do; a database without a record has hundredths.
        store.check_currency(&currency("KWD")).unwrap();
        assert_eq!(store.reader().unwrap().money_digits().unwrap(), 2);

        store.write(true, |writer| writer.record_currency(&currency("KWD"))).unwrap();
        assert_eq!(store.reader().unwrap().money_digits().unwrap(), 3);
        store.check_currency(&currency("BHD")).unwrap();
        let refused = store.check_currency(&currency("EUR")).unwrap_err().to_string();
        assert!(refused.contains("3 digits after the point (KWD), those of EUR have 2"), "{refused}");
        let refused = store.write(true, |writer| writer.record_currency(&currency("EUR"))).unwrap_err();
        assert!(matches!(refused, StoreError::OtherCurrency { .. }), "{refused}");
        assert_eq!(store.reader().unwrap().money_digits().unwrap(), 3);
    });
}

#[test]
fn amounts_that_were_written_before_the_currency_was_recorded_are_hundredths() {
    on_both_databases(|database| {
        let store = database.store();
        store.execute("DROP TABLE currency").unwrap();
        store.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261127000001'").unwrap();
        put(&store, &facts!("costs" [amount] "C1": 100));
        store.migrate(&Model::built_in()).unwrap();
        store.check_currency(&Currency::find("EUR").unwrap()).unwrap();
        let refused = store.check_currency(&Currency::find("KWD").unwrap()).unwrap_err().to_string();
        assert!(refused.contains("2 digits after the point (another currency), those of KWD have 3"), "{refused}");
    });
}
