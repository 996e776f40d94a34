//! What a rule would have told in the past: period by period, each as it was known when it was over.

use crate::AlertError;
use crate::definition::AlertDefinition;
use crate::evaluate::{Look, numbers_of};
use crate::surroundings::Surroundings;
use crate::watch::watched;
use jiff::Timestamp;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::time::period::Period;
use pegel_report::statements::statement::Finding;

/// What would have been seen and told of one period.
#[derive(Debug, Clone)]
pub struct Replayed {
    pub period: Period,
    /// The figures that break a mark, whether that counts or may be chance.
    pub broken: Vec<Finding>,
    /// How many mails each recipient would have got: none or one.
    pub mails: usize,
}

impl Replayed {
    /// Whether a figure breaks its mark by more than chance.
    pub fn is_sure(finding: &Finding) -> bool {
        finding.assessment.as_ref().is_some_and(|known| known.judged.sure == Some(true))
    }
}

/// What the rule would have told of each of these periods, the oldest first.
///
/// # Errors
/// If the rule asks for what there is not, or the data cannot be read.
pub fn replay(
    definition: &AlertDefinition,
    surroundings: &Surroundings,
    periods: &[Period],
) -> Result<Vec<Replayed>, AlertError> {
    let report = definition.report();
    let mut look = Look::default();
    let mut all = Vec::with_capacity(periods.len());
    for period in periods {
        let end = Timestamp::from_second(period.instants().end).unwrap_or(Timestamp::MAX);
        let scopes = std::slice::from_ref(&definition.scope);
        let numbers = numbers_of(&report, scopes, surroundings, period, end)?;
        let mut replayed = Replayed { period: period.clone(), broken: Vec::new(), mails: 0 };
        for numbers in &numbers {
            let (changed, told) = look.at(definition, numbers, true, end);
            replayed.mails += usize::from(!told.is_empty());
            for changed in changed {
                look.remember(changed.alert);
            }
            let findings = watched(numbers, definition).into_iter().map(|watched| watched.finding);
            let is_broken = |finding: &Finding| {
                finding.assessment.as_ref().is_some_and(|known| known.judged.status >= Status::Warning)
            };
            replayed.broken.extend(findings.filter(is_broken));
        }
        all.push(replayed);
    }
    Ok(all)
}
