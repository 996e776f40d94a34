//! The columns without which a KPI has no figure.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::sync::Arc;

/// What a KPI of these measures needs.
fn needed(measures: &str, value: &str, unit: &str) -> Vec<String> {
    let script = format!(
        r#"kpi(#{{ id: "k", title: #{{ en: "K" }}, description: #{{ en: "K." }}, unit: "{unit}", better: "higher" }});
fn measures(data) {{ #{{ {measures} }} }}
fn value(m) {{ {value} }}"#
    );
    let kpis = Arc::new(Language::new()).load("k.rhai", &script).unwrap_or_else(|error| panic!("{error}"));
    let needs = kpis[0].needs();
    let one_of =
        needs.iter().map(|of| of.iter().map(|(table, column)| format!("{table}.{column}")).collect::<Vec<_>>());
    one_of.map(|of| of.join(" or ")).collect()
}

#[test]
fn the_date_and_what_is_calculated_with_are_needed() {
    let mean = "n: data.leads.dated(|l| l.accepted_at).mean(|l| l.accepted_at - l.offered_at)";
    assert_eq!(needed(mean, "m.n", "duration"), ["leads.accepted_at", "leads.offered_at"]);
    let of_region = "n: data.leads.dated(|l| l.created_at).filter(|l| l.partner.tier == \"gold\").count()";
    assert_eq!(needed(of_region, "m.n", "count"), ["leads.created_at", "leads.partner_id", "partners.tier"]);
    let of_children = "n: data.leads.dated(|l| l.created_at).filter(|l| l.opportunities.exists()).count()";
    assert_eq!(needed(of_children, "m.n", "count"), ["leads.created_at", "opportunities.lead_id"]);
}

#[test]
fn what_only_keeps_rows_out_or_has_a_stand_in_is_not_needed() {
    let kept = "n: data.orders.dated(|o| o.ordered_at).filter(|o| !o.cancelled_at.is_set()).sum(|o| o.amount)";
    assert_eq!(needed(kept, "m.n", "money"), ["orders.amount", "orders.ordered_at"]);
    let either = "n: data.leads.dated(|l| l.created_at).mean(|l| coalesce(l.contacted_at, l.closed_at) - l.created_at)";
    assert_eq!(needed(either, "m.n", "duration"), ["leads.closed_at or leads.contacted_at", "leads.created_at"]);
    let before = "n: data.opportunities.dated(|o| o.created_at).sum(|o, p| o.as_of(p.end).amount)";
    assert!(
        needed(before, "m.n", "money").iter().any(|of| of.split(" or ").any(|column| column == "opportunities.amount"))
    );
}

#[test]
fn what_rows_are_compared_by_and_exist_until_is_needed() {
    let there = "n: data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end().count()";
    assert_eq!(needed(there, "m.n", "count"), ["customers.acquired_at", "customers.churned_at"]);
    let waiting = "n: data.leads.existing(|l| l.offered_at, |l| earliest(l.accepted_at, l.closed_at)).at_end().count()";
    assert_eq!(needed(waiting, "m.n", "count"), ["leads.accepted_at", "leads.closed_at", "leads.offered_at"]);
    let staff = "n: data.reps.existing(|r| r.hired_on, |r| r.left_on).at_end().count()";
    assert_eq!(needed(staff, "m.n", "count"), [""; 0]);
    let orders = "data.orders.dated(|o| o.ordered_at)";
    let standing = format!("a: {orders}.count(), b: {orders}.filter(|o| !o.cancelled_at.is_set()).count()");
    let of_both = needed(&standing, "ratio(m.a - m.b, m.a)", "percent");
    assert_eq!(of_both, ["orders.cancelled_at", "orders.ordered_at"]);
}

#[test]
fn what_stands_beside_a_figure_is_not_needed() {
    let both = "n: data.leads.dated(|l| l.created_at).count(), b: data.leads.dated(|l| l.closed_at).count()";
    assert_eq!(needed(both, "number(m.n).beside(\"b\", m.b)", "count"), ["leads.created_at"]);
}
