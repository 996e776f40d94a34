//! Instants as a mapping writes them → [`Moment`].

use super::brief::Brief;
use super::compile::Compiler;
use super::file::MomentSpec;
use super::{ColumnRule, Moment};
use crate::error::ImportError;
use pegel_kpi::data::model::{Column, Kind, Table};
use std::sync::Arc;
use toml::Spanned;

impl Compiler<'_> {
    pub(super) fn valid_from(
        &mut self,
        table: &Table,
        columns: &[(Arc<Column>, ColumnRule)],
        spec: Spanned<Brief<MomentSpec>>,
    ) -> Result<Moment, ImportError> {
        if !columns.iter().any(|(column, _)| column.spans) {
            let known = table.columns.iter().filter(|column| column.spans).map(|column| &*column.name);
            let known = known.collect::<Vec<_>>().join(", ");
            let message = if known.is_empty() {
                format!("of {} nothing is kept that held before: leave out `valid_from`", table.name)
            } else {
                format!("`valid_from` is about {known} of {}: map one of these columns, or leave it out", table.name)
            };
            return Err(self.place.error(spec.span(), message));
        }
        self.moment("valid_from", spec)
    }

    pub(super) fn changed_at(
        &mut self,
        table: &Table,
        spec: Spanned<Brief<MomentSpec>>,
    ) -> Result<Moment, ImportError> {
        if table.history().is_none() {
            let message = format!("of {} it is not kept what rows were: leave out `changed_at`", table.name);
            return Err(self.place.error(spec.span(), message));
        }
        self.moment("changed_at", spec)
    }

    /// Written like the column of an instant, or `"file"`.
    pub(super) fn moment(&mut self, what: &str, spec: Spanned<Brief<MomentSpec>>) -> Result<Moment, ImportError> {
        let name = Spanned::new(spec.span(), what.to_owned());
        let spec = match spec.into_inner() {
            Brief(MomentSpec::File) => return Ok(Moment::File),
            Brief(MomentSpec::Column(spec)) => spec,
        };
        if spec.lookup.is_some() || spec.kind.is_some() || spec.scale.is_some() || spec.times.is_some() {
            let message = format!(
                "`{what}` is an instant: it takes `from`, `constant`, `when`, `values`, `otherwise` and `month`"
            );
            return Err(self.place.error(name.span(), message));
        }
        self.rule_of(Kind::Instant, None, *spec, &name).map(Box::new).map(Moment::Rule)
    }
}
