//! Files with bytes changed at random: an error or rejected rows, never a panic.

use crate::binary_workbook::binary_workbook;
use crate::common::{fixture, import_bytes, options};
use pegel_import::suggest::{Asked, suggest};
use pegel_import::{ImportError, Mapping, Options};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;

const LEADS: &str =
    "[[tables]]\ntable = \"leads\"\nkey = \"Lead\"\n[tables.columns]\ncreated_at = \"Created\"\namount = \"Amount\"\n";

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Changes, takes out or doubles some bytes.
    fn mutated(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let until = (at + self.below(20)).min(bytes.len());
            match self.below(3) {
                0 => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                1 => _ = bytes.drain(at..until.min(bytes.len() - 1)).count(),
                _ => bytes.splice(at..at, bytes[at..until].to_vec()).for_each(drop),
            }
        }
        bytes
    }
}

/// Imports mutations by a mapping of ours, and by the one that is suggested for each.
fn import_mutations(store: &Store, times: usize, mut make: impl FnMut(&mut Chance) -> Vec<u8>) {
    let model = Model::built_in();
    let mapping = Mapping::parse(LEADS, "test", &model).unwrap();
    let Options { zone, currency, now, .. } = options();
    let asked = Asked { name: "test", model: &model, needs: &[], zone, currency, now };
    let mut chance = Chance(46);
    for _ in 0..times {
        let bytes = make(&mut chance);
        let import = |mapping: &Mapping| in_order(import_bytes(store, mapping, &bytes));
        import(&mapping);
        if let Some(suggestion) = in_order(suggest(Cursor::new(&bytes), "data.csv", &asked)) {
            import(&Mapping::parse(&suggestion.to_toml(), "test", &model).unwrap());
        }
    }
}

/// What came out, if anything; an error must be one of the file.
fn in_order<T>(result: Result<T, ImportError>) -> Option<T> {
    result.inspect_err(|error| assert!(error.is_usage(), "{error}")).ok()
}

/// The archive with one of its files mutated.
fn with_one_mutated(archive: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mutated = chance.below(archive.len());
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        changed.start_file(entry.name().unwrap(), SimpleFileOptions::default()).unwrap();
        let bytes = if at == mutated && !bytes.is_empty() { chance.mutated(&bytes) } else { bytes };
        changed.write_all(&bytes).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

#[test]
fn texts() {
    let csv = b"Report\nLead,Created,Amount\nL1,2026-03-05,\"1,234.50\"\nL2,,5\n\"L3\",2026-03-06 10:00,-1\n";
    let json =
        b"[{\"Lead\": \"L1\", \"Created\": null, \"Amount\": 1.5e3}, {\"Lead\": {\"a\": [1]}, \"Amount\": \"5\"}]";
    let lines = b"{\"Lead\": \"L1\", \"Created\": \"2026-03-05\"}\n{\"Lead\": \"L2\", \"Amount\": 7}\n";
    on_both(|store| {
        for text in [&csv[..], json, lines] {
            import_mutations(&store, 60, |chance| chance.mutated(text));
        }
    });
}

#[test]
fn workbooks() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip([["Lead", "Created", "Amount"], ["L1", "2026-03-05", "5"], ["L2", "", "7"]]) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    sheet.write(3, 0, 4711).unwrap();
    let workbook = workbook.save_to_buffer().unwrap();
    let binary = binary_workbook();
    let old = std::fs::read(fixture("workbook.xls")).unwrap();
    on_both(|store| {
        import_mutations(&store, 60, |chance| with_one_mutated(&workbook, chance));
        import_mutations(&store, 30, |chance| chance.mutated(&workbook));
        import_mutations(&store, 90, |chance| with_one_mutated(&binary, chance));
        import_mutations(&store, 120, |chance| chance.mutated(&old));
    });
}
