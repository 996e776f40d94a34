//! What figures that are not settled will come to.

use serde::{Deserialize, Serialize};

/// What a provisional figure will probably come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    pub value: f64,
    /// Eight of ten such expectations of the past were right within this range.
    pub low: f64,
    pub high: f64,
    /// How many settled periods it rests on.
    pub periods: usize,
}
