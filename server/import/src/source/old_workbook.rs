//! A look at an old workbook before it is read. Its sheets are laid out in memory as wide and high as their outermost
//! cells, so a damaged one could ask for more memory than there is.

use super::content::ReadSeek;
use std::io::{BufReader, Read};

/// The most cells that its sheets may span: twice a full sheet of 64 columns.
const CELLS: u64 = 1 << 23;

const BOUND_SHEET: u16 = 0x85;
const BEGINNING: u16 = 0x809;
const END: u16 = 0x0a;
const DIMENSIONS: u16 = 0x200;
const SEVERAL_NUMBERS: u16 = 0xbd;
/// Formulas, texts, numbers, booleans.
const CELL: [u16; 7] = [0x06, 0xd6, 0xfd, 0x203, 0x204, 0x205, 0x27e];

/// Why a workbook cannot be read.
pub(super) fn refusal(raw: &mut dyn ReadSeek) -> Option<String> {
    let damaged = |what: &str| Some(format!("the old workbook is damaged: {what}"));
    let Ok(mut file) = cfb::CompoundFile::open(BufReader::new(raw)) else {
        return damaged("its parts cannot be told apart");
    };
    if file.exists("/EncryptedPackage") {
        return Some("the workbook is protected by a password: save it without one".to_owned());
    }
    let Some(name) = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find(|name| file.is_stream(name)) else {
        return damaged("it has no sheets");
    };
    let mut book = Vec::new();
    if file.open_stream(name).and_then(|mut stream| stream.read_to_end(&mut book)).is_err() {
        return damaged("its sheets cannot be read");
    }
    let mut cells = 0;
    for (_, data) in records(&book).take_while(|(kind, _)| *kind != END).filter(|(kind, _)| *kind == BOUND_SHEET) {
        let begins = data.first_chunk().map(|at| u32::from_le_bytes(*at) as usize);
        let Some(sheet) = begins.and_then(|begins| book.get(begins..)) else {
            return damaged("a sheet lies beyond its end");
        };
        let Some(spanned) = spanned(sheet) else { return damaged("what a sheet says of itself cannot be") };
        cells = spanned.saturating_add(cells);
    }
    (cells > CELLS).then(|| {
        format!("its sheets span {cells} cells, more than {CELLS} that are read of an old workbook: save it as XLSX")
    })
}

/// The kinds and data of records. Where one is cut short, there are no more.
fn records(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let ([kind @ .., _, _], rest) = bytes.split_first_chunk::<4>()?;
        let length = u16::from_le_bytes([bytes[2], bytes[3]]).into();
        let data = rest.get(..length)?;
        bytes = &rest[length..];
        Some((u16::from_le_bytes(*kind), data))
    })
}

/// How many cells lie between the outermost ones of a sheet, those that it announces or those that it has; `None` if
/// what it says cannot be.
fn spanned(sheet: &[u8]) -> Option<u64> {
    let number =
        |data: &[u8], at: usize| data.get(at..at + 2).map(|two| u64::from(u16::from_le_bytes([two[0], two[1]])));
    let long = |data: &[u8], at: usize| Some(number(data, at)? + (number(data, at + 2)? << 16));
    let (mut rows, mut columns) = ((u64::MAX, 0), (u64::MAX, 0));
    let (mut announced, mut depth) = (0, 0_u32);
    for (kind, data) in records(sheet) {
        match kind {
            BEGINNING => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            DIMENSIONS if depth <= 1 => {
                // Until 1995, rows were numbers of two bytes.
                let [first_row, end_row, end_column] = match data.len() {
                    ..14 => [number(data, 0)?, number(data, 2)?, number(data, 6)?],
                    _ => [long(data, 0)?, long(data, 4)?, number(data, 10)?],
                };
                announced = end_row.checked_sub(first_row)? * end_column;
            }
            _ if depth <= 1 && (kind == SEVERAL_NUMBERS || CELL.contains(&kind)) => {
                let (row, column) = (number(data, 0)?, number(data, 2)?);
                let last = if kind == SEVERAL_NUMBERS { number(data, data.len() - 2)? } else { column };
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(last));
            }
            _ => {}
        }
    }
    let span = |(first, last): (u64, u64)| (last + 1).saturating_sub(first);
    Some(announced.max(span(rows) * span(columns)))
}
