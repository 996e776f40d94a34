//! Which figures a rule sees, and how each stands.

use crate::AlertError;
use crate::definition::AlertDefinition;
use crate::life::Seen;
use pegel_catalog::Catalog;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_report::numbers::Numbers;
use pegel_report::statements::findings;
use pegel_report::statements::statement::Finding;
use pegel_store::alerts::AlertState;

/// A figure that is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    pub finding: Finding,
    /// The group as alerts are told apart by it; empty for the total.
    pub item: String,
    pub seen: Seen,
}

/// The figures of these numbers, as the rule sees them.
pub fn watched(numbers: &Numbers, definition: &AlertDefinition) -> Vec<Watched> {
    let watched = |finding: Finding| {
        let item = finding.group.as_ref().and_then(|head| serde_json::to_string(head).ok()).unwrap_or_default();
        Watched { seen: seen(&finding, definition.mend_by), item, finding }
    };
    findings(numbers).into_iter().map(watched).collect()
}

/// The KPIs as the rule wants them judged.
///
/// # Errors
/// If one of those that it watches is not in force, or has no threshold.
pub fn judged_by(definition: &AlertDefinition, catalog: &Catalog) -> Result<Catalog, AlertError> {
    let mut catalog = catalog.clone();
    for watched in &definition.kpis {
        let problem = |message: String, hint: &str| definition.wrong(&format!("\"{}\"", watched.id), message, hint);
        catalog.kpi(&watched.id).map_err(|error| problem(error.to_string(), ""))?;
        let Some(kpi) = catalog.kpis.iter_mut().find(|kpi| kpi.id() == watched.id) else { continue };
        let declaration = &mut kpi.declaration;
        if declaration.threshold.warning.is_none() && declaration.threshold.critical.is_none() {
            let message = format!("{} has no threshold, so nothing can break it", watched.id);
            return Err(problem(message, "give it one in config/thresholds.toml"));
        }
        if let Some(judge) = definition.judge {
            (declaration.judging.total, declaration.judging.groups) = (judge, judge);
        }
        declaration.min_sample = definition.min_sample.unwrap_or(declaration.min_sample);
    }
    Ok(catalog)
}

/// How a figure stands, with that margin between a mark and what is mended.
fn seen(finding: &Finding, margin: f64) -> Seen {
    let judged = finding.assessment.as_ref().map(|assessment| &assessment.judged);
    let Some(judged) = judged.filter(|judged| judged.status != Status::Unjudged) else { return Seen::Nothing };
    let broken = match judged.status {
        _ if judged.chance => None,
        Status::Critical => Some(AlertState::Critical),
        Status::Warning => Some(AlertState::Warning),
        Status::Ok | Status::Unjudged => None,
    };
    let value = finding.judged_value();
    let not_mended = |mark: Option<f64>| {
        mark.zip(value).is_some_and(|(mark, value)| !is_mended(value, mark, margin, (finding.better, finding.unit)))
    };
    let not_mended = if not_mended(finding.threshold.critical) {
        Some(AlertState::Critical)
    } else {
        not_mended(finding.threshold.warning).then_some(AlertState::Warning)
    };
    Seen::Figure { value, broken, not_mended }
}

/// Whether a figure is on the good side of a mark by that share of it.
fn is_mended(value: f64, mark: f64, margin: f64, (better, unit): (Better, Unit)) -> bool {
    let margin = mark.abs() * margin;
    match better {
        // No share of rows is larger than all of them.
        Better::Higher if unit == Unit::Percent && mark <= 1.0 => value >= (mark + margin).min(1.0),
        Better::Higher => value >= mark + margin,
        Better::Lower => value <= mark - margin,
        // A figure that is neither better nor worse has no marks.
        Better::Neutral => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_mended_when_it_is_better_than_its_mark_by_the_margin() {
        let rate = (Better::Higher, Unit::Percent);
        assert!(!is_mended(0.75, 0.75, 0.02, rate) && is_mended(0.765, 0.75, 0.02, rate));
        assert!(is_mended(0.75, 0.75, 0.0, rate));
        // All of them is the most there can be.
        assert!(!is_mended(0.999, 0.99, 0.02, rate) && is_mended(1.0, 0.99, 0.02, rate));
        let count = (Better::Lower, Unit::Count);
        assert!(!is_mended(50.0, 50.0, 0.02, count) && is_mended(49.0, 50.0, 0.02, count));
        assert!(is_mended(0.0, 0.0, 0.02, count) && !is_mended(1.0, 0.0, 0.02, count));
    }
}
