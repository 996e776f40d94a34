//! The rows behind figures: over random rows, on both databases, they are those that the figures count.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::{NOW, facts_of, put};
use jiff::Timestamp;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::threshold::Better;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::{Datum, List, Listing, Row, Side};
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::compute;
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::Store;
use pegel_store::facts::{Facts, Value};
use pegel_store::testing::on_both;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

const DAY: i64 = 86_400;
const PERIODS: [&str; 3] = ["2026-W44", "2026-10", "this-week"];
const DIMENSIONS: [Dimension; 4] = [Dimension::Region, Dimension::Partner, Dimension::Team, Dimension::Month];

/// What a figure is, and so how many rows are behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    /// A share of rows.
    Share,
    /// A share of different values.
    ShareOfValues,
    Count,
    Values,
    Sum,
    Mean,
    Median,
    /// A sum of one table over the rows of another.
    OfTwoTables,
}

/// What the figure is, unit, which direction is better, `value`, `measures`.
const KPIS: [(Is, &str, &str, &str, &str); 15] = [
    (
        Is::Share,
        "percent",
        "higher",
        "ratio(m.answered, m.all)",
        r"let l = data.leads.dated(|l| l.accepted_at);
        #{ all: l.count(), answered: l.filter(|l| l.feedback_at.is_set()).count() }",
    ),
    (
        Is::Share,
        "percent",
        "lower",
        "ratio(m.all - m.won, m.all)",
        r#"let l = data.leads.dated(|l| l.created_at);
        #{ all: l.count(), won: l.filter(|l| l.outcome == "won").count() }"#,
    ),
    (
        Is::Share,
        "percent",
        "higher",
        "ratio(m.tried, m.all)",
        r"let l = data.leads.dated(|l| l.created_at);
        #{ all: l.count(), tried: l.filter(|l| l.opportunities.filter(|o| o.amount > 500).exists()).count() }",
    ),
    (
        Is::Share,
        "percent",
        "lower",
        "ratio(m.old, m.all)",
        r"let l = data.leads.existing(|l| l.created_at, |l| l.closed_at).at_end();
        #{ all: l.count(), old: l.filter(|l, p| l.created_at < p.start).count() }",
    ),
    (
        Is::ShareOfValues,
        "percent",
        "lower",
        "ratio(m.all - m.kept, m.all)",
        r"let o = data.orders.dated(|o| o.ordered_at).filter(|o| o.number.is_set());
        #{ all: o.distinct(|o| o.number), kept: o.filter(|o| !o.cancelled_at.is_set()).distinct(|o| o.number) }",
    ),
    (
        Is::ShareOfValues,
        "percent",
        "higher",
        "ratio(m.dear, m.all)",
        r"let o = data.orders.dated(|o| o.ordered_at);
        #{ all: o.distinct(|o| o.number), dear: o.filter(|o| o.amount > 5).distinct(|o| o.number) }",
    ),
    (
        Is::Count,
        "count",
        "higher",
        "m.n",
        r#"#{ n: data.leads.dated(|l| l.created_at, data.period.trailing("4 weeks")).count() }"#,
    ),
    (
        Is::Count,
        "count",
        "lower",
        "m.n",
        r"#{ n: data.reps.all().filter(|r, p| r.leads.dated(|l| l.created_at, p).count() > 5).count() }",
    ),
    (Is::Values, "count", "higher", "m.n", r"#{ n: data.orders.dated(|o| o.ordered_at).distinct(|o| o.number) }"),
    (
        Is::Sum,
        "money",
        "higher",
        "m.n",
        r"let o = data.orders.dated(|o| o.ordered_at);
        #{ n: o.filter(|o| !o.cancelled_at.is_set()).sum(|o| o.amount) }",
    ),
    (
        Is::Sum,
        "number",
        "higher",
        "m.n",
        r#"let latest = data.observations.latest(|o| o.observed_on, data.period.last_day);
        #{ n: latest.filter(|o| o.metric != "none").sum(|o| o.value) }"#,
    ),
    (
        Is::Sum,
        "money",
        "higher",
        "m.n",
        r"let plans = data.targets.existing(|t| t.starts_on, |t| t.ends_on).during();
        #{ n: plans.sum(|t, p| t.amount * overlap(t.starts_on, t.ends_on, p)) }",
    ),
    (
        Is::Mean,
        "duration",
        "lower",
        "m.n",
        r"#{ n: data.leads.dated(|l| l.created_at).mean(|l| l.feedback_at - l.accepted_at) }",
    ),
    (Is::Median, "money", "lower", "m.n", r"#{ n: data.orders.dated(|o| o.ordered_at).median(|o| o.amount) }"),
    (
        Is::OfTwoTables,
        "money",
        "higher",
        "ratio(m.a, m.b)",
        r"let revenue = data.orders.dated(|o| o.ordered_at).sum(|o| o.amount);
        #{ a: revenue, b: data.leads.dated(|l| l.created_at).count() }",
    ),
];

fn kpis() -> Vec<(Is, Kpi)> {
    let language = Arc::new(Language::new());
    let kpi = |(index, (is, unit, better, value, measures)): (usize, &(Is, &str, &str, &str, &str))| {
        let script = format!(
            "kpi(#{{ id: \"k{index}\", title: #{{ en: \"K\" }}, description: #{{ en: \"K.\" }}, unit: \"{unit}\", \
             better: \"{better}\" }});\nfn measures(data) {{ {measures} }}\nfn value(m) {{ {value} }}"
        );
        (*is, language.load("k.rhai", &script).unwrap_or_else(|error| panic!("{error}")).remove(0))
    };
    KPIS.iter().enumerate().map(kpi).collect()
}

/// Random rows.
struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, most: i64) -> i64 {
        self.0.random_range(0..most)
    }

    /// One of two times out of three, else missing.
    fn maybe(&mut self, value: Value) -> Value {
        if self.below(3) == 0 { Value::Missing } else { value }
    }

    fn one_of(&mut self, texts: &[&str]) -> Value {
        let at = usize::try_from(self.below(i64::try_from(texts.len()).unwrap())).unwrap();
        if texts[at].is_empty() { Value::Missing } else { Value::Text(texts[at].to_owned()) }
    }

    /// The id of one of the first rows of a table, or none.
    fn one(&mut self, of: i64) -> Value {
        let id = 1 + self.below(of);
        self.maybe(Value::Integer(id))
    }

    /// An instant of the last 60 days, or of the next two.
    fn instant(&mut self) -> i64 {
        NOW - 60 * DAY + self.below(62 * DAY)
    }

    /// Rows with these columns, in the order in which the database will number them.
    fn table(&mut self, name: &str, rows: usize, columns: &[&str], row: impl Fn(&mut Dice) -> Vec<Value>) -> Facts {
        let keys: Vec<String> = (1..=rows).map(|number| format!("{name}-{number:04}")).collect();
        let rows: Vec<Vec<Value>> = keys.iter().map(|_| row(self)).collect();
        facts_of(name, columns, keys.iter().map(String::as_str).zip(rows).collect())
    }
}

const REGIONS: [&str; 5] = ["North", "East", "South", "West", ""];

fn fill(store: &Store, dice: &mut Dice) {
    let names = ["Ada", "Bob", "Eve", "Kim"].map(|name| vec![Value::Text(name.to_owned())]);
    let keys = ["P1", "P2", "P3", "P4"];
    put(store, &facts_of("partners", &["name"], keys.into_iter().zip(names).collect()));
    // Where they were, and where they are.
    for days in [300, 20] {
        let regions = keys.iter().map(|key| (*key, vec![dice.one_of(&REGIONS)]));
        let mut moved = facts_of("partners", &["region"], regions.collect());
        moved.rows.iter_mut().for_each(|row| row.valid_from = Some(NOW - days * DAY));
        put(store, &moved);
    }
    let reps = dice.table("reps", 5, &["name", "team", "region"], |dice| {
        let name = Value::Text(format!("Rep {}", dice.below(1 << 40)));
        vec![name, dice.one_of(&["Blue", "Red", ""]), dice.one_of(&REGIONS)]
    });
    put(store, &reps);
    let columns =
        ["partner_id", "rep_id", "region", "created_at", "accepted_at", "feedback_at", "closed_at", "outcome"];
    let leads = dice.table("leads", 300, &columns, |dice| {
        let created = dice.instant();
        let mut later = |days: i64| {
            let at = created + dice.below(days * DAY);
            dice.maybe(Value::Integer(at))
        };
        let [accepted, feedback, closed] = [later(3), later(20), later(30)];
        let (partner, rep, region) = (dice.one(4), dice.one(5), dice.one_of(&REGIONS));
        let outcome = dice.one_of(&["won", "lost", ""]);
        vec![partner, rep, region, Value::Integer(created), accepted, feedback, closed, outcome]
    });
    put(store, &leads);
    let opportunities = dice.table("opportunities", 150, &["lead_id", "partner_id", "amount"], |dice| {
        vec![dice.one(300), dice.one(4), Value::Integer(dice.below(100_000))]
    });
    put(store, &opportunities);
    let columns = ["number", "partner_id", "rep_id", "region", "amount", "ordered_at", "cancelled_at"];
    let orders = dice.table("orders", 250, &columns, |dice| {
        let (number, ordered) = (Value::Text(format!("O{}", dice.below(90))), dice.instant());
        let (number, amount) = (dice.maybe(number), Value::Integer(dice.below(1_000)));
        let cancelled = if dice.below(4) == 0 { Value::Integer(ordered + DAY) } else { Value::Missing };
        let (partner, rep, region) = (dice.one(4), dice.one(5), dice.one_of(&REGIONS));
        vec![number, partner, rep, region, dice.maybe(amount), Value::Integer(ordered), cancelled]
    });
    put(store, &orders);
    let observations = dice.table("observations", 200, &["metric", "observed_on", "value", "region"], |dice| {
        let metric = dice.one_of(&["followers", "visits", "none"]);
        let (day, value) = (dice.instant() / DAY, Value::Number(f64::from(u32::try_from(dice.below(500)).unwrap())));
        vec![metric, Value::Integer(day), dice.maybe(value), dice.one_of(&REGIONS)]
    });
    put(store, &observations);
    let columns = ["rep_id", "partner_id", "team", "region", "starts_on", "ends_on", "amount"];
    let targets = dice.table("targets", 80, &columns, |dice| {
        let starts = dice.instant() / DAY;
        let ends = starts + dice.below(40);
        let (rep, partner, team, region) =
            (dice.one(5), dice.one(4), dice.one_of(&["Blue", ""]), dice.one_of(&REGIONS));
        let whose = [rep, partner, team, region].map(|one| if dice.below(2) == 0 { one } else { Value::Missing });
        let what = [starts, ends, dice.below(50_000)].map(Value::Integer);
        whose.into_iter().chain(what).collect()
    });
    put(store, &targets);
}

fn scopes() -> [Scope; 5] {
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    [
        Scope::everything(),
        Scope { regions: texts(&["North", "East"]), ..Scope::everything() },
        Scope { teams: texts(&["Blue"]), ..Scope::everything() },
        Scope { partners: texts(&["P1", "P3"]), ..Scope::everything() },
        Scope { regions: texts(&["South", "West"]), partners: texts(&["P2", "P3", "P4"]), teams: None },
    ]
}

/// One figure and the rows behind it.
struct Opened<'a> {
    is: Is,
    better: Better,
    cell: &'a Cell,
    all: &'a Listing,
    bad: &'a Listing,
}

impl<'a> Opened<'a> {
    fn check(&self) {
        let Opened { is, better, cell, all, bad } = *self;
        let parts = cell.numerator.zip(cell.denominator);
        let only = |listing: &'a Listing| {
            assert_eq!(listing.lists.len(), 1);
            &listing.lists[0]
        };
        match is {
            Is::Share | Is::ShareOfValues => {
                let (numerator, denominator) = parts.unwrap();
                let size = |list: &List| if is == Is::Share { list.rows.len() } else { values(list).len() };
                let wrong = if better == Better::Higher { denominator - numerator } else { numerator };
                assert_eq!((exact(size(only(all))), exact(size(only(bad)))), (denominator, wrong));
            }
            Is::Count => assert_eq!(Some(exact(only(all).rows.len())), cell.outcome.value()),
            Is::Values => assert_eq!(Some(exact(values(only(all)).len())), cell.outcome.value()),
            Is::Sum => same(sum(only(all)), cell.outcome.value().unwrap_or(0.0)),
            Is::Mean | Is::Median => {
                let rows = only(all).rows.len();
                assert_eq!(rows as u64, cell.sample.unwrap());
                if is == Is::Mean && rows > 0 {
                    same(sum(only(all)) / exact(rows), cell.outcome.value().unwrap());
                }
            }
            Is::OfTwoTables => {
                let [revenue, leads] = &all.lists[..] else { panic!("{:?}", all.lists) };
                if let Some((numerator, denominator)) = parts {
                    same(sum(revenue), numerator);
                    same(exact(leads.rows.len()), denominator);
                }
            }
        }
        if matches!(is, Is::Share | Is::ShareOfValues) {
            assert!(only(bad).rows.iter().all(|row| only(all).rows.iter().any(|other| other.key == row.key)));
        } else {
            assert_eq!(all.lists, bad.lists);
        }
        assert!(all.lists.iter().all(|list| list.rows.is_sorted_by(|a, b| a.age >= b.age)));
    }
}

/// The different values that rows contribute.
fn values(list: &List) -> BTreeSet<String> {
    let of_row = |row: &Row| {
        let texts = row.contributions.iter().map(|(_, datum)| datum);
        let mut texts =
            texts.map(|datum| if let Datum::Text(text) = datum { text.clone() } else { panic!("{datum:?}") });
        texts.next().unwrap()
    };
    list.rows.iter().map(of_row).collect()
}

fn sum(list: &List) -> f64 {
    let values = list.rows.iter().flat_map(|row| &row.contributions).map(|(_, datum)| datum);
    values.map(|datum| if let Datum::Number(number) = datum { *number } else { panic!("{datum:?}") }).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
fn exact(rows: usize) -> f64 {
    rows as f64
}

#[track_caller]
fn same(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found}, not {expected}");
}

/// Opens the figures of all KPIs in all periods and scopes, the total and every group of a dimension, and returns what
/// was listed.
fn open_all(store: &Store, dice: &mut Dice) -> Vec<Listing> {
    let zone = zone("Europe/Berlin").unwrap();
    let mut reader = store.reader().unwrap();
    let mut listings = Vec::new();
    for ((is, kpi), text) in kpis().iter().flat_map(|kpi| PERIODS.map(|period| (kpi, period))) {
        // Seen today, and as they stood nine days before.
        let instants = [NOW, NOW - 9 * DAY].map(|seconds| Timestamp::from_second(seconds).unwrap());
        for (scope, now) in scopes().into_iter().zip(instants.into_iter().cycle()) {
            let period = Period::parse(text, now, &zone).unwrap();
            let carried = DIMENSIONS.iter().filter(|dimension| kpi.check_breakdown(&[**dimension]).is_ok());
            let carried: Vec<Dimension> = carried.copied().collect();
            let dimension = carried[usize::try_from(dice.below(i64::try_from(carried.len()).unwrap())).unwrap()];
            let breakdowns = vec![vec![], vec![dimension]];
            let request = Request { kpi, breakdowns, comparison: Comparison::NONE, assess: false };
            let figures =
                compute(&[request], std::slice::from_ref(&period), &scope, now, &mut reader).unwrap().remove(0);
            for row in figures.breakdowns.iter().flat_map(|grouped| &grouped.rows) {
                let only = match row.groups.first().map(|group| group.label()) {
                    Some(None) => continue,
                    Some(Some(label)) => Some((dimension, label.to_owned())),
                    None => None,
                };
                let mut open = |side, limit| {
                    let question = Question { kpi, period: &period, only: only.clone(), side, limit };
                    question.check().unwrap();
                    question.answer(&scope, now, &mut reader).unwrap()
                };
                let [all, bad] = [Side::All, Side::Bad].map(|side| open(side, usize::MAX));
                // Of those that are too many, the oldest are listed.
                for (list, few) in
                    all.lists.iter().zip(only.is_none().then(|| open(Side::All, 3).lists).iter().flatten())
                {
                    assert_eq!(few.rows[..], list.rows[..few.rows.len()]);
                    assert_eq!(few.rows.len() as u64 + few.more, list.rows.len() as u64);
                }
                let cell = &row.cells[0];
                let better = kpi.declaration.better;
                if !matches!(cell.outcome, Outcome::Value { .. }) {
                    assert!(is_absent_rightly(*is, &all), "{} {text} {only:?} {scope:?}: {cell:?}", kpi.id());
                }
                Opened { is: *is, better, cell, all: &all, bad: &bad }.check();
                listings.extend([all, bad]);
            }
        }
    }
    listings
}

/// Where there is no figure, there is nothing behind it, or behind one of its parts.
fn is_absent_rightly(is: Is, all: &Listing) -> bool {
    all.is_empty() || (is == Is::OfTwoTables && all.lists.iter().any(|list| list.rows.is_empty()))
}

#[test]
fn as_many_rows_are_listed_as_figures_count_whatever_the_rows_groups_and_scopes() {
    for seed in 0..2 {
        let before: RefCell<Option<Vec<Listing>>> = RefCell::default();
        on_both(|store| {
            let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
            fill(&store, &mut dice);
            let listings = open_all(&store, &mut dice);
            let rows: usize = listings.iter().flat_map(|listing| &listing.lists).map(|list| list.rows.len()).sum();
            assert!(listings.len() > 1_000 && rows > 10_000, "{} listings of {rows} rows", listings.len());
            // Both databases list the same.
            if let Some(before) = before.replace(Some(listings.clone())) {
                assert!(before == listings);
            }
        });
    }
}
