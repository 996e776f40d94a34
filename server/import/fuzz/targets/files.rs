//! Any bytes as a file: it is imported by a mapping of ours, then by the one that is suggested for it. An error that tells
//! what is wrong with the file, or rejected rows, but no panic, no hang, and no error of the database.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use pegel_import::suggest::{Asked, suggest};
use pegel_import::{Mapping, Options, import};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::TestDatabase;
use std::io::Cursor;
use std::sync::LazyLock;

/// How the file may be said to be written; the first byte of the input chooses.
const SOURCES: [&str; 6] = [
    "",
    "delimiter = \";\"\ndecimal = \"comma\"\ndates = [\"%d.%m.%Y %H:%M\", \"%d.%m.%Y\"]\nencoding = \"windows-1252\"",
    "escape = '\\'\ndates = [\"%m/%d/%Y %I:%M %p\", \"unix\"]",
    "encoding = \"utf-16\"\ndelimiter = \"tab\"\nskip_lines = 1",
    "header = [\"Lead\", \"Created\", \"Amount\", \"Partner\", \"Outcome\"]\nmissing = [\"-\"]\nskip = [\"Sub*\"]\nstop_at = [\"Total*\"]",
    "sheet = \"Sheet1\"",
];

const TABLES: &str = r#"
[[tables]]
table = "leads"
key = { from = ["Lead"], occurrence = true }

[tables.columns]
created_at = "Created"
amount = "Amount"
partner_id = { from = "Partner", lookup = "name", policy = "create" }
outcome = { from = "Outcome", values = { Gewonnen = "won", Verloren = "lost" }, otherwise = "keep" }

[tables.attributes]
note = "Outcome"
"#;

struct Ground {
    model: Model,
    store: Store,
    mappings: Vec<Mapping>,
    /// Removes the database in the end.
    _database: TestDatabase,
}

static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    // The import catches panics of the readers of workbooks; those that it does not catch end the run all the same.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let (model, database) = (Model::built_in(), TestDatabase::sqlite());
    let mapping = |source: &&str| {
        Mapping::parse(&format!("[source]\n{source}\n{TABLES}"), "fuzz", &model).expect("the mapping is in order")
    };
    Ground { mappings: SOURCES.iter().map(mapping).collect(), store: database.store(), model, _database: database }
});

const NOW: i64 = 1_800_000_000;

fn euros() -> Currency {
    Currency::find("EUR").expect("there are euros")
}

fn import_by(mapping: &Mapping, bytes: &[u8]) {
    let options = Options {
        dry_run: true,
        allow_shrink: false,
        strict: false,
        now: NOW,
        zone: TimeZone::UTC,
        currency: euros(),
    };
    match import(Cursor::new(bytes), "data", mapping, &GROUND.store, &options, &mut |_| {}) {
        Ok(summary) => _ = summary.to_string(),
        Err(error) => assert!(error.is_usage(), "{error}"),
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((chosen, bytes)) = input.split_first() else { return };
    import_by(&GROUND.mappings[usize::from(*chosen) % SOURCES.len()], bytes);
    let asked =
        Asked { name: "fuzz", model: &GROUND.model, needs: &[], zone: TimeZone::UTC, currency: euros(), now: NOW };
    match suggest(Cursor::new(bytes), "data", &asked) {
        Ok(suggestion) => {
            let text = suggestion.to_toml();
            match Mapping::parse(&text, "fuzz", &GROUND.model) {
                Ok(mapping) => import_by(&mapping, bytes),
                Err(error) => panic!("the suggested mapping is not in order: {error}\n{text}"),
            }
        }
        Err(error) => assert!(error.is_usage(), "{error}"),
    }
});
