//! KPIs beyond a single figure: the period before, running periods, figures that can still change, targets, parameters.
//! Rows come from memory.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::data::batch::Batch;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Kind;
use pegel_kpi::data::model::Table;
use pegel_kpi::data::scan::{Scan, Source};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Parameter;
use pegel_kpi::engine::comparison::{Compared, Comparison};
use pegel_kpi::engine::figures::{self, compute};
use pegel_kpi::engine::plans::{self, PlansBelow};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::script::{Environment, Language};
use pegel_kpi::time::period::{Period, zone};
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;

/// Rows by table, each with its columns; a date is written as one.
struct Memory(Vec<(&'static str, Vec<(&'static str, &'static str)>)>);

impl Memory {
    fn number(kind: Kind, text: &str) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "an instant")]
        let instant = |text: &str| Some(text.parse::<jiff::Timestamp>().ok()?.as_second() as f64);
        match kind {
            Kind::Instant => instant(text),
            Kind::Date => Some((instant(&format!("{text}T00:00Z"))? / 86_400.0).floor()),
            _ => text.parse().ok(),
        }
    }
}

impl Source for Memory {
    type Error = Infallible;

    #[expect(clippy::cast_precision_loss, reason = "dates")]
    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
        let mut batch = Batch::new(&scan.columns);
        for (_, row) in self.0.iter().filter(|(table, _)| **table == *scan.table.name) {
            let text = |column: &str| row.iter().find(|(name, _)| *name == column).map(|(_, text)| *text);
            let inside = scan.window.as_ref().is_none_or(|window| {
                let date =
                    text(&window.path.column.name).and_then(|text| Memory::number(window.path.column.kind, text));
                let within =
                    |date| window.ranges.iter().any(|range| range.start as f64 <= date && date < range.end as f64);
                date.is_some_and(within)
            });
            if !inside {
                continue;
            }
            for (values, projection) in batch.columns.iter_mut().zip(&scan.columns) {
                let found = projection.0.iter().filter(|path| path.references.is_empty());
                let found = found.map(|path| &path.column).find_map(|column| Some((column.kind, text(&column.name)?)));
                match projection.kind() {
                    Kind::Text => values.push_text(found.map(|(_, text)| text)),
                    _ => values.push_number(found.and_then(|(kind, text)| Memory::number(kind, text))),
                }
            }
        }
        each(&batch);
        Ok(())
    }
}

fn lead(created_at: &'static str) -> (&'static str, Vec<(&'static str, &'static str)>) {
    ("leads", vec![("created_at", created_at), ("region", "North")])
}

fn kpi(declared: &str, measures: &str, value: &str) -> Kpi {
    kpi_within(Environment::default(), declared, measures, value)
}

fn kpi_within(environment: Environment, declared: &str, measures: &str, value: &str) -> Kpi {
    let script = format!(
        r#"kpi(#{{ id: "example", title: #{{ en: "E", de: "B" }}, description: #{{ en: "E.", de: "B." }}, better: "higher", {declared} }});
fn measures(data) {{ {measures} }}
{value}"#
    );
    let language = Arc::new(Language::within(environment).unwrap());
    language.load("example.rhai", &script).unwrap_or_else(|error| panic!("{error}")).remove(0)
}

fn counting() -> Kpi {
    let measures = "#{ n: data.leads.dated(|l| l.created_at).count() }";
    kpi(r#"unit: "count", settles_after: "7d""#, measures, "fn value(m) { m.n }")
}

fn period(text: &str) -> Period {
    Period::parse(text, jiff::Timestamp::UNIX_EPOCH, &zone("UTC").unwrap()).unwrap()
}

fn cell(kpi: &Kpi, period_: &str, now: &str, rows: &mut impl Source<Error = Infallible>) -> Cell {
    total(kpi, period_, now, rows, Comparison::NONE).cells.remove(0)
}

fn compared(kpi: &Kpi, period_: &str, now: &str, rows: &mut Memory) -> (Cell, Compared) {
    let mut row = total(kpi, period_, now, rows, Comparison::ALL);
    (row.cells.remove(0), row.compared)
}

fn total(
    kpi: &Kpi,
    period_: &str,
    now: &str,
    rows: &mut impl Source<Error = Infallible>,
    comparison: Comparison,
) -> figures::Row {
    let request = Request { kpi, breakdowns: vec![Vec::new()], comparison, assess: false };
    let Ok(mut figures) = compute(&[request], &[period(period_)], &Scope::everything(), now.parse().unwrap(), rows);
    figures.remove(0).breakdowns.remove(0).rows.remove(0)
}

fn value(cell: &Cell) -> f64 {
    cell.outcome.value().unwrap_or_else(|| panic!("{cell:?}"))
}

#[track_caller]
fn same(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn a_running_period_is_counted_up_to_now_and_compared_with_the_same_part_of_others() {
    let mut rows = Memory(vec![
        lead("2026-11-16T09:00Z"),
        lead("2026-11-19T09:00Z"),
        lead("2026-11-09T09:00Z"),
        lead("2026-11-10T09:00Z"),
        lead("2026-11-14T09:00Z"),
        lead("2025-11-17T09:00Z"),
        lead("2025-11-22T09:00Z"),
    ]);
    let (cell, found) = compared(&counting(), "2026-W47", "2026-11-18T12:00:00Z", &mut rows);
    same(value(&cell), 1.0);
    assert!(cell.provisional);
    same(value(&found.before.as_ref().unwrap().cell), 2.0);
    same(value(&found.year_before.as_ref().unwrap().cell), 1.0);
    // Once it is over, whole periods are compared.
    let (cell, found) = compared(&counting(), "2026-W47", "2026-12-24T12:00:00Z", &mut rows);
    same(value(&cell), 2.0);
    same(value(&found.before.as_ref().unwrap().cell), 3.0);
    same(value(&found.year_before.as_ref().unwrap().cell), 2.0);
}

#[test]
fn a_figure_is_provisional_until_it_has_settled() {
    let mut rows = Memory(vec![lead("2026-11-09T09:00Z")]);
    assert!(cell(&counting(), "2026-W46", "2026-11-22T23:00:00Z", &mut rows).provisional);
    assert!(!cell(&counting(), "2026-W46", "2026-11-23T00:00:00Z", &mut rows).provisional);
}

/// Of the leads created in a week, how many were closed, in relation to what is counted below the line.
fn share_of_closed(numerator: &str, denominator: &str) -> Cell {
    let measures = format!(
        "let l = data.leads.dated(|l| l.created_at); #{{ closed: l.{numerator}.count(), qualified: l.{denominator}.count() }}"
    );
    let kpi = kpi(r#"unit: "percent", settles_after: "7d""#, &measures, "fn value(m) { ratio(m.closed, m.qualified) }");
    let week = [("created_at", "2026-11-09T09:00Z"), ("closed_at", "2026-11-10T09:00Z")];
    let qualified = [&week[..], &[("qualified_at", "2026-11-09T10:00Z")]].concat();
    let mut rows = Memory(vec![("leads", week.to_vec()), ("leads", week.to_vec()), ("leads", qualified)]);
    cell(&kpi, "2026-W46", "2026-12-01T00:00:00Z", &mut rows)
}

#[test]
fn a_share_whose_numerator_is_no_part_of_its_denominator_is_an_error_that_says_so() {
    let (closed, qualified) = ("filter(|l| l.closed_at.is_set())", "filter(|l| l.qualified_at.is_set())");
    let wrong = share_of_closed(closed, qualified);
    let Outcome::ScriptError { message } = &wrong.outcome else { panic!("{wrong:?}") };
    assert!(
        message.contains("the share is 300 %: its numerator counts rows that its denominator does not"),
        "{message}"
    );
    assert!(message.contains("example.rhai:3:4"), "{message}");
    assert_eq!((wrong.numerator, wrong.denominator, wrong.interval), (Some(3.0), Some(1.0), None));
    let right = share_of_closed(&format!("{closed}.{qualified}"), closed);
    same(value(&right), 1.0 / 3.0);
    assert!(right.interval.is_some());
}

/// Rows in memory, and up to when each table is complete.
struct Dated(Memory, &'static [(&'static str, &'static str)]);

impl Source for Dated {
    type Error = Infallible;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
        self.0.scan(scan, each)
    }

    fn refreshed_at(&mut self, table: &Table) -> Result<Option<i64>, Infallible> {
        let known = self.1.iter().find(|(name, _)| *table.name == **name);
        Ok(known.map(|(_, at)| at.parse::<jiff::Timestamp>().unwrap().as_second()))
    }
}

#[test]
fn figures_from_data_that_is_too_old_are_stale() {
    let measures = "#{ n: data.leads.dated(|l| l.created_at).count() }";
    let kpi = kpi(r#"unit: "count", stale_after: "2d""#, measures, "fn value(m) { m.n }");
    let leads = vec![lead("2026-11-09T09:00Z"), lead("2026-11-17T09:00Z")];
    // Of a table that the KPI does not read, it does not matter how old it is.
    let mut old = Dated(Memory(leads), &[("leads", "2026-11-14T00:00:00Z"), ("orders", "1970-01-01T00:00:00Z")]);
    let mut outcome = |week, now| cell(&kpi, week, now, &mut old).outcome;
    assert_eq!(outcome("2026-W46", "2026-12-01T00:00:00Z"), Outcome::Value { value: 1.0 });
    assert_eq!(outcome("2026-W47", "2026-12-01T00:00:00Z"), Outcome::Stale);
    // Of the week that has only begun, nothing is known yet.
    assert_eq!(outcome("2026-W47", "2026-11-16T00:00:00Z"), Outcome::Stale);
}

#[test]
fn a_figure_is_as_old_as_the_oldest_table_that_it_reads() {
    let measures = "#{ n: data.leads.dated(|l| l.created_at).count(), o: data.orders.dated(|o| o.ordered_at).count() }";
    let kpi = kpi(r#"unit: "count", stale_after: "2d""#, measures, "fn value(m) { m.n + m.o }");
    let after = |complete: &'static [(&str, &str)]| {
        let mut rows = Dated(Memory(vec![lead("2026-11-17T09:00Z")]), complete);
        cell(&kpi, "2026-W47", "2026-12-01T00:00:00Z", &mut rows).outcome
    };
    assert_eq!(after(&[("leads", "2026-11-30T00:00:00Z"), ("orders", "2026-11-14T00:00:00Z")]), Outcome::Stale);
    assert_eq!(after(&[("leads", "2026-11-14T00:00:00Z"), ("orders", "2026-11-30T00:00:00Z")]), Outcome::Stale);
    assert_eq!(
        after(&[("leads", "2026-11-30T00:00:00Z"), ("orders", "2026-11-30T00:00:00Z")]),
        Outcome::Value { value: 1.0 }
    );
    // Nobody knows of orders: no import ever had any.
    assert_eq!(after(&[("leads", "2026-11-30T00:00:00Z")]), Outcome::Value { value: 1.0 });
}

#[test]
fn the_period_before_is_at_hand_and_nothing_after_something_is_a_figure() {
    let growth = kpi(
        r#"unit: "percent""#,
        "#{ n: data.leads.dated(|l| l.created_at).count() }",
        "fn value(m, previous) { ratio(m.n - previous.n, previous.n) }",
    );
    let mut rows = Memory(vec![lead("2026-11-09T09:00Z"), lead("2026-11-16T09:00Z"), lead("2026-11-17T09:00Z")]);
    same(value(&cell(&growth, "2026-W47", "2027-01-01T00:00:00Z", &mut rows)), 1.0);
    same(value(&cell(&growth, "2026-W48", "2027-01-01T00:00:00Z", &mut rows)), -1.0);
    assert_eq!(cell(&growth, "2026-W46", "2027-01-01T00:00:00Z", &mut rows).outcome, Outcome::ZeroDenominator);
    assert_eq!(cell(&growth, "2026-W50", "2027-01-01T00:00:00Z", &mut rows).outcome, Outcome::NoRows);
    assert!(growth.check_breakdown(&[Dimension::MONTH]).unwrap_err().to_string().contains("by month"));
}

fn target(metric: &'static str, starts_on: &'static str, ends_on: &'static str, amount: &'static str) -> Row {
    let row = vec![("metric", metric), ("starts_on", starts_on), ("ends_on", ends_on), ("amount", amount)];
    ("targets", row)
}

type Row = (&'static str, Vec<(&'static str, &'static str)>);

#[test]
fn targets_of_counts_add_up_by_days_and_those_of_rates_are_a_mean() {
    let mut rows = Memory(vec![
        lead("2026-11-03T09:00Z"),
        // 60 leads in November, in hundredths like all amounts: 14 in seven of its thirty days.
        target("example", "2026-11-01", "2026-11-30", "6000"),
        target("another", "2026-11-01", "2026-11-30", "100000"),
    ]);
    same(compared(&counting(), "2026-W45", "2027-01-01T00:00:00Z", &mut rows).1.target.unwrap(), 14.0);

    let rate = kpi(
        r#"unit: "percent""#,
        r#"let all = data.leads.dated(|l| l.created_at);
           #{ all: all.count(), north: all.filter(|l| l.region == "North").count() }"#,
        "fn value(m) { ratio(m.north, m.all) }",
    );
    // 80 % on two of the week's days, 90 % on five.
    rows.0.truncate(1);
    rows.0.extend([
        target("example", "2026-11-01", "2026-11-03", "80"),
        target("example", "2026-11-04", "2026-11-30", "90"),
    ]);
    let (cell, found) = compared(&rate, "2026-W45", "2027-01-01T00:00:00Z", &mut rows);
    same(found.target.unwrap(), (2.0 * 0.8 + 5.0 * 0.9) / 7.0);
    // One of one: a share of rows has a confidence interval.
    assert!(cell.interval.unwrap().low < 0.21);
    rows.0.truncate(1);
    assert_eq!(compared(&rate, "2026-W45", "2027-01-01T00:00:00Z", &mut rows).1.target, None);
}

#[test]
fn targets_of_different_values_do_not_add_up() {
    let measures = "#{ n: data.leads.dated(|l| l.created_at).distinct(|l| l.region) }";
    let regions = kpi(r#"unit: "count""#, measures, "fn value(m) { m.n }");
    let mut rows = Memory(vec![lead("2026-11-03T09:00Z"), target("example", "2026-11-01", "2026-11-30", "600")]);
    // Who is there in each of four weeks is not there four times.
    same(compared(&regions, "2026-11", "2027-01-01T00:00:00Z", &mut rows).1.target.unwrap(), 6.0);
    same(compared(&regions, "2026-W45", "2027-01-01T00:00:00Z", &mut rows).1.target.unwrap(), 6.0);
}

#[test]
fn plans_below_the_whole_are_found_and_added_up_where_they_can_be() {
    let planned = |named: &[(&'static str, &'static str)], amount| {
        let (table, mut row) = target("example", "2026-11-02", "2026-11-08", amount);
        row.extend(named);
        (table, row)
    };
    let (north, south, rep) = (("region", "North"), ("region", "South"), ("rep_id", "1"));
    let below = |kpi: &Kpi, rows: Vec<Row>| {
        let (now, scopes) = ("2027-01-01T00:00:00Z".parse().unwrap(), [Scope::everything()]);
        let Ok(mut found) = plans::below(&[kpi], &period("2026-W45"), &scopes, now, &mut Memory(rows));
        found.remove(0).remove(0)
    };
    let of_reps = || vec![planned(&[rep], "3000"), planned(&[rep], "1000")];
    let expected = PlansBelow { level: Dimension::REP, count: 2, sum: Some(40.0) };
    assert_eq!(below(&counting(), of_reps()), Some(expected));
    // Those of regions are nearer to the whole than those of reps.
    let of_regions = [planned(&[north], "1000"), planned(&[south], "500")];
    let expected = PlansBelow { level: Dimension::REGION, count: 2, sum: Some(15.0) };
    assert_eq!(below(&counting(), of_reps().into_iter().chain(of_regions).collect()), Some(expected));
    assert_eq!(below(&counting(), vec![planned(&[], "1000")]), None);
    let measures = "let leads = data.leads.dated(|l| l.created_at);
        #{ all: leads.count(), north: leads.filter(|l| l.region == \"North\").count() }";
    let rate = kpi(r#"unit: "percent""#, measures, "fn value(m) { ratio(m.north, m.all) }");
    assert_eq!(below(&rate, of_reps()).unwrap().sum, None);
}

#[test]
fn a_ratio_rests_on_the_rows_of_its_denominator_and_not_on_those_of_an_equal_number() {
    let measures = "let leads = data.leads.dated(|l| l.created_at);
        #{ all: leads.count(), north: leads.filter(|l| l.region == \"North\").count(),
           hours: data.activities.dated(|a| a.occurred_at).sum(|a| a.minutes / 60) }";
    let sample = |value: &str| {
        let mut rows = Memory(vec![
            lead("2026-11-03T09:00Z"),
            lead("2026-11-04T09:00Z"),
            ("leads", vec![("created_at", "2026-11-04T10:00Z"), ("region", "South")]),
            ("activities", vec![("occurred_at", "2026-11-04T10:00Z"), ("minutes", "120")]),
        ]);
        let kpi = kpi(r#"unit: "number""#, measures, &format!("fn value(m) {{ {value} }}"));
        cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", &mut rows).sample.unwrap()
    };
    assert_eq!(sample("ratio(m.hours, m.north)"), 2);
    // There are two hours and two leads of the north, but hours are no rows.
    assert_eq!(sample("ratio(m.all, m.hours)"), 3);
    assert_eq!(sample("ratio(m.all, m.hours).of(m.north)"), 2);
}

#[test]
fn what_was_closed_before_it_was_created_does_not_shorten_a_mean_and_is_counted() {
    let deal = |created_at, closed_at| ("opportunities", vec![("created_at", created_at), ("closed_at", closed_at)]);
    let mut rows = Memory(vec![
        deal("2026-10-20T00:00Z", "2026-11-03T00:00Z"),
        deal("2026-11-17T00:00Z", "2026-11-03T00:00Z"),
        deal("2026-11-03T00:00Z", "2026-11-03T00:00Z"),
    ]);
    let mut figure = |aggregate: &str, unit: &str| {
        let measures = format!("#{{ it: data.opportunities.dated(|o| o.closed_at).{aggregate} }}");
        let kpi = kpi(&format!(r#"unit: "{unit}""#), &measures, "fn value(m) { number(m.it).beside(\"again\", m.it) }");
        let Cell { outcome, sample, left_out, .. } = cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", &mut rows);
        (outcome.value().unwrap(), sample.unwrap(), left_out)
    };
    let days = |days: f64| days * 86_400.0;
    assert_eq!(figure("mean(|o| o.closed_at - o.created_at)", "duration"), (days(7.0), 2, 1));
    assert_eq!(figure("median(|o| o.closed_at - o.created_at)", "duration"), (days(7.0), 2, 1));
    assert_eq!(figure("sum(|o| o.closed_at - o.created_at)", "duration"), (days(14.0), 2, 1));
    assert_eq!(figure("min(|o| o.closed_at.day() - o.created_at.day())", "duration"), (0.0, 2, 1));
    // Early and late, on purpose.
    assert_eq!(figure("mean(|o| (o.closed_at - o.created_at) / days(1))", "number"), (0.0, 3, 0));
}

#[test]
fn a_figure_over_nothing_but_slips_is_absent_and_says_how_many() {
    let measures = "#{ it: data.opportunities.dated(|o| o.closed_at).mean(|o| o.closed_at - o.created_at) }";
    let kpi = kpi(r#"unit: "duration""#, measures, "fn value(m) { m.it }");
    let times = vec![("created_at", "2026-11-17T00:00Z"), ("closed_at", "2026-11-03T00:00Z")];
    let found = cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", &mut Memory(vec![("opportunities", times)]));
    assert_eq!((found.outcome, found.left_out), (Outcome::NoRows, 1));
}

#[test]
fn what_no_date_says_since_when_it_is_so_is_known_always_and_counted() {
    let lead = |region, outcome: &'static str, closed_at: &'static str| {
        let always = [("created_at", "2026-11-03T09:00Z"), ("region", region)];
        let later = [("outcome", outcome), ("closed_at", closed_at)].into_iter().filter(|(_, text)| !text.is_empty());
        ("leads", always.into_iter().chain(later).collect::<Vec<_>>())
    };
    let mut rows = Memory(vec![
        lead("North", "won", "2026-11-05T09:00Z"),
        lead("North", "won", ""),
        lead("North", "lost", ""),
        lead("North", "won", "2026-11-20T09:00Z"),
        lead("South", "", ""),
    ]);
    let leads = "let leads = data.leads.dated(|l| l.created_at);";
    let mut found = |measures: &str, value: &str| {
        let kpi = kpi(r#"unit: "number""#, &format!("{leads} {measures}"), &format!("fn value(m) {{ {value} }}"));
        let Cell { outcome, undated, .. } = cell(&kpi, "2026-W45", "2026-11-09T00:00:00Z", &mut rows);
        (outcome.value().unwrap(), undated)
    };
    // One of the three that were won was so only after that week.
    assert_eq!(found(r#"#{ it: leads.filter(|l| l.outcome == "won").count() }"#, "m.it"), (2.0, 1));
    assert_eq!(found(r#"#{ it: leads.filter(|l| l.region == "North").count() }"#, "m.it"), (4.0, 0));
    let share = r#"#{ won: leads.filter(|l| l.outcome == "won").count(), lost: leads.filter(|l| l.outcome == "lost").count() }"#;
    assert_eq!(found(share, "m.won + m.lost"), (3.0, 1));
    let of_all = "#{ share: leads.filter(|l| l.outcome.is_set()).count() }";
    assert_eq!(found(of_all, "m.share"), (3.0, 2));
}

#[test]
fn what_rows_without_an_amount_brought_is_unknown_and_what_no_rows_brought_is_nothing() {
    let measures = "let orders = data.orders.dated(|o| o.ordered_at);
        #{ revenue: orders.sum(|o| o.amount), leads: data.leads.dated(|l| l.created_at).count() }";
    let figure = |value: &str, orders: &[Option<&'static str>]| {
        let order = |amount: Option<&'static str>| {
            let dated = [("ordered_at", "2026-11-03T09:00Z")];
            ("orders", dated.into_iter().chain(amount.map(|amount| ("amount", amount))).collect())
        };
        let mut rows = Memory(orders.iter().copied().map(order).chain([lead("2026-11-03T09:00Z")]).collect());
        let kpi = kpi(r#"unit: "money""#, measures, &format!("fn value(m) {{ {value} }}"));
        cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", &mut rows).outcome
    };
    for value in
        ["ratio(m.revenue, m.leads)", "m.revenue / m.leads", "if m.revenue > 100 { m.revenue } else { m.revenue }"]
    {
        assert_eq!(figure(value, &[None, None]), Outcome::NoRows, "{value}");
        assert_eq!(figure(value, &[None, Some("700")]), Outcome::Value { value: 7.0 }, "{value}");
        assert_eq!(figure(value, &[]), Outcome::Value { value: 0.0 }, "{value}");
    }
}

#[test]
fn configuration_sets_parameters_and_can_set_nothing_else() {
    let declared = r#"unit: "count", parameters: #{ region: "South", most: 3 }"#;
    let measures = r#"#{ n: data.leads.dated(|l| l.created_at).filter(|l| l.region == param("region")).count() }"#;
    let with = |name: &str, value| {
        let configured = BTreeMap::from([(name.to_owned(), value)]);
        Environment { parameters: HashMap::from([("example".to_owned(), configured)]), ..Environment::default() }
    };
    let mut rows = Memory(vec![lead("2026-11-03T09:00Z")]);
    let count = |environment, rows: &mut Memory| {
        let kpi = kpi_within(environment, declared, measures, "fn value(m) { m.n }");
        value(&cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", rows))
    };
    same(count(Environment::default(), &mut rows), 0.0);
    same(count(with("region", Parameter::Text("North".to_owned())), &mut rows), 1.0);
    for (environment, message) in [
        (with("regoin", Parameter::Text("North".to_owned())), "did you mean “region”?"),
        (with("region", Parameter::Number(1.0)), "it is a text"),
    ] {
        let language = Arc::new(Language::within(environment).unwrap());
        let script = format!(
            r#"kpi(#{{ id: "example", title: #{{ en: "E", de: "B" }}, description: #{{ en: "E.", de: "B." }}, better: "higher", {declared} }});
fn measures(data) {{ {measures} }}
fn value(m) {{ m.n }}"#
        );
        let error = language.load("example.rhai", &script).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn helpers_are_shared_and_their_errors_are_shown_in_their_own_file() {
    let with =
        |text: &str| Environment { libraries: vec![("common".to_owned(), text.to_owned())], ..Environment::default() };
    let script = r#"import "common" as common;
kpi(#{ id: "example", title: #{ en: "E", de: "B" }, description: #{ en: "E.", de: "B." }, unit: "number", better: "higher" });
fn measures(data) { #{ n: common::created(data).count() } }
fn value(m) { common::twice(m.n) }"#;
    let good = "fn created(data) { data.leads.dated(|l| l.created_at) }\nfn twice(n) { n * 2 }\n";
    let language = Arc::new(Language::within(with(good)).unwrap());
    let kpi = language.load("example.rhai", script).unwrap().remove(0);
    let mut rows = Memory(vec![lead("2026-11-03T09:00Z")]);
    same(value(&cell(&kpi, "2026-W45", "2027-01-01T00:00:00Z", &mut rows)), 2.0);

    let language = Arc::new(Language::within(with(&good.replace("created_at", "createt_at"))).unwrap());
    let error = language.load("example.rhai", script).unwrap_err().to_string();
    assert!(error.contains("lib/common.rhai:1:") && error.contains("did you mean “created_at”?"), "{error}");
    let wrong = Language::within(with("fn created(data) {")).unwrap_err();
    assert!(wrong[0].to_string().contains("lib/common.rhai:1:"), "{}", wrong[0]);
}

#[test]
fn a_kpi_tells_which_helpers_and_whether_working_hours_it_rests_on() {
    let library = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let libraries = vec![
        library("created", "fn created(data) { data.leads.dated(|l| l.created_at) }"),
        library("other", "fn twice(n) { n * 2 }"),
        library(
            "worked",
            "fn quick(data) { created::created(data).filter(|l| working_days(l.created_at, l.accepted_at) < 2) }",
        ),
    ];
    let language = Arc::new(Language::within(Environment { libraries, ..Environment::default() }).unwrap());
    let rests_on = |head: &str, measure: &str| {
        let script = format!(
            r#"{head}
kpi(#{{ id: "example", title: #{{ en: "E" }}, description: #{{ en: "E." }}, unit: "number", better: "higher" }});
fn measures(data) {{ #{{ n: {measure} }} }}
fn value(m) {{ m.n }}"#
        );
        let kpi = language.load("example.rhai", &script).unwrap_or_else(|error| panic!("{error}")).remove(0);
        (kpi.helpers().collect::<Vec<_>>().join(" "), kpi.counts_working_time())
    };
    let nothing = (String::new(), false);
    assert_eq!(rests_on("", "data.leads.dated(|l| l.created_at).count()"), nothing);
    let created = ("lib/created.rhai".to_owned(), false);
    assert_eq!(rests_on("import \"created\" as created;", "created::created(data).count()"), created);
    // Functions find helpers that no statement imports, and helpers find each other.
    assert_eq!(rests_on("", "created::created(data).count()"), created);
    let both = ("lib/created.rhai lib/worked.rhai".to_owned(), true);
    assert_eq!(rests_on("", "worked::quick(data).count()"), both);
    let of_related = "data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end()
        .sum(|c| c.leads.mean(|l| working(l.created_at, l.accepted_at)) / hours(1))";
    assert_eq!(rests_on("", of_related), (String::new(), true));
}

#[test]
fn scripts_speak_of_whole_units_whatever_the_database_counts_in() {
    /// Amounts in fils: 1,000 to the dinar.
    struct InFils(Memory);
    impl Source for InFils {
        type Error = Infallible;

        fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
            self.0.scan(scan, each)
        }

        fn money_digits(&mut self) -> Result<u8, Infallible> {
            Ok(3)
        }
    }
    let sold = |amount| ("orders", vec![("ordered_at", "2026-11-03T09:00Z"), ("amount", amount)]);
    let mut rows = InFils(Memory(vec![sold("290"), sold("1234"), sold("5000")]));
    let mut figure = |filter: &str, aggregate: &str| {
        let measures = format!(
            "let sold = data.orders.dated(|o| o.ordered_at); #{{ sum: sold.filter(|o| {filter}).{aggregate} }}"
        );
        let kpi = kpi(r#"unit: "money""#, &measures, "fn value(m) { m.sum }");
        let request = Request { kpi: &kpi, breakdowns: vec![Vec::new()], comparison: Comparison::NONE, assess: false };
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let Ok(figures) = compute(&[request], &[period("2026-W45")], &Scope::everything(), now, &mut rows);
        value(&figures[0].breakdowns[0].rows[0].cells[0])
    };
    same(figure("o.amount > 0", "sum(|o| o.amount)"), 6.524);
    same(figure("o.amount >= 1.234", "sum(|o| o.amount)"), 6.234);
    // 0.29 · 1,000 is not a whole number in floats.
    same(figure("o.amount == 0.29", "sum(|o| o.amount)"), 0.29);
    same(figure("o.amount < money(1)", "sum(|o| o.amount + money(0.5))"), 0.79);
    same(figure("o.amount in [0.29, 5]", "sum(|o| o.amount)"), 5.29);
}

/// Ten leads on each Monday, at midnight in Berlin, from 28 September to 2 November 2026.
fn ten_leads_a_monday() -> Memory {
    let mondays =
        ["2026-09-27T22:00Z", "2026-10-04T22:00Z", "2026-10-11T22:00Z", "2026-10-18T22:00Z", "2026-10-25T23:00Z"];
    let accepted = |at: &&'static str| std::iter::repeat_n(("leads", vec![("accepted_at", *at)]), 10);
    Memory(mondays.iter().flat_map(accepted).collect())
}

#[test]
fn leads_are_silent_for_days_of_the_calendar_over_a_clock_change_too() {
    let script = include_str!("../../../kpis/partner/silent_leads.rhai");
    let libraries = vec![("sales".to_owned(), include_str!("../../../kpis/lib/sales.rhai").to_owned())];
    let language = Language::within(Environment { libraries, ..Environment::default() }).unwrap();
    let silent = Arc::new(language).load("silent_leads.rhai", script).unwrap().remove(0);
    let berlin = zone("Europe/Berlin").unwrap();
    let at_the_end_of = |week: &str| {
        let period = Period::parse(week, jiff::Timestamp::UNIX_EPOCH, &berlin).unwrap();
        let request = Request { kpi: &silent, breakdowns: vec![vec![]], comparison: Comparison::NONE, assess: false };
        let now = "2026-12-01T00:00Z".parse().unwrap();
        let Ok(mut figures) = compute(&[request], &[period], &Scope::everything(), now, &mut ten_leads_a_monday());
        figures.remove(0).into_total().unwrap().cells[0].outcome.value()
    };
    // Those of the Monday two weeks before the end are silent for exactly 14 days, not for longer.
    assert_eq!(at_the_end_of("2026-W42"), Some(10.0));
    assert_eq!(at_the_end_of("2026-W43"), Some(20.0));
    assert_eq!(at_the_end_of("2026-W44"), Some(30.0));
}
