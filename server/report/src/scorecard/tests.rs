use super::*;
use crate::samples;
use pegel_kpi::data::cell::Outcome;

/// The partners of the made-up edition by two KPIs: the second is better where it is lower.
fn section() -> Section {
    let mut section = samples::numbers().sections.remove(0);
    let [mut rate, mut time] = [section.kpis[0].clone(), section.kpis[1].clone()];
    let row = rate.breakdowns[1].rows[0].clone();
    let rows = |figures: [(&str, f64, u64); 5]| {
        let row = |(label, value, sample): (&str, f64, u64)| BreakdownRow {
            group: Group::Text { label: label.to_owned() },
            cell: samples::value(value, sample),
            ..row.clone()
        };
        figures.map(row).to_vec()
    };
    rate.min_sample = 10;
    rate.breakdowns[1].rows = rows([("A", 0.9, 50), ("B", 0.8, 50), ("C", 0.7, 50), ("D", 0.6, 50), ("E", 1.0, 3)]);
    time.better = Better::Lower;
    time.breakdowns = vec![rate.breakdowns[1].clone()];
    time.breakdowns[0].rows =
        rows([("A", 3600.0, 50), ("B", 7200.0, 50), ("C", 1800.0, 50), ("D", 14400.0, 50), ("E", 1800.0, 2)]);
    time.min_sample = 10;
    section.kpis = vec![rate, time];
    section.scorecard = Some("partner".to_owned());
    section
}

#[test]
fn who_leaves_most_of_the_others_behind_comes_first_and_few_rows_count_for_nothing() {
    let section = section();
    let card = scorecard(&section).unwrap();
    let places: Vec<(&str, Option<usize>)> =
        card.lines.iter().map(|line| (line.group.label().unwrap(), line.place)).collect();
    // A: first of four and second, C: third and first, B: second and third, D: last twice.
    assert_eq!(places, [("A", Some(1)), ("C", Some(2)), ("B", Some(3)), ("D", Some(4)), ("E", None)]);
    let standings: Vec<Standing> = card.lines.iter().map(|line| line.cells[0].1).collect();
    assert_eq!(standings[0], Standing::Better);
    assert_eq!(standings[3..], [Standing::Worse, Standing::Unknown]);
    // Times differ by far more, in relation to their median, than rates do.
    assert_eq!(card.differs, Some(1));
}

#[test]
fn a_group_without_a_name_or_without_figures_is_not_compared() {
    let mut section = section();
    let rows = &mut section.kpis[0].breakdowns[1].rows;
    rows[0].group = Group::Missing { label: () };
    rows[1].cell = samples::absent(Outcome::NoRows);
    section.kpis.truncate(1);
    let card = scorecard(&section).unwrap();
    assert_eq!(card.lines.iter().map(|line| line.group.label().unwrap()).collect::<Vec<_>>(), ["C", "D", "E"]);
    section.scorecard = None;
    assert_eq!(scorecard(&section), None);
}
