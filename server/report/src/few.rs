//! Rows one by one, where there are few of them: partners, products, reps, leads that wait.

use crate::ReportError;
use pegel_kpi::data::batch::{Batch, MISSING_TEXT, Values};
use pegel_kpi::data::scan::{Scan, Source};

/// What is made of each row of a scan that anything is made of.
///
/// # Errors
/// If the data cannot be read.
pub fn each_of<S, T>(
    scan: &Scan,
    source: &mut S,
    of: impl Fn(&Batch, usize) -> Option<T>,
) -> Result<Vec<T>, ReportError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let mut all = Vec::new();
    source
        .scan(scan, &mut |batch| all.extend((0..batch.len()).filter_map(|row| of(batch, row))))
        .map_err(|error| ReportError::Source(Box::new(error)))?;
    Ok(all)
}

/// The text of a row in a column; `None` where there is none.
pub fn text(batch: &Batch, row: usize, column: usize) -> Option<String> {
    match &batch.columns[column] {
        Values::Texts(codes, dictionary) if codes[row] != MISSING_TEXT => {
            dictionary.text(codes[row]).map(str::to_owned)
        }
        _ => None,
    }
}

/// The number of a row in a column; `None` where there is none.
pub fn number(batch: &Batch, row: usize, column: usize) -> Option<f64> {
    match &batch.columns[column] {
        Values::Numbers(numbers) => Some(numbers[row]).filter(|number| !number.is_nan()),
        Values::Texts(..) => None,
    }
}
