//! A workbook in Excel's binary format (XLSB), which no library writes: records of a type, a length and data, in a ZIP
//! archive ([MS-XLSB], 2.1.4).

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A sheet with `Lead, Source, Created, Amount` and two rows: texts, a number, a boolean.
pub fn binary_workbook() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                     <Relationship Id=\"r1\" Type=\"worksheet\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let files = [
        ("xl/workbook.bin", workbook()),
        ("xl/worksheets/sheet1.bin", sheet()),
        ("xl/_rels/workbook.bin.rels", relations.into()),
    ];
    for (name, bytes) in files {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    // Its state, its id, that of its relationship, its name.
    let bundle = [&[0; 4][..], &[1, 0, 0, 0], &text("r1"), &text("Leads")].concat();
    [
        record(131, &[]),
        record(143, &[]),
        record(156, &bundle),
        record(144, &[]),
        record(157, &[0; 26]),
        record(132, &[]),
    ]
    .concat()
}

fn sheet() -> Vec<u8> {
    let mut sheet = [record(129, &[]), record(148, &[0; 16]), record(145, &[])].concat();
    let number = record(5, &[cell(0), 4711_f64.to_le_bytes().to_vec()].concat());
    let amount = record(5, &[cell(3), 1234.5_f64.to_le_bytes().to_vec()].concat());
    let yes = record(4, &[cell(1), vec![1]].concat());
    let rows = [
        [(0, "Lead"), (1, "Source"), (2, "Created"), (3, "Amount")]
            .map(|(column, shown)| string(column, shown))
            .concat(),
        [(0, "L1"), (1, "Fair"), (2, "05.03.2026")].map(|(column, shown)| string(column, shown)).concat(),
        [number, yes, amount].concat(),
    ];
    for (at, cells) in (0_u32..).zip(rows) {
        sheet.extend(record(0, &[&at.to_le_bytes()[..], &[0; 13]].concat()));
        sheet.extend(cells);
    }
    [sheet, record(146, &[]), record(130, &[])].concat()
}

/// Where a cell stands, without a format.
fn cell(column: u32) -> Vec<u8> {
    [column.to_le_bytes(), [0; 4]].concat()
}

fn string(column: u32, shown: &str) -> Vec<u8> {
    record(6, &[cell(column), text(shown)].concat())
}

/// UTF-16 with its length.
fn text(shown: &str) -> Vec<u8> {
    let units: Vec<u16> = shown.encode_utf16().collect();
    let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// Types and lengths are written seven bits at a time.
fn record(kind: usize, data: &[u8]) -> Vec<u8> {
    let sevens = |mut number: usize| {
        let mut bytes = Vec::new();
        while number > 127 {
            bytes.push(u8::try_from(number % 128).unwrap() | 128);
            number /= 128;
        }
        bytes.push(u8::try_from(number).unwrap());
        bytes
    };
    [sevens(kind), sevens(data.len()), data.to_vec()].concat()
}
