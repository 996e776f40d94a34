//! What command lines say about groups.

use crate::ending::{Failure, broke, usage};
use anyhow::anyhow;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::Grouped;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::diagnostic::instead;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::Side;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_store::Reader;

/// Refuses a group that no row of the KPI has ever been in; one without rows in the period is none to complain about.
///
/// # Errors
/// If there is no such group, with the one that was meant; or the database fails.
pub fn check_group(
    (kpi, period): (&Kpi, &Period),
    only: Option<&(Dimension, String)>,
    source: &mut Grouped<Reader>,
) -> Result<(), Failure> {
    let Some((dimension, wanted)) = only else { return Ok(()) };
    let question = Question { kpi, period, only: Vec::new(), side: Side::All, limit: 0 };
    let known = question.groups(dimension, &Scope::everything(), source).map_err(broke)?;
    if known.contains(wanted) {
        return Ok(());
    }
    let hint = instead(wanted, &known).unwrap_or_else(|| match known.len() {
        0 => "there is none at all".to_owned(),
        _ => format!("`pegel kpi value {} --by {dimension} …` lists them", kpi.id()),
    });
    Err(usage(anyhow!("no row of {} has the {dimension} “{wanted}”; {hint}", kpi.id())))
}

/// `region=North`: the group of that display name.
///
/// # Errors
/// If it is not written so, or there is no such dimension.
pub fn condition(text: &str, model: &Model) -> Result<(Dimension, String), Failure> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| usage(anyhow!("“{text}” is not a condition: write DIM=VALUE")))?;
    Ok((model.dimension(name).map_err(usage)?, value.to_owned()))
}
