//! The description of a table as it is written: the shape of the TOML, nothing checked beyond it.

use pegel_text::translated::Translated;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `config/tables/NAME.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableFile {
    /// What a row is.
    pub row: String,
    /// Beside `id` and `key`, in their order.
    pub columns: Vec<ColumnEntry>,
    /// The column with the date since which a row exists; without it, rows have always existed.
    pub exists_since: Option<Spanned<String>>,
    /// If its rows are the groups of a dimension.
    pub groups: Option<GroupsEntry>,
    /// If its rows are plans: the dimensions at whose level they are made.
    pub levels: Option<Vec<Spanned<String>>>,
    /// If its rows record the past of another table's rows.
    pub history: Option<HistoryEntry>,
    /// What its rows are called, in the plural.
    pub title: Option<Translated>,
    #[serde(default)]
    pub attributes: Vec<ColumnEntry>,
}

/// The same in a home, of a table that comes with Pegel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdditionsFile {
    pub attributes: Vec<ColumnEntry>,
}

/// `{ name = "amount", kind = "money" }`, of a column also `{ name = "partner_id", refers_to = "partners" }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnEntry {
    pub name: Spanned<String>,
    pub kind: Option<Spanned<String>>,
    pub refers_to: Option<Spanned<String>>,
    /// How scripts call the row that is referred to; the name without `_id`, unless it says so.
    pub called: Option<Spanned<String>>,
    /// What it holds, where the name does not say it.
    #[serde(default)]
    pub holds: String,
    /// Whether its former values are kept, each with the time from which it held.
    pub spans: Option<Spanned<bool>>,
    /// Since when it is known, if not since the row exists.
    pub known_since: Option<Spanned<MilestoneEntry>>,
    /// Whether the same text means another thing in another system.
    pub per_system: Option<Spanned<bool>>,
    /// The only texts that it holds.
    pub words: Option<Spanned<Vec<String>>>,
    /// Between which numbers it lies.
    pub range: Option<Spanned<RangeEntry>>,
    /// The date before which it does not come.
    pub after: Option<Spanned<String>>,
    /// Whether every row should have it.
    pub every_row: Option<Spanned<bool>>,
}

/// `[0, 1]`, or by what another column says: `[{ where = "kind", is = "nps", from = 0, to = 10 }]`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected [from, to], or a list of { where = …, is = …, from = …, to = … }")]
pub(super) enum RangeEntry {
    Always([i64; 2]),
    Where(Vec<RangeWhere>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RangeWhere {
    /// A column of texts.
    pub r#where: String,
    /// The text that it must hold.
    pub is: String,
    pub from: i64,
    pub to: i64,
}

/// `"closed_at"`, or `{ milestone = "closed_at", where = "outcome", is = "won" }`.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected the name of an instant, or { milestone = …, where = …, is = … }"
)]
pub(super) enum MilestoneEntry {
    Always(String),
    Where {
        milestone: String,
        /// A column of texts.
        r#where: String,
        /// The text that it must hold.
        is: String,
    },
}

/// `{ dimension = "partner", label = "name" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupsEntry {
    pub dimension: Spanned<String>,
    /// The column whose text people know a row by.
    pub label: Spanned<String>,
}

/// `{ of = "opportunity", until = "changed_at" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryEntry {
    /// The foreign key that leads to the row as it is now.
    pub of: Spanned<String>,
    pub until: Spanned<String>,
}

/// `config/dimensions.toml`.
pub(super) type DimensionsFile = BTreeMap<Spanned<String>, Spanned<DimensionEntry>>;

/// Where rows may carry a dimension, best first: `["region", "partner.region"]` in whichever table, or in each one
/// something else: `{ leads = ["quality"], opportunities = ["lead.quality"] }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a list such as [\"partner.region\"], or for each table such a list, and a title, in English at least"
)]
pub(super) enum DimensionEntry {
    Anywhere(Vec<String>),
    ByTable {
        /// What it is called.
        title: Option<Translated>,
        #[serde(flatten)]
        tables: BTreeMap<String, Vec<String>>,
    },
}
