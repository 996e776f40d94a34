//! Figures of KPIs as charts show them: which form suits a unit, what a threshold draws.

use crate::format::Format;
use pegel_chart::{Band, Chart, Form, Mark, Point, Steps, Tone};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};

/// The figure of one period, judged; it has no name yet.
pub fn point(cell: &Cell, status: Status) -> Point {
    Point {
        name: String::new(),
        tick: String::new(),
        value: cell.whole(),
        tone: tone(status),
        provisional: cell.provisional,
    }
}

/// A course with a scale, the marks of its threshold, and the stretch beyond each: bars of what adds up over time, a
/// line of rates and durations.
pub fn large(points: Vec<Point>, unit: Unit, threshold: &Threshold, better: Better, format: &Format) -> Chart {
    let form = if matches!(unit, Unit::Money | Unit::Count) { Form::Bars } else { Form::Line };
    let steps = match unit {
        Unit::Count => Steps::Whole,
        Unit::Duration => Steps::Clock,
        _ => Steps::Decimal,
    };
    let parts = [
        (Tone::Warning, Threshold { critical: None, ..*threshold }),
        (Tone::Critical, Threshold { warning: None, ..*threshold }),
    ];
    let mut chart = Chart { steps: Some(steps), ..Chart::new(form, points) };
    for (tone, part) in parts {
        let Some(level) = part.warning.or(part.critical) else { continue };
        let (from, to) = match better {
            Better::Higher => (None, Some(level)),
            Better::Lower => (Some(level), None),
            // Neither side is the bad one.
            Better::Neutral => continue,
        };
        chart.bands.push(Band { from, to, tone });
        chart.marks.push(Mark { level, tone, label: format.threshold(&part, unit, better) });
    }
    chart
}

/// A small trend without a scale: a line whatever the unit, since it is small changes that it shows. Of the marks the
/// one nearest to the latest figure; both would press the figures flat.
pub fn small(points: Vec<Point>, threshold: &Threshold) -> Chart {
    let latest = points.iter().rev().find_map(|point| point.value);
    let away = |mark: &f64| latest.map_or(0.0, |latest| (mark - latest).abs());
    let marks = [threshold.warning, threshold.critical].into_iter().flatten();
    let nearest = marks.min_by(|one, other| away(one).total_cmp(&away(other)));
    let mark = |level| Mark { level, tone: Tone::Plain, label: String::new() };
    Chart { marks: nearest.map(mark).into_iter().collect(), ..Chart::new(Form::Line, points) }
}

fn tone(status: Status) -> Tone {
    match status {
        Status::Critical => Tone::Critical,
        Status::Warning => Tone::Warning,
        Status::Ok | Status::Unjudged => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use pegel_text::locale::Locale;

    const FLOOR: Threshold = Threshold { warning: Some(0.80), critical: Some(0.75) };

    fn points() -> Vec<Point> {
        [0.9, 0.78].map(|figure| point(&samples::value(figure, 9), Status::Ok)).into()
    }

    fn rate(better: Better) -> Chart {
        large(points(), Unit::Percent, &FLOOR, better, &Format::new(&Locale::english(), "EUR", "UTC"))
    }

    #[test]
    fn what_adds_up_is_bars_and_what_does_not_is_a_line() {
        let form =
            |unit| large(points(), unit, &FLOOR, Better::Higher, &Format::new(&Locale::english(), "EUR", "UTC")).form;
        assert_eq!([Unit::Count, Unit::Money].map(form), [Form::Bars; 2]);
        assert_eq!([Unit::Percent, Unit::Number, Unit::Duration].map(form), [Form::Line; 3]);
    }

    #[test]
    fn a_threshold_is_a_mark_with_its_words_and_a_band_on_its_bad_side() {
        let chart = rate(Better::Higher);
        let labels: Vec<&str> = chart.marks.iter().map(|mark| mark.label.as_str()).collect();
        assert_eq!(labels, ["warning below 80%", "critical below 75%"]);
        assert_eq!(chart.bands[1], Band { from: None, to: Some(0.75), tone: Tone::Critical });
        assert_eq!(rate(Better::Lower).bands[1], Band { from: Some(0.75), to: None, tone: Tone::Critical });
        let neutral = rate(Better::Neutral);
        assert_eq!((neutral.marks, neutral.bands), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_small_trend_shows_the_mark_nearest_to_the_latest_figure() {
        let levels = |chart: Chart| chart.marks.into_iter().map(|mark| mark.level).collect::<Vec<_>>();
        assert_eq!(levels(small(points(), &FLOOR)), [0.80]);
        assert_eq!(levels(small(points(), &Threshold::default())), [0.0; 0]);
    }

    #[test]
    fn a_figure_is_drawn_by_its_status_and_as_provisional_as_it_is() {
        let cell = Cell { provisional: true, ..samples::value(0.7, 9) };
        let drawn = point(&cell, Status::Critical);
        assert_eq!((drawn.value, drawn.tone, drawn.provisional), (Some(0.7), Tone::Critical, true));
    }
}
