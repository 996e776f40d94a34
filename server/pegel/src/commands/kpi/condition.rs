//! What command lines say about groups.

use crate::ending::{Failure, usage};
use anyhow::anyhow;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::diagnostic::nearest;

/// The dimension of that name.
///
/// # Errors
/// If there is none; suggests a similar name if there is one.
pub fn dimension(name: &str) -> Result<Dimension, Failure> {
    Dimension::named(name).ok_or_else(|| {
        let names = Dimension::ALL.map(Dimension::name);
        match nearest(name, names) {
            Some(near) => usage(anyhow!("“{name}” is not a dimension; did you mean “{near}”?")),
            None => usage(anyhow!("“{name}” is not a dimension; there are {}", names.join(", "))),
        }
    })
}

/// `region=North`: the group of that display name.
///
/// # Errors
/// If it is not written so, or there is no such dimension.
pub fn condition(text: &str) -> Result<(Dimension, String), Failure> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| usage(anyhow!("“{text}” is not a condition: write DIM=VALUE")))?;
    Ok((dimension(name)?, value.to_owned()))
}
