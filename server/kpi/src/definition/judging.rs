//! By which rules figures are judged, beside their marks.

use super::share;
use super::threshold::MOST_PERIODS;
use super::wrong::Wrong;
use serde::{Deserialize, Serialize};

/// How a KPI's figures are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judging {
    /// Which breaches of the total count.
    pub total: Counting,
    /// Which breaches of a group count. The total of a reader who sees only a part is a group.
    pub groups: Counting,
    pub provisional: Provisional,
    /// By which share of its target a figure may miss it without being far from it.
    pub target_tolerance: f64,
    /// Over how many periods together a group is judged again that is not sure in one; 0: it is not.
    pub look_back: u8,
}

/// Which breaches count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Those that are more than chance.
    Sure,
    /// All of them.
    Any,
}

/// By what a figure that can still change is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provisional {
    /// By what it will probably come to; else by the last settled figure; else it is not judged.
    Expected,
    /// By what it is now.
    AsItStands,
}

impl Default for Judging {
    fn default() -> Judging {
        Judging {
            total: Counting::Any,
            groups: Counting::Sure,
            provisional: Provisional::Expected,
            target_tolerance: 0.05,
            look_back: 13,
        }
    }
}

/// Checks a share by which a target may be missed.
///
/// # Errors
/// If it does not lie between 0 and 1.
pub fn tolerance(tolerance: f64) -> Result<f64, Wrong> {
    if tolerance.is_nan() {
        return Err(Wrong::new("a tolerance cannot be NaN", "write 0.05 or \"5 %\""));
    }
    share::within(tolerance, &(0.0..=1.0)).map(|()| tolerance)
}

/// Checks a number of periods to look back over.
///
/// # Errors
/// If it is not a whole number from 0 to [`MOST_PERIODS`].
pub fn look_back(periods: f64) -> Result<u8, Wrong> {
    let hint = || format!("write a whole number from 0, for none, to {MOST_PERIODS}");
    (0..=MOST_PERIODS)
        .find(|known| f64::from(*known).total_cmp(&periods).is_eq())
        .ok_or_else(|| Wrong::new(format!("nothing can be judged over {periods} periods"), hint()))
}
