//! How a value is reached from a row of a table.

use super::model::{Column, Kind, Reference, Table, table};
use std::sync::Arc;

/// A column reached from a table through zero or more foreign keys: `l.partner.region`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    pub references: Vec<&'static Reference>,
    pub column: &'static Column,
    /// With the column [`ATTRIBUTES`]: which of them, as text.
    pub attribute: Option<Arc<str>>,
}

impl Path {
    /// Follows names from a table: all but the last are foreign keys, the last a column. `None` where a name is unknown.
    pub fn resolve(from: &'static Table, names: &[&str]) -> Option<Path> {
        let (last, steps) = names.split_last()?;
        let mut at = from;
        let mut references = Vec::with_capacity(steps.len());
        for step in steps {
            let reference = at.reference(step)?;
            references.push(reference);
            at = table(reference.table)?;
        }
        Some(Path { references, column: at.column(last)?, attribute: None })
    }

    /// The path of a column of the table itself.
    pub fn own(column: &'static Column) -> Path {
        Path { references: Vec::new(), column, attribute: None }
    }

    /// The same path, beginning one foreign key earlier.
    #[must_use]
    pub fn behind(&self, reference: &'static Reference) -> Path {
        let references = std::iter::once(reference).chain(self.references.iter().copied()).collect();
        Path { references, ..self.clone() }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for reference in &self.references {
            write!(f, "{}.", reference.name)?;
        }
        match &self.attribute {
            Some(attribute) => write!(f, "attr({attribute:?})"),
            None => f.write_str(self.column.name),
        }
    }
}

/// One value read per row: the first of these paths that is not missing. All are of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Projection(pub Vec<Path>);

impl Projection {
    /// A projection of one path.
    pub fn of(path: Path) -> Projection {
        Projection(vec![path])
    }

    /// What the value is.
    pub fn kind(&self) -> Kind {
        self.0[0].column.kind
    }
}
