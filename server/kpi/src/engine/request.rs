//! What is asked of the engine about one KPI.

use super::comparison::Comparison;
use crate::data::cell::Breakdown;
use crate::script::kpi::Kpi;

/// One KPI and the breakdowns wanted. The total is the empty breakdown, `vec![]`.
pub struct Request<'a> {
    pub kpi: &'a Kpi,
    /// Check each with [`Kpi::check_breakdown`] first: if a table lacks the dimension, all its rows count as missing
    /// it.
    pub breakdowns: Vec<Breakdown>,
    /// What the figures of the last period are compared with.
    pub comparison: Comparison,
    /// Whether the last figures are to be judged by those before them; ask for [`HISTORY`] periods.
    pub assess: bool,
}

/// How many periods it takes to judge the last of them: that many figures make usual variation.
pub const HISTORY: usize = crate::judgement::signal::FIGURES;
