//! A look at an old workbook before it is read. Its sheets are laid out in memory as wide and high as their outermost
//! cells, so a damaged one could ask for more memory than there is. And it says of cells in which currency they are shown,
//! which its reader leaves out. Records are those of [MS-XLS].

use super::content::ReadSeek;
use super::currencies::Currencies;
use super::number_format;
use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::sync::Arc;

/// The most cells that its sheets may span: twice a full sheet of 64 columns.
const CELLS: u64 = 1 << 23;

const BOUND_SHEET: u16 = 0x85;
const BEGINNING: u16 = 0x809;
const END: u16 = 0x0a;
const DIMENSIONS: u16 = 0x200;
const FORMAT: u16 = 0x41e;
const CELL_FORMAT: u16 = 0xe0;
const SEVERAL_NUMBERS: u16 = 0xbd;
/// Formulas, texts, numbers, booleans.
const CELL: [u16; 7] = [0x06, 0xd6, 0xfd, 0x203, 0x204, 0x205, 0x27e];
/// Formulas, numbers.
const NUMBER: [u16; 3] = [0x06, 0x203, 0x27e];

/// In which currency cells of sheets are shown, by the names of the sheets.
///
/// # Errors
/// Why the workbook cannot be read.
pub(super) fn look(raw: &mut dyn ReadSeek) -> Result<HashMap<String, Currencies>, String> {
    let damaged = |what: &str| Err(format!("the old workbook is damaged: {what}"));
    let Ok(mut file) = cfb::CompoundFile::open(BufReader::new(raw)) else {
        return damaged("its parts cannot be told apart");
    };
    if file.exists("/EncryptedPackage") {
        return Err("the workbook is protected by a password: save it without one".to_owned());
    }
    let Some(name) = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find(|name| file.is_stream(name)) else {
        return damaged("it has no sheets");
    };
    let mut book = Vec::new();
    if file.open_stream(name).and_then(|mut stream| stream.read_to_end(&mut book)).is_err() {
        return damaged("its sheets cannot be read");
    }
    let formats = Formats::of(&book);
    let (mut cells, mut currencies) = (0, HashMap::new());
    for (_, data) in records(&book).take_while(|(kind, _)| *kind != END).filter(|(kind, _)| *kind == BOUND_SHEET) {
        let begins = data.first_chunk().map(|at| u32::from_le_bytes(*at) as usize);
        let Some(sheet) = begins.and_then(|begins| book.get(begins..)) else {
            return damaged("a sheet lies beyond its end");
        };
        let Some(spanned) = spanned(sheet) else { return damaged("what a sheet says of itself cannot be") };
        cells = spanned.saturating_add(cells);
        if let Some(name) = text(data.get(6..).unwrap_or_default(), 1).filter(|_| formats.know_any()) {
            currencies.insert(name, formats.currencies(sheet));
        }
    }
    if cells > CELLS {
        let most = format!("more than {CELLS} that are read of an old workbook");
        return Err(format!("its sheets span {cells} cells, {most}: save it as XLSX"));
    }
    Ok(currencies)
}

/// The formats of cells: the currency that each shows, by its number.
struct Formats(Vec<Option<Arc<str>>>);

impl Formats {
    fn of(book: &[u8]) -> Formats {
        let (mut by_id, mut of_cells) = (HashMap::new(), Vec::new());
        for (kind, data) in records(book).take_while(|(kind, _)| *kind != END) {
            match kind {
                FORMAT => {
                    let code = data.get(2..).and_then(|code| text(code, 2));
                    let id = number(data, 0).zip(code);
                    by_id.extend(id.and_then(|(id, code)| {
                        let is_own = id >= u64::from(number_format::FIRST_OWN);
                        Some((id, Arc::from(number_format::of_code(&code, is_own)?)))
                    }));
                }
                CELL_FORMAT => of_cells.push(number(data, 2).unwrap_or_default()),
                _ => {}
            }
        }
        Formats(of_cells.iter().map(|id| by_id.get(id).cloned()).collect())
    }

    fn know_any(&self) -> bool {
        self.0.iter().any(Option::is_some)
    }

    /// Those of the numbers of a sheet.
    fn currencies(&self, sheet: &[u8]) -> Currencies {
        let mut currencies = Currencies::default();
        let mut add = |row: u64, column: u64, format: u64| {
            let format = usize::try_from(format).ok().and_then(|format| self.0.get(format)).cloned().flatten();
            if let Some(currency) = format {
                currencies.add_cell(row, column, currency);
            }
        };
        for (kind, data) in of_sheet(sheet) {
            match kind {
                SEVERAL_NUMBERS => {
                    let Some((row, first)) = number(data, 0).zip(number(data, 2)) else { continue };
                    let formats = data.get(4..).unwrap_or_default().chunks_exact(6).map_while(|cell| number(cell, 0));
                    (first..).zip(formats).for_each(|(column, format)| add(row, column, format));
                }
                _ if NUMBER.contains(&kind) => {
                    let place = number(data, 0).zip(number(data, 2)).zip(number(data, 4));
                    if let Some(((row, column), format)) = place {
                        add(row, column, format);
                    }
                }
                _ => {}
            }
        }
        currencies
    }
}

/// A number of two bytes.
fn number(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..at + 2).map(|two| u64::from(u16::from_le_bytes([two[0], two[1]])))
}

/// A text behind its length, which takes so many bytes, and how wide its letters are. Until 1995 it was written otherwise;
/// such a text is not read.
fn text(data: &[u8], length: usize) -> Option<String> {
    let letters = match length {
        1 => usize::from(*data.first()?),
        _ => usize::try_from(number(data, 0)?).ok()?,
    };
    let (is_wide, data) = data.get(length..)?.split_first()?;
    if is_wide & 1 == 0 {
        return Some(data.get(..letters)?.iter().map(|byte| char::from(*byte)).collect());
    }
    let wide = data.get(..letters * 2)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    char::decode_utf16(wide).collect::<Result<String, _>>().ok()
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

/// Those of a sheet itself, without what is embedded in it.
fn of_sheet(sheet: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut depth = 0_u32;
    let ends = records(sheet).map_while(move |(kind, data)| {
        match kind {
            BEGINNING => depth += 1,
            END if depth <= 1 => return None,
            END => depth -= 1,
            _ => {}
        }
        Some((depth, kind, data))
    });
    ends.filter(|(depth, ..)| *depth <= 1).map(|(_, kind, data)| (kind, data))
}

/// How many cells lie between the outermost ones of a sheet, those that it announces or those that it has; `None` if
/// what it says cannot be.
fn spanned(sheet: &[u8]) -> Option<u64> {
    let long = |data: &[u8], at: usize| Some(number(data, at)? + (number(data, at + 2)? << 16));
    let (mut rows, mut columns) = ((u64::MAX, 0), (u64::MAX, 0));
    let mut announced = 0;
    for (kind, data) in of_sheet(sheet) {
        match kind {
            DIMENSIONS => {
                // Until 1995, rows were numbers of two bytes.
                let [first_row, end_row, end_column] = match data.len() {
                    ..14 => [number(data, 0)?, number(data, 2)?, number(data, 6)?],
                    _ => [long(data, 0)?, long(data, 4)?, number(data, 10)?],
                };
                announced = end_row.checked_sub(first_row)? * end_column;
            }
            _ if kind == SEVERAL_NUMBERS || CELL.contains(&kind) => {
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
