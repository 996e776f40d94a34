//! Figures as they stood: those of a database that never got to know what came later, on both databases.
//!
//! What was known at an instant is told by plain loops over made-up rows: a row is dropped if it did not exist, and a
//! column is blanked if its milestone had not come. Of the rows that are left, everything is known.
//!
//! The KPIs are those that ship, one over a table of a home's own (the example of quotes), and some over attributes that
//! a home declares.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::type_complexity, clippy::similar_names, reason = "pairs of lines and what a cell of them is")]

use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::cell::{Cell, Group, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::{Column, Model, Table};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Figures, Row as Line, compute};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::facts::{Fact, Facts, Found, Value, attribute};
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_store::testing::TestDatabase;
use pegel_store::{Store, StoreError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A row, without what is missing.
type Row = BTreeMap<&'static str, Held>;

#[derive(Debug, Clone, PartialEq)]
enum Held {
    Is(Value),
    /// The row of that table that was made as that one.
    Row(&'static str, usize),
}

/// All rows of a table, in the order in which they were made; those that are not there keep their place.
struct Made {
    table: &'static str,
    rows: Vec<Option<Row>>,
}

/// Everything that ever happens.
struct World {
    /// Parents first.
    tables: Vec<Made>,
    /// What a second import says of the opportunities, by their places, and when it came.
    changes: Vec<(usize, Row)>,
    changed_at: i64,
}

fn instant(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn is(integer: i64) -> Held {
    Held::Is(Value::Integer(integer))
}

fn text(text: &str) -> Held {
    Held::Is(Value::Text(text.to_owned()))
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn yes(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.0.random_range(0..of.len())]
    }

    fn row(&mut self, table: &'static str, rows: usize) -> Held {
        Held::Row(table, self.0.random_range(0..rows))
    }

    /// Milestones, each some time after the one before, until one does not come. One of a hundred comes too early.
    fn milestones(&mut self, row: &mut Row, names: &[&'static str], begin: i64) {
        let mut at = begin;
        for name in names {
            if self.yes(18) {
                break;
            }
            let early = if self.yes(1) { 9 * DAY } else { 0 };
            row.insert(name, is(at - early));
            at += self.0.random_range(HOUR..6 * DAY);
        }
    }

    fn fill(&mut self, row: &mut Row, column: &'static str, held: impl FnOnce(&mut Dice) -> Held) {
        if !self.yes(15) {
            let held = held(self);
            row.insert(column, held);
        }
    }

    fn closed(&mut self, row: &mut Row) {
        // One in twenty is closed, and nobody says when.
        if row.contains_key("closed_at") || self.yes(5) {
            let outcome = self.one(&["won", "won", "lost"]);
            row.insert("outcome", text(outcome));
        }
    }
}

/// Attributes of leads: an instant, and an amount that is known since then.
const DELIVERED: &str = "delivered_at";
const BONUS: &str = "bonus";

const ATTRIBUTES: &str = r#"
[[attributes]]
name = "delivered_at"
kind = "instant"

[[attributes]]
name = "bonus"
kind = "money"
known_since = "delivered_at"
"#;

/// Everything that ships, with what the home adds.
fn catalog() -> Catalog {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("config/tables/quotes.toml", include_str!("../../../config/tables/examples/quotes.toml"));
    write("config/tables/leads.toml", ATTRIBUTES);
    write("kpis/quotes/quote_acceptance.rhai", include_str!("../../../config/tables/examples/quotes.rhai"));
    for (id, unit, measure) in [
        ("delivered", "count", r#"data.leads.dated(|l| l.attr("delivered_at")).count()"#),
        (
            "in_time",
            "count",
            r#"data.leads.dated(|l| l.created_at).filter(|l| l.attr("delivered_at") - l.created_at < days(9)).count()"#,
        ),
        ("bonus", "money", r#"data.leads.dated(|l| l.created_at).sum(|l| l.attr("bonus"))"#),
        ("quoted", "count", r"data.leads.dated(|l| l.created_at).filter(|l| l.quotes.exists()).count()"),
    ] {
        let text = format!(
            "kpi(#{{ id: \"{id}\", title: #{{ en: \"K\" }}, description: #{{ en: \"K.\" }}, unit: \"{unit}\", better: \
             \"higher\", settles_after: \"21d\" }});\nfn measures(data) {{ #{{ m: {measure} }} }}\nfn value(m) {{ m.m }}"
        );
        write(&format!("kpis/own/{id}.rhai"), &text);
    }
    Catalog::load(home.path()).unwrap_or_else(|error| panic!("{error}"))
}

const REGIONS: [&str; 3] = ["Nord", "Süd", "West"];

impl World {
    fn new(seed: u64, from: i64, to: i64) -> World {
        let dice = &mut Dice(ChaCha8Rng::seed_from_u64(seed));
        let named = |table, names: &[&str]| Made {
            table,
            rows: names.iter().map(|name| Some(Row::from([("name", text(name))]))).collect(),
        };
        let mut tables = vec![
            named("partners", &["Ada", "Bert", "Cleo"]),
            named("reps", &["Ines", "Jan"]),
            named("products", &["Dach", "Pumpe"]),
        ];
        let mut make = |table, count: usize, one: &mut dyn FnMut(&mut Dice, i64) -> Row| {
            let rows = (0..count).map(|_| {
                let begin = dice.0.random_range(from..to);
                let mut row = one(dice, begin);
                row.insert("region", text(dice.one(&REGIONS)));
                dice.fill(&mut row, "rep_id", |dice| dice.row("reps", 2));
                dice.fill(&mut row, "partner_id", |dice| dice.row("partners", 3));
                Some(row)
            });
            tables.push(Made { table, rows: rows.collect() });
        };
        make("customers", 60, &mut |dice, begin| {
            let mut row = Row::new();
            dice.milestones(&mut row, &["acquired_at", "churned_at"], begin - 20 * DAY);
            row
        });
        make("leads", 400, &mut |dice, begin| {
            let mut row = Row::new();
            let names = [
                "created_at",
                "qualified_at",
                "offered_at",
                "accepted_at",
                "contacted_at",
                "feedback_at",
                "first_meeting_at",
                "quoted_at",
                "closed_at",
            ];
            dice.milestones(&mut row, &names, begin);
            dice.closed(&mut row);
            let delivered = begin + dice.0.random_range(-3 * DAY..20 * DAY);
            dice.fill(&mut row, DELIVERED, |_| is(delivered));
            dice.fill(&mut row, BONUS, |dice| is(dice.0.random_range(1..90_000)));
            dice.fill(&mut row, "quality", |dice| text(dice.one(&["hot", "warm", "cold"])));
            dice.fill(&mut row, "amount", |dice| is(dice.0.random_range(1..90_000)));
            dice.fill(&mut row, "customer_id", |dice| dice.row("customers", 60));
            row
        });
        make("quotes", 200, &mut |dice, begin| {
            let mut row = Row::new();
            dice.milestones(&mut row, &["sent_at", "answered_at"], begin);
            dice.fill(&mut row, "answer", |dice| text(dice.one(&["accepted", "declined"])));
            dice.fill(&mut row, "amount", |dice| is(dice.0.random_range(1..90_000)));
            dice.fill(&mut row, "lead_id", |dice| dice.row("leads", 400));
            row
        });
        make("lead_offers", 300, &mut |dice, begin| {
            let mut row = Row::from([("level", is(dice.one(&[1, 1, 2])))]);
            dice.milestones(&mut row, &["offered_at", "answered_at"], begin);
            dice.fill(&mut row, "answer", |dice| text(dice.one(&["accepted", "declined", "expired"])));
            dice.fill(&mut row, "lead_id", |dice| dice.row("leads", 400));
            row
        });
        make("opportunities", 300, &mut |dice, begin| {
            let mut row = Row::new();
            dice.milestones(&mut row, &["created_at", "closed_at"], begin);
            dice.closed(&mut row);
            dice.stand(&mut row, begin);
            dice.fill(&mut row, "lead_id", |dice| dice.row("leads", 400));
            row
        });
        make("orders", 300, &mut |dice, begin| {
            let mut row = Row::new();
            dice.milestones(&mut row, &["ordered_at", "cancelled_at", "complained_at"], begin);
            dice.fill(&mut row, "amount", |dice| is(dice.0.random_range(1..90_000)));
            dice.fill(&mut row, "cost", |dice| is(dice.0.random_range(1..50_000)));
            dice.fill(&mut row, "customer_id", |dice| dice.row("customers", 60));
            row
        });
        make("activities", 200, &mut |dice, begin| {
            let mut row = Row::from([("kind", text(dice.one(&["call", "meeting", "demo"])))]);
            dice.milestones(&mut row, &["occurred_at"], begin);
            dice.fill(&mut row, "minutes", |dice| Held::Is(Value::Number(f64::from(dice.0.random_range(1..90)))));
            row
        });
        let opportunities = tables.iter().find(|made| made.table == "opportunities").unwrap();
        let again = |(place, row): (usize, &Option<Row>)| {
            let mut row = row.clone()?;
            dice.stand(&mut row, from);
            dice.yes(60).then_some((place, row))
        };
        let changes = opportunities.rows.iter().enumerate().filter_map(again).collect();
        World { tables, changes, changed_at: i64::midpoint(from, to) }
    }
}

impl Dice {
    /// How an opportunity stands.
    fn stand(&mut self, row: &mut Row, begin: i64) {
        self.fill(row, "stage", |dice| text(dice.one(&["qualified", "proposal", "negotiation"])));
        self.fill(row, "amount", |dice| is(dice.0.random_range(1..90_000)));
        self.fill(row, "probability", |dice| Held::Is(Value::Number(dice.one(&[0.25, 0.5, 0.75]))));
        self.fill(row, "expected_close_on", |dice| is(begin / DAY + dice.0.random_range(0..60)));
    }
}

/// What is known of a row at an instant; `None`: not even that it exists.
fn known(table: &str, row: &Row, at: i64) -> Option<Row> {
    let when = |column: &str| match row.get(column) {
        Some(Held::Is(Value::Integer(instant))) => Some(*instant),
        _ => None,
    };
    // Attributes do not tell that a row exists.
    let instants = row.keys().filter(|column| column.ends_with("_at") && **column != DELIVERED);
    let instants = instants.filter_map(|column| when(column));
    if instants.min().is_some_and(|first| first > at) {
        return None;
    }
    let since = |column: &str| match (table, column) {
        ("customers", "acquired_at") | ("leads" | "opportunities", "created_at") => None,
        ("quotes", "sent_at")
        | ("lead_offers", "offered_at")
        | ("orders", "ordered_at")
        | ("activities", "occurred_at") => None,
        (_, column) if column.ends_with("_at") => when(column),
        ("leads", "quality") => when("qualified_at"),
        ("leads" | "opportunities", "outcome") => when("closed_at"),
        ("leads", "amount") if row.get("outcome") == Some(&text("won")) => when("closed_at"),
        ("lead_offers" | "quotes", "answer") => when("answered_at"),
        ("leads", BONUS) => when(DELIVERED),
        _ => None,
    };
    Some(
        row.iter()
            .filter(|(column, _)| since(column).is_none_or(|since| since <= at))
            .map(|(name, held)| (*name, held.clone()))
            .collect(),
    )
}

/// An attribute that holds a value, with its name.
fn held(row: &Row, of: &Column) -> Option<(String, Json)> {
    match row.get(&*of.name)? {
        Held::Is(value) => Some((of.name.to_string(), attribute(of.kind, value.clone()))),
        other @ Held::Row(..) => panic!("{} holds {other:?}", of.name),
    }
}

/// Writes what is known of the world at an instant; all of it without one.
fn write(world: &World, at: Option<i64>, store: &Store, model: &Model) {
    store.migrate(model).unwrap();
    // Whoever knows nothing of a column yet knows that there is one.
    let named = |table: Table| TableRecord {
        columns: table.columns.iter().map(|column| column.name.to_string()).collect(),
        table: table.name.to_string(),
        ..TableRecord::default()
    };
    let record = ImportRecord { tables: model.tables().map(named).collect(), ..ImportRecord::default() };
    store.write::<_, StoreError>(true, |writer| writer.record_import(&record)).unwrap();
    let mut ids: HashMap<(&str, usize), i64> = HashMap::new();
    let known = |table, row: &Row| at.map_or(Some(row.clone()), |at| known(table, row, at));
    let mut put = |table: &'static str, rows: &[(usize, &Row)], now: i64| {
        let rows: Vec<(usize, Row)> =
            rows.iter().filter_map(|(place, row)| Some((*place, known(table, row)?))).collect();
        let of = model.table(table).unwrap();
        let columns: Vec<_> = of
            .columns
            .iter()
            .filter(|column| rows.iter().any(|(_, row)| row.contains_key(&*column.name)))
            .cloned()
            .collect();
        let value = |held: Option<&Held>| match held {
            Some(Held::Is(value)) => value.clone(),
            Some(Held::Row(table, place)) => {
                ids.get(&(*table, *place)).map_or(Value::Missing, |id| Value::Integer(*id))
            }
            None => Value::Missing,
        };
        let fact = |(place, row): &(usize, Row)| Fact {
            key: place.to_string(),
            values: columns.iter().map(|column| value(row.get(&*column.name))).collect(),
            attributes: of.declared.iter().filter_map(|attribute| held(row, attribute)).collect(),
            valid_from: None,
            changed_at: None,
        };
        let facts = Facts { table: of.clone(), columns: columns.clone(), rows: rows.iter().map(fact).collect() };
        let keys: Vec<String> = facts.rows.iter().map(|row| row.key.clone()).collect();
        let found = store.write(true, |writer| {
            writer.upsert(&facts, now)?;
            writer.find(&facts.table, facts.table.key(), &keys)
        });
        let id = |found: &Found| if let Found::One(id) = found { *id } else { panic!("{found:?}") };
        ids.extend(found.unwrap().iter().map(|(key, found)| ((table, key.parse().unwrap()), id(found))));
    };
    for Made { table, rows } in &world.tables {
        let of = model.table(table).unwrap();
        let has = |name: &str| of.columns.iter().chain(&of.declared).any(|column| *column.name == *name);
        let rows: Vec<(usize, Row)> = rows
            .iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place, row.clone()?)))
            .map(|(place, row)| (place, row.into_iter().filter(|(column, _)| has(column)).collect()))
            .collect();
        let rows: Vec<(usize, &Row)> = rows.iter().map(|(place, row)| (*place, row)).collect();
        put(table, &rows, 0);
    }
    if at.is_none_or(|at| at >= world.changed_at) {
        let rows: Vec<(usize, &Row)> = world.changes.iter().map(|(place, row)| (*place, row)).collect();
        put("opportunities", &rows, world.changed_at);
    }
}

/// The figures of all KPIs: the total, and by region and partner where that can be.
fn figures(kpis: &[&Kpi], periods: &[Period], now: Timestamp, store: &Store) -> Vec<Figures> {
    let request = |kpi| {
        let mut breakdowns = vec![vec![], vec![Dimension::REGION], vec![Dimension::PARTNER]];
        breakdowns.retain(|by| Kpi::check_breakdown(kpi, by).is_ok());
        Request { kpi, breakdowns, comparison: Comparison::NONE, assess: false }
    };
    let requests: Vec<Request> = kpis.iter().copied().map(request).collect();
    compute(&requests, periods, &Scope::everything(), now, &mut store.reader().unwrap()).unwrap()
}

fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        (one, other) => one == other,
    }
}

fn same(one: &Cell, other: &Cell) -> bool {
    let state = match (&one.outcome, &other.outcome) {
        (Outcome::Value { value: one }, Outcome::Value { value: other }) => close(Some(*one), Some(*other)),
        (one, other) => one == other,
    };
    let parts = close(one.numerator, other.numerator) && close(one.denominator, other.denominator);
    state && parts && one.sample == other.sample && one.left_out == other.left_out
}

/// Compares the cells of a period in all groups of a breakdown, or only in those that were found; a group that one does
/// not know has no rows. How many there were.
fn compare(
    only_found: bool,
    kpi: &Kpi,
    found: (&[Line], &dyn Fn(&Line) -> Cell),
    expected: (&[Line], &dyn Fn(&Line) -> Cell),
) -> usize {
    let cells = |(lines, cell): (&[Line], &dyn Fn(&Line) -> Cell)| -> BTreeMap<Vec<Option<String>>, Cell> {
        let label = |group: &Group| group.label().map(str::to_owned);
        lines.iter().map(|line| (line.groups.iter().map(label).collect(), cell(line))).collect()
    };
    let (found, expected, nothing) = (cells(found), cells(expected), kpi.cell_of_nothing());
    let shown = expected.keys().filter(|group| !only_found || found.contains_key(*group));
    for group in found.keys().chain(shown) {
        let (found, expected) = (found.get(group).unwrap_or(&nothing), expected.get(group).unwrap_or(&nothing));
        assert!(same(found, expected), "{} {group:?}: {found:?}, not {expected:?}", kpi.id());
    }
    found.len()
}

#[test]
fn figures_as_they_stood_are_those_of_a_database_that_knew_no_more() {
    let catalog = catalog();
    let kpis: Vec<&Kpi> = catalog.kpis.iter().collect();
    let age = 6 * HOUR;
    let last = Period::parse("2026-W46", Timestamp::UNIX_EPOCH, &zone("Europe/Berlin").unwrap()).unwrap();
    let weeks = last.trail(4).unwrap();
    let mut compared = 0;
    for seed in 0..4 {
        let world = World::new(seed, instant("2026-10-01T00:00:00Z"), instant("2026-11-18T00:00:00Z"));
        for database in [TestDatabase::sqlite as fn() -> TestDatabase, TestDatabase::postgres] {
            let all = database();
            let all = all.store();
            write(&world, None, &all, &catalog.model);
            let then = |week: &Period| Timestamp::from_second(week.instants().end + age).unwrap();
            let at_the_end = figures(&kpis, &weeks, then(&last), &all);
            for (at, week) in weeks.iter().enumerate() {
                let known = database();
                let known = known.store();
                write(&world, Some(then(week).as_second()), &known, &catalog.model);
                // All that there is in it is known.
                let expected = figures(&kpis, &weeks[..=at], Timestamp::MAX, &known);
                let found = figures(&kpis, &weeks[..=at], then(week), &all);
                for (number, kpi) in kpis.iter().enumerate() {
                    for (by, expected) in expected[number].breakdowns.iter().enumerate() {
                        for week in 0..=at {
                            let cell = |line: &Line| line.cells[week].clone();
                            let found = &found[number].breakdowns[by].rows;
                            compared += compare(false, kpi, (found, &cell), (&expected.rows, &cell));
                        }
                        // The same week at the same age, seen from the last. A group of which no row is left by then
                        // is not shown.
                        let aged = |line: &Line| line.at_age()[at].clone();
                        if kpi.declaration.settles_after.is_some() {
                            let found = &at_the_end[number].breakdowns[by].rows;
                            let cell = |line: &Line| line.cells[at].clone();
                            compared += compare(true, kpi, (found, &aged), (&expected.rows, &cell));
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 10_000, "only {compared} figures");
}
