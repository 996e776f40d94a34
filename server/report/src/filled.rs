//! Tables without the columns in which nothing stands.

/// Of what there is for each column, what belongs to those that are filled.
///
/// # Panics
/// If `filled` does not say so of each column.
pub(crate) fn keep_filled<T>(of_columns: &mut Vec<T>, filled: &[bool]) {
    let mut filled = filled.iter();
    of_columns.retain(|_| *filled.next().expect("it says so of each column"));
}
