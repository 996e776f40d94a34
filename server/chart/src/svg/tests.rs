use super::*;
use crate::samples::course;
use crate::steps::Steps;

const TOLD: Told = Told { id: "c", title: "Feedback rate", text: "Week 1: 80 %." };

fn per_cent(figure: f64) -> String {
    format!("{:.0} %", figure * 100.0)
}

/// Six weeks of a rate that must not fall below 75 %: the third has no figure, the last can still change.
fn rate() -> Chart {
    let mut chart = course(Form::Line, &[Some(0.88), Some(0.81), None, Some(0.74), Some(0.8), Some(0.86)]);
    chart.points[3].tone = Tone::Critical;
    chart.points[5].provisional = true;
    chart.marks.push(Mark { level: 0.75, tone: Tone::Critical, label: "critical below 75 %".to_owned() });
    chart.bands.push(Band { from: None, to: Some(0.75), tone: Tone::Critical });
    chart.steps = Some(Steps::Decimal);
    chart
}

/// Four weeks of a margin: once below zero, once none, the last can still change.
fn margin() -> Chart {
    let mut chart = course(Form::Bars, &[Some(1200.0), Some(-400.0), None, Some(800.0)]);
    chart.points[1].tone = Tone::Warning;
    chart.points[3].provisional = true;
    chart.steps = Some(Steps::Decimal);
    chart
}

fn plot(chart: &Chart) -> String {
    Plot::of(chart, &TOLD, |figure| figure.to_string()).unwrap().svg
}

#[test]
fn a_line_on_a_page() {
    let plot = Plot::of(&rate(), &TOLD, per_cent).unwrap();
    assert_eq!(plot.scale, ["70 %", "75 %", "80 %", "85 %", "90 %"]);
    insta::assert_snapshot!(plot.svg);
}

#[test]
fn bars_on_a_page() {
    insta::assert_snapshot!(plot(&margin()));
}

#[test]
fn a_small_trend() {
    insta::assert_snapshot!(spark(&rate(), "Trend: Feedback rate").unwrap().replace('>', ">\n"));
}

#[test]
fn a_line_that_stands_alone() {
    insta::assert_snapshot!(picture(&rate(), &TOLD, (480, 200), Palette::LIGHT, per_cent).unwrap());
}

#[test]
fn bars_that_stand_alone() {
    insta::assert_snapshot!(
        picture(&margin(), &TOLD, (480, 200), Palette::LIGHT, |figure| figure.to_string()).unwrap()
    );
}

#[test]
fn a_gap_breaks_the_line_and_draws_no_zero() {
    let svg = plot(&course(Form::Line, &[Some(0.8), Some(0.9), None, Some(0.7), None, Some(0.8), Some(0.9)]));
    assert_eq!(svg.matches("<path").count(), 2);
    assert_eq!(svg.matches("<circle").count(), 5);
    assert_eq!(plot(&course(Form::Bars, &[Some(3.0), None, Some(4.0)])).matches("<rect").count(), 2);
}

#[test]
fn a_figure_between_two_gaps_is_a_dot_in_a_small_trend_and_a_gap_at_the_end_has_none() {
    let radii = |figures: &[Option<f64>]| {
        let svg = spark(&course(Form::Line, figures), "").unwrap();
        svg.split(" r=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(radii(&[Some(1.0), None, Some(2.0), None, Some(1.0), Some(2.0)]), ["2.3", "2.3", "3.2"]);
    assert_eq!(radii(&[Some(1.0), Some(2.0), None]), [""; 0]);
}

#[test]
fn a_figure_that_can_still_change_is_hollow() {
    for form in [Form::Line, Form::Bars] {
        let mut chart = course(form, &[Some(1.0), Some(2.0)]);
        assert!(!plot(&chart).contains("hollow"));
        chart.points[1].provisional = true;
        assert_eq!(plot(&chart).matches(" hollow\"").count(), 1);
    }
}

#[test]
fn without_a_figure_there_is_no_picture() {
    for figures in [&[None, None][..], &[]] {
        let chart = course(Form::Line, figures);
        assert_eq!(Plot::of(&chart, &TOLD, per_cent), None);
        assert_eq!(spark(&chart, ""), None);
        assert_eq!(picture(&chart, &TOLD, (480, 200), Palette::LIGHT, per_cent), None);
    }
}

#[test]
fn one_point_stands_in_the_middle() {
    let svg = plot(&course(Form::Line, &[Some(7.0)]));
    assert!(svg.contains(r#"cx="50%" cy="50%""#) && !svg.contains("<path"), "{svg}");
}

#[test]
fn names_cannot_break_the_picture() {
    let mut chart = course(Form::Line, &[Some(1.0)]);
    chart.points[0].name = "<b> & \"c\"\u{b}".to_owned();
    assert!(plot(&chart).contains("<title>&lt;b&gt; &amp; &quot;c&quot; </title>"));
}

#[test]
fn a_picture_has_room_for_the_name_of_its_last_period() {
    let mut chart = course(Form::Bars, &[Some(1.0), Some(2.0), Some(3.0), Some(2.0), Some(1.0), Some(2.0)]);
    let end = |chart: &Chart| {
        let svg = picture(chart, &TOLD, (300, 100), Palette::LIGHT, |figure| figure.to_string()).unwrap();
        let bar = svg.rsplit_once("<rect").unwrap().1;
        let number = |name: &str| -> f64 {
            bar.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
        };
        number(" x") + number(" width") / 2.0
    };
    chart.points[5].tick = "W6".to_owned();
    let (short, half) = (end(&chart), |letters: f64| letters * 7.2 / 2.0);
    chart.points[5].tick = "September 2026".to_owned();
    let long = end(&chart);
    assert!(long < short && long + half(14.0) <= 300.0, "{short} {long}");
}
