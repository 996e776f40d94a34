//! What the tests share: importing a text, and reading tables back as lines.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_import::{ImportError, Mapping, Options, Summary, import};
use pegel_kpi::data::batch::Values;
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::{Kind, Model};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::{Scan, Source};
use pegel_kpi::data::scope::Scope;
use pegel_store::Store;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path as FilePath, PathBuf};

/// The options of a home in Berlin.
pub fn options() -> Options {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now = "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap().as_second();
    Options { dry_run: false, allow_shrink: false, strict: false, now, zone, currency: Currency::find("EUR").unwrap() }
}

/// Imports bytes as `data.csv`.
pub fn import_bytes(store: &Store, mapping: &Mapping, bytes: &[u8]) -> Result<Summary, ImportError> {
    import(Cursor::new(bytes), "data.csv", mapping, store, &options(), &mut |_| {})
}

/// Imports a text by a mapping given as text.
pub fn import_text(store: &Store, mapping: &str, text: &str) -> Result<Summary, ImportError> {
    import_bytes(store, &Mapping::parse(mapping, "test", &Model::built_in())?, text.as_bytes())
}

/// What is said of an import beside its counts, but for what a small mapping brings with it: rows without a date
/// or a system.
pub fn told(summary: &Summary) -> Vec<String> {
    let of_small_mapping = ["which the mapping does not name", "imported without a `system`"];
    let is_told = |note: &String| !of_small_mapping.iter().any(|part| note.contains(part));
    summary.notes().into_iter().filter(is_told).collect()
}

pub fn fixture(file: &str) -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)
}

/// The mapping of a fixture.
pub fn fixture_mapping(name: &str) -> Mapping {
    Mapping::parse(&std::fs::read_to_string(fixture(&format!("{name}.toml"))).unwrap(), name, &Model::built_in())
        .unwrap()
}

/// Imports a fixture, `NAME.csv` or `NAME.tsv`, by `NAME.toml`.
pub fn import_fixture(store: &Store, name: &str) -> Summary {
    let file =
        [fixture(&format!("{name}.csv")), fixture(&format!("{name}.tsv"))].into_iter().find(|path| path.exists());
    import_bytes(store, &fixture_mapping(name), &std::fs::read(file.unwrap()).unwrap()).unwrap()
}

/// Imports a fixture twice and checks that the second time changes nothing; the first summary.
pub fn import_fixture_twice(store: &Store, name: &str) -> Summary {
    let first = import_fixture(store, name);
    let second = import_fixture(store, name);
    assert_eq!((second.new, second.changed), (0, 0), "{name} for the second time: {second}");
    assert_eq!(second.unchanged, first.new + first.changed + first.unchanged, "{name}");
    assert_eq!(second.rejected, first.rejected);
    first
}

/// Rows of a table as lines of these columns (`source`, `customer.name`), sorted; a missing value is `–`.
pub fn lines(store: &Store, of: &str, columns: &[&str]) -> Vec<String> {
    let table = Model::built_in().table(of).unwrap();
    let paths: Vec<Path> =
        columns.iter().map(|column| table.path(&column.split('.').collect::<Vec<_>>()).unwrap()).collect();
    let kinds: Vec<Kind> = paths.iter().map(|path| path.column.kind).collect();
    let columns = paths.into_iter().map(Projection::of).collect();
    let scan = Scan { table, columns, window: None, scope: Scope::everything() };
    let mut lines = Vec::new();
    let mut reader = store.reader().unwrap();
    reader
        .scan(&scan, &mut |batch| {
            for row in 0..batch.len() {
                let cells = batch.columns.iter().zip(&kinds).map(|(values, kind)| shown(values, *kind, row));
                lines.push(cells.collect::<Vec<_>>().join(" | "));
            }
        })
        .unwrap();
    lines.sort();
    lines
}

fn shown(values: &Values, kind: Kind, row: usize) -> String {
    let missing = || "–".to_owned();
    match values {
        Values::Texts(codes, dictionary) => dictionary.text(codes[row]).map_or_else(missing, str::to_owned),
        Values::Numbers(numbers) if numbers[row].is_nan() => missing(),
        #[allow(clippy::cast_possible_truncation, reason = "instants of a test fit an i64")]
        Values::Numbers(numbers) if kind == Kind::Instant => {
            Timestamp::from_second(numbers[row] as i64).unwrap().to_string()
        }
        Values::Numbers(numbers) => numbers[row].to_string(),
    }
}

/// Whether a row has these attributes, maybe among others.
pub fn has_attributes(store: &Store, of: &str, key: &str, attributes: &Json) -> bool {
    let expected: BTreeMap<&str, String> = attributes
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let table = Model::built_in().table(of).unwrap();
    let attribute = |name: &str| Projection::of(Path::own(&table.attribute(name)));
    let columns = std::iter::once(Projection::of(Path::own(table.key())))
        .chain(expected.keys().copied().map(attribute))
        .collect::<Vec<_>>();
    let texts: Vec<&str> = std::iter::once(key).chain(expected.values().map(String::as_str)).collect();
    let scan = Scan { table: table.clone(), columns, window: None, scope: Scope::everything() };
    let mut found = false;
    let mut reader = store.reader().unwrap();
    reader
        .scan(&scan, &mut |batch| {
            found |= (0..batch.len()).any(|row| {
                let shown = batch.columns.iter().map(|values| shown(values, Kind::Text, row));
                shown.eq(texts.iter().copied())
            });
        })
        .unwrap();
    found
}
