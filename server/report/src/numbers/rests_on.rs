//! What the figures of a KPI rest on besides its script and the data.

use pegel_kpi::definition::declaration::Parameter;
use pegel_kpi::script::kpi::Kpi;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the figures of a KPI rest on besides its script and the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RestsOn {
    /// The files of the shared helpers that its script uses, sorted: `lib/sales.rhai`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helpers: Vec<String>,
    /// Whether it counts working time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calendar: bool,
    /// What its script leaves open, as it was set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Parameter>,
}

impl From<&Kpi> for RestsOn {
    fn from(kpi: &Kpi) -> RestsOn {
        RestsOn {
            helpers: kpi.helpers().map(str::to_owned).collect(),
            calendar: kpi.counts_working_time(),
            parameters: kpi.declaration.parameters.clone(),
        }
    }
}
