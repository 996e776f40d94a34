//! From rows in a database to an edition in its archive, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::answer::Question;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::time::period::{Period, zone};
use pegel_kpi::time::zone::days_since_1970;
use pegel_report::archive::{Damage, verify};
use pegel_report::compose::{Composed, Composition, compose};
use pegel_report::definition::{ReportDefinition, find};
use pegel_report::render::Templates;
use pegel_store::archive::Edition;
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::lease::Lease;
use pegel_store::runs::{Claim, RunKey, Which};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use std::path::Path;

const NOW: i64 = 1_794_808_800;

fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

fn seconds(instant: &str) -> Value {
    Value::Integer(instant.parse::<Timestamp>().unwrap().as_second())
}

/// Accepted leads of week 46: in the North 14 of 20 with feedback, in the South 19 of 20.
fn leads() -> Facts {
    let leads = Model::built_in().table("leads").unwrap();
    let columns =
        ["region", "offered_at", "accepted_at", "feedback_at"].map(|name| leads.column(name).unwrap().clone());
    let row = |region: &str, number: usize, answered: bool| Fact {
        key: format!("{region}-{number}"),
        values: vec![
            Value::Text(region.to_owned()),
            seconds("2026-11-09T08:00:00Z"),
            seconds("2026-11-09T08:20:00Z"),
            if answered { seconds("2026-11-12T08:00:00Z") } else { Value::Missing },
        ],
        attributes: serde_json::Map::new(),
    };
    let north = (0..20).map(|number| row("North", number, number < 14));
    let south = (0..20).map(|number| row("South", number, number < 19));
    Facts { table: leads, columns: columns.into(), rows: north.chain(south).collect() }
}

/// In the week before 10 of 20 with feedback, a year before 5 of 20.
fn earlier_leads() -> Facts {
    let all = leads();
    let row = |day: &str, number: usize, answered: bool| Fact {
        key: format!("{day}-{number}"),
        values: vec![
            Value::Text("North".to_owned()),
            seconds(&format!("{day}T08:00:00Z")),
            seconds(&format!("{day}T08:20:00Z")),
            if answered { seconds(&format!("{day}T09:00:00Z")) } else { Value::Missing },
        ],
        attributes: serde_json::Map::new(),
    };
    let before = (0..20).map(|number| row("2026-11-03", number, number < 10));
    let year_before = (0..20).map(|number| row("2025-11-11", number, number < 5));
    Facts { rows: before.chain(year_before).collect(), ..all }
}

/// 90 % for the whole company, all year.
fn target_of_feedback() -> Facts {
    let targets = Model::built_in().table("targets").unwrap();
    let columns = ["metric", "starts_on", "ends_on", "amount"].map(|name| targets.column(name).unwrap().clone());
    let day = |text: &str| Value::Integer(days_since_1970(text.parse().unwrap()));
    let values =
        vec![Value::Text("feedback_rate".to_owned()), day("2026-01-01"), day("2026-12-31"), Value::Integer(90)];
    Facts {
        table: targets,
        columns: columns.into(),
        rows: vec![Fact { key: "feedback".to_owned(), values, attributes: serde_json::Map::new() }],
    }
}

fn week_46() -> Period {
    Period::parse("2026-W46", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap()
}

fn composed(store: &Store, definition: &ReportDefinition) -> (Composed, usize) {
    let catalog = Catalog::load(nowhere()).unwrap();
    let templates = Templates::load(nowhere()).unwrap();
    let berlin = zone("Europe/Berlin").unwrap();
    let period = Period::parse("last-week", Timestamp::from_second(NOW).unwrap(), &berlin).unwrap();
    let composition = Composition {
        definition,
        catalog: &catalog,
        templates: &templates,
        period: &period,
        revision: 0,
        created_at: NOW,
        currency: "EUR",
        base_url: None,
    };
    let mut reader = store.reader().unwrap();
    let composed = compose(&composition, &mut reader).unwrap();
    (composed, reader.statements())
}

fn published(store: &Store, composed: &Composed) -> Edition {
    let edition = &composed.edition;
    let (report, period) = (edition.report.clone(), edition.period.clone());
    let key = RunKey { report, period, which: Which::ByHand { again: true } };
    let lease = Lease { now: NOW, until: NOW + 60, holder: None };
    let Claim::Ours { run, .. } = store.claim_run(&key, &lease).unwrap() else { panic!("the run is taken") };
    let id = store.publish(run, edition, &[]).unwrap();
    store.edition(id).unwrap().unwrap()
}

fn filled(store: &Store) {
    store.write::<_, StoreError>(true, |writer| writer.upsert(&leads(), NOW)).unwrap();
}

#[test]
fn an_edition_comes_out_of_the_database_and_goes_into_its_archive() {
    on_both(|store| {
        filled(&store);
        let (composed, _) = composed(&store, &find(nowhere(), "weekly").unwrap());
        assert_eq!(composed.rendered.subject, "Weekly partner sales, week 46: 1 critical");
        let worst = &composed.numbers.breaches[0];
        assert_eq!((worst.kpi.as_str(), worst.cell.outcome.value()), ("feedback_rate", Some(0.7)));
        assert_eq!(worst.group.as_ref().unwrap().label.as_deref(), Some("North"));
        for part in [&composed.rendered.html, &composed.rendered.text] {
            assert!(part.contains("70.0%") && part.contains("82.5%"));
        }
        let stored = published(&store, &composed);
        assert_eq!(stored.parts.len(), 5);
        let kinds: Vec<&str> = stored.sources.iter().map(|source| source.kind.as_str()).collect();
        for kind in ["kpi", "report", "template", "thresholds"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        assert_eq!(verify(&stored), Ok(()));
    });
}

#[test]
fn every_table_is_read_once_by_each_date() {
    on_both(|store| {
        let (_, statements) = composed(&store, &find(nowhere(), "weekly").unwrap());
        // leads by acceptance, contact, close and creation, the latter's opportunities, orders, opportunities by close,
        // targets.
        assert_eq!(statements, 8);
    });
}

#[test]
fn an_edition_and_the_command_compare_with_the_same_figures() {
    on_both(|store| {
        filled(&store);
        store.write::<_, StoreError>(true, |writer| writer.upsert(&earlier_leads(), NOW)).unwrap();
        store.write::<_, StoreError>(true, |writer| writer.upsert(&target_of_feedback(), NOW)).unwrap();
        let (composed, _) = composed(&store, &find(nowhere(), "weekly").unwrap());
        let block = &composed.numbers.sections[0].kpis[0];
        let compared =
            (block.previous.outcome.value(), block.year_before.as_ref().unwrap().outcome.value(), block.target);
        assert_eq!(compared, (Some(0.5), Some(0.25), Some(0.9)));

        let catalog = Catalog::load(nowhere()).unwrap();
        let (kpi, period) = (catalog.kpi("feedback_rate").unwrap(), week_46());
        let question =
            Question { kpi, period: &period, by: vec![Dimension::Region], only: None, comparison: Comparison::ALL };
        let now = Timestamp::from_second(NOW).unwrap();
        let answer = question.answer(&Scope::everything(), now, &mut store.reader().unwrap()).unwrap();
        let rows = &block.breakdowns[0].rows;
        assert_eq!(rows.len(), answer.cells.len());
        for (row, answered) in rows.iter().zip(&answer.cells) {
            assert_eq!(row.label, answered.group.0[0].1);
            assert_eq!((&row.cell, Some(&row.previous)), (&answered.cell, answered.compared.before.as_ref()));
            assert_eq!((&row.year_before, row.target), (&answered.compared.year_before, answered.compared.target));
        }
    });
}

#[test]
fn a_report_sees_only_its_scope() {
    on_both(|store| {
        filled(&store);
        let mut weekly = find(nowhere(), "weekly").unwrap();
        weekly.scope.regions = Some(vec!["South".to_owned()]);
        let (composed, _) = composed(&store, &weekly);
        let feedback = &composed.numbers.sections[0].kpis[0];
        assert_eq!((feedback.cell.outcome.value(), feedback.cell.sample), (Some(0.95), Some(20)));
        assert!(!composed.rendered.html.contains("North"));
        assert!(!composed.edition.parts.iter().any(|part| part.content.contains("North")));
    });
}

#[test]
fn one_altered_byte_of_any_stored_part_is_found_and_named() {
    on_both(|store| {
        let (composed, _) = composed(&store, &find(nowhere(), "weekly").unwrap());
        let stored = published(&store, &composed);
        // The databases refuse such changes by themselves, each in its own words.
        let guards = ["DROP TRIGGER artefacts_no_update", "DROP TRIGGER artefacts_immutable ON artefacts"];
        assert_eq!(guards.iter().filter(|guard| store.execute(guard).is_ok()).count(), 1);
        for part in &stored.parts {
            let write = |content: &str| {
                let content = content.replace('\'', "''");
                let sql = format!("UPDATE artefacts SET content = '{content}' WHERE name = '{}'", part.name);
                store.execute(&sql).unwrap();
            };
            let middle = part.content.floor_char_boundary(part.content.len() / 2);
            let mut altered = part.content.clone();
            let end = middle + altered[middle..].chars().next().unwrap().len_utf8();
            altered.replace_range(middle..end, "~");
            write(&altered);
            let damages = verify(&store.edition(stored.head.id).unwrap().unwrap()).unwrap_err();
            assert!(damages.contains(&Damage::Part { name: part.name.clone() }), "{}: {damages:?}", part.name);
            write(&part.content);
            assert_eq!(verify(&store.edition(stored.head.id).unwrap().unwrap()), Ok(()));
        }
    });
}
