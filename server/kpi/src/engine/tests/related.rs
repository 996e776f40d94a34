use super::{lines, measure, period, read, run, tables};
use crate::data::dimension::Dimension;
use crate::data::scope::Scope;
use crate::engine::fold::plan::Plan;
use crate::engine::sight::Sight;
use crate::testing::Tables;

const WEEK_45: &str = "2026-W45";
const WEEK_46: &str = "2026-W46";

/// Three leads: one with two opportunities, one without, one with one. And an opportunity without a lead.
fn leads() -> Tables {
    let leads = "
        created_at   region   amount
        2026-11-02   North    100
        2026-11-03   North    100
        2026-11-10   South    100";
    let opportunities = "
        lead_id   created_at   closed_at    amount
        1         2026-11-04   2026-11-05   30
        1         2026-11-03   2026-11-12   150
        3         2026-11-11   -            40
        -         2026-11-11   2026-11-12   7";
    tables(&[("leads", leads), ("opportunities", opportunities)])
}

fn of_leads(figure: &str) -> Vec<String> {
    read(&mut leads(), &format!("data.leads.dated(|l| l.created_at).{figure}"), &[], &[WEEK_45, WEEK_46, "2026-11"])
}

#[test]
fn the_figures_of_related_rows_are_added_up_over_the_rows_they_belong_to() {
    assert_eq!(of_leads("sum(|l| l.opportunities.sum(|o| o.amount))"), ["180 40 220"]);
    assert_eq!(of_leads("sum(|l| l.opportunities.count())"), ["2 1 3"]);
}

#[test]
fn a_row_without_related_rows_counts_none_of_them_and_has_no_mean_of_them() {
    assert_eq!(of_leads("filter(|l| l.opportunities.count() == 0).count()"), ["1 0 1"]);
    assert_eq!(of_leads("filter(|l| l.opportunities.mean(|o| o.amount).is_missing()).count()"), ["1 0 1"]);
    assert_eq!(of_leads("mean(|l| l.opportunities.mean(|o| o.amount))"), ["90 40 65"]);
}

#[test]
fn dated_related_rows_are_those_of_the_period_that_the_row_is_counted_for() {
    assert_eq!(of_leads("sum(|l| l.opportunities.dated(|o| o.closed_at).count())"), ["1 0 2"]);
    assert_eq!(of_leads("filter(|l| l.opportunities.dated(|o| o.closed_at).exists()).count()"), ["1 0 1"]);
}

#[test]
fn a_condition_on_related_rows_may_name_the_row_they_belong_to() {
    assert_eq!(of_leads("sum(|l| l.opportunities.filter(|o| o.amount > l.amount).count())"), ["1 0 1"]);
}

#[test]
fn the_first_and_the_last_related_row_are_picked_by_an_order() {
    assert_eq!(of_leads("sum(|l| l.opportunities.first(|o| o.created_at, |o| o.amount))"), ["150 40 190"]);
    assert_eq!(of_leads("sum(|l| l.opportunities.last(|o| o.created_at, |o| o.amount))"), ["30 40 70"]);
}

#[test]
fn figures_of_related_rows_are_broken_down_by_the_rows_they_belong_to() {
    let sum = "data.leads.dated(|l| l.created_at).sum(|l| l.opportunities.sum(|o| o.amount))";
    assert_eq!(read(&mut leads(), sum, &[Dimension::REGION], &["2026-11"]), ["North 180", "South 40"]);
}

#[test]
fn related_rows_are_read_once_for_all_figures_and_only_for_the_rows_of_the_periods() {
    let sum = measure("data.leads.dated(|l| l.created_at).sum(|l| l.opportunities.sum(|o| o.amount))");
    let count = measure("data.leads.dated(|l| l.created_at).sum(|l| l.opportunities.count())");
    let periods = [period(WEEK_45)];
    let mut plan = Plan::like(&sum, &periods);
    plan.want(&sum, &vec![], &Sight::everything(periods.len()), &Scope::everything());
    plan.want(&count, &vec![], &Sight::everything(periods.len()), &Scope::everything());
    let fold = run(plan, &mut leads());
    assert_eq!(fold.rows, 4, "two leads of the week, and two opportunities of them");
    assert_eq!((lines(&fold, &sum, &[]), lines(&fold, &count, &[])), (vec!["180".into()], vec!["2".into()]));
}
