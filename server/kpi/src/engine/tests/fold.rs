use super::{lines, measure, period, read, run, tables};
use crate::data::dimension::Dimension;
use crate::data::scope::Scope;
use crate::engine::fold::plan::Plan;
use crate::engine::fold::readings::Readings;
use crate::engine::sight::Sight;
use crate::measure::aggregate::spread::Around;
use crate::time::period::Period;

const WEEK_45: &str = "2026-W45";
const WEEK_46: &str = "2026-W46";
const NOVEMBER: &str = "2026-11";

/// The leads of the worked example.
const LEADS: &str = "
    created_at   region   closed_at
    2026-11-03   North    2026-11-10
    2026-11-20   South    -
    2026-11-05   North    -";

#[test]
fn the_worked_example() {
    let periods: Vec<Period> = [WEEK_45, NOVEMBER].map(period).into();
    let counted = measure("data.leads.dated(|l| l.created_at).count()");
    let mut plan = Plan::like(&counted, &periods);
    plan.want(&counted, &vec![Dimension::REGION], &Sight::everything(periods.len()), &Scope::everything());
    assert_eq!(plan.slices(&plan.measures[0]), (3, vec![1..2, 0..3]), "three stretches, the week is the second");
    let fold = run(plan, &mut tables(&[("leads", LEADS)]));
    let states: Vec<u64> =
        (0..6).map(|slot| fold.units[0][0].states.read(std::iter::once(slot..slot + 1)).rows).collect();
    assert_eq!(states, [0, 2, 0, 0, 0, 1], "first the line of North, then that of South");
    assert_eq!(lines(&fold, &counted, &[Dimension::REGION]), ["North 2 2", "South 0 1"]);
    let open = "data.leads.existing(|l| l.created_at, |l| l.closed_at).at_end().count()";
    let leads = &mut tables(&[("leads", LEADS)]);
    assert_eq!(read(leads, open, &[Dimension::REGION], &[WEEK_45, NOVEMBER]), ["North 2 1", "South 0 1"]);
}

#[test]
fn a_row_that_lies_in_several_periods_is_read_once() {
    let periods: Vec<Period> = [WEEK_45, NOVEMBER, "2026"].map(period).into();
    let counted = measure("data.leads.dated(|l| l.created_at).count()");
    let mut plan = Plan::like(&counted, &periods);
    plan.want(&counted, &vec![], &Sight::everything(periods.len()), &Scope::everything());
    let fold = run(plan, &mut tables(&[("leads", LEADS)]));
    assert_eq!(lines(&fold, &counted, &[]), ["2 3 3"]);
    assert_eq!(fold.rows, 3);
}

#[test]
fn a_row_without_its_date_belongs_to_no_period() {
    let counted = "data.leads.dated(|l| l.closed_at).count()";
    assert_eq!(read(&mut tables(&[("leads", LEADS)]), counted, &[], &["2026"]), ["1"]);
}

#[test]
fn measures_of_one_table_and_date_share_a_scan_even_if_they_reach_further_than_the_period() {
    let periods = [period(WEEK_46)];
    let within = measure("data.leads.dated(|l| l.created_at).count()");
    let trailing = measure(r#"data.leads.dated(|l| l.created_at, data.period.trailing("30 days")).count()"#);
    let other = measure("data.leads.dated(|l| l.closed_at).count()");
    let mut plan = Plan::like(&within, &periods);
    assert!(plan.reads(&trailing) && !plan.reads(&other));
    plan.want(&within, &vec![], &Sight::everything(periods.len()), &Scope::everything());
    plan.want(&trailing, &vec![], &Sight::everything(periods.len()), &Scope::everything());
    let fold = run(plan, &mut tables(&[("leads", LEADS)]));
    assert_eq!((lines(&fold, &within, &[]), lines(&fold, &trailing, &[])), (vec!["0".into()], vec!["2".into()]));
}

const CUSTOMERS: &str = "
    acquired_at   churned_at
    2026-10-01    -
    2026-10-01    2026-11-04
    2026-11-04    -
    2026-11-03    2026-11-06
    2026-11-12    -
    2026-10-01    2026-11-09
    2026-11-09    -";

#[test]
fn what_exists_when_a_period_ends_exists_when_the_next_one_begins() {
    let customers = &mut tables(&[("customers", CUSTOMERS)]);
    let existing = "data.customers.existing(|c| c.acquired_at, |c| c.churned_at)";
    let at_start = read(customers, &format!("{existing}.at_start().count()"), &[], &[WEEK_45, WEEK_46]);
    let at_end = read(customers, &format!("{existing}.at_end().count()"), &[], &[WEEK_45, WEEK_46]);
    assert_eq!((at_start, at_end), (vec!["3 3".to_owned()], vec!["3 4".to_owned()]));
}

#[test]
fn rows_exist_during_a_period_if_they_were_there_at_some_time_of_it() {
    let during = "data.customers.existing(|c| c.acquired_at, |c| c.churned_at).during().count()";
    assert_eq!(read(&mut tables(&[("customers", CUSTOMERS)]), during, &[], &[WEEK_45, WEEK_46]), ["5 5"]);
}

#[test]
fn rows_that_may_end_in_two_ways_end_with_the_earlier_one() {
    let open = "data.leads.existing(|l| l.offered_at, |l| earliest(l.accepted_at, l.closed_at)).at_end().count()";
    let leads = "
        offered_at   accepted_at  closed_at
        2026-11-03   2026-11-04   2026-11-30
        2026-11-03   -            2026-11-05
        2026-11-03   2026-11-12   -";
    assert_eq!(read(&mut tables(&[("leads", leads)]), open, &[], &[WEEK_45, WEEK_46]), ["1 0"]);
}

#[test]
fn rows_of_a_table_without_a_date_count_in_every_period() {
    let partners = "
        name  region
        GTX   North
        ACME  South";
    let counted = "data.partners.all().count()";
    assert_eq!(read(&mut tables(&[("partners", partners)]), counted, &[], &[WEEK_45, WEEK_46]), ["2 2"]);
}

#[test]
fn a_filter_that_names_the_period_is_asked_for_each_of_them() {
    let won_in_time = "data.leads.dated(|l| l.created_at).filter(|l, p| l.closed_at < p.end).count()";
    assert_eq!(read(&mut tables(&[("leads", LEADS)]), won_in_time, &[], &[WEEK_45, NOVEMBER]), ["0 1"]);
}

const FOLLOWERS: &str = "
    metric      channel   observed_on   value
    followers   blog      2026-11-02    100
    followers   blog      2026-11-06    120
    followers   photos    2026-10-20    500
    followers   photos    2026-11-11    0
    visits      blog      2026-11-06    9000";

#[test]
fn of_each_series_only_the_latest_row_up_to_the_end_counts() {
    let followers = r#"data.observations.filter(|o| o.metric == "followers")
        .latest(|o| o.observed_on, data.period.last_day).sum(|o| o.value)"#;
    let observations = &mut tables(&[("observations", FOLLOWERS)]);
    assert_eq!(read(observations, followers, &[], &["2026-11-02", WEEK_45, WEEK_46]), ["600 620 120"]);
}

#[test]
fn the_latest_row_that_does_not_pass_a_filter_counts_for_nothing_and_no_earlier_one_stands_in() {
    let active = r#"data.observations.filter(|o| o.metric == "followers")
        .latest(|o| o.observed_on, data.period.last_day).filter(|o| o.value > 0).count()"#;
    assert_eq!(read(&mut tables(&[("observations", FOLLOWERS)]), active, &[], &[WEEK_45, WEEK_46]), ["2 1"]);
}

const ORDERS: &str = "
    ordered_at   amount
    2026-11-01   10
    2026-11-03   50
    2026-11-05   20
    2026-11-20   10
    2026-11-21   10";

#[test]
fn a_median_is_taken_of_the_values_of_all_stretches_of_a_period() {
    let median = "data.orders.dated(|o| o.ordered_at).median(|o| o.amount)";
    assert_eq!(read(&mut tables(&[("orders", ORDERS)]), median, &[], &[WEEK_45, NOVEMBER]), ["35 10"]);
}

#[test]
fn the_share_of_the_best_is_told_from_the_rows_of_the_whole_period() {
    let share = "data.orders.dated(|o| o.ordered_at).top_share(0.2, |o| o.amount)";
    let orders = &mut tables(&[("orders", ORDERS)]);
    assert_eq!(read(orders, share, &[], &["2026-11-01..2026-11-05", NOVEMBER]), ["0.625 0.5"]);
}

#[test]
fn an_amount_over_no_rows_is_nothing_where_a_mean_over_no_rows_is_absent() {
    let orders = &mut tables(&[("orders", ORDERS)]);
    let dated = "data.orders.dated(|o| o.ordered_at)";
    assert_eq!(read(orders, &format!("{dated}.sum(|o| o.amount)"), &[], &[WEEK_45, WEEK_46]), ["70 0"]);
    assert_eq!(read(orders, &format!("{dated}.mean(|o| o.amount)"), &[], &[WEEK_45, WEEK_46]), ["35 -"]);
}

#[test]
fn a_plan_is_read_at_the_level_of_the_breakdown_and_never_added_up_from_below() {
    let targets = &mut tables(&[(
        "targets",
        "
        metric    region   rep    starts_on    ends_on      amount
        revenue   -        -      2026-11-01   2026-11-30   1000
        revenue   North    -      2026-11-01   2026-11-30   700
        revenue   South    -      2026-11-01   2026-11-30   400
        revenue   -        Ada    2026-11-01   2026-11-30   90",
    )]);
    let target = "data.targets.existing(|t| t.starts_on, |t| t.ends_on).during().sum(|t| t.amount)";
    assert_eq!(read(targets, target, &[], &[NOVEMBER]), ["1000"]);
    assert_eq!(read(targets, target, &[Dimension::REGION], &[NOVEMBER]), ["North 700", "South 400", "(none) 0"]);
    assert_eq!(read(targets, target, &[Dimension::REP], &[NOVEMBER]), ["Ada 90", "(none) 0"]);
}

/// Leads of two weeks that took 2, 4 and 9 days, and one of them without an end.
const CLOSED: &str = "
    created_at   closed_at
    2026-11-02   2026-11-04
    2026-11-09   2026-11-13
    2026-11-10   2026-11-19
    2026-11-11   -";

/// Measures the days that leads took, over a week and over the month, and asks the readings of both.
fn over_closed<T>(aggregate: &str, ask: impl Fn(&Readings, usize) -> T) -> [T; 2] {
    let periods: Vec<Period> = [WEEK_46, NOVEMBER].map(period).into();
    let days = format!("data.leads.dated(|l| l.created_at).{aggregate}(|l| (l.closed_at - l.created_at) / days(1))");
    let measured = measure(&days);
    let mut plan = Plan::like(&measured, &periods);
    plan.want(&measured, &vec![], &Sight::everything(2), &Scope::everything());
    let fold = run(plan, &mut tables(&[("leads", CLOSED)]));
    let readings = fold.readings(&measured, &vec![], &Sight::everything(2), (0, &Scope::everything()));
    [ask(&readings, 0), ask(&readings, 1)]
}

#[test]
fn a_mean_says_how_its_values_spread_and_a_median_how_many_lie_beyond_a_mark() {
    let spread = |readings: &Readings, period| readings.spread(&[period], readings.lines(&[]));
    // Worked by hand: 4 and 9 days around 6.5; 2, 4 and 9 around 5.
    let expected = [(2, 6.5, 12.5), (3, 5.0, 13.0)];
    for (found, (rows, mean, variance)) in over_closed("mean", spread).into_iter().zip(expected) {
        let found = found.unwrap();
        assert!((found.mean - mean).abs() < 1e-9 && (found.variance - variance).abs() < 1e-9, "{found:?}");
        assert_eq!(found.rows, rows);
    }
    assert_eq!(over_closed("median", spread), [None, None]);
    let around = |readings: &Readings, period| readings.around(&[period], readings.lines(&[]), 4.0);
    let counted = |below, above| Some(Around { below, above });
    assert_eq!(over_closed("median", around), [counted(0, 1), counted(1, 1)]);
    assert_eq!(over_closed("mean", around), [None, None]);
}

#[test]
fn the_latest_rows_of_series_spread_as_any_others() {
    let followers = "
        observed_on   metric      channel   value
        2026-11-02    followers   a         1
        2026-11-03    followers   a         10
        2026-11-03    followers   b         14";
    let periods = [period(WEEK_45)];
    let mean = measure("data.observations.latest(|o| o.observed_on, data.period.last_day).mean(|o| o.value)");
    let mut plan = Plan::like(&mean, &periods);
    plan.want(&mean, &vec![], &Sight::everything(1), &Scope::everything());
    let fold = run(plan, &mut tables(&[("observations", followers)]));
    let readings = fold.readings(&mean, &vec![], &Sight::everything(1), (0, &Scope::everything()));
    let found = readings.spread(&[0], readings.lines(&[])).unwrap();
    assert_eq!((found.rows, found.mean, found.variance), (2, 12.0, 8.0));
}
