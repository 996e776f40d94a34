//! Columns and foreign keys: what a table is made of.

use std::fmt;
use std::sync::Arc;

/// What a column holds; decides how it is stored and what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A surrogate key or a whole number; BIGINT.
    Integer,
    /// A plain number; DOUBLE PRECISION, always finite.
    Number,
    /// An amount in the smallest unit of the currency (cents, yen, fils): see [`crate::data::currency`]; BIGINT.
    Money,
    /// UTC seconds since 1970; BIGINT.
    Instant,
    /// Days since 1970-01-01; INTEGER.
    Date,
    /// TEXT, never empty: a column without a value is NULL.
    Text,
    /// BOOLEAN.
    Boolean,
}

impl Kind {
    pub const ALL: [Kind; 7] =
        [Kind::Integer, Kind::Number, Kind::Money, Kind::Instant, Kind::Date, Kind::Text, Kind::Boolean];

    /// Its name in the description of a table.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Money => "money",
            Kind::Instant => "instant",
            Kind::Date => "date",
            Kind::Text => "text",
            Kind::Boolean => "boolean",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whole numbers up to this one are exact: figures are 64-bit floats.
pub const MAX_EXACT: i64 = 1 << 53;

/// One column of a table, or an attribute that a company adds to its rows.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Column {
    pub name: Arc<str>,
    pub kind: Kind,
    /// What it holds, for people, with code between backticks; empty where the name says it.
    pub holds: Box<str>,
    /// Whether its former values are kept, each with the time from which it held; text columns only.
    pub spans: bool,
    /// Whether its texts name something of the system that the row came from (the number of an order), so that the same
    /// text means another thing in another system.
    pub per_system: bool,
    /// The only texts that it holds; empty: any.
    pub words: Box<[Arc<str>]>,
    /// Between which numbers it lies; empty: any.
    pub ranges: Box<[Range]>,
    /// The date of the row before which it does not come, by its name.
    pub after: Option<Arc<str>>,
    /// Whether every row should have it, so that an import notes those that do not.
    pub every_row: bool,
    /// Whether it is an attribute: in the JSON object of the row, not in a column of its own. A date or an amount is
    /// the same number there as in a column.
    pub attribute: bool,
}

impl Column {
    /// An attribute that no file declares.
    pub(crate) fn undeclared(name: &str) -> Column {
        Column { attribute: true, ..Column::plain(name, Kind::Text) }
    }

    /// A column of which nothing more is known.
    pub(crate) fn plain(name: &str, kind: Kind) -> Column {
        Column {
            name: name.into(),
            kind,
            holds: "".into(),
            spans: false,
            per_system: false,
            words: Box::default(),
            ranges: Box::default(),
            after: None,
            every_row: false,
            attribute: false,
        }
    }
}

/// Between which numbers a value lies, both included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// If that is so only in rows in which a column holds a text: its name, and the text.
    pub only: Option<(Arc<str>, Arc<str>)>,
    pub least: i64,
    pub most: i64,
}

/// A foreign key.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// What scripts write: `l.partner`.
    pub name: Arc<str>,
    /// What the table stores: `partner_id`.
    pub column: Arc<Column>,
    /// The name of the table referred to.
    pub table: Arc<str>,
}

/// In short: what else is known of a column stands in the description of its table.
impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Column { name, kind, attribute, .. } = self;
        write!(f, "{}({name}: {})", if *attribute { "Attribute" } else { "Column" }, kind.name())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reference { name, column, table } = self;
        write!(f, "Reference({name}: {} of {table})", column.name)
    }
}
