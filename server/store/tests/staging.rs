//! Rows that are staged beside the tables and merged, on both databases.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::chance::{DAY, Dice, REGIONS};
use common::{NOW, facts_of, put, rows, scan_of, the};
use pegel_store::facts::{Fact, Facts, Layout, Merged, StagedColumn, StagedRow, Staging, Value, Written};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::cell::RefCell;

/// A place for facts; `by`: the column by which partners are looked for, if rows name them.
fn layout(facts: &Facts, by: Option<&str>) -> Layout {
    let partners = the("partners");
    let related = |column: &str| {
        let by = by.filter(|_| column == "partner_id")?;
        Some((partners.clone(), partners.column(by).unwrap().clone()))
    };
    let columns = facts.columns.iter();
    Layout {
        table: facts.table.clone(),
        columns: columns
            .map(|column| StagedColumn { column: column.clone(), related: related(&column.name) })
            .collect(),
        attributes: facts.rows.iter().any(|row| !row.attributes.is_empty()),
        dated: facts.rows.iter().any(|row| row.valid_from.is_some()),
        changed: facts.rows.iter().any(|row| row.changed_at.is_some()),
        searched: false,
    }
}

fn staged(store: &Store, layout: Layout, facts: &[Fact]) -> Staging {
    let mut staging = store.staging("crm", vec![layout]).unwrap();
    let numbered: Vec<StagedRow> = (0..).zip(facts.iter().cloned()).collect();
    for rows in numbered.chunks(70) {
        staging.stage(vec![rows.to_vec()], vec![Vec::new()]).unwrap();
    }
    staging
}

/// Stages rows, settles them and merges them; how many gave way, and what became of the others.
fn merged(store: &Store, facts: &Facts, now: i64) -> (u64, Merged) {
    let mut staging = staged(store, layout(facts, None), &facts.rows);
    let superseded = staging.settle(now).unwrap();
    let section = staging.sections().remove(0);
    (
        superseded.iter().map(|of_table| of_table.rows).sum(),
        staging.merge(true, |writer| writer.merge(&section, now)).unwrap(),
    )
}

/// The same, row by row.
fn written(store: &Store, facts: &Facts, now: i64) -> Merged {
    let written = store.write(true, |writer| {
        writer.write_for("crm");
        writer.upsert(facts, now)
    });
    let mut merged = Merged::default();
    written.unwrap().into_iter().for_each(|written| merged.add(written, 1));
    merged
}

/// All that is known of partners and opportunities.
fn known(store: &Store) -> Vec<String> {
    let opportunities = ["key", "region", "stage", "amount", "probability", "expected_close_on", "outcome"];
    let changes = ["key", "opportunity.key", "changed_at", "stage", "amount", "probability", "expected_close_on"];
    let mut known = rows(store, &scan_of("partners", &["key", "name", "region", "tier", "active"]));
    known.extend(rows(store, &scan_of("opportunities", &opportunities)));
    known.extend(rows(store, &scan_of("opportunity_changes", &changes)));
    for table in ["partners", "opportunities"] {
        let sql = format!(
            "SELECT key || ' ' || system || ' ' || coalesce(gone_at, 0) || ' ' || attributes AS value FROM {table} ORDER BY 1"
        );
        known.extend(store.texts(&sql).unwrap());
    }
    let spans =
        "SELECT table_name || ' ' || column_name || ' ' || key || ' ' || held_from || ' ' || coalesce(value, '-')
        AS value FROM spans JOIN partners ON partners.id = row_id ORDER BY 1";
    known.extend(store.texts(spans).unwrap());
    known
}

/// Some of the partners, each once.
fn partners(dice: &mut Dice) -> Facts {
    let keys: Vec<String> = (0..40).filter(|_| dice.below(2) == 0).map(|number| format!("P{number}")).collect();
    let rows = keys.iter().map(|key| {
        let active = dice.maybe(Value::Boolean(true));
        let tier = dice.one_of(&["gold", ""]);
        (key.as_str(), vec![dice.one_of(&["Ada", "Bo"]), dice.one_of(&REGIONS), tier, active])
    });
    let mut facts = facts_of("partners", &["name", "region", "tier", "active"], rows.collect());
    let (with_attributes, dated) = (dice.below(2) == 0, dice.below(2) == 0);
    for row in &mut facts.rows {
        if with_attributes && dice.below(3) > 0 {
            let attributes = [json!({"a": dice.below(2)}), json!({"a": null}), json!({"a": 1, "b": "ü\t\\"})];
            let [one, two, three] = attributes.map(|attributes| attributes.as_object().unwrap().clone());
            row.attributes.clone_from(&[one, two, three][usize::try_from(dice.below(3)).unwrap()]);
        }
        row.valid_from = (dated && dice.below(2) == 0).then(|| NOW - dice.below(5) * DAY);
    }
    facts
}

fn opportunities(dice: &mut Dice) -> Facts {
    let keys: Vec<String> = (0..40).filter(|_| dice.below(2) == 0).map(|number| format!("D{number}")).collect();
    let rows = keys.iter().map(|key| {
        let (amount, close) = (dice.below(3), dice.below(2));
        let [amount, close] = [Value::Integer(amount), Value::Integer(close)].map(|value| dice.maybe(value));
        let probability = dice.maybe(Value::Number(0.25));
        (key.as_str(), vec![dice.one_of(&REGIONS), dice.one_of(&["offer", "won"]), amount, probability, close])
    });
    let columns = ["region", "stage", "amount", "probability", "expected_close_on"];
    let mut facts = facts_of("opportunities", &columns, rows.collect());
    if dice.below(2) == 0 {
        for row in &mut facts.rows {
            row.changed_at = (dice.below(2) == 0).then(|| NOW - dice.below(5) * DAY);
        }
    }
    facts
}

/// How rows get into a database.
type Way = fn(&Store, &Facts, i64) -> Merged;

/// What becomes of rows that come in several rounds, and what is known after each. Between the rounds some are gone.
fn course(store: &Store, rounds: &[[Facts; 2]], way: Way) -> Vec<(Vec<Merged>, Vec<String>)> {
    // Rows of which nobody said whose they are.
    put(store, &rounds[0][0]);
    let round = |(number, round): (i64, &[Facts; 2])| {
        let became = round.iter().map(|facts| way(store, facts, NOW + number * DAY)).collect();
        let after = (became, known(store));
        store.execute(&format!("UPDATE partners SET gone_at = 5 WHERE key LIKE '%{}'", number % 7)).unwrap();
        after
    };
    (1..).zip(rounds).map(round).collect()
}

#[test]
fn merged_rows_become_what_rows_that_are_written_one_by_one_do() {
    // What rows were before is counted where all are merged at once, and not row by row.
    let merging: Way = |store, facts, now| Merged { named: 0, adopted: 0, older: 0, ..merged(store, facts, now).1 };
    for seed in 0..6 {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        let rounds: Vec<[Facts; 2]> = (0..8).map(|_| [partners(&mut dice), opportunities(&mut dice)]).collect();
        let courses = RefCell::new(Vec::new());
        for way in [written, merging] {
            on_both(|store| courses.borrow_mut().push(course(&store, &rounds, way)));
        }
        for other in &courses.borrow()[1..] {
            for (round, (one, other)) in courses.borrow()[0].iter().zip(other).enumerate() {
                assert_eq!(one, other, "seed {seed}, round {round}");
            }
        }
    }
}

#[test]
fn the_last_row_of_a_key_counts_and_the_others_give_way() {
    on_both(|store| {
        let leads = facts!("leads" [region, amount]
            "L1": "North", 1; "L2": (), 5; "L1": "North", 2; "L1": "North", 2; "L2": (), 5);
        let (superseded, merged) = merged(&store, &leads, NOW);
        assert_eq!((superseded, merged.new), (1, 2));
        assert_eq!(rows(&store, &scan_of("leads", &["key", "region", "amount"])), ["L1 North 2", "L2 - 5"]);
    });
}

#[test]
fn texts_are_staged_as_they_are() {
    let texts = ["tab\there", "line\nend\r\n", "back\\slash\\N", "\\.", "“quoted” \"text\" 'it'", "ü € 𝄞", "?"];
    on_both(|store| {
        let keys: Vec<String> = (0..texts.len()).map(|number| format!("\\{number}\t")).collect();
        let values = texts.map(|text| vec![Value::Text(text.to_owned())]);
        let partners = facts_of("partners", &["name"], keys.iter().map(String::as_str).zip(values).collect());
        merged(&store, &partners, NOW);
        let stored = store.texts("SELECT name AS value FROM partners ORDER BY id").unwrap();
        assert_eq!(stored, texts);
        assert_eq!(merged(&store, &partners, NOW).1.unchanged, texts.len() as u64);
    });
}

#[test]
fn what_the_databases_would_store_differently_is_not_staged() {
    on_both(|store| {
        let facts = facts!("orders" [quantity] "O1": f64::NAN);
        let mut staging = store.staging("crm", vec![layout(&facts, None)]).unwrap();
        let refused = staging.stage(vec![vec![(0, facts.rows[0].clone())]], vec![Vec::new()]);
        assert!(matches!(refused, Err(StoreError::UnfitValue { .. })));
    });
}

#[test]
fn what_is_staged_is_seen_by_nobody_and_holds_up_nobody() {
    on_both(|store| {
        let leads = facts!("leads" [region] "L1": "North");
        let mut staging = staged(&store, layout(&leads, None), &leads.rows);
        assert!(rows(&store, &scan_of("leads", &["key"])).is_empty());
        // Somebody else writes meanwhile, and another file is staged.
        assert_eq!(put(&store, &facts!("leads" [region] "L2": "South")), [Written::New]);
        let other = staged(&store, layout(&leads, None), &leads.rows);
        staging.settle(NOW).unwrap();
        let section = staging.sections().remove(0);
        let dry = staging.merge(false, |writer| writer.merge(&section, NOW)).unwrap();
        assert_eq!((dry.new, rows(&store, &scan_of("leads", &["key"]))), (1, vec!["L2".to_owned()]));
        drop((staging, other));
        assert_eq!(rows(&store, &scan_of("leads", &["key"])), ["L2"]);
    });
}

#[test]
fn texts_become_the_ids_of_the_rows_that_they_stand_for() {
    on_both(|store| {
        put(&store, &facts!("partners" [name] "P1": "Ada"; "P2": "Bo"; "P3": "Bo"));
        let leads = facts!("leads" [partner_id] "L1": "Ada"; "L2": "Bo"; "L3": "Chi"; "L4": ());
        let mut staging = staged(&store, layout(&leads, Some("name")), &leads.rows);
        staging.settle(NOW).unwrap();
        let (section, partners) = (staging.sections().remove(0), the("partners"));
        let merged = staging.merge(true, |writer| {
            writer.gather(&section, 0)?;
            writer.resolve(&section, 0, &partners, partners.column("name").unwrap())?;
            assert_eq!(writer.unresolved(&section, 0)?, ["Bo", "Chi"]);
            assert_eq!(writer.rows_unresolved(&section, 0)?, 2);
            writer.merge(&section, NOW)
        });
        assert_eq!(merged.map_err(|error: StoreError| error).unwrap().new, 4);
        assert_eq!(rows(&store, &scan_of("leads", &["key", "partner.name"])), ["L1 Ada", "L2 -", "L3 -", "L4 -"]);
    });
}
