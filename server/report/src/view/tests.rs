use super::*;
use crate::numbers::{Numbers, PlansBelow, TrendPoint};
use crate::samples;
use pegel_kpi::data::cell::Outcome;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Kind, Signal};

#[test]
fn the_view_in_english() {
    insta::assert_json_snapshot!(view(&samples::numbers(), "en-GB"));
}

#[test]
fn the_view_in_german() {
    insta::assert_json_snapshot!(view(&samples::numbers(), "de-DE"));
}

#[test]
fn the_view_in_french() {
    insta::assert_json_snapshot!(view(&samples::numbers(), "fr-FR"));
}

#[test]
fn a_group_that_may_be_chance_is_called_so_in_its_table() {
    let mut numbers = samples::numbers();
    let row = &mut numbers.sections[0].kpis[0].breakdowns[0].rows[4];
    assert_eq!((row.group.label(), row.status), (Some("North"), Status::Critical));
    let judged =
        Judged { status: Status::Critical, sure: Some(false), chance: true, by: Some(By::Value), reason: None };
    row.assessment = Some(Assessment {
        judged,
        marks: Threshold::default(),
        expected: None,
        signal: None,
        before: None,
        since: None,
    });
    let status = row_called("North", &numbers).status;
    assert_eq!((status.class, status.word.as_str()), ("chance", "may be chance"));
}

/// The row of that group in the first table.
fn row_called(label: &str, numbers: &Numbers) -> RowView {
    let tables = view(numbers, "en").sections[0].kpis[0].tables.clone();
    tables[0].rows.iter().find(|row| row.label == label).unwrap().clone()
}

/// The trend of a KPI about money with these figures.
fn trend(figures: &[Option<f64>]) -> TrendView {
    let mut numbers = samples::numbers();
    numbers.sections[1].kpis.truncate(1);
    let point = |figure: &Option<f64>| TrendPoint {
        period: "2026-W40".to_owned(),
        cell: figure.map_or_else(|| samples::absent(Outcome::NoRows), |figure| samples::value(figure, 1)),
    };
    numbers.sections[1].kpis[0].trend = figures.iter().map(point).collect();
    view(&numbers, "en").sections[1].kpis[0].trend.clone()
}

fn heights(trend: &TrendView) -> Vec<(u8, u8)> {
    trend.bars.iter().map(|bar| (bar.height, bar.rise)).collect()
}

#[test]
fn the_bars_of_a_course_start_at_zero_with_gaps() {
    let trend = trend(&[Some(100.0), None, Some(150.0), Some(200.0)]);
    assert_eq!(heights(&trend), [(50, 0), (0, 0), (75, 0), (100, 0)]);
    assert_eq!((trend.spark.as_str(), trend.span.as_str()), ("▅·▆█", "4 weeks"));
    assert_eq!((trend.lowest.as_str(), trend.highest.as_str()), ("€100.00", "€200.00"));
    assert_eq!(trend.bars[1].class, "none");
}

#[test]
fn bars_below_zero_hang_from_it_and_equal_figures_are_equally_high() {
    assert_eq!(heights(&trend(&[Some(-50.0), Some(150.0), Some(0.0)])), [(25, 0), (75, 25), (0, 25)]);
    assert_eq!(heights(&trend(&[Some(-50.0), Some(-200.0)])), [(25, 75), (100, 0)]);
    assert_eq!(trend(&[Some(-200.0), Some(0.0), Some(-100.0)]).spark, "▁█▅");
    assert_eq!(heights(&trend(&[Some(7.0), Some(7.0)])), [(100, 0), (100, 0)]);
    assert_eq!(heights(&trend(&[Some(0.0), Some(0.0)])), [(0, 0), (0, 0)]);
    assert_eq!(trend(&[Some(0.0), Some(0.0)]).spark, "▁▁");
    assert_eq!(heights(&trend(&[Some(f64::MIN), Some(f64::MAX)])), [(50, 0), (50, 50)]);
}

#[test]
fn nothing_after_nothing_has_no_arrow() {
    let mut numbers = samples::numbers();
    let revenue = &mut numbers.sections[1].kpis[0];
    let nothing = samples::value(0.0, 1);
    revenue.change = crate::numbers::Change::between(&nothing, &nothing, Better::Higher);
    let change = view(&numbers, "en").sections[1].kpis[0].change.clone();
    assert_eq!((change.text.as_str(), change.arrow, change.class), ("unchanged", "", "even"));
}

/// The win rate of a region with so many rows after such a signal, as the view writes its change.
fn change_of(kind: Kind, direction: Direction, rows: u64, now: f64) -> ChangeView {
    let mut numbers = samples::numbers();
    let rate = &mut numbers.sections[0].kpis[0];
    let row = &mut rate.breakdowns[0].rows[0];
    let label = row.group.label().unwrap().to_owned();
    let before = samples::value(0.8, 60);
    row.cell = samples::value(now, rows);
    row.change = crate::numbers::Change::between(&before, &row.cell, Better::Higher);
    let signal = Signal { kind, direction, centre: 0.85, low: 0.75, high: 0.95, points: 26 };
    row.assessment.as_mut().unwrap().signal = Some(signal);
    row_called(&label, &numbers).change
}

#[test]
fn an_arrow_and_a_colour_belong_to_a_signal() {
    let shown = |kind, direction, rows, now| {
        let change = change_of(kind, direction, rows, now);
        assert!(!change.text.is_empty());
        (change.arrow, change.class)
    };
    assert_eq!(shown(Kind::BeyondLimit, Direction::Concern, 60, 0.7), ("↓", "worse"));
    assert_eq!(shown(Kind::BeyondLimit, Direction::Improvement, 60, 0.97), ("↑", "better"));
    assert_eq!(shown(Kind::Usual, Direction::Neutral, 60, 0.7), ("", "even"));
    // Few rows say nothing.
    assert_eq!(shown(Kind::BeyondLimit, Direction::Concern, 9, 0.7), ("", "even"));
    // Below the mean for weeks, but better than last week.
    assert_eq!(shown(Kind::Run, Direction::Concern, 60, 0.82), ("", "even"));
}

#[test]
fn what_needs_attention_shows_its_figure_and_its_change_as_its_row_does() {
    let numbers = samples::numbers();
    let figures = view(&numbers, "en").attention[0].figures.clone();
    let regions = figures.iter().filter_map(|needing| Some((needing.group.strip_prefix("Region\u{a0}")?, needing)));
    for (label, needing) in regions.clone() {
        let row = row_called(label, &numbers);
        assert_eq!((&needing.figure, &needing.change), (&row.figure, &row.change));
    }
    assert_eq!(regions.count(), 2);
}

#[test]
fn a_table_is_told_by_its_three_worst_rows_and_the_best() {
    let numbers = samples::numbers();
    let tables = view(&numbers, "en").sections[0].kpis[0].tables.clone();
    let labels = |rows: &[RowView]| rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>().join(", ");
    let ends = &tables[0].ends;
    let last = tables[0].rows.last().unwrap();
    assert_eq!(labels(&ends.worst), labels(&tables[0].rows[..3]));
    assert_eq!((ends.best.as_ref().unwrap(), ends.more.as_str()), (last, "4 more"));
    // The fourth is told as well, if there are no others.
    let mut numbers = numbers;
    numbers.sections[0].kpis[0].breakdowns[0].rows.truncate(4);
    let ends = view(&numbers, "en").sections[0].kpis[0].tables[0].ends.clone();
    assert_eq!((ends.worst.len(), ends.best, ends.more.as_str()), (4, None, ""));
}

#[test]
fn what_one_group_that_is_all_there_is_would_repeat_is_told_once() {
    // Who sees one partner sees one region.
    let mut numbers = samples::numbers();
    let rate = &mut numbers.sections[0].kpis[0];
    for table in &mut rate.breakdowns {
        table.rows.retain(|row| row.status == Status::Critical);
        table.rows.truncate(1);
    }
    let told = |numbers: &Numbers| {
        let attention = view(numbers, "en").attention;
        let figures = attention.iter().filter(|of| of.kpi == "feedback_rate").flat_map(|of| &of.figures);
        figures.filter(|needing| needing.group != "total").count()
    };
    let tables = |numbers: &Numbers| in_short(view(numbers, "en")).sections[0].kpis[0].tables.len();
    assert_eq!((told(&numbers), tables(&numbers)), (2, 0));
    for table in &mut numbers.sections[0].kpis[0].breakdowns {
        table.rows[0].cell = samples::value(0.7, 5);
    }
    numbers.sections[0].kpis[0].cell = samples::value(0.7, 5);
    assert_eq!((told(&numbers), tables(&numbers)), (0, 0));
    assert_eq!(view(&numbers, "en").sections[0].kpis[0].tables.len(), 2, "the archive has all");
}

#[test]
fn a_long_mail_leaves_out_courses_first_and_never_what_needs_attention() {
    let mut view = view(&samples::numbers(), "en");
    let whole = view.clone();
    let mut step = 0;
    while cut(&mut view, step) {
        assert!(!view.attention.is_empty() && view.left_out.len() <= step + 1);
        step += 1;
    }
    assert_eq!(step, 13);
    insta::assert_snapshot!(view.left_out.join("\n"));
    assert_eq!((view.attention[0].figures.len(), view.attention[0].more.as_str()), (2, "6 more"));
    assert_eq!((&view.statements, &view.headline), (&whole.statements, &whole.headline));
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn a_figure_that_can_still_change_says_what_it_will_come_to_and_what_was_judged() {
    let said = |by: By| {
        let mut numbers = samples::young_numbers();
        numbers.sections[0].kpis[0].assessment.as_mut().unwrap().judged.by = Some(by);
        let rate = view(&numbers, "en").sections[0].kpis[0].clone();
        (plain(&rate.judged_by), plain(&rate.facts.join(" · ")), plain(&rate.previous))
    };
    let young = |judged: &str, facts: &str| {
        (judged.to_owned(), format!("can still change · {facts}"), "85.4% at the same age, 90.0% by now".to_owned())
    };
    let (whole, last) = ("expected: 90.0% (86.0% to 93.0%)", "last settled: 87.9% in week 44");
    assert_eq!(said(By::Value), young("", &format!("{whole} · {last}")));
    let expected = By::Expected { value: 0.9, periods: 20 };
    assert_eq!(said(expected), young("judged: expected 90.0%", &format!("expected between 86.0% and 93.0% · {last}")));
    let settled = By::Settled { value: 0.879, period: "2026-W44".to_owned() };
    assert_eq!(said(settled), young("judged: 87.9% in week 44", whole));
}

#[test]
fn a_row_says_which_figure_was_judged_and_its_table_that_all_can_still_change() {
    let numbers = samples::young_numbers();
    let tables = &view(&numbers, "en").sections[0].kpis[0].tables;
    let judged: Vec<(&str, String)> = tables[1].rows.iter().map(|row| (&*row.label, plain(&row.judged_by))).collect();
    assert!(judged.contains(&("Deich Energie", "judged: 80.0% in week 45".to_owned())), "{judged:?}");
    assert!(judged.contains(&("Isar <Consult>", "judged: 57.7% in 26 weeks".to_owned())), "{judged:?}");
    assert_eq!(judged.iter().filter(|(_, judged)| judged.is_empty()).count(), judged.len() - 2);
    let notes: Vec<&str> = tables.iter().map(|table| &*table.note).collect();
    assert_eq!(notes, ["", "These figures can still change, and are compared at the same age"]);
}

#[test]
fn a_breakdown_without_groups_is_no_table() {
    let mut numbers = samples::numbers();
    let rate = &mut numbers.sections[0].kpis[0];
    assert_eq!(rate.breakdowns.len(), 2);
    rate.breakdowns[0].rows.clear();
    for row in &mut rate.breakdowns[1].rows {
        (row.cell, row.previous) = (samples::absent(Outcome::NoRows), samples::absent(Outcome::NoRows));
    }
    assert!(view(&numbers, "en").sections[0].kpis[0].tables.is_empty());
}

#[test]
fn a_section_says_why_it_has_no_threshold_and_no_target() {
    let mut numbers = samples::numbers();
    let block = &mut numbers.sections[0].kpis[0];
    block.threshold = Threshold::default();
    block.plans_below = Some(PlansBelow { level: "rep".to_owned(), count: 4 });
    let assessment = block.assessment.as_mut().unwrap();
    assessment.judged =
        Judged { status: Status::Unjudged, sure: None, chance: false, by: None, reason: Some(Unjudged::NoPast) };
    let section = |numbers: &Numbers, language| view(numbers, language).sections.remove(0).kpis.remove(0);
    let shown = section(&numbers, "en");
    assert_eq!(shown.threshold, "usual variation is the threshold, and the past does not tell it");
    assert_eq!(plain(&shown.facts.join("; ")), "4 targets are planned by Sales rep only, none for the whole");
    numbers.sections[0].kpis[0].assessment.as_mut().unwrap().judged.reason = Some(Unjudged::NoMarks);
    assert_eq!(section(&numbers, "de").threshold, "ohne Schwelle");
}
