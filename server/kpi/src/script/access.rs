//! What a name after a dot means: a table of the data, a column of a row, a related row, related rows.

use super::datasets::{Children, Dataset};
use super::errors::{Complaint, Refused};
use super::symbols::{Data, PastRow, PeriodSymbol, RowSymbol, Term, TermKind};
use crate::data::model::{History, Model};
use crate::data::path::{Path, Projection};
use crate::diagnostic::nearest;
use crate::measure::aggregate::Aggregate;
use crate::measure::dated::Dated;
use crate::measure::expr::{ChildMeasure, Comparison, Condition, Expr, Origin};
use crate::time::period::Reach;
use rhai::{Dynamic, Engine};
use std::sync::Arc;

/// How many foreign keys may lead to a related row; each is a join.
const MOST_STEPS: usize = 6;

/// Registers the names after dots.
pub fn register(engine: &mut Engine) {
    engine
        .register_indexer_get(|data: &mut Data, name: &str| table_of(&data.0, name))
        .register_indexer_get(|row: &mut RowSymbol, name: &str| row.get(name))
        .register_indexer_get(|row: &mut PastRow, name: &str| row.get(name));
}

impl RowSymbol {
    /// What a name after the dot means: a column, a related row, or the related rows of another table.
    fn get(&self, name: &str) -> Refused<Dynamic> {
        if let Some(column) = self.table.column(name) {
            return Ok(Dynamic::from(self.column(column)));
        }
        if let Some(reference) = self.table.reference(name) {
            let references: Vec<_> = self.references.iter().chain([reference]).cloned().collect();
            if references.len() > MOST_STEPS {
                return Err(Complaint::new(format!("a row is reached in at most {MOST_STEPS} steps"))
                    .hint("begin with a table that lies nearer")
                    .into());
            }
            let (origin, table) = (self.origin.clone(), self.table.target(reference));
            return Ok(Dynamic::from(RowSymbol { origin, references, table }));
        }
        if let Some((table, parent)) = self.table.children(name) {
            if self.references.is_empty() && self.origin.depth == 0 {
                return Ok(Dynamic::from(Children::of(table, parent, self.origin.clone())));
            }
            return Err(Complaint::new(format!("“{name}” of a related row cannot be counted"))
                .hint(format!("start from data.{} and go on from there", self.table.name))
                .into());
        }
        Err(self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Box<rhai::EvalAltResult> {
        let columns = self.table.columns.iter().map(|column| &*column.name);
        let references = self.table.references.iter().map(|reference| &*reference.name);
        let known: Vec<&str> = columns.chain(references).chain(self.table.all_children()).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("{} has {}", self.table.name, known.join(", ")),
        };
        Complaint::new(format!("{} has no column “{name}”", self.table.name)).hint(hint).into()
    }
}

impl PastRow {
    /// A change records the values before it. So a row's value at an instant is the one in the first change after it,
    /// or the current one if there is none.
    fn get(&self, name: &str) -> Refused<Dynamic> {
        let now = self.row.get(name)?;
        let Some(now) = now.clone().try_cast::<Term>() else { return Ok(now) };
        // These never change.
        if ["id", "key", "created_at"].contains(&name) {
            return Ok(Dynamic::from(now));
        }
        let Some(column) = self.changes.column(name) else {
            let kept: Vec<&str> = self.changes.columns.iter().map(|column| &*column.name).skip(2).collect();
            return Err(Complaint::new(format!("past values of “{name}” are not recorded"))
                .hint(format!("use one of {} that is a number or a date", kept.join(", ")))
                .into());
        };
        if now.kind == TermKind::Text {
            return Err(Complaint::new(format!("past values of “{name}” cannot be used"))
                .hint("those of amounts, numbers and dates can")
                .into());
        }
        let History { of: parent, until, .. } = &self.history;
        let origin = Origin { table: self.changes.clone(), depth: self.row.origin.depth + 1 };
        let own = |column| Expr::Column(origin.clone(), Projection::of(Path::own(column)));
        let (dated, filter) = if let Expr::Period(edge) = self.at {
            (Some(Dated { by: Path::own(until), reach: Reach::From(edge) }), None)
        } else {
            let at = self.at.seen_from(&origin, parent);
            (None, Some(Condition::Compare(own(until), Comparison::GreaterOrEqual, at)))
        };
        let later = |aggregate| {
            let (table, parent) = (self.changes.clone(), parent.clone());
            let (dated, filter) = (dated.clone(), filter.clone());
            Arc::new(ChildMeasure { table, parent, dated, filter, aggregate, lasting: false })
        };
        let first = Aggregate::Picked { by: own(until), value: own(column), last: false };
        let changed = Expr::Children(later(Aggregate::Count));
        let changed = Condition::Compare(changed, Comparison::Greater, Expr::Number(0.0));
        let then = Expr::When(Arc::new(changed), Arc::new(Expr::Children(later(first))), Arc::new(now.expr));
        Ok(Dynamic::from(Term { expr: then, kind: now.kind }))
    }
}

fn table_of(model: &Model, name: &str) -> Refused<Dynamic> {
    if name == "period" {
        return Ok(Dynamic::from(PeriodSymbol));
    }
    let table = model.table(name).ok_or_else(|| {
        let hint = match nearest(name, model.names()) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("there are {}", model.names().collect::<Vec<_>>().join(", ")),
        };
        Complaint::new(format!("there is no table “{name}”")).hint(hint)
    })?;
    Ok(Dynamic::from(Dataset::of(table)))
}
