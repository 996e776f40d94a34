//! Which measures of a KPI are listed together, and which of their rows.

use super::listing::Side;
use crate::definition::threshold::Better;
use crate::measure::Measure;
use crate::measure::aggregate::Aggregate;
use crate::measure::made_of::{MadeOf, Terms};
use crate::script::kpi::Kpi;
use std::collections::BTreeSet;

/// The rows of some measures that find them in the same table by the same date.
pub struct Wanted<'a> {
    /// With their names; at least one.
    pub measures: Vec<(&'a str, &'a Measure)>,
    /// A row is listed if the weights of the measures that count it add up to more than 0.
    pub weights: Vec<i32>,
}

impl<'a> Wanted<'a> {
    /// Every row that any of the measures counts.
    fn any_of(measures: Vec<(&'a str, &'a Measure)>) -> Wanted<'a> {
        let weights = vec![1; measures.len()];
        Wanted { measures, weights }
    }

    /// Whether the measures count different values of the same column, and not rows. Then it is values that are in the
    /// numerator or not: an order is cancelled once none of its lines stands.
    pub fn counts_values(&self) -> bool {
        let (_, first) = self.measures[0];
        let alike = |(_, measure): &(&str, &Measure)| measure.aggregate == first.aggregate;
        matches!(first.aggregate, Aggregate::Distinct(_)) && self.measures.iter().all(alike)
    }
}

/// Whether some rows make a figure bad: those that the script names; of a share those in it, or those that are missing in
/// it. Where less is better, all that is counted is bad; where more is, no row of an amount or a mean is.
pub fn has_bad_side(kpi: &Kpi) -> bool {
    let by_direction = match kpi.declaration.better {
        Better::Neutral => false,
        Better::Lower => true,
        Better::Higher => kpi.made_of().is_share(),
    };
    kpi.bad_rows.is_some() || by_direction
}

/// The lists for a side of a KPI's figure, and the side that they are: all of it, if it has no bad one.
pub fn wanted(kpi: &Kpi, side: Side) -> (Side, Vec<Wanted<'_>>) {
    let better = kpi.declaration.better;
    if let (Side::Bad, Some(rows)) = (side, &kpi.bad_rows) {
        return (side, vec![Wanted::any_of(vec![("rows", rows)])]);
    }
    let side = if has_bad_side(kpi) { side } else { Side::All };
    let measures: Vec<(&str, &Measure)> = kpi.measures.iter().map(|(name, measure)| (&**name, measure)).collect();
    let only = |places: &mut dyn Iterator<Item = usize>| places.map(|place| measures[place]).collect();
    let lists = match kpi.made_of() {
        MadeOf::Share { numerator, denominator } => vec![of_share(&measures, numerator, denominator, side, better)],
        MadeOf::Measure(measure) => lists(only(&mut std::iter::once(*measure))),
        MadeOf::Sum(terms) => lists(only(&mut terms.measures())),
        MadeOf::Ratio { numerator, denominator } => {
            let parts: BTreeSet<usize> = numerator.measures().chain(denominator.measures()).collect();
            lists(only(&mut parts.into_iter()))
        }
        MadeOf::Other => lists(measures),
    };
    (side, lists)
}

/// One list if all measures find their rows in the same way, else one for each.
fn lists<'a>(measures: Vec<(&'a str, &'a Measure)>) -> Vec<Wanted<'a>> {
    let first = measures[0].1;
    let alike =
        |(_, measure): &(&str, &Measure)| measure.table == first.table && measure.membership == first.membership;
    if measures.iter().all(alike) {
        return vec![Wanted::any_of(measures)];
    }
    measures.into_iter().map(|measure| Wanted::any_of(vec![measure])).collect()
}

fn of_share<'a>(
    measures: &[(&'a str, &'a Measure)],
    numerator: &Terms,
    denominator: &Terms,
    side: Side,
    better: Better,
) -> Wanted<'a> {
    let parts: BTreeSet<usize> = numerator.measures().chain(denominator.measures()).collect();
    let weight = |place: &usize| {
        let (above, below) = (often(numerator, *place), often(denominator, *place));
        match (side, better) {
            (Side::All, _) | (Side::Bad, Better::Neutral) => below,
            (Side::Bad, Better::Higher) => below - above,
            (Side::Bad, Better::Lower) => above,
        }
    };
    Wanted {
        weights: parts.iter().map(weight).collect(),
        measures: parts.iter().map(|place| measures[*place]).collect(),
    }
}

/// How often a measure is added up.
fn often(terms: &Terms, place: usize) -> i32 {
    i32::from(terms.plus.contains(&place)) - i32::from(terms.minus.contains(&place))
}
