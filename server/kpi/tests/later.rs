//! What becomes known only after a period, and so makes its figures change.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::sync::Arc;

/// What of a measure becomes known later.
fn later(measure: &str) -> Vec<String> {
    let script = format!(
        r#"kpi(#{{ id: "k", title: #{{ en: "K" }}, description: #{{ en: "K." }}, unit: "number", better: "higher" }});
fn measures(data) {{ #{{ n: {measure} }} }}
fn value(m) {{ 1 }}"#
    );
    let kpis = Arc::new(Language::new()).load("k.rhai", &script).unwrap_or_else(|error| panic!("{error}"));
    kpis[0].known_later().into_iter().collect()
}

#[test]
fn what_a_row_says_about_later_instants_is_known_later() {
    let leads = "data.leads.dated(|l| l.accepted_at)";
    assert_eq!(later(&format!("{leads}.filter(|l| l.feedback_at.is_set()).count()")), ["feedback_at"]);
    assert_eq!(later(&format!("{leads}.mean(|l| l.closed_at - l.accepted_at)")), ["closed_at"]);
    // Known since the closing, which comes after the acceptance.
    assert_eq!(later(&format!("{leads}.filter(|l| l.outcome == \"won\").count()")), ["outcome"]);
    assert_eq!(later(&format!("{leads}.sum(|l| l.amount)")), ["amount"]);
}

#[test]
fn what_is_known_by_the_date_of_a_row_is_not_known_later() {
    let closed = "data.leads.dated(|l| l.closed_at)";
    for measure in [
        format!("{closed}.count()"),
        format!("{closed}.filter(|l| l.outcome == \"won\" and l.source == \"web\").count()"),
        format!("{closed}.mean(|l| l.closed_at - l.accepted_at)"),
        "data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end().count()".to_owned(),
        "data.leads.existing(|l| l.accepted_at, |l| earliest(l.feedback_at, l.closed_at)).at_end().count()".to_owned(),
        "data.targets.existing(|t| t.starts_on, |t| t.ends_on).during().sum(|t| t.amount)".to_owned(),
    ] {
        assert!(later(&measure).is_empty(), "{measure}");
    }
}

#[test]
fn what_held_at_the_end_of_the_period_is_not_known_later() {
    let there = "data.customers.existing(|c| c.acquired_at)";
    for measure in [
        format!("{there}.at_start().filter(|c, p| c.churned_at < p.end).count()"),
        format!("{there}.at_start().filter(|c, p| !(p.end > c.churned_at)).count()"),
        format!("{there}.at_start().filter(|c, p| !(c.churned_at < p.end - days(7))).count()"),
        format!("{there}.at_start().filter(|c, p| p.end - c.churned_at > days(7)).count()"),
        format!("{there}.at_end().mean(|c, p| earliest(c.churned_at, p.end) - c.acquired_at)"),
        "data.orders.dated(|o| o.ordered_at).filter(|o, p| o.customer.churned_at < p.end).count()".to_owned(),
        "data.opportunities.dated(|o| o.created_at).sum(|o, p| o.as_of(p.end).amount)".to_owned(),
        "data.reps.all().filter(|r, p| r.activities.min(|a| a.occurred_at) < p.end).count()".to_owned(),
    ] {
        assert!(later(&measure).is_empty(), "{measure}: {:?}", later(&measure));
    }
}

#[test]
fn what_is_only_nearly_bounded_by_the_end_of_the_period_is_known_later() {
    let there = "data.customers.existing(|c| c.acquired_at).at_end()";
    for measure in [
        // It is missing at the end, and is a date behind it later.
        format!("{there}.filter(|c, p| c.churned_at > p.start).count()"),
        format!("{there}.filter(|c, p| coalesce(c.churned_at, c.acquired_at) < p.end).count()"),
        format!("{there}.filter(|c, p| c.churned_at < p.end + days(30)).count()"),
        format!("{there}.mean(|c, p| coalesce(c.churned_at, p.end) - c.acquired_at)"),
        // Only one side of the `or` is bounded.
        format!("{there}.filter(|c, p| c.churned_at < p.end or c.churned_at.is_set()).count()"),
    ] {
        assert_eq!(later(&measure), ["churned_at"], "{measure}");
    }
}

#[test]
fn related_rows_that_come_later_are_known_later() {
    let created = "data.leads.dated(|l| l.created_at)";
    assert_eq!(later(&format!("{created}.filter(|l| l.opportunities.exists()).count()")), ["opportunities"]);
    let bought = |rest: &str| format!("data.customers.all().filter(|c, p| c.orders{rest}.exists()).count()");
    assert_eq!(later(&bought("")), ["orders"]);
    assert!(later(&bought(".dated(|o| o.ordered_at, p)")).is_empty());
    assert_eq!(later(&bought(".dated(|o| o.ordered_at, p).filter(|o| !o.cancelled_at.is_set())")), ["cancelled_at"]);
}
