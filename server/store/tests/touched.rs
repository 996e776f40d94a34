//! What is noted of transactions that write facts, on both databases.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::{NOW, put};
use pegel_kpi::data::model::Model;
use pegel_store::facts::Facts;
use pegel_store::imports::ImportRecord;
use pegel_store::testing::on_both;
use pegel_store::undo::UndoError;
use pegel_store::{Store, StoreError};
use serde_json::json;

const DAY: i64 = 86_400;

/// Writes facts of several tables as one import.
fn import(store: &Store, all: &[Facts]) -> Vec<String> {
    let before = generation(store);
    let written: Result<(), StoreError> = store.write(true, |writer| {
        writer.begin_import()?;
        for facts in all {
            writer.upsert(facts, NOW)?;
        }
        writer.record_import(&ImportRecord::default())
    });
    written.unwrap();
    touched(store, before)
}

fn undo(store: &Store) -> Vec<String> {
    let before = generation(store);
    store.undo_import(None, &Model::built_in(), NOW).unwrap();
    touched(store, before)
}

fn generation(store: &Store) -> i64 {
    store.reader().unwrap().generation().unwrap()
}

/// What was touched after a generation: `leads created_at 5: amount`, `leads: amount` for the summary. What touched it
/// counts as one.
fn touched(store: &Store, before: i64) -> Vec<String> {
    let touched = store.reader().unwrap().touched_since(before).unwrap();
    let now = before + i64::from(!touched.is_empty());
    assert_eq!(generation(store), now);
    assert!(touched.iter().all(|touched| touched.generation == now));
    let shown = |what: &str| if what.is_empty() { "rows" } else { what }.to_owned();
    let line = |touched: &pegel_kpi::data::kept::Touched| match touched.by.as_str() {
        "" => format!("{}: {}", touched.table, shown(&touched.what)),
        by => format!("{} {by} {}: {}", touched.table, touched.day, shown(&touched.what)),
    };
    touched.iter().map(line).collect()
}

/// The instant of noon of a day.
fn noon(day: i64) -> i64 {
    day * DAY + DAY / 2
}

#[test]
fn new_rows_are_noted_by_each_date_that_they_have() {
    on_both(|store| {
        let leads = facts!("leads" [created_at, closed_at] "L1": noon(5), noon(7); "L2": noon(5), (); "L3": (), ());
        assert_eq!(import(&store, &[leads]), ["leads: rows", "leads closed_at 7: rows", "leads created_at 5: rows"]);
        let of_dates = import(&store, &[facts!("partners" [certified_on] "P1": 20_000)]);
        assert_eq!(of_dates, ["partners: rows", "partners certified_on 20000: rows"]);
    });
}

#[test]
fn an_import_that_changes_nothing_notes_nothing() {
    on_both(|store| {
        let leads = || facts!("leads" [created_at, amount] "L1": noon(5), 10);
        import(&store, &[leads()]);
        assert_eq!(import(&store, &[leads()]), [""; 0]);
        assert_eq!(import(&store, &[]), [""; 0]);
        assert_eq!(generation(&store), 1);
    });
}

#[test]
fn what_is_not_kept_is_not_noted() {
    on_both(|store| {
        let leads = facts!("leads" [created_at] "L1": noon(5));
        store.write(false, |writer| writer.upsert(&leads, NOW)).unwrap();
        assert_eq!(touched(&store, 0), [""; 0]);
    });
}

#[test]
fn of_a_changed_row_it_is_noted_which_columns_changed() {
    on_both(|store| {
        let leads = |amount: i64, source: &'static str| facts!("leads" [created_at, amount, source] "L1": noon(5), amount, source; "L2": noon(6), 1, "fair");
        import(&store, &[leads(10, "fair")]);
        assert_eq!(import(&store, &[leads(20, "fair")]), ["leads: amount", "leads created_at 5: amount"]);
        let both = ["leads: amount", "leads: source", "leads created_at 5: amount", "leads created_at 5: source"];
        assert_eq!(import(&store, &[leads(30, "web")]), both);
    });
}

#[test]
fn each_day_has_its_own_changes() {
    on_both(|store| {
        let leads = |amount: i64, source: &'static str| facts!("leads" [created_at, amount, source] "L1": noon(5), amount, "fair"; "L2": noon(6), 1, source);
        import(&store, &[leads(10, "fair")]);
        assert_eq!(
            import(&store, &[leads(20, "web")]),
            ["leads: amount", "leads: source", "leads created_at 5: amount", "leads created_at 6: source"]
        );
    });
}

#[test]
fn values_that_stay_the_same_are_not_taken_for_changed() {
    on_both(|store| {
        let partners = |email: &'static str| facts!("partners" [name, active, certified_on, contact_email] "P1": "Ädä \"q\"", true, 20_000, email);
        let deals = |months: f64| facts!("opportunities" [probability, contract_months] "D1": 0.1 + 0.2, months; "D2": 0.7, months);
        import(&store, &[partners("a@b.c"), deals(1.0)]);
        assert_eq!(
            import(&store, &[partners("d@e.f"), deals(2.0)]),
            ["opportunities: contract_months", "partners: contact_email", "partners certified_on 20000: contact_email"]
        );
    });
}

#[test]
fn a_row_that_moves_to_another_day_is_noted_on_both() {
    on_both(|store| {
        let lead = |day: i64| facts!("leads" [created_at, quoted_at] "L1": noon(day), noon(9));
        import(&store, &[lead(5)]);
        assert_eq!(
            import(&store, &[lead(6)]),
            [
                "leads: created_at",
                "leads created_at 5: created_at",
                "leads created_at 6: created_at",
                "leads quoted_at 9: created_at"
            ]
        );
        // Where a date comes or goes, one day is all there is.
        let dateless = facts!("leads" [created_at] "L1": ());
        assert_eq!(
            import(&store, &[dateless]),
            ["leads: created_at", "leads created_at 6: created_at", "leads quoted_at 9: created_at"]
        );
    });
}

#[test]
fn days_before_1970_are_counted_like_others() {
    on_both(|store| {
        let leads = facts!("leads" [created_at] "L1": -1; "L2": -DAY; "L3": -DAY - 1; "L4": 0; "L5": DAY - 1);
        assert_eq!(
            import(&store, &[leads]),
            ["leads: rows", "leads created_at -2: rows", "leads created_at -1: rows", "leads created_at 0: rows"]
        );
    });
}

#[test]
fn rows_are_noted_by_the_dates_of_those_they_belong_to() {
    on_both(|store| {
        import(&store, &[facts!("leads" [created_at] "L1": noon(5); "L2": noon(6))]);
        let deal = |lead: i64, amount: i64| facts!("opportunities" [lead_id, amount] "D1": lead, amount);
        // Of a table that was empty, all days are noted on which such a row could be.
        assert_eq!(
            import(&store, &[deal(1, 10)]),
            ["opportunities: rows", "opportunities lead.created_at 5: rows", "opportunities lead.created_at 6: rows"]
        );
        let next = facts!("opportunities" [lead_id] "D2": 2);
        assert_eq!(import(&store, &[next]), ["opportunities: rows", "opportunities lead.created_at 6: rows"]);
        let amount = import(&store, &[deal(1, 20)]);
        // Of its former amount there is a row now, which leads to a deal without dates.
        let expected =
            ["opportunities: amount", "opportunities lead.created_at 5: amount", "opportunity_changes: rows"];
        assert_eq!(
            amount.iter().filter(|line| !line.contains(" changed_at ")).collect::<Vec<_>>(),
            expected.each_ref()
        );
        assert_eq!(
            import(&store, &[deal(2, 20)]),
            [
                "opportunities: lead_id",
                "opportunities lead.created_at 5: lead_id",
                "opportunities lead.created_at 6: lead_id"
            ]
        );
    });
}

#[test]
fn rows_are_noted_by_former_dates_of_those_they_belong_to() {
    on_both(|store| {
        let all = |day: i64, months: f64| {
            let lead = facts!("leads" [created_at] "L1": noon(day));
            [lead, facts!("opportunities" [lead_id, contract_months] "D1": 1, months)]
        };
        import(&store, &all(5, 1.0));
        assert_eq!(
            import(&store, &all(6, 2.0)),
            [
                "leads: created_at",
                "leads created_at 5: created_at",
                "leads created_at 6: created_at",
                "opportunities: contract_months",
                "opportunities lead.created_at 5: contract_months",
                "opportunities lead.created_at 6: contract_months"
            ]
        );
    });
}

#[test]
fn rows_may_belong_to_rows_of_their_own_table() {
    on_both(|store| {
        let customers = facts!("customers" [acquired_at] "C1": noon(5));
        import(&store, &[customers]);
        assert_eq!(
            import(&store, &[facts!("customers" [acquired_at, referred_by] "C2": noon(6), 1)]),
            ["customers: rows", "customers acquired_at 6: rows", "customers referrer.acquired_at 5: rows"]
        );
    });
}

#[test]
fn the_past_of_a_row_is_noted_as_any_other_row() {
    on_both(|store| {
        let deal = |stage: &'static str| facts!("opportunities" [created_at, stage] "D1": noon(5), stage);
        import(&store, &[deal("offer")]);
        let today = NOW / DAY;
        assert_eq!(
            import(&store, &[deal("won")]),
            [
                "opportunities: stage".to_owned(),
                "opportunities created_at 5: stage".to_owned(),
                "opportunity_changes: rows".to_owned(),
                format!("opportunity_changes changed_at {today}: rows"),
                "opportunity_changes opportunity.created_at 5: rows".to_owned(),
            ]
        );
    });
}

#[test]
fn attributes_are_noted_as_one() {
    on_both(|store| {
        let lead = |attributes: serde_json::Value| {
            let mut facts = facts!("leads" [created_at] "L1": noon(5));
            facts.rows[0].attributes = attributes.as_object().unwrap().clone();
            facts
        };
        import(&store, &[lead(json!({"a": 1, "b": "x"}))]);
        assert_eq!(import(&store, &[lead(json!({"b": "x"}))]), [""; 0]);
        assert_eq!(import(&store, &[lead(json!({"b": "y"}))]), ["leads: attributes", "leads created_at 5: attributes"]);
    });
}

#[test]
fn what_a_column_held_before_is_part_of_it() {
    on_both(|store| {
        let partner = |region: &'static str, from: Option<i64>| {
            let mut facts = facts!("partners" [region, certified_on] "P1": region, 100);
            facts.rows[0].valid_from = from;
            facts
        };
        import(&store, &[partner("North", None)]);
        let moved = ["partners: region", "partners certified_on 100: region"];
        assert_eq!(import(&store, &[partner("South", None)]), moved);
        // The region stays what it is.
        assert_eq!(import(&store, &[partner("East", Some(NOW - 50 * DAY))]), moved);
        assert_eq!(
            import(&store, &[facts!("partners" [name] "P1": "Ada")]).join(", "),
            moved.join(", ").replace("region", "name")
        );
        assert_eq!(undo(&store).join(", "), moved.join(", ").replace("region", "name"));
        assert_eq!(undo(&store), moved);
    });
}

#[test]
fn rows_whose_system_becomes_known_are_noted() {
    on_both(|store| {
        let lead = || facts!("leads" [created_at] "L1": noon(5));
        import(&store, &[lead()]);
        let written: Result<(), StoreError> = store.write(true, |writer| {
            writer.write_for("crm");
            writer.begin_import()?;
            writer.upsert(&lead(), NOW)?;
            writer.record_import(&ImportRecord::default())
        });
        written.unwrap();
        assert_eq!(touched(&store, 1), ["leads: system", "leads created_at 5: system"]);
    });
}

#[test]
fn an_import_that_is_taken_back_touches_what_it_touched() {
    on_both(|store| {
        let lead = facts!("leads" [created_at, amount] "L1": noon(5), 10);
        import(&store, &[lead, facts!("opportunities" [] "D1": )]);
        let more = facts!("leads" [created_at] "L2": noon(8));
        let deals = facts!("opportunities" [lead_id] "D2": 1);
        let moved = facts!("leads" [created_at, amount] "L1": noon(6), 20);
        let done = import(&store, &[moved, more, deals]);
        assert_eq!(
            done,
            [
                "leads: rows",
                "leads: amount",
                "leads: created_at",
                "leads created_at 5: amount",
                "leads created_at 5: created_at",
                "leads created_at 6: amount",
                "leads created_at 6: created_at",
                "leads created_at 8: rows",
                "opportunities: rows",
                "opportunities lead.created_at 5: rows",
                "opportunities lead.created_at 6: rows",
            ]
        );
        assert_eq!(undo(&store), done);
        assert_eq!(
            undo(&store),
            ["leads: rows", "leads created_at 5: rows", "opportunities: rows", "opportunities lead.created_at 5: rows"]
        );
        let nothing = store.undo_import(None, &Model::built_in(), NOW);
        assert!(matches!(nothing, Err(UndoError::Nothing)));
        assert_eq!(generation(&store), 4);
    });
}

#[test]
fn what_is_written_on_no_record_may_have_changed_anything() {
    on_both(|store| {
        let leads = facts!("leads" [created_at] "L1": noon(5));
        put(&store, &leads);
        assert_eq!(touched(&store, 0), ["leads: *"]);
        put(&store, &leads);
        assert_eq!(touched(&store, 1), [""; 0]);
        put(&store, &facts!("leads" [created_at] "L1": noon(6)));
        assert_eq!(touched(&store, 1), ["leads: *"]);
        put(&store, &facts!("opportunities" [stage] "D1": "offer"));
        put(&store, &facts!("opportunities" [stage] "D1": "won"));
        assert_eq!(touched(&store, 3), ["opportunities: *", "opportunity_changes: *"]);
    });
}

#[test]
fn what_is_touched_again_is_noted_once_with_the_newest_that_did() {
    on_both(|store| {
        let lead = |amount: i64| facts!("leads" [created_at, amount] "L1": noon(5), amount);
        import(&store, &[lead(1)]);
        import(&store, &[lead(2)]);
        import(&store, &[lead(3)]);
        let all = store.reader().unwrap().touched_since(0).unwrap();
        let all: Vec<(&str, &str, i64)> =
            all.iter().map(|one| (one.by.as_str(), one.what.as_str(), one.generation)).collect();
        assert_eq!(all, [("", "", 1), ("", "amount", 3), ("created_at", "", 1), ("created_at", "amount", 3)]);
    });
}
