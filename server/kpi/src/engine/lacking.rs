//! What a KPI has no figure for want of: tables in which nothing is, columns of which nothing was ever known.

use crate::data::model::Table;
use crate::data::scan::{Begins, Source};
use crate::script::kpi::Kpi;

/// A table in which nothing is; or with a column, one of which nothing was ever known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    pub table: String,
    pub column: Option<String>,
}

/// What a KPI lacks, each once; of columns that stand for each other the first. Empty if all that it counts is there.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn lacking<S: Source>(kpi: &Kpi, source: &mut S) -> Result<Vec<Lack>, S::Error> {
    let mut lacks = Vec::new();
    for table in kpi.counted() {
        if source.begins(table)? == Begins::Never {
            lacks.push(Lack { table: table.name.to_string(), column: None });
        }
    }
    let model = kpi.tables().next().map(Table::model);
    for one_of in kpi.needs().into_iter().filter(|_| lacks.is_empty()).collect::<Vec<_>>() {
        let mut is_held = false;
        for (table, column) in &one_of {
            let table = model.and_then(|model| model.table(table));
            is_held |= table.map_or(Ok(true), |table| source.holds(&table, column))?;
        }
        if let Some((table, column)) = one_of.first().filter(|_| !is_held) {
            lacks.push(Lack { table: table.to_string(), column: Some(column.to_string()) });
        }
    }
    lacks.sort();
    lacks.dedup();
    Ok(lacks)
}
