//! Whether there is anything that a report's scope lets its readers see.

use super::{ReportDefinition, scope_of};
use crate::ReportError;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::{Column, Model, Table};
use pegel_kpi::data::scope::{Scope, carriers};
use pegel_kpi::diagnostic::instead;
use std::collections::BTreeSet;

impl ReportDefinition {
    /// Refuses a scope with a name that no row of any table carries, as long as rows carry others: the report would be
    /// empty, and nobody would see why. `texts` answers with the texts of a table's column.
    ///
    /// # Errors
    /// With the line of the name and the one that was meant; or what `texts` fails with.
    pub fn check_scope<E>(
        &self,
        model: &Model,
        mut texts: impl FnMut(&Table, &Column) -> Result<BTreeSet<String>, E>,
    ) -> Result<(), ReportError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let filters: Vec<Scope> = self.sections.iter().map(|section| scope_of(&section.filter)).collect();
        let of_recipients = self.recipients.iter().map(|recipient| &recipient.scope);
        let scopes = std::iter::once(&self.scope).chain(of_recipients).chain(&filters);
        for (dimension, wanted) in scopes.flat_map(Scope::restrictions) {
            let mut unknown: Vec<&String> = wanted.iter().collect();
            let mut known = BTreeSet::new();
            for (table, column) in carriers(model, &dimension) {
                if unknown.is_empty() {
                    break;
                }
                known.extend(texts(&table, &column).map_err(|error| ReportError::Source(Box::new(error)))?);
                unknown.retain(|text| !known.contains(*text));
            }
            if let Some(text) = unknown.first()
                && !known.is_empty()
            {
                return Err(self.out_of_reach(&dimension, text, &known));
            }
        }
        Ok(())
    }

    fn out_of_reach(&self, dimension: &Dimension, text: &str, known: &BTreeSet<String>) -> ReportError {
        let hint = instead(text, known).unwrap_or_else(|| format!("the data has {} others", known.len()));
        let by = if *dimension == Dimension::PARTNER { "key " } else { "" };
        ReportError::Definition {
            file: self.file.clone(),
            line: self.line_of(text),
            message: format!("the scope names the {dimension} {by}“{text}”, which no row of the data has"),
            hint,
        }
    }
}
