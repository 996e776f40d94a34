//! What command lines say about groups.

use crate::ending::{Failure, usage};
use anyhow::anyhow;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;

/// `region=North`: the group of that display name.
///
/// # Errors
/// If it is not written so, or there is no such dimension.
pub fn condition(text: &str, model: &Model) -> Result<(Dimension, String), Failure> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| usage(anyhow!("“{text}” is not a condition: write DIM=VALUE")))?;
    Ok((model.dimension(name).map_err(usage)?, value.to_owned()))
}
