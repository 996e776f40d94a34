//! What the figure of a KPI is made of: which of its measures, and how they are put together.
//!
//! Found when a script is loaded, by trying `value` with measures that remember where they come from. From it follow the
//! test that a figure can be put to, the rows that it rests on, and what its groups contribute to a change.

use super::Measure;
use super::expr::{Comparison, Condition, Expr};

/// What a figure is made of, whatever the measures are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MadeOf {
    /// One measure as it is. A measure is named by its place among those of the KPI.
    Measure(usize),
    /// Measures added up, and others taken from them.
    Sum(Terms),
    /// A ratio that is no share of rows.
    Ratio { numerator: Terms, denominator: Terms },
    /// A ratio of rows to rows, or of different values to different values, in which every one of the numerator is one
    /// of the denominator.
    Share { numerator: Terms, denominator: Terms },
    /// Anything else, or now one thing and now another.
    #[default]
    Other,
}

/// Measures that are added up, and others that are taken from them; each occurs once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    pub plus: Vec<usize>,
    pub minus: Vec<usize>,
}

impl Terms {
    /// All of them.
    pub fn measures(&self) -> impl Iterator<Item = usize> {
        self.plus.iter().chain(&self.minus).copied()
    }
}

impl MadeOf {
    /// A ratio, which is a share if the measures say that every row of the numerator is one of the denominator.
    pub fn ratio(numerator: Terms, denominator: Terms, measures: &[(String, Measure)]) -> MadeOf {
        let of = |term: usize| &measures[term].1;
        let within = |part: usize, whole: &[usize]| whole.iter().any(|whole| of(part).is_part_of(of(*whole)));
        // What is taken from a whole may be just the part that is asked for.
        let share = denominator.minus.is_empty()
            && !numerator.plus.is_empty()
            && numerator.plus.iter().all(|part| within(*part, &denominator.plus))
            && numerator.minus.iter().all(|part| within(*part, &numerator.plus));
        if share { MadeOf::Share { numerator, denominator } } else { MadeOf::Ratio { numerator, denominator } }
    }

    /// Whether it is a share of rows.
    pub fn is_share(&self) -> bool {
        matches!(self, MadeOf::Share { .. })
    }

    /// What is either of both: the same, or something that cannot be told.
    #[must_use]
    pub fn or(self, other: &MadeOf) -> MadeOf {
        if self == *other { self } else { MadeOf::Other }
    }
}

impl Measure {
    /// Whether both count, the same in the same way, and every row that this one counts is counted by the other.
    fn is_part_of(&self, whole: &Measure) -> bool {
        let (own, other) = match (&self.latest, &whole.latest) {
            (None, None) => (&self.filter, &whole.filter),
            (Some(own), Some(other)) if (&own.series, &own.by) == (&other.series, &other.by) => {
                if self.filter != whole.filter {
                    return false;
                }
                (&own.filter, &other.filter)
            }
            _ => return false,
        };
        let same_rows = self.table == whole.table && self.membership == whole.membership;
        let narrower = other.as_ref().is_none_or(|other| own.as_ref().is_some_and(|own| own.implies(other)));
        self.aggregate.counts() && self.aggregate == whole.aggregate && same_rows && narrower
    }
}

impl Condition {
    /// Whether the other one holds wherever this one does, as far as that can be told from how they are written.
    fn implies(&self, other: &Condition) -> bool {
        let given = self.all_of();
        other.all_of().into_iter().all(|wanted| {
            let choices = wanted.one_of();
            let suffices = |choice: &Condition| choices.iter().any(|wanted| choice == *wanted || fact(choice, wanted));
            given.iter().any(|given| given.one_of().into_iter().all(suffices))
        })
    }

    /// The conditions that must all hold.
    fn all_of(&self) -> Vec<&Condition> {
        match self {
            Condition::And(left, right) => left.all_of().into_iter().chain(right.all_of()).collect(),
            other => vec![other],
        }
    }

    /// The conditions of which one must hold.
    fn one_of(&self) -> Vec<&Condition> {
        match self {
            Condition::Or(left, right) => left.one_of().into_iter().chain(right.one_of()).collect(),
            other => vec![other],
        }
    }
}

/// Whether a simple condition implies another one: a value that is 2 is at least 1, and is there.
fn fact(given: &Condition, wanted: &Condition) -> bool {
    use Condition::{Compare, Holds, IsSet, Matches, OneOf};
    match (given, wanted) {
        (Compare(of, Comparison::Equal, value), OneOf(other, choices)) => of == other && choices.contains(value),
        (OneOf(of, chosen), OneOf(other, choices)) => of == other && chosen.iter().all(|one| choices.contains(one)),
        (Compare(of, given, limit), Compare(other, wanted, mark)) if of == other => {
            beyond(*given, limit, *wanted, mark)
        }
        (Compare(left, _, right), IsSet(other)) => left == other || right == other,
        (OneOf(of, _) | Matches(of, ..) | Holds(of), IsSet(other)) => of == other,
        _ => false,
    }
}

/// Whether what compares so with a limit compares so with a mark, too.
fn beyond(given: Comparison, limit: &Expr, wanted: Comparison, mark: &Expr) -> bool {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let ((Expr::Number(limit), Expr::Number(mark)) | (Expr::Money(limit), Expr::Money(mark))) = (limit, mark) else {
        return false;
    };
    match (given, wanted) {
        (Equal, _) => wanted.holds(limit, mark),
        (Greater, Greater | GreaterOrEqual) | (GreaterOrEqual, GreaterOrEqual) => limit >= mark,
        (GreaterOrEqual, Greater) => limit > mark,
        (Less, Less | LessOrEqual) | (LessOrEqual, LessOrEqual) => limit <= mark,
        (LessOrEqual, Less) => limit < mark,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
