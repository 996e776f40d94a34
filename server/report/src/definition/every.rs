//! What periods a report covers.

use pegel_kpi::time::period::Span;
use serde::Deserialize;

/// What periods a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    Day,
    #[default]
    Week,
    Month,
    Quarter,
    Year,
}

impl Every {
    /// All of them, the shortest first.
    pub const ALL: [Every; 5] = [Every::Day, Every::Week, Every::Month, Every::Quarter, Every::Year];

    /// The periods of that kind.
    pub fn span(self) -> Span {
        match self {
            Every::Day => Span::Day,
            Every::Week => Span::Week,
            Every::Month => Span::Month,
            Every::Quarter => Span::Quarter,
            Every::Year => Span::Year,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }
}
