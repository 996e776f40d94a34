//! What made a total change: how much of it its groups contribute.
//!
//! A share changes in two ways: the rates within its groups change, or the weights of the groups do. Each effect is taken
//! at the mean of the other over both periods, so that neither is the base and nothing is left over (Kitagawa 1955,
//! “Components of a Difference Between Two Rates”).

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// What the share of a group is made of, in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    pub numerator: f64,
    pub denominator: f64,
}

/// What a group contributes to the change of its total, in the units of the total.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// By what changed within the group.
    pub rate: f64,
    /// Of a share: by the weight that the group gained or lost.
    pub mix: f64,
}

/// The contributions to a count or a sum: the differences of the groups, which are in one order in both periods. A group
/// that is absent from a period is 0 in it.
pub fn of_amounts(before: &[f64], after: &[f64]) -> Vec<Contribution> {
    before.iter().zip(after).map(|(before, after)| Contribution { rate: after - before, mix: 0.0 }).collect()
}

/// The contributions to a share, of groups in one order in both periods. A group without a denominator in a period has
/// no weight in it, and the rate of the other period: where it comes or goes, all that it contributes is mix. `None`
/// where the total has no share in one of the periods.
pub fn of_shares(before: &[Ratio], after: &[Ratio]) -> Option<Vec<Contribution>> {
    let (all_before, all_after) = (total(before), total(after));
    let total_rate = f64::midpoint(rate(&all_before)?, rate(&all_after)?);
    let contribution = |(before, after): (&Ratio, &Ratio)| {
        let (w0, w1) = (before.denominator / all_before.denominator, after.denominator / all_after.denominator);
        let (r0, r1) = (rate(before).or(rate(after)).unwrap_or(0.0), rate(after).or(rate(before)).unwrap_or(0.0));
        Contribution { rate: f64::midpoint(w1, w0) * (r1 - r0), mix: (f64::midpoint(r1, r0) - total_rate) * (w1 - w0) }
    };
    Some(before.iter().zip(after).map(contribution).collect())
}

fn total(groups: &[Ratio]) -> Ratio {
    let sum = |of: fn(&Ratio) -> f64| groups.iter().map(of).sum();
    Ratio { numerator: sum(|group| group.numerator), denominator: sum(|group| group.denominator) }
}

/// The share itself; `None` without a denominator.
fn rate(of: &Ratio) -> Option<f64> {
    (of.denominator > 0.0).then(|| of.numerator / of.denominator)
}
