//! Every figure of an edition's page leads to the rows that it counts, on both databases.

use crate::support::{Site, catalog_of, publish, report_of, state};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::cell::Cell;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::build::{Heading, build};
use pegel_report::definition::{KpiRequest, ListRequest, ReportDefinition};
use pegel_report::link::RowsOf;
use pegel_report::numbers::{Group, KpiBlock, Numbers};
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use serde_json::Map;
use std::collections::BTreeSet;

/// A Monday, some weeks after the one that is reported.
const MADE_AT: &str = "2026-11-16T06:00:00Z";

const RATE: &str = r#"kpi(#{ id: "rate", title: #{ en: "Rate" }, description: #{ en: "Leads with feedback." },
    unit: "percent", better: "higher", threshold: #{ warning: 0.9 }, min_sample: 3 });
fn measures(data) {
    let accepted = data.leads.dated(|l| l.accepted_at);
    #{ all: accepted.count(), answered: accepted.filter(|l| l.feedback_at.is_set()).count() }
}
fn value(m) { ratio(m.answered, m.all) }
// The table of the bad rows says nothing of partners.
fn rows(data) { data.costs.all() }
"#;

const LEADS: &str = r#"kpi(#{ id: "leads", title: #{ en: "Leads" }, description: #{ en: "Leads accepted." },
    unit: "count", better: "higher", threshold: #{ warning: 100 } });
fn measures(data) { #{ n: data.leads.dated(|l| l.accepted_at).count() } }
fn value(m) { m.n }
"#;

const BROKEN: &str = r#"kpi(#{ id: "broken", title: #{ en: "Broken" }, description: #{ en: "It fails." },
    unit: "count", better: "higher" });
fn measures(data) { #{ n: data.leads.dated(|l| l.accepted_at).count() } }
fn value(m) { if m.n > 2 { throw "no" } m.n }
"#;

const ORDERS: &str = r#"kpi(#{ id: "orders", title: #{ en: "Orders" }, description: #{ en: "There are none." },
    unit: "count", better: "higher" });
fn measures(data) { #{ n: data.orders.dated(|o| o.ordered_at).count() } }
fn value(m) { m.n }
"#;

fn catalog() -> Catalog {
    catalog_of(&[("rate.rhai", RATE), ("leads.rhai", LEADS), ("broken.rhai", BROKEN), ("orders.rhai", ORDERS)])
}

/// Week 40, which is in two months: each lead with its day, its source, its partner, and whether it has feedback.
const WEEK_40: [(&str, &str, Option<i64>, bool); 9] = [
    ("2026-09-28", "Web & Fair", Some(1), true),
    ("2026-09-28", "Web & Fair", Some(1), false),
    ("2026-09-29", "Web & Fair", Some(1), true),
    ("2026-10-01", "Web & Fair", Some(2), false),
    ("2026-10-01", "Web & Fair", None, true),
    ("2026-10-02", "Küste", Some(2), false),
    ("2026-10-02", "Küste", Some(1), true),
    ("2026-10-02", "Küste", Some(1), true),
    ("2026-10-03", "", Some(2), false),
];

fn put(store: &Store, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) {
    let table = Model::built_in().table(table).unwrap();
    let columns = columns.iter().map(|name| table.column(name).unwrap().clone()).collect();
    let fact = |(at, values)| Fact {
        key: format!("{at}"),
        values,
        attributes: Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let facts = Facts { table, columns, rows: rows.into_iter().enumerate().map(fact).collect() };
    let written = store.write(true, |writer| writer.upsert(&facts, 0).map(drop));
    written.map_err(|error: StoreError| error).unwrap();
}

fn fill(store: &Store) {
    let text = |text: &str| if text.is_empty() { Value::Missing } else { Value::Text(text.to_owned()) };
    put(store, "partners", &["name"], vec![vec![text("Adler Solar")], vec![text("Birk + Söhne")]]);
    let lead = |(day, source, partner, answered): &(&str, &str, Option<i64>, bool)| {
        let noon = format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap().as_second();
        let feedback = if *answered { Value::Integer(noon + 3600) } else { Value::Missing };
        vec![Value::Integer(noon), feedback, text(source), partner.map_or(Value::Missing, Value::Integer)]
    };
    let leads = WEEK_40.iter().map(lead).collect();
    put(store, "leads", &["accepted_at", "feedback_at", "source", "partner_id"], leads);
}

/// The numbers of week 40 by a definition that is changed before.
fn numbers(store: &Store, catalog: &Catalog, change: impl FnOnce(&mut ReportDefinition)) -> Numbers {
    let mut definition = report_of(&["rate", "leads", "broken", "orders"]);
    change(&mut definition);
    let period = Period::parse("2026-W40", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap();
    let heading = Heading {
        definition: &definition,
        period: &period,
        revision: 0,
        reason: None,
        created_at: MADE_AT.parse::<Timestamp>().unwrap().as_second(),
        currency: "EUR",
        controlling: &[],
    };
    let (mut numbers, _) =
        build(&heading, &[Scope::everything()], catalog, &mut store.reader().unwrap(), |_, numbers| Ok(numbers))
            .unwrap();
    numbers.remove(0)
}

fn by(name: &'static str) -> Dimension {
    Dimension::named(name)
}

/// A section of all KPIs, broken down in all ways, and one with a KPI of the first, of some of its rows alone.
fn edition(store: &Store, catalog: &Catalog) -> Numbers {
    let broken_down = |request: &mut KpiRequest| {
        if request.id != "orders" {
            request.breakdowns = vec![by("source"), by("partner")];
            request.crossed = vec![[by("partner"), by("source")], [by("source"), by("month")]];
        }
    };
    let mut all = numbers(store, catalog, |definition| {
        let section = &mut definition.sections[0];
        section.kpis.iter_mut().for_each(broken_down);
        section.scorecard = Some(by("partner"));
    });
    let of_some = numbers(store, catalog, |definition| {
        let section = &mut definition.sections[0];
        section.kpis.retain(|request| request.id == "leads");
        section.kpis.iter_mut().for_each(broken_down);
        section.filter.insert("source".to_owned(), vec!["Küste".to_owned()]);
        section.lists = vec![ListRequest { kpi: "rate".to_owned(), most: 1 }];
    });
    all.sections.extend(of_some.sections);
    all
}

/// The figure that a link is about.
fn figure<'a>(numbers: &'a Numbers, kpi: &str, of: &RowsOf) -> &'a Cell {
    let is = |block: &&KpiBlock| block.id == kpi;
    let section = of.section.map_or_else(|| &numbers.sections[0], |number| &numbers.sections[number - 1]);
    let block = section.kpis.iter().find(is).unwrap();
    let named = |group: &Group, name: &Option<String>| group.label().unwrap_or_default() == name.as_deref().unwrap();
    match (of.by.as_deref(), of.and.as_deref()) {
        (None, _) => &block.cell,
        (Some(by), None) => {
            let table = block.breakdowns.iter().find(|table| table.dimension == by).unwrap();
            &table.rows.iter().find(|row| named(&row.group, &of.group)).unwrap().cell
        }
        (Some(by), Some(and)) => {
            let table = block.crossed.iter().find(|table| (&*table.lines_by, &*table.columns_by) == (by, and)).unwrap();
            let line = table.lines.iter().find(|line| named(&line.group, &of.group)).unwrap();
            let column = table.columns.iter().position(|group| named(group, &of.and_group)).unwrap();
            line.cells[column].as_ref().unwrap()
        }
    }
}

/// Every link to rows on a page, with whether it is that of a figure.
fn links(html: &str) -> BTreeSet<(String, bool)> {
    let link = |tag: &str| {
        let (tag, _) = tag.split_once('>')?;
        let (_, rest) = tag.split_once("href=\"")?;
        let path = rest.split_once('"')?.0.replace("&amp;", "&");
        path.contains("/rows/").then(|| (path, tag.contains("class=\"behind\"")))
    };
    html.split("<a ").skip(1).filter_map(link).collect()
}

/// How many rows a page says that there are.
fn rows_on(page: &str) -> u64 {
    let count = page.lines().find_map(|line| line.strip_suffix(" (leads)")?.split(' ').next()?.parse().ok());
    count.unwrap_or_else(|| panic!("{page}"))
}

/// An edition in the archive, with its number.
fn published(store: &Store) -> (Numbers, i64) {
    fill(store);
    let numbers = edition(store, &catalog());
    let id = publish(store, &numbers);
    (numbers, id)
}

#[test]
fn every_figure_of_an_edition_leads_to_as_many_rows_as_it_rests_on() {
    on_both(|store| {
        let (numbers, id) = published(&store);
        let site = Site::of(state(store, catalog()));
        let page = site.get_in("en", &format!("/editions/{id}"));
        let links = links(page.html());
        let mut asked_for = BTreeSet::new();
        for (path, is_figure) in &links {
            let answer = site.get(path);
            assert_eq!(answer.status, 303, "{path}");
            let rows = site.get(answer.header("location"));
            assert_eq!(rows.status, 200, "{path}: {}", rows.words());
            if *is_figure {
                let (of, query) = path.split_once('?').unwrap();
                let of_rows: RowsOf = serde_urlencoded::from_str(query).unwrap();
                let kpi = of.rsplit_once('/').unwrap().1;
                let cell = figure(&numbers, kpi, &of_rows);
                assert_eq!(Some(rows_on(&rows.words())), cell.sample, "{path}: {cell:?}");
                asked_for.insert((kpi.to_owned(), of_rows.by, of_rows.and, of_rows.section));
            }
        }
        let asked_for: Vec<String> = asked_for
            .iter()
            .map(|(kpi, by, and, section)| {
                let by: Vec<&str> = [by, and].into_iter().flatten().map(String::as_str).collect();
                format!("{kpi} {} {}", by.join(" × "), section.map_or(String::new(), |nth| format!("in section {nth}")))
            })
            .collect();
        insta::assert_snapshot!("figures_with_rows", asked_for.join("\n"));
        // The list below the filter is of rows from there alone.
        let lists: Vec<&String> = links.iter().map(|(path, _)| path).filter(|path| path.contains("rate?")).collect();
        assert!(lists.iter().any(|path| path.contains("section=2")), "{lists:?}");
        // The file that can be had of it leads nowhere.
        assert!(!site.get(&format!("/editions/{id}/html")).html().contains("/rows/"));
    });
}

#[test]
fn a_figure_without_rows_or_whose_group_was_erased_leads_nowhere() {
    on_both(|store| {
        let (_, id) = published(&store);
        assert!(store.erase_label(id, "partner", 1, 1_795_000_000).unwrap());
        let site = Site::of(state(store, catalog()));
        let page = site.get_in("en", &format!("/editions/{id}"));
        let links = links(page.html());
        assert!(links.iter().all(|(path, _)| !path.contains("Adler")), "{links:?}");
        assert!(links.iter().any(|(path, _)| path.contains("by=partner&group=Birk")), "{links:?}");
        for without in ["/rows/orders", "/rows/broken?period=2026-W40\""] {
            assert!(!page.html().contains(without), "{without}");
        }
    });
}

#[test]
fn a_partner_that_is_called_otherwise_now_is_found_by_the_name_in_the_edition() {
    on_both(|store| {
        let (_, id) = published(&store);
        put(&store, "partners", &["name"], vec![vec![Value::Text("Adler Energie".to_owned())]]);
        let site = Site::of(state(store, catalog()));
        let rows = |query: &str| rows_on(&site.get(&format!("/kpis/leads/rows?period=2026-W40&{query}")).words());
        assert_eq!(rows(&format!("edition={id}&by=partner&group=Adler+Solar")), 5);
        assert_eq!(rows("by=partner&group=Adler+Energie"), 5, "beside an edition it has the name of today");
    });
}

#[test]
fn a_section_that_does_not_show_the_kpi_is_refused() {
    on_both(|store| {
        fill(&store);
        let mut numbers = edition(&store, &catalog());
        numbers.sections.remove(0);
        publish(&store, &numbers);
        let site = Site::of(state(store, catalog()));
        let answer = site.get("/kpis/leads/rows?edition=1&section=2");
        assert_eq!(answer.status, 400);
        assert!(answer.words().contains("section 2 of the edition shows nothing of leads"), "{}", answer.words());
        // Where no section is named, the first that shows it is meant.
        let first = site.get("/kpis/leads/rows?period=2026-W40&edition=1").words();
        assert_eq!(rows_on(&first), 3, "{first}");
    });
}
