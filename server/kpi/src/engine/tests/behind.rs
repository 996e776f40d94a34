use super::{period, tables};
use crate::data::dimension::Dimension;
use crate::data::scope::Scope;
use crate::engine::behind::listing::{Listing, Row, Side};
use crate::engine::behind::{Member, Question};
use crate::script::Language;
use crate::script::kpi::Kpi;
use crate::testing::Tables;
use std::sync::Arc;

const LATER: &str = "2027-01-01T00:00:00Z";

fn kpi(declared: &str, measures: &str, rest: &str) -> Kpi {
    let script = format!(
        "kpi(#{{ id: \"e\", title: #{{ en: \"E\" }}, description: #{{ en: \"E.\" }}, {declared} }});\n\
         fn measures(data) {{ {measures} }}\n{rest}"
    );
    Arc::new(Language::new()).load("e.rhai", &script).unwrap_or_else(|wrong| panic!("{wrong}")).remove(0)
}

/// Which of the accepted leads got feedback.
fn feedback(better: &str, rest: &str) -> Kpi {
    let measures = "let l = data.leads.dated(|l| l.accepted_at);
        #{ all: l.count(), answered: l.filter(|l| l.feedback_at.is_set()).count() }";
    kpi(&format!("unit: \"percent\", better: \"{better}\""), measures, rest)
}

const SHARE: &str = "fn value(m) { ratio(m.answered, m.all) }";

fn leads() -> Tables {
    let leads = "
        key  accepted_at        feedback_at   region  closed_at
        L1   2026-11-05         2026-11-06    North   -
        L2   2026-11-03T12:00   -             North   2026-11-20
        L3   2026-11-02         -             South   -
        L4   2026-11-09         -             South   -
        L5   -                  2026-11-06    South   -
        L6   2026-11-04         2026-11-12    South   -";
    tables(&[("leads", leads)])
}

fn listing(kpi: &Kpi, side: Side, region: Option<&str>, now: &str, limit: usize, mut rows: Tables) -> Listing {
    let (period, only) =
        (&period("2026-W45"), region.map(|region| (Dimension::REGION, Member::Named(region.to_owned()))));
    let question = Question { kpi, period, only: only.into_iter().collect(), side, limit };
    question.check().unwrap();
    let Ok(listing) = question.answer(&Scope::everything(), now.parse().unwrap(), &mut rows);
    listing
}

fn keys(rows: &[Row]) -> String {
    rows.iter().filter_map(|row| row.key.as_deref()).collect::<Vec<_>>().join(" ")
}

/// The keys of the only list.
fn listed(kpi: &Kpi, side: Side) -> String {
    keys(&listing(kpi, side, None, LATER, 100, leads()).lists[0].rows)
}

#[test]
fn of_a_share_those_are_bad_that_are_missing_in_it_or_where_lower_is_better_those_in_it() {
    assert_eq!(listed(&feedback("higher", SHARE), Side::All), "L3 L2 L6 L1");
    assert_eq!(listed(&feedback("higher", SHARE), Side::Bad), "L3 L2");
    assert_eq!(listed(&feedback("lower", SHARE), Side::Bad), "L6 L1");
    let neutral = listing(&feedback("neutral", SHARE), Side::Bad, None, LATER, 100, leads());
    assert_eq!((neutral.side, &*keys(&neutral.lists[0].rows)), (Side::All, "L3 L2 L6 L1"));
}

#[test]
fn of_an_amount_all_rows_are_bad_where_lower_is_better_and_none_where_higher_is() {
    let of = |value: &str, better: &str| {
        let measures = "let l = data.leads.dated(|l| l.accepted_at);
            #{ n: l.count(), regions: l.distinct(|l| l.region) }";
        let kpi = kpi(&format!("unit: \"number\", better: \"{better}\""), measures, value);
        listing(&kpi, Side::Bad, None, LATER, 100, leads()).side
    };
    for value in ["m.n", "m.n + m.regions", "ratio(m.n, m.regions)"] {
        let value = format!("fn value(m) {{ {value} }}");
        let sides = ["higher", "neutral", "lower"].map(|better| of(&value, better));
        assert_eq!(sides, [Side::All, Side::All, Side::Bad], "{value}");
    }
    let named = "fn value(m) { m.n }\nfn rows(data) { data.leads.dated(|l| l.accepted_at) }";
    assert_eq!(of(named, "higher"), Side::Bad, "the script names them");
}

#[test]
fn a_script_says_better_which_rows_are_bad() {
    let rows = "fn rows(data) { data.leads.dated(|l| l.accepted_at).filter(|l| l.region == \"South\") }";
    assert_eq!(listed(&feedback("neutral", &format!("{SHARE}\n{rows}")), Side::Bad), "L3 L6");
}

#[test]
fn rows_are_as_old_as_from_the_date_by_which_they_are_found_to_the_end_of_the_period_or_to_now() {
    let ages = |now: &str| {
        let listing = listing(&feedback("higher", SHARE), Side::Bad, None, now, 100, leads());
        listing.lists[0].rows.iter().map(|row| row.age.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ages(LATER), [7 * 86_400, 5 * 86_400 + 43_200]);
    assert_eq!(ages("2026-11-04T00:00:00Z"), [2 * 86_400, 43_200]);
}

#[test]
fn rows_are_listed_as_they_stood() {
    let at = |now: &str| listing(&feedback("higher", SHARE), Side::Bad, None, now, 100, leads()).lists.remove(0).rows;
    // The feedback on one came after the week, and another one was closed later.
    let then = at("2026-11-11T00:00:00Z");
    assert_eq!(keys(&then), "L3 L2 L6");
    assert!(then.iter().all(|row| row.date("closed_at").is_none() && row.date("feedback_at").is_none()));
    let now = at(LATER);
    assert_eq!(now[1].date("closed_at").unwrap().to_string(), "2026-11-20T00:00:00Z");
}

#[test]
fn of_too_many_the_oldest_are_listed_and_the_rest_is_counted() {
    let few = listing(&feedback("higher", SHARE), Side::All, None, LATER, 2, leads());
    assert_eq!((&*keys(&few.lists[0].rows), few.more()), ("L3 L2", 2));
    let south = listing(&feedback("higher", SHARE), Side::All, Some("South"), LATER, 1, leads());
    assert_eq!((&*keys(&south.lists[0].rows), south.more()), ("L3", 1));
}

#[test]
fn an_order_is_cancelled_once_no_line_of_it_stands_and_then_with_all_its_lines() {
    let orders = "
        key  number  ordered_at  cancelled_at  amount
        A1   A       2026-11-02  2026-11-03    10
        A2   A       2026-11-02  2026-11-03    20
        B1   B       2026-11-03  2026-11-04    30
        B2   B       2026-11-03  -             40";
    let measures = "let o = data.orders.dated(|o| o.ordered_at);
        #{ orders: o.distinct(|o| o.number), standing: o.filter(|o| !o.cancelled_at.is_set()).distinct(|o| o.number) }";
    let rate = "fn value(m) { ratio(m.orders - m.standing, m.orders) }";
    let kpi = kpi("unit: \"percent\", better: \"lower\"", measures, rate);
    let of = |side| keys(&listing(&kpi, side, None, LATER, 100, tables(&[("orders", orders)])).lists[0].rows);
    assert_eq!((&*of(Side::All), &*of(Side::Bad)), ("A1 A2 B1 B2", "A1 A2"));
}

#[test]
fn of_a_series_only_its_latest_row_is_behind_the_figure() {
    let observations = "
        key  metric     observed_on  value  region
        W1   followers  2026-11-01   10     North
        W2   followers  2026-11-06   20     North
        W3   followers  2026-11-03   5      South
        W4   followers  2026-11-10   7      South";
    let measures = "let latest = data.observations.latest(|o| o.observed_on, data.period.last_day);
        #{ followers: latest.sum(|o| o.value) }";
    let kpi = kpi("unit: \"count\", better: \"higher\"", measures, "fn value(m) { m.followers }");
    let listing = listing(&kpi, Side::All, None, LATER, 100, tables(&[("observations", observations)]));
    let contributions = serde_json::to_value(&listing.lists[0].rows).unwrap();
    let contributions: Vec<_> = (0..2).map(|row| contributions[row]["contributions"].to_string()).collect();
    assert_eq!(keys(&listing.lists[0].rows), "W3 W2");
    assert_eq!(contributions, [r#"{"followers":5.0}"#, r#"{"followers":20.0}"#]);
}
