//! What stands in sections beside KPIs, from rows in a database, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::archive::numbers;
use pegel_report::build::{Heading, build};
use pegel_report::compose::{Composed, Composition, compose};
use pegel_report::definition::find;
use pegel_report::forms::Typesetter;
use pegel_report::labels::{Seed, join, labels};
use pegel_report::numbers::{Group, Numbers};
use pegel_report::render::Templates;
use pegel_report::sources::Ground;
use pegel_report::view::view;
use pegel_store::edition::{HTML, TEXT};
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use std::collections::BTreeMap;

/// Monday, 16 November 2026, 7:00 in Berlin.
const NOW: i64 = 1_794_808_800;

fn fact(key: String, values: Vec<Value>) -> Fact {
    Fact { key, values, attributes: serde_json::Map::new(), valid_from: None, changed_at: None }
}

fn facts(table: &str, columns: &[&str], rows: Vec<Fact>) -> Facts {
    let table = Model::built_in().table(table).unwrap();
    Facts { columns: columns.iter().map(|name| table.column(name).unwrap().clone()).collect(), rows, table }
}

/// Week 46: from the Web 3 leads in the North and 2 in the South, from fairs 1 in the North; nobody has accepted the one
/// from the fair, offered on Monday, nor the first from the Web, offered on Tuesday. Week 46 of the year before: 4.
fn fill(store: &Store) {
    let text = |text: &str| Value::Text(text.to_owned());
    let at = |instant: &str| Value::Integer(instant.parse::<Timestamp>().unwrap().as_second());
    let partners = [("P1", "Adler Solar"), ("P2", "Birk & Söhne")];
    let partners = partners.map(|(key, name)| fact(key.to_owned(), vec![text(name)])).into();
    let lead = |key: &str, region: &str, source: &str, day: &str, accepted: bool| {
        let partner = Value::Integer(if region == "North" { 1 } else { 2 });
        let offered = at(&format!("{day}T08:00:00Z"));
        let accepted = if accepted { at(&format!("{day}T08:20:00Z")) } else { Value::Missing };
        fact(
            key.to_owned(),
            vec![
                text(region),
                text(source),
                partner,
                offered.clone(),
                offered,
                accepted,
                Value::Missing,
                Value::Missing,
            ],
        )
    };
    let mut leads = vec![
        lead("L1", "North", "Web", "2026-11-10", false),
        lead("L2", "North", "Web", "2026-11-11", true),
        lead("L3", "North", "Web", "2026-11-12", true),
        lead("L4", "South", "Web", "2026-11-12", true),
        lead("L5", "South", "Web", "2026-11-13", true),
        lead("L6", "North", "Fair", "2026-11-09", false),
    ];
    let mut closed = lead("Y0", "North", "Web", "2025-11-12", true);
    closed.values.splice(6.., [at("2025-12-01T08:00:00Z"), text("lost")]);
    leads.push(closed);
    leads.extend((1..4).map(|number| lead(&format!("Y{number}"), "North", "Web", "2025-11-12", true)));
    let columns = ["region", "source", "partner_id", "created_at", "offered_at", "accepted_at", "closed_at", "outcome"];
    let written = store.write::<_, StoreError>(true, |writer| {
        writer.upsert(&facts("partners", &["name"], partners), NOW)?;
        writer.upsert(&facts("leads", &columns, leads), NOW)
    });
    written.unwrap();
}

/// A home with one report, after its head.
struct Home(tempfile::TempDir);

impl Home {
    fn with(report: &str) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        home.write("config/thresholds.toml", "[unaccepted_leads]\nwarning = 100\n");
        let head = "title = { en = \"Leads\" }\nlocale = \"en-GB\"\nzone = \"Europe/Berlin\"\n";
        home.write("config/reports/leads.toml", &format!("{head}{report}"));
        home
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn numbers(&self, store: &Store, scopes: &[Scope]) -> Vec<Numbers> {
        self.numbers_of(&week_46(), store, scopes)
    }

    fn numbers_of(&self, period: &Period, store: &Store, scopes: &[Scope]) -> Vec<Numbers> {
        let (catalog, definition) = (Catalog::load(self.0.path()).unwrap(), find(self.0.path(), "leads").unwrap());
        let (created_at, controlling) = (NOW, &[]);
        let heading = Heading {
            definition: &definition,
            period,
            revision: 0,
            reason: None,
            created_at,
            currency: "EUR",
            controlling,
        };
        build(&heading, scopes, &catalog, &mut store.reader().unwrap(), |_, numbers| Ok(numbers)).unwrap().0
    }

    fn composed(&self, store: &Store, revision: i32) -> Composed {
        let imports = BTreeMap::new();
        let composition = Composition {
            definition: &find(self.0.path(), "leads").unwrap(),
            catalog: &Catalog::load(self.0.path()).unwrap(),
            templates: &Templates::load(self.0.path()).unwrap(),
            period: &week_46(),
            revision,
            created_at: NOW,
            currency: "EUR",
            base_url: None,
            controlling: &[],
            reason: None,
            corrects: None,
            attachments_up_to: 10_000_000,
            typesetter: &Typesetter::follow(self.0.path()).unwrap(),
            ground: Ground { activation: None, imports: &imports, program: "0.1.0" },
            seed: Seed([7; 32]),
        };
        compose(&composition, &mut store.reader().unwrap()).unwrap()
    }
}

fn week_46() -> Period {
    Period::parse("2026-W46", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap()
}

#[test]
fn a_pair_of_dimensions_makes_a_table_with_the_highest_first() {
    let report = r#"
        [[sections]]
        title = { en = "All" }
        [[sections.kpis]]
        id = "leads"
        crossed = [["region", "source"]]
    "#;
    on_both(|store| {
        fill(&store);
        let numbers = &Home::with(report).numbers(&store, &[Scope::everything()])[0];
        let table = &view(numbers, "en-GB").sections[0].crossed[0];
        assert_eq!(
            (table.title.as_str(), &table.columns[..]),
            ("New leads: Region × Source", &["Web", "Fair"].map(str::to_owned)[..])
        );
        let lines = table.lines.iter().map(|line| {
            let cells: Vec<String> = line.cells.iter().map(|cell| format!("{} ({})", cell.figure, cell.heat)).collect();
            format!("{}: {}", line.label, cells.join(", "))
        });
        // There is no lead from a fair in the South.
        assert_eq!(lines.collect::<Vec<_>>(), ["North: 3 (4), 1 (0)", "South: 2 (2),  (0)"]);
        assert_eq!(table.extreme, "Highest: North, Web: 3");
    });
}

#[test]
fn a_filter_leaves_out_rows_for_every_reader_and_says_so() {
    let report = r#"
        [[sections]]
        title = { en = "All" }
        [[sections.kpis]]
        id = "unaccepted_leads"
        [[sections]]
        title = { en = "From the Web" }
        filter = { source = ["Web"] }
        [[sections.kpis]]
        id = "leads"
        [[sections.lists]]
        kpi = "unaccepted_leads"
    "#;
    on_both(|store| {
        fill(&store);
        let home = Home::with(report);
        let scopes = [Scope::everything(), Scope::of(&Dimension::REGION, vec!["South".to_owned()])];
        let of_both = home.numbers(&store, &scopes);
        let figures = |numbers: &Numbers| numbers.kpis().map(|block| block.cell.outcome.value()).collect::<Vec<_>>();
        assert_eq!(figures(&of_both[0]), [Some(2.0), Some(5.0)]);
        assert_eq!(figures(&of_both[1]), [Some(0.0), Some(2.0)]);
        for (numbers, scope) in of_both.iter().zip(&scopes) {
            assert_eq!(&home.numbers(&store, std::slice::from_ref(scope))[0], numbers);
        }
        let section = &view(&of_both[0], "en-GB").sections[1];
        assert_eq!((section.filter.as_str(), section.kpis[0].title.as_str()), ("Source: Web", "New leads (Web)"));
        let keys = of_both.iter().map(|of| of.sections[1].lists[0].rows.iter().map(|row| row.key.as_str()).collect());
        assert_eq!(keys.collect::<Vec<Vec<&str>>>(), [vec!["L1"], vec![]]);
        // The rows are those of the section that lists them, not of the one with the figure.
        let web = Scope::of(&Dimension::named("source"), vec!["Web".to_owned()]);
        let filters = [("leads", None), ("unaccepted_leads", None), ("unaccepted_leads", Some(2)), ("leads", Some(1))];
        let filters = filters.map(|(kpi, section)| of_both[0].filter_of(kpi, section));
        assert_eq!(filters, [Some(&web), Some(&Scope::everything()), Some(&web), None]);
        let path = |of: &Numbers| view(of, "en-GB").sections[1].lists[0].all.path.clone();
        let rows = "/reports/leads/2026-W46/0/rows/unaccepted_leads?period=2026-W46&side=bad&section=2";
        assert_eq!(path(&of_both[0]), rows);
    });
}

#[test]
fn rows_are_listed_the_oldest_first_and_people_in_them_can_be_erased() {
    let report = r#"
        [[sections]]
        title = { en = "To call" }
        [[sections.lists]]
        kpi = "unaccepted_leads"
        most = 1
    "#;
    on_both(|store| {
        fill(&store);
        let made = Home::with(report).composed(&store, 0);
        let list = &made.numbers.sections[0].lists[0];
        assert_eq!((list.rows[0].key.as_str(), list.rows.len(), list.more, list.bad), ("L6", 1, 1, true));
        // From Monday, nine in the morning in Berlin, to the end of the week.
        assert_eq!(list.rows[0].age, Some(6 * 86_400 + 15 * 3600));
        assert_eq!(list.rows[0].groups["partner"].label(), Some("Adler Solar"));
        // The name is stored apart, and comes back with it.
        let rendition = &made.edition.renditions[0];
        let stored = rendition.artefact("numbers.json").unwrap().text().unwrap();
        assert!(stored.contains("L6") && !stored.contains("Adler"), "{stored}");
        assert_eq!(numbers(rendition, &made.edition.labels).unwrap(), made.numbers);
        let erased = numbers(rendition, &[]).unwrap();
        assert!(matches!(erased.sections[0].lists[0].rows[0].groups["partner"], Group::Row { label: None, .. }));
        let text = rendition.artefact(TEXT).unwrap().text().unwrap();
        assert!(text.contains("L6") && text.contains("Adler Solar") && text.contains("1 more"), "{text}");
    });
}

#[test]
fn without_a_schedule_a_report_is_made_for_any_period() {
    let report = "[[sections]]\ntitle = { en = \"All\" }\n[[sections.kpis]]\nid = \"leads\"\n";
    on_both(|store| {
        fill(&store);
        let days = Period::parse("2026-11-09..2026-11-11", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap());
        let numbers = &Home::with(report).numbers_of(&days.unwrap(), &store, &[Scope::everything()])[0];
        assert_eq!(numbers.sections[0].kpis[0].cell.outcome.value(), Some(3.0));
        assert_eq!(numbers.compared_with.first_day, "2026-11-06");
    });
}

#[test]
fn changes_are_measured_against_the_year_before_where_that_is_asked_for() {
    let report = "compare = \"year\"\n[[sections]]\ntitle = { en = \"All\" }\n[[sections.kpis]]\nid = \"leads\"\n";
    on_both(|store| {
        fill(&store);
        let numbers = &Home::with(report).numbers(&store, &[Scope::everything()])[0];
        let leads = &numbers.sections[0].kpis[0];
        assert_eq!(numbers.compared_with.name, "2025-W46");
        assert_eq!((leads.previous.outcome.value(), leads.change.unwrap().absolute), (Some(4.0), 2.0));
        // It is not said twice.
        assert!(leads.year_before.is_none() && !view(numbers, "en-GB").has_year_before);
    });
}

#[test]
fn what_needs_no_attention_is_kept_and_not_mailed_or_in_short() {
    let report = |otherwise: &str| {
        format!(
            "only_if = \"attention\"\n{otherwise}\n[[sections]]\ntitle = {{ en = \"All\" }}\n[[sections.kpis]]\nid = \"leads\"\n"
        )
    };
    on_both(|store| {
        fill(&store);
        let made = |home: &Home| home.composed(&store, 0).edition.renditions.remove(0);
        let calm = made(&Home::with(&report("")));
        assert!(
            calm.artefact(HTML).is_none() && calm.artefact(TEXT).is_none() && calm.artefact("numbers.json").is_some()
        );
        let short = made(&Home::with(&report("otherwise = \"short\"")));
        let text = short.artefact(TEXT).unwrap().text().unwrap();
        assert!(text.contains("Nothing needs attention.") && !text.contains("ALL KPIS"), "{text}");
        // Six are too few.
        let home = Home::with(&report(""));
        home.write("config/thresholds.toml", "[leads]\ncritical = 1000\n");
        assert!(made(&home).artefact(TEXT).unwrap().text().unwrap().contains("New leads"));
    });
}

#[test]
fn a_report_has_a_subject_of_its_own_and_a_corrected_edition_says_so_in_it() {
    let report = "subject = { en = \"{{ title }}, {{ period_name }}: {{ sections[0].kpis[0].figure }}\" }
        [[sections]]\ntitle = { en = \"All\" }\ntext = { en = \"As **agreed**\" }\n[[sections.kpis]]\nid = \"leads\"\n";
    on_both(|store| {
        fill(&store);
        let home = Home::with(report);
        assert_eq!(home.composed(&store, 0).rendered.subject, "Leads, week 46: 6");
        let corrected = home.composed(&store, 1).rendered;
        assert_eq!(corrected.subject, "Corrected: Leads, week 46: 6");
        assert!(corrected.html.contains("<p>As <strong>agreed</strong></p>") && corrected.text.contains("As agreed"));
    });
}

#[test]
fn whom_a_scope_names_by_key_is_called_by_name_until_that_is_erased() {
    let report = "[[sections]]\ntitle = { en = \"All\" }\nfilter = { partner = [\"P2\"] }\n\
        [[sections.kpis]]\nid = \"leads\"\n";
    on_both(|store| {
        fill(&store);
        let nameless = facts("partners", &["name"], vec![fact("P3".to_owned(), vec![Value::Missing])]);
        store.write::<_, StoreError>(true, |writer| writer.upsert(&nameless, NOW)).unwrap();
        let partners =
            |keys: &[&str]| Scope::of(&Dimension::PARTNER, keys.iter().map(|key| (*key).to_owned()).collect());
        let scopes = [Scope::everything(), partners(&["P1"]), partners(&["P1", "P3", "P9"])];
        let of_all = Home::with(report).numbers(&store, &scopes);
        let said = |numbers: &Numbers| {
            let view = view(numbers, "en-GB");
            format!("{} / {}", view.scope, view.sections[0].filter)
        };
        let filter = "Partner: Birk & S\u{f6}hne";
        assert_eq!(
            of_all.iter().map(said).collect::<Vec<_>>(),
            [
                "",
                "Partner: Adler Solar (only rows that say so)",
                "Partner: Adler Solar, P3 and P9 (only rows that say so)"
            ]
            .map(|scope| format!("{scope} / {filter}"))
        );
        // Readers are told of nobody whom they may not see, and names are stored apart.
        let stored = of_all[1].to_json();
        assert!(stored.contains(r#""members":{"partner":{"P1":{"id":1},"P2":{"id":2}}}"#), "{stored}");
        assert!(!stored.contains("Adler"), "{stored}");
        let kept = labels(&of_all[1], &Seed([7; 32]));
        let mut read = Numbers::from_json(&stored).unwrap();
        join(&mut read, &kept);
        assert_eq!(read, of_all[1]);
        join(&mut read, &[]);
        assert_eq!(said(&read), "Partner: P1 (only rows that say so) / Partner: P2");
    });
}
