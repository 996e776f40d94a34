//! Groups compared with each other by several KPIs: which partners perform, and by which KPI they differ most.
//!
//! A group's place follows from how many of the others it leaves behind, KPI by KPI (its percentile rank), on average
//! over the KPIs in which a direction is good. Figures that rest on fewer rows than are judged are shown, and count for
//! nothing.

use crate::numbers::{BreakdownRow, Group, KpiBlock, Section};
use pegel_kpi::definition::threshold::Better;
use statrs::statistics::{Data, OrderStatistics};

/// Of fewer groups no quarter is better or worse than the others.
const FEWEST: usize = 4;

/// The groups of a dimension, each with its figure of several KPIs.
#[derive(Debug, PartialEq)]
pub struct Scorecard<'a> {
    pub dimension: &'a str,
    pub kpis: Vec<ColumnOf<'a>>,
    /// In order, those without a place last.
    pub lines: Vec<Line<'a>>,
    /// The KPI, by its index, of which the middle half of the groups lies widest apart, in relation to their median.
    pub differs: Option<usize>,
}

/// A KPI, and how the groups stand in it.
#[derive(Debug, PartialEq)]
pub struct ColumnOf<'a> {
    pub block: &'a KpiBlock,
    /// Of the figures that count; `None` if there are none.
    pub quartiles: Option<Quartiles>,
}

/// Where a quarter, half and three quarters of the figures lie below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

/// A group.
#[derive(Debug, PartialEq)]
pub struct Line<'a> {
    pub group: &'a Group,
    /// From 1 on; `None` for a group of which most figures count for nothing.
    pub place: Option<usize>,
    /// Its figure of each KPI, and how it stands among the others.
    pub cells: Vec<(Option<&'a BreakdownRow>, Standing)>,
}

/// How a figure stands among those of the other groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In the best quarter.
    Better,
    /// In the worst quarter.
    Worse,
    /// In the middle, or neither direction is good.
    Even,
    /// It counts for nothing: there is none, or it rests on too few rows.
    Unknown,
}

/// The scorecard of a section; `None` if it has none, or no KPI is broken down by its dimension.
pub fn scorecard(section: &Section) -> Option<Scorecard<'_>> {
    let dimension = section.scorecard.as_deref()?;
    let tables: Vec<(&KpiBlock, &[BreakdownRow])> = section
        .kpis
        .iter()
        .filter_map(|block| {
            let table = block.breakdowns.iter().find(|table| table.dimension == dimension)?;
            Some((block, &table.rows[..]))
        })
        .collect();
    let mut groups: Vec<&Group> = Vec::new();
    for row in tables.iter().flat_map(|(_, rows)| *rows).filter(|row| row.group.label().is_some()) {
        if row.cell.outcome.value().is_some() && !groups.contains(&&row.group) {
            groups.push(&row.group);
        }
    }
    let kpis: Vec<ColumnOf> =
        tables.iter().map(|(block, rows)| ColumnOf { block, quartiles: quartiles(block, rows) }).collect();
    let mut lines: Vec<(f64, Line)> = groups.into_iter().map(|group| line(group, &tables, &kpis)).collect();
    lines.sort_by(|(one, line), (other, other_line)| {
        other.total_cmp(one).then_with(|| line.group.label().cmp(&other_line.group.label()))
    });
    let differs = widest(&kpis);
    let scores: Vec<f64> = lines.iter().map(|(score, _)| *score).collect();
    // Those that leave as many behind share a place.
    let place = |score: f64| (score >= 0.0).then(|| scores.partition_point(|other| *other > score + 1e-9) + 1);
    let lines: Vec<Line> = lines.into_iter().map(|(score, line)| Line { place: place(score), ..line }).collect();
    (!lines.is_empty()).then_some(Scorecard { dimension, kpis, lines, differs })
}

/// A group and its average percentile rank, below 0 where most of its figures count for nothing.
fn line<'a>(group: &'a Group, tables: &[(&'a KpiBlock, &'a [BreakdownRow])], kpis: &[ColumnOf]) -> (f64, Line<'a>) {
    let mut ranks = Vec::new();
    let ranked = kpis.iter().filter(|kpi| kpi.block.better != Better::Neutral).count();
    let cells = tables.iter().zip(kpis).map(|((block, rows), kpi)| {
        let row = rows.iter().find(|row| row.group == *group);
        let value = row.and_then(|row| counting(block, row));
        ranks.extend(value.and_then(|value| rank(value, block, rows)));
        (row, value.map_or(Standing::Unknown, |value| standing(value, kpi, rows.len())))
    });
    let cells = cells.collect();
    let most = !ranks.is_empty() && 2 * ranks.len() >= ranked;
    #[expect(clippy::cast_precision_loss, reason = "a section has few KPIs")]
    let score = if most { ranks.iter().sum::<f64>() / ranks.len() as f64 } else { -1.0 };
    (score, Line { group, place: None, cells })
}

/// A figure that rests on enough rows.
fn counting(block: &KpiBlock, row: &BreakdownRow) -> Option<f64> {
    let enough = row.cell.sample.is_none_or(|sample| sample >= block.min_sample);
    row.cell.whole().filter(|_| enough)
}

/// How much of the others a figure leaves behind, from 0 to 1; those that are equal count half. `None` if neither
/// direction is good.
fn rank(value: f64, block: &KpiBlock, rows: &[BreakdownRow]) -> Option<f64> {
    let ahead = |other: f64| match block.better {
        Better::Higher => value.partial_cmp(&other),
        Better::Lower => other.partial_cmp(&value),
        Better::Neutral => None,
    };
    let others: Vec<f64> = rows.iter().filter_map(|row| counting(block, row)).collect();
    let left = others.iter().map(|other| match ahead(*other)? {
        std::cmp::Ordering::Greater => Some(1.0),
        std::cmp::Ordering::Equal => Some(0.5),
        std::cmp::Ordering::Less => Some(0.0),
    });
    // It is equal to itself.
    let behind = left.sum::<Option<f64>>()? - 0.5;
    #[expect(clippy::cast_precision_loss, reason = "there are few groups")]
    Some(if others.len() < 2 { 0.5 } else { behind / (others.len() - 1) as f64 })
}

fn quartiles(block: &KpiBlock, rows: &[BreakdownRow]) -> Option<Quartiles> {
    let values: Vec<f64> = rows.iter().filter_map(|row| counting(block, row)).collect();
    if values.is_empty() {
        return None;
    }
    let mut data = Data::new(values);
    Some(Quartiles { lower: data.lower_quartile(), median: data.median(), upper: data.upper_quartile() })
}

fn standing(value: f64, kpi: &ColumnOf, groups: usize) -> Standing {
    let Some(Quartiles { lower, upper, .. }) = kpi.quartiles.filter(|of| groups >= FEWEST && of.lower < of.upper)
    else {
        return Standing::Even;
    };
    match kpi.block.better {
        Better::Higher if value >= upper => Standing::Better,
        Better::Higher if value <= lower => Standing::Worse,
        Better::Lower if value <= lower => Standing::Better,
        Better::Lower if value >= upper => Standing::Worse,
        _ => Standing::Even,
    }
}

fn widest(kpis: &[ColumnOf]) -> Option<usize> {
    let spread = |kpi: &ColumnOf| {
        let Quartiles { lower, median, upper } = kpi.quartiles?;
        (median != 0.0 && upper > lower).then(|| (upper - lower) / median.abs())
    };
    let spreads = kpis.iter().enumerate().filter_map(|(at, kpi)| Some((at, spread(kpi)?)));
    spreads.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests;
