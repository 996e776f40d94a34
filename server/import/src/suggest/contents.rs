//! What the cells of a column hold, by themselves.

use super::days;
use super::headings::Headings;
use super::numbers;
use super::sample::Column;
use pegel_kpi::data::model::Kind;

/// A column with more different texts than this has no closed list of them.
pub(super) const FEW: usize = 30;

/// How many cells of a column read as what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub filled: usize,
    pub dates: usize,
    /// Numbers that may be those of days, or of seconds.
    pub instants: usize,
    pub numbers: usize,
    /// Months without a day.
    pub months: usize,
    /// How many rows have a text that another one has, too.
    pub repeated: usize,
}

impl Contents {
    pub fn of(column: &Column) -> Contents {
        let mut seen = std::collections::HashSet::new();
        let mut contents = Contents::default();
        for cell in column.filled() {
            contents.filled += 1;
            contents.dates += usize::from(days::is_date(cell));
            contents.instants += usize::from(days::is_number(cell));
            contents.months += usize::from(days::month(cell).is_some());
            contents.numbers += usize::from(numbers::is_number(cell));
            contents.repeated += usize::from(!seen.insert(cell));
        }
        contents
    }

    fn most(self, count: usize) -> bool {
        count * 2 >= self.filled
    }

    pub fn are_dates(self) -> bool {
        self.filled > 0 && self.most(self.dates)
    }

    pub fn are_months(self) -> bool {
        self.filled > 0 && self.most(self.months) && !self.most(self.dates)
    }

    /// Whether a column of that kind may hold them.
    pub fn fit(self, kind: Kind) -> bool {
        match kind {
            Kind::Date => self.most(self.dates) || self.most(self.instants) || self.most(self.months),
            Kind::Instant => self.most(self.dates) || self.most(self.instants),
            Kind::Integer | Kind::Number | Kind::Money => self.most(self.numbers),
            Kind::Boolean => true,
            Kind::Text => !self.are_dates(),
        }
    }

    /// Whether every row has one, and hardly any the same.
    pub fn tell_rows_apart(self, rows: usize) -> bool {
        rows > 0 && self.filled == rows && self.repeated * 50 <= rows && !self.are_dates()
    }
}

/// Whether a column has words that a closed list of a table (`leads.outcome`) knows.
pub(super) fn has_words(column: &Column, of: &str, headings: &Headings) -> bool {
    let distinct = column.distinct(FEW).unwrap_or_default();
    distinct.keys().any(|word| headings.meaning(of, word).is_some_and(|meant| !meant.is_empty()))
}

/// Whether it has words for winning and for losing.
pub(super) fn has_both_ends(column: &Column, of: &str, headings: &Headings) -> bool {
    let distinct = column.distinct(FEW).unwrap_or_default();
    ["won", "lost"].iter().all(|end| distinct.keys().any(|word| headings.meaning(of, word) == Some(end)))
}
