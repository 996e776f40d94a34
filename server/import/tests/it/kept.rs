//! Figures that rest on what was kept are those that are computed of the rows, whatever was imported, corrected, taken
//! back or written anew in between: random imports into all tables, random figures of all KPIs that ship.
//!
//! `PEGEL_KEPT_SEEDS` sets how many sequences are tried on each database.

use crate::common::options;
use jiff::Timestamp;
use pegel_catalog::files::Files;
use pegel_catalog::load::{declared, language};
use pegel_import::{Mapping, Options, import};
use pegel_kpi::data::cell::Breakdown;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::{Dimensions, Grouped};
use pegel_kpi::data::model::{Column, Kind, Model, Table};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Figures, compute};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::testing::{TestDatabase, on_both_databases};
use pegel_store::{Reader, Store};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// How many imports, corrections and changes of scripts there are in a sequence.
const STEPS: usize = 24;
/// So few rows have the same keys again and again.
const KEYS: u64 = 12;
const DAY: i64 = 86_400;
/// The last of the weeks whose figures are asked for.
const LAST_WEEK: &str = "2026-W46";

/// What reads rows in ways that no KPI that ships does.
const PECULIAR: &str = r#"
kpi(#{ id: "peculiar", title: #{ en: "P" }, description: #{ en: "P." }, better: "higher", unit: "number", settles_after: "10d" });
fn measures(data) {
    let leads = data.leads.dated(|l| l.created_at);
    #{
        regions: leads.distinct(|l| l.region),
        first: data.customers.dated(|c| c.acquired_at).mean(|c| c.orders.first(|o| o.ordered_at, |o| o.amount)),
        so_far: data.opportunities.dated(|o| o.created_at, data.period.so_far()).count(),
        observed: data.observations.latest(|o| o.observed_on, data.period.last_day).sum(|o| o.value),
        open: data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_start().filter(|o| o.stage != "x").count(),
        offers: leads.sum(|l| l.lead_offers.count()),
        usual: leads.filter(|l| l.outcome == "SET").median(|l| l.amount),
        changes: data.opportunity_changes.dated(|c| c.changed_at).count(),
        worth: leads.filter(|l| l.outcome == "won").mean(|l| l.amount),
        expected: data.opportunities.dated(|o| o.expected_close_on).filter(|o| o.stage != "x").count(),
        line: leads.filter(|l| l.product.line == "line 1").count(),
        year: data.orders.dated(|o| o.ordered_at, data.period.trailing("5 weeks")).distinct(|o| o.number),
    }
}
fn value(m) { m.regions + m.open + m.offers + m.year + m.so_far + m.observed + m.changes + m.expected + m.line + (if m.usual > m.first || m.worth > m.first { 1 } else { 0 }) }
"#;

struct World<'a> {
    database: &'a TestDatabase,
    store: &'a Store,
    chance: ChaCha8Rng,
    model: Model,
    kpis: Vec<Kpi>,
    language: Arc<Language>,
    /// UTC seconds.
    now: i64,
}

impl World<'_> {
    fn below(&mut self, bound: u64) -> u64 {
        self.chance.random_range(0..bound)
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Something happens.
    fn step(&mut self) -> String {
        match self.below(10) {
            0 | 1 => match self.store.undo_import(None, &self.model, self.now) {
                Ok(undone) => format!("import {} is taken back", undone.import.id),
                Err(_) => "nothing can be taken back".to_owned(),
            },
            2 => {
                let other = ["won", "lost"][usize::from(self.percent(50))];
                self.peculiar(other);
                format!("a script asks for {other}")
            }
            3 => {
                self.now += i64::try_from(self.below(3 * 86_400)).unwrap();
                format!("it is {}", self.now)
            }
            _ => self.import(),
        }
    }

    fn peculiar(&mut self, outcome: &str) {
        let script = PECULIAR.replace("SET", outcome);
        let kpi = self.language.load("peculiar.rhai", &script).unwrap_or_else(|wrong| panic!("{wrong}")).remove(0);
        self.kpis.retain(|kpi| kpi.id() != "peculiar");
        self.kpis.push(kpi);
    }

    fn import(&mut self) -> String {
        let tables: Vec<Table> = self.model.tables().filter(|table| table.history_of().is_none()).collect();
        // Most of what counts is in these.
        let often = ["leads", "opportunities", "orders", "leads", "opportunities"];
        let table = if self.percent(60) {
            self.model.table(often.choose(&mut self.chance).unwrap()).unwrap()
        } else {
            tables.choose(&mut self.chance).unwrap().clone()
        };
        let system = if self.percent(80) { "crm" } else { "erp" };
        let complete = self.percent(if table.references.is_empty() { 50 } else { 15 });
        // Files rarely have all columns.
        let columns: Vec<Arc<Column>> =
            table.columns.iter().filter(|column| *column.name != *"id" && *column.name != *"key").cloned().collect();
        let columns: Vec<Arc<Column>> = columns.into_iter().filter(|_| self.percent(70)).collect();
        let mapping = mapping(&table, &columns, system, complete);
        let file = self.file(&columns);
        let mapping =
            Mapping::parse(&mapping, "test", &self.model).unwrap_or_else(|wrong| panic!("{wrong}\n{mapping}"));
        self.now += 60;
        let options = Options { allow_shrink: true, now: self.now, zone: jiff::tz::TimeZone::UTC, ..options() };
        let bytes = Cursor::new(file.into_bytes());
        let what = if complete { "all" } else { "some" };
        match import(bytes, "data.csv", &mapping, self.store, &options, &mut |_| {}) {
            Ok(summary) => format!("{what} {} of {system}: {summary}", table.name),
            Err(error) => format!("{what} {} of {system}: {error}", table.name),
        }
    }

    fn file(&mut self, columns: &[Arc<Column>]) -> String {
        let mut file = format!("key;{}\n", columns.iter().map(|column| &*column.name).collect::<Vec<_>>().join(";"));
        let rows = 1 + self.below(KEYS);
        let first = self.below(KEYS);
        for row in 0..rows {
            let _ = write!(file, "K{}", (first + row) % KEYS);
            for column in columns {
                file.push(';');
                if self.percent(80) {
                    let value = self.value(column);
                    file.push_str(&value);
                }
            }
            file.push('\n');
        }
        file
    }

    fn value(&mut self, column: &Column) -> String {
        if column.name.ends_with("_id") {
            return format!("K{}", self.below(KEYS));
        }
        if let Some(word) = column.words.choose(&mut self.chance) {
            return word.to_string();
        }
        // Now and then something is told of the future.
        let instant = 1_780_272_000 + i64::try_from(self.below(190 * 86_400)).unwrap();
        match column.kind {
            Kind::Text => format!("{} {}", column.name, self.below(3)),
            Kind::Instant => Timestamp::from_second(instant).unwrap().to_string(),
            Kind::Date => Timestamp::from_second(instant / DAY * DAY).unwrap().strftime("%Y-%m-%d").to_string(),
            Kind::Boolean => ["true", "false"][usize::from(self.percent(50))].to_owned(),
            Kind::Integer | Kind::Number | Kind::Money => self.below(9).to_string(),
        }
    }

    /// The figures of some KPIs in some breakdowns, at some time.
    fn compare(&mut self, history: &[String]) {
        let weeks = 2 + usize::try_from(self.below(5)).unwrap();
        let last = Period::parse(LAST_WEEK, Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap();
        let mut periods = last.trail(weeks).unwrap();
        periods.truncate(1 + usize::try_from(self.below(u64::try_from(weeks).unwrap())).unwrap());
        let now = Timestamp::from_second(self.now).unwrap();
        let breakdowns =
            [vec![], vec![Dimension::REGION], vec![Dimension::PARTNER], vec![Dimension::PRODUCT, Dimension::REGION]];
        let assess = self.percent(30);
        let comparison = if self.percent(50) { Comparison::ALL } else { Comparison::NONE };
        let mut wanted: Vec<usize> = (0..self.kpis.len()).filter(|_| self.percent(25)).collect();
        wanted.push(self.kpis.len() - 1);
        let breakdowns: Vec<Breakdown> = breakdowns.into_iter().filter(|_| self.percent(60)).collect();
        let scope = if self.percent(20) {
            Scope { regions: Some(vec!["region 0".to_owned(), "region 2".to_owned()]), ..Scope::everything() }
        } else {
            Scope::everything()
        };
        let dimensions = if self.percent(25) { Dimensions::Today } else { Dimensions::Then };
        let requests: Vec<Request> = wanted
            .iter()
            .map(|at| {
                let kpi = &self.kpis[*at];
                let possible = |by: &&Breakdown| kpi.check_breakdown(by).is_ok();
                Request { kpi, breakdowns: breakdowns.iter().filter(possible).cloned().collect(), comparison, assess }
            })
            .collect();
        let computed = |mut reader: Reader| {
            let mut source = Grouped { source: &mut reader, dimensions };
            compute(&requests, &periods, &scope, now, &mut source).unwrap()
        };
        // Of a store that has read nothing yet.
        let anew = computed(self.database.store().reader().unwrap().anew());
        let kept = computed(self.store.reader().unwrap());
        let again = computed(self.store.reader().unwrap());
        for (at, request) in requests.iter().enumerate() {
            for figures in [&kept[at], &again[at]] {
                assert!(
                    alike(figures, &anew[at]),
                    "{} of {periods:?} at {now} in {scope:?}, {dimensions:?}\nafter {}\n\nkept {figures:#?}\n\nanew {:#?}",
                    request.kpi.id(),
                    history.join("\n"),
                    anew[at]
                );
            }
            // A running period ends otherwise at the next moment.
            let over = periods.iter().all(|period| period.instants().end < self.now);
            assert!(!over || again[at].cost.computed == 0, "{} is kept", request.kpi.id());
        }
    }
}

/// Rows come in another order, so that the last digit of a sum may be another one.
fn alike(one: &Figures, other: &Figures) -> bool {
    let shown = |figures: &Figures| format!("{:?}", figures.breakdowns);
    one.as_of == other.as_of && rounded(&shown(one)) == rounded(&shown(other))
}

/// A text with the last digits of long numbers left out.
fn rounded(text: &str) -> String {
    let number = |part: &str| part.parse::<f64>().map(|number| format!("{number:.9e}"));
    let parts = text.split_inclusive([' ', ',', ')', '(']);
    parts.map(|part| number(part.trim_end_matches([',', ')', ' '])).unwrap_or_else(|_| part.to_owned())).collect()
}

fn mapping(table: &Table, columns: &[Arc<Column>], system: &str, complete: bool) -> String {
    let mut mapping = format!(
        "system = \"{system}\"\n[source]\nzone = \"UTC\"\ndelimiter = \";\"\n[[tables]]\ntable = \"{}\"\nkey = \"key\"\ncomplete = {complete}\n[tables.columns]\n",
        table.name
    );
    for column in columns {
        let name = &column.name;
        let lookup = table.references.iter().any(|reference| reference.column.name == *name);
        let _ = if lookup {
            writeln!(mapping, "{name} = {{ from = \"{name}\", lookup = \"key\", policy = \"create\" }}")
        } else {
            writeln!(mapping, "{name} = \"{name}\"")
        };
    }
    mapping
}

#[test]
fn what_was_kept_says_what_the_rows_say() {
    let seeds = std::env::var("PEGEL_KEPT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    let files = Files::of_home(Path::new("/nonexistent")).unwrap();
    let (language, kpis) = (language(&files).unwrap(), declared(&files));
    for seed in 0..seeds {
        on_both_databases(|database| {
            let store = database.store();
            let now = "2026-11-10T08:00:00Z".parse::<Timestamp>().unwrap().as_second();
            let model = language.model().clone();
            let (language, kpis, chance) = (language.clone(), kpis.clone(), ChaCha8Rng::seed_from_u64(seed));
            let mut world = World { database, store: &store, chance, model, kpis, language, now };
            world.peculiar("won");
            let mut history = Vec::new();
            for _ in 0..STEPS {
                history.push(world.step());
                world.compare(&history);
            }
        });
    }
}
