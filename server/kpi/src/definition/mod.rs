//! What a script says about its KPI: its [`declaration`], the marks ([`threshold`], and [`exception`]s from them) and the rules ([`judging`]) by which
//! its figures are judged. [`range`] refuses marks that no figure can reach, [`share`] reads per cents.

pub mod declaration;
pub mod exception;
pub mod judging;
pub mod range;
pub mod share;
pub mod threshold;
pub mod wrong;
