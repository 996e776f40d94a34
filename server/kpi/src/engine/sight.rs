//! As it stood: at which instants the rows of periods are seen.
//!
//! A [`Sight`] names an instant for each period: the same one for all (what was known on Monday), or for each the same
//! time after its end (every week seen seven hours old). A fold turns it into [`View`]s: rows, and the instant at
//! which each of them is seen.

use crate::time::timeline::Timeline;
use jiff::Timestamp;

/// For each period the instant (UTC seconds) at which its rows are seen; `None` where nobody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight(pub Vec<Option<i64>>);

/// Rows, and the instants at which they are seen.
#[derive(Debug, Clone, PartialEq)]
pub enum View {
    /// All of them at this instant.
    At(i64),
    /// Each at the instant of the stretch in which it lies, on the timeline of that index; NaN where nobody asks for
    /// it.
    ByStretch(usize, Vec<f64>),
}

/// The instant at which each row of a batch is seen.
pub enum Instants {
    Same(f64),
    Each(Vec<f64>),
}

impl Sight {
    /// Every period as everything is known that ever will be.
    #[cfg(test)]
    pub fn everything(periods: usize) -> Sight {
        Sight(vec![Some(Timestamp::MAX.as_second()); periods])
    }

    /// The instant of each stretch of a timeline; `None` where two periods that share one are seen at different
    /// instants.
    pub fn of_stretches(&self, timeline: &Timeline) -> Option<Vec<Option<i64>>> {
        let mut instants = vec![None; timeline.stretches()];
        for (period, instant) in self.0.iter().enumerate().filter(|(_, instant)| instant.is_some()) {
            for known in &mut instants[timeline.period(period)] {
                if known.is_some_and(|known| Some(known) != *instant) {
                    return None;
                }
                *known = *instant;
            }
        }
        Some(instants)
    }
}

impl View {
    /// Rows in stretches that are seen at these instants.
    #[expect(clippy::cast_precision_loss, reason = "instants are far below 2^53")]
    pub fn of_stretches(timeline: usize, instants: &[Option<i64>]) -> View {
        let mut asked = instants.iter().flatten();
        match asked.next() {
            // What nobody asks for is not read either.
            Some(first) if asked.all(|instant| instant == first) => View::At(*first),
            _ => {
                let instant = |instant: &Option<i64>| instant.map_or(f64::NAN, |instant| instant as f64);
                View::ByStretch(timeline, instants.iter().map(instant).collect())
            }
        }
    }

    /// Whether everything is known in it that ever will be.
    pub fn is_of_everything(&self) -> bool {
        *self == View::At(Timestamp::MAX.as_second())
    }

    /// The earliest of its instants; `None` if there is none.
    pub fn earliest(&self) -> Option<i64> {
        match self {
            View::At(instant) => Some(*instant),
            #[expect(clippy::cast_possible_truncation, reason = "instants are whole and far below 2^53")]
            View::ByStretch(_, instants) => {
                let asked = instants.iter().filter(|instant| !instant.is_nan());
                asked.map(|instant| *instant as i64).min()
            }
        }
    }

    /// The instant of each row; NaN where nobody asks for it. `stretches` says for each timeline in which stretch each
    /// row lies.
    #[expect(clippy::cast_precision_loss, reason = "instants are far below 2^53")]
    pub fn instants(&self, stretches: &[&[Option<usize>]]) -> Instants {
        match self {
            View::At(instant) => Instants::Same(*instant as f64),
            View::ByStretch(timeline, instants) => {
                let of = |stretch: &Option<usize>| stretch.map_or(f64::NAN, |stretch| instants[stretch]);
                Instants::Each(stretches[*timeline].iter().map(of).collect())
            }
        }
    }
}

impl Instants {
    /// That of a row.
    pub fn of(&self, row: usize) -> f64 {
        match self {
            Instants::Same(instant) => *instant,
            Instants::Each(instants) => instants[row],
        }
    }
}
