//! What made a total change: what the groups of its breakdowns contribute.

use crate::numbers::{BreakdownTable, Change, Contribution, Part};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::contributions::{Contribution as Effects, Ratio, of_amounts, of_shares};
use pegel_kpi::judgement::judged::Assessment;
use pegel_kpi::judgement::signal::Kind;
use pegel_kpi::script::kpi::Kpi;

/// Below this part of what moved, a difference comes from rounding.
const ROUNDING: f64 = 1e-9;

/// Whether the figure gives reason to ask what changed it: it breaks a mark, or stands out from its usual course.
pub fn asks_why(assessment: &Assessment) -> bool {
    let stands_out = assessment.signal.as_ref().is_some_and(|signal| signal.kind != Kind::Usual);
    stands_out || assessment.judged.status >= Status::Warning
}

/// What the groups of each breakdown contribute to the change of the total. Nothing where they do not add up to it, as
/// means and medians never do, and different customers only where each belongs to one group.
pub fn contributions(kpi: &Kpi, change: &Change, breakdowns: &[BreakdownTable]) -> Vec<Contribution> {
    breakdowns.iter().filter_map(|table| of_table(kpi, change.absolute, table)).flatten().collect()
}

fn of_table(kpi: &Kpi, change: f64, table: &BreakdownTable) -> Option<Vec<Contribution>> {
    // One group alone is the total.
    let effects = if table.rows.len() < 2 { None } else { effects(kpi, table) }?;
    let (rate, mix) = effects.iter().fold((0.0, 0.0), |(rate, mix), of| (rate + of.rate, mix + of.mix));
    let moved: f64 = effects.iter().map(|of| of.rate.abs() + of.mix.abs()).sum();
    let nothing = ROUNDING * moved;
    if change.abs() <= nothing || (rate + mix - change).abs() > nothing {
        return None;
    }
    let contribution =
        |part, effect: f64| Contribution { dimension: table.dimension.clone(), part, share: effect / change };
    let groups = table.rows.iter().zip(&effects);
    let groups = groups.map(|(row, of)| contribution(Part::Group(row.group.clone()), of.rate));
    let mix = kpi.made_of().is_share().then(|| contribution(Part::Mix, mix));
    Some(groups.chain(mix).collect())
}

/// In the order of the rows.
fn effects(kpi: &Kpi, table: &BreakdownTable) -> Option<Vec<Effects>> {
    let cells = || table.rows.iter().map(|row| (&row.previous, &row.cell));
    if kpi.made_of().is_share() {
        let ratios = cells().map(|(before, after)| Some((ratio(before)?, ratio(after)?)));
        let (before, after): (Vec<Ratio>, Vec<Ratio>) = ratios.collect::<Option<_>>()?;
        of_shares(&before, &after)
    } else if kpi.is_amount() {
        let amounts = cells().map(|(before, after)| Some((amount(before)?, amount(after)?)));
        let (before, after): (Vec<f64>, Vec<f64>) = amounts.collect::<Option<_>>()?;
        Some(of_amounts(&before, &after))
    } else {
        None
    }
}

fn ratio(cell: &Cell) -> Option<Ratio> {
    match (cell.numerator, cell.denominator) {
        (Some(numerator), Some(denominator)) => Some(Ratio { numerator, denominator }),
        _ => nothing(cell).map(|nothing| Ratio { numerator: nothing, denominator: nothing }),
    }
}

fn amount(cell: &Cell) -> Option<f64> {
    cell.outcome.value().or_else(|| nothing(cell))
}

/// What a group without rows counts for; `None` if it lacks its figure for another reason.
fn nothing(cell: &Cell) -> Option<f64> {
    matches!(cell.outcome, Outcome::NoRows).then_some(0.0)
}
