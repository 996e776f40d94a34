//! The rules by which the last figure stands out, each with the side on which it does: those of NHS England's “Making
//! Data Count”, with runs and trends of seven.

use super::limits::{Limits, RUN, Side};

/// How many figures that rise, or fall, are no chance.
const TREND: usize = 7;

/// The last figure lies beyond a limit.
pub fn beyond_limit(figures: &[f64], limits: &Limits) -> Option<Side> {
    limits.beyond(*figures.last()?, 1.0)
}

/// The last figures lie on one side of the centre.
pub fn run(figures: &[f64], limits: &Limits) -> Option<Side> {
    alike(newest(figures, RUN)?.iter().map(|figure| limits.side(*figure)))
}

/// The last figures rise, or fall, each from the one before.
pub fn trend(figures: &[f64], limits: &Limits) -> Option<Side> {
    alike(newest(figures, TREND)?.windows(2).map(|pair| limits.step(pair[0], pair[1])))
}

/// The last figure and one of the two before it lie beyond two thirds of the way to the same limit.
pub fn two_of_three(figures: &[f64], limits: &Limits) -> Option<Side> {
    let far = |figure: &f64| limits.beyond(*figure, 2.0 / 3.0);
    let [first, second, last] = newest(figures, 3)? else { return None };
    let side = far(last)?;
    (far(first) == Some(side) || far(second) == Some(side)).then_some(side)
}

/// The newest figures; `None` where there are fewer.
fn newest(figures: &[f64], count: usize) -> Option<&[f64]> {
    figures.len().checked_sub(count).map(|start| &figures[start..])
}

/// The side that all of them name.
fn alike(mut sides: impl Iterator<Item = Option<Side>>) -> Option<Side> {
    let first = sides.next()??;
    sides.all(|side| side == Some(first)).then_some(first)
}
