//! Figures of many scopes at once, and the rows behind them: over random rows, on both databases, they are those of each
//! scope alone.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::chance::{DAY, Dice, REGIONS, fill};
use common::{NOW, put};
use jiff::Timestamp;
use pegel_kpi::data::cell::Cell;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::Side;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Figures, Row, compute, compute_for};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::Store;
use pegel_store::facts::Value;
use pegel_store::testing::on_both;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// Unit, `value`, `measures`.
const KPIS: [(&str, &str, &str); 17] = [
    ("count", "m.n", "data.leads.dated(|l| l.created_at).count()"),
    (
        "percent",
        "ratio(m.n, m.all)",
        "let l = data.leads.dated(|l| l.accepted_at); all: l.count(); l.filter(|l| l.feedback_at.is_set()).count()",
    ),
    ("count", "m.n", "data.orders.dated(|o| o.ordered_at).distinct(|o| o.number)"),
    ("money", "m.n", "data.orders.dated(|o| o.ordered_at).sum(|o| o.amount)"),
    ("duration", "m.n", "data.leads.dated(|l| l.created_at).mean(|l| l.feedback_at - l.accepted_at)"),
    ("money", "m.n", "data.orders.dated(|o| o.ordered_at).median(|o| o.amount)"),
    ("money", "m.n", "data.orders.dated(|o| o.ordered_at).max(|o| o.amount)"),
    ("percent", "m.n", "data.orders.dated(|o| o.ordered_at).top_share(0.2, |o| o.amount)"),
    ("count", "m.n", "data.leads.existing(|l| l.created_at, |l| l.closed_at).at_end().count()"),
    ("number", "m.n", "data.observations.latest(|o| o.observed_on, data.period.last_day).sum(|o| o.value)"),
    (
        "money",
        "m.n",
        "data.targets.existing(|t| t.starts_on, |t| t.ends_on).during().sum(|t, p| t.amount * overlap(t.starts_on, t.ends_on, p))",
    ),
    ("count", "m.n", "data.leads.dated(|l| l.created_at).filter(|l| l.opportunities.exists()).count()"),
    ("money", "m.n", "data.leads.dated(|l| l.created_at).sum(|l| l.opportunities.sum(|o| o.amount))"),
    ("count", "m.n", "data.leads.dated(|l| l.created_at).filter(|l| l.opportunities.count() == 0).count()"),
    ("count", "m.n", "data.reps.all().filter(|r, p| r.leads.dated(|l| l.created_at, p).count() > 3).count()"),
    ("number", "m.n", "data.partners.all().sum(|p| p.orders.count() + p.opportunities.count())"),
    ("count", "m.n", "data.leads.dated(|l| l.created_at, data.period.trailing(\"4 weeks\")).count()"),
];

fn kpis() -> Vec<Kpi> {
    let language = Arc::new(Language::new());
    let kpi = |(index, (unit, value, measures)): (usize, &(&str, &str, &str))| {
        let (before, all, n) = match measures.split("; ").collect::<Vec<_>>()[..] {
            [before, all, n] => (format!("{before};"), format!("{all}, "), n),
            _ => (String::new(), String::new(), *measures),
        };
        let script = format!(
            "kpi(#{{ id: \"k{index}\", title: #{{ en: \"K\" }}, description: #{{ en: \"K.\" }}, unit: \"{unit}\", \
             better: \"higher\", settles_after: \"10d\", threshold: #{{ warning: 0.6 }} }});\n\
             fn measures(data) {{ {before} #{{ {all}n: {n} }} }}\nfn value(m) {{ {value} }}"
        );
        language.load("k.rhai", &script).unwrap_or_else(|error| panic!("{error}")).remove(0)
    };
    KPIS.iter().enumerate().map(kpi).collect()
}

/// Targets for the KPIs, at every level.
fn plan(store: &Store, dice: &mut Dice) {
    let columns = ["metric", "rep_id", "partner_id", "team", "region", "starts_on", "ends_on", "amount"];
    let targets = dice.table("targets", 200, &columns, |dice| {
        let metric = Value::Text(format!("k{}", dice.below(5)));
        let starts = (NOW - dice.below(40) * DAY) / DAY;
        let mut whose = vec![Value::Missing; 4];
        match dice.below(5) {
            0 => whose[0] = Value::Integer(1 + dice.below(5)),
            1 => whose[1] = Value::Integer(1 + dice.below(4)),
            2 => whose[2] = dice.one_of(&["Blue", "Red"]),
            3 => whose[3] = dice.one_of(&REGIONS),
            _ => {}
        }
        let what = [starts, starts + dice.below(30), dice.below(50_000)].map(Value::Integer);
        [metric].into_iter().chain(whose).chain(what).collect()
    });
    put(store, &targets);
}

fn scopes(dice: &mut Dice, count: usize) -> Vec<Scope> {
    let mut some = |texts: &[&str]| {
        let listed = texts.iter().filter(|_| dice.below(2) == 0).map(|text| (*text).to_owned()).collect();
        (dice.below(2) == 0).then_some(listed)
    };
    let mut scope = || Scope {
        regions: some(&["North", "East", "South", "West", "Nowhere"]),
        teams: some(&["Blue", "Red"]).filter(|teams| !teams.is_empty()),
        partners: some(&["P1", "P2", "P3", "P4", "P5"]),
        // A filter that is about another dimension: of some of them, so that there are scopes of many kinds.
        others: some(&["reps-0001", "reps-0002", "reps-0003", "reps-0004"])
            .map(|reps| ("rep".to_owned(), reps))
            .into_iter()
            .collect(),
    };
    (0..count).map(|_| scope()).collect()
}

/// Figures as text, without what they cost; numbers to twelve digits, since parts are added up in another order.
fn said(figures: &[Figures]) -> Vec<String> {
    let number = |value: Option<f64>| value.map(|value| format!("{value:.11e}"));
    let cell = |cell: &Cell| {
        let Cell { outcome, numerator, denominator, sample, left_out, provisional, .. } = cell;
        let numbers = [outcome.value(), *numerator, *denominator].map(number);
        format!("{} {numbers:?} {sample:?} {left_out} {provisional}", outcome.state())
    };
    let row = |row: &Row| {
        let earlier = [&row.compared.before, &row.compared.year_before].map(|earlier| {
            earlier
                .iter()
                .flat_map(|earlier| std::iter::once(&earlier.cell).chain(&earlier.at_the_same_age))
                .map(cell)
                .collect::<Vec<_>>()
        });
        let aged = row.aged.iter().flat_map(|aged| aged.same_age.iter().chain(&aged.settled));
        let cells: Vec<String> = row.cells.iter().chain(aged).map(cell).collect();
        let target = number(row.compared.target);
        let judged = row.assessment.as_ref().map(|assessment| rounded(serde_json::to_value(assessment).unwrap()));
        format!("{:?} {} {cells:?} {earlier:?} {target:?} {judged:?}", row.groups, row.is_recent)
    };
    let of_kpi = |(at, figures): (usize, &Figures)| {
        let rows = figures
            .breakdowns
            .iter()
            .flat_map(|grouped| grouped.rows.iter().map(|found| format!("k{at} {:?} {}", grouped.by, row(found))));
        rows.collect::<Vec<_>>()
    };
    figures.iter().enumerate().flat_map(of_kpi).collect()
}

/// The same with every number as text, to eleven digits.
fn rounded(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Number, Object, String};
    match value {
        Number(number) => String(format!("{:.10e}", number.as_f64().unwrap())),
        Array(values) => Array(values.into_iter().map(rounded).collect()),
        Object(fields) => Object(fields.into_iter().map(|(name, value)| (name, rounded(value))).collect()),
        other => other,
    }
}

/// Each KPI as a total and by a dimension that its rows carry.
fn requests<'a>(kpis: &'a [Kpi], assess: bool, dice: &mut Dice) -> Vec<Request<'a>> {
    let by = [Dimension::REGION, Dimension::PARTNER, Dimension::TEAM, Dimension::MONTH];
    let mut request = |kpi: &'a Kpi| {
        let carried: Vec<_> = by.iter().filter(|by| kpi.check_breakdown(std::slice::from_ref(*by)).is_ok()).collect();
        let one = carried[usize::try_from(dice.below(i64::try_from(carried.len()).unwrap())).unwrap()];
        Request { kpi, breakdowns: vec![vec![], vec![one.clone()]], comparison: Comparison::ALL, assess }
    };
    kpis.iter().map(&mut request).collect()
}

#[test]
fn the_figures_of_many_scopes_are_those_of_each_alone_and_take_no_more_scans() {
    let kpis = kpis();
    for seed in 0..2 {
        on_both(|store| {
            let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
            fill(&store, &mut dice);
            plan(&store, &mut dice);
            let zone = zone("Europe/Berlin").unwrap();
            for now in [NOW, NOW - 9 * DAY].map(|seconds| Timestamp::from_second(seconds).unwrap()) {
                let [week, month] = ["2026-W44", "2026-10"].map(|text| Period::parse(text, now, &zone).unwrap());
                let assess = seed == 1;
                let periods = if assess { week.trail(16).unwrap() } else { vec![week, month] };
                let (requests, scopes) = (requests(&kpis, assess, &mut dice), scopes(&mut dice, 70));
                let mut reader = store.reader().unwrap().anew();
                let together = compute_for(&requests, &periods, &scopes, now, &mut reader).unwrap();
                let statements = reader.statements();
                assert_eq!(together.len(), scopes.len());
                for (scope, together) in scopes.iter().zip(&together).step_by(9) {
                    let mut reader = store.reader().unwrap().anew();
                    let alone = compute(&requests, &periods, scope, now, &mut reader).unwrap();
                    assert_eq!(reader.statements(), statements);
                    assert_eq!(said(together), said(&alone), "{scope:?}");
                }
            }
        });
    }
}

#[test]
fn the_rows_of_many_scopes_are_those_of_each_alone_and_take_no_more_scans() {
    let kpis = kpis();
    on_both(|store| {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(2));
        fill(&store, &mut dice);
        plan(&store, &mut dice);
        let zone = zone("Europe/Berlin").unwrap();
        let now = Timestamp::from_second(NOW).unwrap();
        let period = Period::parse("2026-10", now, &zone).unwrap();
        let scopes = scopes(&mut dice, 70);
        let mut rows = 0;
        for kpi in &kpis {
            for (side, limit) in [(Side::All, usize::MAX), (Side::Bad, 3)] {
                let question = Question { kpi, period: &period, only: Vec::new(), side, limit };
                let mut reader = store.reader().unwrap().anew();
                let together = question.answers(&scopes, now, &mut reader).unwrap();
                let statements = reader.statements();
                assert_eq!(together.len(), scopes.len());
                for (scope, together) in scopes.iter().zip(&together).step_by(3) {
                    let mut reader = store.reader().unwrap().anew();
                    let alone = question.answer(scope, now, &mut reader).unwrap();
                    assert_eq!(reader.statements(), statements, "{}", kpi.id());
                    assert_eq!(together, &alone, "{} in {scope:?}", kpi.id());
                    rows += alone.lists.iter().map(|list| list.rows.len()).sum::<usize>();
                }
            }
        }
        assert!(rows > 1_000, "{rows}");
    });
}

#[test]
fn the_target_of_a_scope_is_what_its_regions_teams_or_partners_planned() {
    let partner = |key: &str| Scope { partners: Some(vec![key.to_owned()]), ..Scope::everything() };
    let regions = |names: &[&str]| {
        let regions = names.iter().map(|name| (*name).to_owned()).collect();
        Scope { regions: Some(regions), ..Scope::everything() }
    };
    let of_both = Scope { regions: regions(&["North"]).regions, ..partner("P1") };
    let scopes = [
        (Scope::everything(), Some(1_000.0)),
        (regions(&["North"]), Some(300.0)),
        (regions(&["North", "South"]), Some(700.0)),
        (regions(&["West"]), None),
        (partner("P1"), Some(20.0)),
        (of_both, Some(20.0)),
    ];
    let kpi = &kpis()[0];
    on_both(|store| {
        put(&store, &facts!("partners" [name, region] "P1": "Ada", "North"; "P2": "Bob", "South"));
        // All of November 2026.
        let (first, last) = (20_758, 20_787);
        put(
            &store,
            &facts!("targets" [metric, starts_on, ends_on, amount, region, partner_id]
                "T1": "k0", first, last, 100_000, (), ();
                "T2": "k0", first, last, 30_000, "North", ();
                "T3": "k0", first, last, 40_000, "South", ();
                "T4": "k0", first, last, 2_000, (), 1),
        );
        let now = Timestamp::from_second(NOW).unwrap();
        let period = Period::parse("2026-11", Timestamp::MAX, &zone("Europe/Berlin").unwrap()).unwrap();
        let request = Request { kpi, breakdowns: vec![vec![]], comparison: Comparison::ALL, assess: false };
        let asked: Vec<Scope> = scopes.iter().map(|(scope, _)| scope.clone()).collect();
        let end = Timestamp::from_second(period.instants().end).unwrap().max(now);
        let figures =
            compute_for(&[request], std::slice::from_ref(&period), &asked, end, &mut store.reader().unwrap()).unwrap();
        for ((scope, expected), figures) in scopes.iter().zip(figures) {
            let total = figures.into_iter().next().unwrap().into_total().unwrap();
            assert_eq!(total.compared.target, *expected, "{scope:?}");
        }
    });
}
