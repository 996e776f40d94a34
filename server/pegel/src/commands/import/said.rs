//! What is said of an import beside its counts.

use pegel_import::Summary;
use pegel_import::summary::Rejected;
use pegel_text::clean::one_line;

/// How many rejected rows are shown one by one.
const SHOWN: usize = 20;
/// If there are more, the most frequent reasons are.
const REASONS: usize = 10;

/// The first rejected rows, and what else there is to say, in lines. `file`: which it is, where there is but one;
/// `all`: where all rejected rows are.
pub fn said(summary: &Summary, file: &str, all: &str) -> Vec<String> {
    let mut said = Vec::new();
    for Rejected { at, faults, .. } in summary.rejected.iter().take(SHOWN) {
        let file = one_line(at.file.as_deref().unwrap_or(file));
        for fault in faults {
            let place = if fault.column.is_empty() {
                String::new()
            } else {
                format!(" {} “{}”:", fault.column, fault.value)
            };
            said.push(format!("{file}:{}:{place} {}", at.line, fault.reason));
        }
    }
    if let Some(more) = summary.rejected_rows().checked_sub(SHOWN as u64).filter(|more| *more > 0) {
        said.push(format!("{more} more rows were rejected, {} in all; {all}", summary.rejected_rows()));
        said.extend(summary.reasons.iter().take(REASONS).map(ToString::to_string));
    }
    said.extend(summary.notes());
    said
}
