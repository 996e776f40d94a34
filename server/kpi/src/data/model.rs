//! The data model as data: which tables there are, their columns with types, and how they refer to each other.
//!
//! Scripts are checked against it, scans are compiled from it, imports write by it, and a test of the store compares
//! it with both databases. Every table also has `id` (surrogate integer), `key` (its id in the system the row came
//! from, unique per table) and `attributes` (JSON, what a company adds).

/// What a column holds, and so how it is stored and what may be done with it.
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

/// Whole numbers up to this one can be reckoned with exactly: figures are 64-bit floats.
pub const MAX_EXACT: i64 = 1 << 53;

/// One column of a table.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// A foreign key: `name` is what scripts write (`l.partner`), `column` what the table stores (`partner_id`).
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    pub name: &'static str,
    pub column: &'static str,
    /// The name of the table referred to.
    pub table: &'static str,
}

/// One fact table.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// All columns, `id` and `key` first, without `attributes`.
    pub columns: &'static [Column],
    pub references: &'static [Reference],
}

/// The dimensions at which plans are made: see [`Table::plans`].
pub const PLAN_LEVELS: [&str; 4] = ["rep_id", "partner_id", "team", "region"];

impl Table {
    /// Whether its rows are plans (targets, forecasts), made at a level: a row that names a rep is the rep's, one that
    /// names nobody is the company's. A total is read from the company's plans, never added up from those below.
    pub fn plans(&self) -> bool {
        matches!(self.name, "targets" | "forecasts")
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The foreign key that scripts call by that name.
    pub fn reference(&self, name: &str) -> Option<&'static Reference> {
        self.references.iter().find(|reference| reference.name == name)
    }

    /// The table `name` and the foreign key by which its rows belong to a row of this one (`leads` → `opportunities`).
    pub fn children(&self, name: &str) -> Option<(&'static Table, &'static Reference)> {
        let child = table(name)?;
        let mut toward_us = child.references.iter().filter(|reference| reference.table == self.name);
        match (toward_us.next(), toward_us.next()) {
            (Some(reference), None) if child.name != self.name => Some((child, reference)),
            _ => None,
        }
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Table {}

impl std::hash::Hash for Table {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

macro_rules! tables {
    ($( $name:ident { $( $column:ident $kind:ident $( -> $reference:ident $target:ident )? ),* $(,)? } )*) => {
        &[ $( Table {
            name: stringify!($name),
            columns: &[
                Column { name: "id", kind: Kind::Integer },
                Column { name: "key", kind: Kind::Text },
                $( Column { name: stringify!($column), kind: Kind::$kind } ),*
            ],
            references: &[ $( $( Reference {
                name: stringify!($reference), column: stringify!($column), table: stringify!($target),
            }, )? )* ],
        } ),* ]
    };
}

/// Every fact table, parents before children.
pub static TABLES: &[Table] = tables! {
    partners { name Text, region Text, country Text, tier Text, certified_on Date, active Boolean }
    reps {
        name Text, email Text, team Text, region Text, partner_id Integer -> partner partners,
        hired_on Date, ramped_on Date, left_on Date,
    }
    products { name Text, line Text, list_price Money, unit_cost Money }
    customers {
        name Text, segment Text, region Text, country Text, channel Text, acquired_at Instant, churned_at Instant,
        referred_by Integer -> referrer customers,
    }
    leads {
        source Text, campaign Text, region Text, product_id Integer -> product products,
        customer_id Integer -> customer customers, partner_id Integer -> partner partners, rep_id Integer -> rep reps,
        quality Text, created_at Instant, qualified_at Instant, offered_at Instant, accepted_at Instant,
        contacted_at Instant, first_meeting_at Instant, second_meeting_at Instant, quoted_at Instant,
        contract_sent_at Instant, feedback_at Instant, closed_at Instant, outcome Text, amount Money,
    }
    lead_offers {
        lead_id Integer -> lead leads, partner_id Integer -> partner partners, offered_at Instant,
        answered_at Instant, answer Text, level Integer,
    }
    opportunities {
        lead_id Integer -> lead leads, customer_id Integer -> customer customers,
        partner_id Integer -> partner partners, rep_id Integer -> rep reps, product_id Integer -> product products,
        region Text, stage Text, amount Money, probability Number, contract_months Number, created_at Instant,
        expected_close_on Date, closed_at Instant, outcome Text,
    }
    opportunity_changes {
        opportunity_id Integer -> opportunity opportunities, changed_at Instant, stage Text, amount Money,
        probability Number, expected_close_on Date,
    }
    orders {
        number Text, customer_id Integer -> customer customers, partner_id Integer -> partner partners,
        rep_id Integer -> rep reps, product_id Integer -> product products, region Text, channel Text,
        quantity Number, amount Money, cost Money, ordered_at Instant, cancelled_at Instant, complained_at Instant,
    }
    activities {
        rep_id Integer -> rep reps, customer_id Integer -> customer customers, lead_id Integer -> lead leads,
        kind Text, occurred_at Instant, minutes Number,
    }
    targets {
        metric Text, rep_id Integer -> rep reps, partner_id Integer -> partner partners, team Text, region Text,
        starts_on Date, ends_on Date, amount Money,
    }
    forecasts {
        metric Text, partner_id Integer -> partner partners, rep_id Integer -> rep reps, region Text, given_on Date,
        starts_on Date, ends_on Date, amount Money,
    }
    costs { category Text, channel Text, region Text, incurred_on Date, amount Money }
    surveys {
        customer_id Integer -> customer customers, partner_id Integer -> partner partners, rep_id Integer -> rep reps,
        kind Text, score Number, answered_at Instant,
    }
    observations {
        metric Text, observed_on Date, value Number, product_id Integer -> product products, region Text,
        channel Text,
    }
};

/// What a company adds to the rows of any table: one JSON object a row.
pub static ATTRIBUTES: Column = Column { name: "attributes", kind: Kind::Text };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_table() {
        for table_ in TABLES {
            for reference in table_.references {
                assert!(table(reference.table).is_some(), "{}.{}", table_.name, reference.name);
                assert!(table_.column(reference.column).is_some());
            }
        }
    }

    #[test]
    fn children_are_found_by_the_one_key_that_points_back() {
        let leads = table("leads").unwrap();
        let (child, reference) = leads.children("opportunities").unwrap();
        assert_eq!((child.name, reference.column), ("opportunities", "lead_id"));
        assert!(leads.children("partners").is_none());
    }
}
