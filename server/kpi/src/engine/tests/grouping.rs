use super::{lines, measure, period_in, read, run, tables};
use crate::data::dimension::Dimension::{self, Month, Partner, Region, Segment};
use crate::engine::fold::plan::Plan;
use crate::engine::grouping::Grouping;
use crate::testing::Tables;

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
    assert_eq!(counted(&[Partner]), ["ACME 2", "GTX 3", "(none) 1"]);
}

#[test]
fn a_breakdown_by_two_dimensions_has_the_pairs_that_occur() {
    let pairs = ["ACME/North 2", "GTX/North 2", "GTX/South 1", "(none)/(none) 1"];
    assert_eq!(counted(&[Partner, Region]), pairs);
}

#[test]
fn a_row_without_a_region_of_its_own_has_that_of_its_partner() {
    let leads = "
        created_at   region   partner
        2026-11-02   -        GTX
        2026-11-02   North    GTX
        2026-11-02   -        ACME";
    let leads = &mut tables(&[("partners", "name region\nGTX East\nACME -"), ("leads", leads)]);
    let by_region = read(leads, "data.leads.dated(|l| l.created_at).count()", &[Region], &["2026-11"]);
    assert_eq!(by_region, ["East 1", "North 1", "(none) 1"]);
}

#[test]
fn what_a_related_row_held_is_asked_for_at_the_date_of_the_row() {
    let zone = Plan::like(&measure("data.leads.all().count()"), &[]).zone;
    let asked = |measured: &str| {
        let grouping = Grouping::new(&vec![Region], &measure(measured), &zone);
        let asked = grouping.columns().flat_map(|projection| &projection.0).map(|path| {
            let date = path.held_at.as_ref().map(|date| format!(" at {date}")).unwrap_or_default();
            format!("{path}{date}")
        });
        asked.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        asked("data.leads.dated(|l| l.closed_at).count()"),
        "region, partner.region at closed_at, rep.region at closed_at, customer.region at closed_at"
    );
    assert_eq!(
        asked("data.partners.existing(|p| p.certified_on, |p| p.certified_on).at_end().count()"),
        "region at certified_on"
    );
    // Without a date it is what holds today.
    assert_eq!(asked("data.partners.all().count()"), "region");
}

#[test]
fn two_partners_of_one_name_are_two_groups() {
    let partners = ("partners", "name region\nGTX East\nGTX West");
    let leads = ("leads", "created_at partner_id\n2026-11-02 1\n2026-11-03 2\n2026-11-04 2");
    let counted = "data.leads.dated(|l| l.created_at).count()";
    assert_eq!(read(&mut tables(&[partners, leads]), counted, &[Partner], &["2026-11"]), ["GTX 1", "GTX 2"]);
}

#[test]
fn a_table_without_the_dimension_has_one_group_of_all_its_rows() {
    assert_eq!(counted(&[Segment]), ["(none) 6"]);
}

#[test]
fn the_month_is_that_of_the_date_in_the_zone_of_the_period() {
    assert_eq!(counted(&[Month]), ["2026-11 6"]);
    let measure = measure("data.leads.dated(|l| l.created_at).count()");
    let periods = [period_in("Europe/Berlin", "2026")];
    let mut plan = Plan::like(&measure, &periods);
    plan.want(&measure, &vec![Month]);
    let fold = run(plan, &mut leads());
    assert_eq!(lines(&fold, &measure, &[Month]), ["2026-11 5", "2026-12 1"]);
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
    let by_month = read(&mut tables(&[("opportunities", opportunities)]), open, &[Month], &["2026-11"]);
    assert_eq!(by_month, ["2026-11 100", "2026-12 200", "(none) 400"]);
}

#[test]
fn breakdowns_by_month_are_alike_only_if_the_same_date_gives_the_month() {
    let zone = Plan::like(&measure("data.leads.all().count()"), &[]).zone;
    let created = Grouping::new(&vec![Month], &measure("data.leads.dated(|l| l.created_at).count()"), &zone);
    let closed = Grouping::new(&vec![Month], &measure("data.leads.dated(|l| l.closed_at).count()"), &zone);
    let again = Grouping::new(&vec![Month], &measure("data.leads.dated(|l| l.created_at).sum(|l| l.amount)"), &zone);
    assert!(created.is_like(&again) && !created.is_like(&closed));
}
