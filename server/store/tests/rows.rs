//! The rows behind figures: over random rows, on both databases, they are those that the figures count.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::NOW;
use common::chance::{DAY, Dice, REGIONS, fill};
use common::put;
use jiff::Timestamp;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::threshold::Better;
use pegel_kpi::engine::behind::listing::{Datum, List, Listing, Row, Side};
use pegel_kpi::engine::behind::{Member, Question};
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::compute;
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::Store;
use pegel_store::facts::Value;
use pegel_store::testing::on_both;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

const PERIODS: [&str; 3] = ["2026-W44", "2026-10", "this-week"];
const DIMENSIONS: [Dimension; 4] = [Dimension::REGION, Dimension::PARTNER, Dimension::TEAM, Dimension::MONTH];

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
const KPIS: [(Is, &str, &str, &str, &str); 18] = [
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
    // Of a table of a home's own.
    (
        Is::Share,
        "percent",
        "higher",
        "ratio(m.accepted, m.all)",
        r#"let q = data.quotes.dated(|q| q.sent_at);
        #{ all: q.count(), accepted: q.filter(|q| q.answer == "accepted").count() }"#,
    ),
    (Is::Sum, "money", "higher", "m.n", r"#{ n: data.quotes.dated(|q| q.answered_at).sum(|q| q.amount) }"),
    (
        Is::Share,
        "percent",
        "higher",
        "ratio(m.quoted, m.all)",
        r"let l = data.leads.dated(|l| l.created_at);
        #{ all: l.count(), quoted: l.filter(|l| l.quotes.exists()).count() }",
    ),
];

/// With the quotes that ship as an example of a table of a home's own.
fn model() -> Model {
    Model::with(&[("quotes", include_str!("../../../config/tables/examples/quotes.toml"))], "").unwrap()
}

fn fill_quotes(store: &Store, dice: &mut Dice) {
    store.migrate(&model()).unwrap();
    let columns = ["lead_id", "partner_id", "rep_id", "region", "amount", "sent_at", "answered_at", "answer"];
    let quotes = dice.table_of(model().table("quotes").unwrap(), 250, &columns, |dice| {
        let (sent, amount) = (dice.instant(), Value::Integer(dice.below(100_000)));
        let answered = Value::Integer(sent + dice.below(15 * DAY));
        let (lead, partner, rep, region) = (dice.one(300), dice.one(4), dice.one(5), dice.one_of(&REGIONS));
        let (amount, answered, answer) =
            (dice.maybe(amount), dice.maybe(answered), dice.one_of(&["accepted", "declined", ""]));
        vec![lead, partner, rep, region, amount, Value::Integer(sent), answered, answer]
    });
    put(store, &quotes);
}

fn kpis() -> Vec<(Is, Kpi)> {
    let language = Arc::new(Language::about(model()));
    let kpi = |(index, (is, unit, better, value, measures)): (usize, &(Is, &str, &str, &str, &str))| {
        let script = format!(
            "kpi(#{{ id: \"k{index}\", title: #{{ en: \"K\" }}, description: #{{ en: \"K.\" }}, unit: \"{unit}\", \
             better: \"{better}\" }});\nfn measures(data) {{ {measures} }}\nfn value(m) {{ {value} }}"
        );
        (*is, language.load("k.rhai", &script).unwrap_or_else(|error| panic!("{error}")).remove(0))
    };
    KPIS.iter().enumerate().map(kpi).collect()
}

fn scopes() -> [Scope; 5] {
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    [
        Scope::everything(),
        Scope { regions: texts(&["North", "East"]), ..Scope::everything() },
        Scope { teams: texts(&["Blue"]), ..Scope::everything() },
        Scope { partners: texts(&["P1", "P3"]), ..Scope::everything() },
        Scope { regions: texts(&["South", "West"]), partners: texts(&["P2", "P3", "P4"]), ..Scope::everything() },
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
            let carried =
                DIMENSIONS.iter().filter(|dimension| kpi.check_breakdown(std::slice::from_ref(*dimension)).is_ok());
            let carried: Vec<Dimension> = carried.cloned().collect();
            let dimension = &carried[usize::try_from(dice.below(i64::try_from(carried.len()).unwrap())).unwrap()];
            let breakdowns = vec![vec![], vec![dimension.clone()]];
            let request = Request { kpi, breakdowns, comparison: Comparison::NONE, assess: false };
            let figures =
                compute(&[request], std::slice::from_ref(&period), &scope, now, &mut reader).unwrap().remove(0);
            for row in figures.breakdowns.iter().flat_map(|grouped| &grouped.rows) {
                // Of the rows that lack the dimension, those.
                let only =
                    row.groups.iter().map(|group| (dimension.clone(), Member::named(group.label().map(str::to_owned))));
                let only: Vec<(Dimension, Member)> = only.collect();
                let mut open = |side, limit| {
                    let question = Question { kpi, period: &period, only: only.clone(), side, limit };
                    question.check().unwrap();
                    question.answer(&scope, now, &mut reader).unwrap()
                };
                let [all, bad] = [Side::All, Side::Bad].map(|side| open(side, usize::MAX));
                // Of those that are too many, the oldest are listed.
                for (list, few) in
                    all.lists.iter().zip(only.is_empty().then(|| open(Side::All, 3).lists).iter().flatten())
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
            fill_quotes(&store, &mut dice);
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
