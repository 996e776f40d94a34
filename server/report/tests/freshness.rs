//! Up to when the data of an edition reaches, and what is said of figures over periods that end later, on both
//! databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::{Timestamp, tz::TimeZone};
use pegel_catalog::Catalog;
use pegel_kpi::data::cell::Outcome;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::Unjudged;
use pegel_kpi::time::period::Period;
use pegel_report::build::{Heading, build};
use pegel_report::definition::find;
use pegel_report::numbers::{KpiBlock, Numbers, TableFreshness};
use pegel_report::view::view;
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};

const DAY: i64 = 86_400;
/// Monday, 5 January 2026, the first second of the first week.
const BEGIN: i64 = 1_767_571_200;
/// Monday, 30 March 2026, 07:00: after twelve weeks.
const NOW: i64 = BEGIN + 84 * DAY + 7 * 3600;

const REPORT: &str = r#"
title = { en = "Fresh" }
locale = "en-GB"
zone = "UTC"
[[sections]]
title = { en = "All" }
[[sections.kpis]]
id = "leads"
breakdowns = ["source"]
"#;

/// Ten leads each day, until the day with that number, one of them in the future.
fn leads(days: i64) -> Facts {
    let table = Model::built_in().table("leads").unwrap();
    let columns = ["created_at", "source"].map(|name| table.column(name).unwrap().clone()).into();
    let row = |key: String, at: i64| Fact {
        key,
        values: vec![Value::Integer(at), Value::Text("web".to_owned())],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let of_days = (0..days * 10).map(|number| row(number.to_string(), BEGIN + number / 10 * DAY + number % 10 * 3600));
    let rows = of_days.chain([row("planned".to_owned(), NOW + 30 * DAY)]).collect();
    Facts { table, columns, rows }
}

fn import(store: &Store, complete_until: Option<i64>) {
    let (new_rows, changed_rows, unchanged_rows, rejected_rows) = (0, 0, 0, 0);
    let table = "leads".to_owned();
    let record = ImportRecord {
        file: "leads.csv".to_owned(),
        mapping: "leads".to_owned(),
        system: String::new(),
        imported_at: NOW,
        new_rows,
        changed_rows,
        unchanged_rows,
        rejected_rows,
        tables: vec![TableRecord {
            table,
            new_rows,
            changed_rows,
            unchanged_rows,
            back_rows: 0,
            gone_rows: 0,
            complete_until,
            columns: Vec::new(),
        }],
    };
    store.write::<_, StoreError>(true, |writer| writer.record_import(&record)).unwrap();
}

fn last_week(store: &Store) -> Numbers {
    last_week_of(REPORT, store)
}

fn last_week_of(report: &str, store: &Store) -> Numbers {
    let home = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = home.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("config/reports/fresh.toml", report);
    write("config/thresholds.toml", "[leads]\nwarning = 20\n");
    let (catalog, definition) = (Catalog::load(home.path()).unwrap(), find(home.path(), "fresh").unwrap());
    let period = Period::parse("last-week", Timestamp::from_second(NOW).unwrap(), &TimeZone::UTC).unwrap();
    let heading = Heading {
        definition: &definition,
        period: &period,
        revision: 0,
        reason: None,
        created_at: NOW,
        currency: "EUR",
        controlling: &[],
    };
    let scopes = [Scope::everything()];
    build(&heading, &scopes, &catalog, &mut store.reader().unwrap(), |_, numbers| Ok(numbers)).unwrap().0.remove(0)
}

fn filled(store: &Store, days: i64) {
    store.write::<_, StoreError>(true, |writer| writer.upsert(&leads(days), NOW)).unwrap();
}

#[test]
fn an_import_that_stopped_on_wednesday_leaves_the_week_unjudged() {
    on_both(|store| {
        filled(&store, 80);
        let wednesday = BEGIN + 80 * DAY - 6 * 3600;
        import(&store, Some(wednesday));
        let numbers = last_week(&store);
        let block = &numbers.sections[0].kpis[0];
        let rows = block.breakdowns[0].rows.iter().map(|row| (row.status, &row.assessment));
        for (status, assessment) in rows.chain([(block.status, &block.assessment)]) {
            let judged = &assessment.as_ref().unwrap().judged;
            assert_eq!((status, judged.reason), (Status::Unjudged, Some(Unjudged::Incomplete)));
        }
        assert_eq!(numbers.data_up_to[0].complete_until, Some(wednesday));
        let view = view(&numbers, "en-GB");
        assert_eq!(view.verdict, "nothing was judged (data only up to 25 March 2026)");
        assert!(view.data_up_to.starts_with("Data up to 25 March 2026 at 18:00"), "{}", view.data_up_to);
    });
}

#[test]
fn of_a_table_that_never_held_anything_there_is_no_figure_and_no_judgement() {
    on_both(|store| {
        let numbers = last_week(&store);
        let KpiBlock { cell, previous, year_before, change, assessment, .. } = &numbers.sections[0].kpis[0];
        let judged = &assessment.as_ref().unwrap().judged;
        assert_eq!((&cell.outcome, judged.reason), (&Outcome::NoData, Some(Unjudged::NoData)));
        assert_eq!((&previous.outcome, *change), (&Outcome::NoData, None));
        assert_eq!(year_before.as_ref().unwrap().outcome, Outcome::NoData);
        let view = view(&numbers, "en-GB");
        assert_eq!(view.verdict, "nothing was judged (no data yet)");
        assert_eq!((view.sections.len(), view.without_data.as_str()), (0, "No data yet: New leads (of leads)."));
    });
}

#[test]
fn what_reads_several_tables_says_which_of_them_are_empty() {
    let report = REPORT.replace("\"leads\"", "\"cost_per_lead\"").replace("\"source\"", "\"channel\"");
    on_both(|store| {
        filled(&store, 84);
        let view = view(&last_week_of(&report, &store), "en-GB");
        assert_eq!(view.without_data, "No data yet: Cost per lead (of costs).");
    });
}

#[test]
fn a_year_before_the_data_begins_is_compared_with_nothing() {
    on_both(|store| {
        filled(&store, 84);
        import(&store, Some(NOW - 1800));
        let block = &last_week(&store).sections[0].kpis[0];
        assert_eq!((block.cell.whole(), block.previous.whole()), (Some(70.0), Some(70.0)));
        assert_eq!(block.year_before.as_ref().unwrap().outcome, Outcome::NoData);
        // The first of 13 weeks is the one before the data begins.
        assert_eq!(block.trend.first().unwrap().cell.outcome, Outcome::NoData);
    });
}

#[test]
fn a_week_that_is_cut_short_is_compared_with_nothing_and_says_so() {
    on_both(|store| {
        filled(&store, 80);
        import(&store, Some(BEGIN + 80 * DAY - 6 * 3600));
        let numbers = last_week(&store);
        let block = &numbers.sections[0].kpis[0];
        assert_eq!((block.cell.outcome.value(), block.cell.whole(), block.change), (Some(30.0), None, None));
        let view = view(&numbers, "en-GB");
        let kpi = &view.sections[0].kpis[0];
        assert_eq!(kpi.facts[0], "data only up to 25 March 2026");
        assert_eq!((kpi.trend.lowest.as_str(), kpi.trend.highest.as_str()), ("70", "70"));
    });
}

#[test]
fn an_edition_says_up_to_when_its_data_is_complete_and_how_new_it_is() {
    on_both(|store| {
        filled(&store, 84);
        import(&store, Some(NOW - 1800));
        // Of a file without rows, or with none but rejected ones, nothing is known.
        import(&store, None);
        let numbers = last_week(&store);
        let leads = TableFreshness {
            table: "leads".to_owned(),
            complete_until: Some(NOW - 1800),
            newest_milestone: Some(BEGIN + 83 * DAY + 9 * 3600),
            gap: false,
            empty: false,
        };
        assert_eq!(numbers.data_up_to, [leads]);
        assert_eq!(view(&numbers, "en-GB").verdict, "all thresholds kept");
    });
}

#[test]
fn a_table_in_which_nothing_happens_any_more_is_noted_although_imports_go_on() {
    on_both(|store| {
        filled(&store, 80);
        import(&store, Some(NOW - 1800));
        let numbers = last_week(&store);
        assert!(numbers.data_up_to[0].gap);
        let said = |locale| view(&numbers, locale).data_up_to;
        assert!(said("en-GB").contains(" · no leads since 25 March 2026"), "{}", said("en-GB"));
        assert!(said("de-DE").contains(" · keine Leads seit 25. März 2026"), "{}", said("de-DE"));
        assert!(said("fr-FR").contains(" · rien depuis le 25 mars 2026"), "{}", said("fr-FR"));
    });
}
