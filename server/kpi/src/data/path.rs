//! How a value is reached from a row of a table.

use super::column::{Column, Kind, Reference};
use std::sync::Arc;

/// A column reached from a table through zero or more foreign keys: `l.partner.region`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    pub references: Vec<Arc<Reference>>,
    pub column: Arc<Column>,
    /// Whether the text is read with the system of its row, so that those of two systems are told apart.
    pub with_system: bool,
}

impl Path {
    /// The path of a column of the table itself.
    pub fn own(column: &Arc<Column>) -> Path {
        Path { references: Vec::new(), column: column.clone(), with_system: false }
    }

    /// The path of the foreign key that the last of these is, reached through those before it; `None` if there is none.
    pub fn key_of(references: &[Arc<Reference>]) -> Option<Path> {
        let (last, before) = references.split_last()?;
        Some(Path { references: before.to_vec(), ..Path::own(&last.column) })
    }

    /// The same path, with the system of the row where the text means something in it alone.
    #[must_use]
    pub fn told_apart(&self) -> Path {
        Path { with_system: self.column.per_system, ..self.clone() }
    }

    /// The same path, beginning one foreign key earlier.
    #[must_use]
    pub fn behind(&self, reference: &Arc<Reference>) -> Path {
        let references = std::iter::once(reference).chain(&self.references).cloned().collect();
        Path { references, ..self.clone() }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for reference in &self.references {
            write!(f, "{}.", reference.name)?;
        }
        let Column { name, attribute, .. } = &*self.column;
        if *attribute { write!(f, "attr({name:?})") } else { f.write_str(name) }
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
