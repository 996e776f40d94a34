//! A chart where no SVG is shown: columns of a table for mails, blocks for plain text.

use crate::chart::Chart;
use crate::scale::Scale;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const GAP: char = '·';

/// A bar, in per cent of the height of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Column {
    /// From zero to the figure, 0 to 100.
    pub height: u8,
    /// Where its lower end lies: above 0 only where figures lie below zero.
    pub rise: u8,
}

/// The bars of a chart, one for each point; `None` is a gap.
pub fn columns(chart: &Chart) -> Vec<Option<Column>> {
    each(chart, |scale, figure| {
        let (from, to) = scale.bar(figure);
        Column { height: percent(to) - percent(from), rise: percent(from) }
    })
}

/// The chart in one line of text: a block for each figure, taller for higher ones, and a dot for a gap.
pub fn blocks(chart: &Chart) -> String {
    each(chart, |scale, figure| BLOCKS[whole(scale.share(figure) * 7.0)])
        .into_iter()
        .map(|block| block.unwrap_or(GAP))
        .collect()
}

fn each<T>(chart: &Chart, draw: impl Fn(&Scale, f64) -> T) -> Vec<Option<T>> {
    let scale = Scale::of(chart);
    chart.points.iter().map(|point| Some(draw(scale.as_ref()?, point.figure()?))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "it lies between 0 and 100")]
fn percent(share: f64) -> u8 {
    whole(share * 100.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares lie between 0 and 1")]
fn whole(figure: f64) -> usize {
    figure.round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Form;
    use crate::samples::course;

    fn bars(figures: &[Option<f64>]) -> Vec<Option<(u8, u8)>> {
        let columns = columns(&course(Form::Bars, figures)).into_iter();
        columns.map(|column| column.map(|Column { height, rise }| (height, rise))).collect()
    }

    #[test]
    fn columns_start_at_zero_and_a_gap_is_no_column() {
        let course = [Some(100.0), None, Some(150.0), Some(200.0)];
        assert_eq!(bars(&course), [Some((50, 0)), None, Some((75, 0)), Some((100, 0))]);
        assert_eq!(bars(&[Some(0.0)]), [Some((0, 0))]);
        assert_eq!(bars(&[None]), [None]);
    }

    #[test]
    fn columns_below_zero_hang_from_it() {
        assert_eq!(bars(&[Some(-50.0), Some(150.0), Some(0.0)]), [Some((25, 0)), Some((75, 25)), Some((0, 25))]);
    }

    #[test]
    fn blocks_rise_with_the_figures_and_a_gap_is_a_dot() {
        let line = |figures: &[Option<f64>]| blocks(&course(Form::Bars, figures));
        assert_eq!(line(&[Some(100.0), None, Some(150.0), Some(200.0)]), "▅·▆█");
        assert_eq!(line(&[Some(-200.0), Some(0.0), Some(-100.0)]), "▁█▅");
        assert_eq!(line(&[Some(0.0), Some(0.0)]), "▁▁");
        assert_eq!(line(&[None, None]), "··");
    }
}
