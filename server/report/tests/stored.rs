//! From rows in a database to an edition in its archive, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_catalog::files::Files;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::answer::Question;
use pegel_kpi::engine::comparison::{Compared, Comparison, Earlier};
use pegel_kpi::time::period::{Period, zone};
use pegel_kpi::time::zone::days_since_1970;
use pegel_report::archive::numbers;
use pegel_report::compose::{Composed, Composition, compose};
use pegel_report::definition::{ReportDefinition, Targets, find};
use pegel_report::forms::Typesetter;
use pegel_report::labels::Seed;
use pegel_report::manifest::seal;
use pegel_report::render::Templates;
use pegel_report::sources::Ground;
use pegel_report::verify::{Findings, verify};
use pegel_store::edition::{Edition, Erasable, Label};
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_store::lease::Lease;
use pegel_store::runs::{Claim, RunKey, Which};
use pegel_store::testing::{TestDatabase, on_both};
use pegel_store::{Store, StoreError};
use std::path::Path;

const NOW: i64 = 1_794_808_800;

fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

fn seconds(instant: &str) -> Value {
    Value::Integer(instant.parse::<Timestamp>().unwrap().as_second())
}

/// Adler works in the North, Birk in the South.
fn partners() -> Facts {
    let partners = Model::built_in().table("partners").unwrap();
    let row = |(key, name): (&str, &str)| Fact {
        key: key.to_owned(),
        values: vec![Value::Text(name.to_owned())],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let rows = [("P1", "Adler Solar"), ("P2", "Birk & Söhne")].map(row);
    Facts { columns: vec![partners.column("name").unwrap().clone()], rows: rows.into(), table: partners }
}

/// Accepted leads of week 46: in the North 14 of 20 with feedback, in the South 19 of 20.
fn leads() -> Facts {
    let leads = Model::built_in().table("leads").unwrap();
    let column = |name: &str| leads.column(name).unwrap().clone();
    let columns = ["region", "partner_id", "offered_at", "accepted_at", "feedback_at"].map(column).into();
    let row = |region: &str, partner: i64, number: usize, answered: bool| Fact {
        key: format!("{region}-{number}"),
        values: vec![
            Value::Text(region.to_owned()),
            Value::Integer(partner),
            seconds("2026-11-09T08:00:00Z"),
            seconds("2026-11-09T08:20:00Z"),
            if answered { seconds("2026-11-12T08:00:00Z") } else { Value::Missing },
        ],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let north = (0..20).map(|number| row("North", 1, number, number < 14));
    let south = (0..20).map(|number| row("South", 2, number, number < 19));
    Facts { table: leads, columns, rows: north.chain(south).collect() }
}

/// In the week before 10 of 20 with feedback, a year before 5 of 20.
fn earlier_leads() -> Facts {
    let all = leads();
    let row = |day: &str, number: usize, answered: bool| Fact {
        key: format!("{day}-{number}"),
        values: vec![
            Value::Text("North".to_owned()),
            Value::Integer(1),
            seconds(&format!("{day}T08:00:00Z")),
            seconds(&format!("{day}T08:20:00Z")),
            if answered { seconds(&format!("{day}T09:00:00Z")) } else { Value::Missing },
        ],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
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
        rows: vec![Fact {
            key: "feedback".to_owned(),
            values,
            attributes: serde_json::Map::new(),
            valid_from: None,
            changed_at: None,
        }],
    }
}

/// 100 € of revenue in the north and 200 € in the south, for the week.
fn targets_of_regions() -> Facts {
    let targets = Model::built_in().table("targets").unwrap();
    let columns =
        ["metric", "region", "starts_on", "ends_on", "amount"].map(|name| targets.column(name).unwrap().clone());
    let day = |text: &str| Value::Integer(days_since_1970(text.parse().unwrap()));
    let fact = |(region, amount): (&str, i64)| {
        let text = |text: &str| Value::Text(text.to_owned());
        let (first, last) = (day("2026-11-09"), day("2026-11-15"));
        let values = vec![text("revenue"), text(region), first, last, Value::Integer(amount)];
        Fact { key: region.to_owned(), values, attributes: serde_json::Map::new(), valid_from: None, changed_at: None }
    };
    let rows = [("North", 10_000), ("South", 20_000)].map(fact).into();
    Facts { table: targets, columns: columns.into(), rows }
}

fn week_46() -> Period {
    Period::parse("2026-W46", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap()
}

/// Composes from the files of a home, with the other sources of the figures.
struct Maker {
    home: tempfile::TempDir,
    activation: i64,
    program: &'static str,
}

impl Maker {
    fn new() -> Maker {
        Maker { home: tempfile::tempdir().unwrap(), activation: 1, program: "0.1.0" }
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.home.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn make(&self, store: &Store) -> (Composed, usize) {
        self.make_of(store, &find(self.home.path(), "weekly").unwrap())
    }

    fn make_of(&self, store: &Store, definition: &ReportDefinition) -> (Composed, usize) {
        let catalog = Catalog::load(self.home.path()).unwrap();
        let templates = Templates::load(self.home.path()).unwrap();
        let berlin = zone("Europe/Berlin").unwrap();
        let mut reader = store.reader().unwrap();
        let imports = reader.newest_imports().unwrap().clone();
        let composition = Composition {
            definition,
            catalog: &catalog,
            templates: &templates,
            period: &Period::parse("last-week", Timestamp::from_second(NOW).unwrap(), &berlin).unwrap(),
            revision: 0,
            reason: None,
            corrects: None,
            created_at: NOW,
            currency: "EUR",
            base_url: None,
            controlling: &[],
            attachments_up_to: 10_000_000,
            typesetter: &Typesetter::follow(self.home.path()).unwrap(),
            ground: Ground { activation: Some(self.activation), imports: &imports, program: self.program },
            seed: Seed([7; 32]),
        };
        let composed = compose(&composition, &mut reader).unwrap();
        (composed, reader.statements())
    }
}

fn published(store: &Store, composed: &Composed) -> Edition {
    let edition = &composed.edition;
    let (report, period) = (edition.report.clone(), edition.period.clone());
    let key = RunKey { report, period, which: Which::ByHand { again: true } };
    let lease = Lease { now: NOW, until: NOW + 60, holder: None };
    let Claim::Ours { run, .. } = store.claim_run(&key, &lease).unwrap() else { panic!("the run is taken") };
    let id = store.publish(run, edition, |previous| (seal(edition, previous), Vec::new())).unwrap();
    store.edition(id).unwrap().unwrap()
}

fn filled(store: &Store) {
    for facts in [partners(), leads()] {
        store.write::<_, StoreError>(true, |writer| writer.upsert(&facts, NOW)).unwrap();
    }
}

fn import(store: &Store, file: &str) {
    let record = ImportRecord {
        file: file.to_owned(),
        mapping: "leads".to_owned(),
        system: String::new(),
        imported_at: NOW,
        new_rows: 40,
        changed_rows: 0,
        unchanged_rows: 0,
        rejected_rows: 0,
        tables: vec![TableRecord {
            table: "leads".to_owned(),
            new_rows: 40,
            changed_rows: 0,
            unchanged_rows: 0,
            back_rows: 0,
            gone_rows: 0,
            complete_until: Some(NOW),
            columns: Vec::new(),
        }],
    };
    store.write::<_, StoreError>(true, |writer| writer.record_import(&record)).unwrap();
}

#[test]
fn an_edition_comes_out_of_the_database_and_goes_into_its_archive() {
    on_both(|store| {
        filled(&store);
        let (composed, _) = Maker::new().make(&store);
        // Feedback comes in for two weeks, and nothing says yet what it will come to.
        assert_eq!(
            composed.rendered.subject,
            "Weekly partner sales, week 46: no threshold broken, 3 kept, 6 not judged (too young: 5, no data yet: 1)"
        );
        assert!(composed.numbers.breaches.is_empty());
        for text in [&composed.rendered.html, &composed.rendered.text] {
            assert!(text.contains("70.0%") && text.contains("82.5%") && text.contains("Adler Solar"));
        }
        let stored = published(&store, &composed);
        assert_eq!(verify(&stored, None), Findings::default());
        assert_eq!(stored.renditions[0].artefacts.len(), 4);
        assert_eq!(numbers(&stored.renditions[0], &stored.labels).unwrap(), composed.numbers);
    });
}

#[test]
fn a_person_can_be_erased_and_the_chain_holds() {
    on_both(|store| {
        filled(&store);
        let stored = published(&store, &Maker::new().make(&store).0);
        let (id, audience) = (stored.head.id, &stored.renditions[0].audience);
        let names_adler = |edition: &Edition| {
            let artefacts = &edition.renditions[0].artefacts;
            let named = artefacts.iter().filter(|artefact| artefact.text().is_some_and(|text| text.contains("Adler")));
            named.map(|artefact| artefact.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names_adler(&stored), ["mail.html", "mail.txt"]);
        for name in names_adler(&stored) {
            assert!(store.erase_artefact(id, audience, &name, NOW + 9).unwrap());
        }
        let Label { kind, group, .. } = &stored.labels[0];
        assert!(store.erase_label(id, kind, *group, NOW + 9).unwrap());

        let erased = store.edition(id).unwrap().unwrap();
        assert!(names_adler(&erased).is_empty());
        assert!(matches!(&erased.labels[0].text, Erasable::Erased { at } if *at == NOW + 9));
        let found = verify(&erased, None);
        assert_eq!((found.damages.len(), found.erased.len()), (0, 3));
        let numbers = numbers(&erased.renditions[0], &erased.labels).unwrap();
        let partners = &numbers.sections[0].kpis[0].breakdowns.iter().find(|table| table.dimension == "partner");
        let labels: Vec<_> = partners.unwrap().rows.iter().map(|row| row.group.label()).collect();
        assert_eq!(labels, [None, Some("Birk & Söhne")]);
    });
}

/// The sources that differ after a change, by kind and name.
fn changed_by(change: impl FnOnce(&mut Maker, &Store)) -> Vec<String> {
    let database = TestDatabase::sqlite();
    let store = database.store();
    filled(&store);
    import(&store, "leads.csv");
    let mut maker = Maker::new();
    let before = maker.make(&store).0.edition;
    change(&mut maker, &store);
    let after = maker.make(&store).0.edition;
    assert_ne!(seal(&before, None), seal(&after, None));
    let of = |sources: &[pegel_store::edition::SourceHash], others: &[pegel_store::edition::SourceHash]| {
        let differ = sources.iter().filter(|source| !others.contains(source));
        differ.map(|source| format!("{} {}", source.kind, source.name)).collect::<Vec<_>>()
    };
    let changed = of(&after.sources, &before.sources);
    assert_eq!(changed, of(&before.sources, &after.sources), "none comes or goes");
    changed
}

/// A shipped file with an extra line that changes nothing but its hash.
fn remarked(file: &str, mark: &str) -> String {
    let text = Files::built_in().text(file).unwrap().to_owned();
    format!("{mark} changed\n{text}")
}

#[test]
fn the_manifest_changes_with_every_kind_of_source() {
    let changed = |file: &'static str, name: &'static str, mark: &'static str| {
        changed_by(|maker, _| maker.write(file, &remarked(name, mark)))
    };
    // The activated set changes as well.
    let kpi = changed("kpis/partner/feedback_rate.rhai", "partner/feedback_rate.rhai", "//");
    assert_eq!(kpi, ["activation kpis", "kpi partner/feedback_rate.rhai"]);
    let helper = changed("kpis/lib/sales.rhai", "lib/sales.rhai", "//");
    assert_eq!(helper, ["activation kpis", "helper lib/sales.rhai"]);
    let calendar = changed("config/calendar.toml", "config/calendar.toml", "#");
    assert_eq!(calendar, ["activation kpis", "calendar config/calendar.toml"]);
    let thresholds = changed("config/thresholds.toml", "config/thresholds.toml", "#");
    assert_eq!(thresholds, ["activation kpis", "thresholds config/thresholds.toml"]);

    let weekly = include_str!("../../../config/reports/weekly.toml");
    let report = changed_by(|maker, _| maker.write("config/reports/weekly.toml", &format!("# changed\n{weekly}")));
    assert_eq!(report, ["report weekly"]);
    let subject = include_str!("../../../templates/mail/subject.txt");
    let template = changed_by(|maker, _| maker.write("templates/mail/subject.txt", &format!("{subject}\n")));
    assert_eq!(template, ["template mail/subject.txt"]);
    let activation = changed_by(|maker, _| maker.activation = 2);
    assert_eq!(activation, ["activation kpis"]);
    let program = changed_by(|maker, _| maker.program = "0.2.0");
    assert_eq!(program, ["program pegel"]);
    let imports = changed_by(|_, store| import(store, "leads.csv"));
    assert!(imports.contains(&"import leads".to_owned()) && imports.iter().all(|line| line.starts_with("import ")));
}

#[test]
fn a_report_adds_up_the_targets_of_regions_if_it_says_so() {
    on_both(|store| {
        filled(&store);
        store.write::<_, StoreError>(true, |writer| writer.upsert(&targets_of_regions(), NOW)).unwrap();
        let maker = Maker::new();
        let weekly = find(maker.home.path(), "weekly").unwrap();
        let target = |definition: &ReportDefinition| {
            let (composed, _) = maker.make_of(&store, definition);
            let mut blocks = composed.numbers.sections.into_iter().flat_map(|section| section.kpis);
            blocks.find(|block| block.id == "revenue").unwrap().target
        };
        assert_eq!(target(&weekly), None);
        let mut adding = weekly;
        adding.targets = Targets::Sum;
        assert_eq!(target(&adding), Some(300.0));
        adding.scope.regions = Some(vec!["South".to_owned()]);
        assert_eq!(target(&adding), Some(200.0));
    });
}

/// Adler in a region, from an instant on.
fn adler_in(store: &Store, region: &str, at: &str) {
    let table = Model::built_in().table("partners").unwrap();
    let columns = ["name", "region"].map(|name| table.column(name).unwrap().clone()).into();
    let values = ["Adler Solar", region].map(|text| Value::Text(text.to_owned())).into();
    let adler =
        Fact { key: "P1".to_owned(), values, attributes: serde_json::Map::new(), valid_from: None, changed_at: None };
    let facts = Facts { table, columns, rows: vec![adler] };
    let at = at.parse::<Timestamp>().unwrap().as_second();
    store.write::<_, StoreError>(true, |writer| writer.upsert(&facts, at)).unwrap();
}

#[test]
fn a_partner_that_moves_takes_its_past_along_only_if_the_report_says_so() {
    on_both(|store| {
        adler_in(&store, "North", "2026-01-01T00:00:00Z");
        adler_in(&store, "South", "2026-11-15T00:00:00Z");
        let mut leads = leads();
        // The leads name no region of their own: they are in that of their partner, the first one.
        leads.rows.retain(|lead| lead.key.starts_with("North"));
        leads.rows.iter_mut().for_each(|lead| lead.values[0] = Value::Missing);
        store.write::<_, StoreError>(true, |writer| writer.upsert(&leads, NOW)).unwrap();
        let maker = Maker::new();
        let mut weekly = find(maker.home.path(), "weekly").unwrap();
        let regions = |definition: &ReportDefinition| {
            let (composed, _) = maker.make_of(&store, definition);
            let rows = &composed.numbers.sections[0].kpis[0].breakdowns[0].rows;
            rows.iter().map(|row| row.group.label().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(regions(&weekly), [Some("North".to_owned())]);
        weekly.dimensions = Dimensions::Today;
        assert_eq!(regions(&weekly), [Some("South".to_owned())]);
    });
}

#[test]
fn the_same_sources_make_the_same_manifest() {
    on_both(|store| {
        filled(&store);
        let maker = Maker::new();
        let [before, after] = [0, 1].map(|_| maker.make(&store).0.edition);
        assert_eq!(seal(&before, None), seal(&after, None));
        assert_ne!(seal(&before, None), seal(&after, Some("the checksum of another")));
    });
}

#[test]
fn every_table_is_read_once_by_each_date() {
    on_both(|store| {
        let (_, statements) = Maker::new().make(&store);
        // leads by acceptance, contact, close and creation, the latter's opportunities, orders, opportunities by close,
        // targets, and those that name somebody; twice, what opportunities were before later changes; the imports and
        // the columns that they brought; and when something happened first, and last, in leads, opportunities and orders.
        // Rows that are listed one by one are looked for once for each list.
        assert_eq!(statements, 21);
    });
}

#[test]
fn an_edition_and_the_command_compare_with_the_same_figures() {
    on_both(|store| {
        filled(&store);
        store.write::<_, StoreError>(true, |writer| writer.upsert(&earlier_leads(), NOW)).unwrap();
        store.write::<_, StoreError>(true, |writer| writer.upsert(&target_of_feedback(), NOW)).unwrap();
        let (composed, _) = Maker::new().make(&store);
        let block = &composed.numbers.sections[0].kpis[0];
        let compared =
            (block.previous.outcome.value(), block.year_before.as_ref().unwrap().outcome.value(), block.target);
        assert_eq!(compared, (Some(0.5), Some(0.25), Some(0.9)));

        let catalog = Catalog::load(Path::new("/nonexistent")).unwrap();
        let (kpi, period) = (catalog.kpi("feedback_rate").unwrap(), week_46());
        let question =
            Question { kpi, period: &period, by: vec![Dimension::REGION], only: None, comparison: Comparison::ALL };
        let now = Timestamp::from_second(NOW).unwrap();
        let answer = question.answer(&Scope::everything(), now, &mut store.reader().unwrap()).unwrap();
        let rows = &block.breakdowns[0].rows;
        assert_eq!(rows.len(), answer.cells.len());
        for (row, answered) in rows.iter().zip(&answer.cells) {
            assert_eq!(row.group.label(), answered.group.0[0].1.as_deref());
            let Compared { before, year_before, target } = &answered.compared;
            let [before, year_before] = [before, year_before].map(|earlier| earlier.as_ref().map(Earlier::comparable));
            assert_eq!((&row.cell, Some(&row.previous)), (&answered.cell, before));
            assert_eq!((row.year_before.as_ref(), row.target), (year_before, *target));
        }
    });
}

#[test]
fn a_report_sees_only_its_scope() {
    on_both(|store| {
        filled(&store);
        let mut weekly = find(nowhere(), "weekly").unwrap();
        weekly.scope.regions = Some(vec!["South".to_owned()]);
        let (composed, _) = Maker::new().make_of(&store, &weekly);
        let feedback = &composed.numbers.sections[0].kpis[0];
        assert_eq!((feedback.cell.outcome.value(), feedback.cell.sample), (Some(0.95), Some(20)));
        assert!(!composed.rendered.html.contains("North"));
        let rendition = &composed.edition.renditions[0];
        assert_eq!(rendition.audience.scope, r#"{"regions":["South"]}"#);
        assert!(!rendition.artefacts.iter().any(|artefact| artefact.text().unwrap().contains("North")));
    });
}

#[test]
fn one_altered_byte_of_any_stored_artefact_is_found_and_named() {
    on_both(|store| {
        filled(&store);
        let stored = published(&store, &Maker::new().make(&store).0);
        let found = || {
            let damages = verify(&store.edition(stored.head.id).unwrap().unwrap(), None).damages;
            damages.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        // The databases normally refuse such changes.
        store.allow_tampering().unwrap();
        let literal = |bytes: &[u8]| {
            let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            if store.is_sqlite().unwrap() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
        };
        for artefact in &stored.renditions[0].artefacts {
            let write = |bytes: &[u8]| {
                let sql = format!("UPDATE artefacts SET bytes = {} WHERE name = '{}'", literal(bytes), artefact.name);
                store.execute(&sql).unwrap();
            };
            let held = artefact.content.kept().unwrap().held();
            let mut altered = held.to_vec();
            altered[held.len() / 2] ^= 1;
            write(&altered);
            assert_eq!(found(), [format!("the artefact {} has been altered", artefact.name)]);
            write(held);
            assert!(found().is_empty());
        }
    });
}
