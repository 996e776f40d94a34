//! What a script says about its KPI: its [`declaration`], and the [`threshold`]s that its figures are judged by.

pub mod declaration;
pub mod threshold;
