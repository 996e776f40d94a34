//! The columns without which a measure comes to nothing, whatever rows there are.
//!
//! What only keeps rows out, such as the date of a cancellation in `!o.cancelled_at.is_set()`, is not needed: without it,
//! all rows count. It is where a KPI compares rows with and without it ([`kept_out`]), and where rows are those that exist
//! until then: without an end, leads would wait for good. Reps and partners stay unless somebody says otherwise. Of what
//! stands in for each other, as in `coalesce(a, b)` or `a or b`, one is enough.

use super::Measure;
use super::expr::{Arithmetic, ChildMeasure, Condition, Expr, Part};
use super::membership::{Lifetime, Membership};
use crate::data::model::Table;
use crate::data::path::Path;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Tables with columns, of which one must be there.
pub type OneOf = BTreeSet<(Arc<str>, Arc<str>)>;

/// What a measure needs: one of each.
pub fn needed(measure: &Measure) -> BTreeSet<OneOf> {
    let mut needed = BTreeSet::new();
    match &measure.membership {
        Membership::Existing(..) if !measure.table.tells_what_happened() => {}
        Membership::Existing(Lifetime { until: Some(until), .. }, _) => {
            measure.membership.date().iter().for_each(|date| path(&measure.table, date, &mut needed));
            all(&measure.table, Part::Expr(until), &mut needed);
        }
        membership => membership.date().iter().for_each(|date| path(&measure.table, date, &mut needed)),
    }
    let latest = measure.latest.iter().map(|latest| Part::Expr(&latest.by));
    let conditions = measure.filter.iter().map(Part::Condition);
    let operands = measure.aggregate.operands().into_iter().map(Part::Expr);
    conditions.chain(operands).chain(latest).for_each(|part| walk(&measure.table, part, &mut needed));
    needed
}

/// The columns that keep rows out by what they have in them.
pub fn kept_out(measure: &Measure) -> BTreeSet<OneOf> {
    let mut out = BTreeSet::new();
    let mut parts: Vec<Part> = measure.filter.iter().map(Part::Condition).collect();
    while let Some(part) = parts.pop() {
        match part {
            Part::Condition(Condition::Not(_)) => {
                part.below().into_iter().for_each(|below| all(&measure.table, below, &mut out));
            }
            part => parts.extend(part.below()),
        }
    }
    out
}

/// Every column of a part, whether or not others stand in for it.
fn all(table: &Table, part: Part, needed: &mut BTreeSet<OneOf>) {
    match part {
        Part::Expr(Expr::Column(..)) => walk(table, part, needed),
        part => part.below().into_iter().for_each(|below| all(table, below, needed)),
    }
}

fn walk(table: &Table, part: Part, needed: &mut BTreeSet<OneOf>) {
    match part {
        Part::Condition(Condition::Not(_)) => {}
        Part::Condition(Condition::Or(left, right)) => {
            either(table, [Part::Condition(left), Part::Condition(right)], needed);
        }
        Part::Expr(
            Expr::Coalesce(left, right)
            | Expr::When(_, left, right)
            | Expr::Arithmetic(left, Arithmetic::Least | Arithmetic::Greatest, right),
        ) => either(table, [Part::Expr(left), Part::Expr(right)], needed),
        Part::Expr(Expr::Children(child)) => of_children(child, needed),
        // A column of an outer row is not one of this table.
        Part::Expr(Expr::Column(origin, projection)) if origin.table == *table => {
            if let [only] = projection.0.as_slice() {
                path(table, only, needed);
            } else {
                let end = |path: &Path| (table.reached(path).name.clone(), path.column.name.clone());
                needed.insert(projection.0.iter().map(end).collect());
            }
        }
        part => part.below().into_iter().for_each(|below| walk(table, below, needed)),
    }
}

/// Of two parts, one is enough; one that needs nothing always is.
fn either(table: &Table, parts: [Part; 2], needed: &mut BTreeSet<OneOf>) {
    let of_each = parts.map(|part| {
        let mut needed = BTreeSet::new();
        walk(table, part, &mut needed);
        needed
    });
    if of_each.iter().all(|needed| !needed.is_empty()) {
        needed.insert(of_each.into_iter().flatten().flatten().collect());
    }
}

fn of_children(child: &ChildMeasure, needed: &mut BTreeSet<OneOf>) {
    needed.insert(BTreeSet::from([(child.table.name.clone(), child.parent.column.name.clone())]));
    child.dated.iter().for_each(|dated| path(&child.table, &dated.by, needed));
    child.parts().into_iter().for_each(|part| walk(&child.table, part, needed));
}

/// Every foreign key on the way, and the column at its end.
fn path(table: &Table, path: &Path, needed: &mut BTreeSet<OneOf>) {
    let mut at = table.clone();
    for reference in &path.references {
        needed.insert(BTreeSet::from([(at.name.clone(), reference.column.name.clone())]));
        at = at.target(reference);
    }
    // Ids are given by the database.
    if path.column.name != at.id().name {
        needed.insert(BTreeSet::from([(at.name.clone(), path.column.name.clone())]));
    }
}
