use super::*;
use crate::numbers::{Breach, GroupHead, TrendPoint};
use crate::samples;
use pegel_kpi::cell::Outcome;
use pegel_kpi::declaration::Unit;
use pegel_kpi::threshold::{Better, Status, Threshold};

#[test]
fn the_view_in_english() {
    insta::assert_json_snapshot!(view(&samples::numbers(), "en-GB"), { ".words" => "…" });
}

#[test]
fn the_view_in_german() {
    insta::assert_json_snapshot!(view(&samples::numbers(), "de-DE"), { ".words" => "…" });
}

fn breach(kpi: &str, dimension: &str, label: usize) -> Breach {
    Breach {
        kpi: kpi.to_owned(),
        title: pegel_kpi::declaration::Words { en: kpi.to_owned(), de: kpi.to_owned() },
        unit: Unit::Percent,
        better: Better::Higher,
        group: Some(GroupHead { dimension: dimension.to_owned(), label: Some(label.to_string()) }),
        status: Status::Warning,
        cell: samples::value(0.5, 9),
        threshold: Threshold { warning: Some(0.8), critical: None },
        change: None,
    }
}

#[test]
fn of_many_breaches_alike_five_are_shown_and_the_others_counted() {
    let mut numbers = samples::numbers();
    numbers.breaches = (1..=17).map(|label| breach("rate", "partner", label)).collect();
    numbers.breaches.insert(9, breach("rate", "region", 1));
    let view = view(&numbers, "en");
    let shown: Vec<(&str, &str)> =
        view.breaches.iter().map(|breach| (breach.group.as_str(), breach.more.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("Partner\u{a0}1", ""),
            ("Partner\u{a0}2", ""),
            ("Partner\u{a0}3", ""),
            ("Partner\u{a0}4", ""),
            ("Partner\u{a0}5", "12 more"),
            ("Region\u{a0}1", "")
        ]
    );
    assert_eq!(view.verdict, "18 warnings");
}

#[test]
fn breaches_of_one_status_are_counted_apart_from_those_of_another() {
    let mut numbers = samples::numbers();
    numbers.breaches = (1..=17).map(|label| breach("rate", "partner", label)).collect();
    for breach in &mut numbers.breaches[..11] {
        breach.status = Status::Critical;
    }
    let view = view(&numbers, "en");
    assert_eq!(view.verdict, "11 critical, 6 warnings");
    let shown: Vec<(&str, &str)> =
        view.breaches.iter().map(|breach| (breach.status.class, breach.more.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("critical", ""),
            ("critical", ""),
            ("critical", ""),
            ("critical", ""),
            ("critical", "6 more"),
            ("warning", ""),
            ("warning", ""),
            ("warning", ""),
            ("warning", ""),
            ("warning", "1 more"),
        ]
    );
}

#[test]
fn without_breaches_all_is_well_or_nothing_was_judged() {
    let mut numbers = samples::numbers();
    numbers.breaches.clear();
    numbers.status = Status::Ok;
    assert_eq!(view(&numbers, "en").verdict, "all thresholds kept");
    numbers.status = Status::Unjudged;
    assert_eq!(view(&numbers, "de").verdict, "nichts zu bewerten");
}

#[test]
fn a_course_is_drawn_between_its_lowest_and_highest_figure_with_gaps() {
    let mut numbers = samples::numbers();
    numbers.sections[1].kpis.truncate(1);
    let revenue = &mut numbers.sections[1].kpis[0];
    let figures = [Some(100.0), None, Some(150.0), Some(200.0)];
    revenue.trend = figures
        .into_iter()
        .map(|figure| TrendPoint {
            period: "2026-W40".to_owned(),
            cell: figure.map_or_else(|| samples::absent(Outcome::NoRows), |figure| samples::value(figure, 1)),
        })
        .collect();
    let trend = view(&numbers, "en").sections[1].kpis[0].trend.clone();
    assert_eq!(trend.bars.iter().map(|bar| bar.height).collect::<Vec<_>>(), [14, 0, 57, 100]);
    assert_eq!((trend.spark.as_str(), trend.span.as_str()), ("▁·▅█", "4 weeks"));
    assert_eq!((trend.lowest.as_str(), trend.highest.as_str()), ("€100.00", "€200.00"));
    assert_eq!((trend.bars[1].class, trend.bars[1].label.as_str()), ("none", "2026-W40: no data"));
}
