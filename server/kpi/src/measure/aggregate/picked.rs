//! The value of the first or the last row.

use super::accumulator::{Reading, Rule};

/// The value of the row that comes first in an order, or `last`.
pub struct Picked {
    pub last: bool,
}

/// A row, as its order and its value; that may be missing.
type Row = (f64, f64);

impl Picked {
    /// Whether a row is picked rather than another one. Rows come in any order: of two alike the greater value is
    /// picked.
    fn prefers(&self, row: Row, other: Row) -> bool {
        let order = row.0.total_cmp(&other.0);
        let order = if self.last { order.reverse() } else { order };
        order.then(other.1.total_cmp(&row.1)).is_lt()
    }
}

impl Rule<2> for Picked {
    type State = Option<Row>;

    fn add(&self, picked: &mut Option<Row>, [by, value]: [f64; 2]) {
        let found = (by, value);
        if picked.is_none_or(|known| self.prefers(found, known)) {
            *picked = Some(found);
        }
    }

    fn read<'a>(&self, picked: impl Iterator<Item = &'a Option<Row>> + Clone) -> Reading {
        let found = picked.flatten().copied().reduce(|a, b| if self.prefers(b, a) { b } else { a });
        let value = found.map(|(_, value)| value).filter(|value| !value.is_nan());
        Reading { value, rows: u64::from(found.is_some()), left_out: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_rows_that_come_first_alike_the_greater_value_is_picked_whichever_is_seen_before() {
        let first = |rows: &[Row]| {
            let mut picked = None;
            for (by, value) in rows {
                Picked { last: false }.add(&mut picked, [*by, *value]);
            }
            Picked { last: false }.read([picked].iter()).value.unwrap()
        };
        assert!((first(&[(1.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) - 7.0).abs() < f64::EPSILON);
        assert!((first(&[(2.0, 9.0), (1.0, 7.0), (1.0, 5.0)]) - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_picked_row_without_a_value_gives_none_and_no_other_row_stands_in() {
        let mut picked = None;
        Picked { last: true }.add(&mut picked, [1.0, 5.0]);
        Picked { last: true }.add(&mut picked, [2.0, f64::NAN]);
        assert_eq!(Picked { last: true }.read([picked].iter()), Reading { value: None, rows: 1, left_out: 0 });
    }
}
