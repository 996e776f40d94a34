//! What can go wrong with a database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What can go wrong with a database; a sentence, with a hint where one helps. Never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("“{url}” is no database URL: write sqlite:PATH, postgres://… or postgresql://…")]
    UnknownScheme { url: String },
    #[error("the database URL “{url}” cannot be used: {reason}")]
    MalformedUrl { url: String, reason: &'static str },
    #[error("the folder “{folder}” of the database does not exist: make it, or write another path")]
    MissingFolder { folder: String },
    #[error("there is no database “{path}”: `pegel init` makes one")]
    MissingFile { path: String },
    #[error("the database “{url}” cannot be opened: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("the database lacks the migrations {}: run `pegel migrate`", .pending.join(", "))]
    SchemaBehind { pending: Vec<String> },
    #[error("the database lacks what config/tables describes ({}): run `pegel migrate`", .lacking.join(", "))]
    TablesBehind { lacking: Vec<String> },
    #[error(
        "the database has the column {table}.{column}, which config/tables/{table}.toml no longer names: columns are \
         never dropped; name it as before"
    )]
    ColumnGone { table: String, column: String },
    #[error(
        "in the database {table}.{column} holds {was}, in config/tables/{table}.toml {is}: columns are never changed; \
         describe it as before, and what is new in another column"
    )]
    ColumnChanged { table: String, column: String, was: String, is: String },
    #[error("the database holds migrations that this program does not know ({}): use the newer program", .unknown.join(", "))]
    SchemaAhead { unknown: Vec<String> },
    #[error("the schema could not be migrated: {reason}")]
    Migration { reason: String },
    #[error("{doing} failed: {error}")]
    Query { doing: &'static str, error: DieselError },
    #[error("{doing} failed: the database is in use by another process; try again")]
    Busy { doing: &'static str },
    #[error("{doing} failed: a row refers to one that does not exist")]
    MissingReference { doing: &'static str },
    #[error("the figure {value} in {place} is beyond 2^53, more than can be reckoned with exactly")]
    TooLarge { place: String, value: i64 },
    #[error("{place} of the row “{key}” cannot be stored: {reason}")]
    UnfitValue { place: String, key: String, reason: &'static str },
    #[error("{what} in the database cannot be read: {reason}")]
    Unreadable { what: String, reason: String },
    #[error("the database “{path}” was deleted or replaced while it was in use: put it back, or start again")]
    Replaced { path: String },
    #[error("there is no room on the disk ({path}: {reason}): no mail is handed over that could not be recorded")]
    NoRoom { path: String, reason: String },
    #[error(
        "the amounts in the database have {digits} digits after the point ({recorded}), those of {configured} have {needed}: \
         configure the currency that they were imported in, or import them again into another database"
    )]
    OtherCurrency { recorded: String, digits: u8, configured: String, needed: u8 },
    #[error("the run {run} is not ours to end: its lease has ended and another worker took it over, or it is done")]
    RunLost { run: i64 },
    #[error("the rule {rule} was evaluated meanwhile, or one of its alerts was changed")]
    Overtaken { rule: String },
    #[error("the edition {edition} was not made for the audience of a recipient")]
    NoRendition { edition: i64 },
    #[error("there is no delivery {id}")]
    UnknownDelivery { id: i64 },
}

/// Whether `SQLite` gave up because of another connection's lock.
pub(crate) fn is_busy(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, details) if details.message().contains("database is locked"))
}

impl StoreError {
    /// Turns what Diesel reports while `doing` something (“reading leads”) into a sentence.
    pub(crate) fn while_(doing: &'static str) -> impl Fn(DieselError) -> StoreError {
        move |source| match source {
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                StoreError::MissingReference { doing }
            }
            source if is_busy(&source) => StoreError::Busy { doing },
            error => StoreError::Query { doing, error },
        }
    }
}
