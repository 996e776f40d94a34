use super::{lines, measure, period, period_in, read, run, tables};
use crate::data::batch::Batch;
use crate::data::dimension::Dimension;
use crate::data::model::{Column, Table};
use crate::data::scan::{Scan, Source};
use crate::data::scope::Scope;
use crate::data::spans::Spans;
use crate::engine::fold::Fold;
use crate::engine::fold::plan::Plan;
use crate::engine::gate::Scopes;
use crate::engine::grouping::Grouping;
use crate::engine::sight::Sight;
use crate::testing::Tables;
use crate::time::period::Period;
use jiff::Timestamp;
use std::convert::Infallible;
use std::sync::Arc;

const LEADS: &str = "
    created_at         region   partner
    2026-11-02         North    GTX
    2026-11-03         South    GTX
    2026-11-04         North    GTX
    2026-11-05         -        -
    2026-11-06         North    ACME
    2026-11-30T23:30   North    ACME";

fn leads() -> Tables {
    tables(&[("partners", "name region\nGTX East\nACME -"), ("leads", LEADS)])
}

fn counted(by: &[Dimension]) -> Vec<String> {
    read(&mut leads(), "data.leads.dated(|l| l.created_at).count()", by, &["2026-11"])
}

#[test]
fn groups_are_sorted_and_the_rows_that_lack_the_dimension_come_last() {
    assert_eq!(counted(&[Dimension::PARTNER]), ["ACME 2", "GTX 3", "(none) 1"]);
}

#[test]
fn a_breakdown_by_two_dimensions_has_the_pairs_that_occur() {
    let pairs = ["ACME/North 2", "GTX/North 2", "GTX/South 1", "(none)/(none) 1"];
    assert_eq!(counted(&[Dimension::PARTNER, Dimension::REGION]), pairs);
}

#[test]
fn a_row_without_a_region_of_its_own_has_that_of_its_partner() {
    let leads = "
        created_at   region   partner
        2026-11-02   -        GTX
        2026-11-02   North    GTX
        2026-11-02   -        ACME";
    let leads = &mut tables(&[("partners", "name region\nGTX East\nACME -"), ("leads", leads)]);
    let by_region = read(leads, "data.leads.dated(|l| l.created_at).count()", &[Dimension::REGION], &["2026-11"]);
    assert_eq!(by_region, ["East 1", "North 1", "(none) 1"]);
}

#[test]
fn two_partners_of_one_name_are_two_groups() {
    let partners = ("partners", "name region\nGTX East\nGTX West");
    let leads = ("leads", "created_at partner_id\n2026-11-02 1\n2026-11-03 2\n2026-11-04 2");
    let counted = "data.leads.dated(|l| l.created_at).count()";
    assert_eq!(read(&mut tables(&[partners, leads]), counted, &[Dimension::PARTNER], &["2026-11"]), ["GTX 1", "GTX 2"]);
}

#[test]
fn a_table_without_the_dimension_has_one_group_of_all_its_rows() {
    assert_eq!(counted(&[Dimension::named("segment")]), ["(none) 6"]);
}

#[test]
fn the_month_is_that_of_the_date_in_the_zone_of_the_period() {
    assert_eq!(counted(&[Dimension::MONTH]), ["2026-11 6"]);
    let measure = measure("data.leads.dated(|l| l.created_at).count()");
    let periods = [period_in("Europe/Berlin", "2026")];
    let mut plan = Plan::like(&measure, &periods);
    plan.want(&measure, &vec![Dimension::MONTH], &Sight::everything(periods.len()), &Scope::everything());
    let fold = run(plan, &mut leads());
    assert_eq!(lines(&fold, &measure, &[Dimension::MONTH]), ["2026-11 5", "2026-12 1"]);
}

#[test]
fn another_date_may_give_the_month() {
    let opportunities = "
        created_at   expected_close_on   amount
        2026-09-01   2026-11-15          100
        2026-10-01   2026-12-01          200
        2026-11-01   -                   400";
    let open = "data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_end()
        .month_of(|o| o.expected_close_on).sum(|o| o.amount)";
    let by_month = read(&mut tables(&[("opportunities", opportunities)]), open, &[Dimension::MONTH], &["2026-11"]);
    assert_eq!(by_month, ["2026-11 100", "2026-12 200", "(none) 400"]);
}

#[test]
fn breakdowns_by_month_are_alike_only_if_the_same_date_gives_the_month() {
    let zone = Plan::like(&measure("data.leads.all().count()"), &[]).zone;
    let created = Grouping::new(&vec![Dimension::MONTH], &measure("data.leads.dated(|l| l.created_at).count()"), &zone);
    let closed = Grouping::new(&vec![Dimension::MONTH], &measure("data.leads.dated(|l| l.closed_at).count()"), &zone);
    let again =
        Grouping::new(&vec![Dimension::MONTH], &measure("data.leads.dated(|l| l.created_at).sum(|l| l.amount)"), &zone);
    assert!(created.is_like(&again) && !created.is_like(&closed));
}

/// Tables of which some rows held other texts before: the table, the column, the id of the row, since when, what.
struct Moved(Tables, &'static [(&'static str, &'static str, i64, &'static str, Option<&'static str>)]);

impl Source for Moved {
    type Error = Infallible;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
        self.0.scan(scan, each)
    }

    fn spans(&mut self, table: &Table, column: &Column) -> Result<Option<Arc<Spans>>, Infallible> {
        let mut spans = Spans::default();
        for (_, _, id, from, text) in self.1.iter().filter(|known| *table.name == *known.0 && *column.name == *known.1)
        {
            spans.add(*id, from.parse::<Timestamp>().unwrap().as_second(), *text);
        }
        Ok((!spans.is_empty()).then(|| Arc::new(spans)))
    }
}

fn by(dimension: Dimension, text: &str, period: Period, source: &mut Moved) -> Vec<String> {
    let (measure, periods) = (measure(text), [period]);
    let mut plan = Plan::like(&measure, &periods);
    plan.want(&measure, &vec![dimension.clone()], &Sight::everything(periods.len()), &Scope::everything());
    let Ok(mut folds) = Fold::run(vec![plan], &Scopes::new(&[Scope::everything()]), source);
    let (fold, _) = folds.remove(0);
    lines(&fold, &measure, &[dimension])
}

#[test]
fn a_lead_stays_where_its_partner_was_when_it_came() {
    let leads = "
        created_at   region   partner
        2026-11-02   -        GTX
        2026-11-19   -        GTX
        2026-11-20   -        GTX
        2026-11-21   West     GTX
        2026-11-22   -        ACME";
    let tables = tables(&[("partners", "name region\nGTX South\nACME East"), ("leads", leads)]);
    let counted = "data.leads.dated(|l| l.created_at).count()";
    let spans = &[
        ("partners", "region", 1, "1970-01-01T00:00Z", Some("North")),
        ("partners", "region", 1, "2026-11-20T00:00Z", Some("South")),
    ];
    let mut moved = Moved(tables, spans);
    let regions = by(Dimension::REGION, counted, period("2026-11"), &mut moved);
    assert_eq!(regions, ["East 1", "North 2", "South 1", "West 1"]);
}

#[test]
fn a_value_that_was_missing_then_is_looked_for_further_on() {
    let tables = tables(&[
        ("partners", "name region\nGTX North"),
        ("reps", "name region\nEve East"),
        ("leads", "created_at partner rep\n2026-11-02 GTX Eve\n2026-11-20 GTX Eve"),
    ]);
    let spans = &[
        ("partners", "region", 1, "1970-01-01T00:00Z", Some("West")),
        ("partners", "region", 1, "2026-11-01T00:00Z", None),
        ("partners", "region", 1, "2026-11-10T00:00Z", Some("North")),
    ];
    let counted = "data.leads.dated(|l| l.created_at).count()";
    assert_eq!(by(Dimension::REGION, counted, period("2026-11"), &mut Moved(tables, spans)), ["East 1", "North 1"]);
}

#[test]
fn who_is_counted_at_a_moment_counts_in_the_team_of_that_moment() {
    let tables = tables(&[("reps", "name team hired_on left_on\nEve Blue 2025-01-10 -\nBob Red 2025-01-10 -")]);
    let spans = &[
        ("reps", "team", 1, "2025-01-10T00:00Z", Some("Red")),
        ("reps", "team", 1, "2026-03-01T00:00Z", Some("Blue")),
    ];
    let mut moved = Moved(tables, spans);
    let there = |moment: &str| format!("data.reps.existing(|r| r.hired_on, |r| r.left_on).{moment}().count()");
    let mut teams = |moment: &str, month: &str| by(Dimension::TEAM, &there(moment), period(month), &mut moved);
    assert_eq!(teams("at_end", "2026-02"), ["Red 2"]);
    assert_eq!(teams("at_start", "2026-03"), ["Red 2"]);
    assert_eq!(teams("at_end", "2026-03"), ["Blue 1", "Red 1"]);
    assert_eq!(teams("during", "2026-03"), ["Blue 1", "Red 1"]);
}

#[test]
fn a_day_begins_in_the_zone_of_the_period() {
    let opportunities = "expected_close_on partner\n2026-02-28 GTX\n2026-03-01 GTX";
    let tables = tables(&[("partners", "name region\nGTX South"), ("opportunities", opportunities)]);
    // In Auckland March begins on 28 February, 11:00 UTC; so did South.
    let spans = &[
        ("partners", "region", 1, "1970-01-01T00:00Z", Some("North")),
        ("partners", "region", 1, "2026-02-28T11:00Z", Some("South")),
    ];
    let mut moved = Moved(tables, spans);
    let counted = "data.opportunities.dated(|o| o.expected_close_on).count()";
    let regions = by(Dimension::REGION, counted, period_in("Pacific/Auckland", "2026"), &mut moved);
    assert_eq!(regions, ["North 1", "South 1"]);
}
